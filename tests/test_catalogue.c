/* test_catalogue.c: the table is whole and in order, and tells losses from the rest. */
#include <ctype.h>
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rxpath/catalogue.h"
#include "rxpath/lossy.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct rxpath_slice slice(const char *string)
{
	return (struct rxpath_slice){string, strlen(string)};
}

static const struct rxpath_counter *find(const char *name)
{
	return rxpath_catalogue_find(slice(name));
}

static void sorted_and_unique(void **state)
{
	(void)state;
	assert_true(rxpath_catalogue_size() > 150);
	for (size_t i = 1; i < rxpath_catalogue_size(); i++) {
		const char *a = rxpath_catalogue_at(i - 1)->name;
		const char *b = rxpath_catalogue_at(i)->name;

		if (strcmp(a, b) >= 0)
			fail_msg("%s stands before %s", a, b);
	}
	assert_null(rxpath_catalogue_at(rxpath_catalogue_size()));
	assert_null(rxpath_catalogue_at(SIZE_MAX));
}

/* A name that just fills its place would run on into the next field. */
static void names_end(void **state)
{
	(void)state;
	for (size_t i = 0; i < rxpath_catalogue_size(); i++) {
		const struct rxpath_counter *row = rxpath_catalogue_at(i);

		if (!memchr(row->name, '\0', sizeof row->name))
			fail_msg("%.*s has no end", (int)sizeof row->name, row->name);
	}
}

/* A report's columns and lines hold as long as no text can break them. */
static void check_text(const char *name, const char *field, const char *text, bool sentence)
{
	size_t len;

	if (text == NULL)
		fail_msg("%s: %s is NULL", name, field);
	len = strlen(text);
	for (size_t i = 0; i < len; i++)
		if (text[i] < ' ' || text[i] > '~')
			fail_msg("%s: %s has byte %d", name, field, text[i]);
	if (strstr(text, "  ") != NULL || text[0] == ' ' || (len > 0 && text[len - 1] == ' '))
		fail_msg("%s: %s has a blank too many", name, field);
	if (sentence && (len == 0 || text[len - 1] != '.'))
		fail_msg("%s: %s is no sentence", name, field);
	if (len > 300)
		fail_msg("%s: %s has %zu bytes", name, field, len);
}

static void texts_are_plain(void **state)
{
	(void)state;
	for (size_t i = 0; i < rxpath_catalogue_size(); i++) {
		const struct rxpath_counter *row = rxpath_catalogue_at(i);
		bool traffic = row->kind == RXPATH_KIND_TRAFFIC;

		check_text("a row", "name", row->name, false);
		assert_true(row->name[0] != '\0');
		assert_null(strpbrk(row->name, " :=,*?[]"));
		check_text(row->name, "meaning", row->meaning, true);
		if (traffic)
			assert_null(row->action);
		else
			check_text(row->name, "action", row->action, true);
		check_text(row->name, "kernel", row->kernel, false);
		assert_true(row->kernel[0] != '\0');
		if (row->since) {
			assert_true(row->since[0] != '\0');
			assert_int_equal(strspn(row->since, "0123456789."), strlen(row->since));
		}
	}
}

static void enums_are_in_range(void **state)
{
	(void)state;
	for (size_t i = 0; i < rxpath_catalogue_size(); i++) {
		const struct rxpath_counter *row = rxpath_catalogue_at(i);

		assert_true((size_t)row->stage < RXPATH_STAGES);
		assert_true((size_t)row->kind < RXPATH_KINDS);
		assert_true((size_t)row->source < RXPATH_SOURCES);
		assert_true(row->shape <= RXPATH_SHAPE_GAUGE);
		/* A level has no difference, so it can lose nothing. */
		if (row->shape == RXPATH_SHAPE_GAUGE && row->kind != RXPATH_KIND_PRESSURE &&
		    row->kind != RXPATH_KIND_TRAFFIC)
			fail_msg("%s: a gauge that loses packets", row->name);
	}
}

