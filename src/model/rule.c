/* rule.c: how a netfilter rule is written in a sample, and finding it there. */
#include <stdlib.h>

#include "rxpath/sample.h"

const char *const rxpath_verdict_names[RXPATH_VERDICTS] = {
	[RXPATH_VERDICT_DROP] = "drop",
	[RXPATH_VERDICT_REJECT] = "reject",
	[RXPATH_VERDICT_QUEUE] = "queue",
	[RXPATH_VERDICT_BYPASS] = "bypass",
};

const struct rxpath_bit rxpath_hook_names[] = {
	{RXPATH_HOOK_LINK, "link"},
	{RXPATH_HOOK_INPUT, "input"},
	{RXPATH_HOOK_FORWARD, "forward"},
	{RXPATH_HOOK_OUTPUT, "output"},
	{RXPATH_HOOK_POSTROUTING, "postrouting"},
	{0, NULL},
};

const struct rxpath_bit rxpath_version_names[] = {
	{RXPATH_OVER_IPV4, "4"},
	{RXPATH_OVER_IPV6, "6"},
	{0, NULL},
};

void rxpath_put_bits(struct rxpath_buf *out, const struct rxpath_bit *names, unsigned bits)
{
	const char *separator = "";

	for (; names->name; names++) {
		if (!(bits & names->bit))
			continue;
		rxpath_buf_printf(out, "%s%s", separator, names->name);
		separator = ",";
	}
}

unsigned rxpath_bits_of(const struct rxpath_bit *names, struct rxpath_slice text)
{
	struct rxpath_slice item;
	unsigned bits = 0;

	while (rxpath_scan_item(&text, ',', &item))
		for (size_t i = 0; names[i].name; i++)
			if (rxpath_slice_is(item, names[i].name))
				bits |= names[i].bit;
	return bits;
}

int rxpath_rule_order(const void *a, const void *b)
{
	const struct rxpath_rule *first = a;
	const struct rxpath_rule *second = b;

	return rxpath_slice_compare(first->name, second->name);
}

bool rxpath_sample_knows_rules(const struct rxpath_sample *sample)
{
	static const enum rxpath_source sources[] = {RXPATH_SOURCE_NFTABLES,
						     RXPATH_SOURCE_IPTABLES};

	for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
		if (!rxpath_source_usable(sample, sources[i]) &&
		    !rxpath_source_known_absent(sample, sources[i]))
			return false;
	return true;
}

const struct rxpath_rule *rxpath_sample_find_rule(const struct rxpath_sample *sample,
						  struct rxpath_slice name)
{
	const struct rxpath_rule key = {.name = name};

	return sample->rule_count == 0 ? NULL
				       : bsearch(&key, sample->rules, sample->rule_count,
						 sizeof key, rxpath_rule_order);
}

bool rxpath_rule_refuses(const struct rxpath_rule *rule)
{
	return rule->hooks & RXPATH_HOOKS_OF_RECEIVED && rule->verdict != RXPATH_VERDICT_BYPASS;
}

bool rxpath_rule_gives_to(const struct rxpath_rule *rule, uint32_t queue)
{
	return (rule->verdict == RXPATH_VERDICT_QUEUE || rule->verdict == RXPATH_VERDICT_BYPASS) &&
	       rule->first_queue <= queue && queue <= rule->last_queue;
}

bool rxpath_rule_is_of_xtables(const struct rxpath_rule *rule)
{
	return rxpath_slice_is(rule->family, "iptables") ||
	       rxpath_slice_is(rule->family, "ip6tables");
}

bool rxpath_rule_is_same(const struct rxpath_rule *first, const struct rxpath_rule *second)
{
	return first->id == second->id && first->verdict == second->verdict &&
	       rxpath_slice_equal(first->text, second->text) &&
	       rxpath_slice_equal(first->family, second->family) &&
	       rxpath_slice_equal(first->table, second->table) &&
	       rxpath_slice_equal(first->chain, second->chain);
}
