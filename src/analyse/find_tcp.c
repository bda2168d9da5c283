/* find_tcp.c: connections that wait to be accepted, and segments of open ones. */
#include "findings.h"

#define SHOWN 3

static bool is_listener(const struct rxpath_socket_line *line)
{
	return line->socket.protocol == RXPATH_TCP && (line->full || line->delta > 0) &&
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

static void show_listeners(struct finding_ctx *ctx)
{
	const struct rxpath_report *report = ctx->report;
	size_t shown = 0;

	for (size_t i = 0; i < report->socket_count; i++) {
		const struct rxpath_socket_line *line = &report->sockets[i];

		if (is_listener(line) && shown++ < SHOWN)
			finding_evidence(ctx,
				    "%s of %s: %u connections wait, its backlog is %u, lost %llu",
				    rxpath_phrase_of(ctx, line->subject),
				    rxpath_owner_of(ctx, line), line->socket.rx_queue,
				    line->socket.limit, (unsigned long long)line->delta);
	}
	if (shown > SHOWN)
		finding_evidence(ctx, "and %zu more listeners", shown - SHOWN);
}

/* The smaller of what listen() was given and somaxconn is the limit (__sys_listen). */
static void advise_backlog(struct finding_ctx *ctx, const struct rxpath_socket_line *line)
{
	const char *owner = rxpath_owner_of(ctx, line);
	uint64_t most;

	if (!rxpath_number_of(ctx, "net.core.somaxconn", &most))
		finding_advice(ctx,
			      "for bursts raise the backlog that %s gives listen(), together with "
			      "net.core.somaxconn where that is smaller",
			      owner);
	else if (line->socket.limit >= most)
		finding_advice(ctx,
			      "for bursts raise net.core.somaxconn (now %llu) and the backlog "
			      "that %s gives listen(), then restart it: a listener keeps its "
			      "limit; connections then wait longer",
			      (unsigned long long)most, owner);
	else
		finding_advice(ctx,
			      "for bursts raise the backlog that %s gives listen(), now %u, its "
			      "own setting; net.core.somaxconn (now %llu) is not what limits it",
			      owner, line->socket.limit, (unsigned long long)most);
}

bool rxpath_find_accept_queue(struct finding_ctx *ctx)
{
	static const char *const settings[] = {"net.core.somaxconn",
					       "net.ipv4.tcp_abort_on_overflow", NULL};
	uint64_t overflows = rxpath_moved(ctx, "TcpExtListenOverflows");
	const struct rxpath_socket_line *worst = worst_listener(ctx);
	uint64_t reset = 0;

	if (overflows == 0 && (!worst || !worst->full))
		return false;
	if (overflows == 0)
		ctx->draft.kind = RXPATH_KIND_PRESSURE;
	if (!worst)
		finding_summary(ctx,
			   "%llu times a connection found the accept queue of a listener full; "
			   "this sample does not tell which one.",
			   (unsigned long long)overflows);
	else if (overflows == 0)
		finding_summary(ctx,
			   "The accept queue of %s (%s) is nearly full: it does not accept as fast "
			   "as connections come.",
			   rxpath_phrase_of(ctx, worst->subject),
			   rxpath_owner_of(ctx, worst));
	else
		finding_summary(ctx,
			   "%s (%s) does not accept its connections fast enough: %llu times its "
			   "accept queue was full.",
			   rxpath_phrase_of(ctx, worst->subject), rxpath_owner_of(ctx, worst),
			   (unsigned long long)overflows);
	if (overflows > 0)
		finding_evidence(ctx,
			    "TcpExtListenOverflows %llu (a client that tries again counts again)",
			    (unsigned long long)overflows);
	show_listeners(ctx);
	rxpath_show_settings(ctx, settings);
	if (!worst) {
		finding_advice(ctx, "find the listener whose queue is full: 'ss -ltn', Recv-Q "
				      "against Send-Q");
		return true;
	}
	finding_advice(ctx,
		      "see why %s does not call accept(): too few workers, or all of them wait for "
		      "something",
		      rxpath_owner_of(ctx, worst));
	advise_backlog(ctx, worst);
	if (rxpath_number_of(ctx, "net.ipv4.tcp_abort_on_overflow", &reset) && reset > 0)
		finding_advice(ctx,
			      "net.ipv4.tcp_abort_on_overflow is %llu: clients are refused at once "
			      "where they would try again; 0 is the default",
			      (unsigned long long)reset);
	return true;
}

bool rxpath_find_syn_queue(struct finding_ctx *ctx)
{
	static const char *const settings[] = {"net.ipv4.tcp_max_syn_backlog",
					       "net.ipv4.tcp_syncookies", "net.core.somaxconn",
					       NULL};
	static const char *const names[] = {"TcpExtListenDrops", "TcpExtTCPReqQFullDrop",
					    "TcpExtTCPReqQFullDoCookies", "TcpExtSyncookiesSent",
					    NULL};
	uint64_t dropped = rxpath_lost(ctx, "TcpExtListenDrops") +
			   rxpath_moved(ctx, "TcpExtTCPReqQFullDrop");
	uint64_t cookies = rxpath_moved(ctx, "TcpExtSyncookiesSent");
	uint64_t enabled;

	if (dropped == 0 && cookies < 10)
		return false;
	if (dropped == 0)
		ctx->draft.kind = RXPATH_KIND_PRESSURE;
	if (dropped > 0)
		finding_summary(ctx,
			   "%llu requests for a connection were dropped because too many were half "
			   "open already.",
			   (unsigned long long)dropped);
	else
		finding_summary(ctx,
			   "So many connections were half open that %llu were answered with a SYN "
			   "cookie; nothing was lost.",
			   (unsigned long long)cookies);
	rxpath_show_moved(ctx, names);
	show_listeners(ctx);
	rxpath_show_settings(ctx, settings);
	finding_advice(ctx, "see whether they are clients or a flood: 'ss -tn state syn-recv' "
			      "shows where they come from");
	if (dropped > 0 && rxpath_number_of(ctx, "net.ipv4.tcp_syncookies", &enabled) &&
	    enabled == 0)
		finding_advice(ctx, "set net.ipv4.tcp_syncookies=1 (now 0): nothing is dropped "
				      "then, but such connections go without some TCP options");
	finding_advice(ctx,
		      "for many real clients raise net.ipv4.tcp_max_syn_backlog%s and the "
		      "listener's own backlog: costs memory for each half-open connection",
		      rxpath_now(ctx, "net.ipv4.tcp_max_syn_backlog"));
	return true;
}

/* TCP's memory is over the mark where it begins to save; false when unknown. */
static bool is_short(const struct finding_ctx *ctx, uint64_t *pages)
{
	const struct rxpath_setting *limits =
		rxpath_sample_setting(ctx->detail, "net.ipv4.tcp_mem");
	struct rxpath_slice rest, word;
	uint64_t mark;

	if (!limits || !rxpath_number_of(ctx, "sockstat.TCP.mem", pages))
		return false;
	rest = limits->value;
	/* The second of the three. */
	for (int i = 0; i < 2; i++)
		if (!rxpath_scan_word(&rest, &word))
			return false;
	return rxpath_scan_dec(word, &mark) && *pages >= mark;
}

bool rxpath_find_tcp_receive(struct finding_ctx *ctx)
{
	static const char *const settings[] = {"net.ipv4.tcp_rmem", "net.ipv4.tcp_mem",
					       "sockstat.TCP.mem", NULL};
	static const char *const drops[] = {"TcpExtTCPBacklogDrop",
					    "TcpExtTCPRcvQDrop",
					    "TcpExtTCPZeroWindowDrop",
					    "TcpExtTCPOFODrop",
					    "TcpExtRcvPruned",
					    "TcpExtOfoPruned",
					    NULL};
	static const char *const pressure[] = {"TcpExtPruneCalled", "TcpExtTCPRcvCollapsed", NULL};
	uint64_t dropped = 0;
	uint64_t saved = rxpath_moved_any(ctx, pressure);
	uint64_t pages = 0;

	for (size_t i = 0; drops[i]; i++)
		dropped += rxpath_lost(ctx, drops[i]);
	if (dropped == 0 && saved < 10)
		return false;
	if (dropped == 0)
		ctx->draft.kind = RXPATH_KIND_PRESSURE;
	if (dropped > 0)
		finding_summary(ctx,
			   "TCP threw away %llu segments of open connections, because a program "
			   "reads too slowly or memory was short; they are sent again, which costs "
			   "time.",
			   (unsigned long long)dropped);
	else
		finding_summary(ctx,
			   "TCP ran short of receive memory and had to make room %llu times; "
			   "nothing was lost.",
			   (unsigned long long)saved);
	rxpath_show_moved(ctx, drops);
	rxpath_show_moved(ctx, pressure);
	rxpath_show_settings(ctx, settings);
	if (is_short(ctx, &pages)) {
		finding_advice(ctx,
			      "TCP as a whole is short of memory (%llu pages): find who holds it "
			      "('ss -tm'); then raise net.ipv4.tcp_mem, which takes it from "
			      "everything else",
			      (unsigned long long)pages);
		return true;
	}
	finding_advice(ctx, "find the connections that are not read ('ss -tnmp': a large "
			      "Recv-Q, d over 0 in skmem) and speed up their program");
	finding_advice(ctx,
		      "only if it reads in bursts raise the last figure of net.ipv4.tcp_rmem%s: "
		      "more memory a connection; not for a program that sets SO_RCVBUF",
		      rxpath_now(ctx, "net.ipv4.tcp_rmem"));
	return true;
}

bool rxpath_find_tcp_memory(struct finding_ctx *ctx)
{
	static const char *const settings[] = {"net.ipv4.tcp_mem", "sockstat.TCP.mem",
					       "sockstat.TCP.orphan", "sockstat.TCP.tw", NULL};
	static const char *const names[] = {"TcpExtTCPMemoryPressures", "TcpExtTCPAbortOnMemory",
					    "TcpExtTCPTimeWaitOverflow", NULL};

	if (rxpath_moved_any(ctx, names) == 0)
		return false;
	finding_summary(ctx, "A limit that all TCP sockets of the host share was reached.");
	rxpath_show_moved(ctx, names);
	rxpath_show_settings(ctx, settings);
	if (rxpath_moved(ctx, "TcpExtTCPMemoryPressures") +
		    rxpath_moved(ctx, "TcpExtTCPAbortOnMemory") >
	    0)
		finding_advice(ctx,
			      "find who holds the memory ('ss -tm'); then raise "
			      "net.ipv4.tcp_mem%s, which takes it from everything else",
			      rxpath_now(ctx, "net.ipv4.tcp_mem"));
	else
		finding_advice(ctx, "nothing, if so many short connections are meant; else raise "
			      "net.ipv4.tcp_max_tw_buckets (some memory for each)");
	return true;
}

bool rxpath_find_memory_reserve(struct finding_ctx *ctx)
{
	uint64_t dropped = rxpath_moved(ctx, "TcpExtPFMemallocDrop");

	if (dropped == 0)
		return false;
	finding_summary(ctx,
		   "%llu packets came when the machine was out of memory, and were in its reserve, "
		   "which ordinary sockets may not use.",
		   (unsigned long long)dropped);
	finding_evidence(ctx, "TcpExtPFMemallocDrop %llu (UDP too)", (unsigned long long)dropped);
	finding_advice(ctx, "find what takes the memory (free, the kernel's log); it is not the "
			      "network's fault");
	finding_advice(ctx,
		      "against bursts raise vm.min_free_kbytes%s: that much less for everything "
		      "else",
		      rxpath_now(ctx, "vm.min_free_kbytes"));
	return true;
}

bool rxpath_find_tcp_damaged(struct finding_ctx *ctx)
{
	static const char *const names[] = {"TcpInErrs", "TcpInCsumErrors", NULL};
	uint64_t bad = rxpath_moved(ctx, "TcpInErrs");
	uint64_t checksums = rxpath_moved(ctx, "TcpInCsumErrors");

	if (bad + checksums == 0)
		return false;
	finding_summary(ctx, "%llu TCP segments arrived broken.",
		   (unsigned long long)(bad > checksums ? bad : checksums));
	rxpath_show_moved(ctx, names);
	if (checksums > 0)
		finding_advice(ctx, "wrong checksums: see who sends them (tcpdump -nn -vv tcp "
				      "shows 'incorrect'); if all do, try without the card's "
				      "offload: 'ethtool -K DEVICE rx off' (costs CPU)");
	else
		finding_advice(ctx, "their headers are broken, not their checksums: mostly a "
				      "scanner, and no loss to anybody");
	return true;
}
