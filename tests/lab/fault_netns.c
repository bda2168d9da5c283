/* fault_netns.c: many network namespaces at once, and sockets that belong to a cgroup. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lab.h"

#define NAMESPACES 10
#define FEW 100

/* ---- namespaces ----------------------------------------------------------------------------- */

/* A namespace with a process that lives in it and does what it is told. */
struct netns {
	pid_t pid;
	int control;
	char name[64];	     /* as the program calls it */
	uint64_t lost;	     /* what its application missed */
	const char *counter; /* that has to say so; NULL: nothing is lost here */
};

enum order { SET_UP = 's', OPEN_SMALL = 'r', OPEN_LARGE = 'R', DRAIN = 'd' };

static void obey(const struct lab *lab, int control)
{
	uint64_t answer = 0;
	int fd = -1;
	char order;

	if (unshare(CLONE_NEWNET) != 0)
		lab_die(lab, "unshare: %s", strerror(errno));
	lab_set(lab, "net/ipv6/conf/all/disable_ipv6", "1");
	lab_set(lab, "net/ipv6/conf/default/disable_ipv6", "1");
	while (write(control, &answer, sizeof answer) == sizeof answer &&
	       read(control, &order, 1) == 1) {
		answer = 0;
		switch ((enum order)order) {
		case SET_UP:
			lab_ip(lab, "link set lo up\naddr add " LAB_RX4 "/24 dev e0\n"
				    "link set e0 up\n");
			break;
		case OPEN_SMALL:
		case OPEN_LARGE:
			fd = lab_receiver(lab, LAB_RX4, LAB_PORT,
					  order == OPEN_SMALL ? LAB_SMALL : LAB_LARGE);
			break;
		case DRAIN:
			answer = lab_drain(fd);
			break;
		}
	}
	_exit(0);
}

static uint64_t answer_of(const struct lab *lab, const struct netns *netns)
{
	uint64_t answer;

	if (read(netns->control, &answer, sizeof answer) != sizeof answer)
		lab_die(lab, "no answer from %s", netns->name);
	return answer;
}

static uint64_t tell(const struct lab *lab, const struct netns *netns, enum order order)
{
	char byte = (char)order;

	if (write(netns->control, &byte, 1) != 1)
		lab_die(lab, "%s: %s", netns->name, strerror(errno));
	return answer_of(lab, netns);
}

static void make_netns(const struct lab *lab, struct netns *netns)
{
	char path[64];
	int ends[2];
	ssize_t len;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		lab_die(lab, "socketpair: %s", strerror(errno));
	netns->pid = fork();
	if (netns->pid < 0)
		lab_die(lab, "fork: %s", strerror(errno));
	if (netns->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(ends[0]);
		obey(lab, ends[1]);
	}
	close(ends[1]);
	netns->control = ends[0];
	answer_of(lab, netns);
	snprintf(path, sizeof path, "/proc/%ld/ns/net", (long)netns->pid);
	len = readlink(path, netns->name, sizeof netns->name - 1);
	if (len <= 0)
		lab_die(lab, "%s: %s", path, strerror(errno));
	netns->name[len] = '\0';
}

/* Joins it with the sending side by a veth of its own; each has the receiving side's address. */
static void join(const struct lab *lab, const struct netns *netns, int number)
{
	char batch[256];

	snprintf(batch, sizeof batch,
		 "link add n%d type veth peer name e0 address 02:00:00:00:00:02 netns %ld\n"
		 "link set n%d up\n",
		 number, (long)netns->pid, number);
	lab_ip(lab, batch);
	tell(lab, netns, SET_UP);
}

static void leave(struct netns *netns)
{
	if (netns->pid <= 0)
		return;
	close(netns->control);
	kill(netns->pid, SIGKILL);
	lab_wait(netns->pid);
	netns->pid = 0;
}

/* What of `sent` good datagrams, and of `sent` damaged ones, its application did not get. */
static void lose(const struct lab *lab, struct netns *netns, int number)
{
	static const char *const counters[] = {
		"UdpRcvbufErrors",
		"UdpInCsumErrors",
		"IpExtInCsumErrors",
	};
	struct lab_packet packet;
	char device[16];
	uint64_t sent;

	snprintf(device, sizeof device, "n%d", number);
	lab_udp4(&packet, LAB_PORT, 100);
	if (number == 1)
		packet.bytes[packet.len - 1] ^= 1;
	if (number == 2)
		packet.bytes[LAB_ETHER + 10] ^= 1;
	sent = lab_inject_via(lab, (int)if_nametoindex(device), &packet, FEW + (unsigned)number);
	lab_settle();
	netns->counter = counters[number];
	netns->lost = sent - tell(lab, netns, DRAIN);
}

