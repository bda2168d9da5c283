/* steps.h: the steps of the analysis, in the order in which they run.
 *
 * Each step takes the results of the steps before it as const, and adds its own to the report. No
 * step calls a later one (tests/layers.sh). What several steps use comes first. */
#ifndef RXPATH_STEPS_H
#define RXPATH_STEPS_H

#include "rxpath/driver.h"
#include "rxpath/analyse.h"
#include "rxpath/buf.h"
#include "rxpath/search.h"

/* The two samples, and what they have in common. */
struct match {
	const struct rxpath_sample *before; /* NULL: against zero */
	const struct rxpath_sample *after;
	bool comparable[RXPATH_SOURCES];	/* read in both, or known to have counted nothing */
	const struct rxpath_device **before_of; /* each of the second sample's devices in the first;
						 * its elements and itself may be NULL */
	const struct rxpath_rule **moving_rules; /* the first sample's of iptables-legacy, by their
						  * ids; may be NULL */
	size_t moving_rule_count;
	bool *survived; /* whether each of the first sample's devices is in
			 * the second; NULL: none is */
};

/* How much of the line's delta no more specific line accounts for: a lower bound, and all of it
 * where nothing within it moved. */
static inline uint64_t rxpath_remainder(const struct rxpath_line *line)
{
	if (line->accounted == 0)
		return line->delta;
	return rxpath_less(line->min, line->accounted);
}

static inline bool rxpath_socket_is_udp(const struct rxpath_socket *socket)
{
	return socket->protocol == RXPATH_UDP || socket->protocol == RXPATH_UDPLITE;
}

/* What counts against a socket's receive limit: the memory that its queue takes, where the source
 * tells that. The second may be RXPATH_UNKNOWN. */
static inline uint32_t rxpath_queue_used(const struct rxpath_socket *socket)
{
	return socket->rmem == RXPATH_UNKNOWN32 ? socket->rx_queue : socket->rmem;
}

static inline uint64_t rxpath_queue_used_before(const struct rxpath_socket_line *line)
{
	return line->rmem_before == RXPATH_UNKNOWN ? line->rx_queue_before : line->rmem_before;
}

/* The netfilter rule, or the device, that the line is about, as the second sample has it; NULL. */
static inline const struct rxpath_rule *rxpath_rule_of(const struct match *match,
						       const struct rxpath_line *line)
{
	return line->on.kind == RXPATH_ON_RULE
		       ? rxpath_sample_find_rule(match->after, line->on.name)
		       : NULL;
}

static inline const struct rxpath_device *rxpath_device_of(const struct match *match,
							   const struct rxpath_line *line)
{
	return line->on.kind == RXPATH_ON_DEVICE
		       ? rxpath_sample_find_device(match->after, line->on.name)
		       : NULL;
}

/* change.c: how much one counter rose. */
struct change {
	uint64_t before, after;
	uint64_t delta;
	uint64_t min; /* the least it rose between the two moments that sources share */
	uint64_t max; /* the most, with the time that reading took */
	unsigned flags;
};

bool rxpath_has_cpu(const struct rxpath_sample *sample, uint64_t cpu);

/* From one reading to the other; `before` NULL: from zero. */
struct change rxpath_change(const struct rxpath_reading *before,
			    const struct rxpath_reading *after);

/* Whether the same program reads the queue as at the first sample. The queue of another program
 * counts from zero. */
bool rxpath_same_reader(const struct match *match, const struct rxpath_subject *queue);

/* The same rule in the first sample; NULL: it was not there. */
const struct rxpath_rule *rxpath_rule_before(const struct match *match,
					     const struct rxpath_rule *rule);

/* How much a reading of the second sample rose since the first one, or from zero where its
 * device is new. False: the first sample does not have it. */
bool rxpath_change_since(const struct match *match, const struct rxpath_reading *after,
			 struct change *change);

/* Of a counter of the network namespace; zero where it was not read. */
struct change rxpath_change_of(const struct match *match, const char *name);

/* Of several together: delta, min and max. NULL ends the names. */
struct change rxpath_changes_of(const struct match *match, const char *const names[]);

/* The most that all readings of that name can have risen together. */
uint64_t rxpath_max_change_of(const struct match *match, const char *name);

