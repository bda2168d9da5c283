/* tracer.h: the kernel's drop tracepoints, in a tracing instance of the program's own.
 *
 * The instance is called rxpath-PID and lives under tracefs (/sys/kernel/tracing, or
 * /sys/kernel/debug/tracing). The global instance and other instances are not touched, and nothing
 * is mounted. No function here installs a signal handler or keeps global state. So that the
 * instance is always removed, the caller
 *
 * - blocks the signals of rxpath_trace_signals before rxpath_trace_open, and restores the mask only
 *   after rxpath_trace_close: one that comes meanwhile waits, and ends what is waited for through
 *   the descriptor (a signalfd) of rxpath_trace_wait;
 * - reaches rxpath_trace_close on every path, and before any output that could stall.
 *
 * After a SIGKILL, the next rxpath_trace_open removes the instance. */
#ifndef RXPATH_TRACER_H
#define RXPATH_TRACER_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "rxpath/bundle.h"
#include "rxpath/err.h"

struct rxpath_trace;

/* Every signal that can be blocked and would, with the present dispositions, end the process. */
void rxpath_trace_signals(sigset_t *set);

/* Makes the instance, opens its rings and starts the events. NULL, and *error says what to do:
 * mount tracefs, be root, ... */
struct rxpath_trace *rxpath_trace_open(struct rxpath_error *error);

enum rxpath_wait {
	RXPATH_WAIT_FAILED, /* the rings can no longer be read; the wait is not over */
	RXPATH_WAIT_ENDED,  /* the deadline has come */
	RXPATH_WAIT_WOKEN,
};

/* Empties the rings as they fill until CLOCK_MONOTONIC reaches `deadline` (nanoseconds; UINT64_MAX:
 * no end) or `wake` becomes readable (-1: nothing does). Fills *error when it fails. */
enum rxpath_wait rxpath_trace_wait(struct rxpath_trace *trace, uint64_t deadline, int wake,
				   struct rxpath_error *error);

/* Stops the events. Only rxpath_trace_report and rxpath_trace_close may be called afterwards. */
void rxpath_trace_stop(struct rxpath_trace *trace);

/* Section "rxpath/trace" into the sink: what happened since the last report, or since the start.
 * What could not be read becomes a section with its errno. False only when the sink returned
 * false. */
bool rxpath_trace_report(struct rxpath_trace *trace, rxpath_sink *sink, void *context,
			 struct rxpath_error *error);

/* Removes the instance and frees everything; `trace` may be NULL. False with *error when the
 * instance could not be removed, because another process reads it. */
bool rxpath_trace_close(struct rxpath_trace *trace, struct rxpath_error *error);

#endif
