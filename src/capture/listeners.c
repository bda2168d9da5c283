/* listeners.c: TCP sockets that listen, with the length and the losses of their accept queues,
 * and connections whose program may be too slow to read. Only sock_diag has their limits and
 * drops. For listeners the kernel walks only their own table, however many connections there are
 * (inet_diag_dump_icsk, net/ipv4/inet_diag.c). */
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "netlink.h"
#include "rxpath/sample.h"

/* include/net/tcp_states.h */
#define STATE_TIME_WAIT 6
#define STATE_LISTEN 10
#define STATE_NEW_SYN_RECV 12

/* Rows enough to find the worst; a host may have hundreds of thousands of connections. */
#define MAX_CONNECTIONS 4096

struct answer {
	const struct tcp_table *table;
	struct rxpath_buf *out;
	size_t rows;
};

static struct rxpath_socket socket_of(const struct inet_diag_msg *message)
{
	struct rxpath_socket socket = {
		.protocol = RXPATH_TCP,
		.v6 = message->idiag_family == AF_INET6,
		.rx_queue = message->idiag_rqueue,
		.inode = message->idiag_inode,
		.uid = message->idiag_uid,
		.cookie = (uint64_t)message->id.idiag_cookie[1] << 32 | message->id.idiag_cookie[0],
	};

	memcpy(socket.local.bytes, message->id.idiag_src, sizeof socket.local.bytes);
	memcpy(socket.remote.bytes, message->id.idiag_dst, sizeof socket.remote.bytes);
	socket.local.port = ntohs(message->id.idiag_sport);
	socket.remote.port = ntohs(message->id.idiag_dport);
	return socket;
}

static void put_identity(struct rxpath_buf *out, const struct rxpath_socket *socket,
			 struct rxpath_slice attributes)
{
	rxpath_buf_printf(out, " %u %llu %016llx %llu\n", socket->uid,
			  (unsigned long long)socket->inode, (unsigned long long)socket->cookie,
			  (unsigned long long)rxpath_nlmsg_u64(
				  rxpath_nlmsg_attribute(attributes, INET_DIAG_CGROUP_ID)));
}

static void put_listener(struct answer *answer, const struct inet_diag_msg *message,
			 struct rxpath_slice attributes)
{
	struct rxpath_slice memory = rxpath_nlmsg_attribute(attributes, INET_DIAG_SKMEMINFO);
	struct rxpath_socket socket = socket_of(message);
	struct rxpath_buf *out = answer->out;

	rxpath_buf_printf(out, "%s ", rxpath_socket_protocol(&socket));
	rxpath_socket_address(out, &socket, &socket.local);
	/* For a listener these two are the length and the limit of its accept queue
	 * (tcp_diag_get_info). */
	rxpath_buf_printf(out, " %u %u %u", message->idiag_rqueue, message->idiag_wqueue,
			  rxpath_nlmsg_u32(memory, SK_MEMINFO_DROPS, 0));
	put_identity(out, &socket, attributes);
}

/* Only connections that dropped segments, or whose receive buffer is more than half full: the
 * others did not close their window or prune their queue. */
static void put_connection(struct answer *answer, const struct inet_diag_msg *message,
			   struct rxpath_slice attributes)
{
	struct rxpath_slice memory = rxpath_nlmsg_attribute(attributes, INET_DIAG_SKMEMINFO);
	uint32_t rmem = rxpath_nlmsg_u32(memory, SK_MEMINFO_RMEM_ALLOC, 0);
	uint32_t rcvbuf = rxpath_nlmsg_u32(memory, SK_MEMINFO_RCVBUF, 0);
	uint32_t drops = rxpath_nlmsg_u32(memory, SK_MEMINFO_DROPS, 0);
	struct rxpath_socket socket = socket_of(message);
	struct rxpath_buf *out = answer->out;

	if ((drops == 0 && rmem <= rcvbuf / 2) || answer->rows == MAX_CONNECTIONS)
		return;
	answer->rows++;
	rxpath_buf_printf(out, "%s ", rxpath_socket_protocol(&socket));
	rxpath_socket_address(out, &socket, &socket.local);
	rxpath_buf_char(out, ' ');
	rxpath_socket_address(out, &socket, &socket.remote);
	rxpath_buf_printf(out, " %u %u %u %u", socket.rx_queue, rmem, rcvbuf, drops);
	put_identity(out, &socket, attributes);
}

static const struct tcp_table {
	const char *header;
	uint32_t states;
	void (*put)(struct answer *answer, const struct inet_diag_msg *message,
		    struct rxpath_slice attributes);
} listeners =
	{
		.header = "protocol local queue limit drops uid inode cookie cgroup\n",
		.states = 1u << STATE_LISTEN,
		.put = put_listener,
},
  connections = {
	  .header = "protocol local remote queue rmem rcvbuf drops uid inode cookie cgroup\n",
	  .states = ~(1u << STATE_LISTEN | 1u << STATE_TIME_WAIT | 1u << STATE_NEW_SYN_RECV),
	  .put = put_connection,
};

static void take_socket(void *context, struct rxpath_slice payload)
{
	struct answer *answer = context;
	struct inet_diag_msg message;

	if (!rxpath_nlmsg_take(&payload, &message, sizeof message))
		return;
	if (message.idiag_state < 32 && (1u << message.idiag_state & answer->table->states) != 0)
		answer->table->put(answer, &message, payload);
}

/* `empty` NULL: any table may have sockets. */
static int put_table(const struct netlink_query *query, const struct tcp_table *table,
		     const struct empty_tables *empty)
{
	static const unsigned char families[] = {AF_INET, AF_INET6};
	struct inet_diag_req_v2 request = {
		.sdiag_protocol = IPPROTO_TCP,
		.idiag_ext = 1 << (INET_DIAG_SKMEMINFO - 1),
		.idiag_states = table->states,
	};
	struct answer answer = {.table = table, .out = query->out};
	int result = 0;

	rxpath_buf_string(query->out, table->header);
	for (size_t i = 0; result == 0 && i < sizeof families; i++) {
		if (empty && rxpath_is_empty(empty->tcp[i]))
			continue;
		request.sdiag_family = families[i];
		result = rxpath_netlink_messages(query->fd, SOCK_DIAG_BY_FAMILY, &request,
						 sizeof request, SOCK_DIAG_BY_FAMILY, take_socket,
						 &answer);
		/* IPv6 may be off. */
		if (i > 0 && result == ENOENT)
			result = 0;
	}
	return result;
}

int rxpath_listeners(const struct netlink_query *query)
{
	return put_table(query, &listeners, query->empty);
}

int rxpath_connections(const struct netlink_query *query)
{
	return put_table(query, &connections, NULL);
}
