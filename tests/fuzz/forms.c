/* forms.c: what every report has to look like, whatever it was made from. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "forms.h"

#define DEPTH 32 /* a report nests five deep */

static void broken(const char *form, const char *what, struct rxpath_slice at)
{
	fprintf(stderr, "fuzz: %s: %s, at: ", form, what);
	for (size_t i = 0; i < at.len && i < 120; i++) {
		unsigned char c = (unsigned char)at.ptr[i];

		fprintf(stderr, c >= ' ' && c <= '~' ? "%c" : "\\x%02X", c);
	}
	fputc('\n', stderr);
	abort();
}

static bool is_plain(char c)
{
	return c >= ' ' && c <= '~';
}

/* The length of "ESC [ digits and semicolons m" at the start; 0: there is none. */
static size_t color_length(struct rxpath_slice at)
{
	size_t len = 2;

	if (!rxpath_slice_starts(at, "\033["))
		return 0;
	while (len < at.len && ((at.ptr[len] >= '0' && at.ptr[len] <= '9') || at.ptr[len] == ';'))
		len++;
	return len < at.len && at.ptr[len] == 'm' ? len + 1 : 0;
}

void form_text(struct rxpath_slice bytes, bool color)
{
	if (bytes.len == 0 || bytes.ptr[bytes.len - 1] != '\n')
		broken("text", "no last line", bytes);
	while (bytes.len > 0) {
		size_t len = color ? color_length(bytes) : 0;

		if (len == 0 && !is_plain(bytes.ptr[0]) && bytes.ptr[0] != '\n')
			broken("text", "a byte for a terminal", bytes);
		rxpath_slice_skip(&bytes, len == 0 ? 1 : len);
	}
}

void form_tsv(struct rxpath_slice bytes, bool many)
{
	struct rxpath_slice line;
	size_t number = 0;
	bool ended = false;

	while (rxpath_scan_line(&bytes, &line)) {
		struct rxpath_slice rest = line;
		struct rxpath_slice field;
		size_t columns = 1;

		if (ended)
			broken("tsv", "a line behind the empty one", line);
		if (line.len == 0 && many) {
			ended = true;
			continue;
		}
		if ((line.len > 0 && line.ptr[0] == '#') != (number == 0))
			broken("tsv", "a header elsewhere than in the first line", line);
		number++;
		for (size_t i = 0; i < line.len; i++)
			if (!is_plain(line.ptr[i]) && line.ptr[i] != '\t')
				broken("tsv", "a byte for a terminal", line);
		for (; rxpath_scan_until(&rest, '\t', &field); columns++)
			if (field.len == 0)
				broken("tsv", "an empty column", line);
		if (rest.len == 0 || columns != 10)
			broken("tsv", "not ten columns", line);
	}
	if (number == 0 || ended != many)
		broken("tsv", "no header, or no empty line at the end", bytes);
}

/* JSON, by hand: a validator that shares nothing with the writer. */

static void json_value(struct rxpath_slice *at, unsigned depth);

static char json_next(const struct rxpath_slice *at)
{
	return at->len > 0 ? at->ptr[0] : '\0';
}

