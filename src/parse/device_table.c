/* device_table.c: a device's single counters: rxpath/link (rtnetlink's answer as a table), or sysfs files.
 *
 * The table's columns are named in its header after the sysfs files (struct rtnl_link_stats64,
 * include/uapi/linux/if_link.h); "-" where the kernel's struct is too short to have one. */
#include "words.h"

#define MOST_COLUMNS 32

struct header {
	struct rxpath_slice names[MOST_COLUMNS];
	uint32_t bits[MOST_COLUMNS];
	size_t count;
};

static bool parse_header(struct rxpath_slice line, struct header *header,
			 struct rxpath_error *error)
{
	struct rxpath_slice whole = line;
	struct rxpath_slice word;

	while (rxpath_scan_word(&line, &word)) {
		if (header->count == MOST_COLUMNS || !rxpath_parse_is_name(word))
			return rxpath_error_format(error, 1, "not a column name", word);
		header->bits[header->count] = rxpath_link_bit(word);
		header->names[header->count++] = word;
	}
	if (header->count < 2 || !rxpath_slice_is(header->names[0], "ifindex") ||
	    !rxpath_slice_is(header->names[1], "name"))
		return rxpath_error_format(error, 1, "not the header 'ifindex name ...'", whole);
	return true;
}

static bool parse_device(struct rxpath_builder *builder, const struct header *header,
			 struct rxpath_slice line, size_t number, struct rxpath_error *error)
{
	struct rxpath_subject subject = {.kind = RXPATH_ON_DEVICE};
	struct rxpath_device *device;
	struct rxpath_buf name = {0};
	struct rxpath_slice rest, word;
	uint64_t value;

	if (!rxpath_scan_word(&line, &word) || !rxpath_scan_dec(word, &value))
		return rxpath_error_format(error, number, "not a device index", word);
	if (!rxpath_scan_word(&line, &word))
		return rxpath_error_format(error, number, "no name for device", word);
	rxpath_buf_unescaped(&name, word);
	if (!name.failed && !rxpath_parse_is_device(rxpath_buf_view(&name))) {
		rxpath_buf_free(&name);
		return rxpath_error_format(error, number, "not a device name", word);
	}
	device = name.failed ? NULL : rxpath_builder_device(builder, rxpath_buf_view(&name));
	rxpath_buf_free(&name);
	if (!device)
		return rxpath_error_memory(error);
	device->ifindex = value;
	subject.name = device->name;
	for (size_t i = 2; i < header->count; i++) {
		if (!rxpath_scan_next_dec(&line, &value)) {
			rest = line;
			if (!rxpath_scan_word(&rest, &word) || !rxpath_slice_is(word, "-"))
				return rxpath_parse_no_value(error, number, 10, line,
							     RXPATH_FEWER_VALUES, header->names[i]);
			line = rest;
			continue;
		}
		device->counters_seen |= header->bits[i];
		if (!rxpath_builder_add(builder, header->names[i], subject,
				       value))
			return rxpath_error_memory(error);
	}
	if (rxpath_scan_word(&line, &word))
		return rxpath_error_format(error, number, "more values than names", word);
	return true;
}

bool rxpath_parse_link(struct rxpath_builder *builder, struct rxpath_slice text,
		       struct rxpath_error *error)
{
	struct header header = {0};
	struct rxpath_slice line;

	if (!rxpath_parse_is_whole(text, error))
		return false;
	for (size_t number = 1; rxpath_scan_line(&text, &line); number++) {
		if (number == 1 ? !parse_header(line, &header, error) :
				  !parse_device(builder, &header, line, number, error))
			return false;
	}
	return true;
}

/* Printed by netstat_show (net/core/net-sysfs.c): "%llu", since 3.0 64 bits wide everywhere. */
bool rxpath_parse_sysfs(struct rxpath_builder *builder, struct rxpath_slice name,
			struct rxpath_slice text, struct rxpath_error *error)
{
	struct rxpath_subject subject = {.kind = RXPATH_ON_DEVICE, .name = builder->device};
	struct rxpath_slice line = {"", 0};
	struct rxpath_slice word = {"", 0};
	struct rxpath_device *known;
	uint64_t value;

	if (!rxpath_scan_line(&text, &line))
		return rxpath_error_format(error, 0, "empty", text);
	if (!rxpath_scan_word(&line, &word) || !rxpath_scan_dec(word, &value))
		return rxpath_parse_not_a_number(error, 1, 10, word);
	if (rxpath_scan_word(&line, &word) || rxpath_scan_line(&text, &word))
		return rxpath_error_format(error, 1, "more than one number", word);
	known = rxpath_builder_device(builder, builder->device);
	if (!known)
		return rxpath_error_memory(error);
	if (rxpath_slice_is(name, "ifindex")) {
		known->ifindex = value;
		return true;
	}
	known->counters_seen |= rxpath_link_bit(name);
	return rxpath_builder_add(builder, name, subject, value) ||
	       rxpath_error_memory(error);
}
