/* bundle.c: the stored form of a bundle: written, and split again. */
#include "rxpath/bundle.h"

static const char head[] = "==> ";
static const char tail[] = " <==";
#define EDGE ((size_t)4) /* the length of either */

void rxpath_bundle_write(struct rxpath_buf *out, const struct rxpath_section *section)
{
	rxpath_buf_string(out, head);
	rxpath_buf_slice(out, section->path);
	rxpath_buf_string(out, tail);
	rxpath_buf_char(out, '\n');
	rxpath_buf_slice(out, section->bytes);
	/* Where the bytes end with a newline this makes an empty line, as tail does; where they do
	 * not, it ends their last line. */
	rxpath_buf_char(out, '\n');
}

static bool is_header(struct rxpath_slice line, struct rxpath_slice *path)
{
	if (line.len <= 2 * EDGE || !rxpath_slice_starts(line, head) ||
	    !rxpath_slice_is((struct rxpath_slice){line.ptr + line.len - EDGE, EDGE}, tail))
		return false;
	*path = (struct rxpath_slice){line.ptr + EDGE, line.len - 2 * EDGE};
	return true;
}

static bool promises_an_end(const struct rxpath_section *section)
{
	struct rxpath_slice rest = section->bytes;
	struct rxpath_slice line;

	if (!rxpath_slice_is(section->path, "rxpath"))
		return false;
	while (rxpath_scan_line(&rest, &line))
		if (rxpath_slice_is(line, "complete rxpath/end"))
			return true;
	return false;
}

bool rxpath_bundle_split(struct rxpath_slice text, rxpath_sink *sink, void *context,
			 struct rxpath_error *error)
{
	struct rxpath_slice rest = text;
	struct rxpath_slice line = rxpath_slice_of("");
	struct rxpath_section section = {0};
	bool promised = false;

	if (!rxpath_scan_line(&rest, &line) || !is_header(line, &section.path))
		return rxpath_error_format(error, 1, "not a sample: no '==> PATH <==' line", line);
	for (bool more = true; more;) {
		struct rxpath_slice next = {0};
		const char *start = rest.ptr;
		const char *end;

		do {
			more = rxpath_scan_line(&rest, &line);
		} while (more && !is_header(line, &next));
		end = more ? line.ptr : text.ptr + text.len;
		/* Two headers in a row: not even the empty line that stands for an empty file. */
		section.bytes = (struct rxpath_slice){start, (size_t)(end - start)};
		/* The empty line before the next header is the separator's. Without one, the file
		 * lacked its last newline: what we wrote stays so, as a file that was cut is to be
		 * known for that; elsewhere the separator's serves as that. */
		if (section.bytes.len > 0 && end[-1] == '\n' &&
		    (promised || (section.bytes.len == 1 ? more : end[-2] == '\n')))
			section.bytes.len--;
		promised = promised || promises_an_end(&section);
		if (!more && promised && !rxpath_slice_is(section.path, "rxpath/end"))
			return rxpath_error_format(
				error, 0, "truncated: the sample ends in section", section.path);
		if (more && promised && rxpath_slice_is(section.path, "rxpath/end"))
			return rxpath_error_format(
				error, 0, "more than one sample: after its end follows", next);
		if (!sink(context, &section, error))
			return false;
		section.path = next;
	}
	return true;
}
