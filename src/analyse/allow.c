/* allow.c: what --allow tolerates: it stays in the report, flagged. */
#include "steps.h"

/* A report escapes some bytes with a backslash, which a pattern takes for an escape of its own.
 * So the subject as the report shows it is compared as well. */
static bool is_of_subject(const char *pattern, struct rxpath_slice subject)
{
	return !pattern || rxpath_scan_glob(pattern, subject) || rxpath_slice_is(subject, pattern);
}

static bool is_allowed(const struct rxpath_criteria *criteria, struct rxpath_slice name,
		       struct rxpath_slice subject, uint64_t delta, uint64_t interval)
{
	for (size_t i = 0; i < criteria->allowance_count; i++) {
		const struct rxpath_allowance *allowance = &criteria->allowances[i];

		if (rxpath_scan_glob(allowance->counter, name) &&
		    is_of_subject(allowance->subject, subject) &&
		    (!allowance->limited ||
		     rxpath_limit_covers(&allowance->limit, delta, interval)))
			return true;
	}
	return false;
}

void rxpath_allow(struct rxpath_report *report, const struct rxpath_criteria *criteria)
{
	for (size_t i = 0; i < report->line_count; i++) {
		struct rxpath_line *line = &report->lines[i];

		/* A device is also known by its name before the report escaped it. */
		if (line->moved && (is_allowed(criteria, line->name, line->subject, line->delta,
					       report->interval) ||
				    (line->on.kind == RXPATH_ON_DEVICE &&
				     is_allowed(criteria, line->name, line->on.name, line->delta,
						report->interval))))
			line->flags |= RXPATH_FLAG_ALLOWED;
	}
	for (size_t i = 0; i < report->socket_count; i++) {
		struct rxpath_socket_line *line = &report->sockets[i];
		struct rxpath_slice queue;

		if (line->delta > 0 &&
		    is_allowed(criteria, rxpath_slice_of(rxpath_socket_drops(line->socket)),
			       line->subject, line->delta, report->interval))
			line->flags |= RXPATH_FLAG_ALLOWED;
		queue = rxpath_slice_of(rxpath_socket_queue(line->socket));
		line->queue_allowed =
			line->full && is_allowed(criteria, queue, line->subject,
						 line->socket->rx_queue, report->interval);
		/* The entry is only about its queue. */
		if (line->queue_allowed && line->delta == 0)
			line->flags |= RXPATH_FLAG_ALLOWED;
	}
}
