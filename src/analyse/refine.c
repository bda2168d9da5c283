/* refine.c: what a counter's movement means beside the movements of others.
 *
 * The catalogue gives each counter one kind. Some count several things, of which other counters
 * tell one apart; and some are the host's, and count for other network namespaces too. */
#include "steps.h"

/* Takes up to `packets` off what the line lost; a line that then lost nothing is of that kind. What
 * is left to take. */
static uint64_t forgive(struct rxpath_line *line, uint64_t packets, enum rxpath_kind kind)
{
	uint64_t taken;

	if (!line || line->lost == 0)
		return packets;
	taken = rxpath_min(line->lost, packets);
	line->lost -= taken;
	if (line->lost == 0)
		line->kind = kind;
	return packets - taken;
}

static bool has_column(struct rxpath_slice columns, const char *name)
{
	struct rxpath_slice word;

	while (rxpath_scan_word(&columns, &word))
		if (rxpath_slice_is(word, name))
			return true;
	return false;
}

/* How many answers to packets without a route may have been held back after ip_error let them pass:
 * it has a limit of its own, which nothing counts. With what a sender has saved up it gets two, and
 * one is held back; then one a second is. */
static uint64_t let_pass(uint64_t no_route, uint64_t told, uint64_t interval)
{
	const uint64_t second = 1000 * UINT64_C(1000000);

	return interval == RXPATH_UNKNOWN
		       ? no_route
		       : rxpath_min(no_route,
				    rxpath_sum(told + told / 2 + told % 2, interval / second));
}

/* A router drops a packet whose TTL expired as one with a bad header, and tells the sender, unless
 * it has sent too many ICMP errors lately, which kernels count since 6.3. A host that forwards
 * nothing holds others back, and a router some for ports and protocols that nobody here has. */
static void forgive_expired(const struct match *match, struct rxpath_report *report)
{
	static const struct {
		const char *counter;
		const char *sent, *forwarded;
		const char *held_back[3];
		const char *answered[3]; /* with "unreachable", which is held back as well */
		const char *no_route;	 /* so too, within the limit of let_pass */
		const char *unreachable;
	} rows[] = {
		{.counter = "IpInHdrErrors",
		 .sent = "IcmpOutTimeExcds",
		 .forwarded = "IpForwDatagrams",
		 .held_back = {"IcmpOutRateLimitGlobal", "IcmpOutRateLimitHost"},
		 .answered = {"UdpNoPorts", "IpInUnknownProtos"},
		 .no_route = "IpExtInNoRoutes",
		 .unreachable = "IcmpOutDestUnreachs"},
		{.counter = "Ip6InHdrErrors",
		 .sent = "Icmp6OutTimeExcds",
		 .forwarded = "Ip6OutForwDatagrams",
		 .held_back = {"Icmp6OutRateLimitHost"},
		 .answered = {"Udp6NoPorts", "Ip6InNoRoutes"},
		 .unreachable = "Icmp6OutDestUnreachs"},
	};
	struct rxpath_slice columns = match->after->icmp_columns;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		uint64_t expired = rxpath_change_of(match, rows[i].sent).max;
		uint64_t held_back = rxpath_changes_of(match, rows[i].held_back).max;
		uint64_t others = rxpath_changes_of(match, rows[i].answered).max;
		uint64_t told = rxpath_change_of(match, rows[i].unreachable).max;
		bool forwards = expired > 0 || rxpath_change_of(match, rows[i].forwarded).max > 0 ||
				(rows[i].no_route && match->after->forwards_ipv4);

		if (rows[i].no_route)
			others = rxpath_sum(others,
					    let_pass(rxpath_change_of(match, rows[i].no_route).max,
						     told, report->interval));
		others = rxpath_less(others, told);
		if (forwards)
			expired = rxpath_sum(expired, rxpath_less(held_back, others));
		forgive(rxpath_report_find_moved(report, rows[i].counter), expired,
			RXPATH_KIND_REJECT);
		if (forwards && columns.len > 0 && !has_column(columns, "OutRateLimitHost"))
			forgive(rxpath_report_find_moved(report, rows[i].counter), UINT64_MAX,
				RXPATH_KIND_SUSPECT);
	}
}

