/* get.c: the command that prints by how much single counters rose, for scripts. */
#include <string.h>
#include <unistd.h>

#include "rxpath/analyse.h"
#include "session.h"

/* One argument, COUNTER or COUNTER@SUBJECT, both names or patterns. */
struct wanted {
	const char *counter, *subject; /* subject NULL: all */
	uint64_t delta;		       /* of all that match */
	bool found;
};

static bool matches(const struct wanted *wanted, struct rxpath_slice counter,
		    struct rxpath_slice subject)
{
	return rxpath_scan_glob(wanted->counter, counter) &&
	       (!wanted->subject || rxpath_scan_glob(wanted->subject, subject));
}

static void add(struct wanted *wanted, uint64_t delta)
{
	wanted->found = true;
	wanted->delta = delta > UINT64_MAX - wanted->delta ? UINT64_MAX : wanted->delta + delta;
}

static bool is_known(const char *pattern)
{
	for (size_t i = 0; i < rxpath_catalogue_size(); i++)
		if (rxpath_scan_glob(pattern, rxpath_slice_of(rxpath_catalogue_at(i)->name)))
			return true;
	return strncmp(pattern, "ethtool.", 8) == 0 || strncmp(pattern, "netdev.", 7) == 0;
}

static void complain(const struct wanted *wanted)
{
	struct suggestion suggestion = {.word = wanted->counter};

	if (is_known(wanted->counter)) {
		say("get: '%s%s%s' could not be read here", wanted->counter,
		    wanted->subject ? "@" : "", wanted->subject ? wanted->subject : "");
		return;
	}
	say("get: no counter matches '%s'", wanted->counter);
	for (size_t i = 0; i < rxpath_catalogue_size(); i++)
		suggest_try(&suggestion, rxpath_catalogue_at(i)->name);
	suggest_say(&suggestion, "");
}

static void look_up(const struct rxpath_report *report, struct wanted *wanted)
{
	for (size_t i = 0; i < report->line_count; i++)
		if (matches(wanted, report->lines[i].name, report->lines[i].subject))
			add(wanted, report->lines[i].delta);
	for (size_t i = 0; i < report->socket_count; i++)
		if (matches(wanted, rxpath_slice_of(rxpath_socket_drops(report->sockets[i].socket)),
			    report->sockets[i].subject))
			add(wanted, report->sockets[i].delta);
	if (!wanted->found)
		complain(wanted);
}

static void put_value(struct rxpath_buf *out, const struct wanted *wanted)
{
	if (wanted->found)
		rxpath_buf_u64(out, wanted->delta);
	else
		rxpath_buf_string(out, "null");
}

/* Without a value the line is there all the same, so that lines and arguments agree. */
static void put_wanted(struct rxpath_buf *out, const struct wanted *wanted, bool json)
{
	if (!json) {
		if (wanted->found)
			rxpath_buf_u64(out, wanted->delta);
		else
			rxpath_buf_char(out, '-');
		rxpath_buf_char(out, '\n');
		return;
	}
	rxpath_buf_string(out, "{\"counter\":");
	rxpath_put_json_string(out, rxpath_slice_of(wanted->counter));
	rxpath_buf_string(out, ",\"subject\":");
	if (wanted->subject)
		rxpath_put_json_string(out, rxpath_slice_of(wanted->subject));
	else
		rxpath_buf_string(out, "null");
	rxpath_buf_string(out, ",\"delta\":");
	put_value(out, wanted);
	rxpath_buf_string(out, "}\n");
}

static bool print_all(struct session *session, const struct rxpath_report *report)
{
	const struct options *options = session->options;
	struct rxpath_buf text = {0};
	bool done;

	for (char **word = options->arguments; *word; word++) {
		struct wanted wanted = {.counter = *word};
		char *at = strchr(*word, '@');

		if (at) {
			*at = '\0';
			wanted.subject = at + 1;
		}
		look_up(report, &wanted);
		if (!wanted.found)
			session->verdict = STATUS_TROUBLE;
		put_wanted(&text, &wanted, options->format->render == rxpath_render_json);
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
			    ? print_all(session, &pair->report)
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
