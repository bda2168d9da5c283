/* find_device.c: what a device lost, and what copies what it received. */
#include <string.h>

#include "findings.h"

static bool find_device_errors(struct finding_ctx *ctx)
{
	static const char *const names[] = {"rx_errors", "dev_errs", NULL};
	const struct rxpath_line *worst = rxpath_worst_of(ctx, names);

	if (!worst || worst->flags & RXPATH_FLAG_COUNTED)
		return false;
	finding_summary(ctx, "%s counted %llu receive errors without a standard reason.",
			worst->subject.ptr, (unsigned long long)rxpath_remainder(worst));
	rxpath_show_lines(ctx, names);
	rxpath_show_driver(ctx, worst->subject);
	finding_advice(ctx, "read the driver's own statistics: ethtool -S %s", worst->subject.ptr);
	return true;
}

static bool is_unexplained(const struct rxpath_line *line)
{
	static const char *const names[] = {"rx_dropped", "dev_drop", NULL};

	return rxpath_slice_is_any(line->name, names) && !(line->flags & RXPATH_FLAG_COUNTED) &&
	       line->kind != RXPATH_KIND_REJECT;
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

/* Whether the drop tracepoints told unwanted frames from lost ones. */
static bool is_traced(const struct rxpath_line *line)
{
	return line->kind == RXPATH_KIND_DROP;
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
		finding_evidence(ctx, "%s of %s: %llu, %llu of them %s", line->name.ptr,
				 line->subject.ptr, (unsigned long long)line->delta,
				 (unsigned long long)(line->delta - rxpath_remainder(line)),
				 is_traced(line)
					 ? "unwanted (traced), or by the driver or the backlog"
				 : has_reason(ctx, line) ? "by the driver or the backlog"
							 : "by the backlog");
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

/* A device that is down drops what its other end still sends (is_skb_forwardable). */
static bool went_down(const struct finding_ctx *ctx, const struct rxpath_line *dropped)
{
	for (size_t i = 0; i < ctx->moved_count; i++)
		if (rxpath_slice_is(ctx->moved[i]->name, "carrier_down_count") &&
		    rxpath_slice_equal(ctx->moved[i]->subject, dropped->subject))
			return true;
	return false;
}

static bool find_device_unhandled(struct finding_ctx *ctx)
{
	const struct rxpath_line *worst = worst_unexplained(ctx);
	const char *device, *counter, *handled;

	if (!worst)
		return false;
	device = worst->subject.ptr;
	counter = worst->name.ptr;
	ctx->draft.kind = worst->kind;
	handled = rxpath_handled_on(ctx, worst->on.name);
	finding_summary(ctx,
			"%s dropped %s, not in the backlog: %s%sthey were too long, or the driver "
			"had no memory.",
			device, rxpath_amount(ctx, rxpath_remainder(worst), "frame"),
			went_down(ctx, worst) ? "it was down, " : "",
			is_traced(worst) ? "" : "no protocol here handles their type, ");
	rxpath_show_driver(ctx, worst->subject);
	if (handled[0] != '\0')
		finding_evidence(ctx, "handled on %s (/proc/net/ptype): %s", device, handled);
	if (!ctx->report->trace)
		finding_advice(ctx, "run 'rxpath check --trace' as root: it tells unwanted frames "
				    "from lost ones");
	if (went_down(ctx, worst))
		finding_advice(ctx, "see why %s was down for a time (link-carrier)", device);
	if (is_traced(worst))
		finding_advice(ctx,
			       "compare the MTU of %s with that of the senders, and read ethtool "
			       "-S %s",
			       device, device);
	else if (rxpath_is_captured(ctx, worst->on.name))
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

static bool find_device_driver(struct finding_ctx *ctx)
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
		rxpath_show_line(ctx, line);
	}
	if (!first)
		return false;
	device = first->subject.ptr;
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

static bool find_device_other_host(struct finding_ctx *ctx)
{
	static const char *const names[] = {"rx_otherhost_dropped", NULL};
	const struct rxpath_line *worst = rxpath_worst_of(ctx, names);
	const char *device;

	if (!worst || !rxpath_is_significant(ctx, worst->delta, RXPATH_STAGE_DEVICE))
		return false;
	device = worst->subject.ptr;
	finding_summary(ctx,
			"%s received %s for another MAC address, or with a VLAN tag that no "
			"device here has.",
			device, rxpath_amount(ctx, worst->delta, "IP packet"));
	rxpath_show_lines(ctx, names);
	finding_advice(ctx,
		       "if traffic is missing, compare the VLANs and MAC addresses of %s (ip -d "
		       "link) with what arrives (tcpdump -e -nn -i %s); otherwise a switch floods, "
		       "or promiscuous mode is on, and nothing is lost",
		       device, device);
	return true;
}

/* What the driver lost, apart from a full ring and XDP, which are findings of their own. */
static uint64_t lost_by_driver(const struct finding_ctx *ctx, const struct rxpath_line *line)
{
	const struct rxpath_driver_statistic *known;

	if (line->source != RXPATH_SOURCE_ETHTOOL || rxpath_is_of_xdp(ctx, line, RXPATH_KIND_DROP))
		return 0;
	known = rxpath_known_statistic(&ctx->match, line);
	return known && known->ring ? 0 : line->lost;
}

static bool find_driver_drops(struct finding_ctx *ctx)
{
	const struct rxpath_driver_statistic *known;
	const struct rxpath_line *worst = NULL;
	uint64_t lost = 0, by_others = 0;
	const char *others = "";

	for (size_t i = 0; i < ctx->moved_count; i++) {
		const struct rxpath_line *line = ctx->moved[i];

		if (lost_by_driver(ctx, line) == 0)
			continue;
		rxpath_show_line(ctx, line);
		if (!worst || line->lost > worst->lost)
			worst = line;
	}
	if (!worst)
		return false;
	for (size_t i = 0; i < ctx->moved_count; i++) {
		if (rxpath_slice_equal(ctx->moved[i]->subject, worst->subject))
			lost += lost_by_driver(ctx, ctx->moved[i]);
		else
			by_others += lost_by_driver(ctx, ctx->moved[i]);
	}
	if (by_others > 0)
		others = rxpath_phrase(ctx, ", and the drivers of other devices %llu",
				       (unsigned long long)by_others);
	known = rxpath_known_statistic(&ctx->match, worst);
	finding_summary(ctx, "The driver of %s lost %s%s%s%s.", worst->subject.ptr,
			rxpath_amount(ctx, lost, "packet"), others, known ? ": " : "",
			known ? known->meaning : "");
	if (known && known->action)
		finding_advice(ctx, "%s", known->action);
	return true;
}

const struct finding_rule rxpath_device_findings[] = {
	{
		FINDING("device-errors", DEVICE, DROP, find_device_errors),
		.fact.cause = "bad receptions",
		.fact.meaning = "A driver counted receive errors without a standard reason.",
		.fact.shown = "rx_errors (or dev_errs) beyond the specific counters.",
		.fact.action = "Read the driver's own statistics with ethtool -S.",
	},
	{
		FINDING("device-unhandled", DEVICE, SUSPECT, find_device_unhandled),
		.fact.cause = "unhandled frames, or no memory",
		.fact.meaning = "A device dropped frames, not in the backlog: no protocol here "
				"handles their type, they were too long, or the driver had no "
				"memory. The counter does not tell which.",
		.fact.shown = "rx_dropped beyond the backlog's share.",
		.fact.action = "Run with --trace as root, which tells; or look at such frames "
			       "with tcpdump.",
	},
	{
		FINDING("device-driver", DEVICE, SUSPECT, find_device_driver),
		.fact.cause = "counted by the driver",
		.fact.meaning = "A driver counted losses in its own statistics, and no standard "
				"counter of the device increased.",
		.fact.shown = "ethtool.NAME or netdev.NAME without a standard counter of the same "
			      "device.",
		.fact.action = "Look up the name in the driver's documentation; it may be an XDP "
			       "program.",
	},
	{
		FINDING("device-other-host", DEVICE, REJECT, find_device_other_host),
		.fact.cause = "frames for another host",
		.fact.meaning = "IP packets came for another MAC address, or with a VLAN tag that "
				"no device here has.",
		.fact.shown = "rx_otherhost_dropped: ten or more, and at least 1 % of the packets "
			      "received.",
		.fact.action = "If traffic is missing, check VLANs and MAC addresses; otherwise "
			       "find out what set promiscuous mode.",
	},
	{
		FINDING("driver-drops", DEVICE, DROP, find_driver_drops),
		.fact.cause = "the driver dropped them",
		.fact.meaning = "A driver counted lost packets in a statistic whose meaning is "
				"known.",
		.fact.shown = "ethtool.NAME of a known driver, which rx_dropped has too.",
		.fact.action = "Check whether memory is short (free; page allocation failures in "
			       "the kernel log); vm.min_free_kbytes reserves more for such "
			       "moments.",
	},
	{
		FINDING("ovs-lost", DEVICE, DROP, rxpath_find_counters),
		.counters = {"ovs_lost"},
		.unit = "packet",
		.before = "Open vSwitch lost ",
		.after = ": it knew no flow for them, and ovs-vswitchd did not take them in time.",
		.command = "ovs-appctl upcall/show",
		.fact.cause = "Open vSwitch did not know a flow in time",
		.fact.meaning = "Open vSwitch lost packets: no flow was known for them, and "
				"ovs-vswitchd did not take them in time.",
		.fact.shown = "ovs_lost of a datapath.",
		.fact.action = "See how many flows are new (ovs-dpctl show, ovs-appctl "
			       "upcall/show), and give ovs-vswitchd more handler threads "
			       "(other_config:n-handler-threads).",
	},
	{.find = NULL},
};
