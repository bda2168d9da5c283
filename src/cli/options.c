/* options.c: the command line: which command, which options, what they mean. */
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

#define BILLION UINT64_C(1000000000)
#define FOR(command) (1u << (command))

/* Which commands take which options: one that would have no effect is a usage error. */
enum {
	TO_REPORT = FOR(COMMAND_CHECK) | FOR(COMMAND_RUN) | FOR(COMMAND_DIFF) | FOR(COMMAND_TOTALS),
	TO_REPEAT = FOR(COMMAND_CHECK),
	TO_TRACE = FOR(COMMAND_CHECK) | FOR(COMMAND_RUN),
	TO_ALL_NETNS =
		FOR(COMMAND_CHECK) | FOR(COMMAND_RUN) | FOR(COMMAND_TOTALS) | FOR(COMMAND_METRICS),
	TO_SAMPLE = TO_REPORT | FOR(COMMAND_SAVE) | FOR(COMMAND_METRICS) | FOR(COMMAND_GET),
	TO_WRITE = TO_SAMPLE | FOR(COMMAND_EXPLAIN),
	TO_ALL = (1u << COMMANDS) - 1,
	RARE = 1u << COMMANDS, /* --help, which fits on a screen, has only its name */
};

static const struct {
	const char *name;
	const char *usage; /* for --help, in two columns */
} commands[COMMANDS] = {
	[COMMAND_CHECK] = {"check",
			   "[check] [OPTIONS]                  sample, wait, sample, report"},
	[COMMAND_RUN] = {"run", "run [OPTIONS] [--] COMMAND [ARG]   report over a command's run"},
	[COMMAND_SAVE] = {"save", "save [OPTIONS] [FILE]              write one sample"},
	[COMMAND_DIFF] = {"diff", "diff [OPTIONS] BEFORE [AFTER]      between two, or one and now"},
	[COMMAND_TOTALS] = {"totals", "totals [OPTIONS] [FILE]            one sample: since boot"},
	[COMMAND_METRICS] = {"metrics",
			     "metrics [OPTIONS]                  one sample as OpenMetrics text"},
	[COMMAND_GET] = {"get", "get [OPTIONS] COUNTER[@SUBJECT]..  by how much each rose"},
	[COMMAND_EXPLAIN] = {"explain",
			     "explain [COUNTER | FINDING ...]    what it means, what to do"},
	[COMMAND_HELP] = {"help", "help [COMMAND]                     all options of one command"},
};

/* Values of long options without a letter, above all characters. */
enum {
	OPTION_STAGE = 256,
	OPTION_FAIL_ON,
	OPTION_EXIT_CODE,
	OPTION_ALLOW,
	OPTION_MAX_LOST,
	OPTION_NETNS,
	OPTION_PID,
	OPTION_ROOT,
	OPTION_COLOR,
	OPTION_TRACE,
	OPTION_ENDIAN,
	OPTION_RULES,
};

