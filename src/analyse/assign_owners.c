/* assign_owners.c: which processes hold the report's sockets. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "steps.h"
#include "rxpath/search.h"

static int by_inode(const void *a, const void *b)
{
	const struct rxpath_owner *first = a;
	const struct rxpath_owner *second = b;

	return first->inode != second->inode ? rxpath_order(first->inode, second->inode)
					     : rxpath_order(first->pid, second->pid);
}

/* What lies outside of the tree that this program sees begins with "/..". */
static struct rxpath_slice visible(struct rxpath_slice path)
{
	return rxpath_slice_starts(path, "/..") ? rxpath_slice_of("") : path;
}

/* `left`: how many may still be assigned in one list of sockets. Each socket has an inode of its
 * own, so it is enough for all; a stored sample may show thousands of sockets with one inode, and
 * must not get the owners of that inode thousands of times. */
struct owner_list {
	const struct rxpath_owner *sorted; /* by inode and process */
	size_t len;
	size_t left;
};

/* The owners of that inode; each process once, however many descriptors it has. */
static struct rxpath_process *processes_of(struct rxpath_report *report, struct owner_list *owners,
					   uint64_t inode, size_t *count)
{
	const struct rxpath_owner *sorted = owners->sorted;
	struct rxpath_process *list;
	size_t low = rxpath_lower_bound(sorted, owners->len, sizeof *sorted, inode);
	size_t end;

	for (end = low; end < owners->len && sorted[end].inode == inode && owners->left > 0;) {
		end++;
		owners->left--;
	}
	*count = 0;
	list = rxpath_report_take(report, (end - low + 1) * sizeof *list);
	for (; list && low < end; low++)
		if (*count == 0 || list[*count - 1].pid != sorted[low].pid)
			list[(*count)++] = (struct rxpath_process){
				.pid = sorted[low].pid,
				.comm = sorted[low].comm,
				.cgroup = visible(sorted[low].cgroup),
				.cpu = &rxpath_cpu_unknown,
			};
	return list;
}

/* Says how many sockets have no known owner. Processes whose sockets the report does not name
 * need not be readable. */
static void note_unknown(struct rxpath_report *report, const struct rxpath_error *why)
{
	const bool ended = why && (why->number == ETIMEDOUT || why->number == EINTR);
	const struct rxpath_unavailable unknown = {
		.source = rxpath_slice_of(rxpath_source_row(RXPATH_SOURCE_OWNERS)->path),
		.failed = ended,
		.held_back = !ended,
	};
	struct rxpath_buf reason = {0};
	size_t missed = 0;

	for (size_t i = 0; i < report->socket_count; i++)
		missed += !report->sockets[i].owners_known &&
			  !(report->sockets[i].flags & RXPATH_FLAG_GONE);
	if (missed == 0)
		return;
	if (ended) {
		rxpath_buf_printf(&reason,
				  "the search %s before it reached all processes; the owner of %zu "
				  "socket%s is unknown",
				  why->number == EINTR ? "was interrupted" : "ran out of time",
				  missed, missed == 1 ? "" : "s");
	} else {
		rxpath_error_reason(why, &reason);
		rxpath_buf_printf(&reason,
				  "; run as root (or with CAP_SYS_PTRACE) to see the owner of %zu "
				  "more socket%s",
				  missed, missed == 1 ? "" : "s");
	}
	rxpath_report_add_unavailable(report, unknown, &reason);
}

/* `all_read`: where some processes could not be read, finding none proves nothing. */
static void assign(struct rxpath_report *report, struct rxpath_socket_line *lines, size_t count,
		   struct owner_list owners, bool all_read)
{
	for (size_t i = 0; i < count; i++) {
		struct rxpath_socket_line *line = &lines[i];

		line->processes =
			processes_of(report, &owners, line->socket->inode, &line->process_count);
		line->owners_known = line->process_count > 0 || all_read;
	}
}

bool rxpath_analyse_owners(struct rxpath_report *report, const struct rxpath_sample *owners,
			   struct rxpath_error *error)
{
	const struct rxpath_source_state *state = &owners->sources[RXPATH_SOURCE_OWNERS];
	const bool all_read = state->status == RXPATH_READ;
	struct owner_list list = {.len = owners->owner_count, .left = owners->owner_count};
	struct rxpath_owner *sorted;

	if (state->status != RXPATH_READ && state->status != RXPATH_FAILED)
		return true;
	sorted = rxpath_sorted_copy(owners->owners, owners->owner_count, sizeof *sorted, by_inode);
	if (!sorted)
		return rxpath_error_memory(error);
	list.sorted = sorted;
	assign(report, report->sockets, report->socket_count, list, all_read);
	assign(report, report->connections, report->connection_count, list, all_read);
	assign(report, report->queue_readers, report->queue_reader_count, list, all_read);
	free(sorted);
	note_unknown(report, state->error);
	return !report->failed || rxpath_error_memory(error);
}
