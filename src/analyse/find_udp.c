/* find_udp.c: datagrams: what was wrong with them, and which sockets could not take them. */
#include <string.h>

#include "findings.h"

#define SHOWN 3

static bool lost_some(const struct rxpath_socket_line *line)
{
	return line->delta > 0 && !(line->flags & RXPATH_FLAG_ALLOWED);
}

/* The UDP socket that lost most; NULL. They stand in that order. */
static const struct rxpath_socket_line *worst_of(const struct finding_ctx *ctx)
{
	const struct rxpath_report *report = ctx->report;

	for (size_t i = 0; i < report->socket_count; i++)
		if (rxpath_socket_is_udp(&report->sockets[i].socket) && lost_some(&report->sockets[i]))
			return &report->sockets[i];
	return NULL;
}

/* What counts against the limit: the memory that is charged, where the source tells. */
static uint64_t used_now(const struct rxpath_socket_line *line)
{
	return line->socket.rmem == RXPATH_UNKNOWN32 ? line->socket.rx_queue : line->socket.rmem;
}

static uint64_t used_before(const struct rxpath_socket_line *line)
{
	return line->rmem_before == RXPATH_UNKNOWN ? line->rx_queue_before : line->rmem_before;
}

/* "its queue held 0 bytes, holds 7488, takes at most 8192", as far as that is known. */
static const char *queue_of(struct finding_ctx *ctx, const struct rxpath_socket_line *line)
{
	uint64_t before = used_before(line);
	uint64_t limit = line->socket.rcvbuf;

	return rxpath_phrase(
		ctx, "its queue %sholds %llu%s%s",
		before == RXPATH_UNKNOWN ?
			"" :
			rxpath_phrase(ctx, "held %llu bytes, ", (unsigned long long)before),
		(unsigned long long)used_now(line), before == RXPATH_UNKNOWN ? " bytes" : "",
		limit == RXPATH_UNKNOWN32 ?
			"" :
			rxpath_phrase(ctx, ", takes at most %llu", (unsigned long long)limit));
}

static void show_socket(struct finding_ctx *ctx, const struct rxpath_socket_line *line)
{
	finding_evidence(ctx, "%s of %s%s lost %llu; %s", rxpath_phrase_of(ctx, line->subject),
		    rxpath_owner_of(ctx, line),
		    line->process_count > 0 ? rxpath_phrase(ctx, " (uid %u)", line->socket.uid) :
					      "",
		    (unsigned long long)line->delta, queue_of(ctx, line));
}

/* `said`: one that has been spoken of already; NULL. */
static void show_sockets(struct finding_ctx *ctx, const struct rxpath_socket_line *said)
{
	const struct rxpath_report *report = ctx->report;
	size_t lossy = 0;

	for (size_t i = 0; i < report->socket_count; i++)
		if (rxpath_socket_is_udp(&report->sockets[i].socket) && lost_some(&report->sockets[i]) &&
		    &report->sockets[i] != said && ++lossy <= SHOWN)
			show_socket(ctx, &report->sockets[i]);
	if (lossy > SHOWN)
		finding_evidence(ctx, "and %zu more sockets", lossy - SHOWN);
}

/* How a queue stood at the two moments. */
enum course { UNKNOWN, BURST, SUSTAINED, FILLING };

static enum course course_of(const struct rxpath_socket_line *line)
{
	uint64_t before = used_before(line);
	uint64_t now = used_now(line);
	uint64_t half = line->socket.rcvbuf / 2;

	if (before == RXPATH_UNKNOWN)
		return UNKNOWN;
	/* Without the limit only an empty queue tells. */
	if (line->socket.rcvbuf == RXPATH_UNKNOWN32)
		return before + now == 0 ? BURST : UNKNOWN;
	if (before > half && now > half)
		return SUSTAINED;
	if (before <= half && now <= half)
		return BURST;
	return before <= half ? FILLING : UNKNOWN;
}

