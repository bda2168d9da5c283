/* slow_readers.c: reads what a few processes do, before and after: the holders of sockets that are
 * in trouble. On a host where no socket is, nothing is read. */
#include <stdlib.h>

#include "session.h"
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

/* Reads what these processes did so far, and keeps it instead of the earlier values. */
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

/* TCP slows its senders down instead; a packet capture is not part of the path. */
static bool is_candidate(const struct rxpath_socket *socket)
{
	return socket->inode != 0 && socket->protocol != RXPATH_TCP &&
	       socket->protocol != RXPATH_PACKET && (socket->rx_queue > 0 || socket->drops > 0);
}

enum queue { EMPTY, FILLED };

static void list_candidates(const struct session *session, enum queue queue,
			    struct candidates *candidates)
{
	for (size_t i = 0; i < session->examined_count; i++) {
		const struct rxpath_sample *sample = &session->examined[i]->after;

		for (size_t j = 0; j < sample->socket_count; j++) {
			const struct rxpath_socket *socket = &sample->sockets[j];

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

bool readers_begin(struct session *session, struct rxpath_error *error)
{
	struct candidates candidates = {.count = 0};
	uint64_t pids[MAX_READERS];
	struct rxpath_builder builder;
	struct rxpath_sample owners;
	size_t pid_count = 0;
	bool done;

	/* Sockets with data waiting come first: they may lose packets now. */
	list_candidates(session, FILLED, &candidates);
	list_candidates(session, EMPTY, &candidates);
	if (candidates.count == 0)
		return true;
	rxpath_sort_numbers(candidates.inodes, &candidates.count);
	rxpath_builder_begin(&builder, &owners, NULL);
	done = rxpath_capture_first_owners(session->capture, candidates.inodes, candidates.count,
					   candidates.groups, candidates.group_count,
					   rxpath_parse_section, &builder, error);
	for (size_t i = 0; i < owners.owner_count; i++)
		pid_count = readers_add_once(pids, pid_count, MAX_READERS, owners.owners[i].pid);
	rxpath_sample_free(&owners);
	return done && keep(&session->readers, session->capture, pids, pid_count, error);
}

static size_t list_readers(const struct rxpath_socket_line *lines, size_t line_count,
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

bool readers_add(struct session *session, struct rxpath_error *error)
{
	struct readers *readers = &session->readers;
	struct rxpath_sample earlier = readers->sample;
	bool had_any = readers->known;
	uint64_t pids[MAX_READERS];
	size_t count = 0;
	bool done;

	for (size_t i = 0; i < session->examined_count; i++) {
		const struct rxpath_report *report = &session->examined[i]->report;

		count = list_readers(report->sockets, report->socket_count, pids, count);
		count = list_readers(report->connections, report->connection_count, pids, count);
	}
	readers->known = false;
	done = keep(readers, session->capture, pids, count, error);
	for (size_t i = 0; done && i < session->examined_count; i++) {
		struct examined *examined = session->examined[i];

		done = rxpath_analyse_readers(&examined->report,
					      had_any ? &earlier : before_of(session, examined),
					      &readers->sample, error);
	}
	if (had_any)
		rxpath_sample_free(&earlier);
	return done;
}
