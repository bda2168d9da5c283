/* nftables.c: the rules of nftables that take packets, with their counters. Those of iptables-nft
 * are nftables rules too.
 *
 * Tables, chains and rules are three dumps, and each map of verdicts one more; each message carries
 * the generation of the ruleset, and a ruleset that changed in between is read again. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rxpath/search.h"
#include "netlink.h"
#include "nftrule.h"
#include "nfttext.h"
#include "ruleset.h"

/* A set or map that a rule looks up. A map of verdicts may have elements that are jumps. Elements
 * may count what was found. */
struct lookup {
	struct ruleset_rule rule;
	size_t index; /* of the rule, where the lookup is one of its conditions */
	struct rxpath_slice name;
	bool is_map;
	enum nft_key key; /* what the map's elements are found by */
	bool drops;	  /* an element of the map drops packets */
	bool counted; /* all elements (of a map: those that drop) have counters; `packets` is their
			 sum */
	uint64_t packets;
};

/* An object or a set of that name, and a rule of the same table that needs it. */
struct named {
	size_t rule; /* its index */
	uint8_t family;
	struct rxpath_slice table, name;
};

struct names {
	struct named *items; /* sorted once they are all there */
	size_t count, cap;
};

struct reading {
	struct ruleset ruleset;
	struct names counters; /* named counters of rules that have none of their own */
	struct names sets;     /* once for each rule that uses it */
	struct lookup *lookups;
	size_t lookup_count, lookup_cap;
	size_t rules_announced; /* use counts of all chains: their rules, and the jumps to them */
	size_t rules_seen, limit;
	struct lookup *current; /* the lookup whose elements are being read */
	uint16_t generation;
	bool generation_known;
	bool changed; /* the ruleset changed while it was read */
	bool too_many;
};

static int error_of(const struct reading *reading)
{
	if (reading->ruleset.no_memory)
		return ENOMEM;
	return reading->too_many ? E2BIG : 0;
}

static void take_chain(struct reading *reading, uint8_t family, struct rxpath_slice attributes)
{
	struct rxpath_slice hook = rxpath_nlmsg_attribute(attributes, NFTA_CHAIN_HOOK);
	struct rxpath_slice counters = rxpath_nlmsg_attribute(attributes, NFTA_CHAIN_COUNTERS);
	bool has_policy = rxpath_nlmsg_attribute(attributes, NFTA_CHAIN_POLICY).ptr;
	struct ruleset_chain chain = {
		.family = family,
		.table = rxpath_nlmsg_text(attributes, NFTA_CHAIN_TABLE),
		.name = rxpath_nlmsg_text(attributes, NFTA_CHAIN_NAME),
		.drops = has_policy && nft_u32(attributes, NFTA_CHAIN_POLICY) == NF_DROP,
		.counted = counters.ptr != NULL,
		.packets = nft_u64(counters, NFTA_COUNTER_PACKETS),
	};

	reading->rules_announced += nft_u32(attributes, NFTA_CHAIN_USE);
	if (hook.ptr) {
		chain.hooks = ruleset_hook_bit(family, nft_u32(hook, NFTA_HOOK_HOOKNUM));
		chain.versions = ruleset_versions(family);
	}
	ruleset_add_chain(&reading->ruleset, chain);
}

static void add_lookup(struct reading *reading, struct lookup lookup)
{
	lookup.name = ruleset_keep(&reading->ruleset, lookup.name);
	lookup.rule.table = ruleset_keep(&reading->ruleset, lookup.rule.table);
	lookup.rule.chain = ruleset_keep(&reading->ruleset, lookup.rule.chain);
	lookup.rule.text = ruleset_keep(&reading->ruleset, lookup.rule.text);
	if (!rxpath_array_append(&reading->lookups, &reading->lookup_count, &reading->lookup_cap,
				 &lookup, sizeof lookup))
		reading->ruleset.no_memory = true;
}

static void add_name(struct reading *reading, struct names *names, const struct ruleset_rule *rule,
		     struct rxpath_slice name)
{
	const struct named named = {
		.rule = reading->ruleset.rule_count - 1,
		.family = rule->family,
		.table = ruleset_keep(&reading->ruleset, rule->table),
		.name = ruleset_keep(&reading->ruleset, name),
	};

	if (reading->ruleset.no_memory)
		return;
	if (!rxpath_array_append(&names->items, &names->count, &names->cap, &named, sizeof named))
		reading->ruleset.no_memory = true;
}

static int compare_named(const void *first, const void *second)
{
	const struct named *a = first;
	const struct named *b = second;
	int order = a->family - b->family;

	if (order == 0)
		order = rxpath_slice_compare(a->table, b->table);
	return order != 0 ? order : rxpath_slice_compare(a->name, b->name);
}

