/* test_socket.c: a socket as sock_diag tells of it, as a row of its table, and as a subject. */
#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>

#include "rxpath/nlmsg.h"
#include "rxpath/socket.h"
#include "support.h"

static void put_attribute(struct rxpath_buf *out, unsigned short type, const void *value,
			  size_t len)
{
	const struct nlattr attribute = {
		.nla_len = (unsigned short)(sizeof attribute + len),
		.nla_type = type,
	};

	rxpath_buf_bytes(out, (const char *)&attribute, sizeof attribute);
	rxpath_buf_bytes(out, value, len);
}

static void put_message(struct rxpath_buf *out, unsigned short type,
			const struct rxpath_buf *payload)
{
	const struct nlmsghdr header = {
		.nlmsg_len = (uint32_t)(sizeof header + payload->len),
		.nlmsg_type = type,
	};

	rxpath_buf_bytes(out, (const char *)&header, sizeof header);
	rxpath_buf_bytes(out, payload->data, payload->len);
}

/* Each figure is another one, so that none can stand for the other. `words` of the memory's
 * nine. */
static void put_socket(struct rxpath_buf *out, size_t words)
{
	static const uint32_t memory[] = {
		[SK_MEMINFO_RMEM_ALLOC] = 101, [SK_MEMINFO_RCVBUF] = 102,
		[SK_MEMINFO_WMEM_ALLOC] = 103, [SK_MEMINFO_SNDBUF] = 104,
		[SK_MEMINFO_FWD_ALLOC] = 105,  [SK_MEMINFO_WMEM_QUEUED] = 106,
		[SK_MEMINFO_OPTMEM] = 107,     [SK_MEMINFO_BACKLOG] = 108,
		[SK_MEMINFO_DROPS] = 109,
	};
	const uint64_t cgroup = UINT64_C(0x100000002);
	const struct inet_diag_msg message = {
		.id =
			{
				.idiag_sport = htons(9999),
				.idiag_dport = htons(53),
				.idiag_src = {htonl(0x7f000001)},
				.idiag_dst = {htonl(0x0a000002)},
				.idiag_cookie = {7, 9},
			},
		.idiag_rqueue = 201,
		.idiag_wqueue = 202,
		.idiag_uid = 203,
		.idiag_inode = 204,
	};
	struct rxpath_buf payload = {0};

	rxpath_buf_bytes(&payload, (const char *)&message, sizeof message);
	if (words > 0)
		put_attribute(&payload, INET_DIAG_SKMEMINFO, memory, words * sizeof *memory);
	if (words == COUNT(memory))
		put_attribute(&payload, INET_DIAG_CGROUP_ID, &cgroup, sizeof cgroup);
	put_message(out, SOCK_DIAG_BY_FAMILY, &payload);
	rxpath_buf_free(&payload);
}

static void parse_diag(const struct rxpath_buf *messages, struct rxpath_sample *sample)
{
	const struct rxpath_section section = {
		rxpath_slice_of("rxpath/diag/udp"),
		rxpath_buf_view(messages),
		0,
	};
	struct rxpath_builder builder;
	struct rxpath_error error = {0};

	rxpath_builder_begin(&builder, sample, NULL);
	assert_true(rxpath_parse_section(&builder, &section, &error));
	rxpath_builder_finish(&builder);
}

static void assert_row(const struct rxpath_socket *socket, const char *expected)
{
	struct rxpath_buf row = {0};

	rxpath_socket_row(&row, socket);
	assert_string_equal(text_of(&row), expected);
	rxpath_buf_free(&row);
}

static void sock_diag_tells_of_a_socket(void **state)
{
	static const struct {
		size_t words;
		const char *row;
	} cases[] = {
		{9,
		 "    0: 0100007F:270F 0200000A:0035 01 00000000:000000C9 00:00000000 00000000 203 0 "
		 "204 0 0 109 102 101 0000000900000007 4294967298\n"},
		/* Before Linux 4.7, and where the kernel gave nothing. */
		{8,
		 "    0: 0100007F:270F 0200000A:0035 01 00000000:000000C9 00:00000000 00000000 203 0 "
		 "204 0 0 0 102 101 0000000900000007 0\n"},
		{0,
		 "    0: 0100007F:270F 0200000A:0035 01 00000000:000000C9 00:00000000 00000000 203 0 "
		 "204 0 0 0 - - 0000000900000007 0\n"},
	};
	const struct rxpath_buf nothing = {0};

	(void)state;
	if (__BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__)
		skip();
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct rxpath_buf messages = {0};
		struct rxpath_sample sample;

		/* What is no socket is passed over. */
		put_message(&messages, NLMSG_NOOP, &nothing);
		put_socket(&messages, cases[i].words);
		put_message(&messages, NLMSG_DONE, &nothing);
		parse_diag(&messages, &sample);
		assert_int_equal(sample.sources[RXPATH_SOURCE_UDP].status, RXPATH_READ);
		assert_int_equal(sample.socket_count, 1);
		assert_int_equal(sample.sockets[0].protocol, RXPATH_UDP);
		assert_int_equal(sample.sockets[0].limit, RXPATH_UNKNOWN32);
		assert_row(&sample.sockets[0], cases[i].row);
		rxpath_sample_free(&sample);
		rxpath_buf_free(&messages);
	}
}

