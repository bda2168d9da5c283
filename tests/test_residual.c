/* test_residual.c: what IP received and nothing accounts for. */
#include "support.h"

#define NAMES \
	"Ip: InReceives InHdrErrors InAddrErrors ForwDatagrams InUnknownProtos InDiscards " \
	"InDelivers ReasmReqds ReasmOKs ReasmFails\n"
#define SNMP(names, values) NET("snmp", names "\n" values "\n")
#define IP(values) NET("snmp", NAMES "Ip: " values "\n")
#define REST(filtered, truncated, no_routes) \
	NET("netstat", \
	    "TcpExt: IPReversePathFilter\nTcpExt: " filtered "\nIpExt: InTruncatedPkts " \
	    "InNoRoutes\nIpExt: " truncated " " no_routes "\n")
#define NONE IP("0 0 0 0 0 0 0 0 0 0") REST("0", "0", "0")
#define TRACKED(drop) NET("stat/nf_conntrack", "entries drop\n00000001 " drop "\n")

static void every_term_is_taken_off(void **state)
{
	static const struct pair_case cases[] = {
		{"healthy", NONE, IP("100 0 0 0 0 0 100 0 0 0") REST("0", "0", "0"), ""},
		{"a firewall", NONE, IP("100 0 0 0 0 0 60 0 0 0") REST("0", "0", "0"),
		 "reject ip_residual - 40\n"},
		{"errors of the header, address, protocol, discards", NONE,
		 IP("100 10 20 0 5 1 64 0 0 0") REST("0", "0", "0"),
		 "reject IpInAddrErrors - 20\ndrop IpInDiscards - 1 lost 1\n"
		 "drop IpInHdrErrors - 10 lost 10\nreject IpInUnknownProtos - 5\n"},
		{"one of few", NONE, IP("10 0 0 0 0 0 9 0 0 0") REST("0", "0", "0"),
		 "reject ip_residual - 1\n"},
		{"a CPU is held up in the middle of a packet", NONE,
		 IP("5000 0 0 0 0 0 4999 0 0 0") REST("0", "0", "0"), ""},
		{"it holds one only", NONE, IP("5000 0 0 0 0 0 4998 0 0 0") REST("0", "0", "0"),
		 "reject ip_residual - 2\n"},
		{"forwarded", NONE, IP("100 0 0 90 0 0 10 0 0 0") REST("0", "0", "0"), ""},
		{"truncated, unrouted, refused by their source", NONE,
		 IP("100 0 0 0 0 0 70 0 0 0") REST("15", "10", "5"),
		 "reject IpExtInNoRoutes - 5\ndrop IpExtInTruncatedPkts - 10 lost 10\n"
		 "reject TcpExtIPReversePathFilter - 15\n"},
		{"fragments in, datagrams out", NONE,
		 IP("200 0 0 0 0 0 100 200 100 0") REST("0", "0", "0"), ""},
		{"fragments that were never completed", NONE,
		 IP("100 0 0 0 0 0 0 100 0 100") REST("0", "0", "0"),
		 "drop IpReasmFails - 100 lost 100\n"},
		{"fragments and a firewall", NONE,
		 IP("240 0 0 0 0 0 100 200 100 0") REST("0", "0", "0"),
		 "reject ip_residual - 40\n"},
		{"more delivered than received is no residual", NONE,
		 IP("100 0 0 0 0 0 150 0 0 0") REST("0", "0", "0"), ""},
		{"half of the terms would make everything a residual", IP("0 0 0 0 0 0 0 0 0 0"),
		 IP("100 0 0 0 0 0 60 0 0 0"), ""},
	};

	(void)state;
	try_pairs(cases, COUNT(cases), VIEW_MOVED);
}

