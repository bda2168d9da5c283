/* session.c: what the commands share: take samples, compare them, report. */
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "all_netns.h"
#include "rxpath/load.h"
#include "rxpath/namespaces.h"
#include "rxpath/parse.h"
#include "slow_readers.h"
#include "rxpath/search.h"

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

static int session_status(const struct session *session)
{
	if (session->options->format->status && !session->options->quiet)
		return session->format_status;
	return session->verdict == STATUS_FAILED    ? session->options->exit_code
	       : session->verdict == STATUS_TROUBLE ? options_trouble(session->options)
						    : session->verdict;
}

int session_close(struct session *session)
{
	int status = session_status(session);

	readers_forget(session);
	all_netns_close(session->all);
	rxpath_capture_close(session->capture);
	for (size_t i = 0; i < session->form_count; i++)
		if (!output_commit(&session->forms[i]))
			status = options_trouble(session->options);
	if (!output_commit(&session->output))
		status = options_trouble(session->options);
	free(session->forms);
	tracing_close(&session->tracing);
	return status;
}

static void discard(struct session *session)
{
	readers_forget(session);
	all_netns_close(session->all);
	rxpath_capture_close(session->capture);
	for (size_t i = 0; i < session->form_count; i++)
		output_discard(&session->forms[i]);
	output_discard(&session->output);
	free(session->forms);
	tracing_close(&session->tracing);
}

int session_abandon(struct session *session)
{
	discard(session);
	return options_trouble(session->options);
}

static bool open_forms(struct session *session)
{
	const struct options *options = session->options;

	session->forms = calloc(options->form_count + 1, sizeof *session->forms);
	if (!session->forms) {
		say("out of memory");
		return false;
	}
	for (size_t i = 0; i < options->form_count; i++, session->form_count++)
		if (!output_open(&session->forms[i], options->forms[i].file, STDOUT_FILENO))
			return false;
	return true;
}

/* Only the exit status is needed, and any loss between two samples of this run decides it. */
static bool is_brief(const struct options *options)
{
	const struct rxpath_criteria *criteria = &options->criteria;

	return options->quiet && options->command != COMMAND_DIFF && !options->trace &&
	       criteria->allowance_count == 0 && criteria->device_count == 0 &&
	       criteria->max_lost.packets == 0 && criteria->max_lost.billionths == 0 &&
	       (criteria->fail_on == RXPATH_KIND_DROP || criteria->fail_on == RXPATH_KIND_TRAFFIC);
}

/* Sets what the form of the report depends on. */
static void look_at_terminal(struct session *session)
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

bool session_open(struct session *session, const struct options *options, enum origin origin,
		  int fallback)
{
	struct rxpath_error error = {0};

	*session = (struct session){.options = options, .moment = LAST};
	session->interrupt = (struct rxpath_interrupt){
		.is_due = wait_is_interrupted,
		.context = &session->interrupted,
	};
	/* First, while no other descriptor is open. Without a report no file is opened. */
	if (!output_open(&session->output, options->quiet ? NULL : options->output, fallback))
		return false;
	if (!open_forms(session)) {
		discard(session);
		return false;
	}
	session->purpose = (struct rxpath_purpose){
		.brief = is_brief(options),
		.alone = options->command == COMMAND_TOTALS || options->command == COMMAND_METRICS,
		.all_rules = options->all_rules,
		.interrupt = &session->interrupt,
		.extent = options->all_netns ? RXPATH_HOST_ALONE : RXPATH_NETNS_AND_HOST,
	};
	if (origin == LIVE) {
		session->capture = rxpath_capture_open(&options->target, session->purpose, &error);
		if (!session->capture) {
			say_error(&error);
			discard(session);
			return false;
		}
		if (options->all_netns && !all_netns_open(session, &session->all)) {
			discard(session);
			return false;
		}
	}
	if (!options->quiet)
		look_at_terminal(session);
	return true;
}

bool session_begin(struct session *session, sigset_t *old)
{
	wait_block(old);
	if (!session->options->trace || tracing_open(&session->tracing))
		return true;
	discard(session);
	return false;
}