/* Since some version after 7.0, which had UDP-Lite, a fragment with a bad header is a reassembly
 * that failed as well (ipv6_frag_rcv). That there are any shows in the balance: such a packet
 * stands in it twice. */
static void account_bad_fragments(const struct match *match, struct rxpath_report *report)
{
	struct rxpath_line *failed = rxpath_report_find_moved(report, "Ip6ReasmFails");
	uint64_t bad = rxpath_change_of(match, "Ip6InHdrErrors").max;

	if (!failed || match->after->udp_columns.len == 0 ||
	    match->after->udplite_columns.len > 0 || !rxpath_counts_twice(match, RXPATH_IPV6))
		return;
	bad = rxpath_min(bad, failed->lost);
	failed->accounted = rxpath_sum(failed->accounted, bad);
	failed->lost -= bad;
	if (failed->lost == 0)
		failed->flags |= RXPATH_FLAG_COUNTED;
}

/* Connection tracking drops what this host sends as well as what it receives. */
static void forgive_own_sends(const struct match *match, struct rxpath_report *report)
{
	static const char *const names[] = {"nf_conntrack_drop", "nf_conntrack_insert_failed",
					    "nf_conntrack_chainlength"};
	uint64_t own = rxpath_sum(rxpath_own_not_sent(match, RXPATH_IPV4),
				  rxpath_own_not_sent(match, RXPATH_IPV6));

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		own = forgive(rxpath_report_find_moved(report, names[i]), own,
			      RXPATH_KIND_PRESSURE);
}

/* A kernel that counts full buffers, bad checksums and lack of memory apart leaves malformed
 * datagrams, and those that a filter or an IPsec policy refused: nothing tells which. */
static void doubt_unexplained(const struct match *match, struct rxpath_report *report)
{
	struct rxpath_slice columns = match->after->udp_columns;

	if (!has_column(columns, "RcvbufErrors") || !has_column(columns, "InCsumErrors") ||
	    !has_column(columns, "MemErrors"))
		return;
	for (size_t i = 0; rxpath_udp_errors[i]; i++)
		forgive(rxpath_report_find_moved(report, rxpath_udp_errors[i]), UINT64_MAX,
			RXPATH_KIND_SUSPECT);
}

static bool is_of_new_device(const struct rxpath_line *line)
{
	return line->moved && line->on.kind == RXPATH_ON_DEVICE && line->flags & RXPATH_FLAG_NEW;
}

/* Packets that the devices show: those that are new here, and those that were here before. */
struct shown {
	uint64_t by_new, by_old;
};

static struct shown packets_shown(const struct match *match)
{
	bool single = match->comparable[RXPATH_SOURCE_LINK];
	struct shown shown = {0};

	for (size_t i = 0; i < match->after->reading_count; i++) {
		const struct rxpath_reading *reading = &match->after->readings[i];
		struct change change;

		if (!rxpath_reading_is(reading, single ? "rx_packets" : "dev_packets") ||
		    !rxpath_change_since(match, reading, &change))
			continue;
		if (change.flags & RXPATH_FLAG_NEW)
			shown.by_new = rxpath_sum(shown.by_new, change.delta);
		else
			shown.by_old = rxpath_sum(shown.by_old, change.min);
	}
	return shown;
}

/* Files made by hand have no indexes of devices. */
static bool knows_indexes(const struct rxpath_sample *sample)
{
	return sample->device_count > 0 && sample->devices[0].ifindex != 0;
}

/* Whether the devices that are new here show more packets than the CPUs can have received for them
 * in the interval: then one was moved in from another namespace and brought them along. What a
 * tunnel refuses has been received once, by the device below it. */
