/* option_values.c: what the value of each option may be. */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "option_values.h"

#define BILLION UINT64_C(1000000000)

static bool bad_value(const char *option, const char *value, const char *expected)
{
	return say("%s: must be %s, not '%s'", option, expected, value);
}

bool read_interval(const char *option, char *value, struct options *options)
{
	/* So that sums of times stay in range. */
	const uint64_t most = UINT64_C(3153600000) * BILLION;
	const size_t whole = strspn(value, "0123456789");
	const size_t decimals = value[whole] == '.' ? strspn(value + whole + 1, "0123456789") : 0;
	const size_t length = whole + (value[whole] == '.') + decimals;
	/* Clocks count nanoseconds: further decimals are ignored. */
	const struct rxpath_slice told = {value, decimals > 9 ? length - (decimals - 9) : length};

	if (value[length] != '\0' || whole + decimals == 0 || !strpbrk(value, "123456789"))
		return bad_value(option, value, "a number of seconds greater than 0");
	if (!rxpath_scan_billionths(told, &options->interval) || options->interval > most)
		return bad_value(option, value, "at most 3153600000 seconds (a century)");
	if (options->interval == 0)
		options->interval = 1;
	return true;
}

bool read_count(const char *option, char *value, struct options *options)
{
	return rxpath_scan_dec(rxpath_slice_of(value), &options->count) ||
	       bad_value(option, value, "a whole number (0 means until interrupted)");
}

/* FORM, or FORM:FILE for a further one. */
bool read_format(const char *option, char *value, struct options *options)
{
	char names[80], expected[120];
	const size_t len = strcspn(value, ":");
	const struct format *format = format_find((struct rxpath_slice){value, len});

	if (!format || (value[len] == ':' && value[len + 1] == '\0')) {
		format_names(names, sizeof names);
		snprintf(expected, sizeof expected, "%s, or one of them as FORM:FILE", names);
		return bad_value(option, value, expected);
	}
	if (value[len] == ':')
		options->forms[options->form_count++] =
			(struct form){.format = format, .file = value + len + 1};
	else
		options->format = format;
	return true;
}

bool read_exit_code(const char *option, char *value, struct options *options)
{
	uint64_t number;

	if (!rxpath_scan_dec(rxpath_slice_of(value), &number) || number < 1 || number > 255)
		return bad_value(option, value, "a number from 1 to 255");
	options->exit_code = (int)number;
	return true;
}

/* Always false. */
static bool suggest_stage(struct rxpath_slice name)
{
	char word[32];
	struct suggestion suggestion = {.word = word};

	snprintf(word, sizeof word, "%.*s", (int)(name.len < sizeof word ? name.len : 0), name.ptr);
	for (enum rxpath_stage stage = 0; stage < RXPATH_STAGES; stage++)
		suggest_try(&suggestion, rxpath_stage_name(stage));
	suggest_say(&suggestion, "");
	return false;
}

bool read_stages(const char *option, char *value, struct options *options)
{
	struct rxpath_slice rest = rxpath_slice_of(value);
	enum rxpath_stage stage;
	struct rxpath_slice name;

	for (bool more = true; more;) {
		more = rxpath_scan_until(&rest, ',', &name);
		if (!more)
			name = rest;
		if (!rxpath_stage_find(name, &stage)) {
			bad_value(option, value,
				  "a list, separated by commas, of device, softnet, netfilter, "
				  "ip, transport, socket");
			return suggest_stage(name);
		}
		options->criteria.stages |= 1u << stage;
	}
	return true;
}

bool read_fail_on(const char *option, char *value, struct options *options)
{
	enum rxpath_kind *kind = &options->criteria.fail_on;

	if (strcmp(value, "never") == 0) {
		*kind = RXPATH_KIND_TRAFFIC;
		return true;
	}
	if (rxpath_kind_find(rxpath_slice_of(value), kind) && *kind < RXPATH_KIND_TRAFFIC)
		return true;
	return bad_value(option, value, "drop, suspect, pressure, reject or never");
}

/* "N" or "N/s"; N is any whole number, or a smaller one with a fraction. */
static bool scan_limit(struct rxpath_slice text, struct rxpath_limit *limit)
{
	uint64_t parts;

	limit->per_second =
		text.len > 2 && text.ptr[text.len - 2] == '/' && text.ptr[text.len - 1] == 's';
	if (limit->per_second)
		text.len -= 2;
	if (!rxpath_scan_billionths(text, &parts))
		return rxpath_scan_dec(text, &limit->packets);
	limit->packets = parts / BILLION;
	limit->billionths = (uint32_t)(parts % BILLION);
	return true;
}

