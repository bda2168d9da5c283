/* match.c: the same socket in both samples.
 *
 * A socket is known by its cookie, which is never used again, and where the source has none by its
 * inode. Both listings mostly come in the same order, so while the second was read most of its
 * sockets were found where they stood before (rxpath_sample_add_socket). The others, few, go into a
 * table, and one pass over the first sample's marks finds theirs. */
#include <stdlib.h>

#include "analyse_internal.h"

/* An open-addressing table of indexes into the second sample's sockets, plus one; 0 is free. */
struct table {
	const struct rxpath_socket *sockets;
	uint32_t *slots;
	size_t mask;
};

/* By what does not change in a socket's life and what both kinds of source have. */
static size_t hash(uint64_t place, uint8_t protocol, bool v6)
{
	uint64_t key = (place * 2 + v6) ^ (uint64_t)protocol << 56;

	return (size_t)(key * UINT64_C(0x9E3779B97F4A7C15) >> 20);
}

static bool is_same(const struct rxpath_socket *a, const struct rxpath_socket *b)
{
	return a->protocol == b->protocol && a->v6 == b->v6 &&
	       rxpath_socket_place(a) == rxpath_socket_place(b) &&
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
 * is too far from its place is left out, and so taken for new. */
static bool put(const struct table *table, size_t at)
{
	const struct rxpath_socket *socket = &table->sockets[at];
	size_t slot = hash(rxpath_socket_place(socket), socket->protocol, socket->v6);

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

/* The index of the mark's socket, plus one; 0: it is not in the table. */
static uint32_t get(const struct table *table, const struct rxpath_mark *mark)
{
	size_t slot = hash(mark->place, mark->protocol, mark->v6);

	for (size_t i = 0; i < MAX_PROBES; i++, slot++) {
		uint32_t at = table->slots[slot & table->mask];

		if (at == 0 || rxpath_mark_is_of(mark, &table->sockets[at - 1],
					 rxpath_socket_place(&table->sockets[at - 1])))
			return at;
	}
	return 0;
}

static bool is_hint_right(const struct rxpath_sample *before, const struct rxpath_socket *socket)
{
	return before && socket->earlier > 0 && socket->earlier <= before->mark_count &&
	       rxpath_mark_is_of(&before->marks[socket->earlier - 1], socket,
				 rxpath_socket_place(socket));
}

static void take(unsigned char *taken, size_t at)
{
	taken[at / 8] = (unsigned char)(taken[at / 8] | 1u << (at % 8));
}

/* Follows the hints and puts the other sockets into the table. A mark that a hint has led to is
 * taken: whoever else is found to be that socket is its second showing. */
static void sort_out(const struct pair *pair, const struct table *table, unsigned char *taken,
		     uint32_t *earlier)
{
	for (size_t i = 0; i < pair->after->socket_count; i++) {
		const struct rxpath_socket *socket = &pair->after->sockets[i];

		earlier[i] = MATCH_NEW;
		if (!is_hint_right(pair->before, socket)) {
			if (!put(table, i))
				earlier[i] = MATCH_DUPLICATE;
		} else if (taken[(socket->earlier - 1) / 8] >> (socket->earlier - 1) % 8 & 1) {
			earlier[i] = MATCH_DUPLICATE;
		} else {
			earlier[i] = socket->earlier;
			take(taken, socket->earlier - 1);
		}
	}
}

static void find_marks(const struct rxpath_sample *before, const struct table *table,
		       const unsigned char *taken, uint32_t *earlier)
{
	for (size_t i = 0; i < before->mark_count; i++) {
		uint32_t at = get(table, &before->marks[i]);

		if (at != 0 && earlier[at - 1] == MATCH_NEW)
			earlier[at - 1] = taken[i / 8] >> i % 8 & 1 ? MATCH_DUPLICATE : (uint32_t)i + 1;
	}
}

bool rxpath_match_sockets(const struct pair *pair, uint32_t **earlier)
{
	const struct rxpath_sample *before = pair->before;
	const struct rxpath_sample *after = pair->after;
	struct table table = {0};
	unsigned char *taken = calloc((before ? before->mark_count : 0) / 8 + 1, 1);
	size_t unknown = 0;
	bool done;

	for (size_t i = 0; i < after->socket_count; i++)
		unknown += !is_hint_right(before, &after->sockets[i]);
	*earlier = malloc((after->socket_count + 1) * sizeof **earlier);
	done = taken && *earlier && open_table(&table, after, unknown);
	if (done) {
		sort_out(pair, &table, taken, *earlier);
		if (before && unknown > 0)
			find_marks(before, &table, taken, *earlier);
	} else {
		free(*earlier);
		*earlier = NULL;
	}
	free(table.slots);
	free(taken);
	return done;
}
