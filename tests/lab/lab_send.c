/* lab_send.c: packets, senders and receivers. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lab.h"

#define TCP_HEADER 20

static const unsigned char vb_mac[6] = {2, 0, 0, 0, 0, 2};
static const unsigned char va_mac[6] = {2, 0, 0, 0, 0, 1};

void lab_put16(struct lab_packet *packet, size_t at, unsigned value)
{
	packet->bytes[at] = (unsigned char)(value >> 8);
	packet->bytes[at + 1] = (unsigned char)value;
}

static bool is_ip6(const struct lab_packet *packet)
{
	return packet->bytes[12] == 0x86;
}

static uint32_t add16(uint32_t sum, const unsigned char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		sum += i % 2 ? bytes[i] : (uint32_t)bytes[i] << 8;
	return sum;
}

static unsigned fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum & 0xffff;
}

void lab_seal_ip4(struct lab_packet *packet)
{
	size_t words = packet->bytes[LAB_ETHER] & 15u;

	lab_put16(packet, LAB_ETHER + 10, 0);
	lab_put16(packet, LAB_ETHER + 10, fold(add16(0, packet->bytes + LAB_ETHER, words * 4)));
}

void lab_seal_body(struct lab_packet *packet)
{
	const unsigned char *ip = packet->bytes + LAB_ETHER;
	unsigned protocol = is_ip6(packet) ? ip[6] : ip[9];
	size_t len = packet->len - packet->body, at;
	uint32_t sum = 0;
	unsigned check;

	switch (protocol) {
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
		at = packet->body + 6;
		break;
	case IPPROTO_TCP:
		at = packet->body + 16;
		break;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		at = packet->body + 2;
		break;
	default:
		return;
	}
	lab_put16(packet, at, 0);
	if (protocol != IPPROTO_ICMP) {
		/* The pseudo header; the sum does not care in which order its parts stand. */
		sum = is_ip6(packet) ? add16(sum, ip + 8, 32) : add16(sum, ip + 12, 8);
		sum += protocol + (uint32_t)len;
	}
	check = fold(add16(sum, packet->bytes + packet->body, len));
	if (check == 0 && protocol != IPPROTO_ICMP)
		check = 0xffff;
	lab_put16(packet, at, check);
}

void lab_ether(struct lab_packet *packet, uint16_t type, size_t payload)
{
	memcpy(packet->bytes, vb_mac, 6);
	memcpy(packet->bytes + 6, va_mac, 6);
	lab_put16(packet, 12, type);
	memset(packet->bytes + LAB_ETHER, 'x', payload);
	packet->body = LAB_ETHER;
	packet->len = LAB_ETHER + payload;
}

void lab_ip4(struct lab_packet *packet, uint8_t protocol, size_t body)
{
	unsigned char *ip = packet->bytes + LAB_ETHER;

	lab_ether(packet, 0x0800, 20 + body);
	memset(ip, 0, 20);
	ip[0] = 0x45;
	lab_put16(packet, LAB_ETHER + 2, (unsigned)(20 + body));
	ip[8] = 64;
	ip[9] = protocol;
	inet_pton(AF_INET, LAB_TX4, ip + 12);
	inet_pton(AF_INET, LAB_RX4, ip + 16);
	packet->body = LAB_ETHER + 20;
	lab_seal_ip4(packet);
}

void lab_ip6(struct lab_packet *packet, uint8_t protocol, size_t body)
{
	unsigned char *ip = packet->bytes + LAB_ETHER;

	lab_ether(packet, 0x86dd, 40 + body);
	memset(ip, 0, 40);
	ip[0] = 0x60;
	lab_put16(packet, LAB_ETHER + 4, (unsigned)body);
	ip[6] = protocol;
	ip[7] = 64;
	inet_pton(AF_INET6, LAB_TX6, ip + 8);
	inet_pton(AF_INET6, LAB_RX6, ip + 24);
	packet->body = LAB_ETHER + 40;
}

