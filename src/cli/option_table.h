/* option_table.h: the commands and the options, with their help. */
#ifndef RXPATH_CLI_OPTION_TABLE_H
#define RXPATH_CLI_OPTION_TABLE_H

#include <stddef.h>

#include "cli.h"

struct command_row {
	const char *name;
	const char *usage; /* for --help, in two columns */
	int (*run)(const struct options *options);
	size_t least, most; /* arguments */
	const char *needs;  /* what they are, where there must be any */
};

const struct command_row *command_row(enum command command);
bool command_find(const char *name, enum command *command);

struct option_row {
	char letter;	   /* 0: it has only a name */
	unsigned commands; /* a bit for each command that takes it */
	bool is_rare;	   /* --help, which fits on a screen, has only its name */
	const char *name;
	/* Reads its value; false after printing what is wrong with it. NULL: it has none, and sets
	 * the bool at `member` of struct options. */
	bool (*read)(const struct option_row *row, char *value, struct options *options);
	size_t member;	     /* of a flag or a text */
	const char *must_be; /* what a text is, for messages */
	const char *help;    /* NULL: in the line of another option */
};

/* At most this many; NULL behind the last one. */
#define MAX_OPTIONS 32
const struct option_row *option_at(size_t index);

#endif
