/* listeners.c: TCP sockets that listen, with what their accept queues hold and lost: sock_diag
 * alone has their limits and their drops. Only the table of listeners is walked, whatever else is
 * connected (inet_diag_dump_icsk, net/ipv4/inet_diag.c). Written as text: there are few. */
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "capture_internal.h"
#include "rxpath/sample.h"

#define STATE_LISTEN 10		/* TCP_LISTEN, include/net/tcp_states.h */

static void put_listener(struct rxpath_buf *out, struct rxpath_slice payload)
{
	struct inet_diag_msg message;
	struct rxpath_socket socket = {.protocol = RXPATH_TCP};

	if (payload.len < sizeof message)
		return;
	memcpy(&message, payload.ptr, sizeof message);
	rxpath_slice_skip(&payload, sizeof message);
	if (message.idiag_state != STATE_LISTEN)
		return;
	socket.v6 = message.idiag_family == AF_INET6;
	memcpy(socket.local.bytes, message.id.idiag_src, sizeof socket.local.bytes);
	socket.local.port = ntohs(message.id.idiag_sport);
	socket.drops = rxpath_nlmsg_u32(rxpath_nlmsg_attribute(payload, INET_DIAG_SKMEMINFO),
					  SK_MEMINFO_DROPS, 0);
	rxpath_buf_printf(out, "%s ", rxpath_socket_protocol(&socket));
	rxpath_socket_address(out, &socket, &socket.local);
	/* Of a listener these two are its accept queue and its limit (inet_diag_fill:
	 * tcp_diag_get_info). */
	rxpath_buf_printf(out, " %u %u %u %u %u %016llx %llu\n", message.idiag_rqueue,
			  message.idiag_wqueue, socket.drops, message.idiag_uid,
			  message.idiag_inode,
			  (unsigned long long)message.id.idiag_cookie[1] << 32 |
				  message.id.idiag_cookie[0],
			  (unsigned long long)rxpath_nlmsg_u64(
				  rxpath_nlmsg_attribute(payload, INET_DIAG_CGROUP_ID)));
}

static bool take_part(void *context, struct rxpath_slice messages)
{
	struct rxpath_buf *out = context;
	struct rxpath_slice payload;
	struct nlmsghdr header;

	while (rxpath_nlmsg_next(&messages, &header, &payload))
		if (header.nlmsg_type == SOCK_DIAG_BY_FAMILY)
			put_listener(out, payload);
	return !out->failed;
}

bool rxpath_listeners(int fd, struct rxpath_buf *scratch, const struct emitter *emitter,
		      struct rxpath_error *error)
{
	static const unsigned char families[] = {AF_INET, AF_INET6};
	struct inet_diag_req_v2 request = {
		.sdiag_protocol = IPPROTO_TCP,
		.idiag_ext = 1 << (INET_DIAG_SKMEMINFO - 1),
		.idiag_states = 1u << STATE_LISTEN,
	};
	int result = 0;

	rxpath_buf_reset(scratch);
	rxpath_buf_string(scratch, "protocol local queue limit drops uid inode cookie cgroup\n");
	for (size_t i = 0; result == 0 && i < sizeof families; i++) {
		request.sdiag_family = families[i];
		result = rxpath_netlink_dump(fd, SOCK_DIAG_BY_FAMILY, &request, sizeof request,
					     take_part, scratch);
		/* IPv6 may be off. */
		if (i > 0 && result == ENOENT)
			result = 0;
	}
	if (scratch->failed)
		return rxpath_error_memory(error);
	return rxpath_emit_section(
		emitter, "rxpath/listeners", result,
		result == 0 ? rxpath_buf_view(scratch) : (struct rxpath_slice){"", 0}, error);
}
