/* json.c: one object per report, on one line; no key is left out, unknown values are null. */
#include <string.h>

#include "figures.h"
#include "rxpath/unit.h"

/* A comma, unless an object or array has just begun. */
static void put_comma(struct rxpath_buf *out)
{
	if (out->len > 0 && !strchr("{[", out->data[out->len - 1]))
		rxpath_buf_char(out, ',');
}

static void put_key(struct rxpath_buf *out, const char *key)
{
	put_comma(out);
	rxpath_buf_printf(out, "\"%s\":", key);
}

/* An object or array; `key` NULL: it is in an array. */
static void begin(struct rxpath_buf *out, const char *key, char bracket)
{
	if (key)
		put_key(out, key);
	else
		put_comma(out);
	rxpath_buf_char(out, bracket);
}

static void put_null(struct rxpath_buf *out, const char *key)
{
	put_key(out, key);
	rxpath_buf_string(out, "null");
}

static void put_string(struct rxpath_buf *out, const char *key, struct rxpath_slice text)
{
	put_key(out, key);
	rxpath_put_json_string(out, text);
}

/* A name of this program's own. */
static void put_name(struct rxpath_buf *out, const char *key, const char *name)
{
	put_string(out, key, rxpath_slice_of(name));
}

/* null where the text is empty. */
static void put_known_string(struct rxpath_buf *out, const char *key, struct rxpath_slice text)
{
	if (text.len == 0)
		put_null(out, key);
	else
		put_string(out, key, text);
}

static void put_number(struct rxpath_buf *out, const char *key, uint64_t value)
{
	put_key(out, key);
	rxpath_buf_u64(out, value);
}

static void put_known(struct rxpath_buf *out, const char *key, uint64_t value, uint64_t unknown)
{
	if (value == unknown)
		put_null(out, key);
	else
		put_number(out, key, value);
}

static void put_flags(struct rxpath_buf *out, unsigned flags)
{
	begin(out, "flags", '[');
	for (unsigned i = 0; i < RXPATH_FLAGS; i++) {
		if (!(flags >> i & 1))
			continue;
		put_comma(out);
		rxpath_put_json_string(out, rxpath_slice_of(rxpath_flag_name(i)));
	}
	rxpath_buf_char(out, ']');
}

static void put_state(struct rxpath_buf *out, enum rxpath_state state)
{
	if (state == RXPATH_STATE_SKIPPED)
		put_null(out, "state");
	else
		put_name(out, "state", rxpath_state_name(state));
}

static void put_stage(struct rxpath_buf *out, enum rxpath_stage stage,
		      const struct rxpath_stage_line *line)
{
	begin(out, NULL, '{');
	put_name(out, "stage", rxpath_stage_name(stage));
	put_state(out, line->state);
	put_number(out, "lost", line->lost);
	put_known(out, "seen", line->seen, RXPATH_UNKNOWN);
	rxpath_buf_char(out, '}');
}

/* The netfilter rule that is the line's subject. */
static void put_rule(struct rxpath_buf *out, const struct rxpath_line *line,
		     const struct rxpath_sample *sample)
{
	const struct rxpath_rule *rule = line->on.kind == RXPATH_ON_RULE
						 ? rxpath_sample_find_rule(sample, line->on.name)
						 : NULL;

	if (!rule) {
		put_null(out, "rule");
		return;
	}
	begin(out, "rule", '{');
	put_known_string(out, "comment", rule->comment);
	put_known_string(out, "text", rule->text);
	rxpath_buf_char(out, '}');
}

static void put_line(struct rxpath_buf *out, const struct rxpath_line *line,
		     const struct rxpath_report *report)
{
	begin(out, NULL, '{');
	put_name(out, "stage", rxpath_stage_name(line->stage));
	put_name(out, "kind", rxpath_kind_name(line->kind));
	put_string(out, "counter", line->name);
	put_string(out, "subject", line->subject);
	put_number(out, "before", line->before);
	put_number(out, "after", line->after);
	put_number(out, "delta", line->delta);
	put_number(out, "lost", line->lost);
	put_key(out, "rate");
	if (!rxpath_put_rate(out, line->delta, rxpath_rate_interval(line, report)))
		rxpath_buf_string(out, "null");
	put_rule(out, line, report->after);
	put_flags(out, line->flags);
	rxpath_buf_char(out, '}');
}

static void put_address(struct rxpath_buf *out, const char *key, const struct rxpath_socket *socket,
			const struct rxpath_address *address)
{
	struct rxpath_buf text = {0};

	rxpath_socket_address(&text, socket, address);
	put_string(out, key, rxpath_buf_view(&text));
	rxpath_buf_free_part(&text, out);
}

/* Where something belongs: its cgroup, and what names a service, container or pod in that. */
static void put_cgroup(struct rxpath_buf *out, struct rxpath_slice cgroup)
{
	put_known_string(out, "cgroup", cgroup);
	put_known_string(out, "unit", rxpath_unit_of(cgroup));
}

