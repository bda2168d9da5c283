/* find_tc.c: packets that traffic control (tc) dropped as they were received. */
#include "findings.h"

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
					 rxpath_escaped_of(ctx, kind), rxpath_escaped_of(ctx, pref),
					 rxpath_escaped_of(ctx, chain), (unsigned long long)drops,
					 rxpath_escaped_of(ctx, action));
		else
			finding_evidence(
				ctx,
				"its filter %s, pref %s, chain %s, is a program%s%s that "
				"decides by itself: what it drops is not counted apart",
				rxpath_escaped_of(ctx, kind), rxpath_escaped_of(ctx, pref),
				rxpath_escaped_of(ctx, chain),
				rxpath_slice_is(action, "-") ? "" : " ",
				rxpath_slice_is(action, "-") ? "" : rxpath_escaped_of(ctx, action));
	}
}

static bool find_tc_filter(struct finding_ctx *ctx)
{
	static const char *const names[] = {"tc_ingress_drops", NULL};
	static const char *const traces[] = {"trace.TC_INGRESS", NULL};
	/* Programs that are attached without a qdisc (tcx) count nothing; only the trace has
	 * them. */
	uint64_t traced = rxpath_open_part(ctx, traces);
	uint64_t dropped = rxpath_moved_any(ctx, names) + traced;
	const struct rxpath_line *worst = rxpath_worst_of(ctx, names);
	const char *device = worst ? worst->subject.ptr : "";

	if (!rxpath_is_significant(ctx, dropped, RXPATH_STAGE_DEVICE))
		return false;
	finding_summary(ctx, "Traffic control (tc) dropped %s%s as they were received%s%s.",
			rxpath_amount(ctx, dropped, "packet"),
			rxpath_share(ctx, dropped, RXPATH_STAGE_DEVICE), worst ? " on " : "",
			device);
	rxpath_show_lines(ctx, names);
	if (worst)
		show_filters(ctx, device);
	if (traced > 0)
		finding_evidence(ctx,
				 "trace.TC_INGRESS: %llu, by programs that are attached without a "
				 "qdisc",
				 (unsigned long long)traced);
	if (worst) {
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

const struct finding_rule rxpath_tc_findings[] = {
	{
		FINDING("tc-filter", NETFILTER, REJECT, find_tc_filter),
		.fact.cause = "traffic control",
		.fact.meaning = "A filter of traffic control (tc) dropped packets as they were "
				"received.",
		.fact.shown = "tc_ingress_drops of a device, or trace.TC_INGRESS: ten or more, "
			      "and at least 1 % of the packets received.",
		.fact.action = "See which filter dropped them (tc -s filter show dev DEVICE "
			       "ingress); one that does its job is no fault.",
	},
	{.find = NULL},
};
