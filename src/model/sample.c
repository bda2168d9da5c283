/* sample.c: one moment: adding what was read, and putting it in order. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rxpath/lossy.h"
#include "rxpath/sample.h"

void rxpath_sample_init(struct rxpath_sample *sample, const struct rxpath_request *request)
{
	static const struct rxpath_request everything = {0};

	*sample = (struct rxpath_sample){
		.request = request ? *request : everything,
		.monotonic = RXPATH_UNKNOWN,
		.uptime = RXPATH_UNKNOWN,
	};
}

void rxpath_sample_free(struct rxpath_sample *sample)
{
	rxpath_arena_free(&sample->arena);
	free(sample->readings);
	free(sample->devices);
	free(sample->device_slots);
	free(sample->cpus);
	free(sample->handlers);
	free(sample->sockets);
	free(sample->records);
	free(sample->skipped_groups);
	free(sample->owners);
	free(sample->settings);
	rxpath_sample_init(sample, NULL);
}

static bool copy_into(struct rxpath_sample *sample, struct rxpath_slice *slice)
{
	*slice = rxpath_arena_copy(&sample->arena, *slice);
	return slice->ptr != NULL;
}

/* Puts the item at the end of the array whose pointer, of whatever type, is at `items`.
 * False without memory. The pointer is copied: to a compiler pointers of two types are never
 * the same object. */
static bool append(void *items, size_t *count, size_t *cap, const void *item, size_t size)
{
	char *array;

	memcpy(&array, items, sizeof array);
	array = rxpath_array_grow(array, *count, cap, size);
	if (!array)
		return false;
	memcpy(items, &array, sizeof array);
	memcpy(array + *count * size, item, size);
	++*count;
	return true;
}

bool rxpath_sample_add(struct rxpath_sample *sample, struct rxpath_slice name,
		       enum rxpath_source source, struct rxpath_subject subject, uint64_t value)
{
	struct rxpath_reading reading = {
		.source = source,
		.subject = subject,
		.value = value,
		.late = value,
		.second = sample->sources[source].seen > 1,
	};

	if (value == 0 && !sample->request.keep_zeros)
		return true;
	reading.counter = rxpath_catalogue_find(name);
	if (reading.counter) {
		reading.name = rxpath_slice_of(reading.counter->name);
	} else {
		if (value == 0 || (source != RXPATH_SOURCE_ETHTOOL &&
				   !rxpath_catalogue_sounds_lossy(name)))
			return true;
		reading.name = name;
		if (!copy_into(sample, &reading.name))
			return false;
	}
	if (subject.kind == RXPATH_ON_DEVICE) {
		/* One copy of a device's name serves all of its readings. */
		const struct rxpath_device *device = rxpath_sample_device(sample, subject.name);

		if (!device)
			return false;
		reading.subject.name = device->name;
		reading.device = sample->device_last;
	}
	return append(&sample->readings, &sample->reading_count, &sample->reading_cap, &reading,
		      sizeof reading);
}

bool rxpath_sample_add_cpu(struct rxpath_sample *sample, uint32_t cpu)
{
	return append(&sample->cpus, &sample->cpu_count, &sample->cpu_cap, &cpu, sizeof cpu);
}

/* Whether a report could have anything to say about it. */
static bool is_notable(const struct rxpath_socket *socket)
{
	return socket->drops != 0 || socket->rx_queue != 0 ||
	       (socket->rmem != 0 && socket->rmem != RXPATH_UNKNOWN32);
}

static bool add_record(struct rxpath_sample *sample, const struct rxpath_socket *socket)
{
	const struct rxpath_socket_record record = {
		.cookie = socket->cookie,
		.identity = rxpath_socket_identity(socket),
		.drops = socket->drops,
		.rx_queue = socket->rx_queue,
		.rmem = socket->rmem,
		.protocol = socket->protocol,
		.v6 = socket->v6,
	};

	return append(&sample->records, &sample->record_count, &sample->record_cap, &record,
		      sizeof record);
}

/* A socket that is left out still counts among those that share an address with one that is not. */
static bool add_skipped_group(struct rxpath_sample *sample, const struct rxpath_socket *socket)
{
	uint32_t group = rxpath_socket_reuse_group(socket);

	return group == 0 || append(&sample->skipped_groups, &sample->skipped_group_count,
				    &sample->skipped_group_cap, &group, sizeof group);
}

bool rxpath_sample_add_socket(struct rxpath_sample *sample, const struct rxpath_socket *socket)
{
	const struct rxpath_request *request = &sample->request;

	if (!request->no_records && !add_record(sample, socket))
		return false;
	if (request->notable_only && !is_notable(socket))
		return request->no_groups || add_skipped_group(sample, socket);
	return append(&sample->sockets, &sample->socket_count, &sample->socket_cap, socket,
		      sizeof *socket);
}

bool rxpath_sample_add_owner(struct rxpath_sample *sample, const struct rxpath_owner *owner)
{
	struct rxpath_owner copy = *owner;

	return copy_into(sample, &copy.comm) && append(&sample->owners, &sample->owner_count,
						       &sample->owner_cap, &copy, sizeof copy);
}

bool rxpath_sample_add_handler(struct rxpath_sample *sample, const struct rxpath_handler *handler)
{
	struct rxpath_handler copy = *handler;

	return copy_into(sample, &copy.type) && copy_into(sample, &copy.device) &&
	       copy_into(sample, &copy.function) &&
	       append(&sample->handlers, &sample->handler_count, &sample->handler_cap, &copy,
		      sizeof copy);
}

bool rxpath_sample_add_setting(struct rxpath_sample *sample, struct rxpath_slice name,
			       struct rxpath_slice value)
{
	struct rxpath_setting setting = {name, value};

