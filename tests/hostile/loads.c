/* loads.c: stored samples that are as large and as awkward as they can be: the time grows with the
 * size, not with its square. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include "hostile.h"

/* Bytes of each sample. Large enough that a second look at every item for
 * every item would take minutes. */
#define SIZE ((size_t)16 << 20)

/* For each sample no command takes more CPU time than this, nor more memory than MAX_GROWTH times
 * its size, and MEMORY_BASE. A sanitizer takes its own. */
#if defined(__SANITIZE_ADDRESS__)
#define SECONDS 60
#define MAX_GROWTH 50
#else
#define SECONDS 2
#define MAX_GROWTH 8
#endif
#define MEMORY_BASE ((size_t)16 << 20)

static const char udp_header[] =
	"  sl  local_address rem_address   st tx_queue rx_queue tr tm->when "
	"retrnsmt   uid  timeout inode ref pointer drops rcvbuf rmem cookie\n";

typedef void line_writer(FILE *file, unsigned long i);

static void sockets_by_address(FILE *file, unsigned long i)
{
	fprintf(file, " 1: %08lX:270F 00000000:0000 07 0:0 0:0 0 0 0 0 1 0 %lu - - 0\n", i, i % 7);
}

static void sockets_by_cookie(FILE *file, unsigned long i)
{
	fprintf(file, " 1: 0100007F:270F 00000000:0000 07 0:0 0:0 0 0 0 77 1 0 %lu 1 5 %lX\n",
		i % 7, i + 1);
}

/* Inodes that all come to the same place in a table of a power of two. */
static void sockets_by_inode(FILE *file, unsigned long i)
{
	/* The inverse of the odd number that socket_table.c multiplies by, modulo 2^64. */
	const unsigned long long inverse = 0xF1DE83E19937733DULL;

	fprintf(file, " 1: 0100007F:270F 00000000:0000 07 0:0 0:0 0 0 0 %llu 1 0 %lu 1 5 0\n",
		(((unsigned long long)i << 44) * inverse) >> 1, i % 7);
}

static void devices_of_proc(FILE *file, unsigned long i)
{
	fprintf(file, "d%lx:1 5 0 %lu 0 0 0 0 1\n", i, i);
}

static void devices_with_losses(FILE *file, unsigned long i)
{
	fprintf(file, "d%lx:%lu 5 1 %lu 1 1 0 1 1\n", i, i, i);
}

static void devices_of_link(FILE *file, unsigned long i)
{
	fprintf(file, "%lu d%lx %lu\n", i + 1, i, i % 99 + 1);
}

static void devices_backwards(FILE *file, unsigned long i)
{
	fprintf(file, "%lu d%lx %lu\n", 10000000 - i, 10000000 - i, i % 99 + 1);
}

static void devices_of_sysfs(FILE *file, unsigned long i)
{
	fprintf(file, "==> /sys/class/net/d%lx/statistics/rx_dropped <==\n7\n\n", i);
}

static void owners(FILE *file, unsigned long i)
{
	fprintf(file, "%lu %lu c\n", i % 3 ? 77 : i, i);
}

static void cpus(FILE *file, unsigned long i)
{
	fprintf(file,
		"00000000 %08lx 00000001 00000000 00000000 00000000 00000000 00000000 00000000 "
		"00000000 "
		"00000000 00000000 %08lx\n",
		i + 1, i);
}

static void cpus_without_number(FILE *file, unsigned long i)
{
	fprintf(file,
		"00000000 %08lx 00000001 00000000 00000000 00000000 00000000 00000000 00000000\n",
		i + 1);
}

/* Nearly as many as RXPATH_READINGS_MAX allows. */
static void counters(FILE *file, unsigned long i)
{
	fprintf(file, "TcpExt: %048lxDrop\nTcpExt: %lu\n", i, i + 1);
}

static void more_counters(FILE *file, unsigned long i)
{
	fprintf(file, "TcpExt: Drop%lx\nTcpExt: %lu\n", i, i + 1);
}

