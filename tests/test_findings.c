/* test_findings.c: each finding has a saved pair of samples that shows it and a near miss that must
 * not; healthy pairs show none; and what is advised fits what was seen. */
#include "rxpath/driver.h"
#include "rxpath/lossy.h"
#include "support.h"

#define FIXTURES "fixtures/findings/"

/* A section for eth0 before that of ptype, which every sample has. */
#define HARDWARE_AT "==> /proc/net/ptype <=="
#define HARDWARE(text) "==> rxpath/hardware/eth0 <==\n" text "\n" HARDWARE_AT

#define CPU_TIME(rows) "==> /proc/stat <==\ncpu 1 2 3 4 5 6 7 8\n" rows "\nctxt 1\n\n" HARDWARE_AT

/* A pair of samples, as text that a test may change. */
struct texts {
	char *before, *after;
};

static char *load_text(const char *id, const char *what, const char *moment)
{
	char path[200];
	size_t len;
	char *bytes, *text;

	snprintf(path, sizeof path, FIXTURES "%s/%s/%s", id, what, moment);
	bytes = load(path, &len);
	text = malloc(len + 1);
	assert_non_null(text);
	memcpy(text, bytes, len);
	text[len] = '\0';
	free(bytes);
	return text;
}

static struct texts load_pair(const char *id, const char *what)
{
	return (struct texts){load_text(id, what, "before"), load_text(id, what, "after")};
}

static void free_pair(struct texts *texts)
{
	free(texts->before);
	free(texts->after);
}

/* Replaces every occurrence. At least one there must be, or the test tests nothing. */
static void replace(char **text, const char *from, const char *to)
{
	struct rxpath_buf out = {0};
	const char *rest = *text;
	const char *at;

	if (!strstr(rest, from))
		fail_msg("no '%s' to be replaced", from);
	while ((at = strstr(rest, from))) {
		rxpath_buf_bytes(&out, rest, (size_t)(at - rest));
		rxpath_buf_string(&out, to);
		rest = at + strlen(from);
	}
	rxpath_buf_string(&out, rest);
	free(*text);
	text_of(&out);
	*text = out.data;
}

/* The findings' ids, each between spaces. */
struct found {
	struct rxpath_buf ids, texts;
};

static void check_text(const char *id, struct rxpath_slice text)
{
	assert_true(text.len > 0);
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] < ' ' || text.ptr[i] > '~')
			fail_msg("%s: byte %u in: %.*s", id, (unsigned char)text.ptr[i],
				 (int)text.len, text.ptr);
}

static void put_finding(struct found *found, const struct rxpath_finding *finding)
{
	rxpath_buf_printf(&found->ids, " %s ", finding->id);
	check_text(finding->id, finding->summary);
	assert_int_equal(finding->summary.ptr[finding->summary.len - 1], '.');
	assert_true(finding->kind <= RXPATH_KIND_REJECT);
	if (finding->evidence_count == 0 || finding->advice_count == 0)
		fail_msg("%s: no evidence, or no advice", finding->id);
	rxpath_buf_printf(&found->texts, "\n%s %s: ", finding->id, rxpath_kind_name(finding->kind));
	rxpath_buf_slice(&found->texts, finding->summary);
	for (size_t i = 0; i < finding->evidence_count; i++) {
		check_text(finding->id, finding->evidence[i]);
		rxpath_buf_string(&found->texts, "\nseen: ");
		rxpath_buf_slice(&found->texts, finding->evidence[i]);
	}
	for (size_t i = 0; i < finding->advice_count; i++) {
		check_text(finding->id, finding->advice[i].text);
		rxpath_buf_string(&found->texts, "\ndo: ");
		rxpath_buf_slice(&found->texts, finding->advice[i].text);
	}
}

/* What other namespaces refused, and have no counter of. */
struct others {
	uint64_t path_filtered, without_counter;
};

/* Takes the samples over. `before` NULL: against zero. */
static struct found find_beside(struct rxpath_sample *before, struct rxpath_sample *after,
				const struct rxpath_criteria *criteria, struct others others)
{
	struct rxpath_report report = {0};
	struct rxpath_error error = {0};
	struct found found = {0};

	for (enum rxpath_source source = 0; source < RXPATH_SOURCES; source++)
		assert_true(after->sources[source].status != RXPATH_FAILED);
	assert_true(rxpath_analyse(before, after, criteria, &report, &error));
	if (rxpath_analyse_needs_connections(&report))
		assert_true(rxpath_analyse_connections(&report, before, after, &error));
	assert_true(rxpath_analyse_owners(&report, after, &error));
	assert_true(rxpath_analyse_readers(&report, before, after, &error));
	report.path_filtered_elsewhere = others.path_filtered;
	report.without_counter_elsewhere = others.without_counter;
	assert_true(rxpath_analyse_findings(&report, before, after, after, &error));
	for (size_t i = 0; i < report.finding_count; i++)
		put_finding(&found, &report.findings[i]);
	rxpath_report_free(&report);
	if (before)
		rxpath_sample_free(before);
	rxpath_sample_free(after);
	text_of(&found.ids);
	text_of(&found.texts);
	return found;
}

static struct found find(struct rxpath_sample *before, struct rxpath_sample *after,
			 const struct rxpath_criteria *criteria)
{
	return find_beside(before, after, criteria, (struct others){0});
}

static struct found find_between(const struct texts *texts, const struct rxpath_criteria *criteria)
{
	static const struct rxpath_criteria everything = {0};
	struct rxpath_sample before = sample_of(texts->before);
	struct rxpath_sample after = sample_of(texts->after);

	return find(&before, &after, criteria ? criteria : &everything);
}

static void free_found(struct found *found)
{
	rxpath_buf_free(&found->ids);
	rxpath_buf_free(&found->texts);
}

/* As it is live: the second sample keeps only the sockets that may have something to tell. */
static struct found find_live(const struct texts *texts)
{
	static const struct rxpath_criteria everything = {0};
	struct rxpath_sample before = sample_of(texts->before);
	struct rxpath_builder builder;
	struct rxpath_sample after;

	rxpath_builder_begin(&builder, &after,
			     &(struct rxpath_request){.notable_only = true, .no_records = true});
	take_bundle(&builder, texts->after);
	rxpath_builder_finish(&builder);
	return find(&before, &after, &everything);
}

static bool has_id(const struct found *found, const char *id)
{
	char word[80];

	snprintf(word, sizeof word, " %s ", id);
	return strstr(found->ids.data, word) != NULL;
}

static void facts_are_whole(void **state)
{
	const struct rxpath_finding_fact *fact;

	(void)state;
	for (size_t i = 0; (fact = rxpath_finding_at(i)); i++) {
		const struct rxpath_finding_fact *next = rxpath_finding_at(i + 1);
		const char *const texts[] = {fact->meaning, fact->shown, fact->action};

		assert_true(!next || fact->stage <= next->stage);
		/* It stands behind a colon in the first line of a report. */
		assert_non_null(fact->cause);
		assert_in_range(strlen(fact->cause), 5, 50);
		assert_null(strpbrk(fact->cause, ".:\n"));
		assert_null(rxpath_catalogue_find(rxpath_slice_of(fact->id)));
		for (size_t j = 0; j < COUNT(texts); j++) {
			check_text(fact->id, rxpath_slice_of(texts[j]));
			assert_int_equal(texts[j][strlen(texts[j]) - 1], '.');
		}
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(rxpath_finding_at(j)->id, fact->id);
	}
}

