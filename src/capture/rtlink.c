/* rtlink.c: every device's 64-bit statistics by rtnetlink, in one dump, as a table of text.
 *
 * struct rtnl_link_stats64 has grown at its end (rx_nohandler, rx_otherhost_dropped), so the length of
 * the attribute tells which fields it has (rtnl_fill_stats, net/core/rtnetlink.c). */
#include <errno.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include "capture.h"

/* Offsets as numbers: kernel headers older than a field must still compile this. */
#define FIELD(index) ((index) * sizeof(uint64_t))

static const struct {
	const char *name;
	size_t offset;
} columns[] = {
	{"rx_packets", FIELD(0)},	  {"rx_errors", FIELD(4)},
	{"rx_dropped", FIELD(6)},	  {"multicast", FIELD(8)},
	{"rx_length_errors", FIELD(10)},  {"rx_over_errors", FIELD(11)},
	{"rx_crc_errors", FIELD(12)},	  {"rx_frame_errors", FIELD(13)},
	{"rx_fifo_errors", FIELD(14)},	  {"rx_missed_errors", FIELD(15)},
	{"rx_nohandler", FIELD(23)},	  {"rx_otherhost_dropped", FIELD(24)},
};
#define COLUMNS (sizeof columns / sizeof *columns)

static void put_device(struct rxpath_buf *out, struct rxpath_slice message)
{
	struct ifinfomsg info;
	struct rxpath_slice name, stats;

	if (message.len < sizeof info)
		return;
	memcpy(&info, message.ptr, sizeof info);
	rxpath_slice_skip(&message, NLMSG_ALIGN(sizeof info));
	name = rxpath_netlink_attribute(message, IFLA_IFNAME);
	stats = rxpath_netlink_attribute(message, IFLA_STATS64);
	name.len = name.len > 0 ? strnlen(name.ptr, name.len) : 0;
	if (name.len == 0 || stats.len == 0)
		return;
	rxpath_buf_u64(out, (uint64_t)(uint32_t)info.ifi_index);
	rxpath_buf_char(out, ' ');
	rxpath_buf_escaped(out, name, "");
	for (size_t i = 0; i < COLUMNS; i++) {
		uint64_t value;

		rxpath_buf_char(out, ' ');
		if (stats.len < columns[i].offset + sizeof value) {
			rxpath_buf_char(out, '-');
			continue;
		}
		memcpy(&value, stats.ptr + columns[i].offset, sizeof value);
		rxpath_buf_u64(out, value);
	}
	rxpath_buf_char(out, '\n');
}

/* How often the list is asked for anew when devices came or went while it was made. */
#define TRIES 5

struct listing {
	struct rxpath_buf *out;
	bool interrupted;	/* it may lack some, or have some twice (nl_dump_check_consistent) */
};

static bool take_part(void *context, struct rxpath_slice messages)
{
	struct listing *listing = context;
	struct rxpath_slice payload;
	struct nlmsghdr header;

	while (rxpath_netlink_next(&messages, &header, &payload)) {
		listing->interrupted = listing->interrupted || header.nlmsg_flags & NLM_F_DUMP_INTR;
		if (header.nlmsg_type == RTM_NEWLINK)
			put_device(listing->out, payload);
	}
	return !listing->out->failed;
}

bool rxpath_rtlink(int fd, struct rxpath_buf *scratch, const struct outlet *outlet, bool *done,
		   struct rxpath_error *error)
{
	struct {
		struct nlmsghdr header;
		struct ifinfomsg body;
	} request = {
		.header = {
			.nlmsg_len = sizeof request,
			.nlmsg_type = RTM_GETLINK,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
		},
		.body = {.ifi_family = AF_UNSPEC},
	};
	struct listing listing = {.out = scratch};
	size_t header;
	int result;

	*done = false;
	rxpath_buf_reset(scratch);
	rxpath_buf_string(scratch, "ifindex name");
	for (size_t i = 0; i < COLUMNS; i++) {
		rxpath_buf_char(scratch, ' ');
		rxpath_buf_string(scratch, columns[i].name);
	}
	rxpath_buf_char(scratch, '\n');
	header = scratch->len;
	for (unsigned i = 0; i == 0 || (i < TRIES && listing.interrupted); i++) {
		scratch->len = header;
		listing.interrupted = false;
		result = rxpath_netlink_dump(fd, &request, sizeof request, take_part, &listing);
		if (scratch->failed)
			return rxpath_error_memory(error);
		/* The sums of /proc/net/dev have to do. */
		if (result != 0)
			return true;
	}
	*done = true;
	return rxpath_put(outlet, "rxpath/link", 0, rxpath_buf_view(scratch), error);
}

bool rxpath_link_next(struct rxpath_slice *table, int *ifindex, char name[RXPATH_DEVICE_NAME])
{
	struct rxpath_slice line, word;
	struct rxpath_buf raw = {0};
	uint64_t number;
	bool found = false;

	while (!found && rxpath_scan_line(table, &line)) {
		if (!rxpath_scan_word(&line, &word) || !rxpath_scan_dec(word, &number) ||
		    number > INT32_MAX || !rxpath_scan_word(&line, &word))
			continue;
		rxpath_buf_reset(&raw);
		rxpath_buf_unescaped(&raw, word);
		if (raw.failed || raw.len == 0 || raw.len >= RXPATH_DEVICE_NAME)
			continue;
		memset(name, 0, RXPATH_DEVICE_NAME);
		memcpy(name, raw.data, raw.len);
		*ifindex = (int)number;
		found = true;
	}
	rxpath_buf_free(&raw);
	return found;
}
