/* details.c: looks up for reports what samples do not hold: who owns the sockets, which connections
 * were slow, and the settings that explain what moved. */
#include <stdlib.h>

#include "rxpath/parse.h"
#include "rxpath/search.h"
#include "session.h"

bool want_number(struct numbers *numbers, uint64_t number)
{
	/* Most sockets of a table are in the same cgroup. */
	return number == 0 ||
	       (numbers->count > 0 && numbers->items[numbers->count - 1] == number) ||
	       rxpath_array_append(&numbers->items, &numbers->count, &numbers->cap, &number,
				   sizeof number);
}

bool want_socket(struct wanted *wanted, const struct rxpath_socket *socket)
{
	return want_number(&wanted->inodes, socket->inode) &&
	       want_number(&wanted->cgroups, socket->cgroup);
}

void wanted_free(struct wanted *wanted)
{
	free(wanted->inodes.items);
	free(wanted->cgroups.items);
}

void wanted_sort(struct wanted *wanted)
{
	rxpath_sort_numbers(wanted->inodes.items, &wanted->inodes.count);
	rxpath_sort_numbers(wanted->cgroups.items, &wanted->cgroups.count);
}

/* Looks them up and frees the list; `complete` is false where there was no memory for all. */
static bool look_up(struct rxpath_capture *capture, struct wanted *wanted, bool complete,
		    struct rxpath_sample *found, struct rxpath_error *error)
{
	const struct numbers *inodes = &wanted->inodes;
	const struct numbers *cgroups = &wanted->cgroups;
	struct rxpath_builder builder;
	bool done;

	wanted_sort(wanted);
	rxpath_builder_begin(&builder, found, NULL);
	done = (complete || rxpath_error_memory(error)) &&
	       rxpath_capture_owners(capture, inodes->items, inodes->count, rxpath_parse_section,
				     &builder, error) &&
	       rxpath_capture_cgroups(capture, cgroups->items, cgroups->count, rxpath_parse_section,
				      &builder, error);
	wanted_free(wanted);
	return done;
}

static bool want_reported(struct wanted *wanted, const struct rxpath_report *report)
{
	bool done = true;

	for (size_t i = 0; done && i < report->socket_count; i++)
		done = want_socket(wanted, report->sockets[i].socket);
	for (size_t i = 0; done && i < report->connection_count; i++)
		done = want_number(&wanted->inodes, report->connections[i].socket->inode);
	for (size_t i = 0; done && i < report->queue_reader_count; i++)
		done = want_number(&wanted->inodes, report->queue_readers[i].socket->inode);
	return done;
}

/* The processes that hold the sockets named in the reports, and the cgroups of these sockets. */
static bool find_owners(const struct session *session, struct rxpath_sample *owners,
			struct rxpath_error *error)
{
	struct wanted wanted = {0};
	bool done = true;

	for (size_t i = 0; done && i < session->examined_count; i++)
		done = want_reported(&wanted, &session->examined[i]->report);
	return look_up(session->capture, &wanted, done, owners, error);
}

bool find_owners_of_lossy(struct session *session, struct rxpath_sample *owners,
			  struct rxpath_error *error)
{
	struct wanted wanted = {0};
	bool done = true;

	for (size_t i = 0; i < session->examined_count; i++) {
		const struct rxpath_sample *sample = &session->examined[i]->after;

		for (size_t j = 0; done && j < sample->socket_count; j++)
			if (sample->sockets[j].drops > 0)
				done = want_socket(&wanted, &sample->sockets[j]);
	}
	return look_up(session->capture, &wanted, done, owners, error);
}

/* The memory limits of the processes that the report names. */
static bool add_memory(struct rxpath_capture *capture, const struct rxpath_report *report,
		       struct rxpath_builder *builder, struct rxpath_error *error)
{
	uint64_t pids[RXPATH_MEMORY_PROCESSES];
	size_t count = 0;

	for (size_t i = 0; i < report->socket_count; i++)
		for (size_t j = 0; j < report->sockets[i].process_count; j++)
			if (count < RXPATH_MEMORY_PROCESSES)
				pids[count++] = report->sockets[i].processes[j].pid;
	rxpath_sort_numbers(pids, &count);
	return rxpath_capture_memory(capture, pids, count, rxpath_parse_section, builder, error);
}

/* The settings that explain what moved, and the findings. */
static bool add_findings(struct session *session, struct examined *examined,
			 struct rxpath_capture *capture, struct rxpath_error *error)
{
	struct rxpath_report *report = &examined->report;
	const unsigned stages =
		rxpath_analyse_stages_to_explain(report, &session->options->criteria);
	struct rxpath_builder builder;

	rxpath_builder_begin(&builder, &examined->settings, NULL);
	if (capture &&
	    (!rxpath_capture_settings(capture, stages, rxpath_parse_section, &builder, error) ||
	     !add_memory(capture, report, &builder, error)))
		return false;
	return rxpath_analyse_findings(report, before_of(session, examined), &examined->after,
				       capture ? &examined->settings : &examined->after, error);
}

/* Finds the TCP connections that may explain why counters moved. */
static bool add_connections(struct session *session, struct examined *examined,
			    struct rxpath_capture *capture, struct rxpath_error *error)
{
	struct rxpath_builder builder;

	rxpath_builder_begin(&builder, &examined->connections, NULL);
	return (!capture ||
		rxpath_capture_connections(capture, rxpath_parse_section, &builder, error)) &&
	       rxpath_analyse_connections(&examined->report, before_of(session, examined),
					  capture ? &examined->connections : &examined->after,
					  error);
}

/* A saved sample holds its owners and what they did. */
static bool add_owners(struct session *session, struct rxpath_sample *owners,
		       struct rxpath_error *error)
{
	const bool live = session->capture != NULL;
	bool done = !live || find_owners(session, owners, error);

	for (size_t i = 0; done && i < session->examined_count; i++) {
		struct examined *examined = session->examined[i];
		const struct rxpath_sample *found = live ? owners : &examined->after;

		done = rxpath_analyse_owners(&examined->report, found, error) &&
		       rxpath_analyse_cgroups(&examined->report, found, error);
	}
	return done && (live ? readers_add(session, error)
			     : rxpath_analyse_readers(&session->single.report,
						      before_of(session, &session->single),
						      &session->single.after, error));
}

static bool take_step(struct session *session, struct examined *examined, detail_step *step,
		      struct rxpath_error *error)
{
	return session->all ? all_netns_inside(session, examined, step, error)
			    : step(session, examined, session->capture, error);
}

bool add_details(struct session *session, struct rxpath_sample *owners, struct rxpath_error *error)
{
	const struct rxpath_criteria *criteria = &session->options->criteria;
	bool done = true;

	/* Before the owners, since connections have owners too. */
	for (size_t i = 0; done && i < session->examined_count; i++)
		if (rxpath_analyse_needs_connections(&session->examined[i]->report))
			done = take_step(session, session->examined[i], add_connections, error);
	done = done && add_owners(session, owners, error);
	for (size_t i = 0; done && i < session->examined_count; i++)
		if (rxpath_analyse_stages_to_explain(&session->examined[i]->report, criteria) != 0)
			done = take_step(session, session->examined[i], add_findings, error);
	return done;
}
