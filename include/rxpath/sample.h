/* sample.h: one moment of one network namespace: readings, devices, sockets, and the state of each
 * source. */
#ifndef RXPATH_SAMPLE_H
#define RXPATH_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "rxpath/arena.h"
#include "rxpath/buf.h"
#include "rxpath/catalogue.h"
#include "rxpath/device.h"
#include "rxpath/err.h"
#include "rxpath/rule.h"
#include "rxpath/scan.h"
#include "rxpath/socket.h"

enum rxpath_subject_kind {
	RXPATH_ON_NETNS, /* the network namespace, or the host: written "-" */
	RXPATH_ON_DEVICE,
	RXPATH_ON_CPU,
	RXPATH_ON_NFQUEUE, /* a queue that a program reads packets from */
	RXPATH_ON_RULE,	   /* a netfilter rule, or a chain's policy */
};

struct rxpath_subject {
	enum rxpath_subject_kind kind;
	uint32_t number;	  /* of a CPU or an NFQUEUE, as the kernel prints it */
	struct rxpath_slice name; /* of a device or a rule: raw bytes, in the sample's
				   * memory */
};

/* As reports write it: "-", "eth0", "cpu3", "queue7", "inet/f/in#7". */
void rxpath_subject_text(struct rxpath_buf *out, const struct rxpath_subject *subject);

/* One value of a counter. It is small: 10,000 devices have 140,000 of them. Where the file was read
 * twice (before and after a larger one that it is compared with), `reread` is the second value;
 * else it equals `value`. A sample may leave out values of 0: a counter missing from a source that
 * was read is 0. */
struct rxpath_reading {
	const struct rxpath_counter *counter; /* NULL: the catalogue lacks it */
	const char *name;
	struct rxpath_subject subject;
	uint64_t value;
	uint64_t reread;
	uint32_t device; /* its index in `devices`, if it is on a device */
	uint16_t source; /* enum rxpath_source */
	bool is_reread;	 /* only while the sample is built; it becomes the first reading's `reread`
			  */
};

/* A row of /proc/net/ptype. */
struct rxpath_handler {
	struct rxpath_slice type;   /* "ALL" or four hex digits */
	struct rxpath_slice device; /* "" for any */
	struct rxpath_slice function;
};

/* Who holds a socket. */
struct rxpath_owner {
	uint64_t inode; /* of the socket; the key, so it is the first member */
	uint64_t pid;
	struct rxpath_slice comm;   /* raw bytes */
	struct rxpath_slice cgroup; /* its path, raw bytes; empty: not known */
};

/* The path of a cgroup below the cgroup2 mount, raw bytes. */
struct rxpath_cgroup {
	uint64_t id; /* the key, so it is the first member */
	struct rxpath_slice path;
};

/* One thread of a process that reads a socket. Times in nanoseconds; RXPATH_UNKNOWN where it is
 * not known. */
struct rxpath_thread {
	uint64_t pid, tid;
	uint64_t start;	    /* when it was created: it tells apart threads with the same number */
	uint64_t at;	    /* when this was read */
	uint64_t threads;   /* how many the process has */
	uint64_t run, wait; /* time that it ran, and that it waited for a CPU */
	uint64_t throttled; /* how long the CPU limit of its cgroup stopped the cgroup */
	uint64_t quota, period;	    /* of that limit, in microseconds; UNKNOWN: no limit */
	uint64_t version;	    /* of the cgroup hierarchy with that limit: 1 or 2 */
	char state;		    /* as in /proc/PID/stat: R, S, D, T, ... */
	struct rxpath_slice cpus;   /* the CPUs it may run on: "0-3,5"; empty: not known */
	struct rxpath_slice cgroup; /* the cgroup of the limit; raw bytes */
};

enum rxpath_source_status {
	RXPATH_NOT_SEEN, /* the bundle does not contain it */
	RXPATH_READ,
	RXPATH_ABSENT, /* this kernel does not have it */
	RXPATH_FAILED, /* it is there and could not be read or parsed */
};

struct rxpath_source_state {
	enum rxpath_source_status status;
	const struct rxpath_error *error; /* of RXPATH_FAILED and RXPATH_ABSENT; else NULL */
	bool in_pieces; /* a table of sockets that came in several pieces: when others open or close
			 * meanwhile, the kernel may skip a socket */
};

/* The present value of a setting or a limit: sysctl, ring size, link speed. */
struct rxpath_setting {
	struct rxpath_slice name;  /* "net.core.rmem_max"; "device.eth0.ring", ... */
	struct rxpath_slice value; /* as the kernel prints it, without its newline */
};

struct rxpath_trace_result;

struct rxpath_sample {
	struct rxpath_arena arena; /* owns every slice below */
	size_t text;		   /* bytes of the sections that it was read from */