static void handlers(FILE *file, unsigned long i)
{
	fprintf(file, "ALL  d%-7lx packet_rcv\n", i);
}

static void settings(FILE *file, unsigned long i)
{
	fprintf(file, "net.ipv4.s%lx %lu\n", i, i);
}

static void missing(FILE *file, unsigned long i)
{
	fprintf(file, "/sys/class/net/d%lx/statistics/rx_dropped 13 no\n", i);
}

static void drops(FILE *file, unsigned long i)
{
	fprintf(file, "drop R%lx f 2048 1\nudp 2048 %lu -12 1\n", i, i % 65536);
}

static void sections(FILE *file, unsigned long i)
{
	fprintf(file, "==> /proc/net/s%lx <==\n", i);
}

static void listeners(FILE *file, unsigned long i)
{
	fprintf(file, "tcp 0.0.0.0:80 %lu 1 %lu 0 7 0\n", i, i);
}

static void drivers(FILE *file, unsigned long i)
{
	fprintf(file, "rx_%lx_dropped %lu\n", i, i + 1);
}

/* The shortest lines that say something. */

static void short_settings(FILE *file, unsigned long i)
{
	(void)i;
	fputs("a 1\n", file);
}

static void short_owners(FILE *file, unsigned long i)
{
	fprintf(file, "7 %lu\n", i % 10);
}

static void short_threads(FILE *file, unsigned long i)
{
	fprintf(file, "%lu R\n", i % 10);
}

/* Of seven processes, or of as many as there are threads. */
static void threads_of_few(FILE *file, unsigned long i)
{
	fprintf(file, "%lu %lu R\n", i % 7, i);
}

static void threads_of_many(FILE *file, unsigned long i)
{
	fprintf(file, "%lu %lu R\n", i, i);
}

static void short_cgroups(FILE *file, unsigned long i)
{
	(void)i;
	fputs("7 a\n", file);
}

static void short_devices(FILE *file, unsigned long i)
{
	fprintf(file, "1 %lx\n", i);
}

/* Two bytes for each counter, and a line of the report. */
#define DENSE \
	"==> rxpath/link <==\nifindex name rx_packets rx_errors rx_dropped multicast " \
	"rx_length_errors rx_over_errors rx_crc_errors rx_frame_errors rx_fifo_errors " \
	"rx_missed_errors rx_nohandler rx_otherhost_dropped rx_a_drop rx_b_drop rx_c_drop " \
	"rx_d_drop rx_e_drop rx_f_drop rx_g_drop rx_h_drop rx_i_drop rx_j_drop rx_k_drop " \
	"rx_l_drop rx_m_drop rx_n_drop rx_o_drop rx_p_drop rx_q_drop\n"

static void dense_counters(FILE *file, unsigned long i)
{
	fprintf(file, "%lu %lx", i + 1, i);
	for (size_t column = 0; column < 29; column++)
		fprintf(file, " %lu", i % 8 + 1);
	fputc('\n', file);
}

/* Thirty counters that the catalogue knows; any table of devices may name any of them. */
#define KNOWN \
	" rx_errors rx_dropped rx_length_errors rx_over_errors rx_crc_errors rx_frame_errors " \
	"rx_fifo_errors rx_missed_errors dev_errs dev_drop dev_fifo dev_frame IpInHdrErrors " \
	"IpInDiscards IpReasmFails UdpInErrors UdpRcvbufErrors UdpInCsumErrors UdpMemErrors " \
	"UdpNoPorts Udp6InErrors Udp6RcvbufErrors Udp6InCsumErrors Udp6MemErrors Udp6NoPorts " \
	"TcpInErrs TcpInCsumErrors TcpExtListenDrops TcpExtListenOverflows TcpExtTCPBacklogDrop\n"

static void dense_zeros(FILE *file, unsigned long i)
{
	fprintf(file, "1 %lx", i);
	for (size_t column = 0; column < 30; column++)
		fputs(" 0", file);
	fputc('\n', file);
}

