/* fault_doubt.c: what a counter alone would tell wrongly: no loss that looks like one, and packets
 * that are gone where no counter says so. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lab.h"

#define TAKEN 50
#define PASSED 7

/* Newer kernels count a packet as forwarded before they ask the FORWARD hook: what it took is then
 * seen by what they transmit. */
static void forward_rule(struct lab *lab, const struct lab_packet *taken,
			 const struct lab_packet *passed, const char *counter, const char *residual)
{
	const struct lab_value *forwarded;

	lab_set(lab, "net/ipv4/ip_forward", "1");
	lab_set(lab, "net/ipv6/conf/all/forwarding", "1");
	lab_ip(lab,
	       "route add 10.99.0.0/24 via " LAB_TX4 "\nroute add fd99::/64 via " LAB_TX6 "\n");
	lab_nft(lab, "table inet t { chain c { type filter hook forward priority 0;"
		     " udp dport 5000 drop; }; }\n");
	/* A kernel that counts what it transmits has transmitted something. */
	lab_inject(lab, passed, 1);
	lab_begin(lab);
	lab_inject(lab, taken, TAKEN);
	lab_inject(lab, passed, PASSED);
	lab_end(lab);
	forwarded = lab_values_find(&lab->moved, counter, "-");
	if (lab_has_column("OutTransmits") || (forwarded && forwarded->value == PASSED))
		lab_want(lab, "reject", residual, "-", TAKEN, 0);
	lab_want_end(lab, 0, 0);
}

static void forward_rule4(struct lab *lab)
{
	struct lab_packet taken, passed;

	lab_udp4(&taken, 5000, 100);
	lab_readdress(&taken, NULL, "10.99.0.1");
	lab_udp4(&passed, 6000, 100);
	lab_readdress(&passed, NULL, "10.99.0.1");
	forward_rule(lab, &taken, &passed, "IpForwDatagrams", "ip_residual");
}

static void forward_rule6(struct lab *lab)
{
	struct lab_packet taken, passed;

	lab_udp6(&taken, 5000, 100);
	lab_readdress(&taken, NULL, "fd99::1");
	lab_udp6(&passed, 6000, 100);
	lab_readdress(&passed, NULL, "fd99::1");
	forward_rule(lab, &taken, &passed, "Ip6OutForwDatagrams", "ip6_residual");
}

/* A full table refuses this host's own packets too: so many that sendto() said so. */
static void conntrack_own_sends(struct lab *lab)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x0a4d0001)};
	uint64_t refused = 0;
	int fd = lab_socket(lab, AF_INET, SOCK_DGRAM, 0);

	lab_nft(lab, "table inet t { chain c { type filter hook output priority 0;"
		     " ct state established accept; }; }\n");
	lab_begin(lab);
	lab_set_host(lab, "net/netfilter/nf_conntrack_max", "1");
	for (uint16_t port = 1; port <= 30; port++) {
		to.sin_port = htons(port);
		refused += sendto(fd, "x", 1, 0, (struct sockaddr *)&to, sizeof to) < 0 &&
			   errno == EPERM;
	}
	lab_put_back(lab, "net/netfilter/nf_conntrack_max");
	lab_end(lab);
	if (refused == 0)
		lab_skip(lab, "a table of 1 took 30 flows");
	lab_want_sum(lab, "pressure", "nf_conntrack_drop", refused, 0);
	lab_may(lab, "nf_conntrack_early_drop");
	lab_want_end(lab, 0, 0);
}

/* A UDP socket without a peer or an address of its own is in no listing. */
static void leave_the_listing(const struct lab *lab, int fd)
{
	const struct sockaddr none = {.sa_family = AF_UNSPEC};

	if (connect(fd, &none, sizeof none) != 0)
		lab_die(lab, "connect to nobody: %s", strerror(errno));
}

/* What it lost long ago is no loss when it comes back. */
static void udp_reconnected(struct lab *lab)
{
	struct sockaddr_in here = {.sin_family = AF_INET};
	socklen_t len = sizeof here;
	struct lab_packet packet;
	int fd = lab_socket(lab, AF_INET, SOCK_DGRAM, 0);

	lab_rcvbuf(lab, fd, LAB_SMALL);
	lab_connect(lab, fd, LAB_TX4, 40000);
	getsockname(fd, (struct sockaddr *)&here, &len);
	lab_udp4(&packet, ntohs(here.sin_port), 100);
	lab_put16(&packet, packet.body, 40000);
	lab_seal_body(&packet);
	lab_inject(lab, &packet, 700);
	lab_settle();
	lab_drain(fd);
	leave_the_listing(lab, fd);
	lab_begin(lab);
	lab_connect(lab, fd, LAB_TX4, 40000);
	lab_end(lab);
	lab_want_end(lab, 0, 0);
}

