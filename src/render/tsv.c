/* tsv.c: one line per counter or socket that moved, ten columns separated by tabs. */
#include "figures.h"
#include "rxpath/unit.h"

struct row {
	enum rxpath_stage stage;
	const char *kind;
	struct rxpath_slice counter, subject;
	uint64_t delta, lost, before, after;
};

static void put_start(struct rxpath_buf *out, const struct row *row, uint64_t interval)
{
	rxpath_buf_printf(out, "%s\t%s\t", rxpath_stage_name(row->stage), row->kind);
	rxpath_buf_slice(out, row->counter);
	rxpath_buf_char(out, '\t');
	rxpath_buf_slice(out, row->subject);
	rxpath_buf_printf(out, "\t%llu\t%llu\t", (unsigned long long)row->delta,
			  (unsigned long long)row->lost);
	if (!rxpath_put_rate(out, row->delta, interval))
		rxpath_buf_char(out, '-');
	rxpath_buf_printf(out, "\t%llu\t%llu\t", (unsigned long long)row->before,
			  (unsigned long long)row->after);
}

/* Words and pairs of the column that begins at `start` are joined by commas; it is never empty. */
static void put_separator(struct rxpath_buf *out, size_t start)
{
	if (out->len > start)
		rxpath_buf_char(out, ',');
}

static void put_flags(struct rxpath_buf *out, size_t start, unsigned flags)
{
	for (unsigned i = 0; i < RXPATH_FLAGS; i++) {
		if (!(flags >> i & 1))
			continue;
		put_separator(out, start);
		rxpath_buf_string(out, rxpath_flag_name(i));
	}
	rxpath_buf_string(out, out->len == start ? "-\n" : "\n");
}

/* "comment=...,rule=...", as far as there are such. */
static void put_rule(struct rxpath_buf *out, size_t start, const struct rxpath_rule *rule)
{
	const struct {
		const char *key;
		struct rxpath_slice text;
	} details[] = {
		{"comment", rule->comment},
		{"rule", rule->text},
	};

	for (size_t i = 0; i < sizeof details / sizeof *details; i++) {
		if (details[i].text.len == 0)
			continue;
		put_separator(out, start);
		rxpath_buf_printf(out, "%s=", details[i].key);
		rxpath_buf_escaped_text(out, details[i].text, ",=");
	}
}

static void put_counter(struct rxpath_buf *out, const struct rxpath_line *line,
			const struct rxpath_report *report)
{
	const struct rxpath_rule *rule =
		line->on.kind == RXPATH_ON_RULE
			? rxpath_sample_find_rule(report->after, line->on.name)
			: NULL;
	size_t start;

	const struct row row = {line->stage,  rxpath_kind_name(line->kind),
				line->name,   line->subject,
				line->delta,  line->lost,
				line->before, line->after};

	put_start(out, &row, rxpath_rate_interval(line, report));
	start = out->len;
	/* Events do not tell which network namespace they belong to. */
	if (line->source == RXPATH_SOURCE_TRACE)
		rxpath_buf_string(out, "scope=host");
	if (rule)
		put_rule(out, start, rule);
	put_flags(out, start, line->flags);
}

static void put_socket_detail(struct rxpath_buf *out, const struct rxpath_socket_line *line,
			      unsigned flags)
{
	const struct rxpath_slice unit = rxpath_unit_of(line->cgroup);
	const size_t start = out->len;

	rxpath_buf_printf(out, "inode=%llu", (unsigned long long)line->socket->inode);
	if (line->socket->uid != RXPATH_UNKNOWN32)
		rxpath_buf_printf(out, ",uid=%u", line->socket->uid);
	for (size_t i = 0; i < line->process_count; i++) {
		rxpath_buf_printf(out,
				  ",pid=%llu,comm=", (unsigned long long)line->processes[i].pid);
		rxpath_buf_escaped(out, line->processes[i].comm, ",=");
	}
	if (unit.len > 0) {
		rxpath_buf_string(out, ",unit=");
		rxpath_buf_escaped(out, unit, ",=");
	}
	rxpath_buf_printf(out, ",rx_queue=%u", line->socket->rx_queue);
	if (line->socket->rcvbuf != RXPATH_UNKNOWN32)
		rxpath_buf_printf(out, ",rcvbuf=%u", line->socket->rcvbuf);
	if (line->socket->limit != RXPATH_UNKNOWN32)
		rxpath_buf_printf(out, ",limit=%u", line->socket->limit);
	put_flags(out, start, flags);
}