static void zeros_of_queues(FILE *file, unsigned long i)
{
	fprintf(file, "%lu 0 0 0 0 0 0 0\n", i);
}

static void zeros_of_proc(FILE *file, unsigned long i)
{
	fprintf(file, "%lx:0 0 0 0 0\n", i);
}

/* Each is a rule, a reading and a line of the report. */
static void rules(FILE *file, unsigned long i)
{
	fprintf(file, "inet f in 1 %lu input drop %lu - u\n", i, i % 9);
}

static void short_rows_of_proc(FILE *file, unsigned long i)
{
	fprintf(file, "%lx:0\n", i);
}

static void short_netlink(FILE *file, unsigned long i)
{
	fprintf(file, "0 0 %lu 1 %lu\n", i, i % 7);
}

static void short_packet(FILE *file, unsigned long i)
{
	fprintf(file, "* 0 %lu 1 %lx\n", i % 7, i + 1);
}

static void short_xdp(FILE *file, unsigned long i)
{
	fprintf(file, "d 0 %lu 1 %lx\n", i % 7, i + 1);
}

static void short_listeners(FILE *file, unsigned long i)
{
	fprintf(file, "tcp 0.0.0.0:0 %lu 1 %lx\n", i % 7, i + 1);
}

static void short_hardware(FILE *file, unsigned long i)
{
	fprintf(file, "==> rxpath/hardware/%lx <==\n", i);
}

/* Each socket has the one inode that all of the owners have. */
static void sockets_of_all(FILE *file, unsigned long i)
{
	fprintf(file, " 1: 0100007F:%04lX 00000000:0000 07 0:0 0:0 0 0 0 77 1 0 %lu 1 5 %lX\n",
		i % 65536, i % 7, i + 1);
}

