/* test_lost.c: the kernel counts one lost packet in several places; the report counts it once. */
#include "support.h"

#define SNMP(names, values) NET("snmp", names "\n" values "\n")
#define UDP(values) SNMP("Udp: RcvbufErrors InErrors InCsumErrors MemErrors", "Udp: " values)
/* Of a kernel that does not count the lack of memory: the rest is lost like the others. */
#define UDP3(values) SNMP("Udp: RcvbufErrors InErrors InCsumErrors", "Udp: " values)
#define ZEROS3 "00000000 00000000 00000000 "
#define CPU(drops, limit, cpu) \
	"00000001 " drops " " ZEROS3 ZEROS3 "00000000 00000000 " limit " 00000000 " cpu "\n"
#define SOFTNET(rows) NET("softnet_stat", rows)
#define LINK(rows) \
	AT("rxpath/link", "ifindex name rx_dropped rx_missed_errors rx_fifo_errors rx_errors " \
			  "rx_crc_errors\n" rows)

static void what_is_within_another_is_counted_there(void **state)
{
	static const struct pair_case cases[] = {
		{"the whole of it", UDP("0 0 0 0"), UDP("5 5 0 0"),
		 "drop UdpInErrors - 5 counted\ndrop UdpRcvbufErrors - 5 lost 5\n"},
		{"with a rest of its own", UDP("0 0 0 0"), UDP("5 9 1 2"),
		 "drop UdpInCsumErrors - 1 lost 1\nsuspect UdpInErrors - 9\n"
		 "drop UdpMemErrors - 2 lost 2\ndrop UdpRcvbufErrors - 5 lost 5\n"},
		{"by itself", UDP3("0 0 0"), UDP3("0 9 0"), "drop UdpInErrors - 9 lost 9\n"},
		{"the child alone, caught between two increments", UDP("0 0 0 0"), UDP("5 4 0 0"),
		 "drop UdpInErrors - 4 counted\ndrop UdpRcvbufErrors - 5 lost 5\n"},
		{"checksums of IP",
		 SNMP("Ip: InHdrErrors", "Ip: 0") NET("netstat", "IpExt: InCsumErrors\nIpExt: 0\n"),
		 SNMP("Ip: InHdrErrors", "Ip: 100")
			 NET("netstat", "IpExt: InCsumErrors\nIpExt: 60\n"),
		 "drop IpExtInCsumErrors - 60 lost 60\ndrop IpInHdrErrors - 100 lost 40\n"},
		{"timeouts and overlaps of reassembly",
		 SNMP("Ip: ReasmTimeout ReasmFails", "Ip: 0 0")
			 NET("netstat", "IpExt: ReasmOverlaps\nIpExt: 0\n"),
		 SNMP("Ip: ReasmTimeout ReasmFails", "Ip: 10 15")
			 NET("netstat", "IpExt: ReasmOverlaps\nIpExt: 2\n"),
		 "drop IpExtReasmOverlaps - 2 lost 2\ndrop IpReasmFails - 15 lost 3\n"
		 "drop IpReasmTimeout - 10 lost 10\n"},
		{"checksums of TCP, and connections",
		 SNMP("Tcp: InErrs InCsumErrors", "Tcp: 0 0") NET(
			 "netstat",
			 "TcpExt: ListenOverflows ListenDrops TCPReqQFullDrop\nTcpExt: 0 0 0\n"),
		 SNMP("Tcp: InErrs InCsumErrors", "Tcp: 7 7") NET(
			 "netstat",
			 "TcpExt: ListenOverflows ListenDrops TCPReqQFullDrop\nTcpExt: 18 20 1\n"),
		 "drop TcpInCsumErrors - 7 lost 7\nreject TcpInErrs - 7 counted\n"
		 "drop TcpExtListenDrops - 20 lost 1\ndrop TcpExtListenOverflows - 18 lost 18\n"
		 "drop TcpExtTCPReqQFullDrop - 1 lost 1\n"},
		{"a drop within what is no loss by itself",
		 SNMP("Icmp: InErrors InCsumErrors", "Icmp: 0 0"),
		 SNMP("Icmp: InErrors InCsumErrors", "Icmp: 6 6"),
		 "drop IcmpInCsumErrors - 6 lost 6\nreject IcmpInErrors - 6 counted\n"},
		{"the same of IPv6", NET("snmp6", "Udp6RcvbufErrors 0\nUdp6InErrors 0\n"),
		 NET("snmp6", "Udp6RcvbufErrors 4\nUdp6InErrors 5\nUdpLite6InErrors 3\n"
			      "UdpLite6RcvbufErrors 3\nIp6ReasmFails 2\nIp6ReasmTimeout 2\n"),
		 "drop Ip6ReasmFails - 2 counted\ndrop Ip6ReasmTimeout - 2 lost 2\n"
		 "drop Udp6InErrors - 5 lost 1\ndrop UdpLite6InErrors - 3 counted\n"
		 "drop Udp6RcvbufErrors - 4 lost 4\ndrop UdpLite6RcvbufErrors - 3 lost 3\n"},
		{"three deep: connection tracking",
		 NET("stat/nf_conntrack", "entries chainlength insert_failed drop\n0 0 0 0\n"),
		 NET("stat/nf_conntrack", "entries chainlength insert_failed drop\n0 3 5 9\n"),
		 "drop nf_conntrack_chainlength - 3 lost 3\ndrop nf_conntrack_drop - 9 lost 4\n"
		 "drop nf_conntrack_insert_failed - 5 lost 2\n"},
		{"only partly within: the larger of the two",
		 NET("stat/nf_conntrack", "entries insert_failed drop\n0 0 0\n"),
		 NET("stat/nf_conntrack", "entries insert_failed drop\n0 5 3\n"),
		 "drop nf_conntrack_drop - 3 counted\n"
		 "drop nf_conntrack_insert_failed - 5 lost 5\n"},
		{"a device's umbrella", LINK("2 eth0 0 0 0 0 0\n3 eth1 0 0 0 0 0\n"),
		 LINK("2 eth0 0 0 0 9 4\n3 eth1 0 0 0 2 0\n"),
		 "drop rx_crc_errors eth0 4 lost 4\ndrop rx_errors eth0 9 lost 5\n"
		 "drop rx_errors eth1 2 lost 2\n"},
		{"one loss under two names (igb)", LINK("2 eth0 0 0 0 0 0\n"),
		 LINK("2 eth0 0 8 9 0 0\n"),
		 "drop rx_fifo_errors eth0 9 lost 1\ndrop rx_missed_errors eth0 8 lost 8\n"},
	};

	(void)state;
	try_pairs(cases, COUNT(cases), VIEW_MOVED);
}

