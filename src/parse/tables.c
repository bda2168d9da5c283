/* tables.c: tables whose first line names the columns, so that a later version may add some. What
 * netlink says, as the capture writes it down: rxpath/listeners (TCP sockets that listen),
 * rxpath/packet (sockets that take copies of packets), rxpath/xdp (AF_XDP), and counters of
 * devices, as rxpath/qdisc. /proc/net/netlink is printed by netlink_seq_show
 * (net/netlink/af_netlink.c). */
#include <arpa/inet.h>
#include <string.h>

#include "tables.h"

static bool take_header(struct table_row *row, struct rxpath_slice line, const char *first,
			struct rxpath_error *error)
{
	struct rxpath_slice whole = line;
	struct rxpath_slice word;

	while (rxpath_scan_word(&line, &word)) {
		if (row->count == MAX_COLUMNS || !rxpath_parse_is_name(word))
			return rxpath_error_format(error, 1, "not a column name", word);
		row->names[row->count++] = word;
	}
	return (row->count > 0 && rxpath_slice_is(row->names[0], first)) ||
	       rxpath_error_format(error, 1, "not a header of this table", whole);
}

static bool take_values(struct table_row *row, struct rxpath_slice line, struct rxpath_error *error)
{
	struct rxpath_slice word;

	for (size_t i = 0; i < row->count; i++)
		if (!rxpath_scan_word(&line, &row->values[i]))
			return rxpath_error_format(error, row->number, "no value for",
						   row->names[i]);
	return !rxpath_scan_word(&line, &word) ||
	       rxpath_error_format(error, row->number, "more values than names", word);
}

struct rxpath_slice rxpath_table_value(const struct table_row *row, const char *name)
{
	for (size_t i = 0; i < row->count; i++)
		if (rxpath_slice_is(row->names[i], name))
			return row->values[i];
	return rxpath_slice_of("");
}

bool rxpath_table_bad(const struct table_row *row, struct rxpath_slice value, const char *what,
		      struct rxpath_error *error)
{
	return rxpath_error_format(error, row->number, what, value);
}

/* The columns that are decimal numbers of 32 bits, and what every socket has. */
static bool take_numbers(const struct table_row *row, struct rxpath_socket *socket,
			 struct rxpath_error *error)
{
	const struct {
		const char *name;
		uint32_t *field;
	} fields[] = {
		{"queue", &socket->rx_queue},	   {"limit", &socket->limit},
		{"drops", &socket->drops},	   {"rmem", &socket->rmem},
		{"rcvbuf", &socket->rcvbuf},	   {"uid", &socket->uid},
		{"ring_full", &socket->ring_full}, {"fill_empty", &socket->fill_empty},
	};
	struct rxpath_slice value;
	uint64_t number;

	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		value = rxpath_table_value(row, fields[i].name);
		if (value.len == 0)
			continue;
		if (!rxpath_scan_dec(value, &number) || number > UINT32_MAX)
			return rxpath_table_bad(row, value, "not a decimal number", error);
		*fields[i].field = (uint32_t)number;
	}
	value = rxpath_table_value(row, "inode");
	if (!rxpath_scan_dec(value, &socket->inode))
		return rxpath_table_bad(row, value, "not an inode", error);
	value = rxpath_table_value(row, "cookie");
	if (!rxpath_scan_hex(value, &socket->cookie))
		return rxpath_table_bad(row, value, "not a cookie", error);
	/* Samples of earlier versions lack it. */
	value = rxpath_table_value(row, "cgroup");
	return value.len == 0 || rxpath_scan_dec(value, &socket->cgroup) ||
	       rxpath_table_bad(row, value, "not a cgroup id", error);
}

