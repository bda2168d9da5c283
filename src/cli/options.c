/* options.c: reads the command line: which command, which options. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "option_table.h"

#define SECOND UINT64_C(1000000000)

/* What getopt_long returns for the first long option, above all characters. */
#define FIRST_LONG 256

/* The option of that value of getopt_long; NULL: there is none. */
static const struct option_row *find_option(int value)
{
	const struct option_row *row;

	if (value >= FIRST_LONG)
		return option_at((size_t)value - FIRST_LONG);
	for (size_t i = 0; (row = option_at(i)); i++)
		if (row->letter != 0 && row->letter == value)
			return row;
	return NULL;
}

static void complain_unknown(const char *word)
{
	const struct option_row *row;
	char name[32];
	struct suggestion suggestion = {.word = name};
	size_t len = strcspn(word, "=");

	say("%s: unknown option; see 'rxpath --help'", word);
	snprintf(name, sizeof name, "%.*s", (int)(len < sizeof name ? len : 0), word);
	/* Without the dashes, which all options share: they would make all names look alike. */
	suggestion.word += strspn(name, "-");
	for (size_t i = 0; (row = option_at(i)); i++)
		suggest_try(&suggestion, row->name);
	suggest_say(&suggestion, "--");
}

/* Says why getopt_long refused the option. */
static bool complain(int value, char **argv)
{
	const char *word = argv[optind - 1];
	const struct option_row *row = find_option(optopt);

	if (row)
		return say("--%s: %s; see 'rxpath --help'", row->name,
			   value == ':' ? "needs a value" : "takes no value");
	if (optopt > 0 && optopt < FIRST_LONG)
		return say("-%c: unknown option; see 'rxpath --help'", optopt);
	complain_unknown(word);
	return false;
}

/* The arguments of getopt_long. */
struct syntax {
	struct option longs[MAX_OPTIONS + 1];
	char shorts[2 + MAX_OPTIONS * 2 + 1];
};

/* Where the options end. */
enum extent { UP_TO_A_WORD, TO_THE_END };

static void set_syntax(struct syntax *syntax, enum extent extent)
{
	const struct option_row *row;
	size_t used = 0;

	*syntax = (struct syntax){0};
	if (extent == UP_TO_A_WORD)
		syntax->shorts[used++] = '+';
	syntax->shorts[used++] = ':';
	for (size_t i = 0; (row = option_at(i)); i++) {
		syntax->longs[i] = (struct option){
			.name = row->name,
			.has_arg = row->read ? required_argument : no_argument,
			.val = FIRST_LONG + (int)i,
		};
		if (row->letter == 0)
			continue;
		syntax->shorts[used++] = row->letter;
		if (row->read)
			syntax->shorts[used++] = ':';
	}
	opterr = 0;
	/* Start again, whatever was scanned before. */
	optind = 0;
}

/* The first word that is neither an option nor an option's value; 0: there is none. */
static int find_word(int argc, char **argv)
{
	struct syntax syntax;
	int value;

	set_syntax(&syntax, UP_TO_A_WORD);
	while ((value = getopt_long(argc, argv, syntax.shorts, syntax.longs, NULL)) != -1)
		/* After a wrong option it is not known which words are values. */
		if (value == '?' || value == ':')
			return 0;
	return optind < argc && strcmp(argv[optind - 1], "--") != 0 ? optind : 0;
}

static bool apply(struct options *options, const struct option_row *row, char *value)
{
	if (!(row->commands >> options->command & 1))
		return say("--%s: cannot be used with '%s'; see 'rxpath --help'", row->name,
			   command_row(options->command)->name);
	if (row->read)
		return row->read(row, value, options);
	*(bool *)((char *)options + row->member) = true;
	return true;
}

static bool scan_options(int argc, char **argv, struct options *options)
{
	struct syntax syntax;
	int value;

	/* The options after the command that `run` starts belong to that command. */
	set_syntax(&syntax, options->command == COMMAND_RUN ? UP_TO_A_WORD : TO_THE_END);
	while ((value = getopt_long(argc, argv, syntax.shorts, syntax.longs, NULL)) != -1) {
		const struct option_row *row = find_option(value);

		if (!row)
			return complain(value, argv);
		if (!apply(options, row, optarg))
			return false;
	}
	options->arguments = argv + optind;
	return true;
}

bool say_unknown_command(const char *word)
{
	struct suggestion suggestion = {.word = word};
	char path[64];

	say("unknown command '%s'; see 'rxpath --help'", word);
	for (enum command i = 0; i < COMMANDS; i++)
		suggest_try(&suggestion, command_row(i)->name);
	snprintf(path, sizeof path, "/sys/class/net/%.40s", word);
	if (!strchr(word, '/') && access(path, F_OK) == 0)
		say("did you mean 'rxpath -d %s'?", word);
	else
		suggest_say(&suggestion, "rxpath ");
	return false;
}

bool options_parse(int argc, char **argv, struct options *options)
{
	int words = 0;
	int word;

	*options = (struct options){
		.interval = SECOND,
		.count = 1,
		.format = format_at(0),
		.exit_code = STATUS_FAILED,
		.order = RXPATH_ORDER_OWN,
		.forms = calloc((size_t)argc, sizeof *options->forms),
		.words = calloc((size_t)argc + 1, sizeof *options->words),
		.devices = calloc((size_t)argc, sizeof *options->devices),
		.allowances = calloc((size_t)argc, sizeof *options->allowances),
	};
	if (!options->devices || !options->allowances || !options->forms || !options->words)
		return say("out of memory");
	options->criteria.devices = options->devices;
	options->criteria.allowances = options->allowances;
	/* The command may follow options, so it is removed from the words. */
	word = find_word(argc, argv);
	if (word > 0 && !command_find(argv[word], &options->command))
		return say_unknown_command(argv[word]);
	/* `get` also prints counters that did not move. */
	options->criteria.all = options->command == COMMAND_GET;
	options->criteria.traffic = options->command == COMMAND_GET;
	options->criteria.of_run = options->command == COMMAND_RUN;
	for (int i = 0; i < argc; i++)
		if (i == 0 || i != word)
			options->words[words++] = argv[i];
	if (!scan_options(words, options->words, options))
		return false;
	return options->help || options->version || options_check(options);
}

int options_trouble(const struct options *options)
{
	if (options->format->trouble_line && !options->quiet)
		puts(options->format->trouble_line);
	if (options->format->trouble != 0)
		return options->format->trouble;
	return options->command == COMMAND_RUN ? STATUS_RUN_TROUBLE : STATUS_TROUBLE;
}

void options_free(struct options *options)
{
	free(options->devices);
	free(options->allowances);
	free(options->forms);
	free(options->words);
}