/* Linux adds its ports' statistics to a bond's. */
static void a_bond_repeats_its_ports(void **state)
{
#define BOND(rows) \
	AT("rxpath/link", "ifindex name rx_dropped rx_missed_errors master kind slave_kind\n" rows)
#define DEV(rows) NET("dev", "Inter-| R | T\n face |packets fifo|bytes\n" rows)
	static const struct pair_case cases[] = {
		{"ports by their index",
		 BOND("2 eth0 0 0 9 - bond\n3 eth1 0 0 9 - bond\n4 eth2 0 0 0 - -\n"
		      "9 trunk 0 0 0 bond -\n"),
		 BOND("2 eth0 0 4 9 - bond\n3 eth1 3 1 9 - bond\n4 eth2 0 5 0 - -\n"
		      "9 trunk 5 5 0 bond -\n"),
		 "suspect rx_dropped eth1 3\nsuspect rx_dropped trunk 5\n"
		 "drop rx_missed_errors eth0 4 lost 4\ndrop rx_missed_errors eth1 1 lost 1\n"
		 "drop rx_missed_errors eth2 5 lost 5\ndrop rx_missed_errors trunk 5 counted\n"},
		{"a bond by its name", DEV("em3: 0 0 0\nbond1: 0 0 0\n"),
		 DEV("em3: 9 4738 0\nbond1: 9 4738 0\n"),
		 "drop dev_fifo bond1 4738 counted\ndrop dev_fifo em3 4738 lost 4738\n"},
		{"a bond by its list of ports",
		 STATISTIC("dmz", "rx_missed_errors", "0") STATISTIC("em1", "rx_missed_errors", "0")
			 AT("/sys/class/net/dmz/bonding/slaves", "em1 em2\n"),
		 STATISTIC("dmz", "rx_missed_errors", "7") STATISTIC("em1", "rx_missed_errors", "7")
			 AT("/sys/class/net/dmz/bonding/slaves", "em1 em2\n"),
		 "drop rx_missed_errors dmz 7 counted\ndrop rx_missed_errors em1 7 lost 7\n"},
	};

	(void)state;
	try_pairs(cases, COUNT(cases), VIEW_MOVED);
}

