/* nagios.c: one line and an exit status, as monitoring plugins print them. */
#include <string.h>

#include "figures.h"

int rxpath_nagios_status(const struct rxpath_report *report)
{
	if (report->verdict == 2)
		return RXPATH_NAGIOS_UNKNOWN;
	if (report->verdict == 0)
		return RXPATH_NAGIOS_OK;
	return report->failure == RXPATH_KIND_DROP ? RXPATH_NAGIOS_CRITICAL : RXPATH_NAGIOS_WARNING;
}

/* The bar would begin the figures, so it is escaped in names. */
static void put_name(struct rxpath_buf *out, struct rxpath_slice name)
{
	rxpath_buf_escaped(out, name, "|");
}

static void put_interval(struct rxpath_buf *out, const struct rxpath_report *report)
{
	if (report->since_boot)
		rxpath_buf_string(out, " since boot");
	else if (report->interval != RXPATH_UNKNOWN)
		rxpath_buf_printf(out, " in %.1f s", (double)report->interval / 1e9);
}

/* What the line is about: what failed, else the worst, even if tolerated. */
static enum rxpath_state state_of(const struct rxpath_report *report)
{
	return report->verdict == 1 ? rxpath_state_of(report->failure) : report->state;
}

static bool is_about_stage(const struct rxpath_report *report, enum rxpath_stage stage)
{
	return report->verdict == 1 ? report->stages[stage].failure == report->failure
				    : report->stages[stage].state == report->state;
}

static const struct rxpath_socket_line *worst_socket(const struct rxpath_report *report)
{
	const struct rxpath_socket_line *worst = NULL;

	for (size_t i = 0; i < report->socket_count; i++) {
		const struct rxpath_socket_line *line = &report->sockets[i];

		if (line->delta > 0 && rxpath_state_of(line->kind) == state_of(report) &&
		    !(report->verdict == 1 && line->flags & RXPATH_FLAG_ALLOWED) &&
		    (!worst || line->delta > worst->delta))
			worst = line;
	}
	return worst;
}

/* RXPATH_STAGES: of any stage. */
static const struct rxpath_line *worst_line(const struct rxpath_report *report,
					    enum rxpath_stage stage)
{
	const struct rxpath_line *worst = NULL;

	for (size_t i = 0; i < report->line_count; i++) {
		const struct rxpath_line *line = &report->lines[i];

		if ((stage == RXPATH_STAGES || line->stage == stage) && line->moved &&
		    rxpath_state_of(line->kind) == state_of(report) &&
		    !(line->flags & (RXPATH_FLAG_COUNTED | RXPATH_FLAG_ALLOWED)) &&
		    (!worst || line->delta > worst->delta))
			worst = line;
	}
	return worst;
}

/* The stage that lost most; where the line is not about a loss, that of the largest figure, else
 * the first one in that state. */
static enum rxpath_stage worst_stage(const struct rxpath_report *report)
{
	const struct rxpath_line *line = worst_line(report, RXPATH_STAGES);
	enum rxpath_stage worst = RXPATH_STAGES;

	if (state_of(report) != RXPATH_STATE_DROP && line)
		return line->stage;
	for (enum rxpath_stage stage = 0; stage < RXPATH_STAGES; stage++) {
		if (!is_about_stage(report, stage))
			continue;
		if (worst == RXPATH_STAGES ||
		    report->stages[stage].lost > report->stages[worst].lost)
			worst = stage;
	}
	return worst == RXPATH_STAGES && worst_socket(report) ? RXPATH_STAGE_SOCKET : worst;
}

/* ", md-recv[812] udp/10.0.0.1:9999", or a counter and its subject. */
static void put_culprit(struct rxpath_buf *out, const struct rxpath_report *report,
			enum rxpath_stage stage)
{
	const struct rxpath_socket_line *socket =
		stage == RXPATH_STAGE_SOCKET ? worst_socket(report) : NULL;
	const struct rxpath_line *line = worst_line(report, stage);

	if (socket) {
		rxpath_buf_string(out, ", ");
		if (socket->process_count > 0) {
			put_name(out, socket->processes[0].comm);
			rxpath_buf_printf(out, "[%llu] ",
					  (unsigned long long)socket->processes[0].pid);
		}
		rxpath_buf_slice(out, socket->subject);
	} else if (line) {
		rxpath_buf_string(out, ", ");
		rxpath_buf_slice(out, line->name);
		rxpath_buf_char(out, ' ');
		rxpath_buf_slice(out, line->subject);
	}
}

static void put_unmeasured(struct rxpath_buf *out, const struct rxpath_report *report)
{
	for (size_t i = 0; i < report->unavailable_count; i++) {
		const struct rxpath_unavailable *item = &report->unavailable[i];

		if (item->stages == 0)
			continue;
		rxpath_buf_string(out, ", not measured: ");
		put_name(out, item->source);
		rxpath_buf_string(out, ": ");
		rxpath_buf_escaped_text(out, item->reason, "|");
		return;
	}
}

void rxpath_render_nagios(const struct rxpath_report *report, const struct rxpath_style *style,
			  struct rxpath_buf *out)
{
	static const char *const words[] = {
		[RXPATH_NAGIOS_OK] = "OK",
		[RXPATH_NAGIOS_WARNING] = "WARNING",
		[RXPATH_NAGIOS_CRITICAL] = "CRITICAL",
		[RXPATH_NAGIOS_UNKNOWN] = "UNKNOWN",
	};
	const enum rxpath_stage worst = worst_stage(report);
	const enum rxpath_state state = state_of(report);
	const int status = rxpath_nagios_status(report);

	(void)style;
	rxpath_buf_printf(out, "RXPATH %s: lost %llu packet%s", words[status],
			  (unsigned long long)report->lost, report->lost == 1 ? "" : "s");
	put_interval(out, report);
	if (status == RXPATH_NAGIOS_UNKNOWN) {
		put_unmeasured(out, report);
	} else if (state != RXPATH_STATE_OK && worst < RXPATH_STAGES) {
		rxpath_buf_printf(out, "%s%s at %s", state == RXPATH_STATE_DROP ? "" : ", ",
				  state == RXPATH_STATE_DROP ? "" : rxpath_state_name(state),
				  rxpath_stage_name(worst));
		put_culprit(out, report, worst);
	}
	rxpath_buf_string(out, " | lost=");
	rxpath_buf_u64(out, report->lost);
	rxpath_buf_string(out, ";0;0;0");
	for (enum rxpath_stage stage = 0; stage < RXPATH_STAGES; stage++) {
		rxpath_buf_printf(out, " %s=", rxpath_stage_name(stage));
		rxpath_buf_u64(out, report->stages[stage].lost);
	}
	rxpath_buf_char(out, '\n');
}
