/* output.c: writes to a descriptor, or to a file that is replaced only when complete. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

/* As many links as the kernel follows. */
#define MAX_LINKS 40

static bool complain(const struct output *output, int number)
{
	struct rxpath_error error = {0};

	rxpath_error_system(&error, output->name, number);
	say_error(&error);
	return false;
}

bool output_prepare(void)
{
	/* The wrong direction, so that using them fails as if they were still closed. */
	static const int modes[] = {
		[STDIN_FILENO] = O_WRONLY, [STDOUT_FILENO] = O_RDONLY, [STDERR_FILENO] = O_RDONLY,
	};

	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", modes[fd] | O_CLOEXEC) != fd)
			return false;
	return true;
}

/* Names of a descriptor that is open already. Opening or replacing its file would lose the
 * position in it: `{ echo; rxpath -o /dev/stdout; } >>log`. */
static int find_descriptor(const char *name)
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

/* A pipe, a terminal or /dev/null cannot be replaced. */
static bool open_special(struct output *output)
{
	output->fd = open(output->name, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	return output->fd >= 0 || complain(output, errno);
}

/* The length of the directory of a path with its last slash; 0 for the working directory. */
static size_t folder_length(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? (size_t)(slash - path) + 1 : 0;
}

/* Follows a link whose target does not exist to the name of the file to make. Frees `name`; NULL
 * with errno. */
static char *follow_link(char *name)
{
	for (int i = 0; i < MAX_LINKS; i++) {
		char text[PATH_MAX];
		size_t folder = folder_length(name);
		ssize_t len = readlink(name, text, sizeof text - 1);
		char *next;

		/* Not a link, or absent: this is the name. */
		if (len < 0)
			return name;
		text[len] = '\0';
		next = text[0] == '/' ? strdup(text) : malloc(folder + (size_t)len + 1);
		if (next && text[0] != '/') {
			memcpy(next, name, folder);
			memcpy(next + folder, text, (size_t)len + 1);
		}
		free(name);
		if (!next)
			return NULL;
		name = next;
	}
	free(name);
	errno = ELOOP;
	return NULL;
}

/* The name of the file to replace. Links are followed, so that a link stays a link. */
static bool set_target(struct output *output)
{
	char *name;

	output->target = realpath(output->name, NULL);
	if (!output->target && errno == ENOENT) {
		name = strdup(output->name);
		output->target = name ? follow_link(name) : NULL;
	}
	return output->target != NULL;
}

/* In the directory of the target, because renaming is atomic only within one file system. Where the
 * file system supports it, the file has no name until it is complete, so that nothing remains
 * whatever ends the program. */
static bool open_temporary(struct output *output)
{
	size_t folder = folder_length(output->target);
	size_t size = folder + sizeof ".rxpath-XXXXXX";

	output->temporary = malloc(size);
	if (!output->temporary)
		return false;
	memcpy(output->temporary, output->target, folder);
	output->temporary[folder] = '\0';
	/* Giving it a name needs /proc. */
	if (access("/proc/self/fd", X_OK) == 0)
		output->fd = open(folder > 0 ? output->temporary : ".",
				  O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
	output->nameless = output->fd >= 0;
	snprintf(output->temporary + folder, size - folder, ".rxpath-XXXXXX");
	if (output->fd < 0)
		output->fd = mkostemp(output->temporary, O_CLOEXEC);
	return output->fd >= 0;
}

/* The mode of the replaced file, or that of any new file. */
static bool set_mode(const struct output *output, const struct stat *existing)
{
	mode_t mask = umask(0);

	umask(mask);
	if (!existing)
		return fchmod(output->fd, 0666 & ~mask) == 0;
	/* Only root can change the owner; others do not need to. */
	if (fchown(output->fd, existing->st_uid, existing->st_gid) != 0)
		return fchmod(output->fd, existing->st_mode & 0777) == 0;
	return fchmod(output->fd, existing->st_mode & 07777) == 0;
}

bool output_open(struct output *output, const char *name, int fallback)
{
	struct stat status;
	bool exists;
	int fd = name ? find_descriptor(name) : fallback;

	*output = (struct output){.fd = fd, .name = name};
	if (fd == STDOUT_FILENO)
		output->name = "standard output";
	else if (fd == STDERR_FILENO)
		output->name = "standard error";
	if (!name || fd >= 0)
		return fcntl(fd, F_GETFD) >= 0 || complain(output, errno);
	exists = stat(name, &status) == 0;
	if (exists && !S_ISREG(status.st_mode))
		return open_special(output);
	if (set_target(output) && open_temporary(output) &&
	    set_mode(output, exists ? &status : NULL))
		return true;
	complain(output, errno);
	output_discard(output);
	return false;
}

bool output_write(struct output *output, struct rxpath_slice bytes)
{
	while (bytes.len > 0) {
		ssize_t put = write(output->fd, bytes.ptr, bytes.len);

		if (put < 0 && errno == EINTR)
			continue;
		/* The reader has gone, and SIGPIPE is ignored: not worth a message. */
		if (put < 0 && errno == EPIPE)
			return false;
		if (put <= 0)
			return complain(output, put < 0 ? errno : ENOSPC);
		rxpath_slice_skip(&bytes, (size_t)put);
	}
	return true;
}

/* Gives the file a temporary name beside its target: linkat cannot replace, so rename follows. */
static bool give_name(struct output *output)
{
	size_t folder = folder_length(output->temporary);
	char from[40];

	snprintf(from, sizeof from, "/proc/self/fd/%d", output->fd);
	/* Several tries, as mkostemp does: an earlier run with this process id may have left one. */
	for (unsigned i = 0; i < 100; i++) {
		snprintf(output->temporary + folder, sizeof ".rxpath-XXXXXX", ".rxpath-%06u",
			 ((unsigned)getpid() * 100 + i) % 1000000);
		output->nameless = linkat(AT_FDCWD, from, AT_FDCWD, output->temporary,
					  AT_SYMLINK_FOLLOW) != 0;
		if (!output->nameless)
			return true;
		if (errno != EEXIST)
			break;
	}
	return false;
}

bool output_commit(struct output *output)
{
	bool done = true;

	if (output->temporary) {
		/* Written to disk before it is renamed: after a crash the target is the old file
		 * or the new one. */
		done = fsync(output->fd) == 0 && (!output->nameless || give_name(output)) &&
		       rename(output->temporary, output->target) == 0;
		if (!done)
			complain(output, errno);
		else
			output->temporary[0] = '\0';
	}
	output_discard(output);
	return done;
}

void output_discard(struct output *output)
{
	if (output->temporary && output->temporary[0] != '\0' && !output->nameless)
		unlink(output->temporary);
	if (output->fd > STDERR_FILENO)
		close(output->fd);
	free(output->temporary);
	free(output->target);
	*output = (struct output){.fd = -1};
}
