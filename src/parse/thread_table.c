/* thread_table.c: rxpath/readers: what the threads of processes that read sockets did so far. */
#include "tables.h"

/* "-" is not known; so is a column that is not there. */
static bool take_number(const struct table_row *row, const char *name, uint64_t *number,
			struct rxpath_error *error)
{
	struct rxpath_slice value = rxpath_table_value(row, name);

	*number = RXPATH_UNKNOWN;
	return value.len == 0 || rxpath_slice_is(value, "-") || rxpath_scan_dec(value, number) ||
	       rxpath_table_bad(row, value, "not a decimal number", error);
}

bool rxpath_table_take_thread(struct rxpath_builder *builder, const struct table_row *row,
			      struct rxpath_error *error)
{
	struct rxpath_slice state = rxpath_table_value(row, "state");
	struct rxpath_slice cpus = rxpath_table_value(row, "cpus");
	struct rxpath_thread thread = {
		.cpus = rxpath_slice_is(cpus, "-") ? rxpath_slice_of("") : cpus,
	};
	const struct {
		const char *name;
		uint64_t *number;
	} numbers[] = {
		{"pid", &thread.pid},	      {"tid", &thread.tid},
		{"start", &thread.start},     {"at", &thread.at},
		{"threads", &thread.threads}, {"run", &thread.run},
		{"wait", &thread.wait},	      {"throttled", &thread.throttled},
		{"quota", &thread.quota},     {"period", &thread.period},
		{"version", &thread.version},
	};
	struct rxpath_buf cgroup = {0};
	bool added;

	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		if (!take_number(row, numbers[i].name, numbers[i].number, error))
			return false;
	if (state.len != 1)
		return rxpath_table_bad(row, state, "not a state", error);
	thread.state = state.ptr[0];
	rxpath_buf_unescaped(&cgroup, rxpath_table_value(row, "cgroup"));
	thread.cgroup = rxpath_buf_view(&cgroup);
	added = !cgroup.failed && rxpath_builder_add_thread(builder, &thread);
	rxpath_buf_free(&cgroup);
	return added || rxpath_error_memory(error);
}
