/* path.c: the first line of the text report, and the stages with the worst one marked. */
#include <string.h>

#include "page.h"

/* The symbols of the path: in UTF-8, or in ASCII for terminals and readers without it. */
struct shapes {
	const char *flow;	/* before a stage that is not the worst */
	const char *worst;	/* before the worst stage */
	const char *end;
	const char *levels[8];	/* of a sparkline, from 0 to the maximum */
};

static const struct shapes ascii = {
	.flow = "|",
	.worst = ">",
	.end = "v",
	.levels = {"_", ".", ":", "-", "=", "+", "*", "#"},
};

static const struct shapes unicode = {
	.flow = "\xe2\x94\x82",		/* U+2502, a line down */
	.worst = "\xe2\x96\xb6",	/* U+25B6, a pointer */
	.end = "\xe2\x96\xbc",		/* U+25BC, an arrow's head */
	.levels = {"\xe2\x96\x81", "\xe2\x96\x82", "\xe2\x96\x83", "\xe2\x96\x84", "\xe2\x96\x85",
		   "\xe2\x96\x86", "\xe2\x96\x87", "\xe2\x96\x88"},
};

static const struct shapes *shapes_of(const struct page *page)
{
	return page->style->utf8 ? &unicode : &ascii;
}

/* Host, kernel or time; left out on a terminal that is too narrow. */
static void put_origin(const struct page *page, size_t start, const char *label,
		       struct rxpath_slice name)
{
	size_t end = page->out->len;

	if (name.len == 0)
		return;
	rxpath_buf_string(page->out, label);
	rxpath_buf_escaped(page->out, name, "");
	if (page->style->terminal && page_rows(page, start) > 1)
		page->out->len = end;
}

void page_headline(const struct page *page)
{
	const struct rxpath_report *report = page->report;
	struct rxpath_buf *out = page->out;
	size_t start = out->len;

	rxpath_buf_string(out, "rxpath: ");
	page_state(page, report->state, 0);
	rxpath_buf_string(out, ", lost ");
	page_count(page, report->lost, 0);
	rxpath_buf_string(out, report->lost == 1 ? " packet" : " packets");
	if (report->since_boot) {
		rxpath_buf_string(out, " since boot (counters do not record when)");
	} else if (report->interval != RXPATH_UNKNOWN) {
		rxpath_buf_string(out, " in ");
		rxpath_put_seconds(out, report->interval);
		rxpath_buf_string(out, " s");
	}
	put_origin(page, start, ", host ", report->host);
	/* With several reports, each shows its time, and the first line stays short. */
	if (!report->count_many)
		put_origin(page, start, ", Linux ", report->kernel);
	else
		put_origin(page, start, ", ", report->time);
	rxpath_buf_char(out, '\n');
}

/* Small bars; the highest stands for the largest loss of any stage. */
static void put_sparkline(const struct page *page, enum rxpath_stage stage)
{
	const struct rxpath_history *history = page->style->history;
	uint64_t most = 0;

	for (int i = 0; i < RXPATH_STAGES; i++)
		for (size_t j = 0; j < history->count; j++)
			if (history->lost[i][j] > most)
				most = history->lost[i][j];
	rxpath_buf_string(page->out, "  ");
	for (size_t j = 0; j < history->count; j++) {
		uint64_t value = history->lost[stage][j];
		/* Any loss is shown higher than none, however small. */
		size_t level = value == 0 ? 0 : 1 + (size_t)((double)value / (double)most * 6.0);

		rxpath_buf_string(page->out, shapes_of(page)->levels[level]);
	}
}

/* A number and its word, or blanks of the same width. */
static void put_cell(const struct page *page, uint64_t value, bool known, const char *word)
{
	if (known) {
		page_count(page, value, 13);
		rxpath_buf_printf(page->out, " %s", word);
	} else {
		rxpath_buf_repeat(page->out, ' ', 14 + strlen(word));
	}
}

static void put_stage(const struct page *page, enum rxpath_stage stage)
{
	const struct rxpath_stage_line *line = &page->report->stages[stage];
	struct rxpath_buf *out = page->out;
	bool worst = line->state == page->report->state && line->state != RXPATH_STATE_OK;
	bool history = page->style->history && page->style->history->count > 1;

	rxpath_buf_char(out, ' ');
	page_colored(page, worst ? page_color(line->state) : FAINT,
		    worst ? shapes_of(page)->worst : shapes_of(page)->flow);
	rxpath_buf_char(out, ' ');
	page_padded(page, rxpath_slice_of(rxpath_stage_name(stage)), 12);
	page_state(page, line->state, KIND_WIDTH);
	put_cell(page, line->seen, line->seen != RXPATH_UNKNOWN, "seen");
	put_cell(page, line->lost, line->lost > 0, "lost");
	if (history)
		put_sparkline(page, stage);
	while (out->len > 0 && out->data[out->len - 1] == ' ')
		out->len--;
	rxpath_buf_char(out, '\n');
}

void page_path(const struct page *page)
{
	page_gap(page, FEW_GAPS);
	for (enum rxpath_stage stage = 0; stage < RXPATH_STAGES; stage++)
		if (page->step < TROUBLED_STAGES ||
		    page->report->stages[stage].state < RXPATH_STATE_OK)
			put_stage(page, stage);
	rxpath_buf_char(page->out, ' ');
	page_colored(page, FAINT, shapes_of(page)->end);
	rxpath_buf_string(page->out, " application\n");
}

/* Nothing moved: shows only how many packets each stage saw. */
void page_seen(const struct page *page)
{
	const char *separator = "seen: ";

	for (enum rxpath_stage stage = 0; stage < RXPATH_STAGES; stage++) {
		if (page->report->stages[stage].seen == RXPATH_UNKNOWN)
			continue;
		rxpath_buf_printf(page->out, "%s%s ", separator, rxpath_stage_name(stage));
		page_count(page, page->report->stages[stage].seen, 0);
		separator = ", ";
	}
	if (separator[0] == ',')
		rxpath_buf_string(page->out, " packets\n");
}
