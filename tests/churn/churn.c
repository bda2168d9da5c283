/* churn.c: a system that moves while it is looked at, and on which nothing is lost.
 *
 * In namespaces of its own sockets, devices, processes and namespaces come and go by the thousand.
 * A check after the other must say that nothing was lost; one program that reports again and again
 * must not grow. `churn SECONDS` is the short form; without it a thousand checks and two thousand
 * reports. What is host-wide must keep still: net.ipv4.udp_mem, or a backlog of one packet, loses
 * packets here too. CHURN_CPU=1 also takes the last CPU off line and back, for the whole host. */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define VICTIM_PORT 20007
#define BYSTANDERS 600

/* What softnet counts is the whole host's. */
#define STAGES "device,netfilter,ip,transport,socket"

static const char *program;
static unsigned failures;

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void wait_seconds(double seconds)
{
	const struct timespec time = {(time_t)seconds,
				      (long)((seconds - (double)(time_t)seconds) * 1e9)};

	nanosleep(&time, NULL);
}

static void die(const char *what)
{
	fprintf(stderr, "churn: %s: %s\n", what, strerror(errno));
	exit(2);
}

/* What goes on. Each runs in a process of its own until it is killed. */

static int bound_socket(int family, uint16_t port, int buffer)
{
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6,
				  .sin6_port = htons(port),
				  .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	struct sockaddr_in v4 = {.sin_family = AF_INET,
				 .sin_port = htons(port),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	if (buffer > 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
	if (bind(fd, family == AF_INET ? (struct sockaddr *)&v4 : (struct sockaddr *)&v6,
		 family == AF_INET ? sizeof v4 : sizeof v6) == 0)
		return fd;
	close(fd);
	return -1;
}

static void send_to(int fd, uint16_t port, size_t size)
{
	static const char bytes[2048];
	const struct sockaddr_in to = {.sin_family = AF_INET,
				       .sin_port = htons(port),
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

	sendto(fd, bytes, size, MSG_DONTWAIT, (const struct sockaddr *)&to, sizeof to);
}

/* Sockets open and close. Ports 1024 apart share the victim's place in the kernel's table. */
static void sockets(unsigned seed)
{
	int fds[64];

	memset(fds, -1, sizeof fds);
	for (unsigned i = 0;; i++) {
		int *fd = &fds[i % 64];
		uint16_t port = (uint16_t)(VICTIM_PORT % 1024 + 1024 * (1 + (i * 7 + seed) % 60));

		if (*fd >= 0)
			close(*fd);
		if (port == VICTIM_PORT)
			port = 0;
		*fd = bound_socket(i & 1 ? AF_INET : AF_INET6, port, 0);
		if (*fd >= 0 && i & 1 && port != 0) {
			send_to(*fd, port, 64);
			if (i & 2)
				(void)!recv(*fd, &port, sizeof port, MSG_DONTWAIT);
		}
	}
}

/* TCP listeners, connections and their ends. */
static void listeners(unsigned seed)
{
	for (unsigned i = seed;; i++) {
		struct sockaddr_in address = {.sin_family = AF_INET,
					      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
		socklen_t len = sizeof address;
		int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

		if (bind(server, (struct sockaddr *)&address, len) == 0 && listen(server, 8) == 0 &&
		    getsockname(server, (struct sockaddr *)&address, &len) == 0 &&
		    connect(client, (struct sockaddr *)&address, len) == 0 && i & 1)
			close(accept4(server, NULL, NULL, SOCK_CLOEXEC));
		close(client);
		close(server);
	}
}

/* Processes with a queue that is half full, so that their owners are looked for; they end at any
 * moment. */
static void processes(unsigned seed)
{
	for (unsigned i = seed;; i++) {
		pid_t child = fork();

		if (child == 0) {
			int fd = bound_socket(AF_INET, (uint16_t)(30000 + i % 8), 65536);
			int from = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
			char name[16];

			snprintf(name, sizeof name, "short-lived %u", i % 100);
			prctl(PR_SET_NAME, name);
			for (int j = 0; fd >= 0 && j < 90; j++)
				send_to(from, (uint16_t)(30000 + i % 8), 300);
			wait_seconds(0.001 * (i % 40));
			_exit(0);
		}
		wait_seconds(0.002);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			continue;
	}
}

static void devices(unsigned seed)
{
	char command[400];

	for (unsigned i = seed;; i++) {
		snprintf(command, sizeof command,
			 "exec ip -force -batch - >/dev/null 2>&1 <<'end'\n"
			 "link add a%u type veth peer name b%u\nlink set a%u up\nlink set b%u up\n"
			 "link set a%u down\nlink set a%u name c%u\nlink del c%u\nend\n",
			 i % 50, i % 50, i % 50, i % 50, i % 50, i % 50, i % 50, i % 50);
		(void)!system(command);
	}
}

/* Network namespaces that live for a moment, with a check of them from outside. */
static void namespaces(unsigned seed)
{
	for (unsigned i = seed;; i++) {
		pid_t child = fork();
		pid_t checker;
		int status;

		if (child == 0) {
			if (unshare(CLONE_NEWNET) != 0)
				_exit(1);
			wait_seconds(0.001 * (i % 30));
			_exit(0);
		}
		checker = fork();
		if (checker == 0) {
			char pid[24];
			int null = open("/dev/null", O_WRONLY);

			snprintf(pid, sizeof pid, "%d", (int)child);
			dup2(null, STDOUT_FILENO);
			dup2(null, STDERR_FILENO);
			execl(program, "rxpath", "check", "-i", "0.02", "--pid", pid, (char *)NULL);
			_exit(97);
		}
		waitpid(checker, &status, 0);
		/* It was there, or it was gone: anything but a crash. */
		if (!WIFEXITED(status) || WEXITSTATUS(status) > 2)
			fprintf(stderr, "churn: --pid of a process that ends: status %x\n",
				(unsigned)status);
		waitpid(child, NULL, 0);
	}
}

/* Traffic that arrives, all of it. */
static void traffic(unsigned seed)
{
	int to = bound_socket(AF_INET, 20999, 4 << 20);
	int from = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	char bytes[2048];

	(void)seed;
	for (;;) {
		for (int i = 0; i < 20; i++)
			send_to(from, 20999, 1000);
		while (recv(to, bytes, sizeof bytes, MSG_DONTWAIT) > 0)
			continue;
	}
}

static pid_t children[16];
static size_t child_count;

static void start(void (*work)(unsigned seed), unsigned seed)
{
	pid_t child = fork();

	if (child < 0)
		die("fork");
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (nice(5) == -1)
			_exit(1);
		work(seed);
	}
	children[child_count++] = child;
}

static void stop_all(void)
{
	while (child_count > 0) {
		kill(children[--child_count], SIGKILL);
		waitpid(children[child_count], NULL, 0);
	}
}

/* A socket that lost a great deal before anything began, and nothing since: whoever misses it in
 * the first of two listings takes it for new. Sockets beside it make the listing long. */
static void start_victim(void)
{
	int from = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int to = bound_socket(AF_INET, VICTIM_PORT, 1);

	if (to < 0)
		die("the victim's socket");
	for (int i = 0; i < 5000; i++)
		send_to(from, VICTIM_PORT, 1000);
	for (int i = 0; i < BYSTANDERS; i++)
		if (bound_socket(AF_INET, 0, 0) < 0)
			die("a bystander's socket");
}

/* The checks. */

struct run {
	pid_t pid;
	int out; /* a memory file */
};

static struct run begin(const char *const arguments[])
{
	struct run run = {.out = memfd_create("out", MFD_CLOEXEC)};

	fflush(NULL);
	run.pid = fork();
	if (run.pid < 0 || run.out < 0)
		die("fork");
	if (run.pid == 0) {
		dup2(run.out, STDOUT_FILENO);
		dup2(run.out, STDERR_FILENO);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execv(program, (char **)(uintptr_t)arguments);
		_exit(97);
	}
	return run;
}

static char *take(const struct run *run)
{
	off_t size = lseek(run->out, 0, SEEK_END);
	char *text = malloc((size_t)size + 1);

	if (!text || pread(run->out, text, (size_t)size, 0) != size)
		die("memory");
	text[size] = '\0';
	close(run->out);
	return text;
}

static void complain(const char *what, int status, const char *text)
{
	const char *lost = strstr(text, "\"moved\":[{");

	failures++;
	fprintf(stderr, "churn: %s, status %d: %.400s\n", what, status, lost ? lost : text);
}

static void judge(int status, const char *text)
{
	if (WIFSIGNALED(status)) {
		complain("it died", status, text);
		return;
	}
	status = WEXITSTATUS(status);
	if (status != 0)
		complain("an alarm where nothing was lost", status, text);
	else if (!strstr(text, "\"lost\":0,\"stages\""))
		complain("lost packets where none were", status, text);
	else if (!strstr(text, "\"unattributed\":0,\"uncounted\":0}"))
		complain("losses made up from sockets", status, text);
}

/* Checks until `count` are done or the time is over. */
static unsigned check_again_and_again(unsigned count, double until)
{
	static const char *const arguments[] = {"rxpath",  "check", "-i",	 "0.015",
						"-f",	   "json",  "--fail-on", "suspect",
						"--stage", STAGES,  NULL};
	unsigned done = 0;

	for (; done < count && now() < until && failures < 20; done++) {
		struct run run = begin(arguments);
		char *text;
		int status;

		waitpid(run.pid, &status, 0);
		text = take(&run);
		judge(status, text);
		free(text);
	}
	return done;
}

static long resident(pid_t pid)
{
	char path[64], line[256];
	long size = 0;
	FILE *file;

	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof line, file))
		if (strncmp(line, "VmRSS:", 6) == 0)
			size = strtol(line + 6, NULL, 10);
	if (file)
		fclose(file);
	return size;
}

static unsigned descriptors(pid_t pid)
{
	char path[64];
	unsigned count = 0;
	DIR *dir;

	snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
	dir = opendir(path);
	while (dir && readdir(dir))
		count++;
	if (dir)
		closedir(dir);
	return count;
}

/* One program, many reports: neither memory nor descriptors grow from the first half to the second.
 * It is interrupted when the time is over. */
static void report_again_and_again(const char *count, double seconds)
{
	const char *const arguments[] = {"rxpath",  "check", "-c",   count,	  "-i",
					 "0.005",   "-f",    "json", "--fail-on", "suspect",
					 "--stage", STAGES,  NULL};
	struct run run = begin(arguments);
	double start = now();
	long sizes[8192];
	unsigned fds[8192];
	size_t taken = 0;
	long first = 0, second = 0;
	unsigned first_fds = 0, second_fds = 0;
	char *text;
	int status;

	while (waitpid(run.pid, &status, WNOHANG) == 0) {
		long size = resident(run.pid);
		unsigned open_fds = descriptors(run.pid);

		if (size > 0 && open_fds > 2 && taken < 8192) {
			sizes[taken] = size;
			fds[taken++] = open_fds;
		}
		wait_seconds(0.05);
		if (now() - start > seconds)
			kill(run.pid, SIGINT);
	}
	for (size_t i = taken / 10; i < taken; i++) {
		long *size = i < taken / 2 ? &first : &second;
		unsigned *most = i < taken / 2 ? &first_fds : &second_fds;

		*size = sizes[i] > *size ? sizes[i] : *size;
		*most = fds[i] > *most ? fds[i] : *most;
	}
	printf("churn: up to %s reports in %.1f s: %ld, then %ld KiB; %u, then %u descriptors\n",
	       count, now() - start, first, second, first_fds, second_fds);
	text = take(&run);
	for (char *line = text, *end; status != 0 && (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		if (!strstr(line, "\"moved\":[]"))
			complain("one of many reports", status, line);
	}
	if (second > first + first / 8 + 512 || second_fds > first_fds + 6)
		complain("it grows", 0, "");
	free(text);
}

/* Takes the last CPU off line and back while it is checked. */
static void switch_cpus(void)
{
	const char *path = "/sys/devices/system/cpu/cpu1/online";

	for (int i = 0; i < 20; i++) {
		int fd = open(path, O_WRONLY | O_CLOEXEC);
		bool done = fd >= 0 && write(fd, i % 2 ? "1" : "0", 1) == 1;

		if (fd >= 0)
			close(fd);
		if (!done) {
			printf("churn: no CPU can go off line here\n");
			break;
		}
		check_again_and_again(10, now() + 60);
	}
	if (access(path, W_OK) == 0) {
		int fd = open(path, O_WRONLY | O_CLOEXEC);

		if (fd < 0 || write(fd, "1", 1) < 0)
			fprintf(stderr, "churn: CPU 1 is not back: %s\n", strerror(errno));
		close(fd);
	}
}

static void enter_namespaces(void)
{
	int status;
	pid_t child;

	if (geteuid() != 0) {
		puts("churn: skipped, it needs root for namespaces of its own");
		exit(0);
	}
	if (unshare(CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID) != 0)
		die("unshare");
	child = fork();
	if (child < 0)
		die("fork");
	if (child > 0) {
		waitpid(child, &status, 0);
		_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
	}
	/* A device that is taken away with a packet on it counts that as dropped, and is right. */
	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("proc", "/proc", "proc", 0, NULL) != 0 ||
	    system("ip link set lo up && { echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6; } "
		   "2>/dev/null; true") != 0)
		die("namespaces");
}

int main(int argc, char **argv)
{
	double seconds = argc > 1 ? strtod(argv[1], NULL) : 0;
	unsigned checks = seconds > 0 ? 100000 : 1000;
	double begun;
	unsigned done;

	program = getenv("RXPATH");
	if (!program) {
		fputs("churn: set RXPATH\n", stderr);
		return 2;
	}
	enter_namespaces();
	start_victim();
	start(sockets, 1);
	start(sockets, 31);
	start(listeners, 0);
	start(processes, 0);
	start(devices, 0);
	start(devices, 1000003);
	start(namespaces, 0);
	start(traffic, 0);
	wait_seconds(0.2);
	begun = now();
	done = check_again_and_again(checks, seconds > 0 ? begun + seconds * 0.6 : begun + 1800);
	printf("churn: %u checks in %.1f s\n", done, now() - begun);
	report_again_and_again(seconds > 0 ? "150" : "2000", seconds > 0 ? seconds * 0.8 : 1800);
	if (getenv("CHURN_CPU"))
		switch_cpus();
	stop_all();
	printf("churn: %s\n", failures == 0 ? "ok" : "failed");
	return failures > 0;
}
