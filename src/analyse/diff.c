/* diff.c: two readings of one counter: how far it moved, whether it wrapped, was reset, is new. */
#include <stdlib.h>

#include "analyse_internal.h"

static bool has_same_cpus(const struct rxpath_sample *before, const struct rxpath_sample *after)
{
	if (before->cpu_count != after->cpu_count)
		return false;
	for (size_t i = 0; i < after->cpu_count; i++)
		if (before->cpus[i] != after->cpus[i])
			return false;
	return true;
}

/* A tree of files may just not have been given the file. */
bool rxpath_lacks(const struct rxpath_sample *sample, enum rxpath_source source)
{
	return sample->sources[source].status == RXPATH_ABSENT && sample->version.len > 0;
}

bool rxpath_pair_has(const struct pair *pair, enum rxpath_source source)
{
	const struct rxpath_sample *before = pair->before;
	const struct rxpath_sample *after = pair->after;

	if (!rxpath_source_stands(after, source))
		return false;
	if (!before)
		return true;
	if (source == RXPATH_SOURCE_SOFTNET && (before->cpus_by_line || after->cpus_by_line)) {
		/* Rows without a CPU's name can only be paired while the same CPUs are online. */
		if (before->cpus_changed || after->cpus_changed)
			return false;
		if ((before->cpus_online.len == 0 || after->cpus_online.len == 0) &&
		    !has_same_cpus(before, after))
			return false;
	}
	/* A module that was loaded in between counts from zero. */
	return rxpath_source_stands(before, source) || rxpath_lacks(before, source);
}

static bool wraps_at_32_bits(const struct rxpath_reading *reading)
{
	if (!reading->counter)
		return false;
	/* An unsigned long has 32 bits on a 32-bit kernel, which no sample tells; on a 64-bit one
	 * these counters never fall. */
	return reading->counter->width != RXPATH_WIDTH_64;
}

struct change rxpath_change(const struct rxpath_reading *before, const struct rxpath_reading *after)
{
	const uint64_t range = (uint64_t)1 << 32;
	struct change change = {
		.before = before ? before->value : 0,
		.after = after->value,
	};
	uint64_t slack_before = before ? before->late - before->value : 0;
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
	change.least = change.delta > slack_before ? change.delta - slack_before : 0;
	change.most = change.delta + (after->late - after->value);
	return change;
}

/* A reading that the second sample leaves out, because it is 0 there. */
static struct rxpath_reading zeroed(const struct rxpath_reading *before)
{
	struct rxpath_reading reading = *before;

	reading.value = 0;
	reading.late = 0;
	return reading;
}

struct change rxpath_change_of(const struct pair *pair, const char *name)
{
	const struct rxpath_counter *counter = rxpath_catalogue_find(rxpath_slice_of(name));
	const struct rxpath_reading *after = rxpath_sample_find_of(pair->after, counter, NULL);
	const struct rxpath_reading *before =
		pair->before ? rxpath_sample_find_of(pair->before, counter, NULL) : NULL;
	struct rxpath_reading zero;

	if (!after && before) {
		zero = zeroed(before);
		after = &zero;
	}
	if (!after || !rxpath_pair_has(pair, after->source))
		return (struct change){0};
	return rxpath_change(before, after);
}

static int by_ifindex(const void *a, const void *b)
{
	const struct rxpath_device *first = *(const struct rxpath_device *const *)a;
	const struct rxpath_device *second = *(const struct rxpath_device *const *)b;

	return first->ifindex < second->ifindex ? -1 : first->ifindex > second->ifindex;
}

/* The same device in the first sample (`sorted` has its devices by ifindex), also when it has been
 * renamed since; NULL: it is new. */
static const struct rxpath_device *same_device(const struct rxpath_sample *before,
					       const struct rxpath_device *const *sorted,
					       const struct rxpath_device *device)
{
	const struct rxpath_device *named = rxpath_sample_find_device(before, device->name);
	const struct rxpath_device *const *found;

	if (named && (named->ifindex == 0 || device->ifindex == 0 ||
		      named->ifindex == device->ifindex))
		return named;
	if (device->ifindex == 0 || before->device_count == 0)
		return NULL;
	found = bsearch(&device, sorted, before->device_count, sizeof(const struct rxpath_device *),
			by_ifindex);
	return found ? *found : NULL;
}

