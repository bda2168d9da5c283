/* findings.h: the findings' rules (find_*.c), and what they share (finding_*.c). */
#ifndef RXPATH_FINDINGS_INTERNAL_H
#define RXPATH_FINDINGS_INTERNAL_H

#include "steps.h"

#define MAX_TEXTS 12
#define MAX_SHOWN 3 /* sockets that a finding names, beside the worst */

/* The finding that is being written; dropped unless its rule says that it applies. */
struct draft {
	enum rxpath_kind kind;
	const struct rxpath_process *reader; /* the process that it is about; NULL: none */
	bool follows;			     /* from another finding about that process */
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
	const struct finding_rule *rule; /* the row whose rule runs */
	struct draft draft;
	bool added; /* this row has made a finding already */
};

/* A finding: its texts, and the rule that says whether the report shows it. The texts are the
 * default: a rule replaces those that need figures. */
struct finding_rule {
	struct rxpath_finding_fact fact;
	/* true: the draft says it, or the rule has added its findings itself */
	bool (*find)(struct finding_ctx *ctx);
	const char *command; /* that the action asks for; NULL: none */

	/* For rxpath_find_counters: the counters (NULL ends them), and what happened: `before`,
	 * how many of the unit, `after`; without a unit the meaning says it. */
	const char *counters[3];
	const char *before, *unit, *after;
};

/* findings.c: the rule of a finding whose counters always mean the same. */
bool rxpath_find_counters(struct finding_ctx *ctx);

/* What a row begins with: its id, its stage, its kind at worst, and its rule. */
#define FINDING(name, on_stage, worst_kind, rule) \
	.find = (rule), .fact.id = (name), .fact.stage = RXPATH_STAGE_##on_stage, \
	.fact.kind = RXPATH_KIND_##worst_kind

/* The findings of each file; the last row has no rule. */
extern const struct finding_rule rxpath_capture_findings[], rxpath_card_findings[],
	rxpath_connection_findings[], rxpath_conntrack_findings[], rxpath_device_findings[],
	rxpath_ip_findings[], rxpath_listener_findings[], rxpath_memory_findings[],
	rxpath_neighbour_findings[], rxpath_netfilter_findings[], rxpath_one_cpu_findings[],
	rxpath_queue_findings[], rxpath_queue_growth_findings[], rxpath_raw_findings[],
	rxpath_reader_findings[], rxpath_reassembly_findings[], rxpath_sctp_findings[],
	rxpath_softnet_findings[], rxpath_tc_findings[], rxpath_tcp_findings[],
	rxpath_udp_findings[], rxpath_udp_queue_findings[], rxpath_xdp_findings[];

/* findings.c: adds the draft as a finding; a rule that may find several does so itself. */
void finding_add(struct finding_ctx *ctx);

/* Whether a rule that ran before this one has made that finding. */
bool rxpath_has_finding(const struct finding_ctx *ctx, const char *id);

/* finding_text.c: the summary, one more piece of evidence, one more piece of advice. Their
 * arguments hold no byte that could break a line: figures, names of counters, escaped names. */
__attribute__((format(printf, 2, 3))) void finding_summary(struct finding_ctx *ctx,
							   const char *format, ...);
__attribute__((format(printf, 2, 3))) void finding_evidence(struct finding_ctx *ctx,
							    const char *format, ...);
__attribute__((format(printf, 2, 3))) void finding_advice(struct finding_ctx *ctx,
							  const char *format, ...);

/* Evidence too, unless it is empty; frees the text. */
void finding_show(struct finding_ctx *ctx, struct rxpath_buf *text);

/* Adds the row's own action, with its command. A finding without advice gets it anyway, as one
 * without a summary gets the row's meaning. */
void finding_default_advice(struct finding_ctx *ctx);

/* The command that does what the last piece of advice says. */
__attribute__((format(printf, 2, 3))) void finding_command(struct finding_ctx *ctx,
							   const char *format, ...);

/* Texts for the arguments above; each lives as long as the report. */
__attribute__((format(printf, 2, 3))) const char *rxpath_phrase(struct finding_ctx *ctx,
								const char *format, ...);
