/* ptype.c: /proc/net/ptype: which function handles which EtherType, and which ones take all of
 * them.
 *
 * Printed by ptype_seq_show (net/core/net-procfs.c) as "%04x %-8s %ps" or "ALL  %-8s %ps".
 * Columns are read by position, since the device is blank where a handler serves all devices,
 * and a module's name may follow. */
#include "words.h"

#define TYPE_WIDTH ((size_t)4)
#define DEVICE_AT ((size_t)5)

static bool parse_handler(struct rxpath_builder *builder, struct rxpath_slice line, size_t number,
			  struct rxpath_error *error)
{
	struct rxpath_handler handler = {.type = {line.ptr, TYPE_WIDTH}};
	uint64_t type;

	if (line.len <= DEVICE_AT || line.ptr[TYPE_WIDTH] != ' ')
		return rxpath_error_format(error, number, "not a line 'type device function'",
					   line);
	if (rxpath_slice_is(handler.type, "ALL "))
		handler.type.len = 3;
	else if (!rxpath_scan_hex(handler.type, &type))
		return rxpath_error_format(error, number, "not an EtherType", handler.type);
	rxpath_slice_skip(&line, DEVICE_AT);
	if (line.ptr[0] != ' ' && !rxpath_scan_word(&line, &handler.device))
		return rxpath_error_format(error, number, "not a device", line);
	if (!rxpath_scan_word(&line, &handler.function))
		return rxpath_error_format(error, number, "no function for type", handler.type);
	return rxpath_builder_add_handler(builder, &handler) || rxpath_error_memory(error);
}

bool rxpath_parse_ptype(struct rxpath_builder *builder, struct rxpath_slice text,
			struct rxpath_error *error)
{
	struct rxpath_slice line;

	if (!rxpath_parse_is_whole(text, error))
		return false;
	for (size_t number = 1; rxpath_scan_line(&text, &line); number++) {
		if (number == 1 && !rxpath_slice_starts(line, "Type Device"))
			return rxpath_error_format(error, 1,
						   "not the header 'Type Device Function'", line);
		if (number > 1 && !parse_handler(builder, line, number, error))
			return false;
	}
	return true;
}
