/* fault_rules.c: packets that netfilter rules and policies took. */
#include <arpa/inet.h>
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_queue.h>
#include <linux/netlink.h>
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
	/* The counters of inet's rules have both families, so nobody knows of which the rest is. */
	lab_want(lab, "reject", "inet_residual", "-", silent, 0);
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
	lab_ip(lab, "route add 10.99.0.0/24 via " LAB_TX4 "\n"
		    "route add fd99::/64 via " LAB_TX6 "\n");
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

/* What an inet table has of one family by its conditions comes off that one. */
static void of_versions(struct lab *lab)
{
	uint64_t dropped, four, six;

	lab_nft(lab, "table inet t {\n"
		     " chain in { type filter hook input priority 0;\n"
		     "  meta protocol vmap { ip : jump four, ip6 : jump six }\n"
		     "  meta nfproto ipv6 udp dport 9004 counter drop;\n"
		     "  udp dport 9003 drop; };\n"
		     " chain four { udp dport 9001 counter drop; };\n"
		     " chain six { udp dport 9002 counter drop; };\n"
		     "}\n");
	lab_begin(lab);
	dropped = send4(lab, 9001) + send6(lab, 9002) + send6(lab, 9004);
	four = send4(lab, 9003);
	six = send6(lab, 9003) + send6(lab, 9003);
	lab_end(lab);
	lab_want_sum(lab, "reject", "nft_rule_drop", dropped, 0);
	lab_want(lab, "reject", "ip_residual", "-", four, 0);
	lab_want(lab, "reject", "ip6_residual", "-", six, 0);
	lab_want_end(lab, 0, 0);
}

/* Sets and maps whose elements count. They tell what a rule took if no other rule has the set, what
 * was found in it was taken, and no element was deleted since. Older kernels do not tell how many
 * elements there are, but the declared size. */
static void of_elements(struct lab *lab)
{
	uint64_t found, mapped, silent;

	lab_nft(lab,
		"table ip t {\n"
		" set bad { type ipv4_addr; size 9; counter; elements = { " LAB_TX4
		", 10.9.9.9 }; }\n"
		" set nets { type ipv4_addr; flags interval; size 9; counter;"
		" elements = { 10.77.0.0/24, 10.88.0.0/24 }; }\n"
		" set shared { type inet_service; size 9; counter; elements = { 9003 }; }\n"
		" set fewer { type inet_service; size 9; counter; elements = { 9004, 9005 }; }\n"
		" set plain { type inet_service; elements = { 9006 }; }\n"
		" map verdicts { type inet_service : verdict; size 9; counter;"
		" elements = { 9008 : drop, 9009 : jump sub, 9010 : drop }; }\n"
		" chain in { type filter hook input priority 0;\n"
		"  udp dport 9001 ip saddr @bad drop;\n"
		"  udp dport 9002 ip saddr @nets reject;\n"
		"  udp dport @shared drop;\n"
		"  udp dport @fewer drop;\n"
		"  udp dport @plain drop;\n"
		"  ip saddr @nets udp dport 9007 drop;\n"
		"  udp dport vmap @verdicts; };\n"
		" chain sub { drop; };\n"
		" chain out { type filter hook output priority 0; udp dport @shared drop; };\n"
		"}\n");
	for (unsigned i = 0; i < 3; i++)
		send4(lab, 9004);
	lab_begin(lab);
	found = send4(lab, 9001);
	mapped = send4(lab, 9008) + send4(lab, 9010);
	silent = send4(lab, 9003) + send4(lab, 9006) + send4(lab, 9007) + send4(lab, 9009);
	lab_nft(lab, "delete element ip t fewer { 9004 }\n");
	silent += send4(lab, 9005) + send4(lab, 9002);
	lab_end(lab);
	lab_want(lab, "reject", "nft_rule_drop", "ip/t/in#10", found, 0);
	lab_want(lab, "reject", "nft_rule_drop", "ip/t/in#16", mapped, 0);
	lab_want_flag(lab, "nft_rule_drop", "ip/t/in#16", "rule=udp dport vmap @verdicts");
	lab_want(lab, "reject", "ip_residual", "-", silent, 0);
	lab_want_end(lab, 0, 0);
}

