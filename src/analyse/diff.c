/* diff.c: a line for every counter that moved between the samples. */
#include "rxpath/lossy.h"
#include "rxpath/search.h"
#include "steps.h"

static struct rxpath_slice keep_subject(struct rxpath_report *report,
					const struct rxpath_subject *subject)
{
	struct rxpath_buf out = {0};

	if (subject->kind == RXPATH_ON_NETNS)
		return rxpath_slice_of("-");
	rxpath_subject_text(&out, subject);
	/* Nearly every name is written as it is: the sample's serves all of the device's lines. */
	if (out.failed || !rxpath_slice_equal(rxpath_buf_view(&out), subject->name))
		return rxpath_report_keep(report, &out);
	rxpath_buf_free(&out);
	return subject->name;
}

/* For a counter that the catalogue lacks there is only the name to go by. */
static enum rxpath_kind kind_of(const struct rxpath_reading *reading)
{
	if (reading->counter)
		return reading->counter->kind;
	return rxpath_source_row(reading->source)->layout == RXPATH_LAYOUT_DRIVER
		       ? rxpath_ethtool_kind(rxpath_slice_of(reading->name))
		       : RXPATH_KIND_SUSPECT;
}

static bool is_classified(const struct rxpath_reading *reading)
{
	return reading->counter || kind_of(reading) != RXPATH_KIND_SUSPECT;
}

static unsigned flags_of(const struct rxpath_reading *reading, const struct change *change)
{
	return change->flags | (is_classified(reading) ? 0 : RXPATH_FLAG_UNCLASSIFIED);
}

static void add_line(struct rxpath_report *report, const struct rxpath_reading *reading,
		     const struct change *change)
{
	struct rxpath_line line = {
		.counter = reading->counter,
		.source = reading->source,
		.stage = rxpath_reading_stage(reading),
		.kind = kind_of(reading),
		.flags = (uint16_t)flags_of(reading, change),
		.name = rxpath_slice_of(reading->name),
		.on = reading->subject,
		.subject = keep_subject(report, &reading->subject),
		.before = change->before,
		.after = change->after,
		.delta = change->delta,
		.min = change->min,
		.max = change->max,
		.moved = true,
	};

	rxpath_report_add_line(report, &line);
}

/* The reading is a sample's. */
static void add_unmoved(struct rxpath_report *report, const struct rxpath_reading *reading,
			const struct change *change)
{
	const struct rxpath_slice subject = keep_subject(report, &reading->subject);
	const struct rxpath_unmoved unmoved = {
		.reading = reading,
		.subject = subject.ptr,
		.subject_len = (uint32_t)subject.len,
		.before = change->before,
		.flags = (uint16_t)flags_of(reading, change),
		.kind = kind_of(reading),
	};

	rxpath_report_add_unmoved(report, &unmoved);
}

static bool is_counter(const struct rxpath_reading *reading)
{
	return !reading->counter || reading->counter->shape == RXPATH_SHAPE_COUNTER;
}

/* Traffic and levels are context, not movements. */
static bool is_of_interest(const struct rxpath_reading *reading)
{
	return is_counter(reading) &&
	       !(reading->counter && reading->counter->kind == RXPATH_KIND_TRAFFIC);
}

/* Whether the device's single counters can be compared with what they were: a new device's were 0,
 * also where the first sample has nothing but the sums of the others. */
static bool has_singles(const struct match *match, const struct rxpath_device *before)
{
	return match->comparable[RXPATH_SOURCE_LINK] ||
	       (!before && rxpath_source_usable(match->after, RXPATH_SOURCE_LINK) &&
		match->comparable[RXPATH_SOURCE_DEV]);
}

/* A sum of /proc/net/dev says nothing that the single counters behind it do not say. */
static bool is_superseded(const struct match *match, const struct rxpath_reading *reading,
			  const struct rxpath_device *device, const struct rxpath_device *before)
{
	uint32_t singles;

	if (reading->source != RXPATH_SOURCE_DEV || !has_singles(match, before))
		return false;
	singles = rxpath_link_bits_of_sum(rxpath_slice_of(reading->name));
	return singles != 0 && (device->counters_seen & singles) == singles &&
	       (!before || (before->counters_seen & singles) == singles);
}

/* Packets discarded while they waited for a neighbour's address were received only where this
 * host forwards; else they are its own. */
static bool may_be_received(const struct match *match, const struct rxpath_reading *reading)
{
	if (rxpath_reading_is(reading, "arp_cache_unresolved_discards"))
		return rxpath_change_of(match, "IpForwDatagrams").delta > 0;
	if (rxpath_reading_is(reading, "ndisc_cache_unresolved_discards"))
		return rxpath_change_of(match, "Ip6OutForwDatagrams").delta > 0;
	return true;
}

static bool is_comparable(const struct match *match, const struct rxpath_reading *after)
{
	const struct rxpath_device *before;

	if (after->subject.kind != RXPATH_ON_DEVICE)
		return match->comparable[after->source] && may_be_received(match, after);
	before = match->before_of ? match->before_of[after->device] : NULL;
	if (after->source == RXPATH_SOURCE_LINK)
		return has_singles(match, before);
	return match->comparable[after->source] &&
	       !is_superseded(match, after, &match->after->devices[after->device], before);
}

