/* find_device.c: what a device lost, and what takes copies of what it received. */
#include <string.h>

#include "findings.h"

static const char *const ring_names[] = {"rx_missed_errors", "rx_fifo_errors", "rx_over_errors",
					 "dev_fifo", NULL};
static const char *const wire_names[] = {"rx_crc_errors", "rx_frame_errors", "rx_length_errors",
					 "dev_frame", NULL};

static bool is_named(const struct rxpath_line *line, const char *const names[])
{
	for (size_t i = 0; names[i]; i++)
		if (rxpath_slice_is(line->name, names[i]))
			return true;
	return false;
}

/* The line among these names that moved most; NULL. */
static const struct rxpath_line *worst_of(const struct finding_ctx *ctx, const char *const names[])
{
	const struct rxpath_line *worst = NULL;

	for (size_t i = 0; i < ctx->moved_count; i++)
		if (is_named(ctx->moved[i], names) &&
		    (!worst || ctx->moved[i]->delta > worst->delta))
			worst = ctx->moved[i];
	return worst;
}

/* "rx_missed_errors of eth0: 12". */
static void show_line(struct finding_ctx *ctx, const struct rxpath_line *line)
{
	finding_evidence(ctx, "%s of %s: %llu", rxpath_phrase_of(ctx, line->name),
		    rxpath_phrase_of(ctx, line->subject), (unsigned long long)line->delta);
}

/* Every line among these names. */
static void show_lines(struct finding_ctx *ctx, const char *const names[])
{
	for (size_t i = 0; i < ctx->moved_count; i++)
		if (is_named(ctx->moved[i], names))
			show_line(ctx, ctx->moved[i]);
}

/* What the driver itself says about that device. */
static void show_driver(struct finding_ctx *ctx, struct rxpath_slice device)
{
	for (size_t i = 0; i < ctx->moved_count; i++) {
		const struct rxpath_line *line = ctx->moved[i];

		if (line->source == RXPATH_SOURCE_ETHTOOL &&
		    rxpath_slice_equal(line->subject, device))
			finding_evidence(ctx, "the driver's own %s: %llu",
				    rxpath_phrase_of(ctx, line->name),
				    (unsigned long long)line->delta);
	}
}

static void advise_ring(struct finding_ctx *ctx, const char *device)
{
	uint64_t now, most;

	if (!rxpath_device_number(ctx, device, "ring", &now) ||
	    !rxpath_device_number(ctx, device, "ring_max", &most)) {
		finding_advice(ctx,
			      "see with 'ethtool -g %s' whether the ring may grow; if so "
			      "'ethtool -G %s rx N' (costs memory, and many cards take their "
			      "link down for a moment)",
			      device, device);
		return;
	}
	finding_evidence(ctx, "the receive ring of %s has %llu places, at most %llu", device,
		    (unsigned long long)now, (unsigned long long)most);
	if (now < most)
		finding_advice(ctx,
			      "enlarge the ring: 'ethtool -G %s rx %llu' (now %llu; costs memory, "
			      "and many cards take their link down for a moment)",
			      device, (unsigned long long)most, (unsigned long long)now);
	else
		finding_advice(ctx,
			      "the ring is as large as it gets (%llu): use more queues (ethtool "
			      "-L %s) and spread their interrupts over the CPUs "
			      "(/proc/interrupts, irqbalance)",
			      (unsigned long long)now, device);
}

/* No card, no cable. False too when nobody told. */
static bool is_virtual(struct finding_ctx *ctx, const char *device)
{
	uint64_t one;

	return strcmp(device, "lo") == 0 || rxpath_device_number(ctx, device, "virtual", &one);
}

/* Tunnels count under these names what no wire did (ip_tunnel_rcv, vxlan_ecn_decapsulate). */
static bool find_virtual(struct finding_ctx *ctx, const char *const names[], const char *device)
{
	if (!is_virtual(ctx, device))
		return false;
	finding_summary(ctx,
		   "%s, a virtual device, refused or missed packets: no card and no wire did it.",
		   device);
	show_lines(ctx, names);
	finding_advice(ctx,
		      "see what comes in for %s (ip -d link show %s, tcpdump -nn -vv): of a tunnel "
		      "rx_frame_errors are ECN marks that contradict each other, rx_fifo_errors "
		      "packets out of order, rx_crc_errors bad checksums",
		      device, device);
	return true;
}

