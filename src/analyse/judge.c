/* judge.c: the state of each stage, what it saw and lost, and the exit status. */
#include "steps.h"

static void worsen(enum rxpath_state *state, enum rxpath_state by)
{
	*state = by < *state ? by : *state;
}

/* Whether what came to the device came to another one of those asked for before: to its port, or to
 * the device that it stands on. */
static bool is_seen_below(const struct match *match, const struct rxpath_criteria *criteria,
			  const struct rxpath_device *device)
{
	static const char *const kinds[] = {"bond",    "bridge",  "team",   "vrf",    "vlan",
					    "macvlan", "macvtap", "ipvlan", "ipvtap", NULL};

	if (device->kind.len == 0 && rxpath_device_is_bond(device))
		return true;
	if (!rxpath_slice_is_any(device->kind, kinds))
		return false;
	for (size_t i = 0; i < match->after->device_count; i++) {
		const struct rxpath_device *other = &match->after->devices[i];

		if ((other->master == device->ifindex || other->ifindex == device->lower) &&
		    other->ifindex != 0 && rxpath_asks_device(criteria, other->name))
			return true;
	}
	return false;
}

static uint64_t devices_seen(const struct match *match, const struct rxpath_criteria *criteria)
{
	const struct rxpath_sample *after = match->after;
	const struct rxpath_sample *before = match->before ? match->before : after;
	/* Where a device's own file could not be read, the sum of the others says too little. */
	bool whole = before->sources[RXPATH_SOURCE_LINK].status == RXPATH_READ &&
		     after->sources[RXPATH_SOURCE_LINK].status == RXPATH_READ;
	enum rxpath_source source = whole ? RXPATH_SOURCE_LINK : RXPATH_SOURCE_DEV;
	const char *name = source == RXPATH_SOURCE_LINK ? "rx_packets" : "dev_packets";
	uint64_t seen = 0;

	if (!match->comparable[source])
		return RXPATH_UNKNOWN;
	for (size_t i = 0; i < after->reading_count; i++) {
		const struct rxpath_reading *reading = &after->readings[i];
		struct change change;

		if (rxpath_reading_is(reading, name) &&
		    !is_seen_below(match, criteria, &after->devices[reading->device]) &&
		    rxpath_asks_device(criteria, reading->subject.name) &&
		    rxpath_change_since(match, reading, &change))
			seen += change.delta;
	}
	return seen;
}

/* veth and lo count a packet as received only when the backlog took it (veth_xmit,
 * loopback_xmit). */
static uint64_t backlogged(const struct match *match, const struct rxpath_report *report)
{
	uint64_t packets = 0;

	for (size_t i = 0; i < report->line_count; i++) {
		const struct rxpath_line *line = &report->lines[i];
		const struct rxpath_device *device;

		if (!rxpath_slice_is(line->name, "rx_dropped") || !line->moved)
			continue;
		device = rxpath_device_of(match, line);
		if (device &&
		    (rxpath_slice_is(device->kind, "veth") || rxpath_slice_is(device->name, "lo")))
			packets = rxpath_sum(packets, line->accounted);
	}
	return packets;
}

/* IPv4 and IPv6 together. */
static uint64_t packets_seen(const struct match *match, const char *ipv4, const char *ipv6)
{
	if (!match->comparable[RXPATH_SOURCE_SNMP])
		return RXPATH_UNKNOWN;
	return rxpath_change_of(match, ipv4).delta + rxpath_change_of(match, ipv6).delta;
}

static void set_seen(const struct match *match, const struct rxpath_criteria *criteria,
		     struct rxpath_stage_line *stages)
{
	for (int i = 0; i < RXPATH_STAGES; i++)
		stages[i].seen = RXPATH_UNKNOWN;
	if (rxpath_asks_stage(criteria, RXPATH_STAGE_DEVICE))
		stages[RXPATH_STAGE_DEVICE].seen = devices_seen(match, criteria);
	if (rxpath_asks_stage(criteria, RXPATH_STAGE_IP))
		stages[RXPATH_STAGE_IP].seen = packets_seen(match, "IpInReceives", "Ip6InReceives");
	if (rxpath_asks_stage(criteria, RXPATH_STAGE_TRANSPORT))
		stages[RXPATH_STAGE_TRANSPORT].seen =
			packets_seen(match, "IpInDelivers", "Ip6InDelivers");
}

/* IP counts what it delivers to all protocols together; each counts its own, but UDP counts a
 * datagram only when it is read. */
static uint64_t datagrams_seen(const struct match *match)
{
	static const char *const others[] = {"TcpInSegs",	"IcmpInMsgs",  "Icmp6InMsgs",
					     "UdpNoPorts",	"Udp6NoPorts", "UdpLiteNoPorts",
					     "UdpLite6NoPorts", NULL};
	uint64_t seen = packets_seen(match, "IpInDelivers", "Ip6InDelivers");

	return seen == RXPATH_UNKNOWN ? seen
				      : rxpath_less(seen, rxpath_changes_of(match, others).delta);
}

static void judge_lines(struct rxpath_report *report)
{
	for (size_t i = 0; i < report->line_count; i++) {
		const struct rxpath_line *line = &report->lines[i];
		struct rxpath_stage_line *stage = &report->stages[line->stage];

		if (!rxpath_line_counts(line))
			continue;
		worsen(&stage->state, rxpath_state_of(line->kind));
		stage->lost = rxpath_sum(stage->lost, line->lost);
	}
}

