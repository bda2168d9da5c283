/* builder.c: adds items to a sample, and sorts them. */
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>

#include "rxpath/builder.h"
#include "rxpath/lossy.h"
#include "rxpath/report.h"
#include "rxpath/search.h"

/* What a device takes: itself, its name, slots of the table, and its share of comparisons. */
#define DEVICE_ROOM (sizeof(struct rxpath_device) + 48)

/* What sorting takes for each item, in some C libraries. */
#define SORTED (2 * sizeof(void *))

/* What a report may take for a socket: its line, its name, and some hundred bytes of JSON. */
#define REPORTED ((size_t)360)

/* What a copy of the text takes in the arena. */
static size_t copy_size(struct rxpath_slice text)
{
	return text.len + 16;
}

/* What the report's text of a subject takes beside the sample's. */
static size_t subject_room(const struct rxpath_subject *subject)
{
	size_t escapes = 0;

	if (subject->kind == RXPATH_ON_CPU || subject->kind == RXPATH_ON_NFQUEUE)
		return sizeof "queue4294967295";
	for (size_t i = 0; i < subject->name.len; i++) {
		char c = subject->name.ptr[i];

		escapes += c <= ' ' || c > '~' || c == '\\';
	}
	return escapes == 0 ? 0 : copy_size(subject->name) + 3 * escapes;
}

/* What the sample before takes, and a report's lines of what is gone. */
static size_t room_of_before(const struct rxpath_sample *before, bool lists_gone)
{
	size_t room = rxpath_sample_memory(before);

	for (size_t i = 0; i < before->reading_count; i++) {
		const struct rxpath_reading *reading = &before->readings[i];

		/* It may wrap to 0, which has no reading in the second sample. */
		if (reading->subject.kind != RXPATH_ON_DEVICE && reading->value > UINT32_MAX / 2 &&
		    reading->value <= UINT32_MAX)
			room += sizeof(struct rxpath_line) + subject_room(&reading->subject);
		else if (lists_gone)
			room += sizeof(struct rxpath_unmoved) + subject_room(&reading->subject);
	}
	room += before->thread_count * sizeof *before->threads +
		before->connection_count * sizeof *before->connections;
	return lists_gone ? room + before->socket_count * REPORTED : room;
}

void rxpath_builder_begin(struct rxpath_builder *builder, struct rxpath_sample *sample,
			  const struct rxpath_request *request)
{
	static const struct rxpath_request everything = {0};

	*builder = (struct rxpath_builder){
		.sample = sample,
		.request = request ? *request : everything,
	};
	builder->big_endian = builder->request.order == RXPATH_ORDER_OWN
				      ? __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
				      : builder->request.order == RXPATH_ORDER_BIG;
	*sample = (struct rxpath_sample){
		.monotonic = RXPATH_UNKNOWN,
		.uptime = RXPATH_UNKNOWN,
	};
	if (builder->request.before)
		builder->taken =
			room_of_before(builder->request.before, builder->request.keep_zeros);
}

