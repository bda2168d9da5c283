/* sysfs.c: device statistics a file each, for where rtnetlink does not reach: --root, old trees. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rxpath/search.h"
#include "capture_internal.h"
#include "root.h"

/* One number and its newline; more is not the file that it should be. */
#define STATISTIC_LIMIT ((size_t)4096)

/* A directory that is being read. */
struct folder {
	int root;
	int fd;		/* -1: it could not be opened, and each file is opened by its whole path */
	int error;	/* why it could not */
	DIR *listing;	/* NULL: not listed yet; else `fd` is its own */
	bool by_kernel; /* sysfs itself: all in it are directories, links, small files */
	size_t len;	/* of its path */
	char path[512]; /* "/sys/class/net/eth0/", and a file's name while that is read */
};

static void open_folder(struct folder *folder, int root, size_t len)
{
	folder->root = root;
	folder->len = len;
	folder->listing = NULL;
	folder->fd = rxpath_root_opendir(root, folder->path);
	folder->error = errno;
	folder->by_kernel = rxpath_is_on(folder->fd, SYSFS_MAGIC);
}

static void close_folder(const struct folder *folder)
{
	if (folder->listing)
		closedir(folder->listing);
	else if (folder->fd >= 0)
		close(folder->fd);
}

/* A file of sysfs is at most a page, which comes with one read. -1 with errno. */
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
	got = room ? rxpath_read_once(fd, room, STATISTIC_LIMIT) : -1;
	error = errno;
	close(fd);
	errno = error;
	if (got > 0)
		scratch->len = (size_t)got;
	return got;
}

/* Emits a file of the folder. It is opened relative to the folder, unless it is a link that
 * leads out of it. */
static bool put_file(struct folder *folder, const char *name, struct rxpath_buf *scratch,
		     const struct emitter *emitter)
{
	size_t len = strlen(name);
	int fd = -1;
	int result = 0;

	/* No device and no counter has so long a name. */
	if (len >= sizeof folder->path - folder->len)
		return true;
	memcpy(folder->path + folder->len, name, len + 1);
	if (!folder->by_kernel || read_at_once(folder->fd, name, scratch) < 0) {
		if (folder->fd >= 0)
			fd = rxpath_root_open(folder->fd, name);
		if (fd < 0)
			fd = rxpath_root_open(folder->root, folder->path);
		result = fd < 0 ? errno : rxpath_read_file(fd, STATISTIC_LIMIT, NULL, scratch);
		if (fd >= 0)
			close(fd);
	}
	return rxpath_emit_text(emitter, folder->path, result, scratch);
}

/* Names, each NUL-terminated, one behind the other; sorted, so that samples come in one order. */
struct names {
	struct rxpath_buf text;
	const char **sorted; /* a NULL behind the last */
	size_t count;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void free_names(struct names *names)
{
	rxpath_buf_free(&names->text);
	free(names->sorted);
}

/* The names in the folder that begin with `prefix`. A directory that exists but cannot be listed
 * makes a section with the errno: it must not look empty. */
static bool list(struct folder *folder, const char *prefix, struct names *names,
		 const struct emitter *emitter)
{
	const struct dirent *entry;
	const char *at;
	int error = folder->error;

	*names = (struct names){0};
	if (folder->fd >= 0) {
		folder->listing = fdopendir(folder->fd);
		error = folder->listing ? 0 : errno;
	}
	while (folder->listing && (errno = 0, entry = readdir(folder->listing))) {
		/* A newline, which no device's name has, would forge a sample's headings. */
		if (entry->d_name[0] == '.' || strchr(entry->d_name, '\n') ||
		    strncmp(entry->d_name, prefix, strlen(prefix)) != 0)
			continue;
		rxpath_buf_bytes(&names->text, entry->d_name, strlen(entry->d_name) + 1);
		names->count++;
	}
	if (folder->listing)
		error = errno;
	names->sorted = calloc(names->count + 1, sizeof *names->sorted);
	if (names->text.failed || !names->sorted)
		return rxpath_error_memory(emitter->error);
	at = names->text.data;
	for (size_t i = 0; i < names->count; i++) {
		names->sorted[i] = at;
		at += strlen(at) + 1;
	}
	rxpath_sort(names->sorted, names->count, sizeof *names->sorted, by_name);
	folder->path[folder->len] = '\0';
	return error == 0 || error == ENOENT ||
	       rxpath_emit_text(emitter, folder->path, error, NULL);
}

/* Emits a file that is beside the folder of the device's statistics. */
static bool put_beside(const struct folder *statistics, size_t device_len, const char *name,
		       struct rxpath_buf *scratch, const struct emitter *emitter)
{
	struct folder device = {.root = statistics->root, .fd = -1, .len = device_len};
	char path[32];

	memcpy(device.path, statistics->path, device_len);
	if (statistics->by_kernel) {
		snprintf(path, sizeof path, "../%s", name);
		if (read_at_once(statistics->fd, path, scratch) >= 0) {
			memcpy(device.path + device_len, name, strlen(name) + 1);
			return rxpath_emit_text(emitter, device.path, 0, scratch);
		}
		if (errno == ENOENT)
			return true;
	}
	return put_file(&device, name, scratch, emitter);
}

static bool put_device(const struct folder *devices, const char *name, bool identify,
		       struct rxpath_buf *scratch, const struct emitter *emitter)
{
	struct folder statistics;
	struct names names = {0};
	int len = snprintf(statistics.path, sizeof statistics.path, "%.*s%s/statistics/",
			   (int)devices->len, devices->path, name);
	size_t device_len = devices->len + strlen(name) + 1;
	bool going;

	/* No device has so long a name. */
	if (len < 0 || (size_t)len >= sizeof statistics.path)
		return true;
	open_folder(&statistics, devices->root, (size_t)len);
	/* The kernel's own file is never broken; a stored one may be, and that has to be
	 * reported. */
	going = (!identify && statistics.by_kernel) ||
		put_beside(&statistics, device_len, "ifindex", scratch, emitter);
	if (going) {
		/* The devices that a bond consists of; other devices have no such file. */
		going = put_beside(&statistics, device_len, "bonding/slaves", scratch, emitter) &&
			list(&statistics, "rx_", &names, emitter);
		for (const char *const *at = names.sorted; going && *at; at++)
			going = put_file(&statistics, *at, scratch, emitter);
		free_names(&names);
	}
	close_folder(&statistics);
	return going;
}

bool rxpath_sysfs(int root, bool identify, struct rxpath_buf *scratch,
		  const struct emitter *emitter)
{
	struct folder devices = {.path = "/sys/class/net/"};
	struct names names;
	bool going;

	/* Not there: /proc/net/dev has the sums. */
	open_folder(&devices, root, strlen(devices.path));
	going = list(&devices, "", &names, emitter);
	for (const char *const *at = names.sorted; going && *at; at++)
		going = put_device(&devices, *at, identify, scratch, emitter);
	free_names(&names);
	close_folder(&devices);
	return going;
}
