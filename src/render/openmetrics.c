/* openmetrics.c: a sample, or one of each network namespace, as OpenMetrics text, with cumulative
 * counters.
 *
 * Each counter is a family of its own, whose HELP is the meaning in the catalogue. The name of a
 * family ends with _total like its samples, as OpenMetrics 2.0 and the text format 0.0.4 both
 * require: the textfile collector of node_exporter reads only the latter. */
#include <stdlib.h>
#include <string.h>

#include "figures.h"
#include "rxpath/unit.h"
#include "rxpath/version.h"
#include "rxpath/search.h"

/* Sockets and rules come and go, so a series for each would grow without end: only addresses that
 * lost packets are listed, and at most this many, and of each kind of rule. */
#define MAX_SOCKETS 100
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

/* HELP and label values escape the newline and the special bytes of each. */
static void put_escaped(struct rxpath_buf *out, struct rxpath_slice text, const char *special)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (c == '\n') {
			rxpath_buf_string(out, "\\n");
			continue;
		}
		if (c != '\0' && strchr(special, c))
			rxpath_buf_char(out, '\\');
		rxpath_buf_char(out, c);
	}
}

static void put_label(struct rxpath_buf *out, const char *name, struct rxpath_slice value)
{
	rxpath_buf_printf(out, "%s=\"", name);
	put_escaped(out, value, "\\\"");
	rxpath_buf_char(out, '"');
}

static void put_head(struct rxpath_buf *out, const char *family, const char *type, const char *help)
{
	rxpath_buf_printf(out, "# TYPE %s %s\n# HELP %s ", family, type, family);
	put_escaped(out, rxpath_slice_of(help), "\\");
	rxpath_buf_char(out, '\n');
}

static void put_subject(struct rxpath_buf *out, const struct rxpath_subject *subject)
{
	struct rxpath_buf name = {0};

	switch (subject->kind) {
	case RXPATH_ON_NETNS:
		break;
	case RXPATH_ON_DEVICE:
	case RXPATH_ON_RULE:
		rxpath_buf_escaped(&name, subject->name, "");
		rxpath_buf_char(out, ',');
		put_label(out, subject->kind == RXPATH_ON_RULE ? "rule" : "device",
			  rxpath_buf_view(&name));
		break;
	case RXPATH_ON_NFQUEUE:
		rxpath_buf_printf(out, ",queue=\"%u\"", subject->number);
		break;
	case RXPATH_ON_CPU:
		rxpath_buf_printf(out, ",cpu=\"%u\"", subject->number);
		break;
	}
	rxpath_buf_free_part(&name, out);
}

/* The start of a sample's labels: which network namespace, where there are several. */
static void put_labels(struct rxpath_buf *out, const char *family,
		       const struct rxpath_metrics_input *input)
{
	rxpath_buf_printf(out, "%s{", family);
	if (input->netns.len > 0) {
		put_label(out, "netns", input->netns);
		rxpath_buf_char(out, ',');
	}
}

/* One sample of a family. */
static void put_reading(struct rxpath_buf *out, const char *family,
			const struct rxpath_metrics_input *input,
			const struct rxpath_reading *reading)
{
	enum rxpath_kind kind = reading->counter ? reading->counter->kind : RXPATH_KIND_SUSPECT;

	put_labels(out, family, input);
	rxpath_buf_printf(out, "stage=\"%s\",kind=\"%s\",",
			  rxpath_stage_name(rxpath_reading_stage(reading)), rxpath_kind_name(kind));
	put_label(out, "counter", reading->name);
	put_subject(out, &reading->subject);
	rxpath_buf_string(out, "} ");
	rxpath_buf_u64(out, reading->value);
	rxpath_buf_char(out, '\n');
}

