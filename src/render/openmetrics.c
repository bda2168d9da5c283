/* openmetrics.c: one sample as OpenMetrics text: cumulative figures, for a collector to subtract.
 *
 * A family a counter, so that its HELP is the catalogue's. A family bears the name that its samples
 * bear, _total and all, as OpenMetrics 2.0 and the text format 0.0.4 both want it: node_exporter's
 * textfile collector reads only the latter. */
#include <stdlib.h>
#include <string.h>

#include "figures.h"
#include "rxpath/version.h"

/* Sockets come and go, and a series each would never end: those that lost, by address, and
 * not too many. */
#define MOST_SOCKETS 100

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

/* A small letter that goes on with a word: the s of OKs only makes several of them. */
static bool goes_on(const char *at)
{
	return *at >= 'a' && *at <= 'z' && !(*at == 's' && (at[1] == '\0' || is_upper(at[1])));
}

/* UdpRcvbufErrors -> udp_rcvbuf_errors, TcpExtTCPBacklogDrop -> tcp_ext_tcp_backlog_drop: a capital
 * begins a word behind anything else, and where a run of capitals ends before a small letter. */
static void put_snake(struct rxpath_buf *out, const char *name)
{
	for (const char *at = name; *at; at++) {
		bool starts = at > name && is_upper(*at) &&
			      (!is_upper(at[-1]) || goes_on(at + 1));

		if (starts && at[-1] != '_')
			rxpath_buf_char(out, '_');
		if (is_upper(*at))
			rxpath_buf_char(out, (char)(*at - 'A' + 'a'));
		else
			rxpath_buf_char(out, *at == '.' || *at == '-' ? '_' : *at);
	}
}

/* HELP and label values escape the backslash and the newline, label values the quote too. */
static void put_escaped(struct rxpath_buf *out, struct rxpath_slice text, bool label)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (c == '\n') {
			rxpath_buf_string(out, "\\n");
			continue;
		}
		if (c == '\\' || (label && c == '"'))
			rxpath_buf_char(out, '\\');
		rxpath_buf_char(out, c);
	}
}

static void put_label(struct rxpath_buf *out, const char *name, struct rxpath_slice value)
{
	rxpath_buf_printf(out, "%s=\"", name);
	put_escaped(out, value, true);
	rxpath_buf_char(out, '"');
}

