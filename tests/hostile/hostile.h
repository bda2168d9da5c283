/* hostile.h: what the rooms of the hostile tests share: running the program, and judging how it
 * ended. */
#ifndef RXPATH_HOSTILE_H
#define RXPATH_HOSTILE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <cmocka.h>

/* The program (RXPATH), the one in which calls can fail (RXPATH_FAIL_PROGRAM), and a folder for
 * files. */
extern const char *program;
extern const char *failing;
extern char folder[64];
extern bool is_root;

struct job {
	const char *program; /* NULL: the program */
	const char *arguments[16];
	const char *environment[4]; /* "NAME=VALUE" */
	int out;		    /* standard output; 0: taken into the result */
	bool nobody;		    /* as an unprivileged user */
	bool no_out;		    /* with standard output closed */
	bool no_err;		    /* with standard error closed */
	unsigned seconds;	    /* the longest that it may take; 0: 20 */
};

/* How it ended. */
struct result {
	int status;	 /* the exit status; 128 + N on a signal; 255: killed,
			  * too late */
	char *out, *err; /* NUL-terminated */
	size_t out_len, err_len;
	double seconds; /* of CPU time */
	long peak;	/* KiB of memory */
};

void run_job(const struct job *job, struct result *result);
void free_result(struct result *result);

/* Prints what ran and how it ended to standard error, and fails the test. */
void complain(const struct job *job, const struct result *result, const char *what);

/* No byte that a terminal obeys, on either stream (of the standard output only as far as it is
 * text). */
void check_bytes(const struct job *job, const struct result *result);

/* "FOLDER/NAME" in a buffer of the caller's. */
const char *in_folder(char buffer[256], const char *name);
void write_file(const char *path, const char *bytes, size_t len);
void write_text(const char *path, const char *text);

/* A process of that name whose socket has lost datagrams. */
pid_t start_loser(const char *name);
void stop_loser(pid_t child);

/* Removes DIR and what is in it, without following links. */
void remove_tree(const char *path);

extern const struct CMUnitTest fail_tests[];
extern const size_t fail_test_count;
extern const struct CMUnitTest name_tests[];
extern const size_t name_test_count;
extern const struct CMUnitTest path_tests[];
extern const size_t path_test_count;
extern const struct CMUnitTest output_tests[];
extern const size_t output_test_count;
extern const struct CMUnitTest shared_tests[];
extern const size_t shared_test_count;
extern const struct CMUnitTest load_tests[];
extern const size_t load_test_count;

#endif