static void udp_changes_family(struct lab *lab)
{
	struct lab_packet packet;
	int family = AF_INET;
	int fd = lab_receiver(lab, "::", LAB_PORT, LAB_SMALL);
	struct sockaddr_in6 to = {.sin6_family = AF_INET6, .sin6_port = htons(40000)};

	inet_pton(AF_INET6, "::ffff:" LAB_TX4, &to.sin6_addr);
	if (connect(fd, (struct sockaddr *)&to, sizeof to) != 0)
		lab_die(lab, "connect: %s", strerror(errno));
	lab_udp4(&packet, LAB_PORT, 100);
	lab_put16(&packet, packet.body, 40000);
	lab_seal_body(&packet);
	lab_inject(lab, &packet, 700);
	lab_settle();
	lab_drain(fd);
	lab_begin(lab);
	if (setsockopt(fd, IPPROTO_IPV6, IPV6_ADDRFORM, &family, sizeof family) != 0)
		lab_die(lab, "IPV6_ADDRFORM: %s", strerror(errno));
	lab_end(lab);
	lab_want_end(lab, 0, 0);
}

static int listener(const struct lab *lab)
{
	int fd = lab_bind(lab, lab_socket(lab, AF_INET, SOCK_STREAM, 0), LAB_RX4, 80);

	if (listen(fd, 128) != 0)
		lab_die(lab, "listen: %s", strerror(errno));
	return fd;
}

/* The sending side knows nothing of these connections, and resets each: the listener counts that as
 * a drop. */
static void half_open_scan(struct lab *lab)
{
	struct lab_packet packet;

	listener(lab);
	lab_begin(lab);
	for (uint16_t port = 40000; port < 40030; port++) {
		lab_syn4(&packet, LAB_TX4, port, 80);
		lab_inject(lab, &packet, 1);
	}
	lab_end(lab);
	lab_want(lab, "reject", "sk_drops", "tcp/" LAB_RX4 ":80", 30, 0);
	lab_want_end(lab, 0, 0);
}

/* What a port scan sends instead of a SYN: no counter has it, and no filter took it. */
static void fin_scan(struct lab *lab)
{
	struct lab_packet packet;

	listener(lab);
	lab_syn4(&packet, LAB_TX4, 40000, 80);
	packet.bytes[packet.body + 13] = 0x01; /* FIN */
	lab_seal_body(&packet);
	lab_begin(lab);
	lab_inject(lab, &packet, 30);
	lab_end(lab);
	lab_want(lab, "suspect", "sk_drops", "tcp/" LAB_RX4 ":80", 30, 0);
	lab_want_finding(lab, "tcp-listener-filter", "or they belong to no connection");
	lab_want_end(lab, 0, 0);
}

static void listener_filter(struct lab *lab)
{
	struct lab_packet packet;
	int fd = listener(lab);

	lab_filter(lab, fd, false);
	lab_begin(lab);
	for (uint16_t port = 40000; port < 40025; port++) {
		lab_syn4(&packet, LAB_TX4, port, 80);
		lab_inject(lab, &packet, 1);
	}
	lab_end(lab);
	lab_want(lab, "suspect", "sk_drops", "tcp/" LAB_RX4 ":80", 25, 0);
	lab_want_finding(lab, "tcp-listener-filter", LAB_COMM);
	lab_want_end(lab, 0, 0);
}

const struct lab_fault lab_doubt_faults[] = {
	{.name = "udp-reconnected", .run = udp_reconnected, .modes = LAB_BIT(LAB_LIVE)},
	{.name = "udp-changes-family", .run = udp_changes_family},
	{.name = "tcp-half-open-scan", .run = half_open_scan, .modes = LAB_BIT(LAB_LIVE)},
	{.name = "tcp-fin-scan", .run = fin_scan},
	{.name = "tcp-listener-filter", .run = listener_filter, .modes = LAB_BIT(LAB_LIVE)},
	{.name = "forward-rule4", .run = forward_rule4, .modes = LAB_BIT(LAB_LIVE)},
	{.name = "forward-rule6", .run = forward_rule6, .modes = LAB_BIT(LAB_LIVE)},
	{.name = "conntrack-own-sends", .run = conntrack_own_sends},
	{.name = NULL},
};