static void within_leads_up(void **state)
{
	(void)state;
	for (size_t i = 0; i < rxpath_catalogue_size(); i++) {
		const struct rxpath_counter *row = rxpath_catalogue_at(i);
		size_t steps = 0;

		while (row->within != NULL) {
			const struct rxpath_counter *parent = find(row->within);

			if (parent == NULL)
				fail_msg("%s: within %s, which is no row", row->name, row->within);
			if (parent->shape != RXPATH_SHAPE_COUNTER ||
			    row->shape != RXPATH_SHAPE_COUNTER)
				fail_msg("%s: within %s: a gauge", row->name, parent->name);
			if (parent->kind == RXPATH_KIND_TRAFFIC)
				fail_msg("%s: within %s: traffic", row->name, parent->name);
			row = parent;
			if (++steps > rxpath_catalogue_size())
				fail_msg("%s: within itself", row->name);
		}
	}
}

static void finds_each_and_nothing_else(void **state)
{
	char word[128];

	(void)state;
	for (size_t i = 0; i < rxpath_catalogue_size(); i++) {
		const struct rxpath_counter *row = rxpath_catalogue_at(i);
		size_t len = strlen(row->name);
		/* Without a NUL behind it, so that a read past the end is seen. */
		char *exact = malloc(len);
		struct rxpath_slice name = {exact, len};

		assert_non_null(exact);
		memcpy(exact, row->name, len);
		assert_ptr_equal(rxpath_catalogue_find(name), row);
		free(exact);

		assert_true(len + 2 < sizeof(word));
		memcpy(word, row->name, len);
		word[len] = '\0';
		name = (struct rxpath_slice){word, len + 1};
		assert_null(rxpath_catalogue_find(name));
		word[len] = '~';
		assert_null(rxpath_catalogue_find(name));
		word[0] = (char)(word[0] ^ 0x80);
		name.len = len;
		assert_null(rxpath_catalogue_find(name));
	}
	assert_null(find(""));
	assert_null(find("UdpRcvbufError"));
	assert_null(find("udprcvbuferrors"));
	assert_null(find("!"));
	assert_null(find("~"));
	assert_null(rxpath_catalogue_find((struct rxpath_slice){NULL, 0}));
}

/* A row with another file's source would be read nowhere and wrap wrongly. */
static void rows_agree_with_their_source(void **state)
{
	(void)state;
	for (size_t i = 0; i < rxpath_catalogue_size(); i++) {
		const struct rxpath_counter *row = rxpath_catalogue_at(i);
		const struct rxpath_source_row *source = rxpath_source_row(row->source);
		/* The groups of IP have 64 bits everywhere, and so what is calculated of them. */
		const bool wide = source->ip_prefix && (strncmp(row->name, source->ip_prefix,
								strlen(source->ip_prefix)) == 0 ||
							strstr(row->name, "_residual"));

		assert_non_null(source->path);
		if (source->prefix &&
		    strncmp(row->name, source->prefix, strlen(source->prefix)) != 0)
			fail_msg("%s: not of %s", row->name, source->path);
		if (row->is_wide != wide)
			fail_msg("%s: width", row->name);
	}
}