static void add_moved(const struct match *match, const struct rxpath_criteria *criteria,
		      struct rxpath_report *report)
{
	for (size_t i = 0; i < match->after->reading_count; i++) {
		const struct rxpath_reading *after = &match->after->readings[i];
		struct change change;

		if (!(is_of_interest(after) || (criteria->traffic && is_counter(after))) ||
		    !is_comparable(match, after))
			continue;
		if (!rxpath_change_since(match, after, &change)) {
			if (after->subject.kind != RXPATH_ON_CPU)
				continue;
			change = (struct change){
				.before = after->value,
				.after = after->value,
				.flags = RXPATH_FLAG_NEW,
			};
		}
		if (change.delta > 0)
			add_line(report, after, &change);
		else if (criteria->all)
			add_unmoved(report, after, &change);
	}
}

/* Whether the second sample lacks the device or CPU of the first sample's reading. A device made
 * anew under the same name is new, and the old one needs no line beside it. */
static bool is_gone(const struct match *match, const struct rxpath_reading *before)
{
	const struct rxpath_device *device;

	switch (before->subject.kind) {
	case RXPATH_ON_NETNS:
		break;
	case RXPATH_ON_CPU:
		return !rxpath_has_cpu(match->after, before->subject.number);
	case RXPATH_ON_NFQUEUE:
		return !rxpath_sample_find(match->after, "nfqueue_peer_portid", &before->subject);
	case RXPATH_ON_RULE:
		return !rxpath_sample_find_rule(match->after, before->subject.name);
	case RXPATH_ON_DEVICE:
		device = &match->before->devices[before->device];
		if (rxpath_sample_find_device(match->after, device->name) ||
		    is_superseded(match, before, device, NULL))
			return false;
		/* It may have been renamed. */
		return !match->survived || !match->survived[before->device];
	}
	return false;
}

/* A counter that wrapped to exactly 0 is left out of the second sample. */
static void add_wrapped_to_zero(const struct match *match, struct rxpath_report *report)
{
	for (size_t i = 0; i < match->before->reading_count; i++) {
		const struct rxpath_reading *before = &match->before->readings[i];
		struct rxpath_reading after = rxpath_zeroed(before);
		struct change change = rxpath_change(before, &after);

		/* Of a device's counters only the drops of its qdisc have 32 bits, and a new
		 * qdisc begins at 0 too. All other subjects have one name in both samples. */
		if (change.delta > 0 && is_of_interest(before) &&
		    before->subject.kind != RXPATH_ON_DEVICE && match->comparable[before->source] &&
		    !is_gone(match, before) && !rxpath_sample_find_like(match->after, before))
			add_line(report, &after, &change);
	}
}

/* What it lost after the first sample is not known. */
static void add_gone(const struct match *match, struct rxpath_report *report)
{
	for (size_t i = 0; i < match->before->reading_count; i++) {
		const struct rxpath_reading *before = &match->before->readings[i];
		const struct change change = {
			.before = before->value,
			.after = before->value,
			.flags = RXPATH_FLAG_GONE,
		};

		if (is_of_interest(before) && match->comparable[before->source] &&
		    is_gone(match, before))
			add_unmoved(report, before, &change);
	}
}

static int unmoved_order(const void *a, const void *b)
{
	const struct rxpath_unmoved *first = a;
	const struct rxpath_unmoved *second = b;

	return rxpath_reading_order(first->reading, second->reading);
}

/* How often each device that was there all the time lost its link. */
static void add_carrier_losses(const struct match *match, struct rxpath_report *report)
{
	const struct rxpath_counter *counter =
		rxpath_catalogue_find(rxpath_slice_of("carrier_down_count"));

	for (size_t i = 0; match->before_of && i < match->after->device_count; i++) {
		const struct rxpath_device *after = &match->after->devices[i];
		const struct rxpath_device *before = match->before_of[i];
		struct rxpath_reading reading = {
			.counter = counter,
			.name = counter->name,
			.subject = {.kind = RXPATH_ON_DEVICE, .name = after->name},
			.source = (uint16_t)counter->source,
			.device = (uint32_t)i,
			.value = after->carrier_down,
			.reread = after->carrier_down,
		};
		struct rxpath_reading old = reading;
		struct change change;

		if (!before || after->carrier_down == RXPATH_UNKNOWN ||
		    after->carrier_down <= before->carrier_down)
			continue;
		old.value = before->carrier_down;
		old.reread = before->carrier_down;
		change = rxpath_change(&old, &reading);
		add_line(report, &reading, &change);
	}
}

void rxpath_diff_counters(const struct match *match, const struct rxpath_criteria *criteria,
			  struct rxpath_report *report)
{
	add_moved(match, criteria, report);
	add_carrier_losses(match, report);
	if (match->before)
		add_wrapped_to_zero(match, report);
	if (!match->before || !criteria->all)
		return;
	add_gone(match, report);
	rxpath_sort(report->unmoved, report->unmoved_count, sizeof *report->unmoved, unmoved_order);
}
