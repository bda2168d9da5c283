/* queue_growth.c: a receive queue that grew from one sample to the next: data arrives faster than
 * its reader reads. */
#include "findings.h"

/* What a queue holds at one moment says little: it has to hold something both times, and an eighth
 * of its limit more. */
#define MIN_BEFORE 16
#define MIN_GROWTH 8
#define MIN_INTERVAL UINT64_C(500000000)

bool rxpath_queue_grows(const struct rxpath_socket_line *line, uint64_t interval)
{
	uint64_t limit = line->socket->rcvbuf;
	uint64_t before = rxpath_queue_used_before(line);

	if (interval == RXPATH_UNKNOWN || interval < MIN_INTERVAL || limit == RXPATH_UNKNOWN32 ||
	    limit == 0 || before == RXPATH_UNKNOWN || line->socket->protocol == RXPATH_TCP ||
	    line->socket->protocol == RXPATH_PACKET)
		return false;
	return before >= limit / MIN_BEFORE &&
	       rxpath_queue_used(line->socket) >= before + limit / MIN_GROWTH;
}

static bool is_found(const struct finding_ctx *ctx, const struct rxpath_socket_line *line)
{
	return line->full && line->delta == 0 && !line->queue_allowed &&
	       rxpath_queue_grows(line, ctx->report->interval);
}

/* "2.5" of 2,500,000,000 ns. */
static const char *seconds(struct finding_ctx *ctx, long double nanoseconds)
{
	return rxpath_phrase(ctx, "%.1Lf", nanoseconds / 1000000000);
}

static void tell(struct finding_ctx *ctx, const struct rxpath_socket_line *line)
{
	uint64_t interval = ctx->report->interval;
	uint64_t grown = rxpath_queue_used(line->socket) - rxpath_queue_used_before(line);
	uint64_t room = rxpath_less(line->socket->rcvbuf, rxpath_queue_used(line->socket));

	finding_summary(
		ctx,
		"The receive queue of %s grew from %llu to %llu bytes in %s s: at this rate it "
		"is full in %s s. Nothing is lost yet.",
		rxpath_name_of(ctx, line), (unsigned long long)rxpath_queue_used_before(line),
		(unsigned long long)rxpath_queue_used(line->socket),
		seconds(ctx, (long double)interval),
		seconds(ctx, (long double)room * (long double)interval / (long double)grown));
	finding_evidence(ctx, "its limit is %u bytes", line->socket->rcvbuf);
}

static bool find_queue_growth(struct finding_ctx *ctx)
{
	const struct rxpath_report *report = ctx->report;
	size_t count = 0;

	for (size_t i = 0; i < report->socket_count && count < MAX_SHOWN; i++) {
		const struct rxpath_socket_line *line = &report->sockets[i];

		if (!is_found(ctx, line))
			continue;
		tell(ctx, line);
		finding_add(ctx);
		count++;
	}
	return count > 0;
}

const struct finding_rule rxpath_queue_growth_findings[] = {
	{
		FINDING("queue-growth", SOCKET, PRESSURE, find_queue_growth),
		.fact.cause = "receive queue growing",
		.fact.meaning = "A receive queue grew over the interval: its reader is slower "
				"than what arrives. Nothing is lost yet.",
		.fact.shown = "A queue that held a sixteenth of its limit before, and an eighth "
			      "of its limit more half a second or more later, without drops.",
		.fact.action = "Look again: if it goes on growing, the program must read faster; "
			       "a larger buffer helps only if this is a burst.",
	},
	{.find = NULL},
};
