/* reports.c: from two samples to reports: compared, explained, judged, and written in all forms. */
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "rxpath/namespaces.h"
#include "session.h"

/* A terminal that understands escape sequences. */
static bool obeys_escapes(int fd)
{
	const char *term = getenv("TERM");

	return isatty(fd) && term && term[0] != '\0' && strcmp(term, "dumb") != 0;
}

static bool wants_color(const struct options *options, int fd)
{
	const char *no_color = getenv("NO_COLOR");

	if (options->color != COLOR_AUTO)
		return options->color == COLOR_ALWAYS;
	return obeys_escapes(fd) && !(no_color && no_color[0] != '\0');
}

/* How wide and how high the report may be on a terminal; one row is left for the prompt. */
static void measure_terminal(int fd, struct rxpath_style *style)
{
	struct winsize size;

	if (ioctl(fd, TIOCGWINSZ, &size) != 0)
		return;
	style->columns = size.ws_col;
	style->rows = style->all || size.ws_row == 0 ? 0 : size.ws_row - 1u;
}

void look_at_terminal(struct session *session)
{
	const struct options *options = session->options;
	int fd = session->output.fd;

	session->style = (struct rxpath_style){
		.color = wants_color(options, fd),
		.terminal = isatty(fd),
		.all = options->criteria.all,
	};
	measure_terminal(fd, &session->style);
	session->watch = (struct watch){
		.redraws = options->count != 1 && options->format->render == rxpath_render_text &&
			   obeys_escapes(fd),
		.progress = obeys_escapes(STDERR_FILENO),
	};
	if (session->style.terminal && setlocale(LC_CTYPE, ""))
		session->style.utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

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
	struct rxpath_buf text = {0};
	bool written;

	render_reports(session->options->forms[i].format, host, &style, &text);
	written = output_text(&session->forms[i], &text);
	rxpath_buf_free(&text);
	return written;
}

bool write_reports(struct session *session, const struct rxpath_host_report *host)
{
	struct watch *watch = &session->watch;
	struct rxpath_buf text = {0};
	struct rxpath_buf frame = {0};
	bool written;

	if (session->options->quiet)
		return true;
	if (watch->redraws) {
		if (!session->options->all_netns) {
			rxpath_history_note(&watch->history, host->reports[0]);
			session->style.history = &watch->history;
		}
		measure_terminal(session->output.fd, &session->style);
	}
	session->style.last = session->moment == LAST;
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

void judge_report(struct session *session, const struct rxpath_sample *after,
		  struct rxpath_report *report)
{
	const struct options *options = session->options;
	int verdict = rxpath_analyse_verdict(report, &options->criteria);

	if (after->sources[RXPATH_SOURCE_TRACE].status == RXPATH_FAILED) {
		say_error(after->sources[RXPATH_SOURCE_TRACE].error);
		verdict = verdict == STATUS_OK ? STATUS_TROUBLE : verdict;
	}
	report->fail_on = options->criteria.fail_on;
	report->max_lost = options->criteria.max_lost;
	report->failure = rxpath_analyse_failure(report, &options->criteria);
	report->verdict = verdict;
	worsen_verdict(session, verdict);
}

void count_others(struct session *session)
{
	const struct options *options = session->options;
	struct rxpath_namespaces namespaces = {0};
	struct rxpath_error error = {0};

	if (!session->capture || options->all_netns || options->quiet || options->target.root ||
	    options->format->render != rxpath_render_text)
		return;
	/* Without an answer nothing is said: this is not what was asked for. */
	if (rxpath_namespaces_find(&namespaces, RXPATH_WITHOUT_PROCESSES, &error) &&
	    namespaces.count > 0)
		session->others = namespaces.count - 1;
	rxpath_namespaces_free(&namespaces);
}

void worsen_verdict(struct session *session, int verdict)
{
	if (session->verdict == STATUS_OK || verdict == STATUS_FAILED)
		session->verdict = verdict;
}

bool report_pair(struct session *session, const struct rxpath_sample *before,
		 const struct rxpath_sample *after)
{
	const struct options *options = session->options;
	const struct rxpath_sample *const samples[] = {before, after};
	struct rxpath_report report = {0};
	struct rxpath_report *const reports[] = {&report};
	const struct rxpath_report *const shown[] = {&report};
	const struct rxpath_host_report host = {.reports = shown, .count = 1};
	struct rxpath_sample owners = {0};
	struct rxpath_sample connections = {0};
	struct rxpath_sample settings = {0};
	struct rxpath_error error = {0};
	const bool live = session->capture != NULL;
	bool done;

	done = rxpath_analyse(before, after, &options->criteria, &report, &error);
	if (done && !options->quiet)
		done = add_connections(session->capture, before, after, &connections, &report,
				       &error) &&
		       (live ? add_owners(session, reports, 1, &owners, &error)
			     : rxpath_analyse_owners(&report, after, &error) &&
					rxpath_analyse_cgroups(&report, after, &error)) &&
		       (live ? readers_add_live(&session->readers, session->capture, before,
						reports, 1, &error)
			     : rxpath_analyse_readers(&report, before, after, &error)) &&
		       add_findings(session, session->capture, before, after, &settings, &report,
				    &error);
	if (done) {
		report.count_many = options->count != 1;
		report.other_netns = session->others;
		judge_report(session, after, &report);
		if (!warn_unmatched_patterns(session, samples, 2) && report.verdict == STATUS_OK) {
			report.verdict = STATUS_TROUBLE;
			worsen_verdict(session, STATUS_TROUBLE);
		}
		if (options->format->status)
			session->format_status = options->format->status(&report);
		done = write_reports(session, &host);
	} else {
		say_error(&error);
	}
	rxpath_report_free(&report);
	rxpath_sample_free(&owners);
	rxpath_sample_free(&connections);
	rxpath_sample_free(&settings);
	return done;
}
