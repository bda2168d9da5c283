/* nftrule.h: what one nftables rule does, by its expressions as the kernel lists them. */
#ifndef RXPATH_CAPTURE_NFTRULE_H
#define RXPATH_CAPTURE_NFTRULE_H

#include <stdbool.h>
#include <stdint.h>

#include "rxpath/buf.h"
#include "rxpath/scan.h"

enum nft_ending {
	ENDS_OTHERWISE, /* accept, return, jump, goto, or no verdict: the packet goes on */
	ENDS_IN_DROP,
	ENDS_IN_REJECT,
	ENDS_IN_QUEUE,
};

/* Slices point into the message that was decoded. */
struct nft_rule {
	enum nft_ending ending;
	bool counted; /* `packets` are those that ended here */
	uint64_t packets;
	struct rxpath_slice jump;    /* the chain that a jump or goto leads to; empty: none */
	struct rxpath_slice map;     /* the map of verdicts that is looked up; empty: none */
	struct rxpath_slice comment; /* empty: none */
};

/* Decodes the attributes of a NFT_MSG_NEWRULE message (nf_tables_fill_rule_info,
 * net/netfilter/nf_tables_api.c). What is malformed reads as a rule that does nothing. */
void nft_rule_decode(struct rxpath_slice attributes, struct nft_rule *rule);

/* The rule's conditions in nft's words, as far as they can be told, on one line: "ip saddr
 * 10.0.0.0/8 udp dport 53". A condition that cannot be told is written "...". */
void nft_rule_text(struct rxpath_slice attributes, struct rxpath_buf *out);

/* Big-endian numbers; 0 where the attribute is too short. */
uint32_t nft_u32(struct rxpath_slice attribute);
uint64_t nft_u64(struct rxpath_slice attribute);

/* The verdict of a nft_data attribute: its code, and the chain that it leads to (empty: none).
 * False: it holds no verdict. */
bool nft_verdict(struct rxpath_slice data, int32_t *code, struct rxpath_slice *chain);

#endif
