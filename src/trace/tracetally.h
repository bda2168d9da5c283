/* tracetally.h: drop events, added up as they come. */
#ifndef RXPATH_TRACE_TRACETALLY_H
#define RXPATH_TRACE_TRACETALLY_H

#include "kallsyms.h"
#include "rxpath/buf.h"
#include "rxpath/drops.h"
#include "traceformat.h"

#define RXPATH_TALLY_SLOTS 4096u /* a power of two */

/* One kind of drop. */
struct rxpath_tally_row {
	uint64_t address;  /* kfree_skb: the address that freed it; 0: any */
	uint64_t count;	   /* 0: the slot is free */
	uint32_t reason;   /* kfree_skb: as the kernel numbers it; udp: the errno, positive */
	uint32_t protocol; /* EtherType; UINT32_MAX: not known */
	uint32_t port;	   /* UINT32_MAX: not known */
	uint32_t event;
};

/* Zero-initialised it is empty and valid. Its size is fixed, however many events come. */
struct rxpath_tally {
	struct rxpath_ring_format formats[RXPATH_TRACE_EVENTS];
	bool has[RXPATH_TRACE_EVENTS];
	char *text; /* of kfree_skb's format: the names below point into it */
	struct rxpath_ring_symbol *reasons;
	size_t reason_count;
	uint64_t events[RXPATH_TRACE_EVENTS];
	struct rxpath_tally_row rows[RXPATH_TALLY_SLOTS];
	size_t row_counts[RXPATH_TRACE_EVENTS];
};

/* Learns an event from its `format` file. `text` is malloc'd and the tally's from now on. */
bool rxpath_tally_learn(struct rxpath_tally *tally, enum rxpath_trace_event event, char *text,
			size_t len, struct rxpath_error *error);

/* A rxpath_ring_taker whose context is the tally. Events that it has not learnt are passed over. */
void rxpath_tally_take(void *tally, const unsigned char *event, size_t len);

/* The addresses in the rows, at most RXPATH_TALLY_SLOTS; returns how many. */
size_t rxpath_tally_addresses(const struct rxpath_tally *tally, uint64_t *addresses);

/* Section "rxpath/trace" (see src/parse/trace_counts.c), with the names that the symbols have. */
void rxpath_tally_write(const struct rxpath_tally *tally, const struct rxpath_symbols *symbols,
			uint64_t overrun, struct rxpath_buf *out);

/* Starts anew with the same events. */
void rxpath_tally_reset(struct rxpath_tally *tally);

void rxpath_tally_free(struct rxpath_tally *tally);

#endif
