/* account.c: the kernel counts one lost packet in several places; here it is counted once.
 *
 * A counter's own share of the loss is its delta less what the more specific counters within it
 * already account for (the catalogue's `within`). Where a parent and its child were not read in the
 * same moment the remainder is taken from the least that the parent can have moved and the most
 * that the child can have, so that only what no delay explains is claimed. */
#include <stdlib.h>
#include <string.h>

#include "steps.h"
#include "rxpath/search.h"

static bool is_drop(const struct rxpath_line *line)
{
	return line->kind == RXPATH_KIND_DROP;
}

static void settle(struct rxpath_line *line)
{
	uint64_t left = rxpath_remainder(line);

	if (left == 0 && line->accounted > 0)
		line->flags |= RXPATH_FLAG_COUNTED;
	line->lost = is_drop(line) ? left : 0;
}

/* Parent and child stand in one file, so the same delay applies to both, and the time between
 * two files explains nothing. But the kernel raises the two one after the other, and while
 * packets keep coming each CPU may be in between, at either end of the interval. */
static void bring_together(const struct match *match, struct rxpath_line *parent, uint64_t *min,
			   const struct rxpath_line *child)
{
	uint64_t cpus = rxpath_max(match->after->cpu_count, 1);
	bool moving = child->min != child->delta || child->max != child->delta;
	uint64_t between = moving ? 2 * cpus : 0;

	*min = rxpath_min(rxpath_sum(*min, child->delta - child->min), parent->delta);
	*min = rxpath_less(*min, between);
	parent->accounted = rxpath_sum(parent->accounted, child->delta);
}

/* `min` has an element for each line: what a parent is to be taken for, while its own parent still
 * needs to know what it was. */
static void account_children(const struct match *match, struct rxpath_report *report, uint64_t *min)
{
	for (size_t i = 0; i < report->line_count; i++) {
		report->lines[i].accounted = 0;
		min[i] = report->lines[i].min;
	}
	for (size_t i = 0; i < report->line_count; i++) {
		const struct rxpath_line *child = &report->lines[i];
		struct rxpath_line *parent;

		/* A CPU's flow limit is counted where the packet was enqueued, its drop where it
		 * was to go, so those two are pooled (below). */
		if (!child->moved || !child->counter || !child->counter->within ||
		    child->on.kind == RXPATH_ON_CPU)
			continue;
		parent = rxpath_report_find(
			report, rxpath_catalogue_find(rxpath_slice_of(child->counter->within)),
			&child->on);
		if (!parent || !parent->moved)
			continue;
		if (parent->source == child->source)
			bring_together(match, parent, &min[parent - report->lines], child);
		else
			parent->accounted = rxpath_sum(parent->accounted, child->max);
	}
	for (size_t i = 0; i < report->line_count; i++)
		report->lines[i].min = min[i];
}

const struct rxpath_driver_statistic *rxpath_known_statistic(const struct match *match,
							     const struct rxpath_line *line)
{
	const struct rxpath_device *device;

	if (line->source == RXPATH_SOURCE_HARDWARE)
		return rxpath_driver_find(rxpath_slice_of(""), line->name);
	if (line->source != RXPATH_SOURCE_ETHTOOL)
		return NULL;
	device = rxpath_device_of(match, line);
	return device ? rxpath_driver_find(device->driver, line->name) : NULL;
}

/* The counter that has the same packets: of the device, or of the same queue. */
static struct rxpath_line *line_with(struct rxpath_report *report, const struct rxpath_line *line,
				     const struct rxpath_driver_statistic *statistic,
				     const char *within)
{
	struct rxpath_slice ending = rxpath_slice_of(within);
	size_t stem = line->name.len - rxpath_slice_of(statistic->ending).len;
	struct rxpath_line key = {.source = line->source, .on = line->on};
	char name[256];

	if (!strchr("_.", within[0]))
		return rxpath_report_find(report, rxpath_catalogue_find(ending), &line->on);
	/* No parser lets such a name in. */
	if (stem + ending.len >= sizeof name)
		return NULL;
	memcpy(name, line->name.ptr, stem);
	memcpy(name + stem, ending.ptr, ending.len);
	name[stem + ending.len] = '\0';
	key.name = rxpath_slice_of(name);
	return rxpath_report_find_like(report, &key);
}

/* Takes what drivers count in statistics of their own off the standard counters that have it
 * too. */