/* "0.0.0.0:80", "[::]:80" */
static bool take_address(struct rxpath_slice value, bool v6, struct rxpath_address *field)
{
	char text[INET6_ADDRSTRLEN];
	struct rxpath_slice address;
	uint64_t port;

	if (!rxpath_scan_last(&value, ':', &address) || !rxpath_scan_dec(value, &port) ||
	    port > UINT16_MAX)
		return false;
	if (v6) {
		if (address.len < 2 || address.ptr[0] != '[' || address.ptr[address.len - 1] != ']')
			return false;
		rxpath_slice_skip(&address, 1);
		address.len--;
	}
	if (address.len >= sizeof text)
		return false;
	memcpy(text, address.ptr, address.len);
	text[address.len] = '\0';
	field->port = (uint16_t)port;
	return inet_pton(v6 ? AF_INET6 : AF_INET, text, field->bytes) == 1;
}

static bool take_tcp(const struct table_row *row, struct rxpath_socket *socket,
		     struct rxpath_error *error)
{
	struct rxpath_slice protocol = rxpath_table_value(row, "protocol");
	struct rxpath_slice local = rxpath_table_value(row, "local");

	*socket = rxpath_parse_socket(RXPATH_TCP, rxpath_slice_is(protocol, "tcp6"));
	if (!socket->v6 && !rxpath_slice_is(protocol, "tcp"))
		return rxpath_table_bad(row, protocol, "not a protocol", error);
	if (!take_address(local, socket->v6, &socket->local))
		return rxpath_table_bad(row, local, "not an address", error);
	return take_numbers(row, socket, error);
}

static bool take_listener(struct rxpath_builder *builder, const struct table_row *row,
			  struct rxpath_error *error)
{
	struct rxpath_socket socket;

	return take_tcp(row, &socket, error) &&
	       (rxpath_builder_add_socket(builder, &socket) || rxpath_error_memory(error));
}

static bool take_connection(struct rxpath_builder *builder, const struct table_row *row,
			    struct rxpath_error *error)
{
	struct rxpath_slice remote = rxpath_table_value(row, "remote");
	struct rxpath_socket socket;

	if (!take_tcp(row, &socket, error))
		return false;
	if (!take_address(remote, socket.v6, &socket.remote))
		return rxpath_table_bad(row, remote, "not an address", error);
	return rxpath_builder_add_connection(builder, &socket) || rxpath_error_memory(error);
}

/* The name of its device; a socket for all devices has "*". */
static bool take_device(const struct table_row *row, struct rxpath_socket *socket,
			struct rxpath_error *error)
{
	struct rxpath_slice device = rxpath_table_value(row, "device");
	char text[RXPATH_DEVICE_NAME];
	struct rxpath_slice name = rxpath_parse_device(device, text);

	if (rxpath_slice_is(device, "*"))
		return true;
	if (name.len == 0)
		return rxpath_table_bad(row, device, "not a device name", error);
	memcpy(socket->local.bytes, name.ptr, name.len);
	return true;
}

static bool take_packet(struct rxpath_builder *builder, const struct table_row *row,
			struct rxpath_error *error)
{
	struct rxpath_slice value = rxpath_table_value(row, "type");
	struct rxpath_socket socket = rxpath_parse_socket(RXPATH_PACKET, false);
	uint64_t type;

	if (!rxpath_scan_hex(value, &type) || type > UINT16_MAX)
		return rxpath_table_bad(row, value, "not an EtherType", error);
	socket.local.port = (uint16_t)type;
	if (!take_device(row, &socket, error) || !take_numbers(row, &socket, error))
		return false;
	socket.rx_queue = socket.rmem == RXPATH_UNKNOWN32 ? 0 : socket.rmem;
	return rxpath_builder_add_socket(builder, &socket) || rxpath_error_memory(error);
}

static bool take_xdp(struct rxpath_builder *builder, const struct table_row *row,
		     struct rxpath_error *error)
{
	struct rxpath_slice value = rxpath_table_value(row, "channel");
	struct rxpath_socket socket = rxpath_parse_socket(RXPATH_XDP, false);
	uint64_t channel;

	if (!rxpath_scan_dec(value, &channel) || channel > UINT16_MAX)
		return rxpath_table_bad(row, value, "not a queue", error);
	socket.local.port = (uint16_t)channel;
	return take_device(row, &socket, error) && take_numbers(row, &socket, error) &&
	       (rxpath_builder_add_socket(builder, &socket) || rxpath_error_memory(error));
}

