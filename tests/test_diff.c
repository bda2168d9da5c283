/* test_diff.c: two samples of one figure: wraps, resets, and devices, CPUs and sockets that come
 * and go. */
#include "support.h"

#define UDP_ERRORS(value) NET("snmp", "Udp: InErrors\nUdp: " value "\n")
#define CT_DROPS(value) NET("stat/nf_conntrack", "entries drop\n00000000 " value "\n")

static void counters_move_wrap_and_begin_anew(void **state)
{
	static const struct pair_case cases[] = {
		{"moved", UDP_ERRORS("3"), UDP_ERRORS("10"), "drop UdpInErrors - 7 lost 7\n"},
		{"did not move", UDP_ERRORS("3"), UDP_ERRORS("3"), ""},
		{"from a zero that was left out", UDP_ERRORS("0"), UDP_ERRORS("1"),
		 "drop UdpInErrors - 1 lost 1\n"},
		{"a column that the first sample lacks",
		 NET("snmp", "IcmpMsg: InType3\nIcmpMsg: 3\nTcp: InErrs\nTcp: 0\n"),
		 NET("snmp", "IcmpMsg: InType3 InType8\nIcmpMsg: 3 1\nTcp: InErrs InCsumErrors\n"
			     "Tcp: 2 2\n"),
		 "drop TcpInCsumErrors - 2 lost 2\nreject TcpInErrs - 2 counted\n"},
		{"unsigned long of a 32-bit kernel", UDP_ERRORS("4294967290"), UDP_ERRORS("5"),
		 "drop UdpInErrors - 11 lost 11 wrapped\n"},
		{"just over half of the range, and on", UDP_ERRORS("2147483650"), UDP_ERRORS("1"),
		 "drop UdpInErrors - 2147483647 lost 2147483647 wrapped\n"},
		{"half of the range is no wrap", UDP_ERRORS("2147483649"), UDP_ERRORS("1"),
		 "drop UdpInErrors - 1 lost 1 reset\n"},
		{"over 32 bits is no wrap", UDP_ERRORS("4294967301"), UDP_ERRORS("5"),
		 "drop UdpInErrors - 5 lost 5 reset\n"},
		{"began anew", UDP_ERRORS("1000"), UDP_ERRORS("40"),
		 "drop UdpInErrors - 40 lost 40 reset\n"},
		{"u64 even on a 32-bit kernel: never a wrap",
		 NET("snmp", "Ip: InHdrErrors\nIp: 4294967290\n"),
		 NET("snmp", "Ip: InHdrErrors\nIp: 5\n"), "drop IpInHdrErrors - 5 lost 5 reset\n"},
		{"u64 to its end", NET("snmp", "Ip: InHdrErrors\nIp: 0\n"),
		 NET("snmp", "Ip: InHdrErrors\nIp: 18446744073709551615\n"),
		 "drop IpInHdrErrors - 18446744073709551615 lost 18446744073709551615\n"},
		{"unsigned int, hexadecimal", CT_DROPS("fffffffe"), CT_DROPS("00000003"),
		 "drop nf_conntrack_drop - 5 lost 5 wrapped\n"},
		{"a level is no movement",
		 NET("stat/nf_conntrack", "entries drop\n00000001 00000000\n"),
		 NET("stat/nf_conntrack", "entries drop\n000000ff 00000000\n"), ""},
	};

	(void)state;
	try_pairs(cases, COUNT(cases), VIEW_MOVED);
}

/* A wrap to exactly 0 is left out of the second sample as a zero, which --all keeps. */
static void a_wrap_to_zero_is_a_wrap(void **state)
{
	static const struct pair_case cases[] = {
		{"to zero", UDP_ERRORS("4294967295"), UDP_ERRORS("0"),
		 "drop UdpInErrors - 1 lost 1 wrapped\n"},
		{"reset to zero is nothing lost since", UDP_ERRORS("7"), UDP_ERRORS("0"), ""},
	};

	(void)state;
	try_pairs(cases, COUNT(cases), VIEW_MOVED);
}

