/* fault_ip.c: packets that end in the IP layer: damaged, not for this host, refused, not put
 * together.
 *
 * Most differ only in the packet and in the counter, so they are rows of one table. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "lab.h"

#define TIMES 100

struct row {
	void (*make)(struct lab_packet *packet);
	const char *kind;
	const char *counter;
	const char *within;	 /* counts them too; NULL: none */
	const char *column;	 /* of snmp, without which the kind is suspect; NULL: none */
	const char *settings[4]; /* names and values, in turn */
	const char *batch;	 /* for ip */
};

static int anyone(const struct lab *lab, const char *address)
{
	int fd = lab_socket(lab, strchr(address, ':') ? AF_INET6 : AF_INET, SOCK_DGRAM, 0), on = 1;

	if (strchr(address, ':'))
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
	lab_rcvbuf(lab, fd, LAB_LARGE);
	return lab_bind(lab, fd, address, LAB_PORT);
}

static void perform(struct lab *lab)
{
	const struct row *row = lab->fault->how;
	const char *kind = row->column && !lab_has_column(row->column) ? "suspect" : row->kind;
	bool drop = strcmp(kind, "drop") == 0;
	struct lab_packet packet;
	uint64_t lost;
	int four, six;

	for (size_t i = 0; i < 4 && row->settings[i]; i += 2)
		lab_set(lab, row->settings[i], row->settings[i + 1]);
	if (row->batch)
		lab_ip(lab, row->batch);
	/* Whoever got one of them after all would be one of these two. */
	four = anyone(lab, "0.0.0.0");
	six = anyone(lab, "::");
	row->make(&packet);
	lab_begin(lab);
	lost = lab_inject(lab, &packet, TIMES);
	lab_end(lab);
	lost -= lab_drain(four) + lab_drain(six);
	if (lost != TIMES)
		lab_die(lab, "%d were sent, and only %d lost", TIMES, (int)lost);
	lab_want(lab, kind, row->counter, "-", lost, drop ? lost : 0);
	if (row->within)
		lab_want_counted(lab, row->within, "-", lost);
	lab_want_end(lab, drop, drop ? lost : 0);
}

static void good4(struct lab_packet *packet)
{
	lab_udp4(packet, LAB_PORT, 100);
}

static void good6(struct lab_packet *packet)
{
	lab_udp6(packet, LAB_PORT, 100);
}

/* Header bytes of IPv4, counted from its start; the checksum is made right again. */
static void edit4(struct lab_packet *packet, size_t at, unsigned value)
{
	packet->bytes[LAB_ETHER + at] = (unsigned char)value;
	lab_seal_ip4(packet);
}

static void cut4(struct lab_packet *packet)
{
	good4(packet);
	packet->len = LAB_ETHER + 10;
}

static void version4(struct lab_packet *packet)
{
	good4(packet);
	edit4(packet, 0, 0x55);
}

static void small_header4(struct lab_packet *packet)
{
	good4(packet);
	edit4(packet, 0, 0x44);
}

static void large_header4(struct lab_packet *packet)
{
	good4(packet);
	packet->bytes[LAB_ETHER] = 0x4f;
	packet->len = LAB_ETHER + 28;
}

static void small_length4(struct lab_packet *packet)
{
	good4(packet);
	lab_put16(packet, LAB_ETHER + 2, 12);
	lab_seal_ip4(packet);
}

static void truncated4(struct lab_packet *packet)
{
	good4(packet);
	lab_put16(packet, LAB_ETHER + 2, 900);
	lab_seal_ip4(packet);
}

static void checksum4(struct lab_packet *packet)
{
	good4(packet);
	packet->bytes[LAB_ETHER + 10] ^= 1;
}

static void options4(struct lab_packet *packet, const unsigned char options[8])
{
	unsigned char *ip = packet->bytes + LAB_ETHER;

	good4(packet);
	memmove(ip + 28, ip + 20, packet->len - LAB_ETHER - 20);
	memcpy(ip + 20, options, 8);
	packet->len += 8;
	packet->body += 8;
	ip[0] = 0x47;
	lab_put16(packet, LAB_ETHER + 2, (unsigned)(packet->len - LAB_ETHER));
	lab_seal_ip4(packet);
}

