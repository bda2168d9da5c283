/* rule.h: a netfilter rule, or a chain's policy, that takes received or forwarded packets. */
#ifndef RXPATH_RULE_H
#define RXPATH_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rxpath/scan.h"

enum rxpath_verdict { RXPATH_VERDICT_DROP, RXPATH_VERDICT_REJECT, RXPATH_VERDICT_QUEUE };

/* Through which hooks packets come to it: bits. */
enum rxpath_hook {
	RXPATH_HOOK_LINK = 1 << 0,  /* before IP counts them: netdev, bridge, inet ingress */
	RXPATH_HOOK_INPUT = 1 << 1, /* IP's prerouting and input */
	RXPATH_HOOK_FORWARD = 1 << 2,
	RXPATH_HOOK_OUTPUT = 1 << 3, /* this host's own packets */
};

/* Slices are raw bytes in the sample's memory; `table` and `chain` are parts of `name`. */
struct rxpath_rule {
	struct rxpath_slice name;   /* FAMILY/TABLE/CHAIN#HANDLE; without # a chain's policy */
	struct rxpath_slice family; /* "ip", "ip6", "inet", "netdev", "bridge" */
	struct rxpath_slice table, chain;
	struct rxpath_slice comment; /* empty: none */
	struct rxpath_slice text;    /* its conditions in nft's words; empty: none */
	uint64_t table_id;	     /* a table that was made again has another one */
	unsigned hooks;
	enum rxpath_verdict verdict;
	bool counted; /* a counter tells how many packets it took */
};

struct rxpath_sample;

/* The sample's rule of that name; NULL. */
const struct rxpath_rule *rxpath_sample_find_rule(const struct rxpath_sample *sample,
						  struct rxpath_slice name);

/* The same rule in another sample of the same network namespace; NULL: it was not there. */
const struct rxpath_rule *rxpath_sample_same_rule(const struct rxpath_sample *sample,
						  const struct rxpath_rule *rule);

/* For qsort, by name. */
int rxpath_rule_order(const void *a, const void *b);

#endif
