/* bundle.h: whatever is looked at first becomes a bundle: named pieces of text, one by one.
 *
 * Live files, files under --root, a saved sample, an unpacked sosreport: several ways in, one
 * form. A bundle is not kept: it flows from its origin (capture, load) into a sink (the
 * parser of a sample, the writer of `save`), so that a hundred thousand sockets never stand
 * in memory as text. */
#ifndef RXPATH_BUNDLE_H
#define RXPATH_BUNDLE_H

#include <stdbool.h>

#include "rxpath/buf.h"
#include "rxpath/err.h"
#include "rxpath/scan.h"

/* One named piece. Path and bytes belong to the origin and are valid during the call only.
 *
 * path   "/proc/net/snmp", or "rxpath/..." for what is no file
 * error  0, or the errno with which it could not be read (bytes are then empty); ENOENT says that
 *        this kernel does not have it
 *
 * A path that comes a second time is a second reading of the same file, made after the first and
 * after everything in between; but the parts of one table that is too long for one piece
 * (rxpath/diag/...) follow each other and add up. */
struct rxpath_section {
	struct rxpath_slice path;
	struct rxpath_slice bytes;
	int error;
};

/* Takes one section. False ends the flow, with *error set: only for what makes going on senseless
 * (memory, the disk); bytes that do not parse are no such thing. */
typedef bool rxpath_sink(void *context, const struct rxpath_section *section,
			 struct rxpath_error *error);

/* The stored form: "==> PATH <==", the bytes, an empty line; as `tail -n +1 FILE...` prints it. */
void rxpath_bundle_write(struct rxpath_buf *out, const struct rxpath_section *section);

/* Splits a stored bundle and hands its sections on. Reads what rxpath_bundle_write and tail wrote,
 * also when a piece was empty or lacked its last newline.
 *
 * False with *error set when the text is no bundle at all (no header in its first line), or ends
 * before its end, or goes on after it, where it promises one ("complete rxpath/end" in section
 * "rxpath"). What was handed on until then is to be thrown away. */
bool rxpath_bundle_split(struct rxpath_slice text, rxpath_sink *sink, void *context,
			 struct rxpath_error *error);

#endif