	/* Who and when; empty or RXPATH_UNKNOWN where the bundle does not say. */
	struct rxpath_slice version, host, kernel, boot_id, netns, netns_id, time;
	uint64_t monotonic; /* nanoseconds since boot */
	uint64_t uptime;    /* nanoseconds, from /proc/uptime */

	struct rxpath_reading *readings; /* sorted by rxpath_reading_order */
	size_t reading_count;
	struct rxpath_device *devices;
	size_t device_count;
	uint32_t *device_slots; /* a hash table by name: indexes plus one; 0 is free */
	size_t device_mask;	/* the size of that table less one */
	uint64_t *cpus;		/* the CPUs with a row in softnet_stat; sorted */
	size_t cpu_count;
	struct rxpath_handler *handlers;
	size_t handler_count;
	struct rxpath_socket *sockets; /* in the order of the source */
	size_t socket_count;
	size_t sockets_listed;		      /* including those that are left out */
	struct rxpath_socket_record *records; /* of every socket */
	size_t record_count;
	uint32_t *skipped_groups; /* the reuse groups of the sockets that are left out */
	size_t skipped_group_count;
	struct rxpath_owner *owners;
	size_t owner_count;
	struct rxpath_cgroup *cgroups;
	size_t cgroup_count;
	struct rxpath_socket *connections; /* TCP connections whose reader may be slow */
	size_t connection_count;
	struct rxpath_thread *threads;
	size_t thread_count;
	struct rxpath_setting *settings;
	size_t setting_count;
	struct rxpath_rule *rules; /* sorted by their names */
	size_t rule_count;

	struct rxpath_slice udp_columns;     /* the names in snmp's line "Udp:"; "" if not read */
	struct rxpath_slice udplite_columns; /* of UDP-Lite, gone in Linux 7.1 */
	struct rxpath_slice icmp_columns;    /* and of ICMP */
	bool forwards_ipv4;		     /* this host is a router */
	size_t softnet_columns;		     /* of softnet_stat; 0: not read */

	/* softnet_stat before Linux 5.10 has no CPU column: its rows belong to the CPUs online. */
	bool cpus_by_line;
	struct rxpath_slice cpus_online; /* /sys/.../cpu/online; "" if not known */
	bool cpus_changed;		 /* read twice, and different */

	struct rxpath_trace_result *trace; /* drops.h; NULL: there was no tracing */

	struct rxpath_source_state sources[RXPATH_SOURCES];
};

void rxpath_sample_free(struct rxpath_sample *sample);

/* Bytes of memory that it takes. */
size_t rxpath_sample_memory(const struct rxpath_sample *sample);

/* Removes readings of 0, which say nothing of the first of two samples. */
void rxpath_sample_forget_zeros(struct rxpath_sample *sample);

/* NULL when the sample has no such setting. */
const struct rxpath_setting *rxpath_sample_setting(const struct rxpath_sample *sample,
						   const char *name);

/* Whether the sample's values of the source can be used: it was read; or it is a set of files, one
 * for each counter of a device, and some of them were read. */
bool rxpath_source_usable(const struct rxpath_sample *sample, enum rxpath_source source);

/* Whether rxpath itself looked for the source on that machine, and the kernel did not have it. */
bool rxpath_source_known_absent(const struct rxpath_sample *sample, enum rxpath_source source);

/* Whether the source exists but was not read, for lack of privilege or because it is too large
 * (E2BIG): a section of the program, or the list of NFQUEUEs. No stage depends on it. */
bool rxpath_source_is_held_back(const struct rxpath_sample *sample, enum rxpath_source source);

/* The stage of a reading; of one without a catalogue row, the stage of its source. */
enum rxpath_stage rxpath_reading_stage(const struct rxpath_reading *reading);

/* <0, 0, >0: by stage in path order, then by name, then by subject. */
int rxpath_reading_order(const struct rxpath_reading *a, const struct rxpath_reading *b);

/* Whether it is one of the counter of that name. */
static inline bool rxpath_reading_is(const struct rxpath_reading *reading, const char *name)
{
	return strcmp(reading->name, name) == 0;
}

/* NULL: none (it is 0, or was not read). */
const struct rxpath_reading *rxpath_sample_find(const struct rxpath_sample *sample,
						const char *name,
						const struct rxpath_subject *subject);
const struct rxpath_reading *rxpath_sample_find_of(const struct rxpath_sample *sample,
						   const struct rxpath_counter *counter,
						   const struct rxpath_subject *subject);

/* The same by another reading, also of a counter without a catalogue row. */
const struct rxpath_reading *rxpath_sample_find_like(const struct rxpath_sample *sample,
						     const struct rxpath_reading *key);

#endif
