/* details.c: looks up for reports what samples do not hold: who owns the sockets, which connections
 * were slow, and the settings that explain what moved. */
#include <stdlib.h>

#include "rxpath/parse.h"
#include "rxpath/search.h"
#include "session.h"

/* Sockets whose owners are wanted, and of the first `grouped` the cgroups too. */
struct wanted {
	const struct rxpath_socket **sockets;
	size_t count, grouped;
};

static void want(struct wanted *wanted, const struct rxpath_socket_line *lines, size_t count)
{
	for (size_t i = 0; i < count; i++)
		wanted->sockets[wanted->count++] = lines[i].socket;
}

static size_t list_inodes(const struct wanted *wanted, uint64_t *numbers)
{
	size_t used = 0;

	for (size_t i = 0; i < wanted->count; i++)
		if (wanted->sockets[i]->inode != 0)
			numbers[used++] = wanted->sockets[i]->inode;
	rxpath_sort_numbers(numbers, &used);
	return used;
}

static size_t list_cgroups(const struct wanted *wanted, uint64_t *numbers)
{
	size_t used = 0;

	for (size_t i = 0; i < wanted->grouped; i++)
		if (wanted->sockets[i]->cgroup != 0)
			numbers[used++] = wanted->sockets[i]->cgroup;
	rxpath_sort_numbers(numbers, &used);
	return used;
}

static bool look_up(struct rxpath_capture *capture, const struct wanted *wanted,
		    struct rxpath_sample *found, struct rxpath_error *error)
{
	uint64_t *numbers = malloc((wanted->count + 1) * sizeof *numbers);
	struct rxpath_builder builder;
	bool done;

	rxpath_builder_begin(&builder, found, NULL);
	done = numbers ? rxpath_capture_owners(capture, numbers, list_inodes(wanted, numbers),
					       rxpath_parse_section, &builder, error) &&
				 rxpath_capture_cgroups(capture, numbers,
							list_cgroups(wanted, numbers),
							rxpath_parse_section, &builder, error)
		       : rxpath_error_memory(error);
	free(numbers);
	return done;
}

bool add_owners(struct session *session, struct rxpath_report *const *reports, size_t count,
		struct rxpath_sample *owners, struct rxpath_error *error)
{
	struct wanted wanted = {0};
	size_t sockets = 0;
	bool done;

	for (size_t i = 0; i < count; i++)
		sockets += reports[i]->socket_count + reports[i]->connection_count +
			   reports[i]->queue_reader_count;
	wanted.sockets = malloc((sockets + 1) * sizeof(const struct rxpath_socket *));
	if (!wanted.sockets)
		return rxpath_error_memory(error);
	for (size_t i = 0; i < count; i++)
		want(&wanted, reports[i]->sockets, reports[i]->socket_count);
	wanted.grouped = wanted.count;
	for (size_t i = 0; i < count; i++) {
		want(&wanted, reports[i]->connections, reports[i]->connection_count);
		want(&wanted, reports[i]->queue_readers, reports[i]->queue_reader_count);
	}
	done = look_up(session->capture, &wanted, owners, error);
	free(wanted.sockets);
	for (size_t i = 0; done && i < count; i++)
		done = rxpath_analyse_owners(reports[i], owners, error) &&
		       rxpath_analyse_cgroups(reports[i], owners, error);
	return done;
}

bool find_owners_of_lossy(struct session *session, const struct rxpath_metrics_input *inputs,
			  size_t count, struct rxpath_sample *owners, struct rxpath_error *error)
{
	struct wanted wanted = {0};
	size_t sockets = 0;
	bool done;

	for (size_t i = 0; i < count; i++)
		sockets += inputs[i].sample->socket_count;
	wanted.sockets = malloc((sockets + 1) * sizeof(const struct rxpath_socket *));
	if (!wanted.sockets)
		return rxpath_error_memory(error);
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < inputs[i].sample->socket_count; j++)
			if (inputs[i].sample->sockets[j].drops > 0)
				wanted.sockets[wanted.count++] = &inputs[i].sample->sockets[j];
	wanted.grouped = wanted.count;
	done = look_up(session->capture, &wanted, owners, error);
	free(wanted.sockets);
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