/* Counters with a name: one rule's own, and one that two rules share. A quota may end the rule. */
static void of_named_counters(struct lab *lab)
{
	uint64_t dropped, silent;

	lab_nft(lab, "table ip t { counter own { }\n counter both { }\n"
		     " quota most { over 0 bytes }\n"
		     " chain c { type filter hook input priority 0;\n"
		     "  udp dport 9001 counter name \"own\" drop;\n"
		     "  udp dport 9002 counter name \"both\" drop;\n"
		     "  udp dport 9003 counter name \"both\" reject;\n"
		     "  udp dport 9004 counter quota name \"most\" drop; }; }\n");
	lab_begin(lab);
	dropped = send4(lab, 9001);
	silent = send4(lab, 9002) + send4(lab, 9003) + send4(lab, 9004);
	lab_end(lab);
	lab_want_sum(lab, "reject", "nft_rule_drop", dropped, 0);
	lab_want(lab, "reject", "ip_residual", "-", silent, 0);
	lab_want_end(lab, 0, 0);
}

#define MANY 50000

/* A chain of `count` rules, of which the last one takes what comes to 9001. */
static void make_many(const struct lab *lab)
{
	size_t size = 2 << 20, len;
	char *rules = malloc(size);

	if (!rules)
		abort();
	len = (size_t)snprintf(rules, size,
			       "table ip t { chain c { type filter hook input priority 0;\n");
	for (int i = 1; i < MANY; i++)
		len += (size_t)snprintf(rules + len, size - len, "udp dport %d counter drop\n",
					10000 + i);
	snprintf(rules + len, size - len, "udp dport 9001 counter drop; }; }\n");
	lab_nft(lab, rules);
	free(rules);
}

static void too_many(struct lab *lab)
{
	uint64_t sent;

	make_many(lab);
	lab_begin(lab);
	sent = send4(lab, 9001);
	lab_end(lab);
	lab_want(lab, "reject", "ip_residual", "-", sent, 0);
	if (lab->json && !strstr(lab->json, "more than 10,000 rules; --rules reads them all"))
		lab_wrong(lab, "nothing is said of the rules that were not read");
	lab_want_end(lab, 0, 0);
}

static void all_of_many(struct lab *lab)
{
	uint64_t sent;

	make_many(lab);
	lab->option = "--rules";
	lab_begin(lab);
	sent = send4(lab, 9001);
	lab_end(lab);
	lab_want_sum(lab, "reject", "nft_rule_drop", sent, 0);
	lab_want_end(lab, 0, 0);
}

/* iptables-nft, whose rules are nftables rules with expressions of their own, or
 * iptables-legacy. */
static void command(const struct lab *lab, const char *tool, const char *arguments)
{
	char line[256];
	char *argv[] = {(char[]){"sh"}, (char[]){"-c"}, line, NULL};
	int status;

	snprintf(line, sizeof line, "%s %s", tool, arguments);
	status = lab_command(lab, argv, NULL, NULL, false);
	if (status == 127)
		lab_skip(lab, "no %s on this machine", tool);
	if (status != 0)
		lab_skip(lab, "this kernel cannot: %s", line);
}

static void iptables(const struct lab *lab, const char *arguments)
{
	command(lab, "iptables-nft", arguments);
}

static void legacy(const struct lab *lab, const char *arguments)
{
	command(lab, "iptables-legacy", arguments);
}

