/* processes.c: a line for each process that lost packets, with its share of what sockets lost. */
#include "page.h"
#include "rxpath/unit.h"

#define SHARE_WIDTH 6
#define SOCKETS_WIDTH 9

static void put_process(const struct page *page, const struct rxpath_process_loss *process)
{
	struct rxpath_slice cgroup = process->worst->cgroup;

	page_count(page, process->lost, COUNT_WIDTH);
	rxpath_buf_printf(page->out, "%*u.%u %%", SHARE_WIDTH - 1, process->thousandths / 10,
			  process->thousandths % 10);
	page_count(page, process->socket_count, SOCKETS_WIDTH);
	rxpath_buf_string(page->out, "  ");
	page_process(page, process);
	if (process->pid == RXPATH_UNKNOWN) {
		rxpath_buf_string(page->out, "  ");
		rxpath_buf_slice(page->out, process->worst->subject);
	} else if (rxpath_unit_of(cgroup).len > 0) {
		rxpath_buf_string(page->out, "  ");
		rxpath_unit_text(cgroup, page->out);
	}
	rxpath_buf_char(page->out, '\n');
}

void page_read_gap(const struct page *page)
{
	if (page->report->read_gap == 0)
		return;
	rxpath_buf_string(page->out, "sockets and counters are read one after the other: they "
				     "differ by ");
	page_count(page, page->report->read_gap, 0);
	rxpath_buf_char(page->out, '\n');
}

void page_processes(struct page *page)
{
	const struct rxpath_report *report = page->report;
	size_t count = report->process_count;
	size_t limit = page->detail.lists[PROCESSES];
	size_t shown = count < limit ? count : limit;

	/* One socket of one process has its own line, and a screen says of one process in its
	 * finding how many sockets there are. */
	if (count == 0 ||
	    (count == 1 && (page->style->terminal || report->processes[0].socket_count == 1)))
		return;
	if (shown == 0) {
		page->left_out = true;
		return;
	}
	page_gap(page);
	if (page->style->color)
		rxpath_buf_string(page->out, FAINT);
	rxpath_buf_printf(page->out, "%*s%*s%*s  PROCESS", COUNT_WIDTH, "LOST", SHARE_WIDTH + 3,
			  "SHARE", SOCKETS_WIDTH, "SOCKETS");
	rxpath_buf_string(page->out, page->style->color ? PLAIN "\n" : "\n");
	for (size_t i = 0; i < shown; i++)
		put_process(page, &report->processes[i]);
	page_more(page, count - shown, count, "processes");
	if (count > 1)
		page_read_gap(page);
}
