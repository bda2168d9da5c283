/* text.c: the report for a person, and still for grep: whole facts a line, never wrapped. */
#include <string.h>

#include "render.h"

#define USUAL_COLUMNS 80

/* How wide the columns are that do not go by what stands in them. */
enum { STAGE_WIDTH = 10, KIND_WIDTH = 9, COUNT_WIDTH = 10 };

/* The shapes of the path: in UTF-8, and for terminals and readers that have none. */
struct shapes {
	const char *flow;	/* before a stage that is well */
	const char *worst;	/* before the one to look at */
	const char *end;
	const char *levels[8];	/* of a sparkline, from nothing to the most */
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

#define FAINT "\033[2m"
#define PLAIN "\033[0m"

/* Colour only underlines what the word beside it says already. */
static const char *color_of(enum rxpath_state state)
{
	switch (state) {
	case RXPATH_STATE_DROP:
		return "\033[1;31m";
	case RXPATH_STATE_UNKNOWN:
		return "\033[1;35m";
	case RXPATH_STATE_SUSPECT:
		return "\033[33m";
	case RXPATH_STATE_PRESSURE:
		return "\033[36m";
	case RXPATH_STATE_REJECT:
	case RXPATH_STATE_SKIPPED:
		return FAINT;
	case RXPATH_STATE_OK:
		break;
	}
	return "\033[32m";
}

/* What is left out so that the first line and the worst stay on a screen. Each step also leaves out
 * what those before it do. */
enum step {
	WHOLE,
	FEWER_ROWS,		/* of long lists the worst */
	BRIEF_REST,		/* of all findings but the worst the first advice alone */
	FEW_GAPS,		/* no empty lines but before findings */
	NO_GAPS,		/* nor there; a finding's name and sentence on one */
	NO_REPETITION,		/* no counters that others account for */
	FIRST_ADVICE,		/* of the worst finding too */
	NO_EVIDENCE,
	NAMED_REST,		/* of all findings but the worst the names alone */
	TROUBLED_STAGES,	/* no stage that is well */
	STEPS
};

/* How long a list may be at that step. */
static const struct limits {
	uint8_t lines, sockets, traced;		/* 0: all */
} limits[STEPS] = {
	[FEWER_ROWS] = {10, 6, 6},
	[BRIEF_REST] = {10, 6, 6},
	[FEW_GAPS] = {10, 6, 6},
	[NO_GAPS] = {10, 6, 6},
	[NO_REPETITION] = {8, 4, 6},
	[FIRST_ADVICE] = {6, 3, 4},
	[NO_EVIDENCE] = {6, 3, 4},
	[NAMED_REST] = {4, 2, 3},
	[TROUBLED_STAGES] = {2, 1, 2},
};

/* One more would take no more room than the line that says so. */
static size_t limit_of(uint8_t limit)
{
	return limit > 0 ? limit : SIZE_MAX - 1;
}

/* One report's way onto one page. */
struct page {
	struct rxpath_buf *out;
	const struct rxpath_report *report;
	const struct rxpath_style *style;
	const struct shapes *shapes;
	enum step step;
};

static size_t columns_of(const struct page *page)
{
	return page->style->columns > 0 ? page->style->columns : USUAL_COLUMNS;
}

/* The same page, written elsewhere. */
static struct page beside(const struct page *page, struct rxpath_buf *out)
{
	struct page other = *page;

