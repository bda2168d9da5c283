/* threads.c: what the processes that read sockets were doing: running, waiting for a CPU, sleeping,
 * stopped; and the CPU limit that holds for them. Needs no privilege. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "capture_internal.h"
#include "cpu_limit.h"
#include "procfs.h"
#include "rxpath/clock.h"

/* A process with more threads than this is left out: its sums would not be known. */
#define MAX_THREADS 256

struct reader {
	const char *pid;
	int tasks; /* /proc/PID/task */
	struct cpu_limit limit;
	struct rxpath_buf *text;
};

/* "0-3,5" */
static void put_cpus(struct rxpath_buf *out, pid_t tid)
{
	cpu_set_t set;
	const char *separator = "";

	rxpath_buf_char(out, ' ');
	if (sched_getaffinity(tid, sizeof set, &set) != 0) {
		rxpath_buf_char(out, '-');
		return;
	}
	for (unsigned cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		unsigned last = cpu;

		if (!CPU_ISSET(cpu, &set))
			continue;
		while (last + 1 < CPU_SETSIZE && CPU_ISSET(last + 1, &set))
			last++;
		rxpath_buf_printf(out, last > cpu ? "%s%u-%u" : "%s%u", separator, cpu, last);
		separator = ",";
		cpu = last;
	}
}

/* State, number of threads and start. */
static bool parse_stat(struct rxpath_slice stat, char *state, uint64_t *threads, uint64_t *start)
{
	struct rxpath_slice word;

	if (!rxpath_procfs_stat_field(stat, 3, &word))
		return false;
	*state = word.ptr[0];
	return isalpha((unsigned char)*state) && rxpath_procfs_stat_number(stat, 20, threads) &&
	       rxpath_procfs_stat_number(stat, 22, start);
}

/* A thread that ends meanwhile is left out; the number of threads shows that one is missing. */
static void put_thread(const struct reader *reader, const char *tid)
{
	char stat_text[1024], sched_text[128];
	struct rxpath_slice stat =
		rxpath_read_small(reader->tasks, stat_text, sizeof stat_text, "%s/stat", tid);
	struct rxpath_slice sched = rxpath_read_small(reader->tasks, sched_text, sizeof sched_text,
						      "%s/schedstat", tid);
	uint64_t run = RXPATH_UNKNOWN, wait = RXPATH_UNKNOWN, threads, start;
	char state;

	if (!parse_stat(stat, &state, &threads, &start))
		return;
	/* Kernels without CONFIG_SCHED_INFO do not have it. */
	if (!rxpath_scan_next_dec(&sched, &run) || !rxpath_scan_next_dec(&sched, &wait))
		run = wait = RXPATH_UNKNOWN;
	rxpath_buf_printf(reader->text, "%s %s %llu %llu %c %llu", reader->pid, tid,
			  (unsigned long long)start,
			  (unsigned long long)rxpath_now(CLOCK_MONOTONIC), state,
			  (unsigned long long)threads);
	rxpath_buf_column_u64(reader->text, run);
	rxpath_buf_column_u64(reader->text, wait);
	rxpath_buf_column_u64(reader->text, reader->limit.throttled);
	rxpath_buf_column_u64(reader->text, reader->limit.quota);
	rxpath_buf_column_u64(reader->text, reader->limit.period);
	rxpath_buf_column_u64(reader->text, reader->limit.v1 ? 1 : 2);
	put_cpus(reader->text, (pid_t)strtol(tid, NULL, 10));
	rxpath_buf_column(reader->text, rxpath_slice_of(reader->limit.quota == RXPATH_UNKNOWN ? ""
							: reader->limit.path[0] ? reader->limit.path
										: "/"));
	rxpath_buf_char(reader->text, '\n');
}

static void put_process(struct rxpath_buf *text, uint64_t number)
{
	char pid[24], path[64];
	struct reader reader = {.pid = pid, .text = text};
	const char *tid;
	DIR *tasks;
	size_t len = text->len;
	unsigned count = 0;

	snprintf(pid, sizeof pid, "%llu", (unsigned long long)number);
	snprintf(path, sizeof path, "/proc/%s/task", pid);
	tasks = opendir(path);
	if (!tasks)
		return;
	reader.tasks = dirfd(tasks);
	rxpath_cpu_limit_of(pid, &reader.limit);
	while (count <= MAX_THREADS && (tid = rxpath_procfs_next(tasks)))
		if (count++ < MAX_THREADS)
			put_thread(&reader, tid);
	if (count > MAX_THREADS)
		text->len = len;
	closedir(tasks);
}

bool rxpath_capture_readers(struct rxpath_capture *capture, const uint64_t *pids, size_t count,
			    rxpath_sink *sink, void *context, struct rxpath_error *error)
{
	const struct emitter emitter = {sink, context, NULL, error};
	struct rxpath_buf text = {0};
	bool taken;

	if (count == 0 || !rxpath_capture_is_live(capture))
		return true;
	rxpath_buf_string(&text, "pid tid start at state threads run wait throttled quota period "
				 "version cpus cgroup\n");
	for (size_t i = 0; i < count; i++)
		put_process(&text, pids[i]);
	taken = rxpath_emit_text(&emitter, "rxpath/readers", 0, &text);
	rxpath_buf_free(&text);
	return taken;
}