static void put_socket(struct rxpath_buf *out, const struct rxpath_socket_line *line,
		       uint64_t interval, bool all)
{
	struct row row = {
		.stage = RXPATH_STAGE_SOCKET,
		.kind = rxpath_kind_name(line->kind),
		.counter = rxpath_slice_of(rxpath_socket_drops(line->socket)),
		.subject = line->subject,
		.delta = line->delta,
		.before = line->drops_before,
		.after = line->socket->drops,
	};
	uint64_t before = line->rx_queue_before == RXPATH_UNKNOWN ? 0 : line->rx_queue_before;

	if (line->delta > 0 || all) {
		put_start(out, &row, interval);
		put_socket_detail(out, line,
				  line->delta == 0 ? line->flags & ~(unsigned)RXPATH_FLAG_ALLOWED
				  : line->kind == RXPATH_KIND_DROP
					  ? line->flags | RXPATH_FLAG_COUNTED
					  : line->flags);
	}
	if (!line->full)
		return;
	row.kind = rxpath_kind_name(RXPATH_KIND_PRESSURE);
	row.counter = rxpath_slice_of(rxpath_socket_queue(line->socket));
	row.before = before;
	row.after = line->socket->rx_queue;
	row.delta = rxpath_queue_growth(line);
	put_start(out, &row, RXPATH_UNKNOWN);
	put_socket_detail(out, line,
			  (line->flags & (RXPATH_FLAG_NEW | RXPATH_FLAG_GONE)) |
				  (line->queue_allowed ? RXPATH_FLAG_ALLOWED : 0));
}

/* What it quotes is escaped already. */
static void put_reason(struct rxpath_buf *out, struct rxpath_slice reason)
{
	for (size_t i = 0; i < reason.len; i++) {
		if (reason.ptr[i] == ',' || reason.ptr[i] == '=')
			rxpath_buf_escaped(out, (struct rxpath_slice){reason.ptr + i, 1}, ",=");
		else
			rxpath_buf_char(out, reason.ptr[i]);
	}
}

static void put_unknown(struct rxpath_buf *out, const struct rxpath_report *report,
			enum rxpath_stage stage)
{
	for (size_t i = 0; i < report->unavailable_count; i++) {
		const struct rxpath_unavailable *item = &report->unavailable[i];

		if (!(item->stages >> stage & 1) ||
		    report->stages[stage].state == RXPATH_STATE_SKIPPED)
			continue;
		rxpath_buf_printf(out, "%s\tunknown\t", rxpath_stage_name(stage));
		rxpath_buf_escaped(out, item->source, "");
		rxpath_buf_string(out, "\t-\t-\t-\t-\t-\t-\treason=");
		put_reason(out, item->reason);
		rxpath_buf_char(out, '\n');
	}
}

static void put_report(const struct rxpath_report *report, const struct rxpath_style *style,
		       struct rxpath_buf *out)
{
	struct rxpath_line_walk walk = {0};
	const struct rxpath_line *line = rxpath_line_next(report, &walk);

	rxpath_buf_string(out, "#stage\tkind\tcounter\tsubject\tdelta\tlost\trate\t"
			       "before\tafter\tdetail\n");
	for (enum rxpath_stage stage = 0; stage < RXPATH_STAGES; stage++) {
		put_unknown(out, report, stage);
		for (; line && line->stage == stage; line = rxpath_line_next(report, &walk)) {
			put_counter(out, line, report);
			rxpath_buf_drain(out);
		}
	}
	for (size_t i = 0; i < report->socket_count; i++) {
		put_socket(out, &report->sockets[i], report->interval, style->all);
		rxpath_buf_drain(out);
	}
	/* The first and the last of several namespaces are told apart, as of one moment. */
	if (report->count_many && (report->is_last || !report->of_netns))
		rxpath_buf_char(out, '\n');
}

/* One of several namespaces: each line begins with its name, and the first report has the
 * header. */
static void put_netns(const struct rxpath_report *report, struct rxpath_slice text,
		      struct rxpath_buf *out)
{
	struct rxpath_slice line;

	for (bool header = true; rxpath_scan_line(&text, &line); header = false) {
		if (header && !report->is_first)
			continue;
		if (header) {
			rxpath_buf_string(out, "#netns\t");
			rxpath_slice_skip(&line, 1);
		} else if (line.len > 0) {
			rxpath_buf_escaped(out, report->of_netns->name, "");
			rxpath_buf_char(out, '\t');
		}
		rxpath_buf_slice(out, line);
		rxpath_buf_char(out, '\n');
	}
}

void rxpath_render_tsv(const struct rxpath_report *report, const struct rxpath_style *style,
		       struct rxpath_buf *out)
{
	struct rxpath_buf text = {0};

	if (!report->of_netns) {
		put_report(report, style, out);
		return;
	}
	put_report(report, style, &text);
	put_netns(report, rxpath_buf_view(&text), out);
	rxpath_buf_free_part(&text, out);
}
