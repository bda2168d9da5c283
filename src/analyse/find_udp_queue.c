/* find_udp_queue.c: which sockets had no room for datagrams, and why. */
#include "findings.h"

/* How full a queue was in the two samples. */
enum course { UNKNOWN, BURST, SUSTAINED, PROBABLY_FULL, FILLING };

/* Where the limit is not known: an empty queue had room, and one that holds the same to within an
 * eighth at both moments is hardly that of a program that keeps up. */
static enum course course_without_limit(uint64_t before, uint64_t now)
{
	uint64_t more = rxpath_max(before, now);
	uint64_t less = rxpath_min(before, now);

	if (more == 0)
		return BURST;
	return less >= more - more / 8 ? PROBABLY_FULL : UNKNOWN;
}

static enum course course_of(const struct rxpath_socket_line *line)
{
	uint64_t before = rxpath_queue_used_before(line);
	uint64_t now = rxpath_queue_used(line->socket);
	uint64_t half = line->socket->rcvbuf / 2;

	if (before == RXPATH_UNKNOWN)
		return UNKNOWN;
	if (line->socket->rcvbuf == RXPATH_UNKNOWN32)
		return course_without_limit(before, now);
	if (before > half && now > half)
		return SUSTAINED;
	if (before <= half && now <= half)
		return BURST;
	return before <= half ? FILLING : UNKNOWN;
}

bool rxpath_stays_full(const struct rxpath_socket_line *line)
{
	enum course course = course_of(line);

	return course == SUSTAINED || course == PROBABLY_FULL;
}

/* Long enough for a program that reads at all to have read something. */
static bool is_long(const struct finding_ctx *ctx)
{
	return ctx->match.before && (ctx->report->interval == RXPATH_UNKNOWN ||
				     ctx->report->interval >= 500 * UINT64_C(1000000));
}

/* No program read a datagram, for long enough to say so. */
static bool is_idle(const struct finding_ctx *ctx)
{
	static const char *const read[] = {"UdpInDatagrams", "Udp6InDatagrams", NULL};

	return is_long(ctx) && rxpath_changes_of(&ctx->match, read).delta == 0;
}

/* The first sample looks at few processes: those whose sockets were in trouble already. */
static void show_unknown_cause(struct finding_ctx *ctx, const struct rxpath_socket_line *line)
{
	for (size_t i = 0; ctx->match.before && i < line->process_count; i++) {
		const struct rxpath_cpu_use *cpu = line->processes[i].cpu;

		if (cpu->state == '\0' || cpu->interval != RXPATH_UNKNOWN)
			continue;
		finding_evidence(
			ctx,
			"it is not known whether something held up %s: the first sample did not "
			"look at that; while this goes on, a second report (-c 2) shows it",
			rxpath_owner_of(ctx, line));
		return;
	}
}

/* What it does instead of reading comes first: that is the cause. */
static void advise_reader(struct finding_ctx *ctx, const struct rxpath_socket_line *line,
			  bool sleeps)
{
	const char *owner = rxpath_owner_of(ctx, line);
	const struct rxpath_process *reader = rxpath_reader_of(line);
	const bool idle = is_idle(ctx);

	show_unknown_cause(ctx, line);
	if (idle)
		finding_evidence(ctx, "no UDP datagram was read (UdpInDatagrams did not increase)");
	if (reader)
		rxpath_advise_strace(ctx,
				     rxpath_phrase(ctx,
						   idle	    ? "what keeps %s from reading"
						   : sleeps ? "what %s waits for between its reads"
							    : "what %s does between its reads",
						   owner),
				     reader->pid);
	if (idle && reader)
		return;
	if (rxpath_sharing_of(ctx, line) == SHARES_FLOWS)
		finding_advice(ctx,
			       "%s must read faster: several datagrams per call (recvmmsg), less "
			       "work in between; another socket in its SO_REUSEPORT group takes "
			       "other flows, not part of this one; a larger buffer only delays "
			       "the loss",
			       owner);
	else
		finding_advice(ctx,
			       "%s must read faster: several datagrams per call (recvmmsg), less "
			       "work in between, more threads with a socket each (SO_REUSEPORT: "
			       "helps only with several flows); a larger buffer only delays the "
			       "loss",
			       owner);
}

