/* find_ip.c: refusals without a counter, and what the IP layer lost. */
#include <string.h>

#include "findings.h"

static const char *const martian_names[] = {"rt_cache_in_martian_src", "rt_cache_in_martian_dst",
					    NULL};

/* These counters cover all network namespaces of the host, and what the reverse-path filters of all
 * refused. The report of a namespace other than the program's own has no line of them. */
static uint64_t martians_of_host(const struct finding_ctx *ctx)
{
	const struct rxpath_report *report = ctx->report;
	uint64_t strange = 0;

	if (!report->is_elsewhere)
		return rxpath_less(rxpath_open_part(ctx, martian_names),
				   report->path_filtered_elsewhere);
	/* Since boot there were other namespaces too. */
	if (!ctx->match.before)
		return 0;
	for (size_t i = 0; martian_names[i]; i++)
		strange = rxpath_sum(strange, rxpath_change_of(&ctx->match, martian_names[i]).min);
	return rxpath_less(strange,
			   rxpath_sum(report->path_filtered, report->path_filtered_elsewhere));
}

/* No counter of IP has a martian: if they rose by more than IP has no counter for, some are about
 * another namespace, and it is not known how many. Of other namespaces that are reported too, it is
 * known how many it can be at most. */
static uint64_t martians(const struct finding_ctx *ctx)
{
	uint64_t strange = martians_of_host(ctx);
	struct bounds residual = rxpath_taken_on_input(&ctx->match, RXPATH_IPV4);

	return strange <= residual.max
		       ? rxpath_less(strange, ctx->report->without_counter_elsewhere)
		       : 0;
}

/* What found no route and was no error of IP: a blackhole route is silent. ARP requests for other
 * hosts count there too, so this is the most that it can be. */
static uint64_t blackholed(const struct finding_ctx *ctx)
{
	uint64_t none = rxpath_change_of(&ctx->match, "rt_cache_in_no_route").delta;
	uint64_t told = rxpath_change_of(&ctx->match, "IpExtInNoRoutes").delta +
			rxpath_change_of(&ctx->match, "IpInAddrErrors").delta;

	/* It is the host's, so since boot it says nothing about one namespace. */
	return ctx->match.before ? rxpath_less(none, told) : 0;
}

static const char *const traced[] = {"trace.NETFILTER_DROP", "trace.XFRM_POLICY", NULL};

/* What the trace saw refused beyond what rules count, unless it is of other namespaces too. */
static uint64_t named_here(const struct finding_ctx *ctx)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < ctx->moved_count; i++)
		if (rxpath_slice_is_any(ctx->moved[i]->name, traced) &&
		    !(ctx->moved[i]->flags & RXPATH_FLAG_HOST))
			sum = rxpath_sum(sum, rxpath_remainder(ctx->moved[i]));
	return sum;
}

static void show_traced(struct finding_ctx *ctx)
{
	for (size_t i = 0; i < ctx->moved_count; i++) {
		const struct rxpath_line *line = ctx->moved[i];

		if (!rxpath_slice_is_any(line->name, traced))
			continue;
		if (line->accounted > 0)
			finding_evidence(ctx, "%s %llu, of which other lines count %llu",
					 line->name.ptr, (unsigned long long)line->delta,
					 (unsigned long long)line->accounted);
		else
			finding_evidence(ctx, "%s %llu", line->name.ptr,
					 (unsigned long long)line->delta);
	}
}

/* Who took them, as far as the trace or the routes tell. */
static const char *taker_of(const struct finding_ctx *ctx, uint64_t taken, uint64_t named)
{
	static const char *const others[] = {"ip6_residual", "inet_residual", NULL};

	if (named > 0 && rxpath_moved(ctx, "trace.NETFILTER_DROP") >= taken)
		return "A firewall rule";
	if (rxpath_moved(ctx, "trace.XFRM_POLICY") >= taken)
		return "An IPsec policy";
	if (blackholed(ctx) >= taken && rxpath_open_part(ctx, others) == 0)
		return "A blackhole route (or else a firewall rule)";
	if (rxpath_rules_took_none(ctx))
		return "A policy, a martian address, a blackhole route or a multicast group that "
		       "nobody joined";
	return "A firewall rule, a policy or a multicast group that nobody joined";
}

