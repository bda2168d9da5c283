/* nftables.c: the rules that take packets on the receive and forward paths, with their counters, as
 * a table of text. Rules of iptables-nft are nftables rules too.
 *
 * A rule matters when its chain can be reached from a hook that received or forwarded packets pass:
 * the base chains of those hooks, and what they jump to, also through maps of verdicts. Tables,
 * chains and rules are three dumps; each message carries the generation of the ruleset, and a
 * ruleset that changed in between is read again. */
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
#include "rxpath/arena.h"

/* From where a chain can be reached: bits. */
enum {
	FROM_LINK = 1 << 0,  /* before IP counts: netdev and inet ingress, a bridge */
	FROM_INPUT = 1 << 1, /* IP's prerouting and input */
	FROM_FORWARD = 1 << 2,
	FROM_OUTPUT = 1 << 3, /* output and postrouting: this host's own packets */
};

#define FROM_RECEIVING (FROM_LINK | FROM_INPUT | FROM_FORWARD)

/* A table that is made again begins with handle 1 again, but has a new identity. */
struct table {
	uint8_t family;
	struct rxpath_slice name;
	uint64_t id;
};

struct chain {
	uint8_t family;
	struct rxpath_slice table, name;
	unsigned from;
	bool drops;   /* its policy */
	bool counted; /* and `packets` are those that it took */
	uint64_t packets;
};

/* A way from one chain to another of its table. */
struct jump {
	uint8_t family;
	struct rxpath_slice table, from, to;
};

/* A map of verdicts that a rule looks up: its elements may be such ways. */
struct verdict_map {
	uint8_t family;
	struct rxpath_slice table, chain, map;
	uint64_t handle; /* of the rule */
	bool drops;	 /* an element does, which nothing counts */
};

struct rule {
	uint8_t family;
	struct rxpath_slice table, chain;
	uint64_t handle;
	struct nft_rule does; /* its slices are in the arena */
	struct rxpath_slice text;
};

struct ruleset {
	struct rxpath_arena arena;
	struct table *tables;
	size_t table_count, table_cap;
	struct chain *chains; /* sorted by family, table, name once they are all there */
	size_t chain_count, chain_cap;
	struct jump *jumps;
	size_t jump_count, jump_cap;
	struct verdict_map *maps;
	size_t map_count, map_cap;
	struct rule *rules; /* those that take packets */
	size_t rule_count, rule_cap;
	size_t rules_announced; /* by their chains, with the jumps to these */
	size_t rules_seen, limit;
	struct verdict_map *current; /* whose elements come in */
	uint16_t generation;
	bool generation_known;
	bool changed; /* the ruleset, while it was read */
	int error;    /* ENOMEM, E2BIG; 0 */
};

static bool keep(struct ruleset *ruleset, struct rxpath_slice *slice)
{
	*slice = rxpath_arena_copy(&ruleset->arena, *slice);
	if (!slice->ptr)
		ruleset->error = ENOMEM;
	return slice->ptr != NULL;
}

static void append(struct ruleset *ruleset, void *items, size_t *count, size_t *cap,
		   const void *item, size_t size)
{
	if (!rxpath_array_append(items, count, cap, item, size))
		ruleset->error = ENOMEM;
}

static unsigned hook_path(uint8_t family, uint32_t hook)
{
	bool bridge = family == NFPROTO_BRIDGE;

	if (family == NFPROTO_NETDEV)
		return hook == NF_NETDEV_INGRESS ? FROM_LINK : FROM_OUTPUT;
	switch (hook) {
	case NF_INET_PRE_ROUTING:
	case NF_INET_LOCAL_IN:
		return bridge ? FROM_LINK : FROM_INPUT;
	case NF_INET_FORWARD:
		return bridge ? FROM_LINK : FROM_FORWARD;
	case NF_INET_LOCAL_OUT:
	case NF_INET_POST_ROUTING:
		return FROM_OUTPUT;
	default:
		return FROM_LINK; /* NF_INET_INGRESS */
	}
}

