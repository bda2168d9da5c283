/* fuzz.c: bytes of any kind through all code that does no I/O: split, parse, compare, every
 * renderer.
 *
 * The input is a question (four bytes and a newline, or none) and a stored bundle; a line "==> cut
 * <==" makes two samples of it. One that begins with "==> header_page <==" is a recording of drop
 * events. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/cli/format.h"
#include "forms.h"
#include "rxpath/analyse.h"
#include "rxpath/parse.h"
#include "rxpath/render.h"
#include "rxpath/unit.h"

static const char cut[] = "==> cut <==\n";

/* False: no bundle, or out of what was promised. */
static bool take_sample(struct rxpath_slice text, const struct rxpath_request *request,
			struct rxpath_sample *sample)
{
	struct rxpath_builder builder;
	struct rxpath_error error = {0};
	struct rxpath_buf reason = {0};

	rxpath_builder_begin(&builder, sample, request);
	if (rxpath_bundle_split(text, rxpath_parse_section, &builder, &error)) {
		rxpath_builder_finish(&builder);
		return true;
	}
	rxpath_error_text(&error, &reason);
	rxpath_buf_char(&reason, '\n');
	form_text(rxpath_buf_view(&reason), false);
	rxpath_buf_free(&reason);
	rxpath_sample_free(sample);
	return false;
}

static void check_failures(const struct rxpath_sample *sample)
{
	struct rxpath_buf text = {0};

	for (enum rxpath_source source = 0; source < RXPATH_SOURCES; source++) {
		if (sample->sources[source].error)
			rxpath_error_text(sample->sources[source].error, &text);
		rxpath_buf_char(&text, '\n');
		form_text(rxpath_buf_view(&text), false);
		rxpath_buf_reset(&text);
	}
	rxpath_buf_free(&text);
}

static bool write_section(void *context, const struct rxpath_section *section,
			  struct rxpath_error *error)
{
	(void)error;
	rxpath_bundle_write(context, section);
	return true;
}

/* A stored sample that is stored again stays what it is, but for last newlines that files
 * lacked. */
static void check_storing(struct rxpath_slice text)
{
	struct rxpath_buf stored[3] = {{0}};

	for (size_t i = 0; i < 3; i++) {
		if (!rxpath_bundle_split(text, write_section, &stored[i], NULL))
			break;
		text = rxpath_buf_view(&stored[i]);
		if (i == 2 && !rxpath_slice_equal(text, rxpath_buf_view(&stored[1])))
			abort();
	}
	for (size_t i = 0; i < 3; i++)
		rxpath_buf_free(&stored[i]);
}

/* A socket that is written as a row of its table is read as the same socket. */
static void check_rows(const struct rxpath_sample *sample)
{
	for (size_t i = 0; i < sample->socket_count && i < 50; i++) {
		const struct rxpath_socket *socket = &sample->sockets[i];
		struct rxpath_builder builder;
		struct rxpath_sample again;
		struct rxpath_buf table = {0};
		const struct rxpath_socket *read;

		rxpath_builder_begin(&builder, &again, NULL);
		rxpath_socket_header(&table);
		rxpath_socket_row(&table, socket);
		builder.source = rxpath_source_of_sockets(RXPATH_UDP, socket->v6);
		if (!rxpath_parse_sockets(&builder, rxpath_buf_view(&table), NULL) ||
		    again.socket_count != 1)
			abort();
		read = &again.sockets[0];
		if (read->cookie != socket->cookie || read->inode != socket->inode ||
		    read->drops != socket->drops || read->rx_queue != socket->rx_queue ||
		    read->rmem != socket->rmem || read->rcvbuf != socket->rcvbuf ||
		    read->uid != socket->uid || read->local.port != socket->local.port ||
		    memcmp(read->local.bytes, socket->local.bytes, socket->v6 ? 16 : 4) != 0)
			abort();
		rxpath_buf_free(&table);
		rxpath_sample_free(&again);
	}
}

/* What is asked: the four bytes, or nothing special. */
struct question {
	struct rxpath_criteria criteria;
	bool many;    /* one of many reports */
	bool quiet;   /* -q: only the exit status */
	bool live;    /* samples keep what a report may need, and the rest comes in a further one */
	bool watched; /* on a terminal that is written again and again */
	bool compared; /* where there is one sample, it is set against a given one */
};

static void check_screen(const struct rxpath_report *report, const struct rxpath_style *style)
{
	struct rxpath_buf out = {0};

	rxpath_render_text(report, style, &out);
	form_text(rxpath_buf_view(&out), style->color);
	rxpath_buf_free(&out);
}

/* As one of three namespaces, and its two neighbours. */
static void check_host(const struct rxpath_report *report, const struct rxpath_style *style)
{
	const struct rxpath_report *const list[] = {report, report, report};
	const struct rxpath_host_report host = {.reports = list, .count = 3};
	struct rxpath_buf out = {0};

	rxpath_render_host(&host, style, &out);
	rxpath_render_not_examined(&host, &out);
	form_text(rxpath_buf_view(&out), style->color);
	rxpath_buf_free(&out);
}

