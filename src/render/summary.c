/* summary.c: the second line of the report, for grep: state, loss, host, interval. */
#include <string.h>

#include "page.h"

/* The first namespace gets its number while the kernel boots, when few numbers are taken. It is not
 * named unless the user chose it. */
static bool is_initial(struct rxpath_slice netns)
{
	static const uint64_t first = 0xf0000000, few = 200;
	struct rxpath_slice number = netns;
	uint64_t inode;

	if (!rxpath_slice_starts(netns, "net:[") || netns.ptr[netns.len - 1] != ']')
		return false;
	rxpath_slice_skip(&number, sizeof "net:[" - 1);
	number.len--;
	return rxpath_scan_dec(number, &inode) && inode < first + few;
}

/* "since boot 200 days ago" */
static void put_since_boot(const struct page *page)
{
	static const uint64_t second = 1000000000, minute = 60, hour = 3600, day = 86400;
	const struct rxpath_sample *after = page->report->after;
	uint64_t seconds;

	rxpath_buf_string(page->out, "since boot");
	/* Below --root, the time is that of this machine and not of the one whose files they
	 * are. */
	if (!after || after->netns_id.len == 0 || after->monotonic == RXPATH_UNKNOWN)
		return;
	seconds = after->monotonic / second;
	rxpath_buf_string(page->out, " ");
	if (seconds >= 2 * day)
		page_number_of(page, seconds / day, "day");
	else if (seconds >= 2 * hour)
		page_number_of(page, seconds / hour, "hour");
	else
		page_number_of(page, seconds / minute, "minute");
	rxpath_buf_string(page->out, " ago");
}

/* The counters of a namespace begin with it; when that was is not known. */
static void put_origin_of_counters(const struct page *page)
{
	put_since_boot(page);
	if (page->report->netns.len > 0 && !is_initial(page->report->netns))
		rxpath_buf_string(page->out, " or netns creation");
}

/* The line for grep. On a terminal it goes on in a row below rather than lose a part. */
struct summary {
	const struct page *page;
	size_t row; /* where its last row begins */
	const char *separator;
};

/* What stays, and what is left out where the row is full. */
enum need { KEPT, SPARE };

/* A label and a name behind a separator. */
static void put_part(struct summary *summary, const char *label, struct rxpath_slice text,
		     enum need need)
{
	const struct page *page = summary->page;
	struct rxpath_buf *out = page->out;
	size_t end = out->len;
	const char *blank = " ";

	for (;;) {
		rxpath_buf_string(out, summary->separator);
		rxpath_buf_string(out, blank);
		rxpath_buf_string(out, label);
		rxpath_buf_slice(out, text);
		if (!page->style->terminal || page_rows(page, summary->row) <= 1 || *blank != ' ')
			break;
		out->len = end;
		if (need == SPARE)
			return;
		blank = "\n  ";
	}
	if (*blank != ' ')
		summary->row = end + strlen(summary->separator) + 1;
	summary->separator = ",";
}

static void put_origin(struct summary *summary, const char *label, struct rxpath_slice name,
		       enum need need)
{
	struct rxpath_buf text = {0};

	rxpath_buf_escaped(&text, name, "");
	if (text.len > 0)
		put_part(summary, label, rxpath_buf_view(&text), need);
	rxpath_buf_free_part(&text, summary->page->out);
}

/* How long it took, or that it is since boot. */
static void put_interval(struct summary *summary)
{
	const struct rxpath_report *report = summary->page->report;
	struct rxpath_buf text = {0};
	const struct page other = page_beside(summary->page, &text);

	if (report->since_boot) {
		put_origin_of_counters(&other);
	} else if (report->interval != RXPATH_UNKNOWN) {
		rxpath_put_seconds(&text, report->interval);
		rxpath_buf_string(&text, " s");
	}
	if (text.len > 0)
		put_part(summary, "", rxpath_buf_view(&text), KEPT);
	rxpath_buf_free_part(&text, summary->page->out);
}

static void put_doubt(struct summary *summary)
{
	summary->separator = ";";
	put_part(summary, "", rxpath_slice_of("counters do not record when"), SPARE);
	summary->separator = ";";
}

void page_summary(const struct page *page)
{
	const struct rxpath_report *report = page->report;
	struct summary summary = {page, page->out->len, ";"};

	rxpath_buf_string(page->out, "rxpath: ");
	page_state(page, report->state, 0);
	rxpath_buf_string(page->out, ", lost ");
	page_count(page, report->lost, 0);
	put_origin(&summary, "host ", report->host, KEPT);
	if (!is_initial(report->netns))
		put_origin(&summary, "netns ", report->netns, KEPT);
	put_interval(&summary);
	/* On a small terminal, the kernel is left out first. */
	if (report->since_boot && page->style->terminal)
		put_doubt(&summary);
	put_origin(&summary, "Linux ", report->kernel, SPARE);
	/* With several reports, each shows its time. */
	if (report->count_many)
		put_origin(&summary, "", report->time, page->style->history ? KEPT : SPARE);
	if (report->since_boot && !page->style->terminal)
		put_doubt(&summary);
	rxpath_buf_char(page->out, '\n');
}
