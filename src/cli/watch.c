/* watch.c: on a terminal, draws each report over the last, and shows a line while waiting. */
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli.h"

#define SECOND UINT64_C(1000000000)
/* A shorter wait needs no progress line. */
#define PROGRESS_AFTER (2 * SECOND)

#define HOME "\033[H"
#define ERASE_LINE "\033[K"
#define ERASE_BELOW "\033[J"
#define PLAIN "\033[0m"

void watch_note(struct watch *watch, const struct rxpath_report *report)
{
	struct rxpath_history *history = &watch->history;
	bool full = history->count == RXPATH_HISTORY;

	for (enum rxpath_stage stage = 0; stage < RXPATH_STAGES; stage++) {
		uint64_t *lost = history->lost[stage];

		if (full)
			memmove(lost, lost + 1, (RXPATH_HISTORY - 1) * sizeof *lost);
		lost[full ? RXPATH_HISTORY - 1 : history->count] = report->stages[stage].lost;
	}
	if (!full)
		history->count++;
}

/* Cuts a line to one row: if it wrapped, the first rows would scroll away. */
static void put_row(struct rxpath_buf *frame, struct rxpath_slice line, size_t columns)
{
	size_t len = line.len;

	rxpath_fit_columns(&line, columns);
	/* Erased first: after a line that fills its row, it would erase the last letter. */
	rxpath_buf_string(frame, ERASE_LINE);
	rxpath_buf_slice(frame, line);
	rxpath_buf_string(frame, line.len < len ? PLAIN "\n" : "\n");
}

void watch_frame(int fd, const struct rxpath_buf *text, struct rxpath_buf *frame)
{
	struct rxpath_slice rest = rxpath_buf_view(text);
	struct rxpath_slice line;
	struct winsize size;
	/* The last row stays empty: a newline there would scroll the first row away. */
	bool sized = ioctl(fd, TIOCGWINSZ, &size) == 0;
	size_t rows = sized && size.ws_row > 1 ? size.ws_row - 1u : 23;
	size_t columns = sized && size.ws_col > 0 ? size.ws_col : 80;
	size_t used = 0;

	rxpath_buf_string(frame, HOME);
	while (used < rows && rxpath_scan_line(&rest, &line)) {
		/* The last row says that something is left out. */
		if (++used == rows && rest.len > 0)
			line = rxpath_slice_of("... more: enlarge the terminal, or use -f json");
		put_row(frame, line, columns);
	}
	rxpath_buf_string(frame, ERASE_BELOW);
}

static void show(const char *format, uint64_t seconds)
{
	struct rxpath_buf line = {0};

	rxpath_buf_printf(&line, format, (unsigned long long)seconds);
	/* It is replaced in a second anyway, so a failed write does not matter. */
	if (!line.failed && write(STDERR_FILENO, line.data, line.len) < 0)
		line.failed = true;
	rxpath_buf_free(&line);
}

int watch_wait(const struct watch *watch, uint64_t deadline, struct tracing *tracing)
{
	uint64_t now = wait_now();
	int number = 0;

	if (!watch->progress || deadline < now + PROGRESS_AFTER)
		return wait_until(deadline, tracing);
	while (number == 0 && now < deadline) {
		uint64_t left = deadline - now;

		show("\rrxpath: %llu s left (Ctrl-C: report now)" ERASE_LINE,
		     (left + SECOND - 1) / SECOND);
		number = wait_until(left > SECOND ? now + SECOND : deadline, tracing);
		now = wait_now();
	}
	show("\r" ERASE_LINE, 0);
	return number;
}
