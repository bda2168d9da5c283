/* find_memory.c: which limit refused the memory for datagrams: UDP's, or that of a cgroup. */
#include "findings.h"

static bool figure_of(struct finding_ctx *ctx, uint64_t pid, const char *word, uint64_t *value)
{
	return rxpath_number_of(
		ctx, rxpath_phrase(ctx, "memory.%llu.%s", (unsigned long long)pid, word), value);
}

static const char *text_of(struct finding_ctx *ctx, uint64_t pid, const char *word)
{
	const struct rxpath_setting *setting = rxpath_setting_of(
		ctx, rxpath_phrase(ctx, "memory.%llu.%s", (unsigned long long)pid, word));

	return setting ? rxpath_phrase_of(ctx, setting->value) : "";
}

/* Its cgroup refused memory: it counted that since the first sample; or, with cgroup v1, which on
 * Linux 6.18 counts nothing, the memory of its sockets has been at the limit. */
static bool was_refused(struct finding_ctx *ctx, uint64_t pid)
{
	const char *name = rxpath_phrase(ctx, "memory.%llu.failures", (unsigned long long)pid);
	const struct rxpath_setting *before =
		ctx->match.before ? rxpath_sample_setting(ctx->match.before, name) : NULL;
	uint64_t limit, peak, failures = 0, earlier = 0;

	if (before)
		rxpath_scan_dec(before->value, &earlier);
	if (figure_of(ctx, pid, "failures", &failures) && failures > earlier)
		return true;
	return figure_of(ctx, pid, "peak", &peak) && figure_of(ctx, pid, "limit", &limit) &&
	       peak >= limit - limit / 16;
}

static bool is_lossy(const struct rxpath_socket_line *line)
{
	return rxpath_is_lossy_udp(line);
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

bool rxpath_find_memory_cgroup(struct finding_ctx *ctx)
{
	return rxpath_udp_short_of_memory(ctx) > 0 &&
	       rxpath_memory_level(ctx, RXPATH_UDP) != MEMORY_SHORT &&
	       rxpath_find_programs(ctx, is_lossy, describe);
}

/* A datagram or segment takes a page or two. */
#define PAGES_EACH 2
#define MAX_PAGES 65536u

void rxpath_suggest_memory(struct finding_ctx *ctx, const char *setting, uint64_t held,
			   uint64_t lost)
{
	const struct rxpath_setting *limits = rxpath_setting_of(ctx, setting);
	struct rxpath_slice rest = limits ? limits->value : (struct rxpath_slice){"", 0};
	struct rxpath_slice word = {"", 0};
	uint64_t high, need, most;

	for (int i = 0; i < 3; i++)
		if (!rxpath_scan_word(&rest, &word))
			return;
	if (!rxpath_scan_dec(word, &high) || high == 0 || high > UINT32_MAX)
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
