/* find_reader.c: why a program did not read its socket in time: it is stopped, its CPU limit or
 * other programs kept it from running, one thread is busy all the time, or it sleeps.
 * Claims only what two readings of its times show, except "stopped", which one shows. */
#include <string.h>

#include "findings.h"

#define MAX_TOLD 8 /* processes with one cause */

enum cause { NO_CAUSE, STOPPED, LIMITED, WAITED, BUSY, ASLEEP };

/* Of what is not known more than any limit. */
static uint64_t percent(uint64_t part, uint64_t whole)
{
	return (uint64_t)((long double)part * 100 / (long double)whole);
}

static unsigned long long milliseconds(uint64_t nanoseconds)
{
	return (nanoseconds + 500000) / 1000000;
}

static bool is_idle(const struct rxpath_cpu_use *cpu)
{
	return cpu->sleeps && cpu->run == 0 && cpu->wait == 0;
}

/* It had something to read all the time, and hardly ran. */
static bool is_asleep(const struct rxpath_socket_line *line, const struct rxpath_cpu_use *cpu)
{
	if (!cpu->sleeps || !line->full || line->rx_queue_before == RXPATH_UNKNOWN ||
	    percent(rxpath_sum(cpu->run, cpu->wait), cpu->interval) >= 2)
		return false;
	return line->rx_queue_before > 0 &&
	       (is_idle(cpu) || line->rx_queue_before >= line->socket->rx_queue / 2);
}

/* A CPU limit and other programs also explain a loss that the queue no longer shows;
 * a busy thread may read in time all the same, so its queue has to be full. */
static enum cause cause_of(const struct rxpath_socket_line *line, const struct rxpath_cpu_use *cpu)
{
	if (cpu->state == 'T' || cpu->state == 't')
		return STOPPED;
	if (cpu->interval == RXPATH_UNKNOWN || cpu->interval < UINT64_C(100000000))
		return NO_CAUSE;
	if (cpu->throttled != RXPATH_UNKNOWN && percent(cpu->throttled, cpu->interval) >= 10)
		return LIMITED;
	if (percent(cpu->longest_wait, cpu->interval) >= 20)
		return WAITED;
	if (line->full && percent(cpu->longest_run, cpu->interval) >= 90)
		return BUSY;
	return is_asleep(line, cpu) ? ASLEEP : NO_CAUSE;
}

/* What kept the socket from being read. Of several processes that hold it, those that did nothing
 * all the time need not be the readers; the others have to have the same cause. */
static enum cause cause_of_socket(const struct rxpath_socket_line *line,
				  const struct rxpath_process **reader)
{
	enum cause cause = NO_CAUSE;
	const struct rxpath_process *idle = NULL;

	*reader = NULL;
	for (size_t i = 0; i < line->process_count; i++) {
		const struct rxpath_process *process = &line->processes[i];
		enum cause own = cause_of(line, process->cpu);

		/* What systemd passes on stays open in process 1, which does not read it. */
		if (process->pid == 1 && line->process_count > 1)
			continue;
		if (own == ASLEEP && !idle)
			idle = process;
		if (own == ASLEEP || (own == NO_CAUSE && is_idle(process->cpu)))
			continue;
		if (own == NO_CAUSE || (cause != NO_CAUSE && own != cause))
			return NO_CAUSE;
		*reader = *reader ? *reader : process;
		cause = own;
	}
	if (*reader)
		return cause;
	*reader = idle;
	return idle ? ASLEEP : NO_CAUSE;
}

/* A listener has no remote address. */
static bool is_listener(const struct rxpath_socket_line *line)
{
	return line->socket->protocol == RXPATH_TCP && line->socket->remote.port == 0;
}

/* What a TCP connection drops is mostly duplicates. */
static bool is_lossy(const struct rxpath_socket_line *line)
{
	return rxpath_lost_some(line) &&
	       (line->socket->protocol != RXPATH_TCP || is_listener(line));
}

static bool is_in_trouble(const struct rxpath_socket_line *line)
{
	return line->socket->protocol != RXPATH_PACKET &&
	       (is_lossy(line) || (line->full && !line->queue_allowed));
}

