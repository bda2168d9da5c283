/* levels.c: /proc/net/sockstat and sockstat6 as settings of the sample: sockstat.UDP.mem, ... */
#include "rxpath/sockstat.h"
#include "words.h"

static bool check(const struct rxpath_sockstat *at, struct rxpath_error *error)
{
	uint64_t value;

	if (!rxpath_parse_is_name(at->group))
		return rxpath_error_format(error, at->number, "not a line 'GROUP: name value ...'",
					   at->name);
	if (!rxpath_parse_is_name(at->name))
		return rxpath_error_format(error, at->number, "not a level's name", at->name);
	return rxpath_scan_dec(at->value, &value) ||
	       rxpath_parse_no_value(error, at->number, RXPATH_DECIMAL, at->value, "no value for",
				     at->name);
}

bool rxpath_parse_sockstat(struct rxpath_builder *builder, struct rxpath_slice text,
			   struct rxpath_error *error)
{
	struct rxpath_sockstat at = {.rest = text};
	struct rxpath_buf name = {0};
	bool good = rxpath_parse_is_whole(text, error);

	while (good && rxpath_sockstat_next(&at)) {
		good = check(&at, error);
		rxpath_buf_reset(&name);
		rxpath_buf_string(&name, "sockstat.");
		rxpath_buf_slice(&name, at.group);
		rxpath_buf_char(&name, '.');
		rxpath_buf_slice(&name, at.name);
		if (good && (name.failed || !rxpath_builder_add_setting(
						    builder, rxpath_buf_view(&name), at.value)))
			good = rxpath_error_memory(error);
	}
	rxpath_buf_free(&name);
	return good;
}
