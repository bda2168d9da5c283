/* files.c: the files of a sample: of the live system, of a network namespace, or below --root.
 * Those of sources stay open: reading again from offset 0 costs much less than opening. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "root.h"

static const char *const host_settings[RXPATH_HOST_SETTINGS] = {
	"/proc/sys/net/core/netdev_max_backlog",
	"/proc/sys/net/core/netdev_budget",
	"/proc/sys/net/core/netdev_budget_usecs",
	"/proc/sys/net/core/flow_limit_cpu_bitmap",
	"/proc/sys/net/core/flow_limit_table_len",
	"/proc/sys/net/ipv4/udp_mem",
	"/proc/sys/net/ipv4/tcp_mem",
};

void rxpath_capture_host_settings(struct rxpath_capture *capture)
{
	for (size_t i = 0; i < RXPATH_HOST_SETTINGS; i++)
		capture->of_host[i] = open(host_settings[i], O_RDONLY | O_CLOEXEC);
}

static int open_path(const struct rxpath_capture *capture, const char *path)
{
	/* The paths of the live system are the kernel's own; below --root anything may be there. */
	return rxpath_capture_is_live(capture) ? open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
					       : rxpath_root_open(capture->root, path);
}

int rxpath_capture_file(const struct rxpath_capture *capture, const char *path, size_t limit,
			struct rxpath_buf *out)
{
	int fd = open_path(capture, path);
	int result = fd < 0 ? errno : 0;

	if (fd >= 0) {
		result = rxpath_read_file(fd, limit, capture->purpose.interrupt, out);
		close(fd);
		return result;
	}
	for (size_t i = 0; result == ENOENT && i < RXPATH_HOST_SETTINGS; i++)
		if (capture->of_host[i] >= 0 && strcmp(path, host_settings[i]) == 0)
			return rxpath_read_file(capture->of_host[i], limit, NULL, out);
	return result;
}

/* -1 with errno. */
static int open_source(const struct rxpath_capture *capture, const char *name)
{
	char path[128];
	int fd = -1;

	if (capture->net_by_kernel) {
		fd = openat(capture->net_dir, name,
			    O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK);
		/* A file that procfs lacks there is nowhere else. */
		if (fd >= 0 || errno == ENOENT)
			return fd;
	}
	if (!rxpath_capture_is_live(capture) && capture->net_dir >= 0)
		fd = rxpath_root_open(capture->net_dir, name);
	/* A link below the root may lead out of its directory. */
	if (fd < 0 && (capture->net_dir < 0 || !rxpath_capture_is_live(capture))) {
		snprintf(path, sizeof path, "%s/%s", capture->net, name);
		fd = open_path(capture, path);
	}
	return fd;
}

int rxpath_capture_source(struct rxpath_capture *capture, enum rxpath_source source)
{
	int *kept = &capture->files[source];
	int fd = *kept;
	int result;

	if (capture->assumed_absent & UINT64_C(1) << source)
		return ENOENT;
	if (fd < 0)
		fd = open_source(capture, rxpath_source_row(source)->path + strlen("/proc/net/"));
	if (fd < 0)
		result = errno;
	else
		result = rxpath_read_file(fd, RXPATH_FILE_LIMIT, capture->purpose.interrupt,
					  &capture->scratch);
	/* Stored files may be replaced by others of their name at any time; the kernel's are
	 * not. */
	if (rxpath_capture_is_live(capture))
		*kept = fd;
	else if (fd >= 0)
		close(fd);
	if (result == ENOENT)
		capture->absent |= UINT64_C(1) << source;
	return result;
}

bool rxpath_capture_put_file(struct rxpath_capture *capture, const char *path,
			     const struct emitter *emitter)
{
	int result = rxpath_capture_file(capture, path, RXPATH_FILE_LIMIT, &capture->scratch);

	return (result != 0 && result != ENOMEM) ||
	       rxpath_emit_text(emitter, path, result, &capture->scratch);
}

bool rxpath_capture_has_sysfs(struct rxpath_capture *capture, const char *device, int ifindex)
{
	char path[128];
	struct rxpath_slice line, rest;
	uint64_t number;

	if (!rxpath_capture_is_live(capture))
		return true;
	/* /sys/class/net shows the namespace that it was mounted in. */
	snprintf(path, sizeof path, "/sys/class/net/%s/ifindex", device);
	if (capture->entered || rxpath_capture_file(capture, path, 64, &capture->scratch) != 0)
		return false;
	rest = rxpath_buf_view(&capture->scratch);
	return rxpath_scan_line(&rest, &line) && rxpath_scan_dec(line, &number) &&
	       number == (uint64_t)ifindex;
}
