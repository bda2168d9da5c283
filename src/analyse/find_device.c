/* find_device.c: what a device lost, and what copies what it received. */
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

/* What other lines have, as a bond's, is of another device; what is not lost for certain, less
 * bad. */
static bool is_worse(const struct rxpath_line *line, const struct rxpath_line *than)
{
	bool counted = line->flags & RXPATH_FLAG_COUNTED;

	if (counted != (bool)(than->flags & RXPATH_FLAG_COUNTED))
		return !counted;
	if (line->kind != than->kind)
		return line->kind < than->kind;
	return line->delta > than->delta;
}

/* The line among these names that moved most; NULL. */
static const struct rxpath_line *worst_of(const struct finding_ctx *ctx, const char *const names[])
{
	const struct rxpath_line *worst = NULL;

	for (size_t i = 0; i < ctx->moved_count; i++)
		if (is_named(ctx->moved[i], names) && (!worst || is_worse(ctx->moved[i], worst)))
			worst = ctx->moved[i];
	return worst;
}

/* " (why)", of a statistic whose meaning is known; else "". */
static const char *meaning_of(struct finding_ctx *ctx, const struct rxpath_line *line)
{
	const struct rxpath_driver_statistic *known = rxpath_known_statistic(&ctx->match, line);

	return known ? rxpath_phrase(ctx, " (%s)", known->meaning) : "";
}

/* "rx_missed_errors of eth0: 12". */
static void show_line(struct finding_ctx *ctx, const struct rxpath_line *line)
{
	finding_evidence(ctx, "%s of %s: %llu%s", rxpath_phrase_of(ctx, line->name),
			 rxpath_phrase_of(ctx, line->subject), (unsigned long long)line->delta,
			 meaning_of(ctx, line));
}

/* Every line among these names. */
static void show_lines(struct finding_ctx *ctx, const char *const names[])
{
	for (size_t i = 0; i < ctx->moved_count; i++)
		if (is_named(ctx->moved[i], names))
			show_line(ctx, ctx->moved[i]);
}

/* The first sample asks for the statistics of queues and wire only where the device lost packets
 * before. */
static void show_unknown_hardware(struct finding_ctx *ctx, struct rxpath_slice device)
{
	const struct rxpath_device *before =
		ctx->match.before ? rxpath_sample_find_device(ctx->match.before, device) : NULL;
	const struct rxpath_device *after = rxpath_sample_find_device(ctx->match.after, device);

	if (before && after && after->has_hardware && !before->has_hardware)
		finding_evidence(ctx,
				 "what its queues and its wire counted is not known: they were "
				 "first asked at the end; a second report (-c 2) tells");
}

/* What the driver itself says about that device. */
static void show_driver(struct finding_ctx *ctx, struct rxpath_slice device)
{
	for (size_t i = 0; i < ctx->moved_count; i++) {
		const struct rxpath_line *line = ctx->moved[i];

		if ((line->source == RXPATH_SOURCE_ETHTOOL ||
		     line->source == RXPATH_SOURCE_HARDWARE) &&
		    rxpath_slice_equal(line->subject, device))
			finding_evidence(ctx, "%s%s: %llu%s",
					 line->source == RXPATH_SOURCE_ETHTOOL ? "the driver's own "
									       : "",
					 rxpath_phrase_of(ctx, line->name),
					 (unsigned long long)line->delta, meaning_of(ctx, line));
	}
	show_unknown_hardware(ctx, device);
}

/* The figures of a device that was moved here are older than the interval, or may be. */
static bool find_moved_in(struct finding_ctx *ctx, const char *const names[],
			  const struct rxpath_line *worst)
{
	const char *device = rxpath_phrase_of(ctx, worst->subject);

	if (!(worst->flags & RXPATH_FLAG_NEW) || worst->kind == RXPATH_KIND_DROP)
		return false;
	ctx->draft.kind = worst->kind;
	finding_summary(ctx,
			"%s came from another network namespace with %llu lost or damaged frames. "
			"They may all be older than this interval.",
			device, (unsigned long long)worst->delta);
	show_lines(ctx, names);
	show_driver(ctx, worst->subject);
	finding_advice(ctx, "look again: what %s loses from now on counts as lost", device);
	return true;
}

#define RING_COST "costs memory, and many cards take their link down for a moment"

