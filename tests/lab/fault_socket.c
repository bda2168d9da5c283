/* fault_socket.c: netfilter and conntrack; TCP; and the sockets that have no protocol counter at
 * all. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lab.h"

#define TIMES 100

/* --- netfilter --- */

#define TRACKING \
	"table inet t { chain c { type filter hook input priority 0;" \
	" ct state established accept; }; }\n"

/* So many flows, a datagram each. */
static uint64_t inject_flows(struct lab *lab, unsigned count)
{
	struct lab_packet packet;
	uint64_t sent = 0;

	lab_udp4(&packet, LAB_PORT, 100);
	for (unsigned i = 0; i < count; i++) {
		lab_put16(&packet, packet.body, 30000 + i);
		lab_seal_body(&packet);
		sent += lab_inject(lab, &packet, 1);
	}
	return sent;
}

static void conntrack_full(struct lab *lab)
{
	int fd = lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_LARGE);
	uint64_t lost;

	lab_nft(lab, TRACKING);
	lab_begin(lab);
	lab_set_host(lab, "net/netfilter/nf_conntrack_max", "60");
	lost = inject_flows(lab, 300);
	lab_put_back(lab, "net/netfilter/nf_conntrack_max");
	lab_end(lab);
	lost -= lab_drain(fd);
	if (lost == 0)
		lab_skip(lab, "a table of 60 took 300 flows");
	lab_want_sum(lab, "drop", "nf_conntrack_drop", lost, lost);
	lab_may(lab, "nf_conntrack_early_drop");
	lab_may(lab, "ip_residual");
	lab_want_end(lab, 1, lost);
}

/* A checksum that conntrack finds bad, and a rule that drops what it could not track. */
static void conntrack_invalid(struct lab *lab)
{
	struct lab_packet packet;
	uint64_t sent;

	lab_nft(lab, "table inet t { chain c { type filter hook input priority 0;"
		     " ct state invalid drop; }; }\n");
	lab_udp4(&packet, LAB_PORT, 100);
	packet.bytes[packet.len - 1] ^= 1;
	lab_begin(lab);
	sent = lab_inject(lab, &packet, TIMES);
	lab_end(lab);
	lab_want_sum(lab, "reject", "nf_conntrack_invalid", sent, 0);
	lab_want(lab, "reject", "ip_residual", "-", sent, 0);
	lab_want_end(lab, 0, 0);
}

static void ruled_out(struct lab *lab, const char *rules, const struct lab_packet *packet,
		      const char *residual)
{
	int fd = lab_receiver(lab, "::", LAB_PORT, LAB_LARGE);
	uint64_t sent;

	lab_nft(lab, rules);
	lab_begin(lab);
	sent = lab_inject(lab, packet, TIMES);
	lab_end(lab);
	if (lab_drain(fd) != 0)
		lab_die(lab, "the rule let something in");
	if (residual)
		lab_want(lab, "reject", residual, "-", sent, 0);
	lab_want_end(lab, 0, 0);
}

static void rule4(struct lab *lab)
{
	struct lab_packet packet;

	lab_udp4(&packet, LAB_PORT, 100);
	ruled_out(lab,
		  "table ip t { chain c { type filter hook input priority 0;"
		  " udp dport 9999 drop; }; }\n",
		  &packet, "ip_residual");
}

static void rule6(struct lab *lab)
{
	struct lab_packet packet;

	lab_udp6(&packet, LAB_PORT, 100);
	ruled_out(lab,
		  "table ip6 t { chain c { type filter hook prerouting priority 0;"
		  " udp dport 9999 drop; }; }\n",
		  &packet, "ip6_residual");
}

/* Before the IP layer there is nobody left to notice. */
static void rule_ingress(struct lab *lab)
{
	struct lab_packet packet;

	lab_udp4(&packet, LAB_PORT, 100);
	ruled_out(lab,
		  "table netdev t { chain c { type filter hook ingress device vb priority 0;"
		  " udp dport 9999 drop; }; }\n",
		  &packet, NULL);
}

/* --- TCP --- */

static void tcp_quiet(struct lab *lab, const struct lab_packet *packet)
{
	lab_begin(lab);
	lab_inject(lab, packet, TIMES);
	lab_end(lab);
	lab_want_end(lab, 0, 0);
}

