/* fault_reader.c: programs that do not read in time, each for another reason, which the report has
 * to name, and no other. */
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lab.h"

#define SUBJECT "udp/" LAB_RX4 ":9999"
#define EACH_MS 40    /* datagrams in each millisecond */
#define HOGS 3	      /* programs that want the reader's CPU */
#define QUOTA "10000" /* of 100,000 us */

#define GROUPS "/sys/fs/cgroup"
#define GROUP GROUPS "/cpu/rxpath-lab"

struct how {
	const char *finding; /* NULL: none */
	unsigned work_us;    /* for each datagram */
	bool asleep, stopped, limited, crowded, alone;
};

/* What the processes of a fault tell each other. */
struct shared {
	atomic_ulong sent, read;
	atomic_bool stop_sending, stop_reading;
};

static uint64_t cpu_us(void)
{
	struct timespec used;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
	return (uint64_t)used.tv_sec * 1000000 + (uint64_t)used.tv_nsec / 1000;
}

static void work(unsigned us)
{
	uint64_t end = cpu_us() + us;

	while (us > 0 && cpu_us() < end)
		continue;
}

static void read_all(struct shared *shared, const struct how *how, int fd)
{
	char byte;

	while (recv(fd, &byte, 1, MSG_TRUNC) >= 0) {
		atomic_fetch_add(&shared->read, 1);
		if (!atomic_load(&shared->stop_reading))
			work(how->work_us);
	}
}