/* The kernel counts a packet as forwarded before the FORWARD hook. */
static void a_forward_rule_is_seen_behind_it(void **state)
{
#define SENT(forwarded, own, transmitted, discarded) \
	SNMP("Ip: InReceives InDelivers ForwDatagrams OutRequests OutTransmits OutDiscards", \
	     "Ip: " forwarded " 0 " forwarded " " own " " transmitted " " discarded) \
	NET("netstat", "IpExt: InNoRoutes\nIpExt: 0\n")
	static const struct pair_case cases[] = {
		{"nothing taken", SENT("10", "5", "15", "0"), SENT("67", "8", "75", "0"), ""},
		{"a rule took 50", SENT("10", "5", "15", "0"), SENT("72", "8", "30", "0"),
		 "reject ip_residual - 50\n"},
		{"a kernel that does not count what it transmits", SENT("10", "5", "0", "0"),
		 SENT("72", "8", "0", "0"), ""},
		{"own packets that were discarded", SENT("10", "5", "15", "0"),
		 SENT("17", "25", "22", "20"), ""},
		{"never more than was forwarded", SENT("10", "5", "15", "0"),
		 SENT("17", "25", "20", "0"), "reject ip_residual - 7\n"},
		{"of IPv6",
		 NET("snmp6", "Ip6InReceives 5\nIp6OutForwDatagrams 5\nIp6OutRequests 1\n"
			      "Ip6OutTransmits 6\n"),
		 NET("snmp6", "Ip6InReceives 62\nIp6OutForwDatagrams 62\nIp6OutRequests 1\n"
			      "Ip6OutTransmits 13\n"),
		 "reject ip6_residual - 50\n"},
	};

	(void)state;
	try_pairs(cases, COUNT(cases), VIEW_MOVED);
}

static void ipv6_has_its_own(void **state)
{
#define IP6(received, delivered) \
	NET("snmp6", "Ip6InReceives " received "\nIp6InDelivers " delivered "\n")
	static const struct pair_case cases[] = {
		{"a firewall", IP6("0", "0"), IP6("100", "60"), "reject ip6_residual - 40\n"},
		{"every term", IP6("0", "0"),
		 NET("snmp6",
		     "Ip6InReceives 300\nIp6InDelivers 60\nIp6OutForwDatagrams 40\n"
		     "Ip6InHdrErrors 1\nIp6InTooBigErrors 2\nIp6InNoRoutes 3\nIp6InAddrErrors 4\n"
		     "Ip6InUnknownProtos 5\nIp6InTruncatedPkts 6\nIp6InDiscards 79\n"
		     "Ip6ReasmReqds 200\nIp6ReasmOKs 100\n"),
		 "reject Ip6InAddrErrors - 4\nsuspect Ip6InDiscards - 79\n"
		 "drop Ip6InHdrErrors - 1 lost 1\n"
		 "reject Ip6InNoRoutes - 3\nreject Ip6InTooBigErrors - 2\n"
		 "drop Ip6InTruncatedPkts - 6 lost 6\nreject Ip6InUnknownProtos - 5\n"},
		{"a fragment with a bad header failed as well, since Linux 7",
		 NET("snmp", "Udp: InErrors\nUdp: 0\n") IP6("0", "0"),
		 NET("snmp", "Udp: InErrors\nUdp: 0\n")
			 NET("snmp6", "Ip6InReceives 100\nIp6ReasmReqds 100\n"
				      "Ip6InHdrErrors 100\nIp6ReasmFails 100\n"),
		 "drop Ip6InHdrErrors - 100 lost 100\ndrop Ip6ReasmFails - 100 counted\n"},
		{"and only as many of them as failed",
		 NET("snmp", "Udp: InErrors\nUdp: 0\n") IP6("0", "0"),
		 NET("snmp", "Udp: InErrors\nUdp: 0\n")
			 NET("snmp6", "Ip6InReceives 100\nIp6ReasmReqds 60\n"
				      "Ip6InHdrErrors 100\nIp6ReasmFails 60\n"),
		 "drop Ip6InHdrErrors - 100 lost 100\ndrop Ip6ReasmFails - 60 counted\n"},
		{"of the others it is a loss of its own",
		 NET("snmp", "Udp: InErrors\nUdp: 0\n") IP6("0", "0"),
		 NET("snmp", "Udp: InErrors\nUdp: 0\n")
			 NET("snmp6", "Ip6InReceives 100\nIp6ReasmReqds 100\n"
				      "Ip6InHdrErrors 40\nIp6ReasmFails 100\n"),
		 "drop Ip6InHdrErrors - 40 lost 40\ndrop Ip6ReasmFails - 100 lost 60\n"},
		{"and not before",
		 NET("snmp", "Udp: InErrors\nUdp: 0\nUdpLite: InErrors\nUdpLite: 0\n")
			 IP6("0", "0"),
		 NET("snmp", "Udp: InErrors\nUdp: 0\nUdpLite: InErrors\nUdpLite: 0\n")
			 NET("snmp6", "Ip6InReceives 200\nIp6ReasmReqds 200\n"
				      "Ip6InHdrErrors 100\nIp6ReasmFails 100\n"),
		 "drop Ip6InHdrErrors - 100 lost 100\ndrop Ip6ReasmFails - 100 lost 100\n"},
		{"netfilter reassembles before IP counts, so nothing can be told",
		 TRACKED("00000000") IP6("0", "0"), TRACKED("00000000") IP6("200", "100"), ""},
	};

	(void)state;
	try_pairs(cases, COUNT(cases), VIEW_MOVED);
}

