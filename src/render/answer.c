/* answer.c: the first line of the report: what happened, in words. */
#include <string.h>

#include "page.h"
#include "rxpath/search.h"

/* What the first line is about: the worst loss. */
struct lead {
	enum rxpath_stage stage;
	const struct rxpath_process_loss *process; /* which lost most; NULL: it was no socket */
	bool of_udp;				   /* no process is known, but the protocol */
	uint64_t lost;
	uint64_t total;	   /* that it is part of; RXPATH_UNKNOWN */
	const char *cause; /* NULL: not known */
	size_t others;	   /* findings that are shown, but for the one that gives the cause */
};

/* Parts of the first line that are left out, one after the other, until it fits in one row; with
 * WITHOUT_CAUSE, the share is there again. */
enum brevity {
	IN_FULL,
	WITHOUT_ADDRESS,
	WITHOUT_NOUN, /* of "and 2 more findings" */
	WITHOUT_TOTAL,
	WITHOUT_UNIT,  /* the total is there again, in place of the share */
	WITHOUT_SHARE, /* the unit is there again */
	WITHOUT_UNIT_AND_SHARE,
	WITHOUT_CAUSE,
	WITHOUT_BOTH,
	BREVITIES,
};

/* How many packets came to where the stage loses them; RXPATH_UNKNOWN. */
static uint64_t total_of(const struct rxpath_report *report, enum rxpath_stage stage)
{
	static const enum rxpath_stage counted_at[RXPATH_STAGES] = {
		[RXPATH_STAGE_DEVICE] = RXPATH_STAGE_DEVICE,
		[RXPATH_STAGE_SOFTNET] = RXPATH_STAGE_DEVICE,
		[RXPATH_STAGE_NETFILTER] = RXPATH_STAGE_IP,
		[RXPATH_STAGE_IP] = RXPATH_STAGE_IP,
		[RXPATH_STAGE_TRANSPORT] = RXPATH_STAGE_TRANSPORT,
		[RXPATH_STAGE_SOCKET] = RXPATH_STAGE_TRANSPORT,
	};
	uint64_t seen = report->stages[counted_at[stage]].seen;

	if (seen == 0)
		return RXPATH_UNKNOWN;
	if (stage == RXPATH_STAGE_SOFTNET)
		return rxpath_sum(seen, report->backlogged);
	/* A device does not count lost packets as received, except those that Open vSwitch
	 * took. */
	for (size_t i = 0; stage == RXPATH_STAGE_DEVICE && i < report->line_count; i++) {
		const struct rxpath_line *line = &report->lines[i];

		if (line->stage == stage && line->source != RXPATH_SOURCE_OVS)
			seen = rxpath_sum(seen, line->lost);
	}
	return seen;
}

/* Why the process did not read, else what the worst finding of the stage about it says. */
static const char *cause_of_loss(const struct page *page, const struct lead *lead)
{
	const uint64_t pid = lead->process ? lead->process->pid : RXPATH_UNKNOWN;
	const struct rxpath_finding *finding = NULL;
	const char *cause = NULL;

	while ((finding = page_next_finding(page, finding))) {
		if (finding->stage != lead->stage || finding->kind != RXPATH_KIND_DROP)
			continue;
		if (page_is_about_reader(finding, lead->process))
			return finding->cause;
		if (!cause && (pid == RXPATH_UNKNOWN || finding->pid == RXPATH_UNKNOWN ||
			       finding->pid == pid))
			cause = finding->cause;
	}
	return cause;
}

static const char *unit_of(const struct lead *lead)
{
	if (lead->of_udp)
		return "datagram";
	if (!lead->process || lead->process->several_protocols)
		return "packet";
	switch (lead->process->worst->socket->protocol) {
	case RXPATH_TCP:
		return "connection";
	case RXPATH_UDP:
	case RXPATH_UDPLITE:
		return "datagram";
	default:
		return "packet";
	}
}

/* What is tolerated leads only where nothing else was lost. */
static bool may_lead(const struct rxpath_report *report, enum rxpath_stage stage)
{
	return report->failure != RXPATH_KIND_DROP ||
	       report->stages[stage].failure == RXPATH_KIND_DROP;
}

