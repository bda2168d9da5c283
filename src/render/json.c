/* json.c: one object per report, on one line; no key is left out, unknown values are null. */
#include <string.h>

#include "figures.h"
#include "rxpath/unit.h"

/* The length of the well-formed UTF-8 sequence at the slice's start (RFC 3629); 0:
 * there is none. */
static size_t utf8_length(struct rxpath_slice text)
{
	const unsigned char *bytes = (const unsigned char *)text.ptr;
	size_t len = bytes[0] < 0x80 ? 1 : bytes[0] >= 0xf0 ? 4 : bytes[0] >= 0xe0 ? 3 : 2;

	if (len == 1)
		return 1;
	if (bytes[0] < 0xc2 || bytes[0] > 0xf4 || text.len < len)
		return 0;
	for (size_t i = 1; i < len; i++)
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
	/* Overlong forms, surrogates, and what is over U+10FFFF. */
	if ((bytes[0] == 0xe0 && bytes[1] < 0xa0) || (bytes[0] == 0xed && bytes[1] > 0x9f) ||
	    (bytes[0] == 0xf0 && bytes[1] < 0x90) || (bytes[0] == 0xf4 && bytes[1] > 0x8f))
		return 0;
	return len;
}

/* Of a character that is well formed. */
static uint32_t code_of(const char *at, size_t len)
{
	uint32_t code = (unsigned char)at[0] & (len == 1 ? 0x7fu : 0xffu >> (len + 1));

	for (size_t i = 1; i < len; i++)
		code = code << 6 | ((unsigned char)at[i] & 0x3f);
	return code;
}

/* What a terminal may obey in place of showing it: controls, the marks that turn the direction of
 * writing, and what takes no room. */
static bool is_obeyed(uint32_t code)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{0, 0x1f},	    {0x7f, 0x9f},     {0xad, 0xad},	{0x34f, 0x34f},
		{0x61c, 0x61c},	    {0x180b, 0x180f}, {0x200b, 0x200f}, {0x2028, 0x202e},
		{0x2060, 0x206f},   {0xfe00, 0xfe0f}, {0xfeff, 0xfeff}, {0xe0000, 0xe007f},
		{0xe0100, 0xe01ef},
	};

	if (code >= ' ' && code < 0x7f)
		return false;
	for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
		if (code >= ranges[i].first && code <= ranges[i].last)
			return true;
	return false;
}

/* As \uHHHH, beyond 16 bits as a pair (RFC 8259, 7). */
static void put_code(struct rxpath_buf *out, uint32_t code)
{
	if (code > 0xffff) {
		code -= 0x10000;
		rxpath_buf_printf(out, "\\u%04x", (unsigned)(0xd800 + (code >> 10)));
		code = 0xdc00 + (code & 0x3ff);
	}
	rxpath_buf_printf(out, "\\u%04x", (unsigned)code);
}

void rxpath_put_json_string(struct rxpath_buf *out, struct rxpath_slice text)
{
	rxpath_buf_char(out, '"');
	while (text.len > 0) {
		unsigned char c = (unsigned char)text.ptr[0];
		size_t len = utf8_length(text);

		if (len == 0) {
			/* No string of JSON can hold such a byte, so it is shown as in
			 * the other formats. */
			rxpath_buf_printf(out, "\\\\x%02X", c);
			len = 1;
		} else if (is_obeyed(code_of(text.ptr, len))) {
			put_code(out, code_of(text.ptr, len));
		} else {
			if (c == '"' || c == '\\')
				rxpath_buf_char(out, '\\');
			rxpath_buf_bytes(out, text.ptr, len);
		}
		rxpath_slice_skip(&text, len);
	}
	rxpath_buf_char(out, '"');
}

static void put_known_string(struct rxpath_buf *out, struct rxpath_slice text)
{
	if (text.len == 0)
		rxpath_buf_string(out, "null");
	else
		rxpath_put_json_string(out, text);
}

static void put_known(struct rxpath_buf *out, uint64_t value, uint64_t unknown)
{
	if (value == unknown)
		rxpath_buf_string(out, "null");
	else
		rxpath_buf_u64(out, value);
}

