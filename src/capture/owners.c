/* owners.c: which processes hold a socket: one pass over /proc/PID/fd.
 *
 * The walk goes on after an owner has been found for each socket, as long as time allows: after
 * a fork a socket has several holders, and nothing shows how many. A report names sockets only
 * when they lost packets or are about to, so most reports need no walk. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "capture_internal.h"
#include "procfs.h"
#include "rxpath/clock.h"
#include "rxpath/unit.h"
#include "rxpath/search.h"

/* How long the walk may take. A process may have a million descriptors, and a host thousands of
 * processes. */
#define DEFAULT_BUDGET_MS 250

/* How much CPU time it may take at the first sample. With busy CPUs this takes longer. */
#define FIRST_CPU_MS 100

/* How many descriptors are looked at for each reading of the clock. */
#define LINKS_AT_ONCE 256

/* Every holder of each socket, or one holder. */
enum extent { ALL_OWNERS, FIRST_OWNERS };

struct owner_scan {
	const uint64_t *inodes; /* sorted */
	size_t count;
	enum extent extent;
	size_t missing;	   /* sockets for which no owner, or only process 1, was found */
	uint32_t *seen;	   /* of each, the number of the last process that holds it */
	uint32_t number;   /* of the process that is being looked into */
	bool is_first;	   /* that process is process 1 */
	int failure;	   /* why some process could not be looked into */
	int ended;	   /* why the walk ended early: ETIMEDOUT, EINTR; else 0 */
	uint64_t deadline; /* of CLOCK_MONOTONIC, in nanoseconds */
	uint64_t cpu_end;  /* of CLOCK_THREAD_CPUTIME_ID; 0: no limit */
	const struct rxpath_interrupt *interrupt;
	struct rxpath_buf names; /* the names of that process and its cgroup; empty: not read yet */
	struct rxpath_buf text;
};

/* Whether to list it: a process is listed once for each socket, however many descriptors it has
 * for it. */
static bool is_wanted(struct owner_scan *scan, uint64_t inode)
{
	size_t at = rxpath_lower_bound(scan->inodes, scan->count, sizeof *scan->inodes, inode);

	if (at == scan->count || scan->inodes[at] != inode || scan->seen[at] == scan->number)
		return false;
	/* A socket that systemd passed to a service stays open in process 1, which does not read
	 * it. */
	scan->missing -= scan->seen[at] == 0 && !scan->is_first;
	scan->seen[at] = scan->number;
	return true;
}

/* Two words: the name that the process gave itself, and the cgroup that names its unit, which is
 * left out where the name is empty. */
static void put_names(struct rxpath_buf *out, int fds)
{
	char text[4096];
	struct rxpath_slice name = rxpath_read_small(fds, text, sizeof text, "../comm");
	struct rxpath_slice groups;

	/* The last newline is the kernel's (comm_show, fs/proc/base.c). */
	if (name.len > 0 && text[name.len - 1] == '\n')
		name.len--;
	rxpath_buf_char(out, ' ');
	rxpath_buf_escaped(out, name, "");
	groups = rxpath_read_small(fds, text, sizeof text, "../cgroup");
	if (groups.len == 0 || out->len == 1)
		return;
	rxpath_buf_char(out, ' ');
	rxpath_buf_escaped(out, rxpath_unit_path(groups), "");
}

/* Whether the walk has to end here; scan->ended says why. */
static bool is_over(struct owner_scan *scan)
{
	if (scan->ended == 0 && rxpath_is_interrupted(scan->interrupt))
		scan->ended = EINTR;
	if (scan->ended == 0 &&
	    (rxpath_now(CLOCK_MONOTONIC) >= scan->deadline ||
	     (scan->cpu_end > 0 && rxpath_now(CLOCK_THREAD_CPUTIME_ID) >= scan->cpu_end)))
		scan->ended = ETIMEDOUT;
	return scan->ended != 0;
}

/* Whether to look for more owners. */
static bool is_searching(const struct owner_scan *scan)
{
	return scan->extent == ALL_OWNERS || scan->missing > 0;
}

/* A process that ended meanwhile holds nothing; any other reason for not seeing what
 * it holds counts. */
static void note_failure(struct owner_scan *scan, int number)
{
	if (number != ENOENT && number != ESRCH)
		scan->failure = number;
}

