/* test_bounds.c: what is read twice moved at least so much and at most so much; a difference of two
 * figures is claimed from the least of one and the most of the other. */
#include "analyse/steps.h"
#include "support.h"

struct moved {
	struct rxpath_sample before, after;
	struct match match;
};

static void begin(struct moved *moved, const char *before, const char *after)
{
	moved->before = sample_of(before);
	moved->after = sample_of(after);
	moved->match = (struct match){.before = &moved->before, .after = &moved->after};
	assert_true(rxpath_match(&moved->match));
}

static void end(struct moved *moved)
{
	rxpath_match_free(&moved->match);
	rxpath_sample_free(&moved->before);
	rxpath_sample_free(&moved->after);
}

static void one_figure(void **state)
{
	static const struct {
		const char *counter;
		uint64_t before, before_reread, after, after_reread;
		uint64_t delta, min, max;
		unsigned flags;
	} cases[] = {
		{"UdpInErrors", 10, 10, 15, 15, 5, 5, 5, 0},
		{"UdpInErrors", 10, 12, 15, 18, 5, 3, 8, 0},
		/* The second reading of the first sample came after all that moved. */
		{"UdpInErrors", 10, 15, 15, 15, 5, 0, 5, 0},
		{"UdpInErrors", 10, 16, 15, 15, 5, 0, 5, 0},
		/* What began anew owes nothing to what was read of it before. */
		{"UdpInErrors", 10, 13, 4, 6, 4, 4, 6, RXPATH_FLAG_RESET},
		{"UdpInErrors", 4294967295, 4294967295, 0, 2, 1, 1, 3, RXPATH_FLAG_WRAPPED},
		/* A fall by half of the range, and by more. */
		{"UdpInErrors", 2147483648, 2147483648, 0, 0, 0, 0, 0, RXPATH_FLAG_RESET},
		{"UdpInErrors", 2147483649, 2147483649, 0, 0, 2147483647, 2147483647, 2147483647,
		 RXPATH_FLAG_WRAPPED},
		/* By the whole range, which 32 bits do not hold. */
		{"UdpInErrors", 4294967295, 4294967295, 0, 0, 1, 1, 1, RXPATH_FLAG_WRAPPED},
		{"UdpInErrors", 4294967296, 4294967296, 0, 0, 0, 0, 0, RXPATH_FLAG_RESET},
		/* Of 64 bits none wraps. */
		{"rx_dropped", 4294967295, 4294967295, 1, 1, 1, 1, 1, RXPATH_FLAG_RESET},
		{"no_such_name", 4294967295, 4294967295, 1, 1, 1, 1, 1, RXPATH_FLAG_RESET},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct rxpath_counter *counter =
			rxpath_catalogue_find(rxpath_slice_of(cases[i].counter));
		const struct rxpath_reading before = {
			.counter = counter,
			.value = cases[i].before,
			.reread = cases[i].before_reread,
		};
		const struct rxpath_reading after = {
			.counter = counter,
			.value = cases[i].after,
			.reread = cases[i].after_reread,
		};
		struct change change = rxpath_change(&before, &after);

		assert_int_equal(change.before, cases[i].before);
		assert_int_equal(change.after, cases[i].after);
		assert_int_equal(change.delta, cases[i].delta);
		assert_int_equal(change.min, cases[i].min);
		assert_int_equal(change.max, cases[i].max);
		assert_int_equal(change.flags, cases[i].flags);
		change = rxpath_change(NULL, &after);
		assert_int_equal(change.before, 0);
		assert_int_equal(change.min, cases[i].after);
		assert_int_equal(change.max, cases[i].after_reread);
	}
}

#define IP(values) \
	NET("snmp", "Ip: InReceives ReasmReqds ReasmOKs InDelivers ForwDatagrams OutRequests " \
		    "OutTransmits OutDiscards OutNoRoutes FragFails\nIp: " values "\n")
#define REST NET("netstat", "IpExt: InNoRoutes\nIpExt: 0\n")