static void json_take(struct rxpath_slice *at, char expected)
{
	if (json_next(at) != expected)
		broken("json", "not what was expected", *at);
	rxpath_slice_skip(at, 1);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static void json_digits(struct rxpath_slice *at)
{
	if (!is_digit(json_next(at)))
		broken("json", "no digit", *at);
	while (is_digit(json_next(at)))
		rxpath_slice_skip(at, 1);
}

static void json_number(struct rxpath_slice *at)
{
	if (json_next(at) == '-')
		rxpath_slice_skip(at, 1);
	if (json_next(at) == '0')
		rxpath_slice_skip(at, 1);
	else
		json_digits(at);
	if (json_next(at) == '.') {
		rxpath_slice_skip(at, 1);
		json_digits(at);
	}
}

/* The value of a sequence of UTF-8 that is longer than one byte, taken off. */
static uint32_t json_wide(struct rxpath_slice *at)
{
	unsigned char first = (unsigned char)at->ptr[0];
	size_t len = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	uint32_t value = first & (0x7fu >> len);

	if (first < 0xc0 || first > 0xf7 || at->len < len)
		broken("json", "not UTF-8", *at);
	for (size_t i = 1; i < len; i++) {
		if (((unsigned char)at->ptr[i] & 0xc0) != 0x80)
			broken("json", "not UTF-8", *at);
		value = value << 6 | ((unsigned char)at->ptr[i] & 0x3f);
	}
	if (value < least[len] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
		broken("json", "UTF-8 that stands for nothing", *at);
	rxpath_slice_skip(at, len);
	return value;
}

static void json_escape(struct rxpath_slice *at)
{
	uint64_t value;

	rxpath_slice_skip(at, 1);
	if (json_next(at) == 'u') {
		if (at->len < 5 || !rxpath_scan_hex((struct rxpath_slice){at->ptr + 1, 4}, &value))
			broken("json", "not four hexadecimal digits", *at);
		rxpath_slice_skip(at, 5);
		return;
	}
	if (json_next(at) == '\0' || !strchr("\"\\/bfnrt", json_next(at)))
		broken("json", "an escape that there is not", *at);
	rxpath_slice_skip(at, 1);
}

static void json_string(struct rxpath_slice *at)
{
	json_take(at, '"');
	while (at->len > 0 && at->ptr[0] != '"') {
		unsigned char c = (unsigned char)at->ptr[0];

		if (c == '\\')
			json_escape(at);
		else if (c >= 0x80 && json_wide(at) < 0xa0)
			broken("json", "a byte for a terminal", *at);
		else if (c < ' ' || c == 0x7f)
			broken("json", "a byte for a terminal", *at);
		else if (c < 0x80)
			rxpath_slice_skip(at, 1);
	}
	json_take(at, '"');
}

/* "{...}" or "[...]". */
static void json_many(struct rxpath_slice *at, bool named, unsigned depth)
{
	char last = named ? '}' : ']';

	if (depth == 0)
		broken("json", "nested too deep", *at);
	rxpath_slice_skip(at, 1);
	if (json_next(at) == last) {
		rxpath_slice_skip(at, 1);
		return;
	}
	for (bool more = true; more;) {
		if (named) {
			json_string(at);
			json_take(at, ':');
		}
		json_value(at, depth - 1);
		more = json_next(at) == ',';
		if (more)
			rxpath_slice_skip(at, 1);
	}
	json_take(at, last);
}

static void json_value(struct rxpath_slice *at, unsigned depth)
{
	static const char *const words[] = {"null", "true", "false"};
	char c = json_next(at);

	if (c == '{' || c == '[') {
		json_many(at, c == '{', depth);
	} else if (c == '"') {
		json_string(at);
	} else if (c == '-' || is_digit(c)) {
		json_number(at);
	} else {
		for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
			if (!rxpath_slice_starts(*at, words[i]))
				continue;
			rxpath_slice_skip(at, strlen(words[i]));
			return;
		}
		broken("json", "not a value", *at);
	}
}

void form_json(struct rxpath_slice bytes)
{
	if (json_next(&bytes) != '{')
		broken("json", "not an object", bytes);
	json_value(&bytes, DEPTH);
	if (!rxpath_slice_is(bytes, "\n"))
		broken("json", "something behind the object", bytes);
}

static void metrics_name(struct rxpath_slice *at)
{
	const char *start = at->ptr;

	while (at->len > 0 && (strchr("_:", at->ptr[0]) || is_digit(at->ptr[0]) ||
			       (at->ptr[0] >= 'a' && at->ptr[0] <= 'z')))
		rxpath_slice_skip(at, 1);
	if (at->ptr == start || is_digit(*start))
		broken("metrics", "not a name", *at);
}

static void metrics_labels(struct rxpath_slice *at)
{
	for (bool more = true; more;) {
		rxpath_slice_skip(at, 1);
		metrics_name(at);
		json_take(at, '=');
		json_take(at, '"');
		while (at->len > 0 && at->ptr[0] != '"') {
			if (at->ptr[0] == '\\') {
				rxpath_slice_skip(at, 1);
				if (json_next(at) == '\0' || !strchr("\\\"n", json_next(at)))
					broken("metrics", "an escape that there is not", *at);
			}
			rxpath_slice_skip(at, 1);
		}
		json_take(at, '"');
		more = json_next(at) == ',';
	}
	json_take(at, '}');
}

void form_metrics(struct rxpath_slice bytes)
{
	static const char end[] = "# EOF\n";
	struct rxpath_slice line = bytes;

	form_text(bytes, false);
	if (bytes.len < strlen(end))
		broken("metrics", "no end", bytes);
	rxpath_slice_skip(&line, bytes.len - strlen(end));
	if (!rxpath_slice_is(line, end))
		broken("metrics", "no end", line);
	while (rxpath_scan_line(&bytes, &line)) {
		if (rxpath_slice_starts(line, "# "))
			continue;
		metrics_name(&line);
		if (json_next(&line) == '{')
			metrics_labels(&line);
		json_take(&line, ' ');
		json_number(&line);
		if (line.len > 0)
			broken("metrics", "something behind the value", line);
	}
}

/* A sum that would pass the top stops there. */
static uint64_t stopped(uint64_t sum, uint64_t more)
{
	return sum + more < sum ? UINT64_MAX : sum + more;
}

void form_sums(const struct rxpath_report *report)
{
	uint64_t whole = 0;

	for (enum rxpath_stage stage = 0; stage < RXPATH_STAGES; stage++) {
		uint64_t sum = 0;

		for (size_t i = 0; i < report->line_count; i++)
			if (report->lines[i].stage == stage)
				sum = stopped(sum, report->lines[i].lost);
		if (sum != report->stages[stage].lost)
			broken("sums", "a stage's lost is not that of its lines",
			       rxpath_slice_of(rxpath_stage_name(stage)));
		whole = stopped(whole, sum);
	}
	if (whole != report->lost)
		broken("sums", "the report's lost is not that of its stages", rxpath_slice_of(""));
}