static const char *process_of(struct finding_ctx *ctx, const struct rxpath_process *process)
{
	return rxpath_phrase(ctx, "%s[%llu]", rxpath_escaped_of(ctx, process->comm),
			     (unsigned long long)process->pid);
}

static const char *reads(const struct rxpath_socket_line *line)
{
	return is_listener(line) ? "accept connections" : "read";
}

/* Its losses, where it lost packets at several sockets; NULL. */
static const struct rxpath_process_loss *losses_of(const struct finding_ctx *ctx,
						   const struct rxpath_process *process)
{
	for (size_t i = 0; i < ctx->report->process_count; i++) {
		const struct rxpath_process_loss *loss = &ctx->report->processes[i];

		if (loss->pid == process->pid && loss->socket_count > 1)
			return loss;
	}
	return NULL;
}

static const char *unit_of(const struct rxpath_socket_line *line)
{
	return rxpath_socket_is_udp(line->socket)     ? "datagram"
	       : line->socket->protocol == RXPATH_TCP ? "connection"
						      : "packet";
}

/* "reader[812] lost 317 datagrams at udp/10.0.0.1:99": what is explained. */
static const char *effect_of(struct finding_ctx *ctx, const struct rxpath_socket_line *line,
			     const struct rxpath_process *process)
{
	const char *name = process_of(ctx, process);
	const char *subject = line->subject.ptr;
	const struct rxpath_process_loss *loss = losses_of(ctx, process);

	if (!is_lossy(line))
		return rxpath_phrase(ctx, "%s leaves the queue of %s more than half full", name,
				     subject);
	if (loss)
		return rxpath_phrase(ctx, "%s lost %s at %zu sockets", name,
				     rxpath_amount(ctx, loss->lost, unit_of(loss->worst)),
				     loss->socket_count);
	return rxpath_phrase(ctx, "%s lost %s at %s", name,
			     rxpath_amount(ctx, line->delta, unit_of(line)), subject);
}

static void tell_stopped(struct finding_ctx *ctx, const struct rxpath_socket_line *line,
			 const struct rxpath_process *process)
{
	const char *name = process_of(ctx, process);
	const char *effect = effect_of(ctx, line, process);
	unsigned long long pid = process->pid;

	if (process->cpu->state == 't') {
		finding_summary(ctx, "%s: it is stopped by a debugger and does not %s.", effect,
				reads(line));
		finding_advice(ctx, "let the debugger go on (TracerPid in /proc/%llu/status)", pid);
	} else {
		finding_summary(ctx, "%s: it is stopped (SIGSTOP) and does not %s.", effect,
				reads(line));
		finding_advice(ctx,
			       "let %s go on, unless somebody stopped it on purpose: 'kill "
			       "-CONT %llu'",
			       name, pid);
		finding_command(ctx, "kill -CONT %llu", pid);
	}
	finding_evidence(ctx, "its state is %c (/proc/%llu/stat)", process->cpu->state, pid);
}

/* "cpu.max 50000 100000 of /a", or what cgroup v1 calls it. */
static const char *limit_of(struct finding_ctx *ctx, const struct rxpath_cpu_use *cpu)
{
	const char *cgroup = rxpath_escaped_of(ctx, cpu->cgroup);

	if (cpu->cgroup_v1)
		return rxpath_phrase(ctx, "cpu.cfs_quota_us %llu, cpu.cfs_period_us %llu of %s",
				     (unsigned long long)cpu->quota,
				     (unsigned long long)cpu->period, cgroup);
	return rxpath_phrase(ctx, "cpu.max %llu %llu of %s", (unsigned long long)cpu->quota,
			     (unsigned long long)cpu->period, cgroup);
}