static void put_key(struct rxpath_buf *out, const char *key)
{
	rxpath_buf_printf(out, ",\"%s\":", key);
}

static void put_member(struct rxpath_buf *out, const char *key, uint64_t value)
{
	put_key(out, key);
	rxpath_buf_u64(out, value);
}

static void put_flags(struct rxpath_buf *out, unsigned flags)
{
	const char *separator = "";

	put_key(out, "flags");
	rxpath_buf_char(out, '[');
	for (unsigned i = 0; i < RXPATH_FLAGS; i++) {
		if (!(flags >> i & 1))
			continue;
		rxpath_buf_printf(out, "%s\"%s\"", separator, rxpath_flag_name(i));
		separator = ",";
	}
	rxpath_buf_char(out, ']');
}

static void put_state(struct rxpath_buf *out, enum rxpath_state state)
{
	if (state == RXPATH_STATE_SKIPPED)
		rxpath_buf_string(out, "null");
	else
		rxpath_buf_printf(out, "\"%s\"", rxpath_state_name(state));
}

static void put_stages(struct rxpath_buf *out, const struct rxpath_report *report)
{
	for (enum rxpath_stage stage = 0; stage < RXPATH_STAGES; stage++) {
		const struct rxpath_stage_line *line = &report->stages[stage];

		rxpath_buf_printf(out, "%s{\"stage\":\"%s\",\"state\":", stage == 0 ? "" : ",",
				  rxpath_stage_name(stage));
		put_state(out, line->state);
		put_member(out, "lost", line->lost);
		put_key(out, "seen");
		put_known(out, line->seen, RXPATH_UNKNOWN);
		rxpath_buf_char(out, '}');
	}
}

/* What the line's subject is, where it is a netfilter rule. */
static void put_rule(struct rxpath_buf *out, const struct rxpath_line *line,
		     const struct rxpath_sample *sample)
{
	const struct rxpath_rule *rule = line->on.kind == RXPATH_ON_RULE
						 ? rxpath_sample_find_rule(sample, line->on.name)
						 : NULL;

	put_key(out, "rule");
	if (!rule) {
		rxpath_buf_string(out, "null");
		return;
	}
	rxpath_buf_string(out, "{\"comment\":");
	put_known_string(out, rule->comment);
	put_key(out, "text");
	put_known_string(out, rule->text);
	rxpath_buf_char(out, '}');
}

static void put_line(struct rxpath_buf *out, const struct rxpath_line *line,
		     const struct rxpath_report *report)
{
	rxpath_buf_printf(out, "{\"stage\":\"%s\",\"kind\":\"%s\",\"counter\":",
			  rxpath_stage_name(line->stage), rxpath_kind_name(line->kind));
	rxpath_put_json_string(out, line->name);
	put_key(out, "subject");
	rxpath_put_json_string(out, line->subject);
	put_member(out, "before", line->before);
	put_member(out, "after", line->after);
	put_member(out, "delta", line->delta);
	put_member(out, "lost", line->lost);
	put_key(out, "rate");
	if (!rxpath_put_rate(out, line->delta, rxpath_rate_interval(line, report)))
		rxpath_buf_string(out, "null");
	put_rule(out, line, report->after);
	put_flags(out, line->flags);
	rxpath_buf_char(out, '}');
}

static void put_address(struct rxpath_buf *out, const struct rxpath_socket *socket,
			const struct rxpath_address *address)
{
	struct rxpath_buf text = {0};

	rxpath_socket_address(&text, socket, address);
	rxpath_put_json_string(out, rxpath_buf_view(&text));
	rxpath_buf_free_part(&text, out);
}

/* Where something belongs: its cgroup, and what names a service, container or pod in that. */
static void put_cgroup(struct rxpath_buf *out, struct rxpath_slice cgroup)
{
	put_key(out, "cgroup");
	put_known_string(out, cgroup);
	put_key(out, "unit");
	put_known_string(out, rxpath_unit_of(cgroup));
}

