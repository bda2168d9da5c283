/* catalogue.c: every receive-side counter's facts, one row each, sorted by name.
 *
 * A counter belongs here if it counts lost packets, if it tells how much traffic the lost ones are
 * part of, or if its name sounds like a loss that it is not. `within` may also name a counter that
 * has only some of these packets: `lost` takes the child off the parent and stops at zero, so what
 * is claimed is then the larger of the two, and never less than one of them says. */
#include "rxpath/catalogue.h"

#include <stdlib.h>
#include <string.h>

/* A designated field cannot stand in parentheses. NOLINTBEGIN(bugprone-macro-parentheses) */
#define ROW(counter, of_stage, of_kind, of_source) \
	.name = counter, .stage = RXPATH_STAGE_##of_stage, .kind = RXPATH_KIND_##of_kind, \
	.source = RXPATH_SOURCE_##of_source
/* NOLINTEND(bugprone-macro-parentheses) */

/* Ip, IpExt and Ip6 are u64 in the kernel even on 32-bit machines, which the other groups of their
 * files are not. */
#define WIDE_ROW(...) ROW(__VA_ARGS__), .is_wide = true

/* Texts that several rows share. */
#define UDP_REFUSED \
	"Datagrams lost before a socket could queue them, for any reason. Full buffers, " \
	"bad checksums and exhausted memory also have their own counters; malformed or " \
	"filtered datagrams do not."
#define UDP_MEMORY_FULL \
	"A datagram was lost because UDP memory, shared by all UDP sockets of the host, " \
	"reached its limit. Kernels 6.18 and 6.19 never raise this counter: only the " \
	"drops of the sockets show the loss."
#define AFTER_THE_OTHERS \
	"First act on RcvbufErrors, InCsumErrors and MemErrors of the same protocol. For " \
	"the rest, check socket filters, cgroup BPF programs, IPsec policies and " \
	"malformed traffic."
#define RAISE_UDP_MEM \
	"Find the sockets that hold much unread data, or raise net.ipv4.udp_mem, in pages " \
	"(costs memory). It can only be set in the initial network namespace."
#define READ_FASTER \
	"Find the socket by its drops. The program must read faster, share the port " \
	"(SO_REUSEPORT), or set a larger SO_RCVBUF, up to net.core.rmem_max (costs " \
	"memory)."
#define FIND_THE_SERVICE \
	"Check whether the service is down, bound to another address, or connected to " \
	"another peer (ss -lunp). Otherwise it is a scan or a late answer."
#define LOOK_FOR_A_NAT \
	"Nothing for a slow rise. If connections fail, look for a NAT or load balancer " \
	"that mixes clients with different clocks."
#define CHECK_THE_LINKS \
	"Check the links of the path and the checksum offload of the sender (ethtool -k)."
#define CHECK_THE_TUNNELS \
	"Check the links and tunnels of the path, and the checksum offload of the sender " \
	"(ethtool -k)."
#define ICMP_REFUSED \
	"ICMP messages were refused: wrong checksum, unknown type, truncated, or a " \
	"correct error message for which no socket was found. A rise alone is not a " \
	"fault."
#define LIST_THE_CHAIN \
	"List the rule's chain with 'nft -a list chain FAMILY TABLE CHAIN', or that of " \
	"iptables-legacy with 'iptables-legacy -t TABLE -L CHAIN -v -n --line-numbers'; " \
	"if the traffic is wanted, accept it before this rule."
#define FOR_OTHER_HOSTS \
	"Nothing: the traffic is for other hosts. If a program here should receive it, " \
	"check its group and port."
#define FIND_THE_READER \
	"Find the program that reads too slowly: ss -tnm shows receive queues that are " \
	"full."
#define RAISE_TCP_RMEM \
	"Find the program that reads too slowly, then raise net.ipv4.tcp_rmem (costs " \
	"memory)."
#define COMPARE_AO_KEYS \
	"Compare the keys, addresses and TCP-AO settings of both ends. With BGP, check " \
	"which neighbour is down."
#define COMPARE_MD5_KEYS \
	"Compare the keys, addresses and TCP MD5 settings of both ends. With BGP, check " \
	"which neighbour is down."