static void advise_ring(struct finding_ctx *ctx, const char *device)
{
	uint64_t now, max;

	if (!rxpath_device_number(ctx, device, "ring", &now) ||
	    !rxpath_device_number(ctx, device, "ring_max", &max)) {
		finding_advice(ctx,
			       "check with 'ethtool -g %s' whether the ring can grow; if so "
			       "'ethtool -G %s rx N' (" RING_COST ")",
			       device, device);
	} else if (now < max) {
		finding_advice(
			ctx, "enlarge the ring: 'ethtool -G %s rx %llu' (now %llu; " RING_COST ")",
			device, (unsigned long long)max, (unsigned long long)now);
		if (rxpath_is_plain(device))
			finding_command(ctx, "ethtool -G %s rx %llu", device,
					(unsigned long long)max);
	} else {
		finding_advice(ctx,
			       "the ring has its maximum size (%llu): use more queues (ethtool -L "
			       "%s) and spread their interrupts over the CPUs (/proc/interrupts, "
			       "irqbalance)",
			       (unsigned long long)now, device);
	}
}

/* It has no card and no cable. Also false where that is not known. */
static bool is_virtual(struct finding_ctx *ctx, const char *device)
{
	const struct rxpath_device *found =
		rxpath_sample_find_device(ctx->match.after, rxpath_slice_of(device));
	uint64_t one;

	return strcmp(device, "lo") == 0 || (found && found->kind.len > 0) ||
	       rxpath_device_number(ctx, device, "virtual", &one);
}

/* What carries its frames. */
enum medium { CABLE, RADIO, HYPERVISOR, NONE };

static enum medium medium_of(struct finding_ctx *ctx, const char *device)
{
	static const char *const drivers[] = {"virtio_net", "vmxnet3", "hv_netvsc", "vif",
					      "ena",	    "gve",     "mana"};
	const struct rxpath_device *found =
		rxpath_sample_find_device(ctx->match.after, rxpath_slice_of(device));
	const struct rxpath_setting *driver =
		rxpath_setting_of(ctx, rxpath_phrase(ctx, "device.%s.driver", device));
	struct rxpath_slice name = driver  ? driver->value
				   : found ? found->driver
					   : (struct rxpath_slice){"", 0};
	uint64_t one;

	if (rxpath_device_number(ctx, device, "wireless", &one))
		return RADIO;
	if (is_virtual(ctx, device))
		return NONE;
	for (size_t i = 0; i < sizeof drivers / sizeof *drivers; i++)
		if (rxpath_slice_is(name, drivers[i]))
			return HYPERVISOR;
	return CABLE;
}

/* What rx_frame_errors means on a tunnel (ip_tunnel_rcv; vxlan_rcv, which counts both there). */
static const char *frame_errors_of(const struct finding_ctx *ctx, const char *device)
{
	const struct rxpath_device *found =
		rxpath_sample_find_device(ctx->match.after, rxpath_slice_of(device));

	if (found && rxpath_slice_is(found->kind, "vxlan"))
		return "VXLAN headers with bits that this device does not accept (a peer with GBP, "
		       "GPE or checksum offload), or ECN marks that contradict each other";
	return "ECN marks that contradict each other";
}

/* Tunnels use these counters for what no wire did (ip_tunnel_rcv, vxlan_ecn_decapsulate). */
static bool find_virtual(struct finding_ctx *ctx, const char *const names[],
			 const struct rxpath_line *worst)
{
	const char *device = rxpath_phrase_of(ctx, worst->subject);

	if (!is_virtual(ctx, device))
		return false;
	finding_summary(ctx,
			"%s refused or missed %s. It is a virtual device: no card or cable "
			"is involved.",
			device, rxpath_amount(ctx, worst->delta, "packet"));
	show_lines(ctx, names);
	finding_advice(ctx,
		       "see what arrives on %s (ip -d link show %s, tcpdump -nn -vv); on a tunnel "
		       "rx_frame_errors are %s, rx_fifo_errors packets out of order, rx_crc_errors "
		       "bad checksums",
		       device, device, frame_errors_of(ctx, device));
	return true;
}

/* A ring was full, and no standard counter has it. */
static bool is_overrun(const struct finding_ctx *ctx, const struct rxpath_line *line)
{
	const struct rxpath_driver_statistic *known = rxpath_known_statistic(&ctx->match, line);

	return known && known->ring && line->lost > 0;
}