static const struct {
	const char *name;
	const char *before; /* what stands before the lines */
	line_writer *write;
	const char *behind;
} loads[] = {
	{"sockets without inode", "==> /proc/net/udp <==\n%U", sockets_by_address, ""},
	{"sockets of one inode", "==> /proc/net/udp <==\n%U", sockets_by_cookie, ""},
	{"sockets of one hash", "==> /proc/net/udp <==\n%U", sockets_by_inode, ""},
	{"owners", "==> /proc/net/udp <==\n%U", sockets_by_inode, "owners"},
	{"devices of /proc",
	 "==> /proc/net/dev <==\nInter-| R | T\n face |bytes packets errs drop fifo frame "
	 "compressed multicast|bytes\n",
	 devices_of_proc, ""},
	{"devices that all lost",
	 "==> /proc/net/dev <==\nInter-| R | T\n face |bytes packets errs drop fifo frame "
	 "compressed multicast|bytes\n",
	 devices_with_losses, ""},
	{"devices of rtnetlink",
	 "==> /proc/net/softnet_stat <==\n00000000 ffffffff 0 %S\n"
	 "==> rxpath/link <==\nifindex name rx_dropped\n",
	 devices_of_link, ""},
	{"devices backwards", "==> rxpath/link <==\nifindex name rx_dropped\n", devices_backwards,
	 ""},
	{"devices of sysfs", "", devices_of_sysfs, ""},
	{"CPUs", "==> /proc/net/softnet_stat <==\n", cpus, ""},
	{"CPUs of a list", "==> /proc/net/softnet_stat <==\n", cpus_without_number, "online"},
	{"counters", "==> /proc/net/netstat <==\n", counters, ""},
	{"more counters", "==> /proc/net/netstat <==\n", more_counters, ""},
	{"handlers", "==> /proc/net/ptype <==\nType Device      Function\n", handlers, ""},
	{"settings", "==> rxpath/settings <==\n", settings, ""},
	{"missing", "==> rxpath/missing <==\n", missing, ""},
	{"drops", "==> rxpath/trace <==\nevent skb:kfree_skb 5\noverrun 0\n", drops, ""},
	{"sections", "", sections, ""},
	{"listeners",
	 "==> rxpath/listeners <==\nprotocol local queue limit drops uid inode cookie\n", listeners,
	 ""},
	{"a driver's own",
	 "==> /sys/class/net/eth0/statistics/rx_dropped <==\n5\n\n"
	 "==> rxpath/ethtool/eth0 <==\n",
	 drivers, ""},
	{"owners alone", "==> rxpath/owners <==\n", owners, ""},
	{"short settings", "==> rxpath/settings <==\n", short_settings, ""},
	{"short owners", "==> rxpath/owners <==\n", short_owners, ""},
	{"short threads", "==> rxpath/readers <==\npid state\n", short_threads, ""},
	{"threads of few", "==> rxpath/readers <==\npid tid state\n", threads_of_few, ""},
	{"threads of many", "==> rxpath/readers <==\npid tid state\n", threads_of_many, ""},
	{"short cgroups", "==> rxpath/cgroups <==\n", short_cgroups, ""},
	{"short devices", "==> rxpath/link <==\nifindex name\n", short_devices, ""},
	{"short rows of /proc", "==> /proc/net/dev <==\nInter-|\n face |drop|\n",
	 short_rows_of_proc, ""},
	{"short netlink sockets", "==> /proc/net/netlink <==\nsk Eth Pid Rmem Drops\n",
	 short_netlink, ""},
	{"short packet sockets", "==> rxpath/packet <==\ndevice type drops inode cookie\n",
	 short_packet, ""},
	{"short AF_XDP sockets", "==> rxpath/xdp <==\ndevice channel ring_full inode cookie\n",
	 short_xdp, ""},
	{"short listeners", "==> rxpath/listeners <==\nprotocol local drops inode cookie\n",
	 short_listeners, ""},
	{"short hardware", "", short_hardware, ""},
	{"owners of all", "==> /proc/net/udp <==\n%U", sockets_of_all, "owners"},
	{"rules",
	 "==> rxpath/nftables <==\nfamily table chain table_id handle hooks verdict packets comment "
	 "text\n",
	 rules, ""},
	{"dense counters", DENSE, dense_counters, ""},
	{"dense zeros", "==> rxpath/link <==\nifindex name" KNOWN, dense_zeros, ""},
	{"zeros of queues", "==> /proc/net/netfilter/nfnetlink_queue <==\n", zeros_of_queues, ""},
	{"zeros of /proc", "==> /proc/net/dev <==\nInter-|\n face |packets errs drop fifo frame|\n",
	 zeros_of_proc, ""},
};
#define LOADS (sizeof loads / sizeof *loads)

/* Those that take most for their size while they are small, where the budget is about to be used
 * up, or beyond. */
static const struct {
	const char *name;
	size_t size;
	unsigned long late; /* the second sample's first line: 1, or so many that none is in both */
} small_loads[] = {
	{"dense counters", 300000, 1},
	{"dense counters", 600000, 1},
	{"dense counters", 300000, 10000000},
	{"dense counters", 600000, 10000000},
	{"dense zeros", 300000, 1},
	{"dense zeros", 600000, 1},
	{"dense zeros", 300000, 10000000},
	{"dense zeros", 600000, 10000000},
	{"dense zeros", 356000, 1},
	{"zeros of queues", 300000, 1},
	{"zeros of queues", 600000, 1},
	{"zeros of /proc", 300000, 1},
	{"zeros of /proc", 600000, 1},
	{"devices of /proc", 556000, 10000000},
	{"short rows of /proc", 228000, 1},
	{"short devices", 645000, 1},
	{"short owners", 300000, 1},
	{"short owners", 600000, 1},
	{"short cgroups", 300000, 1},
	{"short cgroups", 600000, 1},
	{"short threads", 94000, 1},
	{"short threads", 197000, 1},
	{"short threads", 300000, 1},
	{"short threads", 600000, 1},
	{"threads of few", 265000, 10000000},
	{"threads of few", 645000, 1},
	{"threads of few", 1168000, 10000000},
	{"threads of many", 265000, 1},
	{"threads of many", 645000, 1},
	{"short settings", 300000, 1},
	{"short settings", 600000, 1},
	{"short settings", 1354000, 1},
	{"a driver's own", 300000, 1},
	{"a driver's own", 600000, 1},
};

