/* findings.h: what the rules of findings share (finding_ctx.c), and the rules. */
#ifndef RXPATH_FINDINGS_INTERNAL_H
#define RXPATH_FINDINGS_INTERNAL_H

#include "steps.h"

#define MAX_TEXTS 12
#define MAX_SHOWN 3 /* sockets that a finding names, beside the worst */

/* What is being said; thrown away unless the finding is made. */
struct draft {
	enum rxpath_kind kind;
	const struct rxpath_process *reader; /* that it is about; NULL: none */
	bool follows;			     /* from another finding about that reader */
	struct rxpath_slice summary;
	struct rxpath_slice evidence[MAX_TEXTS];
	struct rxpath_advice advice[MAX_TEXTS];
	size_t evidence_count, advice_count;
};

struct finding_ctx {
	struct match match; /* without its sockets */
	struct rxpath_report *report;
	const struct rxpath_sample *settings; /* as they are now; may be the second sample */
	const struct rxpath_line **moved;     /* the lines that moved and are not tolerated */
	size_t moved_count;
	const struct rxpath_finding_fact *fact; /* of the finding in question */
	struct draft draft;
	bool added;  /* there is a finding of this row already */
	bool failed; /* no memory */
};

/* One rule: true when the draft says it. */
typedef bool rxpath_find(struct finding_ctx *ctx);

/* The sentence, a piece of evidence, a piece of advice. Arguments hold no byte that
 * could break a line: figures, names of counters, escaped names. */
__attribute__((format(printf, 2, 3))) void finding_summary(struct finding_ctx *ctx,
							   const char *format, ...);
__attribute__((format(printf, 2, 3))) void finding_evidence(struct finding_ctx *ctx,
							    const char *format, ...);
__attribute__((format(printf, 2, 3))) void finding_advice(struct finding_ctx *ctx,
							  const char *format, ...);

/* To the last piece of advice: the command that does it, or the setting that it is about with the
 * value that suffices (0: none in particular), its present value, and where it can be set. */
__attribute__((format(printf, 2, 3))) void finding_command(struct finding_ctx *ctx,
							   const char *format, ...);
void finding_setting(struct finding_ctx *ctx, const char *setting, uint64_t suggested);
void finding_set(struct finding_ctx *ctx, const char *setting, const char *suggested);

/* Whether the name means itself to a shell. One that does not gets no command. */
bool rxpath_is_plain(const char *name);

/* The same where it is no sysctl but a file. */
void finding_file(struct finding_ctx *ctx, const char *file, uint64_t current, uint64_t suggested);

/* Adds what has been said as a finding of its own, and starts another of the same row. False
 * without memory. */
bool finding_add(struct finding_ctx *ctx);

/* The row's own action, which is also what a finding without any advice gets; as a finding without
 * a summary gets the row's meaning. */
void finding_default_advice(struct finding_ctx *ctx);

/* For the arguments of the three above: a text that lives as long as the report. */
__attribute__((format(printf, 2, 3))) const char *rxpath_phrase(struct finding_ctx *ctx,
								const char *format, ...);
/* "1 packet", "12 packets". */
const char *rxpath_amount(struct finding_ctx *ctx, uint64_t count, const char *word);
const char *rxpath_phrase_of(struct finding_ctx *ctx, struct rxpath_slice text);
const char *rxpath_escaped_of(struct finding_ctx *ctx, struct rxpath_slice raw);

/* A text of several words, whose blanks stay. */
const char *rxpath_text_of(struct finding_ctx *ctx, struct rxpath_slice raw);

/* How far the counter moved, all subjects together, and what of it is lost. */
uint64_t rxpath_moved(const struct finding_ctx *ctx, const char *name);
uint64_t rxpath_lost(const struct finding_ctx *ctx, const char *name);

/* How much of it no other counter has. */
uint64_t rxpath_open_part(const struct finding_ctx *ctx, const char *name);

/* How many UDP datagrams came in one super-packet (UDP GRO), on average; 0: none did, for all that
 * can be told. */