static void tcp_closed(struct lab *lab)
{
	struct lab_packet packet;

	lab_syn4(&packet, LAB_TX4, 40000, 1);
	tcp_quiet(lab, &packet);
}

/* Shorter than a header: only InSegs notices. */
static void tcp_cut(struct lab *lab)
{
	struct lab_packet packet;

	lab_ip4(&packet, IPPROTO_TCP, 10);
	tcp_quiet(lab, &packet);
}

static void tcp_checksum(struct lab *lab)
{
	struct lab_packet packet;
	uint64_t lost;

	lab_syn4(&packet, LAB_TX4, 40000, 80);
	packet.bytes[packet.len - 1] ^= 1;
	lab_begin(lab);
	lost = lab_inject(lab, &packet, TIMES);
	lab_end(lab);
	lab_want(lab, "drop", "TcpInCsumErrors", "-", lost, lost);
	lab_want(lab, "reject", "TcpInErrs", "-", lost, 0);
	lab_want_flag(lab, "TcpInErrs", "-", "counted");
	lab_want_end(lab, 1, lost);
}

static void tcp_header(struct lab *lab)
{
	struct lab_packet packet;
	uint64_t lost;

	lab_syn4(&packet, LAB_TX4, 40000, 80);
	packet.bytes[packet.body + 12] = 3 << 4;
	lab_seal_body(&packet);
	lab_begin(lab);
	lost = lab_inject(lab, &packet, TIMES);
	lab_end(lab);
	lab_want(lab, "reject", "TcpInErrs", "-", lost, 0);
	lab_want_end(lab, 0, 0);
}

/* Answers reach the sending side's device, and there nobody: its address is nobody's. */
#define SPOOFED "10.77.0.99"

static int listener(struct lab *lab, int backlog)
{
	int fd = lab_socket(lab, AF_INET, SOCK_STREAM, 0), on = 1;

	lab_ip(lab, "neigh replace " SPOOFED " lladdr 02:00:00:00:00:01 dev vb nud permanent\n");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	lab_bind(lab, fd, LAB_RX4, LAB_PORT);
	if (listen(fd, backlog) != 0)
		lab_die(lab, "listen: %s", strerror(errno));
	return fd;
}

/* Everything that arrives on va, so that answers can be counted. */
static int watch_va(const struct lab *lab)
{
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_IP),
		.sll_ifindex = lab->va,
	};
	int fd;

	lab_in_tx(lab);
	fd = lab_socket(lab, AF_PACKET, SOCK_RAW, 0);
	lab_rcvbuf(lab, fd, LAB_LARGE);
	if (bind(fd, (struct sockaddr *)&to, sizeof to) != 0)
		lab_die(lab, "cannot watch va");
	lab_in_rx(lab);
	return fd;
}

static uint64_t count_syn_acks(int fd)
{
	unsigned char frame[2048];
	uint64_t count = 0;
	ssize_t got;

	lab_settle();
	while ((got = recv(fd, frame, sizeof frame, MSG_DONTWAIT)) > 0)
		count += got >= 54 && frame[23] == IPPROTO_TCP && (frame[47] & 0x3f) == 0x12;
	return count;
}

static uint64_t inject_syns(struct lab *lab, unsigned count)
{
	struct lab_packet packet;
	uint64_t sent = 0;

	for (unsigned i = 0; i < count; i++) {
		lab_syn4(&packet, SPOOFED, (uint16_t)(30000 + i), LAB_PORT);
		sent += lab_inject(lab, &packet, 1);
	}
	return sent;
}

static void listen_overflow(struct lab *lab)
{
	int fd = listener(lab, 1), answers;
	uint64_t lost;

	/* The queue holds one more than was asked for. */
	for (int i = 0; i < 2; i++) {
		int client;
		struct pollfd ready = {.events = POLLOUT};

		lab_in_tx(lab);
		client = lab_socket(lab, AF_INET, SOCK_STREAM, 0);
		lab_connect(lab, client, LAB_RX4, LAB_PORT);
		lab_in_rx(lab);
		ready.fd = client;
		if (poll(&ready, 1, 2000) != 1)
			lab_die(lab, "connection %d did not come about", i + 1);
	}
	answers = watch_va(lab);
	lab_begin(lab);
	lost = inject_syns(lab, TIMES);
	lost -= count_syn_acks(answers);
	lab_end(lab);
	lab_want(lab, "drop", "TcpExtListenOverflows", "-", lost, lost);
	lab_want_counted(lab, "TcpExtListenDrops", "-", lost);
	lab_may(lab, "sk_accept_queue");
	lab_want_end(lab, 1, lost);
	close(fd);
}

