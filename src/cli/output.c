/* output.c: where the bytes go: a descriptor, or a file that is replaced whole or not at all. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

static bool complain(const struct output *output, int number)
{
	struct rxpath_error error = {0};

	rxpath_error_system(&error, output->name, number);
	say_error(&error);
	return false;
}

/* A pipe, a terminal, /dev/null: nothing that could be replaced. */
static bool open_special(struct output *output)
{
	output->fd = open(output->name, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	return output->fd >= 0 || complain(output, errno);
}

/* The name of what is to be replaced: behind links, so that a link stays one. */
static bool set_target(struct output *output)
{
	output->target = realpath(output->name, NULL);
	if (!output->target && errno == ENOENT)
		output->target = strdup(output->name);
	return output->target != NULL;
}

static bool open_temporary(struct output *output, const struct stat *existing)
{
	size_t size = strlen(output->target) + 40;
	mode_t mask;

	output->temporary = malloc(size);
	if (!output->temporary)
		return false;
	/* Beside the target: only within one file system is renaming atomic. */
	snprintf(output->temporary, size, "%s.rxpath-XXXXXX", output->target);
	output->fd = mkostemp(output->temporary, O_CLOEXEC);
	if (output->fd < 0)
		return false;
	mask = umask(0);
	umask(mask);
	return fchmod(output->fd, existing ? existing->st_mode & 07777 : 0666 & ~mask) == 0;
}

bool output_open(struct output *output, const char *name, int fallback)
{
	struct stat status;
	bool exists;

	*output = (struct output){.fd = fallback, .name = name};
	if (!name) {
		output->name = fallback == STDERR_FILENO ? "standard error" : "standard output";
		return true;
	}
	exists = stat(name, &status) == 0;
	if (exists && !S_ISREG(status.st_mode))
		return open_special(output);
	output->fd = -1;
	if (set_target(output) && open_temporary(output, exists ? &status : NULL))
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
		/* Whoever reads has gone, and ignores the signal that would have told: nothing to say. */
		if (put < 0 && errno == EPIPE)
			return false;
		if (put <= 0)
			return complain(output, put < 0 ? errno : ENOSPC);
		rxpath_slice_skip(&bytes, (size_t)put);
	}
	return true;
}

bool output_commit(struct output *output)
{
	bool done = true;

	if (output->temporary) {
		/* On the disk before it has the name: after a crash too it is the old file or the new one. */
		done = fsync(output->fd) == 0 && close(output->fd) == 0;
		output->fd = -1;
		done = done && rename(output->temporary, output->target) == 0;
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
	if (output->temporary && output->temporary[0] != '\0')
		unlink(output->temporary);
	if (output->fd > STDERR_FILENO)
		close(output->fd);
	free(output->temporary);
	free(output->target);
	*output = (struct output){.fd = -1};
}
