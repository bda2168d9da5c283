/* page.c: what all parts of the text report use: columns, colours, numbers, empty lines. */
#include <string.h>

#include "page.h"
#include "rxpath/unit.h"

#define USUAL_COLUMNS 80

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

void page_gap(const struct page *page)
{
	if (page->detail.gaps)
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

void page_rough_count(const struct page *page, uint64_t value)
{
	static const char units[] = "MGTPE";
	uint64_t unit = 1000000;
	size_t at = 0;

	if (value < unit) {
		page_count(page, value, 0);
		return;
	}
	for (; value / unit >= 1000 && units[at + 1]; at++)
		unit *= 1000;
	rxpath_buf_printf(page->out, "%llu", (unsigned long long)(value / unit));
	if (value / unit < 10)
		rxpath_buf_printf(page->out, ".%02u", (unsigned)(value / (unit / 100) % 100));
	else if (value / unit < 100)
		rxpath_buf_printf(page->out, ".%u", (unsigned)(value / (unit / 10) % 10));
	rxpath_buf_printf(page->out, " %c", units[at]);
}

void page_number_of(const struct page *page, uint64_t value, const char *word)
{
	page_count(page, value, 0);
	rxpath_buf_printf(page->out, " %s%s", word, value == 1 ? "" : "s");
}

void page_percent(const struct page *page, uint64_t part, uint64_t whole, const char *of)
{
	rxpath_buf_string(page->out, " (");
	rxpath_buf_percent(page->out, part, whole);
	rxpath_buf_printf(page->out, "%s)", of);
}

void page_process(const struct page *page, const struct rxpath_process_loss *process)
{
	struct rxpath_buf *out = page->out;

	if (process->pid != RXPATH_UNKNOWN) {
		rxpath_buf_escaped(out, process->comm, "");
		rxpath_buf_printf(out, "[%llu]", (unsigned long long)process->pid);
	} else if (rxpath_unit_of(process->worst->cgroup).len > 0) {
		rxpath_unit_text(process->worst->cgroup, out);
	} else {
		rxpath_buf_printf(out, "a process of uid %u", process->uid);
	}
}

/* Whether the word is a number to group by thousands: not a port, user or process. What follows the
 * digits is left in the word. */
static bool take_figure(struct rxpath_slice before, struct rxpath_slice *word, uint64_t *value)
{
	static const char *const names[] = {"port", "sport", "dport", "uid", "(uid", "pid", "(pid"};
	struct rxpath_slice digits = *word;

	while (digits.len > 0 && strchr(",:;)", digits.ptr[digits.len - 1]))
		digits.len--;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (rxpath_slice_is(before, names[i]))
			return false;
	if (digits.len < 4 || !rxpath_scan_dec(digits, value))
		return false;
	rxpath_slice_skip(word, digits.len);
	return true;
}

void page_sentence(const struct page *page, size_t used, size_t indent, struct rxpath_slice text,
		   enum numbers numbers)
{
	const char *separator = "";
	struct rxpath_slice before = {0};
	struct rxpath_slice word;
	uint64_t value;

	if (!page->style->terminal) {
		rxpath_buf_slice(page->out, text);
		rxpath_buf_char(page->out, '\n');
		return;
	}
	while (rxpath_scan_word(&text, &word)) {
		struct rxpath_slice rest = word;
		bool figure = numbers == GROUPED && take_figure(before, &rest, &value);
		size_t width = word.len + (figure ? (word.len - rest.len - 1) / 3 : 0);
		size_t sign = text.len > 1 && text.ptr[0] == ' ' && text.ptr[1] == '%' ? 2 : 0;

		/* The number stays beside its sign. */
		if (*separator && word.ptr[0] != '%' &&
		    used + 1 + width + sign > page_columns(page)) {
			rxpath_buf_char(page->out, '\n');
			rxpath_buf_repeat(page->out, ' ', indent);
			used = indent;
		} else {
			rxpath_buf_string(page->out, separator);
			used += strlen(separator);
		}
		if (figure)
			page_count(page, value, 0);
		rxpath_buf_slice(page->out, rest);
		used += width;
		separator = " ";
		before = word;
	}
	rxpath_buf_char(page->out, '\n');
}

void page_more(struct page *page, size_t left, size_t all, const char *many)
{
	if (left == 0)
		return;
	rxpath_buf_printf(page->out, "%zu of %zu %s not shown\n", left, all, many);
	page->left_out = true;
}
