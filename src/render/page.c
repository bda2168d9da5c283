/* page.c: what all parts of the text report use: columns, colours, numbers, empty lines. */
#include <string.h>

#include "page.h"

#define USUAL_COLUMNS 80

const struct page_limits page_limits[STEPS] = {
	[FEWER_ROWS] = {10, 6, 6},
	[BRIEF_REST] = {10, 6, 6},
	[FEW_GAPS] = {10, 6, 6},
	[NO_GAPS] = {10, 6, 6},
	[NO_REPETITION] = {8, 4, 6},
	[FIRST_ADVICE] = {6, 3, 4},
	[NO_EVIDENCE] = {6, 3, 4},
	[NAMED_REST] = {4, 2, 3},
	[TROUBLED_STAGES] = {2, 1, 2},
};

const char *page_color(enum rxpath_state state)
{
	switch (state) {
	case RXPATH_STATE_DROP:
		return "\033[1;31m";
	case RXPATH_STATE_UNKNOWN:
		return "\033[1;35m";
	case RXPATH_STATE_SUSPECT:
		return "\033[33m";
	case RXPATH_STATE_PRESSURE:
		return "\033[36m";
	case RXPATH_STATE_REJECT:
	case RXPATH_STATE_SKIPPED:
		return FAINT;
	case RXPATH_STATE_OK:
		break;
	}
	return "\033[32m";
}

size_t page_limit(uint8_t limit)
{
	return limit > 0 ? limit : SIZE_MAX - 1;
}

size_t page_columns(const struct page *page)
{
	return page->style->columns > 0 ? page->style->columns : USUAL_COLUMNS;
}

struct page page_beside(const struct page *page, struct rxpath_buf *out)
{
	struct page other = *page;

	other.out = out;
	return other;
}

void page_gap(const struct page *page, enum step step)
{
	if (page->step < step)
		rxpath_buf_char(page->out, '\n');
}

size_t rxpath_fit_columns(struct rxpath_slice *line, size_t columns)
{
	bool color = false;
	size_t used = 0;

	for (size_t i = 0; i < line->len; i++) {
		unsigned char byte = (unsigned char)line->ptr[i];

		if (byte == '\033') {
			color = true;
		} else if (color) {
			color = byte != 'm';
		} else if ((byte & 0xc0) != 0x80) {
			if (used == columns) {
				line->len = i;
				break;
			}
			used++;
		}
	}
	return used;
}

size_t page_rows(const struct page *page, size_t start)
{
	struct rxpath_slice rest = rxpath_buf_view(page->out);
	struct rxpath_slice line;
	size_t columns = page_columns(page);
	size_t rows = 0;

	rxpath_slice_skip(&rest, start);
	while (rxpath_scan_line(&rest, &line)) {
		size_t used = rxpath_fit_columns(&line, SIZE_MAX);

		rows += used > columns ? (used + columns - 1) / columns : 1;
	}
	return rows;
}

void page_padded(const struct page *page, struct rxpath_slice text, size_t width)
{
	rxpath_buf_slice(page->out, text);
	rxpath_buf_repeat(page->out, ' ', text.len < width ? width - text.len : 0);
}

void page_colored(const struct page *page, const char *color, const char *text)
{
	if (page->style->color)
		rxpath_buf_string(page->out, color);
	rxpath_buf_string(page->out, text);
	if (page->style->color)
		rxpath_buf_string(page->out, PLAIN);
}

void page_state(const struct page *page, enum rxpath_state state, size_t width)
{
	const char *name = rxpath_state_name(state);

	page_colored(page, page_color(state), name);
	rxpath_buf_repeat(page->out, ' ', strlen(name) < width ? width - strlen(name) : 0);
}

void page_count(const struct page *page, uint64_t value, size_t width)
{
	char digits[32];
	size_t at = sizeof digits;
	unsigned count = 0;

	do {
		if (page->style->terminal && count > 0 && count % 3 == 0)
			digits[--at] = ',';
		digits[--at] = (char)('0' + value % 10);
		value /= 10;
		count++;
	} while (value > 0);
	rxpath_buf_repeat(page->out, ' ',
			  sizeof digits - at < width ? width - (sizeof digits - at) : 0);
	rxpath_buf_bytes(page->out, digits + at, sizeof digits - at);
}
