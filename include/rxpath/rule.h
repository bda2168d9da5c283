/* rule.h: a netfilter rule, or a chain's policy, that takes received or forwarded packets. */
#ifndef RXPATH_RULE_H
#define RXPATH_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rxpath/scan.h"

enum rxpath_verdict {
	RXPATH_VERDICT_DROP,
	RXPATH_VERDICT_REJECT,
	RXPATH_VERDICT_QUEUE,
	RXPATH_VERDICT_BYPASS, /* a queue; packets pass where no program reads it */
};

/* Through which hooks packets come to it: bits. */
enum rxpath_hook {
	RXPATH_HOOK_LINK = 1 << 0,  /* before IP counts them: netdev, bridge, inet ingress */
	RXPATH_HOOK_INPUT = 1 << 1, /* IP's prerouting and input */
	RXPATH_HOOK_FORWARD = 1 << 2,
	RXPATH_HOOK_OUTPUT = 1 << 3,	  /* this host's own packets */
	RXPATH_HOOK_POSTROUTING = 1 << 4, /* these, and forwarded ones once more */
};

#define RXPATH_HOOKS_OF_RECEIVED (RXPATH_HOOK_LINK | RXPATH_HOOK_INPUT | RXPATH_HOOK_FORWARD)

/* Packets of which IP version its conditions let through: bits. */
enum rxpath_version { RXPATH_OVER_IPV4 = 1 << 0, RXPATH_OVER_IPV6 = 1 << 1 };

/* Slices are raw bytes in the sample's memory; `table` and `chain` are parts of `name`. */
struct rxpath_rule {
	struct rxpath_slice name;   /* FAMILY/TABLE/CHAIN#HANDLE; without # a chain's policy */
	struct rxpath_slice family; /* "ip", "ip6", "inet", "netdev", "bridge"; of iptables-legacy
				     * "iptables", "ip6tables" */
	struct rxpath_slice table, chain;
	struct rxpath_slice comment; /* empty: none */
	struct rxpath_slice text;    /* its conditions in nft's words; empty: none */
	uint64_t id; /* of its table, which has another one when it is made again; of a rule of
		      * iptables-legacy its own, as its place may change */
	unsigned hooks;
	unsigned versions;
	enum rxpath_verdict verdict;
	uint32_t first_queue, last_queue; /* where it gives packets to; else 0 */
	bool counted;			  /* a counter tells how many packets it took */
};

struct rxpath_sample;

/* Whether received or forwarded packets may end at it: it is no rule about this host's own packets,
 * and no queue that packets pass when no program reads it. */
bool rxpath_rule_refuses(const struct rxpath_rule *rule);

/* Whether it may give packets to that queue. */
bool rxpath_rule_gives_to(const struct rxpath_rule *rule, uint32_t queue);

/* Whether it is one of iptables-legacy, whose rules are known by their place in the chain. */
bool rxpath_rule_is_of_xtables(const struct rxpath_rule *rule);

/* Whether all rules are known: the kernel told of those of nftables and of iptables-legacy, or does
 * not have the one or the other. */
bool rxpath_sample_knows_rules(const struct rxpath_sample *sample);

/* The sample's rule of that name; NULL. */
const struct rxpath_rule *rxpath_sample_find_rule(const struct rxpath_sample *sample,
						  struct rxpath_slice name);

/* Whether they are the same rule of two samples of a network namespace, but for their place. */
bool rxpath_rule_is_same(const struct rxpath_rule *first, const struct rxpath_rule *second);

/* For qsort, by name. */
int rxpath_rule_order(const void *a, const void *b);

#endif
