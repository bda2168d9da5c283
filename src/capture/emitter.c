/* emitter.c: passes sections to the sink; a line of one about a device. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "emitter.h"

bool rxpath_emit_section(const struct emitter *emitter, const char *path, int error,
			 struct rxpath_slice bytes)
{
	const struct rxpath_section section = {
		.path = rxpath_slice_of(path),
		.bytes = bytes,
		.error = error,
	};

	if (rxpath_is_interrupted(emitter->interrupt))
		return rxpath_error_refused(emitter->error, "",
					    "interrupted while reading counters");
	return emitter->sink(emitter->context, &section, emitter->error);
}

bool rxpath_emit_text(const struct emitter *emitter, const char *path, int result,
		      const struct rxpath_buf *text)
{
	if (result == ENOMEM || (text && text->failed))
		return rxpath_error_memory(emitter->error);
	return rxpath_emit_section(emitter, path, result,
				   result == 0 && text ? rxpath_buf_view(text)
						       : rxpath_slice_of(""));
}

bool rxpath_emit_device(const struct emitter *emitter, const char *prefix, const char *device,
			const struct rxpath_buf *text)
{
	struct rxpath_buf path = {0};
	bool done;

	rxpath_buf_string(&path, prefix);
	rxpath_buf_escaped(&path, rxpath_slice_of(device), "");
	rxpath_buf_char(&path, '\0');
	if (path.failed || text->failed)
		done = rxpath_error_memory(emitter->error);
	else
		done = text->len == 0 || rxpath_emit_text(emitter, path.data, 0, text);
	rxpath_buf_free(&path);
	return done;
}

bool rxpath_emit_pieces(const struct emitter *emitter, enum rxpath_source table)
{
	char path[48];

	snprintf(path, sizeof path, "rxpath/listing/%s",
		 rxpath_source_row(table)->path + strlen("/proc/net/"));
	return rxpath_emit_section(emitter, path, 0, rxpath_slice_of("in pieces\n"));
}

void rxpath_put_setting_name(struct rxpath_buf *out, const char *device, const char *word)
{
	rxpath_buf_string(out, "device.");
	rxpath_buf_escaped(out, rxpath_slice_of(device), "");
	rxpath_buf_printf(out, ".%s", word);
}

void rxpath_put_setting(struct rxpath_buf *out, const char *device, const char *word,
			uint64_t value)
{
	rxpath_put_setting_name(out, device, word);
	rxpath_buf_printf(out, " %llu\n", (unsigned long long)value);
}