static void connection_tracking_accounts_for_its_own(void **state)
{
	static const struct pair_case cases[] = {
		{"the table is full", TRACKED("00000000") NONE,
		 TRACKED("00000129") IP("300 0 0 0 0 0 3 0 0 0") REST("0", "0", "0"),
		 "reject ip_residual - 297 counted\ndrop nf_conntrack_drop - 297 lost 297\n"},
		{"and a firewall", TRACKED("00000000") NONE,
		 TRACKED("00000129") IP("400 0 0 0 0 0 3 0 0 0") REST("0", "0", "0"),
		 "reject ip_residual - 397\ndrop nf_conntrack_drop - 297 lost 297\n"},
	};

	(void)state;
	try_pairs(cases, COUNT(cases), VIEW_MOVED);
}

static void packets_on_their_way_are_none(void **state)
{
	static const struct pair_case cases[] = {
		{"a flood that is forwarded: netstat is read later than snmp",
		 IP("1000 0 0 990 0 0 0 0 0 0") REST("0", "0", "0") IP("1500 0 0 1490 0 0 0 0 0 0"),
		 IP("101000 0 0 100980 0 0 0 0 0 0") REST("0", "0", "0")
			 IP("101400 0 0 101380 0 0 0 0 0 0"),
		 ""},
		{"what the time in between cannot explain",
		 IP("1000 0 0 990 0 0 0 0 0 0") REST("0", "0", "0") IP("1500 0 0 1490 0 0 0 0 0 0"),
		 IP("101000 0 0 50990 0 0 0 0 0 0") REST("0", "0", "0")
			 IP("101400 0 0 51390 0 0 0 0 0 0"),
		 "reject ip_residual - 49036\n"},
	};

	(void)state;
	try_pairs(cases, COUNT(cases), VIEW_MOVED);
}

#define RULES(rows) \
	AT("rxpath/nftables", \
	   "family table chain table_id handle hooks verdict packets comment text\n" rows)
#define RULE(family, handle, hooks, packets) \
	family " t c 1 " handle " " hooks " drop " packets " - -\n"
#define COLUMNS \
	"family table chain table_id handle hooks versions verdict queues packets comment text\n"
#define RULES_OF(rows) AT("rxpath/nftables", COLUMNS rows)
#define IPVS(packets) \
	NET("ip_vs_stats_percpu", \
	    "  Total Incoming Outgoing Incoming Outgoing\n" \
	    "CPU Conns Packets Packets Bytes Bytes\n  0 0 " packets " 0 0 0\n  ~ 0 0 0 0 0\n")
