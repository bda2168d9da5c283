/* path.c: the stages in path order, what came to each and what ended there, the worst one
 * marked. */
#include <string.h>

#include "page.h"
#include "rxpath/search.h"

/* The symbols of the path: in UTF-8, or in ASCII for terminals and readers without it. */
struct shapes {
	const char *flow;  /* before a stage that is not the worst */
	const char *next;  /* between two stages on one line */
	const char *worst; /* before the worst stage */
	const char *end;
	const char *levels[8]; /* of a sparkline, from 0 to the maximum */
};

static const struct shapes ascii = {
	.flow = "|",
	.next = ">",
	.worst = ">",
	.end = "v",
	.levels = {"_", ".", ":", "-", "=", "+", "*", "#"},
};

static const struct shapes unicode = {
	.flow = "\xe2\x94\x82",	 /* U+2502, a line down */
	.next = "\xe2\x86\x92",	 /* U+2192, an arrow to the right */
	.worst = "\xe2\x96\xb6", /* U+25B6, a pointer */
	.end = "\xe2\x96\xbc",	 /* U+25BC, an arrow's head */
	.levels = {"\xe2\x96\x81", "\xe2\x96\x82", "\xe2\x96\x83", "\xe2\x96\x84", "\xe2\x96\x85",
		   "\xe2\x96\x86", "\xe2\x96\x87", "\xe2\x96\x88"},
};

static const struct shapes *shapes_of(const struct page *page)
{
	return page->style->utf8 ? &unicode : &ascii;
}

/* What no more specific line has. */
static uint64_t rest_of(const struct rxpath_line *line)
{
	return rxpath_less(line->delta, line->accounted);
}

/* Connection tracking drops none of these itself. */
bool page_lets_pass(const struct rxpath_line *line)
{
	return rxpath_slice_is(line->name, "nf_conntrack_invalid");
}

uint64_t page_ended(const struct rxpath_report *report, enum rxpath_stage stage,
		    enum rxpath_kind kind)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < report->line_count; i++) {
		const struct rxpath_line *line = &report->lines[i];

		/* What the route lookup counts is an ARP request, or a packet that IP counts too,
		 * if only as received. */
		if (!rxpath_line_counts(line) || line->stage != stage || line->kind != kind ||
		    line->source == RXPATH_SOURCE_RT_CACHE || page_lets_pass(line))
			continue;
		sum = rxpath_sum(sum, rest_of(line));
	}
	/* What captures missed and listeners refused is in no counter of its own. */
	for (size_t i = 0; stage == RXPATH_STAGE_SOCKET && i < report->socket_count; i++)
		if (report->sockets[i].kind == kind && kind != RXPATH_KIND_DROP)
			sum = rxpath_sum(sum, report->sockets[i].delta);
	return sum;
}

/* What the host dropped at that stage, and nothing of this network namespace counts. */
uint64_t page_elsewhere(const struct rxpath_report *report, enum rxpath_stage stage)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < report->line_count; i++) {
		const struct rxpath_line *line = &report->lines[i];

		if (rxpath_line_counts(line) && line->stage == stage &&
		    line->kind == RXPATH_KIND_SUSPECT && line->flags & RXPATH_FLAG_HOST)
			sum = rxpath_sum(sum, rest_of(line));
	}
	return sum;
}

/* Whether IP had counted as received what the line's counter took. */
static bool is_after_ip(const struct rxpath_report *report, const struct rxpath_line *line)
{
	const struct rxpath_rule *rule;

	if (line->on.kind != RXPATH_ON_RULE)
		return line->source != RXPATH_SOURCE_QDISC && line->on.kind != RXPATH_ON_NFQUEUE;
	rule = report->after ? rxpath_sample_find_rule(report->after, line->on.name) : NULL;
	return rule && rule->hooks & (RXPATH_HOOK_INPUT | RXPATH_HOOK_FORWARD);
}

uint64_t page_taken_by_netfilter(const struct rxpath_report *report)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < report->line_count; i++) {
		const struct rxpath_line *line = &report->lines[i];

		if (rxpath_line_counts(line) && line->stage == RXPATH_STAGE_NETFILTER &&
		    line->kind != RXPATH_KIND_PRESSURE && is_after_ip(report, line) &&
		    !page_lets_pass(line))
			sum = rxpath_sum(sum, rest_of(line));
	}
	return sum;
}

