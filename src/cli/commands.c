/* commands.c: what each command does: samples in, a report out, an exit status. */
#include <stdlib.h>
#include <unistd.h>

#include "sampling.h"

/* Reports until the count is reached or a signal arrives; false when a report failed. */
static bool check_loop(struct session *session)
{
	const struct options *options = session->options;
	uint64_t deadline = wait_now();
	int signal_number = 0;

	count_others(session);
	for (uint64_t done = 0;
	     signal_number == 0 && (options->count == 0 || done < options->count); done++) {
		uint64_t now = wait_now();

		/* The interval stays the same however long a report takes; a sample whose
		 * time has passed is skipped. */
		deadline += options->interval;
		if (deadline < now)
			deadline = now;
		signal_number = watch_wait(&session->watch, deadline, &session->tracing);
		if (signal_number < 0)
			return false;
		if (!take_live(session,
			       signal_number != 0 || done + 1 == options->count ? LAST : BETWEEN) ||
		    !write_reports(session))
			return false;
	}
	return true;
}

int run_check(const struct options *options)
{
	struct session session;
	sigset_t old;

	if (!session_open(&session, options, LIVE, STDOUT_FILENO) || !session_begin(&session, &old))
		return options_trouble(options);
	return session_end(&session, take_live(&session, FIRST) && check_loop(&session));
}

int run_run(const struct options *options)
{
	struct session session;
	sigset_t old;
	int status, report_status;
	bool done;

	if (!session_open(&session, options, LIVE, STDERR_FILENO) || !session_begin(&session, &old))
		return options_trouble(options);
	if (!take_live(&session, FIRST))
		return session_end(&session, false);
	all_netns_lower_limit(session.all);
	done = spawn_wait(options->arguments, &old, &session.tracing, &status);
	if (!done) {
		session_end(&session, false);
		return status;
	}
	all_netns_raise_limit(session.all);
	done = take_live(&session, LAST);
	count_others(&session);
	report_status = session_end(&session, done && write_reports(&session));
	/* The failure of the command is more important. */
	return status != STATUS_OK ? status : report_status;
}

int run_diff(const struct options *options)
{
	const char *before = options->arguments[0];
	const char *after = options->arguments[1];
	const struct examined *pair;
	struct session session;
	struct rxpath_error error = {0};
	bool done;

	if (!session_open(&session, options, after ? SAVED : LIVE, STDOUT_FILENO))
		return options_trouble(options);
	pair = &session.single;
	done = take_saved(&session, before) &&
	       (after ? take_saved(&session, after) : take_live(&session, LAST)) &&
	       (rxpath_analyse_comparable(&pair->before, before, &pair->after,
					  after ? after : "the running system", &error) ||
		say_error(&error)) &&
	       write_reports(&session);
	return session_end(&session, done);
}

int run_totals(const struct options *options)
{
	const char *name = options->arguments[0];
	struct session session;
	bool done;

	if (!session_open(&session, options, name ? SAVED : LIVE, STDOUT_FILENO))
		return options_trouble(options);
	done = name ? take_saved(&session, name) : take_live(&session, LAST);
	count_others(&session);
	return session_end(&session, done && write_reports(&session));
}

static bool write_metrics(struct session *session, struct rxpath_metrics_input *inputs)
{
	const char *netns = session->options->target.netns;
	struct rxpath_sample owners = {0};
	struct rxpath_drain drain = output_drain(&session->output);
	struct rxpath_buf text = {.drain = &drain};
	struct rxpath_error error = {0};
	bool done = find_owners_of_lossy(session, &owners, &error) || say_error(&error);

	for (size_t i = 0; i < session->examined_count; i++) {
		const struct examined *examined = session->examined[i];

		inputs[i] = (struct rxpath_metrics_input){
			.sample = &examined->after,
			.details = &owners,
			.netns = examined->netns ? examined->netns->name
						 : rxpath_slice_of(netns ? netns : ""),
			.elsewhere = examined->elsewhere,
		};
	}
	if (done) {
		rxpath_render_metrics(inputs, session->examined_count, &text);
		done = output_text(&session->output, &text);
	}
	rxpath_buf_free(&text);
	rxpath_sample_free(&owners);
	return done;
}

int run_metrics(const struct options *options)
{
	struct rxpath_metrics_input *inputs = NULL;
	struct rxpath_host_report host = {0};
	struct session session;
	bool done;

	if (!session_open(&session, options, LIVE, STDOUT_FILENO))
		return options_trouble(options);
	done = take_live(&session, LAST);
	if (done) {
		all_netns_count(&session, &host);
		inputs = calloc(session.examined_count + 1, sizeof *inputs);
		done = inputs ? write_metrics(&session, inputs) : say("out of memory");
	}
	free(inputs);
	return session_end(&session, done);
}
