/* report.c: putting a report together, and taking it apart. */
#include <stdlib.h>

#include "analyse_internal.h"

bool rxpath_report_add_line(struct rxpath_report *report, const struct rxpath_line *line)
{
	struct rxpath_line *lines = rxpath_array_grow(report->lines, report->line_count,
						      &report->line_cap, sizeof *lines);

	if (!lines)
		return false;
	report->lines = lines;
	lines[report->line_count++] = *line;
	return true;
}

bool rxpath_report_add_socket(struct rxpath_report *report, const struct rxpath_socket_line *line)
{
	struct rxpath_socket_line *sockets = rxpath_array_grow(
		report->sockets, report->socket_count, &report->socket_cap, sizeof *sockets);

	if (!sockets)
		return false;
	report->sockets = sockets;
	sockets[report->socket_count++] = *line;
	return true;
}

bool rxpath_report_add_unavailable(struct rxpath_report *report,
				   const struct rxpath_unavailable *item)
{
	struct rxpath_unavailable *items =
		rxpath_array_grow(report->unavailable, report->unavailable_count,
				  &report->unavailable_cap, sizeof *items);

	if (!items)
		return false;
	report->unavailable = items;
	items[report->unavailable_count++] = *item;
	return true;
}

struct rxpath_slice rxpath_report_keep(struct rxpath_report *report, const struct rxpath_buf *text)
{
	if (text->failed)
		return (struct rxpath_slice){NULL, 0};
	return rxpath_arena_copy(&report->arena, rxpath_buf_view(text));
}

void rxpath_report_free(struct rxpath_report *report)
{
	rxpath_arena_free(&report->arena);
	free(report->lines);
	free(report->sockets);
	free(report->findings);
	free(report->unavailable);
	*report = (struct rxpath_report){0};
}
