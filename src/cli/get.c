/* get.c: the command that prints by how much single counters rose, for scripts. */
#include <string.h>
#include <unistd.h>

#include "rxpath/driver.h"
#include "sampling.h"

/* One argument, COUNTER or COUNTER@SUBJECT, both names or patterns. */
struct figure {
	const char *counter, *subject; /* subject NULL: all */
	uint64_t delta;		       /* of all that match */
	bool found;
};

static bool matches(const struct figure *figure, struct rxpath_slice counter,
		    struct rxpath_slice subject)
{
	return rxpath_scan_glob(figure->counter, counter) &&
	       (!figure->subject || rxpath_scan_glob(figure->subject, subject));
}

static void add(struct figure *figure, uint64_t delta)
{
	figure->found = true;
	figure->delta = delta > UINT64_MAX - figure->delta ? UINT64_MAX : figure->delta + delta;
}

static bool is_known(const char *pattern)
{
	for (size_t i = 0; i < rxpath_catalogue_size(); i++)
		if (rxpath_scan_glob(pattern, rxpath_slice_of(rxpath_catalogue_at(i)->name)))
			return true;
	return rxpath_driver_has(rxpath_slice_of(pattern));
}

static void complain(const struct figure *figure)
{
	struct suggestion suggestion = {.word = figure->counter};

	if (is_known(figure->counter)) {
		say("get: '%s%s%s' could not be read here", figure->counter,
		    figure->subject ? "@" : "", figure->subject ? figure->subject : "");
		return;
	}
	say("get: no counter matches '%s'", figure->counter);
	suggest_counters(&suggestion);
	suggest_say(&suggestion, "");
}

/* What sockets lost and no protocol counts: of all sockets, their own lines have it already. */
static bool is_sum_of_sockets(const struct rxpath_line *line)
{
	return rxpath_slice_is(line->name, "sk_drops");
}

/* Its lines belong to sockets, rules, queues or qdiscs, and there may be none; or a report leaves
 * it out at 0. */
static bool may_have_no_line(const struct rxpath_counter *counter)
{
	static const char *const subjects[] = {"socket", "rule", "queue", NULL};

	if (counter->shape != RXPATH_SHAPE_COUNTER)
		return false;
	return rxpath_slice_is_any(rxpath_slice_of(rxpath_source_subject(counter->source)),
				   subjects) ||
	       rxpath_source_row(counter->source)->layout == RXPATH_LAYOUT_DEVICE_COUNTERS ||
	       strcmp(counter->name, "inet_residual") == 0;
}

/* Whether the sum for that counter leaves something out. The files of a device fail apart. */
static bool is_incomplete(const struct examined *pair, const struct rxpath_counter *counter)
{
	const bool of_sockets = strcmp(counter->name, "sk_drops") == 0;

	for (enum rxpath_source source = 0; source < RXPATH_SOURCES; source++) {
		const char *subject = rxpath_source_subject(source);

		if ((source == counter->source || (of_sockets && strcmp(subject, "socket") == 0)) &&
		    strcmp(subject, "device") != 0 &&
		    (pair->before.sources[source].status == RXPATH_FAILED ||
		     pair->after.sources[source].status == RXPATH_FAILED))
			return true;
	}
	return false;
}

static bool was_read(const struct examined *pair, enum rxpath_source source)
{
	return pair->before.sources[source].status == RXPATH_READ &&
	       pair->after.sources[source].status == RXPATH_READ;
}

/* Of all subjects: of none it is 0, and what could not be read may be more. */
static void judge_sum(const struct examined *pair, struct figure *figure)
{
	bool incomplete = false;

	for (size_t i = 0; i < rxpath_catalogue_size(); i++) {
		const struct rxpath_counter *counter = rxpath_catalogue_at(i);

		if (!rxpath_scan_glob(figure->counter, rxpath_slice_of(counter->name)))
			continue;
		figure->found |= may_have_no_line(counter) && was_read(pair, counter->source);
		incomplete |= is_incomplete(pair, counter);
	}
	figure->found &= !incomplete;
}

static void look_up(const struct examined *pair, struct figure *figure)
{
	const struct rxpath_report *report = &pair->report;
	struct rxpath_line_walk walk = {0};
	const struct rxpath_line *line;

	while ((line = rxpath_line_next(report, &walk)))
		if (matches(figure, line->name, line->subject) &&
		    !(is_sum_of_sockets(line) && !figure->subject))
			add(figure, line->delta);
	for (size_t i = 0; i < report->socket_count; i++)
		if (matches(figure, rxpath_slice_of(rxpath_socket_drops(report->sockets[i].socket)),
			    report->sockets[i].subject))
			add(figure, report->sockets[i].delta);
	if (!figure->subject)
		judge_sum(pair, figure);
	else if (strcmp(figure->subject, "-") == 0 && report->attribution.known &&
		 rxpath_scan_glob(figure->counter, rxpath_slice_of("sk_drops")))
		figure->found = true;
	if (!figure->found)
		complain(figure);
}

/* The number, or what stands for one that is not known, so that lines and arguments agree. */
static void put_value(struct rxpath_buf *out, const struct figure *figure, const char *unknown)
{
	if (figure->found)
		rxpath_buf_u64(out, figure->delta);
	else
		rxpath_buf_string(out, unknown);
}

static void put_json(struct rxpath_buf *out, const struct figure *figure)
{
	rxpath_buf_string(out, "{\"counter\":");
	rxpath_put_json_string(out, rxpath_slice_of(figure->counter));
	rxpath_buf_string(out, ",\"subject\":");
	if (figure->subject)
		rxpath_put_json_string(out, rxpath_slice_of(figure->subject));
	else
		rxpath_buf_string(out, "null");
	rxpath_buf_string(out, ",\"delta\":");
	put_value(out, figure, "null");
	rxpath_buf_char(out, '}');
}

static bool print_all(struct session *session, const struct examined *pair)
{
	const struct options *options = session->options;
	struct rxpath_buf text = {0};
	bool done;

	for (char **word = options->arguments; *word; word++) {
		struct figure figure = {.counter = *word};
		char *at = strchr(*word, '@');

		if (at) {
			*at = '\0';
			figure.subject = at + 1;
		}
		look_up(pair, &figure);
		if (!figure.found)
			session->verdict = STATUS_TROUBLE;
		if (options->format->render == rxpath_render_json)
			put_json(&text, &figure);
		else
			put_value(&text, &figure, "-");
		rxpath_buf_char(&text, '\n');
	}
	done = output_text(&session->output, &text);
	rxpath_buf_free(&text);
	return done;
}

static bool compare(struct session *session)
{
	struct examined *pair = &session->single;
	struct rxpath_error error = {0};
	bool done = rxpath_analyse(&pair->before, &pair->after, &session->options->criteria,
				   &pair->report, &error)
			    ? print_all(session, pair)
			    : say_error(&error);

	rxpath_report_free(&pair->report);
	return done;
}

int run_get(const struct options *options)
{
	struct session session;
	sigset_t old;
	bool done;

	if (!session_open(&session, options, LIVE, STDOUT_FILENO) || !session_begin(&session, &old))
		return options_trouble(options);
	done = take_live(&session, FIRST) &&
	       watch_wait(&session.watch, wait_now() + options->interval, &session.tracing) >= 0 &&
	       take_live(&session, LAST) && compare(&session);
	return session_end(&session, done);
}
