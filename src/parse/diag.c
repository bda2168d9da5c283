/* diag.c: sock_diag's answer as the kernel sent it: struct inet_diag_msg and its attributes.
 *
 * Filled by inet_sk_diag_fill and inet_diag_msg_attrs_fill (net/ipv4/inet_diag.c); INET_DIAG_SKMEMINFO
 * by sk_get_meminfo, an array of u32 that has grown: drops came with 4.7, so its length tells. */
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <arpa/inet.h>
#include <string.h>

#include "parse.h"

static size_t aligned(size_t len)
{
	return (len + NLMSG_ALIGNTO - 1) & ~((size_t)NLMSG_ALIGNTO - 1);
}

static uint32_t word_of(struct rxpath_slice attribute, size_t index, uint32_t otherwise)
{
	uint32_t value;

	if (attribute.len < (index + 1) * sizeof value)
		return otherwise;
	memcpy(&value, attribute.ptr + index * sizeof value, sizeof value);
	return value;
}

static void take_attributes(struct rxpath_slice rest, struct rxpath_socket *socket)
{
	struct nlattr attribute;

	while (rest.len >= sizeof attribute) {
		struct rxpath_slice payload = rest;

		memcpy(&attribute, rest.ptr, sizeof attribute);
		if (attribute.nla_len < sizeof attribute || attribute.nla_len > rest.len)
			return;
		payload.len = attribute.nla_len;
		rxpath_slice_skip(&payload, sizeof attribute);
		if (attribute.nla_type == INET_DIAG_SKMEMINFO) {
			socket->rmem = word_of(payload, SK_MEMINFO_RMEM_ALLOC, RXPATH_UNKNOWN32);
			socket->rcvbuf = word_of(payload, SK_MEMINFO_RCVBUF, RXPATH_UNKNOWN32);
			socket->drops = word_of(payload, SK_MEMINFO_DROPS, 0);
		}
		rxpath_slice_skip(&rest, aligned(attribute.nla_len));
	}
}

static bool take_socket(struct rxpath_sample *sample, struct rxpath_slice payload,
			struct rxpath_socket socket, struct rxpath_error *error)
{
	struct inet_diag_msg message;

	if (payload.len < sizeof message)
		return rxpath_error_format(error, 0, "a sock_diag message cut short", payload);
	memcpy(&message, payload.ptr, sizeof message);
	rxpath_slice_skip(&payload, sizeof message);
	memcpy(socket.local.bytes, message.id.idiag_src, sizeof socket.local.bytes);
	memcpy(socket.remote.bytes, message.id.idiag_dst, sizeof socket.remote.bytes);
	socket.local.port = ntohs(message.id.idiag_sport);
	socket.remote.port = ntohs(message.id.idiag_dport);
	socket.cookie = (uint64_t)message.id.idiag_cookie[1] << 32 | message.id.idiag_cookie[0];
	socket.inode = message.idiag_inode;
	socket.uid = message.idiag_uid;
	socket.rx_queue = message.idiag_rqueue;
	take_attributes(payload, &socket);
	return rxpath_sample_add_socket(sample, &socket) || rxpath_error_memory(error);
}

bool rxpath_parse_diag(struct rxpath_sample *sample, enum rxpath_protocol protocol, bool v6,
		       struct rxpath_slice messages, struct rxpath_error *error)
{
	const struct rxpath_socket blank = {
		.protocol = (uint8_t)protocol,
		.v6 = v6,
		.rmem = RXPATH_UNKNOWN32,
		.rcvbuf = RXPATH_UNKNOWN32,
		.limit = RXPATH_UNKNOWN32,
	};
	struct nlmsghdr header;

	while (messages.len >= sizeof header) {
		struct rxpath_slice payload = messages;

		memcpy(&header, messages.ptr, sizeof header);
		if (header.nlmsg_len < sizeof header || header.nlmsg_len > messages.len)
			return rxpath_error_format(error, 0, "a netlink message cut short", payload);
		payload.len = header.nlmsg_len;
		rxpath_slice_skip(&payload, sizeof header);
		if (header.nlmsg_type == SOCK_DIAG_BY_FAMILY &&
		    !take_socket(sample, payload, blank, error))
			return false;
		rxpath_slice_skip(&messages, aligned(header.nlmsg_len));
	}
	return true;
}
