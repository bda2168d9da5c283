/* sample.c: finding readings and settings in a sample, and the order of readings. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rxpath/sample.h"
#include "rxpath/search.h"

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
	free(sample->cgroups);
	free(sample->threads);
	free(sample->connections);
	free(sample->settings);
	free(sample->rules);
	*sample = (struct rxpath_sample){0};
}

size_t rxpath_sample_memory(const struct rxpath_sample *sample)
{
	return sample->arena.size + sample->reading_count * sizeof *sample->readings +
	       sample->device_count * sizeof *sample->devices +
	       (sample->device_mask + 1) * sizeof *sample->device_slots +
	       sample->cpu_count * sizeof *sample->cpus +
	       sample->handler_count * sizeof *sample->handlers +
	       sample->socket_count * sizeof *sample->sockets +
	       sample->record_count * sizeof *sample->records +
	       sample->skipped_group_count * sizeof *sample->skipped_groups +
	       sample->owner_count * sizeof *sample->owners +
	       sample->cgroup_count * sizeof *sample->cgroups +
	       sample->thread_count * sizeof *sample->threads +
	       sample->connection_count * sizeof *sample->connections +
	       sample->setting_count * sizeof *sample->settings +
	       sample->rule_count * sizeof *sample->rules;
}

void rxpath_sample_forget_zeros(struct rxpath_sample *sample)
{
	size_t kept = 0;
	void *shrunk;

	for (size_t i = 0; i < sample->reading_count; i++)
		if (sample->readings[i].value != 0 || sample->readings[i].reread != 0)
			sample->readings[kept++] = sample->readings[i];
	if (kept == sample->reading_count)
		return;
	sample->reading_count = kept;
	shrunk = realloc(sample->readings, (kept + 1) * sizeof *sample->readings);
	if (shrunk)
		sample->readings = shrunk;
}

void rxpath_subject_text(struct rxpath_buf *out, const struct rxpath_subject *subject)
{
	switch (subject->kind) {
	case RXPATH_ON_NETNS:
		rxpath_buf_char(out, '-');
		break;
	case RXPATH_ON_DEVICE:
	case RXPATH_ON_RULE:
		rxpath_buf_escaped(out, subject->name, "");
		break;
	case RXPATH_ON_NFQUEUE:
		rxpath_buf_string(out, "queue");
		rxpath_buf_u64(out, subject->number);
		break;
	case RXPATH_ON_CPU:
		rxpath_buf_string(out, "cpu");
		rxpath_buf_u64(out, subject->number);
		break;
	}
}

bool rxpath_source_usable(const struct rxpath_sample *sample, enum rxpath_source source)
{
	enum rxpath_source_status status = sample->sources[source].status;

	return status == RXPATH_READ ||
	       (status == RXPATH_FAILED && sample->device_count > 0 &&
		(rxpath_source_row(source)->layout == RXPATH_LAYOUT_DEVICES ||
		 rxpath_source_row(source)->layout == RXPATH_LAYOUT_DRIVER));
}

/* A tree of files may just not have been given the file. */
bool rxpath_source_known_absent(const struct rxpath_sample *sample, enum rxpath_source source)
{
	return sample->sources[source].status == RXPATH_ABSENT && sample->version.len > 0;
}

bool rxpath_source_is_held_back(const struct rxpath_sample *sample, enum rxpath_source source)
{
	const struct rxpath_source_state *state = &sample->sources[source];

	return state->status == RXPATH_FAILED && state->error->kind == RXPATH_ERROR_SYSTEM &&
	       (state->error->number == EPERM || state->error->number == EACCES ||
		state->error->number == E2BIG) &&
	       (rxpath_source_row(source)->layout == RXPATH_LAYOUT_NFQUEUE ||
		rxpath_slice_starts(rxpath_slice_of(rxpath_source_row(source)->path), "rxpath/"));
}

const struct rxpath_setting *rxpath_sample_setting(const struct rxpath_sample *sample,
						   const char *name)
{
	for (size_t i = 0; i < sample->setting_count; i++)
		if (rxpath_slice_is(sample->settings[i].name, name))
			return &sample->settings[i];
	return NULL;
}

enum rxpath_stage rxpath_reading_stage(const struct rxpath_reading *reading)
{
	const struct rxpath_source_row *row;

	if (reading->counter)
		return reading->counter->stage;
	row = rxpath_source_row(reading->source);
	return row->ip_prefix && strncmp(reading->name, row->ip_prefix, strlen(row->ip_prefix)) == 0
		       ? RXPATH_STAGE_IP
		       : row->stage;
}

static int subject_order(const struct rxpath_subject *a, const struct rxpath_subject *b)
{
	if (a->kind != b->kind)
		return rxpath_order(a->kind, b->kind);
	if (a->number != b->number)
		return rxpath_order(a->number, b->number);
	return rxpath_slice_compare(a->name, b->name);
}

int rxpath_reading_order(const struct rxpath_reading *a, const struct rxpath_reading *b)
{
	enum rxpath_stage stage_a = rxpath_reading_stage(a);
	enum rxpath_stage stage_b = rxpath_reading_stage(b);
	int order;

	if (stage_a != stage_b)
		return rxpath_order(stage_a, stage_b);
	/* The catalogue's rows stand in the order of their names. */
	if (a->counter && b->counter)
		order = rxpath_order((uintptr_t)a->counter, (uintptr_t)b->counter);
	else
		order = strcmp(a->name, b->name);
	return order != 0 ? order : subject_order(&a->subject, &b->subject);
}

static int by_order(const void *a, const void *b)
{
	return rxpath_reading_order(a, b);
}

const struct rxpath_reading *rxpath_sample_find_like(const struct rxpath_sample *sample,
						     const struct rxpath_reading *key)
{
	return sample->reading_count == 0 ? NULL
					  : bsearch(key, sample->readings, sample->reading_count,
						    sizeof *sample->readings, by_order);
}

const struct rxpath_reading *rxpath_sample_find_of(const struct rxpath_sample *sample,
						   const struct rxpath_counter *counter,
						   const struct rxpath_subject *subject)
{
	struct rxpath_reading key = {.counter = counter};

	if (!counter)
		return NULL;
	key.name = counter->name;
	if (subject)
		key.subject = *subject;
	return rxpath_sample_find_like(sample, &key);
}

const struct rxpath_reading *rxpath_sample_find(const struct rxpath_sample *sample,
						const char *name,
						const struct rxpath_subject *subject)
{
	return rxpath_sample_find_of(sample, rxpath_catalogue_find(rxpath_slice_of(name)), subject);
}
