/* netdev.c: /proc/net/dev: sums of several counters for each device, used where rtnetlink is not
 * available.
 *
 * Printed by dev_seq_show (net/core/net-procfs.c): two lines of header, then "  eth0: 123 4 ...".
 * Before 3.0 a long first number stands right behind the colon. */
#include "words.h"
#include "rxpath/search.h"

/* drop = rx_dropped + rx_missed_errors; frame = rx_length_errors + rx_over_errors + rx_crc_errors +
 * rx_frame_errors (dev_seq_printf_stats). Hence names of their own. */
static const struct {
	const char *column;
	const char *counter;
} known[] = {
	{"packets", "dev_packets"}, {"errs", "dev_errs"},   {"drop", "dev_drop"},
	{"fifo", "dev_fifo"},	    {"frame", "dev_frame"},
};

#define MAX_COLUMNS 32

struct header {
	const char *counters[MAX_COLUMNS]; /* NULL: of no interest */
	size_t receive;			   /* columns of the receive side */
	size_t all;
};

static const char *counter_of(struct rxpath_slice column)
{
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (rxpath_slice_is(column, known[i].column))
			return known[i].counter;
	return NULL;
}

/* " face |bytes packets errs ...|bytes packets ..." */
static bool parse_header(struct rxpath_slice line, struct header *header,
			 struct rxpath_error *error)
{
	struct rxpath_slice whole = line;
	struct rxpath_slice receive, word;

	if (!rxpath_scan_until(&line, '|', &word) || !rxpath_scan_until(&line, '|', &receive))
		return rxpath_error_format(error, 2, "not the header ' face |bytes ...|bytes ...'",
					   whole);
	while (rxpath_scan_word(&receive, &word)) {
		if (header->all == MAX_COLUMNS || !rxpath_parse_is_name(word))
			return rxpath_error_format(error, 2, "not a column name", word);
		header->counters[header->all++] = counter_of(word);
	}
	header->receive = header->all;
	while (rxpath_scan_word(&line, &word))
		header->all++;
	if (header->receive == 0)
		return rxpath_error_format(error, 2, "a header without columns", whole);
	return true;
}

static bool parse_device(struct rxpath_builder *builder, const struct header *header,
			 struct rxpath_slice line, size_t number, struct rxpath_error *error)
{
	struct rxpath_subject subject = {.kind = RXPATH_ON_DEVICE};
	struct rxpath_device *device;
	struct rxpath_slice word;
	uint64_t figures = 0;
	uint64_t value;

	/* A name may hold a colon; the numbers never do. */
	if (!rxpath_scan_last(&line, ':', &subject.name))
		return rxpath_error_format(error, number, "not a line 'device: numbers'", line);
	while (subject.name.len > 0 && subject.name.ptr[0] == ' ')
		rxpath_slice_skip(&subject.name, 1);
	if (!rxpath_parse_is_device(subject.name))
		return rxpath_error_format(error, number, "not a device name", subject.name);
	device = rxpath_builder_device(builder, subject.name);
	if (!device)
		return rxpath_error_memory(error);
	for (size_t i = 0; i < header->all; i++) {
		if (!rxpath_scan_next_dec(&line, &value))
			return rxpath_parse_no_value(error, number, RXPATH_DECIMAL, line,
						     "fewer values than columns for device",
						     subject.name);
		figures |= value;
		if (i < header->receive && header->counters[i] &&
		    !rxpath_builder_add(builder, rxpath_slice_of(header->counters[i]), subject,
					value))
			return rxpath_error_memory(error);
	}
	if (rxpath_scan_word(&line, &word))
		return rxpath_error_format(error, number, "more values than columns", word);
	/* Two rows of zeros, which one published file has, say the same. */
	if (device->dev_reading == builder->times_read[builder->source] &&
	    (device->dev_figures | figures) != 0)
		return rxpath_error_format(error, number, "a second row for device", subject.name);
	device->dev_reading = builder->times_read[builder->source];
	device->dev_figures = figures;
	return true;
}

bool rxpath_parse_netdev(struct rxpath_builder *builder, struct rxpath_slice text,
			 struct rxpath_error *error)
{
	struct header header = {0};
	struct rxpath_slice whole = text;
	struct rxpath_slice line;
	size_t number = 1;

	if (!rxpath_parse_has_text(text, error))
		return false;
	for (; rxpath_scan_line(&text, &line); number++) {
		if (number == 1 && !rxpath_slice_starts(line, "Inter-|"))
			return rxpath_error_format(error, 1, "not the header 'Inter-| ...'", line);
		if (number == 2 && !parse_header(line, &header, error))
			return false;
		if (number > 2 && !parse_device(builder, &header, line, number, error))
			return false;
	}
	if (number == 3 && !rxpath_parse_is_whole(whole, error))
		return false;
	if (header.all == 0)
		return rxpath_error_format(error, 1, "a header without its second line", text);
	return true;
}
