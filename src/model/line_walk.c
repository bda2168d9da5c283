/* line_walk.c: all lines of a report in path order, with those of counters that did not move. */
#include "rxpath/line_walk.h"

struct rxpath_line rxpath_line_of_unmoved(const struct rxpath_unmoved *unmoved)
{
	const struct rxpath_reading *reading = unmoved->reading;

	return (struct rxpath_line){
		.counter = reading->counter,
		.source = reading->source,
		.stage = rxpath_reading_stage(reading),
		.kind = unmoved->kind,
		.flags = unmoved->flags,
		.name = rxpath_slice_of(reading->name),
		.subject = {unmoved->subject, unmoved->subject_len},
		.on = reading->subject,
		.before = unmoved->before,
		.after = reading->value,
	};
}

struct rxpath_reading rxpath_line_reading(const struct rxpath_line *line)
{
	return (struct rxpath_reading){
		.counter = line->counter,
		.name = line->name.ptr,
		.subject = line->on,
		.source = (uint16_t)line->source,
	};
}

const struct rxpath_line *rxpath_line_next(const struct rxpath_report *report,
					   struct rxpath_line_walk *walk)
{
	const struct rxpath_line *line =
		walk->moved < report->line_count ? &report->lines[walk->moved] : NULL;
	const struct rxpath_unmoved *unmoved =
		walk->unmoved < report->unmoved_count ? &report->unmoved[walk->unmoved] : NULL;

	if (line && unmoved) {
		const struct rxpath_reading reading = rxpath_line_reading(line);

		if (rxpath_reading_order(&reading, unmoved->reading) < 0)
			unmoved = NULL;
	}
	if (!unmoved) {
		walk->moved++;
		return line;
	}
	walk->unmoved++;
	walk->line = rxpath_line_of_unmoved(unmoved);
	return &walk->line;
}