static void syn_queue(struct lab *lab, bool cookies)
{
	int fd, answers;
	uint64_t lost;

	lab_set(lab, "net/ipv4/tcp_syncookies", cookies ? "1" : "0");
	lab_set(lab, "net/ipv4/tcp_max_syn_backlog", "8");
	fd = listener(lab, 8);
	answers = watch_va(lab);
	lab_begin(lab);
	lost = inject_syns(lab, TIMES);
	lost -= count_syn_acks(answers);
	lab_end(lab);
	if (cookies) {
		/* Every SYN is answered: a burden, and no loss. */
		if (lost)
			lab_die(lab, "%d SYNs had no answer", (int)lost);
		lab_may(lab, "TcpExtSyncookiesSent");
		lab_may(lab, "TcpExtTCPReqQFullDoCookies");
	} else {
		lab_want(lab, "drop", "TcpExtListenDrops", "-", lost, lost);
	}
	lab_want_end(lab, !cookies, lost);
	close(fd);
}

static void syn_queue_full(struct lab *lab)
{
	syn_queue(lab, false);
}

static void syn_cookies(struct lab *lab)
{
	syn_queue(lab, true);
}

/* --- ICMP, raw, ping and packet sockets --- */

static void icmp_checksum(struct lab *lab, struct lab_packet *packet, uint8_t type,
			  const char *group)
{
	char counter[48];
	uint64_t lost;

	packet->bytes[packet->body] = type;
	lab_seal_body(packet);
	packet->bytes[packet->len - 1] ^= 1;
	lab_begin(lab);
	lost = lab_inject(lab, packet, TIMES);
	lab_end(lab);
	snprintf(counter, sizeof counter, "%sInCsumErrors", group);
	lab_want(lab, "drop", counter, "-", lost, lost);
	snprintf(counter, sizeof counter, "%sInErrors", group);
	lab_may(lab, counter);
	lab_want_end(lab, 1, lost);
}

static void icmp_checksum4(struct lab *lab)
{
	struct lab_packet packet;

	lab_ip4(&packet, IPPROTO_ICMP, 64);
	icmp_checksum(lab, &packet, 8, "Icmp");
}

static void icmp_checksum6(struct lab *lab)
{
	struct lab_packet packet;

	lab_ip6(&packet, IPPROTO_ICMPV6, 64);
	icmp_checksum(lab, &packet, 128, "Icmp6");
}

/* No protocol counts what these lose: the socket's own figure is all there is. */
static void uncounted(struct lab *lab, int fd, const struct lab_packet *packet, const char *subject)
{
	uint64_t lost;

	lab_begin(lab);
	lost = lab_inject(lab, packet, 1000);
	lab_end(lab);
	lost -= lab_drain(fd);
	if (lost == 0)
		lab_die(lab, "nothing was lost");
	lab_want_socket(lab, fd, subject, lost);
	lab_want(lab, "drop", "sk_drops", "-", lost, lost);
	/* To this kernel a protocol whose only socket is full is one that nobody speaks. */
	lab_may(lab, "IpInUnknownProtos");
	lab_may(lab, "Ip6InUnknownProtos");
	lab_want_end(lab, 1, lost);
}

static void raw4(struct lab *lab)
{
	struct lab_packet packet;
	int fd = lab_socket(lab, AF_INET, SOCK_RAW, 253);

	lab_rcvbuf(lab, fd, LAB_SMALL);
	lab_ip4(&packet, 253, 100);
	uncounted(lab, fd, &packet, "raw/0.0.0.0:253");
}

static void raw4_bound(struct lab *lab)
{
	struct lab_packet packet;
	int fd = lab_socket(lab, AF_INET, SOCK_RAW, 253);

	lab_rcvbuf(lab, fd, LAB_SMALL);
	lab_bind(lab, fd, LAB_RX4, 0);
	lab_ip4(&packet, 253, 100);
	uncounted(lab, fd, &packet, "raw/" LAB_RX4 ":253");
}