static void bad_option4(struct lab_packet *packet)
{
	/* A timestamp of length 1. */
	options4(packet, (const unsigned char[8]){0x44, 1, 1, 1, 1, 1, 1, 1});
}

static void source_route4(struct lab_packet *packet)
{
	options4(packet, (const unsigned char[8]){0x83, 7, 4, 10, 77, 0, 99, 0});
}

static void protocol4(struct lab_packet *packet)
{
	lab_ip4(packet, 253, 100);
}

static void to4(struct lab_packet *packet, const char *to)
{
	good4(packet);
	lab_readdress(packet, NULL, to);
}

static void from4(struct lab_packet *packet, const char *from)
{
	good4(packet);
	lab_readdress(packet, from, NULL);
}

static void not_ours4(struct lab_packet *packet)
{
	to4(packet, "10.99.0.1");
}

static void neighbour4(struct lab_packet *packet)
{
	to4(packet, "10.77.0.77");
}

static void from_loopback4(struct lab_packet *packet)
{
	from4(packet, "127.0.0.1");
}

static void from_group4(struct lab_packet *packet)
{
	from4(packet, "224.0.0.1");
}

static void from_nobody4(struct lab_packet *packet)
{
	from4(packet, "0.0.0.0");
}

static void from_us4(struct lab_packet *packet)
{
	from4(packet, LAB_RX4);
}

static void to_loopback4(struct lab_packet *packet)
{
	to4(packet, "127.0.0.1");
}

static void to_nobody4(struct lab_packet *packet)
{
	to4(packet, "0.0.0.0");
}

static void from_elsewhere4(struct lab_packet *packet)
{
	from4(packet, "10.55.0.1");
}

static void unjoined4(struct lab_packet *packet)
{
	to4(packet, "239.1.1.1");
}

static void in_broadcast4(struct lab_packet *packet)
{
	good4(packet);
	memset(packet->bytes, 0xff, 6);
}

static void last_hop4(struct lab_packet *packet)
{
	to4(packet, "10.99.0.1");
	edit4(packet, 8, 1);
}

static void cut6(struct lab_packet *packet)
{
	good6(packet);
	packet->len = LAB_ETHER + 20;
}

static void version6(struct lab_packet *packet)
{
	good6(packet);
	packet->bytes[LAB_ETHER] = 0x50;
}

static void truncated6(struct lab_packet *packet)
{
	good6(packet);
	lab_put16(packet, LAB_ETHER + 4, 900);
}

static void from_group6(struct lab_packet *packet)
{
	good6(packet);
	lab_readdress(packet, "ff02::1", NULL);
}

static void to6(struct lab_packet *packet, const char *to)
{
	good6(packet);
	lab_readdress(packet, NULL, to);
}

static void to_loopback6(struct lab_packet *packet)
{
	to6(packet, "::1");
}

static void protocol6(struct lab_packet *packet)
{
	lab_ip6(packet, 253, 100);
}

/* An unknown destination option that asks for the packet to be discarded. */
static void bad_option6(struct lab_packet *packet)
{
	static const unsigned char options[8] = {IPPROTO_UDP, 0, 0x9e, 4, 0, 0, 0, 0};

	lab_ip6(packet, IPPROTO_DSTOPTS, 8 + 20);
	memcpy(packet->bytes + packet->body, options, sizeof options);
}

/* Source routing, which IPv6 gave up. */
static void routing6(struct lab_packet *packet)
{
	static const unsigned char header[4] = {IPPROTO_UDP, 2, 0, 1};

	lab_ip6(packet, IPPROTO_ROUTING, 24 + 20);
	memset(packet->bytes + packet->body, 0, 24);
	memcpy(packet->bytes + packet->body, header, sizeof header);
}

static void not_ours6(struct lab_packet *packet)
{
	to6(packet, "fd99::1");
}

static void neighbour6(struct lab_packet *packet)
{
	to6(packet, "fd77::77");
}

static void unjoined6(struct lab_packet *packet)
{
	to6(packet, "ff05::1234");
}

static void last_hop6(struct lab_packet *packet)
{
	to6(packet, "fd99::1");
	packet->bytes[LAB_ETHER + 7] = 1;
}

