/* drops.c: what is known about each drop reason, and about functions of the kernel that give none.
 *
 * By name only: the numbers change with almost every release. Names are those of
 * include/net/dropreason-core.h without SKB_DROP_REASON_, 5.17 to 7.1. A reason that is not here is
 * shown under its own name and belongs to no stage. Not here on purpose:
 *
 * - the transmit side: QDISC_*, TC_EGRESS, BPF_CGROUP_EGRESS, NEIGH_*, IP_OUTNOROUTES, CAKE_*,
 *   FQ_*, DUALPI2_*, TAP_*, NO_TX_TARGET, TUNNEL_TXINFO, PSP_OUTPUT, RECURSION_LIMIT
 * - what is no loss: SOCKET_CLOSE, QUEUE_PURGE (a queue is emptied with its owner), UNIX_*,
 *   DUP_FRAG, and what TCP throws away because it has it already or because the peer is out of
 *   step: TCP_OLD_*,
 *   TCP_TOO_OLD_ACK, TCP_OFOMERGE, TCP_RFC7323_*, TCP_INVALID_*, TCP_RESET, TCP_CLOSE, TCP_FLAGS,
 *   TCP_FASTOPEN, TCP_ABORT_ON_DATA, TCP_ACK_UNSENT_DATA, TCP_OVERWINDOW
 * - names that both directions use; the function tells which: NOT_SPECIFIED, NOMEM,
 *   HDR_TRUNC, PKT_TOO_SMALL, PKT_TOO_BIG, DEV_READY, DEV_HDR, SKB_CSUM, SKB_GSO_SEG,
 *   SKB_UCOPY_FAULT, FULL_RING, SECURITY_HOOK, INVALID_PROTO, PFMEMALLOC, TC_* */
#include <string.h>

#include "rxpath/drops.h"

static const char *const events[RXPATH_TRACE_EVENTS] = {
	[RXPATH_TRACE_QUEUE_FULL] = "sock:sock_rcvqueue_full",
	[RXPATH_TRACE_MEMORY] = "sock:sock_exceed_buf_limit",
	[RXPATH_TRACE_UDP_FAIL] = "udp:udp_fail_queue_rcv_skb",
	[RXPATH_TRACE_KFREE] = "skb:kfree_skb",
};

const char *rxpath_trace_event_name(enum rxpath_trace_event event)
{
	return events[event];
}

