/* nfttext.h: the conditions of netfilter's rules in nft's words. */
#ifndef RXPATH_CAPTURE_NFTTEXT_H
#define RXPATH_CAPTURE_NFTTEXT_H

#include "rxpath/buf.h"
#include "rxpath/scan.h"

/* The rule's conditions in nft's words, on one line: "ip saddr 10.0.0.0/8 udp dport 53". A
 * condition without words is written "...". `versions`: the IP versions of the packets that the
 * conditions let through. */
void nft_rule_text(struct rxpath_slice attributes, unsigned versions, struct rxpath_buf *out);

/* "udp", or the number of one that is not known by its name. */
void nft_put_protocol(struct rxpath_buf *out, uint64_t number);

/* How many bits from the left the mask has; 0: it is no prefix. */
unsigned nft_prefix_of(struct rxpath_slice mask);

/* "10.0.0.0/8"; `prefix` 0: all of it. */
void nft_put_address(struct rxpath_buf *out, int family, struct rxpath_slice bytes,
		     unsigned prefix);

#endif
