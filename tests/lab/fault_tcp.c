/* fault_tcp.c: connections that a listener refuses for good reason, and open ones that lose
 * segments or close their window; and the memory that all sockets share. */
#include <errno.h>
#include <fcntl.h>
#include <linux/tcp.h>
#include <linux/userfaultfd.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lab.h"

#ifndef IP_MINTTL
#define IP_MINTTL 21
#endif
#ifndef IPV6_MINHOPCOUNT
#define IPV6_MINHOPCOUNT 73
#endif

/* Of the sockets that TCP_REPAIR freezes (include/uapi/linux/tcp.h). */
#define RECV_QUEUE 1
#define SEND_QUEUE 2

#define CLIENTS 20

/* --- refused by the listener --- */

/* A listener and what it refuses; the counter that says so. */
struct refusal {
	void (*demand)(const struct lab *lab, int listener);
	const char *counter;
	bool v6;
};

static int listen_on(const struct lab *lab, const char *address, uint16_t port, int backlog)
{
	int fd = lab_socket(lab, strchr(address, ':') ? AF_INET6 : AF_INET, SOCK_STREAM, 0);

	lab_bind(lab, fd, address, port);
	if (listen(fd, backlog) != 0)
		lab_die(lab, "listen: %s", strerror(errno));
	return fd;
}

static void demand(const struct lab *lab, int fd, int level, int option, const void *value,
		   socklen_t size)
{
	if (setsockopt(fd, level, option, value, size) != 0)
		lab_skip(lab, "socket option %d: %s", option, strerror(errno));
}

static void demand_signature(const struct lab *lab, int fd)
{
	struct tcp_md5sig key = {.tcpm_keylen = 3, .tcpm_key = "key"};
	struct sockaddr_in *peer = (struct sockaddr_in *)&key.tcpm_addr;

	peer->sin_family = AF_INET;
	peer->sin_addr.s_addr = htonl(0x0a4d0001);
	demand(lab, fd, IPPROTO_TCP, TCP_MD5SIG, &key, sizeof key);
}

static void demand_data(const struct lab *lab, int fd)
{
	int seconds = 10;

	demand(lab, fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, &seconds, sizeof seconds);
}

static void demand_near(const struct lab *lab, int fd)
{
	int hops = 255;

	demand(lab, fd, IPPROTO_IP, IP_MINTTL, &hops, sizeof hops);
}

static void demand_near6(const struct lab *lab, int fd)
{
	int hops = 255;

	demand(lab, fd, IPPROTO_IPV6, IPV6_MINHOPCOUNT, &hops, sizeof hops);
}

/* The sending side's own connections. It has no IPv6 unless it is asked for. */
static void connect_all(const struct lab *lab, const char *address, unsigned count, int clients[])
{
	lab_in_tx(lab);
	for (unsigned i = 0; i < count; i++) {
		clients[i] =
			lab_socket(lab, strchr(address, ':') ? AF_INET6 : AF_INET, SOCK_STREAM, 0);
		lab_connect(lab, clients[i], address, LAB_PORT);
	}
	lab_in_rx(lab);
	lab_settle();
}

static void give_sender_ip6(const struct lab *lab)
{
	lab_in_tx(lab);
	lab_set(lab, "net/ipv6/conf/va/addr_gen_mode", "1");
	lab_set(lab, "net/ipv6/conf/va/disable_ipv6", "0");
	lab_set(lab, "net/ipv6/conf/va/accept_dad", "0");
	lab_ip(lab, "addr add " LAB_TX6 "/64 dev va nodad\n"
		    "neigh replace " LAB_RX6 " lladdr 02:00:00:00:00:02 dev va nud permanent\n");
	lab_in_rx(lab);
	lab_sleep_ms(50);
}