uint64_t rxpath_super_packets(const struct finding_ctx *ctx);

/* The sums of several; ended by NULL. */
uint64_t rxpath_moved_any(const struct finding_ctx *ctx, const char *const names[]);
uint64_t rxpath_lost_any(const struct finding_ctx *ctx, const char *const names[]);

/* Likewise what no more specific line has, of those that are lost or suspect. */
uint64_t rxpath_unexplained_any(const struct finding_ctx *ctx, const char *const names[]);

/* Shows those that moved, as "NAME 12, NAME 3". */
void rxpath_show_moved(struct finding_ctx *ctx, const char *const names[]);

/* " (12 % of those received)" at that stage; "" where that is not known. */
const char *rxpath_share(struct finding_ctx *ctx, uint64_t count, enum rxpath_stage stage);

/* Refusals are normal; these are enough to be reported: ten, and 1 % of what was received. */
bool rxpath_is_significant(const struct finding_ctx *ctx, uint64_t count, enum rxpath_stage stage);

/* Whether a row before this one has made a finding. */
bool rxpath_has_finding(const struct finding_ctx *ctx, const char *id);

/* NULL: not known. */
const struct rxpath_setting *rxpath_setting_of(const struct finding_ctx *ctx, const char *name);

/* A setting that is a number; false where it is not known. */
bool rxpath_number_of(const struct finding_ctx *ctx, const char *name, uint64_t *value);

/* " (now 1000)", " (now 4096 131072 6291456)"; where it is not known "" or, of one that stands
 * there alone, " (in the host's own network namespace)". */
const char *rxpath_now(struct finding_ctx *ctx, const char *name);

/* " in the host's own network namespace (it cannot be set elsewhere)", or the like; "" where it can
 * be set in the namespace that was examined. */
const char *rxpath_where(struct finding_ctx *ctx, const char *name);

/* Shows "NAME is VALUE, NAME is VALUE": those that are known; ended by NULL. */
void rxpath_show_settings(struct finding_ctx *ctx, const char *const names[]);
/* "UDP as a whole holds 12 of 345 pages now", where that is known. */
void rxpath_show_memory_of(struct finding_ctx *ctx, enum rxpath_protocol protocol);
enum memory_level rxpath_memory_level(const struct finding_ctx *ctx, enum rxpath_protocol protocol);

/* device.DEVICE.WORD of an escaped device name. */
bool rxpath_device_number(struct finding_ctx *ctx, const char *device, const char *word,
			  uint64_t *value);

/* "nginx[312] and 3 more", or "the process (uid 1000)" where its name is not known. */
const char *rxpath_owner_of(struct finding_ctx *ctx, const struct rxpath_socket_line *line);

/* It lost packets, and that is not tolerated. */
static inline bool rxpath_lost_some(const struct rxpath_socket_line *line)
{
	return line->delta > 0 && !(line->flags & RXPATH_FLAG_ALLOWED);
}

/* "udp/127.0.0.1:9999 of nginx[312]". */
const char *rxpath_name_of(struct finding_ctx *ctx, const struct rxpath_socket_line *line);

/* The first of the report's sockets that fits, which is the one that lost most; NULL. */
typedef bool rxpath_fits(const struct rxpath_socket_line *line);
const struct rxpath_socket_line *rxpath_worst_socket(const struct finding_ctx *ctx,
						     rxpath_fits *fits);

/* Tells about the sockets that fit, up to MAX_SHOWN, and says how many more there are. `named`: one
 * that the finding has named already; NULL: none. */
typedef const char *rxpath_tell(struct finding_ctx *ctx, const struct rxpath_socket_line *line);
void rxpath_show_sockets(struct finding_ctx *ctx, rxpath_fits *fits, rxpath_tell *tell,
			 const struct rxpath_socket_line *named);

/* find_connection.c: shows the connections that are not read; which has most to be read in a buffer
 * that is more than half full, and which dropped most; NULL: none. */
void rxpath_show_connections(struct finding_ctx *ctx);
const struct rxpath_socket_line *rxpath_full_connection(const struct finding_ctx *ctx);
const struct rxpath_socket_line *rxpath_lossy_connection(const struct finding_ctx *ctx);

