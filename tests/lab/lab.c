/* lab.c: picks the faults, runs each in a process of its own, and puts back what is the host's.
 *
 *	lab [-v] [-l] [FAULT...]
 *
 * -l lists the faults; -v shows each one's report, and what the kernel's own files say. A FAULT
 * is a name, a pattern, or a name with a mode: udp4-rcvbuf, 'udp*', udp4-rcvbuf.live. The program
 * under test is ./rxpath, or $RXPATH; with an empty RXPATH the faults are held against the kernel
 * alone. Where the machine cannot make a fault, its test is skipped, and says why. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lab.h"

#define SECONDS 20
#define GUEST_IS_SLOWER 3

static const struct lab_fault *const tables[] = {
	lab_udp_faults,	   lab_datagram_faults, lab_ip_faults,	  lab_link_faults,
	lab_socket_faults, lab_healthy_faults,	lab_doubt_faults, lab_flood_faults,
	lab_trace_faults,  lab_reader_faults,	lab_cause_faults, lab_guest_faults,
	lab_netns_faults,  lab_program_faults,	lab_rule_faults,  lab_tcp_faults,
	lab_peer_faults,   lab_device_faults,
};

static const char *const mode_names[LAB_MODES] = {"", ".live", ".run", ".pid"};

/* One cmocka test: a fault in one mode. */
struct trial {
	char name[64];
	const struct lab_fault *fault;
	enum lab_mode mode;
};

/* What all trials share; set once by main. */
static struct {
	const char *program;
	const char *unable;
	bool verbose;
	char root[64];
	volatile sig_atomic_t child;
} host;

static void remove_all(const char *path)
{
	DIR *dir = opendir(path);
	char inner[PATH_MAX];

	for (struct dirent *entry; dir && (entry = readdir(dir));) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
		if (unlink(inner) != 0)
			remove_all(inner);
	}
	if (dir)
		closedir(dir);
	rmdir(path);
}

static void setting_path(char path[128], const char *name)
{
	snprintf(path, 128, "/proc/sys/%s", name);
}

static char *setting_now(size_t i)
{
	char path[128];

	setting_path(path, lab_host_settings[i]);
	return lab_slurp(path);
}

static void saved_path(char path[128], size_t i)
{
	snprintf(path, 128, "%s/setting.%zu", host.root, i);
}

/* In a file, since it is a fault's process that writes the setting: the module that has it may be
 * loaded by then only. */
void lab_save_setting(size_t i)
{
	char path[128], *text;

	saved_path(path, i);
	if (access(path, F_OK) == 0)
		return;
	text = setting_now(i);
	if (text)
		lab_write(path, text);
	free(text);
}

/* In the order of the table: the flow limit's table length is taken when its CPUs are set. Only
 * what differs is written: writing the flow limit's CPUs restarts a counter. */
static void restore_setting(size_t i)
{
	char path[128], *now = setting_now(i), *saved;

	saved_path(path, i);
	saved = lab_slurp(path);
	setting_path(path, lab_host_settings[i]);
	if (saved && now && strcmp(now, saved) != 0)
		lab_write(path, saved);
	free(saved);
	free(now);
}

static void restore_settings(void)
{
	for (size_t i = 0; lab_host_settings[i]; i++)
		restore_setting(i);
}

void lab_put_back(const struct lab *lab, const char *name)
{
	lab_in_host(lab);
	for (size_t i = 0; lab_host_settings[i]; i++) {
		if (strcmp(lab_host_settings[i], name) == 0)
			restore_setting(i);
	}
	lab_in_rx(lab);
}

/* A process that does nothing but outlive the lab, and clean up behind it however it ended. */
static void start_guardian(void)
{
	int ends[2];
	char byte;
	pid_t pid;

	if (pipe(ends) != 0)
		return;
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	pid = fork();
	if (pid != 0) {
		close(ends[0]);
		return;
	}
	setsid();
	close(ends[1]);
	close(STDIN_FILENO);
	close(STDOUT_FILENO);
	close(STDERR_FILENO);
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	while (read(ends[0], &byte, 1) < 0 && errno == EINTR)
		;
	restore_settings();
	remove_all(host.root);
	_exit(0);
}

