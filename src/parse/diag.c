/* diag.c: sock_diag's answer as the kernel sent it: struct inet_diag_msg and its attributes.
 *
 * Filled by inet_sk_diag_fill and inet_diag_msg_attrs_fill (net/ipv4/inet_diag.c);
 * INET_DIAG_SKMEMINFO by sk_get_meminfo, an array of u32 that has grown: drops came with 4.7, so
 * its length tells. */
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

static void take_attributes(const char *at, const char *end, struct rxpath_socket *socket)
{
	struct nlattr attribute;

	while ((size_t)(end - at) >= sizeof attribute) {
		memcpy(&attribute, at, sizeof attribute);
		if (attribute.nla_len < sizeof attribute || attribute.nla_len > (size_t)(end - at))
			return;
		if (attribute.nla_type == INET_DIAG_SKMEMINFO) {
			const struct rxpath_slice words = {at + sizeof attribute,
							   attribute.nla_len - sizeof attribute};

			socket->rmem = word_of(words, SK_MEMINFO_RMEM_ALLOC, RXPATH_UNKNOWN32);
			socket->rcvbuf = word_of(words, SK_MEMINFO_RCVBUF, RXPATH_UNKNOWN32);
			socket->drops = word_of(words, SK_MEMINFO_DROPS, 0);
		}
		if (aligned(attribute.nla_len) > (size_t)(end - at))
			return;
		at += aligned(attribute.nla_len);
	}
}

/* Fills in what the message tells. */
static void take_socket(const char *at, const char *end, struct rxpath_socket *socket)
{
	struct inet_diag_msg message;

	memcpy(&message, at, sizeof message);
	memcpy(socket->local.bytes, message.id.idiag_src, sizeof socket->local.bytes);
	memcpy(socket->remote.bytes, message.id.idiag_dst, sizeof socket->remote.bytes);
	socket->local.port = ntohs(message.id.idiag_sport);
	socket->remote.port = ntohs(message.id.idiag_dport);
	socket->cookie = (uint64_t)message.id.idiag_cookie[1] << 32 | message.id.idiag_cookie[0];
	socket->inode = message.idiag_inode;
	socket->uid = message.idiag_uid;
	socket->rx_queue = message.idiag_rqueue;
	socket->rmem = RXPATH_UNKNOWN32;
	socket->rcvbuf = RXPATH_UNKNOWN32;
	socket->drops = 0;
	take_attributes(at + sizeof message, end, socket);
}

bool rxpath_parse_diag(struct rxpath_sample *sample, enum rxpath_protocol protocol, bool v6,
		       struct rxpath_slice messages, struct rxpath_error *error)
{
	const char *at = messages.ptr;
	const char *end = messages.ptr + messages.len;
	struct rxpath_socket socket = {
		.protocol = (uint8_t)protocol,
		.v6 = v6,
		.limit = RXPATH_UNKNOWN32,
	};
	struct nlmsghdr header;

	while ((size_t)(end - at) >= sizeof header) {
		const struct rxpath_slice rest = {at, (size_t)(end - at)};

		memcpy(&header, at, sizeof header);
		if (header.nlmsg_len < sizeof header || header.nlmsg_len > rest.len)
			return rxpath_error_format(error, 0, "a netlink message cut short", rest);
		if (header.nlmsg_type == SOCK_DIAG_BY_FAMILY) {
			if (header.nlmsg_len < sizeof header + sizeof(struct inet_diag_msg))
				return rxpath_error_format(error, 0,
							   "a sock_diag message cut short", rest);
			take_socket(at + sizeof header, at + header.nlmsg_len, &socket);
			if (!rxpath_sample_add_socket(sample, &socket))
				return rxpath_error_memory(error);
		}
		if (aligned(header.nlmsg_len) > rest.len)
			return true;
		at += aligned(header.nlmsg_len);
	}
	return true;
}
