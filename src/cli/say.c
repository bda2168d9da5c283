/* say.c: messages on standard error. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

static bool write_line(struct rxpath_buf *line)
{
	size_t done = 0;

	rxpath_buf_char(line, '\n');
	while (!line->failed && done < line->len) {
		ssize_t put = write(STDERR_FILENO, line->data + done, line->len - done);

		/* Nowhere to report this. */
		if (put <= 0)
			break;
		done += (size_t)put;
	}
	rxpath_buf_free(line);
	return false;
}

bool say_error(const struct rxpath_error *error)
{
	struct rxpath_buf line = {0};

	rxpath_buf_string(&line, "rxpath: ");
	rxpath_error_text(error, &line);
	return write_line(&line);
}

bool say_system(const char *file, int number)
{
	struct rxpath_error error = {0};

	rxpath_error_system(&error, file, number);
	return say_error(&error);
}

bool say(const char *format, ...)
{
	struct rxpath_buf line = {0};
	char text[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	rxpath_buf_string(&line, "rxpath: ");
	/* Arguments may hold anything, so bytes that could control a terminal are escaped. */
	for (const char *at = text; *at; at++) {
		if (*at < ' ' || *at > '~')
			rxpath_buf_escaped_byte(&line, *at);
		else
			rxpath_buf_char(&line, *at);
	}
	return write_line(&line);
}