/* The first section of both samples. */
#define EARLIER "==> rxpath <==\nmonotonic 10\n\n"
#define LATER "==> rxpath <==\nmonotonic 20\n\n"

static void write_before(FILE *file, const char *text)
{
	for (; *text; text++) {
		if (strncmp(text, "%U", 2) == 0)
			fputs(udp_header, file);
		else if (strncmp(text, "%S", 2) == 0)
			fputs("00000000 00000000 00000000 00000000 00000000 00000000\n", file);
		if (*text == '%')
			text++;
		else
			fputc(*text, file);
	}
}

/* Where the parts of a written sample begin. */
struct places {
	off_t lines, second; /* its lines, and the second of these */
};

/* `first`: its first line; 0 for the sample before. */
static struct places write_load(size_t at, size_t size, const char *path, unsigned long first)
{
	struct places places = {0};
	FILE *file = fopen(path, "w");
	unsigned long i = first;

	assert_non_null(file);
	fputs(first > 0 ? LATER : EARLIER, file);
	write_before(file, loads[at].before);
	places.lines = ftell(file);
	loads[at].write(file, i++);
	places.second = ftell(file);
	for (; (size_t)ftell(file) < size; i++)
		loads[at].write(file, i);
	if (strcmp(loads[at].behind, "owners") == 0) {
		fputs("\n==> rxpath/owners <==\n", file);
		for (unsigned long j = 0; j < SIZE / 64; j++)
			owners(file, j);
	}
	if (strcmp(loads[at].behind, "online") == 0) {
		fputs("\n==> /sys/devices/system/cpu/online <==\n", file);
		for (unsigned long j = 0; j < SIZE / 64; j++)
			fprintf(file, "%lu,", j);
		fputs("\n", file);
	}
	assert_int_equal(fclose(file), 0);
	return places;
}

/* Up to there, or all that is left. */
static void copy(int to, int from, off_t at, off_t end)
{
	while (at < end) {
		const ssize_t copied = sendfile(to, from, &at, (size_t)(end - at));

		assert_true(copied >= 0);
		if (copied == 0)
			return;
	}
}

/* The same sample a second time, later and without its first line. */
static void write_later(const char *before, struct places places, const char *after)
{
	const off_t end = (off_t)4 * SIZE;
	const int from = open(before, O_RDONLY | O_CLOEXEC);
	int to;

	write_text(after, LATER);
	to = open(after, O_WRONLY | O_CLOEXEC);
	assert_true(from >= 0 && to >= 0 && lseek(to, 0, SEEK_END) > 0);
	copy(to, from, sizeof EARLIER - 1, places.lines);
	copy(to, from, places.second, end);
	assert_int_equal(close(from), 0);
	assert_int_equal(close(to), 0);
}

static void check_limits(const char *name, const struct job *wanted, size_t samples, size_t size)
{
	struct job quiet = *wanted;
	const struct job *job = &quiet;
	struct result result;

	/* What it prints is not looked at, and is much. */
	quiet.out = open("/dev/null", O_WRONLY | O_CLOEXEC);
	quiet.seconds = 60;
	run_job(job, &result);
	close(quiet.out);
	print_message("   %-22s %-6s %-4s %5.2f s, %4ld MiB\n", name, job->arguments[0],
		      job->arguments[2], result.seconds, result.peak >> 10);
	if (result.status > 2)
		complain(job, &result, name);
	if (result.seconds > (double)(samples * SECONDS))
		complain(job, &result, "more time than it may take");
	if ((size_t)result.peak << 10 > samples * size * MAX_GROWTH + MEMORY_BASE)
		complain(job, &result, "more memory than it may take");
	free_result(&result);
}

