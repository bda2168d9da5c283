/* sample.h: one moment of one network namespace: readings, devices, sockets, what is not known. */
#ifndef RXPATH_SAMPLE_H
#define RXPATH_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rxpath/arena.h"
#include "rxpath/catalogue.h"
#include "rxpath/err.h"
#include "rxpath/scan.h"

enum rxpath_subject_kind {
	RXPATH_ON_NETNS,	/* the network namespace, or the host: written "-" */
	RXPATH_ON_DEVICE,
	RXPATH_ON_CPU,
};

struct rxpath_subject {
	enum rxpath_subject_kind kind;
	uint32_t number;		/* of a CPU: as the kernel prints it */
	struct rxpath_slice name;	/* of a device: raw bytes, in the sample's memory */
};

/* One figure. Where the same file was read twice (around something slower that it is set against),
 * `late` is the second reading; else it equals `value`. A figure that is 0 may be left out, unless
 * the sample keeps zeros: absence from a source that was read means 0. */
struct rxpath_reading {
	const struct rxpath_counter *counter;	/* NULL: the catalogue lacks it */
	struct rxpath_slice name;
	struct rxpath_subject subject;
	enum rxpath_source source;
	size_t device;			/* its index in `devices`, if it is on a device */
	uint64_t value;
	uint64_t late;
	bool second;			/* still to be folded into `late` by rxpath_sample_finish */
};

struct rxpath_device {
	struct rxpath_slice name;	/* raw bytes */
	uint64_t ifindex;		/* 0: not known */
	uint32_t link;			/* a bit (rxpath_link_bit) for each single counter that was
					 * read, if only as 0 */
};

/* A row of /proc/net/ptype. */
struct rxpath_handler {
	struct rxpath_slice type;	/* "ALL" or four hex digits */
	struct rxpath_slice device;	/* "" for any */
	struct rxpath_slice function;
};

enum rxpath_protocol {
	RXPATH_UDP,
	RXPATH_UDPLITE,
	RXPATH_RAW,
	RXPATH_ICMP,
	RXPATH_TCP,
	RXPATH_PACKET,
	RXPATH_PROTOCOLS
};

#define RXPATH_UNKNOWN UINT64_MAX	/* in a 64-bit field: the source does not tell */
#define RXPATH_UNKNOWN32 UINT32_MAX	/* in a 32-bit field: the source does not tell */

/* Addresses are in network byte order, IPv4 in the first four bytes. Of a capture socket: the
 * name of its device, ended by a NUL; empty: all devices. */
struct rxpath_address {
	uint8_t bytes[16];
	uint16_t port;		/* of a raw socket its protocol, of a capture its EtherType */
};

struct rxpath_socket {
	uint64_t cookie;	/* sock_diag's identity, never used again; 0: not known */
	uint64_t inode;		/* 0: none any more (orphan) */
	uint32_t drops;		/* wraps */
	uint32_t rx_queue;	/* bytes that wait to be read; of a listener connections */
	uint32_t rmem;		/* bytes charged to the receive limit; RXPATH_UNKNOWN32 */
	uint32_t rcvbuf;	/* the receive limit in bytes; RXPATH_UNKNOWN32 */
	uint32_t uid;
	uint32_t limit;		/* of a listener: how many connections may wait; RXPATH_UNKNOWN32 */
	uint8_t protocol;	/* enum rxpath_protocol */
	bool v6;
	struct rxpath_address local;
	struct rxpath_address remote;
	uint32_t earlier;	/* a hint: its mark in the sample before, counted from 1; 0: none */
};

/* What a later sample is set against, of every socket: little, for there may be
 * hundreds of thousands. */
struct rxpath_mark {
	uint64_t cookie;
	uint64_t place;		/* as rxpath_socket_place tells it */
	uint32_t drops;
	uint32_t rx_queue;
	uint32_t rmem;
	uint8_t protocol;
	bool v6;
};

/* Who holds a socket. */
struct rxpath_owner {
	uint64_t inode;
	uint64_t pid;
	struct rxpath_slice comm;	/* raw bytes */
};

enum rxpath_source_status {
	RXPATH_NOT_SEEN,	/* the bundle says nothing of it */
	RXPATH_READ,
	RXPATH_ABSENT,		/* this kernel does not have it */
	RXPATH_FAILED,		/* it is there and could not be read or parsed */
};