/* `silent`: refused, and no counter of the namespace says so. */
static const struct {
	const char *name;
	enum rxpath_stage stage;
	const char *silent;
} reasons[] = {
	{"UNHANDLED_PROTO", RXPATH_STAGE_DEVICE, NULL},
	{"PTYPE_ABSENT", RXPATH_STAGE_DEVICE, NULL}, /* its name while 5.19 was in the making */
	{"OTHERHOST", RXPATH_STAGE_DEVICE, NULL},
	{"XDP", RXPATH_STAGE_DEVICE, "trace.XDP"},
	{"BRIDGE_INGRESS_STP_STATE", RXPATH_STAGE_DEVICE, "trace.BRIDGE_INGRESS_STP_STATE"},
	{"MAC_INVALID_SOURCE", RXPATH_STAGE_DEVICE, NULL},
	{"VXLAN_INVALID_HDR", RXPATH_STAGE_DEVICE, NULL},
	{"VXLAN_VNI_NOT_FOUND", RXPATH_STAGE_DEVICE, "trace.VXLAN_VNI_NOT_FOUND"},
	{"IP_TUNNEL_ECN", RXPATH_STAGE_DEVICE, NULL},
	{"CAN_RX_INVALID_FRAME", RXPATH_STAGE_DEVICE, NULL},
	{"CANFD_RX_INVALID_FRAME", RXPATH_STAGE_DEVICE, NULL},
	{"CANXL_RX_INVALID_FRAME", RXPATH_STAGE_DEVICE, NULL},
	{"CPU_BACKLOG", RXPATH_STAGE_SOFTNET, NULL},
	{"TC_INGRESS", RXPATH_STAGE_NETFILTER, "trace.TC_INGRESS"},
	{"NETFILTER_DROP", RXPATH_STAGE_NETFILTER, "trace.NETFILTER_DROP"},
	{"XFRM_POLICY", RXPATH_STAGE_NETFILTER, "trace.XFRM_POLICY"},
	{"IP_CSUM", RXPATH_STAGE_IP, NULL},
	{"IP_INHDR", RXPATH_STAGE_IP, NULL},
	{"IP_RPFILTER", RXPATH_STAGE_IP, NULL},
	{"IP_NOPROTO", RXPATH_STAGE_IP, NULL},
	{"IP_INADDRERRORS", RXPATH_STAGE_IP, NULL},
	{"IP_INNOROUTES", RXPATH_STAGE_IP, NULL},
	{"IP_LOCAL_SOURCE", RXPATH_STAGE_IP, "trace.IP_LOCAL_SOURCE"},
	{"IP_INVALID_SOURCE", RXPATH_STAGE_IP, "trace.IP_INVALID_SOURCE"},
	{"IP_LOCALNET", RXPATH_STAGE_IP, "trace.IP_LOCALNET"},
	{"IP_INVALID_DEST", RXPATH_STAGE_IP, "trace.IP_INVALID_DEST"},
	{"UNICAST_IN_L2_MULTICAST", RXPATH_STAGE_IP, "trace.UNICAST_IN_L2_MULTICAST"},
	{"FRAG_REASM_TIMEOUT", RXPATH_STAGE_IP, NULL},
	{"FRAG_TOO_FAR", RXPATH_STAGE_IP, NULL},
	{"IPV6DISABLED", RXPATH_STAGE_IP, NULL},
	{"IPV6_BAD_EXTHDR", RXPATH_STAGE_IP, NULL},
	{"IPV6_NDISC_FRAG", RXPATH_STAGE_IP, NULL},
	{"IPV6_NDISC_HOP_LIMIT", RXPATH_STAGE_IP, NULL},
	{"IPV6_NDISC_BAD_CODE", RXPATH_STAGE_IP, NULL},
	{"IPV6_NDISC_BAD_OPTIONS", RXPATH_STAGE_IP, NULL},
	{"IPV6_NDISC_NS_OTHERHOST", RXPATH_STAGE_IP, NULL},
	{"NO_SOCKET", RXPATH_STAGE_TRANSPORT, NULL},
	{"UDP_CSUM", RXPATH_STAGE_TRANSPORT, NULL},
	{"TCP_CSUM", RXPATH_STAGE_TRANSPORT, NULL},
	{"ICMP_CSUM", RXPATH_STAGE_TRANSPORT, NULL},
	{"TCP_AUTH_HDR", RXPATH_STAGE_TRANSPORT, NULL},
	{"TCP_MD5NOTFOUND", RXPATH_STAGE_TRANSPORT, NULL},
	{"TCP_MD5UNEXPECTED", RXPATH_STAGE_TRANSPORT, NULL},
	{"TCP_MD5FAILURE", RXPATH_STAGE_TRANSPORT, NULL},
	{"TCP_AONOTFOUND", RXPATH_STAGE_TRANSPORT, NULL},
	{"TCP_AOUNEXPECTED", RXPATH_STAGE_TRANSPORT, NULL},
	{"TCP_AOKEYNOTFOUND", RXPATH_STAGE_TRANSPORT, NULL},
	{"TCP_AOFAILURE", RXPATH_STAGE_TRANSPORT, NULL},
	{"TCP_MINTTL", RXPATH_STAGE_TRANSPORT, NULL},
	{"PSP_INPUT", RXPATH_STAGE_TRANSPORT, NULL},
	{"SOCKET_FILTER", RXPATH_STAGE_SOCKET, NULL},
	{"TCP_FILTER", RXPATH_STAGE_SOCKET, NULL}, /* SOCKET_FILTER in 5.17 */
	{"SOCKET_RCVBUFF", RXPATH_STAGE_SOCKET, NULL},
	{"PROTO_MEM", RXPATH_STAGE_SOCKET, NULL},
	{"SOCKET_BACKLOG", RXPATH_STAGE_SOCKET, NULL},
	{"PACKET_SOCK_ERROR", RXPATH_STAGE_SOCKET, NULL},
	{"TCP_LISTEN_OVERFLOW", RXPATH_STAGE_SOCKET, NULL},
	{"TCP_ZEROWINDOW", RXPATH_STAGE_SOCKET, NULL},
	{"TCP_OFO_QUEUE_PRUNE", RXPATH_STAGE_SOCKET, NULL},
	{"TCP_OFO_DROP", RXPATH_STAGE_SOCKET, NULL},
};

