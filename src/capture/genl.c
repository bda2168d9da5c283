/* genl.c: generic netlink: the numbers of its families, and Open vSwitch's datapaths. */
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/openvswitch.h>
#include <stddef.h>
#include <string.h>

#include "genl.h"
#include "netlink.h"
#include "rxpath/buf.h"

static void note_family(void *context, struct rxpath_slice payload)
{
	struct genl *genl = context;
	const struct {
		const char *name;
		uint16_t *number;
	} families[] = {
		{"ethtool", &genl->ethtool},
		{"netdev", &genl->netdev},
		{OVS_DATAPATH_FAMILY, &genl->ovs_datapath},
	};
	struct rxpath_slice name, number;

	rxpath_slice_skip(&payload, GENL_HDRLEN);
	name = rxpath_nlmsg_text(payload, CTRL_ATTR_FAMILY_NAME);
	number = rxpath_nlmsg_attribute(payload, CTRL_ATTR_FAMILY_ID);
	for (size_t i = 0; i < sizeof families / sizeof *families; i++)
		if (rxpath_slice_is(name, families[i].name) && number.len >= sizeof(uint16_t))
			memcpy(families[i].number, number.ptr, sizeof(uint16_t));
}

/* Lists all families: asking for one that is not there makes the kernel load its module. */
bool rxpath_genl_open(struct genl *genl)
{
	const struct genlmsghdr request = {.cmd = CTRL_CMD_GETFAMILY, .version = 1};

	if (genl->fd < 0)
		genl->fd = rxpath_netlink_open(NETLINK_GENERIC);
	if (genl->fd >= 0 && !genl->asked) {
		rxpath_netlink_messages(genl->fd, GENL_ID_CTRL, &request, sizeof request,
					GENL_ID_CTRL, note_family, genl);
		genl->asked = true;
	}
	return genl->fd >= 0;
}

static void put_datapath(void *context, struct rxpath_slice payload)
{
	struct rxpath_buf *out = context;
	struct rxpath_slice name, stats;
	uint64_t lost;

	rxpath_slice_skip(&payload, GENL_HDRLEN + NLMSG_ALIGN(sizeof(struct ovs_header)));
	name = rxpath_nlmsg_text(payload, OVS_DP_ATTR_NAME);
	stats = rxpath_nlmsg_attribute(payload, OVS_DP_ATTR_STATS);
	if (name.len == 0 || stats.len < sizeof(struct ovs_dp_stats))
		return;
	memcpy(&lost, stats.ptr + offsetof(struct ovs_dp_stats, n_lost), sizeof lost);
	rxpath_buf_escaped(out, name, "");
	rxpath_buf_printf(out, " %llu\n", (unsigned long long)lost);
}

int rxpath_ovs_datapaths(const struct netlink_query *query)
{
	const struct {
		struct genlmsghdr head;
		struct ovs_header datapath;
	} request = {{.cmd = OVS_DP_CMD_GET, .version = OVS_DATAPATH_VERSION}, {0}};
	struct genl genl = {.fd = query->fd};

	rxpath_buf_string(query->out, "device ovs_lost\n");
	if (query->fd < 0 || !rxpath_genl_open(&genl) || genl.ovs_datapath == 0)
		return 0;
	return rxpath_netlink_messages(genl.fd, genl.ovs_datapath, &request, sizeof request,
				       genl.ovs_datapath, put_datapath, query->out);
}
