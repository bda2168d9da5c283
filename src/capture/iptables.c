/* iptables.c: the rules of iptables-legacy that take packets, with their counters: those of
 * iptables-nft are nftables rules.
 *
 * A table comes by getsockopt as one block of entries (ipt_get_entries, net/ipv4/netfilter/
 * ip_tables.c). The entries of a built-in chain begin where hook_entry says, and end with the
 * policy, where underflow says. Those of a user's chain begin after an ERROR target with the
 * chain's name. A jump names the offset of the entry that it leads to. */
#include <errno.h>
#include <fcntl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/xt_tcpudp.h>
#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "netlink.h"
#include "rxpath/capture.h"
#include "rxpath/read.h"
#include "nftrule.h"
#include "nfttext.h"
#include "rxpath/nlmsg.h"
#include "rxpath/search.h"
#include "ruleset.h"

/* Where the two families differ; the information about a table is the same struct in both. */
struct layout {
	uint8_t family;
	int domain, level;
	const char *names;  /* the file in /proc/net that lists the tables */
	const char *prefix; /* of the words for addresses */
	size_t address;
	size_t header; /* of an entry: its conditions on the packet's header, which come first */
	size_t entry;  /* its size without matches and target */
};

static const struct layout layouts[] = {
	{
		.family = NFPROTO_IPV4,
		.domain = AF_INET,
		.level = IPPROTO_IP,
		.names = "ip_tables_names",
		.prefix = "ip",
		.address = sizeof(struct in_addr),
		.header = offsetof(struct ipt_entry, ip.invflags) + 1,
		.entry = sizeof(struct ipt_entry),
	},
	{
		.family = NFPROTO_IPV6,
		.domain = AF_INET6,
		.level = IPPROTO_IPV6,
		.names = "ip6_tables_names",
		.prefix = "ip6",
		.address = sizeof(struct in6_addr),
		.header = offsetof(struct ip6t_entry, ipv6.invflags) + 1,
		.entry = sizeof(struct ip6t_entry),
	},
};

#define FAMILIES (sizeof layouts / sizeof *layouts)

/* One whole entry, and its target. */
struct entry {
	struct rxpath_slice bytes;
	struct ip6t_entry head;		 /* of IPv4 too: its addresses are the first bytes */
	size_t at;			 /* its offset in the table */
	struct rxpath_slice target;	 /* its name */
	struct rxpath_slice target_data; /* what follows its name */
	uint32_t target_revision;
};

struct chain_start {
	uint64_t at; /* of its first rule; the first member, as it is the key */
	struct rxpath_slice name;
};

struct table {
	const struct layout *layout;
	struct rxpath_slice name;
	struct ipt_getinfo info;
	struct rxpath_slice entries;
	struct chain_start *starts; /* in the order of the entries */
	size_t start_count, start_cap;
};

static uint16_t u16_at(struct rxpath_slice bytes, size_t offset)
{
	uint16_t value = 0;

	if (offset + sizeof value <= bytes.len)
		memcpy(&value, bytes.ptr + offset, sizeof value);
	return value;
}

static struct rxpath_slice part_of(struct rxpath_slice bytes, size_t offset, size_t len)
{
	if (offset > bytes.len || len > bytes.len - offset)
		return rxpath_slice_of("");
	return (struct rxpath_slice){bytes.ptr + offset, len};
}

/* Takes a match or a target off *rest: its name, revision and data. False: it is cut short. */
static bool take_extension(struct rxpath_slice *rest, struct rxpath_slice *name, uint32_t *revision,
			   struct rxpath_slice *data)
{
	struct xt_entry_match header;
	size_t size;

	if (rest->len < sizeof header)
		return false;
	memcpy(&header, rest->ptr, sizeof header);
	size = header.u.user.match_size;
	if (size < sizeof header || size > rest->len)
		return false;
	*name = rxpath_nlmsg_string(part_of(*rest, offsetof(struct xt_entry_match, u.user.name),
					    sizeof header.u.user.name));
	*revision = header.u.user.revision;
	*data = part_of(*rest, sizeof header, size - sizeof header);
	rxpath_slice_skip(rest, size);
	return true;
}

static struct ip6t_entry widened(const struct ipt_entry *entry)
{
	struct ip6t_entry wide = {
		.ipv6 = {.proto = entry->ip.proto, .invflags = entry->ip.invflags},
		.target_offset = entry->target_offset,
		.next_offset = entry->next_offset,
		.counters = entry->counters,
	};

