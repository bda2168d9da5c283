/* netns.c: entering the network namespace that was asked for, by the name that `ip netns` gave it or by
 * one of its processes. The process stays in it; nothing after this knows. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "capture.h"

static bool enter(const char *path, bool *denied, struct rxpath_error *error)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	int number = 0;

	if (fd < 0 || setns(fd, CLONE_NEWNET) != 0)
		number = errno;
	if (fd >= 0)
		close(fd);
	*denied = number == EPERM || number == EACCES;
	return number == 0 || rxpath_error_system(error, path, number);
}

bool rxpath_netns_enter(const struct rxpath_place *place, bool *denied, struct rxpath_error *error)
{
	char path[512];
	uint64_t pid;
	int len;

	*denied = false;
	if (place->pid) {
		if (!rxpath_scan_dec(rxpath_slice_of(place->pid), &pid))
			return rxpath_error_refused(error, "--pid", "not a process id");
		len = snprintf(path, sizeof path, "/proc/%s/ns/net", place->pid);
	} else if (strchr(place->netns, '/')) {
		len = snprintf(path, sizeof path, "%s", place->netns);
	} else {
		/* Where `ip netns add` binds them (iproute2, NETNS_RUN_DIR). */
		len = snprintf(path, sizeof path, "/run/netns/%s", place->netns);
		if ((size_t)len < sizeof path && access(path, F_OK) != 0)
			len = snprintf(path, sizeof path, "/var/run/netns/%s", place->netns);
	}
	if (len < 0 || (size_t)len >= sizeof path)
		return rxpath_error_refused(error, place->netns ? "--netns" : "--pid",
					    "the name is too long");
	return enter(path, denied, error);
}
