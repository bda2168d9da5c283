/* socket_table.c: /proc/net/{udp,udplite,raw,icmp} and their IPv6 twins, also with more columns.
 *
 * Printed by udp4_format_sock (net/ipv4/udp.c), raw_sock_seq_show (net/ipv4/raw.c),
 * ping_v4_format_sock and __ip6_dgram_sock_seq_show (net/ipv6/datagram.c). The header's words do
 * not match the fields of a row ("tx_queue rx_queue" is one field), so up to "drops" a row is read
 * by position; columns that rxpath itself has added behind it are named. */
#include <string.h>

#include "words.h"

/* The fields of a row, split at blanks. */
enum field {
	FIELD_SLOT,
	FIELD_LOCAL,
	FIELD_REMOTE,
	FIELD_STATE,
	FIELD_QUEUES,
	FIELD_TIMER,
	FIELD_RETRANSMITS,
	FIELD_UID,
	FIELD_TIMEOUT,
	FIELD_INODE,
	FIELD_REFERENCES,
	FIELD_POINTER,
	FIELD_DROPS,
	FIELDS
};

enum extra { EXTRA_RCVBUF, EXTRA_RMEM, EXTRA_COOKIE, EXTRA_CGROUP, EXTRAS };

static const char *const extra_names[EXTRAS] = {
	[EXTRA_RCVBUF] = "rcvbuf",
	[EXTRA_RMEM] = "rmem",
	[EXTRA_COOKIE] = "cookie",
	[EXTRA_CGROUP] = "cgroup",
};

#define MAX_EXTRAS 16

struct header {
	enum extra extras[MAX_EXTRAS]; /* EXTRAS: one that is not known */
	size_t count;
};

static bool parse_header(struct rxpath_slice line, struct header *header,
			 struct rxpath_error *error)
{
	struct rxpath_slice whole = line;
	struct rxpath_slice word;
	bool drops = false;

	if (!rxpath_scan_word(&line, &word) || !rxpath_slice_is(word, "sl"))
		return rxpath_error_format(error, 1, "not the header 'sl local_address ...'",
					   whole);
	while (rxpath_scan_word(&line, &word)) {
		enum extra extra = 0;

		if (!drops) {
			drops = rxpath_slice_is(word, "drops");
			continue;
		}
		while (extra < EXTRAS && !rxpath_slice_is(word, extra_names[extra]))
			extra++;
		if (header->count == MAX_EXTRAS)
			return rxpath_error_format(error, 1, "too many columns", word);
		header->extras[header->count++] = extra;
	}
	return drops || rxpath_error_format(error, 1, "no column 'drops'", whole);
}

/* "0100007F:270F": each 32-bit word in network order, printed as the host's integer;
 * then the port. */
static bool parse_address(struct rxpath_slice field, bool v6, bool big_endian,
			  struct rxpath_address *address)
{
	size_t digits = v6 ? 32 : 8;
	struct rxpath_slice head;
	uint64_t value;

	if (!rxpath_scan_until(&field, ':', &head) || head.len != digits)
		return false;
	for (size_t at = 0; at < digits; at += 8) {
		if (!rxpath_scan_hex((struct rxpath_slice){head.ptr + at, 8}, &value))
			return false;
		for (size_t i = 0; i < 4; i++)
			address->bytes[at / 2 + i] =
				(uint8_t)(value >> 8 * (big_endian ? 3 - i : i));
	}
	if (!rxpath_scan_hex(field, &value) || value > UINT16_MAX)
		return false;
	address->port = (uint16_t)value;
	return true;
}

static bool parse_extra(struct rxpath_slice word, enum extra extra, struct rxpath_socket *socket)
{
	switch (extra) {
	case EXTRA_RCVBUF:
		return rxpath_slice_is(word, "-") || rxpath_parse_u32(word, &socket->rcvbuf);
	case EXTRA_RMEM:
		return rxpath_slice_is(word, "-") || rxpath_parse_u32(word, &socket->rmem);
	case EXTRA_COOKIE:
		return rxpath_scan_hex(word, &socket->cookie);
	case EXTRA_CGROUP:
		return rxpath_scan_dec(word, &socket->cgroup);
	case EXTRAS:
		break;
	}
	return true;
}

static bool parse_row(struct rxpath_builder *builder, const struct header *header,
		      struct rxpath_slice line, size_t number, struct rxpath_socket socket,
		      struct rxpath_error *error)
{
	struct rxpath_slice fields[FIELDS];
	struct rxpath_slice whole = line;
	struct rxpath_slice head, word;
	uint64_t value;

	for (size_t i = 0; i < FIELDS; i++)
		if (!rxpath_scan_word(&line, &fields[i]))
			return rxpath_error_format(error, number, "fewer than 13 fields", whole);
	if (!parse_address(fields[FIELD_LOCAL], socket.v6, builder->big_endian, &socket.local))
		return rxpath_error_format(error, number, "not an address", fields[FIELD_LOCAL]);
	if (!parse_address(fields[FIELD_REMOTE], socket.v6, builder->big_endian, &socket.remote))
		return rxpath_error_format(error, number, "not an address", fields[FIELD_REMOTE]);
	word = fields[FIELD_QUEUES];
	if (!rxpath_scan_until(&word, ':', &head) || !rxpath_scan_hex(word, &value) ||
	    value > UINT32_MAX)
		return rxpath_error_format(error, number, "not the lengths of two queues",
					   fields[FIELD_QUEUES]);
	socket.rx_queue = (uint32_t)value;
	if (!rxpath_parse_u32(fields[FIELD_UID], &socket.uid))
		return rxpath_error_format(error, number, "not a user id", fields[FIELD_UID]);
	if (!rxpath_scan_dec(fields[FIELD_INODE], &socket.inode))
		return rxpath_error_format(error, number, "not an inode", fields[FIELD_INODE]);
	if (!rxpath_parse_u32(fields[FIELD_DROPS], &socket.drops))
		return rxpath_error_format(error, number, "not a number of drops",
					   fields[FIELD_DROPS]);
	for (size_t i = 0; i < header->count; i++) {
		if (!rxpath_scan_word(&line, &word))
			return rxpath_error_format(error, number, "fewer values than columns",
						   whole);
		if (!parse_extra(word, header->extras[i], &socket))
			return rxpath_error_format(error, number, "not a number", word);
	}
	return rxpath_builder_add_socket(builder, &socket) || rxpath_error_memory(error);
}

bool rxpath_parse_sockets(struct rxpath_builder *builder, struct rxpath_slice text,
			  struct rxpath_error *error)
{
	const struct rxpath_source_row *row = rxpath_source_row(builder->source);
	const struct rxpath_socket blank = {
		.protocol = (uint8_t)row->protocol,
		.v6 = row->v6,
		.rmem = RXPATH_UNKNOWN32,
		.rcvbuf = RXPATH_UNKNOWN32,
		.limit = RXPATH_UNKNOWN32,
	};
	struct header header = {0};
	struct rxpath_slice line;

	/* A header alone does not tell whether it is whole. */
	if (!(memchr(text.ptr, '\n', text.len) ? rxpath_parse_has_text(text, error)
					       : rxpath_parse_is_whole(text, error)) ||
	    !rxpath_scan_line(&text, &line) || !parse_header(line, &header, error))
		return false;
	for (size_t number = 2; rxpath_scan_line(&text, &line); number++)
		if (!parse_row(builder, &header, line, number, blank, error))
			return false;
	return true;
}
