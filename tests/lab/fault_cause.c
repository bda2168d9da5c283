/* fault_cause.c: faults of which the report names the cause; and where it advises a command, the
 * same traffic is lost no more once that has been run. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lab.h"

#define SECOND_PORT 9998
#define SUBJECT4 "udp/" LAB_RX4 ":9999"

static void want_overflow(struct lab *lab, uint64_t lost)
{
	lab_want(lab, "drop", "UdpRcvbufErrors", "-", lost, lost);
	lab_want_counted(lab, "UdpInErrors", "-", lost);
}

/* 2000, but no more at once than the backlog of a CPU holds: a process that goes first keeps the
 * kernel's own threads from emptying it. */
static uint64_t inject_in_turns(const struct lab *lab, const struct lab_packet *packet)
{
	uint64_t sent = 0;

	while (sent < 2000) {
		sent += lab_inject(lab, packet, 500);
		lab_settle();
	}
	return sent;
}

/* A burst into a socket that never asked for a buffer; the default that is advised holds it. */
static void default_buffer(struct lab *lab)
{
	struct lab_packet packet;
	uint64_t lost;
	int fd = lab_receiver(lab, LAB_RX4, LAB_PORT, 0);

	lab_udp4(&packet, LAB_PORT, 1000);
	lab_go_first();
	lab_begin(lab);
	lost = inject_in_turns(lab, &packet);
	lab_end(lab);
	lost -= lab_drain(fd);
	want_overflow(lab, lost);
	lab_want_socket(lab, fd, SUBJECT4, lost);
	lab_want_end(lab, 1, lost);
	if (access("/proc/sys/net/core/rmem_default", F_OK) != 0) {
		/* Shown by this kernel in the host's own namespace only: no value, no command. */
		lab_want_finding(lab, "udp-receive-buffer",
				 "if it never asks, it has net.core.rmem_default");
		return;
	}
	lab_want_finding(
		lab, "udp-receive-buffer",
		"raise net.core.rmem_default (now 212992), say to 13631488 as root on the host "
		"(it can only be set in the host's own network namespace)");
	if (!lab->json)
		return;
	lab_apply(lab, "udp-receive-buffer");
	close(fd);
	fd = lab_receiver(lab, LAB_RX4, LAB_PORT, 0);
	lab_begin(lab);
	inject_in_turns(lab, &packet);
	lab_end(lab);
	if (lab_drain(fd) != 2000)
		lab_wrong(lab, "the advice did not suffice");
	lab_want_end(lab, 0, 0);
	lab_put_back(lab, "net/core/rmem_default");
}

/* Another program with a socket of its own; ends with this one. */
static pid_t start_second(const struct lab *lab)
{
	int ready[2];
	char byte;
	pid_t pid;

	if (pipe(ready) < 0)
		lab_die(lab, "pipe");
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_NAME, "lab-second");
		lab_receiver(lab, LAB_RX4, SECOND_PORT, LAB_SMALL);
		if (write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	if (pid < 0 || read(ready[0], &byte, 1) != 1)
		lab_die(lab, "no second program");
	close(ready[0]);
	close(ready[1]);
	return pid;
}

/* One program that loses little on each of many sockets, and more in all than another on one. */
static void two_programs(struct lab *lab)
{
	enum { SOCKETS = 20, EACH = 60, SECOND = 300 };
	struct lab_packet packet;
	pid_t second = start_second(lab);
	uint64_t sent = 0, held = 0, held_by_second;
	int fds[SOCKETS];

	for (int i = 0; i < SOCKETS; i++)
		fds[i] = lab_receiver(lab, LAB_RX4, (uint16_t)(10000 + i), LAB_SMALL);
	lab_begin(lab);
	for (int i = 0; i < SOCKETS; i++) {
		lab_udp4(&packet, (uint16_t)(10000 + i), 100);
		sent += lab_inject(lab, &packet, EACH);
	}
	lab_udp4(&packet, SECOND_PORT, 100);
	sent += lab_inject(lab, &packet, SECOND);
	lab_end(lab);
	for (int i = 0; i < SOCKETS; i++)
		held += lab_drain(fds[i]);
	/* The second holds as much as each of the others. */
	held_by_second = held / SOCKETS;
	want_overflow(lab, sent - held - held_by_second);
	for (size_t i = 0; i < lab->report.count; i++)
		lab->report.lines[i].expected |=
			strcmp(lab->report.lines[i].counter, "sk_drops") == 0;
	lab_want_end(lab, 1, sent - held - held_by_second);
	if (lab->json) {
		char first[64], other[64];

		snprintf(first, sizeof first,
			 "\"processes\":[{\"pid\":%ld,\"comm\":\"" LAB_COMM "\"", (long)getpid());
		snprintf(other, sizeof other, "of lab-second[%ld] lost %llu datagrams",
			 (long)second, (unsigned long long)(SECOND - held_by_second));
		if (!strstr(lab->json, first))
			lab_wrong(lab, "the first process is not the one that lost most");
		if (!strstr(lab->json, other))
			lab_wrong(lab, "no finding has '%s'", other);
		lab_want_finding(lab, "udp-receive-buffer", " datagrams on 20 sockets, ");
	}
	kill(second, SIGKILL);
	lab_wait(second);
}