static const struct rxpath_process_loss *leading_process(const struct rxpath_report *report)
{
	for (size_t i = 0; report->failure == RXPATH_KIND_DROP && i < report->process_count; i++)
		if (!(report->processes[i].worst->flags & RXPATH_FLAG_ALLOWED))
			return &report->processes[i];
	return report->process_count > 0 ? &report->processes[0] : NULL;
}

static struct lead find_lead(const struct page *page)
{
	const struct rxpath_report *report = page->report;
	const struct rxpath_process_loss *process = leading_process(report);
	struct lead lead = {.stage = RXPATH_STAGES};

	for (enum rxpath_stage stage = 0; stage < RXPATH_STAGES; stage++) {
		if (may_lead(report, stage) &&
		    (lead.stage == RXPATH_STAGES ||
		     report->stages[stage].lost > report->stages[lead.stage].lost))
			lead.stage = stage;
	}
	lead.lost = report->stages[lead.stage].lost;
	lead.total = total_of(report, lead.stage);
	/* Sockets that have closed may have lost more than any that can be seen. */
	if (lead.stage == RXPATH_STAGE_SOCKET && process &&
	    process->lost >= report->attribution.unattributed) {
		lead.process = process;
		lead.lost = process->lost;
	}
	lead.of_udp = lead.stage == RXPATH_STAGE_SOCKET && !lead.process &&
		      lead.lost == report->attribution.counted;
	if (strcmp(unit_of(&lead), "datagram") == 0)
		lead.total = report->datagrams;
	/* Several of its sockets may have got a copy of one multicast datagram. */
	if (lead.process && lead.process->socket_count > 1 &&
	    lead.total < report->stages[lead.stage].lost)
		lead.total = RXPATH_UNKNOWN;
	lead.cause = cause_of_loss(page, &lead);
	lead.others = page_finding_count(page) - (lead.cause ? 1 : 0);
	return lead;
}

static void put_where(const struct page *page, const struct lead *lead, enum brevity brevity)
{
	struct rxpath_buf *out = page->out;

	if (!lead->process) {
		rxpath_buf_printf(out, " at %s", rxpath_stage_name(lead->stage));
	} else if (brevity < WITHOUT_ADDRESS ||
		   (brevity < WITHOUT_CAUSE && lead->process->pid == RXPATH_UNKNOWN)) {
		rxpath_buf_string(out, " at ");
		if (lead->process->socket_count > 1)
			rxpath_buf_printf(out, "%zu sockets", lead->process->socket_count);
		else
			rxpath_buf_slice(out, lead->process->worst->subject);
	}
	/* The second line says when that was. */
	if (page->report->since_boot)
		rxpath_buf_string(out, " since boot");
}

/* "3,533 of 4,004 datagrams (88 %)" */
static void put_amount(const struct page *page, const struct lead *lead, enum brevity brevity)
{
	struct rxpath_buf *out = page->out;
	const char *unit = unit_of(lead);
	const bool is_part = lead->total != RXPATH_UNKNOWN && lead->total >= lead->lost &&
			     strcmp(unit, "connection") != 0;
	const bool of_all = lead->process && page->report->process_count > 1;

	if (is_part && brevity < WITHOUT_TOTAL) {
		page_count(page, lead->lost, 0);
		rxpath_buf_string(out, " of ");
		page_number_of(page, lead->total, unit);
		page_percent(page, lead->lost, lead->total, of_all ? " of all" : "");
	} else if (is_part && of_all && (brevity == WITHOUT_TOTAL || brevity == WITHOUT_CAUSE)) {
		page_count(page, lead->lost, 0);
		page_percent(page, lead->lost, lead->total,
			     *unit == 'd' ? " of all datagrams" : " of all packets");
	} else if (is_part && (brevity == WITHOUT_TOTAL || brevity == WITHOUT_CAUSE)) {
		page_number_of(page, lead->lost, unit);
		page_percent(page, lead->lost, lead->total, "");
	} else if (is_part && brevity == WITHOUT_UNIT) {
		page_count(page, lead->lost, 0);
		rxpath_buf_string(out, " of ");
		page_count(page, lead->total, 0);
	} else if (brevity == WITHOUT_UNIT_AND_SHARE) {
		page_count(page, lead->lost, 0);
	} else {
		page_number_of(page, lead->lost, unit);
	}
}

