/* test_attribute.c: the drops of sockets set against what their protocols counted. */
#include "support.h"

#define SNMP(names, values) NET("snmp", names "\n" values "\n")
#define UDP(values) SNMP("Udp: InErrors RcvbufErrors InCsumErrors MemErrors", "Udp: " values)
#define UDP6(errors, overflows) \
	NET("snmp6", "Udp6InErrors " errors "\nUdp6RcvbufErrors " overflows "\n")
#define ONE(drops) TABLE("udp", SOCKET4("270F", "7", drops))
#define ONE6(drops) TABLE("udp6", SOCKET6("270F", "9", drops))

static void drops_find_their_sockets(void **state)
{
	static const struct pair_case cases[] = {
		{"an overflow", UDP("0 0 0 0") ONE("0"), UDP("991 991 0 0") ONE("991"),
		 "sockets 991 counted 991 attributed 991 unattributed 0 uncounted 0\n"},
		{"the socket was closed", UDP("0 0 0 0") TABLE("udp", ""),
		 UDP("991 991 0 0") TABLE("udp", ""),
		 "sockets 0 counted 991 attributed 0 unattributed 991 uncounted 0\n"},
		{"one of two was closed", UDP("0 0 0 0") ONE("0"), UDP("991 991 0 0") ONE("900"),
		 "sockets 900 counted 991 attributed 900 unattributed 91 uncounted 0\n"},
		{"bad checksums nobody asked for are no socket's", UDP("0 0 0 0") ONE("0"),
		 UDP("100 0 100 0") ONE("0"),
		 "sockets 0 counted 0 attributed 0 unattributed 0 uncounted 0\n"},
		{"bad checksums that a socket read", UDP("0 0 0 0") ONE("0"),
		 UDP("100 0 100 0") ONE("100"),
		 "sockets 100 counted 100 attributed 100 unattributed 0 uncounted 0\n"},
		{"refused by a filter", UDP("0 0 0 0") ONE("0"), UDP("100 0 0 0") ONE("100"),
		 "sockets 100 counted 100 attributed 100 unattributed 0 uncounted 0\n"},
		{"an overflow and a bad header", UDP("0 0 0 0") ONE("0"),
		 UDP("991 941 0 0") ONE("941"),
		 "sockets 941 counted 941 attributed 941 unattributed 0 uncounted 0\n"},
		{"nothing", UDP("4 4 0 0") ONE("4"), UDP("4 4 0 0") ONE("4"),
		 "sockets 0 counted 0 attributed 0 unattributed 0 uncounted 0\n"},
		{"two sockets, two families", UDP("0 0 0 0") UDP6("0", "0") ONE("0") ONE6("0"),
		 UDP("10 10 0 0") UDP6("5", "5") ONE("10") ONE6("5"),
		 "sockets 15 counted 15 attributed 15 unattributed 0 uncounted 0\n"},
		{"IPv4 into an IPv6 socket: counted for IPv4, listed for IPv6",
		 UDP("0 0 0 0") UDP6("0", "0") ONE("0") ONE6("0"),
		 UDP("991 991 0 0") UDP6("0", "0") ONE("0") ONE6("991"),
		 "sockets 991 counted 991 attributed 991 unattributed 0 uncounted 0\n"},
	};

	(void)state;
	try_pairs(cases, COUNT(cases), VIEW_ATTRIBUTION);
}