/* One socket loses by its filter and by its queue. */
static void filter_and_queue(struct lab *lab)
{
	struct lab_packet packet;
	uint64_t overflowed;
	int fd = lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_SMALL);

	lab_udp4(&packet, LAB_PORT, 100);
	lab_begin(lab);
	overflowed = lab_inject(lab, &packet, 400);
	lab_settle();
	lab_filter(lab, fd, false);
	lab_inject(lab, &packet, 70);
	lab_end(lab);
	overflowed -= lab_drain(fd);
	lab_want(lab, "drop", "UdpRcvbufErrors", "-", overflowed, overflowed);
	lab_want_finding(lab, "udp-receive-buffer",
			 "It lost 70 more, refused by a filter of the socket or its cgroup");
}

#define CGROUP "/sys/fs/cgroup/memory/rxpath-lab"

/* The lab has a /sys of its own, without cgroups. */
static bool on_host(const struct lab *lab, const char *command)
{
	char *argv[] = {(char[]){"sh"}, (char[]){"-c"}, (char *)(uintptr_t)command, NULL};

	return lab_command(lab, argv, NULL, NULL, true) == 0;
}

static void leave_cgroup(const struct lab *lab)
{
	char command[128];

	snprintf(command, sizeof command,
		 "cd /sys/fs/cgroup/memory && echo $$ > cgroup.procs && echo %ld > cgroup.procs; "
		 "rmdir " CGROUP,
		 (long)getpid());
	on_host(lab, command);
}

/* A memory cgroup of version 1 refuses memory to sockets long before UDP as a whole is short. */
static void memory_cgroup(struct lab *lab)
{
	struct lab_packet packet;
	uint64_t lost;
	char command[192];
	int fd;

	snprintf(command, sizeof command,
		 "mkdir -p " CGROUP " && cd " CGROUP
		 " && echo 262144 > memory.kmem.tcp.limit_in_bytes && echo %ld > cgroup.procs",
		 (long)getpid());
	if (!on_host(lab, command)) {
		leave_cgroup(lab);
		lab_skip(lab, "no memory cgroup of version 1");
	}
	fd = lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_LARGE);
	lab_udp4(&packet, LAB_PORT, 100);
	lab_begin(lab);
	lost = lab_inject(lab, &packet, 1000);
	lab_end(lab);
	lost -= lab_drain(fd);
	lab_want_socket(lab, fd, SUBJECT4, lost);
	if (lab->report.lost != lost)
		lab_wrong(lab, "lost %llu, expected %llu", (unsigned long long)lab->report.lost,
			  (unsigned long long)lost);
	/* From inside, /sys has no cgroups. */
	if (lab->mode == LAB_PID) {
		lab_want_finding(lab, "memory-cgroup", "its cgroup /rxpath-lab refused them");
		lab_want_finding(lab, "udp-memory", NULL);
		lab_apply(lab, "memory-cgroup");
		lab_begin(lab);
		lab_inject(lab, &packet, 1000);
		lab_end(lab);
		if (lab_drain(fd) != 1000)
			lab_wrong(lab, "the advice did not suffice");
		lab_want_end(lab, 0, 0);
	}
	close(fd);
	leave_cgroup(lab);
}

/* Many datagrams of one sender are in reassembly at once, and one may be only so far behind. */
static void send_interleaved(const struct lab *lab, unsigned datagrams)
{
	struct lab_packet whole, fragment;

	lab_udp4(&whole, LAB_PORT, 1992);
	for (unsigned i = 0; i < datagrams; i++) {
		lab_fragment(&fragment, &whole, 1000 + i, 0, 1000, true);
		lab_inject(lab, &fragment, 1);
	}
	for (unsigned i = 0; i < datagrams; i++) {
		lab_fragment(&fragment, &whole, 1000 + i, 1000, 1000, false);
		lab_inject(lab, &fragment, 1);
	}
}

