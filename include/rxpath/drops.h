/* drops.h: what the kernel's drop tracepoints reported over an interval, and what a drop reason
 * means.
 *
 * The counts are of the whole host: no event says which network namespace its packet was in. */
#ifndef RXPATH_DROPS_H
#define RXPATH_DROPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rxpath/buf.h"
#include "rxpath/catalogue.h"
#include "rxpath/scan.h"

/* EtherTypes, as events give them (include/uapi/linux/if_ether.h). */
#define RXPATH_ETHERTYPE_IPV4 UINT32_C(0x0800)
#define RXPATH_ETHERTYPE_ARP UINT32_C(0x0806)
#define RXPATH_ETHERTYPE_IPV6 UINT32_C(0x86dd)

enum rxpath_trace_event {
	RXPATH_TRACE_QUEUE_FULL, /* sock:sock_rcvqueue_full */
	RXPATH_TRACE_MEMORY,	 /* sock:sock_exceed_buf_limit */
	RXPATH_TRACE_UDP_FAIL,	 /* udp:udp_fail_queue_rcv_skb */
	RXPATH_TRACE_KFREE,	 /* skb:kfree_skb */
	RXPATH_TRACE_EVENTS
};

/* "skb:kfree_skb", ... */
const char *rxpath_trace_event_name(enum rxpath_trace_event event);

/* Packets that one function of the kernel freed for one reason (skb:kfree_skb). In a report also
 * the port, where udp:udp_fail_queue_rcv_skb gave it. */
struct rxpath_drop {
	struct rxpath_slice reason;   /* "SOCKET_RCVBUFF"; empty: the kernel gives none */
	struct rxpath_slice location; /* a symbol; empty: not known */
	uint32_t protocol;	      /* the EtherType; RXPATH_UNKNOWN32 */
	uint32_t port;		      /* of the socket; RXPATH_UNKNOWN32 */
	uint64_t count;
	bool on_path; /* a drop of the receive path, at `stage` */
	enum rxpath_stage stage;
};

/* Datagrams that UDP could not put in a socket's queue (udp:udp_fail_queue_rcv_skb). */
struct rxpath_udp_drop {
	uint32_t protocol; /* EtherType of the packet; RXPATH_UNKNOWN32 before 6.10 */
	uint32_t port;	   /* of the socket; RXPATH_UNKNOWN32 */
	int64_t error;	   /* negative errno: ENOMEM the queue was full, ENOBUFS udp_mem */
	uint64_t count;
};

/* One interval. */
struct rxpath_trace_result {
	uint64_t events[RXPATH_TRACE_EVENTS]; /* RXPATH_UNKNOWN: this kernel has no such event */
	uint64_t with_counter;		      /* in a report: drops that a counter should have */
	uint64_t elsewhere;   /* in a report: drops of the receive path that no counter of
			       * this network namespace explains */
	uint64_t overrun;     /* events that the ring lost before they were read */
	bool names_unhandled; /* the kernel has a drop reason for "no protocol handles it" */
	struct rxpath_drop *drops;
	size_t drop_count, drop_cap;
	struct rxpath_udp_drop *udp;
	size_t udp_count, udp_cap;
};

/* The stage of the receive path that loses packets for that reason in that function. False: none
 * (the transmit side, no loss at all, or not known), and *stage untouched. */
bool rxpath_drop_stage(struct rxpath_slice reason, struct rxpath_slice location,
		       enum rxpath_stage *stage);

/* "ipv4", "ipv6", "arp", "0x88cc": an EtherType in words. */
void rxpath_drop_protocol(struct rxpath_buf *out, uint32_t protocol);

/* Whether the reason is that no protocol handles the packet. */
bool rxpath_reason_unhandled(struct rxpath_slice reason);

/* Whether no protocol handles the packet, so that its device's rx_dropped counts it. */
bool rxpath_drop_unhandled(const struct rxpath_drop *drop);

/* The catalogue's name for a reason ("trace.NETFILTER_DROP") whose packets are in no counter of the
 * network namespace. NULL for every other reason. */
const char *rxpath_drop_silent(struct rxpath_slice reason, struct rxpath_slice location);

#endif