static void of_legacy(struct lab *lab)
{
	uint64_t dropped, rejected, by_policy;

	legacy(lab, "-A INPUT -p udp --dport 9001 -m comment --comment 'port, one' -j DROP");
	legacy(lab, "-N sub");
	legacy(lab, "-A INPUT -p udp --dport 9002 -j sub");
	legacy(lab, "-A sub -j REJECT");
	legacy(lab, "-A OUTPUT -p udp --dport 9010 -j DROP");
	legacy(lab, "-t raw -A PREROUTING -p udp --dport 9003 -j DROP");
	legacy(lab, "-P INPUT DROP");
	command(lab, "ip6tables-legacy", "-A INPUT -p udp --dport 9001 -s " LAB_TX6 " -j DROP");
	lab_begin(lab);
	dropped = send4(lab, 9001) + send4(lab, 9003) + send6(lab, 9001);
	rejected = send4(lab, 9002);
	by_policy = send4(lab, 9004);
	send_own(lab);
	lab_end(lab);
	lab_want(lab, "reject", "nft_rule_reject", "iptables/filter/sub#1", rejected, 0);
	lab_want(lab, "reject", "nft_policy_drop", "iptables/filter/INPUT", by_policy, 0);
	lab_want_flag(lab, "nft_rule_drop", "iptables/filter/INPUT#1", "rule=udp dport 9001");
	lab_want_flag(lab, "nft_rule_drop", "ip6tables/filter/INPUT#1",
		      "rule=ip6 saddr " LAB_TX6 " udp dport 9001");
	lab_want_sum(lab, "reject", "nft_rule_drop", dropped, 0);
	if (lab->report.text && !strstr(lab->report.text, "comment=port\\x2C one"))
		lab_wrong(lab, "no comment\n%s", lab->report.text);
	lab_want_finding(lab, "firewall-rule", "iptables-legacy -t filter -L ");
	lab_want_end(lab, 0, 0);
}

/* Its rules are known by their place, which another one takes. */
static void legacy_moved(struct lab *lab)
{
	uint64_t old, new;

	legacy(lab, "-A INPUT -p udp --dport 9001 -j DROP");
	send4(lab, 9001);
	lab_begin(lab);
	old = send4(lab, 9001);
	legacy(lab, "-I INPUT -p udp --dport 9002 -j DROP");
	old += send4(lab, 9001);
	new = send4(lab, 9002);
	lab_end(lab);
	lab_want(lab, "reject", "nft_rule_drop", "iptables/filter/INPUT#1", new, 0);
	lab_want_flag(lab, "nft_rule_drop", "iptables/filter/INPUT#1", "new");
	lab_want(lab, "reject", "nft_rule_drop", "iptables/filter/INPUT#2", old, 0);
	lab_want_end(lab, 0, 0);
}

static void of_iptables(struct lab *lab)
{
	uint64_t dropped, rejected, by_policy;

	iptables(lab, "-A INPUT -p udp --dport 9001 -m comment --comment 'not, this' -j DROP");
	iptables(lab, "-A INPUT -p udp --dport 9002 -j REJECT");
	iptables(lab, "-P INPUT DROP");
	lab_begin(lab);
	dropped = send4(lab, 9001);
	rejected = send4(lab, 9002);
	by_policy = send4(lab, 9003);
	lab_end(lab);
	lab_want_sum(lab, "reject", "nft_rule_drop", dropped, 0);
	lab_want_sum(lab, "reject", "nft_rule_reject", rejected, 0);
	lab_want(lab, "reject", "nft_policy_drop", "ip/filter/INPUT", by_policy, 0);
	if (lab->report.text && !strstr(lab->report.text, "comment=not\\x2C this"))
		lab_wrong(lab, "no comment\n%s", lab->report.text);
	lab_want_end(lab, 0, 0);
}

/* --- NFQUEUE --- */

#define QUEUE 5
#define ROOM 20 /* packets that may wait in it */

struct message {
	struct nlmsghdr header;
	struct nfgenmsg general;
	unsigned char attributes[256];
};

static void add(struct message *message, uint16_t type, const void *value, size_t len)
{
	struct nlattr attribute = {(uint16_t)(sizeof attribute + len), type};
	unsigned char *end = (unsigned char *)message + NLMSG_ALIGN(message->header.nlmsg_len);

	memcpy(end, &attribute, sizeof attribute);
	memcpy(end + sizeof attribute, value, len);
	message->header.nlmsg_len = NLMSG_ALIGN(message->header.nlmsg_len) +
				    (uint32_t)NLMSG_ALIGN(sizeof attribute + len);
}

