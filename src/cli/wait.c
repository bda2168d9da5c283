/* wait.c: waits between samples; a signal ends the wait early, and the report still follows. */
#include <errno.h>
#include <time.h>

#include "cli.h"
#include "rxpath/clock.h"
#include "rxpath/search.h"

#define BILLION UINT64_C(1000000000)

/* How long a sample may still take once a signal is pending. */
#define GRACE_NS UINT64_C(100000000)

/* How often to look for a pending signal. */
#define LOOK_NS UINT64_C(2000000)

/* The signals that end a wait. */
static void fill_set(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
}

void wait_block(sigset_t *old)
{
	sigset_t set;

	fill_set(&set);
	sigprocmask(SIG_BLOCK, &set, old);
}

uint64_t wait_now(void)
{
	return rxpath_now(CLOCK_MONOTONIC);
}

/* The same, while the trace buffers are kept empty. */
static int wait_tracing(uint64_t deadline, const sigset_t *set, struct tracing *tracing)
{
	const struct timespec at_once = {0, 0};
	enum rxpath_wait result = tracing_wait(tracing, deadline, set);
	int number;

	if (result != RXPATH_WAIT_WOKEN)
		return result == RXPATH_WAIT_FAILED ? -1 : 0;
	/* Another signal stays pending, and ends the program once the tracing instance is removed.
	 */
	number = sigtimedwait(set, NULL, &at_once);
	return number > 0 ? number : -1;
}

int wait_until(uint64_t deadline, struct tracing *tracing)
{
	sigset_t set;

	fill_set(&set);
	if (tracing->trace)
		return wait_tracing(deadline, &set, tracing);
	for (;;) {
		uint64_t now = wait_now();
		uint64_t left = rxpath_less(deadline, now);
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

bool wait_is_interrupted(void *context)
{
	struct interrupted *interrupted = context;
	uint64_t now = wait_now();
	sigset_t pending;

	/* This runs for each file; reading the clock costs no system call. */
	if (now - interrupted->looked < LOOK_NS)
		return false;
	interrupted->looked = now;
	if (sigpending(&pending) != 0 ||
	    (!sigismember(&pending, SIGINT) && !sigismember(&pending, SIGTERM))) {
		interrupted->since = 0;
		return false;
	}
	if (interrupted->since == 0)
		interrupted->since = now;
	return now - interrupted->since >= GRACE_NS;
}
