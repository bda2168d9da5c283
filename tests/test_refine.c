/* test_refine.c: what a counter's movement means beside the movements of others. */
#include "support.h"

#define SNMP(names, values) NET("snmp", names "\n" values "\n")
#define CPU(drops, cpu) \
	"00000001 " drops " 00000000 00000000 00000000 00000000 00000000 00000000 00000000 " \
	"00000000 00000000 00000000 " cpu "\n"
#define SOFTNET(rows) NET("softnet_stat", rows)
#define LINK(rows) AT("rxpath/link", "ifindex name rx_dropped rx_missed_errors\n" rows)
#define STATE(snmp, drop) \
	SNMP("Ip: ForwDatagrams OutRequests OutTransmits OutDiscards", "Ip: " snmp) \
	NET("stat/nf_conntrack", "entries insert_failed drop\n0 " drop "\n")

static void expired_packets_are_no_loss(void **state)
{
#define HEADERS(forwarded, errors, exceeded, held_back) \
	SNMP("Ip: ForwDatagrams InHdrErrors", "Ip: " forwarded " " errors) \
	SNMP("Icmp: OutTimeExcds OutRateLimitHost", "Icmp: " exceeded " " held_back)
#define SCANNED(errors, held_back, no_ports) \
	NET("snmp", "Ip: ForwDatagrams InHdrErrors\nIp: 5" held_back " " errors \
		    "\nIcmp: OutTimeExcds OutRateLimitHost\nIcmp: 0 " held_back \
		    "\nUdp: NoPorts\nUdp: " no_ports "\n")
	static const struct pair_case cases[] = {
		{"three probes of traceroute", HEADERS("1", "0", "0", "0"),
		 HEADERS("1", "3", "3", "0"), "reject IpInHdrErrors - 3\n"},
		{"a loop: most messages are held back", HEADERS("1", "0", "0", "0"),
		 HEADERS("1", "300", "7", "293"), "reject IpInHdrErrors - 300\n"},
		{"damaged ones beside them", HEADERS("1", "0", "0", "0"),
		 HEADERS("1", "10", "3", "0"), "drop IpInHdrErrors - 10 lost 7\n"},
		{"a host that forwards nothing holds other messages back",
		 HEADERS("0", "0", "0", "0"), HEADERS("0", "10", "0", "50"),
		 "drop IpInHdrErrors - 10 lost 10\n"},
		{"a router that is scanned holds those messages back", SCANNED("0", "0", "0"),
		 SCANNED("10", "90", "90"),
		 "drop IpInHdrErrors - 10 lost 10\nreject UdpNoPorts - 90\n"},
		{"a kernel that does not count what it holds back",
		 SNMP("Ip: InHdrErrors", "Ip: 0") SNMP("Icmp: OutTimeExcds", "Icmp: 0"),
		 SNMP("Ip: InHdrErrors", "Ip: 9") SNMP("Icmp: OutTimeExcds", "Icmp: 4"),
		 "suspect IpInHdrErrors - 9\n"},
		{"of IPv6",
		 SNMP("Icmp: OutRateLimitHost", "Icmp: 0")
			 NET("snmp6",
			     "Ip6InHdrErrors 0\nIcmp6OutTimeExcds 0\nIcmp6OutRateLimitHost 0\n"),
		 SNMP("Icmp: OutRateLimitHost", "Icmp: 0")
			 NET("snmp6",
			     "Ip6InHdrErrors 9\nIcmp6OutTimeExcds 4\nIcmp6OutRateLimitHost 5\n"),
		 "reject Ip6InHdrErrors - 9\n"},
	};

	(void)state;
	try_pairs(cases, COUNT(cases), VIEW_MOVED);
}

/* Answers to packets without a route have a limit of their own before that of all answers: half as
 * many again as were sent, and one a second. */
