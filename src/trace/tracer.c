/* tracer.c: drop tracepoints: an instance under tracefs, its rings read and added up as they fill.
 *
 * Pages come from per_cpu/cpuN/trace_pipe_raw (tracing_buffers_read), one a read, never a partial
 * event. They are added up at once into a table of bounded size, so a million drops a second need
 * no more memory than ten. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "rxpath/arena.h"
#include "rxpath/clock.h"
#include "rxpath/read.h"
#include "rxpath/search.h"
#include "rxpath/tracer.h"
#include "tracefs.h"
#include "tracepage.h"
#include "tracetally.h"

#define RING_TOTAL ((uint64_t)64 << 20) /* bytes of all CPUs' rings together, at most */
#define MIN_RING ((uint64_t)256 << 10)
#define MAX_RING ((uint64_t)8 << 20)

#define ROUND_PAGES 64	  /* of one CPU's ring before the next one's turn */
#define BATCH_NS 5000000  /* after a round that found little */
#define POLL_NS 100000000 /* how long a poll is trusted to notice everything */

#define FORMAT_LIMIT ((size_t)4 << 20)	  /* of a text that describes events */
#define KALLSYMS_PIECE ((size_t)64 << 10) /* that is looked at together */

struct cpu_ring {
	int pipe;
	unsigned number;
	uint64_t lost; /* by the ring, up to the last report */
};

struct rxpath_trace {
	char path[96]; /* of the instance; "": not made */
	struct rxpath_ring_layout layout;
	struct cpu_ring *cpus;
	size_t cpu_count, cpu_cap;
	struct pollfd *polls; /* the caller's, and one a CPU */
	unsigned char *page;
	uint64_t ring_pages;	       /* of one CPU */
	bool broken;		       /* a page was not what it should be */
	struct rxpath_symbols symbols; /* kept from one report to the next */
	struct rxpath_tally tally;
};

/* Files of the instance. */

static int open_in(const struct rxpath_trace *trace, const char *name, int flags)
{
	char path[256];

	snprintf(path, sizeof path, "%s/%s", trace->path, name);
	return open(path, flags | O_CLOEXEC);
}

static bool write_in(const struct rxpath_trace *trace, const char *name, const char *value)
{
	int file = open_in(trace, name, O_WRONLY);
	bool done;

	if (file < 0)
		return false;
	done = write(file, value, strlen(value)) >= 0;
	if (close(file) != 0)
		return false;
	return done;
}

/* A whole file of the instance. False with errno. */
static bool read_in(const struct rxpath_trace *trace, const char *name, struct rxpath_buf *text)
{
	int file = open_in(trace, name, O_RDONLY);
	int number = file < 0 ? errno : rxpath_read_stream(file, FORMAT_LIMIT, text);

	if (file >= 0)
		close(file);
	errno = number;
	return number == 0;
}

static bool failed_in(const struct rxpath_trace *trace, const char *name,
		      struct rxpath_error *error)
{
	char path[256];
	int number = errno;

	snprintf(path, sizeof path, "%s/%s", trace->path, name);
	return rxpath_error_system(error, path, number);
}

/* The rings. */

static bool add_cpu(struct rxpath_trace *trace, unsigned number, struct rxpath_error *error)
{
	struct cpu_ring *grown = rxpath_array_grow(trace->cpus, trace->cpu_count, &trace->cpu_cap,
						   sizeof *trace->cpus);
	char name[64];
	int pipe;

	if (!grown)
		return rxpath_error_memory(error);
	trace->cpus = grown;
	snprintf(name, sizeof name, "per_cpu/cpu%u/trace_pipe_raw", number);
	pipe = open_in(trace, name, O_RDONLY | O_NONBLOCK);
	if (pipe < 0)
		return failed_in(trace, name, error);
	trace->cpus[trace->cpu_count++] = (struct cpu_ring){.pipe = pipe, .number = number};
	return true;
}

/* Every CPU that the kernel keeps a ring for, the ones that are offline too: they may come. */
static bool open_rings(struct rxpath_trace *trace, struct rxpath_error *error)
{
	char path[sizeof trace->path + sizeof "/per_cpu"];
	struct dirent *entry;
	bool done = true;
	DIR *folder;

	snprintf(path, sizeof path, "%s/per_cpu", trace->path);
	folder = opendir(path);
	if (!folder)
		return rxpath_error_system(error, path, errno);
	while (done && (entry = readdir(folder))) {
		struct rxpath_slice digits = rxpath_slice_of(entry->d_name);
		uint64_t number;

		if (!rxpath_slice_starts(digits, "cpu"))
			continue;
		rxpath_slice_skip(&digits, strlen("cpu"));
		if (rxpath_scan_dec(digits, &number) && number < 65536)
			done = add_cpu(trace, (unsigned)number, error);
	}
	closedir(folder);
	if (!done)
		return false;
	if (trace->cpu_count == 0)
		return rxpath_error_refused(error, path, "no trace buffer of any CPU");
	trace->polls = calloc(trace->cpu_count + 1, sizeof *trace->polls);
	return trace->polls || rxpath_error_memory(error);
}