/* The kernel answers the echo itself, and the socket would have had a copy. */
static void raw4_echo(struct lab *lab)
{
	struct lab_packet packet;
	int fd = lab_socket(lab, AF_INET, SOCK_RAW, IPPROTO_ICMP);

	lab_rcvbuf(lab, fd, LAB_SMALL);
	lab_ip4(&packet, IPPROTO_ICMP, 64);
	packet.bytes[packet.body] = 8;
	packet.bytes[packet.body + 1] = 0;
	lab_seal_body(&packet);
	uncounted(lab, fd, &packet, "raw/0.0.0.0:1");
}

static void raw6(struct lab *lab)
{
	struct lab_packet packet;
	int fd = lab_socket(lab, AF_INET6, SOCK_RAW, 253);

	lab_rcvbuf(lab, fd, LAB_SMALL);
	lab_ip6(&packet, 253, 100);
	uncounted(lab, fd, &packet, "raw6/[::]:253");
}

/* An echo reply for the identifier 77, which is what such a socket has for a port. */
static void ping(struct lab *lab, struct lab_packet *packet, const char *address, int protocol,
		 uint8_t reply, const char *subject)
{
	int fd;

	lab_set(lab, "net/ipv4/ping_group_range", "0 0");
	fd = lab_socket(lab, strchr(address, ':') ? AF_INET6 : AF_INET, SOCK_DGRAM, protocol);
	lab_rcvbuf(lab, fd, LAB_SMALL);
	lab_bind(lab, fd, address, 77);
	memset(packet->bytes + packet->body, 0, 8);
	packet->bytes[packet->body] = reply;
	lab_put16(packet, packet->body + 4, 77);
	lab_seal_body(packet);
	uncounted(lab, fd, packet, subject);
}

static void ping4(struct lab *lab)
{
	struct lab_packet packet;

	lab_ip4(&packet, IPPROTO_ICMP, 64);
	ping(lab, &packet, LAB_RX4, IPPROTO_ICMP, 0, "icmp/" LAB_RX4 ":77");
}

static void ping6(struct lab *lab)
{
	struct lab_packet packet;

	lab_ip6(&packet, IPPROTO_ICMPV6, 64);
	ping(lab, &packet, LAB_RX6, IPPROTO_ICMPV6, 129, "icmp6/[" LAB_RX6 "]:77");
}

/* Raw, ping and UDP at once: only the former two are uncounted. */
static void raw_and_udp(struct lab *lab)
{
	struct lab_packet packet, datagram;
	int raw = lab_socket(lab, AF_INET, SOCK_RAW, 253);
	int udp = lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_SMALL);
	uint64_t lost_raw, lost_udp;

	lab_rcvbuf(lab, raw, LAB_SMALL);
	lab_ip4(&packet, 253, 100);
	lab_udp4(&datagram, LAB_PORT, 100);
	lab_begin(lab);
	lost_raw = lab_inject(lab, &packet, 400);
	lost_udp = lab_inject(lab, &datagram, 600);
	lab_end(lab);
	lost_raw -= lab_drain(raw);
	lost_udp -= lab_drain(udp);
	lab_want(lab, "drop", "UdpRcvbufErrors", "-", lost_udp, lost_udp);
	lab_want_counted(lab, "UdpInErrors", "-", lost_udp);
	lab_want_socket(lab, udp, "udp/" LAB_RX4 ":9999", lost_udp);
	lab_want_socket(lab, raw, "raw/0.0.0.0:253", lost_raw);
	lab_want(lab, "drop", "sk_drops", "-", lost_raw, lost_raw);
	lab_may(lab, "IpInUnknownProtos");
	lab_want_end(lab, 1, lost_raw + lost_udp);
}

/* A capture that falls behind loses copies; the packets arrive all the same. */
static void packet_socket(struct lab *lab)
{
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = (int)if_nametoindex("vb"),
	};
	int tap = lab_socket(lab, AF_PACKET, SOCK_RAW, 0);
	int fd = lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_LARGE);
	struct lab_packet packet;
	uint64_t sent;

	lab_rcvbuf(lab, tap, LAB_SMALL);
	if (bind(tap, (struct sockaddr *)&to, sizeof to) != 0)
		lab_die(lab, "cannot capture on vb");
	lab_udp4(&packet, LAB_PORT, 100);
	lab_begin(lab);
	sent = lab_inject(lab, &packet, 1000);
	lab_end(lab);
	if (lab_drain(fd) != sent || lab_drain(tap) >= sent)
		lab_die(lab, "not the capture alone lost something");
	lab_may(lab, "sk_drops");
	lab_want_end(lab, 0, 0);
}

