/* text.c: the report for a person, and still for grep: whole facts a line, never wrapped. */
#include <string.h>

#include "render.h"

/* Colour only underlines what the word beside it says already. */
static const char *color_of(enum rxpath_state state)
{
	switch (state) {
	case RXPATH_STATE_DROP:
		return "\033[1;31m";
	case RXPATH_STATE_UNKNOWN:
		return "\033[35m";
	case RXPATH_STATE_SUSPECT:
		return "\033[33m";
	case RXPATH_STATE_PRESSURE:
		return "\033[36m";
	case RXPATH_STATE_REJECT:
	case RXPATH_STATE_SKIPPED:
		return "\033[2m";
	case RXPATH_STATE_OK:
		break;
	}
	return "\033[32m";
}

static enum rxpath_state state_of_kind(enum rxpath_kind kind)
{
	static const enum rxpath_state states[RXPATH_KINDS] = {
		[RXPATH_KIND_DROP] = RXPATH_STATE_DROP,
		[RXPATH_KIND_SUSPECT] = RXPATH_STATE_SUSPECT,
		[RXPATH_KIND_PRESSURE] = RXPATH_STATE_PRESSURE,
		[RXPATH_KIND_REJECT] = RXPATH_STATE_REJECT,
		[RXPATH_KIND_TRAFFIC] = RXPATH_STATE_OK,
	};

	return states[kind];
}

static void put_padded(struct rxpath_buf *out, struct rxpath_slice text, size_t width)
{
	rxpath_buf_slice(out, text);
	rxpath_buf_repeat(out, ' ', text.len < width ? width - text.len : 0);
}

static void put_state(struct rxpath_buf *out, const struct rxpath_style *style,
		      enum rxpath_state state, size_t width)
{
	const char *name = rxpath_state_name(state);

	if (style->color)
		rxpath_buf_string(out, color_of(state));
	rxpath_buf_string(out, name);
	if (style->color)
		rxpath_buf_string(out, "\033[0m");
	rxpath_buf_repeat(out, ' ', strlen(name) < width ? width - strlen(name) : 0);
}

/* Grouped by thousands for a reader; plain for a program. */
static void put_count(struct rxpath_buf *out, const struct rxpath_style *style, uint64_t value,
		      size_t width)
{
	char digits[32];
	size_t at = sizeof digits;
	unsigned count = 0;

	do {
		if (style->terminal && count > 0 && count % 3 == 0)
			digits[--at] = ',';
		digits[--at] = (char)('0' + value % 10);
		value /= 10;
		count++;
	} while (value > 0);
	rxpath_buf_repeat(out, ' ', sizeof digits - at < width ? width - (sizeof digits - at) : 0);
	rxpath_buf_bytes(out, digits + at, sizeof digits - at);
}

static void put_headline(struct rxpath_buf *out, const struct rxpath_report *report,
			 const struct rxpath_style *style)
{
	rxpath_buf_string(out, "rxpath: ");
	put_state(out, style, report->state, 0);
	rxpath_buf_string(out, ", lost ");
	put_count(out, style, report->lost, 0);
	rxpath_buf_string(out, report->lost == 1 ? " packet" : " packets");
	if (report->since_boot) {
		rxpath_buf_string(out, " since boot; when, these figures cannot tell");
	} else if (report->interval != RXPATH_UNKNOWN) {
		rxpath_buf_string(out, " in ");
		rxpath_put_seconds(out, report->interval);
		rxpath_buf_string(out, " s");
	}
	if (report->host.len > 0) {
		rxpath_buf_string(out, ", host ");
		rxpath_buf_escaped(out, report->host, "");
	}
	if (report->kernel.len > 0) {
		rxpath_buf_string(out, ", Linux ");
		rxpath_buf_escaped(out, report->kernel, "");
	}
	rxpath_buf_char(out, '\n');
}

