/* session.h: how one command's samples are taken, and its reports made and handed on. */
#ifndef RXPATH_CLI_SESSION_H
#define RXPATH_CLI_SESSION_H

#include "cli.h"

/* Which one of a series a sample is: tracing begins before the first and ends with the last. */
enum moment { FIRST, BETWEEN, LAST };

struct session {
	const struct options *options;
	struct rxpath_capture *capture;		/* NULL: stored samples alone */
	struct tracing tracing;
	struct output output;
	struct rxpath_style style;
	struct watch watch;
	enum moment moment;			/* of the last live sample; else LAST */
	int trouble;				/* the exit status of what could not be done */
	int verdict;				/* the worst of the reports */
	bool said;				/* which devices there are none of */
};

/* `fallback`: where reports go without --output; `trouble`: the exit status of what could not be
 * done. False after having said why. */
bool session_open(struct session *session, const struct options *options, bool live,
		  int fallback, int trouble);

/* From here on a signal ends the waiting and not the program. Starts the tracing, if any. */
bool session_begin(struct session *session, sigset_t *old);

/* Ends it with that status, or with trouble when the output could not be completed. */
int session_close(struct session *session, int status);

/* Nothing of a report that could not be made is left behind. */
int session_abandon(struct session *session);

/* False after having said why; else the caller frees the sample. */
bool take_live(struct session *session, struct rxpath_sample *sample, enum moment moment);
bool take_stored(const char *name, bool all, struct rxpath_sample *sample);

/* What is there and could not be read is said, whatever the report's form. `name`: of a stored
 * sample; NULL. */
void say_failures(const struct session *session, const struct rxpath_sample *sample,
		  const char *name);

/* The report between the two; false when it could not be made or written. */
bool report_pair(struct session *session, const struct rxpath_sample *before,
		 const struct rxpath_sample *after, bool live);

#endif
