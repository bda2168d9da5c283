/* match.c: the same socket in both samples.
 *
 * A socket is known by its cookie, which is never used again, and where the source has none by its
 * inode. The second sample's sockets, mostly few, go into a table, and one pass over the first
 * sample's records finds theirs. */
#include <stdlib.h>

#include "analyse_internal.h"

/* An open-addressing table of indexes into the second sample's sockets, plus one; 0 is free. */
struct table {
	const struct rxpath_socket *sockets;
	uint32_t *slots;
	size_t mask;
};

/* By what does not change in a socket's life and what both kinds of source have. */
static size_t hash(uint64_t identity, uint8_t protocol, bool v6)
{
	uint64_t key = (identity * 2 + v6) ^ (uint64_t)protocol << 56;

	return (size_t)(key * UINT64_C(0x9E3779B97F4A7C15) >> 20);
}

static bool is_same(const struct rxpath_socket *a, const struct rxpath_socket *b)
{
	return a->protocol == b->protocol && a->v6 == b->v6 &&
	       rxpath_socket_identity(a) == rxpath_socket_identity(b) &&
	       (a->cookie == b->cookie || a->cookie == 0 || b->cookie == 0);
}

static bool open_table(struct table *table, const struct rxpath_sample *after, size_t count)
{
	size_t size = 16;

	while (size < count * 2)
		size *= 2;
	*table = (struct table){after->sockets, calloc(size, sizeof *table->slots), size - 1};
	return table->slots != NULL;
}

/* No kernel's table comes near it: inodes are not chosen by anybody. A stored sample's may be, and
 * must not make the work quadratic. */
#define MAX_PROBES 512

/* Puts the socket at `at` in; false when it is there already: the listing shows it twice. One that
 * has too many others before it is left out, and so taken for new. */
static bool put(const struct table *table, size_t at)
{
	const struct rxpath_socket *socket = &table->sockets[at];
	size_t slot = hash(rxpath_socket_identity(socket), socket->protocol, socket->v6);

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
	size_t slot = hash(record->identity, record->protocol, record->v6);

	for (size_t i = 0; i < MAX_PROBES; i++, slot++) {
		uint32_t at = table->slots[slot & table->mask];

		if (at == 0 || rxpath_record_is_of(record, &table->sockets[at - 1],
					 rxpath_socket_identity(&table->sockets[at - 1])))
			return at;
	}
	return 0;
}

static void find_records(const struct rxpath_sample *before, const struct table *table,
			 uint32_t *earlier)
{
	for (size_t i = 0; i < before->record_count; i++) {
		uint32_t at = get(table, &before->records[i]);

		if (at != 0 && earlier[at - 1] == MATCH_NEW)
			earlier[at - 1] = (uint32_t)i + 1;
	}
}

bool rxpath_match_sockets(const struct pair *pair, uint32_t **earlier)
{
	const struct rxpath_sample *before = pair->before;
	const struct rxpath_sample *after = pair->after;
	struct table table;

	*earlier = malloc((after->socket_count + 1) * sizeof **earlier);
	if (!*earlier || !open_table(&table, after, after->socket_count)) {
		free(*earlier);
		*earlier = NULL;
		return false;
	}
	for (size_t i = 0; i < after->socket_count; i++)
		(*earlier)[i] = put(&table, i) ? MATCH_NEW : MATCH_DUPLICATE;
	if (before && after->socket_count > 0)
		find_records(before, &table, *earlier);
	free(table.slots);
	return true;
}
