/* find_ip.c: connection tracking, refusals that nobody counts, and what the IP layer lost. */
#include <string.h>

#include "findings.h"

/* The table's level, as read with the second sample or a moment later. */
static bool table_of(const struct finding_ctx *ctx, uint64_t *count, uint64_t *limit)
{
	const struct rxpath_reading *entries =
		rxpath_sample_find(ctx->match.after, "nf_conntrack_entries", NULL);

	*count = 0;
	if (entries)
		*count = entries->value;
	else if (!rxpath_number_of(ctx, "net.netfilter.nf_conntrack_count", count))
		return false;
	return rxpath_number_of(ctx, "net.netfilter.nf_conntrack_max", limit);
}

static bool is_nearly_full(const struct finding_ctx *ctx)
{
	uint64_t count, limit;

	return table_of(ctx, &count, &limit) && count >= limit - limit / 10;
}

bool rxpath_find_conntrack_full(struct finding_ctx *ctx)
{
	uint64_t dropped = rxpath_lost(ctx, "nf_conntrack_drop");
	uint64_t evicted = rxpath_moved(ctx, "nf_conntrack_early_drop");
	uint64_t count, limit, buckets;

	if (dropped + evicted == 0 || (evicted == 0 && !is_nearly_full(ctx)))
		return false;
	if (dropped == 0)
		ctx->draft.kind = RXPATH_KIND_PRESSURE;
	if (dropped > 0)
		finding_summary(ctx,
			   "The table of connections is full: %llu packets of new connections were "
			   "dropped.",
			   (unsigned long long)dropped);
	else
		finding_summary(ctx,
			   "The table of connections is full: %llu connections were thrown out of "
			   "it to let new ones in.",
			   (unsigned long long)evicted);
	if (dropped > 0)
		finding_evidence(ctx, "nf_conntrack_drop %llu",
			    (unsigned long long)rxpath_moved(ctx, "nf_conntrack_drop"));
	if (evicted > 0)
		finding_evidence(ctx, "nf_conntrack_early_drop %llu", (unsigned long long)evicted);
	if (table_of(ctx, &count, &limit)) {
		/* A hash that has a bucket for each connection needs no more of them. */
		bool roomy = rxpath_number_of(ctx, "net.netfilter.nf_conntrack_buckets",
					      &buckets) &&
			     buckets >= 2 * limit;

		finding_evidence(ctx, "%llu connections of at most %llu now%s",
			    (unsigned long long)count, (unsigned long long)limit,
			    is_nearly_full(ctx) ? "" :
						     ": it has emptied, or was enlarged, since");
		finding_advice(ctx,
			      "raise net.netfilter.nf_conntrack_max (now %llu), say to "
			      "%llu%s%s%s: about 300 bytes a connection",
			      (unsigned long long)limit, 2 * (unsigned long long)limit,
			      roomy ? "" : ", and nf_conntrack_buckets",
			      roomy ? "" : rxpath_now(ctx, "net.netfilter.nf_conntrack_buckets"),
			      roomy ? "" : " with it");
	} else {
		finding_advice(ctx, "raise net.netfilter.nf_conntrack_max in the host's own "
				      "network namespace: about 300 bytes a connection");
	}
	finding_advice(ctx,
		      "or need fewer: a 'notrack' rule for bulk UDP without NAT, or shorter "
		      "timeouts (net.netfilter.nf_conntrack_udp_timeout%s)",
		      rxpath_now(ctx, "net.netfilter.nf_conntrack_udp_timeout"));
	return true;
}