const char *rxpath_phrase_from(struct finding_ctx *ctx, struct rxpath_buf *text); /* freed */
const char *rxpath_escaped_of(struct finding_ctx *ctx, struct rxpath_slice raw);
const char *rxpath_text_of(struct finding_ctx *ctx, struct rxpath_slice raw); /* blanks stay */

/* "1 packet", "12 packets". */
const char *rxpath_amount(struct finding_ctx *ctx, uint64_t count, const char *word);

/* " (12 % of those received)" at that stage; "" where that is not known. */
const char *rxpath_share(struct finding_ctx *ctx, uint64_t count, enum rxpath_stage stage);

/* "88 %", as rxpath_buf_percent. */
const char *rxpath_percent(struct finding_ctx *ctx, uint64_t part, uint64_t whole);

/* Whether a shell takes the name as it is. A command is only given with such names. */
bool rxpath_is_plain(const char *name);

/* finding_settings.c: NULL or false: the setting is not known. */
const struct rxpath_setting *rxpath_setting_of(const struct finding_ctx *ctx, const char *name);
bool rxpath_number_of(const struct finding_ctx *ctx, const char *name, uint64_t *value);

/* The setting device.DEVICE.WORD, of an escaped device name. */
bool rxpath_device_number(struct finding_ctx *ctx, const char *device, const char *word,
			  uint64_t *value);

/* " (now 1000)", " (now 4096 131072 6291456)". Where it is not known "", or for a setting of the
 * host " (in the host's own network namespace)". */
const char *rxpath_now(struct finding_ctx *ctx, const char *name);

/* " as root on the host (it can only be set in ...)", or the like; "" where it can
 * be set in the namespace that was examined. */
const char *rxpath_where(struct finding_ctx *ctx, const char *name);

/* Shows "NAME is VALUE, NAME is VALUE": those that are known; ended by NULL. */
void rxpath_show_settings(struct finding_ctx *ctx, const char *const names[]);

/* The setting that the last piece of advice is about, with a value that suffices (0 or "": none in
 * particular), its present value, and where it can be set; or a file of a cgroup. */
void finding_setting(struct finding_ctx *ctx, const char *setting, uint64_t suggested);
void finding_set(struct finding_ctx *ctx, const char *setting, const char *suggested);

/* Before a command that works in the host's own network namespace only: that of process 1. On the
 * host it changes nothing, and in a container there is no way. */
#define ON_HOST "nsenter -t 1 -n "
void finding_file(struct finding_ctx *ctx, const char *file, uint64_t current, uint64_t suggested);

/* Advises "BEFORE raise NAME (now N), say to SUGGESTED AFTER", with where it can be
 * set. The setting is known. */
void finding_raise(struct finding_ctx *ctx, const char *before, const char *name,
		   uint64_t suggested, const char *after);

/* The memory of all sockets of UDP or TCP; shows "UDP as a whole holds 12 of 345 pages now". */
enum memory_level rxpath_memory_level(const struct finding_ctx *ctx, enum rxpath_protocol protocol);
void rxpath_show_memory_of(struct finding_ctx *ctx, enum rxpath_protocol protocol);

/* finding_lines.c: how much the counter rose, all subjects together; and how much of that is
 * lost. */
uint64_t rxpath_moved(const struct finding_ctx *ctx, const char *name);
uint64_t rxpath_lost(const struct finding_ctx *ctx, const char *name);

/* The same of several counters, ended by NULL; how much of it no other counter has; and what no
 * more specific line has, of those that are lost or suspect. */
uint64_t rxpath_moved_any(const struct finding_ctx *ctx, const char *const names[]);
uint64_t rxpath_lost_any(const struct finding_ctx *ctx, const char *const names[]);
uint64_t rxpath_open_part(const struct finding_ctx *ctx, const char *const names[]);
uint64_t rxpath_unexplained_any(const struct finding_ctx *ctx, const char *const names[]);

/* Whether a ring or a backlog overflowed; the device that lost most to the backlog, NULL: none. */
bool rxpath_overran(const struct finding_ctx *ctx);
const struct rxpath_line *rxpath_worst_backlog(const struct finding_ctx *ctx);

/* Refusals are normal; these are enough to be reported: ten, and 1 % of what was received. */
bool rxpath_is_significant(const struct finding_ctx *ctx, uint64_t count, enum rxpath_stage stage);

