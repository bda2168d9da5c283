/* cli.h: what the files of the command line share. Only they print, sleep and exit. */
#ifndef RXPATH_CLI_H
#define RXPATH_CLI_H

#include <signal.h>

#include "format.h"
#include "rxpath/analyse.h"
#include "rxpath/builder.h"
#include "rxpath/capture.h"
#include "rxpath/render.h"
#include "rxpath/tracer.h"

/* Exit statuses of the program itself. */
enum {
	STATUS_OK = 0,
	STATUS_FAILED = 1,
	STATUS_TROUBLE = 2,	  /* usage error, or not measured */
	STATUS_RUN_TROUBLE = 125, /* the same, of `run` */
	STATUS_NOT_EXECUTABLE = 126,
	STATUS_NOT_FOUND = 127,
	STATUS_SIGNAL = 128, /* plus its number */
};

enum command {
	COMMAND_CHECK,
	COMMAND_RUN,
	COMMAND_SAVE,
	COMMAND_DIFF,
	COMMAND_TOTALS,
	COMMAND_METRICS,
	COMMAND_EXPLAIN,
	COMMAND_GET,
	COMMAND_HELP,
	COMMANDS
};

enum color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* -f FORM:FILE */
struct form {
	const struct format *format;
	const char *file;
};

/* The parsed command line. Strings point into the arguments. */
struct options {
	enum command command;
	bool help, version;
	uint64_t interval; /* nanoseconds */
	uint64_t count;	   /* 0: until interrupted */
	const struct format *format;
	struct form *forms; /* further ones (-f FORM:FILE) */
	size_t form_count;
	int exit_code;	    /* when something failed */
	const char *output; /* NULL: the command's usual place */
	bool quiet;
	enum color color;
	struct rxpath_criteria criteria;
	struct rxpath_target target;
	bool trace;
	bool all_netns;
	bool all_rules;		      /* --rules */
	enum rxpath_byte_order order; /* of samples that do not say theirs; OWN: not given */
	char **arguments;	      /* what follows the options, NULL at its end */
	const char **devices;	      /* the criteria's lists, for options_free */
	struct rxpath_allowance *allowances;
	char **words; /* the arguments without the command's name */
};

/* options.c: false after printing on standard error what is wrong. */
bool options_parse(int argc, char **argv, struct options *options);
void options_free(struct options *options);
bool say_unknown_command(const char *word); /* always false */

/* option_conflicts.c: the same for what cannot be combined. */
bool options_check(const struct options *options);

/* help.c */
void print_help(void);

/* The exit status when there is no report, which depends on the command and the format; prints the
 * line that readers of the format expect then. */
int options_trouble(const struct options *options);

/* Each runs one command and returns the exit status: commands.c, save.c, explain.c, get.c,
 * help.c. */
int run_check(const struct options *options);
int run_run(const struct options *options);
int run_save(const struct options *options);
int run_diff(const struct options *options);
int run_totals(const struct options *options);
int run_metrics(const struct options *options);
int run_explain(const struct options *options);
int run_get(const struct options *options);
int run_help(const struct options *options);

/* say.c: "rxpath: ..." on standard error; always false, for the caller to return. */
__attribute__((format(printf, 1, 2))) bool say(const char *format, ...);
bool say_error(const struct rxpath_error *error);
bool say_system(const char *file, int number); /* "FILE: No such file or directory" */

/* output.c */

/* A file that replaces the named one when it is complete, or an open descriptor. */
struct output {
	int fd;
	const char *name;    /* of the file, or of the stream, for messages */
	int dir;	     /* O_PATH, of the target's directory */
	char *target;	     /* what the file will replace there; NULL: no such file */
	char temporary[16];  /* the name that it has there until then; "": none yet */
	struct output *next; /* among those that have such a name */
};

/* Opens those of the three standard streams that are closed, so that no other file takes their
 * descriptor. */
bool output_prepare(void);

/* `name` NULL: `fallback`, a descriptor; "-": standard output. False after printing why. */
bool output_open(struct output *output, const char *name, int fallback);
bool output_write(struct output *output, struct rxpath_slice bytes);
bool output_text(struct output *output, const struct rxpath_buf *text);

/* For a text that goes there piece by piece; output_text writes the last piece. */
struct rxpath_drain output_drain(struct output *output);

/* Closes it. With `done` the file replaces the target, else that stays as it is. False where that
 * failed, after printing why. */
bool output_end(struct output *output, bool done);

/* tracing.c */

/* Zero-initialised: no tracing. */
struct tracing {
	struct rxpath_trace *trace;
	sigset_t mask; /* as it was before */
	bool masked;
};

/* False after printing why. */
bool tracing_open(struct tracing *tracing);

/* Keeps the trace buffers empty until the deadline, or until one of the (blocked) signals or one
 * that would end the program is pending. Prints why it failed. */
enum rxpath_wait tracing_wait(struct tracing *tracing, uint64_t deadline, const sigset_t *set);

/* Removes the tracing instance; the signals stay blocked. */
void tracing_remove(struct tracing *tracing);

/* Removes it and unblocks the signals. */
void tracing_close(struct tracing *tracing);

/* suggest.c: finds the candidate nearest to an unknown word. */
struct suggestion {
	const char *word; /* as it was typed */
	const char *best; /* NULL: none is near */
	unsigned edits;
};
void suggest_try(struct suggestion *suggestion, const char *candidate);
void suggest_counters(struct suggestion *suggestion);

/* Prints "did you mean '--interval'?", or nothing. */
void suggest_say(const struct suggestion *suggestion, const char *prefix);

/* watch.c: what depends on terminals. */
struct watch {
	bool redraws;  /* each report is drawn over the one before */
	bool progress; /* a line on standard error while it waits */
	struct rxpath_history history;
};

/* Sets both by the options and by where the report goes. */
void watch_begin(const struct options *options, int fd, struct watch *watch,
		 struct rxpath_style *style);

/* How wide and how high the report may be now; unchanged where it goes to no terminal. */
void watch_measure(int fd, struct rxpath_style *style);

/* The text as one screen of that terminal, drawn over the old one. */
void watch_frame(int fd, const struct rxpath_buf *text, struct rxpath_buf *frame);

/* As wait_until, with a progress line; where reports are redrawn, q is as SIGINT. */
int watch_wait(const struct watch *watch, uint64_t deadline, struct tracing *tracing);

/* wait.c */

/* Blocks the signals that end a wait, so that none is lost; *old is the earlier mask. */
void wait_block(sigset_t *old);

/* Sleeps until that time of CLOCK_MONOTONIC. Returns the signal that ended it early, or 0; below 0
 * when the program must end without a report. */
int wait_until(uint64_t deadline, struct tracing *tracing);
uint64_t wait_now(void);

/* For struct rxpath_interrupt: whether one of these signals has been pending for a while. A
 * sample that is almost done is finished, so that the last report still comes. `interrupted`: the
 * struct, 0 at first. */
struct interrupted {
	uint64_t since;	 /* when the signal was first seen; 0: there is none */
	uint64_t looked; /* when it was last looked for one */
};
bool wait_is_interrupted(void *interrupted);

/* spawn.c: runs a command to its end with the given signal mask. *status: its exit status as a
 * shell gives it. False when it could not be run (the reason has been printed) or waited for;
 * *status is then what the program ends with. */
bool spawn_wait(char **arguments, const sigset_t *mask, struct tracing *tracing, int *status);

#endif
