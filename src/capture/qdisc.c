/* qdisc.c: what traffic control dropped before any protocol saw it: section rxpath/qdisc.
 *
 * The ingress and clsact qdiscs count what their filters drop (tc_run, net/core/dev.c). A clsact
 * qdisc counts both directions in one figure (clsact_init, net/sched/sch_ingress.c), so one that
 * has filters for packets sent and none for packets received is left out. Programs that are
 * attached without a qdisc (tcx) count nothing. */
#include <errno.h>
#include <linux/gen_stats.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "capture_internal.h"
#include "rxpath/arena.h"

/* linux/pkt_sched.h of an older system lacks them; the numbers are the kernel's promise. */
#define PARENT_INGRESS 0xfffffff2u
#define PARENT_EGRESS 0xfffffff3u

/* A qdisc that dropped something. */
struct dropped {
	int ifindex;
	bool both; /* clsact: the drops of both directions */
	uint32_t drops;
};

struct answer {
	struct dropped *items;
	size_t count, cap;
	bool failed; /* no memory */
};

static void note_qdisc(void *context, struct rxpath_slice message)
{
	struct answer *answer = context;
	struct dropped item = {0};
	struct rxpath_slice kind, queue;
	struct tcmsg header;

	if (message.len < sizeof header)
		return;
	memcpy(&header, message.ptr, sizeof header);
	rxpath_slice_skip(&message, NLMSG_ALIGN(sizeof header));
	kind = rxpath_nlmsg_string(rxpath_nlmsg_attribute(message, TCA_KIND));
	item.ifindex = header.tcm_ifindex;
	item.both = rxpath_slice_is(kind, "clsact");
	if (!item.both && !rxpath_slice_is(kind, "ingress"))
		return;
	queue = rxpath_nlmsg_attribute(rxpath_nlmsg_attribute(message, TCA_STATS2),
				       TCA_STATS_QUEUE);
	item.drops = rxpath_nlmsg_u32(
		queue, offsetof(struct gnet_stats_queue, drops) / sizeof(uint32_t), 0);
	if (item.drops > 0)
		answer->failed =
			answer->failed || !rxpath_array_append(&answer->items, &answer->count,
							       &answer->cap, &item, sizeof item);
}

static void note_filter(void *context, struct rxpath_slice message)
{
	size_t *filters = context;

	(void)message;
	++*filters;
}

static bool has_filters(int fd, int ifindex, uint32_t parent)
{
	const struct tcmsg request = {
		.tcm_family = AF_UNSPEC,
		.tcm_ifindex = ifindex,
		.tcm_parent = parent,
	};
	size_t filters = 0;

	rxpath_netlink_messages(fd, RTM_GETTFILTER, &request, sizeof request, RTM_NEWTFILTER,
				note_filter, &filters);
	return filters > 0;
}

static bool is_of_received(int fd, const struct dropped *item)
{
	return !item->both || has_filters(fd, item->ifindex, PARENT_INGRESS) ||
	       !has_filters(fd, item->ifindex, PARENT_EGRESS);
}

int rxpath_qdiscs(const struct netlink_query *query)
{
	const struct tcmsg request = {.tcm_family = AF_UNSPEC};
	struct answer answer = {0};
	int result = rxpath_netlink_messages(query->fd, RTM_GETQDISC, &request, sizeof request,
					     RTM_NEWQDISC, note_qdisc, &answer);

	rxpath_buf_string(query->out, "device tc_ingress_drops\n");
	for (size_t i = 0; i < answer.count; i++) {
		const struct dropped *item = &answer.items[i];

		if (!is_of_received(query->fd, item))
			continue;
		rxpath_buf_slice(query->out,
				 rxpath_link_name(query->devices, (uint32_t)item->ifindex));
		rxpath_buf_printf(query->out, " %u\n", item->drops);
	}
	free(answer.items);
	if (answer.failed)
		return ENOMEM;
	/* A kernel without traffic control. */
	return result == EOPNOTSUPP ? ENOENT : result;
}
