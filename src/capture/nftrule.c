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

static uint64_t big_endian(struct rxpath_slice bytes, size_t size)
{
	uint64_t value = 0;

	for (size_t i = 0; i < size && bytes.len >= size; i++)
		value = value << 8 | (unsigned char)bytes.ptr[i];
	return value;
}

uint32_t nft_u32(struct rxpath_slice attributes, unsigned short type)
{
	return (uint32_t)big_endian(rxpath_nlmsg_attribute(attributes, type), sizeof(uint32_t));
}

uint64_t nft_u64(struct rxpath_slice attributes, unsigned short type)
{
	return big_endian(rxpath_nlmsg_attribute(attributes, type), sizeof(uint64_t));
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

/* One expression: its name ("cmp", "counter", ...) and its attributes. */
struct expression {
	struct rxpath_slice name;
	struct rxpath_slice data;
};

static bool next_expression(struct rxpath_slice *list, struct expression *expression)
{
	struct rxpath_slice element;
	unsigned short type;

	if (!rxpath_nlmsg_next_attribute(list, &type, &element))
		return false;
	expression->name = rxpath_nlmsg_text(element, NFTA_EXPR_NAME);
	expression->data = rxpath_nlmsg_attribute(element, NFTA_EXPR_DATA);
	return true;
}

static bool is(const struct expression *expression, const char *name)
{
	return rxpath_slice_is(expression->name, name);
}

/* The set or map of a lookup or a dynset; empty: neither. */
static struct rxpath_slice set_of(const struct expression *expression)
{
	if (is(expression, "lookup"))
		return rxpath_nlmsg_text(expression->data, NFTA_LOOKUP_SET);
	if (is(expression, "dynset"))
		return rxpath_nlmsg_text(expression->data, NFTA_DYNSET_SET_NAME);
	return (struct rxpath_slice){"", 0};
}

/* Whether what the lookup finds is where the packet goes. */
static bool looks_up_verdicts(struct rxpath_slice lookup)
{
	return rxpath_nlmsg_attribute(lookup, NFTA_LOOKUP_DREG).ptr &&
	       nft_u32(lookup, NFTA_LOOKUP_DREG) == NFT_REG_VERDICT;
}

bool nft_next_set(struct rxpath_slice *expressions, struct rxpath_slice *set)
{
	struct expression expression;

	while (next_expression(expressions, &expression)) {
		*set = set_of(&expression);
		/* What is written in braces has a name of nft's ("__set%d"), and no counters. */
		if (set->len > 0 && !rxpath_slice_starts(*set, "__"))
			return true;
	}
	return false;
}

/* An element counts each packet that is looked up and found (nft_lookup_eval). */
static bool is_found_in_set(const struct expression *expression)
{
	uint32_t flags = nft_u32(expression->data, NFTA_LOOKUP_FLAGS);

	return is(expression, "lookup") && !(flags & NFT_LOOKUP_F_INV);
}

static void end_in_queue(uint32_t first, uint32_t count, bool bypass, struct rule_action *action)
{
	action->ending = bypass ? ENDS_IN_BYPASS : ENDS_IN_QUEUE;
	action->first_queue = first;
	action->last_queue = count > 1 ? first + count - 1 : first;
	if (action->last_queue > MAX_QUEUE)
		action->last_queue = MAX_QUEUE;
}

static uint32_t queue_u16(struct rxpath_slice data, unsigned short attribute)
{
	return (uint32_t)big_endian(rxpath_nlmsg_attribute(data, attribute), sizeof(uint16_t));
}

static void decode_queue(struct rxpath_slice data, struct rule_action *action)
{
	bool bypass = queue_u16(data, NFTA_QUEUE_FLAGS) & NFT_QUEUE_FLAG_BYPASS;

	/* A register that some map filled may have any number. */
	if (rxpath_nlmsg_attribute(data, NFTA_QUEUE_NUM).ptr)
		end_in_queue(queue_u16(data, NFTA_QUEUE_NUM), queue_u16(data, NFTA_QUEUE_TOTAL),
			     bypass, action);
	else
		end_in_queue(0, MAX_QUEUE + 1, bypass, action);
}

/* struct xt_NFQ_info_v3, of which earlier revisions have less: the first queue, how many, and from
 * 2 on flags. */
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
		action->ending = ENDS_IN_DROP;
	else if (rxpath_slice_is(name, "REJECT"))
		action->ending = ENDS_IN_REJECT;
}

