/* fault_datagram.c: datagrams that are damaged, malformed, filtered, or that nobody asked for. */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lab.h"

#define FEW 100
#define SUBJECT4 "udp/" LAB_RX4 ":9999"
#define SUBJECT6 "udp6/[" LAB_RX6 "]:9999"

static void want_checksum(struct lab *lab, const char *group, uint64_t lost)
{
	char name[48];

	snprintf(name, sizeof name, "%sInCsumErrors", group);
	lab_want(lab, "drop", name, "-", lost, lost);
	snprintf(name, sizeof name, "%sInErrors", group);
	lab_want_counted(lab, name, "-", lost);
}

static void damage(struct lab_packet *packet)
{
	packet->bytes[packet->len - 1] ^= 1;
}

/* A damaged datagram that nobody looks at yet is one that waits: the kernel checks when it is
 * read. */
static void checksum_unread(struct lab *lab)
{
	struct lab_packet packet;
	int fd = lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_LARGE);

	lab_udp4(&packet, LAB_PORT, 100);
	damage(&packet);
	lab_begin(lab);
	lab_inject(lab, &packet, FEW);
	lab_end(lab);
	lab_want_end(lab, 0, 0);
	close(fd);
}

static void checksum_read(struct lab *lab, const char *address, struct lab_packet *packet,
			  const char *name, const char *subject)
{
	int fd = lab_receiver(lab, address, LAB_PORT, LAB_LARGE);
	uint64_t lost;

	damage(packet);
	lab_begin(lab);
	lost = lab_inject(lab, packet, FEW);
	lost -= lab_drain(fd);
	lab_end(lab);
	want_checksum(lab, name, lost);
	lab_want_socket(lab, fd, subject, lost);
	lab_want_end(lab, 1, lost);
}

static void checksum_read4(struct lab *lab)
{
	struct lab_packet packet;

	lab_udp4(&packet, LAB_PORT, 100);
	checksum_read(lab, LAB_RX4, &packet, "Udp", SUBJECT4);
}

static void checksum_read6(struct lab *lab)
{
	struct lab_packet packet;

	lab_udp6(&packet, LAB_PORT, 100);
	checksum_read(lab, LAB_RX6, &packet, "Udp6", SUBJECT6);
}

/* Asked for the next datagram's length, an IPv6 socket charges IPv4: a quirk of this kernel. */
static void checksum_fionread6(struct lab *lab)
{
	struct lab_packet packet;
	int fd = lab_receiver(lab, LAB_RX6, LAB_PORT, LAB_LARGE), bytes = 0;
	uint64_t lost;

	lab_udp6(&packet, LAB_PORT, 100);
	damage(&packet);
	lab_begin(lab);
	lost = lab_inject(lab, &packet, FEW);
	ioctl(fd, FIONREAD, &bytes);
	lab_end(lab);
	lost -= lab_drain(fd);
	want_checksum(lab, "Udp", lost);
	lab_want_socket(lab, fd, SUBJECT6, lost);
	lab_want_json(lab, "unattributed", 0);
	lab_want_json(lab, "uncounted", 0);
	lab_want_end(lab, 1, lost);
}

static void checksum_unbound(struct lab *lab)
{
	struct lab_packet packet;
	uint64_t lost;

	lab_udp4(&packet, LAB_PORT, 100);
	damage(&packet);
	lab_begin(lab);
	lost = lab_inject(lab, &packet, FEW);
	lab_end(lab);
	want_checksum(lab, "Udp", lost);
	lab_want_none(lab, "UdpNoPorts", "-");
	lab_want_end(lab, 1, lost);
}

static void checksum_full(struct lab *lab)
{
	struct lab_packet packet;
	int fd = lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_SMALL);
	uint64_t sent, full, bad;
	int queued = 0;

	/* How many fit is told by good ones of the same size. */
	lab_udp4(&packet, LAB_PORT, 100);
	lab_inject(lab, &packet, FEW);
	queued = (int)lab_drain(fd);
	damage(&packet);
	lab_begin(lab);
	sent = lab_inject(lab, &packet, FEW);
	bad = sent - lab_drain(fd);
	lab_end(lab);
	full = sent - (uint64_t)queued;
	lab_want(lab, "drop", "UdpRcvbufErrors", "-", full, full);
	lab_want(lab, "drop", "UdpInCsumErrors", "-", bad - full, bad - full);
	lab_want_counted(lab, "UdpInErrors", "-", bad);
	lab_want_socket(lab, fd, SUBJECT4, bad);
	lab_want_end(lab, 1, bad);
}

