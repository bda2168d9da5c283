/* criteria.c: what the user asked for, applied to a stage, a device, a line, a number of packets.
 */
#include "steps.h"

bool rxpath_asks_stage(const struct rxpath_criteria *criteria, enum rxpath_stage stage)
{
	return criteria->stages == 0 || criteria->stages >> stage & 1;
}

bool rxpath_asks_device(const struct rxpath_criteria *criteria, struct rxpath_slice device)
{
	for (size_t i = 0; i < criteria->device_count; i++)
		if (rxpath_scan_glob(criteria->devices[i], device))
			return true;
	return criteria->device_count == 0;
}

bool rxpath_is_elsewhere(const struct rxpath_line *line, const struct rxpath_criteria *criteria)
{
	return criteria->elsewhere && line->lost == 0 &&
	       rxpath_source_row(line->source)->scope == RXPATH_OF_HOST;
}

bool rxpath_limit_covers(const struct rxpath_limit *limit, uint64_t packets, uint64_t interval)
{
	const long double billion = 1e9L;
	long double allowed =
		(long double)limit->packets + (long double)limit->billionths / billion;

	if (!limit->per_second)
		return packets <= limit->packets;
	return interval != RXPATH_UNKNOWN &&
	       (long double)packets <= allowed * ((long double)interval / billion);
}
