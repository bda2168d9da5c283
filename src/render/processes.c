/* processes.c: a line for each process that lost packets, with its share of what sockets lost. */
#include "page.h"
#include "rxpath/unit.h"

#define SHARE_WIDTH 6
#define SOCKETS_WIDTH 9

static void put_process(const struct page *page, const struct rxpath_process_loss *process)
{
	struct rxpath_slice cgroup = process->worst->cgroup;

	page_count(page, process->lost, COUNT_WIDTH);
	if (process->thousandths > 0)
		rxpath_buf_printf(page->out, "%*u.%u %%", SHARE_WIDTH - 1,
				  process->thousandths / 10, process->thousandths % 10);
	else
		rxpath_buf_printf(page->out, "%*s", SHARE_WIDTH + 3, "< 0.1 %");
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

static void put_read_gap(const struct page *page, const char *what, uint64_t gap)
{
	if (gap == 0)
		return;
	rxpath_buf_printf(page->out,
			  "%s and counters are read one after the other: they differ by ", what);
	page_count(page, gap, 0);
	rxpath_buf_char(page->out, '\n');
}

void page_read_gap(const struct page *page)
{
	const uint64_t received = page->report->stages[RXPATH_STAGE_IP].seen;
	const uint64_t taken = page_taken_by_netfilter(page->report);
	const uint64_t gap = page->report->read_gap;

	/* Much more is no matter of the time between. */
	if (gap == 0 && taken > received && taken - received <= received / 20)
		put_read_gap(page, "rules", taken - received);
	else
		put_read_gap(page, "sockets", gap);
}

void page_processes(struct page *page)
{
	const struct rxpath_report *report = page->report;
	size_t count = report->process_count;
	size_t limit = page->detail.lists[PROCESSES];
	size_t shown = count < limit ? count : limit;

	/* A single socket has its own line below; on a screen, the finding of a single process
	 * has the number of its sockets. */
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