/* "md-recv[1674] lost 3,533 of 4,004 datagrams (88 %) at udp/10.77.0.2:6343: receive queue full,
 * and 2 more findings" */
static void put_loss(const struct page *page, const struct lead *lead, enum brevity brevity)
{
	struct rxpath_buf *out = page->out;

	if (lead->process) {
		page_process(page, lead->process);
		rxpath_buf_char(out, ' ');
	}
	rxpath_buf_string(out, "lost ");
	put_amount(page, lead, brevity);
	put_where(page, lead, brevity);
	if (lead->cause && brevity < WITHOUT_CAUSE)
		rxpath_buf_printf(out, ": %s", lead->cause);
	if (lead->others > 0 && lead->cause && brevity >= WITHOUT_NOUN)
		rxpath_buf_printf(out, ", and %zu more", lead->others);
	else if (lead->others > 0)
		rxpath_buf_printf(out, lead->cause ? ", and %zu more finding%s" : "; %zu finding%s",
				  lead->others, lead->others == 1 ? "" : "s");
}

static bool any_allowed(const struct rxpath_report *report)
{
	for (size_t i = 0; i < report->line_count; i++)
		if (report->lines[i].moved && report->lines[i].flags & RXPATH_FLAG_ALLOWED)
			return true;
	for (size_t i = 0; i < report->socket_count; i++)
		if (report->sockets[i].delta > 0 && report->sockets[i].flags & RXPATH_FLAG_ALLOWED)
			return true;
	return false;
}

/* What the user tolerates made the difference between success and failure. */
static bool is_tolerated(const struct rxpath_report *report)
{
	const struct rxpath_limit *limit = &report->max_lost;

	return (report->verdict != 1 || report->failure != RXPATH_KIND_DROP) && report->lost > 0 &&
	       report->fail_on < RXPATH_KIND_TRAFFIC &&
	       (limit->packets > 0 || limit->billionths > 0 || any_allowed(report));
}

static void put_limit(struct rxpath_buf *out, const struct rxpath_limit *limit)
{
	rxpath_buf_u64(out, limit->packets);
	if (limit->billionths > 0) {
		char digits[16] = ".";
		size_t len = 1;

		for (uint32_t unit = 100000000, rest = limit->billionths; rest > 0; unit /= 10) {
			digits[len++] = (char)('0' + rest / unit);
			rest %= unit;
		}
		rxpath_buf_bytes(out, digits, len);
	}
	rxpath_buf_string(out, limit->per_second ? "/s" : "");
}

/* "lost 317 packets, tolerated by --max-lost 1000/s" */
static void put_tolerated(const struct page *page)
{
	const struct rxpath_limit *limit = &page->report->max_lost;
	struct rxpath_buf *out = page->out;
	bool allowed = any_allowed(page->report);

	rxpath_buf_string(out, "lost ");
	page_number_of(page, page->report->lost, "packet");
	rxpath_buf_string(out, ", tolerated by ");
	rxpath_buf_string(out, allowed ? "--allow" : "");
	if (limit->packets == 0 && limit->billionths == 0)
		return;
	rxpath_buf_string(out, allowed ? " and --max-lost " : "--max-lost ");
	put_limit(out, limit);
}

/* The stage with the most packets of that kind, or one that is in its state. */
static enum rxpath_stage worst_stage(const struct rxpath_report *report, enum rxpath_kind kind)
{
	enum rxpath_stage worst = RXPATH_STAGES;

	for (enum rxpath_stage stage = 0; stage < RXPATH_STAGES; stage++) {
		uint64_t ended = page_ended(report, stage, kind);

		if (report->stages[stage].state != rxpath_state_of(kind) && ended == 0)
			continue;
		if (worst == RXPATH_STAGES || ended > page_ended(report, worst, kind))
			worst = stage;
	}
	return worst;
}

/* The first socket whose queue is nearly full: "the queue of md-recv[812] at udp/10.0.0.1:99
 * is over half full". False: there is none. */