/* null if nothing was read about the process, and so is each figure that is not known. */
static void put_cpu(struct rxpath_buf *out, const struct rxpath_cpu_use *cpu)
{
	if (cpu->state == '\0') {
		put_null(out, "cpu");
		return;
	}
	begin(out, "cpu", '{');
	put_known(out, "run_ns", cpu->run, RXPATH_UNKNOWN);
	put_known(out, "wait_ns", cpu->wait, RXPATH_UNKNOWN);
	put_known(out, "throttled_ns", cpu->throttled, RXPATH_UNKNOWN);
	put_string(out, "state", (struct rxpath_slice){&cpu->state, 1});
	put_known(out, "threads", cpu->threads, RXPATH_UNKNOWN);
	put_known_string(out, "cpus", cpu->cpus);
	rxpath_buf_char(out, '}');
}

static void put_processes(struct rxpath_buf *out, const struct rxpath_socket_line *line)
{
	if (!line->owners_known) {
		put_null(out, "processes");
		return;
	}
	begin(out, "processes", '[');
	for (size_t i = 0; i < line->process_count; i++) {
		begin(out, NULL, '{');
		put_number(out, "pid", line->processes[i].pid);
		put_string(out, "comm", line->processes[i].comm);
		put_cgroup(out, line->processes[i].cgroup);
		put_cpu(out, line->processes[i].cpu);
		rxpath_buf_char(out, '}');
	}
	rxpath_buf_char(out, ']');
}

static void put_socket(struct rxpath_buf *out, const struct rxpath_socket_line *line)
{
	const struct rxpath_socket *socket = line->socket;

	begin(out, NULL, '{');
	put_name(out, "protocol", rxpath_socket_protocol(socket));
	put_address(out, "local", socket, &socket->local);
	put_address(out, "remote", socket, &socket->remote);
	put_number(out, "inode", socket->inode);
	put_known(out, "uid", socket->uid, RXPATH_UNKNOWN32);
	put_number(out, "drops", socket->drops);
	put_number(out, "delta", line->delta);
	put_known(out, "rx_queue_before", line->rx_queue_before, RXPATH_UNKNOWN);
	put_number(out, "rx_queue", socket->rx_queue);
	put_known(out, "rcvbuf", socket->rcvbuf, RXPATH_UNKNOWN32);
	put_known(out, "limit", socket->limit, RXPATH_UNKNOWN32);
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

	begin(out, "attribution", '{');
	for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
		if (sum->known)
			put_number(out, members[i].key, members[i].value);
		else
			put_null(out, members[i].key);
	}
	rxpath_buf_char(out, '}');
}

static void put_action(struct rxpath_buf *out, const struct rxpath_advice *advice)
{
	begin(out, NULL, '{');
	put_string(out, "text", advice->text);
	put_known_string(out, "command", advice->command);
	put_known_string(out, "setting", advice->setting);
	put_known_string(out, "current", advice->current);
	put_known_string(out, "suggested", advice->suggested);
	put_known_string(out, "where", advice->where);
	rxpath_buf_char(out, '}');
}

static void put_finding(struct rxpath_buf *out, const struct rxpath_finding *finding)
{
	begin(out, NULL, '{');
	put_name(out, "id", finding->id);
	put_name(out, "stage", rxpath_stage_name(finding->stage));
	put_name(out, "kind", rxpath_kind_name(finding->kind));
	put_string(out, "summary", finding->summary);
	begin(out, "evidence", '[');
	for (size_t i = 0; i < finding->evidence_count; i++) {
		put_comma(out);
		rxpath_put_json_string(out, finding->evidence[i]);
	}
	rxpath_buf_char(out, ']');
	/* Advice as texts, and as objects. */
	begin(out, "advice", '[');
	for (size_t i = 0; i < finding->advice_count; i++) {
		put_comma(out);
		rxpath_put_json_string(out, finding->advice[i].text);
	}
	rxpath_buf_char(out, ']');
	begin(out, "actions", '[');
	for (size_t i = 0; i < finding->advice_count; i++)
		put_action(out, &finding->advice[i]);
	rxpath_buf_string(out, "]}");
}

static void put_loser(struct rxpath_buf *out, const struct rxpath_process_loss *loss)
{
	begin(out, NULL, '{');
	put_known(out, "pid", loss->pid, RXPATH_UNKNOWN);
	put_known_string(out, "comm", loss->comm);
	put_number(out, "uid", loss->uid);
	put_known_string(out, "unit", loss->unit);
	put_number(out, "lost", loss->lost);
	put_key(out, "share");
	rxpath_buf_printf(out, "%u.%03u}", loss->thousandths / 1000, loss->thousandths % 1000);
}

/* Only where several namespaces are reported: what tells them apart. */
static void put_netns(struct rxpath_buf *out, const struct rxpath_netns_facts *netns)
{
	put_number(out, "netns_inode", netns->inode);
	if (netns->pid == 0) {
		put_null(out, "netns_of");
		return;
	}
	begin(out, "netns_of", '{');
	put_number(out, "pid", netns->pid);
	put_string(out, "comm", netns->comm);
	put_known_string(out, "cgroup", netns->cgroup);
	rxpath_buf_char(out, '}');
}