static bool find_filtered(struct finding_ctx *ctx)
{
	static const char *const residuals[] = {"ip_residual", "ip6_residual", "inet_residual",
						NULL};
	uint64_t residual = rxpath_open_part(ctx, residuals);
	uint64_t strange = martians(ctx);
	uint64_t named = named_here(ctx);
	uint64_t invalid = rxpath_moved(ctx, "nf_conntrack_invalid");
	uint64_t taken;

	residual = rxpath_less(residual, strange);
	taken = rxpath_sum(residual, named);
	if (!rxpath_is_significant(ctx, taken, RXPATH_STAGE_IP))
		return false;
	finding_summary(ctx, "%s took %s%s: IP has no counter for them.",
			taker_of(ctx, taken, named), rxpath_amount(ctx, taken, "packet"),
			rxpath_share(ctx, taken, RXPATH_STAGE_IP));
	rxpath_show_moved(ctx, residuals);
	show_traced(ctx);
	if (invalid > 0)
		finding_evidence(ctx,
				 "nf_conntrack_invalid %llu: a rule on 'ct state invalid' would "
				 "take these",
				 (unsigned long long)invalid);
	if (strange == 0 && martians_of_host(ctx) > 0)
		finding_evidence(ctx,
				 "some may be martians: rt_cache, which counts for all network "
				 "namespaces of the host, had %llu",
				 (unsigned long long)martians_of_host(ctx));
	rxpath_show_uncounted_rules(ctx);
	if (rxpath_source_usable(ctx->match.after, RXPATH_SOURCE_IPVS)) {
		finding_evidence(ctx, "IPVS is loaded: it drops, without a counter, what comes for "
				      "a virtual service that has no real server");
		finding_advice(ctx, "see the real servers of each service: 'ipvsadm -L -n'");
		finding_command(ctx, "ipvsadm -L -n");
	}
	if (blackholed(ctx) >= residual && named == 0) {
		finding_evidence(ctx,
				 "rt_cache_in_no_route %llu beyond IpExtInNoRoutes and "
				 "IpInAddrErrors (on the whole host; ARP requests count too)",
				 (unsigned long long)blackholed(ctx));
		finding_advice(ctx,
			       "look for blackhole routes, which drop on purpose: 'ip route show "
			       "table all type blackhole'");
		finding_command(ctx, "ip route show table all type blackhole");
	}
	if (named == 0 && rxpath_rules_took_none(ctx)) {
		finding_advice(ctx, "compare the multicast groups that programs joined, and their "
				    "sources (/proc/net/mcfilter), with what arrives: 'ip maddr'");
		finding_command(ctx, "ip maddr");
	} else {
		finding_advice(ctx, "read the firewall's counters (also 'iptables -vnL'; a rule "
				    "that does its job is no fault): 'nft list ruleset'");
		finding_command(ctx, "nft list ruleset");
	}
	if (!ctx->report->trace)
		finding_advice(ctx, "run 'rxpath check --trace' as root for the reason; multicast "
				    "groups that nobody joined (ip maddr) and blackhole routes "
				    "are among these packets too");
	return true;
}

static void show_martians(struct finding_ctx *ctx, const char *name)
{
	uint64_t count = rxpath_change_of(&ctx->match, name).delta;

	if (count > 0)
		finding_evidence(ctx, "%s %llu", name, (unsigned long long)count);
}

static bool find_martian(struct finding_ctx *ctx)
{
	uint64_t strange = martians(ctx);
	uint64_t filtered = rxpath_moved(ctx, "TcpExtIPReversePathFilter");

	if (!rxpath_is_significant(ctx, strange, RXPATH_STAGE_IP))
		return false;
	finding_summary(ctx,
			"%s%s had addresses that cannot be on that side: loopback, a "
			"multicast source, this host's own.",
			rxpath_amount(ctx, strange, "packet"),
			rxpath_share(ctx, strange, RXPATH_STAGE_IP));
	for (size_t i = 0; martian_names[i]; i++)
		show_martians(ctx, martian_names[i]);
	finding_evidence(ctx, "rt_cache counts for all network namespaces of the host");
	if (filtered > 0)
		finding_evidence(
			ctx, "TcpExtIPReversePathFilter %llu is part of rt_cache_in_martian_src",
			(unsigned long long)filtered);
	if (ctx->report->path_filtered_elsewhere > 0)
		finding_evidence(ctx,
				 "TcpExtIPReversePathFilter %llu of other network namespaces is "
				 "part of it too",
				 (unsigned long long)ctx->report->path_filtered_elsewhere);
	finding_advice(ctx,
		       "set net.ipv4.conf.all.log_martians=1%s and read the kernel log; usually a "
		       "duplicate address, a loop, or a container network that leaks",
		       rxpath_now(ctx, "net.ipv4.conf.all.log_martians"));
	return true;
}

