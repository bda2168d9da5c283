/* trace_drops.c: what the drop tracepoints add to the counters: what became of devices' drops and
 * of refused datagrams, and drops that no counter has.
 *
 * The events are the host's, of all its network namespaces together, so nothing here adds to what
 * was lost beyond what this namespace's own counters say. */
#include <string.h>

#include "steps.h"

/* A device's rx_dropped that nothing explains yet. */
static bool is_open(const struct rxpath_line *line)
{
	return line->moved && line->kind == RXPATH_KIND_SUSPECT &&
	       rxpath_slice_is(line->name, "rx_dropped");
}

static uint64_t open_part(const struct rxpath_line *line)
{
	return rxpath_less(line->delta, line->accounted);
}

static struct rxpath_line *largest_open(struct rxpath_report *report)
{
	struct rxpath_line *found = NULL;

	for (size_t i = 0; i < report->line_count; i++)
		if (is_open(&report->lines[i]) &&
		    (!found || open_part(&report->lines[i]) > open_part(found)))
			found = &report->lines[i];
	return found;
}

/* What no protocol wanted was refused; the rest is lost. Where events say of more packets than the
 * devices here dropped, they are of other namespaces too, and nothing can be said; where events
 * were lost, nothing about the rest. */
static void judge_devices(struct rxpath_report *report, const struct rxpath_trace_result *trace)
{
	uint64_t unhandled = 0;
	uint64_t open = 0;
	struct rxpath_line *line;

	for (size_t i = 0; i < trace->drop_count; i++)
		if (rxpath_drop_unhandled(&trace->drops[i]))
			unhandled += trace->drops[i].count;
	for (size_t i = 0; i < report->line_count; i++)
		if (is_open(&report->lines[i]))
			open += open_part(&report->lines[i]);
	if (!trace->names_unhandled || unhandled > open + open / 8 + 8 ||
	    (trace->overrun > 0 && unhandled < open))
		return;
	while ((line = largest_open(report))) {
		uint64_t part = open_part(line);
		uint64_t refused = rxpath_min(unhandled, part);

		unhandled -= refused;
		if (refused == part) {
			line->kind = RXPATH_KIND_REJECT;
			continue;
		}
		line->accounted += refused;
		line->kind = RXPATH_KIND_DROP;
		line->lost = rxpath_remainder(line);
	}
}

/* Drops of UDP over that protocol for that reason. */
static uint64_t udp_drops(const struct rxpath_trace_result *trace, const char *reason,
			  uint32_t protocol)
{
	uint64_t count = 0;

	for (size_t i = 0; i < trace->drop_count; i++) {
		const struct rxpath_drop *drop = &trace->drops[i];

		if (rxpath_slice_is(drop->reason, reason) && drop->protocol == protocol &&
		    rxpath_is_udp_function(drop->location))
			count += drop->count;
	}
	return count;
}

/* What a filter or a policy refused is no loss, and what was too short is one. Where events say of
 * more packets than the counter, they are of other namespaces too, and nothing can be said. */
static void judge_refused(struct rxpath_report *report, const struct rxpath_trace_result *trace)
{
	static const struct {
		const char *counter;
		uint32_t protocol;
	} rows[] = {
		{"UdpInErrors", RXPATH_ETHERTYPE_IPV4},
		{"Udp6InErrors", RXPATH_ETHERTYPE_IPV6},
	};

	for (size_t i = 0; i < report->line_count; i++) {
		struct rxpath_line *line = &report->lines[i];
		uint64_t rest = rxpath_remainder(line);
		size_t row = 0;
		uint64_t refused, broken;

		while (row < 2 && !rxpath_slice_is(line->name, rows[row].counter))
			row++;
		if (row == 2 || !line->moved || line->kind != RXPATH_KIND_SUSPECT)
			continue;
		refused = udp_drops(trace, "SOCKET_FILTER", rows[row].protocol) +
			  udp_drops(trace, "XFRM_POLICY", rows[row].protocol);
		broken = udp_drops(trace, "PKT_TOO_SMALL", rows[row].protocol);
		if (refused + broken > rest)
			continue;
		line->lost = broken;
		if (broken > 0)
			line->kind = RXPATH_KIND_DROP;
		else if (refused == rest)
			line->kind = RXPATH_KIND_REJECT;
	}
}

/* Segments that a listener dropped because they belong to no connection: resets, and what a port
 * scan sends instead of a SYN (tcp_rcv_state_process). */
