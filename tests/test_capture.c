/* test_capture.c: reading the system when it does not answer as it should, or for too long. */
#include <errno.h>
#include <fcntl.h>
#include <linux/gen_stats.h>
#include <linux/genetlink.h>
#include <linux/if_link.h>
#include <linux/pkt_cls.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/xdp_diag.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "../src/capture/capture_internal.h"
#include "../src/capture/hardware.h"
#include "../src/capture/netlink.h"
#include "../src/capture/rtlink.h"
#include "support.h"

/* A netlink socket whose other end is the test's, and what was read of it. */
struct fake {
	int fd, kernel;
	struct rxpath_buf text;
};

static int open_fake(void **state)
{
	const struct timeval timeout = {.tv_usec = 50000};
	struct fake *fake = calloc(1, sizeof *fake);
	int fds[2];

	assert_non_null(fake);
	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, fds), 0);
	assert_int_equal(setsockopt(fds[0], SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout), 0);
	fake->fd = fds[0];
	fake->kernel = fds[1];
	*state = fake;
	return 0;
}

static int close_fake(void **state)
{
	struct fake *fake = *state;

	rxpath_buf_free(&fake->text);
	close(fake->fd);
	close(fake->kernel);
	free(fake);
	return 0;
}

static void answer(int kernel, uint16_t type, int value)
{
	struct {
		struct nlmsghdr header;
		int value;
	} message = {
		.header = {.nlmsg_len = sizeof message, .nlmsg_type = type},
		.value = value,
	};

	assert_int_equal(send(kernel, &message, sizeof message, 0), sizeof message);
}

static bool count_parts(void *context, struct rxpath_slice messages)
{
	(void)messages;
	++*(unsigned *)context;
	return true;
}

static int dump(int fd, unsigned *parts)
{
	const struct ifinfomsg request = {0};

	*parts = 0;
	return rxpath_netlink_dump(fd, RTM_GETLINK, &request, sizeof request, count_parts, parts);
}

static void an_answer_without_its_end_is_an_error(void **state)
{
	struct fake *fake = *state;
	struct timeval timeout;
	socklen_t len = sizeof timeout;
	unsigned parts;
	int fd;

	answer(fake->kernel, RTM_NEWLINK, 0);
	assert_int_equal(dump(fake->fd, &parts), ETIMEDOUT);
	assert_int_equal(parts, 1);
	fd = rxpath_netlink_open(NETLINK_ROUTE);
	assert_true(fd >= 0);
	assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, &len), 0);
	assert_true(timeout.tv_sec > 0 && timeout.tv_sec < 10);
	close(fd);
}

static void an_error_that_is_no_errno_is_refused(void **state)
{
	struct fake *fake = *state;
	static const struct {
		uint16_t type;
		int value, expected;
	} cases[] = {
		{NLMSG_DONE, 0, 0},
		{NLMSG_DONE, -ENOENT, ENOENT},
		{NLMSG_ERROR, -4095, 4095},
		{NLMSG_ERROR, -4096, EBADMSG},
		{NLMSG_DONE, INT32_MIN, EBADMSG},
	};
	unsigned parts;

	for (size_t i = 0; i < COUNT(cases); i++) {
		answer(fake->kernel, cases[i].type, cases[i].value);
		assert_int_equal(dump(fake->fd, &parts), cases[i].expected);
	}
}

/* A message under construction. */
struct message {
	_Alignas(struct nlmsghdr) unsigned char bytes[2048];
	size_t len;
};

static size_t begin_attribute(struct message *message, unsigned short type)
{
	const struct nlattr attribute = {.nla_len = sizeof attribute, .nla_type = type};
	size_t at = message->len;

	memcpy(message->bytes + at, &attribute, sizeof attribute);
	message->len += sizeof attribute;
	return at;
}

static void end_attribute(struct message *message, size_t at)
{
	const unsigned short len = (unsigned short)(message->len - at);

	memcpy(message->bytes + at, &len, sizeof len);
	message->len = NLMSG_ALIGN(message->len);
}

static void put(struct message *message, unsigned short type, const void *value, size_t len)
{
	size_t at = begin_attribute(message, type);

	memcpy(message->bytes + message->len, value, len);
	message->len += len;
	end_attribute(message, at);
}

