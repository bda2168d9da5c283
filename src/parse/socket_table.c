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

enum extra { EXTRA_RCVBUF, EXTRA_RMEM, EXTRA_COOKIE, EXTRAS };

static const char *const extra_names[EXTRAS] = {
	[EXTRA_RCVBUF] = "rcvbuf",
	[EXTRA_RMEM] = "rmem",
	[EXTRA_COOKIE] = "cookie",
};

#define MOST_EXTRAS 16

struct header {
	enum extra extras[MOST_EXTRAS];	/* EXTRAS: one that is not known */
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
		if (header->count == MOST_EXTRAS)
			return rxpath_error_format(error, 1, "too many columns", word);
		header->extras[header->count++] = extra;
	}
	return drops || rxpath_error_format(error, 1, "no column 'drops'", whole);
}

/* "0100007F:270F": each 32-bit word in network order, printed as the host's integer;
 * then the port. */
static bool parse_address(struct rxpath_slice field, bool v6, struct rxpath_address *address)
{
	size_t digits = v6 ? 32 : 8;
	struct rxpath_slice head;
	uint64_t value;

	if (!rxpath_scan_until(&field, ':', &head) || head.len != digits)
		return false;
	for (size_t at = 0; at < digits; at += 8) {
		uint32_t word;

		if (!rxpath_scan_hex((struct rxpath_slice){head.ptr + at, 8}, &value))
			return false;
		word = (uint32_t)value;
		memcpy(address->bytes + at / 2, &word, sizeof word);
	}
	if (!rxpath_scan_hex(field, &value) || value > UINT16_MAX)
		return false;
	address->port = (uint16_t)value;
	return true;
}

/* uid (up to 3.10) and drops (up to 4.19) are 32 bits printed with a sign. */
static bool parse_u32(struct rxpath_slice word, uint32_t *value)
{
	uint64_t positive;
	int64_t number;

	if (rxpath_scan_dec(word, &positive) && positive <= UINT32_MAX) {
		*value = (uint32_t)positive;
		return true;
	}
	if (!rxpath_scan_signed(word, &number) || number < INT32_MIN || number > 0)
		return false;
	*value = (uint32_t)(int32_t)number;
	return true;
}

static bool parse_extra(struct rxpath_slice word, enum extra extra, struct rxpath_socket *socket)
{
	switch (extra) {
	case EXTRA_RCVBUF:
		return rxpath_slice_is(word, "-") || parse_u32(word, &socket->rcvbuf);
	case EXTRA_RMEM:
		return rxpath_slice_is(word, "-") || parse_u32(word, &socket->rmem);
	case EXTRA_COOKIE:
		return rxpath_scan_hex(word, &socket->cookie);
	case EXTRAS:
		break;
	}
	return true;
}

/* The places of a row's fields that have one width always: IPv4 up to the user id, and IPv6
 * likewise. Given from behind the slot's colon, which is the only field before them that may be
 * wider than its format. */
static const struct layout {
	size_t remote;	/* where the blank before it stands */
	size_t queues;	/* where they begin */
	size_t uid;	/* the blank before it */
	size_t digits;			/* of an address */
} layouts[2] = {
	{15, 33, 71, 8},
	{39, 81, 119, 32},
};

/* So many hexadecimal digits, whose flag all have to have. */
static uint32_t take_hex(const char *at, size_t digits, unsigned *all)
{
	uint32_t value = 0;

	for (size_t i = 0; i < digits; i++) {
		unsigned digit = rxpath_hex_digits[(unsigned char)at[i]];

		*all &= digit;
		value = value << 4 | (digit & 15);
	}
	return value;
}

static void take_address(const char *at, size_t digits, struct rxpath_address *address,
			 unsigned *all)
{
	for (size_t i = 0; i < digits; i += 8) {
		uint32_t word = take_hex(at + i, 8, all);

		memcpy(address->bytes + i / 2, &word, sizeof word);
	}
	address->port = (uint16_t)take_hex(at + digits + 1, 4, all);
}

/* The decimal number behind the blanks at *at, up to a blank or the end. */
static bool take_dec(const char **at, const char *end, uint64_t most, uint64_t *value)
{
	uint64_t sum = 0;
	const char *begin;

	while (*at < end && **at == ' ')
		++*at;
	for (begin = *at; *at < end && (unsigned char)(**at - '0') <= 9; ++*at)
		sum = sum * 10 + (unsigned char)(**at - '0');
	*value = sum;
	/* With as many digits as these it cannot have gone beyond 64 bits. */
	return *at > begin && *at - begin < 19 && sum <= most && (*at == end || **at == ' ');
}

static void skip_word(const char **at, const char *end)
{
	while (*at < end && **at == ' ')
		++*at;
	while (*at < end && **at != ' ' && **at != '\t')
		++*at;
}

static void check_hex(const char *at, size_t digits, unsigned *all)
{
	for (size_t i = 0; i < digits; i++)
		*all &= rxpath_hex_digits[(unsigned char)at[i]];
}

/* A row as every kernel since 2.6.39 prints it, and nothing but that: one pass, each field
 * where it has to be. False, and nothing said, for any other, which parse_row then looks at
 * with more care. */