static const struct {
	int value;
	unsigned commands;
	const char *name;
	int has_argument;
	const char *help; /* NULL: in the line of another option */
} known[] = {
	{'i', TO_REPEAT | FOR(COMMAND_GET), "interval", required_argument,
	 "  -i, --interval SECONDS  time between samples (1)"},
	{'c', TO_REPEAT, "count", required_argument,
	 "  -c, --count N           number of reports; 0: until interrupted (1)"},
	{'f', TO_REPORT | FOR(COMMAND_GET), "format", required_argument,
	 "  -f, --format FORM       FORMS (text)\n"
	 "      -f FORM:FILE        also write that form to FILE (repeatable)"},
	{'a', TO_REPORT, "all", no_argument,
	 "  -a, --all               also counters and sockets that did not change"},
	{'o', TO_WRITE | RARE, "output", required_argument,
	 "  -o, --output FILE       write to FILE, replaced only when complete"},
	{'q', TO_REPORT, "quiet", no_argument,
	 "  -q, --quiet             no report, only the exit status"},
	{'d', TO_REPORT, "device", required_argument,
	 "  -d, --device GLOB       only counters of these devices (repeatable)"},
	{OPTION_STAGE, TO_REPORT | RARE, "stage", required_argument,
	 "      --stage LIST        only device,softnet,netfilter,ip,transport,socket"},
	{OPTION_FAIL_ON, TO_REPORT, "fail-on", required_argument,
	 "      --fail-on KIND      mildest to fail: drop,suspect,pressure,reject,never"},
	{OPTION_EXIT_CODE, TO_REPORT | RARE, "exit-code", required_argument,
	 "      --exit-code N       the status when something failed (1)"},
	{OPTION_ALLOW, TO_REPORT, "allow", required_argument,
	 "      --allow [SUBJECT:]COUNTER[=N[/s]]  tolerate it, or up to N (repeatable)"},
	{OPTION_MAX_LOST, TO_REPORT, "max-lost", required_argument,
	 "      --max-lost N[/s]    tolerate up to N lost packets in all (0)"},
	{OPTION_TRACE, TO_TRACE, "trace", no_argument,
	 "      --trace             also read the kernel's drop tracepoints (as root)"},
	{'N', TO_ALL_NETNS, "all-netns", no_argument,
	 "  -N, --all-netns         every network namespace of the host"},
	{OPTION_NETNS, TO_SAMPLE, "netns", required_argument,
	 "      --netns NAME, --pid PID, --root DIR  examine that instead"},
	{OPTION_PID, TO_SAMPLE, "pid", required_argument, NULL},
	{OPTION_ROOT, TO_SAMPLE, "root", required_argument, NULL},
	{OPTION_ENDIAN, TO_REPORT | RARE, "endian", required_argument,
	 "      --endian ORDER      little or big: of samples not made by rxpath save"},
	{OPTION_RULES, TO_SAMPLE | RARE, "rules", no_argument,
	 "      --rules             netfilter rules also where there are more than 10,000"},
	{OPTION_COLOR, TO_REPORT | RARE, "color", required_argument,
	 "      --color WHEN        auto, always or never (auto)"},
	{'h', TO_ALL | RARE, "help", no_argument, "  -h, --help; -V, --version"},
	{'V', TO_ALL | RARE, "version", no_argument, NULL},
};
#define KNOWN (sizeof known / sizeof *known)

/* FORMS stands for the names of the forms, which are in their table alone. */
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
	for (size_t i = 0; i < KNOWN; i++) {
		const char *help = known[i].help;

		if (known[i].value == 'f' && command == COMMAND_GET)
			help = "  -f, --format FORM       text or json (text)";
		if (help && known[i].commands & FOR(command))
			print_line(help, strlen(help));
	}
}

/* One screen of 24 rows, with a prompt below. */
void print_help(void)
{
	for (enum command i = 0; i < COMMANDS; i++)
		printf("%s rxpath %s\n", i == 0 ? "usage:" : "      ", commands[i].usage);
	for (size_t i = 0; i < KNOWN; i++)
		if (known[i].help && !(known[i].commands & RARE))
			print_line(known[i].help, strcspn(known[i].help, "\n"));
	printf("Also");
	for (size_t i = 0; i < KNOWN; i++)
		if (known[i].commands & RARE)
			printf(" --%s", known[i].name);
	puts("\nExit status: 0 nothing failed; 1 packets lost; 2 usage error, or not measured.");
}

static bool bad_value(const char *option, const char *value, const char *expected)
{
	return say("%s: must be %s, not '%s'", option, expected, value);
}

static bool parse_interval(const char *option, const char *value, uint64_t *interval)
{
	/* So that sums of times stay in range. */
	const uint64_t most = UINT64_C(3153600000) * BILLION;
	const size_t whole = strspn(value, "0123456789");
	const size_t decimals = value[whole] == '.' ? strspn(value + whole + 1, "0123456789") : 0;
	const size_t length = whole + (value[whole] == '.') + decimals;
	/* Clocks count nanoseconds: further decimals are ignored. */
	const struct rxpath_slice told = {value, decimals > 9 ? length - (decimals - 9) : length};

	if (value[length] != '\0' || whole + decimals == 0 || !strpbrk(value, "123456789"))
		return bad_value(option, value, "a number of seconds greater than 0");
	if (!rxpath_scan_billionths(told, interval) || *interval > most)
		return bad_value(option, value, "at most 3153600000 seconds (a century)");
	if (*interval == 0)
		*interval = 1;
	return true;
}