static pid_t start_reader(const struct lab *lab, struct shared *shared, const struct how *how,
			  int fd, const int wake[2])
{
	struct pollfd socket = {.fd = fd, .events = POLLIN};
	pid_t parent = getpid();
	pid_t pid = fork();
	char byte;

	if (pid < 0)
		lab_die(lab, "fork: %s", strerror(errno));
	if (pid > 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	close(wake[1]);
	if (how->crowded || how->alone)
		lab_pin(lab, 1);
	if (how->alone)
		lab_go_first();
	if (how->asleep && read(wake[0], &byte, 1) < 0)
		_exit(1);
	while (!atomic_load(&shared->stop_reading)) {
		/* A busy one looks for datagrams all the time, also while samples are taken. */
		poll(&socket, 1, how->alone ? 0 : 10);
		read_all(shared, how, fd);
	}
	read_all(shared, how, fd);
	_exit(0);
}

static pid_t start_sender(const struct lab *lab, struct shared *shared)
{
	struct lab_packet packet;
	pid_t pid = fork();

	if (pid < 0)
		lab_die(lab, "fork: %s", strerror(errno));
	if (pid > 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	lab_pin(lab, 0);
	lab_udp4(&packet, LAB_PORT, 100);
	while (!atomic_load(&shared->stop_sending)) {
		atomic_fetch_add(&shared->sent, lab_inject(lab, &packet, EACH_MS));
		lab_sleep_ms(1);
	}
	_exit(0);
}

static void spin(const struct lab *lab, int fd)
{
	(void)fd;
	lab_pin(lab, 1);
	for (;;)
		continue;
}

static void put_in_group(const struct lab *lab, pid_t pid)
{
	char text[24];

	/* The /sys of the fault's own mount namespace has none. */
	if (mount("tmpfs", GROUPS, "tmpfs", 0, NULL) != 0 || mkdir(GROUPS "/cpu", 0700) != 0 ||
	    mount("cgroup", GROUPS "/cpu", "cgroup", 0, "cpu") != 0 ||
	    (mkdir(GROUP, 0700) != 0 && errno != EEXIST))
		lab_skip(lab, "no cgroup v1 CPU controller: %s", strerror(errno));
	snprintf(text, sizeof text, "%d", (int)pid);
	if (!lab_write(GROUP "/cpu.cfs_period_us", "100000") ||
	    !lab_write(GROUP "/cpu.cfs_quota_us", QUOTA) || !lab_write(GROUP "/cgroup.procs", text))
		lab_skip(lab, "no CPU limit: %s", strerror(errno));
}

/* It is the only finding about a reader. */
static void want_finding(struct lab *lab, const char *where, const char *json, const char *finding)
{
	static const char head[] = "\"id\":\"reader-";
	size_t count = 0;

	for (const char *at = json; at && (at = strstr(at, head)); at += sizeof head) {
		const char *id = at + strlen("\"id\":\"");

		count++;
		if (!finding || strncmp(id, finding, strlen(finding)) != 0)
			lab_wrong(lab, "%s: says %.160s", where, id);
	}
	if (json && count != (finding ? 1 : 0))
		lab_wrong(lab, "%s: %zu findings about the reader, expected %s", where, count,
			  finding ? finding : "none");
}

/* The live report in JSON, of a second, or NULL without a program; `more`: another option. */
static char *live_report(struct lab *lab, const char *more)
{
	char out[256];
	char *argv[] = {(char *)(uintptr_t)lab->program,
			(char[]){"-i"},
			(char[]){"1"},
			(char[]){"-f"},
			(char[]){"json"},
			(char[]){"-o"},
			out,
			(char *)(uintptr_t)more,
			NULL};
	char *json;

	if (!lab->program) {
		lab_sleep_ms(1000);
		return NULL;
	}
	snprintf(out, sizeof out, "%s/reader.json", lab->dir);
	lab_command(lab, argv, NULL, NULL, false);
	json = lab_slurp(out);
	if (!json)
		lab_wrong(lab, "no live report");
	return json;
}

static void check_live(struct lab *lab, const struct how *how)
{
	char *json = live_report(lab, NULL);

	want_finding(lab, "live", json, how->finding);
	free(json);
}

static uint64_t lose_by(struct lab *lab, const struct how *how, struct shared *shared, int fd)
{
	int wake[2];
	pid_t hogs[HOGS];
	pid_t reader, sender;

	if (pipe(wake) != 0)
		lab_die(lab, "pipe: %s", strerror(errno));
	reader = start_reader(lab, shared, how, fd, wake);
	close(fd);
	close(wake[0]);
	for (int i = 0; how->crowded && i < HOGS; i++)
		hogs[i] = lab_beside(lab, spin, -1);
	if (how->limited)
		put_in_group(lab, reader);
	if (how->stopped)
		kill(reader, SIGSTOP);
	lab_sleep_ms(100);
	lab_begin(lab);
	sender = start_sender(lab, shared);
	check_live(lab, how);
	atomic_store(&shared->stop_sending, true);
	lab_wait(sender);
	lab_end(lab);
	for (int i = 0; how->crowded && i < HOGS; i++)
		lab_stop(hogs[i]);
	if (how->limited)
		lab_write(GROUP "/cpu.cfs_quota_us", "-1");
	atomic_store(&shared->stop_reading, true);
	close(wake[1]);
	kill(reader, SIGCONT);
	if (lab_wait(reader) != 0)
		lab_die(lab, "the reader failed");
	if (how->limited)
		rmdir(GROUP);
	return atomic_load(&shared->sent) - atomic_load(&shared->read);
}

static void slow_reader(struct lab *lab)
{
	const struct how *how = lab->fault->how;
	int fd = lab_receiver(lab, LAB_RX4, LAB_PORT, 32768);
	struct shared *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct lab_packet packet;
	uint64_t lost;

	if (shared == MAP_FAILED)
		lab_die(lab, "mmap: %s", strerror(errno));
	if (how->crowded && lab_cpus() < 2)
		lab_skip(lab, "one CPU only");
	/* It has lost datagrams before, and has something to read: so it is looked at from the
	 * first sample on. */
	lab_udp4(&packet, LAB_PORT, 100);
	lab_inject(lab, &packet, 200);
	lab_settle();
	lab_drain(fd);
	atomic_fetch_add(&shared->sent, lab_inject(lab, &packet, 5));
	lost = lose_by(lab, how, shared, fd);
	if (lost == 0)
		lab_skip(lab, "the reader was fast enough");
	lab_want_sum(lab, "drop", "UdpRcvbufErrors", lost, lost);
	lab_want(lab, "drop", "sk_drops", SUBJECT, lost, 0);
	want_finding(lab, "diff", lab->json, how->finding);
	lab_want_end(lab, 1, lost);
}

struct connection {
	int listener, client, accepted;
};

static struct connection open_connection(const struct lab *lab)
{
	struct connection made;
	struct pollfd waits = {.events = POLLIN};

	made.listener = waits.fd = lab_socket(lab, AF_INET, SOCK_STREAM, 0);
	lab_rcvbuf(lab, made.listener, 16384);
	lab_bind(lab, made.listener, LAB_RX4, LAB_PORT);
	if (listen(made.listener, 4) != 0)
		lab_die(lab, "listen: %s", strerror(errno));
	lab_in_tx(lab);
	made.client = lab_socket(lab, AF_INET, SOCK_STREAM, 0);
	lab_connect(lab, made.client, LAB_RX4, LAB_PORT);
	lab_in_rx(lab);
	if (poll(&waits, 1, 5000) != 1)
		lab_die(lab, "no connection within 5 s");
	made.accepted = accept(made.listener, NULL, NULL);
	if (made.accepted < 0)
		lab_die(lab, "accept: %s", strerror(errno));
	return made;
}

/* Sends what the connection takes, for a second. */
static void fill(const struct lab *lab, int client)
{
	static const char data[65536];

	for (int i = 0; i < 100; i++) {
		if (send(client, data, sizeof data, MSG_DONTWAIT) < 0 && errno != EAGAIN)
			lab_die(lab, "send: %s", strerror(errno));
		lab_sleep_ms(10);
	}
}

static void fill_later(const struct lab *lab, int client)
{
	lab_sleep_ms(400);
	fill(lab, client);
	pause();
}

static void want_connection(struct lab *lab, const char *json)
{
	static const char name[] = "tcp/" LAB_RX4 ":9999 from " LAB_TX4 ":";

	if (json && (!strstr(json, "\"tcp-window-closed\"") || !strstr(json, name)))
		lab_wrong(lab, "json does not name the connection %s", name);
}

/* A connection that is not read: its sender has to wait, and nothing is lost. `how` is set: the
 * program looks from all namespaces. */
static void window_closed(struct lab *lab)
{
	struct connection made = open_connection(lab);
	pid_t sender;
	char *json;

	lab_begin(lab);
	if (lab->fault->how) {
		sender = lab_beside(lab, fill_later, made.client);
		json = live_report(lab, lab->fault->how);
		want_connection(lab, json);
		free(json);
		lab_stop(sender);
	} else {
		fill(lab, made.client);
	}
	lab_end(lab);
	lab_may(lab, "TcpExtTCPToZeroWindowAdv");
	lab_may(lab, "TcpExtTCPWantZeroWindowAdv");
	lab_may(lab, "TcpExtTCPFromZeroWindowAdv");
	lab_may(lab, "TcpExtTCPZeroWindowDrop");
	lab_may(lab, "TcpExtPruneCalled");
	lab_may(lab, "TcpExtTCPRcvCollapsed");
	lab_want_end(lab, 0, 0);
	want_connection(lab, lab->json);
	close(made.accepted);
	close(made.listener);
	close(made.client);
}

static const struct how stopped = {.finding = "reader-stopped\"", .stopped = true};
static const struct how asleep = {.finding = "reader-asleep\"", .asleep = true};
static const struct how limited = {
	.finding = "reader-cpu-limit\"",
	.work_us = 20,
	.limited = true,
};
static const struct how crowded = {
	.finding = "reader-waits-for-cpu\"",
	.work_us = 40,
	.crowded = true,
};
static const struct how busy = {.finding = "reader-busy\"", .work_us = 6000, .alone = true};

const struct lab_fault lab_reader_faults[] = {
	{.name = "reader-stopped", .run = slow_reader, .how = &stopped},
	{.name = "reader-asleep", .run = slow_reader, .how = &asleep},
	{.name = "reader-cpu-limit", .run = slow_reader, .how = &limited},
	{.name = "reader-waits-for-cpu", .run = slow_reader, .how = &crowded},
	{.name = "reader-busy", .run = slow_reader, .how = &busy},
	{.name = "tcp-window-closed", .run = window_closed, .modes = LAB_BIT(LAB_LIVE)},
	{.name = "tcp-window-closed-netns", .run = window_closed, .how = "-N"},
	{.name = NULL},
};