/* Large enough for some tens of milliseconds of a million drops a second, and never a burden: at
 * most 64 MiB, and at most a sixty-fourth of the memory, for all CPUs together. */
static uint64_t ring_bytes(size_t cpus)
{
	long pages = sysconf(_SC_PHYS_PAGES);
	long page = sysconf(_SC_PAGESIZE);
	uint64_t total = RING_TOTAL;
	uint64_t each;

	if (pages > 0 && page > 0 && (uint64_t)pages / 64 * (uint64_t)page < total)
		total = (uint64_t)pages / 64 * (uint64_t)page;
	each = cpus > 0 ? total / cpus : total;
	return each < MIN_RING ? MIN_RING : each > MAX_RING ? MAX_RING : each;
}

static void size_rings(struct rxpath_trace *trace)
{
	uint64_t bytes = ring_bytes(trace->cpu_count);
	char kib[24];

	snprintf(kib, sizeof kib, "%llu", (unsigned long long)(bytes >> 10));
	/* Without the memory for it the ring stays as the kernel made it, 1410 KiB. */
	write_in(trace, "buffer_size_kb", kib);
	/* When full it keeps what it has: pages that are not overwritten need no care while they
	 * are read. Kernels before 4.4 have no such file in an instance, and overwrite. */
	write_in(trace, "options/overwrite", "0");
	/* Since 5.0 poll waits until so much of it is full; before, until there is anything. */
	write_in(trace, "buffer_percent", "25");
	trace->ring_pages = bytes / trace->layout.page_size + 1;
}

static bool read_layout(struct rxpath_trace *trace, struct rxpath_error *error)
{
	struct rxpath_buf text = {0};
	bool known;

	if (!read_in(trace, "events/header_page", &text)) {
		failed_in(trace, "events/header_page", error);
		rxpath_buf_free(&text);
		return false;
	}
	known = rxpath_ring_layout(rxpath_buf_view(&text), &trace->layout, error);
	rxpath_buf_free(&text);
	if (!known) {
		rxpath_error_name(error, rxpath_slice_of("events/header_page"));
		return false;
	}
	trace->page = malloc(trace->layout.page_size);
	return trace->page || rxpath_error_memory(error);
}

/* The events. */

/* "skb:kfree_skb" and "format" make "events/skb/kfree_skb/format". */
static void event_file(enum rxpath_trace_event event, const char *file, char *path, size_t size)
{
	char name[64];
	char *colon;

	snprintf(name, sizeof name, "%s", rxpath_trace_event_name(event));
	colon = strchr(name, ':');
	if (colon)
		*colon = '/';
	snprintf(path, size, "events/%s/%s", name, file);
}

/* An event that the kernel does not have is no error. */
static bool learn_event(struct rxpath_trace *trace, enum rxpath_trace_event event,
			struct rxpath_error *error)
{
	struct rxpath_buf text = {0};
	char path[128];

	event_file(event, "format", path, sizeof path);
	if (!read_in(trace, path, &text)) {
		bool known_absent = errno == ENOENT || failed_in(trace, path, error);

		rxpath_buf_free(&text);
		return known_absent;
	}
	if (rxpath_tally_learn(&trace->tally, event, text.data, text.len, error))
		return true;
	rxpath_error_name(error, rxpath_slice_of(path));
	return false;
}

static bool start_events(struct rxpath_trace *trace, struct rxpath_error *error)
{
	char path[128];
	size_t found = 0;

	for (size_t i = 0; i < RXPATH_TRACE_EVENTS; i++) {
		if (!learn_event(trace, (enum rxpath_trace_event)i, error))
			return false;
		found += trace->tally.has[i];
	}
	if (found == 0)
		return rxpath_error_refused(error, trace->path,
					    "this kernel has no drop tracepoints (CONFIG_NET, "
					    "CONFIG_EVENT_TRACING)");
	/* All start and stop in one moment, so that two events of one packet are both in or both
	 * out. */
	write_in(trace, "tracing_on", "0");
	for (size_t i = 0; i < RXPATH_TRACE_EVENTS; i++) {
		event_file((enum rxpath_trace_event)i, "enable", path, sizeof path);
		if (trace->tally.has[i] && !write_in(trace, path, "1"))
			return failed_in(trace, path, error);
	}
	return write_in(trace, "tracing_on", "1") || failed_in(trace, "tracing_on", error);
}