static void devices_come_go_and_change_their_names(void **state)
{
	static const struct pair_case cases[] = {
		{"stays", IFINDEX("eth0", "2") STATISTIC("eth0", "rx_crc_errors", "5"),
		 IFINDEX("eth0", "2") STATISTIC("eth0", "rx_crc_errors", "8"),
		 "drop rx_crc_errors eth0 3 lost 3\n"},
		{"new: all that it shows", IFINDEX("lo", "1"),
		 IFINDEX("lo", "1") IFINDEX("eth0", "2") STATISTIC("eth0", "rx_crc_errors", "8"),
		 "suspect rx_crc_errors eth0 8 new\n"},
		{"gone",
		 IFINDEX("lo", "1") IFINDEX("eth0", "2") STATISTIC("eth0", "rx_crc_errors", "8"),
		 IFINDEX("lo", "1"), ""},
		{"another device of the same name",
		 IFINDEX("eth0", "2") STATISTIC("eth0", "rx_crc_errors", "5"),
		 IFINDEX("eth0", "3") STATISTIC("eth0", "rx_crc_errors", "8"),
		 "suspect rx_crc_errors eth0 8 new\n"},
		{"the same, where no index is known", STATISTIC("eth0", "rx_crc_errors", "5"),
		 STATISTIC("eth0", "rx_crc_errors", "3"),
		 "drop rx_crc_errors eth0 3 lost 3 reset\n"},
		{"the same, where only the first sample knows its index",
		 IFINDEX("eth0", "2") STATISTIC("eth0", "rx_crc_errors", "5"),
		 STATISTIC("eth0", "rx_crc_errors", "8"), "drop rx_crc_errors eth0 3 lost 3\n"},
		{"renamed: its figures go on",
		 IFINDEX("eth0", "2") STATISTIC("eth0", "rx_crc_errors", "5"),
		 IFINDEX("wan", "2") STATISTIC("wan", "rx_crc_errors", "8"),
		 "drop rx_crc_errors wan 3 lost 3\n"},
		{"names swapped",
		 IFINDEX("a", "2") IFINDEX("b", "3") STATISTIC("a", "rx_crc_errors", "100")
			 STATISTIC("b", "rx_crc_errors", "7"),
		 IFINDEX("b", "2") IFINDEX("a", "3") STATISTIC("b", "rx_crc_errors", "101")
			 STATISTIC("a", "rx_crc_errors", "9"),
		 "drop rx_crc_errors a 2 lost 2\ndrop rx_crc_errors b 1 lost 1\n"},
		{"renamed, of several that stand in no order",
		 IFINDEX("c", "9") IFINDEX("b", "5") IFINDEX("a", "2")
			 STATISTIC("a", "rx_crc_errors", "5"),
		 IFINDEX("c", "9") IFINDEX("b", "5") IFINDEX("wan", "2")
			 STATISTIC("wan", "rx_crc_errors", "8"),
		 "drop rx_crc_errors wan 3 lost 3\n"},
		{"a section of what cannot be a device",
		 AT("rxpath/ethtool/0123456789abcdef", "rx_dropped 5\n") IFINDEX("eth0", "2")
			 STATISTIC("eth0", "rx_crc_errors", "5"),
		 AT("rxpath/ethtool/0123456789abcdef", "rx_dropped 9\n") IFINDEX("eth0", "2")
			 STATISTIC("eth0", "rx_crc_errors", "8"),
		 "drop rx_crc_errors eth0 3 lost 3\n"},
		{"another under the old name, the old one renamed",
		 IFINDEX("eth0", "2") STATISTIC("eth0", "rx_crc_errors", "100"),
		 IFINDEX("eth0", "5") IFINDEX("old", "2") STATISTIC("eth0", "rx_crc_errors", "3")
			 STATISTIC("old", "rx_crc_errors", "101"),
		 "suspect rx_crc_errors eth0 3 new\ndrop rx_crc_errors old 1 lost 1\n"},
		{"by netlink's table",
		 AT("rxpath/link",
		    "ifindex name rx_crc_errors rx_nohandler\n1 lo 0 0\n2 e\\x20h 5 -\n"),
		 AT("rxpath/link",
		    "ifindex name rx_crc_errors rx_nohandler\n1 lo 0 0\n2 e\\x20h 9 -\n"),
		 "drop rx_crc_errors e\\x20h 4 lost 4\n"},
		{"a carrier that went",
		 AT("rxpath/link", "ifindex name rx_crc_errors carrier_down\n2 eth0 5 1\n"),
		 AT("rxpath/link", "ifindex name rx_crc_errors carrier_down\n2 eth0 5 3\n"),
		 "pressure carrier_down_count eth0 2\n"},
		{"a carrier that one of the samples does not know",
		 AT("rxpath/link",
		    "ifindex name rx_crc_errors carrier_down\n2 eth0 5 -\n3 eth1 0 7\n"),
		 AT("rxpath/link",
		    "ifindex name rx_crc_errors carrier_down\n2 eth0 9 1\n3 eth1 0 -\n"),
		 "drop rx_crc_errors eth0 4 lost 4\n"},
	};

	(void)state;
	try_pairs(cases, COUNT(cases), VIEW_MOVED);
}

#define DEV_HEADER \
	"Inter-|   Receive  |  Transmit\n face |bytes packets errs drop fifo frame|bytes\n"

