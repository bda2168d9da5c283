/* cpu_limit.c: which CPU limit (cgroup quota) holds for a process, and how long it stopped it.
 *
 * The nearest cgroup with a quota, from the process's own upwards, in cgroup v2 (cpu.max, cpu.stat)
 * or v1 (cpu.cfs_quota_us, cpu.cfs_period_us, cpu.stat); kernel/sched/core.c prints all of them. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "capture_internal.h"
#include "cpu_limit.h"
#include "procfs.h"
#include "rxpath/unit.h"

#define DIRECTORY_SIZE (CGROUP_PATH_SIZE + 64)

static bool read_figure(const char *directory, const char *name, const char *word, uint64_t *figure)
{
	char path[DIRECTORY_SIZE + 32];

	snprintf(path, sizeof path, "%s/%s", directory, name);
	return rxpath_procfs_figure(path, word, figure);
}

/* "cpu" or "cpu,cpuacct" */
static bool has_cpu(struct rxpath_slice controllers)
{
	struct rxpath_slice name;
	bool more = true;

	while (more) {
		more = rxpath_scan_until(&controllers, ',', &name);
		if (rxpath_slice_is(more ? name : controllers, "cpu"))
			return true;
	}
	return false;
}

/* The directory of the process's cgroup in the hierarchy that has the cpu controller. False where
 * there is none, or it is not visible. */
static bool find_cgroup(const char *pid, struct cpu_limit *limit)
{
	char text[4096], path[64];
	struct rxpath_slice rest, group, controllers;
	struct rxpath_slice found = {"", 0};

	snprintf(path, sizeof path, "/proc/%s/cgroup", pid);
	rest = rxpath_read_small(AT_FDCWD, path, text, sizeof text);
	while (rxpath_unit_next_group(&rest, &controllers, &group)) {
		if (controllers.len > 0 && !has_cpu(controllers))
			continue;
		limit->v1 = controllers.len > 0;
		found = group;
		if (limit->v1)
			break;
	}
	if (found.len == 0 || found.len >= sizeof limit->path)
		return false;
	/* The root's name is empty, so that a file's path has no two slashes. */
	if (found.len > 1)
		memcpy(limit->path, found.ptr, found.len);
	limit->path[found.len > 1 ? found.len : 0] = '\0';
	return true;
}

/* Whether this cgroup has a quota; without one v1 says -1, and v2 "max". */
static bool read_quota(const char *directory, struct cpu_limit *limit)
{
	char path[DIRECTORY_SIZE + 32], text[64];
	struct rxpath_slice rest, line;

	if (limit->v1)
		return read_figure(directory, "cpu.cfs_quota_us", NULL, &limit->quota) &&
		       read_figure(directory, "cpu.cfs_period_us", NULL, &limit->period);
	snprintf(path, sizeof path, "%s/cpu.max", directory);
	rest = rxpath_read_small(AT_FDCWD, path, text, sizeof text);
	return rxpath_scan_line(&rest, &line) && rxpath_scan_next_dec(&line, &limit->quota) &&
	       rxpath_scan_next_dec(&line, &limit->period);
}

static void read_throttled(const char *directory, struct cpu_limit *limit)
{
	if (limit->v1)
		read_figure(directory, "cpu.stat", "throttled_time", &limit->throttled);
	else if (read_figure(directory, "cpu.stat", "throttled_usec", &limit->throttled))
		limit->throttled *= 1000;
}

static void name_directory(const struct cpu_limit *limit, char directory[DIRECTORY_SIZE])
{
	snprintf(directory, DIRECTORY_SIZE, "/sys/fs/cgroup%s%s", limit->v1 ? "/cpu" : "",
		 limit->path);
}

void rxpath_cpu_limit_of(const char *pid, struct cpu_limit *limit)
{
	char directory[DIRECTORY_SIZE];

	*limit = (struct cpu_limit){
		.quota = RXPATH_UNKNOWN,
		.period = RXPATH_UNKNOWN,
		.throttled = RXPATH_UNKNOWN,
	};
	if (!find_cgroup(pid, limit))
		return;
	name_directory(limit, directory);
	/* The path may belong to another cgroup namespace, and "ip netns exec" mounts a /sys
	 * without cgroups: then it does not exist here. */
	if (access(directory, X_OK) != 0)
		return;
	while (!read_quota(directory, limit)) {
		char *slash = strrchr(limit->path, '/');

		limit->quota = limit->period = RXPATH_UNKNOWN;
		if (!slash) {
			limit->throttled = 0;
			return;
		}
		*slash = '\0';
		name_directory(limit, directory);
	}
	read_throttled(directory, limit);
}
