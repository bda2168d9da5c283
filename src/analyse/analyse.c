/* analyse.c: two samples in, a report out: the order of the steps. */
#include "steps.h"
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

static bool have_clock(const struct rxpath_sample *before, const struct rxpath_sample *after)
{
	return (before->monotonic != RXPATH_UNKNOWN && after->monotonic != RXPATH_UNKNOWN) ||
	       (before->uptime != RXPATH_UNKNOWN && after->uptime != RXPATH_UNKNOWN);
}

static bool is_counter_of_netns(const struct rxpath_reading *reading)
{
	return reading->subject.kind == RXPATH_ON_NETNS && reading->counter &&
	       reading->counter->shape == RXPATH_SHAPE_COUNTER;
}

/* How many of the first sample's counters are higher than in the second one, where a wrap does not
 * explain it. */
static size_t count_higher(const struct rxpath_sample *first, const struct rxpath_sample *second)
{
	size_t higher = 0;

	for (size_t i = 0; i < first->reading_count; i++) {
		const struct rxpath_reading *one = &first->readings[i];
		const struct rxpath_reading *other = rxpath_sample_find_like(second, one);
		uint64_t value = other ? other->value : 0;

		higher += is_counter_of_netns(one) && one->value > value &&
			  one->value - value <= UINT32_MAX / 2 &&
			  rxpath_source_usable(second, one->source);
	}
	return higher;
}

/* One counter or another may be reset; many fall, and hardly any rises, only when time ran
 * backwards. */
#define MANY_COUNTERS 3
#define FEW_THAT_ROSE 4 /* at most one rose for every four that fell */

static bool fell_together(const struct rxpath_sample *before, const struct rxpath_sample *after)
{
	size_t fell = count_higher(before, after);

	return fell >= MANY_COUNTERS && fell / FEW_THAT_ROSE >= count_higher(after, before);
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
		return rxpath_error_refused(error, after_name,
					    "older than %s: swapped, or of "
					    "another boot",
					    before_name);
	if (!have_clock(before, after) && fell_together(before, after))
		return rxpath_error_refused(error, after_name,
					    "with lower counters than %s: "
					    "swapped, or of another boot",
					    before_name);
	/* A name says less than an identity: the same namespace may have several, or none. */
	if (differ(before->netns_id, after->netns_id))
		return rxpath_error_refused(error, after_name,
					    "of another network namespace than %s", before_name);
	return true;
}

static uint64_t interval_of(const struct match *match)
{
	const struct rxpath_sample *before = match->before;

	if (!before || before->monotonic == RXPATH_UNKNOWN ||
	    match->after->monotonic == RXPATH_UNKNOWN)
		return RXPATH_UNKNOWN;
	return match->after->monotonic - before->monotonic;
}

static void describe(const struct match *match, const struct rxpath_criteria *criteria,
		     struct rxpath_report *report)
{
	const struct rxpath_sample *after = match->after;

	report->version = rxpath_slice_of(RXPATH_VERSION);
	report->host = after->host;
	report->kernel = after->kernel;
	report->netns = after->netns;
	report->time = after->time;
	report->interval = interval_of(match);
	report->since_boot = !match->before;
	report->of_run = criteria->of_run;
	report->is_elsewhere = criteria->elsewhere;
	report->after = after;
}

/* Derived lines account for themselves, and those of the trace stand beside the others, so lines
 * are sorted twice. */
static void fill(const struct match *match, const struct rxpath_criteria *criteria,
		 struct rxpath_report *report)
{
	uint64_t lost_by[RXPATH_PROTOCOLS] = {0};
	uint64_t silent;

	describe(match, criteria, report);
	rxpath_note_unavailable(match, report);
	rxpath_diff_counters(match, criteria, report);
	rxpath_diff_sockets(match, criteria, report, lost_by);
	rxpath_report_sort(report);
	rxpath_account(match, report);
	silent = rxpath_account_policies(match, report);
	rxpath_refine(match, report);
	rxpath_account_queues(match, criteria, report);
	rxpath_note_memory(match, report);
	rxpath_attribute(match, lost_by, report);
	rxpath_residuals(match, criteria, silent, report);
	rxpath_use_trace(match, criteria, report);
	rxpath_report_sort(report);
	rxpath_filter(report, criteria);
	rxpath_allow(report, criteria);
	rxpath_judge(match, criteria, report);
}

bool rxpath_analyse(const struct rxpath_sample *before, const struct rxpath_sample *after,
		    const struct rxpath_criteria *criteria, struct rxpath_report *report,
		    struct rxpath_error *error)
{
	struct match match = {.before = before, .after = after};

	if (rxpath_match(&match))
		fill(&match, criteria, report);
	else
		report->failed = true;
	rxpath_match_free(&match);
	return !report->failed || rxpath_error_memory(error);
}
