/* find_tcp.c: connections that wait to be accepted, and segments of open ones. */
#include "findings.h"

/* TCP's memory is above the second value of tcp_mem; false when unknown. */
static bool is_short(const struct finding_ctx *ctx, uint64_t *pages)
{
	uint64_t limit;

	return rxpath_setting_figure(rxpath_setting_of(ctx, "net.ipv4.tcp_mem"), 2, &limit) &&
	       rxpath_number_of(ctx, "sockstat.TCP.mem", pages) && *pages >= limit;
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

static bool find_tcp_receive(struct finding_ctx *ctx)
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
	uint64_t pages;

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
		rxpath_advise_tcp_buffer(ctx);
	return true;
}

static bool find_tcp_memory(struct finding_ctx *ctx)
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

static bool find_memory_reserve(struct finding_ctx *ctx)
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

static bool find_tcp_damaged(struct finding_ctx *ctx)
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

const struct finding_rule rxpath_tcp_findings[] = {
	{
		FINDING("tcp-receive", SOCKET, DROP, find_tcp_receive),
		.fact.cause = "no room for TCP segments",
		.fact.meaning = "TCP dropped segments, which are sent again: a program reads too "
				"slowly, or memory is short.",
		.fact.shown = "TcpExtTCPBacklogDrop, TCPRcvQDrop, TCPZeroWindowDrop, TCPOFODrop, "
			      "RcvPruned or OfoPruned; ten of PruneCalled or TCPRcvCollapsed.",
		.fact.action = "Make the program read faster; check net.ipv4.tcp_rmem and tcp_mem.",
	},
	{
		FINDING("tcp-memory", SOCKET, PRESSURE, find_tcp_memory),
		.fact.cause = "memory of all TCP sockets short",
		.fact.meaning = "TCP reached a limit that all TCP sockets of the host share: "
				"memory, or the number of closed connections.",
		.fact.shown = "TcpExtTCPMemoryPressures, TCPAbortOnMemory or TCPTimeWaitOverflow; "
			      "tcp_mem_used.",
		.fact.action = "Find who holds the memory (ss -tm); then raise net.ipv4.tcp_mem.",
	},
	{
		FINDING("memory-reserve", SOCKET, DROP, find_memory_reserve),
		.fact.cause = "machine out of memory",
		.fact.meaning = "The machine was out of memory, and packets in its reserve are "
				"not for ordinary sockets.",
		.fact.shown = "TcpExtPFMemallocDrop.",
		.fact.action = "Find what takes the memory (free; the kernel log): the network is "
			       "not the cause.",
	},
	{
		FINDING("tcp-damaged", TRANSPORT, DROP, find_tcp_damaged),
		.fact.cause = "wrong TCP checksums",
		.fact.meaning = "TCP segments arrived with a wrong checksum.",
		.fact.shown = "TcpInCsumErrors.",
		.fact.action = "Find the damage on the path; if the segments of all senders are "
			       "wrong, switch off the receive offload of the card.",
	},
	{
		FINDING("tls-decrypt", SOCKET, DROP, rxpath_find_counters),
		.counters = {"TlsDecryptError"},
		.command = "ss -t -i -e",
		.fact.cause = "TLS records that cannot be decrypted",
		.fact.meaning = "Kernel TLS received records that it could not decrypt; their "
				"connections fail.",
		.fact.shown = "TlsDecryptError.",
		.fact.action = "Find the connections that fail in the program's log; with a card "
			       "that decrypts, try 'ethtool -K DEVICE tls-hw-rx-offload off'.",
	},
	{.find = NULL},
};