static struct message begin(unsigned type)
{
	return (struct message){
		.header = {.nlmsg_len = NLMSG_LENGTH(sizeof(struct nfgenmsg)),
			   .nlmsg_type = (uint16_t)(NFNL_SUBSYS_QUEUE << 8 | type),
			   .nlmsg_flags = NLM_F_REQUEST},
		.general = {.version = NFNETLINK_V0, .res_id = htons(QUEUE)},
	};
}

static void deliver(const struct lab *lab, int fd, const struct message *message)
{
	if (send(fd, message, message->header.nlmsg_len, 0) < 0)
		lab_die(lab, "a message to NFQUEUE");
}

/* Becomes the reader of the queue. */
static int read_queue(const struct lab *lab)
{
	const struct nfqnl_msg_config_cmd bind = {.command = NFQNL_CFG_CMD_BIND,
						  .pf = htons(AF_INET)};
	const struct nfqnl_msg_config_params params = {.copy_mode = NFQNL_COPY_META};
	const uint32_t room = htonl(ROOM);
	int fd = lab_socket(lab, AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER);
	struct message message = begin(NFQNL_MSG_CONFIG);

	add(&message, NFQA_CFG_CMD, &bind, sizeof bind);
	deliver(lab, fd, &message);
	message = begin(NFQNL_MSG_CONFIG);
	add(&message, NFQA_CFG_PARAMS, &params, sizeof params);
	add(&message, NFQA_CFG_QUEUE_MAXLEN, &room, sizeof room);
	deliver(lab, fd, &message);
	return fd;
}

/* The same verdict for all packets up to that one. */
static void decide(const struct lab *lab, int fd, uint32_t last, uint32_t verdict)
{
	const struct nfqnl_msg_verdict_hdr decision = {htonl(verdict), htonl(last)};
	struct message message = begin(NFQNL_MSG_VERDICT_BATCH);

	add(&message, NFQA_VERDICT_HDR, &decision, sizeof decision);
	deliver(lab, fd, &message);
}

#define TO_QUEUE "-A INPUT -p udp --dport 9001 -j NFQUEUE --queue-num 5"

static void queue_full(struct lab *lab)
{
	int fd = lab_receiver(lab, LAB_RX4, 9001, LAB_LARGE);
	uint64_t lost;
	int queue;

	iptables(lab, TO_QUEUE);
	queue = read_queue(lab);
	lab_begin(lab);
	lost = send4(lab, 9001) - ROOM;
	lab_end(lab);
	decide(lab, queue, ROOM, NF_ACCEPT);
	lab_settle();
	if (lab_drain(fd) != ROOM)
		lab_die(lab, "those that waited did not arrive");
	lab_want(lab, "drop", "nfqueue_queue_dropped", "queue5", lost, lost);
	lab_want_finding(lab, "nfqueue-full", "queue5 is read by " LAB_COMM "[");
	lab_want_end(lab, 1, lost);
}

/* A reader that accepts some packets, and drops the others without a counter. */
static void queue_decides(struct lab *lab)
{
	int fd = lab_receiver(lab, LAB_RX4, 9001, LAB_LARGE);
	struct lab_packet packet;
	uint64_t sent;
	int queue;

	lab_udp4(&packet, 9001, 100);
	iptables(lab, TO_QUEUE);
	queue = read_queue(lab);
	lab_begin(lab);
	sent = lab_inject(lab, &packet, 12);
	lab_settle();
	decide(lab, queue, 10, NF_ACCEPT);
	decide(lab, queue, 12, NF_DROP);
	lab_settle();
	lab_end(lab);
	sent -= lab_drain(fd);
	lab_want(lab, "reject", "ip_residual", "-", sent, 0);
	lab_want_end(lab, 0, 0);
}

static void queue_unread(struct lab *lab)
{
	uint64_t sent;

	iptables(lab, TO_QUEUE);
	lab_begin(lab);
	sent = send4(lab, 9001);
	lab_end(lab);
	lab_want_sum(lab, "reject", "nft_rule_queue", sent, 0);
	lab_want_end(lab, 0, 0);
}