struct rxpath_source_state {
	enum rxpath_source_status status;
	const struct rxpath_error *error;	/* of RXPATH_FAILED and RXPATH_ABSENT; else NULL */
	unsigned seen;			/* how many times it came */
	struct rxpath_slice first;	/* the text that came first, where one may come again */
};

/* A setting or a limit as it stands: sysctl, ring size, link speed. */
struct rxpath_setting {
	struct rxpath_slice name;	/* "net.core.rmem_max"; "ring.eth0.rx", ... */
	struct rxpath_slice value;	/* as the kernel prints it, without its newline */
};

struct rxpath_trace_result;

struct rxpath_sample {
	struct rxpath_arena arena;	/* owns every slice below */
	bool keep_zeros;

	/* Who and when; empty or RXPATH_UNKNOWN where the bundle does not say. */
	struct rxpath_slice version, host, kernel, boot_id, netns, netns_id, time;
	uint64_t monotonic;		/* nanoseconds since boot */
	uint64_t uptime;		/* nanoseconds, from /proc/uptime */

	struct rxpath_reading *readings;	/* after finish: sorted by rxpath_reading_order */
	size_t reading_count, reading_cap;
	struct rxpath_device *devices;
	size_t device_count, device_cap;
	size_t device_last;		/* the one asked for last: files list them in one order */
	uint32_t *device_slots;		/* an open table by name: indexes plus one; 0 is free */
	size_t device_mask;		/* its size less one */
	uint32_t *cpus;			/* that softnet_stat has a row for; after finish sorted */
	size_t cpu_count, cpu_cap;
	struct rxpath_handler *handlers;
	size_t handler_count, handler_cap;
	struct rxpath_socket *sockets;		/* in the order of the source */
	size_t socket_count, socket_cap;
	struct rxpath_mark *marks;		/* the same, of every socket */
	size_t mark_count, mark_cap;
	uint32_t *quiet;			/* the seats of those that are not in `sockets` */
	size_t quiet_count, quiet_cap;
	struct rxpath_owner *owners;
	size_t owner_count, owner_cap;
	struct rxpath_setting *settings;
	size_t setting_count, setting_cap;

	/* A bit for each source whose table of sockets came in several pieces: while sockets come
	 * and go, the kernel then may leave one out that was there all the time. */
	uint32_t in_pieces;

	/* softnet_stat before Linux 5.10 has no CPU column: its rows belong to the CPUs online. */
	bool cpus_by_line;
	struct rxpath_slice cpus_online;	/* /sys/.../cpu/online; "" if not known */
	bool cpus_changed;			/* read twice, and different */

	/* To be set before the first section by whoever has no use for more. Selective: `sockets`
	 * holds only those that may have something to tell, set against `before` (NULL: against
	 * zero): which drops moved, whose queue holds anything, or that are not found in `before`
	 * where they stood; `quiet` tells who shares an address with those. Last: no sample will be
	 * set against this one, so it needs no marks. Brief: what does not tell whether anything
	 * was lost was not asked for. */
	bool selective;
	bool last;
	bool brief;
	const struct rxpath_sample *before;	/* NULL again after finish */
	size_t before_next;			/* the mark where the next socket is expected */
	unsigned misses;			/* that were not found there */

	struct rxpath_trace_result *trace;	/* drops.h; NULL: there was no tracing */

	struct rxpath_source_state sources[RXPATH_SOURCES];
};

void rxpath_sample_init(struct rxpath_sample *sample, bool keep_zeros);
void rxpath_sample_free(struct rxpath_sample *sample);

/* Each adds one item and returns false without memory. Slices are copied where the
 * sample keeps them. */
bool rxpath_sample_add(struct rxpath_sample *sample, struct rxpath_slice name,
		       enum rxpath_source source, struct rxpath_subject subject, uint64_t value);

/* Adds the network namespace's figures that `before` has of that source, as it first read them: its
 * text is the same again. */
bool rxpath_sample_adopt(struct rxpath_sample *sample, enum rxpath_source source);

bool rxpath_sample_add_cpu(struct rxpath_sample *sample, uint32_t cpu);
bool rxpath_sample_add_socket(struct rxpath_sample *sample, const struct rxpath_socket *socket);
bool rxpath_sample_add_owner(struct rxpath_sample *sample, const struct rxpath_owner *owner);
bool rxpath_sample_add_handler(struct rxpath_sample *sample, const struct rxpath_handler *handler);
bool rxpath_sample_add_setting(struct rxpath_sample *sample, struct rxpath_slice name,
			       struct rxpath_slice value);