static void refused(struct lab *lab)
{
	const struct refusal *refusal = lab->fault->how;
	const char *address = refusal->v6 ? LAB_RX6 : LAB_RX4;
	int clients[CLIENTS];
	int fd = listen_on(lab, address, LAB_PORT, 128);

	if (refusal->v6)
		give_sender_ip6(lab);
	refusal->demand(lab, fd);
	lab_begin(lab);
	connect_all(lab, address, CLIENTS, clients);
	lab_end(lab);
	lab_want(lab, "reject", refusal->counter, "-", CLIENTS, 0);
	lab_want(lab, "reject", "sk_drops",
		 refusal->v6 ? "tcp6/[" LAB_RX6 "]:9999" : "tcp/" LAB_RX4 ":9999", CLIENTS, 0);
	lab_want_finding(lab, "tcp-accept-queue", NULL);
	lab_want_finding(lab, "tcp-syn-queue", NULL);
	lab_want_end(lab, 0, 0);
}

static const struct refusal unsigned4 = {.demand = demand_signature,
					 .counter = "TcpExtTCPMD5NotFound"};
static const struct refusal deferred4 = {.demand = demand_data,
					 .counter = "TcpExtTCPDeferAcceptDrop"};
static const struct refusal deferred6 = {
	.demand = demand_data, .counter = "TcpExtTCPDeferAcceptDrop", .v6 = true};
static const struct refusal far4 = {.demand = demand_near, .counter = "TcpExtTCPMinTTLDrop"};
static const struct refusal far6 = {
	.demand = demand_near6, .counter = "TcpExtTCPMinTTLDrop", .v6 = true};

/* One listener is scanned while the queue of another overflows: only one of them loses. */
static void scan_and_overflow(struct lab *lab)
{
	struct lab_packet packet;
	int clients[12];
	uint64_t lost = 0;
	int fd;

	listen_on(lab, LAB_RX4, 80, 128);
	fd = listen_on(lab, LAB_RX4, LAB_PORT, 1);
	lab_begin(lab);
	connect_all(lab, LAB_RX4, 12, clients);
	for (uint16_t port = 40000; port < 40030; port++) {
		lab_syn4(&packet, LAB_TX4, port, 80);
		lab_inject(lab, &packet, 1);
	}
	lab_end(lab);
	for (unsigned i = 0; i < 12; i++) {
		struct pollfd ready = {.fd = clients[i], .events = POLLOUT};

		lost += poll(&ready, 1, 0) != 1;
	}
	lab_want(lab, "drop", "TcpExtListenOverflows", "-", lost, lost);
	lab_want_counted(lab, "TcpExtListenDrops", "-", lost);
	lab_want(lab, "reject", "sk_drops", "tcp/" LAB_RX4 ":80", 30, 0);
	lab_may(lab, "sk_accept_queue");
	lab_want_end(lab, 1, lost);
	close(fd);
}

/* --- open connections --- */

/* A connection from the sending side: its two ends, and what its sender would number next. */
struct connection {
	int client, server;
	uint16_t client_port;
	uint32_t next, acknowledged;
};

static uint32_t next_in(const struct lab *lab, int fd, int queue)
{
	uint32_t next = 0;
	socklen_t size = sizeof next;
	int on = 1, off = 0;

	demand(lab, fd, IPPROTO_TCP, TCP_REPAIR, &on, sizeof on);
	demand(lab, fd, IPPROTO_TCP, TCP_REPAIR_QUEUE, &queue, sizeof queue);
	if (getsockopt(fd, IPPROTO_TCP, TCP_QUEUE_SEQ, &next, &size) != 0)
		lab_die(lab, "TCP_QUEUE_SEQ: %s", strerror(errno));
	demand(lab, fd, IPPROTO_TCP, TCP_REPAIR, &off, sizeof off);
	return next;
}

static struct connection open_connection(const struct lab *lab, int rcvbuf)
{
	struct connection out;
	struct sockaddr_in from;
	socklen_t size = sizeof from;
	int fd = lab_socket(lab, AF_INET, SOCK_STREAM, 0);
	struct pollfd waits = {.fd = fd, .events = POLLIN};

