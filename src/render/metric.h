/* metric.h: how a family of metrics, a sample of it and its labels are written. */
#ifndef RXPATH_RENDER_METRIC_H
#define RXPATH_RENDER_METRIC_H

#include "rxpath/render.h"

void metric_family(struct rxpath_buf *out, const char *family, const char *type, const char *help);

/* A sample: it begins with the label of its network namespace, where there are several; labels
 * follow, and at the end its value. */
void metric_begin(struct rxpath_buf *out, const char *family,
		  const struct rxpath_metrics_input *input);
void metric_label(struct rxpath_buf *out, const char *name, struct rxpath_slice value);
void metric_number(struct rxpath_buf *out, const char *name, uint64_t value);
void metric_value(struct rxpath_buf *out, uint64_t value);

/* The label of a name that may hold any bytes: escaped as in the other formats. */
void metric_name(struct rxpath_buf *out, const char *name, struct rxpath_slice value);

#endif
