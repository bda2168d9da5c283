/* reports.c: from two samples to reports: compared, explained, judged, and written in all forms. */
#include <stdlib.h>

#include "rxpath/namespaces.h"
#include "session.h"

/* The reports of one moment in that form. */
static void render_reports(const struct format *format, const struct rxpath_host_report *host,
			   const struct rxpath_style *style, struct rxpath_buf *out)
{
	if (host->count > 0 && host->reports[0]->of_netns && format->render == rxpath_render_text) {
		rxpath_render_host(host, style, out);
		return;
	}
	for (size_t i = 0; i < host->count; i++)
		format->render(host->reports[i], style, out);
}

/* The reports in one more form, which does not go to a terminal. */
static bool write_form(struct session *session, const struct rxpath_host_report *host, size_t i)
{
	const struct rxpath_style style = {
		.all = session->style.all,
		.last = session->moment == LAST,
	};
	struct rxpath_drain drain = output_drain(&session->forms[i]);
	struct rxpath_buf text = {.drain = &drain};
	bool written;

	render_reports(session->options->forms[i].format, host, &style, &text);
	written = output_text(&session->forms[i], &text);
	rxpath_buf_free(&text);
	return written;
}

static bool write_forms(struct session *session, const struct rxpath_host_report *host)
{
	struct watch *watch = &session->watch;
	struct rxpath_drain drain = output_drain(&session->output);
	struct rxpath_buf text = {0};
	struct rxpath_buf frame = {0};
	bool written;

	if (session->options->quiet)
		return true;
	if (watch->redraws) {
		if (!session->all) {
			rxpath_history_note(&watch->history, host->reports[0]);
			session->style.history = &watch->history;
		}
		watch_measure(session->output.fd, &session->style);
	}
	session->style.last = session->moment == LAST;
	/* What is made to fit a screen is written when it does. */
	if (!session->style.terminal && !watch->redraws)
		text.drain = &drain;
	render_reports(session->options->format, host, &session->style, &text);
	if (watch->redraws)
		watch_frame(session->output.fd, &text, &frame);
	written = output_text(&session->output, watch->redraws && !text.failed ? &frame : &text);
	for (size_t i = 0; written && i < session->form_count; i++)
		written = write_form(session, host, i);
	rxpath_buf_free(&text);
	rxpath_buf_free(&frame);
	return written;
}

static void worsen_verdict(struct session *session, int verdict)
{
	if (session->verdict == STATUS_OK || verdict == STATUS_FAILED)
		session->verdict = verdict;
}

/* Sets the report's verdict, and that of the session, which is the worst of its reports. */
static void judge(struct session *session, struct examined *examined)
{
	const struct options *options = session->options;
	const struct rxpath_sample *after = &examined->after;
	struct rxpath_report *report = &examined->report;

	rxpath_analyse_verdict(report, &options->criteria);
	if (after->sources[RXPATH_SOURCE_TRACE].status == RXPATH_FAILED) {
		say_error(after->sources[RXPATH_SOURCE_TRACE].error);
		if (report->verdict == STATUS_OK)
			report->verdict = STATUS_TROUBLE;
	}
	worsen_verdict(session, report->verdict);
}

void count_others(struct session *session)
{
	const struct options *options = session->options;
	struct rxpath_namespaces namespaces = {0};
	struct rxpath_error error = {0};

	if (!session->capture || options->all_netns || options->quiet || options->target.root ||
	    options->format->render != rxpath_render_text)
		return;
	/* If this fails, the report does not mention it: nobody asked for it. */
	if (rxpath_namespaces_find(&namespaces, RXPATH_WITHOUT_PROCESSES, &error) &&
	    namespaces.count > 0)
		session->others = namespaces.count - 1;
	rxpath_namespaces_free(&namespaces);
}

/* The trace is of all namespaces, so the counters of all explain it. */
static void explain_trace(const struct session *session)
{
	uint64_t counted = 0;

	for (size_t i = 0; i < session->examined_count; i++)
		counted += session->examined[i]->report.counted;
	for (size_t i = 0; i < session->examined_count; i++) {
		struct rxpath_trace_result *trace = session->examined[i]->report.trace;

		if (trace)
			trace->elsewhere = rxpath_trace_elsewhere(trace->with_counter, counted);
	}
}

/* The route lookup counts martians for all namespaces, with what the filters of all refused: the
 * counters of the others tell which of them are not this one's. */
static void explain_martians(const struct session *session)
{
	uint64_t filtered = 0;
	uint64_t without_counter = 0;

	for (size_t i = 0; i < session->examined_count; i++) {
		filtered += session->examined[i]->report.path_filtered;
		without_counter += session->examined[i]->report.without_counter;
	}
	for (size_t i = 0; i < session->examined_count; i++) {
		struct rxpath_report *report = &session->examined[i]->report;

		report->path_filtered_elsewhere = filtered - report->path_filtered;
		report->without_counter_elsewhere = without_counter - report->without_counter;
	}
}

static bool analyse(struct session *session, struct examined *examined, struct rxpath_error *error)
{
	struct rxpath_criteria criteria = session->options->criteria;

	criteria.elsewhere = examined->elsewhere;
	return rxpath_analyse(before_of(session, examined), &examined->after, &criteria,
			      &examined->report, error);
}

static void finish(struct session *session, size_t index)
{
	struct rxpath_report *report = &session->examined[index]->report;
	const struct rxpath_netns_facts *netns = session->examined[index]->netns;

	report->of_netns = netns;
	if (netns)
		report->netns = netns->name;
	report->is_first = index == 0;
	report->is_last = index + 1 == session->examined_count;
	report->count_many = session->options->count != 1;
	report->other_netns = session->others;
	judge(session, session->examined[index]);
}

/* Judges the finished reports together, and writes them. */
static bool finish_all(struct session *session, const struct rxpath_report **reports)
{
	const struct format *format = session->options->format;
	struct rxpath_host_report host = {
		.reports = reports,
		.count = session->examined_count,
		.count_many = session->options->count != 1,
	};

	explain_trace(session);
	for (size_t i = 0; i < session->examined_count; i++) {
		reports[i] = &session->examined[i]->report;
		finish(session, i);
	}
	all_netns_count(session, &host);
	if (!warn_unmatched_patterns(session) || host.denied + host.beyond > 0) {
		worsen_verdict(session, STATUS_TROUBLE);
		for (size_t i = 0; i < session->examined_count; i++)
			if (session->examined[i]->report.verdict == STATUS_OK)
				session->examined[i]->report.verdict = STATUS_TROUBLE;
	}
	if (format->status)
		session->format_status = format->status(reports[0]);
	return write_forms(session, &host);
}

bool write_reports(struct session *session)
{
	const struct rxpath_report **reports =
		calloc(session->examined_count + 1, sizeof(const struct rxpath_report *));
	struct rxpath_sample owners = {0};
	struct rxpath_error error = {0};
	bool done = true;

	if (!reports)
		return say("out of memory");
	for (size_t i = 0; done && i < session->examined_count; i++)
		done = analyse(session, session->examined[i], &error);
	explain_martians(session);
	if (done && !session->options->quiet)
		done = add_details(session, &owners, &error);
	done = done ? finish_all(session, reports) : say_error(&error);
	for (size_t i = 0; i < session->examined_count; i++) {
		struct examined *examined = session->examined[i];

		rxpath_report_free(&examined->report);
		rxpath_sample_free(&examined->connections);
		rxpath_sample_free(&examined->settings);
	}
	rxpath_sample_free(&owners);
	free(reports);
	return done;
}