#define LEGACY(rows) AT("rxpath/iptables", COLUMNS rows)
#define RULE_OF(chain, handle, versions, packets) \
	chain " 1 " handle " input " versions " drop - " packets " - -\n"
#define BOTH(four, six) IP("100 0 0 0 0 0 " four " 0 0 0") REST("0", "0", "0") IP6("100", six)

static void rules_explain_what_they_took(void **state)
{
	static const struct pair_case cases[] = {
		{"of its own family", RULES("") NONE IP6("0", "0"),
		 RULES(RULE("ip", "4", "input", "30") RULE("ip6", "5", "input", "40"))
			 BOTH("60", "60"),
		 "reject ip_residual - 10\nreject nft_rule_drop ip/t/c#4 30 new\n"
		 "reject nft_rule_drop ip6/t/c#5 40 new\n"},
		{"of both families: which one the rest is of nobody knows",
		 RULES("") NONE IP6("0", "0"),
		 RULES(RULE("inet", "4", "input", "30")) BOTH("80", "80"),
		 "reject inet_residual - 10\nreject nft_rule_drop inet/t/c#4 30 new\n"},
		{"of both families: some of one is left whatever it was",
		 RULES("") NONE IP6("0", "0"),
		 RULES(RULE("inet", "4", "input", "30")) BOTH("10", "80"),
		 "reject inet_residual - 20\nreject ip_residual - 60\n"
		 "reject nft_rule_drop inet/t/c#4 30 new\n"},
		{"of both families, and only one lost packets", RULES("") NONE IP6("0", "0"),
		 RULES(RULE("inet", "4", "input", "30")) BOTH("100", "60"),
		 "reject ip6_residual - 10\nreject nft_rule_drop inet/t/c#4 30 new\n"},
		{"of both families, of which one is not known", RULES("") IP6("0", "0"),
		 RULES(RULE("inet", "4", "input", "30")) IP6("100", "60"),
		 "reject ip6_residual - 10\nreject nft_rule_drop inet/t/c#4 30 new\n"},
		{"of both families, of which the other one is not known", RULES("") NONE,
		 RULES(RULE("inet", "4", "input", "30")) IP("100 0 0 0 0 0 60 0 0 0")
			 REST("0", "0", "0"),
		 "reject ip_residual - 10\nreject nft_rule_drop inet/t/c#4 30 new\n"},
		{"of an inet table, and of one family by its conditions",
		 RULES_OF("") NONE IP6("0", "0"),
		 RULES_OF(RULE_OF("inet t c", "4", "6", "30")) BOTH("80", "60"),
		 "reject ip6_residual - 10\nreject ip_residual - 20\n"
		 "reject nft_rule_drop inet/t/c#4 30 new\n"},
		{"of iptables-legacy, in a table of the same name",
		 RULES_OF("") LEGACY("") NONE IP6("0", "0"),
		 RULES_OF(RULE_OF("ip t c", "4", "4", "10"))
			 LEGACY(RULE_OF("iptables t c", "4", "4", "20")
					RULE_OF("ip6tables t c", "4", "6", "30")) BOTH("60", "60"),
		 "reject ip6_residual - 10\nreject ip_residual - 10\n"
		 "reject nft_rule_drop ip/t/c#4 10 new\n"
		 "reject nft_rule_drop ip6tables/t/c#4 30 new\n"
		 "reject nft_rule_drop iptables/t/c#4 20 new\n"},
		{"of the FORWARD hook, before the kernel counts a packet as forwarded",
		 RULES("") NONE IP6("0", "0"),
		 RULES(RULE("ip", "3", "forward", "10") RULE("inet", "4", "forward", "50"))
			 BOTH("70", "60"),
		 "reject inet_residual - 10\nreject nft_rule_drop inet/t/c#4 50 new\n"
		 "reject nft_rule_drop ip/t/c#3 10 new\n"},
		{"of the FORWARD hook, after it: no other packets",
		 RULES("") SENT("10", "5", "15", "0"),
		 RULES(RULE("ip", "4", "forward", "50"))
			 SNMP("Ip: InReceives InDelivers ForwDatagrams OutRequests OutTransmits"
			      " OutDiscards",
			      "Ip: 92 0 72 8 30 0") NET("netstat", "IpExt: InNoRoutes\nIpExt: 0\n"),
		 "reject ip_residual - 20\nreject nft_rule_drop ip/t/c#4 50 new\n"},
		{"never below zero", RULES("") NONE IP6("0", "0"),
		 RULES(RULE("inet", "4", "input", "90")) BOTH("80", "80"),
		 "reject nft_rule_drop inet/t/c#4 90 new\n"},
		{"what never came to IP explains nothing", RULES("") NONE IP6("0", "0"),
		 RULES(RULE("netdev", "4", "link", "90")) BOTH("80", "100"),
		 "reject ip_residual - 20\nreject nft_rule_drop netdev/t/c#4 90 new\n"},
		{"a chain that sending packets pass too", RULES("") NONE IP6("0", "0"),
		 RULES(RULE("ip", "4", "input,output", "90")) BOTH("80", "100"),
		 "reject nft_rule_drop ip/t/c#4 90 new\n"},
		{"what IPVS handed to a server", IPVS("0") NONE IP6("0", "0"),
		 IPVS("1E") BOTH("60", "100"), "reject ip_residual - 10\n"},
		{"a rule without a counter", RULES("") NONE IP6("0", "0"),
		 RULES(RULE("ip", "4", "input", "-")) BOTH("80", "100"),
		 "reject ip_residual - 20\n"},
		{"a rule that is read again takes up to what it then shows",
		 RULES("") NONE IP6("0", "0"),
		 RULES(RULE("ip", "4", "input", "30")) BOTH("0", "100")
			 RULES(RULE("ip", "4", "input", "45")),
		 "reject ip_residual - 55\nreject nft_rule_drop ip/t/c#4 30 new\n"},
		{"rules that could be read once only", NONE IP6("0", "0"),
		 RULES(RULE("ip", "4", "input", "20")) BOTH("80", "100"),
		 "reject ip_residual - 20\n"},
	};

	(void)state;
	try_pairs(cases, COUNT(cases), VIEW_MOVED);
}