/* null where nothing was read of the process; each of them where that is not known. */
static void put_cpu(struct rxpath_buf *out, const struct rxpath_cpu_use *cpu)
{
	put_key(out, "cpu");
	if (cpu->state == '\0') {
		rxpath_buf_string(out, "null");
		return;
	}
	rxpath_buf_string(out, "{\"run_ns\":");
	put_known(out, cpu->run, RXPATH_UNKNOWN);
	put_key(out, "wait_ns");
	put_known(out, cpu->wait, RXPATH_UNKNOWN);
	put_key(out, "throttled_ns");
	put_known(out, cpu->throttled, RXPATH_UNKNOWN);
	put_key(out, "state");
	rxpath_put_json_string(out, (struct rxpath_slice){&cpu->state, 1});
	put_key(out, "threads");
	put_known(out, cpu->threads, RXPATH_UNKNOWN);
	put_key(out, "cpus");
	put_known_string(out, cpu->cpus);
	rxpath_buf_char(out, '}');
}

static void put_processes(struct rxpath_buf *out, const struct rxpath_socket_line *line)
{
	put_key(out, "processes");
	if (!line->owners_known) {
		rxpath_buf_string(out, "null");
		return;
	}
	rxpath_buf_char(out, '[');
	for (size_t i = 0; i < line->process_count; i++) {
		rxpath_buf_printf(out, "%s{\"pid\":%llu,\"comm\":", i == 0 ? "" : ",",
				  (unsigned long long)line->processes[i].pid);
		rxpath_put_json_string(out, line->processes[i].comm);
		put_cgroup(out, line->processes[i].cgroup);
		put_cpu(out, line->processes[i].cpu);
		rxpath_buf_char(out, '}');
	}
	rxpath_buf_char(out, ']');
}

static void put_socket(struct rxpath_buf *out, const struct rxpath_socket_line *line)
{
	const struct rxpath_socket *socket = line->socket;

	rxpath_buf_printf(out, "{\"protocol\":\"%s\",\"local\":", rxpath_socket_protocol(socket));
	put_address(out, socket, &socket->local);
	put_key(out, "remote");
	put_address(out, socket, &socket->remote);
	put_member(out, "inode", socket->inode);
	put_key(out, "uid");
	put_known(out, socket->uid, RXPATH_UNKNOWN32);
	put_member(out, "drops", socket->drops);
	put_member(out, "delta", line->delta);
	put_key(out, "rx_queue_before");
	put_known(out, line->rx_queue_before, RXPATH_UNKNOWN);
	put_member(out, "rx_queue", socket->rx_queue);
	put_key(out, "rcvbuf");
	put_known(out, socket->rcvbuf, RXPATH_UNKNOWN32);
	put_key(out, "limit");
	put_known(out, socket->limit, RXPATH_UNKNOWN32);
	put_cgroup(out, line->cgroup);
	put_processes(out, line);
	put_flags(out, line->flags);
	rxpath_buf_char(out, '}');
}

static void put_attribution(struct rxpath_buf *out, const struct rxpath_attribution *sum)
{
	const struct {
		const char *key;
		uint64_t value;
	} members[] = {
		{"socket_drops", sum->socket_drops}, {"counted", sum->counted},
		{"attributed", sum->attributed},     {"unattributed", sum->unattributed},
		{"uncounted", sum->uncounted},
	};

	for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
		rxpath_buf_printf(out, "%s\"%s\":", i == 0 ? "" : ",", members[i].key);
		if (sum->known)
			rxpath_buf_u64(out, members[i].value);
		else
			rxpath_buf_string(out, "null");
	}
}

static void put_texts(struct rxpath_buf *out, const char *key, const struct rxpath_slice *texts,
		      size_t count)
{
	put_key(out, key);
	rxpath_buf_char(out, '[');
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			rxpath_buf_char(out, ',');
		rxpath_put_json_string(out, texts[i]);
	}
	rxpath_buf_char(out, ']');
}

static void put_actions(struct rxpath_buf *out, const struct rxpath_finding *finding)
{
	for (size_t i = 0; i < finding->advice_count; i++) {
		const struct rxpath_advice *advice = &finding->advice[i];

		rxpath_buf_string(out, i > 0 ? ",{\"text\":" : "{\"text\":");
		rxpath_put_json_string(out, advice->text);
		put_key(out, "command");
		put_known_string(out, advice->command);
		put_key(out, "setting");
		put_known_string(out, advice->setting);
		put_key(out, "current");
		put_known_string(out, advice->current);
		put_key(out, "suggested");
		put_known_string(out, advice->suggested);
		put_key(out, "where");
		put_known_string(out, advice->where);
		rxpath_buf_char(out, '}');
	}
}