static void put_udp(struct lab_packet *packet, uint16_t port, size_t payload)
{
	lab_put16(packet, packet->body, 40000);
	lab_put16(packet, packet->body + 2, port);
	lab_put16(packet, packet->body + 4, (unsigned)(8 + payload));
	lab_seal_body(packet);
}

void lab_udp4(struct lab_packet *packet, uint16_t port, size_t payload)
{
	lab_ip4(packet, IPPROTO_UDP, 8 + payload);
	put_udp(packet, port, payload);
}

void lab_udp6(struct lab_packet *packet, uint16_t port, size_t payload)
{
	lab_ip6(packet, IPPROTO_UDP, 8 + payload);
	put_udp(packet, port, payload);
}

void lab_syn4(struct lab_packet *packet, const char *from, uint16_t from_port, uint16_t port)
{
	unsigned char *tcp;

	lab_ip4(packet, IPPROTO_TCP, TCP_HEADER);
	tcp = packet->bytes + packet->body;
	memset(tcp, 0, TCP_HEADER);
	lab_put16(packet, packet->body, from_port);
	lab_put16(packet, packet->body + 2, port);
	tcp[4] = 1; /* the sequence number: any */
	tcp[12] = TCP_HEADER / 4 << 4;
	tcp[13] = 2; /* SYN */
	lab_put16(packet, packet->body + 14, 65535);
	lab_readdress(packet, from, NULL);
}

void lab_readdress(struct lab_packet *packet, const char *from, const char *to)
{
	bool six = is_ip6(packet);
	unsigned char *source = packet->bytes + LAB_ETHER + (six ? 8 : 12);
	unsigned char *target = source + (six ? 16 : 4);

	if (from)
		inet_pton(six ? AF_INET6 : AF_INET, from, source);
	if (to)
		inet_pton(six ? AF_INET6 : AF_INET, to, target);
	if (six && target[0] == 0xff) {
		packet->bytes[0] = packet->bytes[1] = 0x33;
		memcpy(packet->bytes + 2, target + 12, 4);
	} else if (!six && (target[0] & 0xf0) == 0xe0) {
		packet->bytes[0] = 1;
		packet->bytes[1] = 0;
		packet->bytes[2] = 0x5e;
		packet->bytes[3] = target[1] & 0x7f;
		memcpy(packet->bytes + 4, target + 2, 2);
	}
	if (!six)
		lab_seal_ip4(packet);
	lab_seal_body(packet);
}

void lab_fragment(struct lab_packet *fragment, const struct lab_packet *whole, uint32_t id,
		  size_t from, size_t len, bool more)
{
	size_t header = is_ip6(whole) ? 8 : 0;
	unsigned char *ip = fragment->bytes + LAB_ETHER;

	memcpy(fragment->bytes, whole->bytes, whole->body);
	fragment->body = whole->body + header;
	fragment->len = fragment->body + len;
	memcpy(fragment->bytes + fragment->body, whole->bytes + whole->body + from, len);
	if (header) {
		unsigned char *extra = fragment->bytes + whole->body;

		extra[0] = ip[6];
		extra[1] = 0;
		lab_put16(fragment, whole->body + 2, (unsigned)from | (more ? 1u : 0u));
		lab_put16(fragment, whole->body + 4, id >> 16);
		lab_put16(fragment, whole->body + 6, id & 0xffff);
		ip[6] = IPPROTO_FRAGMENT;
		lab_put16(fragment, LAB_ETHER + 4, (unsigned)(8 + len));
	} else {
		lab_put16(fragment, LAB_ETHER + 2, (unsigned)(20 + len));
		lab_put16(fragment, LAB_ETHER + 4, id & 0xffff);
		lab_put16(fragment, LAB_ETHER + 6, (unsigned)(from / 8) | (more ? 0x2000u : 0));
		lab_seal_ip4(fragment);
	}
}

