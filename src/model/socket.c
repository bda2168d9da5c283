/* socket.c: how a socket is written: as a subject, as an address, as a row of /proc/net/udp. */
#include <arpa/inet.h>
#include <string.h>

#include "rxpath/socket.h"
#include "rxpath/search.h"

/* IPv4's name and IPv6's. */
static const char *const protocols[RXPATH_PROTOCOLS][2] = {
	[RXPATH_UDP] = {"udp", "udp6"},
	[RXPATH_UDPLITE] = {"udplite", "udplite6"},
	[RXPATH_RAW] = {"raw", "raw6"},
	[RXPATH_ICMP] = {"icmp", "icmp6"},
	[RXPATH_TCP] = {"tcp", "tcp6"},
	[RXPATH_PACKET] = {"packet", "packet"},
	[RXPATH_NETLINK] = {"netlink", "netlink"},
	[RXPATH_XDP] = {"xdp", "xdp"},
};

/* NETLINK_ROUTE, ... (include/uapi/linux/netlink.h); NULL: only a number. */
static const char *const netlink_families[] = {
	[0] = "route",	    [2] = "usersock",	[4] = "sock_diag", [6] = "xfrm",
	[7] = "selinux",    [8] = "iscsi",	[9] = "audit",	   [10] = "fib_lookup",
	[11] = "connector", [12] = "netfilter", [15] = "uevent",   [16] = "generic",
	[18] = "scsi",	    [20] = "rdma",	[21] = "crypto",
};

const char *rxpath_socket_protocol(const struct rxpath_socket *socket)
{
	return protocols[socket->protocol][socket->v6];
}

const char *rxpath_socket_queue(const struct rxpath_socket *socket)
{
	return socket->protocol == RXPATH_TCP ? "sk_accept_queue" : "sk_rx_queue";
}

/* Its device; a capture socket has no other address. */
static void put_device(struct rxpath_buf *out, const struct rxpath_address *address)
{
	const char *name = (const char *)address->bytes;
	struct rxpath_slice device = {name, strnlen(name, sizeof address->bytes)};

	if (device.len == 0)
		rxpath_buf_char(out, '*');
	else
		rxpath_buf_escaped(out, device, "");
}

const char *rxpath_socket_drops(const struct rxpath_socket *socket)
{
	return socket->protocol == RXPATH_NETLINK ? "netlink_drops" : "sk_drops";
}

/* "route:812": its family and port id. */
static void put_netlink(struct rxpath_buf *out, const struct rxpath_address *address)
{
	uint32_t port;

	memcpy(&port, address->bytes, sizeof port);
	if (address->port < sizeof netlink_families / sizeof *netlink_families &&
	    netlink_families[address->port])
		rxpath_buf_string(out, netlink_families[address->port]);
	else
		rxpath_buf_u64(out, address->port);
	rxpath_buf_char(out, ':');
	rxpath_buf_u64(out, port);
}

void rxpath_socket_address(struct rxpath_buf *out, const struct rxpath_socket *socket,
			   const struct rxpath_address *address)
{
	char text[INET6_ADDRSTRLEN] = "";

	if (socket->protocol == RXPATH_PACKET) {
		put_device(out, address);
		return;
	}
	if (socket->protocol == RXPATH_XDP) {
		put_device(out, address);
		rxpath_buf_char(out, ':');
		rxpath_buf_u64(out, address->port);
		return;
	}
	if (socket->protocol == RXPATH_NETLINK) {
		put_netlink(out, address);
		return;
	}
	inet_ntop(socket->v6 ? AF_INET6 : AF_INET, address->bytes, text, sizeof text);
	if (socket->v6)
		rxpath_buf_char(out, '[');
	rxpath_buf_string(out, text);
	rxpath_buf_string(out, socket->v6 ? "]:" : ":");
	rxpath_buf_u64(out, address->port);
}

void rxpath_socket_subject(struct rxpath_buf *out, const struct rxpath_socket *socket)
{
	rxpath_buf_string(out, rxpath_socket_protocol(socket));
	rxpath_buf_char(out, '/');
	rxpath_socket_address(out, socket, &socket->local);
}