/* The sums of /proc/net/dev repeat what the separate counters of a device count. */
static bool is_counted_elsewhere(const struct rxpath_sample *sample,
				 const struct rxpath_reading *reading)
{
	uint32_t singles;

	if (reading->source != RXPATH_SOURCE_DEV)
		return false;
	singles = rxpath_link_bits_of_sum(reading->name);
	return singles != 0 &&
	       (sample->devices[reading->device].counters_seen & singles) == singles;
}

/* What the host counts for all its namespaces stands in one of the inputs alone. */
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

	return order != 0 ? order : rxpath_slice_compare(a->name, b->name);
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
		put_head(out, family->data, gauge ? "gauge" : "counter", counter->meaning);
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

/* A firewall has thousands of them: those that took most. The readings are those from `at` on that
 * are of the same family. */
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
	qsort(values, count, sizeof *values, descending);
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

/* The samples of a family follow each other, those of all inputs together. */
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
				put_head(out, family, "counter",
					 "A counter that this version of rxpath does not know and "
					 "whose name sounds like a loss.");
			any = true;
			put_reading(out, family, &inputs[i], reading);
		}
	}
}

/* A socket that lost packets; then all sockets of one address, or of one process. */
struct lossy {
	const struct rxpath_metrics_input *input;
	const struct rxpath_socket *socket;
	const struct rxpath_owner *owner; /* NULL: not known, or not asked for */
	uint64_t drops, queue;
};

static int by_address(const void *a, const void *b)
{
	const struct rxpath_socket *first = ((const struct lossy *)a)->socket;
	const struct rxpath_socket *second = ((const struct lossy *)b)->socket;
	const struct rxpath_metrics_input *input = ((const struct lossy *)a)->input;
	const struct rxpath_metrics_input *other = ((const struct lossy *)b)->input;
	int order = input < other ? -1 : input > other;

	if (order == 0)
		order = (int)first->protocol - (int)second->protocol;
	if (order == 0)
		order = (int)first->v6 - (int)second->v6;
	if (order == 0)
		order = memcmp(first->local.bytes, second->local.bytes, sizeof first->local.bytes);
	return order != 0 ? order : (int)first->local.port - (int)second->local.port;
}

static int by_drops(const void *a, const void *b)
{
	const struct lossy *first = a;
	const struct lossy *second = b;

	return first->drops != second->drops ? rxpath_order(second->drops, first->drops)
					     : by_address(a, b);
}

/* Not listeners, whose queues are not bytes, and not those that have no IP address. */
static bool is_shown(const struct rxpath_socket *socket)
{
	return socket->drops > 0 && socket->protocol != RXPATH_TCP &&
	       socket->protocol != RXPATH_PACKET && socket->protocol != RXPATH_NETLINK &&
	       socket->protocol != RXPATH_XDP;
}

/* NULL when there are none or memory is short. */
static struct lossy *list_lossy(const struct rxpath_metrics_input *inputs, size_t inputs_count,
				size_t *count)
{
	struct lossy *list;
	size_t found = 0;

	*count = 0;
	for (size_t i = 0; i < inputs_count; i++)
		for (size_t j = 0; j < inputs[i].sample->socket_count; j++)
			found += is_shown(&inputs[i].sample->sockets[j]);
	list = found == 0 ? NULL : malloc(found * sizeof *list);
	for (size_t i = 0; list && i < inputs_count; i++) {
		for (size_t j = 0; j < inputs[i].sample->socket_count; j++) {
			const struct rxpath_socket *socket = &inputs[i].sample->sockets[j];

			if (is_shown(socket))
				list[(*count)++] = (struct lossy){&inputs[i], socket, NULL,
								  socket->drops, socket->rx_queue};
		}
	}
	return list;
}

/* Sorts them, and adds up those that are alike in that order; how many are left. */
static size_t join(struct lossy *list, size_t count, int (*order)(const void *, const void *))
{
	size_t left = 0;

	qsort(list, count, sizeof *list, order);
	for (size_t i = 0; i < count; i++) {
		if (left > 0 && order(&list[left - 1], &list[i]) == 0) {
			list[left - 1].drops += list[i].drops;
			list[left - 1].queue += list[i].queue;
		} else {
			list[left++] = list[i];
		}
	}
	return left;
}