static void on_signal(int number)
{
	if (host.child > 0)
		kill(-(pid_t)host.child, SIGKILL);
	signal(number, SIG_DFL);
	raise(number);
}

/* Two labs at once would change each other's host. */
static void wait_for_the_host(void)
{
	int fd = open("/proc/sys/net/core/netdev_max_backlog", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) == 0)
		return;
	fprintf(stderr, "lab: waiting for another lab to end\n");
	flock(fd, LOCK_EX);
}

static noreturn void perform(const struct trial *trial, int result)
{
	static const int reset[] = {
		SIGINT, SIGTERM, SIGHUP,  SIGSEGV, SIGABRT, SIGBUS,
		SIGFPE, SIGILL,	 SIGQUIT, SIGUSR1, SIGALRM,
	};
	struct lab lab = {
		.fault = trial->fault,
		.program = host.program,
		.mode = trial->mode,
		.verbose = host.verbose,
		.result = result,
	};
	char dir[160];
	char *story;

	for (size_t i = 0; i < sizeof reset / sizeof reset[0]; i++)
		signal(reset[i], SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	snprintf(dir, sizeof dir, "%s/%s", host.root, trial->name);
	if (mkdir(dir, 0700) != 0)
		lab_die(&lab, "%s: %s", dir, strerror(errno));
	lab.dir = dir;
	lab_enter(&lab);
	trial->fault->run(&lab);
	if (!lab.wrong && !lab.verbose)
		_exit(0);
	story = lab_story(&lab);
	dprintf(result, "%s", story);
	_exit(lab.wrong ? 1 : 0);
}

/* Everything that the child wrote until it ended, or until it was ended. */
static char *collect(int fd, pid_t pid, uint64_t deadline, bool *late)
{
	size_t len = 0, cap = 1 << 16;
	char *text = malloc(cap);
	struct pollfd ready = {.fd = fd, .events = POLLIN};

	*late = false;
	while (text) {
		uint64_t now = lab_now_ms();
		int left = now >= deadline ? 0 : (int)(deadline - now);
		ssize_t got;

		if (poll(&ready, 1, left) == 0 && !*late) {
			*late = true;
			kill(-pid, SIGKILL);
			deadline = lab_now_ms() + 2000;
			continue;
		} else if (*late && lab_now_ms() >= deadline) {
			break;
		}
		got = read(fd, text + len, cap - len - 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		len += (size_t)got;
		if (len + 1 == cap) {
			cap *= 2;
			text = realloc(text, cap);
		}
	}
	if (text)
		text[len] = '\0';
	return text;
}

/* Line by line: cmocka cuts a message off after a kilobyte. */
static void tell(char *text)
{
	char *rest = NULL;

	for (char *line = text ? strtok_r(text, "\n", &rest) : NULL; line;
	     line = strtok_r(NULL, "\n", &rest))
		print_message("%s\n", line);
}

static void run_trial(void **state)
{
	const struct trial *trial = *state;
	unsigned seconds = (trial->fault->seconds ? trial->fault->seconds : SECONDS) *
			   (getenv("LAB_GUEST") ? GUEST_IS_SLOWER : 1);
	int ends[2], status = 0;
	bool late;
	char *text;
	pid_t pid;

	if (host.unable) {
		print_message("%s: skipped: %s\n", trial->name, host.unable);
		skip();
	}
	if (pipe(ends) != 0)
		fail_msg("pipe: %s", strerror(errno));
	fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	fflush(NULL);
	pid = fork();
	if (pid < 0)
		fail_msg("fork: %s", strerror(errno));
	if (pid == 0) {
		setpgid(0, 0);
		perform(trial, ends[1]);
	}
	setpgid(pid, pid);
	host.child = (sig_atomic_t)pid;
	close(ends[1]);
	text = collect(ends[0], pid, lab_now_ms() + seconds * UINT64_C(1000), &late);
	close(ends[0]);
	kill(-pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	host.child = 0;
	restore_settings();

	if (late)
		fail_msg("%s: not done within %u seconds", trial->name, seconds);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
		print_message("%s: skipped: %s\n", trial->name, text ? text : "");
		free(text);
		skip();
	}
	tell(text);
	free(text);
	if (WIFSIGNALED(status))
		fail_msg("%s: ended by signal %d", trial->name, WTERMSIG(status));
	if (WEXITSTATUS(status) != 0)
		fail_msg("%s: see above", trial->name);
}

static bool is_chosen(const char *name, char *const patterns[])
{
	bool any = false;

	for (; *patterns; patterns++) {
		any = true;
		if (fnmatch(*patterns, name, 0) == 0)
			return true;
	}
	return !any;
}

static size_t choose(struct trial *trials, char *const patterns[])
{
	size_t count = 0;

	for (size_t table = 0; table < sizeof tables / sizeof tables[0]; table++) {
		for (const struct lab_fault *fault = tables[table]; fault->name; fault++) {
			for (int mode = 0; mode < LAB_MODES; mode++) {
				struct trial *trial = &trials[count];

				if (mode != LAB_DIFF && !(fault->modes & LAB_BIT(mode)))
					continue;
				if (mode != LAB_DIFF && !host.program)
					continue;
				snprintf(trial->name, sizeof trial->name, "%s%s", fault->name,
					 mode_names[mode]);
				trial->fault = fault;
				trial->mode = (enum lab_mode)mode;
				count += is_chosen(trial->name, patterns);
			}
		}
	}
	return count;
}

static size_t count_all(void)
{
	size_t count = 0;

	for (size_t table = 0; table < sizeof tables / sizeof tables[0]; table++) {
		for (const struct lab_fault *fault = tables[table]; fault->name; fault++)
			count += LAB_MODES;
	}
	return count;
}

static bool find_program(void)
{
	static char resolved[PATH_MAX];
	const char *path = getenv("RXPATH");

	if (path && !*path)
		return true;
	if (!path)
		path = "./rxpath";
	/* Absolute: a fault may stand in another directory by then. */
	if (!realpath(path, resolved) || access(resolved, X_OK) != 0) {
		fprintf(stderr, "lab: %s: %s\n", path, strerror(errno));
		return false;
	}
	host.program = resolved;
	return true;
}

int main(int argc, char *argv[])
{
	static const int deadly[] = {SIGINT, SIGTERM, SIGHUP};
	struct trial *trials = calloc(count_all(), sizeof *trials);
	struct CMUnitTest *tests = calloc(count_all(), sizeof *tests);
	size_t count;
	bool list = false;

	for (int option; (option = getopt(argc, argv, "lv")) != -1;) {
		if (option == 'l')
			list = true;
		else if (option == 'v')
			host.verbose = true;
		else
			return 2;
	}
	if (!trials || !tests)
		return 2;
	if (!find_program())
		return 2;
	count = choose(trials, argv + optind);
	if (count == 0) {
		fprintf(stderr, "lab: no such fault; -l lists them\n");
		return 2;
	}
	for (size_t i = 0; i < count; i++) {
		if (list)
			puts(trials[i].name);
		tests[i] = (struct CMUnitTest){
			.name = trials[i].name,
			.test_func = run_trial,
			.initial_state = &trials[i],
		};
	}
	if (list)
		return 0;
	if (!host.unable)
		host.unable = lab_unable();
	if (!host.unable) {
		wait_for_the_host();
		snprintf(host.root, sizeof host.root, "/tmp/rxpath-lab.XXXXXX");
		if (!mkdtemp(host.root))
			host.unable = "no scratch directory in /tmp";
		else
			start_guardian();
	}
	for (size_t i = 0; i < sizeof deadly / sizeof deadly[0]; i++)
		signal(deadly[i], on_signal);
	return _cmocka_run_group_tests("lab", tests, count, NULL, NULL);
}
