/* options.c: the command line: which command, which options, what they mean. */
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

#define BILLION UINT64_C(1000000000)
#define FOR(command) (1u << (command))

/* Which commands take which options: one that would have no effect is a usage error. */
enum {
	TO_REPORT = FOR(COMMAND_CHECK) | FOR(COMMAND_RUN) | FOR(COMMAND_DIFF) | FOR(COMMAND_TOTALS),
	TO_REPEAT = FOR(COMMAND_CHECK),
	TO_TRACE = FOR(COMMAND_CHECK) | FOR(COMMAND_RUN),
	TO_SAMPLE = TO_REPORT | FOR(COMMAND_SAVE) | FOR(COMMAND_METRICS),
	TO_ALL = (1u << COMMANDS) - 1,
};

static const char *const command_names[COMMANDS] = {
	[COMMAND_CHECK] = "check",     [COMMAND_RUN] = "run",	      [COMMAND_SAVE] = "save",
	[COMMAND_DIFF] = "diff",       [COMMAND_TOTALS] = "totals",   [COMMAND_METRICS] = "metrics",
	[COMMAND_EXPLAIN] = "explain",
};

/* Values of long options without a letter, above all characters. */
enum {
	OPTION_STAGE = 256,
	OPTION_FAIL_ON,
	OPTION_ALLOW,
	OPTION_MAX_LOST,
	OPTION_NETNS,
	OPTION_PID,
	OPTION_ROOT,
	OPTION_COLOR,
	OPTION_TRACE,
};

static const struct {
	int value;
	unsigned commands;
	const char *name;
	int has_argument;
} known[] = {
	{'i', TO_REPEAT, "interval", required_argument},
	{'c', TO_REPEAT, "count", required_argument},
	{'f', TO_REPORT, "format", required_argument},
	{'a', TO_REPORT, "all", no_argument},
	{'o', TO_ALL, "output", required_argument},
	{'q', TO_REPORT, "quiet", no_argument},
	{'d', TO_REPORT, "device", required_argument},
	{OPTION_STAGE, TO_REPORT, "stage", required_argument},
	{OPTION_FAIL_ON, TO_REPORT, "fail-on", required_argument},
	{OPTION_ALLOW, TO_REPORT, "allow", required_argument},
	{OPTION_MAX_LOST, TO_REPORT, "max-lost", required_argument},
	{OPTION_TRACE, TO_TRACE, "trace", no_argument},
	{OPTION_NETNS, TO_SAMPLE, "netns", required_argument},
	{OPTION_PID, TO_SAMPLE, "pid", required_argument},
	{OPTION_ROOT, TO_SAMPLE, "root", required_argument},
	{OPTION_COLOR, TO_REPORT, "color", required_argument},
	{'h', TO_ALL, "help", no_argument},
	{'V', TO_ALL, "version", no_argument},
};
#define KNOWN (sizeof known / sizeof *known)

/* Fits a terminal of 80 columns and 24 lines. */
void print_help(void)
{
	fputs("usage: rxpath [check] [OPTIONS]                  sample, wait, sample, report\n"
	      "       rxpath run [OPTIONS] [--] COMMAND [ARG]   report over a command's run\n"
	      "       rxpath save [OPTIONS] [FILE]              write one sample\n"
	      "       rxpath diff [OPTIONS] BEFORE [AFTER]      two saved samples, or one and now\n"
	      "       rxpath totals [OPTIONS] [FILE]            one sample: since boot\n"
	      "       rxpath metrics [OPTIONS]                  one sample as OpenMetrics text\n"
	      "       rxpath explain [COUNTER | FINDING ...]    what it means, what to do\n"
	      "  -i, --interval SECONDS  time between samples (1)\n"
	      "  -c, --count N           number of reports; 0: until interrupted (1)\n"
	      "  -f, --format FORM       text, tsv or json (text)\n"
	      "  -a, --all               also counters and sockets that did not change\n"
	      "  -o, --output FILE       write to FILE, replaced only when complete\n"
	      "  -q, --quiet             no report, only the exit status\n"
	      "  -d, --device GLOB       only counters of these devices (repeatable)\n"
	      "      --stage LIST        only device,softnet,netfilter,ip,transport,socket\n"
	      "      --fail-on KIND      mildest that fails: drop,suspect,pressure,reject,never\n"
	      "      --allow [SUBJECT:]COUNTER[=N[/s]]  tolerate it, or up to N (repeatable)\n"
	      "      --max-lost N[/s]    tolerate up to N lost packets in all (0)\n"
	      "      --trace             also read the kernel's drop tracepoints (as root)\n"
	      "      --netns NAME, --pid PID, --root DIR  examine that instead\n"
	      "      --color WHEN        auto, always or never (auto)\n"
	      "  -h, --help; -V, --version\n"
	      "Exit status: 0 nothing failed; 1 packets lost; 2 usage error, or not measured.\n",
	      stdout);
}

