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

#include "capture_internal.h"
#include "nftrule.h"
#include "ruleset.h"

/* A map of verdicts that a rule looks up: its elements may be jumps. */
struct verdict_map {
	struct ruleset_rule rule;
	struct rxpath_slice name;
	enum nft_key key; /* what its elements are found by */
	bool drops;	  /* an element does, which nothing counts */
};

/* A rule that counts in an object of that name, in its own table. */
struct named {
	size_t rule; /* its index */
	uint8_t family;
	struct rxpath_slice table, name;
};

struct reading {
	struct ruleset ruleset;
	struct named *named; /* sorted once they are all there */
	size_t named_count, named_cap;
	struct verdict_map *maps;
	size_t map_count, map_cap;
	size_t rules_announced; /* by their chains, with the jumps to these */
	size_t rules_seen, limit;
	struct verdict_map *current; /* whose elements come in */
	uint16_t generation;
	bool generation_known;
	bool changed; /* the ruleset, while it was read */
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
	struct rxpath_slice policy = rxpath_nlmsg_attribute(attributes, NFTA_CHAIN_POLICY);
	struct ruleset_chain chain = {
		.family = family,
		.table = rxpath_nlmsg_string(rxpath_nlmsg_attribute(attributes, NFTA_CHAIN_TABLE)),
		.name = rxpath_nlmsg_string(rxpath_nlmsg_attribute(attributes, NFTA_CHAIN_NAME)),
		.drops = policy.ptr && nft_u32(policy) == NF_DROP,
		.counted = counters.ptr != NULL,
		.packets = nft_u64(rxpath_nlmsg_attribute(counters, NFTA_COUNTER_PACKETS)),
	};

	reading->rules_announced += nft_u32(rxpath_nlmsg_attribute(attributes, NFTA_CHAIN_USE));
	if (hook.ptr) {
		chain.from = ruleset_hook_path(
			family, nft_u32(rxpath_nlmsg_attribute(hook, NFTA_HOOK_HOOKNUM)));
		chain.versions = ruleset_versions(family);
	}
	ruleset_add_chain(&reading->ruleset, chain);
}

static void take_map(struct reading *reading, const struct nft_rule *does, struct ruleset_rule rule)
{
	struct verdict_map map = {.rule = rule, .name = does->map, .key = does->map_key};

	if (map.name.len == 0)
		return;
	map.name = ruleset_keep(&reading->ruleset, map.name);
	map.rule.table = ruleset_keep(&reading->ruleset, rule.table);
	map.rule.chain = ruleset_keep(&reading->ruleset, rule.chain);
	if (!rxpath_array_append(&reading->maps, &reading->map_count, &reading->map_cap, &map,
				 sizeof map))
		reading->ruleset.no_memory = true;
}

static void take_ending(struct reading *reading, struct ruleset_rule rule,
			struct rxpath_slice attributes)
{
	struct rxpath_buf text = {0};

	nft_rule_text(attributes, rule.action.versions & ruleset_versions(rule.family), &text);
	rule.text = rxpath_buf_view(&text);
	if (text.failed)
		reading->ruleset.no_memory = true;
	ruleset_add_rule(&reading->ruleset, rule);
	rxpath_buf_free(&text);
}

static void take_named(struct reading *reading, const struct ruleset_rule *rule,
		       struct rxpath_slice counter)
{
	const struct named named = {
		.rule = reading->ruleset.rule_count - 1,
		.family = rule->family,
		.table = ruleset_keep(&reading->ruleset, rule->table),
		.name = ruleset_keep(&reading->ruleset, counter),
	};

