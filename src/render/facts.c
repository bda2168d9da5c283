/* facts.c: a line for each counter, socket and traced drop. */
#include <string.h>

#include "page.h"
#include "rxpath/unit.h"
#include "rxpath/search.h"

/* The widths of the columns that depend on their content. */
struct widths {
	size_t stage, kind, name, subject, count;
};

static void widen(size_t *width, size_t len)
{
	*width = len > *width ? len : *width;
}

/* The width of a line without its name, subject and number, with one word behind the number. */
#define FACT_WIDTH (STAGE_WIDTH + KIND_WIDTH + 1 + sizeof "  counted" - 1)
#define SUBJECT_LEAST (sizeof "udp/10.77.0.2:6343" - 1)

/* A blank in front of the number, however large it is. */
static size_t count_width(const struct page *page, uint64_t count)
{
	struct rxpath_buf text = {0};
	const struct page other = page_beside(page, &text);
	size_t width;

	page_count(&other, count, 0);
	width = text.len + 1;
	rxpath_buf_free(&text);
	return width;
}

static struct widths measure(const struct page *page)
{
	const struct rxpath_report *report = page->report;
	struct widths widths = {STAGE_WIDTH, KIND_WIDTH, sizeof "COUNTER" - 1, sizeof "SUBJECT" - 1,
				COUNT_WIDTH};
	struct rxpath_line_walk walk = {0};
	const struct rxpath_line *line;
	uint64_t most = 0;
	size_t fixed;

	while ((line = rxpath_line_next(report, &walk))) {
		widen(&widths.name, line->name.len);
		widen(&widths.subject, line->subject.len);
		most = rxpath_max(most, line->delta);
	}
	for (size_t i = 0; i < report->socket_count; i++) {
		widen(&widths.name, strlen(rxpath_socket_queue(report->sockets[i].socket)));
		widen(&widths.name, strlen(rxpath_socket_drops(report->sockets[i].socket)));
		widen(&widths.subject, report->sockets[i].subject.len);
		most = rxpath_max(most, report->sockets[i].delta);
	}
	widen(&widths.count, count_width(page, most));
	fixed = FACT_WIDTH + widths.name + widths.count;
	if (!page->style->terminal || fixed + widths.subject <= page_columns(page))
		return widths;
	/* One long address must not push the numbers of all lines off the terminal; on a narrow one
	 * there are no columns. */
	if (fixed + SUBJECT_LEAST > page_columns(page))
		return (struct widths){0};
	widths.subject = page_columns(page) - fixed;
	return widths;
}

struct fact {
	enum rxpath_stage stage;
	enum rxpath_kind kind;
	struct rxpath_slice name, subject;
	uint64_t delta;
};

/* At least one blank follows. */
static void put_column(const struct page *page, struct rxpath_slice text, size_t width)
{
	page_padded(page, text, width > text.len ? width : text.len + 1);
}

/* Returns how many columns it used; colours use none. */
static size_t put_fact(const struct page *page, const struct widths *widths,
		       const struct fact *fact)
{
	const char *kind = rxpath_kind_name(fact->kind);
	struct rxpath_slice text;
	size_t start = page->out->len;

	put_column(page, rxpath_slice_of(rxpath_stage_name(fact->stage)), widths->stage);
	/* A counter that did not move has no colour of its kind. */
	if (fact->delta > 0)
		page_state(page, rxpath_state_of(fact->kind),
			   widths->kind > 0 ? widths->kind : strlen(kind) + 1);
	else
		put_column(page, rxpath_slice_of(kind), widths->kind);
	put_column(page, fact->name, widths->name + 1);
	page_padded(page, fact->subject, widths->subject);
	if (widths->count == 0 || fact->subject.len > widths->subject)
		rxpath_buf_char(page->out, ' ');
	page_count(page, fact->delta, widths->count);
	text = rxpath_buf_view(page->out);
	rxpath_slice_skip(&text, start);
	return rxpath_fit_columns(&text, SIZE_MAX);
}

static void put_flags(const struct page *page, unsigned flags)
{
	for (unsigned i = 0; i < RXPATH_FLAGS; i++)
		if (flags >> i & 1)
			rxpath_buf_printf(page->out, "  %s", rxpath_flag_name(i));
}

/* The rate per second, without a fraction where it is large. */
static void put_rate(const struct page *page, const struct rxpath_line *line)
{
	uint64_t interval = rxpath_rate_interval(line, page->report);
	double rate;

	if (interval == RXPATH_UNKNOWN || interval == 0)
		return;
	rate = (double)line->delta * 1e9 / (double)interval;
	rxpath_buf_string(page->out, "  ");
	/* A sample may claim an interval so short that the rate exceeds 64 bits. */
	if (page->style->terminal && rate >= 100 && rate < 0x1p63)
		page_count(page, (uint64_t)(rate + 0.5), 0);
	else
		rxpath_put_rate(page->out, line->delta, interval);
	rxpath_buf_string(page->out, "/s");
}