/* The line of one of these counters that is worst: a loss before a suspicion, then the largest.
 * NULL: none moved. */
const struct rxpath_line *rxpath_worst_of(const struct finding_ctx *ctx, const char *const names[]);

/* Shows "NAME 12, NAME 3": those that moved, all subjects together. */
void rxpath_show_moved(struct finding_ctx *ctx, const char *const names[]);

/* Shows "rx_missed_errors of eth0: 12": a line, or each line of these counters. */
void rxpath_show_line(struct finding_ctx *ctx, const struct rxpath_line *line);
void rxpath_show_lines(struct finding_ctx *ctx, const char *const names[]);

/* Shows what the driver itself counted of that device. */
void rxpath_show_driver(struct finding_ctx *ctx, struct rxpath_slice device);

/* finding_sockets.c: "nginx[312] and 3 more", or "the process (uid 1000)" where its name is not
 * known; and "udp/127.0.0.1:9999 of nginx[312]". */
const char *rxpath_owner_of(struct finding_ctx *ctx, const struct rxpath_socket_line *line);
const char *rxpath_name_of(struct finding_ctx *ctx, const struct rxpath_socket_line *line);

/* It lost packets, and that is not tolerated. */
static inline bool rxpath_lost_some(const struct rxpath_socket_line *line)
{
	return line->delta > 0 && !(line->flags & RXPATH_FLAG_ALLOWED);
}

/* The first of the report's sockets that fits, which is the one that lost most; NULL. */
typedef bool rxpath_fits(const struct rxpath_socket_line *line);
const struct rxpath_socket_line *rxpath_worst_socket(const struct finding_ctx *ctx,
						     rxpath_fits *fits);

/* What those that fit lost and is tolerated. */
uint64_t rxpath_tolerated(const struct finding_ctx *ctx, rxpath_fits *fits);

/* A program with sockets that fit. */
struct program {
	const struct rxpath_process_loss *loss;
	rxpath_fits *fits;
	const struct rxpath_socket_line *worst; /* the socket that fits and lost most */
	uint64_t lost;				/* by all of these sockets */
	size_t sockets;
	bool sole; /* no other program has such sockets */
};

/* `sole` is left false. */
struct program rxpath_program_of(const struct finding_ctx *ctx,
				 const struct rxpath_process_loss *loss, rxpath_fits *fits);

/* Adds a finding for each program with sockets that fit, up to MAX_PROGRAMS, those that lost most
 * first; none where `describe` says false. Whether there was one. */
#define MAX_PROGRAMS 8
typedef bool rxpath_describe(struct finding_ctx *ctx, const struct program *program);
bool rxpath_find_programs(struct finding_ctx *ctx, rxpath_fits *fits, rxpath_describe *describe);

/* Shows up to MAX_SHOWN of the sockets that fit, and says how many more there are: of all programs
 * (NULL), or of one, except its worst. */
typedef const char *rxpath_tell(struct finding_ctx *ctx, const struct rxpath_socket_line *line);
void rxpath_show_sockets(struct finding_ctx *ctx, const struct program *program, rxpath_fits *fits,
			 rxpath_tell *tell);

/* A UDP socket that lost datagrams, for whatever reason; "NAME lost 12; its queue: ...". */
rxpath_fits rxpath_is_lossy_udp;
rxpath_tell rxpath_tell_udp_socket;

/* "its queue: 0 bytes before, 7488 now, limit 8192", as far as that is known. */
const char *rxpath_queue_of(struct finding_ctx *ctx, const struct rxpath_socket_line *line);

/* How the losses of its sockets are spread: "30 each", "most on udp/127.0.0.1:9999". */
const char *rxpath_spread(struct finding_ctx *ctx, const struct program *program);

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

/* How many other sockets share its address, and how many of all that share it lost nothing. */
struct same_address {
	size_t others, unharmed;
};
struct same_address rxpath_same_address(const struct finding_ctx *ctx,
					const struct rxpath_socket *socket);

/* Shows how many others share its address, and how many of those lost nothing. */
void rxpath_show_sharing(struct finding_ctx *ctx, const struct rxpath_socket_line *line);

