/* details.c: looks up for reports what samples do not hold: who owns the sockets, which connections
 * were slow, and the settings that explain what moved. */
#include <stdlib.h>

#include "rxpath/parse.h"
#include "rxpath/search.h"
#include "session.h"

/* The inodes of the reports' sockets, or the ids of their cgroups, as capture wants them. */
static size_t list_numbers(struct rxpath_report *const *reports, size_t count,
			   enum socket_number which, uint64_t *numbers)
{
	size_t used = 0;

	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < reports[i]->socket_count; j++) {
			const struct rxpath_socket *socket = reports[i]->sockets[j].socket;

			numbers[used] = which == CGROUP ? socket->cgroup : socket->inode;
			used += numbers[used] != 0;
		}
		for (size_t j = 0; which == INODE && j < reports[i]->connection_count; j++) {
			numbers[used] = reports[i]->connections[j].socket->inode;
			used += numbers[used] != 0;
		}
		for (size_t j = 0; which == INODE && j < reports[i]->queue_reader_count; j++) {
			numbers[used] = reports[i]->queue_readers[j].socket->inode;
			used += numbers[used] != 0;
		}
	}
	rxpath_sort_numbers(numbers, &used);
	return used;
}

bool add_owners(struct session *session, struct rxpath_report *const *reports, size_t count,
		struct rxpath_sample *owners, struct rxpath_error *error)
{
	struct rxpath_capture *capture = session->capture;
	struct rxpath_builder builder;
	uint64_t *numbers;
	size_t sockets = 0;
	bool done;

	for (size_t i = 0; i < count; i++)
		sockets += reports[i]->socket_count + reports[i]->connection_count +
			   reports[i]->queue_reader_count;
	numbers = malloc((sockets + 1) * sizeof *numbers);
	if (!numbers)
		return rxpath_error_memory(error);
	rxpath_builder_begin(&builder, owners, NULL);
	done = rxpath_capture_owners(capture, numbers, list_numbers(reports, count, INODE, numbers),
				     rxpath_parse_section, &builder, error) &&
	       rxpath_capture_cgroups(capture, numbers,
				      list_numbers(reports, count, CGROUP, numbers),
				      rxpath_parse_section, &builder, error);
	for (size_t i = 0; done && i < count; i++)
		done = rxpath_analyse_owners(reports[i], owners, error) &&
		       rxpath_analyse_cgroups(reports[i], owners, error);
	free(numbers);
	return done;
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

bool add_findings(struct session *session, struct rxpath_capture *capture,
		  const struct rxpath_sample *before, const struct rxpath_sample *after,
		  struct rxpath_sample *settings, struct rxpath_report *report,
		  struct rxpath_error *error)
{
	struct rxpath_builder builder;
	unsigned stages = rxpath_analyse_stages_to_explain(report, &session->options->criteria);

	if (stages == 0)
		return true;
	rxpath_builder_begin(&builder, settings, NULL);
	if (capture &&
	    (!rxpath_capture_settings(capture, stages, rxpath_parse_section, &builder, error) ||
	     !add_memory(capture, report, &builder, error)))
		return false;
	return rxpath_analyse_findings(report, before, after, capture ? settings : after, error);
}

bool add_connections(struct rxpath_capture *capture, const struct rxpath_sample *before,
		     const struct rxpath_sample *after, struct rxpath_sample *connections,
		     struct rxpath_report *report, struct rxpath_error *error)
{
	struct rxpath_builder builder;

	if (!rxpath_analyse_needs_connections(report))
		return true;
	if (!capture)
		return rxpath_analyse_connections(report, before, after, error);
	rxpath_builder_begin(&builder, connections, NULL);
	return rxpath_capture_connections(capture, rxpath_parse_section, &builder, error) &&
	       rxpath_analyse_connections(report, before, connections, error);
}
