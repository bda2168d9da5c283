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

static bool put_file(int root, const char *path, struct rxpath_buf *scratch,
		     const struct outlet *outlet, struct rxpath_error *error)
{
	char name[512];
	int fd = rxpath_root_open(root, path);
	int result = fd < 0 ? errno : rxpath_read_all(fd, STATISTIC_LIMIT, scratch);

	if (fd >= 0)
		close(fd);
	if (result == ENOMEM)
		return rxpath_error_memory(error);
	snprintf(name, sizeof name, "/%s", path);
	return rxpath_put(outlet, name, result,
			  result == 0 ? rxpath_buf_view(scratch) : (struct rxpath_slice){"", 0},
			  error);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_statistic(const struct dirent *entry)
{
	return strncmp(entry->d_name, "rx_", 3) == 0;
}

static int is_device(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* The names below DIR/PATH that pass the filter, sorted; -1 when it cannot be listed. */
static int list(int root, const char *path, int (*filter)(const struct dirent *),
		struct dirent ***names)
{
	int fd = rxpath_root_opendir(root, path);
	int count;

	if (fd < 0)
		return -1;
	count = scandirat(fd, ".", names, filter, by_name);
	close(fd);
	return count;
}

static void free_list(struct dirent **names, int count)
{
	for (int i = 0; i < count; i++)
		free(names[i]);
	if (count >= 0)
		free(names);
}

static bool put_device(int root, const char *folder, struct rxpath_buf *scratch,
		       const struct outlet *outlet, struct rxpath_error *error)
{
	struct dirent **names;
	char path[512];
	bool going = true;
	int count;

	snprintf(path, sizeof path, "%s/ifindex", folder);
	going = put_file(root, path, scratch, outlet, error);
	snprintf(path, sizeof path, "%s/statistics", folder);
	count = list(root, path, is_statistic, &names);
	for (int i = 0; going && i < count; i++) {
		if ((size_t)snprintf(path, sizeof path, "%s/statistics/%s", folder,
				     names[i]->d_name) < sizeof path)
			going = put_file(root, path, scratch, outlet, error);
	}
	free_list(names, count);
	return going;
}

bool rxpath_sysfs(int root, const char *path, struct rxpath_buf *scratch,
		  const struct outlet *outlet, struct rxpath_error *error)
{
	struct dirent **names;
	char folder[384];
	bool going = true;
	int count = list(root, path, is_device, &names);

	/* Not there: /proc/net/dev has the sums. */
	for (int i = 0; going && i < count; i++) {
		if ((size_t)snprintf(folder, sizeof folder, "%s/%s", path, names[i]->d_name) <
		    sizeof folder)
			going = put_device(root, folder, scratch, outlet, error);
	}
	free_list(names, count);
	return going;
}