/* Where a receive limit comes from: sock_setsockopt doubles what the application asks for, after
 * cutting it to rmem_max, and gives no less than SOCK_MIN_RCVBUF; who never asked has rmem_default
 * as it is. */
enum origin { NOT_KNOWN, NEVER_ASKED, LEAST, ASKED, AT_MOST, FORCED };

/* SOCK_MIN_RCVBUF is 2048 bytes and a struct sk_buff, which is never larger than this. */
#define LEAST_LIMIT (2048u + 384u)

static enum origin origin_of(const struct finding_ctx *ctx, uint32_t limit, uint64_t *most,
			     uint64_t *usual)
{
	*most = *usual = 0;
	if (!rxpath_number_of(ctx, "net.core.rmem_max", most) ||
	    !rxpath_number_of(ctx, "net.core.rmem_default", usual) ||
	    limit == RXPATH_UNKNOWN32)
		return NOT_KNOWN;
	return limit == *usual	     ? NEVER_ASKED :
	       limit <= LEAST_LIMIT  ? LEAST :
	       limit / 2 < *most     ? ASKED :
	       limit / 2 == *most    ? AT_MOST :
				       FORCED;
}

static void show_queue(struct finding_ctx *ctx, const struct rxpath_socket_line *line)
{
	static const char *const origins[] = {
		[NOT_KNOWN] = "",
		[NEVER_ASKED] = " (net.core.rmem_default: the program never asked)",
		[LEAST] = " (the least that the kernel gives: the program asked for less)",
		[ASKED] = " (what the program asked for, doubled by the kernel)",
		[AT_MOST] = " (twice net.core.rmem_max: the program asked for that or more)",
		[FORCED] = " (beyond net.core.rmem_max: set with privilege)",
	};
	uint64_t most, usual;

	finding_evidence(ctx, "%s%s", queue_of(ctx, line),
		    origins[origin_of(ctx, line->socket.rcvbuf, &most, &usual)]);
}

/* Nobody has told the limit: not sock_diag either, where rxpath itself looked. */
static void advise_unknown(struct finding_ctx *ctx, const struct rxpath_socket_line *line)
{
	const char *look = ctx->match.after->version.len > 0 ?
				   "" :
				   rxpath_phrase(ctx, "see its limit with 'ss -%camn' (rb); ",
						 rxpath_socket_is_udp(&line->socket) ? 'u' : 'w');

	finding_advice(ctx,
		      "%shave %s ask for a larger SO_RCVBUF (up to net.core.rmem_max%s counts); "
		      "if it never asks it has net.core.rmem_default%s",
		      look, rxpath_owner_of(ctx, line), rxpath_now(ctx, "net.core.rmem_max"),
		      rxpath_now(ctx, "net.core.rmem_default"));
}

/* A larger buffer holds a larger burst. Which setting limits it decides what helps; no socket that
 * is open grows by a sysctl. */
static void advise_buffer(struct finding_ctx *ctx, const struct rxpath_socket_line *line)
{
	const char *owner = rxpath_owner_of(ctx, line);
	uint32_t limit = line->socket.rcvbuf;
	unsigned long long max, normal;
	uint64_t most, usual;
	enum origin origin = origin_of(ctx, limit, &most, &usual);

	max = most;
	normal = usual;
	switch (origin) {
	case NEVER_ASKED:
		if (limit / 2 >= most)
			finding_advice(ctx,
				      "raise net.core.rmem_max (now %llu) well beyond %u, and only "
				      "then have %s ask for a larger SO_RCVBUF: asking now could "
				      "shrink its buffer",
				      max, limit / 2, owner);
		else
			finding_advice(ctx,
				      "have %s ask for a larger SO_RCVBUF (up to %llu counts): "
				      "raising net.core.rmem_max alone does nothing for a program "
				      "that does not ask",
				      owner, max);
		finding_advice(ctx,
			      "or raise net.core.rmem_default (now %llu), say to %llu, and restart "
			      "it: every new socket may then hold that much kernel memory",
			      normal, 4 * normal);
		break;
	case AT_MOST:
		finding_advice(ctx,
			      "raise net.core.rmem_max (now %llu), say to %llu, and restart %s "
			      "(open sockets keep their size): each that asks may then hold "
			      "twice that",
			      max, 4 * max, owner);
		break;
	case LEAST:
	case ASKED:
		finding_advice(ctx,
			      "have %s ask for more than SO_RCVBUF %u, its own setting; "
			      "net.core.rmem_max (now %llu) is not what limits it",
			      owner, limit / 2, max);
		break;
	case FORCED:
		finding_advice(ctx,
			      "have %s ask for more than it does (SO_RCVBUFFORCE): sysctls do not "
			      "limit it",
			      owner);
		break;
	case NOT_KNOWN:
		advise_unknown(ctx, line);
		break;
	}
}

