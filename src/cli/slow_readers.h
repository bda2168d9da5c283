/* slow_readers.h: what the processes that read sockets were doing between two live samples. */
#ifndef RXPATH_CLI_SLOW_READERS_H
#define RXPATH_CLI_SLOW_READERS_H

#include "cli.h"

/* Zero-initialised: nothing is known yet. */
struct readers {
	struct rxpath_sample sample; /* what they did so far */
	bool known;
};

/* At the first samples: of the processes that hold a socket which lost packets before or has
 * something to be read. */
bool readers_begin(struct readers *readers, struct rxpath_capture *capture,
		   const struct rxpath_sample *const *samples, size_t sample_count,
		   struct rxpath_error *error);

/* Once the owners are known: tells the processes of the reports' sockets what they did between the
 * two samples, and keeps that for the next reports. `before` NULL, or it may tell what they did
 * until then. */
bool readers_add_live(struct readers *readers, struct rxpath_capture *capture,
		      const struct rxpath_sample *before, struct rxpath_report *const *reports,
		      size_t report_count, struct rxpath_error *error);

void readers_forget(struct readers *readers);

/* Adds a number that is not there yet, if there is room; the new count. */
size_t readers_add_once(uint64_t *list, size_t count, size_t room, uint64_t number);

#endif