static void fragments_too_far(struct lab *lab)
{
	size_t held;
	int fd = lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_LARGE);

	lab_set(lab, "net/ipv4/ipfrag_max_dist", "2");
	lab_begin(lab);
	send_interleaved(lab, 20);
	lab_end(lab);
	held = lab_drain(fd);
	if (held == 20)
		lab_die(lab, "no fragment was too far");
	lab_want_finding(lab, "reassembly-given-up", "net.ipv4.ipfrag_max_dist=0 (now 2)");
	lab_want_finding(lab, "reassembly-memory", NULL);
	if (!lab->json)
		return;
	lab_apply(lab, "reassembly-given-up");
	lab_begin(lab);
	send_interleaved(lab, 20);
	lab_end(lab);
	if (lab_drain(fd) != 20)
		lab_wrong(lab, "the advice did not suffice");
	lab_want_end(lab, 0, 0);
}

static void send_syns(const struct lab *lab, unsigned count)
{
	struct lab_packet packet;

	for (unsigned i = 0; i < count; i++) {
		lab_syn4(&packet, "192.0.2.7", (uint16_t)(20000 + i), LAB_PORT);
		lab_inject(lab, &packet, 1);
	}
}

static void no_route_back(struct lab *lab)
{
	int fd = lab_socket(lab, AF_INET, SOCK_STREAM, 0);

	lab_set(lab, "net/ipv4/conf/all/rp_filter", "0");
	lab_set(lab, "net/ipv4/conf/vb/rp_filter", "0");
	lab_bind(lab, fd, LAB_RX4, LAB_PORT);
	if (listen(fd, 128) < 0)
		lab_die(lab, "listen");
	lab_begin(lab);
	send_syns(lab, 20);
	lab_end(lab);
	lab_want(lab, "drop", "TcpExtListenDrops", "-", 20, 20);
	lab_want_finding(lab, "tcp-no-route-back", "dropped 20 connection requests");
	lab_want_finding(lab, "tcp-syn-queue", NULL);
	lab_ip(lab, "route add 192.0.2.0/24 via " LAB_TX4 " dev vb\n");
	lab_begin(lab);
	send_syns(lab, 20);
	lab_end(lab);
	lab_want_end(lab, 0, 0);
}

/* More connections than the NAT rule has ports. */
static void nat_ports(struct lab *lab)
{
	struct lab_packet packet;
	size_t held;
	int fd = lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_LARGE);

	lab_nft(lab, "table ip t { chain c { type nat hook input priority 100;\n"
		     "udp dport 9999 snat to 10.77.0.99:5000-5003\n}; }\n");
	lab_udp4(&packet, LAB_PORT, 100);
	lab_begin(lab);
	for (unsigned i = 0; i < 20; i++) {
		lab_put16(&packet, packet.body, 30000 + i);
		lab_seal_body(&packet);
		lab_inject(lab, &packet, 1);
	}
	lab_end(lab);
	held = lab_drain(fd);
	if (held == 20)
		lab_skip(lab, "this kernel found ports for all");
	lab_want_finding(lab, "conntrack-insert", "NAT found no free port");
}

/* A new connection each time, more than the table holds. */
static unsigned send_flows(const struct lab *lab)
{
	struct lab_packet packet;

	lab_udp4(&packet, LAB_PORT, 100);
	for (unsigned i = 0; i < 2000; i++) {
		lab_put16(&packet, packet.body, 20000 + i);
		lab_seal_body(&packet);
		lab_inject(lab, &packet, 1);
	}
	return 2000;
}

static void table_full(struct lab *lab)
{
	uint64_t lost;
	int fd = lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_LARGE);

	lab_nft(lab, "table ip t { chain c { type filter hook input priority 0;\n"
		     "ct state new counter accept\n}; }\n");
	lab_set_host(lab, "net/netfilter/nf_conntrack_max", "200");
	lab_begin(lab);
	lost = send_flows(lab);
	lab_end(lab);
	lost -= lab_drain(fd);
	lab_want(lab, "drop", "nf_conntrack_drop", "-", lost, lost);
	lab_want_finding(lab, "conntrack-full", "as root on the host (it can only be set in the");
	if (!lab->json) {
		lab_put_back(lab, "net/netfilter/nf_conntrack_max");
		return;
	}
	lab_apply(lab, "conntrack-full");
	lab_begin(lab);
	send_flows(lab);
	lab_end(lab);
	lab_put_back(lab, "net/netfilter/nf_conntrack_max");
	if (lab_drain(fd) != 2000)
		lab_wrong(lab, "the advice did not suffice");
	lab_want_end(lab, 0, 0);
}