static bool bad_value(const char *option, const char *value, const char *expected)
{
	say("%s: must be %s, not '%s'", option, expected, value);
	return false;
}

static bool parse_interval(const char *option, const char *value, uint64_t *interval)
{
	/* A century: longer intervals are cut to it, so that sums of times stay in range. */
	const uint64_t most = UINT64_C(3153600000) * BILLION;
	const size_t whole = strspn(value, "0123456789");
	const size_t decimals = value[whole] == '.' ? strspn(value + whole + 1, "0123456789") : 0;
	const size_t length = whole + (value[whole] == '.') + decimals;
	/* Clocks count nanoseconds: further decimals are ignored. */
	const struct rxpath_slice told = {value, decimals > 9 ? length - (decimals - 9) : length};

	if (value[length] != '\0' || whole + decimals == 0 || !strpbrk(value, "123456789"))
		return bad_value(option, value, "a number of seconds greater than 0");
	if (!rxpath_scan_billionths(told, interval) || *interval > most)
		*interval = most;
	else if (*interval == 0)
		*interval = 1;
	return true;
}

static bool parse_format(const char *option, const char *value, rxpath_renderer **render)
{
	static const struct {
		const char *name;
		rxpath_renderer *render;
	} formats[] = {
		{"text", rxpath_render_text},
		{"tsv", rxpath_render_tsv},
		{"json", rxpath_render_json},
	};

	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
		if (strcmp(value, formats[i].name) != 0)
			continue;
		*render = formats[i].render;
		return true;
	}
	return bad_value(option, value, "text, tsv or json");
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

	limit->per_second = text.len > 2 && text.ptr[text.len - 2] == '/' &&
			    text.ptr[text.len - 1] == 's';
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

/* A name that the catalogue lacks may be a counter of a newer kernel, so it is only a warning, and
 * only where a known name is spelled almost alike. */
static void doubt_counter(const char *option, const char *name)
{
	struct suggestion suggestion = {.word = name};

	if (strpbrk(name, "*?[\\") || rxpath_catalogue_find(rxpath_slice_of(name)))
		return;
	for (size_t i = 0; i < rxpath_catalogue_size(); i++)
		suggest_try(&suggestion, rxpath_catalogue_at(i)->name);
	if (!suggestion.best || suggestion.edits > 3)
		return;
	say("%s: no known counter is named '%s'", option, name);
	suggest_say(&suggestion, "");
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
	doubt_counter(option, allowance->counter);
	return true;
}