	if (reading->ruleset.no_memory)
		return;
	if (!rxpath_array_append(&reading->named, &reading->named_count, &reading->named_cap,
				 &named, sizeof named))
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

/* A counter that several rules share does not tell what each of them took. */
static void take_object(struct reading *reading, uint8_t family, struct rxpath_slice attributes)
{
	const struct named wanted = {
		.family = family,
		.table = rxpath_nlmsg_string(rxpath_nlmsg_attribute(attributes, NFTA_OBJ_TABLE)),
		.name = rxpath_nlmsg_string(rxpath_nlmsg_attribute(attributes, NFTA_OBJ_NAME)),
	};
	struct rxpath_slice data = rxpath_nlmsg_attribute(attributes, NFTA_OBJ_DATA);
	const struct named *found;
	struct rule_action *action;

	if (nft_u32(rxpath_nlmsg_attribute(attributes, NFTA_OBJ_TYPE)) != NFT_OBJECT_COUNTER ||
	    nft_u32(rxpath_nlmsg_attribute(attributes, NFTA_OBJ_USE)) != 1)
		return;
	found = bsearch(&wanted, reading->named, reading->named_count, sizeof wanted,
			compare_named);
	if (!found)
		return;
	action = &reading->ruleset.rules[found->rule].action;
	action->counted = true;
	action->packets = nft_u64(rxpath_nlmsg_attribute(data, NFTA_COUNTER_PACKETS));
}

static void take_rule(struct reading *reading, uint8_t family, struct rxpath_slice attributes)
{
	struct nft_rule does;
	struct ruleset_rule rule = {
		.family = family,
		.table = rxpath_nlmsg_string(rxpath_nlmsg_attribute(attributes, NFTA_RULE_TABLE)),
		.chain = rxpath_nlmsg_string(rxpath_nlmsg_attribute(attributes, NFTA_RULE_CHAIN)),
		.handle = nft_u64(rxpath_nlmsg_attribute(attributes, NFTA_RULE_HANDLE)),
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
	take_map(reading, &does, rule);
	if (rule.action.ending != ENDS_OTHERWISE)
		take_ending(reading, rule, attributes);
	if (rule.action.ending != ENDS_OTHERWISE && !rule.action.counted && does.counter.len > 0)
		take_named(reading, &rule, does.counter);
}

/* What the elements of the map lead to: chains, or a drop. */
static void take_elements(struct reading *reading, struct rxpath_slice attributes)
{
	struct rxpath_slice list = rxpath_nlmsg_attribute(attributes, NFTA_SET_ELEM_LIST_ELEMENTS);
	struct verdict_map *map = reading->current;
	struct rxpath_slice element, chain;
	unsigned short type;
	int32_t code;

	while (error_of(reading) == 0 && rxpath_nlmsg_next_attribute(&list, &type, &element)) {
		unsigned versions = map->rule.action.versions;

		if (!nft_verdict(rxpath_nlmsg_attribute(element, NFTA_SET_ELEM_DATA), &code,
				 &chain))
			continue;
		versions &= nft_key_versions(map->key,
					     rxpath_nlmsg_attribute(element, NFTA_SET_ELEM_KEY));
		map->drops = map->drops || code == NF_DROP;
		ruleset_add_jump(&reading->ruleset,
				 (struct ruleset_jump){map->rule.family, map->rule.table,
						       map->rule.chain, chain, versions});
	}
}

static void take_table(struct reading *reading, uint8_t family, struct rxpath_slice attributes)
{
	ruleset_add_table(
		&reading->ruleset,
		(struct ruleset_table){
			.family = family,
			.name = rxpath_nlmsg_string(
				rxpath_nlmsg_attribute(attributes, NFTA_TABLE_NAME)),
			.id = nft_u64(rxpath_nlmsg_attribute(attributes, NFTA_TABLE_HANDLE)),
		});
}

static void take_message(struct reading *reading, const struct nlmsghdr *header,
			 struct rxpath_slice payload)
{
	struct nfgenmsg general;
	uint16_t generation;

	if (payload.len < sizeof general)
		return;
	memcpy(&general, payload.ptr, sizeof general);
	rxpath_slice_skip(&payload, NLMSG_ALIGN(sizeof general));
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
static bool add_name(char *request, size_t size, size_t *len, unsigned short type,
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

static int dump_elements(int fd, struct verdict_map *map, struct reading *reading)
{
	const struct nfgenmsg general = {.nfgen_family = map->rule.family, .version = NFNETLINK_V0};
	char request[RXPATH_NETLINK_REQUEST] = {0};
	size_t len = sizeof general;
	int result;

	memcpy(request, &general, sizeof general);
	if (!add_name(request, sizeof request, &len, NFTA_SET_ELEM_LIST_TABLE, map->rule.table) ||
	    !add_name(request, sizeof request, &len, NFTA_SET_ELEM_LIST_SET, map->name))
		return EMSGSIZE;
	reading->current = map;
	result = rxpath_netlink_dump(fd, NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETSETELEM, request,
				     len, take_part, reading);
	return error_of(reading) != 0 ? error_of(reading) : result;
}

static int read_once(int fd, struct reading *reading)
{
	int result = dump(fd, NFT_MSG_GETTABLE, reading);

	if (result == 0 && reading->ruleset.table_count > 0)
		result = dump(fd, NFT_MSG_GETCHAIN, reading);
	/* Once begun, reading the rules would have to go on to the end. */
	if (result == 0 && reading->rules_announced > reading->limit)
		return E2BIG;
	if (result == 0 && reading->ruleset.chain_count > 0)
		result = dump(fd, NFT_MSG_GETRULE, reading);
	if (result == 0 && reading->named_count > 0) {
		qsort(reading->named, reading->named_count, sizeof *reading->named, compare_named);
		result = dump(fd, NFT_MSG_GETOBJ, reading);
	}
	for (size_t i = 0; result == 0 && i < reading->map_count; i++) {
		struct ruleset_rule *rule = &reading->maps[i].rule;

		result = dump_elements(fd, &reading->maps[i], reading);
		rule->action.ending = ENDS_IN_DROP;
		rule->action.counted = false;
		if (result == 0 && reading->maps[i].drops)
			ruleset_add_rule(&reading->ruleset, *rule);
	}
	return result != 0 ? result : error_of(reading);
}

static void free_reading(struct reading *reading)
{
	ruleset_free(&reading->ruleset);
	free(reading->maps);
	free(reading->named);
}

/* A ruleset that changes all the time is taken as the last reading had it. */
#define MAX_READINGS 3

static int read_ruleset(int fd, size_t limit, struct reading *reading)
{
	int result = 0;

	for (unsigned i = 0; i < MAX_READINGS; i++) {
		*reading = (struct reading){.limit = limit};
		result = read_once(fd, reading);
		/* A set that was deleted meanwhile is a change too. */
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
