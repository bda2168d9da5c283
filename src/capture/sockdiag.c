/* sockdiag.c: sockets by NETLINK_SOCK_DIAG: the kernel's cheapest answer, with what /proc lacks. */
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>

#include "capture_internal.h"
#include "netlink.h"

/* sock_diag's numbers of the protocols; 0: it has no such table. */
static const unsigned char protocol_numbers[RXPATH_PROTOCOLS] = {
	[RXPATH_UDP] = IPPROTO_UDP,
	[RXPATH_UDPLITE] = IPPROTO_UDPLITE,
	[RXPATH_RAW] = IPPROTO_RAW,
};

bool rxpath_sockdiag_has(enum rxpath_source source)
{
	return protocol_numbers[rxpath_source_row(source)->protocol] != 0;
}

struct part {
	const struct emitter *emitter;
	const char *path;
	bool handed;	/* a part has been emitted already */
	unsigned parts; /* how many datagrams held sockets */
	bool useless;	/* the answer lacks what we ask for */
};

/* The first socket of the messages; the last datagram may hold nothing but the end. */
static bool first_socket(struct rxpath_slice messages, struct rxpath_slice *payload)
{
	struct nlmsghdr header;

	return rxpath_nlmsg_next(&messages, &header, payload) &&
	       header.nlmsg_type == SOCK_DIAG_BY_FAMILY;
}

/* Before 4.7 the answer has no drops: its SKMEMINFO is too short for them. */
static bool lacks_drops(struct rxpath_slice socket)
{
	struct rxpath_slice memory;

	rxpath_slice_skip(&socket, sizeof(struct inet_diag_msg));
	memory = rxpath_nlmsg_attribute(socket, INET_DIAG_SKMEMINFO);
	return memory.len < (SK_MEMINFO_DROPS + 1) * sizeof(uint32_t);
}

static bool take_part(void *context, struct rxpath_slice messages)
{
	struct part *part = context;
	struct rxpath_slice socket;
	bool holds_sockets = first_socket(messages, &socket);

	if (!part->handed && holds_sockets && lacks_drops(socket)) {
		part->useless = true;
		return false;
	}
	part->handed = true;
	part->parts += holds_sockets;
	return rxpath_emit_section(part->emitter, part->path, 0, messages);
}

enum rxpath_answer rxpath_sockdiag_table(int fd, enum rxpath_source source,
					 const struct emitter *emitter)
{
	const struct rxpath_source_row *row = rxpath_source_row(source);
	const struct inet_diag_req_v2 request = {
		.sdiag_family = row->v6 ? AF_INET6 : AF_INET,
		.sdiag_protocol = protocol_numbers[row->protocol],
		.idiag_ext = 1 << (INET_DIAG_SKMEMINFO - 1),
		.idiag_states = UINT32_MAX,
	};
	struct part part = {.emitter = emitter, .path = row->section};
	int result = rxpath_netlink_dump(fd, SOCK_DIAG_BY_FAMILY, &request, sizeof request,
					 take_part, &part);
	bool done = true;

	if (result == ECANCELED && !part.useless)
		return RXPATH_STOPPED;
	if (result != 0 && !part.handed)
		return RXPATH_NO_ANSWER;
	/* An answer that broke off counts as unreadable. */
	if (result != 0)
		done = rxpath_emit_text(emitter, row->section, result, NULL);
	else if (part.parts > 1)
		done = rxpath_emit_pieces(emitter, source);
	return done ? RXPATH_ANSWERED : RXPATH_STOPPED;
}
