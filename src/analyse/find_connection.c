/* find_connection.c: which TCP connection is not read: it closed its window or dropped segments. */
#include "findings.h"

#define MAX_CONNECTIONS_SHOWN 4

static const char *tell(struct finding_ctx *ctx, const struct rxpath_socket_line *line)
{
	const struct rxpath_socket *socket = line->socket;
	const char *queue = rxpath_phrase(ctx,
					  "%s: %u bytes wait to be read; its receive buffer "
					  "holds %u of %u bytes",
					  rxpath_name_of(ctx, line), socket->rx_queue, socket->rmem,
					  socket->rcvbuf);

	if (line->drops_before != RXPATH_UNKNOWN && line->delta > 0)
		return rxpath_phrase(ctx, "%s; it dropped %s", queue,
				     rxpath_amount(ctx, line->delta, "segment"));
	if (line->drops_before == RXPATH_UNKNOWN && socket->drops > 0)
		return rxpath_phrase(ctx,
				     "%s; it dropped %s since it was opened, duplicates among them",
				     queue, rxpath_amount(ctx, socket->drops, "segment"));
	return queue;
}

void rxpath_show_connections(struct finding_ctx *ctx)
{
	const struct rxpath_report *report = ctx->report;

	for (size_t i = 0; i < report->connection_count && i < MAX_CONNECTIONS_SHOWN; i++)
		finding_evidence(ctx, "%s", tell(ctx, &report->connections[i]));
	if (report->connection_count > MAX_CONNECTIONS_SHOWN)
		finding_evidence(ctx, "and more connections: 'ss -tnmp'");
}

const struct rxpath_socket_line *rxpath_full_connection(const struct finding_ctx *ctx)
{
	const struct rxpath_report *report = ctx->report;
	const struct rxpath_socket_line *worst = NULL;

	for (size_t i = 0; i < report->connection_count; i++)
		if (report->connections[i].full &&
		    (!worst || report->connections[i].socket->rx_queue > worst->socket->rx_queue))
			worst = &report->connections[i];
	return worst;
}

const struct rxpath_socket_line *rxpath_lossy_connection(const struct finding_ctx *ctx)
{
	const struct rxpath_report *report = ctx->report;

	/* They stand in the order of what they dropped. */
	return report->connection_count > 0 && report->connections[0].delta > 0
		       ? &report->connections[0]
		       : NULL;
}

void rxpath_advise_tcp_buffer(struct finding_ctx *ctx)
{
	finding_advice(
		ctx,
		"only if it reads in bursts, raise the last value of net.ipv4.tcp_rmem%s: more "
		"memory per connection; no effect on a program that sets SO_RCVBUF",
		rxpath_now(ctx, "net.ipv4.tcp_rmem"));
}

static bool find_tcp_window(struct finding_ctx *ctx)
{
	/* What comes out of a closed window again, alone, is over. */
	static const char *const closed[] = {"TcpExtTCPToZeroWindowAdv",
					     "TcpExtTCPWantZeroWindowAdv", NULL};
	static const char *const opened[] = {"TcpExtTCPFromZeroWindowAdv", NULL};
	const struct rxpath_socket_line *worst = rxpath_full_connection(ctx);

	if (rxpath_moved_any(ctx, closed) == 0)
		return false;
	if (worst)
		finding_summary(
			ctx,
			"%s is not read as fast as data comes: its receive window closed, and "
			"its sender waits. Nothing is lost.",
			rxpath_name_of(ctx, worst));
	else
		finding_summary(ctx,
				"A TCP connection closed its receive window for a time: it was "
				"not read as fast as data came. Nothing is lost.");
	rxpath_show_moved(ctx, closed);
	rxpath_show_moved(ctx, opened);
	rxpath_show_connections(ctx);
	finding_advice(ctx,
		       "find out why %s does not read faster: its sender can go no faster than "
		       "it reads",
		       worst ? rxpath_owner_of(ctx, worst) : "the program");
	rxpath_advise_tcp_buffer(ctx);
	return true;
}

const struct finding_rule rxpath_connection_findings[] = {
	{
		FINDING("tcp-window-closed", SOCKET, PRESSURE, find_tcp_window),
		.fact.cause = "TCP receive window closed",
		.fact.meaning = "A TCP connection closed its receive window: its program reads "
				"more slowly than data comes, and the sender waits.",
		.fact.shown = "TcpExtTCPToZeroWindowAdv or TCPWantZeroWindowAdv; a connection "
			      "whose receive buffer is more than half full.",
		.fact.action = "Find out why the program does not read faster.",
	},
	{.find = NULL},
};
