/* finding_lines.c: the counters that moved: their sums, the worst of several, and showing them. */
#include <string.h>

#include "findings.h"

/* A line that others account for, such as a bond's, comes last. A loss comes before a suspicion. */
static bool is_worse(const struct rxpath_line *line, const struct rxpath_line *than)
{
	bool counted = line->flags & RXPATH_FLAG_COUNTED;

	if (counted != (bool)(than->flags & RXPATH_FLAG_COUNTED))
		return !counted;
	if (line->kind != than->kind)
		return line->kind < than->kind;
	return line->delta > than->delta;
}

const struct rxpath_line *rxpath_worst_of(const struct finding_ctx *ctx, const char *const names[])
{
	const struct rxpath_line *worst = NULL;

	for (size_t i = 0; i < ctx->moved_count; i++)
		if (rxpath_slice_is_any(ctx->moved[i]->name, names) &&
		    (!worst || is_worse(ctx->moved[i], worst)))
			worst = ctx->moved[i];
	return worst;
}

/* " (why)", of a statistic whose meaning is known; else "". */
static const char *meaning_of(struct finding_ctx *ctx, const struct rxpath_line *line)
{
	const struct rxpath_driver_statistic *known = rxpath_known_statistic(&ctx->match, line);

	return known ? rxpath_phrase(ctx, " (%s)", known->meaning) : "";
}

void rxpath_show_line(struct finding_ctx *ctx, const struct rxpath_line *line)
{
	/* There may be a hundred thousand of them. */
	if (ctx->draft.evidence_count == MAX_TEXTS)
		return;
	finding_evidence(ctx, "%s of %s: %llu%s", line->name.ptr, line->subject.ptr,
			 (unsigned long long)line->delta, meaning_of(ctx, line));
}

void rxpath_show_lines(struct finding_ctx *ctx, const char *const names[])
{
	for (size_t i = 0; i < ctx->moved_count; i++)
		if (rxpath_slice_is_any(ctx->moved[i]->name, names))
			rxpath_show_line(ctx, ctx->moved[i]);
}

uint64_t rxpath_moved(const struct finding_ctx *ctx, const char *name)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < ctx->moved_count; i++)
		if (rxpath_slice_is(ctx->moved[i]->name, name))
			sum += ctx->moved[i]->delta;
	return sum;
}

uint64_t rxpath_lost(const struct finding_ctx *ctx, const char *name)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < ctx->moved_count; i++)
		if (rxpath_slice_is(ctx->moved[i]->name, name))
			sum += ctx->moved[i]->lost;
	return sum;
}

uint64_t rxpath_open_part(const struct finding_ctx *ctx, const char *const names[])
{
	uint64_t sum = 0;

	for (size_t i = 0; i < ctx->moved_count; i++)
		if (rxpath_slice_is_any(ctx->moved[i]->name, names) &&
		    !(ctx->moved[i]->flags & RXPATH_FLAG_COUNTED))
			sum += rxpath_remainder(ctx->moved[i]);
	return sum;
}

uint64_t rxpath_moved_any(const struct finding_ctx *ctx, const char *const names[])
{
	uint64_t sum = 0;

	for (size_t i = 0; names[i]; i++)
		sum += rxpath_moved(ctx, names[i]);
	return sum;
}

uint64_t rxpath_lost_any(const struct finding_ctx *ctx, const char *const names[])
{
	uint64_t sum = 0;

	for (size_t i = 0; names[i]; i++)
		sum += rxpath_lost(ctx, names[i]);
	return sum;
}

uint64_t rxpath_unexplained_any(const struct finding_ctx *ctx, const char *const names[])
{
	uint64_t sum = 0;

	for (size_t i = 0; i < ctx->moved_count; i++)
		if (rxpath_slice_is_any(ctx->moved[i]->name, names) &&
		    ctx->moved[i]->kind <= RXPATH_KIND_SUSPECT)
			sum += rxpath_remainder(ctx->moved[i]);
	return sum;
}

void rxpath_show_moved(struct finding_ctx *ctx, const char *const names[])
{
	struct rxpath_buf text = {0};

	for (size_t i = 0; names[i]; i++) {
		uint64_t moved = rxpath_moved(ctx, names[i]);

		if (moved > 0)
			rxpath_buf_printf(&text, "%s%s %llu", text.len > 0 ? ", " : "", names[i],
					  (unsigned long long)moved);
	}
	finding_show(ctx, &text);
}

bool rxpath_overran(const struct finding_ctx *ctx)
{
	static const char *const names[] = {"rx_missed_errors", "rx_fifo_errors", "rx_over_errors",
					    "softnet_dropped",	"dev_fifo",	  NULL};

	return rxpath_moved_any(ctx, names) > 0;
}

const struct rxpath_line *rxpath_worst_backlog(const struct finding_ctx *ctx)
{
	const struct rxpath_line *worst = NULL;

	for (size_t i = 0; i < ctx->moved_count; i++) {
		const struct rxpath_line *line = ctx->moved[i];

		if (line->stage == RXPATH_STAGE_DEVICE && line->accounted > 0 &&
		    (rxpath_slice_is(line->name, "rx_dropped") ||
		     rxpath_slice_is(line->name, "dev_drop")) &&
		    (!worst || line->accounted > worst->accounted))
			worst = line;
	}
	return worst;
}

bool rxpath_is_significant(const struct finding_ctx *ctx, uint64_t count, enum rxpath_stage stage)
{
	uint64_t seen = ctx->report->stages[stage].seen;

	return count >= 10 && (seen == RXPATH_UNKNOWN || count >= seen / 100);
}

/* The first sample asks for the statistics of queues and wire only where the device lost packets
 * before. */
static void show_unknown_hardware(struct finding_ctx *ctx, struct rxpath_slice device)
{
	const struct rxpath_device *before =
		ctx->match.before ? rxpath_sample_find_device(ctx->match.before, device) : NULL;
	const struct rxpath_device *after = rxpath_sample_find_device(ctx->match.after, device);

	if (before && after && after->has_hardware && !before->has_hardware)
		finding_evidence(ctx,
				 "what its queues and its wire counted is not known: they were "
				 "first read at the end; a second report (-c 2) shows it");
}

void rxpath_show_driver(struct finding_ctx *ctx, struct rxpath_slice device)
{
	for (size_t i = 0; i < ctx->moved_count; i++) {
		const struct rxpath_line *line = ctx->moved[i];

		if ((line->source == RXPATH_SOURCE_ETHTOOL ||
		     line->source == RXPATH_SOURCE_HARDWARE) &&
		    rxpath_slice_equal(line->subject, device))
			finding_evidence(ctx, "%s%s: %llu%s",
					 line->source == RXPATH_SOURCE_ETHTOOL ? "the driver's own "
									       : "",
					 line->name.ptr, (unsigned long long)line->delta,
					 meaning_of(ctx, line));
	}
	show_unknown_hardware(ctx, device);
}
