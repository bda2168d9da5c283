/* option_table.c: the tables of commands and options, and what the value of each option may be. A
 * new option needs its row here, a member of struct options, and a function if it has a value. */
#include <assert.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "option_table.h"

#define BILLION UINT64_C(1000000000)

#define FOR(command) (1u << (command))

/* Which commands take which options: one that would have no effect is a usage error. */
enum {
	TO_REPORT = FOR(COMMAND_CHECK) | FOR(COMMAND_RUN) | FOR(COMMAND_DIFF) | FOR(COMMAND_TOTALS),
	TO_TRACE = FOR(COMMAND_CHECK) | FOR(COMMAND_RUN),
	TO_ALL_NETNS =
		FOR(COMMAND_CHECK) | FOR(COMMAND_RUN) | FOR(COMMAND_TOTALS) | FOR(COMMAND_METRICS),
	TO_SAMPLE = TO_REPORT | FOR(COMMAND_SAVE) | FOR(COMMAND_METRICS) | FOR(COMMAND_GET),
	TO_WRITE = TO_SAMPLE | FOR(COMMAND_EXPLAIN),
	TO_ALL = FOR(COMMANDS) - 1,
};

static const struct command_row commands[COMMANDS] = {
	[COMMAND_CHECK] =
		{.name = "check",
		 .run = run_check,
		 .usage = "[check] [OPTIONS]                  sample, wait, sample, report"},
	[COMMAND_RUN] = {.name = "run",
			 .run = run_run,
			 .least = 1,
			 .most = SIZE_MAX,
			 .needs = "a COMMAND to run",
			 .usage = "run [OPTIONS] [--] COMMAND [ARG]   report over a command's run"},
	[COMMAND_SAVE] = {.name = "save",
			  .run = run_save,
			  .most = 1,
			  .usage = "save [OPTIONS] [FILE]              write one sample"},
	[COMMAND_DIFF] = {.name = "diff",
			  .run = run_diff,
			  .least = 1,
			  .most = 2,
			  .needs = "a saved sample BEFORE",
			  .usage =
				  "diff [OPTIONS] BEFORE [AFTER]      between two, or one and now"},
	[COMMAND_TOTALS] = {.name = "totals",
			    .run = run_totals,
			    .most = 1,
			    .usage = "totals [OPTIONS] [FILE]            one sample: since boot"},
	[COMMAND_METRICS] =
		{.name = "metrics",
		 .run = run_metrics,
		 .usage = "metrics [OPTIONS]                  one sample as OpenMetrics text"},
	[COMMAND_GET] = {.name = "get",
			 .run = run_get,
			 .least = 1,
			 .most = SIZE_MAX,
			 .needs = "a COUNTER or COUNTER@SUBJECT",
			 .usage = "get [OPTIONS] COUNTER[@SUBJECT]..  by how much each rose"},
	[COMMAND_EXPLAIN] =
		{.name = "explain",
		 .run = run_explain,
		 .most = SIZE_MAX,
		 .usage = "explain [COUNTER | FINDING ...]    what it means, what to do"},
	[COMMAND_HELP] = {.name = "help",
			  .run = run_help,
			  .most = 1,
			  .usage = "help [COMMAND]                     all options of one command"},
};

const struct command_row *command_row(enum command command)
{
	return &commands[command];
}

bool command_find(const char *name, enum command *command)
{
	for (enum command i = 0; i < COMMANDS; i++) {
		if (strcmp(name, commands[i].name) != 0)
			continue;
		*command = i;
		return true;
	}
	return false;
}

static bool bad_value(const struct option_row *row, const char *value, const char *expected)
{
	return say("--%s: must be %s, not '%s'", row->name, expected, value);
}

/* Any text but an empty one. */
static bool read_text(const struct option_row *row, char *value, struct options *options)
{
	*(const char **)((char *)options + row->member) = value;
	return value[0] != '\0' || bad_value(row, value, row->must_be);
}

static bool read_interval(const struct option_row *row, char *value, struct options *options)
{
	/* So that sums of times stay in range. */
	const uint64_t most = UINT64_C(3153600000) * BILLION;
	const size_t whole = strspn(value, "0123456789");
	const size_t decimals = value[whole] == '.' ? strspn(value + whole + 1, "0123456789") : 0;
	const size_t length = whole + (value[whole] == '.') + decimals;
	/* Clocks count nanoseconds: further decimals are ignored. */
	const struct rxpath_slice told = {value, decimals > 9 ? length - (decimals - 9) : length};

	if (value[length] != '\0' || whole + decimals == 0 || !strpbrk(value, "123456789"))
		return bad_value(row, value, "a number of seconds greater than 0");
	if (!rxpath_scan_billionths(told, &options->interval) || options->interval > most)
		return bad_value(row, value, "at most 3153600000 seconds (a century)");
	if (options->interval == 0)
		options->interval = 1;
	return true;
}

