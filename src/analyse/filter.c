/* filter.c: what --device and --stage leave in the report. */
#include "steps.h"

static void filter_trace(struct rxpath_trace_result *trace, unsigned stages)
{
	size_t kept = 0;

	for (size_t i = 0; i < trace->drop_count; i++)
		if (trace->drops[i].on_path && stages >> trace->drops[i].stage & 1)
			trace->drops[kept++] = trace->drops[i];
	trace->drop_count = kept;
}

static bool is_wanted(const struct rxpath_line *line, const struct rxpath_criteria *criteria)
{
	return rxpath_asks_stage(criteria, line->stage) && !rxpath_is_elsewhere(line, criteria) &&
	       (line->on.kind != RXPATH_ON_DEVICE || rxpath_asks_device(criteria, line->on.name));
}

void rxpath_filter(struct rxpath_report *report, const struct rxpath_criteria *criteria)
{
	size_t kept = 0;
	size_t unmoved = 0;

	for (size_t i = 0; i < report->line_count; i++)
		if (is_wanted(&report->lines[i], criteria))
			report->lines[kept++] = report->lines[i];
	report->line_count = kept;
	for (size_t i = 0; i < report->unmoved_count; i++) {
		const struct rxpath_line line = rxpath_line_of_unmoved(&report->unmoved[i]);

		if (is_wanted(&line, criteria))
			report->unmoved[unmoved++] = report->unmoved[i];
	}
	report->unmoved_count = unmoved;
	if (!rxpath_asks_stage(criteria, RXPATH_STAGE_SOCKET))
		report->socket_count = 0;
	if (report->trace && criteria->stages != 0)
		filter_trace(report->trace, criteria->stages);
}
