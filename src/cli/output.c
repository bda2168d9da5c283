/* output.c: writes to a descriptor, or to a file that is replaced only when complete. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"
#include "output_path.h"

/* How many names for a temporary file are tried. */
#define MAX_ATTEMPTS 100u

#define READER_POLLS 100
#define READER_POLL_NS 10000000

/* The outputs whose temporary file has a name, to be removed if a signal ends the program. */
static struct output *named;
static pid_t owner; /* a command that is just being started is another process */

bool output_prepare(void)
{
	/* The wrong direction, so that using them fails as if they were still closed. */
	static const int modes[] = {
		[STDIN_FILENO] = O_WRONLY,
		[STDOUT_FILENO] = O_RDONLY,
		[STDERR_FILENO] = O_RDONLY,
	};

	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", modes[fd] | O_CLOEXEC) != fd)
			return false;
	return true;
}

static void remove_and_end(int number)
{
	for (const struct output *output = named; output && getpid() == owner;
	     output = output->next)
		unlinkat(output->dir, output->temporary, 0);
	/* SA_RESETHAND has restored what it does by default. */
	raise(number);
}

static void handle_signals(void)
{
	static const int numbers[] = {SIGINT,  SIGTERM, SIGHUP,	 SIGQUIT, SIGPIPE,
				      SIGALRM, SIGXCPU, SIGXFSZ, SIGUSR1, SIGUSR2};
	struct sigaction action = {.sa_handler = remove_and_end, .sa_flags = (int)SA_RESETHAND};
	struct sigaction old;

	owner = getpid();
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler == SIG_DFL)
			sigaction(numbers[i], &action, NULL);
}

/* Signals wait while a file and its entry in `named` change together. */
static void hold_signals(sigset_t *old)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, old);
}

static void release_signals(const sigset_t *old)
{
	sigprocmask(SIG_SETMASK, old, NULL);
}

static void forget_name(struct output *output)
{
	struct output **at = &named;

	while (*at && *at != output)
		at = &(*at)->next;
	if (*at)
		*at = output->next;
	output->temporary[0] = '\0';
}

/* Called while signals are held. */
static void remove_temporary(struct output *output)
{
	if (output->temporary[0] == '\0')
		return;
	unlinkat(output->dir, output->temporary, 0);
	forget_name(output);
}

static void discard(struct output *output)
{
	sigset_t old;

	hold_signals(&old);
	remove_temporary(output);
	release_signals(&old);
	if (output->fd > STDERR_FILENO)
		close(output->fd);
	if (output->dir >= 0)
		close(output->dir);
	free(output->target);
	*output = (struct output){.fd = -1, .dir = -1};
}

/* What cannot be replaced: a pipe or a character device such as /dev/null. Opened without blocking,
 * and only if it is still what was looked at. A reader that is just being started has a second. */
static bool open_special(struct output *output, const struct output_path *path)
{
	const struct timespec moment = {0, READER_POLL_NS};
	const struct stat *wanted = &path->status;
	struct stat status;

	if (!S_ISFIFO(wanted->st_mode) && !S_ISCHR(wanted->st_mode))
		return say("%s: must be a file, a FIFO or a character device", output->name);
	for (int i = 0; i < READER_POLLS; i++) {
		output->fd = openat(path->dir, path->leaf,
				    O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK |
					    (path->kernel_link ? 0 : O_NOFOLLOW));
		if (output->fd >= 0 || errno != ENXIO || !S_ISFIFO(wanted->st_mode))
			break;
		nanosleep(&moment, NULL);
	}
	if (output->fd < 0 && errno == ENXIO && S_ISFIFO(wanted->st_mode))
		return say("%s: no process has this FIFO open for reading", output->name);
	if (output->fd < 0 || fstat(output->fd, &status) != 0)
		return say_system(output->name, errno);
	if (status.st_dev != wanted->st_dev || status.st_ino != wanted->st_ino)
		return say("%s: was exchanged while it was opened", output->name);
	return fcntl(output->fd, F_SETFL, O_WRONLY) == 0 || say_system(output->name, errno);
}

/* A name that nothing has yet. As mkstemp does; the process id alone could be taken by what
 * another process left behind. */
static void set_temporary_name(struct output *output, unsigned attempt)
{
	snprintf(output->temporary, sizeof output->temporary, ".rxpath-%06u",
		 ((unsigned)getpid() * MAX_ATTEMPTS + attempt) % 1000000);
}