static void sort_names(struct names *names)
{
	rxpath_sort(names->items, names->count, sizeof *names->items, compare_named);
}

/* One of that name; NULL. */
static const struct named *find_name(const struct names *names, const struct named *wanted)
{
	return names->count == 0
		       ? NULL
		       : bsearch(wanted, names->items, names->count, sizeof *wanted, compare_named);
}

/* A counter that several rules share does not show how many packets each of them took. */
static void take_object(struct reading *reading, uint8_t family, struct rxpath_slice attributes)
{
	const struct named wanted = {
		.family = family,
		.table = rxpath_nlmsg_text(attributes, NFTA_OBJ_TABLE),
		.name = rxpath_nlmsg_text(attributes, NFTA_OBJ_NAME),
	};
	struct rxpath_slice data = rxpath_nlmsg_attribute(attributes, NFTA_OBJ_DATA);
	const struct named *found;
	struct rule_action *action;

	if (nft_u32(attributes, NFTA_OBJ_TYPE) != NFT_OBJECT_COUNTER ||
	    nft_u32(attributes, NFTA_OBJ_USE) != 1)
		return;
	found = find_name(&reading->counters, &wanted);
	if (!found)
		return;
	action = &reading->ruleset.rules[found->rule].action;
	action->counted = true;
	action->packets = nft_u64(data, NFTA_COUNTER_PACKETS);
}

/* Adds the rule if it ends the way of packets, and notes what counts them. */
static void take_ending(struct reading *reading, struct ruleset_rule rule,
			const struct nft_rule *does)
{
	if (does->map.len > 0)
		add_lookup(reading, (struct lookup){.rule = rule,
						    .name = does->map,
						    .is_map = true,
						    .key = does->map_key});
	if (rule.action.verdict == RXPATH_VERDICT_NONE)
		return;
	ruleset_add_rule(&reading->ruleset, rule);
	if (rule.action.counted)
		return;
	if (does->counter.len > 0)
		add_name(reading, &reading->counters, &rule, does->counter);
	else if (does->set.len > 0)
		add_lookup(reading, (struct lookup){.rule = rule,
						    .index = reading->ruleset.rule_count - 1,
						    .name = does->set});
}

static void take_rule(struct reading *reading, uint8_t family, struct rxpath_slice attributes)
{
	struct rxpath_slice expressions = rxpath_nlmsg_attribute(attributes, NFTA_RULE_EXPRESSIONS);
	struct rxpath_slice set;
	struct rxpath_buf text = {0};
	struct nft_rule does;
	struct ruleset_rule rule = {
		.family = family,
		.table = rxpath_nlmsg_text(attributes, NFTA_RULE_TABLE),
		.chain = rxpath_nlmsg_text(attributes, NFTA_RULE_CHAIN),
		.handle = nft_u64(attributes, NFTA_RULE_HANDLE),
	};

	if (++reading->rules_seen > reading->limit) {
		reading->too_many = true;
		return;
	}
	nft_rule_decode(attributes, &does);
	rule.action = does.action;
	rule.comment = does.comment;
	ruleset_add_jump(&reading->ruleset, (struct ruleset_jump){family, rule.table, rule.chain,
								  does.jump, rule.action.versions});
	while (nft_next_set(&expressions, &set))
		add_name(reading, &reading->sets, &rule, set);
	if (does.map.len == 0 && rule.action.verdict == RXPATH_VERDICT_NONE)
		return;
	nft_rule_text(attributes, rule.action.versions & ruleset_versions(rule.family), &text);
	rule.text = rxpath_buf_view(&text);
	reading->ruleset.no_memory = reading->ruleset.no_memory || text.failed;
	take_ending(reading, rule, &does);
	rxpath_buf_free(&text);
}

/* Follows an element of the map, which may jump to a chain or drop packets. */
static void take_verdict(struct reading *reading, struct lookup *map, struct rxpath_slice element,
			 bool *drops)
{
	unsigned versions =
		map->rule.action.versions &
		nft_key_versions(map->key, rxpath_nlmsg_attribute(element, NFTA_SET_ELEM_KEY));
	struct rxpath_slice chain;
	int32_t code;

	*drops = false;
	if (!nft_verdict(rxpath_nlmsg_attribute(element, NFTA_SET_ELEM_DATA), &code, &chain))
		return;
	*drops = code == NF_DROP;
	map->drops = map->drops || *drops;
	ruleset_add_jump(&reading->ruleset,
			 (struct ruleset_jump){map->rule.family, map->rule.table, map->rule.chain,
					       chain, versions});
}

