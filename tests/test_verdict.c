/* test_verdict.c: what the user asked for, what is tolerated, and what the exit status is. */
#include "support.h"

#define STAGE(name) (1u << RXPATH_STAGE_##name)

/* Two samples, two seconds apart, that hold all that every kernel has. */
#define SAMPLE(seconds, udp, device, squeeze, conntrack, sockets) \
	META("monotonic " seconds "\n") \
	NET("snmp", "Ip: InReceives InDelivers\nIp: 0 0\n" \
		    "Udp: RcvbufErrors InErrors InCsumErrors NoPorts\nUdp: " udp "\n") \
	NET("netstat", "TcpExt: ListenDrops\nTcpExt: 0\n") \
	AT("rxpath/link", \
	   "ifindex name rx_packets rx_dropped rx_missed_errors\n1 lo 0 0 0\n2 eth0 " device "\n") \
	NET("dev", "Inter-| R | T\n face |packets drop|bytes\n lo: 0 0 0\neth0: 0 0 0\n") \
	NET("softnet_stat", \
	    "00000001 00000000 " squeeze " 00000000 00000000 00000000 00000000 00000000 " \
	    "00000000 00000000 00000000 00000000 00000000\n") \
	NET("stat/nf_conntrack", "entries drop\n00000000 " conntrack "\n") TABLE("udp", sockets)

#define IDLE \
	SAMPLE("10.0", "0 0 0 0", "0 0 0", "00000000", "00000000", \
	       SOCKET4("270F", "7", "0") SOCKET4("270E", "8", "0"))
/* Everything moves: 20 overflows, 3 bad checksums, 4 missed, 5 dropped, a squeeze, 6 of conntrack,
 * 7 to closed ports. */
#define BUSY \
	SAMPLE("12.0", "20 23 3 7", "100 5 4", "00000001", "00000006", \
	       SOCKET4("270F", "7", "15") SOCKET4("270E", "8", "5"))
#define DROPPED \
	SAMPLE("12.0", "20 20 0 0", "0 0 0", "00000000", "00000000", \
	       SOCKET4("270F", "7", "15") SOCKET4("270E", "8", "5"))
#define SUSPECT SAMPLE("12.0", "0 0 0 0", "9 5 0", "00000000", "00000000", "")
#define ODD SAMPLE("12.0", "0 0 0 0", "0 0 0\n3 a\\x7Fb 9 5 0", "00000000", "00000000", "")
#define PRESSURE SAMPLE("12.0", "0 0 0 0", "9 0 0", "00000001", "00000000", "")
#define REJECT SAMPLE("12.0", "0 0 0 7", "9 0 0", "00000000", "00000000", "")
#define CHECKSUMS SAMPLE("12.0", "0 3 3 0", "9 0 0", "00000000", "00000000", "")

static void try_status(const char *name, const char *after, const struct rxpath_criteria *criteria,
		       int status)
{
	char expected[16];
	char *got = report_of(IDLE, after, criteria, VIEW_STATUS);

	snprintf(expected, sizeof expected, "exit %d\n", status);
	if (strcmp(got, expected) != 0) {
		char *all = report_of(IDLE, after, criteria, ~0u);

		fail_msg("%s: expected %sgot\n%s", name, expected, all);
	}
	free(got);
}

