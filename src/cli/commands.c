/* commands.c: what each command does: samples in, a report out, an exit status. */
#include <unistd.h>

#include "session.h"

/* Reports until the count is reached or a signal arrives; false when a report failed. */
static bool check_loop(struct session *session, struct rxpath_sample *before)
{
	const struct options *options = session->options;
	uint64_t deadline = wait_now();
	int signal_number = 0;

	for (uint64_t done = 0;
	     signal_number == 0 && (options->count == 0 || done < options->count); done++) {
		struct rxpath_sample after;
		uint64_t now = wait_now();
		bool reported;

		/* Samples keep their distance however long a report took; missed ones are
		 * skipped. */
		deadline += options->interval;
		if (deadline < now)
			deadline = now;
		signal_number = watch_wait(&session->watch, deadline, &session->tracing);
		if (signal_number < 0)
			return false;
		if (!take_live(session, &after,
			       signal_number != 0 || done + 1 == options->count ? LAST : BETWEEN))
			return false;
		say_failures(session, &after, NULL);
		reported = report_pair(session, before, &after, true);
		rxpath_sample_free(before);
		*before = after;
		if (!reported)
			return false;
	}
	return true;
}

int run_check(const struct options *options)
{
	struct session session;
	struct rxpath_sample before;
	sigset_t old;
	bool done;

	if (!session_open(&session, options, true, STDOUT_FILENO) ||
	    !session_begin(&session, &old))
		return options_trouble(options);
	if (!take_live(&session, &before, FIRST))
		return session_abandon(&session);
	done = check_loop(&session, &before);
	rxpath_sample_free(&before);
	return done ? session_close(&session) : session_abandon(&session);
}

int run_run(const struct options *options)
{
	struct session session;
	struct rxpath_sample before, after;
	sigset_t old;
	int status, report_status;
	bool started;
	bool done = false;

	if (!session_open(&session, options, true, STDERR_FILENO) ||
	    !session_begin(&session, &old))
		return options_trouble(options);
	if (!take_live(&session, &before, FIRST))
		return session_abandon(&session);
	status = spawn_wait(options->arguments, &old, &session.tracing, &started);
	if (!started) {
		rxpath_sample_free(&before);
		session_abandon(&session);
		return status;
	}
	if (take_live(&session, &after, LAST)) {
		say_failures(&session, &after, NULL);
		done = report_pair(&session, &before, &after, true);
		rxpath_sample_free(&after);
	}
	rxpath_sample_free(&before);
	report_status = done ? session_close(&session) : session_abandon(&session);
	/* The failure of the command is more important. */
	return status != STATUS_OK ? status : report_status;
}

int run_diff(const struct options *options)
{
	const char *before_name = options->arguments[0];
	const char *after_name = options->arguments[1];
	struct session session;
	struct rxpath_sample before, after;
	struct rxpath_error error = {0};
	bool live = after_name == NULL;
	bool done;

	if (!session_open(&session, options, live, STDOUT_FILENO))
		return options_trouble(options);
	if (!take_stored(before_name, options, &before))
		return session_abandon(&session);
	if (!(live ? take_live(&session, &after, LAST) :
		     take_stored(after_name, options, &after))) {
		rxpath_sample_free(&before);
		return session_abandon(&session);
	}
	done = rxpath_analyse_comparable(&before, before_name, &after,
					 live ? "the running system" : after_name, &error);
	if (!done) {
		say_error(&error);
	} else {
		say_failures(&session, &before, before_name);
		say_failures(&session, &after, after_name);
		done = report_pair(&session, &before, &after, live);
	}
	rxpath_sample_free(&before);
	rxpath_sample_free(&after);
	return done ? session_close(&session) : session_abandon(&session);
}

int run_totals(const struct options *options)
{
	const char *name = options->arguments[0];
	struct session session;
	struct rxpath_sample sample;
	bool live = name == NULL;
	bool done;

	if (!session_open(&session, options, live, STDOUT_FILENO))
		return options_trouble(options);
	if (!(live ? take_live(&session, &sample, LAST) :
		     take_stored(name, options, &sample)))
		return session_abandon(&session);
	say_failures(&session, &sample, name);
	done = report_pair(&session, NULL, &sample, live);
	rxpath_sample_free(&sample);
	return done ? session_close(&session) : session_abandon(&session);
}

int run_metrics(const struct options *options)
{
	struct session session;
	struct rxpath_sample sample;
	struct rxpath_buf text = {0};
	bool done;

	if (!session_open(&session, options, true, STDOUT_FILENO))
		return options_trouble(options);
	if (!take_live(&session, &sample, LAST))
		return session_abandon(&session);
	say_failures(&session, &sample, NULL);
	rxpath_render_metrics(&sample, &text);
	if (text.failed)
		say("out of memory");
	done = !text.failed && output_write(&session.output, rxpath_buf_view(&text));
	rxpath_buf_free(&text);
	rxpath_sample_free(&sample);
	return done ? session_close(&session) : session_abandon(&session);
}
