/* nftrule.c: what one nftables rule does, by its expressions as the kernel lists them.
 *
 * A rule is a list of expressions. Some load a value into a register, some compare a register and
 * end the rule when the comparison fails, a counter counts whoever gets that far, and the last one
 * gives the verdict. So a counter counts the packets that the rule took only if no expression
 * between it and the verdict can end the rule. */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nf_tables_compat.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "nftrule.h"
#include "rxpath/nlmsg.h"

uint64_t nft_big_endian(struct rxpath_slice bytes, size_t size)
{
	uint64_t value = 0;

	for (size_t i = 0; i < size && bytes.len >= size; i++)
		value = value << 8 | (unsigned char)bytes.ptr[i];
	return value;
}

uint32_t nft_u32(struct rxpath_slice attributes, unsigned short type)
{
	return (uint32_t)nft_big_endian(rxpath_nlmsg_attribute(attributes, type), sizeof(uint32_t));
}

uint64_t nft_u64(struct rxpath_slice attributes, unsigned short type)
{
	return nft_big_endian(rxpath_nlmsg_attribute(attributes, type), sizeof(uint64_t));
}

bool nft_verdict(struct rxpath_slice data, int32_t *code, struct rxpath_slice *chain)
{
	struct rxpath_slice verdict = rxpath_nlmsg_attribute(data, NFTA_DATA_VERDICT);

	if (!verdict.ptr)
		return false;
	*code = (int32_t)nft_u32(verdict, NFTA_VERDICT_CODE);
	*chain = rxpath_nlmsg_text(verdict, NFTA_VERDICT_CHAIN);
	return true;
}

bool nft_counter(struct rxpath_slice expression, uint64_t *packets)
{
	struct rxpath_slice data = rxpath_nlmsg_attribute(expression, NFTA_EXPR_DATA);

	*packets = nft_u64(data, NFTA_COUNTER_PACKETS);
	return rxpath_slice_is(rxpath_nlmsg_text(expression, NFTA_EXPR_NAME), "counter");
}

bool nft_next_expression(struct rxpath_slice *list, struct nft_expression *expression)
{
	struct rxpath_slice element;
	unsigned short type;

	if (!rxpath_nlmsg_next_attribute(list, &type, &element))
		return false;
	expression->name = rxpath_nlmsg_text(element, NFTA_EXPR_NAME);
	expression->data = rxpath_nlmsg_attribute(element, NFTA_EXPR_DATA);
	return true;
}

bool nft_is(const struct nft_expression *expression, const char *name)
{
	return rxpath_slice_is(expression->name, name);
}

/* The set or map of a lookup or a dynset; empty: neither. */
static struct rxpath_slice set_of(const struct nft_expression *expression)
{
	if (nft_is(expression, "lookup"))
		return rxpath_nlmsg_text(expression->data, NFTA_LOOKUP_SET);
	if (nft_is(expression, "dynset"))
		return rxpath_nlmsg_text(expression->data, NFTA_DYNSET_SET_NAME);
	return rxpath_slice_of("");
}

bool nft_looks_up_verdicts(struct rxpath_slice lookup)
{
	return rxpath_nlmsg_attribute(lookup, NFTA_LOOKUP_DREG).ptr &&
	       nft_u32(lookup, NFTA_LOOKUP_DREG) == NFT_REG_VERDICT;
}

bool nft_next_set(struct rxpath_slice *expressions, struct rxpath_slice *set)
{
	struct nft_expression expression;

	while (nft_next_expression(expressions, &expression)) {
		*set = set_of(&expression);
		/* A set written in braces has a name made by nft ("__set%d"), and no counters. */
		if (set->len > 0 && !rxpath_slice_starts(*set, "__"))
			return true;
	}
	return false;
}

/* An element counts each packet that is looked up and found (nft_lookup_eval). */
static bool is_found_in_set(const struct nft_expression *expression)
{
	uint32_t flags = nft_u32(expression->data, NFTA_LOOKUP_FLAGS);

	return nft_is(expression, "lookup") && !(flags & NFT_LOOKUP_F_INV);
}

