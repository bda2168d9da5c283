/* scale.c: what a large host costs: CPU time, elapsed time and memory of single commands, as a
 * table. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"

#define RUNS 3

static const char *rxpath;

struct cost {
	double cpu, elapsed; /* milliseconds */
	long memory;	     /* KiB */
};

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static pid_t start(const char *arguments)
{
	pid_t child = fork();

	if (child == 0) {
		char line[500];
		int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);

		dup2(nowhere, STDIN_FILENO);
		dup2(nowhere, STDOUT_FILENO);
		dup2(nowhere, STDERR_FILENO);
		snprintf(line, sizeof line, "exec %s %s", rxpath, arguments);
		execl("/bin/sh", "sh", "-c", line, (char *)NULL);
		_exit(127);
	}
	if (child < 0)
		die("fork: %s", strerror(errno));
	return child;
}

static struct cost wait_for(pid_t child, double begun)
{
	struct rusage usage;
	int status;

	if (wait4(child, &status, 0, &usage) != child || !WIFEXITED(status) ||
	    WEXITSTATUS(status) > 2)
		die("a command could not be run");
	return (struct cost){
		.cpu = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 +
		       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3,
		.elapsed = now() - begun,
		.memory = usage.ru_maxrss,
	};
}

static void print_cost(const char *what, const char *arguments, struct cost cost)
{
	printf("| %s | `rxpath %s` | %.0f | %.0f | %.1f |\n", what, arguments, cost.cpu,
	       cost.elapsed, (double)cost.memory / 1024);
	fflush(stdout);
}

/* The cheapest of some runs: what disturbs a run makes it dearer. */
static void measure_each(const char *what, const char *const lines[])
{
	for (size_t i = 0; lines[i]; i++) {
		struct cost least = {0};

		for (int run = 0; run < RUNS; run++) {
			double begun = now();
			struct cost cost = wait_for(start(lines[i]), begun);

			if (run == 0 || cost.cpu < least.cpu)
				least = cost;
		}
		print_cost(what, lines[i], least);
	}
}

static void sockets(void)
{
	static const char *const lines[] = {"totals -q",
					    "check -i 0.01",
					    "check -i 0.01 -f json",
					    "totals --all -f tsv",
					    "metrics",
					    "save",
					    NULL};
	struct world world = {.sockets = 200000, .victims = 100};

	world_make(&world);
	measure_each("200,000 sockets", lines);
}

static void devices(void)
{
	static const char *const lines[] = {"totals -q", "check -i 0.01", "totals --all -f tsv",
					    "metrics",	 "save",	  NULL};
	struct world world = {.devices = 10000};

	world_make(&world);
	measure_each("10,000 devices", lines);
}

#define HOLDERS 5000
#define DESCRIPTORS 1000

/* Processes that have their descriptors open, and go when this one does. */
static void make_holders(void)
{
	struct rlimit limit = {2 * DESCRIPTORS, 2 * DESCRIPTORS};

	setrlimit(RLIMIT_NOFILE, &limit);
	for (int i = 3; i < DESCRIPTORS; i++)
		if (dup2(STDIN_FILENO, i) != i)
			die("dup2: %s", strerror(errno));
	for (int i = 0; i < HOLDERS; i++) {
		pid_t child = fork();

		if (child < 0)
			die("fork %d: %s", i, strerror(errno));
		if (child == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			for (;;)
				pause();
		}
	}
	for (int i = 3; i < DESCRIPTORS; i++)
		close(i);
}

static void holders(void)
{
	static const char *const lines[] = {"totals -q", "totals", "check -i 0.01", "save", NULL};
	struct world world = {.sockets = 100, .victims = 10};

	world_make(&world);
	make_holders();
	measure_each("5,000 processes of 1,000 descriptors", lines);
}

static void namespaces(void)
{
	static const char *const lines[] = {"totals -N -q", "check -N -i 0.01", "metrics -N", NULL};
	struct world world = {.namespaces = 1000};

	world_make(&world);
	measure_each("1,000 namespaces", lines);
}

#define TRACES 10

static void traces(void)
{
	static const char line[] = "run --trace -q -- sleep 1";
	struct cost most = {0};
	struct cost costs[TRACES];
	pid_t children[TRACES];
	double begun = now();

	for (size_t i = 0; i < TRACES; i++)
		children[i] = start(line);
	for (size_t i = 0; i < TRACES; i++) {
		costs[i] = wait_for(children[i], begun);
		most.cpu = costs[i].cpu > most.cpu ? costs[i].cpu : most.cpu;
		most.elapsed = costs[i].elapsed > most.elapsed ? costs[i].elapsed : most.elapsed;
		most.memory = costs[i].memory > most.memory ? costs[i].memory : most.memory;
	}
	print_cost("ten traces at once (the dearest)", line, most);
}

/* Each in a process of its own, whose namespaces and children go with it. */
static void in_world(void (*work)(void))
{
	pid_t child;
	int status;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		work();
		_exit(0);
	}
	if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
		exit(1);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*work)(void);
	} parts[] = {
		{"sockets", sockets},	    {"devices", devices}, {"processes", holders},
		{"namespaces", namespaces}, {"traces", traces},
	};

	if (argc < 2)
		die("usage: scale RXPATH [PART ...]");
	rxpath = argv[1];
	printf("| host | command | CPU ms | elapsed ms | memory MiB |\n|---|---|---:|---:|---:|\n");
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		bool asked = argc == 2;

		for (int j = 2; j < argc; j++)
			asked = asked || strcmp(argv[j], parts[i].name) == 0;
		if (asked)
			in_world(parts[i].work);
	}
	return 0;
}