	other.out = out;
	return other;
}

/* An empty line before the next part, up to that step. */
static void put_gap(const struct page *page, enum step step)
{
	if (page->step < step)
		rxpath_buf_char(page->out, '\n');
}

size_t rxpath_fit_columns(struct rxpath_slice *line, size_t columns)
{
	bool color = false;
	size_t used = 0;

	for (size_t i = 0; i < line->len; i++) {
		unsigned char byte = (unsigned char)line->ptr[i];

		if (byte == '\033') {
			color = true;
		} else if (color) {
			color = byte != 'm';
		} else if ((byte & 0xc0) != 0x80) {
			if (used == columns) {
				line->len = i;
				break;
			}
			used++;
		}
	}
	return used;
}

/* How many rows of the terminal the text takes from `start` on. */
static size_t rows_of(const struct page *page, size_t start)
{
	struct rxpath_slice rest = rxpath_buf_view(page->out);
	struct rxpath_slice line;
	size_t columns = columns_of(page);
	size_t rows = 0;

	rxpath_slice_skip(&rest, start);
	while (rxpath_scan_line(&rest, &line)) {
		size_t used = rxpath_fit_columns(&line, SIZE_MAX);

		rows += used > columns ? (used + columns - 1) / columns : 1;
	}
	return rows;
}

static void put_padded(const struct page *page, struct rxpath_slice text, size_t width)
{
	rxpath_buf_slice(page->out, text);
	rxpath_buf_repeat(page->out, ' ', text.len < width ? width - text.len : 0);
}

static void put_colored(const struct page *page, const char *color, const char *text)
{
	if (page->style->color)
		rxpath_buf_string(page->out, color);
	rxpath_buf_string(page->out, text);
	if (page->style->color)
		rxpath_buf_string(page->out, PLAIN);
}

static void put_state(const struct page *page, enum rxpath_state state, size_t width)
{
	const char *name = rxpath_state_name(state);

	put_colored(page, color_of(state), name);
	rxpath_buf_repeat(page->out, ' ', strlen(name) < width ? width - strlen(name) : 0);
}

/* Grouped by thousands for a reader; plain for a program. */
static void put_count(const struct page *page, uint64_t value, size_t width)
{
	char digits[32];
	size_t at = sizeof digits;
	unsigned count = 0;

	do {
		if (page->style->terminal && count > 0 && count % 3 == 0)
			digits[--at] = ',';
		digits[--at] = (char)('0' + value % 10);
		value /= 10;
		count++;
	} while (value > 0);
	rxpath_buf_repeat(page->out, ' ',
			  sizeof digits - at < width ? width - (sizeof digits - at) : 0);
	rxpath_buf_bytes(page->out, digits + at, sizeof digits - at);
}

/* Where or when; not for a reader's eyes over a narrow terminal's edge. */
static void put_origin(const struct page *page, size_t start, const char *label,
		       struct rxpath_slice name)
{
	size_t end = page->out->len;

	if (name.len == 0)
		return;
	rxpath_buf_string(page->out, label);
	rxpath_buf_escaped(page->out, name, "");
	if (page->style->terminal && rows_of(page, start) > 1)
		page->out->len = end;
}

static void put_headline(const struct page *page)
{
	const struct rxpath_report *report = page->report;
	struct rxpath_buf *out = page->out;
	size_t start = out->len;

	rxpath_buf_string(out, "rxpath: ");
	put_state(page, report->state, 0);
	rxpath_buf_string(out, ", lost ");
	put_count(page, report->lost, 0);
	rxpath_buf_string(out, report->lost == 1 ? " packet" : " packets");
	if (report->since_boot) {
		rxpath_buf_string(out, " since boot (when, the figures cannot tell)");
	} else if (report->interval != RXPATH_UNKNOWN) {
		rxpath_buf_string(out, " in ");
		rxpath_put_seconds(out, report->interval);
		rxpath_buf_string(out, " s");
	}
	put_origin(page, start, ", host ", report->host);
	/* Of many reports each says when, and the first line stays short. */
	if (!report->count_many)
		put_origin(page, start, ", Linux ", report->kernel);
	else
		put_origin(page, start, ", ", report->time);
	rxpath_buf_char(out, '\n');
}

/* Small bars, the highest for the most that any stage lost. */
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
		/* Anything lost is more than nothing, however little beside the most. */
		size_t level = value == 0 ? 0 : 1 + (size_t)((double)value / (double)most * 6.0);

