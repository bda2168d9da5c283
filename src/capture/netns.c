/* netns.c: enters the network namespace of --netns (a name of `ip netns`) or --pid (one of its
 * processes). The program then stays in it. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "capture_internal.h"
#include "procfs.h"
#include "rxpath/unit.h"

/* Says why the namespace cannot be entered, naming the option that was given. */
static bool explain(const struct rxpath_target *target, const char *path, int number,
		    struct rxpath_error *error)
{
	const char *option = target->pid ? "--pid" : "--netns";
	const char *name = target->pid ? target->pid : target->netns;

	switch (number) {
	case ENOENT:
	case ESRCH:
		if (target->pid)
			return rxpath_error_refused(error, option, "no process has the id %s",
						    name);
		return rxpath_error_refused(error, option,
					    "there is no network namespace %s; "
					    "'ip netns list' shows them",
					    name);
	case EPERM:
	case EACCES:
		if (target->pid)
			return rxpath_error_refused(error, option,
						    "entering the network namespace of process "
						    "%s needs root (CAP_SYS_ADMIN)",
						    name);
		return rxpath_error_refused(error, option,
					    "entering %s needs root (CAP_SYS_ADMIN); without root, "
					    "use --pid with a process in it",
					    name);
	case EINVAL:
		return rxpath_error_refused(error, option, "not a network namespace: %s", path);
	default:
		return rxpath_error_system(error, path, number);
	}
}

/* 0, or an errno. */
static int enter(int dir, const char *path)
{
	int fd = openat(dir, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	int number = fd < 0 || setns(fd, CLONE_NEWNET) != 0 ? errno : 0;

	if (fd >= 0)
		close(fd);
	return number;
}

/* 0, or an errno. */
static int enter_process(const char *path, int *process)
{
	*process = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return *process < 0 ? errno : enter(*process, "ns/net");
}

/* Whether a line of /proc/PID/cgroup says that the process is in that unit or container. */
static bool is_member(struct rxpath_slice text, struct rxpath_slice name, bool is_container)
{
	struct rxpath_slice controllers, path;

	while (rxpath_unit_next_group(&text, &controllers, &path))
		if (is_container ? rxpath_unit_is_container(path, name)
				 : rxpath_unit_is(path, name))
			return true;
	return false;
}

/* The first process of "unit:NAME" or "container:ID". False when there is none that is visible. */
static bool find_process(const char *word, char pid[24], struct rxpath_error *error)
{
	struct rxpath_slice name = rxpath_slice_of(strchr(word, ':') + 1);
	const bool is_container = word[0] == 'c';
	DIR *proc = opendir("/proc");
	const char *entry;
	bool found = false;

	while (proc && !found && (entry = rxpath_procfs_next(proc))) {
		char text[4096];

		found = is_member(
			rxpath_read_small(dirfd(proc), text, sizeof text, "%s/cgroup", entry), name,
			is_container);
		if (found)
			snprintf(pid, 24, "%.20s", entry);
	}
	if (proc)
		closedir(proc);
	return found || rxpath_error_refused(error, "--pid", "no process is in the %s %s",
					     is_container ? "container" : "unit", name.ptr);
}

static enum rxpath_entry enter_target(const struct rxpath_target *target, int *process,
				      struct rxpath_error *error)
{
	char path[512];
	int number;
	int len;

	*process = -1;
	if (target->pid) {
		len = snprintf(path, sizeof path, "/proc/%s", target->pid);
	} else if (strchr(target->netns, '/')) {
		len = snprintf(path, sizeof path, "%s", target->netns);
	} else {
		/* Where `ip netns add` binds them (iproute2, NETNS_RUN_DIR). */
		len = snprintf(path, sizeof path, "/run/netns/%s", target->netns);
		if ((size_t)len < sizeof path && access(path, F_OK) != 0)
			len = snprintf(path, sizeof path, "/var/run/netns/%s", target->netns);
	}
	if (len < 0 || (size_t)len >= sizeof path) {
		rxpath_error_refused(error, target->netns ? "--netns" : "--pid",
				     "the name is too long");
		return RXPATH_ENTRY_FAILED;
	}
	number = target->pid ? enter_process(path, process) : enter(AT_FDCWD, path);
	if (number == 0)
		return RXPATH_ENTERED;
	explain(target, path, number, error);
	return number == EPERM || number == EACCES ? RXPATH_ENTRY_DENIED : RXPATH_ENTRY_FAILED;
}

enum rxpath_entry rxpath_netns_enter(const struct rxpath_target *target, int *process,
				     struct rxpath_error *error)
{
	struct rxpath_target resolved = *target;
	char pid[24];

	if (target->pid && strchr(target->pid, ':')) {
		*process = -1;
		if (!find_process(target->pid, pid, error))
			return RXPATH_ENTRY_FAILED;
		resolved.pid = pid;
	}
	return enter_target(&resolved, process, error);
}