static void take_chain(struct ruleset *ruleset, uint8_t family, struct rxpath_slice attributes)
{
	struct rxpath_slice hook = rxpath_nlmsg_attribute(attributes, NFTA_CHAIN_HOOK);
	struct rxpath_slice counters = rxpath_nlmsg_attribute(attributes, NFTA_CHAIN_COUNTERS);
	struct rxpath_slice policy = rxpath_nlmsg_attribute(attributes, NFTA_CHAIN_POLICY);
	struct chain chain = {
		.family = family,
		.table = rxpath_nlmsg_string(rxpath_nlmsg_attribute(attributes, NFTA_CHAIN_TABLE)),
		.name = rxpath_nlmsg_string(rxpath_nlmsg_attribute(attributes, NFTA_CHAIN_NAME)),
		.drops = policy.ptr && nft_u32(policy) == NF_DROP,
		.counted = counters.ptr != NULL,
		.packets = nft_u64(rxpath_nlmsg_attribute(counters, NFTA_COUNTER_PACKETS)),
	};

	ruleset->rules_announced += nft_u32(rxpath_nlmsg_attribute(attributes, NFTA_CHAIN_USE));
	if (hook.ptr)
		chain.from =
			hook_path(family, nft_u32(rxpath_nlmsg_attribute(hook, NFTA_HOOK_HOOKNUM)));
	if (!keep(ruleset, &chain.table) || !keep(ruleset, &chain.name))
		return;
	append(ruleset, &ruleset->chains, &ruleset->chain_count, &ruleset->chain_cap, &chain,
	       sizeof chain);
}

static void take_jump(struct ruleset *ruleset, struct jump jump)
{
	if (jump.to.len == 0 || !keep(ruleset, &jump.table) || !keep(ruleset, &jump.from) ||
	    !keep(ruleset, &jump.to))
		return;
	append(ruleset, &ruleset->jumps, &ruleset->jump_count, &ruleset->jump_cap, &jump,
	       sizeof jump);
}

static void take_map(struct ruleset *ruleset, struct verdict_map map)
{
	if (map.map.len == 0 || !keep(ruleset, &map.table) || !keep(ruleset, &map.chain) ||
	    !keep(ruleset, &map.map))
		return;
	append(ruleset, &ruleset->maps, &ruleset->map_count, &ruleset->map_cap, &map, sizeof map);
}

static void take_ending(struct ruleset *ruleset, struct rule rule, struct rxpath_slice attributes)
{
	struct rxpath_buf text = {0};

	nft_rule_text(attributes, &text);
	rule.text = rxpath_buf_view(&text);
	if (text.failed)
		ruleset->error = ENOMEM;
	else if (keep(ruleset, &rule.table) && keep(ruleset, &rule.chain) &&
		 keep(ruleset, &rule.does.comment) && keep(ruleset, &rule.text))
		append(ruleset, &ruleset->rules, &ruleset->rule_count, &ruleset->rule_cap, &rule,
		       sizeof rule);
	rxpath_buf_free(&text);
}

static void take_rule(struct ruleset *ruleset, uint8_t family, struct rxpath_slice attributes)
{
	struct rule rule = {
		.family = family,
		.table = rxpath_nlmsg_string(rxpath_nlmsg_attribute(attributes, NFTA_RULE_TABLE)),
		.chain = rxpath_nlmsg_string(rxpath_nlmsg_attribute(attributes, NFTA_RULE_CHAIN)),
		.handle = nft_u64(rxpath_nlmsg_attribute(attributes, NFTA_RULE_HANDLE)),
	};

	if (++ruleset->rules_seen > ruleset->limit) {
		ruleset->error = E2BIG;
		return;
	}
	nft_rule_decode(attributes, &rule.does);
	take_jump(ruleset, (struct jump){family, rule.table, rule.chain, rule.does.jump});
	take_map(ruleset, (struct verdict_map){.family = family,
					       .table = rule.table,
					       .chain = rule.chain,
					       .map = rule.does.map,
					       .handle = rule.handle});
	if (rule.does.ending != ENDS_OTHERWISE)
		take_ending(ruleset, rule, attributes);
}

