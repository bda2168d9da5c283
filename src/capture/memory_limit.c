/* memory_limit.c: the memory limit of a process's cgroup that socket memory counts against, as
 * lines of "rxpath/settings": memory.PID.WORD.
 *
 * With cgroup v2 it is memory.max, of v1 memory.kmem.tcp.limit_in_bytes, which the memory of all
 * sockets counts against, not only TCP's (mem_cgroup_charge_skmem, mm/memcontrol.c). The limit of a
 * group above may be the one that is reached, so all of them are looked at. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "capture_internal.h"
#include "procfs.h"
#include "rxpath/unit.h"

#define MAX_PATH 1024

struct hierarchy {
	const char *controller; /* in /proc/PID/cgroup */
	const char *mounts[2];
	const char *limit, *usage;
	const char *peak;		      /* of the memory of sockets alone; NULL: none */
	const char *failures, *failures_word; /* the word before the figure; NULL: the file holds
						 only the figure */
	const char *stat;		      /* has the bytes of sockets after the word "sock" */
};

static const struct hierarchy hierarchies[] = {
	{
		.controller = "memory",
		.mounts = {"/sys/fs/cgroup/memory"},
		.limit = "memory.kmem.tcp.limit_in_bytes",
		.usage = "memory.kmem.tcp.usage_in_bytes",
		.peak = "memory.kmem.tcp.max_usage_in_bytes",
		.failures = "memory.kmem.tcp.failcnt",
	},
	{
		.controller = "",
		.mounts = {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"},
		.limit = "memory.max",
		.usage = "memory.current",
		.failures = "memory.events",
		.failures_word = "max",
		.stat = "memory.stat",
	},
};

struct level {
	const struct hierarchy *hierarchy;
	const char *mount;
	char path[MAX_PATH];
	uint64_t limit, usage;
};

/* The figure in the file, or the one after that word. */
static bool read_figure(const struct level *level, const char *file, const char *word,
			uint64_t *figure)
{
	return rxpath_procfs_figure(figure, word, "%s%s/%s", level->mount, level->path, file);
}

/* Of this group and those above it, finds the one whose usage is nearest to its limit. */
static bool find_tightest(struct level level, struct level *tightest)
{
	bool found = false;
	char *slash;

	for (;;) {
		/* "max", and the huge number that v1 has for it, mean no limit. */
		if (read_figure(&level, level.hierarchy->limit, NULL, &level.limit) &&
		    level.limit > 0 && level.limit < UINT64_C(1) << 60 &&
		    read_figure(&level, level.hierarchy->usage, NULL, &level.usage) &&
		    (!found ||
		     (long double)level.usage / (long double)level.limit >
			     (long double)tightest->usage / (long double)tightest->limit)) {
			*tightest = level;
			found = true;
		}
		slash = strrchr(level.path, '/');
		if (!slash)
			return found;
		*slash = '\0';
	}
}

static void put_figure(struct rxpath_buf *out, uint64_t pid, const char *word, uint64_t value)
{
	rxpath_buf_printf(out, "memory.%llu.%s %llu\n", (unsigned long long)pid, word,
			  (unsigned long long)value);
}

static void put_level(struct rxpath_buf *out, uint64_t pid, const struct level *level)
{
	const struct hierarchy *hierarchy = level->hierarchy;
	uint64_t value;

	rxpath_buf_printf(out, "memory.%llu.file %s", (unsigned long long)pid, level->mount);
	rxpath_buf_escaped(out, rxpath_slice_of(level->path), "");
	rxpath_buf_printf(out, "/%s\nmemory.%llu.cgroup ", hierarchy->limit,
			  (unsigned long long)pid);
	rxpath_buf_escaped(out, rxpath_slice_of(level->path[0] ? level->path : "/"), "");
	rxpath_buf_char(out, '\n');
	put_figure(out, pid, "limit", level->limit);
	put_figure(out, pid, "usage", level->usage);
	if (hierarchy->peak && read_figure(level, hierarchy->peak, NULL, &value))
		put_figure(out, pid, "peak", value);
	if (read_figure(level, hierarchy->failures, hierarchy->failures_word, &value))
		put_figure(out, pid, "failures", value);
	if (hierarchy->stat && read_figure(level, hierarchy->stat, "sock", &value))
		put_figure(out, pid, "sock", value);
}

/* The group of the process in that hierarchy, below the first of its mounts that has limits. False
 * where none has. */
static bool put_hierarchy(struct rxpath_buf *out, uint64_t pid, const struct hierarchy *hierarchy,
			  struct rxpath_slice group)
{
	struct level level = {.hierarchy = hierarchy};
	struct level tightest;

	if (group.len >= sizeof level.path)
		return false;
	memcpy(level.path, group.ptr, group.len);
	for (size_t i = 0; i < 2 && hierarchy->mounts[i]; i++) {
		level.mount = hierarchy->mounts[i];
		if (find_tightest(level, &tightest)) {
			put_level(out, pid, &tightest);
			return true;
		}
	}
	return false;
}

static void put_process(struct rxpath_buf *out, uint64_t pid)
{
	char text[8192];
	const struct rxpath_slice groups = rxpath_read_small(
		AT_FDCWD, text, sizeof text, "/proc/%llu/cgroup", (unsigned long long)pid);
	struct rxpath_slice rest, controllers, group;
	bool done = false;

	for (size_t i = 0; i < sizeof hierarchies / sizeof *hierarchies; i++) {
		rest = groups;
		/* "memory" is mounted alone everywhere. */
		while (!done && rxpath_unit_next_group(&rest, &controllers, &group))
			done = rxpath_slice_is(controllers, hierarchies[i].controller) &&
			       put_hierarchy(out, pid, &hierarchies[i], group);
	}
}

bool rxpath_capture_memory(struct rxpath_capture *capture, const uint64_t *pids, size_t count,
			   rxpath_sink *sink, void *context, struct rxpath_error *error)
{
	const struct emitter emitter = {sink, context, NULL, error};
	struct rxpath_buf text = {0};
	bool done;

	if (!rxpath_capture_is_live(capture))
		return true;
	for (size_t i = 0; i < count && i < RXPATH_MEMORY_PROCESSES; i++)
		put_process(&text, pids[i]);
	done = (!text.failed && text.len == 0) ||
	       rxpath_emit_text(&emitter, "rxpath/settings", 0, &text);
	rxpath_buf_free(&text);
	return done;
}
