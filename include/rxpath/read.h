/* read.h: reads files and pipes into a buffer. */
#ifndef RXPATH_READ_H
#define RXPATH_READ_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "rxpath/buf.h"

/* Whether the user wants the program to stop. Long reads call it from time to time. */
struct rxpath_interrupt {
	bool (*is_due)(void *context); /* NULL: never */
	void *context;
};

static inline bool rxpath_is_interrupted(const struct rxpath_interrupt *interrupt)
{
	return interrupt && interrupt->is_due && interrupt->is_due(interrupt->context);
}

/* Reads a file from its start to its end into *out, which is emptied first. The offset of the
 * descriptor does not change. 0, or an errno: EFBIG over the limit, EINTR when `interrupt` (or
 * NULL) says so. After an error *out holds what was read before it. */
int rxpath_read_file(int fd, size_t limit, const struct rxpath_interrupt *interrupt,
		     struct rxpath_buf *out);

/* The same from the descriptor's current offset, for pipes; nothing interrupts it. */
int rxpath_read_stream(int fd, size_t limit, struct rxpath_buf *out);

/* As read(2), but repeated when a signal interrupts it. */
ssize_t rxpath_read_once(int fd, void *data, size_t size);

/* The start of a small file, in one read into `text`; empty where it cannot be read. `format` and
 * what follows make its path, relative to the folder `dir` (or AT_FDCWD). */
__attribute__((format(printf, 4, 5))) struct rxpath_slice
rxpath_read_small(int dir, char *text, size_t size, const char *format, ...);

/* The same with the arguments of the path in a list. */
__attribute__((format(printf, 4, 0))) struct rxpath_slice
rxpath_read_small_of(int dir, char *text, size_t size, const char *format, va_list arguments);

#endif
