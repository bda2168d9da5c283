/* words.h: what the parsers share among themselves. */
#ifndef RXPATH_PARSE_WORDS_H
#define RXPATH_PARSE_WORDS_H

#include "rxpath/parse.h"

static const struct rxpath_subject rxpath_netns = {.kind = RXPATH_ON_NETNS};

/* False, with the error, for an empty text. A tool may have left out the last newline, so a last
 * line that has all of its columns is taken for whole. */
bool rxpath_parse_has_text(struct rxpath_slice text, struct rxpath_error *error);

/* Likewise for a text whose columns do not tell whether the last line is whole, or that this
 * program wrote: without its last newline it was cut. */
bool rxpath_parse_is_whole(struct rxpath_slice text, struct rxpath_error *error);

bool rxpath_parse_add_kept(struct rxpath_builder *builder, struct rxpath_slice prefix,
			   struct rxpath_slice name, struct rxpath_subject subject, uint64_t value,
			   struct rxpath_error *error);

/* Adds the counter whose name is the prefix and the name together. Inline, because the sample
 * leaves out zeros, which most counters are. */
static inline bool rxpath_parse_add(struct rxpath_builder *builder, struct rxpath_slice prefix,
				    struct rxpath_slice name, struct rxpath_subject subject,
				    uint64_t value, struct rxpath_error *error)
{
	return (value == 0 && !builder->request.keep_zeros) ||
	       rxpath_parse_add_kept(builder, prefix, name, subject, value, error);
}

enum rxpath_base { RXPATH_DECIMAL, RXPATH_HEXADECIMAL };

/* The error about a word that is no number of that base, or too large a one. */
bool rxpath_parse_not_a_number(struct rxpath_error *error, size_t line, enum rxpath_base base,
			       struct rxpath_slice word);

/* The error about a line that has no number of that base next. At the end of the line it says
 * `missing`, and `of` what. */
#define RXPATH_FEWER_VALUES "fewer values than names; no value for"
bool rxpath_parse_no_value(struct rxpath_error *error, size_t line, enum rxpath_base base,
			   struct rxpath_slice rest, const char *missing, struct rxpath_slice of);

/* The next word of the line; empty: there is none. */
struct rxpath_slice rxpath_parse_word(struct rxpath_slice line);

/* Renumbers the rows of softnet_stat, so far numbered by their lines, by the list of CPUs that
 * are online. */
void rxpath_parse_name_cpus(struct rxpath_sample *sample);

/* A counter's or column's name: letters, digits, '_', '-', '.'; nothing that a file cut in the
 * wrong place, or full of NUL bytes, would give. */
bool rxpath_parse_is_name(struct rxpath_slice word);

/* Takes the next word off the line if it is a name; else false, and the line untouched. */
bool rxpath_parse_next_name(struct rxpath_slice *line, struct rxpath_slice *name);

/* A number of 32 bits. uid (up to 3.10) and drops (up to 4.19) are printed with a sign. */
bool rxpath_parse_u32(struct rxpath_slice word, uint32_t *value);

/* The device's name without its escapes, in `name`; empty: it is none. */
struct rxpath_slice rxpath_parse_device(struct rxpath_slice escaped, char name[RXPATH_DEVICE_NAME]);

/* What can be a device's name (dev_valid_name, net/core/dev.c): 1 to 15 bytes, no '/', no NUL. */
bool rxpath_parse_is_device(struct rxpath_slice name);

/* A socket of which nothing more is known yet. */
struct rxpath_socket rxpath_parse_socket(enum rxpath_protocol protocol, bool v6);

#endif
