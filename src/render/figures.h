/* figures.h: what the renderers share among themselves. */
#ifndef RXPATH_RENDER_FIGURES_H
#define RXPATH_RENDER_FIGURES_H

#include "rxpath/render.h"

/* "208.4": the rate per second; false, with nothing written, when the interval is not known. */
bool rxpath_put_rate(struct rxpath_buf *out, uint64_t delta, uint64_t interval);

/* The interval for the rate of that line. A level that was reached has no rate. */
uint64_t rxpath_rate_interval(const struct rxpath_line *line, const struct rxpath_report *report);

/* By how much the socket's queue grew; 0 where it did not. */
uint64_t rxpath_queue_growth(const struct rxpath_socket_line *line);

/* "1.000": nanoseconds as seconds. */
void rxpath_put_seconds(struct rxpath_buf *out, uint64_t nanoseconds);

#endif
