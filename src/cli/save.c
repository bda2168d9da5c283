/* save.c: writes one sample section by section; netlink answers become text here. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "session.h"
#include "rxpath/parse.h"

static const char diag[] = "rxpath/diag/";

/* At most this many processes are saved. */
#define MAX_READERS 256

struct writer {
	struct output *output;
	bool is_terminal; /* bytes that a terminal obeys are escaped */
	struct rxpath_buf text;
	struct rxpath_buf shown;   /* the text with its control bytes escaped */
	struct rxpath_buf missing; /* what could not be read, and why */
	struct rxpath_buf table;   /* the sockets of the table being read */
	/* Of all sockets so far, to look up their owners and the paths of their cgroups. */
	struct wanted wanted;
	uint64_t pids[MAX_READERS]; /* of the processes that hold them */
	size_t pid_count;
};

static bool note_sockets(struct writer *writer, const struct rxpath_sample *sample,
			 struct rxpath_error *error)
{
	for (size_t i = 0; i < sample->connection_count; i++)
		if (!want_number(&writer->wanted.inodes, sample->connections[i].inode))
			return rxpath_error_memory(error);
	for (size_t i = 0; i < sample->socket_count; i++)
		if (!want_socket(&writer->wanted, &sample->sockets[i]))
			return rxpath_error_memory(error);
	return true;
}

/* Escapes bytes that a terminal obeys. A backslash stays: sections contain it, and it is harmless.
 */
static void escape_controls(struct rxpath_buf *out, struct rxpath_slice text)
{
	rxpath_buf_reset(out);
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (c == '\n' || c == '\t' || (c >= ' ' && c <= '~'))
			rxpath_buf_char(out, c);
		else
			rxpath_buf_escaped_byte(out, c);
	}
}

static bool write_section(struct writer *writer, const struct rxpath_section *section,
			  struct rxpath_error *error)
{
	rxpath_buf_reset(&writer->text);
	rxpath_bundle_write(&writer->text, section);
	if (writer->is_terminal)
		escape_controls(&writer->shown, rxpath_buf_view(&writer->text));
	if (writer->text.failed || writer->shown.failed)
		return rxpath_error_memory(error);
	/* output_write has printed the reason. */
	return output_write(writer->output, rxpath_buf_view(writer->is_terminal ? &writer->shown
										: &writer->text)) ||
	       rxpath_error_refused(error, "", "the sample was not written");
}

/* A part of the answer of sock_diag; an empty part ends the table. */
static bool write_sockets(struct writer *writer, const struct rxpath_section *section,
			  struct rxpath_error *error)
{
	struct rxpath_section whole = {0};
	struct rxpath_builder builder;
	struct rxpath_sample sample;
	struct rxpath_slice device;
	enum rxpath_source source;
	bool done;

	if (writer->table.len == 0)
		rxpath_socket_header(&writer->table);
	if (section->bytes.len > 0) {
		rxpath_builder_begin(&builder, &sample, NULL);
		done = rxpath_parse_section(&builder, section, error);
		for (size_t i = 0; i < sample.socket_count; i++)
			rxpath_socket_row(&writer->table, &sample.sockets[i]);
		done = done && note_sockets(writer, &sample, error);
		rxpath_sample_free(&sample);
		return done && (!writer->table.failed || rxpath_error_memory(error));
	}
	rxpath_source_find(section->path, &source, &device);
	whole.path = rxpath_slice_of(rxpath_source_row(source)->path);
	whole.bytes = rxpath_buf_view(&writer->table);
	done = write_section(writer, &whole, error);
	rxpath_buf_reset(&writer->table);
	return done;
}

/* The sockets of a table that is text already. */
static bool note_text(struct writer *writer, const struct rxpath_section *section,
		      struct rxpath_error *error)
{
	struct rxpath_builder builder;
	struct rxpath_sample sample;
	bool done;

	rxpath_builder_begin(&builder, &sample, NULL);
	done = rxpath_parse_section(&builder, section, error) &&
	       note_sockets(writer, &sample, error);
	for (size_t i = 0; i < sample.owner_count; i++)
		writer->pid_count = readers_add_once(writer->pids, writer->pid_count, MAX_READERS,
						     sample.owners[i].pid);
	rxpath_sample_free(&sample);
	return done;
}

/* The processes that hold the sockets of this sample, and no others, what they do, the paths of the
 * sockets' cgroups, and the memory limits of the processes. */
static bool write_owners(struct writer *writer, struct rxpath_capture *capture, rxpath_sink *sink,
			 struct rxpath_error *error)
{
	const struct numbers *inodes = &writer->wanted.inodes;
	const struct numbers *cgroups = &writer->wanted.cgroups;

	wanted_sort(&writer->wanted);
	return rxpath_capture_owners(capture, inodes->items, inodes->count, sink, writer, error) &&
	       rxpath_capture_readers(capture, writer->pids, writer->pid_count, sink, writer,
				      error) &&
	       rxpath_capture_cgroups(capture, cgroups->items, cgroups->count, sink, writer,
				      error) &&
	       rxpath_capture_memory(capture, writer->pids, writer->pid_count, sink, writer, error);
}

static bool take_section(void *context, const struct rxpath_section *section,
			 struct rxpath_error *error)
{
	struct writer *writer = context;

	if (section->error != 0) {
		rxpath_buf_escaped(&writer->missing, section->path, "");
		rxpath_buf_printf(&writer->missing, " %d %s\n",
				  rxpath_error_in_sample(section->error), strerror(section->error));
		return !writer->missing.failed || rxpath_error_memory(error);
	}
	if (rxpath_slice_starts(section->path, diag))
		return write_sockets(writer, section, error);
	return note_text(writer, section, error) && write_section(writer, section, error);
}

static bool write_end(struct writer *writer, struct rxpath_error *error)
{
	const struct rxpath_section missing = {
		.path = rxpath_slice_of("rxpath/missing"),
		.bytes = rxpath_buf_view(&writer->missing),
	};
	const struct rxpath_section end = {
		.path = rxpath_slice_of("rxpath/end"),
		.bytes = rxpath_slice_of(""),
	};

	return (missing.bytes.len == 0 || write_section(writer, &missing, error)) &&
	       write_section(writer, &end, error);
}

int run_save(const struct options *options)
{
	const char *name = options->arguments[0] ? options->arguments[0] : options->output;
	struct rxpath_capture *capture;
	struct rxpath_error error = {0};
	struct output output;
	struct writer writer = {.output = &output};
	bool done;

	if (!output_open(&output, name, STDOUT_FILENO))
		return STATUS_TROUBLE;
	writer.is_terminal = isatty(output.fd);
	capture = rxpath_capture_open(
		&options->target, (struct rxpath_purpose){.all_rules = options->all_rules}, &error);
	if (!capture) {
		say_error(&error);
		output_end(&output, false);
		return STATUS_TROUBLE;
	}
	done = rxpath_capture_sample(capture, take_section, &writer, &error) &&
	       rxpath_capture_settings(capture, (1u << RXPATH_STAGES) - 1, take_section, &writer,
				       &error) &&
	       rxpath_capture_connections(capture, take_section, &writer, &error) &&
	       write_owners(&writer, capture, take_section, &error) && write_end(&writer, &error);
	rxpath_capture_close(capture);
	rxpath_buf_free(&writer.text);
	rxpath_buf_free(&writer.shown);
	rxpath_buf_free(&writer.table);
	rxpath_buf_free(&writer.missing);
	wanted_free(&writer.wanted);
	if (!done)
		say_error(&error);
	return output_end(&output, done) && done ? STATUS_OK : STATUS_TROUBLE;
}
