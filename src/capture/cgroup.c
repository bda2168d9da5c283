/* cgroup.c: the paths of cgroups by their ids, as sock_diag tells them of sockets.
 *
 * A cgroup's id is the inode number of its directory below the cgroup2 mount
 * (cgroup_id, include/linux/cgroup.h; kernfs_ino, include/linux/kernfs.h), which listing the parent
 * tells: one walk over the directories answers for all ids, and opens no file. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture_internal.h"
#include "rxpath/search.h"

#define MAX_DEPTH 64
#define MAX_DIRECTORIES 100000

struct cgroup_scan {
	const uint64_t *ids; /* sorted */
	size_t count, found;
	size_t directories;	/* how many were listed */
	struct rxpath_buf path; /* of the directory that is being listed */
	struct rxpath_buf text;
};

static void note_if_wanted(struct cgroup_scan *scan, uint64_t id, const char *name)
{
	if (!bsearch(&id, scan->ids, scan->count, sizeof id, rxpath_by_number))
		return;
	scan->found++;
	rxpath_buf_u64(&scan->text, id);
	rxpath_buf_char(&scan->text, ' ');
	rxpath_buf_slice(&scan->text, rxpath_buf_view(&scan->path));
	rxpath_buf_char(&scan->text, '/');
	rxpath_buf_escaped(&scan->text, rxpath_slice_of(name), "");
	rxpath_buf_char(&scan->text, '\n');
}

static bool is_directory(const struct dirent *entry)
{
	return entry->d_type == DT_DIR && strcmp(entry->d_name, ".") != 0 &&
	       strcmp(entry->d_name, "..") != 0;
}

/* Closes the descriptor. A cgroup that was removed meanwhile has no sockets to name. */
static void scan_directory(struct cgroup_scan *scan, int fd, unsigned depth)
{
	size_t len = scan->path.len;
	struct dirent *entry;
	DIR *directory = fdopendir(fd);

	if (!directory) {
		close(fd);
		return;
	}
	scan->directories++;
	while (scan->found < scan->count && scan->directories < MAX_DIRECTORIES &&
	       (entry = readdir(directory))) {
		int child;

		if (!is_directory(entry))
			continue;
		note_if_wanted(scan, entry->d_ino, entry->d_name);
		if (depth == MAX_DEPTH || scan->found == scan->count)
			continue;
		child = openat(fd, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (child < 0)
			continue;
		rxpath_buf_char(&scan->path, '/');
		rxpath_buf_escaped(&scan->path, rxpath_slice_of(entry->d_name), "");
		scan_directory(scan, child, depth + 1);
		scan->path.len = len;
	}
	closedir(directory);
}

/* The mount point in a line of mountinfo, if a cgroup2 is mounted there (show_mountinfo,
 * fs/proc_namespace.c: "ID PARENT MAJOR:MINOR ROOT POINT OPTIONS... - TYPE ..."). */
static bool is_cgroup2(struct rxpath_slice line, struct rxpath_slice *point)
{
	struct rxpath_slice word;

	for (unsigned i = 0; rxpath_scan_word(&line, &word); i++) {
		if (i == 4)
			*point = word;
		if (i > 4 && rxpath_slice_is(word, "-"))
			return rxpath_scan_word(&line, &word) && rxpath_slice_is(word, "cgroup2");
	}
	return false;
}

/* Octal escapes of mountinfo (\040 for a blank). */
static void put_unescaped(struct rxpath_buf *out, struct rxpath_slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned value = 0, digits = 0;

		while (text.ptr[i] == '\\' && digits < 3 && i + 1 + digits < text.len &&
		       text.ptr[i + 1 + digits] >= '0' && text.ptr[i + 1 + digits] <= '7')
			value = value * 8 + (unsigned)(text.ptr[i + 1 + digits++] - '0');
		rxpath_buf_char(out, digits == 3 ? (char)value : text.ptr[i]);
		i += digits == 3 ? 3 : 0;
	}
}

int rxpath_cgroup_mount(struct rxpath_capture *capture)
{
	struct rxpath_buf text = {0}, path = {0};
	struct rxpath_slice rest, line;
	struct rxpath_slice point = rxpath_slice_of("");
	int fd = -1;

	if (rxpath_capture_file(capture, "/proc/self/mountinfo", RXPATH_FILE_LIMIT, &text) == 0) {
		rest = rxpath_buf_view(&text);
		while (fd < 0 && rxpath_scan_line(&rest, &line)) {
			if (!is_cgroup2(line, &point))
				continue;
			rxpath_buf_reset(&path);
			put_unescaped(&path, point);
			rxpath_buf_char(&path, '\0');
			if (!path.failed)
				fd = open(path.data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		}
	}
	rxpath_buf_free(&text);
	rxpath_buf_free(&path);
	return fd;
}

int rxpath_cgroup_open(int mount, uint64_t id)
{
	enum { KERNFS = 0xfe }; /* FILEID_KERNFS (include/linux/exportfs.h, Linux 5.5) */
	union {
		struct file_handle handle;
		char room[sizeof(struct file_handle) + sizeof id];
	} by_id = {.handle = {.handle_bytes = sizeof id, .handle_type = KERNFS}};

	memcpy(by_id.room + sizeof by_id.handle, &id, sizeof id);
	return open_by_handle_at(mount, &by_id.handle, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

bool rxpath_capture_cgroups(struct rxpath_capture *capture, const uint64_t *ids, size_t count,
			    rxpath_sink *sink, void *context, struct rxpath_error *error)
{
	const struct emitter emitter = {sink, context, NULL, error};
	struct cgroup_scan scan = {.ids = ids, .count = count};
	struct stat status;
	bool taken;
	int fd;

	if (count == 0 || !rxpath_capture_is_live(capture))
		return true;
	fd = rxpath_cgroup_mount(capture);
	if (fd < 0)
		return true;
	if (fstat(fd, &status) == 0)
		note_if_wanted(&scan, status.st_ino, "");
	scan_directory(&scan, fd, 0);
	rxpath_buf_free_part(&scan.path, &scan.text);
	taken = rxpath_emit_text(&emitter, "rxpath/cgroups", 0, &scan.text);
	rxpath_buf_free(&scan.text);
	return taken;
}