/* FORM, or FORM:FILE for a further one. */
static bool parse_format(const char *option, const char *value, struct options *options)
{
	char names[80], expected[120];
	const size_t len = strcspn(value, ":");
	const struct format *format = format_find((struct rxpath_slice){value, len});

	if (!format || (value[len] == ':' && value[len + 1] == '\0')) {
		format_names(names, sizeof names);
		snprintf(expected, sizeof expected, "%s, or one of them as FORM:FILE", names);
		return bad_value(option, value, expected);
	}
	if (value[len] == ':')
		options->forms[options->form_count++] =
			(struct form){.format = format, .file = value + len + 1};
	else
		options->format = format;
	return true;
}

static bool parse_exit_code(const char *option, const char *value, int *status)
{
	uint64_t number;

	if (!rxpath_scan_dec(rxpath_slice_of(value), &number) || number < 1 || number > 255)
		return bad_value(option, value, "a number from 1 to 255");
	*status = (int)number;
	return true;
}

/* Always false. */
static bool suggest_stage(struct rxpath_slice name)
{
	char word[32];
	struct suggestion suggestion = {.word = word};

	snprintf(word, sizeof word, "%.*s", (int)(name.len < sizeof word ? name.len : 0), name.ptr);
	for (enum rxpath_stage stage = 0; stage < RXPATH_STAGES; stage++)
		suggest_try(&suggestion, rxpath_stage_name(stage));
	suggest_say(&suggestion, "");
	return false;
}

static bool parse_stages(const char *option, const char *value, unsigned *stages)
{
	struct rxpath_slice rest = rxpath_slice_of(value);
	enum rxpath_stage stage;
	struct rxpath_slice name;

	for (bool more = true; more;) {
		more = rxpath_scan_until(&rest, ',', &name);
		if (!more)
			name = rest;
		if (!rxpath_stage_find(name, &stage)) {
			bad_value(option, value,
				  "a list, separated by commas, of device, softnet, netfilter, "
				  "ip, transport, socket");
			return suggest_stage(name);
		}
		*stages |= 1u << stage;
	}
	return true;
}

static bool parse_fail_on(const char *option, const char *value, enum rxpath_kind *kind)
{
	if (strcmp(value, "never") == 0) {
		*kind = RXPATH_KIND_TRAFFIC;
		return true;
	}
	if (rxpath_kind_find(rxpath_slice_of(value), kind) && *kind < RXPATH_KIND_TRAFFIC)
		return true;
	return bad_value(option, value, "drop, suspect, pressure, reject or never");
}

/* "N" or "N/s"; N is any whole number, or a smaller one with a fraction. */
static bool parse_limit(struct rxpath_slice text, struct rxpath_limit *limit)
{
	uint64_t parts;

	limit->per_second =
		text.len > 2 && text.ptr[text.len - 2] == '/' && text.ptr[text.len - 1] == 's';
	if (limit->per_second)
		text.len -= 2;
	if (!rxpath_scan_billionths(text, &parts))
		return rxpath_scan_dec(text, &limit->packets);
	limit->packets = parts / BILLION;
	limit->billionths = (uint32_t)(parts % BILLION);
	return true;
}

/* A pattern that can match something: not empty, no backslash at its end, and every bracket is
 * closed. Otherwise the matcher would take it literally, and the user would never know. */
static bool is_pattern(const char *text)
{
	const char *at = text;

	while (*at) {
		if (*at == '\\' && *++at == '\0')
			return false;
		if (*at == '[') {
			at += at[1] == '!' || at[1] == '^' ? 2 : 1;
			/* A bracket that comes first is a member. */
			at = *at ? strchr(at + (*at == ']'), ']') : NULL;
			if (!at)
				return false;
		}
		at++;
	}
	return at != text;
}

/* [SUBJECT:]COUNTER[=N[/s]]; a subject may hold colons, a counter does not. Changes `value`. */
static bool parse_allowance(const char *option, char *value, struct rxpath_allowance *allowance)
{
	char whole[256];
	char *limit = strrchr(value, '=');
	char *counter;

	/* The name of a device may hold '='. */
	if (limit && strchr(limit, ':'))
		limit = NULL;
	snprintf(whole, sizeof whole, "%s", value);
	*allowance = (struct rxpath_allowance){.counter = value, .limited = limit != NULL};
	if (limit) {
		*limit = '\0';
		if (!parse_limit(rxpath_slice_of(limit + 1), &allowance->limit))
			return bad_value(option, whole,
					 "[SUBJECT:]COUNTER[=N[/s]] with a number N");
	}
	counter = strrchr(value, ':');
	if (counter) {
		*counter = '\0';
		allowance->subject = value;
		allowance->counter = counter + 1;
	}
	if (!is_pattern(allowance->counter) ||
	    (allowance->subject && !is_pattern(allowance->subject)))
		return bad_value(option, whole, "[SUBJECT:]COUNTER[=N[/s]] with names or patterns");
	return true;
}

