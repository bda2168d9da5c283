/* fault_link.c: what the device, the backlog and the dispatch to a protocol lose or refuse. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lab.h"

#define TIMES 100
#define UNKNOWN_TYPE 0x88b5 /* for local experiments: nobody has a handler for it */

static void capture(const struct lab *lab, const char *device, int rcvbuf)
{
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = (int)if_nametoindex(device),
	};
	int fd = lab_socket(lab, AF_PACKET, SOCK_RAW, 0);

	lab_rcvbuf(lab, fd, rcvbuf);
	if (bind(fd, (struct sockaddr *)&to, sizeof to) != 0)
		lab_die(lab, "cannot capture on %s", device);
}

static void unclaimed(struct lab *lab, const char *device)
{
	struct lab_packet packet;
	uint64_t sent;

	lab_ether(&packet, UNKNOWN_TYPE, 100);
	lab_begin(lab);
	sent = lab_inject(lab, &packet, TIMES);
	lab_end(lab);
	lab_want(lab, "suspect", "rx_dropped", device, sent, 0);
	lab_want_end(lab, 0, 0);
}

static void unknown_type(struct lab *lab)
{
	unclaimed(lab, "vb");
}

/* A capture takes every frame, so that all of them are claimed. */
static void unknown_type_captured(struct lab *lab)
{
	struct lab_packet packet;

	capture(lab, "vb", LAB_LARGE);
	lab_ether(&packet, UNKNOWN_TYPE, 100);
	lab_begin(lab);
	lab_inject(lab, &packet, TIMES);
	lab_end(lab);
	lab_want_end(lab, 0, 0);
}

static void unknown_type_bridge(struct lab *lab)
{
	lab_ip(lab, "link add br0 address 02:00:00:00:00:02 type bridge\n"
		    "link set br0 addrgenmode none\n"
		    "link set vb master br0\n"
		    "link set br0 up\n");
	unclaimed(lab, "br0");
}

static void unknown_type_macvlan(struct lab *lab)
{
	struct lab_packet packet;
	uint64_t sent;

	lab_ip(lab, "link add mv0 link vb address 02:00:00:00:00:03 type macvlan mode bridge\n"
		    "link set mv0 addrgenmode none\n"
		    "link set mv0 up\n");
	lab_ether(&packet, UNKNOWN_TYPE, 100);
	packet.bytes[5] = 3;
	lab_begin(lab);
	sent = lab_inject(lab, &packet, TIMES);
	lab_end(lab);
	lab_want(lab, "suspect", "rx_dropped", "mv0", sent, 0);
	lab_want_end(lab, 0, 0);
}

static void other_host(struct lab *lab, struct lab_packet *packet)
{
	int fd = lab_receiver(lab, "::", LAB_PORT, LAB_LARGE);
	uint64_t sent;

	packet->bytes[5] = 0x77;
	lab_begin(lab);
	sent = lab_inject(lab, packet, TIMES);
	lab_end(lab);
	if (lab_drain(fd) != 0)
		lab_die(lab, "another host's frames were delivered");
	lab_want(lab, "reject", "rx_otherhost_dropped", "vb", sent, 0);
	lab_want_end(lab, 0, 0);
}

static void other_host4(struct lab *lab)
{
	struct lab_packet packet;

	lab_udp4(&packet, LAB_PORT, 100);
	other_host(lab, &packet);
}

static void other_host6(struct lab *lab)
{
	struct lab_packet packet;

	lab_udp6(&packet, LAB_PORT, 100);
	other_host(lab, &packet);
}

/* A tag of a VLAN that has no device here makes the frame somebody else's. */
static void vlan(struct lab *lab)
{
	struct lab_packet packet;
	uint64_t sent;

	lab_udp4(&packet, LAB_PORT, 100);
	memmove(packet.bytes + 16, packet.bytes + 12, packet.len - 12);
	lab_put16(&packet, 12, ETH_P_8021Q);
	lab_put16(&packet, 14, 100);
	packet.len += 4;
	lab_begin(lab);
	sent = lab_inject(lab, &packet, TIMES);
	lab_end(lab);
	lab_want(lab, "reject", "rx_otherhost_dropped", "vb", sent, 0);
	lab_want_end(lab, 0, 0);
}

