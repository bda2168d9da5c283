/* finding_ctx.c: what the rules of findings share: writing their texts, and looking up counters and
 * settings. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "findings.h"
#include "rxpath/unit.h"

static struct rxpath_slice keep(struct finding_ctx *ctx, struct rxpath_buf *text)
{
	struct rxpath_slice kept = rxpath_report_keep(ctx->report, text);

	rxpath_buf_free(text);
	ctx->failed = ctx->failed || !kept.ptr;
	return kept.ptr ? kept : rxpath_slice_of("");
}

static struct rxpath_slice format(struct finding_ctx *ctx, const char *pattern, va_list arguments)
{
	struct rxpath_buf text = {0};

	rxpath_buf_vprintf(&text, pattern, arguments);
	return keep(ctx, &text);
}

void finding_summary(struct finding_ctx *ctx, const char *pattern, ...)
{
	va_list arguments;

	va_start(arguments, pattern);
	ctx->draft.summary = format(ctx, pattern, arguments);
	va_end(arguments);
}

static void add_advice(struct finding_ctx *ctx, struct rxpath_slice text)
{
	if (ctx->draft.advice_count < MAX_TEXTS)
		ctx->draft.advice[ctx->draft.advice_count++] = (struct rxpath_advice){.text = text};
}

void finding_default_advice(struct finding_ctx *ctx)
{
	const char *action = ctx->fact->action;
	struct rxpath_buf text = {0};

	/* A piece of advice is no sentence: a small letter first, no full stop. */
	rxpath_buf_char(&text, (char)(action[0] | 0x20));
	rxpath_buf_bytes(&text, action + 1, strlen(action) - 2);
	add_advice(ctx, keep(ctx, &text));
}

void finding_evidence(struct finding_ctx *ctx, const char *pattern, ...)
{
	va_list arguments;
	struct rxpath_slice text;

	va_start(arguments, pattern);
	text = format(ctx, pattern, arguments);
	va_end(arguments);
	if (ctx->draft.evidence_count < MAX_TEXTS)
		ctx->draft.evidence[ctx->draft.evidence_count++] = text;
}

void finding_advice(struct finding_ctx *ctx, const char *pattern, ...)
{
	va_list arguments;

	va_start(arguments, pattern);
	add_advice(ctx, format(ctx, pattern, arguments));
	va_end(arguments);
}

const char *rxpath_phrase(struct finding_ctx *ctx, const char *pattern, ...)
{
	va_list arguments;
	struct rxpath_slice text;

	va_start(arguments, pattern);
	text = format(ctx, pattern, arguments);
	va_end(arguments);
	return text.ptr;
}

const char *rxpath_amount(struct finding_ctx *ctx, uint64_t count, const char *word)
{
	return rxpath_phrase(ctx, "%llu %s%s", (unsigned long long)count, word,
			     count == 1 ? "" : "s");
}

const char *rxpath_phrase_of(struct finding_ctx *ctx, struct rxpath_slice text)
{
	struct rxpath_buf copy = {0};

	rxpath_buf_slice(&copy, text);
	return keep(ctx, &copy).ptr;
}

const char *rxpath_escaped_of(struct finding_ctx *ctx, struct rxpath_slice raw)
{
	struct rxpath_buf copy = {0};

	rxpath_buf_escaped(&copy, raw, "");
	return keep(ctx, &copy).ptr;
}

const char *rxpath_text_of(struct finding_ctx *ctx, struct rxpath_slice raw)
{
	struct rxpath_buf copy = {0};

	rxpath_buf_escaped_text(&copy, raw, "");
	return keep(ctx, &copy).ptr;
}

bool rxpath_has_finding(const struct finding_ctx *ctx, const char *id)
{
	for (size_t i = 0; i < ctx->report->finding_count; i++)
		if (strcmp(ctx->report->findings[i].id, id) == 0)
			return true;
	return false;
}

uint64_t rxpath_moved(const struct finding_ctx *ctx, const char *name)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < ctx->moved_count; i++)
		if (rxpath_slice_is(ctx->moved[i]->name, name))
			sum += ctx->moved[i]->delta;
	return sum;
}

