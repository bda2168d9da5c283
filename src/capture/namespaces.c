/* namespaces.c: the network namespaces of the host: those that `ip netns` named, and those that
 * some process is in. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "procfs.h"
#include "rxpath/buf.h"
#include "rxpath/namespaces.h"
#include "rxpath/read.h"
#include "rxpath/unit.h"
#include "rxpath/search.h"

#define NAMED "/run/netns"

/* Since Linux 5.14 (include/uapi/asm-generic/socket.h). */
#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

/* For how many processes of a namespace the start time is read. /proc lists processes by number,
 * so the oldest is usually among the first, and a host may have thousands. */
#define MAX_COMPARED 8

/* A field of /proc/PID/stat. */
#define START_TIME 22

/* The index of that inode's item in the sorted items, or the one where it belongs. */
static size_t index_of(const struct rxpath_namespaces *namespaces, uint64_t inode)
{
	return rxpath_lower_bound(namespaces->items, namespaces->count, sizeof *namespaces->items,
				  inode);
}

const struct rxpath_namespace *rxpath_namespaces_at(const struct rxpath_namespaces *namespaces,
						    uint64_t inode)
{
	size_t at = index_of(namespaces, inode);

	return at < namespaces->count && namespaces->items[at].inode == inode
		       ? &namespaces->items[at]
		       : NULL;
}

/* The namespace of that inode, made if it is new; NULL without memory. */
static struct rxpath_namespace *note(struct rxpath_namespaces *namespaces, uint64_t inode)
{
	size_t at = index_of(namespaces, inode);
	struct rxpath_namespace *items;

	if (at < namespaces->count && namespaces->items[at].inode == inode)
		return &namespaces->items[at];
	items = rxpath_array_grow(namespaces->items, namespaces->count, &namespaces->cap,
				  sizeof *items);
	if (!items)
		return NULL;
	namespaces->items = items;
	memmove(&items[at + 1], &items[at], (namespaces->count - at) * sizeof *items);
	namespaces->count++;
	items[at] = (struct rxpath_namespace){.inode = inode};
	return &items[at];
}

/* 0: the process has ended. */
static uint64_t start_time(int proc, const char *pid)
{
	char text[1024];
	uint64_t value = 0;

	rxpath_procfs_stat_number(rxpath_read_small(proc, text, sizeof text, "%s/stat", pid),
				  START_TIME, &value);
	return value;
}

/* *inode: that of the process's namespace; 0: not permitted. */
static bool note_process(struct rxpath_namespaces *namespaces, enum rxpath_namespaces_detail detail,
			 int proc, const char *pid, uint64_t *inode)
{
	struct rxpath_slice digits = rxpath_slice_of(pid);
	struct rxpath_namespace *item;
	char path[64];
	uint64_t started;

	*inode = 0;
	snprintf(path, sizeof path, "%.20s/ns/net", pid);
	if (!rxpath_procfs_inode(proc, path, "net", inode)) {
		namespaces->hidden += errno == EACCES || errno == EPERM;
		return true;
	}
	item = note(namespaces, *inode);
	if (!item)
		return false;
	if (detail == RXPATH_WITHOUT_PROCESSES || item->compared == MAX_COMPARED)
		return true;
	item->compared++;
	started = start_time(proc, pid);
	if (started != 0 && (item->pid == 0 || started < item->started) &&
	    rxpath_scan_dec(digits, &item->pid))
		item->started = started;
	return true;
}

static bool note_processes(struct rxpath_namespaces *namespaces,
			   enum rxpath_namespaces_detail detail, struct rxpath_error *error)
{
	char text[4096];
	struct rxpath_slice threads = rxpath_slice_of("");
	DIR *proc = opendir("/proc");
	const char *pid;
	bool done = true;

	if (!proc)
		return rxpath_error_system(error, "/proc", errno);
	while (done && (pid = rxpath_procfs_next(proc))) {
		uint64_t inode;

		if (rxpath_procfs_take_thread(&threads, pid))
			continue;
		done = note_process(namespaces, detail, dirfd(proc), pid, &inode);
		/* The kernel's own threads are in the initial namespace, as the first of them. */
		if (inode != 0 && strcmp(pid, RXPATH_KTHREADD) == 0 &&
		    rxpath_procfs_kernel_threads(dirfd(proc), text, sizeof text, &threads))
			namespaces->initial = inode;
	}
	closedir(proc);
	return done || rxpath_error_memory(error);
}

