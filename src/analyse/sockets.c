/* sockets.c: the same socket in both samples, and what it lost in between.
 *
 * A socket is known by its cookie, which is never used again, and where the source has none by its
 * inode. Both listings mostly come in the same order, so most are found one behind the other; only
 * where that fails an index is made. */
#include <stdlib.h>
#include <string.h>

#include "analyse.h"

/* An open-addressing table of indexes into an array of sockets, plus one; 0 is free. */
struct index {
	const struct rxpath_socket *sockets;
	uint32_t *slots;
	size_t mask;
};

static bool has_same_addresses(const struct rxpath_socket *a, const struct rxpath_socket *b)
{
	return memcmp(a->local.bytes, b->local.bytes, sizeof a->local.bytes) == 0 &&
	       memcmp(a->remote.bytes, b->remote.bytes, sizeof a->remote.bytes) == 0 &&
	       a->local.port == b->local.port && a->remote.port == b->remote.port;
}

static bool is_same(const struct rxpath_socket *a, const struct rxpath_socket *b)
{
	if (a->inode != b->inode || a->protocol != b->protocol || a->v6 != b->v6)
		return false;
	if (a->cookie != 0 && b->cookie != 0)
		return a->cookie == b->cookie;
	return a->inode != 0 || has_same_addresses(a, b);
}

/* By what does not change in a socket's life and what both kinds of source have. */
static size_t hash(const struct rxpath_socket *socket)
{
	uint64_t key = socket->inode * 2 + socket->v6;

	if (socket->inode == 0)
		for (size_t i = 0; i < sizeof socket->local.bytes; i++)
			key = key * 31 + socket->local.bytes[i] + socket->local.port * 7u +
			      socket->remote.bytes[i] * 13u + socket->remote.port * 17u;
	key = (key ^ (uint64_t)socket->protocol << 56) * UINT64_C(0x9E3779B97F4A7C15);
	return (size_t)(key >> 20);
}

static bool index_open(struct index *index, const struct rxpath_socket *sockets, size_t count)
{
	size_t size = 16;

	while (size < count * 2)
		size *= 2;
	*index = (struct index){sockets, calloc(size, sizeof *index->slots), size - 1};
	return index->slots != NULL;
}

/* No kernel's table comes near it: inodes are not chosen by anybody. A stored sample's may be, and
 * must not make the work quadratic. */
#define FARTHEST 512

/* The slot of the same socket, or the free one where it belongs; NULL: too far from its place. */
static uint32_t *index_slot(const struct index *index, const struct rxpath_socket *socket)
{
	size_t at = hash(socket) & index->mask;

	for (size_t i = 0; i < FARTHEST; i++, at = (at + 1) & index->mask)
		if (index->slots[at] == 0 ||
		    is_same(&index->sockets[index->slots[at] - 1], socket))
			return &index->slots[at];
	return NULL;
}

struct match {
	const struct rxpath_sample *before;
	size_t next;		/* the one behind the last that was found */
	struct index index;	/* made when it is first needed */
};

static bool open_before(struct match *match)
{
	if (match->index.slots)
		return true;
	if (!index_open(&match->index, match->before->sockets, match->before->socket_count))
		return false;
	for (size_t i = 0; i < match->before->socket_count; i++) {
		uint32_t *slot = index_slot(&match->index, &match->before->sockets[i]);

		if (slot)
			*slot = (uint32_t)(i + 1);
	}
	return true;
}

/* *found: the socket in the first sample, or NULL. */
static bool find(struct match *match, const struct rxpath_socket *socket,
		 const struct rxpath_socket **found)
{
	const struct rxpath_sample *before = match->before;
	const uint32_t *slot;

	*found = NULL;
	if (!before)
		return true;
	if (match->next < before->socket_count && is_same(&before->sockets[match->next], socket)) {
		*found = &before->sockets[match->next++];
		return true;
	}
	if (!open_before(match))
		return false;
	slot = index_slot(&match->index, socket);
	if (!slot || *slot == 0)
		return true;
	*found = &before->sockets[*slot - 1];
	match->next = *slot;
	return true;
}

/* More than half of the limit is taken: one burst away from a loss. A listener's queue is short and used
 * to the last place, so of that only the last quarter counts; what waits in a capture is its own affair. */
