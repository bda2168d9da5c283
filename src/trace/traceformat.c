/* traceformat.c: what the kernel says about the layout of its events: format, header_page, stats.
 *
 * `format` is printed by f_show (kernel/trace/trace_events.c): "\tfield:TYPE
 * NAME;\toffset:N;\tsize:N;" and, since 2.6.33, "\tsigned:N;". Nothing here goes by a kernel's
 * version. */
#include <stdlib.h>
#include <string.h>

#include "traceformat.h"
#include "rxpath/arena.h"
#include "rxpath/search.h"

static const char *const names[RXPATH_RING_FIELDS] = {
	[RXPATH_FIELD_TYPE] = "common_type",
	[RXPATH_FIELD_REASON] = "reason",
	[RXPATH_FIELD_LOCATION] = "location",
	[RXPATH_FIELD_PROTOCOL] = "protocol",
	[RXPATH_FIELD_RC] = "rc",
	[RXPATH_FIELD_LPORT] = "lport",
	[RXPATH_FIELD_DPORT] = "dport",
	[RXPATH_FIELD_FAMILY] = "family",
	[RXPATH_FIELD_DADDR] = "daddr",
};

/* No event is longer than a page of 64 KiB. */
#define FIELD_LIMIT 65536

static struct rxpath_slice trimmed(struct rxpath_slice text)
{
	while (text.len > 0 && (*text.ptr == ' ' || *text.ptr == '\t'))
		rxpath_slice_skip(&text, 1);
	return text;
}

/* Takes "KEY:N;" off the line. */
static bool take_number(struct rxpath_slice *line, const char *key, uint64_t *value)
{
	struct rxpath_slice item;
	struct rxpath_slice rest = trimmed(*line);

	if (!rxpath_slice_starts(rest, key) || !rxpath_scan_until(&rest, ';', &item))
		return false;
	rxpath_slice_skip(&item, strlen(key));
	if (!rxpath_scan_dec(item, value))
		return false;
	*line = rest;
	return true;
}

/* "unsigned short common_type" and "__u8 daddr[28]": the last word, without its brackets. */
static struct rxpath_slice declared_name(struct rxpath_slice declaration)
{
	struct rxpath_slice head, word = {NULL, 0};

	while (rxpath_scan_word(&declaration, &head))
		word = head;
	if (rxpath_scan_until(&word, '[', &head))
		return head;
	return word;
}

/* Takes a line "field:..." apart; *name is empty when it is no such line. False on error. */
static bool take_field(struct rxpath_slice line, size_t number, struct rxpath_slice *name,
		       struct rxpath_ring_field *field, struct rxpath_error *error)
{
	uint64_t offset, size, is_signed = 0;
	struct rxpath_slice declaration;
	struct rxpath_slice rest = trimmed(line);

	*name = (struct rxpath_slice){NULL, 0};
	*field = (struct rxpath_ring_field){0};
	if (!rxpath_slice_starts(rest, "field:") || !rxpath_scan_until(&rest, ';', &declaration))
		return true;
	if (!take_number(&rest, "offset:", &offset) || !take_number(&rest, "size:", &size))
		return rxpath_error_format(error, number, "a field without offset and size", line);
	if (offset > FIELD_LIMIT || size > FIELD_LIMIT)
		return rxpath_error_format(error, number, "a field larger than a page", line);
	take_number(&rest, "signed:", &is_signed);
	rxpath_slice_skip(&declaration, strlen("field:"));
	*name = declared_name(declaration);
	*field = (struct rxpath_ring_field){(uint32_t)offset, (uint32_t)size, is_signed != 0};
	return true;
}

static bool is_figure(uint32_t size)
{
	return size == 1 || size == 2 || size == 4 || size == 8;
}

bool rxpath_ring_format(struct rxpath_slice text, struct rxpath_ring_format *format,
			struct rxpath_error *error)
{
	struct rxpath_slice line, name;
	struct rxpath_ring_field field;
	bool found = false;
	size_t number = 0;

	*format = (struct rxpath_ring_format){0};
	while (rxpath_scan_line(&text, &line)) {
		number++;
		if (rxpath_slice_starts(line, "ID:")) {
			struct rxpath_slice word = line;

			rxpath_slice_skip(&word, strlen("ID:"));
			if (!rxpath_scan_dec(trimmed(word), &format->id))
				return rxpath_error_format(error, number, "not an ID", line);
			found = true;
			continue;
		}
		if (!take_field(line, number, &name, &field, error))
			return false;
		for (size_t i = 0; i < RXPATH_RING_FIELDS; i++) {
			if (!rxpath_slice_is(name, names[i]))
				continue;
			if (i != RXPATH_FIELD_DADDR && !is_figure(field.size))
				return rxpath_error_format(error, number,
							   "not the size of a number", line);
			format->fields[i] = field;
		}
	}
	if (!found || format->fields[RXPATH_FIELD_TYPE].size == 0)
		return rxpath_error_format(error, 0, "no ID or no field common_type",
					   rxpath_slice_of(""));
	return true;
}

