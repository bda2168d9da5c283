/* catalogue.h: what is known about each counter: one row of facts each.
 *
 * `explain`, rxpath-counters(7), the handling of wraps, what counts as lost and the help of the
 * metrics all come from these rows. A new counter is a row in src/model/catalogue.c and nothing
 * else. */
#ifndef RXPATH_CATALOGUE_H
#define RXPATH_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rxpath/scan.h"
#include "rxpath/source.h"

#define RXPATH_UNKNOWN UINT64_MAX   /* in a 64-bit field: not known */
#define RXPATH_UNKNOWN32 UINT32_MAX /* in a 32-bit field: not known */

/* What it means when the counter rises, worst first. */
enum rxpath_kind {
	RXPATH_KIND_DROP,     /* a packet that this host should have delivered is gone */
	RXPATH_KIND_SUSPECT,  /* gone, and it is not known whether it was for this host */
	RXPATH_KIND_PRESSURE, /* nothing lost yet, but a budget, a time or a queue ran out */
	RXPATH_KIND_REJECT,   /* refused by address, rule or absence of a listener */
	RXPATH_KIND_TRAFFIC,  /* work done: never reported as moved */
	RXPATH_KINDS
};

enum rxpath_shape {
	RXPATH_SHAPE_COUNTER, /* only rises, so a difference has a meaning; the default of a row */
	RXPATH_SHAPE_GAUGE,   /* a level: shown as it is, never subtracted */
};

/* Which of the packets that IP received or forwarded a counter accounts for: a bit each. The rest
 * is the residual (src/analyse/residual.c). */
enum rxpath_accounts {
	RXPATH_ACCOUNTS_IPV4_INPUT = 1 << 0, /* received: delivered, forwarded or refused */
	RXPATH_ACCOUNTS_IPV6_INPUT = 1 << 1,
	RXPATH_ACCOUNTS_IPV4_OUTPUT = 1 << 2, /* forwarded or local, and not sent */
	RXPATH_ACCOUNTS_IPV6_OUTPUT = 1 << 3,
	RXPATH_ACCOUNTS_POLICY = 1 << 4, /* refused by an IPsec policy, of either family */
	RXPATH_ACCOUNTS_QUEUE = 1 << 5,	 /* lost on the way to an NFQUEUE program, of either */
};

/* One counter's facts. Strings are never NULL unless stated. */
struct rxpath_counter {
	char name[32]; /* as people search for it: UdpRcvbufErrors, rx_missed_errors; an array, not
			* a pointer, to make the look-up faster */
	enum rxpath_stage stage;
	enum rxpath_kind kind;
	enum rxpath_shape shape;
	bool is_wide;	   /* 64 bits, though others of its source are narrower */
	unsigned accounts; /* enum rxpath_accounts */
	enum rxpath_source source;
	const char *within;  /* the counter that counts every one of these too; NULL: none */
	const char *since;   /* "3.10": the first kernel known to have it; NULL: 2.6.32 or before */
	const char *meaning; /* one or two sentences: what happened when it rises */
	const char *action;  /* what to do first; NULL for traffic */
	const char *kernel;  /* the kernel function(s) that raise it */
};

/* Rows are sorted by name (as strcmp does), so that a binary search finds them. */
size_t rxpath_catalogue_size(void);
const struct rxpath_counter *rxpath_catalogue_at(size_t index);

enum rxpath_width rxpath_counter_width(const struct rxpath_counter *counter);

/* NULL when the catalogue lacks it. */
const struct rxpath_counter *rxpath_catalogue_find(struct rxpath_slice name);

const char *rxpath_stage_name(enum rxpath_stage stage);
const char *rxpath_kind_name(enum rxpath_kind kind);
bool rxpath_stage_find(struct rxpath_slice name, enum rxpath_stage *stage);
bool rxpath_kind_find(struct rxpath_slice name, enum rxpath_kind *kind);

#endif