static void each_is_shown_and_each_is_silent(void **state)
{
	const struct rxpath_finding_fact *fact;
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; (fact = rxpath_finding_at(i)); i++) {
		struct texts shows = load_pair(fact->id, "shows");
		struct texts silent = load_pair(fact->id, "silent");
		struct found there = find_between(&shows, NULL);
		struct found not_there = find_between(&silent, NULL);

		if (!has_id(&there, fact->id)) {
			print_error("%s is not shown, but%s\n", fact->id, there.ids.data);
			wrong++;
		}
		if (has_id(&not_there, fact->id)) {
			print_error("%s is not silent:%s\n", fact->id, not_there.texts.data);
			wrong++;
		}
		free_found(&there);
		free_found(&not_there);
		free_pair(&shows);
		free_pair(&silent);
	}
	assert_int_equal(wrong, 0);
}

static void a_host_that_is_well_has_none(void **state)
{
	static const char *const cases[] = {"well-idle", "well-tcp", "well-quick-reader",
					    "well-group-members", "well-fragments6-conntrack"};
	static const struct rxpath_criteria all = {.all = true};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct texts texts = load_pair("none", cases[i]);
		struct found found = find_between(&texts, NULL);
		struct found listed = find_between(&texts, &all);

		assert_string_equal(found.ids.data, "");
		assert_string_equal(listed.ids.data, "");
		free_found(&found);
		free_found(&listed);
		free_pair(&texts);
	}
}

/* A fixture, changed in up to three places, and what then must and must not be said. */
struct change_of_text {
	const char *from, *to;
	bool first; /* in the first sample */
};

struct advice_case {
	const char *name, *id, *what;
	struct change_of_text changes[3];
	const char *must[4];
	const char *must_not[3];
};

#define LATER \
	{ \
		"monotonic ", "monotonic 9", false \
	}

