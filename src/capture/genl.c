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

static bool take_family(void *pointer, struct rxpath_slice messages)
{
	struct family *family = pointer;
	struct rxpath_slice payload, name, number;
	struct nlmsghdr header;

	while (rxpath_nlmsg_next(&messages, &header, &payload)) {
		if (header.nlmsg_type != GENL_ID_CTRL || payload.len < GENL_HDRLEN)
			continue;
		rxpath_slice_skip(&payload, GENL_HDRLEN);
		name = rxpath_nlmsg_attribute(payload, CTRL_ATTR_FAMILY_NAME);
		number = rxpath_nlmsg_attribute(payload, CTRL_ATTR_FAMILY_ID);
		name.len = name.len > 0 ? strnlen(name.ptr, name.len) : 0;
		if (rxpath_slice_is(name, family->name) && number.len >= sizeof family->number)
			memcpy(&family->number, number.ptr, sizeof family->number);
	}
	return true;
}

/* All families are asked for: a question about one that is not there makes the kernel load its
 * module. */
static uint16_t find_family(int fd, const char *name)
{
	const struct genlmsghdr request = {.cmd = CTRL_CMD_GETFAMILY, .version = 1};
	struct family family = {.name = name};

	rxpath_netlink_dump(fd, GENL_ID_CTRL, &request, sizeof request, take_family, &family);
	return family.number;
}

struct context {
	struct rxpath_buf *out;
	uint16_t family;
};

static void put_datapath(struct rxpath_buf *out, struct rxpath_slice payload)
{
	const size_t headers = GENL_HDRLEN + NLMSG_ALIGN(sizeof(struct ovs_header));
	struct rxpath_slice name, stats;
	uint64_t lost;

	if (payload.len < headers)
		return;
	rxpath_slice_skip(&payload, headers);
	name = rxpath_nlmsg_attribute(payload, OVS_DP_ATTR_NAME);
	stats = rxpath_nlmsg_attribute(payload, OVS_DP_ATTR_STATS);
	name.len = name.len > 0 ? strnlen(name.ptr, name.len) : 0;
	if (name.len == 0 || stats.len < sizeof(struct ovs_dp_stats))
		return;
	memcpy(&lost, stats.ptr + offsetof(struct ovs_dp_stats, n_lost), sizeof lost);
	rxpath_buf_escaped(out, name, "");
	rxpath_buf_printf(out, " %llu\n", (unsigned long long)lost);
}

static bool take_datapaths(void *pointer, struct rxpath_slice messages)
{
	const struct context *context = pointer;
	struct rxpath_slice payload;
	struct nlmsghdr header;

	while (rxpath_nlmsg_next(&messages, &header, &payload))
		if (header.nlmsg_type == context->family)
			put_datapath(context->out, payload);
	return !context->out->failed;
}

/* Its devices are of this kind. */
static bool has_openvswitch(struct rxpath_slice table)
{
	static const char *const kind[] = {" openvswitch "};

	return rxpath_slice_holds(table, kind, 1);
}

bool rxpath_ovs_datapaths(int fd, struct rxpath_slice table, uint16_t *family,
			  struct rxpath_buf *scratch, const struct emitter *emitter,
			  struct rxpath_error *error)
{
	const struct {
		struct genlmsghdr head;
		struct ovs_header datapath;
	} request = {{.cmd = OVS_DP_CMD_GET, .version = OVS_DATAPATH_VERSION}, {0}};
	struct context context = {.out = scratch};
	int result = 0;

	rxpath_buf_reset(scratch);
	rxpath_buf_string(scratch, "device ovs_lost\n");
	if (*family == 0 && has_openvswitch(table))
		*family = find_family(fd, OVS_DATAPATH_FAMILY);
	context.family = *family;
	if (context.family != 0)
		result = rxpath_netlink_dump(fd, context.family, &request, sizeof request,
					     take_datapaths, &context);
	if (scratch->failed)
		return rxpath_error_memory(error);
	return rxpath_emit_section(
		emitter, "rxpath/ovs", result,
		result == 0 ? rxpath_buf_view(scratch) : (struct rxpath_slice){"", 0}, error);
}