/* Linux 6.18 and 6.19 count nothing when udp_mem is exhausted. */
static void what_only_the_sockets_know_is_lost_once(void **state)
{
	static const struct pair_case cases[] = {
		{"udp_mem, nothing counted", UDP("0 0 0 0") ONE("0"), UDP("0 0 0 0") ONE("547"),
		 "drop sk_drops - 547 lost 547\nudp/127.0.0.1:9999 547\n"
		 "sockets 547 counted 0 attributed 0 unattributed 0 uncounted 547\n"
		 "unknown unknown ok ok ok drop -> drop, lost 547\n"},
		{"udp_mem beside an overflow", UDP("0 0 0 0") ONE("0"),
		 UDP("100 100 0 0") ONE("647"),
		 "drop UdpInErrors - 100 counted\ndrop UdpRcvbufErrors - 100 lost 100\n"
		 "drop sk_drops - 547 lost 547\nudp/127.0.0.1:9999 647\n"
		 "sockets 647 counted 100 attributed 100 unattributed 0 uncounted 547\n"
		 "unknown unknown ok ok ok drop -> drop, lost 647\n"},
		{"udp_mem where it is counted (5.11 to 6.17, 7.0)", UDP("0 0 0 0") ONE("0"),
		 UDP("547 0 0 547") ONE("547"),
		 "drop UdpInErrors - 547 counted\ndrop UdpMemErrors - 547 lost 547\n"
		 "udp/127.0.0.1:9999 547\n"
		 "sockets 547 counted 547 attributed 547 unattributed 0 uncounted 0\n"
		 "unknown unknown ok ok ok drop -> drop, lost 547\n"},
		{"raw sockets have no protocol that counts",
		 UDP("0 0 0 0") ONE("0") TABLE("raw", SOCKET4("0001", "3", "0")),
		 UDP("0 0 0 0") ONE("0") TABLE("raw", SOCKET4("0001", "3", "990")),
		 "drop sk_drops - 990 lost 990\nraw/127.0.0.1:1 990\n"
		 "sockets 990 counted 0 attributed 0 unattributed 0 uncounted 990\n"
		 "unknown unknown ok ok ok drop -> drop, lost 990\n"},
		{"nor have ping sockets",
		 UDP("0 0 0 0") ONE("0") TABLE("icmp6", SOCKET6("0001", "3", "0")),
		 UDP("0 0 0 0") ONE("0") TABLE("icmp6", SOCKET6("0001", "3", "190")),
		 "drop sk_drops - 190 lost 190\nicmp6/[::]:1 190\n"
		 "sockets 190 counted 0 attributed 0 unattributed 0 uncounted 190\n"
		 "unknown unknown ok ok ok drop -> drop, lost 190\n"},
		{"a raw loss is not offset by datagrams of closed sockets",
		 UDP("0 0 0 0") TABLE("udp", "") TABLE("raw", SOCKET4("0001", "3", "0")),
		 UDP("50 50 0 0") TABLE("udp", "") TABLE("raw", SOCKET4("0001", "3", "20")),
		 "drop UdpInErrors - 50 counted\ndrop UdpRcvbufErrors - 50 lost 50\n"
		 "drop sk_drops - 20 lost 20\nraw/127.0.0.1:1 20\n"
		 "sockets 20 counted 50 attributed 0 unattributed 50 uncounted 20\n"
		 "unknown unknown ok ok ok drop -> drop, lost 70\n"},
	};

	(void)state;
	try_pairs(cases, COUNT(cases), VIEW_MOVED | VIEW_ATTRIBUTION | VIEW_STATES);
}