bool rxpath_match_devices(struct pair *pair, struct rxpath_error *error)
{
	const struct rxpath_sample *before = pair->before;
	const struct rxpath_sample *after = pair->after;
	const struct rxpath_device **sorted;

	if (!before || after->device_count == 0)
		return true;
	pair->before_of = rxpath_arena_take(&pair->report->arena,
					  after->device_count *
						  sizeof(const struct rxpath_device *));
	pair->survived = rxpath_arena_take(&pair->report->arena,
					 before->device_count * sizeof *pair->survived);
	sorted = malloc((before->device_count + 1) * sizeof(const struct rxpath_device *));
	if (!pair->before_of || !pair->survived || !sorted) {
		free(sorted);
		return rxpath_error_memory(error);
	}
	for (size_t i = 0; i < before->device_count; i++)
		sorted[i] = &before->devices[i];
	qsort(sorted, before->device_count, sizeof(const struct rxpath_device *), by_ifindex);
	for (size_t i = 0; i < after->device_count; i++) {
		pair->before_of[i] = same_device(before, sorted, &after->devices[i]);
		if (pair->before_of[i])
			pair->survived[pair->before_of[i] - before->devices] = true;
	}
	free(sorted);
	return true;
}

static int by_number(const void *a, const void *b)
{
	const uint32_t *first = a;
	const uint32_t *second = b;

	return *first < *second ? -1 : *first > *second;
}

static bool has_cpu(const struct rxpath_sample *sample, uint32_t cpu)
{
	return sample->cpu_count > 0 && bsearch(&cpu, sample->cpus, sample->cpu_count,
						sizeof *sample->cpus, by_number);
}

static const struct rxpath_reading *find_reading(const struct rxpath_sample *sample,
						 const struct rxpath_reading *like,
						 struct rxpath_subject subject)
{
	struct rxpath_reading key = *like;

	key.subject = subject;
	return rxpath_sample_find_like(sample, &key);
}

/* The reading that `after` is to be set against: *before (NULL: zero), and *flags. False: nothing
 * can be said about how far it moved. */
static bool find_before(const struct pair *pair, const struct rxpath_reading *after,
			const struct rxpath_device *earlier,
			const struct rxpath_reading **before, unsigned *flags)
{
	struct rxpath_subject subject = after->subject;

	*before = NULL;
	*flags = 0;
	if (!pair->before)
		return true;
	switch (subject.kind) {
	case RXPATH_ON_NETNS:
		break;
	case RXPATH_ON_CPU:
		/* A CPU that comes back brings its old figures along, so a new row tells
		 * nothing. */
		if (!has_cpu(pair->before, subject.number))
			return false;
		break;
	case RXPATH_ON_DEVICE:
		if (!earlier) {
			*flags = RXPATH_FLAG_NEW;
			return true;
		}
		/* The first sample does not have this figure of the device. */
		if (after->source == RXPATH_SOURCE_LINK &&
		    (earlier->link & rxpath_link_bit(after->name)) == 0)
			return false;
		subject.name = earlier->name;
		break;
	}
	*before = find_reading(pair->before, after, subject);
	return true;
}

static bool keep_subject(struct rxpath_report *report, const struct rxpath_subject *subject,
			 struct rxpath_slice *text)
{
	struct rxpath_buf out = {0};

	switch (subject->kind) {
	case RXPATH_ON_NETNS:
		*text = rxpath_slice_of("-");
		return true;
	case RXPATH_ON_DEVICE:
		rxpath_buf_escaped(&out, subject->name, "");
		break;
	case RXPATH_ON_CPU:
		rxpath_buf_string(&out, "cpu");
		rxpath_buf_u64(&out, subject->number);
		break;
	}
	*text = rxpath_report_keep(report, &out);
	rxpath_buf_free(&out);
	return text->ptr != NULL;
}

