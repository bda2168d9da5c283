/* rtlink.c: all devices by rtnetlink, in one dump, as a table of text: 64-bit statistics, the
 * kind of device, and the device above it. Name and statistics come in one message, so they are
 * of the same device.
 *
 * struct rtnl_link_stats64 has grown at its end (rx_nohandler, rx_otherhost_dropped); the length
 * of the attribute shows which fields it has (rtnl_fill_stats, net/core/rtnetlink.c). */
#include <errno.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include "netlink.h"
#include "rtlink.h"
#include "rxpath/search.h"

/* Offsets as numbers: kernel headers older than a field must still compile this. */
#define FIELD(index) ((index) * sizeof(uint64_t))

static const struct {
	const char *name;
	size_t offset;
} columns[] = {
	{"rx_packets", FIELD(0)},	 {"rx_errors", FIELD(4)},
	{"rx_dropped", FIELD(6)},	 {"multicast", FIELD(8)},
	{"rx_length_errors", FIELD(10)}, {"rx_over_errors", FIELD(11)},
	{"rx_crc_errors", FIELD(12)},	 {"rx_frame_errors", FIELD(13)},
	{"rx_fifo_errors", FIELD(14)},	 {"rx_missed_errors", FIELD(15)},
	{"rx_nohandler", FIELD(23)},	 {"rx_otherhost_dropped", FIELD(24)},
};
#define COLUMNS (sizeof columns / sizeof *columns)

/* Attributes of 32 bits. */
static const struct {
	const char *name;
	unsigned short type;
} numbers[] = {
	{"mtu", IFLA_MTU},
	{"master", IFLA_MASTER}, /* the index of the bridge, bond, ... */
	{"lower", IFLA_LINK},	 /* the index of the device below, of a veth's peer */
	{"carrier_up", IFLA_CARRIER_UP_COUNT},
	{"carrier_down", IFLA_CARRIER_DOWN_COUNT},
};
#define NUMBERS (sizeof numbers / sizeof *numbers)

/* The last columns: the kind of device ("-": not virtual), the kind of its master, how an XDP
 * program is attached, and its id. */
static const char words[] = " kind slave_kind xdp xdp_program\n";

/* The greatest attribute that is read. */
#define LAST_ATTRIBUTE IFLA_CARRIER_DOWN_COUNT

/* A number of 64 bits, and the blank before it. */
#define WIDEST 21

static void put_number(struct rxpath_buf *out, struct rxpath_slice value)
{
	rxpath_buf_column_u32(out, rxpath_nlmsg_u32(value, 0, UINT32_MAX));
}

static void put_word(struct rxpath_buf *out, struct rxpath_slice value)
{
	rxpath_buf_column(out, rxpath_nlmsg_string(value));
}

static void put_xdp(struct rxpath_buf *out, struct rxpath_slice xdp)
{
	static const char *const modes[] = {
		[XDP_ATTACHED_NONE] = "",	  [XDP_ATTACHED_DRV] = "driver",
		[XDP_ATTACHED_SKB] = "generic",	  [XDP_ATTACHED_HW] = "offloaded",
		[XDP_ATTACHED_MULTI] = "several",
	};
	struct rxpath_slice attached = rxpath_nlmsg_attribute(xdp, IFLA_XDP_ATTACHED);
	size_t mode = attached.len > 0 ? (unsigned char)attached.ptr[0] : XDP_ATTACHED_NONE;

	rxpath_buf_column(out,
			  rxpath_slice_of(mode < sizeof modes / sizeof *modes ? modes[mode] : ""));
	put_number(out, rxpath_nlmsg_attribute(xdp, IFLA_XDP_PROG_ID));
}

static void put_counters(struct rxpath_buf *out, struct rxpath_slice stats)
{
	if (!rxpath_buf_room(out, COLUMNS * WIDEST))
		return;
	for (size_t i = 0; i < COLUMNS; i++) {
		uint64_t value = 0;
		bool has = stats.len >= columns[i].offset + sizeof value;

		if (has)
			memcpy(&value, stats.ptr + columns[i].offset, sizeof value);
		out->data[out->len++] = ' ';
		/* Nearly all of them are 0. */
		if (value == 0)
			out->data[out->len++] = has ? '0' : '-';
		else
			rxpath_buf_u64(out, value);
	}
}