bool rxpath_ring_value(const struct rxpath_ring_field *field, const unsigned char *event,
		       size_t len, uint64_t *value)
{
	uint8_t byte;
	uint16_t half;
	uint32_t word;
	uint64_t whole;

	if (field->size == 0 || (uint64_t)field->offset + field->size > len)
		return false;
	event += field->offset;
	switch (field->size) {
	case 1:
		memcpy(&byte, event, sizeof byte);
		*value = field->is_signed ? (uint64_t)(int8_t)byte : byte;
		return true;
	case 2:
		memcpy(&half, event, sizeof half);
		*value = field->is_signed ? (uint64_t)(int16_t)half : half;
		return true;
	case 4:
		memcpy(&word, event, sizeof word);
		*value = field->is_signed ? (uint64_t)(int32_t)word : word;
		return true;
	case 8:
		memcpy(&whole, event, sizeof whole);
		*value = whole;
		return true;
	default:
		return false;
	}
}

bool rxpath_ring_layout(struct rxpath_slice text, struct rxpath_ring_layout *layout,
			struct rxpath_error *error)
{
	struct rxpath_slice line, name;
	struct rxpath_ring_field field;
	size_t number = 0;

	*layout = (struct rxpath_ring_layout){0};
	while (rxpath_scan_line(&text, &line)) {
		number++;
		if (!take_field(line, number, &name, &field, error))
			return false;
		if (rxpath_slice_is(name, "commit")) {
			layout->commit_at = field.offset;
			layout->commit_size = field.size;
		} else if (rxpath_slice_is(name, "data")) {
			layout->data_at = field.offset;
			layout->page_size = field.offset + field.size;
		}
	}
	if (!is_figure(layout->commit_size) || layout->data_at == 0 || layout->page_size < 64 ||
	    layout->page_size > 2 * FIELD_LIMIT)
		return rxpath_error_format(error, 0, "no fields commit and data",
					   rxpath_slice_of(""));
	return true;
}

/* Takes everything up to the end of `mark` off *rest. */
static bool skip_behind(struct rxpath_slice *rest, const char *mark)
{
	size_t len = strlen(mark);

	for (size_t at = 0; at + len <= rest->len; at++) {
		if (memcmp(rest->ptr + at, mark, len) != 0)
			continue;
		rxpath_slice_skip(rest, at + len);
		return true;
	}
	return false;
}

/* f_show prints the numbers as the source or trace_event_eval_update left them: decimal, or
 * hexadecimal. */
static bool read_number(struct rxpath_slice text, uint64_t *value)
{
	struct rxpath_slice word;

	if (!rxpath_scan_word(&text, &word))
		return false;
	if (!rxpath_slice_starts(word, "0x"))
		return rxpath_scan_dec(word, value);
	rxpath_slice_skip(&word, strlen("0x"));
	return rxpath_scan_hex(word, value);
}

bool rxpath_ring_symbols(struct rxpath_slice text, const char *field,
			 struct rxpath_ring_symbol **symbols, size_t *count)
{
	struct rxpath_slice number, name, between;
	struct rxpath_ring_symbol symbol;
	size_t cap = 0;
	bool found = false;

	*symbols = NULL;
	*count = 0;
	while (!found && skip_behind(&text, "__print_symbolic(REC->"))
		found = rxpath_scan_until(&text, ',', &name) && rxpath_slice_is(name, field);
	if (!found)
		return true;
	/* The list ends where a parenthesis comes before the next brace. */
	while (rxpath_scan_until(&text, '{', &between) && !memchr(between.ptr, ')', between.len)) {
		if (!rxpath_scan_until(&text, ',', &number) ||
		    !rxpath_scan_until(&text, '"', &between) ||
		    !rxpath_scan_until(&text, '"', &name))
			break;
		if (name.len == 0 || name.len > 64 || !read_number(number, &symbol.value))
			continue;
		symbol.name = name;
		if (!rxpath_array_append(symbols, count, &cap, &symbol, sizeof symbol))
			return false;
	}
	rxpath_sort(*symbols, *count, sizeof **symbols, rxpath_by_number);
	return true;
}

struct rxpath_slice rxpath_ring_symbol(const struct rxpath_ring_symbol *symbols, size_t count,
				       uint64_t value)
{
	const struct rxpath_ring_symbol *found =
		count == 0 ? NULL
			   : bsearch(&value, symbols, count, sizeof *symbols, rxpath_by_number);

	return found ? found->name : (struct rxpath_slice){NULL, 0};
}

uint64_t rxpath_ring_stat(struct rxpath_slice text, const char *name)
{
	struct rxpath_slice line, key;
	uint64_t value;

	while (rxpath_scan_line(&text, &line))
		if (rxpath_scan_until(&line, ':', &key) && rxpath_slice_is(key, name) &&
		    rxpath_scan_dec(trimmed(line), &value))
			return value;
	return 0;
}
