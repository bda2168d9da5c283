/* queues.c: packets that rules sent to NFQUEUE. The program decides on those that came into a
 * queue; the others were dropped, because no program reads that queue. Only the rules say which
 * packets a queue holds. */
#include <linux/netlink.h>
#include <stdlib.h>

#include "steps.h"

static bool forwards(const struct match *match)
{
	return rxpath_change_of(match, "IpForwDatagrams").max > 0 ||
	       rxpath_change_of(match, "Ip6OutForwDatagrams").max > 0;
}

bool rxpath_queue_is_of_own(const struct match *match, uint32_t queue)
{
	const struct rxpath_sample *after = match->after;
	unsigned hooks = 0;

	if (!rxpath_sample_knows_rules(after))
		return false;
	for (size_t i = 0; i < after->rule_count; i++)
		if (rxpath_rule_gives_to(&after->rules[i], queue))
			hooks |= after->rules[i].hooks;
	if (hooks & RXPATH_HOOK_POSTROUTING && forwards(match))
		return false;
	return hooks != 0 && !(hooks & RXPATH_HOOKS_OF_RECEIVED);
}

unsigned rxpath_queue_versions(const struct match *match, uint32_t queue)
{
	const struct rxpath_sample *after = match->after;
	unsigned versions = 0;

	for (size_t i = 0; i < after->rule_count; i++)
		if (rxpath_rule_gives_to(&after->rules[i], queue))
			versions |= after->rules[i].versions;
	return versions != 0 && rxpath_sample_knows_rules(after) ? versions : RXPATH_OVER_BOTH;
}

/* The netlink socket of that port; NULL. */
static const struct rxpath_socket *reader_of(const struct rxpath_sample *sample, uint32_t port)
{
	for (size_t i = 0; i < sample->socket_count; i++)
		if (rxpath_socket_is_netlink(&sample->sockets[i], NETLINK_NETFILTER, port))
			return &sample->sockets[i];
	return NULL;
}

/* Whether all queues of the first sample are still there, with the same readers, so that what came
 * into them since is known. */
static bool has_all_queues(const struct match *match)
{
	const struct rxpath_sample *before = match->before;

	if (!match->comparable[RXPATH_SOURCE_NFQUEUE])
		return false;
	for (size_t i = 0; before && i < before->reading_count; i++)
		if (before->readings[i].subject.kind == RXPATH_ON_NFQUEUE &&
		    !rxpath_same_reader(match, &before->readings[i].subject))
			return false;
	return true;
}

/* What came into a queue and no rule has yet. */
struct entered {
	uint32_t queue;
	uint64_t packets;
};

/* A row for each figure of each queue. */
static size_t note_entered(const struct match *match, struct entered *rows)
{
	size_t count = 0;

	for (size_t i = 0; i < match->after->reading_count; i++) {
		const struct rxpath_reading *reading = &match->after->readings[i];
		struct change change;

		if ((rxpath_reading_is(reading, "nfqueue_id_sequence") ||
		     rxpath_reading_is(reading, "nfqueue_queue_dropped")) &&
		    match->comparable[reading->source] &&
		    rxpath_change_since(match, reading, &change))
			rows[count++] = (struct entered){reading->subject.number, change.max};
	}
	return count;
}

static void take_entered(struct entered *rows, size_t count, const struct rxpath_rule *rule,
			 struct rxpath_line *line)
{
	for (size_t i = 0; i < count; i++) {
		uint64_t left = line->max - line->accounted;
		uint64_t taken = rxpath_min(rows[i].packets, left);

		if (!rxpath_rule_gives_to(rule, rows[i].queue))
			continue;
		line->accounted += taken;
		rows[i].packets -= taken;
	}
}

/* Own packets that a full queue dropped were not received. */
static void forgive_own(const struct match *match, struct rxpath_line *line)
{
	if (line->on.kind != RXPATH_ON_NFQUEUE || !rxpath_queue_is_of_own(match, line->on.number))
		return;
	line->lost = 0;
	line->kind = RXPATH_KIND_PRESSURE;
}

/* The same where nothing moved. */
static void account_unmoved(const struct match *match, struct rxpath_unmoved *unmoved)
{
	struct rxpath_line line = rxpath_line_of_unmoved(unmoved);
	const struct rxpath_rule *rule = rxpath_rule_of(match, &line);

	forgive_own(match, &line);
	unmoved->kind = line.kind;
	if (rule && rule->verdict == RXPATH_VERDICT_QUEUE)
		unmoved->flags |= RXPATH_FLAG_COUNTED;
}

/* Whose netlink sockets have the port ids of the queues that lost packets. */
static void find_readers(const struct match *match, struct rxpath_report *report)
{
	const struct rxpath_sample *after = match->after;
	size_t lines = 0;

	for (size_t i = 0; i < report->line_count; i++)
		lines += report->lines[i].on.kind == RXPATH_ON_NFQUEUE;
	if (lines == 0)
		return;
	report->queue_readers = rxpath_report_take(report, lines * sizeof *report->queue_readers);
	if (!report->queue_readers)
		return;
	for (size_t i = 0; i < report->line_count; i++) {
		const struct rxpath_reading *port =
			report->lines[i].on.kind == RXPATH_ON_NFQUEUE
				? rxpath_sample_find(after, "nfqueue_peer_portid",
						     &report->lines[i].on)
				: NULL;
		const struct rxpath_socket *socket =
			port ? reader_of(after, (uint32_t)port->value) : NULL;

		if (socket)
			report->queue_readers[report->queue_reader_count++] =
				(struct rxpath_socket_line){.socket = socket};
	}
}

void rxpath_account_queues(const struct match *match, const struct rxpath_criteria *criteria,
			   struct rxpath_report *report)
{
	struct entered *rows = malloc((match->after->reading_count + 1) * sizeof *rows);
	const bool known = has_all_queues(match);
	size_t count, kept = 0;

	if (!rows) {
		report->failed = true;
		return;
	}
	count = note_entered(match, rows);
	for (size_t i = 0; i < report->line_count; i++) {
		struct rxpath_line *line = &report->lines[i];
		const struct rxpath_rule *rule = rxpath_rule_of(match, line);

		forgive_own(match, line);
		if (rule && rule->verdict == RXPATH_VERDICT_QUEUE) {
			if (known)
				take_entered(rows, count, rule, line);
			else
				line->accounted = line->max;
			/* All of it came into a queue. */
			if (rxpath_remainder(line) == 0) {
				if (!criteria->all)
					continue;
				line->flags |= RXPATH_FLAG_COUNTED;
			}
		}
		report->lines[kept++] = *line;
	}
	report->line_count = kept;
	free(rows);
	for (size_t i = 0; i < report->unmoved_count; i++)
		account_unmoved(match, &report->unmoved[i]);
	find_readers(match, report);
}
