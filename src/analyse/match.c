/* match.c: which sources, devices and sockets of the two samples can be compared.
 *
 * A socket is known by its cookie, which is never used again, and where the source has none by its
 * inode. The second sample's sockets, mostly few, go into a table, and one pass over the first
 * sample's records finds theirs. */
#include <stdlib.h>

#include "steps.h"
#include "rxpath/search.h"

static bool has_same_cpus(const struct rxpath_sample *before, const struct rxpath_sample *after)
{
	if (before->cpu_count != after->cpu_count)
		return false;
	for (size_t i = 0; i < after->cpu_count; i++)
		if (before->cpus[i] != after->cpus[i])
			return false;
	return true;
}

static bool is_comparable(const struct match *match, enum rxpath_source source)
{
	const struct rxpath_sample *before = match->before;
	const struct rxpath_sample *after = match->after;

	if (!rxpath_source_usable(after, source))
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
	return rxpath_source_usable(before, source) || rxpath_source_known_absent(before, source);
}

static int by_ifindex(const void *a, const void *b)
{
	const struct rxpath_device *first = *(const struct rxpath_device *const *)a;
	const struct rxpath_device *second = *(const struct rxpath_device *const *)b;

	return rxpath_order(first->ifindex, second->ifindex);
}

/* The same device in the first sample (`sorted` has its devices by ifindex), also when it has been
 * renamed since; NULL: it is new. */
static const struct rxpath_device *same_device(const struct rxpath_sample *before,
					       const struct rxpath_device *const *sorted,
					       const struct rxpath_device *device)
{
	const struct rxpath_device *named = rxpath_sample_find_device(before, device->name);
	const struct rxpath_device *const *found;

	if (named &&
	    (named->ifindex == 0 || device->ifindex == 0 || named->ifindex == device->ifindex))
		return named;
	if (device->ifindex == 0 || before->device_count == 0)
		return NULL;
	found = bsearch(&device, sorted, before->device_count, sizeof(const struct rxpath_device *),
			by_ifindex);
	return found ? *found : NULL;
}

static bool match_devices(struct match *match)
{
	const struct rxpath_sample *before = match->before;
	const struct rxpath_sample *after = match->after;
	const struct rxpath_device **sorted =
		malloc((before->device_count + 1) * sizeof(const struct rxpath_device *));

	match->before_of = calloc(after->device_count + 1, sizeof(const struct rxpath_device *));
	match->survived = calloc(before->device_count + 1, sizeof *match->survived);
	if (!match->before_of || !match->survived || !sorted) {
		free(sorted);
		return false;
	}
	for (size_t i = 0; i < before->device_count; i++)
		sorted[i] = &before->devices[i];
	rxpath_sort(sorted, before->device_count, sizeof(const struct rxpath_device *), by_ifindex);
	for (size_t i = 0; i < after->device_count; i++) {
		match->before_of[i] = same_device(before, sorted, &after->devices[i]);
		if (match->before_of[i])
			match->survived[match->before_of[i] - before->devices] = true;
	}
	free(sorted);
	return true;
}

static int by_id(const void *a, const void *b)
{
	const struct rxpath_rule *first = *(const struct rxpath_rule *const *)a;
	const struct rxpath_rule *second = *(const struct rxpath_rule *const *)b;

	return rxpath_order(first->id, second->id);
}

/* Rules of iptables-legacy get another number when one is inserted before them. */
static bool match_rules(struct match *match)
{
	const struct rxpath_sample *before = match->before;

	match->moving_rules = malloc((before->rule_count + 1) * sizeof(const struct rxpath_rule *));
	if (!match->moving_rules)
		return false;
	for (size_t i = 0; i < before->rule_count; i++)
		if (rxpath_rule_is_of_xtables(&before->rules[i]))
			match->moving_rules[match->moving_rule_count++] = &before->rules[i];
	rxpath_sort(match->moving_rules, match->moving_rule_count,
		    sizeof(const struct rxpath_rule *), by_id);
	return true;
}

