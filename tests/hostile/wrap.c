/* wrap.c: stands between the program and libc (ld --wrap) and lets one call fail, or all be short.
 *
 * RXPATH_FAIL="alloc N"		the N-th allocation has no memory
 * RXPATH_FAIL="call N ERRNO"		the N-th system call (and what opens directories) fails
 * RXPATH_FAIL="kill N SIGNAL"		that signal comes before the N-th system call
 * RXPATH_FAIL="short N"		the N-th read or write, or with 0 every one, moves one byte
 * RXPATH_FAIL_TMPFILE=1			no file system has O_TMPFILE
 * RXPATH_FAIL_REPORT=FILE		there it says at the end how many of each there were, what
 * failed, and which memory and descriptors were not given back
 *
 * What is freed is overwritten, so that nothing can go on using it by chance. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/utsname.h>
#include <unistd.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void __real_free(void *memory);
char *__real_strdup(const char *text);
int __real_open(const char *path, int flags, ...);
int __real_openat(int dir, const char *path, int flags, ...);
ssize_t __real_read(int fd, void *to, size_t size);
ssize_t __real_pread(int fd, void *to, size_t size, off_t at);
ssize_t __real_write(int fd, const void *from, size_t size);
int __real_close(int fd);
ssize_t __real_send(int fd, const void *from, size_t size, int flags);
ssize_t __real_recv(int fd, void *to, size_t size, int flags);
int __real_socket(int family, int type, int protocol);
int __real_ioctl(int fd, unsigned long request, ...);
DIR *__real_opendir(const char *path);
DIR *__real_fdopendir(int fd);
struct dirent *__real_readdir(DIR *dir);
int __real_stat(const char *path, struct stat *status);
int __real_fstatat(int dir, const char *path, struct stat *status, int flags);
ssize_t __real_readlink(const char *path, char *to, size_t size);
ssize_t __real_readlinkat(int dir, const char *path, char *to, size_t size);
int __real_fsync(int fd);
int __real_fchmod(int fd, mode_t mode);
int __real_renameat(int from_dir, const char *from, int to_dir, const char *to);
int __real_fstat(int fd, struct stat *status);
int __real_linkat(int from_dir, const char *from, int to_dir, const char *to, int flags);
int __real_pipe2(int fds[2], int flags);
pid_t __real_fork(void);
int __real_uname(struct utsname *name);

enum mode { NOTHING, ALLOC, CALL, SHORT, KILL };

static struct {
	bool ready;
	enum mode mode;
	unsigned long at;
	int number;
	unsigned long allocs, calls, moves;
	long held; /* pieces of memory */
	char failed[32];
	char written[200]; /* the last file that was opened for writing */
	const char *report;
	bool before[1024]; /* descriptors that the parent left open */
} state;

static void finish(void)
{
	char text[512];
	int left = 0;
	int fd, len;

	for (fd = 3; fd < 1024; fd++) {
		if (state.before[fd] || fcntl(fd, F_GETFD) < 0)
			continue;
		left++;
	}
	len = snprintf(text, sizeof text,
		       "allocs %lu calls %lu moves %lu held %ld fds %d failed %s written %s\n",
		       state.allocs, state.calls, state.moves, state.held, left,
		       state.failed[0] ? state.failed : "-",
		       state.written[0] ? state.written : "-");
	fd = __real_open(state.report, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd < 0 || __real_write(fd, text, (size_t)len) != len)
		_exit(99);
	__real_close(fd);
}

static void prepare(void)
{
	const char *fail = getenv("RXPATH_FAIL");
	char *end;

	state.ready = true;
	state.report = getenv("RXPATH_FAIL_REPORT");
	for (int fd = 0; fd < 1024; fd++)
		state.before[fd] = fcntl(fd, F_GETFD) >= 0;
	if (state.report)
		atexit(finish);
	if (!fail)
		return;
	state.mode = fail[0] == 'a'   ? ALLOC
		     : fail[0] == 'c' ? CALL
		     : fail[0] == 's' ? SHORT
		     : fail[0] == 'k' ? KILL
				      : NOTHING;
	state.at = strtoul(strchr(fail, ' ') + 1, &end, 10);
	state.number = (int)strtol(end, NULL, 10);
}