/* clang-format off */
static const struct rxpath_counter rows[] = {
	{
		ROW("Icmp6InCsumErrors", TRANSPORT, DROP, SNMP6), .since = "3.10",
		.within = "Icmp6InErrors", .kernel = "icmpv6_rcv",
		.meaning = "ICMPv6 messages had a wrong checksum: the message was damaged on the "
			"way, or the sender did not fill the checksum in.",
		.action = CHECK_THE_LINKS,
	},
	{
		ROW("Icmp6InErrors", TRANSPORT, REJECT, SNMP6),
		.kernel = "icmpv6_rcv, __udp6_lib_err, tcp_v6_err",
		.meaning = ICMP_REFUSED,
		.action = "Nothing to do for a rise alone. If path MTU discovery fails, capture "
			"ICMPv6 to see the messages.",
	},
	{
		ROW("Icmp6InMsgs", TRANSPORT, TRAFFIC, SNMP6), .kernel = "icmpv6_rcv",
		.meaning = "ICMPv6 messages received.",
	},
	{
		ROW("Icmp6OutDestUnreachs", TRANSPORT, TRAFFIC, SNMP6), .kernel = "icmp6_send",
		.meaning = "ICMPv6 destination-unreachable messages that this host sent: no route, "
			"no socket at the port, or refused.",
	},
	{
		ROW("Icmp6OutRateLimitHost", TRANSPORT, TRAFFIC, SNMP6), .since = "6.3",
		.kernel = "icmpv6_xrlim_allow",
		.meaning = "ICMPv6 messages not sent because the limit per destination "
			"(net.ipv6.icmp.ratelimit) was reached.",
	},
	{
		ROW("Icmp6OutTimeExcds", TRANSPORT, TRAFFIC, SNMP6), .kernel = "icmp6_send",
		.meaning = "ICMPv6 time-exceeded messages that this host sent: the hop limit of a "
			"forwarded packet expired, or a reassembly timed out.",
	},
	{
		ROW("IcmpInCsumErrors", TRANSPORT, DROP, SNMP), .since = "3.10",
		.within = "IcmpInErrors", .kernel = "icmp_rcv",
		.meaning = "ICMP messages had a wrong checksum: the message was damaged on the "
			"way, or the sender did not fill the checksum in.",
		.action = CHECK_THE_LINKS,
	},
	{
		ROW("IcmpInErrors", TRANSPORT, REJECT, SNMP),
		.kernel = "icmp_rcv, __udp4_lib_err, tcp_v4_err",
		.meaning = ICMP_REFUSED,
		.action = "Nothing to do for a rise alone. If path MTU discovery fails, capture "
			"ICMP to see the messages.",
	},
	{
		ROW("IcmpInMsgs", TRANSPORT, TRAFFIC, SNMP), .kernel = "icmp_rcv",
		.meaning = "ICMP messages received.",
	},
	{
		ROW("IcmpOutDestUnreachs", TRANSPORT, TRAFFIC, SNMP), .kernel = "icmp_out_count",
		.meaning = "ICMP destination-unreachable messages that this host sent: no route, "
			"no socket at the port, or refused.",
	},
	{
		ROW("IcmpOutRateLimitGlobal", TRANSPORT, TRAFFIC, SNMP), .since = "6.3",
		.kernel = "icmpv4_global_allow",
		.meaning = "ICMP messages not sent because the limit of the whole host "
			"(net.ipv4.icmp_msgs_per_sec) was reached.",
	},
	{
		ROW("IcmpOutRateLimitHost", TRANSPORT, TRAFFIC, SNMP), .since = "6.3",
		.kernel = "icmpv4_xrlim_allow",
		.meaning = "ICMP messages not sent because the limit per destination "
			"(net.ipv4.icmp_ratelimit) was reached.",
	},
	{
		ROW("IcmpOutTimeExcds", TRANSPORT, TRAFFIC, SNMP), .kernel = "icmp_out_count",
		.meaning = "ICMP time-exceeded messages that this host sent: the TTL of a "
			"forwarded packet expired, or a reassembly timed out.",
	},
	{
		WIDE_ROW("Ip6FragFails", IP, TRAFFIC, SNMP6),
		.accounts = RXPATH_ACCOUNTS_IPV6_OUTPUT, .kernel = "ip6_forward, ip6_fragment",
		.meaning = "IPv6 packets that were too large for the device they should leave by, "
			"and could not be fragmented. A transmit counter, not a receive loss.",
	},
	{
		WIDE_ROW("Ip6InAddrErrors", IP, REJECT, SNMP6),
		.accounts = RXPATH_ACCOUNTS_IPV6_INPUT,
		.kernel = "ip6_pkt_drop, ip6_forward, ipv6_rthdr_rcv",
		.meaning = "IPv6 packets were addressed to another host on the link while "
			"forwarding is off, or had a routing header that this host refuses.",
		.action = "Find the sender. Usually its neighbour entry is stale, or the address "
			"has moved.",
	},
	{
		WIDE_ROW("Ip6InCEPkts", IP, TRAFFIC, SNMP6), .since = "3.14",
		.kernel = "ip6_rcv_core",
		.meaning = "IPv6 packets marked CE (congestion experienced). Unlike Ip6InReceives, "
			"this counts each packet on the wire, also those that GRO merged.",
	},
	{
		WIDE_ROW("Ip6InDelivers", IP, TRAFFIC, SNMP6),
		.accounts = RXPATH_ACCOUNTS_IPV6_INPUT,
		.kernel = "ip6_protocol_deliver_rcu, ip6_mc_input",
		.meaning = "IPv6 packets that a transport protocol or a raw socket accepted.",
	},
	{
		WIDE_ROW("Ip6InDiscards", IP, SUSPECT, SNMP6),
		.accounts = RXPATH_ACCOUNTS_IPV6_INPUT,
		.kernel = "ip6_rcv_core, ip6_protocol_deliver_rcu, ip6_forward",
		.meaning = "IPv6 discarded a correct packet: disable_ipv6 is set on the interface, "
			"an IPsec policy refused it, or memory was short. The counter does not "
			"show which.",
		.action = "Check net.ipv6.conf.DEV.disable_ipv6 first: if it is 1, the refusal is "
			"intended. Otherwise check ip xfrm policy and free memory.",
	},
	{
		WIDE_ROW("Ip6InECT0Pkts", IP, TRAFFIC, SNMP6), .since = "3.14",
		.kernel = "ip6_rcv_core",
		.meaning = "IPv6 packets marked ECT(0). Unlike Ip6InReceives, this counts each "
			"packet on the wire, also those that GRO merged.",
	},
	{
		WIDE_ROW("Ip6InECT1Pkts", IP, TRAFFIC, SNMP6), .since = "3.14",
		.kernel = "ip6_rcv_core",
		.meaning = "IPv6 packets marked ECT(1). Unlike Ip6InReceives, this counts each "
			"packet on the wire, also those that GRO merged.",
	},
	{
		WIDE_ROW("Ip6InHdrErrors", IP, DROP, SNMP6), .accounts = RXPATH_ACCOUNTS_IPV6_INPUT,
		.kernel = "ip6_rcv_core, ip6_parse_tlv, ipv6_rthdr_rcv, ip6_frag_queue, "
			"ip6_forward",
		.meaning = "An IPv6 header was bad: too short, wrong version, invalid address, bad "
			"extension header or illegal fragment. A hop limit that expired while "
			"forwarding counts too.",
		.action = "Capture such packets to find the sender. On a router, look for a "
			"routing loop or traceroute.",
	},
	{
		WIDE_ROW("Ip6InMcastPkts", IP, TRAFFIC, SNMP6), .kernel = "ip6_mc_input",
		.meaning = "IPv6 multicast packets that arrived, including those for groups that "
			"no socket joined.",
	},
	{
		WIDE_ROW("Ip6InNoECTPkts", IP, TRAFFIC, SNMP6), .since = "3.14",
		.kernel = "ip6_rcv_core",
		.meaning = "IPv6 packets without an ECN mark. Unlike Ip6InReceives, this counts "
			"each packet on the wire, also those that GRO merged.",
	},
	{
		WIDE_ROW("Ip6InNoRoutes", IP, REJECT, SNMP6),
		.accounts = RXPATH_ACCOUNTS_IPV6_INPUT, .kernel = "ip6_pkt_drop",
		.meaning = "IPv6 packets were not addressed to this host, and it has no route for "
			"them. Counted with forwarding on or off.",
		.action = "Check the gateway of the sender and the routes of this host. On a "
			"router, add the missing route.",
	},
	{
		WIDE_ROW("Ip6InReceives", IP, TRAFFIC, SNMP6), .kernel = "ip6_rcv_core",
		.meaning = "IPv6 packets that arrived for the MAC address of this host, before any "
			"check.",
	},
	{
		WIDE_ROW("Ip6InTooBigErrors", IP, REJECT, SNMP6),
		.accounts = RXPATH_ACCOUNTS_IPV6_INPUT, .kernel = "ip6_forward",
		.meaning = "A packet to be forwarded was larger than the MTU of the next link. The "
			"sender gets an ICMPv6 packet-too-big message.",
		.action = "Nothing if the senders adapt. If they do not, check that ICMPv6 "
			"packet-too-big messages reach them.",
	},
	{
		WIDE_ROW("Ip6InTruncatedPkts", IP, DROP, SNMP6),
		.accounts = RXPATH_ACCOUNTS_IPV6_INPUT, .kernel = "ip6_rcv_core",
		.meaning = "An IPv6 packet was truncated: its header gave a length greater than "
			"that of the frame that carried it.",
		.action = "Look for a sender or tunnel that truncates frames, and compare the MTUs "
			"along the path.",
	},
	{
		WIDE_ROW("Ip6InUnknownProtos", IP, REJECT, SNMP6),
		.accounts = RXPATH_ACCOUNTS_IPV6_INPUT, .kernel = "ip6_protocol_deliver_rcu",
		.meaning = "This host has no handler for the protocol (next header) of the packet. "
			"The sender gets an ICMPv6 error.",
		.action = "Nothing if the traffic is unwanted. Otherwise load the module of the "
			"protocol.",
	},
	{
		WIDE_ROW("Ip6OutDiscards", IP, TRAFFIC, SNMP6),
		.accounts = RXPATH_ACCOUNTS_IPV6_OUTPUT,
		.kernel = "ip6_finish_output2, __ip6_append_data, ip6_xmit",
		.meaning = "IPv6 packets that this host could not send. This is a transmit "
			"counter, not a receive loss.",
	},
	{
		WIDE_ROW("Ip6OutForwDatagrams", IP, TRAFFIC, SNMP6),
		.accounts = RXPATH_ACCOUNTS_IPV6_INPUT, .kernel = "ip6_forward",
		.meaning = "IPv6 packets forwarded to another host.",
	},
	{
		WIDE_ROW("Ip6OutNoRoutes", IP, TRAFFIC, SNMP6),
		.accounts = RXPATH_ACCOUNTS_IPV6_OUTPUT,
		.kernel = "ip6_pkt_drop, inet6_csk_route_socket",
		.meaning = "IPv6 packets of this host that had no route. A transmit counter, not a "
			"receive loss.",
	},
	{
		WIDE_ROW("Ip6OutRequests", IP, TRAFFIC, SNMP6),
		.kernel = "__ip6_local_out, ip6_xmit",
		.meaning = "IPv6 packets that this host itself sent.",
	},
	{
		WIDE_ROW("Ip6OutTransmits", IP, TRAFFIC, SNMP6), .since = "6.8",
		.kernel = "ip6_finish_output2",
		.meaning = "IPv6 packets handed to a device, sent by this host or forwarded. What "
			"was forwarded and is not in it, a FORWARD or POSTROUTING rule took.",
	},
	{
		WIDE_ROW("Ip6ReasmFails", IP, DROP, SNMP6),
		.kernel = "ipv6_frag_rcv, ip6frag_expire_frag_queue, ip6_frag_queue, "
			"ip6_frag_reasm",
		.meaning = "Reassembly of an IPv6 datagram failed: a fragment did not arrive in "
			"time, overlapped another, or the reassembly memory was full.",
		.action = "If Ip6ReasmTimeout rose too, fragments are lost on the way: the sender "
			"should send smaller datagrams. If FRAG6 memory in /proc/net/sockstat6 is "
			"near net.ipv6.ip6frag_high_thresh, raise that (costs memory).",
	},
	{
		WIDE_ROW("Ip6ReasmOKs", IP, TRAFFIC, SNMP6), .kernel = "ip6_frag_reasm",
		.meaning = "IPv6 datagrams reassembled from fragments.",
	},
	{
		WIDE_ROW("Ip6ReasmReqds", IP, TRAFFIC, SNMP6), .kernel = "ipv6_frag_rcv",
		.meaning = "IPv6 fragments received for reassembly. With connection tracking, "
			"netfilter reassembles them first, and they are not counted here.",
	},
	{
		WIDE_ROW("Ip6ReasmTimeout", IP, DROP, SNMP6),
		.within = "Ip6ReasmFails", .kernel = "ip6frag_expire_frag_queue",
		.meaning = "A fragment of an IPv6 datagram did not arrive within "
			"net.ipv6.ip6frag_time (60 seconds by default). The loss happened that "
			"much earlier.",
		.action = "Fragments are lost on the way: the sender should send smaller "
			"datagrams. Check whether a firewall drops fragments.",
	},
	{
		WIDE_ROW("IpExtInBcastPkts", IP, TRAFFIC, NETSTAT), .kernel = "ip_rcv_finish_core",
		.meaning = "IPv4 broadcast packets that were accepted.",
	},
	{
		WIDE_ROW("IpExtInCEPkts", IP, TRAFFIC, NETSTAT), .since = "3.14",
		.kernel = "ip_rcv_core",
		.meaning = "IPv4 packets marked CE (congestion experienced). Unlike IpInReceives, "
			"this counts each packet on the wire, also those that GRO merged.",
	},
	{
		WIDE_ROW("IpExtInCsumErrors", IP, DROP, NETSTAT), .since = "3.10",
		.within = "IpInHdrErrors", .kernel = "ip_rcv_core",
		.meaning = "An IPv4 header had a wrong checksum: it was damaged on the way, or the "
			"sender did not fill the checksum in.",
		.action = CHECK_THE_LINKS,
	},
	{
		WIDE_ROW("IpExtInECT0Pkts", IP, TRAFFIC, NETSTAT), .since = "3.14",
		.kernel = "ip_rcv_core",
		.meaning = "IPv4 packets marked ECT(0). Unlike IpInReceives, this counts each "
			"packet on the wire, also those that GRO merged.",
	},
	{
		WIDE_ROW("IpExtInECT1Pkts", IP, TRAFFIC, NETSTAT), .since = "3.14",
		.kernel = "ip_rcv_core",
		.meaning = "IPv4 packets marked ECT(1). Unlike IpInReceives, this counts each "
			"packet on the wire, also those that GRO merged.",
	},
	{
		WIDE_ROW("IpExtInMcastPkts", IP, TRAFFIC, NETSTAT), .kernel = "ip_rcv_finish_core",
		.meaning = "IPv4 multicast packets that were accepted. Packets for a group that no "
			"socket joined are not counted.",
	},
	{
		WIDE_ROW("IpExtInNoECTPkts", IP, TRAFFIC, NETSTAT), .since = "3.14",
		.kernel = "ip_rcv_core",
		.meaning = "IPv4 packets without an ECN mark. Unlike IpInReceives, this counts "
			"each packet on the wire, also those that GRO merged.",
	},
	{
		WIDE_ROW("IpExtInNoRoutes", IP, REJECT, NETSTAT),
		.within = "rt_cache_in_no_route", .accounts = RXPATH_ACCOUNTS_IPV4_INPUT, .kernel = "ip_error",
		.meaning = "This host forwards packets and had no route for this IPv4 packet.",
		.action = "Add the missing route, or correct the gateway setting of the sender.",
	},
	{
		WIDE_ROW("IpExtInTruncatedPkts", IP, DROP, NETSTAT),
		.accounts = RXPATH_ACCOUNTS_IPV4_INPUT, .kernel = "ip_rcv_core",
		.meaning = "An IPv4 packet was truncated: its header gave a length greater than "
			"that of the frame that carried it.",
		.action = "Look for a sender or tunnel that truncates frames, and compare the MTUs "
			"along the path.",
	},
	{
		WIDE_ROW("IpExtReasmOverlaps", IP, DROP, NETSTAT), .since = "4.19",
		.within = "IpReasmFails", .kernel = "ip_frag_queue",
		.meaning = "IPv4 fragments overlapped, and the whole datagram was dropped.",
		.action = "Find the sender: the cause is an attack or a device that fragments "
			"wrongly.",
	},
	{
		WIDE_ROW("IpForwDatagrams", IP, TRAFFIC, SNMP),
		.accounts = RXPATH_ACCOUNTS_IPV4_INPUT, .kernel = "ip_forward",
		.meaning = "IPv4 packets forwarded to another host.",
	},
	{
		WIDE_ROW("IpFragFails", IP, TRAFFIC, SNMP),
		.accounts = RXPATH_ACCOUNTS_IPV4_INPUT | RXPATH_ACCOUNTS_IPV4_OUTPUT,
		.kernel = "ip_forward, ip_fragment",
		.meaning = "IPv4 packets that were too large for the device they should leave by, "
			"and could not be fragmented. A transmit counter, not a receive loss.",
	},
	{
		WIDE_ROW("IpInAddrErrors", IP, REJECT, SNMP),
		.within = "rt_cache_in_no_route", .accounts = RXPATH_ACCOUNTS_IPV4_INPUT, .kernel = "ip_error",
		.meaning = "IPv4 packets were addressed to another host, and forwarding is off "
			"here.",
		.action = "Find the sender. Usually it has a wrong gateway or a stale ARP entry, "
			"or the address has moved. On a router, set net.ipv4.ip_forward=1.",
	},
	{
		WIDE_ROW("IpInDelivers", IP, TRAFFIC, SNMP), .accounts = RXPATH_ACCOUNTS_IPV4_INPUT,
		.kernel = "ip_local_deliver_finish, ip_protocol_deliver_rcu",
		.meaning = "IPv4 packets passed to a transport protocol or a raw socket. The "
			"protocol may still drop them.",
	},
	{
		WIDE_ROW("IpInDiscards", IP, DROP, SNMP), .accounts = RXPATH_ACCOUNTS_IPV4_INPUT,
		.kernel = "ip_rcv_core, ip_rcv_options, ip_local_deliver_finish",
		.meaning = "A correct IPv4 packet was dropped because memory could not be "
			"allocated. Drops by a firewall or by a full socket are not counted here.",
		.action = "Check free memory and vm.min_free_kbytes, and look for page allocation "
			"failures in the kernel log.",
	},
	{
		WIDE_ROW("IpInHdrErrors", IP, DROP, SNMP), .accounts = RXPATH_ACCOUNTS_IPV4_INPUT,
		.kernel = "ip_rcv_core, ip_rcv_options, ip_forward",
		.meaning = "An IPv4 header was bad: too short, wrong version or length, wrong "
			"checksum or bad options. A TTL that expired while forwarding counts too.",
		.action = "If IpExtInCsumErrors rose too, check links, offload and tunnels. "
			"Otherwise capture such packets to find the sender. On a router, look for "
			"a routing loop or traceroute.",
	},
	{
		WIDE_ROW("IpInReceives", IP, TRAFFIC, SNMP), .kernel = "ip_rcv_core",
		.meaning = "IPv4 packets that arrived for the MAC address of this host, before any "
			"check. Packets that GRO merged count once.",
	},
	{
		WIDE_ROW("IpInUnknownProtos", IP, REJECT, SNMP),
		.accounts = RXPATH_ACCOUNTS_IPV4_INPUT, .kernel = "ip_protocol_deliver_rcu",
		.meaning = "This host has no handler for the protocol of the packet. The sender "
			"gets an ICMP error.",
		.action = "Nothing if the traffic is unwanted. Otherwise load the module of the "
			"protocol (gre, sctp, ipip).",
	},
	{
		WIDE_ROW("IpOutDiscards", IP, TRAFFIC, SNMP),
		.accounts = RXPATH_ACCOUNTS_IPV4_OUTPUT,
		.kernel = "ip_finish_output2, __ip_append_data, ip_send_skb",
		.meaning = "IPv4 packets that this host could not send. This is a transmit "
			"counter, not a receive loss.",
	},
	{
		WIDE_ROW("IpOutNoRoutes", IP, TRAFFIC, SNMP),
		.accounts = RXPATH_ACCOUNTS_IPV4_OUTPUT,
		.kernel = "ip_queue_xmit, ip_route_output_flow",
		.meaning = "IPv4 packets of this host that had no route. A transmit counter, not a "
			"receive loss.",
	},
	{
		WIDE_ROW("IpOutRequests", IP, TRAFFIC, SNMP), .kernel = "__ip_local_out",
		.meaning = "IPv4 packets that this host itself sent.",
	},
	{
		WIDE_ROW("IpOutTransmits", IP, TRAFFIC, SNMP), .since = "6.8",
		.kernel = "ip_finish_output2",
		.meaning = "IPv4 packets handed to a device, sent by this host or forwarded. What "
			"was forwarded and is not in it, a FORWARD or POSTROUTING rule took.",
	},
	{
		WIDE_ROW("IpReasmFails", IP, DROP, SNMP),
		.kernel = "ip_defrag, ip_expire, ip_frag_queue, ip_frag_reasm",
		.meaning = "Reassembly failed: a fragment did not arrive in time, overlapped "
			"another, or the reassembly memory was full. Counts datagrams, but for "
			"full memory each refused fragment.",
		.action = "If IpReasmTimeout rose too, fragments are lost on the way: the sender "
			"should send smaller datagrams. If FRAG memory in /proc/net/sockstat is "
			"near net.ipv4.ipfrag_high_thresh, raise that (costs memory).",
	},
	{
		WIDE_ROW("IpReasmOKs", IP, TRAFFIC, SNMP), .kernel = "ip_frag_reasm",
		.meaning = "IPv4 datagrams reassembled from fragments.",
	},
	{
		WIDE_ROW("IpReasmReqds", IP, TRAFFIC, SNMP), .kernel = "ip_defrag",
		.meaning = "IPv4 fragments received for reassembly.",
	},
	{
		WIDE_ROW("IpReasmTimeout", IP, DROP, SNMP),
		.within = "IpReasmFails", .kernel = "ip_expire",
		.meaning = "A fragment of an IPv4 datagram did not arrive within "
			"net.ipv4.ipfrag_time (30 seconds by default). The loss happened that much "
			"earlier.",
		.action = "Fragments are lost on the way: the sender should send datagrams that "
			"fit the path MTU.",
	},
	{
		ROW("MPTcpExtAddAddrDrop", TRANSPORT, TRAFFIC, NETSTAT), .since = "5.15",
		.kernel = "mptcp_pm_add_addr_received",
		.meaning = "Address offers of an MPTCP peer that arrived while an earlier one was "
			"still being handled. No data is lost.",
	},
	{
		ROW("MPTcpExtAddAddrTxDrop", TRANSPORT, TRAFFIC, NETSTAT), .since = "6.6",
		.kernel = "mptcp_pm_announce_addr",
		.meaning = "MPTCP address offers that this host could not send. This is a transmit "
			"counter.",
	},
	{
		ROW("MPTcpExtEchoAddTxDrop", TRANSPORT, TRAFFIC, NETSTAT), .since = "6.6",
		.kernel = "mptcp_pm_announce_addr",
		.meaning = "MPTCP answers to an address offer that this host could not send. This "
			"is a transmit counter.",
	},
	{
		ROW("MPTcpExtMPCapableSYNTXDrop", TRANSPORT, TRAFFIC, NETSTAT), .since = "6.12",
		.kernel = "mptcp_active_detect_blackhole",
		.meaning = "Connections that continued as plain TCP because SYNs with the MPTCP "
			"option got no answer. This is a transmit counter.",
	},
	{
		ROW("MPTcpExtRcvPruned", SOCKET, SUSPECT, NETSTAT), .since = "5.15",
		.kernel = "__mptcp_move_skb, mptcp_data_ready",
		.meaning = "MPTCP had no receive memory for data. Older kernels also count data "
			"that only had to wait, so not every count is a loss. Kernel 6.18 no "
			"longer has this counter.",
		.action = RAISE_TCP_RMEM,
	},
	{
		ROW("MPTcpExtRmAddrDrop", TRANSPORT, TRAFFIC, NETSTAT), .since = "5.15",
		.kernel = "mptcp_pm_rm_addr_received",
		.meaning = "Address withdrawals of an MPTCP peer that arrived while an earlier one "
			"was still being handled. No data is lost.",
	},
	{
		ROW("MPTcpExtRmAddrTxDrop", TRANSPORT, TRAFFIC, NETSTAT), .since = "6.6",
		.kernel = "mptcp_pm_remove_addr",
		.meaning = "MPTCP address withdrawals that this host could not send. This is a "
			"transmit counter.",
	},
	{
		ROW("SctpChecksumErrors", TRANSPORT, DROP, SCTP),
		.within = "SctpInPktDiscards", .kernel = "sctp_rcv_checksum",
		.meaning = "SCTP packets were dropped because their checksum (CRC32c) was wrong.",
		.action = "Capture them (tcpdump -vv sctp) and find where they are damaged: a NAT "
			"or tunnel that does not correct the checksum, or a card's offload.",
	},
	{
		ROW("SctpInDataChunkDiscards", SOCKET, PRESSURE, SCTP),
		.kernel = "sctp_sf_eat_data_6_2, sctp_sf_eat_data_fast_4_4",
		.meaning = "SCTP discarded DATA chunks: received twice, or beyond the receive "
			"window. The sender sends the latter again.",
		.action = "Check whether a program reads too slowly, or has too small a receive "
			"buffer (ss -S -m, net.sctp.sctp_rmem).",
	},
	{
		ROW("SctpInPktDiscards", TRANSPORT, SUSPECT, SCTP), .kernel = "sctp_rcv",
		.meaning = "SCTP discarded packets: damaged, without an association here, refused "
			"by a filter or an IPsec policy, or the backlog of a busy socket was full.",
		.action = "Compare with SctpChecksumErrors and SctpOutOfBlues, which are in it; "
			"for the rest run with --trace as root.",
	},
	{
		ROW("SctpOutOfBlues", TRANSPORT, REJECT, SCTP),
		.within = "SctpInPktDiscards", .kernel = "sctp_rcv, sctp_sf_ootb",
		.meaning = "SCTP packets arrived that belong to no association and to no listening "
			"socket.",
		.action = "Check whether a service is down, or restarted while its peers were "
			"connected.",
	},
	{
		ROW("TcpExtBeyondWindow", TRANSPORT, REJECT, NETSTAT), .since = "6.18",
		.kernel = "tcp_validate_incoming",
		.meaning = "A segment was outside the window that this host advertised.",
		.action = "Nothing for a slow rise: late duplicates cause it. A steady rise means "
			"that a peer or middlebox ignores the window.",
	},
	{
		ROW("TcpExtEmbryonicRsts", SOCKET, TRAFFIC, NETSTAT), .kernel = "tcp_check_req",
		.meaning = "Connections that the client reset before they were established, as a "
			"port scan does. The listener counts each as a drop too.",
	},
	{
		ROW("TcpExtIPReversePathFilter", IP, REJECT, NETSTAT), .since = "3.0",
		.within = "rt_cache_in_martian_src", .accounts = RXPATH_ACCOUNTS_IPV4_INPUT,
		.kernel = "ip_rcv_finish_core, fib_validate_source",
		.meaning = "The reverse path filter refused an IPv4 packet: the route to its "
			"source address does not use the interface on which it arrived.",
		.action = "If routing is asymmetric on purpose, set net.ipv4.conf.DEV.rp_filter to "
			"2 or 0. Otherwise correct the routes. Spoofed packets are refused as "
			"intended.",
	},
	{
		ROW("TcpExtListenDrops", SOCKET, DROP, NETSTAT), .kernel = "tcp_listendrop",
		.meaning = "A listener dropped a SYN or ACK for any reason: full accept queue, "
			"full SYN queue, or no memory.",
		.action = "Check whether TcpExtListenOverflows or TcpExtTCPReqQFullDrop rose too. "
			"If neither did, raise net.ipv4.tcp_max_syn_backlog or set "
			"net.ipv4.tcp_syncookies=1.",
	},
	{
		ROW("TcpExtListenOverflows", SOCKET, DROP, NETSTAT), .within = "TcpExtListenDrops",
		.kernel = "tcp_conn_request, tcp_v4_syn_recv_sock, tcp_v6_syn_recv_sock",
		.meaning = "The accept queue of a listener was full, so the SYN or the last ACK of "
			"a connection was dropped. The client tries again or gives up.",
		.action = "The program must accept faster, or raise its listen() backlog together "
			"with net.core.somaxconn. ss -lnt shows the full queue.",
	},
	{
		ROW("TcpExtLockDroppedIcmps", TRANSPORT, REJECT, NETSTAT),
		.kernel = "tcp_v4_err, tcp_v6_err",
		.meaning = "An ICMP error arrived while a program was using the connection, and "
			"was ignored. The error is sent again if it persists.",
		.action = "Nothing: this is how the kernel works.",
	},
	{
		ROW("TcpExtOfoPruned", SOCKET, DROP, NETSTAT), .kernel = "tcp_prune_ofo_queue",
		.meaning = "Out-of-order data was dropped to make room in a receive buffer. Counts "
			"the prune runs, not the segments. TCP sends the data again.",
		.action = "Find the loss that causes the reordering and the program that reads too "
			"slowly, then raise net.ipv4.tcp_rmem (costs memory).",
	},
	{
		ROW("TcpExtOutOfWindowIcmps", TRANSPORT, REJECT, NETSTAT),
		.kernel = "tcp_v4_err, tcp_v6_err",
		.meaning = "An ICMP error quoted a sequence number outside the current window: the "
			"error is late or forged.",
		.action = "Nothing for a slow rise. A flood of them is an attempt to break "
			"connections.",
	},
	{
		ROW("TcpExtPAWSActive", TRANSPORT, REJECT, NETSTAT),
		.kernel = "tcp_rcv_synsent_state_process",
		.meaning = "The answer to a SYN from this host had an invalid timestamp.",
		.action = LOOK_FOR_A_NAT,
	},
	{
		ROW("TcpExtPAWSEstab", TRANSPORT, REJECT, NETSTAT),
		.kernel = "tcp_validate_incoming, tcp_check_req",
		.meaning = "A segment of an open connection had an old timestamp. Nearly always it "
			"is an old duplicate.",
		.action = LOOK_FOR_A_NAT,
	},
	{
		ROW("TcpExtPAWSOldAck", TRANSPORT, REJECT, NETSTAT), .since = "6.14",
		.kernel = "tcp_validate_incoming",
		.meaning = "An ACK without data had an old timestamp: an old duplicate or "
			"reordering.",
		.action = LOOK_FOR_A_NAT,
	},
	{
		ROW("TcpExtPAWSPassive", TRANSPORT, REJECT, NETSTAT),
		.kernel = "tcp_v4_conn_request",
		.meaning = "A SYN was refused because its timestamp was older than the last one "
			"from the same address. Only kernels before 4.19 count it.",
		.action = "Set net.ipv4.tcp_tw_recycle=0: when it is on, clients behind one NAT "
			"lose connections.",
	},
	{
		ROW("TcpExtPAWSTimewait", TRANSPORT, REJECT, NETSTAT), .since = "6.18",
		.kernel = "tcp_timewait_state_process",
		.meaning = "A segment with an old timestamp arrived for a connection in TIME-WAIT.",
		.action = LOOK_FOR_A_NAT,
	},
	{
		ROW("TcpExtPFMemallocDrop", SOCKET, DROP, NETSTAT), .since = "4.19",
		/* The socket filter's entry raises it for every protocol, and UDP then
		 * counts InErrors as well. What it drops for TCP no other counter has. */
		.within = "UdpInErrors", .kernel = "sk_filter_trim_cap",
		.meaning = "A packet for an ordinary socket was stored in emergency memory, so it "
			"was dropped. This affects TCP, UDP and other sockets.",
		.action = "The host has no free memory: find what uses it, and raise "
			"vm.min_free_kbytes.",
	},
	{
		ROW("TcpExtPruneCalled", SOCKET, PRESSURE, NETSTAT), .kernel = "tcp_prune_queue",
		.meaning = "A connection exceeded its receive buffer, and the kernel collapsed its "
			"queues to make room.",
		.action = RAISE_TCP_RMEM,
	},
	{
		ROW("TcpExtRcvPruned", SOCKET, DROP, NETSTAT), .kernel = "tcp_prune_queue",
		.meaning = "Collapsing the queues of a connection did not make enough room, so "
			"received data was dropped. TCP sends it again.",
		.action = "Find the program that reads too slowly (ss -tnm), then raise "
			"net.ipv4.tcp_rmem (costs memory).",
	},
	{
		ROW("TcpExtSyncookiesFailed", SOCKET, REJECT, NETSTAT),
		.kernel = "cookie_v4_check, cookie_v6_check",
		.meaning = "A listener received an ACK with a wrong or expired syncookie.",
		.action = "Nothing for a slow rise: scans and late packets cause it. If real "
			"clients are affected, check whether their handshakes take over a minute.",
	},
	{
		ROW("TcpExtSyncookiesRecv", SOCKET, TRAFFIC, NETSTAT),
		.kernel = "cookie_v4_check, cookie_v6_check",
		.meaning = "Connections completed by a valid syncookie.",
	},
	{
		ROW("TcpExtSyncookiesSent", SOCKET, PRESSURE, NETSTAT),
		.kernel = "cookie_v4_init_sequence, cookie_v6_init_sequence",
		.meaning = "SYNs answered with a syncookie because the SYN queue was full. No "
			"connection is lost, but some TCP options are.",
		.action = "Nothing in a SYN flood. If the clients are real, raise "
			"net.ipv4.tcp_max_syn_backlog and the listen() backlog.",
	},
	{
		ROW("TcpExtTCPAOBad", TRANSPORT, REJECT, NETSTAT), .since = "6.7",
		.kernel = "tcp_inbound_ao_hash",
		.meaning = "The TCP-AO signature of a segment was wrong.",
		.action = COMPARE_AO_KEYS,
	},
	{
		ROW("TcpExtTCPAODroppedIcmps", TRANSPORT, REJECT, NETSTAT), .since = "6.7",
		.kernel = "tcp_ao_ignore_icmp",
		.meaning = "An ICMP error for a connection that uses TCP-AO was ignored, because "
			"anyone could have sent it.",
		.action = "Nothing: this is part of the protection. If the program needs these "
			"errors, it must set accept_icmps on the socket.",
	},
	{
		ROW("TcpExtTCPAOGood", TRANSPORT, TRAFFIC, NETSTAT), .since = "6.7",
		.kernel = "tcp_ao_verify_hash",
		.meaning = "Segments with a correct TCP-AO signature.",
	},
	{
		ROW("TcpExtTCPAOKeyNotFound", TRANSPORT, REJECT, NETSTAT), .since = "6.7",
		.kernel = "tcp_inbound_ao_hash",
		.meaning = "A segment was signed with a TCP-AO key that is not set for the peer.",
		.action = COMPARE_AO_KEYS,
	},
	{
		ROW("TcpExtTCPAORequired", TRANSPORT, REJECT, NETSTAT), .since = "6.7",
		.kernel = "tcp_inbound_hash",
		.meaning = "A segment arrived without the TCP-AO signature that its connection "
			"requires.",
		.action = COMPARE_AO_KEYS,
	},
	{
		ROW("TcpExtTCPAbortFailed", TRANSPORT, TRAFFIC, NETSTAT),
		.kernel = "tcp_send_active_reset",
		.meaning = "Resets that this host could not send because memory was short.",
	},
	{
		ROW("TcpExtTCPAbortOnClose", TRANSPORT, TRAFFIC, NETSTAT), .kernel = "__tcp_close",
		.meaning = "Connections reset because the program closed them with unread data.",
	},
	{
		ROW("TcpExtTCPAbortOnData", TRANSPORT, TRAFFIC, NETSTAT),
		.kernel = "tcp_rcv_state_process, tcp_close",
		.meaning = "Connections reset because data arrived after the program had closed "
			"them.",
	},
	{
		ROW("TcpExtTCPAbortOnLinger", TRANSPORT, TRAFFIC, NETSTAT),
		.kernel = "__tcp_close, tcp_rcv_state_process",
		.meaning = "Connections reset after the program closed them, because the peer did "
			"not close in time.",
	},
	{
		ROW("TcpExtTCPAbortOnMemory", SOCKET, PRESSURE, NETSTAT),
		.kernel = "tcp_check_oom, tcp_close, tcp_out_of_resources",
		.meaning = "A closed (orphaned) connection was aborted because there were too many "
			"orphans, or TCP memory was used up.",
		.action = "Raise net.ipv4.tcp_max_orphans or net.ipv4.tcp_mem (costs memory). Look "
			"for clients that leave connections half closed.",
	},
	{
		ROW("TcpExtTCPAbortOnTimeout", TRANSPORT, TRAFFIC, NETSTAT),
		.kernel = "tcp_write_err",
		.meaning = "Connections aborted because the peer did not answer in time.",
	},
	{
		ROW("TcpExtTCPBacklogDrop", SOCKET, DROP, NETSTAT), .since = "2.6.35",
		.kernel = "tcp_add_backlog",
		.meaning = "Segments arrived while a program was using the connection, and its "
			"backlog was full. TCP sends them again.",
		.action = "Look for a program or CPU that is blocked or overloaded, then raise "
			"SO_RCVBUF or net.ipv4.tcp_rmem (costs memory).",
	},
	{
		ROW("TcpExtTCPDeferAcceptDrop", SOCKET, REJECT, NETSTAT), .since = "2.6.35",
		.kernel = "tcp_check_req",
		.meaning = "The last ACK of a handshake had no data and was ignored, because the "
			"listener waits for data (TCP_DEFER_ACCEPT).",
		.action = "Nothing: the option asks for this.",
	},
	{
		ROW("TcpExtTCPFastOpenListenOverflow", SOCKET, PRESSURE, NETSTAT), .since = "3.10",
		.kernel = "tcp_fastopen_queue_check",
		.meaning = "A listener had its maximum of pending Fast Open requests, so the "
			"connection used the normal handshake.",
		.action = "Raise the listener's TCP_FASTOPEN queue length if Fast Open matters.",
	},
	{
		ROW("TcpExtTCPFromZeroWindowAdv", SOCKET, PRESSURE, NETSTAT), .since = "3.15",
		.kernel = "tcp_select_window",
		.meaning = "This host opened the receive window of a TCP connection again after it "
			"had been closed.",
		.action = FIND_THE_READER,
	},
	{
		ROW("TcpExtTCPMD5Failure", TRANSPORT, REJECT, NETSTAT), .since = "4.9",
		.kernel = "tcp_inbound_md5_hash",
		.meaning = "The MD5 signature of a segment was wrong.",
		.action = COMPARE_MD5_KEYS,
	},
	{
		ROW("TcpExtTCPMD5NotFound", TRANSPORT, REJECT, NETSTAT),
		.kernel = "tcp_inbound_md5_hash",
		.meaning = "A segment arrived without the MD5 signature that its connection "
			"requires.",
		.action = COMPARE_MD5_KEYS,
	},
	{
		ROW("TcpExtTCPMD5Unexpected", TRANSPORT, REJECT, NETSTAT),
		.kernel = "tcp_inbound_md5_hash",
		.meaning = "A segment arrived with an MD5 signature, but no key is set for the "
			"peer.",
		.action = COMPARE_MD5_KEYS,
	},
	{
		ROW("TcpExtTCPMemoryPressures", SOCKET, PRESSURE, NETSTAT),
		.kernel = "tcp_enter_memory_pressure",
		.meaning = "TCP memory exceeded the second value of net.ipv4.tcp_mem (pressure). "
			"The kernel now keeps buffers small.",
		.action = "Raise net.ipv4.tcp_mem, in pages (costs memory), and find the "
			"connections that hold much unread data (ss -tm).",
	},
	{
		ROW("TcpExtTCPMinTTLDrop", TRANSPORT, REJECT, NETSTAT), .since = "2.6.35",
		.kernel = "tcp_v4_rcv, tcp_v6_rcv",
		.meaning = "A TCP segment had a lower TTL or hop limit than its socket accepts "
			"(IP_MINTTL).",
		.action = "Nothing: the option asks for this. If a BGP neighbour is down, check "
			"how many hops away it is.",
	},
	{
		ROW("TcpExtTCPOFODrop", SOCKET, DROP, NETSTAT), .since = "3.10",
		.within = "TcpExtRcvPruned", .kernel = "tcp_data_queue_ofo",
		.meaning = "Out-of-order data was dropped because receive memory was short. TCP "
			"sends it again.",
		.action = "Find the loss that causes the reordering, and raise net.ipv4.tcp_rmem "
			"or net.ipv4.tcp_mem (costs memory).",
	},
	{
		ROW("TcpExtTCPPrequeueDropped", SOCKET, TRAFFIC, NETSTAT), .kernel = "tcp_prequeue",
		.meaning = "Segments taken from a full prequeue and processed at once. None was "
			"lost, despite the name. Kernel 4.19 no longer has this counter.",
	},
	{
		ROW("TcpExtTCPRcvCollapsed", SOCKET, PRESSURE, NETSTAT),
		.kernel = "tcp_collapse_one",
		.meaning = "Segments in a receive queue were merged to save memory. This costs CPU "
			"time.",
		.action = RAISE_TCP_RMEM,
	},
	{
		ROW("TcpExtTCPRcvQDrop", SOCKET, DROP, NETSTAT), .since = "4.19",
		.within = "TcpExtRcvPruned", .kernel = "tcp_data_queue",
		.meaning = "In-order data was dropped because no memory could be allocated for the "
			"receive queue. TCP sends it again.",
		.action = "Check net.ipv4.tcp_mem, net.ipv4.tcp_rmem and the memory limit of the "
			"cgroup of the program.",
	},
	{
		ROW("TcpExtTCPReqQFullDoCookies", SOCKET, PRESSURE, NETSTAT), .since = "3.10",
		.kernel = "tcp_syn_flood_action",
		.meaning = "The SYN queue of a listener was full, and the SYN was answered with a "
			"syncookie.",
		.action = "Nothing in a SYN flood. If the clients are real, raise "
			"net.ipv4.tcp_max_syn_backlog and the listen() backlog.",
	},
	{
		ROW("TcpExtTCPReqQFullDrop", SOCKET, DROP, NETSTAT), .since = "3.10",
		.within = "TcpExtListenDrops", .kernel = "tcp_syn_flood_action",
		.meaning = "The SYN queue of a listener was full and syncookies are off, so the "
			"SYN was dropped.",
		.action = "Set net.ipv4.tcp_syncookies=1. If the clients are real, raise "
			"net.ipv4.tcp_max_syn_backlog and the listen() backlog.",
	},
	{
		ROW("TcpExtTCPSACKDiscard", TRANSPORT, TRAFFIC, NETSTAT),
		.kernel = "tcp_sacktag_write_queue",
		.meaning = "Invalid selective acknowledgements (SACK) from the peer, which were "
			"ignored. No data is lost.",
	},
	{
		ROW("TcpExtTCPTimeWaitOverflow", SOCKET, PRESSURE, NETSTAT), .since = "3.0",
		.kernel = "tcp_time_wait",
		.meaning = "A closed connection got no TIME-WAIT state because "
			"net.ipv4.tcp_max_tw_buckets was reached. A late packet may reach a new "
			"connection.",
		.action = "Raise net.ipv4.tcp_max_tw_buckets (costs memory), or make clients keep "
			"their connections open.",
	},
	{
		ROW("TcpExtTCPToZeroWindowAdv", SOCKET, PRESSURE, NETSTAT), .since = "3.15",
		.kernel = "tcp_select_window",
		.meaning = "This host closed the receive window of a TCP connection: the program "
			"does not read, and its receive buffer is full. Nothing is lost; the "
			"sender waits.",
		.action = FIND_THE_READER,
	},
	{
		ROW("TcpExtTCPWantZeroWindowAdv", SOCKET, PRESSURE, NETSTAT), .since = "3.15",
		.kernel = "tcp_select_window",
		.meaning = "TCP wanted to close the receive window but may not take back what it "
			"had offered: the receive buffer is full.",
		.action = FIND_THE_READER,
	},
	{
		ROW("TcpExtTCPZeroWindowDrop", SOCKET, DROP, NETSTAT), .since = "4.19",
		.kernel = "tcp_data_queue",
		.meaning = "Data arrived although this host had advertised a zero window, and was "
			"dropped. TCP sends it again.",
		.action = "Find the program that does not read its socket. ss -tnm shows full "
			"receive queues.",
	},
	{
		ROW("TcpExtTSEcrRejected", TRANSPORT, REJECT, NETSTAT), .since = "6.18",
		.kernel = "tcp_check_req",
		.meaning = "The last ACK of a handshake echoed a timestamp that this host did not "
			"send.",
		.action = "Nothing for a slow rise. Otherwise look for a middlebox that rewrites "
			"TCP timestamps.",
	},
	{
		ROW("TcpInCsumErrors", TRANSPORT, DROP, SNMP), .since = "3.10",
		.within = "TcpInErrs", .kernel = "tcp_v4_rcv, tcp_v6_rcv, tcp_rcv_established",
		.meaning = "A TCP segment had a wrong checksum: it was damaged on the way, or the "
			"checksum offload of the sender is broken.",
		.action = CHECK_THE_LINKS,
	},
	{
		ROW("TcpInErrs", TRANSPORT, REJECT, SNMP),
		.kernel = "tcp_v4_rcv, tcp_v6_rcv, tcp_rcv_established, tcp_validate_incoming",
		.meaning = "TCP refused a segment: wrong checksum (TcpInCsumErrors counts these), "
			"invalid header length, or a SYN in an open connection, which gets a "
			"challenge ACK (TcpExtTCPSYNChallenge). Scanners cause the latter.",
		.action = "If TcpInCsumErrors rose too, check links and offload. If not, the "
			"sender is probably a scanner.",
	},
	{
		ROW("TcpInSegs", TRANSPORT, TRAFFIC, SNMP), .kernel = "tcp_v4_rcv, tcp_v6_rcv",
		.meaning = "TCP segments received, including bad ones. Segments that GRO merged "
			"count once.",
	},
	{
		ROW("TlsDecryptError", SOCKET, DROP, TLS), .since = "5.5",
		.kernel = "tls_rx_one_record, tls_decrypt_done",
		.meaning = "TLS records (kernel TLS) could not be decrypted: damaged, forged, or "
			"with another key. Their connection fails. One record may be many packets.",
		.action = "Find the connections that fail in the program's log; with a card that "
			"decrypts, try 'ethtool -K DEVICE tls-hw-rx-offload off'.",
	},
	{
		ROW("Udp6IgnoredMulti", TRANSPORT, REJECT, SNMP6), .since = "4.0",
		.kernel = "__udp6_lib_mcast_deliver",
		.meaning = "Multicast or broadcast datagrams that IP accepted but no socket had "
			"asked for (UDP over IPv6).",
		.action = FOR_OTHER_HOSTS,
	},
	{
		ROW("Udp6InCsumErrors", TRANSPORT, DROP, SNMP6), .since = "3.10",
		.within = "Udp6InErrors",
		.kernel = "__udp6_lib_rcv, udpv6_queue_rcv_one_skb, udpv6_recvmsg, "
			"__first_packet_length",
		.meaning = "UDP over IPv6 datagrams had a wrong checksum. A zero checksum counts "
			"too: IPv6 forbids it.",
		.action = CHECK_THE_TUNNELS,
	},
	{
		ROW("Udp6InDatagrams", TRANSPORT, TRAFFIC, SNMP6),
		.kernel = "udpv6_recvmsg, udpv6_queue_rcv_one_skb",
		.meaning = "UDP over IPv6 datagrams that applications read. They are counted when "
			"read, and a multicast counts once for each socket that reads it.",
	},
	{
		ROW("Udp6InErrors", TRANSPORT, DROP, SNMP6),
		.kernel = "__udp6_lib_rcv, udpv6_queue_rcv_one_skb, __udpv6_queue_rcv_skb, "
			"udpv6_recvmsg",
		.meaning = UDP_REFUSED,
		.action = AFTER_THE_OTHERS,
	},
	{
		ROW("Udp6MemErrors", SOCKET, DROP, SNMP6), .since = "5.11",
		.within = "Udp6InErrors",
		.kernel = "__udpv6_queue_rcv_skb, __udp_enqueue_schedule_skb",
		.meaning = UDP_MEMORY_FULL,
		.action = RAISE_UDP_MEM,
	},
	{
		ROW("Udp6NoPorts", TRANSPORT, REJECT, SNMP6), .kernel = "__udp6_lib_rcv",
		.meaning = "UDP over IPv6 datagrams arrived for a port on which no socket accepts "
			"them. The sender gets an ICMP error.",
		.action = FIND_THE_SERVICE,
	},
	{
		ROW("Udp6RcvbufErrors", SOCKET, DROP, SNMP6), .since = "3.0",
		.within = "Udp6InErrors",
		.kernel = "__udpv6_queue_rcv_skb, __udp6_lib_mcast_deliver",
		.meaning = "A datagram was lost because the receive buffer of its socket was full: "
			"the application reads too slowly, or the buffer is too small for bursts. "
			"IPv4 datagrams to an IPv6 socket count in the IPv4 counter.",
		.action = READ_FASTER,
	},
	{
		ROW("UdpIgnoredMulti", TRANSPORT, REJECT, SNMP), .since = "4.0",
		.kernel = "__udp4_lib_mcast_deliver",
		.meaning = "Multicast or broadcast datagrams that IP accepted but no socket had "
			"asked for (UDP).",
		.action = FOR_OTHER_HOSTS,
	},
	{
		ROW("UdpInCsumErrors", TRANSPORT, DROP, SNMP), .since = "3.10",
		.within = "UdpInErrors",
		.kernel = "__udp4_lib_rcv, udp_queue_rcv_one_skb, udp_recvmsg, "
			"__first_packet_length",
		.meaning = "UDP datagrams had a wrong checksum. Most are counted only when the "
			"application reads, and never if it does not read.",
		.action = CHECK_THE_TUNNELS,
	},
	{
		ROW("UdpInDatagrams", TRANSPORT, TRAFFIC, SNMP),
		.kernel = "udp_recvmsg, udp_queue_rcv_one_skb",
		.meaning = "UDP datagrams that applications read. They are counted when read, and "
			"a multicast counts once for each socket that reads it.",
	},
	{
		ROW("UdpInErrors", TRANSPORT, DROP, SNMP),
		.kernel = "__udp4_lib_rcv, udp_queue_rcv_one_skb, __udp_queue_rcv_skb, udp_recvmsg",
		.meaning = UDP_REFUSED,
		.action = AFTER_THE_OTHERS,
	},
	{
		ROW("UdpLite6InCsumErrors", TRANSPORT, DROP, SNMP6), .since = "3.10",
		.within = "UdpLite6InErrors",
		.kernel = "__udp6_lib_rcv, udpv6_queue_rcv_one_skb, udpv6_recvmsg, "
			"__first_packet_length",
		.meaning = "UDP-Lite over IPv6 datagrams had a wrong checksum. A zero checksum "
			"counts too: IPv6 forbids it.",
		.action = CHECK_THE_TUNNELS,
	},
	{
		ROW("UdpLite6InDatagrams", TRANSPORT, TRAFFIC, SNMP6),
		.kernel = "udpv6_recvmsg, udpv6_queue_rcv_one_skb",
		.meaning = "UDP-Lite over IPv6 datagrams that applications read. They are counted "
			"when read, and a multicast counts once for each socket that reads it. "
			"Kernel 7.1 removed UDP-Lite.",
	},
	{
		ROW("UdpLite6InErrors", TRANSPORT, DROP, SNMP6),
		.kernel = "__udp6_lib_rcv, udpv6_queue_rcv_one_skb, __udpv6_queue_rcv_skb, "
			"udpv6_recvmsg",
		.meaning = UDP_REFUSED,
		.action = AFTER_THE_OTHERS,
	},
	{
		ROW("UdpLite6MemErrors", SOCKET, DROP, SNMP6), .since = "5.11",
		.within = "UdpLite6InErrors",
		.kernel = "__udpv6_queue_rcv_skb, __udp_enqueue_schedule_skb",
		.meaning = UDP_MEMORY_FULL,
		.action = RAISE_UDP_MEM,
	},
	{
		ROW("UdpLite6NoPorts", TRANSPORT, REJECT, SNMP6), .kernel = "__udp6_lib_rcv",
		.meaning = "UDP-Lite over IPv6 datagrams arrived for a port on which no socket "
			"accepts them. The sender gets an ICMP error.",
		.action = FIND_THE_SERVICE,
	},
	{
		ROW("UdpLite6RcvbufErrors", SOCKET, DROP, SNMP6), .since = "3.0",
		.within = "UdpLite6InErrors",
		.kernel = "__udpv6_queue_rcv_skb, __udp6_lib_mcast_deliver",
		.meaning = "A datagram was lost because the receive buffer of its socket was full: "
			"the application reads too slowly, or the buffer is too small for bursts. "
			"IPv4 datagrams to an IPv6 socket count in the IPv4 counter.",
		.action = READ_FASTER,
	},
	{
		ROW("UdpLiteIgnoredMulti", TRANSPORT, REJECT, SNMP), .since = "4.0",
		.kernel = "__udp4_lib_mcast_deliver",
		.meaning = "Multicast or broadcast datagrams that IP accepted but no socket had "
			"asked for (UDP-Lite).",
		.action = FOR_OTHER_HOSTS,
	},
	{
		ROW("UdpLiteInCsumErrors", TRANSPORT, DROP, SNMP), .since = "3.10",
		.within = "UdpLiteInErrors",
		.kernel = "__udp4_lib_rcv, udp_queue_rcv_one_skb, udp_recvmsg, "
			"__first_packet_length",
		.meaning = "UDP-Lite datagrams had a wrong checksum. Most are counted only when "
			"the application reads, and never if it does not read.",
		.action = CHECK_THE_TUNNELS,
	},
	{
		ROW("UdpLiteInDatagrams", TRANSPORT, TRAFFIC, SNMP),
		.kernel = "udp_recvmsg, udp_queue_rcv_one_skb",
		.meaning = "UDP-Lite datagrams that applications read. They are counted when read, "
			"and a multicast counts once for each socket that reads it. Kernel 7.1 "
			"removed UDP-Lite.",
	},
	{
		ROW("UdpLiteInErrors", TRANSPORT, DROP, SNMP),
		.kernel = "__udp4_lib_rcv, udp_queue_rcv_one_skb, __udp_queue_rcv_skb, udp_recvmsg",
		.meaning = UDP_REFUSED,
		.action = AFTER_THE_OTHERS,
	},
	{
		ROW("UdpLiteMemErrors", SOCKET, DROP, SNMP), .since = "5.11",
		.within = "UdpLiteInErrors",
		.kernel = "__udp_queue_rcv_skb, __udp_enqueue_schedule_skb",
		.meaning = UDP_MEMORY_FULL,
		.action = RAISE_UDP_MEM,
	},
	{
		ROW("UdpLiteNoPorts", TRANSPORT, REJECT, SNMP), .kernel = "__udp4_lib_rcv",
		.meaning = "UDP-Lite datagrams arrived for a port on which no socket accepts them. "
			"The sender gets an ICMP error.",
		.action = FIND_THE_SERVICE,
	},
	{
		ROW("UdpLiteRcvbufErrors", SOCKET, DROP, SNMP), .within = "UdpLiteInErrors",
		.kernel = "__udp_queue_rcv_skb, __udp4_lib_mcast_deliver",
		.meaning = "A datagram was lost because the receive buffer of its socket was full: "
			"the application reads too slowly, or the buffer is too small for bursts.",
		.action = READ_FASTER,
	},
	{
		ROW("UdpMemErrors", SOCKET, DROP, SNMP), .since = "5.11", .within = "UdpInErrors",
		.kernel = "__udp_queue_rcv_skb, __udp_enqueue_schedule_skb",
		.meaning = UDP_MEMORY_FULL,
		.action = RAISE_UDP_MEM,
	},
	{
		ROW("UdpNoPorts", TRANSPORT, REJECT, SNMP), .kernel = "__udp4_lib_rcv",
		.meaning = "UDP datagrams arrived for a port on which no socket accepts them. The "
			"sender gets an ICMP error.",
		.action = FIND_THE_SERVICE,
	},
	{
		ROW("UdpRcvbufErrors", SOCKET, DROP, SNMP),
		.within = "UdpInErrors", .kernel = "__udp_queue_rcv_skb, __udp4_lib_mcast_deliver",
		.meaning = "A datagram was lost because the receive buffer of its socket was full: "
			"the application reads too slowly, or the buffer is too small for bursts.",
		.action = READ_FASTER,
	},
	{
		ROW("XfrmAcquireError", NETFILTER, REJECT, XFRM), .since = "3.14",
		.kernel = "xfrm_input",
		.meaning = "IPsec packets were refused because the keys of their state were still "
			"being negotiated.",
		.action = "A few while keys are negotiated are normal; else check the log of the "
			"IKE daemon.",
	},
	{
		ROW("XfrmFwdHdrError", NETFILTER, REJECT, XFRM), .since = "3.0",
		.kernel = "__xfrm_route_forward",
		.meaning = "Packets to be forwarded whose headers could not be decoded for the "
			"check of the IPsec policies.",
		.action = "Capture them (tcpdump) and look for truncated or malformed headers; "
			"then check the sender.",
	},
	{
		ROW("XfrmInBufferError", NETFILTER, DROP, XFRM),
		.kernel = "xfrm_input, xfrm6_input_addr",
		.meaning = "IPsec packets were dropped because more transformations were nested in "
			"one packet than the kernel can record.",
		.action = "Check with ip xfrm state which states apply one after another; more "
			"than six cannot.",
	},
	{
		ROW("XfrmInError", NETFILTER, DROP, XFRM), .kernel = "xfrm_input, xfrm6_input_addr",
		.meaning = "IPsec packets were dropped because memory for their security path "
			"could not be allocated.",
		.action = "Check the free memory, and the kernel log for allocation failures.",
	},
	{
		ROW("XfrmInHdrError", NETFILTER, REJECT, XFRM),
		.kernel = "xfrm_input, __xfrm_policy_check",
		.meaning = "IPsec packets whose header could not be parsed: they were too short, "
			"or the inner protocol is not supported.",
		.action = "Capture them (tcpdump) and check the sender and the path for "
			"truncation.",
	},
	{
		ROW("XfrmInIptfsError", NETFILTER, REJECT, XFRM), .since = "6.14",
		.kernel = "iptfs_input",
		.meaning = "IPsec packets whose inner packets, aggregated or in fragments "
			"(IP-TFS), could not be taken apart.",
		.action = "Check that both hosts use the same mode: ip xfrm state.",
	},
	{
		ROW("XfrmInNoPols", NETFILTER, REJECT, XFRM),
		.accounts = RXPATH_ACCOUNTS_POLICY, .kernel = "__xfrm_policy_check",
		.meaning = "Decrypted packets were refused because no policy for incoming packets "
			"matches them.",
		.action = "Compare ip xfrm policy with the addresses of the packets; the IKE "
			"daemon may not have installed the policy.",
	},
	{
		ROW("XfrmInNoStates", NETFILTER, REJECT, XFRM),
		.kernel = "xfrm_input, xfrm6_input_addr",
		.meaning = "IPsec packets arrived for which no state exists: wrong SPI, address or "
			"protocol.",
		.action = "Check ip xfrm state on both hosts. After a restart of one side the "
			"other still uses old states until they are negotiated again.",
	},
	{
		ROW("XfrmInPolBlock", NETFILTER, REJECT, XFRM),
		.accounts = RXPATH_ACCOUNTS_POLICY, .kernel = "__xfrm_policy_check",
		.meaning = "Packets were refused by an IPsec policy with the action block.",
		.action = "Check the policies with action block: ip xfrm policy. A policy that "
			"works as intended is not a fault.",
	},
	{
		ROW("XfrmInPolError", NETFILTER, REJECT, XFRM),
		.accounts = RXPATH_ACCOUNTS_POLICY, .kernel = "__xfrm_policy_check",
		.meaning = "Packets were refused because looking up their IPsec policy failed.",
		.action = "Check ip xfrm policy and the kernel log.",
	},
	{
		ROW("XfrmInStateDirError", NETFILTER, REJECT, XFRM), .since = "6.10",
		.kernel = "xfrm_input",
		.meaning = "IPsec packets were refused because their state is only for outgoing "
			"packets.",
		.action = "Check the dir of the state with ip xfrm state.",
	},
	{
		ROW("XfrmInStateExpired", NETFILTER, REJECT, XFRM), .kernel = "xfrm_input",
		.meaning = "IPsec packets were refused because the lifetime of their state had "
			"ended.",
		.action = "Check the lifetimes with ip -s xfrm state, and why the IKE daemon did "
			"not renew the state in time.",
	},
	{
		ROW("XfrmInStateInvalid", NETFILTER, REJECT, XFRM),
		.kernel = "xfrm_input, xfrm6_input_addr",
		.meaning = "IPsec packets were refused because their state is not valid: not "
			"complete yet, or being deleted.",
		.action = "A few while keys are renewed are normal; else check the log of the IKE "
			"daemon.",
	},
	{
		ROW("XfrmInStateMismatch", NETFILTER, REJECT, XFRM), .kernel = "xfrm_input",
		.meaning = "IPsec packets were refused because they are encapsulated in another "
			"way than their state says, such as in UDP for NAT.",
		.action = "Check the encap of the state with ip xfrm state, and NAT traversal in "
			"the IKE daemon on both hosts.",
	},
	{
		ROW("XfrmInStateModeError", NETFILTER, REJECT, XFRM), .kernel = "xfrm_input",
		.meaning = "Decrypted packets whose inner packet does not fit the mode of their "
			"state, transport or tunnel.",
		.action = "Check that both hosts use the same mode: ip xfrm state.",
	},
	{
		ROW("XfrmInStateProtoError", NETFILTER, REJECT, XFRM), .kernel = "xfrm_input",
		.meaning = "IPsec packets that failed authentication or decryption: changed on the "
			"way, or the keys differ.",
		.action = "Check that keys and algorithms agree on both hosts (ip xfrm state), "
			"then the path for damage.",
	},
	{
		ROW("XfrmInStateSeqError", NETFILTER, REJECT, XFRM), .kernel = "xfrm_input",
		.meaning = "IPsec packets were refused because their sequence number was received "
			"before or is older than the replay window.",
		.action = "If the path reorders packets, use a larger replay window; else they may "
			"be duplicates or a replay attack.",
	},
	{
		ROW("XfrmInTmplMismatch", NETFILTER, REJECT, XFRM),
		.accounts = RXPATH_ACCOUNTS_POLICY, .kernel = "__xfrm_policy_check",
		.meaning = "Packets were refused because the IPsec policy demands another "
			"protection than they had; plain packets where the policy demands IPsec "
			"are the usual case.",
		.action = "Compare the tmpl lines of ip xfrm policy with ip xfrm state, and see "
			"whether the sender encrypts at all.",
	},
	{
		ROW("arp_cache_table_fulls", IP, PRESSURE, ARP_CACHE), .since = "4.3",
		.kernel = "neigh_alloc",
		.meaning = "The table of IPv4 neighbours was full: no entry could be made, and "
			"packets to that neighbour, also answers, were dropped.",
		.action = "Raise net.ipv4.neigh.default.gc_thresh3, and gc_thresh2 with it, above "
			"the number of hosts on the links (ip -4 neigh).",
	},
	{
		ROW("arp_cache_unresolved_discards", IP, SUSPECT, ARP_CACHE), .since = "2.6.33",
		.kernel = "__neigh_event_send",
		.meaning = "IPv4 packets to be sent or forwarded were discarded: too many waited "
			"for the neighbour's address. Shown only while packets are forwarded.",
		.action = "See which neighbours do not answer (ip -4 neigh show nud failed nud "
			"incomplete).",
	},
	{
		ROW("carrier_down_count", DEVICE, PRESSURE, LINK), .since = "4.16",
		.kernel = "netif_carrier_off",
		.meaning = "The device lost its link (its carrier). What was sent to it meanwhile "
			"did not arrive.",
		.action = "See whether somebody took it down (dmesg); otherwise check cable, "
			"optics and switch port.",
	},
	{
		ROW("cpu_softirq_time", SOFTNET, TRAFFIC, CPU_TIME), .kernel = "show_stat",
		.meaning = "How long this CPU ran softirqs, mostly the network's, in hundredths of "
			"a second. Read only where a ring or a backlog has overflowed since boot.",
	},
	{
		ROW("cpu_time", SOFTNET, TRAFFIC, CPU_TIME), .kernel = "show_stat",
		.meaning = "How long this CPU has been on line, busy or idle, in hundredths of a "
			"second. Read as cpu_softirq_time is.",
	},
	{
		ROW("dev_drop", DEVICE, SUSPECT, DEV), .kernel = "dev_seq_printf_stats",
		.meaning = "The drop column of /proc/net/dev: the sum of rx_dropped and "
			"rx_missed_errors. Shown only where the separate counters cannot be read.",
		.action = "Read rx_missed_errors alone (ip -s -s link) to see whether the card "
			"lost frames. For the rest see rx_dropped.",
	},
	{
		ROW("dev_errs", DEVICE, DROP, DEV), .kernel = "dev_seq_printf_stats",
		.meaning = "The errs column of /proc/net/dev: the driver's rx_errors. Shown only "
			"where the separate counters cannot be read.",
		.action = "Read ip -s -s link or ethtool -S to see which error it is. For damage "
			"on the wire, check cable, optics and switch port.",
	},
	{
		ROW("dev_fifo", DEVICE, DROP, DEV), .kernel = "dev_seq_printf_stats",
		.meaning = "The fifo column of /proc/net/dev: the receive queue of the card was "
			"full. Shown only where the separate counters cannot be read.",
		.action = "Increase the receive ring (ethtool -G; costs memory), then spread "
			"queues and interrupts over more CPUs.",
	},
	{
		ROW("dev_frame", DEVICE, DROP, DEV),
		.within = "dev_errs", .kernel = "dev_seq_printf_stats",
		.meaning = "The frame column of /proc/net/dev: the sum of length, overrun, CRC and "
			"alignment errors. Shown only where the separate counters cannot be read.",
		.action = "Check cable, optics, switch port and MTU. ethtool -S shows which error "
			"it is.",
	},
	{
		ROW("dev_packets", DEVICE, TRAFFIC, DEV), .kernel = "dev_seq_printf_stats",
		.meaning = "The packets column of /proc/net/dev: good packets passed to the host, "
			"including those that a later stage drops. Used only where rx_packets "
			"cannot be read.",
	},
	{
		WIDE_ROW("inet_residual", NETFILTER, REJECT, SNMP),
		.kernel = "derived; see ip_residual and ip6_residual",
		.meaning = "Packets that IPv4 or IPv6 received and no other counter explains, "
			"beside ip_residual and ip6_residual. Which of the two cannot be told, "
			"because a rule of an inet table, a queue or an IPsec policy counted "
			"packets of both.",
		.action = "As for ip_residual. Rules that name the IP version (meta nfproto ipv4) "
			"can be told apart.",
	},
	{
		WIDE_ROW("ip6_residual", NETFILTER, REJECT, SNMP6),
		.kernel = "derived; ipv6_rcv, nf_hook_slow, ip6_mc_input and others drop without a "
			"counter",
		.meaning = "Packets that IPv6 received and no other counter explains. Usually a "
			"firewall rule dropped them, or no socket joined the group. With "
			"connection tracking, the extra fragments of each datagram count here too.",
		.action = "Read the counters of the firewall (nft list ruleset, ip6tables -vnL) "
			"and the output of ip maddr. Ignore it where fragments are in use.",
	},
	{
		WIDE_ROW("ip_residual", NETFILTER, REJECT, SNMP),
		.kernel = "derived; ip_rcv, nf_hook_slow, ip_route_input_noref and others drop "
			"without a counter",
		.meaning = "Packets that IPv4 received and no other counter explains. A firewall "
			"rule dropped them, no socket joined the multicast group, or the cause is "
			"a martian address, a refused IP option or a blackhole route.",
		.action = "Read the counters of the firewall (nft list ruleset, iptables -vnL), "
			"then rt_cache_in_martian_src and ip maddr. A rule that works as intended "
			"is not a fault.",
	},
	{
		ROW("ip_vs_in_packets", NETFILTER, TRAFFIC, IPVS), .since = "2.6.39",
		.kernel = "ip_vs_in_stats",
		.meaning = "Packets that IPVS took to hand them to a real server. IP received them, "
			"and counts them neither as delivered nor as forwarded.",
	},
	{
		ROW("multicast", DEVICE, TRAFFIC, LINK), .kernel = "the driver",
		.meaning = "Multicast frames received. Many cards count them in hardware, "
			"including frames that never reached the host.",
	},
	{
		ROW("ndisc_cache_table_fulls", IP, PRESSURE, NDISC_CACHE), .since = "4.3",
		.kernel = "neigh_alloc",
		.meaning = "The table of IPv6 neighbours was full: no entry could be made, and "
			"packets to that neighbour, also answers, were dropped.",
		.action = "Raise net.ipv6.neigh.default.gc_thresh3, and gc_thresh2 with it, above "
			"the number of hosts on the links (ip -6 neigh).",
	},
	{
		ROW("ndisc_cache_unresolved_discards", IP, SUSPECT, NDISC_CACHE), .since = "2.6.33",
		.kernel = "__neigh_event_send",
		.meaning = "IPv6 packets to be sent or forwarded were discarded: too many waited "
			"for the neighbour's address. Shown only while packets are forwarded.",
		.action = "See which neighbours do not answer (ip -6 neigh show nud failed nud "
			"incomplete).",
	},
	{
		ROW("netlink_drops", SOCKET, PRESSURE, NETLINK),
		.kernel = "netlink_overrun, netlink_broadcast_deliver",
		.meaning = "Messages of the kernel were lost because the receive queue of a "
			"netlink socket was full: a monitor missed events. No packet is lost.",
		.action = "Let the program read faster or give it a larger receive buffer; it gets "
			"ENOBUFS and must read the whole state again.",
	},
	{
		ROW("nf_conntrack_chainlength", NETFILTER, DROP, CONNTRACK), .since = "5.15",
		.within = "nf_conntrack_insert_failed", .kernel = "__nf_conntrack_confirm",
		.meaning = "A hash chain of the table was over its limit, so a packet of a new "
			"connection was dropped. Before 5.15 this column was delete_list.",
		.action = "Raise net.netfilter.nf_conntrack_buckets towards nf_conntrack_max "
			"(costs memory), and look for a flood of new connections.",
	},
	{
		ROW("nf_conntrack_clashres", NETFILTER, TRAFFIC, CONNTRACK), .since = "5.10",
		.kernel = "nf_ct_resolve_clash",
		.meaning = "Two packets of one new connection arrived at the same time. Both were "
			"accepted. Before 5.10 this column was searched.",
	},
	{
		ROW("nf_conntrack_delete", NETFILTER, TRAFFIC, CONNTRACK), .kernel = "nf_ct_delete",
		.meaning = "Entries removed from the table. Always zero on current kernels.",
	},
	{
		ROW("nf_conntrack_delete_list", NETFILTER, TRAFFIC, CONNTRACK),
		.kernel = "nf_ct_delete_from_lists",
		.meaning = "Entries moved to the list of closing connections. Only kernels before "
			"5.15 count them.",
	},
	{
		ROW("nf_conntrack_drop", NETFILTER, DROP, CONNTRACK),
		.kernel = "nf_conntrack_in, nf_ct_resolve_clash, nf_confirm",
		.meaning = "Connection tracking dropped a packet: the table was full, memory was "
			"short, or two new connections clashed and the clash could not be "
			"resolved. Packets that this host sends count too.",
		.action = "Look for 'table full' in the kernel log. Raise "
			"net.netfilter.nf_conntrack_max with the hash size (costs memory), shorten "
			"the timeouts, or exclude bulk traffic with notrack.",
	},
	{
		ROW("nf_conntrack_early_drop", NETFILTER, PRESSURE, CONNTRACK),
		.kernel = "early_drop",
		.meaning = "The table was full, and a connection without an answer was removed to "
			"make room for a new one. The removed connection loses its state.",
		.action = "Raise net.netfilter.nf_conntrack_max (costs memory) or shorten the "
			"timeouts, before packets are lost.",
	},
	{
		ROW("nf_conntrack_entries", NETFILTER, TRAFFIC, CONNTRACK),
		.shape = RXPATH_SHAPE_GAUGE, .kernel = "ct_cpu_seq_show",
		.meaning = "Connections that are now in the table of this network namespace. The "
			"kernel repeats the same value for each CPU.",
	},
	{
		ROW("nf_conntrack_error", NETFILTER, REJECT, CONNTRACK),
		.kernel = "nf_conntrack_handle_icmp, nf_conntrack_in",
		.meaning = "Connection tracking refused an ICMP packet as malformed or unrelated. "
			"conntrack -S uses this name; the column in /proc is icmp_error.",
		.action = "Nothing for a slow rise. If path MTU discovery fails, check which ICMP "
			"errors arrive.",
	},
	{
		ROW("nf_conntrack_expect_create", NETFILTER, TRAFFIC, CONNTRACK),
		.kernel = "nf_ct_expect_insert",
		.meaning = "Expected connections that helpers created.",
	},
	{
		ROW("nf_conntrack_expect_delete", NETFILTER, TRAFFIC, CONNTRACK),
		.kernel = "nf_ct_unlink_expect_report",
		.meaning = "Expected connections that were used or expired.",
	},
	{
		ROW("nf_conntrack_expect_new", NETFILTER, TRAFFIC, CONNTRACK),
		.kernel = "init_conntrack",
		.meaning = "Connections that a helper expected.",
	},
	{
		ROW("nf_conntrack_found", NETFILTER, TRAFFIC, CONNTRACK),
		.kernel = "nf_conntrack_tuple_taken",
		.meaning = "Lookups that found an entry. Newer kernels count only the lookups of "
			"NAT that found a tuple already in use.",
	},
	{
		ROW("nf_conntrack_icmp_error", NETFILTER, REJECT, CONNTRACK),
		.kernel = "nf_conntrack_handle_icmp, nf_conntrack_in",
		.meaning = "Connection tracking refused an ICMP packet as malformed or unrelated. "
			"The packet is dropped only if a rule drops untracked or invalid packets.",
		.action = "Nothing for a slow rise. If path MTU discovery fails, check which ICMP "
			"errors arrive.",
	},
	{
		ROW("nf_conntrack_ignore", NETFILTER, TRAFFIC, CONNTRACK),
		.kernel = "nf_conntrack_in",
		.meaning = "Packets that were tracked already or need no tracking. Always zero on "
			"current kernels.",
	},
	{
		ROW("nf_conntrack_insert", NETFILTER, TRAFFIC, CONNTRACK),
		.kernel = "nf_conntrack_hash_check_insert",
		.meaning = "Entries added to the table. Newer kernels count only those that user "
			"space adds.",
	},
	{
		ROW("nf_conntrack_insert_failed", NETFILTER, DROP, CONNTRACK),
		/* True of an unresolvable clash, which raises both; the rest shows here alone,
		 * and what is reported as lost stays the larger of the two. */
		.within = "nf_conntrack_drop",
		.kernel = "__nf_conntrack_confirm, nf_ct_resolve_clash",
		.meaning = "A new connection could not be added to the table: an equal entry was "
			"added first, or the hash chain was too long. The packet was dropped.",
		.action = "Common with DNS clients that send two queries from one port at once: "
			"exclude DNS with notrack. Otherwise raise "
			"net.netfilter.nf_conntrack_buckets.",
	},
	{
		ROW("nf_conntrack_invalid", NETFILTER, REJECT, CONNTRACK),
		.kernel = "nf_conntrack_in",
		.meaning = "A packet could not be tracked: bad checksum, invalid TCP state, or an "
			"answer for an unknown connection. It is dropped only if a rule drops ct "
			"state invalid.",
		.action = "Look for asymmetric routing and damaged packets, and check whether a "
			"rule drops invalid packets.",
	},
	{
		ROW("nf_conntrack_new", NETFILTER, TRAFFIC, CONNTRACK), .kernel = "init_conntrack",
		.meaning = "Connections that were new to the table. Always zero on current "
			"kernels.",
	},
	{
		ROW("nf_conntrack_search_restart", NETFILTER, PRESSURE, CONNTRACK),
		.kernel = "____nf_conntrack_find, nf_conntrack_tuple_taken",
		.meaning = "A lookup found an entry that had moved to another hash chain, and "
			"started again. This costs CPU time; no packet is lost.",
		.action = "Nothing while it is rare. A fast rise means that many connections open "
			"and close: raise net.netfilter.nf_conntrack_buckets.",
	},
	{
		ROW("nf_conntrack_searched", NETFILTER, TRAFFIC, CONNTRACK),
		.kernel = "____nf_conntrack_find",
		.meaning = "Table lookups. Only kernels before 5.10 count them.",
	},
	{
		ROW("nfqueue_id_sequence", NETFILTER, TRAFFIC, NFQUEUE),
		.kernel = "__nfqnl_enqueue_packet",
		.meaning = "Packets that were given to the program that reads the queue.",
	},
	{
		ROW("nfqueue_peer_portid", NETFILTER, TRAFFIC, NFQUEUE),
		.shape = RXPATH_SHAPE_GAUGE, .kernel = "nfqnl_recv_config",
		.meaning = "The netlink port of the program that reads the queue, mostly its "
			"process id.",
	},
	{
		ROW("nfqueue_queue_dropped", NETFILTER, DROP, NFQUEUE),
		.accounts = RXPATH_ACCOUNTS_QUEUE, .kernel = "__nfqnl_enqueue_packet",
		.meaning = "The queue of packets that wait for a verdict was full: a packet was "
			"dropped.",
		.action = "Make the program that reads the queue faster, spread the packets over "
			"several queues, or let it ask for a longer queue; fail-open lets packets "
			"pass instead.",
	},
	{
		ROW("nfqueue_queue_total", NETFILTER, TRAFFIC, NFQUEUE),
		.shape = RXPATH_SHAPE_GAUGE, .kernel = "__enqueue_entry",
		.meaning = "Packets that wait in the queue for the verdict of its program; they "
			"are not lost.",
	},
	{
		ROW("nfqueue_user_dropped", NETFILTER, DROP, NFQUEUE),
		.accounts = RXPATH_ACCOUNTS_QUEUE, .kernel = "__nfqnl_enqueue_packet",
		.meaning = "A packet could not be handed to the program that reads the queue, "
			"because the receive buffer of its netlink socket was full, and was "
			"dropped.",
		.action = "Make the program read faster or ask for a larger receive buffer "
			"(SO_RCVBUF, at most net.core.rmem_max).",
	},
	{
		ROW("nft_policy_drop", NETFILTER, REJECT, NFTABLES),
		.kernel = "nft_do_chain, ipt_do_table",
		.meaning = "The policy of a netfilter chain (nftables, iptables) dropped a packet "
			"that no rule of the chain had accepted.",
		.action = "List the chain with 'nft -a list chain FAMILY TABLE CHAIN', or that of "
			"iptables-legacy with 'iptables-legacy -t TABLE -L CHAIN -v -n "
			"--line-numbers'; if the traffic is wanted, add a rule that accepts it.",
	},
	{
		ROW("nft_rule_drop", NETFILTER, REJECT, NFTABLES),
		.kernel = "nft_do_chain, ipt_do_table",
		.meaning = "A netfilter rule (nftables, iptables) dropped a received or forwarded "
			"packet.",
		.action = LIST_THE_CHAIN,
	},
	{
		ROW("nft_rule_queue", NETFILTER, REJECT, NFTABLES),
		.kernel = "nft_queue_eval, nfqueue_tg",
		.meaning = "A netfilter rule gave packets to NFQUEUE. Without a program that reads "
			"the queue they are dropped.",
		.action = "Check that the program that reads the queue runs "
			"(/proc/net/netfilter/nfnetlink_queue lists the queues that are read).",
	},
	{
		ROW("nft_rule_reject", NETFILTER, REJECT, NFTABLES),
		.kernel = "nft_reject_ipv4_eval, reject_tg",
		.meaning = "A netfilter rule (nftables, iptables) refused a received or forwarded "
			"packet and told the sender.",
		.action = LIST_THE_CHAIN,
	},
	{
		ROW("ovs_lost", DEVICE, DROP, OVS), .since = "3.3", .kernel = "ovs_dp_upcall",
		.meaning = "Packets that Open vSwitch lost: no flow was known for them, and the "
			"queue to ovs-vswitchd was full.",
		.action = "See how many flows there are and how many are new (ovs-dpctl show, "
			"ovs-appctl upcall/show); give ovs-vswitchd more handler threads "
			"(other_config:n-handler-threads).",
	},
	{
		ROW("rt_cache_in_brd", IP, TRAFFIC, RT_CACHE), .kernel = "ip_route_input_slow",
		.meaning = "IPv4 broadcast packets that were accepted.",
	},
	{
		ROW("rt_cache_in_martian_dst", IP, REJECT, RT_CACHE),
		.kernel = "ip_route_input_slow",
		.meaning = "IPv4 packets arrived with an invalid destination, such as 127.0.0.1 or "
			"0.0.0.0. Counts all network namespaces together.",
		.action = "Set net.ipv4.conf.all.log_martians=1 and read the kernel log to find "
			"the sender. Usually a sender or a NAT rule is wrong.",
	},
	{
		ROW("rt_cache_in_martian_src", IP, REJECT, RT_CACHE),
		.kernel = "ip_handle_martian_source",
		.meaning = "IPv4 packets arrived with an invalid source: loopback, multicast, an "
			"address of this host, or one that the reverse path filter refuses. Counts "
			"all network namespaces together.",
		.action = "Set net.ipv4.conf.all.log_martians=1 and read the kernel log. Look for "
			"spoofing, a duplicate address or asymmetric routing.",
	},
	{
		ROW("rt_cache_in_no_route", IP, REJECT, RT_CACHE), .kernel = "ip_route_input_slow",
		.meaning = "IPv4 packets had no route, or were addressed to another host while "
			"forwarding is off. ARP requests for other hosts count too. IpInAddrErrors "
			"and IpExtInNoRoutes count the packets per namespace.",
		.action = "Check the gateway of the sender, and the addresses and routes of this "
			"host. On a router, set net.ipv4.ip_forward=1.",
	},
	{
		ROW("rt_cache_in_slow_mc", IP, TRAFFIC, RT_CACHE), .kernel = "ip_route_input_mc",
		.meaning = "IPv4 multicast packets that needed a full routing decision.",
	},
	{
		ROW("rt_cache_in_slow_tot", IP, TRAFFIC, RT_CACHE),
		.kernel = "ip_route_input_slow, ip_mkroute_input",
		.meaning = "IPv4 packets received that needed a full routing decision.",
	},
	{
		ROW("rx_crc_errors", DEVICE, DROP, LINK),
		.within = "rx_errors", .kernel = "the driver",
		.meaning = "Frames arrived with a wrong frame checksum (CRC): they were damaged on "
			"the wire.",
		.action = "Replace the cable or the optics, then check the switch port and its "
			"duplex setting.",
	},
	{
		ROW("rx_dropped", DEVICE, SUSPECT, LINK),
		.kernel = "the driver; enqueue_to_backlog, __netif_receive_skb_core, "
			"gro_cells_receive",
		.meaning = "A frame was received and then dropped: the backlog was full, no "
			"protocol handles its type (such as LLDP or STP), the driver had no "
			"memory, or, on some drivers, an XDP program dropped it. The counter does "
			"not show which.",
		.action = "Compare with softnet_dropped: an equal rise means a full backlog. For "
			"the rest read ethtool -S. If the rise stops while tcpdump runs, the "
			"frames have a type that no protocol handles.",
	},
	{
		ROW("rx_errors", DEVICE, DROP, LINK), .kernel = "the driver",
		.meaning = "The total of receive errors of the driver: damaged, short, long or "
			"overrun frames. Which of the specific counters it includes depends on the "
			"driver.",
		.action = "Check which specific rx_ counter rose too, and read ethtool -S. If none "
			"did, check cable, optics and switch port.",
	},
	{
		ROW("rx_fifo_errors", DEVICE, DROP, LINK),
		.within = "rx_errors", .kernel = "the driver",
		.meaning = "The receive queue of the card was full, and frames were lost. With "
			"some drivers (igb) this includes the frames of rx_missed_errors.",
		.action = "Increase the receive ring (ethtool -G; costs memory), use more queues, "
			"and check whether interrupts overload one CPU.",
	},
	{
		ROW("rx_frame_errors", DEVICE, DROP, LINK),
		.within = "rx_errors", .kernel = "the driver",
		.meaning = "Frames arrived that did not end on a whole byte (alignment errors).",
		.action = "Check the cable, the optics and the duplex setting of both ends.",
	},
	{
		ROW("rx_length_errors", DEVICE, DROP, LINK),
		.within = "rx_errors", .kernel = "the driver",
		.meaning = "Frames arrived that were shorter or longer than the device accepts.",
		.action = "Compare the MTU of both ends and of the switch. All of them must accept "
			"jumbo frames if one sends them.",
	},
	{
		ROW("rx_missed_errors", DEVICE, DROP, LINK),
		/* igb counts each missed frame in both, so one of them has to yield. Where a driver
		 * keeps them apart, the larger of the two is what is reported as lost. */
		.within = "rx_fifo_errors", .kernel = "the driver",
		.meaning = "The card had no free receive descriptor or buffer, and lost the frame "
			"before the host saw it. Some drivers update this counter only every 1 or "
			"2 seconds.",
		.action = "Increase the receive ring (ethtool -G; costs memory, and many cards "
			"reset their link), then spread queues and interrupts over more CPUs.",
	},
	{
		ROW("rx_nohandler", DEVICE, REJECT, LINK), .since = "4.9",
		.kernel = "__netif_receive_skb_core",
		.meaning = "Frames arrived on an inactive port of a bond or team, which passes "
			"them only to sockets bound to that port. Older kernels (before 4.6) count "
			"them in rx_dropped.",
		.action = "Nothing: an inactive port works like this. If the port should be "
			"active, check the bond or team.",
	},
	{
		ROW("rx_otherhost_dropped", DEVICE, REJECT, LINK), .since = "5.19",
		.kernel = "ip_rcv_core, ip6_rcv_core",
		.meaning = "IP frames arrived for another MAC address. Causes: promiscuous mode, a "
			"switch that floods, or a VLAN tag that no VLAN device here has.",
		.action = "If traffic is missing, check the VLAN devices and the MAC address. "
			"Otherwise check what turned on promiscuous mode.",
	},
	{
		ROW("rx_over_errors", DEVICE, DROP, LINK),
		.within = "rx_errors", .kernel = "the driver",
		.meaning = "Receive overrun: frames arrived faster than the card could store them, "
			"or did not fit its buffer. The exact meaning depends on the driver.",
		.action = "Increase the receive ring (ethtool -G; costs memory), and read ethtool "
			"-S for details.",
	},
	{
		ROW("rx_packets", DEVICE, TRAFFIC, LINK), .kernel = "the driver",
		.meaning = "Good frames that the device passed to the host, including those that a "
			"later stage drops. On veth and lo, frames that the backlog dropped are "
			"not included.",
	},
	{
		ROW("sk_accept_queue", SOCKET, PRESSURE, TCP), .shape = RXPATH_SHAPE_GAUGE,
		.kernel = "tcp_diag_get_info",
		.meaning = "Connections that wait in the accept queue of this listener. When it is "
			"full, new connections are dropped.",
		.action = "The program must accept faster, or raise its listen() backlog together "
			"with net.core.somaxconn.",
	},
	{
		ROW("sk_drops", SOCKET, DROP, UDP),
		.kernel = "sk_drops_inc, __udp_enqueue_schedule_skb",
		.meaning = "Datagrams that this socket lost: usually because its receive buffer "
			"was full, also by a bad checksum, a filter or exhausted UDP memory. The "
			"protocol counters include most of them.",
		.action = "Find the process that owns the socket: it reads too slowly, or its "
			"SO_RCVBUF is too small for bursts.",
	},
	{
		ROW("sk_rx_queue", SOCKET, PRESSURE, UDP), .shape = RXPATH_SHAPE_GAUGE,
		.kernel = "udp_rqueue_get, sk_rmem_alloc_get",
		.meaning = "Memory used by unread data in the receive queue of this socket. When "
			"it reaches the size of the receive buffer, datagrams are lost.",
		.action = "The program must read faster, or set a larger SO_RCVBUF, up to "
			"net.core.rmem_max (costs memory).",
	},
	{
		ROW("softnet_backlog", SOFTNET, TRAFFIC, SOFTNET), .shape = RXPATH_SHAPE_GAUGE,
		.since = "5.10", .kernel = "softnet_seq_show",
		.meaning = "Packets that wait now in the backlog of this CPU (the sum of its two "
			"queues).",
	},
	{
		ROW("softnet_cpu_collision", SOFTNET, TRAFFIC, SOFTNET),
		.kernel = "handle_dev_cpu_collision",
		.meaning = "Two CPUs wanted the transmit lock of one device. This is not a receive "
			"loss. Always zero since 4.9.",
	},
	{
		ROW("softnet_dropped", SOFTNET, DROP, SOFTNET), .kernel = "enqueue_to_backlog",
		.meaning = "A packet was lost because the backlog queue of this CPU was full. "
			"rx_dropped of the receiving device counts it too.",
		.action = "Raise net.core.netdev_max_backlog (costs memory and adds delay), and "
			"spread the load with RPS or more hardware queues.",
	},
	{
		ROW("softnet_flow_limit", SOFTNET, DROP, SOFTNET), .since = "3.14",
		.within = "softnet_dropped", .kernel = "skb_flow_limit",
		.meaning = "The backlog was more than half full and one flow held most of it, so a "
			"packet of that flow was dropped to protect the others. Counted on the CPU "
			"that queued the packet, not on the CPU of the backlog.",
		.action = "Expected when one flow dominates. If that flow matters, clear the CPU "
			"in net.core.flow_limit_cpu_bitmap; this also resets the counter to 0.",
	},
	{
		ROW("softnet_input_queue", SOFTNET, TRAFFIC, SOFTNET), .shape = RXPATH_SHAPE_GAUGE,
		.since = "6.4", .kernel = "softnet_seq_show",
		.meaning = "Packets that wait now in the input queue of this CPU, where other CPUs "
			"put them.",
	},
	{
		ROW("softnet_process_queue", SOFTNET, TRAFFIC, SOFTNET),
		.shape = RXPATH_SHAPE_GAUGE, .since = "6.4", .kernel = "softnet_seq_show",
		.meaning = "Packets that this CPU has taken from its input queue and not yet "
			"processed.",
	},
	{
		ROW("softnet_processed", SOFTNET, TRAFFIC, SOFTNET),
		.kernel = "__netif_receive_skb_core",
		.meaning = "Calls of the core receive function on this CPU. It counts work, not "
			"packets: with a VLAN, bridge or macvlan, one packet counts twice.",
	},
	{
		ROW("softnet_received_rps", SOFTNET, TRAFFIC, SOFTNET), .since = "2.6.35",
		.kernel = "rps_trigger_softirq",
		.meaning = "Interrupts from other CPUs that gave this CPU packets to process "
			"(RPS). It counts interrupts, not packets.",
	},
	{
		ROW("softnet_time_squeeze", SOFTNET, PRESSURE, SOFTNET), .kernel = "net_rx_action",
		.meaning = "The receive softirq used its whole packet or time budget while packets "
			"still waited. This alone loses nothing.",
		.action = "Nothing unless rx_missed_errors or drops rise too. Then raise "
			"net.core.netdev_budget and net.core.netdev_budget_usecs; this delays "
			"other work on the CPU.",
	},
	{
		ROW("tc_ingress_drops", NETFILTER, REJECT, QDISC),
		.kernel = "tc_run, sch_handle_ingress",
		.meaning = "Packets that a filter of traffic control (tc) dropped when a device "
			"received them. A clsact qdisc counts packets sent here as well.",
		.action = "See which filter dropped them: tc -s filter show dev DEVICE ingress. "
			"For a program, ask who attached it (bpftool net); otherwise correct the "
			"filter.",
	},
	{
		ROW("tcp_mem_used", SOCKET, PRESSURE, SOCKSTAT), .shape = RXPATH_SHAPE_GAUGE,
		.kernel = "derived; sk_memory_allocated",
		.meaning = "The sockets of all network namespaces hold at least 80 % of the memory "
			"that TCP may use: its pages (mem in /proc/net/sockstat) against the third "
			"figure of net.ipv4.tcp_mem. Above it packets are dropped.",
		.action = "Find the sockets with full receive queues (ss -tam) and the programs "
			"that do not read them. Then raise net.ipv4.tcp_mem (costs memory).",
	},
	{
		ROW("trace.BRIDGE_INGRESS_STP_STATE", DEVICE, REJECT, TRACE), .since = "6.14",
		.kernel = "br_handle_frame, br_handle_frame_finish",
		.meaning = "Frames that a bridge port dropped because of its state, seen by "
			"tracing: disabled, blocking, listening or learning.",
		.action = "See the state of each port: bridge link. A port that spanning tree "
			"blocks is not a fault.",
	},
	{
		ROW("trace.IP_INVALID_DEST", IP, REJECT, TRACE), .since = "6.14",
		.kernel = "ip_route_input_slow",
		.meaning = "IPv4 packets with an invalid destination, such as 0.0.0.0, seen by "
			"tracing.",
		.action = "Set net.ipv4.conf.all.log_martians=1 and read the kernel log to find "
			"the sender.",
	},
	{
		ROW("trace.IP_INVALID_SOURCE", IP, REJECT, TRACE), .since = "6.14",
		.kernel = "ip_route_input_slow",
		.meaning = "IPv4 packets with an invalid source, such as a multicast address, seen "
			"by tracing.",
		.action = "Set net.ipv4.conf.all.log_martians=1 and read the kernel log to find "
			"the sender.",
	},
	{
		ROW("trace.IP_LOCALNET", IP, REJECT, TRACE), .since = "6.14",
		.kernel = "ip_route_input_slow",
		.meaning = "IPv4 packets from or to 127.0.0.0/8 that arrived from the network, "
			"seen by tracing.",
		.action = "Find the sender. If they are wanted, set "
			"net.ipv4.conf.DEV.route_localnet=1.",
	},
	{
		ROW("trace.IP_LOCAL_SOURCE", IP, REJECT, TRACE), .since = "6.14",
		.kernel = "fib_validate_source",
		.meaning = "IPv4 packets from the network whose source is an address of this host, "
			"seen by tracing.",
		.action = "Look for a duplicate address, a network loop or spoofing.",
	},
	{
		ROW("trace.NETFILTER_DROP", NETFILTER, REJECT, TRACE), .since = "5.19",
		.kernel = "nf_hook_slow",
		.meaning = "Packets that a firewall rule or policy dropped, seen by tracing. The "
			"kernel gives the same reason on every hook, so packets that this host "
			"sends are included.",
		.action = "Read the counters of the firewall (nft list ruleset, iptables -vnL). A "
			"rule that works as intended is not a fault.",
	},
	{
		ROW("trace.TC_INGRESS", NETFILTER, REJECT, TRACE), .since = "5.19",
		.kernel = "sch_handle_ingress",
		.meaning = "Packets that a tc filter or program at the ingress of a device "
			"dropped, seen by tracing.",
		.action = "Read its counters: tc -s filter show dev DEV ingress. A filter that "
			"works as intended is not a fault.",
	},
	{
		ROW("trace.UNICAST_IN_L2_MULTICAST", IP, REJECT, TRACE), .since = "5.19",
		.kernel = "ip_rcv_finish_core",
		.meaning = "IPv4 unicast packets that arrived in a broadcast or multicast frame, "
			"seen by tracing.",
		.action = "Nothing: net.ipv4.conf.DEV.drop_unicast_in_l2_multicast is set and "
			"refuses them.",
	},
	{
		ROW("trace.VXLAN_VNI_NOT_FOUND", DEVICE, REJECT, TRACE), .since = "6.13",
		.kernel = "vxlan_rcv",
		.meaning = "VXLAN packets of a network (VNI) that no device here has, or whose "
			"device is down, seen by tracing.",
		.action = "Compare the VNI of the senders with those of the devices: ip -d link "
			"show type vxlan.",
	},
	{
		ROW("trace.XDP", DEVICE, REJECT, TRACE), .since = "5.19",
		.kernel = "do_xdp_generic, veth_xdp_rcv_skb",
		.meaning = "Packets that an XDP program dropped, seen by tracing: generic XDP and "
			"veth only. Drops by XDP in the driver of a card are not visible to "
			"tracing.",
		.action = "Read the statistics of the program, and ethtool -S. A program that "
			"works as intended is not a fault.",
	},
	{
		ROW("trace.XFRM_POLICY", NETFILTER, REJECT, TRACE), .since = "5.19",
		.kernel = "xfrm4_policy_check, xfrm6_policy_check",
		.meaning = "Packets that an IPsec policy refused, seen by tracing.",
		.action = "Check /proc/net/xfrm_stat and ip xfrm policy.",
	},
	{
		ROW("udp_mem_used", SOCKET, PRESSURE, SOCKSTAT), .shape = RXPATH_SHAPE_GAUGE,
		.kernel = "derived; sk_memory_allocated",
		.meaning = "The sockets of all network namespaces hold at least 80 % of the memory "
			"that UDP may use: its pages (mem in /proc/net/sockstat) against the third "
			"figure of net.ipv4.udp_mem. Above it packets are dropped.",
		.action = "Find the sockets with full receive queues (ss -uam) and the programs "
			"that do not read them. Then raise net.ipv4.udp_mem (costs memory).",
	},
};
/* clang-format on */

