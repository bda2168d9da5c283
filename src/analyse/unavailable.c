/* unavailable.c: what could not be measured, why, and which stages that leaves unknown. */
#include <errno.h>

#include "steps.h"

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
static const struct rxpath_sample *worse_sample(const struct match *match, enum rxpath_source source)
{
	if (match->before && (match->before->sources[source].status == RXPATH_FAILED ||
			     (match->after->sources[source].status == RXPATH_READ &&
			      match->before->sources[source].status != RXPATH_READ)))
		return match->before;
	return match->after;
}

static bool add_held_back(struct rxpath_report *report, const struct rxpath_source_fact *fact,
			  const struct rxpath_source_state *state)
{
	struct rxpath_unavailable item = {
		.source = rxpath_slice_of(fact->path),
		.held_back = true,
	};
	struct rxpath_buf text = {0};

	rxpath_error_reason(state->error, &text);
	rxpath_buf_string(&text, "; root (or CAP_SYS_ADMIN over that namespace) sees it");
	item.reason = rxpath_report_keep(report, &text);
	rxpath_buf_free(&text);
	return item.reason.ptr && rxpath_report_add_unavailable(report, &item);
}

/* What the kernel surely has, since one of the samples holds it, and the other does not. What the
 * man page's command line for tail leaves out is not asked for. */
static bool is_one_sided(const struct match *match, enum rxpath_source source)
{
	const struct rxpath_sample *lacking;

	if (!match->before || (source != RXPATH_SOURCE_NETSTAT && source != RXPATH_SOURCE_SNMP6 &&
			      source != RXPATH_SOURCE_UDP6))
		return false;
	if ((match->before->sources[source].status == RXPATH_READ) ==
	    (match->after->sources[source].status == RXPATH_READ))
		return false;
	lacking = match->before->sources[source].status == RXPATH_READ ? match->after : match->before;
	return !rxpath_source_known_absent(lacking, source);
}

static bool note(const struct match *match, enum rxpath_source source,
		 struct rxpath_report *report)
{
	const struct rxpath_source_fact *fact = rxpath_source_at(source);
	const struct rxpath_sample *sample = worse_sample(match, source);
	const struct rxpath_source_state *state = &sample->sources[source];
	unsigned missing = fact->required || is_one_sided(match, source) ? fact->stages : 0;

	switch (state->status) {
	case RXPATH_READ:
		if (match->comparable[source])
			return true;
		return add(report, fact->path,
			   "CPUs went on or off line, and this kernel does not name them",
			   fact->stages, true, NULL);
	case RXPATH_FAILED:
		if (rxpath_source_is_held_back(sample, source))
			return add_held_back(report, fact, state);
		return add(report, state->error->file[0] ? state->error->file : fact->path,
			   NULL, fact->stages, true, state->error);
	case RXPATH_ABSENT:
		return add(report, fact->path, NULL, missing, false, state->error);
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
	return add(report, fact->path, "not in the sample", missing, false, NULL);
}

bool rxpath_note_unavailable(const struct match *match, struct rxpath_report *report)
{
	for (enum rxpath_source source = 0; source < RXPATH_SOURCES; source++) {
		/* The owners are looked up later, and reported with the sockets. */
		if (source == RXPATH_SOURCE_OWNERS || source == RXPATH_SOURCE_TRACE)
			continue;
		if (!note(match, source, report))
			return false;
	}
	return true;
}