static void put_number(struct message *message, unsigned short type, uint32_t value)
{
	put(message, type, &value, sizeof value);
}

static void begin_message(struct message *message, const void *body, size_t len)
{
	*message = (struct message){.len = sizeof(struct nlmsghdr)};
	memcpy(message->bytes + message->len, body, len);
	message->len += NLMSG_ALIGN(len);
}

static void send_message(int kernel, struct message *message, uint16_t type)
{
	const struct nlmsghdr header = {.nlmsg_len = (uint32_t)message->len, .nlmsg_type = type};

	memcpy(message->bytes, &header, sizeof header);
	assert_int_equal(send(kernel, message->bytes, message->len, 0), message->len);
}

/* A device as the kernel tells of it; `lower_netns`: its lower device is in another namespace. */
static void send_device(int kernel, int ifindex, const char *name, bool lower_netns)
{
	const struct ifinfomsg info = {.ifi_index = ifindex};
	const uint64_t stats[25] = {[0] = 100, [6] = 7, [24] = UINT64_MAX};
	const unsigned char attached = XDP_ATTACHED_SKB;
	struct message message;
	size_t at;

	begin_message(&message, &info, sizeof info);
	put(&message, IFLA_IFNAME, name, strlen(name) + 1);
	put_number(&message, IFLA_MTU, 1400);
	put_number(&message, IFLA_LINK, 3);
	put_number(&message, IFLA_MASTER, 9);
	put(&message, IFLA_STATS64, stats, sizeof stats);
	at = begin_attribute(&message, IFLA_LINKINFO);
	put(&message, IFLA_INFO_KIND, "veth", sizeof "veth");
	put(&message, IFLA_INFO_SLAVE_KIND, "bridge", sizeof "bridge");
	end_attribute(&message, at);
	if (lower_netns)
		put_number(&message, IFLA_LINK_NETNSID, 0);
	at = begin_attribute(&message, IFLA_XDP | NLA_F_NESTED);
	put(&message, IFLA_XDP_ATTACHED, &attached, sizeof attached);
	put_number(&message, IFLA_XDP_PROG_ID, 77);
	end_attribute(&message, at);
	put_number(&message, IFLA_CARRIER_UP_COUNT, 5);
	put_number(&message, IFLA_CARRIER_DOWN_COUNT, 6);
	send_message(kernel, &message, RTM_NEWLINK);
}

static void a_device_is_told_of_in_one_message(void **state)
{
	struct fake *fake = *state;

	/* Two devices swapped names between two parts, so the list is asked for again. */
	send_device(fake->kernel, 2, "a", false);
	send_device(fake->kernel, 4, "a", false);
	answer(fake->kernel, NLMSG_DONE, 0);
	send_device(fake->kernel, 2, "a", false);
	send_device(fake->kernel, 4, "b c", true);
	answer(fake->kernel, NLMSG_DONE, 0);
	assert_int_equal(rxpath_rtlink(fake->fd, &fake->text), 0);
	rxpath_buf_char(&fake->text, '\0');
	assert_string_equal(fake->text.data,
			    "ifindex name rx_packets rx_errors rx_dropped multicast "
			    "rx_length_errors rx_over_errors rx_crc_errors rx_frame_errors "
			    "rx_fifo_errors rx_missed_errors rx_nohandler rx_otherhost_dropped "
			    "mtu master lower carrier_up carrier_down kind slave_kind xdp "
			    "xdp_program\n"
			    "2 a 100 0 7 0 0 0 0 0 0 0 0 18446744073709551615 "
			    "1400 9 3 5 6 veth bridge generic 77\n"
			    "4 b\\x20c 100 0 7 0 0 0 0 0 0 0 0 18446744073709551615 "
			    "1400 9 - 5 6 veth bridge generic 77\n");
}

static void send_qdisc(int kernel, int ifindex, const char *kind, uint32_t drops)
{
	const struct tcmsg body = {.tcm_ifindex = ifindex};
	const struct gnet_stats_queue queue = {.qlen = 1, .backlog = 2, .drops = drops};
	struct message message;
	size_t at;

	begin_message(&message, &body, sizeof body);
	put(&message, TCA_KIND, kind, strlen(kind) + 1);
	at = begin_attribute(&message, TCA_STATS2);
	put(&message, TCA_STATS_QUEUE, &queue, sizeof queue);
	end_attribute(&message, at);
	send_message(kernel, &message, RTM_NEWQDISC);
}

