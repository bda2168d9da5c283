/* test_sample.c: one moment: second readings, order, devices, what was read and what was not. */
#include <errno.h>

#include "rxpath/device.h"
#include "rxpath/search.h"
#include "support.h"

static const struct rxpath_reading *reading_of(const struct rxpath_sample *sample, const char *name)
{
	return rxpath_sample_find(sample, name, NULL);
}

static void a_second_reading_is_the_late_one(void **state)
{
	struct rxpath_sample sample = sample_of(
		NET("snmp", "Udp: InErrors NoPorts InDatagrams\nUdp: 5 0 7\n") TABLE("udp", "")
			NET("snmp", "Udp: InErrors NoPorts InDatagrams\nUdp: 8 3 7\n"));

	(void)state;
	assert_int_equal(reading_of(&sample, "UdpInErrors")->value, 5);
	assert_int_equal(reading_of(&sample, "UdpInErrors")->reread, 8);
	/* It was 0 at the first reading, and left out there. */
	assert_int_equal(reading_of(&sample, "UdpNoPorts")->value, 0);
	assert_int_equal(reading_of(&sample, "UdpNoPorts")->reread, 3);
	assert_int_equal(reading_of(&sample, "UdpInDatagrams")->reread, 7);
	assert_int_equal(sample.reading_count, 3);
	rxpath_sample_free(&sample);
}

static void one_reading_is_both(void **state)
{
	struct rxpath_sample sample = sample_of(NET("snmp", "Udp: InErrors\nUdp: 5\n"));

	(void)state;
	assert_int_equal(reading_of(&sample, "UdpInErrors")->value, 5);
	assert_int_equal(reading_of(&sample, "UdpInErrors")->reread, 5);
	assert_null(reading_of(&sample, "UdpNoPorts"));
	assert_null(reading_of(&sample, "NoSuchCounter"));
	rxpath_sample_free(&sample);
}

/* Between two readings a counter may wrap or begin anew; the later one is never the smaller. */
static void a_late_reading_never_falls(void **state)
{
	struct rxpath_sample sample = sample_of(NET("snmp", "Udp: InErrors\nUdp: 4294967295\n")
							NET("snmp", "Udp: InErrors\nUdp: 3\n"));

	(void)state;
	assert_int_equal(reading_of(&sample, "UdpInErrors")->value, 4294967295u);
	assert_int_equal(reading_of(&sample, "UdpInErrors")->reread, 4294967295u);
	rxpath_sample_free(&sample);
}

/* Each device has a section of its own, which is no second reading of another's. */
static void sections_of_devices_are_no_second_readings(void **state)
{
	struct rxpath_sample sample = sample_of(AT("rxpath/ethtool/eth0", "my_drop 5\n")
							AT("rxpath/ethtool/eth1", "my_drop 7\n"));

	(void)state;
	assert_int_equal(sample.reading_count, 2);
	assert_int_equal(sample.readings[0].value, 5);
	assert_int_equal(sample.readings[1].value, 7);
	rxpath_sample_free(&sample);
}

static void zeros_are_kept_where_they_are_wanted(void **state)
{
	static const char text[] = NET("snmp", "Udp: InErrors FutureDrops\nUdp: 0 0\n");
	struct rxpath_builder builder;
	struct rxpath_sample sample;

	(void)state;
	sample = sample_of(text);
	assert_null(reading_of(&sample, "UdpInErrors"));
	rxpath_sample_free(&sample);
	rxpath_builder_begin(&builder, &sample, &(struct rxpath_request){.keep_zeros = true});
	take_bundle(&builder, text);
	rxpath_builder_finish(&builder);
	assert_non_null(reading_of(&sample, "UdpInErrors"));
	assert_int_equal(sample.reading_count, 1);
	rxpath_sample_free(&sample);
}

static void readings_stand_in_path_order(void **state)
{
	struct rxpath_sample sample = sample_of(
		NET("snmp", "Udp: RcvbufErrors InErrors\nUdp: 1 1\nIp: InReceives\nIp: 1\n") NET(
			"stat/nf_conntrack", "entries drop\n00000000 00000001\n")
			NET("softnet_stat", "00000001 00000001 00000001 00000000 00000000 00000000 "
					    "00000000 00000000 "
					    "00000000 00000000 00000000 00000000 00000003\n"
					    "00000001 00000001 00000001 00000000 00000000 00000000 "
					    "00000000 00000000 "
					    "00000000 00000000 00000000 00000000 00000001\n")
				STATISTIC("eth1", "rx_errors", "1")
					STATISTIC("eth0", "rx_errors", "1"));
	static const struct {
		const char *name, *device;
		uint32_t cpu;
	} order[] = {
		{"rx_errors", "eth0", 0},	 {"rx_errors", "eth1", 0},
		{"softnet_dropped", "", 1},	 {"softnet_dropped", "", 3},
		{"softnet_processed", "", 1},	 {"softnet_processed", "", 3},
		{"softnet_time_squeeze", "", 1}, {"softnet_time_squeeze", "", 3},
		{"nf_conntrack_drop", "", 0},	 {"IpInReceives", "", 0},
		{"UdpInErrors", "", 0},		 {"UdpRcvbufErrors", "", 0},
	};

	(void)state;
	assert_int_equal(sample.reading_count, COUNT(order));
	for (size_t i = 0; i < COUNT(order); i++) {
		const struct rxpath_reading *reading = &sample.readings[i];

		assert_true(rxpath_reading_is(reading, order[i].name));
		assert_true(rxpath_slice_is(reading->subject.name, order[i].device));
		assert_int_equal(reading->subject.number, order[i].cpu);
		if (i > 0)
			assert_true(rxpath_reading_order(reading - 1, reading) < 0);
		assert_ptr_equal(rxpath_sample_find(&sample, order[i].name, &reading->subject),
				 reading);
	}
	rxpath_sample_free(&sample);
}

static void a_sockets_table_twice_is_read_once(void **state)
{
	struct rxpath_sample sample = sample_of(TABLE("udp", SOCKET4("0001", "1", "5"))
							TABLE("udp", SOCKET4("0001", "1", "6")));

	(void)state;
	assert_int_equal(sample.socket_count, 1);
	assert_int_equal(sample.sockets[0].drops, 5);
	rxpath_sample_free(&sample);
}

