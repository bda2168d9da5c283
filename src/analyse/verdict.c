/* verdict.c: what the user asked for, what is tolerated, and what the exit status is. */
#include "analyse_internal.h"

static bool is_asked(const struct rxpath_criteria *criteria, enum rxpath_stage stage)
{
	return criteria->stages == 0 || criteria->stages >> stage & 1;
}

static bool is_device_asked(const struct rxpath_criteria *criteria, struct rxpath_slice device)
{
	for (size_t i = 0; i < criteria->device_count; i++)
		if (rxpath_scan_glob(criteria->devices[i], device))
			return true;
	return criteria->device_count == 0;
}

void rxpath_filter(struct rxpath_report *report, const struct rxpath_criteria *criteria)
{
	size_t kept = 0;

	for (size_t i = 0; i < report->line_count; i++) {
		const struct rxpath_line *line = &report->lines[i];

		if (is_asked(criteria, line->stage) &&
		    (line->on.kind != RXPATH_ON_DEVICE || is_device_asked(criteria, line->on.name)))
			report->lines[kept++] = *line;
	}
	report->line_count = kept;
	if (!is_asked(criteria, RXPATH_STAGE_SOCKET))
		report->socket_count = 0;
	rxpath_filter_trace(report, criteria->stages);
}

/* Whether the limit covers that many. A rate of an interval that is not known covers nothing. */
static bool covers(const struct rxpath_limit *limit, uint64_t packets, uint64_t interval)
{
	const long double billion = 1e9L;
	long double allowed = (long double)limit->packets +
			      (long double)limit->billionths / billion;

	if (!limit->per_second)
		return packets <= limit->packets;
	return interval != RXPATH_UNKNOWN &&
	       (long double)packets <= allowed * ((long double)interval / billion);
}

/* A report escapes some bytes with a backslash, which a pattern takes for its own: the subject as
 * the report has it is a name too. */
static bool is_of_subject(const char *pattern, struct rxpath_slice subject)
{
	return !pattern || rxpath_scan_glob(pattern, subject) || rxpath_slice_is(subject, pattern);
}

static bool is_allowed(const struct rxpath_criteria *criteria, struct rxpath_slice name,
		       struct rxpath_slice subject, uint64_t delta, uint64_t interval)
{
	for (size_t i = 0; i < criteria->allowance_count; i++) {
		const struct rxpath_allowance *allowance = &criteria->allowances[i];

		if (rxpath_scan_glob(allowance->counter, name) &&
		    is_of_subject(allowance->subject, subject) &&
		    (!allowance->limited || covers(&allowance->limit, delta, interval)))
			return true;
	}
	return false;
}

void rxpath_allow(struct rxpath_report *report, const struct rxpath_criteria *criteria)
{
	for (size_t i = 0; i < report->line_count; i++) {
		struct rxpath_line *line = &report->lines[i];

		/* A device by its name as it is, too: a report escapes some bytes. */
		if (line->moved && (is_allowed(criteria, line->name, line->subject, line->delta,
					       report->interval) ||
				    (line->on.kind == RXPATH_ON_DEVICE &&
				     is_allowed(criteria, line->name, line->on.name, line->delta,
						report->interval))))
			line->flags |= RXPATH_FLAG_ALLOWED;
	}
	for (size_t i = 0; i < report->socket_count; i++) {
		struct rxpath_socket_line *line = &report->sockets[i];
		struct rxpath_slice queue;

		if (line->delta > 0 && is_allowed(criteria, rxpath_slice_of("sk_drops"),
						  line->subject, line->delta, report->interval))
			line->flags |= RXPATH_FLAG_ALLOWED;
		queue = rxpath_slice_of(rxpath_socket_queue(&line->socket));
		line->queue_allowed = line->full &&
				      is_allowed(criteria, queue, line->subject,
						 line->socket.rx_queue, report->interval);
		/* Of an entry that is only about its queue. */
		if (line->queue_allowed && line->delta == 0)
			line->flags |= RXPATH_FLAG_ALLOWED;
	}
}

static void worsen(enum rxpath_state *state, enum rxpath_state by)
{
	if (by < *state)
		*state = by;
}

static uint64_t devices_seen(const struct pair *pair, const struct rxpath_criteria *criteria)
{
	const struct rxpath_sample *after = pair->after;
	/* Where a device's own file could not be read, the sum of the others says too little. */
	bool whole = after->sources[RXPATH_SOURCE_LINK].status == RXPATH_READ &&
		     rxpath_pair_has(pair, RXPATH_SOURCE_LINK);
	enum rxpath_source source = whole ? RXPATH_SOURCE_LINK : RXPATH_SOURCE_DEV;
	const char *name = source == RXPATH_SOURCE_LINK ? "rx_packets" : "dev_packets";
	uint64_t seen = 0;

	if (!rxpath_pair_has(pair, source))
		return RXPATH_UNKNOWN;
	for (size_t i = 0; i < after->reading_count; i++) {
		const struct rxpath_reading *reading = &after->readings[i];

		if (rxpath_slice_is(reading->name, name) &&
		    is_device_asked(criteria, reading->subject.name))
			seen += rxpath_device_change(pair, reading).delta;
	}
	return seen;
}

/* IPv4 and IPv6 together. */
static uint64_t packets_seen(const struct pair *pair, const char *ipv4, const char *ipv6)
{
	if (!rxpath_pair_has(pair, RXPATH_SOURCE_SNMP))
		return RXPATH_UNKNOWN;
	return rxpath_change_of(pair, ipv4).delta + rxpath_change_of(pair, ipv6).delta;
}

