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

static void put_report(const struct page *page)
{
	const struct rxpath_report *report = page->report;
	struct rxpath_buf *out = page->out;
	bool well = report->state == RXPATH_STATE_OK && report->line_count == 0 &&
		    report->socket_count == 0;
	size_t start = out->len;

	page_headline(page);
	if (!well || page->style->all || page->style->history)
		page_path(page);
	else if (!report->count_many)
		page_seen(page);
	page_facts(page);
	page_trace(page);
	page_findings(page);
	put_handlers(page);
	page_unavailable(page);
	/* With several reports, one without losses is a single line; the others are blocks. */
	if (report->count_many && !page->style->history && out->len > start &&
	    memchr(out->data + start, '\n', out->len - start - 1))
		rxpath_buf_char(out, '\n');
}

void rxpath_render_text(const struct rxpath_report *report, const struct rxpath_style *style,
			struct rxpath_buf *out)
{
	struct page page = {out, report, style, WHOLE};
	size_t start = out->len;

	put_report(&page);
	while (style->rows > 0 && page_rows(&page, start) > style->rows && page.step + 1 < STEPS) {
		out->len = start;
		page.step++;
		put_report(&page);
	}
}