/* Advises to look again while it happens, for longer. */
static void advise_look(struct finding_ctx *ctx, const struct rxpath_socket_line *line,
			const char *text)
{
	const struct rxpath_process *reader = rxpath_reader_of(line);

	finding_advice(ctx, "%s", text);
	if (reader)
		finding_command(ctx, "rxpath -i 10 --pid %llu", (unsigned long long)reader->pid);
	else
		finding_command(ctx, "rxpath -i 10");
}

/* What else the drops of UDP's sockets may be. */
static const struct other_cause {
	const char *const *names;
	const char *meaning;
} other_causes[] = {
	{rxpath_udp_errors, "refused by a filter of the socket or its cgroup, or by IPsec"},
	{rxpath_udp_checksums, "discarded for a wrong checksum"},
	{rxpath_udp_memory, "refused for lack of memory"},
};
#define OTHER_CAUSES (sizeof other_causes / sizeof *other_causes)

static uint64_t lost_by(const struct finding_ctx *ctx, rxpath_fits *fits)
{
	uint64_t lost = 0;

	for (size_t i = 0; i < ctx->report->socket_count; i++)
		if (fits(&ctx->report->sockets[i]))
			lost = rxpath_sum(lost, ctx->report->sockets[i].delta);
	return lost;
}

static bool is_seen_full(const struct rxpath_socket_line *line)
{
	return rxpath_is_lossy_udp(line) && course_of(line) != BURST;
}

/* What these sockets lost without an overflow, at least. */
static uint64_t others_of(const struct finding_ctx *ctx, rxpath_fits *fits)
{
	return rxpath_less(
		lost_by(ctx, fits),
		rxpath_sum(rxpath_moved_any(ctx, rxpath_udp_overflows), ctx->report->read_gap));
}

/* The sockets whose queues overflowed. If those that were full in one of the samples lost as much
 * as overflowed, the others lost for another reason. */
static rxpath_fits *overflowed_sockets(const struct finding_ctx *ctx)
{
	return others_of(ctx, rxpath_is_lossy_udp) > 0 &&
			       lost_by(ctx, is_seen_full) >=
				       rxpath_moved_any(ctx, rxpath_udp_overflows)
		       ? is_seen_full
		       : rxpath_is_lossy_udp;
}

static uint64_t other_losses(const struct finding_ctx *ctx)
{
	return others_of(ctx, overflowed_sockets(ctx));
}

/* The one cause that explains the other losses by itself; NULL: none. */
static const char *sole_cause(const struct finding_ctx *ctx, uint64_t others)
{
	const char *meaning = NULL;

	for (size_t i = 0; i < OTHER_CAUSES; i++) {
		uint64_t count = rxpath_open_part(ctx, other_causes[i].names);

		if (count == 0)
			continue;
		if (meaning || count < others)
			return NULL;
		meaning = other_causes[i].meaning;
	}
	return meaning;
}

static const char *other_cause(const struct finding_ctx *ctx, uint64_t others)
{
	const char *meaning = sole_cause(ctx, others);

	return meaning ? meaning : "refused, damaged, or lost for another reason";
}

static const char *const courses[] = {
	[UNKNOWN] = "its receive queue was full",
	[BURST] = "datagrams came in bursts that its receive queue did not hold",
	[SUSTAINED] = "its receive queue is full all the time: it is not read fast enough",
	[PROBABLY_FULL] = ("its receive queue held as much after as before, so it is probably "
			   "full all the time; its limit is not known from here"),
	[FILLING] = "its receive queue filled up and is still full",
};

/* If one program has all the losses, those for other reasons are its own. Else it is not known
 * whose they are, unless a queue was full in one of the two samples. */
