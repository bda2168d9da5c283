/* rules.c: rxpath/nftables and rxpath/iptables: the netfilter rules that take packets, as the
 * capture writes them. */
#include <string.h>

#include "tables.h"

/* Appends the value without its escapes; "-" is empty. */
static void put_raw(struct rxpath_buf *text, struct rxpath_slice value)
{
	if (!rxpath_slice_is(value, "-"))
		rxpath_buf_unescaped(text, value);
}

/* FAMILY/TABLE/CHAIN#HANDLE, the comment and the conditions in one piece of memory. */
static bool take_texts(struct rxpath_builder *builder, const struct table_row *row,
		       struct rxpath_rule *rule)
{
	struct rxpath_slice handle = rxpath_table_value(row, "handle");
	struct rxpath_buf text = {0};
	struct rxpath_slice all;
	size_t table, chain, chain_end, name_end, comment_end;

	rule->family = rxpath_table_value(row, "family");
	rxpath_buf_slice(&text, rule->family);
	rxpath_buf_char(&text, '/');
	table = text.len;
	rxpath_buf_unescaped(&text, rxpath_table_value(row, "table"));
	rxpath_buf_char(&text, '/');
	chain = text.len;
	rxpath_buf_unescaped(&text, rxpath_table_value(row, "chain"));
	chain_end = text.len;
	if (!rxpath_slice_is(handle, "policy")) {
		rxpath_buf_char(&text, '#');
		rxpath_buf_slice(&text, handle);
	}
	name_end = text.len;
	rxpath_buf_char(&text, '\0');
	put_raw(&text, rxpath_table_value(row, "comment"));
	comment_end = text.len;
	put_raw(&text, rxpath_table_value(row, "text"));
	all = text.failed ? (struct rxpath_slice){NULL, 0}
			  : rxpath_arena_copy(&builder->sample->arena, rxpath_buf_view(&text));
	rxpath_buf_free(&text);
	if (!all.ptr)
		return false;
	rule->name = (struct rxpath_slice){all.ptr, name_end};
	rule->table = (struct rxpath_slice){all.ptr + table, chain - 1 - table};
	rule->chain = (struct rxpath_slice){all.ptr + chain, chain_end - chain};
	rule->comment = (struct rxpath_slice){all.ptr + name_end + 1, comment_end - name_end - 1};
	rule->text = (struct rxpath_slice){all.ptr + comment_end, all.len - comment_end};
	rule->family.ptr = all.ptr;
	return true;
}

static unsigned versions_of(const struct table_row *row)
{
	struct rxpath_slice value = rxpath_table_value(row, "versions");
	struct rxpath_slice family = rxpath_table_value(row, "family");

	if (value.len > 0)
		return rxpath_bits_of(rxpath_version_names, value);
	/* Samples of older versions lack the column. */
	if (rxpath_slice_is(family, "ip"))
		return RXPATH_OVER_IPV4;
	return rxpath_slice_is(family, "ip6") ? RXPATH_OVER_IPV6 : RXPATH_OVER_BOTH;
}

/* "3-5", of a rule that gives packets to a queue. */
static bool take_queues(const struct table_row *row, struct rxpath_rule *rule)
{
	struct rxpath_slice last = rxpath_table_value(row, "queues");
	struct rxpath_slice first;
	uint64_t from = 0;
	uint64_t to = UINT16_MAX;

	if (rule->verdict != RXPATH_VERDICT_QUEUE && rule->verdict != RXPATH_VERDICT_BYPASS)
		return true;
	/* Samples of older versions lack the column: it may be any queue. */
	if (last.len > 0 &&
	    (!rxpath_scan_until(&last, '-', &first) || !rxpath_scan_dec(first, &from) ||
	     !rxpath_scan_dec(last, &to) || to > UINT16_MAX || from > to))
		return false;
	rule->first_queue = (uint32_t)from;
	rule->last_queue = (uint32_t)to;
	return true;
}

static enum rxpath_verdict find_verdict(struct rxpath_slice name)
{
	for (enum rxpath_verdict verdict = RXPATH_VERDICT_NONE + 1; verdict < RXPATH_VERDICTS;
	     verdict++)
		if (rxpath_slice_is(name, rxpath_verdict_names[verdict]))
			return verdict;
	return RXPATH_VERDICT_NONE;
}

bool rxpath_table_take_rule(struct rxpath_builder *builder, const struct table_row *row,
			    struct rxpath_error *error)
{
	static const char *const counters[RXPATH_VERDICTS] = {
		[RXPATH_VERDICT_DROP] = "nft_rule_drop",
		[RXPATH_VERDICT_REJECT] = "nft_rule_reject",
		[RXPATH_VERDICT_QUEUE] = "nft_rule_queue",
		[RXPATH_VERDICT_BYPASS] = "nft_rule_queue",
	};
	struct rxpath_slice handle = rxpath_table_value(row, "handle");
	struct rxpath_slice packets = rxpath_table_value(row, "packets");
	struct rxpath_rule rule = {
		.hooks = rxpath_bits_of(rxpath_hook_names, rxpath_table_value(row, "hooks")),
		.versions = versions_of(row),
		.verdict = find_verdict(rxpath_table_value(row, "verdict")),
	};
	const bool is_policy = rxpath_slice_is(handle, "policy");
	uint64_t number;

	if (!is_policy && !rxpath_scan_dec(handle, &number))
		return rxpath_table_bad(row, handle, "not a rule's handle", error);
	if (!rxpath_scan_dec(rxpath_table_value(row, "table_id"), &rule.id))
		return rxpath_table_bad(row, rxpath_table_value(row, "table_id"),
					"not a table's handle", error);
	if (rule.verdict == RXPATH_VERDICT_NONE)
		return rxpath_table_bad(row, rxpath_table_value(row, "verdict"), "not a verdict",
					error);
	if (!take_queues(row, &rule))
		return rxpath_table_bad(row, rxpath_table_value(row, "queues"),
					"not a range of queues", error);
	rule.counted = rxpath_scan_dec(packets, &number);
	rule.by_elements = rxpath_slice_is(rxpath_table_value(row, "counted_by"), "elements");
	if (!rule.counted && !rxpath_slice_is(packets, "-"))
		return rxpath_parse_not_a_number(error, row->number, RXPATH_DECIMAL, packets);
	return (take_texts(builder, row, &rule) && rxpath_builder_add_rule(builder, &rule) &&
		(!rule.counted || !rxpath_rule_refuses(&rule) ||
		 rxpath_builder_add(
			 builder,
			 rxpath_slice_of(is_policy ? "nft_policy_drop" : counters[rule.verdict]),
			 (struct rxpath_subject){.kind = RXPATH_ON_RULE, .name = rule.name},
			 number))) ||
	       rxpath_error_memory(error);
}