	return copy_into(sample, &setting.name) && copy_into(sample, &setting.value) &&
	       append(&sample->settings, &sample->setting_count, &sample->setting_cap, &setting,
		      sizeof setting);
}

bool rxpath_source_stands(const struct rxpath_sample *sample, enum rxpath_source source)
{
	enum rxpath_source_status status = sample->sources[source].status;

	return status == RXPATH_READ ||
	       (status == RXPATH_FAILED && sample->device_count > 0 &&
		(source == RXPATH_SOURCE_LINK || source == RXPATH_SOURCE_ETHTOOL));
}

bool rxpath_source_is_held_back(const struct rxpath_sample *sample, enum rxpath_source source)
{
	const struct rxpath_source_state *state = &sample->sources[source];

	return state->status == RXPATH_FAILED && state->error->kind == RXPATH_ERROR_SYSTEM &&
	       (state->error->number == EPERM || state->error->number == EACCES) &&
	       rxpath_slice_starts(rxpath_slice_of(rxpath_source_at(source)->path), "rxpath/");
}

const struct rxpath_setting *rxpath_sample_setting(const struct rxpath_sample *sample,
						   const char *name)
{
	for (size_t i = 0; i < sample->setting_count; i++)
		if (rxpath_slice_is(sample->settings[i].name, name))
			return &sample->settings[i];
	return NULL;
}

/* Where a counter that the catalogue lacks belongs, by the file that it stands in. */
static enum rxpath_stage stage_by_source(const struct rxpath_reading *reading)
{
	switch (reading->source) {
	case RXPATH_SOURCE_LINK:
	case RXPATH_SOURCE_DEV:
	case RXPATH_SOURCE_ETHTOOL:
		return RXPATH_STAGE_DEVICE;
	case RXPATH_SOURCE_SOFTNET:
		return RXPATH_STAGE_SOFTNET;
	case RXPATH_SOURCE_CONNTRACK:
		return RXPATH_STAGE_NETFILTER;
	case RXPATH_SOURCE_RT_CACHE:
		return RXPATH_STAGE_IP;
	default:
		return rxpath_slice_starts(reading->name, "Ip") ? RXPATH_STAGE_IP :
								   RXPATH_STAGE_TRANSPORT;
	}
}

enum rxpath_stage rxpath_reading_stage(const struct rxpath_reading *reading)
{
	return reading->counter ? reading->counter->stage : stage_by_source(reading);
}

static int subject_order(const struct rxpath_subject *a, const struct rxpath_subject *b)
{
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	return rxpath_slice_compare(a->name, b->name);
}

int rxpath_reading_order(const struct rxpath_reading *a, const struct rxpath_reading *b)
{
	enum rxpath_stage stage_a = rxpath_reading_stage(a);
	enum rxpath_stage stage_b = rxpath_reading_stage(b);
	int order;

	if (stage_a != stage_b)
		return stage_a < stage_b ? -1 : 1;
	/* The catalogue's rows stand in the order of their names. */
	if (a->counter && b->counter)
		order = (a->counter > b->counter) - (a->counter < b->counter);
	else
		order = rxpath_slice_compare(a->name, b->name);
	return order != 0 ? order : subject_order(&a->subject, &b->subject);
}

static int compare_readings(const void *a, const void *b)
{
	const struct rxpath_reading *first = a;
	const struct rxpath_reading *second = b;
	int order = rxpath_reading_order(first, second);

	if (order != 0)
		return order;
	return (int)first->second - (int)second->second;
}

static int compare_cpus(const void *a, const void *b)
{
	const uint32_t *first = a;
	const uint32_t *second = b;

	return *first < *second ? -1 : *first > *second;
}

void rxpath_sample_finish(struct rxpath_sample *sample)
{
	struct rxpath_reading *readings = sample->readings;
	size_t kept = 0;

	if (sample->reading_count > 1)
		qsort(readings, sample->reading_count, sizeof *readings, compare_readings);
	if (sample->cpu_count > 1)
		qsort(sample->cpus, sample->cpu_count, sizeof *sample->cpus, compare_cpus);
	for (size_t i = 0; i < sample->reading_count; i++) {
		struct rxpath_reading *last = kept > 0 ? &readings[kept - 1] : NULL;
		struct rxpath_reading reading = readings[i];

		if (last && rxpath_reading_order(last, &reading) == 0) {
			if (reading.value > last->late)
				last->late = reading.value;
			continue;
		}
		/* It was 0 at the first reading, and left out. */
		if (reading.second)
			reading.value = 0;
		reading.second = false;
		readings[kept++] = reading;
	}
	sample->reading_count = kept;
}

const struct rxpath_reading *rxpath_sample_find_like(const struct rxpath_sample *sample,
						     const struct rxpath_reading *key)
{
	size_t low = 0;
	size_t high = sample->reading_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = rxpath_reading_order(key, &sample->readings[middle]);

		if (order == 0)
			return &sample->readings[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

const struct rxpath_reading *rxpath_sample_find_of(const struct rxpath_sample *sample,
						   const struct rxpath_counter *counter,
						   const struct rxpath_subject *subject)
{
	struct rxpath_reading key = {.counter = counter};

	if (subject)
		key.subject = *subject;
	return counter ? rxpath_sample_find_like(sample, &key) : NULL;
}

const struct rxpath_reading *rxpath_sample_find(const struct rxpath_sample *sample,
						const char *name,
						const struct rxpath_subject *subject)
{
	return rxpath_sample_find_of(sample, rxpath_catalogue_find(rxpath_slice_of(name)), subject);
}