static void set_seen(const struct pair *pair, const struct rxpath_criteria *criteria)
{
	struct rxpath_stage_line *stages = pair->report->stages;

	for (int i = 0; i < RXPATH_STAGES; i++)
		stages[i].seen = RXPATH_UNKNOWN;
	if (is_asked(criteria, RXPATH_STAGE_DEVICE))
		stages[RXPATH_STAGE_DEVICE].seen = devices_seen(pair, criteria);
	if (is_asked(criteria, RXPATH_STAGE_IP))
		stages[RXPATH_STAGE_IP].seen = packets_seen(pair, "IpInReceives", "Ip6InReceives");
	if (is_asked(criteria, RXPATH_STAGE_TRANSPORT))
		stages[RXPATH_STAGE_TRANSPORT].seen =
			packets_seen(pair, "IpInDelivers", "Ip6InDelivers");
}

void rxpath_set_states(const struct pair *pair, const struct rxpath_criteria *criteria)
{
	struct rxpath_report *report = pair->report;

	set_seen(pair, criteria);
	for (enum rxpath_stage stage = 0; stage < RXPATH_STAGES; stage++)
		report->stages[stage].state = is_asked(criteria, stage) ? RXPATH_STATE_OK :
									  RXPATH_STATE_SKIPPED;
	for (size_t i = 0; i < report->line_count; i++) {
		const struct rxpath_line *line = &report->lines[i];

		if (!line->moved || line->flags & RXPATH_FLAG_COUNTED)
			continue;
		worsen(&report->stages[line->stage].state, rxpath_state_of(line->kind));
		report->stages[line->stage].lost =
			rxpath_sum(report->stages[line->stage].lost, line->lost);
	}
	for (size_t i = 0; i < report->socket_count; i++) {
		const struct rxpath_socket_line *line = &report->sockets[i];

		if (line->full)
			worsen(&report->stages[RXPATH_STAGE_SOCKET].state, RXPATH_STATE_PRESSURE);
		if (line->delta > 0 && line->kind != RXPATH_KIND_DROP)
			worsen(&report->stages[RXPATH_STAGE_SOCKET].state,
			       rxpath_state_of(line->kind));
	}
	for (size_t i = 0; i < report->unavailable_count; i++)
		for (enum rxpath_stage stage = 0; stage < RXPATH_STAGES; stage++)
			if (report->unavailable[i].stages >> stage & 1 && is_asked(criteria, stage))
				worsen(&report->stages[stage].state, RXPATH_STATE_UNKNOWN);
	report->state = RXPATH_STATE_OK;
	for (enum rxpath_stage stage = 0; stage < RXPATH_STAGES; stage++) {
		worsen(&report->state, report->stages[stage].state);
		report->lost = rxpath_sum(report->lost, report->stages[stage].lost);
	}
}

/* A loss that the sockets' own allowances cover: their protocol counts it under a name
 * of its own. */
static bool is_of_sockets(const struct rxpath_line *line)
{
	return rxpath_slice_starts(line->name, "Udp") || rxpath_slice_is(line->name, "sk_drops");
}

static bool is_counted_by_udp(const struct rxpath_socket_line *line)
{
	return line->socket.protocol != RXPATH_TCP && line->socket.protocol != RXPATH_PACKET;
}

static bool fails(const struct rxpath_report *report, const struct rxpath_criteria *criteria)
{
	uint64_t tolerated = 0;
	uint64_t of_sockets = 0;
	uint64_t lost = 0;

	for (size_t i = 0; i < report->socket_count; i++) {
		const struct rxpath_socket_line *line = &report->sockets[i];

		if (line->flags & RXPATH_FLAG_ALLOWED)
			tolerated += is_counted_by_udp(line) ? line->delta : 0;
		else if (line->delta > 0 && line->kind != RXPATH_KIND_DROP &&
			 line->kind <= criteria->fail_on)
			return true;
		if (line->full && criteria->fail_on >= RXPATH_KIND_PRESSURE &&
		    !line->queue_allowed)
			return true;
	}
	for (size_t i = 0; i < report->line_count; i++) {
		const struct rxpath_line *line = &report->lines[i];

		if (!line->moved || line->flags & (RXPATH_FLAG_COUNTED | RXPATH_FLAG_ALLOWED) ||
		    line->kind > criteria->fail_on)
			continue;
		if (line->kind != RXPATH_KIND_DROP)
			return true;
		if (is_of_sockets(line))
			of_sockets = rxpath_sum(of_sockets, line->lost);
		else
			lost = rxpath_sum(lost, line->lost);
	}
	lost = rxpath_sum(lost, of_sockets > tolerated ? of_sockets - tolerated : 0);
	return lost > 0 && !covers(&criteria->max_lost, lost, report->interval);
}

int rxpath_analyse_verdict(const struct rxpath_report *report,
			   const struct rxpath_criteria *criteria)
{
	if (criteria->fail_on != RXPATH_KIND_TRAFFIC && fails(report, criteria))
		return 1;
	for (size_t i = 0; i < report->unavailable_count; i++)
		for (enum rxpath_stage stage = 0; stage < RXPATH_STAGES; stage++)
			if (report->unavailable[i].stages >> stage & 1 && is_asked(criteria, stage))
				return 2;
	return 0;
}
