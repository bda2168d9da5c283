/* floor.c: the least that the kernel asks for the same figures: opens, reads and closes what one
 * sample of rxpath reads, as often and in the same order, with large buffers, and looks at nothing.
 *
 *     floor [-n SAMPLES] [-befpsoN]
 *
 * -n  how many samples, a millisecond apart, descriptors kept from one to the next
 * -f  what a report reads; without it what the exit status alone needs
 * -e  the namespace has no sockets of UDP, so nobody asks for them
 * -p  the same by files alone, as below a root: /proc/net/udp and the like, /sys/class/net
 * -b  bare: six files of /proc/net once each, and the sockets of UDP; less than rxpath needs
 * -s  nothing but the rx_ files of every device in /sys/class/net, from their own directory
 * -N  in every network namespace of /run/netns, once; and a readlink of each process's
 * -o  nothing but a readlinkat of every descriptor in /proc/PID/fd */
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <linux/inet_diag.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <linux/packet_diag.h>
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
 * file that comes again is read again. What this kernel lacks is looked for all the same. */
static const char *const whole[] = {
	"softnet_stat",
	"LINK",
	"QDISC",
	"snmp",
	"snmp6",
	"netstat",
	"stat/nf_conntrack",
	"xfrm_stat",
	"sctp/snmp",
	"tls_stat",
	"sockstat",
	"sockstat",
	"sockstat6",
	"sockstat6",
	"netfilter/nfnetlink_queue",
	"UDP",
	"UDP6",
	"icmp",
	"icmp6",
	NULL,
};

/* For a report that is shown. No socket of TCP is in use here, so nobody asks for listeners. */
static const char *const shown[] = {
	"softnet_stat",
	"LINK",
	"dev",
	"softnet_stat",
	"ptype",
	"QDISC",
	"snmp",
	"snmp6",
	"netstat",
	"NFTABLES",
	"ip_tables_names",
	"ip6_tables_names",
	"ip_vs_stats_percpu",
	"stat/nf_conntrack",
	"xfrm_stat",
	"sctp/snmp",
	"tls_stat",
	"stat/rt_cache",
	"stat/arp_cache",
	"stat/ndisc_cache",
	"sockstat",
	"sockstat",
	"sockstat6",
	"sockstat6",
	"netfilter/nfnetlink_queue",
	"UDP",
	"UDP6",
	"icmp",
	"icmp6",
	"snmp",
	"snmp6",
	"PACKET",
	"netlink",
	NULL,
};

static const char *const stored[] = {
	"softnet_stat",
	"SYSFS",
	"dev",
	"ptype",
	"snmp",
	"snmp6",
	"netstat",
	"stat/nf_conntrack",
	"xfrm_stat",
	"sctp/snmp",
	"tls_stat",
	"stat/rt_cache",
	"sockstat",
	"sockstat6",
	"netfilter/nfnetlink_queue",
	"udp",
	"udp6",
	"udplite",
	"udplite6",
	"raw",
	"raw6",
	"icmp",
	"icmp6",
	NULL,
};

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

static int netlink(int *fd, int protocol)
{
	if (*fd < 0)
		*fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
	return *fd;
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
	dump(netlink(fd, NETLINK_SOCK_DIAG), &request, sizeof request);
}

static void read_packet_sockets(int *fd)
{
	const struct {
		struct nlmsghdr header;
		struct packet_diag_req body;
	} request = {
		.header = {.nlmsg_len = sizeof request,
			   .nlmsg_type = SOCK_DIAG_BY_FAMILY,
			   .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
		.body = {.sdiag_family = AF_PACKET,
			 .pdiag_show =
				 PACKET_SHOW_INFO | PACKET_SHOW_RING_CFG | PACKET_SHOW_MEMINFO},
	};

	dump(netlink(fd, NETLINK_SOCK_DIAG), &request, sizeof request);
}

/* All of that type: a request whose body of `size` bytes is zero. */
static void dump_all(int *fd, int protocol, uint16_t type, uint32_t size)
{
	const struct {
		struct nlmsghdr header;
		unsigned char body[64];
	} request = {
		.header = {.nlmsg_len = NLMSG_LENGTH(size),
			   .nlmsg_type = type,
			   .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
	};

	dump(netlink(fd, protocol), &request, request.header.nlmsg_len);
}

static void read_tables(int *fd)
{
	dump_all(fd, NETLINK_NETFILTER, NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETTABLE,
		 sizeof(struct nfgenmsg));
}

static void read_devices(int *fd)
{
	dump_all(fd, NETLINK_ROUTE, RTM_GETLINK, sizeof(struct ifinfomsg));
}

static void read_qdiscs(int *fd)
{
	dump_all(fd, NETLINK_ROUTE, RTM_GETQDISC, sizeof(struct tcmsg));
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

/* One sample. Netlink sockets of that namespace, -1 at first. */
struct sockets {
	int route, diag, netfilter;
};

static void read_steps(const char *const *steps, int net, struct sockets *sockets, bool empty)
{
	for (int i = 0; steps[i]; i++) {
		if (strcmp(steps[i], "LINK") == 0)
			read_devices(&sockets->route);
		else if (strcmp(steps[i], "QDISC") == 0)
			read_qdiscs(&sockets->route);
		else if (strcmp(steps[i], "NFTABLES") == 0)
			read_tables(&sockets->netfilter);
		else if (strcmp(steps[i], "PACKET") == 0)
			read_packet_sockets(&sockets->diag);
		else if (strcmp(steps[i], "SYSFS") == 0)
			read_sysfs();
		else if (strncmp(steps[i], "UDP", 3) != 0)
			read_file(net, steps[i], &files[first(steps, i)]);
		else if (!empty)
			read_sockets(steps[i], &sockets->diag);
	}
}

static void begin(int *net, struct sockets *sockets)
{
	for (int i = 0; i < MOST; i++)
		files[i] = -1;
	*sockets = (struct sockets){-1, -1, -1};
	*net = open("/proc/net", O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static void end(int net, const struct sockets *sockets)
{
	for (int i = 0; i < MOST; i++)
		if (files[i] >= 0)
			close(files[i]);
	close(sockets->route);
	close(sockets->diag);
	close(sockets->netfilter);
	close(net);
}

static void read_here(void)
{
	struct sockets sockets;
	int net;

	begin(&net, &sockets);
	read_steps(of_netns, net, &sockets, true);
	end(net, &sockets);
}

static void read_namespaces(void)
{
	DIR *names = opendir("/run/netns");
	struct dirent *name;

	read_processes();
	read_here();
	while (names && (name = readdir(names))) {
		int fd = openat(dirfd(names), name->d_name, O_RDONLY | O_CLOEXEC);

		if (fd >= 0 && setns(fd, CLONE_NEWNET) == 0)
			read_here();
		close(fd);
	}
	if (names)
		closedir(names);
}

int main(int argc, char **argv)
{
	const char *const *steps = whole;
	const struct timespec pause = {0, 1000000};
	struct sockets sockets;
	int samples = 1, option, net;
	bool empty = false;

	while ((option = getopt(argc, argv, "n:befpsoN")) != -1) {
		switch (option) {
		case 'n':
			samples = atoi(optarg);
			break;
		case 'f':
			steps = shown;
			break;
		case 'p':
			steps = stored;
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
	begin(&net, &sockets);
	for (int taken = 0; taken < samples; taken++) {
		/* Waking up costs CPU time too, and finds the caches cold: a checker pays for it
		 * whatever it reads. */
		if (taken > 0)
			clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
		read_steps(steps, net, &sockets, empty);
	}
	end(net, &sockets);
	return 0;
}
