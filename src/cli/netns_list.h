/* netns_list.h: the network namespaces of the host, each with its samples. */
#ifndef RXPATH_CLI_NETNS_LIST_H
#define RXPATH_CLI_NETNS_LIST_H

#include <sys/resource.h>

#include "session.h"

struct member {
	struct examined examined; /* first: all_netns.c gets from this to the member */
	struct rxpath_netns_facts facts;
	struct rxpath_arena arena;	/* owns their texts */
	struct rxpath_slice ip_name;	/* what `ip netns` calls it */
	int fd;				/* -1: too many are open to keep this one so */
	uint64_t cookie;		/* tells it again without one; 0: not known */
	bool found;			/* it was there when the namespaces were last looked for */
	struct rxpath_capture *capture; /* NULL: not open now */
	struct rxpath_builder builder;
	bool has_before, has_after;
};

struct all_netns {
	struct rlimit limit;	 /* as it was before */
	int own;		 /* a descriptor of the program's own namespace */
	int inside;		 /* that of the one where it is now */
	struct member **members; /* sorted by inode */
	size_t count, cap;
	size_t fds_kept;  /* open descriptors of namespaces */
	uint64_t absent;  /* the sources that no namespace has, in this sample */
	uint64_t initial; /* the inode of the only one that shows the limits of socket memory; 0 */
	size_t ended, appeared, denied, beyond, hidden;
	bool taken;		/* at least one sample */
	bool said;		/* what may not be examined */
	struct rxpath_buf host; /* the stored form of what the host counts */
};

/* Finds the namespaces anew: adds those that have appeared and removes those that have ended. */
bool netns_list_update(struct all_netns *all, struct rxpath_error *error);
void netns_list_free(struct all_netns *all);

/* Enter a namespace, without privilege if the program is there already. 0, or an errno: ESTALE when
 * it has ended. */
int netns_enter(struct all_netns *all, int fd);
int netns_enter_member(struct all_netns *all, const struct member *member);

/* How many descriptors are left beside those that are always needed. */
size_t netns_descriptors_left(void);

#endif