/* Takes the device out of "net.ipv4.conf.DEVICE.rp_filter". */
static bool is_conf(const struct rxpath_setting *setting, const char *prefix, const char *suffix,
		    struct rxpath_slice *device)
{
	size_t before = strlen(prefix);
	size_t after = strlen(suffix);

	if (!rxpath_slice_starts(setting->name, prefix) || setting->name.len <= before + after ||
	    memcmp(setting->name.ptr + setting->name.len - after, suffix, after) != 0)
		return false;
	*device = (struct rxpath_slice){setting->name.ptr + before,
					setting->name.len - before - after};
	return true;
}

/* How many packets that device received. */
static uint64_t received_by(const struct finding_ctx *ctx, struct rxpath_slice device)
{
	static const char *const names[] = {"rx_packets", "dev_packets"};
	const struct rxpath_subject on = {.kind = RXPATH_ON_DEVICE, .name = device};

	for (size_t i = 0; i < 2; i++) {
		const struct rxpath_reading *after =
			rxpath_sample_find(ctx->match.after, names[i], &on);
		struct change change;

		if (after && rxpath_change_since(&ctx->match, after, &change))
			return change.delta;
	}
	return 0;
}

/* A setting that each device has, and its values that matter. */
struct conf {
	const char *prefix, *suffix;
	uint64_t floor; /* what "all" says counts where it is larger */
	uint64_t value;
};

/* The device with that value that received most; how many there are. What lo receives has been
 * routed already. */
static size_t devices_with(const struct finding_ctx *ctx, const struct conf *conf,
			   struct rxpath_slice *busiest)
{
	uint64_t max = 0;
	size_t count = 0;

	for (size_t i = 0; i < ctx->settings->setting_count; i++) {
		const struct rxpath_setting *setting = &ctx->settings->settings[i];
		struct rxpath_slice device;
		uint64_t own, received;

		if (!is_conf(setting, conf->prefix, conf->suffix, &device) ||
		    rxpath_slice_is(device, "all") || rxpath_slice_is(device, "default") ||
		    rxpath_slice_is(device, "lo") || !rxpath_scan_dec(setting->value, &own) ||
		    rxpath_max(own, conf->floor) != conf->value)
			continue;
		received = received_by(ctx, device);
		if (count++ == 0 || received > max) {
			*busiest = device;
			max = received;
		}
	}
	return count;
}

static const char *and_more(struct finding_ctx *ctx, size_t count)
{
	return count > 1 ? rxpath_phrase(ctx, " (and %zu more that received less)", count - 1) : "";
}

static bool find_reverse_path(struct finding_ctx *ctx)
{
	uint64_t refused = rxpath_moved(ctx, "TcpExtIPReversePathFilter");
	struct conf strict = {.prefix = "net.ipv4.conf.", .suffix = ".rp_filter", .value = 1};
	struct rxpath_slice device = rxpath_slice_of("");
	size_t count = 0;

	if (!rxpath_is_significant(ctx, refused, RXPATH_STAGE_IP))
		return false;
	finding_summary(ctx,
			"The reverse-path filter refused %s%s: the answers would leave by "
			"another device, or have no route.",
			rxpath_amount(ctx, refused, "packet"),
			rxpath_share(ctx, refused, RXPATH_STAGE_IP));
	finding_evidence(ctx, "TcpExtIPReversePathFilter %llu", (unsigned long long)refused);
	/* The larger of "all" and the device's own applies (IN_DEV_RPFILTER), and 2 is less strict
	 * than 1. */
	if (rxpath_number_of(ctx, "net.ipv4.conf.all.rp_filter", &strict.floor))
		count = devices_with(ctx, &strict, &device);
	if (count > 0)
		finding_evidence(ctx, "%s%s filters strictly (rp_filter 1, its own or that of all)",
				 rxpath_escaped_of(ctx, device), and_more(ctx, count));
	finding_advice(ctx, "if the senders are genuine, correct the routes, so that answers leave "
			    "where the packets came in ('ip route get SOURCE')");
	finding_advice(ctx,
		       "where asymmetric routing is intended, set net.ipv4.conf.DEVICE.rp_filter=2 "
		       "(the larger of its own and that of all%s applies): it then accepts any "
		       "source that has a route",
		       rxpath_now(ctx, "net.ipv4.conf.all.rp_filter"));
	/* sysctl would take a dot in the name for a separator. */
	if (count > 0 && !memchr(device.ptr, '.', device.len))
		finding_set(ctx,
			    rxpath_phrase(ctx, "net.ipv4.conf.%s.rp_filter",
					  rxpath_escaped_of(ctx, device)),
			    "2");
	return true;
}