static void sums_of_a_device_give_way_to_its_single_figures(void **state)
{
	static const struct pair_case cases[] = {
		{"only the sums", NET("dev", DEV_HEADER "eth0: 1 1 0 0 0 0 0\n"),
		 NET("dev", DEV_HEADER "eth0:9 9 2 5 0 2 0\n"),
		 "suspect dev_drop eth0 5\ndrop dev_errs eth0 2 counted\n"
		 "drop dev_frame eth0 2 lost 2\n"},
		{"both",
		 NET("dev", DEV_HEADER "eth0: 1 1 0 0 0 0 0\n")
			 AT("rxpath/link",
			    "ifindex name rx_dropped rx_missed_errors rx_errors\n2 eth0 0 0 0\n"),
		 NET("dev", DEV_HEADER "eth0: 9 9 2 5 0 2 0\n")
			 AT("rxpath/link",
			    "ifindex name rx_dropped rx_missed_errors rx_errors\n2 eth0 1 4 2\n"),
		 "suspect rx_dropped eth0 1\ndrop rx_errors eth0 2 lost 2\n"
		 "drop rx_missed_errors eth0 4 lost 4\n"},
		{"the single ones in the second sample alone",
		 NET("dev", DEV_HEADER "eth0: 1 1 0 0 0 0 0\n"),
		 NET("dev", DEV_HEADER "eth0: 9 9 2 5 0 2 0\n") AT(
			 "rxpath/link", "ifindex name rx_dropped rx_missed_errors\n2 eth0 1 4\n"),
		 "suspect dev_drop eth0 5\ndrop dev_errs eth0 2 counted\n"
		 "drop dev_frame eth0 2 lost 2\n"},
		{"by sysfs, one file of many",
		 NET("dev", DEV_HEADER "eth0: 1 1 0 0 0 0 0\n")
			 STATISTIC("eth0", "rx_dropped", "0"),
		 NET("dev", DEV_HEADER "eth0: 9 9 2 5 0 2 0\n")
			 STATISTIC("eth0", "rx_dropped", "1"),
		 "suspect dev_drop eth0 5\ndrop dev_errs eth0 2 counted\n"
		 "drop dev_frame eth0 2 lost 2\nsuspect rx_dropped eth0 1\n"},
		{"parts that the first sample does not have of this device",
		 NET("dev", DEV_HEADER "eth0: 1 1 0 0 0 0 0\n")
			 STATISTIC("eth0", "rx_packets", "1"),
		 NET("dev", DEV_HEADER "eth0: 9 9 0 5 0 0 0\n") STATISTIC("eth0", "rx_packets", "9")
			 STATISTIC("eth0", "rx_dropped", "1")
				 STATISTIC("eth0", "rx_missed_errors", "4"),
		 "suspect dev_drop eth0 5\n"},
		{"a file that the first sample does not have", STATISTIC("eth0", "rx_dropped", "1"),
		 STATISTIC("eth0", "rx_dropped", "3") STATISTIC("eth0", "rx_crc_errors", "100"),
		 "suspect rx_dropped eth0 2\n"},
		{"by sysfs, all of them",
		 NET("dev", DEV_HEADER "eth0: 1 1 0 0 0 0 0\n") STATISTIC("eth0", "rx_dropped", "0")
			 STATISTIC("eth0", "rx_errors", "0") STATISTIC("eth0", "rx_crc_errors", "0")
				 STATISTIC("eth0", "rx_frame_errors", "0")
					 STATISTIC("eth0", "rx_fifo_errors", "0")
						 STATISTIC("eth0", "rx_missed_errors", "0"),
		 NET("dev", DEV_HEADER "eth0: 9 9 2 5 2 2 0\n") STATISTIC("eth0", "rx_dropped", "1")
			 STATISTIC("eth0", "rx_errors", "2") STATISTIC("eth0", "rx_crc_errors", "2")
				 STATISTIC("eth0", "rx_frame_errors", "0")
					 STATISTIC("eth0", "rx_fifo_errors", "2")
						 STATISTIC("eth0", "rx_missed_errors", "0"),
		 "drop rx_crc_errors eth0 2 lost 2\nsuspect rx_dropped eth0 1\n"
		 "drop rx_errors eth0 2 counted\ndrop rx_fifo_errors eth0 2 lost 2\n"},
	};

	(void)state;
	try_pairs(cases, COUNT(cases), VIEW_MOVED);
}

/* Where one of the single figures could be read alone, the sum that holds it has nothing of its
 * own. */
static void a_sum_holds_the_parts_that_are_known(void **state)
{
	static const struct {
		const char *part, *kind, *sum;
	} cases[] = {
		{"rx_missed_errors", "drop", "dev_drop"},  {"rx_dropped", "suspect", "dev_drop"},
		{"rx_length_errors", "drop", "dev_frame"}, {"rx_over_errors", "drop", "dev_frame"},
		{"rx_crc_errors", "drop", "dev_frame"},	   {"rx_frame_errors", "drop", "dev_frame"},
	};
	static const struct rxpath_criteria everything = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char before[400], after[400], line[100];
		const bool drop = strcmp(cases[i].sum, "dev_drop") == 0;
		char *got;

		snprintf(before, sizeof before,
			 NET("dev", DEV_HEADER "eth0: 1 1 0 0 0 0 0\n")
				 AT("/sys/class/net/eth0/statistics/%s", "0\n"),
			 cases[i].part);
		snprintf(after, sizeof after,
			 NET("dev", DEV_HEADER "eth0: 9 9 0 %d 0 %d 0\n")
				 AT("/sys/class/net/eth0/statistics/%s", "5\n"),
			 drop ? 5 : 0, drop ? 0 : 5, cases[i].part);
		got = report_of(before, after, &everything, VIEW_MOVED);
		snprintf(line, sizeof line, "drop %s eth0 5 counted\n", cases[i].sum);
		if (!strstr(got, line))
			fail_msg("%s: expected %sgot\n%s", cases[i].part, line, got);
		snprintf(line, sizeof line, "%s %s eth0 5%s\n", cases[i].kind, cases[i].part,
			 strcmp(cases[i].kind, "drop") == 0 ? " lost 5" : "");
		if (!strstr(got, line))
			fail_msg("%s: expected %sgot\n%s", cases[i].part, line, got);
		free(got);
	}
}

/* Rows of softnet_stat that show drops alone: with the CPU's number (13 columns), and without. */
#define ZEROS3 "00000000 00000000 00000000 "
#define ROW13(drops, cpu) "00000001 " drops " " ZEROS3 ZEROS3 ZEROS3 "00000000 " cpu "\n"
#define ROW9(drops) "00000001 " drops " " ZEROS3 ZEROS3 "00000000\n"
#define SOFTNET(rows) NET("softnet_stat", rows)
#define ONLINE(list) AT("/sys/devices/system/cpu/online", list "\n")