	if (rcvbuf > 0)
		lab_rcvbuf(lab, fd, rcvbuf);
	lab_bind(lab, fd, LAB_RX4, LAB_PORT);
	if (listen(fd, 4) != 0)
		lab_die(lab, "listen: %s", strerror(errno));
	connect_all(lab, LAB_RX4, 1, &out.client);
	if (poll(&waits, 1, 5000) != 1)
		lab_die(lab, "no connection within 5 s");
	out.server = accept(fd, (struct sockaddr *)&from, &size);
	if (out.server < 0)
		lab_die(lab, "accept: %s", strerror(errno));
	close(fd);
	out.client_port = ntohs(from.sin_port);
	out.next = next_in(lab, out.client, SEND_QUEUE);
	out.acknowledged = next_in(lab, out.client, RECV_QUEUE);
	return out;
}

/* A segment that the sender itself knows nothing of: `bytes` of data, `ahead` of what is due. */
static void segment(struct lab_packet *packet, const struct connection *connection, uint32_t ahead,
		    size_t bytes)
{
	uint32_t sequence = connection->next + ahead;

	lab_ip4(packet, IPPROTO_TCP, 20 + bytes);
	memset(packet->bytes + packet->body, 0, 20);
	lab_put16(packet, packet->body, connection->client_port);
	lab_put16(packet, packet->body + 2, LAB_PORT);
	lab_put16(packet, packet->body + 4, sequence >> 16);
	lab_put16(packet, packet->body + 6, sequence & 0xffff);
	lab_put16(packet, packet->body + 8, connection->acknowledged >> 16);
	lab_put16(packet, packet->body + 10, connection->acknowledged & 0xffff);
	lab_put16(packet, packet->body + 12, 5 << 12 | 0x10);
	lab_put16(packet, packet->body + 14, 1000);
	lab_seal_body(packet);
}

static void want_named(struct lab *lab, const struct connection *connection, const char *finding)
{
	char name[96];

	snprintf(name, sizeof name, "tcp/" LAB_RX4 ":%d from " LAB_TX4 ":%u", LAB_PORT,
		 connection->client_port);
	lab_want_finding(lab, finding, name);
	snprintf(name, sizeof name, LAB_COMM "[%ld]", (long)getpid());
	lab_want_finding(lab, finding, name);
}

/* What the kernel says itself: how many segments the stack refuses is its own affair. */
static uint64_t moved(const struct lab *lab, const char *counter)
{
	const struct lab_value *value = lab_values_find(&lab->moved, counter, "-");

	return value ? value->value : 0;
}

/* What goes along with a receive buffer that is full. */
static void may_hold_back(struct lab *lab)
{
	static const char *const names[] = {
		"TcpExtBeyondWindow",	      "TcpExtPruneCalled",
		"TcpExtTCPRcvCollapsed",      "TcpExtTCPMemoryPressures",
		"TcpExtTCPFromZeroWindowAdv", "TcpExtTCPToZeroWindowAdv",
		"TcpExtTCPWantZeroWindowAdv",
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		lab_may(lab, names[i]);
}

/* Reads into a page that nobody provides, so that it holds the connection for ever. */
static pid_t hold(const struct lab *lab, int fd)
{
	struct uffdio_api api = {.api = UFFD_API};
	struct uffdio_register range = {.mode = UFFDIO_REGISTER_MODE_MISSING};
	size_t size = (size_t)sysconf(_SC_PAGESIZE);
	int faults, status;
	void *page;
	pid_t pid = fork();

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		faults = (int)syscall(SYS_userfaultfd, O_CLOEXEC);
		page = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		range.range.start = (uintptr_t)page;
		range.range.len = size;
		if (faults >= 0 && page != MAP_FAILED && ioctl(faults, UFFDIO_API, &api) == 0 &&
		    ioctl(faults, UFFDIO_REGISTER, &range) == 0)
			recv(fd, page, size, 0);
		_exit(0);
	}
	lab_sleep_ms(100);
	if (pid < 0 || waitpid(pid, &status, WNOHANG) == pid)
		lab_skip(lab, "no userfaultfd");
	return pid;
}

