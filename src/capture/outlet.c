/* outlet.c: handing a section on. */
#include "capture.h"

bool rxpath_put(const struct outlet *outlet, const char *path, int error, struct rxpath_slice bytes,
		struct rxpath_error *failure)
{
	const struct rxpath_section section = {
		.path = rxpath_slice_of(path),
		.bytes = bytes,
		.error = error,
	};

	return outlet->sink(outlet->context, &section, failure);
}
