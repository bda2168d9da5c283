/* rule.h: a netfilter rule, or a chain's policy, that drops, rejects or queues packets. */
#ifndef RXPATH_RULE_H
#define RXPATH_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rxpath/buf.h"
#include "rxpath/scan.h"

enum rxpath_verdict {
	RXPATH_VERDICT_NONE, /* accept, return, jump, or none: the packet goes on; no rule of a
			      * sample has it */
	RXPATH_VERDICT_DROP,
	RXPATH_VERDICT_REJECT,
	RXPATH_VERDICT_QUEUE,
	RXPATH_VERDICT_BYPASS, /* a queue whose packets pass while no program reads it */
	RXPATH_VERDICTS
};

/* The hooks through which packets reach it: bits. */
enum rxpath_hook {
	RXPATH_HOOK_LINK = 1 << 0,  /* before IP counts packets: netdev, bridge, inet ingress */
	RXPATH_HOOK_INPUT = 1 << 1, /* IP's prerouting and input */
	RXPATH_HOOK_FORWARD = 1 << 2,
	RXPATH_HOOK_OUTPUT = 1 << 3,	  /* this host's own packets */
	RXPATH_HOOK_POSTROUTING = 1 << 4, /* this host's own and forwarded packets */
};

#define RXPATH_HOOKS_OF_RECEIVED (RXPATH_HOOK_LINK | RXPATH_HOOK_INPUT | RXPATH_HOOK_FORWARD)

/* The IP versions that its conditions match: bits. */
enum rxpath_version {
	RXPATH_OVER_IPV4 = 1 << 0,
	RXPATH_OVER_IPV6 = 1 << 1,
	RXPATH_OVER_BOTH = RXPATH_OVER_IPV4 | RXPATH_OVER_IPV6,
};

/* How a saved sample has verdicts, hooks and versions. */
extern const char *const rxpath_verdict_names[RXPATH_VERDICTS]; /* NONE: NULL */

struct rxpath_bit {
	unsigned bit;
	const char *name; /* NULL: behind the last one */
};
extern const struct rxpath_bit rxpath_hook_names[], rxpath_version_names[];

/* "input,forward"; nothing where no bit is set. */
void rxpath_put_bits(struct rxpath_buf *out, const struct rxpath_bit *names, unsigned bits);

/* The bits of that text; names that are not known are passed over. */
unsigned rxpath_bits_of(const struct rxpath_bit *names, struct rxpath_slice text);

/* Slices are raw bytes in the sample's memory; `table` and `chain` are parts of `name`. */
struct rxpath_rule {
	struct rxpath_slice name;   /* FAMILY/TABLE/CHAIN#HANDLE; without #HANDLE: a chain's policy;
				     * a NUL byte ends it */
	struct rxpath_slice family; /* "ip", "ip6", "inet", "netdev", "bridge"; for iptables-legacy
				     * "iptables", "ip6tables" */
	struct rxpath_slice table, chain;
	struct rxpath_slice comment; /* empty: none */
	struct rxpath_slice text;    /* its conditions in nft syntax; empty: none */
	uint64_t id; /* of its table, which changes when the table is created again; of an
		      * iptables-legacy rule its own, because its number in the chain may change */
	unsigned hooks;
	unsigned versions;
	enum rxpath_verdict verdict;
	uint32_t first_queue, last_queue; /* the queues that get its packets; else 0 */
	bool counted;			  /* it has a counter of the packets that it took */
	bool by_elements; /* it is the sum over the elements of a set: deleting some lowers it */
};

struct rxpath_sample;

/* Whether received or forwarded packets may end at this rule. False for rules about this host's own
 * packets, and for queues whose packets pass while no program reads them. */
bool rxpath_rule_refuses(const struct rxpath_rule *rule);

/* Whether the rule may send packets to that queue. */
bool rxpath_rule_gives_to(const struct rxpath_rule *rule, uint32_t queue);

/* Whether it is an iptables-legacy rule: these are known by their number in the chain. */
bool rxpath_rule_is_of_xtables(const struct rxpath_rule *rule);

/* Whether all rules are known: both nftables and iptables-legacy were read, or the kernel lacks
 * them. */
bool rxpath_sample_knows_rules(const struct rxpath_sample *sample);

/* The sample's rule of that name; NULL: none. */
const struct rxpath_rule *rxpath_sample_find_rule(const struct rxpath_sample *sample,
						  struct rxpath_slice name);

/* Whether two rules of two samples are the same one, whatever their numbers in the chain. */
bool rxpath_rule_is_same(const struct rxpath_rule *first, const struct rxpath_rule *second);

/* For qsort, by name. */
int rxpath_rule_order(const void *a, const void *b);

#endif
