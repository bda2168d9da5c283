/* lab_net.c: namespaces, devices, settings, commands: all that makes a place to break things in. */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lab.h"

/* Settings of the whole host that a fault may change; the parent and the guardian put them back. */
const char *const lab_host_settings[] = {"net/core/netdev_max_backlog",
					 "net/core/netdev_budget",
					 "net/core/netdev_budget_usecs",
					 "net/core/flow_limit_table_len",
					 "net/core/flow_limit_cpu_bitmap",
					 "net/ipv4/udp_mem",
					 "net/ipv4/tcp_mem",
					 "net/core/rmem_default",
					 "net/netfilter/nf_conntrack_max",
					 NULL};

/* The parent tells the three endings apart by the exit status, and shows what was written. */
static noreturn void leave(const struct lab *lab, int status, const char *format, va_list args)
{
	vdprintf(lab->result, format, args);
	_exit(status);
}

void lab_skip(const struct lab *lab, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	leave(lab, 77, format, args);
}

void lab_die(const struct lab *lab, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	leave(lab, 1, format, args);
}

char *lab_slurp(const char *path)
{
	size_t cap = 1 << 16, len = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *text;

	if (fd < 0)
		return NULL;
	text = malloc(cap + 1);
	while (text) {
		ssize_t got = read(fd, text + len, cap - len);

		if (got <= 0)
			break;
		len += (size_t)got;
		if (len == cap) {
			cap *= 2;
			text = realloc(text, cap + 1);
		}
	}
	close(fd);
	if (text)
		text[len] = '\0';
	return text;
}

bool lab_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	size_t len = strlen(text);
	ssize_t put;
	int error;

	if (fd < 0)
		return false;
	put = write(fd, text, len);
	error = errno;
	close(fd);
	errno = error;
	return put == (ssize_t)len;
}

void lab_sleep_ms(unsigned milliseconds)
{
	struct timespec left = {
		.tv_sec = milliseconds / 1000,
		.tv_nsec = (long)(milliseconds % 1000) * 1000000,
	};

	while (nanosleep(&left, &left) != 0 && errno == EINTR)
		;
}

uint64_t lab_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

int lab_cpus(void)
{
	return (int)sysconf(_SC_NPROCESSORS_ONLN);
}

void lab_pin(const struct lab *lab, int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	if (cpu >= 0) {
		CPU_SET((size_t)cpu, &set);
	} else {
		for (int i = 0; i < CPU_SETSIZE; i++)
			CPU_SET((size_t)i, &set);
	}
	if (sched_setaffinity(0, sizeof set, &set) != 0)
		lab_die(lab, "cannot run on CPU %d alone: %s", cpu, strerror(errno));
}

void lab_go_first(void)
{
	sched_setscheduler(0, SCHED_RR, &(struct sched_param){.sched_priority = 1});
}

static void join(const struct lab *lab, int ns, int type)
{
	if (setns(ns, type) != 0)
		lab_die(lab, "setns: %s", strerror(errno));
}

void lab_in_tx(const struct lab *lab)
{
	join(lab, lab->tx_net, CLONE_NEWNET);
}

void lab_in_rx(const struct lab *lab)
{
	join(lab, lab->rx_net, CLONE_NEWNET);
}

void lab_in_host(const struct lab *lab)
{
	join(lab, lab->host_net, CLONE_NEWNET);
}

static void redirect(const char *path, int to)
{
	int fd = open(path ? path : "/dev/null", O_RDWR | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || dup2(fd, to) < 0)
		_exit(127);
	if (fd != to)
		close(fd);
}