static void summarise_overflow(struct finding_ctx *ctx, const struct program *program)
{
	enum course course = course_of(program->worst);
	uint64_t overflows = rxpath_moved_any(ctx, rxpath_udp_overflows);
	uint64_t others = other_losses(ctx);
	bool told_apart = others > 0 && program->sole && others < program->lost;
	struct program overflowed = *program;
	const char *losses;

	if (told_apart)
		overflowed.lost -= others;
	else if (program->sole && program->sockets == program->loss->socket_count)
		overflowed.lost = program->loss->lost;
	losses = rxpath_losses_of(ctx, &overflowed);
	if (told_apart)
		finding_summary(ctx, "%s: %s. It lost %llu more, %s.", losses, courses[course],
				(unsigned long long)others, other_cause(ctx, others));
	else if (others > 0 && (course == BURST || course == UNKNOWN) &&
		 (others >= program->lost || program->lost > overflows))
		finding_summary(ctx, "%s: %s, or they were %s.", losses, courses[course],
				other_cause(ctx, others));
	else
		finding_summary(ctx, "%s: %s.", losses, courses[course]);
}

static void show_others(struct finding_ctx *ctx, const struct program *program)
{
	uint64_t others = other_losses(ctx);

	if (others > 0 && !program->sole)
		finding_evidence(ctx,
				 "%llu of what UDP sockets lost: %s; it is not known which sockets",
				 (unsigned long long)others, other_cause(ctx, others));
}

/* How many came is known for all of UDP, not for each socket. */
static void show_share(struct finding_ctx *ctx, uint64_t lost)
{
	static const char *const names[] = {"UdpInDatagrams", "Udp6InDatagrams",
					    "UdpLiteInDatagrams", "UdpLite6InDatagrams", NULL};
	uint64_t came = ctx->report->datagrams;
	uint64_t read = rxpath_changes_of(&ctx->match, names).delta;

	if (read == 0)
		return;
	/* What was read may have come before, so the share is that of the first line; but several
	 * sockets may read one datagram that came. */
	if (came == RXPATH_UNKNOWN || came < lost || came < read)
		came = rxpath_sum(lost, read);
	finding_evidence(ctx, "all UDP sockets together read %s and lost %llu this way (%s)",
			 rxpath_amount(ctx, read, "datagram"), (unsigned long long)lost,
			 rxpath_percent(ctx, lost, came));
}

/* IP counts a super-packet once, but its segments in the counters by ECN mark; so does TCP, whose
 * segments could all have been in super-packets too. A socket without UDP GRO gets the segments one
 * by one: then UDP counts more datagrams than IP has packets. */
static uint64_t super_packets(const struct finding_ctx *ctx)
{
	static const char *const segments[] = {
		"IpExtInNoECTPkts", "IpExtInECT0Pkts", "IpExtInECT1Pkts",
		"IpExtInCEPkts",    "Ip6InNoECTPkts",  "Ip6InECT0Pkts",
		"Ip6InECT1Pkts",    "Ip6InCEPkts",     NULL};
	static const char *const received[] = {"IpInReceives", "Ip6InReceives", NULL};
	static const char *const datagrams[] = {"UdpInDatagrams", "UdpInErrors", "Udp6InDatagrams",
						"Udp6InErrors", NULL};
	uint64_t all = rxpath_changes_of(&ctx->match, segments).min;
	uint64_t packets = rxpath_changes_of(&ctx->match, received).max;
	uint64_t udp = rxpath_changes_of(&ctx->match, datagrams).delta;
	uint64_t tcp = rxpath_change_of(&ctx->match, "TcpInSegs").max;

	return packets > 0 && udp <= packets ? rxpath_less(all, tcp) / packets : 0;
}

static void show_super_packets(struct finding_ctx *ctx)
{
	uint64_t segments = super_packets(ctx);

	if (segments > 1)
		finding_evidence(
			ctx,
			"these are super-packets (UDP GRO), which the kernel counts as one "
			"datagram each; on average %s came in one",
			rxpath_amount(ctx, segments, "datagram"));
}

/* Why its reader was slow is a finding of its own; a larger buffer helps only where the queue
 * empties in between. */