/* How many packets came to the stage. IP counts what it receives before netfilter sees it: what
 * netfilter takes of that has not yet passed IP. */
static uint64_t came_to(const struct page *page, enum rxpath_stage stage)
{
	const struct rxpath_report *report = page->report;
	const uint64_t received = report->stages[RXPATH_STAGE_IP].seen;
	const uint64_t delivered = report->stages[RXPATH_STAGE_TRANSPORT].seen;
	uint64_t taken;

	if ((stage != RXPATH_STAGE_NETFILTER && stage != RXPATH_STAGE_IP) ||
	    received == RXPATH_UNKNOWN ||
	    report->stages[RXPATH_STAGE_NETFILTER].state == RXPATH_STATE_SKIPPED)
		return report->stages[stage].seen;
	taken = page_taken_by_netfilter(report);
	/* The counters are read one after the other. */
	if (stage == RXPATH_STAGE_NETFILTER)
		return taken == 0 ? RXPATH_UNKNOWN : rxpath_max(taken, received);
	taken = rxpath_less(received, taken);
	return delivered <= received ? rxpath_max(taken, delivered) : taken;
}

/* What ended at a stage, the worst kind first; and what ended there elsewhere on the host. */
enum { LOST, SUSPECT, REFUSED, ELSEWHERE, ENDS };

struct ends {
	uint64_t counts[ENDS];
};

static const char *const end_words[ENDS] = {"lost", "suspect", "refused", "not here"};
static const enum rxpath_state end_states[ENDS] = {RXPATH_STATE_DROP, RXPATH_STATE_SUSPECT,
						   RXPATH_STATE_REJECT, RXPATH_STATE_SUSPECT};

static struct ends ends_of(const struct page *page, enum rxpath_stage stage)
{
	const struct rxpath_report *report = page->report;
	const uint64_t elsewhere = page_elsewhere(report, stage);
	const uint64_t suspect = page_ended(report, stage, RXPATH_KIND_SUSPECT);

	return (struct ends){.counts = {
				     [LOST] = report->stages[stage].lost,
				     [SUSPECT] = rxpath_less(suspect, elsewhere),
				     [REFUSED] = page_ended(report, stage, RXPATH_KIND_REJECT),
				     [ELSEWHERE] = elsewhere,
			     }};
}

static bool is_worst(const struct page *page, enum rxpath_stage stage)
{
	enum rxpath_state state = page->report->stages[stage].state;

	return state == page->report->state && state != RXPATH_STATE_OK;
}

/* ---- all stages side by side ---------------------------------------------------------------- */

/* A column of the path: its name, what came there, and a cell for each kind that ended there; or
 * two cells, number and word, where the terminal is too narrow for both. */
#define FIRST_END 2
#define MAX_CELLS (FIRST_END + 2 * ENDS)

struct column {
	struct rxpath_buf cells[MAX_CELLS];
	enum rxpath_state states[MAX_CELLS];
	size_t count, width;
};

static void add_cell(const struct page *page, struct column *column, enum rxpath_state state,
		     uint64_t count, const char *word)
{
	struct rxpath_buf *cell = &column->cells[column->count];
	const struct page other = page_beside(page, cell);

	if (count != RXPATH_UNKNOWN)
		page_rough_count(&other, count);
	rxpath_buf_string(cell, word);
	column->states[column->count++] = state;
	column->width = cell->len > column->width ? cell->len : column->width;
}

/* A number and its word in one cell, or in two. */
enum cells { ONE_CELL, TWO_CELLS };

static void add_end(const struct page *page, struct column *column, uint64_t count, size_t end,
		    enum cells cells)
{
	char word[16] = " ";

	memcpy(word + 1, end_words[end], strlen(end_words[end]) + 1);
	add_cell(page, column, end_states[end], count, cells == TWO_CELLS ? "" : word);
	if (cells == TWO_CELLS)
		add_cell(page, column, end_states[end], RXPATH_UNKNOWN, end_words[end]);
}

static void fill_column(const struct page *page, enum rxpath_stage stage, enum cells cells,
			struct column *column)
{
	const struct rxpath_stage_line *line = &page->report->stages[stage];
	const struct ends ends = ends_of(page, stage);
	const uint64_t seen = came_to(page, stage);

