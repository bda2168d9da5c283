/* tracefs.c: makes and removes the tracing instance's directory. Nothing is mounted, and neither
 * the global instance nor any other is touched. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "rxpath/scan.h"
#include "tracefs.h"

#define TRACEFS_MAGIC_NUMBER 0x74726163 /* linux/magic.h, since 4.1 */
#define DEBUGFS_MAGIC_NUMBER 0x64626720 /* before, it was a folder of debugfs */

static bool is_tracefs(const char *path)
{
	struct statfs fs;

	return statfs(path, &fs) == 0 && ((unsigned long)fs.f_type == TRACEFS_MAGIC_NUMBER ||
					  (unsigned long)fs.f_type == DEBUGFS_MAGIC_NUMBER);
}

static bool find_tracefs(char *instances, size_t size, struct rxpath_error *error)
{
	static const char *const candidates[] = {"/sys/kernel/tracing",
						 "/sys/kernel/debug/tracing"};
	struct stat info;
	char path[64];

	for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++) {
		/* A folder's size or name proves nothing: only a file system of that kind takes a
		 * mkdir for a new instance. */
		snprintf(path, sizeof path, "%s/events", candidates[i]);
		if (stat(path, &info) != 0 && (errno == EACCES || errno == EPERM))
			return rxpath_error_refused(error, candidates[i],
						    "permission denied: drop tracepoints need "
						    "root");
		if (!is_tracefs(path))
			continue;
		snprintf(instances, size, "%s/instances", candidates[i]);
		if (stat(instances, &info) != 0)
			return rxpath_error_refused(error, candidates[i],
						    "no tracing instances: they need Linux 3.10");
		return true;
	}
	if (geteuid() != 0)
		return rxpath_error_refused(error, candidates[0],
					    "drop tracepoints need root, and tracefs mounted here");
	if (stat(candidates[0], &info) == 0)
		return rxpath_error_refused(error, candidates[0],
					    "tracefs is not mounted; to mount it: "
					    "mount -t tracefs nodev /sys/kernel/tracing "
					    "('ip netns exec NAME' hides it: use rxpath "
					    "--netns NAME --trace instead)");
	if (stat("/sys/kernel/debug", &info) == 0)
		return rxpath_error_refused(
			error, candidates[1],
			"debugfs is not mounted, or the kernel has no tracing; "
			"to mount it: mount -t debugfs nodev /sys/kernel/debug");
	return rxpath_error_refused(error, candidates[0],
				    "this kernel has no tracing (CONFIG_TRACING)");
}

/* "rxpath-123": the 123. */
static bool pid_of(const char *name, pid_t *pid)
{
	struct rxpath_slice digits = rxpath_slice_of(name);
	uint64_t value;

	if (!rxpath_slice_starts(digits, "rxpath-"))
		return false;
	rxpath_slice_skip(&digits, strlen("rxpath-"));
	if (!rxpath_scan_dec(digits, &value) || value == 0 || value > INT32_MAX)
		return false;
	*pid = (pid_t)value;
	return true;
}

/* What runs that were killed left behind. One that lives in another PID namespace looks dead from
 * here, but holds its rings open, and the kernel then refuses the rmdir with EBUSY
 * (instance_rmdir). */
static void remove_leftovers(const char *instances)
{
	DIR *folder = opendir(instances);
	struct dirent *entry;
	char path[sizeof "/" + 64 + NAME_MAX];
	pid_t pid;

	if (!folder)
		return;
	while ((entry = readdir(folder))) {
		if (!pid_of(entry->d_name, &pid))
			continue;
		if (pid != getpid() && (kill(pid, 0) == 0 || errno != ESRCH))
			continue;
		snprintf(path, sizeof path, "%s/%s", instances, entry->d_name);
		rmdir(path);
	}
	closedir(folder);
}

bool rxpath_tracefs_make(char *path, size_t size, struct rxpath_error *error)
{
	char instances[64];
	int number;

	*path = '\0';
	if (!find_tracefs(instances, sizeof instances, error))
		return false;
	remove_leftovers(instances);
	snprintf(path, size, "%s/rxpath-%ld", instances, (long)getpid());
	if (mkdir(path, 0700) == 0)
		return true;
	number = errno;
	rxpath_error_system(error, path, number);
	if (number == EACCES || number == EPERM)
		rxpath_error_refused(error, instances,
				     "cannot make a tracing instance: this needs root, and a "
				     "kernel that is not locked down");
	if (number == EROFS)
		rxpath_error_refused(error, instances,
				     "mounted read-only: cannot make a tracing instance");
	*path = '\0';
	return false;
}

/* Removing the instance switches its events off (event_trace_del_tracer). While anybody
 * has one of its files open, a reader of ours or another's, the kernel answers EBUSY. */
bool rxpath_tracefs_remove(const char *path, struct rxpath_error *error)
{
	const struct timespec moment = {0, 10000000};

	for (unsigned tries = 0; tries < 20; tries++) {
		if (rmdir(path) == 0 || errno == ENOENT)
			return true;
		if (errno != EBUSY && errno != EINTR)
			break;
		nanosleep(&moment, NULL);
	}
	return rxpath_error_system(error, path, errno);
}
