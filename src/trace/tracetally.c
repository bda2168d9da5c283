/* tracetally.c: drop events added up by reason, function, protocol and port, in a table of fixed
 * size. */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "rxpath/sample.h"
#include "tracetally.h"
#include "rxpath/search.h"

/* Rows of one event, after which a row tells no more than the reason; and after which there are no
 * new ones. Two events have rows, and a twentieth of the slots stays free. */
#define FINE_LIMIT 1800u
#define COARSE_LIMIT 1950u

bool rxpath_tally_learn(struct rxpath_tally *tally, enum rxpath_trace_event event, char *text,
			size_t len, struct rxpath_error *error)
{
	struct rxpath_slice whole = {text, len};

	tally->has[event] = rxpath_ring_format(whole, &tally->formats[event], error);
	if (event != RXPATH_TRACE_KFREE) {
		free(text);
		return tally->has[event];
	}
	free(tally->reasons);
	free(tally->text);
	tally->text = text;
	if (!rxpath_ring_symbols(whole, "reason", &tally->reasons, &tally->reason_count))
		return rxpath_error_memory(error);
	return tally->has[event];
}

static uint64_t hash_of(const struct rxpath_tally_row *key)
{
	uint64_t hash = rxpath_hash(rxpath_hash(key->event, key->address), key->reason);

	return rxpath_hash(rxpath_hash(hash, key->protocol), key->port);
}

static bool same_kind(const struct rxpath_tally_row *a, const struct rxpath_tally_row *b)
{
	return a->address == b->address && a->reason == b->reason && a->protocol == b->protocol &&
	       a->port == b->port && a->event == b->event;
}

/* Adds one. False when it is a new row and its event has `limit` already. */
static bool add_row(struct rxpath_tally *tally, const struct rxpath_tally_row *key, size_t limit)
{
	size_t at = (size_t)hash_of(key) & (RXPATH_TALLY_SLOTS - 1);

	while (tally->rows[at].count > 0) {
		if (same_kind(&tally->rows[at], key)) {
			tally->rows[at].count++;
			return true;
		}
		at = (at + 1) & (RXPATH_TALLY_SLOTS - 1);
	}
	if (tally->row_counts[key->event] >= limit)
		return false;
	tally->rows[at] = *key;
	tally->rows[at].count = 1;
	tally->row_counts[key->event]++;
	return true;
}

/* There are 65535 ports, and a full table must still say why packets were dropped. What does not
 * fit even then is in the event's count alone. */
static void count_row(struct rxpath_tally *tally, struct rxpath_tally_row *key)
{
	if (add_row(tally, key, FINE_LIMIT))
		return;
	key->address = 0;
	key->port = RXPATH_UNKNOWN32;
	if (key->event == RXPATH_TRACE_KFREE)
		key->protocol = RXPATH_UNKNOWN32;
	add_row(tally, key, COARSE_LIMIT);
}

static uint32_t small_value(const struct rxpath_ring_format *format, enum rxpath_ring_field_id id,
			    const unsigned char *event, size_t len)
{
	uint64_t value;

	return rxpath_ring_value(&format->fields[id], event, len, &value) ? (uint32_t)value
									  : RXPATH_UNKNOWN32;
}

static void take_kfree(struct rxpath_tally *tally, const unsigned char *event, size_t len)
{
	const struct rxpath_ring_format *format = &tally->formats[RXPATH_TRACE_KFREE];
	struct rxpath_tally_row key = {.event = RXPATH_TRACE_KFREE, .port = RXPATH_UNKNOWN32};

	rxpath_ring_value(&format->fields[RXPATH_FIELD_LOCATION], event, len, &key.address);
	key.protocol = small_value(format, RXPATH_FIELD_PROTOCOL, event, len);
	key.reason = small_value(format, RXPATH_FIELD_REASON, event, len);
	count_row(tally, &key);
}

static uint32_t protocol_of(uint32_t family)
{
	return family == AF_INET    ? RXPATH_ETHERTYPE_IPV4
	       : family == AF_INET6 ? RXPATH_ETHERTYPE_IPV6
				    : RXPATH_UNKNOWN32;
}

/* Since 6.10 the packet's addresses are in the event. `family` is the socket's: an IPv4 packet for
 * an IPv6 socket has an IPv4 daddr (TP_STORE_ADDR_PORTS_SKB). */