static const struct advice_case advice_cases[] = {
	{"a stopped program",
	 "reader-stopped",
	 "shows",
	 {{NULL, NULL, false}},
	 {"follow the advice of reader-stopped about reader[812]", "kill -CONT 812"},
	 {"recvmmsg"}},
	{"a CPU limit of cgroup v1",
	 "reader-cpu-limit",
	 "shows",
	 {{"50000 100000 2", "50000 100000 1", false}},
	 {"by its CPU limit for 412 of 1000 ms.",
	  "its limit: cpu.cfs_quota_us 50000, cpu.cfs_period_us 100000 of /kubepods.slice/pod7",
	  "raise the limit, cpu.cfs_quota_us"},
	 {"cpu.max"}},
	{"a CPU limit that may be there",
	 "reader-waits-for-cpu",
	 "shows",
	 {{"610000000 0 ", "610000000 - ", false}},
	 {"other programs had it, or a CPU limit that is not visible from here",
	  "keep other programs off CPU 1"},
	 {NULL}},
	{"a process that the first sample did not look at",
	 "reader-asleep",
	 "shows",
	 {{"812 812 5000 5179000000000", "813 813 5000 5179000000000", true}},
	 {"it is not known whether something held up reader[812]",
	  "a second report (-c 2) shows it"},
	 {"was asleep"}},
	{"another process that may read",
	 "reader-asleep",
	 "shows",
	 {{"1450188 812 reader", "1450188 812 reader\n1450188 900 other", false}},
	 {NULL},
	 {"was asleep"}},
	{"a socket that never asked",
	 "udp-receive-buffer",
	 "shows",
	 {{"212992 211968", "212992 0", false}},
	 {"datagrams came in bursts", "limit 212992 (the default: the program never asked",
	  "raising net.core.rmem_max alone does nothing",
	  "raise net.core.rmem_default (now 212992)"},
	 {"read faster", "which is its own setting"}},
	{"a socket that asked for little",
	 "udp-receive-buffer",
	 "shows",
	 {{"212992 211968", "8192 0", false}},
	 {"8192 (what the program asked for, doubled", "ask for more than SO_RCVBUF 4096",
	  "(now 4194304) is not what limits it"},
	 {"rmem_default", "raise net.core.rmem_max"}},
	{"a socket that got all that there is",
	 "udp-receive-buffer",
	 "shows",
	 {{"212992 211968", "8388608 0", false}},
	 {"(twice net.core.rmem_max: ", "raise net.core.rmem_max (now 4194304)",
	  "open sockets keep their size"},
	 {"rmem_default", "which is its own setting"}},
	{"a socket beyond the limit",
	 "udp-receive-buffer",
	 "shows",
	 {{"212992 211968", "33554432 0", false}},
	 {"above net.core.rmem_max", "SO_RCVBUFFORCE"},
	 {"raise net.core"}},
	{"a limit that is not known",
	 "udp-receive-buffer",
	 "shows",
	 {{"212992 211968", "- -", false}},
	 {"ask for a larger SO_RCVBUF (at most net.core.rmem_max (now 4194304))"},
	 {", limit ", "ss -", "?"}},
	{"a limit that was not looked for",
	 "udp-receive-buffer",
	 "shows",
	 {{"212992 211968", "- -", false}, {"version 0.1.0\n", "", false}},
	 {"see its limit with 'ss -uamn' (rb)"},
	 {", limit "}},
	{"a raw socket's limit",
	 "raw-socket",
	 "shows",
	 {{0}},
	 {" bytes before, ", "ask for a larger SO_RCVBUF"},
	 {", limit ", "ss -", "?"}},
	{"a default that is larger than what may be asked for",
	 "udp-receive-buffer",
	 "shows",
	 {{"212992 211968", "212992 0", false}, {"rmem_max 4194304", "rmem_max 106496", false}},
	 {"raise net.core.rmem_max (now 106496) well above 106496, and only then have lab-receiver["},
	 {"(at most "}},
	{"a socket with the kernel's least",
	 "udp-receive-buffer",
	 "shows",
	 {{"212992 211968", "2304 0", false}},
	 {"2304 (the kernel's minimum", "ask for more than SO_RCVBUF 1152"},
	 {"what the program asked for"}},
	{"a reader that stands still beside others",
	 "udp-receive-buffer",
	 "shows",
	 {{"212992 0 ", "212992 211968 ", true}, {"Udp: 0 0 908", "Udp: 3 0 908", false}, LATER},
	 {"not read fast enough", "see what lab-receiver[", "does between its reads",
	  "must read faster"},
	 {"UdpInDatagrams did not increase"}},
	{"several sockets of one group",
	 "udp-multicast-slow-member",
	 "shows",
	 {{0}},
	 {"of the multicast on port 9999: it is too slow. 2 of 3 sockets that get the same multicast lost nothing"},
	 {"SO_REUSEPORT)"}},
	{"sockets bound to any address, where nothing but multicast came",
	 "udp-multicast-slow-member",
	 "shows",
	 {{"07074DEF:", "00000000:", true}, {"07074DEF:", "00000000:", false}},
	 {"2 of 3 sockets that get the same multicast"},
	 {"SO_REUSEPORT)"}},
	{"sockets bound to any address that all get the multicast",
	 "udp-multicast-slow-member",
	 "shows",
	 {{"07074DEF:", "00000000:", true},
	  {"07074DEF:", "00000000:", false},
	  {"Udp: 0 0 991", "Udp: 2000 0 991", false}},
	 {"2 of 3 sockets that get the same multicast"},
	 {"SO_REUSEPORT)"}},
	{"sockets that are connected",
	 "udp-multicast-slow-member",
	 "shows",
	 {{"F:270F 00000000:0000", "F:270F 0100007F:0001", true},
	  {"F:270F 00000000:0000", "F:270F 0100007F:0001", false}},
	 {"udp-receive-buffer"},
	 {"same multicast", "share its address"}},
	{"a reader that is too slow",
	 "udp-receive-buffer",
	 "shows",
	 {{"212992 0 ", "212992 200000 ", true}},
	 {"full all the time", "] must read faster"},
	 {"SO_RCVBUF", "rmem_max", "raise"}},
	{"a reader that stands still",
	 "udp-receive-buffer",
	 "shows",
	 {{"212992 0 ", "212992 200000 ", true}, LATER},
	 {"no UDP datagram was read (UdpInDatagrams did not increase)",
	  "from reading: calls with a long <time>", "; as root: 'strace -f -T -p "},
	 {"SO_RCVBUF", "read faster"}},
	{"a device without a ring",
	 "device-ring",
	 "shows",
	 {{"device.eth0.ring 256", "device.eth0.virtual 1", false}},
	 {"eth0 refused or missed ", " It is a virtual device: ", "on a tunnel"},
	 {"ethtool -G", "receive ring was full"}},
	{"a device without a wire",
	 "device-wire",
	 "shows",
	 {{"device.eth0.queues 1", "device.eth0.virtual 1", false}},
	 {"eth0 refused or missed ", " It is a virtual device: ", "on a tunnel"},
	 {"replace the cable", "damaged on the wire"}},
	{"a radio link",
	 "device-wire",
	 "shows",
	 {{"device.eth0.queues 1", "device.eth0.wireless 1", false}},
	 {"were damaged on the air", "'iw dev eth0 station dump'"},
	 {"cable", "on the wire"}},
	{"a virtual machine's device",
	 "device-wire",
	 "shows",
	 {{"device.eth0.driver igb", "device.eth0.driver virtio_net", false}},
	 {"that its driver found damaged", "a virtual machine's device"},
	 {"the cable or", "on the wire"}},
	{"a link of a virtual device",
	 "link-carrier",
	 "shows",
	 {{"device.eth0.queues 1", "device.eth0.virtual 1", false}},
	 {"otherwise see what became of its other end"},
	 {"cable"}},
	{"a ring with room",
	 "device-ring",
	 "shows",
	 {{0}},
	 {"'ethtool -G eth0 rx 4096' (now 256", "the driver's own ethtool.rx_missed_errors: 1200",
	  "raise net.core.netdev_budget (now 300)"},
	 {"maximum size"}},
	{"a ring without room",
	 "device-ring",
	 "shows",
	 {{"device.eth0.ring_max 4096", "device.eth0.ring_max 256", false}},
	 {"the ring has its maximum size (256)"},
	 {"ethtool -G"}},
	{"a ring of unknown size",
	 "device-ring",
	 "shows",
	 {{"device.eth0.ring_max 4096\n", "", false}},
	 {"ethtool -g eth0"},
	 {"maximum size", "(now 256"}},
	{"a program's own backlog",
	 "tcp-accept-queue",
	 "shows",
	 {{0}},
	 {"2 connections wait, its backlog is 1", "(now 4096) is not what limits it"},
	 {"raise net.core.somaxconn"}},
	{"a backlog that somaxconn cut",
	 "tcp-accept-queue",
	 "shows",
	 {{"net.core.somaxconn 4096", "net.core.somaxconn 1", false}},
	 {"raise net.core.somaxconn (now 1)", "a listener keeps its limit"},
	 {"is not what limits it"}},
	{"SYN cookies off",
	 "tcp-syn-queue",
	 "shows",
	 {{0}},
	 {"set net.ipv4.tcp_syncookies=1 (now 0)"},
	 {NULL}},
	{"SYN cookies on",
	 "tcp-syn-queue",
	 "shows",
	 {{"net.ipv4.tcp_syncookies 0", "net.ipv4.tcp_syncookies 1", false}},
	 {"tcp_max_syn_backlog"},
	 {"tcp_syncookies=1"}},
	{"SYN cookies for everyone",
	 "tcp-syn-queue",
	 "shows",
	 {{"TcpExt: 0 0 0 93 ", "TcpExt: 93 0 0 0 ", false},
	  {"net.ipv4.tcp_syncookies 0", "net.ipv4.tcp_syncookies 2", false}},
	 {"because net.ipv4.tcp_syncookies is 2. Nothing was lost.",
	  "set net.ipv4.tcp_syncookies=1"},
	 {"half open", "tcp_max_syn_backlog"}},
	{"a backlog queue whose limit is known",
	 "backlog-overflow",
	 "shows",
	 {{0}},
	 {"netdev_max_backlog (now 1000), say to 2000", "counts"},
	 {NULL}},
	{"a backlog queue in a namespace of its own",
	 "flow-limit",
	 "shows",
	 {{0}},
	 {"host's own network namespace"},
	 {"not known"}},
	{"RPS that is too narrow",
	 "one-cpu",
	 "shows",
	 {{0}},
	 {"add CPUs to the masks"},
	 {"enable RPS"}},
	{"no RPS at all",
	 "one-cpu",
	 "shows",
	 {{"device.vb.rps_queues 1", "device.vb.rps_queues 0", false}},
	 {"enable RPS", "/sys/class/net/vb/queues/rx-0/rps_cpus"},
	 {"add CPUs"}},
	{"the interrupt that brings them",
	 "one-cpu",
	 "shows",
	 {{"device.vb.rps_queues 1",
	   "device.vb.rps_queues 0\ndevice.vb.irq.37 1 99999 1 vb-rx-1\n"
	   "device.vb.irq.38 0 4254 0-1 vb-rx-0\ndevice.vb.irq.39 0 7 0-1 vb-rx-2",
	   false}},
	 {"interrupt 38 (vb-rx-0) of vb comes to CPU 0; it may go to CPUs 0-1",
	  "echo 3 > /sys/class/net/vb/queues/rx-0/rps_cpus", "a single flow cannot be spread"},
	 {"smp_affinity_list", "irq.37", "threaded"}},
	{"a port that was full, by its driver",
	 "device-driver",
	 "shows",
	 {{"rx_no_buffer_count", "driver mlx5_core\nrx_discards_phy", true},
	  {"rx_no_buffer_count", "driver mlx5_core\nrx_discards_phy", false}},
	 {"driver-drops drop: The driver of eth0 lost 7 packets: the port had no buffer left.",
	  "lspci -vv"},
	 {"memory is short", "device-driver"}},
	{"a ring that was full, where the kernel counts it as rx_dropped",
	 "device-driver",
	 "shows",
	 {{"rx_no_buffer_count", "driver mlx5_core\nrx_out_of_buffer", true},
	  {"rx_no_buffer_count", "driver mlx5_core\nrx_out_of_buffer", false},
	  {"2 eth0 100 0 0", "2 eth0 100 0 7", false}},
	 {"device-ring drop: eth0 lost 7 frames before the host saw them: its receive ring was "
	  "full."},
	 {"device-unhandled", "driver-drops", "device-driver"}},
	{"a ring that was full, by a driver that no standard counter repeats",
	 "device-driver",
	 "shows",
	 {{"rx_no_buffer_count", "driver vmxnet3\n\\x20\\x20pkts\\x20rx\\x20OOB", true},
	  {"rx_no_buffer_count", "driver vmxnet3\n\\x20\\x20pkts\\x20rx\\x20OOB", false}},
	 {"device-ring drop: eth0 lost 7 frames before the host saw them: its receive ring was "
	  "full.",
	  "OOB: 7 (the device had no receive buffer left)"},
	 {"driver-drops", "device-driver"}},
	{"a queue by the standard statistics, which the driver's own repeat",
	 "one-queue",
	 "shows",
	 {{HARDWARE_AT, HARDWARE("rx-2.rx-hw-drops 7\nrx-3.rx-hw-drops 5\n"), true},
	  {HARDWARE_AT,
	   HARDWARE("rx-2.rx-hw-drops 8\nrx-3.rx-hw-drops 45\nrx-3.rx-hw-drop-ratelimits 30\n"),
	   false}},
	 {"Receive queue 3 of eth0 lost 40 of the 41 packets that its 4 queues lost.",
	  "netdev.rx-3.rx-hw-drops of eth0: 40 (the device dropped them"},
	 {"lost 80", "lost 71"}},
	{"the standard statistics of a device that was not asked for them before",
	 "one-queue",
	 "shows",
	 {{HARDWARE_AT, HARDWARE("rx-2.rx-hw-drops 8000\n"), false}},
	 {"Receive queue 3 of eth0 lost 40 of the 41 packets that its 4 queues lost."},
	 {"netdev."}},
	{"a ring that was full, of a device whose hardware was first asked at the end",
	 "device-ring",
	 "shows",
	 {{HARDWARE_AT, HARDWARE("rx-2.rx-hw-drops 8000\n"), false}},
	 {"what its queues and its wire counted is not known"},
	 {"netdev."}},
	{"queues whose ring was full, where no standard counter says so",
	 "one-queue",
	 "shows",
	 {{HARDWARE_AT, HARDWARE("rx-0.rx-alloc-fail 1\n"), true},
	  {HARDWARE_AT,
	   HARDWARE("rx-0.rx-alloc-fail 9\nrx-0.rx-hw-drop-overruns 5\n"
		    "rx-1.rx-hw-drop-overruns 6\nrx-1.rx-hw-drops 6\n"),
	   false}},
	 {"eth0 lost 11 frames before the host saw them: its receive ring was full",
	  "netdev.rx-1.rx-hw-drop-overruns: 6 (the device had no buffer or descriptor left)"},
	 {"Receive queue", "sent 8 pause frames"}},
	{"what the wire damaged, by the card and by error correction",
	 "device-wire",
	 "shows",
	 {{HARDWARE_AT,
	   HARDWARE("fec-uncorrectable_blocks 2\neth-mac-FrameCheckSequenceErrors 1\n"), true},
	  {HARDWARE_AT,
	   HARDWARE("fec-uncorrectable_blocks 6\neth-mac-FrameCheckSequenceErrors 5\n"), false}},
	 {"netdev.fec-uncorrectable_blocks: 4 (error correction could not repair what was "
	  "received)"},
	 {"netdev.eth-mac-FrameCheckSequenceErrors: 5", "in its own statistics"}},
	{"one queue of several",
	 "one-cpu",
	 "shows",
	 {{"device.vb.queues 1\ndevice.vb.rps_queues 1",
	   "device.vb.queues 2\ndevice.vb.rps_queues 0\ndevice.vb.threaded 1\n"
	   "device.vb.irq.38 0 4254 0-1 vb-rx-0",
	   false}},
	 {"echo 1 > /proc/irq/38/smp_affinity_list", "threaded NAPI",
	  "a single flow cannot be spread"},
	 {"enable RPS", "taskset -p 3"}},
	{"several queues whose interrupts are not known",
	 "one-cpu",
	 "shows",
	 {{"device.vb.queues 1\ndevice.vb.rps_queues 1",
	   "device.vb.queues 2\ndevice.vb.rps_queues 0", false}},
	 {"could not keep up; the other CPU handled", "the interrupts of vb are not known",
	  "a single flow cannot be spread"},
	 {"smp_affinity_list", "has one queue", "idle"}},
	{"the filters of traffic control that dropped",
	 "tc-filter",
	 "shows",
	 {{"==> rxpath/settings <==\n",
	   "==> rxpath/settings <==\ndevice.eth0.tc.1 flower 49152 0 gact 100\n"
	   "device.eth0.tc.2 bpf 7 5 guard -\ndevice.eth1.tc.1 u32 1 0 gact 3\n",
	   false}},
	 {"its filter flower, pref 49152, chain 0, dropped 100 since it was added (action gact)",
	  "its filter bpf, pref 7, chain 5, is a program guard that decides by itself"},
	 {"u32"}},
	{"what takes the packets of its queues",
	 "one-cpu",
	 "shows",
	 {{"device.vb.queues 1\ndevice.vb.rps_queues 1",
	   "device.vb.queues 2\ndevice.vb.rps_queues 0\ndevice.vb.threaded 1\n"
	   "device.vb.napi.0 37 -\ndevice.vb.napi.1 38 4711\ndevice.vb.irq.38 0 4254 0-1 serial",
	   false}},
	 {"interrupt 38 (serial) of queue 1 of vb comes to CPU 0", "of queue 1 in thread 4711",
	  "taskset -p 3 4711"},
	 {"of queue 0"}},
	{"how long softirqs ran",
	 "one-cpu",
	 "shows",
	 {{HARDWARE_AT, CPU_TIME("cpu0 10 0 10 70 0 0 10 0 0 0\ncpu1 10 0 10 980 0 0 0 0 0 0"),
	   true},
	  {HARDWARE_AT, CPU_TIME("cpu0 10 0 11 72 0 0 107 0 0 0\ncpu1 15 0 11 1071 0 0 3 0 0 0"),
	   false}},
	 {"softirqs took 97 % of the time of CPU 0, 3 % of the others'"},
	 {NULL}},
	{"frames that nobody wants",
	 "device-unhandled",
	 "shows",
	 {{0}},
	 {"0806 arp_rcv", "rxpath check --trace", "--allow vb:rx_dropped"},
	 {NULL}},
	{"frames that are no frames nobody wants",
	 "capture-running",
	 "shows",
	 {{0}},
	 {"rxpath check --trace", "a capture runs", "compare the MTU"},
	 {"--allow", "wants these frames (LLDP"}},
	{"a capture that came later",
	 "capture-running",
	 "shows",
	 {{"ALL  vb       packet_rcv\n", "", true}},
	 {"look at frames that are not IP", "wants these frames (LLDP"},
	 {"a capture runs", "capture-running", "compare the MTU"}},
	{"headers whose checksum is wrong",
	 "ip-header",
	 "shows",
	 {{"net.ipv4.ip_forward 0", "net.ipv4.ip_forward 1", false}},
	 {"IpInHdrErrors 100, IpExtInCsumErrors 100", "find what breaks them"},
	 {"routing loop", "this host forwards"}},
	{"a host that is no router",
	 "not-for-us",
	 "shows",
	 {{0}},
	 {"net.ipv4.ip_forward is 0", "see which addresses"},
	 {"add the route", "forwarding is off"}},
	{"a router's device that does not forward",
	 "not-for-us",
	 "shows",
	 {{"net.ipv4.ip_forward 0",
	   "net.ipv4.ip_forward 1\nnet.ipv4.conf.idle.forwarding 0\n"
	   "net.ipv4.conf.vb.forwarding 0",
	   false}},
	 {"net.ipv4.conf.vb.forwarding is 0 (and 1 more", "forwarding is off on vb:"},
	 {"add the route", "see which addresses"}},
	{"a router without a route",
	 "not-for-us",
	 "shows",
	 {{"net.ipv4.ip_forward 0", "net.ipv4.ip_forward 1", false},
	  {"Ip: 2 64 100 0 100", "Ip: 2 64 100 0 0", false},
	  {"IpExt: 0 0", "IpExt: 100 0", false}},
	 {"IpExtInNoRoutes 100", "add the route that is missing"},
	 {"see which addresses", "forwarding is off"}},
	{"an IPv6 router without a route",
	 "not-for-us",
	 "shows",
	 {{"net.ipv6.conf.all.forwarding 0", "net.ipv6.conf.all.forwarding 1", false},
	  {"Ip: 2 64 100 0 100", "Ip: 2 64 100 0 0", false},
	  {"Ip6InReceives ", "Ip6InNoRoutes 100\nIp6InReceives ", false}},
	 {"net.ipv6.conf.all.forwarding is 1", "add the route that is missing"},
	 {"see which addresses"}},
	{"IPv6 that is off on an idle device too",
	 "ipv6-disabled",
	 "shows",
	 {{"net.ipv6.conf.vb.", "net.ipv6.conf.idle.disable_ipv6 1\nnet.ipv6.conf.vb.", false}},
	 {"disabled on vb and others", "net.ipv6.conf.vb.disable_ipv6=0"},
	 {"conf.idle."}},
	{"a strict filter on idle devices too",
	 "reverse-path",
	 "shows",
	 {{"net.ipv4.conf.all.rp_filter 0",
	   "net.ipv4.conf.all.rp_filter 1\n"
	   "net.ipv4.conf.lo.rp_filter 0\nnet.ipv4.conf.idle.rp_filter 0",
	   false}},
	 {"vb (and 1 more that received less) filters strictly"},
	 {"idle", "lo "}},
	{"a table that is full",
	 "conntrack-full",
	 "shows",
	 {{0}},
	 {"60 connections of at most 60", "about 301 new connections a second",
	  "stays for 30 seconds", "(now 60), say to 10000"},
	 {NULL}},
	{"a strict filter", "reverse-path", "shows", {{0}}, {"vb filters strictly"}, {NULL}},
	{"no free port",
	 "conntrack-insert",
	 "shows",
	 {{0}},
	 {"Connection tracking dropped"},
	 {"no free port"}},
	{"a limit that nobody knows, and a queue as full as before",
	 "udp-receive-buffer",
	 "shows",
	 {{"212992 211968", "- 8000", false}, {"212992 0 ", "- 7900 ", true}},
	 {"probably full all the time; its limit is not known", "must read faster"},
	 {"was full.", "look again while it happens"}},
	{"a limit that can be set on the host alone",
	 "udp-receive-buffer",
	 "shows",
	 {{"212992 211968", "212992 0", false},
	  {"net.core.rmem_default 212992",
	   "net.core.rmem_default 212992\nread_only.net.core.rmem_default host", false}},
	 {"as root on the host (it can only be set in the host's own network namespace), and "
	  "restart"},
	 {NULL}},
	{"a container's settings",
	 "udp-receive-buffer",
	 "shows",
	 {{"212992 211968", "212992 0", false},
	  {"net.core.rmem_default 212992",
	   "net.core.rmem_default 212992\nread_only.net.core.rmem_default mount", false}},
	 {"from outside the container (it cannot be set inside), and restart"},
	 {NULL}},
	{"memory for fragments",
	 "reassembly-memory",
	 "shows",
	 {{0}},
	 {"the limit is 20000", "raise net.ipv4.ipfrag_high_thresh (now 20000)"},
	 {"ip6frag"}},
	{"the memory of all UDP sockets",
	 "udp-memory",
	 "shows",
	 {{0}},
	 {"no protocol counter shows", "net.ipv4.udp_mem (in the host's own network namespace)"},
	 {"rmem_max"}},
	{"a name that would break lines",
	 "udp-receive-buffer",
	 "shows",
	 {{"lab-receiver", "a\\x1B[31m\\x0Ab%s", false}},
	 {"a\\x1B[31m\\x0Ab"},
	 {"\033"}},
	{"a setting that would break lines",
	 "reverse-path",
	 "shows",
	 {{"net.ipv4.conf.all.rp_filter 0", "net.ipv4.conf.all.rp_filter 0 \033[31m", false}},
	 {"(now 0 \\x1B[31m)"},
	 {"\033"}},
};

