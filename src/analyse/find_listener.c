/* find_listener.c: connection requests that a TCP listener dropped, and its accept queue. */
#include "findings.h"

static bool is_tcp(const struct rxpath_socket_line *line)
{
	return line->socket->protocol == RXPATH_TCP;
}

static bool is_listener(const struct rxpath_socket_line *line)
{
	return is_tcp(line) && (line->full || line->delta > 0) &&
	       !(line->flags & RXPATH_FLAG_ALLOWED);
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
	return rxpath_phrase(
		ctx, "%s: %s wait, its backlog is %u, %s %llu", rxpath_name_of(ctx, line),
		rxpath_amount(ctx, line->socket->rx_queue, "connection"), line->socket->limit,
		line->kind == RXPATH_KIND_DROP ? "lost" : "dropped",
		(unsigned long long)line->delta);
}

/* No accept queue is longer. */
#define MAX_BACKLOG 65535

static uint64_t enough_backlog(uint64_t limit, uint64_t lost)
{
	return rxpath_min(rxpath_enough_slots(limit, lost, 4096, MAX_BACKLOG), MAX_BACKLOG);
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
		finding_setting(ctx, "net.core.somaxconn", enough_backlog(max, line->delta));
	} else {
		finding_advice(ctx,
			       "for bursts, raise the backlog that %s passes to listen(), now %u; "
			       "net.core.somaxconn (now %llu) is not what limits it",
			       owner, line->socket->limit, (unsigned long long)max);
	}
}

/* How many listeners lost connections, and how many; what is tolerated, and what listeners since
 * closed lost, is not theirs. */
static size_t lossy_listeners(const struct finding_ctx *ctx, uint64_t *lost)
{
	size_t count = 0;

	*lost = 0;
	for (size_t i = 0; i < ctx->report->socket_count; i++) {
		const struct rxpath_socket_line *line = &ctx->report->sockets[i];

		if (is_tcp(line) && rxpath_lost_some(line)) {
			count++;
			*lost = rxpath_sum(*lost, line->delta);
		}
	}
	return count;
}

static void summarise_overflows(struct finding_ctx *ctx, uint64_t overflows,
				const struct rxpath_socket_line *worst)
{
	uint64_t lost;
	size_t count = lossy_listeners(ctx, &lost);
	const char *times =
		rxpath_amount(ctx, count > 0 ? rxpath_min(overflows, lost) : overflows, "time");

	if (count > 1)
		finding_summary(ctx,
				"The accept queues of %zu listeners were full %s, most often that "
				"of %s: it does not accept its connections fast enough.",
				count, times, rxpath_name_of(ctx, worst));
	else
		finding_summary(ctx,
				"The accept queue of %s was full %s: it does not accept its "
				"connections fast enough.",
				rxpath_name_of(ctx, worst), times);
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
		summarise_overflows(ctx, overflows, worst);
}

static void advise_accept(struct finding_ctx *ctx, const struct rxpath_socket_line *line)
{
	const struct rxpath_process *reader = rxpath_reader_of(line);
	const char *owner = rxpath_owner_of(ctx, line);

	if (reader)
		rxpath_advise_strace(ctx,
				     rxpath_phrase(ctx, "why %s does not call accept()", owner),
				     reader->pid);
	finding_advice(ctx, "give %s more workers, if all of them wait for something", owner);
}

static bool find_accept_queue(struct finding_ctx *ctx)
{
	uint64_t overflows = rxpath_moved(ctx, "TcpExtListenOverflows");
	const struct rxpath_socket_line *worst = worst_listener(ctx);
	uint64_t reset;

	if (overflows == 0 && (!worst || !worst->full))
		return false;
	if (!worst && overflows <= rxpath_tolerated(ctx, is_tcp))
		return false;
	if (overflows == 0)
		ctx->draft.kind = RXPATH_KIND_PRESSURE;
	summarise_accept_queue(ctx, overflows, worst);
	if (overflows > 0)
		finding_evidence(ctx,
				 "TcpExtListenOverflows %llu (a client that tries again counts "
				 "again)",
				 (unsigned long long)overflows);
	rxpath_show_sockets(ctx, NULL, is_listener, tell_listener);
	if (!worst) {
		finding_advice(ctx, "find the listener whose queue is full: 'ss -ltn', Recv-Q "
				    "against Send-Q");
		return true;
	}
	rxpath_name_reader(ctx, worst);
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

static bool find_no_route_back(struct finding_ctx *ctx)
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
	rxpath_show_sockets(ctx, NULL, is_listener, tell_listener);
	return true;
}