/* Of the device that lost most so; NULL. */
static const struct rxpath_line *worst_overrun(const struct finding_ctx *ctx)
{
	const struct rxpath_line *worst = NULL;

	for (size_t i = 0; i < ctx->moved_count; i++)
		if (is_overrun(ctx, ctx->moved[i]) && (!worst || ctx->moved[i]->lost > worst->lost))
			worst = ctx->moved[i];
	return worst;
}

/* By all queues of that line's device. */
static uint64_t lost_by_overruns(const struct finding_ctx *ctx, const struct rxpath_line *worst)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < ctx->moved_count; i++)
		if (is_overrun(ctx, ctx->moved[i]) &&
		    rxpath_slice_equal(ctx->moved[i]->subject, worst->subject))
			sum = rxpath_sum(sum, ctx->moved[i]->lost);
	return sum;
}

bool rxpath_find_device_ring(struct finding_ctx *ctx)
{
	const struct rxpath_line *standard = worst_of(ctx, ring_names);
	const struct rxpath_line *worst = standard ? standard : worst_overrun(ctx);
	uint64_t squeezed = rxpath_moved(ctx, "softnet_time_squeeze");
	const char *device;

	if (!worst)
		return false;
	if (standard &&
	    (find_moved_in(ctx, ring_names, worst) || find_virtual(ctx, ring_names, worst)))
		return true;
	device = rxpath_phrase_of(ctx, worst->subject);
	finding_summary(ctx, "%s lost %s before the host saw them: its receive ring was full.",
			device,
			rxpath_amount(ctx, (standard ? worst->delta : lost_by_overruns(ctx, worst)),
				      "frame"));
	show_lines(ctx, ring_names);
	show_driver(ctx, worst->subject);
	advise_ring(ctx, device);
	if (squeezed > 0) {
		finding_evidence(ctx, "receive work also stopped at its budget %s",
				 rxpath_amount(ctx, squeezed, "time"));
		finding_advice(ctx,
			       "if the ring alone does not help, raise net.core.netdev_budget%s "
			       "and net.core.netdev_budget_usecs%s: other work of the CPU waits "
			       "longer",
			       rxpath_now(ctx, "net.core.netdev_budget"),
			       rxpath_now(ctx, "net.core.netdev_budget_usecs"));
	}
	return true;
}