#define DEVICES "ifindex name\n1 lo\n2 eth0\n3 eth1\n4 eth2\n5 eth3\n"

/* clsact counts both directions: the drops are of received packets where a filter looks at these,
 * or none at those that are sent. */
static void drops_of_traffic_control(void **state)
{
	struct fake *fake = *state;
	const struct tcmsg filter = {0};
	struct netlink_query query = {
		.devices = rxpath_slice_of(DEVICES), .out = &fake->text, .fd = fake->fd};
	struct message message;

	send_qdisc(fake->kernel, 2, "ingress", 7);
	send_qdisc(fake->kernel, 2, "fq_codel", 8);
	send_qdisc(fake->kernel, 3, "clsact", 9);
	send_qdisc(fake->kernel, 4, "clsact", 10);
	answer(fake->kernel, NLMSG_DONE, 0);
	/* Of eth1: a filter for packets received. Of eth2: one for packets sent alone. */
	begin_message(&message, &filter, sizeof filter);
	send_message(fake->kernel, &message, RTM_NEWTFILTER);
	answer(fake->kernel, NLMSG_DONE, 0);
	answer(fake->kernel, NLMSG_DONE, 0);
	send_message(fake->kernel, &message, RTM_NEWTFILTER);
	answer(fake->kernel, NLMSG_DONE, 0);
	assert_int_equal(rxpath_qdiscs(&query), 0);
	assert_string_equal(text_of(&fake->text), "device tc_ingress_drops\neth0 7\neth1 9\n");
}

/* matchall with two actions, of which one dropped; a program that decides by itself; a filter that
 * dropped nothing. */
static void filters_of_traffic_control(void **state)
{
	struct fake *fake = *state;
	const struct tcmsg filter = {.tcm_handle = 1, .tcm_info = 49152u << 16 | 3};
	const struct tcmsg program = {.tcm_handle = 1, .tcm_info = 7u << 16 | 3};
	const struct tcmsg unnumbered = {.tcm_info = 7u << 16 | 3};
	const struct gnet_stats_queue queue = {.drops = 50};
	struct netlink_query query = {
		.devices = rxpath_slice_of(DEVICES), .out = &fake->text, .fd = fake->fd};
	struct message message;
	size_t options, actions, action, stats;

	send_qdisc(fake->kernel, 2, "ingress", 7);
	answer(fake->kernel, NLMSG_DONE, 0);
	begin_message(&message, &filter, sizeof filter);
	put(&message, TCA_KIND, "matchall", 9);
	put_number(&message, TCA_CHAIN, 5);
	options = begin_attribute(&message, TCA_OPTIONS);
	actions = begin_attribute(&message, TCA_MATCHALL_ACT);
	action = begin_attribute(&message, 1);
	put(&message, TCA_ACT_KIND, "mirred", 7);
	end_attribute(&message, action);
	action = begin_attribute(&message, 2);
	put(&message, TCA_ACT_KIND, "gact", 5);
	stats = begin_attribute(&message, TCA_ACT_STATS);
	put(&message, TCA_STATS_QUEUE, &queue, sizeof queue);
	end_attribute(&message, stats);
	end_attribute(&message, action);
	end_attribute(&message, actions);
	end_attribute(&message, options);
	send_message(fake->kernel, &message, RTM_NEWTFILTER);
	for (int i = 0; i < 2; i++) {
		begin_message(&message, i == 0 ? &unnumbered : &program, sizeof program);
		put(&message, TCA_KIND, "bpf", 4);
		options = begin_attribute(&message, TCA_OPTIONS);
		put(&message, TCA_BPF_NAME, "a name", 7);
		put_number(&message, TCA_BPF_FLAGS, TCA_BPF_FLAG_ACT_DIRECT);
		end_attribute(&message, options);
		send_message(fake->kernel, &message, RTM_NEWTFILTER);
	}
	answer(fake->kernel, NLMSG_DONE, 0);
	rxpath_qdisc_filters(&query);
	assert_string_equal(text_of(&fake->text), "device.eth0.tc.1 matchall 49152 5 gact 50\n"
						  "device.eth0.tc.2 bpf 7 0 a\\x20name -\n");
}