/* find_reader.c: the id of its finding that says why the socket was not read in time; NULL:
 * none. */
const char *rxpath_reader_finding(const struct rxpath_socket_line *line);

/* Shows how little its reader ran, if it mostly slept. False: it did not, or that is not known. */
bool rxpath_show_sleep(struct finding_ctx *ctx, const struct rxpath_socket_line *line);

/* programs.c: a finding for each program whose sockets fit, those that lost most first; up to
 * MAX_PROGRAMS. */
struct program {
	const struct rxpath_process_loss *loss;
	const struct rxpath_socket_line
		*worst; /* of its sockets that fit: the one that lost most */
	uint64_t lost;	/* by all of these */
	size_t sockets;
	bool sole; /* no other program has such sockets */
};
#define MAX_PROGRAMS 8

/* False: no finding for this one. */
typedef bool rxpath_describe(struct finding_ctx *ctx, const struct program *program);

/* Whether there was one; the last of them is still the draft. */
bool rxpath_find_programs(struct finding_ctx *ctx, rxpath_fits *fits, rxpath_describe *describe);

/* Tells about the sockets of that program that fit, but for its worst. */
void rxpath_show_sockets_of(struct finding_ctx *ctx, const struct program *program,
			    rxpath_fits *fits, rxpath_tell *tell);

/* "nginx[312] lost 40 datagrams on 3 sockets, most on udp/127.0.0.1:9999", or with one
 * socket "udp/127.0.0.1:9999 of nginx[312] lost 40 datagrams". */
const char *rxpath_losses_of(struct finding_ctx *ctx, const struct program *program);

/* same_address.c: how several sockets of one address share what is sent to it. */
enum sharing {
	SHARES_NOTHING,	  /* there is one socket */
	SHARES_FLOWS,	  /* SO_REUSEPORT: each flow goes to one of them */
	SHARES_MULTICAST, /* each gets a copy */
	SHARES_BROADCAST,
	SHARES_UNCLEAR,
};
enum sharing rxpath_sharing_of(const struct finding_ctx *ctx,
			       const struct rxpath_socket_line *line);

/* How many other sockets share its address, and how many of those lost nothing. */
size_t rxpath_same_address(const struct finding_ctx *ctx, const struct rxpath_socket *socket,
			   size_t *unharmed);

/* receive_buffer.c: " (the default: the program never asked for more)", "" where it is not known;
 * a limit that would have held what was
 * lost as well, four times the present one at least; and how that socket gets a larger one. */
const char *rxpath_limit_origin(const struct finding_ctx *ctx, uint32_t limit);
uint64_t rxpath_enough_for(uint64_t limit, uint64_t lost);
void rxpath_advise_buffer(struct finding_ctx *ctx, const struct rxpath_socket_line *line);

/* find_memory.c: the memory of all sockets of that protocol ("UDP", "TCP") is nearly at its limit,
 * and nothing was lost: the line of that counter. False: it is not. */
bool rxpath_find_memory_used(struct finding_ctx *ctx, const char *protocol, const char *counter);

/* Three figures for that setting that suffice, with the last advice; where its present ones are
 * known. */
void rxpath_suggest_memory(struct finding_ctx *ctx, const char *setting, uint64_t held,
			   uint64_t lost);

/* find_udp.c: how many datagrams were lost for lack of memory. */
uint64_t rxpath_udp_short_of_memory(const struct finding_ctx *ctx);

/* find_udp_queue.c: it lost datagrams, for whatever reason; "NAME lost 12; its queue: ..."; what
 * all of UDP lost because queues were full. */
rxpath_fits rxpath_is_lossy_udp;
rxpath_tell rxpath_tell_udp_socket;
uint64_t rxpath_udp_overflows(const struct finding_ctx *ctx);

/* What UDP sockets lost for other reasons than a full queue. */
uint64_t rxpath_udp_other_losses(const struct finding_ctx *ctx);