/* snmp is read before and after the sockets. */
static void readings_around_the_sockets_leave_room(void **state)
{
	static const struct pair_case cases[] = {
		{"a steady flood: the sockets are read in between",
		 UDP("100 100 0 0") ONE("105") UDP("110 110 0 0"),
		 UDP("1100 1100 0 0") ONE("1106") UDP("1112 1112 0 0"),
		 "sockets 1001 counted 1001 attributed 1001 unattributed 0 uncounted 0\n"},
		{"more than the time between explains: lost, and by no socket that is there",
		 UDP("100 100 0 0") ONE("105") UDP("110 110 0 0"),
		 UDP("1100 1100 0 0") ONE("605") UDP("1112 1112 0 0"),
		 "sockets 500 counted 990 attributed 500 unattributed 490 uncounted 0\n"},
		{"more than it explains: not counted",
		 UDP("100 100 0 0") ONE("105") UDP("110 110 0 0"),
		 UDP("1100 1100 0 0") ONE("2105") UDP("1112 1112 0 0"),
		 "sockets 2000 counted 1012 attributed 1012 unattributed 0 uncounted 988\n"},
		{"under a load the last packet may be counted by half", UDP("0 0 0 0") ONE("0"),
		 UDP("2000 2000 0 0") ONE("1999"),
		 "sockets 1999 counted 1999 attributed 1999 unattributed 0 uncounted 0\n"},
		{"or be the socket's alone", UDP("0 0 0 0") ONE("0"),
		 UDP("2000 2000 0 0") ONE("2001"),
		 "sockets 2001 counted 2001 attributed 2001 unattributed 0 uncounted 0\n"},
		{"but no more than one for each CPU", UDP("0 0 0 0") ONE("0"),
		 UDP("2000 2000 0 0") ONE("1998"),
		 "sockets 1998 counted 2000 attributed 1998 unattributed 2 uncounted 0\n"},
		{"and none without a load", UDP("0 0 0 0") ONE("0"),
		 UDP("1999 1999 0 0") ONE("1998"),
		 "sockets 1998 counted 1999 attributed 1998 unattributed 1 uncounted 0\n"},
		{"it begins while the first sample is taken",
		 UDP("0 0 0 0") ONE("5") UDP("10 10 0 0"),
		 UDP("1000 1000 0 0") ONE("1000") UDP("1000 1000 0 0"),
		 "sockets 995 counted 995 attributed 995 unattributed 0 uncounted 0\n"},
		{"it begins while the second is taken", UDP("0 0 0 0") ONE("0") UDP("0 0 0 0"),
		 UDP("0 0 0 0") ONE("5") UDP("10 10 0 0"),
		 "sockets 5 counted 5 attributed 5 unattributed 0 uncounted 0\n"},
	};

	(void)state;
	try_pairs(cases, COUNT(cases), VIEW_ATTRIBUTION);
}

static void without_a_table_or_a_counter_nothing_is_known(void **state)
{
	static const struct pair_case cases[] = {
		{"no counters: the sockets' loss is all there is", ONE("0"), ONE("5"),
		 "drop sk_drops - 5 lost 5\nudp/127.0.0.1:9999 5\nattribution unknown\n"},
		{"no sockets", UDP("0 0 0 0"), UDP("5 5 0 0"),
		 "drop UdpInErrors - 5 counted\ndrop UdpRcvbufErrors - 5 lost 5\n"
		 "attribution unknown\n"},
		{"IPv6 counters without its sockets", UDP("0 0 0 0") UDP6("0", "0") ONE("0"),
		 UDP("0 0 0 0") UDP6("5", "5") ONE("0"),
		 "drop Udp6InErrors - 5 counted\ndrop Udp6RcvbufErrors - 5 lost 5\n"
		 "attribution unknown\n"},
		{"IPv6 sockets without its counters", UDP("0 0 0 0") ONE("0") ONE6("0"),
		 UDP("0 0 0 0") ONE("0") ONE6("5"),
		 "drop sk_drops - 5 lost 5\nudp6/[::]:9999 5\nattribution unknown\n"},
		{"a table that does not parse", UDP("0 0 0 0") ONE("0"),
		 UDP("5 5 0 0") TABLE("udp", "  100: 0100007F:270F\n"),
		 "drop UdpInErrors - 5 counted\ndrop UdpRcvbufErrors - 5 lost 5\n"
		 "attribution unknown\n"},
		{"IPv6 is off", UDP("0 0 0 0") ONE("0"), UDP("5 5 0 0") ONE("5"),
		 "drop UdpInErrors - 5 counted\ndrop UdpRcvbufErrors - 5 lost 5\n"
		 "udp/127.0.0.1:9999 5\n"
		 "sockets 5 counted 5 attributed 5 unattributed 0 uncounted 0\n"},
	};

	(void)state;
	try_pairs(cases, COUNT(cases), VIEW_MOVED | VIEW_ATTRIBUTION);
}

