/* source.c: the table of sources. */
#include "rxpath/source.h"

#include <string.h>

#define BIT(stage) (1u << RXPATH_STAGE_##stage)

/* The three MIB files carry the terms of the residuals too, hence netfilter. */
#define MIB_STAGES (BIT(NETFILTER) | BIT(IP) | BIT(TRANSPORT) | BIT(SOCKET))

#define OF_MIB \
	.stage = RXPATH_STAGE_TRANSPORT, .ip_prefix = "Ip", .width = RXPATH_WIDTH_LONG, \
	.stages = MIB_STAGES, .quiet = RXPATH_QUIET_ALWAYS

#define OF_SOCKETS \
	.layout = RXPATH_LAYOUT_SOCKETS, .subject = "socket", .stage = RXPATH_STAGE_SOCKET, \
	.width = RXPATH_WIDTH_32, .stages = BIT(SOCKET), .quiet = RXPATH_QUIET_ALWAYS

/* What is compared is read around each other, the small source before and after the large one:
 * softnet around the devices, the MIBs around the sockets. The two readings of a figure tell what
 * the time between them can explain. netstat holds terms of the IPv4 residual whose others are in
 * snmp, so it is read between the two readings of that. A driver's own statistics, which can take
 * long, and small tables that are compared with nothing are read outside of these pairs. */
