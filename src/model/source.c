/* source.c: what is known about each source of figures, and what cannot be told without it. */
#include "rxpath/catalogue.h"

#define BIT(stage) (1u << (stage))

static const struct rxpath_source_fact facts[RXPATH_SOURCES] = {
	[RXPATH_SOURCE_LINK] = {"/sys/class/net", BIT(RXPATH_STAGE_DEVICE), false},
	[RXPATH_SOURCE_DEV] = {"/proc/net/dev", BIT(RXPATH_STAGE_DEVICE), true},
	[RXPATH_SOURCE_PTYPE] = {"/proc/net/ptype", BIT(RXPATH_STAGE_DEVICE), false},
	[RXPATH_SOURCE_ETHTOOL] = {"rxpath/ethtool", 0, false},
	[RXPATH_SOURCE_SOFTNET] = {"/proc/net/softnet_stat", BIT(RXPATH_STAGE_SOFTNET), true},
	[RXPATH_SOURCE_CONNTRACK] = {"/proc/net/stat/nf_conntrack", BIT(RXPATH_STAGE_NETFILTER),
				     false},
	/* The three MIB files carry the terms of the residuals too, hence netfilter. */
	[RXPATH_SOURCE_SNMP] = {"/proc/net/snmp",
				BIT(RXPATH_STAGE_NETFILTER) | BIT(RXPATH_STAGE_IP) |
					BIT(RXPATH_STAGE_TRANSPORT) | BIT(RXPATH_STAGE_SOCKET),
				true},
	[RXPATH_SOURCE_NETSTAT] = {"/proc/net/netstat",
				   BIT(RXPATH_STAGE_NETFILTER) | BIT(RXPATH_STAGE_IP) |
					   BIT(RXPATH_STAGE_TRANSPORT) | BIT(RXPATH_STAGE_SOCKET),
				   false},
	[RXPATH_SOURCE_SNMP6] = {"/proc/net/snmp6",
				 BIT(RXPATH_STAGE_NETFILTER) | BIT(RXPATH_STAGE_IP) |
					 BIT(RXPATH_STAGE_TRANSPORT) | BIT(RXPATH_STAGE_SOCKET),
				 false},
	[RXPATH_SOURCE_RT_CACHE] = {"/proc/net/stat/rt_cache", BIT(RXPATH_STAGE_IP), false},
	[RXPATH_SOURCE_UDP] = {"/proc/net/udp", BIT(RXPATH_STAGE_SOCKET), true},
	[RXPATH_SOURCE_UDP6] = {"/proc/net/udp6", BIT(RXPATH_STAGE_SOCKET), false},
	[RXPATH_SOURCE_UDPLITE] = {"/proc/net/udplite", BIT(RXPATH_STAGE_SOCKET), false},
	[RXPATH_SOURCE_UDPLITE6] = {"/proc/net/udplite6", BIT(RXPATH_STAGE_SOCKET), false},
	[RXPATH_SOURCE_RAW] = {"/proc/net/raw", BIT(RXPATH_STAGE_SOCKET), false},
	[RXPATH_SOURCE_RAW6] = {"/proc/net/raw6", BIT(RXPATH_STAGE_SOCKET), false},
	[RXPATH_SOURCE_ICMP] = {"/proc/net/icmp", BIT(RXPATH_STAGE_SOCKET), false},
	[RXPATH_SOURCE_ICMP6] = {"/proc/net/icmp6", BIT(RXPATH_STAGE_SOCKET), false},
	[RXPATH_SOURCE_TCP] = {"rxpath/listeners", 0, false},
	[RXPATH_SOURCE_PACKET] = {"rxpath/packet", 0, false},
	[RXPATH_SOURCE_OWNERS] = {"/proc/PID/fd", 0, false},
	[RXPATH_SOURCE_SYSCTL] = {"/proc/sys/net", 0, false},
	[RXPATH_SOURCE_TRACE] = {"rxpath/trace", 0, false},
};

const struct rxpath_source_fact *rxpath_source_at(enum rxpath_source source)
{
	return &facts[source];
}