static void sockets_of_af_xdp(void **state)
{
	struct fake *fake = *state;
	const struct xdp_diag_msg body = {.xdiag_ino = 77, .xdiag_cookie = {5, 6}};
	const struct xdp_diag_info info = {.ifindex = 2, .queue_id = 3};
	const struct xdp_diag_stats stats = {
		.n_rx_dropped = 10, .n_rx_full = 4, .n_fill_ring_empty = 8};
	struct netlink_query query = {
		.devices = rxpath_slice_of(DEVICES), .out = &fake->text, .fd = fake->fd};
	struct message message;

	begin_message(&message, &body, sizeof body);
	put(&message, XDP_DIAG_INFO, &info, sizeof info);
	put_number(&message, XDP_DIAG_UID, 1000);
	put(&message, XDP_DIAG_STATS, &stats, sizeof stats);
	send_message(fake->kernel, &message, SOCK_DIAG_BY_FAMILY);
	answer(fake->kernel, NLMSG_DONE, 0);
	assert_int_equal(rxpath_xdp_sockets(&query), 0);
	assert_string_equal(text_of(&fake->text),
			    "device channel drops ring_full fill_empty uid inode cookie\n"
			    "eth0 3 14 4 8 1000 77 0000000600000005\n");
}

/* The answers of Linux 6.18 to the dumps of fixtures/rules/recorded.nft, one after another: of
 * each its length, then the messages. The numbers are those of a little-endian machine. */
static void rules_are_read_as_a_kernel_told_them(void **state)
{
	struct fake *fake = *state;
	struct netlink_query query = {.out = &fake->text, .fd = fake->fd};
	struct rxpath_slice expected;
	size_t left;
	char *answers, *rules;
	uint32_t len;

	if (__BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__)
		skip();
	answers = load("fixtures/rules/recorded", &left);
	rules = load("fixtures/rules/recorded.expected", &expected.len);
	expected.ptr = rules;
	for (const char *at = answers; left > 0; at += len, left -= len) {
		memcpy(&len, at, sizeof len);
		at += sizeof len;
		left -= sizeof len;
		assert_true(len <= left);
		assert_int_equal(send(fake->kernel, at, len, 0), len);
	}
	assert_int_equal(rxpath_nftables(&query), 0);
	if (!rxpath_slice_equal(rxpath_buf_view(&fake->text), expected)) {
		fprintf(stderr, "got\n%s", text_of(&fake->text));
		fail();
	}
	free(answers);
	free(rules);
}

static bool is_due(void *context)
{
	unsigned *left = context;

	return *left == 0 || --*left == 0;
}

/* What the owner walk handed on: the lines of the first section, the errno of the last. */
struct owners {
	char text[65536];
	int error;
};

static bool take_owners(void *context, const struct rxpath_section *section,
			struct rxpath_error *error)
{
	struct owners *owners = context;

	(void)error;
	assert_true(rxpath_slice_is(section->path, "rxpath/owners"));
	if (section->error == 0)
		snprintf(owners->text, sizeof owners->text, "%.*s", (int)section->bytes.len,
			 section->bytes.ptr);
	owners->error = section->error;
	return true;
}

static void walk(struct rxpath_purpose purpose, uint64_t inode, struct owners *owners)
{
	const struct rxpath_target target = {0};
	struct rxpath_error error = {0};
	struct rxpath_capture *capture = rxpath_capture_open(&target, purpose, &error);

	assert_non_null(capture);
	*owners = (struct owners){.error = -1};
	assert_true(rxpath_capture_owners(capture, &inode, 1, take_owners, owners, &error));
	rxpath_capture_close(capture);
}

/* A socket of this process behind so many other descriptors that reading them all takes more than
 * 1 ms. */
#define DESCRIPTORS 900

