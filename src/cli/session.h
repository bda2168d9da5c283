/* session.h: how a command takes its samples and writes its reports. */
#ifndef RXPATH_CLI_SESSION_H
#define RXPATH_CLI_SESSION_H

#include "cli.h"

/* The position of a sample in its series: tracing starts before FIRST and ends with LAST. */
enum moment { FIRST, BETWEEN, LAST };

struct session {
	const struct options *options;
	struct rxpath_capture *capture;		/* NULL: saved samples only */
	struct tracing tracing;
	struct output output;
	struct output *forms;			/* the files of the options' further forms */
	size_t form_count;			/* how many of them are open */
	struct rxpath_style style;
	struct watch watch;
	enum moment moment;			/* of the last live sample; else LAST */
	int verdict;				/* the worst of the reports: 0, 1 or 2 */
	int format_status;			/* what the format makes of it */
	bool said;				/* the warning about unmatched devices */
	struct rxpath_interrupt interrupt;	/* what ends a sample that takes long */
	uint64_t interrupted_since;	/* for wait_is_interrupted */
	struct rxpath_sample readers;	/* what the processes that may lose packets did so far */
	bool has_readers;
};

/* `fallback`: where reports go without --output. False after printing why. */
bool session_open(struct session *session, const struct options *options, bool live,
		  int fallback);

/* From here on a signal ends the wait, not the program. Starts tracing if requested. */
bool session_begin(struct session *session, sigset_t *old);

/* Returns the exit status of the reports, or that of an error when the output could not be
 * completed. */
int session_close(struct session *session);

/* Ends the session without output and returns the status of an error. */
int session_abandon(struct session *session);

/* False after printing why; else the caller frees the sample. */
bool take_live(struct session *session, struct rxpath_sample *sample, enum moment moment);
bool take_stored(const char *name, const struct options *options, struct rxpath_sample *sample);

/* Prints which files exist but could not be read, in every format. `name`: of a saved sample, or
 * NULL. */
void say_failures(const struct session *session, const struct rxpath_sample *sample,
		  const char *name);

/* Reports the difference of the two; false when that failed. */
bool report_pair(struct session *session, const struct rxpath_sample *before,
		 const struct rxpath_sample *after, bool live);

#endif
