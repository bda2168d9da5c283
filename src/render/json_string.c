/* json_string.c: a string of JSON, whatever bytes it is made of. */
#include "rxpath/render.h"

/* The length of the well-formed UTF-8 sequence at the slice's start (RFC 3629); 0:
 * there is none. */
static size_t utf8_length(struct rxpath_slice text)
{
	const unsigned char *bytes = (const unsigned char *)text.ptr;
	size_t len = bytes[0] < 0x80 ? 1 : bytes[0] >= 0xf0 ? 4 : bytes[0] >= 0xe0 ? 3 : 2;

	if (len == 1)
		return 1;
	if (bytes[0] < 0xc2 || bytes[0] > 0xf4 || text.len < len)
		return 0;
	for (size_t i = 1; i < len; i++)
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
	/* Overlong forms, surrogates, and what is over U+10FFFF. */
	if ((bytes[0] == 0xe0 && bytes[1] < 0xa0) || (bytes[0] == 0xed && bytes[1] > 0x9f) ||
	    (bytes[0] == 0xf0 && bytes[1] < 0x90) || (bytes[0] == 0xf4 && bytes[1] > 0x8f))
		return 0;
	return len;
}

/* Of a character that is well formed. */
static uint32_t code_of(const char *at, size_t len)
{
	uint32_t code = (unsigned char)at[0] & (len == 1 ? 0x7fu : 0xffu >> (len + 1));

	for (size_t i = 1; i < len; i++)
		code = code << 6 | ((unsigned char)at[i] & 0x3f);
	return code;
}

/* What a terminal may obey in place of showing it: controls, the marks that turn the direction of
 * writing, and what takes no room. */
static bool is_obeyed(uint32_t code)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{0, 0x1f},	    {0x7f, 0x9f},     {0xad, 0xad},	{0x34f, 0x34f},
		{0x61c, 0x61c},	    {0x180b, 0x180f}, {0x200b, 0x200f}, {0x2028, 0x202e},
		{0x2060, 0x206f},   {0xfe00, 0xfe0f}, {0xfeff, 0xfeff}, {0xe0000, 0xe007f},
		{0xe0100, 0xe01ef},
	};

	if (code >= ' ' && code < 0x7f)
		return false;
	for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
		if (code >= ranges[i].first && code <= ranges[i].last)
			return true;
	return false;
}

/* As \uHHHH, beyond 16 bits as a pair (RFC 8259, 7). */
static void put_code(struct rxpath_buf *out, uint32_t code)
{
	if (code > 0xffff) {
		code -= 0x10000;
		rxpath_buf_printf(out, "\\u%04x", (unsigned)(0xd800 + (code >> 10)));
		code = 0xdc00 + (code & 0x3ff);
	}
	rxpath_buf_printf(out, "\\u%04x", (unsigned)code);
}

void rxpath_put_json_string(struct rxpath_buf *out, struct rxpath_slice text)
{
	rxpath_buf_char(out, '"');
	while (text.len > 0) {
		unsigned char c = (unsigned char)text.ptr[0];
		size_t len = utf8_length(text);

		if (len == 0) {
			/* No string of JSON can hold such a byte, so it is shown as in
			 * the other formats. */
			rxpath_buf_printf(out, "\\\\x%02X", c);
			len = 1;
		} else if (is_obeyed(code_of(text.ptr, len))) {
			put_code(out, code_of(text.ptr, len));
		} else {
			if (c == '"' || c == '\\')
				rxpath_buf_char(out, '\\');
			rxpath_buf_bytes(out, text.ptr, len);
		}
		rxpath_slice_skip(&text, len);
	}
	rxpath_buf_char(out, '"');
}