static bool put_full_queue(const struct page *page, enum brevity brevity)
{
	const struct rxpath_report *report = page->report;
	const struct rxpath_socket_line *line;
	size_t at = 0;

	while (at < report->socket_count && !report->sockets[at].full)
		at++;
	if (at == report->socket_count)
		return false;
	line = &report->sockets[at];
	rxpath_buf_string(page->out, "the queue of ");
	if (line->process_count > 0) {
		rxpath_buf_escaped(page->out, line->processes[0].comm, "");
		rxpath_buf_printf(page->out, "[%llu]", (unsigned long long)line->processes[0].pid);
		if (brevity == IN_FULL)
			rxpath_buf_string(page->out, " at ");
	}
	if (brevity == IN_FULL || line->process_count == 0)
		rxpath_buf_slice(page->out, line->subject);
	rxpath_buf_string(page->out, " is over half full");
	return true;
}

static void put_pressure(const struct page *page, enum rxpath_stage stage, enum brevity brevity)
{
	const struct rxpath_finding *finding = NULL;

	if (stage == RXPATH_STAGE_SOCKET && put_full_queue(page, brevity))
		return;
	rxpath_buf_printf(page->out, "%s is under pressure", rxpath_stage_name(stage));
	do {
		finding = page_next_finding(page, finding);
	} while (finding && (finding->stage != stage || finding->kind != RXPATH_KIND_PRESSURE));
	if (finding && finding->cause)
		rxpath_buf_printf(page->out, ": %s", finding->cause);
}

/* What is known of packets that ended at a stage, by the counter that has all of them. */
static const struct {
	const char *counter; /* or how it starts */
	const char *words;
} refusals[] = {
	{"rx_otherhost_dropped", " for another MAC address or VLAN"},
	{"ip_residual", " refused by a rule or policy, or as unjoined multicast"},
	{"ip6_residual", " refused by a rule or policy, or as unjoined multicast"},
	{"IpInHdrErrors", " with an expired TTL"},
	{"Ip6InHdrErrors", " with an expired hop limit"},
	{"IpInUnknownProtos", " of a protocol that nobody here takes"},
	{"Ip6InUnknownProtos", " of a protocol that nobody here takes"},
	{"IpInAddrErrors", " refused for their addresses"},
	{"Ip6InAddrErrors", " refused for their addresses"},
	{"IpExtInNoRoutes", " refused for their addresses"},
	{"Ip6InNoRoutes", " refused for their addresses"},
	{"TcpExtIPReversePathFilter", " refused for their addresses"},
	{"rt_cache_in_martian", " refused for their addresses"},
	{"trace.IP_", " refused for their addresses"},
	{"trace.NETFILTER_DROP", " refused by the firewall"},
	{"trace.XFRM_POLICY", " refused by IPsec policies"},
	{"XfrmIn", " refused by IPsec policies"},
	{"UdpNoPorts", " refused: no socket takes them"},
	{"Udp6NoPorts", " refused: no socket takes them"},
	{"UdpIgnoredMulti", " refused: no socket takes them"},
};

/* NULL: it is unknown, or differs between them. */
static const char *words_of(const struct rxpath_line *line)
{
	if (line->on.kind == RXPATH_ON_RULE)
		return " refused by the firewall";
	for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
		if (rxpath_slice_starts(line->name, refusals[i].counter))
			return refusals[i].words;
	return NULL;
}

static bool has_finding(const struct page *page, const char *id)
{
	const struct rxpath_finding *finding = NULL;

	while ((finding = page_next_finding(page, finding)))
		if (strcmp(finding->id, id) == 0)
			return true;
	return false;
}

/* The protocol of the sockets that dropped packets of that kind; RXPATH_PROTOCOLS: several. */
static enum rxpath_protocol dropped_by(const struct rxpath_report *report, enum rxpath_kind kind)
{
	enum rxpath_protocol protocol = RXPATH_PROTOCOLS;
	size_t count = 0;

	for (size_t i = 0; i < report->socket_count; i++) {
		const struct rxpath_socket_line *line = &report->sockets[i];

		if (line->kind != kind || line->delta == 0)
			continue;
		if (count++ > 0 && line->socket->protocol != protocol)
			return RXPATH_PROTOCOLS;
		protocol = line->socket->protocol;
	}
	return protocol;
}

