/* junit.c: a JUnit test suite with a test case for each stage, for CI systems. */
#include "figures.h"

/* XML can hold no control byte, so those are escaped as in the other forms. */
static void put_text(struct rxpath_buf *out, struct rxpath_slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (c == '&')
			rxpath_buf_string(out, "&amp;");
		else if (c == '<')
			rxpath_buf_string(out, "&lt;");
		else if (c == '>')
			rxpath_buf_string(out, "&gt;");
		else if (c == '"')
			rxpath_buf_string(out, "&quot;");
		else if (c >= ' ' && c <= '~')
			rxpath_buf_char(out, c);
		else
			rxpath_buf_escaped_byte(out, c);
	}
}

static void put_attribute(struct rxpath_buf *out, const char *name, struct rxpath_slice value)
{
	rxpath_buf_printf(out, " %s=\"", name);
	put_text(out, value);
	rxpath_buf_char(out, '"');
}

/* A kind that fails, and of which more happened than is tolerated. */
static bool fails(const struct rxpath_report *report, enum rxpath_kind kind)
{
	return kind >= report->failure && kind <= report->fail_on && kind < RXPATH_KIND_TRAFFIC;
}

/* By what no counter's line has: a full queue, or drops that are no loss. */
static bool is_socket_failing(const struct rxpath_report *report,
			      const struct rxpath_socket_line *line)
{
	return (line->full && !line->queue_allowed && fails(report, RXPATH_KIND_PRESSURE)) ||
	       (line->delta > 0 && line->kind != RXPATH_KIND_DROP && fails(report, line->kind) &&
		!(line->flags & RXPATH_FLAG_ALLOWED));
}

static bool is_failing(const struct rxpath_report *report, enum rxpath_stage stage)
{
	if (report->verdict != 1)
		return false;
	for (enum rxpath_kind kind = 0; kind < RXPATH_KIND_TRAFFIC; kind++)
		if (fails(report, kind) && rxpath_state_of(kind) == report->stages[stage].state)
			return true;
	for (size_t i = 0; i < report->line_count; i++) {
		const struct rxpath_line *line = &report->lines[i];

		if (line->stage == stage && line->moved && fails(report, line->kind) &&
		    !(line->flags & (RXPATH_FLAG_COUNTED | RXPATH_FLAG_ALLOWED)))
			return true;
	}
	for (size_t i = 0; stage == RXPATH_STAGE_SOCKET && i < report->socket_count; i++)
		if (is_socket_failing(report, &report->sockets[i]))
			return true;
	return false;
}

static void put_counters(struct rxpath_buf *out, const struct rxpath_report *report,
			 enum rxpath_stage stage)
{
	for (size_t i = 0; i < report->line_count; i++) {
		const struct rxpath_line *line = &report->lines[i];

		if (line->stage != stage || !line->moved)
			continue;
		rxpath_buf_printf(out, "%s ", rxpath_kind_name(line->kind));
		put_text(out, line->name);
		rxpath_buf_char(out, ' ');
		put_text(out, line->subject);
		rxpath_buf_char(out, ' ');
		rxpath_buf_u64(out, line->delta);
		rxpath_buf_char(out, '\n');
	}
}

static void put_lines(struct rxpath_buf *out, const struct rxpath_slice *lines, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		put_text(out, lines[i]);
		rxpath_buf_char(out, '\n');
	}
}

static void put_failure(struct rxpath_buf *out, const struct rxpath_report *report,
			enum rxpath_stage stage)
{
	const struct rxpath_stage_line *line = &report->stages[stage];

	rxpath_buf_printf(out, "    <failure type=\"%s\" message=\"lost %llu packet%s\">\n",
			  rxpath_state_name(line->state), (unsigned long long)line->lost,
			  line->lost == 1 ? "" : "s");
	for (size_t i = 0; i < report->finding_count; i++) {
		const struct rxpath_finding *finding = &report->findings[i];

		if (finding->stage != stage)
			continue;
		put_lines(out, &finding->summary, 1);
		put_lines(out, finding->evidence, finding->evidence_count);
		for (size_t j = 0; j < finding->advice_count; j++)
			put_lines(out, &finding->advice[j].text, 1);
	}
	put_counters(out, report, stage);
	rxpath_buf_string(out, "    </failure>\n");
}

static void put_error(struct rxpath_buf *out, const struct rxpath_report *report,
		      enum rxpath_stage stage)
{
	rxpath_buf_string(out, "    <error type=\"unknown\" message=\"not measured\">\n");
	for (size_t i = 0; i < report->unavailable_count; i++) {
		const struct rxpath_unavailable *item = &report->unavailable[i];

		if (!(item->stages >> stage & 1))
			continue;
		put_text(out, item->source);
		rxpath_buf_string(out, ": ");
		put_text(out, item->reason);
		rxpath_buf_char(out, '\n');
	}
	rxpath_buf_string(out, "    </error>\n");
}

static void put_case(struct rxpath_buf *out, const struct rxpath_report *report,
		     enum rxpath_stage stage)
{
	const enum rxpath_state state = report->stages[stage].state;

	rxpath_buf_printf(out, "  <testcase classname=\"rxpath\" name=\"%s\">\n",
			  rxpath_stage_name(stage));
	if (is_failing(report, stage))
		put_failure(out, report, stage);
	else if (state == RXPATH_STATE_UNKNOWN)
		put_error(out, report, stage);
	else if (state == RXPATH_STATE_SKIPPED)
		rxpath_buf_string(out, "    <skipped/>\n");
	rxpath_buf_string(out, "  </testcase>\n");
}

void rxpath_render_junit(const struct rxpath_report *report, const struct rxpath_style *style,
			 struct rxpath_buf *out)
{
	unsigned failures = 0, errors = 0, skipped = 0;

	(void)style;
	for (enum rxpath_stage stage = 0; stage < RXPATH_STAGES; stage++) {
		failures += is_failing(report, stage);
		errors += report->stages[stage].state == RXPATH_STATE_UNKNOWN;
		skipped += report->stages[stage].state == RXPATH_STATE_SKIPPED;
	}
	rxpath_buf_string(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
	rxpath_buf_printf(out,
			  "<testsuite name=\"rxpath\" tests=\"%u\" failures=\"%u\" errors=\"%u\" "
			  "skipped=\"%u\"",
			  (unsigned)RXPATH_STAGES, failures, errors, skipped);
	if (report->interval != RXPATH_UNKNOWN) {
		rxpath_buf_string(out, " time=\"");
		rxpath_put_seconds(out, report->interval);
		rxpath_buf_char(out, '"');
	}
	if (report->time.len > 0)
		put_attribute(out, "timestamp", report->time);
	if (report->host.len > 0)
		put_attribute(out, "hostname", report->host);
	rxpath_buf_string(out, ">\n");
	for (enum rxpath_stage stage = 0; stage < RXPATH_STAGES; stage++)
		put_case(out, report, stage);
	rxpath_buf_string(out, "</testsuite>\n");
}
