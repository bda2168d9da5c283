/* bench.h: what the rooms of the benchmark share: a world to measure in, and what is measured
 * there. */
#ifndef RXPATH_BENCH_H
#define RXPATH_BENCH_H

#include <stdbool.h>
#include <stddef.h>

/* ---- world.c: private namespaces with many sockets or devices ---- */

struct world {
	size_t sockets; /* UDP, half of them IPv6 */
	size_t devices;
	size_t namespaces;  /* further ones, idle, named as ip netns does */
	size_t victims;	    /* sockets that have lost some datagrams and are empty again */
	unsigned long lost; /* how many, all of them together; set by world_make */
};

#define NAMES "/run/names" /* of the world's namespaces */

/* Enters new namespaces and fills them; what it makes goes when this process ends. Exits on
 * failure. */
void world_make(struct world *world);

/* ---- measure.c: commands, one after another, over and over ---- */

#define MAX_ROUNDS 400

struct command {
	const char *name; /* as the table shows it */
	const char *line; /* words split at blanks; NULL ends a list */
	int every;	  /* run only in every N-th round; 0: in each */
	int runs;
	double cpu[MAX_ROUNDS]; /* milliseconds, by round; below 0: not run */
	long peak;		/* KiB of memory */
	int status;
};

/* Runs them all, in another order each round. Exits when one cannot be run, or ends with another
 * status than the first time. */
void measure(struct command *commands, size_t count, int rounds);

/* The command's output in static memory; *status its exit status. */
const char *output_of(const char *line, int *status);

/* Median and quartiles of the values that are not below 0. */
struct spread {
	double low, median, high;
	int count;
};
struct spread spread_of(const double *values, int count);

/* Of the ratios a / b in the rounds that have both; b is multiplied by `times` first. */
struct spread ratio_of(const struct command *a, const struct command *b, double times, int rounds);

__attribute__((noreturn, format(printf, 1, 2))) void die(const char *format, ...);

#endif