		rxpath_buf_string(page->out, page->shapes->levels[level]);
	}
}

/* A figure and its word, or as much blank space. */
static void put_cell(const struct page *page, uint64_t value, bool known, const char *word)
{
	if (known) {
		put_count(page, value, 13);
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
	put_colored(page, worst ? color_of(line->state) : FAINT,
		    worst ? page->shapes->worst : page->shapes->flow);
	rxpath_buf_char(out, ' ');
	put_padded(page, rxpath_slice_of(rxpath_stage_name(stage)), 12);
	put_state(page, line->state, KIND_WIDTH);
	put_cell(page, line->seen, line->seen != RXPATH_UNKNOWN, "seen");
	put_cell(page, line->lost, line->lost > 0, "lost");
	if (history)
		put_sparkline(page, stage);
	while (out->len > 0 && out->data[out->len - 1] == ' ')
		out->len--;
	rxpath_buf_char(out, '\n');
}

static void put_path(const struct page *page)
{
	put_gap(page, FEW_GAPS);
	for (enum rxpath_stage stage = 0; stage < RXPATH_STAGES; stage++)
		if (page->step < TROUBLED_STAGES ||
		    page->report->stages[stage].state < RXPATH_STATE_OK)
			put_stage(page, stage);
	rxpath_buf_char(page->out, ' ');
	put_colored(page, FAINT, page->shapes->end);
	rxpath_buf_string(page->out, " application\n");
}

/* Nothing moved: how much came is all there is to say. */
static void put_seen(const struct page *page)
{
	const char *separator = "seen: ";

	for (enum rxpath_stage stage = 0; stage < RXPATH_STAGES; stage++) {
		if (page->report->stages[stage].seen == RXPATH_UNKNOWN)
			continue;
		rxpath_buf_printf(page->out, "%s%s ", separator, rxpath_stage_name(stage));
		put_count(page, page->report->stages[stage].seen, 0);
		separator = ", ";
	}
	if (separator[0] == ',')
		rxpath_buf_string(page->out, " packets\n");
}

/* How wide the columns of names and subjects have to be. */
struct widths {
	size_t name, subject;
};

static void widen(size_t *width, size_t len)
{
	if (len > *width)
		*width = len;
}

/* What a line takes beside name and subject, with a word behind the figure; the header's own. */
#define FACT_WIDTH (STAGE_WIDTH + KIND_WIDTH + 1 + 10 + sizeof "  counted" - 1)
#define SUBJECT_LEAST (sizeof "SUBJECT" - 1)

static struct widths measure(const struct page *page)
{
	const struct rxpath_report *report = page->report;
	struct widths widths = {sizeof "COUNTER" - 1, sizeof "SUBJECT" - 1};

	for (size_t i = 0; i < report->line_count; i++) {
		widen(&widths.name, report->lines[i].name.len);
		widen(&widths.subject, report->lines[i].subject.len);
	}
	for (size_t i = 0; i < report->socket_count; i++) {
		widen(&widths.name, strlen(rxpath_socket_queue(&report->sockets[i].socket)));
		widen(&widths.subject, report->sockets[i].subject.len);
	}
	/* One long address does not push the figures of all lines over a terminal's edge. */
	if (page->style->terminal && FACT_WIDTH + widths.name + widths.subject > columns_of(page))
		widths.subject = columns_of(page) > FACT_WIDTH + widths.name + SUBJECT_LEAST ?
					 columns_of(page) - FACT_WIDTH - widths.name :
					 SUBJECT_LEAST;
	return widths;
}

struct fact {
	enum rxpath_stage stage;
	enum rxpath_kind kind;
	struct rxpath_slice name, subject;
	uint64_t delta;
};

/* Returns how many columns it took: colours take bytes, and no columns. */
static size_t put_fact(const struct page *page, const struct widths *widths,
		       const struct fact *fact)
{
	size_t start;

	put_padded(page, rxpath_slice_of(rxpath_stage_name(fact->stage)), STAGE_WIDTH);
	/* What did not move is no trouble, whatever it would mean. */
	if (fact->delta > 0)
		put_state(page, rxpath_state_of(fact->kind), KIND_WIDTH);
	else
		put_padded(page, rxpath_slice_of(rxpath_kind_name(fact->kind)), KIND_WIDTH);
	put_padded(page, fact->name, widths->name + 1);
	put_padded(page, fact->subject, widths->subject);
	start = page->out->len;
	put_count(page, fact->delta, COUNT_WIDTH);
	return STAGE_WIDTH + KIND_WIDTH + widths->name + 1 + page->out->len - start +
	       (fact->subject.len > widths->subject ? fact->subject.len : widths->subject);
}

static void put_flags(const struct page *page, unsigned flags)
{
	for (unsigned i = 0; i < RXPATH_FLAGS; i++)
		if (flags >> i & 1)
			rxpath_buf_printf(page->out, "  %s", rxpath_flag_name(i));
}

/* How often a second; nobody reads the tenths of a large number. */
static void put_rate(const struct page *page, uint64_t delta)
{
	uint64_t interval = page->report->interval;

	if (interval == RXPATH_UNKNOWN || interval == 0)
		return;
	rxpath_buf_string(page->out, "  ");
	if (page->style->terminal && (double)delta * 1e9 / (double)interval >= 100)
		put_count(page, (uint64_t)((double)delta * 1e9 / (double)interval + 0.5), 0);
	else
		rxpath_put_rate(page->out, delta, interval);
	rxpath_buf_string(page->out, "/s");
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
		put_count(page, line->lost, 0);
	} else if (line->lost > 0) {
		rxpath_buf_string(out, "  lost");
	}
	used += out->len - start;
	other = beside(page, &flags);
	put_flags(&other, line->flags);
	other = beside(page, &rate);
	if (line->delta > 0)
		put_rate(&other, line->delta);
	/* For a reader's eyes only what is not counted elsewhere already, and nothing
	 * over the edge. */
	if (!page->style->terminal || (!(line->flags & RXPATH_FLAG_COUNTED) &&
				       used + rate.len + flags.len <= columns_of(page)))
		rxpath_buf_slice(out, rxpath_buf_view(&rate));
	rxpath_buf_slice(out, rxpath_buf_view(&flags));
	out->failed = out->failed || rate.failed || flags.failed;
	rxpath_buf_free(&rate);
	rxpath_buf_free(&flags);
	rxpath_buf_char(out, '\n');
}

