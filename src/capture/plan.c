/* plan.c: in which order a sample reads its sources, and which of them twice. */
#include "capture_internal.h"

/* Lists every source that a sample reads, in order; returns how many there are. */
static size_t list_in_order(enum rxpath_source sources[RXPATH_SOURCES])
{
	size_t count = 0;

	for (enum rxpath_source i = RXPATH_SOURCE_NONE + 1; i < RXPATH_SOURCES; i++) {
		unsigned order = rxpath_source_row(i)->order;
		size_t at = count;

		if (order == 0)
			continue;
		for (; at > 0 && rxpath_source_row(sources[at - 1])->order > order; at--)
			sources[at] = sources[at - 1];
		sources[at] = i;
		count++;
	}
	return count;
}

static bool is_in_extent(enum rxpath_source source, enum rxpath_extent extent)
{
	bool of_host = rxpath_source_row(source)->scope == RXPATH_OF_HOST;

	return extent == RXPATH_NETNS_AND_HOST || of_host == (extent == RXPATH_HOST_ALONE);
}

/* All sources in order, and after each one the second readings of those that are read around it.
 * A sample for the exit status alone needs no second readings: whether anything was lost does
 * not depend on the moment of a loss. */
size_t rxpath_plan_steps(const struct rxpath_purpose *purpose, struct step steps[MAX_STEPS])
{
	enum rxpath_source sources[RXPATH_SOURCES];
	size_t source_count = list_in_order(sources);
	size_t count = 0;

	for (size_t i = 0; i < source_count; i++) {
		if (is_in_extent(sources[i], purpose->extent))
			steps[count++] = (struct step){.source = sources[i]};
		for (size_t j = 0; j < i && !purpose->brief; j++)
			if (rxpath_source_row(sources[j])->around == sources[i] &&
			    is_in_extent(sources[j], purpose->extent))
				steps[count++] = (struct step){.source = sources[j], .again = true};
	}
	return count;
}