static void scan_process(struct owner_scan *scan, int proc, const char *pid)
{
	char path[32];
	const char *entry;
	DIR *fds;
	int fd;

	snprintf(path, sizeof path, "%s/fd", pid);
	fd = openat(proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	fds = fd < 0 ? NULL : fdopendir(fd);
	if (!fds) {
		note_failure(scan, errno);
		if (fd >= 0)
			close(fd);
		return;
	}
	scan->number++;
	scan->is_first = strcmp(pid, "1") == 0;
	rxpath_buf_reset(&scan->names);
	for (size_t links = 1; errno = 0, is_searching(scan) && (entry = rxpath_procfs_next(fds));
	     links++) {
		uint64_t inode;

		if (links % LINKS_AT_ONCE == 0 && is_over(scan))
			break;
		if (!rxpath_procfs_inode(dirfd(fds), entry, "socket", &inode)) {
			/* Permission is the same for all descriptors of a process
			 * (proc_fd_access_allowed, fs/proc/base.c). */
			if (errno == EACCES || errno == EPERM)
				break;
			if (errno != 0)
				note_failure(scan, errno);
			continue;
		}
		if (!is_wanted(scan, inode))
			continue;
		if (scan->names.len == 0)
			put_names(&scan->names, dirfd(fds));
		rxpath_buf_u64(&scan->text, inode);
		rxpath_buf_printf(&scan->text, " %s", pid);
		rxpath_buf_slice(&scan->text, rxpath_buf_view(&scan->names));
		rxpath_buf_char(&scan->text, '\n');
	}
	if (scan->ended == 0 && errno != 0)
		note_failure(scan, errno);
	closedir(fds);
}

/* The processes of a cgroup, until there is an owner for each socket. A cgroup whose list of
 * processes does not fit is left to the walk over all of them. */
static void scan_group(struct owner_scan *scan, int proc, int group)
{
	char text[1024];
	struct rxpath_slice rest = rxpath_read_small(group, text, sizeof text, "cgroup.procs");
	struct rxpath_slice line;
	char pid[24];

	if (rest.len == sizeof text)
		return;
	while (scan->missing > 0 && !is_over(scan) && rxpath_scan_line(&rest, &line)) {
		if (line.len == 0 || line.len >= sizeof pid)
			continue;
		memcpy(pid, line.ptr, line.len);
		pid[line.len] = '\0';
		scan_process(scan, proc, pid);
	}
}

/* Most sockets are read by a process of the cgroup that opened them, and then no walk is needed. */
static void scan_groups(struct owner_scan *scan, struct rxpath_capture *capture, int proc,
			const uint64_t *groups, size_t count)
{
	int mount = count > 0 ? rxpath_cgroup_mount(capture) : -1;
	struct stat root = {0};

	if (mount >= 0)
		fstat(mount, &root);
	for (size_t i = 0; mount >= 0 && i < count && scan->missing > 0; i++) {
		/* Where cgroup2 is not in use, nearly all processes are in its root. */
		int group = groups[i] == root.st_ino ? -1 : rxpath_cgroup_open(mount, groups[i]);

		if (group < 0)
			continue;
		scan_group(scan, proc, group);
		close(group);
	}
	if (mount >= 0)
		close(mount);
}

struct wanted {
	const uint64_t *inodes;
	size_t count;
	const uint64_t *groups; /* cgroups to be looked into first */
	size_t group_count;
	enum extent extent;
};

static bool walk(struct rxpath_capture *capture, const struct wanted *wanted, rxpath_sink *sink,
		 void *context, struct rxpath_error *error)
{
	/* What was found before an interruption is still emitted. */
	const struct emitter emitter = {sink, context, NULL, error};
	const struct rxpath_purpose *purpose = &capture->purpose;
	const bool all = wanted->extent == ALL_OWNERS;
	const unsigned budget =
		!all || purpose->owner_ms == 0 ? DEFAULT_BUDGET_MS : purpose->owner_ms;
	struct owner_scan scan = {
		.inodes = wanted->inodes,
		.count = wanted->count,
		.extent = wanted->extent,
		.missing = wanted->count,
		.interrupt = purpose->interrupt,
	};
	struct rxpath_slice threads;
	const char *entry = NULL;
	char text[4096];
	bool taken = true;
	DIR *proc;

	if (wanted->count == 0 || !rxpath_capture_is_live(capture))
		return true;
	scan.deadline = rxpath_now(CLOCK_MONOTONIC) + (uint64_t)budget * 1000000;
	scan.cpu_end =
		all ? 0 : rxpath_now(CLOCK_THREAD_CPUTIME_ID) + (uint64_t)FIRST_CPU_MS * 1000000;
	scan.seen = calloc(wanted->count, sizeof *scan.seen);
	if (!scan.seen)
		return rxpath_error_memory(error);
	proc = opendir("/proc");
	if (!proc) {
		taken = rxpath_emit_text(&emitter, "rxpath/owners", errno, NULL);
		free(scan.seen);
		return taken;
	}
	scan_groups(&scan, capture, dirfd(proc), wanted->groups, wanted->group_count);
	/* The kernel's threads hold no sockets. Process 1 holds much that it does not read, so for
	 * one owner it is asked last. */
	rxpath_procfs_kernel_threads(dirfd(proc), text, sizeof text, &threads);
	while (errno = 0,
	       is_searching(&scan) && (entry = rxpath_procfs_next(proc)) && !is_over(&scan))
		if (!rxpath_procfs_take_thread(&threads, entry) && (all || strcmp(entry, "1") != 0))
			scan_process(&scan, dirfd(proc), entry);
	if (!entry && errno != 0)
		note_failure(&scan, errno);
	if (!all && scan.missing > 0 && !is_over(&scan))
		scan_process(&scan, dirfd(proc), "1");
	if (scan.ended != 0)
		scan.failure = scan.ended;
	closedir(proc);
	rxpath_buf_free_part(&scan.names, &scan.text);
	taken = rxpath_emit_text(&emitter, "rxpath/owners", 0, &scan.text) &&
		(scan.failure == 0 ||
		 rxpath_emit_text(&emitter, "rxpath/owners", scan.failure, NULL));
	rxpath_buf_free(&scan.text);
	free(scan.seen);
	return taken;
}

bool rxpath_capture_owners(struct rxpath_capture *capture, const uint64_t *inodes, size_t count,
			   rxpath_sink *sink, void *context, struct rxpath_error *error)
{
	const struct wanted wanted = {.inodes = inodes, .count = count, .extent = ALL_OWNERS};

	return walk(capture, &wanted, sink, context, error);
}

bool rxpath_capture_first_owners(struct rxpath_capture *capture, const uint64_t *inodes,
				 size_t count, const uint64_t *groups, size_t group_count,
				 rxpath_sink *sink, void *context, struct rxpath_error *error)
{
	const struct wanted wanted = {inodes, count, groups, group_count, FIRST_OWNERS};

	return walk(capture, &wanted, sink, context, error);
}
