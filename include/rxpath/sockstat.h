/* sockstat.h: the figures of /proc/net/sockstat and sockstat6, one after another. */
#ifndef RXPATH_SOCKSTAT_H
#define RXPATH_SOCKSTAT_H

#include <stdbool.h>
#include <stddef.h>

#include "rxpath/scan.h"

/* Begins as {.rest = text}. */
struct rxpath_sockstat {
	struct rxpath_slice rest; /* the lines to come */
	struct rxpath_slice line; /* what is left of this one */
	size_t number;		  /* of this line, from 1 */
	struct rxpath_slice group, name, value;
};

/* Takes the next figure: "UDP: inuse 3 mem 2" has two. False at the end. A line that does not begin
 * with a group has an empty one, and a name without a value an empty value. */
bool rxpath_sockstat_next(struct rxpath_sockstat *at);

#endif