static bool find_syn_queue(struct finding_ctx *ctx)
{
	static const char *const names[] = {"TcpExtListenDrops", "TcpExtTCPReqQFullDrop",
					    "TcpExtTCPReqQFullDoCookies", "TcpExtSyncookiesSent",
					    NULL};
	uint64_t dropped = rxpath_lost(ctx, "TcpExtListenDrops") - without_route(ctx) +
			   rxpath_moved(ctx, "TcpExtTCPReqQFullDrop");
	uint64_t cookies = rxpath_moved(ctx, "TcpExtSyncookiesSent");
	uint64_t enabled = 1, limit;

	if (dropped == 0 && cookies < 10)
		return false;
	if (dropped == 0)
		ctx->draft.kind = RXPATH_KIND_PRESSURE;
	if (dropped > 0)
		finding_summary(ctx, "TCP dropped %s: too many connections were half open.",
				rxpath_amount(ctx, dropped, "connection request"));
	else if (rxpath_number_of(ctx, "net.ipv4.tcp_syncookies", &enabled) && enabled == 2)
		finding_summary(ctx,
				"TCP answered %s with a SYN cookie, because "
				"net.ipv4.tcp_syncookies is 2. Nothing was lost.",
				rxpath_amount(ctx, cookies, "connection request"));
	else
		finding_summary(ctx,
				"TCP answered %s with a SYN cookie: too many connections were half "
				"open. Nothing was lost.",
				rxpath_amount(ctx, cookies, "connection request"));
	rxpath_show_moved(ctx, names);
	rxpath_show_sockets(ctx, NULL, is_listener, tell_listener);
	if (dropped == 0 && enabled == 2) {
		finding_advice(ctx, "set net.ipv4.tcp_syncookies=1, unless this is a test: only a "
				    "full queue is then answered so");
		finding_set(ctx, "net.ipv4.tcp_syncookies", "1");
		return true;
	}
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
				enough_backlog(limit, dropped > 0 ? dropped : cookies));
	return true;
}

/* Refused without a counter: what a filter takes, the kernel drops before it looks at the segment
 * (tcp_filter, net/ipv4/tcp_ipv4.c). */
static bool is_refusing_listener(const struct rxpath_socket_line *line)
{
	return is_listener(line) && line->kind == RXPATH_KIND_SUSPECT;
}

static const char *tell_refusal(struct finding_ctx *ctx, const struct rxpath_socket_line *line)
{
	return rxpath_phrase(ctx,
			     "%s dropped %llu; its accept queue holds %u of %u connections, and "
			     "TcpExtListenDrops did not increase",
			     rxpath_name_of(ctx, line), (unsigned long long)line->delta,
			     line->socket->rx_queue, line->socket->limit);
}

static bool find_listener_filter(struct finding_ctx *ctx)
{
	const struct rxpath_socket_line *worst = rxpath_worst_socket(ctx, is_refusing_listener);

	if (!worst)
		return false;
	finding_summary(ctx,
			"%s dropped %s without a specific counter: a filter of the socket or a BPF "
			"program of its cgroup refused them, or they belong to no connection (a "
			"port scan, late resets).",
			rxpath_name_of(ctx, worst),
			rxpath_amount(ctx, worst->delta, "TCP segment"));
	rxpath_show_sockets(ctx, NULL, is_refusing_listener, tell_refusal);
	if (!ctx->report->trace)
		finding_advice(ctx, "run 'rxpath check --trace' as root: SOCKET_FILTER is such a "
				    "filter or program, TCP_RESET and TCP_FLAGS are segments of no "
				    "connection, and no fault");
	finding_advice(ctx,
		       "check whether %s attaches a filter to it (SO_ATTACH_FILTER; ss does not "
		       "show it) and which programs its cgroup has ('bpftool cgroup tree'): one "
		       "that does its job is no fault",
		       rxpath_owner_of(ctx, worst));
	finding_command(ctx, "bpftool cgroup tree");
	return true;
}

const struct finding_rule rxpath_listener_findings[] = {
	{
		FINDING("tcp-accept-queue", SOCKET, DROP, find_accept_queue),
		.fact.cause = "accept queue full",
		.fact.meaning = "A program did not accept its TCP connections fast enough.",
		.fact.shown = "TcpExtListenOverflows, or a listener whose accept queue is nearly "
			      "full.",
		.fact.action = "Let it accept faster; for bursts raise its listen() backlog, and "
			       "net.core.somaxconn where that is the limit.",
	},
	{
		FINDING("tcp-no-route-back", SOCKET, DROP, find_no_route_back),
		.fact.cause = "no route back to the clients",
		.fact.meaning = "Connection requests were dropped because this host has no route "
				"back to their senders.",
		.fact.shown = "TcpExtListenDrops beyond overflows, together with IpOutNoRoutes or "
			      "Ip6OutNoRoutes.",
		.fact.action = "Add the route that is missing: 'tcpdump -nn tcp' shows the "
			       "senders, 'ip route get SENDER' what is missing.",
	},
	{
		FINDING("tcp-syn-queue", SOCKET, DROP, find_syn_queue),
		.fact.cause = "too many half open connections",
		.fact.meaning = "More connections were half open than may wait, or a flood of "
				"SYNs came.",
		.fact.shown = "TcpExtListenDrops beyond overflows, TcpExtTCPReqQFullDrop, or SYN "
			      "cookies sent.",
		.fact.action = "Enable net.ipv4.tcp_syncookies; raise "
			       "net.ipv4.tcp_max_syn_backlog and the listen() backlog.",
	},
	{
		FINDING("tcp-listener-filter", SOCKET, SUSPECT, find_listener_filter),
		.fact.cause = "a filter of a listener, or a scan",
		.fact.meaning = "A TCP listener dropped segments that no counter explains: a "
				"filter of the socket or a BPF program of its cgroup refused them, "
				"or they belong to no connection (a port scan, late resets).",
		.fact.shown = "sk_drops of a listener beyond TcpExtListenDrops and what other "
			      "counters refused.",
		.fact.action = "Let 'rxpath check --trace' tell the reason; see which programs "
			       "its cgroup has ('bpftool cgroup tree').",
	},
	{.find = NULL},
};
