/* fault_udp.c: datagrams that came to this host and that no application read. */
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lab.h"

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef UDP_GRO
#define UDP_GRO 104
#endif

#define MANY 1000
#define FEW 100
#define SUBJECT4 "udp/" LAB_RX4 ":9999"
#define SUBJECT6 "udp6/[" LAB_RX6 "]:9999"

/* The lines of full receive queues: a protocol's two counters. */
static void want_rcvbuf(struct lab *lab, const char *group, uint64_t lost)
{
	char name[48];

	snprintf(name, sizeof name, "%sRcvbufErrors", group);
	lab_want(lab, "drop", name, "-", lost, lost);
	snprintf(name, sizeof name, "%sInErrors", group);
	lab_want_counted(lab, name, "-", lost);
}

static void overflow(struct lab *lab, int fd, const struct lab_packet *packet, const char *group,
		     const char *subject)
{
	uint64_t lost;

	lab_begin(lab);
	lost = lab_inject(lab, packet, MANY);
	lab_end(lab);
	lost -= lab_drain(fd);
	want_rcvbuf(lab, group, lost);
	lab_want_socket(lab, fd, subject, lost);
	lab_want_json(lab, "socket_drops", lost);
	lab_want_json(lab, "counted", lost);
	lab_want_json(lab, "attributed", lost);
	lab_want_json(lab, "unattributed", 0);
	lab_want_json(lab, "uncounted", 0);
	lab_want_end(lab, 1, lost);
}

static void rcvbuf4(struct lab *lab)
{
	struct lab_packet packet;

	lab_udp4(&packet, LAB_PORT, 100);
	overflow(lab, lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_SMALL), &packet, "Udp", SUBJECT4);
}

static void rcvbuf6(struct lab *lab)
{
	struct lab_packet packet;

	lab_udp6(&packet, LAB_PORT, 100);
	overflow(lab, lab_receiver(lab, LAB_RX6, LAB_PORT, LAB_SMALL), &packet, "Udp6", SUBJECT6);
}

static void any4(struct lab *lab)
{
	struct lab_packet packet;

	lab_udp4(&packet, LAB_PORT, 1400);
	overflow(lab, lab_receiver(lab, "0.0.0.0", LAB_PORT, LAB_SMALL), &packet, "Udp",
		 "udp/0.0.0.0:9999");
}

static void default_buffer(struct lab *lab)
{
	struct lab_packet packet;

	lab_udp4(&packet, LAB_PORT, 1000);
	overflow(lab, lab_receiver(lab, LAB_RX4, LAB_PORT, 0), &packet, "Udp", SUBJECT4);
}

static void dual_stack(struct lab *lab)
{
	struct lab_packet packet;

	/* The kernel counts by the packet, the table lists by the socket. */
	lab_udp4(&packet, LAB_PORT, 100);
	overflow(lab, lab_receiver(lab, "::", LAB_PORT, LAB_SMALL), &packet, "Udp",
		 "udp6/[::]:9999");
}

static void connected(struct lab *lab)
{
	struct lab_packet packet;
	int fd = lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_SMALL);

	lab_connect(lab, fd, LAB_TX4, 40000);
	lab_udp4(&packet, LAB_PORT, 100);
	overflow(lab, fd, &packet, "Udp", SUBJECT4);
}

static void lite(struct lab *lab, const char *address, const char *group, const char *subject)
{
	struct lab_packet packet;
	bool six = strchr(address, ':') != NULL;

	if (six)
		lab_udp6(&packet, LAB_PORT, 100);
	else
		lab_udp4(&packet, LAB_PORT, 100);
	packet.bytes[LAB_ETHER + (six ? 6 : 9)] = IPPROTO_UDPLITE;
	lab_put16(&packet, packet.body + 4, 0); /* the checksum covers all */
	lab_readdress(&packet, NULL, NULL);
	overflow(lab, lab_lite_receiver(lab, address, LAB_PORT, LAB_SMALL), &packet, group,
		 subject);
}

static void lite4(struct lab *lab)
{
	lite(lab, LAB_RX4, "UdpLite", "udplite/" LAB_RX4 ":9999");
}

static void lite6(struct lab *lab)
{
	lite(lab, LAB_RX6, "UdpLite6", "udplite6/[" LAB_RX6 "]:9999");
}

