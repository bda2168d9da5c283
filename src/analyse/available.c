/* available.c: what could not be measured, why, and which stages that leaves unknown. */
#include <errno.h>

#include "analyse_internal.h"

static bool add(struct rxpath_report *report, const char *source, const char *reason,
		unsigned stages, bool failed, const struct rxpath_error *error)
{
	struct rxpath_unavailable item = {
		.source = rxpath_slice_of(source),
		.reason = rxpath_slice_of(reason ? reason : ""),
		.stages = stages,
		.failed = failed,
	};
	struct rxpath_buf text = {0};

	if (error) {
		rxpath_error_reason(error, &text);
		item.reason = rxpath_report_keep(report, &text);
		rxpath_buf_free(&text);
	}
	return item.reason.ptr && rxpath_report_add_unavailable(report, &item);
}

/* The one of the two samples in which the source's state is worse. */
static const struct rxpath_sample *worse_sample(const struct pair *pair, enum rxpath_source source)
{
	if (pair->before && (pair->before->sources[source].status == RXPATH_FAILED ||
			     (pair->after->sources[source].status == RXPATH_READ &&
			      pair->before->sources[source].status != RXPATH_READ)))
		return pair->before;
	return pair->after;
}

static bool note_held_back(const struct pair *pair, const struct rxpath_source_fact *fact,
			   const struct rxpath_source_state *state)
{
	struct rxpath_unavailable item = {
		.source = rxpath_slice_of(fact->path),
		.held_back = true,
	};
	struct rxpath_buf text = {0};

	rxpath_error_reason(state->error, &text);
	rxpath_buf_string(&text, "; root (or CAP_SYS_ADMIN over that namespace) sees it");
	item.reason = rxpath_report_keep(pair->report, &text);
	rxpath_buf_free(&text);
	return item.reason.ptr && rxpath_report_add_unavailable(pair->report, &item);
}

/* What the kernel surely has, since one of the samples holds it, and the other does not. What the
 * man page's command line for tail leaves out is not asked for. */
static bool is_one_sided(const struct pair *pair, enum rxpath_source source)
{
	const struct rxpath_sample *lacking;

	if (!pair->before || (source != RXPATH_SOURCE_NETSTAT && source != RXPATH_SOURCE_SNMP6 &&
			      source != RXPATH_SOURCE_UDP6))
		return false;
	if ((pair->before->sources[source].status == RXPATH_READ) ==
	    (pair->after->sources[source].status == RXPATH_READ))
		return false;
	lacking = pair->before->sources[source].status == RXPATH_READ ? pair->after : pair->before;
	return !rxpath_lacks(lacking, source);
}

static bool note(const struct pair *pair, enum rxpath_source source)
{
	const struct rxpath_source_fact *fact = rxpath_source_at(source);
	const struct rxpath_sample *sample = worse_sample(pair, source);
	const struct rxpath_source_state *state = &sample->sources[source];
	unsigned missing = fact->required || is_one_sided(pair, source) ? fact->stages : 0;

	switch (state->status) {
	case RXPATH_READ:
		if (rxpath_pair_has(pair, source))
			return true;
		return add(pair->report, fact->path,
			   "CPUs went on or off line, and this kernel does not name them",
			   fact->stages, true, NULL);
	case RXPATH_FAILED:
		if (rxpath_source_is_held_back(sample, source))
			return note_held_back(pair, fact, state);
		return add(pair->report, state->error->file[0] ? state->error->file : fact->path,
			   NULL, fact->stages, true, state->error);
	case RXPATH_ABSENT:
		return add(pair->report, fact->path, NULL, missing, false, state->error);
	case RXPATH_NOT_SEEN:
		break;
	}
	/* What only the program itself asks for is no file that somebody could have left out; and
	 * without ptype no figure is lacking. */
	if (fact->stages == 0 || source == RXPATH_SOURCE_LINK || source == RXPATH_SOURCE_PTYPE)
		return true;
	/* The sums of /proc/net/dev are only needed without the single counters. */
	if (source == RXPATH_SOURCE_DEV && rxpath_source_stands(sample, RXPATH_SOURCE_LINK))
		return true;
	return add(pair->report, fact->path, "not in the sample", missing, false, NULL);
}

bool rxpath_note_unavailable(const struct pair *pair, struct rxpath_error *error)
{
	for (enum rxpath_source source = 0; source < RXPATH_SOURCES; source++) {
		/* Who owns a socket is asked later, and answered with the sockets. */
		if (source == RXPATH_SOURCE_OWNERS || source == RXPATH_SOURCE_TRACE)
			continue;
		if (!note(pair, source))
			return rxpath_error_memory(error);
	}
	return true;
}
