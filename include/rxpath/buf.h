/* buf.h: growable output. Renderers write here; only src/cli writes the bytes to a file. */
#ifndef RXPATH_BUF_H
#define RXPATH_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rxpath/scan.h"

/* Where a large text goes piece by piece, so that it is never held whole. */
struct rxpath_drain {
	bool (*write)(void *context, struct rxpath_slice bytes);
	void *context;
	bool failed; /* a write did; the rest of the text is then left out */
};

/* Zero-initialised it is empty and valid. `failed` stays set once memory ran out: the content is
 * then incomplete, and must not be used. The owner calls rxpath_buf_free. */
struct rxpath_buf {
	char *data;
	size_t len;
	size_t cap;
	bool failed;
	struct rxpath_drain *drain; /* NULL: the text stays */
};

void rxpath_buf_free(struct rxpath_buf *buf);

/* Frees a text that was written to `whole`, which is incomplete too where the text is. */
void rxpath_buf_free_part(struct rxpath_buf *part, struct rxpath_buf *whole);

/* Empties it and keeps the memory. */
void rxpath_buf_reset(struct rxpath_buf *buf);

/* Hands a long text to the drain, but for its last byte, which tells what may follow. A renderer
 * calls it between two items of a list, where nobody remembers an offset. */
void rxpath_buf_drain(struct rxpath_buf *buf);

/* Room for `more` bytes after the end; NULL without memory, and `failed` is set. The caller raises
 * `len` by what it has written. */
char *rxpath_buf_room(struct rxpath_buf *buf, size_t more);

void rxpath_buf_bytes(struct rxpath_buf *buf, const char *bytes, size_t len);
void rxpath_buf_slice(struct rxpath_buf *buf, struct rxpath_slice slice);
void rxpath_buf_string(struct rxpath_buf *buf, const char *string);
void rxpath_buf_char(struct rxpath_buf *buf, char c);
void rxpath_buf_repeat(struct rxpath_buf *buf, char c, size_t times);
void rxpath_buf_u64(struct rxpath_buf *buf, uint64_t value);
/* "88 %", "7.4 %", "below 0.1 %": what part of the whole it is, rounded; "100 %" of all of it only,
 * and "0 %" of nothing only. */
void rxpath_buf_percent(struct rxpath_buf *buf, uint64_t part, uint64_t whole);
void rxpath_buf_hex(struct rxpath_buf *buf, uint64_t value, unsigned digits);
__attribute__((format(printf, 2, 3))) void rxpath_buf_printf(struct rxpath_buf *buf,
							     const char *format, ...);
__attribute__((format(printf, 2, 0))) void
rxpath_buf_vprintf(struct rxpath_buf *buf, const char *format, va_list arguments);

/* The bytes, with \xHH for each one that could break a line, a column or a terminal: control bytes,
 * blanks, backslash, bytes above 0x7e, and those in `also`. rxpath_buf_unescaped reads it back. */
void rxpath_buf_escaped(struct rxpath_buf *buf, struct rxpath_slice raw, const char *also);

/* The same for a text of several words: spaces stay. */
void rxpath_buf_escaped_text(struct rxpath_buf *buf, struct rxpath_slice raw, const char *also);

/* One byte as \xHH. */
void rxpath_buf_escaped_byte(struct rxpath_buf *buf, char byte);

/* Columns of a section that this program writes: a blank, and then the escaped word, or "-" for an
 * empty one; a blank, and then the number, or "-" for UINT64_MAX or UINT32_MAX (not known). */
void rxpath_buf_column(struct rxpath_buf *buf, struct rxpath_slice word);
void rxpath_buf_column_u64(struct rxpath_buf *buf, uint64_t value);
void rxpath_buf_column_u32(struct rxpath_buf *buf, uint32_t value);

/* Turns \xHH back into bytes; anything else is copied unchanged. */
void rxpath_buf_unescaped(struct rxpath_buf *buf, struct rxpath_slice escaped);

/* What has been written so far, valid until the next write. */
struct rxpath_slice rxpath_buf_view(const struct rxpath_buf *buf);

#endif