static void the_owner_walk_ends(void **state)
{
	static struct owners owners;
	unsigned left = 2;
	const struct rxpath_interrupt interrupt = {is_due, &left};
	char own[64];
	struct stat status;
	int first, last;

	(void)state;
	first = last = socket(AF_INET, SOCK_DGRAM, 0);
	assert_true(first >= 0);
	while (last - first < DESCRIPTORS) {
		last = dup(first);
		assert_true(last >= 0);
	}
	assert_int_equal(fstat(first, &status), 0);
	snprintf(own, sizeof own, "%llu %ld ", (unsigned long long)status.st_ino, (long)getpid());
	walk((struct rxpath_purpose){.owner_ms = 60000}, status.st_ino, &owners);
	assert_non_null(strstr(owners.text, own));
	assert_int_not_equal(owners.error, ETIMEDOUT);
	walk((struct rxpath_purpose){.owner_ms = 1}, status.st_ino, &owners);
	assert_int_equal(owners.error, ETIMEDOUT);
	walk((struct rxpath_purpose){.owner_ms = 60000, .interrupt = &interrupt}, status.st_ino,
	     &owners);
	assert_int_equal(owners.error, EINTR);
	for (int fd = first; fd <= last; fd++)
		close(fd);
}

static bool take_nothing(void *context, const struct rxpath_section *section,
			 struct rxpath_error *error)
{
	(void)section;
	(void)error;
	++*(unsigned *)context;
	return true;
}

static void a_sample_can_be_interrupted(void **state)
{
	const struct rxpath_target target = {0};
	struct rxpath_capture *capture;
	struct rxpath_error error = {0};
	unsigned sections = 0, left = 3;
	const struct rxpath_interrupt interrupt = {is_due, &left};

	(void)state;
	capture = rxpath_capture_open(&target, (struct rxpath_purpose){.interrupt = &interrupt},
				      &error);
	assert_non_null(capture);
	assert_false(rxpath_capture_sample(capture, take_nothing, &sections, &error));
	assert_true(sections < 3);
	assert_int_equal(error.kind, RXPATH_ERROR_REFUSED);
	rxpath_capture_close(capture);
}

static bool take_some(void *context, const struct rxpath_section *section,
		      struct rxpath_error *error)
{
	size_t *left = context;

	(void)section;
	if (*left == 0)
		return rxpath_error_refused(error, "", "full");
	--*left;
	return true;
}

/* Of a tree with devices, whose files are read in nested loops. */
static void a_sink_ends_a_sample_at_any_section(void **state)
{
	const struct rxpath_target target = {.root = "fixtures/roots/2.6.32-web/before"};
	struct rxpath_error error = {0};
	struct rxpath_capture *capture =
		rxpath_capture_open(&target, (struct rxpath_purpose){0}, &error);
	size_t room = 0;
	size_t left = 0;

	(void)state;
	assert_non_null(capture);
	while (!rxpath_capture_sample(capture, take_some, &left, &error)) {
		assert_int_equal(left, 0);
		assert_int_equal(error.kind, RXPATH_ERROR_REFUSED);
		left = ++room;
	}
	assert_true(room > 20);
	rxpath_capture_close(capture);
}

static void a_file_is_read_up_to_its_limit(void **state)
{
	struct rxpath_buf text = {0};
	unsigned left = 0;
	const struct rxpath_interrupt interrupt = {is_due, &left};
	char name[] = "/tmp/rxpath-test-XXXXXX";
	int fd = mkstemp(name);
	int fds[2];

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "0123456789", 10), 10);
	assert_int_equal(rxpath_read_file(fd, 10, NULL, &text), 0);
	assert_true(rxpath_slice_is(rxpath_buf_view(&text), "0123456789"));
	assert_int_equal(rxpath_read_file(fd, 9, NULL, &text), EFBIG);
	assert_int_equal(rxpath_read_file(fd, 10, &interrupt, &text), EINTR);
	assert_int_equal(rxpath_read_stream(fd, 10, &text), 0);
	assert_int_equal(text.len, 0);
	close(fd);
	unlink(name);
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], "abc", 3), 3);
	close(fds[1]);
	assert_int_equal(rxpath_read_stream(fds[0], 3, &text), 0);
	assert_true(rxpath_slice_is(rxpath_buf_view(&text), "abc"));
	assert_int_equal(rxpath_read_file(fds[0], 3, NULL, &text), ESPIPE);
	close(fds[0]);
	rxpath_buf_free(&text);
}

/* ---- what need not be read ------------------------------------------------------------------ */

