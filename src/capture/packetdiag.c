/* packetdiag.c: sockets that take copies of packets (AF_PACKET), with their drops.
 * /proc/net/packet has no column for drops, and PACKET_STATISTICS is open only to the owner and
 * cleared by reading, so sock_diag is the only way (packet_diag_dump, net/packet/diag.c). It
 * does not count drops of a memory-mapped ring; only the owner knows those. */
#include <errno.h>
#include <linux/netlink.h>
#include <linux/packet_diag.h>
#include <linux/sock_diag.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>

#include "netlink.h"
#include "rtlink.h"

static void put_socket(void *context, struct rxpath_slice payload)
{
	const struct netlink_query *query = context;
	struct rxpath_buf *out = query->out;
	struct packet_diag_msg message;
	struct packet_diag_info info = {0};
	struct rxpath_slice about, memory, uid;
	bool ring;

	if (!rxpath_nlmsg_take(&payload, &message, sizeof message))
		return;
	about = rxpath_nlmsg_attribute(payload, PACKET_DIAG_INFO);
	memory = rxpath_nlmsg_attribute(payload, PACKET_DIAG_MEMINFO);
	uid = rxpath_nlmsg_attribute(payload, PACKET_DIAG_UID);
	ring = rxpath_nlmsg_attribute(payload, PACKET_DIAG_RX_RING).len > 0;
	if (about.len >= sizeof info.pdi_index)
		memcpy(&info, about.ptr, about.len < sizeof info ? about.len : sizeof info);
	if (info.pdi_index == 0)
		rxpath_buf_char(out, '*');
	else
		rxpath_buf_slice(out, rxpath_link_name(query->devices, info.pdi_index));
	rxpath_buf_printf(out, " %04x %u %u %u %s %u %u %08x%08x\n", message.pdiag_num,
			  rxpath_nlmsg_u32(memory, SK_MEMINFO_DROPS, 0),
			  rxpath_nlmsg_u32(memory, SK_MEMINFO_RMEM_ALLOC, 0),
			  rxpath_nlmsg_u32(memory, SK_MEMINFO_RCVBUF, 0), ring ? "ring" : "-",
			  rxpath_nlmsg_u32(uid, 0, 0), message.pdiag_ino, message.pdiag_cookie[1],
			  message.pdiag_cookie[0]);
}

int rxpath_packet_sockets(const struct netlink_query *query)
{
	const struct packet_diag_req request = {
		.sdiag_family = AF_PACKET,
		.pdiag_show = PACKET_SHOW_INFO | PACKET_SHOW_MEMINFO | PACKET_SHOW_RING_CFG,
	};
	struct netlink_query context = *query;

	rxpath_buf_string(query->out, "device type drops rmem rcvbuf ring uid inode cookie\n");
	return rxpath_netlink_messages(query->fd, SOCK_DIAG_BY_FAMILY, &request, sizeof request,
				       SOCK_DIAG_BY_FAMILY, put_socket, &context);
}
