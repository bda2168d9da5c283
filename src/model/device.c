/* device.c: the devices of a sample by name. Ten thousand of them are ordinary (containers), so
 * they are found by a table; and a stored sample may hold names made to fall together in it. */
#include <stdlib.h>

#include "rxpath/sample.h"

/* No names that a machine gives come near it; with names that were made for it a device
 * may come twice. */
#define FARTHEST 512

static size_t hash(struct rxpath_slice name)
{
	uint64_t sum = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < name.len; i++)
		sum = (sum ^ (unsigned char)name.ptr[i]) * UINT64_C(0x100000001b3);
	return (size_t)(sum ^ sum >> 32);
}

/* The slot that holds the name, or the free one where it belongs; NULL: too far from its place. */
static uint32_t *find_slot(const struct rxpath_sample *sample, struct rxpath_slice name)
{
	size_t at = hash(name) & sample->device_mask;

	for (size_t i = 0; i < FARTHEST; i++, at = (at + 1) & sample->device_mask) {
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

/* Files list devices one after another, and in the same order, so it is nearly always the one asked
 * for last, or the next. */
static bool is_near(struct rxpath_sample *sample, struct rxpath_slice name)
{
	for (size_t i = 0; i < 2 && i < sample->device_count; i++) {
		size_t at = (sample->device_last + i) % sample->device_count;

		if (rxpath_slice_equal(sample->devices[at].name, name)) {
			sample->device_last = at;
			return true;
		}
	}
	return false;
}

struct rxpath_device *rxpath_sample_device(struct rxpath_sample *sample, struct rxpath_slice name)
{
	struct rxpath_device device = {.name = name};
	struct rxpath_device *devices;
	uint32_t *slot;

	if (is_near(sample, name))
		return &sample->devices[sample->device_last];
	if (!make_room(sample))
		return NULL;
	slot = find_slot(sample, name);
	if (slot && *slot != 0) {
		sample->device_last = *slot - 1;
		return &sample->devices[sample->device_last];
	}
	device.name = rxpath_arena_copy(&sample->arena, name);
	devices = rxpath_array_grow(sample->devices, sample->device_count, &sample->device_cap,
				    sizeof *devices);
	if (devices)
		sample->devices = devices;
	if (!devices || !device.name.ptr)
		return NULL;
	devices[sample->device_count++] = device;
	if (slot)
		*slot = (uint32_t)sample->device_count;
	sample->device_last = sample->device_count - 1;
	return &devices[sample->device_last];
}

const struct rxpath_device *rxpath_sample_find_device(const struct rxpath_sample *sample,
						      struct rxpath_slice name)
{
	uint32_t *slot = sample->device_slots ? find_slot(sample, name) : NULL;

	return slot && *slot != 0 ? &sample->devices[*slot - 1] : NULL;
}
