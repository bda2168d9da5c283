/* find_memory.c: which limit refused the memory for datagrams: UDP's, or that of a cgroup. */
#include "findings.h"

/* What sockets lost and no counter of UDP has. Where the protocols' counters were not read, they do
 * not prove anything. */
static uint64_t uncounted(const struct finding_ctx *ctx)
{
	uint64_t silent = rxpath_lost(ctx, "sk_drops");
	uint64_t raw = rxpath_lost_by_raw(ctx);

	return ctx->report->attribution.known ? rxpath_less(silent, raw) : 0;
}

static uint64_t udp_short_of_memory(const struct finding_ctx *ctx)
{
	return rxpath_moved_any(ctx, rxpath_udp_memory) + uncounted(ctx);
}

static bool figure_of(struct finding_ctx *ctx, uint64_t pid, const char *word, uint64_t *value)
{
	return rxpath_number_of(
		ctx, rxpath_phrase(ctx, "memory.%llu.%s", (unsigned long long)pid, word), value);
}

static const char *text_of(struct finding_ctx *ctx, uint64_t pid, const char *word)
{
	const struct rxpath_setting *setting = rxpath_setting_of(
		ctx, rxpath_phrase(ctx, "memory.%llu.%s", (unsigned long long)pid, word));

	return setting ? rxpath_escaped_of(ctx, setting->value) : "";
}

/* Its cgroup refused memory: it counted that since the first sample; or, with cgroup v1, which on
 * Linux 6.18 counts nothing, the memory of its sockets has been at the limit. */
static bool was_refused(struct finding_ctx *ctx, uint64_t pid)
{
	const char *name = rxpath_phrase(ctx, "memory.%llu.failures", (unsigned long long)pid);
	const struct rxpath_setting *before =
		ctx->match.before ? rxpath_sample_setting(ctx->match.before, name) : NULL;
	uint64_t limit, peak, failures, earlier = 0;

	if (before)
		rxpath_scan_dec(before->value, &earlier);
	if (figure_of(ctx, pid, "failures", &failures) && failures > earlier)
		return true;
	return figure_of(ctx, pid, "peak", &peak) && figure_of(ctx, pid, "limit", &limit) &&
	       peak >= limit - limit / 16;
}

static bool describe(struct finding_ctx *ctx, const struct program *program)
{
	const struct rxpath_process *reader = rxpath_reader_of(program->worst);
	uint64_t limit, usage, failures, sock;
	uint64_t suggested;
	const char *file;

	if (!reader || !was_refused(ctx, reader->pid) ||
	    !figure_of(ctx, reader->pid, "limit", &limit) ||
	    !figure_of(ctx, reader->pid, "usage", &usage))
		return false;
	file = text_of(ctx, reader->pid, "file");
	finding_summary(ctx, "%s: the memory limit of its cgroup %s refused them.",
			rxpath_losses_of(ctx, program), text_of(ctx, reader->pid, "cgroup"));
	finding_evidence(ctx, "%s is %llu; the cgroup uses %llu bytes of it now", file,
			 (unsigned long long)limit, (unsigned long long)usage);
	if (figure_of(ctx, reader->pid, "failures", &failures) && failures > 0)
		finding_evidence(ctx, "the cgroup was refused memory %s since it was made",
				 rxpath_amount(ctx, failures, "time"));
	if (figure_of(ctx, reader->pid, "sock", &sock))
		finding_evidence(ctx, "%llu of these bytes are memory of sockets",
				 (unsigned long long)sock);
	rxpath_show_memory_of(ctx, RXPATH_UDP);
	finding_advice(ctx,
		       "%s must read faster, so that less waits in its queues; or give the "
		       "cgroup more memory",
		       rxpath_owner_of(ctx, program->worst));
	suggested = rxpath_enough_for(limit, program->lost);
	finding_advice(ctx,
		       "raise %s (now %llu), say to %llu: the cgroup may then hold that much "
		       "memory",
		       file, (unsigned long long)limit, (unsigned long long)suggested);
	finding_file(ctx, file, limit, suggested);
	return true;
}

static bool find_memory_cgroup(struct finding_ctx *ctx)
{
	return udp_short_of_memory(ctx) > 0 &&
	       rxpath_memory_level(ctx, RXPATH_UDP) != MEMORY_SHORT &&
	       rxpath_find_programs(ctx, rxpath_is_lossy_udp, describe);
}

/* A datagram or segment takes a page or two. */
#define PAGES_EACH 2
#define MAX_PAGES 65536u

static void suggest_memory(struct finding_ctx *ctx, const char *setting, uint64_t held,
			   uint64_t lost)
{
	const struct rxpath_setting *limits = rxpath_setting_of(ctx, setting);
	uint64_t high, need, most;

	if (!rxpath_setting_figure(limits, 3, &high) || high == 0 || high > UINT32_MAX)
		return;
	most = rxpath_max(16 * high, MAX_PAGES);
	need = rxpath_sum(held, rxpath_min(lost, most) * PAGES_EACH);
	need = rxpath_max(need, 2 * high);
	need = rxpath_min(need, most);
	finding_set(ctx, setting,
		    rxpath_phrase(ctx, "%llu %llu %llu", (unsigned long long)need / 2,
				  (unsigned long long)need / 4 * 3, (unsigned long long)need));
}

