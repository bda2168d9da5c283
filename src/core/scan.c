/* scan.c: slices of text, and strict numbers: all numbers are read here. */
#include <fnmatch.h>
#include <string.h>

#include "rxpath/scan.h"

/* Bytes of a pattern, and of what it is compared with. */
#define MAX_PATTERN 256

struct rxpath_slice rxpath_slice_of(const char *string)
{
	return (struct rxpath_slice){string, strlen(string)};
}

bool rxpath_slice_equal(struct rxpath_slice a, struct rxpath_slice b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* The length of the common prefix. Byte by byte: most comparisons end at the first byte. */
static inline size_t common_start(struct rxpath_slice slice, const char *string)
{
	size_t at = 0;

	while (at < slice.len && string[at] && slice.ptr[at] == string[at])
		at++;
	return at;
}

bool rxpath_slice_is(struct rxpath_slice slice, const char *string)
{
	size_t at = common_start(slice, string);

	return at == slice.len && !string[at];
}

bool rxpath_slice_starts(struct rxpath_slice slice, const char *prefix)
{
	return !prefix[common_start(slice, prefix)];
}

bool rxpath_slice_is_any(struct rxpath_slice slice, const char *const names[])
{
	for (size_t i = 0; names[i]; i++)
		if (rxpath_slice_is(slice, names[i]))
			return true;
	return false;
}

bool rxpath_slice_ends(struct rxpath_slice slice, const char *suffix)
{
	size_t len = strlen(suffix);

	return slice.len > len && memcmp(slice.ptr + slice.len - len, suffix, len) == 0;
}

/* Not tolower, which asks the locale. */
static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool begins(struct rxpath_slice slice, const char *word)
{
	size_t same = 0;

	while (same < slice.len && word[same] && lower(slice.ptr[same]) == word[same])
		same++;
	return !word[same];
}

bool rxpath_slice_holds(struct rxpath_slice slice, const char *const *words, size_t count)
{
	for (; slice.len > 0; slice.ptr++, slice.len--) {
		char first = lower(slice.ptr[0]);

		for (size_t i = 0; i < count; i++)
			if (words[i][0] == first && begins(slice, words[i]))
				return true;
	}
	return false;
}

int rxpath_slice_compare(struct rxpath_slice a, struct rxpath_slice b)
{
	size_t common = a.len < b.len ? a.len : b.len;
	int order = common == 0 ? 0 : memcmp(a.ptr, b.ptr, common);

	if (order != 0)
		return order;
	return a.len < b.len ? -1 : a.len > b.len;
}

bool rxpath_scan_line(struct rxpath_slice *rest, struct rxpath_slice *line)
{
	if (rest->len == 0)
		return false;
	if (!rxpath_scan_until(rest, '\n', line)) {
		*line = *rest;
		rest->ptr += rest->len;
		rest->len = 0;
	}
	return true;
}

bool rxpath_scan_word(struct rxpath_slice *rest, struct rxpath_slice *word)
{
	/* An empty slice may have no address, and nothing may be added to that, not even 0. */
	const char *end = rest->len > 0 ? rest->ptr + rest->len : rest->ptr;
	const char *at = rxpath_past_blanks(rest->ptr, end);

	word->ptr = at;
	at = rxpath_past_word(at, end);
	word->len = (size_t)(at - word->ptr);
	rest->ptr = at;
	rest->len = (size_t)(end - at);
	return word->len > 0;
}

/* Splits *rest at the separator; false where it is NULL: there is none. */
static inline bool part(struct rxpath_slice *rest, const char *found, struct rxpath_slice *head)
{
	if (!found)
		return false;
	head->ptr = rest->ptr;
	head->len = (size_t)(found - rest->ptr);
	rest->ptr = found + 1;
	rest->len -= head->len + 1;
	return true;
}

bool rxpath_scan_until(struct rxpath_slice *rest, char separator, struct rxpath_slice *head)
{
	return part(rest, rest->len == 0 ? NULL : memchr(rest->ptr, separator, rest->len), head);
}

bool rxpath_scan_item(struct rxpath_slice *rest, char separator, struct rxpath_slice *item)
{
	if (!rest->ptr)
		return false;
	if (!rxpath_scan_until(rest, separator, item)) {
		*item = *rest;
		*rest = (struct rxpath_slice){NULL, 0};
	}
	return true;
}

bool rxpath_scan_last(struct rxpath_slice *rest, char separator, struct rxpath_slice *head)
{
	return part(rest, rest->len == 0 ? NULL : memrchr(rest->ptr, separator, rest->len), head);
}

static inline unsigned digit_of(char c)
{
	return (unsigned)(unsigned char)c - '0';
}

/* Where the number at `at` ends; NULL: there is none, or it is over 64 bits. */
typedef const char *past_number(const char *at, const char *end, uint64_t *value);

static inline const char *past_dec(const char *at, const char *end, uint64_t *value)
{
	const char *begin = at;
	const char *safe = end - at > 19 ? at + 19 : end; /* nineteen digits always fit */
	uint64_t sum = 0;
	unsigned digit;

	for (; at < safe && (digit = digit_of(*at)) <= 9; at++)
		sum = sum * 10 + digit;
	for (; at < end && (digit = digit_of(*at)) <= 9; at++) {
		if (sum > (UINT64_MAX - digit) / 10)
			return NULL;
		sum = sum * 10 + digit;
	}
	*value = sum;
	return at == begin ? NULL : at;
}

const unsigned char rxpath_hex_digits[256] = {
	['0'] = 0x10, 0x11, 0x12, 0x13, 0x14, 0x15,	    0x16, 0x17, 0x18, 0x19, ['A'] = 0x1a,
	0x1b,	      0x1c, 0x1d, 0x1e, 0x1f, ['a'] = 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f,
};

static inline const char *past_hex(const char *at, const char *end, uint64_t *value)
{
	const char *begin = at;
	uint64_t sum = 0;

	for (; at < end; at++) {
		unsigned digit = rxpath_hex_digits[(unsigned char)*at];

		if (digit == 0)
			break;
		if (sum > UINT64_MAX >> 4)
			return NULL;
		sum = sum << 4 | (digit & 15);
	}
	*value = sum;
	return at == begin ? NULL : at;
}

static inline bool whole_number(struct rxpath_slice digits, past_number *past, uint64_t *value)
{
	uint64_t number = 0; /* gcc 12 does not see that it is set */

	if (digits.len == 0 ||
	    past(digits.ptr, digits.ptr + digits.len, &number) != digits.ptr + digits.len)
		return false;
	*value = number;
	return true;
}

static inline bool next_number(struct rxpath_slice *rest, past_number *past, uint64_t *value)
{
	const char *end = rest->ptr + rest->len;
	const char *at = rxpath_past_blanks(rest->ptr, end);
	uint64_t number;

	at = past(at, end, &number);
	if (!at || (at < end && !rxpath_is_blank(*at)))
		return false;
	*value = number;
	rest->ptr = at;
	rest->len = (size_t)(end - at);
	return true;
}

bool rxpath_scan_dec(struct rxpath_slice digits, uint64_t *value)
{
	return whole_number(digits, past_dec, value);
}

bool rxpath_scan_hex(struct rxpath_slice digits, uint64_t *value)
{
	return whole_number(digits, past_hex, value);
}

bool rxpath_scan_next_dec(struct rxpath_slice *rest, uint64_t *value)
{
	return next_number(rest, past_dec, value);
}

bool rxpath_scan_next_hex(struct rxpath_slice *rest, uint64_t *value)
{
	return next_number(rest, past_hex, value);
}

bool rxpath_scan_escaped(struct rxpath_slice *rest, char *byte)
{
	uint64_t value;
	size_t len = 1;

	if (rest->len == 0)
		return false;
	*byte = rest->ptr[0];
	if (rest->len >= 4 && rest->ptr[0] == '\\' && rest->ptr[1] == 'x' &&
	    rxpath_scan_hex((struct rxpath_slice){rest->ptr + 2, 2}, &value)) {
		*byte = (char)(unsigned char)value;
		len = 4;
	}
	rxpath_slice_skip(rest, len);
	return true;
}

bool rxpath_scan_signed(struct rxpath_slice digits, int64_t *value)
{
	bool negative = digits.len > 0 && digits.ptr[0] == '-';
	uint64_t size;

	if (negative) {
		digits.ptr++;
		digits.len--;
	}
	if (!rxpath_scan_dec(digits, &size) || size > (uint64_t)INT64_MAX + negative)
		return false;
	/* -2^63 has no positive counterpart, so the number is negated as size - 1. */
	*value = negative && size > 0 ? -(int64_t)(size - 1) - 1 : (int64_t)size;
	return true;
}

bool rxpath_scan_billionths(struct rxpath_slice text, uint64_t *value)
{
	const uint64_t billion = 1000000000;
	struct rxpath_slice whole;
	uint64_t units = 0;
	uint64_t parts = 0;
	uint64_t weight = billion;
	bool fraction = rxpath_scan_until(&text, '.', &whole);

	if (!fraction) {
		whole = text;
		text.len = 0;
	}
	if (whole.len + text.len == 0 || (whole.len > 0 && !rxpath_scan_dec(whole, &units)))
		return false;
	for (size_t i = 0; i < text.len; i++) {
		unsigned digit = (unsigned)(unsigned char)text.ptr[i] - '0';

		if (digit > 9 || (weight == 1 && digit > 0))
			return false;
		if (weight > 1)
			weight /= 10;
		parts += digit * weight;
	}
	if (units > (UINT64_MAX - parts) / billion)
		return false;
	*value = units * billion + parts;
	return true;
}

/* Copies the pattern with every bracket quoted. */
static void quote_brackets(const char *pattern, char quoted[2 * MAX_PATTERN])
{
	for (; *pattern != '\0'; pattern++) {
		if (*pattern == '[')
			*quoted++ = '\\';
		*quoted++ = *pattern;
	}
	*quoted = '\0';
}

bool rxpath_scan_glob(const char *pattern, struct rxpath_slice text)
{
	char string[MAX_PATTERN];
	char quoted[2 * MAX_PATTERN];

	/* No subject or counter is longer. */
	if (text.len >= sizeof string || strlen(pattern) >= MAX_PATTERN ||
	    (text.len > 0 && memchr(text.ptr, '\0', text.len)))
		return false;
	if (text.len > 0)
		memcpy(string, text.ptr, text.len);
	string[text.len] = '\0';
	quote_brackets(pattern, quoted);
	return fnmatch(pattern, string, 0) == 0 || fnmatch(quoted, string, 0) == 0;
}