static bool advise_by_cause(struct finding_ctx *ctx, const struct rxpath_socket_line *line)
{
	const char *finding = rxpath_reader_finding(line);

	if (!finding)
		return false;
	if (course_of(line) != BURST) {
		finding_advice(ctx,
			       "follow the advice of %s about %s: a larger buffer only delays the "
			       "loss",
			       finding, rxpath_owner_of(ctx, line));
		return true;
	}
	finding_advice(ctx, "follow first the advice of %s about %s", finding,
		       rxpath_owner_of(ctx, line));
	rxpath_advise_buffer(ctx, line);
	return true;
}

static void advise_by_course(struct finding_ctx *ctx, const struct rxpath_socket_line *line,
			     bool sleeps)
{
	enum course course = course_of(line);

	if (advise_by_cause(ctx, line))
		return;
	if (rxpath_stays_full(line) || sleeps || (course == FILLING && is_idle(ctx))) {
		advise_reader(ctx, line, sleeps);
		return;
	}
	show_unknown_cause(ctx, line);
	if (course == FILLING)
		advise_look(ctx, line,
			    "look for longer; a queue that stays full needs a faster reader "
			    "(recvmmsg, more threads), one that empties in between a larger "
			    "buffer");
	if (course == UNKNOWN)
		advise_look(ctx, line,
			    "look while it happens: a larger buffer helps only if the queue "
			    "empties in between");
	rxpath_advise_buffer(ctx, line);
}

static bool describe_overflow(struct finding_ctx *ctx, const struct program *program)
{
	const struct rxpath_attribution *attribution = &ctx->report->attribution;
	const struct rxpath_socket_line *worst = program->worst;
	bool sleeps;

	ctx->draft.reader = rxpath_reader_of(worst);
	ctx->draft.follows = rxpath_reader_finding(worst) != NULL && course_of(worst) != BURST;
	summarise_overflow(ctx, program);
	rxpath_show_sharing(ctx, worst);
	/* Between bursts, a reader that keeps up sleeps too. */
	sleeps = course_of(worst) != BURST && !rxpath_reader_finding(worst) &&
		 rxpath_show_sleep(ctx, worst);
	rxpath_show_moved(ctx, rxpath_udp_overflows);
	show_share(ctx, rxpath_moved_any(ctx, rxpath_udp_overflows));
	show_super_packets(ctx);
	if (attribution->known && attribution->unattributed > 0)
		finding_evidence(ctx,
				 "%llu of them by sockets closed since, or not visible from here",
				 (unsigned long long)attribution->unattributed);
	finding_evidence(ctx, "%s%s", rxpath_queue_of(ctx, worst),
			 rxpath_limit_origin(ctx, worst->socket->rcvbuf));
	rxpath_show_sockets(ctx, program, overflowed_sockets(ctx), rxpath_tell_udp_socket);
	show_others(ctx, program);
	advise_by_course(ctx, worst, sleeps);
	return true;
}

static bool is_udp(const struct rxpath_socket_line *line)
{
	return rxpath_socket_is_udp(line->socket);
}

static bool find_udp_receive_buffer(struct finding_ctx *ctx)
{
	uint64_t lost = rxpath_moved_any(ctx, rxpath_udp_overflows);

	if (lost == 0)
		return false;
	if (rxpath_find_programs(ctx, overflowed_sockets(ctx), describe_overflow) ||
	    lost <= rxpath_tolerated(ctx, is_udp))
		return ctx->added;
	finding_summary(ctx,
			"UDP lost %s because a receive queue was full; the sockets are "
			"closed by now, or not visible from here.",
			rxpath_amount(ctx, lost, "datagram"));
	rxpath_show_moved(ctx, rxpath_udp_overflows);
	show_share(ctx, lost);
	show_super_packets(ctx);
	finding_advice(ctx, "%srun rxpath with --trace as root, which shows the ports",
		       ctx->report->of_run ? "" : "run the program with 'rxpath run', or ");
	return true;
}

