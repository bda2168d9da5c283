/* explain_terms.c: the words of a report that are neither counters nor findings, for `explain`. */
#include <stddef.h>

#include "explain_terms.h"

static const struct explain_term terms[] = {
	{"device", "stage",
	 "The network card, its ring and driver; the receive side of a virtual device; "
	 "dispatch to a protocol."},
	{"softnet", "stage",
	 "The budget of the receive softirq, the backlog of each CPU, the flow limit."},
	{"netfilter", "stage", "Connection tracking; what a firewall rule or a policy refused."},
	{"ip", "stage", "Input of IPv4 and IPv6, route checks, reassembly."},
	{"transport", "stage",
	 "Input of UDP, UDP-Lite, TCP and ICMP, up to the queue of the socket."},
	{"socket", "stage",
	 "Receive queues, receive memory, accept queues, the program that reads."},
	{"drop", "kind",
	 "A packet that this host should have delivered is lost. Fails by default."},
	{"suspect", "kind",
	 "Packets are gone, and the counter does not tell whether they were meant for this "
	 "host. Fails with --fail-on suspect."},
	{"pressure", "kind",
	 "Nothing is lost yet, but a stage ran out of budget, time or queue. Fails with "
	 "--fail-on pressure."},
	{"reject", "kind",
	 "Refused by address, rule or absence of a listener, which is normal on most "
	 "networks. Fails with --fail-on reject."},
	{"ok", "state", "Measured, and nothing moved but traffic."},
	{"unknown", "state",
	 "A file that the stage needs exists and could not be read or parsed. The exit "
	 "status is 2 unless something failed."},
	{"counted", "flag",
	 "More specific lines of the report account for the whole delta; it fails nothing."},
	{"wrapped", "flag", "A 32-bit counter passed its maximum between the samples."},
	{"reset", "flag", "The counter fell; its delta is what it shows since."},
	{"new", "flag", "The socket, device or CPU was not there in the first sample."},
	{"gone", "flag", "The socket was not there in the second sample."},
	{"allowed", "flag", "--allow tolerates it; it sets no state and fails nothing."},
	{"unclassified", "flag",
	 "No row of the catalogue knows the counter; its name sounds like a loss."},
	{"host", "flag",
	 "The counter is the whole host's and rose by more than this network namespace explains: "
	 "other namespaces did, or it was no IP packet."},
	{"stage", "column",
	 "Where on the receive path: device, softnet, netfilter, ip, transport, socket."},
	{"kind", "column", "How bad: drop, suspect, pressure or reject."},
	{"counter", "column", "The name of the counter, as nstat and sysfs write it."},
	{"subject", "column",
	 "Where it was counted: a device, a CPU or a socket; '-' for the network namespace "
	 "or the host."},
	{"delta", "column", "By how much the counter rose between the samples."},
	{"lost", "column",
	 "The part of delta, of kind drop, that no more specific line accounts for. The "
	 "lost figures add up."},
	{"rate", "column", "Delta per second; '-' where the interval is not known."},
	{"before", "column", "The counter in the first sample."},
	{"after", "column", "The counter in the second sample."},
	{"detail", "column", "Pairs of key=value about a socket, and the flags."},
};

const struct explain_term *explain_term_at(size_t index)
{
	return index < sizeof terms / sizeof *terms ? &terms[index] : NULL;
}
