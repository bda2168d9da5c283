/* report.h: the report about two samples: all that a renderer needs, and how it is filled. */
#ifndef RXPATH_REPORT_H
#define RXPATH_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rxpath/arena.h"
#include "rxpath/catalogue.h"
#include "rxpath/drops.h"
#include "rxpath/sample.h"
#include "rxpath/state.h"

/* N or N/s packets; `billionths` is the fraction of N. */
struct rxpath_limit {
	uint64_t packets;
	uint32_t billionths;
	bool per_second;
};

/* One counter at one subject. It is small: there may be a hundred thousand. */
struct rxpath_line {
	const struct rxpath_counter *counter; /* NULL: not in the catalogue */
	enum rxpath_source source : 16;
	enum rxpath_stage stage : 8;
	enum rxpath_kind kind : 7;
	bool moved : 1; /* false: only listed because of --all */
	unsigned flags;
	struct rxpath_slice name;    /* a NUL byte ends it, as the subject */
	struct rxpath_slice subject; /* escaped; "-" */
	struct rxpath_subject on;
	uint64_t before, after;
	uint64_t delta;
	uint64_t lost;	    /* the exclusive part of delta; 0 unless kind is drop */
	uint64_t min;	    /* delta less what the time between two readings can explain */
	uint64_t max;	    /* delta plus what it can explain */
	uint64_t accounted; /* how much of it more specific lines of the report already count */
};

/* A counter that did not move, listed because of --all. A report may have a hundred thousand, so it
 * holds only what its reading does not tell. */
struct rxpath_unmoved {
	const struct rxpath_reading *reading;
	const char *subject; /* as a line's */
	uint64_t before;
	uint32_t subject_len;
	uint16_t flags;
	enum rxpath_kind kind : 7;
};

/* Whether the line affects the states and the exit status. */
static inline bool rxpath_line_counts(const struct rxpath_line *line)
{
	return line->moved && !(line->flags & RXPATH_FLAG_COUNTED) &&
	       !(line->flags & RXPATH_FLAG_HOST && line->kind == RXPATH_KIND_REJECT);
}

/* What a process did between the two samples. Times in nanoseconds; RXPATH_UNKNOWN where a thread
 * started or ended in between, or could not be read. */
struct rxpath_cpu_use {
	uint64_t interval;  /* between its two readings; RXPATH_UNKNOWN: there was one, so only the
			     * present state is known */
	uint64_t run, wait; /* how long its threads ran, and waited for a CPU, in total */
	uint64_t throttled; /* how long its CPU limit stopped it, summed over the CPUs of the cgroup
			     */
	uint64_t longest_run, longest_wait; /* of the thread that ran or waited most */
	uint64_t runner, waiter;	    /* the ids of these two threads */
	struct rxpath_slice waiter_cpus;    /* where the waiter may run: "0-3,5" */
	uint64_t threads;		    /* now */
	struct rxpath_slice cpus;	    /* where its first thread may run */
	uint64_t quota, period;	    /* the CPU limit, in microseconds; RXPATH_UNKNOWN: none */
	struct rxpath_slice cgroup; /* the cgroup of that limit; raw bytes */
	bool cgroup_v1;
	char state;  /* of its first thread now, as in /proc/PID/stat; 0: unknown */
	bool sleeps; /* all threads sleep now */
};

struct rxpath_process {
	uint64_t pid;
	struct rxpath_slice comm;	  /* raw bytes */
	struct rxpath_slice cgroup;	  /* its path, raw bytes; empty: not known */
	const struct rxpath_cpu_use *cpu; /* never NULL; the report owns it */
};

struct rxpath_socket_line {
	const struct rxpath_socket *socket; /* in the second sample, which owns it */
	struct rxpath_slice subject;	    /* a NUL byte ends it */
	uint64_t drops_before;
	uint64_t delta;
	uint64_t rx_queue_before; /* RXPATH_UNKNOWN: it is new */
	uint64_t rmem_before;	  /* the same */
	enum rxpath_kind kind;	  /* of its drops; suspect for a capture socket */
	unsigned flags;
	bool full;	    /* its queue is under pressure */
	bool queue_allowed; /* ... which --allow tolerates */
	struct rxpath_process *processes;
	size_t process_count;
	struct rxpath_slice cgroup; /* its path, raw bytes; empty: not known */
	bool owners_known; /* false: not searched for, or some processes may not be examined */
};

struct rxpath_stage_line {
	enum rxpath_state state;
	enum rxpath_kind failure; /* the worst kind that fails; RXPATH_KIND_TRAFFIC: none */
	uint64_t lost;
	uint64_t seen; /* RXPATH_UNKNOWN: the kernel does not count it */
};

