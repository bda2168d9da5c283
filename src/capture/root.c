/* root.c: opening below a directory without ever leaving it. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>
#ifdef SYS_openat2
#include <linux/openat2.h>
#endif

#include "root.h"
#include "rxpath/capture.h"

/* As many links as the kernel itself follows. */
#define MAX_LINKS_FOLLOWED 40
#define MAX_DIRECTORIES 64

/* Opens the directory in the first `len` bytes of the path, without leaving `dir`. The kernel
 * has done that in one call since 5.6. -1 with errno; after any error but ENOENT the caller
 * walks by hand, which also works on older kernels and finds the exact reason. */
static int open_at_once(int dir, const char *path, size_t len, int flags)
{
#ifdef SYS_openat2
	const struct open_how how = {
		.flags = (unsigned)(O_DIRECTORY | O_CLOEXEC | flags),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	char copy[PATH_MAX];

	errno = EINVAL;
	if (len == 0 || len >= sizeof copy)
		return -1;
	memcpy(copy, path, len);
	copy[len] = '\0';
	return (int)syscall(SYS_openat2, dir, copy, &how, sizeof how);
#else
	(void)dir;
	(void)path;
	(void)len;
	(void)flags;
	errno = ENOSYS;
	return -1;
#endif
}

/* The walk by hand checks every component before it goes on. */
struct walk {
	int stack[MAX_DIRECTORIES]; /* directories, from the root down; [0] stays open */
	int depth;
	int links;
	char rest[PATH_MAX]; /* the rest of the path */
};

static void leave(struct walk *walk, int depth)
{
	while (walk->depth > depth)
		close(walk->stack[walk->depth--]);
}

/* Takes the first component off walk->rest. False at the end. */
static bool next_component(struct walk *walk, char component[NAME_MAX + 1])
{
	const char *at = walk->rest + strspn(walk->rest, "/");
	size_t len = strcspn(at, "/");

	if (len == 0)
		return false;
	if (len > NAME_MAX)
		len = NAME_MAX;
	memcpy(component, at, len);
	component[len] = '\0';
	memmove(walk->rest, at + len, strlen(at + len) + 1);
	return true;
}

/* Puts a link's target before the rest of the path. */
static int follow(struct walk *walk, const char *component)
{
	char target[PATH_MAX];
	char rest[PATH_MAX];
	ssize_t len = readlinkat(walk->stack[walk->depth], component, target, sizeof target - 1);

	if (len < 0)
		return errno;
	target[len] = '\0';
	if (++walk->links > MAX_LINKS_FOLLOWED)
		return ELOOP;
	memcpy(rest, walk->rest, sizeof rest);
	if ((size_t)snprintf(walk->rest, sizeof walk->rest, "%s/%s", target, rest) >=
	    sizeof walk->rest)
		return ENAMETOOLONG;
	if (target[0] == '/')
		leave(walk, 0);
	return 0;
}

/* Opens a file with that status, which is no link. 0, or an errno. */
static int open_file(int dir, const char *name, const struct stat *status, int *fd)
{
	struct stat opened;

	/* Opening a pipe would wait for its writer, opening a device may do anything. */
	if (!S_ISREG(status->st_mode))
		return ENOTSUP;
	/* A file that is too large is not read up to the limit first. */
	if (status->st_size > (off_t)RXPATH_FILE_LIMIT)
		return EFBIG;
	*fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (*fd < 0)
		return errno;
	/* Another file may have taken the name meanwhile. */
	if (fstat(*fd, &opened) == 0 && opened.st_dev == status->st_dev &&
	    opened.st_ino == status->st_ino && S_ISREG(opened.st_mode))
		return 0;
	close(*fd);
	*fd = -1;
	return ENOTSUP;
}

static int take_step(struct walk *walk, const char *component, int *fd)
{
	struct stat status;
	int dir = walk->stack[walk->depth];

	if (strcmp(component, ".") == 0)
		return 0;
	if (strcmp(component, "..") == 0) {
		/* Above the root is the root, as in a chroot. */
		if (walk->depth > 0)
			leave(walk, walk->depth - 1);
		return 0;
	}
	if (fstatat(dir, component, &status, AT_SYMLINK_NOFOLLOW) != 0)
		return errno;
	if (S_ISLNK(status.st_mode))
		return follow(walk, component);
	if (S_ISDIR(status.st_mode)) {
		if (walk->depth + 1 == MAX_DIRECTORIES)
			return ENAMETOOLONG;
		/* O_PATH: a directory on the way need not be readable. */
		dir = openat(dir, component, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (dir < 0)
			return errno;
		walk->stack[++walk->depth] = dir;
		return 0;
	}
	if (S_ISREG(status.st_mode) && walk->rest[strspn(walk->rest, "/")] != '\0')
		return ENOTDIR;
	return open_file(dir, component, &status, fd);
}

/* `type`: S_IFDIR or S_IFREG. */
static int walk_down(int dir, const char *path, mode_t type)
{
	const bool directory = type == S_IFDIR;
	struct walk walk = {.stack = {dir}};
	char component[NAME_MAX + 1];
	int fd = -1;
	int error = 0;

	if (strlen(path) >= sizeof walk.rest)
		error = ENAMETOOLONG;
	else
		memcpy(walk.rest, path, strlen(path) + 1);
	while (error == 0 && fd < 0 && next_component(&walk, component))
		error = take_step(&walk, component, &fd);
	if (error == 0 && directory != (fd < 0))
		error = directory ? ENOTDIR : EISDIR;
	if (error == 0 && directory) {
		fd = openat(walk.stack[walk.depth], ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0)
			error = errno;
	}
	leave(&walk, 0);
	if (error != 0 && fd >= 0) {
		close(fd);
		fd = -1;
	}
	errno = error;
	return fd;
}

/* Opens its directory in one call, then the file. -1 with errno. */
static int open_below_at_once(int dir, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	int parent = slash ? open_at_once(dir, path, (size_t)(slash - path), O_PATH) : dir;
	struct stat status;
	int fd = -1;
	int error = EISDIR;

	if (parent < 0)
		return -1;
	if (*name != '\0')
		error = fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) != 0
				? errno
				: open_file(parent, name, &status, &fd);
	if (parent != dir)
		close(parent);
	errno = error;
	return error == 0 ? fd : -1;
}

int rxpath_root_open(int dir, const char *path)
{
	int fd = open_below_at_once(dir, path);

	return fd >= 0 || errno == ENOENT ? fd : walk_down(dir, path, S_IFREG);
}

int rxpath_root_opendir(int dir, const char *path)
{
	int fd = open_at_once(dir, path, strlen(path), O_RDONLY);

	return fd >= 0 || errno == ENOENT ? fd : walk_down(dir, path, S_IFDIR);
}

/* proc/net is a link to self/net, and in a stored tree "self" may be missing or lead nowhere. */
int rxpath_root_open_net(int dir, char *path, size_t size)
{
	static const char *const paths[] = {"/proc/net", "/proc/1/net", "/proc/self/net"};
	int fd = -1;
	int first_error = 0;

	for (size_t i = 0; fd < 0 && i < sizeof paths / sizeof *paths; i++) {
		fd = rxpath_root_opendir(dir, paths[i]);
		if (i == 0)
			first_error = errno;
		if (fd >= 0 || i == 0)
			snprintf(path, size, "%s", paths[i]);
	}
	errno = first_error;
	return fd;
}

bool rxpath_is_on(int dir, long magic)
{
	struct statfs system;

	return dir >= 0 && fstatfs(dir, &system) == 0 && (long)system.f_type == magic;
}