static void take_udp(struct rxpath_tally *tally, const unsigned char *event, size_t len)
{
	const struct rxpath_ring_format *format = &tally->formats[RXPATH_TRACE_UDP_FAIL];
	struct rxpath_ring_field address = format->fields[RXPATH_FIELD_DADDR];
	struct rxpath_tally_row key = {
		.event = RXPATH_TRACE_UDP_FAIL,
		.protocol = RXPATH_UNKNOWN32,
	};
	uint64_t value;

	key.port = small_value(format, RXPATH_FIELD_LPORT, event, len);
	if (key.port == RXPATH_UNKNOWN32)
		key.port = small_value(format, RXPATH_FIELD_DPORT, event, len);
	if (address.size >= sizeof(sa_family_t)) {
		address.size = sizeof(sa_family_t);
		if (rxpath_ring_value(&address, event, len, &value))
			key.protocol = protocol_of((uint32_t)value);
	}
	if (key.protocol == RXPATH_UNKNOWN32)
		key.protocol = protocol_of(small_value(format, RXPATH_FIELD_FAMILY, event, len));
	if (rxpath_ring_value(&format->fields[RXPATH_FIELD_RC], event, len, &value))
		key.reason = (uint32_t)(0 - value);
	count_row(tally, &key);
}

void rxpath_tally_take(void *context, const unsigned char *event, size_t len)
{
	struct rxpath_tally *tally = context;
	uint64_t id;

	for (size_t i = RXPATH_TRACE_EVENTS; i > 0; i--) {
		const struct rxpath_ring_format *format = &tally->formats[i - 1];

		if (!tally->has[i - 1] ||
		    !rxpath_ring_value(&format->fields[RXPATH_FIELD_TYPE], event, len, &id) ||
		    id != format->id)
			continue;
		tally->events[i - 1]++;
		if (i - 1 == RXPATH_TRACE_KFREE)
			take_kfree(tally, event, len);
		else if (i - 1 == RXPATH_TRACE_UDP_FAIL)
			take_udp(tally, event, len);
		return;
	}
}

/* A number that the kernel has no name for stands as the kernel prints it: in hexadecimal. */
static void write_reason(const struct rxpath_tally *tally, struct rxpath_buf *out, uint32_t reason)
{
	const struct rxpath_ring_field *field =
		&tally->formats[RXPATH_TRACE_KFREE].fields[RXPATH_FIELD_REASON];
	struct rxpath_slice name = rxpath_ring_symbol(tally->reasons, tally->reason_count, reason);

	if (name.len > 0 || field->size == 0)
		rxpath_buf_column(out, name);
	else
		rxpath_buf_printf(out, " 0x%x", reason);
}

static void write_row(const struct rxpath_tally *tally, const struct rxpath_symbols *symbols,
		      struct rxpath_buf *out, const struct rxpath_tally_row *row)
{
	if (row->event == RXPATH_TRACE_KFREE) {
		rxpath_buf_string(out, "drop");
		write_reason(tally, out, row->reason);
		rxpath_buf_column(out, rxpath_symbols_name(symbols, row->address));
		rxpath_buf_column_u32(out, row->protocol);
	} else {
		rxpath_buf_string(out, "udp");
		rxpath_buf_column_u32(out, row->protocol);
		rxpath_buf_column_u32(out, row->port);
		rxpath_buf_printf(out, " -%u", row->reason);
	}
	rxpath_buf_printf(out, " %llu\n", (unsigned long long)row->count);
}

size_t rxpath_tally_addresses(const struct rxpath_tally *tally, uint64_t *addresses)
{
	size_t count = 0;

	for (size_t i = 0; i < RXPATH_TALLY_SLOTS; i++)
		if (tally->rows[i].address != 0)
			addresses[count++] = tally->rows[i].address;
	return count;
}

void rxpath_tally_write(const struct rxpath_tally *tally, const struct rxpath_symbols *symbols,
			uint64_t overrun, struct rxpath_buf *out)
{
	for (size_t i = 0; i < RXPATH_TRACE_EVENTS; i++) {
		rxpath_buf_printf(out, "event %s ",
				  rxpath_trace_event_name((enum rxpath_trace_event)i));
		if (tally->has[i])
			rxpath_buf_u64(out, tally->events[i]);
		else
			rxpath_buf_char(out, '-');
		rxpath_buf_char(out, '\n');
	}
	rxpath_buf_printf(out, "overrun %llu\n", (unsigned long long)overrun);
	/* A report can conclude something from its absence only on kernels that have the name. */
	for (size_t i = 0; i < tally->reason_count; i++)
		if (rxpath_reason_unhandled(tally->reasons[i].name))
			rxpath_buf_string(out, "names unhandled\n");
	for (size_t i = 0; i < RXPATH_TALLY_SLOTS; i++)
		if (tally->rows[i].count > 0)
			write_row(tally, symbols, out, &tally->rows[i]);
}

void rxpath_tally_reset(struct rxpath_tally *tally)
{
	memset(tally->rows, 0, sizeof tally->rows);
	memset(tally->events, 0, sizeof tally->events);
	memset(tally->row_counts, 0, sizeof tally->row_counts);
}

void rxpath_tally_free(struct rxpath_tally *tally)
{
	free(tally->text);
	free(tally->reasons);
}