/* A socket that hears of every change of a device. */
static int monitor(struct lab *lab, int rcvbuf, uint32_t *port)
{
	struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK};
	socklen_t len = sizeof address;
	int fd = lab_socket(lab, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	int yes = 1;

	lab_rcvbuf(lab, fd, rcvbuf);
	if (setsockopt(fd, SOL_NETLINK, NETLINK_NO_ENOBUFS, &yes, sizeof yes) != 0 ||
	    bind(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
	    getsockname(fd, (struct sockaddr *)&address, &len) != 0)
		lab_die(lab, "cannot monitor devices");
	*port = address.nl_pid;
	return fd;
}

/* A monitor with a small queue misses what one with a large queue hears. */
static void netlink(struct lab *lab)
{
	char batch[4096] = "";
	char subject[64];
	uint32_t port, other;
	int small = monitor(lab, LAB_SMALL, &port);
	int large = monitor(lab, LAB_LARGE, &other);
	uint64_t missed;

	for (int i = 0; i < 60; i++)
		snprintf(batch + strlen(batch), sizeof batch - strlen(batch),
			 "link set vb mtu %d\n", 1400 + i % 2);
	lab_begin(lab);
	lab_ip(lab, batch);
	lab_end(lab);
	missed = lab_drain(large);
	missed -= lab_drain(small);
	if (missed == 0)
		lab_die(lab, "the small queue took everything");
	snprintf(subject, sizeof subject, "netlink/route:%u", port);
	lab_want(lab, "pressure", "netlink_drops", subject, missed, 0);
	lab_want_end(lab, 0, 0);
}

const struct lab_fault lab_socket_faults[] = {
	{.name = "conntrack-full", .run = conntrack_full, .modes = LAB_ALL_MODES},
	{.name = "conntrack-invalid", .run = conntrack_invalid},
	{.name = "rule4", .run = rule4, .modes = LAB_BIT(LAB_LIVE) | LAB_BIT(LAB_RUN)},
	{.name = "rule6", .run = rule6, .modes = LAB_BIT(LAB_LIVE)},
	{.name = "rule-ingress", .run = rule_ingress},
	{.name = "tcp-closed-port", .run = tcp_closed, .modes = LAB_BIT(LAB_LIVE)},
	{.name = "tcp-cut", .run = tcp_cut},
	{.name = "tcp-checksum", .run = tcp_checksum, .modes = LAB_BIT(LAB_LIVE)},
	{.name = "tcp-header", .run = tcp_header},
	{.name = "tcp-listen-overflow", .run = listen_overflow, .modes = LAB_BIT(LAB_LIVE)},
	{.name = "tcp-syn-queue", .run = syn_queue_full, .modes = LAB_BIT(LAB_RUN)},
	{.name = "tcp-syn-cookies", .run = syn_cookies},
	{.name = "icmp4-checksum", .run = icmp_checksum4},
	{.name = "icmp6-checksum", .run = icmp_checksum6},
	{.name = "raw4", .run = raw4, .modes = LAB_ALL_MODES},
	{.name = "raw4-bound", .run = raw4_bound},
	{.name = "raw4-echo", .run = raw4_echo},
	{.name = "raw6", .run = raw6, .modes = LAB_BIT(LAB_LIVE)},
	{.name = "ping4", .run = ping4, .modes = LAB_BIT(LAB_RUN)},
	{.name = "ping6", .run = ping6},
	{.name = "raw-and-udp", .run = raw_and_udp, .modes = LAB_BIT(LAB_LIVE)},
	{.name = "netlink-monitor", .run = netlink, .modes = LAB_BIT(LAB_LIVE) | LAB_BIT(LAB_PID)},
	{.name = "packet-socket", .run = packet_socket, .modes = LAB_BIT(LAB_LIVE)},
	{.name = NULL},
};
