/* fail.c: every allocation fails once, every call fails once, every read and write is short.
 *
 * Without memory the program ends with 2 and says so, or does without what it wanted the memory for
 * and comes to the same result. What it could not read it does not call healthy. Nothing leaks. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hostile.h"

/* What the wrapped program says of itself at its end. */
struct account {
	unsigned long allocs, calls, moves;
	long held;
	int fds;
	char failed[32];
	char written[200]; /* the last file that it opened for writing; "-" */
};

struct scenario {
	const char *name;
	const char *arguments[14];
	bool live;
	bool writes; /* it was told to write a file, in the folder */
};

/* "@NAME" stands for a file in the folder. */
static const struct scenario stored[] = {
	{"totals", {"totals", "-a", "@after"}, false, false},
	{"diff", {"diff", "-f", "json", "@before", "@after"}, false, false},
	{"directory", {"diff", "-f", "tsv", "@root", "@root"}, false, false},
	{"metrics", {"metrics", "--root", "@root"}, false, false},
	{"explain", {"explain", "UdpRcvbufErrors", "rx_dropped"}, false, false},
	{"output", {"totals", "-o", "@report", "@after"}, false, true},
};

static const struct scenario live[] = {
	{"check",
	 {"check", "-i", "0.01", "-f", "json", "--allow", "softnet_*", "--fail-on", "never"},
	 true,
	 false},
	{"all", {"check", "-i", "0.01", "-a", "-f", "tsv", "--fail-on", "never"}, true, false},
	{"save", {"save", "@saved"}, true, true},
};

static struct account run_failing(const struct scenario *scenario, const char *fail,
				  struct job *job, struct result *result)
{
	static char paths[14][256];
	static char fail_text[64], report_text[300];
	char report[256];
	struct account account = {0};
	char line[512] = "";
	FILE *file;

	in_folder(report, "account");
	remove(report);
	*job = (struct job){.program = failing, .environment = {report_text, fail_text}};
	snprintf(report_text, sizeof report_text, "RXPATH_FAIL_REPORT=%s", report);
	snprintf(fail_text, sizeof fail_text, "RXPATH_FAIL=%s", fail);
	for (size_t i = 0; i < 14 && scenario->arguments[i]; i++)
		job->arguments[i] = scenario->arguments[i][0] == '@'
					    ? in_folder(paths[i], scenario->arguments[i] + 1)
					    : scenario->arguments[i];
	run_job(job, result);
	check_bytes(job, result);
	file = fopen(report, "r");
	if (!file || !fgets(line, sizeof line, file))
		complain(job, result, "it did not come to its end");
	fclose(file);
	/* Written by wrap.c a moment ago. */
	if (sscanf(line, "allocs %lu calls %lu moves %lu held %ld fds %d failed %31s written %199s",
		   &account.allocs, &account.calls, &account.moves, &account.held, &account.fds,
		   account.failed, account.written) != 7)
		complain(job, result, line);
	if (account.held != 0)
		complain(job, result, "memory was not given back");
	if (account.fds != 0)
		complain(job, result, "a descriptor was left open");
	/* The named file begins without a name, or under another one beside it. */
	if (strcmp(account.written, "-") != 0 &&
	    (!scenario->writes || strncmp(account.written, folder, strlen(folder)) != 0))
		complain(job, result, "it opened something for writing that nobody named");
	/* On standard error, or as the report's own news. */
	if (result->status == 2 && !strstr(result->err, "rxpath: ") &&
	    !strstr(result->out, "unknown") && strcmp(scenario->name, "all") != 0)
		complain(job, result, "trouble, and no message");
	return account;
}

/* What has to be there, for "ok" to be more than a lack of news: none of the stages' and sockets'
 * figures is missing. */
static void check_measured(const struct job *job, const struct result *result)
{
	static const char *const wanted[] = {
		"\"stage\":\"device\",\"state\":\"ok\"", "\"stage\":\"netfilter\",\"state\":\"ok\"",
		"\"stage\":\"ip\",\"state\":\"ok\"", "\"stage\":\"transport\",\"state\":\"ok\"",
		"\"socket_drops\":0"};

	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
		if (!strstr(result->out, wanted[i]))
			complain(job, result, wanted[i]);
	if (strstr(result->out, "\"seen\":null},{\"stage\":\"softnet") ||
	    strstr(result->out, "\"seen\":null},{\"stage\":\"transport"))
		complain(job, result, "well, although traffic could not be read");
}