/* Each figure rises by another power of ten between the two readings of a sample. */
static void packets_that_ip_took(void **state)
{
	struct moved moved;
	struct bounds taken;

	(void)state;
	begin(&moved, IP("0 0 0 0 0 0 0 0 0 0") REST IP("1 10 100 1000 0 0 0 0 0 0"),
	      IP("5000000 30000 20000 4000000 0 0 0 0 0 0")
		      REST IP("5000002 30020 20200 4002000 0 0 0 0 0 0"));
	taken = rxpath_taken_on_input(&moved.match, RXPATH_IPV4);
	/* Received 4999999 to 5000002, made whole 19900 to 20200; fragments 29990 to 30020,
	 * delivered 3999000 to 4002000, and on their way up to 64. */
	assert_int_equal(taken.min, 4999999 + 19900 - (30020 + 4002000 + 64));
	assert_int_equal(taken.max, 5000002 + 20200 - (29990 + 3999000));
	end(&moved);

	/* Nothing is on its way where nothing moved during the readings. */
	begin(&moved, IP("0 0 0 0 0 0 0 0 0 0") REST, IP("100 0 0 40 0 0 0 0 0 0") REST);
	taken = rxpath_taken_on_input(&moved.match, RXPATH_IPV4);
	assert_int_equal(taken.min, 60);
	assert_int_equal(taken.max, 60);
	end(&moved);

	/* Either reading tells that packets keep coming. */
	begin(&moved, IP("0 0 0 0 0 0 0 0 0 0") REST IP("1 0 0 0 0 0 0 0 0 0"),
	      IP("100 0 0 20 0 0 0 0 0 0") REST);
	assert_int_equal(rxpath_taken_on_input(&moved.match, RXPATH_IPV4).min, 99 - 20 - 64);
	end(&moved);
	begin(&moved, IP("0 0 0 0 0 0 0 0 0 0") REST,
	      IP("100 0 0 20 0 0 0 0 0 0") REST IP("101 0 0 20 0 0 0 0 0 0"));
	assert_int_equal(rxpath_taken_on_input(&moved.match, RXPATH_IPV4).min, 100 - 20 - 64);
	end(&moved);
}

static void packets_that_were_to_be_forwarded(void **state)
{
	struct moved moved;

	(void)state;
	begin(&moved, IP("0 0 0 0 0 0 0 0 0 0") REST IP("0 0 0 0 1 10 100 5 3 2"),
	      IP("0 0 0 0 3000 500 1000 50 7 9") REST IP("0 0 0 0 3002 520 1200 56 11 17"));
	/* Forwarded 2999 to 3002, own 490 to 520; sent 900 to 1200, discarded at most 56, 11
	 * and 17. */
	assert_int_equal(rxpath_taken_when_forwarded(&moved.match, RXPATH_IPV4),
			 2999 + 490 - (1200 + 64 + 56 + 11 + 17));
	/* Own packets cannot be told from those that are forwarded. */
	assert_int_equal(rxpath_own_not_sent(&moved.match, RXPATH_IPV4), 56);
	end(&moved);

	begin(&moved, IP("0 0 0 0 0 0 0 0 0 0") REST IP("0 0 0 0 0 10 100 5 0 0"),
	      IP("0 0 0 0 0 2000 1000 50 0 0") REST IP("0 0 0 0 0 2020 1200 56 0 0"));
	assert_int_equal(rxpath_own_not_sent(&moved.match, RXPATH_IPV4), 2020 - 900);
	assert_int_equal(rxpath_taken_when_forwarded(&moved.match, RXPATH_IPV4), 0);
	end(&moved);

	/* More was sent than the host made, or hardly less: the discards alone are known. */
	begin(&moved, IP("0 0 0 0 0 0 0 0 0 0") REST, IP("0 0 0 0 0 900 1000 50 0 0") REST);
	assert_int_equal(rxpath_own_not_sent(&moved.match, RXPATH_IPV4), 50);
	end(&moved);
	begin(&moved, IP("0 0 0 0 0 0 0 0 0 0") REST, IP("0 0 0 0 0 1030 1000 50 0 0") REST);
	assert_int_equal(rxpath_own_not_sent(&moved.match, RXPATH_IPV4), 50);
	end(&moved);
	begin(&moved, IP("0 0 0 0 0 0 0 0 0 0") REST, IP("0 0 0 0 0 1000 0 50 0 0") REST);
	assert_int_equal(rxpath_own_not_sent(&moved.match, RXPATH_IPV4), 50);
	end(&moved);
}

