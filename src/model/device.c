/* device.c: the devices of a sample by name. A host of containers may have ten thousand, so a hash
 * table finds them; a hostile sample may hold names that collide in it. */
#include <stdlib.h>
#include <string.h>

#include "rxpath/device.h"
#include "rxpath/sample.h"
#include "rxpath/search.h"

/* No names that a machine gives come near it; with names that were made for it a device
 * may come twice. */
#define MAX_PROBES 512

/* The slot that holds the name, or the free one where it belongs; NULL: too many others stand
 * before it. */
static uint32_t *find_slot(const struct rxpath_sample *sample, struct rxpath_slice name)
{
	size_t at = (size_t)rxpath_hash_of(name) & sample->device_mask;

	for (size_t i = 0; i < MAX_PROBES; i++, at = (at + 1) & sample->device_mask) {
		uint32_t held = sample->device_slots[at];

		if (held == 0 || rxpath_slice_equal(sample->devices[held - 1].name, name))
			return &sample->device_slots[at];
	}
	return NULL;
}

static bool make_room(struct rxpath_sample *sample)
{
	size_t size = sample->device_slots ? (sample->device_mask + 1) * 4 : 32;

	if (sample->device_slots && sample->device_count * 2 <= sample->device_mask)
		return true;
	free(sample->device_slots);
	sample->device_slots = calloc(size, sizeof *sample->device_slots);
	if (!sample->device_slots)
		return false;
	sample->device_mask = size - 1;
	for (size_t i = 0; i < sample->device_count; i++) {
		uint32_t *slot = find_slot(sample, sample->devices[i].name);

		if (slot && *slot == 0)
			*slot = (uint32_t)(i + 1);
	}
	return true;
}

struct rxpath_device *rxpath_sample_add_device(struct rxpath_sample *sample, size_t *cap,
					       struct rxpath_slice name)
{
	const struct rxpath_device device = {
		.name = rxpath_arena_copy(&sample->arena, name),
		.carrier_down = RXPATH_UNKNOWN,
	};
	uint32_t *slot = make_room(sample) ? find_slot(sample, name) : NULL;

	if (!device.name.ptr || !sample->device_slots ||
	    !rxpath_array_append(&sample->devices, &sample->device_count, cap, &device,
				 sizeof device))
		return NULL;
	if (slot)
		*slot = (uint32_t)sample->device_count;
	return &sample->devices[sample->device_count - 1];
}

bool rxpath_device_is_bond(const struct rxpath_device *device)
{
	if (device->kind.len > 0)
		return rxpath_slice_is(device->kind, "bond");
	return device->name.len > 4 && rxpath_slice_starts(device->name, "bond") &&
	       device->name.ptr[4] >= '0' && device->name.ptr[4] <= '9' &&
	       !memchr(device->name.ptr, '.', device->name.len);
}

const struct rxpath_device *rxpath_sample_find_device(const struct rxpath_sample *sample,
						      struct rxpath_slice name)
{
	uint32_t *slot = sample->device_slots ? find_slot(sample, name) : NULL;

	return slot && *slot != 0 ? &sample->devices[*slot - 1] : NULL;
}

/* As dev_seq_printf_stats (net/core/net-procfs.c) adds them up, since before 2.6.32. The parts of
 * dev_frame are all in rx_errors too, so that one is enough to do without the sum. */
static const struct {
	const char *single;
	const char *sums[2]; /* that say nothing more once this is known, with their others */
	const char *part_of; /* the sum that has it as a part */
} counters[] = {
	{"rx_packets", {"dev_packets"}, NULL},	  {"rx_errors", {"dev_errs", "dev_frame"}, NULL},
	{"rx_dropped", {"dev_drop"}, "dev_drop"}, {"rx_missed_errors", {"dev_drop"}, "dev_drop"},
	{"rx_fifo_errors", {"dev_fifo"}, NULL},	  {"rx_length_errors", {NULL}, "dev_frame"},
	{"rx_over_errors", {NULL}, "dev_frame"},  {"rx_crc_errors", {NULL}, "dev_frame"},
	{"rx_frame_errors", {NULL}, "dev_frame"}, {"rx_nohandler", {NULL}, NULL},
	{"rx_otherhost_dropped", {NULL}, NULL},	  {"multicast", {NULL}, NULL},
};
#define COUNTERS (sizeof counters / sizeof *counters)

static uint32_t index_of(struct rxpath_slice name)
{
	uint32_t at = 0;

	while (at < COUNTERS && !rxpath_slice_is(name, counters[at].single))
		at++;
	return at;
}

uint32_t rxpath_link_bit(struct rxpath_slice name)
{
	return UINT32_C(1) << index_of(name);
}

const char *rxpath_link_sum(struct rxpath_slice name)
{
	uint32_t at = index_of(name);

	return at < COUNTERS ? counters[at].part_of : NULL;
}

uint32_t rxpath_link_bits_of_sum(struct rxpath_slice name)
{
	uint32_t bits = 0;

	for (uint32_t i = 0; i < COUNTERS; i++)
		for (size_t j = 0; j < 2 && counters[i].sums[j]; j++)
			if (rxpath_slice_is(name, counters[i].sums[j]))
				bits |= UINT32_C(1) << i;
	return bits;
}
