/* find_tcp.c: connections that wait to be accepted, and segments of open ones. */
#include "findings.h"

static bool is_listener(const struct rxpath_socket_line *line)
{
	return line->socket->protocol == RXPATH_TCP && (line->full || line->delta > 0) &&
	       !(line->flags & RXPATH_FLAG_ALLOWED && line->delta > 0);
}

/* The listener in trouble that lost most, or whose queue is fullest; NULL. */
static const struct rxpath_socket_line *worst_listener(const struct finding_ctx *ctx)
{
	const struct rxpath_report *report = ctx->report;
	const struct rxpath_socket_line *worst = NULL;

	for (size_t i = 0; i < report->socket_count; i++) {
		const struct rxpath_socket_line *line = &report->sockets[i];

		if (is_listener(line) &&
		    (!worst || line->delta > worst->delta ||
		     (line->delta == worst->delta && line->full && !worst->full)))
			worst = line;
	}
	return worst;
}

static const char *tell_listener(struct finding_ctx *ctx, const struct rxpath_socket_line *line)
{
	return rxpath_phrase(ctx, "%s: %s wait, its backlog is %u, lost %llu",
			     rxpath_name_of(ctx, line),
			     rxpath_amount(ctx, line->socket->rx_queue, "connection"),
			     line->socket->limit, (unsigned long long)line->delta);
}

/* The largest limit of an accept queue that is suggested. */
static uint64_t enough_places(uint64_t limit, uint64_t lost)
{
	const uint64_t most = 65535;
	uint64_t suggested = limit < 2048 ? 4096 : limit * 2;

	while (suggested < most && suggested < rxpath_sum(limit, lost))
		suggested *= 2;
	return rxpath_min(suggested, most);
}

/* The smaller of what listen() was given and somaxconn is the limit (__sys_listen). */
static void advise_backlog(struct finding_ctx *ctx, const struct rxpath_socket_line *line)
{
	const char *owner = rxpath_owner_of(ctx, line);
	uint64_t max;

	if (!rxpath_number_of(ctx, "net.core.somaxconn", &max)) {
		finding_advice(ctx,
			       "for bursts, raise the backlog that %s passes to listen(), and "
			       "net.core.somaxconn where that is smaller",
			       owner);
	} else if (line->socket->limit >= max) {
		finding_advice(ctx,
			       "for bursts, raise net.core.somaxconn (now %llu)%s and the backlog "
			       "that %s passes to listen(), then restart it: a listener keeps its "
			       "limit; connections then wait longer",
			       (unsigned long long)max, rxpath_where(ctx, "net.core.somaxconn"),
			       owner);
		finding_setting(ctx, "net.core.somaxconn", enough_places(max, line->delta));
	} else {
		finding_advice(ctx,
			       "for bursts, raise the backlog that %s passes to listen(), now %u; "
			       "net.core.somaxconn (now %llu) is not what limits it",
			       owner, line->socket->limit, (unsigned long long)max);
	}
}

static void summarise_accept_queue(struct finding_ctx *ctx, uint64_t overflows,
				   const struct rxpath_socket_line *worst)
{
	if (!worst)
		finding_summary(ctx,
				"The accept queue of a listener was full %s; this sample does not "
				"tell which one.",
				rxpath_amount(ctx, overflows, "time"));
	else if (overflows == 0)
		finding_summary(ctx,
				"The accept queue of %s is nearly full: it does not accept as fast "
				"as connections come.",
				rxpath_name_of(ctx, worst));
	else
		finding_summary(ctx,
				"The accept queue of %s was full %s: it does not accept its "
				"connections fast enough.",
				rxpath_name_of(ctx, worst), rxpath_amount(ctx, overflows, "time"));
}

