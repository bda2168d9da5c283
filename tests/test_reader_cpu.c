/* test_reader_cpu.c: what the processes that hold lossy sockets did between two samples. */
#include "support.h"

#define LOSSY(drops) TABLE("udp", SOCKET4("270F", "7", drops))
#define OWNER AT("rxpath/owners", "7 12 slow\n")
#define READERS(rows) \
	AT("rxpath/readers", \
	   "pid tid start at state threads run wait throttled quota period version cpus cgroup\n" rows)
#define BEFORE(rows) LOSSY("0") OWNER READERS(rows)
#define AFTER(rows) LOSSY("5") OWNER READERS(rows)

static const struct use_case {
	const char *name, *before, *after, *use;
} cases[] = {
	{"one thread", BEFORE("12 12 99 1000 S 1 100 10 0 - - 2 0-1 -\n"),
	 AFTER("12 12 99 3000 R 1 700 210 0 - - 2 0-1 -\n"),
	 "R of 2000: ran 600, waited 200, stopped 0; 1 threads, 12 ran 600, 12 waited 200"},
	{"threads are summed, and the busiest is named",
	 BEFORE("12 12 99 1000 S 2 0 0 0 - - 2 0 -\n12 13 99 1000 S 2 0 5 0 - - 2 0 -\n"),
	 AFTER("12 13 99 3000 S 2 40 5 0 - - 2 0 -\n12 12 99 3000 S 2 10 8 0 - - 2 0 -\n"),
	 "S of 2000: ran 50, waited 8, stopped 0; 2 threads, 13 ran 40, 12 waited 8; sleeps"},
	{"another process before it, which ended",
	 BEFORE("5 5 99 1000 S 1 9 9 0 - - 2 0 -\n12 12 99 1000 S 1 100 10 0 - - 2 0-1 -\n"),
	 AFTER("12 12 99 3000 R 1 700 210 0 - - 2 0-1 -\n"),
	 "R of 2000: ran 600, waited 200, stopped 0; 1 threads, 12 ran 600, 12 waited 200"},
	{"a limit", BEFORE("12 12 99 1000 S 1 0 0 500 50000 100000 2 0 /a\n"),
	 AFTER("12 12 99 3000 S 1 0 0 900 50000 100000 2 0 /a\n"),
	 "S of 2000: ran 0, waited 0, stopped 400; 1 threads, 12 ran 0, 12 waited 0; sleeps; "
	 "50000 100000 of /a"},
	{"another limit meanwhile", BEFORE("12 12 99 1000 S 1 0 0 500 50000 100000 2 0 /a\n"),
	 AFTER("12 12 99 3000 S 1 0 0 900 50000 100000 2 0 /b\n"),
	 "S of 2000: ran 0, waited 0, stopped -; 1 threads, 12 ran 0, 12 waited 0; sleeps; "
	 "50000 100000 of /b"},
	{"only the second sample has it: nothing but what it is now", BEFORE(""),
	 AFTER("12 12 99 3000 T 1 700 210 0 - - 2 0-1 -\n"),
	 "T of -: ran -, waited -, stopped -; 1 threads, 0 ran 0, 0 waited 0"},
	{"the number of a process that ended is used again",
	 BEFORE("12 12 98 1000 S 1 100 10 0 - - 2 0-1 -\n"),
	 AFTER("12 12 99 3000 S 1 700 210 0 - - 2 0-1 -\n"),
	 "S of -: ran -, waited -, stopped -; 1 threads, 0 ran 0, 0 waited 0; sleeps"},
	{"a thread more", BEFORE("12 12 99 1000 S 1 0 0 0 - - 2 0 -\n"),
	 AFTER("12 12 99 3000 S 2 9 0 0 - - 2 0 -\n12 13 100 3000 S 2 40 5 0 - - 2 0 -\n"),
	 "S of 2000: ran -, waited -, stopped 0; 2 threads, 12 ran 9, 12 waited 0; sleeps"},
	{"a thread less",
	 BEFORE("12 12 99 1000 S 2 0 0 0 - - 2 0 -\n12 13 99 1000 S 2 0 5 0 - - 2 0 -\n"),
	 AFTER("12 12 99 3000 S 1 9 0 0 - - 2 0 -\n"),
	 "S of 2000: ran -, waited -, stopped 0; 1 threads, 12 ran 9, 12 waited 0; sleeps"},
	{"a thread that was not seen", BEFORE("12 12 99 1000 S 2 0 0 0 - - 2 0 -\n"),
	 AFTER("12 12 99 3000 S 2 9 0 0 - - 2 0 -\n"),
	 "S of 2000: ran -, waited -, stopped 0; 2 threads, 12 ran 9, 12 waited 0"},
	{"no schedstat", BEFORE("12 12 99 1000 S 1 - - - - - - - -\n"),
	 AFTER("12 12 99 3000 D 1 - - - - - - - -\n"),
	 "D of 2000: ran -, waited -, stopped -; 1 threads, 0 ran 0, 0 waited 0; sleeps"},
	{"another process's", BEFORE("11 11 99 1000 S 1 100 10 0 - - 2 0-1 -\n"),
	 AFTER("11 11 99 3000 R 1 700 210 0 - - 2 0-1 -\n"),
	 "? of -: ran -, waited -, stopped -; 0 threads, 0 ran 0, 0 waited 0"},
};

static void put_known(struct rxpath_buf *out, const char *before, uint64_t value)
{
	rxpath_buf_string(out, before);
	if (value == RXPATH_UNKNOWN)
		rxpath_buf_char(out, '-');
	else
		rxpath_buf_u64(out, value);
}

static void put_use(struct rxpath_buf *out, const struct rxpath_cpu_use *use)
{
	rxpath_buf_char(out, use->state ? use->state : '?');
	put_known(out, " of ", use->interval);
	put_known(out, ": ran ", use->run);
	put_known(out, ", waited ", use->wait);
	put_known(out, ", stopped ", use->throttled);
	put_known(out, "; ", use->threads);
	put_known(out, " threads, ", use->runner);
	put_known(out, " ran ", use->longest_run);
	put_known(out, ", ", use->waiter);
	put_known(out, " waited ", use->longest_wait);
	rxpath_buf_string(out, use->sleeps ? "; sleeps" : "");
	if (use->quota == RXPATH_UNKNOWN)
		return;
	put_known(out, "; ", use->quota);
	put_known(out, " ", use->period);
	rxpath_buf_string(out, " of ");
	rxpath_buf_slice(out, use->cgroup);
}

static void each_tells_what_it_did(void **state)
{
	static const struct rxpath_criteria everything = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct rxpath_sample before = sample_of(cases[i].before);
		struct rxpath_sample after = sample_of(cases[i].after);
		struct rxpath_report report = {0};
		struct rxpath_error error = {0};
		struct rxpath_buf use = {0};

		assert_true(rxpath_analyse(&before, &after, &everything, &report, &error));
		assert_true(rxpath_analyse_owners(&report, &after, &error));
		assert_true(rxpath_analyse_readers(&report, &before, &after, &error));
		assert_int_equal(report.socket_count, 1);
		assert_int_equal(report.sockets[0].process_count, 1);
		put_use(&use, report.sockets[0].processes[0].cpu);
		if (strcmp(text_of(&use), cases[i].use) != 0)
			fail_msg("%s: %s", cases[i].name, use.data);
		rxpath_buf_free(&use);
		rxpath_report_free(&report);
		rxpath_sample_free(&before);
		rxpath_sample_free(&after);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_tells_what_it_did),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
