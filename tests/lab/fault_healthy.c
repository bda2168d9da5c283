/* fault_healthy.c: what is well, or merely noisy, and must not be reported as a loss; and many
 * faults at once, whose losses must add up to the packet. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lab.h"

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef UDP_GRO
#define UDP_GRO 104
#endif

#define MANY 1000

static void all_read(const struct lab *lab, int fd, size_t sent)
{
	size_t got = lab_drain(fd);

	if (got != sent)
		lab_die(lab, "%zu of %zu were read: not healthy", got, sent);
}

static void idle(struct lab *lab)
{
	lab_begin(lab);
	lab_sleep_ms(100);
	lab_end(lab);
	lab_want_end(lab, 0, 0);
}

static void quick_reader(struct lab *lab)
{
	struct lab_packet packet;
	int fd = lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_SMALL);
	size_t got = 0;

	lab_udp4(&packet, LAB_PORT, 100);
	lab_begin(lab);
	for (int i = 0; i < MANY; i++) {
		lab_inject(lab, &packet, 5);
		got += lab_drain(fd);
	}
	lab_end(lab);
	if (got != 5 * MANY)
		lab_die(lab, "the quick reader was not quick");
	lab_want_end(lab, 0, 0);
}

/* As much as fits, and not one more: shown as pressure perhaps, never as loss. */
static void full_queue(struct lab *lab)
{
	struct lab_packet packet;
	int fd = lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_SMALL), probe;
	size_t fits;

	lab_udp4(&packet, LAB_PORT + 1, 100);
	probe = lab_receiver(lab, LAB_RX4, LAB_PORT + 1, LAB_SMALL);
	lab_inject(lab, &packet, 100);
	fits = lab_drain(probe);
	lab_udp4(&packet, LAB_PORT, 100);
	lab_begin(lab);
	lab_inject(lab, &packet, (unsigned)fits);
	lab_end(lab);
	all_read(lab, fd, fits);
	lab_want_end(lab, 0, 0);
}

/* Frames of switches and of protocols that nobody here speaks. */
static void lldp(struct lab *lab)
{
	static const unsigned char nearest_bridge[6] = {1, 0x80, 0xc2, 0, 0, 0x0e};
	struct lab_packet packet;

	lab_ether(&packet, 0x88cc, 80);
	memcpy(packet.bytes, nearest_bridge, 6);
	lab_begin(lab);
	lab_inject(lab, &packet, 30);
	lab_end(lab);
	lab_want(lab, "suspect", "rx_dropped", "vb", 30, 0);
	lab_want_end(lab, 0, 0);
}

static void spanning_tree(struct lab *lab)
{
	static const unsigned char bridges[6] = {1, 0x80, 0xc2, 0, 0, 0};
	static const unsigned char llc[3] = {0x42, 0x42, 3};
	struct lab_packet packet;

	lab_ether(&packet, 38, 60); /* not a type but a length: 802.3 */
	memcpy(packet.bytes, bridges, 6);
	memcpy(packet.bytes + LAB_ETHER, llc, 3);
	lab_begin(lab);
	lab_inject(lab, &packet, 30);
	lab_end(lab);
	lab_may(lab, "rx_dropped"); /* where no bridge support claims them */
	lab_want_end(lab, 0, 0);
}

static void arp_of_others(struct lab *lab)
{
	static const unsigned char request[8] = {0, 1, 8, 0, 6, 4, 0, 1};
	struct lab_packet packet;

	lab_ether(&packet, ETH_P_ARP, 46);
	memset(packet.bytes, 0xff, 6);
	memset(packet.bytes + LAB_ETHER, 0, 46);
	memcpy(packet.bytes + LAB_ETHER, request, sizeof request);
	memcpy(packet.bytes + LAB_ETHER + 8, packet.bytes + 6, 6);
	inet_pton(AF_INET, LAB_TX4, packet.bytes + LAB_ETHER + 14);
	inet_pton(AF_INET, "10.77.0.200", packet.bytes + LAB_ETHER + 24);
	lab_begin(lab);
	lab_inject(lab, &packet, 200);
	lab_end(lab);
	lab_want_end(lab, 0, 0);
}