static void advise_accept(struct finding_ctx *ctx, const struct rxpath_socket_line *line)
{
	const struct rxpath_process *reader = rxpath_reader_of(line);
	unsigned long long pid = reader ? reader->pid : 0;

	finding_advice(ctx,
		       "find out why %s does not call accept(): too few workers, or all of them "
		       "wait for something%s",
		       rxpath_owner_of(ctx, line),
		       reader ? rxpath_phrase(ctx, "; as root: 'strace -f -p %llu'", pid) : "");
	if (reader)
		finding_command(ctx, "strace -f -p %llu", pid);
}

bool rxpath_find_accept_queue(struct finding_ctx *ctx)
{
	uint64_t overflows = rxpath_moved(ctx, "TcpExtListenOverflows");
	const struct rxpath_socket_line *worst = worst_listener(ctx);
	uint64_t reset = 0;

	if (overflows == 0 && (!worst || !worst->full))
		return false;
	if (overflows == 0)
		ctx->draft.kind = RXPATH_KIND_PRESSURE;
	summarise_accept_queue(ctx, overflows, worst);
	if (overflows > 0)
		finding_evidence(ctx,
				 "TcpExtListenOverflows %llu (a client that tries again counts "
				 "again)",
				 (unsigned long long)overflows);
	rxpath_show_sockets(ctx, is_listener, tell_listener, NULL);
	if (!worst) {
		finding_advice(ctx, "find the listener whose queue is full: 'ss -ltn', Recv-Q "
				    "against Send-Q");
		return true;
	}
	ctx->draft.reader = rxpath_reader_of(worst);
	ctx->draft.follows = rxpath_reader_finding(worst) != NULL;
	advise_accept(ctx, worst);
	advise_backlog(ctx, worst);
	if (rxpath_number_of(ctx, "net.ipv4.tcp_abort_on_overflow", &reset) && reset > 0)
		finding_advice(ctx,
			       "net.ipv4.tcp_abort_on_overflow is %llu: clients are refused at "
			       "once instead of trying again; the default is 0",
			       (unsigned long long)reset);
	return true;
}

/* Connection requests that could not be answered: the listener drops them when the answer has no
 * route (inet_csk_route_req), which IP counts too. */
static uint64_t without_route(const struct finding_ctx *ctx)
{
	uint64_t dropped = rxpath_lost(ctx, "TcpExtListenDrops");
	uint64_t routes = rxpath_change_of(&ctx->match, "IpOutNoRoutes").delta +
			  rxpath_change_of(&ctx->match, "Ip6OutNoRoutes").delta;

	return rxpath_min(dropped, routes);
}

bool rxpath_find_no_route_back(struct finding_ctx *ctx)
{
	static const char *const names[] = {"TcpExtListenDrops", "IpOutNoRoutes", "Ip6OutNoRoutes",
					    NULL};
	uint64_t dropped = without_route(ctx);

	if (dropped == 0)
		return false;
	finding_summary(ctx, "TCP dropped %s: this host has no route back to their senders.",
			rxpath_amount(ctx, dropped, "connection request"));
	for (size_t i = 0; names[i]; i++)
		if (rxpath_change_of(&ctx->match, names[i]).delta > 0)
			finding_evidence(
				ctx, "%s %llu", names[i],
				(unsigned long long)rxpath_change_of(&ctx->match, names[i]).delta);
	rxpath_show_sockets(ctx, is_listener, tell_listener, NULL);
	finding_default_advice(ctx);
	return true;
}