#define PIECES AT("rxpath/listing/udp", "in pieces\n")
#define TWO(one, two) TABLE("udp", SOCKET4("270F", "7", one) SOCKET4("2710", "8", two))

/* While sockets come and go, a listing that comes in pieces may leave one out that is there. */
#define FULL_MEMORY \
	NET("sockstat", "UDP: inuse 2 mem 95\n") AT("/proc/sys/net/ipv4/udp_mem", "25\t50\t100\n")

static void what_a_listing_left_out_is_not_new(void **state)
{
	static const struct pair_case cases[] = {
		{"not listed before: it may have been disconnected", UDP("0 0 0 0") ONE("0"),
		 UDP("0 0 0 0") TWO("0", "4999"),
		 "sockets 0 counted 0 attributed 0 unattributed 0 uncounted 0\n"
		 "unknown unknown ok ok ok ok -> unknown, lost 0\n"},
		{"not listed before: as much as was counted", UDP("0 0 0 0") ONE("0"),
		 UDP("30 30 0 0") TWO("0", "721"),
		 "drop UdpInErrors - 30 counted\ndrop UdpRcvbufErrors - 30 lost 30\n"
		 "udp/127.0.0.1:10000 30 new\n"
		 "sockets 30 counted 30 attributed 30 unattributed 0 uncounted 0\n"
		 "unknown unknown ok ok ok drop -> drop, lost 30\n"},
		{"not listed before, and the memory for UDP is used up: it is new",
		 UDP("0 0 0 0") ONE("0"), UDP("0 0 0 0") TWO("0", "4999") FULL_MEMORY,
		 "drop sk_drops - 4999 lost 4999\npressure udp_mem_used - 95\n"
		 "udp/127.0.0.1:10000 4999 new\n"
		 "sockets 4999 counted 0 attributed 0 unattributed 0 uncounted 4999\n"
		 "unknown unknown ok ok ok drop -> drop, lost 4999\n"},
		{"in pieces: more than was counted cannot be of this interval",
		 UDP("0 0 0 0") ONE("0") PIECES, UDP("0 0 0 0") TWO("0", "4999") PIECES,
		 "sockets 0 counted 0 attributed 0 unattributed 0 uncounted 0\n"
		 "unknown unknown ok ok ok ok -> unknown, lost 0\n"},
		{"in pieces: as much as was counted, and no other socket has",
		 UDP("0 0 0 0") ONE("0") PIECES, UDP("60 60 0 0") TWO("10", "50") PIECES,
		 "drop UdpInErrors - 60 counted\ndrop UdpRcvbufErrors - 60 lost 60\n"
		 "udp/127.0.0.1:10000 50 new\nudp/127.0.0.1:9999 10\n"
		 "sockets 60 counted 60 attributed 60 unattributed 0 uncounted 0\n"
		 "unknown unknown ok ok ok drop -> drop, lost 60\n"},
		{"in pieces: a socket that was listed is believed all the same",
		 UDP("0 0 0 0") ONE("0") PIECES, UDP("0 0 0 0") ONE("547") PIECES,
		 "drop sk_drops - 547 lost 547\nudp/127.0.0.1:9999 547\n"
		 "sockets 547 counted 0 attributed 0 unattributed 0 uncounted 547\n"
		 "unknown unknown ok ok ok drop -> drop, lost 547\n"},
	};

	(void)state;
	try_pairs(cases, COUNT(cases), VIEW_MOVED | VIEW_ATTRIBUTION | VIEW_STATES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(drops_find_their_sockets),
		cmocka_unit_test(what_only_the_sockets_know_is_lost_once),
		cmocka_unit_test(readings_around_the_sockets_leave_room),
		cmocka_unit_test(without_a_table_or_a_counter_nothing_is_known),
		cmocka_unit_test(what_a_listing_left_out_is_not_new),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