/* What a name says of its counter's kind, on whichever protocol it is. */
static void kinds_follow_names(void **state)
{
	static const struct {
		const char *part;
		enum rxpath_kind kind;
	} rules[] = {
		{"InCsumErrors", RXPATH_KIND_DROP},    {"RcvbufErrors", RXPATH_KIND_DROP},
		{"MemErrors", RXPATH_KIND_DROP},       {"Reasm", RXPATH_KIND_DROP},
		{"Truncated", RXPATH_KIND_DROP},       {"HdrErrors", RXPATH_KIND_DROP},
		{"BacklogDrop", RXPATH_KIND_DROP},     {"RcvQDrop", RXPATH_KIND_DROP},
		{"ListenOverflows", RXPATH_KIND_DROP}, {"ListenDrops", RXPATH_KIND_DROP},
		{"rx_fifo", RXPATH_KIND_DROP},	       {"rx_missed", RXPATH_KIND_DROP},
		{"softnet_dropped", RXPATH_KIND_DROP}, {"sk_drops", RXPATH_KIND_DROP},
		{"NoPorts", RXPATH_KIND_REJECT},       {"NoRoute", RXPATH_KIND_REJECT},
		{"AddrErrors", RXPATH_KIND_REJECT},    {"UnknownProtos", RXPATH_KIND_REJECT},
		{"IgnoredMulti", RXPATH_KIND_REJECT},  {"martian", RXPATH_KIND_REJECT},
		{"ReversePath", RXPATH_KIND_REJECT},   {"PAWS", RXPATH_KIND_REJECT},
		{"MD5", RXPATH_KIND_REJECT},	       {"Icmps", RXPATH_KIND_REJECT},
		{"_residual", RXPATH_KIND_REJECT},     {"trace.", RXPATH_KIND_REJECT},
		{"otherhost", RXPATH_KIND_REJECT},     {"nohandler", RXPATH_KIND_REJECT},
		{"squeeze", RXPATH_KIND_PRESSURE},     {"Pressures", RXPATH_KIND_PRESSURE},
		{"Collapsed", RXPATH_KIND_PRESSURE},   {"InDatagrams", RXPATH_KIND_TRAFFIC},
		{"InReceives", RXPATH_KIND_TRAFFIC},   {"InDelivers", RXPATH_KIND_TRAFFIC},
		{"_packets", RXPATH_KIND_TRAFFIC},     {"ReasmOKs", RXPATH_KIND_TRAFFIC},
		{"ReasmReqds", RXPATH_KIND_TRAFFIC},   {"OutNoRoutes", RXPATH_KIND_TRAFFIC},
	};

	(void)state;
	for (size_t i = 0; i < rxpath_catalogue_size(); i++) {
		const struct rxpath_counter *row = rxpath_catalogue_at(i);
		size_t rule = COUNT(rules);

		/* The last rule that fits is the most exact one. */
		while (rule > 0 && !strstr(row->name, rules[rule - 1].part))
			rule--;
		if (rule > 0 && row->kind != rules[rule - 1].kind)
			fail_msg("%s: kind %s", row->name, rxpath_kind_name(row->kind));
		/* A row whose name is misleading says so. */
		if (rule == 0 && row->kind == RXPATH_KIND_TRAFFIC &&
		    rxpath_catalogue_sounds_lossy(slice(row->name)) &&
		    !strstr(row->meaning, "lost"))
			fail_msg("%s: sounds like a loss and is traffic", row->name);
		if (row->shape == RXPATH_SHAPE_GAUGE &&
		    strcmp(rxpath_source_subject(row->source), "socket") == 0 &&
		    row->kind != RXPATH_KIND_PRESSURE)
			fail_msg("%s: a queue that is no pressure", row->name);
	}
}

/* The route lookup counts IPv4 alone, beside IP. */
static bool is_part(const struct rxpath_counter *row)
{
	return row->within && strncmp(row->within, "rt_cache_", 9) != 0;
}

static bool twins_differ(const struct rxpath_counter *row, const struct rxpath_counter *twin)
{
	return row->kind != twin->kind || row->stage != twin->stage || row->shape != twin->shape ||
	       is_part(row) != is_part(twin);
}

