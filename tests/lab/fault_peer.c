/* fault_peer.c: connections with a peer whose every packet is made by hand: SCTP, and TCP without
 * memory. What the peer sent and what the application read is then known to the packet. */
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lab.h"

#define TIMES 100
#define MESSAGE 1000

/* An address that no kernel has, so that none answers for it. */
#define PEER "10.77.0.9"
#define PEER_PORT 30000

static uint32_t get32(const unsigned char *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void put32(unsigned char *at, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		at[i] = (unsigned char)(value >> (24 - 8 * i));
}

/* A socket on the sending side that sees what the peer is sent. */
static int meet(const struct lab *lab)
{
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_IP),
		.sll_ifindex = lab->va,
	};
	int fd;

	lab_ip(lab, "neigh replace " PEER " lladdr 02:00:00:00:00:01 dev vb nud permanent\n");
	lab_in_tx(lab);
	fd = lab_socket(lab, AF_PACKET, SOCK_RAW, 0);
	lab_in_rx(lab);
	if (bind(fd, (struct sockaddr *)&to, sizeof to) != 0)
		lab_die(lab, "bind to va: %s", strerror(errno));
	return fd;
}

/* The next packet of that protocol to the peer, from its header on. */
static const unsigned char *answer(const struct lab *lab, int fd, uint8_t protocol, size_t *len)
{
	static unsigned char frame[LAB_FRAME];
	struct pollfd ready = {.fd = fd, .events = POLLIN};

	while (poll(&ready, 1, 5000) == 1) {
		ssize_t got = recv(fd, frame, sizeof frame, 0);
		const size_t body = LAB_ETHER + 20;

		if (got < (ssize_t)body + 12 || frame[LAB_ETHER + 9] != protocol ||
		    memcmp(frame + 6, "\2\0\0\0\0\2", 6) != 0)
			continue;
		*len = (size_t)got - body;
		return frame + body;
	}
	lab_die(lab, "no answer to the peer");
}

/* --- SCTP --- */

enum { DATA = 0, INIT = 1, INIT_ACK = 2, COOKIE_ECHO = 10, COOKIE_ACK = 11 };

#define SCTP_HEADER 12
#define CHUNK_HEADER 4
#define WHOLE_MESSAGE 3 /* flags of DATA: it begins and ends here */

