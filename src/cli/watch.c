/* watch.c: what a terminal gets: colours, each report drawn over the last, and a line while it
 * waits. */
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "rxpath/search.h"
#include "cli.h"

#define SECOND UINT64_C(1000000000)
/* How often keys are looked at. */
#define KEY_STEP (SECOND / 5)
/* A shorter wait needs no progress line. */
#define PROGRESS_AFTER (2 * SECOND)

#define HOME "\033[H"
#define ERASE_LINE "\033[K"
#define ERASE_BELOW "\033[J"
#define PLAIN "\033[0m"

/* A terminal that understands escape sequences. */
static bool obeys_escapes(int fd)
{
	const char *term = getenv("TERM");

	return isatty(fd) && term && term[0] != '\0' && strcmp(term, "dumb") != 0;
}

static bool wants_color(const struct options *options, int fd)
{
	const char *no_color = getenv("NO_COLOR");

	if (options->color != COLOR_AUTO)
		return options->color == COLOR_ALWAYS;
	return obeys_escapes(fd) && !(no_color && no_color[0] != '\0');
}

void watch_measure(int fd, struct rxpath_style *style)
{
	struct winsize size;

	if (ioctl(fd, TIOCGWINSZ, &size) != 0)
		return;
	style->columns = size.ws_col;
	/* One row is left for the prompt. */
	style->rows = style->all || size.ws_row == 0 ? 0 : size.ws_row - 1u;
}

void watch_begin(const struct options *options, int fd, struct watch *watch,
		 struct rxpath_style *style)
{
	*style = (struct rxpath_style){
		.color = wants_color(options, fd),
		.terminal = isatty(fd),
		.all = options->criteria.all,
	};
	watch_measure(fd, style);
	*watch = (struct watch){
		.redraws = options->count != 1 && options->format->render == rxpath_render_text &&
			   obeys_escapes(fd),
		.progress = obeys_escapes(STDERR_FILENO),
	};
	if (style->terminal && setlocale(LC_CTYPE, ""))
		style->utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

static void put_row(struct rxpath_buf *frame, struct rxpath_slice row)
{
	/* Erased first: after a row that is full, it would erase the last letter. */
	rxpath_buf_string(frame, ERASE_LINE);
	rxpath_buf_slice(frame, row);
	rxpath_buf_char(frame, '\n');
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
		/* A line that is too long takes several rows: the terminal would not erase all of
		 * them. */
		do {
			struct rxpath_slice row = line;

			rxpath_fit_columns(&row, columns);
			rxpath_slice_skip(&line, row.len);
			/* The last row says that something is left out. */
			if (++used == rows && (rest.len > 0 || line.len > 0))
				row = rxpath_slice_of(PLAIN
						      "more: enlarge the terminal, or use -f json");
			put_row(frame, row);
		} while (used < rows && line.len > 0);
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

/* The terminal while keys come one by one and are not shown. */
struct keys {
	bool begun;
	struct termios saved;
	sigset_t held; /* signals that end or stop the program: first the terminal is restored */
	sigset_t mask; /* as it was before */
};

/* Does nothing where standard input is no terminal, or is another job's: changing its settings
 * would then stop this program. */
static void keys_begin(struct keys *keys)
{
	struct termios settings;

	if (tcgetpgrp(STDIN_FILENO) != getpgrp() || tcgetattr(STDIN_FILENO, &keys->saved) != 0)
		return;
	rxpath_trace_signals(&keys->held);
	sigaddset(&keys->held, SIGTSTP);
	sigdelset(&keys->held, SIGINT);
	sigdelset(&keys->held, SIGTERM);
	sigprocmask(SIG_BLOCK, &keys->held, &keys->mask);
	settings = keys->saved;
	settings.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	keys->begun = tcsetattr(STDIN_FILENO, TCSANOW, &settings) == 0;
	if (!keys->begun)
		sigprocmask(SIG_SETMASK, &keys->mask, NULL);
}

/* A signal that was held takes effect here. */
static void keys_end(struct keys *keys)
{
	if (!keys->begun)
		return;
	tcsetattr(STDIN_FILENO, TCSANOW, &keys->saved);
	sigprocmask(SIG_SETMASK, &keys->mask, NULL);
	keys->begun = false;
}

static bool is_signalled(const struct keys *keys)
{
	sigset_t pending;

	sigpending(&pending);
	sigandset(&pending, &pending, &keys->held);
	return !sigisemptyset(&pending);
}

/* Whether q is among the keys pressed so far. */
static bool pressed_quit(void)
{
	struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
	char keys[64];
	ssize_t count;

	if (poll(&input, 1, 0) != 1)
		return false;
	count = read(STDIN_FILENO, keys, sizeof keys);
	return count > 0 && memchr(keys, 'q', (size_t)count);
}

int watch_wait(const struct watch *watch, uint64_t deadline, struct tracing *tracing)
{
	struct keys keys = {0};
	uint64_t now = wait_now();
	bool progress = watch->progress && deadline >= now + PROGRESS_AFTER;
	int number;

	do {
		uint64_t left = rxpath_less(deadline, now);
		uint64_t step = progress || watch->redraws ? SECOND : UINT64_MAX;

		/* Also when it has come back to the foreground. */
		if (watch->redraws && !keys.begun)
			keys_begin(&keys);
		if (keys.begun)
			step = KEY_STEP;

		if (progress)
			show("\rrxpath: %llu s left (Ctrl-C: report now)" ERASE_LINE,
			     (left + SECOND - 1) / SECOND);
		number = wait_until(left > step ? now + step : deadline, tracing);
		if (number == 0 && keys.begun && pressed_quit())
			number = SIGINT;
		if (number == 0 && keys.begun && is_signalled(&keys))
			keys_end(&keys);
		now = wait_now();
	} while (number == 0 && now < deadline);
	if (progress)
		show("\r" ERASE_LINE, 0);
	keys_end(&keys);
	return number;
}