/* A name whose mount is gone is an ordinary file, on another device than namespaces are. */
static bool note_names(struct rxpath_namespaces *namespaces, uint64_t device,
		       struct rxpath_error *error)
{
	DIR *named = opendir(NAMED);
	struct dirent *entry;
	struct stat status;
	bool done = true;

	while (named && done && (entry = readdir(named))) {
		struct rxpath_namespace *item;

		if (entry->d_name[0] == '.' ||
		    fstatat(dirfd(named), entry->d_name, &status, 0) != 0 ||
		    status.st_dev != device)
			continue;
		item = note(namespaces, status.st_ino);
		if (item && item->name.len == 0)
			item->name = rxpath_arena_copy(&namespaces->arena,
						       rxpath_slice_of(entry->d_name));
		done = item && item->name.ptr;
	}
	if (named)
		closedir(named);
	return done || rxpath_error_memory(error);
}

bool rxpath_namespaces_find(struct rxpath_namespaces *namespaces,
			    enum rxpath_namespaces_detail detail, struct rxpath_error *error)
{
	struct stat own;

	if (stat("/proc/thread-self/ns/net", &own) != 0)
		return rxpath_error_system(error, "/proc/thread-self/ns/net", errno);
	namespaces->own = own.st_ino;
	if (!note(namespaces, own.st_ino))
		return rxpath_error_memory(error);
	return note_names(namespaces, own.st_dev, error) &&
	       note_processes(namespaces, detail, error);
}

void rxpath_namespaces_free(struct rxpath_namespaces *namespaces)
{
	rxpath_arena_free(&namespaces->arena);
	free(namespaces->items);
	*namespaces = (struct rxpath_namespaces){0};
}

static int open_if_same(const char *path, uint64_t inode)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat status;

	if (fd < 0)
		return -1;
	if (fstat(fd, &status) == 0 && status.st_ino == inode)
		return fd;
	close(fd);
	errno = ESTALE;
	return -1;
}

int rxpath_namespace_open(const struct rxpath_namespace *item)
{
	struct rxpath_buf path = {0};
	int fd = -1;

	errno = ESTALE;
	if (item->name.len > 0)
		rxpath_buf_printf(&path, NAMED "/%.*s", (int)item->name.len, item->name.ptr);
	else if (item->pid != 0)
		rxpath_buf_printf(&path, "/proc/%llu/ns/net", (unsigned long long)item->pid);
	rxpath_buf_char(&path, '\0');
	if (path.failed)
		errno = ENOMEM;
	else if (path.len > 1)
		fd = open_if_same(path.data, item->inode);
	rxpath_buf_free(&path);
	if (fd < 0 && errno == ENOENT)
		errno = ESTALE;
	return fd;
}

int rxpath_namespace_own(void)
{
	return open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
}

bool rxpath_namespace_is_initial(void)
{
	return access("/proc/sys/net/ipv4/udp_mem", F_OK) == 0;
}

uint64_t rxpath_namespace_cookie(void)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	uint64_t cookie = 0;
	socklen_t len = sizeof cookie;

	if (fd < 0)
		return 0;
	if (getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &len) != 0)
		cookie = 0;
	close(fd);
	return cookie;
}

int rxpath_namespace_enter(int fd)
{
	return setns(fd, CLONE_NEWNET) == 0 ? 0 : errno;
}

bool rxpath_process_describe(uint64_t pid, struct rxpath_arena *arena, struct rxpath_slice *comm,
			     struct rxpath_slice *cgroup)
{
	char text[4096];
	struct rxpath_slice name = rxpath_read_small(AT_FDCWD, text, sizeof text, "/proc/%llu/comm",
						     (unsigned long long)pid);
	struct rxpath_slice groups;

	/* A name may hold newlines; the last one is the kernel's (comm_show, fs/proc/base.c). */
	if (name.len > 0)
		name.len--;
	*comm = rxpath_arena_copy(arena, name);
	groups = rxpath_read_small(AT_FDCWD, text, sizeof text, "/proc/%llu/cgroup",
				   (unsigned long long)pid);
	*cgroup = rxpath_arena_copy(arena, rxpath_unit_path(groups));
	return comm->ptr && cgroup->ptr;
}
