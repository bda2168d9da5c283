/* commands.c: what each command does: samples in, a report out, an exit status. */
#include <stdlib.h>
#include <unistd.h>

#include "all_netns.h"

/* The last two samples. */
struct pair {
	struct all_netns *all; /* --all-netns: it has those of all; else NULL */
	struct rxpath_sample before, after;
};

/* A session with live samples. */
static bool open_live(struct session *session, struct pair *pair, const struct options *options,
		      int fallback)
{
	*pair = (struct pair){.all = NULL};
	if (!session_open(session, options, LIVE, fallback))
		return false;
	if (!options->all_netns || all_netns_open(session, &pair->all))
		return true;
	all_netns_close(pair->all);
	session_abandon(session);
	return false;
}

static bool begin(struct session *session, struct pair *pair, const struct options *options,
		  int fallback, sigset_t *old)
{
	if (!open_live(session, pair, options, fallback))
		return false;
	if (session_begin(session, old))
		return true;
	all_netns_close(pair->all);
	return false;
}

/* Returns the exit status. */
static int end(struct session *session, struct pair *pair, bool done)
{
	all_netns_close(pair->all);
	rxpath_sample_free(&pair->before);
	rxpath_sample_free(&pair->after);
	return done ? session_close(session) : session_abandon(session);
}

static bool take(struct session *session, struct pair *pair, enum moment moment)
{
	if (pair->all)
		return all_netns_take(pair->all, moment);
	rxpath_sample_free(&pair->before);
	pair->before = pair->after;
	if (!take_live(session, &pair->after, moment))
		return false;
	if (moment != FIRST)
		say_failures(session, &pair->after, NULL);
	return true;
}

static bool report(struct session *session, const struct pair *pair)
{
	return pair->all ? all_netns_report(pair->all)
			 : report_pair(session, &pair->before, &pair->after);
}

/* Reports until the count is reached or a signal arrives; false when a report failed. */
static bool check_loop(struct session *session, struct pair *pair)
{
	const struct options *options = session->options;
	uint64_t deadline = wait_now();
	int signal_number = 0;

	count_others(session);
	for (uint64_t done = 0;
	     signal_number == 0 && (options->count == 0 || done < options->count); done++) {
		uint64_t now = wait_now();

		/* Samples keep their distance however long a report took; missed ones are
		 * skipped. */
		deadline += options->interval;
		if (deadline < now)
			deadline = now;
		signal_number = watch_wait(&session->watch, deadline, &session->tracing);
		if (signal_number < 0)
			return false;
		if (!take(session, pair,
			  signal_number != 0 || done + 1 == options->count ? LAST : BETWEEN) ||
		    !report(session, pair))
			return false;
	}
	return true;
}

int run_check(const struct options *options)
{
	struct session session;
	struct pair pair;
	sigset_t old;
	bool done;

	if (!begin(&session, &pair, options, STDOUT_FILENO, &old))
		return options_trouble(options);
	done = take(&session, &pair, FIRST) && check_loop(&session, &pair);
	return end(&session, &pair, done);
}

int run_run(const struct options *options)
{
	struct session session;
	struct pair pair;
	sigset_t old;
	int status, report_status;
	bool done;

	if (!begin(&session, &pair, options, STDERR_FILENO, &old))
		return options_trouble(options);
	done = take(&session, &pair, FIRST);
	if (!done)
		return end(&session, &pair, done);
	all_netns_lower_limit(pair.all);
	done = spawn_wait(options->arguments, &old, &session.tracing, &status);
	if (!done) {
		end(&session, &pair, done);
		return status;
	}
	all_netns_raise_limit(pair.all);
	done = take(&session, &pair, LAST);
	count_others(&session);
	done = done && report(&session, &pair);
	report_status = end(&session, &pair, done);
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

	if (!session_open(&session, options, live ? LIVE : SAVED, STDOUT_FILENO))
		return options_trouble(options);
	if (!take_stored(before_name, options, &before))
		return session_abandon(&session);
	if (!(live ? take_live(&session, &after, LAST)
		   : take_stored(after_name, options, &after))) {
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
		done = report_pair(&session, &before, &after);
	}
	rxpath_sample_free(&before);
	rxpath_sample_free(&after);
	return done ? session_close(&session) : session_abandon(&session);
}

int run_totals(const struct options *options)
{
	const char *name = options->arguments[0];
	struct session session;
	struct pair pair = {.all = NULL};
	bool live = name == NULL;
	bool done;

	if (!(live ? open_live(&session, &pair, options, STDOUT_FILENO)
		   : session_open(&session, options, SAVED, STDOUT_FILENO)))
		return options_trouble(options);
	if (pair.all)
		return end(&session, &pair,
			   all_netns_take(pair.all, LAST) && all_netns_report(pair.all));
	done = live ? take_live(&session, &pair.after, LAST)
		    : take_stored(name, options, &pair.after);
	if (done) {
		if (live)
			count_others(&session);
		say_failures(&session, &pair.after, name);
		done = report_pair(&session, NULL, &pair.after);
	}
	return end(&session, &pair, done);
}

static bool write_metrics(struct session *session, struct rxpath_metrics_input *inputs,
			  size_t count)
{
	struct rxpath_sample details = {0};
	struct rxpath_buf text = {0};
	struct rxpath_error error = {0};
	bool done = find_owners_of_lossy(session, inputs, count, &details, &error);

	if (!done)
		say_error(&error);
	for (size_t i = 0; i < count; i++)
		inputs[i].details = &details;
	if (done)
		rxpath_render_metrics(inputs, count, &text);
	done = done && output_text(&session->output, &text);
	rxpath_buf_free(&text);
	rxpath_sample_free(&details);
	for (size_t i = 0; i < count; i++)
		inputs[i].details = NULL;
	return done;
}

int run_metrics(const struct options *options)
{
	struct session session;
	struct pair pair;
	struct rxpath_metrics_input one, *inputs;
	size_t count;
	bool done;

	if (!open_live(&session, &pair, options, STDOUT_FILENO))
		return options_trouble(options);
	if (pair.all) {
		inputs = all_netns_take(pair.all, LAST) ? all_netns_inputs(pair.all, &count) : NULL;
		done = inputs && write_metrics(&session, inputs, count);
		free(inputs);
		return end(&session, &pair, done);
	}
	done = take_live(&session, &pair.after, LAST);
	if (done) {
		say_failures(&session, &pair.after, NULL);
		one = (struct rxpath_metrics_input){
			.sample = &pair.after,
			.netns =
				rxpath_slice_of(options->target.netns ? options->target.netns : ""),
		};
		done = write_metrics(&session, &one, 1);
	}
	return end(&session, &pair, done);
}