void rxpath_trace_signals(sigset_t *set)
{
	static const int kept[] = {SIGSEGV, SIGBUS,  SIGFPE,  SIGILL,  SIGTRAP, SIGABRT,  SIGSYS,
				   SIGCHLD, SIGCONT, SIGTSTP, SIGTTIN, SIGTTOU, SIGWINCH, SIGURG};
	struct sigaction action;

	sigfillset(set);
	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
		sigdelset(set, kept[i]);
	/* One that is ignored (nohup) would wait all the same while it is blocked. */
	for (int number = 1; number <= SIGRTMAX; number++)
		if (sigaction(number, NULL, &action) == 0 && action.sa_handler != SIG_DFL)
			sigdelset(set, number);
}

/* What all rings lost so far, less what they had lost at the last report. Printed by
 * tracing_stats_read. */
static bool count_lost(struct rxpath_trace *trace, uint64_t *lost, struct rxpath_error *error)
{
	struct rxpath_buf text = {0};
	bool done = true;
	char name[64];

	*lost = 0;
	for (size_t i = 0; done && i < trace->cpu_count; i++) {
		struct cpu_ring *ring = &trace->cpus[i];
		uint64_t total;

		snprintf(name, sizeof name, "per_cpu/cpu%u/stats", ring->number);
		done = read_in(trace, name, &text) || failed_in(trace, name, error);
		if (!done)
			break;
		total = rxpath_ring_stat(rxpath_buf_view(&text), "overrun") +
			rxpath_ring_stat(rxpath_buf_view(&text), "commit overrun") +
			rxpath_ring_stat(rxpath_buf_view(&text), "dropped events");
		*lost += rxpath_less(total, ring->lost);
		ring->lost = total;
	}
	rxpath_buf_free(&text);
	return done;
}

struct rxpath_trace *rxpath_trace_open(struct rxpath_error *error)
{
	struct rxpath_trace *trace = calloc(1, sizeof *trace);
	uint64_t lost;

	if (!trace) {
		rxpath_error_memory(error);
		return NULL;
	}
	if (rxpath_tracefs_make(trace->path, sizeof trace->path, error) &&
	    read_layout(trace, error) && open_rings(trace, error)) {
		size_rings(trace);
		if (count_lost(trace, &lost, error) && start_events(trace, error))
			return trace;
	}
	rxpath_trace_close(trace, NULL);
	return NULL;
}

/* Reading. */

/* Up to `limit` pages of one ring; *pages what there was. */
static bool drain_ring(struct rxpath_trace *trace, const struct cpu_ring *ring, uint64_t limit,
		       uint64_t *pages, struct rxpath_error *error)
{
	char path[64];

	for (*pages = 0; *pages < limit; ++*pages) {
		ssize_t got = rxpath_read_once(ring->pipe, trace->page, trace->layout.page_size);

		if (got == 0 || (got < 0 && errno == EAGAIN))
			return true;
		if (got < 0) {
			int number = errno;

			snprintf(path, sizeof path, "per_cpu/cpu%u/trace_pipe_raw", ring->number);
			return rxpath_error_system(error, path, number);
		}
		if (!rxpath_ring_page(&trace->layout, trace->page, (size_t)got, rxpath_tally_take,
				      &trace->tally))
			trace->broken = true;
	}
	return true;
}

/* One round over all rings, at most `limit` pages of each; *pages their sum. */
static bool drain(struct rxpath_trace *trace, uint64_t limit, uint64_t *pages,
		  struct rxpath_error *error)
{
	uint64_t some;

	*pages = 0;
	for (size_t i = 0; i < trace->cpu_count; i++) {
		if (!drain_ring(trace, &trace->cpus[i], limit, &some, error))
			return false;
		*pages += some;
	}
	return true;
}

/* Waits for the descriptors, `most` nanoseconds and never past the deadline. True when the caller's
 * (the first) is ready. */
