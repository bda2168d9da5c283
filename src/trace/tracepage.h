/* tracepage.h: a page of the kernel's ring buffer, taken apart into events. */
#ifndef RXPATH_TRACE_TRACEPAGE_H
#define RXPATH_TRACE_TRACEPAGE_H

#include "traceformat.h"

/* Takes one event: what the event's fields are offsets into. */
typedef void rxpath_ring_taker(void *context, const unsigned char *event, size_t len);

/* Hands on each event of a page as trace_pipe_raw gave it. False when the page is not well formed;
 * the events before the fault have been handed on. Survives any bytes. */
bool rxpath_ring_page(const struct rxpath_ring_layout *layout, const unsigned char *page,
		      size_t len, rxpath_ring_taker *take, void *context);

#endif
