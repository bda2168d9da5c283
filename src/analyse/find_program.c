/* find_program.c: packets that traffic control or XDP dropped at a device, before any protocol. */
#include "findings.h"

static const struct rxpath_line *first_named(const struct finding_ctx *ctx, const char *name)
{
	for (size_t i = 0; i < ctx->moved_count; i++)
		if (rxpath_slice_is(ctx->moved[i]->name, name))
			return ctx->moved[i];
	return NULL;
}

static void show(struct finding_ctx *ctx, const struct rxpath_line *line)
{
	finding_evidence(ctx, "%s of %s: %llu", rxpath_phrase_of(ctx, line->name),
			 rxpath_phrase_of(ctx, line->subject), (unsigned long long)line->delta);
}

/* Programs that are attached without a qdisc (tcx) count nothing; only the trace has them. */
static uint64_t only_traced(const struct finding_ctx *ctx)
{
	const struct rxpath_line *line = first_named(ctx, "trace.TC_INGRESS");

	return line && !(line->flags & RXPATH_FLAG_COUNTED) ? line->delta : 0;
}

/* The filters of that device which dropped, "device.eth0.tc.1" is "flower 49152 0 gact 50". */
static void show_filters(struct finding_ctx *ctx, const char *device)
{
	const char *prefix = rxpath_phrase(ctx, "device.%s.tc.", device);
	size_t shown = 0;

	for (size_t i = 0; i < ctx->settings->setting_count && shown < MAX_SHOWN; i++) {
		const struct rxpath_setting *setting = &ctx->settings->settings[i];
		struct rxpath_slice rest = setting->value;
		struct rxpath_slice kind, pref, chain, action, dropped;
		uint64_t drops;

		if (!rxpath_slice_starts(setting->name, prefix) ||
		    !rxpath_scan_word(&rest, &kind) || !rxpath_scan_word(&rest, &pref) ||
		    !rxpath_scan_word(&rest, &chain) || !rxpath_scan_word(&rest, &action))
			continue;
		shown++;
		if (rxpath_scan_word(&rest, &dropped) && rxpath_scan_dec(dropped, &drops))
			finding_evidence(ctx,
					 "its filter %s, pref %s, chain %s, dropped %llu since it "
					 "was added (action %s)",
					 rxpath_phrase_of(ctx, kind), rxpath_phrase_of(ctx, pref),
					 rxpath_phrase_of(ctx, chain), (unsigned long long)drops,
					 rxpath_phrase_of(ctx, action));
		else
			finding_evidence(
				ctx,
				"its filter %s, pref %s, chain %s, is a program%s%s that "
				"decides by itself: what it drops is not counted apart",
				rxpath_phrase_of(ctx, kind), rxpath_phrase_of(ctx, pref),
				rxpath_phrase_of(ctx, chain),
				rxpath_slice_is(action, "-") ? "" : " ",
				rxpath_slice_is(action, "-") ? "" : rxpath_phrase_of(ctx, action));
	}
}

bool rxpath_find_tc_filter(struct finding_ctx *ctx)
{
	uint64_t traced = only_traced(ctx);
	uint64_t dropped = rxpath_moved(ctx, "tc_ingress_drops") + traced;
	const struct rxpath_line *first = first_named(ctx, "tc_ingress_drops");
	const char *device = first ? rxpath_phrase_of(ctx, first->subject) : "DEVICE";

	if (!rxpath_is_significant(ctx, dropped, RXPATH_STAGE_DEVICE))
		return false;
	finding_summary(ctx, "Traffic control (tc) dropped %s%s as they were received%s%s.",
			rxpath_amount(ctx, dropped, "packet"),
			rxpath_share(ctx, dropped, RXPATH_STAGE_DEVICE), first ? " on " : "",
			first ? device : "");
	for (size_t i = 0; i < ctx->moved_count; i++)
		if (rxpath_slice_is(ctx->moved[i]->name, "tc_ingress_drops"))
			show(ctx, ctx->moved[i]);
	if (first)
		show_filters(ctx, device);
	if (traced > 0)
		finding_evidence(ctx,
				 "trace.TC_INGRESS: %llu, by programs that are attached without a "
				 "qdisc",
				 (unsigned long long)traced);
	if (first) {
		finding_advice(ctx,
			       "see which filter dropped them (one that does its job is no fault): "
			       "'tc -s filter show dev %s ingress'",
			       device);
		if (rxpath_is_plain(device))
			finding_command(ctx, "tc -s filter show dev %s ingress", device);
	}
	finding_advice(ctx, "see who attached a program (tc, tcx, XDP): 'bpftool net'");
	finding_command(ctx, "bpftool net");
	return true;
}