/* The rest of a fact continues on the next line of a terminal. */
static void next_line(const struct page *page)
{
	rxpath_buf_char(page->out, '\n');
	rxpath_buf_repeat(page->out, ' ', STAGE_WIDTH + KIND_WIDTH);
}

static void put_line(const struct page *page, const struct widths *widths,
		     const struct rxpath_line *line)
{
	const struct fact fact = {line->stage, line->kind, line->name, line->subject, line->delta};
	struct rxpath_buf rate = {0};
	struct rxpath_buf flags = {0};
	struct rxpath_buf *out = page->out;
	struct page other;
	size_t used = put_fact(page, widths, &fact);
	size_t start = out->len;

	if (line->lost > 0 && line->lost != line->delta) {
		rxpath_buf_string(out, "  lost ");
		page_count(page, line->lost, 0);
	} else if (line->lost > 0) {
		rxpath_buf_string(out, "  lost");
	}
	used += out->len - start;
	other = page_beside(page, &flags);
	put_flags(&other, line->flags);
	other = page_beside(page, &rate);
	if (line->delta > 0)
		put_rate(&other, line);
	/* On a terminal, no rate for what is counted elsewhere, and nothing beyond the edge. */
	if (!page->style->terminal || (!(line->flags & RXPATH_FLAG_COUNTED) &&
				       used + rate.len + flags.len <= page_columns(page)))
		rxpath_buf_slice(out, rxpath_buf_view(&rate));
	else if (page->style->terminal && used + flags.len > page_columns(page))
		next_line(page);
	rxpath_buf_slice(out, rxpath_buf_view(&flags));
	rxpath_buf_free_part(&rate, out);
	rxpath_buf_free_part(&flags, out);
	rxpath_buf_char(out, '\n');
}

/* The processes that hold the socket, and how full its queue is. */
static void put_holders(const struct page *page, const struct rxpath_socket_line *line)
{
	for (size_t i = 0; i < line->process_count; i++) {
		rxpath_buf_string(page->out, "  ");
		rxpath_buf_escaped(page->out, line->processes[i].comm, "");
		rxpath_buf_printf(page->out, "[%llu]", (unsigned long long)line->processes[i].pid);
	}
	if (rxpath_unit_of(line->cgroup).len > 0) {
		rxpath_buf_string(page->out, "  ");
		rxpath_unit_text(line->cgroup, page->out);
	}
	/* What counts against the limit: for bytes, the memory they use, where known. */
	rxpath_buf_string(page->out, "  queue ");
	page_count(page,
		   line->socket->limit == RXPATH_UNKNOWN32 && line->socket->rmem != RXPATH_UNKNOWN32
			   ? line->socket->rmem
			   : line->socket->rx_queue,
		   0);
	if (line->socket->limit != RXPATH_UNKNOWN32) {
		rxpath_buf_string(page->out, " of ");
		page_count(page, line->socket->limit, 0);
		rxpath_buf_string(page->out, " connections");
	} else if (line->socket->rcvbuf != RXPATH_UNKNOWN32) {
		rxpath_buf_string(page->out, " of ");
		page_count(page, line->socket->rcvbuf, 0);
		rxpath_buf_string(page->out, " bytes");
	}
	put_flags(page, line->flags);
}

static void put_socket(const struct page *page, const struct widths *widths,
		       const struct rxpath_socket_line *line)
{
	bool dropped = line->delta > 0 || !line->full;
	const struct fact fact = {
		.stage = RXPATH_STAGE_SOCKET,
		.kind = dropped ? line->kind : RXPATH_KIND_PRESSURE,
		.name = rxpath_slice_of(dropped ? rxpath_socket_drops(line->socket)
						: rxpath_socket_queue(line->socket)),
		.subject = line->subject,
		.delta = dropped ? line->delta : rxpath_queue_growth(line),
	};
	struct rxpath_buf rest = {0};
	const struct page other = page_beside(page, &rest);
	size_t used = put_fact(page, widths, &fact);

	put_holders(&other, line);
	/* Continue on the next line rather than beyond the edge. */
	if (page->style->terminal && used + rest.len > page_columns(page))
		next_line(page);
	rxpath_buf_slice(page->out, rxpath_buf_view(&rest));
	rxpath_buf_free_part(&rest, page->out);
	rxpath_buf_char(page->out, '\n');
}