static void mtu(struct lab *lab)
{
	struct lab_packet packet;
	int fd = lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_LARGE);

	lab_in_tx(lab);
	lab_ip(lab, "link set va mtu 4000\n");
	lab_in_rx(lab);
	lab_udp4(&packet, LAB_PORT, 3000);
	lab_begin(lab);
	lab_inject(lab, &packet, TIMES);
	lab_end(lab);
	if (lab_drain(fd) != 0)
		lab_die(lab, "frames beyond the MTU were delivered");
	lab_want(lab, "suspect", "rx_dropped", "vb", TIMES, 0);
	lab_want_end(lab, 0, 0);
}

/* A full socket on a device that stands on another: counted once, and nowhere below. */
static void overflow_via(struct lab *lab, const char *address, unsigned mac)
{
	struct lab_packet packet;
	int fd = lab_receiver(lab, address, LAB_PORT, LAB_SMALL);
	char subject[72];
	uint64_t lost;

	lab_udp4(&packet, LAB_PORT, 100);
	lab_readdress(&packet, NULL, address);
	packet.bytes[5] = (unsigned char)mac;
	snprintf(subject, sizeof subject, "udp/%s:%d", address, LAB_PORT);
	lab_begin(lab);
	lost = lab_inject(lab, &packet, 1000);
	lab_sleep_ms(50); /* macvlan and bridge pass broadcasts on later, unicasts at once */
	lab_end(lab);
	lost -= lab_drain(fd);
	lab_want(lab, "drop", "UdpRcvbufErrors", "-", lost, lost);
	lab_want_counted(lab, "UdpInErrors", "-", lost);
	lab_want_socket(lab, fd, subject, lost);
	lab_want_end(lab, 1, lost);
}

static void bridge(struct lab *lab)
{
	lab_ip(lab, "link add br0 address 02:00:00:00:00:02 type bridge\n"
		    "link set br0 addrgenmode none\n"
		    "link set vb master br0\n"
		    "addr add 10.78.0.2/24 dev br0\n"
		    "link set br0 up\n");
	overflow_via(lab, "10.78.0.2", 2);
}

static void macvlan(struct lab *lab)
{
	lab_ip(lab, "link add mv0 link vb address 02:00:00:00:00:03 type macvlan mode bridge\n"
		    "link set mv0 addrgenmode none\n"
		    "addr add 10.78.0.2/24 dev mv0\n"
		    "link set mv0 up\n");
	overflow_via(lab, "10.78.0.2", 3);
}

/* A VXLAN header with a bit that no device accepts. */
static void bad_vxlan(struct lab_packet *packet)
{
	lab_udp4(packet, 4789, 100);
	memset(packet->bytes + packet->body + 8, 0, 8);
	packet->bytes[packet->body + 8] = 0x18;
	packet->bytes[packet->body + 8 + 6] = 7;
	lab_seal_body(packet);
}

#define ADD_VXLAN \
	"link add vx0 type vxlan id 7 dstport 4789 local " LAB_RX4 " dev vb\nlink set vx0 up\n"

/* Moves vx0 from this namespace to another one. */
static void move_to(const struct lab *lab, int ns)
{
	char batch[96];

	snprintf(batch, sizeof batch, "link set vx0 netns /proc/%ld/fd/%d\n", (long)getpid(), ns);
	lab_ip(lab, batch);
}

/* A device that lost packets before it came here. */
static void moved_in(struct lab *lab)
{
	struct lab_packet packet;

	lab_ip(lab, ADD_VXLAN);
	bad_vxlan(&packet);
	lab_inject(lab, &packet, 30);
	lab_settle();
	move_to(lab, lab->tx_net);
	lab_begin(lab);
	lab_in_tx(lab);
	move_to(lab, lab->rx_net);
	lab_in_rx(lab);
	lab_end(lab);
	if (!lab_values_find(&lab->moved, "rx_frame_errors", "vx0"))
		lab_skip(lab, "this kernel counts no such header at the device");
	lab_want(lab, "suspect", "rx_frame_errors", "vx0", 30, 0);
	lab_want_flag(lab, "rx_frame_errors", "vx0", "new");
	lab_may(lab, "rx_errors");
	lab_want_finding(lab, "device-wire", "came from another network namespace");
	lab_want_end(lab, 0, 0);
}