static void the_backlog_is_taken_off_the_devices(void **state)
{
	static const struct pair_case cases[] = {
		{"all of it",
		 SOFTNET(CPU("00000000", "00000000", "00000000")) LINK("2 vb 0 0 0 0 0\n"),
		 SOFTNET(CPU("00000224", "00000000", "00000000")) LINK("2 vb 548 0 0 0 0\n"),
		 "drop rx_dropped vb 548 counted\ndrop softnet_dropped cpu0 548 lost 548\n"},
		{"a remainder stays suspect",
		 SOFTNET(CPU("00000000", "00000000", "00000000")) LINK("2 vb 0 0 0 0 0\n"),
		 SOFTNET(CPU("0000000a", "00000000", "00000000")) LINK("2 vb 15 0 0 0 0\n"),
		 "suspect rx_dropped vb 15\ndrop softnet_dropped cpu0 10 lost 10\n"},
		{"no backlog at all",
		 LINK("2 vb 0 0 0 0 0\n") SOFTNET(CPU("00000000", "00000000", "00000000")),
		 LINK("2 vb 15 0 0 0 0\n") SOFTNET(CPU("00000000", "00000000", "00000000")),
		 "suspect rx_dropped vb 15\n"},
		{"the device that dropped exactly as many before a larger one",
		 SOFTNET(CPU("00000000", "00000000", "00000000"))
			 LINK("2 a 0 0 0 0 0\n3 b 0 0 0 0 0\n"),
		 SOFTNET(CPU("0000000a", "00000000", "00000000"))
			 LINK("2 a 50 0 0 0 0\n3 b 10 0 0 0 0\n"),
		 "suspect rx_dropped a 50\ndrop rx_dropped b 10 counted\n"
		 "drop softnet_dropped cpu0 10 lost 10\n"},
		{"largest first",
		 SOFTNET(CPU("00000000", "00000000", "00000000")
				 CPU("00000000", "00000000", "00000001"))
			 LINK("2 a 0 0 0 0 0\n3 b 0 0 0 0 0\n4 c 0 0 0 0 0\n"),
		 SOFTNET(CPU("00000014", "00000000", "00000000")
				 CPU("0000000a", "00000000", "00000001"))
			 LINK("2 a 5 0 0 0 0\n3 b 20 0 0 0 0\n4 c 10 0 0 0 0\n"),
		 "suspect rx_dropped a 5\ndrop rx_dropped b 20 counted\n"
		 "drop rx_dropped c 10 counted\n"
		 "drop softnet_dropped cpu0 20 lost 20\ndrop softnet_dropped cpu1 10 lost 10\n"},
		{"more in the backlog than on the devices: another namespace's",
		 SOFTNET(CPU("00000000", "00000000", "00000000")) LINK("2 vb 0 0 0 0 0\n"),
		 SOFTNET(CPU("00000064", "00000000", "00000000")) LINK("2 vb 7 0 0 0 0\n"),
		 "drop rx_dropped vb 7 counted\ndrop softnet_dropped cpu0 100 lost 7 host\n"},
		{"of the sums of /proc/net/dev",
		 SOFTNET(CPU("00000000", "00000000", "00000000"))
			 NET("dev", "Inter-| R | T\n face |packets drop|bytes\neth0: 0 0 0\n"),
		 SOFTNET(CPU("00000004", "00000000", "00000000"))
			 NET("dev", "Inter-| R | T\n face |packets drop|bytes\neth0: 9 4 0\n"),
		 "drop dev_drop eth0 4 counted\ndrop softnet_dropped cpu0 4 lost 4\n"},
		{"the flow limit is charged to the CPU that queued, the drop to the one that was to "
		 "work",
		 SOFTNET(CPU("00000000", "00000000", "00000000")
				 CPU("00000000", "00000000", "00000001")),
		 SOFTNET(CPU("0000073f", "00000000", "00000000")
				 CPU("00000000", "000002cd", "00000001")),
		 "drop softnet_dropped cpu0 1855 lost 1138\n"
		 "drop softnet_flow_limit cpu1 717 lost 717\n"},
		{"all of it by the flow limit",
		 SOFTNET(CPU("00000000", "00000000", "00000000")
				 CPU("00000000", "00000000", "00000001")),
		 SOFTNET(CPU("00000005", "00000002", "00000000")
				 CPU("00000003", "00000006", "00000001")),
		 "drop softnet_dropped cpu0 5 counted\ndrop softnet_dropped cpu1 3 counted\n"
		 "drop softnet_flow_limit cpu0 2 lost 2\ndrop softnet_flow_limit cpu1 6 lost 6\n"},
	};

	(void)state;
	try_pairs(cases, COUNT(cases), VIEW_MOVED);
}

