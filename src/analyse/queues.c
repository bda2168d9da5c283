/* queues.c: packets that rules gave to NFQUEUE: what came into a queue is up to its reader, and
 * what did not was dropped, because no program reads that queue. */
#include "steps.h"

/* Whether all queues of the first sample are still there, with the same readers, so that what came
 * into them since is known. */
static bool has_all_queues(const struct match *match)
{
	const struct rxpath_sample *before = match->before;

	if (!match->comparable[RXPATH_SOURCE_NFQUEUE])
		return false;
	for (size_t i = 0; before && i < before->reading_count; i++)
		if (before->readings[i].subject.kind == RXPATH_ON_NFQUEUE &&
		    !rxpath_same_reader(match, &before->readings[i].subject))
			return false;
	return true;
}

static bool gives_to_queue(const struct rxpath_line *line)
{
	return line->on.kind == RXPATH_ON_RULE && rxpath_slice_is(line->name, "nft_rule_queue");
}

void rxpath_account_queues(const struct match *match, const struct rxpath_criteria *criteria,
			   struct rxpath_report *report)
{
	uint64_t entered = rxpath_sum(rxpath_max_change_of(match, "nfqueue_id_sequence"),
				      rxpath_max_change_of(match, "nfqueue_queue_dropped"));
	size_t kept = 0;

	if (!has_all_queues(match))
		entered = UINT64_MAX;
	for (size_t i = 0; i < report->line_count; i++) {
		struct rxpath_line *line = &report->lines[i];

		if (gives_to_queue(line)) {
			line->accounted = entered < line->max ? entered : line->max;
			entered -= line->accounted;
			/* Nothing of it is refused. */
			if (rxpath_remainder(line) == 0) {
				if (!criteria->all)
					continue;
				line->flags |= RXPATH_FLAG_COUNTED;
			}
		}
		report->lines[kept++] = *line;
	}
	report->line_count = kept;
}