static void take_elements(struct reading *reading, struct rxpath_slice attributes)
{
	struct rxpath_slice list = rxpath_nlmsg_attribute(attributes, NFTA_SET_ELEM_LIST_ELEMENTS);
	struct lookup *lookup = reading->current;
	struct rxpath_slice element;
	unsigned short type;
	uint64_t packets;
	bool matters = true;

	while (error_of(reading) == 0 && rxpath_nlmsg_next_attribute(&list, &type, &element)) {
		if (nft_u32(element, NFTA_SET_ELEM_FLAGS) & NFT_SET_ELEM_INTERVAL_END)
			continue;
		if (lookup->is_map)
			take_verdict(reading, lookup, element, &matters);
		if (!matters)
			continue;
		if (nft_counter(rxpath_nlmsg_attribute(element, NFTA_SET_ELEM_EXPR), &packets))
			lookup->packets += packets;
		else
			lookup->counted = false;
	}
}

static void take_table(struct reading *reading, uint8_t family, struct rxpath_slice attributes)
{
	ruleset_add_table(&reading->ruleset,
			  (struct ruleset_table){
				  .family = family,
				  .name = rxpath_nlmsg_text(attributes, NFTA_TABLE_NAME),
				  .id = nft_u64(attributes, NFTA_TABLE_HANDLE),
			  });
}

static void take_message(struct reading *reading, const struct nlmsghdr *header,
			 struct rxpath_slice payload)
{
	struct nfgenmsg general;
	uint16_t generation;

	if (!rxpath_nlmsg_take(&payload, &general, sizeof general))
		return;
	generation = ntohs(general.res_id);
	reading->changed = reading->changed || header->nlmsg_flags & NLM_F_DUMP_INTR ||
			   (reading->generation_known && generation != reading->generation);
	reading->generation = generation;
	reading->generation_known = true;
	switch (NFNL_MSG_TYPE(header->nlmsg_type)) {
	case NFT_MSG_NEWTABLE:
		take_table(reading, general.nfgen_family, payload);
		break;
	case NFT_MSG_NEWCHAIN:
		take_chain(reading, general.nfgen_family, payload);
		break;
	case NFT_MSG_NEWRULE:
		take_rule(reading, general.nfgen_family, payload);
		break;
	case NFT_MSG_NEWOBJ:
		take_object(reading, general.nfgen_family, payload);
		break;
	case NFT_MSG_NEWSETELEM:
		take_elements(reading, payload);
		break;
	default:
		break;
	}
}

static bool take_part(void *context, struct rxpath_slice messages)
{
	struct reading *reading = context;
	struct rxpath_slice payload;
	struct nlmsghdr header;

	while (error_of(reading) == 0 && rxpath_nlmsg_next(&messages, &header, &payload))
		if (header.nlmsg_type >> 8 == NFNL_SUBSYS_NFTABLES)
			take_message(reading, &header, payload);
	return error_of(reading) == 0;
}

static int dump(int fd, unsigned message, struct reading *reading)
{
	const struct nfgenmsg all = {.nfgen_family = NFPROTO_UNSPEC, .version = NFNETLINK_V0};
	int result = rxpath_netlink_dump(fd, (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | message), &all,
					 sizeof all, take_part, reading);

	return error_of(reading) != 0 ? error_of(reading) : result;
}

/* Adds a string attribute to the request; false where it does not fit. */
static bool put_string(char *request, size_t size, size_t *len, unsigned short type,
		       struct rxpath_slice name)
{
	struct nlattr attribute = {
		.nla_len = (uint16_t)(sizeof attribute + name.len + 1),
		.nla_type = type,
	};

	if (*len + NLMSG_ALIGN(sizeof attribute + name.len + 1) > size)
		return false;
	memcpy(request + *len, &attribute, sizeof attribute);
	memcpy(request + *len + sizeof attribute, name.ptr, name.len);
	*len += NLMSG_ALIGN(sizeof attribute + name.len + 1);
	return true;
}

/* NFTA_SET_COUNT, from Linux 6.16; older headers lack it. */
#define SET_COUNT 20

struct set {
	bool counts;
	uint32_t elements; /* at most; UINT32_MAX: not known */
};

/* Whether every element has a counter, and no other expression, which could end the rule.
 * Kernels that report it (Linux 5.7) also count the packets that a rule looks up. */
static void take_set(void *context, struct rxpath_slice payload)
{
	struct set *set = context;
	uint64_t packets;
	uint32_t size;

	rxpath_slice_skip(&payload, NLMSG_ALIGN(sizeof(struct nfgenmsg)));
	set->counts = nft_counter(rxpath_nlmsg_attribute(payload, NFTA_SET_EXPR), &packets);
	size = nft_u32(rxpath_nlmsg_attribute(payload, NFTA_SET_DESC), NFTA_SET_DESC_SIZE);
	if (rxpath_nlmsg_attribute(payload, SET_COUNT).ptr)
		set->elements = nft_u32(payload, SET_COUNT);
	else if (size > 0)
		set->elements = size;
}