/* With a filter on the socket the kernel cannot put the checksum off. */
static void checksum_filter(struct lab *lab)
{
	struct lab_packet packet;
	int fd = lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_LARGE);
	uint64_t lost;

	lab_filter(lab, fd, true);
	lab_udp4(&packet, LAB_PORT, 100);
	damage(&packet);
	lab_begin(lab);
	lost = lab_inject(lab, &packet, FEW);
	lab_end(lab);
	lost -= lab_drain(fd);
	want_checksum(lab, "Udp", lost);
	lab_want_socket(lab, fd, SUBJECT4, lost);
	lab_want_end(lab, 1, lost);
}

/* Each member of a group finds the damage for itself. */
static void checksum_group(struct lab *lab)
{
	struct lab_packet packet;
	int members[3];
	uint64_t sent, full, bad = 0;

	for (int i = 0; i < 3; i++) {
		members[i] =
			lab_receiver(lab, LAB_GROUP4, LAB_PORT, i == 1 ? LAB_SMALL : LAB_LARGE);
		lab_join(lab, members[i], LAB_GROUP4);
	}
	lab_udp4(&packet, LAB_PORT, 100);
	lab_readdress(&packet, NULL, LAB_GROUP4);
	sent = lab_inject(lab, &packet, FEW);
	full = sent;
	for (int i = 0; i < 3; i++) {
		size_t fits = lab_drain(members[i]);

		full -= i == 1 ? fits : 0;
	}
	damage(&packet);
	lab_begin(lab);
	sent = lab_inject(lab, &packet, FEW);
	for (int i = 0; i < 3; i++)
		bad += sent - lab_drain(members[i]);
	lab_end(lab);
	for (int i = 0; i < 3; i++)
		lab_want_socket(lab, members[i], "udp/" LAB_GROUP4 ":9999", sent);
	lab_want(lab, "drop", "UdpRcvbufErrors", "-", full, full);
	lab_want(lab, "drop", "UdpInCsumErrors", "-", bad - full, bad - full);
	lab_want_counted(lab, "UdpInErrors", "-", bad);
	lab_want_end(lab, 1, bad);
}

static void filter_all(struct lab *lab)
{
	struct lab_packet packet;
	int fd = lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_LARGE);
	uint64_t lost;

	lab_filter(lab, fd, false);
	lab_udp4(&packet, LAB_PORT, 100);
	lab_begin(lab);
	lost = lab_inject(lab, &packet, FEW);
	lab_end(lab);
	lost -= lab_drain(fd);
	lab_want_socket(lab, fd, SUBJECT4, lost);
	lab_want_json(lab, "uncounted", 0);
	lost = lab_want_refused(lab, "UdpInErrors", lost, lost);
	lab_want_end(lab, lost > 0, lost);
}

static void no_checksum6(struct lab *lab, bool bound)
{
	struct lab_packet packet;
	int fd = bound ? lab_receiver(lab, LAB_RX6, LAB_PORT, LAB_LARGE) : -1;
	uint64_t lost;

	lab_udp6(&packet, LAB_PORT, 100);
	lab_put16(&packet, packet.body + 6, 0);
	lab_begin(lab);
	lost = lab_inject(lab, &packet, FEW);
	lab_end(lab);
	if (bound)
		lost -= lab_drain(fd);
	want_checksum(lab, "Udp6", lost);
	lab_want_none(lab, "sk_drops", SUBJECT6);
	lab_want_end(lab, 1, lost);
}

static void no_checksum6_bound(struct lab *lab)
{
	no_checksum6(lab, true);
}

static void no_checksum6_unbound(struct lab *lab)
{
	no_checksum6(lab, false);
}

static void bad_pointer(struct lab *lab)
{
	struct lab_packet packet;
	int fd = lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_LARGE);
	volatile uintptr_t nowhere = 1;
	uint64_t lost;

	lab_udp4(&packet, LAB_PORT, 100);
	lab_begin(lab);
	lost = lab_inject(lab, &packet, 10);
	for (int i = 0; i < 10; i++) {
		if (recv(fd, (void *)nowhere, 100, MSG_DONTWAIT) >= 0 || errno != EFAULT)
			lab_die(lab, "recv to nowhere: %s", strerror(errno));
	}
	lost -= lab_drain(fd);
	lab_end(lab);
	lab_want_socket(lab, fd, SUBJECT4, lost);
	lost = lab_want_refused(lab, "UdpInErrors", lost, lost);
	lab_want_end(lab, lost > 0, lost);
}

static void malformed(struct lab *lab, const struct lab_packet *packet, const char *address,
		      const char *counter)
{
	int fd = lab_receiver(lab, address, LAB_PORT, LAB_LARGE);
	uint64_t lost;

	lab_begin(lab);
	lost = lab_inject(lab, packet, 50);
	lab_end(lab);
	lost -= lab_drain(fd);
	lost = lab_want_refused(lab, counter, lost, lost);
	lab_want_end(lab, lost > 0, lost);
}

