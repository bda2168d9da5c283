/* metric.c: how a family of metrics, a sample of it and its labels are written. */
#include <string.h>

#include "metric.h"

/* HELP and label values escape the newline and the special bytes of each. */
static void put_escaped(struct rxpath_buf *out, struct rxpath_slice text, const char *special)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (c == '\n') {
			rxpath_buf_string(out, "\\n");
			continue;
		}
		if (c != '\0' && strchr(special, c))
			rxpath_buf_char(out, '\\');
		rxpath_buf_char(out, c);
	}
}

void metric_family(struct rxpath_buf *out, const char *family, const char *type, const char *help)
{
	rxpath_buf_printf(out, "# TYPE %s %s\n# HELP %s ", family, type, family);
	put_escaped(out, rxpath_slice_of(help), "\\");
	rxpath_buf_char(out, '\n');
}

static void put_key(struct rxpath_buf *out, const char *name)
{
	bool is_first = rxpath_slice_ends(rxpath_buf_view(out), "{");

	rxpath_buf_printf(out, "%s%s=\"", is_first ? "" : ",", name);
}

void metric_label(struct rxpath_buf *out, const char *name, struct rxpath_slice value)
{
	put_key(out, name);
	put_escaped(out, value, "\\\"");
	rxpath_buf_char(out, '"');
}

void metric_name(struct rxpath_buf *out, const char *name, struct rxpath_slice value)
{
	struct rxpath_buf escaped = {0};

	rxpath_buf_escaped(&escaped, value, "");
	metric_label(out, name, rxpath_buf_view(&escaped));
	rxpath_buf_free_part(&escaped, out);
}

void metric_number(struct rxpath_buf *out, const char *name, uint64_t value)
{
	put_key(out, name);
	rxpath_buf_u64(out, value);
	rxpath_buf_char(out, '"');
}

void metric_begin(struct rxpath_buf *out, const char *family,
		  const struct rxpath_metrics_input *input)
{
	rxpath_buf_printf(out, "%s{", family);
	if (input->netns.len > 0)
		metric_label(out, "netns", input->netns);
}

void metric_value(struct rxpath_buf *out, uint64_t value)
{
	rxpath_buf_string(out, "} ");
	rxpath_buf_u64(out, value);
	rxpath_buf_char(out, '\n');
}
