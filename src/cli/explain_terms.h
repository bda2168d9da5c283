/* explain_terms.h: the words of a report that `explain` knows beside counters and findings. */
#ifndef RXPATH_CLI_EXPLAIN_TERMS_H
#define RXPATH_CLI_EXPLAIN_TERMS_H

#include <stddef.h>

struct explain_term {
	const char *name;
	const char *what; /* stage, kind, state, flag or column */
	const char *meaning;
};

/* NULL behind the last one. */
const struct explain_term *explain_term_at(size_t index);

#endif