bool rxpath_find_device_wire(struct finding_ctx *ctx)
{
	static const char *const damage[] = {"rx_crc_errors", "rx_frame_errors", "dev_frame", NULL};
	static const char *const lengths[] = {"rx_length_errors", NULL};
	const struct rxpath_line *length = worst_of(ctx, lengths);
	const struct rxpath_line *damaged = worst_of(ctx, damage);
	const struct rxpath_line *worst = damaged ? damaged : length;
	enum medium medium;
	const char *device;
	uint64_t speed, half;

	if (!worst)
		return false;
	if (find_moved_in(ctx, wire_names, worst) || find_virtual(ctx, wire_names, worst))
		return true;
	device = rxpath_phrase_of(ctx, worst->subject);
	medium = medium_of(ctx, device);
	finding_summary(ctx, "%s received %s that %s.", device,
			rxpath_amount(ctx, worst->delta, "frame"),
			!damaged	  ? "are too short or too long for it"
			: medium == CABLE ? "were damaged on the wire"
			: medium == RADIO ? "were damaged on the air"
					  : "its driver found damaged");
	show_lines(ctx, wire_names);
	show_driver(ctx, worst->subject);
	if (rxpath_device_number(ctx, device, "speed", &speed))
		finding_evidence(ctx, "the link of %s runs at %llu Mbit/s", device,
				 (unsigned long long)speed);
	if (damaged && medium == CABLE)
		finding_advice(ctx,
			       "replace the cable or the optics of %s, then read the switch port's "
			       "error counters",
			       device);
	else if (damaged && medium == RADIO)
		finding_advice(ctx,
			       "look at the signal and the retries of %s ('iw dev %s station "
			       "dump'), and at what else uses its channel",
			       device, device);
	else if (damaged)
		finding_advice(ctx,
			       "%s is a virtual machine's device, without a cable: ask who runs "
			       "the host, and update its driver",
			       device);
	if (damaged && rxpath_device_number(ctx, device, "half_duplex", &half))
		finding_advice(ctx,
			       "%s runs at half duplex: let both ends negotiate, or set both alike",
			       device);
	if (length)
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
	finding_summary(ctx, "%s counted %llu receive errors without a standard reason.",
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

/* "0800 ip_rcv, 0806 arp_rcv": what is handled there, without captures. */
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

/* Whether the driver tells why it dropped some of the device's packets. */
static bool has_reason(const struct finding_ctx *ctx, const struct rxpath_line *line)
{
	for (size_t i = 0; i < ctx->moved_count; i++)
		if (ctx->moved[i]->source == RXPATH_SOURCE_ETHTOOL &&
		    rxpath_slice_equal(ctx->moved[i]->subject, line->subject) &&
		    rxpath_known_statistic(&ctx->match, ctx->moved[i]))
			return true;
	return false;
}

static const struct rxpath_line *worst_unexplained(struct finding_ctx *ctx)
{
	const struct rxpath_line *worst = NULL;

	for (size_t i = 0; i < ctx->moved_count; i++) {
		const struct rxpath_line *line = ctx->moved[i];

		if (!is_unexplained(line))
			continue;
		if (!worst || rxpath_remainder(line) > rxpath_remainder(worst))
			worst = line;
		/* Of many devices only the first are told, and the others not looked up. */
		if (ctx->draft.evidence_count == MAX_TEXTS)
			continue;
		finding_evidence(ctx, "%s of %s: %llu, %llu of them by the %s",
				 rxpath_phrase_of(ctx, line->name),
				 rxpath_phrase_of(ctx, line->subject),
				 (unsigned long long)line->delta,
				 (unsigned long long)(line->delta - rxpath_remainder(line)),
				 has_reason(ctx, line) ? "driver or the backlog" : "backlog");
	}
	return worst;
}

/* A capture takes every frame, so no frame is unhandled, except what the kernel drops behind the
 * handler of a bridge, bond or macvlan and behind the VLAN step (__netif_receive_skb_core). */
static void advise_captured(struct finding_ctx *ctx, const char *device)
{
	finding_evidence(ctx,
			 "a capture runs: beside it frames of an unwanted type count only with a "
			 "VLAN tag, or where %s is a port of a bridge or bond or has a macvlan",
			 device);
	finding_advice(ctx,
		       "otherwise compare the MTU of %s with that of the senders, and read ethtool "
		       "-S %s",
		       device, device);
}

bool rxpath_find_device_unhandled(struct finding_ctx *ctx)
{
	const struct rxpath_line *worst = worst_unexplained(ctx);
	const char *device, *counter, *handled;

	if (!worst)
		return false;
	device = rxpath_phrase_of(ctx, worst->subject);
	counter = rxpath_phrase_of(ctx, worst->name);
	ctx->draft.kind = worst->kind;
	handled = handled_on(ctx, worst->on.name);
	finding_summary(ctx,
			"%s dropped %s, not in the backlog: no protocol here handles their "
			"type, they were too long, or the driver had no memory.",
			device, rxpath_amount(ctx, rxpath_remainder(worst), "frame"));
	show_driver(ctx, worst->subject);
	if (handled[0] != '\0')
		finding_evidence(ctx, "handled on %s (/proc/net/ptype): %s", device, handled);
	if (!ctx->report->trace)
		finding_advice(ctx, "run 'rxpath check --trace' as root: it tells unwanted frames "
				    "from lost ones");
	if (is_tapped(ctx->match.before, worst->on.name) &&
	    is_tapped(ctx->match.after, worst->on.name))
		advise_captured(ctx, device);
	else
		finding_advice(ctx,
			       "look at frames that are not IP: tcpdump -i %s -nn -e 'not ip and "
			       "not ip6 and not arp'; if %s does not increase meanwhile, nobody "
			       "wants these frames (LLDP, STP, a VLAN) and nothing is lost: "
			       "'--allow %s:%s' tolerates them",
			       device, counter, device, counter);
	return true;
}

/* A standard counter has it, or another finding says it. */
static bool is_explained(const struct rxpath_line *line)
{
	return line->flags & RXPATH_FLAG_COUNTED || line->kind != RXPATH_KIND_SUSPECT;
}

bool rxpath_find_device_driver(struct finding_ctx *ctx)
{
	const struct rxpath_line *first = NULL;
	const char *device;

	for (size_t i = 0; i < ctx->moved_count; i++) {
		const struct rxpath_line *line = ctx->moved[i];

		if ((line->source != RXPATH_SOURCE_ETHTOOL &&
		     line->source != RXPATH_SOURCE_HARDWARE) ||
		    is_explained(line))
			continue;
		first = first ? first : line;
		show_line(ctx, line);
	}
	if (!first)
		return false;
	device = rxpath_phrase_of(ctx, first->subject);
	finding_summary(
		ctx,
		"The driver of %s counted losses in its own statistics; no standard counter "
		"increased.",
		device);
	if (rxpath_slice_ends(first->name, "allowance_exceeded"))
		finding_advice(ctx,
			       "the cloud limits what this size of instance may receive (ENA): "
			       "choose a larger one, or send less");
	finding_advice(ctx,
		       "look up the name in the driver's documentation (ethtool -i %s "
		       "names the driver)",
		       device);
	return true;
}

bool rxpath_find_link_pause(struct finding_ctx *ctx)
{
	const struct rxpath_line *worst = NULL;
	const char *device;

	for (size_t i = 0; i < ctx->moved_count; i++) {
		const struct rxpath_line *line = ctx->moved[i];

		if (line->source != RXPATH_SOURCE_ETHTOOL || line->kind != RXPATH_KIND_PRESSURE)
			continue;
		show_line(ctx, line);
		if (!worst || line->delta > worst->delta)
			worst = line;
	}
	if (!worst)
		return false;
	device = rxpath_phrase_of(ctx, worst->subject);
	finding_summary(ctx,
			"%s sent %llu pause frames: it could not take more. What the switch then "
			"drops, no counter of this host shows.",
			device, (unsigned long long)worst->delta);
	finding_advice(ctx, "read the discards of the switch port");
	advise_ring(ctx, device);
	finding_advice(ctx,
		       "'ethtool -A %s rx on tx off' lets the losses happen here, where "
		       "rx_missed_errors counts them",
		       device);
	return true;
}

bool rxpath_find_link_carrier(struct finding_ctx *ctx)
{
	static const char *const names[] = {"carrier_down_count", NULL};
	static const char *const otherwise[] = {
		[CABLE] = "check cable, optics and switch port",
		[RADIO] = "look at its signal ('iw dev'), and whether it changed the access point",
		[HYPERVISOR] = "ask who runs the host of this virtual machine",
		[NONE] = ("see what became of its other end or of the device below it ('ip -d "
			  "link')"),
	};
	const struct rxpath_line *worst = worst_of(ctx, names);
	const char *device;

	if (!worst)
		return false;
	device = rxpath_phrase_of(ctx, worst->subject);
	finding_summary(ctx,
			"%s lost its link %s. What was sent to it meanwhile did not reach "
			"this host.",
			device, rxpath_amount(ctx, worst->delta, "time"));
	show_lines(ctx, names);
	finding_advice(ctx,
		       "see whether somebody took it down (the kernel log names the time: 'dmesg "
		       "-T | grep %s'); otherwise %s",
		       device, otherwise[medium_of(ctx, device)]);
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
			"%s received %s for another MAC address, or with a VLAN tag that no "
			"device here has.",
			device, rxpath_amount(ctx, worst->delta, "IP packet"));
	show_lines(ctx, names);
	finding_advice(ctx,
		       "if traffic is missing, compare the VLANs and MAC addresses of %s (ip -d "
		       "link) with what arrives (tcpdump -e -nn -i %s); otherwise a switch floods, "
		       "or promiscuous mode is on, and nothing is lost",
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

	/* Only what ran all the time: against zero nothing tells that. */
	if (!loses_early(ctx))
		return false;
	for (size_t i = 0; i < after->handler_count; i++) {
		const struct rxpath_handler *handler = &after->handlers[i];

		if (is_tap(handler) && is_tapped(ctx->match.before, handler->device))
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

bool rxpath_find_capture_drops(struct finding_ctx *ctx)
{
	const struct rxpath_socket_line *worst = rxpath_worst_socket(ctx, is_lossy_capture);

	if (!worst)
		return false;
	finding_summary(ctx,
			"A packet capture (%s) missed %s. What the host itself received is "
			"not affected.",
			rxpath_name_of(ctx, worst), rxpath_amount(ctx, worst->delta, "packet"));
	rxpath_show_sockets(ctx, is_lossy_capture, tell_capture, NULL);
	return true;
}
