/* nlmsg.h: taking apart what the kernel said by netlink (include/uapi/linux/netlink.h). */
#ifndef RXPATH_NLMSG_H
#define RXPATH_NLMSG_H

#include <linux/netlink.h>

#include "rxpath/scan.h"

/* Takes the next message off *messages: its header and what stands behind it. False at the end, and
 * at a message that is cut short, which *messages then still begins with. */
bool rxpath_nlmsg_next(struct rxpath_slice *messages, struct nlmsghdr *header,
		       struct rxpath_slice *payload);

/* The payload of the first attribute of that type; empty, with a NULL pointer, where
 * there is none. */
struct rxpath_slice rxpath_nlmsg_attribute(struct rxpath_slice attributes, unsigned short type);

/* The u32 at that index of an attribute that is an array of them; `otherwise` where it
 * is too short. */
uint32_t rxpath_nlmsg_u32(struct rxpath_slice attribute, size_t index, uint32_t otherwise);

#endif