static void port_scan(struct lab *lab)
{
	struct lab_packet packet;
	uint64_t sent = 0;

	lab_begin(lab);
	for (uint16_t port = 1; port <= 500; port++) {
		lab_syn4(&packet, LAB_TX4, 40000, port);
		lab_inject(lab, &packet, 1);
		lab_udp4(&packet, port, 0);
		sent += lab_inject(lab, &packet, 1);
	}
	lab_end(lab);
	lab_want(lab, "reject", "UdpNoPorts", "-", sent, 0);
	lab_want_end(lab, 0, 0);
}

static void groups_of_others(struct lab *lab)
{
	struct lab_packet packet;
	uint64_t four, six;

	lab_begin(lab);
	lab_udp4(&packet, 1900, 100);
	lab_readdress(&packet, NULL, "239.255.255.250");
	four = lab_inject(lab, &packet, 200);
	lab_udp4(&packet, 5353, 100);
	lab_readdress(&packet, NULL, "224.0.0.251");
	four += lab_inject(lab, &packet, 200);
	lab_udp6(&packet, 5353, 100);
	lab_readdress(&packet, NULL, "ff02::fb");
	six = lab_inject(lab, &packet, 200);
	lab_end(lab);
	lab_want(lab, "reject", "ip_residual", "-", four, 0);
	lab_want(lab, "reject", "ip6_residual", "-", six, 0);
	lab_want_end(lab, 0, 0);
}

static void broadcasts(struct lab *lab)
{
	struct lab_packet packet;
	uint64_t sent;

	lab_udp4(&packet, 67, 250);
	lab_readdress(&packet, NULL, "255.255.255.255");
	memset(packet.bytes, 0xff, 6);
	lab_begin(lab);
	sent = lab_inject(lab, &packet, 100);
	lab_end(lab);
	lab_want(lab, "reject", "UdpIgnoredMulti", "-", sent, 0);
	lab_want_end(lab, 0, 0);
}

static void igmp_queries(struct lab *lab)
{
	struct lab_packet packet;
	unsigned char *query;

	lab_ip4(&packet, IPPROTO_IGMP, 8);
	query = packet.bytes + packet.body;
	memset(query, 0, 8);
	query[0] = 0x11;
	query[1] = 100;
	query[2] = 0xee; /* the checksum of these two */
	query[3] = 0x9b;
	lab_readdress(&packet, NULL, "224.0.0.1");
	lab_begin(lab);
	lab_inject(lab, &packet, 100);
	lab_end(lab);
	lab_want_end(lab, 0, 0);
}

static int tap(const struct lab *lab, int rcvbuf)
{
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = (int)if_nametoindex("vb"),
	};
	int fd = lab_socket(lab, AF_PACKET, SOCK_RAW, 0);

	lab_rcvbuf(lab, fd, rcvbuf);
	if (bind(fd, (struct sockaddr *)&to, sizeof to) != 0)
		lab_die(lab, "cannot capture on vb: %s", strerror(errno));
	return fd;
}

static void captured(struct lab *lab)
{
	struct lab_packet packet;
	int fd = lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_LARGE);

	tap(lab, LAB_LARGE);
	lab_udp4(&packet, LAB_PORT, 100);
	lab_begin(lab);
	lab_inject(lab, &packet, 2 * MANY);
	lab_end(lab);
	all_read(lab, fd, 2 * MANY);
	lab_want_end(lab, 0, 0);
}

/* A super-packet counts once at some stages and by its segments at others; on some kernels veth
 * splits it. */
