/* inuse.c: which tables of sockets are empty, by /proc/net/sockstat and sockstat6: a socket is
 * counted from when it enters its table until it leaves it. */
#include <string.h>
#include <strings.h>

#include "capture_internal.h"
#include "rxpath/sockstat.h"

/* The groups are called as the tables, in capital letters: "UDP6: inuse 3". */
static bool is_group_of(struct rxpath_slice group, const struct rxpath_source_row *row)
{
	const char *name = row->path + strlen("/proc/net/");

	return row->layout == RXPATH_LAYOUT_SOCKETS && group.len == strlen(name) &&
	       strncasecmp(group.ptr, name, group.len) == 0;
}

static bool is_empty(struct rxpath_slice text, const struct rxpath_source_row *row)
{
	struct rxpath_sockstat at = {.rest = text};

	while (rxpath_sockstat_next(&at))
		if (is_group_of(at.group, row) && rxpath_slice_is(at.name, "inuse"))
			return rxpath_slice_is(at.value, "0");
	return false;
}

void rxpath_inuse_begin(struct rxpath_slice text, enum rxpath_source sockstat,
			bool empty[RXPATH_SOURCES])
{
	for (enum rxpath_source i = RXPATH_SOURCE_NONE + 1; i < RXPATH_SOURCES; i++)
		if (rxpath_source_row(i)->v6 == rxpath_source_row(sockstat)->v6)
			empty[i] = is_empty(text, rxpath_source_row(i));
}

void rxpath_inuse_confirm(struct rxpath_slice text, enum rxpath_source sockstat,
			  bool empty[RXPATH_SOURCES])
{
	for (enum rxpath_source i = RXPATH_SOURCE_NONE + 1; i < RXPATH_SOURCES; i++)
		if (rxpath_source_row(i)->v6 == rxpath_source_row(sockstat)->v6)
			empty[i] = empty[i] && is_empty(text, rxpath_source_row(i));
}