static void tell_limited(struct finding_ctx *ctx, const struct rxpath_socket_line *line,
			 const struct rxpath_process *process)
{
	const struct rxpath_cpu_use *cpu = process->cpu;

	/* Each CPU that the cgroup may no longer use counts for itself. */
	finding_summary(ctx, "%s: it was stopped by its CPU limit for %llu of %llu ms%s.",
			effect_of(ctx, line, process), milliseconds(cpu->throttled),
			milliseconds(cpu->interval),
			cpu->throttled > cpu->interval ? ", summed over CPUs" : "");
	finding_evidence(ctx, "its limit: %s", limit_of(ctx, cpu));
	finding_advice(ctx,
		       "raise the limit, %s (systemd: CPUQuota=; Docker: --cpus; Kubernetes: "
		       "resources.limits.cpu), or let %s do less for each packet: while it is "
		       "stopped it cannot %s",
		       cpu->cgroup_v1 ? "cpu.cfs_quota_us" : "cpu.max", process_of(ctx, process),
		       reads(line));
}

/* Whether this list of CPUs, such as "0-3", is a single one. */
static bool is_one_cpu(struct rxpath_slice cpus)
{
	uint64_t cpu;

	return rxpath_scan_dec(cpus, &cpu);
}

static void tell_waited(struct finding_ctx *ctx, const struct rxpath_socket_line *line,
			const struct rxpath_process *process)
{
	const struct rxpath_cpu_use *cpu = process->cpu;
	const char *name = process_of(ctx, process);
	const char *cpus = rxpath_escaped_of(ctx, cpu->waiter_cpus);

	/* On some kernels a stopped cgroup's threads wait for a CPU too. */
	finding_summary(
		ctx, "%s: %s waited for a CPU %s of the time; other programs had it%s.",
		effect_of(ctx, line, process), cpu->threads == 1 ? "it" : "one of its threads",
		rxpath_percent(ctx, cpu->longest_wait, cpu->interval),
		cpu->throttled == RXPATH_UNKNOWN ? ", or a CPU limit that is not visible from here"
						 : "");
	finding_evidence(ctx, "thread %llu waited %llu of %llu ms; it may run on CPU %s",
			 (unsigned long long)cpu->waiter, milliseconds(cpu->longest_wait),
			 milliseconds(cpu->interval), cpu->waiter_cpus.len > 0 ? cpus : "unknown");
	if (is_one_cpu(cpu->waiter_cpus))
		finding_advice(
			ctx,
			"let %s run on other CPUs too (taskset -pc LIST %llu), or keep other "
			"programs off CPU %s",
			name, (unsigned long long)cpu->waiter, cpus);
	else
		finding_advice(ctx,
			       "see what else runs (top -H), and give it less, or more CPUs to "
			       "all of them");
	finding_advice(ctx, "or prefer %s: 'renice -n -10 -p %llu'", name,
		       (unsigned long long)cpu->waiter);
	finding_command(ctx, "renice -n -10 -p %llu", (unsigned long long)cpu->waiter);
}

static void tell_busy(struct finding_ctx *ctx, const struct rxpath_socket_line *line,
		      const struct rxpath_process *process)
{
	const struct rxpath_cpu_use *cpu = process->cpu;

	finding_summary(ctx, "%s: %s ran %s of the time and is at its limit.",
			effect_of(ctx, line, process),
			cpu->threads == 1 ? "its one thread"
					  : rxpath_phrase(ctx, "one of its %llu threads",
							  (unsigned long long)cpu->threads),
			rxpath_percent(ctx, cpu->longest_run, cpu->interval));
	finding_evidence(ctx, "thread %llu ran %llu of %llu ms", (unsigned long long)cpu->runner,
			 milliseconds(cpu->longest_run), milliseconds(cpu->interval));
	finding_advice(ctx,
		       "let %s do less for each packet, read several per call (recvmmsg), or read "
		       "with more threads, each with a socket of its own (SO_REUSEPORT: helps only "
		       "with several flows); 'perf top -t %llu' shows what it does",
		       process_of(ctx, process), (unsigned long long)cpu->runner);
}