uint64_t rxpath_lost(const struct finding_ctx *ctx, const char *name)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < ctx->moved_count; i++)
		if (rxpath_slice_is(ctx->moved[i]->name, name))
			sum += ctx->moved[i]->lost;
	return sum;
}

uint64_t rxpath_open_part(const struct finding_ctx *ctx, const char *name)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < ctx->moved_count; i++)
		if (rxpath_slice_is(ctx->moved[i]->name, name) &&
		    !(ctx->moved[i]->flags & RXPATH_FLAG_COUNTED))
			sum += rxpath_remainder(ctx->moved[i]);
	return sum;
}

uint64_t rxpath_moved_any(const struct finding_ctx *ctx, const char *const names[])
{
	uint64_t sum = 0;

	for (size_t i = 0; names[i]; i++)
		sum += rxpath_moved(ctx, names[i]);
	return sum;
}

uint64_t rxpath_lost_any(const struct finding_ctx *ctx, const char *const names[])
{
	uint64_t sum = 0;

	for (size_t i = 0; names[i]; i++)
		sum += rxpath_lost(ctx, names[i]);
	return sum;
}

uint64_t rxpath_unexplained_any(const struct finding_ctx *ctx, const char *const names[])
{
	uint64_t sum = 0;

	for (size_t i = 0; i < ctx->moved_count; i++)
		for (size_t j = 0; names[j]; j++)
			if (rxpath_slice_is(ctx->moved[i]->name, names[j]) &&
			    ctx->moved[i]->kind <= RXPATH_KIND_SUSPECT)
				sum += rxpath_remainder(ctx->moved[i]);
	return sum;
}

void rxpath_show_moved(struct finding_ctx *ctx, const char *const names[])
{
	struct rxpath_buf text = {0};

	for (size_t i = 0; names[i]; i++) {
		uint64_t moved = rxpath_moved(ctx, names[i]);

		if (moved > 0)
			rxpath_buf_printf(&text, "%s%s %llu", text.len > 0 ? ", " : "", names[i],
					  (unsigned long long)moved);
	}
	ctx->failed = ctx->failed || text.failed;
	if (text.len > 0)
		finding_evidence(ctx, "%s", keep(ctx, &text).ptr);
	else
		rxpath_buf_free(&text);
}

const char *rxpath_share(struct finding_ctx *ctx, uint64_t count, enum rxpath_stage stage)
{
	uint64_t seen = ctx->report->stages[stage].seen;

	if (seen == RXPATH_UNKNOWN || seen == 0 || count > seen)
		return "";
	return rxpath_phrase(ctx, " (%u %% of those received)",
			     (unsigned)((long double)count * 100 / (long double)seen));
}

bool rxpath_is_significant(const struct finding_ctx *ctx, uint64_t count, enum rxpath_stage stage)
{
	uint64_t seen = ctx->report->stages[stage].seen;

	return count >= 10 && (seen == RXPATH_UNKNOWN || count >= seen / 100);
}

const struct rxpath_setting *rxpath_setting_of(const struct finding_ctx *ctx, const char *name)
{
	const struct rxpath_setting *setting = rxpath_sample_setting(ctx->settings, name);

	/* A stored sample may have its settings as files of their own. */
	return setting || ctx->settings == ctx->match.after
		       ? setting
		       : rxpath_sample_setting(ctx->match.after, name);
}

bool rxpath_number_of(const struct finding_ctx *ctx, const char *name, uint64_t *value)
{
	const struct rxpath_setting *setting = rxpath_setting_of(ctx, name);
	struct rxpath_slice rest, word;

	if (!setting)
		return false;
	rest = setting->value;
	return rxpath_scan_word(&rest, &word) && rxpath_scan_dec(word, value);
}

/* The setting's words, each escaped, behind what is in the text already. False when it
 * is not known. */