static bool brought_a_past(const struct match *match, const struct rxpath_report *report)
{
	const uint64_t received = rxpath_max_change_of(match, "softnet_processed");
	struct shown shown = packets_shown(match);

	if (!match->comparable[RXPATH_SOURCE_SOFTNET])
		return true;
	/* Made by hand, or from files of different moments. */
	if (received == 0 && (shown.by_old > 0 || !knows_indexes(match->after)))
		return false;
	if (shown.by_new > rxpath_less(received, shown.by_old))
		return true;
	for (size_t i = 0; i < report->line_count; i++) {
		const struct rxpath_line *line = &report->lines[i];

		if (is_of_new_device(line) && !(line->flags & RXPATH_FLAG_COUNTED) &&
		    line->kind <= RXPATH_KIND_SUSPECT && line->source != RXPATH_SOURCE_ETHTOOL)
			shown.by_new = rxpath_sum(shown.by_new, rxpath_remainder(line));
	}
	return shown.by_new > received;
}

/* A device that was made in the interval counts from zero. */
static void doubt_new_devices(const struct match *match, struct rxpath_report *report)
{
	bool past = brought_a_past(match, report);

	for (size_t i = 0; i < report->line_count; i++)
		if (past && is_of_new_device(&report->lines[i]))
			forgive(&report->lines[i], UINT64_MAX, RXPATH_KIND_SUSPECT);
}

/* Since this many columns of softnet_stat (Linux 3.11) a device's rx_dropped surely counts what the
 * backlog dropped of its packets. */
#define COLUMNS_OF_COUNTING_DEVICES 11

static bool devices_count_backlog(const struct match *match)
{
	return match->after->softnet_columns >= COLUMNS_OF_COUNTING_DEVICES &&
	       (match->comparable[RXPATH_SOURCE_LINK] || match->comparable[RXPATH_SOURCE_DEV]);
}

/* Each CPU's backlog serves the devices of all namespaces. What those of this one did not drop is
 * not lost here. The kernel counts a packet at the backlog first and then at the device, so at both
 * ends of the interval each CPU may be between the two. */
static void disown_backlog(const struct match *match, struct rxpath_report *report)
{
	uint64_t of_devices = rxpath_sum(rxpath_max_change_of(match, "rx_dropped"),
					 match->comparable[RXPATH_SOURCE_LINK]
						 ? 0
						 : rxpath_max_change_of(match, "dev_drop"));
	uint64_t cpus = rxpath_max(match->after->cpu_count, 1);
	uint64_t between = of_devices > 0 ? 2 * cpus : 0;
	uint64_t covered = of_devices;

	if (!devices_count_backlog(match))
		return;
	for (size_t i = 0; i < report->line_count; i++) {
		struct rxpath_line *line = &report->lines[i];
		uint64_t sure = rxpath_min(line->min, line->lost);

		if (!line->moved || line->source != RXPATH_SOURCE_SOFTNET ||
		    line->kind != RXPATH_KIND_DROP)
			continue;
		if (sure > rxpath_sum(covered, between)) {
			line->flags |= RXPATH_FLAG_HOST;
			forgive(line, sure - covered, RXPATH_KIND_SUSPECT);
			covered = 0;
		} else {
			covered = rxpath_less(covered, sure);
		}
	}
}

/* The route lookup counts for the whole host, and for ARP requests too. */
static void disown_lookups(const struct match *match, struct rxpath_report *report)
{
	static const struct {
		const char *counter;
		const char *also_by[3];
	} rows[] = {
		{"rt_cache_in_no_route", {"IpInAddrErrors", "IpExtInNoRoutes"}},
		{"rt_cache_in_martian_src", {"TcpExtIPReversePathFilter"}},
		{"rt_cache_in_martian_dst", {NULL}},
	};
	uint64_t taken = rxpath_taken_on_input(match, RXPATH_IPV4).max;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct rxpath_line *line = rxpath_report_find_moved(report, rows[i].counter);

		if (line &&
		    line->min > rxpath_sum(taken, rxpath_changes_of(match, rows[i].also_by).max))
			line->flags |= RXPATH_FLAG_HOST;
	}
}

void rxpath_refine(const struct match *match, struct rxpath_report *report)
{
	forgive_expired(match, report);
	account_bad_fragments(match, report);
	forgive_own_sends(match, report);
	doubt_unexplained(match, report);
	doubt_new_devices(match, report);
	disown_backlog(match, report);
	disown_lookups(match, report);
}