bool rxpath_find_syn_queue(struct finding_ctx *ctx)
{
	static const char *const names[] = {"TcpExtListenDrops", "TcpExtTCPReqQFullDrop",
					    "TcpExtTCPReqQFullDoCookies", "TcpExtSyncookiesSent",
					    NULL};
	uint64_t dropped = rxpath_lost(ctx, "TcpExtListenDrops") - without_route(ctx) +
			   rxpath_moved(ctx, "TcpExtTCPReqQFullDrop");
	uint64_t cookies = rxpath_moved(ctx, "TcpExtSyncookiesSent");
	uint64_t enabled, limit;

	if (dropped == 0 && cookies < 10)
		return false;
	if (dropped == 0)
		ctx->draft.kind = RXPATH_KIND_PRESSURE;
	if (dropped > 0)
		finding_summary(ctx, "TCP dropped %s: too many connections were half open.",
				rxpath_amount(ctx, dropped, "connection request"));
	else
		finding_summary(ctx,
				"TCP answered %s with a SYN cookie: too many connections were half "
				"open. Nothing was lost.",
				rxpath_amount(ctx, cookies, "connection request"));
	rxpath_show_moved(ctx, names);
	rxpath_show_sockets(ctx, is_listener, tell_listener, NULL);
	finding_advice(ctx, "check whether they are clients or a flood: 'ss -tn state syn-recv' "
			    "shows where they come from");
	if (dropped > 0 && rxpath_number_of(ctx, "net.ipv4.tcp_syncookies", &enabled) &&
	    enabled == 0) {
		finding_advice(ctx, "set net.ipv4.tcp_syncookies=1 (now 0): then nothing is "
				    "dropped, but such connections lack some TCP options");
		finding_set(ctx, "net.ipv4.tcp_syncookies", "1");
	}
	finding_advice(ctx,
		       "for many real clients, raise net.ipv4.tcp_max_syn_backlog%s and the "
		       "listener's own backlog: costs memory for each half-open connection",
		       rxpath_now(ctx, "net.ipv4.tcp_max_syn_backlog"));
	if (rxpath_number_of(ctx, "net.ipv4.tcp_max_syn_backlog", &limit))
		finding_setting(ctx, "net.ipv4.tcp_max_syn_backlog",
				enough_places(limit, dropped > 0 ? dropped : cookies));
	return true;
}

/* Refused without a counter: what a filter takes, the kernel drops before it looks at the segment
 * (tcp_filter, net/ipv4/tcp_ipv4.c). */
static bool is_refusing_listener(const struct rxpath_socket_line *line)
{
	return is_listener(line) && line->delta > 0 && line->kind == RXPATH_KIND_SUSPECT;
}

static const char *tell_refusal(struct finding_ctx *ctx, const struct rxpath_socket_line *line)
{
	return rxpath_phrase(ctx,
			     "%s dropped %llu; its accept queue holds %u connections of %u, and "
			     "TcpExtListenDrops did not increase",
			     rxpath_name_of(ctx, line), (unsigned long long)line->delta,
			     line->socket->rx_queue, line->socket->limit);
}

bool rxpath_find_listener_filter(struct finding_ctx *ctx)
{
	const struct rxpath_socket_line *worst = rxpath_worst_socket(ctx, is_refusing_listener);

	if (!worst)
		return false;
	finding_summary(ctx,
			"%s dropped %llu TCP segments without a specific counter: most likely a "
			"filter of the socket, or a BPF program of its cgroup.",
			rxpath_name_of(ctx, worst), (unsigned long long)worst->delta);
	rxpath_show_sockets(ctx, is_refusing_listener, tell_refusal, NULL);
	if (!ctx->report->trace)
		finding_advice(ctx, "run 'rxpath check --trace' as root: SOCKET_FILTER is such a "
				    "filter or program");
	finding_advice(ctx,
		       "check whether %s attaches a filter to it (SO_ATTACH_FILTER; ss does not "
		       "show it) and which programs its cgroup has ('bpftool cgroup tree'): one "
		       "that does its job is no fault",
		       rxpath_owner_of(ctx, worst));
	finding_command(ctx, "bpftool cgroup tree");
	return true;
}

/* TCP's memory is above the second value of tcp_mem; false when unknown. */
static bool is_short(const struct finding_ctx *ctx, uint64_t *pages)
{
	const struct rxpath_setting *limits =
		rxpath_sample_setting(ctx->settings, "net.ipv4.tcp_mem");
	struct rxpath_slice rest, word;
	uint64_t limit;

	if (!limits || !rxpath_number_of(ctx, "sockstat.TCP.mem", pages))
		return false;
	rest = limits->value;
	for (int i = 0; i < 2; i++)
		if (!rxpath_scan_word(&rest, &word))
			return false;
	return rxpath_scan_dec(word, &limit) && *pages >= limit;
}

