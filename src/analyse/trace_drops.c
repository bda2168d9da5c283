/* trace_drops.c: what the drop tracepoints add to the counters: ports, functions, and verdicts.
 *
 * One datagram that found its socket's queue full gives udp_fail_queue_rcv_skb (which knows the
 * port) and kfree_skb (which has the reason and the function); here the two become one. The events
 * are the host's, of all its network namespaces together, so nothing here ever adds to what was
 * lost beyond what this namespace's own counters say. */
#include <stdlib.h>
#include <string.h>

#include "steps.h"
#include "rxpath/search.h"

/* errno of udp_fail_queue_rcv_skb's rc: __udp_enqueue_schedule_skb (net/ipv4/udp.c). */
#define QUEUE_FULL (-12) /* ENOMEM */
#define NO_MEMORY (-105) /* ENOBUFS: udp_mem, 4.10 to 6.17 */

static const char *reason_of(const struct rxpath_udp_drop *udp)
{
	return udp->error == QUEUE_FULL	 ? "SOCKET_RCVBUFF"
	       : udp->error == NO_MEMORY ? "PROTO_MEM"
					 : "";
}

static bool is_vague(struct rxpath_slice reason)
{
	return reason.len == 0 || rxpath_slice_is(reason, "NOT_SPECIFIED") ||
	       rxpath_slice_starts(reason, "0x");
}

static bool is_udp_function(struct rxpath_slice location)
{
	return rxpath_slice_starts(location, "udp") || rxpath_slice_starts(location, "__udp");
}

/* How surely a row of kfree_skb holds the packets of a row of UDP's: by its reason, and by its
 * function. */
enum likeness { BY_BOTH, BY_REASON, BY_FUNCTION, BY_NEITHER, UNLIKE };

static enum likeness compare(const struct rxpath_drop *drop, const struct rxpath_udp_drop *udp)
{
	bool named = rxpath_slice_is(drop->reason, reason_of(udp)) && drop->reason.len > 0;

	if (drop->port != RXPATH_UNKNOWN32 || drop->count == 0)
		return UNLIKE;
	if (udp->protocol != RXPATH_UNKNOWN32 && drop->protocol != udp->protocol &&
	    drop->protocol != RXPATH_UNKNOWN32)
		return UNLIKE;
	if (!named && !is_vague(drop->reason))
		return UNLIKE;
	if (is_udp_function(drop->location))
		return named ? BY_BOTH : BY_FUNCTION;
	/* A ping socket's queue has the same reason, in another function. */
	if (drop->location.len > 0)
		return UNLIKE;
	return named ? BY_REASON : BY_NEITHER;
}

static void add_drop(struct rxpath_trace_result *trace, struct rxpath_drop drop)
{
	drop.on_path = rxpath_drop_stage(drop.reason, drop.location, &drop.stage);
	trace->drops[trace->drop_count++] = drop;
}

/* Splits rows of kfree_skb so that the ones that UDP told about have a port. What UDP told about
 * and kfree_skb did not (its event was lost, or the kernel lacks it) stands by itself. */
static void give_ports(struct rxpath_trace_result *trace, const struct rxpath_udp_drop *udp)
{
	uint64_t left = udp->count;
	size_t rows = trace->drop_count;

	for (enum likeness like = BY_BOTH; like < UNLIKE; like++) {
		for (size_t i = 0; left > 0 && i < rows; i++) {
			struct rxpath_drop part = trace->drops[i];

			if (compare(&part, udp) != like || trace->drop_count == trace->drop_cap)
				continue;
			if (is_vague(part.reason) && reason_of(udp)[0] != '\0')
				part.reason = rxpath_slice_of(reason_of(udp));
			if (part.protocol == RXPATH_UNKNOWN32)
				part.protocol = udp->protocol;
			part.port = udp->port;
			part.count = rxpath_min(left, part.count);
			trace->drops[i].count -= part.count;
			left -= part.count;
			add_drop(trace, part);
		}
	}
	if (left > 0 && trace->drop_count < trace->drop_cap)
		add_drop(trace, (struct rxpath_drop){
					.reason = rxpath_slice_of(reason_of(udp)),
					.protocol = udp->protocol,
					.port = udp->port,
					.count = left,
				});
}