static bool parse_color(const char *option, const char *value, enum color *color)
{
	static const char *const names[] = {
		[COLOR_AUTO] = "auto",
		[COLOR_ALWAYS] = "always",
		[COLOR_NEVER] = "never",
	};

	for (enum color i = COLOR_AUTO; i <= COLOR_NEVER; i++) {
		if (strcmp(value, names[i]) != 0)
			continue;
		*color = i;
		return true;
	}
	return bad_value(option, value, "auto, always or never");
}

static bool is_pid(const char *text)
{
	uint64_t pid;

	if (strncmp(text, "unit:", strlen("unit:")) == 0)
		return text[strlen("unit:")] != '\0';
	if (strncmp(text, "container:", strlen("container:")) == 0)
		return strlen(text) >= strlen("container:") + 4;
	return rxpath_scan_dec(rxpath_slice_of(text), &pid) && pid > 0 && pid <= INT_MAX;
}

static bool apply(struct options *options, int value, const char *name, char *argument)
{
	struct rxpath_criteria *criteria = &options->criteria;

	switch (value) {
	case 'i':
		return parse_interval(name, argument, &options->interval);
	case 'c':
		return rxpath_scan_dec(rxpath_slice_of(argument), &options->count) ||
		       bad_value(name, argument, "a whole number (0 means until interrupted)");
	case 'f':
		return parse_format(name, argument, options);
	case 'a':
		criteria->all = true;
		return true;
	case 'o':
		options->output = argument;
		return argument[0] != '\0' || bad_value(name, argument, "the name of a file");
	case 'q':
		options->quiet = true;
		return true;
	case 'd':
		options->devices[criteria->device_count++] = argument;
		return is_pattern(argument) ||
		       bad_value(name, argument, "the name or pattern of a device");
	case OPTION_STAGE:
		return parse_stages(name, argument, &criteria->stages);
	case OPTION_FAIL_ON:
		return parse_fail_on(name, argument, &criteria->fail_on);
	case OPTION_EXIT_CODE:
		return parse_exit_code(name, argument, &options->exit_code);
	case OPTION_ALLOW:
		return parse_allowance(name, argument,
				       &options->allowances[criteria->allowance_count++]);
	case OPTION_MAX_LOST:
		return parse_limit(rxpath_slice_of(argument), &criteria->max_lost) ||
		       bad_value(name, argument, "a number N, or N/s for a rate");
	case OPTION_NETNS:
		options->target.netns = argument;
		return argument[0] != '\0' || bad_value(name, argument, "a network namespace");
	case OPTION_PID:
		options->target.pid = argument;
		return is_pid(argument) ||
		       bad_value(name, argument, "a process id, unit:NAME or container:ID");
	case OPTION_ROOT:
		options->target.root = argument;
		return argument[0] != '\0' || bad_value(name, argument, "a directory");
	case OPTION_TRACE:
		options->trace = true;
		return true;
	case 'N':
		options->all_netns = true;
		return true;
	case OPTION_RULES:
		options->all_rules = true;
		return true;
	case OPTION_ENDIAN:
		options->order =
			strcmp(argument, "big") == 0 ? RXPATH_ORDER_BIG : RXPATH_ORDER_LITTLE;
		return options->order == RXPATH_ORDER_BIG || strcmp(argument, "little") == 0 ||
		       bad_value(name, argument, "little or big");
	case OPTION_COLOR:
		return parse_color(name, argument, &options->color);
	case 'h':
		options->help = true;
		return true;
	case 'V':
		options->version = true;
		return true;
	default:
		return false;
	}
}

static size_t find_known(int value)
{
	size_t at = 0;

	while (at < KNOWN && known[at].value != value)
		at++;
	return at;
}

