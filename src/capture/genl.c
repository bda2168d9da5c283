/* genl.c: generic netlink: the number of a family, and Open vSwitch's datapaths. */
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/openvswitch.h>
#include <stddef.h>
#include <string.h>

#include "capture_internal.h"

struct family {
	const char *name;
	uint16_t number; /* 0: the kernel has none of that name */
};

static void note_family(void *context, struct rxpath_slice payload)
{
	struct family *family = context;
	struct rxpath_slice name, number;

	rxpath_slice_skip(&payload, GENL_HDRLEN);
	name = rxpath_nlmsg_string(rxpath_nlmsg_attribute(payload, CTRL_ATTR_FAMILY_NAME));
	number = rxpath_nlmsg_attribute(payload, CTRL_ATTR_FAMILY_ID);
	if (rxpath_slice_is(name, family->name) && number.len >= sizeof family->number)
		memcpy(&family->number, number.ptr, sizeof family->number);
}

/* All families are asked for: a question about one that is not there makes the kernel load its
 * module. */
static uint16_t find_family(int fd, const char *name)
{
	const struct genlmsghdr request = {.cmd = CTRL_CMD_GETFAMILY, .version = 1};
	struct family family = {.name = name};

	rxpath_netlink_messages(fd, GENL_ID_CTRL, &request, sizeof request, GENL_ID_CTRL,
				note_family, &family);
	return family.number;
}

static void put_datapath(void *context, struct rxpath_slice payload)
{
	struct rxpath_buf *out = context;
	struct rxpath_slice name, stats;
	uint64_t lost;

	rxpath_slice_skip(&payload, GENL_HDRLEN + NLMSG_ALIGN(sizeof(struct ovs_header)));
	name = rxpath_nlmsg_string(rxpath_nlmsg_attribute(payload, OVS_DP_ATTR_NAME));
	stats = rxpath_nlmsg_attribute(payload, OVS_DP_ATTR_STATS);
	if (name.len == 0 || stats.len < sizeof(struct ovs_dp_stats))
		return;
	memcpy(&lost, stats.ptr + offsetof(struct ovs_dp_stats, n_lost), sizeof lost);
	rxpath_buf_escaped(out, name, "");
	rxpath_buf_printf(out, " %llu\n", (unsigned long long)lost);
}

/* Its devices are of this kind. */
bool rxpath_link_has_ovs(struct rxpath_slice table)
{
	static const char *const kind[] = {" openvswitch "};

	return rxpath_slice_holds(table, kind, 1);
}

int rxpath_ovs_datapaths(const struct netlink_query *query)
{
	const struct {
		struct genlmsghdr head;
		struct ovs_header datapath;
	} request = {{.cmd = OVS_DP_CMD_GET, .version = OVS_DATAPATH_VERSION}, {0}};
	uint16_t family = query->fd >= 0 ? find_family(query->fd, OVS_DATAPATH_FAMILY) : 0;

	rxpath_buf_string(query->out, "device ovs_lost\n");
	return family == 0 ? 0
			   : rxpath_netlink_messages(query->fd, family, &request, sizeof request,
						     family, put_datapath, query->out);
}