static const char *const stages[RXPATH_STAGES] = {
	[RXPATH_STAGE_DEVICE] = "device",	[RXPATH_STAGE_SOFTNET] = "softnet",
	[RXPATH_STAGE_NETFILTER] = "netfilter", [RXPATH_STAGE_IP] = "ip",
	[RXPATH_STAGE_TRANSPORT] = "transport", [RXPATH_STAGE_SOCKET] = "socket",
};

static const char *const kinds[RXPATH_KINDS] = {
	[RXPATH_KIND_DROP] = "drop",	     [RXPATH_KIND_SUSPECT] = "suspect",
	[RXPATH_KIND_PRESSURE] = "pressure", [RXPATH_KIND_REJECT] = "reject",
	[RXPATH_KIND_TRAFFIC] = "traffic",
};

/* The index of that name; `count` when there is none. */
static size_t find_name(const char *const *names, size_t count, struct rxpath_slice name)
{
	size_t i = 0;

	while (i < count && !rxpath_slice_is(name, names[i]))
		i++;
	return i;
}

size_t rxpath_catalogue_size(void)
{
	return sizeof rows / sizeof *rows;
}

const struct rxpath_counter *rxpath_catalogue_at(size_t index)
{
	return index < rxpath_catalogue_size() ? &rows[index] : NULL;
}

