/* spawn.c: runs the command of `rxpath run`, with its own input, output and signals. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli.h"

/* Runs in the child. If exec fails, the parent reads the errno from the pipe. */
static void exec_command(char **arguments, const sigset_t *mask,
			 const struct sigaction *child_ended, int report)
{
	int number;

	sigaction(SIGCHLD, child_ended, NULL);
	sigprocmask(SIG_SETMASK, mask, NULL);
	execvp(arguments[0], arguments);
	number = errno;
	while (write(report, &number, sizeof number) < 0 && errno == EINTR)
		continue;
	_exit(number == ENOENT ? STATUS_NOT_FOUND : STATUS_NOT_EXECUTABLE);
}

/* The errno of a failed exec; 0 when exec succeeded and so closed the pipe. */
static int exec_error(int fd)
{
	int number = 0;
	ssize_t got = rxpath_read_once(fd, &number, sizeof number);

	return got == (ssize_t)sizeof number ? number : 0;
}

static void fill_set(sigset_t *set)
{
	static const int numbers[] = {SIGCHLD, SIGINT, SIGQUIT, SIGTERM, SIGHUP};

	sigemptyset(set);
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		sigaddset(set, numbers[i]);
}

/* Takes one of the signals. False when another one is about to end the program. */
static bool take_signal(const sigset_t *set, struct tracing *tracing, siginfo_t *info)
{
	const struct timespec at_once = {0, 0};

	info->si_signo = 0;
	/* If the trace buffers can no longer be read, still wait for the command. */
	if (!tracing->trace || tracing_wait(tracing, UINT64_MAX, set) == RXPATH_WAIT_FAILED) {
		sigwaitinfo(set, info);
		return true;
	}
	return sigtimedwait(set, info, &at_once) > 0;
}

/* Waits for the command to end. A signal that a process sent to rxpath alone is passed on; one from
 * the terminal has reached the command already. */
static bool wait_for(pid_t child, const sigset_t *set, struct tracing *tracing, int *status)
{
	int ending;

	*status = STATUS_RUN_TROUBLE;
	for (;;) {
		siginfo_t info;
		pid_t ended = waitpid(child, &ending, WNOHANG);

		if (ended == child)
			break;
		if ((ended < 0 && errno != EINTR) || !take_signal(set, tracing, &info))
			return false;
		if (info.si_signo == 0 || info.si_signo == SIGCHLD)
			continue;
		/* A signal from the command itself is not meant for the command. */
		if (info.si_code <= 0 && info.si_pid != child)
			kill(child, info.si_signo);
	}
	*status = WIFSIGNALED(ending) ? STATUS_SIGNAL + WTERMSIG(ending) : WEXITSTATUS(ending);
	return true;
}

bool spawn_wait(char **arguments, const sigset_t *mask, struct tracing *tracing, int *status)
{
	int report[2];
	int number = 0;
	bool ended;
	const struct sigaction usual = {.sa_handler = SIG_DFL};
	struct sigaction inherited;
	sigset_t set;
	pid_t child;

	*status = STATUS_RUN_TROUBLE;
	fill_set(&set);
	/* If the caller ignored SIGCHLD, the kernel would discard the exit status. */
	sigaction(SIGCHLD, &usual, &inherited);
	sigprocmask(SIG_BLOCK, &set, NULL);
	if (pipe2(report, O_CLOEXEC) != 0)
		return say("cannot make a pipe: %s", strerror(errno));
	child = fork();
	if (child == 0)
		exec_command(arguments, mask, &inherited, report[1]);
	if (child < 0)
		number = errno;
	close(report[1]);
	if (child > 0)
		number = exec_error(report[0]);
	close(report[0]);
	if (child < 0)
		return say("cannot start a process: %s", strerror(number));
	ended = wait_for(child, &set, tracing, status);
	return (number == 0 || say_system(arguments[0], number)) && ended;
}