bool add_trace(struct session *session, struct rxpath_builder *builder, enum moment moment,
	       struct rxpath_error *error)
{
	struct tracing *tracing = &session->tracing;
	bool done;

	if (!tracing->trace || moment == FIRST)
		return true;
	if (moment == LAST)
		rxpath_trace_stop(tracing->trace);
	done = rxpath_trace_report(tracing->trace, rxpath_parse_section, builder, error);
	if (moment == LAST)
		tracing_remove(tracing);
	return done;
}

struct rxpath_request request_of(const struct session *session, enum moment moment)
{
	const bool all = session->options->criteria.all;

	return (struct rxpath_request){
		/* Also in metrics: if a series began with its first loss, a collector would not
		 * see that loss. */
		.keep_zeros = all || session->options->command == COMMAND_METRICS,
		.notable_only = !all && !patterns_name_sockets(&session->options->criteria),
		.no_records = moment == LAST,
		.no_groups = moment == FIRST || session->options->quiet,
		.order = session->options->target.root ? session->options->order : RXPATH_ORDER_OWN,
	};
}

bool take_live(struct session *session, struct rxpath_sample *sample, enum moment moment)
{
	const struct rxpath_request request = request_of(session, moment);
	struct rxpath_builder builder;
	struct rxpath_error error = {0};

	session->moment = moment;
	rxpath_builder_begin(&builder, sample, &request);
	if (rxpath_capture_sample(session->capture, rxpath_parse_section, &builder, &error) &&
	    add_trace(session, &builder, moment, &error)) {
		rxpath_builder_finish(&builder);
		if (moment != FIRST ||
		    readers_begin(session, &(const struct rxpath_sample *){sample}, 1, &error))
			return true;
	}
	say_error(&error);
	rxpath_sample_free(sample);
	return false;
}

static bool holds_anything(const struct rxpath_sample *sample)
{
	for (enum rxpath_source source = RXPATH_SOURCE_NONE + 1; source < RXPATH_SOURCES; source++)
		if (sample->sources[source].status == RXPATH_READ ||
		    sample->sources[source].status == RXPATH_FAILED)
			return true;
	return false;
}

bool take_stored(const char *name, const struct options *options, struct rxpath_sample *sample)
{
	const struct rxpath_request request = {
		.keep_zeros = options->criteria.all,
		.order =
			options->order == RXPATH_ORDER_BIG ? RXPATH_ORDER_BIG : RXPATH_ORDER_LITTLE,
	};
	struct rxpath_builder builder;
	struct rxpath_error error = {0};

	rxpath_builder_begin(&builder, sample, &request);
	if (!rxpath_load(name, rxpath_parse_section, &builder, &error)) {
		say_error(&error);
	} else if (!holds_anything(sample)) {
		rxpath_error_refused(&error, name,
				     "not a sample: it holds no file that rxpath reads");
		say_error(&error);
	} else {
		rxpath_builder_finish(&builder);
		return true;
	}
	rxpath_sample_free(sample);
	return false;
}

void say_failures(const struct session *session, const struct rxpath_sample *sample,
		  const char *name)
{
	for (enum rxpath_source source = RXPATH_SOURCE_NONE + 1;
	     !session->options->quiet && source < RXPATH_SOURCES; source++) {
		const struct rxpath_source_state *state = &sample->sources[source];
		struct rxpath_buf text = {0};

		/* The report lists at its end what needs more privilege. What is no part of a
		 * sample is reported where it is asked for. */
		if (state->status != RXPATH_FAILED || rxpath_source_row(source)->order == 0 ||
		    rxpath_source_is_held_back(sample, source))
			continue;
		rxpath_error_text(state->error, &text);
		rxpath_buf_char(&text, '\0');
		if (!text.failed)
			say("%s%s%s", name ? name : "", name ? ": " : "", text.data);
		rxpath_buf_free(&text);
	}
}