static void group(struct lab *lab, const char *address, struct lab_packet *packet, const char *name,
		  const char *subject)
{
	int members[3];
	uint64_t lost, sent;

	for (int i = 0; i < 3; i++) {
		members[i] = lab_receiver(lab, address, LAB_PORT, i == 1 ? LAB_SMALL : LAB_LARGE);
		lab_join(lab, members[i], address);
	}
	lab_readdress(packet, NULL, address);
	lab_begin(lab);
	sent = lab_inject(lab, packet, MANY);
	lab_end(lab);
	lost = sent - lab_drain(members[1]);
	if (lab_drain(members[0]) != sent || lab_drain(members[2]) != sent)
		lab_die(lab, "the quick members lost something too");
	want_rcvbuf(lab, name, lost);
	lab_want_socket(lab, members[1], subject, lost);
	lab_want_end(lab, 1, lost);
}

static void group4(struct lab *lab)
{
	struct lab_packet packet;

	lab_udp4(&packet, LAB_PORT, 100);
	group(lab, LAB_GROUP4, &packet, "Udp", "udp/" LAB_GROUP4 ":9999");
}

static void group6(struct lab *lab)
{
	struct lab_packet packet;

	lab_udp6(&packet, LAB_PORT, 100);
	group(lab, LAB_GROUP6, &packet, "Udp6", "udp6/[" LAB_GROUP6 "]:9999");
}

/* A super-packet of ten datagrams is one packet to a socket that takes such, else ten; and ten on a
 * kernel whose veth splits it. */
static void gso(struct lab *lab, int gro)
{
	static char payload[1000];
	int fd = lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_SMALL * 2), from, segment = 100;
	uint64_t bytes = 0, lost, size;
	bool merged;

	from = lab_sender(lab, LAB_RX4, LAB_PORT);
	if (setsockopt(from, IPPROTO_UDP, UDP_SEGMENT, &segment, sizeof segment) != 0 ||
	    setsockopt(fd, IPPROTO_UDP, UDP_GRO, &gro, sizeof gro) != 0)
		lab_skip(lab, "no UDP GSO or GRO on this kernel");
	lab_begin(lab);
	for (int i = 0; i < 50; i++)
		bytes += (uint64_t)send(from, payload, sizeof payload, 0);
	lab_end(lab);
	size = lab_first_size(lab, fd);
	merged = size > (uint64_t)segment;
	lost = bytes / size;
	lost -= lab_drain(fd);
	want_rcvbuf(lab, "Udp", lost);
	lab_want_socket(lab, fd, SUBJECT4, lost);
	lab_want_json(lab, "unattributed", 0);
	lab_want_json(lab, "uncounted", 0);
	lab_want_finding(lab, "udp-receive-buffer", merged ? "super-packets (UDP GRO)" : "");
	if (!merged && lab->json && strstr(lab->json, "super-packets"))
		lab_wrong(lab, "super-packets without UDP GRO");
	lab_want_end(lab, 1, lost);
}

static void gso_with_gro(struct lab *lab)
{
	gso(lab, 1);
}

static void gso_without_gro(struct lab *lab)
{
	gso(lab, 0);
}

/* The kernel's hole of 6.18 and 6.19: only the socket knows. Older and newer ones count it too.
 * Each CPU holds back up to 256 pages from the sum, and as many that were given back: the datagrams
 * of one CPU are more. */
static void memory(struct lab *lab, const char *address, const struct lab_packet *packet,
		   const char *group, const char *subject)
{
	int fd = lab_receiver(lab, address, LAB_PORT, 8 << 20);
	char memory_errors[48], errors[48];
	uint64_t lost;

	snprintf(memory_errors, sizeof memory_errors, "%sMemErrors", group);
	snprintf(errors, sizeof errors, "%sInErrors", group);
	lab_begin(lab);
	lab_pin(lab, 0);
	lab_set_host(lab, "net/ipv4/udp_mem", "8 12 16");
	lost = lab_inject(lab, packet, 2 * MANY);
	lab_put_back(lab, "net/ipv4/udp_mem");
	lab_end(lab);
	lost -= lab_drain(fd);
	if (lost == 0)
		lab_die(lab, "udp_mem kept nothing out");
	lab_want_socket(lab, fd, subject, lost);
	if (lab_values_find(&lab->moved, memory_errors, "-")) {
		lab_want(lab, "drop", memory_errors, "-", lost, lost);
		lab_want_counted(lab, errors, "-", lost);
	} else if (lab_values_find(&lab->moved, errors, "-")) {
		lab_want(lab, "drop", errors, "-", lost, lost);
	} else {
		lab_want(lab, "drop", "sk_drops", "-", lost, lost);
		lab_want_json(lab, "uncounted", lost);
	}
	lab_want_end(lab, 1, lost);
}