/* Path order, what belongs to no stage last; then the most frequent first. */
static int by_weight(const void *a, const void *b)
{
	const struct rxpath_drop *first = a;
	const struct rxpath_drop *second = b;
	int order;

	if (first->on_path != second->on_path)
		return first->on_path ? -1 : 1;
	if (first->on_path && first->stage != second->stage)
		return rxpath_order(first->stage, second->stage);
	if (first->count != second->count)
		return rxpath_order(second->count, first->count);
	order = rxpath_slice_compare(first->reason, second->reason);
	if (order == 0)
		order = rxpath_slice_compare(first->location, second->location);
	if (order == 0)
		order = (first->protocol > second->protocol) - (first->protocol < second->protocol);
	return order != 0 ? order : (first->port > second->port) - (first->port < second->port);
}

static bool alike(const struct rxpath_drop *a, const struct rxpath_drop *b)
{
	return a->port == b->port && a->protocol == b->protocol &&
	       rxpath_slice_equal(a->reason, b->reason) &&
	       rxpath_slice_equal(a->location, b->location);
}

/* Leaves out the rows that were given away whole, and joins the ones that came out alike. */
static void tidy(struct rxpath_trace_result *trace)
{
	size_t left = 0;

	for (size_t i = 0; i < trace->drop_count; i++) {
		size_t same = 0;

		if (trace->drops[i].count == 0)
			continue;
		while (same < left && !alike(&trace->drops[same], &trace->drops[i]))
			same++;
		if (same < left)
			trace->drops[same].count += trace->drops[i].count;
		else
			trace->drops[left++] = trace->drops[i];
	}
	trace->drop_count = left;
	if (left > 1)
		qsort(trace->drops, left, sizeof *trace->drops, by_weight);
}

static struct rxpath_trace_result *combine(struct rxpath_report *report,
					   const struct rxpath_trace_result *raw)
{
	struct rxpath_trace_result *trace = rxpath_report_take(report, sizeof *trace);

	if (!trace)
		return NULL;
	*trace = *raw;
	/* A row of UDP's splits at most one row of kfree_skb; the others it takes whole. */
	trace->drop_cap = 2 * raw->drop_count + 2 * raw->udp_count;
	trace->drops = rxpath_report_take(report, trace->drop_cap * sizeof *trace->drops);
	if (!trace->drops)
		return NULL;
	if (raw->drop_count > 0)
		memcpy(trace->drops, raw->drops, raw->drop_count * sizeof *trace->drops);
	for (size_t i = 0; i < raw->udp_count; i++)
		give_ports(trace, &raw->udp[i]);
	tidy(trace);
	return trace;
}

/* A device's rx_dropped. */

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
		line->accounted += refused;
		if (refused == part) {
			line->kind = RXPATH_KIND_REJECT;
			continue;
		}
		line->kind = RXPATH_KIND_DROP;
		line->lost = rxpath_remainder(line);
	}
}

/* UDP's InErrors beyond what counters explain. */