/* The device of that name, made if it is new; NULL without memory. Valid until the next
 * one is made. */
struct rxpath_device *rxpath_sample_device(struct rxpath_sample *sample, struct rxpath_slice name);

/* The same of a sample that stays as it is; NULL: there is none. */
const struct rxpath_device *rxpath_sample_find_device(const struct rxpath_sample *sample,
						      struct rxpath_slice name);

/* The bit of that counter of a single device (rx_dropped, ...); those that are not
 * known share one. */
uint32_t rxpath_link_bit(struct rxpath_slice name);

/* The bits of the single counters that make a sum of /proc/net/dev (dev_drop, ...) needless. */
uint32_t rxpath_link_bits_of_sum(struct rxpath_slice name);

/* The sum of /proc/net/dev that has that single counter as a part; NULL: none. */
const char *rxpath_link_sum(struct rxpath_slice name);

/* NULL when the sample has no such setting. */
const struct rxpath_setting *rxpath_sample_setting(const struct rxpath_sample *sample,
						   const char *name);

/* To be called once after the last section: folds second readings into `late`, sorts. */
void rxpath_sample_finish(struct rxpath_sample *sample);

/* Whether the figures that the sample has of the source are to be believed: it was read, or it is a
 * row of files, one a device's counter, of which some were not. */
bool rxpath_source_stands(const struct rxpath_sample *sample, enum rxpath_source source);

/* Whether the source is there and was held back for lack of privilege, which only the program's own
 * sections are: those of a namespace that could not be entered. No stage depends on them. */
bool rxpath_source_is_held_back(const struct rxpath_sample *sample, enum rxpath_source source);

/* Where a reading belongs; of one that the catalogue lacks, by the file that it stands in. */
enum rxpath_stage rxpath_reading_stage(const struct rxpath_reading *reading);

/* <0, 0, >0: by stage in path order, then by name, then by subject. */
int rxpath_reading_order(const struct rxpath_reading *a, const struct rxpath_reading *b);

/* The reading after rxpath_sample_finish; NULL where there is none (it is 0, or was not read). */
const struct rxpath_reading *rxpath_sample_find(const struct rxpath_sample *sample,
						const char *name,
						const struct rxpath_subject *subject);
const struct rxpath_reading *rxpath_sample_find_of(const struct rxpath_sample *sample,
						   const struct rxpath_counter *counter,
						   const struct rxpath_subject *subject);

/* The same by another reading, which may be of a counter that the catalogue lacks. */
const struct rxpath_reading *rxpath_sample_find_like(const struct rxpath_sample *sample,
						     const struct rxpath_reading *key);

struct rxpath_buf;

/* One line of the /proc/net/udp table with the columns that sock_diag adds; and its header. */
void rxpath_socket_header(struct rxpath_buf *out);
void rxpath_socket_row(struct rxpath_buf *out, const struct rxpath_socket *socket);

/* "udp/127.0.0.1:9999", "udp6/[::1]:9999", "raw/0.0.0.0:1". Of a capture socket "packet/eth0",
 * or "packet/" and an asterisk. */
void rxpath_socket_subject(struct rxpath_buf *out, const struct rxpath_socket *socket);

/* What its queue is called in a report: "sk_rx_queue", of a listener "sk_accept_queue". */
const char *rxpath_socket_queue(const struct rxpath_socket *socket);

/* What tells it from others of its table for as long as it lives, also in a source without cookies:
 * its inode and port, or for one that has no inode any more a hash of its addresses. */
uint64_t rxpath_socket_place(const struct rxpath_socket *socket);

/* The same number for all UDP sockets that share an address, and what is sent to it, by
 * SO_REUSEPORT or multicast; 0: it shares with none. Of 2^32 numbers, so strangers hardly ever have
 * the same. */
uint32_t rxpath_socket_seat(const struct rxpath_socket *socket);

/* Whether the mark is of this socket, whose place that is. */
bool rxpath_mark_is_of(const struct rxpath_mark *mark, const struct rxpath_socket *socket,
		       uint64_t place);

/* "udp", "udp6", "udplite", ... */
const char *rxpath_socket_protocol(const struct rxpath_socket *socket);

/* "127.0.0.1:9999", "[::1]:9999". */
void rxpath_socket_address(struct rxpath_buf *out, const struct rxpath_socket *socket,
			   const struct rxpath_address *address);

/* The source that a socket's table comes from. */
enum rxpath_source rxpath_socket_source(enum rxpath_protocol protocol, bool v6);

#endif
