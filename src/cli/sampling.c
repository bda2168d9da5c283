/* sampling.c: begins and ends a command's session, and takes its samples. */
#include <stdlib.h>
#include <unistd.h>

#include "rxpath/load.h"
#include "rxpath/parse.h"
#include "sampling.h"

static int session_status(const struct session *session)
{
	if (session->options->format->status && !session->options->quiet)
		return session->format_status;
	return session->verdict == STATUS_FAILED    ? session->options->exit_code
	       : session->verdict == STATUS_TROUBLE ? options_trouble(session->options)
						    : session->verdict;
}

/* Frees everything. False when an output could not be completed. */
static bool finish(struct session *session, bool done)
{
	bool completed = true;

	readers_forget(&session->readers);
	all_netns_close(session->all);
	rxpath_capture_close(session->capture);
	rxpath_sample_free(&session->single.before);
	rxpath_sample_free(&session->single.after);
	for (size_t i = 0; i < session->form_count; i++)
		completed = output_end(&session->forms[i], done) && completed;
	completed = output_end(&session->output, done) && completed;
	free(session->forms);
	free(session->examined);
	tracing_close(&session->tracing);
	return completed;
}

int session_end(struct session *session, bool done)
{
	return finish(session, done) && done ? session_status(session)
					     : options_trouble(session->options);
}

static bool open_forms(struct session *session)
{
	const struct options *options = session->options;

	session->forms = calloc(options->form_count + 1, sizeof *session->forms);
	if (!session->forms)
		return say("out of memory");
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

/* After a failure, finish() closes what was opened. */
static bool open_all(struct session *session, enum origin origin, int fallback)
{
	const struct options *options = session->options;
	struct rxpath_error error = {0};

	/* First, while no other descriptor is open. Without a report no file is opened. */
	if (!output_open(&session->output, options->quiet ? NULL : options->output, fallback) ||
	    !open_forms(session))
		return false;
	session->examined = calloc(1, sizeof(struct examined *));
	if (!session->examined)
		return say("out of memory");
	session->examined[session->examined_count++] = &session->single;
	if (origin == SAVED)
		return true;
	session->capture = rxpath_capture_open(&options->target, session->purpose, &error);
	if (!session->capture)
		return say_error(&error);
	return !options->all_netns || all_netns_open(session);
}

bool session_open(struct session *session, const struct options *options, enum origin origin,
		  int fallback)
{
	*session = (struct session){.options = options, .moment = LAST};
	session->interrupt = (struct rxpath_interrupt){
		.is_due = wait_is_interrupted,
		.context = &session->interrupted,
	};
	session->purpose = (struct rxpath_purpose){
		.brief = is_brief(options),
		.alone = options->command == COMMAND_TOTALS || options->command == COMMAND_METRICS,
		.all_rules = options->all_rules,
		.interrupt = &session->interrupt,
		.extent = options->all_netns ? RXPATH_HOST_ALONE : RXPATH_NETNS_AND_HOST,
	};
	if (!open_all(session, origin, fallback)) {
		finish(session, false);
		return false;
	}
	if (!options->quiet)
		watch_begin(options, session->output.fd, &session->watch, &session->style);
	return true;
}

bool session_begin(struct session *session, sigset_t *old)
{
	wait_block(old);
	if (!session->options->trace || tracing_open(&session->tracing))
		return true;
	finish(session, false);
	return false;
}

bool take_live(struct session *session, enum moment moment)
{
	struct rxpath_request request = request_of(session, moment);
	struct rxpath_builder builder;
	struct rxpath_error error = {0};

	session->moment = moment;
	if (session->all)
		return all_netns_take(session, moment);
	make_room_for_sample(&session->single);
	request.before = &session->single.before;
	rxpath_builder_begin(&builder, &session->single.after, &request);
	if (!rxpath_capture_sample(session->capture, rxpath_parse_section, &builder, &error) ||
	    !add_trace(session, &builder, moment, &error))
		return say_error(&error);
	rxpath_builder_finish(&builder);
	if (moment != FIRST)
		say_failures(session, builder.sample, NULL);
	else if (!session->options->quiet && !readers_begin(session, &error))
		return say_error(&error);
	return true;
}

static bool holds_anything(const struct rxpath_sample *sample)
{
	for (enum rxpath_source source = RXPATH_SOURCE_NONE + 1; source < RXPATH_SOURCES; source++)
		if (sample->sources[source].status == RXPATH_READ ||
		    sample->sources[source].status == RXPATH_FAILED)
			return true;
	return false;
}

bool take_saved(struct session *session, const char *name)
{
	const struct options *options = session->options;
	const struct rxpath_request request = {
		.keep_zeros = options->criteria.all,
		.order =
			options->order == RXPATH_ORDER_BIG ? RXPATH_ORDER_BIG : RXPATH_ORDER_LITTLE,
		.before = &session->single.before,
	};
	struct rxpath_builder builder;
	struct rxpath_error error = {0};

	make_room_for_sample(&session->single);
	rxpath_builder_begin(&builder, &session->single.after, &request);
	if (!rxpath_load(name, rxpath_parse_section, &builder, &error))
		return say_error(&error);
	if (!holds_anything(builder.sample))
		return say("%s: not a sample: it holds no file that rxpath reads", name);
	rxpath_builder_finish(&builder);
	say_failures(session, builder.sample, name);
	return true;
}
