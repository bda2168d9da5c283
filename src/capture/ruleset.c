/* ruleset.c: the netfilter rules that received and forwarded packets can reach, as a table of
 * text.
 *
 * A rule matters when its chain can be reached from a hook that such packets pass: it is a base
 * chain of that hook, or a jump leads to it, also through a map of verdicts. Rules that give
 * this host's own packets to a queue are written too, to show whose packets that queue holds. */
#include <linux/netfilter.h>
#include <stdlib.h>
#include <string.h>

#include "rxpath/search.h"
#include "ruleset.h"

void ruleset_free(struct ruleset *ruleset)
{
	rxpath_arena_free(&ruleset->arena);
	free(ruleset->tables);
	free(ruleset->chains);
	free(ruleset->jumps);
	free(ruleset->rules);
	*ruleset = (struct ruleset){0};
}

struct rxpath_slice ruleset_keep(struct ruleset *ruleset, struct rxpath_slice slice)
{
	slice = rxpath_arena_copy(&ruleset->arena, slice);
	if (!slice.ptr)
		ruleset->no_memory = true;
	return slice;
}

static void append(struct ruleset *ruleset, void *items, size_t *count, size_t *cap,
		   const void *item, size_t size)
{
	if (ruleset->no_memory || !rxpath_array_append(items, count, cap, item, size))
		ruleset->no_memory = true;
}

void ruleset_add_table(struct ruleset *ruleset, struct ruleset_table table)
{
	table.name = ruleset_keep(ruleset, table.name);
	append(ruleset, &ruleset->tables, &ruleset->table_count, &ruleset->table_cap, &table,
	       sizeof table);
}

void ruleset_add_chain(struct ruleset *ruleset, struct ruleset_chain chain)
{
	chain.table = ruleset_keep(ruleset, chain.table);
	chain.name = ruleset_keep(ruleset, chain.name);
	append(ruleset, &ruleset->chains, &ruleset->chain_count, &ruleset->chain_cap, &chain,
	       sizeof chain);
}

void ruleset_add_rule(struct ruleset *ruleset, struct ruleset_rule rule)
{
	rule.table = ruleset_keep(ruleset, rule.table);
	rule.chain = ruleset_keep(ruleset, rule.chain);
	rule.comment = ruleset_keep(ruleset, rule.comment);
	rule.text = ruleset_keep(ruleset, rule.text);
	append(ruleset, &ruleset->rules, &ruleset->rule_count, &ruleset->rule_cap, &rule,
	       sizeof rule);
}

void ruleset_add_jump(struct ruleset *ruleset, struct ruleset_jump jump)
{
	if (jump.to.len == 0)
		return;
	jump.table = ruleset_keep(ruleset, jump.table);
	jump.from = ruleset_keep(ruleset, jump.from);
	jump.to = ruleset_keep(ruleset, jump.to);
	append(ruleset, &ruleset->jumps, &ruleset->jump_count, &ruleset->jump_cap, &jump,
	       sizeof jump);
}

unsigned ruleset_hook_bit(uint8_t family, uint32_t hook)
{
	bool bridge = family == NFPROTO_BRIDGE;

	if (family == NFPROTO_NETDEV)
		return hook == NF_NETDEV_INGRESS ? RXPATH_HOOK_LINK : RXPATH_HOOK_OUTPUT;
	switch (hook) {
	case NF_INET_PRE_ROUTING:
	case NF_INET_LOCAL_IN:
		return bridge ? RXPATH_HOOK_LINK : RXPATH_HOOK_INPUT;
	case NF_INET_FORWARD:
		return bridge ? RXPATH_HOOK_LINK : RXPATH_HOOK_FORWARD;
	case NF_INET_LOCAL_OUT:
		return RXPATH_HOOK_OUTPUT;
	case NF_INET_POST_ROUTING:
		return RXPATH_HOOK_POSTROUTING;
	default:
		return RXPATH_HOOK_LINK; /* NF_INET_INGRESS */
	}
}

unsigned ruleset_versions(uint8_t family)
{
	switch (family) {
	case NFPROTO_IPV4:
		return RXPATH_OVER_IPV4;
	case NFPROTO_IPV6:
		return RXPATH_OVER_IPV6;
	default:
		return RXPATH_OVER_BOTH;
	}
}

static int compare_chains(const void *first, const void *second)
{
	const struct ruleset_chain *a = first;
	const struct ruleset_chain *b = second;
	int order = a->family - b->family;

	if (order == 0)
		order = rxpath_slice_compare(a->table, b->table);
	return order != 0 ? order : rxpath_slice_compare(a->name, b->name);
}

static struct ruleset_chain *find_chain(const struct ruleset *ruleset, uint8_t family,
					struct rxpath_slice table, struct rxpath_slice name)
{
	const struct ruleset_chain wanted = {.family = family, .table = table, .name = name};

	if (ruleset->chain_count == 0)
		return NULL;
	return bsearch(&wanted, ruleset->chains, ruleset->chain_count, sizeof wanted,
		       compare_chains);
}

/* Follows one jump. True if this adds a way to reach the chain. */
static bool follow(const struct ruleset_chain *from, struct ruleset_chain *to, unsigned versions)
{
	const struct ruleset_chain was = *to;

	versions &= from->versions;
	if (versions == 0)
		return false;
	to->hooks |= from->hooks;
	to->versions |= versions;
	return to->hooks != was.hooks || to->versions != was.versions;
}

