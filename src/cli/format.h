/* format.h: the forms of a report. A new form needs a renderer, its row in format.c, and its
 * expected reports in fixtures/. */
#ifndef RXPATH_CLI_FORMAT_H
#define RXPATH_CLI_FORMAT_H

#include "rxpath/render.h"

struct format {
	const char *name;
	rxpath_renderer *render;
	bool is_single; /* it holds one report, so it cannot be combined with --count */
	/* Of a form that has its own exit statuses; else NULL and 0. */
	int (*status)(const struct rxpath_report *report);
	int trouble;		  /* the status when there is no report */
	const char *trouble_line; /* what is printed then */
};

/* NULL: there is none with that name. */
const struct format *format_find(struct rxpath_slice name);

/* The first one is the default; NULL after the last. */
const struct format *format_at(size_t index);

/* "text, tsv or json". */
void format_names(char *text, size_t size);

#endif
