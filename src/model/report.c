/* report.c: adding to a report, finding its lines, and freeing it. */
#include <stdlib.h>

#include "rxpath/report.h"
#include "rxpath/search.h"

/* A reading that sorts as the line does. */
static struct rxpath_reading reading_of(const struct rxpath_line *line)
{
	return (struct rxpath_reading){
		.counter = line->counter,
		.name = line->name.ptr,
		.subject = line->on,
		.source = (uint16_t)line->source,
	};
}

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

const struct rxpath_line *rxpath_line_next(const struct rxpath_report *report,
					   struct rxpath_line_walk *walk)
{
	const struct rxpath_line *line =
		walk->moved < report->line_count ? &report->lines[walk->moved] : NULL;
	const struct rxpath_unmoved *unmoved =
		walk->unmoved < report->unmoved_count ? &report->unmoved[walk->unmoved] : NULL;

	if (line && unmoved) {
		const struct rxpath_reading reading = reading_of(line);

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

void rxpath_report_add_line(struct rxpath_report *report, const struct rxpath_line *line)
{
	if (!rxpath_array_append(&report->lines, &report->line_count, &report->line_cap, line,
				 sizeof *line))
		report->failed = true;
}

void rxpath_report_add_unmoved(struct rxpath_report *report, const struct rxpath_unmoved *unmoved)
{
	if (!rxpath_array_append(&report->unmoved, &report->unmoved_count, &report->unmoved_cap,
				 unmoved, sizeof *unmoved))
		report->failed = true;
}

struct rxpath_line *rxpath_report_add_derived(struct rxpath_report *report, const char *name,
					      uint64_t delta, uint64_t lost, unsigned flags)
{
	const struct rxpath_counter *counter = rxpath_catalogue_find(rxpath_slice_of(name));
	struct rxpath_line line = {
		.counter = counter,
		.source = counter->source,
		.stage = counter->stage,
		.kind = counter->kind,
		.flags = flags,
		.name = rxpath_slice_of(name),
		.subject = rxpath_slice_of("-"),
		.after = delta,
		.delta = delta,
		.min = delta,
		.max = delta,
		.lost = lost,
		.moved = delta > 0,
	};

	rxpath_report_add_line(report, &line);
	return report->failed ? NULL : &report->lines[report->line_count - 1];
}

static int line_order(const void *a, const void *b)
{
	const struct rxpath_line *first = a;
	const struct rxpath_line *second = b;
	const struct rxpath_reading one = reading_of(first);
	const struct rxpath_reading two = reading_of(second);

	return rxpath_reading_order(&one, &two);
}

void rxpath_report_sort(struct rxpath_report *report)
{
	rxpath_sort(report->lines, report->line_count, sizeof *report->lines, line_order);
}

struct rxpath_line *rxpath_report_find_like(const struct rxpath_report *report,
					    const struct rxpath_line *key)
{
	if (report->line_count == 0)
		return NULL;
	return bsearch(key, report->lines, report->line_count, sizeof *report->lines, line_order);
}

struct rxpath_line *rxpath_report_find(const struct rxpath_report *report,
				       const struct rxpath_counter *counter,
				       const struct rxpath_subject *subject)
{
	const struct rxpath_line key = {
		.counter = counter,
		.source = counter->source,
		.name = rxpath_slice_of(counter->name),
		.on = *subject,
	};

	return rxpath_report_find_like(report, &key);
}

struct rxpath_line *rxpath_report_find_moved(const struct rxpath_report *report, const char *name)
{
	static const struct rxpath_subject netns = {.kind = RXPATH_ON_NETNS};
	struct rxpath_line *line =
		rxpath_report_find(report, rxpath_catalogue_find(rxpath_slice_of(name)), &netns);

	return line && line->moved ? line : NULL;
}

void rxpath_report_add_socket(struct rxpath_report *report, const struct rxpath_socket_line *line)
{
	if (!rxpath_array_append(&report->sockets, &report->socket_count, &report->socket_cap, line,
				 sizeof *line))
		report->failed = true;
}

void rxpath_report_add_unavailable(struct rxpath_report *report, struct rxpath_unavailable item,
				   struct rxpath_buf *reason)
{
	item.reason = rxpath_report_keep(report, reason);
	if (!rxpath_array_append(&report->unavailable, &report->unavailable_count,
				 &report->unavailable_cap, &item, sizeof item))
		report->failed = true;
}

struct rxpath_slice rxpath_report_keep(struct rxpath_report *report, struct rxpath_buf *text)
{
	struct rxpath_slice kept = rxpath_arena_copy(&report->arena, rxpath_buf_view(text));

	report->failed = report->failed || text->failed || !kept.ptr;
	rxpath_buf_free(text);
	return kept.ptr ? kept : rxpath_slice_of("");
}

void *rxpath_report_take(struct rxpath_report *report, size_t size)
{
	void *taken = rxpath_arena_take(&report->arena, size);

	report->failed = report->failed || !taken;
	return taken;
}

void rxpath_report_free(struct rxpath_report *report)
{
	rxpath_arena_free(&report->arena);
	free(report->lines);
	free(report->unmoved);
	free(report->sockets);
	free(report->findings);
	free(report->unavailable);
	*report = (struct rxpath_report){0};
}
