/* measure.c: CPU time of commands, interleaved: what disturbs one round disturbs all of them. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

#define MAX_WORDS 32

extern char **environ;

void die(const char *format, ...)
{
	va_list arguments;

	fputs("bench: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	exit(1);
}

/* Starts the line with its output there (-1: nowhere). */
static pid_t start(const char *line, int out)
{
	char *words[MAX_WORDS];
	char *copy = strdup(line);
	char *rest = copy;
	char *word;
	size_t count = 0;
	posix_spawn_file_actions_t actions;
	pid_t child;
	int error;

	while (count + 1 < MAX_WORDS && (word = strtok_r(rest, " ", &rest)))
		words[count++] = word;
	words[count] = NULL;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	if (out < 0)
		posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	else
		posix_spawn_file_actions_adddup2(&actions, out, 1);
	error = posix_spawnp(&child, words[0], &actions, NULL, words, environ);
	posix_spawn_file_actions_destroy(&actions);
	free(copy);
	return error == 0 ? child : -1;
}

static double milliseconds(struct timeval time)
{
	return (double)time.tv_sec * 1e3 + (double)time.tv_usec / 1e3;
}

static void run(struct command *command, int round)
{
	struct rusage usage;
	int status;
	pid_t child = start(command->line, -1);

	if (child < 0 || wait4(child, &status, 0, &usage) != child || !WIFEXITED(status))
		die("%s: could not be run", command->line);
	if (command->runs++ == 0)
		command->status = WEXITSTATUS(status);
	if (command->status != WEXITSTATUS(status))
		die("%s: ended with %d, and before with %d", command->line, WEXITSTATUS(status),
		    command->status);
	command->cpu[round] = milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime);
	if (usage.ru_maxrss > command->peak)
		command->peak = usage.ru_maxrss;
}

void measure(struct command *commands, size_t count, int rounds)
{
	uint32_t random = 1;

	for (int round = 0; round < rounds; round++) {
		size_t order[64];

		for (size_t i = 0; i < count; i++) {
			size_t at;

			random = random * 1664525 + 1013904223;
			at = (random >> 8) % (i + 1);
			order[i] = order[at];
			order[at] = i;
		}
		for (size_t i = 0; i < count; i++) {
			struct command *command = &commands[order[i]];

			command->cpu[round] = -1;
			if (command->every == 0 || round % command->every == 0)
				run(command, round);
		}
	}
}

const char *output_of(const char *line, int *status)
{
	static char text[1 << 20];
	size_t len = 0;
	ssize_t got;
	pid_t child;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0 || (child = start(line, ends[1])) < 0)
		die("%s: could not be run", line);
	close(ends[1]);
	while (len + 1 < sizeof text &&
	       (got = read(ends[0], text + len, sizeof text - 1 - len)) > 0)
		len += (size_t)got;
	text[len] = '\0';
	close(ends[0]);
	waitpid(child, status, 0);
	*status = WIFEXITED(*status) ? WEXITSTATUS(*status) : -1;
	return text;
}

static int by_value(const void *a, const void *b)
{
	double first = *(const double *)a;
	double second = *(const double *)b;

	return first < second ? -1 : first > second;
}

struct spread spread_of(const double *values, int count)
{
	double sorted[MAX_ROUNDS];
	int kept = 0;

	for (int i = 0; i < count; i++)
		if (values[i] >= 0)
			sorted[kept++] = values[i];
	if (kept == 0)
		return (struct spread){0};
	qsort(sorted, (size_t)kept, sizeof *sorted, by_value);
	return (struct spread){sorted[kept / 4], sorted[kept / 2], sorted[kept * 3 / 4], kept};
}

struct spread ratio_of(const struct command *a, const struct command *b, double times, int rounds)
{
	double ratios[MAX_ROUNDS];

	for (int i = 0; i < rounds; i++)
		ratios[i] = a->cpu[i] < 0 || b->cpu[i] <= 0 ? -1 : a->cpu[i] / (b->cpu[i] * times);
	return spread_of(ratios, rounds);
}