	memcpy(&wide.ipv6.src, &entry->ip.src, sizeof entry->ip.src);
	memcpy(&wide.ipv6.dst, &entry->ip.dst, sizeof entry->ip.dst);
	memcpy(&wide.ipv6.smsk, &entry->ip.smsk, sizeof entry->ip.smsk);
	memcpy(&wide.ipv6.dmsk, &entry->ip.dmsk, sizeof entry->ip.dmsk);
	memcpy(wide.ipv6.iniface, entry->ip.iniface, IFNAMSIZ);
	memcpy(wide.ipv6.outiface, entry->ip.outiface, IFNAMSIZ);
	memcpy(wide.ipv6.iniface_mask, entry->ip.iniface_mask, IFNAMSIZ);
	memcpy(wide.ipv6.outiface_mask, entry->ip.outiface_mask, IFNAMSIZ);
	return wide;
}

/* Takes the entry at *at, and sets *at to the next one. False at the end. */
static bool next_entry(const struct table *table, size_t *at, struct entry *entry)
{
	const struct layout *layout = table->layout;
	struct rxpath_slice rest = part_of(table->entries, *at, table->entries.len - *at);
	struct ipt_entry narrow;
	size_t len, target;

	if (rest.len < layout->entry)
		return false;
	if (layout->family == NFPROTO_IPV6) {
		memcpy(&entry->head, rest.ptr, sizeof entry->head);
	} else {
		memcpy(&narrow, rest.ptr, sizeof narrow);
		entry->head = widened(&narrow);
	}
	len = entry->head.next_offset;
	target = entry->head.target_offset;
	if (len > rest.len || target < layout->entry || target > len)
		return false;
	entry->bytes = (struct rxpath_slice){rest.ptr, len};
	entry->at = *at;
	*at += len;
	rest = part_of(entry->bytes, target, len - target);
	return take_extension(&rest, &entry->target, &entry->target_revision, &entry->target_data);
}

static int32_t verdict_of(const struct entry *entry)
{
	int32_t verdict = 0;

	if (entry->target_data.len >= sizeof verdict)
		memcpy(&verdict, entry->target_data.ptr, sizeof verdict);
	return verdict;
}

static bool is_hook(const struct table *table, uint32_t hook)
{
	return table->info.valid_hooks & 1u << hook;
}

/* The standard target has no name. Its verdict is stored as minus the number, minus one. */
static bool is_standard(const struct entry *entry)
{
	return entry->target.len == 0;
}

static void add_start(struct table *table, size_t at, struct rxpath_slice name,
		      struct ruleset *ruleset)
{
	const struct chain_start start = {at, name};

	if (!rxpath_array_append(&table->starts, &table->start_count, &table->start_cap, &start,
				 sizeof start))
		ruleset->no_memory = true;
}

static void add_base_chain(struct table *table, uint32_t hook, struct ruleset *ruleset)
{
	static const char *const names[NF_INET_NUMHOOKS] = {
		[NF_INET_PRE_ROUTING] = "PREROUTING",	[NF_INET_LOCAL_IN] = "INPUT",
		[NF_INET_FORWARD] = "FORWARD",		[NF_INET_LOCAL_OUT] = "OUTPUT",
		[NF_INET_POST_ROUTING] = "POSTROUTING",
	};
	size_t at = table->info.underflow[hook];
	struct entry policy;
	struct ruleset_chain chain = {
		.family = table->layout->family,
		.table = table->name,
		.name = rxpath_slice_of(names[hook]),
		.hooks = ruleset_hook_bit(table->layout->family, hook),
		.versions = ruleset_versions(table->layout->family),
	};

	if (at < table->entries.len && next_entry(table, &at, &policy) && is_standard(&policy)) {
		chain.drops = verdict_of(&policy) == -NF_DROP - 1;
		chain.counted = true;
		chain.packets = policy.head.counters.pcnt;
	}
	ruleset_add_chain(ruleset, chain);
	add_start(table, table->info.hook_entry[hook], chain.name, ruleset);
}

static void find_chains(struct table *table, struct ruleset *ruleset)
{
	struct entry entry;
	size_t at = 0;

	while (next_entry(table, &at, &entry)) {
		struct rxpath_slice name;

		for (uint32_t hook = 0; hook < NF_INET_NUMHOOKS; hook++)
			if (is_hook(table, hook) && table->info.hook_entry[hook] == entry.at)
				add_base_chain(table, hook, ruleset);
		/* The last entry of a table is one more of these. */
		if (!rxpath_slice_is(entry.target, XT_ERROR_TARGET) || at >= table->entries.len)
			continue;
		name = rxpath_nlmsg_string(entry.target_data);
		ruleset_add_chain(ruleset, (struct ruleset_chain){.family = table->layout->family,
								  .table = table->name,
								  .name = name});
		add_start(table, at, name, ruleset);
	}
}

