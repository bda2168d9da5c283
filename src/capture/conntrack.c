/* conntrack.c: the counters of connection tracking, on a kernel without
 * /proc/net/stat/nf_conntrack.
 *
 * ctnetlink gives the same figures (CTA_STATS_*, net/netfilter/nf_conntrack_netlink.c), to those
 * that have CAP_NET_ADMIN over the network namespace. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter/nfnetlink.h>
#include <sys/socket.h>
#include <unistd.h>

#include "capture_internal.h"
#include "netlink.h"

/* linux/netfilter/nfnetlink_conntrack.h of an older system lacks some; the numbers are the kernel's
 * promise. The names are those of the file's columns. */
#define GET_STATS_CPU 4

static const struct {
	const char *name;
	uint16_t attribute;
} columns[] = {
	{"found", 2},	  {"invalid", 4},      {"insert", 8},	   {"insert_failed", 9},
	{"drop", 10},	  {"early_drop", 11},  {"icmp_error", 12}, {"search_restart", 13},
	{"clashres", 14}, {"chainlength", 15},
};
#define COLUMNS (sizeof columns / sizeof *columns)

struct answer {
	struct rxpath_buf *out;
	uint32_t entries; /* how many connections are tracked */
};

static void put_cpu(void *context, struct rxpath_slice payload)
{
	const struct answer *answer = context;

	rxpath_slice_skip(&payload, NLMSG_ALIGN(sizeof(struct nfgenmsg)));
	rxpath_buf_printf(answer->out, "%08x", answer->entries);
	for (size_t i = 0; i < COLUMNS; i++) {
		struct rxpath_slice value = rxpath_nlmsg_attribute(payload, columns[i].attribute);

		rxpath_buf_printf(answer->out, " %08x", ntohl(rxpath_nlmsg_u32(value, 0, 0)));
	}
	rxpath_buf_char(answer->out, '\n');
}

int rxpath_conntrack(uint32_t entries, struct rxpath_buf *out)
{
	const struct nfgenmsg request = {.nfgen_family = AF_UNSPEC, .version = NFNETLINK_V0};
	struct answer answer = {.out = out, .entries = entries};
	int fd = rxpath_netlink_open(NETLINK_NETFILTER);
	int result;

	if (fd < 0)
		return errno;
	rxpath_buf_reset(out);
	rxpath_buf_string(out, "entries");
	for (size_t i = 0; i < COLUMNS; i++)
		rxpath_buf_column(out, rxpath_slice_of(columns[i].name));
	rxpath_buf_char(out, '\n');
	result = rxpath_netlink_messages(fd, NFNL_SUBSYS_CTNETLINK << 8 | GET_STATS_CPU, &request,
					 sizeof request, NFNL_SUBSYS_CTNETLINK << 8 | GET_STATS_CPU,
					 put_cpu, &answer);
	close(fd);
	return out->failed ? ENOMEM : result;
}
