/* sockdiag.c: sockets by NETLINK_SOCK_DIAG: the kernel's cheapest answer, with what /proc lacks. */
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture_internal.h"

/* As sock_diag numbers them; 0: it has no tables of those. */
static const unsigned char protocol_numbers[RXPATH_PROTOCOLS] = {
	[RXPATH_UDP] = IPPROTO_UDP,
	[RXPATH_UDPLITE] = IPPROTO_UDPLITE,
	[RXPATH_RAW] = IPPROTO_RAW,
};

struct rxpath_sockdiag {
	int fd;
	bool lacking[RXPATH_SOURCES]; /* asked once, and the kernel had no answer */
};

struct rxpath_sockdiag *rxpath_sockdiag_open(void)
{
	struct rxpath_sockdiag *diag = calloc(1, sizeof *diag);

	if (!diag)
		return NULL;
	diag->fd = rxpath_netlink_open(NETLINK_SOCK_DIAG);
	if (diag->fd < 0) {
		free(diag);
		return NULL;
	}
	return diag;
}

bool rxpath_sockdiag_has(enum rxpath_source source)
{
	return protocol_numbers[rxpath_source_row(source)->protocol] != 0;
}

void rxpath_sockdiag_close(struct rxpath_sockdiag *diag)
{
	if (!diag)
		return;
	close(diag->fd);
	free(diag);
}

int rxpath_sockdiag_fd(const struct rxpath_sockdiag *diag)
{
	return diag->fd;
}

struct part {
	const struct emitter *emitter;
	const char *path;
	struct rxpath_error *error;
	bool handed;	/* something has been handed on already */
	unsigned parts; /* how many datagrams held sockets */
	bool useless;	/* the answer lacks what we ask for */
};

/* Before 4.7 the answer has no drops: its SKMEMINFO is too short for them. */
static bool lacks_drops(struct rxpath_slice messages)
{
	struct rxpath_slice payload, memory;
	struct nlmsghdr header;

	if (!rxpath_nlmsg_next(&messages, &header, &payload) ||
	    header.nlmsg_type != SOCK_DIAG_BY_FAMILY)
		return false;
	rxpath_slice_skip(&payload, sizeof(struct inet_diag_msg));
	memory = rxpath_nlmsg_attribute(payload, INET_DIAG_SKMEMINFO);
	return memory.len < (SK_MEMINFO_DROPS + 1) * sizeof(uint32_t);
}

/* The last datagram may hold nothing but the end. */
static bool holds_sockets(struct rxpath_slice messages)
{
	struct rxpath_slice payload;
	struct nlmsghdr header;

	return rxpath_nlmsg_next(&messages, &header, &payload) &&
	       header.nlmsg_type == SOCK_DIAG_BY_FAMILY;
}

static bool take_part(void *context, struct rxpath_slice messages)
{
	struct part *part = context;

	if (!part->handed && lacks_drops(messages)) {
		part->useless = true;
		return false;
	}
	part->handed = true;
	part->parts += holds_sockets(messages);
	return rxpath_emit_section(part->emitter, part->path, 0, messages, part->error);
}

enum rxpath_answer rxpath_sockdiag_table(struct rxpath_sockdiag *diag, enum rxpath_source source,
					 const struct emitter *emitter, struct rxpath_error *error)
{
	const struct rxpath_source_row *row = rxpath_source_row(source);
	const struct inet_diag_req_v2 request = {
		.sdiag_family = row->v6 ? AF_INET6 : AF_INET,
		.sdiag_protocol = protocol_numbers[row->protocol],
		.idiag_ext = 1 << (INET_DIAG_SKMEMINFO - 1),
		.idiag_states = UINT32_MAX,
	};
	struct part part = {.emitter = emitter, .path = row->section, .error = error};
	int result;

	if (!diag || request.sdiag_protocol == 0 || diag->lacking[source])
		return RXPATH_NO_ANSWER;
	result = rxpath_netlink_dump(diag->fd, SOCK_DIAG_BY_FAMILY, &request, sizeof request,
				     take_part, &part);
	if (result == ECANCELED && !part.useless)
		return RXPATH_STOPPED;
	if (result != 0 && !part.handed) {
		diag->lacking[source] = true;
		return RXPATH_NO_ANSWER;
	}
	/* Half an answer is none. */
	if (result != 0 && !rxpath_emit_section(emitter, row->section, result,
						(struct rxpath_slice){"", 0}, error))
		return RXPATH_STOPPED;
	if (result == 0 && part.parts > 1 &&
	    !rxpath_emit_pieces(emitter, row->path + strlen("/proc/net/"), error))
		return RXPATH_STOPPED;
	return RXPATH_ANSWERED;
}
