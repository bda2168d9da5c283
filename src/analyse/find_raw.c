/* find_raw.c: raw and ping sockets that had no room for packets. */
#include "findings.h"

static bool is_raw(const struct rxpath_socket *socket)
{
	return socket->protocol == RXPATH_RAW || socket->protocol == RXPATH_ICMP;
}

uint64_t rxpath_lost_by_raw(const struct finding_ctx *ctx)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < ctx->report->socket_count; i++) {
		const struct rxpath_socket_line *line = &ctx->report->sockets[i];

		if (is_raw(line->socket) || line->socket->protocol == RXPATH_XDP)
			sum += line->delta;
	}
	return sum;
}

static bool is_lossy_raw(const struct rxpath_socket_line *line)
{
	return is_raw(line->socket) && rxpath_lost_some(line);
}

static bool describe_raw(struct finding_ctx *ctx, const struct program *program)
{
	const struct rxpath_socket_line *worst = program->worst;

	finding_summary(ctx, "%s: its receive queue was full. No other counter has them.",
			rxpath_losses_of(ctx, program));
	finding_evidence(ctx, "%s%s", rxpath_queue_of(ctx, worst),
			 rxpath_limit_origin(ctx, worst->socket->rcvbuf));
	rxpath_show_sockets(ctx, program, is_lossy_raw, rxpath_tell_udp_socket);
	if (rxpath_stays_full(worst))
		finding_advice(ctx,
			       "%s must read faster: its queue is full all the time, and a larger "
			       "one would fill too",
			       rxpath_owner_of(ctx, worst));
	else
		rxpath_advise_buffer(ctx, worst);
	/* A ping socket receives only the replies to its own requests. */
	if (worst->socket->protocol == RXPATH_RAW)
		finding_advice(ctx, "it gets a copy of every packet of its protocol: a filter "
				    "(SO_ATTACH_FILTER) keeps out what it does not need");
	return true;
}

static bool find_raw_socket(struct finding_ctx *ctx)
{
	return rxpath_find_programs(ctx, is_lossy_raw, describe_raw);
}

const struct finding_rule rxpath_raw_findings[] = {
	{
		FINDING("raw-socket", SOCKET, DROP, find_raw_socket),
		.fact.cause = "receive queue full",
		.fact.meaning = "The receive queue of a raw or ping socket was full when packets "
				"came.",
		.fact.shown = "sk_drops of a socket in /proc/net/raw, raw6, icmp or icmp6.",
		.fact.action = "Check whether its program reads too slowly, or its buffer is too "
			       "small.",
	},
	{.find = NULL},
};