static void put_refusal(const struct page *page, enum rxpath_stage stage)
{
	const struct rxpath_report *report = page->report;
	const char *words = NULL;
	bool same = true;

	for (size_t i = 0; i < report->line_count; i++) {
		const struct rxpath_line *line = &report->lines[i];
		const char *its = words_of(line);

		if (line->stage != stage || line->kind != RXPATH_KIND_REJECT || !line->moved ||
		    line->flags & RXPATH_FLAG_COUNTED || line->delta <= line->accounted ||
		    page_lets_pass(line))
			continue;
		same = same && its && (!words || strcmp(words, its) == 0);
		words = its;
	}
	if (stage == RXPATH_STAGE_NETFILTER && has_finding(page, "martian") &&
	    !has_finding(page, "filtered"))
		rxpath_buf_string(page->out, " with addresses that cannot be on that side");
	else if (stage == RXPATH_STAGE_SOCKET &&
		 dropped_by(report, RXPATH_KIND_REJECT) == RXPATH_TCP)
		rxpath_buf_string(page->out, " refused by a listener");
	else if (words && same)
		rxpath_buf_string(page->out, words);
	else
		rxpath_buf_printf(page->out, " refused at %s%s",
				  stage == RXPATH_STAGE_DEVICE ? "a " : "",
				  rxpath_stage_name(stage));
}

static void put_doubt(const struct page *page, enum rxpath_stage stage)
{
	enum rxpath_protocol protocol = stage == RXPATH_STAGE_SOCKET
						? dropped_by(page->report, RXPATH_KIND_SUSPECT)
						: RXPATH_PROTOCOLS;

	if (page_elsewhere(page->report, stage) ==
	    page_ended(page->report, stage, RXPATH_KIND_SUSPECT))
		rxpath_buf_string(page->out, " dropped elsewhere on this host, by its backlogs");
	else if (protocol == RXPATH_PACKET)
		rxpath_buf_string(page->out, " missed by a packet capture");
	else if (protocol == RXPATH_TCP)
		rxpath_buf_string(page->out,
				  " dropped by a listener: a scan, a filter or a policy");
	else
		rxpath_buf_printf(page->out, " gone at %s, perhaps not meant for this host",
				  rxpath_stage_name(stage));
}

/* "connection tracking calls 36 packets invalid", which pass unless a rule drops them. */
static void put_invalid(const struct page *page)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < page->report->line_count; i++)
		if (page_lets_pass(&page->report->lines[i]))
			sum = rxpath_sum(sum, page->report->lines[i].delta);
	rxpath_buf_string(page->out, "connection tracking calls ");
	page_number_of(page, sum, "packet");
	rxpath_buf_string(page->out, " invalid");
}

/* "; 997 packets refused by the firewall" */
static void put_mild(const struct page *page, enum rxpath_kind kind, enum brevity brevity)
{
	enum rxpath_stage stage = worst_stage(page->report, kind);
	uint64_t ended;

	if (stage == RXPATH_STAGES)
		return;
	rxpath_buf_string(page->out, "; ");
	if (kind == RXPATH_KIND_PRESSURE) {
		put_pressure(page, stage, brevity);
		return;
	}
	ended = page_ended(page->report, stage, kind);
	if (ended == 0 && kind == RXPATH_KIND_REJECT && stage == RXPATH_STAGE_NETFILTER) {
		put_invalid(page);
		return;
	}
	page_number_of(page, ended, "packet");
	if (kind == RXPATH_KIND_SUSPECT)
		put_doubt(page, stage);
	else
		put_refusal(page, stage);
}

/* " in 1.0 s" */
static void put_span(const struct page *page)
{
	const struct rxpath_report *report = page->report;

	if (report->since_boot) {
		rxpath_buf_string(page->out, " since boot");
	} else if (report->interval != RXPATH_UNKNOWN) {
		rxpath_buf_string(page->out, " in ");
		if (report->interval < UINT64_C(950000000))
			rxpath_put_seconds(page->out, report->interval);
		else
			rxpath_buf_printf(page->out, "%.1f", (double)report->interval / 1e9);
		rxpath_buf_string(page->out, " s");
	}
}

