/* slow_readers.h: what the processes that read sockets were doing between two live samples. */
#ifndef RXPATH_CLI_SLOW_READERS_H
#define RXPATH_CLI_SLOW_READERS_H

#include "session.h"

/* At the first samples: of the processes that hold a socket which lost packets before or has
 * something to be read. */
bool readers_begin(struct session *session, const struct rxpath_sample *const *samples,
		   size_t sample_count, struct rxpath_error *error);

/* Once the owners are known: tells the processes of the reports' sockets what they did between the
 * two samples, and keeps that for the next reports. `before` NULL, or it may tell what they did
 * until then. */
bool readers_add_live(struct session *session, const struct rxpath_sample *before,
		      struct rxpath_report *const *reports, size_t report_count,
		      struct rxpath_error *error);

/* Before the owners are looked up: where counters of TCP moved that a connection is behind, looks
 * for it. `connections` outlives the report, and the caller frees it. */
bool connections_add(struct rxpath_capture *capture, const struct rxpath_sample *before,
		     const struct rxpath_sample *after, struct rxpath_sample *connections,
		     struct rxpath_report *report, struct rxpath_error *error);

void readers_forget(struct session *session);

/* Adds a number that is not there yet, if there is room; the new count. */
size_t readers_add_once(uint64_t *list, size_t count, size_t room, uint64_t number);

#endif