static bool put_value(const struct finding_ctx *ctx, const char *name, const char *before,
		      struct rxpath_buf *text)
{
	const struct rxpath_setting *setting = rxpath_setting_of(ctx, name);
	struct rxpath_slice rest, word;

	if (!setting)
		return false;
	rxpath_buf_string(text, before);
	rest = setting->value;
	while (rxpath_scan_word(&rest, &word)) {
		rxpath_buf_char(text, ' ');
		rxpath_buf_escaped(text, word, "");
	}
	return true;
}

/* These a network namespace of its own does not even show. */
static bool is_of_host(const char *name)
{
	static const char *const prefixes[] = {"net.core.netdev_", "net.core.flow_limit_",
					       "net.ipv4.udp_mem", "net.ipv4.tcp_mem"};

	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
		if (rxpath_slice_starts(rxpath_slice_of(name), prefixes[i]))
			return true;
	return false;
}

/* Where it is set. A network namespace of its own shows some of the host's settings, read-only; a
 * container may have all of them read-only. */
static const char *where_set(struct finding_ctx *ctx, const char *name)
{
	const struct rxpath_setting *read_only =
		rxpath_setting_of(ctx, rxpath_phrase(ctx, "read_only.%s", name));

	if (read_only)
		return rxpath_slice_is(read_only->value, "mount") ? "from outside the container"
								  : "the host";
	return rxpath_setting_of(ctx, name) ? "here" : is_of_host(name) ? "the host" : "";
}

const char *rxpath_where(struct finding_ctx *ctx, const char *name)
{
	const char *where = where_set(ctx, name);

	return strcmp(where, "the host") == 0 ? " in the host's own network namespace (it cannot "
						"be set elsewhere)"
	       : strcmp(where, "from outside the container") == 0
		       ? " from outside the container (it cannot be set inside)"
		       : "";
}

bool rxpath_is_plain(const char *name)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:@-";

	return name[strspn(name, plain)] == '\0';
}

void finding_setting(struct finding_ctx *ctx, const char *setting, uint64_t suggested)
{
	finding_set(ctx, setting,
		    suggested > 0 ? rxpath_phrase(ctx, "%llu", (unsigned long long)suggested) : "");
}

void finding_set(struct finding_ctx *ctx, const char *setting, const char *suggested)
{
	struct rxpath_advice *advice = &ctx->draft.advice[ctx->draft.advice_count - 1];
	struct rxpath_buf current = {0};

	advice->setting = rxpath_slice_of(setting);
	if (put_value(ctx, setting, "", &current))
		advice->current = keep(ctx, &current);
	if (advice->current.len > 0)
		rxpath_slice_skip(&advice->current, 1);
	advice->suggested = rxpath_slice_of(suggested);
	if (advice->suggested.len > 0 && rxpath_is_plain(setting))
		finding_command(ctx,
				strchr(suggested, ' ') ? "sysctl -w %s='%s'" : "sysctl -w %s=%s",
				setting, suggested);
	advice->where = rxpath_slice_of(where_set(ctx, setting));
}

void finding_file(struct finding_ctx *ctx, const char *file, uint64_t current, uint64_t suggested)
{
	struct rxpath_advice *advice = &ctx->draft.advice[ctx->draft.advice_count - 1];

	advice->setting = rxpath_slice_of(file);
	advice->current = rxpath_slice_of(rxpath_phrase(ctx, "%llu", (unsigned long long)current));
	advice->suggested =
		rxpath_slice_of(rxpath_phrase(ctx, "%llu", (unsigned long long)suggested));
	advice->where = rxpath_slice_of("the host");
	if (rxpath_is_plain(file))
		finding_command(ctx, "echo %llu > %s", (unsigned long long)suggested, file);
}

void finding_command(struct finding_ctx *ctx, const char *pattern, ...)
{
	va_list arguments;

	va_start(arguments, pattern);
	ctx->draft.advice[ctx->draft.advice_count - 1].command = format(ctx, pattern, arguments);
	va_end(arguments);
}