/* What is counted elsewhere is folded on a terminal. */
static bool is_folded(const struct page *page, const struct rxpath_line *line)
{
	return page->style->terminal && !page->style->all && line->flags & RXPATH_FLAG_COUNTED;
}

/* Below 0 when `a` is worse; of two equal ones, the first. */
static int compare_lines(const struct rxpath_line *a, const struct rxpath_line *b)
{
	int order = (int)(a->flags & RXPATH_FLAG_COUNTED) - (int)(b->flags & RXPATH_FLAG_COUNTED);

	if (order == 0)
		order = (int)a->kind - (int)b->kind;
	if (order == 0)
		order = rxpath_order(b->lost, a->lost);
	if (order == 0)
		order = rxpath_order(b->delta, a->delta);
	return order != 0 ? order : a < b ? -1 : a > b;
}

/* The last line that is shown when only the worst are; NULL when all are shown. */
static const struct rxpath_line *last_of_worst(const struct page *page)
{
	const struct rxpath_report *report = page->report;
	const struct rxpath_line *last = NULL;

	if (report->line_count <= page->detail.lists[COUNTERS])
		return NULL;
	for (size_t n = 0; n < page->detail.lists[COUNTERS]; n++) {
		const struct rxpath_line *worst = NULL;

		for (size_t i = 0; i < report->line_count; i++) {
			const struct rxpath_line *line = &report->lines[i];

			if ((!last || compare_lines(last, line) < 0) &&
			    (!worst || compare_lines(line, worst) < 0))
				worst = line;
		}
		last = worst;
	}
	return last;
}

/* "the same packets are also counted by UdpInErrors and by the sockets below" */
static void put_legend(const struct page *page)
{
	const struct rxpath_report *report = page->report;
	struct rxpath_buf names = {0};

	for (size_t i = 0; i < report->line_count; i++) {
		const struct rxpath_line *line = &report->lines[i];

		/* A figure that is derived is no counter to be looked up. */
		if (!is_folded(page, line) || rxpath_slice_ends(line->name, "_residual") ||
		    (i > 0 && rxpath_slice_equal(line->name, report->lines[i - 1].name)))
			continue;
		rxpath_buf_char(&names, ' ');
		rxpath_buf_slice(&names, line->name);
	}
	if (names.len > 0 && report->attribution.known && report->attribution.attributed > 0)
		rxpath_buf_string(&names, " and by the sockets below");
	if (names.len > 0) {
		static const char label[] = "the same packets are also counted by";

		rxpath_buf_string(page->out, label);
		rxpath_buf_char(page->out, ' ');
		page_sentence(page, sizeof label, 2, rxpath_buf_view(&names), AS_THEY_ARE);
	}
	rxpath_buf_free_part(&names, page->out);
}

static void put_lines(struct page *page, const struct widths *widths)
{
	const struct rxpath_report *report = page->report;
	const struct rxpath_line *last = last_of_worst(page);
	struct rxpath_line_walk walk = {0};
	const struct rxpath_line *line;
	size_t left = 0;
	size_t all = 0;

	while ((line = rxpath_line_next(report, &walk))) {
		if (is_folded(page, line))
			continue;
		all++;
		if (!last || compare_lines(line, last) <= 0)
			put_line(page, widths, line);
		else
			left++;
		rxpath_buf_drain(page->out);
	}
	page_more(page, left, all, "counters");
	put_legend(page);
}

static void put_heads(const struct page *page, const struct widths *widths)
{
	if (widths->stage == 0)
		return;
	if (page->style->color)
		rxpath_buf_string(page->out, FAINT);
	rxpath_buf_printf(page->out, "%-*s%-*s%-*s%-*s%*s", STAGE_WIDTH, "STAGE", KIND_WIDTH,
			  "KIND", (int)widths->name + 1, "COUNTER", (int)widths->subject, "SUBJECT",
			  (int)widths->count, "DELTA");
	rxpath_buf_string(page->out, page->style->color ? PLAIN "\n" : "\n");
}

/* What sockets lost that are not among those above. */
static void put_unattributed(const struct page *page)
{
	const struct rxpath_report *report = page->report;

	if (report->attribution.known && report->attribution.unattributed > 0) {
		rxpath_buf_string(page->out, "unattributed: ");
		page_count(page, report->attribution.unattributed, 0);
		rxpath_buf_string(page->out, " lost by sockets that have closed or cannot be seen "
					     "from here\n");
	}
	for (size_t i = 0; i < report->closed_count; i++) {
		rxpath_buf_printf(page->out, "%s%u (",
				  i == 0 ? "  by port, from the trace: " : ", ",
				  report->closed[i].port);
		page_count(page, report->closed[i].count, 0);
		rxpath_buf_string(page->out, i + 1 == report->closed_count ? ")\n" : ")");
	}
}