static void segments(struct lab *lab, int gro)
{
	static char payload[20000];
	int fd = lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_LARGE * 4), segment = 1000, from;
	size_t bytes = 0;

	from = lab_sender(lab, LAB_RX4, LAB_PORT);
	if (setsockopt(from, IPPROTO_UDP, UDP_SEGMENT, &segment, sizeof segment) != 0 ||
	    setsockopt(fd, IPPROTO_UDP, UDP_GRO, &gro, sizeof gro) != 0)
		lab_skip(lab, "no UDP GSO or GRO on this kernel");
	lab_begin(lab);
	for (int i = 0; i < 300; i++)
		bytes += (size_t)send(from, payload, sizeof payload, 0);
	lab_end(lab);
	all_read(lab, fd, bytes / lab_first_size(lab, fd));
	lab_want_end(lab, 0, 0);
}

static void segments_with_gro(struct lab *lab)
{
	segments(lab, 1);
}

static void segments_without_gro(struct lab *lab)
{
	segments(lab, 0);
}

/* Sends `left` bytes from one end and reads them at the other, in this one process. */
static void pump(const struct lab *lab, int from, int to, size_t left)
{
	static char block[1 << 16];
	size_t unread = left;
	uint64_t deadline = lab_now_ms() + 10000;

	while (unread && lab_now_ms() < deadline) {
		ssize_t put = left ? send(from, block, left < sizeof block ? left : sizeof block,
					  MSG_DONTWAIT | MSG_NOSIGNAL)
				   : 0;

		if (put > 0)
			left -= (size_t)put;
		unread -= lab_drain_bytes(to);
	}
	if (unread)
		lab_die(lab, "%zu bytes did not arrive", unread);
}

static void tcp(struct lab *lab, const char *address, bool local)
{
	int server = lab_socket(lab, AF_INET, SOCK_STREAM, 0), client, peer;
	struct pollfd ready = {.fd = server, .events = POLLIN};

	lab_bind(lab, server, address, LAB_PORT);
	if (listen(server, 16) != 0)
		lab_die(lab, "listen: %s", strerror(errno));
	lab_begin(lab);
	if (!local)
		lab_in_tx(lab);
	client = lab_socket(lab, AF_INET, SOCK_STREAM, 0);
	lab_connect(lab, client, address, LAB_PORT);
	lab_in_rx(lab);
	if (poll(&ready, 1, 2000) != 1)
		lab_die(lab, "no connection");
	peer = accept4(server, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	pump(lab, client, peer, 40 << 20);
	close(client);
	close(peer);
	lab_end(lab);
	lab_want_end(lab, 0, 0);
}

static void tcp_remote(struct lab *lab)
{
	tcp(lab, LAB_RX4, false);
}

static void tcp_local(struct lab *lab)
{
	tcp(lab, "127.0.0.1", true);
}

/* Datagrams of two fragments each, in order, reversed, or the first one twice. */
static void pieces(struct lab *lab, const char *address, const struct lab_packet *whole,
		   bool reversed, bool twice)
{
	struct lab_packet parts[2];
	int fd = lab_receiver(lab, address, LAB_PORT, LAB_LARGE);
	unsigned sent = 0;

	lab_begin(lab);
	for (uint32_t id = 1; id <= 300; id++) {
		lab_fragment(&parts[0], whole, id, 0, 800, true);
		lab_fragment(&parts[1], whole, id, 800, whole->len - whole->body - 800, false);
		lab_inject(lab, &parts[reversed], 1);
		if (twice)
			lab_inject(lab, &parts[reversed], 1);
		sent += lab_inject(lab, &parts[!reversed], 1);
	}
	lab_end(lab);
	all_read(lab, fd, sent);
	lab_want_end(lab, 0, 0);
}

static void track(struct lab *lab)
{
	lab_nft(lab, "table inet t { chain c { type filter hook input priority 0;"
		     " ct state established accept; }; }\n");
}

static void pieces4(struct lab *lab)
{
	struct lab_packet whole;

	lab_udp4(&whole, LAB_PORT, 1600);
	pieces(lab, LAB_RX4, &whole, false, false);
}

static void pieces4_again(struct lab *lab)
{
	struct lab_packet whole;

	lab_udp4(&whole, LAB_PORT, 1600);
	pieces(lab, LAB_RX4, &whole, true, true);
}

static void pieces4_tracked(struct lab *lab)
{
	track(lab);
	pieces4(lab);
}

static void pieces6(struct lab *lab)
{
	struct lab_packet whole;

	lab_udp6(&whole, LAB_PORT, 1600);
	pieces(lab, LAB_RX6, &whole, true, false);
}

static void pieces6_tracked(struct lab *lab)
{
	track(lab);
	pieces6(lab);
}

/* First fragments whose others are still on their way when the interval ends. */
static void pieces4_waiting(struct lab *lab)
{
	struct lab_packet whole, part;

	lab_udp4(&whole, LAB_PORT, 1600);
	lab_begin(lab);
	for (uint32_t id = 1; id <= 20; id++) {
		lab_fragment(&part, &whole, id, 0, 800, true);
		lab_inject(lab, &part, 1);
	}
	lab_end(lab);
	lab_want_end(lab, 0, 0);
}

static void tracked_flows(struct lab *lab)
{
	struct lab_packet packet;
	int fd = lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_LARGE);

	track(lab);
	lab_udp4(&packet, LAB_PORT, 100);
	lab_begin(lab);
	for (unsigned i = 0; i < 500; i++) {
		lab_put16(&packet, packet.body, 30000 + i);
		lab_seal_body(&packet);
		lab_inject(lab, &packet, 2);
	}
	lab_end(lab);
	all_read(lab, fd, MANY);
	lab_want_end(lab, 0, 0);
}