/* One that was made in the interval has lost all that it shows. */
static void made_and_lossy(struct lab *lab)
{
	struct lab_packet packet;

	bad_vxlan(&packet);
	lab_begin(lab);
	lab_ip(lab, ADD_VXLAN);
	lab_inject(lab, &packet, 30);
	lab_end(lab);
	if (!lab_values_find(&lab->moved, "rx_frame_errors", "vx0"))
		lab_skip(lab, "this kernel counts no such header at the device");
	lab_want(lab, "drop", "rx_frame_errors", "vx0", 30, 30);
	lab_want_flag(lab, "rx_frame_errors", "vx0", "new");
	lab_may(lab, "rx_errors");
	lab_may(lab, "ip_residual");
	lab_want_end(lab, 1, 30);
}

/* Moved by this fault and by nobody else on this host: the backlog is everybody's, and somebody
 * whose packets were lost in the same moment would be in the same counter. */
static bool is_ours_alone(const struct lab *lab, uint64_t lost)
{
	uint64_t dropped = 0;

	for (size_t i = 0; i < lab->moved.count; i++) {
		if (strcmp(lab->moved.items[i].counter, "softnet_dropped") == 0)
			dropped += lab->moved.items[i].value;
	}
	return dropped <= lost;
}

/* Overflows the backlog by `foreign` and `count` packets; returns how many of the latter were
 * lost. */
static uint64_t overtake(struct lab *lab, const char *limit, const struct lab_packet *packet,
			 unsigned count, const struct lab_packet *foreign)
{
	int fd = lab_receiver(lab, "::", LAB_PORT, 64 << 20);
	uint64_t lost;

	for (int attempt = 0; attempt < 5; attempt++) {
		lab_begin(lab);
		for (unsigned i = 0; foreign && i < TIMES; i++) {
			lab_inject(lab, foreign, 1);
			lab_sleep_ms(1);
		}
		lab_set_host(lab, "net/core/netdev_max_backlog", limit);
		lab_inject(lab, packet, count);
		lab_put_back(lab, "net/core/netdev_max_backlog");
		lab_sleep_ms(50);
		lab_end(lab);
		lost = count - lab_drain(fd);
		if (lost && is_ours_alone(lab, lost)) {
			close(fd);
			return lost;
		}
	}
	lab_skip(lab, "the other CPU is too quick, or others on this host lose packets too");
}

static void backlog(struct lab *lab, const char *limit, const struct lab_packet *packet,
		    unsigned count)
{
	uint64_t lost = overtake(lab, limit, packet, count, NULL), flow = 0;
	const struct lab_value *limited;

	/* The flow limit's share is charged to this CPU, the rest to that of the queue. */
	limited = lab_values_find(&lab->moved, "softnet_flow_limit", "cpu1");
	if (limited)
		flow = limited->value;
	if (flow)
		lab_want(lab, "drop", "softnet_flow_limit", "cpu1", flow, flow);
	lab_want(lab, "drop", "softnet_dropped", "cpu0", lost, lost - flow);
	lab_want_counted(lab, "rx_dropped", "vb", lost);
	lab_want_end(lab, 1, lost);
}

