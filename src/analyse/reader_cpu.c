/* reader_cpu.c: what the processes that hold the report's sockets did between the two samples. */
#include <stdlib.h>

#include "steps.h"
#include "rxpath/search.h"

const struct rxpath_cpu_use rxpath_cpu_unknown = {
	.interval = RXPATH_UNKNOWN,
	.run = RXPATH_UNKNOWN,
	.wait = RXPATH_UNKNOWN,
	.throttled = RXPATH_UNKNOWN,
	.quota = RXPATH_UNKNOWN,
	.period = RXPATH_UNKNOWN,
};

static int by_identity(const void *a, const void *b)
{
	const struct rxpath_thread *first = a;
	const struct rxpath_thread *second = b;

	if (first->pid != second->pid)
		return rxpath_order(first->pid, second->pid);
	if (first->tid != second->tid)
		return rxpath_order(first->tid, second->tid);
	return rxpath_order(first->start, second->start);
}

/* Some of a sample's threads, sorted: from the first to before the end. */
struct threads {
	const struct rxpath_thread *first, *end;
};

static size_t count_of(struct threads threads)
{
	return (size_t)(threads.end - threads.first);
}

/* Takes the threads of that process, and those of the ones before it, off the list. */
static struct threads take_process(struct threads *rest, uint64_t pid)
{
	struct threads taken;

	while (rest->first < rest->end && rest->first->pid < pid)
		rest->first++;
	taken.first = rest->first;
	while (rest->first < rest->end && rest->first->pid == pid)
		rest->first++;
	taken.end = rest->first;
	return taken;
}

static uint64_t elapsed(uint64_t before, uint64_t after)
{
	return before == RXPATH_UNKNOWN || after == RXPATH_UNKNOWN || after < before
		       ? RXPATH_UNKNOWN
		       : after - before;
}

static uint64_t add_known(uint64_t sum, uint64_t value)
{
	return sum == RXPATH_UNKNOWN || value == RXPATH_UNKNOWN ? RXPATH_UNKNOWN
								: rxpath_sum(sum, value);
}

static void add_thread(struct rxpath_cpu_use *use, const struct rxpath_thread *before,
		       const struct rxpath_thread *after)
{
	uint64_t run = elapsed(before->run, after->run);
	uint64_t wait = elapsed(before->wait, after->wait);

	use->run = add_known(use->run, run);
	use->wait = add_known(use->wait, wait);
	if (run != RXPATH_UNKNOWN && run >= use->longest_run) {
		use->longest_run = run;
		use->runner = after->tid;
	}
	if (wait != RXPATH_UNKNOWN && wait >= use->longest_wait) {
		use->longest_wait = wait;
		use->waiter = after->tid;
		use->waiter_cpus = after->cpus;
	}
}

/* Its present state, which one reading tells. */
static void take_present(struct rxpath_cpu_use *use, struct threads after)
{
	const struct rxpath_thread *thread;

	use->sleeps = true;
	for (thread = after.first; thread < after.end; thread++) {
		use->sleeps = use->sleeps && (thread->state == 'S' || thread->state == 'D');
		if (thread->tid != thread->pid)
			continue;
		use->state = thread->state;
		use->threads = thread->threads;
		use->cpus = thread->cpus;
		use->quota = thread->quota;
		use->period = thread->period;
		use->cgroup = thread->cgroup;
		use->cgroup_v1 = thread->version == 1;
	}
	use->sleeps = use->sleeps && use->threads == count_of(after);
}

/* What the first thread tells about the whole process. */
static void compare_process(struct rxpath_cpu_use *use, const struct rxpath_thread *before,
			    const struct rxpath_thread *after)
{
	use->interval = elapsed(before->at, after->at);
	/* Another limit has counters of its own. */
	if (rxpath_slice_equal(before->cgroup, after->cgroup))
		use->throttled = elapsed(before->throttled, after->throttled);
}

/* Threads of both samples are compared. Where a thread is missing in one of them, the sums are
 * not known. */
static struct rxpath_cpu_use use_of(struct threads before, struct threads after)
{
	struct rxpath_cpu_use use = rxpath_cpu_unknown;
	const struct rxpath_thread *was = before.first, *now = after.first;
	size_t compared = 0;

	take_present(&use, after);
	use.run = use.wait = 0;
	while (was < before.end && now < after.end) {
		int order = by_identity(was, now);

		if (order < 0) {
			was++;
			continue;
		}
		if (order == 0) {
			compared++;
			add_thread(&use, was, now);
			if (now->tid == now->pid)
				compare_process(&use, was, now);
		}
		now++;
	}
	if (compared == 0 || compared != use.threads || count_of(before) != use.threads)
		use.run = use.wait = RXPATH_UNKNOWN;
	return use;
}

struct process_use {
	uint64_t pid; /* the key */
	struct rxpath_cpu_use cpu;
};

/* A row for each process of the second sample, in the order of their numbers. */
static size_t list_uses(struct threads before, struct threads after, struct process_use *uses)
{
	size_t count = 0;

	while (after.first < after.end) {
		uint64_t pid = after.first->pid;
		struct threads now = take_process(&after, pid);

		uses[count++] = (struct process_use){pid, use_of(take_process(&before, pid), now)};
	}
	return count;
}

static void assign(struct rxpath_socket_line *line, const struct process_use *uses, size_t count)
{
	for (size_t i = 0; i < line->process_count; i++) {
		const struct process_use *use = bsearch(&line->processes[i].pid, uses, count,
							sizeof *uses, rxpath_by_number);

		if (use)
			line->processes[i].cpu = &use->cpu;
	}
}

static void assign_all(struct rxpath_report *report, const struct process_use *uses, size_t count)
{
	for (size_t i = 0; i < report->socket_count; i++)
		assign(&report->sockets[i], uses, count);
	for (size_t i = 0; i < report->connection_count; i++)
		assign(&report->connections[i], uses, count);
}

bool rxpath_analyse_readers(struct rxpath_report *report, const struct rxpath_sample *before,
			    const struct rxpath_sample *after, struct rxpath_error *error)
{
	const size_t count = after->thread_count;
	const size_t count_before = before ? before->thread_count : 0;
	struct rxpath_thread *earlier, *now;
	struct process_use *uses;
	bool done;

	if (count == 0)
		return true;
	earlier = rxpath_sorted_copy(before ? before->threads : NULL, count_before, sizeof *earlier,
				     by_identity);
	now = rxpath_sorted_copy(after->threads, count, sizeof *now, by_identity);
	uses = rxpath_arena_take(&report->arena, count * sizeof *uses);
	done = earlier && now && uses;
	if (done)
		assign_all(report, uses,
			   list_uses((struct threads){earlier, earlier + count_before},
				     (struct threads){now, now + count}, uses));
	free(earlier);
	free(now);
	return done || rxpath_error_memory(error);
}
