/* loads.c: stored samples that are as large and as awkward as they can be: the time grows with the
 * size, not with its square. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* Those that take most for their size while they are small. */
static const struct {
	const char *name;
	unsigned long late; /* the second sample's first line: 1, or so many that none is in both */
} small_loads[] = {
	{"dense counters", 1},	   {"dense counters", 10000000}, {"dense zeros", 1},
	{"dense zeros", 10000000}, {"zeros of queues", 1},	 {"zeros of /proc", 1},
	{"short owners", 1},	   {"short cgroups", 1},	 {"short threads", 1},
	{"short settings", 1},	   {"a driver's own", 1},
};

/* Where the budget is about to be used up, and beyond. */
static const size_t small_sizes[] = {300000, 600000};

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

/* `first`: its first line; 0 for the sample before. */
static void write_load(size_t at, size_t size, const char *path, unsigned long first)
{
	FILE *file = fopen(path, "w");
	unsigned long i = first;

	assert_non_null(file);
	fprintf(file, "==> rxpath <==\nmonotonic %d\n\n", first > 0 ? 20 : 10);
	write_before(file, loads[at].before);
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
}

static void check_limits(const char *name, const struct job *job, size_t samples, size_t size)
{
	struct result result;

	run_job(job, &result);
	print_message("   %-22s %-6s %-4s %5.2f s, %4ld MiB\n", name, job->arguments[0],
		      job->arguments[2], result.seconds, result.peak >> 10);
	result.out[result.out_len < 300 ? result.out_len : 300] = '\0';
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
	write_load(at, SIZE, before, 0);
	write_load(at, SIZE, after, 1);
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
		const struct job diff = {.arguments = {"diff", "-f", formats[i], before, after},
					 .seconds = 60};
		const struct job totals = {.arguments = {"totals", "-f", formats[i], "-a", before},
					   .seconds = 60};

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
					       in_folder(after, "small-after")},
				 .seconds = 60};
	const struct job totals = {.arguments = {"totals", "-f", "json", "-a", before},
				   .seconds = 60};

	write_load(at, size, before, 0);
	write_load(at, size, after, late);
	check_limits(loads[at].name, &diff, 2, size);
	check_limits(loads[at].name, &totals, 1, size);
	remove(before);
	remove(after);
}

/* With --all, where a report lists each counter of the samples. */
static void small_samples(void **ignored)
{
	(void)ignored;
	for (size_t i = 0; i < sizeof small_loads / sizeof *small_loads; i++)
		for (size_t j = 0; j < sizeof small_sizes / sizeof *small_sizes; j++)
			for (size_t at = 0; at < LOADS; at++)
				if (strcmp(loads[at].name, small_loads[i].name) == 0)
					try_small(at, small_sizes[j], small_loads[i].late);
}

const struct CMUnitTest load_tests[] = {
	/* First, while this program, whose peak a child begins with, is small itself. */
	cmocka_unit_test(small_samples),
	cmocka_unit_test(large_samples),
};
const size_t load_test_count = sizeof load_tests / sizeof *load_tests;
