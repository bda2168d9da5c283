/* find_xdp.c: packets that XDP programs dropped or could not deliver, and AF_XDP sockets. */
#include "findings.h"

/* The driver's own statistic about XDP, of this kind; or of losses, which are XDP's where a program
 * is attached to the driver. */
bool rxpath_is_of_xdp(const struct finding_ctx *ctx, const struct rxpath_line *line,
		      enum rxpath_kind kind)
{
	static const char *const xdp[] = {"xdp"};
	const struct rxpath_device *device;

	if (line->source != RXPATH_SOURCE_ETHTOOL || line->kind != kind ||
	    line->flags & RXPATH_FLAG_COUNTED)
		return false;
	device = rxpath_device_of(&ctx->match, line);
	return rxpath_slice_holds(line->name, xdp, 1) ||
	       (device && rxpath_slice_is(device->xdp, "driver"));
}

/* Shows those lines; their sum, and the device that has most of it. */
static uint64_t show_xdp(struct finding_ctx *ctx, enum rxpath_kind kind,
			 const struct rxpath_line **worst)
{
	uint64_t sum = 0;

	*worst = NULL;
	for (size_t i = 0; i < ctx->moved_count; i++) {
		const struct rxpath_line *line = ctx->moved[i];

		if (!rxpath_is_of_xdp(ctx, line, kind))
			continue;
		rxpath_show_line(ctx, line);
		sum += line->delta;
		if (!*worst || line->delta > (*worst)->delta)
			*worst = line;
	}
	return sum;
}

/* " (id 12, attached to the driver)"; "" where none is attached now. */
static const char *program_of(struct finding_ctx *ctx, const struct rxpath_line *line)
{
	const struct rxpath_device *device = rxpath_device_of(&ctx->match, line);

	if (!device || device->xdp.len == 0)
		return "";
	return rxpath_phrase(ctx, " (id %llu, mode %s)", (unsigned long long)device->xdp_program,
			     rxpath_escaped_of(ctx, device->xdp));
}

static bool find_xdp_program(struct finding_ctx *ctx)
{
	const struct rxpath_line *worst;
	uint64_t dropped = show_xdp(ctx, RXPATH_KIND_REJECT, &worst);
	const char *device;

	if (!worst || !rxpath_is_significant(ctx, dropped, RXPATH_STAGE_DEVICE))
		return false;
	device = worst->subject.ptr;
	finding_summary(ctx, "An XDP program on %s%s dropped %s.", device, program_of(ctx, worst),
			rxpath_amount(ctx, dropped, "packet"));
	finding_advice(ctx,
		       "if that is its job, nothing is wrong; otherwise find who attached it (ip "
		       "link show %s, bpftool net) and what it drops; 'ip link set %s xdp off' "
		       "removes it",
		       device, device);
	if (rxpath_is_plain(device))
		finding_command(ctx, "ip -d link show dev %s", device);
	return true;
}

static bool find_xdp_redirect(struct finding_ctx *ctx)
{
	const struct rxpath_line *worst;
	uint64_t lost = show_xdp(ctx, RXPATH_KIND_DROP, &worst);
	const char *device;

	if (!worst)
		return false;
	device = worst->subject.ptr;
	finding_summary(ctx,
			"An XDP program on %s%s redirected %s that could not be delivered "
			"there.",
			device, program_of(ctx, worst), rxpath_amount(ctx, lost, "packet"));
	finding_advice(ctx, "check where the program redirects to (bpftool net, bpftool map): a "
			    "device that is down or cannot send XDP frames, a full ring, an "
			    "AF_XDP socket that does not read");
	finding_command(ctx, "bpftool net");
	return true;
}

static bool is_xsk(const struct rxpath_socket_line *line)
{
	return line->socket->protocol == RXPATH_XDP && rxpath_lost_some(line);
}

static const char *tell_xsk(struct finding_ctx *ctx, const struct rxpath_socket_line *line)
{
	return rxpath_phrase(ctx,
			     "%s lost %llu; since it was opened %u, %u of them because its RX "
			     "ring was full; its fill ring was empty %s",
			     rxpath_name_of(ctx, line), (unsigned long long)line->delta,
			     line->socket->drops, line->socket->ring_full,
			     rxpath_amount(ctx, line->socket->fill_empty, "time"));
}

static bool find_xdp_socket(struct finding_ctx *ctx)
{
	const struct rxpath_socket_line *worst = rxpath_worst_socket(ctx, is_xsk);

	if (!worst)
		return false;
	finding_summary(ctx,
			"%s lost %s at its AF_XDP socket: it did not empty its RX ring, or "
			"did not refill its fill ring, fast enough.",
			rxpath_owner_of(ctx, worst), rxpath_amount(ctx, worst->delta, "packet"));
	rxpath_show_sockets(ctx, NULL, is_xsk, tell_xsk);
	return true;
}

const struct finding_rule rxpath_xdp_findings[] = {
	{
		FINDING("xdp-program", DEVICE, REJECT, find_xdp_program),
		.fact.cause = "XDP program",
		.fact.meaning = "An XDP program dropped packets before the host saw them.",
		.fact.shown = "A driver's own statistic of XDP drops: ten or more, and at least 1 "
			      "% of the packets received.",
		.fact.action = "If that is its job, nothing is wrong; otherwise find who attached "
			       "it (ip link, bpftool net).",
	},
	{
		FINDING("xdp-redirect", DEVICE, DROP, find_xdp_redirect),
		.fact.cause = "failed XDP redirects",
		.fact.meaning = "An XDP program redirected packets that could not be delivered "
				"there.",
		.fact.shown = "A driver's own statistic of failed XDP redirects.",
		.fact.action = "Check where the program redirects to: a device that is down or "
			       "cannot send XDP frames, a full ring, an AF_XDP socket that does "
			       "not read.",
	},
	{
		FINDING("xdp-socket", SOCKET, DROP, find_xdp_socket),
		.command = "ss --xdp -a -p -e",
		.fact.cause = "AF_XDP rings full",
		.fact.meaning = "A program lost packets at its AF_XDP socket: it did not empty "
				"its RX ring, or did not refill its fill ring, fast enough.",
		.fact.shown = "sk_drops of an AF_XDP socket.",
		.fact.action = "Make the program read faster, or give it larger rings "
			       "(XDP_RX_RING, XDP_UMEM_FILL_RING) and more frames.",
	},
	{.find = NULL},
};