static void check_forms(struct rxpath_report *report, const struct question *question)
{
	static const struct rxpath_netns_facts facts = {
		.name = {"a b", 3}, .inode = 7, .pid = 9, .comm = {"c", 1}, .cgroup = {"/d", 2}};
	struct rxpath_history history = {0};
	const struct format *format;
	const bool all = question->criteria.all;
	struct rxpath_style styles[] = {
		{.all = all},
		{.all = all, .color = true, .terminal = true, .columns = 40, .rows = 12},
		{.all = all, .color = true, .terminal = true, .columns = 200, .rows = 60},
		{.all = all, .terminal = true, .last = true},
	};
	struct rxpath_buf out = {0};

	for (size_t i = 0; i < sizeof styles / sizeof *styles; i++) {
		if (question->watched) {
			rxpath_history_note(&history, report);
			styles[i].history = &history;
		}
		check_screen(report, &styles[i]);
	}
	for (size_t i = 0; (format = format_at(i)); i++) {
		rxpath_buf_reset(&out);
		format->render(report, &styles[0], &out);
		if (format->render == rxpath_render_tsv)
			form_tsv(rxpath_buf_view(&out), report->count_many);
		else if (format->render == rxpath_render_json)
			form_json(rxpath_buf_view(&out));
		else
			form_text(rxpath_buf_view(&out), false);
	}
	report->of_netns = &facts;
	for (size_t i = 0; i < 2; i++)
		check_host(report, &styles[i]);
	rxpath_render_tsv(report, &styles[0], &out);
	rxpath_render_json(report, &styles[0], &out);
	rxpath_buf_free(&out);
}

/* `details`: a further sample, for owners, cgroups, readers and settings. */
static void check_pair(const struct rxpath_sample *before, const struct rxpath_sample *after,
		       const struct rxpath_sample *details, const struct question *question)
{
	struct rxpath_report report = {0};
	const struct rxpath_criteria *criteria = &question->criteria;
	struct rxpath_criteria never = *criteria;

	if (!rxpath_analyse(before, after, criteria, &report, NULL))
		abort();
	if (!question->quiet && ((rxpath_analyse_needs_connections(&report) &&
				  !rxpath_analyse_connections(&report, before, after, NULL)) ||
				 !rxpath_analyse_owners(&report, details, NULL) ||
				 !rxpath_analyse_cgroups(&report, details, NULL) ||
				 !rxpath_analyse_readers(&report, before, details, NULL) ||
				 !rxpath_analyse_findings(&report, before, after, details, NULL)))
		abort();
	rxpath_analyse_stages_to_explain(&report, criteria);
	report.count_many = question->many;
	report.other_netns = question->many;
	never.fail_on = RXPATH_KIND_TRAFFIC;
	rxpath_analyse_verdict(&report, &never);
	if (report.verdict == 1)
		abort();
	rxpath_analyse_verdict(&report, criteria);
	form_sums(&report);
	if (!question->quiet)
		check_forms(&report, question);
	rxpath_report_free(&report);
}

static void check_metrics(const struct rxpath_sample *sample)
{
	const struct rxpath_metrics_input inputs[] = {
		{.sample = sample, .details = sample},
		{.sample = sample, .netns = {"blue", 4}, .elsewhere = true},
		{.sample = sample, .details = sample, .netns = {"r\"d", 3}},
	};
	struct rxpath_buf out = {0};

	rxpath_render_metrics(inputs, 1, &out);
	form_metrics(rxpath_buf_view(&out));
	rxpath_buf_reset(&out);
	rxpath_render_metrics(&inputs[1], 2, &out);
	form_metrics(rxpath_buf_view(&out));
	rxpath_buf_free(&out);
}

/* The list of explain, which no input changes. */
static void check_catalogue(void)
{
	static bool done;
	const struct rxpath_finding_fact *finding;
	struct rxpath_buf out = {0};

	if (done)
		return;
	done = true;
	rxpath_render_catalogue(&out);
	for (size_t i = 0; (finding = rxpath_finding_at(i)); i++) {
		rxpath_render_finding(finding, &out);
		rxpath_render_finding_line(finding, &out);
	}
	form_text(rxpath_buf_view(&out), false);
	rxpath_buf_free(&out);
}

/* What a process's control group is called, as --pid asks. */
static void check_units(const struct rxpath_sample *sample, struct rxpath_slice text)
{
	struct rxpath_buf out = {0};

	rxpath_unit_text(rxpath_unit_path(text), &out);
	for (size_t i = 0; i < sample->owner_count && i < 50; i++) {
		const struct rxpath_owner *owner = &sample->owners[i];

		if (rxpath_unit_is(owner->cgroup, owner->comm) && owner->comm.len == 0)
			abort();
		if (rxpath_unit_is_container(owner->cgroup, owner->comm) && owner->comm.len < 4)
			abort();
		rxpath_unit_text(owner->cgroup, &out);
	}
	rxpath_buf_char(&out, '\n');
	form_text(rxpath_buf_view(&out), false);
	rxpath_buf_free(&out);
}