/* Segments that come while the program is inside recv() wait in the backlog, which has a limit. */
static void backlog_full(struct lab *lab)
{
	struct connection connection = open_connection(lab, 0);
	struct lab_packet packet;
	uint64_t lost;
	pid_t reader;

	if (send(connection.client, "x", 1, 0) != 1)
		lab_die(lab, "send: %s", strerror(errno));
	lab_settle();
	reader = hold(lab, connection.server);
	lab_syn4(&packet, LAB_TX4, connection.client_port, LAB_PORT);
	packet.bytes[packet.body + 13] = 0x30; /* ACK, URG: not merged */
	lab_seal_body(&packet);
	lab_begin(lab);
	lab_inject(lab, &packet, 5000);
	lab_end(lab);
	lost = moved(lab, "TcpExtTCPBacklogDrop");
	if (lost == 0)
		lab_die(lab, "the backlog took them all");
	lab_want(lab, "drop", "TcpExtTCPBacklogDrop", "-", lost, lost);
	lab_want_end(lab, 1, lost);
	want_named(lab, &connection, "tcp-receive");
	lab_want_finding(lab, "tcp-receive", "the connection's backlog was full");
	lab_stop(reader);
}

/* The first segment never arrives, so all that follows waits out of order, until the receive buffer
 * is full of it. */
static void pruned(struct lab *lab)
{
	struct connection connection = open_connection(lab, 16384);
	struct lab_packet packet;
	uint64_t lost;

	lab_begin(lab);
	for (uint32_t i = 1; i < 200; i++) {
		segment(&packet, &connection, 100 * i, 50);
		lab_inject(lab, &packet, 1);
	}
	segment(&packet, &connection, 0, 50);
	lab_inject(lab, &packet, 1);
	lab_end(lab);
	lost = moved(lab, "TcpExtTCPOFODrop") + moved(lab, "TcpExtOfoPruned");
	if (moved(lab, "TcpExtOfoPruned") == 0)
		lab_skip(lab, "this kernel pruned nothing");
	lab_want(lab, "drop", "TcpExtTCPOFODrop", "-", moved(lab, "TcpExtTCPOFODrop"),
		 moved(lab, "TcpExtTCPOFODrop"));
	lab_want(lab, "drop", "TcpExtOfoPruned", "-", moved(lab, "TcpExtOfoPruned"),
		 moved(lab, "TcpExtOfoPruned"));
	may_hold_back(lab);
	lab_want_end(lab, 1, lost);
	want_named(lab, &connection, "tcp-receive");
	lab_want_finding(lab, "tcp-receive", "counts how often a queue was pruned, not");
	lab_want_finding(lab, "tcp-receive", "TCP dropped at least");
}

/* All sockets of TCP together may hold so little that not even data in order has room. */
static void no_memory(struct lab *lab)
{
	struct connection connection = open_connection(lab, 0);
	struct lab_packet packet;
	uint32_t ahead = 0;
	uint64_t lost;

	lab_begin(lab);
	for (; ahead < 20000; ahead += 1000) {
		segment(&packet, &connection, ahead, 1000);
		lab_inject(lab, &packet, 1);
	}
	lab_set_host(lab, "net/ipv4/tcp_mem", "1 1 1");
	for (; ahead < 40000; ahead += 1000) {
		segment(&packet, &connection, ahead, 1000);
		lab_inject(lab, &packet, 1);
	}
	lab_put_back(lab, "net/ipv4/tcp_mem");
	lab_end(lab);
	if (moved(lab, "TcpExtTCPRcvQDrop") == 0)
		lab_skip(lab, "TCP holds too little on this machine to be short of memory");
	lost = moved(lab, "TcpExtTCPRcvQDrop") + moved(lab, "TcpExtTCPOFODrop");
	lab_want(lab, "drop", "TcpExtTCPRcvQDrop", "-", moved(lab, "TcpExtTCPRcvQDrop"),
		 moved(lab, "TcpExtTCPRcvQDrop"));
	lab_want(lab, "drop", "TcpExtTCPOFODrop", "-", moved(lab, "TcpExtTCPOFODrop"),
		 moved(lab, "TcpExtTCPOFODrop"));
	may_hold_back(lab);
	lab_want_end(lab, 1, lost);
	want_named(lab, &connection, "tcp-receive");
	lab_want_finding(lab, "tcp-memory", "raise net.ipv4.tcp_mem");
}

