/* find_netfilter.c: which rules and policies refused packets, what NFQUEUE lost, and what IPsec
 * policies refused. */
#include <errno.h>
#include <linux/netlink.h>
#include <string.h>

#include "findings.h"

/* The command that lists the rule's chain with its counters. */
static const char *list_chain(struct finding_ctx *ctx, const struct rxpath_rule *rule)
{
	const char *table = rxpath_escaped_of(ctx, rule->table);
	const char *chain = rxpath_escaped_of(ctx, rule->chain);
	const char *family = rxpath_escaped_of(ctx, rule->family);
	/* Users choose these names. */
	const bool plain = rxpath_is_plain(table) && rxpath_is_plain(chain) && table[0] != '-' &&
			   chain[0] != '-';

	if (rxpath_rule_is_of_xtables(rule))
		return plain ? rxpath_phrase(ctx, "%s-legacy -t %s -L %s -v -n --line-numbers",
					     family, table, chain)
			     : rxpath_phrase(ctx, "%s-legacy-save -c", family);
	return plain ? rxpath_phrase(ctx, "nft -a list chain %s %s %s", family, table, chain)
		     : "nft -a list ruleset";
}

static void advise_chain(struct finding_ctx *ctx, const struct rxpath_rule *rule)
{
	const char *command = list_chain(ctx, rule);

	finding_advice(
		ctx,
		"look at the rule, which may just do its job; if this traffic is wanted, accept "
		"it before that rule: '%s'",
		command);
	finding_command(ctx, "%s", command);
}

/* "inet/filter/input#7 dropped 100: udp dport 53 (block DNS)" */
static void show_rule(struct finding_ctx *ctx, const struct rxpath_line *line)
{
	const struct rxpath_rule *rule = rxpath_rule_of(&ctx->match, line);
	bool reject = rule->verdict == RXPATH_VERDICT_REJECT;

	finding_evidence(ctx, "%s %s %llu%s%s%s%s%s", line->subject.ptr,
			 reject ? "rejected" : "dropped", (unsigned long long)line->delta,
			 rule->text.len > 0 ? ": " : "", rxpath_text_of(ctx, rule->text),
			 rule->comment.len > 0 ? " (\"" : "", rxpath_text_of(ctx, rule->comment),
			 rule->comment.len > 0 ? "\")" : "");
}

static bool refuses(const struct finding_ctx *ctx, const struct rxpath_line *line)
{
	const struct rxpath_rule *rule = rxpath_rule_of(&ctx->match, line);

	return rule && rule->verdict != RXPATH_VERDICT_QUEUE;
}

/* The one of the lines that refused most after `last`; NULL. Few rules move. */
static const struct rxpath_line *next_largest(const struct finding_ctx *ctx,
					      const struct rxpath_line *last)
{
	const struct rxpath_line *found = NULL;

	for (size_t i = 0; i < ctx->moved_count; i++) {
		const struct rxpath_line *line = ctx->moved[i];
		bool follows = !last || line->delta < last->delta ||
			       (line->delta == last->delta && line > last);

		if (follows && refuses(ctx, line) && (!found || line->delta > found->delta))
			found = line;
	}
	return found;
}

static bool find_firewall_rule(struct finding_ctx *ctx)
{
	const struct rxpath_line *worst = next_largest(ctx, NULL);
	const struct rxpath_line *line = worst;
	uint64_t refused = 0;
	size_t count = 0;

	for (size_t i = 0; i < ctx->moved_count; i++) {
		if (!refuses(ctx, ctx->moved[i]))
			continue;
		refused = rxpath_sum(refused, ctx->moved[i]->delta);
		count++;
	}
	if (!worst || !rxpath_is_significant(ctx, refused, RXPATH_STAGE_IP))
		return false;
	if (count == 1)
		finding_summary(ctx, "Netfilter rule %s refused %s%s.", worst->subject.ptr,
				rxpath_amount(ctx, refused, "packet"),
				rxpath_share(ctx, refused, RXPATH_STAGE_IP));
	else
		finding_summary(ctx, "Netfilter rules refused %s%s; %s refused %llu.",
				rxpath_amount(ctx, refused, "packet"),
				rxpath_share(ctx, refused, RXPATH_STAGE_IP), worst->subject.ptr,
				(unsigned long long)worst->delta);
	for (size_t shown = 0; line && shown <= MAX_SHOWN; shown++) {
		show_rule(ctx, line);
		line = next_largest(ctx, line);
	}
	if (count > MAX_SHOWN + 1)
		finding_evidence(ctx, "and %s",
				 rxpath_amount(ctx, count - MAX_SHOWN - 1, "more rule"));
	advise_chain(ctx, rxpath_rule_of(&ctx->match, worst));
	return true;
}