/* The reading in a sample that leaves it out because it is 0. */
struct rxpath_reading rxpath_zeroed(const struct rxpath_reading *reading);

/* queue_growth.c: whether its queue grew, over an interval long enough to tell. */
bool rxpath_queue_grows(const struct rxpath_socket_line *line, uint64_t interval);

/* reader_cpu.c */
extern const struct rxpath_cpu_use rxpath_cpu_unknown;

/* An amount that is only known to lie between these two. */
struct bounds {
	uint64_t min, max;
};

/* change.c: the sum of the namespace's counters that account for such packets. */
struct bounds rxpath_accounted(const struct match *match, enum rxpath_accounts what);

/* protocol_counters.c: what UDP counts of its datagrams that no program got, over IPv4 and IPv6 and
 * for UDP-Lite: all of them, and of these full queues, wrong checksums and lack of memory. */
extern const char *const rxpath_udp_errors[],
	*const rxpath_udp_overflows[], *const rxpath_udp_checksums[], *const rxpath_udp_memory[];

/* What the protocol counted of its sockets' losses. */
struct bounds rxpath_protocol_losses(const struct match *match, enum rxpath_protocol protocol);

/* balance.c: how many of the packets that came CPUs may be holding, counted in one place and not
 * yet in the other: one for each CPU, 0 where few came. */
uint64_t rxpath_held_up(const struct match *match, uint64_t came);

/* Packets that IP does not account for: between arrival and delivery or forwarding; and, at
 * least, between forwarding and a device. Whether it counts some packets twice. How many of this
 * host's own packets were never sent, at most. */
enum rxpath_family { RXPATH_IPV4, RXPATH_IPV6 };
struct bounds rxpath_taken_on_input(const struct match *match, enum rxpath_family family);
uint64_t rxpath_taken_when_forwarded(const struct match *match, enum rxpath_family family);
bool rxpath_counts_twice(const struct match *match, enum rxpath_family family);
uint64_t rxpath_own_not_sent(const struct match *match, enum rxpath_family family);

/* memory.c: the n-th figure of a setting, from 1. False: it has none, or the setting is NULL. */
bool rxpath_setting_figure(const struct rxpath_setting *setting, unsigned n, uint64_t *figure);

/* The memory that the sockets of UDP or TCP hold together, and its limit, in pages. From
 * 80 % of the limit on it is short; unknown where a figure is missing. Either of the two
 * samples may hold the use. */
struct memory {
	uint64_t used, limit;
};
enum memory_level { MEMORY_UNKNOWN, MEMORY_ENOUGH, MEMORY_SHORT };
enum memory_level rxpath_memory_of(const struct rxpath_sample *settings,
				   const struct rxpath_sample *sample,
				   enum rxpath_protocol protocol, struct memory *memory);

/* criteria.c */
bool rxpath_asks_stage(const struct rxpath_criteria *criteria, enum rxpath_stage stage);
bool rxpath_asks_device(const struct rxpath_criteria *criteria, struct rxpath_slice device);

/* Whether another report has the line: a counter of the host that shows no loss of this namespace.
 */
bool rxpath_is_elsewhere(const struct rxpath_line *line, const struct rxpath_criteria *criteria);

/* Whether the limit covers that many. A rate covers nothing where the interval is not known. */
bool rxpath_limit_covers(const struct rxpath_limit *limit, uint64_t packets, uint64_t interval);

/* 1. match.c: fills *match from its two samples; freed with rxpath_match_free, also after false:
 * without memory. */
bool rxpath_match(struct match *match);
void rxpath_match_free(struct match *match);

/* For each socket of the second sample its record in the first, counted from 1, or one of these.
 * False without memory; the caller frees *before_of. */
#define MATCH_NEW 0u
#define MATCH_DUPLICATE UINT32_MAX /* the listing has shown this socket before */
bool rxpath_match_sockets(const struct match *match, uint32_t **before_of);

/* 2. unavailable.c: what could not be measured, and which stages are unknown because of that. */
void rxpath_note_unavailable(const struct match *match, struct rxpath_report *report);