static void tell_asleep(struct finding_ctx *ctx, const struct rxpath_socket_line *line,
			const struct rxpath_process *process)
{
	const struct rxpath_cpu_use *cpu = process->cpu;
	const char *name = process_of(ctx, process);
	unsigned long long pid = process->pid;

	if (cpu->run == 0)
		finding_summary(ctx, "%s: it was asleep the whole time and did not %s.",
				effect_of(ctx, line, process), reads(line));
	else
		finding_summary(ctx, "%s: it was asleep %s of the time while %s waited.",
				effect_of(ctx, line, process),
				rxpath_percent(ctx, cpu->interval - cpu->run, cpu->interval),
				is_listener(line) ? "connections" : "data");
	finding_evidence(ctx, "it ran %llu of %llu ms and waited for no CPU%s",
			 milliseconds(cpu->run), milliseconds(cpu->interval),
			 cpu->state == 'D' ? "; its state is D: it waits for a disk or the kernel"
					   : "");
	rxpath_advise_strace(ctx, rxpath_phrase(ctx, "what %s waits for", name), pid);
}

void rxpath_advise_strace(struct finding_ctx *ctx, const char *what, uint64_t pid)
{
	finding_advice(ctx,
		       "see %s: calls with a long <time> or without an end; as root: 'strace -f -T "
		       "-p %llu'",
		       what, (unsigned long long)pid);
	finding_command(ctx, "strace -f -T -p %llu", (unsigned long long)pid);
}

static void show_loss(struct finding_ctx *ctx, const struct rxpath_socket_line *line,
		      const struct rxpath_process *process)
{
	const struct rxpath_process_loss *loss = losses_of(ctx, process);

	if (loss) {
		const struct program program = rxpath_program_of(ctx, loss, is_lossy);

		finding_evidence(ctx, "its %zu sockets lost %s, %s", loss->socket_count,
				 rxpath_amount(ctx, loss->lost, unit_of(loss->worst)),
				 rxpath_spread(ctx, &program));
	} else if (rxpath_is_lossy_udp(line)) {
		finding_evidence(ctx, "%s", rxpath_tell_udp_socket(ctx, line));
	} else {
		finding_evidence(ctx, "%s lost %s", line->subject.ptr,
				 rxpath_amount(ctx, line->delta, unit_of(line)));
	}
}

/* Its finding, and what that says. */
static const struct {
	const char *id;
	void (*tell)(struct finding_ctx *ctx, const struct rxpath_socket_line *line,
		     const struct rxpath_process *process);
} causes[] = {
	[NO_CAUSE] = {NULL, NULL},
	[STOPPED] = {"reader-stopped", tell_stopped},
	[LIMITED] = {"reader-cpu-limit", tell_limited},
	[WAITED] = {"reader-waits-for-cpu", tell_waited},
	[BUSY] = {"reader-busy", tell_busy},
	[ASLEEP] = {"reader-asleep", tell_asleep},
};

static void tell(struct finding_ctx *ctx, enum cause cause, const struct rxpath_socket_line *line,
		 const struct rxpath_process *process)
{
	ctx->draft.kind = is_lossy(line) ? RXPATH_KIND_DROP : RXPATH_KIND_PRESSURE;
	ctx->draft.reader = process;
	if (rxpath_is_lossy_udp(line))
		rxpath_show_sharing(ctx, line);
	causes[cause].tell(ctx, line, process);
	if (is_lossy(line))
		show_loss(ctx, line, process);
}

/* Whether this row has no finding about the process yet, nor as many as it may. */
static bool is_new(const struct finding_ctx *ctx, uint64_t pid)
{
	const struct rxpath_report *report = ctx->report;
	size_t told = 0;

	for (size_t i = 0; i < report->finding_count; i++) {
		if (report->findings[i].id != ctx->rule->fact.id)
			continue;
		if (report->findings[i].pid == pid)
			return false;
		told++;
	}
	return told < MAX_TOLD;
}

/* A finding for each process, with its first socket. */
static void tell_each(struct finding_ctx *ctx, enum cause cause,
		      const struct rxpath_socket_line *lines, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct rxpath_process *reader;

		if (is_in_trouble(&lines[i]) && cause_of_socket(&lines[i], &reader) == cause &&
		    is_new(ctx, reader->pid)) {
			tell(ctx, cause, &lines[i], reader);
			finding_add(ctx);
		}
	}
}

