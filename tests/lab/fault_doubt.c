/* fault_doubt.c: what a counter alone would tell wrongly: no loss that looks like one, and packets
 * that are gone where no counter says so. */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lab.h"

#define TAKEN 50
#define PASSED 7

/* The kernel counts a packet as forwarded before it asks the FORWARD hook. */
static void forward_rule(struct lab *lab, const struct lab_packet *taken,
			 const struct lab_packet *passed, const char *residual)
{
	lab_set(lab, "net/ipv4/ip_forward", "1");
	lab_set(lab, "net/ipv6/conf/all/forwarding", "1");
	lab_ip(lab, "route add 10.99.0.0/24 via " LAB_TX4 "\nroute add fd99::/64 via " LAB_TX6
		    "\n");
	lab_nft(lab, "table inet t { chain c { type filter hook forward priority 0;"
		     " udp dport 5000 drop; }; }\n");
	/* A kernel that counts what it transmits has transmitted something. */
	lab_inject(lab, passed, 1);
	lab_begin(lab);
	lab_inject(lab, taken, TAKEN);
	lab_inject(lab, passed, PASSED);
	lab_end(lab);
	if (lab_has_column("OutTransmits"))
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
	forward_rule(lab, &taken, &passed, "ip_residual");
}

static void forward_rule6(struct lab *lab)
{
	struct lab_packet taken, passed;

	lab_udp6(&taken, 5000, 100);
	lab_readdress(&taken, NULL, "fd99::1");
	lab_udp6(&passed, 6000, 100);
	lab_readdress(&passed, NULL, "fd99::1");
	forward_rule(lab, &taken, &passed, "ip6_residual");
}

/* A full table refuses this host's own packets too: so many that sendto() said so. */
static void conntrack_own_sends(struct lab *lab)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(0x0a4d0001) };
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

const struct lab_fault lab_doubt_faults[] = {
	{ .name = "forward-rule4", .run = forward_rule4, .modes = LAB_BIT(LAB_LIVE) },
	{ .name = "forward-rule6", .run = forward_rule6, .modes = LAB_BIT(LAB_LIVE) },
	{ .name = "conntrack-own-sends", .run = conntrack_own_sends },
	{ .name = NULL },
};