static bool add_line(const struct pair *pair, const struct rxpath_reading *after,
		     const struct change *change, struct rxpath_error *error)
{
	struct rxpath_line line = {
		.counter = after->counter,
		.source = after->source,
		.stage = rxpath_reading_stage(after),
		.kind = after->counter ? after->counter->kind : RXPATH_KIND_SUSPECT,
		.flags = change->flags | (after->counter ? 0 : RXPATH_FLAG_UNCLASSIFIED),
		.name = after->name,
		.on = after->subject,
		.before = change->before,
		.after = change->after,
		.delta = change->delta,
		.least = change->least,
		.most = change->most,
		.moved = change->delta > 0,
	};

	return (keep_subject(pair->report, &line.on, &line.subject) &&
		rxpath_report_add_line(pair->report, &line)) ||
	       rxpath_error_memory(error);
}

/* Traffic and levels are context, not movements. */
static bool is_of_interest(const struct rxpath_reading *reading)
{
	return !reading->counter || (reading->counter->kind != RXPATH_KIND_TRAFFIC &&
				     reading->counter->shape == RXPATH_SHAPE_COUNTER);
}

/* Whether the device's single counters can be set against what they were: a new device's were 0,
 * also where the first sample has nothing but the sums of the others. */
static bool has_singles(const struct pair *pair, const struct rxpath_device *earlier)
{
	return rxpath_pair_has(pair, RXPATH_SOURCE_LINK) ||
	       (!earlier && rxpath_source_stands(pair->after, RXPATH_SOURCE_LINK) &&
		rxpath_pair_has(pair, RXPATH_SOURCE_DEV));
}

/* A sum of /proc/net/dev says nothing that the single counters behind it do not say. */
static bool is_superseded(const struct pair *pair, const struct rxpath_reading *reading,
			  const struct rxpath_device *device, const struct rxpath_device *earlier)
{
	uint32_t singles;

	if (reading->source != RXPATH_SOURCE_DEV || !has_singles(pair, earlier))
		return false;
	singles = rxpath_link_bits_of_sum(reading->name);
	return singles != 0 && (device->link & singles) == singles &&
	       (!pair->before || !earlier || (earlier->link & singles) == singles);
}

/* A counter that wrapped to exactly 0 is left out of the second sample. */
static bool add_wraps_to_zero(const struct pair *pair, struct rxpath_error *error)
{
	for (size_t i = 0; i < pair->before->reading_count; i++) {
		const struct rxpath_reading *before = &pair->before->readings[i];
		struct rxpath_reading after = zeroed(before);
		struct change change = rxpath_change(before, &after);

		/* No figure of a device has 32 bits, so the subject is the same in both. */
		if (change.delta > 0 && is_of_interest(before) &&
		    before->subject.kind != RXPATH_ON_DEVICE &&
		    rxpath_pair_has(pair, before->source) &&
		    (before->subject.kind != RXPATH_ON_CPU ||
		     has_cpu(pair->after, before->subject.number)) &&
		    !find_reading(pair->after, before, before->subject) &&
		    !add_line(pair, &after, &change, error))
			return false;
	}
	return true;
}

/* Whether the device or CPU that the first sample's reading is of is in the second no more. A
 * device made anew under the same name is new, and the old one needs no line beside it. */
static bool is_gone(const struct pair *pair, const struct rxpath_reading *before)
{
	const struct rxpath_device *device;

	switch (before->subject.kind) {
	case RXPATH_ON_NETNS:
		break;
	case RXPATH_ON_CPU:
		return !has_cpu(pair->after, before->subject.number);
	case RXPATH_ON_DEVICE:
		device = &pair->before->devices[before->device];
		if (rxpath_sample_find_device(pair->after, device->name) ||
		    is_superseded(pair, before, device, NULL))
			return false;
		/* It may have been renamed. */
		return !pair->survived || !pair->survived[before->device];
	}
	return false;
}

/* What it lost since it was last seen nobody knows. */
static bool add_gone(const struct pair *pair, struct rxpath_error *error)
{
	for (size_t i = 0; i < pair->before->reading_count; i++) {
		const struct rxpath_reading *before = &pair->before->readings[i];
		const struct change change = {
			.before = before->value,
			.after = before->value,
			.flags = RXPATH_FLAG_GONE,
		};

		if (is_of_interest(before) && rxpath_pair_has(pair, before->source) &&
		    is_gone(pair, before) && !add_line(pair, before, &change, error))
			return false;
	}
	return true;
}

