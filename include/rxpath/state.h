/* state.h: the states of a stage and the flags of a line, and how they are written. */
#ifndef RXPATH_STATE_H
#define RXPATH_STATE_H

#include "rxpath/catalogue.h"

/* A kind that moved, or one of three more. Worst first: of two, the smaller one wins. */
enum rxpath_state {
	RXPATH_STATE_DROP,
	RXPATH_STATE_UNKNOWN,
	RXPATH_STATE_SUSPECT,
	RXPATH_STATE_PRESSURE,
	RXPATH_STATE_REJECT,
	RXPATH_STATE_OK,
	RXPATH_STATE_SKIPPED, /* not asked for (--stage) */
};

/* Bits of `flags`; names in report order by rxpath_flag_name. */
enum rxpath_flag {
	RXPATH_FLAG_COUNTED = 1 << 0,	   /* other lines of the report account for all of it */
	RXPATH_FLAG_WRAPPED = 1 << 1,	   /* passed 2^32 */
	RXPATH_FLAG_RESET = 1 << 2,	   /* fell: the delta is its present value */
	RXPATH_FLAG_NEW = 1 << 3,	   /* its subject is not in the first sample */
	RXPATH_FLAG_GONE = 1 << 4,	   /* its subject is not in the second sample */
	RXPATH_FLAG_ALLOWED = 1 << 5,	   /* --allow tolerates it */
	RXPATH_FLAG_UNCLASSIFIED = 1 << 6, /* no catalogue row; its name sounds like a loss */
	RXPATH_FLAG_HOST = 1 << 7, /* a counter of the host rose by more than this namespace's
				    * counters can explain */
};
#define RXPATH_FLAGS 8

/* "counted", ...; for bit 1 << index. */
const char *rxpath_flag_name(unsigned index);
const char *rxpath_state_name(enum rxpath_state state);

/* The state of a stage where only counters of that kind moved. */
enum rxpath_state rxpath_state_of(enum rxpath_kind kind);

#endif
