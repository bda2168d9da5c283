/* analyse.c: two samples in, a report out: in which order the rooms of the analysis are walked. */
#include "analyse_internal.h"
#include "rxpath/version.h"

static bool differ(struct rxpath_slice a, struct rxpath_slice b)
{
	return a.len > 0 && b.len > 0 && !rxpath_slice_equal(a, b);
}

/* Nanoseconds since boot, by whichever clock both samples have. */
static bool went_back(const struct rxpath_sample *before, const struct rxpath_sample *after)
{
	if (before->monotonic != RXPATH_UNKNOWN && after->monotonic != RXPATH_UNKNOWN)
		return after->monotonic < before->monotonic;
	return before->uptime != RXPATH_UNKNOWN && after->uptime != RXPATH_UNKNOWN &&
	       after->uptime < before->uptime;
}

bool rxpath_analyse_comparable(const struct rxpath_sample *before, const char *before_name,
			       const struct rxpath_sample *after, const char *after_name,
			       struct rxpath_error *error)
{
	if (differ(before->host, after->host))
		return rxpath_error_refused(error, after_name, "of another host than %s",
					    before_name);
	if (differ(before->boot_id, after->boot_id))
		return rxpath_error_refused(error, after_name,
					    "of another boot than %s: its counters began anew",
					    before_name);
	if (went_back(before, after))
		return rxpath_error_refused(error, after_name, "older than %s: swapped, or of "
					    "another boot", before_name);
	/* A name says less than an identity: the same namespace may have several, or none. */
	if (differ(before->netns_id, after->netns_id))
		return rxpath_error_refused(error, after_name,
					    "of another network namespace than %s", before_name);
	return true;
}

static uint64_t interval_of(const struct pair *pair)
{
	const struct rxpath_sample *before = pair->before;

	if (!before || before->monotonic == RXPATH_UNKNOWN ||
	    pair->after->monotonic == RXPATH_UNKNOWN)
		return RXPATH_UNKNOWN;
	return pair->after->monotonic - before->monotonic;
}

bool rxpath_analyse(const struct rxpath_sample *before, const struct rxpath_sample *after,
		    const struct rxpath_criteria *criteria, struct rxpath_report *report,
		    struct rxpath_error *error)
{
	struct pair pair = {.before = before, .after = after, .report = report};
	uint64_t lost_by[RXPATH_PROTOCOLS];

	report->version = rxpath_slice_of(RXPATH_VERSION);
	report->host = after->host;
	report->kernel = after->kernel;
	report->netns = after->netns;
	report->time = after->time;
	report->interval = interval_of(&pair);
	report->since_boot = !before;
	report->after = after;
	if (!rxpath_match_devices(&pair, error) || !rxpath_note_unavailable(&pair, error) ||
	    !rxpath_diff_counters(&pair, criteria->all, error) ||
	    !rxpath_diff_sockets(&pair, criteria->all, lost_by, error))
		return false;
	rxpath_sort_lines(report);
	/* Derived figures account for themselves. */
	if (!rxpath_account(&pair, error) ||
	    !rxpath_residuals(&pair, criteria->all, error) ||
	    !rxpath_attribute(&pair, lost_by, error) || !rxpath_analyse_trace(&pair, error))
		return false;
	rxpath_sort_lines(report);
	rxpath_filter(report, criteria);
	rxpath_allow(report, criteria);
	rxpath_set_states(&pair, criteria);
	return true;
}