/* As texts, and as objects. */
static void put_advice(struct rxpath_buf *out, const struct rxpath_finding *finding)
{
	put_key(out, "advice");
	rxpath_buf_char(out, '[');
	for (size_t i = 0; i < finding->advice_count; i++) {
		if (i > 0)
			rxpath_buf_char(out, ',');
		rxpath_put_json_string(out, finding->advice[i].text);
	}
	rxpath_buf_char(out, ']');
	put_key(out, "actions");
	rxpath_buf_char(out, '[');
	put_actions(out, finding);
	rxpath_buf_char(out, ']');
}

static void put_finding(struct rxpath_buf *out, const struct rxpath_finding *finding)
{
	rxpath_buf_printf(
		out, "{\"id\":\"%s\",\"stage\":\"%s\",\"kind\":\"%s\",\"summary\":", finding->id,
		rxpath_stage_name(finding->stage), rxpath_kind_name(finding->kind));
	rxpath_put_json_string(out, finding->summary);
	put_texts(out, "evidence", finding->evidence, finding->evidence_count);
	put_advice(out, finding);
	rxpath_buf_char(out, '}');
}

static void put_losers(struct rxpath_buf *out, const struct rxpath_report *report)
{
	for (size_t i = 0; i < report->process_count; i++) {
		const struct rxpath_process_loss *loss = &report->processes[i];

		rxpath_buf_string(out, i > 0 ? ",{\"pid\":" : "{\"pid\":");
		put_known(out, loss->pid, RXPATH_UNKNOWN);
		put_key(out, "comm");
		put_known_string(out, loss->comm);
		put_member(out, "uid", loss->uid);
		put_key(out, "unit");
		put_known_string(out, loss->unit);
		put_member(out, "lost", loss->lost);
		put_key(out, "share");
		rxpath_buf_printf(out, "%u.%03u}", loss->thousandths / 1000,
				  loss->thousandths % 1000);
	}
}

/* Only where several namespaces are reported: what tells them apart. */
static void put_netns(struct rxpath_buf *out, const struct rxpath_netns_facts *netns)
{
	put_member(out, "netns_inode", netns->inode);
	put_key(out, "netns_of");
	if (netns->pid == 0) {
		rxpath_buf_string(out, "null");
		return;
	}
	rxpath_buf_printf(out, "{\"pid\":%llu,\"comm\":", (unsigned long long)netns->pid);
	rxpath_put_json_string(out, netns->comm);
	put_key(out, "cgroup");
	put_known_string(out, netns->cgroup);
	rxpath_buf_char(out, '}');
}

static void put_head(struct rxpath_buf *out, const struct rxpath_report *report)
{
	rxpath_buf_string(out, "{\"schema\":\"rxpath/1\"");
	put_key(out, "version");
	rxpath_put_json_string(out, report->version);
	put_key(out, "host");
	put_known_string(out, report->host);
	put_key(out, "kernel");
	put_known_string(out, report->kernel);
	put_key(out, "netns");
	put_known_string(out, report->netns);
	if (report->of_netns)
		put_netns(out, report->of_netns);
	put_key(out, "time");
	put_known_string(out, report->time);
	put_key(out, "interval");
	if (report->interval == RXPATH_UNKNOWN)
		rxpath_buf_string(out, "null");
	else
		rxpath_put_seconds(out, report->interval);
	put_key(out, "state");
	put_state(out, report->state);
	put_member(out, "lost", report->lost);
}

