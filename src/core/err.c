/* err.c: errors as values: what they hold, and how they read. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "rxpath/buf.h"
#include "rxpath/err.h"

/* Writes into the error's own memory: an error about memory must not allocate. */
static void copy_token(char *to, size_t size, struct rxpath_slice token)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t used = 0;

	for (size_t i = 0; i < token.len; i++) {
		unsigned char c = (unsigned char)token.ptr[i];
		bool plain = c >= ' ' && c <= '~' && c != '\\' && c != '\'';

		if (used + (plain ? 1 : 4) + 3 >= size) {
			memcpy(to + used, "...", 3);
			used += 3;
			break;
		}
		if (plain) {
			to[used++] = (char)c;
		} else {
			to[used++] = '\\';
			to[used++] = 'x';
			to[used++] = hex[c >> 4];
			to[used++] = hex[c & 15];
		}
	}
	to[used] = '\0';
}

bool rxpath_error_system(struct rxpath_error *error, const char *file, int number)
{
	if (!error)
		return false;
	*error = (struct rxpath_error){.kind = RXPATH_ERROR_SYSTEM, .number = number};
	rxpath_error_name(error, rxpath_slice_of(file));
	return false;
}

bool rxpath_error_format(struct rxpath_error *error, size_t line, const char *what,
			 struct rxpath_slice token)
{
	if (!error)
		return false;
	*error = (struct rxpath_error){.kind = RXPATH_ERROR_FORMAT, .line = line};
	memcpy(error->what, what, strnlen(what, sizeof error->what - 1));
	copy_token(error->token, sizeof error->token, token);
	return false;
}

int rxpath_error_in_sample(int number)
{
	/* As include/uapi/asm-generic/errno.h has it. */
	const int timed_out = 110;

	if (number == ETIMEDOUT)
		return timed_out;
	return number == timed_out ? ETIMEDOUT : number;
}

bool rxpath_error_memory(struct rxpath_error *error)
{
	if (error)
		*error = (struct rxpath_error){.kind = RXPATH_ERROR_MEMORY};
	return false;
}

bool rxpath_error_refused(struct rxpath_error *error, const char *file, const char *format, ...)
{
	va_list arguments;

	if (!error)
		return false;
	*error = (struct rxpath_error){.kind = RXPATH_ERROR_REFUSED};
	rxpath_error_name(error, rxpath_slice_of(file));
	va_start(arguments, format);
	vsnprintf(error->what, sizeof error->what, format, arguments);
	va_end(arguments);
	/* It may hold file names, which must not send control bytes to a terminal. */
	for (char *at = error->what; *at; at++)
		if (*at < ' ' || *at > '~')
			*at = '?';
	return false;
}

void rxpath_error_name(struct rxpath_error *error, struct rxpath_slice file)
{
	if (!error || error->file[0] != '\0')
		return;
	copy_token(error->file, sizeof error->file, file);
}

void rxpath_error_reason(const struct rxpath_error *error, struct rxpath_buf *out)
{
	if (!error)
		return;
	switch (error->kind) {
	case RXPATH_ERROR_NONE:
		return;
	case RXPATH_ERROR_SYSTEM:
		rxpath_buf_string(out, strerror(error->number));
		return;
	case RXPATH_ERROR_MEMORY:
		rxpath_buf_string(out, "out of memory");
		return;
	case RXPATH_ERROR_FORMAT:
	case RXPATH_ERROR_REFUSED:
		break;
	}
	if (error->line > 0)
		rxpath_buf_printf(out, "line %zu: ", error->line);
	rxpath_buf_string(out, error->what);
	if (error->token[0] != '\0')
		rxpath_buf_printf(out, ": '%s'", error->token);
}

void rxpath_error_text(const struct rxpath_error *error, struct rxpath_buf *out)
{
	struct rxpath_error rest = *error;

	if (error->file[0] != '\0') {
		rxpath_buf_string(out, error->file);
		if (error->line > 0)
			rxpath_buf_printf(out, ":%zu", error->line);
		rxpath_buf_string(out, ": ");
		rest.line = 0;
	}
	rxpath_error_reason(&rest, out);
}