/* Cut anywhere, it is refused, but for less than a header behind the last message. */
static void a_listing_that_is_cut_is_refused(void **state)
{
	struct rxpath_buf whole = {0};
	size_t one;

	(void)state;
	put_socket(&whole, 9);
	one = whole.len;
	put_socket(&whole, 9);
	for (size_t len = 0; len <= whole.len; len++) {
		struct rxpath_buf piece = {0};
		struct rxpath_sample sample;
		bool good = len == whole.len || len % one < sizeof(struct nlmsghdr);

		rxpath_buf_bytes(&piece, whole.data, len);
		parse_diag(&piece, &sample);
		assert_int_equal(sample.sources[RXPATH_SOURCE_UDP].status,
				 good ? RXPATH_READ : RXPATH_FAILED);
		assert_int_equal(sample.socket_count, good ? len / one : 0);
		rxpath_sample_free(&sample);
		rxpath_buf_free(&piece);
	}
	/* The error is of no line. */
	whole.len--;
	{
		struct rxpath_sample sample;

		parse_diag(&whole, &sample);
		assert_int_equal(sample.sources[RXPATH_SOURCE_UDP].error->line, 0);
		rxpath_sample_free(&sample);
	}
	/* A message whose own length says that it holds no socket. */
	((struct nlmsghdr *)(void *)whole.data)->nlmsg_len =
		sizeof(struct nlmsghdr) + sizeof(struct inet_diag_msg) - 1;
	whole.len = sizeof(struct nlmsghdr) + sizeof(struct inet_diag_msg);
	for (size_t i = 0; i < 2; i++) {
		struct rxpath_sample sample;

		parse_diag(&whole, &sample);
		assert_int_equal(sample.socket_count, i);
		if (i == 0)
			assert_int_equal(sample.sources[RXPATH_SOURCE_UDP].error->line, 0);
		rxpath_sample_free(&sample);
		((struct nlmsghdr *)(void *)whole.data)->nlmsg_len++;
	}
	rxpath_buf_free(&whole);
}

/* What is written as a row is read as the same socket. */
static void a_row_is_read_as_it_was_written(void **state)
{
	const struct rxpath_socket sockets[] = {
		{.rmem = 1,
		 .rcvbuf = 2,
		 .drops = 3,
		 .rx_queue = 4,
		 .uid = 5,
		 .inode = 6,
		 .cookie = UINT64_C(0x123456789abcdef0),
		 .cgroup = 8,
		 .local = {.bytes = {10, 1, 2, 3}, .port = 65535},
		 .remote = {.bytes = {10, 4, 5, 6}, .port = 1}},
		{.v6 = true,
		 .rmem = RXPATH_UNKNOWN32,
		 .rcvbuf = RXPATH_UNKNOWN32,
		 .drops = UINT32_MAX,
		 .rx_queue = UINT32_MAX,
		 .uid = UINT32_MAX,
		 .inode = UINT64_MAX,
		 .local = {.bytes = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
			   .port = 53},
		 .remote = {.bytes = {15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0},
			    .port = 9}},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(sockets); i++) {
		const struct rxpath_socket *socket = &sockets[i];
		struct rxpath_buf table = {0};
		struct rxpath_sample sample;
		const struct rxpath_socket *read;

		/* Addresses are printed as this machine keeps them. */
		rxpath_buf_printf(&table,
				  "==> rxpath <==\nbyte_order %s\n\n==> /proc/net/udp%s <==\n",
				  __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? "big" : "little",
				  socket->v6 ? "6" : "");
		rxpath_socket_header(&table);
		rxpath_socket_row(&table, socket);
		sample = sample_of(text_of(&table));
		assert_int_equal(sample.socket_count, 1);
		read = &sample.sockets[0];
		assert_int_equal(read->v6, socket->v6);
		assert_int_equal(read->rmem, socket->rmem);
		assert_int_equal(read->rcvbuf, socket->rcvbuf);
		assert_int_equal(read->drops, socket->drops);
		assert_int_equal(read->rx_queue, socket->rx_queue);
		assert_int_equal(read->uid, socket->uid);
		assert_int_equal(read->inode, socket->inode);
		assert_int_equal(read->cookie, socket->cookie);
		assert_int_equal(read->cgroup, socket->cgroup);
		assert_memory_equal(&read->local, &socket->local, sizeof read->local);
		assert_memory_equal(&read->remote, &socket->remote, sizeof read->remote);
		rxpath_sample_free(&sample);
		rxpath_buf_free(&table);
	}
}