const struct rxpath_rule *rxpath_rule_before(const struct match *match,
					     const struct rxpath_rule *rule)
{
	const struct rxpath_rule *named = rxpath_sample_find_rule(match->before, rule->name);
	const struct rxpath_rule *const *found;

	if (named && rxpath_rule_is_same(named, rule))
		return named;
	if (match->moving_rule_count == 0)
		return NULL;
	found = bsearch(&rule, match->moving_rules, match->moving_rule_count,
			sizeof(const struct rxpath_rule *), by_id);
	return found && rxpath_rule_is_same(*found, rule) ? *found : NULL;
}

bool rxpath_match(struct match *match)
{
	for (enum rxpath_source source = RXPATH_SOURCE_NONE + 1; source < RXPATH_SOURCES; source++)
		match->comparable[source] = is_comparable(match, source);
	return !match->before || (match_devices(match) && match_rules(match));
}

void rxpath_match_free(struct match *match)
{
	free(match->before_of);
	free(match->survived);
	free(match->moving_rules);
}

/* An open-addressing table of indexes into the second sample's sockets, plus one; 0 is free. */
struct table {
	const struct rxpath_socket *sockets;
	uint32_t *slots;
	size_t mask;
};

/* By what does not change in a socket's life and what both kinds of source have. */
static size_t slot_of(uint64_t identity, uint8_t protocol)
{
	return (size_t)rxpath_hash(protocol, identity);
}

static bool is_same(const struct rxpath_socket *a, const struct rxpath_socket *b)
{
	if (a->protocol != b->protocol || rxpath_socket_identity(a) != rxpath_socket_identity(b))
		return false;
	if (a->cookie == 0 || b->cookie == 0)
		return a->v6 == b->v6;
	return a->cookie == b->cookie;
}

static bool open_table(struct table *table, const struct rxpath_sample *after, size_t count)
{
	size_t size = 16;

	while (size < count * 2)
		size *= 2;
	*table = (struct table){after->sockets, calloc(size, sizeof *table->slots), size - 1};
	return table->slots != NULL;
}

/* Inodes of a kernel come nowhere near it. Those of a stored sample may be made up, and must not
 * make the work quadratic. */
#define MAX_PROBES 512

/* Puts the socket at `at` in; false when it is there already: the listing shows it twice. After
 * too many probes it is left out, and so taken for new. */
static bool put(const struct table *table, size_t at)
{
	const struct rxpath_socket *socket = &table->sockets[at];
	size_t slot = slot_of(rxpath_socket_identity(socket), socket->protocol);

	for (size_t i = 0; i < MAX_PROBES; i++, slot++) {
		uint32_t *taken = &table->slots[slot & table->mask];

		if (*taken == 0) {
			*taken = (uint32_t)(at + 1);
			return true;
		}
		if (is_same(&table->sockets[*taken - 1], socket))
			return false;
	}
	return true;
}

/* The index of the record's socket, plus one; 0: it is not in the table. */
static uint32_t get(const struct table *table, const struct rxpath_socket_record *record)
{
	size_t slot = slot_of(record->identity, record->protocol);

	for (size_t i = 0; i < MAX_PROBES; i++, slot++) {
		uint32_t at = table->slots[slot & table->mask];

		if (at == 0 || rxpath_record_is_of(record, &table->sockets[at - 1],
						   rxpath_socket_identity(&table->sockets[at - 1])))
			return at;
	}
	return 0;
}

static void find_records(const struct rxpath_sample *before, const struct table *table,
			 uint32_t *before_of)
{
	for (size_t i = 0; i < before->record_count; i++) {
		uint32_t at = get(table, &before->records[i]);

		if (at != 0 && before_of[at - 1] == MATCH_NEW)
			before_of[at - 1] = (uint32_t)i + 1;
	}
}

bool rxpath_match_sockets(const struct match *match, uint32_t **before_of)
{
	const struct rxpath_sample *before = match->before;
	const struct rxpath_sample *after = match->after;
	struct table table;

	*before_of = malloc((after->socket_count + 1) * sizeof **before_of);
	if (!*before_of || !open_table(&table, after, after->socket_count)) {
		free(*before_of);
		*before_of = NULL;
		return false;
	}
	for (size_t i = 0; i < after->socket_count; i++)
		(*before_of)[i] = put(&table, i) ? MATCH_NEW : MATCH_DUPLICATE;
	if (before && after->socket_count > 0)
		find_records(before, &table, *before_of);
	free(table.slots);
	return true;
}