#define FORWARD4 \
	{ \
		"net/ipv4/ip_forward", "1" \
	}
#define FORWARD6 \
	{ \
		"net/ipv6/conf/all/forwarding", "1" \
	}
#define HOW(...) \
	.run = perform, .how = &(const struct row) \
	{ \
		__VA_ARGS__ \
	}
#define DAMAGED4(f) HOW(.make = f, .kind = "drop", .counter = "IpInHdrErrors")
#define DAMAGED6(f) HOW(.make = f, .kind = "drop", .counter = "Ip6InHdrErrors")
#define SILENT4(f) HOW(.make = f, .kind = "reject", .counter = "ip_residual")

/* --- fragments --- */

/* The first fragments of so many datagrams, whose others never come. */
static uint64_t inject_firsts(struct lab *lab, const struct lab_packet *whole, uint32_t count)
{
	struct lab_packet part;
	uint64_t sent = 0;

	for (uint32_t id = 1; id <= count; id++) {
		lab_fragment(&part, whole, id, 0, 800, true);
		sent += lab_inject(lab, &part, 1);
	}
	return sent;
}

static void lone_firsts(struct lab *lab, const struct lab_packet *whole, const char *group)
{
	char name[48];
	uint64_t lost;

	lab_begin(lab);
	lost = inject_firsts(lab, whole, TIMES);
	lab_sleep_ms(1600); /* the kernel gives up after a second */
	lab_end(lab);
	snprintf(name, sizeof name, "%sReasmTimeout", group);
	lab_want(lab, "drop", name, "-", lost, lost);
	snprintf(name, sizeof name, "%sReasmFails", group);
	lab_want_counted(lab, name, "-", lost);
	lab_may(lab, "nf_conntrack_icmp_error"); /* of the answers, where they are tracked */
	lab_want_end(lab, 1, lost);
}

static void timeout4(struct lab *lab)
{
	struct lab_packet whole;

	lab_set(lab, "net/ipv4/ipfrag_time", "1");
	lab_udp4(&whole, LAB_PORT, 1600);
	lone_firsts(lab, &whole, "Ip");
}

static void timeout6(struct lab *lab)
{
	struct lab_packet whole;

	lab_set(lab, "net/ipv6/ip6frag_time", "1");
	lab_udp6(&whole, LAB_PORT, 1600);
	lone_firsts(lab, &whole, "Ip6");
}

/* With conntrack netfilter puts IPv6 together, and charges the same counters in the end. */
static void timeout6_conntrack(struct lab *lab)
{
	struct lab_packet whole;

	lab_nft(lab, "table ip6 t { chain c { type filter hook input priority 0;"
		     " ct state established accept; }; }\n");
	lab_set(lab, "net/netfilter/nf_conntrack_frag6_timeout", "1");
	lab_udp6(&whole, LAB_PORT, 1600);
	lone_firsts(lab, &whole, "Ip6");
}

static uint64_t inject_overlapping(struct lab *lab, const struct lab_packet *whole)
{
	struct lab_packet part;
	uint64_t sent = 0;

	for (uint32_t id = 1; id <= TIMES; id++) {
		lab_fragment(&part, whole, id, 0, 800, true);
		sent += lab_inject(lab, &part, 1);
		lab_fragment(&part, whole, id, 400, 800, true);
		lab_inject(lab, &part, 1);
	}
	return sent;
}

static void overlap4(struct lab *lab)
{
	struct lab_packet whole;
	uint64_t lost;

	lab_udp4(&whole, LAB_PORT, 1600);
	lab_begin(lab);
	lost = inject_overlapping(lab, &whole);
	lab_end(lab);
	lab_want(lab, "drop", "IpExtReasmOverlaps", "-", lost, lost);
	lab_want_counted(lab, "IpReasmFails", "-", lost);
	lab_want_end(lab, 1, lost);
}

static void overlap6(struct lab *lab)
{
	struct lab_packet whole;
	uint64_t lost;

	lab_udp6(&whole, LAB_PORT, 1600);
	lab_begin(lab);
	lost = inject_overlapping(lab, &whole);
	lab_end(lab);
	lab_want(lab, "drop", "Ip6ReasmFails", "-", lost, lost);
	lab_want_end(lab, 1, lost);
}