static void memory4(struct lab *lab)
{
	struct lab_packet packet;

	lab_udp4(&packet, LAB_PORT, 1000);
	memory(lab, LAB_RX4, &packet, "Udp", SUBJECT4);
}

static void memory6(struct lab *lab)
{
	struct lab_packet packet;

	lab_udp6(&packet, LAB_PORT, 1000);
	memory(lab, LAB_RX6, &packet, "Udp6", SUBJECT6);
}

/* Nobody counts what a socket held when it was closed. */
static void close_unread(struct lab *lab)
{
	struct lab_packet packet;
	int fd = lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_LARGE);

	lab_udp4(&packet, LAB_PORT, 100);
	lab_begin(lab);
	lab_inject(lab, &packet, 10);
	close(fd);
	lab_end(lab);
	lab_want_end(lab, 0, 0);
}

/* The protocol's counter outlives the socket that lost. */
static void socket_gone(struct lab *lab)
{
	struct lab_packet packet;
	int fd = lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_SMALL);
	uint64_t lost;

	lab_udp4(&packet, LAB_PORT, 100);
	lab_begin(lab);
	lost = lab_inject(lab, &packet, MANY);
	lost -= lab_drain(fd);
	close(fd);
	lab_end(lab);
	want_rcvbuf(lab, "Udp", lost);
	lab_want_none(lab, "sk_drops", SUBJECT4);
	lab_want_json(lab, "socket_drops", 0);
	lab_want_json(lab, "unattributed", lost);
	lab_want_json(lab, "uncounted", 0);
	lab_want_end(lab, 1, lost);
}

static void socket_new(struct lab *lab)
{
	struct lab_packet packet;
	uint64_t lost;
	int fd;

	lab_udp4(&packet, LAB_PORT, 100);
	lab_begin(lab);
	fd = lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_SMALL);
	lost = lab_inject(lab, &packet, MANY);
	lab_end(lab);
	lost -= lab_drain(fd);
	want_rcvbuf(lab, "Udp", lost);
	lab_want_socket(lab, fd, SUBJECT4, lost);
	lab_want_flag(lab, "sk_drops", SUBJECT4, "new");
	lab_want_json(lab, "unattributed", 0);
	lab_want_end(lab, 1, lost);
}

/* A service that restarts on its port: the second socket is not the first one's heir. */
static void socket_again(struct lab *lab)
{
	struct lab_packet packet;
	int fd = lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_SMALL);
	uint64_t first, second;

	lab_udp4(&packet, LAB_PORT, 100);
	lab_inject(lab, &packet, MANY);
	lab_drain(fd);
	lab_begin(lab);
	first = lab_inject(lab, &packet, MANY);
	first -= lab_drain(fd);
	close(fd);
	fd = lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_SMALL);
	second = lab_inject(lab, &packet, MANY / 2);
	lab_end(lab);
	second -= lab_drain(fd);
	want_rcvbuf(lab, "Udp", first + second);
	lab_want_socket(lab, fd, SUBJECT4, second);
	lab_want_json(lab, "unattributed", first);
	lab_want_json(lab, "uncounted", 0);
	lab_want_end(lab, 1, first + second);
}

/* What was lost before the interval is none of the interval's. */
static void earlier(struct lab *lab, unsigned during)
{
	struct lab_packet packet;
	int fd = lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_SMALL);
	uint64_t lost;

	lab_udp4(&packet, LAB_PORT, 100);
	lab_inject(lab, &packet, MANY);
	lab_drain(fd);
	lab_begin(lab);
	lost = lab_inject(lab, &packet, during);
	lab_end(lab);
	lost -= lab_drain(fd);
	if (lost) {
		want_rcvbuf(lab, "Udp", lost);
		lab_want_socket(lab, fd, SUBJECT4, lost);
	}
	lab_want_end(lab, lost != 0, lost);
}

static void earlier_and_now(struct lab *lab)
{
	earlier(lab, 333);
}

static void earlier_only(struct lab *lab)
{
	earlier(lab, 3);
}