void nft_decode_verdict(int32_t code, struct rule_action *action)
{
	/* The number of the queue stands above the verdict. */
	const uint32_t verdict = (uint32_t)code & NF_VERDICT_MASK;

	if (code == NF_DROP)
		action->ending = ENDS_IN_DROP;
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
		return ruleset_versions((uint8_t)big_endian(value, 1));
	if (key == KEY_PROTOCOL && big_endian(value, 2) == ETH_P_IP)
		return OVER_IPV4;
	if (key == KEY_PROTOCOL && big_endian(value, 2) == ETH_P_IPV6)
		return OVER_IPV6;
	return OVER_BOTH;
}

/* What the expression loads, which the one behind it may compare. */
static enum nft_key key_of(const struct expression *expression)
{
	if (!is(expression, "meta"))
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

/* iptables' own way to comment on a rule is a condition that is always true. */
static bool is_comment(const struct expression *expression)
{
	return is(expression, "match") &&
	       rxpath_slice_is(rxpath_nlmsg_text(expression->data, NFTA_MATCH_NAME), "comment");
}

/* "counter name x"; quotas and limits by name can end a rule. */
static bool is_named_counter(const struct expression *expression)
{
	return is(expression, "objref") &&
	       nft_u32(expression->data, NFTA_OBJREF_IMM_TYPE) == NFT_OBJECT_COUNTER;
}

/* Whether no packet can fall out of the rule at this expression. */
static bool lets_all_pass(const struct expression *expression)
{
	static const char *const names[] = {"immediate", "reject",  "queue",   "target",
					    "log",	 "notrack", "counter", "last"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (is(expression, names[i]))
			return true;
	return is_comment(expression) || is_named_counter(expression);
}

/* `key`: what the expression before it loaded. */
static void decode_expression(const struct expression *expression, enum nft_key key,
			      struct nft_rule *rule)
{
	struct rxpath_slice data = expression->data;
	struct rule_action *action = &rule->action;

	if (is(expression, "counter")) {
		action->counted = true;
		action->packets = nft_u64(data, NFTA_COUNTER_PACKETS);
	} else if (!lets_all_pass(expression)) {
		action->counted = false;
		rule->counter = (struct rxpath_slice){"", 0};
		rule->set = is_found_in_set(expression) ? set_of(expression)
							: (struct rxpath_slice){"", 0};
	}
	if (is(expression, "immediate")) {
		decode_immediate(data, rule);
	} else if (is(expression, "reject")) {
		action->ending = ENDS_IN_REJECT;
	} else if (is(expression, "queue")) {
		decode_queue(data, action);
	} else if (is(expression, "target")) {
		nft_decode_target(rxpath_nlmsg_text(data, NFTA_TARGET_NAME),
				  nft_u32(data, NFTA_TARGET_REV),
				  rxpath_nlmsg_attribute(data, NFTA_TARGET_INFO), action);
	} else if (is(expression, "cmp")) {
		if (nft_u32(data, NFTA_CMP_OP) == NFT_CMP_EQ)
			action->versions &=
				nft_key_versions(key, rxpath_nlmsg_attribute(data, NFTA_CMP_DATA));
	} else if (is(expression, "lookup")) {
		if (looks_up_verdicts(data)) {
			rule->map = set_of(expression);
			rule->map_key = key;
		}
	} else if (is_named_counter(expression)) {
		rule->counter = rxpath_nlmsg_text(data, NFTA_OBJREF_IMM_NAME);
	} else if (is_comment(expression)) {
		rule->comment = rxpath_nlmsg_text(data, NFTA_MATCH_INFO);
	}
}

/* The comment is the first entry of nft's own data: a type byte of 0, a length byte, the text with
 * its NUL (libnftnl's udata). */
static struct rxpath_slice comment_of(struct rxpath_slice data)
{
	size_t len;

	if (data.len < 2 || data.ptr[0] != 0)
		return (struct rxpath_slice){"", 0};
	len = (unsigned char)data.ptr[1];
	rxpath_slice_skip(&data, 2);
	if (data.len > len)
		data.len = len;
	return rxpath_nlmsg_string(data);
}

void nft_rule_decode(struct rxpath_slice attributes, struct nft_rule *rule)
{
	struct rxpath_slice list = rxpath_nlmsg_attribute(attributes, NFTA_RULE_EXPRESSIONS);
	struct expression expression;
	enum nft_key key = KEY_OTHER;

	*rule = (struct nft_rule){.action.versions = OVER_BOTH};
	while (next_expression(&list, &expression)) {
		decode_expression(&expression, key, rule);
		key = key_of(&expression);
	}
	if (rule->comment.len == 0)
		rule->comment = comment_of(rxpath_nlmsg_attribute(attributes, NFTA_RULE_USERDATA));
}

/* ---- the conditions in words ---------------------------------------------------------------- */

enum form {
	FORM_NUMBER,
	FORM_HOST_NUMBER,
	FORM_NAME,
	FORM_IPV4,
	FORM_IPV6,
	FORM_PROTOCOL,
	FORM_STATE
};

/* What a register holds: the words for it, and how its values are written. */
struct loaded {
	const char *words; /* NULL: nothing that can be told */
	enum form form;
	unsigned prefix; /* bits of an address that are compared; 0: all */
	bool masked;	 /* some other mask was laid over it */
	bool told;	 /* its mask is written, and says it all */
};

/* Registers are named twice: 1 to 4 of 16 bytes, and from 8 on of 4 (NFT_REG32_00). */
#define REGISTERS 24

struct reader {
	struct rxpath_buf *out;
	unsigned versions; /* of IP: those that its conditions let through */
	struct loaded registers[REGISTERS];
	const char *protocol; /* "udp", where a condition before says so; else "th" */
	bool gap;	      /* "..." was the last that was written */
};

static unsigned register_of(struct rxpath_slice data, unsigned short attribute)
{
	uint32_t number = nft_u32(data, attribute);

	return number < REGISTERS ? number : 0;
}

static const struct {
	const char *words;
	unsigned versions;
	uint32_t base, offset, len;
	enum form form;
} payloads[] = {
	{"ip saddr", OVER_IPV4, NFT_PAYLOAD_NETWORK_HEADER, 12, 4, FORM_IPV4},
	{"ip daddr", OVER_IPV4, NFT_PAYLOAD_NETWORK_HEADER, 16, 4, FORM_IPV4},
	{"ip protocol", OVER_IPV4, NFT_PAYLOAD_NETWORK_HEADER, 9, 1, FORM_PROTOCOL},
	{"ip6 saddr", OVER_IPV6, NFT_PAYLOAD_NETWORK_HEADER, 8, 16, FORM_IPV6},
	{"ip6 daddr", OVER_IPV6, NFT_PAYLOAD_NETWORK_HEADER, 24, 16, FORM_IPV6},
	{"ip6 nexthdr", OVER_IPV6, NFT_PAYLOAD_NETWORK_HEADER, 6, 1, FORM_PROTOCOL},
	{"sport", OVER_BOTH, NFT_PAYLOAD_TRANSPORT_HEADER, 0, 2, FORM_NUMBER},
	{"dport", OVER_BOTH, NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2, FORM_NUMBER},
};

/* The TTL of IPv4 is where IPv6 has the first byte of an address. */
static struct loaded load_payload(struct rxpath_slice data, unsigned versions)
{
	uint32_t base = nft_u32(data, NFTA_PAYLOAD_BASE);
	uint32_t offset = nft_u32(data, NFTA_PAYLOAD_OFFSET);
	uint32_t len = nft_u32(data, NFTA_PAYLOAD_LEN);

	for (size_t i = 0; i < sizeof payloads / sizeof *payloads; i++) {
		/* Of an address nft loads only the bytes that a prefix needs. */
		bool address = payloads[i].form == FORM_IPV4 || payloads[i].form == FORM_IPV6;

		if (payloads[i].base == base && payloads[i].offset == offset &&
		    (payloads[i].versions | versions) == payloads[i].versions &&
		    (payloads[i].len == len || (address && len < payloads[i].len)))
			return (struct loaded){.words = payloads[i].words,
					       .form = payloads[i].form,
					       .prefix = len < payloads[i].len ? len * 8 : 0};
	}
	return (struct loaded){0};
}

static struct loaded load_meta(struct rxpath_slice data)
{
	static const struct {
		const char *words;
		uint32_t key;
		enum form form;
	} keys[] = {
		{"meta l4proto", NFT_META_L4PROTO, FORM_PROTOCOL},
		{"iifname", NFT_META_IIFNAME, FORM_NAME},
		{"oifname", NFT_META_OIFNAME, FORM_NAME},
		{"meta mark", NFT_META_MARK, FORM_HOST_NUMBER},
		{"meta nfproto", NFT_META_NFPROTO, FORM_NUMBER},
	};
	uint32_t key = nft_u32(data, NFTA_META_KEY);

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (keys[i].key == key)
			return (struct loaded){.words = keys[i].words, .form = keys[i].form};
	return (struct loaded){0};
}

static struct loaded load_ct(struct rxpath_slice data)
{
	if (nft_u32(data, NFTA_CT_KEY) == NFT_CT_STATE)
		return (struct loaded){.words = "ct state", .form = FORM_STATE};
	return (struct loaded){0};
}

unsigned nft_prefix_of(struct rxpath_slice mask)
{
	unsigned bits = 0;

	for (unsigned i = 0; i < 8 * mask.len; i++) {
		bool set = mask.ptr[i / 8] >> (7 - i % 8) & 1;

		if (set && bits < i)
			return 0;
		bits += set;
	}
	return bits;
}

static struct rxpath_slice value_of(struct rxpath_slice data, unsigned short attribute)
{
	return rxpath_nlmsg_attribute(rxpath_nlmsg_attribute(data, attribute), NFTA_DATA_VALUE);
}

static const struct {
	uint32_t bit;
	const char *name;
} ct_states[] = {
	{1, "invalid"}, {2, "established"}, {4, "related"}, {8, "new"}, {64, "untracked"},
};

static uint32_t host_u32(struct rxpath_slice bytes)
{
	uint32_t value = 0;

	if (bytes.len >= sizeof value)
		memcpy(&value, bytes.ptr, sizeof value);
	return value;
}

static void put_states(struct rxpath_buf *out, uint32_t mask)
{
	const char *separator = "";

	for (size_t i = 0; i < sizeof ct_states / sizeof *ct_states; i++) {
		if (!(mask & ct_states[i].bit))
			continue;
		rxpath_buf_printf(out, "%s%s", separator, ct_states[i].name);
		separator = ",";
	}
}

const char *nft_protocol_name(uint64_t number)
{
	switch (number) {
	case IPPROTO_ICMP:
		return "icmp";
	case IPPROTO_TCP:
		return "tcp";
	case IPPROTO_UDP:
		return "udp";
	case IPPROTO_ICMPV6:
		return "ipv6-icmp";
	case IPPROTO_SCTP:
		return "sctp";
	default:
		return NULL;
	}
}

void nft_put_address(struct rxpath_buf *out, int family, struct rxpath_slice bytes, unsigned prefix)
{
	unsigned char address[16] = {0};
	char text[INET6_ADDRSTRLEN];

	memcpy(address, bytes.ptr, bytes.len < sizeof address ? bytes.len : sizeof address);
	if (inet_ntop(family, address, text, sizeof text))
		rxpath_buf_string(out, text);
	if (prefix > 0)
		rxpath_buf_printf(out, "/%u", prefix);
}

static void put_value(struct rxpath_buf *out, const struct loaded *loaded,
		      struct rxpath_slice value)
{
	const char *name;

	if (value.len == 0) {
		rxpath_buf_string(out, "?");
		return;
	}
	switch (loaded->form) {
	case FORM_NAME:
		/* A prefix ("eth*") is loaded without the NUL that a whole name ends with. */
		rxpath_buf_escaped(out, rxpath_nlmsg_string(value), "");
		if (rxpath_nlmsg_string(value).len == value.len)
			rxpath_buf_char(out, '*');
		break;
	case FORM_IPV4:
		nft_put_address(out, AF_INET, value, loaded->prefix);
		break;
	case FORM_IPV6:
		nft_put_address(out, AF_INET6, value, loaded->prefix);
		break;
	case FORM_PROTOCOL:
		name = nft_protocol_name(big_endian(value, 1));
		if (name)
			rxpath_buf_string(out, name);
		else
			rxpath_buf_u64(out, big_endian(value, 1));
		break;
	case FORM_STATE:
		put_states(out, host_u32(value));
		break;
	case FORM_HOST_NUMBER:
		rxpath_buf_u64(out, host_u32(value));
		break;
	case FORM_NUMBER:
		rxpath_buf_u64(out, big_endian(value, value.len < 8 ? value.len : 8));
		break;
	}
}

static void put_gap(struct reader *reader)
{
	if (!reader->gap)
		rxpath_buf_string(reader->out, reader->out->len > 0 ? " ..." : "...");
	reader->gap = true;
}

/* "udp dport", with a blank before it unless it is the first; false where it cannot be told. */
static bool put_words(struct reader *reader, const struct loaded *loaded)
{
	if (!loaded->words || loaded->masked) {
		put_gap(reader);
		return false;
	}
	if (reader->out->len > 0)
		rxpath_buf_char(reader->out, ' ');
	if (strcmp(loaded->words, "sport") == 0 || strcmp(loaded->words, "dport") == 0)
		rxpath_buf_printf(reader->out, "%s ", reader->protocol);
	rxpath_buf_string(reader->out, loaded->words);
	reader->gap = false;
	return true;
}

/* "meta l4proto udp" before "udp dport" says nothing new: it only names the protocol. */
static bool takes_protocol(struct reader *reader, const struct loaded *loaded,
			   struct rxpath_slice value, struct rxpath_slice rest)
{
	struct expression next;
	const char *name;

	if (loaded->form != FORM_PROTOCOL || value.len == 0)
		return false;
	name = nft_protocol_name(big_endian(value, 1));
	reader->protocol = name ? name : "th";
	return name && next_expression(&rest, &next) && is(&next, "payload") &&
	       nft_u32(next.data, NFTA_PAYLOAD_BASE) == NFT_PAYLOAD_TRANSPORT_HEADER;
}

static void read_cmp(struct reader *reader, struct rxpath_slice data, struct rxpath_slice rest)
{
	static const char *const operators[] = {"", "!= ", "< ", "<= ", "> ", ">= "};
	const struct loaded *loaded = &reader->registers[register_of(data, NFTA_CMP_SREG)];
	uint32_t operator= nft_u32(data, NFTA_CMP_OP);
	struct rxpath_slice value = value_of(data, NFTA_CMP_DATA);

	if (operator>= sizeof operators / sizeof * operators) {
		put_gap(reader);
		return;
	}
	if (operator== NFT_CMP_EQ && takes_protocol(reader, loaded, value, rest))
		return;
	/* This only asks for any of the states that the mask has told. */
	if (loaded->told)
		return;
	/* Which of the two IP versions the words that follow are of they tell themselves. */
	if (loaded->words && strcmp(loaded->words, "meta nfproto") == 0)
		return;
	if (!put_words(reader, loaded))
		return;
	rxpath_buf_printf(reader->out, " %s", operators[operator]);
	put_value(reader->out, loaded, value);
}

static void read_bitwise(struct reader *reader, struct rxpath_slice data)
{
	struct loaded loaded = reader->registers[register_of(data, NFTA_BITWISE_SREG)];
	struct rxpath_slice mask = value_of(data, NFTA_BITWISE_MASK);
	bool address = loaded.form == FORM_IPV4 || loaded.form == FORM_IPV6;

	if (loaded.form == FORM_STATE && loaded.words && !loaded.masked) {
		put_words(reader, &loaded);
		rxpath_buf_char(reader->out, ' ');
		put_states(reader->out, host_u32(mask));
		loaded.told = true;
	} else {
		loaded.prefix = address ? nft_prefix_of(mask) : 0;
		loaded.masked = loaded.prefix == 0;
	}
	reader->registers[register_of(data, NFTA_BITWISE_DREG)] = loaded;
}

static void read_lookup(struct reader *reader, struct rxpath_slice data)
{
	const struct loaded *loaded = &reader->registers[register_of(data, NFTA_LOOKUP_SREG)];
	struct rxpath_slice set = rxpath_nlmsg_text(data, NFTA_LOOKUP_SET);
	uint32_t flags = nft_u32(data, NFTA_LOOKUP_FLAGS);

	if (!put_words(reader, loaded))
		return;
	rxpath_buf_string(reader->out, looks_up_verdicts(data)	  ? " vmap "
				       : flags & NFT_LOOKUP_F_INV ? " != "
								  : " ");
	/* Sets that nft named itself have nothing to say. */
	if (rxpath_slice_starts(set, "__")) {
		rxpath_buf_string(reader->out, "{...}");
		return;
	}
	rxpath_buf_char(reader->out, '@');
	rxpath_buf_escaped(reader->out, set, "");
}

static void read_range(struct reader *reader, struct rxpath_slice data)
{
	const struct loaded *loaded = &reader->registers[register_of(data, NFTA_RANGE_SREG)];

	if (!put_words(reader, loaded))
		return;
	rxpath_buf_string(reader->out,
			  nft_u32(data, NFTA_RANGE_OP) == NFT_RANGE_NEQ ? " != " : " ");
	put_value(reader->out, loaded, value_of(data, NFTA_RANGE_FROM_DATA));
	rxpath_buf_char(reader->out, '-');
	put_value(reader->out, loaded, value_of(data, NFTA_RANGE_TO_DATA));
}

static void read_match(struct reader *reader, struct rxpath_slice data)
{
	if (reader->out->len > 0)
		rxpath_buf_char(reader->out, ' ');
	rxpath_buf_string(reader->out, "-m ");
	rxpath_buf_escaped(reader->out, rxpath_nlmsg_text(data, NFTA_MATCH_NAME), "");
	reader->gap = false;
}

/* It may have loaded something into any register. */
static void read_unknown(struct reader *reader)
{
	memset(reader->registers, 0, sizeof reader->registers);
	put_gap(reader);
}

static void read_expression(struct reader *reader, const struct expression *expression,
			    struct rxpath_slice rest)
{
	struct rxpath_slice data = expression->data;

	if (is(expression, "payload"))
		reader->registers[register_of(data, NFTA_PAYLOAD_DREG)] =
			load_payload(data, reader->versions);
	else if (is(expression, "meta"))
		reader->registers[register_of(data, NFTA_META_DREG)] = load_meta(data);
	else if (is(expression, "ct"))
		reader->registers[register_of(data, NFTA_CT_DREG)] = load_ct(data);
	else if (is(expression, "bitwise"))
		read_bitwise(reader, data);
	else if (is(expression, "cmp"))
		read_cmp(reader, data, rest);
	else if (is(expression, "lookup"))
		read_lookup(reader, data);
	else if (is(expression, "range"))
		read_range(reader, data);
	else if (is(expression, "match") && !is_comment(expression))
		read_match(reader, data);
	else if (!lets_all_pass(expression))
		read_unknown(reader);
}

void nft_rule_text(struct rxpath_slice attributes, unsigned versions, struct rxpath_buf *out)
{
	struct rxpath_slice list = rxpath_nlmsg_attribute(attributes, NFTA_RULE_EXPRESSIONS);
	struct reader reader = {.out = out, .versions = versions, .protocol = "th"};
	struct expression expression;

	while (next_expression(&list, &expression))
		read_expression(&reader, &expression, list);
}