static uint64_t stray_segments(const struct rxpath_trace_result *trace)
{
	static const char *const reasons[] = {"TCP_RESET", "TCP_FLAGS", NULL};
	uint64_t count = 0;

	for (size_t i = 0; i < trace->drop_count; i++)
		if (rxpath_slice_is_any(trace->drops[i].reason, reasons) &&
		    rxpath_slice_starts(trace->drops[i].location, "tcp_rcv_state_process"))
			count += trace->drops[i].count;
	return count;
}

static bool is_doubtful_listener(const struct rxpath_socket_line *line)
{
	return line->socket->protocol == RXPATH_TCP && line->kind == RXPATH_KIND_SUSPECT;
}

/* What belongs to no connection is no loss. */
static void judge_listeners(struct rxpath_report *report, const struct rxpath_trace_result *trace)
{
	uint64_t stray = stray_segments(trace);
	uint64_t dropped = 0;

	for (size_t i = 0; i < report->socket_count; i++)
		if (is_doubtful_listener(&report->sockets[i]))
			dropped = rxpath_sum(dropped, report->sockets[i].delta);
	if (stray < dropped || rxpath_trace_elsewhere(stray, dropped) > 0)
		return;
	for (size_t i = 0; i < report->socket_count; i++)
		if (is_doubtful_listener(&report->sockets[i]))
			report->sockets[i].kind = RXPATH_KIND_REJECT;
}

static const char *silent_name(const struct rxpath_drop *drop)
{
	return rxpath_drop_silent(drop->reason, drop->location);
}

static uint64_t count_of(const struct rxpath_trace_result *trace, const char *silent)
{
	uint64_t count = 0;

	for (size_t i = 0; i < trace->drop_count; i++) {
		const char *name = silent_name(&trace->drops[i]);

		if (name && strcmp(name, silent) == 0)
			count += trace->drops[i].count;
	}
	return count;
}

/* Packets of that protocol that IP received, and that were refused without a counter. */
static uint64_t refused_by_ip(const struct rxpath_trace_result *trace, uint32_t protocol)
{
	uint64_t count = 0;

	for (size_t i = 0; i < trace->drop_count; i++) {
		const struct rxpath_drop *drop = &trace->drops[i];

		if (silent_name(drop) && drop->protocol == protocol &&
		    drop->stage != RXPATH_STAGE_DEVICE &&
		    !rxpath_slice_is(drop->reason, "TC_INGRESS"))
			count += drop->count;
	}
	return count;
}

const char *const rxpath_policy_counters[] = {"XfrmInNoPols", "XfrmInPolBlock", "XfrmInPolError",
					      "XfrmInTmplMismatch", NULL};

/* Which counters have the packets of a reason too. */
enum counted_by { BY_NOTHING, BY_RT_CACHE, BY_QDISC, BY_DRIVER, BY_RULES, BY_XFRM, COUNTED_BY };

static enum counted_by counted_by(const char *silent)
{
	static const struct {
		const char *name;
		enum counted_by by;
	} rows[] = {
		{"trace.IP_LOCAL_SOURCE", BY_RT_CACHE}, {"trace.IP_INVALID_SOURCE", BY_RT_CACHE},
		{"trace.IP_LOCALNET", BY_RT_CACHE},	{"trace.IP_INVALID_DEST", BY_RT_CACHE},
		{"trace.TC_INGRESS", BY_QDISC},		{"trace.XDP", BY_DRIVER},
		{"trace.NETFILTER_DROP", BY_RULES},	{"trace.XFRM_POLICY", BY_XFRM},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (strcmp(rows[i].name, silent) == 0)
			return rows[i].by;
	return BY_NOTHING;
}

/* What XDP programs dropped, as far as the drivers count it. */
static uint64_t dropped_by_xdp(const struct rxpath_report *report)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < report->line_count; i++)
		if (report->lines[i].source == RXPATH_SOURCE_ETHTOOL &&
		    report->lines[i].kind == RXPATH_KIND_REJECT)
			sum = rxpath_sum(sum, report->lines[i].delta);
	return sum;
}

static uint64_t refused_by_rules(const struct rxpath_report *report)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < report->line_count; i++)
		if (report->lines[i].on.kind == RXPATH_ON_RULE)
			sum = rxpath_sum(sum, report->lines[i].max - report->lines[i].accounted);
	return sum;
}

/* What netfilter took of the packets of this namespace, at most: IP knows what did not arrive, and
 * the rules before IP have counters. UINT64_MAX: that is not known. */
