/* inuse.c: which tables of sockets are empty, by /proc/net/sockstat and sockstat6.
 *
 * An empty table costs a walk of its whole hash table, of the host's sockets too; the counts of
 * these two files cost next to nothing (sockstat_seq_show, net/ipv4/proc.c; sockstat6_seq_show,
 * net/ipv6/proc.c). A socket is counted from when it enters its table until it leaves it. Each
 * count is a sum over the CPUs, which a socket that closes on another CPU than it was opened on can
 * make too small while it is being made, so only what is 0 twice is taken for empty. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "capture_internal.h"

static const struct {
	const char *file;
	struct {
		const char *line;	/* "UDP: inuse 3 mem 1" */
		const char *table;
	} counts[3];
} files[RXPATH_INUSE_FILES] = {
	{"sockstat", {{"UDP:", "udp"}, {"UDPLITE:", "udplite"}, {"RAW:", "raw"}}},
	{"sockstat6", {{"UDP6:", "udp6"}, {"UDPLITE6:", "udplite6"}, {"RAW6:", "raw6"}}},
};
#define COUNTS (sizeof files[0].counts / sizeof *files[0].counts)

/* The bits of the tables that the text says are empty; `shift` is the first one's. */
static unsigned empty_ones(struct rxpath_slice text, size_t file, unsigned shift)
{
	struct rxpath_slice line, word, name;
	uint64_t count;
	unsigned empty = 0;

	while (rxpath_scan_line(&text, &line)) {
		if (!rxpath_scan_word(&line, &name) || !rxpath_scan_word(&line, &word) ||
		    !rxpath_slice_is(word, "inuse") || !rxpath_scan_word(&line, &word) ||
		    !rxpath_scan_dec(word, &count) || count > 0)
			continue;
		for (unsigned i = 0; i < COUNTS; i++)
			if (rxpath_slice_is(name, files[file].counts[i].line))
				empty |= 1u << (shift + i);
	}
	return empty;
}

static unsigned read_file(int net, size_t file, int *fd)
{
	char text[1024];
	unsigned shift = (unsigned)(file * COUNTS);
	unsigned empty = ~0u;

	if (*fd < 0)
		*fd = openat(net, files[file].file, O_RDONLY | O_CLOEXEC);
	for (int i = 0; i < 2 && empty != 0; i++) {
		ssize_t got = *fd < 0 ? -1 : pread(*fd, text, sizeof text, 0);

		if (got <= 0)
			return 0;
		/* What one read does not bring is not taken for empty. */
		empty &= empty_ones((struct rxpath_slice){text, (size_t)got}, file, shift);
	}
	return empty;
}

unsigned rxpath_inuse_empty(int net, int fds[RXPATH_INUSE_FILES])
{
	unsigned empty = 0;

	for (size_t i = 0; i < RXPATH_INUSE_FILES; i++)
		empty |= read_file(net, i, &fds[i]);
	return empty;
}

bool rxpath_inuse_is_empty(unsigned empty, const char *table)
{
	for (size_t i = 0; i < RXPATH_INUSE_FILES; i++)
		for (size_t j = 0; j < COUNTS; j++)
			if (strcmp(files[i].counts[j].table, table) == 0)
				return empty >> (i * COUNTS + j) & 1;
	return false;
}
