/* text.c: the report for people and for grep. In a pipe each fact is one line; on a terminal the
 * lines fit its width. */
#include <string.h>

#include "page.h"

/* Which functions handle which packet types on each device; ALL receives a copy of every packet. */
static void put_handlers(const struct page *page)
{
	const struct rxpath_sample *after = page->report->after;

	if (!page->style->all || !after || after->handler_count == 0)
		return;
	rxpath_buf_string(page->out, "\npacket handlers by type (ALL: gets a copy of every "
				     "packet):\n");
	for (size_t i = 0; i < after->device_count; i++) {
		const struct rxpath_device *device = &after->devices[i];
		const char *separator = "";

		rxpath_buf_escaped(page->out, device->name, "");
		rxpath_buf_char(page->out, ':');
		for (size_t j = 0; j < after->handler_count; j++) {
			const struct rxpath_handler *handler = &after->handlers[j];

			if (handler->device.len > 0 &&
			    !rxpath_slice_equal(handler->device, device->name))
				continue;
			rxpath_buf_printf(page->out, "%s ", separator);
			rxpath_buf_escaped(page->out, handler->type, "");
			rxpath_buf_char(page->out, ' ');
			rxpath_buf_escaped(page->out, handler->function, "");
			separator = ",";
		}
		rxpath_buf_char(page->out, '\n');
	}
}

/* Everything that a pipe gets. */
static const struct detail whole = {
	.blocks = {EVERYTHING, EVERYTHING, EVERYTHING, EVERYTHING, EVERYTHING, EVERYTHING,
		   EVERYTHING, EVERYTHING, EVERYTHING, EVERYTHING, EVERYTHING, EVERYTHING,
		   EVERYTHING, EVERYTHING, EVERYTHING, EVERYTHING},
	.block_count = SIZE_MAX,
	.lists = {SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX},
	.gaps = true,
	.ok_stages = true,
};

/* What stays however small the screen is: of the worst finding what happened and what to do first,
 * and a row for each further one. */
static const struct detail least = {
	.blocks = {TWO_ROWS},
	.block_count = SIZE_MAX,
};

/* Where something is lost that this report does not show. Of many reports the last one says it. */
static void put_others(const struct page *page)
{
	const size_t others = page->report->other_netns;

	if (others > 0 && (!page->report->count_many || page->style->history || page->style->last))
		rxpath_buf_printf(page->out,
				  "%zu other network namespace%s not examined (--all-netns)\n",
				  others, others == 1 ? "" : "s");
}

/* Without packets, "nothing lost" says nothing. */
static void put_idle(const struct page *page)
{
	const struct rxpath_report *report = page->report;

	if (page->style->terminal && !report->count_many && !report->since_boot &&
	    report->stages[RXPATH_STAGE_DEVICE].seen == 0)
		rxpath_buf_string(
			page->out,
			"no packet came, so none could be lost; look while they come: rxpath "
			"-i 10\n");
}

static void put_report(struct page *page)
{
	const struct rxpath_report *report = page->report;
	struct rxpath_buf *out = page->out;
	bool well = report->state == RXPATH_STATE_OK && rxpath_line_total(report) == 0 &&
		    report->socket_count == 0;

	page->left_out = false;
	/* Of several reports, one without losses is a single line. */
	if (report->count_many && well && !page->style->all && !page->style->history) {
		page_summary(page);
		return;
	}
	page_answer(page);
	page_summary(page);
	if (page->style->history)
		page_sums(page);
	if (!well || page->style->all || page->style->history)
		page_path(page);
	page_findings(page);
	page_processes(page);
	page_facts(page);
	if (well)
		put_idle(page);
	page_trace(page);
	put_handlers(page);
	page_unavailable(page);
	put_others(page);
	if (page->left_out)
		rxpath_buf_string(out,
				  page->style->history
					  ? "more: enlarge the terminal\n"
					  : "more: add | less to the command to read everything\n");
	/* An empty line separates it from the next. */
	if (report->count_many && !report->of_netns && !page->style->history)
		rxpath_buf_char(out, '\n');
}

/* Takes that detail if the report then fits on the screen. */
static bool try(struct page *page, size_t start, const struct detail *detail)
{
	struct page attempt = *page;

	page->out->len = start;
	attempt.detail = *detail;
	put_report(&attempt);
	if (page_rows(page, start) > page->style->rows)
		return false;
	page->detail = *detail;
	return true;
}

/* Brings those of the findings from `first` on to that level, the worst first, as far as they
 * fit. */
static void raise_blocks(struct page *page, size_t start, size_t first, size_t end,
			 enum level level)
{
	for (size_t i = first; i < end && i < page->report->finding_count; i++) {
		struct detail detail = page->detail;

		if (detail.blocks[i] >= level)
			continue;
		detail.blocks[i] = level;
		try(page, start, &detail);
	}
}

/* Lengthens the lists before `end` by turns, as far as they fit, to at most `most` entries each. */
static void lengthen_lists(struct page *page, size_t start, enum list end, size_t limit)
{
	const struct rxpath_report *report = page->report;
	const size_t counts[LISTS] = {
		[PROCESSES] = report->process_count,
		[COUNTERS] = report->line_count,
		[SOCKETS] = report->socket_count,
		[DROPS] = report->trace ? report->trace->drop_count : 0,
	};
	bool more = true;

	while (more) {
		more = false;
		for (enum list list = 0; list < end; list++) {
			struct detail detail = page->detail;

			if (detail.lists[list] == limit || detail.lists[list] == counts[list])
				continue;
			detail.lists[list]++;
			if (try(page, start, &detail))
				more = true;
		}
	}
}

/* Shows as much as the screen holds, the most important first. */
static void fit(struct page *page, size_t start)
{
	const size_t all = MAX_BLOCKS;
	struct detail detail;

	if (try(page, start, &whole))
		return;
	page->detail = least;
	detail = least;
	for (size_t count = page->report->finding_count; !try(page, start, &detail) && count > 1;
	     count--)
		detail.block_count = count - 1;
	raise_blocks(page, start, 1, all, TWO_ROWS);
	raise_blocks(page, start, 0, 1, SENTENCE);
	raise_blocks(page, start, 0, 1, ACTION);
	raise_blocks(page, start, 1, all, SENTENCE);
	raise_blocks(page, start, 0, 1, FIRST_EVIDENCE);
	raise_blocks(page, start, 1, all, ACTION);
	lengthen_lists(page, start, PROCESSES + 1, 5);
	lengthen_lists(page, start, LISTS, 3);
	detail = page->detail;
	detail.gaps = true;
	try(page, start, &detail);
	raise_blocks(page, start, 0, 1, SECOND_EVIDENCE);
	raise_blocks(page, start, 0, 1, EVIDENCE);
	raise_blocks(page, start, 0, 1, EVERYTHING);
	raise_blocks(page, start, 1, all, FIRST_EVIDENCE);
	raise_blocks(page, start, 1, all, EVIDENCE);
	raise_blocks(page, start, 1, all, EVERYTHING);
	lengthen_lists(page, start, LISTS, page->style->rows);
	detail = page->detail;
	detail.ok_stages = true;
	try(page, start, &detail);
}

void rxpath_render_text(const struct rxpath_report *report, const struct rxpath_style *style,
			struct rxpath_buf *out)
{
	struct page page = {.out = out, .report = report, .style = style, .detail = whole};
	size_t start = out->len;

	if (style->rows > 0)
		fit(&page, start);
	out->len = start;
	put_report(&page);
}
