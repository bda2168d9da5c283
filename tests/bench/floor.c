/* floor.c: the least that the kernel asks for the same figures: opens, reads and closes what one
 * sample of rxpath reads, as often and in the same order, with large buffers, and looks at nothing.
 *
 *     floor [-n SAMPLES] [-belNpso]
 *
 * -n  how many samples, a millisecond apart, descriptors kept from one to the next
 * -e  the namespace has no sockets of UDP, so nobody asks for them
 * -p  the same by files alone, as below a root: /proc/net/udp and the like, /sys/class/net
 * -l  devices by RTM_GETLINK instead of RTM_GETSTATS
 * -b  bare: six files of /proc/net once each, and the sockets of UDP; less than rxpath needs
 * -s  nothing but the rx_ files of every device in /sys/class/net, from their own directory
 * -N  in every network namespace of /run/netns, once; and a readlink of each process's
 * -o  nothing but a readlinkat of every descriptor in /proc/PID/fd */
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <linux/inet_diag.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* As src/capture/capture.c walks them for a report of which only the exit status is asked for; a
 * file that comes again is read again. */
static const char *const whole[] = {
	"sockstat", "sockstat", "sockstat6", "sockstat6", "softnet_stat",
	"LINK",	    "snmp",	"snmp6",     "netstat",	  "stat/nf_conntrack",
	"UDP",	    "UDP6",	"icmp",	     "icmp6",	  NULL};

static const char *const stored[] = {"softnet_stat",  "SYSFS", "dev",	  "ptype",
				     "snmp",	      "snmp6", "netstat", "stat/nf_conntrack",
				     "stat/rt_cache", "udp",   "udp6",	  "udplite",
				     "udplite6",      "raw",   "raw6",	  "icmp",
				     "icmp6",	      NULL};

static const char *const bare[] = {"softnet_stat", "dev", "ptype", "snmp", "snmp6",
				   "netstat",	   "UDP", "UDP6",  NULL};

/* Of each namespace, where another one has what is the host's, and no socket of UDP is open. */
static const char *const of_netns[] = {
	"sockstat", "sockstat", "sockstat6",	     "sockstat6", "LINK", "QDISC", "snmp",
	"snmp6",    "netstat",	"stat/nf_conntrack", "xfrm_stat", "icmp", "icmp6", NULL};

#define MOST 64

static char data[64 << 10];
static int files[MOST];

static int first(const char *const *steps, int at)
{
	for (int i = 0; i < at; i++)
		if (strcmp(steps[i], steps[at]) == 0)
			return i;
	return at;
}

static void read_file(int dir, const char *path, int *fd)
{
	off_t at = 0;
	ssize_t got;

	if (*fd < 0)
		*fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
	while (*fd >= 0 && (got = pread(*fd, data, sizeof data, at)) > 0)
		at += got;
}

static void dump(int fd, const void *request, size_t len)
{
	if (fd < 0 || send(fd, request, len, 0) < 0)
		exit(2);
	for (;;) {
		ssize_t got = recv(fd, data, 32 << 10, 0);
		struct nlmsghdr header;

		if (got < (ssize_t)sizeof header)
			exit(2);
		/* An answer's end stands in a datagram of its own, or behind the last messages. */
		for (size_t at = 0; (size_t)got - at >= sizeof header;) {
			memcpy(&header, data + at, sizeof header);
			if (header.nlmsg_type == NLMSG_DONE || header.nlmsg_type == NLMSG_ERROR)
				return;
			if (NLMSG_ALIGN(header.nlmsg_len) >= (size_t)got - at)
				break;
			at += NLMSG_ALIGN(header.nlmsg_len);
		}
	}
}