static void summarise_segments(struct finding_ctx *ctx, uint64_t dropped, uint64_t held)
{
	bool in_runs = rxpath_lost(ctx, "TcpExtOfoPruned") > 0;

	finding_summary(ctx,
			"TCP dropped %s%s of open connections: %s. They are sent again, "
			"which costs time.",
			in_runs ? "at least " : "", rxpath_amount(ctx, dropped, "segment"),
			dropped == held ? "they came while a program was inside a system call on "
					  "its connection, and the connection's backlog was full"
					: "a program reads too slowly, or memory was short");
	if (in_runs)
		finding_evidence(ctx, "TcpExtOfoPruned counts how often a queue was pruned, not "
				      "how many segments that dropped");
}

static void advise_slow_connection(struct finding_ctx *ctx)
{
	const struct rxpath_socket_line *full = rxpath_full_connection(ctx);
	const struct rxpath_socket_line *worst = full ? full : rxpath_lossy_connection(ctx);
	static const char *const short_of_memory[] = {"TcpExtTCPRcvQDrop", "TcpExtTCPOFODrop",
						      NULL};

	if (full)
		finding_advice(ctx, "find out why %s does not read faster",
			       rxpath_owner_of(ctx, full));
	else if (worst && rxpath_lost(ctx, "TcpExtTCPBacklogDrop") > 0)
		finding_advice(ctx,
			       "find out what holds up %s inside its system call (a page that is "
			       "read from disk, a CPU that it waits for)",
			       rxpath_owner_of(ctx, worst));
	else if (!worst || rxpath_lost_any(ctx, short_of_memory) == 0)
		finding_advice(ctx, "find the connections that are not read ('ss -tnmp': a large "
				    "Recv-Q, d above 0 in skmem) and make their program read "
				    "faster");
	else
		finding_advice(ctx,
			       "the receive buffer of %s has room now: TCP as a whole, or its "
			       "cgroup, was short of memory, or it has caught up since",
			       rxpath_name_of(ctx, worst));
}

bool rxpath_find_tcp_receive(struct finding_ctx *ctx)
{
	static const char *const drops[] = {"TcpExtTCPBacklogDrop",
					    "TcpExtTCPRcvQDrop",
					    "TcpExtTCPZeroWindowDrop",
					    "TcpExtTCPOFODrop",
					    "TcpExtRcvPruned",
					    "TcpExtOfoPruned",
					    NULL};
	static const char *const pressure[] = {"TcpExtPruneCalled", "TcpExtTCPRcvCollapsed", NULL};
	uint64_t dropped = rxpath_lost_any(ctx, drops);
	uint64_t saved = rxpath_moved_any(ctx, pressure);
	uint64_t pages = 0;

	if (dropped == 0 && saved < 10)
		return false;
	if (dropped > 0) {
		summarise_segments(ctx, dropped, rxpath_lost(ctx, "TcpExtTCPBacklogDrop"));
	} else {
		ctx->draft.kind = RXPATH_KIND_PRESSURE;
		finding_summary(
			ctx, "TCP was short of receive memory and freed some %s. Nothing was lost.",
			rxpath_amount(ctx, saved, "time"));
	}
	rxpath_show_moved(ctx, drops);
	rxpath_show_moved(ctx, pressure);
	rxpath_show_connections(ctx);
	if (is_short(ctx, &pages)) {
		finding_advice(ctx,
			       "TCP as a whole is short of memory (%s): find who holds it ('ss "
			       "-tm'); then raise net.ipv4.tcp_mem%s, which takes it from "
			       "everything else",
			       rxpath_amount(ctx, pages, "page"),
			       rxpath_now(ctx, "net.ipv4.tcp_mem"));
		return true;
	}
	advise_slow_connection(ctx);
	if (rxpath_memory_level(ctx, RXPATH_TCP) == MEMORY_ENOUGH &&
	    rxpath_moved(ctx, "TcpExtTCPRcvQDrop") > 0) {
		rxpath_show_memory_of(ctx, RXPATH_TCP);
		finding_advice(ctx, "if its queue is below its limit, the memory limit of a cgroup "
				    "refused them: read memory.events and memory.max of the "
				    "program's cgroup (v1: memory.kmem.tcp.limit_in_bytes)");
	}
	if (rxpath_moved(ctx, "TcpExtTCPMemoryPressures") == 0)
		finding_advice(ctx,
			       "only if it reads in bursts, raise the last value of "
			       "net.ipv4.tcp_rmem%s: more memory per connection; no effect on a "
			       "program that sets SO_RCVBUF",
			       rxpath_now(ctx, "net.ipv4.tcp_rmem"));
	return true;
}

