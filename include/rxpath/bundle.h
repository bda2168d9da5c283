/* bundle.h: every input first becomes a bundle: named sections of text, one after another.
 *
 * Live files, files under --root, a saved sample, an unpacked sosreport: all take this form. A
 * bundle is never held as a whole: capture or load hands each section to a sink (the parser, or the
 * writer of `save`), so that the text of a hundred thousand sockets is never in memory at once. */
#ifndef RXPATH_BUNDLE_H
#define RXPATH_BUNDLE_H

#include <stdbool.h>

#include "rxpath/buf.h"
#include "rxpath/err.h"
#include "rxpath/scan.h"

/* One named section. Path and bytes belong to the caller of the sink and are valid during the call
 * only.
 *
 * path   "/proc/net/snmp", or "rxpath/..." for what is not a file
 * error  0, or the errno of the failed read (bytes are then empty); ENOENT: this kernel does not
 *        have it
 *
 * A path that comes a second time is a second reading of the same file, made after everything in
 * between. Only the parts of a table that is too long for one section (rxpath/diag/...) follow each
 * other and add up. */
struct rxpath_section {
	struct rxpath_slice path;
	struct rxpath_slice bytes;
	int error;
};

/* Takes one section. False, with *error set, stops the capture: only where it is useless to go on
 * (no memory, disk full), not for bytes that do not parse. */
typedef bool rxpath_sink(void *context, const struct rxpath_section *section,
			 struct rxpath_error *error);

/* The stored form: "==> PATH <==", the bytes, an empty line; as `tail -n +1 FILE...` prints it. */
void rxpath_bundle_write(struct rxpath_buf *out, const struct rxpath_section *section);

/* Splits a stored bundle and hands its sections to the sink. It reads what rxpath_bundle_write and
 * tail wrote, also where a section is empty or lacks its last newline.
 *
 * False with *error set when the first line is no header, or when section "rxpath" promises an end
 * ("complete rxpath/end") and the text stops before it or continues after it. The sections handed
 * on until then must be discarded. */
bool rxpath_bundle_split(struct rxpath_slice text, rxpath_sink *sink, void *context,
			 struct rxpath_error *error);

#endif
