/* cli.h: what the rooms of the command line share: alone to print, to sleep and to exit. */
#ifndef RXPATH_CLI_H
#define RXPATH_CLI_H

#include <signal.h>

#include "rxpath/analyse.h"
#include "rxpath/capture.h"
#include "rxpath/render.h"
#include "rxpath/trace.h"

/* The exit statuses that are the program's own (a command's are its own). */
enum {
	STATUS_OK = 0,
	STATUS_FAILED = 1,
	STATUS_TROUBLE = 2,		/* usage, or not measured */
	STATUS_RUN_TROUBLE = 125,	/* the same, of `run` */
	STATUS_NOT_EXECUTABLE = 126,
	STATUS_NOT_FOUND = 127,
	STATUS_SIGNAL = 128,		/* plus its number */
};

enum command {
	COMMAND_CHECK,
	COMMAND_RUN,
	COMMAND_SAVE,
	COMMAND_DIFF,
	COMMAND_TOTALS,
	COMMAND_METRICS,
	COMMAND_EXPLAIN,
	COMMANDS
};

enum color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* The command line, understood. Strings are the arguments' own. */
struct options {
	enum command command;
	bool help, version;
	uint64_t interval;		/* nanoseconds */
	uint64_t count;			/* 0: until interrupted */
	rxpath_renderer *render;
	const char *output;		/* NULL: the command's usual place */
	bool quiet;
	enum color color;
	struct rxpath_criteria criteria;
	struct rxpath_target target;
	bool trace;
	char **arguments;		/* what follows the options, NULL at its end */
	const char **devices;		/* the criteria's lists, for options_free */
	struct rxpath_allowance *allowances;
};

/* options.c: false after having said on standard error what is wrong. */
bool options_parse(int argc, char **argv, struct options *options);
void options_free(struct options *options);
void print_help(void);

/* commands.c, save.c, explain.c: each carries its command out and returns the exit status. */
int run_check(const struct options *options);
int run_run(const struct options *options);
int run_save(const struct options *options);
int run_diff(const struct options *options);
int run_totals(const struct options *options);
int run_metrics(const struct options *options);
int run_explain(const struct options *options);

/* session.c: as rxpath_capture_owners wants them. */
void sort_inodes(uint64_t *inodes, size_t count);

/* say.c: "rxpath: ..." on standard error. */
void say_error(const struct rxpath_error *error);
__attribute__((format(printf, 1, 2)))
void say(const char *format, ...);

/* output.c: where the bytes go. */

/* A file that replaces the named one as a whole when it is closed, or a descriptor as it is. */
struct output {
	int fd;
	const char *name;	/* of the file, or of the stream, for messages */
	char *target;		/* what the temporary file will replace; NULL: no file of ours */
	char *temporary;
	bool nameless;		/* the temporary file is in no folder yet */
};

/* Opens what is closed of the three standard streams, so that no other file can be
 * taken for one. */
bool output_prepare(void);

/* `name` NULL: `fallback`, a descriptor; "-": standard output. False after having said why. */
bool output_open(struct output *output, const char *name, int fallback);
bool output_write(struct output *output, struct rxpath_slice bytes);

/* Puts the file in its place. Without it, output_discard leaves everything as it was. */
bool output_commit(struct output *output);
void output_discard(struct output *output);

/* tracing.c */

/* Zero-initialised: no tracing. */
struct tracing {
	struct rxpath_trace *trace;
	sigset_t mask;		/* as it was before */
	bool masked;
};

/* False after having said why. */
bool tracing_open(struct tracing *tracing);

/* Keeps the rings empty until then, or until one of the signals (which are blocked), or any
 * that would end the program, has come and waits to be taken. False after having said why it
 * cannot go on. */
bool tracing_wait(struct tracing *tracing, uint64_t deadline, const sigset_t *set, bool *woken);

/* Takes the instance away; the signals go on waiting. */
void tracing_remove(struct tracing *tracing);

/* And lets them come. */
void tracing_close(struct tracing *tracing);

/* suggest.c: the nearest of some candidates to a word that is none of them. */
struct suggestion {
	const char *word;	/* as it was typed */
	const char *best;	/* NULL: nothing is near */
	unsigned edits;
};
void suggest_try(struct suggestion *suggestion, const char *candidate);

/* "did you mean '--interval'?", or nothing. */
void suggest_say(const struct suggestion *suggestion, const char *prefix);

/* watch.c: what only a terminal gets. */
struct watch {
	bool redraws;		/* each report is drawn over the one before */
	bool progress;		/* a line on standard error while it waits */
	struct rxpath_history history;
};
/* Puts the report into the small history that a stage's line shows. */
void watch_note(struct watch *watch, const struct rxpath_report *report);

/* The text as one screen of that terminal, drawn over what is there. */
void watch_frame(int fd, const struct rxpath_buf *text, struct rxpath_buf *frame);

/* As wait_until. */
int watch_wait(const struct watch *watch, uint64_t deadline, struct tracing *tracing);

/* wait.c */

/* The signals that end a wait, blocked so that none is lost; the mask as it was goes to *old. */
void wait_block(sigset_t *old);

/* Sleeps until that moment of CLOCK_MONOTONIC. The signal that ended it early, or 0; below 0 when
 * the program has to end without a report. */
int wait_until(uint64_t deadline, struct tracing *tracing);
uint64_t wait_now(void);

/* spawn.c: runs a command to its end with the mask that it would have had without us. Its exit
 * status as a shell would tell it; *started is false when it could not be run, which has then been
 * said, or not be waited for. */
int spawn_wait(char **arguments, const sigset_t *mask, struct tracing *tracing, bool *started);

#endif
