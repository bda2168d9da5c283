/* procfs.c: what the files of /proc/PID say, and other small files of the kernel. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "procfs.h"
#include "rxpath/read.h"

/* A field of /proc/PID/stat, and one of its bits (include/linux/sched.h). */
#define FLAGS 9
#define PF_KTHREAD 0x00200000

const char *rxpath_procfs_next(DIR *directory)
{
	const struct dirent *entry;

	do {
		errno = 0;
		entry = readdir(directory);
	} while (entry && !isdigit((unsigned char)entry->d_name[0]));
	return entry ? entry->d_name : NULL;
}

static bool take_inode(struct rxpath_slice link, const char *kind, uint64_t *inode)
{
	if (!rxpath_slice_starts(link, kind))
		return false;
	rxpath_slice_skip(&link, strlen(kind));
	if (!rxpath_slice_starts(link, ":[") || !rxpath_slice_ends(link, "]"))
		return false;
	rxpath_slice_skip(&link, strlen(":["));
	link.len--;
	return rxpath_scan_dec(link, inode);
}

bool rxpath_procfs_inode(int dir, const char *path, const char *kind, uint64_t *inode)
{
	char target[80];
	ssize_t len = readlinkat(dir, path, target, sizeof target);

	if (len < 0)
		return false;
	errno = 0;
	return take_inode((struct rxpath_slice){target, (size_t)len}, kind, inode);
}

bool rxpath_procfs_stat_field(struct rxpath_slice stat, unsigned field, struct rxpath_slice *word)
{
	struct rxpath_slice name;
	bool has = rxpath_scan_last(&stat, ')', &name);

	*word = rxpath_slice_of("");
	for (unsigned at = 3; has && at <= field; at++)
		has = rxpath_scan_word(&stat, word);
	return has;
}

bool rxpath_procfs_stat_number(struct rxpath_slice stat, unsigned field, uint64_t *number)
{
	struct rxpath_slice word;

	return rxpath_procfs_stat_field(stat, field, &word) && rxpath_scan_dec(word, number);
}

bool rxpath_procfs_kernel_threads(int proc, char *text, size_t size, struct rxpath_slice *threads)
{
	struct rxpath_slice stat = rxpath_read_small(proc, text, size, RXPATH_KTHREADD "/stat");
	uint64_t flags;

	*threads = rxpath_slice_of("");
	if (!rxpath_procfs_stat_number(stat, FLAGS, &flags) || (flags & PF_KTHREAD) == 0)
		return false;
	*threads = rxpath_read_small(proc, text, size,
				     RXPATH_KTHREADD "/task/" RXPATH_KTHREADD "/children");
	return true;
}

/* The list is in order of start time, and so is /proc until numbers are used again. A number that
 * was cut off has no blank after it. */
bool rxpath_procfs_take_thread(struct rxpath_slice *threads, const char *pid)
{
	struct rxpath_slice rest = *threads, word;

	if (!rxpath_scan_word(&rest, &word) || rest.len == 0 || !rxpath_slice_is(word, pid))
		return false;
	*threads = rest;
	return true;
}

bool rxpath_procfs_figure(uint64_t *number, const char *word, const char *format, ...)
{
	char text[4096];
	struct rxpath_slice rest, line, first;
	va_list arguments;

	va_start(arguments, format);
	rest = rxpath_read_small_of(AT_FDCWD, text, sizeof text, format, arguments);
	va_end(arguments);
	while (rxpath_scan_line(&rest, &line) && rxpath_scan_word(&line, &first)) {
		if (word && !rxpath_slice_is(first, word))
			continue;
		return (!word || rxpath_scan_word(&line, &first)) && rxpath_scan_dec(first, number);
	}
	return false;
}