static void put_drop(struct rxpath_buf *out, const struct rxpath_drop *drop)
{
	rxpath_buf_string(out, "{\"stage\":");
	if (drop->on_path)
		rxpath_buf_printf(out, "\"%s\"", rxpath_stage_name(drop->stage));
	else
		rxpath_buf_string(out, "null");
	put_key(out, "reason");
	put_known_string(out, drop->reason);
	put_key(out, "location");
	put_known_string(out, drop->location);
	put_key(out, "protocol");
	if (drop->protocol == RXPATH_UNKNOWN32 || drop->protocol == 0) {
		rxpath_buf_string(out, "null");
	} else {
		rxpath_buf_char(out, '"');
		rxpath_drop_protocol(out, drop->protocol);
		rxpath_buf_char(out, '"');
	}
	put_key(out, "port");
	put_known(out, drop->port, RXPATH_UNKNOWN32);
	put_member(out, "count", drop->count);
	rxpath_buf_char(out, '}');
}

static void put_trace(struct rxpath_buf *out, const struct rxpath_trace_result *trace)
{
	put_key(out, "trace");
	if (!trace) {
		rxpath_buf_string(out, "null");
		return;
	}
	rxpath_buf_string(out, "{\"events\":{");
	for (size_t i = 0; i < RXPATH_TRACE_EVENTS; i++) {
		rxpath_buf_printf(out, "%s\"%s\":", i == 0 ? "" : ",",
				  rxpath_trace_event_name((enum rxpath_trace_event)i));
		put_known(out, trace->events[i], RXPATH_UNKNOWN);
	}
	rxpath_buf_char(out, '}');
	put_member(out, "overrun", trace->overrun);
	put_member(out, "elsewhere", trace->elsewhere);
	put_key(out, "drops");
	rxpath_buf_char(out, '[');
	for (size_t i = 0; i < trace->drop_count; i++) {
		if (i > 0)
			rxpath_buf_char(out, ',');
		put_drop(out, &trace->drops[i]);
	}
	rxpath_buf_string(out, "]}");
}

/* The handlers of packet types per device (null: all), as in /proc/net/ptype; with --all. */
static void put_handlers(struct rxpath_buf *out, const struct rxpath_report *report)
{
	const struct rxpath_sample *after = report->after;

	for (size_t i = 0; after && i < after->handler_count; i++) {
		rxpath_buf_string(out, i == 0 ? "{\"device\":" : ",{\"device\":");
		put_known_string(out, after->handlers[i].device);
		put_key(out, "type");
		rxpath_put_json_string(out, after->handlers[i].type);
		put_key(out, "function");
		rxpath_put_json_string(out, after->handlers[i].function);
		rxpath_buf_char(out, '}');
	}
}

void rxpath_render_json(const struct rxpath_report *report, const struct rxpath_style *style,
			struct rxpath_buf *out)
{
	put_head(out, report);
	rxpath_buf_string(out, ",\"stages\":[");
	put_stages(out, report);
	rxpath_buf_string(out, "],\"moved\":[");
	for (size_t i = 0; i < report->line_count; i++) {
		if (i > 0)
			rxpath_buf_char(out, ',');
		put_line(out, &report->lines[i], report);
	}
	rxpath_buf_string(out, "],\"sockets\":[");
	for (size_t i = 0; i < report->socket_count; i++) {
		if (i > 0)
			rxpath_buf_char(out, ',');
		put_socket(out, &report->sockets[i]);
	}
	rxpath_buf_string(out, "],\"processes\":[");
	put_losers(out, report);
	rxpath_buf_string(out, "],\"attribution\":{");
	put_attribution(out, &report->attribution);
	rxpath_buf_string(out, "},\"findings\":[");
	for (size_t i = 0; i < report->finding_count; i++) {
		if (i > 0)
			rxpath_buf_char(out, ',');
		put_finding(out, &report->findings[i]);
	}
	rxpath_buf_char(out, ']');
	put_trace(out, report->trace);
	rxpath_buf_string(out, ",\"unavailable\":[");
	for (size_t i = 0; i < report->unavailable_count; i++) {
		rxpath_buf_string(out, i == 0 ? "{\"source\":" : ",{\"source\":");
		rxpath_put_json_string(out, report->unavailable[i].source);
		put_key(out, "reason");
		rxpath_put_json_string(out, report->unavailable[i].reason);
		rxpath_buf_char(out, '}');
	}
	rxpath_buf_string(out, "],\"handlers\":[");
	if (style->all)
		put_handlers(out, report);
	rxpath_buf_string(out, "]}\n");
}