/* Functions that free only what they received; the first that the symbol starts with. kfree_skb's
 * caller is what the event names, and a static function that the compiler folded into it goes under
 * its name. */
static const struct {
	const char *prefix;
	enum rxpath_stage stage;
	const char *silent;
} functions[] = {
	{"__netif_receive_skb", RXPATH_STAGE_DEVICE, NULL},
	{"netif_receive_skb", RXPATH_STAGE_DEVICE, NULL},
	{"__dev_forward_skb", RXPATH_STAGE_DEVICE, NULL},
	{"____dev_forward_skb", RXPATH_STAGE_DEVICE, NULL},
	{"dev_forward_skb", RXPATH_STAGE_DEVICE, NULL},
	{"netif_receive_generic_xdp", RXPATH_STAGE_DEVICE, "trace.XDP"},
	{"do_xdp_generic", RXPATH_STAGE_DEVICE, "trace.XDP"},
	{"veth_xdp_rcv", RXPATH_STAGE_DEVICE, "trace.XDP"},
	{"vlan_do_receive", RXPATH_STAGE_DEVICE, NULL},
	{"stp_pdu_rcv", RXPATH_STAGE_DEVICE, NULL},
	{"br_stp_rcv", RXPATH_STAGE_DEVICE, NULL},
	{"llc_rcv", RXPATH_STAGE_DEVICE, NULL},
	{"arp_rcv", RXPATH_STAGE_DEVICE, NULL},
	{"enqueue_to_backlog", RXPATH_STAGE_SOFTNET, NULL},
	{"nf_hook_slow", RXPATH_STAGE_NETFILTER, "trace.NETFILTER_DROP"},
	{"tcf_classify_ingress", RXPATH_STAGE_NETFILTER, NULL},
	{"ip_rcv", RXPATH_STAGE_IP, NULL},
	{"ip_local_deliver", RXPATH_STAGE_IP, NULL},
	{"ip_protocol_deliver_rcu", RXPATH_STAGE_IP, NULL},
	{"ip_route_input", RXPATH_STAGE_IP, NULL},
	{"ip_error", RXPATH_STAGE_IP, NULL},
	{"ip_defrag", RXPATH_STAGE_IP, NULL},
	{"ip_frag_", RXPATH_STAGE_IP, NULL},
	{"inet_frag_", RXPATH_STAGE_IP, NULL},
	{"ipv6_frag_rcv", RXPATH_STAGE_IP, NULL},
	{"ip6_frag_", RXPATH_STAGE_IP, NULL},
	{"ip6_rcv", RXPATH_STAGE_IP, NULL},
	{"ipv6_rcv", RXPATH_STAGE_IP, NULL},
	{"ip6_input", RXPATH_STAGE_IP, NULL},
	{"ip6_mc_input", RXPATH_STAGE_IP, NULL},
	{"ip6_protocol_deliver_rcu", RXPATH_STAGE_IP, NULL},
	{"ip6_pkt_drop", RXPATH_STAGE_IP, NULL},
	{"ipv6_destopt_rcv", RXPATH_STAGE_IP, NULL},
	{"ip6_parse_tlv", RXPATH_STAGE_IP, NULL},
	{"ip6_tlvopt", RXPATH_STAGE_IP, NULL},
	{"ipv6_rthdr_rcv", RXPATH_STAGE_IP, NULL},
	{"ndisc_rcv", RXPATH_STAGE_IP, NULL},
	{"icmp_rcv", RXPATH_STAGE_TRANSPORT, NULL},
	{"icmpv6_rcv", RXPATH_STAGE_TRANSPORT, NULL},
	{"igmp_rcv", RXPATH_STAGE_TRANSPORT, NULL},
	{"__udp4_lib_rcv", RXPATH_STAGE_TRANSPORT, NULL},
	{"__udp6_lib_rcv", RXPATH_STAGE_TRANSPORT, NULL},
	{"udp_rcv", RXPATH_STAGE_TRANSPORT, NULL},
	{"udpv6_rcv", RXPATH_STAGE_TRANSPORT, NULL},
	{"tcp_v4_rcv", RXPATH_STAGE_TRANSPORT, NULL},
	{"tcp_v6_rcv", RXPATH_STAGE_TRANSPORT, NULL},
	{"udp_recvmsg", RXPATH_STAGE_TRANSPORT, NULL},
	{"udpv6_recvmsg", RXPATH_STAGE_TRANSPORT, NULL},
	{"udp_queue_rcv", RXPATH_STAGE_SOCKET, NULL},
	{"__udp_queue_rcv", RXPATH_STAGE_SOCKET, NULL},
	{"udpv6_queue_rcv", RXPATH_STAGE_SOCKET, NULL},
	{"__udpv6_queue_rcv", RXPATH_STAGE_SOCKET, NULL},
	{"ping_rcv", RXPATH_STAGE_SOCKET, NULL},
	{"__ping_queue_rcv_skb", RXPATH_STAGE_SOCKET, NULL},
	{"raw_rcv", RXPATH_STAGE_SOCKET, NULL},
	{"rawv6_rcv", RXPATH_STAGE_SOCKET, NULL},
	{"packet_rcv", RXPATH_STAGE_SOCKET, NULL},
	{"tpacket_rcv", RXPATH_STAGE_SOCKET, NULL},
};

