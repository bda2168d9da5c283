/* analyse.h: two samples in, a report and a verdict out. Pure: no I/O, no clock, no globals. */
#ifndef RXPATH_ANALYSE_H
#define RXPATH_ANALYSE_H

#include <stdbool.h>

#include "rxpath/err.h"
#include "rxpath/report.h"
#include "rxpath/sample.h"

/* N or N/s. The two parts are added up. */
struct rxpath_limit {
	uint64_t packets;
	uint32_t billionths;
	bool per_second;
};

/* --allow [SUBJECT:]COUNTER[=N[/s]] */
struct rxpath_allowance {
	const char *subject;	/* a pattern; NULL: any */
	const char *counter;	/* a pattern */
	bool limited;		/* false: any number, and `limit` says nothing */
	struct rxpath_limit limit;
};

/* What the user asked for. Zero-initialised: everything, fail on drop, tolerate nothing. */
struct rxpath_criteria {
	bool all;			/* also what did not move */
	bool traffic;			/* with `all`: also what counts no loss */
	unsigned stages;		/* bits; 0: all */
	const char *const *devices;	/* patterns */
	size_t device_count;
	const struct rxpath_allowance *allowances;
	size_t allowance_count;
	enum rxpath_kind fail_on;	/* this kind and those before it; ..._TRAFFIC: never */
	struct rxpath_limit max_lost;
};

/* Whether the two can be set against each other: same host, same boot, time going forward. False
 * with *error that names both. */
bool rxpath_analyse_comparable(const struct rxpath_sample *before, const char *before_name,
			       const struct rxpath_sample *after, const char *after_name,
			       struct rxpath_error *error);

/* Fills *report (zero-initialised by the caller, freed with rxpath_report_free) from two finished
 * samples that outlive it. `before` NULL: against zero, since boot. False only without memory. */
bool rxpath_analyse(const struct rxpath_sample *before, const struct rxpath_sample *after,
		    const struct rxpath_criteria *criteria, struct rxpath_report *report,
		    struct rxpath_error *error);

/* Puts the owners that `owners` has on the report's sockets. The sample outlives the report. */
bool rxpath_analyse_owners(struct rxpath_report *report, const struct rxpath_sample *owners,
			   struct rxpath_error *error);

/* The stages (bits) that there is something to explain about: what to hand to
 * rxpath_capture_settings. */
unsigned rxpath_analyse_detail(const struct rxpath_report *report, bool all);

/* Says what happened and what to do: fills the report's findings from its lines and sockets, as the
 * user filtered and tolerated them, after their owners are known. The samples are those of the
 * report; `detail` has the settings, and may be `after`. False only without memory. */
bool rxpath_analyse_findings(struct rxpath_report *report, const struct rxpath_sample *before,
			     const struct rxpath_sample *after, const struct rxpath_sample *detail,
			     struct rxpath_error *error);

/* The facts of each finding, in path order; NULL behind the last. */
const struct rxpath_finding_fact *rxpath_finding_at(size_t index);

/* 0, 1 or 2, as the exit status of check, diff and totals. */
int rxpath_analyse_verdict(const struct rxpath_report *report,
			   const struct rxpath_criteria *criteria);

#endif
