/* socket_lines.c: what each socket lost between the two samples, and who holds it. */
#include <stdlib.h>
#include <string.h>

#include "analyse_internal.h"

/* More than half of the limit is taken: one burst away from a loss. A listener's queue is short
 * and used to the last place, so of that only the last quarter counts; what waits in a capture is
 * its own affair. */
static bool is_full(const struct rxpath_socket *socket)
{
	uint32_t used = socket->rmem == RXPATH_UNKNOWN32 ? socket->rx_queue : socket->rmem;

	if (socket->protocol == RXPATH_PACKET)
		return false;
	if (socket->protocol == RXPATH_TCP)
		return socket->limit != RXPATH_UNKNOWN32 &&
		       socket->rx_queue > socket->limit - socket->limit / 4;
	return socket->rcvbuf != RXPATH_UNKNOWN32 && socket->rcvbuf > 0 &&
	       used > socket->rcvbuf / 2;
}

static bool keep_subject(struct rxpath_report *report, struct rxpath_socket_line *line)
{
	struct rxpath_buf out = {0};

	rxpath_socket_subject(&out, &line->socket);
	line->subject = rxpath_report_keep(report, &out);
	rxpath_buf_free(&out);
	return line->subject.ptr != NULL;
}

static struct rxpath_socket_line compare(const struct rxpath_socket_record *before,
					 const struct rxpath_socket *after, bool from_zero)
{
	struct rxpath_socket_line line = {
		.socket = *after,
		.rx_queue_before = RXPATH_UNKNOWN,
		.rmem_before = RXPATH_UNKNOWN,
		.kind = after->protocol == RXPATH_PACKET ? RXPATH_KIND_SUSPECT : RXPATH_KIND_DROP,
		.full = is_full(after),
	};

	if (!before) {
		line.delta = after->drops;
		line.flags = from_zero ? 0 : RXPATH_FLAG_NEW;
		return line;
	}
	line.drops_before = before->drops;
	line.rx_queue_before = before->rx_queue;
	if (before->rmem != RXPATH_UNKNOWN32)
		line.rmem_before = before->rmem;
	/* 32 bits wide: a difference modulo 2^32, unless it fell by so little that
	 * it began anew. */
	line.delta = after->drops - before->drops;
	if (after->drops < before->drops) {
		if (before->drops - after->drops > UINT32_MAX / 2) {
			line.flags = RXPATH_FLAG_WRAPPED;
			line.delta = (uint32_t)(after->drops - before->drops);
		} else {
			line.flags = RXPATH_FLAG_RESET;
			line.delta = after->drops;
		}
	}
	return line;
}

static int by_loss(const void *a, const void *b)
{
	const struct rxpath_socket_line *first = a;
	const struct rxpath_socket_line *second = b;

	if (first->delta != second->delta)
		return first->delta > second->delta ? -1 : 1;
	return rxpath_slice_compare(first->subject, second->subject);
}

/* A socket that the first listing lacks is new, unless that listing may have left it out. */
static bool may_be_old(const struct pair *pair, const struct rxpath_socket *socket)
{
	return pair->before && pair->before->in_pieces >> rxpath_socket_source(socket->protocol,
									      socket->v6) & 1;
}

/* Whether the socket's loss is one of this interval. One that may be old has all of its drops to
 * show: it is only believed as far as its protocol counted losses that no other socket has. */
static bool is_credible(const struct pair *pair, const struct rxpath_socket_line *line,
			uint64_t lost)
{
	uint64_t most = rxpath_counted_at_most(pair, line->socket.protocol);

	return most >= lost && line->delta <= most - lost;
}

/* Sockets of the first sample are set against those of the second. While sockets come and go a
 * listing shows some of the others twice: the first showing counts, in either sample. Those whose
 * age is in doubt have their turn when all the others have been added up. */
static bool diff(const struct pair *pair, bool all, const uint32_t *earlier, bool in_doubt,
		 uint64_t lost_by[RXPATH_PROTOCOLS])
{
	const struct rxpath_sample *after = pair->after;

	for (size_t i = 0; i < after->socket_count; i++) {
		const struct rxpath_socket *socket = &after->sockets[i];
		const struct rxpath_socket_record *before = NULL;
		struct rxpath_socket_line line;

		if (earlier[i] == MATCH_DUPLICATE ||
		    !rxpath_pair_has(pair, rxpath_socket_source(socket->protocol, socket->v6)))
			continue;
		if (pair->before && earlier[i] != MATCH_NEW)
			before = &pair->before->records[earlier[i] - 1];
		if (in_doubt != (!before && may_be_old(pair, socket)))
			continue;
		if (!all && socket->drops == (before ? before->drops : 0) && !is_full(socket))
			continue;
		line = compare(before, socket, !pair->before);
		if (in_doubt && !is_credible(pair, &line, lost_by[socket->protocol])) {
			line.delta = 0;
			line.drops_before = socket->drops;
		}
		lost_by[socket->protocol] += line.delta;
		if (!all && line.delta == 0 && !line.full)
			continue;
		if (!keep_subject(pair->report, &line) ||
		    !rxpath_report_add_socket(pair->report, &line))
			return false;
	}
	return true;
}

static int by_identity(const void *a, const void *b)
{
	const struct rxpath_socket *first = *(const struct rxpath_socket *const *)a;
	const struct rxpath_socket *second = *(const struct rxpath_socket *const *)b;
	uint64_t first_place = rxpath_socket_identity(first);
	uint64_t second_place = rxpath_socket_identity(second);

	if (first->protocol != second->protocol)
		return first->protocol < second->protocol ? -1 : 1;
	if (first->v6 != second->v6)
		return first->v6 ? 1 : -1;
	return first_place < second_place ? -1 : first_place > second_place;
}

