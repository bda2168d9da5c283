/* assign_cgroups.c: which cgroup each of the report's sockets belongs to. */
#include <stdlib.h>

#include "steps.h"
#include "rxpath/unit.h"
#include "rxpath/search.h"

/* The kernel's answer, unless only the process's own tells a unit: on a host whose services are in
 * the v1 hierarchies, all sockets are in the root of cgroup2. */
static struct rxpath_slice choose(struct rxpath_slice of_socket,
				  const struct rxpath_socket_line *line)
{
	struct rxpath_slice of_process = rxpath_slice_of("");

	if (line->process_count > 0)
		of_process = line->processes[0].cgroup;
	if (of_socket.len == 0 || (rxpath_unit_of(of_socket).len == 0 && of_process.len > 0))
		return of_process;
	return of_socket;
}

bool rxpath_analyse_cgroups(struct rxpath_report *report, const struct rxpath_sample *cgroups,
			    struct rxpath_error *error)
{
	const size_t count = cgroups->cgroup_count;
	struct rxpath_cgroup *sorted =
		rxpath_sorted_copy(cgroups->cgroups, count, sizeof *sorted, rxpath_by_number);

	if (!sorted)
		return rxpath_error_memory(error);
	for (size_t i = 0; i < report->socket_count; i++) {
		struct rxpath_socket_line *line = &report->sockets[i];
		const uint64_t id = line->socket->cgroup;
		const struct rxpath_cgroup *found =
			bsearch(&id, sorted, count, sizeof *sorted, rxpath_by_number);

		line->cgroup = choose(found ? found->path : rxpath_slice_of(""), line);
	}
	free(sorted);
	return true;
}