void page_facts(struct page *page)
{
	const struct rxpath_report *report = page->report;
	size_t shown = report->socket_count < page->detail.lists[SOCKETS]
			       ? report->socket_count
			       : page->detail.lists[SOCKETS];
	struct widths widths;

	if (rxpath_line_total(report) + report->socket_count == 0)
		return;
	if (page->detail.lists[COUNTERS] == 0 && shown == 0) {
		page->left_out = true;
		return;
	}
	widths = measure(page);
	page_gap(page);
	put_heads(page, &widths);
	put_lines(page, &widths);
	for (size_t i = 0; i < shown; i++) {
		put_socket(page, &widths, &report->sockets[i]);
		rxpath_buf_drain(page->out);
	}
	page_more(page, report->socket_count - shown, report->socket_count, "sockets");
	if (report->process_count < 2 || page->detail.lists[PROCESSES] == 0)
		page_read_gap(page);
	put_unattributed(page);
}

static void put_traced(const struct page *page, const struct rxpath_drop *drop, size_t reason,
		       size_t location)
{
	struct rxpath_slice none = rxpath_slice_of("-");
	struct rxpath_buf *out = page->out;
	size_t start;

	page_padded(page, drop->on_path ? rxpath_slice_of(rxpath_stage_name(drop->stage)) : none,
		    STAGE_WIDTH);
	page_padded(page, drop->reason.len > 0 ? drop->reason : none, reason + 1);
	page_padded(page, drop->location.len > 0 ? drop->location : none, location + 1);
	start = out->len;
	if (drop->protocol == RXPATH_UNKNOWN32 || drop->protocol == 0)
		rxpath_buf_char(out, '-');
	else
		rxpath_drop_protocol(out, drop->protocol);
	if (drop->port != RXPATH_UNKNOWN32)
		rxpath_buf_printf(out, " port %u", drop->port);
	rxpath_buf_repeat(out, ' ', out->len - start < 15 ? 15 - (out->len - start) : 0);
	page_count(page, drop->count, COUNT_WIDTH);
	rxpath_buf_char(out, '\n');
}

/* Drops that belong to no stage of the receive path are many and mostly harmless: show only the
 * most frequent. */
#define TRACED_ELSEWHERE 5

void page_trace(struct page *page)
{
	const struct rxpath_trace_result *trace = page->report->trace;
	struct rxpath_buf *out = page->out;
	size_t limit = page->detail.lists[DROPS];
	size_t reason = 1, location = 1, shown = 0, elsewhere = 0;
	uint64_t left = 0;

	/* With several reports, one without drops is a single line. */
	if (!trace || (page->report->count_many && trace->drop_count == 0 && trace->overrun == 0))
		return;
	while (shown < trace->drop_count && shown < limit) {
		const struct rxpath_drop *drop = &trace->drops[shown];

		if (!drop->on_path && !page->style->all && elsewhere++ == TRACED_ELSEWHERE)
			break;
		widen(&reason, drop->reason.len);
		widen(&location, drop->location.len);
		shown++;
	}
	page_gap(page);
	rxpath_buf_string(out, "traced on the whole host, in all network namespaces:");
	rxpath_buf_string(out, trace->drop_count == 0 ? " no drops\n" : "\n");
	for (size_t i = 0; i < shown; i++)
		put_traced(page, &trace->drops[i], reason, location);
	for (size_t i = shown; i < trace->drop_count; i++)
		left += trace->drops[i].count;
	if (left > 0) {
		rxpath_buf_string(out, "and ");
		page_count(page, left, 0);
		rxpath_buf_string(out, shown < limit ? " outside the path (--all lists them)\n"
						     : " more (--all lists them)\n");
		page->left_out = page->left_out || shown == limit;
	}
	if (trace->elsewhere > 0) {
		page_count(page, trace->elsewhere, 0);
		rxpath_buf_string(
			out, page->report->of_netns
				     ? " of them are in no counter of any network namespace\n"
				     : " of them are in no counter of this network namespace: "
				       "another one lost them, or nothing counts them (--all-netns "
				       "tells)\n");
	}
	if (trace->overrun > 0) {
		rxpath_buf_string(out, "the trace buffer overflowed: ");
		page_number_of(page, trace->overrun, "event");
		rxpath_buf_string(out, " lost, so real counts are higher\n");
	}
}
