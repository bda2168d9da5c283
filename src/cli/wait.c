/* wait.c: sleeping between samples; a signal ends it early, and the report still comes. */
#include <errno.h>
#include <time.h>

#include "cli.h"

#define BILLION UINT64_C(1000000000)

void wait_block(sigset_t *old)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, old);
}

uint64_t wait_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * BILLION + (uint64_t)now.tv_nsec;
}

int wait_until(uint64_t deadline)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	for (;;) {
		uint64_t now = wait_now();
		uint64_t left = deadline > now ? deadline - now : 0;
		struct timespec time = {
			.tv_sec = (time_t)(left / BILLION),
			.tv_nsec = (long)(left % BILLION),
		};
		int number = sigtimedwait(&set, NULL, &time);

		if (number > 0)
			return number;
		if (errno == EAGAIN)
			return 0;
	}
}
