/* softnet.c: /proc/net/softnet_stat: a hexadecimal row for each CPU that is online, no header.
 *
 * Printed by softnet_seq_show (net/core/net-procfs.c; net/core/dev.c before 3.10). Columns were
 * only ever added at the end: 9 (2.6.32), 10 (2.6.35), 11 (3.11), 13 (5.10), 15 (6.4). Vendors
 * back-port, so the count of the columns decides, never the version. */
#include "words.h"

#define FEWEST_COLUMNS 9
#define CPU_COLUMN 12

/* No kernel can be built for more (NR_CPUS; at most 8192 so far). */
#define MAX_CPUS 65536

/* The header that the kernel does not print. NULL: nothing (zero since 2.6, or the CPU's
 * number). */
static const char *const columns[] = {
	"softnet_processed",
	"softnet_dropped",
	"softnet_time_squeeze",
	NULL,
	NULL,
	NULL,
	NULL,
	NULL,
	"softnet_cpu_collision",
	"softnet_received_rps",
	"softnet_flow_limit",
	"softnet_backlog",
	NULL,
	"softnet_input_queue",
	"softnet_process_queue",
};
#define COLUMNS (sizeof columns / sizeof *columns)

struct row {
	uint64_t values[COLUMNS];
	size_t count;
};

/* Columns beyond those known are read as numbers, and passed over. */
static bool parse_row(struct rxpath_slice line, size_t number, struct row *row,
		      struct rxpath_error *error)
{
	struct rxpath_slice whole = line;
	struct rxpath_slice word;
	uint64_t value;

	row->count = 0;
	while (rxpath_scan_word(&line, &word)) {
		if (!rxpath_scan_hex(word, &value))
			return rxpath_parse_not_a_number(error, number, RXPATH_HEXADECIMAL, word);
		/* The kernel pads to eight digits, so fewer mean that the line was cut. */
		if (word.len < 8)
			return rxpath_error_format(error, number, "a truncated number", word);
		if (row->count < COLUMNS)
			row->values[row->count] = value;
		row->count++;
	}
	if (row->count < FEWEST_COLUMNS)
		return rxpath_error_format(error, number, "fewer than 9 columns", whole);
	return true;
}

static bool add_row(struct rxpath_builder *builder, const struct row *row, uint32_t cpu)
{
	struct rxpath_subject subject = {.kind = RXPATH_ON_CPU, .number = cpu};

	for (size_t i = 0; i < COLUMNS && i < row->count; i++)
		if (columns[i] && !rxpath_builder_add(builder, rxpath_slice_of(columns[i]), subject,
						      row->values[i]))
			return false;
	return true;
}

/* The n-th CPU of a list such as "0-3,8"; n itself where the list has no n-th CPU. */
static uint32_t online_cpu(struct rxpath_slice list, uint32_t n)
{
	struct rxpath_slice range, first;
	uint32_t passed = 0;
	uint64_t from, to;

	/* The kernel's list fits into one page (cpumap_print_to_pagebuf); a longer one is not
	 * walked for each row. */
	if (list.len > 4096)
		return n;

	while (list.len > 0) {
		if (!rxpath_scan_until(&list, ',', &range)) {
			range = list;
			list.len = 0;
		}
		if (!rxpath_scan_until(&range, '-', &first))
			first = range;
		if (!rxpath_scan_dec(first, &from) || !rxpath_scan_dec(range, &to) || to < from ||
		    to > UINT32_MAX)
			return n;
		if (n - passed <= to - from)
			return (uint32_t)from + (n - passed);
		passed += (uint32_t)(to - from) + 1;
	}
	return n;
}

void rxpath_parse_name_cpus(struct rxpath_sample *sample)
{
	for (size_t i = 0; i < sample->cpu_count; i++)
		sample->cpus[i] = online_cpu(sample->cpus_online, (uint32_t)sample->cpus[i]);
	for (size_t i = 0; i < sample->reading_count; i++)
		if (sample->readings[i].source == RXPATH_SOURCE_SOFTNET)
			sample->readings[i].subject.number =
				online_cpu(sample->cpus_online, sample->readings[i].subject.number);
}

/* The columns that kernels have printed, see above. */
static bool is_known_width(size_t count)
{
	return count == 9 || count == 10 || count == 11 || count == 13 || count >= COLUMNS;
}

/* The word in the row's column for the CPU. */
static struct rxpath_slice cpu_of(struct rxpath_slice line)
{
	struct rxpath_slice word = rxpath_slice_of("");

	for (size_t i = 0; i <= CPU_COLUMN; i++)
		rxpath_scan_word(&line, &word);
	return word;
}

bool rxpath_parse_softnet(struct rxpath_builder *builder, struct rxpath_slice text,
			  struct rxpath_error *error)
{
	struct rxpath_sample *sample = builder->sample;
	/* A second reading shows the same CPUs. */
	const bool is_first = builder->times_read[builder->source] <= 1;
	uint64_t seen[MAX_CPUS / 64] = {0};
	struct row row;
	struct rxpath_slice line;
	size_t count = 0;

	if (!rxpath_parse_has_text(text, error))
		return false;
	for (size_t number = 1; rxpath_scan_line(&text, &line); number++) {
		uint32_t cpu;

		if (!parse_row(line, number, &row, error))
			return false;
		if (number > MAX_CPUS)
			return rxpath_error_format(error, number,
						   "more rows than there can be CPUs", line);
		/* A single row without its newline may be the start of a longer one. */
		if (number == 1 && text.len == 0 && !is_known_width(row.count) &&
		    !rxpath_parse_is_whole(line, error))
			return false;
		if (number > 1 && row.count != count)
			return rxpath_error_format(error, number,
						   "not as many columns as the line before", line);
		count = row.count;
		if (count <= CPU_COLUMN) {
			cpu = online_cpu(sample->cpus_online, (uint32_t)number - 1);
		} else if (row.values[CPU_COLUMN] < MAX_CPUS) {
			cpu = (uint32_t)row.values[CPU_COLUMN];
			if (seen[cpu / 64] >> cpu % 64 & 1)
				return rxpath_error_format(error, number, "a second row for CPU",
							   cpu_of(line));
			seen[cpu / 64] |= UINT64_C(1) << cpu % 64;
		} else {
			return rxpath_error_format(error, number, "not a CPU number", line);
		}
		if (!add_row(builder, &row, cpu) ||
		    (is_first && !rxpath_builder_add_cpu(builder, cpu)))
			return rxpath_error_memory(error);
	}
	sample->cpus_by_line = sample->cpus_by_line || count <= CPU_COLUMN;
	sample->softnet_columns = count;
	return true;
}