/* How often the list is read when devices come, go or swap names meanwhile. */
#define TRIES 5

struct answer {
	struct rxpath_buf *out;
	struct rxpath_buf names; /* a hash of each name */
	bool interrupted;	 /* it may lack some, or have some twice (NLM_F_DUMP_INTR) */
};

static void put_device(struct answer *answer, struct rxpath_slice message)
{
	struct rxpath_slice values[LAST_ATTRIBUTE + 1] = {{NULL, 0}};
	struct rxpath_buf *out = answer->out;
	struct rxpath_slice name, value, info;
	struct ifinfomsg header;
	unsigned short type;
	uint64_t hash;

	if (!rxpath_nlmsg_take(&message, &header, sizeof header))
		return;
	while (rxpath_nlmsg_next_attribute(&message, &type, &value))
		if (type <= LAST_ATTRIBUTE)
			values[type] = value;
	/* An index in another namespace would be mistaken for one in this namespace. */
	if (values[IFLA_LINK_NETNSID].len > 0)
		values[IFLA_LINK].len = 0;
	name = rxpath_nlmsg_string(values[IFLA_IFNAME]);
	if (name.len == 0 || values[IFLA_STATS64].len == 0)
		return;
	hash = rxpath_hash_of(name);
	rxpath_buf_bytes(&answer->names, (const char *)&hash, sizeof hash);
	rxpath_buf_u64(out, (uint64_t)(uint32_t)header.ifi_index);
	rxpath_buf_char(out, ' ');
	rxpath_buf_escaped(out, name, "");
	put_counters(out, values[IFLA_STATS64]);
	for (size_t i = 0; i < NUMBERS; i++)
		put_number(out, values[numbers[i].type]);
	info = values[IFLA_LINKINFO];
	put_word(out, rxpath_nlmsg_attribute(info, IFLA_INFO_KIND));
	put_word(out, rxpath_nlmsg_attribute(info, IFLA_INFO_SLAVE_KIND));
	put_xdp(out, values[IFLA_XDP]);
	rxpath_buf_char(out, '\n');
}

static bool take_part(void *context, struct rxpath_slice messages)
{
	struct answer *answer = context;
	struct rxpath_slice payload;
	struct nlmsghdr header;

	while (rxpath_nlmsg_next(&messages, &header, &payload)) {
		answer->interrupted = answer->interrupted || header.nlmsg_flags & NLM_F_DUMP_INTR;
		if (header.nlmsg_type == RTM_NEWLINK)
			put_device(answer, payload);
	}
	return !answer->out->failed && !answer->names.failed;
}

/* Devices swapped names between two parts of the answer. */
static bool is_any_name_twice(struct rxpath_buf *names)
{
	uint64_t *hashes = (void *)names->data;
	size_t count = names->len / sizeof *hashes;

	rxpath_sort(hashes, count, sizeof *hashes, rxpath_by_number);
	for (size_t i = 1; i < count; i++)
		if (hashes[i] == hashes[i - 1])
			return true;
	return false;
}

static void put_header(struct rxpath_buf *out)
{
	rxpath_buf_string(out, "ifindex name");
	for (size_t i = 0; i < COLUMNS; i++)
		rxpath_buf_column(out, rxpath_slice_of(columns[i].name));
	for (size_t i = 0; i < NUMBERS; i++)
		rxpath_buf_column(out, rxpath_slice_of(numbers[i].name));
	rxpath_buf_string(out, words);
}

/* 0, or an errno. */
static int dump_devices(int fd, struct answer *answer)
{
	const struct ifinfomsg request = {.ifi_family = AF_UNSPEC};
	int result;

	answer->interrupted = false;
	rxpath_buf_reset(&answer->names);
	rxpath_buf_reset(answer->out);
	put_header(answer->out);
	result = rxpath_netlink_dump(fd, RTM_GETLINK, &request, sizeof request, take_part, answer);
	answer->interrupted = answer->interrupted || is_any_name_twice(&answer->names);
	return result;
}

int rxpath_rtlink(int fd, struct rxpath_buf *out)
{
	struct answer answer = {.out = out};
	int result = dump_devices(fd, &answer);

	for (unsigned i = 1; i < TRIES && result == 0 && answer.interrupted; i++)
		result = dump_devices(fd, &answer);
	if (out->failed || answer.names.failed)
		result = ENOMEM;
	rxpath_buf_free(&answer.names);
	return result;
}

