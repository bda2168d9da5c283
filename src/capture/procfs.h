/* procfs.h: what the files of /proc/PID say, wherever they are read. */
#ifndef RXPATH_CAPTURE_PROCFS_H
#define RXPATH_CAPTURE_PROCFS_H

#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>

#include "rxpath/scan.h"

/* The name of the next entry that is a number, of /proc or /proc/PID/task. NULL at the end, and
 * then errno is 0 or tells why the rest could not be listed. */
const char *rxpath_procfs_next(DIR *directory);

/* The inode in the link `path` of the folder, "socket:[6175]" or "net:[4026531840]": `kind` is what
 * stands before the colon. False where it is another kind, and then errno is 0, or where the link
 * cannot be read. */
bool rxpath_procfs_inode(int dir, const char *path, const char *kind, uint64_t *inode);

/* That field of /proc/PID/stat, from the third on: the name before it may hold anything
 * (do_task_stat, fs/proc/array.c). False: there is no such field. */
bool rxpath_procfs_stat_field(struct rxpath_slice stat, unsigned field, struct rxpath_slice *word);
bool rxpath_procfs_stat_number(struct rxpath_slice stat, unsigned field, uint64_t *number);

/* The first process that the kernel starts for itself; the others are its children. */
#define RXPATH_KTHREADD "2"

/* The kernel's own threads, about half of all processes: *threads lists their numbers, in `text`.
 * False, and the list empty, where that process is none of the kernel's, as in a container. */
bool rxpath_procfs_kernel_threads(int proc, char *text, size_t size, struct rxpath_slice *threads);

/* Takes the process off the list if it is the next one. */
bool rxpath_procfs_take_thread(struct rxpath_slice *threads, const char *pid);

/* The number that a small file begins with; with `word`, the one after that word at the start of a
 * line. `format` and what follows make its path. */
__attribute__((format(printf, 3, 4))) bool rxpath_procfs_figure(uint64_t *number, const char *word,
								const char *format, ...);

#endif
