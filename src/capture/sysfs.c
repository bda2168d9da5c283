/* sysfs.c: device statistics a file each, for where rtnetlink does not reach: --root, old trees. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "capture.h"

/* One number and its newline; more is not the file that it should be. */
#define STATISTIC_LIMIT ((size_t)4096)

/* A directory that is being read. */
struct folder {
	int root;
	int fd;			/* -1: it could not be opened, and each file is walked to */
	int error;		/* why */
	bool by_kernel;		/* sysfs itself: all in it are directories, links, small files */
};

static void open_folder(struct folder *folder, int root, const char *path)
{
	struct statfs system;

	folder->root = root;
	folder->fd = rxpath_root_opendir(root, path);
	folder->error = errno;
	folder->by_kernel = folder->fd >= 0 && fstatfs(folder->fd, &system) == 0 &&
			    system.f_type == SYSFS_MAGIC;
}

/* A folder of that one; in sysfs itself nothing more need be asked. */
static void open_subfolder(struct folder *folder, const struct folder *parent, const char *name,
			   const char *path)
{
	*folder = *parent;
	folder->fd = parent->by_kernel ? openat(parent->fd, name, O_RDONLY | O_DIRECTORY |
								  O_NOFOLLOW | O_CLOEXEC) :
					 -1;
	if (folder->fd < 0)
		open_folder(folder, parent->root, path);
}

static void close_folder(const struct folder *folder)
{
	if (folder->fd >= 0)
		close(folder->fd);
}

/* What sysfs prints into one page comes with one read. -1 with errno. */
static ssize_t read_at_once(int folder, const char *name, struct rxpath_buf *scratch)
{
	int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC);
	char *room;
	ssize_t got;
	int error;

	if (fd < 0)
		return -1;
	rxpath_buf_reset(scratch);
	room = rxpath_buf_room(scratch, STATISTIC_LIMIT);
	errno = ENOMEM;
	got = room ? read(fd, room, STATISTIC_LIMIT) : -1;
	error = errno;
	close(fd);
	errno = error;
	if (got > 0)
		scratch->len = (size_t)got;
	return got;
}

/* The file at `path`, whose last component stands in the folder. From there it needs no walk,
 * unless it is a link that leads out of it. */
static bool put_file(const struct folder *folder, const char *path, struct rxpath_buf *scratch,
		     const struct outlet *outlet, struct rxpath_error *error)
{
	const char *last = strrchr(path, '/') + 1;
	char name[512];
	int fd = -1;
	int result = 0;

	if (!folder->by_kernel || read_at_once(folder->fd, last, scratch) < 0) {
		if (folder->fd >= 0)
			fd = rxpath_root_open(folder->fd, last);
		if (fd < 0)
			fd = rxpath_root_open(folder->root, path);
		result = fd < 0 ? errno : rxpath_read_all(fd, STATISTIC_LIMIT, scratch);
		if (fd >= 0)
			close(fd);
	}
	if (result == ENOMEM)
		return rxpath_error_memory(error);
	snprintf(name, sizeof name, "/%s", path);
	return rxpath_put(outlet, name, result,
			  result == 0 ? rxpath_buf_view(scratch) : (struct rxpath_slice){"", 0},
			  error);
}

/* Names, each NUL-terminated, one behind the other; sorted, so that samples come in one order. */
struct names {
	struct rxpath_buf text;
	const char **sorted;
	size_t count;
	int error;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void free_names(struct names *names)
{
	rxpath_buf_free(&names->text);
	free(names->sorted);
	names->sorted = NULL;
}

/* The names in the folder that begin with `prefix`. False only without memory; that it cannot be
 * listed is in names->error. */
static bool list_names(const struct folder *folder, const char *prefix, struct names *names)
{
	/* Closing the listing closes its descriptor. */
	int fd = folder->fd < 0 ? -1 : dup(folder->fd);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	const char *at;

	*names = (struct names){0};
	if (!dir) {
		names->error = folder->fd < 0 ? folder->error : errno;
		if (fd >= 0)
			close(fd);
		return true;
	}
	while (errno = 0, (entry = readdir(dir))) {
		if (entry->d_name[0] == '.' || strncmp(entry->d_name, prefix, strlen(prefix)) != 0)
			continue;
		rxpath_buf_bytes(&names->text, entry->d_name, strlen(entry->d_name) + 1);
		names->count++;
	}
	names->error = errno;
	closedir(dir);
	names->sorted = malloc((names->count + 1) * sizeof *names->sorted);
	if (names->text.failed || !names->sorted) {
		free_names(names);
		return false;
	}
	at = names->text.data;
	for (size_t i = 0; i < names->count; i++) {
		names->sorted[i] = at;
		at += strlen(at) + 1;
	}
	if (names->count > 1)
		qsort(names->sorted, names->count, sizeof *names->sorted, by_name);
	return true;
}

/* The same; that a directory is there and cannot be listed goes on as a section: what it holds
 * would otherwise pass for nothing. */
static bool list(const struct folder *folder, const char *path, const char *prefix,
		 struct names *names, const struct outlet *outlet, struct rxpath_error *error)
{
	char name[512];

	if (!list_names(folder, prefix, names)) {
		rxpath_error_memory(error);
		return false;
	}
	if (names->error == 0 || names->error == ENOENT)
		return true;
	snprintf(name, sizeof name, "/%s/", path);
	if (rxpath_put(outlet, name, names->error, (struct rxpath_slice){"", 0}, error))
		return true;
	free_names(names);
	return false;
}

static bool put_statistics(const struct folder *folder, const char *path, struct rxpath_buf *scratch,
			   const struct outlet *outlet, struct rxpath_error *error)
{
	struct names names;
	char file[512];
	bool going = list(folder, path, "rx_", &names, outlet, error);

	for (size_t i = 0; going && i < names.count; i++) {
		if ((size_t)snprintf(file, sizeof file, "%s/%s", path, names.sorted[i]) <
		    sizeof file)
			going = put_file(folder, file, scratch, outlet, error);
	}
	free_names(&names);
	return going;
}

static bool put_device(int root, const char *path, struct rxpath_buf *scratch,
		       const struct outlet *outlet, struct rxpath_error *error)
{
	struct folder device, statistics;
	char below[400];
	bool going;

	open_folder(&device, root, path);
	snprintf(below, sizeof below, "%s/ifindex", path);
	going = put_file(&device, below, scratch, outlet, error);
	if (going) {
		snprintf(below, sizeof below, "%s/statistics", path);
		open_subfolder(&statistics, &device, "statistics", below);
		going = put_statistics(&statistics, below, scratch, outlet, error);
		close_folder(&statistics);
	}
	close_folder(&device);
	return going;
}

bool rxpath_sysfs(int root, const char *path, struct rxpath_buf *scratch,
		  const struct outlet *outlet, struct rxpath_error *error)
{
	struct folder folder;
	struct names names;
	char device[384];
	bool going;

	/* Not there: /proc/net/dev has the sums. */
	open_folder(&folder, root, path);
	going = list(&folder, path, "", &names, outlet, error);
	close_folder(&folder);
	for (size_t i = 0; going && i < names.count; i++) {
		if ((size_t)snprintf(device, sizeof device, "%s/%s", path, names.sorted[i]) <
		    sizeof device)
			going = put_device(root, device, scratch, outlet, error);
	}
	free_names(&names);
	return going;
}