/* ---- the report ----------------------------------------------------------------------------- */

struct seen {
	uint64_t lost, of_counter;
	unsigned bad; /* lines that speak of a loss */
};

/* The lines of that namespace. */
static struct seen look_for(const char *report, const char *name, const char *counter)
{
	struct seen seen = {0};
	char *text = strdup(report), *rest = text;

	for (char *line; text && (line = strsep(&rest, "\n"));) {
		char *column[11] = {0};
		size_t count = 0;

		while (count < 11 && (column[count] = strsep(&line, "\t")))
			count++;
		if (count < 11 || strcmp(column[0], name) != 0)
			continue;
		seen.lost += strtoull(column[6], NULL, 10);
		seen.bad += strcmp(column[2], "drop") == 0 || strcmp(column[2], "suspect") == 0 ||
			    strcmp(column[2], "unknown") == 0;
		if (counter && strcmp(column[3], counter) == 0)
			seen.of_counter += strtoull(column[6], NULL, 10);
	}
	free(text);
	return seen;
}

static void check_all(struct lab *lab, const char *report, const struct netns *all)
{
	for (int i = 0; i < NAMESPACES; i++) {
		const struct netns *netns = &all[i];
		struct seen seen = look_for(report, netns->name, netns->counter);

		if (seen.lost != netns->lost)
			lab_wrong(lab, "%s lost %" PRIu64 ", not %" PRIu64, netns->name,
				  netns->lost, seen.lost);
		if (netns->counter && seen.of_counter != netns->lost)
			lab_wrong(lab, "%s of %s: lost %" PRIu64 ", not %" PRIu64, netns->counter,
				  netns->name, netns->lost, seen.of_counter);
		if (!netns->counter && seen.bad > 0)
			lab_wrong(lab, "%s lost nothing, and has %u lines", netns->name, seen.bad);
	}
}

static void want_text(struct lab *lab, const char *text, const char *words)
{
	if (!text || !strstr(text, words))
		lab_wrong(lab, "it does not say '%s':\n%s", words, text ? text : "");
}

static void own_name(const struct lab *lab, char name[64])
{
	ssize_t len = readlink("/proc/self/ns/net", name, 63);

	if (len <= 0)
		lab_die(lab, "/proc/self/ns/net: %s", strerror(errno));
	name[len] = '\0';
}

/* Of ten namespaces three lose packets, each in another way, one ends and one appears: each loss
 * stands where it happened and nowhere else. */
static void ten_namespaces(struct lab *lab)
{
	struct netns all[NAMESPACES + 2] = {0};
	struct netns *ends = &all[NAMESPACES], *appears = &all[NAMESPACES + 1];
	char report[256], errors[256], tx[64], rx[64], *text, *said;
	char *check[] = {(char *)(uintptr_t)lab->program,
			 (char[]){"-N"},
			 (char[]){"-i"},
			 (char[]){"60"},
			 (char[]){"-f"},
			 (char[]){"tsv"},
			 (char[]){"-o"},
			 report,
			 NULL};

	if (!lab->program)
		return;
	snprintf(report, sizeof report, "%s/report", lab->dir);
	snprintf(errors, sizeof errors, "%s/errors", lab->dir);
	own_name(lab, rx);
	lab_in_tx(lab);
	own_name(lab, tx);
	for (int i = 0; i < NAMESPACES; i++) {
		make_netns(lab, &all[i]);
		join(lab, &all[i], i);
		tell(lab, &all[i], i == 0 ? OPEN_SMALL : OPEN_LARGE);
	}
	make_netns(lab, ends);
	lab_in_rx(lab);
	lab->watcher = lab_spawn(lab, check, NULL, errors, false);
	lab_wait_until_asleep(lab, lab->watcher);
	lab_in_tx(lab);
	for (int i = 0; i < 3; i++)
		lose(lab, &all[i], i);
	leave(ends);
	make_netns(lab, appears);
	kill(lab->watcher, SIGINT);
	if (lab_wait(lab->watcher) != 1)
		lab_wrong(lab, "not ended with status 1");
	text = lab_slurp(report);
	said = lab_slurp(errors);
	check_all(lab, text ? text : "", all);
	if (look_for(text ? text : "", tx, NULL).lost + look_for(text ? text : "", rx, NULL).lost >
	    0)
		lab_wrong(lab, "the sending side or the program's own namespace lost something");
	want_text(lab, said, "ended during the interval");
	want_text(lab, said, "appeared during the interval");
	if (lab->wrong || lab->verbose)
		dprintf(lab->result, "%s%s", text ? text : "", said ? said : "");
	for (int i = 0; i < NAMESPACES + 2; i++)
		leave(&all[i]);
	free(text);
	free(said);
}

