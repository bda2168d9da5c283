/* netns_list.c: which network namespaces there are, what they are called, and how to enter one.
 *
 * A namespace is known by an open descriptor: as long as that is open, no other gets its inode.
 * Where the limit of descriptors is too low for that, it is opened each time, and known by its
 * cookie. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "netns_list.h"
#include "rxpath/namespaces.h"
#include "rxpath/search.h"
#include "rxpath/unit.h"

/* Descriptors for everything else. */
#define FILES_OF_OTHERS ((size_t)64)

static void free_member(struct member *member)
{
	rxpath_capture_close(member->capture);
	rxpath_sample_free(&member->examined.before);
	rxpath_sample_free(&member->examined.after);
	rxpath_arena_free(&member->arena);
	if (member->examined.elsewhere && member->fd >= 0)
		close(member->fd);
	free(member);
}

void netns_list_free(struct all_netns *all)
{
	for (size_t i = 0; i < all->count; i++)
		free_member(all->members[i]);
	free(all->members);
}

int netns_enter(struct all_netns *all, int fd)
{
	int number = fd == all->inside ? 0 : rxpath_namespace_enter(fd);

	if (number == 0)
		all->inside = fd;
	return number;
}

int netns_enter_member(struct all_netns *all, const struct member *member)
{
	const struct rxpath_namespace item = {
		.inode = member->facts.inode,
		.pid = member->facts.pid,
		.name = member->ip_name,
	};
	int fd, number;

	if (member->fd >= 0)
		return netns_enter(all, member->fd);
	fd = rxpath_namespace_open(&item);
	number = fd < 0 ? errno : netns_enter(all, fd);
	if (fd >= 0)
		close(fd);
	if (number == 0)
		all->inside = -1;
	return number;
}

size_t netns_descriptors_left(void)
{
	struct rlimit limit;

	return getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur <= FILES_OF_OTHERS
		       ? 0
		       : (size_t)limit.rlim_cur - FILES_OF_OTHERS;
}

static int by_inode(const void *inode, const void *member)
{
	return rxpath_order(*(const uint64_t *)inode,
			    (*(struct member *const *)member)->facts.inode);
}

static struct member *find_member(const struct all_netns *all, uint64_t inode)
{
	struct member *const *found = all->count == 0 ? NULL
						      : bsearch(&inode, all->members, all->count,
								sizeof(struct member *), by_inode);

	return found ? *found : NULL;
}

/* False without memory. */
static bool describe(struct member *member, const struct rxpath_namespace *item)
{
	struct rxpath_netns_facts *facts = &member->facts;

	if (member->found && facts->pid == item->pid &&
	    rxpath_slice_equal(member->ip_name, item->name))
		return true;
	rxpath_arena_free(&member->arena);
	member->arena = (struct rxpath_arena){0};
	facts->pid = item->pid;
	facts->comm = facts->cgroup = rxpath_slice_of("");
	if (item->pid != 0 &&
	    !rxpath_process_describe(item->pid, &member->arena, &facts->comm, &facts->cgroup))
		return false;
	member->ip_name = rxpath_arena_copy(&member->arena, item->name);
	return member->ip_name.ptr != NULL;
}

/* A unit that has several namespaces names none of them. */
static bool is_shared(const struct all_netns *all, const struct member *member,
		      struct rxpath_slice unit)
{
	for (size_t i = 0; i < all->count; i++) {
		const struct member *other = all->members[i];

		if (other != member && other->examined.elsewhere &&
		    (rxpath_slice_equal(rxpath_unit_of(other->facts.cgroup), unit) ||
		     rxpath_slice_equal(other->ip_name, unit)))
			return true;
	}
	return false;
}