static bool is_full(const struct rxpath_socket *socket)
{
	uint32_t used = socket->rmem == RXPATH_UNKNOWN32 ? socket->rx_queue : socket->rmem;

	if (socket->protocol == RXPATH_PACKET)
		return false;
	if (socket->protocol == RXPATH_TCP)
		return socket->limit != RXPATH_UNKNOWN32 &&
		       socket->rx_queue > socket->limit - socket->limit / 4;
	return socket->rcvbuf != RXPATH_UNKNOWN32 && socket->rcvbuf > 0 && used > socket->rcvbuf / 2;
}

static bool keep_subject(struct rxpath_report *report, struct rxpath_socket_line *line)
{
	struct rxpath_buf out = {0};

	rxpath_socket_subject(&out, &line->socket);
	line->subject = rxpath_report_keep(report, &out);
	rxpath_buf_free(&out);
	return line->subject.ptr != NULL;
}

static struct rxpath_socket_line compare(const struct rxpath_socket *before,
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
	/* 32 bits wide: a difference modulo 2^32, unless it fell by so little that it began anew. */
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

/* Sockets of the first sample are set against those of the second. While sockets come and go a listing
 * shows some of the others twice, so what is reported is reported once: `seen` has it. */
static bool diff(const struct pair *pair, bool all, struct match *match, struct index *seen,
		 uint64_t lost_by[RXPATH_PROTOCOLS])
{
	const struct rxpath_sample *after = pair->after;

	for (size_t i = 0; i < after->socket_count; i++) {
		const struct rxpath_socket *socket = &after->sockets[i];
		const struct rxpath_socket *before;
		struct rxpath_socket_line line;
		uint32_t *slot;

		if (!rxpath_pair_has(pair, rxpath_socket_source(socket->protocol, socket->v6)))
			continue;
		if (!find(match, socket, &before))
			return false;
		if (!all && socket->drops == (before ? before->drops : 0) && !is_full(socket))
			continue;
		if (!seen->slots && !index_open(seen, after->sockets, after->socket_count))
			return false;
		slot = index_slot(seen, socket);
		if (slot && *slot != 0)
			continue;
		if (slot)
			*slot = (uint32_t)(i + 1);
		line = compare(before, socket, !pair->before);
		lost_by[socket->protocol] += line.delta;
		if (!all && line.delta == 0 && !line.full)
			continue;
		if (!keep_subject(pair->report, &line) ||
		    !rxpath_report_add_socket(pair->report, &line))
			return false;
	}
	return true;
}

bool rxpath_diff_sockets(const struct pair *pair, bool all, uint64_t lost_by[RXPATH_PROTOCOLS],
			 struct rxpath_error *error)
{
	struct match match = {.before = pair->before};
	struct index seen = {0};
	bool done;

	memset(lost_by, 0, RXPATH_PROTOCOLS * sizeof *lost_by);
	done = diff(pair, all, &match, &seen, lost_by);
	free(match.index.slots);
	free(seen.slots);
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

/* The owners of that inode in the sorted list; each process once, however many descriptors it has. */
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
			list[(*count)++] = (struct rxpath_process){sorted[low].pid, sorted[low].comm};
	return list;
}

bool rxpath_analyse_owners(struct rxpath_report *report, const struct rxpath_sample *owners,
			   struct rxpath_error *error)
{
	const struct rxpath_source_state *state = &owners->sources[RXPATH_SOURCE_OWNERS];
	struct rxpath_unavailable denied = {
		.source = rxpath_slice_of(rxpath_source_at(RXPATH_SOURCE_OWNERS)->path),
	};
	struct rxpath_buf reason = {0};
	struct rxpath_owner *sorted;
	bool looked = state->status == RXPATH_READ || state->status == RXPATH_FAILED;
	bool missed = false;

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
		missed = missed || !line->owners_known;
	}
	free(sorted);
	/* Processes that nobody asked about may keep their secrets. */
	if (!missed)
		return true;
	rxpath_error_reason(&state->error, &reason);
	denied.reason = rxpath_report_keep(report, &reason);
	rxpath_buf_free(&reason);
	return (denied.reason.ptr && rxpath_report_add_unavailable(report, &denied)) ||
	       rxpath_error_memory(error);
}