static bool try_advice(const struct advice_case *test)
{
	struct texts texts = load_pair(test->id, test->what);
	struct found found;
	bool right = true;

	for (size_t i = 0; i < COUNT(test->changes) && test->changes[i].from; i++) {
		replace(test->changes[i].first ? &texts.before : &texts.after,
			test->changes[i].from, test->changes[i].to);
	}
	found = find_between(&texts, NULL);
	for (size_t i = 0; i < COUNT(test->must) && test->must[i]; i++)
		right = right && strstr(found.texts.data, test->must[i]);
	for (size_t i = 0; i < COUNT(test->must_not) && test->must_not[i]; i++)
		right = right && !strstr(found.texts.data, test->must_not[i]);
	if (!right)
		print_error("%s:%s\n", test->name, found.texts.data);
	free_found(&found);
	free_pair(&texts);
	return right;
}

static void advice_fits(void **state)
{
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(advice_cases); i++)
		wrong += !try_advice(&advice_cases[i]);
	assert_int_equal(wrong, 0);
}

/* What is left out of a live sample changes nothing of what is said. Above all those that share an
 * address with a socket that lost, and have nothing to tell themselves. */
static void live_as_from_saved_samples(void **state)
{
	static const struct change_of_text quiet[] = {
		{":000CB200 ", ":00000000 ", false}, /* the queues of the others are empty */
		{" 832000 ", " 0 ", false},
	};
	const struct rxpath_finding_fact *fact;
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; (fact = rxpath_finding_at(i)); i++) {
		struct texts texts = load_pair(fact->id, "shows");
		struct found saved, live;

		if (strcmp(fact->id, "udp-multicast-slow-member") == 0)
			for (size_t j = 0; j < COUNT(quiet); j++)
				replace(&texts.after, quiet[j].from, quiet[j].to);
		saved = find_between(&texts, NULL);
		live = find_live(&texts);
		if (strcmp(saved.texts.data, live.texts.data) != 0) {
			print_error("%s: saved:%s\nlive:%s\n", fact->id, saved.texts.data,
				    live.texts.data);
			wrong++;
		}
		free_found(&saved);
		free_found(&live);
		free_pair(&texts);
	}
	assert_int_equal(wrong, 0);
}