/* What this host sends, and a full queue drops, is no loss of its receive path. */
static void queue_of_own(struct lab *lab)
{
	int fd = lab_socket(lab, AF_INET, SOCK_DGRAM, 0);
	uint64_t silent;
	int queue;

	command(lab, "iptables-legacy", "-A OUTPUT -p udp --dport 9010 -j NFQUEUE --queue-num 5");
	lab_nft(lab, "table ip t { chain c { type filter hook input priority 0;"
		     " udp dport 9003 drop; }; }\n");
	queue = read_queue(lab);
	lab_connect(lab, fd, LAB_TX4, 9010);
	lab_begin(lab);
	silent = send4(lab, 9003);
	for (unsigned i = 0; i < TIMES; i++)
		send(fd, "x", 1, 0);
	lab_end(lab);
	close(queue);
	lab_want(lab, "pressure", "nfqueue_queue_dropped", "queue5", TIMES - ROOM, 0);
	lab_want(lab, "reject", "ip_residual", "-", silent, 0);
	lab_want_finding(lab, "nfqueue-full", "only packets that this host sends");
	lab_want_end(lab, 0, 0);
}

/* With bypass, packets pass while nobody reads the queue. */
static void queue_bypass(struct lab *lab)
{
	int fd = lab_receiver(lab, LAB_RX4, 9001, LAB_LARGE);

	iptables(lab, TO_QUEUE " --queue-bypass");
	lab_begin(lab);
	send4(lab, 9001);
	lab_end(lab);
	if (lab_drain(fd) != TIMES)
		lab_die(lab, "they did not pass");
	lab_want_end(lab, 0, 0);
}

/* --- IPsec --- */

/* UDP counts what a policy refuses as an error of its own. */
static void ipsec_udp(struct lab *lab)
{
	int fd = lab_receiver(lab, LAB_RX4, 9001, LAB_LARGE);
	uint64_t refused;

	lab_ip(lab, "xfrm policy add src " LAB_TX4 " dst " LAB_RX4 " proto udp dport 9001 dir in"
		    " action block\n");
	lab_begin(lab);
	refused = send4(lab, 9001);
	lab_end(lab);
	if (lab_drain(fd) != 0)
		lab_die(lab, "the policy let something in");
	lab_want(lab, "reject", "XfrmInPolBlock", "-", refused, 0);
	lab_want_counted(lab, "UdpInErrors", "-", refused);
	lab_want_socket(lab, fd, "udp/" LAB_RX4 ":9001", refused);
	lab_want_end(lab, 0, 0);
}

/* A listener's drops, which nothing else counts but the policy. */
static void ipsec_tcp(struct lab *lab)
{
	int fd = lab_socket(lab, AF_INET, SOCK_STREAM, 0);
	struct lab_packet packet;
	uint64_t refused;

	lab_bind(lab, fd, LAB_RX4, 9001);
	if (listen(fd, 10) != 0)
		lab_die(lab, "listen");
	lab_ip(lab, "xfrm policy add src " LAB_TX4 " dst " LAB_RX4 " proto tcp dport 9001 dir in"
		    " action block\n");
	lab_syn4(&packet, LAB_TX4, 4000, 9001);
	lab_begin(lab);
	refused = lab_inject(lab, &packet, TIMES);
	lab_end(lab);
	lab_want(lab, "reject", "XfrmInPolBlock", "-", refused, 0);
	lab_want(lab, "reject", "sk_drops", "tcp/" LAB_RX4 ":9001", refused, 0);
	lab_want_end(lab, 0, 0);
}

/* --- all of them in one interval --- */

/* Larger frames than these are for traffic control, for XDP_DROP, and for XDP_ABORTED. */
#define TC_LEN 600
#define DROP_LEN 900
#define ABORT_LEN 1200