/* What the second sample has no more, as it was last seen; its losses since are with its
 * protocol. */
static bool add_gone(const struct pair *pair)
{
	const struct rxpath_sample *before = pair->before;
	const struct rxpath_sample *after = pair->after;
	const struct rxpath_socket **sorted =
		malloc((after->socket_count + 1) * sizeof(const struct rxpath_socket *));
	bool done = sorted != NULL;

	for (size_t i = 0; done && i < after->socket_count; i++)
		sorted[i] = &after->sockets[i];
	if (done && after->socket_count > 1)
		qsort(sorted, after->socket_count, sizeof(const struct rxpath_socket *),
		      by_identity);
	for (size_t i = 0; done && i < before->socket_count; i++) {
		const struct rxpath_socket *socket = &before->sockets[i];
		struct rxpath_socket_line line = {
			.socket = *socket,
			.drops_before = socket->drops,
			.rx_queue_before = socket->rx_queue,
			.rmem_before = RXPATH_UNKNOWN,
			.kind = socket->protocol == RXPATH_PACKET ? RXPATH_KIND_SUSPECT :
								    RXPATH_KIND_DROP,
			.flags = RXPATH_FLAG_GONE,
		};

		if (rxpath_pair_has(pair, rxpath_socket_source(socket->protocol, socket->v6)) &&
		    !(after->socket_count > 0 && bsearch(&socket, sorted, after->socket_count,
							 sizeof(const struct rxpath_socket *),
							 by_identity)))
			done = keep_subject(pair->report, &line) &&
			       rxpath_report_add_socket(pair->report, &line);
	}
	free(sorted);
	return done;
}

bool rxpath_diff_sockets(const struct pair *pair, bool all, uint64_t lost_by[RXPATH_PROTOCOLS],
			 struct rxpath_error *error)
{
	uint32_t *earlier;
	bool done;

	memset(lost_by, 0, RXPATH_PROTOCOLS * sizeof *lost_by);
	done = rxpath_match_sockets(pair, &earlier) && diff(pair, all, earlier, false, lost_by) &&
	       diff(pair, all, earlier, true, lost_by) && (!all || !pair->before || add_gone(pair));
	free(earlier);
	if (!done)
		return rxpath_error_memory(error);
	if (pair->report->socket_count > 1)
		qsort(pair->report->sockets, pair->report->socket_count,
		      sizeof *pair->report->sockets, by_loss);
	return true;
}

static int by_inode(const void *a, const void *b)
{
	const struct rxpath_owner *first = a;
	const struct rxpath_owner *second = b;

	if (first->inode != second->inode)
		return first->inode < second->inode ? -1 : 1;
	return first->pid < second->pid ? -1 : first->pid > second->pid;
}

/* The owners of that inode in the sorted list; each process once, however many
 * descriptors it has. */
static const struct rxpath_process *processes_of(struct rxpath_report *report,
						 const struct rxpath_owner *sorted, size_t len,
						 uint64_t inode, size_t *count)
{
	struct rxpath_process *list;
	size_t low = 0;
	size_t high = len;
	size_t end;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (sorted[middle].inode < inode)
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < len && sorted[end].inode == inode;)
		end++;
	list = rxpath_arena_take(&report->arena, (end - low + 1) * sizeof *list);
	if (!list)
		return NULL;
	for (*count = 0; low < end; low++)
		if (*count == 0 || list[*count - 1].pid != sorted[low].pid)
			list[(*count)++] = (struct rxpath_process){sorted[low].pid,
								   sorted[low].comm};
	return list;
}

bool rxpath_analyse_owners(struct rxpath_report *report, const struct rxpath_sample *owners,
			   struct rxpath_error *error)
{
	const struct rxpath_source_state *state = &owners->sources[RXPATH_SOURCE_OWNERS];
	struct rxpath_unavailable denied = {
		.source = rxpath_slice_of(rxpath_source_at(RXPATH_SOURCE_OWNERS)->path),
		.held_back = true,
	};
	struct rxpath_buf reason = {0};
	struct rxpath_owner *sorted;
	bool looked = state->status == RXPATH_READ || state->status == RXPATH_FAILED;
	size_t missed = 0;

	sorted = malloc((owners->owner_count + 1) * sizeof *sorted);
	if (!sorted)
		return rxpath_error_memory(error);
	if (owners->owner_count > 0)
		memcpy(sorted, owners->owners, owners->owner_count * sizeof *sorted);
	qsort(sorted, owners->owner_count, sizeof *sorted, by_inode);
	for (size_t i = 0; looked && i < report->socket_count; i++) {
		struct rxpath_socket_line *line = &report->sockets[i];
		size_t count = 0;

		line->processes = processes_of(report, sorted, owners->owner_count,
					       line->socket.inode, &count);
		if (!line->processes) {
			free(sorted);
			return rxpath_error_memory(error);
		}
		line->process_count = count;
		/* Where some processes could not be looked into, finding nobody says nothing. */
		line->owners_known = count > 0 || state->status == RXPATH_READ;
		missed += !line->owners_known && !(line->flags & RXPATH_FLAG_GONE);
	}
	free(sorted);
	/* Processes that nobody asked about may keep their secrets. */
	if (missed == 0)
		return true;
	rxpath_error_reason(state->error, &reason);
	rxpath_buf_printf(&reason, "; root (or CAP_SYS_PTRACE) sees who owns %zu socket%s", missed,
			  missed == 1 ? "" : "s");
	denied.reason = rxpath_report_keep(report, &reason);
	rxpath_buf_free(&reason);
	return (denied.reason.ptr && rxpath_report_add_unavailable(report, &denied)) ||
	       rxpath_error_memory(error);
}