/* CRC32c, the least significant byte first. */
static void seal_sctp(struct lab_packet *packet)
{
	unsigned char *sctp = packet->bytes + packet->body;
	uint32_t crc = UINT32_MAX;

	memset(sctp + 8, 0, 4);
	for (unsigned char *at = sctp; at < packet->bytes + packet->len; at++) {
		crc ^= *at;
		for (unsigned i = 0; i < 8; i++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
	}
	for (unsigned i = 0; i < 4; i++)
		sctp[8 + i] = (unsigned char)(~crc >> (8 * i));
}

static void sctp(struct lab_packet *packet, uint32_t tag, uint8_t type, uint8_t flags,
		 const unsigned char *body, size_t len)
{
	unsigned char *header;

	lab_ip4(packet, IPPROTO_SCTP, SCTP_HEADER + CHUNK_HEADER + (len + 3) / 4 * 4);
	lab_readdress(packet, PEER, NULL);
	header = packet->bytes + packet->body;
	lab_put16(packet, packet->body, PEER_PORT);
	lab_put16(packet, packet->body + 2, LAB_PORT);
	put32(header + 4, tag);
	header[12] = type;
	header[13] = flags;
	lab_put16(packet, packet->body + 14, (unsigned)(CHUNK_HEADER + len));
	memcpy(header + SCTP_HEADER + CHUNK_HEADER, body, len);
	seal_sctp(packet);
}

/* One message, the first of them with number 1. */
static void sctp_message(struct lab_packet *packet, uint32_t tag, unsigned number)
{
	unsigned char body[12 + MESSAGE];

	memset(body, 'x', sizeof body);
	memset(body, 0, 12);
	put32(body, number);
	put32(body + 4, number - 1); /* stream 0, and the number in it */
	sctp(packet, tag, DATA, WHOLE_MESSAGE, body, sizeof body);
}

static int sctp_receiver(const struct lab *lab, int rcvbuf)
{
	int fd = lab_socket(lab, AF_INET, SOCK_SEQPACKET, IPPROTO_SCTP);

	lab_rcvbuf(lab, fd, rcvbuf);
	lab_bind(lab, fd, LAB_RX4, LAB_PORT);
	if (listen(fd, 1) != 0)
		lab_die(lab, "listen: %s", strerror(errno));
	return fd;
}

/* The part of the answer that is the cookie. */
static const unsigned char *cookie_of(const struct lab *lab, const unsigned char *header,
				      size_t size, size_t *len)
{
	size_t at = SCTP_HEADER + CHUNK_HEADER + 16;

	while (at + 4 <= size) {
		size_t whole = (size_t)(header[at + 2] << 8 | header[at + 3]);

		*len = whole - 4;
		if (whole < 4 || at + whole > size)
			break;
		if (header[at] == 0 && header[at + 1] == 7)
			return header + at + 4;
		at += (whole + 3) / 4 * 4;
	}
	lab_die(lab, "no cookie in the answer to INIT");
}

static const unsigned char *sctp_answer(const struct lab *lab, int fd, uint8_t type, size_t *size)
{
	const unsigned char *header;

	do
		header = answer(lab, fd, IPPROTO_SCTP, size);
	while (*size < SCTP_HEADER + CHUNK_HEADER || header[SCTP_HEADER] != type);
	return header;
}

/* The peer's association with that socket: the tag of its packets. */
static uint32_t sctp_associate(const struct lab *lab)
{
	static const unsigned char init[16] = {
		0, 0, 0, 1, /* the tag of what the peer is sent */
		0, 1, 0, 0, /* its window */
		0, 1, 0, 1, /* streams */
		0, 0, 0, 1  /* the number of the first message */
	};
	const unsigned char *header, *cookie;
	struct lab_packet packet;
	size_t size, len;
	uint32_t tag;
	int fd = meet(lab);

	sctp(&packet, 0, INIT, 0, init, sizeof init);
	lab_inject(lab, &packet, 1);
	header = sctp_answer(lab, fd, INIT_ACK, &size);
	cookie = cookie_of(lab, header, size, &len);
	tag = get32(header + SCTP_HEADER + CHUNK_HEADER);
	sctp(&packet, tag, COOKIE_ECHO, 0, cookie, len);
	lab_inject(lab, &packet, 1);
	sctp_answer(lab, fd, COOKIE_ACK, &size);
	close(fd);
	return tag;
}

/* The application does not read: what its window has no room for is discarded. */
static void sctp_full(struct lab *lab)
{
	int fd = sctp_receiver(lab, 2 * LAB_SMALL);
	uint32_t tag = sctp_associate(lab);
	struct lab_packet packet;
	uint64_t lost = 0;

	lab_begin(lab);
	for (unsigned i = 1; i <= TIMES; i++) {
		sctp_message(&packet, tag, i);
		lost += lab_inject(lab, &packet, 1);
	}
	lab_end(lab);
	lost -= lab_drain(fd);
	if (lost == 0 || lost == TIMES)
		lab_die(lab, "%s of the messages arrived", lost ? "none" : "all");
	lab_want(lab, "pressure", "SctpInDataChunkDiscards", "-", lost, 0);
	lab_want_end(lab, 0, 0);
}

static void want_discards(struct lab *lab, uint64_t lost)
{
	lab_want_flag(lab, "SctpInPktDiscards", "-", "counted");
	lab_want(lab, "suspect", "SctpInPktDiscards", "-", lost, 0);
}

/* Damaged on the way, on an association that is otherwise well. */
static void sctp_checksum(struct lab *lab)
{
	int fd = sctp_receiver(lab, LAB_LARGE);
	uint32_t tag = sctp_associate(lab);
	struct lab_packet packet;
	uint64_t lost = 0;

	lab_begin(lab);
	for (unsigned i = 1; i <= TIMES; i++) {
		sctp_message(&packet, tag, i);
		lost += lab_inject(lab, &packet, 1);
		packet.bytes[packet.len - 1] ^= 1;
		lost += lab_inject(lab, &packet, 1);
	}
	lab_end(lab);
	lost -= lab_drain(fd);
	lab_want(lab, "drop", "SctpChecksumErrors", "-", lost, lost);
	want_discards(lab, lost);
	lab_want_end(lab, 1, lost);
}

static void sctp_unknown(struct lab *lab)
{
	int fd = sctp_receiver(lab, LAB_LARGE);
	struct lab_packet packet;
	uint64_t lost;

	meet(lab);
	sctp_message(&packet, 7, 1);
	lab_begin(lab);
	lost = lab_inject(lab, &packet, TIMES);
	lab_end(lab);
	lost -= lab_drain(fd);
	lab_want(lab, "reject", "SctpOutOfBlues", "-", lost, 0);
	want_discards(lab, lost);
	lab_want_end(lab, 0, 0);
}

/* --- TCP --- */

/* A connection inside of the namespace that holds so much that the memory of all is used up: each
 * CPU may have a megabyte in reserve that nobody sees. */
static void use_memory(const struct lab *lab)
{
	int listener = lab_socket(lab, AF_INET, SOCK_STREAM, 0);
	int from = lab_socket(lab, AF_INET, SOCK_STREAM, 0);
	int large = LAB_LARGE;
	char block[1 << 16] = "";
	struct pollfd ready = {.fd = from, .events = POLLOUT};

	lab_rcvbuf(lab, listener, LAB_LARGE);
	setsockopt(from, SOL_SOCKET, SO_SNDBUFFORCE, &large, sizeof large);
	lab_bind(lab, listener, "127.0.0.1", LAB_PORT);
	if (listen(listener, 1) != 0)
		lab_die(lab, "listen: %s", strerror(errno));
	lab_connect(lab, from, "127.0.0.1", LAB_PORT);
	for (unsigned i = 0; i < 64; i++) {
		if (poll(&ready, 1, 2000) != 1 || send(from, block, sizeof block, 0) < 0)
			lab_die(lab, "send: %s", strerror(errno));
	}
	lab_sleep_ms(300);
}

static void tcp_segment(struct lab_packet *packet, uint32_t sequence, uint32_t acknowledged,
			size_t payload)
{
	const unsigned char flags = payload ? 0x18 : 0x10;
	unsigned char *tcp;

	lab_ip4(packet, IPPROTO_TCP, 20 + payload);
	tcp = packet->bytes + packet->body;
	memset(tcp, 0, 20);
	lab_put16(packet, packet->body, PEER_PORT);
	lab_put16(packet, packet->body + 2, LAB_PORT);
	put32(tcp + 4, sequence);
	put32(tcp + 8, acknowledged);
	tcp[12] = 5 << 4;
	tcp[13] = flags;
	lab_put16(packet, packet->body + 14, 65535);
	lab_readdress(packet, PEER, NULL);
}

/* Newer kernels close the window and count apart what comes nevertheless. */
static void want_segments(struct lab *lab, uint64_t lost)
{
	const struct lab_value *closed =
		lab_values_find(&lab->moved, "TcpExtTCPZeroWindowDrop", "-");
	uint64_t outside = closed ? closed->value : 0;

	if (closed)
		lab_want(lab, "drop", "TcpExtTCPZeroWindowDrop", "-", outside, outside);
	lab_want(lab, "drop", "TcpExtTCPRcvQDrop", "-", lost - outside, lost - outside);
}

/* The peer sends what was not taken again, as TCP does. */
static void tcp_memory(struct lab *lab)
{
	int listener = lab_socket(lab, AF_INET, SOCK_STREAM, 0), wire, fd;
	struct lab_packet packet;
	uint32_t sequence, acknowledged;
	const unsigned char *header;
	uint64_t lost = 0;
	size_t size;

	if (!getenv("LAB_GUEST"))
		lab_skip(lab, "it takes the memory of all TCP: only in a guest");
	wire = meet(lab);
	lab_rcvbuf(lab, listener, LAB_LARGE);
	lab_bind(lab, listener, LAB_RX4, LAB_PORT);
	if (listen(listener, 1) != 0)
		lab_die(lab, "listen: %s", strerror(errno));
	use_memory(lab);

	lab_syn4(&packet, PEER, PEER_PORT, LAB_PORT);
	lab_inject(lab, &packet, 1);
	header = answer(lab, wire, IPPROTO_TCP, &size);
	acknowledged = get32(header + 4) + 1;
	sequence = get32(header + 8);
	tcp_segment(&packet, sequence, acknowledged, 0);
	lab_inject(lab, &packet, 1);
	lab_settle();
	fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd < 0)
		lab_die(lab, "accept: %s", strerror(errno));
	lab_set_host(lab, "net/ipv4/tcp_mem", "1\t1\t1");
	lab_begin(lab);
	for (unsigned i = 0; i < TIMES; i++) {
		int waiting = 0;

		lab_settle();
		if (ioctl(fd, SIOCINQ, &waiting) != 0)
			lab_die(lab, "SIOCINQ: %s", strerror(errno));
		tcp_segment(&packet, sequence + (uint32_t)waiting, acknowledged, MESSAGE);
		lost += lab_inject(lab, &packet, 1);
	}
	lab_end(lab);
	lost -= lab_drain_bytes(fd) / MESSAGE;
	if (lost == 0 || lost == TIMES)
		lab_die(lab, "%s of the segments arrived", lost ? "none" : "all");
	want_segments(lab, lost);
	lab_may(lab, "TcpExtPruneCalled");
	lab_may(lab, "TcpExtTCPFromZeroWindowAdv");
	lab_may(lab, "TcpExtTCPMemoryPressures");
	lab_want_finding(lab, "tcp-memory", "tcp_mem");
	lab_want_end(lab, 1, lost);
}

const struct lab_fault lab_peer_faults[] = {
	{.name = "guest-sctp-full", .run = sctp_full, .modes = LAB_BIT(LAB_LIVE)},
	{.name = "guest-sctp-checksum", .run = sctp_checksum, .modes = LAB_BIT(LAB_LIVE)},
	{.name = "guest-sctp-no-association", .run = sctp_unknown},
	{.name = "guest-tcp-memory", .run = tcp_memory, .modes = LAB_BIT(LAB_LIVE)},
	{.name = NULL},
};
