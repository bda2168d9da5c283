/* openmetrics_sockets.c: the metrics of the sockets and processes that lost packets. */
#include <stdlib.h>
#include <string.h>

#include "metric.h"
#include "openmetrics_sockets.h"
#include "rxpath/search.h"
#include "rxpath/unit.h"

/* Sockets come and go, so a series for each would grow without end: only addresses and processes
 * that lost packets are listed, and at most this many of each. */
#define MAX_LISTED ((size_t)100)

/* A socket that lost packets; then all sockets of one address, or of one process. */
struct lossy {
	const struct rxpath_metrics_input *input;
	const struct rxpath_socket *socket;
	const struct rxpath_owner *owner; /* NULL: not known, or not asked for */
	uint64_t drops, queue;
	size_t rank; /* the place in the order by which they were joined */
};

struct lossy_list {
	struct lossy *items;
	size_t count, cap;
};

typedef int lossy_order(const void *a, const void *b);

static int by_address(const void *a, const void *b)
{
	const struct rxpath_socket *first = ((const struct lossy *)a)->socket;
	const struct rxpath_socket *second = ((const struct lossy *)b)->socket;
	const struct rxpath_metrics_input *input = ((const struct lossy *)a)->input;
	const struct rxpath_metrics_input *other = ((const struct lossy *)b)->input;
	int order = input < other ? -1 : input > other;

	if (order == 0)
		order = (int)first->protocol - (int)second->protocol;
	if (order == 0)
		order = (int)first->v6 - (int)second->v6;
	if (order == 0)
		order = memcmp(first->local.bytes, second->local.bytes, sizeof first->local.bytes);
	return order != 0 ? order : (int)first->local.port - (int)second->local.port;
}

static int by_inode(const void *a, const void *b)
{
	return rxpath_order(((const struct lossy *)a)->socket->inode,
			    ((const struct lossy *)b)->socket->inode);
}

/* Those whose owner may not be seen come last. */
static int by_pid(const void *a, const void *b)
{
	const struct rxpath_owner *first = ((const struct lossy *)a)->owner;
	const struct rxpath_owner *second = ((const struct lossy *)b)->owner;

	if (!first || !second)
		return !first - !second;
	return rxpath_order(first->pid, second->pid);
}

static int worst_first(const void *a, const void *b)
{
	const struct lossy *first = a;
	const struct lossy *second = b;

	return first->drops != second->drops ? rxpath_order(second->drops, first->drops)
					     : rxpath_order(first->rank, second->rank);
}

/* Not listeners, whose queues are not bytes, and not those that have no IP address. */
static bool is_shown(const struct rxpath_socket *socket)
{
	return socket->drops > 0 && socket->protocol != RXPATH_TCP &&
	       socket->protocol != RXPATH_PACKET && socket->protocol != RXPATH_NETLINK &&
	       socket->protocol != RXPATH_XDP;
}

/* False without memory. */
static bool list_lossy(const struct rxpath_metrics_input *inputs, size_t count,
		       struct lossy_list *list)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < inputs[i].sample->socket_count; j++) {
			const struct rxpath_socket *socket = &inputs[i].sample->sockets[j];
			const struct lossy item = {
				.input = &inputs[i],
				.socket = socket,
				.drops = socket->drops,
				.queue = socket->rx_queue,
			};

			if (is_shown(socket) &&
			    !rxpath_array_append(&list->items, &list->count, &list->cap, &item,
						 sizeof item))
				return false;
		}
	}
	return true;
}

static void sort(struct lossy_list *list, lossy_order *order)
{
	rxpath_sort(list->items, list->count, sizeof *list->items, order);
}

/* Adds up those that are alike in that order, and sorts them by what they lost. */
static void join(struct lossy_list *list, lossy_order *order)
{
	size_t left = 0;

	sort(list, order);
	for (size_t i = 0; i < list->count; i++) {
		struct lossy *last = left > 0 ? &list->items[left - 1] : NULL;

		if (last && order(last, &list->items[i]) == 0) {
			last->drops += list->items[i].drops;
			last->queue += list->items[i].queue;
			continue;
		}
		list->items[left] = list->items[i];
		list->items[left].rank = left;
		left++;
	}
	list->count = left;
	sort(list, worst_first);
}