/* The addresses that lost packets, the worst first; NULL: none. */
static struct lossy *collect(const struct rxpath_metrics_input *inputs, size_t inputs_count,
			     size_t *count)
{
	struct lossy *addresses = list_lossy(inputs, inputs_count, count);

	if (!addresses)
		return NULL;
	*count = join(addresses, *count, by_address);
	qsort(addresses, *count, sizeof *addresses, by_drops);
	return addresses;
}

/* The service, container or pod of the first of its sockets. */
static struct rxpath_slice unit_of(const struct lossy *address)
{
	const struct rxpath_sample *details = address->input->details;

	for (size_t i = 0; details && i < details->cgroup_count; i++)
		if (details->cgroups[i].id == address->socket->cgroup)
			return rxpath_unit_of(details->cgroups[i].path);
	return (struct rxpath_slice){"", 0};
}

static void put_address(struct rxpath_buf *out, const char *family, const struct lossy *address,
			uint64_t value)
{
	struct rxpath_slice unit = unit_of(address);

	put_labels(out, family, address->input);
	rxpath_buf_printf(out, "stage=\"socket\",protocol=\"%s\",local=\"",
			  rxpath_socket_protocol(address->socket));
	rxpath_socket_address(out, address->socket, &address->socket->local);
	rxpath_buf_char(out, '"');
	if (unit.len > 0) {
		struct rxpath_buf name = {0};

		rxpath_buf_escaped(&name, unit, "");
		rxpath_buf_char(out, ',');
		put_label(out, "unit", rxpath_buf_view(&name));
		rxpath_buf_free_part(&name, out);
	}
	rxpath_buf_string(out, "} ");
	rxpath_buf_u64(out, value);
	rxpath_buf_char(out, '\n');
}

static void put_sockets(struct rxpath_buf *out, const struct rxpath_metrics_input *inputs,
			size_t inputs_count)
{
	size_t count;
	struct lossy *addresses = collect(inputs, inputs_count, &count);
	size_t shown = count < MAX_SOCKETS ? count : MAX_SOCKETS;

	if (shown > 0)
		put_head(out, "rxpath_socket_drops_total", "counter",
			 "Packets lost by the open sockets at this address; it falls when a socket "
			 "closes.");
	for (size_t i = 0; i < shown; i++)
		put_address(out, "rxpath_socket_drops_total", &addresses[i], addresses[i].drops);
	if (shown > 0)
		put_head(out, "rxpath_socket_queue_bytes", "gauge",
			 "Memory of packets that wait to be read, at the addresses that lost "
			 "packets.");
	for (size_t i = 0; i < shown; i++)
		put_address(out, "rxpath_socket_queue_bytes", &addresses[i], addresses[i].queue);
	put_head(out, "rxpath_socket_addresses_left_out", "gauge",
		 "Addresses that lost packets and are not listed, because at most 100 are.");
	rxpath_buf_printf(out, "rxpath_socket_addresses_left_out %zu\n", count - shown);
	free(addresses);
}

static int by_inode(const void *a, const void *b)
{
	return rxpath_order(((const struct lossy *)a)->socket->inode,
			    ((const struct lossy *)b)->socket->inode);
}

static int by_pid(const void *a, const void *b)
{
	const struct rxpath_owner *first = ((const struct lossy *)a)->owner;
	const struct rxpath_owner *second = ((const struct lossy *)b)->owner;

	if (!first || !second)
		return !first - !second;
	return rxpath_order(first->pid, second->pid);
}

static int by_losses(const void *a, const void *b)
{
	const struct lossy *first = a;
	const struct lossy *second = b;

	return first->drops != second->drops ? rxpath_order(second->drops, first->drops)
					     : by_pid(a, b);
}