/* ---- cgroups -------------------------------------------------------------------------------- */

#define CGROUP2 "/sys/fs/cgroup"

static bool move_to(const char *group)
{
	char path[320], pid[32];

	snprintf(path, sizeof path, "%s/cgroup.procs", group);
	snprintf(pid, sizeof pid, "%ld", (long)getpid());
	return lab_write(path, pid);
}

/* Runs the program as nobody, who may not see whose the socket is. */
static char *totals_of_nobody(const struct lab *lab, const char *out)
{
	int program = open(lab->program, O_RDONLY | O_CLOEXEC);
	int to = open(out, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	char *argv[] = {(char[]){"rxpath"}, (char[]){"totals"}, (char[]){"-f"}, (char[]){"tsv"},
			NULL};
	char *environment[] = {NULL};
	pid_t pid = fork();

	if (program < 0 || to < 0 || pid < 0)
		lab_die(lab, "cannot run the program as nobody: %s", strerror(errno));
	if (pid == 0) {
		dup2(to, STDOUT_FILENO);
		if (setresgid(65534, 65534, 65534) == 0 && setresuid(65534, 65534, 65534) == 0)
			fexecve(program, argv, environment);
		_exit(127);
	}
	lab_wait(pid);
	close(program);
	close(to);
	return lab_slurp(out);
}

/* A receiver in a group of its own: root sees process and unit, anybody sees the unit. */
static void unit_of_a_receiver(struct lab *lab)
{
	struct lab_packet packet;
	char group[256], out[256], *text;
	bool named = false;
	uint64_t lost;
	int fd;

	/* The lab has a sysfs of its own, without what the host has mounted below it. */
	if (mount("none", CGROUP2, "cgroup2", 0, NULL) != 0)
		lab_skip(lab, "no cgroup2 here: %s", strerror(errno));
	snprintf(group, sizeof group, CGROUP2 "/rxpath-lab-%ld.service", (long)getpid());
	if (mkdir(group, 0755) != 0 || !move_to(group)) {
		rmdir(group);
		lab_skip(lab, "%s: %s", group, strerror(errno));
	}
	fd = lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_SMALL);
	/* The socket stays in the group in which it was made. */
	move_to(CGROUP2);
	lab_udp4(&packet, LAB_PORT, 100);
	lab_begin(lab);
	lost = lab_inject(lab, &packet, FEW);
	lab_end(lab);
	snprintf(out, sizeof out, "unit=rxpath-lab-%ld.service,", (long)getpid());
	for (size_t i = 0; i < lab->report.count; i++)
		named = named || (strcmp(lab->report.lines[i].counter, "sk_drops") == 0 &&
				  strstr(lab->report.lines[i].detail, out));
	if (lab->program && !named)
		lab_wrong(lab, "no socket with %s", out);
	if (lab->program) {
		char path[256];

		snprintf(path, sizeof path, "%s/nobody", lab->dir);
		text = totals_of_nobody(lab, path);
		want_text(lab, text, out);
		free(text);
	}
	lost -= lab_drain(fd);
	close(fd);
	rmdir(group);
	lab_want(lab, "drop", "UdpRcvbufErrors", "-", lost, lost);
}

const struct lab_fault lab_netns_faults[] = {
	{"netns-ten", ten_namespaces, 0, 40, NULL},
	{"cgroup-unit", unit_of_a_receiver, LAB_BIT(LAB_LIVE), 0, NULL},
	{0}};
