/* history.c: what the reports of a watcher have in common: losses since the start, and the places
 * of findings. */
#include <string.h>

#include "page.h"

/* What tells a finding from others over several reports: its id and the first word of its sentence,
 * which may be a socket, but not a number. */
static uint64_t key_of(const struct rxpath_finding *finding)
{
	struct rxpath_slice rest = finding->summary;
	struct rxpath_slice word = {0};
	uint64_t key = UINT64_C(0xcbf29ce484222325); /* FNV-1a */
	uint64_t number;

	for (const char *id = finding->id; *id; id++)
		key = (key ^ (unsigned char)*id) * UINT64_C(0x100000001b3);
	if (rxpath_scan_word(&rest, &word) && rxpath_scan_dec(word, &number))
		word.len = 0;
	for (size_t i = 0; i < word.len; i++)
		key = (key ^ (unsigned char)word.ptr[i]) * UINT64_C(0x100000001b3);
	return key;
}

static size_t place_in(const uint64_t *places, size_t count, uint64_t key)
{
	size_t place = 0;

	while (place < count && places[place] != key)
		place++;
	return place;
}

size_t page_place(const struct page *page, const struct rxpath_finding *finding)
{
	const struct rxpath_history *history = page->style->history;

	return history ? place_in(history->places, history->place_count, key_of(finding)) : 0;
}

/* Findings that are still there come first, in their old order; new ones follow, the worst first.
 */
static void note_places(struct rxpath_history *history, const struct rxpath_report *report)
{
	const struct rxpath_style style = {.history = history};
	const struct page page = {.report = report, .style = &style};
	const struct rxpath_finding *finding = NULL;
	uint64_t places[RXPATH_PLACES] = {0};
	size_t count = 0;

	while (count < RXPATH_PLACES && (finding = page_next_finding(&page, finding))) {
		uint64_t key = key_of(finding);

		if (place_in(places, count, key) == count)
			places[count++] = key;
	}
	memcpy(history->places, places, count * sizeof *places);
	history->place_count = count;
}

static uint64_t add(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

void rxpath_history_note(struct rxpath_history *history, const struct rxpath_report *report)
{
	bool full = history->count == RXPATH_HISTORY;

	for (enum rxpath_stage stage = 0; stage < RXPATH_STAGES; stage++) {
		uint64_t *lost = history->lost[stage];

		if (full)
			memmove(lost, lost + 1, (RXPATH_HISTORY - 1) * sizeof *lost);
		lost[full ? RXPATH_HISTORY - 1 : history->count] = report->stages[stage].lost;
		history->sums[stage] = add(history->sums[stage], report->stages[stage].lost);
	}
	if (!full)
		history->count++;
	if (report->interval != RXPATH_UNKNOWN)
		history->elapsed = add(history->elapsed, report->interval);
	note_places(history, report);
}

/* "since the start: lost 12,345 in 35 s: softnet 300, socket 12,045" */
void page_sums(const struct page *page)
{
	const struct rxpath_history *history = page->style->history;
	struct rxpath_buf *out = page->out;
	const char *separator = ": ";
	uint64_t lost = 0;

	for (enum rxpath_stage stage = 0; stage < RXPATH_STAGES; stage++)
		lost = add(lost, history->sums[stage]);
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