static uint64_t most_by_netfilter(const struct match *match, const struct rxpath_report *report)
{
	const struct rxpath_sample *after = match->after;
	uint64_t most = refused_by_rules(report);

	if (!rxpath_sample_knows_rules(after) ||
	    !rxpath_source_usable(after, RXPATH_SOURCE_NFTABLES) ||
	    !match->comparable[RXPATH_SOURCE_SNMP])
		return UINT64_MAX;
	for (size_t i = 0; i < after->rule_count; i++)
		if (!after->rules[i].counted && after->rules[i].hooks & RXPATH_HOOK_LINK)
			return UINT64_MAX;
	for (enum rxpath_family family = RXPATH_IPV4; family <= RXPATH_IPV6; family++) {
		most = rxpath_sum(most, rxpath_taken_on_input(match, family).max);
		most = rxpath_sum(most, rxpath_taken_when_forwarded(match, family));
	}
	return most;
}

/* Whether the events of IPv4 that no other counter has are all of packets that this namespace's
 * residual has. rt_cache counts martians for the whole host, so then it is the trace that says how
 * many of them came here. */
static bool names_residual(const struct rxpath_trace_result *trace,
			   const struct rxpath_report *report, uint64_t by_rules, uint64_t by_xfrm)
{
	uint64_t named = refused_by_ip(trace, RXPATH_ETHERTYPE_IPV4);

	by_rules = rxpath_min(by_rules, count_of(trace, "trace.NETFILTER_DROP"));
	by_xfrm = rxpath_min(by_xfrm, count_of(trace, "trace.XFRM_POLICY"));
	named = rxpath_less(named, rxpath_sum(by_rules, by_xfrm));
	for (size_t i = 0; i < report->line_count; i++)
		if (report->lines[i].moved && rxpath_slice_is(report->lines[i].name, "ip_residual"))
			return report->lines[i].delta <= named &&
			       rxpath_trace_elsewhere(named, report->lines[i].delta) == 0;
	return false;
}

/* Whether no row before that one has the same name. */
static bool is_first(const struct rxpath_trace_result *trace, size_t at)
{
	const char *name = silent_name(&trace->drops[at]);

	for (size_t i = 0; i < at; i++) {
		const char *other = silent_name(&trace->drops[i]);

		if (other && strcmp(other, name) == 0)
			return false;
	}
	return true;
}

/* `elsewhere`: netfilter dropped packets of other namespaces too, and it is not known how many. */
static void add_silent(const struct match *match, const struct rxpath_trace_result *trace,
		       bool elsewhere, struct rxpath_report *report)
{
	uint64_t counted[COUNTED_BY] = {
		[BY_RT_CACHE] = rxpath_change_of(match, "rt_cache_in_martian_src").delta +
				rxpath_change_of(match, "rt_cache_in_martian_dst").delta,
		[BY_QDISC] = rxpath_max_change_of(match, "tc_ingress_drops"),
		[BY_DRIVER] = dropped_by_xdp(report),
		[BY_RULES] = refused_by_rules(report),
		[BY_XFRM] = rxpath_changes_of(match, rxpath_policy_counters).max,
	};

	if (!elsewhere && names_residual(trace, report, counted[BY_RULES], counted[BY_XFRM]))
		counted[BY_RT_CACHE] = 0;
	for (size_t i = 0; i < trace->drop_count; i++) {
		const char *name = silent_name(&trace->drops[i]);
		enum counted_by by;
		unsigned flags = 0;
		uint64_t count, known;
		struct rxpath_line *line;

		if (!name || !is_first(trace, i))
			continue;
		count = count_of(trace, name);
		by = counted_by(name);
		if (by == BY_RULES && elsewhere)
			flags = RXPATH_FLAG_HOST;
		known = rxpath_min(counted[by], count);
		/* What rt_cache counts is the host's, and adds to nothing here. */
		if (by == BY_RT_CACHE && known < count)
			known = 0;
		counted[by] -= known;
		if (known == count)
			flags = RXPATH_FLAG_COUNTED;
		line = rxpath_report_add_derived(report, name, count, 0, flags);
		if (line)
			line->accounted = known;
	}
}

/* What the line of the trace has of packets that IP received, and that no other line counts. */
static uint64_t named_only_by(const struct rxpath_line *line)
{
	return line->source == RXPATH_SOURCE_TRACE && line->stage != RXPATH_STAGE_DEVICE &&
			       !rxpath_slice_is(line->name, "trace.TC_INGRESS")
		       ? line->delta - line->accounted
		       : 0;
}

/* The lines are not sorted while those of the trace are added. */
static struct rxpath_line *moved_line(struct rxpath_report *report, const char *name)
{
	for (size_t i = 0; i < report->line_count; i++)
		if (report->lines[i].moved && rxpath_slice_is(report->lines[i].name, name))
			return &report->lines[i];
	return NULL;
}