/* The kernel refuses loops and jumps more than 16 deep, so few passes are needed. */
static void follow_jumps(struct ruleset *ruleset)
{
	bool moved = true;

	while (moved) {
		moved = false;
		for (size_t i = 0; i < ruleset->jump_count; i++) {
			const struct ruleset_jump *jump = &ruleset->jumps[i];
			const struct ruleset_chain *from =
				find_chain(ruleset, jump->family, jump->table, jump->from);
			struct ruleset_chain *to =
				find_chain(ruleset, jump->family, jump->table, jump->to);

			if (from && to && follow(from, to, jump->versions))
				moved = true;
		}
	}
}

static const char *family_name(const struct ruleset *ruleset, uint8_t family)
{
	switch (family) {
	case NFPROTO_INET:
		return "inet";
	case NFPROTO_IPV4:
		return ruleset->xtables ? "iptables" : "ip";
	case NFPROTO_IPV6:
		return ruleset->xtables ? "ip6tables" : "ip6";
	case NFPROTO_NETDEV:
		return "netdev";
	case NFPROTO_BRIDGE:
		return "bridge";
	default:
		return NULL; /* arp */
	}
}

static uint64_t table_id(const struct ruleset *ruleset, const struct ruleset_chain *chain)
{
	for (size_t i = 0; i < ruleset->table_count; i++)
		if (ruleset->tables[i].family == chain->family &&
		    rxpath_slice_equal(ruleset->tables[i].name, chain->table))
			return ruleset->tables[i].id;
	return 0;
}

static bool gives_to_queue(const struct rule_action *action)
{
	return action->verdict == RXPATH_VERDICT_QUEUE || action->verdict == RXPATH_VERDICT_BYPASS;
}

/* Writes a rule, or with `rule` NULL the chain's policy. */
static void put_row(struct rxpath_buf *out, const struct ruleset *ruleset,
		    const struct ruleset_chain *chain, const struct ruleset_rule *rule,
		    const struct rule_action *action)
{
	const struct rxpath_slice none = rxpath_slice_of("");
	const unsigned versions = chain->versions & action->versions;

	rxpath_buf_string(out, family_name(ruleset, chain->family));
	rxpath_buf_column(out, chain->table);
	rxpath_buf_column(out, chain->name);
	rxpath_buf_column_u64(out, rule && rule->id != 0 ? rule->id : table_id(ruleset, chain));
	rxpath_buf_char(out, ' ');
	if (rule)
		rxpath_buf_u64(out, rule->handle);
	else
		rxpath_buf_string(out, "policy");
	rxpath_buf_char(out, ' ');
	rxpath_put_bits(out, rxpath_hook_names, chain->hooks);
	rxpath_buf_string(out, versions == 0 ? " -" : " ");
	rxpath_put_bits(out, rxpath_version_names, versions);
	rxpath_buf_printf(out, " %s ", rxpath_verdict_names[action->verdict]);
	if (gives_to_queue(action))
		rxpath_buf_printf(out, "%u-%u ", action->first_queue, action->last_queue);
	else
		rxpath_buf_string(out, "- ");
	if (action->counted)
		rxpath_buf_u64(out, action->packets);
	else
		rxpath_buf_char(out, '-');
	rxpath_buf_column(out, rule ? rule->comment : none);
	rxpath_buf_column(out, rule ? rule->text : none);
	rxpath_buf_string(out, action->by_elements ? " elements"
			       : action->counted   ? " rule"
						   : " -");
	rxpath_buf_char(out, '\n');
}

/* Whether received or forwarded packets come to the rule, or it tells about a queue. */
static bool is_wanted(const struct ruleset *ruleset, const struct ruleset_chain *chain,
		      const struct rule_action *action)
{
	unsigned hooks = RXPATH_HOOKS_OF_RECEIVED;

	if (gives_to_queue(action))
		hooks |= RXPATH_HOOK_OUTPUT | RXPATH_HOOK_POSTROUTING;
	return chain && chain->hooks & hooks && family_name(ruleset, chain->family);
}

void ruleset_put(struct ruleset *ruleset, struct rxpath_buf *out)
{
	rxpath_sort(ruleset->chains, ruleset->chain_count, sizeof *ruleset->chains, compare_chains);
	follow_jumps(ruleset);
	rxpath_buf_string(out, "family table chain table_id handle hooks versions verdict queues "
			       "packets comment text counted_by\n");
	for (size_t i = 0; i < ruleset->rule_count; i++) {
		const struct ruleset_rule *rule = &ruleset->rules[i];
		const struct ruleset_chain *chain =
			find_chain(ruleset, rule->family, rule->table, rule->chain);

		if (is_wanted(ruleset, chain, &rule->action))
			put_row(out, ruleset, chain, rule, &rule->action);
	}
	for (size_t i = 0; i < ruleset->chain_count; i++) {
		const struct ruleset_chain *chain = &ruleset->chains[i];
		const struct rule_action policy = {
			.verdict = RXPATH_VERDICT_DROP,
			.counted = chain->counted,
			.packets = chain->packets,
			.versions = RXPATH_OVER_BOTH,
		};

		if (chain->drops && is_wanted(ruleset, chain, &policy))
			put_row(out, ruleset, chain, NULL, &policy);
	}
}
