/* cpu_time.c: /proc/stat: how long each CPU has done what, in ticks of a hundredth of a second, a
 * row a CPU (show_stat, fs/proc/stat.c). Columns were only ever added at the end: steal (2.6.11),
 * guest (2.6.24) and guest_nice (2.6.33), which are parts of user and nice. */
#include <ctype.h>

#include "words.h"

#define SOFTIRQ 6
#define PARTS 8 /* the columns up to steal, which add up to the whole time */

/* "cpu3" */
static bool is_cpu(struct rxpath_slice name, uint32_t *cpu)
{
	if (!rxpath_slice_starts(name, "cpu") || name.len < 4)
		return false;
	rxpath_slice_skip(&name, 3);
	return rxpath_parse_u32(name, cpu);
}

static bool parse_row(struct rxpath_slice line, size_t number, uint64_t parts[PARTS],
		      struct rxpath_error *error)
{
	struct rxpath_slice word;

	for (size_t i = 0; i < PARTS; i++) {
		if (!rxpath_scan_word(&line, &word))
			return rxpath_error_format(error, number, "fewer than 8 columns", line);
		if (!rxpath_scan_dec(word, &parts[i]))
			return rxpath_parse_not_a_number(error, number, RXPATH_DECIMAL, word);
	}
	return true;
}

static bool add_row(struct rxpath_builder *builder, uint32_t cpu, const uint64_t parts[PARTS])
{
	const struct rxpath_subject subject = {.kind = RXPATH_ON_CPU, .number = cpu};
	uint64_t whole = 0;

	for (size_t i = 0; i < PARTS; i++)
		whole += parts[i];
	return rxpath_builder_add(builder, rxpath_slice_of("cpu_softirq_time"), subject,
				  parts[SOFTIRQ]) &&
	       rxpath_builder_add(builder, rxpath_slice_of("cpu_time"), subject, whole);
}

bool rxpath_parse_cpu_time(struct rxpath_builder *builder, struct rxpath_slice text,
			   struct rxpath_error *error)
{
	struct rxpath_slice line, name;
	uint64_t parts[PARTS] = {0};
	uint32_t cpu = 0;

	if (!rxpath_parse_is_whole(text, error))
		return false;
	for (size_t number = 1; rxpath_scan_line(&text, &line); number++) {
		if (!rxpath_parse_next_name(&line, &name) || !isalpha((unsigned char)name.ptr[0]))
			return rxpath_error_format(error, number, "not a name", line);
		if (!is_cpu(name, &cpu)) {
			if (!rxpath_scan_next_dec(&line, &parts[0]))
				return rxpath_error_format(error, number, "no value for", name);
			continue;
		}
		if (!parse_row(line, number, parts, error))
			return false;
		if (!add_row(builder, cpu, parts))
			return rxpath_error_memory(error);
	}
	return true;
}
