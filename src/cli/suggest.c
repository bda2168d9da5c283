/* suggest.c: suggests the known word nearest to a mistyped one. */
#include <ctype.h>
#include <string.h>

#include "cli.h"

/* Longer than any option, stage or counter. */
#define LONGEST 64

/* How many letters must be inserted, removed, changed or swapped with the next; case is ignored. */
static unsigned distance(const char *a, const char *b)
{
	unsigned rows[3][LONGEST + 1];
	unsigned *last = rows[0];
	unsigned *before = rows[1];
	unsigned *row = rows[2];
	size_t width = strlen(b);

	for (size_t j = 0; j <= width; j++)
		last[j] = (unsigned)j;
	memset(before, 0, sizeof rows[0]);
	for (size_t i = 1; a[i - 1] != '\0'; i++) {
		unsigned *spare = before;

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= width; j++) {
			int one = tolower((unsigned char)a[i - 1]);
			int two = tolower((unsigned char)b[j - 1]);
			unsigned least = last[j - 1] + (one != two);

			if (last[j] + 1 < least)
				least = last[j] + 1;
			if (row[j - 1] + 1 < least)
				least = row[j - 1] + 1;
			if (i > 1 && j > 1 && one == tolower((unsigned char)b[j - 2]) &&
			    two == tolower((unsigned char)a[i - 2]) && before[j - 2] + 1 < least)
				least = before[j - 2] + 1;
			row[j] = least;
		}
		before = last;
		last = row;
		row = spare;
	}
	return last[width];
}

void suggest_try(struct suggestion *suggestion, const char *candidate)
{
	size_t len = strlen(suggestion->word);
	unsigned edits;

	if (len == 0 || len > LONGEST || strlen(candidate) > LONGEST)
		return;
	edits = distance(suggestion->word, candidate);
	/* With more than a third of the letters wrong it is another word. */
	if (edits > (len + 2) / 3 || (suggestion->best && edits >= suggestion->edits))
		return;
	suggestion->best = candidate;
	suggestion->edits = edits;
}

void suggest_counters(struct suggestion *suggestion)
{
	for (size_t i = 0; i < rxpath_catalogue_size(); i++)
		suggest_try(suggestion, rxpath_catalogue_at(i)->name);
}

void suggest_say(const struct suggestion *suggestion, const char *prefix)
{
	if (suggestion->best)
		say("did you mean '%s%s'?", prefix, suggestion->best);
}
