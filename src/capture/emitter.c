/* emitter.c: handing a section on. */
#include <stdio.h>

#include "capture_internal.h"

bool rxpath_emit_section(const struct emitter *emitter, const char *path, int error,
			 struct rxpath_slice bytes, struct rxpath_error *failure)
{
	const struct rxpath_section section = {
		.path = rxpath_slice_of(path),
		.bytes = bytes,
		.error = error,
	};

	if (rxpath_is_interrupted(emitter->interrupt))
		return rxpath_error_refused(failure, "", "interrupted while reading counters");
	return emitter->sink(emitter->context, &section, failure);
}

bool rxpath_emit_pieces(const struct emitter *emitter, const char *table,
			struct rxpath_error *error)
{
	char path[48];

	snprintf(path, sizeof path, "rxpath/listing/%s", table);
	return rxpath_emit_section(emitter, path, 0, rxpath_slice_of("in pieces\n"), error);
}