/* Long enough for a program that reads at all to have read something. */
static bool is_long(const struct finding_ctx *ctx)
{
	return ctx->match.before && (ctx->report->interval == RXPATH_UNKNOWN ||
				       ctx->report->interval >= 500 * UINT64_C(1000000));
}

/* Nobody read a datagram, for long enough to say so. */
static bool is_idle(const struct finding_ctx *ctx)
{
	return is_long(ctx) &&
	       rxpath_change_of(&ctx->match, "UdpInDatagrams").delta +
			       rxpath_change_of(&ctx->match, "Udp6InDatagrams").delta ==
		       0;
}

/* What a socket that is not read has to show: its queue stands. */
static bool stands(const struct finding_ctx *ctx, const struct rxpath_socket_line *line)
{
	return is_long(ctx) && used_before(line) == used_now(line);
}

static void advise_reader(struct finding_ctx *ctx, const struct rxpath_socket_line *line)
{
	const char *owner = rxpath_owner_of(ctx, line);
	unsigned long long pid = line->process_count > 0 ? line->processes[0].pid : 0;
	bool idle = is_idle(ctx);

	if (idle)
		finding_evidence(ctx, "nobody read any UDP datagram (UdpInDatagrams stands still)");
	if (idle || stands(ctx, line))
		finding_advice(ctx,
			      "see %s %s%s: it may be stopped, or wait for something else%s",
			      idle ? "why" : "first whether", owner,
			      idle ? " does not read" : " reads at all",
			      pid == 0 ? "" :
					 rxpath_phrase(ctx,
						       " (State in /proc/%llu/status; as root "
						       "strace -p %llu)",
						       pid, pid));
	if (!idle)
		finding_advice(ctx,
			      "make %s read faster: several datagrams a call (recvmmsg), less "
			      "work between, more threads with a socket each (SO_REUSEPORT); a "
			      "larger buffer only puts the loss off",
			      owner);
}

/* How many other sockets share its address, and with it what is sent there; and how many of those
 * lost nothing. */
static size_t neighbours(const struct finding_ctx *ctx, const struct rxpath_socket *socket,
			 size_t *spared)
{
	const struct rxpath_sample *after = ctx->match.after;
	const struct rxpath_report *report = ctx->report;
	uint32_t group = rxpath_socket_reuse_group(socket);
	size_t count = 0;
	size_t lossy = 0;

	*spared = 0;
	if (group == 0)
		return 0;
	for (size_t i = 0; i < after->socket_count; i++)
		count += rxpath_socket_reuse_group(&after->sockets[i]) == group;
	for (size_t i = 0; i < after->skipped_group_count; i++)
		count += after->skipped_groups[i] == group;
	for (size_t i = 0; i < report->socket_count; i++)
		lossy += report->sockets[i].delta > 0 &&
			 rxpath_socket_reuse_group(&report->sockets[i].socket) == group;
	if (count < 2 || lossy > count)
		return 0;
	*spared = count - lossy;
	return count - 1;
}

static bool is_multicast(const struct rxpath_socket *socket)
{
	return socket->v6 ? socket->local.bytes[0] == 0xff :
			    (socket->local.bytes[0] & 0xf0) == 0xe0;
}

