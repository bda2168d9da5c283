/* line_walk.h: all lines of a report in path order, with those of counters that did not move. */
#ifndef RXPATH_LINE_WALK_H
#define RXPATH_LINE_WALK_H

#include "rxpath/report.h"

/* Zero-initialised it stands before the first line. */
struct rxpath_line_walk {
	size_t moved, unmoved;	 /* how many of each it has passed */
	struct rxpath_line line; /* made of an unmoved one */
};

/* The next line, valid until the next call; NULL: there are no more. */
const struct rxpath_line *rxpath_line_next(const struct rxpath_report *report,
					   struct rxpath_line_walk *walk);

/* The line of a counter that did not move. */
struct rxpath_line rxpath_line_of_unmoved(const struct rxpath_unmoved *unmoved);

/* A reading that sorts as the line does. */
struct rxpath_reading rxpath_line_reading(const struct rxpath_line *line);

/* How many lines there are of both. */
static inline size_t rxpath_line_total(const struct rxpath_report *report)
{
	return report->line_count + report->unmoved_count;
}

#endif