static bool parse_usual_row(struct rxpath_slice line, struct rxpath_socket *socket)
{
	const struct layout *layout = &layouts[socket->v6];
	const char *end = line.ptr + line.len;
	const char *at = line.ptr;
	unsigned all = 0x10;
	uint64_t uid, inode, drops;
	const char *queues;

	while (at < end && *at == ' ')
		at++;
	while (at < end && (unsigned char)(*at - '0') <= 9)
		at++;
	if ((size_t)(end - at) <= layout->uid || at[0] != ':' || at[1] != ' ')
		return false;
	queues = at + layout->queues;
	if (at[2 + layout->digits] != ':' || at[layout->remote] != ' ' ||
	    at[layout->remote + 1 + layout->digits] != ':' || queues[-4] != ' ' ||
	    queues[-1] != ' ' || queues[8] != ':' || queues[17] != ' ' || queues[20] != ':' ||
	    queues[29] != ' ' || queues[38] != ' ')
		return false;
	take_address(at + 2, layout->digits, &socket->local, &all);
	take_address(at + layout->remote + 1, layout->digits, &socket->remote, &all);
	socket->rx_queue = take_hex(queues + 9, 8, &all);
	/* Its state, what waits to be sent, and its timers say nothing here, but have
	 * to be there. */
	check_hex(queues - 3, 2, &all);
	check_hex(queues, 8, &all);
	check_hex(queues + 18, 2, &all);
	check_hex(queues + 21, 8, &all);
	check_hex(queues + 30, 8, &all);
	at = queues + 38;
	if (all == 0 || !take_dec(&at, end, UINT32_MAX, &uid))
		return false;
	skip_word(&at, end);
	if (!take_dec(&at, end, UINT64_MAX, &inode))
		return false;
	skip_word(&at, end);
	skip_word(&at, end);
	if (!take_dec(&at, end, UINT32_MAX, &drops))
		return false;
	/* IPv4's rows are padded with blanks. */
	while (at < end && *at == ' ')
		at++;
	socket->uid = (uint32_t)uid;
	socket->inode = inode;
	socket->drops = (uint32_t)drops;
	return at == end;
}

static bool parse_row(struct rxpath_sample *sample, const struct header *header,
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
	if (!parse_address(fields[FIELD_LOCAL], socket.v6, &socket.local))
		return rxpath_error_format(error, number, "not an address", fields[FIELD_LOCAL]);
	if (!parse_address(fields[FIELD_REMOTE], socket.v6, &socket.remote))
		return rxpath_error_format(error, number, "not an address", fields[FIELD_REMOTE]);
	word = fields[FIELD_QUEUES];
	if (!rxpath_scan_until(&word, ':', &head) || !rxpath_scan_hex(word, &value) ||
	    value > UINT32_MAX)
		return rxpath_error_format(error, number, "not the lengths of two queues",
					   fields[FIELD_QUEUES]);
	socket.rx_queue = (uint32_t)value;
	if (!parse_u32(fields[FIELD_UID], &socket.uid))
		return rxpath_error_format(error, number, "not a user id", fields[FIELD_UID]);
	if (!rxpath_scan_dec(fields[FIELD_INODE], &socket.inode))
		return rxpath_error_format(error, number, "not an inode", fields[FIELD_INODE]);
	if (!parse_u32(fields[FIELD_DROPS], &socket.drops))
		return rxpath_error_format(error, number, "not a count of drops",
					   fields[FIELD_DROPS]);
	for (size_t i = 0; i < header->count; i++) {
		if (!rxpath_scan_word(&line, &word))
			return rxpath_error_format(error, number, "fewer values than columns",
						   whole);
		if (!parse_extra(word, header->extras[i], &socket))
			return rxpath_error_format(error, number, "not a number", word);
	}
	return rxpath_sample_add_socket(sample, &socket) || rxpath_error_memory(error);
}

bool rxpath_parse_sockets(struct rxpath_sample *sample, enum rxpath_protocol protocol, bool v6,
			  struct rxpath_slice text, struct rxpath_error *error)
{
	const struct rxpath_socket blank = {
		.protocol = (uint8_t)protocol,
		.v6 = v6,
		.rmem = RXPATH_UNKNOWN32,
		.rcvbuf = RXPATH_UNKNOWN32,
		.limit = RXPATH_UNKNOWN32,
	};
	struct header header = {0};
	struct rxpath_slice line;
	/* Each usual row fills in the same fields, so it need not be blank again. */
	struct rxpath_socket socket = blank;

	if (!rxpath_parse_is_whole(text, error))
		return false;
	for (size_t number = 1; rxpath_scan_line(&text, &line); number++) {
		if (number == 1) {
			if (!parse_header(line, &header, error))
				return false;
			continue;
		}
		if (header.count == 0 && parse_usual_row(line, &socket)) {
			if (!rxpath_sample_add_socket(sample, &socket))
				return rxpath_error_memory(error);
		} else if (!parse_row(sample, &header, line, number, blank, error)) {
			return false;
		}
	}
	return true;
}