/* Sums since boot do not tell what came together, or what ran meanwhile. */
static void nothing_is_simultaneous_since_boot(void **state)
{
	static const struct rxpath_criteria everything = {0};
	struct texts ring = load_pair("device-ring", "shows");
	struct texts capture = load_pair("capture-running", "shows");
	struct rxpath_sample sample = sample_of(ring.after);
	struct found found = find(NULL, &sample, &everything);

	(void)state;
	assert_non_null(
		strstr(found.texts.data, "times: it matters only if packets are lost then"));
	assert_null(strstr(found.texts.data, "while"));
	free_found(&found);
	sample = sample_of(capture.after);
	found = find(NULL, &sample, &everything);
	assert_true(has_id(&found, "backlog-overflow"));
	assert_false(has_id(&found, "capture-running"));
	free_found(&found);
	free_pair(&ring);
	free_pair(&capture);
}

/* What the user tolerates, or did not ask for, is not explained. */
static void the_criteria_are_heard(void **state)
{
	static const struct rxpath_allowance tolerated = {
		.counter = "UdpRcvbufErrors",
		.limit = {.packets = RXPATH_UNKNOWN},
	};
	static const struct rxpath_criteria tolerant = {.allowances = &tolerated,
							.allowance_count = 1};
	static const struct rxpath_criteria elsewhere = {.stages = 1u << RXPATH_STAGE_SOFTNET};
	static const char *const lo = "lo";
	static const struct rxpath_criteria other = {.devices = &lo, .device_count = 1};
	struct texts sockets = load_pair("udp-receive-buffer", "shows");
	struct texts devices = load_pair("device-unhandled", "shows");
	struct found found = find_between(&sockets, &tolerant);

	(void)state;
	assert_string_equal(found.ids.data, "");
	free_found(&found);
	found = find_between(&sockets, &elsewhere);
	assert_string_equal(found.ids.data, "");
	free_found(&found);
	found = find_between(&devices, &other);
	assert_string_equal(found.ids.data, "");
	free_found(&found);
	free_pair(&sockets);
	free_pair(&devices);
}

