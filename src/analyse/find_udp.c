/* find_udp.c: datagrams: what was wrong with them, and which sockets had no room for them. */
#include <string.h>

#include "findings.h"

static bool is_lossy_udp(const struct rxpath_socket_line *line)
{
	return rxpath_socket_is_udp(&line->socket) && rxpath_lost_some(line);
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

/* "its queue: 0 bytes before, 7488 now, limit 8192", as far as that is known. */
static const char *queue_of(struct finding_ctx *ctx, const struct rxpath_socket_line *line)
{
	uint64_t before = used_before(line);
	uint64_t now = used_now(line);
	uint64_t limit = line->socket.rcvbuf;
	const char *levels =
		before == RXPATH_UNKNOWN
			? rxpath_phrase(ctx, "%llu bytes", (unsigned long long)now)
			: rxpath_phrase(ctx, "%llu bytes before, %llu now",
					(unsigned long long)before, (unsigned long long)now);

	if (limit == RXPATH_UNKNOWN32)
		return rxpath_phrase(ctx, "its queue: %s", levels);
	return rxpath_phrase(ctx, "its queue: %s, limit %llu", levels, (unsigned long long)limit);
}

static const char *tell_socket(struct finding_ctx *ctx, const struct rxpath_socket_line *line)
{
	const char *uid =
		line->process_count > 0 ? rxpath_phrase(ctx, " (uid %u)", line->socket.uid) : "";

	return rxpath_phrase(ctx, "%s%s lost %llu; %s", rxpath_name_of(ctx, line), uid,
			     (unsigned long long)line->delta, queue_of(ctx, line));
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

/* Where a receive limit comes from: sock_setsockopt doubles what the program asks for, after
 * cutting it to rmem_max, and gives no less than SOCK_MIN_RCVBUF; a program that does not ask gets
 * rmem_default as it is. */
enum origin { NOT_KNOWN, DEFAULT, MINIMUM, ASKED, MAXIMUM, FORCED };

/* SOCK_MIN_RCVBUF is 2048 bytes and a struct sk_buff, which is never larger than this. */
#define MIN_LIMIT (2048u + 384u)

static enum origin origin_of(const struct finding_ctx *ctx, uint32_t limit, uint64_t *max,
			     uint64_t *usual)
{
	*max = *usual = 0;
	if (!rxpath_number_of(ctx, "net.core.rmem_max", max) ||
	    !rxpath_number_of(ctx, "net.core.rmem_default", usual) || limit == RXPATH_UNKNOWN32)
		return NOT_KNOWN;
	return limit == *usual	    ? DEFAULT
	       : limit <= MIN_LIMIT ? MINIMUM
	       : limit / 2 < *max   ? ASKED
	       : limit / 2 == *max  ? MAXIMUM
				    : FORCED;
}

static void show_queue(struct finding_ctx *ctx, const struct rxpath_socket_line *line)
{
	static const char *const origins[] = {
		[NOT_KNOWN] = "",
		[DEFAULT] = " (the default: the program never asked for more)",
		[MINIMUM] = " (the kernel's minimum: the program asked for less)",
		[ASKED] = " (what the program asked for, doubled by the kernel)",
		[MAXIMUM] = " (twice net.core.rmem_max: the program asked for that or more)",
		[FORCED] = " (above net.core.rmem_max: set with privilege)",
	};
	uint64_t max, usual;

	finding_evidence(ctx, "%s%s", queue_of(ctx, line),
			 origins[origin_of(ctx, line->socket.rcvbuf, &max, &usual)]);
}

/* The limit is not known: sock_diag did not tell it either, where rxpath itself looked. */
static void advise_unknown(struct finding_ctx *ctx, const struct rxpath_socket_line *line)
{
	const char *look = ctx->match.after->version.len > 0
				   ? ""
				   : rxpath_phrase(ctx, "see its limit with 'ss -%camn' (rb); ",
						   rxpath_socket_is_udp(&line->socket) ? 'u' : 'w');

	finding_advice(ctx,
		       "%shave %s ask for a larger SO_RCVBUF (at most net.core.rmem_max%s); if it "
		       "never asks, it has net.core.rmem_default%s",
		       look, rxpath_owner_of(ctx, line), rxpath_now(ctx, "net.core.rmem_max"),
		       rxpath_now(ctx, "net.core.rmem_default"));
}

/* A larger buffer holds a larger burst. What helps depends on the setting that limits it; a sysctl
 * never changes an open socket. */
static void advise_default(struct finding_ctx *ctx, const char *owner, uint32_t limit,
			   unsigned long long max, unsigned long long usual)
{
	if (limit / 2 >= max)
		finding_advice(ctx,
			       "raise net.core.rmem_max (now %llu) well above %u, and only then "
			       "have %s ask for a larger SO_RCVBUF: asking now could shrink its "
			       "buffer",
			       max, limit / 2, owner);
	else
		finding_advice(ctx,
			       "have %s ask for a larger SO_RCVBUF (at most %llu): raising "
			       "net.core.rmem_max alone does nothing for a program that does not "
			       "ask",
			       owner, max);
	finding_advice(ctx,
		       "or raise net.core.rmem_default (now %llu), say to %llu, and restart the "
		       "program: every new socket may then hold that much kernel memory",
		       usual, 4 * usual);
}

static void advise_buffer(struct finding_ctx *ctx, const struct rxpath_socket_line *line)
{
	const char *owner = rxpath_owner_of(ctx, line);
	uint32_t limit = line->socket.rcvbuf;
	uint64_t max, usual;
	enum origin origin = origin_of(ctx, limit, &max, &usual);

	switch (origin) {
	case DEFAULT:
		advise_default(ctx, owner, limit, max, usual);
		break;
	case MAXIMUM:
		finding_advice(ctx,
			       "raise net.core.rmem_max (now %llu), say to %llu, and restart %s "
			       "(open sockets keep their size): each socket that asks may then "
			       "hold twice that",
			       (unsigned long long)max, 4 * (unsigned long long)max, owner);
		break;
	case MINIMUM:
	case ASKED:
		finding_advice(ctx,
			       "have %s ask for more than SO_RCVBUF %u, its own setting; "
			       "net.core.rmem_max (now %llu) is not what limits it",
			       owner, limit / 2, (unsigned long long)max);
		break;
	case FORCED:
		finding_advice(ctx,
			       "have %s ask for more than it does (SO_RCVBUFFORCE): no sysctl "
			       "limits it",
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

/* No program read a datagram, for long enough to say so. */
static bool is_idle(const struct finding_ctx *ctx)
{
	return is_long(ctx) &&
	       rxpath_change_of(&ctx->match, "UdpInDatagrams").delta +
			       rxpath_change_of(&ctx->match, "Udp6InDatagrams").delta ==
		       0;
}

static void advise_reader(struct finding_ctx *ctx, const struct rxpath_socket_line *line)
{
	const char *owner = rxpath_owner_of(ctx, line);
	unsigned long long pid = line->process_count > 0 ? line->processes[0].pid : 0;
	const char *look = pid == 0 ? ""
				    : rxpath_phrase(ctx,
						    " (State in /proc/%llu/status; as root "
						    "strace -p %llu)",
						    pid, pid);

	if (is_idle(ctx)) {
		finding_evidence(ctx, "no UDP datagram was read (UdpInDatagrams did not increase)");
		finding_advice(ctx,
			       "find out why %s does not read: it may be stopped, or wait for "
			       "something else%s",
			       owner, look);
		return;
	}
	/* The queue of a socket that is not read does not change. */
	if (is_long(ctx) && used_before(line) == used_now(line))
		finding_advice(ctx,
			       "see first whether %s reads at all: it may be stopped, or wait for "
			       "something else%s",
			       owner, look);
	finding_advice(ctx,
		       "%s must read faster: several datagrams per call (recvmmsg), less work in "
		       "between, more threads with a socket each (SO_REUSEPORT); a larger buffer "
		       "only delays the loss",
		       owner);
}

/* How many other sockets share its address, and what is sent to it; and how many of those lost
 * nothing. */
static size_t neighbours(const struct finding_ctx *ctx, const struct rxpath_socket *socket,
			 size_t *unharmed)
{
	const struct rxpath_sample *after = ctx->match.after;
	const struct rxpath_report *report = ctx->report;
	uint32_t group = rxpath_socket_reuse_group(socket);
	size_t count = 0;
	size_t lossy = 0;

	*unharmed = 0;
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
	*unharmed = count - lossy;
	return count - 1;
}

static bool is_multicast(const struct rxpath_socket *socket)
{
	return socket->v6 ? socket->local.bytes[0] == 0xff
			  : (socket->local.bytes[0] & 0xf0) == 0xe0;
}

static uint64_t sum_of(const struct finding_ctx *ctx, const char *const names[])
{
	uint64_t sum = 0;

	for (size_t i = 0; names[i]; i++)
		sum = rxpath_sum(sum, rxpath_change_of(&ctx->match, names[i]).delta);
	return sum;
}

/* How many more datagrams UDP had than IP delivered: a copy for each further member of a group. */
static uint64_t copies(const struct finding_ctx *ctx)
{
	static const char *const ended[] = {
		"UdpInDatagrams", "UdpInErrors", "UdpNoPorts", "Udp6InDatagrams", "Udp6InErrors",
		"Udp6NoPorts",	  "TcpInSegs",	 "IcmpInMsgs", "Icmp6InMsgs",	  NULL};
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

static const char *const overflows[] = {"UdpRcvbufErrors", "Udp6RcvbufErrors",
					"UdpLiteRcvbufErrors", "UdpLite6RcvbufErrors", NULL};

static void summarise_overflow(struct finding_ctx *ctx, const struct rxpath_socket_line *worst,
			       uint64_t lost)
{
	static const char *const courses[] = {
		[UNKNOWN] = "its receive queue was full",
		[BURST] = "datagrams came in bursts that its receive queue did not hold",
		[SUSTAINED] = ("its receive queue is full all the time: it reads more slowly than "
			       "datagrams come, or not at all"),
		[FILLING] = "its receive queue filled up and is still full",
	};

	if (worst)
		finding_summary(ctx, "%s lost %llu datagrams: %s.", rxpath_name_of(ctx, worst),
				(unsigned long long)worst->delta, courses[course_of(worst)]);
	else
		finding_summary(ctx,
				"%llu datagrams were lost because a receive queue was full; the "
				"sockets are closed by now, or not visible from here.",
				(unsigned long long)lost);
}

/* How many came is known for all of UDP, not for each socket. */
static void show_share(struct finding_ctx *ctx, uint64_t lost)
{
	static const char *const names[] = {"UdpInDatagrams", "Udp6InDatagrams",
					    "UdpLiteInDatagrams", "UdpLite6InDatagrams", NULL};
	uint64_t read = sum_of(ctx, names);

	if (read > 0)
		finding_evidence(ctx, "UDP lost %u %% of its datagrams this way; %llu were read",
				 (unsigned)((long double)lost * 100 /
					    ((long double)lost + (long double)read)),
				 (unsigned long long)read);
}

static void advise_by_course(struct finding_ctx *ctx, const struct rxpath_socket_line *line)
{
	enum course course = course_of(line);

	if (course == SUSTAINED || (course == FILLING && is_idle(ctx))) {
		advise_reader(ctx, line);
		return;
	}
	if (course == FILLING)
		finding_advice(ctx, "look again in a moment: if the queue stays full, the program "
				    "must read faster (recvmmsg, more threads); if it empties, "
				    "this was a burst, and a larger buffer holds it");
	if (course == UNKNOWN)
		finding_advice(ctx, "look again while it happens: a larger buffer helps only if "
				    "the queue empties in between");
	advise_buffer(ctx, line);
}

bool rxpath_find_udp_receive_buffer(struct finding_ctx *ctx)
{
	const struct rxpath_attribution *attribution = &ctx->report->attribution;
	const struct rxpath_socket_line *worst = rxpath_worst_socket(ctx, is_lossy_udp);
	uint64_t lost = rxpath_moved_any(ctx, overflows);
	size_t shared, unharmed = 0;

	if (lost == 0)
		return false;
	summarise_overflow(ctx, worst, lost);
	rxpath_show_moved(ctx, overflows);
	show_share(ctx, lost);
	if (attribution->known && attribution->unattributed > 0)
		finding_evidence(ctx,
				 "%llu of them by sockets closed since, or not visible from here",
				 (unsigned long long)attribution->unattributed);
	if (!worst) {
		finding_advice(ctx, "run the program with 'rxpath run', or run rxpath with "
				    "--trace as root, which shows the ports");
		return true;
	}
	show_queue(ctx, worst);
	rxpath_show_sockets(ctx, is_lossy_udp, tell_socket, worst);
	shared = neighbours(ctx, &worst->socket, &unharmed);
	if (shared > 0 && !may_be_multicast(ctx, worst))
		finding_evidence(ctx,
				 "%zu more share its address (SO_REUSEPORT); %zu of them lost "
				 "nothing",
				 shared, unharmed);
	advise_by_course(ctx, worst);
	return true;
}

bool rxpath_find_multicast_slow(struct finding_ctx *ctx)
{
	const struct rxpath_socket_line *worst = rxpath_worst_socket(ctx, is_lossy_udp);
	size_t members, unharmed;

	if (!worst || rxpath_moved_any(ctx, overflows) == 0 || !may_be_multicast(ctx, worst))
		return false;
	members = neighbours(ctx, &worst->socket, &unharmed);
	if (unharmed == 0)
		return false;
	finding_summary(
		ctx,
		"%s lost %llu datagrams of the multicast on port %u: it is too slow. %zu of "
		"%zu sockets that get the same multicast lost nothing.",
		rxpath_owner_of(ctx, worst), (unsigned long long)worst->delta,
		worst->socket.local.port, unharmed, members + 1);
	rxpath_show_sockets(ctx, is_lossy_udp, tell_socket, NULL);
	return true;
}

static bool is_raw(const struct rxpath_socket *socket)
{
	return socket->protocol == RXPATH_RAW || socket->protocol == RXPATH_ICMP;
}

uint64_t rxpath_lost_by_raw(const struct finding_ctx *ctx)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < ctx->report->socket_count; i++) {
		const struct rxpath_socket_line *line = &ctx->report->sockets[i];

		if (is_raw(&line->socket))
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

static void summarise_memory(struct finding_ctx *ctx, uint64_t counted, uint64_t silent)
{
	if (counted > 0)
		finding_summary(
			ctx,
			"UDP dropped %llu datagrams: the memory that all UDP sockets of the "
			"host share was used up.",
			(unsigned long long)(counted + silent));
	else
		finding_summary(ctx,
				"UDP sockets lost %llu datagrams that no protocol counter shows: "
				"this is what a shortage of UDP memory looks like on Linux 6.18 "
				"and 6.19.",
				(unsigned long long)silent);
}

bool rxpath_find_udp_memory(struct finding_ctx *ctx)
{
	static const char *const names[] = {"UdpMemErrors", "Udp6MemErrors", "UdpLiteMemErrors",
					    "UdpLite6MemErrors", NULL};
	uint64_t counted = rxpath_moved_any(ctx, names);
	uint64_t silent = rxpath_lost(ctx, "sk_drops");
	uint64_t raw = rxpath_lost_by_raw(ctx);
	const struct rxpath_socket *largest = largest_queue(ctx);
	uint64_t pages;

	/* Where the protocols' counters were not read, they do not prove anything. */
	silent = silent > raw && ctx->report->attribution.known ? silent - raw : 0;
	if (counted + silent == 0)
		return false;
	summarise_memory(ctx, counted, silent);
	rxpath_show_moved(ctx, names);
	if (silent > 0)
		finding_evidence(ctx,
				 "sk_drops of UDP sockets beyond the protocol's counters: %llu",
				 (unsigned long long)silent);
	if (rxpath_number_of(ctx, "sockstat.UDP.mem", &pages))
		finding_evidence(ctx,
				 "UDP holds %llu pages now (accurate to about a hundred per CPU)",
				 (unsigned long long)pages);
	if (largest) {
		finding_evidence(ctx, "the largest queue here: %s with %u bytes",
				 subject_of(ctx, largest), largest->rx_queue);
		finding_advice(ctx,
			       "find out why %s is not read: what waits in queues holds the memory",
			       subject_of(ctx, largest));
	}
	rxpath_show_sockets(ctx, is_lossy_udp, tell_socket, NULL);
	finding_advice(ctx,
		       "%s net.ipv4.udp_mem%s: pages; refused above the third value; UDP can then "
		       "take that much from everything else",
		       largest ? "then raise" : "raise", rxpath_now(ctx, "net.ipv4.udp_mem"));
	return true;
}

static bool is_stuck_udp(const struct rxpath_socket_line *line)
{
	return rxpath_socket_is_udp(&line->socket) && line->full && line->delta == 0 &&
	       course_of(line) == SUSTAINED;
}

static const char *tell_queue(struct finding_ctx *ctx, const struct rxpath_socket_line *line)
{
	return rxpath_phrase(ctx, "%s: %s", rxpath_name_of(ctx, line), queue_of(ctx, line));
}

bool rxpath_find_udp_queue(struct finding_ctx *ctx)
{
	const struct rxpath_report *report = ctx->report;
	const struct rxpath_socket_line *worst = NULL;

	for (size_t i = 0; i < report->socket_count; i++)
		if (is_stuck_udp(&report->sockets[i]) &&
		    (!worst || used_now(&report->sockets[i]) > used_now(worst)))
			worst = &report->sockets[i];
	if (!worst)
		return false;
	finding_summary(ctx,
			"The receive queue of %s stays more than half full. Nothing is lost yet.",
			rxpath_name_of(ctx, worst));
	rxpath_show_sockets(ctx, is_stuck_udp, tell_queue, NULL);
	advise_reader(ctx, worst);
	return true;
}

static bool is_lossy_raw(const struct rxpath_socket_line *line)
{
	return is_raw(&line->socket) && rxpath_lost_some(line);
}

bool rxpath_find_raw_socket(struct finding_ctx *ctx)
{
	const struct rxpath_socket_line *worst = rxpath_worst_socket(ctx, is_lossy_raw);

	if (!worst)
		return false;
	finding_summary(ctx,
			"%s lost %llu packets: its receive queue was full. No other counter has "
			"them.",
			rxpath_name_of(ctx, worst), (unsigned long long)worst->delta);
	show_queue(ctx, worst);
	rxpath_show_sockets(ctx, is_lossy_raw, tell_socket, worst);
	if (course_of(worst) == SUSTAINED)
		finding_advice(ctx,
			       "%s must read faster: its queue is full all the time, and a larger "
			       "one would fill too",
			       rxpath_owner_of(ctx, worst));
	else
		advise_buffer(ctx, worst);
	finding_advice(ctx, "it gets a copy of every packet of its protocol: a filter "
			    "(SO_ATTACH_FILTER) keeps out what it does not need");
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
			rxpath_moved(ctx, "Udp6InCsumErrors") > 0 ? " (or, with IPv6, none)" : "");
	rxpath_show_moved(ctx, names);
	/* Where queues overflowed too, a socket's drops do not tell which was which. */
	if (rxpath_worst_socket(ctx, is_lossy_udp) && rxpath_moved_any(ctx, overflows) == 0)
		rxpath_show_sockets(ctx, is_lossy_udp, tell_socket, NULL);
	finding_evidence(ctx,
			 "most are counted when the program reads: they may have come earlier");
	finding_default_advice(ctx);
	finding_advice(ctx, "if all senders do, try without the card's offload: 'ethtool -K DEVICE "
			    "rx off' (costs CPU)");
	return true;
}

bool rxpath_find_udp_refused(struct finding_ctx *ctx)
{
	static const char *const names[] = {"UdpInErrors", "Udp6InErrors", "UdpLiteInErrors",
					    "UdpLite6InErrors", NULL};
	uint64_t refused = rxpath_unexplained_any(ctx, names);

	if (refused == 0)
		return false;
	if (rxpath_lost_any(ctx, names) == 0)
		ctx->draft.kind = RXPATH_KIND_SUSPECT;
	finding_summary(ctx,
			"UDP refused %llu datagrams without a specific counter: a filter of the "
			"socket or its cgroup, IPsec, or a malformed datagram.",
			(unsigned long long)refused);
	rxpath_show_moved(ctx, names);
	if (rxpath_worst_socket(ctx, is_lossy_udp) && rxpath_moved_any(ctx, overflows) > 0) {
		finding_evidence(ctx, "queues overflowed as well, so the drops of sockets do not "
				      "tell which it was");
		finding_advice(ctx, "check the filters of sockets ('ss -uanb' as root) and cgroups "
				    "('bpftool cgroup tree'), and look for malformed datagrams "
				    "(tcpdump -nn -vv udp)");
	} else if (rxpath_worst_socket(ctx, is_lossy_udp)) {
		rxpath_show_sockets(ctx, is_lossy_udp, tell_socket, NULL);
		finding_advice(ctx, "check the filters of that socket ('ss -uanb' as root) and its "
				    "cgroup ('bpftool cgroup tree'): one that does its job is no "
				    "fault");
	} else {
		finding_evidence(ctx, "no socket lost any, so they were malformed, or their socket "
				      "is closed");
		finding_advice(ctx, "capture some (tcpdump -nn -vv udp): usually a length that "
				    "does not match the packet");
	}
	finding_advice(ctx, "where IPsec is in use, read /proc/net/xfrm_stat");
	return true;
}

bool rxpath_find_no_listener(struct finding_ctx *ctx)
{
	static const char *const ports[] = {"UdpNoPorts", "Udp6NoPorts", "UdpLiteNoPorts",
					    "UdpLite6NoPorts", NULL};
	static const char *const groups[] = {"UdpIgnoredMulti", "Udp6IgnoredMulti",
					     "UdpLiteIgnoredMulti", NULL};
	uint64_t refused = rxpath_moved_any(ctx, ports);

	/* Multicast and broadcast without a receiver are everywhere, and no news. */
	if (!rxpath_is_significant(ctx, refused, RXPATH_STAGE_TRANSPORT))
		return false;
	finding_summary(ctx, "%llu datagrams%s came for a port that no socket here has.",
			(unsigned long long)refused,
			rxpath_share(ctx, refused, RXPATH_STAGE_TRANSPORT));
	rxpath_show_moved(ctx, ports);
	rxpath_show_moved(ctx, groups);
	return true;
}