/* What the rules took that the second sample lacks is not known. */
static bool has_lost_rules(const struct finding_ctx *ctx)
{
	const struct match *match = &ctx->match;
	size_t before = 0;
	size_t found = 0;

	if (!match->before)
		return false;
	for (size_t i = 0; i < match->before->rule_count; i++)
		before += rxpath_rule_refuses(&match->before->rules[i]);
	for (size_t i = 0; i < match->after->rule_count; i++)
		found += rxpath_rule_refuses(&match->after->rules[i]) &&
			 rxpath_rule_before(match, &match->after->rules[i]);
	return found < before;
}

static bool is_denied(const struct rxpath_sample *sample, enum rxpath_source source)
{
	return rxpath_source_is_held_back(sample, source) &&
	       sample->sources[source].error->number != E2BIG;
}

static bool reads_rules(const struct rxpath_sample *sample)
{
	return rxpath_sample_knows_rules(sample) &&
	       (rxpath_source_usable(sample, RXPATH_SOURCE_NFTABLES) ||
		rxpath_source_usable(sample, RXPATH_SOURCE_IPTABLES));
}

/* How many rules refuse packets without a counter; *first is one of them. */
static size_t uncounted_rules(const struct rxpath_sample *sample, const struct rxpath_rule **first)
{
	size_t count = 0;

	*first = NULL;
	for (size_t i = 0; i < sample->rule_count; i++) {
		if (sample->rules[i].counted || !rxpath_rule_refuses(&sample->rules[i]))
			continue;
		if (count++ == 0)
			*first = &sample->rules[i];
	}
	return count;
}

bool rxpath_rules_took_none(const struct finding_ctx *ctx)
{
	const struct rxpath_rule *first;

	return reads_rules(ctx->match.after) && uncounted_rules(ctx->match.after, &first) == 0 &&
	       !has_lost_rules(ctx);
}

void rxpath_show_uncounted_rules(struct finding_ctx *ctx)
{
	const struct rxpath_sample *after = ctx->match.after;
	const struct rxpath_rule *first;
	size_t count;

	if (is_denied(after, RXPATH_SOURCE_NFTABLES) || is_denied(after, RXPATH_SOURCE_IPTABLES))
		finding_advice(ctx, "run it as root: rules that refuse packets are then named, "
				    "where they have counters");
	if (!reads_rules(after))
		return;
	count = uncounted_rules(after, &first);
	if (count > 0) {
		finding_evidence(ctx, "%s without a counter may have taken them, as %s",
				 rxpath_amount(ctx, count, "rule"),
				 rxpath_escaped_of(ctx, first->name));
		finding_advice(ctx,
			       "put 'counter' before the verdict of rules that refuse "
			       "packets, to see which it is: '%s'",
			       list_chain(ctx, first));
		finding_command(ctx, "%s", list_chain(ctx, first));
	} else if (has_lost_rules(ctx)) {
		finding_evidence(ctx, "rules that refused packets were removed or replaced in the "
				      "interval; what those took is among these");
	} else {
		finding_evidence(ctx, "every netfilter rule that refuses packets has a counter, "
				      "so it was none of these");
	}
}

