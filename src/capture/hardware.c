/* hardware.c: what only generic netlink tells of a device: the losses of each receive queue (family
 * "netdev", Linux 6.10), pause frames, what the MAC, the PHY and error correction (FEC) counted
 * (family "ethtool", Linux 5.13), and which interrupt serves which queue. Open to everybody.
 *
 * linux/netdev.h and linux/ethtool_netlink.h of an older system lack most of it; the numbers are
 * the kernel's promise (Documentation/netlink/specs/netdev.yaml, ethtool.yaml). */
#include <linux/genetlink.h>
#include <string.h>

#include "hardware.h"
#include "netlink.h"
#include "rtlink.h"
#include "rxpath/catalogue.h"

/* Virtual devices come in hundreds and have no such statistics. */
#define MAX_DEVICES 32

/* For how many queues the interrupts are listed. */
#define MAX_QUEUES 256

enum { QUEUE_GET = 10, NAPI_GET = 11, QSTATS_GET = 12 }; /* NETDEV_CMD_* */

enum { QSTATS_IFINDEX = 1, QSTATS_TYPE = 2, QSTATS_QUEUE = 3, QSTATS_SCOPE = 4 };
enum { SCOPE_QUEUE = 1, TYPE_RX = 0 };
enum { QUEUE_ID = 1, QUEUE_IFINDEX = 2, QUEUE_TYPE = 3, QUEUE_NAPI = 4 };
enum { NAPI_IFINDEX = 1, NAPI_ID = 2, NAPI_IRQ = 3, NAPI_THREAD = 4 };

enum { PAUSE_GET = 21, FEC_GET = 29, STATS_GET = 32 };	   /* ETHTOOL_MSG_* */
enum { HEADER = 1, HEADER_IFINDEX = 1, HEADER_FLAGS = 3 }; /* ETHTOOL_A_*_HEADER */
enum { FLAG_STATS = 4, PAUSE_STATS = 5, PAUSE_SENT = 2, FEC_STATS = 5, FEC_UNCORRECTABLE = 3 };
enum { STATS_GROUPS = 3, STATS_GROUP = 4, GROUP_ID = 2, GROUP_STATISTIC = 4 };
enum { BITSET_NOMASK = 1, BITSET_SIZE = 2, BITSET_VALUE = 4 };
enum { GROUP_PHY, GROUP_MAC, GROUP_CONTROL, GROUP_RMON };

/* The names of the netlink specification. */
static const struct {
	const char *name;
	unsigned short attribute;
} queue_counters[] = {
	{"rx-alloc-fail", 12},
	{"rx-hw-drops", 13},
	{"rx-hw-drop-overruns", 14},
	{"rx-hw-drop-ratelimits", 23},
};

/* Those of received frames that were damaged or lost, as ethtool prints them (stats_eth_mac_names,
 * net/ethtool/stats.c). */
static const struct {
	const char *name;
	unsigned short group, attribute;
} wire_counters[] = {
	{"eth-phy-SymbolErrorDuringCarrier", GROUP_PHY, 0},
	{"eth-mac-FrameCheckSequenceErrors", GROUP_MAC, 4},
	{"eth-mac-AlignmentErrors", GROUP_MAC, 5},
	{"eth-mac-FramesLostDueToIntMACRcvError", GROUP_MAC, 13},
	{"eth-mac-FrameTooLongErrors", GROUP_MAC, 21},
	{"rmon-etherStatsUndersizePkts", GROUP_RMON, 0},
	{"rmon-etherStatsFragments", GROUP_RMON, 2},
	{"rmon-etherStatsJabbers", GROUP_RMON, 3},
};

/* The attributes of a generic netlink message. */
static struct rxpath_slice attributes_of(struct rxpath_slice payload)
{
	rxpath_slice_skip(&payload, GENL_HDRLEN);
	return payload;
}

/* An attribute of type "uint" has 4 or 8 bytes (nla_put_uint). */
static uint64_t number_of(struct rxpath_slice value)
{
	return value.len == sizeof(uint32_t) ? rxpath_nlmsg_u32(value, 0, 0)
					     : rxpath_nlmsg_u64(value);
}

static void take_queue_counters(void *context, struct rxpath_slice payload)
{
	const struct rxpath_slice attributes = attributes_of(payload);
	uint32_t queue = rxpath_nlmsg_number(attributes, QSTATS_QUEUE, 0);

	if (rxpath_nlmsg_number(attributes, QSTATS_TYPE, 1) != TYPE_RX)
		return;
	for (size_t i = 0; i < sizeof queue_counters / sizeof *queue_counters; i++) {
		struct rxpath_slice value =
			rxpath_nlmsg_attribute(attributes, queue_counters[i].attribute);

		if (value.len > 0)
			rxpath_buf_printf(context, "rx-%u.%s %llu\n", queue, queue_counters[i].name,
					  (unsigned long long)number_of(value));
	}
}