/* How many datagrams the kernel holds in pieces. */
static uint64_t waiting_in_pieces(void)
{
	char *text = lab_slurp("/proc/net/sockstat");
	char *at = text ? strstr(text, "FRAG: inuse ") : NULL;
	uint64_t count = at ? strtoull(at + 12, NULL, 10) : 0;

	free(text);
	return count;
}

static void memory4(struct lab *lab)
{
	struct lab_packet whole;
	uint64_t lost;

	lab_set(lab, "net/ipv4/ipfrag_low_thresh", "10000");
	lab_set(lab, "net/ipv4/ipfrag_high_thresh", "20000");
	lab_udp4(&whole, LAB_PORT, 1600);
	lab_begin(lab);
	lost = inject_firsts(lab, &whole, 500);
	lab_end(lab);
	lost -= waiting_in_pieces();
	if (lost == 0 || lost == 500)
		lab_die(lab, "%d of 500 were refused", (int)lost);
	lab_want(lab, "drop", "IpReasmFails", "-", lost, lost);
	lab_want_end(lab, 1, lost);
}

/* A first fragment whose length is no multiple of eight. */
static void size6(struct lab *lab)
{
	struct lab_packet whole, part;
	uint64_t lost = 0;

	lab_udp6(&whole, LAB_PORT, 1600);
	lab_begin(lab);
	for (uint32_t id = 1; id <= TIMES; id++) {
		lab_fragment(&part, &whole, id, 0, 801, true);
		lost += lab_inject(lab, &part, 1);
	}
	lab_end(lab);
	lab_want(lab, "drop", "Ip6InHdrErrors", "-", lost, lost);
	/* Linux 7 counts it there as well: `counted`. */
	lab_may(lab, "Ip6ReasmFails");
	lab_want_end(lab, 1, lost);
}