static void each_kind_includes_those_before_it(void **state)
{
	/* The status for --fail-on drop, suspect, pressure, reject, never. */
	static const struct {
		const char *name, *after;
		int status[RXPATH_KINDS];
	} cases[] = {
		{"idle", IDLE, {0, 0, 0, 0, 0}},       {"drop", DROPPED, {1, 1, 1, 1, 0}},
		{"suspect", SUSPECT, {0, 1, 1, 1, 0}}, {"pressure", PRESSURE, {0, 0, 1, 1, 0}},
		{"reject", REJECT, {0, 0, 0, 1, 0}},   {"busy", BUSY, {1, 1, 1, 1, 0}},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		for (enum rxpath_kind kind = 0; kind < RXPATH_KINDS; kind++) {
			const struct rxpath_criteria criteria = {.fail_on = kind};

			try_status(cases[i].name, cases[i].after, &criteria, cases[i].status[kind]);
		}
}

static void allowances_tolerate_what_they_name(void **state)
{
#define ANY(subject, counter) \
	{ \
		subject, counter, false, \
		{ \
			0, 0, false \
		} \
	}
#define UPTO(subject, counter, packets, billionths, per_second) \
	{ \
		subject, counter, true, \
		{ \
			packets, billionths, per_second \
		} \
	}
	static const struct {
		const char *name, *after;
		struct rxpath_allowance allowances[2];
		size_t count;
		int status;
	} cases[] = {
		{"any number of it", DROPPED, {ANY(NULL, "UdpRcvbufErrors")}, 1, 0},
		{"by pattern", DROPPED, {ANY(NULL, "Udp*Errors")}, 1, 0},
		{"just enough", DROPPED, {UPTO(NULL, "UdpRcvbufErrors", 20, 0, false)}, 1, 0},
		{"one too few", DROPPED, {UPTO(NULL, "UdpRcvbufErrors", 19, 0, false)}, 1, 1},
		{"a little too few",
		 DROPPED,
		 {UPTO(NULL, "UdpRcvbufErrors", 19, 999999999, false)},
		 1,
		 1},
		{"none", DROPPED, {UPTO(NULL, "UdpRcvbufErrors", 0, 0, false)}, 1, 1},
		{"ten a second for two seconds",
		 DROPPED,
		 {UPTO(NULL, "UdpRcvbufErrors", 10, 0, true)},
		 1,
		 0},
		{"nine a second", DROPPED, {UPTO(NULL, "UdpRcvbufErrors", 9, 0, true)}, 1, 1},
		{"something else", DROPPED, {ANY(NULL, "rx_*")}, 1, 1},
		{"on another subject", DROPPED, {ANY("eth0", "UdpRcvbufErrors")}, 1, 1},
		{"the namespace's subject", DROPPED, {ANY("-", "UdpRcvbufErrors")}, 1, 0},
		{"one of two sockets", DROPPED, {ANY("udp/127.0.0.1:9999", "sk_drops")}, 1, 1},
		{"both sockets, by their own names",
		 DROPPED,
		 {ANY("udp/127.0.0.1:9999", "sk_drops"),
		  UPTO("udp/*:9998", "sk_drops", 5, 0, false)},
		 2,
		 0},
		{"both sockets, one over its limit",
		 DROPPED,
		 {ANY("udp/127.0.0.1:9999", "sk_drops"),
		  UPTO("udp/*:9998", "sk_drops", 4, 0, false)},
		 2,
		 1},
		{"sockets' allowance covers no checksums of nobody's",
		 CHECKSUMS,
		 {ANY("udp/*", "sk_drops")},
		 1,
		 1},
		{"a suspect kind", SUSPECT, {ANY("eth?", "rx_dropped")}, 1, 0},
		{"a device as a report writes it", ODD, {ANY("a\\x7Fb", "rx_dropped")}, 1, 0},
		{"a device by its own name", ODD, {ANY("a\177b", "rx_dropped")}, 1, 0},
		{"another device", ODD, {ANY("a\\x7Fc", "rx_dropped")}, 1, 1},
		{"one of many", BUSY, {ANY(NULL, "Udp*")}, 1, 1},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct rxpath_criteria criteria = {
			.allowances = cases[i].allowances,
			.allowance_count = cases[i].count,
			.fail_on = RXPATH_KIND_SUSPECT,
		};

		try_status(cases[i].name, cases[i].after, &criteria, cases[i].status);
	}
}

static void what_is_allowed_is_shown_and_flagged(void **state)
{
	static const struct rxpath_allowance allowance = UPTO(NULL, "Udp*Errors", 20, 0, false);
	static const struct rxpath_criteria criteria = {.allowances = &allowance,
							.allowance_count = 1};
	char *got = report_of(IDLE, DROPPED, &criteria, VIEW_MOVED | VIEW_STATES | VIEW_STATUS);

	(void)state;
	assert_string_equal(got, "drop UdpInErrors - 20 counted allowed\n"
				 "drop UdpRcvbufErrors - 20 lost 20 allowed\n"
				 "udp/127.0.0.1:9999 15\nudp/127.0.0.1:9998 5\n"
				 "ok ok ok ok ok drop -> drop, lost 20\nexit 0\n");
	free(got);
}

static void a_number_of_losses_can_be_tolerated(void **state)
{
	static const struct {
		const char *name, *after;
		struct rxpath_limit most;
		int status;
	} cases[] = {
		{"none", DROPPED, {0, 0, false}, 1},
		{"all", DROPPED, {20, 0, false}, 0},
		{"one less", DROPPED, {19, 0, false}, 1},
		{"ten a second", DROPPED, {10, 0, true}, 0},
		{"nine and a half a second", DROPPED, {9, 500000000, true}, 1},
		{"of all stages together: 20 + 3 + 4 + 6", BUSY, {33, 0, false}, 0},
		{"one less of all stages", BUSY, {32, 0, false}, 1},
		{"nothing lost", REJECT, {0, 0, false}, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct rxpath_criteria criteria = {
			.max_lost = cases[i].most,
		};

		try_status(cases[i].name, cases[i].after, &criteria, cases[i].status);
	}
}

/* What an allowance covers of the sockets' losses is no part of the number that is tolerated. */
static void an_allowance_and_a_number_add_up(void **state)
{
	static const struct rxpath_allowance allowance = ANY("udp/127.0.0.1:9999", "sk_drops");
	struct rxpath_criteria criteria = {
		.allowances = &allowance,
		.allowance_count = 1,
		.max_lost = {5, 0, false},
	};

	(void)state;
	try_status("15 of one socket, 5 of the other", DROPPED, &criteria, 0);
	criteria.max_lost.packets = 4;
	try_status("one less", DROPPED, &criteria, 1);
}

/* A rate needs an interval, and saved samples without the program's own section have none. */
static void a_rate_of_an_unknown_interval_tolerates_nothing(void **state)
{
	static const struct rxpath_criteria criteria = {
		.stages = STAGE(SOCKET),
		.max_lost = {1000, 0, true},
	};
	char *got = report_of(NET("snmp", "Udp: RcvbufErrors\nUdp: 0\n"),
			      NET("snmp", "Udp: RcvbufErrors\nUdp: 1\n"), &criteria, VIEW_STATUS);

	(void)state;
	assert_string_equal(got, "exit 1\n");
	free(got);
}

static void only_what_is_asked_is_shown_and_judged(void **state)
{
	static const char *const eth[] = {"eth*"};
	static const char *const lo[] = {"lo", "docker*"};
	static const struct {
		const char *name;
		struct rxpath_criteria criteria;
		const char *expected;
	} cases[] = {
		{"everything",
		 {0},
		 "suspect rx_dropped eth0 5\ndrop rx_missed_errors eth0 4 lost 4\n"
		 "pressure softnet_time_squeeze cpu0 1\ndrop nf_conntrack_drop - 6 lost 6\n"
		 "drop UdpInCsumErrors - 3 lost 3\ndrop UdpInErrors - 23 counted\n"
		 "reject UdpNoPorts - 7\ndrop UdpRcvbufErrors - 20 lost 20\n"
		 "udp/127.0.0.1:9999 15\nudp/127.0.0.1:9998 5\n"
		 "drop pressure drop ok drop drop -> drop, lost 33\nexit 1\n"},
		{"a stage",
		 {.stages = STAGE(TRANSPORT)},
		 "drop UdpInCsumErrors - 3 lost 3\ndrop UdpInErrors - 23 counted\n"
		 "reject UdpNoPorts - 7\n"
		 "not asked not asked not asked not asked drop not asked -> drop, lost 3\n"
		 "exit 1\n"},
		{"stages without trouble",
		 {.stages = STAGE(IP) | STAGE(SOFTNET)},
		 "pressure softnet_time_squeeze cpu0 1\n"
		 "not asked pressure not asked ok not asked not asked -> pressure, lost 0\n"
		 "exit 0\n"},
		{"the sockets' stage",
		 {.stages = STAGE(SOCKET)},
		 "drop UdpRcvbufErrors - 20 lost 20\nudp/127.0.0.1:9999 15\nudp/127.0.0.1:9998 5\n"
		 "not asked not asked not asked not asked not asked drop -> drop, lost 20\n"
		 "exit 1\n"},
		{"devices",
		 {.stages = STAGE(DEVICE), .devices = eth, .device_count = 1},
		 "suspect rx_dropped eth0 5\ndrop rx_missed_errors eth0 4 lost 4\n"
		 "drop not asked not asked not asked not asked not asked -> drop, lost 4\n"
		 "exit 1\n"},
		{"other devices",
		 {.stages = STAGE(DEVICE), .devices = lo, .device_count = 2},
		 "ok not asked not asked not asked not asked not asked -> ok, lost 0\nexit 0\n"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *got = report_of(IDLE, BUSY, &cases[i].criteria,
				      VIEW_MOVED | VIEW_STATES | VIEW_STATUS);

		if (strcmp(got, cases[i].expected) != 0)
			fail_msg("%s: expected\n%sgot\n%s", cases[i].name, cases[i].expected, got);
		free(got);
	}
}

static void what_was_not_measured_is_not_healthy(void **state)
{
#define WITHOUT_SOFTNET \
	NET("snmp", "Udp: InErrors\nUdp: 0\n") \
	NET("dev", "Inter-| R | T\n face |packets|bytes\n") \
	NET("netstat", "TcpExt: ListenDrops\nTcpExt: 0\n") TABLE("udp", "")
#define DENIED(path) AT("rxpath/missing", path " 13 Permission denied\n")
	static const struct {
		const char *name, *after;
		unsigned stages;
		const char *expected;
	} cases[] = {
		{"what every kernel has", WITHOUT_SOFTNET, 0,
		 "ok unknown ok ok ok ok -> unknown, lost 0\n"
		 "/proc/net/softnet_stat: not in the sample\nexit 2\n"},
		{"and was not asked for", WITHOUT_SOFTNET, STAGE(IP),
		 "not asked not asked not asked ok not asked not asked -> ok, lost 0\n"
		 "/proc/net/softnet_stat: not in the sample\nexit 0\n"},
		{"does not exist, but should",
		 WITHOUT_SOFTNET AT("rxpath/missing", "/proc/net/softnet_stat 2 x\n"), 0,
		 "ok unknown ok ok ok ok -> unknown, lost 0\n"
		 "/proc/net/softnet_stat: No such file or directory\nexit 2\n"},
		{"does not exist, as in many kernels",
		 IDLE AT("rxpath/missing", "/proc/net/snmp6 2 x\n"
					   "/proc/net/udp6 2 x\n/proc/net/stat/rt_cache 2 x\n"),
		 0, "ok ok ok ok ok ok -> ok, lost 0\nexit 0\n"},
		{"exists and is denied", IDLE DENIED("/proc/net/stat/rt_cache"), 0,
		 "ok ok ok unknown ok ok -> unknown, lost 0\n"
		 "/proc/net/stat/rt_cache: Permission denied\nexit 2\n"},
		{"snmp6 does not parse", IDLE NET("snmp6", "Ip6InReceives\n"), 0,
		 "ok ok unknown unknown unknown unknown -> unknown, lost 0\n"
		 "/proc/net/snmp6: line 1: no value for: 'Ip6InReceives'\nexit 2\n"},
		{"a loss elsewhere is the worse news", BUSY NET("snmp6", "Ip6InReceives\n"), 0,
		 "drop pressure drop unknown drop drop -> drop, lost 33\n"
		 "/proc/net/snmp6: line 1: no value for: 'Ip6InReceives'\nexit 1\n"},
		{"a table of sockets of a rare kind", IDLE DENIED("/proc/net/udplite"), 0,
		 "ok ok ok ok ok unknown -> unknown, lost 0\n"
		 "/proc/net/udplite: Permission denied\nexit 2\n"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct rxpath_criteria criteria = {.stages = cases[i].stages};
		char *got = report_of(IDLE, cases[i].after, &criteria,
				      VIEW_STATES | VIEW_MISSING | VIEW_STATUS);

		if (strcmp(got, cases[i].expected) != 0)
			fail_msg("%s: expected\n%sgot\n%s", cases[i].name, cases[i].expected, got);
		free(got);
	}
}

/* More than half of the receive limit: one burst away from a loss. */
#define CAPTURE(drops) \
	AT("rxpath/packet", "device type drops rmem rcvbuf ring uid inode cookie\n" \
			    "eth0 0003 " drops " 0 8192 0 0 9 a\n")
#define LISTENER(drops) \
	AT("rxpath/listeners", "protocol local queue limit rmem rcvbuf drops uid inode cookie\n" \
			       "tcp 0.0.0.0:80 0 5 0 8192 " drops " 0 10 b\n")

/* What a capture missed is suspect, a listener's drops are TCP's; neither is UDP's loss. */
static void other_sockets_have_their_own_losses(void **state)
{
	static const struct rxpath_allowance packet = ANY("packet/*", "sk_drops");
	static const struct rxpath_allowance tcp = ANY("tcp/*", "sk_drops");
	const struct {
		const char *name, *before, *after;
		struct rxpath_criteria criteria;
		const char *expected;
	} cases[] = {
		{"listed, and lost nothing",
		 IDLE CAPTURE("5"),
		 IDLE CAPTURE("5"),
		 {.fail_on = RXPATH_KIND_REJECT, .all = true},
		 "ok -> ok, lost 0\nexit 0\n"},
		{"lost something",
		 IDLE CAPTURE("5"),
		 IDLE CAPTURE("6"),
		 {.fail_on = RXPATH_KIND_SUSPECT},
		 "suspect -> suspect, lost 0\nexit 1\n"},
		{"no drop",
		 IDLE CAPTURE("5"),
		 IDLE CAPTURE("6"),
		 {.fail_on = RXPATH_KIND_DROP},
		 "suspect -> suspect, lost 0\nexit 0\n"},
		{"is tolerated",
		 IDLE CAPTURE("5"),
		 IDLE CAPTURE("6"),
		 {.fail_on = RXPATH_KIND_SUSPECT, .allowances = &packet, .allowance_count = 1},
		 "suspect -> suspect, lost 0\nexit 0\n"},
		{"and does not excuse UDP",
		 IDLE CAPTURE("5"),
		 DROPPED CAPTURE("105"),
		 {.allowances = &packet, .allowance_count = 1},
		 "drop -> drop, lost 20\nexit 1\n"},
		{"a listener does not either",
		 IDLE LISTENER("5"),
		 DROPPED LISTENER("105") NET("netstat", "TcpExt: ListenDrops\nTcpExt: 100\n"),
		 {.allowances = &tcp, .allowance_count = 1},
		 "drop -> drop, lost 20\nexit 1\n"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *got = report_of(cases[i].before, cases[i].after, &cases[i].criteria,
				      VIEW_STATES | VIEW_STATUS);
		const char *expected = cases[i].expected;

		if (strlen(got) < strlen(expected) ||
		    strcmp(got + strlen(got) - strlen(expected), expected) != 0)
			fail_msg("%s: expected ... %sgot %s", cases[i].name, expected, got);
		free(got);
	}
}

/* Where a source failed in both samples, the first one's reason is given; also where the second
 * sample does not have it at all. */
static void the_first_failure_is_named(void **state)
{
#define NO_SNMP6(text) AT("rxpath/missing", "/proc/net/snmp6 " text "\n")
	static const char *const seconds[] = {NO_SNMP6("5 x"), NO_SNMP6("2 x"), ""};
	static const struct rxpath_criteria everything = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(seconds); i++) {
		char after[2000];
		char *got;

		snprintf(after, sizeof after, "%s%s", IDLE, seconds[i]);
		got = report_of(IDLE NO_SNMP6("13 x"), after, &everything, VIEW_MISSING);
		assert_string_equal(got, "/proc/net/snmp6: Permission denied\n");
		free(got);
	}
}

/* A listener's queue is used to its last place: only the last quarter counts. */
static void a_full_accept_queue_is_pressure(void **state)
{
#define ACCEPT(queue, limit) \
	IDLE AT("rxpath/listeners", \
		"protocol local queue limit rmem rcvbuf drops uid inode cookie\n" \
		"tcp 0.0.0.0:80 " queue " " limit " 0 8192 0 0 10 b\n")
	static const struct rxpath_criteria criteria = {.fail_on = RXPATH_KIND_PRESSURE};
	static const struct {
		const char *after, *expected;
	} cases[] = {
		{ACCEPT("6", "8"), "exit 0\n"},
		{ACCEPT("7", "8"), "tcp/0.0.0.0:80 0 full\nexit 1\n"},
		{ACCEPT("0", "0"), "exit 0\n"},
		{ACCEPT("1", "0"), "tcp/0.0.0.0:80 0 full\nexit 1\n"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *got = report_of(ACCEPT("0", "8"), cases[i].after, &criteria,
				      VIEW_MOVED | VIEW_STATUS);

		assert_string_equal(got, cases[i].expected);
		free(got);
	}
}

static void a_full_queue_is_pressure(void **state)
{
#define QUEUE(bytes, rcvbuf) LOSSY(bytes, "0", rcvbuf)
#define LOSSY(bytes, drops, rcvbuf) \
	IDLE NET("udp6", UDP_HEADER " rcvbuf rmem cookie\n" \
				    "   0: 00000000000000000000000001000000:0035 " \
				    "00000000000000000000000000000000:0000 07 " \
				    "00000000:" bytes " 00:00000000 00000000 0 0 9 2 0 " drops \
				    " " rcvbuf " - 0\n")
#define SUBJECT "udp6/[::1]:53"
	static const struct {
		const char *name, *after;
		enum rxpath_kind fail_on;
		size_t allowed;
		const char *expected;
		struct rxpath_allowance allowance;
	} cases[] = {
		{"half", QUEUE("00001000", "8192"), RXPATH_KIND_PRESSURE, 0, "exit 0\n",
		 ANY(NULL, "")},
		{"more", QUEUE("00001001", "8192"), RXPATH_KIND_PRESSURE, 0,
		 "udp6/[::1]:53 0 full\nexit 1\n", ANY(NULL, "")},
		{"more, and not asked to fail", QUEUE("00001001", "8192"), RXPATH_KIND_DROP, 0,
		 "udp6/[::1]:53 0 full\nexit 0\n", ANY(NULL, "")},
		{"more, and allowed", QUEUE("00001001", "8192"), RXPATH_KIND_PRESSURE, 1,
		 "udp6/[::1]:53 0 full allowed\nexit 0\n", ANY(SUBJECT, "sk_rx_queue")},
		{"as much as is allowed", QUEUE("00001001", "8192"), RXPATH_KIND_PRESSURE, 1,
		 "udp6/[::1]:53 0 full allowed\nexit 0\n",
		 UPTO(SUBJECT, "sk_rx_queue", 4097, 0, false)},
		{"more than is allowed", QUEUE("00001001", "8192"), RXPATH_KIND_PRESSURE, 1,
		 "udp6/[::1]:53 0 full\nexit 1\n", UPTO(SUBJECT, "sk_rx_queue", 4096, 0, false)},
		{"losses are allowed, which it has none of", QUEUE("00001001", "8192"),
		 RXPATH_KIND_PRESSURE, 1, "udp6/[::1]:53 0 full\nexit 1\n",
		 ANY(SUBJECT, "sk_drops")},
		{"it lost packets too, which are not allowed", LOSSY("00001001", "5", "8192"),
		 RXPATH_KIND_PRESSURE, 1,
		 "drop sk_drops - 5 lost 5\nudp6/[::1]:53 5 full\nexit 1\n",
		 ANY(SUBJECT, "sk_rx_queue")},
		{"no limit known", QUEUE("00100000", "-"), RXPATH_KIND_PRESSURE, 0, "exit 0\n",
		 ANY(NULL, "")},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct rxpath_criteria criteria = {
			.fail_on = cases[i].fail_on,
			.allowances = &cases[i].allowance,
			.allowance_count = cases[i].allowed,
		};
		char *got = report_of(QUEUE("00000000", "8192"), cases[i].after, &criteria,
				      VIEW_MOVED | VIEW_STATUS);

		if (strcmp(got, cases[i].expected) != 0)
			fail_msg("%s: expected\n%sgot\n%s", cases[i].name, cases[i].expected, got);
		free(got);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_includes_those_before_it),
		cmocka_unit_test(allowances_tolerate_what_they_name),
		cmocka_unit_test(what_is_allowed_is_shown_and_flagged),
		cmocka_unit_test(a_number_of_losses_can_be_tolerated),
		cmocka_unit_test(an_allowance_and_a_number_add_up),
		cmocka_unit_test(a_rate_of_an_unknown_interval_tolerates_nothing),
		cmocka_unit_test(only_what_is_asked_is_shown_and_judged),
		cmocka_unit_test(what_was_not_measured_is_not_healthy),
		cmocka_unit_test(other_sockets_have_their_own_losses),
		cmocka_unit_test(the_first_failure_is_named),
		cmocka_unit_test(a_full_accept_queue_is_pressure),
		cmocka_unit_test(a_full_queue_is_pressure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
