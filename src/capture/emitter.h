/* emitter.h: passes sections to the sink; a line of one about a device. */
#ifndef RXPATH_CAPTURE_EMITTER_H
#define RXPATH_CAPTURE_EMITTER_H

#include "rxpath/bundle.h"
#include "rxpath/read.h"
#include "rxpath/source.h"

/* Where sections go, and where the error goes when one could not be passed on. */
struct emitter {
	rxpath_sink *sink;
	void *context;
	const struct rxpath_interrupt *interrupt;
	struct rxpath_error *error;
};

/* Passes a section to the sink. False when the sink returns false, or when interrupted. */
bool rxpath_emit_section(const struct emitter *emitter, const char *path, int error,
			 struct rxpath_slice bytes);

/* The same for the outcome of a read: the text where `result` is 0 (`text` NULL: empty), else an
 * empty section with that errno. ENOMEM, or a text that ran out of memory, is an error: false. */
bool rxpath_emit_text(const struct emitter *emitter, const char *path, int result,
		      const struct rxpath_buf *text);

/* A section about one device, named PREFIX and the escaped device name. An empty text makes no
 * section. */
bool rxpath_emit_device(const struct emitter *emitter, const char *prefix, const char *device,
			const struct rxpath_buf *text);

/* Section rxpath/listing/NAME: that table was read in several pieces. Between them the kernel
 * unlocks the table, and finds where to go on by counting, so a socket may be missed. */
bool rxpath_emit_pieces(const struct emitter *emitter, enum rxpath_source table);

/* Begins a line of rxpath/settings, "device.NAME.WORD", or writes all of it with its value. */
void rxpath_put_setting_name(struct rxpath_buf *out, const char *device, const char *word);
void rxpath_put_setting(struct rxpath_buf *out, const char *device, const char *word,
			uint64_t value);

#endif