/* What sockets lost is in their protocols' lines, except what no protocol counts. */
static void judge_sockets(struct rxpath_report *report)
{
	enum rxpath_state *state = &report->stages[RXPATH_STAGE_SOCKET].state;

	for (size_t i = 0; i < report->socket_count; i++) {
		const struct rxpath_socket_line *line = &report->sockets[i];

		if (line->full)
			worsen(state, RXPATH_STATE_PRESSURE);
		if (line->delta > 0 && line->kind != RXPATH_KIND_DROP)
			worsen(state, rxpath_state_of(line->kind));
	}
}

/* A bit for each stage that was asked for and could not be measured. */
static unsigned unknown_stages(const struct rxpath_report *report,
			       const struct rxpath_criteria *criteria)
{
	unsigned stages = 0;

	for (size_t i = 0; i < report->unavailable_count; i++)
		stages |= report->unavailable[i].stages;
	return criteria->stages == 0 ? stages : stages & criteria->stages;
}

void rxpath_judge(const struct match *match, const struct rxpath_criteria *criteria,
		  struct rxpath_report *report)
{
	unsigned unknown = unknown_stages(report, criteria);

	set_seen(match, criteria, report->stages);
	report->backlogged = backlogged(match, report);
	report->datagrams = rxpath_asks_stage(criteria, RXPATH_STAGE_TRANSPORT)
				    ? datagrams_seen(match)
				    : RXPATH_UNKNOWN;
	for (enum rxpath_stage stage = 0; stage < RXPATH_STAGES; stage++)
		report->stages[stage].state = !rxpath_asks_stage(criteria, stage)
						      ? RXPATH_STATE_SKIPPED
					      : unknown >> stage & 1 ? RXPATH_STATE_UNKNOWN
								     : RXPATH_STATE_OK;
	judge_lines(report);
	judge_sockets(report);
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
	return line->kind == RXPATH_KIND_DROP && line->socket->protocol != RXPATH_TCP;
}

static void worsen_failure(enum rxpath_kind *failure, enum rxpath_kind by)
{
	*failure = by < *failure ? by : *failure;
}

static void note_failure(struct rxpath_report *report, enum rxpath_stage stage,
			 enum rxpath_kind kind)
{
	if (report->fail_on == RXPATH_KIND_TRAFFIC || kind > report->fail_on)
		return;
	worsen_failure(&report->stages[stage].failure, kind);
	worsen_failure(&report->failure, kind);
}

/* What is no loss, and not allowed: of lines, and of sockets what no line has. */
static void note_mild_failures(struct rxpath_report *report)
{
	for (size_t i = 0; i < report->line_count; i++) {
		const struct rxpath_line *line = &report->lines[i];

		if (rxpath_line_counts(line) && !(line->flags & RXPATH_FLAG_ALLOWED) &&
		    line->kind != RXPATH_KIND_DROP)
			note_failure(report, line->stage, line->kind);
	}
	for (size_t i = 0; i < report->socket_count; i++) {
		const struct rxpath_socket_line *line = &report->sockets[i];

		if (!(line->flags & RXPATH_FLAG_ALLOWED) && line->delta > 0 &&
		    line->kind != RXPATH_KIND_DROP)
			note_failure(report, RXPATH_STAGE_SOCKET, line->kind);
		if (line->full && !line->queue_allowed)
			note_failure(report, RXPATH_STAGE_SOCKET, RXPATH_KIND_PRESSURE);
	}
}

/* What each stage lost and is not allowed. */
static void sum_not_allowed(const struct rxpath_report *report, uint64_t lost[RXPATH_STAGES])
{
	uint64_t of_sockets[RXPATH_STAGES] = {0};
	uint64_t tolerated = 0;

	for (size_t i = 0; i < report->socket_count; i++)
		if (report->sockets[i].flags & RXPATH_FLAG_ALLOWED &&
		    is_counted_by_udp(&report->sockets[i]))
			tolerated = rxpath_sum(tolerated, report->sockets[i].delta);
	for (size_t i = 0; i < report->line_count; i++) {
		const struct rxpath_line *line = &report->lines[i];
		uint64_t *sum = is_of_sockets(line) ? of_sockets : lost;

		if (rxpath_line_counts(line) && !(line->flags & RXPATH_FLAG_ALLOWED) &&
		    line->kind == RXPATH_KIND_DROP)
			sum[line->stage] = rxpath_sum(sum[line->stage], line->lost);
	}
	/* Most of what a socket lost is counted in its own stage. */
	for (int stage = RXPATH_STAGES - 1; stage >= 0; stage--) {
		lost[stage] = rxpath_sum(lost[stage], rxpath_less(of_sockets[stage], tolerated));
		tolerated = rxpath_less(tolerated, of_sockets[stage]);
	}
}

static void note_losses(struct rxpath_report *report)
{
	uint64_t lost[RXPATH_STAGES] = {0};
	uint64_t all = 0;

	sum_not_allowed(report, lost);
	for (enum rxpath_stage stage = 0; stage < RXPATH_STAGES; stage++)
		all = rxpath_sum(all, lost[stage]);
	if (rxpath_limit_covers(&report->max_lost, all, report->interval))
		return;
	for (enum rxpath_stage stage = 0; stage < RXPATH_STAGES; stage++)
		if (lost[stage] > 0)
			note_failure(report, stage, RXPATH_KIND_DROP);
}

void rxpath_analyse_verdict(struct rxpath_report *report, const struct rxpath_criteria *criteria)
{
	report->fail_on = criteria->fail_on;
	report->max_lost = criteria->max_lost;
	report->failure = RXPATH_KIND_TRAFFIC;
	for (enum rxpath_stage stage = 0; stage < RXPATH_STAGES; stage++)
		report->stages[stage].failure = RXPATH_KIND_TRAFFIC;
	note_mild_failures(report);
	note_losses(report);
	report->verdict = report->failure != RXPATH_KIND_TRAFFIC  ? 1
			  : unknown_stages(report, criteria) != 0 ? 2
								  : 0;
}
