/* main.c: arguments -> command -> exit status.
 *
 * The map of the house. Everything that is looked at first becomes a bundle, named pieces of text:
 *
 *     capture --> bundle --> parse --> sample --.
 *     (or load)                                  >--> analyse --> report --> render --> bytes
 *     capture --> bundle --> parse --> sample --'
 *
 *     src/cli      options, commands, waiting, the bracketed command: alone to print, sleep, exit
 *     src/capture  all that touches the system: files, netlink, tracefs, namespaces, stored samples
 *     src/parse    a file named after what it reads: memory in, readings out
 *     src/analyse  what moved, what it means, counted once: pure
 *     src/render   a format a file: pure
 *     src/model    the nouns: catalogue, sources, drop reasons, bundle, sample, sockets
 *     src/core     the ground: slices, numbers, output, errors, memory
 *
 * main -> cli -> {capture, parse, analyse, render} -> model -> core; the wings never meet. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "rxpath/version.h"

int main(int argc, char **argv)
{
	static int (*const commands[COMMANDS])(const struct options *) = {
		[COMMAND_CHECK] = run_check,	 [COMMAND_RUN] = run_run,
		[COMMAND_SAVE] = run_save,	 [COMMAND_DIFF] = run_diff,
		[COMMAND_TOTALS] = run_totals,	 [COMMAND_METRICS] = run_metrics,
		[COMMAND_EXPLAIN] = run_explain, [COMMAND_GET] = run_get,
		[COMMAND_HELP] = run_help,
	};
	struct options options;
	int status = STATUS_OK;

	if (!output_prepare())
		return STATUS_TROUBLE;
	if (!options_parse(argc, argv, &options))
		status = options_trouble(&options);
	else if (options.help)
		print_help();
	else if (options.version)
		puts("rxpath " RXPATH_VERSION);
	else
		status = commands[options.command](&options);
	options_free(&options);
	if (fflush(stdout) != 0 && status == STATUS_OK) {
		say("standard output: %s", strerror(errno));
		status = STATUS_TROUBLE;
	}
	return status;
}