bool rxpath_find_conntrack_insert(struct finding_ctx *ctx)
{
	static const char *const names[] = {"nf_conntrack_insert_failed",
					    "nf_conntrack_chainlength", "nf_conntrack_drop", NULL};
	uint64_t failed = rxpath_moved(ctx, "nf_conntrack_insert_failed");
	uint64_t chains = rxpath_moved(ctx, "nf_conntrack_chainlength");
	uint64_t dropped = rxpath_lost(ctx, "nf_conntrack_drop");
	uint64_t count, limit;

	if (rxpath_moved(ctx, "nf_conntrack_early_drop") > 0 || is_nearly_full(ctx))
		dropped = 0;
	if (failed + chains + dropped == 0)
		return false;
	if (chains > 0)
		finding_summary(ctx,
			   "Connection tracking dropped %llu packets: a chain of its hash table "
			   "would have become too long.",
			   (unsigned long long)chains);
	else if (failed > 0)
		finding_summary(ctx,
			   "Connection tracking dropped %llu packets: another had just made the "
			   "same entry.",
			   (unsigned long long)failed);
	else
		finding_summary(ctx,
			   "Connection tracking dropped %llu packets though its table has room: "
			   "a helper refused them, or memory was short.",
			   (unsigned long long)dropped);
	rxpath_show_moved(ctx, names);
	if (table_of(ctx, &count, &limit))
		finding_evidence(ctx, "%llu connections of at most %llu", (unsigned long long)count,
			    (unsigned long long)limit);
	if (chains > 0)
		finding_advice(ctx,
			      "raise net.netfilter.nf_conntrack_buckets%s in the host's own "
			      "namespace: 8 bytes each",
			      rxpath_now(ctx, "net.netfilter.nf_conntrack_buckets"));
	else if (failed > 0)
		finding_advice(ctx, "mostly two packets of one new socket at once (DNS queries "
				      "for A and AAAA through NAT): leave that traffic "
				      "untracked, or use a local resolver");
	else
		finding_advice(ctx, "see which helpers are loaded (lsmod, 'nft list ct "
				      "helpers'), and the kernel's log for nf_conntrack");
	return true;
}

static uint64_t open_part(const struct finding_ctx *ctx, const char *name)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < ctx->moved_count; i++)
		if (rxpath_slice_is(ctx->moved[i]->name, name) &&
		    !(ctx->moved[i]->flags & RXPATH_FLAG_COUNTED))
			sum += rxpath_remainder(ctx->moved[i]);
	return sum;
}

/* These are the host's, of all its network namespaces: more than came here were not here. */
static uint64_t martians(const struct finding_ctx *ctx)
{
	uint64_t strange = open_part(ctx, "rt_cache_in_martian_src") +
			   open_part(ctx, "rt_cache_in_martian_dst");

	return strange <= rxpath_change_of(&ctx->match, "IpInReceives").most ? strange : 0;
}

bool rxpath_find_filtered(struct finding_ctx *ctx)
{
	static const char *const residuals[] = {"ip_residual", "ip6_residual", NULL};
	static const char *const traced[] = {"trace.NETFILTER_DROP", "trace.TC_INGRESS",
					     "trace.XFRM_POLICY", NULL};
	uint64_t residual = open_part(ctx, "ip_residual") + open_part(ctx, "ip6_residual");
	uint64_t strange = martians(ctx);
	uint64_t named = rxpath_moved_any(ctx, traced);

	residual = residual > strange ? residual - strange : 0;
	if (!rxpath_is_significant(ctx, residual > named ? residual : named, RXPATH_STAGE_IP))
		return false;
	finding_summary(ctx,
		   "%llu packets that IP received were taken by a firewall rule, a policy, or as "
		   "multicast that nobody joined: nothing counts them.",
		   (unsigned long long)(residual > named ? residual : named));
	rxpath_show_moved(ctx, residuals);
	rxpath_show_moved(ctx, traced);
	if (rxpath_moved(ctx, "nf_conntrack_invalid") > 0)
		finding_evidence(ctx,
			    "nf_conntrack_invalid %llu: a rule on 'ct state invalid' would take "
			    "these",
			    (unsigned long long)rxpath_moved(ctx, "nf_conntrack_invalid"));
	finding_advice(ctx, "read the firewall's counters ('nft list ruleset', 'iptables "
			      "-vnL'); a rule that does its job is no fault");
	if (!ctx->report->trace)
		finding_advice(ctx, "run 'rxpath check --trace' as root for the reason; groups "
				      "that nobody joined (ip maddr) and blackhole routes end "
				      "here too");
	return true;
}

