/* trace_ports.c: which port each traced drop was for, and which ports closed sockets had.
 *
 * A datagram that found its socket's queue full gives two events: udp_fail_queue_rcv_skb, which
 * knows the port, and kfree_skb, which has the reason and the function. Here the two become one. */
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

bool rxpath_is_udp_function(struct rxpath_slice location)
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
	if (rxpath_is_udp_function(drop->location))
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
		order = rxpath_order(first->protocol, second->protocol);
	return order != 0 ? order : rxpath_order(first->port, second->port);
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
	rxpath_sort(trace->drops, left, sizeof *trace->drops, by_weight);
}

struct rxpath_trace_result *rxpath_combine_trace(struct rxpath_report *report,
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
	struct rxpath_udp_drop *last = NULL;

	*count = 0;
	if (!ports)
		return NULL;
	memcpy(ports, trace->udp, trace->udp_count * sizeof *ports);
	rxpath_sort(ports, trace->udp_count, sizeof *ports, by_port);
	for (size_t i = 0; i < trace->udp_count; i++) {
		if (ports[i].port == RXPATH_UNKNOWN32)
			continue;
		if (last && last->port == ports[i].port) {
			last->count += ports[i].count;
		} else {
			last = &ports[(*count)++];
			*last = ports[i];
		}
	}
	return ports;
}

/* What a port lost, less what the sockets that still have it lost, as far as the protocols'
 * counters say that anything is missing. */
void rxpath_name_closed(const struct rxpath_trace_result *trace, struct rxpath_report *report)
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
