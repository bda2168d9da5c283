/* traceformat.h: what the kernel says about the layout of its events and of its ring buffer. */
#ifndef RXPATH_TRACE_TRACEFORMAT_H
#define RXPATH_TRACE_TRACEFORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rxpath/err.h"
#include "rxpath/scan.h"

/* The fields that are read, of whichever event has them. */
enum rxpath_ring_field_id {
	RXPATH_FIELD_TYPE, /* common_type: the event's ID */
	RXPATH_FIELD_REASON,
	RXPATH_FIELD_LOCATION,
	RXPATH_FIELD_PROTOCOL,
	RXPATH_FIELD_RC,
	RXPATH_FIELD_LPORT, /* before Linux 6.10 */
	RXPATH_FIELD_DPORT,
	RXPATH_FIELD_FAMILY,
	RXPATH_FIELD_DADDR,
	RXPATH_RING_FIELDS
};

struct rxpath_ring_field {
	uint32_t offset;
	uint32_t size; /* 0: the event has no such field */
	bool is_signed;
};

/* One event's `format` file. */
struct rxpath_ring_format {
	uint64_t id;
	struct rxpath_ring_field fields[RXPATH_RING_FIELDS];
};

/* Reads a `format` file: the ID, and where the fields are. A field that the kernel does not have
 * has size 0; one whose size makes no sense is an error. */
bool rxpath_ring_format(struct rxpath_slice text, struct rxpath_ring_format *format,
			struct rxpath_error *error);

/* The names of a field's values, sorted by number. */
struct rxpath_ring_symbol {
	uint64_t value;		  /* stands first: the key */
	struct rxpath_slice name; /* in the text that it was read from */
};

/* The { number, "NAME" } pairs of `__print_symbolic(REC->FIELD, ...)` in a `format` file's print
 * fmt. *symbols is malloc'd and the caller's, also after false, NULL when there are none: 6.0
 * printed drop_reasons[REC->reason]. A pair whose number the kernel left as an enum's name is
 * passed over. False only without memory. */
bool rxpath_ring_symbols(struct rxpath_slice text, const char *field,
			 struct rxpath_ring_symbol **symbols, size_t *count);

/* An empty slice when the value has no name. */
struct rxpath_slice rxpath_ring_symbol(const struct rxpath_ring_symbol *symbols, size_t count,
				       uint64_t value);

/* The value of that field of an event, sign extended. False when the event is too short. */
bool rxpath_ring_value(const struct rxpath_ring_field *field, const unsigned char *event,
		       size_t len, uint64_t *value);

/* How a page of the ring buffer begins: events/header_page. */
struct rxpath_ring_layout {
	uint32_t commit_at, commit_size; /* bytes used, and flags above them */
	uint32_t data_at;
	uint32_t page_size;
};

bool rxpath_ring_layout(struct rxpath_slice text, struct rxpath_ring_layout *layout,
			struct rxpath_error *error);

/* The figure of a line "NAME: N" in per_cpu/cpuN/stats; 0 when there is no such line (an old
 * kernel). */
uint64_t rxpath_ring_stat(struct rxpath_slice text, const char *name);

#endif