	add_cell(page, column, RXPATH_STATE_SKIPPED, RXPATH_UNKNOWN, rxpath_stage_name(stage));
	add_cell(page, column, RXPATH_STATE_OK, seen,
		 seen != RXPATH_UNKNOWN		  ? ""
		 : line->state == RXPATH_STATE_OK ? "ok"
						  : "");
	for (size_t i = 0; i < ENDS; i++)
		if (ends.counts[i] > 0)
			add_end(page, column, ends.counts[i], i, cells);
	if (column->count == FIRST_END && line->state != RXPATH_STATE_OK)
		add_cell(page, column, line->state, RXPATH_UNKNOWN, rxpath_state_name(line->state));
}

static void put_cell(const struct page *page, const struct column *column, size_t row,
		     const char *mark)
{
	const struct rxpath_buf *cell = &column->cells[row];
	bool there = row < column->count;
	bool colored = page->style->color && there && row + 1 != FIRST_END;

	if (colored)
		rxpath_buf_string(page->out, page_color(column->states[row]));
	rxpath_buf_string(page->out, mark);
	rxpath_buf_char(page->out, ' ');
	if (there)
		rxpath_buf_slice(page->out, rxpath_buf_view(cell));
	if (colored)
		rxpath_buf_string(page->out, PLAIN);
	rxpath_buf_repeat(page->out, ' ', column->width + 1 - (there ? cell->len : 0));
}

static void trim(struct rxpath_buf *out)
{
	while (out->len > 0 && out->data[out->len - 1] == ' ')
		out->len--;
	rxpath_buf_char(out, '\n');
}

static void put_columns(const struct page *page, const struct column *columns, bool with_end)
{
	const struct shapes *shapes = shapes_of(page);
	size_t rows = FIRST_END;

	for (enum rxpath_stage stage = 0; stage < RXPATH_STAGES; stage++)
		rows = columns[stage].count > rows ? columns[stage].count : rows;
	for (size_t row = 0; row < rows; row++) {
		for (enum rxpath_stage stage = 0; stage < RXPATH_STAGES; stage++) {
			bool marked = row == FIRST_END && columns[stage].count > FIRST_END &&
				      is_worst(page, stage);

			put_cell(page, &columns[stage], row,
				 row == 0 && stage > 0 ? shapes->next
				 : marked	       ? shapes->worst
						       : " ");
		}
		if (row == 0 && with_end) {
			rxpath_buf_string(page->out, shapes->next);
			page_colored(page, FAINT, " application");
		}
		trim(page->out);
	}
}

/* False where it is too wide. */
static bool put_side_by_side(const struct page *page, enum cells cells)
{
	struct column columns[RXPATH_STAGES] = {0};
	const size_t end = sizeof "> application" - 1;
	size_t width = 0;
	bool fits;

	for (enum rxpath_stage stage = 0; stage < RXPATH_STAGES; stage++) {
		fill_column(page, stage, cells, &columns[stage]);
		width += columns[stage].width + 3;
	}
	fits = width <= page_columns(page) + 1;
	if (fits)
		put_columns(page, columns, width + end <= page_columns(page));
	for (enum rxpath_stage stage = 0; stage < RXPATH_STAGES; stage++)
		for (size_t i = 0; i < MAX_CELLS; i++)
			rxpath_buf_free_part(&columns[stage].cells[i], page->out);
	return fits;
}

/* ---- a line for each stage ------------------------------------------------------------------ */

/* Small bars; the highest stands for the largest loss of any stage. */
static void put_sparkline(const struct page *page, enum rxpath_stage stage, size_t used)
{
	const struct rxpath_history *history = page->style->history;
	size_t room = (size_t)rxpath_less(page_columns(page), used + 2);
	size_t first = (size_t)rxpath_less(history->count, room);
	uint64_t most = 0;

	for (int i = 0; i < RXPATH_STAGES; i++)
		for (size_t j = 0; j < history->count; j++)
			most = rxpath_max(most, history->lost[i][j]);
	rxpath_buf_string(page->out, "  ");
	for (size_t j = first; j < history->count; j++) {
		uint64_t value = history->lost[stage][j];
		/* Any loss is shown higher than none, however small. */
		size_t level = value == 0 ? 0 : 1 + (size_t)((double)value / (double)most * 6.0);

		rxpath_buf_string(page->out, shapes_of(page)->levels[level]);
	}
}

/* Narrower columns fit a narrow terminal, and leave a watcher room for the graph. */
#define NARROW 72

