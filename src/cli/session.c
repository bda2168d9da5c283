/* session.c: what is kept of a command's samples, and what could not be read of them. */
#include <string.h>

#include "session.h"
#include "rxpath/parse.h"

/* What counters of 0 of the first sample may take: --all lists those of what is gone. */
#define ZEROS_ROOM ((size_t)1 << 20)

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

/* Whether all sockets must be kept to see whether an --allow matches one. */
static bool names_sockets(const struct rxpath_criteria *criteria)
{
	for (size_t i = 0; i < criteria->allowance_count; i++)
		if (criteria->allowances[i].subject &&
		    strpbrk(criteria->allowances[i].subject, "/*?["))
			return true;
	return false;
}

struct rxpath_request request_of(const struct session *session, enum moment moment)
{
	const bool all = session->options->criteria.all;

	return (struct rxpath_request){
		/* Also in metrics: if a series began with its first loss, a collector would not
		 * see that loss. */
		.keep_zeros = all || session->options->command == COMMAND_METRICS,
		.traffic = session->options->criteria.traffic,
		.notable_only = !all && !names_sockets(&session->options->criteria),
		.no_records = moment == LAST,
		.no_groups = moment == FIRST || session->options->quiet,
		.order = session->options->target.root ? session->options->order : RXPATH_ORDER_OWN,
	};
}

void make_room_for_sample(struct examined *examined)
{
	rxpath_sample_free(&examined->before);
	examined->before = examined->after;
	examined->after = (struct rxpath_sample){0};
	if (examined->before.reading_count > ZEROS_ROOM / sizeof *examined->before.readings)
		rxpath_sample_forget_zeros(&examined->before);
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
