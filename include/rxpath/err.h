/* err.h: errors as values. They name file, line and token; only src/cli prints them. */
#ifndef RXPATH_ERR_H
#define RXPATH_ERR_H

#include <stdbool.h>
#include <stddef.h>

#include "rxpath/scan.h"

struct rxpath_buf;

enum rxpath_error_kind {
	RXPATH_ERROR_NONE,
	RXPATH_ERROR_SYSTEM,  /* a call failed; `number` is its errno */
	RXPATH_ERROR_FORMAT,  /* the bytes cannot be parsed */
	RXPATH_ERROR_MEMORY,  /* an allocation failed */
	RXPATH_ERROR_REFUSED, /* valid, but not accepted: two hosts, above a limit, ... */
};

/* Zero-initialised: no error. It owns no memory, so it can be copied and kept. */
struct rxpath_error {
	enum rxpath_error_kind kind;
	int number;	/* errno of RXPATH_ERROR_SYSTEM */
	size_t line;	/* counted from 1; 0: no line */
	char file[200]; /* "": no file; cut when longer */
	char what[160];
	char token[44]; /* escaped; "": none */
};

/* Each fills *error (which may be NULL) and returns false, so that a function can end with
 * `return rxpath_error_...`. `file` and `what` are copied. */
bool rxpath_error_system(struct rxpath_error *error, const char *file, int number);
bool rxpath_error_format(struct rxpath_error *error, size_t line, const char *what,
			 struct rxpath_slice token);
bool rxpath_error_memory(struct rxpath_error *error);
__attribute__((format(printf, 3, 4))) bool
rxpath_error_refused(struct rxpath_error *error, const char *file, const char *format, ...);

/* From an errno to the number that a saved sample has for it, and back: samples go from one machine
 * to another, and some processors (MIPS) have another number for ETIMEDOUT. */
int rxpath_error_in_sample(int number);

/* Sets the file of an error that names none: a parser does not know its file. */
void rxpath_error_name(struct rxpath_error *error, struct rxpath_slice file);

/* "line 2: not a hexadecimal number: 'xyz'", without the file. Appends nothing if there is no
 * error. */
void rxpath_error_reason(const struct rxpath_error *error, struct rxpath_buf *out);

/* "/proc/net/softnet_stat:2: not a hexadecimal number: 'xyz'". */
void rxpath_error_text(const struct rxpath_error *error, struct rxpath_buf *out);

#endif
