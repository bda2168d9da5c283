/* format.c: the table of the report's forms. */
#include "format.h"

#include <stdio.h>
#include <string.h>

static const struct format formats[] = {
	{.name = "text", .render = rxpath_render_text},
	{.name = "tsv", .render = rxpath_render_tsv},
	{.name = "json", .render = rxpath_render_json},
	{.name = "junit", .render = rxpath_render_junit, .is_single = true},
	{.name = "nagios",
	 .render = rxpath_render_nagios,
	 .is_single = true,
	 .status = rxpath_nagios_status,
	 .trouble = RXPATH_NAGIOS_UNKNOWN,
	 .trouble_line = "RXPATH UNKNOWN: no report; see standard error"},
};
#define FORMATS (sizeof formats / sizeof *formats)

const struct format *format_at(size_t index)
{
	return index < FORMATS ? &formats[index] : NULL;
}

const struct format *format_find(struct rxpath_slice name)
{
	for (size_t i = 0; i < FORMATS; i++)
		if (rxpath_slice_is(name, formats[i].name))
			return &formats[i];
	return NULL;
}

void format_names(char *text, size_t size)
{
	text[0] = '\0';
	for (size_t i = 0; i < FORMATS; i++) {
		size_t used = strlen(text);

		snprintf(text + used, size - used, "%s%s",
			 i == 0		    ? ""
			 : i + 1 == FORMATS ? " or "
					    : ", ",
			 formats[i].name);
	}
}
