/* explanation.c: prints the catalogue: all facts of one counter, or a line for each. */
#include <string.h>

#include "figures.h"
#include "rxpath/driver.h"

static const char *width_text(enum rxpath_width width)
{
	switch (width) {
	case RXPATH_WIDTH_64:
		return "64 bits";
	case RXPATH_WIDTH_LONG:
		return "64 bits (32 bits on a 32-bit kernel, where it wraps)";
	case RXPATH_WIDTH_32:
		break;
	}
	return "32 bits: wraps at 4294967296";
}

static void put_field(struct rxpath_buf *out, const char *label, const char *value)
{
	if (value && value[0] != '\0')
		rxpath_buf_printf(out, "  %-8s %s\n", label, value);
}

void rxpath_render_counter(const struct rxpath_counter *counter, struct rxpath_buf *out)
{
	rxpath_buf_printf(out, "%s\n", counter->name);
	put_field(out, "stage", rxpath_stage_name(counter->stage));
	put_field(out, "kind", rxpath_kind_name(counter->kind));
	put_field(out, "means", counter->meaning);
	put_field(out, "do", counter->action);
	put_field(out, "within", counter->within);
	put_field(out, "scope", rxpath_source_subject(counter->source));
	put_field(out, "source", rxpath_source_row(counter->source)->path);
	put_field(out, "shape",
		  counter->shape == RXPATH_SHAPE_GAUGE ? "gauge: the present value"
						       : "counter: only rises");
	put_field(out, "width", width_text(rxpath_counter_width(counter)));
	put_field(out, "since", counter->since ? counter->since : "2.6.32 or before");
	put_field(out, "kernel", counter->kernel);
}

void rxpath_render_counter_line(const struct rxpath_counter *counter, struct rxpath_buf *out)
{
	rxpath_buf_printf(out, "%-10s %-9s %-32s %s\n", rxpath_stage_name(counter->stage),
			  rxpath_kind_name(counter->kind), counter->name, counter->meaning);
}

void rxpath_render_catalogue(struct rxpath_buf *out)
{
	for (enum rxpath_stage stage = 0; stage < RXPATH_STAGES; stage++)
		for (size_t i = 0; i < rxpath_catalogue_size(); i++) {
			const struct rxpath_counter *counter = rxpath_catalogue_at(i);

			if (counter->stage == stage)
				rxpath_render_counter_line(counter, out);
		}
}

void rxpath_render_finding(const struct rxpath_finding_fact *fact, struct rxpath_buf *out)
{
	rxpath_buf_printf(out, "%s\n", fact->id);
	put_field(out, "stage", rxpath_stage_name(fact->stage));
	put_field(out, "kind", rxpath_kind_name(fact->kind));
	put_field(out, "means", fact->meaning);
	put_field(out, "shown", fact->shown);
	put_field(out, "do", fact->action);
}

void rxpath_render_finding_line(const struct rxpath_finding_fact *fact, struct rxpath_buf *out)
{
	rxpath_buf_printf(out, "%-10s %-9s %-32s %s\n", "finding", rxpath_kind_name(fact->kind),
			  fact->id, fact->meaning);
}

void rxpath_render_driver(struct rxpath_slice name, struct rxpath_buf *out)
{
	const struct rxpath_driver_statistic *standard =
		rxpath_slice_starts(name, "netdev.") ? rxpath_driver_find(rxpath_slice_of(""), name)
						     : NULL;

	rxpath_buf_escaped(out, name, "");
	rxpath_buf_char(out, '\n');
	put_field(out, "stage", rxpath_stage_name(RXPATH_STAGE_DEVICE));
	put_field(out, "kind", rxpath_kind_name(standard ? standard->kind : RXPATH_KIND_SUSPECT));
	if (standard) {
		rxpath_buf_printf(out, "  %-8s as the driver counts it: %s\n", "means",
				  standard->meaning);
	} else {
		put_field(out, "means",
			  "A statistic of the device's driver, under the driver's own name, that "
			  "sounds like a loss on the receive side. It is evidence only: most "
			  "drivers count the same frames in the standard counters too.");
		put_field(out, "do",
			  "Look the name up in the documentation of the driver (ethtool -i "
			  "DEVICE).");
	}
	put_field(out, "scope", "device");
	put_field(out, "source",
		  standard ? "generic netlink (ethtool -S DEVICE --all-groups, ynl qstats-get), of "
			     "a device that lost packets since it came up"
			   : "ethtool -S DEVICE");
	put_field(out, "shape", "counter: only rises");
	put_field(out, "width", "depends on the driver");
	if (standard)
		put_field(out, "kernel", standard->kernel);
}
