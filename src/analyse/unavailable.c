/* unavailable.c: what could not be measured, why, and which stages are unknown because of that. */
#include <errno.h>

#include "steps.h"

static void add(struct rxpath_report *report, const char *source, const char *reason,
		unsigned stages, bool failed, const struct rxpath_error *error)
{
	const struct rxpath_unavailable item = {
		.source = rxpath_slice_of(source),
		.stages = stages,
		.failed = failed,
	};
	struct rxpath_buf text = {0};

	if (error)
		rxpath_error_reason(error, &text);
	else
		rxpath_buf_string(&text, reason);
	rxpath_report_add_unavailable(report, item, &text);
}

/* The one of the two samples in which the source's state is worse. */
static const struct rxpath_sample *worse_sample(const struct match *match,
						enum rxpath_source source)
{
	if (match->before && (match->before->sources[source].status == RXPATH_FAILED ||
			      (match->after->sources[source].status == RXPATH_READ &&
			       match->before->sources[source].status != RXPATH_READ)))
		return match->before;
	return match->after;
}

static bool is_of_netfilter(const struct rxpath_source_row *row)
{
	return row->layout == RXPATH_LAYOUT_RULES || row->layout == RXPATH_LAYOUT_NFQUEUE;
}

static void add_held_back(struct rxpath_report *report, const struct rxpath_source_row *row,
			  const struct rxpath_source_state *state)
{
	const struct rxpath_unavailable item = {
		.source = rxpath_slice_of(row->path),
		.held_back = true,
	};
	struct rxpath_buf text = {0};

	if (state->error->number == E2BIG) {
		rxpath_buf_string(&text, "more than 10,000 rules; --rules reads them all");
	} else {
		rxpath_error_reason(state->error, &text);
		/* The kernel checks the owner of this file, not a capability. */
		rxpath_buf_string(&text, !is_of_netfilter(row)
						 ? "; root (or CAP_SYS_ADMIN over that namespace) "
						   "sees it"
					 : state->error->number == EACCES
						 ? "; root sees it"
						 : "; root (or CAP_NET_ADMIN) sees it");
	}
	rxpath_report_add_unavailable(report, item, &text);
}

/* One of the samples has it, so the kernel has it, and the other does not. */
static bool is_one_sided(const struct match *match, enum rxpath_source source)
{
	const struct rxpath_sample *lacking;

	if (!match->before)
		return false;
	if ((match->before->sources[source].status == RXPATH_READ) ==
	    (match->after->sources[source].status == RXPATH_READ))
		return false;
	lacking =
		match->before->sources[source].status == RXPATH_READ ? match->after : match->before;
	return !rxpath_source_known_absent(lacking, source);
}

/* A source that a sample does not have. Not reported where a kernel may lack it. */
static void note_absent(const struct match *match, enum rxpath_source source,
			const struct rxpath_sample *sample, struct rxpath_report *report)
{
	const struct rxpath_source_row *row = rxpath_source_row(source);
	const struct rxpath_error *error = sample->sources[source].error;
	bool decides = false;

	if (row->instead != RXPATH_SOURCE_NONE && rxpath_source_usable(sample, row->instead))
		return;
	switch (row->presence) {
	case RXPATH_MAY_BE_ABSENT:
		if (source == RXPATH_SOURCE_CONNTRACK &&
		    rxpath_sample_setting(sample, "net.netfilter.nf_conntrack_count"))
			add(report, row->path,
			    rxpath_source_known_absent(sample, source)
				    ? "connections are tracked, and this kernel shows the figures "
				      "to root only (ctnetlink)"
				    : "connections are tracked (nf_conntrack_count), and their "
				      "figures are not in the sample",
			    row->stages, false, NULL);
		return;
	case RXPATH_IN_BOTH:
		if (!is_one_sided(match, source))
			return;
		decides = true;
		break;
	case RXPATH_EVERYWHERE:
		decides = is_one_sided(match, source);
		break;
	case RXPATH_REQUIRED:
		decides = true;
		break;
	}
	add(report, row->path, error ? NULL : "not in the sample", decides ? row->stages : 0, false,
	    error);
}

static void note(const struct match *match, enum rxpath_source source, struct rxpath_report *report)
{
	const struct rxpath_source_row *row = rxpath_source_row(source);
	const struct rxpath_sample *sample = worse_sample(match, source);
	const struct rxpath_source_state *state = &sample->sources[source];

	switch (state->status) {
	case RXPATH_READ:
		if (!match->comparable[source])
			add(report, row->path,
			    "CPUs went on or off line, and this kernel does not name them",
			    row->stages, true, NULL);
		break;
	case RXPATH_FAILED:
		if (rxpath_source_is_held_back(sample, source))
			add_held_back(report, row, state);
		else
			add(report, state->error->file[0] ? state->error->file : row->path, NULL,
			    row->stages, true, state->error);
		break;
	case RXPATH_ABSENT:
	case RXPATH_NOT_SEEN:
		note_absent(match, source, sample, report);
		break;
	}
}

void rxpath_note_unavailable(const struct match *match, struct rxpath_report *report)
{
	for (enum rxpath_source source = RXPATH_SOURCE_NONE + 1; source < RXPATH_SOURCES;
	     source++) {
		enum rxpath_layout layout = rxpath_source_row(source)->layout;

		/* The owners are looked up later, and reported with the sockets. */
		if (layout != RXPATH_LAYOUT_OWNERS && layout != RXPATH_LAYOUT_READERS &&
		    layout != RXPATH_LAYOUT_CONNECTIONS && layout != RXPATH_LAYOUT_TRACE)
			note(match, source, report);
	}
}
