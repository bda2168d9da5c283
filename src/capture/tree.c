/* tree.c: whether a directory holds proc/net, and if not, which one was probably meant. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "capture_internal.h"
#include "root.h"

/* How many entries of a directory are searched for one that has proc/net. */
#define MAX_ENTRIES 1000

/* The name of a directory below this one that has proc/net; "": there is none. */
static void find_below(int dir, char found[NAME_MAX + 1])
{
	int copy = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *listing = copy < 0 ? NULL : fdopendir(copy);
	const struct dirent *entry;

	found[0] = '\0';
	if (!listing && copy >= 0)
		close(copy);
	for (size_t i = 0; listing && i < MAX_ENTRIES && !found[0] && (entry = readdir(listing));
	     i++) {
		int below = -1, net = -1;
		char path[32];

		if (entry->d_name[0] != '.')
			below = rxpath_root_opendir(dir, entry->d_name);
		if (below >= 0) {
			net = rxpath_root_open_net(below, path, sizeof path);
			close(below);
		}
		if (net >= 0) {
			snprintf(found, NAME_MAX + 1, "%s", entry->d_name);
			close(net);
		}
	}
	if (listing)
		closedir(listing);
}

/* False, with *error, where the directory above or below this one has proc/net. */
static bool is_right_level(int dir, const char *name, struct rxpath_error *error)
{
	static const char *const inside[] = {"net", ".", "1/net"};
	char found[NAME_MAX + 1];

	for (size_t i = 0; i < sizeof inside / sizeof *inside; i++) {
		char path[32];
		int file;

		snprintf(path, sizeof path, "%s/snmp", inside[i]);
		file = rxpath_root_open(dir, path);
		if (file < 0)
			continue;
		close(file);
		return rxpath_error_refused(error, name,
					    "not a sample: it has no proc/net; give the directory "
					    "that holds proc");
	}
	find_below(dir, found);
	return !found[0] ||
	       rxpath_error_refused(error, name,
				    "not a sample: it has no proc/net, but its directory '%s' has",
				    found);
}

enum rxpath_tree rxpath_tree_at(int dir, const char *name, struct rxpath_error *error)
{
	char path[32];
	int net = rxpath_root_open_net(dir, path, sizeof path);

	/* A directory that may not be listed may still hold readable files. */
	if (net < 0 && errno != EACCES)
		return is_right_level(dir, name, error) ? RXPATH_NO_NET : RXPATH_WRONG_LEVEL;
	if (net >= 0)
		close(net);
	return RXPATH_TREE;
}