/* "214 packets on 3 devices, 31 sockets watched" */
static void put_watched(const struct page *page)
{
	const struct rxpath_report *report = page->report;
	const struct rxpath_sample *after = report->after;
	uint64_t seen = report->stages[RXPATH_STAGE_DEVICE].seen;

	if (seen == RXPATH_UNKNOWN || !after)
		return;
	rxpath_buf_string(page->out, ": ");
	if (seen > 0) {
		page_number_of(page, seen, "packet");
		rxpath_buf_string(page->out, " on ");
	}
	page_number_of(page, after->device_count, "device");
	if (after->sources[RXPATH_SOURCE_UDP].status == RXPATH_READ &&
	    report->stages[RXPATH_STAGE_SOCKET].state != RXPATH_STATE_SKIPPED) {
		rxpath_buf_string(page->out, ", ");
		page_number_of(page, after->sockets_listed, "socket");
	}
	rxpath_buf_string(page->out, " watched");
}

static void put_unmeasured(const struct page *page, enum brevity brevity)
{
	const char *separator = "; not measured: ";
	unsigned unknown = 0;

	for (enum rxpath_stage stage = 0; stage < RXPATH_STAGES; stage++)
		unknown += page->report->stages[stage].state == RXPATH_STATE_UNKNOWN;
	if (unknown == RXPATH_STAGES) {
		rxpath_buf_string(page->out, "none of the six stages could be measured");
		return;
	}
	rxpath_buf_string(page->out, "nothing lost where measured");
	if (brevity > IN_FULL) {
		rxpath_buf_printf(page->out, "; %u of %d stages not measured", unknown,
				  RXPATH_STAGES);
		return;
	}
	for (enum rxpath_stage stage = 0; stage < RXPATH_STAGES; stage++) {
		if (page->report->stages[stage].state != RXPATH_STATE_UNKNOWN)
			continue;
		rxpath_buf_printf(page->out, "%s%s", separator, rxpath_stage_name(stage));
		separator = ", ";
	}
}

static bool is_lost_elsewhere(const struct rxpath_report *report)
{
	return report->trace && report->trace->elsewhere > 0;
}

static void put_nothing_lost(const struct page *page)
{
	rxpath_buf_string(page->out,
			  is_lost_elsewhere(page->report) ? "nothing lost here" : "nothing lost");
}

/* "; 991 packets dropped in other network namespaces" */
static void put_elsewhere(const struct page *page)
{
	if (!is_lost_elsewhere(page->report))
		return;
	rxpath_buf_string(page->out, "; ");
	page_number_of(page, page->report->trace->elsewhere, "packet");
	rxpath_buf_string(page->out, " dropped elsewhere on this host, by the trace");
}

static void put_words(const struct page *page, enum brevity brevity)
{
	const struct rxpath_report *report = page->report;
	struct lead lead;

	if (is_tolerated(report)) {
		put_tolerated(page);
		if (report->verdict == 1)
			put_mild(page, report->failure, brevity);
	} else if (report->lost > 0) {
		lead = find_lead(page);
		put_loss(page, &lead, brevity);
	} else if (report->state == RXPATH_STATE_UNKNOWN) {
		put_unmeasured(page, brevity);
	} else if (report->state == RXPATH_STATE_OK) {
		put_nothing_lost(page);
		put_span(page);
		if (report->stages[RXPATH_STAGE_DEVICE].seen == 0)
			rxpath_buf_string(page->out, ", but nothing arrived");
		if (brevity < WITHOUT_CAUSE && !is_lost_elsewhere(report))
			put_watched(page);
		put_elsewhere(page);
	} else {
		put_nothing_lost(page);
		if (report->state == RXPATH_STATE_SUSPECT)
			put_mild(page, RXPATH_KIND_SUSPECT, brevity);
		else if (report->state == RXPATH_STATE_PRESSURE)
			put_mild(page, RXPATH_KIND_PRESSURE, brevity);
		else if (report->state == RXPATH_STATE_REJECT)
			put_mild(page, RXPATH_KIND_REJECT, brevity);
		put_elsewhere(page);
	}
}

void page_answer(const struct page *page)
{
	struct rxpath_buf words = {0};
	const struct page other = page_beside(page, &words);

	for (enum brevity brevity = 0; brevity < BREVITIES; brevity++) {
		words.len = 0;
		put_words(&other, brevity);
		if (!page->style->terminal || words.len <= page_columns(page))
			break;
	}
	rxpath_buf_char(&words, '\0');
	if (!words.failed)
		page_colored(page, page_color(page->report->state), words.data);
	rxpath_buf_char(page->out, '\n');
	rxpath_buf_free_part(&words, page->out);
}
