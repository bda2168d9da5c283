/* slow_readers.c: reads what a few processes do, before and after: the holders of sockets that are
 * in trouble. On a host where no socket is, nothing is read. */
#include <stdlib.h>

#include "slow_readers.h"
#include "rxpath/parse.h"
#include "rxpath/search.h"

/* The most sockets whose holders are looked up at the first sample. */
#define MAX_CANDIDATES 16

/* The most processes that are looked at. */
#define MAX_READERS 16

void readers_forget(struct readers *readers)
{
	if (readers->known)
		rxpath_sample_free(&readers->sample);
	readers->known = false;
}

/* Keeps what these processes did so far in place of what was kept. */
static bool keep(struct readers *readers, struct rxpath_capture *capture, const uint64_t *pids,
		 size_t count, struct rxpath_error *error)
{
	struct rxpath_builder builder;

	readers_forget(readers);
	rxpath_builder_begin(&builder, &readers->sample, NULL);
	readers->known = true;
	return rxpath_capture_readers(capture, pids, count, rxpath_parse_section, &builder, error);
}

size_t readers_add_once(uint64_t *list, size_t count, size_t room, uint64_t number)
{
	for (size_t i = 0; i < count; i++)
		if (list[i] == number)
			return count;
	if (count == room)
		return count;
	list[count] = number;
	return count + 1;
}

/* Sockets, and the cgroups that opened them. */
struct candidates {
	uint64_t inodes[MAX_CANDIDATES];
	uint64_t groups[MAX_CANDIDATES];
	size_t count, group_count;
};

/* TCP holds its senders back instead; a capture is no part of the path. */
static bool is_candidate(const struct rxpath_socket *socket)
{
	return socket->inode != 0 && socket->protocol != RXPATH_TCP &&
	       socket->protocol != RXPATH_PACKET && (socket->rx_queue > 0 || socket->drops > 0);
}

enum queue { EMPTY, FILLED };

static void list_candidates(const struct rxpath_sample *const *samples, size_t sample_count,
			    enum queue queue, struct candidates *candidates)
{
	for (size_t i = 0; i < sample_count; i++) {
		for (size_t j = 0; j < samples[i]->socket_count; j++) {
			const struct rxpath_socket *socket = &samples[i]->sockets[j];

			if (!is_candidate(socket) || (socket->rx_queue > 0) != (queue == FILLED) ||
			    candidates->count == MAX_CANDIDATES)
				continue;
			candidates->count = readers_add_once(candidates->inodes, candidates->count,
							     MAX_CANDIDATES, socket->inode);
			if (socket->cgroup != 0)
				candidates->group_count = readers_add_once(
					candidates->groups, candidates->group_count, MAX_CANDIDATES,
					socket->cgroup);
		}
	}
}

bool readers_begin(struct readers *readers, struct rxpath_capture *capture,
		   const struct rxpath_sample *const *samples, size_t sample_count,
		   struct rxpath_error *error)
{
	struct candidates candidates = {.count = 0};
	uint64_t pids[MAX_READERS];
	struct rxpath_builder builder;
	struct rxpath_sample owners;
	size_t pid_count = 0;
	bool done;

	/* Those with something to be read first: they may lose packets now. */
	list_candidates(samples, sample_count, FILLED, &candidates);
	list_candidates(samples, sample_count, EMPTY, &candidates);
	if (candidates.count == 0)
		return true;
	rxpath_sort_numbers(candidates.inodes, &candidates.count);
	rxpath_builder_begin(&builder, &owners, NULL);
	done = rxpath_capture_first_owners(capture, candidates.inodes, candidates.count,
					   candidates.groups, candidates.group_count,
					   rxpath_parse_section, &builder, error);
	for (size_t i = 0; i < owners.owner_count; i++)
		pid_count = readers_add_once(pids, pid_count, MAX_READERS, owners.owners[i].pid);
	rxpath_sample_free(&owners);
	return done && keep(readers, capture, pids, pid_count, error);
}

static size_t list_readers_of(const struct rxpath_socket_line *lines, size_t line_count,
			      uint64_t pids[MAX_READERS], size_t count)
{
	for (size_t i = 0; i < line_count; i++) {
		if (lines[i].delta == 0 && !lines[i].full)
			continue;
		for (size_t j = 0; j < lines[i].process_count; j++)
			count = readers_add_once(pids, count, MAX_READERS,
						 lines[i].processes[j].pid);
	}
	return count;
}

static size_t list_readers(const struct rxpath_report *report, uint64_t pids[MAX_READERS],
			   size_t count)
{
	count = list_readers_of(report->sockets, report->socket_count, pids, count);
	return list_readers_of(report->connections, report->connection_count, pids, count);
}

bool readers_add_live(struct readers *readers, struct rxpath_capture *capture,
		      const struct rxpath_sample *before, struct rxpath_report *const *reports,
		      size_t report_count, struct rxpath_error *error)
{
	uint64_t pids[MAX_READERS];
	struct rxpath_sample earlier = readers->sample;
	bool had_any = readers->known;
	size_t count = 0;
	bool done;

	for (size_t i = 0; i < report_count; i++)
		count = list_readers(reports[i], pids, count);
	readers->known = false;
	done = keep(readers, capture, pids, count, error);
	for (size_t i = 0; done && i < report_count; i++)
		done = rxpath_analyse_readers(reports[i], had_any ? &earlier : before,
					      &readers->sample, error);
	if (had_any)
		rxpath_sample_free(&earlier);
	return done;
}
