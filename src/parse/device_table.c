/* device_table.c: devices and their counters: rxpath/link (rtnetlink's answer as a table), or
 * sysfs files.
 *
 * The table's header names its columns: counters, named like the sysfs files (struct
 * rtnl_link_stats64, include/uapi/linux/if_link.h), and attributes of the device. "-": the
 * kernel does not report it. Samples of older versions have only counters. */
#include <stddef.h>

#include "words.h"

#define MAX_COLUMNS 32

/* Columns that are no counters: fields of struct rxpath_device. */
static const struct attribute {
	const char *name;
	enum { NUMBER, WORD } kind;
	size_t offset;
} attributes[] = {
	{"mtu", NUMBER, offsetof(struct rxpath_device, mtu)},
	{"master", NUMBER, offsetof(struct rxpath_device, master)},
	{"lower", NUMBER, offsetof(struct rxpath_device, lower)},
	{"carrier_up", NUMBER, offsetof(struct rxpath_device, carrier_up)},
	{"carrier_down", NUMBER, offsetof(struct rxpath_device, carrier_down)},
	{"kind", WORD, offsetof(struct rxpath_device, kind)},
	{"slave_kind", WORD, offsetof(struct rxpath_device, slave_kind)},
	{"xdp", WORD, offsetof(struct rxpath_device, xdp)},
	{"xdp_program", NUMBER, offsetof(struct rxpath_device, xdp_program)},
};

struct header {
	struct rxpath_slice names[MAX_COLUMNS];
	const struct attribute *attributes[MAX_COLUMNS]; /* NULL: a counter */
	uint32_t bits[MAX_COLUMNS];
	size_t count;
};

static const struct attribute *find_attribute(struct rxpath_slice name)
{
	for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++)
		if (rxpath_slice_is(name, attributes[i].name))
			return &attributes[i];
	return NULL;
}

static bool has_column(const struct header *header, struct rxpath_slice name)
{
	for (size_t i = 0; i < header->count; i++)
		if (rxpath_slice_equal(header->names[i], name))
			return true;
	return false;
}

static bool parse_header(struct rxpath_slice line, struct header *header,
			 struct rxpath_error *error)
{
	struct rxpath_slice whole = line;
	struct rxpath_slice word;

	while (rxpath_scan_word(&line, &word)) {
		if (!rxpath_parse_is_name(word))
			return rxpath_error_format(error, 1, "not a column name", word);
		if (has_column(header, word))
			return rxpath_error_format(error, 1, "a column comes twice", word);
		if (header->count == MAX_COLUMNS)
			return rxpath_error_format(error, 1, "too many columns", word);
		header->attributes[header->count] = find_attribute(word);
		if (!header->attributes[header->count])
			header->bits[header->count] = rxpath_link_bit(word);
		header->names[header->count++] = word;
	}
	if (header->count < 2 || !rxpath_slice_is(header->names[0], "ifindex") ||
	    !rxpath_slice_is(header->names[1], "name"))
		return rxpath_error_format(error, 1, "not the header 'ifindex name ...'", whole);
	return true;
}

/* Takes the next value off *line. */
static bool take_attribute(struct rxpath_builder *builder, struct rxpath_device *device,
			   const struct attribute *attribute, struct rxpath_slice *line,
			   size_t number, struct rxpath_error *error)
{
	void *field = (char *)device + attribute->offset;
	struct rxpath_slice *copy = field;
	struct rxpath_buf text = {0};
	struct rxpath_slice word;

	if (!rxpath_scan_word(line, &word))
		return rxpath_parse_no_value(error, number, RXPATH_DECIMAL, *line,
					     RXPATH_FEWER_VALUES, rxpath_slice_of(attribute->name));
	if (rxpath_slice_is(word, "-"))
		return true;
	if (attribute->kind == NUMBER)
		return rxpath_scan_dec(word, field) ||
		       rxpath_parse_not_a_number(error, number, RXPATH_DECIMAL, word);
	rxpath_buf_unescaped(&text, word);
	*copy = text.failed ? (struct rxpath_slice){NULL, 0}
			    : rxpath_arena_copy(&builder->sample->arena, rxpath_buf_view(&text));
	rxpath_buf_free(&text);
	return copy->ptr || rxpath_error_memory(error);
}

static bool parse_device(struct rxpath_builder *builder, const struct header *header,
			 struct rxpath_slice line, size_t number, struct rxpath_error *error)
{
	struct rxpath_subject subject = {.kind = RXPATH_ON_DEVICE};
	struct rxpath_device *device;
	char text[RXPATH_DEVICE_NAME];
	struct rxpath_slice name, rest, word;
	uint64_t value;

	if (!rxpath_scan_word(&line, &word) || !rxpath_scan_dec(word, &value))
		return rxpath_error_format(error, number, "not a device index", word);
	if (!rxpath_scan_word(&line, &word))
		return rxpath_error_format(error, number, "no name for device", word);
	name = rxpath_parse_device(word, text);
	if (name.len == 0)
		return rxpath_error_format(error, number, "not a device name", word);
	device = rxpath_builder_device(builder, name);
	if (!device)
		return rxpath_error_memory(error);
	device->ifindex = value;
	subject.name = device->name;
	for (size_t i = 2; i < header->count; i++) {
		if (header->attributes[i]) {
			if (!take_attribute(builder, device, header->attributes[i], &line, number,
					    error))
				return false;
			continue;
		}
		if (!rxpath_scan_next_dec(&line, &value)) {
			rest = line;
			if (!rxpath_scan_word(&rest, &word) || !rxpath_slice_is(word, "-"))
				return rxpath_parse_no_value(error, number, RXPATH_DECIMAL, line,
							     RXPATH_FEWER_VALUES, header->names[i]);
			line = rest;
			continue;
		}
		device->counters_seen |= header->bits[i];
		if (!rxpath_builder_add(builder, header->names[i], subject, value))
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
		if (number == 1 ? !parse_header(line, &header, error)
				: !parse_device(builder, &header, line, number, error))
			return false;
	}
	return true;
}

/* Printed by netstat_show (net/core/net-sysfs.c): "%llu", since 3.0 64 bits wide everywhere. */
bool rxpath_parse_sysfs(struct rxpath_builder *builder, struct rxpath_slice name,
			struct rxpath_slice text, struct rxpath_error *error)
{
	struct rxpath_subject subject = {.kind = RXPATH_ON_DEVICE, .name = builder->device};
	struct rxpath_slice line = rxpath_slice_of("");
	struct rxpath_slice word = rxpath_slice_of("");
	struct rxpath_device *known;
	uint64_t value;

	if (!rxpath_scan_line(&text, &line))
		return rxpath_error_format(error, 0, "empty", text);
	if (!rxpath_scan_word(&line, &word) || !rxpath_scan_dec(word, &value))
		return rxpath_parse_not_a_number(error, 1, RXPATH_DECIMAL, word);
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
	return rxpath_builder_add(builder, name, subject, value) || rxpath_error_memory(error);
}
