/* nlmsg.c: netlink messages and their attributes: never past the end, whatever a length says. */
#include <string.h>

#include "rxpath/nlmsg.h"

bool rxpath_nlmsg_next(struct rxpath_slice *messages, struct nlmsghdr *header,
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

struct rxpath_slice rxpath_nlmsg_attribute(struct rxpath_slice attributes, unsigned short type)
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

uint32_t rxpath_nlmsg_u32(struct rxpath_slice attribute, size_t index, uint32_t otherwise)
{
	uint32_t value;

	if (attribute.len < (index + 1) * sizeof value)
		return otherwise;
	memcpy(&value, attribute.ptr + index * sizeof value, sizeof value);
	return value;
}