/* receive_buffer.c: where that limit comes from: " (the default: the program never asked for
 * more)"; "" where it is not known. */
const char *rxpath_limit_origin(const struct finding_ctx *ctx, uint32_t limit);

/* A limit that would have held what was lost too, at least four times the present one. */
uint64_t rxpath_enough_for(uint64_t limit, uint64_t lost);

/* The same for a queue of packets or connections: at least `least`, and doubled up to `most`. */
uint64_t rxpath_enough_slots(uint64_t limit, uint64_t lost, uint64_t least, uint64_t most);

/* How that socket gets a larger receive buffer. */
void rxpath_advise_buffer(struct finding_ctx *ctx, const struct rxpath_socket_line *line);

/* find_capture.c: whether a capture of all packet types ran on that device all the time; and
 * "0800 ip_rcv, 0806 arp_rcv": which protocols handle its frames. */
bool rxpath_is_captured(const struct finding_ctx *ctx, struct rxpath_slice device);
const char *rxpath_handled_on(struct finding_ctx *ctx, struct rxpath_slice device);

/* find_connection.c: shows the connections that are not read; the one that holds most in a buffer
 * that is more than half full, and the one that dropped most; NULL: none. */
void rxpath_show_connections(struct finding_ctx *ctx);
const struct rxpath_socket_line *rxpath_full_connection(const struct finding_ctx *ctx);
const struct rxpath_socket_line *rxpath_lossy_connection(const struct finding_ctx *ctx);

/* Advises a larger receive buffer for TCP connections that are read in bursts. */
void rxpath_advise_tcp_buffer(struct finding_ctx *ctx);

/* find_memory.c: the memory of all sockets of that protocol ("UDP", "TCP") is nearly at its limit,
 * and nothing was lost: the line of that counter. False: it is not. */
bool rxpath_find_memory_used(struct finding_ctx *ctx, const char *protocol, const char *counter);

/* find_netfilter.c: shows the rules without a counter, for packets that no counter has. */
void rxpath_show_uncounted_rules(struct finding_ctx *ctx);

/* Whether all rules that refuse packets are known, and all of them have counters. */
bool rxpath_rules_took_none(const struct finding_ctx *ctx);

/* find_one_cpu.c: the CPU that did most of the work since the first sample. False when nothing is
 * known about it. */
struct busiest {
	uint32_t cpu;
	uint64_t share, all; /* packets that it handled, and that all CPUs did */
	size_t cpus;
};
bool rxpath_busiest(const struct finding_ctx *ctx, struct busiest *busiest);

/* Whether it handled nearly all packets while there are other CPUs. */
bool rxpath_is_lopsided(const struct finding_ctx *ctx, struct busiest *busiest);

/* Shows how much of the time softirqs took of that CPU, and of the others; and how many of the
 * device's receive queues RPS spreads. */
void rxpath_show_softirq(struct finding_ctx *ctx, uint32_t cpu);
void rxpath_show_rps(struct finding_ctx *ctx, const char *device);

/* find_raw.c: what raw, ping and AF_XDP sockets lost; no protocol counts it. */
uint64_t rxpath_lost_by_raw(const struct finding_ctx *ctx);

/* find_reader.c: the id of its finding that says why the socket was not read in time; NULL:
 * none. */
const char *rxpath_reader_finding(const struct rxpath_socket_line *line);

/* Says in the draft that it is about the process that reads this socket. */
void rxpath_name_reader(struct finding_ctx *ctx, const struct rxpath_socket_line *line);

/* Shows how little its reader ran, if it mostly slept. False: it did not, or that is not known. */
bool rxpath_show_sleep(struct finding_ctx *ctx, const struct rxpath_socket_line *line);

/* Advises to see that with strace, and what to look for. */
void rxpath_advise_strace(struct finding_ctx *ctx, const char *what, uint64_t pid);

/* find_udp_queue.c: its queue is full, or probably is, in both samples. */
bool rxpath_stays_full(const struct rxpath_socket_line *line);

/* find_xdp.c: a driver's own statistic of that kind about XDP; or of losses, which are XDP's where
 * a program is attached to the driver. */
bool rxpath_is_of_xdp(const struct finding_ctx *ctx, const struct rxpath_line *line,
		      enum rxpath_kind kind);

#endif