/* The same event has the same kind on IPv4, IPv6 and UDP-Lite. */
static void twins_agree(void **state)
{
	static const char *const families[][2] = {
		{"Udp6", "Udp"},   {"UdpLite6", "Udp"}, {"UdpLite", "Udp"},
		{"Icmp6", "Icmp"}, {"Ip6", "Ip"},
	};
	size_t pairs = 0;

	(void)state;
	for (size_t i = 0; i < rxpath_catalogue_size(); i++) {
		const struct rxpath_counter *row = rxpath_catalogue_at(i);

		/* IPv6 also counts in it what a router did not forward. */
		if (strcmp(row->name, "Ip6InDiscards") == 0)
			continue;
		for (size_t f = 0; f < COUNT(families); f++) {
			size_t len = strlen(families[f][0]);
			const struct rxpath_counter *twin;
			char name[64];

			if (strncmp(row->name, families[f][0], len) != 0)
				continue;
			snprintf(name, sizeof name, "%s%s", families[f][1], row->name + len);
			twin = find(name);
			pairs += twin != NULL;
			if (twin && twins_differ(row, twin))
				fail_msg("%s and %s differ", row->name, twin->name);
		}
	}
	assert_true(pairs > 25);
}

/* A counter is within one that counts the same packets: of the same device, CPU or namespace, or of
 * the whole host. */
static void within_is_of_the_same_subject(void **state)
{
	(void)state;
	for (size_t i = 0; i < rxpath_catalogue_size(); i++) {
		const struct rxpath_counter *row = rxpath_catalogue_at(i);
		const struct rxpath_counter *parent = row->within ? find(row->within) : NULL;
		const char *of_parent;

		if (strstr(row->name, "CsumErrors") && row->source != RXPATH_SOURCE_NETSTAT &&
		    !parent)
			fail_msg("%s: the protocol's errors have it too", row->name);
		if (!parent)
			continue;
		of_parent = rxpath_source_subject(parent->source);
		if (strcmp(of_parent, rxpath_source_subject(row->source)) != 0 &&
		    strcmp(of_parent, "host") != 0)
			fail_msg("%s: within %s, of another subject", row->name, parent->name);
	}
}

/* What is known of each name that a kernel printed into fixtures/files. */
static bool printed[1024];

static void note_name(const char *file, const char *prefix, struct rxpath_slice word)
{
	char name[256];
	const struct rxpath_counter *row;

	snprintf(name, sizeof name, "%s%.*s", prefix, (int)word.len, word.ptr);
	for (size_t i = 0; (row = rxpath_catalogue_at(i)); i++)
		if (strcmp(row->name, name) == 0) {
			printed[i] = true;
			return;
		}
	if (rxpath_catalogue_sounds_lossy(slice(name)))
		fail_msg("%s: %s sounds lossy and has no row", file, name);
}

static void note_words(const char *file, const char *prefix, struct rxpath_slice line)
{
	struct rxpath_slice word;

	while (rxpath_scan_word(&line, &word))
		note_name(file, prefix, word);
}

/* Lines of names and lines of values, both behind "Group:". */
static void note_groups(const char *file, const char *prefix, struct rxpath_slice text)
{
	struct rxpath_slice line, group;
	char name[64];

	(void)prefix;
	while (rxpath_scan_line(&text, &line)) {
		assert_true(rxpath_scan_until(&line, ':', &group));
		snprintf(name, sizeof name, "%.*s", (int)group.len, group.ptr);
		note_words(file, name, line);
		assert_true(rxpath_scan_line(&text, &line));
	}
}

static void note_first_words(const char *file, const char *prefix, struct rxpath_slice text)
{
	struct rxpath_slice line, word;

	while (rxpath_scan_line(&text, &line))
		if (rxpath_scan_word(&line, &word))
			note_name(file, prefix, word);
}

static void note_first_line(const char *file, const char *prefix, struct rxpath_slice text)
{
	struct rxpath_slice line;

	assert_true(rxpath_scan_line(&text, &line));
	note_words(file, prefix, line);
}

typedef void note_text(const char *file, const char *prefix, struct rxpath_slice text);

