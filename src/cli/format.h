/* format.h: the forms of a report. A new form is a renderer, a row of the table in format.c, and
 * what the tests expect of it. */
#ifndef RXPATH_CLI_FORMAT_H
#define RXPATH_CLI_FORMAT_H

#include "rxpath/render.h"

struct format {
	const char *name;
	rxpath_renderer *render;
	bool is_single; /* it holds one report, so it cannot be combined with --count */
	/* Of a form whose readers expect exit statuses of their own; else NULL and 0. */
	int (*status)(const struct rxpath_report *report);
	int trouble;		  /* the status when there is no report, */
	const char *trouble_line; /* and what then stands in its place */
};

/* NULL: there is none with that name. The first one is the default. */
const struct format *format_find(struct rxpath_slice name);
const struct format *format_at(size_t index);

/* "text, tsv or json". */
void format_names(char *text, size_t size);

#endif