static uint64_t sum_of(const struct finding_ctx *ctx, const char *const names[])
{
	uint64_t sum = 0;

	for (size_t i = 0; names[i]; i++)
		sum = rxpath_sum(sum, rxpath_change_of(&ctx->match, names[i]).delta);
	return sum;
}

/* How many datagrams UDP had more than IP delivered: a copy for each further member of a group. */
static uint64_t copies(const struct finding_ctx *ctx)
{
	static const char *const ended[] = {"UdpInDatagrams", "UdpInErrors", "UdpNoPorts",
					    "Udp6InDatagrams", "Udp6InErrors", "Udp6NoPorts",
					    "TcpInSegs", "IcmpInMsgs", "Icmp6InMsgs", NULL};
	static const char *const delivered[] = {"IpInDelivers", "Ip6InDelivers", NULL};
	uint64_t all = sum_of(ctx, ended);
	uint64_t came = sum_of(ctx, delivered);

	return all > came ? all - came : 0;
}

/* Bound to any address, it gets multicast if that was copied about as often as it lost. */
static bool may_be_multicast(const struct finding_ctx *ctx, const struct rxpath_socket_line *line)
{
	static const uint8_t any[16];

	if (is_multicast(&line->socket))
		return true;
	return memcmp(line->socket.local.bytes, any, sizeof any) == 0 &&
	       rxpath_change_of(&ctx->match,
				line->socket.v6 ? "Ip6InMcastPkts" : "IpExtInMcastPkts")
			       .delta >= line->delta &&
	       copies(ctx) >= line->delta / 2;
}

static uint64_t overflows(const struct finding_ctx *ctx)
{
	static const char *const names[] = {"UdpRcvbufErrors", "Udp6RcvbufErrors",
					    "UdpLiteRcvbufErrors", "UdpLite6RcvbufErrors", NULL};

	return rxpath_moved_any(ctx, names);
}

static void say_overflow(struct finding_ctx *ctx, const struct rxpath_socket_line *worst,
			 uint64_t lost)
{
	static const char *const courses[] = {
		[UNKNOWN] = "its receive queue was full",
		[BURST] = "datagrams came in bursts that its receive queue did not hold",
		[SUSTAINED] = ("its receive queue is full all the time, as it reads more slowly "
			       "than they come, or not at all"),
		[FILLING] = "its receive queue filled up and is still full",
	};

	if (worst)
		finding_summary(ctx, "%s of %s lost %llu datagrams: %s.",
			   rxpath_phrase_of(ctx, worst->subject), rxpath_owner_of(ctx, worst),
			   (unsigned long long)worst->delta, courses[course_of(worst)]);
	else
		finding_summary(ctx,
			   "%llu datagrams found a full receive queue, of sockets closed by now "
			   "or not visible from here.",
			   (unsigned long long)lost);
}

bool rxpath_find_udp_receive_buffer(struct finding_ctx *ctx)
{
	static const char *const names[] = {"UdpRcvbufErrors", "Udp6RcvbufErrors",
					    "UdpLiteRcvbufErrors", "UdpLite6RcvbufErrors", NULL};
	const struct rxpath_socket_line *worst = worst_of(ctx);
	uint64_t lost = overflows(ctx);
	size_t shared, spared = 0;

	if (lost == 0)
		return false;
	say_overflow(ctx, worst, lost);
	rxpath_show_moved(ctx, names);
	if (ctx->report->attribution.known && ctx->report->attribution.unattributed > 0)
		finding_evidence(ctx,
			    "%llu of them by sockets since closed, or not visible from here",
			    (unsigned long long)ctx->report->attribution.unattributed);
	if (!worst) {
		finding_advice(ctx, "run it with 'rxpath run', or rxpath with --trace as root, "
				      "which names the ports");
		return true;
	}
	show_queue(ctx, worst);
	show_sockets(ctx, worst);
	shared = neighbours(ctx, &worst->socket, &spared);
	if (shared > 0 && !may_be_multicast(ctx, worst))
		finding_evidence(ctx,
			    "%zu more share its address (SO_REUSEPORT); of these %zu lost nothing",
			    shared, spared);
	switch (course_of(worst)) {
	case SUSTAINED:
		advise_reader(ctx, worst);
		break;
	case FILLING:
		if (is_idle(ctx)) {
			advise_reader(ctx, worst);
			break;
		}
		finding_advice(ctx, "look again in a moment: if its queue stays full, make it "
				      "read faster (recvmmsg, more threads); if it empties it was "
				      "a burst, and a larger buffer holds that");
		advise_buffer(ctx, worst);
		break;
	case BURST:
		advise_buffer(ctx, worst);
		break;
	case UNKNOWN:
		finding_advice(ctx, "look again while it happens: only if its queue empties in "
				      "between does a larger buffer help");
		advise_buffer(ctx, worst);
		break;
	}
	return true;
}