static bool find_ip_header(struct finding_ctx *ctx)
{
	static const char *const names[] = {"IpInHdrErrors",	    "IpExtInCsumErrors",
					    "IpExtInTruncatedPkts", "Ip6InHdrErrors",
					    "Ip6InTruncatedPkts",   NULL};
	uint64_t bad = rxpath_lost_any(ctx, names);

	if (bad == 0)
		return false;
	finding_summary(ctx, "IP discarded %s: a bad header, a bad checksum, or truncated.",
			rxpath_amount(ctx, bad, "packet"));
	rxpath_show_moved(ctx, names);
	return true;
}

/* The busiest device on which IPv6 is disabled, and how many there are. */
static size_t without_ipv6(const struct finding_ctx *ctx, struct rxpath_slice *device)
{
	static const struct conf off = {
		.prefix = "net.ipv6.conf.", .suffix = ".disable_ipv6", .value = 1};

	size_t count = devices_with(ctx, &off, device);
	uint64_t all;

	if (count == 0 && rxpath_number_of(ctx, "net.ipv6.conf.all.disable_ipv6", &all) &&
	    all == 1) {
		*device = rxpath_slice_of("all");
		return 1;
	}
	return count;
}

static bool find_ipv6_disabled(struct finding_ctx *ctx)
{
	uint64_t discarded = rxpath_moved(ctx, "Ip6InDiscards");
	struct rxpath_slice device = rxpath_slice_of("");
	size_t count = without_ipv6(ctx, &device);
	const char *name;

	/* A few beside a loss are no news. */
	if (discarded == 0 || count == 0 ||
	    (ctx->report->lost > 0 && !rxpath_is_significant(ctx, discarded, RXPATH_STAGE_IP)))
		return false;
	name = rxpath_escaped_of(ctx, device);
	finding_summary(ctx, "IPv6 discarded %s: it is disabled on %s%s.",
			rxpath_amount(ctx, discarded, "packet"), name,
			count > 1 ? " and others" : "");
	finding_evidence(ctx, "Ip6InDiscards %llu; net.ipv6.conf.%s.disable_ipv6 is 1",
			 (unsigned long long)discarded, name);
	finding_advice(ctx,
		       "if that traffic is wanted, set net.ipv6.conf.%s.disable_ipv6=0 (the host "
		       "then has IPv6 addresses there, and needs a firewall for them); otherwise "
		       "nothing is wrong",
		       name);
	return true;
}

static bool find_ip_discards(struct finding_ctx *ctx)
{
	struct rxpath_slice device;
	uint64_t ipv4 = rxpath_moved(ctx, "IpInDiscards");
	uint64_t ipv6 = without_ipv6(ctx, &device) > 0 ? 0 : rxpath_moved(ctx, "Ip6InDiscards");

	if (ipv4 + ipv6 == 0)
		return false;
	if (ipv4 == 0)
		ctx->draft.kind = RXPATH_KIND_SUSPECT;
	finding_summary(ctx, "IP dropped %s: memory was short%s.",
			rxpath_amount(ctx, ipv4 + ipv6, "valid packet"),
			ipv6 > 0 ? ", or (IPv6) an IPsec policy refused them" : "");
	rxpath_show_moved(ctx, (const char *const[]){"IpInDiscards", NULL});
	if (ipv6 > 0)
		finding_evidence(ctx,
				 "Ip6InDiscards %llu, and IPv6 is not known to be disabled on any "
				 "device",
				 (unsigned long long)ipv6);
	finding_default_advice(ctx);
	if (ipv6 > 0)
		finding_advice(ctx, "where IPsec is in use, read /proc/net/xfrm_stat");
	return true;
}

