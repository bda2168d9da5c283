/* netlink.c: asking the kernel by netlink, and taking its answer datagram by datagram. */
#include <errno.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "capture.h"

/* More than the kernel ever puts into one datagram of a dump; a larger one gains nothing. */
#define RECEIVE_SIZE ((size_t)32 << 10)

int rxpath_netlink_open(int protocol)
{
	return socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
}

/* The errno that DONE and ERROR carry behind their header, as a negative int; 0 is success. */
static int carried_error(const char *message, size_t len)
{
	int value;

	if (len < sizeof(struct nlmsghdr) + sizeof value)
		return 0;
	memcpy(&value, message + sizeof(struct nlmsghdr), sizeof value);
	return value < 0 ? -value : 0;
}

bool rxpath_netlink_next(struct rxpath_slice *messages, struct nlmsghdr *header,
			 struct rxpath_slice *payload)
{
	if (messages->len < sizeof *header)
		return false;
	memcpy(header, messages->ptr, sizeof *header);
	if (header->nlmsg_len < sizeof *header || header->nlmsg_len > messages->len)
		return false;
	*payload = (struct rxpath_slice){messages->ptr, header->nlmsg_len};
	rxpath_slice_skip(payload, sizeof *header);
	rxpath_slice_skip(messages, NLMSG_ALIGN((size_t)header->nlmsg_len));
	return true;
}

struct rxpath_slice rxpath_netlink_attribute(struct rxpath_slice attributes, unsigned short type)
{
	struct nlattr attribute;

	while (attributes.len >= sizeof attribute) {
		struct rxpath_slice payload = attributes;

		memcpy(&attribute, attributes.ptr, sizeof attribute);
		if (attribute.nla_len < sizeof attribute || attribute.nla_len > attributes.len)
			break;
		payload.len = attribute.nla_len;
		rxpath_slice_skip(&payload, sizeof attribute);
		if ((attribute.nla_type & NLA_TYPE_MASK) == type)
			return payload;
		rxpath_slice_skip(&attributes, NLMSG_ALIGN((size_t)attribute.nla_len));
	}
	return (struct rxpath_slice){NULL, 0};
}

uint32_t rxpath_netlink_u32(struct rxpath_slice attribute, size_t index, uint32_t otherwise)
{
	uint32_t value;

	if (attribute.len < (index + 1) * sizeof value)
		return otherwise;
	memcpy(&value, attribute.ptr + index * sizeof value, sizeof value);
	return value;
}

/* Whether the datagram ends the answer; then *error tells how. */
static bool ends(const char *data, size_t len, int *error)
{
	struct nlmsghdr header;

	for (size_t at = 0; len - at >= sizeof header; at += NLMSG_ALIGN(header.nlmsg_len)) {
		memcpy(&header, data + at, sizeof header);
		if (header.nlmsg_len < sizeof header || header.nlmsg_len > len - at) {
			*error = EBADMSG;
			return true;
		}
		if (header.nlmsg_type == NLMSG_DONE || header.nlmsg_type == NLMSG_ERROR) {
			*error = carried_error(data + at, header.nlmsg_len);
			return true;
		}
		if (NLMSG_ALIGN(header.nlmsg_len) > len - at)
			break;
	}
	return false;
}

/* What is left of an answer that could not be taken to its end would be taken for
 * the next one's. */
static void drain(int fd, char *data, size_t size)
{
	while (recv(fd, data, size, MSG_DONTWAIT) >= 0 || errno == EINTR)
		continue;
}

int rxpath_netlink_dump(int fd, const void *request, size_t len, rxpath_netlink_part *part,
			void *context)
{
	_Alignas(struct nlmsghdr) char data[RECEIVE_SIZE];
	int error = 0;
	bool wanted = true;

	if (send(fd, request, len, 0) < 0)
		return errno;
	/* The answer is taken to its end even when nobody wants it: the next one uses
	 * the same socket. */
	for (bool last = false; !last;) {
		ssize_t got = recv(fd, data, sizeof data, MSG_TRUNC);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0 || (size_t)got > sizeof data) {
			error = got < 0 ? errno : got == 0 ? EBADMSG : EMSGSIZE;
			drain(fd, data, sizeof data);
			return error;
		}
		last = ends(data, (size_t)got, &error);
		if (wanted && error == 0)
			wanted = part(context, (struct rxpath_slice){data, (size_t)got});
	}
	return error != 0 ? error : wanted ? 0 : ECANCELED;
}
