/* rtlink.c: every device's 64-bit statistics by rtnetlink, in one dump, as a table of text.
 *
 * RTM_GETSTATS (since 4.7) answers with the figures alone and costs a tenth of RTM_GETLINK, which
 * has to do where it is lacking; the names then come by SIOCGIFNAME.
 *
 * struct rtnl_link_stats64 has grown at its end (rx_nohandler, rx_otherhost_dropped), so the length
 * of the attribute tells which fields it has (rtnl_fill_stats, net/core/rtnetlink.c). */
#include <errno.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "capture_internal.h"

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

/* A number of 64 bits, and the blank before it. */
#define WIDEST 21

static void put_row(struct rxpath_buf *out, int ifindex, struct rxpath_slice name,
		    struct rxpath_slice stats)
{
	rxpath_buf_u64(out, (uint64_t)(uint32_t)ifindex);
	rxpath_buf_char(out, ' ');
	rxpath_buf_escaped(out, name, "");
	for (size_t i = 0; i < COLUMNS; i++) {
		char *room = rxpath_buf_room(out, WIDEST);
		uint64_t value = 0;

		if (!room)
			return;
		room[0] = ' ';
		room[1] = stats.len < columns[i].offset + sizeof value ? '-' : '0';
		if (room[1] == '0')
			memcpy(&value, stats.ptr + columns[i].offset, sizeof value);
		/* Nearly all of them are 0. */
		out->len += value == 0 ? 2 : 1;
		if (value != 0)
			rxpath_buf_u64(out, value);
	}
	rxpath_buf_char(out, '\n');
}

/* How often the list is asked for anew when devices came, went or swapped names while
 * it was made. */
#define TRIES 5

struct answer {
	struct rxpath_buf *out;
	struct rxpath_buf names;	/* a hash of each name that was asked for */
	int fd;
	bool interrupted;	/* it may lack some, or have some twice (NLM_F_DUMP_INTR) */
	bool nameless;		/* this kernel does not tell names by that socket */
};

static void put_link(struct answer *answer, struct rxpath_slice message)
{
	struct ifinfomsg info;
	struct rxpath_slice name, stats;

	if (message.len < sizeof info)
		return;
	memcpy(&info, message.ptr, sizeof info);
	rxpath_slice_skip(&message, NLMSG_ALIGN(sizeof info));
	name = rxpath_nlmsg_attribute(message, IFLA_IFNAME);
	stats = rxpath_nlmsg_attribute(message, IFLA_STATS64);
	name.len = name.len > 0 ? strnlen(name.ptr, name.len) : 0;
	if (name.len > 0 && stats.len > 0)
		put_row(answer->out, info.ifi_index, name, stats);
}

static void put_stats(struct answer *answer, struct rxpath_slice message)
{
	struct if_stats_msg info;
	struct ifreq request = {0};
	struct rxpath_slice name, stats;
	uint64_t hash;

	if (message.len < sizeof info)
		return;
	memcpy(&info, message.ptr, sizeof info);
	rxpath_slice_skip(&message, NLMSG_ALIGN(sizeof info));
	stats = rxpath_nlmsg_attribute(message, IFLA_STATS_LINK_64);
	if (stats.len == 0)
		return;
	request.ifr_ifindex = (int)info.ifindex;
	if (ioctl(answer->fd, SIOCGIFNAME, &request) != 0) {
		/* A device that was deleted meanwhile needs none. */
		answer->nameless = answer->nameless || errno != ENODEV;
		return;
	}
	name = (struct rxpath_slice){request.ifr_name,
				     strnlen(request.ifr_name, sizeof request.ifr_name)};
	put_row(answer->out, (int)info.ifindex, name, stats);
	hash = rxpath_slice_hash(name);
	rxpath_buf_bytes(&answer->names, (const char *)&hash, sizeof hash);
}

static bool take_part(void *context, struct rxpath_slice messages)
{
	struct answer *answer = context;
	struct rxpath_slice payload;
	struct nlmsghdr header;

	while (rxpath_nlmsg_next(&messages, &header, &payload)) {
		answer->interrupted = answer->interrupted || header.nlmsg_flags & NLM_F_DUMP_INTR;
		if (header.nlmsg_type == RTM_NEWLINK)
			put_link(answer, payload);
		else if (header.nlmsg_type == RTM_NEWSTATS)
			put_stats(answer, payload);
	}
	return !answer->out->failed && !answer->names.failed && !answer->nameless;
}

static int by_value(const void *a, const void *b)
{
	uint64_t first = *(const uint64_t *)a;
	uint64_t second = *(const uint64_t *)b;

	return first < second ? -1 : first > second;
}

/* Names that were asked for one after another, while somebody swapped them. */
static bool is_any_name_twice(struct rxpath_buf *names)
{
	uint64_t *hashes = (void *)names->data;
	size_t count = names->len / sizeof *hashes;

	if (count > 1)
		qsort(hashes, count, sizeof *hashes, by_value);
	for (size_t i = 1; i < count; i++)
		if (hashes[i] == hashes[i - 1])
			return true;
	return false;
}

/* Before every try. */
static void begin(struct answer *answer)
{
	struct rxpath_buf *out = answer->out;

	answer->interrupted = false;
	answer->nameless = false;
	rxpath_buf_reset(&answer->names);
	rxpath_buf_reset(out);
	rxpath_buf_string(out, "ifindex name");
	for (size_t i = 0; i < COLUMNS; i++) {
		rxpath_buf_char(out, ' ');
		rxpath_buf_string(out, columns[i].name);
	}
	rxpath_buf_char(out, '\n');
}

/* Either: 0, or an errno. */
static int dump_stats(int fd, struct answer *answer)
{
	const struct if_stats_msg request = {
		.filter_mask = IFLA_STATS_FILTER_BIT(IFLA_STATS_LINK_64),
	};
	int result;

	begin(answer);
	result = rxpath_netlink_dump(fd, RTM_GETSTATS, &request, sizeof request, take_part, answer);
	answer->interrupted = answer->interrupted || is_any_name_twice(&answer->names);
	return result;
}

static int dump_links(int fd, struct answer *answer)
{
	const struct ifinfomsg request = {.ifi_family = AF_UNSPEC};

	begin(answer);
	return rxpath_netlink_dump(fd, RTM_GETLINK, &request, sizeof request, take_part, answer);
}

bool rxpath_rtlink(int fd, struct rxpath_buf *scratch, const struct emitter *emitter, bool *done,
		   struct rxpath_error *error)
{
	struct answer answer = {.out = scratch, .fd = fd};
	int (*dump)(int, struct answer *) = dump_stats;
	int result;
	bool failed;

	*done = false;
	result = dump(fd, &answer);
	if (result != 0) {
		dump = dump_links;
		result = dump(fd, &answer);
	}
	for (unsigned i = 1; i < TRIES && result == 0 && answer.interrupted; i++)
		result = dump(fd, &answer);
	failed = scratch->failed || answer.names.failed;
	rxpath_buf_free(&answer.names);
	if (failed)
		return rxpath_error_memory(error);
	/* The sums of /proc/net/dev have to do. */
	if (result != 0)
		return true;
	*done = true;
	return rxpath_emit_section(emitter, "rxpath/link", 0, rxpath_buf_view(scratch), error);
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