const struct lab_fault lab_ip_faults[] = {
	{.name = "ip4-cut", DAMAGED4(cut4)},
	{.name = "ip4-version", DAMAGED4(version4), .modes = LAB_BIT(LAB_RUN)},
	{.name = "ip4-small-header", DAMAGED4(small_header4)},
	{.name = "ip4-large-header", DAMAGED4(large_header4)},
	{.name = "ip4-small-length", DAMAGED4(small_length4)},
	{.name = "ip4-bad-option", DAMAGED4(bad_option4)},
	{.name = "ip4-truncated",
	 HOW(.make = truncated4, .kind = "drop", .counter = "IpExtInTruncatedPkts")},
	{.name = "ip4-checksum",
	 .modes = LAB_ALL_MODES,
	 HOW(.make = checksum4, .kind = "drop", .counter = "IpExtInCsumErrors",
	     .within = "IpInHdrErrors")},
	{.name = "ip4-source-route", SILENT4(source_route4)},
	{.name = "ip4-protocol",
	 HOW(.make = protocol4, .kind = "reject", .counter = "IpInUnknownProtos")},
	{.name = "ip4-not-ours",
	 .modes = LAB_BIT(LAB_LIVE),
	 HOW(.make = not_ours4, .kind = "reject", .counter = "IpInAddrErrors")},
	{.name = "ip4-neighbour",
	 HOW(.make = neighbour4, .kind = "reject", .counter = "IpInAddrErrors")},
	{.name = "ip4-from-loopback", SILENT4(from_loopback4)},
	{.name = "ip4-from-group", SILENT4(from_group4)},
	{.name = "ip4-from-nobody", SILENT4(from_nobody4)},
	{.name = "ip4-from-us", SILENT4(from_us4), .modes = LAB_BIT(LAB_LIVE)},
	{.name = "ip4-to-loopback", SILENT4(to_loopback4)},
	{.name = "ip4-to-nobody", SILENT4(to_nobody4)},
	{.name = "ip4-rp-filter",
	 .modes = LAB_BIT(LAB_LIVE),
	 HOW(.make = from_elsewhere4, .kind = "reject", .counter = "TcpExtIPReversePathFilter",
	     .settings = {"net/ipv4/conf/vb/rp_filter", "1"})},
	{.name = "ip4-unjoined-group",
	 SILENT4(unjoined4),
	 .modes = LAB_BIT(LAB_LIVE) | LAB_BIT(LAB_RUN)},
	{.name = "ip4-in-broadcast-frame",
	 HOW(.make = in_broadcast4, .kind = "reject", .counter = "ip_residual",
	     .settings = {"net/ipv4/conf/vb/drop_unicast_in_l2_multicast", "1"})},
	{.name = "ip4-forward-last-hop",
	 HOW(.make = last_hop4, .kind = "reject", .counter = "IpInHdrErrors",
	     .column = "OutRateLimitHost", .settings = FORWARD4,
	     .batch = "route add 10.99.0.0/24 via " LAB_TX4 "\n")},
	{.name = "ip4-forward-no-route",
	 HOW(.make = not_ours4, .kind = "reject", .counter = "IpExtInNoRoutes",
	     .settings = FORWARD4)},
	{.name = "ip4-forward-blackhole",
	 HOW(.make = not_ours4, .kind = "reject", .counter = "ip_residual", .settings = FORWARD4,
	     .batch = "route add blackhole 10.99.0.0/24\n")},
	{.name = "ip4-forward-prohibit",
	 HOW(.make = not_ours4, .kind = "reject", .counter = "ip_residual", .settings = FORWARD4,
	     .batch = "route add prohibit 10.99.0.0/24\n")},

	{.name = "ip6-cut", DAMAGED6(cut6)},
	{.name = "ip6-version", DAMAGED6(version6), .modes = LAB_BIT(LAB_LIVE)},
	{.name = "ip6-from-group", DAMAGED6(from_group6)},
	{.name = "ip6-to-loopback", DAMAGED6(to_loopback6)},
	{.name = "ip6-bad-option", DAMAGED6(bad_option6)},
	{.name = "ip6-source-route", DAMAGED6(routing6)},
	{.name = "ip6-truncated",
	 HOW(.make = truncated6, .kind = "drop", .counter = "Ip6InTruncatedPkts")},
	{.name = "ip6-next-header",
	 HOW(.make = protocol6, .kind = "reject", .counter = "Ip6InUnknownProtos")},
	{.name = "ip6-no-route",
	 HOW(.make = not_ours6, .kind = "reject", .counter = "Ip6InNoRoutes")},
	{.name = "ip6-neighbour",
	 HOW(.make = neighbour6, .kind = "reject", .counter = "Ip6InAddrErrors")},
	{.name = "ip6-unjoined-group",
	 .modes = LAB_BIT(LAB_LIVE),
	 HOW(.make = unjoined6, .kind = "reject", .counter = "ip6_residual")},
	{.name = "ip6-disabled",
	 .modes = LAB_BIT(LAB_LIVE),
	 HOW(.make = good6, .kind = "suspect", .counter = "Ip6InDiscards",
	     .settings = {"net/ipv6/conf/vb/disable_ipv6", "1"})},
	{.name = "ip6-forward-last-hop",
	 HOW(.make = last_hop6, .kind = "reject", .counter = "Ip6InHdrErrors",
	     .column = "OutRateLimitHost", .settings = FORWARD6,
	     .batch = "route add fd99::/64 via " LAB_TX6 "\n")},
	{.name = "ip6-forward-no-route",
	 HOW(.make = not_ours6, .kind = "reject", .counter = "Ip6InNoRoutes",
	     .settings = FORWARD6)},
	{.name = "ip6-forward-blackhole",
	 HOW(.make = not_ours6, .kind = "reject", .counter = "ip6_residual", .settings = FORWARD6,
	     .batch = "route add blackhole fd99::/64\n")},

	{.name = "fragment4-timeout", .run = timeout4, .modes = LAB_BIT(LAB_LIVE)},
	{.name = "fragment4-overlap", .run = overlap4},
	{.name = "fragment4-memory", .run = memory4, .modes = LAB_BIT(LAB_RUN)},
	{.name = "fragment6-timeout", .run = timeout6},
	{.name = "fragment6-timeout-conntrack", .run = timeout6_conntrack},
	{.name = "fragment6-overlap", .run = overlap6},
	{.name = "fragment6-size", .run = size6},
	{.name = NULL},
};