bool rxpath_find_tcp_memory(struct finding_ctx *ctx)
{
	static const char *const held[] = {"sockstat.TCP.mem", "sockstat.TCP.orphan",
					   "sockstat.TCP.tw", NULL};
	static const char *const memory[] = {"TcpExtTCPMemoryPressures", "TcpExtTCPAbortOnMemory",
					     NULL};
	static const char *const closed[] = {"TcpExtTCPTimeWaitOverflow", NULL};
	bool short_of_memory = rxpath_moved_any(ctx, memory) > 0;

	if (!short_of_memory && rxpath_moved_any(ctx, closed) == 0) {
		if (!rxpath_find_memory_used(ctx, "TCP", "tcp_mem_used"))
			return false;
		short_of_memory = true;
	}
	rxpath_show_moved(ctx, memory);
	rxpath_show_moved(ctx, closed);
	rxpath_show_settings(ctx, held);
	if (short_of_memory)
		finding_advice(ctx,
			       "find who holds the memory ('ss -tm'); then raise "
			       "net.ipv4.tcp_mem%s, which takes it from everything else",
			       rxpath_now(ctx, "net.ipv4.tcp_mem"));
	else
		finding_advice(ctx, "nothing, if that many short connections are intended; "
				    "otherwise raise net.ipv4.tcp_max_tw_buckets (some memory for "
				    "each)");
	return true;
}

bool rxpath_find_memory_reserve(struct finding_ctx *ctx)
{
	uint64_t dropped = rxpath_moved(ctx, "TcpExtPFMemallocDrop");

	if (dropped == 0)
		return false;
	finding_summary(ctx,
			"The kernel dropped %s: the machine was out of memory, and packets "
			"in its reserve are not for ordinary sockets.",
			rxpath_amount(ctx, dropped, "packet"));
	finding_evidence(ctx, "TcpExtPFMemallocDrop %llu (UDP too)", (unsigned long long)dropped);
	finding_default_advice(ctx);
	finding_advice(ctx,
		       "against bursts, raise vm.min_free_kbytes%s: that much less for everything "
		       "else",
		       rxpath_now(ctx, "vm.min_free_kbytes"));
	return true;
}

bool rxpath_find_tcp_damaged(struct finding_ctx *ctx)
{
	static const char *const names[] = {"TcpInErrs", "TcpInCsumErrors", NULL};
	uint64_t checksums = rxpath_moved(ctx, "TcpInCsumErrors");

	if (checksums == 0)
		return false;
	finding_summary(ctx, "%s had a wrong checksum.",
			rxpath_amount(ctx, checksums, "TCP segment"));
	rxpath_show_moved(ctx, names);
	finding_advice(ctx,
		       "see who sends them (tcpdump -nn -vv tcp shows 'incorrect'); if all "
		       "senders do, try without the card's offload: 'ethtool -K DEVICE rx off' "
		       "(costs CPU)");
	return true;
}
