/* rank_processes.c: what each process lost, over all its sockets. */
#include "steps.h"
#include "rxpath/unit.h"
#include "rxpath/search.h"

/* How many processes are told apart, those with the worst sockets first; a stored sample may name
 * any number. */
#define MAX_PROCESSES 512

/* A socket that systemd passes on stays open in process 1, which does not read it. */
const struct rxpath_process *rxpath_reader_of(const struct rxpath_socket_line *line)
{
	for (size_t i = 0; i < line->process_count; i++)
		if (line->processes[i].pid != 1)
			return &line->processes[i];
	return line->process_count > 0 ? &line->processes[0] : NULL;
}

bool rxpath_is_loss_of(const struct rxpath_process_loss *loss,
		       const struct rxpath_socket_line *line)
{
	const struct rxpath_process *reader = rxpath_reader_of(line);

	if (reader)
		return loss->pid == reader->pid;
	return loss->pid == RXPATH_UNKNOWN && loss->uid == line->socket->uid &&
	       loss->worst->socket->local.port == line->socket->local.port;
}

/* NULL: it is none of those that are told apart. */
static struct rxpath_process_loss *loss_of(struct rxpath_report *report,
					   const struct rxpath_socket_line *line)
{
	const struct rxpath_process *reader = rxpath_reader_of(line);
	struct rxpath_process_loss *loss;

	for (size_t i = 0; i < report->process_count; i++)
		if (rxpath_is_loss_of(&report->processes[i], line))
			return &report->processes[i];
	if (report->process_count == MAX_PROCESSES)
		return NULL;
	loss = &report->processes[report->process_count++];
	*loss = (struct rxpath_process_loss){
		.pid = reader ? reader->pid : RXPATH_UNKNOWN,
		.comm = reader ? reader->comm : rxpath_slice_of(""),
		.unit = rxpath_unit_of(line->cgroup),
		.uid = line->socket->uid,
		.worst = line,
	};
	return loss;
}

/* The first of the report's sockets is the one that lost most. */
static int most_first(const void *a, const void *b)
{
	const struct rxpath_process_loss *first = a;
	const struct rxpath_process_loss *second = b;

	if (first->lost != second->lost)
		return rxpath_order(second->lost, first->lost);
	return first->worst < second->worst ? -1 : first->worst > second->worst;
}

/* What UDP lost: a socket's drops also count what its filter or a policy refused. */
static uint64_t lost_by_udp(const struct rxpath_report *report)
{
	uint64_t lost = 0;
	uint64_t others = 0;

	for (size_t i = 0; i < report->socket_count; i++) {
		const struct rxpath_socket_line *line = &report->sockets[i];

		if (line->kind == RXPATH_KIND_DROP && line->socket->protocol != RXPATH_TCP &&
		    !rxpath_socket_is_udp(line->socket))
			others = rxpath_sum(others, line->delta);
	}
	for (size_t i = 0; i < report->line_count; i++) {
		const struct rxpath_line *line = &report->lines[i];

		if (rxpath_slice_starts(line->name, "Udp"))
			lost = rxpath_sum(lost, line->lost);
		else if (rxpath_slice_is(line->name, "sk_drops") && line->lost > others)
			lost = rxpath_sum(lost, line->lost - others);
	}
	return lost;
}

/* All counters of UDP and UDP-Lite with that end. */
static uint64_t counted_by(const struct rxpath_report *report, const char *end)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < report->line_count; i++)
		if (rxpath_slice_starts(report->lines[i].name, "Udp") &&
		    rxpath_slice_ends(report->lines[i].name, end))
			sum = rxpath_sum(sum, report->lines[i].delta);
	return sum;
}

/* Sockets and counters are read one after the other. Where all losses belong to known sockets,
 * the two sums differ only by what came between the reads. If there is one process, that is its
 * loss too. */
static void note_read_gap(struct rxpath_report *report, uint64_t by_sockets)
{
	const struct rxpath_attribution *attribution = &report->attribution;
	uint64_t overflows = counted_by(report, "RcvbufErrors");
	uint64_t all = counted_by(report, "InErrors");

	if (!attribution->known || attribution->unattributed > 0 || attribution->uncounted > 0 ||
	    overflows == 0 || by_sockets == 0)
		return;
	if (by_sockets > all && all >= overflows)
		report->read_gap = by_sockets - all;
	if (by_sockets >= overflows)
		return;
	report->read_gap = overflows - by_sockets;
	if (report->process_count == 1)
		report->processes[0].lost = rxpath_sum(report->processes[0].lost, report->read_gap);
}

enum share { OF_UDP, OF_OTHERS };

/* Adds the drops of these sockets to their processes; returns those of processes that are not told
 * apart. */
static uint64_t add_sockets(struct rxpath_report *report, enum share share)
{
	uint64_t beyond = 0;

	for (size_t i = 0; i < report->socket_count; i++) {
		const struct rxpath_socket_line *line = &report->sockets[i];
		struct rxpath_process_loss *loss;

		if (line->kind != RXPATH_KIND_DROP || line->delta == 0 ||
		    rxpath_socket_is_udp(line->socket) != (share == OF_UDP))
			continue;
		loss = loss_of(report, line);
		if (!loss) {
			beyond = rxpath_sum(beyond, line->delta);
			continue;
		}
		loss->lost = rxpath_sum(loss->lost, line->delta);
		loss->socket_count++;
		if (share == OF_OTHERS)
			loss->several_protocols |=
				line->socket->protocol != loss->worst->socket->protocol;
	}
	return beyond;
}

static uint64_t lost_by_processes(const struct rxpath_report *report)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < report->process_count; i++)
		sum = rxpath_sum(sum, report->processes[i].lost);
	return sum;
}

/* Rounded, but 1000 only for all of it. */
static unsigned thousandths(uint64_t part, uint64_t whole)
{
	unsigned share = (unsigned)((long double)part * 1000 / (long double)whole + 0.5L);

	return share == 1000 && part < whole ? 999 : share;
}

void rxpath_rank_processes(struct rxpath_report *report)
{
	size_t count = report->socket_count < MAX_PROCESSES ? report->socket_count : MAX_PROCESSES;
	uint64_t by_udp = report->attribution.known ? lost_by_udp(report) : UINT64_MAX;
	uint64_t beyond, all;

	report->process_count = 0;
	report->processes = rxpath_report_take(report, (count + 1) * sizeof *report->processes);
	if (!report->processes)
		return;
	beyond = add_sockets(report, OF_UDP);
	note_read_gap(report, rxpath_sum(lost_by_processes(report), beyond));
	for (size_t i = 0; i < report->process_count; i++)
		report->processes[i].lost = rxpath_min(report->processes[i].lost, by_udp);
	beyond = rxpath_sum(beyond, add_sockets(report, OF_OTHERS));
	all = rxpath_sum(lost_by_processes(report), beyond);
	rxpath_sort(report->processes, report->process_count, sizeof *report->processes,
		    most_first);
	while (report->process_count > 0 && report->processes[report->process_count - 1].lost == 0)
		report->process_count--;
	for (size_t i = 0; i < report->process_count; i++)
		report->processes[i].thousandths = thousandths(report->processes[i].lost, all);
}