static void answers_without_a_route_are_limited_first(void **state)
{
#define ROUTED(clock, errors, told, held_back, no_route) \
	META(clock) \
	NET("snmp", "Ip: ForwDatagrams InHdrErrors\nIp: 5" held_back " " errors \
		    "\nIcmp: OutDestUnreachs OutTimeExcds OutRateLimitHost\nIcmp: " told \
		    " 0 " held_back "\n") \
	NET("netstat", "IpExt: InNoRoutes\nIpExt: " no_route "\n")
#define NO_ROUTE "reject IpExtInNoRoutes - "
	static const struct pair_case cases[] = {
		{"ten were sent, so 17 came that far in two seconds",
		 ROUTED("monotonic 1.0\n", "0", "0", "0", "0"),
		 ROUTED("monotonic 3.5\n", "30", "10", "20", "100"),
		 NO_ROUTE "100\ndrop IpInHdrErrors - 30 lost 17\n"},
		{"of an odd number one more", ROUTED("monotonic 1.0\n", "0", "0", "0", "0"),
		 ROUTED("monotonic 2.0\n", "30", "9", "20", "100"),
		 NO_ROUTE "100\ndrop IpInHdrErrors - 30 lost 16\n"},
		{"no more than there were", ROUTED("monotonic 1.0\n", "0", "0", "0", "0"),
		 ROUTED("monotonic 3.5\n", "30", "10", "20", "12"),
		 NO_ROUTE "12\ndrop IpInHdrErrors - 30 lost 12\n"},
		{"without a clock any number", ROUTED("host a\n", "0", "0", "0", "0"),
		 ROUTED("host a\n", "30", "10", "20", "25"),
		 NO_ROUTE "25\ndrop IpInHdrErrors - 30 lost 25\n"},
	};

	(void)state;
	try_pairs(cases, COUNT(cases), VIEW_MOVED);
}

static void own_sends_are_not_received(void **state)
{
	static const struct pair_case cases[] = {
		{"all of them", STATE("0 10 10 0", "0 0"), STATE("0 40 10 30", "0 1e"),
		 "pressure nf_conntrack_drop - 30\n"},
		{"some", STATE("0 10 10 0", "0 0"), STATE("0 40 10 30", "0 32"),
		 "drop nf_conntrack_drop - 50 lost 20\n"},
		{"TCP's are in no other counter", STATE("0 10 10 0", "0 0"),
		 STATE("0 40 10 0", "0 32"), "drop nf_conntrack_drop - 50 lost 20\n"},
		{"what was forwarded is lost", STATE("10 10 20 0", "0 0"),
		 STATE("40 10 20 0", "0 1e"), "drop nf_conntrack_drop - 30 lost 30\n"},
		{"an entry that could not be added", STATE("0 10 10 0", "0 0"),
		 STATE("0 15 10 5", "5 0"), "pressure nf_conntrack_insert_failed - 5\n"},
	};

	(void)state;
	try_pairs(cases, COUNT(cases), VIEW_MOVED);
}

static void a_new_device_may_have_a_past(void **state)
{
	static const struct pair_case cases[] = {
		{"moved in", LINK("1 lo 0 0\n"), LINK("1 lo 0 0\n7 eth0 12 90\n"),
		 "suspect rx_dropped eth0 12 new\nsuspect rx_missed_errors eth0 90 new\n"},
	};

	(void)state;
	try_pairs(cases, COUNT(cases), VIEW_MOVED);
}

static void the_backlog_is_the_hosts(void **state)
{
	static const struct pair_case cases[] = {
		{"all of it of another namespace",
		 SOFTNET(CPU("00000000", "00000000")) LINK("2 vb 0 0\n"),
		 SOFTNET(CPU("00000064", "00000000")) LINK("2 vb 0 0\n"),
		 "suspect softnet_dropped cpu0 100 host\n"},
		{"one CPU for another namespace, one for this",
		 SOFTNET(CPU("00000000", "00000000") CPU("00000000", "00000001"))
			 LINK("2 vb 0 0\n"),
		 SOFTNET(CPU("00000005", "00000000") CPU("00000007", "00000001"))
			 LINK("2 vb 5 0\n"),
		 "drop rx_dropped vb 5 counted\ndrop softnet_dropped cpu0 5 lost 5\n"
		 "suspect softnet_dropped cpu1 7 host\n"},
		{"a kernel whose devices do not count it",
		 SOFTNET("00000001 00000000 00000000 00000000 00000000 00000000 00000000 00000000 "
			 "00000000\n") LINK("2 vb 0 0\n"),
		 SOFTNET("00000001 00000064 00000000 00000000 00000000 00000000 00000000 00000000 "
			 "00000000\n") LINK("2 vb 0 0\n"),
		 "drop softnet_dropped cpu0 100 lost 100\n"},
	};

	(void)state;
	try_pairs(cases, COUNT(cases), VIEW_MOVED);
}

