/* xdpdiag.c: sockets that take packets from an XDP program (AF_XDP), with what they lost: section
 * rxpath/xdp (xsk_diag_dump, net/xdp/xsk_diag.c).
 *
 * rx_dropped counts packets that did not fit into a buffer or for which none was free, rx_full
 * those for which the RX ring was full: a packet is in one of them. How often the fill ring was
 * empty is no number of packets. */
#include <errno.h>
#include <linux/sock_diag.h>
#include <linux/xdp_diag.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include "netlink.h"
#include "rtlink.h"

static uint64_t number_at(struct rxpath_slice attribute, size_t offset)
{
	uint64_t value = 0;

	if (attribute.len >= offset + sizeof value)
		memcpy(&value, attribute.ptr + offset, sizeof value);
	return value;
}

static void put_socket(void *context, struct rxpath_slice payload)
{
	const struct netlink_query *query = context;
	struct rxpath_slice info, uid, stats;
	struct xdp_diag_msg message;
	uint64_t full;

	if (!rxpath_nlmsg_take(&payload, &message, sizeof message))
		return;
	info = rxpath_nlmsg_attribute(payload, XDP_DIAG_INFO);
	uid = rxpath_nlmsg_attribute(payload, XDP_DIAG_UID);
	stats = rxpath_nlmsg_attribute(payload, XDP_DIAG_STATS);
	full = number_at(stats, offsetof(struct xdp_diag_stats, n_rx_full));
	rxpath_buf_slice(query->out,
			 rxpath_link_name(query->devices, rxpath_nlmsg_u32(info, 0, 0)));
	rxpath_buf_printf(
		query->out, " %u %u %u %u %u %u %08x%08x\n", rxpath_nlmsg_u32(info, 1, 0),
		(uint32_t)(number_at(stats, offsetof(struct xdp_diag_stats, n_rx_dropped)) + full),
		(uint32_t)full,
		(uint32_t)number_at(stats, offsetof(struct xdp_diag_stats, n_fill_ring_empty)),
		rxpath_nlmsg_u32(uid, 0, 0), message.xdiag_ino, message.xdiag_cookie[1],
		message.xdiag_cookie[0]);
}

int rxpath_xdp_sockets(const struct netlink_query *query)
{
	const struct xdp_diag_req request = {
		.sdiag_family = AF_XDP,
		.xdiag_show = XDP_SHOW_INFO | XDP_SHOW_STATS,
	};
	struct netlink_query context = *query;

	rxpath_buf_string(query->out,
			  "device channel drops ring_full fill_empty uid inode cookie\n");
	/* Without an XDP program such sockets get no packets. And asking a kernel that cannot
	 * list them makes it look for a module each time. */
	if (query->fd < 0)
		return 0;
	return rxpath_netlink_messages(query->fd, SOCK_DIAG_BY_FAMILY, &request, sizeof request,
				       SOCK_DIAG_BY_FAMILY, put_socket, &context);
}
