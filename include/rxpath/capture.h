/* capture.h: everything that reads the system; it changes nothing. Files stay open between
 * samples. */
#ifndef RXPATH_CAPTURE_H
#define RXPATH_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rxpath/bundle.h"
#include "rxpath/read.h"
#include "rxpath/err.h"

/* The largest saved sample, and the largest single file under --root, that is read. */
#define RXPATH_FILE_LIMIT ((size_t)512 << 20)

/* What to examine. All NULL: this process's own network namespace, /proc and /sys. At most one is
 * set. */
struct rxpath_target {
	const char *root;  /* DIR/proc and DIR/sys in place of /proc and /sys */
	const char *netns; /* a name of `ip netns`, or a path */
	const char *pid; /* the network namespace of this process: its number, or the first process
			  * of "unit:NAME" or "container:ID" */
	bool entered;	 /* the caller has entered the namespace already */
};

/* Which sources are read. Those of the host are the same in every namespace. */
enum rxpath_extent {
	RXPATH_NETNS_AND_HOST,
	RXPATH_NETNS_ALONE,
	RXPATH_HOST_ALONE,
};

/* What the samples are for. Sources that are useless for it are not read. */
struct rxpath_purpose {
	bool brief; /* only whether anything was lost (-q): the sources that the table of sources
		     * marks for it */
	enum rxpath_extent extent;
	bool alone;	   /* no sample is compared with another */
	bool all_rules;	   /* netfilter rules however many there are; else up to 10,000 */
	bool no_limits;	   /* another capture reads the host's limits of socket memory */
	unsigned owner_ms; /* how long the walk over all processes may take; 0: 250 */
	const struct rxpath_interrupt *interrupt; /* ends long reads; NULL: nothing does */
};

struct rxpath_capture;

/* Enters the target's namespace, if any (the process stays in it), and prepares for samples. NULL
 * with *error set when the target cannot be entered. The caller ends it with
 * rxpath_capture_close. */
struct rxpath_capture *rxpath_capture_open(const struct rxpath_target *target,
					   struct rxpath_purpose purpose,
					   struct rxpath_error *error);
void rxpath_capture_close(struct rxpath_capture *capture);

/* One sample's sections into the sink. Of two sources that are compared, the small one is read
 * before and after the large one, unless the sample is brief. What cannot be read comes as a
 * section with its errno. False only when the sink returned false, without memory, or when
 * interrupted. */
bool rxpath_capture_sample(struct rxpath_capture *capture, rxpath_sink *sink, void *context,
			   struct rxpath_error *error);

/* A bit for each source that this kernel did not have when it was last looked for. A source that a
 * module adds is in all namespaces or in none. */
uint64_t rxpath_capture_absent(const struct rxpath_capture *capture);

/* The next samples do not look for the sources of these bits. */
void rxpath_capture_assume_absent(struct rxpath_capture *capture, uint64_t absent);

/* Section "rxpath/owners" for these socket inodes (sorted, ascending): one pass over /proc/PID/fd.
 * With `count` 0 nothing is read. When some processes were skipped, a second section
 * "rxpath/owners" says why: EACCES (not allowed), ETIMEDOUT (no time left), EINTR. */
bool rxpath_capture_owners(struct rxpath_capture *capture, const uint64_t *inodes, size_t count,
			   rxpath_sink *sink, void *context, struct rxpath_error *error);

/* Section "rxpath/cgroups": the paths of the cgroups with these ids (sorted, ascending) that are
 * below this host's cgroup2 mount: one walk over its directories. With `count` 0, or without such a
 * mount, there is no section. */
bool rxpath_capture_cgroups(struct rxpath_capture *capture, const uint64_t *ids, size_t count,
			    rxpath_sink *sink, void *context, struct rxpath_error *error);

/* Section "rxpath/connections": TCP connections that dropped segments or whose receive buffers are
 * more than half full. It reads all connections, so it is called only when there is something to
 * explain. */
bool rxpath_capture_connections(struct rxpath_capture *capture, rxpath_sink *sink, void *context,
				struct rxpath_error *error);

/* The owners for the first sample, in little time: one for each socket, process 1 only where there
 * is no other. The processes of these cgroups (ids) are searched first; if that does not find them,
 * all processes are, for at most 100 ms of CPU time. */
bool rxpath_capture_first_owners(struct rxpath_capture *capture, const uint64_t *inodes,
				 size_t count, const uint64_t *groups, size_t group_count,
				 rxpath_sink *sink, void *context, struct rxpath_error *error);

/* Section "rxpath/readers": what the threads of these processes did so far: time that they ran and
 * waited for a CPU, state, CPU limit. Each thread costs a file or two, so callers ask for few. */
bool rxpath_capture_readers(struct rxpath_capture *capture, const uint64_t *pids, size_t count,
			    rxpath_sink *sink, void *context, struct rxpath_error *error);

/* Section "rxpath/settings": the settings and limits that explain what happened at these stages
 * (bits): sysctls, levels of memory, rings, links, what RPS is set to; of at most
 * RXPATH_SETTINGS_DEVICES devices. It reads many small files and asks drivers, so it is called only
 * when there is something to explain. */
bool rxpath_capture_settings(struct rxpath_capture *capture, unsigned stages, rxpath_sink *sink,
			     void *context, struct rxpath_error *error);
#define RXPATH_SETTINGS_DEVICES 256

/* More of "rxpath/settings": the memory limits of the cgroups of these processes, of at most
 * RXPATH_MEMORY_PROCESSES; there is no line for a process without a limit. */
bool rxpath_capture_memory(struct rxpath_capture *capture, const uint64_t *pids, size_t count,
			   rxpath_sink *sink, void *context, struct rxpath_error *error);
#define RXPATH_MEMORY_PROCESSES 1024

#endif
