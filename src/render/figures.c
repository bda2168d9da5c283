/* figures.c: rates and times, written the same in every format. */
#include "figures.h"
#include "rxpath/search.h"

#define BILLION UINT64_C(1000000000)

bool rxpath_put_rate(struct rxpath_buf *out, uint64_t delta, uint64_t interval)
{
	if (interval == RXPATH_UNKNOWN || interval == 0)
		return false;
	rxpath_buf_printf(out, "%.1f", (double)delta * (double)BILLION / (double)interval);
	return true;
}

uint64_t rxpath_rate_interval(const struct rxpath_line *line, const struct rxpath_report *report)
{
	return line->counter && line->counter->shape == RXPATH_SHAPE_GAUGE ? RXPATH_UNKNOWN
									   : report->interval;
}

void rxpath_put_seconds(struct rxpath_buf *out, uint64_t nanoseconds)
{
	uint64_t thousandths = (nanoseconds + BILLION / 2000) / (BILLION / 1000);

	rxpath_buf_printf(out, "%llu.%03u", (unsigned long long)(thousandths / 1000),
			  (unsigned)(thousandths % 1000));
}

uint64_t rxpath_queue_growth(const struct rxpath_socket_line *line)
{
	uint64_t before = line->rx_queue_before == RXPATH_UNKNOWN ? 0 : line->rx_queue_before;

	return rxpath_less(line->socket->rx_queue, before);
}