/* The chain that begins there; NULL. */
static const struct chain_start *find_start(const struct table *table, size_t at)
{
	const uint64_t key = at;

	return table->start_count == 0 ? NULL
				       : bsearch(&key, table->starts, table->start_count,
						 sizeof *table->starts, rxpath_by_number);
}

/* ---- the conditions in words ---------------------------------------------------------------- */

/* "udp dport != ": of a value that follows. */
static void put_words(struct rxpath_buf *out, const char *of, const char *words, bool inverted)
{
	rxpath_buf_printf(out, "%s%s %s%s ", out->len > 0 ? " " : "", of, words,
			  inverted ? " !=" : "");
}

static void put_address(struct rxpath_buf *out, const struct layout *layout, const char *words,
			const struct in6_addr *address, const struct in6_addr *mask, bool inverted)
{
	unsigned prefix = nft_prefix_of((struct rxpath_slice){(const char *)mask, layout->address});

	if (prefix == 0)
		return;
	put_words(out, layout->prefix, words, inverted);
	nft_put_address(out, layout->domain,
			(struct rxpath_slice){(const char *)address, layout->address},
			prefix == 8 * layout->address ? 0 : prefix);
}

/* "eth+": the mask covers what stands before the plus. */
static void put_device(struct rxpath_buf *out, const char *direction, const char name[IFNAMSIZ],
		       const unsigned char mask[IFNAMSIZ], bool inverted)
{
	size_t masked = strnlen((const char *)mask, IFNAMSIZ);
	size_t len = strnlen(name, IFNAMSIZ);

	if (masked == 0)
		return;
	rxpath_buf_printf(out, "%s%s%s ", out->len > 0 ? " " : "", direction,
			  inverted ? " !=" : "");
	rxpath_buf_escaped(out, (struct rxpath_slice){name, masked < len ? masked : len}, "");
	if (masked <= len)
		rxpath_buf_char(out, '*');
}

static void put_port(struct rxpath_buf *out, const char *protocol, const char *words,
		     struct rxpath_slice ports, bool inverted)
{
	unsigned first = u16_at(ports, 0);
	unsigned last = u16_at(ports, sizeof(uint16_t));

	if (first == 0 && last == UINT16_MAX)
		return;
	put_words(out, protocol, words, inverted);
	rxpath_buf_u64(out, first);
	if (last != first)
		rxpath_buf_printf(out, "-%u", last);
}

/* The ports of "-m tcp" and "-m udp", which are at the same offset in both. False: another
 * match. */
static bool put_ports(struct rxpath_buf *out, struct rxpath_slice match, struct rxpath_slice data)
{
	bool tcp = rxpath_slice_is(match, "tcp");
	size_t inverted =
		tcp ? offsetof(struct xt_tcp, invflags) : offsetof(struct xt_udp, invflags);
	unsigned flags;

	if ((!tcp && !rxpath_slice_is(match, "udp")) || data.len <= inverted)
		return false;
	flags = (unsigned char)data.ptr[inverted];
	put_port(out, tcp ? "tcp" : "udp", "sport",
		 part_of(data, offsetof(struct xt_udp, spts), 2 * sizeof(uint16_t)),
		 flags & XT_UDP_INV_SRCPT);
	put_port(out, tcp ? "tcp" : "udp", "dport",
		 part_of(data, offsetof(struct xt_udp, dpts), 2 * sizeof(uint16_t)),
		 flags & XT_UDP_INV_DSTPT);
	return true;
}

/* The conditions in the entry's own fields. */
static void put_header(struct rxpath_buf *out, const struct layout *layout,
		       const struct ip6t_ip6 *header)
{
	/* The flags have the same numbers in both families. */
	put_address(out, layout, "saddr", &header->src, &header->smsk,
		    header->invflags & IPT_INV_SRCIP);
	put_address(out, layout, "daddr", &header->dst, &header->dmsk,
		    header->invflags & IPT_INV_DSTIP);
	put_device(out, "iifname", header->iniface, header->iniface_mask,
		   header->invflags & IPT_INV_VIA_IN);
	put_device(out, "oifname", header->outiface, header->outiface_mask,
		   header->invflags & IPT_INV_VIA_OUT);
}