bool rxpath_find_multicast_slow(struct finding_ctx *ctx)
{
	const struct rxpath_socket_line *worst = worst_of(ctx);
	size_t members, spared;

	if (!worst || overflows(ctx) == 0 || !may_be_multicast(ctx, worst))
		return false;
	members = neighbours(ctx, &worst->socket, &spared);
	if (spared == 0)
		return false;
	finding_summary(ctx,
		   "%zu of %zu sockets that get the same multicast on port %u lost nothing: %s, "
		   "which lost %llu datagrams, is too slow.",
		   spared, members + 1, worst->socket.local.port, rxpath_owner_of(ctx, worst),
		   (unsigned long long)worst->delta);
	show_sockets(ctx, NULL);
	finding_advice(ctx, "help that program (see udp-receive-buffer): the network brings "
			      "everything, and the others take it");
	return true;
}

uint64_t rxpath_lost_by_raw(const struct finding_ctx *ctx)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < ctx->report->socket_count; i++) {
		const struct rxpath_socket_line *line = &ctx->report->sockets[i];

		if (line->socket.protocol == RXPATH_RAW || line->socket.protocol == RXPATH_ICMP)
			sum += line->delta;
	}
	return sum;
}

/* The UDP socket that holds most, in the second sample. */
static const struct rxpath_socket *largest_queue(const struct finding_ctx *ctx)
{
	const struct rxpath_sample *after = ctx->match.after;
	const struct rxpath_socket *largest = NULL;

	for (size_t i = 0; i < after->socket_count; i++)
		if (rxpath_socket_is_udp(&after->sockets[i]) &&
		    (!largest || after->sockets[i].rx_queue > largest->rx_queue))
			largest = &after->sockets[i];
	return largest && largest->rx_queue > 0 ? largest : NULL;
}

static const char *subject_of(struct finding_ctx *ctx, const struct rxpath_socket *socket)
{
	struct rxpath_buf text = {0};
	const char *kept;

	rxpath_socket_subject(&text, socket);
	ctx->failed = ctx->failed || text.failed;
	kept = rxpath_phrase_of(ctx, rxpath_buf_view(&text));
	rxpath_buf_free(&text);
	return kept;
}