static void note_folder(const char *folder, const char *prefix, note_text *note)
{
	static char text[1 << 16];
	char path[512];
	const struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof path, "fixtures/files/%s", folder);
	dir = opendir(path);
	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		FILE *file;
		size_t len;

		/* Only what a kernel printed. */
		if (!isdigit(entry->d_name[0]) || strstr(entry->d_name, ".readings"))
			continue;
		snprintf(path, sizeof path, "fixtures/files/%s/%s", folder, entry->d_name);
		file = fopen(path, "r");
		assert_non_null(file);
		len = fread(text, 1, sizeof text, file);
		assert_true(len > 0 && len < sizeof text);
		fclose(file);
		note(path, prefix, (struct rxpath_slice){text, len});
	}
	closedir(dir);
}

/* The directory of a source's fixtures: its last word, but "snmp" is that of IP and its like. */
static const char *folder_of(const char *path)
{
	return strcmp(path, "/proc/net/sctp/snmp") == 0 ? "sctp-snmp" : strrchr(path, '/') + 1;
}

/* How the names stand in a file of that layout; NULL: it does not print its counters' names. */
static note_text *note_of(enum rxpath_layout layout)
{
	switch (layout) {
	case RXPATH_LAYOUT_GROUPS:
		return note_groups;
	case RXPATH_LAYOUT_NAME_VALUE:
		return note_first_words;
	case RXPATH_LAYOUT_PER_CPU:
	case RXPATH_LAYOUT_DEVICES:
	case RXPATH_LAYOUT_DEVICE_COUNTERS:
		return note_first_line;
	default:
		return NULL;
	}
}

/* Each name that a kernel printed has a row or is harmless, so that no report shows it as
 * unclassified; and each row of these files is a name that a kernel printed, spelled as there. */
static void printed_names_are_the_rows(void **state)
{
	(void)state;
	assert_true(rxpath_catalogue_size() <= COUNT(printed));
	for (enum rxpath_source i = RXPATH_SOURCE_NONE + 1; i < RXPATH_SOURCES; i++) {
		const struct rxpath_source_row *row = rxpath_source_row(i);
		const char *path = row->layout == RXPATH_LAYOUT_DEVICES ? row->section : row->path;

		if (note_of(row->layout))
			note_folder(folder_of(path), row->prefix ? row->prefix : "",
				    note_of(row->layout));
	}
	for (size_t i = 0; i < rxpath_catalogue_size(); i++) {
		const struct rxpath_counter *row = rxpath_catalogue_at(i);
		bool from_these = note_of(rxpath_source_row(row->source)->layout);

		/* A residual is calculated; the others have their names from ctnetlink and
		 * sysfs. */
		if (from_these && !printed[i] && !strstr(row->name, "_residual") &&
		    strcmp(row->name, "carrier_down_count") != 0 &&
		    strcmp(row->name, "nf_conntrack_error") != 0)
			fail_msg("%s: no kernel prints it", row->name);
	}
}

