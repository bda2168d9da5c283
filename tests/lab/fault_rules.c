/* fault_rules.c: packets that netfilter rules and policies took. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lab.h"

#define TIMES 50

/* Sends TIMES datagrams of each family to that port; how many arrived at the device. */
static uint64_t send4(const struct lab *lab, uint16_t port)
{
	struct lab_packet packet;

	lab_udp4(&packet, port, 100);
	return lab_inject(lab, &packet, TIMES);
}

static uint64_t send6(const struct lab *lab, uint16_t port)
{
	struct lab_packet packet;

	lab_udp6(&packet, port, 100);
	return lab_inject(lab, &packet, TIMES);
}

/* A rule whose counter stands before its condition counts more than it takes; so those do not
 * count. The rule for sent packets must not either. */
static const char many_rules[] =
	"table inet t {\n"
	" set bad { type ipv4_addr; elements = { " LAB_TX4 " }; }\n"
	" chain in { type filter hook input priority 0;\n"
	"  udp dport 9001 counter drop comment \"port one\";\n"
	"  udp dport 9002 ip saddr @bad counter reject;\n"
	"  udp dport 9003 jump sub;\n"
	"  udp dport vmap { 9004 : jump mapped, 9005 : drop };\n"
	"  counter udp dport 9006 drop;\n"
	"  udp dport 9007 drop; };\n"
	" chain sub { counter drop; };\n"
	" chain mapped { counter reject; };\n"
	" chain nowhere { counter drop; };\n"
	" chain out { type filter hook output priority 0; udp dport 9010 counter drop; };\n"
	"}\n"
	"table ip p { chain c { type filter hook prerouting priority 0;"
	" udp dport 9008 counter drop; }; }\n"
	"table netdev n { chain c { type filter hook ingress device vb priority 0;"
	" udp dport 9009 counter drop; }; }\n";

static void send_own(const struct lab *lab)
{
	int fd = lab_socket(lab, AF_INET, SOCK_DGRAM, 0);

	lab_connect(lab, fd, LAB_TX4, 9010);
	for (unsigned i = 0; i < TIMES; i++)
		if (send(fd, "x", 1, 0) >= 0)
			lab_die(lab, "the output rule let something out");
	close(fd);
}

static void many(struct lab *lab)
{
	uint64_t dropped = 0, rejected = 0, silent = 0;

	lab_nft(lab, many_rules);
	lab_begin(lab);
	dropped += send4(lab, 9001) + send6(lab, 9001);
	rejected += send4(lab, 9002);
	dropped += send4(lab, 9003) + send6(lab, 9003);
	rejected += send4(lab, 9004) + send6(lab, 9004);
	silent += send4(lab, 9005) + send4(lab, 9006) + send4(lab, 9007);
	silent += send6(lab, 9005) + send6(lab, 9006) + send6(lab, 9007);
	dropped += send4(lab, 9008) + send4(lab, 9009);
	send_own(lab);
	lab_end(lab);
	lab_want_sum(lab, "reject", "nft_rule_drop", dropped, 0);
	lab_want_sum(lab, "reject", "nft_rule_reject", rejected, 0);
	lab_want_flag(lab, "nft_rule_drop", "ip/p/c#2", "rule=udp dport 9008");
	/* The counters of inet's rules have both families and come off IPv4 first. */
	lab_want(lab, "reject", "ip6_residual", "-", silent, 0);
	lab_want_end(lab, 0, 0);
}

static const char one_rule[] = "table ip t { chain c { type filter hook input priority 0;"
			       " udp dport 9001 counter drop comment \"one\"; }; }\n";

/* What the old rules took is no longer to be read. */
static void replaced(struct lab *lab)
{
	uint64_t old, new;

	lab_nft(lab, one_rule);
	send4(lab, 9001);
	lab_begin(lab);
	old = send4(lab, 9001);
	lab_nft(lab, "delete table ip t\n");
	lab_nft(lab, one_rule);
	new = send4(lab, 9001) + send4(lab, 9001) + send4(lab, 9001);
	lab_end(lab);
	lab_want(lab, "reject", "nft_rule_drop", "ip/t/c#2", new, 0);
	lab_want_flag(lab, "nft_rule_drop", "ip/t/c#2", "new");
	lab_want_flag(lab, "nft_rule_drop", "ip/t/c#2", "comment=one");
	lab_want(lab, "reject", "ip_residual", "-", old, 0);
	lab_want_end(lab, 0, 0);
}

/* Packets for another host, which this one would hand back the way they came. */
static void forwarded(struct lab *lab)
{
	struct lab_packet packet;
	uint64_t four, six;

	lab_set(lab, "net/ipv4/ip_forward", "1");
	lab_set(lab, "net/ipv6/conf/all/forwarding", "1");
	lab_set(lab, "net/ipv4/conf/vb/send_redirects", "0");
	lab_set(lab, "net/ipv4/conf/all/send_redirects", "0");
	lab_ip(lab, "route add 10.99.0.0/24 via " LAB_TX4 "\nroute add fd99::/64 via " LAB_TX6 "\n");
	lab_nft(lab, "table inet t { chain c { type filter hook forward priority 0;"
		     " udp dport 9001 counter drop; }; }\n");
	lab_begin(lab);
	lab_udp4(&packet, 9001, 100);
	lab_readdress(&packet, NULL, "10.99.0.1");
	four = lab_inject(lab, &packet, TIMES);
	lab_udp6(&packet, 9001, 100);
	lab_readdress(&packet, NULL, "fd99::1");
	six = lab_inject(lab, &packet, TIMES);
	lab_end(lab);
	lab_want(lab, "reject", "nft_rule_drop", "inet/t/c#2", four + six, 0);
	lab_want_end(lab, 0, 0);
}

const struct lab_fault lab_rule_faults[] = {
	{ .name = "rules-many", .run = many, .modes = LAB_ALL_MODES },
	{ .name = "rules-replaced", .run = replaced },
	{ .name = "rules-forward", .run = forwarded },
	{ .name = NULL },
};
