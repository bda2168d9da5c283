/* sockstat.h: reads /proc/net/sockstat and sockstat6, one value at a time. */
#ifndef RXPATH_SOCKSTAT_H
#define RXPATH_SOCKSTAT_H

#include <stdbool.h>
#include <stddef.h>

#include "rxpath/scan.h"

/* Begins as {.rest = text}. */
struct rxpath_sockstat {
	struct rxpath_slice rest; /* the following lines */
	struct rxpath_slice line; /* the rest of this line */
	size_t number;		  /* of this line, from 1 */
	struct rxpath_slice group, name, value;
};

/* Takes the next value: "UDP: inuse 3 mem 2" has two. False at the end. `group` is empty if the
 * line names none, and `value` if the name has none. */
bool rxpath_sockstat_next(struct rxpath_sockstat *at);

#endif
