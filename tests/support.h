/* support.h: what the unit tests share: files, samples from text, and a report as a few plain
 * lines.
 *
 * A sample is written in a test as the bundle that `tail -n +1` would make of it, and a report is
 * compared as text, so that a test reads as what went in and what has to come out. */
#ifndef RXPATH_TESTS_SUPPORT_H
#define RXPATH_TESTS_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rxpath/analyse.h"
#include "rxpath/bundle.h"
#include "rxpath/parse.h"
#include "rxpath/render.h"
#include "rxpath/report.h"
#include "rxpath/sample.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* One section of a bundle. */
#define AT(path, bytes) "==> " path " <==\n" bytes "\n"
#define NET(name, bytes) AT("/proc/net/" name, bytes)
#define STATISTIC(device, name, value) AT("/sys/class/net/" device "/statistics/" name, value "\n")
#define IFINDEX(device, value) AT("/sys/class/net/" device "/ifindex", value "\n")
#define META(lines) AT("rxpath", lines)

#define UDP_HEADER \
	"  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid" \
	"  timeout inode ref pointer drops"
/* A row of a table of sockets as the kernel prints it. */
#define SOCKET4(port, inode, drops) \
	"  100: 0100007F:" port " 00000000:0000 07 00000000:00000000 00:00000000 00000000     0" \
	"        0 " inode " 2 0000000000000000 " drops "\n"
#define SOCKET6(port, inode, drops) \
	"  100: 00000000000000000000000000000000:" port \
	" 00000000000000000000000000000000:0000 07" \
	" 00000000:00000000 00:00000000 00000000     0        0 " inode \
	" 2 0000000000000000 " drops "\n"
#define TABLE(name, rows) NET(name, UDP_HEADER "\n" rows)

/* Network namespaces as --all-netns describes them: without a name, named by `ip netns`, and named
 * by their unit; the first process's name breaks a line. */
static const struct rxpath_netns_facts netns_facts[] = {
	{.name = {"net:[4026531840]", 16},
	 .inode = 4026531840,
	 .pid = 1,
	 .comm = {"in\nit", 5},
	 .cgroup = {"/init.scope", 11}},
	{.name = {"web 1", 5}, .inode = 4026532001},
	{.name = {"sflow.service", 13},
	 .named_by_unit = true,
	 .inode = 4026532002,
	 .pid = 812,
	 .comm = {"sflow-rx", 8},
	 .cgroup = {"/system.slice/sflow.service", 27}},
	{.name = {"blue", 4}, .inode = 4026532003},
	{.name = {"red", 3}, .inode = 4026532004},
};

/* The whole file, malloc'd to its exact size: what reads past its end is found out. */
static inline char *load(const char *path, size_t *len)
{
	FILE *file = fopen(path, "rb");
	char *text;

	if (!file)
		fail_msg("%s: cannot open", path);
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	*len = (size_t)ftell(file);
	rewind(file);
	text = malloc(*len + (*len == 0));
	assert_non_null(text);
	assert_int_equal(fread(text, 1, *len, file), *len);
	fclose(file);
	return text;
}

static inline void take_bundle(struct rxpath_builder *builder, const char *text)
{
	struct rxpath_error error = {0};

	if (!rxpath_bundle_split(rxpath_slice_of(text), rxpath_parse_section, builder, &error))
		fail_msg("not a bundle: %s", error.what);
}

static inline struct rxpath_sample sample_of(const char *text)
{
	struct rxpath_builder builder;
	struct rxpath_sample sample;

	rxpath_builder_begin(&builder, &sample, NULL);
	take_bundle(&builder, text);
	rxpath_builder_finish(&builder);
	return sample;
}

/* A buffer's text, which the caller frees with the buffer. */
static inline const char *text_of(struct rxpath_buf *buf)
{
	rxpath_buf_char(buf, '\0');
	assert_false(buf->failed);
	return buf->data;
}

static inline void put_flag_words(struct rxpath_buf *out, unsigned flags)
{
	for (unsigned i = 0; i < RXPATH_FLAGS; i++)
		if (flags >> i & 1)
			rxpath_buf_printf(out, " %s", rxpath_flag_name(i));
	rxpath_buf_char(out, '\n');
}