static void new_losses_are_noticed(void **state)
{
	static const char *const lossy[] = {
		"Icmp6SomeDiscards",
		"IcmpRateLimitDrop",
		"Ip6InPolicyDiscards",
		"IpExtInFilterDrops",
		"IpOffload_errors",
		"MPTcpExtOFODrop",
		"SctpInPktDiscards",
		"SctpNOBUFS",
		"TcpExtTCPAccECNDROPPED",
		"TcpExtTCPNewQueueOverflow",
		"TcpExtTCPOutOfOrderDrop",
		"TcpExtTCPOutOfWindowDrops",
		"TcpExtTCPTimeoutDrop",
		"TcpExtZoneMemErrors",
		"TlsRxNewError",
		"Udp6EarlyInErrors",
		"UdpFooRcvbufErrors",
		"UdpLite6QueuePruned",
		"UdpErrors",
		"UdpXInCsumErrors",
		"XfrmInNewStateError",
		"nf_conntrack_table_full_drop",
		"rx_buf_errors",
		"rx_no_buf",
		"rx_no_buffer_count",
		"softnet_threaded_dropped",
	};
	static const char *const harmless[] = {
		"",
		"Ip",
		"IpOutNewDiscards",
		"MPTcpExtNewTXDrop",
		"MPTcpExtNewTxDrop",
		"SctpOutDrops",
		"TcpExtTCPNewSndDrop",
		"TcpExtTCPRetransDrop",
		"UdpOutDrops",
		"TcpExtTCPDelivered",
		"UdpSndbufErrors",
		"XfrmOutNewError",
		"ethtool.rx_dropped",
		"rx_bytes",
		"rx_tx_dropped",
		"softnet_",
		"tx_dropped",
		"dropped",
		"nf_conntrack_outcome",
		"tcpExtDrop",
		"IpInErrorsSeen",
		"XrmInErrors",
		"rx_errors_seen",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(lossy); i++)
		if (!rxpath_catalogue_sounds_lossy(slice(lossy[i])))
			fail_msg("%s goes unnoticed", lossy[i]);
	for (size_t i = 0; i < COUNT(harmless); i++)
		if (rxpath_catalogue_sounds_lossy(slice(harmless[i])))
			fail_msg("%s is taken for a loss", harmless[i]);
	assert_false(rxpath_catalogue_sounds_lossy((struct rxpath_slice){NULL, 0}));
	/* A slice ends where it says. */
	assert_false(rxpath_catalogue_sounds_lossy((struct rxpath_slice){"rx_my_drop", 9}));
}

static void stages_and_kinds_have_names(void **state)
{
	static const char *const stages[] = {
		"device", "softnet", "netfilter", "ip", "transport", "socket",
	};
	static const char *const kinds[] = {"drop", "suspect", "pressure", "reject", "traffic"};
	static const char *const wrong[] = {
		"", "Drop", "dro", "drops", "Ip", "i", "ipx", "unknown",
	};
	enum rxpath_stage stage = RXPATH_STAGE_IP;
	enum rxpath_kind kind = RXPATH_KIND_REJECT;

	(void)state;
	assert_int_equal(COUNT(stages), RXPATH_STAGES);
	assert_int_equal(COUNT(kinds), RXPATH_KINDS);
	for (size_t i = 0; i < COUNT(wrong); i++) {
		assert_false(rxpath_stage_find(slice(wrong[i]), &stage));
		assert_false(rxpath_kind_find(slice(wrong[i]), &kind));
		assert_int_equal(stage, RXPATH_STAGE_IP);
		assert_int_equal(kind, RXPATH_KIND_REJECT);
	}
	for (size_t i = 0; i < COUNT(stages); i++) {
		assert_string_equal(rxpath_stage_name((enum rxpath_stage)i), stages[i]);
		assert_true(rxpath_stage_find(slice(stages[i]), &stage));
		assert_int_equal(stage, i);
	}
	for (size_t i = 0; i < COUNT(kinds); i++) {
		assert_string_equal(rxpath_kind_name((enum rxpath_kind)i), kinds[i]);
		assert_true(rxpath_kind_find(slice(kinds[i]), &kind));
		assert_int_equal(kind, i);
	}
	assert_string_equal(rxpath_stage_name(RXPATH_STAGES), "unknown");
	assert_string_equal(rxpath_kind_name(RXPATH_KINDS), "unknown");
	assert_false(rxpath_stage_find((struct rxpath_slice){NULL, 0}, &stage));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sorted_and_unique),
		cmocka_unit_test(names_end),
		cmocka_unit_test(texts_are_plain),
		cmocka_unit_test(enums_are_in_range),
		cmocka_unit_test(within_leads_up),
		cmocka_unit_test(finds_each_and_nothing_else),
		cmocka_unit_test(rows_agree_with_their_source),
		cmocka_unit_test(kinds_follow_names),
		cmocka_unit_test(twins_agree),
		cmocka_unit_test(within_is_of_the_same_subject),
		cmocka_unit_test(printed_names_are_the_rows),
		cmocka_unit_test(new_losses_are_noticed),
		cmocka_unit_test(stages_and_kinds_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
