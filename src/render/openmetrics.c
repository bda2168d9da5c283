/* openmetrics.c: one sample as OpenMetrics text, with cumulative counters.
 *
 * Each counter is a family of its own, whose HELP is the meaning in the catalogue. The name of a
 * family ends with _total like its samples, as OpenMetrics 2.0 and the text format 0.0.4 both
 * require: the textfile collector of node_exporter reads only the latter. */
#include <stdlib.h>
#include <string.h>

#include "figures.h"
#include "rxpath/version.h"

/* Sockets come and go, so a series for each would grow without end: only addresses that lost
 * packets are listed, and at most this many. */
#define MAX_SOCKETS 100

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

/* A small letter that continues a word; the plural s of OKs does not. */
static bool goes_on(const char *at)
{
	return *at >= 'a' && *at <= 'z' && !(*at == 's' && (at[1] == '\0' || is_upper(at[1])));
}

/* UdpRcvbufErrors -> udp_rcvbuf_errors, TcpExtTCPBacklogDrop -> tcp_ext_tcp_backlog_drop: a capital
 * begins a word after anything else, and at the end of a run of capitals before a small letter. */
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

/* The sums of /proc/net/dev repeat what the separate counters of a device count. */
static bool is_counted_elsewhere(const struct rxpath_sample *sample,
				 const struct rxpath_reading *reading)
{
	uint32_t singles;

	if (reading->source != RXPATH_SOURCE_DEV)
		return false;
	singles = rxpath_link_bits_of_sum(reading->name);
	return singles != 0 && (sample->devices[reading->device].counters_seen & singles) == singles;
}

/* Readings are sorted by name within a stage, so the samples of a family follow each other. */
static void put_families(struct rxpath_buf *out, const struct rxpath_sample *sample)
{
	const struct rxpath_counter *last = NULL;
	struct rxpath_buf family = {0};

	for (size_t i = 0; i < sample->reading_count; i++) {
		const struct rxpath_reading *reading = &sample->readings[i];
		const struct rxpath_counter *counter = reading->counter;
		bool gauge;

		if (!counter || !rxpath_source_usable(sample, reading->source) ||
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

/* Counters that are not in the catalogue and whose names sound like losses. */
static void put_unclassified(struct rxpath_buf *out, const struct rxpath_sample *sample)
{
	static const char family[] = "rxpath_unclassified_total";
	bool any = false;

	for (size_t i = 0; i < sample->reading_count; i++) {
		if (sample->readings[i].counter)
			continue;
		if (!any)
			put_head(out, family, "counter",
				 "A counter that this version of rxpath does not know and whose "
				 "name sounds like a loss.");
		any = true;
		put_reading(out, family, &sample->readings[i]);
	}
}

/* All sockets of one protocol at one local address. */
struct address {
	const struct rxpath_socket *socket;
	uint64_t drops, queue;
};

static int by_address(const void *a, const void *b)
{
	const struct rxpath_socket *first = ((const struct address *)a)->socket;
	const struct rxpath_socket *second = ((const struct address *)b)->socket;
	int order = (int)first->protocol - (int)second->protocol;

	if (order == 0)
		order = (int)first->v6 - (int)second->v6;
	if (order == 0)
		order = memcmp(first->local.bytes, second->local.bytes, sizeof first->local.bytes);
	return order != 0 ? order : (int)first->local.port - (int)second->local.port;
}

static int by_drops(const void *a, const void *b)
{
	const struct address *first = a;
	const struct address *second = b;

	if (first->drops != second->drops)
		return first->drops > second->drops ? -1 : 1;
	return by_address(a, b);
}

/* Not listeners, whose queues are not bytes, and not captures, which have no address. */
static bool is_shown(const struct rxpath_socket *socket)
{
	return socket->drops > 0 && socket->protocol != RXPATH_TCP &&
	       socket->protocol != RXPATH_PACKET;
}

/* The addresses that lost packets, the worst first. NULL when there are none or memory is short. */
static struct address *collect(const struct rxpath_sample *sample, size_t *count)
{
	struct address *addresses;
	size_t found = 0;

	*count = 0;
	for (size_t i = 0; i < sample->socket_count; i++)
		found += is_shown(&sample->sockets[i]);
	addresses = found == 0 ? NULL : malloc(found * sizeof *addresses);
	if (!addresses)
		return NULL;
	found = 0;
	for (size_t i = 0; i < sample->socket_count; i++)
		if (is_shown(&sample->sockets[i]))
			addresses[found++] = (struct address){&sample->sockets[i],
							 sample->sockets[i].drops,
							 sample->sockets[i].rx_queue};
	qsort(addresses, found, sizeof *addresses, by_address);
	for (size_t i = 0; i < found; i++) {
		struct address *last = *count > 0 ? &addresses[*count - 1] : NULL;

		if (last && by_address(last, &addresses[i]) == 0) {
			last->drops += addresses[i].drops;
			last->queue += addresses[i].queue;
		} else {
			addresses[(*count)++] = addresses[i];
		}
	}
	qsort(addresses, *count, sizeof *addresses, by_drops);
	return addresses;
}

static void put_address(struct rxpath_buf *out, const char *family, const struct address *address,
		      uint64_t value)
{
	rxpath_buf_printf(out, "%s{stage=\"socket\",protocol=\"%s\",local=\"", family,
			  rxpath_socket_protocol(address->socket));
	rxpath_socket_address(out, address->socket, &address->socket->local);
	rxpath_buf_string(out, "\"} ");
	rxpath_buf_u64(out, value);
	rxpath_buf_char(out, '\n');
}

static void put_sockets(struct rxpath_buf *out, const struct rxpath_sample *sample)
{
	size_t count;
	struct address *addresses = collect(sample, &count);
	size_t shown = count < MAX_SOCKETS ? count : MAX_SOCKETS;

	if (shown > 0)
		put_head(out, "rxpath_socket_drops_total", "counter",
			 "Packets lost by the open sockets at this address; it falls when a socket "
			 "closes.");
	for (size_t i = 0; i < shown; i++)
		put_address(out, "rxpath_socket_drops_total", &addresses[i], addresses[i].drops);
	if (shown > 0)
		put_head(out, "rxpath_socket_queue_bytes", "gauge",
			 "Memory of packets that wait to be read, at the addresses that lost "
			 "packets.");
	for (size_t i = 0; i < shown; i++)
		put_address(out, "rxpath_socket_queue_bytes", &addresses[i], addresses[i].queue);
	put_head(out, "rxpath_socket_addresses_left_out", "gauge",
		 "Addresses that lost packets and are not listed, because at most 100 are.");
	rxpath_buf_printf(out, "rxpath_socket_addresses_left_out %zu\n", count - shown);
	free(addresses);
}

static void put_sources(struct rxpath_buf *out, const struct rxpath_sample *sample)
{
	put_head(out, "rxpath_source_up", "gauge",
		 "1: the source was read; 0: reading it failed.");
	for (enum rxpath_source source = 0; source < RXPATH_SOURCES; source++) {
		enum rxpath_source_status status = sample->sources[source].status;

		if (status != RXPATH_READ && status != RXPATH_FAILED)
			continue;
		rxpath_buf_string(out, "rxpath_source_up{");
		put_label(out, "source", rxpath_slice_of(rxpath_source_row(source)->path));
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
