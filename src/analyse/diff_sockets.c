/* diff_sockets.c: what each socket lost between the two samples. */
#include <stdlib.h>

#include "steps.h"
#include "rxpath/search.h"

/* More than half of the limit is taken: one burst away from a loss. A listener's queue is short
 * and often used up to its limit, so only its last quarter counts. What waits in a capture does
 * not concern the host. */
static bool is_full(const struct rxpath_socket *socket)
{
	if (socket->protocol == RXPATH_PACKET || socket->protocol == RXPATH_NETLINK)
		return false;
	if (socket->protocol == RXPATH_TCP)
		return socket->limit != RXPATH_UNKNOWN32 &&
		       socket->rx_queue > socket->limit - socket->limit / 4;
	return socket->rcvbuf != RXPATH_UNKNOWN32 && socket->rcvbuf > 0 &&
	       rxpath_queue_used(socket) > socket->rcvbuf / 2;
}

/* The host may have received what a capture missed. A netlink socket misses messages of the
 * kernel, not packets. */
static enum rxpath_kind kind_of(const struct rxpath_socket *socket)
{
	switch (socket->protocol) {
	case RXPATH_PACKET:
		return RXPATH_KIND_SUSPECT;
	case RXPATH_NETLINK:
		return RXPATH_KIND_PRESSURE;
	default:
		return RXPATH_KIND_DROP;
	}
}

static struct rxpath_socket_line compare(const struct rxpath_socket_record *before,
					 const struct rxpath_socket *after)
{
	struct rxpath_socket_line line = {
		.socket = after,
		.rx_queue_before = RXPATH_UNKNOWN,
		.rmem_before = RXPATH_UNKNOWN,
		.kind = kind_of(after),
		.full = is_full(after),
	};

	if (!before) {
		line.delta = after->drops;
		return line;
	}
	line.drops_before = before->drops;
	line.rx_queue_before = before->rx_queue;
	if (before->rmem != RXPATH_UNKNOWN32)
		line.rmem_before = before->rmem;
	/* 32 bits wide: a difference modulo 2^32, unless it fell by so little that
	 * it began anew. */
	line.delta = after->drops - before->drops;
	if (after->drops < before->drops) {
		if (before->drops - after->drops > UINT32_MAX / 2) {
			line.flags = RXPATH_FLAG_WRAPPED;
			line.delta = (uint32_t)(after->drops - before->drops);
		} else {
			line.flags = RXPATH_FLAG_RESET;
			line.delta = after->drops;
		}
	}
	return line;
}

static int by_loss(const void *a, const void *b)
{
	const struct rxpath_socket_line *first = a;
	const struct rxpath_socket_line *second = b;

	if (first->delta != second->delta)
		return rxpath_order(second->delta, first->delta);
	return rxpath_slice_compare(first->subject, second->subject);
}

/* A socket that the first listing lacks is new, unless that listing may have left it out; or it is
 * one of UDP that was disconnected at the time, and so in no listing. Its drops may be older. Where
 * its protocol's counters are not known, nothing else tells of its loss. */
static bool may_be_old(const struct match *match, const struct rxpath_socket *socket)
{
	return match->before &&
	       ((rxpath_socket_is_udp(socket) && match->comparable[RXPATH_SOURCE_SNMP]) ||
		match->before->sources[rxpath_source_of_sockets(socket->protocol, socket->v6)]
			.in_pieces);
}

/* Such a socket's loss is only believed as far as its protocol counted losses that no other socket
 * has; for lack of UDP's memory some kernels count none. */
static void disbelieve(const struct match *match, uint64_t lost, struct rxpath_socket_line *line)
{
	uint64_t max = rxpath_protocol_losses(match, line->socket->protocol).max;
	uint64_t left = rxpath_less(max, lost);
	struct memory udp;

	if (line->delta <= left ||
	    (rxpath_socket_is_udp(line->socket) &&
	     rxpath_memory_of(match->after, match->after, RXPATH_UDP, &udp) == MEMORY_SHORT))
		return;
	line->delta = left;
	line->drops_before = line->socket->drops - left;
}

static bool is_comparable(const struct match *match, const struct rxpath_socket *socket)
{
	return match->comparable[rxpath_source_of_sockets(socket->protocol, socket->v6)];
}

static void add(struct rxpath_report *report, struct rxpath_socket_line *line)
{
	struct rxpath_buf subject = {0};

	rxpath_socket_subject(&subject, line->socket);
	line->subject = rxpath_report_keep(report, &subject);
	rxpath_report_add_socket(report, line);
}

/* Sockets whose age is in doubt come after all others have been added up. */
enum pass { CERTAIN, DOUBTFUL };

/* While sockets come and go a listing shows some of the others twice: the first showing counts, in
 * either sample. */