static void end_in_queue(uint32_t first, uint32_t count, bool bypass, struct rule_action *action)
{
	action->verdict = bypass ? RXPATH_VERDICT_BYPASS : RXPATH_VERDICT_QUEUE;
	action->first_queue = first;
	action->last_queue = count > 1 ? first + count - 1 : first;
	if (action->last_queue > MAX_QUEUE)
		action->last_queue = MAX_QUEUE;
}

static uint32_t queue_u16(struct rxpath_slice data, unsigned short attribute)
{
	return (uint32_t)nft_big_endian(rxpath_nlmsg_attribute(data, attribute), sizeof(uint16_t));
}

static void decode_queue(struct rxpath_slice data, struct rule_action *action)
{
	bool bypass = queue_u16(data, NFTA_QUEUE_FLAGS) & NFT_QUEUE_FLAG_BYPASS;

	/* The number comes from a register, which may hold any. */
	if (rxpath_nlmsg_attribute(data, NFTA_QUEUE_NUM).ptr)
		end_in_queue(queue_u16(data, NFTA_QUEUE_NUM), queue_u16(data, NFTA_QUEUE_TOTAL),
			     bypass, action);
	else
		end_in_queue(0, MAX_QUEUE + 1, bypass, action);
}

/* struct xt_NFQ_info_v3: the first queue, the number of queues (from revision 1) and flags (from
 * revision 2). */
static void decode_nfqueue(struct rxpath_slice info, uint32_t revision, struct rule_action *action)
{
	uint16_t words[3] = {0, 1, 0};
	size_t count = revision == 0 ? 1 : revision == 1 ? 2 : 3;

	if (info.len >= count * sizeof *words)
		memcpy(words, info.ptr, count * sizeof *words);
	end_in_queue(words[0], words[1], words[2] & NFT_QUEUE_FLAG_BYPASS, action);
}

void nft_decode_target(struct rxpath_slice name, uint32_t revision, struct rxpath_slice info,
		       struct rule_action *action)
{
	if (rxpath_slice_is(name, "NFQUEUE"))
		decode_nfqueue(info, revision, action);
	else if (rxpath_slice_is(name, "DROP"))
		action->verdict = RXPATH_VERDICT_DROP;
	else if (rxpath_slice_is(name, "REJECT"))
		action->verdict = RXPATH_VERDICT_REJECT;
}

void nft_decode_verdict(int32_t code, struct rule_action *action)
{
	/* The upper bits hold the number of the queue. */
	const uint32_t verdict = (uint32_t)code & NF_VERDICT_MASK;

	if (code == NF_DROP)
		action->verdict = RXPATH_VERDICT_DROP;
	else if (code > 0 && verdict == NF_QUEUE)
		end_in_queue((uint32_t)code >> NF_VERDICT_QBITS, 1,
			     code & NF_VERDICT_FLAG_QUEUE_BYPASS, action);
}

static void decode_immediate(struct rxpath_slice data, struct nft_rule *rule)
{
	struct rxpath_slice value = rxpath_nlmsg_attribute(data, NFTA_IMMEDIATE_DATA);
	struct rxpath_slice chain;
	int32_t code;

	if (!nft_verdict(value, &code, &chain))
		return;
	nft_decode_verdict(code, &rule->action);
	rule->jump = chain;
}

unsigned nft_key_versions(enum nft_key key, struct rxpath_slice data)
{
	struct rxpath_slice value = rxpath_nlmsg_attribute(data, NFTA_DATA_VALUE);

	if (key == KEY_NFPROTO)
		return ruleset_versions((uint8_t)nft_big_endian(value, 1));
	if (key == KEY_PROTOCOL && nft_big_endian(value, 2) == ETH_P_IP)
		return RXPATH_OVER_IPV4;
	if (key == KEY_PROTOCOL && nft_big_endian(value, 2) == ETH_P_IPV6)
		return RXPATH_OVER_IPV6;
	return RXPATH_OVER_BOTH;
}

/* What the expression loads, which the next one may compare. */
static enum nft_key key_of(const struct nft_expression *expression)
{
	if (!nft_is(expression, "meta"))
		return KEY_OTHER;
	switch (nft_u32(expression->data, NFTA_META_KEY)) {
	case NFT_META_NFPROTO:
		return KEY_NFPROTO;
	case NFT_META_PROTOCOL:
		return KEY_PROTOCOL;
	default:
		return KEY_OTHER;
	}
}

