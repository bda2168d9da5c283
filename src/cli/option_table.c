/* option_table.c: the tables of commands and options: a new option needs its row here, a member of
 * struct options, and a function in option_values.c if it has a value. */
#include <assert.h>
#include <string.h>

#include "option_table.h"
#include "option_values.h"

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

#define FLAG(member) offsetof(struct options, member)

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
	 .flag = FLAG(criteria.all),
	 .help = "  -a, --all               also counters and sockets that did not change"},
	{.letter = 'o',
	 .name = "output",
	 .commands = TO_WRITE,
	 .is_rare = true,
	 .read = read_output,
	 .help = "  -o, --output FILE       write to FILE, replaced only when complete"},
	{.letter = 'q',
	 .name = "quiet",
	 .commands = TO_REPORT,
	 .flag = FLAG(quiet),
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
	 .flag = FLAG(trace),
	 .help = "      --trace             also read the kernel's drop tracepoints (as root)"},
	{.letter = 'N',
	 .name = "all-netns",
	 .commands = TO_ALL_NETNS,
	 .flag = FLAG(all_netns),
	 .help = "  -N, --all-netns         every network namespace of the host"},
	{.name = "netns",
	 .commands = TO_SAMPLE,
	 .read = read_netns,
	 .help = "      --netns NAME, --pid PID, --root DIR  examine that instead"},
	{.name = "pid", .commands = TO_SAMPLE, .read = read_pid},
	{.name = "root", .commands = TO_SAMPLE, .read = read_root},
	{.name = "endian",
	 .commands = TO_REPORT,
	 .is_rare = true,
	 .read = read_endian,
	 .help = "      --endian ORDER      little or big: of samples not made by rxpath save"},
	{.name = "rules",
	 .commands = TO_SAMPLE,
	 .is_rare = true,
	 .flag = FLAG(all_rules),
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
	 .flag = FLAG(help),
	 .help = "  -h, --help; -V, --version"},
	{.letter = 'V',
	 .name = "version",
	 .commands = TO_ALL,
	 .is_rare = true,
	 .flag = FLAG(version)},
};

static_assert(sizeof rows / sizeof *rows <= MAX_OPTIONS, "more options than MAX_OPTIONS");

const struct option_row *option_at(size_t index)
{
	return index < sizeof rows / sizeof *rows ? &rows[index] : NULL;
}