/* What raw, ping and AF_XDP sockets lost; no protocol counts it. */
uint64_t rxpath_lost_by_raw(const struct finding_ctx *ctx);

/* The CPU that did most of the work since the first sample. False when nothing is
 * known about it. */
struct busiest {
	uint32_t cpu;
	uint64_t share, all; /* passes through the core receive function */
	size_t cpus;
};
bool rxpath_busiest(const struct finding_ctx *ctx, struct busiest *busiest);

/* Shows how much of the time softirqs took of that CPU, and of the others; where /proc/stat was
 * read. */
void rxpath_show_softirq(struct finding_ctx *ctx, uint32_t cpu);

/* find_netfilter.c: which rules without a counter there are, for a finding about packets that no
 * counter has. */
void rxpath_show_uncounted_rules(struct finding_ctx *ctx);

rxpath_find rxpath_find_firewall_rule, rxpath_find_nfqueue_full, rxpath_find_nfqueue_unread,
	rxpath_find_ipsec_policy; /* find_netfilter.c */
rxpath_find rxpath_find_device_ring, rxpath_find_device_wire, rxpath_find_device_errors,
	rxpath_find_device_unhandled, rxpath_find_device_driver, rxpath_find_device_other_host,
	rxpath_find_capture_running, rxpath_find_capture_drops; /* find_device.c */
rxpath_find rxpath_find_link_pause, rxpath_find_link_carrier;	/* find_device.c */
rxpath_find rxpath_find_one_queue;				/* find_queue.c */
rxpath_find rxpath_find_tc_filter, rxpath_find_xdp_program, rxpath_find_xdp_redirect,
	rxpath_find_driver_drops, rxpath_find_xdp_socket; /* find_program.c */
rxpath_find rxpath_find_neighbour_table, rxpath_find_neighbour_unresolved,
	rxpath_find_sctp_checksum, rxpath_find_sctp_discards, rxpath_find_tls_decrypt,
	rxpath_find_netlink_drops, rxpath_find_ovs_lost; /* find_other.c */
rxpath_find rxpath_find_backlog_overflow, rxpath_find_flow_limit, rxpath_find_time_squeeze,
	rxpath_find_one_cpu;					      /* find_softnet.c */
rxpath_find rxpath_find_conntrack_full, rxpath_find_conntrack_insert; /* find_conntrack.c */
rxpath_find rxpath_find_reassembly_timeout, rxpath_find_reassembly_memory,
	rxpath_find_reassembly_overlap, rxpath_find_reassembly_given_up; /* find_reassembly.c */
rxpath_find rxpath_find_filtered, rxpath_find_martian, rxpath_find_reverse_path,
	rxpath_find_ip_header, rxpath_find_ip_discards, rxpath_find_ipv6_disabled,
	rxpath_find_not_for_us, rxpath_find_unknown_protocol; /* find_ip.c */
rxpath_find rxpath_find_udp_checksum, rxpath_find_udp_refused, rxpath_find_no_listener,
	rxpath_find_udp_memory;	       /* find_udp.c */
rxpath_find rxpath_find_memory_cgroup; /* find_memory.c */
rxpath_find rxpath_find_udp_receive_buffer, rxpath_find_multicast_slow, rxpath_find_udp_queue,
	rxpath_find_raw_socket; /* find_udp_queue.c */
rxpath_find rxpath_find_reader_stopped, rxpath_find_reader_cpu_limit,
	rxpath_find_reader_waits_for_cpu, rxpath_find_reader_busy,
	rxpath_find_reader_asleep;    /* find_reader.c */
rxpath_find rxpath_find_queue_growth; /* queue_growth.c */
rxpath_find rxpath_find_tcp_window;   /* find_connection.c */
rxpath_find rxpath_find_tcp_damaged, rxpath_find_accept_queue, rxpath_find_no_route_back,
	rxpath_find_syn_queue, rxpath_find_listener_filter, rxpath_find_tcp_receive,
	rxpath_find_tcp_memory, rxpath_find_memory_reserve; /* find_tcp.c */

#endif