static void forwarded(struct lab *lab)
{
	struct lab_packet four, six;

	lab_set(lab, "net/ipv4/ip_forward", "1");
	lab_set(lab, "net/ipv6/conf/all/forwarding", "1");
	lab_ip(lab, "route add 10.99.0.0/24 via " LAB_TX4 "\n"
		    "route add fd99::/64 via " LAB_TX6 "\n");
	lab_udp4(&four, LAB_PORT, 100);
	lab_readdress(&four, NULL, "10.99.0.1");
	lab_udp6(&six, LAB_PORT, 100);
	lab_readdress(&six, NULL, "fd99::1");
	lab_begin(lab);
	lab_inject(lab, &four, MANY);
	lab_inject(lab, &six, MANY);
	lab_end(lab);
	lab_want_end(lab, 0, 0);
}

static void echo(struct lab *lab)
{
	struct lab_packet packet;

	lab_ip4(&packet, IPPROTO_ICMP, 64);
	packet.bytes[packet.body] = 8;
	packet.bytes[packet.body + 1] = 0;
	lab_seal_body(&packet);
	/* A raw socket gets its copy beside the kernel's. */
	lab_rcvbuf(lab, lab_socket(lab, AF_INET, SOCK_RAW, IPPROTO_ICMP), LAB_LARGE);
	lab_begin(lab);
	lab_inject(lab, &packet, MANY);
	lab_end(lab);
	lab_want_end(lab, 0, 0);
}

static void members(struct lab *lab)
{
	struct lab_packet packet;
	int fds[3];

	for (int i = 0; i < 3; i++) {
		fds[i] = lab_receiver(lab, LAB_GROUP4, LAB_PORT, LAB_LARGE);
		lab_join(lab, fds[i], LAB_GROUP4);
	}
	lab_udp4(&packet, LAB_PORT, 100);
	lab_readdress(&packet, NULL, LAB_GROUP4);
	lab_begin(lab);
	lab_inject(lab, &packet, MANY);
	lab_end(lab);
	for (int i = 0; i < 3; i++)
		all_read(lab, fds[i], MANY);
	lab_want_end(lab, 0, 0);
}