static void add_moved(const struct match *match, const struct rxpath_criteria *criteria,
		      const uint32_t *before_of, enum pass pass, struct rxpath_report *report,
		      uint64_t lost_by[RXPATH_PROTOCOLS])
{
	for (size_t i = 0; i < match->after->socket_count; i++) {
		const struct rxpath_socket *after = &match->after->sockets[i];
		const struct rxpath_socket_record *before = NULL;
		struct rxpath_socket_line line;

		if (before_of[i] == MATCH_DUPLICATE || !is_comparable(match, after))
			continue;
		if (match->before && before_of[i] != MATCH_NEW)
			before = &match->before->records[before_of[i] - 1];
		if (pass != (!before && may_be_old(match, after) ? DOUBTFUL : CERTAIN))
			continue;
		if (!criteria->all && after->drops == (before ? before->drops : 0) &&
		    after->rx_queue == 0 && (after->rmem == 0 || after->rmem == RXPATH_UNKNOWN32))
			continue;
		line = compare(before, after);
		line.full = line.full || rxpath_queue_grows(&line, report->interval);
		if (!before && match->before)
			line.flags = RXPATH_FLAG_NEW;
		if (pass == DOUBTFUL)
			disbelieve(match, lost_by[after->protocol], &line);
		lost_by[after->protocol] += line.delta;
		if (criteria->all || line.delta > 0 || line.full)
			add(report, &line);
	}
}

/* What listeners refused for good reason: other counters have it. */
static uint64_t refused_by_listeners(const struct match *match)
{
	static const char *const refusals[] = {
		"TcpExtEmbryonicRsts",	  "TcpExtTCPDeferAcceptDrop",
		"TcpExtTCPMinTTLDrop",	  "TcpExtTCPMD5NotFound",
		"TcpExtTCPMD5Unexpected", "TcpExtTCPMD5Failure",
		"TcpExtTCPAORequired",	  "TcpExtTCPAOBad",
		"TcpExtTCPAOKeyNotFound", "XfrmInNoPols",
		"XfrmInPolBlock",	  "XfrmInPolError",
		"XfrmInTmplMismatch",	  NULL,
	};

	return rxpath_changes_of(match, refusals).max;
}

/* Listeners drop packets of connections that they refuse, of which ListenDrops counts those for
 * lack of room. What a filter or a policy refused, no counter has. Neither is counted by listener,
 * so one that dropped exactly what was refused in all is taken for the one that refused it. */
static void judge_listeners(const struct match *match, struct rxpath_report *report)
{
	uint64_t lost = rxpath_change_of(match, "TcpExtListenDrops").max;
	uint64_t refused = refused_by_listeners(match);

	if (!match->comparable[RXPATH_SOURCE_NETSTAT])
		return;
	for (size_t i = 0; i < report->socket_count; i++) {
		struct rxpath_socket_line *line = &report->sockets[i];

		if (line->socket->protocol != RXPATH_TCP || line->delta == 0)
			continue;
		if (line->delta <= refused && (line->delta > lost || line->delta == refused)) {
			line->kind = RXPATH_KIND_REJECT;
			refused -= line->delta;
			continue;
		}
		if (lost == 0)
			line->kind = RXPATH_KIND_SUSPECT;
		refused = rxpath_less(refused, rxpath_less(line->delta, lost));
		lost = rxpath_less(lost, line->delta);
	}
}

static int by_identity(const void *a, const void *b)
{
	const struct rxpath_socket *first = a;
	const struct rxpath_socket *second = b;
	uint64_t first_identity = rxpath_socket_identity(first);
	uint64_t second_identity = rxpath_socket_identity(second);

	if (first->protocol != second->protocol)
		return rxpath_order(first->protocol, second->protocol);
	return rxpath_order(first_identity, second_identity);
}

/* Sockets that the second sample lacks, as they were in the first. What they lost since then is
 * counted by their protocol. */
static void add_gone(const struct match *match, struct rxpath_report *report)
{
	const struct rxpath_sample *before = match->before;
	const struct rxpath_sample *after = match->after;
	struct rxpath_socket *sorted = rxpath_sorted_copy(after->sockets, after->socket_count,
							  sizeof *sorted, by_identity);

	report->failed = report->failed || !sorted;
	for (size_t i = 0; sorted && i < before->socket_count; i++) {
		const struct rxpath_socket *socket = &before->sockets[i];
		struct rxpath_socket_line line = {
			.socket = socket,
			.drops_before = socket->drops,
			.rx_queue_before = socket->rx_queue,
			.rmem_before = RXPATH_UNKNOWN,
			.kind = kind_of(socket),
			.flags = RXPATH_FLAG_GONE,
		};

		if (is_comparable(match, socket) &&
		    !bsearch(socket, sorted, after->socket_count, sizeof *sorted, by_identity))
			add(report, &line);
	}
	free(sorted);
}

void rxpath_diff_sockets(const struct match *match, const struct rxpath_criteria *criteria,
			 struct rxpath_report *report, uint64_t lost_by[RXPATH_PROTOCOLS])
{
	uint32_t *before_of;

	if (!rxpath_match_sockets(match, &before_of)) {
		report->failed = true;
		return;
	}
	add_moved(match, criteria, before_of, CERTAIN, report, lost_by);
	add_moved(match, criteria, before_of, DOUBTFUL, report, lost_by);
	free(before_of);
	if (criteria->all && match->before)
		add_gone(match, report);
	rxpath_sort(report->sockets, report->socket_count, sizeof *report->sockets, by_loss);
	judge_listeners(match, report);
}