/* 3. diff.c: a line for every counter that moved (or all), unsorted. */
void rxpath_diff_counters(const struct match *match, const struct rxpath_criteria *criteria,
			  struct rxpath_report *report);

/* 4. diff_sockets.c: the sockets that lost or are full (or all), those that lost most first, and
 * what the sockets of each protocol lost together. */
void rxpath_diff_sockets(const struct match *match, const struct rxpath_criteria *criteria,
			 struct rxpath_report *report, uint64_t lost_by[RXPATH_PROTOCOLS]);

/* 5. account.c: what each line lost that no other line counts; lines are sorted. */
void rxpath_account(const struct match *match, struct rxpath_report *report);

/* The same file: the row of a driver's statistic whose meaning is known; NULL: none. */
const struct rxpath_driver_statistic *rxpath_known_statistic(const struct match *match,
							     const struct rxpath_line *line);

/* 6. policies.c: what IPsec policies refused is not lost by UDP again. Returns what they refused
 * apart from that. */
uint64_t rxpath_account_policies(const struct match *match, struct rxpath_report *report);

/* 7. refine.c: what a counter's delta means beside those of other counters. */
void rxpath_refine(const struct match *match, struct rxpath_report *report);

/* 8. queues.c: a rule that sends packets to an NFQUEUE does not lose them; and packets that this
 * host sends are no loss of its receive path. */
void rxpath_account_queues(const struct match *match, const struct rxpath_criteria *criteria,
			   struct rxpath_report *report);

/* A bit for each IP version whose packets come into the queue; both where not all rules are
 * known. */
unsigned rxpath_queue_versions(const struct match *match, uint32_t queue);

/* Whether only this host's own packets come into the queue; false where not all rules are known. */
bool rxpath_queue_is_of_own(const struct match *match, uint32_t queue);

/* 9. memory.c, again: a line of kind pressure for each of the two that is short. */
void rxpath_note_memory(const struct match *match, struct rxpath_report *report);

/* 10. attribute.c: the sockets' drops against the protocols' counters. */
void rxpath_attribute(const struct match *match, const uint64_t lost_by[RXPATH_PROTOCOLS],
		      struct rxpath_report *report);

/* 11. residual.c: the packets that IP received and nothing accounts for. `silent`: those that
 * IPsec policies refused and no protocol counted. */
void rxpath_residuals(const struct match *match, const struct rxpath_criteria *criteria,
		      uint64_t silent, struct rxpath_report *report);

/* What IPsec policies refused; NULL ends them. */
extern const char *const rxpath_policy_counters[];

/* 12. trace_drops.c: what the drop tracepoints add: ports, what became of devices' drops, and what
 * no counter shows. */
void rxpath_use_trace(const struct match *match, const struct rxpath_criteria *criteria,
		      struct rxpath_report *report);

/* trace_ports.c: a copy of the trace in which drops have the ports that UDP's events tell; NULL
 * without memory. */
struct rxpath_trace_result *rxpath_combine_trace(struct rxpath_report *report,
						 const struct rxpath_trace_result *raw);

/* Fills the report's ports of closed sockets. */
void rxpath_name_closed(const struct rxpath_trace_result *trace, struct rxpath_report *report);

/* Whether that function drops packets for UDP. */
bool rxpath_is_udp_function(struct rxpath_slice location);

/* rank_processes.c: fills the report's processes, once the owners of its sockets are known. */
void rxpath_rank_processes(struct rxpath_report *report);

/* The process that reads a socket, of those that hold it; NULL: not known. */
const struct rxpath_process *rxpath_reader_of(const struct rxpath_socket_line *line);

/* Whether the socket is one of that process. */
bool rxpath_is_loss_of(const struct rxpath_process_loss *loss,
		       const struct rxpath_socket_line *line);

/* 13. filter.c: leaves what --device and --stage ask for. */
void rxpath_filter(struct rxpath_report *report, const struct rxpath_criteria *criteria);

/* 14. allow.c: flags what --allow tolerates. */
void rxpath_allow(struct rxpath_report *report, const struct rxpath_criteria *criteria);

/* 15. judge.c: the stages' states, what they saw and lost, and the report's. */
void rxpath_judge(const struct match *match, const struct rxpath_criteria *criteria,
		  struct rxpath_report *report);

#endif