static void reuseport(struct lab *lab)
{
	struct lab_packet packet;
	int on = 1, fds[2];
	uint64_t lost = 0;

	for (int i = 0; i < 2; i++) {
		fds[i] = lab_socket(lab, AF_INET, SOCK_DGRAM, 0);
		setsockopt(fds[i], SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
		lab_rcvbuf(lab, fds[i], i ? LAB_SMALL : LAB_LARGE);
		lab_bind(lab, fds[i], LAB_RX4, LAB_PORT);
	}
	lab_udp4(&packet, LAB_PORT, 100);
	lab_begin(lab);
	for (unsigned i = 0; i < MANY; i++) {
		lab_put16(&packet, packet.body, 40000 + i);
		lab_seal_body(&packet);
		lost += lab_inject(lab, &packet, 1);
	}
	lab_end(lab);
	lost -= lab_drain(fds[0]) + lab_drain(fds[1]);
	want_rcvbuf(lab, "Udp", lost);
	lab_want_socket(lab, fds[1], SUBJECT4, lost);
	lab_want_end(lab, 1, lost);
}

static void two_of_a_group(struct lab *lab)
{
	struct lab_packet packet;
	uint64_t sent, lost[2];
	int fds[2];

	/* Same address, same port, other buffers: only the inode tells one line from the other. */
	for (int i = 0; i < 2; i++) {
		fds[i] = lab_receiver(lab, LAB_GROUP4, LAB_PORT, LAB_SMALL << i);
		lab_join(lab, fds[i], LAB_GROUP4);
	}
	lab_udp4(&packet, LAB_PORT, 100);
	lab_readdress(&packet, NULL, LAB_GROUP4);
	lab_begin(lab);
	sent = lab_inject(lab, &packet, MANY);
	lab_end(lab);
	for (int i = 0; i < 2; i++) {
		lost[i] = sent - lab_drain(fds[i]);
		lab_want_socket(lab, fds[i], "udp/" LAB_GROUP4 ":9999", lost[i]);
	}
	want_rcvbuf(lab, "Udp", lost[0] + lost[1]);
	lab_want_end(lab, 1, lost[0] + lost[1]);
}

#define CROWD 300

static void crowd(struct lab *lab)
{
	struct lab_packet packet;
	static int fds[CROWD];
	uint64_t lost = 0;
	char subject[72];

	for (int i = 0; i < CROWD; i++)
		fds[i] = lab_receiver(lab, LAB_RX4, (uint16_t)(20000 + i), LAB_SMALL);
	lab_begin(lab);
	for (int i = 0; i < CROWD; i += 3) {
		lab_udp4(&packet, (uint16_t)(20000 + i), 100);
		lab_inject(lab, &packet, 20 + (unsigned)i % 7);
	}
	lab_end(lab);
	for (int i = 0; i < CROWD; i += 3) {
		uint64_t mine = 20 + (uint64_t)i % 7 - lab_drain(fds[i]);

		snprintf(subject, sizeof subject, "udp/" LAB_RX4 ":%d", 20000 + i);
		lab_want_socket(lab, fds[i], subject, mine);
		lost += mine;
	}
	want_rcvbuf(lab, "Udp", lost);
	lab_want_end(lab, 1, lost);
}

/* Both families, each with a loss of its own, in one interval. */
static void both_families(struct lab *lab)
{
	struct lab_packet four, six;
	int fd4 = lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_SMALL);
	int fd6 = lab_receiver(lab, LAB_RX6, LAB_PORT, LAB_SMALL);
	uint64_t lost4, lost6;

	lab_udp4(&four, LAB_PORT, 100);
	lab_udp6(&six, LAB_PORT, 100);
	lab_begin(lab);
	lost4 = lab_inject(lab, &four, 700);
	lost6 = lab_inject(lab, &six, 300);
	lab_end(lab);
	lost4 -= lab_drain(fd4);
	lost6 -= lab_drain(fd6);
	want_rcvbuf(lab, "Udp", lost4);
	want_rcvbuf(lab, "Udp6", lost6);
	lab_want_socket(lab, fd4, SUBJECT4, lost4);
	lab_want_socket(lab, fd6, SUBJECT6, lost6);
	lab_want_end(lab, 1, lost4 + lost6);
}