bool rxpath_find_martian(struct finding_ctx *ctx)
{
	static const char *const names[] = {"rt_cache_in_martian_src", "rt_cache_in_martian_dst",
					    NULL};
	uint64_t strange = martians(ctx);

	if (!rxpath_is_significant(ctx, strange, RXPATH_STAGE_IP))
		return false;
	finding_summary(ctx,
		   "%llu packets came from or for addresses that cannot be out there: loopback, "
		   "a multicast source, this host's own.",
		   (unsigned long long)strange);
	rxpath_show_moved(ctx, names);
	finding_evidence(ctx, "these two are the host's, of all its network namespaces");
	if (rxpath_moved(ctx, "TcpExtIPReversePathFilter") > 0)
		finding_evidence(ctx, "TcpExtIPReversePathFilter %llu is among the first",
			    (unsigned long long)rxpath_moved(ctx, "TcpExtIPReversePathFilter"));
	finding_advice(ctx,
		      "set net.ipv4.conf.all.log_martians=1%s and read the kernel's log; usual "
		      "are a duplicate address, a loop, or a container's network that leaks",
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

/* A setting that each device has, and the values of it that matter. */
struct conf {
	const char *prefix, *suffix;
	uint64_t floor;		/* what "all" says counts where it is larger */
	uint64_t value;
};

/* The device with that value that received most; how many there are. What lo receives has been
 * routed already. */
static size_t devices_with(const struct finding_ctx *ctx, const struct conf *conf,
			   struct rxpath_slice *busiest)
{
	uint64_t most = 0;
	size_t count = 0;

	for (size_t i = 0; i < ctx->detail->setting_count; i++) {
		const struct rxpath_setting *setting = &ctx->detail->settings[i];
		struct rxpath_slice device;
		uint64_t own, received;

		if (!is_conf(setting, conf->prefix, conf->suffix, &device) ||
		    rxpath_slice_is(device, "all") || rxpath_slice_is(device, "default") ||
		    rxpath_slice_is(device, "lo") || !rxpath_scan_dec(setting->value, &own) ||
		    (own > conf->floor ? own : conf->floor) != conf->value)
			continue;
		received = received_by(ctx, device);
		if (count++ == 0 || received > most) {
			*busiest = device;
			most = received;
		}
	}
	return count;
}

static const char *and_more(struct finding_ctx *ctx, size_t count)
{
	return count > 1 ? rxpath_phrase(ctx, " (and %zu more that received less)", count - 1) :
			   "";
}

bool rxpath_find_reverse_path(struct finding_ctx *ctx)
{
	uint64_t refused = rxpath_moved(ctx, "TcpExtIPReversePathFilter");
	uint64_t everywhere = 0;
	bool known = rxpath_number_of(ctx, "net.ipv4.conf.all.rp_filter", &everywhere);
	struct conf strict = {.prefix = "net.ipv4.conf.", .suffix = ".rp_filter", .value = 1};
	struct rxpath_slice device = {"", 0};
	size_t count;

	if (!rxpath_is_significant(ctx, refused, RXPATH_STAGE_IP))
		return false;
	finding_summary(ctx,
		   "The reverse-path filter refused %llu packets: answers would leave by another "
		   "device, or have no route.",
		   (unsigned long long)refused);
	finding_evidence(ctx, "TcpExtIPReversePathFilter %llu", (unsigned long long)refused);
	/* The stricter of "all" and the device's own counts, and 2 is the larger number of the two
	 * (IN_DEV_RPFILTER: the maximum). */
	strict.floor = everywhere;
	count = known ? devices_with(ctx, &strict, &device) : 0;
	if (count > 0)
		finding_evidence(ctx, "%s%s filters strictly (rp_filter 1, its own or that of all)",
			    rxpath_escaped_of(ctx, device), and_more(ctx, count));
	finding_advice(ctx, "if the senders are honest correct the routes, so that answers "
			      "leave where packets came in ('ip route get SOURCE')");
	finding_advice(ctx,
		      "where asymmetric routing is meant, set net.ipv4.conf.DEVICE.rp_filter=2 "
		      "(the larger of its own and that of all%s counts): it then believes any "
		      "source that has some route",
		      rxpath_now(ctx, "net.ipv4.conf.all.rp_filter"));
	return true;
}

static uint64_t timeouts(const struct finding_ctx *ctx)
{
	return rxpath_moved(ctx, "IpReasmTimeout") + rxpath_moved(ctx, "Ip6ReasmTimeout");
}

bool rxpath_find_reassembly_timeout(struct finding_ctx *ctx)
{
	static const char *const names[] = {"IpReasmTimeout", "Ip6ReasmTimeout", NULL};
	uint64_t late = timeouts(ctx);

	if (late == 0)
		return false;
	finding_summary(ctx,
		   "%llu datagrams were given up because one of their fragments never came.",
		   (unsigned long long)late);
	rxpath_show_moved(ctx, names);
	finding_evidence(ctx,
		    "fragments wait as many seconds: net.ipv4.ipfrag_time%s, "
		    "net.ipv6.ip6frag_time%s",
		    rxpath_now(ctx, "net.ipv4.ipfrag_time"),
		    rxpath_now(ctx, "net.ipv6.ip6frag_time"));
	finding_advice(ctx, "look for losses before this host and in the stages above, and for "
			      "a firewall that drops all but first fragments");
	finding_advice(ctx, "best, have the sender send what fits the path's MTU ('tracepath' "
			      "from there): one lost fragment loses them all");
	return true;
}

/* Memory of waiting fragments against its limit; false when unknown. */
static bool waiting(const struct finding_ctx *ctx, bool v6, uint64_t *memory, uint64_t *limit)
{
	return rxpath_number_of(ctx, v6 ? "sockstat.FRAG6.memory" : "sockstat.FRAG.memory",
				memory) &&
	       rxpath_number_of(ctx,
				v6 ? "net.ipv6.ip6frag_high_thresh" : "net.ipv4.ipfrag_high_thresh",
				limit);
}

/* IPv6 has no counter for overlaps, so what refused its fragments the memory alone can tell. */
static bool is_memory6(const struct finding_ctx *ctx)
{
	uint64_t memory, limit;

	return waiting(ctx, true, &memory, &limit) && memory >= limit - limit / 4;
}

bool rxpath_find_reassembly_memory(struct finding_ctx *ctx)
{
	uint64_t failed4 = rxpath_lost(ctx, "IpReasmFails");
	uint64_t failed6 = is_memory6(ctx) ? rxpath_lost(ctx, "Ip6ReasmFails") : 0;
	uint64_t failed = failed4 + failed6;
	bool v6 = failed6 > failed4;
	const char *name = v6 ? "net.ipv6.ip6frag_high_thresh" : "net.ipv4.ipfrag_high_thresh";
	uint64_t memory, limit;

	if (failed == 0)
		return false;
	finding_summary(ctx,
		   "%llu fragments were refused: those that wait had all the memory for "
		   "reassembly.",
		   (unsigned long long)failed);
	if (failed4 > 0)
		finding_evidence(ctx, "IpReasmFails %llu, of which timeouts and overlaps %llu",
			    (unsigned long long)rxpath_moved(ctx, "IpReasmFails"),
			    (unsigned long long)(rxpath_moved(ctx, "IpReasmFails") - failed4));
	if (failed6 > 0)
		finding_evidence(ctx, "Ip6ReasmFails %llu, of which timeouts %llu",
			    (unsigned long long)rxpath_moved(ctx, "Ip6ReasmFails"),
			    (unsigned long long)(rxpath_moved(ctx, "Ip6ReasmFails") - failed6));
	if (waiting(ctx, v6, &memory, &limit))
		finding_evidence(ctx, "fragments hold %llu bytes now, the limit is %llu",
			    (unsigned long long)memory, (unsigned long long)limit);
	finding_advice(ctx,
		      "see first why fragments pile up: where some get lost the rest waits for "
		      "%s seconds%s",
		      v6 ? "net.ipv6.ip6frag_time" : "net.ipv4.ipfrag_time",
		      rxpath_now(ctx, v6 ? "net.ipv6.ip6frag_time" : "net.ipv4.ipfrag_time"));
	finding_advice(ctx,
		      "then raise %s%s: that much kernel memory is open to anybody who sends "
		      "fragments",
		      name, rxpath_now(ctx, name));
	return true;
}

bool rxpath_find_reassembly_overlap(struct finding_ctx *ctx)
{
	static const char *const names[] = {"IpExtReasmOverlaps", NULL};
	uint64_t overlaps = rxpath_moved(ctx, "IpExtReasmOverlaps");
	uint64_t failed6 = is_memory6(ctx) ? 0 : rxpath_lost(ctx, "Ip6ReasmFails");
	uint64_t refused = overlaps + failed6;

	if (refused == 0)
		return false;
	finding_summary(ctx,
		   "%llu datagrams were given up because their fragments overlap or contradict "
		   "each other.",
		   (unsigned long long)refused);
	rxpath_show_moved(ctx, names);
	if (failed6 > 0)
		finding_evidence(ctx, "Ip6ReasmFails %llu beyond its timeouts, with memory to spare",
			    (unsigned long long)failed6);
	finding_advice(ctx, "find the sender: tcpdump -nn 'ip[6:2] & 0x3fff != 0 or ip6[6] = "
			      "44'; it reuses fragment identifiers too soon, or attacks; no "
			      "setting here accepts such fragments");
	return true;
}

bool rxpath_find_ip_header(struct finding_ctx *ctx)
{
	static const char *const names[] = {"IpInHdrErrors",	    "IpExtInCsumErrors",
					    "IpExtInTruncatedPkts", "Ip6InHdrErrors",
					    "Ip6InTruncatedPkts",   NULL};
	uint64_t bad = rxpath_moved_any(ctx, names) - rxpath_moved(ctx, "IpExtInCsumErrors");
	uint64_t forwarding = 0, forwarding6 = 0;
	uint64_t hops = 0;

	if (rxpath_moved_any(ctx, names) == 0)
		return false;
	rxpath_number_of(ctx, "net.ipv4.ip_forward", &forwarding);
	rxpath_number_of(ctx, "net.ipv6.conf.all.forwarding", &forwarding6);
	finding_summary(ctx,
		   "%llu IP packets were broken: a bad header or checksum, or fewer bytes than "
		   "they say.",
		   (unsigned long long)bad);
	rxpath_show_moved(ctx, names);
	/* ip_forward and ip6_forward count these there too. */
	if (forwarding > 0)
		hops += rxpath_lost(ctx, "IpInHdrErrors");
	if (forwarding6 > 0)
		hops += rxpath_lost(ctx, "Ip6InHdrErrors");
	if (hops > 0) {
		finding_evidence(ctx,
			    "this host forwards, and packets whose hops ran out are among %llu of "
			    "these",
			    (unsigned long long)hops);
		finding_advice(ctx, "look for a routing loop first: 'traceroute' to the "
				      "destinations");
	}
	finding_advice(ctx, "find who breaks them (tcpdump -nn -vv shows bad checksums and "
			      "lengths): a sender, a tunnel's MTU, the card's offload ('ethtool "
			      "-K DEVICE rx off' to try; costs CPU)");
	return true;
}

/* The busiest device on which IPv6 is switched off, and how many there are. */
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

bool rxpath_find_ipv6_disabled(struct finding_ctx *ctx)
{
	uint64_t discarded = rxpath_moved(ctx, "Ip6InDiscards");
	struct rxpath_slice device = {"", 0};
	size_t count = without_ipv6(ctx, &device);
	const char *name;

	if (discarded == 0 || count == 0)
		return false;
	name = rxpath_escaped_of(ctx, device);
	finding_summary(ctx, "%llu IPv6 packets were discarded, and IPv6 is switched off on %s%s.",
		   (unsigned long long)discarded, name, count > 1 ? " and others" : "");
	finding_evidence(ctx, "Ip6InDiscards %llu; net.ipv6.conf.%s.disable_ipv6 is 1",
		    (unsigned long long)discarded, name);
	finding_advice(ctx,
		      "if that traffic is wanted set net.ipv6.conf.%s.disable_ipv6=0 (the host "
		      "then has IPv6 addresses there, and needs its firewall); else nothing is "
		      "amiss",
		      name);
	return true;
}

bool rxpath_find_ip_discards(struct finding_ctx *ctx)
{
	struct rxpath_slice device;
	uint64_t ipv4 = rxpath_moved(ctx, "IpInDiscards");
	uint64_t ipv6 = without_ipv6(ctx, &device) > 0 ? 0 :
							    rxpath_moved(ctx, "Ip6InDiscards");
	uint64_t both = ipv4 + ipv6;

	if (both == 0)
		return false;
	if (ipv4 == 0)
		ctx->draft.kind = RXPATH_KIND_SUSPECT;
	finding_summary(ctx, "IP dropped %llu good packets for want of memory%s.",
		   (unsigned long long)both,
		   ipv6 > 0 ? ", or (IPv6) because an IPsec policy refused them" : "");
	if (ipv4 > 0)
		finding_evidence(ctx, "IpInDiscards %llu", (unsigned long long)ipv4);
	if (ipv6 > 0)
		finding_evidence(ctx,
			    "Ip6InDiscards %llu, and IPv6 is not known to be off on any device",
			    (unsigned long long)ipv6);
	finding_advice(ctx, "see whether memory is short (free, page allocation failures in "
			      "the kernel's log); vm.min_free_kbytes keeps more for such "
			      "moments, and takes it from everything else");
	if (ipv6 > 0)
		finding_advice(ctx, "where IPsec is in use see /proc/net/xfrm_stat");
	return true;
}

bool rxpath_find_not_for_us(struct finding_ctx *ctx)
{
	static const char *const names[] = {"IpInAddrErrors", "IpExtInNoRoutes", "Ip6InAddrErrors",
					    "Ip6InNoRoutes", NULL};
	static const struct conf off = {.prefix = "net.ipv4.conf.", .suffix = ".forwarding"};
	uint64_t strange = rxpath_moved_any(ctx, names);
	uint64_t astray = rxpath_moved(ctx, "IpInAddrErrors");
	uint64_t routes = rxpath_moved(ctx, "IpExtInNoRoutes");
	uint64_t strange6 = strange - astray - routes;
	static const char *const settings[] = {"net.ipv4.ip_forward",
					       "net.ipv6.conf.all.forwarding", NULL};
	struct rxpath_slice device = {"", 0};
	uint64_t forwarding = 0, forwarding6 = 0;
	size_t count;

	if (!rxpath_is_significant(ctx, strange, RXPATH_STAGE_IP))
		return false;
	rxpath_number_of(ctx, "net.ipv4.ip_forward", &forwarding);
	rxpath_number_of(ctx, "net.ipv6.conf.all.forwarding", &forwarding6);
	finding_summary(ctx,
		   "%llu packets came for addresses that this host neither has nor forwards to.",
		   (unsigned long long)strange);
	rxpath_show_moved(ctx, names);
	rxpath_show_settings(ctx, settings);
	/* IpInAddrErrors means that the device they came by does not forward (ip_error). */
	if (forwarding > 0 && astray > 0) {
		count = devices_with(ctx, &off, &device);
		if (count > 0)
			finding_evidence(ctx, "net.ipv4.conf.%s.forwarding is 0%s",
				    rxpath_escaped_of(ctx, device), and_more(ctx, count));
		finding_advice(ctx,
			      "forwarding is off on %s: if it is meant to forward set "
			      "net.ipv4.conf.%s.forwarding=1 (and look at its firewall)",
			      count > 0 ? rxpath_escaped_of(ctx, device) : "one device",
			      count > 0 ? rxpath_escaped_of(ctx, device) : "DEVICE");
	}
	if ((forwarding > 0 && routes > 0) ||
	    (forwarding6 > 0 && rxpath_moved(ctx, "Ip6InNoRoutes") > 0))
		finding_advice(ctx, "this host forwards: add the route that is missing ('ip "
				      "route get DESTINATION'; tcpdump -nn shows which)");
	if ((forwarding == 0 && astray + routes > 0) || (forwarding6 == 0 && strange6 > 0) ||
	    ctx->draft.advice_count == 0)
		finding_advice(ctx, "see which addresses they are for (tcpdump -nn; 'ip "
				      "addr'): one that moved away, or senders take this host "
				      "for a router");
	return true;
}

bool rxpath_find_unknown_protocol(struct finding_ctx *ctx)
{
	static const char *const names[] = {"IpInUnknownProtos", "Ip6InUnknownProtos", NULL};
	uint64_t unknown = rxpath_moved_any(ctx, names);
	uint64_t raw = rxpath_lost_by_raw(ctx);

	/* What a full raw socket did not take nobody took (raw_local_deliver). */
	unknown = unknown > raw ? unknown - raw : 0;
	if (!rxpath_is_significant(ctx, unknown, RXPATH_STAGE_IP))
		return false;
	finding_summary(ctx,
		   "%llu packets came for transport protocols that this kernel does not handle.",
		   (unsigned long long)unknown);
	rxpath_show_moved(ctx, names);
	finding_advice(ctx, "see which (tcpdump -nn 'not tcp and not udp and not icmp and not "
			      "icmp6'); if one is wanted, load its module (ip_gre, esp4, sctp "
			      "...), which opens it to everybody");
	return true;
}