pid_t lab_spawn(const struct lab *lab, char *const argv[], const char *out, const char *err,
		bool on_host)
{
	pid_t pid = fork();

	if (pid < 0)
		lab_die(lab, "fork: %s", strerror(errno));
	if (pid > 0)
		return pid;
	/* Whatever becomes of the lab, nothing that it started stays behind. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	redirect(NULL, STDIN_FILENO);
	redirect(out, STDOUT_FILENO);
	redirect(err, STDERR_FILENO);
	if (on_host &&
	    (setns(lab->host_net, CLONE_NEWNET) != 0 || setns(lab->host_mnt, CLONE_NEWNS) != 0))
		_exit(127);
	execvp(argv[0], argv);
	_exit(127);
}

int lab_wait(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return 127;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int lab_command(const struct lab *lab, char *const argv[], const char *out, const char *err,
		bool on_host)
{
	return lab_wait(lab_spawn(lab, argv, out, err, on_host));
}

/* Runs "TOOL FLAG FILE", the file holding `text`; what the tool complained about, or NULL. */
static char *run_script(const struct lab *lab, const char *tool, const char *flag, const char *text)
{
	char script[256], errors[256];
	char *argv[] = {(char *)(uintptr_t)tool, (char *)(uintptr_t)flag, script, NULL};
	char *complaint;
	int status;

	snprintf(script, sizeof script, "%s/script", lab->dir);
	snprintf(errors, sizeof errors, "%s/script.err", lab->dir);
	if (!lab_write(script, text))
		lab_die(lab, "%s: %s", script, strerror(errno));
	status = lab_command(lab, argv, NULL, errors, false);
	if (status == 0)
		return NULL;
	if (status == 127)
		lab_skip(lab, "no %s on this machine", tool);
	complaint = lab_slurp(errors);
	return complaint ? complaint : strdup("failed");
}

void lab_ip(const struct lab *lab, const char *batch)
{
	char *complaint = run_script(lab, "ip", "-batch", batch);

	if (complaint && strstr(complaint, "not supported"))
		lab_skip(lab, "this kernel lacks the device: %s", complaint);
	if (complaint && strstr(complaint, "Unknown device type"))
		lab_skip(lab, "this kernel lacks the device: %s", complaint);
	if (complaint)
		lab_die(lab, "ip: %s%s", complaint, batch);
}

void lab_try_ip(const struct lab *lab, const char *batch)
{
	char *complaint = run_script(lab, "ip", "-batch", batch);

	if (complaint)
		lab_skip(lab, "ip: %s", complaint);
}

void lab_nft(const struct lab *lab, const char *rules)
{
	char *complaint = run_script(lab, "nft", "-f", rules);

	/* A kernel without nf_tables, or without the expression, is no failure of anybody. */
	if (complaint)
		lab_skip(lab, "nft: %s", complaint);
}

void lab_tc(const struct lab *lab, const char *batch)
{
	char *complaint = run_script(lab, "tc", "-batch", batch);

	if (complaint)
		lab_skip(lab, "tc: %s", complaint);
}

void lab_module(const struct lab *lab, const char *name)
{
	char *argv[] = {(char[]){"modprobe"}, (char[]){"-q"}, (char *)(uintptr_t)name, NULL};

	if (getenv("LAB_GUEST"))
		lab_command(lab, argv, NULL, NULL, true);
}

void lab_set(const struct lab *lab, const char *name, const char *value)
{
	char path[256];

	snprintf(path, sizeof path, "/proc/sys/%s", name);
	if (lab_write(path, value))
		return;
	if (errno == ENOENT)
		lab_skip(lab, "no setting %s here", name);
	lab_die(lab, "%s: %s", path, strerror(errno));
}

void lab_set_host(const struct lab *lab, const char *name, const char *value)
{
	size_t i = 0;

	while (lab_host_settings[i] && strcmp(lab_host_settings[i], name) != 0)
		i++;
	if (!lab_host_settings[i])
		lab_die(lab, "%s is not among the settings that are put back", name);
	lab_in_host(lab);
	lab_save_setting(i);
	lab_set(lab, name, value);
	lab_in_rx(lab);
}

void lab_steer(const struct lab *lab)
{
	if (lab_cpus() < 2)
		lab_skip(lab, "one CPU does not overtake itself");
	if (!lab_write("/sys/class/net/vb/queues/rx-0/rps_cpus", "1"))
		lab_skip(lab, "no RPS on this kernel");
	lab_pin(lab, 1);
}

void lab_slow_down(const struct lab *lab)
{
	size_t size = 1 << 20, len;
	char *rules = malloc(size);

	if (!rules)
		abort();
	len = (size_t)snprintf(rules, size,
			       "table ip t { chain c {"
			       " type filter hook input priority 0;\n");
	for (int i = 0; i < 2000; i++)
		len += (size_t)snprintf(rules + len, size - len,
					"ip saddr 192.0.2.%d counter drop\n", i % 250);
	snprintf(rules + len, size - len, "}; }\n");
	lab_nft(lab, rules);
	free(rules);
}

/* Tries, in a process of its own, every privilege that a fault needs. */
static int try_privileges(void)
{
	struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	int bytes = LAB_LARGE, fd;

	if (unshare(CLONE_NEWNET | CLONE_NEWNS) != 0)
		return 1;
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("sysfs", "/sys", "sysfs", 0, NULL) != 0)
		return 2;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	/* The latter needs the capability on the host, which root of a user namespace lacks. */
	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request) != 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) != 0)
		return 3;
	if (socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0) < 0)
		return 4;
	execlp("ip", "ip", "-V", (char *)NULL);
	return 5;
}

const char *lab_unable(void)
{
	static const char *const reasons[] = {
		NULL,
		"no permission to make a network namespace",
		"no permission to mount sysfs",
		"no CAP_NET_ADMIN",
		"no packet sockets",
		"no ip (iproute2) on this machine",
	};
	pid_t pid;
	int status;

	if (geteuid() != 0)
		return "not root";
	pid = fork();
	if (pid < 0)
		return "cannot fork";
	if (pid == 0) {
		redirect(NULL, STDOUT_FILENO);
		_exit(try_privileges());
	}
	status = lab_wait(pid);
	return status < 0 || status > 5 ? "cannot make a place for the faults" : reasons[status];
}

