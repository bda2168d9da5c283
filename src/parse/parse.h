/* parse.h: what the parsers share among themselves. */
#ifndef RXPATH_PARSE_INTERNAL_H
#define RXPATH_PARSE_INTERNAL_H

#include "rxpath/parse.h"

static const struct rxpath_subject rxpath_netns = {.kind = RXPATH_ON_NETNS};

/* Adds the counter PREFIX NAME of the network namespace. */
bool rxpath_parse_add(struct rxpath_sample *sample, struct rxpath_slice prefix,
		      struct rxpath_slice name, enum rxpath_source source, uint64_t value,
		      struct rxpath_error *error);

/* The error about a word that is no number of that base (10 or 16), or too large a one. */
bool rxpath_parse_not_a_number(struct rxpath_error *error, size_t line, unsigned base,
			       struct rxpath_slice word);

/* Gives the rows of softnet_stat, named by their lines so far, the numbers of the CPUs on line. */
void rxpath_parse_name_cpus(struct rxpath_sample *sample);

/* A counter's or column's name: letters, digits, '_', '-', '.'; nothing that a file cut in the
 * wrong place, or full of NUL bytes, would give. */
bool rxpath_parse_is_name(struct rxpath_slice word);

/* What can be a device's name (dev_valid_name, net/core/dev.c): 1 to 15 bytes, no '/', no NUL. */
bool rxpath_parse_is_device(struct rxpath_slice name);

#endif
