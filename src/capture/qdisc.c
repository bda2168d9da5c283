/* qdisc.c: what traffic control dropped before any protocol saw it: section rxpath/qdisc.
 *
 * The ingress and clsact qdiscs count what their filters drop (tc_run, net/core/dev.c). A clsact
 * qdisc counts both directions in one figure (clsact_init, net/sched/sch_ingress.c), so one that
 * has filters for packets sent and none for packets received is left out. Programs that are
 * attached without a qdisc (tcx) count nothing.
 *
 * The filters that dropped are settings: "device.eth0.tc.1 flower 49152 0 gact 50", the kind of the
 * filter, its pref and chain, the action and what that dropped since it was added
 * (tcf_action_dump_1, net/sched/act_api.c); "-" for a program that decides without an action, which
 * nothing counts. */
#include <errno.h>
#include <linux/gen_stats.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "netlink.h"
#include "rtlink.h"
#include "rxpath/arena.h"

/* Filters and devices beyond these are left out. */
#define MAX_FILTERS 64
#define MAX_DEVICES 16

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

static uint32_t drops_in(struct rxpath_slice statistics)
{
	return rxpath_nlmsg_u32(rxpath_nlmsg_attribute(statistics, TCA_STATS_QUEUE),
				offsetof(struct gnet_stats_queue, drops) / sizeof(uint32_t), 0);
}

static void note_qdisc(void *context, struct rxpath_slice message)
{
	struct answer *answer = context;
	struct dropped item = {0};
	struct rxpath_slice kind;
	struct tcmsg header;

	if (!rxpath_nlmsg_take(&message, &header, sizeof header))
		return;
	kind = rxpath_nlmsg_text(message, TCA_KIND);
	item.ifindex = header.tcm_ifindex;
	item.both = rxpath_slice_is(kind, "clsact");
	if (!item.both && !rxpath_slice_is(kind, "ingress"))
		return;
	item.drops = drops_in(rxpath_nlmsg_attribute(message, TCA_STATS2));
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

static void ask_filters(int fd, int ifindex, uint32_t parent, rxpath_netlink_message *take,
			void *context)
{
	const struct tcmsg request = {
		.tcm_family = AF_UNSPEC,
		.tcm_ifindex = ifindex,
		.tcm_parent = parent,
	};

	rxpath_netlink_messages(fd, RTM_GETTFILTER, &request, sizeof request, RTM_NEWTFILTER, take,
				context);
}

static bool has_filters(int fd, int ifindex, uint32_t parent)
{
	size_t filters = 0;

	ask_filters(fd, ifindex, parent, note_filter, &filters);
	return filters > 0;
}

static bool is_of_received(int fd, const struct dropped *item)
{
	return !item->both || has_filters(fd, item->ifindex, PARENT_INGRESS) ||
	       !has_filters(fd, item->ifindex, PARENT_EGRESS);
}

static int ask_qdiscs(int fd, struct answer *answer)
{
	const struct tcmsg request = {.tcm_family = AF_UNSPEC};

	return rxpath_netlink_messages(fd, RTM_GETQDISC, &request, sizeof request, RTM_NEWQDISC,
				       note_qdisc, answer);
}

int rxpath_qdiscs(const struct netlink_query *query)
{
	struct answer answer = {0};
	int result = ask_qdiscs(query->fd, &answer);

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

/* The filters of one device. */
struct filters {
	struct rxpath_buf *out;
	struct rxpath_slice device;
	unsigned count;
};

/* The actions of a filter, by its kind; empty: none, or an unknown kind. */
static struct rxpath_slice actions_of(struct rxpath_slice kind, struct rxpath_slice options)
{
	static const struct {
		const char *kind;
		unsigned short attribute;
	} kinds[] = {
		{"matchall", TCA_MATCHALL_ACT}, {"flower", TCA_FLOWER_ACT}, {"bpf", TCA_BPF_ACT},
		{"u32", TCA_U32_ACT},		{"basic", TCA_BASIC_ACT},   {"fw", TCA_FW_ACT},
	};

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (rxpath_slice_is(kind, kinds[i].kind))
			return rxpath_nlmsg_attribute(options, kinds[i].attribute);
	return (struct rxpath_slice){NULL, 0};
}

/* Whether a program decides without an action what happens to the packet. */
static bool decides(struct rxpath_slice kind, struct rxpath_slice options)
{
	return rxpath_slice_is(kind, "bpf") &&
	       rxpath_nlmsg_number(options, TCA_BPF_FLAGS, 0) & TCA_BPF_FLAG_ACT_DIRECT;
}

static void put_filter(struct filters *filters, const struct tcmsg *header, uint32_t chain,
		       struct rxpath_slice kind, struct rxpath_slice action)
{
	rxpath_buf_string(filters->out, "device.");
	rxpath_buf_slice(filters->out, filters->device);
	rxpath_buf_printf(filters->out, ".tc.%u", ++filters->count);
	rxpath_buf_column(filters->out, kind);
	/* The upper half is the pref, the lower half the protocol. */
	rxpath_buf_column_u32(filters->out, header->tcm_info >> 16);
	rxpath_buf_column_u32(filters->out, chain);
	rxpath_buf_column(filters->out, action);
}

static void take_filter(void *context, struct rxpath_slice message)
{
	struct filters *filters = context;
	struct rxpath_slice kind, options, actions, action;
	struct tcmsg header;
	unsigned short type;
	uint32_t chain, drops;

	if (filters->count == MAX_FILTERS || !rxpath_nlmsg_take(&message, &header, sizeof header))
		return;
	kind = rxpath_nlmsg_text(message, TCA_KIND);
	chain = rxpath_nlmsg_number(message, TCA_CHAIN, 0);
	options = rxpath_nlmsg_attribute(message, TCA_OPTIONS);
	actions = actions_of(kind, options);
	while (rxpath_nlmsg_next_attribute(&actions, &type, &action)) {
		drops = drops_in(rxpath_nlmsg_attribute(action, TCA_ACT_STATS));
		if (drops == 0)
			continue;
		put_filter(filters, &header, chain, kind, rxpath_nlmsg_text(action, TCA_ACT_KIND));
		rxpath_buf_printf(filters->out, " %u\n", drops);
	}
	/* The kernel also lists each kind and pref once without a handle. */
	if (header.tcm_handle != 0 && decides(kind, options)) {
		put_filter(filters, &header, chain, kind, rxpath_nlmsg_text(options, TCA_BPF_NAME));
		rxpath_buf_string(filters->out, " -\n");
	}
}

void rxpath_qdisc_filters(const struct netlink_query *query)
{
	struct answer answer = {0};

	ask_qdiscs(query->fd, &answer);
	for (size_t i = 0; i < answer.count && i < MAX_DEVICES; i++) {
		struct filters filters = {
			.out = query->out,
			.device =
				rxpath_link_name(query->devices, (uint32_t)answer.items[i].ifindex),
		};

		ask_filters(query->fd, answer.items[i].ifindex, PARENT_INGRESS, take_filter,
			    &filters);
	}
	free(answer.items);
}