static bool read_count(const struct option_row *row, char *value, struct options *options)
{
	return rxpath_scan_dec(rxpath_slice_of(value), &options->count) ||
	       bad_value(row, value, "a whole number (0 means until interrupted)");
}

/* FORM, or FORM:FILE for a further one. */
static bool read_format(const struct option_row *row, char *value, struct options *options)
{
	char names[80], expected[120];
	const size_t len = strcspn(value, ":");
	const struct format *format = format_find((struct rxpath_slice){value, len});

	if (!format || (value[len] == ':' && value[len + 1] == '\0')) {
		format_names(names, sizeof names);
		snprintf(expected, sizeof expected, "%s, or one of them as FORM:FILE", names);
		return bad_value(row, value, expected);
	}
	if (value[len] == ':')
		options->forms[options->form_count++] =
			(struct form){.format = format, .file = value + len + 1};
	else
		options->format = format;
	return true;
}

static bool read_exit_code(const struct option_row *row, char *value, struct options *options)
{
	uint64_t number;

	if (!rxpath_scan_dec(rxpath_slice_of(value), &number) || number < 1 || number > 255)
		return bad_value(row, value, "a number from 1 to 255");
	options->exit_code = (int)number;
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

static bool read_stages(const struct option_row *row, char *value, struct options *options)
{
	struct rxpath_slice rest = rxpath_slice_of(value);
	enum rxpath_stage stage;
	struct rxpath_slice name;

	while (rxpath_scan_item(&rest, ',', &name)) {
		if (!rxpath_stage_find(name, &stage)) {
			bad_value(row, value,
				  "a list, separated by commas, of device, softnet, netfilter, "
				  "ip, transport, socket");
			return suggest_stage(name);
		}
		options->criteria.stages |= 1u << stage;
	}
	return true;
}

static bool read_fail_on(const struct option_row *row, char *value, struct options *options)
{
	enum rxpath_kind *kind = &options->criteria.fail_on;

	if (strcmp(value, "never") == 0) {
		*kind = RXPATH_KIND_TRAFFIC;
		return true;
	}
	if (rxpath_kind_find(rxpath_slice_of(value), kind) && *kind < RXPATH_KIND_TRAFFIC)
		return true;
	return bad_value(row, value, "drop, suspect, pressure, reject or never");
}

/* "N" or "N/s"; N is any whole number, or a smaller one with a fraction. */
static bool scan_limit(struct rxpath_slice text, struct rxpath_limit *limit)
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

static bool read_max_lost(const struct option_row *row, char *value, struct options *options)
{
	return scan_limit(rxpath_slice_of(value), &options->criteria.max_lost) ||
	       bad_value(row, value, "a number N, or N/s for a rate");
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
			/* As the first character, ']' is a member of the set. */
			at = *at ? strchr(at + (*at == ']'), ']') : NULL;
			if (!at)
				return false;
		}
		at++;
	}
	return at != text;
}

/* [SUBJECT:]COUNTER[=N[/s]]; a subject may hold colons, a counter does not. Changes `value`. */
static bool read_allowance(const struct option_row *row, char *value, struct options *options)
{
	struct rxpath_allowance *allowance =
		&options->allowances[options->criteria.allowance_count++];
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
		if (!scan_limit(rxpath_slice_of(limit + 1), &allowance->limit))
			return bad_value(row, whole, "[SUBJECT:]COUNTER[=N[/s]] with a number N");
	}
	counter = strrchr(value, ':');
	if (counter) {
		*counter = '\0';
		allowance->subject = value;
		allowance->counter = counter + 1;
	}
	if (!is_pattern(allowance->counter) ||
	    (allowance->subject && !is_pattern(allowance->subject)))
		return bad_value(row, whole, "[SUBJECT:]COUNTER[=N[/s]] with names or patterns");
	return true;
}

static bool read_device(const struct option_row *row, char *value, struct options *options)
{
	options->devices[options->criteria.device_count++] = value;
	return is_pattern(value) || bad_value(row, value, "the name or pattern of a device");
}