/* IpInAddrErrors means that the device they came by does not forward (ip_error). */
static void advise_forwarding(struct finding_ctx *ctx)
{
	static const struct conf off = {.prefix = "net.ipv4.conf.", .suffix = ".forwarding"};
	struct rxpath_slice device = rxpath_slice_of("");
	size_t count = devices_with(ctx, &off, &device);
	const char *name = count > 0 ? rxpath_escaped_of(ctx, device) : NULL;

	if (name)
		finding_evidence(ctx, "net.ipv4.conf.%s.forwarding is 0%s", name,
				 and_more(ctx, count));
	finding_advice(ctx,
		       "forwarding is off on %s: if it should forward, set "
		       "net.ipv4.conf.%s.forwarding=1 (and check its firewall)",
		       name ? name : "one device", name ? name : "DEVICE");
}

static bool find_not_for_us(struct finding_ctx *ctx)
{
	static const char *const names[] = {"IpInAddrErrors", "IpExtInNoRoutes", "Ip6InAddrErrors",
					    "Ip6InNoRoutes", NULL};
	static const char *const settings[] = {"net.ipv4.ip_forward",
					       "net.ipv6.conf.all.forwarding", NULL};
	uint64_t all = rxpath_moved_any(ctx, names);
	uint64_t addresses = rxpath_moved(ctx, "IpInAddrErrors");
	uint64_t routes = rxpath_moved(ctx, "IpExtInNoRoutes");
	uint64_t forwarding = 0, forwarding6 = 0;

	if (!rxpath_is_significant(ctx, all, RXPATH_STAGE_IP))
		return false;
	rxpath_number_of(ctx, "net.ipv4.ip_forward", &forwarding);
	rxpath_number_of(ctx, "net.ipv6.conf.all.forwarding", &forwarding6);
	finding_summary(ctx,
			"%s%s came for addresses that this host neither has nor forwards to, or a "
			"routing rule refused them.",
			rxpath_amount(ctx, all, "packet"), rxpath_share(ctx, all, RXPATH_STAGE_IP));
	rxpath_show_moved(ctx, names);
	rxpath_show_settings(ctx, settings);
	if (forwarding > 0 && addresses > 0)
		advise_forwarding(ctx);
	if ((forwarding > 0 && routes > 0) ||
	    (forwarding6 > 0 && rxpath_moved(ctx, "Ip6InNoRoutes") > 0))
		finding_advice(ctx, "this host forwards: add the route that is missing ('ip route "
				    "get DESTINATION'; tcpdump -nn shows which)");
	if ((forwarding == 0 && addresses + routes > 0) ||
	    (forwarding6 == 0 && all > addresses + routes) || ctx->draft.advice_count == 0)
		finding_default_advice(ctx);
	return true;
}

static bool find_unknown_protocol(struct finding_ctx *ctx)
{
	static const char *const names[] = {"IpInUnknownProtos", "Ip6InUnknownProtos", NULL};
	uint64_t unknown = rxpath_moved_any(ctx, names);
	uint64_t raw = rxpath_lost_by_raw(ctx);

	/* What a full raw socket lost is counted here too (raw_local_deliver). */
	unknown = rxpath_less(unknown, raw);
	if (!rxpath_is_significant(ctx, unknown, RXPATH_STAGE_IP))
		return false;
	finding_summary(ctx, "%s%s came for transport protocols that this kernel does not handle.",
			rxpath_amount(ctx, unknown, "packet"),
			rxpath_share(ctx, unknown, RXPATH_STAGE_IP));
	rxpath_show_moved(ctx, names);
	return true;
}