/* Another namespace's packets: what the host lost is not lost here. */
static void backlog_elsewhere(struct lab *lab)
{
	struct lab_packet packet;
	const struct lab_value *dropped;
	int here;

	lab_steer(lab);
	lab_udp4(&packet, LAB_PORT, 100);
	lab_receiver(lab, LAB_RX4, LAB_PORT, 64 << 20);
	if (unshare(CLONE_NEWNET) != 0 || (here = open("/proc/self/ns/net", O_RDONLY)) < 0)
		lab_die(lab, "a third namespace: %s", strerror(errno));
	for (int attempt = 0; attempt < 5; attempt++) {
		lab_begin(lab);
		lab_set_host(lab, "net/core/netdev_max_backlog", "1");
		lab_inject(lab, &packet, 5000);
		lab_put_back(lab, "net/core/netdev_max_backlog");
		if (setns(here, CLONE_NEWNET) != 0)
			lab_die(lab, "setns: %s", strerror(errno));
		lab_end(lab);
		dropped = lab_values_find(&lab->moved, "softnet_dropped", "cpu0");
		if (dropped)
			break;
	}
	if (!dropped)
		lab_skip(lab, "the other CPU is too quick");
	lab_want(lab, "suspect", "softnet_dropped", "cpu0", dropped->value, 0);
	lab_want_flag(lab, "softnet_dropped", "cpu0", "host");
	lab_want_finding(lab, "backlog-overflow", "no device here counts them");
	lab_want_end(lab, 0, 0);
}

/* A broadcast that the backlog has no room for is one packet, though the macvlan counts it as an
 * error and twice as dropped. */
static void backlog_macvlan(struct lab *lab)
{
	struct lab_packet packet;
	const struct lab_value *dropped;

	lab_ip(lab, "link add mv0 link vb address 02:00:00:00:00:03 type macvlan mode bridge\n"
		    "link set mv0 addrgenmode none\nlink set mv0 up\n");
	lab_pin(lab, 1);
	if (!lab_write("/sys/class/net/mv0/queues/rx-0/rps_cpus", "1"))
		lab_skip(lab, "no RPS on this kernel");
	lab_udp4(&packet, 7777, 100);
	lab_readdress(&packet, LAB_TX4, "255.255.255.255");
	memset(packet.bytes, 0xff, 6);
	for (int attempt = 0; attempt < 5; attempt++) {
		lab_begin(lab);
		lab_set_host(lab, "net/core/netdev_max_backlog", "1");
		lab_inject(lab, &packet, 900);
		lab_sleep_ms(50);
		lab_put_back(lab, "net/core/netdev_max_backlog");
		lab_end(lab);
		dropped = lab_values_find(&lab->moved, "softnet_dropped", "cpu0");
		if (dropped)
			break;
	}
	if (!dropped)
		lab_skip(lab, "the other CPU is too quick");
	lab_want(lab, "drop", "softnet_dropped", "cpu0", dropped->value, dropped->value);
	lab_want_flag(lab, "rx_dropped", "mv0", "counted");
	lab_want_flag(lab, "rx_errors", "mv0", "counted");
	lab_may(lab, "ip_residual");
	lab_may(lab, "UdpIgnoredMulti");
	lab_want_end(lab, 1, dropped->value);
}

static void backlog4(struct lab *lab)
{
	struct lab_packet packet;

	lab_steer(lab);
	lab_udp4(&packet, LAB_PORT, 100);
	backlog(lab, "1", &packet, 5000);
}

static void backlog6(struct lab *lab)
{
	struct lab_packet packet;

	lab_steer(lab);
	lab_udp6(&packet, LAB_PORT, 100);
	backlog(lab, "0", &packet, 5000);
}

static void flow_limit(struct lab *lab)
{
	struct lab_packet packet;

	lab_steer(lab);
	lab_slow_down(lab);
	lab_set_host(lab, "net/core/flow_limit_cpu_bitmap", "3");
	lab_udp4(&packet, LAB_PORT, 100);
	backlog(lab, "50", &packet, 2000);
	if (!lab_values_find(&lab->moved, "softnet_flow_limit", "cpu1"))
		lab_die(lab, "the flow limit did not act");
}

/* A backlog that overflows while foreign frames come too: what is left is suspect, and no more. */
static void backlog_and_unknown(struct lab *lab)
{
	struct lab_packet packet, foreign;
	uint64_t lost;

	lab_steer(lab);
	lab_udp4(&packet, LAB_PORT, 100);
	lab_ether(&foreign, UNKNOWN_TYPE, 100);
	lost = overtake(lab, "1", &packet, 5000, &foreign);
	lab_want(lab, "drop", "softnet_dropped", "cpu0", lost, lost);
	lab_want(lab, "suspect", "rx_dropped", "vb", lost + TIMES, 0);
	lab_want_end(lab, 1, lost);
}

