/* netlink.h: netlink requests, and the sources that only netlink has. */
#ifndef RXPATH_CAPTURE_NETLINK_H
#define RXPATH_CAPTURE_NETLINK_H

#include <linux/netlink.h>

#include "rxpath/nlmsg.h"
#include "inuse.h"

/* A netlink socket of that protocol, whose receives time out; -1 with errno. */
int rxpath_netlink_open(int protocol);

/* Takes a part of an answer; false ends it. */
typedef bool rxpath_netlink_part(void *context, struct rxpath_slice messages);

/* Asks for all objects of this type (RTM_GETLINK, ...) with a request of at most
 * RXPATH_NETLINK_REQUEST bytes after the header, and hands each datagram of the answer to `part`
 * until NLMSG_DONE. 0, or an errno: also one that the kernel put inside NLMSG_ERROR or NLMSG_DONE;
 * ETIMEDOUT when the answer does not end; ECANCELED when `part` returned false. */
#define RXPATH_NETLINK_REQUEST 640
int rxpath_netlink_dump(int fd, uint16_t type, const void *request, size_t len,
			rxpath_netlink_part *part, void *context);

/* The same, but `take` gets the payload of each message of type `answer`. */
typedef void rxpath_netlink_message(void *context, struct rxpath_slice payload);
int rxpath_netlink_messages(int fd, uint16_t type, const void *request, size_t len, uint16_t answer,
			    rxpath_netlink_message *take, void *context);

/* The same for the one object that the request names. */
int rxpath_netlink_ask(int fd, uint16_t type, const void *request, size_t len, uint16_t answer,
		       rxpath_netlink_message *take, void *context);

/* A query for a source that only netlink has, and the buffer for its text. Functions that take a
 * query return 0 or an errno: ENOENT where the kernel has no such objects. The caller checks
 * whether `out` ran out of memory. */
struct netlink_query {
	int fd;			     /* a socket of the protocol to ask; -1: not needed */
	struct rxpath_slice devices; /* the text of rxpath/link, for names */
	bool all_rules;		     /* read all netfilter rules, however many there are */
	int net_dir;		     /* /proc/net of the namespace */
	const struct empty_tables *empty;
	struct rxpath_buf *out; /* empty at first */
};

/* listeners.c: section rxpath/listeners, TCP sockets that wait for connections. */
int rxpath_listeners(const struct netlink_query *query);

/* The same file: section rxpath/connections, TCP connections that dropped segments or whose
 * receive buffers are more than half full. The kernel walks all connections for it. */
int rxpath_connections(const struct netlink_query *query);

/* packetdiag.c: section rxpath/packet, AF_PACKET sockets. */
int rxpath_packet_sockets(const struct netlink_query *query);

/* nftables.c: section rxpath/nftables, the rules that drop, reject or queue packets. E2BIG: too
 * many rules. */
int rxpath_nftables(const struct netlink_query *query);

/* iptables.c: section rxpath/iptables, the same for iptables-legacy. It needs no netlink. */
int rxpath_iptables(const struct netlink_query *query);

/* Reading more rules takes long, and few of them refuse packets. */
#define RXPATH_MAX_RULES 10000

static inline size_t rxpath_rule_limit(const struct netlink_query *query)
{
	return query->all_rules ? SIZE_MAX : RXPATH_MAX_RULES;
}

/* xdpdiag.c: section rxpath/xdp, AF_XDP sockets. */
int rxpath_xdp_sockets(const struct netlink_query *query);

/* genl.c: section rxpath/ovs, packets that Open vSwitch lost. */
int rxpath_ovs_datapaths(const struct netlink_query *query);

/* qdisc.c: section rxpath/qdisc, received packets that traffic control dropped. */
int rxpath_qdiscs(const struct netlink_query *query);

/* The same file: the filters of devices whose qdiscs dropped packets, as lines "device.NAME.tc.N
 * KIND PREF CHAIN ACTION DROPS". */
void rxpath_qdisc_filters(const struct netlink_query *query);

#endif