static bool wait_for(struct pollfd *polls, size_t count, uint64_t most, uint64_t deadline)
{
	uint64_t time = rxpath_now(CLOCK_MONOTONIC);
	uint64_t left = rxpath_less(deadline, time);
	struct timespec timeout;

	if (left > most)
		left = most;
	timeout = (struct timespec){(time_t)(left / 1000000000), (long)(left % 1000000000)};
	polls[0].revents = 0;
	return ppoll(polls, (nfds_t)count, &timeout, NULL) > 0 && polls[0].revents != 0;
}

enum rxpath_wait rxpath_trace_wait(struct rxpath_trace *trace, uint64_t deadline, int wake,
				   struct rxpath_error *error)
{
	struct pollfd *polls = trace->polls;
	uint64_t pages;
	bool woken = false;

	polls[0] = (struct pollfd){.fd = wake, .events = POLLIN};
	for (size_t i = 0; i < trace->cpu_count; i++)
		polls[i + 1] = (struct pollfd){.fd = trace->cpus[i].pipe, .events = POLLIN};
	while (!woken && rxpath_now(CLOCK_MONOTONIC) < deadline) {
		woken = wait_for(polls, trace->cpu_count + 1, POLL_NS, deadline);
		if (!drain(trace, ROUND_PAGES, &pages, error))
			return RXPATH_WAIT_FAILED;
		/* Where poll reports the first event of a trickle, let some gather before the
		 * next. */
		if (!woken && pages < ROUND_PAGES)
			woken = wait_for(polls, 1, BATCH_NS, deadline);
	}
	return woken ? RXPATH_WAIT_WOKEN : RXPATH_WAIT_ENDED;
}

void rxpath_trace_stop(struct rxpath_trace *trace)
{
	write_in(trace, "tracing_on", "0");
}

/* Looks up the functions of the addresses that have come up since: at most one pass over
 * /proc/kallsyms. Where that is not readable they have no names. */
static void name_addresses(struct rxpath_trace *trace)
{
	uint64_t *addresses = malloc(RXPATH_TALLY_SLOTS * sizeof *addresses);
	char *text = malloc(KALLSYMS_PIECE);
	size_t used = 0;
	ssize_t got;
	int file;

	if (addresses && text &&
	    rxpath_symbols_begin(&trace->symbols, addresses,
				 rxpath_tally_addresses(&trace->tally, addresses))) {
		file = open("/proc/kallsyms", O_RDONLY | O_CLOEXEC);
		while (file >= 0 && used < KALLSYMS_PIECE &&
		       (got = rxpath_read_once(file, text + used, KALLSYMS_PIECE - used)) > 0) {
			size_t taken;

			used += (size_t)got;
			taken = rxpath_symbols_take(&trace->symbols,
						    (struct rxpath_slice){text, used});
			used -= taken;
			memmove(text, text + taken, used);
		}
		if (file >= 0)
			close(file);
		rxpath_symbols_end(&trace->symbols);
	}
	free(text);
	free(addresses);
}

bool rxpath_trace_report(struct rxpath_trace *trace, rxpath_sink *sink, void *context,
			 struct rxpath_error *error)
{
	struct rxpath_section section = {.path = rxpath_slice_of("rxpath/trace")};
	struct rxpath_error local = {0};
	struct rxpath_buf text = {0};
	uint64_t pages, lost = 0;
	bool done;

	/* Not more than the ring holds: events that keep coming belong to the next report. */
	if (!drain(trace, trace->ring_pages, &pages, &local) || !count_lost(trace, &lost, &local))
		section.error = local.number != 0 ? local.number : EIO;
	else if (trace->broken)
		section.error = EBADMSG;
	if (section.error == 0) {
		name_addresses(trace);
		rxpath_tally_write(&trace->tally, &trace->symbols, lost, &text);
		section.bytes = rxpath_buf_view(&text);
	}
	rxpath_tally_reset(&trace->tally);
	trace->broken = false;
	done = text.failed ? rxpath_error_memory(error) : sink(context, &section, error);
	rxpath_buf_free(&text);
	return done;
}

bool rxpath_trace_close(struct rxpath_trace *trace, struct rxpath_error *error)
{
	bool removed = true;

	if (!trace)
		return true;
	if (trace->path[0] != '\0')
		rxpath_trace_stop(trace);
	for (size_t i = 0; i < trace->cpu_count; i++)
		close(trace->cpus[i].pipe);
	if (trace->path[0] != '\0')
		removed = rxpath_tracefs_remove(trace->path, error);
	rxpath_tally_free(&trace->tally);
	free(trace->cpus);
	free(trace->polls);
	free(trace->page);
	rxpath_symbols_free(&trace->symbols);
	free(trace);
	return removed;
}