/* The inodes of the reports' sockets, or the ids of their cgroups, as capture wants them. */
static size_t list_numbers(struct rxpath_report *const *reports, size_t count,
			   enum socket_number which, uint64_t *numbers)
{
	size_t used = 0;

	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < reports[i]->socket_count; j++) {
			const struct rxpath_socket *socket = reports[i]->sockets[j].socket;

			numbers[used] = which == CGROUP ? socket->cgroup : socket->inode;
			used += numbers[used] != 0;
		}
		for (size_t j = 0; which == INODE && j < reports[i]->connection_count; j++) {
			numbers[used] = reports[i]->connections[j].socket->inode;
			used += numbers[used] != 0;
		}
		for (size_t j = 0; which == INODE && j < reports[i]->queue_reader_count; j++) {
			numbers[used] = reports[i]->queue_readers[j].socket->inode;
			used += numbers[used] != 0;
		}
	}
	rxpath_sort_numbers(numbers, &used);
	return used;
}

bool add_owners(struct session *session, struct rxpath_report *const *reports, size_t count,
		struct rxpath_sample *owners, struct rxpath_error *error)
{
	struct rxpath_capture *capture = session->capture;
	struct rxpath_builder builder;
	uint64_t *numbers;
	size_t sockets = 0;
	bool done;

	for (size_t i = 0; i < count; i++)
		sockets += reports[i]->socket_count + reports[i]->connection_count +
			   reports[i]->queue_reader_count;
	numbers = malloc((sockets + 1) * sizeof *numbers);
	if (!numbers)
		return rxpath_error_memory(error);
	rxpath_builder_begin(&builder, owners, NULL);
	done = rxpath_capture_owners(capture, numbers, list_numbers(reports, count, INODE, numbers),
				     rxpath_parse_section, &builder, error) &&
	       rxpath_capture_cgroups(capture, numbers,
				      list_numbers(reports, count, CGROUP, numbers),
				      rxpath_parse_section, &builder, error);
	for (size_t i = 0; done && i < count; i++)
		done = rxpath_analyse_owners(reports[i], owners, error) &&
		       rxpath_analyse_cgroups(reports[i], owners, error);
	free(numbers);
	return done;
}

/* The memory limits of the processes that the report names. */
static bool add_memory(struct rxpath_capture *capture, const struct rxpath_report *report,
		       struct rxpath_builder *builder, struct rxpath_error *error)
{
	uint64_t pids[RXPATH_MEMORY_PROCESSES];
	size_t count = 0;

	for (size_t i = 0; i < report->socket_count; i++)
		for (size_t j = 0; j < report->sockets[i].process_count; j++)
			if (count < RXPATH_MEMORY_PROCESSES)
				pids[count++] = report->sockets[i].processes[j].pid;
	rxpath_sort_numbers(pids, &count);
	return rxpath_capture_memory(capture, pids, count, rxpath_parse_section, builder, error);
}

bool add_findings(struct session *session, struct rxpath_capture *capture,
		  const struct rxpath_sample *before, const struct rxpath_sample *after,
		  struct rxpath_sample *settings, struct rxpath_report *report,
		  struct rxpath_error *error)
{
	struct rxpath_builder builder;
	unsigned stages = rxpath_analyse_stages_to_explain(report, &session->options->criteria);

	if (stages == 0)
		return true;
	rxpath_builder_begin(&builder, settings, NULL);
	if (capture &&
	    (!rxpath_capture_settings(capture, stages, rxpath_parse_section, &builder, error) ||
	     !add_memory(capture, report, &builder, error)))
		return false;
	return rxpath_analyse_findings(report, before, after, capture ? settings : after, error);
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
	if (text.failed)
		say("out of memory");
	written = !text.failed && output_write(&session->forms[i], rxpath_buf_view(&text));
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
	written = !text.failed && !frame.failed;
	if (!written)
		say("out of memory");
	written = written &&
		  output_write(&session->output, rxpath_buf_view(watch->redraws ? &frame : &text));
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
		done = connections_add(session->capture, before, after, &connections, &report,
				       &error) &&
		       (live ? add_owners(session, reports, 1, &owners, &error)
			     : rxpath_analyse_owners(&report, after, &error) &&
					rxpath_analyse_cgroups(&report, after, &error)) &&
		       (live ? readers_add_live(session, before, reports, 1, &error)
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
