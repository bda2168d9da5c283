/* run.c: runs the program with a deadline and takes what it says. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "hostile.h"

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void become(const struct job *job, int out, int err)
{
	const char *arguments[18];
	const char *path = job->program ? job->program : program;
	/* Opened here: where it lies need not be within an unprivileged user's reach. */
	int opened = open(path, O_PATH | O_CLOEXEC);
	sigset_t none;
	size_t count = 0;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	dup2(out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	if (job->no_out)
		close(STDOUT_FILENO);
	if (job->no_err)
		close(STDERR_FILENO);
	for (size_t i = 0; i < 4 && job->environment[i]; i++)
		putenv((char *)(uintptr_t)job->environment[i]);
	if (job->nobody && (setgroups(0, NULL) != 0 || setgid(65534) != 0 || setuid(65534) != 0))
		_exit(98);
	arguments[count++] = "rxpath";
	for (size_t i = 0; i < 16 && job->arguments[i]; i++)
		arguments[count++] = job->arguments[i];
	arguments[count] = NULL;
	fexecve(opened, (char **)(uintptr_t)arguments, environ);
	_exit(97);
}

static char *take(int fd, size_t *len)
{
	off_t size = lseek(fd, 0, SEEK_END);
	char *text = malloc((size_t)size + 1);
	ssize_t got;

	assert_non_null(text);
	got = pread(fd, text, (size_t)size, 0);
	assert_int_equal(got, size);
	text[size] = '\0';
	*len = (size_t)size;
	close(fd);
	return text;
}

static double seconds_of(const struct timeval *time)
{
	return (double)time->tv_sec + (double)time->tv_usec / 1e6;
}

void run_job(const struct job *job, struct result *result)
{
	unsigned seconds = job->seconds ? job->seconds : 20;
	int out = memfd_create("out", MFD_CLOEXEC);
	int err = memfd_create("err", MFD_CLOEXEC);
	double start = now();
	struct rusage usage;
	sigset_t set;
	pid_t child;
	int status = 0;

	assert_true(out >= 0 && err >= 0);
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fflush(NULL);
	/* The child's peak begins with what is in memory here. */
	malloc_trim(0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		become(job, job->out > 0 ? job->out : out, err);
	*result = (struct result){.status = -1};
	while (result->status < 0) {
		const struct timespec moment = {0, 50000000};

		if (wait4(child, &status, WNOHANG, &usage) == child) {
			result->status =
				WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
		} else if (now() - start > seconds) {
			kill(child, SIGKILL);
			wait4(child, &status, 0, &usage);
			result->status = 255;
		} else {
			sigtimedwait(&set, NULL, &moment);
		}
	}
	result->seconds = seconds_of(&usage.ru_utime) + seconds_of(&usage.ru_stime);
	result->peak = usage.ru_maxrss;
	result->out = take(out, &result->out_len);
	result->err = take(err, &result->err_len);
}

void free_result(struct result *result)
{
	free(result->out);
	free(result->err);
}

void complain(const struct job *job, const struct result *result, const char *what)
{
	fprintf(stderr, "hostile: %s\n  ", what);
	for (size_t i = 0; i < 4 && job->environment[i]; i++)
		fprintf(stderr, "%s ", job->environment[i]);
	fprintf(stderr, "rxpath");
	for (size_t i = 0; i < 16 && job->arguments[i]; i++)
		fprintf(stderr, " %s", job->arguments[i]);
	fprintf(stderr,
		"\n  status %d after %.2f s, %ld KiB\n  standard error: %.600s\n"
		"  standard output: %.1200s\n",
		result->status, result->seconds, result->peak, result->err, result->out);
	fail_msg("%s", what);
}

void check_bytes(const struct job *job, const struct result *result)
{
	const unsigned char *streams[] = {(unsigned char *)result->out,
					  (unsigned char *)result->err};
	const size_t lens[] = {result->out_len, result->err_len};

	for (size_t i = 0; i < 2; i++)
		for (size_t j = 0; j < lens[i]; j++) {
			unsigned char c = streams[i][j];

			/* C1 controls are two bytes in UTF-8, C2 80 to C2 9F. */
			if ((c < ' ' && c != '\n' && c != '\t') || c == 0x7f ||
			    (c == 0xc2 && j + 1 < lens[i] && streams[i][j + 1] < 0xa0))
				complain(job, result, "a byte that a terminal obeys");
		}
}

const char *in_folder(char buffer[256], const char *name)
{
	snprintf(buffer, 256, "%s/%s", folder, name);
	return buffer;
}

void write_file(const char *path, const char *bytes, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	while (len > 0) {
		ssize_t put = write(fd, bytes, len);

		assert_true(put > 0);
		bytes += put;
		len -= (size_t)put;
	}
	assert_int_equal(close(fd), 0);
}

void write_text(const char *path, const char *text)
{
	write_file(path, text, strlen(text));
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
	(void)status;
	(void)type;
	(void)walk;
	return remove(path);
}

void remove_tree(const char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
