/* find_capture.c: packet captures and netlink monitors: what they cost, and what they missed. */
#include "findings.h"

static bool serves(const struct rxpath_handler *handler, struct rxpath_slice device)
{
	return handler->device.len == 0 || rxpath_slice_equal(handler->device, device);
}

static bool is_tap(const struct rxpath_handler *handler)
{
	return rxpath_slice_is(handler->type, "ALL");
}

static bool is_tapped(const struct rxpath_sample *sample, struct rxpath_slice device)
{
	for (size_t i = 0; sample && i < sample->handler_count; i++)
		if (is_tap(&sample->handlers[i]) && serves(&sample->handlers[i], device))
			return true;
	return false;
}

/* Against zero nothing tells what ran all the time. */
bool rxpath_is_captured(const struct finding_ctx *ctx, struct rxpath_slice device)
{
	return is_tapped(ctx->match.before, device) && is_tapped(ctx->match.after, device);
}

const char *rxpath_handled_on(struct finding_ctx *ctx, struct rxpath_slice device)
{
	const struct rxpath_sample *after = ctx->match.after;
	struct rxpath_buf text = {0};

	for (size_t i = 0; i < after->handler_count; i++) {
		const struct rxpath_handler *handler = &after->handlers[i];

		if (is_tap(handler) || !serves(handler, device))
			continue;
		rxpath_buf_string(&text, text.len > 0 ? ", " : "");
		rxpath_buf_escaped(&text, handler->type, "");
		rxpath_buf_char(&text, ' ');
		rxpath_buf_escaped(&text, handler->function, "");
	}
	return rxpath_phrase_from(ctx, &text);
}

/* Something was lost where a capture costs time. */
static bool loses_early(const struct finding_ctx *ctx)
{
	for (size_t i = 0; i < ctx->moved_count; i++) {
		const struct rxpath_line *line = ctx->moved[i];

		if ((line->stage == RXPATH_STAGE_DEVICE || line->stage == RXPATH_STAGE_SOFTNET) &&
		    (line->kind == RXPATH_KIND_DROP || line->kind == RXPATH_KIND_SUSPECT))
			return true;
	}
	return false;
}

static bool find_capture_running(struct finding_ctx *ctx)
{
	const struct rxpath_sample *after = ctx->match.after;

	if (!loses_early(ctx))
		return false;
	for (size_t i = 0; i < after->handler_count; i++) {
		const struct rxpath_handler *handler = &after->handlers[i];

		if (is_tap(handler) && rxpath_is_captured(ctx, handler->device))
			finding_evidence(ctx, "a capture of all packet types on %s: %s",
					 handler->device.len > 0
						 ? rxpath_escaped_of(ctx, handler->device)
						 : "every device",
					 rxpath_escaped_of(ctx, handler->function));
	}
	return ctx->draft.evidence_count > 0;
}

static bool is_lossy_capture(const struct rxpath_socket_line *line)
{
	return line->socket->protocol == RXPATH_PACKET && rxpath_lost_some(line);
}

static const char *tell_capture(struct finding_ctx *ctx, const struct rxpath_socket_line *line)
{
	return rxpath_phrase(ctx, "%s missed %llu; its buffer: %u of %u bytes in use",
			     rxpath_name_of(ctx, line), (unsigned long long)line->delta,
			     line->socket->rx_queue, line->socket->rcvbuf);
}

static bool find_capture_drops(struct finding_ctx *ctx)
{
	const struct rxpath_socket_line *worst = rxpath_worst_socket(ctx, is_lossy_capture);

	if (!worst)
		return false;
	finding_summary(ctx,
			"A packet capture (%s) missed %s. What the host itself received is "
			"not affected.",
			rxpath_name_of(ctx, worst), rxpath_amount(ctx, worst->delta, "packet"));
	rxpath_show_sockets(ctx, NULL, is_lossy_capture, tell_capture);
	return true;
}

static bool is_monitor(const struct rxpath_socket_line *line)
{
	return line->socket->protocol == RXPATH_NETLINK && rxpath_lost_some(line);
}

static const char *tell_monitor(struct finding_ctx *ctx, const struct rxpath_socket_line *line)
{
	return rxpath_phrase(ctx, "%s missed %s", rxpath_name_of(ctx, line),
			     rxpath_amount(ctx, line->delta, "message"));
}

static bool find_netlink_drops(struct finding_ctx *ctx)
{
	const struct rxpath_socket_line *worst = rxpath_worst_socket(ctx, is_monitor);

	if (!worst)
		return false;
	finding_summary(ctx,
			"%s missed %s of the kernel: its netlink receive queue was full. No "
			"packet is lost.",
			rxpath_owner_of(ctx, worst), rxpath_amount(ctx, worst->delta, "message"));
	rxpath_show_sockets(ctx, NULL, is_monitor, tell_monitor);
	return true;
}

const struct finding_rule rxpath_capture_findings[] = {
	{
		FINDING("capture-running", DEVICE, PRESSURE, find_capture_running),
		.fact.cause = "a packet capture slows the receive path",
		.fact.meaning = "A packet capture runs while packets are lost: it copies every "
				"packet, on the CPUs that receive.",
		.fact.shown = "A handler for ALL types in /proc/net/ptype, and a loss at a device "
			      "or in the backlog.",
		.fact.action = "Find it with 'ss -0p' as root; stop it or narrow its filter, and "
			       "measure again.",
	},
	{
		FINDING("capture-drops", SOCKET, SUSPECT, find_capture_drops),
		.fact.cause = "a capture missed packets",
		.fact.meaning = "A packet capture missed packets. What the host itself received "
				"is not affected.",
		.fact.shown = "sk_drops of an AF_PACKET socket.",
		.fact.action = "Give the capture a larger buffer (tcpdump -B KIB), a narrower "
			       "filter, or a shorter snapshot length (tcpdump -s); its record is "
			       "incomplete.",
	},
	{
		FINDING("netlink-drops", SOCKET, PRESSURE, find_netlink_drops),
		.command = "ss -f netlink -p",
		.fact.cause = "a monitor missed messages of the kernel",
		.fact.meaning = "A program missed messages of the kernel: the receive queue of "
				"its netlink socket was full. No packet is lost.",
		.fact.shown = "netlink_drops of a socket in /proc/net/netlink.",
		.fact.action = "Let the program read faster or give it a larger receive buffer "
			       "(SO_RCVBUF, SO_RCVBUFFORCE); until it reads the whole state "
			       "again, what it knows is out of date.",
	},
	{.find = NULL},
};
