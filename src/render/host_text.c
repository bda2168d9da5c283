/* host_text.c: all network namespaces of a host as text: a summary, then the worst one's report. */
#include <string.h>

#include "page.h"
#include "rxpath/unit.h"
#include "rxpath/search.h"

/* How many namespaces a terminal shows above the report of the worst. */
#define MAX_ON_TERMINAL 8

/* Rows that the report of the worst namespace needs at least. */
#define LEAST_ROWS 12

/* Below 0 when `a` is worse: what fails is worse than what is tolerated. */
static int compare(const struct rxpath_report *a, const struct rxpath_report *b)
{
	if ((a->verdict == 1) != (b->verdict == 1))
		return a->verdict == 1 ? -1 : 1;
	if (a->state != b->state)
		return (int)a->state - (int)b->state;
	return rxpath_order(b->lost, a->lost);
}

static const struct rxpath_report *worst_of(const struct rxpath_host_report *host)
{
	const struct rxpath_report *worst = host->count > 0 ? host->reports[0] : NULL;

	for (size_t i = 1; i < host->count; i++)
		if (compare(host->reports[i], worst) < 0)
			worst = host->reports[i];
	return worst;
}

static void put_name(struct rxpath_buf *out, const struct rxpath_netns_facts *netns)
{
	if (netns->named_by_unit)
		rxpath_unit_text(netns->cgroup, out);
	else
		rxpath_buf_escaped(out, netns->name, "");
}

static size_t name_width(const struct rxpath_netns_facts *netns)
{
	struct rxpath_buf name = {0};
	size_t width;

	put_name(&name, netns);
	width = name.len;
	rxpath_buf_free(&name);
	return width;
}

/* The counter that says most about the report's state. */
static const struct rxpath_line *worst_line(const struct rxpath_report *report)
{
	const struct rxpath_line *worst = NULL;

	for (size_t i = 0; i < report->line_count; i++) {
		const struct rxpath_line *line = &report->lines[i];

		if (!rxpath_line_counts(line))
			continue;
		if (!worst || line->kind < worst->kind ||
		    (line->kind == worst->kind &&
		     (line->lost > worst->lost ||
		      (line->lost == worst->lost && line->delta > worst->delta))))
			worst = line;
	}
	return worst;
}

/* The process or unit that lost most, else the counter. */
static void put_worst_subject(const struct page *page)
{
	const struct rxpath_report *report = page->report;
	const struct rxpath_line *line = worst_line(report);
	struct rxpath_buf *out = page->out;

	if (report->process_count > 0 && (!line || line->stage == RXPATH_STAGE_SOCKET)) {
		page_process(page, &report->processes[0]);
		rxpath_buf_char(out, ' ');
		rxpath_buf_slice(out, report->processes[0].worst->subject);
	} else if (!line && report->socket_count > 0) {
		rxpath_buf_slice(out, report->sockets[0].subject);
	} else if (line) {
		rxpath_buf_slice(out, line->name);
		rxpath_buf_char(out, ' ');
		rxpath_buf_slice(out, line->subject);
	}
}

static void put_netns(const struct page *page, size_t width)
{
	const struct rxpath_report *report = page->report;
	size_t used = name_width(report->of_netns);

	rxpath_buf_string(page->out, "  ");
	put_name(page->out, report->of_netns);
	rxpath_buf_repeat(page->out, ' ', width + 2 - used);
	page_state(page, report->state, KIND_WIDTH);
	if (report->lost > 0) {
		rxpath_buf_string(page->out, "lost ");
		page_count(page, report->lost, 0);
		rxpath_buf_string(page->out, "  ");
	}
	put_worst_subject(page);
	while (page->out->data[page->out->len - 1] == ' ')
		page->out->len--;
	rxpath_buf_char(page->out, '\n');
}

/* A line for each namespace that is not ok, in their order; on a terminal only the first ones. */
static void put_list(const struct page *page, const struct rxpath_host_report *host)
{
	size_t most = page->style->rows > 0 ? MAX_ON_TERMINAL : SIZE_MAX;
	size_t width = 0;
	size_t count = 0;

	for (size_t i = 0; i < host->count; i++) {
		size_t name = name_width(host->reports[i]->of_netns);

		if (host->reports[i]->state < RXPATH_STATE_OK)
			width = name > width ? name : width;
	}
	for (size_t i = 0; i < host->count; i++) {
		struct page row = *page;

		row.report = host->reports[i];
		if (row.report->state < RXPATH_STATE_OK && count++ < most)
			put_netns(&row, width);
	}
	if (count > most)
		rxpath_buf_printf(page->out, "  ... and %zu more (-f json lists them)\n",
				  count - most);
}