struct rxpath_attribution {
	bool known; /* false: a table of sockets or a protocol's counters are missing */
	uint64_t socket_drops, counted, attributed, unattributed, uncounted;
};

/* What to do. `text` says all of it; the other fields are the same for programs, empty where not
 * known. */
struct rxpath_advice {
	struct rxpath_slice text;
	struct rxpath_slice command;   /* to paste into a shell */
	struct rxpath_slice setting;   /* "net.core.rmem_max" */
	struct rxpath_slice current;   /* its value now */
	struct rxpath_slice suggested; /* the value that `command` gives it */
	struct rxpath_slice where; /* where it can be set: "this network namespace", "the host" */
};

/* What one process lost over all its sockets. A socket that several processes hold counts for the
 * first of them other than process 1. */
struct rxpath_process_loss {
	uint64_t pid; /* RXPATH_UNKNOWN: not known; the sockets of one user at one port then count
		       * as one process */
	uint32_t uid; /* of its sockets */
	struct rxpath_slice comm; /* raw bytes; empty: not known */
	struct rxpath_slice unit; /* empty: not known */
	uint64_t lost;
	unsigned thousandths; /* its share of what all sockets of the report lost */
	const struct rxpath_socket_line *worst; /* its socket that lost most */
	size_t socket_count;			/* how many of its sockets lost packets */
	bool several_protocols; /* these sockets are not all of one; UDP-Lite is UDP */
};

struct rxpath_finding {
	const char *id;
	const char *cause; /* a few words, for the first line of the report */
	uint64_t pid;	   /* the reader that it is about; RXPATH_UNKNOWN: none, or not seen */
	bool follows;	   /* it is an effect of what another finding says of that reader */
	enum rxpath_stage stage;
	enum rxpath_kind kind;
	struct rxpath_slice summary;
	const struct rxpath_slice *evidence;
	size_t evidence_count;
	const struct rxpath_advice *advice;
	size_t advice_count;
};

/* What is known about a finding, whatever the report; strings are never NULL. */
struct rxpath_finding_fact {
	const char *id;	   /* udp-receive-buffer */
	const char *cause; /* the same in a few words: receive queue full */
	enum rxpath_stage stage;
	enum rxpath_kind kind; /* at its worst */
	const char *meaning;   /* what happened */
	const char *shown;     /* the evidence that it needs */
	const char *action;    /* what to do first; a report gives it with this machine's values */
};

struct rxpath_unavailable {
	struct rxpath_slice source;
	struct rxpath_slice reason;
	unsigned stages; /* a bit for each stage that is unknown because of it */
	bool failed;	 /* it exists and could not be read or parsed */
	bool held_back;	 /* it exists and needs privilege; `reason` says which */
};

/* One of several network namespaces that are reported together. */
struct rxpath_netns_facts {
	struct rxpath_slice name; /* of `ip netns`, else of the unit, container or pod of its
				   * process, else "net:[INODE]" */
	bool named_by_unit;
	uint64_t inode;
	uint64_t pid;		  /* its oldest process; 0: none known */
	struct rxpath_slice comm; /* of that process, like the path of its cgroup; raw bytes */
	struct rxpath_slice cgroup;
};

