/* words.c: what every parser needs: whether a word is a name, a number, a counter. */
#include <string.h>

#include "words.h"

#define TEN 1, 1, 1, 1, 1, 1, 1, 1, 1, 1
#define LETTERS TEN, TEN, 1, 1, 1, 1, 1, 1

/* A table, because the bytes of names are most of what is read. */
static const unsigned char is_of_name[256] = {
	['-'] = 1, ['.'] = 1, ['_'] = 1, ['0'] = TEN, ['A'] = LETTERS, ['a'] = LETTERS,
};

static const char *past_name(const char *at, const char *end)
{
	while (at < end && is_of_name[(unsigned char)*at])
		at++;
	return at;
}

bool rxpath_parse_is_name(struct rxpath_slice word)
{
	return word.len > 0 && past_name(word.ptr, word.ptr + word.len) == word.ptr + word.len;
}

bool rxpath_parse_next_name(struct rxpath_slice *line, struct rxpath_slice *name)
{
	const char *at = line->ptr;
	const char *end = line->ptr + line->len;

	while (at < end && *at == ' ')
		at++;
	name->ptr = at;
	at = past_name(at, end);
	name->len = (size_t)(at - name->ptr);
	if (name->len == 0 || (at < end && *at != ' ' && *at != '\t'))
		return false;
	line->ptr = at;
	line->len = (size_t)(end - at);
	return true;
}

bool rxpath_parse_has_text(struct rxpath_slice text, struct rxpath_error *error)
{
	return text.len > 0 || rxpath_error_format(error, 0, "empty", text);
}

bool rxpath_parse_is_whole(struct rxpath_slice text, struct rxpath_error *error)
{
	struct rxpath_slice line;
	size_t number = 1;

	if (!rxpath_parse_has_text(text, error))
		return false;
	if (text.ptr[text.len - 1] == '\n')
		return true;
	while (rxpath_scan_until(&text, '\n', &line))
		number++;
	return rxpath_error_format(error, number, "incomplete line", text);
}

bool rxpath_parse_is_device(struct rxpath_slice name)
{
	/* Longer than IFNAMSIZ allows is no name; and a column as wide as a file would
	 * fill the memory. */
	return name.len > 0 && name.len < RXPATH_DEVICE_NAME && !memchr(name.ptr, '/', name.len) &&
	       !memchr(name.ptr, '\0', name.len);
}

struct rxpath_slice rxpath_parse_device(struct rxpath_slice escaped, char name[RXPATH_DEVICE_NAME])
{
	struct rxpath_slice whole = {name, 0};

	while (whole.len < RXPATH_DEVICE_NAME && rxpath_scan_escaped(&escaped, &name[whole.len]))
		whole.len++;
	if (!rxpath_parse_is_device(whole))
		whole.len = 0;
	return whole;
}

bool rxpath_parse_not_a_number(struct rxpath_error *error, size_t line, enum rxpath_base base,
			       struct rxpath_slice word)
{
	static const char digits[] = "0123456789abcdefABCDEF";
	size_t count = base == RXPATH_HEXADECIMAL ? sizeof digits - 1 : 10;

	for (size_t i = 0; i < word.len; i++)
		if (!memchr(digits, word.ptr[i], count))
			return rxpath_error_format(error, line,
						   base == RXPATH_HEXADECIMAL
							   ? "not a hexadecimal number"
							   : "not a decimal number",
						   word);
	return rxpath_error_format(
		error, line, word.len > 0 ? "a number larger than 64 bits" : "no number", word);
}

struct rxpath_slice rxpath_parse_word(struct rxpath_slice line)
{
	struct rxpath_slice word;

	rxpath_scan_word(&line, &word);
	return word;
}

bool rxpath_parse_no_value(struct rxpath_error *error, size_t line, enum rxpath_base base,
			   struct rxpath_slice rest, const char *missing, struct rxpath_slice of)
{
	struct rxpath_slice word = rxpath_parse_word(rest);

	return word.len > 0 ? rxpath_parse_not_a_number(error, line, base, word)
			    : rxpath_error_format(error, line, missing, of);
}

bool rxpath_parse_add_kept(struct rxpath_builder *builder, struct rxpath_slice prefix,
			   struct rxpath_slice name, struct rxpath_subject subject, uint64_t value,
			   struct rxpath_error *error)
{
	char whole[256];

	/* No counter's name is half as long; one that were is nothing that the catalogue knows. */
	if (prefix.len + name.len > sizeof whole)
		return true;
	memcpy(whole, prefix.ptr, prefix.len);
	memcpy(whole + prefix.len, name.ptr, name.len);
	return rxpath_builder_add(builder, (struct rxpath_slice){whole, prefix.len + name.len},
				  subject, value) ||
	       rxpath_error_memory(error);
}

bool rxpath_parse_u32(struct rxpath_slice word, uint32_t *value)
{
	uint64_t positive;
	int64_t number;

	if (rxpath_scan_dec(word, &positive) && positive <= UINT32_MAX) {
		*value = (uint32_t)positive;
		return true;
	}
	if (!rxpath_scan_signed(word, &number) || number < INT32_MIN || number > 0)
		return false;
	*value = (uint32_t)(int32_t)number;
	return true;
}

struct rxpath_socket rxpath_parse_socket(enum rxpath_protocol protocol, bool v6)
{
	return (struct rxpath_socket){
		.protocol = (uint8_t)protocol,
		.v6 = v6,
		.rmem = RXPATH_UNKNOWN32,
		.rcvbuf = RXPATH_UNKNOWN32,
		.limit = RXPATH_UNKNOWN32,
	};
}