/* A checksum of zero is none, in IPv4. A priority tag is no VLAN. */
static void odd_but_good(struct lab *lab)
{
	struct lab_packet packet;
	int fd = lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_LARGE);

	lab_begin(lab);
	lab_udp4(&packet, LAB_PORT, 100);
	lab_put16(&packet, packet.body + 6, 0);
	lab_inject(lab, &packet, 100);
	lab_udp4(&packet, LAB_PORT, 100);
	memmove(packet.bytes + 16, packet.bytes + 12, packet.len - 12);
	lab_put16(&packet, 12, ETH_P_8021Q);
	lab_put16(&packet, 14, 0);
	packet.len += 4;
	lab_inject(lab, &packet, 100);
	lab_udp4(&packet, LAB_PORT, 0);
	lab_inject(lab, &packet, 100);
	lab_end(lab);
	all_read(lab, fd, 300);
	lab_want_end(lab, 0, 0);
}

/* Sockets that live for one datagram, as those of a resolver. */
static void churn(struct lab *lab)
{
	int server = lab_receiver(lab, "127.0.0.1", LAB_PORT, 0);

	lab_begin(lab);
	for (int i = 0; i < MANY; i++) {
		int client = lab_socket(lab, AF_INET, SOCK_DGRAM, 0);

		lab_connect(lab, client, "127.0.0.1", LAB_PORT);
		if (send(client, "?", 1, 0) != 1)
			lab_die(lab, "send: %s", strerror(errno));
		all_read(lab, server, 1);
		close(client);
	}
	lab_end(lab);
	lab_want_end(lab, 0, 0);
}

/* A device that comes with a history, and one that goes with it. */
static void devices_come_and_go(struct lab *lab)
{
	struct lab_packet packet;

	lab_ip(lab, "link add vx type veth peer name vy\nlink del vx\n");
	lab_ip(lab, "link add vx type veth peer name vy\nlink set vx up\nlink set vy up\n");
	lab_ether(&packet, 0x88cc, 80);
	memset(packet.bytes, 0xff, 6);
	lab_inject(lab, &packet, 10);
	lab_begin(lab);
	lab_ip(lab, "link del vx\n");
	lab_ip(lab, "link add vx type veth peer name vy\nlink set vx up\nlink set vy up\n");
	lab_end(lab);
	/* Each end hears the other one look for its neighbours and its routers. */
	lab_may(lab, "ip_residual");
	lab_may(lab, "ip6_residual");
	lab_may(lab, "Ip6InNoRoutes");
	lab_want_end(lab, 0, 0);
}

static void quick_backlog(struct lab *lab)
{
	struct lab_packet packet;
	int fd = lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_LARGE);
	size_t got = 0;

	lab_steer(lab);
	lab_udp4(&packet, LAB_PORT, 100);
	lab_begin(lab);
	for (int i = 0; i < 100; i++) {
		lab_inject(lab, &packet, 50);
		lab_sleep_ms(1);
		got += lab_drain(fd);
	}
	lab_end(lab);
	got += lab_drain(fd);
	if (got != 5000)
		lab_skip(lab, "the other CPU was held up");
	lab_want_end(lab, 0, 0);
}

/* --- many at once --- */

struct mixture {
	int udp4, udp6, dual, lite, filtered, checked, raw;
	uint64_t lost_udp4, lost_udp6, lost_dual, lost_lite, lost_filtered, lost_checked, lost_raw;
	uint64_t header_udp, header_ip, checksum_ip, truncated_ip, checksum_tcp, overlaps;
	uint64_t no_port, unjoined, unclaimed, other_host, not_ours;
};