/* Every counter that a sample has and the catalogue knows can be explained. */
static void check_explain(const struct rxpath_sample *sample)
{
	struct rxpath_buf out = {0};

	for (size_t i = 0; i < sample->reading_count && i < 50; i++)
		if (sample->readings[i].counter)
			rxpath_render_counter(sample->readings[i].counter, &out);
		else
			rxpath_render_driver(rxpath_slice_of(sample->readings[i].name), &out);
	if (out.len > 0)
		form_text(rxpath_buf_view(&out), false);
	rxpath_buf_free(&out);
}

/* Four bytes ask: what is shown, which stages, what is tolerated, what fails. */
static struct question ask(const unsigned char bytes[4])
{
	static const char *const devices[] = {"eth*", "[a-d]?", "lo"};
	static const struct rxpath_allowance allowances[] = {
		{NULL, "sk_drops", true, {0, 500000000, true}},
		{"udp6/[::1]:*", "sk_*", false, {0, 0, false}},
		{"eth0", "rx_*", true, {3, 0, false}},
	};

	return (struct question){
		.criteria =
			{
				.all = bytes[0] & 1,
				.traffic = bytes[0] & 1,
				.elsewhere = bytes[1] & 64,
				.stages = bytes[1] & 63,
				.devices = devices,
				.device_count = bytes[2] & 3,
				.allowances = allowances,
				.allowance_count = bytes[2] >> 2 & 3,
				.fail_on = (enum rxpath_kind)(bytes[3] % RXPATH_KINDS),
				.max_lost = {bytes[3] & 64 ? 2 : 0, 0, bytes[3] & 128},
			},
		.many = bytes[0] & 2,
		.quiet = bytes[0] & 4,
		.live = bytes[0] & 8,
		.watched = bytes[0] & 16,
		.compared = bytes[0] & 32,
	};
}

/* What a sample that has none before it is set against. */
static const struct rxpath_sample *given_sample(void)
{
	static struct rxpath_sample sample;
	static bool loaded;
	static char text[1 << 16];
	FILE *file;

	if (loaded)
		return &sample;
	file = fopen("fixtures/pairs/traced/before", "rb");
	if (!file || !take_sample((struct rxpath_slice){text, fread(text, 1, sizeof text, file)},
				  NULL, &sample))
		abort();
	fclose(file);
	loaded = true;
	return &sample;
}

static void check_sample(const struct rxpath_sample *sample, struct rxpath_slice text,
			 const struct question *question)
{
	check_catalogue();
	check_units(sample, text);
	check_failures(sample);
	check_rows(sample);
	check_metrics(sample);
	check_explain(sample);
	check_pair(NULL, sample, sample, question);
}

/* The second of two samples, or the only one, and what a report needs beside them. */
static void check_both(const struct rxpath_sample *before, const struct rxpath_sample *after,
		       struct rxpath_slice text, const struct question *question)
{
	static const struct rxpath_request further = {.no_records = true, .no_groups = true};
	struct rxpath_sample details;
	struct rxpath_error error = {0};

	if (!rxpath_analyse_comparable(before, "before", after, "after", &error))
		return;
	if (!question->live) {
		check_pair(before, after, after, question);
	} else if (take_sample(text, &further, &details)) {
		check_pair(before, after, &details, question);
		rxpath_sample_free(&details);
	}
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct rxpath_slice rest = {(const char *)data, size};
	struct rxpath_slice halves[2];
	struct rxpath_sample samples[2];
	struct question question = {0};
	bool have[2];

	if (rxpath_slice_starts(rest, "==> header_page <==")) {
		fuzz_trace(rest);
		return 0;
	}
	if (size > 5 && data[4] == '\n') {
		question = ask(data);
		rxpath_slice_skip(&rest, 5);
	}
	halves[0] = rest;
	halves[1] = (struct rxpath_slice){rest.ptr, 0};
	for (size_t at = 0; at + strlen(cut) <= rest.len; at++) {
		if (memcmp(rest.ptr + at, cut, strlen(cut)) != 0)
			continue;
		halves[0].len = at;
		halves[1] = rest;
		rxpath_slice_skip(&halves[1], at + strlen(cut));
		break;
	}
	for (size_t i = 0; i < 2; i++) {
		const struct rxpath_request request = {
			.keep_zeros = question.criteria.all,
			.notable_only = question.live,
			.no_records = question.live && i == 1,
			.no_groups = question.live && (i == 0 || question.quiet),
		};

		check_storing(halves[i]);
		have[i] = take_sample(halves[i], &request, &samples[i]);
		if (have[i])
			check_sample(&samples[i], halves[i], &question);
	}
	if (have[0] && have[1])
		check_both(&samples[0], &samples[1], halves[1], &question);
	else if (have[0] && question.compared)
		check_both(given_sample(), &samples[0], halves[0], &question);
	for (size_t i = 0; i < 2; i++)
		if (have[i])
			rxpath_sample_free(&samples[i]);
	return 0;
}
