/* protocol_counters.c: which counters of a protocol have its sockets' losses.
 *
 * An overflow or a lack of memory raises a socket's drops and its protocol's counters together. Bad
 * checksums and refusals raise InErrors, and the socket's drops only if there was a socket. So what
 * a protocol counted of its sockets' losses lies between its overflows and all of its errors. IPv4
 * and IPv6 are one, because an IPv6 socket takes IPv4 packets. */
#include "steps.h"

const char *const rxpath_udp_errors[] = {"UdpInErrors", "Udp6InErrors", "UdpLiteInErrors",
					 "UdpLite6InErrors", NULL};
const char *const rxpath_udp_overflows[] = {"UdpRcvbufErrors", "Udp6RcvbufErrors",
					    "UdpLiteRcvbufErrors", "UdpLite6RcvbufErrors", NULL};
const char *const rxpath_udp_checksums[] = {"UdpInCsumErrors", "Udp6InCsumErrors",
					    "UdpLiteInCsumErrors", "UdpLite6InCsumErrors", NULL};
const char *const rxpath_udp_memory[] = {"UdpMemErrors", "Udp6MemErrors", "UdpLiteMemErrors",
					 "UdpLite6MemErrors", NULL};

struct row {
	const char *overflows[5]; /* always a socket's loss too */
	const char *errors[3];	  /* all of them, those above included */
};

/* Raw and ping sockets have no protocol counter at all: no loss of theirs is counted. */
static const struct row rows[RXPATH_PROTOCOLS] = {
	[RXPATH_UDP] = {{"UdpRcvbufErrors", "Udp6RcvbufErrors", "UdpMemErrors", "Udp6MemErrors"},
			{"UdpInErrors", "Udp6InErrors"}},
	[RXPATH_UDPLITE] = {{"UdpLiteRcvbufErrors", "UdpLite6RcvbufErrors", "UdpLiteMemErrors",
			     "UdpLite6MemErrors"},
			    {"UdpLiteInErrors", "UdpLite6InErrors"}},
};

struct bounds rxpath_protocol_losses(const struct match *match, enum rxpath_protocol protocol)
{
	struct bounds losses = {0};
	const struct row *row = &rows[protocol];

	/* No counter bounds what the others lost. */
	if (protocol == RXPATH_TCP || protocol == RXPATH_PACKET || protocol == RXPATH_NETLINK ||
	    protocol == RXPATH_XDP)
		losses.max = UINT64_MAX;
	else
		losses.max = rxpath_changes_of(match, row->errors).max;
	losses.min = rxpath_changes_of(match, row->overflows).min;
	return losses;
}