static void mix(struct lab *lab, struct mixture *m)
{
	struct lab_packet packet, part;

	lab_udp4(&packet, 9001, 100);
	m->lost_udp4 = lab_inject(lab, &packet, 400);
	lab_udp6(&packet, 9002, 300);
	m->lost_udp6 = lab_inject(lab, &packet, 300);
	lab_udp4(&packet, 9003, 500);
	m->lost_dual = lab_inject(lab, &packet, 200);
	lab_udp4(&packet, 9004, 100);
	packet.bytes[LAB_ETHER + 9] = IPPROTO_UDPLITE;
	lab_put16(&packet, packet.body + 4, 0);
	lab_readdress(&packet, NULL, NULL);
	if (m->lite >= 0)
		m->lost_lite = lab_inject(lab, &packet, 150);
	lab_udp4(&packet, 9005, 100);
	m->lost_filtered = lab_inject(lab, &packet, 90);
	lab_udp4(&packet, 9006, 100);
	packet.bytes[packet.len - 1] ^= 1;
	m->lost_checked = lab_inject(lab, &packet, 80);
	m->lost_checked -= lab_drain(m->checked);
	lab_ip4(&packet, 253, 100);
	m->lost_raw = lab_inject(lab, &packet, 140);

	lab_ip4(&packet, IPPROTO_UDP, 4);
	m->header_udp = lab_inject(lab, &packet, 50);
	lab_udp4(&packet, 9001, 100);
	packet.bytes[LAB_ETHER] = 0x55;
	m->header_ip = lab_inject(lab, &packet, 45);
	lab_udp4(&packet, 9001, 100);
	packet.bytes[LAB_ETHER + 10] ^= 1;
	m->checksum_ip = lab_inject(lab, &packet, 40);
	lab_udp4(&packet, 9001, 100);
	lab_put16(&packet, LAB_ETHER + 2, 900);
	lab_seal_ip4(&packet);
	m->truncated_ip = lab_inject(lab, &packet, 35);
	lab_syn4(&packet, LAB_TX4, 40000, 80);
	packet.bytes[packet.len - 1] ^= 1;
	m->checksum_tcp = lab_inject(lab, &packet, 30);
	lab_udp4(&packet, 9001, 1600);
	for (uint32_t id = 1; id <= 25; id++) {
		lab_fragment(&part, &packet, id, 0, 800, true);
		m->overlaps += lab_inject(lab, &part, 1);
		lab_fragment(&part, &packet, id, 400, 800, true);
		lab_inject(lab, &part, 1);
	}

	lab_udp4(&packet, 9100, 100);
	m->no_port = lab_inject(lab, &packet, 70);
	lab_readdress(&packet, NULL, "239.1.1.1");
	m->unjoined = lab_inject(lab, &packet, 60);
	lab_ether(&packet, 0x88b5, 100);
	m->unclaimed = lab_inject(lab, &packet, 55);
	lab_udp4(&packet, 9001, 100);
	packet.bytes[5] = 0x77;
	m->other_host = lab_inject(lab, &packet, 20);
	lab_udp4(&packet, 9001, 100);
	lab_readdress(&packet, NULL, "10.99.0.1");
	m->not_ours = lab_inject(lab, &packet, 15);
}