const char *rxpath_now(struct finding_ctx *ctx, const char *name)
{
	struct rxpath_buf text = {0};

	if (!put_value(ctx, name, " (now", &text))
		return is_of_host(name) ? " (in the host's own network namespace)" : "";
	rxpath_buf_char(&text, ')');
	return keep(ctx, &text).ptr;
}

enum memory_level rxpath_memory_level(const struct finding_ctx *ctx, enum rxpath_protocol protocol)
{
	struct memory memory;

	return rxpath_memory_of(ctx->settings, ctx->match.after, protocol, &memory);
}

void rxpath_show_memory_of(struct finding_ctx *ctx, enum rxpath_protocol protocol)
{
	struct memory memory;

	if (rxpath_memory_of(ctx->settings, ctx->match.after, protocol, &memory) != MEMORY_UNKNOWN)
		finding_evidence(ctx, "%s as a whole holds %llu of %s now",
				 protocol == RXPATH_UDP ? "UDP" : "TCP",
				 (unsigned long long)memory.used,
				 rxpath_amount(ctx, memory.limit, "page"));
}

void rxpath_show_settings(struct finding_ctx *ctx, const char *const names[])
{
	struct rxpath_buf text = {0};

	for (size_t i = 0; names[i]; i++) {
		size_t start = text.len;

		rxpath_buf_printf(&text, "%s%s is", start > 0 ? ", " : "", names[i]);
		if (!put_value(ctx, names[i], "", &text))
			text.len = start;
	}
	if (text.len > 0)
		finding_evidence(ctx, "%s", keep(ctx, &text).ptr);
	else
		rxpath_buf_free(&text);
}

bool rxpath_device_number(struct finding_ctx *ctx, const char *device, const char *word,
			  uint64_t *value)
{
	return rxpath_number_of(ctx, rxpath_phrase(ctx, "device.%s.%s", device, word), value);
}

const char *rxpath_owner_of(struct finding_ctx *ctx, const struct rxpath_socket_line *line)
{
	const struct rxpath_process *reader = rxpath_reader_of(line);
	struct rxpath_buf text = {0};

	if (!reader) {
		rxpath_unit_text(line->cgroup, &text);
		if (text.len == 0)
			rxpath_buf_string(&text, "the process");
		if (line->socket->uid != RXPATH_UNKNOWN32)
			rxpath_buf_printf(&text, " (uid %u)", line->socket->uid);
		return keep(ctx, &text).ptr;
	}
	rxpath_buf_escaped(&text, reader->comm, "");
	rxpath_buf_printf(&text, "[%llu]", (unsigned long long)reader->pid);
	if (line->process_count > 1)
		rxpath_buf_printf(&text, " and %zu more", line->process_count - 1);
	return keep(ctx, &text).ptr;
}

const char *rxpath_name_of(struct finding_ctx *ctx, const struct rxpath_socket_line *line)
{
	return rxpath_phrase(ctx, "%s of %s", rxpath_phrase_of(ctx, line->subject),
			     rxpath_owner_of(ctx, line));
}

const struct rxpath_socket_line *rxpath_worst_socket(const struct finding_ctx *ctx,
						     rxpath_fits *fits)
{
	const struct rxpath_report *report = ctx->report;

	for (size_t i = 0; i < report->socket_count; i++)
		if (fits(&report->sockets[i]))
			return &report->sockets[i];
	return NULL;
}

void rxpath_show_sockets(struct finding_ctx *ctx, rxpath_fits *fits, rxpath_tell *tell,
			 const struct rxpath_socket_line *named)
{
	const struct rxpath_report *report = ctx->report;
	size_t count = 0;

	for (size_t i = 0; i < report->socket_count; i++) {
		const struct rxpath_socket_line *line = &report->sockets[i];

		if (line != named && fits(line) && count++ < MAX_SHOWN)
			finding_evidence(ctx, "%s", tell(ctx, line));
	}
	if (count > MAX_SHOWN)
		finding_evidence(ctx, "and %s",
				 rxpath_amount(ctx, count - MAX_SHOWN, "more socket"));
}

