/* socket_table.c: /proc/net/{udp,udplite,raw,icmp} and their IPv6 twins, also with more columns.
 *
 * Printed by udp4_format_sock (net/ipv4/udp.c), raw_sock_seq_show (net/ipv4/raw.c),
 * ping_v4_format_sock and __ip6_dgram_sock_seq_show (net/ipv6/datagram.c). The header's words do
 * not match the fields of a row ("tx_queue rx_queue" is one field), so up to "drops" a row is read
 * by position; columns that rxpath itself has added behind it are named. */
#include <endian.h>
#include <string.h>

#include "words.h"

/* A row's fields, split at blanks, up to "drops". */
#define FIELDS 13

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

/* "0100007F:270F": each 32-bit word in network order, printed as the host's integer; then the port.
 * Where it ends; NULL: it is none. */
static const char *past_address(const char *at, const char *end, bool v6, bool big_endian,
				struct rxpath_address *address)
{
	const char *word = rxpath_past_blanks(at, end);
	uint32_t value;

	for (size_t i = 0; i < (v6 ? 16 : 4); i += sizeof value, word += 8) {
		if (rxpath_past_hex(word, end, &value) != word + 8)
			return NULL;
		value = big_endian ? htobe32(value) : htole32(value);
		memcpy(address->bytes + i, &value, sizeof value);
	}
	if (word == end || *word != ':')
		return NULL;
	at = rxpath_past_hex(word + 1, end, &value);
	address->port = (uint16_t)value;
	return at && value <= UINT16_MAX && rxpath_past_word(at, end) == at ? at : NULL;
}

/* "00000000:000002A0": the bytes to send, and those to read. */
static const char *past_queues(const char *at, const char *end, uint32_t *rx_queue)
{
	uint32_t tx_queue;

	at = rxpath_past_hex(rxpath_past_blanks(at, end), end, &tx_queue);
	if (!at || at == end || *at != ':')
		return NULL;
	at = rxpath_past_hex(at + 1, end, rx_queue);
	return at && rxpath_past_word(at, end) == at ? at : NULL;
}

/* The word behind that many others. */
static struct rxpath_slice word_behind(const char *at, const char *end, size_t others)
{
	struct rxpath_slice word;

	for (size_t i = 0; i <= others; i++) {
		word.ptr = rxpath_past_blanks(at, end);
		at = rxpath_past_word(word.ptr, end);
	}
	word.len = (size_t)(at - word.ptr);
	return word;
}

static bool parse_size(struct rxpath_slice word, uint32_t *size)
{
	*size = RXPATH_UNKNOWN32;
	return rxpath_slice_is(word, "-") || rxpath_parse_u32(word, size);
}

static bool parse_extra(struct rxpath_slice word, enum extra extra, struct rxpath_socket *socket)
{
	switch (extra) {
	case EXTRA_RCVBUF:
		return parse_size(word, &socket->rcvbuf);
	case EXTRA_RMEM:
		return parse_size(word, &socket->rmem);
	case EXTRA_COOKIE:
		return rxpath_scan_hex(word, &socket->cookie);
	case EXTRA_CGROUP:
		return rxpath_scan_dec(word, &socket->cgroup);
	case EXTRAS:
		break;
	}
	return true;
}

/* False, with what is wrong with the field at `at`; or with the row, if it has too few. */
static bool row_error(struct rxpath_error *error, size_t number, struct rxpath_slice row,
		      const char *what, const char *at)
{
	struct rxpath_slice rest = row;
	struct rxpath_slice word;

	for (size_t i = 0; i < FIELDS; i++)
		if (!rxpath_scan_word(&rest, &word))
			return rxpath_error_format(error, number, "fewer than 13 fields", row);
	rxpath_slice_skip(&row, (size_t)(at - row.ptr));
	return rxpath_error_format(error, number, what, rxpath_parse_word(row));
}

/* In one pass, with nothing but a place in the row: there may be a hundred thousand of them. Each
 * row of a table sets the same fields of the socket. */
static bool parse_row(struct rxpath_builder *builder, const struct header *header,
		      struct rxpath_slice row, size_t number, struct rxpath_socket *socket,
		      struct rxpath_error *error)
{
	const char *end = row.ptr + row.len;
	struct rxpath_slice word = word_behind(row.ptr, end, 0); /* the slot */
	const char *field = word.ptr + word.len;
	const char *at = past_address(field, end, socket->v6, builder->big_endian, &socket->local);

	if (!at)
		return row_error(error, number, row, "not an address", field);
	field = at;
	at = past_address(field, end, socket->v6, builder->big_endian, &socket->remote);
	if (!at)
		return row_error(error, number, row, "not an address", field);
	word = word_behind(at, end, 0); /* the state */
	field = word.ptr + word.len;
	at = past_queues(field, end, &socket->rx_queue);
	if (!at)
		return row_error(error, number, row, "not the lengths of two queues", field);
	word = word_behind(at, end, 2); /* after the timer and the retransmits */
	if (!rxpath_parse_u32(word, &socket->uid))
		return row_error(error, number, row, "not a user id", word.ptr);
	word = word_behind(word.ptr + word.len, end, 1); /* after the timeout */
	if (!rxpath_scan_dec(word, &socket->inode))
		return row_error(error, number, row, "not an inode", word.ptr);
	word = word_behind(word.ptr + word.len, end, 2); /* after the references and the pointer */
	if (!rxpath_parse_u32(word, &socket->drops))
		return row_error(error, number, row, "not a number of drops", word.ptr);
	for (size_t i = 0; i < header->count; i++) {
		word = word_behind(word.ptr + word.len, end, 0);
		if (word.len == 0)
			return rxpath_error_format(error, number, "fewer values than columns", row);
		if (!parse_extra(word, header->extras[i], socket))
			return rxpath_error_format(error, number, "not a number", word);
	}
	return rxpath_builder_add_socket(builder, socket) || rxpath_error_memory(error);
}

bool rxpath_parse_sockets(struct rxpath_builder *builder, struct rxpath_slice text,
			  struct rxpath_error *error)
{
	const struct rxpath_source_row *row = rxpath_source_row(builder->source);
	struct rxpath_socket socket = rxpath_parse_socket(row->protocol, row->v6);
	struct header header = {0};
	struct rxpath_slice line;

	/* A header alone does not show whether it is whole. */
	if (!(memchr(text.ptr, '\n', text.len) ? rxpath_parse_has_text(text, error)
					       : rxpath_parse_is_whole(text, error)) ||
	    !rxpath_scan_line(&text, &line) || !parse_header(line, &header, error))
		return false;
	for (size_t number = 2; rxpath_scan_line(&text, &line); number++)
		if (!parse_row(builder, &header, line, number, &socket, error))
			return false;
	return true;
}
