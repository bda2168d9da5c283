/* owners.c: which processes hold a socket: one pass over /proc/PID/fd. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture.h"

struct search {
	const uint64_t *inodes;		/* sorted; NULL: all */
	size_t count;
	bool denied;			/* some process did not let us look */
	struct rxpath_buf text;
};

static bool is_wanted(const struct search *search, uint64_t inode)
{
	size_t low = 0;
	size_t high = search->count;

	if (!search->inodes)
		return true;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (search->inodes[middle] < inode)
			low = middle + 1;
		else
			high = middle;
	}
	return low < search->count && search->inodes[low] == inode;
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
	ssize_t len = fd < 0 ? -1 : read(fd, comm, sizeof comm);

	if (fd >= 0)
		close(fd);
	if (len > 0 && comm[len - 1] == '\n')
		len--;
	rxpath_buf_char(out, ' ');
	if (len > 0)
		rxpath_buf_escaped(out, (struct rxpath_slice){comm, (size_t)len}, "");
}

/* A process holds a socket once, however many descriptors it has for it. */
static bool is_listed(const struct rxpath_buf *text, size_t from, uint64_t inode)
{
	struct rxpath_slice rest = {text->data + from, text->len - from};
	struct rxpath_slice line, word;
	uint64_t listed;

	while (rxpath_scan_line(&rest, &line))
		if (rxpath_scan_word(&line, &word) && rxpath_scan_dec(word, &listed) &&
		    listed == inode)
			return true;
	return false;
}

static void search_process(struct search *search, int proc, const char *pid)
{
	char path[40];
	char target[80];
	size_t start = search->text.len;
	struct dirent *entry;
	DIR *fds;
	int process = openat(proc, pid, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int fd;

	/* A process that ended meanwhile holds nothing. */
	if (process < 0)
		return;
	snprintf(path, sizeof path, "fd");
	fd = openat(process, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	fds = fd < 0 ? NULL : fdopendir(fd);
	if (!fds) {
		search->denied = search->denied || errno == EACCES || errno == EPERM;
		if (fd >= 0)
			close(fd);
		close(process);
		return;
	}
	while ((entry = readdir(fds))) {
		ssize_t len = readlinkat(dirfd(fds), entry->d_name, target, sizeof target);
		uint64_t inode;

		if (len < 0 && (errno == EACCES || errno == EPERM))
			search->denied = true;
		if (len <= 0 || !parse_link(target, (size_t)len, &inode) ||
		    !is_wanted(search, inode) ||
		    (search->inodes && is_listed(&search->text, start, inode)))
			continue;
		rxpath_buf_u64(&search->text, inode);
		rxpath_buf_printf(&search->text, " %s", pid);
		put_comm(&search->text, process);
		rxpath_buf_char(&search->text, '\n');
	}
	closedir(fds);
	close(process);
}

bool rxpath_capture_owners(struct rxpath_capture *capture, const uint64_t *inodes, size_t count,
			   rxpath_sink *sink, void *context, struct rxpath_error *error)
{
	const struct outlet outlet = {sink, context};
	struct search search = {.inodes = inodes, .count = count};
	struct dirent *entry;
	bool taken = true;
	DIR *proc;

	if ((inodes && count == 0) || !rxpath_capture_is_live(capture))
		return true;
	proc = opendir("/proc");
	if (!proc)
		return rxpath_put(&outlet, "rxpath/owners", errno, (struct rxpath_slice){"", 0}, error);
	while ((entry = readdir(proc)))
		if (isdigit((unsigned char)entry->d_name[0]))
			search_process(&search, dirfd(proc), entry->d_name);
	closedir(proc);
	if (search.text.failed)
		taken = rxpath_error_memory(error);
	else
		taken = rxpath_put(&outlet, "rxpath/owners", 0, rxpath_buf_view(&search.text), error);
	if (taken && search.denied)
		taken = rxpath_put(&outlet, "rxpath/owners", EACCES, (struct rxpath_slice){"", 0}, error);
	rxpath_buf_free(&search.text);
	return taken;
}
