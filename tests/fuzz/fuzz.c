/* fuzz.c: bytes of any kind through everything behind the door: split, parse, compare, every
 * renderer.
 *
 * The input is criteria (four bytes and a newline, or none) and a stored bundle; a line "==> cut
 * <==" makes two samples of it. */
#include <stdlib.h>
#include <string.h>

#include "forms.h"
#include "rxpath/analyse.h"
#include "rxpath/parse.h"
#include "rxpath/render.h"

static const char cut[] = "==> cut <==\n";

/* False: no bundle, or out of what was promised. */
static bool take_sample(struct rxpath_slice text, bool all, struct rxpath_sample *sample)
{
	struct rxpath_builder builder;
	struct rxpath_error error = {0};
	struct rxpath_buf reason = {0};

	rxpath_builder_begin(&builder, sample, &(struct rxpath_request){.keep_zeros = all});
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

static void check_forms(const struct rxpath_report *report, bool all)
{
	const struct rxpath_style styles[] = {
		{.all = all},
		{.all = all, .color = true, .terminal = true, .columns = 40, .utf8 = false},
		{.all = all, .color = true, .terminal = true, .columns = 200, .utf8 = false},
	};
	struct rxpath_buf out = {0};

	for (size_t i = 0; i < sizeof styles / sizeof *styles; i++) {
		rxpath_render_text(report, &styles[i], &out);
		form_text(rxpath_buf_view(&out), styles[i].color);
		rxpath_buf_reset(&out);
	}
	rxpath_render_tsv(report, &styles[0], &out);
	form_tsv(rxpath_buf_view(&out), report->count_many);
	rxpath_buf_reset(&out);
	rxpath_render_json(report, &styles[0], &out);
	form_json(rxpath_buf_view(&out));
	rxpath_buf_free(&out);
}

static void check_pair(const struct rxpath_sample *before, const struct rxpath_sample *after,
		       const struct rxpath_criteria *criteria, bool many)
{
	struct rxpath_report report = {0};
	struct rxpath_criteria never = *criteria;
	int verdict;

	if (!rxpath_analyse(before, after, criteria, &report, NULL) ||
	    !rxpath_analyse_owners(&report, after, NULL) ||
	    !rxpath_analyse_findings(&report, before, after, after, NULL))
		abort();
	report.count_many = many;
	verdict = rxpath_analyse_verdict(&report, criteria);
	never.fail_on = RXPATH_KIND_TRAFFIC;
	if (verdict < 0 || verdict > 2 || rxpath_analyse_verdict(&report, &never) == 1)
		abort();
	form_sums(&report);
	check_forms(&report, criteria->all);
	rxpath_report_free(&report);
}

static void check_metrics(const struct rxpath_sample *sample)
{
	struct rxpath_buf out = {0};

	rxpath_render_metrics(&(struct rxpath_metrics_input){.sample = sample, .details = sample},
			      1, &out);
	form_metrics(rxpath_buf_view(&out));
	rxpath_buf_free(&out);
}

/* Every counter that a sample has and the catalogue knows can be explained. */
static void check_explain(const struct rxpath_sample *sample)
{
	struct rxpath_buf out = {0};

	for (size_t i = 0; i < sample->reading_count && i < 50; i++)
		if (sample->readings[i].counter)
			rxpath_render_counter(sample->readings[i].counter, &out);
	if (out.len > 0)
		form_text(rxpath_buf_view(&out), false);
	rxpath_buf_free(&out);
}

/* Four bytes ask: what is shown, which stages, what fails, what is tolerated. */
static struct rxpath_criteria ask(const unsigned char bytes[4])
{
	static const char *const devices[] = {"eth*", "[a-d]?", "lo"};
	static const struct rxpath_allowance allowances[] = {
		{NULL, "sk_drops", true, {0, 500000000, true}},
		{"udp6/[::1]:*", "sk_*", false, {0, 0, false}},
		{"eth0", "rx_*", true, {3, 0, false}},
	};

	return (struct rxpath_criteria){
		.all = bytes[0] & 1,
		.stages = bytes[1] & 63,
		.devices = devices,
		.device_count = bytes[2] & 3,
		.allowances = allowances,
		.allowance_count = bytes[2] >> 2 & 3,
		.fail_on = (enum rxpath_kind)(bytes[3] % RXPATH_KINDS),
		.max_lost = {bytes[3] & 64 ? 2 : 0, 0, bytes[3] & 128},
	};
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct rxpath_slice rest = {(const char *)data, size};
	struct rxpath_slice halves[2];
	struct rxpath_sample samples[2];
	struct rxpath_criteria criteria = {0};
	struct rxpath_error error = {0};
	bool have[2];
	bool many = false;

	if (size > 5 && data[4] == '\n') {
		criteria = ask(data);
		many = data[0] & 2;
		rxpath_slice_skip(&rest, 5);
	}
	halves[0] = rest;
	halves[1] = rest;
	for (size_t at = 0; at + strlen(cut) <= rest.len; at++) {
		if (memcmp(rest.ptr + at, cut, strlen(cut)) != 0)
			continue;
		halves[0].len = at;
		rxpath_slice_skip(&halves[1], at + strlen(cut));
		break;
	}
	for (size_t i = 0; i < 2; i++) {
		check_storing(halves[i]);
		have[i] = take_sample(halves[i], criteria.all, &samples[i]);
		if (!have[i])
			continue;
		check_failures(&samples[i]);
		check_rows(&samples[i]);
		check_metrics(&samples[i]);
		check_explain(&samples[i]);
		check_pair(NULL, &samples[i], &criteria, many);
	}
	if (have[0] && have[1] &&
	    rxpath_analyse_comparable(&samples[0], "before", &samples[1], "after", &error))
		check_pair(&samples[0], &samples[1], &criteria, many);
	for (size_t i = 0; i < 2; i++)
		if (have[i])
			rxpath_sample_free(&samples[i]);
	return 0;
}