static void put_queue_counters(const struct genl *genl, int ifindex, struct rxpath_buf *out)
{
	const struct {
		struct genlmsghdr head;
		struct nlattr device_head;
		uint32_t device;
		struct nlattr scope_head;
		uint32_t scope;
	} request = {
		.head = {.cmd = QSTATS_GET, .version = 1},
		.device_head = {8, QSTATS_IFINDEX},
		.device = (uint32_t)ifindex,
		.scope_head = {8, QSTATS_SCOPE},
		.scope = SCOPE_QUEUE,
	};

	if (genl->netdev != 0)
		rxpath_netlink_messages(genl->fd, genl->netdev, &request, sizeof request,
					genl->netdev, take_queue_counters, out);
}

static void put_wire_counter(struct rxpath_buf *out, uint32_t group, unsigned short type,
			     struct rxpath_slice value)
{
	for (size_t i = 0; i < sizeof wire_counters / sizeof *wire_counters; i++)
		if (wire_counters[i].group == group && wire_counters[i].attribute == type)
			rxpath_buf_printf(out, "%s %llu\n", wire_counters[i].name,
					  (unsigned long long)rxpath_nlmsg_u64(value));
}

static void take_groups(void *context, struct rxpath_slice payload)
{
	struct rxpath_slice attributes = attributes_of(payload);
	struct rxpath_slice group, nest, value;
	unsigned short type;

	while (rxpath_nlmsg_next_attribute(&attributes, &type, &group)) {
		uint32_t id = rxpath_nlmsg_number(group, GROUP_ID, 0);

		if (type != STATS_GROUP)
			continue;
		while (rxpath_nlmsg_next_attribute(&group, &type, &nest))
			if (type == GROUP_STATISTIC)
				while (rxpath_nlmsg_next_attribute(&nest, &type, &value))
					if (value.len == sizeof(uint64_t))
						put_wire_counter(context, id, type, value);
	}
}

static void put_groups(const struct genl *genl, int ifindex, struct rxpath_buf *out)
{
	const struct {
		struct genlmsghdr head;
		struct nlattr header, device_head;
		uint32_t device;
		struct nlattr groups, nomask, size_head;
		uint32_t size;
		struct nlattr value_head;
		uint32_t value;
	} request = {
		.head = {.cmd = STATS_GET, .version = 1},
		.header = {12, HEADER | NLA_F_NESTED},
		.device_head = {8, HEADER_IFINDEX},
		.device = (uint32_t)ifindex,
		.groups = {24, STATS_GROUPS | NLA_F_NESTED},
		.nomask = {4, BITSET_NOMASK},
		.size_head = {8, BITSET_SIZE},
		.size = GROUP_RMON + 1,
		.value_head = {8, BITSET_VALUE},
		.value = 1u << GROUP_PHY | 1u << GROUP_MAC | 1u << GROUP_RMON,
	};

	if (genl->ethtool != 0)
		rxpath_netlink_ask(genl->fd, genl->ethtool, &request, sizeof request, genl->ethtool,
				   take_groups, out);
}

/* Asks for a device together with its statistics, where these have no message of their own. */
static void ask_with_statistics(const struct genl *genl, uint8_t command, int ifindex,
				rxpath_netlink_message *take, void *context)
{
	const struct {
		struct genlmsghdr head;
		struct nlattr header, device_head;
		uint32_t device;
		struct nlattr flags_head;
		uint32_t flags;
	} request = {
		.head = {.cmd = command, .version = 1},
		.header = {20, HEADER | NLA_F_NESTED},
		.device_head = {8, HEADER_IFINDEX},
		.device = (uint32_t)ifindex,
		.flags_head = {8, HEADER_FLAGS},
		.flags = FLAG_STATS,
	};

	if (genl->ethtool != 0)
		rxpath_netlink_ask(genl->fd, genl->ethtool, &request, sizeof request, genl->ethtool,
				   take, context);
}

/* The first figure is that of all lanes (fec_stats_recalc, net/ethtool/fec.c). */
static void take_fec(void *context, struct rxpath_slice payload)
{
	struct rxpath_slice value = rxpath_nlmsg_attribute(
		rxpath_nlmsg_attribute(attributes_of(payload), FEC_STATS), FEC_UNCORRECTABLE);

	if (value.len >= sizeof(uint64_t))
		rxpath_buf_printf(context, "fec-uncorrectable_blocks %llu\n",
				  (unsigned long long)rxpath_nlmsg_u64(value));
}