/* One flow goes to one member of a group, and the others cannot help it. */
static void one_flow_of_group(struct lab *lab)
{
	struct lab_packet packet, other;
	int on = 1;
	int fds[3];

	for (int i = 0; i < 3; i++) {
		fds[i] = lab_socket(lab, AF_INET, SOCK_DGRAM, 0);
		setsockopt(fds[i], SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
		lab_bind(lab, fds[i], "0.0.0.0", LAB_PORT);
		lab_rcvbuf(lab, fds[i], LAB_SMALL);
	}
	/* Others on this host receive a broadcast meanwhile. */
	for (int i = 0; i < 2; i++) {
		int fd = lab_socket(lab, AF_INET, SOCK_DGRAM, 0);

		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
		lab_bind(lab, fd, "0.0.0.0", 7777);
	}
	lab_udp4(&packet, LAB_PORT, 100);
	lab_udp4(&other, 7777, 10);
	lab_readdress(&other, LAB_TX4, "255.255.255.255");
	memset(other.bytes, 0xff, 6);
	lab_begin(lab);
	lab_inject(lab, &packet, 500);
	lab_inject(lab, &other, 20);
	lab_end(lab);
	lab_want_finding(lab, "udp-receive-buffer", "each flow goes to one of them");
	lab_want_finding(lab, "udp-multicast-slow-member", NULL);
}

static void blackhole(struct lab *lab)
{
	struct lab_packet packet;

	lab_set(lab, "net/ipv4/ip_forward", "1");
	lab_ip(lab, "route add blackhole 198.51.100.0/24\n");
	lab_udp4(&packet, LAB_PORT, 100);
	lab_readdress(&packet, LAB_TX4, "198.51.100.7");
	lab_begin(lab);
	lab_inject(lab, &packet, 50);
	lab_end(lab);
	lab_want(lab, "reject", "ip_residual", "-", 50, 0);
	lab_want_finding(lab, "filtered", "A blackhole route");
	lab_want_end(lab, 0, 0);
}

/* A VXLAN header with a bit that the device does not accept. */
static void vxlan_header(struct lab *lab)
{
	struct lab_packet packet;

	lab_ip(lab, "link add vx0 type vxlan id 7 dstport 4789 local " LAB_RX4 " dev vb\n"
		    "link set vx0 up\n");
	lab_udp4(&packet, 4789, 100);
	/* Flags 0x18: the VNI is valid, and a bit that nobody has defined. */
	memset(packet.bytes + packet.body + 8, 0, 8);
	packet.bytes[packet.body + 8] = 0x18;
	packet.bytes[packet.body + 8 + 6] = 7;
	lab_seal_body(&packet);
	lab_begin(lab);
	lab_inject(lab, &packet, 30);
	lab_end(lab);
	if (!lab_values_find(&lab->moved, "rx_frame_errors", "vx0"))
		lab_skip(lab, "this kernel counts no such header at the device");
	lab_want_finding(lab, "device-wire", "VXLAN headers with bits that this device");
	lab_want_finding(lab, "device-wire", "no card or cable is involved");
}

/* A strict filter on an asymmetric path; the advice lets the same packets in. */
static void strict_filter(struct lab *lab)
{
	struct lab_packet packet;
	int fd = lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_LARGE);

	lab_set(lab, "net/ipv4/conf/vb/rp_filter", "1");
	lab_ip(lab, "link set lo up\nroute add 192.0.2.0/24 dev lo\n");
	lab_udp4(&packet, LAB_PORT, 100);
	lab_readdress(&packet, "192.0.2.7", LAB_RX4);
	lab_begin(lab);
	lab_inject(lab, &packet, 50);
	lab_end(lab);
	lab_want(lab, "reject", "TcpExtIPReversePathFilter", "-", 50, 0);
	lab_want_finding(lab, "reverse-path", "vb filters strictly");
	if (!lab->json)
		return;
	lab_apply(lab, "reverse-path");
	lab_begin(lab);
	lab_inject(lab, &packet, 50);
	lab_end(lab);
	if (lab_drain(fd) != 50)
		lab_wrong(lab, "the advice did not suffice");
	lab_want_end(lab, 0, 0);
}

#define SPOOFED "10.77.0.99"

