/* clock.h: the time of a clock as one number. */
#ifndef RXPATH_CLOCK_H
#define RXPATH_CLOCK_H

#include <stdint.h>
#include <time.h>

/* In nanoseconds. */
static inline uint64_t rxpath_now(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

#endif
