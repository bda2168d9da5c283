/* socket.h: one receiving socket: its row in a table, and how it is written. */
#ifndef RXPATH_SOCKET_H
#define RXPATH_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rxpath/buf.h"
#include "rxpath/catalogue.h"

/* Addresses are in network byte order, IPv4 in the first four bytes. Of a capture socket: the
 * name of its device, ended by a NUL; empty: all devices; of an AF_XDP socket too. Of a netlink
 * socket: its port id. */
struct rxpath_address {
	uint8_t bytes[16];
	uint16_t port; /* of a raw socket its protocol, of a capture socket its EtherType, of a
			* netlink socket its family, of an AF_XDP socket the queue */
};

struct rxpath_socket {
	uint64_t cookie;     /* sock_diag's identity, never used again; 0: not known */
	uint64_t inode;	     /* 0: it has none (orphan) */
	uint64_t cgroup;     /* the id of its cgroup2 group; 0: not known */
	uint32_t drops;	     /* wraps */
	uint32_t rx_queue;   /* bytes that wait to be read; of a listener: connections */
	uint32_t rmem;	     /* bytes charged to the receive limit; RXPATH_UNKNOWN32 */
	uint32_t rcvbuf;     /* the receive limit in bytes; RXPATH_UNKNOWN32 */
	uint32_t uid;	     /* RXPATH_UNKNOWN32 */
	uint32_t limit;	     /* of a listener: how many connections may wait; RXPATH_UNKNOWN32 */
	uint32_t ring_full;  /* of an AF_XDP socket: drops because its RX ring was full */
	uint32_t fill_empty; /* and how often its fill ring had no buffer */
	uint8_t protocol;    /* enum rxpath_protocol */
	bool v6;
	struct rxpath_address local;
	struct rxpath_address remote;
};

/* What is kept of every socket to compare it with a later sample. It is small: there may be
 * hundreds of thousands. */
struct rxpath_socket_record {
	uint64_t cookie;
	uint64_t identity; /* rxpath_socket_identity */
	uint32_t drops;
	uint32_t rx_queue;
	uint32_t rmem;
	uint8_t protocol;
	bool v6;
};

/* One line of the /proc/net/udp table with the columns that sock_diag adds; and its header. */
void rxpath_socket_header(struct rxpath_buf *out);
void rxpath_socket_row(struct rxpath_buf *out, const struct rxpath_socket *socket);

/* "udp/127.0.0.1:9999", "udp6/[::1]:9999", "raw/0.0.0.0:1". Of a capture socket "packet/eth0",
 * or "packet/" and an asterisk; of a netlink socket "netlink/route:812"; of an
 * AF_XDP socket "xdp/eth0:3". */
void rxpath_socket_subject(struct rxpath_buf *out, const struct rxpath_socket *socket);

/* The name of its drops in a report: "sk_drops"; of a netlink socket "netlink_drops". */
const char *rxpath_socket_drops(const struct rxpath_socket *socket);

/* The name of its queue in a report: "sk_rx_queue"; of a listener "sk_accept_queue". */
const char *rxpath_socket_queue(const struct rxpath_socket *socket);

/* Identifies the socket in its table as long as it exists, also where there are no cookies: its
 * inode and port, or a hash of its addresses if it has no inode any more. */
uint64_t rxpath_socket_identity(const struct rxpath_socket *socket);

/* The same number for all UDP sockets that share an address and its datagrams, by SO_REUSEPORT or
 * multicast; 0: it shares with none. A hash of 32 bits: two addresses rarely have the same. */
uint32_t rxpath_socket_reuse_group(const struct rxpath_socket *socket);

/* Whether the record belongs to this socket, which has that identity. */
bool rxpath_record_is_of(const struct rxpath_socket_record *record,
			 const struct rxpath_socket *socket, uint64_t identity);

/* Whether it is the netlink socket of that family and port id. */
bool rxpath_socket_is_netlink(const struct rxpath_socket *socket, uint16_t family, uint32_t port);

/* "udp", "udp6", "udplite", ... */
const char *rxpath_socket_protocol(const struct rxpath_socket *socket);

/* "127.0.0.1:9999", "[::1]:9999". */
void rxpath_socket_address(struct rxpath_buf *out, const struct rxpath_socket *socket,
			   const struct rxpath_address *address);

#endif