/* Who holds the socket, and how full it is. */
static void put_holders(const struct page *page, const struct rxpath_socket_line *line)
{
	for (size_t i = 0; i < line->process_count; i++) {
		rxpath_buf_string(page->out, "  ");
		rxpath_buf_escaped(page->out, line->processes[i].comm, "");
		rxpath_buf_printf(page->out, "[%llu]",
				  (unsigned long long)line->processes[i].pid);
	}
	/* What counts against the limit: of bytes the memory that they take, where
	 * the source tells. */
	rxpath_buf_string(page->out, "  queue ");
	put_count(page,
		  line->socket.limit == RXPATH_UNKNOWN32 && line->socket.rmem != RXPATH_UNKNOWN32 ?
			  line->socket.rmem :
			  line->socket.rx_queue,
		  0);
	if (line->socket.limit != RXPATH_UNKNOWN32) {
		rxpath_buf_string(page->out, " of ");
		put_count(page, line->socket.limit, 0);
		rxpath_buf_string(page->out, " connections");
	} else if (line->socket.rcvbuf != RXPATH_UNKNOWN32) {
		rxpath_buf_string(page->out, " of ");
		put_count(page, line->socket.rcvbuf, 0);
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
		.name = rxpath_slice_of(dropped ? "sk_drops" : rxpath_socket_queue(&line->socket)),
		.subject = line->subject,
		.delta = dropped ? line->delta : rxpath_queue_growth(line),
	};
	struct rxpath_buf rest = {0};
	const struct page other = beside(page, &rest);
	size_t used = put_fact(page, widths, &fact);

	put_holders(&other, line);
	/* The fact is complete; for a reader's eyes the rest moves below it rather than
	 * over the edge. */
	if (page->style->terminal && used + rest.len > columns_of(page)) {
		rxpath_buf_char(page->out, '\n');
		rxpath_buf_repeat(page->out, ' ', STAGE_WIDTH + KIND_WIDTH);
	}
	rxpath_buf_slice(page->out, rxpath_buf_view(&rest));
	page->out->failed = page->out->failed || rest.failed;
	rxpath_buf_free(&rest);
	rxpath_buf_char(page->out, '\n');
}

