/* hostile.c: hostile input, hostile names, hostile moments: the program ends, says why, and writes
 * nothing that a terminal obeys.
 *
 * RXPATH is the program, RXPATH_FAIL_PROGRAM the same with wrap.c in it. As root everything happens
 * in namespaces of its own: network, mounts, processes, host name. */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hostile.h"

const char *program;
const char *failing;
char folder[64] = "/tmp/rxpath-hostile-XXXXXX";
bool is_root;

/* Namespaces of its own: what a test does to devices, names and processes nobody else sees. */
static void enter_namespaces(void)
{
	int status;
	pid_t child;

	if (unshare(CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC) != 0)
		return;
	child = fork();
	if (child < 0)
		return;
	if (child > 0) {
		waitpid(child, &status, 0);
		_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
	}
	is_root = mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
		  mount("proc", "/proc", "proc", 0, NULL) == 0 && system("ip link set lo up") == 0;
}

static void write_samples(void)
{
	static const char before[] =
		"==> rxpath <==\nversion 0\nhost h\nkernel 6.1\nboot_id b\nmonotonic 10.0\n\n"
		"==> /proc/net/softnet_stat <==\n"
		"00000010 00000000 00000000 00000000 00000000 00000000 00000000 00000000 "
		"00000000\n\n"
		"==> /sys/devices/system/cpu/online <==\n0\n\n"
		"==> /proc/net/dev <==\nInter-|   Receive\t|  Transmit\n"
		" face |bytes    packets errs drop fifo frame compressed multicast|bytes\n"
		"  eth0: 1 %d 0 %d 0 0 0 0 1\n\n"
		"==> /proc/net/snmp <==\nIp: InReceives InDelivers\nIp: %d %d\n"
		"Udp: InDatagrams NoPorts InErrors RcvbufErrors\nUdp: %d 0 %d %d\n\n"
		"==> /proc/net/netstat <==\nIpExt: InNoRoutes\nIpExt: 0\n\n"
		"==> /proc/net/udp <==\n  sl  local_address rem_address   st tx_queue rx_queue tr "
		"tm->when "
		"retrnsmt   uid  timeout inode ref pointer drops\n"
		"    1: 0100007F:270F 00000000:0000 07 00000000:00000D00 00:00000000 00000000  0  "
		"0 77 2 "
		"0000000000000000 %d\n\n"
		"==> rxpath/owners <==\n77 12 name\n\n";
	static const char *const files[][2] = {
		{"proc/net/snmp",
		 "Ip: InReceives InDelivers\nIp: 5 5\nUdp: InErrors RcvbufErrors\nUdp: 0 0\n"},
		{"proc/net/netstat", "IpExt: InNoRoutes\nIpExt: 0\n"},
		{"proc/net/softnet_stat", "00000010 00000000 00000000 00000000 00000000 00000000 "
					  "00000000 00000000 00000000\n"},
		{"proc/net/dev",
		 "Inter-|   Receive  |  Transmit\n face |bytes packets errs drop fifo frame "
		 "compressed multicast|bytes\n  eth0: 1 5 0 1 0 0 0 0 1\n"},
		{"proc/net/udp",
		 "  sl  local_address rem_address st tx_queue rx_queue tr tm->when retrnsmt uid "
		 "timeout inode ref pointer drops\n"},
		{"proc/sys/kernel/hostname", "stored\n"},
		{"proc/uptime", "100.25 50.00\n"},
		{"sys/class/net/eth0/statistics/rx_dropped", "1\n"},
		{"sys/class/net/eth0/statistics/rx_packets", "5\n"},
		{"sys/class/net/eth0/ifindex", "2\n"},
		{"sys/class/net/bonding_masters", "\n"},
	};
	char path[256], text[4096];

	for (int i = 0; i < 2; i++) {
		snprintf(text, sizeof text, before, 100 + i * 50, i * 3, 100 + i * 50, 100 + i * 50,
			 90 + i * 10, i * 9, i * 9, i * 9);
		write_text(in_folder(path, i == 0 ? "before" : "after"), text);
	}
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		snprintf(text, sizeof text, "mkdir -p %s/root/$(dirname %s)", folder, files[i][0]);
		assert_int_equal(system(text), 0);
		snprintf(text, sizeof text, "root/%s", files[i][0]);
		write_text(in_folder(path, text), files[i][1]);
	}
}

static int run_group(const char *name, const struct CMUnitTest *tests, size_t count)
{
	return _cmocka_run_group_tests(name, tests, count, NULL, NULL);
}

int main(int argc, char **argv)
{
	const char *only = argc > 1 ? argv[1] : "";
	const struct {
		const char *name;
		const struct CMUnitTest *tests;
		size_t count;
	} groups[] = {
		{"outputs", output_tests, output_test_count},
		{"shared", shared_tests, shared_test_count},
		{"paths", path_tests, path_test_count},
		{"names", name_tests, name_test_count},
		{"loads", load_tests, load_test_count},
		{"failures", fail_tests, fail_test_count},
	};
	int failed = 0;

	program = getenv("RXPATH");
	failing = getenv("RXPATH_FAIL_PROGRAM");
	if (!program || !failing || !mkdtemp(folder)) {
		fputs("hostile: set RXPATH and RXPATH_FAIL_PROGRAM\n", stderr);
		return 2;
	}
	/* An unprivileged user's program reads here too. */
	if (chmod(folder, 0755) != 0)
		return 2;
	if (geteuid() == 0)
		enter_namespaces();
	write_samples();
	for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
		if (!*only || strcmp(only, groups[i].name) == 0)
			failed += run_group(groups[i].name, groups[i].tests, groups[i].count);
	remove_tree(folder);
	return failed > 0;
}