static void try_load(size_t at)
{
	static const char *const formats[] = {"text", "tsv", "json"};
	char before[256], after[256];

	in_folder(before, "large-before");
	in_folder(after, "large-after");
	write_later(before, write_load(at, SIZE, before, 0), after);
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
		const struct job diff = {.arguments = {"diff", "-f", formats[i], before, after}};
		const struct job totals = {.arguments = {"totals", "-f", formats[i], "-a", before}};

		check_limits(loads[at].name, &diff, 2, SIZE);
		/* The text lists the same lines as tsv. */
		if (i > 0)
			check_limits(loads[at].name, &totals, 1, SIZE);
	}
	remove(before);
	remove(after);
}

static void large_samples(void **ignored)
{
	(void)ignored;
	for (size_t i = 0; i < LOADS; i++)
		try_load(i);
}

static void try_small(size_t at, size_t size, unsigned long late)
{
	char before[256], after[256];
	const struct job diff = {.arguments = {"diff", "-f", "text", "-a",
					       in_folder(before, "small-before"),
					       in_folder(after, "small-after")}};
	const struct job totals = {.arguments = {"totals", "-f", "json", "-a", before}};

	write_load(at, size, before, 0);
	write_load(at, size, after, late);
	check_limits(loads[at].name, &diff, 2, size);
	check_limits(loads[at].name, &totals, 1, size);
	remove(before);
	remove(after);
}

static size_t load_of(const char *name)
{
	size_t at = 0;

	while (at < LOADS && strcmp(loads[at].name, name) != 0)
		at++;
	assert_true(at < LOADS);
	return at;
}

/* With --all, where a report lists each counter of the samples. */
static void small_samples(void **ignored)
{
	(void)ignored;
	for (size_t i = 0; i < sizeof small_loads / sizeof *small_loads; i++)
		try_small(load_of(small_loads[i].name), small_loads[i].size, small_loads[i].late);
}

/* The same as files of a kernel, which are read twice. */
static void small_trees(void **ignored)
{
	static const struct {
		const char *name;
		size_t size;
	} trees[] = {
		{"zeros of /proc", 300000},
		{"short rows of /proc", 300000},
		{"short rows of /proc", 1000000},
		{"devices that all lost", 300000},
	};
	char root[256], path[300], text[300];

	(void)ignored;
	in_folder(root, "tree");
	snprintf(text, sizeof text, "mkdir -p %s/proc/net", root);
	assert_int_equal(system(text), 0);
	snprintf(path, sizeof path, "%s/proc/net/dev", root);
	for (size_t i = 0; i < sizeof trees / sizeof *trees; i++) {
		const struct job jobs[] = {
			{.arguments = {"metrics", "--root", root}},
			{.arguments = {"check", "--root", root, "-i", ".01", "-a", "-f", "junit"}},
			{.arguments = {"check", "--root", root, "-i", ".01", "-c", "3", "-a"}},
			{.arguments = {"get", "--root", root, "-i", ".01", "*@*"}},
			{.arguments = {"save", "--root", root}},
		};
		const size_t at = load_of(trees[i].name);
		FILE *file = fopen(path, "w");

		assert_non_null(file);
		/* The file has no heading. */
		write_before(file, strchr(loads[at].before, '\n') + 1);
		for (unsigned long j = 0; (size_t)ftell(file) < trees[i].size; j++)
			loads[at].write(file, j);
		assert_int_equal(fclose(file), 0);
		for (size_t j = 0; j < sizeof jobs / sizeof *jobs; j++) {
			const bool alone = j == 0 || j + 1 == sizeof jobs / sizeof *jobs;

			check_limits(trees[i].name, &jobs[j], alone ? 1 : 2, trees[i].size);
		}
	}
	remove_tree(root);
}

const struct CMUnitTest load_tests[] = {
	/* First, while this program, whose peak a child begins with, is small itself. */
	cmocka_unit_test(small_samples),
	cmocka_unit_test(small_trees),
	cmocka_unit_test(large_samples),
};
const size_t load_test_count = sizeof load_tests / sizeof *load_tests;