static void a_table_is_empty_by_its_count(void **state)
{
	static const struct {
		const char *text;
		enum rxpath_source sockstat, table;
		int own;
		bool empty;
	} cases[] = {
		{"UDP: inuse 0 mem 3\n", RXPATH_SOURCE_SOCKSTAT, RXPATH_SOURCE_UDP, 1, true},
		{"UDP: inuse 1 mem 3\n", RXPATH_SOURCE_SOCKSTAT, RXPATH_SOURCE_UDP, 1, false},
		{"UDP: inuse 0 mem 3\n", RXPATH_SOURCE_SOCKSTAT, RXPATH_SOURCE_UDP6, 1, false},
		{"UDP6: inuse 0\n", RXPATH_SOURCE_SOCKSTAT6, RXPATH_SOURCE_UDP6, 1, true},
		{"UDPLITE: inuse 0\n", RXPATH_SOURCE_SOCKSTAT, RXPATH_SOURCE_UDP, 1, false},
		{"RAW: inuse 0\n", RXPATH_SOURCE_SOCKSTAT, RXPATH_SOURCE_RAW, 1, true},
		{"sockets: used 1\n", RXPATH_SOURCE_SOCKSTAT, RXPATH_SOURCE_ICMP, 1, true},
		{"sockets: used 1\n", RXPATH_SOURCE_SOCKSTAT, RXPATH_SOURCE_ICMP6, 1, true},
		{"sockets: used 1\n", RXPATH_SOURCE_SOCKSTAT, RXPATH_SOURCE_NFQUEUE, 1, true},
		{"sockets: used 2\n", RXPATH_SOURCE_SOCKSTAT, RXPATH_SOURCE_ICMP, 1, false},
		{"sockets: used 0\n", RXPATH_SOURCE_SOCKSTAT, RXPATH_SOURCE_ICMP, 1, false},
		{"sockets: used 1\n", RXPATH_SOURCE_SOCKSTAT, RXPATH_SOURCE_UDP, 1, false},
		{"", RXPATH_SOURCE_SOCKSTAT, RXPATH_SOURCE_UDP, 0, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct empty_tables empty = {.of = {0}};

		rxpath_note_empty(rxpath_slice_of(cases[i].text), cases[i].sockstat, cases[i].own,
				  &empty);
		assert_false(rxpath_is_empty(empty.of[cases[i].table]));
		rxpath_note_empty(rxpath_slice_of(cases[i].text), cases[i].sockstat, cases[i].own,
				  &empty);
		if (rxpath_is_empty(empty.of[cases[i].table]) != cases[i].empty)
			fail_msg("%zu: %s", i, cases[i].text);
	}
}

static void a_namespace_is_unused_without_a_packet(void **state)
{
	static const struct {
		const char *text;
		enum rxpath_source source;
		bool received;
	} cases[] = {
		{"Ip: Forwarding InReceives InHdrErrors\nIp: 1 0 5\n", RXPATH_SOURCE_SNMP, false},
		{"Ip: Forwarding InReceives InHdrErrors\nIp: 1 7 0\n", RXPATH_SOURCE_SNMP, true},
		{"Ip: Forwarding\nIp: 0\n", RXPATH_SOURCE_SNMP, true},
		{"Ip: Forwarding InReceives\n", RXPATH_SOURCE_SNMP, true},
		{"", RXPATH_SOURCE_SNMP, true},
		{"Ip6InReceives \t0\nIp6InHdrErrors \t3\n", RXPATH_SOURCE_SNMP6, false},
		{"Ip6InReceives \t10\n", RXPATH_SOURCE_SNMP6, true},
		{"Ip6InHdrErrors \t0\n", RXPATH_SOURCE_SNMP6, true},
		{"", RXPATH_SOURCE_SNMP6, true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (rxpath_has_received(rxpath_slice_of(cases[i].text), cases[i].source) !=
		    cases[i].received)
			fail_msg("%zu: %s", i, cases[i].text);
}

static void only_the_loopback_device_is_first_and_alone(void **state)
{
	(void)state;
	assert_true(rxpath_link_is_loopback(rxpath_slice_of("ifindex name\n1 lo 0\n")));
	assert_false(rxpath_link_is_loopback(rxpath_slice_of("ifindex name\n1 lo 0\n2 v 0\n")));
	assert_false(rxpath_link_is_loopback(rxpath_slice_of("ifindex name\n2 v 0\n")));
	assert_false(rxpath_link_is_loopback(rxpath_slice_of("ifindex name\n")));
	assert_false(rxpath_link_is_loopback(rxpath_slice_of("")));
}

/* The numbers of the families in these answers. */
enum { NETDEV = 20, ETHTOOL = 21 };

static void begin_answer(struct message *message, uint16_t family)
{
	const struct nlmsghdr header = {.nlmsg_type = family};
	const struct genlmsghdr head = {.version = 1};

	message->len = NLMSG_HDRLEN + GENL_HDRLEN;
	memcpy(message->bytes, &header, sizeof header);
	memcpy(message->bytes + NLMSG_HDRLEN, &head, sizeof head);
}

static void send_answer(int kernel, struct message *message)
{
	const uint32_t len = (uint32_t)message->len;

	memcpy(message->bytes, &len, sizeof len);
	assert_int_equal(send(kernel, message->bytes, message->len, 0), message->len);
}

/* What one queue counted (qstats-get); `attribute`, `value`: one of its losses. */
static void send_queue(int kernel, uint32_t direction, uint32_t queue, unsigned short attribute,
		       uint64_t value)
{
	struct message message;

	begin_answer(&message, NETDEV);
	put_number(&message, 1, 4); /* ifindex */
	put_number(&message, 2, direction);
	put_number(&message, 3, queue);
	put_number(&message, 8, 28074); /* rx-packets */
	/* An attribute of type "uint" has 4 bytes where these suffice. */
	if (value > UINT32_MAX)
		put(&message, attribute, &value, sizeof value);
	else
		put_number(&message, attribute, (uint32_t)value);
	send_answer(kernel, &message);
}

/* A group of statistics: its id, and one of them. */
static void put_group(struct message *message, uint32_t id, unsigned short statistic,
		      uint64_t value)
{
	size_t group = begin_attribute(message, 4 | NLA_F_NESTED);
	size_t nest;

	put_number(message, 2, id);
	nest = begin_attribute(message, 4 | NLA_F_NESTED);
	put(message, statistic, &value, sizeof value);
	end_attribute(message, nest);
	end_attribute(message, group);
}

/* A device with statistics beside it: FEC's are arrays, the first of them the sum. */
static void send_with_statistics(int kernel, unsigned short statistics, unsigned short attribute,
				 const uint64_t *values, size_t count)
{
	struct message message;
	size_t nest;

	begin_answer(&message, ETHTOOL);
	nest = begin_attribute(&message, statistics | NLA_F_NESTED);
	put(&message, attribute, values, count * sizeof *values);
	end_attribute(&message, nest);
	send_answer(kernel, &message);
}

static bool note_section(void *context, const struct rxpath_section *section,
			 struct rxpath_error *error)
{
	struct rxpath_buf *out = context;

	(void)error;
	rxpath_buf_slice(out, section->path);
	rxpath_buf_string(out, ": ");
	rxpath_buf_slice(out, section->bytes);
	return true;
}

/* A card with two queues, and a device that answers nothing. */
static void hardware_is_told_by_queue_and_wire(void **state)
{
	struct fake *fake = *state;
	const uint64_t blocks[] = {7, 3};
	struct rxpath_error error = {0};
	const struct emitter emitter = {note_section, &fake->text, NULL, &error};
	struct genl genl = {.asked = true, .ethtool = ETHTOOL, .netdev = NETDEV, .fd = fake->fd};
	struct message message;

	send_queue(fake->kernel, 0, 0, 12, 5);
	send_queue(fake->kernel, 0, 1, 14, UINT64_C(5000000000));
	send_queue(fake->kernel, 1, 1, 13, 99); /* sent */
	answer(fake->kernel, NLMSG_DONE, 0);
	begin_answer(&message, ETHTOOL);
	put_group(&message, 0, 0, 11);
	put_group(&message, 1, 4, 12);
	put_group(&message, 1, 3, 13); /* FramesReceivedOK */
	put_group(&message, 2, 0, 14); /* control frames */
	put_group(&message, 3, 3, 15);
	send_answer(fake->kernel, &message);
	answer(fake->kernel, NLMSG_ERROR, 0);
	send_with_statistics(fake->kernel, 5, 3, blocks, 2);
	answer(fake->kernel, NLMSG_ERROR, 0);
	for (int i = 0; i < 3; i++)
		answer(fake->kernel, NLMSG_ERROR, -EOPNOTSUPP);
	assert_true(rxpath_hardware(&genl, rxpath_slice_of("4 eth0 1\n5 veth0 1\n"), &emitter));
	text_of(&fake->text);
	assert_string_equal(fake->text.data, "rxpath/hardware/eth0: rx-0.rx-alloc-fail 5\n"
					     "rx-1.rx-hw-drop-overruns 5000000000\n"
					     "eth-phy-SymbolErrorDuringCarrier 11\n"
					     "eth-mac-FrameCheckSequenceErrors 12\n"
					     "rmon-etherStatsJabbers 15\n"
					     "fec-uncorrectable_blocks 7\n");
}

static void pauses_are_told_or_not(void **state)
{
	struct fake *fake = *state;
	const uint64_t sent[] = {2};
	struct genl genl = {.asked = true, .ethtool = ETHTOOL, .fd = fake->fd};

	send_with_statistics(fake->kernel, 5, 2, sent, 1);
	answer(fake->kernel, NLMSG_ERROR, 0);
	assert_int_equal(rxpath_pause_frames(&genl, 4), 2);
	/* Received ones alone. */
	send_with_statistics(fake->kernel, 5, 3, sent, 1);
	answer(fake->kernel, NLMSG_ERROR, 0);
	assert_int_equal(rxpath_pause_frames(&genl, 4), RXPATH_UNKNOWN);
	answer(fake->kernel, NLMSG_ERROR, -EOPNOTSUPP);
	assert_int_equal(rxpath_pause_frames(&genl, 4), RXPATH_UNKNOWN);
}

/* As e1000e and a threaded driver tell it: the queue names its NAPI, and that its interrupt or its
 * thread. */
static void queues_name_their_interrupts(void **state)
{
	struct fake *fake = *state;
	static const struct {
		uint32_t queue, direction, napi;
	} queues[] = {{0, 0, 257}, {0, 1, 257}, {1, 0, 258}};
	struct genl genl = {.asked = true, .netdev = NETDEV, .fd = fake->fd};
	struct message message;

	for (size_t i = 0; i < COUNT(queues); i++) {
		begin_answer(&message, NETDEV);
		put_number(&message, 1, queues[i].queue);
		put_number(&message, 3, queues[i].direction);
		put_number(&message, 2, 4);
		put_number(&message, 4, queues[i].napi);
		send_answer(fake->kernel, &message);
	}
	answer(fake->kernel, NLMSG_DONE, 0);
	for (uint32_t id = 256; id < 259; id++) {
		begin_answer(&message, NETDEV);
		put_number(&message, 2, id);
		if (id == 257)
			put_number(&message, 3, 24);
		if (id == 258)
			put_number(&message, 4, 4711);
		send_answer(fake->kernel, &message);
	}
	answer(fake->kernel, NLMSG_DONE, 0);
	rxpath_put_napi(&genl, "eth0", 4, &fake->text);
	text_of(&fake->text);
	assert_string_equal(fake->text.data,
			    "device.eth0.napi.0 24 -\ndevice.eth0.napi.1 - 4711\n");
}

#define WITH_KERNEL(test) cmocka_unit_test_setup_teardown(test, open_fake, close_fake)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_KERNEL(an_answer_without_its_end_is_an_error),
		WITH_KERNEL(an_error_that_is_no_errno_is_refused),
		WITH_KERNEL(a_device_is_told_of_in_one_message),
		WITH_KERNEL(drops_of_traffic_control),
		WITH_KERNEL(filters_of_traffic_control),
		WITH_KERNEL(sockets_of_af_xdp),
		WITH_KERNEL(rules_are_read_as_a_kernel_told_them),
		WITH_KERNEL(hardware_is_told_by_queue_and_wire),
		WITH_KERNEL(pauses_are_told_or_not),
		WITH_KERNEL(queues_name_their_interrupts),
		cmocka_unit_test(the_owner_walk_ends),
		cmocka_unit_test(a_sample_can_be_interrupted),
		cmocka_unit_test(a_sink_ends_a_sample_at_any_section),
		cmocka_unit_test(a_file_is_read_up_to_its_limit),
		cmocka_unit_test(a_table_is_empty_by_its_count),
		cmocka_unit_test(a_namespace_is_unused_without_a_packet),
		cmocka_unit_test(only_the_loopback_device_is_first_and_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