static void put_head(struct rxpath_buf *out, const struct rxpath_report *report)
{
	put_name(out, "schema", "rxpath/1");
	put_string(out, "version", report->version);
	put_known_string(out, "host", report->host);
	put_known_string(out, "kernel", report->kernel);
	put_known_string(out, "netns", report->netns);
	if (report->of_netns)
		put_netns(out, report->of_netns);
	put_known_string(out, "time", report->time);
	put_key(out, "interval");
	if (report->interval == RXPATH_UNKNOWN)
		rxpath_buf_string(out, "null");
	else
		rxpath_put_seconds(out, report->interval);
	put_state(out, report->state);
	put_number(out, "lost", report->lost);
}

static void put_drop(struct rxpath_buf *out, const struct rxpath_drop *drop)
{
	struct rxpath_buf protocol = {0};

	begin(out, NULL, '{');
	if (drop->on_path)
		put_name(out, "stage", rxpath_stage_name(drop->stage));
	else
		put_null(out, "stage");
	put_known_string(out, "reason", drop->reason);
	put_known_string(out, "location", drop->location);
	if (drop->protocol != RXPATH_UNKNOWN32 && drop->protocol != 0)
		rxpath_drop_protocol(&protocol, drop->protocol);
	put_known_string(out, "protocol", rxpath_buf_view(&protocol));
	rxpath_buf_free_part(&protocol, out);
	put_known(out, "port", drop->port, RXPATH_UNKNOWN32);
	put_number(out, "count", drop->count);
	rxpath_buf_char(out, '}');
}

static void put_trace(struct rxpath_buf *out, const struct rxpath_trace_result *trace)
{
	if (!trace) {
		put_null(out, "trace");
		return;
	}
	begin(out, "trace", '{');
	begin(out, "events", '{');
	for (enum rxpath_trace_event event = 0; event < RXPATH_TRACE_EVENTS; event++)
		put_known(out, rxpath_trace_event_name(event), trace->events[event],
			  RXPATH_UNKNOWN);
	rxpath_buf_char(out, '}');
	put_number(out, "overrun", trace->overrun);
	put_number(out, "elsewhere", trace->elsewhere);
	begin(out, "drops", '[');
	for (size_t i = 0; i < trace->drop_count; i++)
		put_drop(out, &trace->drops[i]);
	rxpath_buf_string(out, "]}");
}

static void put_unavailable(struct rxpath_buf *out, const struct rxpath_unavailable *item)
{
	begin(out, NULL, '{');
	put_string(out, "source", item->source);
	put_string(out, "reason", item->reason);
	rxpath_buf_char(out, '}');
}

/* A handler of packet types per device (null: all), as in /proc/net/ptype; with --all. */
static void put_handler(struct rxpath_buf *out, const struct rxpath_handler *handler)
{
	begin(out, NULL, '{');
	put_known_string(out, "device", handler->device);
	put_string(out, "type", handler->type);
	put_string(out, "function", handler->function);
	rxpath_buf_char(out, '}');
}

void rxpath_render_json(const struct rxpath_report *report, const struct rxpath_style *style,
			struct rxpath_buf *out)
{
	const struct rxpath_sample *after = report->after;
	const struct rxpath_line *line;
	struct rxpath_line_walk walk = {0};

	rxpath_buf_char(out, '{');
	put_head(out, report);
	begin(out, "stages", '[');
	for (enum rxpath_stage stage = 0; stage < RXPATH_STAGES; stage++)
		put_stage(out, stage, &report->stages[stage]);
	rxpath_buf_char(out, ']');
	begin(out, "moved", '[');
	while ((line = rxpath_line_next(report, &walk))) {
		put_line(out, line, report);
		rxpath_buf_drain(out);
	}
	rxpath_buf_char(out, ']');
	begin(out, "sockets", '[');
	for (size_t i = 0; i < report->socket_count; i++) {
		put_socket(out, &report->sockets[i]);
		rxpath_buf_drain(out);
	}
	rxpath_buf_char(out, ']');
	begin(out, "processes", '[');
	for (size_t i = 0; i < report->process_count; i++)
		put_loser(out, &report->processes[i]);
	rxpath_buf_char(out, ']');
	put_attribution(out, &report->attribution);
	begin(out, "findings", '[');
	for (size_t i = 0; i < report->finding_count; i++)
		put_finding(out, &report->findings[i]);
	rxpath_buf_char(out, ']');
	put_trace(out, report->trace);
	begin(out, "unavailable", '[');
	for (size_t i = 0; i < report->unavailable_count; i++)
		put_unavailable(out, &report->unavailable[i]);
	rxpath_buf_char(out, ']');
	begin(out, "handlers", '[');
	for (size_t i = 0; style->all && after && i < after->handler_count; i++) {
		put_handler(out, &after->handlers[i]);
		rxpath_buf_drain(out);
	}
	rxpath_buf_string(out, "]}\n");
}
