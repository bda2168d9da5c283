/* find_queue.c: one receive queue of a card loses everything while the others do not, by the
 * standard statistics of each queue, else by the driver's own. */
#include <ctype.h>
#include <string.h>

#include "findings.h"

#define MAX_QUEUES 256

/* Devices that are looked at: a stored sample may have any number. */
#define MAX_DEVICES 256

/* With fewer lost packets it is chance. */
#define MIN_LOST 10

/* "netdev.rx-3.rx-hw-drops", "ethtool.rx_queue_3_drops", "ethtool.rx3_out_of_buffer",
 * "ethtool.queue_3_rx_bad_desc": the number behind one of these words. */
static bool queue_of(struct rxpath_slice name, uint64_t *queue)
{
	static const char *const words[] = {"queue_", "rx_", "rx-", "rx", "ring", "["};

	for (size_t at = 0; at < name.len; at++) {
		for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
			struct rxpath_slice rest = {name.ptr + at, name.len - at};
			struct rxpath_slice digits;

			if (!rxpath_slice_starts(rest, words[i]))
				continue;
			rxpath_slice_skip(&rest, strlen(words[i]));
			digits = (struct rxpath_slice){rest.ptr, 0};
			while (digits.len < rest.len &&
			       isdigit((unsigned char)rest.ptr[digits.len]))
				digits.len++;
			if (rxpath_scan_dec(digits, queue) && *queue < MAX_QUEUES)
				return true;
		}
	}
	return false;
}

/* A loss of one queue, by that source. */
static bool is_loss(const struct rxpath_line *line, enum rxpath_source source, uint64_t *queue)
{
	return line->source == source && line->kind <= RXPATH_KIND_SUSPECT &&
	       queue_of(line->name, queue);
}

/* A driver may have the same packets under names of its own. */
static enum rxpath_source source_for(const struct finding_ctx *ctx, struct rxpath_slice device)
{
	uint64_t queue;

	for (size_t i = 0; i < ctx->moved_count; i++)
		if (rxpath_slice_equal(ctx->moved[i]->subject, device) &&
		    is_loss(ctx->moved[i], RXPATH_SOURCE_HARDWARE, &queue))
			return RXPATH_SOURCE_HARDWARE;
	return RXPATH_SOURCE_ETHTOOL;
}

/* What each queue of the device lost; the sum. */
static uint64_t lost_by_queue(const struct finding_ctx *ctx, struct rxpath_slice device,
			      uint64_t lost[MAX_QUEUES])
{
	const enum rxpath_source source = source_for(ctx, device);
	uint64_t all = 0;
	uint64_t queue;

	memset(lost, 0, MAX_QUEUES * sizeof *lost);
	for (size_t i = 0; i < ctx->moved_count; i++) {
		const struct rxpath_line *line = ctx->moved[i];

		if (!rxpath_slice_equal(line->subject, device) || !is_loss(line, source, &queue))
			continue;
		lost[queue] = rxpath_sum(lost[queue], rxpath_remainder(line));
		all = rxpath_sum(all, rxpath_remainder(line));
	}
	return all;
}

static void explain(struct finding_ctx *ctx, struct rxpath_slice subject, size_t queue,
		    uint64_t lost, uint64_t all, uint64_t queues)
{
	const enum rxpath_source source = source_for(ctx, subject);
	const char *device = subject.ptr;

	finding_summary(ctx, "Receive queue %zu of %s lost %llu of the %s that its %s lost.", queue,
			device, (unsigned long long)lost, rxpath_amount(ctx, all, "packet"),
			rxpath_amount(ctx, queues, "queue"));
	for (size_t i = 0; i < ctx->moved_count; i++) {
		const struct rxpath_line *line = ctx->moved[i];
		uint64_t of;

		if (rxpath_slice_equal(line->subject, subject) && is_loss(line, source, &of) &&
		    of == queue)
			rxpath_show_line(ctx, line);
	}
	finding_advice(ctx,
		       "spread the flows evenly: 'ethtool -X %s equal %llu'; for UDP also by port: "
		       "'ethtool -N %s rx-flow-hash udp4 sdfn' (a single flow stays on one queue)",
		       device, (unsigned long long)queues, device);
}

static bool holds(const struct rxpath_slice *slices, size_t count, struct rxpath_slice slice)
{
	for (size_t i = 0; i < count; i++)
		if (rxpath_slice_equal(slices[i], slice))
			return true;
	return false;
}

static bool find_one_queue(struct finding_ctx *ctx)
{
	uint64_t lost[MAX_QUEUES];
	struct rxpath_slice devices[MAX_DEVICES];
	size_t looked_at = 0;

	for (size_t i = 0; i < ctx->moved_count && looked_at < MAX_DEVICES; i++) {
		const struct rxpath_line *line = ctx->moved[i];
		uint64_t all, queues, queue;
		size_t worst = 0;

		if (!is_loss(line, line->source, &queue) ||
		    holds(devices, looked_at, line->subject))
			continue;
		devices[looked_at++] = line->subject;
		all = lost_by_queue(ctx, line->subject, lost);
		if (all < MIN_LOST ||
		    !rxpath_device_number(ctx, line->subject.ptr, "queues", &queues) || queues < 2)
			continue;
		for (size_t at = 1; at < MAX_QUEUES; at++)
			if (lost[at] > lost[worst])
				worst = at;
		if (lost[worst] < all - all / 10)
			continue;
		explain(ctx, line->subject, worst, lost[worst], all, queues);
		return true;
	}
	return false;
}

const struct finding_rule rxpath_queue_findings[] = {
	{
		FINDING("one-queue", DEVICE, PRESSURE, find_one_queue),
		.fact.cause = "one receive queue overloaded",
		.fact.meaning = "One receive queue of a card lost nearly all of the packets, "
				"while its other queues did not.",
		.fact.shown = "90 % of ten or more losses in the statistics of each queue "
			      "(netdev.rx-N.NAME, else a driver's own) on one of several queues.",
		.fact.action = "Spread the flows evenly over the queues (ethtool -X, ethtool -N); "
			       "a single flow stays on one queue.",
	},
	{.find = NULL},
};