static void cpus_are_paired_by_their_numbers(void **state)
{
	static const struct pair_case cases[] = {
		{"hexadecimal numbers", SOFTNET(ROW13("00000000", "00000010")),
		 SOFTNET(ROW13("0000000a", "00000010")), "drop softnet_dropped cpu16 10 lost 10\n"},
		{"one went off line",
		 SOFTNET(ROW13("00000005", "00000000") ROW13("00000007", "00000001")
				 ROW13("00000009", "00000002")),
		 SOFTNET(ROW13("00000005", "00000000") ROW13("0000000a", "00000002")),
		 "drop softnet_dropped cpu2 1 lost 1\n"},
		{"one came on line and brought its old figures",
		 SOFTNET(ROW13("00000005", "00000000") ROW13("00000009", "00000002")),
		 SOFTNET(ROW13("00000006", "00000000") ROW13("000000ff", "00000001")
				 ROW13("00000009", "00000002")),
		 "drop softnet_dropped cpu0 1 lost 1\n"},
		{"wrapped", SOFTNET(ROW13("ffffffff", "00000000")),
		 SOFTNET(ROW13("00000004", "00000000")),
		 "drop softnet_dropped cpu0 5 lost 5 wrapped\n"},
		{"by line", SOFTNET(ROW9("00000005") ROW9("00000006")),
		 SOFTNET(ROW9("00000005") ROW9("00000008")),
		 "drop softnet_dropped cpu1 2 lost 2\n"},
		{"by the list of those on line",
		 ONLINE("0-1,4") SOFTNET(ROW9("00000005") ROW9("00000006") ROW9("00000007")),
		 ONLINE("0-1,4") SOFTNET(ROW9("00000005") ROW9("00000006") ROW9("00000009")),
		 "drop softnet_dropped cpu4 2 lost 2\n"},
		{"by the list, and one went off line",
		 ONLINE("0-2") SOFTNET(ROW9("00000005") ROW9("00000006") ROW9("00000007")),
		 ONLINE("0,2") SOFTNET(ROW9("00000005") ROW9("00000008")),
		 "drop softnet_dropped cpu2 1 lost 1\n"},
		{"by the list, one off line and another on",
		 ONLINE("0,2") SOFTNET(ROW9("00000005") ROW9("00000006")),
		 ONLINE("0,1") SOFTNET(ROW9("00000005") ROW9("00000008")), ""},
		{"the first one off line, and one between",
		 ONLINE("1-2,4") SOFTNET(ROW9("00000005") ROW9("00000006") ROW9("00000007")),
		 ONLINE("1-2,4") SOFTNET(ROW9("00000007") ROW9("00000006") ROW9("00000008")),
		 "drop softnet_dropped cpu1 2 lost 2\ndrop softnet_dropped cpu4 1 lost 1\n"},
		{"more rows than the list has",
		 ONLINE("0-1") SOFTNET(ROW9("00000005") ROW9("00000006") ROW9("00000007")),
		 ONLINE("0-1") SOFTNET(ROW9("00000005") ROW9("00000006") ROW9("00000008")),
		 "drop softnet_dropped cpu2 1 lost 1\n"},
		{"the list stands behind the rows",
		 SOFTNET(ROW9("00000005") ROW9("00000006") ROW9("00000007")) ONLINE("0-2"),
		 SOFTNET(ROW9("00000005") ROW9("00000008")) ONLINE("0,2"),
		 "drop softnet_dropped cpu2 1 lost 1\n"},
		{"other columns before and after an update of a saved sample's form",
		 SOFTNET(ROW9("00000005")), SOFTNET(ROW13("00000006", "00000000")),
		 "drop softnet_dropped cpu0 1 lost 1\n"},
	};

	(void)state;
	try_pairs(cases, COUNT(cases), VIEW_MOVED);
}

static void rows_that_cannot_be_paired_are_unknown(void **state)
{
	static const char without_names[] =
		"/proc/net/softnet_stat: CPUs went on or off line, and this kernel does "
		"not name them\n";
	static const struct pair_case cases[] = {
		{"fewer rows, no list", SOFTNET(ROW9("00000005") ROW9("00000006")),
		 SOFTNET(ROW9("00000007")), without_names},
		{"the list changed during the second sample",
		 ONLINE("0-1") SOFTNET(ROW9("00000005") ROW9("00000006")) ONLINE("0-1"),
		 ONLINE("0-1") SOFTNET(ROW9("00000005") ROW9("00000006")) ONLINE("0"),
		 without_names},
		{"one list of two, and it is no plain row of CPUs",
		 ONLINE("0,2") SOFTNET(ROW9("00000005") ROW9("00000006")),
		 SOFTNET(ROW9("00000005") ROW9("00000008")), without_names},
	};

	(void)state;
	/* No snmp, dev or udp in these samples: only what is said of softnet counts. */
	for (size_t i = 0; i < COUNT(cases); i++) {
		static const struct rxpath_criteria everything = {
			.stages = 1u << RXPATH_STAGE_SOFTNET};
		char *got = report_of(cases[i].before, cases[i].after, &everything,
				      VIEW_MOVED | VIEW_MISSING | VIEW_STATUS);

		if (!strstr(got, cases[i].expected) || !strstr(got, "exit 2") ||
		    strncmp(got, "drop", 4) == 0)
			fail_msg("%s: got\n%s", cases[i].name, got);
		free(got);
	}
}

/* With --all: a CPU that came is new, and tells nothing; a figure that the first sample lacks is
 * none. */
static void what_cannot_be_compared_is_shown_as_it_is(void **state)
{
	static const struct rxpath_criteria all = {.all = true};
	char *got = report_of(SOFTNET(ROW13("00000003", "00000000"))
				      STATISTIC("eth0", "rx_dropped", "1"),
			      SOFTNET(ROW13("00000003", "00000000") ROW13("00000009", "00000001"))
				      STATISTIC("eth0", "rx_dropped", "1")
					      STATISTIC("eth0", "rx_crc_errors", "7"),
			      &all, VIEW_MOVED);

	(void)state;
	assert_non_null(strstr(got, "drop softnet_dropped cpu0 0\n"));
	assert_non_null(strstr(got, "drop softnet_dropped cpu1 0 new\n"));
	assert_non_null(strstr(got, "suspect rx_dropped eth0 0\n"));
	assert_null(strstr(got, "rx_crc_errors"));
	free(got);
}

