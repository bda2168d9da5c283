/* main.c: arguments -> command -> exit status. CONTRIBUTING.md describes the structure. */
#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>

#include "cli/option_table.h"
#include "rxpath/version.h"

int main(int argc, char **argv)
{
	struct options options;
	int status = STATUS_OK;

#ifdef M_MMAP_THRESHOLD
	/* Else glibc lets large arrays grow in the heap, and leaves their former places behind. */
	mallopt(M_MMAP_THRESHOLD, 128 << 10);
#endif
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