bool rxpath_find_udp_memory(struct finding_ctx *ctx)
{
	static const char *const settings[] = {"net.ipv4.udp_mem", NULL};
	static const char *const names[] = {"UdpMemErrors", "Udp6MemErrors", "UdpLiteMemErrors",
					    "UdpLite6MemErrors", NULL};
	uint64_t counted = rxpath_moved_any(ctx, names);
	uint64_t silent = rxpath_lost(ctx, "sk_drops");
	uint64_t raw = rxpath_lost_by_raw(ctx);
	const struct rxpath_socket *largest = largest_queue(ctx);
	uint64_t together, pages;

	/* Where the protocols' counters were not read, there is nothing that they do not show. */
	silent = silent > raw && ctx->report->attribution.known ? silent - raw : 0;
	together = counted + silent;
	if (together == 0)
		return false;
	if (counted > 0)
		finding_summary(ctx,
			   "%llu datagrams were dropped: the memory that all UDP sockets of the "
			   "host share was used up.",
			   (unsigned long long)together);
	else
		finding_summary(ctx,
			   "UDP sockets lost %llu datagrams that no protocol counter shows: so "
			   "looks a shortage of UDP's memory on Linux 6.18 and 6.19.",
			   (unsigned long long)silent);
	rxpath_show_moved(ctx, names);
	if (silent > 0)
		finding_evidence(ctx, "sk_drops of UDP sockets beyond the protocol's counters: %llu",
			    (unsigned long long)silent);
	rxpath_show_settings(ctx, settings);
	if (rxpath_number_of(ctx, "sockstat.UDP.mem", &pages))
		finding_evidence(ctx,
			    "UDP holds %llu pages now (up to some hundred a CPU more or less)",
			    (unsigned long long)pages);
	if (largest) {
		finding_evidence(ctx, "the largest queue here: %s with %u bytes",
			    subject_of(ctx, largest), largest->rx_queue);
		finding_advice(ctx,
			      "see why %s is not read: what lies in queues holds the memory",
			      subject_of(ctx, largest));
	}
	show_sockets(ctx, NULL);
	finding_advice(ctx,
		      "%s net.ipv4.udp_mem%s: pages, refused over the last of the three; UDP may "
		      "then take that much from everything else",
		      largest ? "then raise" : "raise", rxpath_now(ctx, "net.ipv4.udp_mem"));
	return true;
}

bool rxpath_find_udp_queue(struct finding_ctx *ctx)
{
	const struct rxpath_report *report = ctx->report;
	const struct rxpath_socket_line *worst = NULL;
	size_t full = 0;

	for (size_t i = 0; i < report->socket_count; i++) {
		const struct rxpath_socket_line *line = &report->sockets[i];

		if (!rxpath_socket_is_udp(&line->socket) || !line->full || line->delta > 0 ||
		    course_of(line) != SUSTAINED)
			continue;
		worst = !worst || used_now(line) > used_now(worst) ? line : worst;
		if (++full <= SHOWN)
			finding_evidence(ctx, "%s of %s: %s", rxpath_phrase_of(ctx, line->subject),
				    rxpath_owner_of(ctx, line), queue_of(ctx, line));
	}
	if (!worst)
		return false;
	finding_summary(ctx,
		   "The receive queue of %s (%s) stays over half full: nothing is lost yet.",
		   rxpath_phrase_of(ctx, worst->subject), rxpath_owner_of(ctx, worst));
	advise_reader(ctx, worst);
	return true;
}

bool rxpath_find_raw_socket(struct finding_ctx *ctx)
{
	const struct rxpath_report *report = ctx->report;
	const struct rxpath_socket_line *worst = NULL;
	size_t lossy = 0;

	for (size_t i = 0; i < report->socket_count; i++) {
		const struct rxpath_socket_line *line = &report->sockets[i];

		if ((line->socket.protocol != RXPATH_RAW && line->socket.protocol != RXPATH_ICMP) ||
		    !lost_some(line))
			continue;
		if (!worst) {
			worst = line;
			show_queue(ctx, line);
		} else if (++lossy <= SHOWN) {
			show_socket(ctx, line);
		}
	}
	if (!worst)
		return false;
	finding_summary(ctx,
		   "%s of %s lost %llu packets that nothing else counts: its receive queue was "
		   "full.",
		   rxpath_phrase_of(ctx, worst->subject), rxpath_owner_of(ctx, worst),
		   (unsigned long long)worst->delta);
	if (course_of(worst) == SUSTAINED)
		finding_advice(ctx,
			      "make %s read: its queue is full all the time, and a larger one "
			      "would fill too",
			      rxpath_owner_of(ctx, worst));
	else
		advise_buffer(ctx, worst);
	finding_advice(ctx, "it gets a copy of every packet of its protocol: a filter "
			      "(SO_ATTACH_FILTER) keeps away what it does not want");
	return true;
}

