/* nftrule.h: what one nftables rule does, by its expressions as the kernel lists them. */
#ifndef RXPATH_CAPTURE_NFTRULE_H
#define RXPATH_CAPTURE_NFTRULE_H

#include <stdbool.h>
#include <stdint.h>

#include "rxpath/buf.h"
#include "rxpath/scan.h"
#include "ruleset.h"

/* The key of a lookup in a map of verdicts, as far as it distinguishes IPv4 from IPv6. */
enum nft_key {
	KEY_OTHER,
	KEY_NFPROTO,  /* "meta nfproto" */
	KEY_PROTOCOL, /* "meta protocol": an EtherType */
};

/* One expression: its name ("cmp", "counter", ...) and its attributes. */
struct nft_expression {
	struct rxpath_slice name;
	struct rxpath_slice data;
};

/* Takes the next expression off NFTA_RULE_EXPRESSIONS. False: there is no more. */
bool nft_next_expression(struct rxpath_slice *list, struct nft_expression *expression);

bool nft_is(const struct nft_expression *expression, const char *name);

/* iptables-nft keeps a rule's comment in a condition that is always true. */
bool nft_is_comment(const struct nft_expression *expression);

/* Whether no packet can leave the rule at this expression. */
bool nft_lets_all_pass(const struct nft_expression *expression);

/* Whether what this lookup finds is a verdict. */
bool nft_looks_up_verdicts(struct rxpath_slice lookup);

/* Slices point into the message that was decoded. */
struct nft_rule {
	struct rule_action action;
	struct rxpath_slice jump; /* the chain that a jump or goto leads to; empty: none */
	struct rxpath_slice map;  /* the map of verdicts that is looked up; empty: none */
	enum nft_key map_key;
	struct rxpath_slice counter; /* the name of the counter of the packets that ended here,
					where it is not the rule's own; empty: none */
	struct rxpath_slice
		set; /* the set whose elements may count the packets that ended here; empty: none */
	struct rxpath_slice comment; /* empty: none */
};

/* Decodes the attributes of a NFT_MSG_NEWRULE message (nf_tables_fill_rule_info,
 * net/netfilter/nf_tables_api.c). What is malformed reads as a rule that does nothing. */
void nft_rule_decode(struct rxpath_slice attributes, struct nft_rule *rule);

/* The next named set or map that one of the rule's expressions looks up or adds to; `expressions`
 * begins as NFTA_RULE_EXPRESSIONS. False: there is no more. */
bool nft_next_set(struct rxpath_slice *expressions, struct rxpath_slice *set);

/* What a verdict, or an xtables target of that name and revision, does to packets. */
void nft_decode_verdict(int32_t code, struct rule_action *action);
void nft_decode_target(struct rxpath_slice name, uint32_t revision, struct rxpath_slice info,
		       struct rule_action *action);

/* The IP versions of packets for which the key has the value in a nft_data attribute. */
unsigned nft_key_versions(enum nft_key key, struct rxpath_slice data);

/* The big-endian number in the attribute of that type; 0 where there is none. */
uint32_t nft_u32(struct rxpath_slice attributes, unsigned short type);
uint64_t nft_u64(struct rxpath_slice attributes, unsigned short type);

/* The number in that many bytes; 0 if there are fewer. */
uint64_t nft_big_endian(struct rxpath_slice bytes, size_t size);

/* The packets that the expression counted; false: it is no counter. */
bool nft_counter(struct rxpath_slice expression, uint64_t *packets);

/* The verdict of a nft_data attribute: its code, and the chain that it leads to (empty: none).
 * False: it holds no verdict. */
bool nft_verdict(struct rxpath_slice data, int32_t *code, struct rxpath_slice *chain);

#endif
