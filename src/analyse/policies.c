/* policies.c: what IPsec policies refused. UDP counts such a datagram among its InErrors too
 * (xfrm4_policy_check in udp_queue_rcv_one_skb). What UDP does not have may be among the packets
 * that IP received and no counter explains. */
#include "steps.h"

/* Takes what it can of *packets off the line. */
static void take_off(struct rxpath_line *line, uint64_t *packets)
{
	uint64_t left = rxpath_remainder(line);
	uint64_t off = rxpath_min(left, *packets);

	*packets -= off;
	line->accounted = rxpath_sum(line->accounted, off);
	line->lost = rxpath_remainder(line);
	if (line->lost == 0)
		line->flags |= RXPATH_FLAG_COUNTED;
}

/* Listeners drop what a policy refused, which IP has delivered to TCP. */
static uint64_t less_of_listeners(const struct rxpath_report *report, uint64_t refused)
{
	for (size_t i = 0; i < report->socket_count; i++) {
		const struct rxpath_socket_line *line = &report->sockets[i];

		if (line->socket->protocol == RXPATH_TCP && line->kind == RXPATH_KIND_REJECT)
			refused = rxpath_less(refused, line->delta);
	}
	return refused;
}

uint64_t rxpath_account_policies(const struct match *match, struct rxpath_report *report)
{
	uint64_t refused = rxpath_accounted(match, RXPATH_ACCOUNTS_POLICY).max;

	for (size_t i = 0; refused > 0 && rxpath_udp_errors[i]; i++) {
		struct rxpath_line *line = rxpath_report_find_moved(report, rxpath_udp_errors[i]);

		if (line && line->lost > 0)
			take_off(line, &refused);
	}
	return less_of_listeners(report, refused);
}