/* A name that would break a line, were it written as it is. */
static void odd_name(struct lab *lab)
{
	struct lab_packet packet;
	int fd = lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_SMALL);
	char pid[32];
	uint64_t lost;

	prctl(PR_SET_NAME, "a\tb,c\nd e");
	lab_udp4(&packet, LAB_PORT, 100);
	lab_begin(lab);
	lost = lab_inject(lab, &packet, MANY);
	lab_end(lab);
	lost -= lab_drain(fd);
	want_rcvbuf(lab, "Udp", lost);
	lab_want(lab, "drop", "sk_drops", SUBJECT4, lost, 0);
	snprintf(pid, sizeof pid, "pid=%ld", (long)getpid());
	lab_want_flag(lab, "sk_drops", SUBJECT4, pid);
	lab_want_end(lab, 1, lost);
}

/* What has been lost in this namespace since it came about. */
static void totals(struct lab *lab)
{
	char out[256], err[256];
	char *argv[] = {(char *)(uintptr_t)lab->program, (char[]){"totals"}, (char[]){"-f"},
			(char[]){"tsv"}, NULL};
	struct lab_packet packet;
	int fd = lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_SMALL), status;
	uint64_t lost;

	if (!lab->program)
		lab_skip(lab, "no program under test");
	snprintf(out, sizeof out, "%s/out", lab->dir);
	snprintf(err, sizeof err, "%s/err", lab->dir);
	lab_udp4(&packet, LAB_PORT, 100);
	lost = lab_inject(lab, &packet, MANY);
	status = lab_command(lab, argv, out, err, false);
	lost -= lab_drain(fd);
	lab_report_parse(lab, &lab->report, lab_slurp(out), status);
	want_rcvbuf(lab, "Udp", lost);
	lab_want_socket(lab, fd, SUBJECT4, lost);
	/* The backlog is the host's, with a longer history. */
	for (size_t i = 0; i < lab->report.count; i++) {
		const struct lab_line *line = &lab->report.lines[i];

		if (!line->expected && line->lost && strncmp(line->counter, "softnet_", 8) != 0)
			lab_wrong(lab, "an unexpected line: %s %s", line->counter, line->subject);
	}
}

/* Three reports in a row; the loss falls into the second. */
static void three_reports(struct lab *lab)
{
	char out[256], err[256];
	char *argv[] = {(char *)(uintptr_t)lab->program,
			(char[]){"-i"},
			(char[]){"0.6"},
			(char[]){"-c"},
			(char[]){"3"},
			(char[]){"-f"},
			(char[]){"tsv"},
			NULL};
	struct lab_packet packet;
	int fd = lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_SMALL), status;
	uint64_t lost;
	unsigned reports = 0;
	char *text, *rest, *one;
	pid_t pid;

	if (!lab->program)
		lab_skip(lab, "no program under test");
	snprintf(out, sizeof out, "%s/out", lab->dir);
	snprintf(err, sizeof err, "%s/err", lab->dir);
	lab_udp4(&packet, LAB_PORT, 100);
	pid = lab_spawn(lab, argv, out, err, false);
	lab_sleep_ms(900);
	lost = lab_inject(lab, &packet, MANY);
	status = lab_wait(pid);
	lost -= lab_drain(fd);
	text = rest = lab_slurp(out);
	if (status != 1)
		lab_wrong(lab, "status %d, expected 1", status);
	while ((one = lab_report_next(&rest))) {
		struct lab_report report = {0};
		bool second = ++reports == 2;

		lab_report_parse(lab, &report, one, -1);
		if (report.lost != (second ? lost : 0))
			lab_wrong(lab, "report %u: lost %llu, expected %llu:\n%s", reports,
				  (unsigned long long)report.lost,
				  (unsigned long long)(second ? lost : 0), one);
		lab_report_free(&report);
	}
	if (reports != 3)
		lab_wrong(lab, "%u reports, expected 3", reports);
	free(text);
}

/* The neighbours of a socket that loses have nothing to tell by themselves: they are read at once,
 * and lose nothing. A live report speaks of them all the same. */