/* clang-format off */
static const struct rxpath_source_row rows[RXPATH_SOURCES] = {
	[RXPATH_SOURCE_SOFTNET] = {
		.path = "/proc/net/softnet_stat", .layout = RXPATH_LAYOUT_SOFTNET,
		.subject = "CPU", .stage = RXPATH_STAGE_SOFTNET, .width = RXPATH_WIDTH_32,
		.stages = BIT(SOFTNET),
		.presence = RXPATH_REQUIRED, .scope = RXPATH_OF_HOST,
		.order = 10, .around = RXPATH_SOURCE_DEV, .quiet = RXPATH_QUIET_ALWAYS,
	},
	/* Only where a ring or a backlog has overflowed since boot. */
	[RXPATH_SOURCE_CPU_TIME] = {
		.path = "/proc/stat", .layout = RXPATH_LAYOUT_CPU_TIME,
		.subject = "CPU", .stage = RXPATH_STAGE_SOFTNET, .width = RXPATH_WIDTH_64,
		.scope = RXPATH_OF_HOST, .order = 40,
	},
	[RXPATH_SOURCE_LINK] = {
		.path = "/sys/class/net", .section = "rxpath/link",
		.layout = RXPATH_LAYOUT_DEVICES,
		.subject = "device", .stage = RXPATH_STAGE_DEVICE, .width = RXPATH_WIDTH_64,
		.stages = BIT(DEVICE),
		.order = 20, .quiet = RXPATH_QUIET_ALWAYS,
	},
	[RXPATH_SOURCE_DEV] = {
		.path = "/proc/net/dev", .layout = RXPATH_LAYOUT_NETDEV,
		.subject = "device", .stage = RXPATH_STAGE_DEVICE, .width = RXPATH_WIDTH_64,
		.stages = BIT(DEVICE),
		.presence = RXPATH_REQUIRED, .instead = RXPATH_SOURCE_LINK,
		.order = 30, .quiet = RXPATH_QUIET_WITHOUT_RTNETLINK,
	},
	[RXPATH_SOURCE_ETHTOOL] = {
		.path = "rxpath/ethtool", .words = "driver statistics", .section = "rxpath/ethtool/",
		.layout = RXPATH_LAYOUT_DRIVER, .prefix = "ethtool.",
		.subject = "device", .stage = RXPATH_STAGE_DEVICE, .width = RXPATH_WIDTH_64,
		.order = 50, .quiet = RXPATH_QUIET_ALWAYS,
	},
	/* Only of devices that have lost something since they came up. */
	[RXPATH_SOURCE_HARDWARE] = {
		.path = "rxpath/hardware", .words = "statistics of a card's queues", .section = "rxpath/hardware/",
		.layout = RXPATH_LAYOUT_DRIVER, .prefix = "netdev.",
		.subject = "device", .stage = RXPATH_STAGE_DEVICE, .width = RXPATH_WIDTH_64,
		.order = 60,
	},
	[RXPATH_SOURCE_QDISC] = {
		.path = "rxpath/qdisc", .words = "drops at ingress (tc)", .layout = RXPATH_LAYOUT_DEVICE_COUNTERS,
		.subject = "device", .stage = RXPATH_STAGE_NETFILTER, .width = RXPATH_WIDTH_32,
		.order = 80, .quiet = RXPATH_QUIET_ALWAYS,
	},
	[RXPATH_SOURCE_OVS] = {
		.path = "rxpath/ovs", .words = "losses of Open vSwitch", .layout = RXPATH_LAYOUT_DEVICE_COUNTERS,
		.subject = "device", .stage = RXPATH_STAGE_DEVICE, .width = RXPATH_WIDTH_64,
		.order = 90, .quiet = RXPATH_QUIET_ALWAYS,
	},
	[RXPATH_SOURCE_PTYPE] = {
		.path = "/proc/net/ptype", .layout = RXPATH_LAYOUT_PTYPE,
		.stage = RXPATH_STAGE_DEVICE, .width = RXPATH_WIDTH_64, .stages = BIT(DEVICE),
		.order = 70, .quiet = RXPATH_QUIET_WITHOUT_RTNETLINK,
	},
	[RXPATH_SOURCE_XDP] = {
		.path = "rxpath/xdp", .words = "AF_XDP sockets", .layout = RXPATH_LAYOUT_XDP,
		.subject = "socket", .stage = RXPATH_STAGE_SOCKET, .width = RXPATH_WIDTH_32,
		.protocol = RXPATH_XDP, .order = 100, .quiet = RXPATH_QUIET_ALWAYS,
	},
	[RXPATH_SOURCE_SNMP] = {
		.path = "/proc/net/snmp", .layout = RXPATH_LAYOUT_GROUPS, OF_MIB,
		.presence = RXPATH_REQUIRED, .order = 110, .around = RXPATH_SOURCE_ICMP6,
	},
	[RXPATH_SOURCE_SNMP6] = {
		.path = "/proc/net/snmp6", .layout = RXPATH_LAYOUT_NAME_VALUE, OF_MIB,
		.presence = RXPATH_IN_BOTH, .order = 120, .around = RXPATH_SOURCE_ICMP6,
	},
	[RXPATH_SOURCE_NETSTAT] = {
		.path = "/proc/net/netstat", .layout = RXPATH_LAYOUT_GROUPS, OF_MIB,
		.presence = RXPATH_EVERYWHERE, .order = 130, .of_received = true,
	},
	/* What rules took comes off the residual, so it is read between the two readings of snmp. */
	[RXPATH_SOURCE_NFTABLES] = {
		.path = "rxpath/nftables", .words = "rules of nftables", .layout = RXPATH_LAYOUT_RULES,
		.subject = "rule", .stage = RXPATH_STAGE_NETFILTER, .width = RXPATH_WIDTH_64,
		.order = 140,
	},
	[RXPATH_SOURCE_IPTABLES] = {
		.path = "rxpath/iptables", .words = "rules of iptables", .layout = RXPATH_LAYOUT_RULES,
		.subject = "rule", .stage = RXPATH_STAGE_NETFILTER, .width = RXPATH_WIDTH_64,
		.order = 150,
	},
	[RXPATH_SOURCE_IPVS] = {
		.path = "/proc/net/ip_vs_stats_percpu", .layout = RXPATH_LAYOUT_IPVS,
		.stage = RXPATH_STAGE_NETFILTER, .width = RXPATH_WIDTH_64, .order = 160,
		.of_received = true,
	},
	[RXPATH_SOURCE_CONNTRACK] = {
		.path = "/proc/net/stat/nf_conntrack", .section = "rxpath/conntrack",
		.layout = RXPATH_LAYOUT_CONNTRACK,
		.prefix = "nf_conntrack_",
		.stage = RXPATH_STAGE_NETFILTER, .width = RXPATH_WIDTH_32,
		.stages = BIT(NETFILTER), .order = 170, .quiet = RXPATH_QUIET_ALWAYS,
	},
	[RXPATH_SOURCE_XFRM] = {
		.path = "/proc/net/xfrm_stat", .layout = RXPATH_LAYOUT_NAME_VALUE,
		.stage = RXPATH_STAGE_NETFILTER, .width = RXPATH_WIDTH_LONG,
		.stages = BIT(NETFILTER), .order = 180, .quiet = RXPATH_QUIET_ALWAYS,
		.of_received = true,
	},
	[RXPATH_SOURCE_RT_CACHE] = {
		.path = "/proc/net/stat/rt_cache", .layout = RXPATH_LAYOUT_PER_CPU,
		.prefix = "rt_cache_",
		.stage = RXPATH_STAGE_IP, .width = RXPATH_WIDTH_32, .stages = BIT(IP),
		.scope = RXPATH_OF_HOST, .order = 210, .quiet = RXPATH_QUIET_WITHOUT_RTNETLINK,
	},
	[RXPATH_SOURCE_ARP_CACHE] = {
		.path = "/proc/net/stat/arp_cache", .layout = RXPATH_LAYOUT_PER_CPU,
		.prefix = "arp_cache_",
		.stage = RXPATH_STAGE_IP, .width = RXPATH_WIDTH_32, .stages = BIT(IP),
		.scope = RXPATH_OF_HOST, .order = 220,
	},
	[RXPATH_SOURCE_NDISC_CACHE] = {
		.path = "/proc/net/stat/ndisc_cache", .layout = RXPATH_LAYOUT_PER_CPU,
		.prefix = "ndisc_cache_",
		.stage = RXPATH_STAGE_IP, .width = RXPATH_WIDTH_32, .stages = BIT(IP),
		.scope = RXPATH_OF_HOST, .order = 230,
	},
	[RXPATH_SOURCE_SCTP] = {
		.path = "/proc/net/sctp/snmp", .layout = RXPATH_LAYOUT_NAME_VALUE,
		.stage = RXPATH_STAGE_TRANSPORT, .width = RXPATH_WIDTH_LONG,
		.stages = BIT(TRANSPORT), .order = 190, .quiet = RXPATH_QUIET_ALWAYS,
	},
	[RXPATH_SOURCE_TLS] = {
		.path = "/proc/net/tls_stat", .layout = RXPATH_LAYOUT_NAME_VALUE,
		.stage = RXPATH_STAGE_SOCKET, .width = RXPATH_WIDTH_LONG,
		.stages = BIT(SOCKET), .order = 200, .quiet = RXPATH_QUIET_ALWAYS,
	},
	/* Before the tables and queues, since they tell which of those are empty. */
	[RXPATH_SOURCE_SOCKSTAT] = {
		.path = "/proc/net/sockstat", .layout = RXPATH_LAYOUT_SOCKSTAT,
		.subject = "host", .stage = RXPATH_STAGE_SOCKET, .width = RXPATH_WIDTH_LONG,
		.order = 240, .quiet = RXPATH_QUIET_ALWAYS,
	},
	[RXPATH_SOURCE_SOCKSTAT6] = {
		.path = "/proc/net/sockstat6", .layout = RXPATH_LAYOUT_SOCKSTAT, .v6 = true,
		.subject = "host", .stage = RXPATH_STAGE_SOCKET, .width = RXPATH_WIDTH_LONG,
		.order = 250, .quiet = RXPATH_QUIET_ALWAYS,
	},
	[RXPATH_SOURCE_NFQUEUE] = {
		.path = "/proc/net/netfilter/nfnetlink_queue", .layout = RXPATH_LAYOUT_NFQUEUE,
		.subject = "queue", .stage = RXPATH_STAGE_NETFILTER, .width = RXPATH_WIDTH_32,
		.order = 260, .quiet = RXPATH_QUIET_ALWAYS,
	},
	[RXPATH_SOURCE_UDP] = {
		.path = "/proc/net/udp", .section = "rxpath/diag/udp", OF_SOCKETS,
		.protocol = RXPATH_UDP, .presence = RXPATH_REQUIRED, .order = 270,
	},
	[RXPATH_SOURCE_UDP6] = {
		.path = "/proc/net/udp6", .section = "rxpath/diag/udp6", OF_SOCKETS,
		.protocol = RXPATH_UDP, .v6 = true, .presence = RXPATH_IN_BOTH, .order = 280,
	},
	[RXPATH_SOURCE_UDPLITE] = {
		.path = "/proc/net/udplite", .section = "rxpath/diag/udplite", OF_SOCKETS,
		.protocol = RXPATH_UDPLITE, .order = 290,
	},
	[RXPATH_SOURCE_UDPLITE6] = {
		.path = "/proc/net/udplite6", .section = "rxpath/diag/udplite6", OF_SOCKETS,
		.protocol = RXPATH_UDPLITE, .v6 = true, .order = 300,
	},
	[RXPATH_SOURCE_RAW] = {
		.path = "/proc/net/raw", .section = "rxpath/diag/raw", OF_SOCKETS,
		.protocol = RXPATH_RAW, .order = 310,
	},
	[RXPATH_SOURCE_RAW6] = {
		.path = "/proc/net/raw6", .section = "rxpath/diag/raw6", OF_SOCKETS,
		.protocol = RXPATH_RAW, .v6 = true, .order = 320,
	},
	[RXPATH_SOURCE_ICMP] = {
		.path = "/proc/net/icmp", .section = "rxpath/diag/icmp", OF_SOCKETS,
		.protocol = RXPATH_ICMP, .order = 330,
	},
	[RXPATH_SOURCE_ICMP6] = {
		.path = "/proc/net/icmp6", .section = "rxpath/diag/icmp6", OF_SOCKETS,
		.protocol = RXPATH_ICMP, .v6 = true, .order = 340,
	},
	[RXPATH_SOURCE_TCP] = {
		.path = "rxpath/listeners", .words = "listening TCP sockets", .layout = RXPATH_LAYOUT_LISTENERS,
		.subject = "socket", .stage = RXPATH_STAGE_SOCKET, .width = RXPATH_WIDTH_32,
		.protocol = RXPATH_TCP, .order = 350,
	},
	[RXPATH_SOURCE_PACKET] = {
		.path = "rxpath/packet", .words = "capture sockets", .layout = RXPATH_LAYOUT_PACKET,
		.subject = "socket", .stage = RXPATH_STAGE_SOCKET, .width = RXPATH_WIDTH_32,
		.protocol = RXPATH_PACKET, .order = 360,
	},
	[RXPATH_SOURCE_NETLINK] = {
		.path = "/proc/net/netlink", .layout = RXPATH_LAYOUT_NETLINK,
		.subject = "socket", .stage = RXPATH_STAGE_SOCKET, .width = RXPATH_WIDTH_32,
		.protocol = RXPATH_NETLINK, .order = 370,
	},
	[RXPATH_SOURCE_OWNERS] = {
		.path = "/proc/PID/fd", .words = "processes of sockets", .section = "rxpath/owners",
		.layout = RXPATH_LAYOUT_OWNERS, .stage = RXPATH_STAGE_SOCKET,
	},
	[RXPATH_SOURCE_CGROUPS] = {
		.path = "/sys/fs/cgroup", .section = "rxpath/cgroups",
		.layout = RXPATH_LAYOUT_CGROUPS, .stage = RXPATH_STAGE_SOCKET,
		.scope = RXPATH_OF_HOST,
	},
	[RXPATH_SOURCE_CONNECTIONS] = {
		.path = "rxpath/connections", .words = "TCP connections", .layout = RXPATH_LAYOUT_CONNECTIONS,
		.subject = "socket", .stage = RXPATH_STAGE_SOCKET, .width = RXPATH_WIDTH_32,
	},
	[RXPATH_SOURCE_READERS] = {
		.path = "/proc/PID/task", .section = "rxpath/readers",
		.layout = RXPATH_LAYOUT_READERS, .stage = RXPATH_STAGE_SOCKET,
	},
	[RXPATH_SOURCE_SETTINGS] = {
		.path = "/proc/sys/net", .section = "rxpath/settings",
		.layout = RXPATH_LAYOUT_SETTINGS, .stage = RXPATH_STAGE_SOCKET,
	},
	[RXPATH_SOURCE_TRACE] = {
		.path = "rxpath/trace", .layout = RXPATH_LAYOUT_TRACE,
		.stage = RXPATH_STAGE_SOCKET, .scope = RXPATH_OF_HOST,
	},
};
/* clang-format on */