/* Each counter adds another digit. */
static void what_a_protocol_counted_of_its_sockets_losses(void **state)
{
	static const char before[] =
		NET("snmp", "Udp: RcvbufErrors MemErrors InErrors\nUdp: 0 0 0\n"
			    "UdpLite: RcvbufErrors MemErrors InErrors\nUdpLite: 0 0 0\n")
			NET("snmp6", "Udp6InErrors 0\n");
	static const char after[] =
		NET("snmp", "Udp: RcvbufErrors MemErrors InErrors\nUdp: 1 10 30000\n"
			    "UdpLite: RcvbufErrors MemErrors InErrors\nUdpLite: 2 20 50000\n")
			NET("snmp6",
			    "Udp6RcvbufErrors 100\nUdp6MemErrors 1000\nUdp6InErrors 400000\n"
			    "UdpLite6RcvbufErrors 200\nUdpLite6MemErrors 2000\n"
			    "UdpLite6InErrors 600000\n");
	static const struct {
		enum rxpath_protocol protocol;
		uint64_t min, max;
	} cases[] = {
		{RXPATH_UDP, 1111, 430000},
		{RXPATH_UDPLITE, 2222, 650000},
		{RXPATH_RAW, 0, 0},
		{RXPATH_ICMP, 0, 0},
		{RXPATH_TCP, 0, UINT64_MAX},
		{RXPATH_PACKET, 0, UINT64_MAX},
		{RXPATH_NETLINK, 0, UINT64_MAX},
		{RXPATH_XDP, 0, UINT64_MAX},
	};
	struct moved moved;

	(void)state;
	begin(&moved, before, after);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct bounds losses = rxpath_protocol_losses(&moved.match, cases[i].protocol);

		assert_int_equal(losses.min, cases[i].min);
		assert_int_equal(losses.max, cases[i].max);
	}
	end(&moved);
}

#define UDP(values) NET("snmp", "Udp: InErrors RcvbufErrors InCsumErrors\nUdp: " values "\n")

/* A parent and its children of one file, while packets keep coming. */
static void a_rest_of_their_own(void **state)
{
	static const struct pair_case cases[] = {
		{"the children's slack is never more than the parent moved",
		 UDP("0 0 0") UDP("0 50 0"), UDP("100 100 0"),
		 "drop UdpInErrors - 100 counted\ndrop UdpRcvbufErrors - 100 lost 100\n"},
		{"a parent that moved by less than may be in between", UDP("0 0 0") UDP("0 1 0"),
		 UDP("1 1 0"), "drop UdpInErrors - 1 counted\ndrop UdpRcvbufErrors - 1 lost 1\n"},
		{"one in between, as the first sample shows", UDP("0 0 0") UDP("1 1 0"),
		 UDP("12 10 0"),
		 "drop UdpInErrors - 12 counted\ndrop UdpRcvbufErrors - 10 lost 10\n"},
		{"one in between, as the second sample shows", UDP("0 0 0"),
		 UDP("12 10 0") UDP("13 11 0"),
		 "drop UdpInErrors - 12 counted\ndrop UdpRcvbufErrors - 10 lost 10\n"},
		{"more than may be in between", UDP("0 0 0"), UDP("13 10 0") UDP("14 11 0"),
		 "drop UdpInErrors - 13 lost 1\ndrop UdpRcvbufErrors - 10 lost 10\n"},
		{"nothing moves meanwhile", UDP("0 0 0"), UDP("11 10 0"),
		 "drop UdpInErrors - 11 lost 1\ndrop UdpRcvbufErrors - 10 lost 10\n"},
	};

	(void)state;
	try_pairs(cases, COUNT(cases), VIEW_MOVED);
}

#define TRACKED(drop) NET("stat/nf_conntrack", "entries drop\n00000001 " drop "\n")
#define WHOLE(received, delivered) \
	IP(received " 0 0 " delivered " 0 0 0 0 0 0") \
	NET("netstat", "IpExt: InNoRoutes\nIpExt: 0\n")

/* Connection tracking may have dropped up to what its second reading shows. */
static void what_else_took_them_is_taken_for_most(void **state)
{
	static const struct pair_case cases[] = {
		{"as its second reading shows", TRACKED("00000000") WHOLE("0", "0"),
		 TRACKED("00000005") WHOLE("100", "90") TRACKED("0000000a"),
		 "reject ip_residual - 10 counted\ndrop nf_conntrack_drop - 5 lost 5\n"},
		{"more than that", TRACKED("00000000") WHOLE("0", "0"),
		 TRACKED("00000005") WHOLE("101", "90") TRACKED("0000000a"),
		 "reject ip_residual - 11\ndrop nf_conntrack_drop - 5 lost 5\n"},
	};

	(void)state;
	try_pairs(cases, COUNT(cases), VIEW_MOVED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_figure),
		cmocka_unit_test(packets_that_ip_took),
		cmocka_unit_test(packets_that_were_to_be_forwarded),
		cmocka_unit_test(what_a_protocol_counted_of_its_sockets_losses),
		cmocka_unit_test(a_rest_of_their_own),
		cmocka_unit_test(what_else_took_them_is_taken_for_most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
