/* sampling.h: begins and ends a command's session, and takes its samples. */
#ifndef RXPATH_CLI_SAMPLING_H
#define RXPATH_CLI_SAMPLING_H

#include "session.h"

/* Where the last sample comes from. */
enum origin { SAVED, LIVE };

/* `fallback`: where reports go without --output. False after printing why. */
bool session_open(struct session *session, const struct options *options, enum origin origin,
		  int fallback);

/* From here on a signal ends the wait, not the program. Starts tracing if requested. */
bool session_begin(struct session *session, sigset_t *old);

/* Completes the output, or, with `done` false, leaves none. Returns the exit status. */
int session_end(struct session *session, bool done);

/* Take a sample of all that is examined, beside the one before it, and print which files exist but
 * could not be read. False after printing why. */
bool take_live(struct session *session, enum moment moment);
bool take_saved(struct session *session, const char *name);

#endif
