/* openmetrics_sockets.h: the families of the sockets and processes that lost packets. */
#ifndef RXPATH_RENDER_OPENMETRICS_SOCKETS_H
#define RXPATH_RENDER_OPENMETRICS_SOCKETS_H

#include "rxpath/render.h"

void metric_sockets(struct rxpath_buf *out, const struct rxpath_metrics_input *inputs,
		    size_t count);
void metric_processes(struct rxpath_buf *out, const struct rxpath_metrics_input *inputs,
		      size_t count);

#endif