bool rxpath_find_device_ring(struct finding_ctx *ctx)
{
	const struct rxpath_line *worst = worst_of(ctx, ring_names);
	uint64_t squeezed = rxpath_moved(ctx, "softnet_time_squeeze");
	const char *device;

	if (!worst)
		return false;
	device = rxpath_phrase_of(ctx, worst->subject);
	if (find_virtual(ctx, ring_names, device))
		return true;
	finding_summary(ctx,
		   "The card of %s had no free place in its receive ring and lost frames before "
		   "the host saw them.",
		   device);
	show_lines(ctx, ring_names);
	show_driver(ctx, worst->subject);
	advise_ring(ctx, device);
	if (squeezed > 0) {
		finding_evidence(ctx, "receive work was cut off by its budget %llu times too",
			    (unsigned long long)squeezed);
		finding_advice(ctx,
			      "if the ring alone does not help raise net.core.netdev_budget%s "
			      "and net.core.netdev_budget_usecs%s: other work of the CPU waits "
			      "longer",
			      rxpath_now(ctx, "net.core.netdev_budget"),
			      rxpath_now(ctx, "net.core.netdev_budget_usecs"));
	}
	return true;
}

bool rxpath_find_device_wire(struct finding_ctx *ctx)
{
	static const char *const lengths[] = {"rx_length_errors", NULL};
	const struct rxpath_line *worst = worst_of(ctx, wire_names);
	uint64_t length = rxpath_moved_any(ctx, lengths);
	uint64_t damaged = rxpath_moved_any(ctx, wire_names) - length;
	const char *device;
	uint64_t speed, half;

	if (!worst)
		return false;
	device = rxpath_phrase_of(ctx, worst->subject);
	if (find_virtual(ctx, wire_names, device))
		return true;
	finding_summary(ctx,
		   damaged > 0 ? "Frames reached %s damaged by the wire." :
				 "Frames reached %s that are shorter or longer than it takes.",
		   device);
	show_lines(ctx, wire_names);
	show_driver(ctx, worst->subject);
	if (rxpath_device_number(ctx, device, "speed", &speed))
		finding_evidence(ctx, "the link of %s runs at %llu Mbit/s", device,
			    (unsigned long long)speed);
	if (damaged > 0)
		finding_advice(ctx,
			      "exchange the cable or the optics of %s, then look at the switch "
			      "port's own error counters",
			      device);
	if (damaged > 0 && rxpath_device_number(ctx, device, "half_duplex", &half))
		finding_advice(ctx,
			      "%s runs at half duplex: let both ends negotiate, or set both alike",
			      device);
	if (length > 0)
		finding_advice(ctx,
			      "compare the MTU of %s (ip link show %s) with that of the senders "
			      "and the switch",
			      device, device);
	return true;
}

bool rxpath_find_device_errors(struct finding_ctx *ctx)
{
	static const char *const names[] = {"rx_errors", "dev_errs", NULL};
	const struct rxpath_line *worst = worst_of(ctx, names);

	if (!worst || worst->flags & RXPATH_FLAG_COUNTED)
		return false;
	finding_summary(ctx, "%s counts %llu bad receptions for which it has no standard name.",
		   rxpath_phrase_of(ctx, worst->subject),
		   (unsigned long long)rxpath_remainder(worst));
	show_lines(ctx, names);
	show_driver(ctx, worst->subject);
	finding_advice(ctx, "read the driver's own statistics: ethtool -S %s",
		      rxpath_phrase_of(ctx, worst->subject));
	return true;
}

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

/* "0800 ip_rcv, 0806 arp_rcv": what is handled there, taps apart. */
static const char *handled_on(struct finding_ctx *ctx, struct rxpath_slice device)
{
	const struct rxpath_sample *after = ctx->match.after;
	struct rxpath_buf text = {0};
	const char *kept;

	for (size_t i = 0; i < after->handler_count; i++) {
		const struct rxpath_handler *handler = &after->handlers[i];

		if (is_tap(handler) || !serves(handler, device))
			continue;
		rxpath_buf_string(&text, text.len > 0 ? ", " : "");
		rxpath_buf_escaped(&text, handler->type, "");
		rxpath_buf_char(&text, ' ');
		rxpath_buf_escaped(&text, handler->function, "");
	}
	ctx->failed = ctx->failed || text.failed;
	kept = rxpath_phrase_of(ctx, rxpath_buf_view(&text));
	rxpath_buf_free(&text);
	return kept;
}