static void rules_are_known_again(void **state)
{
#define PLACE(place, id, packets) "iptables t c " id " " place " input 4 drop - " packets " - -\n"
#define AT_FIRST RULES(RULE("ip", "4", "input", "50"))
#define BY(counted) \
	AT("rxpath/nftables", \
	   "family table chain table_id handle hooks verdict packets comment text counted_by\n" \
	   "ip t c 1 4 input drop " counted)
	static const struct pair_case cases[] = {
		{"the same rule", AT_FIRST, RULES(RULE("ip", "4", "input", "70")),
		 "reject nft_rule_drop ip/t/c#4 20\n"},
		{"another handle", AT_FIRST, RULES(RULE("ip", "5", "input", "70")),
		 "reject nft_rule_drop ip/t/c#5 70 new\n"},
		{"the table was made again", AT_FIRST, RULES("ip t c 2 4 input drop 70 - -\n"),
		 "reject nft_rule_drop ip/t/c#4 70 new\n"},
		{"another condition", AT_FIRST, RULES("ip t c 1 4 input drop 70 - tcp\\x20dport\n"),
		 "reject nft_rule_drop ip/t/c#4 70 new\n"},
		{"its counter was reset", AT_FIRST, RULES(RULE("ip", "4", "input", "9")),
		 "reject nft_rule_drop ip/t/c#4 9 reset\n"},
		{"it was there, and had counted nothing", RULES(RULE("ip", "4", "input", "0")),
		 RULES(RULE("ip", "4", "input", "9")), "reject nft_rule_drop ip/t/c#4 9\n"},
		{"of iptables-legacy, another one was put in before it",
		 LEGACY(PLACE("1", "71", "5") PLACE("2", "72", "50")),
		 LEGACY(PLACE("1", "79", "3") PLACE("2", "71", "6") PLACE("3", "72", "70")),
		 "reject nft_rule_drop iptables/t/c#1 3 new\n"
		 "reject nft_rule_drop iptables/t/c#2 1\n"
		 "reject nft_rule_drop iptables/t/c#3 20\n"},
		{"of iptables-legacy, the first one was removed",
		 LEGACY(PLACE("1", "71", "5") PLACE("2", "72", "50")),
		 LEGACY(PLACE("1", "72", "70")), "reject nft_rule_drop iptables/t/c#1 20\n"},
		{"counted by a set's elements, of which some were deleted", BY("50 - - elements\n"),
		 BY("20 - - elements\n"), ""},
		{"counted by a set's elements", BY("50 - - elements\n"), BY("70 - - elements\n"),
		 "reject nft_rule_drop ip/t/c#4 20\n"},
		{"other rules had the set at first", BY("- - - -\n"), BY("70 - - elements\n"), ""},
		{"a policy", RULES("ip t c 1 policy input drop 1 - -\n"),
		 RULES("ip t c 1 policy input drop 3 - -\n"), "reject nft_policy_drop ip/t/c 2\n"},
	};

	(void)state;
	try_pairs(cases, COUNT(cases), VIEW_MOVED);
}