static void live_neighbours(struct lab *lab, const char *address, bool group, const char *told)
{
	char out[256], err[256], *text;
	char *argv[] = {(char *)(uintptr_t)lab->program,
			(char[]){"-i"},
			(char[]){"1.5"},
			(char[]){"-f"},
			(char[]){"json"},
			NULL};
	struct lab_packet packet;
	int on = 1, fds[2], status;
	pid_t pid;

	if (!lab->program)
		lab_skip(lab, "no program under test");
	snprintf(out, sizeof out, "%s/out", lab->dir);
	snprintf(err, sizeof err, "%s/err", lab->dir);
	for (int i = 0; i < 2; i++) {
		fds[i] = lab_socket(lab, AF_INET, SOCK_DGRAM, 0);
		setsockopt(fds[i], SOL_SOCKET, group ? SO_REUSEADDR : SO_REUSEPORT, &on, sizeof on);
		lab_rcvbuf(lab, fds[i], i ? LAB_SMALL : LAB_LARGE);
		lab_bind(lab, fds[i], address, LAB_PORT);
		if (group)
			lab_join(lab, fds[i], address);
	}
	lab_udp4(&packet, LAB_PORT, 100);
	if (group)
		lab_readdress(&packet, NULL, address);
	pid = lab_spawn(lab, argv, out, err, false);
	lab_sleep_ms(500);
	for (unsigned i = 0; i < MANY; i++) {
		lab_put16(&packet, packet.body, 40000 + i);
		lab_seal_body(&packet);
		lab_inject(lab, &packet, 1);
	}
	lab_drain(fds[0]);
	status = lab_wait(pid);
	text = lab_slurp(out);
	if (status != 1 || !text || !strstr(text, told))
		lab_wrong(lab, "status %d, and no '%s' in:\n%s", status, told, text ? text : "");
	free(text);
}

static void live_group(struct lab *lab)
{
	live_neighbours(lab, LAB_GROUP4, true,
			"on port 9999: it is too slow. 1 of 2 sockets that get the same multicast "
			"lost nothing");
}

static void live_reuseport(struct lab *lab)
{
	live_neighbours(lab, LAB_RX4, false,
			"1 more socket shares its address (SO_REUSEPORT); 1 of them lost nothing");
}

const struct lab_fault lab_udp_faults[] = {
	{.name = "udp4-rcvbuf", .run = rcvbuf4, .modes = LAB_ALL_MODES},
	{.name = "udp6-rcvbuf", .run = rcvbuf6, .modes = LAB_ALL_MODES},
	{.name = "udp4-any-address", .run = any4},
	{.name = "udp4-default-buffer", .run = default_buffer, .modes = LAB_BIT(LAB_LIVE)},
	{.name = "udp-dual-stack", .run = dual_stack, .modes = LAB_ALL_MODES},
	{.name = "udp4-connected", .run = connected},
	{.name = "udplite4-rcvbuf", .run = lite4},
	{.name = "udplite6-rcvbuf", .run = lite6, .modes = LAB_BIT(LAB_LIVE)},
	{.name = "udp4-group-slow-member", .run = group4, .modes = LAB_BIT(LAB_LIVE)},
	{.name = "udp6-group-slow-member", .run = group6},
	{.name = "udp4-group-two-slow", .run = two_of_a_group},
	{.name = "udp4-gso-gro", .run = gso_with_gro},
	{.name = "udp4-gso-no-gro", .run = gso_without_gro, .modes = LAB_BIT(LAB_LIVE)},
	{.name = "udp4-memory", .run = memory4, .modes = LAB_ALL_MODES},
	{.name = "udp6-memory", .run = memory6},
	{.name = "udp4-close-unread", .run = close_unread},
	{.name = "udp4-socket-gone",
	 .run = socket_gone,
	 .modes = LAB_BIT(LAB_LIVE) | LAB_BIT(LAB_RUN)},
	{.name = "udp4-socket-new", .run = socket_new, .modes = LAB_BIT(LAB_LIVE)},
	{.name = "udp4-socket-again", .run = socket_again},
	{.name = "udp4-earlier-and-now", .run = earlier_and_now},
	{.name = "udp4-earlier-only", .run = earlier_only, .modes = LAB_BIT(LAB_LIVE)},
	{.name = "udp4-reuseport", .run = reuseport},
	{.name = "udp4-group-live", .run = live_group, .modes = LAB_BIT(LAB_LIVE)},
	{.name = "udp4-reuseport-live", .run = live_reuseport, .modes = LAB_BIT(LAB_LIVE)},
	{.name = "udp4-crowd", .run = crowd, .modes = LAB_BIT(LAB_LIVE)},
	{.name = "udp-both-families", .run = both_families, .modes = LAB_BIT(LAB_RUN)},
	{.name = "udp4-odd-name", .run = odd_name, .modes = LAB_BIT(LAB_LIVE)},
	{.name = "udp4-totals", .run = totals},
	{.name = "udp4-three-reports", .run = three_reports},
	{.name = NULL},
};
