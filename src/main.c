/* main.c: arguments -> command -> exit status.
 *
 * The structure of the program. Every input first becomes a bundle: named sections of text.
 *
 *     capture --> bundle --> parse --> sample --.
 *     (or load)                                  >--> analyse --> report --> render --> bytes
 *     capture --> bundle --> parse --> sample --'
 *
 *     src/cli      options, commands, waiting, child processes; only it prints, sleeps and exits
 *     src/capture  reads the system: files, netlink, namespaces, saved samples
 *     src/trace    reads and decodes the drop tracepoints
 *     src/parse    one parser per file format: bytes in, readings out; pure
 *     src/analyse  what moved, what was lost, whose and why; pure
 *     src/render   one file per output format; pure
 *     src/model    data: catalogue, sources, drop reasons, bundle, sample, sockets
 *     src/core     slices, numbers, output buffers, errors, memory
 *
 * main -> cli -> {capture, trace, parse, analyse, render} -> model -> core. Those in braces do not
 * include each other. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/option_table.h"
#include "rxpath/version.h"

int main(int argc, char **argv)
{
	struct options options;
	int status = STATUS_OK;

	if (!output_prepare())
		return STATUS_TROUBLE;
	if (!options_parse(argc, argv, &options))
		status = options_trouble(&options);
	else if (options.help)
		print_help();
	else if (options.version)
		puts("rxpath " RXPATH_VERSION RXPATH_BUILD);
	else
		status = command_row(options.command)->run(&options);
	options_free(&options);
	if (fflush(stdout) != 0 && status == STATUS_OK) {
		say("standard output: %s", strerror(errno));
		status = STATUS_TROUBLE;
	}
	return status;
}