/* What the elements of the map lead to: chains, or a drop. */
static void take_elements(struct ruleset *ruleset, struct rxpath_slice attributes)
{
	struct rxpath_slice list = rxpath_nlmsg_attribute(attributes, NFTA_SET_ELEM_LIST_ELEMENTS);
	struct verdict_map *map = ruleset->current;
	struct rxpath_slice element, chain;
	unsigned short type;
	int32_t code;

	while (ruleset->error == 0 && rxpath_nlmsg_next_attribute(&list, &type, &element)) {
		if (!nft_verdict(rxpath_nlmsg_attribute(element, NFTA_SET_ELEM_DATA), &code,
				 &chain))
			continue;
		map->drops = map->drops || code == NF_DROP;
		take_jump(ruleset, (struct jump){map->family, map->table, map->chain, chain});
	}
}

static void take_table(struct ruleset *ruleset, uint8_t family, struct rxpath_slice attributes)
{
	struct table table = {
		.family = family,
		.name = rxpath_nlmsg_string(rxpath_nlmsg_attribute(attributes, NFTA_TABLE_NAME)),
		.id = nft_u64(rxpath_nlmsg_attribute(attributes, NFTA_TABLE_HANDLE)),
	};

	if (keep(ruleset, &table.name))
		append(ruleset, &ruleset->tables, &ruleset->table_count, &ruleset->table_cap,
		       &table, sizeof table);
}

static void take_message(struct ruleset *ruleset, const struct nlmsghdr *header,
			 struct rxpath_slice payload)
{
	struct nfgenmsg general;
	uint16_t generation;

	if (payload.len < sizeof general)
		return;
	memcpy(&general, payload.ptr, sizeof general);
	rxpath_slice_skip(&payload, NLMSG_ALIGN(sizeof general));
	generation = ntohs(general.res_id);
	ruleset->changed = ruleset->changed || header->nlmsg_flags & NLM_F_DUMP_INTR ||
			   (ruleset->generation_known && generation != ruleset->generation);
	ruleset->generation = generation;
	ruleset->generation_known = true;
	switch (NFNL_MSG_TYPE(header->nlmsg_type)) {
	case NFT_MSG_NEWTABLE:
		take_table(ruleset, general.nfgen_family, payload);
		break;
	case NFT_MSG_NEWCHAIN:
		take_chain(ruleset, general.nfgen_family, payload);
		break;
	case NFT_MSG_NEWRULE:
		take_rule(ruleset, general.nfgen_family, payload);
		break;
	case NFT_MSG_NEWSETELEM:
		take_elements(ruleset, payload);
		break;
	default:
		break;
	}
}

static bool take_part(void *context, struct rxpath_slice messages)
{
	struct ruleset *ruleset = context;
	struct rxpath_slice payload;
	struct nlmsghdr header;

	while (ruleset->error == 0 && rxpath_nlmsg_next(&messages, &header, &payload))
		if (header.nlmsg_type >> 8 == NFNL_SUBSYS_NFTABLES)
			take_message(ruleset, &header, payload);
	return ruleset->error == 0;
}