/* The route lookup counts martians and what path filters refused for all namespaces together; what
 * the others say of theirs is taken off. */
static void martians_are_those_of_this_namespace(void **state)
{
	static const char counters[] =
		"==> /proc/net/snmp <==\nIp: InReceives InDelivers\nIp: %u 0\n\n"
		"==> /proc/net/netstat <==\nTcpExt: IPReversePathFilter\nTcpExt: %u\n"
		"IpExt: InNoRoutes\nIpExt: 0\n\n"
		"==> /proc/net/stat/rt_cache <==\nentries in_martian_src\n00000000 %08x\n\n";
	static const struct {
		const char *name;
		unsigned received, filtered, strange;
		struct others others;
		bool elsewhere;
		const char *id, *text;
	} cases[] = {
		{"alone", 50, 30, 50, {0}, false, "martian", "20 packets (40 %"},
		{"beside a filter that nobody looked at",
		 20,
		 0,
		 50,
		 {0},
		 false,
		 "filtered",
		 "some may be martians: rt_cache, which counts for all network namespaces of the "
		 "host, had 50"},
		{"beside a filter",
		 20,
		 0,
		 50,
		 {30, 0},
		 false,
		 "martian",
		 "TcpExtIPReversePathFilter 30 of other network namespaces"},
		{"beside a filter, and others' packets",
		 20,
		 0,
		 50,
		 {30, 8},
		 false,
		 "martian",
		 "12 packets (60 %"},
		{"any may be others'", 20, 0, 50, {30, 20}, false, "filtered", "had 20"},
		{"not the program's own",
		 50,
		 30,
		 80,
		 {30, 0},
		 true,
		 "martian",
		 "rt_cache_in_martian_src 80"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct rxpath_criteria criteria = {.elsewhere = cases[i].elsewhere};
		char text[600];
		struct rxpath_sample before, after;
		struct found found;

		snprintf(text, sizeof text, counters, 0, 0, 0);
		before = sample_of(text);
		snprintf(text, sizeof text, counters, cases[i].received, cases[i].filtered,
			 cases[i].strange);
		after = sample_of(text);
		found = find_beside(&before, &after, &criteria, cases[i].others);
		if (!has_id(&found, cases[i].id) || !strstr(found.texts.data, cases[i].text) ||
		    has_id(&found, "filtered") == has_id(&found, "martian"))
			fail_msg("%s:\n%s", cases[i].name, found.texts.data);
		free_found(&found);
	}
}

/* Whoever is using 'rxpath run' is not told to use it. */
static void the_advice_depends_on_the_command(void **state)
{
	static const char counters[] = "==> /proc/net/snmp <==\nUdp: InDatagrams RcvbufErrors\n";
	char before[128], after[128];
	const struct texts texts = {.before = before, .after = after};
	static const struct rxpath_criteria of_run = {.of_run = true};
	struct found found;

	(void)state;
	snprintf(before, sizeof before, "%sUdp: 9 0\n", counters);
	snprintf(after, sizeof after, "%sUdp: 9 7\n", counters);
	found = find_between(&texts, NULL);
	assert_non_null(strstr(found.texts.data, "'rxpath run', or run rxpath with --trace"));
	free_found(&found);
	found = find_between(&texts, &of_run);
	assert_null(strstr(found.texts.data, "'rxpath run'"));
	assert_non_null(strstr(found.texts.data, "do: run rxpath with --trace"));
	free_found(&found);
}

/* Which settings have to be looked up. */
static unsigned stages_of(const char *id, const char *what, const struct rxpath_criteria *criteria)
{
	struct texts texts = load_pair(id, what);
	struct rxpath_sample before = sample_of(texts.before);
	struct rxpath_sample after = sample_of(texts.after);
	struct rxpath_report report = {0};
	struct rxpath_error error = {0};
	unsigned stages;

	assert_true(rxpath_analyse(&before, &after, criteria, &report, &error));
	stages = rxpath_analyse_stages_to_explain(&report, criteria);
	rxpath_report_free(&report);
	rxpath_sample_free(&before);
	rxpath_sample_free(&after);
	free_pair(&texts);
	return stages;
}

static void only_what_moved_is_looked_into(void **state)
{
	static const struct rxpath_criteria moved = {0};
	static const struct rxpath_criteria all = {.all = true};

	(void)state;
	assert_int_equal(stages_of("none", "well-idle", &moved), 0);
	assert_int_equal(stages_of("none", "well-idle", &all), (1u << RXPATH_STAGES) - 1);
	assert_int_equal(stages_of("device-unhandled", "shows", &moved), 1u << RXPATH_STAGE_DEVICE);
	assert_int_equal(stages_of("udp-queue", "shows", &moved), 1u << RXPATH_STAGE_SOCKET);
}

/* A driver's own statistic is a loss of its own only where no standard counter has it. */
static void drivers_are_evidence(void **state)
{
	static const struct rxpath_criteria everything = {0};
	struct texts alone = load_pair("device-driver", "shows");
	struct texts beside = load_pair("device-ring", "shows");
	char *said = report_of(alone.before, alone.after, &everything, VIEW_MOVED | VIEW_STATES);

	(void)state;
	assert_non_null(strstr(said, "suspect ethtool.rx_no_buffer_count eth0 7 unclassified\n"));
	assert_non_null(strstr(said, "suspect ok ok ok ok ok -> suspect, lost 0\n"));
	free(said);
	said = report_of(beside.before, beside.after, &everything, VIEW_MOVED | VIEW_STATES);
	assert_non_null(
		strstr(said, "suspect ethtool.rx_missed_errors eth0 1200 counted unclassified\n"));
	assert_non_null(strstr(said, "-> drop, lost 1200\n"));
	free(said);
	free_pair(&alone);
	free_pair(&beside);
}

/* Overruns are also drops of the same queue, and what a standard counter may have too is lost only
 * there. */
static void hardware_is_counted_once(void **state)
{
	static const struct rxpath_criteria everything = {0};
	struct texts texts = load_pair("one-queue", "shows");
	char *said;

	(void)state;
	replace(&texts.before, HARDWARE_AT, HARDWARE("rx-0.rx-alloc-fail 1\n"));
	replace(&texts.after, HARDWARE_AT,
		HARDWARE("rx-0.rx-alloc-fail 9\nrx-1.rx-hw-drop-overruns 6\n"
			 "rx-1.rx-hw-drops 6\nrx-2.rx-hw-drops 5\n"));
	said = report_of(texts.before, texts.after, &everything, VIEW_MOVED | VIEW_STATES);
	assert_non_null(strstr(said, "pressure netdev.rx-0.rx-alloc-fail eth0 8\n"));
	assert_non_null(strstr(said, "drop netdev.rx-1.rx-hw-drop-overruns eth0 6 lost 6\n"));
	assert_non_null(strstr(said, "suspect netdev.rx-1.rx-hw-drops eth0 6 counted\n"));
	assert_non_null(strstr(said, "suspect netdev.rx-2.rx-hw-drops eth0 5\n"));
	assert_non_null(strstr(said, "-> drop, lost 6\n"));
	free(said);
	replace(&texts.after, "2 eth0 100 0 0 0 0 0 0 0 0 0 0 0",
		"2 eth0 100 0 0 0 0 0 0 0 0 7 0 0");
	said = report_of(texts.before, texts.after, &everything, VIEW_MOVED | VIEW_STATES);
	assert_non_null(strstr(said, "drop netdev.rx-1.rx-hw-drop-overruns eth0 6 counted\n"));
	assert_non_null(strstr(said, "-> drop, lost 7\n"));
	free(said);
	free_pair(&texts);
}

/* What an XDP program decided is no loss; what it could not hand on is one. */
static void drivers_tell_of_xdp(void **state)
{
	static const struct {
		const char *name;
		enum rxpath_kind kind;
	} names[] = {
		{"rx_queue_0_xdp_drops", RXPATH_KIND_REJECT},
		{"rx_xdp_drop", RXPATH_KIND_REJECT},
		{"rx_xdp_redirect_errors", RXPATH_KIND_DROP},
		{"rx_xdp_tx_errors", RXPATH_KIND_SUSPECT},
		{"rx_queue_0_drops", RXPATH_KIND_SUSPECT},
		{"rx_redirect_errors", RXPATH_KIND_SUSPECT},
		{"tx_pause_ctrl_phy", RXPATH_KIND_PRESSURE},
		{"tx_flow_control_xoff", RXPATH_KIND_PRESSURE},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++)
		if (rxpath_ethtool_kind(rxpath_slice_of(names[i].name)) != names[i].kind)
			fail_msg("%s", names[i].name);
}

/* Of two endings that fit the longer one counts; what holds for all drivers has no driver's
 * name. */
static void statistics_of_drivers(void **state)
{
	static const struct {
		const char *driver, *name;
		bool known;
		enum rxpath_kind kind;
	} cases[] = {
		{"veth", "rx_queue_0_xdp_drops", true, RXPATH_KIND_REJECT},
		{"veth", "rx_queue_0_drops", true, RXPATH_KIND_DROP},
		{"virtio_net", "rx_queue_3_xdp_drops", true, RXPATH_KIND_REJECT},
		{"virtio_net", "rx_queue_3_drops", true, RXPATH_KIND_DROP},
		{"virtio_net", "_drops", true, RXPATH_KIND_DROP},
		{"virtio_net", "drops", false, RXPATH_KIND_DROP},
		{"igb", "rx_queue_0_drops", false, RXPATH_KIND_DROP},
		{"", "netdev.rx-0.rx-hw-drops", true, RXPATH_KIND_SUSPECT},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct rxpath_driver_statistic *found = rxpath_driver_find(
			rxpath_slice_of(cases[i].driver), rxpath_slice_of(cases[i].name));

		if ((found != NULL) != cases[i].known || (found && found->kind != cases[i].kind))
			fail_msg("%s of '%s'", cases[i].name, cases[i].driver);
	}
}

static void names_of_drivers(void **state)
{
	static const struct {
		const char *name;
		bool lossy;
	} names[] = {
		{"bw_in_allowance_exceeded", true},
		{"bw_out_allowance_exceeded", false},
		{"pps_allowance_exceeded", true},
		{"pkts\\x20rx\\x20OOB", true},
		{"pkts rx OOB", true},
		{"rx\\x20buf\\x20alloc\\x20fail", true},
		{"  drv dropped tx total", false},
		{"\\x20\\x20pkts\\x20tx\\x20discard", false},
		{"rx_no_memory", true},
		{"mmc_rx_fifo_overflow", true},
		{"rx_overflow_cntr", true},
		{"port_rx_overflow", true},
		{"rx_ovflow0", true},
		{"rx_bg0_frames_trunc", true},
		{"rx_nodesc_trunc", true},
		{"IEEE_rx_macerr", true},
		{"rx_fifo_full", true},
		{"rx_symbol_err_phy", false},
		{"rx_symbol_error", false},
		{"rx_drops", true},
		{"rx_queue_0_drops", true},
		{"rx_missed_errors", true},
		{"rx_no_buffer_count", true},
		{"rx_no_dma_resources", true},
		{"rx_out_of_buffer", true},
		{"port.rx_dropped", true},
		{"rx_discards_phy", true},
		{"rx_overrun", true},
		{"RxDrops", true},
		{"rx0_alloc_fail", true},
		{"rx_queue_0_xdp_drops", true},
		{"tx_dropped", false},
		{"tx_queue_0_xdp_xmit_errors", false},
		{"rx_queue_0_xdp_tx_errors", false},
		{"port.tx_dropped", false},
		{"rx_packets", false},
		{"interrupts", false},
		{"fdir_miss", false},
		{"rx_cache_miss", false},
		{"queue_0_tx errors", false},
		{"tx-errors", false},
		{"errors-tx", false},
		{"xmit errors", false},
		{"transmitted with errors", false},
		{"rx_out_of_order_drops", false},
		{"rx_err_count", true},
		{"queue0_rx_miss", true},
		{"nobuf", true},
		{"tx_pause_ctrl_phy", true},
		{"pause_frames_sent", true},
		{"xoff_transition_tx", false},
		{"rx_pause_ctrl_phy", false},
		{"tx_flow_control_xoff", true},
		{"tx_flow_control_xon", false},
		{"tx_xoff_sent", true},
		{"tx_prio3_pause_duration", false},
		{"", false},
		{"\xff\xfe", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++)
		if (rxpath_ethtool_sounds_lossy(rxpath_slice_of(names[i].name)) != names[i].lossy)
			fail_msg("'%s' is judged wrongly", names[i].name);
}

/* What sock_diag alone knows, as text. */
static void tables_of_sockets(void **state)
{
	static const char listeners[] =
		AT("rxpath/listeners", "protocol local queue limit drops uid inode cookie later\n"
				       "tcp 10.0.0.1:80 3 2 7 33 1415 00000000000000ff x\n"
				       "tcp6 [::1]:443 0 128 0 0 1416 1 y\n");
	static const char packets[] =
		AT("rxpath/packet", "device type drops rmem rcvbuf ring uid inode cookie\n"
				    "* 0003 9 10 20 ring 0 7 1\n"
				    "a\\x20b 88cc 0 0 20 - 0 8 2\n");
	static const char *const broken[] = {
		AT("rxpath/listeners", "local queue\n"),
		AT("rxpath/listeners", "protocol local inode cookie\ntcp 10.0.0.1:80 1\n"),
		AT("rxpath/listeners", "protocol local inode cookie\ntcp 10.0.0:80 1 1\n"),
		AT("rxpath/listeners", "protocol local inode cookie\ntcp 10.0.0.1:65536 1 1\n"),
		AT("rxpath/listeners", "protocol local inode cookie\ntcp6 ::1:80 1 1\n"),
		AT("rxpath/listeners", "protocol local inode cookie\nudp 10.0.0.1:80 1 1\n"),
		AT("rxpath/listeners",
		   "protocol local queue inode cookie\ntcp 10.0.0.1:80 4294967296 1 1\n"),
		AT("rxpath/packet", "device type inode cookie\neth0 10000 1 1\n"),
		AT("rxpath/packet", "device type inode cookie\nsixteen-bytes-xx 0003 1 1\n"),
		AT("rxpath/packet", "device type inode cookie\neth0 0003 1\n"),
		AT("rxpath/ethtool/eth0", "rx_drops\n"),
		AT("rxpath/ethtool/eth0", "rx_drops -1\n"),
		AT("rxpath/ethtool/eth0", "rx\033drops 1\n"),
		AT("rxpath/hardware/eth0", "rx-0.rx-hw-drops\n"),
		AT("rxpath/hardware/eth0", "rx-0.rx-hw-drops 1x\n"),
	};
	struct rxpath_sample sample = sample_of(listeners);
	struct rxpath_buf out = {0};

	(void)state;
	assert_int_equal(sample.socket_count, 2);
	assert_int_equal(sample.sockets[0].rx_queue, 3);
	assert_int_equal(sample.sockets[0].limit, 2);
	assert_int_equal(sample.sockets[0].drops, 7);
	assert_int_equal(sample.sockets[0].inode, 1415);
	assert_int_equal(sample.sockets[0].cookie, 255);
	rxpath_socket_subject(&out, &sample.sockets[0]);
	rxpath_buf_char(&out, ' ');
	rxpath_socket_subject(&out, &sample.sockets[1]);
	rxpath_sample_free(&sample);
	sample = sample_of(packets);
	assert_int_equal(sample.socket_count, 2);
	assert_int_equal(sample.sockets[0].drops, 9);
	rxpath_buf_char(&out, ' ');
	rxpath_socket_subject(&out, &sample.sockets[0]);
	rxpath_buf_char(&out, ' ');
	rxpath_socket_subject(&out, &sample.sockets[1]);
	rxpath_sample_free(&sample);
	assert_string_equal(text_of(&out),
			    "tcp/10.0.0.1:80 tcp6/[::1]:443 packet/* packet/a\\x20b");
	rxpath_buf_free(&out);
	for (size_t i = 0; i < COUNT(broken); i++) {
		size_t failed = 0;

		sample = sample_of(broken[i]);
		for (enum rxpath_source source = 0; source < RXPATH_SOURCES; source++)
			failed += sample.sources[source].status == RXPATH_FAILED;
		if (failed != 1 || sample.socket_count != 0)
			fail_msg("%zu: it parsed: %s", i, broken[i]);
		rxpath_sample_free(&sample);
	}
}

/* Settings that somebody saved with tail count as well as the program's own section. */
static void settings_as_files(void **state)
{
	struct rxpath_sample sample = sample_of(AT("/proc/sys/net/ipv4/udp_mem", "1\t2\t3\n") AT(
		"host/proc/sys/net/core/rmem_max", "4\n") AT("/proc/sys/kernel/hostname", "a\n"));

	(void)state;
	assert_int_equal(sample.setting_count, 2);
	assert_true(rxpath_slice_is(rxpath_sample_setting(&sample, "net.ipv4.udp_mem")->value,
				    "1 2 3"));
	assert_true(
		rxpath_slice_is(rxpath_sample_setting(&sample, "net.core.rmem_max")->value, "4"));
	rxpath_sample_free(&sample);
}

/* Where two are alike, the one that stands first in the report. */
static void of_two_alike_the_first_is_named(void **state)
{
#define TWO(first, second) \
	AT("rxpath/link", \
	   "ifindex name rx_packets rx_dropped\n1 eth0 99 " first "\n2 eth1 99 " second "\n")
#define BACKLOG(dropped) \
	NET("softnet_stat", "00000000 " dropped " 00000000 00000000 00000000 00000000 00000000 " \
			    "00000000 00000000 00000000 00000000 00000000 00000000\n")
#define XDP(eth0, eth1) \
	AT("rxpath/ethtool/eth0", "rx_xdp_drop " eth0 "\n") \
	AT("rxpath/ethtool/eth1", "rx_xdp_drop " eth1 "\n")
	static const struct {
		const char *before, *after, *says;
	} cases[] = {
		{TWO("0", "0") BACKLOG("00000000"), TWO("50", "50") BACKLOG("00000064"),
		 "seen: eth0 counts 50 of them"},
		{TWO("0", "0") BACKLOG("00000000"), TWO("50", "51") BACKLOG("00000065"),
		 "seen: eth1 counts 51 of them"},
		{TWO("0", "0") XDP("0", "0"), TWO("0", "0") XDP("50", "50"),
		 "An XDP program on eth0 "},
		{TWO("0", "0") XDP("0", "0"), TWO("0", "0") XDP("50", "51"),
		 "An XDP program on eth1 "},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct rxpath_sample before = sample_of(cases[i].before);
		struct rxpath_sample after = sample_of(cases[i].after);
		struct found found = find(&before, &after, &(struct rxpath_criteria){0});

		if (!strstr(found.texts.data, cases[i].says))
			fail_msg("not said: '%s' in:%s", cases[i].says, found.texts.data);
		free_found(&found);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(facts_are_whole),
		cmocka_unit_test(each_is_shown_and_each_is_silent),
		cmocka_unit_test(a_host_that_is_well_has_none),
		cmocka_unit_test(advice_fits),
		cmocka_unit_test(live_as_from_saved_samples),
		cmocka_unit_test(nothing_is_simultaneous_since_boot),
		cmocka_unit_test(the_criteria_are_heard),
		cmocka_unit_test(martians_are_those_of_this_namespace),
		cmocka_unit_test(the_advice_depends_on_the_command),
		cmocka_unit_test(only_what_moved_is_looked_into),
		cmocka_unit_test(drivers_are_evidence),
		cmocka_unit_test(hardware_is_counted_once),
		cmocka_unit_test(drivers_tell_of_xdp),
		cmocka_unit_test(statistics_of_drivers),
		cmocka_unit_test(names_of_drivers),
		cmocka_unit_test(tables_of_sockets),
		cmocka_unit_test(settings_as_files),
		cmocka_unit_test(of_two_alike_the_first_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