/* --- memory that all sockets share --- */

/* Pages that the sockets of the protocol hold now, on the whole host. */
static unsigned long pages_of(const char *protocol)
{
	char *text = lab_slurp("/proc/net/sockstat");
	char *line = text ? strstr(text, protocol) : NULL;
	char *mem = line ? strstr(line, " mem ") : NULL;
	unsigned long pages = mem ? strtoul(mem + 5, NULL, 10) : 0;

	free(text);
	return pages;
}

/* Nine tenths of what they may hold is in use, and nothing is lost yet. Only in the host's own
 * namespace can the limits be read. */
static void want_used(struct lab *lab, const char *protocol, const char *setting,
		      const char *counter, const char *finding)
{
	unsigned long pages = pages_of(protocol);
	char value[64];

	snprintf(value, sizeof value, "%lu %lu %lu", pages / 2, pages, pages * 10 / 9 + 1);
	lab_begin(lab);
	lab_set_host(lab, setting, value);
	lab_end(lab);
	lab_put_back(lab, setting);
	if (lab->mode == LAB_PID) {
		lab_may(lab, counter);
		lab_want_finding(lab, finding, "at the limit, packets are lost");
	}
	lab_want_end(lab, 0, 0);
}

static void udp_memory_used(struct lab *lab)
{
	struct lab_packet packet;

	lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_LARGE);
	lab_udp4(&packet, LAB_PORT, 1400);
	lab_inject(lab, &packet, 5000);
	lab_settle();
	want_used(lab, "UDP:", "net/ipv4/udp_mem", "udp_mem_used", "udp-memory");
}

static void tcp_memory_used(struct lab *lab)
{
	struct connection connection = open_connection(lab, LAB_LARGE);
	struct lab_packet packet;

	for (uint32_t i = 0; i < 2000; i++) {
		segment(&packet, &connection, 1000 * i, 1000);
		lab_inject(lab, &packet, 1);
	}
	want_used(lab, "TCP:", "net/ipv4/tcp_mem", "tcp_mem_used", "tcp-memory");
}

const struct lab_fault lab_tcp_faults[] = {
	{.name = "tcp-md5", .run = refused, .modes = LAB_BIT(LAB_LIVE), .how = &unsigned4},
	{.name = "tcp-defer-accept", .run = refused, .how = &deferred4},
	{.name = "tcp6-defer-accept", .run = refused, .how = &deferred6},
	{.name = "tcp-min-ttl", .run = refused, .how = &far4},
	{.name = "tcp6-min-ttl", .run = refused, .how = &far6},
	{.name = "tcp-scan-and-overflow", .run = scan_and_overflow, .modes = LAB_BIT(LAB_LIVE)},
	{.name = "tcp-backlog-full", .run = backlog_full},
	{.name = "tcp-pruned", .run = pruned, .modes = LAB_BIT(LAB_LIVE)},
	{.name = "tcp-no-memory", .run = no_memory},
	{.name = "udp4-memory-used", .run = udp_memory_used, .modes = LAB_BIT(LAB_PID)},
	{.name = "tcp-memory-used", .run = tcp_memory_used, .modes = LAB_BIT(LAB_PID)},
	{.name = NULL},
};