static uint64_t hash_of(uint64_t hash, const struct rxpath_address *address)
{
	uint64_t halves[2];

	memcpy(halves, address->bytes, sizeof halves);
	hash = rxpath_hash(rxpath_hash(hash, halves[0]), halves[1]);
	return rxpath_hash(hash, address->port);
}

uint64_t rxpath_socket_identity(const struct rxpath_socket *socket)
{
	/* Inodes have 32 bits and are used again, seldom by a socket of the same port. */
	if (socket->inode != 0)
		return socket->inode ^ (uint64_t)socket->local.port << 40;
	/* No inode with a port has this bit. */
	return hash_of(hash_of(0, &socket->local), &socket->remote) | UINT64_C(1) << 63;
}

uint32_t rxpath_socket_reuse_group(const struct rxpath_socket *socket)
{
	uint32_t group;

	/* What comes for a connected socket is its own. */
	if ((socket->protocol != RXPATH_UDP && socket->protocol != RXPATH_UDPLITE) ||
	    socket->remote.port != 0)
		return 0;
	group = (uint32_t)hash_of(socket->protocol * 2u + socket->v6, &socket->local);
	return group == 0 ? 1 : group;
}

bool rxpath_record_is_of(const struct rxpath_socket_record *record,
			 const struct rxpath_socket *socket, uint64_t identity)
{
	if (record->identity != identity || record->protocol != socket->protocol)
		return false;
	if (record->cookie == 0 || socket->cookie == 0)
		return record->v6 == socket->v6;
	/* It may have changed its family (IPV6_ADDRFORM). */
	return record->cookie == socket->cookie;
}

void rxpath_socket_header(struct rxpath_buf *out)
{
	rxpath_buf_string(out, "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when "
			       "retrnsmt   uid  timeout inode ref pointer drops rcvbuf rmem "
			       "cookie cgroup\n");
}

/* Each 32-bit word of an address in network order, printed as the host's integer:
 * the kernel's way. */
static void put_address(struct rxpath_buf *out, bool v6, const struct rxpath_address *address)
{
	rxpath_buf_char(out, ' ');
	for (size_t at = 0; at < (v6 ? 16u : 4u); at += sizeof(uint32_t)) {
		uint32_t word;

		memcpy(&word, address->bytes + at, sizeof word);
		rxpath_buf_hex(out, word, 8);
	}
	rxpath_buf_char(out, ':');
	rxpath_buf_hex(out, address->port, 4);
}

void rxpath_socket_row(struct rxpath_buf *out, const struct rxpath_socket *socket)
{
	rxpath_buf_string(out, "    0:");
	put_address(out, socket->v6, &socket->local);
	put_address(out, socket->v6, &socket->remote);
	rxpath_buf_string(out, socket->remote.port ? " 01 00000000:" : " 07 00000000:");
	rxpath_buf_hex(out, socket->rx_queue, 8);
	rxpath_buf_string(out, " 00:00000000 00000000 ");
	rxpath_buf_u64(out, socket->uid);
	rxpath_buf_string(out, " 0 ");
	rxpath_buf_u64(out, socket->inode);
	rxpath_buf_string(out, " 0 0 ");
	rxpath_buf_u64(out, socket->drops);
	rxpath_buf_column_u32(out, socket->rcvbuf);
	rxpath_buf_column_u32(out, socket->rmem);
	rxpath_buf_char(out, ' ');
	rxpath_buf_hex(out, socket->cookie, 16);
	rxpath_buf_char(out, ' ');
	rxpath_buf_u64(out, socket->cgroup);
	rxpath_buf_char(out, '\n');
}

bool rxpath_socket_is_netlink(const struct rxpath_socket *socket, uint16_t family, uint32_t port)
{
	return socket->protocol == RXPATH_NETLINK && socket->local.port == family &&
	       memcmp(socket->local.bytes, &port, sizeof port) == 0;
}