/* A sample reads the small file before and after the large one; what the two readings differ by is
 * no evidence of anything. */
static void what_the_time_between_readings_explains_is_not_claimed(void **state)
{
#define AROUND(first, link, second) \
	SOFTNET(CPU(first, "00000000", "00000000")) \
	LINK("2 vb " link " 0 0 0 0\n") SOFTNET(CPU(second, "00000000", "00000000"))
	static const struct pair_case cases[] = {
		{"devices were read while the backlog dropped on",
		 AROUND("00000000", "3", "00000005"), AROUND("00000064", "108", "0000006e"),
		 "drop rx_dropped vb 105 counted\ndrop softnet_dropped cpu0 100 lost 100\n"},
		{"more than that explains", AROUND("00000000", "0", "00000005"),
		 AROUND("00000064", "111", "0000006e"),
		 "suspect rx_dropped vb 111\ndrop softnet_dropped cpu0 100 lost 100\n"},
		{"parent read first, child later", /* UdpInErrors stands in snmp, PFMemallocDrop in
						      netstat */
		 NET("snmp", "Udp: InErrors\nUdp: 0\n")
			 NET("netstat", "TcpExt: PFMemallocDrop\nTcpExt: 0\n")
				 NET("snmp", "Udp: InErrors\nUdp: 2\n"),
		 NET("snmp", "Udp: InErrors\nUdp: 10\n")
			 NET("netstat", "TcpExt: PFMemallocDrop\nTcpExt: 8\n")
				 NET("snmp", "Udp: InErrors\nUdp: 11\n"),
		 "drop UdpInErrors - 10 counted\ndrop TcpExtPFMemallocDrop - 8 lost 8\n"},
		{"child within what is sure, parent beyond it",
		 NET("snmp", "Udp: InErrors\nUdp: 0\n")
			 NET("netstat", "TcpExt: PFMemallocDrop\nTcpExt: 0\n")
				 NET("snmp", "Udp: InErrors\nUdp: 2\n"),
		 NET("snmp", "Udp: InErrors\nUdp: 10\n")
			 NET("netstat", "TcpExt: PFMemallocDrop\nTcpExt: 9\n")
				 NET("snmp", "Udp: InErrors\nUdp: 11\n"),
		 "drop UdpInErrors - 10 counted\ndrop TcpExtPFMemallocDrop - 9 lost 9\n"},
		{"child read again while it rose",
		 NET("snmp", "Udp: InErrors\nUdp: 0\n")
			 NET("netstat", "TcpExt: PFMemallocDrop\nTcpExt: 0\n"),
		 NET("snmp", "Udp: InErrors\nUdp: 10\n")
			 NET("netstat", "TcpExt: PFMemallocDrop\nTcpExt: 8\n")
				 NET("netstat", "TcpExt: PFMemallocDrop\nTcpExt: 10\n"),
		 "drop UdpInErrors - 10 counted\ndrop TcpExtPFMemallocDrop - 8 lost 8\n"},
		{"of one file, read in one moment: a flood hides no other loss",
		 UDP3("100 100 0") UDP3("150 150 0"), UDP3("9100 9140 0") UDP3("9160 9200 0"),
		 "drop UdpInErrors - 9040 lost 38\ndrop UdpRcvbufErrors - 9000 lost 9000\n"},
		{"but for a packet on each CPU between two increments",
		 UDP("100 99 0 0") UDP("150 150 0 0"), UDP("9100 9100 0 0") UDP("9160 9160 0 0"),
		 "drop UdpInErrors - 9001 counted\ndrop UdpRcvbufErrors - 9000 lost 9000\n"},
		{"interrupted between the two figures, which the second reading shows",
		 UDP("400 100 0 0") UDP("500 500 0 0"), UDP("9100 9100 0 0") UDP("9160 9160 0 0"),
		 "drop UdpInErrors - 9000 counted\ndrop UdpRcvbufErrors - 8700 lost 8700\n"},
		{"three deep, and moving",
		 NET("stat/nf_conntrack", "entries chainlength insert_failed drop\n0 0 0 0\n")
			 NET("stat/nf_conntrack",
			     "entries chainlength insert_failed drop\n0 10 10 10\n"),
		 NET("stat/nf_conntrack", "entries chainlength insert_failed drop\n0 100 100 200\n")
			 NET("stat/nf_conntrack",
			     "entries chainlength insert_failed drop\n0 110 110 210\n"),
		 "drop nf_conntrack_chainlength - 256 lost 256\n"
		 "drop nf_conntrack_drop - 512 lost 254\n"
		 "drop nf_conntrack_insert_failed - 256 counted\n"},
		{"zero at first, and left out", AROUND("00000000", "0", "00000000"),
		 AROUND("00000000", "4", "00000004"), "drop rx_dropped vb 4 counted\n"},
	};

	(void)state;
	try_pairs(cases, COUNT(cases), VIEW_MOVED);
}