static bool describe_slow_member(struct finding_ctx *ctx, const struct program *program)
{
	const struct rxpath_socket_line *worst = program->worst;
	enum sharing sharing = rxpath_sharing_of(ctx, worst);
	const char *kind = sharing == SHARES_BROADCAST ? "broadcast" : "multicast";
	struct same_address same = rxpath_same_address(ctx, worst->socket);

	if ((sharing != SHARES_MULTICAST && sharing != SHARES_BROADCAST) || same.unharmed == 0)
		return false;
	ctx->draft.reader = rxpath_reader_of(worst);
	ctx->draft.follows = true;
	finding_summary(ctx,
			"%s lost %s of the %s on port %u: it is too slow. %zu of %zu sockets that "
			"get the same %s lost nothing.",
			rxpath_owner_of(ctx, worst), rxpath_amount(ctx, worst->delta, "datagram"),
			kind, worst->socket->local.port, same.unharmed, same.others + 1, kind);
	finding_evidence(ctx, "%s", rxpath_tell_udp_socket(ctx, worst));
	rxpath_show_sockets(ctx, program, rxpath_is_lossy_udp, rxpath_tell_udp_socket);
	return true;
}

static bool find_multicast_slow(struct finding_ctx *ctx)
{
	return rxpath_moved_any(ctx, rxpath_udp_overflows) > 0 &&
	       rxpath_find_programs(ctx, rxpath_is_lossy_udp, describe_slow_member);
}

static bool is_stuck_udp(const struct rxpath_socket_line *line)
{
	return rxpath_socket_is_udp(line->socket) && line->full && line->delta == 0 &&
	       !(line->flags & RXPATH_FLAG_ALLOWED) && course_of(line) == SUSTAINED;
}

static const char *tell_queue(struct finding_ctx *ctx, const struct rxpath_socket_line *line)
{
	return rxpath_phrase(ctx, "%s: %s", rxpath_name_of(ctx, line), rxpath_queue_of(ctx, line));
}

static bool find_udp_queue(struct finding_ctx *ctx)
{
	const struct rxpath_report *report = ctx->report;
	const struct rxpath_socket_line *worst = NULL;

	for (size_t i = 0; i < report->socket_count; i++)
		if (is_stuck_udp(&report->sockets[i]) &&
		    (!worst || rxpath_queue_used(report->sockets[i].socket) >
				       rxpath_queue_used(worst->socket)))
			worst = &report->sockets[i];
	if (!worst)
		return false;
	finding_summary(ctx,
			"The receive queue of %s stays more than half full. Nothing is lost yet.",
			rxpath_name_of(ctx, worst));
	rxpath_show_sockets(ctx, NULL, is_stuck_udp, tell_queue);
	rxpath_name_reader(ctx, worst);
	if (!advise_by_cause(ctx, worst))
		advise_reader(ctx, worst, rxpath_show_sleep(ctx, worst));
	return true;
}

const struct finding_rule rxpath_udp_queue_findings[] = {
	{
		FINDING("udp-receive-buffer", SOCKET, DROP, find_udp_receive_buffer),
		.fact.cause = "receive queue full",
		.fact.meaning = "The receive queue of a UDP socket was full when datagrams came.",
		.fact.shown = "UdpRcvbufErrors, or its IPv6 and UDP-Lite equivalents.",
		.fact.action = "If the queue is full all the time, the program must read faster; "
			       "if it overflows in bursts, give it a larger buffer, by the "
			       "setting that limits it.",
	},
	{
		FINDING("udp-multicast-slow-member", SOCKET, DROP, find_multicast_slow),
		.fact.cause = "one member of a multicast group is too slow",
		.fact.meaning = "Of several sockets that get the same datagrams, some lost them "
				"and others did not.",
		.fact.shown = "Drops of one socket of a multicast group and port, and none of "
			      "another.",
		.fact.action = "Help that program (see udp-receive-buffer): the network delivers "
			       "everything, and the other sockets take it.",
	},
	{
		FINDING("udp-queue", SOCKET, PRESSURE, find_udp_queue),
		.fact.cause = "receive queue over half full",
		.fact.meaning = "The receive queue of a UDP socket stays more than half full. "
				"Nothing is lost yet.",
		.fact.shown = "A queue above half of its limit in both samples, without drops.",
		.fact.action = "Find out why the program does not read.",
	},
	{.find = NULL},
};