/* The driver's own statistic about XDP, of this kind; or of losses, which are XDP's where a program
 * is attached to the driver. */
static bool is_of_xdp(const struct finding_ctx *ctx, const struct rxpath_line *line,
		      enum rxpath_kind kind)
{
	static const char *const xdp[] = {"xdp"};
	const struct rxpath_device *device;

	if (line->source != RXPATH_SOURCE_ETHTOOL || line->kind != kind ||
	    line->flags & RXPATH_FLAG_COUNTED)
		return false;
	device = rxpath_sample_find_device(ctx->match.after, line->on.name);
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

		if (!is_of_xdp(ctx, line, kind))
			continue;
		show(ctx, line);
		sum += line->delta;
		if (!*worst || line->delta > (*worst)->delta)
			*worst = line;
	}
	return sum;
}

/* " (id 12, attached to the driver)"; "" where none is attached now. */
static const char *program_of(struct finding_ctx *ctx, const struct rxpath_line *line)
{
	const struct rxpath_device *device =
		rxpath_sample_find_device(ctx->match.after, line->on.name);

	if (!device || device->xdp.len == 0)
		return "";
	return rxpath_phrase(ctx, " (id %llu, mode %s)", (unsigned long long)device->xdp_program,
			     rxpath_escaped_of(ctx, device->xdp));
}

bool rxpath_find_driver_drops(struct finding_ctx *ctx)
{
	const struct rxpath_driver_statistic *known, *worst_known = NULL;
	const struct rxpath_line *worst = NULL;
	uint64_t lost = 0;

	for (size_t i = 0; i < ctx->moved_count; i++) {
		const struct rxpath_line *line = ctx->moved[i];

		if (line->source != RXPATH_SOURCE_ETHTOOL || line->lost == 0 ||
		    is_of_xdp(ctx, line, RXPATH_KIND_DROP))
			continue;
		known = rxpath_known_statistic(&ctx->match, line);
		/* A full ring is a finding of its own. */
		if (known && known->ring)
			continue;
		show(ctx, line);
		lost += line->lost;
		if (!worst || line->lost > worst->lost) {
			worst = line;
			worst_known = known;
		}
	}
	if (!worst)
		return false;
	finding_summary(ctx, "The driver of %s lost %s%s%s.", rxpath_phrase_of(ctx, worst->subject),
			rxpath_amount(ctx, lost, "packet"), worst_known ? ": " : "",
			worst_known ? worst_known->meaning : "");
	if (worst_known && worst_known->action)
		finding_advice(ctx, "%s", worst_known->action);
	return true;
}

bool rxpath_find_xdp_program(struct finding_ctx *ctx)
{
	const struct rxpath_line *worst;
	uint64_t dropped = show_xdp(ctx, RXPATH_KIND_REJECT, &worst);
	const char *device;

	if (!worst || !rxpath_is_significant(ctx, dropped, RXPATH_STAGE_DEVICE))
		return false;
	device = rxpath_phrase_of(ctx, worst->subject);
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

bool rxpath_find_xdp_redirect(struct finding_ctx *ctx)
{
	const struct rxpath_line *worst;
	uint64_t lost = show_xdp(ctx, RXPATH_KIND_DROP, &worst);
	const char *device;

	if (!worst)
		return false;
	device = rxpath_phrase_of(ctx, worst->subject);
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

bool rxpath_find_xdp_socket(struct finding_ctx *ctx)
{
	const struct rxpath_socket_line *worst = rxpath_worst_socket(ctx, is_xsk);

	if (!worst)
		return false;
	finding_summary(ctx,
			"%s lost %s at its AF_XDP socket: it did not empty its RX ring, or "
			"did not refill its fill ring, fast enough.",
			rxpath_owner_of(ctx, worst), rxpath_amount(ctx, worst->delta, "packet"));
	rxpath_show_sockets(ctx, is_xsk, tell_xsk, NULL);
	finding_default_advice(ctx);
	finding_command(ctx, "ss --xdp -a -p -e");
	return true;
}
