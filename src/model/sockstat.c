/* sockstat.c: /proc/net/sockstat and sockstat6: levels of the sockets of each protocol.
 *
 * Printed by sockstat_seq_show (net/ipv4/proc.c) and sockstat6_seq_show (net/ipv6/proc.c). */
#include "rxpath/sockstat.h"

bool rxpath_sockstat_next(struct rxpath_sockstat *at)
{
	while (!rxpath_scan_word(&at->line, &at->name)) {
		if (!rxpath_scan_line(&at->rest, &at->line))
			return false;
		at->number++;
		if (!rxpath_scan_until(&at->line, ':', &at->group))
			at->group = rxpath_slice_of("");
	}
	if (!rxpath_scan_word(&at->line, &at->value))
		at->value = rxpath_slice_of("");
	return true;
}