#define QUEUES(rows) NET("netfilter/nfnetlink_queue", rows)
#define QUEUE(reader, waiting, dropped, refused, given) \
	"    5 " reader " " waiting " 2 65535 " dropped " " refused " " given "  1\n"
#define TO_QUEUE(packets) RULES("ip t c 1 4 input queue " packets " - -\n")

#define FEEDS(handle, hooks, first, packets) \
	"ip t c 1 " handle " " hooks " 4 queue " first "-9 " packets " - -\n"
#define NO_LEGACY \
	META("version 1\n") AT("rxpath/missing", "rxpath/iptables 2 No such file or directory\n")

/* 100 packets received, 40 of them delivered. */
static void queues_hold_or_lose(void **state)
{
#define AFTER IP("100 0 0 0 0 0 40 0 0 0") REST("0", "0", "0")
	static const struct pair_case cases[] = {
		{"those that wait are not lost", QUEUES("") NONE,
		 QUEUES(QUEUE("812", "20", "0", "0", "60")) AFTER, "reject ip_residual - 40\n"},
		{"a full queue, and a full socket", QUEUES("") NONE,
		 QUEUES(QUEUE("812", "20", "30", "10", "30")) AFTER,
		 "drop nfqueue_queue_dropped queue5 30 lost 30 new\n"
		 "drop nfqueue_user_dropped queue5 10 lost 10 new\n"},
		{"all came into the queue", TO_QUEUE("0") QUEUES("") NONE,
		 TO_QUEUE("60") QUEUES(QUEUE("812", "20", "30", "10", "30")) AFTER,
		 "drop nfqueue_queue_dropped queue5 30 lost 30 new\n"
		 "drop nfqueue_user_dropped queue5 10 lost 10 new\n"},
		{"the figures of the queue are the first of the sample", QUEUES("") NONE,
		 QUEUES("    0 0 20 2 65535 30 10 0  1\n") AFTER,
		 "drop nfqueue_queue_dropped queue0 30 lost 30 new\n"
		 "drop nfqueue_user_dropped queue0 10 lost 10 new\n"},
		{"no program reads the queue", TO_QUEUE("0") QUEUES("") NONE,
		 TO_QUEUE("60") QUEUES("") AFTER, "reject nft_rule_queue ip/t/c#4 60\n"},
		{"it reads only some of the time", TO_QUEUE("0") QUEUES("") NONE,
		 TO_QUEUE("60") QUEUES(QUEUE("812", "0", "0", "0", "25")) AFTER,
		 "reject ip_residual - 25\nreject nft_rule_queue ip/t/c#4 60\n"},
		{"another program reads it now: what came to the first one is not known",
		 TO_QUEUE("0") QUEUES(QUEUE("812", "0", "0", "0", "5")) NONE,
		 TO_QUEUE("60") QUEUES(QUEUE("900", "0", "0", "0", "25")) AFTER,
		 "reject ip_residual - 60\n"},
		{"each queue holds what its own rules gave it",
		 RULES_OF(FEEDS("4", "input", "5", "0") FEEDS("6", "input", "8", "0")) QUEUES("")
			 NONE,
		 RULES_OF(FEEDS("4", "input", "5", "30") FEEDS("6", "input", "8", "10"))
			 QUEUES(QUEUE("812", "0", "0", "0", "40")) AFTER,
		 "reject ip_residual - 50\nreject nft_rule_queue ip/t/c#6 10\n"},
		{"what this host sends was not received",
		 RULES_OF(FEEDS("4", "output", "5", "0")) NO_LEGACY QUEUES("") NONE,
		 RULES_OF(FEEDS("4", "output", "5", "60"))
			 NO_LEGACY QUEUES(QUEUE("812", "20", "30", "0", "30")) AFTER,
		 "reject ip_residual - 60\npressure nfqueue_queue_dropped queue5 30 new\n"},
		{"a rule for received packets may give it some too",
		 RULES_OF(FEEDS("4", "output", "5", "0")) NO_LEGACY QUEUES("") NONE,
		 RULES_OF(FEEDS("4", "output", "5", "60") FEEDS("6", "input", "3", "0"))
			 NO_LEGACY QUEUES(QUEUE("812", "20", "30", "0", "30")) AFTER,
		 "reject ip_residual - 10\ndrop nfqueue_queue_dropped queue5 30 lost 30 new\n"},
		{"other rules may give it some, which could not be read",
		 RULES_OF(FEEDS("4", "output", "5", "0")) QUEUES("") NONE,
		 RULES_OF(FEEDS("4", "output", "5", "60"))
			 QUEUES(QUEUE("812", "20", "30", "0", "30")) AFTER,
		 "reject ip_residual - 10\ndrop nfqueue_queue_dropped queue5 30 lost 30 new\n"},
		{"the same reader", QUEUES(QUEUE("812", "0", "7", "3", "900")) NONE,
		 QUEUES(QUEUE("812", "0", "37", "3", "930")) AFTER,
		 "reject ip_residual - 30\ndrop nfqueue_queue_dropped queue5 30 lost 30\n"},
	};

	(void)state;
	try_pairs(cases, COUNT(cases), VIEW_MOVED);
}

