/* order.c: the order in which a report shows its findings; a watcher keeps it while they last. */
#include <string.h>

#include "page.h"
#include "rxpath/search.h"

/* What tells a finding from others over several reports: its id and the first word of its sentence,
 * which may be a socket, but not a number. */
static uint64_t key_of(const struct rxpath_finding *finding)
{
	struct rxpath_slice rest = finding->summary;
	struct rxpath_slice word = {0};
	uint64_t number;

	/* The reason why a reader is slow may be found in a later report. */
	if (finding->pid != RXPATH_UNKNOWN)
		return rxpath_hash(0, finding->pid);
	if (rxpath_scan_word(&rest, &word) && rxpath_scan_dec(word, &number))
		word.len = 0;
	return rxpath_hash(rxpath_hash_of(rxpath_slice_of(finding->id)), rxpath_hash_of(word));
}

static size_t index_of(const uint64_t *keys, size_t count, uint64_t key)
{
	size_t i = 0;

	while (i < count && keys[i] != key)
		i++;
	return i;
}

static size_t shown_index(const struct page *page, const struct rxpath_finding *finding)
{
	const struct rxpath_history *history = page->style->history;

	return history ? index_of(history->findings, history->finding_count, key_of(finding)) : 0;
}

bool page_is_about_reader(const struct rxpath_finding *finding,
			  const struct rxpath_process_loss *process)
{
	return process && process->pid != RXPATH_UNKNOWN && finding->pid == process->pid &&
	       strncmp(finding->id, "reader-", sizeof "reader-" - 1) == 0;
}

/* Why the process that lost most did not read: others refer to it. */
static bool is_lead(const struct page *page, const struct rxpath_finding *finding)
{
	return page->report->process_count > 0 &&
	       page_is_about_reader(finding, &page->report->processes[0]);
}

/* Below 0 when `a` comes first: the order of the last report, then kind, the loss of its stage, the
 * lead, and its index. */
static int compare_findings(const struct page *page, const struct rxpath_finding *a,
			    const struct rxpath_finding *b)
{
	uint64_t lost_a = page->report->stages[a->stage].lost;
	uint64_t lost_b = page->report->stages[b->stage].lost;
	size_t index_a = shown_index(page, a);
	size_t index_b = shown_index(page, b);

	if (index_a != index_b)
		return rxpath_order(index_a, index_b);
	if (a->kind != b->kind)
		return rxpath_order(a->kind, b->kind);
	if (lost_a != lost_b)
		return rxpath_order(lost_b, lost_a);
	if (is_lead(page, a) != is_lead(page, b))
		return is_lead(page, a) ? -1 : 1;
	return a < b ? -1 : a > b;
}

/* A screen does not say twice what became of one reader. */
static bool is_folded(const struct page *page, const struct rxpath_finding *finding)
{
	const struct rxpath_report *report = page->report;

	if (!page->style->terminal || page->style->all || !finding->follows ||
	    finding->pid == RXPATH_UNKNOWN)
		return false;
	for (size_t i = 0; i < report->finding_count; i++)
		if (!report->findings[i].follows && report->findings[i].pid == finding->pid)
			return true;
	return false;
}

size_t page_finding_count(const struct page *page)
{
	size_t count = 0;

	for (size_t i = 0; i < page->report->finding_count; i++)
		count += !is_folded(page, &page->report->findings[i]);
	return count;
}

const struct rxpath_finding *page_next_finding(const struct page *page,
					       const struct rxpath_finding *last)
{
	const struct rxpath_finding *worst = NULL;

	for (size_t i = 0; i < page->report->finding_count; i++) {
		const struct rxpath_finding *finding = &page->report->findings[i];

		if (!is_folded(page, finding) &&
		    (!last || compare_findings(page, last, finding) < 0) &&
		    (!worst || compare_findings(page, finding, worst) < 0))
			worst = finding;
	}
	return worst;
}

/* Findings that are still there come first, in their old order; new ones follow, the worst
 * first. */
void rxpath_note_findings(struct rxpath_history *history, const struct rxpath_report *report)
{
	const struct rxpath_style style = {.history = history};
	const struct page page = {.report = report, .style = &style};
	const struct rxpath_finding *finding = NULL;
	uint64_t keys[RXPATH_HISTORY_FINDINGS] = {0};
	size_t count = 0;

	while (count < RXPATH_HISTORY_FINDINGS && (finding = page_next_finding(&page, finding))) {
		uint64_t key = key_of(finding);

		if (index_of(keys, count, key) == count)
			keys[count++] = key;
	}
	history->finding_count = count;
	while (count-- > 0)
		history->findings[count] = keys[count];
}