static bool says_nothing(struct rxpath_slice reason)
{
	static const char *const vague[] = {
		"NOT_SPECIFIED", "NOMEM",      "HDR_TRUNC", "PKT_TOO_SMALL", "PKT_TOO_BIG",
		"DEV_READY",	 "DEV_HDR",    "SKB_CSUM",  "SKB_GSO_SEG",   "SECURITY_HOOK",
		"INVALID_PROTO", "PFMEMALLOC", NULL,
	};

	/* A number stands for a reason that the kernel has no name for. */
	return reason.len == 0 || rxpath_slice_starts(reason, "0x") ||
	       rxpath_slice_is_any(reason, vague);
}

bool rxpath_reason_unhandled(struct rxpath_slice reason)
{
	return rxpath_slice_is(reason, "UNHANDLED_PROTO") ||
	       rxpath_slice_is(reason, "PTYPE_ABSENT");
}

/* What is known of it: in `reasons` or in `functions`; both NULL: nothing. */
static void look_up(struct rxpath_slice reason, struct rxpath_slice location,
		    const enum rxpath_stage **stage, const char **silent)
{
	/* The dispatcher has its own reason for it, and IPv6 uses the same for headers. */
	bool anywhere = says_nothing(reason) || rxpath_reason_unhandled(reason);

	*stage = NULL;
	*silent = NULL;
	for (size_t i = 0; anywhere && i < sizeof functions / sizeof *functions; i++) {
		if (!rxpath_slice_starts(location, functions[i].prefix))
			continue;
		*stage = &functions[i].stage;
		*silent = functions[i].silent;
		return;
	}
	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
		if (rxpath_slice_is(reason, reasons[i].name)) {
			*stage = &reasons[i].stage;
			*silent = reasons[i].silent;
		}
	}
}

bool rxpath_drop_stage(struct rxpath_slice reason, struct rxpath_slice location,
		       enum rxpath_stage *stage)
{
	const enum rxpath_stage *known;
	const char *silent;

	look_up(reason, location, &known, &silent);
	if (known)
		*stage = *known;
	return known != NULL;
}

void rxpath_drop_protocol(struct rxpath_buf *out, uint32_t protocol)
{
	static const struct {
		uint32_t protocol;
		const char *name;
	} names[] = {
		{RXPATH_ETHERTYPE_IPV4, "ipv4"},
		{RXPATH_ETHERTYPE_ARP, "arp"},
		{RXPATH_ETHERTYPE_IPV6, "ipv6"},
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (names[i].protocol != protocol)
			continue;
		rxpath_buf_string(out, names[i].name);
		return;
	}
	rxpath_buf_printf(out, "0x%04x", protocol);
}

bool rxpath_drop_unhandled(const struct rxpath_drop *drop)
{
	if (!rxpath_reason_unhandled(drop->reason))
		return false;
	if (drop->location.len > 0)
		return rxpath_slice_starts(drop->location, "__netif_receive_skb") ||
		       rxpath_slice_starts(drop->location, "netif_receive_skb");
	return drop->protocol != RXPATH_ETHERTYPE_IPV4 && drop->protocol != RXPATH_ETHERTYPE_IPV6;
}

const char *rxpath_drop_silent(struct rxpath_slice reason, struct rxpath_slice location)
{
	const enum rxpath_stage *known;
	const char *silent;

	look_up(reason, location, &known, &silent);
	return silent;
}
