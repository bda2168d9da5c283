/* tables.h: tables that the program itself writes: the first line names the columns, so that a
 * later version may add some (tables.c). */
#ifndef RXPATH_PARSE_TABLES_H
#define RXPATH_PARSE_TABLES_H

#include "words.h"

#define MAX_COLUMNS 16

/* One row, by the names of its columns. */
struct table_row {
	struct rxpath_slice names[MAX_COLUMNS];
	struct rxpath_slice values[MAX_COLUMNS];
	size_t count;
	size_t number; /* of its line */
};

typedef bool rxpath_table_take(struct rxpath_builder *builder, const struct table_row *row,
			       struct rxpath_error *error);

/* rules.c, thread_table.c: each takes a row of its table. */
rxpath_table_take rxpath_table_take_rule, rxpath_table_take_thread;

/* The column's value; one that is not there is empty. */
struct rxpath_slice rxpath_table_value(const struct table_row *row, const char *name);

/* The error about a value: false. */
bool rxpath_table_bad(const struct table_row *row, struct rxpath_slice value, const char *what,
		      struct rxpath_error *error);

#endif