struct rxpath_report {
	struct rxpath_arena arena;		       /* owns what the samples do not own */
	bool failed;				       /* memory ran out: something is missing */
	struct rxpath_slice version;		       /* of the program that made the report */
	struct rxpath_slice host, kernel, netns, time; /* empty: not known */
	uint64_t interval;			       /* nanoseconds; RXPATH_UNKNOWN */
	bool since_boot;			       /* one sample against zero */
	bool of_run;				       /* about the time that a command ran */
	bool count_many;			       /* one of several reports (--count) */
	enum rxpath_state state;
	uint64_t lost;
	enum rxpath_kind fail_on;     /* this kind and those before it fail */
	struct rxpath_limit max_lost; /* the total that was tolerated */
	enum rxpath_kind failure;     /* the worst of the stages' */
	int verdict;		      /* 0: nothing failed; 1: something did; 2: not measured */
	struct rxpath_stage_line stages[RXPATH_STAGES];
	struct rxpath_line *lines; /* in path order */
	size_t line_count, line_cap;
	struct rxpath_unmoved *unmoved; /* in the same order */
	size_t unmoved_count, unmoved_cap;
	struct rxpath_socket_line *sockets;
	size_t socket_count, socket_cap;
	struct rxpath_socket_line
		*connections; /* TCP connections whose reader may be slow, worst first */
	size_t connection_count;
	struct rxpath_socket_line
		*queue_readers; /* netlink sockets of the programs whose NFQUEUEs lost packets */
	size_t queue_reader_count;
	struct rxpath_attribution attribution;
	struct rxpath_process_loss *processes; /* those that lost most come first */
	size_t process_count;
	uint64_t datagrams;  /* UDP's, that came to a socket or were damaged; RXPATH_UNKNOWN */
	uint64_t backlogged; /* packets that backlogs dropped and that their devices do not count as
			      * received */
	uint64_t read_gap;   /* by how much what UDP's sockets and its counters lost differ, as they
			      * are read one after the other */
	struct rxpath_finding *findings;
	size_t finding_count, finding_cap;
	struct rxpath_unavailable *unavailable;
	size_t unavailable_count, unavailable_cap;
	struct rxpath_trace_result *trace; /* with ports; NULL: there was no tracing */
	uint64_t counted; /* packets that ended in this namespace, by its counters; only with a
			   * trace or with several namespaces */
	uint64_t path_filtered;	  /* IPv4 packets that the reverse-path filter refused */
	uint64_t without_counter; /* IPv4 packets that no counter has */
	uint64_t path_filtered_elsewhere, without_counter_elsewhere; /* the same in the other
								      * namespaces reported */
	bool is_elsewhere;		      /* another report has the counters of the host */
	const struct rxpath_udp_drop *closed; /* UDP ports of sockets that have been closed */
	size_t closed_count;
	const struct rxpath_netns_facts *of_netns; /* NULL: one namespace is reported */
	size_t other_netns; /* namespaces that were not examined; 0: none, or not counted */
	bool is_first;	    /* the first of several namespaces */
	bool is_last;	    /* the last one */
	const struct rxpath_sample *after; /* for what --all lists */
};

/* The network namespaces of a host, each with its report. */
struct rxpath_host_report {
	const struct rxpath_report *const *reports;
	size_t count;
	size_t ended, appeared; /* namespaces that exist in one of the samples only */
	size_t denied;		/* namespaces that could not be entered */
	size_t beyond;		/* namespaces beyond the limit of open files */
	size_t hidden;		/* processes whose namespace may not be examined */
	bool as_root;		/* what was denied was denied to root */
	bool count_many;	/* one of several passes over them */
};

void rxpath_report_free(struct rxpath_report *report);

/* A walk over all lines in path order, with those of counters that did not move. Zero-initialised
 * it stands before the first one. */
struct rxpath_line_walk {
	size_t moved, unmoved;	 /* how many of each it has passed */
	struct rxpath_line line; /* made of an unmoved one */
};

/* The next line, valid until the next call; NULL: there are no more. */
const struct rxpath_line *rxpath_line_next(const struct rxpath_report *report,
					   struct rxpath_line_walk *walk);

/* The line of a counter that did not move. */
struct rxpath_line rxpath_line_of_unmoved(const struct rxpath_unmoved *unmoved);

/* How many lines there are of both. */
static inline size_t rxpath_line_total(const struct rxpath_report *report)
{
	return report->line_count + report->unmoved_count;
}

/* Adding to a report. Without memory the report has failed from then on: the steps go on,
 * and whoever called them looks at the end. */
void rxpath_report_add_line(struct rxpath_report *report, const struct rxpath_line *line);
void rxpath_report_add_unmoved(struct rxpath_report *report, const struct rxpath_unmoved *unmoved);
void rxpath_report_add_socket(struct rxpath_report *report, const struct rxpath_socket_line *line);

/* Frees the reason, which the item then has. */
void rxpath_report_add_unavailable(struct rxpath_report *report, struct rxpath_unavailable item,
				   struct rxpath_buf *reason);

/* A copy that lives as long as the report. Frees the text. */
struct rxpath_slice rxpath_report_keep(struct rxpath_report *report, struct rxpath_buf *text);

/* Zeroed bytes that live as long as the report; NULL without memory. */
void *rxpath_report_take(struct rxpath_report *report, size_t size);

/* A figure that was derived, not read. */
struct rxpath_line *rxpath_report_add_derived(struct rxpath_report *report, const char *name,
					      uint64_t delta, uint64_t lost, unsigned flags);

/* The one with the key's counter or name, source and subject; NULL. */
struct rxpath_line *rxpath_report_find_like(const struct rxpath_report *report,
					    const struct rxpath_line *key);

/* The line of that counter at that subject in the report's sorted lines; NULL. */
struct rxpath_line *rxpath_report_find(const struct rxpath_report *report,
				       const struct rxpath_counter *counter,
				       const struct rxpath_subject *subject);

/* The line of a counter of the network namespace, if it moved; else NULL. */
struct rxpath_line *rxpath_report_find_moved(const struct rxpath_report *report, const char *name);
void rxpath_report_sort(struct rxpath_report *report);

#endif
