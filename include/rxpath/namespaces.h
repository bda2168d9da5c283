/* namespaces.h: the network namespaces of the host, as far as this process may see them. */
#ifndef RXPATH_NAMESPACES_H
#define RXPATH_NAMESPACES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rxpath/arena.h"
#include "rxpath/err.h"
#include "rxpath/scan.h"

/* Whether to look for the oldest process of each namespace. It costs reading one file per process
 * in another namespace. */
enum rxpath_namespaces_detail { RXPATH_WITHOUT_PROCESSES, RXPATH_WITH_PROCESSES };

struct rxpath_namespace {
	uint64_t inode;		  /* N of "net:[N]"; the key, so it is the first member */
	struct rxpath_slice name; /* the name of `ip netns`; empty: none */
	uint64_t pid;		  /* its oldest process; 0: none found */
	unsigned compared;	  /* how many of its processes were examined for that */
	uint64_t started;	  /* when that process started, in clock ticks since boot */
};

/* Zero-initialised it is empty and valid; the owner frees it with rxpath_namespaces_free. */
struct rxpath_namespaces {
	struct rxpath_arena arena; /* owns the names */
	struct rxpath_namespace
		*items; /* sorted by inode, each namespace once, with the current one */
	size_t count, cap;
	uint64_t own;	  /* the inode of the one that this thread is in */
	uint64_t initial; /* that of the host's first one, which alone shows the limits of socket
			   * memory; 0: not known */
	size_t hidden;	  /* processes that may not be examined */
};

/* Fills *namespaces (empty) from /run/netns and the links /proc/PID/ns/net: one readlink a process.
 * A namespace that only a descriptor or another mount keeps alive is not found. False without
 * memory, or when /proc cannot be listed. */
bool rxpath_namespaces_find(struct rxpath_namespaces *namespaces,
			    enum rxpath_namespaces_detail detail, struct rxpath_error *error);
void rxpath_namespaces_free(struct rxpath_namespaces *namespaces);

/* NULL: it is not among them. */
const struct rxpath_namespace *rxpath_namespaces_at(const struct rxpath_namespaces *namespaces,
						    uint64_t inode);

/* A descriptor of the namespace that this thread is in; -1 with errno. */
int rxpath_namespace_own(void);

/* Whether this thread is in the host's first one. */
bool rxpath_namespace_is_initial(void);

/* A number that identifies the namespace of this thread and is never used again, unlike the inode;
 * 0: this kernel has none. */
uint64_t rxpath_namespace_cookie(void);

/* Enters the namespace of that descriptor. 0, or an errno. */
int rxpath_namespace_enter(int fd);

/* The name of a process and the path of its cgroup, raw bytes, copied into the arena; empty: not
 * known. False without memory. */
bool rxpath_process_describe(uint64_t pid, struct rxpath_arena *arena, struct rxpath_slice *comm,
			     struct rxpath_slice *cgroup);

/* A descriptor of exactly that namespace for setns, which the caller closes. While it is open the
 * kernel cannot reuse the inode. -1 with errno: ESTALE when the namespace is gone. */
int rxpath_namespace_open(const struct rxpath_namespace *item);

#endif