static void want_mixture(struct lab *lab, const struct mixture *m)
{
	uint64_t full = m->lost_udp4 + m->lost_dual;
	uint64_t rest = m->lost_filtered + m->header_udp;
	uint64_t all = full + m->lost_checked + m->lost_udp6 + m->lost_lite + m->lost_raw +
		       m->header_ip + m->checksum_ip + m->truncated_ip + m->checksum_tcp +
		       m->overlaps;

	lab_want(lab, "drop", "UdpRcvbufErrors", "-", full, full);
	lab_want(lab, "drop", "UdpInCsumErrors", "-", m->lost_checked, m->lost_checked);
	all += lab_want_refused(lab, "UdpInErrors", full + m->lost_checked + rest, rest);
	lab_want(lab, "drop", "Udp6RcvbufErrors", "-", m->lost_udp6, m->lost_udp6);
	lab_want_counted(lab, "Udp6InErrors", "-", m->lost_udp6);
	lab_want(lab, "drop", "UdpLiteRcvbufErrors", "-", m->lost_lite, m->lost_lite);
	lab_want_counted(lab, "UdpLiteInErrors", "-", m->lost_lite);
	lab_want_socket(lab, m->udp4, "udp/" LAB_RX4 ":9001", m->lost_udp4);
	lab_want_socket(lab, m->udp6, "udp6/[" LAB_RX6 "]:9002", m->lost_udp6);
	lab_want_socket(lab, m->dual, "udp6/[::]:9003", m->lost_dual);
	if (m->lite >= 0)
		lab_want_socket(lab, m->lite, "udplite/" LAB_RX4 ":9004", m->lost_lite);
	lab_want_socket(lab, m->filtered, "udp/" LAB_RX4 ":9005", m->lost_filtered);
	lab_want_socket(lab, m->checked, "udp/" LAB_RX4 ":9006", m->lost_checked);
	lab_want_socket(lab, m->raw, "raw/0.0.0.0:253", m->lost_raw);
	lab_want(lab, "drop", "sk_drops", "-", m->lost_raw, m->lost_raw);

	lab_want(lab, "drop", "IpExtInCsumErrors", "-", m->checksum_ip, m->checksum_ip);
	lab_want(lab, "drop", "IpInHdrErrors", "-", m->checksum_ip + m->header_ip, m->header_ip);
	lab_want(lab, "drop", "IpExtInTruncatedPkts", "-", m->truncated_ip, m->truncated_ip);
	lab_want(lab, "drop", "TcpInCsumErrors", "-", m->checksum_tcp, m->checksum_tcp);
	lab_want(lab, "reject", "TcpInErrs", "-", m->checksum_tcp, 0);
	lab_want(lab, "drop", "IpExtReasmOverlaps", "-", m->overlaps, m->overlaps);
	lab_want_counted(lab, "IpReasmFails", "-", m->overlaps);

	lab_want(lab, "reject", "UdpNoPorts", "-", m->no_port, 0);
	lab_want(lab, "reject", "ip_residual", "-", m->unjoined, 0);
	lab_want(lab, "suspect", "rx_dropped", "vb", m->unclaimed, 0);
	lab_want(lab, "reject", "rx_otherhost_dropped", "vb", m->other_host, 0);
	lab_want(lab, "reject", "IpInAddrErrors", "-", m->not_ours, 0);
	lab_may(lab, "IpInUnknownProtos"); /* what a full raw socket refuses */
	lab_want_end(lab, 1, all);
}

/* Linux 7.x no longer has UDP-Lite. */
static int lite_if_any(const struct lab *lab)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, IPPROTO_UDPLITE);

	if (fd < 0)
		return -1;
	close(fd);
	return lab_lite_receiver(lab, LAB_RX4, 9004, LAB_SMALL);
}

static void mixed(struct lab *lab)
{
	struct mixture m = {
		.udp4 = lab_receiver(lab, LAB_RX4, 9001, LAB_SMALL),
		.udp6 = lab_receiver(lab, LAB_RX6, 9002, LAB_SMALL),
		.dual = lab_receiver(lab, "::", 9003, LAB_SMALL),
		.lite = lite_if_any(lab),
		.filtered = lab_receiver(lab, LAB_RX4, 9005, LAB_LARGE),
		.checked = lab_receiver(lab, LAB_RX4, 9006, LAB_LARGE),
		.raw = lab_socket(lab, AF_INET, SOCK_RAW, 253),
	};

	lab_filter(lab, m.filtered, false);
	lab_rcvbuf(lab, m.raw, LAB_SMALL);
	lab_begin(lab);
	mix(lab, &m);
	lab_end(lab);
	m.lost_udp4 -= lab_drain(m.udp4);
	m.lost_udp6 -= lab_drain(m.udp6);
	m.lost_dual -= lab_drain(m.dual);
	if (m.lite >= 0)
		m.lost_lite -= lab_drain(m.lite);
	m.lost_filtered -= lab_drain(m.filtered);
	m.lost_raw -= lab_drain(m.raw);
	want_mixture(lab, &m);
}