/* The port id, often the number of a process, is the address. Before Linux 3.0 there is no
 * inode. */
static bool take_netlink(struct rxpath_builder *builder, const struct table_row *row,
			 struct rxpath_error *error)
{
	struct rxpath_socket socket = rxpath_parse_socket(RXPATH_NETLINK, false);
	struct rxpath_slice value = rxpath_table_value(row, "Eth");
	struct rxpath_slice inode = rxpath_table_value(row, "Inode");
	uint64_t family;
	uint32_t port;

	if (!rxpath_scan_dec(value, &family) || family > UINT16_MAX)
		return rxpath_table_bad(row, value, "not a family", error);
	socket.uid = RXPATH_UNKNOWN32;
	socket.local.port = (uint16_t)family;
	socket.remote.port = (uint16_t)family; /* the kernel, whose port id is 0 */
	value = rxpath_table_value(row, "Pid");
	if (!rxpath_parse_u32(value, &port))
		return rxpath_table_bad(row, value, "not a port id", error);
	memcpy(socket.local.bytes, &port, sizeof port);
	value = rxpath_table_value(row, "Rmem");
	if (!rxpath_parse_u32(value, &socket.rx_queue))
		return rxpath_table_bad(row, value, "not a decimal number", error);
	value = rxpath_table_value(row, "Drops");
	if (!rxpath_parse_u32(value, &socket.drops))
		return rxpath_table_bad(row, value, "not a number of drops", error);
	if (inode.len > 0 && !rxpath_scan_dec(inode, &socket.inode))
		return rxpath_table_bad(row, inode, "not an inode", error);
	return rxpath_builder_add_socket(builder, &socket) || rxpath_error_memory(error);
}

static bool take_counters(struct rxpath_builder *builder, const struct table_row *row,
			  struct rxpath_error *error)
{
	char name[RXPATH_DEVICE_NAME];
	const struct rxpath_subject subject = {
		.kind = RXPATH_ON_DEVICE,
		.name = rxpath_parse_device(row->values[0], name),
	};
	uint64_t value;

	if (subject.name.len == 0)
		return rxpath_table_bad(row, row->values[0], "not a device name", error);
	for (size_t i = 1; i < row->count; i++) {
		if (!rxpath_scan_dec(row->values[i], &value))
			return rxpath_table_bad(row, row->values[i], "not a decimal number", error);
		if (!rxpath_builder_add(builder, row->names[i], subject, value))
			return rxpath_error_memory(error);
	}
	return true;
}

/* The tables by their layouts: the name of the first column, and what takes a row. */
static const struct {
	const char *first;
	rxpath_table_take *take;
} tables[RXPATH_LAYOUTS] = {
	[RXPATH_LAYOUT_LISTENERS] = {"protocol", take_listener},
	[RXPATH_LAYOUT_CONNECTIONS] = {"protocol", take_connection},
	[RXPATH_LAYOUT_PACKET] = {"device", take_packet},
	[RXPATH_LAYOUT_XDP] = {"device", take_xdp},
	[RXPATH_LAYOUT_NETLINK] = {"sk", take_netlink},
	[RXPATH_LAYOUT_DEVICE_COUNTERS] = {"device", take_counters},
	[RXPATH_LAYOUT_RULES] = {"family", rxpath_table_take_rule},
	[RXPATH_LAYOUT_READERS] = {"pid", rxpath_table_take_thread},
};

bool rxpath_parse_table(struct rxpath_builder *builder, struct rxpath_slice text,
			struct rxpath_error *error)
{
	const enum rxpath_layout layout = rxpath_source_row(builder->source)->layout;
	struct table_row row = {0};
	struct rxpath_slice line;

	if (!rxpath_parse_is_whole(text, error))
		return false;
	while (rxpath_scan_line(&text, &line)) {
		row.number++;
		if (row.number == 1 ? !take_header(&row, line, tables[layout].first, error)
				    : !take_values(&row, line, error) ||
					      !tables[layout].take(builder, &row, error))
			return false;
	}
	return true;
}