static void account_drivers(const struct match *match, struct rxpath_report *report)
{
	for (size_t i = 0; i < report->line_count; i++) {
		struct rxpath_line *line = &report->lines[i];
		const struct rxpath_driver_statistic *statistic =
			line->moved ? rxpath_known_statistic(match, line) : NULL;
		struct rxpath_line *other;

		if (!statistic)
			continue;
		line->kind = statistic->kind;
		line->flags &= ~(unsigned)RXPATH_FLAG_UNCLASSIFIED;
		other = statistic->within ? line_with(report, line, statistic, statistic->within)
					  : NULL;
		if ((!other || !other->moved) && statistic->formerly)
			other = line_with(report, line, statistic, statistic->formerly);
		if (other && other->moved)
			other->accounted = rxpath_sum(other->accounted, line->delta);
	}
}

/* Where only some of a device's single counters could be read, a sum of /proc/net/dev stands beside
 * those of its parts that could. */
static void account_parts(struct rxpath_report *report)
{
	for (size_t i = 0; i < report->line_count; i++) {
		const struct rxpath_line *part = &report->lines[i];
		const char *sum = part->moved && part->source == RXPATH_SOURCE_LINK
					  ? rxpath_link_sum(part->name)
					  : NULL;
		struct rxpath_line *line =
			sum ? rxpath_report_find(report,
						 rxpath_catalogue_find(rxpath_slice_of(sum)),
						 &part->on)
			    : NULL;

		if (line && line->moved)
			line->accounted = rxpath_sum(line->accounted, part->max);
	}
}

/* Whether the bond may repeat the line's figure: of its own ports, or, where these are not
 * known, of any device that does not repeat others itself. */
static bool may_be_port(const struct match *match, const struct rxpath_line *line,
			const struct rxpath_device *bond)
{
	const struct rxpath_device *device = rxpath_device_of(match, line);

	if (!device || device == bond || rxpath_device_is_bond(device))
		return false;
	if (bond->ifindex != 0 && bond->kind.len > 0 && device->ifindex != 0 &&
	    (device->master != 0 || device->kind.len > 0))
		return device->master == bond->ifindex;
	return !rxpath_slice_is(device->name, "lo") &&
	       !memchr(device->name.ptr, '.', device->name.len);
}

/* A bond's statistics are the sums of its ports' (bond_get_stats). */
static void account_ports(const struct match *match, struct rxpath_report *report)
{
	for (size_t i = 0; i < report->line_count; i++) {
		struct rxpath_line *line = &report->lines[i];
		const struct rxpath_device *bond =
			line->moved && line->counter ? rxpath_device_of(match, line) : NULL;

		if (!bond || !rxpath_device_is_bond(bond))
			continue;
		for (size_t j = 0; j < report->line_count; j++) {
			const struct rxpath_line *other = &report->lines[j];

			if (other->moved && other->counter == line->counter &&
			    may_be_port(match, other, bond))
				line->accounted = rxpath_sum(line->accounted, other->max);
		}
	}
}

static bool counts_errors_twice(const struct rxpath_device *device)
{
	static const char *const kinds[] = {"macvlan", "macvtap", "ipvlan", "ipvtap", NULL};

	return device && rxpath_slice_is_any(device->kind, kinds);
}

/* The rx_dropped of these devices is their rx_errors and what the stack dropped of their packets
 * (macvlan_dev_get_stats64, ipvlan_get_stats64); their rx_errors count again the broadcasts that
 * the backlog had no room for. Returns what is left of the backlog's drops. */
static uint64_t account_macvlans(const struct match *match, struct rxpath_report *report,
				 uint64_t backlog)
{
	const struct rxpath_counter *errors = rxpath_catalogue_find(rxpath_slice_of("rx_errors"));

	for (size_t i = 0; i < report->line_count; i++) {
		struct rxpath_line *dropped = &report->lines[i];
		struct rxpath_line *failed;
		uint64_t part;

		if (!dropped->moved || !rxpath_slice_is(dropped->name, "rx_dropped") ||
		    !counts_errors_twice(rxpath_device_of(match, dropped)))
			continue;
		failed = rxpath_report_find(report, errors, &dropped->on);
		if (!failed || !failed->moved)
			continue;
		part = rxpath_min(backlog, rxpath_less(dropped->max, failed->min));
		part = rxpath_min(part, failed->max);
		failed->accounted = rxpath_sum(failed->accounted, part);
		dropped->accounted = rxpath_sum(dropped->accounted, rxpath_sum(failed->max, part));
		backlog -= part;
	}
	return backlog;
}

/* The largest first; of two alike the one that stands first. */
static int by_delta(const void *a, const void *b)
{
	const struct rxpath_line *first = *(struct rxpath_line *const *)a;
	const struct rxpath_line *second = *(struct rxpath_line *const *)b;

	if (first->delta != second->delta)
		return rxpath_order(second->delta, first->delta);
	return first < second ? -1 : first > second;
}

