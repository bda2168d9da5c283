/* pick_connections.c: which TCP connections are behind a closed window or dropped segments. */
#include <stdlib.h>

#include "steps.h"
#include "rxpath/search.h"

#define MAX_CONNECTIONS 8

static const char *const names[] = {
	"TcpExtOfoPruned",
	"TcpExtPruneCalled",
	"TcpExtRcvPruned",
	"TcpExtTCPBacklogDrop",
	"TcpExtTCPFromZeroWindowAdv",
	"TcpExtTCPOFODrop",
	"TcpExtTCPRcvCollapsed",
	"TcpExtTCPRcvQDrop",
	"TcpExtTCPToZeroWindowAdv",
	"TcpExtTCPWantZeroWindowAdv",
	"TcpExtTCPZeroWindowDrop",
	NULL,
};

bool rxpath_analyse_needs_connections(const struct rxpath_report *report)
{
	for (size_t i = 0; i < report->line_count; i++)
		if (report->lines[i].moved && rxpath_slice_is_any(report->lines[i].name, names))
			return true;
	return false;
}

static int by_cookie(const void *a, const void *b)
{
	const struct rxpath_socket *first = a;
	const struct rxpath_socket *second = b;

	return rxpath_order(first->cookie, second->cookie);
}

/* What it dropped since it was opened, where the first sample does not tell. */
static struct rxpath_socket_line compare(const struct rxpath_socket *before, bool known,
					 const struct rxpath_socket *after)
{
	struct rxpath_socket_line line = {
		.socket = after,
		.drops_before = RXPATH_UNKNOWN,
		.rx_queue_before = RXPATH_UNKNOWN,
		.rmem_before = RXPATH_UNKNOWN,
		.kind = RXPATH_KIND_DROP,
		.full = after->rmem != RXPATH_UNKNOWN32 && after->rcvbuf != RXPATH_UNKNOWN32 &&
			after->rmem > after->rcvbuf / 2,
	};

	if (!known)
		return line;
	/* One that the first sample lacks had dropped nothing. */
	line.drops_before = before ? before->drops : 0;
	line.delta = (uint32_t)(after->drops - (uint32_t)line.drops_before);
	if (before)
		line.rx_queue_before = before->rx_queue;
	return line;
}

static int worst_first(const void *a, const void *b)
{
	const struct rxpath_socket_line *first = a;
	const struct rxpath_socket_line *second = b;

	if (first->delta != second->delta)
		return rxpath_order(second->delta, first->delta);
	if (first->full != second->full)
		return first->full ? -1 : 1;
	if (first->socket->rx_queue != second->socket->rx_queue)
		return rxpath_order(second->socket->rx_queue, first->socket->rx_queue);
	return by_cookie(first->socket, second->socket);
}

/* "tcp/10.0.0.2:80 from 10.0.0.9:40000" */
static struct rxpath_slice keep_subject(struct rxpath_report *report,
					const struct rxpath_socket_line *line)
{
	struct rxpath_buf out = {0};

	rxpath_socket_subject(&out, line->socket);
	rxpath_buf_string(&out, " from ");
	rxpath_socket_address(&out, line->socket, &line->socket->remote);
	return rxpath_report_keep(report, &out);
}

/* All that dropped something or are full, in `lines`; how many. */
static size_t compare_all(const struct rxpath_sample *before, const struct rxpath_socket *sorted,
			  const struct rxpath_sample *after, struct rxpath_socket_line *lines)
{
	bool known = before && before->sources[RXPATH_SOURCE_CONNECTIONS].status == RXPATH_READ;
	size_t count = 0;

	for (size_t i = 0; i < after->connection_count; i++) {
		const struct rxpath_socket *socket = &after->connections[i];
		const struct rxpath_socket *earlier = NULL;

		if (known)
			earlier = bsearch(socket, sorted, before->connection_count, sizeof *sorted,
					  by_cookie);
		lines[count] = compare(earlier, known, socket);
		count += lines[count].full || lines[count].delta > 0 || !known;
	}
	rxpath_sort(lines, count, sizeof *lines, worst_first);
	return count;
}

bool rxpath_analyse_connections(struct rxpath_report *report, const struct rxpath_sample *before,
				const struct rxpath_sample *after, struct rxpath_error *error)
{
	struct rxpath_socket_line *lines = malloc((after->connection_count + 1) * sizeof *lines);
	struct rxpath_socket *sorted = rxpath_sorted_copy(before ? before->connections : NULL,
							  before ? before->connection_count : 0,
							  sizeof *sorted, by_cookie);
	size_t count = 0;

	report->connections = rxpath_report_take(report, MAX_CONNECTIONS * sizeof *lines);
	if (lines && sorted && report->connections)
		count = compare_all(before, sorted, after, lines);
	else
		report->failed = true;
	for (size_t i = 0; i < count && i < MAX_CONNECTIONS; i++) {
		report->connections[i] = lines[i];
		report->connections[i].subject = keep_subject(report, &lines[i]);
		report->connection_count = i + 1;
	}
	free(lines);
	free(sorted);
	return !report->failed || rxpath_error_memory(error);
}
