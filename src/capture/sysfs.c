/* sysfs.c: device statistics a file each, for where rtnetlink does not reach: --root, old trees. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture.h"

/* One number and its newline; more is not the file that it should be. */
#define STATISTIC_LIMIT ((size_t)4096)

/* PATH below `root`; where its directory `dir` is open (else -1), it needs no walk from there,
 * unless it is a link that leads out of it. */
static bool put_file(int root, int dir, const char *path, struct rxpath_buf *scratch,
		     const struct outlet *outlet, struct rxpath_error *error)
{
	char name[512];
	int fd = dir < 0 ? -1 : rxpath_root_open(dir, strrchr(path, '/') + 1);
	int result;

	if (fd < 0)
		fd = rxpath_root_open(root, path);
	result = fd < 0 ? errno : rxpath_read_all(fd, STATISTIC_LIMIT, scratch);

	if (fd >= 0)
		close(fd);
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
}

/* The names below DIR/PATH that begin with `prefix`. False only without memory; that a directory
 * cannot be listed is in names->error. */
static bool list_names(int root, const char *path, const char *prefix, struct names *names)
{
	int fd = rxpath_root_opendir(root, path);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	const char *at;

	*names = (struct names){0};
	if (!dir) {
		names->error = errno;
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
static bool list(int root, const char *path, const char *prefix, struct names *names,
		 const struct outlet *outlet, struct rxpath_error *error)
{
	char name[512];

	if (!list_names(root, path, prefix, names)) {
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

static bool put_device(int root, const char *folder, struct rxpath_buf *scratch,
		       const struct outlet *outlet, struct rxpath_error *error)
{
	struct names names;
	char path[512];
	bool going;
	int dir;

	snprintf(path, sizeof path, "%s/ifindex", folder);
	going = put_file(root, -1, path, scratch, outlet, error);
	snprintf(path, sizeof path, "%s/statistics", folder);
	if (!list(root, path, "rx_", &names, outlet, error))
		return false;
	dir = rxpath_root_opendir(root, path);
	for (size_t i = 0; going && i < names.count; i++) {
		if ((size_t)snprintf(path, sizeof path, "%s/statistics/%s", folder,
				     names.sorted[i]) < sizeof path)
			going = put_file(root, dir, path, scratch, outlet, error);
	}
	if (dir >= 0)
		close(dir);
	free_names(&names);
	return going;
}

bool rxpath_sysfs(int root, const char *path, struct rxpath_buf *scratch,
		  const struct outlet *outlet, struct rxpath_error *error)
{
	struct names names;
	char folder[384];
	bool going = true;

	/* Not there: /proc/net/dev has the sums. */
	if (!list(root, path, "", &names, outlet, error))
		return false;
	for (size_t i = 0; going && i < names.count; i++) {
		if ((size_t)snprintf(folder, sizeof folder, "%s/%s", path, names.sorted[i]) <
		    sizeof folder)
			going = put_device(root, folder, scratch, outlet, error);
	}
	free_names(&names);
	return going;
}
