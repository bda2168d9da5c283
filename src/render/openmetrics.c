/* openmetrics.c: a sample, or one of each network namespace, as OpenMetrics text, with cumulative
 * counters.
 *
 * Each counter is a family of its own, whose HELP is the meaning in the catalogue. The name of a
 * family ends with _total like its samples, as OpenMetrics 2.0 and the text format 0.0.4 both
 * require: the textfile collector of node_exporter reads only the latter. */
#include <stdlib.h>
#include <string.h>

#include "metric.h"
#include "openmetrics_sockets.h"
#include "rxpath/version.h"
#include "rxpath/search.h"

/* A firewall has thousands of rules: of each kind those that took most, at most this many. */
#define MAX_RULES ((size_t)100)

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

/* A small letter that continues a word; the plural s of OKs does not. */
static bool goes_on(const char *at)
{
	return *at >= 'a' && *at <= 'z' && !(*at == 's' && (at[1] == '\0' || is_upper(at[1])));
}

/* UdpRcvbufErrors -> udp_rcvbuf_errors, TcpExtTCPBacklogDrop -> tcp_ext_tcp_backlog_drop: a capital
 * begins a word after anything else, and at the end of a run of capitals before a small letter. */
static void put_snake(struct rxpath_buf *out, const char *name)
{
	for (const char *at = name; *at; at++) {
		bool starts = at > name && is_upper(*at) && (!is_upper(at[-1]) || goes_on(at + 1));

		if (starts && at[-1] != '_')
			rxpath_buf_char(out, '_');
		if (is_upper(*at))
			rxpath_buf_char(out, (char)(*at - 'A' + 'a'));
		else
			rxpath_buf_char(out, *at == '.' || *at == '-' ? '_' : *at);
	}
}

static void put_subject(struct rxpath_buf *out, const struct rxpath_subject *subject)
{
	switch (subject->kind) {
	case RXPATH_ON_NETNS:
		break;
	case RXPATH_ON_DEVICE:
		metric_name(out, "device", subject->name);
		break;
	case RXPATH_ON_RULE:
		metric_name(out, "rule", subject->name);
		break;
	case RXPATH_ON_NFQUEUE:
		metric_number(out, "queue", subject->number);
		break;
	case RXPATH_ON_CPU:
		metric_number(out, "cpu", subject->number);
		break;
	}
}

static void put_reading(struct rxpath_buf *out, const char *family,
			const struct rxpath_metrics_input *input,
			const struct rxpath_reading *reading)
{
	enum rxpath_stage stage = rxpath_reading_stage(reading);
	enum rxpath_kind kind = reading->counter ? reading->counter->kind : RXPATH_KIND_SUSPECT;

	metric_begin(out, family, input);
	metric_label(out, "stage", rxpath_slice_of(rxpath_stage_name(stage)));
	metric_label(out, "kind", rxpath_slice_of(rxpath_kind_name(kind)));
	metric_label(out, "counter", rxpath_slice_of(reading->name));
	put_subject(out, &reading->subject);
	metric_value(out, reading->value);
}

/* The sums of /proc/net/dev repeat what the separate counters of a device count. */
static bool is_counted_elsewhere(const struct rxpath_sample *sample,
				 const struct rxpath_reading *reading)
{
	uint32_t singles;

	if (reading->source != RXPATH_SOURCE_DEV)
		return false;
	singles = rxpath_link_bits_of_sum(rxpath_slice_of(reading->name));
	return singles != 0 &&
	       (sample->devices[reading->device].counters_seen & singles) == singles;
}

/* Counters of the host are in only one of the inputs. */
static bool is_elsewhere(const struct rxpath_metrics_input *input, enum rxpath_source source)
{
	return input->elsewhere && rxpath_source_row(source)->scope == RXPATH_OF_HOST;
}

static bool is_in_family(const struct rxpath_metrics_input *input,
			 const struct rxpath_reading *reading)
{
	return reading->counter && rxpath_source_usable(input->sample, reading->source) &&
	       !is_elsewhere(input, reading->source) &&
	       !is_counted_elsewhere(input->sample, reading);
}

/* As readings are sorted: by stage, then by name. */
static int by_family(const struct rxpath_reading *a, const struct rxpath_reading *b)
{
	int order = (int)rxpath_reading_stage(a) - (int)rxpath_reading_stage(b);

	return order != 0 ? order : strcmp(a->name, b->name);
}

/* The first of the inputs' next readings; NULL: all have been written. `at` has the index of each
 * input's next reading. */
static const struct rxpath_reading *next_reading(const struct rxpath_metrics_input *inputs,
						 size_t count, const size_t *at)
{
	const struct rxpath_reading *first = NULL;

	for (size_t i = 0; i < count; i++) {
		const struct rxpath_sample *sample = inputs[i].sample;

		if (at[i] < sample->reading_count &&
		    (!first || by_family(&sample->readings[at[i]], first) < 0))
			first = &sample->readings[at[i]];
	}
	return first;
}

static void put_family_head(struct rxpath_buf *out, const struct rxpath_counter *counter,
			    struct rxpath_buf *family)
{
	const bool gauge = counter->shape == RXPATH_SHAPE_GAUGE;

	rxpath_buf_reset(family);
	rxpath_buf_string(family, "rxpath_");
	put_snake(family, counter->name);
	rxpath_buf_string(family, gauge ? "" : "_total");
	rxpath_buf_char(family, '\0');
	if (!family->failed)
		metric_family(out, family->data, gauge ? "gauge" : "counter", counter->meaning);
}

