/* analyse_internal.h: what the rooms of the analysis share among themselves. */
#ifndef RXPATH_ANALYSE_INTERNAL_H
#define RXPATH_ANALYSE_INTERNAL_H

#include "rxpath/analyse.h"
#include "rxpath/buf.h"

/* The two samples, and what has been found out about setting them against each other. */
struct pair {
	const struct rxpath_sample *before;	/* NULL: against zero */
	const struct rxpath_sample *after;
	struct rxpath_report *report;
	const struct rxpath_device **before_of;	/* for each of the second sample's devices, the same
						 * one in the first, or NULL; without a first sample
						 * NULL */
	bool *survived;				/* for each of the first sample's, whether it is one
						 * of those; NULL: none is */
};

/* How much a figure moved. */
struct change {
	uint64_t before, after;
	uint64_t delta;
	uint64_t least;		/* what moved for sure between the two moments that sources share */
	uint64_t most;		/* what may have moved, with the time that reading took */
	unsigned flags;
};

/* A sum that stops at the top: figures of a stored sample may be anything, and a loss that wrapped
 * would be none. */
static inline uint64_t rxpath_sum(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

/* diff.c */

/* True when rxpath itself looked for the source on that machine, and the kernel did not have it. */
bool rxpath_lacks(const struct rxpath_sample *sample, enum rxpath_source source);

/* True when both samples have read it, or when it did not exist in the first (and
 * so counted nothing). */
bool rxpath_pair_has(const struct pair *pair, enum rxpath_source source);

/* Sets pair->before_of. */
bool rxpath_match_devices(struct pair *pair, struct rxpath_error *error);

/* The change from one reading to the other; `before` NULL: from zero. */
struct change rxpath_change(const struct rxpath_reading *before,
			    const struct rxpath_reading *after);

/* The change of a counter of the network namespace; zero where it was not read. */
struct change rxpath_change_of(const struct pair *pair, const char *name);

/* The most that the CPUs' readings of that name can have moved, also where nothing moved between
 * the first readings of both samples. */
uint64_t rxpath_most_of(const struct pair *pair, const char *name);

/* The change of a reading on a device, from zero where the device is new. */
struct change rxpath_device_change(const struct pair *pair, const struct rxpath_reading *after);

/* Fills the report's lines with every counter that moved (or all), unsorted. */
bool rxpath_diff_counters(const struct pair *pair, bool all, struct rxpath_error *error);

/* Adds a figure that was derived, not read. */
bool rxpath_add_derived(const struct pair *pair, const char *name, uint64_t delta, uint64_t lost,
			unsigned flags, struct rxpath_error *error);

/* The line of that counter at that subject in the report's sorted lines; NULL. */
struct rxpath_line *rxpath_find_line(const struct rxpath_report *report,
				     const struct rxpath_counter *counter,
				     const struct rxpath_subject *subject);
void rxpath_sort_lines(struct rxpath_report *report);

/* match.c: for each socket of the second sample its mark in the first, counted from 1; or one of
 * these. False without memory; the caller frees *earlier. */
#define MATCH_NEW 0u
#define MATCH_DUPLICATE UINT32_MAX	/* the listing has shown this socket before */
bool rxpath_match_sockets(const struct pair *pair, uint32_t **earlier);

/* socket_lines.c: the sockets that lost, and (all) the others. *lost_by: a sum for each protocol. */
bool rxpath_diff_sockets(const struct pair *pair, bool all, uint64_t lost_by[RXPATH_PROTOCOLS],
			 struct rxpath_error *error);

/* lost.c: the exclusive part of every line. */
bool rxpath_account(const struct pair *pair, struct rxpath_error *error);

/* What of a line's movement nothing more specific accounts for, at least. */
uint64_t rxpath_remainder(const struct rxpath_line *line);

/* residual.c: what IP received and nothing accounts for; `all`: also where that is nothing. */
bool rxpath_residuals(const struct pair *pair, bool all, struct rxpath_error *error);

/* attribute.c: the most that the protocol's counters can have of its sockets' losses. */
uint64_t rxpath_counted_at_most(const struct pair *pair, enum rxpath_protocol protocol);

/* attribute.c: the sockets' drops against the protocols' counters. */
bool rxpath_attribute(const struct pair *pair, const uint64_t lost_by[RXPATH_PROTOCOLS],
		      struct rxpath_error *error);

/* trace_report.c: what the drop tracepoints add: ports, verdicts on devices, what no counter shows. */
bool rxpath_analyse_trace(const struct pair *pair, struct rxpath_error *error);

/* Leaves only the drops of these stages (bits; 0: all). */
void rxpath_filter_trace(struct rxpath_report *report, unsigned stages);

/* available.c: what could not be measured, and which stages that leaves unknown. */
bool rxpath_note_unavailable(const struct pair *pair, struct rxpath_error *error);

/* verdict.c: what the user asked for: filters, states, allowances. */
void rxpath_filter(struct rxpath_report *report, const struct rxpath_criteria *criteria);
void rxpath_allow(struct rxpath_report *report, const struct rxpath_criteria *criteria);
void rxpath_set_states(const struct pair *pair, const struct rxpath_criteria *criteria);

/* report.c: adding to a report. False without memory. */
bool rxpath_report_add_line(struct rxpath_report *report, const struct rxpath_line *line);
bool rxpath_report_add_socket(struct rxpath_report *report, const struct rxpath_socket_line *line);
bool rxpath_report_add_unavailable(struct rxpath_report *report,
				   const struct rxpath_unavailable *item);
struct rxpath_slice rxpath_report_keep(struct rxpath_report *report, const struct rxpath_buf *text);

#endif