/* Fills in the rule's comment and its text, which is written to *text. */
static void put_conditions(struct rxpath_buf *text, const struct table *table,
			   const struct entry *entry, struct ruleset_rule *rule)
{
	const struct layout *layout = table->layout;
	const struct ip6t_ip6 *header = &entry->head.ipv6;
	struct rxpath_slice rest =
		part_of(entry->bytes, layout->entry, entry->head.target_offset - layout->entry);
	struct rxpath_slice match, data;
	size_t before;
	uint32_t revision;
	bool has_ports = false;

	rxpath_buf_reset(text);
	put_header(text, layout, header);
	while (take_extension(&rest, &match, &revision, &data)) {
		before = text->len;
		if (rxpath_slice_is(match, "comment")) {
			rule->comment = rxpath_nlmsg_string(data);
		} else if (put_ports(text, match, data)) {
			has_ports = has_ports || text->len > before;
		} else {
			rxpath_buf_string(text, text->len > 0 ? " -m " : "-m ");
			rxpath_buf_escaped(text, match, "");
		}
	}
	/* Ports tell the protocol as well. */
	if (header->proto != 0 && !has_ports) {
		put_words(text, "meta", "l4proto", header->invflags & IPT_INV_PROTO);
		nft_put_protocol(text, header->proto);
	}
	rule->text = rxpath_buf_view(text);
}

/* ---------------------------------------------------------------------------------------------- */

/* A rule of iptables has no handle, and its position changes as others come and go. So two rules
 * that differ only in their counters and position are taken for the same rule. */
static uint64_t identity_of(const struct table *table, const struct entry *entry,
			    struct rxpath_slice chain, struct rxpath_buf *scratch)
{
	const struct layout *layout = table->layout;

	rxpath_buf_reset(scratch);
	rxpath_buf_string(scratch, layout->prefix);
	rxpath_buf_char(scratch, '/');
	rxpath_buf_slice(scratch, table->name);
	rxpath_buf_char(scratch, '/');
	rxpath_buf_slice(scratch, chain);
	rxpath_buf_char(scratch, '/');
	rxpath_buf_slice(scratch, part_of(entry->bytes, 0, layout->header));
	rxpath_buf_slice(scratch,
			 part_of(entry->bytes, layout->entry, entry->bytes.len - layout->entry));
	return rxpath_hash_of(rxpath_buf_view(scratch)) | 1;
}

static void take_rule(const struct table *table, const struct entry *entry,
		      struct ruleset_rule rule, struct rxpath_buf *scratch, struct ruleset *ruleset)
{
	rule.action = (struct rule_action){
		.versions = RXPATH_OVER_BOTH,
		.counted = true,
		.packets = entry->head.counters.pcnt,
	};
	if (!is_standard(entry)) {
		nft_decode_target(entry->target, entry->target_revision, entry->target_data,
				  &rule.action);
	} else if (verdict_of(entry) < 0) {
		nft_decode_verdict(-verdict_of(entry) - 1, &rule.action);
	} else {
		const struct chain_start *to = find_start(table, (size_t)verdict_of(entry));

		if (to)
			ruleset_add_jump(ruleset,
					 (struct ruleset_jump){rule.family, rule.table, rule.chain,
							       to->name, RXPATH_OVER_BOTH});
	}
	if (rule.action.verdict == RXPATH_VERDICT_NONE)
		return;
	rule.id = identity_of(table, entry, rule.chain, scratch);
	put_conditions(scratch, table, entry, &rule);
	if (scratch->failed)
		ruleset->no_memory = true;
	else
		ruleset_add_rule(ruleset, rule);
}

/* Whether the entry is no rule: the policy at the end of a chain, or the head of the next chain. */
static bool is_frame(const struct table *table, const struct entry *entry)
{
	for (uint32_t hook = 0; hook < NF_INET_NUMHOOKS; hook++)
		if (is_hook(table, hook) && table->info.underflow[hook] == entry->at)
			return true;
	return rxpath_slice_is(entry->target, XT_ERROR_TARGET);
}