/* What an IPsec policy refused is counted once, wherever else it shows. */
static void policies_refuse_once(void **state)
{
#define POLICY(blocked) NET("xfrm_stat", "XfrmInPolBlock " blocked "\n")
#define UDP(errors) NET("snmp", "Udp: InErrors\nUdp: " errors "\n")
#define LISTENER(drops) \
	AT("rxpath/listeners", "protocol local queue limit drops uid inode cookie\n" \
			       "tcp 10.0.0.1:80 0 2 " drops " 33 1415 00000000000000ff\n")
	static const struct pair_case cases[] = {
		{"UDP counts it too", POLICY("5") UDP("0"), POLICY("35") UDP("30"),
		 "reject XfrmInPolBlock - 30\ndrop UdpInErrors - 30 counted\n"},
		{"one datagram", POLICY("5") UDP("0"), POLICY("6") UDP("1"),
		 "reject XfrmInPolBlock - 1\ndrop UdpInErrors - 1 counted\n"},
		{"UDP refused more than that", POLICY("5") UDP("0"), POLICY("35") UDP("50"),
		 "reject XfrmInPolBlock - 30\ndrop UdpInErrors - 50 lost 20\n"},
		{"no protocol counts it", POLICY("5") NONE,
		 POLICY("35") IP("100 0 0 0 0 0 60 0 0 0") REST("0", "0", "0"),
		 "reject XfrmInPolBlock - 30\nreject ip_residual - 10\n"},
		{"a listener counts it too, and IP has delivered it",
		 POLICY("5") NONE LISTENER("0"),
		 POLICY("35") IP("100 0 0 0 0 0 60 0 0 0") REST("0", "0", "0") LISTENER("30"),
		 "reject XfrmInPolBlock - 30\nreject ip_residual - 40\n"
		 "tcp/10.0.0.1:80 30 reject\n"},
	};

	(void)state;
	try_pairs(cases, COUNT(cases), VIEW_MOVED);
}

