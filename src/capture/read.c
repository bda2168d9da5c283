/* read.c: reading a descriptor into a buffer, with a limit. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "rxpath/read.h"

/* One read of a /proc file gives at most a page, one of a stored file fills the buffer. */
#define PAGE ((size_t)4 << 10)

/* Nearly every file fits into the first buffer. A file that does not is a long table, and memory
 * that it does not fill costs nothing. */
#define FIRST ((size_t)16 << 10)
#define FURTHER ((size_t)256 << 10)

/* Of a small file: the path of a cgroup is the longest. */
#define MAX_PATH 2048

/* What is read with read(2), and not at an offset. */
#define NO_OFFSET ((off_t)-1)

static ssize_t read_at(int fd, void *data, size_t size, off_t at)
{
	ssize_t got;

	do
		got = at == NO_OFFSET ? read(fd, data, size) : pread(fd, data, size, at);
	while (got < 0 && errno == EINTR);
	return got;
}

static int read_to_end(int fd, off_t at, size_t limit, const struct rxpath_interrupt *interrupt,
		       struct rxpath_buf *out)
{
	rxpath_buf_reset(out);
	for (;;) {
		size_t more = out->cap - out->len >= PAGE ? PAGE
			      : out->len == 0		  ? FIRST
			      : out->len < FURTHER	  ? FURTHER
							  : out->len;
		char *room = rxpath_buf_room(out, more);
		ssize_t got;

		if (!room)
			return ENOMEM;
		got = read_at(fd, room, out->cap - out->len, at);
		if (got <= 0)
			return got < 0 ? errno : 0;
		out->len += (size_t)got;
		if (at != NO_OFFSET)
			at += got;
		if (out->len > limit)
			return EFBIG;
		if (rxpath_is_interrupted(interrupt))
			return EINTR;
	}
}

int rxpath_read_file(int fd, size_t limit, const struct rxpath_interrupt *interrupt,
		     struct rxpath_buf *out)
{
	return read_to_end(fd, 0, limit, interrupt, out);
}

int rxpath_read_stream(int fd, size_t limit, struct rxpath_buf *out)
{
	return read_to_end(fd, NO_OFFSET, limit, NULL, out);
}

ssize_t rxpath_read_once(int fd, void *data, size_t size)
{
	return read_at(fd, data, size, NO_OFFSET);
}

struct rxpath_slice rxpath_read_small_of(int dir, char *text, size_t size, const char *format,
					 va_list arguments)
{
	char path[MAX_PATH];
	int path_len = vsnprintf(path, sizeof path, format, arguments);
	int fd = path_len < MAX_PATH ? openat(dir, path, O_RDONLY | O_CLOEXEC) : -1;
	ssize_t len = fd < 0 ? 0 : rxpath_read_once(fd, text, size);

	if (fd >= 0)
		close(fd);
	return (struct rxpath_slice){text, len > 0 ? (size_t)len : 0};
}

struct rxpath_slice rxpath_read_small(int dir, char *text, size_t size, const char *format, ...)
{
	struct rxpath_slice start;
	va_list arguments;

	va_start(arguments, format);
	start = rxpath_read_small_of(dir, text, size, format, arguments);
	va_end(arguments);
	return start;
}