static int dump(int fd, unsigned message, struct ruleset *ruleset)
{
	const struct nfgenmsg all = {.nfgen_family = NFPROTO_UNSPEC, .version = NFNETLINK_V0};
	int result = rxpath_netlink_dump(fd, (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | message), &all,
					 sizeof all, take_part, ruleset);

	return ruleset->error != 0 ? ruleset->error : result;
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

static int dump_elements(int fd, struct verdict_map *map, struct ruleset *ruleset)
{
	const struct nfgenmsg general = {.nfgen_family = map->family, .version = NFNETLINK_V0};
	char request[RXPATH_NETLINK_REQUEST] = {0};
	size_t len = sizeof general;
	int result;

	memcpy(request, &general, sizeof general);
	if (!add_name(request, sizeof request, &len, NFTA_SET_ELEM_LIST_TABLE, map->table) ||
	    !add_name(request, sizeof request, &len, NFTA_SET_ELEM_LIST_SET, map->map))
		return EMSGSIZE;
	ruleset->current = map;
	result = rxpath_netlink_dump(fd, NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETSETELEM, request,
				     len, take_part, ruleset);
	return ruleset->error != 0 ? ruleset->error : result;
}

static int compare_chains(const void *first, const void *second)
{
	const struct chain *a = first;
	const struct chain *b = second;
	int order = a->family - b->family;

	if (order == 0)
		order = rxpath_slice_compare(a->table, b->table);
	return order != 0 ? order : rxpath_slice_compare(a->name, b->name);
}

static struct chain *find_chain(const struct ruleset *ruleset, uint8_t family,
				struct rxpath_slice table, struct rxpath_slice name)
{
	const struct chain wanted = {.family = family, .table = table, .name = name};

	if (ruleset->chain_count == 0)
		return NULL;
	return bsearch(&wanted, ruleset->chains, ruleset->chain_count, sizeof wanted,
		       compare_chains);
}

/* Carries where chains can be reached from along the jumps. The kernel refuses jumps more than 16
 * deep and loops, so few passes do. */
static void follow_jumps(struct ruleset *ruleset)
{
	bool moved = true;

	while (moved) {
		moved = false;
		for (size_t i = 0; i < ruleset->jump_count; i++) {
			const struct jump *jump = &ruleset->jumps[i];
			const struct chain *from =
				find_chain(ruleset, jump->family, jump->table, jump->from);
			struct chain *to = find_chain(ruleset, jump->family, jump->table, jump->to);

			if (from && to && (to->from | from->from) != to->from) {
				to->from |= from->from;
				moved = true;
			}
		}
	}
}

static int read_once(int fd, struct ruleset *ruleset)
{
	int result = dump(fd, NFT_MSG_GETTABLE, ruleset);

	if (result == 0 && ruleset->table_count > 0)
		result = dump(fd, NFT_MSG_GETCHAIN, ruleset);
	/* Once begun, reading the rules would have to go on to the end. */
	if (result == 0 && ruleset->rules_announced > ruleset->limit)
		return E2BIG;
	if (result == 0 && ruleset->chain_count > 0)
		result = dump(fd, NFT_MSG_GETRULE, ruleset);
	for (size_t i = 0; result == 0 && i < ruleset->map_count; i++)
		result = dump_elements(fd, &ruleset->maps[i], ruleset);
	if (result != 0)
		return result;
	if (ruleset->chain_count > 1)
		qsort(ruleset->chains, ruleset->chain_count, sizeof *ruleset->chains,
		      compare_chains);
	follow_jumps(ruleset);
	return 0;
}

static void free_ruleset(struct ruleset *ruleset)
{
	rxpath_arena_free(&ruleset->arena);
	free(ruleset->tables);
	free(ruleset->chains);
	free(ruleset->jumps);
	free(ruleset->maps);
	free(ruleset->rules);
}

/* A ruleset that somebody changes all the time is taken as the last reading had it. */
#define MAX_READINGS 3

static int read_ruleset(int fd, size_t limit, struct ruleset *ruleset)
{
	int result = 0;

	for (unsigned i = 0; i < MAX_READINGS; i++) {
		*ruleset = (struct ruleset){.limit = limit};
		result = read_once(fd, ruleset);
		/* A set that was deleted meanwhile is a change too. */
		if (!ruleset->changed && result != ENOENT)
			break;
		if (i + 1 < MAX_READINGS)
			free_ruleset(ruleset);
	}
	return result;
}

static const char *family_name(uint8_t family)
{
	switch (family) {
	case NFPROTO_INET:
		return "inet";
	case NFPROTO_IPV4:
		return "ip";
	case NFPROTO_IPV6:
		return "ip6";
	case NFPROTO_NETDEV:
		return "netdev";
	case NFPROTO_BRIDGE:
		return "bridge";
	default:
		return NULL; /* arp */
	}
}

static void put_hooks(struct rxpath_buf *out, unsigned from)
{
	static const struct {
		unsigned bit;
		const char *name;
	} hooks[] = {
		{FROM_LINK, "link"},
		{FROM_INPUT, "input"},
		{FROM_FORWARD, "forward"},
		{FROM_OUTPUT, "output"},
	};
	const char *separator = " ";

	for (size_t i = 0; i < sizeof hooks / sizeof *hooks; i++) {
		if (!(from & hooks[i].bit))
			continue;
		rxpath_buf_printf(out, "%s%s", separator, hooks[i].name);
		separator = ",";
	}
}

static uint64_t table_id(const struct ruleset *ruleset, const struct chain *chain)
{
	for (size_t i = 0; i < ruleset->table_count; i++)
		if (ruleset->tables[i].family == chain->family &&
		    rxpath_slice_equal(ruleset->tables[i].name, chain->table))
			return ruleset->tables[i].id;
	return 0;
}

/* `rule` NULL: the chain's policy. */
static void put_row(struct rxpath_buf *out, const struct ruleset *ruleset,
		    const struct chain *chain, const struct rule *rule)
{
	static const char *const verdicts[] = {
		[ENDS_OTHERWISE] = "drop", /* an element of its map of verdicts */
		[ENDS_IN_DROP] = "drop",
		[ENDS_IN_REJECT] = "reject",
		[ENDS_IN_QUEUE] = "queue",
	};
	bool counted = rule ? rule->does.counted : chain->counted;

	rxpath_buf_string(out, family_name(chain->family));
	rxpath_buf_column(out, chain->table);
	rxpath_buf_column(out, chain->name);
	rxpath_buf_printf(out, " %llu ", (unsigned long long)table_id(ruleset, chain));
	if (rule)
		rxpath_buf_u64(out, rule->handle);
	else
		rxpath_buf_string(out, "policy");
	put_hooks(out, chain->from);
	rxpath_buf_printf(out, " %s ", verdicts[rule ? rule->does.ending : ENDS_IN_DROP]);
	if (counted)
		rxpath_buf_u64(out, rule ? rule->does.packets : chain->packets);
	else
		rxpath_buf_char(out, '-');
	rxpath_buf_column(out, rule ? rule->does.comment : (struct rxpath_slice){"", 0});
	rxpath_buf_column(out, rule ? rule->text : (struct rxpath_slice){"", 0});
	rxpath_buf_char(out, '\n');
}

/* Whether received or forwarded packets pass the chain. */
static bool is_on_path(const struct chain *chain)
{
	return chain && chain->from & FROM_RECEIVING && family_name(chain->family);
}

static void put_rule(struct rxpath_buf *out, const struct ruleset *ruleset, const struct rule *rule)
{
	const struct chain *chain = find_chain(ruleset, rule->family, rule->table, rule->chain);

	if (is_on_path(chain))
		put_row(out, ruleset, chain, rule);
}

static void put_ruleset(struct rxpath_buf *out, const struct ruleset *ruleset)
{
	rxpath_buf_string(out, "family table chain table_id handle hooks verdict packets comment "
			       "text\n");
	for (size_t i = 0; i < ruleset->rule_count; i++)
		put_rule(out, ruleset, &ruleset->rules[i]);
	for (size_t i = 0; i < ruleset->map_count; i++) {
		const struct verdict_map *map = &ruleset->maps[i];
		const struct rule rule = {
			.family = map->family,
			.table = map->table,
			.chain = map->chain,
			.handle = map->handle,
		};

		if (map->drops)
			put_rule(out, ruleset, &rule);
	}
	for (size_t i = 0; i < ruleset->chain_count; i++)
		if (ruleset->chains[i].drops && is_on_path(&ruleset->chains[i]))
			put_row(out, ruleset, &ruleset->chains[i], NULL);
}

/* Reading many rules takes long, and most of them have nothing to say. */
#define MAX_RULES 10000

int rxpath_nftables(const struct netlink_query *query)
{
	struct ruleset ruleset;
	int result = read_ruleset(query->fd, query->all_rules ? SIZE_MAX : MAX_RULES, &ruleset);

	if (result == 0)
		put_ruleset(query->out, &ruleset);
	free_ruleset(&ruleset);
	/* A kernel without nftables. */
	return result == EOPNOTSUPP || result == EINVAL ? ENOENT : result;
}
