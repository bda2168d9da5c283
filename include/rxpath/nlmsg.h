/* nlmsg.h: parsing netlink messages (include/uapi/linux/netlink.h). Never reads past the end,
 * whatever the length fields say. Inline, because there may be a hundred thousand messages, one per
 * socket. */
#ifndef RXPATH_NLMSG_H
#define RXPATH_NLMSG_H

#include <linux/netlink.h>
#include <string.h>

#include "rxpath/scan.h"

/* Takes the next message off *messages: its header and its payload. False at the end, and at a
 * message that is cut short; *messages then still begins with it. */
static inline bool rxpath_nlmsg_next(struct rxpath_slice *messages, struct nlmsghdr *header,
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

/* Takes the struct that a message's payload begins with off it, and what it is padded with. False
 * where the payload is shorter. */
static inline bool rxpath_nlmsg_take(struct rxpath_slice *payload, void *header, size_t size)
{
	if (payload->len < size)
		return false;
	memcpy(header, payload->ptr, size);
	rxpath_slice_skip(payload, NLMSG_ALIGN(size));
	return true;
}

/* Takes the next attribute off *attributes. False at the end, and at one that is cut short. */
static inline bool rxpath_nlmsg_next_attribute(struct rxpath_slice *attributes,
					       unsigned short *type, struct rxpath_slice *value)
{
	struct nlattr attribute;

	if (attributes->len < sizeof attribute)
		return false;
	memcpy(&attribute, attributes->ptr, sizeof attribute);
	if (attribute.nla_len < sizeof attribute || attribute.nla_len > attributes->len)
		return false;
	*type = (unsigned short)(attribute.nla_type & (unsigned)NLA_TYPE_MASK);
	*value = (struct rxpath_slice){attributes->ptr + sizeof attribute,
				       attribute.nla_len - sizeof attribute};
	rxpath_slice_skip(attributes, NLMSG_ALIGN((size_t)attribute.nla_len));
	return true;
}

/* The payload of the first attribute of that type; empty, with a NULL pointer, if there is none. */
static inline struct rxpath_slice rxpath_nlmsg_attribute(struct rxpath_slice attributes,
							 unsigned short type)
{
	struct rxpath_slice value;
	unsigned short found;

	while (rxpath_nlmsg_next_attribute(&attributes, &found, &value))
		if (found == type)
			return value;
	return (struct rxpath_slice){NULL, 0};
}

/* The string in the attribute, without its NUL; empty if there is none. */
static inline struct rxpath_slice rxpath_nlmsg_string(struct rxpath_slice attribute)
{
	return (struct rxpath_slice){attribute.ptr,
				     attribute.len > 0 ? strnlen(attribute.ptr, attribute.len) : 0};
}

/* The same of the first attribute of that type. */
static inline struct rxpath_slice rxpath_nlmsg_text(struct rxpath_slice attributes,
						    unsigned short type)
{
	return rxpath_nlmsg_string(rxpath_nlmsg_attribute(attributes, type));
}

/* The u64 in the attribute; 0 if it is too short. */
static inline uint64_t rxpath_nlmsg_u64(struct rxpath_slice attribute)
{
	uint64_t value = 0;

	if (attribute.len >= sizeof value)
		memcpy(&value, attribute.ptr, sizeof value);
	return value;
}

/* The u32 at that index of an attribute that is an array; `otherwise` if it is too short. */
static inline uint32_t rxpath_nlmsg_u32(struct rxpath_slice attribute, size_t index,
					uint32_t otherwise)
{
	uint32_t value;

	if (attribute.len < (index + 1) * sizeof value)
		return otherwise;
	memcpy(&value, attribute.ptr + index * sizeof value, sizeof value);
	return value;
}

/* The u32 in the first attribute of that type; `otherwise` if there is none. */
static inline uint32_t rxpath_nlmsg_number(struct rxpath_slice attributes, unsigned short type,
					   uint32_t otherwise)
{
	return rxpath_nlmsg_u32(rxpath_nlmsg_attribute(attributes, type), 0, otherwise);
}

#endif