static int listener(const struct lab *lab, int backlog)
{
	int fd = lab_socket(lab, AF_INET, SOCK_STREAM, 0);

	lab_bind(lab, fd, LAB_RX4, LAB_PORT);
	if (listen(fd, backlog) < 0)
		lab_die(lab, "listen");
	return fd;
}

static void send_half_open(const struct lab *lab, uint16_t from_port, unsigned count)
{
	struct lab_packet packet;

	for (unsigned i = 0; i < count; i++) {
		lab_syn4(&packet, SPOOFED, (uint16_t)(from_port + i), LAB_PORT);
		lab_inject(lab, &packet, 1);
	}
}

/* Clients that do not answer hold the SYN queue. */
static void half_open(struct lab *lab)
{
	lab_set(lab, "net/ipv4/tcp_syncookies", "0");
	lab_set(lab, "net/ipv4/tcp_max_syn_backlog", "8");
	lab_ip(lab, "neigh replace " SPOOFED " lladdr 02:00:00:00:00:01 dev vb nud permanent\n");
	listener(lab, 8);
	lab_begin(lab);
	send_half_open(lab, 20000, 60);
	lab_end(lab);
	if (!lab_values_find(&lab->moved, "TcpExtListenDrops", "-"))
		lab_die(lab, "the SYN queue took them all");
	lab_want_finding(lab, "tcp-syn-queue", "set net.ipv4.tcp_syncookies=1");
	if (!lab->json)
		return;
	lab_apply(lab, "tcp-syn-queue");
	lab_begin(lab);
	send_half_open(lab, 30000, 60);
	lab_end(lab);
	lab_may(lab, "TcpExtSyncookiesSent");
	lab_may(lab, "TcpExtTCPReqQFullDoCookies");
	lab_want_end(lab, 0, 0);
}

/* A program that asks for room enough, and does not get it: somaxconn is the limit. */
static void small_somaxconn(struct lab *lab)
{
	int clients[20], fd;

	lab_set(lab, "net/core/somaxconn", "2");
	fd = listener(lab, 4096);
	for (int round = 0; round < 2; round++) {
		lab_begin(lab);
		lab_in_tx(lab);
		for (int i = 0; i < 20; i++) {
			clients[i] = lab_socket(lab, AF_INET, SOCK_STREAM, 0);
			lab_connect(lab, clients[i], LAB_RX4, LAB_PORT);
		}
		lab_in_rx(lab);
		lab_end(lab);
		for (int i = 0; i < 20; i++)
			close(clients[i]);
		if (round > 0)
			break;
		if (!lab_values_find(&lab->moved, "TcpExtListenOverflows", "-"))
			lab_die(lab, "a queue of 2 took 20 connections");
		lab_want_finding(lab, "tcp-accept-queue", "raise net.core.somaxconn (now 2)");
		if (!lab->json)
			return;
		lab_apply(lab, "tcp-accept-queue");
		close(fd);
		fd = listener(lab, 4096);
	}
	lab_want_end(lab, 0, 0);
}

/* A container's settings are read-only: it is said where they can be set. */
static void read_only(struct lab *lab)
{
	int clients[20];

	lab_set(lab, "net/core/somaxconn", "2");
	listener(lab, 4096);
	if (mount("/proc/sys", "/proc/sys", NULL, MS_BIND, NULL) != 0 ||
	    mount(NULL, "/proc/sys", NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL) != 0)
		lab_skip(lab, "no read-only mount of /proc/sys");
	lab_begin(lab);
	lab_in_tx(lab);
	for (int i = 0; i < 20; i++) {
		clients[i] = lab_socket(lab, AF_INET, SOCK_STREAM, 0);
		lab_connect(lab, clients[i], LAB_RX4, LAB_PORT);
	}
	lab_in_rx(lab);
	lab_end(lab);
	lab_want_finding(lab, "tcp-accept-queue",
			 "raise net.core.somaxconn (now 2) from outside the container "
			 "(it cannot be set inside)");
}

/* Returns how many were lost. */
static uint64_t overtake(struct lab *lab, const char *limit, int fd)
{
	struct lab_packet packet;

	lab_udp4(&packet, LAB_PORT, 100);
	lab_begin(lab);
	if (limit)
		lab_set_host(lab, "net/core/netdev_max_backlog", limit);
	lab_inject(lab, &packet, 2000);
	lab_sleep_ms(50);
	lab_end(lab);
	return 2000 - lab_drain(fd);
}