/* The rule of all causes: the row says which. */
static bool find_cause(struct finding_ctx *ctx)
{
	const struct rxpath_report *report = ctx->report;
	enum cause cause = STOPPED;

	while (strcmp(causes[cause].id, ctx->rule->fact.id) != 0)
		cause++;
	tell_each(ctx, cause, report->sockets, report->socket_count);
	tell_each(ctx, cause, report->connections, report->connection_count);
	return ctx->added;
}

bool rxpath_show_sleep(struct finding_ctx *ctx, const struct rxpath_socket_line *line)
{
	const struct rxpath_process *reader = rxpath_reader_of(line);
	const struct rxpath_cpu_use *cpu = reader ? reader->cpu : NULL;

	if (!cpu || line->process_count > 1 || cpu->interval == RXPATH_UNKNOWN ||
	    cpu->interval < UINT64_C(100000000) ||
	    percent(rxpath_sum(cpu->run, cpu->wait), cpu->interval) >= 50)
		return false;
	finding_evidence(ctx,
			 "%s ran %llu of %llu ms and waited %llu ms for a CPU: it mostly slept",
			 process_of(ctx, reader), milliseconds(cpu->run),
			 milliseconds(cpu->interval), milliseconds(cpu->wait));
	return true;
}

const char *rxpath_reader_finding(const struct rxpath_socket_line *line)
{
	const struct rxpath_process *reader;

	return causes[cause_of_socket(line, &reader)].id;
}

void rxpath_name_reader(struct finding_ctx *ctx, const struct rxpath_socket_line *line)
{
	ctx->draft.reader = rxpath_reader_of(line);
	ctx->draft.follows = rxpath_reader_finding(line) != NULL;
}

const struct finding_rule rxpath_reader_findings[] = {
	{
		FINDING("reader-stopped", SOCKET, DROP, find_cause),
		.fact.cause = "it is stopped",
		.fact.meaning = "The program that reads a lossy or full socket is stopped.",
		.fact.shown = "State T or t of each process that may read it.",
		.fact.action = "Let it go on (kill -CONT), unless it was stopped on purpose.",
	},
	{
		FINDING("reader-cpu-limit", SOCKET, DROP, find_cause),
		.fact.cause = "it reached its CPU limit",
		.fact.meaning = "The CPU limit of its control group stopped the program that "
				"reads a lossy or full socket.",
		.fact.shown = "Throttled time in cpu.stat: 10 % of the interval or more.",
		.fact.action = "Raise the limit, or let the program do less for each packet.",
	},
	{
		FINDING("reader-waits-for-cpu", SOCKET, DROP, find_cause),
		.fact.cause = "it waited for a CPU",
		.fact.meaning = "Other programs had the CPU of the program that reads a lossy or "
				"full socket.",
		.fact.shown = "A thread that waited for a CPU 20 % of the interval or more "
			      "(schedstat).",
		.fact.action = "Give it more CPUs or a better priority, or keep others off its "
			       "CPU.",
	},
	{
		FINDING("reader-busy", SOCKET, DROP, find_cause),
		.fact.cause = "one thread is always busy",
		.fact.meaning = "A thread of the program that reads a full socket ran all the "
				"time.",
		.fact.shown = "A thread that ran 90 % of the interval or more (schedstat), and a "
			      "queue that is more than half full.",
		.fact.action = "Let it do less for each packet, read several per call (recvmmsg), "
			       "or use more threads with a socket each.",
	},
	{
		FINDING("reader-asleep", SOCKET, DROP, find_cause),
		.fact.cause = "it was asleep",
		.fact.meaning = "The program that should read a full socket was asleep.",
		.fact.shown = "A queue that was not empty before and is more than half full now, "
			      "and less than 2 % of the interval in which the program ran or "
			      "waited for a CPU.",
		.fact.action = "See what it waits for (strace, or /proc/PID/stack).",
	},
	{.find = NULL},
};