#define EVEN_ROOT ", even as root (a container or sandbox forbids it)"

void rxpath_render_not_examined(const struct rxpath_host_report *host, struct rxpath_buf *out)
{
	const struct {
		size_t count;
		const char *what, *plural, *why;
	} lines[] = {
		{host->ended, "network namespace", "s", " ended during the interval: not reported"},
		{host->appeared, "network namespace", "s",
		 " appeared during the interval: not reported"},
		{host->denied, "network namespace", "s",
		 host->as_root ? " could not be entered" EVEN_ROOT
			       : " could not be entered: run as root (CAP_SYS_ADMIN)"},
		{host->beyond, "network namespace", "s",
		 " not examined: too many open files (ulimit -Hn)"},
		{host->hidden, "process", "es",
		 host->as_root
			 ? " may not be examined" EVEN_ROOT ": a network namespace that no other "
			   "process is in may be missing"
			 : " may not be examined, so network namespaces may be missing: run as "
			   "root (CAP_SYS_PTRACE)"},
	};

	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		if (lines[i].count > 0)
			rxpath_buf_printf(out, "%zu %s%s%s\n", lines[i].count, lines[i].what,
					  lines[i].count == 1 ? "" : lines[i].plural, lines[i].why);
}

/* Drops that the trace saw and no counter explains: in a namespace that was not examined. */
static void put_elsewhere(const struct page *page, const struct rxpath_host_report *host)
{
	uint64_t elsewhere = 0;

	for (size_t i = 0; i < host->count; i++)
		if (host->reports[i]->trace)
			elsewhere += host->reports[i]->trace->elsewhere;
	if (elsewhere == 0)
		return;
	rxpath_buf_string(page->out, ", ");
	page_number_of(page, elsewhere, "packet");
	rxpath_buf_string(page->out, " dropped elsewhere on this host, by the trace");
}

static void put_summary(const struct page *page, const struct rxpath_host_report *host)
{
	const struct rxpath_report *report = page->report;
	struct rxpath_buf *out = page->out;
	uint64_t lost = 0;
	size_t bad = 0;

	for (size_t i = 0; i < host->count; i++) {
		lost = rxpath_sum(lost, host->reports[i]->lost);
		bad += host->reports[i]->state < RXPATH_STATE_OK;
	}
	rxpath_buf_string(out, "rxpath: ");
	page_state(page, report->state, 0);
	rxpath_buf_string(out, ", lost ");
	page_number_of(page, lost, "packet");
	if (report->since_boot) {
		rxpath_buf_string(out, " since boot (counters do not record when)");
	} else if (report->interval != RXPATH_UNKNOWN) {
		rxpath_buf_string(out, " in ");
		rxpath_put_seconds(out, report->interval);
		rxpath_buf_string(out, " s");
	}
	rxpath_buf_string(out, ", ");
	if (bad > 0)
		rxpath_buf_printf(out, "%zu of ", bad);
	rxpath_buf_printf(out, "%zu network namespace%s", host->count, host->count == 1 ? "" : "s");
	put_elsewhere(page, host);
	if (host->count_many && report->time.len > 0) {
		rxpath_buf_string(out, ", ");
		rxpath_buf_slice(out, report->time);
	}
	rxpath_buf_char(out, '\n');
}

static void put_report(const struct page *page, size_t start)
{
	struct rxpath_style style = *page->style;

	if (style.rows > 0) {
		size_t used = page_rows(page, start) + 2;

		style.rows =
			style.rows > used + LEAST_ROWS ? style.rows - (unsigned)used : LEAST_ROWS;
	}
	rxpath_buf_string(page->out, "\nnetwork namespace ");
	put_name(page->out, page->report->of_netns);
	rxpath_buf_string(page->out, ":\n");
	rxpath_render_text(page->report, &style, page->out);
}

void rxpath_render_host(const struct rxpath_host_report *host, const struct rxpath_style *style,
			struct rxpath_buf *out)
{
	struct page page = {.out = out, .report = worst_of(host), .style = style};
	size_t start = out->len;

	if (!page.report)
		return;
	put_summary(&page, host);
	put_list(&page, host);
	rxpath_render_not_examined(host, out);
	if (style->all) {
		for (size_t i = 0; i < host->count; i++) {
			page.report = host->reports[i];
			put_report(&page, start);
		}
	} else if (page.report->state < RXPATH_STATE_OK) {
		put_report(&page, start);
	}
	if (host->count_many && (style->all || page.report->state < RXPATH_STATE_OK))
		rxpath_buf_char(out, '\n');
}