bool read_max_lost(const char *option, char *value, struct options *options)
{
	return scan_limit(rxpath_slice_of(value), &options->criteria.max_lost) ||
	       bad_value(option, value, "a number N, or N/s for a rate");
}

/* A pattern that can match something: not empty, no backslash at its end, and every bracket is
 * closed. Otherwise the matcher would take it literally, and the user would never know. */
static bool is_pattern(const char *text)
{
	const char *at = text;

	while (*at) {
		if (*at == '\\' && *++at == '\0')
			return false;
		if (*at == '[') {
			at += at[1] == '!' || at[1] == '^' ? 2 : 1;
			/* As the first character, ']' is a member of the set. */
			at = *at ? strchr(at + (*at == ']'), ']') : NULL;
			if (!at)
				return false;
		}
		at++;
	}
	return at != text;
}

/* [SUBJECT:]COUNTER[=N[/s]]; a subject may hold colons, a counter does not. Changes `value`. */
bool read_allowance(const char *option, char *value, struct options *options)
{
	struct rxpath_allowance *allowance =
		&options->allowances[options->criteria.allowance_count++];
	char whole[256];
	char *limit = strrchr(value, '=');
	char *counter;

	/* The name of a device may hold '='. */
	if (limit && strchr(limit, ':'))
		limit = NULL;
	snprintf(whole, sizeof whole, "%s", value);
	*allowance = (struct rxpath_allowance){.counter = value, .limited = limit != NULL};
	if (limit) {
		*limit = '\0';
		if (!scan_limit(rxpath_slice_of(limit + 1), &allowance->limit))
			return bad_value(option, whole,
					 "[SUBJECT:]COUNTER[=N[/s]] with a number N");
	}
	counter = strrchr(value, ':');
	if (counter) {
		*counter = '\0';
		allowance->subject = value;
		allowance->counter = counter + 1;
	}
	if (!is_pattern(allowance->counter) ||
	    (allowance->subject && !is_pattern(allowance->subject)))
		return bad_value(option, whole, "[SUBJECT:]COUNTER[=N[/s]] with names or patterns");
	return true;
}

bool read_device(const char *option, char *value, struct options *options)
{
	options->devices[options->criteria.device_count++] = value;
	return is_pattern(value) || bad_value(option, value, "the name or pattern of a device");
}

bool read_color(const char *option, char *value, struct options *options)
{
	static const char *const names[] = {
		[COLOR_AUTO] = "auto",
		[COLOR_ALWAYS] = "always",
		[COLOR_NEVER] = "never",
	};

	for (enum color i = COLOR_AUTO; i <= COLOR_NEVER; i++) {
		if (strcmp(value, names[i]) != 0)
			continue;
		options->color = i;
		return true;
	}
	return bad_value(option, value, "auto, always or never");
}

static bool is_pid(const char *text)
{
	uint64_t pid;

	if (strncmp(text, "unit:", strlen("unit:")) == 0)
		return text[strlen("unit:")] != '\0';
	if (strncmp(text, "container:", strlen("container:")) == 0)
		return strlen(text) >= strlen("container:") + 4;
	return rxpath_scan_dec(rxpath_slice_of(text), &pid) && pid > 0 && pid <= INT_MAX;
}

bool read_pid(const char *option, char *value, struct options *options)
{
	options->target.pid = value;
	return is_pid(value) || bad_value(option, value, "a process id, unit:NAME or container:ID");
}

bool read_netns(const char *option, char *value, struct options *options)
{
	options->target.netns = value;
	return value[0] != '\0' || bad_value(option, value, "a network namespace");
}

bool read_root(const char *option, char *value, struct options *options)
{
	options->target.root = value;
	return value[0] != '\0' || bad_value(option, value, "a directory");
}

bool read_output(const char *option, char *value, struct options *options)
{
	options->output = value;
	return value[0] != '\0' || bad_value(option, value, "the name of a file");
}

bool read_endian(const char *option, char *value, struct options *options)
{
	options->order = strcmp(value, "big") == 0 ? RXPATH_ORDER_BIG : RXPATH_ORDER_LITTLE;
	return options->order == RXPATH_ORDER_BIG || strcmp(value, "little") == 0 ||
	       bad_value(option, value, "little or big");
}
