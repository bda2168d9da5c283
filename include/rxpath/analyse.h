/* analyse.h: two samples in, a report and a verdict out. Pure: no I/O, no clock, no globals. */
#ifndef RXPATH_ANALYSE_H
#define RXPATH_ANALYSE_H

#include <stdbool.h>

#include "rxpath/err.h"
#include "rxpath/report.h"
#include "rxpath/sample.h"

/* --allow [SUBJECT:]COUNTER[=N[/s]] */
struct rxpath_allowance {
	const char *subject; /* a pattern; NULL: any */
	const char *counter; /* a pattern */
	bool limited;	     /* false: any number, and `limit` says nothing */
	struct rxpath_limit limit;
};

/* What the user asked for. Zero-initialised: everything, fail on drop, tolerate nothing. The caller
 * owns the patterns and keeps them as long as this. */
struct rxpath_criteria {
	bool all;		    /* also counters that did not change */
	bool traffic;		    /* with `all`: also counters of traffic */
	bool elsewhere;		    /* another report has the counters of the host */
	bool of_run;		    /* the samples are those around a command */
	unsigned stages;	    /* a bit for each stage; 0: all */
	const char *const *devices; /* patterns; none: all */
	size_t device_count;
	const struct rxpath_allowance *allowances;
	size_t allowance_count;
	enum rxpath_kind fail_on; /* this kind and those before it; ..._TRAFFIC: never */
	struct rxpath_limit max_lost;
};

/* Whether two samples can be compared: same host, boot and network namespace, and the second is not
 * the older. False with *error that names both. */
bool rxpath_analyse_comparable(const struct rxpath_sample *before, const char *before_name,
			       const struct rxpath_sample *after, const char *after_name,
			       struct rxpath_error *error);

/* Fills *report, which the caller zero-initialises and frees with rxpath_report_free, also after
 * false. Both samples are finished and outlive the report; `before` NULL: against zero, since boot.
 * False only without memory. */
bool rxpath_analyse(const struct rxpath_sample *before, const struct rxpath_sample *after,
		    const struct rxpath_criteria *criteria, struct rxpath_report *report,
		    struct rxpath_error *error);

/* Whether a counter rose that a TCP connection may explain, so that the connections should be
 * read. */
bool rxpath_analyse_needs_connections(const struct rxpath_report *report);

/* Fills the report's connections: a few of those in `after`, which may hold nothing else and
 * outlives the report. `before` NULL: nothing is known. False only without memory. */
bool rxpath_analyse_connections(struct rxpath_report *report, const struct rxpath_sample *before,
				const struct rxpath_sample *after, struct rxpath_error *error);

/* Adds the processes to the report's sockets, from a sample that outlives the report; the report's
 * `unavailable` lists what could not be read. False only without memory. */
bool rxpath_analyse_owners(struct rxpath_report *report, const struct rxpath_sample *owners,
			   struct rxpath_error *error);

/* Adds the cgroups to the report's sockets, from a sample that outlives the report; call it after
 * rxpath_analyse_owners. False only without memory. */
bool rxpath_analyse_cgroups(struct rxpath_report *report, const struct rxpath_sample *cgroups,
			    struct rxpath_error *error);

/* Adds the CPU time of the processes of the report's sockets, from what was read at the first
 * sample (NULL: nothing) and at the second, which outlives the report. False only without
 * memory. */
bool rxpath_analyse_readers(struct rxpath_report *report, const struct rxpath_sample *before,
			    const struct rxpath_sample *after, struct rxpath_error *error);

/* How many of the traced drops are not in any counter: a lower bound. */
uint64_t rxpath_trace_elsewhere(uint64_t traced, uint64_t counted);

/* A bit for each stage that findings may be about. rxpath_analyse_findings needs the settings of
 * these stages. */
unsigned rxpath_analyse_stages_to_explain(const struct rxpath_report *report,
					  const struct rxpath_criteria *criteria);

/* Fills the report's findings: what happened, and what to do. Call it after rxpath_analyse_owners,
 * with the samples of the report; `settings` may be `after`, and is not kept. False only without
 * memory. */
bool rxpath_analyse_findings(struct rxpath_report *report, const struct rxpath_sample *before,
			     const struct rxpath_sample *after,
			     const struct rxpath_sample *settings, struct rxpath_error *error);

/* The facts of each finding, in path order; NULL after the last. */
const struct rxpath_finding_fact *rxpath_finding_at(size_t index);

/* Fills the report's verdict: what of each stage exceeded what is tolerated, and 0, 1 or 2, as the
 * exit status of check, diff and totals. */
void rxpath_analyse_verdict(struct rxpath_report *report, const struct rxpath_criteria *criteria);

#endif