static const char net[] = "/proc/net/";

const struct rxpath_source_row *rxpath_source_row(enum rxpath_source source)
{
	return &rows[source];
}

const char *rxpath_source_subject(enum rxpath_source source)
{
	const struct rxpath_source_row *row = &rows[source];

	return row->subject		      ? row->subject
	       : row->scope == RXPATH_OF_HOST ? "host"
					      : "network namespace";
}

/* Also where the row's section is one for each device, which has to be named. */
static bool is_section(struct rxpath_slice path, const char *section, struct rxpath_slice *device)
{
	size_t len = strlen(section);

	if (section[len - 1] != '/')
		return rxpath_slice_is(path, section);
	if (path.len <= len || !rxpath_slice_starts(path, section))
		return false;
	*device = (struct rxpath_slice){path.ptr + len, path.len - len};
	return true;
}

enum rxpath_source_name rxpath_source_find(struct rxpath_slice path, enum rxpath_source *source,
					   struct rxpath_slice *device)
{
	*device = rxpath_slice_of("");
	/* A section that this program made bears one of the row's own strings. */
	for (enum rxpath_source i = RXPATH_SOURCE_NONE + 1; i < RXPATH_SOURCES; i++)
		if (path.ptr == rows[i].path || (rows[i].section && path.ptr == rows[i].section)) {
			*source = i;
			return path.ptr == rows[i].path ? RXPATH_BY_PATH : RXPATH_BY_SECTION;
		}
	for (enum rxpath_source i = RXPATH_SOURCE_NONE + 1; i < RXPATH_SOURCES; i++) {
		*source = i;
		if (rows[i].section && is_section(path, rows[i].section, device))
			return RXPATH_BY_SECTION;
		if (rxpath_slice_is(path, rows[i].path))
			return RXPATH_BY_PATH;
	}
	*source = RXPATH_SOURCE_NONE;
	return RXPATH_NO_SOURCE;
}

enum rxpath_source rxpath_source_of_net_file(struct rxpath_slice name)
{
	for (enum rxpath_source i = RXPATH_SOURCE_NONE + 1; i < RXPATH_SOURCES; i++)
		if (strncmp(rows[i].path, net, sizeof net - 1) == 0 &&
		    rxpath_slice_is(name, rows[i].path + sizeof net - 1))
			return i;
	return RXPATH_SOURCE_NONE;
}

enum rxpath_source rxpath_source_of_sockets(enum rxpath_protocol protocol, bool v6)
{
	for (enum rxpath_source i = RXPATH_SOURCE_NONE + 1; i < RXPATH_SOURCES; i++) {
		/* Tables that hold both families, or none. */
		bool both = rows[i].layout == RXPATH_LAYOUT_LISTENERS ||
			    rows[i].layout == RXPATH_LAYOUT_PACKET ||
			    rows[i].layout == RXPATH_LAYOUT_NETLINK ||
			    rows[i].layout == RXPATH_LAYOUT_XDP;

		if ((both || rows[i].layout == RXPATH_LAYOUT_SOCKETS) &&
		    rows[i].protocol == protocol && (both || rows[i].v6 == v6))
			return i;
	}
	return RXPATH_SOURCE_NONE;
}