static bool is_unexplained(const struct rxpath_line *line)
{
	static const char *const names[] = {"rx_dropped", "dev_drop", NULL};

	return is_named(line, names) && !(line->flags & RXPATH_FLAG_COUNTED) &&
	       line->kind != RXPATH_KIND_REJECT && rxpath_remainder(line) > 0;
}

bool rxpath_find_device_unhandled(struct finding_ctx *ctx)
{
	const struct rxpath_line *worst = NULL;
	const char *device, *counter, *handled;
	bool tapped;

	for (size_t i = 0; i < ctx->moved_count; i++)
		if (is_unexplained(ctx->moved[i]) &&
		    (!worst || rxpath_remainder(ctx->moved[i]) > rxpath_remainder(worst)))
			worst = ctx->moved[i];
	if (!worst)
		return false;
	device = rxpath_phrase_of(ctx, worst->subject);
	counter = rxpath_phrase_of(ctx, worst->name);
	ctx->draft.kind = worst->kind;
	handled = handled_on(ctx, worst->on.name);
	/* What a tap takes is wanted, but for what the kernel drops behind a bridge's, bond's or
	 * macvlan's handler and behind the VLAN step (__netif_receive_skb_core). */
	tapped = is_tapped(ctx->match.before, worst->on.name) &&
		 is_tapped(ctx->match.after, worst->on.name);
	finding_summary(ctx,
		   "%s dropped %llu frames that the backlog did not: nobody here handles their "
		   "type, they did not fit, or the driver had no memory.",
		   device, (unsigned long long)rxpath_remainder(worst));
	for (size_t i = 0; i < ctx->moved_count; i++) {
		const struct rxpath_line *line = ctx->moved[i];

		if (is_unexplained(line))
			finding_evidence(ctx, "%s of %s: %llu, of which the backlog %llu",
				    rxpath_phrase_of(ctx, line->name),
				    rxpath_phrase_of(ctx, line->subject),
				    (unsigned long long)line->delta,
				    (unsigned long long)(line->delta - rxpath_remainder(line)));
	}
	show_driver(ctx, worst->subject);
	if (handled[0] != '\0')
		finding_evidence(ctx, "handled on %s (/proc/net/ptype): %s", device, handled);
	if (!ctx->report->trace)
		finding_advice(ctx, "run 'rxpath check --trace' as root: it tells unwanted "
				      "frames from lost ones");
	if (tapped) {
		finding_evidence(ctx,
			    "a capture runs: beside it frames of an unwanted type count only with "
			    "a VLAN tag, or where %s is a port of a bridge or bond or has a "
			    "macvlan",
			    device);
		finding_advice(ctx,
			      "else compare the MTU of %s with that of the senders, and read "
			      "ethtool -S %s",
			      device, device);
		return true;
	}
	finding_advice(ctx,
		      "look at what is not IP: tcpdump -i %s -nn -e 'not ip and not ip6 and not "
		      "arp'; if %s stands still meanwhile, nobody wants these (LLDP, STP, a "
		      "VLAN): no loss; '--allow %s:%s' keeps it quiet",
		      device, counter, device, counter);
	return true;
}

static bool is_xdp(const struct rxpath_line *line)
{
	for (size_t at = 0; at + 3 <= line->name.len; at++)
		if (memcmp(line->name.ptr + at, "xdp", 3) == 0)
			return true;
	return false;
}