/* Takes the pool off the moved lines of that name, the largest first. `room` has space for all
 * of them. */
static void take_pool(struct rxpath_report *report, uint64_t pool, const char *name,
		      const char *other, struct rxpath_line **room)
{
	size_t count = 0;

	for (size_t i = 0; i < report->line_count; i++) {
		struct rxpath_line *line = &report->lines[i];

		if (line->moved && line->accounted == 0 &&
		    (rxpath_slice_is(line->name, name) || rxpath_slice_is(line->name, other)))
			room[count++] = line;
	}
	rxpath_sort(room, count, sizeof(struct rxpath_line *), by_delta);
	/* A line with exactly that figure comes before larger ones. */
	for (size_t i = 0; i < count; i++) {
		if (room[i]->delta == pool) {
			room[i]->accounted = pool;
			return;
		}
	}
	for (size_t i = 0; i < count && pool > 0; i++) {
		room[i]->accounted = rxpath_min(pool, room[i]->delta);
		pool -= room[i]->accounted;
	}
}

static bool is_standard(const struct rxpath_line *line)
{
	return line->moved && line->on.kind == RXPATH_ON_DEVICE &&
	       (line->source == RXPATH_SOURCE_LINK || line->source == RXPATH_SOURCE_DEV) &&
	       (line->kind == RXPATH_KIND_DROP || line->kind == RXPATH_KIND_SUSPECT);
}

/* A driver's own statistic is a second name for what a standard counter of its device has, if
 * one rose. `rose` has an element for each device. */
static void note_standard(const struct match *match, const struct rxpath_report *report, bool *rose)
{
	for (size_t i = 0; i < report->line_count; i++) {
		const struct rxpath_line *line = &report->lines[i];
		const struct rxpath_device *device =
			is_standard(line) ? rxpath_device_of(match, line) : NULL;

		if (device)
			rose[device - match->after->devices] = true;
	}
}

static bool has_standard(const struct match *match, const bool *rose, const struct rxpath_line *own)
{
	const struct rxpath_device *device = rxpath_device_of(match, own);

	return device && rose[device - match->after->devices];
}

static bool is_of_bond(const struct match *match, const struct rxpath_line *line)
{
	const struct rxpath_device *device = rxpath_device_of(match, line);

	return device && rxpath_device_is_bond(device);
}

static void settle_all(const struct match *match, const bool *rose, struct rxpath_report *report)
{
	for (size_t i = 0; i < report->line_count; i++) {
		struct rxpath_line *line = &report->lines[i];

		if (!line->moved)
			continue;
		settle(line);
		if (line->source == RXPATH_SOURCE_HARDWARE ||
		    (line->source == RXPATH_SOURCE_ETHTOOL &&
		     !rxpath_known_statistic(match, line))) {
			/* A standard counter need not have what an XDP program decided, nor
			 * pause frames. */
			if (line->kind <= RXPATH_KIND_SUSPECT && has_standard(match, rose, line)) {
				line->flags |= RXPATH_FLAG_COUNTED;
				line->lost = 0;
			}
			continue;
		}
		/* All backlog: what happened to these packets is known. */
		if (line->stage == RXPATH_STAGE_DEVICE && line->kind == RXPATH_KIND_SUSPECT &&
		    line->flags & RXPATH_FLAG_COUNTED && !is_of_bond(match, line))
			line->kind = RXPATH_KIND_DROP;
	}
}

void rxpath_account(const struct match *match, struct rxpath_report *report)
{
	struct rxpath_line **room = malloc((report->line_count + 1) * sizeof(struct rxpath_line *));
	uint64_t *min = malloc((report->line_count + 1) * sizeof *min);
	bool *rose = calloc(match->after->device_count + 1, sizeof *rose);

	if (room && min && rose) {
		uint64_t backlog = rxpath_max_change_of(match, "softnet_dropped");

		account_children(match, report, min);
		account_parts(report);
		account_ports(match, report);
		account_drivers(match, report);
		take_pool(report, rxpath_max_change_of(match, "softnet_flow_limit"),
			  "softnet_dropped", "softnet_dropped", room);
		/* A packet that the backlog had no room for is also one that its device
		 * dropped. */
		backlog = account_macvlans(match, report, backlog);
		take_pool(report, backlog, "rx_dropped", "dev_drop", room);
		note_standard(match, report, rose);
		settle_all(match, rose, report);
	} else {
		report->failed = true;
	}
	free(room);
	free(min);
	free(rose);
}