unsigned lab_inject_via(const struct lab *lab, int ifindex, const struct lab_packet *packet,
			unsigned times)
{
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_ifindex = ifindex,
		.sll_halen = 6,
	};
	unsigned sent = 0;

	memcpy(to.sll_addr, packet->bytes, 6);
	for (unsigned i = 0; i < times; i++) {
		ssize_t put = sendto(lab->inject, packet->bytes, packet->len, 0,
				     (struct sockaddr *)&to, sizeof to);

		if (put >= 0)
			sent++;
		else if (errno != ENOBUFS) /* that is the far end's drop, come back */
			lab_die(lab, "send on va: %s", strerror(errno));
	}
	return sent;
}

unsigned lab_inject(const struct lab *lab, const struct lab_packet *packet, unsigned times)
{
	return lab_inject_via(lab, lab->va, packet, times);
}

static noreturn void flood(const struct lab *lab, const struct lab_packet packets[], unsigned count)
{
	enum { BATCH = 64 };
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_ifindex = lab->va,
		.sll_halen = 6,
	};
	struct mmsghdr messages[BATCH];
	struct iovec pieces[BATCH];

	memset(messages, 0, sizeof messages);
	for (unsigned i = 0; i < BATCH; i++) {
		const struct lab_packet *packet = &packets[i % count];

		pieces[i].iov_base = (void *)(uintptr_t)packet->bytes;
		pieces[i].iov_len = packet->len;
		messages[i].msg_hdr.msg_name = &to;
		messages[i].msg_hdr.msg_namelen = sizeof to;
		messages[i].msg_hdr.msg_iov = &pieces[i];
		messages[i].msg_hdr.msg_iovlen = 1;
	}
	memcpy(to.sll_addr, packets[0].bytes, 6);
	for (unsigned from = 0;;) {
		int sent = sendmmsg(lab->inject, messages + from, BATCH - from, 0);

		/* One that the far end refused is behind us too: the others keep their turn. */
		from += sent > 0 ? (unsigned)sent : 1;
		if (from >= BATCH)
			from = 0;
	}
}

pid_t lab_flood(const struct lab *lab, int cpu, const struct lab_packet packets[], unsigned count)
{
	pid_t pid = fork();

	if (pid < 0)
		lab_die(lab, "fork: %s", strerror(errno));
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		lab_pin(lab, cpu);
		flood(lab, packets, count);
	}
	return pid;
}

pid_t lab_beside(const struct lab *lab, void (*work)(const struct lab *lab, int fd), int fd)
{
	pid_t pid = fork();

	if (pid < 0)
		lab_die(lab, "fork: %s", strerror(errno));
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			work(lab, fd);
	}
	return pid;
}

void lab_stop(pid_t process)
{
	kill(process, SIGKILL);
	lab_wait(process);
}

int lab_socket(const struct lab *lab, int family, int type, int protocol)
{
	int fd = socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);

	if (fd < 0 &&
	    (errno == EPROTONOSUPPORT || errno == EAFNOSUPPORT || errno == ESOCKTNOSUPPORT))
		lab_skip(lab, "no socket of family %d type %d protocol %d on this kernel", family,
			 type, protocol);
	if (fd < 0)
		lab_die(lab, "socket: %s", strerror(errno));
	return fd;
}

static socklen_t address_of(const char *text, uint16_t port, struct sockaddr_storage *address)
{
	struct sockaddr_in *four = (struct sockaddr_in *)address;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)address;

	memset(address, 0, sizeof *address);
	if (strchr(text, ':')) {
		six->sin6_family = AF_INET6;
		six->sin6_port = htons(port);
		inet_pton(AF_INET6, text, &six->sin6_addr);
		return sizeof *six;
	}
	four->sin_family = AF_INET;
	four->sin_port = htons(port);
	inet_pton(AF_INET, text, &four->sin_addr);
	return sizeof *four;
}

