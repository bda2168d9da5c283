/* nfqueue.c: /proc/net/netfilter/nfnetlink_queue: the queues that a program reads packets from.
 *
 * Printed by seq_show (net/netfilter/nfnetlink_queue.c) without a header. The last column is always
 * 1. */
#include "words.h"

/* `counter` NULL: the column is no counter. */
static const struct {
	const char *name, *counter;
} columns[] = {
	{"queue_number", NULL},
	{"peer_portid", "nfqueue_peer_portid"},
	{"queue_total", "nfqueue_queue_total"},
	{"copy_mode", NULL},
	{"copy_range", NULL},
	{"queue_dropped", "nfqueue_queue_dropped"},
	{"queue_user_dropped", "nfqueue_user_dropped"},
	{"id_sequence", "nfqueue_id_sequence"},
};

#define COLUMNS (sizeof columns / sizeof *columns)

/* Far more than any kernel prints. */
#define MAX_COLUMNS 32

static bool take_queue(struct rxpath_builder *builder, struct rxpath_slice line, size_t number,
		       struct rxpath_error *error)
{
	struct rxpath_subject queue = {.kind = RXPATH_ON_NFQUEUE};
	struct rxpath_slice word;
	size_t count = COLUMNS;
	uint64_t value;

	for (size_t i = 0; i < COLUMNS; i++) {
		if (!rxpath_scan_next_dec(&line, &value))
			return rxpath_parse_no_value(error, number, RXPATH_DECIMAL, line,
						     RXPATH_FEWER_VALUES,
						     rxpath_slice_of(columns[i].name));
		if (value > UINT32_MAX)
			return rxpath_error_format(error, number, "a number larger than 32 bits in",
						   rxpath_slice_of(columns[i].name));
		if (i == 0)
			queue.number = (uint32_t)value;
		if (columns[i].counter &&
		    !rxpath_builder_add(builder, rxpath_slice_of(columns[i].counter), queue, value))
			return rxpath_error_memory(error);
	}
	while (rxpath_scan_word(&line, &word))
		if (++count > MAX_COLUMNS)
			return rxpath_error_format(error, number, "too many columns", word);
	return true;
}

bool rxpath_parse_nfqueue(struct rxpath_builder *builder, struct rxpath_slice text,
			  struct rxpath_error *error)
{
	struct rxpath_slice line;

	if (text.len == 0)
		return true;
	if (!rxpath_parse_is_whole(text, error))
		return false;
	for (size_t number = 1; rxpath_scan_line(&text, &line); number++)
		if (!take_queue(builder, line, number, error))
			return false;
	return true;
}