/* The arrays that a checkpoint holds the counts of. */
#define ARRAY(item) \
	{ \
		.items = offsetof(struct rxpath_sample, item##s), \
		.count = offsetof(struct rxpath_sample, item##_count), \
		.cap = offsetof(struct rxpath_builder, item##_cap), \
		.size = sizeof *((const struct rxpath_sample *)NULL)->item##s, \
	}
static const struct array {
	size_t items, count, cap, size;
} arrays[] = {
	ARRAY(reading),	      ARRAY(handler), ARRAY(socket), ARRAY(record),
	ARRAY(skipped_group), ARRAY(owner),   ARRAY(cgroup), ARRAY(thread),
	ARRAY(connection),    ARRAY(setting), ARRAY(rule),   ARRAY(cpu),
};
_Static_assert(sizeof arrays / sizeof *arrays == RXPATH_ROLLED_BACK, "a place for each count");

static size_t *count_of(struct rxpath_sample *sample, const struct array *array)
{
	return (size_t *)(void *)((char *)sample + array->count);
}

struct rxpath_checkpoint rxpath_builder_checkpoint(const struct rxpath_builder *builder)
{
	struct rxpath_checkpoint checkpoint = {
		.taken = builder->taken,
		.readings_taken = builder->readings_taken,
		.arena = builder->sample->arena.size,
		.devices = builder->sample->device_count,
		.listed = builder->sample->sockets_listed,
	};

	for (size_t i = 0; i < RXPATH_ROLLED_BACK; i++)
		checkpoint.counts[i] = *count_of(builder->sample, &arrays[i]);
	return checkpoint;
}

/* Gives back the memory of what was rolled back. */
static void shorten(struct rxpath_builder *builder, const struct array *array, size_t count)
{
	char *items = (char *)builder->sample + array->items;
	size_t *cap = (size_t *)(void *)((char *)builder + array->cap);
	void *pointer, *shorter;

	if (*cap / 4 <= count + 16)
		return;
	memcpy(&pointer, items, sizeof pointer);
	shorter = realloc(pointer, (count + 1) * array->size);
	if (!shorter)
		return;
	memcpy(items, &shorter, sizeof shorter);
	*cap = count + 1;
	/* cppcheck-suppress memleak ; the sample holds it */
}

void rxpath_builder_roll_back(struct rxpath_builder *builder,
			      const struct rxpath_checkpoint *checkpoint)
{
	struct rxpath_sample *sample = builder->sample;

	for (size_t i = 0; i < RXPATH_ROLLED_BACK; i++) {
		*count_of(sample, &arrays[i]) = checkpoint->counts[i];
		shorten(builder, &arrays[i], checkpoint->counts[i]);
	}
	sample->sockets_listed = checkpoint->listed;
	builder->taken = checkpoint->taken + (sample->arena.size - checkpoint->arena) +
			 (sample->device_count - checkpoint->devices) * DEVICE_ROOM;
	builder->readings_taken = checkpoint->readings_taken;
}

static bool copy_into(struct rxpath_builder *builder, struct rxpath_slice *slice)
{
	*slice = rxpath_arena_copy(&builder->sample->arena, *slice);
	return slice->ptr != NULL;
}

/* Takes `size` bytes of RXPATH_MEMORY_BUDGET; false, with `over_budget` set, when it is used up. */
static bool take_room(struct rxpath_builder *builder, size_t size)
{
	const struct rxpath_sample *before = builder->request.before;
	size_t text = builder->sample->text + (before ? before->text : 0);

	builder->taken += size;
	if (builder->taken > RXPATH_MEMORY_BUDGET &&
	    (builder->taken - RXPATH_MEMORY_BUDGET) / RXPATH_MEMORY_PER_BYTE >= text)
		builder->over_budget = "more than the memory budget, 13 MiB and 7 times the size "
				       "of the samples, holds";
	return !builder->over_budget;
}

/* Whether a report may list it: traffic and levels are context. */
static bool may_be_line(const struct rxpath_builder *builder, const struct rxpath_counter *counter)
{
	return !counter || (counter->shape == RXPATH_SHAPE_COUNTER &&
			    (counter->kind != RXPATH_KIND_TRAFFIC || builder->request.traffic));
}

static bool take_room_for_reading(struct rxpath_builder *builder,
				  const struct rxpath_reading *reading)
{
	size_t room = sizeof *reading;

	if (!reading->counter)
		room += copy_size(rxpath_slice_of(reading->name));
	if (!may_be_line(builder, reading->counter))
		room += SORTED;
	else
		room += subject_room(&reading->subject) +
			(reading->value > 0 ? sizeof(struct rxpath_line) + SORTED
					    : sizeof(struct rxpath_unmoved));
	builder->readings_taken += room;
	if (builder->readings_taken > RXPATH_READINGS_MAX)
		builder->over_budget = "more counters than fit in 48 MiB";
	return take_room(builder, room);
}

/* Files list devices one after another, and in the same order, so it is nearly always the one asked
 * for last, or the next. */
static bool is_near(struct rxpath_builder *builder, struct rxpath_slice name)
{
	const struct rxpath_sample *sample = builder->sample;

	for (size_t i = 0; i < 2 && i < sample->device_count; i++) {
		size_t at = (builder->device_last + i) % sample->device_count;

		if (rxpath_slice_equal(sample->devices[at].name, name)) {
			builder->device_last = at;
			return true;
		}
	}
	return false;
}

struct rxpath_device *rxpath_builder_device(struct rxpath_builder *builder,
					    struct rxpath_slice name)
{
	struct rxpath_sample *sample = builder->sample;
	const struct rxpath_device *device;

	if (is_near(builder, name))
		return &sample->devices[builder->device_last];
	device = rxpath_sample_find_device(sample, name);
	if (!device && take_room(builder, DEVICE_ROOM))
		device = rxpath_sample_add_device(sample, &builder->device_cap, name);
	if (!device)
		return NULL;
	builder->device_last = (size_t)(device - sample->devices);
	return &sample->devices[builder->device_last];
}

bool rxpath_builder_add(struct rxpath_builder *builder, struct rxpath_slice name,
			struct rxpath_subject subject, uint64_t value)
{
	struct rxpath_sample *sample = builder->sample;
	struct rxpath_reading reading;

	if (value == 0 && !builder->request.keep_zeros)
		return true;
	reading = (struct rxpath_reading){
		.source = (uint16_t)builder->source,
		.subject = subject,
		.value = value,
		.reread = value,
		.is_reread = builder->times_read[builder->source] > 1,
	};
	reading.counter = rxpath_catalogue_find(name);
	if (reading.counter) {
		reading.name = reading.counter->name;
	} else {
		if (value == 0 ||
		    (rxpath_source_row(builder->source)->layout != RXPATH_LAYOUT_DRIVER &&
		     !rxpath_catalogue_sounds_lossy(name)))
			return true;
		reading.name = rxpath_arena_copy(&sample->arena, name).ptr;
		if (!reading.name)
			return false;
	}
	if (subject.kind == RXPATH_ON_DEVICE) {
		/* One copy of a device's name serves all of its readings. */
		const struct rxpath_device *device = rxpath_builder_device(builder, subject.name);

		if (!device)
			return false;
		reading.subject.name = device->name;
		reading.device = (uint32_t)builder->device_last;
	}
	return take_room_for_reading(builder, &reading) &&
	       rxpath_array_append(&sample->readings, &sample->reading_count, &builder->reading_cap,
				   &reading, sizeof reading);
}

bool rxpath_builder_add_cpu(struct rxpath_builder *builder, uint64_t cpu)
{
	struct rxpath_sample *sample = builder->sample;

	return rxpath_array_append(&sample->cpus, &sample->cpu_count, &builder->cpu_cap, &cpu,
				   sizeof cpu);
}

/* Whether a report could have anything to say about it: also of one that may read an NFQUEUE. */
static bool is_notable(const struct rxpath_socket *socket)
{
	return (socket->protocol == RXPATH_NETLINK && socket->local.port == NETLINK_NETFILTER) ||
	       socket->drops != 0 || socket->rx_queue != 0 ||
	       (socket->rmem != 0 && socket->rmem != RXPATH_UNKNOWN32);
}

static bool add_record(struct rxpath_builder *builder, const struct rxpath_socket *socket)
{
	struct rxpath_sample *sample = builder->sample;
	const struct rxpath_socket_record record = {
		.cookie = socket->cookie,
		.identity = rxpath_socket_identity(socket),
		.drops = socket->drops,
		.rx_queue = socket->rx_queue,
		.rmem = socket->rmem,
		.protocol = socket->protocol,
		.v6 = socket->v6,
	};

	return take_room(builder, sizeof record) &&
	       rxpath_array_append(&sample->records, &sample->record_count, &builder->record_cap,
				   &record, sizeof record);
}

/* A socket that is left out still counts among those that share an address with one that is not. */
static bool add_skipped_group(struct rxpath_builder *builder, const struct rxpath_socket *socket)
{
	struct rxpath_sample *sample = builder->sample;
	uint32_t group = rxpath_socket_reuse_group(socket);

	return group == 0 ||
	       rxpath_array_append(&sample->skipped_groups, &sample->skipped_group_count,
				   &builder->skipped_group_cap, &group, sizeof group);
}

bool rxpath_builder_add_socket(struct rxpath_builder *builder, const struct rxpath_socket *socket)
{
	struct rxpath_sample *sample = builder->sample;
	const struct rxpath_request *request = &builder->request;

	sample->sockets_listed++;
	if (!request->no_records && !add_record(builder, socket))
		return false;
	if (request->notable_only && !is_notable(socket))
		return request->no_groups || add_skipped_group(builder, socket);
	return take_room(builder, sizeof *socket + REPORTED) &&
	       rxpath_array_append(&sample->sockets, &sample->socket_count, &builder->socket_cap,
				   socket, sizeof *socket);
}

/* As copy_into; what is the same again is kept once. */
static bool copy_unless_same(struct rxpath_builder *builder, struct rxpath_slice *slice,
			     struct rxpath_slice last)
{
	if (!last.ptr || !rxpath_slice_equal(*slice, last))
		return copy_into(builder, slice);
	*slice = last;
	return true;
}

bool rxpath_builder_add_owner(struct rxpath_builder *builder, const struct rxpath_owner *owner)
{
	struct rxpath_sample *sample = builder->sample;
	struct rxpath_owner copy = *owner;
	struct rxpath_owner last = {.inode = 0};
	/* A report sorts a copy of them. */
	const size_t room =
		2 * sizeof copy + SORTED + copy_size(copy.comm) + copy_size(copy.cgroup);

	/* A process comes once for each of its sockets. */
	if (sample->owner_count > 0)
		last = sample->owners[sample->owner_count - 1];
	return take_room(builder, room) && copy_unless_same(builder, &copy.comm, last.comm) &&
	       copy_unless_same(builder, &copy.cgroup, last.cgroup) &&
	       rxpath_array_append(&sample->owners, &sample->owner_count, &builder->owner_cap,
				   &copy, sizeof copy);
}

bool rxpath_builder_add_cgroup(struct rxpath_builder *builder, uint64_t id,
			       struct rxpath_slice path)
{
	struct rxpath_sample *sample = builder->sample;
	struct rxpath_cgroup cgroup = {id, path};

	return take_room(builder, 2 * sizeof cgroup + SORTED + copy_size(path)) &&
	       copy_into(builder, &cgroup.path) &&
	       rxpath_array_append(&sample->cgroups, &sample->cgroup_count, &builder->cgroup_cap,
				   &cgroup, sizeof cgroup);
}

bool rxpath_builder_add_connection(struct rxpath_builder *builder,
				   const struct rxpath_socket *connection)
{
	struct rxpath_sample *sample = builder->sample;

	return take_room(builder, sizeof *connection + REPORTED) &&
	       rxpath_array_append(&sample->connections, &sample->connection_count,
				   &builder->connection_cap, connection, sizeof *connection);
}

bool rxpath_builder_add_thread(struct rxpath_builder *builder, const struct rxpath_thread *thread)
{
	struct rxpath_sample *sample = builder->sample;
	struct rxpath_thread copy = *thread;

	/* A report sorts a copy of them, and says what each process did. */
	const size_t room = 2 * sizeof copy + SORTED + sizeof(uint64_t) +
			    sizeof(struct rxpath_cpu_use) + copy_size(copy.cpus) +
			    copy_size(copy.cgroup);

	return take_room(builder, room) && copy_into(builder, &copy.cpus) &&
	       copy_into(builder, &copy.cgroup) &&
	       rxpath_array_append(&sample->threads, &sample->thread_count, &builder->thread_cap,
				   &copy, sizeof copy);
}

bool rxpath_builder_add_handler(struct rxpath_builder *builder,
				const struct rxpath_handler *handler)
{
	struct rxpath_sample *sample = builder->sample;
	struct rxpath_handler copy = *handler;

	return take_room(builder, sizeof copy + copy_size(copy.type) + copy_size(copy.device) +
					  copy_size(copy.function)) &&
	       copy_into(builder, &copy.type) && copy_into(builder, &copy.device) &&
	       copy_into(builder, &copy.function) &&
	       rxpath_array_append(&sample->handlers, &sample->handler_count, &builder->handler_cap,
				   &copy, sizeof copy);
}

bool rxpath_builder_add_setting(struct rxpath_builder *builder, struct rxpath_slice name,
				struct rxpath_slice value)
{
	struct rxpath_sample *sample = builder->sample;
	struct rxpath_setting setting = {name, value};

	return take_room(builder, sizeof setting + copy_size(name) + copy_size(value)) &&
	       copy_into(builder, &setting.name) && copy_into(builder, &setting.value) &&
	       rxpath_array_append(&sample->settings, &sample->setting_count, &builder->setting_cap,
				   &setting, sizeof setting);
}

bool rxpath_builder_add_rule(struct rxpath_builder *builder, const struct rxpath_rule *rule)
{
	struct rxpath_sample *sample = builder->sample;

	return take_room(builder, sizeof *rule + copy_size(rule->name) + copy_size(rule->comment) +
					  copy_size(rule->text)) &&
	       rxpath_array_append(&sample->rules, &sample->rule_count, &builder->rule_cap, rule,
				   sizeof *rule);
}

static int compare_readings(const void *a, const void *b)
{
	const struct rxpath_reading *first = a;
	const struct rxpath_reading *second = b;
	int order = rxpath_reading_order(first, second);

	if (order != 0)
		return order;
	return (int)first->is_reread - (int)second->is_reread;
}

void rxpath_builder_finish(struct rxpath_builder *builder)
{
	struct rxpath_sample *sample = builder->sample;
	struct rxpath_reading *readings = sample->readings;
	size_t kept = 0;

	rxpath_sort(readings, sample->reading_count, sizeof *readings, compare_readings);
	rxpath_sort(sample->cpus, sample->cpu_count, sizeof *sample->cpus, rxpath_by_number);
	rxpath_sort(sample->rules, sample->rule_count, sizeof *sample->rules, rxpath_rule_order);
	for (size_t i = 0; i < sample->reading_count; i++) {
		struct rxpath_reading *last = kept > 0 ? &readings[kept - 1] : NULL;
		struct rxpath_reading reading = readings[i];

		if (last && rxpath_reading_order(last, &reading) == 0) {
			last->reread = rxpath_max(last->reread, reading.value);
			continue;
		}
		/* It was 0 at the first reading, and left out. */
		if (reading.is_reread)
			reading.value = 0;
		reading.is_reread = false;
		readings[kept++] = reading;
	}
	sample->reading_count = kept;
}
