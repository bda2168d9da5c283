/* diag.c: sock_diag's answer as the kernel sent it: struct inet_diag_msg and its attributes.
 *
 * Filled by inet_sk_diag_fill and inet_diag_msg_attrs_fill (net/ipv4/inet_diag.c);
 * INET_DIAG_SKMEMINFO by sk_get_meminfo, an array of u32 that has grown: drops came with 4.7, so
 * its length tells. INET_DIAG_CGROUP_ID came with 5.7. */
#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <string.h>

#include "words.h"
#include "rxpath/nlmsg.h"

/* Fills in what the message tells; false when it is too short. */
static bool take_socket(struct rxpath_slice payload, struct rxpath_socket *socket)
{
	struct inet_diag_msg message;
	struct rxpath_slice memory;

	if (!rxpath_nlmsg_take(&payload, &message, sizeof message))
		return false;
	memory = rxpath_nlmsg_attribute(payload, INET_DIAG_SKMEMINFO);
	socket->cgroup = rxpath_nlmsg_u64(rxpath_nlmsg_attribute(payload, INET_DIAG_CGROUP_ID));
	memcpy(socket->local.bytes, message.id.idiag_src, sizeof socket->local.bytes);
	memcpy(socket->remote.bytes, message.id.idiag_dst, sizeof socket->remote.bytes);
	socket->local.port = ntohs(message.id.idiag_sport);
	socket->remote.port = ntohs(message.id.idiag_dport);
	socket->cookie = (uint64_t)message.id.idiag_cookie[1] << 32 | message.id.idiag_cookie[0];
	socket->inode = message.idiag_inode;
	socket->uid = message.idiag_uid;
	socket->rx_queue = message.idiag_rqueue;
	socket->rmem = rxpath_nlmsg_u32(memory, SK_MEMINFO_RMEM_ALLOC, RXPATH_UNKNOWN32);
	socket->rcvbuf = rxpath_nlmsg_u32(memory, SK_MEMINFO_RCVBUF, RXPATH_UNKNOWN32);
	socket->drops = rxpath_nlmsg_u32(memory, SK_MEMINFO_DROPS, 0);
	return true;
}

bool rxpath_parse_diag(struct rxpath_builder *builder, struct rxpath_slice messages,
		       struct rxpath_error *error)
{
	const struct rxpath_source_row *row = rxpath_source_row(builder->source);
	struct rxpath_socket socket = rxpath_parse_socket(row->protocol, row->v6);
	struct rxpath_slice payload;
	struct nlmsghdr header;

	while (rxpath_nlmsg_next(&messages, &header, &payload)) {
		if (header.nlmsg_type != SOCK_DIAG_BY_FAMILY)
			continue;
		if (!take_socket(payload, &socket))
			return rxpath_error_format(error, 0, "a truncated sock_diag message",
						   payload);
		if (!rxpath_builder_add_socket(builder, &socket))
			return rxpath_error_memory(error);
	}
	/* The last message may be padded. */
	return messages.len < sizeof header ||
	       rxpath_error_format(error, 0, "a truncated netlink message", messages);
}