static void put_head(struct rxpath_buf *out, const char *family, const char *type, const char *help)
{
	rxpath_buf_printf(out, "# TYPE %s %s\n# HELP %s ", family, type, family);
	put_escaped(out, rxpath_slice_of(help), false);
	rxpath_buf_char(out, '\n');
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

/* One sample of a family. */
static void put_reading(struct rxpath_buf *out, const char *family,
			const struct rxpath_reading *reading)
{
	enum rxpath_kind kind = reading->counter ? reading->counter->kind : RXPATH_KIND_SUSPECT;

	rxpath_buf_printf(out, "%s{stage=\"%s\",kind=\"%s\",", family,
			  rxpath_stage_name(rxpath_reading_stage(reading)), rxpath_kind_name(kind));
	put_label(out, "counter", reading->name);
	put_subject(out, &reading->subject);
	rxpath_buf_string(out, "} ");
	rxpath_buf_u64(out, reading->value);
	rxpath_buf_char(out, '\n');
}

/* The sums of /proc/net/dev would count again what a device's single counters have. */
static bool is_counted_elsewhere(const struct rxpath_sample *sample,
				 const struct rxpath_reading *reading)
{
	uint32_t singles;

	if (reading->source != RXPATH_SOURCE_DEV)
		return false;
	singles = rxpath_link_bits_of_sum(reading->name);
	return singles != 0 && (sample->devices[reading->device].link & singles) == singles;
}

/* Readings stand sorted by name within a stage, so a family's samples follow each other. */
static void put_families(struct rxpath_buf *out, const struct rxpath_sample *sample)
{
	const struct rxpath_counter *last = NULL;
	struct rxpath_buf family = {0};

	for (size_t i = 0; i < sample->reading_count; i++) {
		const struct rxpath_reading *reading = &sample->readings[i];
		const struct rxpath_counter *counter = reading->counter;
		bool gauge;

		if (!counter || !rxpath_source_stands(sample, reading->source) ||
		    is_counted_elsewhere(sample, reading))
			continue;
		gauge = counter->shape == RXPATH_SHAPE_GAUGE;
		if (counter != last) {
			rxpath_buf_reset(&family);
			rxpath_buf_string(&family, "rxpath_");
			put_snake(&family, counter->name);
			rxpath_buf_string(&family, gauge ? "" : "_total");
			rxpath_buf_char(&family, '\0');
			if (family.failed)
				break;
			put_head(out, family.data, gauge ? "gauge" : "counter", counter->meaning);
			last = counter;
		}
		put_reading(out, family.data, reading);
	}
	out->failed = out->failed || family.failed;
	rxpath_buf_free(&family);
}

/* Names that the catalogue lacks and that sound like losses. */
static void put_unclassified(struct rxpath_buf *out, const struct rxpath_sample *sample)
{
	static const char family[] = "rxpath_unclassified_total";
	bool any = false;

	for (size_t i = 0; i < sample->reading_count; i++) {
		if (sample->readings[i].counter)
			continue;
		if (!any)
			put_head(out, family, "counter",
				 "A counter that this rxpath does not know and whose name says "
				 "that packets were dropped.");
		any = true;
		put_reading(out, family, &sample->readings[i]);
	}
}

/* All sockets of one protocol at one local address. */
struct place {
	const struct rxpath_socket *socket;
	uint64_t drops, queue;
};

static int by_address(const void *a, const void *b)
{
	const struct rxpath_socket *first = ((const struct place *)a)->socket;
	const struct rxpath_socket *second = ((const struct place *)b)->socket;
	int order = (int)first->protocol - (int)second->protocol;

	if (order == 0)
		order = (int)first->v6 - (int)second->v6;
	if (order == 0)
		order = memcmp(first->local.bytes, second->local.bytes, sizeof first->local.bytes);
	return order != 0 ? order : (int)first->local.port - (int)second->local.port;
}

static int by_drops(const void *a, const void *b)
{
	const struct place *first = a;
	const struct place *second = b;

	if (first->drops != second->drops)
		return first->drops > second->drops ? -1 : 1;
	return by_address(a, b);
}

/* Listeners and captures are neither UDP nor raw: their queues are no bytes, their
 * addresses no address. */
static bool is_shown(const struct rxpath_socket *socket)
{
	return socket->drops > 0 && socket->protocol != RXPATH_TCP &&
	       socket->protocol != RXPATH_PACKET;
}

/* Those that lost, one entry an address, the worst first. NULL without memory or without any. */
static struct place *collect(const struct rxpath_sample *sample, size_t *count)
{
	struct place *places;
	size_t found = 0;

	*count = 0;
	for (size_t i = 0; i < sample->socket_count; i++)
		found += is_shown(&sample->sockets[i]);
	places = found == 0 ? NULL : malloc(found * sizeof *places);
	if (!places)
		return NULL;
	found = 0;
	for (size_t i = 0; i < sample->socket_count; i++)
		if (is_shown(&sample->sockets[i]))
			places[found++] = (struct place){&sample->sockets[i],
							 sample->sockets[i].drops,
							 sample->sockets[i].rx_queue};
	qsort(places, found, sizeof *places, by_address);
	for (size_t i = 0; i < found; i++) {
		struct place *last = *count > 0 ? &places[*count - 1] : NULL;

		if (last && by_address(last, &places[i]) == 0) {
			last->drops += places[i].drops;
			last->queue += places[i].queue;
		} else {
			places[(*count)++] = places[i];
		}
	}
	qsort(places, *count, sizeof *places, by_drops);
	return places;
}

static void put_place(struct rxpath_buf *out, const char *family, const struct place *place,
		      uint64_t value)
{
	rxpath_buf_printf(out, "%s{stage=\"socket\",protocol=\"%s\",local=\"", family,
			  rxpath_socket_protocol(place->socket));
	rxpath_socket_address(out, place->socket, &place->socket->local);
	rxpath_buf_string(out, "\"} ");
	rxpath_buf_u64(out, value);
	rxpath_buf_char(out, '\n');
}

static void put_sockets(struct rxpath_buf *out, const struct rxpath_sample *sample)
{
	size_t count;
	struct place *places = collect(sample, &count);
	size_t shown = count < MOST_SOCKETS ? count : MOST_SOCKETS;

	if (shown > 0)
		put_head(out, "rxpath_socket_drops_total", "counter",
			 "Packets lost by the sockets now open at this address; it falls when one "
			 "closes.");
	for (size_t i = 0; i < shown; i++)
		put_place(out, "rxpath_socket_drops_total", &places[i], places[i].drops);
	if (shown > 0)
		put_head(out, "rxpath_socket_queue_bytes", "gauge",
			 "Memory of packets that wait to be read, of the sockets that have lost "
			 "any.");
	for (size_t i = 0; i < shown; i++)
		put_place(out, "rxpath_socket_queue_bytes", &places[i], places[i].queue);
	put_head(out, "rxpath_socket_addresses_left_out", "gauge",
		 "Addresses whose sockets have lost packets and that are not listed: there are too "
		 "many.");
	rxpath_buf_printf(out, "rxpath_socket_addresses_left_out %zu\n", count - shown);
	free(places);
}

static void put_sources(struct rxpath_buf *out, const struct rxpath_sample *sample)
{
	put_head(out, "rxpath_source_up", "gauge",
		 "1: the source of figures was read; 0: it failed.");
	for (enum rxpath_source source = 0; source < RXPATH_SOURCES; source++) {
		enum rxpath_source_status status = sample->sources[source].status;

		if (status != RXPATH_READ && status != RXPATH_FAILED)
			continue;
		rxpath_buf_string(out, "rxpath_source_up{");
		put_label(out, "source", rxpath_slice_of(rxpath_source_at(source)->path));
		rxpath_buf_printf(out, "} %d\n", status == RXPATH_READ);
	}
}

void rxpath_render_metrics(const struct rxpath_sample *sample, struct rxpath_buf *out)
{
	put_head(out, "rxpath_build_info", "gauge",
		 "The version of rxpath that wrote this; always 1.");
	rxpath_buf_printf(out, "rxpath_build_info{version=\"%s\"} 1\n", RXPATH_VERSION);
	put_families(out, sample);
	put_unclassified(out, sample);
	put_sockets(out, sample);
	put_sources(out, sample);
	rxpath_buf_string(out, "# EOF\n");
}