/* Who takes packets by their length, at the device. */
static void programs(const struct lab *lab)
{
	static const struct bpf_insn program[] = {
		{.code = BPF_LDX | BPF_MEM | BPF_W, .dst_reg = 2, .src_reg = 1, .off = 0},
		{.code = BPF_LDX | BPF_MEM | BPF_W, .dst_reg = 3, .src_reg = 1, .off = 4},
		{.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 4, .src_reg = 2},
		{.code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = 4, .imm = ABORT_LEN},
		{.code = BPF_JMP | BPF_JGE | BPF_X, .dst_reg = 3, .src_reg = 4, .off = 7},
		{.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 4, .src_reg = 2},
		{.code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = 4, .imm = DROP_LEN},
		{.code = BPF_JMP | BPF_JGE | BPF_X, .dst_reg = 3, .src_reg = 4, .off = 2},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = XDP_PASS},
		{.code = BPF_JMP | BPF_EXIT},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = XDP_DROP},
		{.code = BPF_JMP | BPF_EXIT},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = XDP_ABORTED},
		{.code = BPF_JMP | BPF_EXIT},
	};

	lab_attach(lab, program, sizeof program / sizeof *program, BPF_PROG_TYPE_XDP, BPF_XDP,
		   XDP_FLAGS_DRV_MODE);
	/* The length of the frame; at least TC_LEN: TC_ACT_SHOT; else as if there were no
	 * filter. */
	lab_tc(lab, "qdisc add dev vb clsact\n"
		    "filter add dev vb ingress bpf bytecode"
		    " '4,128 0 0 0,53 0 1 600,6 0 0 2,6 0 0 4294967295' direct-action\n");
}

static uint64_t send_long(const struct lab *lab, size_t len)
{
	struct lab_packet packet;

	lab_udp4(&packet, 9006, len);
	return lab_inject(lab, &packet, TIMES);
}

static uint64_t send_through(const struct lab *lab, uint16_t port)
{
	struct lab_packet packet;
	uint64_t sent;

	lab_udp4(&packet, port, 100);
	lab_readdress(&packet, NULL, "10.99.0.1");
	sent = lab_inject(lab, &packet, TIMES);
	lab_udp6(&packet, port, 100);
	lab_readdress(&packet, NULL, "fd99::1");
	return sent + lab_inject(lab, &packet, TIMES);
}

static void rules_of_everything(const struct lab *lab)
{
	iptables(lab, TO_QUEUE);
	iptables(lab, "-A INPUT -p udp --dport 9002 -j REJECT");
	legacy(lab, "-A INPUT -p udp --dport 9011 -j DROP");
	legacy(lab, "-A OUTPUT -p udp --dport 9010 -j DROP");
	command(lab, "ip6tables-legacy", "-A INPUT -p udp --dport 9011 -j DROP");
	lab_nft(lab, "table ip t { chain c { type filter hook prerouting priority 0;"
		     " udp dport 9003 counter drop; udp dport 9004 drop; }; }\n"
		     "table inet t { chain in { type filter hook input priority 0;"
		     " udp dport 9012 counter drop; };\n"
		     " chain through { type filter hook forward priority 0;"
		     " udp dport 9013 counter drop; }; }\n");
	lab_ip(lab, "xfrm policy add src " LAB_TX4 " dst " LAB_RX4 " proto udp dport 9005 dir in"
		    " action block\n"
		    "xfrm policy add src " LAB_TX4 " dst " LAB_RX4 " proto tcp dport 9005 dir in"
		    " action block\n"
		    "route add 10.99.0.0/24 via " LAB_TX4 "\n"
		    "route add fd99::/64 via " LAB_TX6 "\n");
	lab_set(lab, "net/ipv4/ip_forward", "1");
	lab_set(lab, "net/ipv6/conf/all/forwarding", "1");
	lab_set(lab, "net/ipv4/conf/vb/send_redirects", "0");
	lab_set(lab, "net/ipv4/conf/all/send_redirects", "0");
}