/* Drops of UDP over that protocol for that reason. */
static uint64_t udp_drops(const struct rxpath_trace_result *trace, const char *reason,
			  uint32_t protocol)
{
	uint64_t count = 0;

	for (size_t i = 0; i < trace->drop_count; i++) {
		const struct rxpath_drop *drop = &trace->drops[i];

		if (rxpath_slice_is(drop->reason, reason) && drop->protocol == protocol &&
		    is_udp_function(drop->location))
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

/* What no counter shows. */

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

/* Reasons whose packets counters have too. */
enum counted_by { BY_NOTHING, BY_RT_CACHE, BY_QDISC, BY_DRIVER, BY_RULES, COUNTED_BY };

static enum counted_by counted_by(const char *silent)
{
	static const struct {
		const char *name;
		enum counted_by by;
	} rows[] = {
		{"trace.IP_LOCAL_SOURCE", BY_RT_CACHE}, {"trace.IP_INVALID_SOURCE", BY_RT_CACHE},
		{"trace.IP_LOCALNET", BY_RT_CACHE},	{"trace.IP_INVALID_DEST", BY_RT_CACHE},
		{"trace.TC_INGRESS", BY_QDISC},		{"trace.XDP", BY_DRIVER},
		{"trace.NETFILTER_DROP", BY_RULES},
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

/* The residuals' packets have a name now. */
static void note_residuals(const struct rxpath_trace_result *trace, struct rxpath_report *report)
{
	uint64_t four = refused_by_ip(trace, RXPATH_ETHERTYPE_IPV4);
	uint64_t six = refused_by_ip(trace, RXPATH_ETHERTYPE_IPV6);

	for (size_t i = 0; i < report->line_count; i++) {
		struct rxpath_line *line = &report->lines[i];

		if ((rxpath_slice_is(line->name, "ip_residual") && line->delta <= four) ||
		    (rxpath_slice_is(line->name, "ip6_residual") && line->delta <= six) ||
		    (rxpath_slice_is(line->name, "inet_residual") &&
		     line->delta <= rxpath_sum(four, six)))
			line->flags |= RXPATH_FLAG_COUNTED;
	}
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

static void add_silent(const struct match *match, const struct rxpath_trace_result *trace,
		       struct rxpath_report *report)
{
	uint64_t counted[COUNTED_BY] = {
		[BY_RT_CACHE] = rxpath_change_of(match, "rt_cache_in_martian_src").delta +
				rxpath_change_of(match, "rt_cache_in_martian_dst").delta,
		[BY_QDISC] = rxpath_max_change_of(match, "tc_ingress_drops"),
		[BY_DRIVER] = dropped_by_xdp(report),
		[BY_RULES] = refused_by_rules(report),
	};

	for (size_t i = 0; i < trace->drop_count; i++) {
		const char *name = silent_name(&trace->drops[i]);
		enum counted_by by;
		unsigned flags = 0;
		uint64_t count;

		if (!name || !is_first(trace, i))
			continue;
		count = count_of(trace, name);
		by = counted_by(name);
		if (counted[by] >= count) {
			counted[by] -= count;
			flags = RXPATH_FLAG_COUNTED;
		}
		rxpath_report_add_derived(report, name, count, 0, flags);
	}
}

/* Sockets that are no more. */

static int by_port(const void *a, const void *b)
{
	const struct rxpath_udp_drop *first = a;
	const struct rxpath_udp_drop *second = b;

	return rxpath_order(first->port, second->port);
}

/* A row for each port that is known, sorted; NULL without memory. */
static struct rxpath_udp_drop *ports_of(const struct rxpath_trace_result *trace,
					struct rxpath_report *report, size_t *count)
{
	struct rxpath_udp_drop *ports =
		rxpath_report_take(report, trace->udp_count * sizeof *ports);

	*count = 0;
	if (!ports)
		return NULL;
	memcpy(ports, trace->udp, trace->udp_count * sizeof *ports);
	qsort(ports, trace->udp_count, sizeof *ports, by_port);
	for (size_t i = 0; i < trace->udp_count; i++) {
		if (ports[i].port == RXPATH_UNKNOWN32)
			continue;
		if (*count > 0 && ports[*count - 1].port == ports[i].port)
			ports[*count - 1].count += ports[i].count;
		else
			ports[(*count)++] = ports[i];
	}
	return ports;
}

/* What a port lost, less what the sockets that still have it lost, as far as the protocols'
 * counters say that anything is missing. */
static void name_closed(const struct rxpath_trace_result *trace, struct rxpath_report *report)
{
	uint64_t missing = report->attribution.unattributed;
	struct rxpath_udp_drop *ports;
	size_t count, kept = 0;

	if (!report->attribution.known || missing == 0 || trace->udp_count == 0)
		return;
	ports = ports_of(trace, report, &count);
	for (size_t i = 0; i < report->socket_count; i++) {
		const struct rxpath_socket_line *line = &report->sockets[i];
		struct rxpath_udp_drop key = {.port = line->socket->local.port};
		struct rxpath_udp_drop *port;

		port = count == 0 ? NULL : bsearch(&key, ports, count, sizeof *ports, by_port);
		if (port && rxpath_socket_is_udp(line->socket))
			port->count = rxpath_less(port->count, line->delta);
	}
	for (size_t i = 0; i < count && missing > 0; i++) {
		if (ports[i].count == 0)
			continue;
		ports[kept] = ports[i];
		ports[kept].count = rxpath_min(ports[kept].count, missing);
		missing -= ports[kept++].count;
	}
	report->closed = ports;
	report->closed_count = kept;
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

/* Traced drops of the receive path that a counter of some namespace should have. */
static uint64_t traced_with_counter(const struct rxpath_trace_result *trace)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < trace->drop_count; i++)
		if (trace->drops[i].on_path && !silent_name(&trace->drops[i]))
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

	report->counted = counted_here(report, criteria);
	if (!match->after->trace)
		return;
	trace = combine(report, match->after->trace);
	if (!trace)
		return;
	name_closed(trace, report);
	report->trace = trace;
	trace->with_counter = traced_with_counter(trace);
	trace->elsewhere = rxpath_trace_elsewhere(trace->with_counter, report->counted);
	judge_devices(report, trace);
	judge_refused(report, trace);
	note_residuals(trace, report);
	add_silent(match, trace, report);
}