/* Of a device that is gone the single figures, or its sums where these cannot be compared. */
static void what_is_gone_is_shown_as_it_was(void **state)
{
#define SUMS NET("dev", DEV_HEADER "eth0: 9 9 0 5 0 0 0\neth1: 9 9 0 0 0 0 0\n")
#define SINGLES(rows) AT("rxpath/link", "ifindex name rx_dropped rx_missed_errors\n" rows)
#define ONE_LEFT NET("dev", DEV_HEADER "eth1: 9 9 0 0 0 0 0\n")
	static const struct rxpath_criteria all = {.all = true};
	static const struct {
		const char *after;
		bool single, sum;
	} cases[] = {
		{ONE_LEFT SINGLES("3 eth1 0 0\n"), true, false},
		{ONE_LEFT, false, true},
		{SUMS SINGLES("2 eth0 1 4\n3 eth1 0 0\n"), false, false},
		/* Renamed. */
		{ONE_LEFT SINGLES("2 eth7 1 4\n3 eth1 0 0\n"), false, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *got = report_of(SUMS SINGLES("2 eth0 1 4\n3 eth1 0 0\n"), cases[i].after,
				      &all, VIEW_MOVED);

		assert_int_equal(strstr(got, "drop rx_missed_errors eth0 0 gone\n") != NULL,
				 cases[i].single);
		assert_int_equal(strstr(got, "suspect dev_drop eth0 0 gone\n") != NULL,
				 cases[i].sum);
		free(got);
	}
}

static void sockets_come_go_and_are_listed_twice(void **state)
{
	static const struct pair_case cases[] = {
		{"stays", TABLE("udp", SOCKET4("270F", "7", "5")),
		 TABLE("udp", SOCKET4("270F", "7", "8")), "udp/127.0.0.1:9999 3\n"},
		{"did not lose", TABLE("udp", SOCKET4("270F", "7", "5")),
		 TABLE("udp", SOCKET4("270F", "7", "5")), ""},
		{"new: all that it lost", TABLE("udp", ""),
		 TABLE("udp", SOCKET4("270F", "7", "5") SOCKET4("2710", "8", "0")),
		 "udp/127.0.0.1:9999 5 new\n"},
		{"gone", TABLE("udp", SOCKET4("270F", "7", "5")), TABLE("udp", ""), ""},
		{"closed, and another on the same port", TABLE("udp", SOCKET4("270F", "7", "5")),
		 TABLE("udp", SOCKET4("270F", "8", "3")), "udp/127.0.0.1:9999 3 new\n"},
		{"began anew under the same inode", TABLE("udp", SOCKET4("270F", "7", "5")),
		 TABLE("udp", SOCKET4("270F", "7", "2")), "udp/127.0.0.1:9999 2 reset\n"},
		{"wrapped", TABLE("udp", SOCKET4("270F", "7", "4294967295")),
		 TABLE("udp", SOCKET4("270F", "7", "2")), "udp/127.0.0.1:9999 3 wrapped\n"},
		{"fell by half of the range: began anew",
		 TABLE("udp", SOCKET4("270F", "7", "2147483657")),
		 TABLE("udp", SOCKET4("270F", "7", "10")), "udp/127.0.0.1:9999 10 reset\n"},
		{"fell by one more: wrapped", TABLE("udp", SOCKET4("270F", "7", "2147483658")),
		 TABLE("udp", SOCKET4("270F", "7", "10")),
		 "udp/127.0.0.1:9999 2147483648 wrapped\n"},
		{"signed, as printed up to 4.19", TABLE("udp", SOCKET4("270F", "7", "2147483647")),
		 TABLE("udp", SOCKET4("270F", "7", "-2147483646")), "udp/127.0.0.1:9999 3\n"},
		{"another order",
		 TABLE("udp", SOCKET4("0001", "1", "1") SOCKET4("0002", "2", "2")
				      SOCKET4("0003", "3", "3")),
		 TABLE("udp", SOCKET4("0003", "3", "3") SOCKET4("0001", "1", "2")
				      SOCKET4("0002", "2", "2")),
		 "udp/127.0.0.1:1 1\n"},
		{"listed twice in the second",
		 TABLE("udp", SOCKET4("0001", "1", "1") SOCKET4("0002", "2", "0")),
		 TABLE("udp", SOCKET4("0001", "1", "4") SOCKET4("0002", "2", "0")
				      SOCKET4("0001", "1", "4")),
		 "udp/127.0.0.1:1 3\n"},
		{"listed twice in both",
		 TABLE("udp", SOCKET4("0001", "1", "1") SOCKET4("0001", "1", "1")),
		 TABLE("udp", SOCKET4("0001", "1", "4") SOCKET4("0001", "1", "4")),
		 "udp/127.0.0.1:1 3\n"},
		{"listed twice in both, with others between",
		 TABLE("udp", SOCKET4("0001", "1", "1") SOCKET4("0002", "2", "0")
				      SOCKET4("0001", "1", "1") SOCKET4("0002", "2", "0")),
		 TABLE("udp", SOCKET4("0001", "1", "4") SOCKET4("0002", "2", "0")
				      SOCKET4("0001", "1", "5") SOCKET4("0002", "2", "0")),
		 "udp/127.0.0.1:1 3\n"},
		{"new, and listed twice", TABLE("udp", ""),
		 TABLE("udp", SOCKET4("0001", "1", "4") SOCKET4("0001", "1", "4")),
		 "udp/127.0.0.1:1 4 new\n"},
		{"orphans are known by their addresses",
		 TABLE("udp", SOCKET4("0001", "0", "1") SOCKET4("0002", "0", "9")),
		 TABLE("udp", SOCKET4("0002", "0", "9") SOCKET4("0001", "0", "2")),
		 "udp/127.0.0.1:1 1\n"},
		{"the same inode in both families: two sockets",
		 TABLE("udp", SOCKET4("0001", "1", "1")) TABLE("udp6", SOCKET6("0001", "1", "7")),
		 TABLE("udp", SOCKET4("0001", "1", "2")) TABLE("udp6", SOCKET6("0001", "1", "9")),
		 "udp6/[::]:1 2\nudp/127.0.0.1:1 1\n"},
	};

	(void)state;
	/* Without /proc/net/snmp nothing has counted these, so they are the only account of the
	 * loss. */
	for (size_t i = 0; i < COUNT(cases); i++) {
		static const struct rxpath_criteria everything = {0};
		char *got = report_of(cases[i].before, cases[i].after, &everything, VIEW_MOVED);
		const char *sockets =
			strncmp(got, "drop sk_drops", 13) == 0 ? strchr(got, '\n') + 1 : got;

		if (strcmp(sockets, cases[i].expected) != 0)
			fail_msg("%s: expected\n%sgot\n%s", cases[i].name, cases[i].expected, got);
		free(got);
	}
}

#define COOKIE_HEADER UDP_HEADER " rcvbuf rmem cookie\n"
#define COOKIE(port, inode, drops, cookie) \
	"  100: 0100007F:" port " 00000000:0000 07 00000000:00000000 00:00000000 00000000     0" \
	"        0 " inode " 2 0000000000000000 " drops " 8192 0 " cookie "\n"

static void a_cookie_tells_sockets_apart(void **state)
{
	static const struct pair_case cases[] = {
		{"the inode was used again",
		 NET("udp", COOKIE_HEADER COOKIE("0001", "1", "5", "00000000000000A1")),
		 NET("udp", COOKIE_HEADER COOKIE("0001", "1", "9", "00000000000000A2")),
		 "udp/127.0.0.1:1 9 new\n"},
		{"the same", NET("udp", COOKIE_HEADER COOKIE("0001", "1", "5", "00000000000000A1")),
		 NET("udp", COOKIE_HEADER COOKIE("0001", "1", "9", "00000000000000A1")),
		 "udp/127.0.0.1:1 4\n"},
		{"listed twice, once without its cookie",
		 NET("udp", COOKIE_HEADER COOKIE("0001", "1", "5", "00000000000000A1")),
		 NET("udp", COOKIE_HEADER COOKIE("0001", "1", "9", "00000000000000A1")
				    COOKIE("0001", "1", "9", "0000000000000000")),
		 "udp/127.0.0.1:1 4\n"},
		{"listed twice, first without its cookie",
		 NET("udp", COOKIE_HEADER COOKIE("0001", "1", "5", "00000000000000A1")),
		 NET("udp", COOKIE_HEADER COOKIE("0001", "1", "9", "0000000000000000")
				    COOKIE("0001", "1", "9", "00000000000000A1")),
		 "udp/127.0.0.1:1 4\n"},
		{"only one sample has cookies", TABLE("udp", SOCKET4("0001", "1", "5")),
		 NET("udp", COOKIE_HEADER COOKIE("0001", "1", "9", "00000000000000A1")),
		 "udp/127.0.0.1:1 4\n"},
		{"orphans, by their cookies",
		 NET("udp", COOKIE_HEADER COOKIE("0001", "0", "5", "00000000000000A1")),
		 NET("udp", COOKIE_HEADER COOKIE("0001", "0", "7", "00000000000000A2")
				    COOKIE("0001", "0", "6", "00000000000000A1")),
		 "udp/127.0.0.1:1 7 new\nudp/127.0.0.1:1 1\n"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		static const struct rxpath_criteria everything = {0};
		char *got = report_of(cases[i].before, cases[i].after, &everything, VIEW_MOVED);

		if (strcmp(strchr(got, '\n') + 1, cases[i].expected) != 0)
			fail_msg("%s: expected\n%sgot\n%s", cases[i].name, cases[i].expected, got);
		free(got);
	}
}

static void what_fails_in_one_sample_leaves_the_rest_standing(void **state)
{
	static const struct pair_case cases[] = {
		{"before",
		 NET("snmp", "Udp: InErrors\nUdp: x\n") STATISTIC("eth0", "rx_crc_errors", "1"),
		 UDP_ERRORS("10") STATISTIC("eth0", "rx_crc_errors", "2"),
		 "drop rx_crc_errors eth0 1 lost 1\n"},
		{"after", UDP_ERRORS("1") STATISTIC("eth0", "rx_crc_errors", "1"),
		 NET("snmp", "Udp: InErrors\nUdp: \n") STATISTIC("eth0", "rx_crc_errors", "2"),
		 "drop rx_crc_errors eth0 1 lost 1\n"},
		{"not in the first", STATISTIC("eth0", "rx_crc_errors", "1"),
		 UDP_ERRORS("10") STATISTIC("eth0", "rx_crc_errors", "2"),
		 "drop rx_crc_errors eth0 1 lost 1\n"},
		{"loaded in between, so it counted from zero",
		 META("version 0.1.0\n")
			 AT("rxpath/missing",
			    "/proc/net/stat/nf_conntrack 2 No such file or directory\n"),
		 CT_DROPS("00000003"), "drop nf_conntrack_drop - 3 lost 3\n"},
		{"denied in the first",
		 AT("rxpath/missing", "/proc/net/stat/nf_conntrack 13 Permission denied\n"),
		 CT_DROPS("00000003"), ""},
		{"one device's file", STATISTIC("eth0", "rx_crc_errors", "1"),
		 STATISTIC("eth0", "rx_crc_errors", "one") UDP_ERRORS("1"), ""},
	};

	(void)state;
	try_pairs(cases, COUNT(cases), VIEW_MOVED);
}

static void since_boot_everything_counts_from_zero(void **state)
{
	static const struct pair_case cases[] = {
		{"totals", NULL,
		 UDP_ERRORS("3") IFINDEX("eth0", "2") STATISTIC("eth0", "rx_crc_errors", "2")
			 SOFTNET(ROW9("00000005")) TABLE("udp", SOCKET4("0001", "1", "3")),
		 "drop rx_crc_errors eth0 2 lost 2\ndrop softnet_dropped cpu0 5 lost 5\n"
		 "drop UdpInErrors - 3 lost 3\nudp/127.0.0.1:1 3\n"},
	};

	(void)state;
	try_pairs(cases, COUNT(cases), VIEW_MOVED);
}

static void names_that_nobody_knows_are_suspect(void **state)
{
	static const struct pair_case cases[] = {
		{"sounds like a loss", NET("snmp", "Udp: InErrors FutureDrops\nUdp: 0 1\n"),
		 NET("snmp", "Udp: InErrors FutureDrops\nUdp: 0 4\n"),
		 "suspect UdpFutureDrops - 3 unclassified\n"},
		{"so does an error", NET("snmp", "Udp: InErrors FilterErrors\nUdp: 0 1\n"),
		 NET("snmp", "Udp: InErrors FilterErrors\nUdp: 0 4\n"),
		 "suspect UdpFilterErrors - 3 unclassified\n"},
		{"does not", NET("snmp", "Udp: InErrors Blessings\nUdp: 0 1\n"),
		 NET("snmp", "Udp: InErrors Blessings\nUdp: 0 4\n"), ""},
		{"a file's name is no counter's name",
		 STATISTIC("eth0", "rx_\033[31m_dropped", "0")
			 STATISTIC("eth0", "rx_a\tb_dropped", "0"),
		 STATISTIC("eth0", "rx_\033[31m_dropped", "4")
			 STATISTIC("eth0", "rx_a\tb_dropped", "5"),
		 ""},
	};

	(void)state;
	try_pairs(cases, COUNT(cases), VIEW_MOVED);
}

/* A host's own packets wait for an address as well: these were not received. */
static void only_who_forwards_loses_to_neighbours(void **state)
{
#define CACHE(name, discards) \
	NET("stat/" name, "entries unresolved_discards\n00000001 " discards "\n")
#define ARP(forwarded, discards) \
	NET("snmp", "Ip: ForwDatagrams\nIp: " forwarded "\n") CACHE("arp_cache", discards)
#define NDISC(forwarded, discards) \
	NET("snmp6", "Ip6OutForwDatagrams " forwarded "\n") CACHE("ndisc_cache", discards)
	static const struct pair_case cases[] = {
		{"IPv4, nothing forwarded", ARP("5", "00000001"), ARP("5", "00000008"), ""},
		{"IPv4", ARP("5", "00000001"), ARP("6", "00000008"),
		 "suspect arp_cache_unresolved_discards - 7\n"},
		{"IPv6, nothing forwarded", NDISC("5", "00000001"), NDISC("5", "00000008"), ""},
		{"IPv6", NDISC("5", "00000001"), NDISC("6", "00000008"),
		 "suspect ndisc_cache_unresolved_discards - 7\n"},
	};

	(void)state;
	try_pairs(cases, COUNT(cases), VIEW_MOVED);
}

static void samples_that_cannot_be_compared_are_refused(void **state)
{
	static const struct {
		const char *before, *after, *refusal;
	} cases[] = {
		{META("host a\nboot_id x\nmonotonic 5.0\n"),
		 META("host a\nboot_id x\nmonotonic 6.5\n"), NULL},
		{META("host a\n"), META("kernel b\n"), NULL},
		{META("host a\n"), META("host b\n"), "A: of another host than B"},
		{META("boot_id x\n"), META("boot_id y\n"),
		 "A: of another boot than B: its counters began anew"},
		{META("monotonic 6.5\n"), META("monotonic 6.4\n"),
		 "A: older than B: swapped, or of another boot"},
		{AT("/proc/uptime", "100.00 50.00\n"), AT("/proc/uptime", "99.99 50.00\n"),
		 "A: older than B: swapped, or of another boot"},
		{NET("snmp", "Ip: InReceives InDelivers\nIp: 9 8\nUdp: InDatagrams\nUdp: 7\n"),
		 NET("snmp", "Ip: InReceives InDelivers\nIp: 5 4\nUdp: InDatagrams\nUdp: 0\n"),
		 "A: with lower counters than B: swapped, or of another boot"},
		{NET("snmp", "Ip: InReceives InDelivers\nIp: 3000000009 3000000008\n"
			     "Udp: InDatagrams\nUdp: 3000000007\n"),
		 NET("snmp", "Ip: InReceives InDelivers\nIp: 3000000005 3000000004\n"
			     "Udp: InDatagrams\nUdp: 3000000000\n"),
		 "A: with lower counters than B: swapped, or of another boot"},
		{NET("snmp", "Ip: InReceives InDelivers\nIp: 9 8\nUdp: InDatagrams\nUdp: 7\n"),
		 NET("snmp", "Ip: InReceives InDelivers\nIp: 9 8\nUdp: InDatagrams\nUdp: 1\n"),
		 NULL},
		/* As many as four fell for each that rose, and never two alone. */
		{NET("snmp", "Ip: InReceives InDelivers\nIp: 9 8\nUdp: InDatagrams\nUdp: 7\n"),
		 NET("snmp", "Ip: InReceives InDelivers\nIp: 9 7\nUdp: InDatagrams\nUdp: 1\n"),
		 NULL},
		{NET("snmp", "Ip: InReceives InHdrErrors InDiscards InDelivers\nIp: 9 8 7 6\n"
			     "Udp: InDatagrams\nUdp: 1\n"),
		 NET("snmp", "Ip: InReceives InHdrErrors InDiscards InDelivers\nIp: 5 4 3 2\n"
			     "Udp: InDatagrams\nUdp: 2\n"),
		 "A: with lower counters than B: swapped, or of another boot"},
		{NET("snmp", "Ip: InReceives InDiscards InDelivers\nIp: 9 7 6\n"
			     "Udp: InDatagrams\nUdp: 1\n"),
		 NET("snmp", "Ip: InReceives InDiscards InDelivers\nIp: 5 3 2\n"
			     "Udp: InDatagrams\nUdp: 2\n"),
		 NULL},
		/* Where both samples have a clock, that decides. */
		{AT("/proc/uptime", "1.00 1.00\n")
			 NET("snmp", "Ip: InReceives InDiscards InDelivers\nIp: 9 7 6\n"),
		 AT("/proc/uptime", "2.00 1.00\n")
			 NET("snmp", "Ip: InReceives InDiscards InDelivers\nIp: 5 3 2\n"),
		 NULL},
		{AT("/proc/uptime", "1.00 1.00\n")
			 NET("snmp", "Ip: InReceives InDiscards InDelivers\nIp: 9 7 6\n"),
		 NET("snmp", "Ip: InReceives InDiscards InDelivers\nIp: 5 3 2\n"),
		 "A: with lower counters than B: swapped, or of another boot"},
		{NET("snmp", "Ip: InReceives InDiscards InDelivers\nIp: 9 7 6\n"),
		 AT("/proc/uptime", "2.00 1.00\n")
			 NET("snmp", "Ip: InReceives InDiscards InDelivers\nIp: 5 3 2\n"),
		 "A: with lower counters than B: swapped, or of another boot"},
		{META("monotonic 1.0\n")
			 NET("snmp", "Ip: InReceives InDiscards InDelivers\nIp: 9 7 6\n"),
		 NET("snmp", "Ip: InReceives InDiscards InDelivers\nIp: 5 3 2\n"),
		 "A: with lower counters than B: swapped, or of another boot"},
		/* A fall of more than half the range is a wrap. */
		{NET("snmp", "Ip: InReceives InDiscards InDelivers\n"
			     "Ip: 2147483647 2147483647 2147483647\n"),
		 NET("snmp", "Ip: InReceives InDiscards InDelivers\nIp: 0 0 0\n"),
		 "A: with lower counters than B: swapped, or of another boot"},
		{NET("snmp", "Ip: InReceives InDiscards InDelivers\n"
			     "Ip: 2147483648 2147483648 2147483648\n"),
		 NET("snmp", "Ip: InReceives InDiscards InDelivers\nIp: 0 0 0\n"), NULL},
		/* A gauge, and a counter of a device, may fall. */
		{STATISTIC("eth0", "rx_missed_errors", "9") STATISTIC("eth0", "rx_crc_errors", "9")
			 STATISTIC("eth0", "rx_fifo_errors", "9"),
		 STATISTIC("eth0", "rx_missed_errors", "1") STATISTIC("eth0", "rx_crc_errors", "1")
			 STATISTIC("eth0", "rx_fifo_errors", "1"),
		 NULL},
		/* A file that only the first sample has tells nothing. */
		{NET("snmp", "Ip: InReceives InDiscards InDelivers\nIp: 9 7 6\n"), META("host a\n"),
		 NULL},
		{META("monotonic 6.5\n"), META("monotonic 6.5\n"), NULL},
		{AT("/proc/uptime", "100.00 50.00\n"), AT("/proc/uptime", "100.00 50.00\n"), NULL},
		{META("netns_id net:[1]\n"), META("netns_id net:[2]\n"),
		 "A: of another network namespace than B"},
		{META("netns blue\n"), META("netns red\nnetns_id net:[2]\n"), NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct rxpath_sample before = sample_of(cases[i].before);
		struct rxpath_sample after = sample_of(cases[i].after);
		struct rxpath_error error = {0};
		struct rxpath_buf text = {0};
		bool fit = rxpath_analyse_comparable(&before, "B", &after, "A", &error);

		assert_int_equal(fit, cases[i].refusal == NULL);
		rxpath_error_text(&error, &text);
		if (cases[i].refusal)
			assert_string_equal(text_of(&text), cases[i].refusal);
		rxpath_buf_free(&text);
		rxpath_sample_free(&before);
		rxpath_sample_free(&after);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counters_move_wrap_and_begin_anew),
		cmocka_unit_test(a_wrap_to_zero_is_a_wrap),
		cmocka_unit_test(devices_come_go_and_change_their_names),
		cmocka_unit_test(sums_of_a_device_give_way_to_its_single_figures),
		cmocka_unit_test(a_sum_holds_the_parts_that_are_known),
		cmocka_unit_test(cpus_are_paired_by_their_numbers),
		cmocka_unit_test(rows_that_cannot_be_paired_are_unknown),
		cmocka_unit_test(what_cannot_be_compared_is_shown_as_it_is),
		cmocka_unit_test(what_is_gone_is_shown_as_it_was),
		cmocka_unit_test(sockets_come_go_and_are_listed_twice),
		cmocka_unit_test(a_cookie_tells_sockets_apart),
		cmocka_unit_test(what_fails_in_one_sample_leaves_the_rest_standing),
		cmocka_unit_test(since_boot_everything_counts_from_zero),
		cmocka_unit_test(names_that_nobody_knows_are_suspect),
		cmocka_unit_test(only_who_forwards_loses_to_neighbours),
		cmocka_unit_test(samples_that_cannot_be_compared_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