/* Each table's rows are of its own protocol and family. */
static void tables_have_their_protocols(void **state)
{
	static const char *const names[] = {"udp", "udp6", "udplite", "udplite6",
					    "raw", "raw6", "icmp",    "icmp6"};

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		const bool v6 = names[i][strlen(names[i]) - 1] == '6';
		struct rxpath_buf table = {0};
		struct rxpath_sample sample;

		rxpath_buf_printf(&table, "==> /proc/net/%s <==\n" UDP_HEADER "\n%s", names[i],
				  v6 ? SOCKET6("0035", "7", "1") : SOCKET4("0035", "7", "1"));
		sample = sample_of(text_of(&table));
		assert_int_equal(sample.socket_count, 1);
		assert_string_equal(rxpath_socket_protocol(&sample.sockets[0]), names[i]);
		assert_int_equal(sample.records[0].v6, v6);
		rxpath_sample_free(&sample);
		rxpath_buf_free(&table);
	}
}

static void subjects(void **state)
{
	static const struct {
		struct rxpath_socket socket;
		uint32_t netlink_port;
		const char *subject, *drops, *queue;
	} cases[] = {
		{{.protocol = RXPATH_UDP, .local = {.bytes = {127, 0, 0, 1}, .port = 53}},
		 0,
		 "udp/127.0.0.1:53",
		 "sk_drops",
		 "sk_rx_queue"},
		{{.protocol = RXPATH_UDPLITE, .v6 = true, .local = {.port = 65535}},
		 0,
		 "udplite6/[::]:65535",
		 "sk_drops",
		 "sk_rx_queue"},
		{{.protocol = RXPATH_TCP, .local = {.bytes = {10, 0, 0, 1}, .port = 80}},
		 0,
		 "tcp/10.0.0.1:80",
		 "sk_drops",
		 "sk_accept_queue"},
		{{.protocol = RXPATH_PACKET, .local = {.port = 3}},
		 0,
		 "packet/*",
		 "sk_drops",
		 "sk_rx_queue"},
		{{.protocol = RXPATH_PACKET, .local = {.bytes = "eth 0"}},
		 0,
		 "packet/eth\\x200",
		 "sk_drops",
		 "sk_rx_queue"},
		{{.protocol = RXPATH_XDP, .local = {.bytes = "eth0", .port = 3}},
		 0,
		 "xdp/eth0:3",
		 "sk_drops",
		 "sk_rx_queue"},
		{{.protocol = RXPATH_NETLINK, .local = {.port = 0}},
		 812,
		 "netlink/route:812",
		 "netlink_drops",
		 "sk_rx_queue"},
		{{.protocol = RXPATH_NETLINK, .local = {.port = 21}},
		 1,
		 "netlink/crypto:1",
		 "netlink_drops",
		 "sk_rx_queue"},
		/* Families that have no name, within the table and behind it. */
		{{.protocol = RXPATH_NETLINK, .local = {.port = 1}},
		 1,
		 "netlink/1:1",
		 "netlink_drops",
		 "sk_rx_queue"},
		{{.protocol = RXPATH_NETLINK, .local = {.port = 22}},
		 1,
		 "netlink/22:1",
		 "netlink_drops",
		 "sk_rx_queue"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct rxpath_socket socket = cases[i].socket;
		struct rxpath_buf out = {0};

		if (socket.protocol == RXPATH_NETLINK)
			memcpy(socket.local.bytes, &cases[i].netlink_port, sizeof(uint32_t));
		rxpath_socket_subject(&out, &socket);
		assert_string_equal(text_of(&out), cases[i].subject);
		assert_string_equal(rxpath_socket_drops(&socket), cases[i].drops);
		assert_string_equal(rxpath_socket_queue(&socket), cases[i].queue);
		rxpath_buf_free(&out);
	}
}

/* As include/uapi/linux/netlink.h numbers them. */
static void families_of_netlink_have_names(void **state)
{
	static const char expected[] =
		"route 1 usersock 3 sock_diag 5 xfrm selinux iscsi audit fib_lookup connector "
		"netfilter 13 14 uevent generic 17 scsi 19 rdma crypto 22 ";
	struct rxpath_socket socket = {.protocol = RXPATH_NETLINK};
	struct rxpath_buf out = {0};

	(void)state;
	for (; socket.local.port <= 22; socket.local.port++) {
		struct rxpath_buf address = {0};

		rxpath_socket_address(&address, &socket, &socket.local);
		text_of(&address);
		*strchr(address.data, ':') = '\0';
		rxpath_buf_printf(&out, "%s ", address.data);
		rxpath_buf_free(&address);
	}
	assert_string_equal(text_of(&out), expected);
	rxpath_buf_free(&out);
}

/* Only UDP sockets that are not connected share their address; each group is known by its
 * number. */
static void groups_of_one_address(void **state)
{
	struct rxpath_socket socket = {.protocol = RXPATH_UDP,
				       .local = {.bytes = {10}, .port = 53}};
	const uint32_t group = rxpath_socket_reuse_group(&socket);

	(void)state;
	assert_int_not_equal(group, 0);
	socket.inode = 7;
	assert_int_equal(rxpath_socket_reuse_group(&socket), group);
	socket.local.port = 54;
	assert_int_not_equal(rxpath_socket_reuse_group(&socket), group);
	socket.local.port = 53;
	socket.local.bytes[3] = 1;
	assert_int_not_equal(rxpath_socket_reuse_group(&socket), group);
	socket.local.bytes[3] = 0;
	socket.v6 = true;
	assert_int_not_equal(rxpath_socket_reuse_group(&socket), group);
	socket.v6 = false;
	socket.protocol = RXPATH_UDPLITE;
	assert_int_not_equal(rxpath_socket_reuse_group(&socket), group);
	assert_int_not_equal(rxpath_socket_reuse_group(&socket), 0);
	socket.protocol = RXPATH_RAW;
	assert_int_equal(rxpath_socket_reuse_group(&socket), 0);
	socket.protocol = RXPATH_UDP;
	socket.remote.port = 1;
	assert_int_equal(rxpath_socket_reuse_group(&socket), 0);
}

/* Without an inode it is known by its addresses, and never taken for one that has an inode. */
static void identities(void **state)
{
	struct rxpath_socket socket = {.inode = 7, .local = {.port = 53}};
	uint64_t known[6];
	size_t count = 0;

	(void)state;
	known[count++] = rxpath_socket_identity(&socket);
	socket.local.port = 54;
	known[count++] = rxpath_socket_identity(&socket);
	socket.inode = 0;
	known[count++] = rxpath_socket_identity(&socket);
	socket.remote.port = 1;
	known[count++] = rxpath_socket_identity(&socket);
	socket.remote.bytes[0] = 1;
	known[count++] = rxpath_socket_identity(&socket);
	socket.local.bytes[15] = 1;
	known[count++] = rxpath_socket_identity(&socket);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(known[i] >> 63, i >= 2);
		for (size_t j = 0; j < i; j++)
			assert_int_not_equal(known[i], known[j]);
	}
}