static bool is_narrow(const struct page *page)
{
	return page->style->terminal && page_columns(page) < NARROW;
}

/* A number and its word, or blanks of the same width. */
static void put_number(const struct page *page, uint64_t value, size_t width, const char *word,
		       const char *longest_word)
{
	size_t start = page->out->len;

	if (word) {
		page_count(page, value, width);
		rxpath_buf_printf(page->out, " %s", word);
	}
	width += 2 + strlen(longest_word);
	if (page->out->len - start < width)
		rxpath_buf_repeat(page->out, ' ', width - (page->out->len - start));
}

static void put_stage(const struct page *page, enum rxpath_stage stage)
{
	const struct rxpath_stage_line *line = &page->report->stages[stage];
	const struct ends ends = ends_of(page, stage);
	const uint64_t seen = came_to(page, stage);
	struct rxpath_buf *out = page->out;
	const bool narrow = is_narrow(page);
	bool worst = is_worst(page, stage);
	struct rxpath_slice text;
	size_t start = out->len;
	bool any = false;

	rxpath_buf_char(out, ' ');
	page_colored(page, worst ? page_color(line->state) : FAINT,
		     worst ? shapes_of(page)->worst : shapes_of(page)->flow);
	rxpath_buf_char(out, ' ');
	page_padded(page, rxpath_slice_of(rxpath_stage_name(stage)), 10);
	page_state(page, line->state, KIND_WIDTH);
	put_number(page, seen, narrow ? 8 : 11, seen != RXPATH_UNKNOWN ? "seen" : NULL,
		   narrow ? "seen" : "refused");
	/* A number as long as this leaves no blank behind its word. */
	if (out->data && out->data[out->len - 1] != ' ')
		rxpath_buf_char(out, ' ');
	for (size_t i = 0; i < ENDS; i++) {
		if (ends.counts[i] == 0)
			continue;
		if (any)
			rxpath_buf_string(out, "  ");
		put_number(page, ends.counts[i], any ? 0 : narrow ? 7 : 9, end_words[i], "refused");
		any = true;
	}
	if (page->style->history && page->style->history->count > 1) {
		if (!any)
			put_number(page, 0, narrow ? 7 : 9, NULL, "refused");
		text = rxpath_buf_view(out);
		rxpath_slice_skip(&text, start);
		put_sparkline(page, stage, rxpath_fit_columns(&text, SIZE_MAX));
	}
	trim(out);
}

/* "| device 4,004, softnet, netfilter ok": stages in a row that are ok. Returns the next one. */
static enum rxpath_stage put_ok_stages(const struct page *page, enum rxpath_stage stage)
{
	struct rxpath_buf text = {0};
	const struct page other = page_beside(page, &text);

	for (; stage < RXPATH_STAGES && page->report->stages[stage].state == RXPATH_STATE_OK;
	     stage++) {
		if (text.len > 0)
			rxpath_buf_string(&text, ", ");
		rxpath_buf_string(&text, rxpath_stage_name(stage));
		if (came_to(page, stage) == RXPATH_UNKNOWN)
			continue;
		rxpath_buf_char(&text, ' ');
		page_count(&other, came_to(page, stage), 0);
	}
	rxpath_buf_string(&text, " ok");
	rxpath_buf_char(page->out, ' ');
	page_colored(page, FAINT, shapes_of(page)->flow);
	rxpath_buf_char(page->out, ' ');
	page_sentence(page, 3, 3, rxpath_buf_view(&text), AS_THEY_ARE);
	rxpath_buf_free_part(&text, page->out);
	return stage;
}

static void put_one_below_another(const struct page *page)
{
	for (enum rxpath_stage stage = 0; stage < RXPATH_STAGES;) {
		if (!page->detail.ok_stages && page->report->stages[stage].state == RXPATH_STATE_OK)
			stage = put_ok_stages(page, stage);
		else
			put_stage(page, stage++);
	}
	rxpath_buf_char(page->out, ' ');
	page_colored(page, FAINT, shapes_of(page)->end);
	rxpath_buf_string(page->out, " application\n");
}

void page_path(const struct page *page)
{
	page_gap(page);
	/* The graphs of a watcher, and what reads a pipe line by line, want a line a stage. */
	if (!page->style->terminal || page->style->history ||
	    (!put_side_by_side(page, ONE_CELL) && !put_side_by_side(page, TWO_CELLS)))
		put_one_below_another(page);
}