static void everything(struct lab *lab)
{
	int reader = lab_receiver(lab, LAB_RX4, 9006, LAB_LARGE);
	int blocked = lab_receiver(lab, LAB_RX4, 9005, LAB_LARGE);
	int listener = lab_socket(lab, AF_INET, SOCK_STREAM, 0);
	uint64_t overflow, rejected, dropped, silent, by_policy, connects, by_xdp, by_tc, sent;
	struct lab_packet syn;
	int queue;

	lab_bind(lab, listener, LAB_RX4, 9005);
	if (listen(listener, 10) != 0)
		lab_die(lab, "listen");
	rules_of_everything(lab);
	programs(lab);
	queue = read_queue(lab);
	lab_syn4(&syn, LAB_TX4, 4000, 9005);
	lab_begin(lab);
	overflow = send4(lab, 9001) - ROOM;
	rejected = send4(lab, 9002);
	dropped = send4(lab, 9003) + send4(lab, 9011) + send6(lab, 9011);
	dropped += send4(lab, 9012) + send6(lab, 9012) + send_through(lab, 9013);
	silent = send4(lab, 9004);
	by_policy = send4(lab, 9005);
	connects = lab_inject(lab, &syn, TIMES);
	by_xdp = send_long(lab, DROP_LEN) + send_long(lab, ABORT_LEN);
	by_tc = send_long(lab, TC_LEN);
	sent = send4(lab, 9006);
	send_own(lab);
	lab_end(lab);
	if (lab_drain(reader) != sent || lab_drain(blocked) != 0)
		lab_die(lab, "what should arrive did not, or something else did");
	close(queue);
	lab_want(lab, "drop", "nfqueue_queue_dropped", "queue5", overflow, overflow);
	lab_want_sum(lab, "reject", "nft_rule_reject", rejected, 0);
	lab_want_sum(lab, "reject", "nft_rule_drop", dropped, 0);
	/* Nobody knows of which family this is, as the counters of inet's rules have both. */
	lab_want(lab, "reject", "inet_residual", "-", silent, 0);
	lab_want(lab, "reject", "XfrmInPolBlock", "-", by_policy + connects, 0);
	lab_want_counted(lab, "UdpInErrors", "-", by_policy);
	lab_want_socket(lab, blocked, "udp/" LAB_RX4 ":9005", by_policy);
	lab_want(lab, "reject", "sk_drops", "tcp/" LAB_RX4 ":9005", connects, 0);
	lab_want_sum(lab, "reject", "ethtool.rx_queue_0_xdp_drops", by_xdp, 0);
	lab_want(lab, "reject", "tc_ingress_drops", "vb", by_tc, 0);
	lab_want_end(lab, 1, overflow);
}

const struct lab_fault lab_rule_faults[] = {
	{.name = "rules-many", .run = many, .modes = LAB_ALL_MODES},
	{.name = "rules-replaced", .run = replaced},
	{.name = "rules-forward", .run = forwarded},
	{.name = "rules-versions", .run = of_versions},
	{.name = "rules-named-counters", .run = of_named_counters},
	{.name = "rules-elements", .run = of_elements, .modes = LAB_BIT(LAB_LIVE)},
	{.name = "rules-50000", .run = too_many, .modes = LAB_BIT(LAB_LIVE), .seconds = 60},
	{.name = "rules-50000-all", .run = all_of_many, .modes = LAB_BIT(LAB_LIVE), .seconds = 60},
	{.name = "rules-iptables", .run = of_iptables},
	{.name = "rules-legacy", .run = of_legacy, .modes = LAB_ALL_MODES},
	{.name = "rules-legacy-moved", .run = legacy_moved},
	{.name = "nfqueue-full", .run = queue_full, .modes = LAB_ALL_MODES},
	{.name = "nfqueue-decides", .run = queue_decides},
	{.name = "nfqueue-unread", .run = queue_unread},
	{.name = "nfqueue-output", .run = queue_of_own, .modes = LAB_BIT(LAB_LIVE)},
	{.name = "nfqueue-bypass", .run = queue_bypass},
	{.name = "ipsec-policy-udp", .run = ipsec_udp},
	{.name = "ipsec-policy-tcp", .run = ipsec_tcp},
	{.name = "rules-everything", .run = everything, .modes = LAB_ALL_MODES},
	{.name = NULL},
};
