/* ruleset.h: netfilter's chains, and the rules that take packets on the receive and forward paths,
 * of nftables or of iptables: gathered here, then written as one table of text. */
#ifndef RXPATH_CAPTURE_RULESET_H
#define RXPATH_CAPTURE_RULESET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rxpath/arena.h"
#include "rxpath/rule.h"

#define MAX_QUEUE UINT16_MAX

struct rule_action {
	enum rxpath_verdict verdict;
	bool counted;	  /* `packets` are those that ended here */
	bool by_elements; /* `packets` is the sum over a set's elements, so it falls when some are
			     deleted */
	uint64_t packets;
	unsigned versions;		  /* the packets that its conditions let through */
	uint32_t first_queue, last_queue; /* where it ends in a queue */
};

/* Here and below: slices need to be valid only during the call that adds them. */
struct ruleset_rule {
	uint8_t family;
	struct rxpath_slice table, chain;
	uint64_t handle; /* for iptables: its position in the chain, from 1 */
	uint64_t id;	 /* for iptables: a hash that identifies it; else 0 */
	struct rule_action action;
	struct rxpath_slice comment; /* empty: none */
	struct rxpath_slice text;    /* its conditions in nft's words; empty: none */
};

struct ruleset_chain {
	uint8_t family;
	struct rxpath_slice table, name;
	unsigned hooks;	   /* of a base chain; else 0 until the jumps are followed */
	unsigned versions; /* likewise */
	bool drops;	   /* its policy drops packets */
	bool counted;	   /* `packets` are those that its policy dropped */
	uint64_t packets;
};

/* A jump from one chain to another of its table. */
struct ruleset_jump {
	uint8_t family;
	struct rxpath_slice table, from, to;
	unsigned versions; /* of the packets that take it */
};

/* A table that is deleted and made again numbers its rules from 1 again, but has a new id. */
struct ruleset_table {
	uint8_t family;
	struct rxpath_slice name;
	uint64_t id;
};

/* Zero-initialised it is empty; freed with ruleset_free. */
struct ruleset {
	struct rxpath_arena arena;
	bool xtables; /* of iptables: the families are written "iptables" and "ip6tables" */
	struct ruleset_table *tables;
	size_t table_count, table_cap;
	struct ruleset_chain *chains; /* sorted once they are all there */
	size_t chain_count, chain_cap;
	struct ruleset_jump *jumps;
	size_t jump_count, jump_cap;
	struct ruleset_rule *rules;
	size_t rule_count, rule_cap;
	bool no_memory;
};

void ruleset_free(struct ruleset *ruleset);

/* A copy that lives as long as the ruleset; its ptr is NULL without memory. */
struct rxpath_slice ruleset_keep(struct ruleset *ruleset, struct rxpath_slice slice);

void ruleset_add_table(struct ruleset *ruleset, struct ruleset_table table);
void ruleset_add_chain(struct ruleset *ruleset, struct ruleset_chain chain);
void ruleset_add_rule(struct ruleset *ruleset, struct ruleset_rule rule);

/* Nothing where `to` is empty. */
void ruleset_add_jump(struct ruleset *ruleset, struct ruleset_jump jump);

/* The bit of that hook of a base chain (NF_INET_...), and the IP versions of its family. */
unsigned ruleset_hook_bit(uint8_t family, uint32_t hook);
unsigned ruleset_versions(uint8_t family);

/* Follows the jumps and writes the rules that packets can reach as a table. Call it when
 * everything has been added. */
void ruleset_put(struct ruleset *ruleset, struct rxpath_buf *out);

#endif