static bool create_named(struct output *output)
{
	sigset_t old;

	handle_signals();
	hold_signals(&old);
	for (unsigned i = 0; output->fd < 0 && i < MAX_ATTEMPTS; i++) {
		set_temporary_name(output, i);
		output->fd = openat(output->dir, output->temporary,
				    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
		if (output->fd < 0 && errno != EEXIST)
			break;
	}
	if (output->fd >= 0) {
		output->next = named;
		named = output;
	} else {
		output->temporary[0] = '\0';
	}
	release_signals(&old);
	return output->fd >= 0;
}

/* In the directory of the target, because renaming is atomic only within one file system. Where the
 * file system supports it, the file has no name until it is complete, so that nothing remains
 * whatever ends the program. */
static bool open_temporary(struct output *output)
{
	/* It gets its name through /proc. */
	if (access("/proc/self/fd", X_OK) == 0)
		output->fd = openat(output->dir, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
	return output->fd >= 0 || create_named(output);
}

/* As the file that is replaced, or as any new file. The owner is kept where it is the caller or the
 * directory's owner, and setuid bits never are. */
static bool set_mode(const struct output *output, const struct output_path *path)
{
	const struct stat *existing = &path->status;
	mode_t mask = umask(0);
	mode_t mode = path->exists ? existing->st_mode & 0777 : 0666 & ~mask;

	umask(mask);
	/* Only root can give a file away. */
	if (path->exists &&
	    ((existing->st_uid != geteuid() && existing->st_uid != path->dir_status.st_uid) ||
	     fchown(output->fd, existing->st_uid, existing->st_gid) != 0))
		mode &= ~mask;
	return fchmod(output->fd, mode) == 0;
}

static bool open_descriptor(struct output *output, int fd)
{
	output->fd = fd;
	if (fd == STDOUT_FILENO)
		output->name = "standard output";
	else if (fd == STDERR_FILENO)
		output->name = "standard error";
	return fcntl(fd, F_GETFD) >= 0 || say_system(output->name, errno);
}

static bool open_path(struct output *output, struct output_path *path)
{
	if (path->descriptor >= 0)
		return open_descriptor(output, path->descriptor);
	if (path->exists && (path->kernel_link || !S_ISREG(path->status.st_mode)))
		return open_special(output, path);
	output->dir = path->dir;
	output->target = path->leaf;
	path->dir = -1;
	path->leaf = NULL;
	return (open_temporary(output) && set_mode(output, path)) ||
	       say_system(output->name, errno);
}

bool output_open(struct output *output, const char *name, int fallback)
{
	struct output_path path;
	int fd = name ? output_path_descriptor(name) : fallback;
	bool opened;

	*output = (struct output){.fd = -1, .dir = -1, .name = name};
	if (fd >= 0)
		return open_descriptor(output, fd);
	if (!output_path_find(name, &path))
		return false;
	opened = open_path(output, &path);
	output_path_free(&path);
	if (!opened)
		discard(output);
	return opened;
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
			return say_system(output->name, put < 0 ? errno : ENOSPC);
		rxpath_slice_skip(&bytes, (size_t)put);
	}
	return true;
}

static bool write_piece(void *output, struct rxpath_slice bytes)
{
	return output_write(output, bytes);
}

struct rxpath_drain output_drain(struct output *output)
{
	return (struct rxpath_drain){.write = write_piece, .context = output};
}

bool output_text(struct output *output, const struct rxpath_buf *text)
{
	/* A write that failed was reported then. */
	if (text->drain && text->drain->failed)
		return false;
	return text->failed ? say("out of memory") : output_write(output, rxpath_buf_view(text));
}

/* Gives the file a name beside its target's: linkat does not replace, so it takes two steps. */
static bool give_name(struct output *output)
{
	char from[40];

	snprintf(from, sizeof from, "/proc/self/fd/%d", output->fd);
	for (unsigned i = 0; i < MAX_ATTEMPTS; i++) {
		set_temporary_name(output, i);
		if (linkat(AT_FDCWD, from, output->dir, output->temporary, AT_SYMLINK_FOLLOW) == 0)
			return true;
		if (errno != EEXIST)
			break;
	}
	output->temporary[0] = '\0';
	return false;
}

/* Puts the complete file in its target's place. Without a signal in between, so that the name it
 * has meanwhile never stays. */
static bool replace_target(struct output *output)
{
	sigset_t old;
	int number;
	bool done;

	hold_signals(&old);
	done = (output->temporary[0] != '\0' || give_name(output)) &&
	       renameat(output->dir, output->temporary, output->dir, output->target) == 0;
	number = errno;
	if (done)
		forget_name(output);
	else
		remove_temporary(output);
	release_signals(&old);
	errno = number;
	return done;
}

bool output_end(struct output *output, bool done)
{
	/* It is on the disk before it gets the name: even after a crash, the name leads to the
	 * whole old file or the whole new one. */
	bool ended = !done || !output->target ||
		     (fsync(output->fd) == 0 && replace_target(output)) ||
		     say_system(output->name, errno);

	discard(output);
	return ended;
}