static bool is_repetition(const struct page *page, const struct rxpath_line *line)
{
	return page->step >= NO_REPETITION && line->flags & RXPATH_FLAG_COUNTED;
}

/* Below 0 when `a` is the worse; of two alike the one that stands first. */
static int compare_lines(const struct rxpath_line *a, const struct rxpath_line *b)
{
	int order = (int)(a->flags & RXPATH_FLAG_COUNTED) - (int)(b->flags & RXPATH_FLAG_COUNTED);

	if (order == 0)
		order = (int)a->kind - (int)b->kind;
	if (order == 0 && a->lost != b->lost)
		order = a->lost > b->lost ? -1 : 1;
	if (order == 0 && a->delta != b->delta)
		order = a->delta > b->delta ? -1 : 1;
	return order != 0 ? order : a < b ? -1 : a > b;
}

/* The last of the worst ones that there is room for; NULL: there is room for all. */
static const struct rxpath_line *last_of_worst(const struct page *page)
{
	const struct rxpath_report *report = page->report;
	const struct rxpath_line *last = NULL;

	if (report->line_count <= limit_of(limits[page->step].lines) + 1)
		return NULL;
	for (size_t n = 0; n < limits[page->step].lines; n++) {
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

/* What a list lacks: said where it would stand. */
static void put_more(const struct page *page, size_t count, const char *what)
{
	if (count > 0)
		rxpath_buf_printf(page->out, "... and %zu more %s (-a, -f json)\n", count, what);
}

static void put_lines(const struct page *page, const struct widths *widths)
{
	const struct rxpath_report *report = page->report;
	const struct rxpath_line *last = last_of_worst(page);
	size_t left = 0;

	for (size_t i = 0; i < report->line_count; i++) {
		const struct rxpath_line *line = &report->lines[i];

		if (is_repetition(page, line))
			continue;
		if (!last || compare_lines(line, last) <= 0)
			put_line(page, widths, line);
		else
			left++;
	}
	put_more(page, left, "counters");
}

static void put_facts(const struct page *page)
{
	const struct rxpath_report *report = page->report;
	struct widths widths = measure(page);
	size_t limit = limit_of(limits[page->step].sockets);
	size_t shown = report->socket_count <= limit + 1 ? report->socket_count : limit;

	if (report->line_count + report->socket_count == 0)
		return;
	put_gap(page, FEW_GAPS);
	if (page->style->color)
		rxpath_buf_string(page->out, FAINT);
	rxpath_buf_printf(page->out, "%-*s%-*s%-*s%-*s%*s", STAGE_WIDTH, "STAGE", KIND_WIDTH,
			  "KIND", (int)widths.name + 1, "COUNTER", (int)widths.subject, "SUBJECT",
			  COUNT_WIDTH, "DELTA");
	rxpath_buf_string(page->out, page->style->color ? PLAIN "\n" : "\n");
	put_lines(page, &widths);
	for (size_t i = 0; i < shown; i++)
		put_socket(page, &widths, &report->sockets[i]);
	put_more(page, report->socket_count - shown, "sockets");
	if (report->attribution.known && report->attribution.unattributed > 0) {
		rxpath_buf_string(page->out, "unattributed: ");
		put_count(page, report->attribution.unattributed, 0);
		rxpath_buf_string(page->out,
				  " lost by sockets since closed, or not visible from here\n");
	}
	for (size_t i = 0; i < report->closed_count; i++) {
		rxpath_buf_printf(page->out, "%s%u (", i == 0 ? "  of port " : ", ",
				  report->closed[i].port);
		put_count(page, report->closed[i].count, 0);
		rxpath_buf_string(page->out,
				  i + 1 == report->closed_count ? ") by the trace\n" : ")");
	}
}

static void put_traced(const struct page *page, const struct rxpath_drop *drop, size_t reason,
		       size_t location)
{
	struct rxpath_slice none = rxpath_slice_of("-");
	struct rxpath_buf *out = page->out;
	size_t start;

	put_padded(page, drop->placed ? rxpath_slice_of(rxpath_stage_name(drop->stage)) : none,
		   STAGE_WIDTH);
	put_padded(page, drop->reason.len > 0 ? drop->reason : none, reason + 1);
	put_padded(page, drop->location.len > 0 ? drop->location : none, location + 1);
	start = out->len;
	if (drop->protocol == RXPATH_UNKNOWN32 || drop->protocol == 0)
		rxpath_buf_char(out, '-');
	else
		rxpath_drop_protocol(out, drop->protocol);
	if (drop->port != RXPATH_UNKNOWN32)
		rxpath_buf_printf(out, " port %u", drop->port);
	rxpath_buf_repeat(out, ' ', out->len - start < 15 ? 15 - (out->len - start) : 0);
	put_count(page, drop->count, COUNT_WIDTH);
	rxpath_buf_char(out, '\n');
}

/* What is of no stage of the receive path is much and mostly harmless: the most
 * frequent will do. */
#define TRACED_ELSEWHERE 5

static void put_trace(const struct page *page)
{
	const struct rxpath_trace_result *trace = page->report->trace;
	struct rxpath_buf *out = page->out;
	size_t limit = limit_of(limits[page->step].traced);
	size_t reason = 1, location = 1, shown = 0, elsewhere = 0;
	uint64_t left = 0;

	/* A quiet interval of many is one line. */
	if (!trace || (page->report->count_many && trace->drop_count == 0 && trace->overrun == 0))
		return;
	while (shown < trace->drop_count && shown < limit) {
		const struct rxpath_drop *drop = &trace->drops[shown];

		if (!drop->placed && !page->style->all && elsewhere++ == TRACED_ELSEWHERE)
			break;
		widen(&reason, drop->reason.len);
		widen(&location, drop->location.len);
		shown++;
	}
	put_gap(page, FEW_GAPS);
	rxpath_buf_string(out, "traced on the whole host, all network namespaces together:");
	rxpath_buf_string(out, trace->drop_count == 0 ? " no drops\n" : "\n");
	for (size_t i = 0; i < shown; i++)
		put_traced(page, &trace->drops[i], reason, location);
	for (size_t i = shown; i < trace->drop_count; i++)
		left += trace->drops[i].count;
	if (left > 0) {
		rxpath_buf_string(out, "and ");
		put_count(page, left, 0);
		rxpath_buf_string(out, shown < limit ? " elsewhere (--all lists them)\n" :
					       " more (--all lists them)\n");
	}
	if (trace->overrun > 0) {
		put_count(page, trace->overrun, 0);
		rxpath_buf_string(out, " events were lost by the trace ring: there was more than "
				       "this\n");
	}
}

/* A figure of a sentence, which a reader's eyes want grouped: no port, and no user. */
static bool is_figure(struct rxpath_slice before, struct rxpath_slice word, uint64_t *value)
{
	return word.len > 3 && !rxpath_slice_is(before, "port") &&
	       !rxpath_slice_is(before, "uid") && rxpath_scan_dec(word, value);
}

/* A sentence behind what `used` columns of the line hold. On a terminal it is broken between words,
 * and hangs `indent` deep; for a program it stays on one line. */
static void put_sentence(const struct page *page, size_t used, size_t indent,
			 struct rxpath_slice text, bool figures)
{
	const char *separator = "";
	struct rxpath_slice before = {0};
	struct rxpath_slice word;
	uint64_t value;

	if (!page->style->terminal) {
		rxpath_buf_slice(page->out, text);
		rxpath_buf_char(page->out, '\n');
		return;
	}
	while (rxpath_scan_word(&text, &word)) {
		bool figure = figures && is_figure(before, word, &value);
		size_t width = word.len + (figure ? (word.len - 1) / 3 : 0);

		if (*separator && used + 1 + width > columns_of(page)) {
			rxpath_buf_char(page->out, '\n');
			rxpath_buf_repeat(page->out, ' ', indent);
			used = indent;
		} else {
			rxpath_buf_string(page->out, separator);
			used += strlen(separator);
		}
		if (figure)
			put_count(page, value, 0);
		else
			rxpath_buf_slice(page->out, word);
		used += width;
		separator = " ";
		before = word;
	}
	rxpath_buf_char(page->out, '\n');
}

static void put_labelled(const struct page *page, const char *label, struct rxpath_slice text)
{
	rxpath_buf_string(page->out, label);
	put_sentence(page, strlen(label), strlen(label), text, false);
}

/* Below 0 when `a` is the worse: by kind, by what its stage lost, and as they stand. */
static int compare_findings(const struct page *page, const struct rxpath_finding *a,
			    const struct rxpath_finding *b)
{
	uint64_t lost_a = page->report->stages[a->stage].lost;
	uint64_t lost_b = page->report->stages[b->stage].lost;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (lost_a != lost_b)
		return lost_a > lost_b ? -1 : 1;
	return a < b ? -1 : a > b;
}

/* The worst of those that come after `last`; NULL: there is none. */
static const struct rxpath_finding *next_finding(const struct page *page,
						 const struct rxpath_finding *last)
{
	const struct rxpath_finding *worst = NULL;

	for (size_t i = 0; i < page->report->finding_count; i++) {
		const struct rxpath_finding *finding = &page->report->findings[i];

		if ((!last || compare_findings(page, last, finding) < 0) &&
		    (!worst || compare_findings(page, finding, worst) < 0))
			worst = finding;
	}
	return worst;
}

static void put_finding(const struct page *page, const struct rxpath_finding *finding, bool worst)
{
	bool brief = page->step >= (worst ? NO_EVIDENCE : BRIEF_REST);
	bool sole = page->step >= (worst ? FIRST_ADVICE : BRIEF_REST);
	size_t used = 2;
	size_t first = 0;

	put_gap(page, NO_GAPS);
	put_colored(page, color_of(rxpath_state_of(finding->kind)), finding->id);
	if (page->step < NO_GAPS) {
		rxpath_buf_string(page->out, "\n  ");
	} else {
		rxpath_buf_string(page->out, ": ");
		used = strlen(finding->id) + 2;
	}
	put_sentence(page, used, 2, finding->summary, true);
	/* On a terminal the figures stand right above; only the last piece, what they are to be
	 * held against, is new to the eye. */
	if (page->style->terminal && !page->style->all && finding->evidence_count > 1)
		first = finding->evidence_count - 1;
	for (size_t i = first; i < finding->evidence_count && !brief; i++)
		put_labelled(page, "  seen: ", finding->evidence[i]);
	for (size_t i = 0; i < finding->advice_count && !(sole && i > 0); i++)
		put_labelled(page, "  do:   ", finding->advice[i]);
}

/* The worst first, for it is what to see to first. */
static void put_findings(const struct page *page)
{
	const struct rxpath_finding *finding = next_finding(page, NULL);
	struct rxpath_buf rest = {0};

	if (finding)
		put_finding(page, finding, true);
	while (finding && (finding = next_finding(page, finding))) {
		if (page->step < NAMED_REST)
			put_finding(page, finding, false);
		else
			rxpath_buf_printf(&rest, " %s", finding->id);
	}
	if (rest.len > 0)
		put_labelled(page, "also found (-a, -f json): ", rxpath_buf_view(&rest));
	page->out->failed = page->out->failed || rest.failed;
	rxpath_buf_free(&rest);
}

/* What the sources that are no files are called. */
static const char *name_of(struct rxpath_slice source)
{
	static const struct {
		enum rxpath_source source;
		const char *name;
	} names[] = {
		{RXPATH_SOURCE_TCP, "listening TCP sockets"},
		{RXPATH_SOURCE_PACKET, "capture sockets"},
		{RXPATH_SOURCE_ETHTOOL, "the drivers' own statistics"},
		{RXPATH_SOURCE_OWNERS, "who owns the sockets"},
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (rxpath_slice_is(source, rxpath_source_at(names[i].source)->path))
			return names[i].name;
	return NULL;
}

/* What leaves a stage unknown is said of each report; what merely could be known too, once. */
static bool is_said(const struct page *page, const struct rxpath_unavailable *item)
{
	if (item->stages != 0)
		return true;
	/* What this kernel merely does not have is no news. */
	return (item->failed || item->held_back) &&
	       (!page->report->count_many || page->style->last);
}

static void put_unavailable(const struct page *page)
{
	const struct rxpath_report *report = page->report;
	size_t held_back = 0;
	bool any = false;

	for (size_t i = 0; i < report->unavailable_count; i++) {
		const struct rxpath_unavailable *item = &report->unavailable[i];
		const char *name = name_of(item->source);
		struct rxpath_buf text = {0};

		if (!is_said(page, item))
			continue;
		if (item->held_back && page->step >= NO_GAPS) {
			held_back++;
			continue;
		}
		if (!any)
			put_gap(page, FEW_GAPS);
		any = true;
		if (name)
			rxpath_buf_string(&text, name);
		else
			rxpath_buf_escaped(&text, item->source, "");
		rxpath_buf_string(&text, ": ");
		rxpath_buf_escaped_text(&text, item->reason, "");
		put_labelled(page, item->held_back ? "held back: " : "not measured: ",
			     rxpath_buf_view(&text));
		page->out->failed = page->out->failed || text.failed;
		rxpath_buf_free(&text);
	}
	if (held_back > 0)
		rxpath_buf_printf(page->out, "held back: %zu that root sees (-a lists them)\n",
				  held_back);
}

/* Who handles what on each device, and who takes a copy of everything (ALL). */
static void put_handlers(const struct page *page)
{
	const struct rxpath_sample *after = page->report->after;

	if (!page->style->all || !after || after->handler_count == 0)
		return;
	rxpath_buf_string(page->out, "\nhandled, by type (ALL: a tap that takes a copy of "
				     "everything):\n");
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

	put_headline(page);
	if (!well || page->style->all || page->style->history)
		put_path(page);
	else if (!report->count_many)
		put_seen(page);
	put_facts(page);
	put_trace(page);
	put_findings(page);
	put_handlers(page);
	put_unavailable(page);
	/* A quiet report of many is one line; the others are blocks. */
	if (report->count_many && !page->style->history && out->len > start &&
	    memchr(out->data + start, '\n', out->len - start - 1))
		rxpath_buf_char(out, '\n');
}

void rxpath_render_text(const struct rxpath_report *report, const struct rxpath_style *style,
			struct rxpath_buf *out)
{
	struct page page = {out, report, style, style->utf8 ? &unicode : &ascii, WHOLE};
	size_t start = out->len;

	put_report(&page);
	while (style->rows > 0 && rows_of(&page, start) > style->rows && page.step + 1 < STEPS) {
		out->len = start;
		page.step++;
		put_report(&page);
	}
}