static void take_rules(const struct table *table, struct ruleset *ruleset)
{
	struct ruleset_rule rule = {.family = table->layout->family, .table = table->name};
	struct rxpath_buf scratch = {0};
	struct entry entry;
	size_t next_start = 0;
	size_t at = 0;

	while (!ruleset->no_memory && next_entry(table, &at, &entry)) {
		while (next_start < table->start_count &&
		       table->starts[next_start].at <= entry.at) {
			rule.chain = table->starts[next_start++].name;
			rule.handle = 0;
		}
		rule.handle++;
		if (rule.chain.ptr && !is_frame(table, &entry))
			take_rule(table, &entry, rule, &scratch, ruleset);
	}
	rxpath_buf_free(&scratch);
}

/* A table that changes all the time cannot be read. */
#define MAX_READINGS 3

/* Reads the table's entries, which the caller frees, and the information about them. 0, or an
 * errno. */
static int get_entries(int fd, const struct layout *layout, size_t limit, struct ipt_getinfo *info,
		       struct ipt_get_entries **entries)
{
	const struct ipt_getinfo asked = *info;

	for (unsigned i = 0; i < MAX_READINGS; i++) {
		socklen_t size = sizeof *info;

		*info = asked;
		if (getsockopt(fd, layout->level, IPT_SO_GET_INFO, info, &size) != 0)
			return errno;
		if (info->num_entries > limit)
			return E2BIG;
		size = (socklen_t)(sizeof **entries + info->size);
		*entries = calloc(1, size);
		if (!*entries)
			return ENOMEM;
		memcpy((*entries)->name, asked.name, sizeof asked.name);
		(*entries)->size = info->size;
		if (getsockopt(fd, layout->level, IPT_SO_GET_ENTRIES, *entries, &size) == 0)
			return 0;
		free(*entries);
		*entries = NULL;
		if (errno != EAGAIN)
			return errno;
	}
	return EAGAIN;
}

static int read_table(int fd, const struct layout *layout, struct rxpath_slice name, size_t *limit,
		      struct ruleset *ruleset)
{
	struct table table = {.layout = layout, .name = name};
	struct ipt_get_entries *entries = NULL;
	int result;

	if (name.len >= sizeof table.info.name)
		return ENAMETOOLONG;
	memcpy(table.info.name, name.ptr, name.len);
	result = get_entries(fd, layout, *limit, &table.info, &entries);
	/* It went away since its name was read. */
	if (result == ENOENT)
		return 0;
	if (result != 0)
		return result;
	*limit -= table.info.num_entries;
	table.entries =
		(struct rxpath_slice){(const char *)entries + sizeof *entries, table.info.size};
	find_chains(&table, ruleset);
	take_rules(&table, ruleset);
	free(table.starts);
	free(entries);
	return 0;
}

static int read_family(const struct layout *layout, struct rxpath_slice names, size_t *limit,
		       struct ruleset *ruleset)
{
	struct rxpath_slice name;
	int result = 0;
	int fd;

	if (names.len == 0)
		return 0;
	fd = socket(layout->domain, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return errno;
	while (result == 0 && rxpath_scan_line(&names, &name))
		result = read_table(fd, layout, name, limit, ruleset);
	close(fd);
	return result;
}

/* Reads the names of the tables that exist: asking for one that is not used would create it. 0,
 * or an errno: ENOENT where the kernel has none. */
static int read_names(int net_dir, const char *name, struct rxpath_buf *out)
{
	int fd = net_dir < 0 ? -1 : openat(net_dir, name, O_RDONLY | O_CLOEXEC);
	int result = net_dir < 0 ? ENOENT
		     : fd < 0	 ? errno
				 : rxpath_read_file(fd, RXPATH_FILE_LIMIT, NULL, out);

	if (fd >= 0)
		close(fd);
	return result;
}

int rxpath_iptables(const struct netlink_query *query)
{
	struct ruleset ruleset = {.xtables = true};
	size_t limit = rxpath_rule_limit(query);
	struct rxpath_buf names = {0};
	size_t lacking = 0;
	int result = 0;

	for (size_t i = 0; result == 0 && i < FAMILIES; i++) {
		result = read_names(query->net_dir, layouts[i].names, &names);
		if (result == ENOENT) {
			lacking++;
			result = 0;
		} else if (result == 0) {
			result =
				read_family(&layouts[i], rxpath_buf_view(&names), &limit, &ruleset);
		}
		rxpath_buf_reset(&names);
	}
	if (result == 0 && lacking == FAMILIES)
		result = ENOENT;
	if (result == 0 && !ruleset.no_memory)
		ruleset_put(&ruleset, query->out);
	if (ruleset.no_memory)
		result = ENOMEM;
	rxpath_buf_free(&names);
	ruleset_free(&ruleset);
	return result;
}