/* The socket that is there, and none that is not: what is left of one answer is not taken for the
 * next one's. */
static void check_sockets(const struct job *job, const struct result *result,
			  const struct result *good)
{
	const char *line = result->out;

	if (!strstr(line, "\tudp/127.0.0.1:47801\t"))
		complain(job, result, "well, although a socket is missing");
	while ((line = strstr(line, "\tsk_drops\t"))) {
		char subject[256];

		snprintf(subject, sizeof subject, "%.*s\t", (int)strcspn(line + 10, "\t"),
			 line + 10);
		if (!strstr(good->out, subject))
			complain(job, result, "a socket that is not there");
		line++;
	}
}

static void judge(const struct scenario *scenario, const struct job *job,
		  const struct result *result, const struct result *good, bool no_memory)
{
	if (result->status == 2) {
		if (no_memory && !scenario->live && !strstr(result->err, "memory"))
			complain(job, result, "without memory, and does not say so");
		return;
	}
	if (result->status != good->status)
		complain(job, result, "another status than without a failure");
	if (scenario->live) {
		if (strcmp(scenario->name, "check") == 0)
			check_measured(job, result);
		if (strcmp(scenario->name, "all") == 0)
			check_sockets(job, result, good);
		return;
	}
	/* A collector is told in the metrics themselves. */
	if (strcmp(scenario->name, "metrics") == 0 && strstr(result->err, "rxpath: ") &&
	    strstr(result->out, "\"} 0\n"))
		return;
	if (result->out_len != good->out_len || memcmp(result->out, good->out, good->out_len) != 0)
		complain(job, result, "another report than without a failure");
}

/* Every one of `count` failures of that sort. */
static void run_all(const struct scenario *scenario, const char *sort, int number,
		    unsigned long count, const struct result *good)
{
	for (unsigned long i = 1; i <= count; i++) {
		struct result result;
		struct job job;
		char fail[64];

		snprintf(fail, sizeof fail, "%s %lu %d", sort, i, number);
		run_failing(scenario, fail, &job, &result);
		judge(scenario, &job, &result, good, strcmp(sort, "alloc") == 0);
		free_result(&result);
	}
}

static void each(const struct scenario *scenarios, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct result good, short_result;
		struct account account;
		struct job job;

		account = run_failing(&scenarios[i], "nothing 0", &job, &good);
		if (good.status > 1)
			complain(&job, &good, "without any failure");
		print_message("   %-10s %4lu allocations, %4lu calls, %4lu reads and writes\n",
			      scenarios[i].name, account.allocs, account.calls, account.moves);
		run_all(&scenarios[i], "alloc", 0, account.allocs, &good);
		run_all(&scenarios[i], "call", EIO, account.calls, &good);
		/* A call that was interrupted is made again, or counts as failed. The longest lists
		 * hold the same few calls again and again. */
		if (account.calls < 150)
			run_all(&scenarios[i], "call", EINTR, account.calls, &good);
		run_all(&scenarios[i], "short", 0, account.moves, &good);
		run_failing(&scenarios[i], "short 0", &job, &short_result);
		judge(&scenarios[i], &job, &short_result, &good, false);
		if (short_result.status != good.status)
			complain(&job, &short_result, "short reads and writes are no failure");
		free_result(&short_result);
		free_result(&good);
	}
}

static void stored_samples(void **ignored)
{
	(void)ignored;
	each(stored, sizeof stored / sizeof *stored);
}

static void the_live_system(void **ignored)
{
	pid_t loser;

	(void)ignored;
	if (!is_root)
		skip();
	loser = start_loser("holds-a-socket");
	each(live, sizeof live / sizeof *live);
	stop_loser(loser);
}

const struct CMUnitTest fail_tests[] = {
	cmocka_unit_test(stored_samples),
	cmocka_unit_test(the_live_system),
};
const size_t fail_test_count = sizeof fail_tests / sizeof *fail_tests;
