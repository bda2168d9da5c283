/* memory_limit.c: the memory limit of a process's cgroup that socket memory counts against, as
 * lines of "rxpath/settings": memory.PID.WORD.
 *
 * With cgroup v2 it is memory.max, of v1 memory.kmem.tcp.limit_in_bytes, which the memory of all
 * sockets counts against, not only TCP's (mem_cgroup_charge_skmem, mm/memcontrol.c). The limit of a
 * group above may be the one that is reached, so all of them are looked at. */
#include <stdio.h>
#include <string.h>

#include "capture_internal.h"

#define FILE_LIMIT ((size_t)64 << 10)
#define MAX_PATH 1024

struct hierarchy {
	const char *controller; /* in /proc/PID/cgroup */
	const char *mounts[2];
	const char *limit, *usage;
	const char *peak;		      /* of the memory of sockets alone; NULL: none */
	const char *failures, *failures_word; /* the word that the figure stands behind; NULL: the
					       * file is the figure */
	const char *stat;		      /* has the bytes of sockets behind "sock" */
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

struct memory_pass {
	struct rxpath_capture *capture;
	struct rxpath_buf file;
	struct rxpath_buf text;
};

/* The figure in the file, or behind that word at the start of a line. */
static bool read_figure(struct memory_pass *pass, const struct level *level, const char *file,
			const char *behind, uint64_t *value)
{
	char whole[MAX_PATH + 128];
	struct rxpath_slice rest, line, word;

	snprintf(whole, sizeof whole, "%s%s/%s", level->mount, level->path, file);
	if (rxpath_capture_file(pass->capture, whole, FILE_LIMIT, &pass->file) != 0)
		return false;
	rest = rxpath_buf_view(&pass->file);
	while (rxpath_scan_line(&rest, &line)) {
		if (!rxpath_scan_word(&line, &word))
			return false;
		if (!behind)
			return rxpath_scan_dec(word, value);
		if (rxpath_slice_is(word, behind))
			return rxpath_scan_word(&line, &word) && rxpath_scan_dec(word, value);
	}
	return false;
}

/* The group of that hierarchy in a line "ID:CONTROLLERS:PATH". */
static bool is_in(struct rxpath_slice line, const char *controller, char path[MAX_PATH])
{
	const char *end = line.ptr + line.len;
	const char *names = memchr(line.ptr, ':', line.len);
	const char *group = names ? memchr(names + 1, ':', (size_t)(end - names - 1)) : NULL;
	struct rxpath_slice list, name;

	if (!group || end - group - 1 >= MAX_PATH)
		return false;
	list = (struct rxpath_slice){names + 1, (size_t)(group - names - 1)};
	name = rxpath_slice_of(controller);
	/* Without controllers it is cgroup2; "memory" is mounted alone everywhere. */
	if (!rxpath_slice_equal(list, name))
		return false;
	memcpy(path, group + 1, (size_t)(end - group - 1));
	path[end - group - 1] = '\0';
	return true;
}

/* The group of which the usage is nearest to its limit, from this one up. */
static bool find_tightest(struct memory_pass *pass, struct level level, struct level *tightest)
{
	bool found = false;
	char *slash;

	for (;;) {
		/* "max", and what v1 has for it, are no limit. */
		if (read_figure(pass, &level, level.hierarchy->limit, NULL, &level.limit) &&
		    level.limit > 0 && level.limit < UINT64_C(1) << 60 &&
		    read_figure(pass, &level, level.hierarchy->usage, NULL, &level.usage) &&
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

static void put_level(struct memory_pass *pass, uint64_t pid, const struct level *level)
{
	const struct hierarchy *hierarchy = level->hierarchy;
	uint64_t value;

	rxpath_buf_printf(&pass->text, "memory.%llu.file %s", (unsigned long long)pid,
			  level->mount);
	rxpath_buf_escaped(&pass->text, rxpath_slice_of(level->path), "");
	rxpath_buf_printf(&pass->text, "/%s\nmemory.%llu.cgroup ", hierarchy->limit,
			  (unsigned long long)pid);
	rxpath_buf_escaped(&pass->text, rxpath_slice_of(level->path[0] ? level->path : "/"), "");
	rxpath_buf_char(&pass->text, '\n');
	put_figure(&pass->text, pid, "limit", level->limit);
	put_figure(&pass->text, pid, "usage", level->usage);
	if (hierarchy->peak && read_figure(pass, level, hierarchy->peak, NULL, &value))
		put_figure(&pass->text, pid, "peak", value);
	if (read_figure(pass, level, hierarchy->failures, hierarchy->failures_word, &value))
		put_figure(&pass->text, pid, "failures", value);
	if (hierarchy->stat && read_figure(pass, level, hierarchy->stat, "sock", &value))
		put_figure(&pass->text, pid, "sock", value);
}

static void put_process(struct memory_pass *pass, uint64_t pid)
{
	struct rxpath_buf groups = {0};
	struct rxpath_slice rest, line;
	struct level tightest;
	char path[64];

	snprintf(path, sizeof path, "/proc/%llu/cgroup", (unsigned long long)pid);
	if (rxpath_capture_file(pass->capture, path, FILE_LIMIT, &groups) != 0) {
		rxpath_buf_free(&groups);
		return;
	}
	for (size_t i = 0; i < sizeof hierarchies / sizeof *hierarchies; i++) {
		rest = rxpath_buf_view(&groups);
		while (rxpath_scan_line(&rest, &line)) {
			struct level level = {.hierarchy = &hierarchies[i]};

			if (!is_in(line, hierarchies[i].controller, level.path))
				continue;
			for (size_t j = 0; j < 2 && hierarchies[i].mounts[j]; j++) {
				level.mount = hierarchies[i].mounts[j];
				if (find_tightest(pass, level, &tightest)) {
					put_level(pass, pid, &tightest);
					rxpath_buf_free(&groups);
					return;
				}
			}
		}
	}
	rxpath_buf_free(&groups);
}

bool rxpath_capture_memory(struct rxpath_capture *capture, const uint64_t *pids, size_t count,
			   rxpath_sink *sink, void *context, struct rxpath_error *error)
{
	const struct emitter emitter = {sink, context, NULL, error};
	struct memory_pass pass = {.capture = capture};
	bool done = true;

	if (!rxpath_capture_is_live(capture))
		return true;
	for (size_t i = 0; i < count && i < RXPATH_MEMORY_PROCESSES; i++)
		put_process(&pass, pids[i]);
	if (pass.text.failed || pass.text.len > 0)
		done = rxpath_emit_text(&emitter, "rxpath/settings", 0, &pass.text);
	rxpath_buf_free(&pass.text);
	rxpath_buf_free(&pass.file);
	return done;
}
