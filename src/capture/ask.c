/* ask.c: the sources that no file has: the kernel is asked for them, mostly by netlink. */
#include <errno.h>

#include "capture_internal.h"
#include "netlink.h"
#include "rtlink.h"

/* The function that asks, and the netlink protocol that answers. */
static const struct query {
	int (*ask)(const struct netlink_query *query);
	int protocol;
	/* Whether a source can have anything with these devices; NULL: always. */
	bool (*concerns)(struct rxpath_slice table);
} queries[RXPATH_SOURCES] = {
	[RXPATH_SOURCE_PACKET] = {rxpath_packet_sockets, NETLINK_SOCK_DIAG, NULL},
	[RXPATH_SOURCE_TCP] = {rxpath_listeners, NETLINK_SOCK_DIAG, NULL},
	[RXPATH_SOURCE_XDP] = {rxpath_xdp_sockets, NETLINK_SOCK_DIAG, rxpath_link_has_xdp},
	[RXPATH_SOURCE_QDISC] = {rxpath_qdiscs, NETLINK_ROUTE, NULL},
	[RXPATH_SOURCE_OVS] = {rxpath_ovs_datapaths, NETLINK_GENERIC, rxpath_link_has_ovs},
	[RXPATH_SOURCE_NFTABLES] = {rxpath_nftables, NETLINK_NETFILTER, NULL},
	/* It opens a socket of its own, but like the others it has to be inside the namespace. */
	[RXPATH_SOURCE_IPTABLES] = {rxpath_iptables, NETLINK_ROUTE, NULL},
};

int rxpath_capture_netlink(struct rxpath_capture *capture, int protocol)
{
	int *fd = protocol == NETLINK_GENERIC ? &capture->genl.fd : &capture->netlink[protocol];

	/* Without rtnetlink the namespace could not be entered. */
	if (*fd < 0 && protocol != NETLINK_ROUTE)
		*fd = rxpath_netlink_open(protocol);
	return *fd;
}

static bool put_answer(struct rxpath_capture *capture,
		       int (*ask)(const struct netlink_query *query), int fd, const char *path,
		       const struct emitter *emitter)
{
	const struct netlink_query query = {
		.fd = fd,
		.devices = rxpath_capture_devices(capture),
		.all_rules = capture->purpose.all_rules,
		.net_dir = capture->net_dir,
		.empty = &capture->empty,
		.out = &capture->scratch,
	};

	rxpath_buf_reset(query.out);
	return rxpath_emit_text(emitter, path, ask(&query), query.out);
}

/* Files below a root never have these sources, so nothing is reported. Where the kernel cannot
 * be asked, the section has an errno. */
bool rxpath_capture_ask(struct rxpath_capture *capture, const struct step *step,
			const struct emitter *emitter)
{
	const char *path = rxpath_source_row(step->source)->path;
	const struct query *query = &queries[step->source];
	bool concerned = !query->concerns || query->concerns(rxpath_capture_devices(capture));
	int fd = -1;

	if (!rxpath_capture_is_live(capture))
		return true;
	if (!rxpath_capture_is_inside(capture))
		return rxpath_emit_text(emitter, path, EPERM, NULL);
	/* Opening a netlink socket costs more than reading the rest of most namespaces. */
	if (concerned)
		fd = rxpath_capture_netlink(capture, query->protocol);
	if (concerned && fd < 0)
		return rxpath_emit_text(emitter, path, ENOENT, NULL);
	return put_answer(capture, query->ask, fd, path, emitter);
}

bool rxpath_capture_connections(struct rxpath_capture *capture, rxpath_sink *sink, void *context,
				struct rxpath_error *error)
{
	const struct emitter emitter = {sink, context, capture->purpose.interrupt, error};
	int fd;

	if (!rxpath_capture_is_inside(capture) || !rxpath_capture_is_live(capture))
		return true;
	fd = rxpath_capture_netlink(capture, NETLINK_SOCK_DIAG);
	return fd < 0 || put_answer(capture, rxpath_connections, fd,
				    rxpath_source_row(RXPATH_SOURCE_CONNECTIONS)->path, &emitter);
}