bool rxpath_diff_counters(const struct pair *pair, bool all, struct rxpath_error *error)
{
	const struct rxpath_sample *after = pair->after;
	bool done = true;

	for (size_t i = 0; done && i < after->reading_count; i++) {
		const struct rxpath_reading *reading = &after->readings[i];
		const struct rxpath_device *device = NULL;
		const struct rxpath_device *same = NULL;
		const struct rxpath_reading *before;
		struct change change;
		unsigned flags;

		if (!is_of_interest(reading))
			continue;
		if (reading->subject.kind == RXPATH_ON_DEVICE) {
			device = &after->devices[reading->device];
			same = pair->before_of ? pair->before_of[reading->device] : NULL;
			if (is_superseded(pair, reading, device, same))
				continue;
		}
		if (reading->source == RXPATH_SOURCE_LINK ? !has_singles(pair, same) :
							    !rxpath_pair_has(pair, reading->source))
			continue;
		if (find_before(pair, reading, same, &before, &flags)) {
			change = rxpath_change(before, reading);
			change.flags |= flags;
		} else if (reading->subject.kind == RXPATH_ON_CPU) {
			change = (struct change){
				.before = reading->value,
				.after = reading->value,
				.flags = RXPATH_FLAG_NEW,
			};
		} else {
			continue;
		}
		if (change.delta > 0 || all)
			done = add_line(pair, reading, &change, error);
	}
	return done && (!pair->before || (add_wraps_to_zero(pair, error) &&
					  (!all || add_gone(pair, error))));
}

uint64_t rxpath_most_of(const struct pair *pair, const char *name)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < pair->after->reading_count; i++) {
		const struct rxpath_reading *reading = &pair->after->readings[i];
		const struct rxpath_reading *before;
		unsigned flags;

		if (rxpath_slice_is(reading->name, name) &&
		    rxpath_pair_has(pair, reading->source) &&
		    find_before(pair, reading, NULL, &before, &flags))
			sum += rxpath_change(before, reading).most;
	}
	return sum;
}

struct change rxpath_device_change(const struct pair *pair, const struct rxpath_reading *after)
{
	const struct rxpath_device *earlier = pair->before_of ? pair->before_of[after->device] : NULL;
	const struct rxpath_reading *before;
	unsigned flags;

	if (!find_before(pair, after, earlier, &before, &flags))
		return (struct change){0};
	return rxpath_change(before, after);
}

bool rxpath_add_derived(const struct pair *pair, const char *name, uint64_t delta, uint64_t lost,
			unsigned flags, struct rxpath_error *error)
{
	const struct rxpath_counter *counter = rxpath_catalogue_find(rxpath_slice_of(name));
	struct rxpath_line line = {
		.counter = counter,
		.source = counter->source,
		.stage = counter->stage,
		.kind = counter->kind,
		.flags = flags,
		.name = rxpath_slice_of(name),
		.subject = rxpath_slice_of("-"),
		.after = delta,
		.delta = delta,
		.least = delta,
		.most = delta,
		.lost = lost,
		.moved = delta > 0,
	};

	return rxpath_report_add_line(pair->report, &line) || rxpath_error_memory(error);
}

static int line_order(const void *a, const void *b)
{
	const struct rxpath_line *first = a;
	const struct rxpath_line *second = b;
	const struct rxpath_reading one = {first->counter, first->name, first->on, first->source,
					   0, 0, 0, false};
	const struct rxpath_reading two = {
		second->counter, second->name, second->on, second->source, 0, 0, 0, false};

	return rxpath_reading_order(&one, &two);
}

void rxpath_sort_lines(struct rxpath_report *report)
{
	if (report->line_count > 1)
		qsort(report->lines, report->line_count, sizeof *report->lines, line_order);
}

struct rxpath_line *rxpath_find_line(const struct rxpath_report *report,
				     const struct rxpath_counter *counter,
				     const struct rxpath_subject *subject)
{
	const struct rxpath_line key = {
		.counter = counter,
		.source = counter->source,
		.name = rxpath_slice_of(counter->name),
		.on = *subject,
	};

	if (report->line_count == 0)
		return NULL;
	return bsearch(&key, report->lines, report->line_count, sizeof *report->lines, line_order);
}
