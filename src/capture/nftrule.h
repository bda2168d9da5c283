/* nftrule.h: what one nftables rule does, by its expressions as the kernel lists them. */
#ifndef RXPATH_CAPTURE_NFTRULE_H
#define RXPATH_CAPTURE_NFTRULE_H

#include <stdbool.h>
#include <stdint.h>

#include "rxpath/buf.h"
#include "rxpath/scan.h"
#include "ruleset.h"

/* What a map of verdicts is looked up by, as far as it tells IPv4 from IPv6. */
enum nft_key {
	KEY_OTHER,
	KEY_NFPROTO,  /* "meta nfproto" */
	KEY_PROTOCOL, /* "meta protocol": an EtherType */
};

/* Slices point into the message that was decoded. */
struct nft_rule {
	struct rule_action action;
	struct rxpath_slice jump; /* the chain that a jump or goto leads to; empty: none */
	struct rxpath_slice map;  /* the map of verdicts that is looked up; empty: none */
	enum nft_key map_key;
	struct rxpath_slice counter; /* the name of the counter that has what ended here, where it
				      * is not the rule's own; empty: none */
	struct rxpath_slice set; /* the set whose elements may count what ended here; empty: none */
	struct rxpath_slice comment; /* empty: none */
};

/* Decodes the attributes of a NFT_MSG_NEWRULE message (nf_tables_fill_rule_info,
 * net/netfilter/nf_tables_api.c). What is malformed reads as a rule that does nothing. */
void nft_rule_decode(struct rxpath_slice attributes, struct nft_rule *rule);

/* The next named set or map that one of the rule's expressions looks up or adds to; `expressions`
 * begins as NFTA_RULE_EXPRESSIONS. False: there is no more. */
bool nft_next_set(struct rxpath_slice *expressions, struct rxpath_slice *set);

/* The rule's conditions in nft's words, as far as they can be told, on one line: "ip saddr
 * 10.0.0.0/8 udp dport 53". A condition that cannot be told is written "...". `versions`: of which
 * IP version the packets are that they let through. */
void nft_rule_text(struct rxpath_slice attributes, unsigned versions, struct rxpath_buf *out);

/* What a verdict, or an xtables target of that name and revision, does to packets. */
void nft_decode_verdict(int32_t code, struct rule_action *action);
void nft_decode_target(struct rxpath_slice name, uint32_t revision, struct rxpath_slice info,
		       struct rule_action *action);

/* "udp"; NULL for a protocol that is written as a number. */
const char *nft_protocol_name(uint64_t number);

/* How many bits from the left the mask has; 0: it is no prefix. */
unsigned nft_prefix_of(struct rxpath_slice mask);

/* "10.0.0.0/8"; `prefix` 0: all of it. */
void nft_put_address(struct rxpath_buf *out, int family, struct rxpath_slice bytes,
		     unsigned prefix);

/* Which packets such a value is of, by a nft_data attribute. */
unsigned nft_key_versions(enum nft_key key, struct rxpath_slice data);

/* The big-endian number in the attribute of that type; 0 where there is none. */
uint32_t nft_u32(struct rxpath_slice attributes, unsigned short type);
uint64_t nft_u64(struct rxpath_slice attributes, unsigned short type);

/* The packets that the expression, a counter, counted; false: it is something else. */
bool nft_counter(struct rxpath_slice expression, uint64_t *packets);

/* The verdict of a nft_data attribute: its code, and the chain that it leads to (empty: none).
 * False: it holds no verdict. */
bool nft_verdict(struct rxpath_slice data, int32_t *code, struct rxpath_slice *chain);

#endif