static void complain_unknown(const char *word)
{
	char name[32];
	struct suggestion suggestion = {.word = name};
	size_t len = strcspn(word, "=");

	say("%s: unknown option; see 'rxpath --help'", word);
	snprintf(name, sizeof name, "%.*s", (int)(len < sizeof name ? len : 0), word);
	/* Without the dashes, which all options share: they would make all names look alike. */
	suggestion.word += strspn(name, "-");
	for (size_t i = 0; i < KNOWN; i++)
		suggest_try(&suggestion, known[i].name);
	suggest_say(&suggestion, "--");
}

/* Says why getopt_long refused the option. */
static bool complain(int value, char **argv)
{
	const char *word = argv[optind - 1];
	size_t at = find_known(optopt);

	if (value == ':' && at < KNOWN)
		say("--%s: needs a value; see 'rxpath --help'", known[at].name);
	else if (optopt > 0 && optopt < 256 && at == KNOWN)
		say("-%c: unknown option; see 'rxpath --help'", optopt);
	else if (at < KNOWN)
		say("--%s: takes no value; see 'rxpath --help'", known[at].name);
	else
		complain_unknown(word);
	return false;
}

/* The arguments of getopt_long. */
struct syntax {
	struct option longs[KNOWN + 1];
	char shorts[2 + KNOWN * 2 + 1];
};

/* Where the options end. */
enum extent { UP_TO_A_WORD, TO_THE_END };

