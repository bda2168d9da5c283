/* history.c: losses since the start, over a series of reports. */
#include <string.h>

#include "page.h"
#include "rxpath/search.h"

void rxpath_history_note(struct rxpath_history *history, const struct rxpath_report *report)
{
	bool full = history->count == RXPATH_HISTORY;

	for (enum rxpath_stage stage = 0; stage < RXPATH_STAGES; stage++) {
		uint64_t *lost = history->lost[stage];

		if (full)
			memmove(lost, lost + 1, (RXPATH_HISTORY - 1) * sizeof *lost);
		lost[full ? RXPATH_HISTORY - 1 : history->count] = report->stages[stage].lost;
		history->sums[stage] = rxpath_sum(history->sums[stage], report->stages[stage].lost);
	}
	if (!full)
		history->count++;
	if (report->interval != RXPATH_UNKNOWN)
		history->elapsed = rxpath_sum(history->elapsed, report->interval);
	rxpath_note_findings(history, report);
}

/* "since the start: lost 12,345 in 35 s: softnet 300, socket 12,045" */
void page_sums(const struct page *page)
{
	const struct rxpath_history *history = page->style->history;
	struct rxpath_buf *out = page->out;
	const char *separator = ": ";
	uint64_t lost = 0;

	for (enum rxpath_stage stage = 0; stage < RXPATH_STAGES; stage++)
		lost = rxpath_sum(lost, history->sums[stage]);
	rxpath_buf_string(out, "since the start: lost ");
	page_count(page, lost, 0);
	rxpath_buf_printf(out, " in %.0f s", (double)history->elapsed / 1e9);
	for (enum rxpath_stage stage = 0; stage < RXPATH_STAGES; stage++) {
		if (history->sums[stage] == 0)
			continue;
		rxpath_buf_printf(out, "%s%s ", separator, rxpath_stage_name(stage));
		page_count(page, history->sums[stage], 0);
		separator = ", ";
	}
	rxpath_buf_string(out, page->style->last ? "\n" : " (q quits)\n");
}