static void what_is_counted_sets_no_state_and_fails_nothing(void **state)
{
	static const struct pair_case cases[] = {
		{"overflow", UDP("0 0 0 0"), UDP("5 5 0 0"),
		 "unknown unknown ok ok ok drop -> drop, lost 5\nexit 1\n"},
		{"with a rest", UDP3("0 0 0"), UDP3("5 9 0"),
		 "unknown unknown ok ok drop drop -> drop, lost 9\nexit 1\n"},
		{"backlog",
		 SOFTNET(CPU("00000000", "00000000", "00000000")) LINK("2 vb 0 0 0 0 0\n")
			 NET("dev", "Inter-| R | T\n face |packets|bytes\nvb: 0 0\n"),
		 SOFTNET(CPU("00000224", "00000000", "00000000")) LINK("2 vb 548 0 0 0 0\n")
			 NET("dev", "Inter-| R | T\n face |packets|bytes\nvb: 0 0\n"),
		 "ok drop unknown unknown unknown unknown -> drop, lost 548\nexit 1\n"},
		{"suspect alone",
		 NET("dev", "Inter-| R | T\n face |packets|bytes\nvb: 0 0\n")
			 LINK("2 vb 0 0 0 0 0\n"),
		 NET("dev", "Inter-| R | T\n face |packets|bytes\nvb: 0 0\n")
			 LINK("2 vb 5 0 0 0 0\n"),
		 "suspect unknown unknown unknown unknown unknown -> unknown, lost 0\nexit 2\n"},
	};

	(void)state;
	try_pairs(cases, COUNT(cases), VIEW_STATES | VIEW_STATUS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_within_another_is_counted_there),
		cmocka_unit_test(a_bond_repeats_its_ports),
		cmocka_unit_test(the_backlog_is_taken_off_the_devices),
		cmocka_unit_test(what_the_time_between_readings_explains_is_not_claimed),
		cmocka_unit_test(what_is_counted_sets_no_state_and_fails_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