static void set_syntax(struct syntax *syntax, enum extent extent)
{
	size_t used = 0;

	*syntax = (struct syntax){0};
	if (extent == UP_TO_A_WORD)
		syntax->shorts[used++] = '+';
	syntax->shorts[used++] = ':';
	for (size_t i = 0; i < KNOWN; i++) {
		syntax->longs[i] =
			(struct option){known[i].name, known[i].has_argument, NULL, known[i].value};
		if (known[i].value > 255)
			continue;
		syntax->shorts[used++] = (char)known[i].value;
		if (known[i].has_argument == required_argument)
			syntax->shorts[used++] = ':';
	}
	opterr = 0;
	/* From the start, whatever was scanned before. */
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

static bool scan_options(int argc, char **argv, struct options *options)
{
	struct syntax syntax;
	int value;

	/* The options after the command that `run` starts belong to that command. */
	set_syntax(&syntax, options->command == COMMAND_RUN ? UP_TO_A_WORD : TO_THE_END);
	while ((value = getopt_long(argc, argv, syntax.shorts, syntax.longs, NULL)) != -1) {
		char name[40];
		size_t at = find_known(value);

		if (at == KNOWN)
			return complain(value, argv);
		snprintf(name, sizeof name, "--%s", known[at].name);
		if (!(known[at].commands >> options->command & 1))
			return say("%s: cannot be used with '%s'; see 'rxpath --help'", name,
				   commands[options->command].name);
		if (!apply(options, value, name, optarg))
			return false;
	}
	options->arguments = argv + optind;
	return true;
}

static bool find_command(const char *name, enum command *command)
{
	for (enum command i = 0; i < COMMANDS; i++) {
		if (strcmp(name, commands[i].name) != 0)
			continue;
		*command = i;
		return true;
	}
	return false;
}

/* Always false. */
static bool complain_command(const char *word)
{
	struct suggestion suggestion = {.word = word};
	char path[64];

	say("unknown command '%s'; see 'rxpath --help'", word);
	for (enum command i = 0; i < COMMANDS; i++)
		suggest_try(&suggestion, commands[i].name);
	snprintf(path, sizeof path, "/sys/class/net/%.40s", word);
	if (!strchr(word, '/') && access(path, F_OK) == 0)
		say("did you mean 'rxpath -d %s'?", word);
	else
		suggest_say(&suggestion, "rxpath ");
	return false;
}

int run_help(const struct options *options)
{
	const char *name = options->arguments[0];
	enum command command;

	if (!name) {
		print_help();
		return STATUS_OK;
	}
	if (!find_command(name, &command)) {
		complain_command(name);
		return STATUS_TROUBLE;
	}
	printf("usage: rxpath %s\n", commands[command].usage);
	print_options(command);
	return STATUS_OK;
}

/* Whether the forms of the report and the other options can be combined. */
static bool check_forms(const struct options *options)
{
	const struct format *format = options->format;
	const struct format *single = format->is_single ? format : NULL;

	for (size_t i = 0; i < options->form_count; i++) {
		if (options->forms[i].format->is_single)
			single = options->forms[i].format;
		for (size_t j = 0; j < i; j++) {
			if (strcmp(options->forms[i].file, options->forms[j].file) != 0)
				continue;
			return say("--format: '%s' is named twice", options->forms[i].file);
		}
	}
	if (options->quiet && options->form_count > 0)
		return say("--quiet: cannot be combined with --format FORM:FILE");
	if (options->command == COMMAND_GET &&
	    (options->form_count > 0 ||
	     (format->render != rxpath_render_text && format->render != rxpath_render_json)))
		return say("--format: for 'get' it must be text or json");
	if (single && options->all_netns)
		return say(
			"--all-netns: cannot be combined with --format %s, which holds one report",
			single->name);
	if (single && options->count != 1)
		return say("--count: cannot be combined with --format %s, which holds one report",
			   single->name);
	if (format->status && options->exit_code != STATUS_FAILED)
		return say(
			"--exit-code: cannot be combined with --format %s, which has its own statuses",
			format->name);
	return true;
}

static bool check_arguments(const struct options *options)
{
	static const struct {
		size_t least, most;
		const char *needs;
	} expected[COMMANDS] = {
		[COMMAND_CHECK] = {0, 0, NULL},
		[COMMAND_RUN] = {1, SIZE_MAX, "a COMMAND to run"},
		[COMMAND_SAVE] = {0, 1, NULL},
		[COMMAND_DIFF] = {1, 2, "a saved sample BEFORE"},
		[COMMAND_TOTALS] = {0, 1, NULL},
		[COMMAND_METRICS] = {0, 0, NULL},
		[COMMAND_EXPLAIN] = {0, SIZE_MAX, NULL},
		[COMMAND_GET] = {1, SIZE_MAX, "a COUNTER or COUNTER@SUBJECT"},
		[COMMAND_HELP] = {0, 1, NULL},
	};
	const struct rxpath_target *target = &options->target;
	size_t count = 0;

	while (options->arguments[count])
		count++;
	if (count < expected[options->command].least)
		return say("%s: needs %s; see 'rxpath --help'", commands[options->command].name,
			   expected[options->command].needs);
	if (count > expected[options->command].most) {
		const char *extra = options->arguments[expected[options->command].most];

		return say("unexpected argument '%s'; see 'rxpath --help'", extra);
	}
	if ((target->root != NULL) + (target->netns != NULL) + (target->pid != NULL) > 1)
		return say("--root, --netns and --pid: only one of them can be given");
	if (options->all_netns && (target->root || target->netns || target->pid))
		return say("--all-netns: cannot be combined with --root, --netns or --pid");
	if (options->all_netns && options->command == COMMAND_TOTALS && count > 0)
		return say("--all-netns applies to live samples only");
	if (options->trace && target->root)
		return say("--trace: cannot be combined with --root: it reads the running kernel");
	if (options->order != RXPATH_ORDER_OWN && !target->root &&
	    options->command != COMMAND_DIFF && (options->command != COMMAND_TOTALS || count == 0))
		return say("--endian applies to saved samples and to --root only");
	if (options->command == COMMAND_DIFF && count > 1 &&
	    strcmp(options->arguments[0], "-") == 0 && strcmp(options->arguments[1], "-") == 0)
		return say("diff: only one of the samples can be '-' (standard input)");
	if (options->command == COMMAND_SAVE && options->output && count > 0)
		return say("save: give the file either as FILE or with --output, not both");
	if ((target->root || target->netns || target->pid) &&
	    ((options->command == COMMAND_DIFF && count > 1) ||
	     (options->command == COMMAND_TOTALS && count > 0)))
		return say("--root, --netns and --pid apply to live samples only");
	return true;
}

bool options_parse(int argc, char **argv, struct options *options)
{
	int words = 0;
	int word;

	*options = (struct options){
		.interval = BILLION,
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
	/* The command's name may stand behind options: it is taken out from among them. */
	word = find_word(argc, argv);
	if (word > 0 && !find_command(argv[word], &options->command))
		return complain_command(argv[word]);
	/* A counter that did not move is asked for as well as one that did. */
	options->criteria.all = options->command == COMMAND_GET;
	options->criteria.traffic = options->command == COMMAND_GET;
	for (int i = 0; i < argc; i++)
		if (i == 0 || i != word)
			options->words[words++] = argv[i];
	if (!scan_options(words, options->words, options))
		return false;
	return options->help || options->version ||
	       (check_arguments(options) && check_forms(options));
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
