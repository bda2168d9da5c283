/* words.c: what every parser asks of a word: is it a name, a number, a counter. */
#include <string.h>

#include "parse.h"

/* The bytes of a name, as bits: every word of a file goes through here. */
#define LETTERS UINT32_C(0x07FFFFFE)
static const uint32_t name_bytes[8] = {
	[1] = UINT32_C(0x03FF6000),			/* 0-9 - . */
	[2] = LETTERS | UINT32_C(1) << ('_' - 64),
	[3] = LETTERS,
};

bool rxpath_parse_is_name(struct rxpath_slice word)
{
	for (size_t i = 0; i < word.len; i++) {
		unsigned char c = (unsigned char)word.ptr[i];

		if (!(name_bytes[c / 32] >> c % 32 & 1))
			return false;
	}
	return word.len > 0;
}

bool rxpath_parse_is_device(struct rxpath_slice name)
{
	/* Longer than IFNAMSIZ allows is no name; and a column as wide as a file would fill the memory. */
	return name.len > 0 && name.len < 16 && !memchr(name.ptr, '/', name.len) &&
	       !memchr(name.ptr, '\0', name.len);
}

bool rxpath_parse_not_a_number(struct rxpath_error *error, size_t line, unsigned base,
			       struct rxpath_slice word)
{
	static const char digits[] = "0123456789abcdefABCDEF";
	size_t count = base == 16 ? sizeof digits - 1 : 10;

	for (size_t i = 0; i < word.len; i++)
		if (!memchr(digits, word.ptr[i], count))
			return rxpath_error_format(error, line,
						   base == 16 ? "not a hexadecimal number" :
								"not a decimal number",
						   word);
	return rxpath_error_format(error, line,
				   word.len > 0 ? "a number over 64 bits" : "no number", word);
}

bool rxpath_parse_add(struct rxpath_sample *sample, struct rxpath_slice prefix,
		      struct rxpath_slice name, enum rxpath_source source, uint64_t value,
		      struct rxpath_error *error)
{
	char whole[128];

	/* The sample would leave it out, whatever its name. */
	if (value == 0 && !sample->keep_zeros)
		return true;
	/* No counter's name is half as long; one that were is nothing that the catalogue knows. */
	if (prefix.len + name.len > sizeof whole)
		return true;
	memcpy(whole, prefix.ptr, prefix.len);
	memcpy(whole + prefix.len, name.ptr, name.len);
	if (!rxpath_sample_add(sample, (struct rxpath_slice){whole, prefix.len + name.len}, source,
			       rxpath_netns, value))
		return rxpath_error_memory(error);
	return true;
}
