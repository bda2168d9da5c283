/* world.c: private namespaces with as many sockets or devices as are to be measured. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

/* The usual limit of a process's descriptors, also for root. */
#define SOCKETS_A_PROCESS ((size_t)15000)
#define PORTS ((size_t)50000)
#define SENT 200

static void set_up(const char *device)
{
	struct ifreq request = {0};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	snprintf(request.ifr_name, sizeof request.ifr_name, "%s", device);
	request.ifr_flags = IFF_UP;
	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request) != 0)
		die("%s: %s", device, strerror(errno));
	close(fd);
}

static void make_devices(size_t count)
{
	FILE *batch = popen("ip -batch -", "w");

	if (!batch)
		die("ip: %s", strerror(errno));
	/* lo is the first. */
	for (size_t i = 1; i + 1 < count; i += 2)
		fprintf(batch, "link add bench%zu type veth peer name bench%zu\n", i, i + 1);
	if (count % 2 == 0)
		fprintf(batch, "link add benchbr type bridge\n");
	if (pclose(batch) != 0)
		die("ip -batch failed");
}

/* The nth socket: IPv4 and IPv6 in turn, each with a port and an address of its own. */
static int make_socket(size_t n)
{
	const int on = 1;
	struct sockaddr_in v4 = {.sin_family = AF_INET};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
	size_t at = n / 2;
	int fd = socket(n % 2 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int result;

	if (fd < 0)
		die("socket %zu: %s", n, strerror(errno));
	if (n % 2) {
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
		setsockopt(fd, IPPROTO_IPV6, IPV6_FREEBIND, &on, sizeof on);
		v6.sin6_addr.s6_addr[0] = 0xfd;
		v6.sin6_addr.s6_addr[15] = (unsigned char)(1 + at / PORTS);
		v6.sin6_port = htons((uint16_t)(1024 + at % PORTS));
		result = bind(fd, (const struct sockaddr *)&v6, sizeof v6);
	} else {
		v4.sin_addr.s_addr = htonl((uint32_t)(INADDR_LOOPBACK + at / PORTS));
		v4.sin_port = htons((uint16_t)(1024 + at % PORTS));
		result = bind(fd, (const struct sockaddr *)&v4, sizeof v4);
	}
	if (result != 0)
		die("bind %zu: %s", n, strerror(errno));
	return fd;
}

/* Sends it more than it has room for and reads what it got: the rest is lost. */
static unsigned long overflow(int fd)
{
	const int least = 1;
	struct sockaddr_storage address;
	socklen_t len = sizeof address;
	unsigned long lost = SENT;
	int sender;
	char byte;

	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &least, sizeof least);
	if (getsockname(fd, (struct sockaddr *)&address, &len) != 0)
		die("getsockname: %s", strerror(errno));
	sender = socket(address.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	for (int i = 0; i < SENT; i++)
		if (sendto(sender, "x", 1, 0, (const struct sockaddr *)&address, len) != 1)
			die("sendto: %s", strerror(errno));
	close(sender);
	while (recv(fd, &byte, 1, MSG_DONTWAIT) == 1)
		lost--;
	return lost;
}

/* Holds its sockets until this process ends. */
static void hold(size_t from, size_t to, size_t victims, int report)
{
	unsigned long lost = 0;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (size_t i = from; i < to; i++) {
		int fd = make_socket(i);

		/* IPv4 alone: nothing answers to the addresses of the others. */
		if (i % 2 == 0 && i / 2 < victims)
			lost += overflow(fd);
	}
	if (write(report, &lost, sizeof lost) != sizeof lost)
		_exit(1);
	close(report);
	for (;;)
		pause();
}

static void make_sockets(struct world *world)
{
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	for (size_t from = 0; from < world->sockets; from += SOCKETS_A_PROCESS) {
		size_t to = from + SOCKETS_A_PROCESS;
		unsigned long lost = 0;
		int report[2];

		if (to > world->sockets)
			to = world->sockets;
		if (pipe2(report, O_CLOEXEC) != 0)
			die("pipe: %s", strerror(errno));
		if (fork() == 0) {
			close(report[0]);
			hold(from, to, world->victims, report[1]);
		}
		close(report[1]);
		if (read(report[0], &lost, sizeof lost) != sizeof lost)
			die("no sockets from %zu to %zu", from, to);
		close(report[0]);
		world->lost += lost;
	}
}

/* Where `ip netns` looks for them; the names are in NAMES too, one a line. */
static void make_namespaces(size_t count)
{
	int own = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	FILE *names;

	if (count == 0)
		return;
	if (mount("tmpfs", "/run", "tmpfs", 0, NULL) != 0 || mkdir("/run/netns", 0755) != 0)
		die("/run: %s", strerror(errno));
	names = fopen(NAMES, "w");
	if (!names)
		die(NAMES ": %s", strerror(errno));
	for (size_t i = 0; i < count; i++) {
		char path[64];
		int fd;

		snprintf(path, sizeof path, "/run/netns/bench%zu", i);
		fprintf(names, "bench%zu\n", i);
		fd = open(path, O_RDONLY | O_CREAT | O_CLOEXEC, 0444);
		if (fd < 0 || unshare(CLONE_NEWNET) != 0 ||
		    mount("/proc/self/ns/net", path, "none", MS_BIND, NULL) != 0)
			die("%s: %s", path, strerror(errno));
		set_up("lo");
		close(fd);
	}
	fclose(names);
	if (setns(own, CLONE_NEWNET) != 0)
		die("setns: %s", strerror(errno));
	close(own);
}

void world_make(struct world *world)
{
	if (unshare(CLONE_NEWNET | CLONE_NEWNS) != 0)
		die("namespaces: %s (this needs root)", strerror(errno));
	/* /sys shows the devices of the namespace that it was mounted in. */
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("sysfs", "/sys", "sysfs", MS_RDONLY, NULL) != 0)
		die("mount: %s", strerror(errno));
	set_up("lo");
	make_devices(world->devices);
	make_sockets(world);
	make_namespaces(world->namespaces);
}
