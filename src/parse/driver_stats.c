/* driver_stats.c: "name value" lines of a device, names escaped: rxpath/ethtool/DEVICE, a driver's
 * own statistics, where "driver NAME" says whose; rxpath/hardware/DEVICE, the standard ones of
 * generic netlink.
 *
 * They become ethtool.NAME and netdev.NAME. Most count what a standard counter of the device counts
 * too. */
#include "rxpath/lossy.h"
#include "words.h"

#define MAX_NAME 200

static bool is_printable(struct rxpath_slice word)
{
	for (size_t i = 0; i < word.len; i++)
		if (word.ptr[i] <= ' ' || word.ptr[i] > '~')
			return false;
	return word.len > 0;
}

bool rxpath_parse_no_driver(struct rxpath_builder *builder, struct rxpath_slice text,
			    struct rxpath_error *error)
{
	(void)builder;
	return text.len == 0 || rxpath_error_format(error, 1, "not empty", text);
}

bool rxpath_parse_driver(struct rxpath_builder *builder, struct rxpath_slice text,
			 struct rxpath_error *error)
{
	struct rxpath_subject subject = {.kind = RXPATH_ON_DEVICE, .name = builder->device};
	struct rxpath_device *device = rxpath_builder_device(builder, builder->device);
	struct rxpath_slice line, name, word;
	const char *prefix = rxpath_source_row(builder->source)->prefix;
	uint64_t value;

	if (!device)
		return rxpath_error_memory(error);
	if (builder->source == RXPATH_SOURCE_HARDWARE)
		device->has_hardware = true;
	for (size_t number = 1; rxpath_scan_line(&text, &line); number++) {
		if (!rxpath_scan_word(&line, &name) || !is_printable(name) || name.len > MAX_NAME)
			return rxpath_error_format(error, number, "not the name of a statistic",
						   name);
		if (rxpath_slice_is(name, "driver")) {
			device->driver =
				rxpath_arena_copy(&builder->sample->arena, rxpath_parse_word(line));
			if (!device->driver.ptr)
				return rxpath_error_memory(error);
			continue;
		}
		if (!rxpath_scan_word(&line, &word) || !rxpath_scan_dec(word, &value))
			return rxpath_error_format(error, number, "no value for", name);
		if (builder->source == RXPATH_SOURCE_ETHTOOL && !rxpath_ethtool_sounds_lossy(name))
			continue;
		if (!rxpath_parse_add(builder, rxpath_slice_of(prefix), name, subject, value,
				      error))
			return false;
	}
	return true;
}