static void take_pause(void *context, struct rxpath_slice payload)
{
	uint64_t *sent = context;
	struct rxpath_slice value = rxpath_nlmsg_attribute(
		rxpath_nlmsg_attribute(attributes_of(payload), PAUSE_STATS), PAUSE_SENT);

	if (value.len >= sizeof *sent)
		*sent = rxpath_nlmsg_u64(value);
}

uint64_t rxpath_pause_frames(struct genl *genl, int ifindex)
{
	uint64_t sent = RXPATH_UNKNOWN;

	if (rxpath_genl_open(genl))
		ask_with_statistics(genl, PAUSE_GET, ifindex, take_pause, &sent);
	return sent;
}

bool rxpath_hardware(struct genl *genl, struct rxpath_slice table, const struct emitter *emitter)
{
	struct rxpath_buf text = {0};
	char name[RXPATH_DEVICE_NAME];
	bool done = true;
	int ifindex;

	for (size_t i = 0; done && i < MAX_DEVICES && rxpath_link_next(&table, &ifindex, name);
	     i++) {
		rxpath_buf_reset(&text);
		put_queue_counters(genl, ifindex, &text);
		put_groups(genl, ifindex, &text);
		ask_with_statistics(genl, FEC_GET, ifindex, take_fec, &text);
		done = rxpath_emit_device(emitter, "rxpath/hardware/", name, &text);
	}
	rxpath_buf_free(&text);
	return done;
}

struct napi {
	struct rxpath_buf *out;
	const char *device;
	uint32_t of_queue[MAX_QUEUES]; /* the id of the NAPI that takes its packets, plus one */
};

static void take_queue(void *context, struct rxpath_slice payload)
{
	const struct rxpath_slice attributes = attributes_of(payload);
	struct napi *napi = context;
	uint32_t queue = rxpath_nlmsg_number(attributes, QUEUE_ID, MAX_QUEUES);
	struct rxpath_slice id = rxpath_nlmsg_attribute(attributes, QUEUE_NAPI);

	if (rxpath_nlmsg_number(attributes, QUEUE_TYPE, 1) == TYPE_RX && queue < MAX_QUEUES &&
	    id.len > 0)
		napi->of_queue[queue] = rxpath_nlmsg_u32(id, 0, 0) + 1;
}

static void take_napi(void *context, struct rxpath_slice payload)
{
	const struct rxpath_slice attributes = attributes_of(payload);
	struct rxpath_slice irq = rxpath_nlmsg_attribute(attributes, NAPI_IRQ);
	struct rxpath_slice thread = rxpath_nlmsg_attribute(attributes, NAPI_THREAD);
	uint32_t id = rxpath_nlmsg_number(attributes, NAPI_ID, 0);
	struct napi *napi = context;

	for (unsigned queue = 0; queue < MAX_QUEUES; queue++) {
		if (napi->of_queue[queue] != id + 1)
			continue;
		rxpath_put_setting_name(napi->out, napi->device, "napi");
		rxpath_buf_printf(napi->out, ".%u", queue);
		rxpath_buf_column_u32(napi->out, rxpath_nlmsg_u32(irq, 0, RXPATH_UNKNOWN32));
		rxpath_buf_column_u32(napi->out, rxpath_nlmsg_u32(thread, 0, RXPATH_UNKNOWN32));
		rxpath_buf_char(napi->out, '\n');
	}
}

void rxpath_put_napi(struct genl *genl, const char *device, int ifindex, struct rxpath_buf *out)
{
	struct {
		struct genlmsghdr head;
		struct nlattr device_head;
		uint32_t device;
	} request = {
		.head = {.cmd = QUEUE_GET, .version = 1},
		.device_head = {8, QUEUE_IFINDEX},
		.device = (uint32_t)ifindex,
	};
	struct napi napi = {.out = out, .device = device};

	if (!rxpath_genl_open(genl) || genl->netdev == 0)
		return;
	rxpath_netlink_messages(genl->fd, genl->netdev, &request, sizeof request, genl->netdev,
				take_queue, &napi);
	request.head.cmd = NAPI_GET;
	request.device_head.nla_type = NAPI_IFINDEX;
	rxpath_netlink_messages(genl->fd, genl->netdev, &request, sizeof request, genl->netdev,
				take_napi, &napi);
}