int lab_bind(const struct lab *lab, int fd, const char *address, uint16_t port)
{
	struct sockaddr_storage to;
	socklen_t len = address_of(address, port, &to);

	if (bind(fd, (struct sockaddr *)&to, len) != 0)
		lab_die(lab, "bind %s port %u: %s", address, port, strerror(errno));
	return fd;
}

void lab_connect(const struct lab *lab, int fd, const char *address, uint16_t port)
{
	struct sockaddr_storage to;
	socklen_t len = address_of(address, port, &to);

	if (connect(fd, (struct sockaddr *)&to, len) != 0 && errno != EINPROGRESS)
		lab_die(lab, "connect %s port %u: %s", address, port, strerror(errno));
}

void lab_rcvbuf(const struct lab *lab, int fd, int bytes)
{
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) != 0)
		lab_die(lab, "SO_RCVBUFFORCE %d: %s", bytes, strerror(errno));
}

static int receiver(const struct lab *lab, int protocol, const char *address, uint16_t port,
		    int rcvbuf)
{
	int on = 1, fd;

	fd = lab_socket(lab, strchr(address, ':') ? AF_INET6 : AF_INET, SOCK_DGRAM, protocol);
	/* Several members of a group share its port; elsewhere nothing comes of it. */
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (rcvbuf)
		lab_rcvbuf(lab, fd, rcvbuf);
	return lab_bind(lab, fd, address, port);
}

int lab_receiver(const struct lab *lab, const char *address, uint16_t port, int rcvbuf)
{
	return receiver(lab, IPPROTO_UDP, address, port, rcvbuf);
}

int lab_lite_receiver(const struct lab *lab, const char *address, uint16_t port, int rcvbuf)
{
	return receiver(lab, IPPROTO_UDPLITE, address, port, rcvbuf);
}

void lab_join(const struct lab *lab, int fd, const char *group)
{
	struct group_req request = {.gr_interface = if_nametoindex("vb")};
	bool six = strchr(group, ':') != NULL;

	address_of(group, 0, &request.gr_group);
	if (setsockopt(fd, six ? IPPROTO_IPV6 : IPPROTO_IP, MCAST_JOIN_GROUP, &request,
		       sizeof request) != 0)
		lab_die(lab, "join %s: %s", group, strerror(errno));
}

void lab_filter(const struct lab *lab, int fd, bool accept)
{
	struct sock_filter verdict = {.code = BPF_RET | BPF_K, .k = accept ? 0xffff : 0};
	struct sock_fprog program = {.len = 1, .filter = &verdict};

	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) != 0)
		lab_die(lab, "SO_ATTACH_FILTER: %s", strerror(errno));
}

static size_t drain(int fd, size_t *bytes)
{
	static char datagram[1 << 16];
	size_t count = 0;

	*bytes = 0;
	for (;;) {
		ssize_t got = recv(fd, datagram, sizeof datagram, MSG_DONTWAIT);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return count;
		count++;
		*bytes += (size_t)got;
	}
}

size_t lab_drain(int fd)
{
	size_t bytes;

	lab_settle();
	return drain(fd, &bytes);
}

size_t lab_drain_bytes(int fd)
{
	size_t bytes;

	drain(fd, &bytes);
	return bytes;
}

size_t lab_first_size(const struct lab *lab, int fd)
{
	char byte;
	ssize_t size;

	lab_settle();
	size = recv(fd, &byte, 1, MSG_PEEK | MSG_TRUNC | MSG_DONTWAIT);
	if (size <= 0)
		lab_die(lab, "no datagram arrived");
	return (size_t)size;
}

int lab_sender(const struct lab *lab, const char *address, uint16_t port)
{
	int fd;

	lab_in_tx(lab);
	fd = lab_socket(lab, AF_INET, SOCK_DGRAM, 0);
	lab_connect(lab, fd, address, port);
	lab_in_rx(lab);
	return fd;
}