static uint64_t gauge(const struct finding_ctx *ctx, const char *name,
		      const struct rxpath_subject *queue)
{
	const struct rxpath_reading *reading = rxpath_sample_find(ctx->match.after, name, queue);

	return reading ? reading->value : 0;
}

/* "md-recv[812]", as far as its netlink socket and the holder of that are known. */
static const char *reader_of(struct finding_ctx *ctx, uint64_t port)
{
	const struct rxpath_report *report = ctx->report;

	for (size_t i = 0; i < report->queue_reader_count; i++) {
		const struct rxpath_socket_line *line = &report->queue_readers[i];

		if (line->process_count > 0 &&
		    rxpath_socket_is_netlink(line->socket, NETLINK_NETFILTER, (uint32_t)port))
			return rxpath_owner_of(ctx, line);
	}
	return rxpath_phrase(ctx, "the program with netlink port %llu, mostly its process id",
			     (unsigned long long)port);
}

/* Whose packets the queue holds: of the rules that give packets to it, the first on that path. */
static const struct rxpath_rule *feeding(const struct finding_ctx *ctx, uint32_t queue,
					 unsigned hooks)
{
	const struct rxpath_sample *after = ctx->match.after;

	for (size_t i = 0; i < after->rule_count; i++)
		if (rxpath_rule_gives_to(&after->rules[i], queue) && after->rules[i].hooks & hooks)
			return &after->rules[i];
	return NULL;
}

static void show_queue(struct finding_ctx *ctx, const struct rxpath_line *line, bool own)
{
	const struct rxpath_rule *sent =
		feeding(ctx, line->on.number, RXPATH_HOOK_OUTPUT | RXPATH_HOOK_POSTROUTING);

	finding_evidence(
		ctx, "%s is read by %s and holds %s", line->subject.ptr,
		reader_of(ctx, gauge(ctx, "nfqueue_peer_portid", &line->on)),
		rxpath_amount(ctx, gauge(ctx, "nfqueue_queue_total", &line->on), "packet"));
	if (own)
		finding_evidence(ctx, "only packets that this host sends come to it, by %s",
				 rxpath_escaped_of(ctx, sent->name));
	else if (sent)
		finding_evidence(ctx,
				 "packets that this host sends come to it too, by %s: some of "
				 "these may be of them",
				 rxpath_escaped_of(ctx, sent->name));
}

static bool find_nfqueue_full(struct finding_ctx *ctx)
{
	static const char *const names[] = {"nfqueue_queue_dropped", "nfqueue_user_dropped", NULL};
	const struct rxpath_line *worst = NULL;
	uint64_t lost = rxpath_moved_any(ctx, names);
	bool own;

	for (size_t i = 0; i < ctx->moved_count; i++)
		if (ctx->moved[i]->on.kind == RXPATH_ON_NFQUEUE &&
		    (!worst || ctx->moved[i]->kind < worst->kind ||
		     (ctx->moved[i]->kind == worst->kind && ctx->moved[i]->delta > worst->delta)))
			worst = ctx->moved[i];
	if (!worst)
		return false;
	own = rxpath_queue_is_of_own(&ctx->match, worst->on.number);
	if (own)
		ctx->draft.kind = RXPATH_KIND_PRESSURE;
	finding_summary(ctx, "NFQUEUE %s %s%s, most of them of %s: %s.", own ? "dropped" : "lost",
			rxpath_amount(ctx, lost, "packet"), own ? " that this host sent" : "",
			worst->subject.ptr,
			rxpath_slice_is(worst->name, names[0])
				? "the queue was full"
				: "the receive buffer of the program that reads it was full");
	rxpath_show_moved(ctx, names);
	show_queue(ctx, worst, own);
	return true;
}

