/* help.c: --help, and the command that shows all options of one command. */
#include <stdio.h>
#include <string.h>

#include "option_table.h"

/* FORMS in a help text is replaced by the names in the table of formats. */
static void print_line(const char *line, size_t len)
{
	static const char word[] = "FORMS";
	const char *at = strstr(line, word);
	char names[80];

	if (!at || at >= line + len) {
		printf("%.*s\n", (int)len, line);
		return;
	}
	format_names(names, sizeof names);
	printf("%.*s%s", (int)(at - line), line, names);
	at += sizeof word - 1;
	printf("%.*s\n", (int)(line + len - at), at);
}

static void print_options(enum command command)
{
	const struct option_row *row;

	for (size_t i = 0; (row = option_at(i)); i++) {
		const char *help = row->help;

		if (row->letter == 'f' && command == COMMAND_GET)
			help = "  -f, --format FORM       text or json (text)";
		if (help && row->commands >> command & 1)
			print_line(help, strlen(help));
	}
}

/* One screen of 24 rows, with a prompt below. */
void print_help(void)
{
	const struct option_row *row;

	for (enum command i = 0; i < COMMANDS; i++)
		printf("%s rxpath %s\n", i == 0 ? "usage:" : "      ", command_row(i)->usage);
	for (size_t i = 0; (row = option_at(i)); i++)
		if (row->help && !row->is_rare)
			print_line(row->help, strcspn(row->help, "\n"));
	printf("Also");
	for (size_t i = 0; (row = option_at(i)); i++)
		if (row->is_rare)
			printf(" --%s", row->name);
	puts("\nExit status: 0 nothing failed; 1 packets lost; 2 usage error, or not measured.");
}

int run_help(const struct options *options)
{
	const char *name = options->arguments[0];
	enum command command;

	if (!name) {
		print_help();
		return STATUS_OK;
	}
	if (!command_find(name, &command)) {
		say_unknown_command(name);
		return STATUS_TROUBLE;
	}
	printf("usage: rxpath %s\n", command_row(command)->usage);
	print_options(command);
	return STATUS_OK;
}