/* A burst that one CPU hands on to another. */
static void short_backlog(struct lab *lab)
{
	int fd = lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_LARGE);
	uint64_t lost = 0;

	lab_steer(lab);
	for (int attempt = 0; attempt < 5 && lost == 0; attempt++)
		lost = overtake(lab, "1", fd);
	if (lost == 0)
		lab_skip(lab, "the other CPU is too quick");
	if (lab->mode == LAB_PID) {
		lab_want_finding(lab, "backlog-overflow",
				 "raise net.core.netdev_max_backlog (now 1)");
		lab_apply(lab, "backlog-overflow");
		lost = overtake(lab, NULL, fd);
		if (lost > 0)
			lab_wrong(lab, "the advice did not suffice: %d lost", (int)lost);
		lab_want_end(lab, 0, 0);
	}
	lab_put_back(lab, "net/core/netdev_max_backlog");
}

static void short_udp_memory(struct lab *lab)
{
	struct lab_packet packet;
	uint64_t lost;
	int fd = lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_LARGE);

	lab_udp4(&packet, LAB_PORT, 1000);
	lab_begin(lab);
	lab_pin(lab, 0);
	lab_set_host(lab, "net/ipv4/udp_mem", "8 12 16");
	lost = lab_inject(lab, &packet, 2000);
	lab_end(lab);
	lost -= lab_drain(fd);
	if (lost == 0)
		lab_die(lab, "16 pages held 2000 datagrams");
	if (lab->mode == LAB_PID && !lab_has_column("MemErrors"))
		lab_skip(lab, "this kernel does not say that UDP lacked memory");
	if (lab->mode == LAB_PID) {
		lab_want_finding(lab, "udp-memory", "raise net.ipv4.udp_mem (now 8 12 16)");
		lab_apply(lab, "udp-memory");
		lab_begin(lab);
		lab_inject(lab, &packet, 2000);
		lab_end(lab);
		if (lab_drain(fd) != 2000)
			lab_wrong(lab, "the advice did not suffice");
		lab_want_end(lab, 0, 0);
	}
	lab_put_back(lab, "net/ipv4/udp_mem");
}

/* More datagrams in pieces at a time than there is memory for. */
static void short_reassembly(struct lab *lab)
{
	int fd = lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_LARGE);

	lab_set(lab, "net/ipv4/ipfrag_low_thresh", "40000");
	lab_set(lab, "net/ipv4/ipfrag_high_thresh", "50000");
	lab_set(lab, "net/ipv4/ipfrag_max_dist", "0");
	lab_begin(lab);
	send_interleaved(lab, 300);
	lab_end(lab);
	if (lab_drain(fd) == 300)
		lab_die(lab, "50000 bytes held 300 datagrams");
	lab_want_finding(lab, "reassembly-memory", "then raise net.ipv4.ipfrag_high_thresh");
	if (!lab->json)
		return;
	lab_apply(lab, "reassembly-memory");
	lab_begin(lab);
	send_interleaved(lab, 300);
	lab_end(lab);
	if (lab_drain(fd) != 300)
		lab_wrong(lab, "the advice did not suffice");
	lab_want_end(lab, 0, 0);
}

const struct lab_fault lab_cause_faults[] = {
	{.name = "cause-default-buffer", .run = default_buffer},
	{.name = "cause-two-programs", .run = two_programs},
	{.name = "cause-filter-and-queue", .run = filter_and_queue},
	{.name = "cause-memory-cgroup", .run = memory_cgroup, .modes = LAB_BIT(LAB_PID)},
	{.name = "cause-fragments-too-far", .run = fragments_too_far},
	{.name = "cause-no-route-back", .run = no_route_back},
	{.name = "cause-nat-ports", .run = nat_ports},
	{.name = "cause-table-full", .run = table_full},
	{.name = "cause-one-flow-of-group", .run = one_flow_of_group},
	{.name = "cause-blackhole", .run = blackhole},
	{.name = "cause-vxlan-header", .run = vxlan_header},
	{.name = "cause-strict-filter", .run = strict_filter},
	{.name = "cause-half-open", .run = half_open},
	{.name = "cause-somaxconn", .run = small_somaxconn},
	{.name = "cause-read-only", .run = read_only},
	{.name = "cause-short-backlog", .run = short_backlog, .modes = LAB_BIT(LAB_PID)},
	{.name = "cause-short-udp-memory", .run = short_udp_memory, .modes = LAB_BIT(LAB_PID)},
	{.name = "cause-short-reassembly", .run = short_reassembly},
	{0}};
