/* processes.c: a line for each process that lost packets, with its share of what sockets lost. */
#include "page.h"
#include "rxpath/unit.h"

/* The processes as they are written, and how wide the widest one is. */
struct name {
	struct rxpath_buf text, unit;
};

static void fill_name(const struct page *page, const struct rxpath_process_loss *process,
		      struct name *name)
{
	const struct page other = page_beside(page, &name->text);

	page_process(&other, process);
	rxpath_unit_text(process->worst->cgroup, &name->unit);
	if (name->unit.len == 0)
		rxpath_buf_char(&name->unit, '-');
}

static void free_name(const struct page *page, struct name *name)
{
	page->out->failed = page->out->failed || name->text.failed || name->unit.failed;
	rxpath_buf_free(&name->text);
	rxpath_buf_free(&name->unit);
}

static void measure(const struct page *page, size_t shown, size_t *text, size_t *unit)
{
	*text = sizeof "PROCESS" - 1;
	*unit = sizeof "UNIT" - 1;
	for (size_t i = 0; i < shown; i++) {
		struct name name = {0};

		fill_name(page, &page->report->processes[i], &name);
		*text = name.text.len > *text ? name.text.len : *text;
		*unit = name.unit.len > *unit ? name.unit.len : *unit;
		free_name(page, &name);
	}
}

static void put_process(const struct page *page, const struct rxpath_process_loss *process,
			size_t text_width, size_t unit_width)
{
	struct name name = {0};

	fill_name(page, process, &name);
	page_padded(page, rxpath_buf_view(&name.text), text_width + 1);
	page_padded(page, rxpath_buf_view(&name.unit), unit_width);
	page_count(page, process->socket_count, 9);
	page_count(page, process->lost, COUNT_WIDTH + 1);
	rxpath_buf_printf(page->out, "%6u.%u %%\n", process->thousandths / 10,
			  process->thousandths % 10);
	free_name(page, &name);
}

void page_processes(struct page *page)
{
	const struct rxpath_report *report = page->report;
	size_t count = report->process_count;
	size_t shown = count < page->detail.processes ? count : page->detail.processes;
	size_t text, unit;

	/* One socket of one process has its own line. */
	if (count == 0 || (count == 1 && report->processes[0].socket_count == 1))
		return;
	if (shown == 0) {
		page->left_out = true;
		return;
	}
	measure(page, shown, &text, &unit);
	page_gap(page);
	if (page->style->color)
		rxpath_buf_string(page->out, FAINT);
	rxpath_buf_printf(page->out, "%-*s %-*s%9s%*s%10s", (int)text, "PROCESS", (int)unit, "UNIT",
			  "SOCKETS", COUNT_WIDTH + 1, "LOST", "SHARE");
	rxpath_buf_string(page->out, page->style->color ? PLAIN "\n" : "\n");
	for (size_t i = 0; i < shown; i++)
		put_process(page, &report->processes[i], text, unit);
	page_more(page, count - shown, "processes");
}