bool rxpath_find_memory_used(struct finding_ctx *ctx, const char *protocol, const char *counter)
{
	uint64_t pages = rxpath_moved(ctx, counter);

	if (pages == 0)
		return false;
	ctx->draft.kind = RXPATH_KIND_PRESSURE;
	finding_summary(ctx,
			"The %s sockets of the host hold %s of memory, at least 80 %% of "
			"what they may; at the limit, packets are lost.",
			protocol, rxpath_amount(ctx, pages, "page"));
	return true;
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

	rxpath_socket_subject(&text, socket);
	return rxpath_phrase_from(ctx, &text);
}

static void summarise_memory(struct finding_ctx *ctx, uint64_t counted, uint64_t silent)
{
	if (rxpath_memory_level(ctx, RXPATH_UDP) == MEMORY_ENOUGH)
		finding_summary(ctx,
				"UDP refused %s for lack of memory, although UDP as a whole has "
				"memory left now: the memory limit of a cgroup, or a shortage that "
				"is over.",
				rxpath_amount(ctx, counted + silent, "datagram"));
	else if (counted > 0)
		finding_summary(ctx,
				"UDP dropped %s: the memory that all UDP sockets of the host share "
				"was used up.",
				rxpath_amount(ctx, counted + silent, "datagram"));
	else
		finding_summary(
			ctx,
			"UDP sockets lost %s that no protocol counter shows: this is what a "
			"shortage of UDP memory looks like on Linux 6.18 and 6.19.",
			rxpath_amount(ctx, silent, "datagram"));
}

static bool find_udp_memory(struct finding_ctx *ctx)
{
	uint64_t counted = rxpath_moved_any(ctx, rxpath_udp_memory);
	uint64_t silent = uncounted(ctx);
	const struct rxpath_socket *largest = largest_queue(ctx);
	uint64_t pages = 0;

	if (rxpath_has_finding(ctx, "memory-cgroup"))
		return false;
	if (counted + silent > 0)
		summarise_memory(ctx, counted, silent);
	else if (!rxpath_find_memory_used(ctx, "UDP", "udp_mem_used"))
		return false;
	rxpath_show_moved(ctx, rxpath_udp_memory);
	if (silent > 0)
		finding_evidence(ctx,
				 "sk_drops of UDP sockets beyond the protocol's counters: %llu",
				 (unsigned long long)silent);
	if (rxpath_number_of(ctx, "sockstat.UDP.mem", &pages))
		finding_evidence(ctx, "UDP holds %s now (accurate to about a hundred per CPU)",
				 rxpath_amount(ctx, pages, "page"));
	if (largest) {
		finding_evidence(ctx, "the largest queue here: %s with %u bytes",
				 subject_of(ctx, largest), largest->rx_queue);
		finding_advice(ctx,
			       "find out why %s is not read: what waits in queues holds the memory",
			       subject_of(ctx, largest));
	}
	rxpath_show_sockets(ctx, NULL, rxpath_is_lossy_udp, rxpath_tell_udp_socket);
	if (rxpath_memory_level(ctx, RXPATH_UDP) == MEMORY_ENOUGH)
		finding_advice(ctx, "read the limits of the cgroup of the process that lost them: "
				    "memory.max and memory.events (cgroup v2), "
				    "memory.kmem.tcp.limit_in_bytes and memory.kmem.tcp.failcnt "
				    "(v1)");
	finding_advice(ctx,
		       "%s net.ipv4.udp_mem%s: pages; refused above the third value; UDP can then "
		       "take that much from everything else",
		       rxpath_memory_level(ctx, RXPATH_UDP) == MEMORY_ENOUGH
			       ? "if it was short before, raise"
		       : largest ? "then raise"
				 : "raise",
		       rxpath_now(ctx, "net.ipv4.udp_mem"));
	suggest_memory(ctx, "net.ipv4.udp_mem", pages, counted + silent);
	return true;
}

const struct finding_rule rxpath_memory_findings[] = {
	{
		FINDING("memory-cgroup", SOCKET, DROP, find_memory_cgroup),
		.fact.cause = "memory limit of a cgroup reached",
		.fact.meaning = "The memory limit of the program's cgroup refused memory for "
				"datagrams.",
		.fact.shown = "UdpMemErrors, or drops of UDP sockets that no protocol counter "
			      "has, with UDP's memory below udp_mem and refusals counted by the "
			      "cgroup.",
		.fact.action = "Make the program read faster, or raise the cgroup's memory.max "
			       "(cgroup v1: memory.kmem.tcp.limit_in_bytes).",
	},
	{
		FINDING("udp-memory", SOCKET, DROP, find_udp_memory),
		.fact.cause = "memory of all UDP sockets short",
		.fact.meaning = "The memory that all UDP sockets of the host share was used up.",
		.fact.shown = "UdpMemErrors, or its IPv6 and UDP-Lite equivalents, or drops of "
			      "UDP sockets that no protocol counter has; udp_mem_used.",
		.fact.action = "Find the socket that holds the memory; then raise "
			       "net.ipv4.udp_mem.",
	},
	{.find = NULL},
};
