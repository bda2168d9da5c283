/* load.c: stored samples: a file, standard input, or a directory that holds proc/net. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture_internal.h"
#include "rxpath/catalogue.h"
#include "rxpath/load.h"

static bool split(const char *name, int result, const struct rxpath_buf *text, rxpath_sink *sink,
		  void *context, struct rxpath_error *error)
{
	if (result == EFBIG)
		return rxpath_error_refused(error, name, "larger than the limit of %zu MiB",
					    RXPATH_FILE_LIMIT >> 20);
	if (result != 0)
		return rxpath_error_system(error, name, result);
	if (text->len == 0)
		return rxpath_error_refused(error, name, "not a sample: it is empty");
	if (rxpath_bundle_split(rxpath_buf_view(text), sink, context, error))
		return true;
	rxpath_error_name(error, rxpath_slice_of(name));
	return false;
}

static bool load_directory(const char *name, rxpath_sink *sink, void *context,
			   struct rxpath_error *error)
{
	const struct rxpath_target target = {.root = name};
	struct rxpath_capture *capture =
		rxpath_capture_open(&target, (struct rxpath_purpose){0}, error);
	bool loaded;

	if (!capture)
		return false;
	loaded = (rxpath_tree_at(capture->root, name, error) == RXPATH_TREE ||
		  rxpath_error_refused(error, name, "not a sample: it has no proc/net")) &&
		 rxpath_capture_sections(capture, sink, context, error) &&
		 rxpath_capture_settings(capture, (1u << RXPATH_STAGES) - 1, sink, context, error);
	rxpath_capture_close(capture);
	return loaded;
}

bool rxpath_load(const char *name, rxpath_sink *sink, void *context, struct rxpath_error *error)
{
	struct rxpath_buf text = {0};
	struct stat status;
	bool loaded;
	int fd;

	if (strcmp(name, "-") == 0) {
		int result = rxpath_read_stream(STDIN_FILENO, RXPATH_FILE_LIMIT, &text);

		loaded = split("standard input", result, &text, sink, context, error);
		rxpath_buf_free(&text);
		return loaded;
	}
	/* A pipe may be a stored sample too (`rxpath diff <(ssh a rxpath save) ...`), and
	 * opening it waits for its writer. A device may not. */
	if (stat(name, &status) != 0)
		return rxpath_error_system(error, name, errno);
	if (S_ISDIR(status.st_mode))
		return load_directory(name, sink, context, error);
	if (!S_ISREG(status.st_mode) && !S_ISFIFO(status.st_mode))
		return rxpath_error_refused(error, name,
					    "not a sample: neither a file nor a directory");
	if (S_ISREG(status.st_mode) && status.st_size > (off_t)RXPATH_FILE_LIMIT)
		return split(name, EFBIG, &text, sink, context, error);
	fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return rxpath_error_system(error, name, errno);
	loaded = split(name, rxpath_read_stream(fd, RXPATH_FILE_LIMIT, &text), &text, sink, context,
		       error);
	close(fd);
	rxpath_buf_free(&text);
	return loaded;
}