static void find_readers(const struct rxpath_sample *details, struct lossy *sockets, size_t count)
{
	for (size_t i = 0; i < details->owner_count; i++) {
		const struct rxpath_owner *owner = &details->owners[i];
		const struct rxpath_socket wanted = {.inode = owner->inode};
		const struct lossy key = {.socket = &wanted};
		struct lossy *found = bsearch(&key, sockets, count, sizeof *sockets, by_inode);

		if (found && (!found->owner || found->owner->pid == 1))
			found->owner = owner;
	}
}

/* The processes whose sockets lost packets, the worst first; NULL: none. */
static struct lossy *collect_processes(const struct rxpath_metrics_input *inputs,
				       size_t inputs_count, size_t *count)
{
	const struct rxpath_sample *details = inputs_count > 0 ? inputs[0].details : NULL;
	struct lossy *sockets;

	*count = 0;
	sockets = details ? list_lossy(inputs, inputs_count, count) : NULL;
	if (!sockets)
		return NULL;
	qsort(sockets, *count, sizeof *sockets, by_inode);
	find_readers(details, sockets, *count);
	*count = join(sockets, *count, by_pid);
	/* Sockets without an owner that may be seen stand last. */
	if (!sockets[*count - 1].owner)
		--*count;
	qsort(sockets, *count, sizeof *sockets, by_losses);
	return sockets;
}

static void put_processes(struct rxpath_buf *out, const struct rxpath_metrics_input *inputs,
			  size_t inputs_count)
{
	static const char family[] = "rxpath_process_drops_total";
	size_t count;
	struct lossy *processes = collect_processes(inputs, inputs_count, &count);

	if (count > 0)
		put_head(out, family, "counter",
			 "Packets lost by the open sockets of this process; it falls when a socket "
			 "closes.");
	for (size_t i = 0; i < count && i < MAX_SOCKETS; i++) {
		struct rxpath_buf name = {0};

		rxpath_buf_escaped(&name, processes[i].owner->comm, "");
		put_labels(out, family, processes[i].input);
		put_label(out, "comm", rxpath_buf_view(&name));
		rxpath_buf_printf(out, ",pid=\"%llu\"} ",
				  (unsigned long long)processes[i].owner->pid);
		rxpath_buf_u64(out, processes[i].drops);
		rxpath_buf_char(out, '\n');
		rxpath_buf_free_part(&name, out);
	}
	free(processes);
}

static void put_sources(struct rxpath_buf *out, const struct rxpath_metrics_input *inputs,
			size_t count)
{
	static const char family[] = "rxpath_source_up";

	put_head(out, family, "gauge", "1: the source was read; 0: reading it failed.");
	for (size_t i = 0; i < count; i++) {
		for (enum rxpath_source source = 0; source < RXPATH_SOURCES; source++) {
			enum rxpath_source_status status = inputs[i].sample->sources[source].status;

			if ((status != RXPATH_READ && status != RXPATH_FAILED) ||
			    is_elsewhere(&inputs[i], source))
				continue;
			put_labels(out, family, &inputs[i]);
			put_label(out, "source", rxpath_slice_of(rxpath_source_row(source)->path));
			rxpath_buf_printf(out, "} %d\n", status == RXPATH_READ);
		}
	}
}

void rxpath_render_metrics(const struct rxpath_metrics_input *inputs, size_t count,
			   struct rxpath_buf *out)
{
	put_head(out, "rxpath_build_info", "gauge",
		 "The version of rxpath that wrote this; always 1.");
	rxpath_buf_printf(out, "rxpath_build_info{version=\"%s\"} 1\n", RXPATH_VERSION);
	put_families(out, inputs, count);
	put_unclassified(out, inputs, count);
	put_sockets(out, inputs, count);
	put_processes(out, inputs, count);
	put_sources(out, inputs, count);
	rxpath_buf_string(out, "# EOF\n");
}
