/* tracing.c: makes the tracing instance, and removes it whatever ends the program.
 *
 * While the instance exists, every signal that would end the program is blocked. The waits for the
 * next sample and for the command notice a pending one; it takes effect once the instance is
 * removed. */
#include <errno.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "cli.h"

bool tracing_open(struct tracing *tracing)
{
	struct rxpath_error error = {0};
	sigset_t set;

	rxpath_trace_signals(&set);
	sigprocmask(SIG_BLOCK, &set, &tracing->mask);
	tracing->masked = true;
	tracing->trace = rxpath_trace_open(&error);
	if (tracing->trace)
		return true;
	say_error(&error);
	tracing_close(tracing);
	return false;
}

enum rxpath_wait tracing_wait(struct tracing *tracing, uint64_t deadline, const sigset_t *set)
{
	struct rxpath_error error = {0};
	sigset_t all;
	enum rxpath_wait result;
	int wake;

	rxpath_trace_signals(&all);
	sigorset(&all, &all, set);
	wake = signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
	if (wake < 0) {
		say_system("signalfd", errno);
		return RXPATH_WAIT_FAILED;
	}
	result = rxpath_trace_wait(tracing->trace, deadline, wake, &error);
	close(wake);
	if (result == RXPATH_WAIT_FAILED)
		say_error(&error);
	return result;
}

void tracing_remove(struct tracing *tracing)
{
	struct rxpath_error error = {0};

	if (!rxpath_trace_close(tracing->trace, &error))
		say_error(&error);
	tracing->trace = NULL;
}

void tracing_close(struct tracing *tracing)
{
	tracing_remove(tracing);
	if (tracing->masked)
		sigprocmask(SIG_SETMASK, &tracing->mask, NULL);
	tracing->masked = false;
}
