/* cpu_limit.h: the CPU limit (cgroup quota) of a process. */
#ifndef RXPATH_CAPTURE_CPU_LIMIT_H
#define RXPATH_CAPTURE_CPU_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "rxpath/catalogue.h"

#define CGROUP_PATH_SIZE 512

/* The nearest CPU quota above a process. RXPATH_UNKNOWN: not known; for quota and period also:
 * none. */
struct cpu_limit {
	uint64_t quota, period;	     /* microseconds */
	uint64_t throttled;	     /* nanoseconds; 0 where no quota holds */
	char path[CGROUP_PATH_SIZE]; /* of the cgroup that has the quota; empty: the root */
	bool v1;
};

void rxpath_cpu_limit_of(const char *pid, struct cpu_limit *limit);

#endif