/* Names are padded with NULs, which what is looked for may hold too. */
static int compare_name(const void *name, const void *row)
{
	const struct rxpath_slice *wanted = name;
	const char *found = ((const struct rxpath_counter *)row)->name;
	int order = memcmp(wanted->ptr, found, wanted->len);

	if (order != 0)
		return order;
	return found[wanted->len] != '\0' ? -1 : found[wanted->len - 1] == '\0';
}

enum rxpath_width rxpath_counter_width(const struct rxpath_counter *counter)
{
	return counter->is_wide ? RXPATH_WIDTH_64 : rxpath_source_row(counter->source)->width;
}

const struct rxpath_counter *rxpath_catalogue_find(struct rxpath_slice name)
{
	return name.len == 0 || name.len >= sizeof rows->name
		       ? NULL
		       : bsearch(&name, rows, rxpath_catalogue_size(), sizeof *rows, compare_name);
}

const char *rxpath_stage_name(enum rxpath_stage stage)
{
	return (size_t)stage < RXPATH_STAGES ? stages[stage] : "unknown";
}

const char *rxpath_kind_name(enum rxpath_kind kind)
{
	return (size_t)kind < RXPATH_KINDS ? kinds[kind] : "unknown";
}

bool rxpath_stage_find(struct rxpath_slice name, enum rxpath_stage *stage)
{
	size_t index = find_name(stages, RXPATH_STAGES, name);

	if (index == RXPATH_STAGES)
		return false;
	*stage = (enum rxpath_stage)index;
	return true;
}

bool rxpath_kind_find(struct rxpath_slice name, enum rxpath_kind *kind)
{
	size_t index = find_name(kinds, RXPATH_KINDS, name);

	if (index == RXPATH_KINDS)
		return false;
	*kind = (enum rxpath_kind)index;
	return true;
}