bool rxpath_find_device_driver(struct finding_ctx *ctx)
{
	const struct rxpath_line *first = NULL;
	bool xdp = false;

	for (size_t i = 0; i < ctx->moved_count; i++) {
		const struct rxpath_line *line = ctx->moved[i];

		if (line->source != RXPATH_SOURCE_ETHTOOL || line->flags & RXPATH_FLAG_COUNTED)
			continue;
		first = first ? first : line;
		xdp = xdp || is_xdp(line);
		show_line(ctx, line);
	}
	if (!first)
		return false;
	finding_summary(ctx,
		   "The driver of %s counts losses under names of its own; no standard counter "
		   "rose.",
		   rxpath_phrase_of(ctx, first->subject));
	if (xdp)
		finding_advice(ctx,
			      "an XDP program refuses packets on %s (ip link show %s): if that is "
			      "its job, nothing is amiss",
			      rxpath_phrase_of(ctx, first->subject),
			      rxpath_phrase_of(ctx, first->subject));
	else
		finding_advice(ctx,
			      "look the name up in the driver's documentation (ethtool -i %s "
			      "names the driver)",
			      rxpath_phrase_of(ctx, first->subject));
	return true;
}

bool rxpath_find_device_other_host(struct finding_ctx *ctx)
{
	static const char *const names[] = {"rx_otherhost_dropped", NULL};
	const struct rxpath_line *worst = worst_of(ctx, names);
	const char *device;

	if (!worst || !rxpath_is_significant(ctx, worst->delta, RXPATH_STAGE_DEVICE))
		return false;
	device = rxpath_phrase_of(ctx, worst->subject);
	finding_summary(ctx,
		   "%llu IP packets reached %s in frames for another MAC address, or with a VLAN "
		   "tag that no device here takes.",
		   (unsigned long long)worst->delta, device);
	show_lines(ctx, names);
	finding_advice(ctx,
		      "if traffic is missing, compare the VLANs and MAC addresses of %s (ip -d "
		      "link) with what arrives (tcpdump -e -nn -i %s); else a switch floods, or "
		      "promiscuous mode is on, and nothing is lost",
		      device, device);
	return true;
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

bool rxpath_find_capture_running(struct finding_ctx *ctx)
{
	const struct rxpath_sample *after = ctx->match.after;
	size_t taps = 0;

	/* Only what ran all the time: against zero nothing tells that. */
	if (!loses_early(ctx))
		return false;
	for (size_t i = 0; i < after->handler_count; i++) {
		const struct rxpath_handler *handler = &after->handlers[i];

		if (!is_tap(handler) || !is_tapped(ctx->match.before, handler->device))
			continue;
		taps++;
		finding_evidence(ctx, "a tap for all types on %s: %s",
			    handler->device.len > 0 ? rxpath_escaped_of(ctx, handler->device) :
						      "every device",
			    rxpath_escaped_of(ctx, handler->function));
	}
	if (taps == 0)
		return false;
	finding_summary(ctx, "A packet capture runs while packets are lost: it copies everything, "
			   "on the CPUs that receive.");
	finding_advice(ctx, "find it with 'ss -0p' as root; stop it, or narrow its filter, and "
			      "measure again");
	return true;
}

bool rxpath_find_capture_drops(struct finding_ctx *ctx)
{
	const struct rxpath_socket_line *worst = NULL;
	struct rxpath_report *report = ctx->report;
	size_t shown = 0;

	for (size_t i = 0; i < report->socket_count; i++) {
		const struct rxpath_socket_line *line = &report->sockets[i];

		if (line->socket.protocol != RXPATH_PACKET || line->delta == 0 ||
		    line->flags & RXPATH_FLAG_ALLOWED)
			continue;
		worst = worst ? worst : line;
		if (shown++ < 3)
			finding_evidence(ctx,
				    "%s of %s missed %llu, with %u of %u bytes of its buffer in "
				    "use",
				    rxpath_phrase_of(ctx, line->subject),
				    rxpath_owner_of(ctx, line), (unsigned long long)line->delta,
				    line->socket.rx_queue, line->socket.rcvbuf);
	}
	if (!worst)
		return false;
	finding_summary(ctx,
		   "A capture (%s of %s) missed %llu packets; what the host itself received is not "
		   "affected.",
		   rxpath_phrase_of(ctx, worst->subject), rxpath_owner_of(ctx, worst),
		   (unsigned long long)worst->delta);
	finding_advice(ctx, "give it a larger buffer (tcpdump -B KIB), a narrower filter, or a "
			      "shorter snapshot length (tcpdump -s); its record is incomplete");
	return true;
}