static bool read_color(const struct option_row *row, char *value, struct options *options)
{
	static const char *const names[] = {
		[COLOR_AUTO] = "auto",
		[COLOR_ALWAYS] = "always",
		[COLOR_NEVER] = "never",
	};

	for (enum color i = COLOR_AUTO; i <= COLOR_NEVER; i++) {
		if (strcmp(value, names[i]) != 0)
			continue;
		options->color = i;
		return true;
	}
	return bad_value(row, value, "auto, always or never");
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

static bool read_pid(const struct option_row *row, char *value, struct options *options)
{
	options->target.pid = value;
	return is_pid(value) || bad_value(row, value, "a process id, unit:NAME or container:ID");
}

static bool read_endian(const struct option_row *row, char *value, struct options *options)
{
	options->order = strcmp(value, "big") == 0 ? RXPATH_ORDER_BIG : RXPATH_ORDER_LITTLE;
	return options->order == RXPATH_ORDER_BIG || strcmp(value, "little") == 0 ||
	       bad_value(row, value, "little or big");
}

#define MEMBER(name) offsetof(struct options, name)

static const struct option_row rows[] = {
	{.letter = 'i',
	 .name = "interval",
	 .commands = FOR(COMMAND_CHECK) | FOR(COMMAND_GET),
	 .read = read_interval,
	 .help = "  -i, --interval SECONDS  time between samples (1)"},
	{.letter = 'c',
	 .name = "count",
	 .commands = FOR(COMMAND_CHECK),
	 .read = read_count,
	 .help = "  -c, --count N           number of reports; 0: until interrupted (1)"},
	{.letter = 'f',
	 .name = "format",
	 .commands = TO_REPORT | FOR(COMMAND_GET),
	 .read = read_format,
	 .help = "  -f, --format FORM       FORMS (text)\n"
		 "      -f FORM:FILE        also write that form to FILE (repeatable)"},
	{.letter = 'a',
	 .name = "all",
	 .commands = TO_REPORT,
	 .member = MEMBER(criteria.all),
	 .help = "  -a, --all               also counters and sockets that did not change"},
	{.letter = 'o',
	 .name = "output",
	 .commands = TO_WRITE,
	 .is_rare = true,
	 .read = read_text,
	 .member = MEMBER(output),
	 .must_be = "the name of a file",
	 .help = "  -o, --output FILE       write to FILE, replaced only when complete"},
	{.letter = 'q',
	 .name = "quiet",
	 .commands = TO_REPORT,
	 .member = MEMBER(quiet),
	 .help = "  -q, --quiet             no report, only the exit status"},
	{.letter = 'd',
	 .name = "device",
	 .commands = TO_REPORT,
	 .read = read_device,
	 .help = "  -d, --device GLOB       only counters of these devices (repeatable)"},
	{.name = "stage",
	 .commands = TO_REPORT,
	 .is_rare = true,
	 .read = read_stages,
	 .help = "      --stage LIST        only device,softnet,netfilter,ip,transport,socket"},
	{.name = "fail-on",
	 .commands = TO_REPORT,
	 .read = read_fail_on,
	 .help = "      --fail-on KIND      mildest to fail: drop,suspect,pressure,reject,never"},
	{.name = "exit-code",
	 .commands = TO_REPORT,
	 .is_rare = true,
	 .read = read_exit_code,
	 .help = "      --exit-code N       the status when something failed (1)"},
	{.name = "allow",
	 .commands = TO_REPORT,
	 .read = read_allowance,
	 .help = "      --allow [SUBJECT:]COUNTER[=N[/s]]  tolerate it, or up to N (repeatable)"},
	{.name = "max-lost",
	 .commands = TO_REPORT,
	 .read = read_max_lost,
	 .help = "      --max-lost N[/s]    tolerate up to N lost packets in all (0)"},
	{.name = "trace",
	 .commands = TO_TRACE,
	 .member = MEMBER(trace),
	 .help = "      --trace             also read the kernel's drop tracepoints (as root)"},
	{.letter = 'N',
	 .name = "all-netns",
	 .commands = TO_ALL_NETNS,
	 .member = MEMBER(all_netns),
	 .help = "  -N, --all-netns         every network namespace of the host"},
	{.name = "netns",
	 .commands = TO_SAMPLE,
	 .read = read_text,
	 .member = MEMBER(target.netns),
	 .must_be = "a network namespace",
	 .help = "      --netns NAME, --pid PID, --root DIR  examine that instead"},
	{.name = "pid", .commands = TO_SAMPLE, .read = read_pid},
	{.name = "root",
	 .commands = TO_SAMPLE,
	 .read = read_text,
	 .member = MEMBER(target.root),
	 .must_be = "a directory"},
	{.name = "endian",
	 .commands = TO_REPORT,
	 .is_rare = true,
	 .read = read_endian,
	 .help = "      --endian ORDER      little or big: of samples not made by rxpath save"},
	{.name = "rules",
	 .commands = TO_SAMPLE,
	 .is_rare = true,
	 .member = MEMBER(all_rules),
	 .help = "      --rules             netfilter rules also where there are more than 10,000"},
	{.name = "color",
	 .commands = TO_REPORT,
	 .is_rare = true,
	 .read = read_color,
	 .help = "      --color WHEN        auto, always or never (auto)"},
	{.letter = 'h',
	 .name = "help",
	 .commands = TO_ALL,
	 .is_rare = true,
	 .member = MEMBER(help),
	 .help = "  -h, --help; -V, --version"},
	{.letter = 'V',
	 .name = "version",
	 .commands = TO_ALL,
	 .is_rare = true,
	 .member = MEMBER(version)},
};

static_assert(sizeof rows / sizeof *rows <= MAX_OPTIONS, "more options than MAX_OPTIONS");

const struct option_row *option_at(size_t index)
{
	return index < sizeof rows / sizeof *rows ? &rows[index] : NULL;
}