/* The program's own namespace is mostly the host's, so no unit names it. */
static bool set_name(const struct all_netns *all, struct member *member)
{
	struct rxpath_netns_facts *facts = &member->facts;
	struct rxpath_slice unit = rxpath_unit_of(facts->cgroup);
	struct rxpath_buf text = {0};

	facts->named_by_unit = false;
	if (member->ip_name.len > 0) {
		facts->name = member->ip_name;
		return true;
	}
	if (unit.len > 0 && member->examined.elsewhere && !is_shared(all, member, unit)) {
		facts->named_by_unit = true;
		facts->name = unit;
		return true;
	}
	rxpath_buf_printf(&text, "net:[%llu]", (unsigned long long)facts->inode);
	facts->name = text.failed ? (struct rxpath_slice){NULL, 0}
				  : rxpath_arena_copy(&member->arena, rxpath_buf_view(&text));
	rxpath_buf_free(&text);
	return facts->name.ptr != NULL;
}

/* Adds the namespace, unless it has ended or may not be opened. False without memory. */
static bool add_member(struct all_netns *all, const struct rxpath_namespace *item, bool is_own)
{
	struct member *member = calloc(1, sizeof *member);
	struct member **members =
		rxpath_array_grow(all->members, all->count, &all->cap, sizeof(struct member *));
	size_t at = all->count;
	int number;

	if (members)
		all->members = members;
	if (!member || !members) {
		free(member);
		return false;
	}
	member->fd = is_own ? all->own : rxpath_namespace_open(item);
	number = member->fd < 0 ? errno : netns_enter(all, member->fd);
	if (number != 0) {
		/* One that has ended in the meantime does not count. */
		if (number == EMFILE || number == ENFILE)
			all->beyond++;
		else if (number != ESTALE)
			all->denied++;
		if (member->fd >= 0)
			close(member->fd);
		free(member);
		return true;
	}
	member->facts.inode = item->inode;
	member->examined.netns = &member->facts;
	member->examined.elsewhere = !is_own;
	if (!describe(member, item)) {
		free_member(member);
		return false;
	}
	if (!is_own && all->fds_kept >= netns_descriptors_left()) {
		close(member->fd);
		member->fd = -1;
		all->inside = -1;
	}
	all->fds_kept += member->fd >= 0;
	for (; at > 0 && members[at - 1]->facts.inode > item->inode; at--)
		members[at] = members[at - 1];
	members[at] = member;
	all->count++;
	all->appeared += all->taken;
	return true;
}

static void remove_ended(struct all_netns *all)
{
	size_t kept = 0;

	for (size_t i = 0; i < all->count; i++) {
		if (all->members[i]->found) {
			all->members[kept++] = all->members[i];
			continue;
		}
		all->ended++;
		all->fds_kept -= all->members[i]->fd >= 0;
		free_member(all->members[i]);
	}
	all->count = kept;
}

bool netns_list_update(struct all_netns *all, struct rxpath_error *error)
{
	struct rxpath_namespaces namespaces = {0};
	bool done = rxpath_namespaces_find(&namespaces, RXPATH_WITH_PROCESSES, error);
	bool has_memory = true;

	all->ended = all->appeared = all->denied = all->beyond = 0;
	all->hidden = namespaces.hidden;
	all->initial = namespaces.initial;
	if (all->initial == 0 && rxpath_namespace_is_initial())
		all->initial = namespaces.own;
	for (size_t i = 0; done && i < all->count; i++)
		all->members[i]->found =
			rxpath_namespaces_at(&namespaces, all->members[i]->facts.inode) != NULL;
	if (done)
		remove_ended(all);
	for (size_t i = 0; done && has_memory && i < namespaces.count; i++) {
		const struct rxpath_namespace *item = &namespaces.items[i];
		struct member *member = find_member(all, item->inode);

		has_memory = member ? describe(member, item)
				    : add_member(all, item, item->inode == namespaces.own);
	}
	for (size_t i = 0; done && has_memory && i < all->count; i++)
		has_memory = set_name(all, all->members[i]);
	rxpath_namespaces_free(&namespaces);
	netns_enter(all, all->own);
	return done && (has_memory || rxpath_error_memory(error));
}