static void put_stages(struct rxpath_buf *out, const struct rxpath_report *report,
		       const struct rxpath_style *style)
{
	rxpath_buf_string(out, "\nSTAGE      STATE             LOST           SEEN\n");
	for (enum rxpath_stage stage = 0; stage < RXPATH_STAGES; stage++) {
		const struct rxpath_stage_line *line = &report->stages[stage];

		put_padded(out, rxpath_slice_of(rxpath_stage_name(stage)), 11);
		put_state(out, style, line->state, 10);
		put_count(out, style, line->lost, 12);
		if (line->seen == RXPATH_UNKNOWN)
			rxpath_buf_string(out, "              -\n");
		else {
			put_count(out, style, line->seen, 15);
			rxpath_buf_char(out, '\n');
		}
	}
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

static struct widths measure(const struct rxpath_report *report)
{
	struct widths widths = {8, 1};

	for (size_t i = 0; i < report->line_count; i++) {
		widen(&widths.name, report->lines[i].name.len);
		widen(&widths.subject, report->lines[i].subject.len);
	}
	for (size_t i = 0; i < report->socket_count; i++)
		widen(&widths.subject, report->sockets[i].subject.len);
	return widths;
}

static void put_fact(struct rxpath_buf *out, const struct rxpath_style *style,
		     const struct widths *widths, enum rxpath_stage stage, enum rxpath_kind kind,
		     struct rxpath_slice name, struct rxpath_slice subject, uint64_t delta)
{
	put_padded(out, rxpath_slice_of(rxpath_stage_name(stage)), 11);
	put_state(out, style, state_of_kind(kind), 10);
	put_padded(out, name, widths->name + 2);
	put_padded(out, subject, widths->subject + 1);
	put_count(out, style, delta, 12);
}

static void put_flags(struct rxpath_buf *out, unsigned flags)
{
	for (unsigned i = 0; i < RXPATH_FLAGS; i++)
		if (flags >> i & 1)
			rxpath_buf_printf(out, "  %s", rxpath_flag_name(i));
}

static void put_line(struct rxpath_buf *out, const struct rxpath_report *report,
		     const struct rxpath_style *style, const struct widths *widths,
		     const struct rxpath_line *line)
{
	put_fact(out, style, widths, line->stage, line->kind, line->name, line->subject, line->delta);
	if (line->lost > 0) {
		rxpath_buf_string(out, "  lost ");
		put_count(out, style, line->lost, 0);
	}
	if (line->delta > 0 && report->interval != RXPATH_UNKNOWN) {
		rxpath_buf_string(out, "  ");
		if (rxpath_put_rate(out, line->delta, report->interval))
			rxpath_buf_string(out, "/s");
	}
	put_flags(out, line->flags);
	rxpath_buf_char(out, '\n');
}

static void put_socket(struct rxpath_buf *out, const struct rxpath_style *style,
		       const struct widths *widths, const struct rxpath_socket_line *line)
{
	bool dropped = line->delta > 0 || !line->full;

	put_fact(out, style, widths, RXPATH_STAGE_SOCKET,
		 dropped ? line->kind : RXPATH_KIND_PRESSURE,
		 rxpath_slice_of(dropped ? "sk_drops" : "sk_rx_queue"), line->subject,
		 dropped ? line->delta : line->socket.rx_queue);
	for (size_t i = 0; i < line->process_count; i++) {
		rxpath_buf_string(out, "  ");
		rxpath_buf_escaped(out, line->processes[i].comm, "");
		rxpath_buf_printf(out, "[%llu]", (unsigned long long)line->processes[i].pid);
	}
	rxpath_buf_string(out, "  queue ");
	put_count(out, style, line->socket.rx_queue, 0);
	if (line->socket.rcvbuf != RXPATH_UNKNOWN32) {
		rxpath_buf_string(out, " of ");
		put_count(out, style, line->socket.rcvbuf, 0);
	}
	rxpath_buf_string(out, " bytes");
	put_flags(out, line->flags);
	rxpath_buf_char(out, '\n');
}

static void put_facts(struct rxpath_buf *out, const struct rxpath_report *report,
		      const struct rxpath_style *style)
{
	struct widths widths = measure(report);

	if (report->line_count + report->socket_count == 0)
		return;
	rxpath_buf_char(out, '\n');
	for (size_t i = 0; i < report->line_count; i++)
		put_line(out, report, style, &widths, &report->lines[i]);
	for (size_t i = 0; i < report->socket_count; i++)
		put_socket(out, style, &widths, &report->sockets[i]);
	if (report->attribution.known && report->attribution.unattributed > 0) {
		rxpath_buf_string(out, "unattributed: ");
		put_count(out, style, report->attribution.unattributed, 0);
		rxpath_buf_string(out, " lost by sockets since closed, or not visible from here\n");
	}
	for (size_t i = 0; i < report->closed_count; i++) {
		rxpath_buf_printf(out, "%s%u (", i == 0 ? "  of port " : ", ",
				  report->closed[i].port);
		put_count(out, style, report->closed[i].count, 0);
		rxpath_buf_string(out, i + 1 == report->closed_count ? ") by the trace\n" : ")");
	}
}

static void put_traced(struct rxpath_buf *out, const struct rxpath_style *style,
		       const struct rxpath_drop *drop, size_t reason, size_t location)
{
	struct rxpath_slice none = rxpath_slice_of("-");
	size_t start;

	put_padded(out, drop->placed ? rxpath_slice_of(rxpath_stage_name(drop->stage)) : none, 11);
	put_padded(out, drop->reason.len > 0 ? drop->reason : none, reason + 2);
	put_padded(out, drop->location.len > 0 ? drop->location : none, location + 2);
	start = out->len;
	if (drop->protocol == RXPATH_UNKNOWN32 || drop->protocol == 0)
		rxpath_buf_char(out, '-');
	else
		rxpath_drop_protocol(out, drop->protocol);
	if (drop->port != RXPATH_UNKNOWN32)
		rxpath_buf_printf(out, " port %u", drop->port);
	rxpath_buf_repeat(out, ' ', out->len - start < 15 ? 15 - (out->len - start) : 0);
	put_count(out, style, drop->count, 12);
	rxpath_buf_char(out, '\n');
}

/* What is of no stage of the receive path is much and mostly harmless: the most frequent will do. */
#define TRACED_ELSEWHERE 5

static void put_trace(struct rxpath_buf *out, const struct rxpath_report *report,
		      const struct rxpath_style *style)
{
	const struct rxpath_trace_result *trace = report->trace;
	size_t reason = 1, location = 1, shown = 0, elsewhere = 0;
	uint64_t left = 0;

	if (!trace)
		return;
	while (shown < trace->drop_count) {
		const struct rxpath_drop *drop = &trace->drops[shown];

		if (!drop->placed && !style->all && elsewhere++ == TRACED_ELSEWHERE)
			break;
		widen(&reason, drop->reason.len);
		widen(&location, drop->location.len);
		shown++;
	}
	rxpath_buf_string(out, "\ntraced on the whole host, all network namespaces together:");
	rxpath_buf_string(out, trace->drop_count == 0 ? " no drops\n" : "\n");
	for (size_t i = 0; i < shown; i++)
		put_traced(out, style, &trace->drops[i], reason, location);
	for (size_t i = shown; i < trace->drop_count; i++)
		left += trace->drops[i].count;
	if (left > 0) {
		rxpath_buf_string(out, "and ");
		put_count(out, style, left, 0);
		rxpath_buf_string(out, " elsewhere (--all lists them)\n");
	}
	if (trace->overrun > 0) {
		put_count(out, style, trace->overrun, 0);
		rxpath_buf_string(out, " events were lost by the trace ring: there was more than this\n");
	}
}

static void put_findings(struct rxpath_buf *out, const struct rxpath_report *report)
{
	for (size_t i = 0; i < report->finding_count; i++) {
		const struct rxpath_finding *finding = &report->findings[i];

		rxpath_buf_printf(out, "\n%s: ", finding->id);
		rxpath_buf_slice(out, finding->summary);
		rxpath_buf_char(out, '\n');
		for (size_t j = 0; j < finding->evidence_count; j++) {
			rxpath_buf_string(out, "  seen: ");
			rxpath_buf_slice(out, finding->evidence[j]);
			rxpath_buf_char(out, '\n');
		}
		for (size_t j = 0; j < finding->advice_count; j++) {
			rxpath_buf_string(out, "  do:   ");
			rxpath_buf_slice(out, finding->advice[j]);
			rxpath_buf_char(out, '\n');
		}
	}
}

static void put_unavailable(struct rxpath_buf *out, const struct rxpath_report *report)
{
	bool any = false;

	for (size_t i = 0; i < report->unavailable_count; i++) {
		const struct rxpath_unavailable *item = &report->unavailable[i];

		/* What this kernel merely does not have is no news. */
		if (item->stages == 0 && !item->failed)
			continue;
		rxpath_buf_string(out, any ? "" : "\n");
		any = true;
		rxpath_buf_string(out, "not measured: ");
		rxpath_buf_escaped(out, item->source, "");
		rxpath_buf_string(out, ": ");
		rxpath_buf_escaped_text(out, item->reason, "");
		rxpath_buf_char(out, '\n');
	}
}

void rxpath_render_text(const struct rxpath_report *report, const struct rxpath_style *style,
			struct rxpath_buf *out)
{
	put_headline(out, report, style);
	if (report->state != RXPATH_STATE_OK || style->all)
		put_stages(out, report, style);
	put_facts(out, report, style);
	put_trace(out, report, style);
	put_findings(out, report);
	put_unavailable(out, report);
	if (report->count_many)
		rxpath_buf_char(out, '\n');
}
