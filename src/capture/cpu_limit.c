/* cpu_limit.c: which CPU limit (cgroup quota) holds for a process, and how long it stopped it.
 *
 * The nearest cgroup with a quota, from the process's own upwards, in cgroup v2 (cpu.max, cpu.stat)
 * or v1 (cpu.cfs_quota_us, cpu.cfs_period_us, cpu.stat); kernel/sched/core.c prints all of them. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cpu_limit.h"
#include "procfs.h"
#include "rxpath/catalogue.h"
#include "rxpath/read.h"
#include "rxpath/unit.h"

/* "cpu" or "cpu,cpuacct" */
static bool has_cpu(struct rxpath_slice controllers)
{
	struct rxpath_slice name;

	while (rxpath_scan_item(&controllers, ',', &name))
		if (rxpath_slice_is(name, "cpu"))
			return true;
	return false;
}

/* The process's cgroup in the hierarchy that has the cpu controller. False: there is none. */
static bool find_cgroup(const char *pid, struct cpu_limit *limit)
{
	char text[4096];
	struct rxpath_slice rest =
		rxpath_read_small(AT_FDCWD, text, sizeof text, "/proc/%s/cgroup", pid);
	struct rxpath_slice group, controllers;
	struct rxpath_slice found = rxpath_slice_of("");

	while (!limit->v1 && rxpath_unit_next_group(&rest, &controllers, &group)) {
		if (controllers.len > 0 && !has_cpu(controllers))
			continue;
		limit->v1 = controllers.len > 0;
		found = group;
	}
	if (found.len == 0 || found.len >= sizeof limit->path)
		return false;
	/* The root's name is empty, so that a file's path has no two slashes. */
	if (found.len > 1)
		memcpy(limit->path, found.ptr, found.len);
	limit->path[found.len > 1 ? found.len : 0] = '\0';
	return true;
}

static const char *mount_of(const struct cpu_limit *limit)
{
	return limit->v1 ? "/sys/fs/cgroup/cpu" : "/sys/fs/cgroup";
}

static bool read_figure(const struct cpu_limit *limit, const char *file, const char *word,
			uint64_t *figure)
{
	return rxpath_procfs_figure(figure, word, "%s%s/%s", mount_of(limit), limit->path, file);
}

/* Whether this cgroup has a quota; without one v1 says -1, and v2 "max". */
static bool read_quota(struct cpu_limit *limit)
{
	char text[64];
	struct rxpath_slice rest, line;

	if (limit->v1)
		return read_figure(limit, "cpu.cfs_quota_us", NULL, &limit->quota) &&
		       read_figure(limit, "cpu.cfs_period_us", NULL, &limit->period);
	rest = rxpath_read_small(AT_FDCWD, text, sizeof text, "%s%s/cpu.max", mount_of(limit),
				 limit->path);
	return rxpath_scan_line(&rest, &line) && rxpath_scan_next_dec(&line, &limit->quota) &&
	       rxpath_scan_next_dec(&line, &limit->period);
}

static void read_throttled(struct cpu_limit *limit)
{
	if (limit->v1)
		read_figure(limit, "cpu.stat", "throttled_time", &limit->throttled);
	else if (read_figure(limit, "cpu.stat", "throttled_usec", &limit->throttled))
		limit->throttled *= 1000;
}

/* The path may belong to another cgroup namespace, and "ip netns exec" mounts a /sys without
 * cgroups: then it does not exist here. */
static bool is_visible(const struct cpu_limit *limit)
{
	char directory[CGROUP_PATH_SIZE + 64];

	snprintf(directory, sizeof directory, "%s%s", mount_of(limit), limit->path);
	return access(directory, X_OK) == 0;
}

void rxpath_cpu_limit_of(const char *pid, struct cpu_limit *limit)
{
	*limit = (struct cpu_limit){
		.quota = RXPATH_UNKNOWN,
		.period = RXPATH_UNKNOWN,
		.throttled = RXPATH_UNKNOWN,
	};
	if (!find_cgroup(pid, limit) || !is_visible(limit))
		return;
	while (!read_quota(limit)) {
		char *slash = strrchr(limit->path, '/');

		limit->quota = limit->period = RXPATH_UNKNOWN;
		if (!slash) {
			limit->throttled = 0;
			return;
		}
		*slash = '\0';
	}
	read_throttled(limit);
}
