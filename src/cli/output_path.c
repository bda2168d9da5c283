/* output_path.c: finds the file that the user named for output and trusts no other user's link.
 *
 * The kernel does this too (fs.protected_symlinks, _fifos and _regular), but not for a file that is
 * replaced by a rename, and only where the settings are on. Each step starts from a descriptor of
 * the directory before it, so a directory that was checked cannot be exchanged. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "cli.h"
#include "output_path.h"

/* As many links as the kernel itself follows. */
#define MAX_LINKS 40

#define OPEN_DIRECTORY (O_PATH | O_DIRECTORY | O_CLOEXEC)

struct walk {
	const char *name; /* as the user gave it, for messages */
	struct output_path *path;
	char *rest; /* what is still to be followed; begins with the current step */
	unsigned links;
};

/* Replacing what is behind these would lose the position in it:
 * `{ echo; rxpath -o /dev/stdout; } >>log`. */
int output_path_descriptor(const char *name)
{
	static const struct {
		const char *name;
		int fd;
	} streams[] = {
		{"-", STDOUT_FILENO},
		{"/dev/stdout", STDOUT_FILENO},
		{"/dev/stderr", STDERR_FILENO},
	};
	static const char *const folders[] = {"/dev/fd/", "/proc/self/fd/"};
	uint64_t number;

	for (size_t i = 0; i < sizeof streams / sizeof *streams; i++)
		if (strcmp(name, streams[i].name) == 0)
			return streams[i].fd;
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
		size_t len = strlen(folders[i]);

		if (strncmp(name, folders[i], len) == 0 &&
		    rxpath_scan_dec(rxpath_slice_of(name + len), &number) && number <= INT_MAX)
			return (int)number;
	}
	return -1;
}

/* The kernel's rule for sticky directories, applied to every directory that others can write to. */
static bool is_trusted(const struct stat *status, const struct stat *dir)
{
	return !(dir->st_mode & (S_ISVTX | S_IWGRP | S_IWOTH)) || status->st_uid == geteuid() ||
	       status->st_uid == dir->st_uid;
}

static const char *kind_name(mode_t mode)
{
	return S_ISLNK(mode)	? "link"
	       : S_ISFIFO(mode) ? "FIFO"
	       : S_ISREG(mode)	? "file"
				: "special file";
}

/* Continues in that directory. */
static void enter(struct walk *walk, int dir)
{
	close(walk->path->dir);
	walk->path->dir = dir;
}

/* Replaces the step by the text of the link. */
static bool expand_link(struct walk *walk, int link, const char *behind)
{
	char text[PATH_MAX];
	ssize_t len = readlinkat(link, "", text, sizeof text - 1);
	size_t size;
	char *rest;

	if (len <= 0 || ++walk->links > MAX_LINKS)
		return say_system(walk->name, len < 0 ? errno : len == 0 ? ENOENT : ELOOP);
	text[len] = '\0';
	if (*behind == '\0')
		walk->path->descriptor = output_path_descriptor(text);
	size = (size_t)len + strlen(behind) + 1;
	rest = malloc(size);
	if (!rest)
		return say_system(walk->name, ENOMEM);
	snprintf(rest, size, "%s%s", text, behind);
	free(walk->rest);
	walk->rest = rest;
	if (text[0] == '/') {
		int dir = open("/", OPEN_DIRECTORY);

		if (dir < 0)
			return say_system(walk->name, errno);
		enter(walk, dir);
	}
	return true;
}

static bool is_proc(int dir)
{
	struct statfs system;

	return fstatfs(dir, &system) == 0 && system.f_type == PROC_SUPER_MAGIC;
}

/* The step is a link of /proc, whose text does not say where it leads: /proc/PID/root/..., or
 * /proc/PID/fd/1. */
static bool follow_kernel_link(struct walk *walk, const char *step, bool is_last)
{
	int next = openat(walk->path->dir, step, O_PATH | O_CLOEXEC);

	if (next < 0 || fstat(next, &walk->path->status) != 0) {
		say_system(walk->name, errno);
		if (next >= 0)
			close(next);
		return false;
	}
	if (is_last) {
		close(next);
		walk->path->kernel_link = true;
		return true;
	}
	enter(walk, next);
	return true;
}

/* The name is there and is no directory. `next`: its descriptor. */
static bool take_step(struct walk *walk, int next, const char *step, const char *behind)
{
	struct output_path *path = walk->path;

	if (fstat(next, &path->status) != 0 || fstat(path->dir, &path->dir_status) != 0)
		return say_system(walk->name, errno);
	if (!is_trusted(&path->status, &path->dir_status))
		return say(
			"%s: refused: '%s' is a %s of another user (uid %u), in a directory that "
			"others can write to",
			walk->name, step, kind_name(path->status.st_mode),
			(unsigned)path->status.st_uid);
	if (S_ISLNK(path->status.st_mode)) {
		if (!is_proc(path->dir))
			return expand_link(walk, next, behind);
		if (!follow_kernel_link(walk, step, *behind == '\0'))
			return false;
	} else if (*behind != '\0') {
		return say_system(walk->name, ENOTDIR);
	}
	if (*behind != '\0') {
		memmove(walk->rest, behind, strlen(behind) + 1);
		return true;
	}
	path->exists = true;
	path->leaf = strdup(step);
	return path->leaf || say_system(walk->name, ENOMEM);
}

/* One step of the path; the last one ends with path->leaf or path->descriptor set. */
static bool walk_on(struct walk *walk)
{
	struct output_path *path = walk->path;
	const char *start = walk->rest + strspn(walk->rest, "/");
	size_t len = strcspn(start, "/");
	const char *behind = start + len;
	char step[NAME_MAX + 1];
	bool done;
	int next;

	if (len == 0)
		return say_system(walk->name, EISDIR);
	if (len > NAME_MAX)
		return say_system(walk->name, ENAMETOOLONG);
	memcpy(step, start, len);
	step[len] = '\0';
	next = openat(path->dir, step, OPEN_DIRECTORY | O_NOFOLLOW);
	if (next >= 0) {
		enter(walk, next);
		memmove(walk->rest, behind, strlen(behind) + 1);
		return true;
	}
	if (errno == ENOENT && *behind == '\0') {
		path->leaf = strdup(step);
		return (path->leaf && fstat(path->dir, &path->dir_status) == 0) ||
		       say_system(walk->name, errno);
	}
	if (errno == ENOTDIR || errno == ELOOP)
		next = openat(path->dir, step, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (next < 0)
		return say_system(walk->name, errno);
	/* expand_link frees the rest that it replaces, which the analyzer does not follow.
	 * NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
	done = take_step(walk, next, step, behind);
	close(next);
	return done;
}

bool output_path_find(const char *name, struct output_path *path)
{
	struct walk walk = {.name = name, .path = path, .rest = strdup(name)};
	bool going;

	*path = (struct output_path){
		.descriptor = -1,
		.dir = open(name[0] == '/' ? "/" : ".", OPEN_DIRECTORY),
	};
	going = walk.rest && path->dir >= 0;
	if (!going)
		say_system(name, walk.rest ? errno : ENOMEM);
	while (going && !path->leaf && path->descriptor < 0)
		going = walk_on(&walk);
	free(walk.rest);
	if (!going)
		output_path_free(path);
	return going;
}

void output_path_free(struct output_path *path)
{
	if (path->dir >= 0)
		close(path->dir);
	free(path->leaf);
	path->dir = -1;
	path->leaf = NULL;
}