/* What a device reports of the groups that it joined would arrive up to a second later. */
static void report_groups_at_once(const struct lab *lab)
{
	lab_set(lab, "net/ipv6/conf/default/mldv2_unsolicited_report_interval", "1");
}

void lab_enter(struct lab *lab)
{
	int sndbuf = 64 << 20;
	char batch[1024];

	prctl(PR_SET_NAME, LAB_COMM);
	lab->host_net = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	lab->host_mnt = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
	if (lab->host_net < 0 || lab->host_mnt < 0)
		lab_die(lab, "/proc/self/ns: %s", strerror(errno));

	if (unshare(CLONE_NEWNET) != 0)
		lab_die(lab, "unshare: %s", strerror(errno));
	lab->tx_net = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	/* The sending side speaks no IPv6 of its own accord, so that nothing but the fault
	 * arrives. */
	lab_set(lab, "net/ipv6/conf/all/disable_ipv6", "1");
	lab_set(lab, "net/ipv6/conf/default/disable_ipv6", "1");
	report_groups_at_once(lab);

	if (unshare(CLONE_NEWNET | CLONE_NEWNS) != 0)
		lab_die(lab, "unshare: %s", strerror(errno));
	lab->rx_net = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	/* A mounted sysfs shows the devices of the namespace that it was mounted in. */
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("sysfs", "/sys", "sysfs", 0, NULL) != 0)
		lab_die(lab, "mount: %s", strerror(errno));
	lab_set(lab, "net/ipv4/conf/all/rp_filter", "0");
	lab_set(lab, "net/ipv4/conf/default/rp_filter", "0");
	lab_set(lab, "net/ipv6/conf/default/accept_dad", "0");
	lab_set(lab, "net/ipv6/conf/default/accept_ra", "0");
	lab_set(lab, "net/ipv6/conf/default/router_solicitations", "0");
	report_groups_at_once(lab);

	snprintf(batch, sizeof batch,
		 "link set lo up\n"
		 "link add vb address 02:00:00:00:00:02 type veth"
		 " peer name va address 02:00:00:00:00:01 netns /proc/%ld/fd/%d\n"
		 "link set vb addrgenmode none\n"
		 "addr add " LAB_RX4 "/24 dev vb\n"
		 "addr add " LAB_RX6 "/64 dev vb nodad\n"
		 "link set vb up\n"
		 "neigh replace " LAB_TX4 " lladdr 02:00:00:00:00:01 dev vb nud permanent\n"
		 "neigh replace " LAB_TX6 " lladdr 02:00:00:00:00:01 dev vb nud permanent\n",
		 (long)getpid(), lab->tx_net);
	lab_ip(lab, batch);
	lab_in_tx(lab);
	lab_ip(lab, "link set lo up\n"
		    "addr add " LAB_TX4 "/24 dev va\n"
		    "link set va up\n"
		    "neigh replace " LAB_RX4 " lladdr 02:00:00:00:00:02 dev va nud permanent\n");
	lab->inject = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (lab->inject < 0)
		lab_die(lab, "packet socket: %s", strerror(errno));
	/* A frame stays charged to it while it waits on the far side: no brake for a flood. */
	setsockopt(lab->inject, SOL_SOCKET, SO_SNDBUFFORCE, &sndbuf, sizeof sndbuf);
	lab->va = (int)if_nametoindex("va");
	lab_in_rx(lab);
}

void lab_attach(const struct lab *lab, const struct bpf_insn *program, unsigned count,
		unsigned type, unsigned attach, unsigned flags)
{
	union bpf_attr attr;
	int fd;

	memset(&attr, 0, sizeof attr);
	attr.prog_type = type;
	attr.insns = (uint64_t)(uintptr_t)program;
	attr.insn_cnt = count;
	attr.license = (uint64_t)(uintptr_t) "GPL";
	attr.expected_attach_type = attach;
	fd = (int)syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof attr);
	if (fd < 0)
		lab_skip(lab, "bpf: %s", strerror(errno));
	memset(&attr, 0, sizeof attr);
	attr.link_create.prog_fd = (uint32_t)fd;
	attr.link_create.target_ifindex = if_nametoindex("vb");
	attr.link_create.attach_type = attach;
	attr.link_create.flags = flags;
	if (syscall(SYS_bpf, BPF_LINK_CREATE, &attr, sizeof attr) < 0)
		lab_skip(lab, "bpf link: %s", strerror(errno));
}

void lab_hook(const struct lab *lab, unsigned type, unsigned attach, int verdict, unsigned flags)
{
	const struct bpf_insn program[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = verdict},
		{.code = BPF_JMP | BPF_EXIT},
	};

	lab_attach(lab, program, 2, type, attach, flags);
}