bool rxpath_find_udp_checksum(struct finding_ctx *ctx)
{
	static const char *const names[] = {"UdpInCsumErrors", "Udp6InCsumErrors",
					    "UdpLiteInCsumErrors", "UdpLite6InCsumErrors", NULL};
	uint64_t bad = rxpath_moved_any(ctx, names);

	if (bad == 0)
		return false;
	finding_summary(ctx, "%llu UDP datagrams had a wrong checksum%s.", (unsigned long long)bad,
		   rxpath_moved(ctx, "Udp6InCsumErrors") > 0 ? " (or, by IPv6, none at all)" :
								  "");
	rxpath_show_moved(ctx, names);
	/* Where queues overflowed too, a socket's drops do not tell which was which. */
	if (worst_of(ctx) && overflows(ctx) == 0)
		show_sockets(ctx, NULL);
	finding_evidence(ctx, "most are counted when the program reads: they may have come earlier");
	finding_advice(ctx, "see who sends them (tcpdump -nn -vv udp shows 'bad udp cksum'): "
			      "damage on the path, a NAT or tunnel that does not correct the "
			      "checksum");
	finding_advice(ctx, "if all do, try without the card's offload: 'ethtool -K DEVICE rx "
			      "off' (costs CPU)");
	return true;
}

bool rxpath_find_udp_refused(struct finding_ctx *ctx)
{
	static const char *const names[] = {"UdpInErrors", "Udp6InErrors", "UdpLiteInErrors",
					    "UdpLite6InErrors", NULL};
	uint64_t refused = 0;

	for (size_t i = 0; names[i]; i++)
		refused += rxpath_lost(ctx, names[i]);
	if (refused == 0)
		return false;
	finding_summary(ctx,
		   "UDP refused %llu datagrams for a reason without a counter: a filter on the "
		   "socket or its cgroup, IPsec, or a malformed datagram.",
		   (unsigned long long)refused);
	rxpath_show_moved(ctx, names);
	if (worst_of(ctx) && overflows(ctx) > 0) {
		finding_evidence(ctx, "queues overflowed as well, so drops of sockets do not tell "
				    "which it was");
		finding_advice(ctx, "see the filters of sockets ('ss -uanb' as root) and "
				      "cgroups ('bpftool cgroup tree'), and malformed datagrams "
				      "(tcpdump -nn -vv udp)");
	} else if (worst_of(ctx)) {
		show_sockets(ctx, NULL);
		finding_advice(ctx, "see the filters of that socket ('ss -uanb' as root) and "
				      "its cgroup ('bpftool cgroup tree'): one that does its job "
				      "is no fault");
	} else {
		finding_evidence(ctx, "no socket lost any, so they were malformed, or their socket "
				    "is closed");
		finding_advice(ctx, "capture some (tcpdump -nn -vv udp): mostly a length that "
				      "does not match the packet");
	}
	finding_advice(ctx, "where IPsec is in use see /proc/net/xfrm_stat");
	return true;
}

bool rxpath_find_no_listener(struct finding_ctx *ctx)
{
	static const char *const ports[] = {"UdpNoPorts", "Udp6NoPorts", "UdpLiteNoPorts",
					    "UdpLite6NoPorts", NULL};
	static const char *const groups[] = {"UdpIgnoredMulti", "Udp6IgnoredMulti",
					     "UdpLiteIgnoredMulti", NULL};
	uint64_t unwanted = rxpath_moved_any(ctx, ports);

	/* Multicast and broadcast that nobody wants are everywhere, and no news. */
	if (!rxpath_is_significant(ctx, unwanted, RXPATH_STAGE_TRANSPORT))
		return false;
	finding_summary(ctx, "%llu datagrams came for a port that no socket here has.",
		   (unsigned long long)unwanted);
	rxpath_show_moved(ctx, ports);
	rxpath_show_moved(ctx, groups);
	finding_advice(ctx, "see which port in the ICMP errors that answer (tcpdump -nn -i any "
			      "'icmp[0]=3 and icmp[1]=3 or icmp6[0]=1'); is a service down, or "
			      "bound to another address?");
	return true;
}