bool rxpath_link_next(struct rxpath_slice *table, int *ifindex, char name[RXPATH_DEVICE_NAME])
{
	struct rxpath_slice line, word;
	uint64_t number;
	size_t len;

	while (rxpath_scan_line(table, &line)) {
		if (!rxpath_scan_word(&line, &word) || !rxpath_scan_dec(word, &number) ||
		    number > INT32_MAX || !rxpath_scan_word(&line, &word))
			continue;
		memset(name, 0, RXPATH_DEVICE_NAME);
		for (len = 0; len < RXPATH_DEVICE_NAME && rxpath_scan_escaped(&word, &name[len]);)
			len++;
		*ifindex = (int)number;
		if (len < RXPATH_DEVICE_NAME)
			return true;
	}
	return false;
}

struct rxpath_slice rxpath_link_name(struct rxpath_slice table, uint32_t ifindex)
{
	struct rxpath_slice line, word;
	uint64_t number;

	while (rxpath_scan_line(&table, &line))
		if (rxpath_scan_word(&line, &word) && rxpath_scan_dec(word, &number) &&
		    number == ifindex && rxpath_scan_word(&line, &word))
			return word;
	return rxpath_slice_of("?");
}

/* Takes the next row off the table, past the header, which does not begin with a number. */
static bool next_row(struct rxpath_slice *table, struct rxpath_slice *row)
{
	while (rxpath_scan_line(table, row))
		if (row->len > 0 && row->ptr[0] <= '9')
			return true;
	return false;
}

bool rxpath_link_is_loopback(struct rxpath_slice table)
{
	struct rxpath_slice row;

	/* Loopback is the first device of each namespace (LOOPBACK_IFINDEX). */
	return next_row(&table, &row) && rxpath_slice_starts(row, "1 ") && table.len == 0;
}

/* The last two columns of a row. */
static bool lacks_xdp(struct rxpath_slice row)
{
	return rxpath_slice_ends(row, " - -");
}

bool rxpath_link_has_xdp(struct rxpath_slice table)
{
	struct rxpath_slice row;

	while (next_row(&table, &row))
		if (!lacks_xdp(row))
			return true;
	return false;
}

/* Open vSwitch's devices have this kind. */
bool rxpath_link_has_ovs(struct rxpath_slice table)
{
	static const char kind[] = " openvswitch ";

	return table.len > 0 && memmem(table.ptr, table.len, kind, sizeof kind - 1);
}

/* Whether one of these columns, which are in the order of the row, is not 0. */
static bool is_any_set(struct rxpath_slice row, const char *const *names)
{
	struct rxpath_slice word;

	/* ifindex name */
	rxpath_scan_word(&row, &word);
	rxpath_scan_word(&row, &word);
	for (size_t i = 0; i < COLUMNS && *names && rxpath_scan_word(&row, &word); i++) {
		if (strcmp(columns[i].name, *names) != 0)
			continue;
		if (!rxpath_slice_is(word, "0") && !rxpath_slice_is(word, "-"))
			return true;
		names++;
	}
	return false;
}

void rxpath_link_select(struct rxpath_slice table, enum rxpath_link_rows rows,
			struct rxpath_buf *out)
{
	static const char *const drops[] = {"rx_dropped", NULL};
	static const char *const rings[] = {"rx_over_errors", "rx_fifo_errors", "rx_missed_errors",
					    NULL};
	static const char *const losses[] = {
		"rx_errors",	  "rx_dropped",	      "rx_length_errors",
		"rx_over_errors", "rx_crc_errors",    "rx_frame_errors",
		"rx_fifo_errors", "rx_missed_errors", NULL};
	const char *const *names = rows == RXPATH_LINK_DROPS   ? drops
				   : rows == RXPATH_LINK_RINGS ? rings
							       : losses;
	struct rxpath_slice row;

	rxpath_buf_reset(out);
	while (next_row(&table, &row)) {
		if (!is_any_set(row, names) && (rows != RXPATH_LINK_DROPS || lacks_xdp(row)))
			continue;
		rxpath_buf_slice(out, row);
		rxpath_buf_char(out, '\n');
	}
}