static int descending(const void *a, const void *b)
{
	return rxpath_order(*(const uint64_t *)b, *(const uint64_t *)a);
}

/* Which rules are shown: those above a figure, and the first few of those equal to it. */
struct shown_rules {
	uint64_t least;
	size_t of_least;
};

/* Of the readings from `at` on that are of the same family. */
static struct shown_rules choose_rules(const struct rxpath_sample *sample, size_t at)
{
	struct shown_rules shown = {0, SIZE_MAX};
	const struct rxpath_reading *first = &sample->readings[at];
	uint64_t *values;
	size_t count = 0;

	if (at == sample->reading_count || first->subject.kind != RXPATH_ON_RULE)
		return shown;
	while (at + count < sample->reading_count && by_family(&first[count], first) == 0)
		count++;
	values = count > MAX_RULES ? malloc(count * sizeof *values) : NULL;
	if (!values)
		return shown;
	for (size_t i = 0; i < count; i++)
		values[i] = first[i].value;
	rxpath_sort(values, count, sizeof *values, descending);
	shown = (struct shown_rules){values[MAX_RULES - 1], 0};
	while (shown.of_least < MAX_RULES && values[MAX_RULES - 1 - shown.of_least] == shown.least)
		shown.of_least++;
	free(values);
	return shown;
}

static bool is_rule_shown(struct shown_rules *shown, uint64_t value)
{
	if (value != shown->least)
		return value > shown->least;
	return shown->of_least > 0 && shown->of_least-- > 0;
}

/* All samples of a family must follow each other, so all inputs are walked together. */
static void put_families(struct rxpath_buf *out, const struct rxpath_metrics_input *inputs,
			 size_t count)
{
	size_t *at = calloc(count + 1, sizeof *at);
	const struct rxpath_reading *first;
	struct rxpath_buf family = {0};

	while (at && !family.failed && (first = next_reading(inputs, count, at))) {
		bool has_head = false;

		for (size_t i = 0; i < count && !family.failed; i++) {
			const struct rxpath_sample *sample = inputs[i].sample;
			struct shown_rules shown = choose_rules(sample, at[i]);

			for (; at[i] < sample->reading_count &&
			       by_family(&sample->readings[at[i]], first) == 0;
			     at[i]++) {
				const struct rxpath_reading *reading = &sample->readings[at[i]];

				if (!is_in_family(&inputs[i], reading) ||
				    !is_rule_shown(&shown, reading->value))
					continue;
				if (!has_head)
					put_family_head(out, reading->counter, &family);
				has_head = true;
				if (!family.failed)
					put_reading(out, family.data, &inputs[i], reading);
				rxpath_buf_drain(out);
			}
		}
	}
	rxpath_buf_free_part(&family, out);
	if (!at)
		out->failed = true;
	free(at);
}

/* Counters that are not in the catalogue and whose names sound like losses. */
static void put_unclassified(struct rxpath_buf *out, const struct rxpath_metrics_input *inputs,
			     size_t count)
{
	static const char family[] = "rxpath_unclassified_total";
	bool any = false;

	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < inputs[i].sample->reading_count; j++) {
			const struct rxpath_reading *reading = &inputs[i].sample->readings[j];

			if (reading->counter || is_elsewhere(&inputs[i], reading->source))
				continue;
			if (!any)
				metric_family(
					out, family, "counter",
					"A counter that this version of rxpath does not know and "
					"whose name sounds like a loss.");
			any = true;
			put_reading(out, family, &inputs[i], reading);
		}
	}
}

/* Every kernel has it, and neither it nor what replaces it could be read. */
static bool is_missing(const struct rxpath_sample *sample, enum rxpath_source source)
{
	const struct rxpath_source_row *row = rxpath_source_row(source);

	return row->presence == RXPATH_REQUIRED && !rxpath_source_usable(sample, source) &&
	       (row->instead == RXPATH_SOURCE_NONE || !rxpath_source_usable(sample, row->instead));
}

static void put_sources(struct rxpath_buf *out, const struct rxpath_metrics_input *inputs,
			size_t count)
{
	static const char family[] = "rxpath_source_up";

	metric_family(out, family, "gauge", "1: the source was read; 0: reading it failed.");
	for (size_t i = 0; i < count; i++) {
		for (enum rxpath_source source = 0; source < RXPATH_SOURCES; source++) {
			const struct rxpath_sample *sample = inputs[i].sample;
			enum rxpath_source_status status = sample->sources[source].status;

			if ((status != RXPATH_READ && status != RXPATH_FAILED &&
			     !is_missing(sample, source)) ||
			    is_elsewhere(&inputs[i], source))
				continue;
			metric_begin(out, family, &inputs[i]);
			metric_label(out, "source",
				     rxpath_slice_of(rxpath_source_row(source)->path));
			metric_value(out, status == RXPATH_READ);
		}
	}
}

void rxpath_render_metrics(const struct rxpath_metrics_input *inputs, size_t count,
			   struct rxpath_buf *out)
{
	metric_family(out, "rxpath_build_info", "gauge",
		      "The version of rxpath that wrote this; always 1.");
	rxpath_buf_printf(out, "rxpath_build_info{version=\"%s\"} 1\n", RXPATH_VERSION);
	put_families(out, inputs, count);
	put_unclassified(out, inputs, count);
	metric_sockets(out, inputs, count);
	metric_processes(out, inputs, count);
	put_sources(out, inputs, count);
	rxpath_buf_string(out, "# EOF\n");
}
