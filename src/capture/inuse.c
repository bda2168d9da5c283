/* inuse.c: which sources need not be read: socket tables that are empty according to
 * /proc/net/sockstat and sockstat6, which count a socket as long as it is in its table; and
 * counters of packets in a namespace that received none. */
#include <string.h>
#include <strings.h>

#include "inuse.h"
#include "rxpath/sockstat.h"

/* The groups have the names of the tables, in capital letters: "UDP6: inuse 3". */
static bool is_group_of(struct rxpath_slice group, const struct rxpath_source_row *row)
{
	const char *name = row->path + strlen("/proc/net/");

	return group.len == strlen(name) && strncasecmp(group.ptr, name, group.len) == 0;
}

/* "sockets: used 3" are those of the namespace since Linux 4.16, those of the host before that
 * (socket_seq_show, net/socket.c). It counts what has no group of its own, but not what the kernel
 * opens for itself: none of that is of ICMP, or has a queue that loses packets. A queue of NFQUEUE
 * lives as long as the netlink socket of the program that reads it. */
static bool has_no_other(const struct rxpath_sockstat *at, int own)
{
	uint64_t used;

	return rxpath_slice_is(at->group, "sockets") && rxpath_slice_is(at->name, "used") &&
	       rxpath_scan_dec(at->value, &used) && used == (uint64_t)own;
}

void rxpath_note_empty(struct rxpath_slice text, enum rxpath_source sockstat, int own,
		       struct empty_tables *empty)
{
	static const enum rxpath_source by_used[] = {
		RXPATH_SOURCE_ICMP,   RXPATH_SOURCE_ICMP6,   RXPATH_SOURCE_NFQUEUE,
		RXPATH_SOURCE_PACKET, RXPATH_SOURCE_NETLINK,
	};
	const bool v6 = rxpath_source_row(sockstat)->v6;
	struct rxpath_sockstat at = {.rest = text};

	while (rxpath_sockstat_next(&at)) {
		for (size_t i = 0; i < sizeof by_used / sizeof *by_used && has_no_other(&at, own);
		     i++)
			empty->of[by_used[i]]++;
		if (!rxpath_slice_is(at.name, "inuse") || !rxpath_slice_is(at.value, "0"))
			continue;
		/* Listening sockets are counted as in use too. */
		empty->tcp[v6] += rxpath_slice_is(at.group, v6 ? "TCP6" : "TCP");
		for (enum rxpath_source i = RXPATH_SOURCE_NONE + 1; i < RXPATH_SOURCES; i++)
			if (rxpath_source_row(i)->layout == RXPATH_LAYOUT_SOCKETS &&
			    rxpath_source_row(i)->v6 == v6 &&
			    is_group_of(at.group, rxpath_source_row(i)))
				empty->of[i]++;
	}
}

bool rxpath_has_received(struct rxpath_slice text, enum rxpath_source source)
{
	struct rxpath_slice names, values, name, value;

	if (!rxpath_scan_line(&text, &names))
		return true;
	if (source == RXPATH_SOURCE_SNMP6)
		return !rxpath_scan_word(&names, &name) || !rxpath_scan_word(&names, &value) ||
		       !rxpath_slice_is(name, "Ip6InReceives") || !rxpath_slice_is(value, "0");
	if (!rxpath_scan_line(&text, &values))
		return true;
	while (rxpath_scan_word(&names, &name) && rxpath_scan_word(&values, &value))
		if (rxpath_slice_is(name, "InReceives"))
			return !rxpath_slice_is(value, "0");
	return true;
}
