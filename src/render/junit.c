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

static bool is_failing(const struct rxpath_report *report, enum rxpath_stage stage)
{
	return report->verdict == 1 && report->stages[stage].failure < RXPATH_KIND_TRAFFIC;
}

/* What was measured may be drop, worse than unknown, and tolerated. */
static bool is_unknown(const struct rxpath_report *report, enum rxpath_stage stage)
{
	if (is_failing(report, stage) || report->stages[stage].state == RXPATH_STATE_SKIPPED)
		return false;
	for (size_t i = 0; i < report->unavailable_count; i++)
		if (report->unavailable[i].stages >> stage & 1)
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
			  rxpath_kind_name(line->failure), (unsigned long long)line->lost,
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
	rxpath_buf_printf(out, "  <testcase classname=\"rxpath\" name=\"%s\">\n",
			  rxpath_stage_name(stage));
	if (is_failing(report, stage))
		put_failure(out, report, stage);
	else if (is_unknown(report, stage))
		put_error(out, report, stage);
	else if (report->stages[stage].state == RXPATH_STATE_SKIPPED)
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
		errors += is_unknown(report, stage);
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