static void length4(struct lab *lab)
{
	struct lab_packet packet;

	lab_udp4(&packet, LAB_PORT, 100);
	lab_put16(&packet, packet.body + 4, 400);
	malformed(lab, &packet, LAB_RX4, "UdpInErrors");
}

static void length6(struct lab *lab)
{
	struct lab_packet packet;

	lab_udp6(&packet, LAB_PORT, 100);
	lab_put16(&packet, packet.body + 4, 400);
	malformed(lab, &packet, LAB_RX6, "Udp6InErrors");
}

static void header4(struct lab *lab)
{
	struct lab_packet packet;

	lab_ip4(&packet, IPPROTO_UDP, 4);
	malformed(lab, &packet, LAB_RX4, "UdpInErrors");
}

static void header6(struct lab *lab)
{
	struct lab_packet packet;

	lab_ip6(&packet, IPPROTO_UDP, 4);
	malformed(lab, &packet, LAB_RX6, "Udp6InErrors");
}

/* Nobody asked for these: no loss of this host's. */
static void refused(struct lab *lab, const struct lab_packet *packet, const char *counter)
{
	uint64_t sent;

	lab_begin(lab);
	sent = lab_inject(lab, packet, FEW);
	lab_end(lab);
	lab_want(lab, "reject", counter, "-", sent, 0);
	lab_want_end(lab, 0, 0);
}

static void no_port4(struct lab *lab)
{
	struct lab_packet packet;

	lab_udp4(&packet, LAB_PORT, 100);
	refused(lab, &packet, "UdpNoPorts");
}

static void no_port6(struct lab *lab)
{
	struct lab_packet packet;

	lab_udp6(&packet, LAB_PORT, 100);
	refused(lab, &packet, "Udp6NoPorts");
}

static void other_peer(struct lab *lab)
{
	struct lab_packet packet;
	int fd = lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_LARGE);

	lab_connect(lab, fd, "10.77.0.50", 1);
	lab_udp4(&packet, LAB_PORT, 100);
	refused(lab, &packet, "UdpNoPorts");
}

/* A group that this host is in, at a port that none of its sockets has. */
static void group_port(struct lab *lab)
{
	struct lab_packet packet;
	int fd = lab_receiver(lab, LAB_GROUP4, LAB_PORT + 1, LAB_LARGE);

	lab_join(lab, fd, LAB_GROUP4);
	lab_udp4(&packet, LAB_PORT, 100);
	lab_readdress(&packet, NULL, LAB_GROUP4);
	refused(lab, &packet, "UdpIgnoredMulti");
}

static void broadcast(struct lab *lab)
{
	struct lab_packet packet;

	lab_udp4(&packet, LAB_PORT, 100);
	lab_readdress(&packet, NULL, "10.77.0.255");
	memset(packet.bytes, 0xff, 6);
	refused(lab, &packet, "UdpIgnoredMulti");
}

const struct lab_fault lab_datagram_faults[] = {
	{.name = "udp4-checksum-unread", .run = checksum_unread, .modes = LAB_BIT(LAB_LIVE)},
	{.name = "udp4-checksum-read", .run = checksum_read4, .modes = LAB_BIT(LAB_RUN)},
	{.name = "udp6-checksum-read", .run = checksum_read6},
	{.name = "udp6-checksum-fionread", .run = checksum_fionread6},
	{.name = "udp4-checksum-unbound", .run = checksum_unbound},
	{.name = "udp4-checksum-full-queue", .run = checksum_full, .modes = LAB_BIT(LAB_LIVE)},
	{.name = "udp4-checksum-filter", .run = checksum_filter},
	{.name = "udp4-checksum-group", .run = checksum_group},
	{.name = "udp4-filter", .run = filter_all, .modes = LAB_BIT(LAB_LIVE)},
	{.name = "udp6-no-checksum-bound", .run = no_checksum6_bound},
	{.name = "udp6-no-checksum-unbound", .run = no_checksum6_unbound},
	{.name = "udp4-bad-pointer", .run = bad_pointer},
	{.name = "udp4-length", .run = length4},
	{.name = "udp6-length", .run = length6},
	{.name = "udp4-short-header", .run = header4, .modes = LAB_BIT(LAB_RUN)},
	{.name = "udp6-short-header", .run = header6},
	{.name = "udp4-no-port", .run = no_port4, .modes = LAB_BIT(LAB_LIVE)},
	{.name = "udp6-no-port", .run = no_port6},
	{.name = "udp4-other-peer", .run = other_peer},
	{.name = "udp4-group-unused-port", .run = group_port},
	{.name = "udp4-broadcast-unused-port", .run = broadcast},
	{.name = NULL},
};
