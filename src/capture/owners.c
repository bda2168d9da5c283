/* owners.c: which processes hold a socket: one pass over /proc/PID/fd.
 *
 * Over all of it, also when somebody has been found for each socket: a socket may have several
 * holders, before and after a fork, and nothing tells how many. A report names sockets only when
 * they lost packets or are about to, so most reports cost no walk at all. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture_internal.h"

struct search {
	const uint64_t *inodes;		/* sorted */
	size_t count;
	uint32_t *seen;			/* of each, the number of the last process that holds it */
	uint32_t number;		/* of the process that is being looked into */
	int failure;			/* why some process could not be looked into */
	struct rxpath_buf comm;		/* of that process; empty: not read yet */
	struct rxpath_buf text;
};

/* Whether it is to be listed: a process holds a socket once, however many descriptors it
 * has for it. */
static bool is_wanted(const struct search *search, uint64_t inode)
{
	size_t low = 0;
	size_t high = search->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (search->inodes[middle] < inode)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == search->count || search->inodes[low] != inode ||
	    search->seen[low] == search->number)
		return false;
	search->seen[low] = search->number;
	return true;
}

static bool parse_link(const char *target, size_t len, uint64_t *inode)
{
	struct rxpath_slice rest = {target, len};

	if (!rxpath_slice_starts(rest, "socket:[") || target[len - 1] != ']')
		return false;
	rxpath_slice_skip(&rest, strlen("socket:["));
	rest.len--;
	return rxpath_scan_dec(rest, inode);
}

/* The name that the process gave itself, without its newline (comm_show, fs/proc/base.c). */
static void put_comm(struct rxpath_buf *out, int process)
{
	char comm[64];
	int fd = openat(process, "comm", O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? -1 : rxpath_read_once(fd, comm, sizeof comm);

	if (fd >= 0)
		close(fd);
	if (len > 0 && comm[len - 1] == '\n')
		len--;
	rxpath_buf_char(out, ' ');
	if (len > 0)
		rxpath_buf_escaped(out, (struct rxpath_slice){comm, (size_t)len}, "");
}

/* A process that ended meanwhile holds nothing; any other reason for not seeing what
 * it holds counts. */
static void note_failure(struct search *search, int number)
{
	if (number != ENOENT && number != ESRCH)
		search->failure = number;
}

static void search_process(struct search *search, int proc, const char *pid)
{
	char target[80];
	struct dirent *entry;
	DIR *fds;
	int process = openat(proc, pid, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int fd;

	if (process < 0) {
		note_failure(search, errno);
		return;
	}
	fd = openat(process, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	fds = fd < 0 ? NULL : fdopendir(fd);
	if (!fds) {
		note_failure(search, errno);
		if (fd >= 0)
			close(fd);
		close(process);
		return;
	}
	search->number++;
	rxpath_buf_reset(&search->comm);
	while (errno = 0, (entry = readdir(fds))) {
		ssize_t len = readlinkat(dirfd(fds), entry->d_name, target, sizeof target);
		uint64_t inode;

		/* Who may look at one descriptor may look at all (proc_fd_access_allowed,
		 * fs/proc/base.c). */
		if (len < 0 && (errno == EACCES || errno == EPERM))
			break;
		/* "." and ".." are no links. */
		if (len < 0 && errno != EINVAL)
			note_failure(search, errno);
		if (len <= 0 || !parse_link(target, (size_t)len, &inode) ||
		    !is_wanted(search, inode))
			continue;
		if (search->comm.len == 0)
			put_comm(&search->comm, process);
		rxpath_buf_u64(&search->text, inode);
		rxpath_buf_printf(&search->text, " %s", pid);
		rxpath_buf_slice(&search->text, rxpath_buf_view(&search->comm));
		rxpath_buf_char(&search->text, '\n');
	}
	if (errno != 0)
		note_failure(search, errno);
	closedir(fds);
	close(process);
}

bool rxpath_capture_owners(struct rxpath_capture *capture, const uint64_t *inodes, size_t count,
			   rxpath_sink *sink, void *context, struct rxpath_error *error)
{
	const struct emitter emitter = {sink, context};
	struct search search = {.inodes = inodes, .count = count};
	struct dirent *entry;
	bool taken = true;
	DIR *proc;

	if (count == 0 || !rxpath_capture_is_live(capture))
		return true;
	search.seen = calloc(count, sizeof *search.seen);
	if (!search.seen)
		return rxpath_error_memory(error);
	proc = opendir("/proc");
	if (!proc) {
		taken = rxpath_emit_section(&emitter, "rxpath/owners", errno,
					    (struct rxpath_slice){"", 0}, error);
		free(search.seen);
		return taken;
	}
	while (errno = 0, (entry = readdir(proc)))
		if (isdigit((unsigned char)entry->d_name[0]))
			search_process(&search, dirfd(proc), entry->d_name);
	if (errno != 0)
		note_failure(&search, errno);
	closedir(proc);
	if (search.text.failed || search.comm.failed)
		taken = rxpath_error_memory(error);
	else
		taken = rxpath_emit_section(&emitter, "rxpath/owners", 0,
					    rxpath_buf_view(&search.text), error);
	if (taken && search.failure != 0)
		taken = rxpath_emit_section(&emitter, "rxpath/owners", search.failure,
					    (struct rxpath_slice){"", 0}, error);
	rxpath_buf_free(&search.text);
	rxpath_buf_free(&search.comm);
	free(search.seen);
	return taken;
}
