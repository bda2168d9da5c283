/* find_card.c: what a network card, its receive ring, its wire and its link lost. */
#include <string.h>

#include "findings.h"

static const char *const ring_names[] = {"rx_missed_errors", "rx_fifo_errors", "rx_over_errors",
					 "dev_fifo", NULL};
static const char *const wire_names[] = {"rx_crc_errors", "rx_frame_errors", "rx_length_errors",
					 "dev_frame", NULL};

/* The figures of a device that was moved here are older than the interval, or may be. */
static bool find_moved_in(struct finding_ctx *ctx, const char *const names[],
			  const struct rxpath_line *worst)
{
	const char *device = worst->subject.ptr;

	if (!(worst->flags & RXPATH_FLAG_NEW) || worst->kind == RXPATH_KIND_DROP)
		return false;
	ctx->draft.kind = worst->kind;
	finding_summary(ctx,
			"%s came from another network namespace with %llu lost or damaged frames. "
			"They may all be older than this interval.",
			device, (unsigned long long)worst->delta);
	rxpath_show_lines(ctx, names);
	rxpath_show_driver(ctx, worst->subject);
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

/* Whether it has neither card nor cable; false also where that is not known. */
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
					      "ena",	    "gve",     "mana",	    NULL};
	const struct rxpath_device *found =
		rxpath_sample_find_device(ctx->match.after, rxpath_slice_of(device));
	const struct rxpath_setting *driver =
		rxpath_setting_of(ctx, rxpath_phrase(ctx, "device.%s.driver", device));
	struct rxpath_slice name = driver  ? driver->value
				   : found ? found->driver
					   : rxpath_slice_of("");
	uint64_t one;

	if (rxpath_device_number(ctx, device, "wireless", &one))
		return RADIO;
	if (is_virtual(ctx, device))
		return NONE;
	return rxpath_slice_is_any(name, drivers) ? HYPERVISOR : CABLE;
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
	const char *device = worst->subject.ptr;

	if (!is_virtual(ctx, device))
		return false;
	finding_summary(ctx,
			"%s refused or missed %s. It is a virtual device: no card or cable "
			"is involved.",
			device, rxpath_amount(ctx, worst->delta, "packet"));
	rxpath_show_lines(ctx, names);
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

/* The largest of these lines; NULL. */
static const struct rxpath_line *worst_overrun(const struct finding_ctx *ctx)
{
	const struct rxpath_line *worst = NULL;

	for (size_t i = 0; i < ctx->moved_count; i++)
		if (is_overrun(ctx, ctx->moved[i]) && (!worst || ctx->moved[i]->lost > worst->lost))
			worst = ctx->moved[i];
	return worst;
}

/* What all queues of that device lost this way. */
static uint64_t lost_by_overruns(const struct finding_ctx *ctx, const struct rxpath_line *worst)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < ctx->moved_count; i++)
		if (is_overrun(ctx, ctx->moved[i]) &&
		    rxpath_slice_equal(ctx->moved[i]->subject, worst->subject))
			sum = rxpath_sum(sum, ctx->moved[i]->lost);
	return sum;
}