/* "UdpInErrors - 5 lost 5 FLAGS" a counter, "udp/127.0.0.1:9 5 FLAGS" a socket. */
static inline void put_moved(struct rxpath_buf *out, const struct rxpath_report *report)
{
	struct rxpath_line_walk walk = {0};
	const struct rxpath_line *line;

	while ((line = rxpath_line_next(report, &walk))) {
		rxpath_buf_printf(out, "%s ", rxpath_kind_name(line->kind));
		rxpath_buf_slice(out, line->name);
		rxpath_buf_char(out, ' ');
		rxpath_buf_slice(out, line->subject);
		rxpath_buf_printf(out, " %llu", (unsigned long long)line->delta);
		if (line->lost > 0)
			rxpath_buf_printf(out, " lost %llu", (unsigned long long)line->lost);
		put_flag_words(out, line->flags);
	}
	for (size_t i = 0; i < report->socket_count; i++) {
		const struct rxpath_socket_line *entry = &report->sockets[i];

		rxpath_buf_slice(out, entry->subject);
		rxpath_buf_printf(out, " %llu%s", (unsigned long long)entry->delta,
				  entry->full ? " full" : "");
		if (entry->socket->protocol == RXPATH_TCP && entry->kind != RXPATH_KIND_DROP)
			rxpath_buf_printf(out, " %s", rxpath_kind_name(entry->kind));
		put_flag_words(out, entry->flags);
	}
}

static inline void put_attribution_words(struct rxpath_buf *out, const struct rxpath_report *report)
{
	const struct rxpath_attribution *sum = &report->attribution;

	if (!sum->known) {
		rxpath_buf_string(out, "attribution unknown\n");
		return;
	}
	rxpath_buf_printf(
		out, "sockets %llu counted %llu attributed %llu unattributed %llu uncounted %llu\n",
		(unsigned long long)sum->socket_drops, (unsigned long long)sum->counted,
		(unsigned long long)sum->attributed, (unsigned long long)sum->unattributed,
		(unsigned long long)sum->uncounted);
}

/* What a test wants to see of a report. */
enum view {
	VIEW_MOVED = 1, /* lines and sockets */
	VIEW_ATTRIBUTION = 2,
	VIEW_STATES = 4,  /* "ok ok ok ok unknown drop: drop, lost 5", stages in path order */
	VIEW_MISSING = 8, /* "SOURCE: REASON" of what leaves a stage unknown */
	VIEW_STATUS = 16, /* "exit 1" */
};

static inline void put_report(struct rxpath_buf *out, struct rxpath_report *report,
			      const struct rxpath_criteria *criteria, unsigned views)
{
	if (views & VIEW_MOVED)
		put_moved(out, report);
	if (views & VIEW_ATTRIBUTION)
		put_attribution_words(out, report);
	if (views & VIEW_STATES) {
		for (enum rxpath_stage stage = 0; stage < RXPATH_STAGES; stage++)
			rxpath_buf_printf(out, "%s ",
					  rxpath_state_name(report->stages[stage].state));
		rxpath_buf_printf(out, "-> %s, lost %llu\n", rxpath_state_name(report->state),
				  (unsigned long long)report->lost);
	}
	for (size_t i = 0; views & VIEW_MISSING && i < report->unavailable_count; i++) {
		const struct rxpath_unavailable *item = &report->unavailable[i];

		if (item->stages == 0 && !item->failed)
			continue;
		rxpath_buf_slice(out, item->source);
		rxpath_buf_string(out, ": ");
		rxpath_buf_slice(out, item->reason);
		rxpath_buf_char(out, '\n');
	}
	if (views & VIEW_STATUS) {
		rxpath_analyse_verdict(report, criteria);
		rxpath_buf_printf(out, "exit %d\n", report->verdict);
	}
}

/* The report between two bundles (before NULL: since boot), as text that is to be freed. */
static inline char *report_of(const char *before, const char *after,
			      const struct rxpath_criteria *criteria, unsigned views)
{
	struct rxpath_sample first, second;
	struct rxpath_report report = {0};
	struct rxpath_error error = {0};
	struct rxpath_buf out = {0};

	if (before)
		first = sample_of(before);
	second = sample_of(after);
	assert_true(rxpath_analyse(before ? &first : NULL, &second, criteria, &report, &error));
	put_report(&out, &report, criteria, views);
	text_of(&out);
	rxpath_report_free(&report);
	if (before)
		rxpath_sample_free(&first);
	rxpath_sample_free(&second);
	return out.data;
}

/* Two bundles and what has to be said of them. */
struct pair_case {
	const char *name;
	const char *before, *after;
	const char *expected;
};

/* Says all that is wrong before it fails. */
static inline void try_pairs(const struct pair_case *cases, size_t count, unsigned views)
{
	static const struct rxpath_criteria everything = {0};
	size_t wrong = 0;

	for (size_t i = 0; i < count; i++) {
		char *got = report_of(cases[i].before, cases[i].after, &everything, views);

		if (strcmp(got, cases[i].expected) != 0) {
			print_error("%s:\n-- expected\n%s-- got\n%s", cases[i].name,
				    cases[i].expected, got);
			wrong++;
		}
		free(got);
	}
	assert_int_equal(wrong, 0);
}

#endif
