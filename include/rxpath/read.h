/* read.h: reading a descriptor into a buffer: the only place in the program that does. */
#ifndef RXPATH_READ_H
#define RXPATH_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "rxpath/buf.h"

/* Whether the user wants the program to stop: asked now and then while something takes long. */
struct rxpath_interrupt {
	bool (*is_due)(void *context); /* NULL: never */
	void *context;
};

static inline bool rxpath_is_interrupted(const struct rxpath_interrupt *interrupt)
{
	return interrupt && interrupt->is_due && interrupt->is_due(interrupt->context);
}

/* Reads a file from its start to its end into *out, which is emptied first. The offset of the
 * descriptor does not change. 0, or an errno: EFBIG over the limit, EINTR when interrupted (which
 * may be NULL). After an error *out holds what came before it. */
int rxpath_read_file(int fd, size_t limit, const struct rxpath_interrupt *interrupt,
		     struct rxpath_buf *out);

/* The same from where the descriptor stands, as a pipe has no offset. */
int rxpath_read_stream(int fd, size_t limit, const struct rxpath_interrupt *interrupt,
		       struct rxpath_buf *out);

/* One read, which the kernel may answer with less than `size`; as read(2) otherwise, but a signal
 * does not end it. */
ssize_t rxpath_read_once(int fd, void *data, size_t size);

/* The start of a small file of the folder `dir` (or AT_FDCWD), in one read into `text`; empty where
 * it cannot be read. */
struct rxpath_slice rxpath_read_small(int dir, const char *path, char *text, size_t size);

#endif