bool nft_is_comment(const struct nft_expression *expression)
{
	return nft_is(expression, "match") &&
	       rxpath_slice_is(rxpath_nlmsg_text(expression->data, NFTA_MATCH_NAME), "comment");
}

/* "counter name x"; quotas and limits by name can end a rule. */
static bool is_named_counter(const struct nft_expression *expression)
{
	return nft_is(expression, "objref") &&
	       nft_u32(expression->data, NFTA_OBJREF_IMM_TYPE) == NFT_OBJECT_COUNTER;
}

bool nft_lets_all_pass(const struct nft_expression *expression)
{
	static const char *const names[] = {"immediate", "reject",  "queue",   "target",
					    "log",	 "notrack", "counter", "last"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (nft_is(expression, names[i]))
			return true;
	return nft_is_comment(expression) || is_named_counter(expression);
}

/* `key`: what the expression before it loaded. */
static void decode_expression(const struct nft_expression *expression, enum nft_key key,
			      struct nft_rule *rule)
{
	struct rxpath_slice data = expression->data;
	struct rule_action *action = &rule->action;

	if (nft_is(expression, "counter")) {
		action->counted = true;
		action->packets = nft_u64(data, NFTA_COUNTER_PACKETS);
	} else if (!nft_lets_all_pass(expression)) {
		action->counted = false;
		rule->counter = rxpath_slice_of("");
		rule->set = is_found_in_set(expression) ? set_of(expression) : rxpath_slice_of("");
	}
	if (nft_is(expression, "immediate")) {
		decode_immediate(data, rule);
	} else if (nft_is(expression, "reject")) {
		action->verdict = RXPATH_VERDICT_REJECT;
	} else if (nft_is(expression, "queue")) {
		decode_queue(data, action);
	} else if (nft_is(expression, "synproxy")) {
		/* It answers clients itself; a counter also has what it lets pass. */
		action->verdict = RXPATH_VERDICT_DROP;
	} else if (nft_is(expression, "target")) {
		nft_decode_target(rxpath_nlmsg_text(data, NFTA_TARGET_NAME),
				  nft_u32(data, NFTA_TARGET_REV),
				  rxpath_nlmsg_attribute(data, NFTA_TARGET_INFO), action);
	} else if (nft_is(expression, "cmp")) {
		if (nft_u32(data, NFTA_CMP_OP) == NFT_CMP_EQ)
			action->versions &=
				nft_key_versions(key, rxpath_nlmsg_attribute(data, NFTA_CMP_DATA));
	} else if (nft_is(expression, "lookup")) {
		if (nft_looks_up_verdicts(data)) {
			rule->map = set_of(expression);
			rule->map_key = key;
		}
	} else if (is_named_counter(expression)) {
		rule->counter = rxpath_nlmsg_text(data, NFTA_OBJREF_IMM_NAME);
	} else if (nft_is_comment(expression)) {
		rule->comment = rxpath_nlmsg_text(data, NFTA_MATCH_INFO);
	}
}

/* The comment is the first entry of nft's own data: a type byte of 0, a length byte, the text with
 * its NUL (libnftnl's udata). */
static struct rxpath_slice comment_of(struct rxpath_slice data)
{
	size_t len;

	if (data.len < 2 || data.ptr[0] != 0)
		return rxpath_slice_of("");
	len = (unsigned char)data.ptr[1];
	rxpath_slice_skip(&data, 2);
	if (data.len > len)
		data.len = len;
	return rxpath_nlmsg_string(data);
}

void nft_rule_decode(struct rxpath_slice attributes, struct nft_rule *rule)
{
	struct rxpath_slice list = rxpath_nlmsg_attribute(attributes, NFTA_RULE_EXPRESSIONS);
	struct nft_expression expression;
	enum nft_key key = KEY_OTHER;

	*rule = (struct nft_rule){.action.versions = RXPATH_OVER_BOTH};
	while (nft_next_expression(&list, &expression)) {
		decode_expression(&expression, key, rule);
		key = key_of(&expression);
	}
	if (rule->comment.len == 0)
		rule->comment = comment_of(rxpath_nlmsg_attribute(attributes, NFTA_RULE_USERDATA));
}
