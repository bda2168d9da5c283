/* rules.c: rxpath/nftables: the netfilter rules that take packets, as the capture writes them. */
#include <string.h>

#include "table.h"

/* The value's bytes as they were, at the end of *text; "-" is nothing. */
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
	rule->comment = (struct rxpath_slice){all.ptr + name_end, comment_end - name_end};
	rule->text = (struct rxpath_slice){all.ptr + comment_end, all.len - comment_end};
	rule->family.ptr = all.ptr;
	return true;
}

/* "input,forward"; hooks of a later version are passed over. */
static unsigned hooks_of(struct rxpath_slice value)
{
	static const struct {
		const char *name;
		enum rxpath_hook hook;
	} hooks[] = {
		{"link", RXPATH_HOOK_LINK},
		{"input", RXPATH_HOOK_INPUT},
		{"forward", RXPATH_HOOK_FORWARD},
		{"output", RXPATH_HOOK_OUTPUT},
	};
	struct rxpath_slice name;
	unsigned found = 0;
	bool more = true;

	while (more) {
		more = rxpath_scan_until(&value, ',', &name);
		if (!more)
			name = value;
		for (size_t i = 0; i < sizeof hooks / sizeof *hooks; i++)
			if (rxpath_slice_is(name, hooks[i].name))
				found |= hooks[i].hook;
	}
	return found;
}

static bool take_verdict(const struct table_row *row, struct rxpath_rule *rule)
{
	static const struct {
		const char *name;
		enum rxpath_verdict verdict;
	} verdicts[] = {
		{"drop", RXPATH_VERDICT_DROP},
		{"reject", RXPATH_VERDICT_REJECT},
		{"queue", RXPATH_VERDICT_QUEUE},
	};

	for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++) {
		if (!rxpath_slice_is(rxpath_table_value(row, "verdict"), verdicts[i].name))
			continue;
		rule->verdict = verdicts[i].verdict;
		return true;
	}
	return false;
}

static const char *counter_of(const struct table_row *row, const struct rxpath_rule *rule)
{
	static const char *const counters[] = {
		[RXPATH_VERDICT_DROP] = "nft_rule_drop",
		[RXPATH_VERDICT_REJECT] = "nft_rule_reject",
		[RXPATH_VERDICT_QUEUE] = "nft_rule_queue",
	};

	return rxpath_slice_is(rxpath_table_value(row, "handle"), "policy")
		       ? "nft_policy_drop"
		       : counters[rule->verdict];
}

static bool take_rule(struct rxpath_builder *builder, const struct table_row *row,
		      struct rxpath_error *error)
{
	struct rxpath_slice handle = rxpath_table_value(row, "handle");
	struct rxpath_slice packets = rxpath_table_value(row, "packets");
	struct rxpath_rule rule = {.hooks = hooks_of(rxpath_table_value(row, "hooks"))};
	uint64_t number;

	if (!rxpath_slice_is(handle, "policy") && !rxpath_scan_dec(handle, &number))
		return rxpath_table_bad(row, handle, "not a rule's handle", error);
	if (!rxpath_scan_dec(rxpath_table_value(row, "table_id"), &rule.table_id))
		return rxpath_table_bad(row, rxpath_table_value(row, "table_id"),
					"not a table's handle", error);
	if (!take_verdict(row, &rule))
		return rxpath_table_bad(row, rxpath_table_value(row, "verdict"), "not a verdict",
					error);
	rule.counted = rxpath_scan_dec(packets, &number);
	if (!rule.counted && !rxpath_slice_is(packets, "-"))
		return rxpath_parse_not_a_number(error, row->number, 10, packets);
	return (take_texts(builder, row, &rule) && rxpath_builder_add_rule(builder, &rule) &&
		(!rule.counted ||
		 rxpath_builder_add(
			 builder, rxpath_slice_of(counter_of(row, &rule)),
			 (struct rxpath_subject){.kind = RXPATH_ON_RULE, .name = rule.name},
			 number))) ||
	       rxpath_error_memory(error);
}

bool rxpath_parse_nftables(struct rxpath_builder *builder, struct rxpath_slice text,
			   struct rxpath_error *error)
{
	return rxpath_table_parse(builder, text, "family", take_rule, error);
}