/* Whether only this rule uses that named set, so that no other rule counts there. */
static bool is_its_own(const struct reading *reading, const struct lookup *lookup)
{
	const struct named wanted = {
		.family = lookup->rule.family,
		.table = lookup->rule.table,
		.name = lookup->name,
	};
	const struct named *found = find_name(&reading->sets, &wanted);
	const struct named *end = reading->sets.items + reading->sets.count;

	return found && (found == reading->sets.items || compare_named(found - 1, found) != 0) &&
	       (found + 1 == end || compare_named(found, found + 1) != 0);
}

/* The elements of a set without counters, or with more elements than the limit for rules, are
 * not read: the kernel's time for it grows with the square of their number. */
static int read_elements(int fd, struct lookup *lookup, struct reading *reading)
{
	const struct nfgenmsg general = {.nfgen_family = lookup->rule.family,
					 .version = NFNETLINK_V0};
	struct set set = {.elements = UINT32_MAX};
	char request[RXPATH_NETLINK_REQUEST] = {0};
	size_t len = sizeof general;
	int result;

	memcpy(request, &general, sizeof general);
	/* NFTA_SET_TABLE and NFTA_SET_NAME are the same. */
	if (!put_string(request, sizeof request, &len, NFTA_SET_ELEM_LIST_TABLE,
			lookup->rule.table) ||
	    !put_string(request, sizeof request, &len, NFTA_SET_ELEM_LIST_SET, lookup->name))
		return EMSGSIZE;
	if (is_its_own(reading, lookup)) {
		result = rxpath_netlink_ask(fd, NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETSET, request,
					    len, NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWSET,
					    take_set, &set);
		if (result != 0)
			return result;
		lookup->counted = set.counts && set.elements <= reading->limit;
	}
	if (!lookup->is_map && !lookup->counted)
		return 0;
	reading->current = lookup;
	result = rxpath_netlink_dump(fd, NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETSETELEM, request,
				     len, take_part, reading);
	return error_of(reading) != 0 ? error_of(reading) : result;
}

static int read_lookup(int fd, struct lookup *lookup, struct reading *reading)
{
	int result = read_elements(fd, lookup, reading);
	struct rule_action *action = lookup->is_map ? &lookup->rule.action
						    : &reading->ruleset.rules[lookup->index].action;

	if (result != 0)
		return result;
	if (lookup->is_map)
		action->verdict = RXPATH_VERDICT_DROP;
	action->counted = lookup->counted;
	action->by_elements = lookup->counted;
	action->packets = lookup->packets;
	if (lookup->is_map && lookup->drops)
		ruleset_add_rule(&reading->ruleset, lookup->rule);
	return 0;
}

static int read_once(int fd, struct reading *reading)
{
	int result = dump(fd, NFT_MSG_GETTABLE, reading);

	if (result == 0 && reading->ruleset.table_count > 0)
		result = dump(fd, NFT_MSG_GETCHAIN, reading);
	/* A dump of rules cannot be stopped once it has begun. */
	if (result == 0 && reading->rules_announced > reading->limit)
		return E2BIG;
	if (result == 0 && reading->ruleset.chain_count > 0)
		result = dump(fd, NFT_MSG_GETRULE, reading);
	sort_names(&reading->counters);
	sort_names(&reading->sets);
	if (result == 0 && reading->counters.count > 0)
		result = dump(fd, NFT_MSG_GETOBJ, reading);
	for (size_t i = 0; result == 0 && i < reading->lookup_count; i++)
		result = read_lookup(fd, &reading->lookups[i], reading);
	return result != 0 ? result : error_of(reading);
}

static void free_reading(struct reading *reading)
{
	ruleset_free(&reading->ruleset);
	free(reading->lookups);
	free(reading->counters.items);
	free(reading->sets.items);
}

/* Of a ruleset that changes all the time, the last reading is taken. */
#define MAX_READINGS 3

static int read_ruleset(int fd, size_t limit, struct reading *reading)
{
	int result = 0;

	for (unsigned i = 0; i < MAX_READINGS; i++) {
		*reading = (struct reading){.limit = limit};
		result = read_once(fd, reading);
		/* ENOENT: a set was deleted meanwhile, which is a change too. */
		if (!reading->changed && result != ENOENT)
			break;
		if (i + 1 < MAX_READINGS)
			free_reading(reading);
	}
	return result;
}

int rxpath_nftables(const struct netlink_query *query)
{
	struct reading reading;
	int result = read_ruleset(query->fd, rxpath_rule_limit(query), &reading);

	if (result == 0)
		ruleset_put(&reading.ruleset, query->out);
	free_reading(&reading);
	/* A kernel without nftables. */
	return result == EOPNOTSUPP || result == EINVAL ? ENOENT : result;
}