static bool parse_color(const char *option, const char *value, enum color *color)
{
	static const char *const names[] = {
		[COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always", [COLOR_NEVER] = "never",
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
		       bad_value(name, argument, "a whole number, or 0 for no end");
	case 'f':
		return parse_format(name, argument, &options->render);
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
		return is_pid(argument) || bad_value(name, argument, "a process id");
	case OPTION_ROOT:
		options->target.root = argument;
		return argument[0] != '\0' || bad_value(name, argument, "a directory");
	case OPTION_TRACE:
		options->trace = true;
		return true;
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

static bool scan_options(int argc, char **argv, struct options *options)
{
	struct option longs[KNOWN + 1] = {0};
	char shorts[2 + KNOWN * 2 + 1] = {0};
	size_t used = 0;
	int value;

	/* `run` stops at the command: the options after it belong to the command. */
	if (options->command == COMMAND_RUN)
		shorts[used++] = '+';
	shorts[used++] = ':';
	for (size_t i = 0; i < KNOWN; i++) {
		longs[i] = (struct option){known[i].name, known[i].has_argument, NULL,
					   known[i].value};
		if (known[i].value > 255)
			continue;
		shorts[used++] = (char)known[i].value;
		if (known[i].has_argument == required_argument)
			shorts[used++] = ':';
	}
	opterr = 0;
	while ((value = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		char name[40];
		size_t at = find_known(value);

		if (at == KNOWN)
			return complain(value, argv);
		snprintf(name, sizeof name, "--%s", known[at].name);
		if (!(known[at].commands >> options->command & 1)) {
			say("%s: cannot be used with '%s'; see 'rxpath --help'", name,
			    command_names[options->command]);
			return false;
		}
		if (!apply(options, value, name, optarg))
			return false;
	}
	options->arguments = argv + optind;
	return true;
}

static bool find_command(const char *name, enum command *command)
{
	for (enum command i = 0; i < COMMANDS; i++) {
		if (strcmp(name, command_names[i]) != 0)
			continue;
		*command = i;
		return true;
	}
	return false;
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
	};
	const struct rxpath_target *target = &options->target;
	size_t count = 0;

	while (options->arguments[count])
		count++;
	if (count < expected[options->command].least) {
		say("%s: needs %s; see 'rxpath --help'", command_names[options->command],
		    expected[options->command].needs);
		return false;
	}
	if (count > expected[options->command].most) {
		const char *extra = options->arguments[expected[options->command].most];
		enum command ignored;

		say(find_command(extra, &ignored) ?
			    "unexpected argument '%s': the command must come before the options" :
			    "unexpected argument '%s'; see 'rxpath --help'",
		    extra);
		return false;
	}
	if ((target->root != NULL) + (target->netns != NULL) + (target->pid != NULL) > 1) {
		say("--root, --netns and --pid: only one of them can be given");
		return false;
	}
	if (options->trace && target->root) {
		say("--trace: cannot be combined with --root: it reads the running kernel");
		return false;
	}
	if (options->command == COMMAND_DIFF && count > 1 &&
	    strcmp(options->arguments[0], "-") == 0 && strcmp(options->arguments[1], "-") == 0) {
		say("diff: only one of the samples can be '-' (standard input)");
		return false;
	}
	if (options->command == COMMAND_SAVE && options->output && count > 0) {
		say("save: give the file either as FILE or with --output, not both");
		return false;
	}
	if ((target->root || target->netns || target->pid) &&
	    ((options->command == COMMAND_DIFF && count > 1) ||
	     (options->command == COMMAND_TOTALS && count > 0))) {
		say("--root, --netns and --pid apply to live samples only");
		return false;
	}
	return true;
}

bool options_parse(int argc, char **argv, struct options *options)
{
	int skip = 0;

	*options = (struct options){
		.interval = BILLION,
		.count = 1,
		.render = rxpath_render_text,
		.devices = calloc((size_t)argc, sizeof *options->devices),
		.allowances = calloc((size_t)argc, sizeof *options->allowances),
	};
	if (!options->devices || !options->allowances) {
		say("out of memory");
		return false;
	}
	options->criteria.devices = options->devices;
	options->criteria.allowances = options->allowances;
	if (argc > 1 && find_command(argv[1], &options->command))
		skip = 1;
	if (argc > 1 && skip == 0 && argv[1][0] != '-') {
		struct suggestion suggestion = {.word = argv[1]};

		say("unknown command '%s'; see 'rxpath --help'", argv[1]);
		for (enum command i = 0; i < COMMANDS; i++)
			suggest_try(&suggestion, command_names[i]);
		suggest_say(&suggestion, "rxpath ");
		return false;
	}
	if (!scan_options(argc - skip, argv + skip, options))
		return false;
	return options->help || options->version || check_arguments(options);
}

void options_free(struct options *options)
{
	free(options->devices);
	free(options->allowances);
}