bool rxpath_busiest(const struct finding_ctx *ctx, struct busiest *busiest)
{
	const struct rxpath_sample *after = ctx->match.after;

	*busiest = (struct busiest){.cpus = after->cpu_count};
	if (!ctx->match.comparable[RXPATH_SOURCE_SOFTNET])
		return false;
	for (size_t i = 0; i < after->reading_count; i++) {
		const struct rxpath_reading *reading = &after->readings[i];
		struct change change;

		if (!rxpath_slice_is(reading->name, "softnet_processed") ||
		    !rxpath_change_since(&ctx->match, reading, &change))
			continue;
		busiest->all += change.delta;
		if (change.delta > busiest->share) {
			busiest->share = change.delta;
			busiest->cpu = reading->subject.number;
		}
	}
	return busiest->all > 0;
}

static uint64_t moved_of_cpu(const struct finding_ctx *ctx, const char *name, uint64_t cpu)
{
	const struct rxpath_subject subject = {.kind = RXPATH_ON_CPU, .number = (uint32_t)cpu};
	const struct rxpath_reading *after = rxpath_sample_find(ctx->match.after, name, &subject);
	struct change change;

	return after && ctx->match.comparable[RXPATH_SOURCE_CPU_TIME] &&
			       rxpath_change_since(&ctx->match, after, &change)
		       ? change.delta
		       : 0;
}

void rxpath_show_softirq(struct finding_ctx *ctx, uint32_t cpu)
{
	const struct rxpath_sample *after = ctx->match.after;
	uint64_t time = moved_of_cpu(ctx, "cpu_time", cpu);
	uint64_t others = 0, of_others = 0;

	/* A tick is a hundredth of a second: of a short interval nothing can be told. */
	if (time < 10)
		return;
	for (size_t i = 0; i < after->cpu_count; i++) {
		if (after->cpus[i] == cpu)
			continue;
		others += moved_of_cpu(ctx, "cpu_time", after->cpus[i]);
		of_others += moved_of_cpu(ctx, "cpu_softirq_time", after->cpus[i]);
	}
	finding_evidence(
		ctx, "softirqs took %llu %% of the time of CPU %u, %llu %% of the others'",
		(unsigned long long)(moved_of_cpu(ctx, "cpu_softirq_time", cpu) * 100 / time), cpu,
		(unsigned long long)(others > 0 ? of_others * 100 / others : 0));
}

/* IP counts a super-packet once, but its segments in the counters by ECN mark; so does TCP, whose
 * segments could all have been in super-packets too. A socket without UDP GRO gets the segments one
 * by one: then UDP counts more datagrams than IP has packets. */
uint64_t rxpath_super_packets(const struct finding_ctx *ctx)
{
	static const char *const segments[] = {
		"IpExtInNoECTPkts", "IpExtInECT0Pkts", "IpExtInECT1Pkts",
		"IpExtInCEPkts",    "Ip6InNoECTPkts",  "Ip6InECT0Pkts",
		"Ip6InECT1Pkts",    "Ip6InCEPkts",     NULL};
	uint64_t packets = rxpath_sum(rxpath_change_of(&ctx->match, "IpInReceives").max,
				      rxpath_change_of(&ctx->match, "Ip6InReceives").max);
	uint64_t tcp = rxpath_change_of(&ctx->match, "TcpInSegs").max;
	uint64_t udp = rxpath_change_of(&ctx->match, "UdpInDatagrams").delta +
		       rxpath_change_of(&ctx->match, "UdpInErrors").delta +
		       rxpath_change_of(&ctx->match, "Udp6InDatagrams").delta +
		       rxpath_change_of(&ctx->match, "Udp6InErrors").delta;
	uint64_t all = 0;

	for (size_t i = 0; segments[i]; i++)
		all = rxpath_sum(all, rxpath_change_of(&ctx->match, segments[i]).min);
	return packets > 0 && all > rxpath_sum(packets, tcp) && udp <= packets
		       ? (all - tcp) / packets
		       : 0;
}