static bool due(enum mode mode, unsigned long count, const char *name)
{
	if (state.mode != mode || (state.at != count && !(mode == SHORT && state.at == 0)))
		return false;
	snprintf(state.failed, sizeof state.failed, "%s", name);
	return true;
}

static bool no_memory(const char *name)
{
	if (!state.ready)
		prepare();
	if (!due(ALLOC, ++state.allocs, name))
		return false;
	errno = ENOMEM;
	return true;
}

static bool fails(const char *name)
{
	if (!state.ready)
		prepare();
	if (due(KILL, ++state.calls, name))
		raise(state.number);
	if (!due(CALL, state.calls, name))
		return false;
	errno = state.number;
	return true;
}

static size_t moved(const char *name, size_t size)
{
	return due(SHORT, ++state.moves, name) && size > 0 ? 1 : size;
}

static void *held(void *memory)
{
	state.held += memory != NULL;
	return memory;
}

void *__wrap_malloc(size_t size)
{
	return no_memory("malloc") ? NULL : held(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
	return no_memory("calloc") ? NULL : held(__real_calloc(count, size));
}

void *__wrap_realloc(void *old, size_t size)
{
	void *memory;

	if (no_memory("realloc"))
		return NULL;
	/* Always at a new place: whoever kept a pointer into the old one is found out. */
	memory = __real_malloc(size);
	if (!memory)
		return NULL;
	if (!old)
		return held(memory);
	memcpy(memory, old, malloc_usable_size(old) < size ? malloc_usable_size(old) : size);
	memset(old, 0xdd, malloc_usable_size(old));
	__real_free(old);
	return memory;
}

void __wrap_free(void *memory)
{
	state.held -= memory != NULL;
	if (memory)
		memset(memory, 0xdd, malloc_usable_size(memory));
	__real_free(memory);
}

char *__wrap_strdup(const char *text)
{
	return no_memory("strdup") ? NULL : held(__real_strdup(text));
}

int __wrap_open(const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list arguments;

	if (!state.ready)
		prepare();
	if (flags & (O_WRONLY | O_RDWR | O_CREAT))
		snprintf(state.written, sizeof state.written, "%s", path);
	if (flags & O_CREAT) {
		va_start(arguments, flags);
		mode = va_arg(arguments, mode_t);
		va_end(arguments);
	}
	return fails("open") ? -1 : __real_open(path, flags, mode);
}

static void note_written(int dir, const char *path)
{
	char name[64];
	char folder[120];
	ssize_t len;

	snprintf(name, sizeof name, "/proc/self/fd/%d", dir);
	len = __real_readlink(name, folder, sizeof folder - 1);
	snprintf(state.written, sizeof state.written, "%.*s/%s", len > 0 ? (int)len : 0, folder,
		 path);
}

int __wrap_openat(int dir, const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list arguments;

	if (!state.ready)
		prepare();
	if (flags & (O_CREAT | O_TMPFILE) & ~O_DIRECTORY) {
		va_start(arguments, flags);
		mode = va_arg(arguments, mode_t);
		va_end(arguments);
		note_written(dir, path);
	}
	if (fails("openat"))
		return -1;
	if ((flags & O_TMPFILE) == O_TMPFILE && getenv("RXPATH_FAIL_TMPFILE")) {
		errno = EOPNOTSUPP;
		return -1;
	}
	return __real_openat(dir, path, flags, mode);
}

ssize_t __wrap_read(int fd, void *to, size_t size)
{
	return fails("read") ? -1 : __real_read(fd, to, moved("read", size));
}

ssize_t __wrap_pread(int fd, void *to, size_t size, off_t at)
{
	return fails("pread") ? -1 : __real_pread(fd, to, moved("pread", size), at);
}

ssize_t __wrap_write(int fd, const void *from, size_t size)
{
	return fails("write") ? -1 : __real_write(fd, from, moved("write", size));
}

int __wrap_close(int fd)
{
	bool failing = fails("close");
	int result = __real_close(fd);

	if (!failing)
		return result;
	errno = state.number;
	return -1;
}

ssize_t __wrap_send(int fd, const void *from, size_t size, int flags)
{
	return fails("send") ? -1 : __real_send(fd, from, size, flags);
}

ssize_t __wrap_recv(int fd, void *to, size_t size, int flags)
{
	return fails("recv") ? -1 : __real_recv(fd, to, size, flags);
}

int __wrap_socket(int family, int type, int protocol)
{
	return fails("socket") ? -1 : __real_socket(family, type, protocol);
}

int __wrap_ioctl(int fd, unsigned long request, ...)
{
	va_list arguments;
	void *argument;

	va_start(arguments, request);
	argument = va_arg(arguments, void *);
	va_end(arguments);
	return fails("ioctl") ? -1 : __real_ioctl(fd, request, argument);
}

DIR *__wrap_opendir(const char *path)
{
	return fails("opendir") ? NULL : __real_opendir(path);
}

DIR *__wrap_fdopendir(int fd)
{
	return fails("fdopendir") ? NULL : __real_fdopendir(fd);
}

struct dirent *__wrap_readdir(DIR *dir)
{
	return fails("readdir") ? NULL : __real_readdir(dir);
}

int __wrap_stat(const char *path, struct stat *status)
{
	return fails("stat") ? -1 : __real_stat(path, status);
}

int __wrap_fstatat(int dir, const char *path, struct stat *status, int flags)
{
	return fails("fstatat") ? -1 : __real_fstatat(dir, path, status, flags);
}

ssize_t __wrap_readlink(const char *path, char *to, size_t size)
{
	return fails("readlink") ? -1 : __real_readlink(path, to, size);
}

ssize_t __wrap_readlinkat(int dir, const char *path, char *to, size_t size)
{
	return fails("readlinkat") ? -1 : __real_readlinkat(dir, path, to, size);
}

int __wrap_fsync(int fd)
{
	return fails("fsync") ? -1 : __real_fsync(fd);
}

int __wrap_fchmod(int fd, mode_t mode)
{
	return fails("fchmod") ? -1 : __real_fchmod(fd, mode);
}

int __wrap_renameat(int from_dir, const char *from, int to_dir, const char *to)
{
	return fails("renameat") ? -1 : __real_renameat(from_dir, from, to_dir, to);
}

int __wrap_fstat(int fd, struct stat *status)
{
	return fails("fstat") ? -1 : __real_fstat(fd, status);
}

int __wrap_linkat(int from_dir, const char *from, int to_dir, const char *to, int flags)
{
	return fails("linkat") ? -1 : __real_linkat(from_dir, from, to_dir, to, flags);
}

int __wrap_pipe2(int fds[2], int flags)
{
	return fails("pipe2") ? -1 : __real_pipe2(fds, flags);
}

pid_t __wrap_fork(void)
{
	return fails("fork") ? -1 : __real_fork();
}

int __wrap_uname(struct utsname *name)
{
	return fails("uname") ? -1 : __real_uname(name);
}

/* The names that libc's headers put in place of these for large files, and with _FORTIFY_SOURCE. */
#define ALSO(other, name) \
	__typeof__(__wrap_##name) __wrap_##other __attribute__((alias("__wrap_" #name)))

ALSO(open64, open);
ALSO(__open64_2, open);
ALSO(openat64, openat);
ALSO(__openat64_2, openat);
ALSO(pread64, pread);
ALSO(readdir64, readdir);
ALSO(stat64, stat);
ALSO(fstat64, fstat);
ALSO(fstatat64, fstatat);