const struct finding_rule rxpath_ip_findings[] = {
	{
		FINDING("filtered", NETFILTER, REJECT, find_filtered),
		.fact.cause = "a firewall rule, a policy, or unjoined multicast",
		.fact.meaning = "A firewall rule, a policy or a multicast group that nobody "
				"joined took packets that no counter has.",
		.fact.shown = "ip_residual, ip6_residual and inet_residual beyond what martians "
			      "explain: ten or more, and at least 1 % of the packets received.",
		.fact.action = "Read the firewall's own counters; run with --trace as root for "
			       "the reason.",
	},
	{
		FINDING("martian", IP, REJECT, find_martian),
		.fact.cause = "impossible source or destination addresses",
		.fact.meaning = "Packets had addresses that cannot be on that side: loopback, "
				"multicast, this host's own.",
		.fact.shown = "rt_cache_in_martian_src or rt_cache_in_martian_dst beyond the "
			      "reverse-path filter's share: ten or more, and at least 1 % of the "
			      "packets received.",
		.fact.action = "Set net.ipv4.conf.all.log_martians=1 and read the kernel log.",
	},
	{
		FINDING("reverse-path", IP, REJECT, find_reverse_path),
		.fact.cause = "reverse-path filter",
		.fact.meaning = "The reverse-path filter refused packets: the answers would leave "
				"by another device, or have no route.",
		.fact.shown = "TcpExtIPReversePathFilter: ten or more, and at least 1 % of the "
			      "packets received.",
		.fact.action = "Correct the routes; where asymmetric routing is intended, set "
			       "that device's rp_filter to 2.",
	},
	{
		FINDING("ip-header", IP, DROP, find_ip_header),
		.fact.cause = "broken IP headers",
		.fact.meaning = "IP packets arrived broken: bad header, bad header checksum, or "
				"truncated.",
		.fact.shown = "IpInHdrErrors, IpExtInTruncatedPkts or their IPv6 equivalents.",
		.fact.action = "Find what breaks them (tcpdump -nn -vv shows bad checksums and "
			       "lengths): a sender, a tunnel's MTU, or the card's offload "
			       "('ethtool -K DEVICE rx off' to try; costs CPU).",
	},
	{
		FINDING("ipv6-disabled", IP, SUSPECT, find_ipv6_disabled),
		.fact.cause = "IPv6 switched off",
		.fact.meaning = "IPv6 packets came to a device on which IPv6 is disabled.",
		.fact.shown = "Ip6InDiscards, and disable_ipv6 set on a device.",
		.fact.action = "Enable IPv6 there if that traffic is wanted; otherwise nothing is "
			       "wrong.",
	},
	{
		FINDING("ip-discards", IP, DROP, find_ip_discards),
		.fact.cause = "no memory",
		.fact.meaning = "IP dropped valid packets because memory was short (IPv6: also "
				"because of an IPsec policy).",
		.fact.shown = "IpInDiscards, or Ip6InDiscards with IPv6 enabled everywhere.",
		.fact.action = "Check whether memory is short (free; page allocation failures in "
			       "the kernel log); vm.min_free_kbytes reserves more for such "
			       "moments, and takes it from everything else.",
	},
	{
		FINDING("not-for-us", IP, REJECT, find_not_for_us),
		.fact.cause = "addresses that this host does not have",
		.fact.meaning = "Packets came for addresses that this host neither has nor "
				"forwards to, or a routing rule refused them.",
		.fact.shown = "IpInAddrErrors, IpExtInNoRoutes, Ip6InAddrErrors or Ip6InNoRoutes: "
			      "ten or more, and at least 1 % of the packets received.",
		.fact.action =
			"See which addresses they are for (tcpdump -nn; 'ip addr'): an "
			"address that moved away or that NAT puts in, or senders that use this "
			"host as a router; on a router check forwarding and routes; elsewhere "
			"rules that refuse packets ('ip rule': blackhole, prohibit, unreachable).",
	},
	{
		FINDING("unknown-protocol", IP, REJECT, find_unknown_protocol),
		.fact.cause = "transport protocols that the kernel lacks",
		.fact.meaning = "IP packets came for a transport protocol that this kernel does "
				"not handle.",
		.fact.shown = "IpInUnknownProtos or Ip6InUnknownProtos: ten or more, and at least "
			      "1 % of the packets received.",
		.fact.action = "See which protocols (tcpdump -nn 'not tcp and not udp and not "
			       "icmp and not icmp6'); to accept one, load its module (ip_gre, "
			       "esp4, sctp ...), which opens it to everyone.",
	},
	{.find = NULL},
};
