/* openmetrics.c: one sample as OpenMetrics text: cumulative, for a collector to subtract. */
#include "render.h"

/* Sockets come and go; a series each would never end. So only those that have lost, and not too many. */
#define MOST_SOCKETS 100

static void put_label(struct rxpath_buf *out, const char *name, struct rxpath_slice value)
{
	rxpath_buf_printf(out, "%s=\"", name);
	for (size_t i = 0; i < value.len; i++) {
		char c = value.ptr[i];

		/* The format's own escapes; our own before it left nothing else to escape. */
		if (c == '"' || c == '\\')
			rxpath_buf_char(out, '\\');
		rxpath_buf_char(out, c);
	}
	rxpath_buf_char(out, '"');
}

static void put_subject(struct rxpath_buf *out, const struct rxpath_subject *subject)
{
	struct rxpath_buf name = {0};

	switch (subject->kind) {
	case RXPATH_ON_NETNS:
		break;
	case RXPATH_ON_DEVICE:
		rxpath_buf_escaped(&name, subject->name, "");
		rxpath_buf_char(out, ',');
		put_label(out, "device", rxpath_buf_view(&name));
		break;
	case RXPATH_ON_CPU:
		rxpath_buf_printf(out, ",cpu=\"%u\"", subject->number);
		break;
	}
	out->failed = out->failed || name.failed;
	rxpath_buf_free(&name);
}

static void put_reading(struct rxpath_buf *out, const char *metric,
			const struct rxpath_reading *reading)
{
	rxpath_buf_printf(out, "%s{stage=\"%s\",kind=\"%s\",", metric,
			  rxpath_stage_name(reading->counter->stage),
			  rxpath_kind_name(reading->counter->kind));
	put_label(out, "counter", reading->name);
	put_subject(out, &reading->subject);
	rxpath_buf_string(out, "} ");
	rxpath_buf_u64(out, reading->value);
	rxpath_buf_char(out, '\n');
}

static void put_head(struct rxpath_buf *out, const char *family, const char *type, const char *help)
{
	rxpath_buf_printf(out, "# TYPE %s %s\n# HELP %s %s\n", family, type, family, help);
}

static void put_sockets(struct rxpath_buf *out, const struct rxpath_sample *sample)
{
	size_t shown = 0;
	size_t left = 0;

	put_head(out, "rxpath_socket_drops", "counter",
		 "Datagrams that a socket which is open now has lost.");
	for (size_t i = 0; i < sample->socket_count; i++) {
		const struct rxpath_socket *socket = &sample->sockets[i];

		if (socket->drops == 0)
			continue;
		if (shown == MOST_SOCKETS) {
			left++;
			continue;
		}
		shown++;
		rxpath_buf_printf(out, "rxpath_socket_drops_total{protocol=\"%s\",local=\"",
				  rxpath_socket_protocol(socket));
		rxpath_socket_address(out, socket, &socket->local);
		rxpath_buf_printf(out, "\",inode=\"%llu\"} %u\n", (unsigned long long)socket->inode,
				  socket->drops);
	}
	put_head(out, "rxpath_sockets_left_out", "gauge",
		 "Sockets with drops that are not listed, because there are too many.");
	rxpath_buf_printf(out, "rxpath_sockets_left_out %zu\n", left);
}

void rxpath_render_metrics(const struct rxpath_sample *sample, struct rxpath_buf *out)
{
	put_head(out, "rxpath_packets", "counter",
		 "Receive path counters since boot; see rxpath explain COUNTER.");
	for (size_t i = 0; i < sample->reading_count; i++)
		if (sample->readings[i].counter &&
		    sample->readings[i].counter->shape == RXPATH_SHAPE_COUNTER)
			put_reading(out, "rxpath_packets_total", &sample->readings[i]);
	put_head(out, "rxpath_level", "gauge", "Queues and tables of the receive path as they stand.");
	for (size_t i = 0; i < sample->reading_count; i++)
		if (sample->readings[i].counter &&
		    sample->readings[i].counter->shape == RXPATH_SHAPE_GAUGE)
			put_reading(out, "rxpath_level", &sample->readings[i]);
	put_sockets(out, sample);
	put_head(out, "rxpath_source_up", "gauge", "Whether a source of figures could be read.");
	for (enum rxpath_source source = 0; source < RXPATH_SOURCES; source++) {
		if (sample->sources[source].status != RXPATH_READ &&
		    sample->sources[source].status != RXPATH_FAILED)
			continue;
		rxpath_buf_string(out, "rxpath_source_up{");
		put_label(out, "source", rxpath_slice_of(rxpath_source_at(source)->path));
		rxpath_buf_printf(out, "} %d\n", sample->sources[source].status == RXPATH_READ);
	}
	rxpath_buf_string(out, "# EOF\n");
}