static bool find_device_ring(struct finding_ctx *ctx)
{
	const struct rxpath_line *standard = rxpath_worst_of(ctx, ring_names);
	const struct rxpath_line *worst = standard ? standard : worst_overrun(ctx);
	uint64_t squeezed = rxpath_moved(ctx, "softnet_time_squeeze");
	const char *device;

	if (!worst)
		return false;
	if (standard &&
	    (find_moved_in(ctx, ring_names, worst) || find_virtual(ctx, ring_names, worst)))
		return true;
	device = worst->subject.ptr;
	finding_summary(ctx, "%s lost %s before the host saw them: its receive ring was full.",
			device,
			rxpath_amount(ctx, (standard ? worst->delta : lost_by_overruns(ctx, worst)),
				      "frame"));
	rxpath_show_lines(ctx, ring_names);
	rxpath_show_driver(ctx, worst->subject);
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

static bool find_device_wire(struct finding_ctx *ctx)
{
	static const char *const damage[] = {"rx_crc_errors", "rx_frame_errors", "dev_frame", NULL};
	static const char *const lengths[] = {"rx_length_errors", NULL};
	const struct rxpath_line *length = rxpath_worst_of(ctx, lengths);
	const struct rxpath_line *damaged = rxpath_worst_of(ctx, damage);
	const struct rxpath_line *worst = damaged ? damaged : length;
	enum medium medium;
	const char *device;
	uint64_t speed, half;

	if (!worst)
		return false;
	if (find_moved_in(ctx, wire_names, worst) || find_virtual(ctx, wire_names, worst))
		return true;
	device = worst->subject.ptr;
	medium = medium_of(ctx, device);
	finding_summary(ctx, "%s received %s that %s.", device,
			rxpath_amount(ctx, worst->delta, "frame"),
			!damaged	  ? "are too short or too long for it"
			: medium == CABLE ? "were damaged on the wire"
			: medium == RADIO ? "were damaged on the air"
					  : "its driver found damaged");
	rxpath_show_lines(ctx, wire_names);
	rxpath_show_driver(ctx, worst->subject);
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

static bool find_link_pause(struct finding_ctx *ctx)
{
	const struct rxpath_line *worst = NULL;
	const char *device;

	for (size_t i = 0; i < ctx->moved_count; i++) {
		const struct rxpath_line *line = ctx->moved[i];

		if (line->source != RXPATH_SOURCE_ETHTOOL || line->kind != RXPATH_KIND_PRESSURE)
			continue;
		rxpath_show_line(ctx, line);
		if (!worst || line->delta > worst->delta)
			worst = line;
	}
	if (!worst)
		return false;
	device = worst->subject.ptr;
	finding_summary(ctx,
			"%s sent %s: it could not take more. What the switch then "
			"drops, no counter of this host shows.",
			device, rxpath_amount(ctx, worst->delta, "pause frame"));
	finding_advice(ctx, "read the discards of the switch port");
	advise_ring(ctx, device);
	finding_advice(ctx,
		       "'ethtool -A %s rx on tx off' lets the losses happen here, where "
		       "rx_missed_errors counts them",
		       device);
	return true;
}

static bool find_link_carrier(struct finding_ctx *ctx)
{
	static const char *const names[] = {"carrier_down_count", NULL};
	static const char *const otherwise[] = {
		[CABLE] = "check cable, optics and switch port",
		[RADIO] = "look at its signal ('iw dev'), and whether it changed the access point",
		[HYPERVISOR] = "ask who runs the host of this virtual machine",
		[NONE] = ("see what became of its other end or of the device below it ('ip -d "
			  "link')"),
	};
	const struct rxpath_line *worst = rxpath_worst_of(ctx, names);
	const char *device;

	if (!worst)
		return false;
	device = worst->subject.ptr;
	finding_summary(ctx,
			"%s lost its link %s. What was sent to it meanwhile did not reach "
			"this host.",
			device, rxpath_amount(ctx, worst->delta, "time"));
	rxpath_show_lines(ctx, names);
	finding_advice(ctx,
		       "see whether somebody took it down (the kernel log names the time: 'dmesg "
		       "-T | grep %s'); otherwise %s",
		       device, otherwise[medium_of(ctx, device)]);
	return true;
}

const struct finding_rule rxpath_card_findings[] = {
	{
		FINDING("device-ring", DEVICE, DROP, find_device_ring),
		.fact.cause = "receive ring full",
		.fact.meaning = "The receive ring of a network card was full: frames were lost "
				"before the host saw them.",
		.fact.shown = "rx_missed_errors, rx_fifo_errors or rx_over_errors of a device; "
			      "else netdev.rx-N.rx-hw-drop-overruns, or what a known driver calls "
			      "it.",
		.fact.action = "Enlarge the ring (ethtool -G) if it is below its maximum; then "
			       "use more queues and spread their interrupts over the CPUs.",
	},
	{
		FINDING("device-wire", DEVICE, DROP, find_device_wire),
		.fact.cause = "damaged frames",
		.fact.meaning = "Frames arrived damaged, or with a length that the device does "
				"not accept.",
		.fact.shown = "rx_crc_errors, rx_frame_errors or rx_length_errors of a device.",
		.fact.action = "Check cable, optics, switch port and duplex; for wrong lengths "
			       "the MTU; on a tunnel its packets.",
	},
	{
		FINDING("link-pause", DEVICE, PRESSURE, find_link_pause),
		.fact.cause = "the device held back the switch",
		.fact.meaning = "A device sent pause frames: it could not take more, and the "
				"switch may have dropped what it could not keep.",
		.fact.shown = "A driver's own statistic of pause frames sent.",
		.fact.action = "Read the discards of the switch port; enlarge the ring (ethtool "
			       "-G), use more queues and CPUs.",
	},
	{
		FINDING("link-carrier", DEVICE, PRESSURE, find_link_carrier),
		.fact.cause = "the link went down",
		.fact.meaning = "A device lost its link; what was sent to it meanwhile did not "
				"reach this host.",
		.fact.shown = "carrier_down_count of a device that was there all the time.",
		.fact.action = "See whether somebody took it down (dmesg); otherwise check cable, "
			       "optics and switch port.",
	},
	{.find = NULL},
};