static void read_sockets(const char *name, int *fd)
{
	struct {
		struct nlmsghdr header;
		struct inet_diag_req_v2 body;
	} request = {
		.header = {.nlmsg_len = sizeof request,
			   .nlmsg_type = SOCK_DIAG_BY_FAMILY,
			   .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
		.body = {.sdiag_protocol = IPPROTO_UDP,
			 .idiag_ext = 1 << (INET_DIAG_SKMEMINFO - 1),
			 .idiag_states = UINT32_MAX},
	};

	request.body.sdiag_family = strchr(name, '6') ? AF_INET6 : AF_INET;
	if (*fd < 0)
		*fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	dump(*fd, &request, sizeof request);
}

static void read_devices(bool links, int *fd)
{
	struct {
		struct nlmsghdr header;
		struct ifinfomsg body;
	} of_links = {
		.header = {.nlmsg_len = sizeof of_links,
			   .nlmsg_type = RTM_GETLINK,
			   .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
	};
	struct {
		struct nlmsghdr header;
		struct if_stats_msg body;
	} of_stats = {
		.header = {.nlmsg_len = sizeof of_stats,
			   .nlmsg_type = RTM_GETSTATS,
			   .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
		.body = {.filter_mask = 1},
	};

	if (*fd < 0)
		*fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (links)
		dump(*fd, &of_links, sizeof of_links);
	else
		dump(*fd, &of_stats, sizeof of_stats);
}

static void read_qdiscs(int fd)
{
	const struct {
		struct nlmsghdr header;
		struct tcmsg body;
	} request = {
		.header = {.nlmsg_len = sizeof request,
			   .nlmsg_type = RTM_GETQDISC,
			   .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
	};

	dump(fd, &request, sizeof request);
}

/* Every rx_ file of every device. */
static void read_sysfs(void)
{
	DIR *devices = opendir("/sys/class/net");
	struct dirent *device, *file;

	while (devices && (device = readdir(devices))) {
		char path[300] = "";
		DIR *list;
		int fd;

		if (device->d_name[0] == '.')
			continue;
		strcat(strcat(path, device->d_name), "/statistics");
		fd = openat(dirfd(devices), path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		list = fd < 0 ? NULL : fdopendir(fd);
		while (list && (file = readdir(list))) {
			int one = -1;

			if (strncmp(file->d_name, "rx_", 3) != 0)
				continue;
			read_file(fd, file->d_name, &one);
			close(one);
		}
		if (list)
			closedir(list);
	}
	if (devices)
		closedir(devices);
}

static void read_owners(void)
{
	DIR *proc = opendir("/proc");
	struct dirent *process, *link;

	while (proc && (process = readdir(proc))) {
		char path[300] = "";
		DIR *fds;
		int fd;

		if (!isdigit((unsigned char)process->d_name[0]))
			continue;
		strcat(strcat(path, process->d_name), "/fd");
		fd = openat(dirfd(proc), path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		fds = fd < 0 ? NULL : fdopendir(fd);
		while (fds && (link = readdir(fds)))
			if (readlinkat(fd, link->d_name, data, 80) < 0 && link->d_name[0] != '.')
				break;
		if (fds)
			closedir(fds);
	}
	if (proc)
		closedir(proc);
}

static void read_processes(void)
{
	DIR *proc = opendir("/proc");
	struct dirent *process;

	while (proc && (process = readdir(proc))) {
		char path[300] = "";

		if (isdigit((unsigned char)process->d_name[0]) &&
		    readlinkat(dirfd(proc), strcat(strcat(path, process->d_name), "/ns/net"), data,
			       80) < 0)
			continue;
	}
	if (proc)
		closedir(proc);
}

static void read_here(const char *const *steps)
{
	int link = -1;
	int net = open("/proc/net", O_PATH | O_DIRECTORY | O_CLOEXEC);

	for (int i = 0; i < MOST; i++)
		files[i] = -1;
	for (int i = 0; steps[i]; i++) {
		if (strcmp(steps[i], "LINK") == 0)
			read_devices(true, &link);
		else if (strcmp(steps[i], "QDISC") == 0)
			read_qdiscs(link);
		else
			read_file(net, steps[i], &files[first(steps, i)]);
	}
	for (int i = 0; i < MOST; i++)
		if (files[i] >= 0)
			close(files[i]);
	close(link);
	close(net);
}

static void read_namespaces(void)
{
	DIR *names = opendir("/run/netns");
	struct dirent *name;

	read_processes();
	read_here(of_netns);
	while (names && (name = readdir(names))) {
		int fd = openat(dirfd(names), name->d_name, O_RDONLY | O_CLOEXEC);

		if (fd >= 0 && setns(fd, CLONE_NEWNET) == 0)
			read_here(of_netns);
		close(fd);
	}
	if (names)
		closedir(names);
}

int main(int argc, char **argv)
{
	const char *const *steps = whole;
	const struct timespec pause = {0, 1000000};
	int samples = 1, diag = -1, link = -1, option, net;
	bool links = false, empty = false;

	while ((option = getopt(argc, argv, "n:plbesoN")) != -1) {
		switch (option) {
		case 'n':
			samples = atoi(optarg);
			break;
		case 'p':
			steps = stored;
			break;
		case 'l':
			links = true;
			break;
		case 'b':
			steps = bare;
			break;
		case 'e':
			empty = true;
			break;
		case 's':
			read_sysfs();
			return 0;
		case 'N':
			read_namespaces();
			return 0;
		case 'o':
			read_owners();
			return 0;
		default:
			return 2;
		}
	}
	for (int i = 0; i < MOST; i++)
		files[i] = -1;
	net = open("/proc/net", O_PATH | O_DIRECTORY | O_CLOEXEC);
	for (int taken = 0; taken < samples; taken++) {
		/* Waking up costs CPU time too, and finds the caches cold: a checker pays for it
		 * whatever it reads. */
		if (taken > 0)
			clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
		for (int i = 0; steps[i]; i++) {
			if (strcmp(steps[i], "LINK") == 0)
				read_devices(links, &link);
			else if (strcmp(steps[i], "SYSFS") == 0)
				read_sysfs();
			else if (strncmp(steps[i], "UDP", 3) == 0 && empty)
				continue;
			else if (isupper((unsigned char)steps[i][0]))
				read_sockets(steps[i], &diag);
			else
				read_file(net, steps[i], &files[first(steps, i)]);
		}
	}
	for (int i = 0; i < MOST; i++)
		if (files[i] >= 0)
			close(files[i]);
	close(net);
	return 0;
}
