/* scan.h: slices of text and strict numbers: the tools of every parser. Nothing allocates. */
#ifndef RXPATH_SCAN_H
#define RXPATH_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A piece of memory that somebody else owns. Not terminated; may hold any byte, also NUL. */
struct rxpath_slice {
	const char *ptr;
	size_t len;
};

/* The slice of a string literal or any NUL-terminated string, which keeps owning the bytes. */
struct rxpath_slice rxpath_slice_of(const char *string);

bool rxpath_slice_equal(struct rxpath_slice a, struct rxpath_slice b);
bool rxpath_slice_is(struct rxpath_slice slice, const char *string);
bool rxpath_slice_starts(struct rxpath_slice slice, const char *prefix);

/* Whether it is one of the names; NULL ends them. */
bool rxpath_slice_is_any(struct rxpath_slice slice, const char *const names[]);

/* Whether it ends with the suffix, and has something before it. */
bool rxpath_slice_ends(struct rxpath_slice slice, const char *suffix);

/* Whether it contains one of the words, in upper or lower case. The words are in lower case and not
 * empty. */
bool rxpath_slice_holds(struct rxpath_slice slice, const char *const *words, size_t count);

/* Takes the first `count` bytes off, or all if there are fewer. */
static inline void rxpath_slice_skip(struct rxpath_slice *slice, size_t count)
{
	if (count > slice->len)
		count = slice->len;
	slice->ptr += count;
	slice->len -= count;
}

/* As memcmp over the common length, then the shorter first: <0, 0 or >0. */
int rxpath_slice_compare(struct rxpath_slice a, struct rxpath_slice b);

/* Takes the next line off *rest, without its newline. False when nothing is left. */
bool rxpath_scan_line(struct rxpath_slice *rest, struct rxpath_slice *line);

/* Takes the next word off *rest: bytes between blanks (space, tab). False when none is left. */
bool rxpath_scan_word(struct rxpath_slice *rest, struct rxpath_slice *word);

/* The parts of these that a parser of a hundred thousand rows has inline, with a place in the row
 * that the compiler keeps in a register. Nearly every byte is above both blanks, so that is asked
 * first. */
static inline bool rxpath_is_blank(char c)
{
	return (unsigned char)c <= ' ' && (c == ' ' || c == '\t');
}

/* Columns are padded with spaces. */
static inline const char *rxpath_past_blanks(const char *at, const char *end)
{
	while (at < end && *at == ' ')
		at++;
	while (at < end && rxpath_is_blank(*at))
		at++;
	return at;
}

static inline const char *rxpath_past_word(const char *at, const char *end)
{
	while (at < end && !rxpath_is_blank(*at))
		at++;
	return at;
}

/* A hexadecimal digit's value and 16; 0: the byte is none. */
extern const unsigned char rxpath_hex_digits[256];

/* Where the hexadecimal digits end, at most 8 of them; NULL: there is none. */
static inline const char *rxpath_past_hex(const char *at, const char *end, uint32_t *value)
{
	const char *begin = at;
	const char *last = end - at > 8 ? at + 8 : end;
	unsigned digit;

	*value = 0;
	for (; at < last && (digit = rxpath_hex_digits[(unsigned char)*at]) != 0; at++)
		*value = *value << 4 | (digit & 15);
	return at == begin ? NULL : at;
}

/* Takes the text before the first `separator` off *rest, and the separator too. False, and *rest
 * untouched, when there is no separator. */
bool rxpath_scan_until(struct rxpath_slice *rest, char separator, struct rxpath_slice *head);

/* Takes the next item of a list off *rest: the last one has no separator behind it. False when
 * there is no more; a text without a separator is one item. */
bool rxpath_scan_item(struct rxpath_slice *rest, char separator, struct rxpath_slice *item);

/* Leaves in *rest the text after the last `separator`; *head is the text before it. False when
 * there is none. */
bool rxpath_scan_last(struct rxpath_slice *rest, char separator, struct rxpath_slice *head);

/* True, with *value set, if the whole slice is a number of that base, without sign or prefix. Else
 * (empty, a byte that is no digit, above 2^64 - 1) false, and *value is unchanged. */
bool rxpath_scan_dec(struct rxpath_slice digits, uint64_t *value);
bool rxpath_scan_hex(struct rxpath_slice digits, uint64_t *value);

/* Takes the next word off *rest if it is such a number; else false, and *rest is unchanged. One
 * pass instead of two (rxpath_scan_word and the above): most of the kernel's text is numbers. */
bool rxpath_scan_next_dec(struct rxpath_slice *rest, uint64_t *value);
bool rxpath_scan_next_hex(struct rxpath_slice *rest, uint64_t *value);

/* The same with an optional leading '-'; -2^63 .. 2^63 - 1. */
bool rxpath_scan_signed(struct rxpath_slice digits, int64_t *value);

/* A decimal number with an optional fraction ("1", "0.25", ".5"), in billionths. False also for
 * what does not fit in 64 bits or has more than nine decimals that are not zero. */
bool rxpath_scan_billionths(struct rxpath_slice text, uint64_t *value);

/* Takes the next byte off a text in which some are written \xHH. False at its end. */
bool rxpath_scan_escaped(struct rxpath_slice *rest, char *byte);

/* Shell pattern (* ? [...]) over the whole text. A bracket also matches itself, so that
 * "udp6/[::1]:*" matches that address. False for a text or a pattern of 256 bytes or more, and for
 * a text that holds a NUL. */
bool rxpath_scan_glob(const char *pattern, struct rxpath_slice text);

#endif