static bool find_nfqueue_unread(struct finding_ctx *ctx)
{
	uint64_t dropped = 0;
	const struct rxpath_line *first = NULL;

	for (size_t i = 0; i < ctx->moved_count; i++) {
		/* A made-up sample may show the counter in another file, without a rule. */
		if (!rxpath_slice_is(ctx->moved[i]->name, "nft_rule_queue") ||
		    !rxpath_rule_of(&ctx->match, ctx->moved[i]) ||
		    ctx->moved[i]->flags & RXPATH_FLAG_COUNTED)
			continue;
		dropped = rxpath_sum(dropped, rxpath_remainder(ctx->moved[i]));
		if (!first)
			first = ctx->moved[i];
	}
	if (!first)
		return false;
	finding_summary(ctx, "NFQUEUE dropped %s: no program read the queue.",
			rxpath_amount(ctx, dropped, "packet"));
	rxpath_show_line(ctx, first);
	finding_default_advice(ctx);
	finding_command(ctx, "%s", list_chain(ctx, rxpath_rule_of(&ctx->match, first)));
	return true;
}

static bool find_ipsec_policy(struct finding_ctx *ctx)
{
	uint64_t refused = rxpath_moved_any(ctx, rxpath_policy_counters);

	if (!rxpath_is_significant(ctx, refused, RXPATH_STAGE_IP))
		return false;
	finding_summary(ctx, "IPsec policies refused %s%s.", rxpath_amount(ctx, refused, "packet"),
			rxpath_share(ctx, refused, RXPATH_STAGE_IP));
	rxpath_show_moved(ctx, rxpath_policy_counters);
	if (rxpath_moved(ctx, "XfrmInTmplMismatch") > 0)
		finding_advice(ctx,
			       "a policy wants these packets encrypted and they came without, or "
			       "with another association: compare both ends ('ip xfrm policy', "
			       "'ip xfrm state')");
	else
		finding_default_advice(ctx);
	finding_command(ctx, "ip -s xfrm policy");
	return true;
}

const struct finding_rule rxpath_netfilter_findings[] = {
	{
		FINDING("firewall-rule", NETFILTER, REJECT, find_firewall_rule),
		.fact.cause = "netfilter rules",
		.fact.meaning = "Rules or policies of netfilter refused packets.",
		.fact.shown = "nft_rule_drop, nft_rule_reject or nft_policy_drop: ten or more, "
			      "and at least 1 % of the packets received.",
		.fact.action = "See the rule with nft -a list chain; a rule that does its job is "
			       "no fault.",
	},
	{
		FINDING("nfqueue-full", NETFILTER, DROP, find_nfqueue_full),
		.command = "cat /proc/net/netfilter/nfnetlink_queue",
		.fact.cause = "the program behind NFQUEUE is too slow",
		.fact.meaning = "A queue of NFQUEUE, or the receive buffer of the program that "
				"reads it, was full: packets were dropped.",
		.fact.shown = "nfqueue_queue_dropped or nfqueue_user_dropped.",
		.fact.action = "Make the program that reads the queue faster, spread the packets "
			       "over several queues (queue num 0-3 fanout), or have it ask for a "
			       "longer queue and a larger receive buffer; with fail-open packets "
			       "pass instead.",
	},
	{
		FINDING("nfqueue-unread", NETFILTER, REJECT, find_nfqueue_unread),
		.fact.cause = "no program reads an NFQUEUE",
		.fact.meaning = "Rules gave packets to NFQUEUE, and no program read the queue: "
				"they were dropped.",
		.fact.shown = "nft_rule_queue beyond what came into queues.",
		.fact.action = "Start the program that reads the queue, or let packets pass "
			       "without it (the flag bypass of the rule).",
	},
	{
		FINDING("ipsec-policy", NETFILTER, REJECT, find_ipsec_policy),
		.fact.cause = "an IPsec policy",
		.fact.meaning = "An IPsec policy refused packets.",
		.fact.shown = "XfrmInNoPols, XfrmInPolBlock, XfrmInPolError or "
			      "XfrmInTmplMismatch: ten or more, and at least 1 % of the packets "
			      "received.",
		.fact.action = "Compare the policies with what arrives: 'ip xfrm policy' and 'ip "
			       "-s xfrm state' on both ends.",
	},
	{.find = NULL},
};