/* Part is lost on the way and part at the socket: together it is what nobody read. */
static void mixed_backlog(struct lab *lab)
{
	struct lab_packet packet;
	int fd = lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_SMALL);
	const struct lab_value *early, *late;
	uint64_t lost, elsewhere = 0;

	lab_steer(lab);
	lab_udp4(&packet, LAB_PORT, 100);
	for (int attempt = 0; attempt < 5; attempt++) {
		lab_begin(lab);
		lab_set_host(lab, "net/core/netdev_max_backlog", "1");
		lab_inject(lab, &packet, 5 * MANY);
		lab_put_back(lab, "net/core/netdev_max_backlog");
		lab_sleep_ms(50);
		lab_end(lab);
		lost = 5 * MANY - lab_drain(fd);
		early = lab_values_find(&lab->moved, "softnet_dropped", "cpu0");
		late = lab_values_find(&lab->moved, "UdpRcvbufErrors", "-");
		elsewhere = early && late && early->value + late->value == lost ? early->value : 0;
		if (elsewhere)
			break;
	}
	if (!elsewhere)
		lab_skip(lab, "the other CPU is too quick, or others on this host lose packets");
	lab_want(lab, "drop", "softnet_dropped", "cpu0", elsewhere, elsewhere);
	lab_want_counted(lab, "rx_dropped", "vb", elsewhere);
	lab_want(lab, "drop", "UdpRcvbufErrors", "-", lost - elsewhere, lost - elsewhere);
	lab_want_counted(lab, "UdpInErrors", "-", lost - elsewhere);
	lab_want_socket(lab, fd, "udp/" LAB_RX4 ":9999", lost - elsewhere);
	lab_want_end(lab, 1, lost);
}

const struct lab_fault lab_healthy_faults[] = {
	{.name = "well-idle", .run = idle, .modes = LAB_ALL_MODES},
	{.name = "well-quick-reader", .run = quick_reader, .modes = LAB_BIT(LAB_LIVE)},
	{.name = "well-full-queue", .run = full_queue, .modes = LAB_BIT(LAB_LIVE)},
	{.name = "well-lldp", .run = lldp, .modes = LAB_BIT(LAB_LIVE)},
	{.name = "well-spanning-tree", .run = spanning_tree},
	{.name = "well-arp-of-others", .run = arp_of_others},
	{.name = "well-port-scan", .run = port_scan, .modes = LAB_BIT(LAB_LIVE)},
	{.name = "well-groups-of-others", .run = groups_of_others},
	{.name = "well-broadcasts", .run = broadcasts},
	{.name = "well-igmp-queries", .run = igmp_queries},
	{.name = "well-captured", .run = captured, .modes = LAB_BIT(LAB_LIVE)},
	{.name = "well-segments-gro", .run = segments_with_gro, .modes = LAB_BIT(LAB_LIVE)},
	{.name = "well-segments-no-gro", .run = segments_without_gro},
	{.name = "well-tcp", .run = tcp_remote, .modes = LAB_BIT(LAB_LIVE)},
	{.name = "well-tcp-local", .run = tcp_local, .modes = LAB_BIT(LAB_RUN)},
	{.name = "well-fragments4", .run = pieces4},
	{.name = "well-fragments4-twice", .run = pieces4_again},
	{.name = "well-fragments4-conntrack", .run = pieces4_tracked},
	{.name = "well-fragments4-waiting", .run = pieces4_waiting},
	{.name = "well-fragments6", .run = pieces6},
	{.name = "well-fragments6-conntrack", .run = pieces6_tracked, .modes = LAB_BIT(LAB_LIVE)},
	{.name = "well-conntrack", .run = tracked_flows},
	{.name = "well-forwarded", .run = forwarded, .modes = LAB_BIT(LAB_LIVE)},
	{.name = "well-echo", .run = echo},
	{.name = "well-group-members", .run = members},
	{.name = "well-odd-but-good", .run = odd_but_good},
	{.name = "well-socket-churn", .run = churn, .modes = LAB_BIT(LAB_LIVE)},
	{.name = "well-devices-come-and-go", .run = devices_come_and_go},
	{.name = "well-backlog", .run = quick_backlog},
	{.name = "mixed", .run = mixed, .modes = LAB_ALL_MODES},
	{.name = "mixed-backlog", .run = mixed_backlog, .modes = LAB_BIT(LAB_LIVE)},
	{.name = NULL},
};