/* Without TcpExt's counters nobody knows whether a listener lost or refused. */
static void listeners_drop_by_their_own_count(void **state)
{
#define TCP_EXT(lost, refused) \
	NET("netstat", "TcpExt: ListenDrops TCPMinTTLDrop\nTcpExt: " lost " " refused "\n")
#define TWO(first, second) \
	AT("rxpath/listeners", "protocol local queue limit drops uid inode cookie\n" \
			       "tcp 10.0.0.1:80 0 2 " first " 33 1415 00000000000000ff\n" \
			       "tcp 10.0.0.1:81 0 2 " second " 33 1416 0000000000000100\n")
#define REFUSED(drops, refused) \
	LISTENER(drops) \
	NET("netstat", "TcpExt: ListenDrops TCPMinTTLDrop\nTcpExt: " drops " " refused "\n")
	static const struct pair_case cases[] = {
		{"not known", LISTENER("0"), LISTENER("5"), "tcp/10.0.0.1:80 5\n"},
		{"refused", REFUSED("0", "0"), LISTENER("5") TCP_EXT("0", "5"),
		 "reject TcpExtTCPMinTTLDrop - 5\ntcp/10.0.0.1:80 5 reject\n"},
		{"as many as were refused in all, and as many lost elsewhere", REFUSED("0", "0"),
		 LISTENER("5") TCP_EXT("9", "5"),
		 "reject TcpExtTCPMinTTLDrop - 5\ndrop TcpExtListenDrops - 9 lost 9\n"
		 "tcp/10.0.0.1:80 5 reject\n"},
		{"fewer than either", REFUSED("0", "0"), LISTENER("4") TCP_EXT("9", "5"),
		 "reject TcpExtTCPMinTTLDrop - 5\ndrop TcpExtListenDrops - 9 lost 9\n"
		 "tcp/10.0.0.1:80 4\n"},
		{"what one was refused is not taken for another's", TWO("0", "0") TCP_EXT("0", "0"),
		 TWO("10", "5") TCP_EXT("1", "8"),
		 "reject TcpExtTCPMinTTLDrop - 8\ndrop TcpExtListenDrops - 1 lost 1\n"
		 "tcp/10.0.0.1:80 10\ntcp/10.0.0.1:81 5 suspect\n"},
		{"lost", REFUSED("0", "0"), REFUSED("5", "0"),
		 "drop TcpExtListenDrops - 5 lost 5\ntcp/10.0.0.1:80 5\n"},
		{"neither", REFUSED("0", "0"), LISTENER("5") TCP_EXT("0", "0"),
		 "tcp/10.0.0.1:80 5 suspect\n"},
	};

	(void)state;
	try_pairs(cases, COUNT(cases), VIEW_MOVED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_term_is_taken_off),
		cmocka_unit_test(a_forward_rule_is_seen_behind_it),
		cmocka_unit_test(ipv6_has_its_own),
		cmocka_unit_test(connection_tracking_accounts_for_its_own),
		cmocka_unit_test(packets_on_their_way_are_none),
		cmocka_unit_test(rules_explain_what_they_took),
		cmocka_unit_test(rules_are_known_again),
		cmocka_unit_test(queues_hold_or_lose),
		cmocka_unit_test(policies_refuse_once),
		cmocka_unit_test(listeners_drop_by_their_own_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
