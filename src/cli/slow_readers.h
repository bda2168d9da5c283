/* slow_readers.h: what the processes that read sockets were doing between two live samples. */
#ifndef RXPATH_CLI_SLOW_READERS_H
#define RXPATH_CLI_SLOW_READERS_H

#include "session.h"

/* At the first sample: of the processes that hold a socket which lost packets before or has
 * something to be read. */
bool readers_begin(struct session *session, const struct rxpath_sample *sample,
		   struct rxpath_error *error);

/* Once the owners are known: tells the processes of the report's sockets what they did between the
 * two samples, and keeps that for the next report. */
bool readers_add(struct session *session, const struct rxpath_sample *before,
		 const struct rxpath_sample *after, bool live, struct rxpath_report *report,
		 struct rxpath_error *error);

void readers_forget(struct session *session);

/* Adds a number that is not there yet, if there is room; the new count. */
size_t readers_add_once(uint64_t *list, size_t count, size_t room, uint64_t number);

#endif