static void route_lookups_are_the_hosts(void **state)
{
#define LOOKUPS(received, delivered, not_ours, no_route, martian) \
	SNMP("Ip: InReceives InDelivers InAddrErrors", "Ip: " received " " delivered " " not_ours) \
	NET("netstat", "IpExt: InNoRoutes\nIpExt: 0\n") \
	NET("stat/rt_cache", "in_no_route in_martian_src\n" no_route " " martian "\n")
	static const struct pair_case cases[] = {
		{"ARP requests", LOOKUPS("0", "0", "0", "0", "0"),
		 LOOKUPS("5", "5", "0", "12c", "0"), "reject rt_cache_in_no_route - 300 host\n"},
		{"packets of this namespace", LOOKUPS("0", "0", "0", "0", "0"),
		 LOOKUPS("5", "0", "5", "5", "0"),
		 "reject IpInAddrErrors - 5\nreject rt_cache_in_no_route - 5 counted\n"},
		{"its martians", LOOKUPS("0", "0", "0", "0", "0"), LOOKUPS("9", "0", "0", "0", "9"),
		 "reject ip_residual - 9\nreject rt_cache_in_martian_src - 9\n"},
		{"martians of another", LOOKUPS("0", "0", "0", "0", "0"),
		 LOOKUPS("5", "5", "0", "0", "9"), "reject rt_cache_in_martian_src - 9 host\n"},
	};
	static const struct pair_case states[] = {
		{"ARP requests set no state", LOOKUPS("0", "0", "0", "0", "0"),
		 LOOKUPS("5", "5", "0", "12c", "0"),
		 "unknown unknown ok ok ok unknown -> unknown, lost 0\nexit 2\n"},
	};

	(void)state;
	try_pairs(cases, COUNT(cases), VIEW_MOVED);
	try_pairs(states, COUNT(states), VIEW_STATES | VIEW_STATUS);
}

/* A kernel without the file shows the figures to root, by netlink. */
static void tracked_connections_without_figures_are_unknown(void **state)
{
#define COUNT_FILE AT("/proc/sys/net/netfilter/nf_conntrack_count", "7\n")
#define MIBS SNMP("Ip: InReceives", "Ip: 1") NET("netstat", "IpExt: InNoRoutes\nIpExt: 0\n")
	static const struct pair_case states[] = {
		{"in use, and no figures", MIBS COUNT_FILE, MIBS COUNT_FILE,
		 "unknown unknown unknown ok ok unknown -> unknown, lost 0\nexit 2\n"},
		{"not in use", MIBS, MIBS,
		 "unknown unknown ok ok ok unknown -> unknown, lost 0\nexit 2\n"},
		{"figures by ctnetlink",
		 MIBS COUNT_FILE AT("rxpath/conntrack", "entries drop\n7 0\n"),
		 MIBS COUNT_FILE AT("rxpath/conntrack", "entries drop\n7 0\n"),
		 "unknown unknown ok ok ok unknown -> unknown, lost 0\nexit 2\n"},
	};

	(void)state;
	try_pairs(states, COUNT(states), VIEW_STATES | VIEW_STATUS);
}

/* A listener's drops, beside what the counters of TCP have of them. */
static void listeners_refuse_for_good_reason(void **state)
{
#define LISTENER(drops, dropped, resets) \
	NET("netstat", "TcpExt: ListenDrops EmbryonicRsts\nTcpExt: " dropped " " resets "\n") \
	AT("rxpath/listeners", "protocol local queue limit drops uid inode cookie\n" \
			       "tcp 0.0.0.0:80 0 128 " drops " 0 7 a1\n")
	static const struct pair_case cases[] = {
		{"full queues", LISTENER("0", "0", "0"), LISTENER("20", "20", "0"),
		 "drop TcpExtListenDrops - 20 lost 20\ntcp/0.0.0.0:80 20\n"},
		{"a half-open scan", LISTENER("0", "0", "0"), LISTENER("30", "0", "30"),
		 "tcp/0.0.0.0:80 30 reject\n"},
		{"a filter", LISTENER("0", "0", "0"), LISTENER("25", "0", "0"),
		 "tcp/0.0.0.0:80 25 suspect\n"},
	};

	(void)state;
	try_pairs(cases, COUNT(cases), VIEW_MOVED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(expired_packets_are_no_loss),
		cmocka_unit_test(answers_without_a_route_are_limited_first),
		cmocka_unit_test(own_sends_are_not_received),
		cmocka_unit_test(a_new_device_may_have_a_past),
		cmocka_unit_test(the_backlog_is_the_hosts),
		cmocka_unit_test(tracked_connections_without_figures_are_unknown),
		cmocka_unit_test(listeners_refuse_for_good_reason),
		cmocka_unit_test(route_lookups_are_the_hosts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