/* The softirq stops after each packet, and loses none. */
static void budget(struct lab *lab)
{
	struct lab_packet packet;
	int fd = lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_LARGE);
	uint64_t sent, squeezed = 0, known = 0;

	lab_udp4(&packet, LAB_PORT, 100);
	lab_begin(lab);
	lab_set_host(lab, "net/core/netdev_budget", "1");
	sent = lab_inject(lab, &packet, 2000);
	lab_put_back(lab, "net/core/netdev_budget");
	lab_sleep_ms(20);
	lab_end(lab);
	if (lab_drain(fd) != sent)
		lab_die(lab, "something was lost");
	for (size_t i = 0; i < lab->report.count; i++) {
		const struct lab_line *line = &lab->report.lines[i];

		if (strcmp(line->counter, "softnet_time_squeeze") == 0 &&
		    strcmp(line->kind, "pressure") == 0)
			squeezed += line->delta;
	}
	for (size_t i = 0; i < lab->moved.count; i++) {
		if (strcmp(lab->moved.items[i].counter, "softnet_time_squeeze") == 0)
			known += lab->moved.items[i].value;
	}
	/* Once it has fallen behind it takes several packets at a time, and stops less often. */
	if (known == 0)
		lab_die(lab, "the softirq never stopped");
	if (known > sent)
		known = sent;
	if (lab->program && squeezed < known)
		lab_wrong(lab, "softnet_time_squeeze %llu, expected %llu at least",
			  (unsigned long long)squeezed, (unsigned long long)known);
	lab_want_end(lab, 0, 0);
}

/* A link that goes down and comes back. */
static void carrier(struct lab *lab)
{
	lab_begin(lab);
	lab_ip(lab, "link set vb down\nlink set vb up\n");
	lab_end(lab);
	lab_want(lab, "pressure", "carrier_down_count", "vb", 1, 0);
	lab_want_end(lab, 0, 0);
}

const struct lab_fault lab_link_faults[] = {
	{.name = "link-unknown-type", .run = unknown_type, .modes = LAB_ALL_MODES},
	{.name = "link-unknown-type-captured", .run = unknown_type_captured},
	{.name = "link-unknown-type-bridge", .run = unknown_type_bridge},
	{.name = "link-unknown-type-macvlan", .run = unknown_type_macvlan},
	{.name = "link-other-host4",
	 .run = other_host4,
	 .modes = LAB_BIT(LAB_LIVE) | LAB_BIT(LAB_PID)},
	{.name = "link-other-host6", .run = other_host6},
	{.name = "link-vlan", .run = vlan},
	{.name = "link-carrier", .run = carrier, .modes = LAB_ALL_MODES},
	{.name = "link-mtu", .run = mtu, .modes = LAB_BIT(LAB_LIVE)},
	{.name = "link-bridge-overflow", .run = bridge},
	{.name = "link-moved-in", .run = moved_in, .modes = LAB_BIT(LAB_LIVE)},
	{.name = "link-made-and-lossy", .run = made_and_lossy, .modes = LAB_BIT(LAB_LIVE)},
	{.name = "backlog-elsewhere", .run = backlog_elsewhere, .modes = LAB_BIT(LAB_LIVE)},
	{.name = "backlog-macvlan", .run = backlog_macvlan},
	{.name = "link-macvlan-overflow", .run = macvlan, .modes = LAB_BIT(LAB_LIVE)},
	{.name = "backlog4", .run = backlog4, .modes = LAB_ALL_MODES},
	{.name = "backlog6", .run = backlog6},
	{.name = "backlog-flow-limit",
	 .run = flow_limit,
	 .modes = LAB_BIT(LAB_LIVE) | LAB_BIT(LAB_RUN)},
	{.name = "backlog-and-unknown-type", .run = backlog_and_unknown},
	{.name = "softirq-budget", .run = budget, .modes = LAB_BIT(LAB_LIVE)},
	{.name = NULL},
};
