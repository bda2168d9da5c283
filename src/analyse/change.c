/* change.c: how much a counter rose between the samples, and whether it wrapped, was reset or is
 * new. */
#include <stdlib.h>

#include "steps.h"
#include "rxpath/search.h"

static bool wraps_at_32_bits(const struct rxpath_reading *reading)
{
	if (!reading->counter)
		return false;
	/* An unsigned long has 32 bits on a 32-bit kernel, which no sample tells; on a 64-bit one
	 * these counters never fall. */
	return rxpath_counter_width(reading->counter) != RXPATH_WIDTH_64;
}

struct change rxpath_change(const struct rxpath_reading *before, const struct rxpath_reading *after)
{
	const uint64_t range = (uint64_t)1 << 32;
	struct change change = {
		.before = before ? before->value : 0,
		.after = after->value,
	};
	uint64_t slack_before = before ? before->reread - before->value : 0;
	uint64_t fall;

	if (change.after >= change.before) {
		change.delta = change.after - change.before;
	} else {
		fall = change.before - change.after;
		if (wraps_at_32_bits(after) && fall > range / 2 && fall < range) {
			change.delta = range - fall;
			change.flags = RXPATH_FLAG_WRAPPED;
		} else {
			change.delta = change.after;
			change.flags = RXPATH_FLAG_RESET;
			slack_before = 0;
		}
	}
	change.min = rxpath_less(change.delta, slack_before);
	change.max = change.delta + (after->reread - after->value);
	return change;
}

struct rxpath_reading rxpath_zeroed(const struct rxpath_reading *reading)
{
	struct rxpath_reading zeroed = *reading;

	zeroed.value = 0;
	zeroed.reread = 0;
	return zeroed;
}

bool rxpath_has_cpu(const struct rxpath_sample *sample, uint64_t cpu)
{
	return sample->cpu_count > 0 && bsearch(&cpu, sample->cpus, sample->cpu_count,
						sizeof *sample->cpus, rxpath_by_number);
}

bool rxpath_same_reader(const struct match *match, const struct rxpath_subject *queue)
{
	const struct rxpath_reading *before =
		rxpath_sample_find(match->before, "nfqueue_peer_portid", queue);
	const struct rxpath_reading *after =
		rxpath_sample_find(match->after, "nfqueue_peer_portid", queue);

	return before && after && before->value == after->value;
}

bool rxpath_change_since(const struct match *match, const struct rxpath_reading *after,
			 struct change *change)
{
	const struct rxpath_device *device;
	const struct rxpath_rule *rule;
	const struct rxpath_reading *before;
	struct rxpath_reading key = *after;
	bool by_elements = false;

	*change = rxpath_change(NULL, after);
	if (!match->before)
		return true;
	switch (after->subject.kind) {
	case RXPATH_ON_NETNS:
		break;
	case RXPATH_ON_CPU:
		/* A CPU that comes back brings its old figures along, so a new row tells
		 * nothing. */
		if (!rxpath_has_cpu(match->before, after->subject.number))
			return false;
		break;
	case RXPATH_ON_DEVICE:
		device = match->before_of ? match->before_of[after->device] : NULL;
		if (!device) {
			change->flags |= RXPATH_FLAG_NEW;
			return true;
		}
		/* The first sample does not have this figure of the device. */
		if ((after->source == RXPATH_SOURCE_LINK &&
		     (device->counters_seen & rxpath_link_bit(rxpath_slice_of(after->name))) ==
			     0) ||
		    (after->source == RXPATH_SOURCE_HARDWARE && !device->has_hardware))
			return false;
		key.subject.name = device->name;
		break;
	case RXPATH_ON_NFQUEUE:
		if (!rxpath_same_reader(match, &after->subject)) {
			change->flags |= RXPATH_FLAG_NEW;
			return true;
		}
		break;
	case RXPATH_ON_RULE:
		rule = rxpath_sample_find_rule(match->after, after->subject.name);
		by_elements = rule && rule->by_elements;
		rule = rule ? rxpath_rule_before(match, rule) : NULL;
		if (!rule) {
			change->flags |= RXPATH_FLAG_NEW;
			return true;
		}
		/* Other rules used the set too at the first sample: what it counted for this one
		 * is not known. */
		if (by_elements && !rule->by_elements)
			return false;
		key.subject.name = rule->name;
		break;
	}
	before = rxpath_sample_find_like(match->before, &key);
	/* Elements were removed, and what they counted is not known. */
	if (by_elements && before && before->value > after->value)
		return false;
	*change = rxpath_change(before, after);
	return true;
}

struct change rxpath_change_of(const struct match *match, const char *name)
{
	const struct rxpath_counter *counter = rxpath_catalogue_find(rxpath_slice_of(name));
	const struct rxpath_reading *after = rxpath_sample_find_of(match->after, counter, NULL);
	const struct rxpath_reading *before =
		match->before ? rxpath_sample_find_of(match->before, counter, NULL) : NULL;
	struct rxpath_reading zero;

	if (!after && before) {
		zero = rxpath_zeroed(before);
		after = &zero;
	}
	if (!after || !match->comparable[after->source])
		return (struct change){0};
	return rxpath_change(before, after);
}

struct change rxpath_changes_of(const struct match *match, const char *const names[])
{
	struct change sum = {0};

	for (size_t i = 0; names[i]; i++) {
		struct change change = rxpath_change_of(match, names[i]);

		sum.delta = rxpath_sum(sum.delta, change.delta);
		sum.min = rxpath_sum(sum.min, change.min);
		sum.max = rxpath_sum(sum.max, change.max);
	}
	return sum;
}

struct bounds rxpath_accounted(const struct match *match, enum rxpath_accounts what)
{
	struct bounds sum = {0, 0};

	for (size_t i = 0; i < rxpath_catalogue_size(); i++) {
		const struct rxpath_counter *counter = rxpath_catalogue_at(i);
		struct change change;

		if (!(counter->accounts & what))
			continue;
		change = rxpath_change_of(match, counter->name);
		sum.min = rxpath_sum(sum.min, change.min);
		sum.max = rxpath_sum(sum.max, change.max);
	}
	return sum;
}

uint64_t rxpath_max_change_of(const struct match *match, const char *name)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < match->after->reading_count; i++) {
		const struct rxpath_reading *reading = &match->after->readings[i];
		struct change change;

		if (rxpath_reading_is(reading, name) && match->comparable[reading->source] &&
		    rxpath_change_since(match, reading, &change))
			sum = rxpath_sum(sum, change.max);
	}
	return sum;
}