/* The residuals' packets have a name now, as far as these are not those that rules count. */
static void note_residuals(const struct rxpath_trace_result *trace, struct rxpath_report *report)
{
	const uint64_t four = refused_by_ip(trace, RXPATH_ETHERTYPE_IPV4);
	const uint64_t six = refused_by_ip(trace, RXPATH_ETHERTYPE_IPV6);
	const struct {
		const char *name;
		uint64_t events;
	} residuals[] = {
		{"ip_residual", four},
		{"ip6_residual", six},
		{"inet_residual", rxpath_sum(four, six)},
	};
	const struct rxpath_line *by_rules = moved_line(report, "trace.NETFILTER_DROP");
	uint64_t named = rxpath_less(rxpath_sum(four, six), by_rules ? by_rules->accounted : 0);
	uint64_t open = 0;

	for (size_t i = 0; i < report->line_count; i++)
		open = rxpath_sum(open, named_only_by(&report->lines[i]));
	for (size_t i = 0; i < sizeof residuals / sizeof *residuals; i++) {
		struct rxpath_line *line = moved_line(report, residuals[i].name);
		uint64_t part;

		if (!line)
			continue;
		part = rxpath_min(rxpath_remainder(line), rxpath_min(open, residuals[i].events));
		if (line->delta <= rxpath_min(residuals[i].events, named))
			line->flags |= RXPATH_FLAG_COUNTED;
		else
			line->accounted += part;
		named = rxpath_less(named, line->delta);
		open -= part;
	}
}

/* Packets that the counters and the sockets of this namespace have, each once. */
static uint64_t counted_here(const struct rxpath_report *report,
			     const struct rxpath_criteria *criteria)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < report->line_count; i++) {
		const struct rxpath_line *line = &report->lines[i];

		if (line->moved && line->source != RXPATH_SOURCE_TRACE &&
		    !rxpath_is_elsewhere(line, criteria) && line->kind <= RXPATH_KIND_REJECT &&
		    line->kind != RXPATH_KIND_PRESSURE && !(line->flags & RXPATH_FLAG_COUNTED))
			sum = rxpath_sum(sum, line->delta);
	}
	for (size_t i = 0; i < report->socket_count; i++)
		if (report->sockets[i].kind != RXPATH_KIND_DROP)
			sum = rxpath_sum(sum, report->sockets[i].delta);
	return sum;
}

/* Each fragment of a datagram is an event, and the datagram is counted once, with the first of
 * them; what a filter of a raw socket refused is not counted. */
static bool has_counter(const struct rxpath_drop *drop)
{
	return !silent_name(drop) && !rxpath_slice_starts(drop->location, "inet_frag_") &&
	       !(rxpath_slice_is(drop->reason, "SOCKET_FILTER") &&
		 rxpath_slice_starts(drop->location, "raw"));
}

/* Traced drops of the receive path that a counter of some namespace should have. */
static uint64_t traced_with_counter(const struct rxpath_trace_result *trace)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < trace->drop_count; i++)
		if (trace->drops[i].on_path && has_counter(&trace->drops[i]))
			sum = rxpath_sum(sum, trace->drops[i].count);
	return sum;
}

/* Events at the edges of the interval may be of packets that neither sample's counters have. */
uint64_t rxpath_trace_elsewhere(uint64_t traced, uint64_t counted)
{
	return traced > rxpath_sum(counted, counted / 8 + 8) ? traced - counted : 0;
}

void rxpath_use_trace(const struct match *match, const struct rxpath_criteria *criteria,
		      struct rxpath_report *report)
{
	struct rxpath_trace_result *trace;
	bool elsewhere;

	report->counted = counted_here(report, criteria);
	if (!match->after->trace)
		return;
	trace = rxpath_combine_trace(report, match->after->trace);
	if (!trace)
		return;
	rxpath_name_closed(trace, report);
	report->trace = trace;
	trace->with_counter = traced_with_counter(trace);
	trace->elsewhere = rxpath_trace_elsewhere(trace->with_counter, report->counted);
	judge_devices(report, trace);
	judge_refused(report, trace);
	judge_listeners(report, trace);
	elsewhere = rxpath_trace_elsewhere(count_of(trace, "trace.NETFILTER_DROP"),
					   most_by_netfilter(match, report)) > 0;
	add_silent(match, trace, elsewhere, report);
	if (!elsewhere)
		note_residuals(trace, report);
}