static void a_cookie_that_is_not_known_is_any(void **state)
{
	const struct rxpath_socket sockets[] = {
		{.inode = 7, .cookie = 1},
		{.inode = 7, .cookie = 2},
		{.inode = 7, .cookie = 0},
		{.inode = 7, .cookie = 0, .v6 = true},
		{.inode = 7, .cookie = 1, .v6 = true},
		{.inode = 7, .cookie = 1, .protocol = RXPATH_RAW},
		{.inode = 8, .cookie = 1},
	};
	/* For each, those that it may be, itself included. */
	static const unsigned same[] = {0x15, 0x06, 0x07, 0x18, 0x19, 0x20, 0x40};

	(void)state;
	for (size_t i = 0; i < COUNT(sockets); i++) {
		const struct rxpath_socket_record record = {
			.cookie = sockets[i].cookie,
			.identity = rxpath_socket_identity(&sockets[i]),
			.protocol = sockets[i].protocol,
			.v6 = sockets[i].v6,
		};

		for (size_t j = 0; j < COUNT(sockets); j++)
			assert_int_equal(rxpath_record_is_of(&record, &sockets[j],
							     rxpath_socket_identity(&sockets[j])),
					 same[i] >> j & 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sock_diag_tells_of_a_socket),
		cmocka_unit_test(a_listing_that_is_cut_is_refused),
		cmocka_unit_test(a_row_is_read_as_it_was_written),
		cmocka_unit_test(tables_have_their_protocols),
		cmocka_unit_test(subjects),
		cmocka_unit_test(families_of_netlink_have_names),
		cmocka_unit_test(groups_of_one_address),
		cmocka_unit_test(identities),
		cmocka_unit_test(a_cookie_that_is_not_known_is_any),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