/* The service, container or pod of the first of its sockets. */
static struct rxpath_slice unit_of(const struct lossy *address)
{
	const struct rxpath_sample *details = address->input->details;

	for (size_t i = 0; details && i < details->cgroup_count; i++)
		if (details->cgroups[i].id == address->socket->cgroup)
			return rxpath_unit_of(details->cgroups[i].path);
	return rxpath_slice_of("");
}

enum figure { DROPS, QUEUE };

static void put_addresses(struct rxpath_buf *out, const char *family, const struct lossy_list *list,
			  size_t shown, enum figure figure)
{
	for (size_t i = 0; i < shown; i++) {
		const struct lossy *item = &list->items[i];
		const struct rxpath_socket *socket = item->socket;
		struct rxpath_slice unit = unit_of(item);
		struct rxpath_buf local = {0};

		rxpath_socket_address(&local, socket, &socket->local);
		metric_begin(out, family, item->input);
		metric_label(out, "stage", rxpath_slice_of("socket"));
		metric_label(out, "protocol", rxpath_slice_of(rxpath_socket_protocol(socket)));
		metric_label(out, "local", rxpath_buf_view(&local));
		if (unit.len > 0)
			metric_name(out, "unit", unit);
		metric_value(out, figure == DROPS ? item->drops : item->queue);
		rxpath_buf_free_part(&local, out);
	}
}

void metric_sockets(struct rxpath_buf *out, const struct rxpath_metrics_input *inputs, size_t count)
{
	static const char drops[] = "rxpath_socket_drops_total";
	static const char queue[] = "rxpath_socket_queue_bytes";
	static const char left_out[] = "rxpath_socket_addresses_left_out";
	struct lossy_list list = {0};
	size_t shown;

	out->failed = !list_lossy(inputs, count, &list) || out->failed;
	join(&list, by_address);
	shown = list.count < MAX_LISTED ? list.count : MAX_LISTED;
	if (shown > 0) {
		metric_family(out, drops, "counter",
			      "Packets lost by the open sockets at this address; it falls when a "
			      "socket closes.");
		put_addresses(out, drops, &list, shown, DROPS);
		metric_family(out, queue, "gauge",
			      "Memory of packets that wait to be read, at the addresses that lost "
			      "packets.");
		put_addresses(out, queue, &list, shown, QUEUE);
	}
	metric_family(out, left_out, "gauge",
		      "Addresses that lost packets and are not listed, because at most 100 are.");
	rxpath_buf_printf(out, "%s %zu\n", left_out, list.count - shown);
	free(list.items);
}

/* `list` is sorted by inode. */
static void find_owners(const struct rxpath_sample *details, struct lossy_list *list)
{
	for (size_t i = 0; i < details->owner_count; i++) {
		const struct rxpath_owner *owner = &details->owners[i];
		const struct rxpath_socket wanted = {.inode = owner->inode};
		const struct lossy key = {.socket = &wanted};
		struct lossy *found = list->count == 0 ? NULL
						       : bsearch(&key, list->items, list->count,
								 sizeof key, by_inode);

		if (found && (!found->owner || found->owner->pid == 1))
			found->owner = owner;
	}
}

void metric_processes(struct rxpath_buf *out, const struct rxpath_metrics_input *inputs,
		      size_t count)
{
	static const char family[] = "rxpath_process_drops_total";
	struct lossy_list list = {0};
	size_t shown = 0;

	if (count == 0 || !inputs[0].details)
		return;
	out->failed = !list_lossy(inputs, count, &list) || out->failed;
	sort(&list, by_inode);
	find_owners(inputs[0].details, &list);
	join(&list, by_pid);
	for (size_t i = 0; i < list.count && shown < MAX_LISTED; i++) {
		const struct rxpath_owner *owner = list.items[i].owner;

		if (!owner)
			continue;
		if (shown++ == 0)
			metric_family(out, family, "counter",
				      "Packets lost by the open sockets of this process; it falls "
				      "when a socket closes.");
		metric_begin(out, family, list.items[i].input);
		metric_name(out, "comm", owner->comm);
		metric_number(out, "pid", owner->pid);
		metric_value(out, list.items[i].drops);
	}
	free(list.items);
}
