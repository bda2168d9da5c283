/* buf.c: growable output, and the one escape that every format uses. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rxpath/buf.h"

/* The bytes of a piece, about. */
#define DRAINED ((size_t)64 << 10)

void rxpath_buf_free(struct rxpath_buf *buf)
{
	free(buf->data);
	*buf = (struct rxpath_buf){0};
}

void rxpath_buf_free_part(struct rxpath_buf *part, struct rxpath_buf *whole)
{
	whole->failed = whole->failed || part->failed;
	rxpath_buf_free(part);
}

void rxpath_buf_reset(struct rxpath_buf *buf)
{
	buf->len = 0;
	buf->failed = false;
}

void rxpath_buf_drain(struct rxpath_buf *buf)
{
	struct rxpath_drain *drain = buf->drain;

	if (!drain || buf->failed || buf->len < DRAINED)
		return;
	if (drain->write(drain->context, (struct rxpath_slice){buf->data, buf->len - 1})) {
		buf->data[0] = buf->data[buf->len - 1];
		buf->len = 1;
	} else {
		drain->failed = true;
		buf->failed = true;
	}
}

char *rxpath_buf_room(struct rxpath_buf *buf, size_t more)
{
	if (buf->failed)
		return NULL;
	if (more > buf->cap - buf->len) {
		size_t cap = buf->cap < 512 ? 1024 : buf->cap;
		char *data;

		while (cap - buf->len < more && cap < SIZE_MAX / 2)
			cap *= 2;
		data = cap - buf->len < more ? NULL : realloc(buf->data, cap);
		if (!data) {
			buf->failed = true;
			return NULL;
		}
		buf->data = data;
		buf->cap = cap;
	}
	return buf->data + buf->len;
}

void rxpath_buf_bytes(struct rxpath_buf *buf, const char *bytes, size_t len)
{
	char *room = len == 0 ? NULL : rxpath_buf_room(buf, len);

	if (!room)
		return;
	memcpy(room, bytes, len);
	buf->len += len;
}

void rxpath_buf_slice(struct rxpath_buf *buf, struct rxpath_slice slice)
{
	rxpath_buf_bytes(buf, slice.ptr, slice.len);
}

void rxpath_buf_string(struct rxpath_buf *buf, const char *string)
{
	rxpath_buf_bytes(buf, string, strlen(string));
}

void rxpath_buf_char(struct rxpath_buf *buf, char c)
{
	rxpath_buf_bytes(buf, &c, 1);
}

void rxpath_buf_repeat(struct rxpath_buf *buf, char c, size_t times)
{
	char *room = times == 0 ? NULL : rxpath_buf_room(buf, times);

	if (!room)
		return;
	memset(room, c, times);
	buf->len += times;
}

void rxpath_buf_u64(struct rxpath_buf *buf, uint64_t value)
{
	char text[20];
	size_t at = sizeof text;

	do
		text[--at] = (char)('0' + value % 10);
	while (value /= 10);
	rxpath_buf_bytes(buf, text + at, sizeof text - at);
}

void rxpath_buf_hex(struct rxpath_buf *buf, uint64_t value, unsigned digits)
{
	static const char names[] = "0123456789ABCDEF";
	char *room = rxpath_buf_room(buf, digits);

	if (!room)
		return;
	for (unsigned i = digits; i > 0; i--, value >>= 4)
		room[i - 1] = names[value & 15];
	buf->len += digits;
}

void rxpath_buf_vprintf(struct rxpath_buf *buf, const char *format, va_list arguments)
{
	va_list again;
	char *room;
	int len;

	va_copy(again, arguments);
	len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	room = len < 0 ? NULL : rxpath_buf_room(buf, (size_t)len + 1);
	if (!room) {
		buf->failed = true;
		return;
	}
	vsnprintf(room, (size_t)len + 1, format, arguments);
	buf->len += (size_t)len;
}

void rxpath_buf_printf(struct rxpath_buf *buf, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	rxpath_buf_vprintf(buf, format, arguments);
	va_end(arguments);
}

void rxpath_buf_percent(struct rxpath_buf *buf, uint64_t part, uint64_t whole)
{
	const long double percent =
		part >= whole ? 100 : (long double)part * 100 / (long double)whole;
	const unsigned tenths = (unsigned)(percent * 10 + 0.5L);
	const unsigned rounded = (unsigned)(percent + 0.5L);

	if (part == 0 && whole > 0)
		rxpath_buf_string(buf, "0 %");
	else if (tenths == 0)
		rxpath_buf_string(buf, "below 0.1 %");
	else if (tenths < 100 && tenths % 10 > 0)
		rxpath_buf_printf(buf, "%u.%u %%", tenths / 10, tenths % 10);
	else
		rxpath_buf_printf(buf, "%u %%", rounded == 100 && part < whole ? 99 : rounded);
}

void rxpath_buf_escaped_byte(struct rxpath_buf *buf, char byte)
{
	rxpath_buf_string(buf, "\\x");
	rxpath_buf_hex(buf, (unsigned char)byte, 2);
}

static void escape(struct rxpath_buf *buf, struct rxpath_slice raw, const char *also, char first)
{
	size_t plain = 0; /* the start of bytes that need no escape */

	for (size_t i = 0; i < raw.len; i++) {
		char c = raw.ptr[i];

		/* strchr finds the NUL at the end of `also` too, so NUL is escaped. */
		if (c < first || c > '~' || c == '\\' || (also[0] && strchr(also, c))) {
			rxpath_buf_bytes(buf, raw.ptr + plain, i - plain);
			rxpath_buf_escaped_byte(buf, c);
			plain = i + 1;
		}
	}
	if (plain < raw.len)
		rxpath_buf_bytes(buf, raw.ptr + plain, raw.len - plain);
}

void rxpath_buf_escaped(struct rxpath_buf *buf, struct rxpath_slice raw, const char *also)
{
	escape(buf, raw, also, '!');
}

void rxpath_buf_escaped_text(struct rxpath_buf *buf, struct rxpath_slice raw, const char *also)
{
	escape(buf, raw, also, ' ');
}

void rxpath_buf_column(struct rxpath_buf *buf, struct rxpath_slice word)
{
	rxpath_buf_char(buf, ' ');
	if (word.len == 0)
		rxpath_buf_char(buf, '-');
	else
		rxpath_buf_escaped(buf, word, "");
}

void rxpath_buf_column_u64(struct rxpath_buf *buf, uint64_t value)
{
	rxpath_buf_char(buf, ' ');
	if (value == UINT64_MAX)
		rxpath_buf_char(buf, '-');
	else
		rxpath_buf_u64(buf, value);
}

void rxpath_buf_column_u32(struct rxpath_buf *buf, uint32_t value)
{
	rxpath_buf_column_u64(buf, value == UINT32_MAX ? UINT64_MAX : value);
}

void rxpath_buf_unescaped(struct rxpath_buf *buf, struct rxpath_slice escaped)
{
	char byte;

	if (escaped.len > 0 && !memchr(escaped.ptr, '\\', escaped.len)) {
		rxpath_buf_slice(buf, escaped);
		return;
	}
	while (rxpath_scan_escaped(&escaped, &byte))
		rxpath_buf_char(buf, byte);
}

struct rxpath_slice rxpath_buf_view(const struct rxpath_buf *buf)
{
	return (struct rxpath_slice){buf->data, buf->len};
}