static enum rxpath_source_status status_of(const char *text, enum rxpath_source source)
{
	struct rxpath_sample sample = sample_of(text);
	enum rxpath_source_status status = sample.sources[source].status;

	rxpath_sample_free(&sample);
	return status;
}

static void what_became_of_a_source(void **state)
{
#define MISSING(text) AT("rxpath/missing", text)
	static const struct {
		const char *text;
		enum rxpath_source_status status;
	} cases[] = {
		{NET("dev", "x"), RXPATH_NOT_SEEN},
		{NET("snmp", "Udp: InErrors\nUdp: 1\n"), RXPATH_READ},
		{MISSING("/proc/net/snmp 2 No such file or directory\n"), RXPATH_ABSENT},
		{MISSING("/proc/net/snmp 13 Permission denied\n"), RXPATH_FAILED},
		{MISSING("/proc/net/snmp 5\n"), RXPATH_FAILED},
		{MISSING("/proc/net/snmp 1 Operation not permitted\n"), RXPATH_FAILED},
		{MISSING("/proc/net/snmp 4095\n"), RXPATH_FAILED},
		{MISSING("/proc/net/snmp 4096\n"), RXPATH_NOT_SEEN},
		{MISSING("/proc/net/snmp\n"), RXPATH_NOT_SEEN},
		{MISSING("/proc/net/snmp 0 Success\n"), RXPATH_NOT_SEEN},
		{MISSING("/proc/net/snmp 99999 What\n"), RXPATH_NOT_SEEN},
		{MISSING("rxpath/missing 5 x\n/proc/net/snmp 5 x\n"), RXPATH_FAILED},
		{NET("snmp", ""), RXPATH_FAILED},
		{NET("snmp", "Udp: InErrors\nUdp: 1\n") NET("snmp", "Udp: InErrors\nUdp: x\n"),
		 RXPATH_FAILED},
		/* Once failed, a second reading does not make it whole. */
		{NET("snmp", "Udp: InErrors\nUdp: x\n") NET("snmp", "Udp: InErrors\nUdp: 1\n"),
		 RXPATH_FAILED},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		if (status_of(cases[i].text, RXPATH_SOURCE_SNMP) != cases[i].status)
			fail_msg("%s", cases[i].text);
}

/* The same file goes by several names: tail's, a process's, sosreport's. */
static void a_file_is_known_by_its_path(void **state)
{
	static const struct {
		const char *path;
		bool known;
	} cases[] = {
		{"/proc/net/snmp", true},
		{"/proc/1/net/snmp", true},
		{"/proc/self/net/snmp", true},
		{"/proc/thread-self/net/snmp", true},
		{"proc/net/snmp", true},
		{"./proc/net/snmp", true},
		{"sosreport-host/proc/net/snmp", true},
		{"/net/snmp", false},
		{"/proc/snmp", false},
		{"/proc/net/snmp.old", false},
		{"/proc/net/xsnmp", false},
		{"snmp", false},
		{"/proc/net/", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct rxpath_section section = {
			rxpath_slice_of(cases[i].path),
			rxpath_slice_of("Udp: InErrors\nUdp: 1\n"),
			0,
		};
		struct rxpath_builder builder;
		struct rxpath_sample sample;
		struct rxpath_error error = {0};

		rxpath_builder_begin(&builder, &sample, NULL);
		assert_true(rxpath_parse_section(&builder, &section, &error));
		if ((sample.sources[RXPATH_SOURCE_SNMP].status == RXPATH_READ) != cases[i].known)
			fail_msg("%s", cases[i].path);
		rxpath_sample_free(&sample);
	}
}

static void devices_are_told_apart_by_their_names(void **state)
{
	struct rxpath_builder builder;
	struct rxpath_sample sample;
	struct rxpath_device *first;

	(void)state;
	rxpath_builder_begin(&builder, &sample, NULL);
	first = rxpath_builder_device(&builder, rxpath_slice_of("a"));
	first->ifindex = 5;
	for (int i = 0; i < 300; i++) {
		char name[16];

		snprintf(name, sizeof name, "veth%d", i);
		assert_non_null(rxpath_builder_device(&builder, rxpath_slice_of(name)));
	}
	assert_int_equal(rxpath_builder_device(&builder, rxpath_slice_of("a"))->ifindex, 5);
	assert_int_equal(sample.device_count, 301);
	rxpath_sample_free(&sample);
}

/* Names that were made to fall on one slot of the table: behind too many others one is not found,
 * and nothing else is wrong. */
static void names_made_to_fall_together(void **state)
{
	struct rxpath_builder builder;
	struct rxpath_sample sample;
	char first[16] = "", name[16] = "";

	(void)state;
	rxpath_builder_begin(&builder, &sample, NULL);
	for (unsigned i = 0; sample.device_count < 600; i++) {
		snprintf(name, sizeof name, "v%u", i);
		if ((rxpath_hash_of(rxpath_slice_of(name)) & 2047) != 7)
			continue;
		assert_non_null(rxpath_builder_device(&builder, rxpath_slice_of(name)));
		if (!*first)
			memcpy(first, name, sizeof first);
	}
	assert_ptr_equal(rxpath_sample_find_device(&sample, rxpath_slice_of(first)),
			 &sample.devices[0]);
	assert_null(rxpath_sample_find_device(&sample, rxpath_slice_of(name)));
	rxpath_sample_free(&sample);
}

static void what_one_parser_added_is_taken_back_when_it_fails(void **state)
{
	struct rxpath_sample sample = sample_of(
		NET("snmp", "Ip: InReceives\nIp: 5\nUdp: InErrors\nUdp: x\n")
			TABLE("udp", SOCKET4("0001", "1", "5") "rubbish\n") NET(
				"ptype", "Type Device Function\n0800          ip_rcv\nx\n")
				AT("rxpath/owners", "1 2 a\n1 x b\n") AT("rxpath/readers",
									 "pid state\n1 R\n2 RS\n")
					AT("rxpath/connections",
					   "protocol local remote inode cookie\n"
					   "tcp 1.2.3.4:5 6.7.8.9:5 1 1\ntcp 1.2.3.4:5 x 1 1\n")
						AT("rxpath/settings", "a 1\nb\n"));

	(void)state;
	assert_int_equal(sample.reading_count, 0);
	assert_int_equal(sample.socket_count, 0);
	assert_int_equal(sample.handler_count, 0);
	assert_int_equal(sample.owner_count, 0);
	assert_int_equal(sample.thread_count, 0);
	assert_int_equal(sample.connection_count, 0);
	assert_int_equal(sample.setting_count, 0);
	rxpath_sample_free(&sample);
}

/* One more of everything. */
static void add_one_of_each(struct rxpath_builder *builder)
{
	const struct rxpath_socket socket = {.inode = 7, .local = {.port = 9}};
	const struct rxpath_owner owner = {.comm = {"a", 1}, .cgroup = {"/b", 2}};
	const struct rxpath_thread thread = {.cpus = {"0", 1}, .cgroup = {"/b", 2}};
	const struct rxpath_handler handler = {{"0800", 4}, {"", 0}, {"ip_rcv", 6}};
	const struct rxpath_rule rule = {.name = {"r", 1}};

	assert_true(rxpath_builder_add(builder, rxpath_slice_of("UdpInErrors"),
				       (struct rxpath_subject){.kind = RXPATH_ON_NETNS}, 1));
	assert_true(rxpath_builder_add_socket(builder, &socket));
	assert_true(rxpath_builder_add_owner(builder, &owner));
	assert_true(rxpath_builder_add_cgroup(builder, 1, owner.cgroup));
	assert_true(rxpath_builder_add_connection(builder, &socket));
	assert_true(rxpath_builder_add_thread(builder, &thread));
	assert_true(rxpath_builder_add_handler(builder, &handler));
	assert_true(rxpath_builder_add_setting(builder, owner.comm, owner.cgroup));
	assert_true(rxpath_builder_add_rule(builder, &rule));
	assert_true(rxpath_builder_add_cpu(builder, 1));
}

/* Half of a bad file must leave nothing: neither a figure, nor a socket in a count. */
static void everything_can_be_taken_back(void **state)
{
	static const struct rxpath_request requests[] = {{0}, {.notable_only = true}};

	(void)state;
	for (size_t i = 0; i < COUNT(requests); i++) {
		struct rxpath_builder builder;
		struct rxpath_sample sample;
		struct rxpath_checkpoint before, after;

		rxpath_builder_begin(&builder, &sample, &requests[i]);
		add_one_of_each(&builder);
		before = rxpath_builder_checkpoint(&builder);
		add_one_of_each(&builder);
		rxpath_builder_roll_back(&builder, &before);
		after = rxpath_builder_checkpoint(&builder);
		assert_memory_equal(&before, &after, sizeof before);
		assert_int_equal(sample.reading_count, 1);
		assert_int_equal(sample.sockets_listed, 1);
		assert_int_equal(sample.record_count, 1);
		assert_int_equal(sample.socket_count, i == 0);
		assert_int_equal(sample.skipped_group_count, i == 1);
		assert_int_equal(sample.owner_count, 1);
		assert_int_equal(sample.cgroup_count, 1);
		assert_int_equal(sample.connection_count, 1);
		assert_int_equal(sample.thread_count, 1);
		assert_int_equal(sample.handler_count, 1);
		assert_int_equal(sample.setting_count, 1);
		assert_int_equal(sample.rule_count, 1);
		assert_int_equal(sample.cpu_count, 1);
		rxpath_sample_free(&sample);
	}
}

/* Two samples' CPUs are compared in one pass. */
static void cpus_are_sorted(void **state)
{
	struct rxpath_builder builder;
	struct rxpath_sample sample;

	(void)state;
	rxpath_builder_begin(&builder, &sample, NULL);
	assert_true(rxpath_builder_add_cpu(&builder, 2));
	assert_true(rxpath_builder_add_cpu(&builder, 0));
	assert_true(rxpath_builder_add_cpu(&builder, 1));
	rxpath_builder_finish(&builder);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(sample.cpus[i], i);
	rxpath_sample_free(&sample);
}

/* Of quiet sockets only one that may read an NFQUEUE. */
static void only_notable_sockets_are_kept(void **state)
{
	static const struct {
		struct rxpath_socket socket;
		bool kept;
	} cases[] = {
		{{.protocol = RXPATH_UDP, .rmem = RXPATH_UNKNOWN32}, false},
		{{.protocol = RXPATH_UDP, .rmem = 0}, false},
		{{.protocol = RXPATH_UDP, .rmem = 1}, true},
		{{.protocol = RXPATH_UDP, .rx_queue = 1}, true},
		{{.protocol = RXPATH_UDP, .drops = 1}, true},
		{{.protocol = RXPATH_UDP, .local = {.port = 12}}, false},
		{{.protocol = RXPATH_NETLINK, .local = {.port = 12}}, true},
		{{.protocol = RXPATH_NETLINK, .local = {.port = 0}}, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct rxpath_builder builder;
		struct rxpath_sample sample;

		rxpath_builder_begin(&builder, &sample,
				     &(struct rxpath_request){.notable_only = true});
		assert_true(rxpath_builder_add_socket(&builder, &cases[i].socket));
		assert_int_equal(sample.socket_count, cases[i].kept);
		rxpath_sample_free(&sample);
	}
}

/* What only root may see is held back, and no failure; a file of the kernel's is one. */
static void what_is_held_back(void **state)
{
	static const struct {
		const char *text;
		enum rxpath_source source;
		bool held_back;
	} cases[] = {
		{MISSING("rxpath/nftables 1 x\n"), RXPATH_SOURCE_NFTABLES, true},
		{MISSING("rxpath/nftables 13 x\n"), RXPATH_SOURCE_NFTABLES, true},
		{MISSING("rxpath/nftables 7 x\n"), RXPATH_SOURCE_NFTABLES, true},
		{MISSING("rxpath/nftables 5 x\n"), RXPATH_SOURCE_NFTABLES, false},
		{MISSING("rxpath/nftables 2 x\n"), RXPATH_SOURCE_NFTABLES, false},
		{AT("rxpath/nftables", "x\n"), RXPATH_SOURCE_NFTABLES, false},
		{MISSING("/proc/net/netfilter/nfnetlink_queue 1 x\n"), RXPATH_SOURCE_NFQUEUE, true},
		{MISSING("/proc/net/snmp 1 x\n"), RXPATH_SOURCE_SNMP, false},
		{MISSING("/proc/net/snmp 13 x\n"), RXPATH_SOURCE_SNMP, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct rxpath_sample sample = sample_of(cases[i].text);

		if (rxpath_source_is_held_back(&sample, cases[i].source) != cases[i].held_back)
			fail_msg("%s", cases[i].text);
		rxpath_sample_free(&sample);
	}
}

/* A list that is none names no CPU. */
static void rows_belong_to_the_cpus_online(void **state)
{
#define NINE(drops) \
	"00000001 " drops " 00000000 00000000 00000000 00000000 00000000 00000000 00000000\n"
	static const struct {
		const char *online;
		uint32_t first, second;
	} cases[] = {
		{"2-3", 2, 3}, {"2,5", 2, 5}, {"2-x,5", 0, 1}, {"x-2", 0, 1}, {"4-2,7,8", 0, 1},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[400];
		struct rxpath_sample sample;

		snprintf(text, sizeof text,
			 NET("softnet_stat", NINE("00000005") NINE("00000005"))
				 AT("/sys/devices/system/cpu/online", "%s\n"),
			 cases[i].online);
		sample = sample_of(text);
		assert_int_equal(sample.cpu_count, 2);
		assert_int_equal(sample.cpus[0], cases[i].first);
		assert_int_equal(sample.cpus[1], cases[i].second);
		for (size_t j = 0; j < sample.reading_count; j++)
			assert_int_equal(sample.readings[j].subject.number,
					 j % 2 == 0 ? cases[i].first : cases[i].second);
		rxpath_sample_free(&sample);
	}
}

/* The kernel's list has no more than a page; a longer one is passed over. */
static void a_list_of_cpus_has_a_limit(void **state)
{
	(void)state;
	for (size_t len = 4096; len <= 4097; len++) {
		struct rxpath_buf text = {0};
		struct rxpath_sample sample;

		rxpath_buf_string(&text,
				  NET("softnet_stat",
				      NINE("00000005")) "==> /sys/devices/system/cpu/online <==\n");
		rxpath_buf_repeat(&text, '0', len - 1);
		rxpath_buf_string(&text, "7\n");
		sample = sample_of(text_of(&text));
		assert_int_equal(sample.cpus[0], len == 4096 ? 7 : 0);
		rxpath_sample_free(&sample);
		rxpath_buf_free(&text);
	}
}

/* As long as a symbol of the kernel can be, escaped. */
static void words_of_a_trace_have_a_limit(void **state)
{
	(void)state;
	for (size_t len = 2048; len <= 2049; len++) {
		struct rxpath_section section = {.path = rxpath_slice_of("rxpath/trace")};
		struct rxpath_buf text = {0};
		struct rxpath_builder builder;
		struct rxpath_sample sample;

		rxpath_buf_string(&text, "drop ");
		rxpath_buf_repeat(&text, 'R', len);
		rxpath_buf_string(&text, " f 2048 1\n");
		section.bytes = rxpath_buf_view(&text);
		rxpath_builder_begin(&builder, &sample, NULL);
		assert_true(rxpath_parse_section(&builder, &section, NULL));
		assert_int_equal(sample.sources[RXPATH_SOURCE_TRACE].status,
				 len == 2048 ? RXPATH_READ : RXPATH_FAILED);
		rxpath_sample_free(&sample);
		rxpath_buf_free(&text);
	}
}

/* What nothing depends on is left out where it does not fit, and the rest is read. */
static void a_setting_beyond_the_budget_is_left_out(void **state)
{
	const struct rxpath_section setting = {rxpath_slice_of("/proc/sys/net/core/rmem_max"),
					       rxpath_slice_of("5\n"), 0};
	struct rxpath_builder builder;
	struct rxpath_sample sample;

	(void)state;
	rxpath_builder_begin(&builder, &sample, NULL);
	builder.taken = RXPATH_MEMORY_BUDGET + 10000;
	assert_true(rxpath_parse_section(&builder, &setting, NULL));
	assert_int_equal(sample.setting_count, 0);
	assert_null(builder.over_budget);
	rxpath_sample_free(&sample);
}

/* What a table that failed took is given back, and the next one has the room. */
static void a_table_beyond_the_budget_leaves_room(void **state)
{
	struct rxpath_section threads = {.path = rxpath_slice_of("rxpath/readers")};
	struct rxpath_section link = {rxpath_slice_of("rxpath/link"),
				      rxpath_slice_of("ifindex name rx_dropped\n1 lo 5\n"), 0};
	struct rxpath_buf text = {0};
	struct rxpath_builder builder;
	struct rxpath_sample sample;

	(void)state;
	rxpath_buf_string(&text, "pid state\n");
	for (size_t i = 0; i < 100000; i++)
		rxpath_buf_string(&text, "1 R\n");
	threads.bytes = rxpath_buf_view(&text);
	rxpath_builder_begin(&builder, &sample, NULL);
	assert_true(rxpath_parse_section(&builder, &threads, NULL));
	assert_int_equal(sample.sources[RXPATH_SOURCE_READERS].status, RXPATH_FAILED);
	assert_int_equal(sample.thread_count, 0);
	assert_true(builder.thread_cap < 100);
	assert_int_equal(builder.taken, sample.arena.size);
	assert_true(rxpath_parse_section(&builder, &link, NULL));
	assert_int_equal(sample.sources[RXPATH_SOURCE_LINK].status, RXPATH_READ);
	assert_int_equal(sample.reading_count, 1);
	rxpath_sample_free(&sample);
	rxpath_buf_free(&text);
}

/* Of a sample that is the first of two, readings of 0 take no memory. */
static void zeros_are_forgotten(void **state)
{
	struct rxpath_sample sample;
	struct rxpath_builder builder;
	size_t memory;

	(void)state;
	rxpath_builder_begin(&builder, &sample, &(struct rxpath_request){.keep_zeros = true});
	take_bundle(&builder, NET("snmp", "Udp: InErrors NoPorts RcvbufErrors\nUdp: 0 3 0\n") NET(
				      "snmp", "Udp: InErrors NoPorts RcvbufErrors\nUdp: 2 3 0\n"));
	rxpath_builder_finish(&builder);
	assert_int_equal(sample.reading_count, 3);
	memory = rxpath_sample_memory(&sample);
	rxpath_sample_forget_zeros(&sample);
	assert_int_equal(sample.reading_count, 2);
	assert_int_equal(reading_of(&sample, "UdpInErrors")->reread, 2);
	assert_int_equal(reading_of(&sample, "UdpNoPorts")->value, 3);
	assert_int_equal(memory - rxpath_sample_memory(&sample), sizeof(struct rxpath_reading));
	rxpath_sample_free(&sample);
}

/* The tables of sockets of a big-endian machine hold their addresses the other way round. */
static void a_sample_says_in_which_order_its_bytes_are(void **state)
{
	static const char *const orders[] = {"big", "little"};

	(void)state;
	for (size_t i = 0; i < COUNT(orders); i++) {
		char text[400];
		struct rxpath_sample sample;

		snprintf(text, sizeof text,
			 META("byte_order %s\n") TABLE("udp", SOCKET4("0001", "1", "5")),
			 orders[i]);
		sample = sample_of(text);
		assert_int_equal(sample.sockets[0].local.bytes[0], i == 0 ? 1 : 127);
		rxpath_sample_free(&sample);
	}
}

/* Where neither a sample nor its request says it, it is this machine's order. */
static void a_request_says_in_which_order_bytes_are(void **state)
{
	static const struct {
		enum rxpath_byte_order order;
		uint8_t first;
	} cases[] = {
		{RXPATH_ORDER_OWN, __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 1 : 127},
		{RXPATH_ORDER_LITTLE, 127},
		{RXPATH_ORDER_BIG, 1},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct rxpath_builder builder;
		struct rxpath_sample sample;

		rxpath_builder_begin(&builder, &sample,
				     &(struct rxpath_request){.order = cases[i].order});
		take_bundle(&builder, TABLE("udp", SOCKET4("0001", "1", "5")));
		rxpath_builder_finish(&builder);
		assert_int_equal(sample.sockets[0].local.bytes[0], cases[i].first);
		rxpath_sample_free(&sample);
	}
}

/* Twelve columns have no CPU's number either: rows are counted. */
static void rows_of_twelve_columns(void **state)
{
#define TWELVE \
	"00000001 00000002 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 " \
	"00000000 00000000\n"
	struct rxpath_sample sample = sample_of(NET("softnet_stat", TWELVE TWELVE));

	(void)state;
	assert_int_equal(sample.sources[RXPATH_SOURCE_SOFTNET].status, RXPATH_READ);
	assert_true(sample.cpus_by_line);
	assert_int_equal(sample.cpu_count, 2);
	assert_int_equal(sample.cpus[1], 1);
	rxpath_sample_free(&sample);
}

/* A bad row takes the CPUs of the rows before it along; of two readings, the second one adds none.
 */
static void a_bad_row_leaves_no_cpus(void **state)
{
	struct rxpath_sample sample =
		sample_of(NET("softnet_stat", TWELVE TWELVE "x\n") NET("softnet_stat", TWELVE));

	(void)state;
	assert_int_equal(sample.sources[RXPATH_SOURCE_SOFTNET].status, RXPATH_FAILED);
	assert_int_equal(sample.cpu_count, 0);
	rxpath_sample_free(&sample);
	sample = sample_of(NET("softnet_stat", TWELVE "x\n"));
	assert_false(sample.cpus_by_line);
	rxpath_sample_free(&sample);
	sample = sample_of(NET("softnet_stat", TWELVE TWELVE) NET("softnet_stat", TWELVE "x\n"));
	assert_int_equal(sample.sources[RXPATH_SOURCE_SOFTNET].status, RXPATH_FAILED);
	assert_int_equal(sample.cpu_count, 2);
	rxpath_sample_free(&sample);
	sample = sample_of(NET("softnet_stat", TWELVE TWELVE)
				   NET("softnet_stat", TWELVE TWELVE TWELVE));
	assert_int_equal(sample.cpu_count, 2);
	rxpath_sample_free(&sample);
}

/* A source that was not read because all that it has is 0 is read. */
static void what_did_not_move_was_measured(void **state)
{
	static const struct {
		const char *path;
		enum rxpath_source_status status;
	} cases[] = {
		{"/proc/net/netstat", RXPATH_READ},
		{"/proc/net/no_such_file", RXPATH_NOT_SEEN},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct rxpath_section section = {
			rxpath_slice_of("rxpath/unmoved"),
			rxpath_slice_of(cases[i].path),
			0,
		};
		struct rxpath_builder builder;
		struct rxpath_sample sample;

		rxpath_builder_begin(&builder, &sample, NULL);
		assert_true(rxpath_parse_section(&builder, &section, NULL));
		assert_int_equal(sample.sources[RXPATH_SOURCE_NETSTAT].status, cases[i].status);
		assert_int_equal(sample.sources[RXPATH_SOURCE_NONE].status, RXPATH_NOT_SEEN);
		rxpath_sample_free(&sample);
	}
}

static void settings_are_found_by_name(void **state)
{
	struct rxpath_sample sample =
		sample_of(AT("rxpath/settings", "net.core.rmem_max 212992\n"
						"net.ipv4.udp_mem 8 12 16\n"));

	(void)state;
	assert_true(rxpath_slice_is(rxpath_sample_setting(&sample, "net.ipv4.udp_mem")->value,
				    "8 12 16"));
	assert_null(rxpath_sample_setting(&sample, "net.core.rmem"));
	rxpath_sample_free(&sample);
}

static void who_and_when(void **state)
{
	struct rxpath_sample sample = sample_of(
		META("version 1.0\nhost h\nkernel 6.18\nboot_id x-y\nnetns net:[1]\n"
		     "time 2026-01-31T12:00:00.000Z\nmonotonic 12.000000005\nfuture thing\n"));
	struct rxpath_sample files =
		sample_of(AT("/proc/sys/kernel/hostname", "other\n")
				  AT("/proc/sys/kernel/osrelease", "2.6.32\n")
					  AT("/proc/sys/kernel/random/boot_id", "z\n")
						  AT("/proc/uptime", "5.25 3.00\n"));

	(void)state;
	assert_true(rxpath_slice_is(sample.host, "h"));
	assert_true(rxpath_slice_is(sample.boot_id, "x-y"));
	assert_true(sample.monotonic == UINT64_C(12000000005));
	assert_true(rxpath_slice_is(files.host, "other"));
	assert_true(rxpath_slice_is(files.kernel, "2.6.32"));
	assert_true(rxpath_slice_is(files.boot_id, "z"));
	assert_true(files.uptime == UINT64_C(5250000000));
	assert_true(files.monotonic == RXPATH_UNKNOWN);
	rxpath_sample_free(&sample);
	rxpath_sample_free(&files);
}

/* Sections that no part of a sample comes from, whatever they hold. */
static void what_is_passed_over(void **state)
{
	static const char *const cases[] = {
		AT("/proc/uptime", ""),
		AT("/proc/uptime", "x 3.00\n"),
		AT("/proc/uptime2", "5.25 3.00\n"),
		AT("/proc/sys/kernel/hostname2", "h\n"),
		AT("/proc/sys/kernel/hostname", ""),
		MISSING("/proc/uptime 13 x\n/proc/sys/kernel/hostname 13 x\n"),
		AT("/proc/sys/kernel/pid_max", "1\n"),
		MISSING("/proc/sys/net/core/somaxconn 13 x\n"),
		AT("/sys/class/net/bonding_masters", "bond0\n"),
		MISSING("/sys/class/net/bonding_masters 20 x\n"),
		MISSING("/sys/class/net/eth0/ifindex 2 x\n/sys/class/net/eth0/ifindex 19 x\n"),
		STATISTIC("eth0", "tx_errors", "1"),
		STATISTIC("eth0", "rx_a b", "1"),
		STATISTIC("1234567890123456", "rx_errors", "1"),
		AT("/sys/class/net/eth0/mtu", "1500\n"),
		AT("/sys/class/net/eth0/queues/rx_errors", "1\n"),
		AT("rxpath/future", "1\n"),
		META("future\n"),
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct rxpath_sample sample = sample_of(cases[i]);
		enum rxpath_source source = 0;

		while (source < RXPATH_SOURCES && sample.sources[source].status == RXPATH_NOT_SEEN)
			source++;
		if (source < RXPATH_SOURCES || sample.host.len > 0 || sample.device_count > 0 ||
		    sample.setting_count > 0 || sample.uptime != RXPATH_UNKNOWN)
			fail_msg("%s", cases[i]);
		rxpath_sample_free(&sample);
	}
}

static void bonds_by_their_names(void **state)
{
	static const struct {
		const char *name, *kind;
		bool is_bond;
	} cases[] = {
		{"bond0", "", true},	  {"bond9", "", true},	   {"bond10", "", true},
		{"bond", "", false},	  {"bond/", "", false},	   {"bond:", "", false},
		{"bond0.7", "", false},	  {"mybond0", "", false},  {"uplink", "bond", true},
		{"bond0", "veth", false}, {"bond0", "bond", true},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct rxpath_device device = {.name = rxpath_slice_of(cases[i].name),
						     .kind = rxpath_slice_of(cases[i].kind)};

		if (rxpath_device_is_bond(&device) != cases[i].is_bond)
			fail_msg("%s", cases[i].name);
	}
}

/* A bond that is not named like one. */
static void a_list_of_ports_makes_a_bond(void **state)
{
	struct rxpath_sample sample =
		sample_of(AT("/sys/class/net/team/bonding/slaves", "eth0 eth1\n")
				  MISSING("/sys/class/net/eth0/statistics 13 x\n"));

	(void)state;
	assert_true(
		rxpath_device_is_bond(rxpath_sample_find_device(&sample, rxpath_slice_of("team"))));
	/* A folder that could not be listed is a failure. */
	assert_int_equal(sample.sources[RXPATH_SOURCE_LINK].status, RXPATH_FAILED);
	rxpath_sample_free(&sample);
}

/* A process comes once for each of its sockets. */
static void names_of_one_process_are_kept_once(void **state)
{
	struct rxpath_sample sample = sample_of(AT("rxpath/owners", "1 7 a /b\n2 7 a /b\n3 8 c /b\n"
								    "4 8 c /d\n5 9 - \n"));
	const struct rxpath_owner *owners = sample.owners;

	(void)state;
	assert_int_equal(sample.owner_count, 5);
	assert_ptr_equal(owners[1].comm.ptr, owners[0].comm.ptr);
	assert_ptr_equal(owners[1].cgroup.ptr, owners[0].cgroup.ptr);
	assert_true(rxpath_slice_is(owners[2].comm, "c"));
	assert_ptr_equal(owners[2].cgroup.ptr, owners[0].cgroup.ptr);
	assert_ptr_equal(owners[3].comm.ptr, owners[2].comm.ptr);
	assert_true(rxpath_slice_is(owners[3].cgroup, "/d"));
	assert_int_equal(owners[4].cgroup.len, 0);
	rxpath_sample_free(&sample);
}

static void subjects_as_text(void **state)
{
	static const struct {
		struct rxpath_subject subject;
		const char *text;
	} cases[] = {
		{{.kind = RXPATH_ON_NETNS}, "-"},
		{{.kind = RXPATH_ON_DEVICE, .name = {"a b", 3}}, "a\\x20b"},
		{{.kind = RXPATH_ON_RULE, .name = {"ip/t/c#7", 8}}, "ip/t/c#7"},
		{{.kind = RXPATH_ON_NFQUEUE, .number = 65535}, "queue65535"},
		{{.kind = RXPATH_ON_CPU, .number = 12}, "cpu12"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct rxpath_buf out = {0};

		rxpath_subject_text(&out, &cases[i].subject);
		assert_string_equal(text_of(&out), cases[i].text);
		rxpath_buf_free(&out);
	}
}

static void rules_give_to_their_queues(void **state)
{
	static const struct {
		enum rxpath_verdict verdict;
		uint32_t queue;
		bool gives;
	} cases[] = {
		{RXPATH_VERDICT_QUEUE, 2, false},  {RXPATH_VERDICT_QUEUE, 3, true},
		{RXPATH_VERDICT_QUEUE, 5, true},   {RXPATH_VERDICT_QUEUE, 6, false},
		{RXPATH_VERDICT_BYPASS, 4, true},  {RXPATH_VERDICT_DROP, 4, false},
		{RXPATH_VERDICT_REJECT, 4, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct rxpath_rule rule = {
			.verdict = cases[i].verdict, .first_queue = 3, .last_queue = 5};

		assert_int_equal(rxpath_rule_gives_to(&rule, cases[i].queue), cases[i].gives);
	}
}

/* A table of more counters than a sample may hold is an error that names the budget, and leaves
 * nothing of it behind. */
static void readings_have_a_budget(void **state)
{
	struct rxpath_sample sample;
	struct rxpath_buf text = {0};
	struct rxpath_buf said = {0};
	struct rxpath_error error = {0};
	struct rxpath_section section = {.path = rxpath_slice_of("/proc/net/netstat")};
	struct rxpath_builder builder;

	(void)state;
	rxpath_buf_string(&text, "TcpExt:");
	for (size_t i = 0; i <= RXPATH_MEMORY_BUDGET / sizeof(struct rxpath_reading); i++)
		rxpath_buf_printf(&text, " Drop%zu", i);
	rxpath_buf_string(&text, "\nTcpExt:");
	for (size_t i = 0; i <= RXPATH_MEMORY_BUDGET / sizeof(struct rxpath_reading); i++)
		rxpath_buf_string(&text, " 1");
	rxpath_buf_char(&text, '\n');
	section.bytes = rxpath_buf_view(&text);
	rxpath_builder_begin(&builder, &sample, NULL);
	assert_true(rxpath_parse_section(&builder, &section, &error));
	assert_int_equal(sample.sources[RXPATH_SOURCE_NETSTAT].status, RXPATH_FAILED);
	rxpath_error_text(sample.sources[RXPATH_SOURCE_NETSTAT].error, &said);
	rxpath_buf_char(&said, '\0');
	assert_string_equal(said.data,
			    "/proc/net/netstat: more than the memory budget, 13 MiB and 7 times "
			    "the size of the samples, holds");
	assert_int_equal(sample.reading_count, 0);
	rxpath_sample_free(&sample);
	rxpath_buf_free(&text);
	rxpath_buf_free(&said);
}

/* Short lines take many times their length: there may be so many of them as fit in the budget,
 * which grows with the text, and no more. */
static void items_have_a_budget(void **state)
{
	static const struct {
		const char *path, *head, *line;
		enum rxpath_source source;
		bool numbered; /* the line ends in a number of its own */
		size_t most;   /* that fit, less a tenth; a fifth more do not */
	} cases[] = {
		{"rxpath/owners", "", "7 1 a", RXPATH_SOURCE_OWNERS, false, 120000},
		{"rxpath/cgroups", "", "1 /", RXPATH_SOURCE_CGROUPS, false, 233000},
		{"rxpath/readers", "pid state\n", "1 R", RXPATH_SOURCE_READERS, false, 30000},
		{"rxpath/settings", "", "a 1", RXPATH_SOURCE_SETTINGS, false, 326000},
		{"/proc/net/ptype", "Type Device      Function\n", "0800  a", RXPATH_SOURCE_PTYPE,
		 false, 275000},
		{"rxpath/packet", "device type inode cookie\n", "* 0 1 0", RXPATH_SOURCE_PACKET,
		 false, 28700},
		{"rxpath/connections", "protocol local remote inode cookie\n",
		 "tcp 0.0.0.0:0 0.0.0.0:0 1 0", RXPATH_SOURCE_CONNECTIONS, false, 47600},
		{"rxpath/nftables", "family table_id verdict packets handle\n", "ip 1 drop -",
		 RXPATH_SOURCE_NFTABLES, true, 218000},
		{"rxpath/link", "ifindex name\n", "1", RXPATH_SOURCE_LINK, true, 81000},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		/* With pointers of 32 bits items are smaller, and more of them fit. */
		const size_t tried = cases[i].most + (sizeof(void *) < 8 ? 0 : cases[i].most / 5);
		struct rxpath_buf text = {0};

		rxpath_buf_string(&text, cases[i].head);
		for (size_t count = 1; count <= tried; count++) {
			struct rxpath_section section = {.path = rxpath_slice_of(cases[i].path)};
			struct rxpath_builder builder;
			struct rxpath_sample sample;
			bool fits = count == cases[i].most;

			rxpath_buf_string(&text, cases[i].line);
			if (cases[i].numbered)
				rxpath_buf_printf(&text, " %zu", count);
			rxpath_buf_char(&text, '\n');
			if (!fits && count < tried)
				continue;
			rxpath_builder_begin(&builder, &sample, NULL);
			section.bytes = rxpath_buf_view(&text);
			assert_true(rxpath_parse_section(&builder, &section, NULL));
			assert_int_equal(sample.sources[cases[i].source].status,
					 fits ? RXPATH_READ : RXPATH_FAILED);
			assert_int_equal(sample.owner_count + sample.cgroup_count +
						 sample.thread_count + sample.setting_count +
						 sample.handler_count + sample.socket_count +
						 sample.connection_count + sample.rule_count,
					 fits && cases[i].source != RXPATH_SOURCE_LINK ? count : 0);
			rxpath_sample_free(&sample);
		}
		rxpath_buf_free(&text);
	}
}

/* A budget only holds if what a report takes for a reading is counted too: a line where it moved,
 * or may be listed as unmoved; the text of its subject, where that is not the sample's own. */
static void what_a_reading_takes_of_the_budget(void **state)
{
	static const struct rxpath_subject host = {.kind = RXPATH_ON_NETNS};
	static const struct rxpath_subject cpu = {.kind = RXPATH_ON_CPU, .number = 3};
	static const struct rxpath_subject queue = {.kind = RXPATH_ON_NFQUEUE, .number = 3};
	const struct rxpath_subject rule = {RXPATH_ON_RULE, 0, rxpath_slice_of("!~")};
	const struct rxpath_subject escaped = {RXPATH_ON_RULE, 0, rxpath_slice_of("a \x7f\\")};
	const size_t reading = sizeof(struct rxpath_reading);
	const size_t sorted = 2 * sizeof(void *);
	const size_t moved = reading + sizeof(struct rxpath_line) + sorted;
	const struct {
		const char *name;
		struct rxpath_subject subject;
		uint64_t value;
		bool traffic;
		size_t room;
	} cases[] = {
		{"UdpRcvbufErrors", host, 1, false, moved},
		{"UdpRcvbufErrors", host, 0, false, reading + sizeof(struct rxpath_unmoved)},
		{"UdpInDatagrams", host, 1, false, reading + sorted},
		{"UdpInDatagrams", host, 1, true, moved},
		{"nfqueue_queue_total", queue, 1, true, reading + sorted},
		{"softnet_dropped", cpu, 1, false, moved + strlen("queue4294967295") + 1},
		{"nfqueue_queue_dropped", queue, 1, false, moved + strlen("queue4294967295") + 1},
		{"nft_policy_drop", rule, 1, false, moved},
		{"nft_policy_drop", escaped, 1, false, moved + 4 + 16 + 3 * 3},
		{"UdpNewDrops", host, 1, false, moved + strlen("UdpNewDrops") + 16},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct rxpath_builder builder;
		struct rxpath_sample sample;

		rxpath_builder_begin(
			&builder, &sample,
			&(struct rxpath_request){.keep_zeros = true, .traffic = cases[i].traffic});
		assert_true(rxpath_builder_add(&builder, rxpath_slice_of(cases[i].name),
					       cases[i].subject, cases[i].value));
		assert_int_equal(sample.reading_count, 1);
		assert_int_equal(builder.taken, cases[i].room);
		assert_int_equal(builder.readings_taken, cases[i].room);
		builder.readings_taken = RXPATH_READINGS_MAX - cases[i].room;
		assert_true(rxpath_builder_add(&builder, rxpath_slice_of(cases[i].name),
					       cases[i].subject, cases[i].value));
		assert_null(builder.over_budget);
		assert_false(rxpath_builder_add(&builder, rxpath_slice_of(cases[i].name),
						cases[i].subject, cases[i].value));
		assert_non_null(builder.over_budget);
		rxpath_sample_free(&sample);
	}
}

/* What the sample before takes of it: itself, and a line for each reading that may wrap to 0, which
 * the second sample then lacks; with --all, for each that the second may lack. */
static void what_the_sample_before_takes_of_the_budget(void **state)
{
	static const struct {
		uint64_t value;
		bool is_of_device, lists_gone;
		size_t room;
	} cases[] = {
		{UINT32_MAX / 2, false, false, 0},
		{UINT32_MAX / 2 + 1ull, false, false, sizeof(struct rxpath_line) + 16},
		{UINT32_MAX, false, false, sizeof(struct rxpath_line) + 16},
		{UINT32_MAX + 1ull, false, false, 0},
		{UINT32_MAX, true, false, 0},
		{1, false, true, sizeof(struct rxpath_unmoved) + 16},
		{UINT32_MAX, true, true, sizeof(struct rxpath_unmoved)},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct rxpath_subject subject = {.kind = RXPATH_ON_CPU};
		struct rxpath_sample before, after;
		struct rxpath_builder builder;

		if (cases[i].is_of_device)
			subject = (struct rxpath_subject){RXPATH_ON_DEVICE, 0,
							  rxpath_slice_of("eth0")};
		rxpath_builder_begin(&builder, &before, NULL);
		assert_true(rxpath_builder_add(&builder, rxpath_slice_of("rx_dropped"), subject,
					       cases[i].value));
		rxpath_builder_begin(&builder, &after,
				     &(struct rxpath_request){.before = &before,
							      .keep_zeros = cases[i].lists_gone});
		assert_int_equal(builder.taken, rxpath_sample_memory(&before) + cases[i].room);
		rxpath_sample_free(&before);
		rxpath_sample_free(&after);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_second_reading_is_the_late_one),
		cmocka_unit_test(one_reading_is_both),
		cmocka_unit_test(a_late_reading_never_falls),
		cmocka_unit_test(sections_of_devices_are_no_second_readings),
		cmocka_unit_test(zeros_are_kept_where_they_are_wanted),
		cmocka_unit_test(readings_stand_in_path_order),
		cmocka_unit_test(a_sockets_table_twice_is_read_once),
		cmocka_unit_test(what_became_of_a_source),
		cmocka_unit_test(a_file_is_known_by_its_path),
		cmocka_unit_test(devices_are_told_apart_by_their_names),
		cmocka_unit_test(names_made_to_fall_together),
		cmocka_unit_test(what_one_parser_added_is_taken_back_when_it_fails),
		cmocka_unit_test(everything_can_be_taken_back),
		cmocka_unit_test(cpus_are_sorted),
		cmocka_unit_test(only_notable_sockets_are_kept),
		cmocka_unit_test(what_is_held_back),
		cmocka_unit_test(a_sample_says_in_which_order_its_bytes_are),
		cmocka_unit_test(a_request_says_in_which_order_bytes_are),
		cmocka_unit_test(rows_of_twelve_columns),
		cmocka_unit_test(a_bad_row_leaves_no_cpus),
		cmocka_unit_test(what_did_not_move_was_measured),
		cmocka_unit_test(settings_are_found_by_name),
		cmocka_unit_test(readings_have_a_budget),
		cmocka_unit_test(rows_belong_to_the_cpus_online),
		cmocka_unit_test(a_list_of_cpus_has_a_limit),
		cmocka_unit_test(words_of_a_trace_have_a_limit),
		cmocka_unit_test(a_setting_beyond_the_budget_is_left_out),
		cmocka_unit_test(a_table_beyond_the_budget_leaves_room),
		cmocka_unit_test(zeros_are_forgotten),
		cmocka_unit_test(who_and_when),
		cmocka_unit_test(what_is_passed_over),
		cmocka_unit_test(subjects_as_text),
		cmocka_unit_test(rules_give_to_their_queues),
		cmocka_unit_test(bonds_by_their_names),
		cmocka_unit_test(a_list_of_ports_makes_a_bond),
		cmocka_unit_test(names_of_one_process_are_kept_once),
		cmocka_unit_test(items_have_a_budget),
		cmocka_unit_test(what_a_reading_takes_of_the_budget),
		cmocka_unit_test(what_the_sample_before_takes_of_the_budget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
