/* test_page.c: what the parts of the text report share: numbers, columns, wrapped sentences. */
#include "render/page.h"
#include "support.h"

static const struct rxpath_style terminal = {.terminal = true, .columns = 20};
static const struct rxpath_style pipe_style = {.columns = 20};

/* A page whose text is kept in `out`. */
static struct page page_of(const struct rxpath_style *style, struct rxpath_buf *out)
{
	*out = (struct rxpath_buf){0};
	return (struct page){.out = out, .style = style};
}

static void assert_text(struct rxpath_buf *out, const char *expected)
{
	assert_string_equal(text_of(out), expected);
	rxpath_buf_free(out);
}

static void numbers_are_grouped_on_a_terminal(void **state)
{
	static const struct {
		uint64_t value;
		size_t width;
		const char *grouped, *plain;
	} cases[] = {
		{0, 0, "0", "0"},
		{9, 1, "9", "9"},
		{9, 2, " 9", " 9"},
		{10, 0, "10", "10"},
		{999, 3, "999", "999"},
		{1000, 5, "1,000", " 1000"},
		{1000, 6, " 1,000", "  1000"},
		{999999, 0, "999,999", "999999"},
		{1000000, 0, "1,000,000", "1000000"},
		{UINT64_MAX, 0, "18,446,744,073,709,551,615", "18446744073709551615"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct rxpath_buf out;
		struct page page = page_of(&terminal, &out);

		page_count(&page, cases[i].value, cases[i].width);
		assert_text(&out, cases[i].grouped);
		page = page_of(&pipe_style, &out);
		page_count(&page, cases[i].value, cases[i].width);
		assert_text(&out, cases[i].plain);
	}
}

static void large_numbers_have_three_digits(void **state)
{
	static const struct {
		uint64_t value;
		const char *text;
	} cases[] = {
		{0, "0"},
		{999999, "999,999"},
		{1000000, "1.00 M"},
		{1239999, "1.23 M"},
		{9999999, "9.99 M"},
		{10000000, "10.0 M"},
		{99999999, "99.9 M"},
		{100000000, "100 M"},
		{999999999, "999 M"},
		{1000000000, "1.00 G"},
		{UINT64_C(2050000000000), "2.05 T"},
		{UINT64_C(3000000000000000), "3.00 P"},
		{UINT64_MAX, "18.4 E"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct rxpath_buf out;
		const struct page page = page_of(&terminal, &out);

		page_rough_count(&page, cases[i].value);
		assert_text(&out, cases[i].text);
	}
}

static void parts_of_a_whole(void **state)
{
	static const struct {
		uint64_t part, whole;
		const char *text;
	} cases[] = {
		{5, 5, " (100 %)"},	{999, 1000, " (99 %)"}, {1, 10, " (10 %)"},
		{99, 1000, " (9.9 %)"}, {1, 1000, " (0.1 %)"},	{1, 9999, " (below 0.1 %)"},
		{0, 7, " (0 %)"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct rxpath_buf out;
		const struct page page = page_of(&terminal, &out);

		page_percent(&page, cases[i].part, cases[i].whole, "");
		assert_text(&out, cases[i].text);
	}
}

static void words_have_their_number(void **state)
{
	struct rxpath_buf out;
	struct page page = page_of(&terminal, &out);

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		page_number_of(&page, i, "socket");
		page_more(&page, i, 2, "entries");
		rxpath_buf_char(&out, ';');
	}
	assert_true(page.left_out);
	assert_text(&out,
		    "0 sockets;1 socket1 of 2 entries not shown\n;2 sockets2 of 2 entries not "
		    "shown\n;");
	page_percent(&page, 1, 2, " of all");
	assert_text(&out, " (50 % of all)");
}

/* Twenty columns, of which some are used already. */
static void sentences_are_wrapped(void **state)
{
	static const struct {
		size_t used;
		enum numbers numbers;
		const char *text, *wrapped;
	} cases[] = {
		{0, AS_THEY_ARE, "", "\n"},
		{0, AS_THEY_ARE, "123456789 123456789 1", "123456789 123456789\n   1\n"},
		{0, AS_THEY_ARE, "123456789 1234567890 1", "123456789 1234567890\n   1\n"},
		{0, AS_THEY_ARE, "123456789 12345678901", "123456789\n   12345678901\n"},
		{1, AS_THEY_ARE, "123456789 1234567890", "123456789\n   1234567890\n"},
		/* The first word stays where it is, and one that no line holds is not cut. */
		{18, AS_THEY_ARE, "abc de", "abc\n   de\n"},
		{0, AS_THEY_ARE, "a 123456789012345678901 b",
		 "a\n   123456789012345678901\n   b\n"},
		/* Behind the indent there is room for 17. */
		{0, AS_THEY_ARE, "12345678901234567890 1234567 123456789 1",
		 "12345678901234567890\n   1234567 123456789\n   1\n"},
		{0, AS_THEY_ARE, "lost 1234567", "lost 1234567\n"},
		{0, GROUPED, "lost 1234567 of", "lost 1,234,567 of\n"},
		{0, GROUPED, "lost 1234567 of 1234", "lost 1,234,567 of\n   1,234\n"},
		{0, GROUPED, "12345678901 of 1234", "12,345,678,901 of\n   1,234\n"},
		{0, GROUPED, "123 of 1234 port 5678", "123 of 1,234 port\n   5678\n"},
		{0, GROUPED, "uid 1000, (pid 5555)", "uid 1000, (pid 5555)\n"},
		{0, GROUPED, "sport 1000 dport 2000", "sport 1000 dport\n   2000\n"},
		{0, GROUPED, "1000, 2000: 3000) 40", "1,000, 2,000: 3,000)\n   40\n"},
		{0, GROUPED, "1000; 1000x x1000", "1,000; 1000x x1000\n"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct rxpath_buf out;
		struct page page = page_of(&terminal, &out);

		page_sentence(&page, cases[i].used, 3, rxpath_slice_of(cases[i].text),
			      cases[i].numbers);
		assert_text(&out, cases[i].wrapped);
		page = page_of(&pipe_style, &out);
		page_sentence(&page, cases[i].used, 3, rxpath_slice_of(cases[i].text),
			      cases[i].numbers);
		rxpath_buf_string(&out, "");
		assert_int_equal(out.len, strlen(cases[i].text) + 1);
		assert_memory_equal(out.data, cases[i].text, out.len - 1);
		rxpath_buf_free(&out);
	}
}

/* Colours take no column, a letter of several bytes takes one. */
static void columns_are_counted(void **state)
{
	static const struct {
		const char *text;
		size_t columns, used, len;
	} cases[] = {
		{"", 5, 0, 0},
		{"abc", 0, 0, 0},
		{"abc", 2, 2, 2},
		{"abc", 3, 3, 3},
		{"abc", 4, 3, 3},
		{"\033[1;31mab\033[0mc", 2, 2, 13},
		{"\033[1;31mab\033[0mc", 3, 3, 14},
		{"\xe2\x86\x92x", 1, 1, 3},
		{"\xe2\x86\x92x", 2, 2, 4},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct rxpath_slice line = rxpath_slice_of(cases[i].text);

		assert_int_equal(rxpath_fit_columns(&line, cases[i].columns), cases[i].used);
		assert_int_equal(line.len, cases[i].len);
	}
}

static void rows_are_counted(void **state)
{
	static const struct {
		const char *text;
		size_t rows;
	} cases[] = {
		{"", 0},
		{"\n", 1},
		{"a\n\nb", 3},
		{"12345678901234567890\n", 1},
		{"123456789012345678901\n", 2},
		{"1234567890123456789012345678901234567890\n", 2},
		{"12345678901234567890123456789012345678901\n", 3},
		{"\033[2m12345678901234567890\033[0m\n", 1},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct rxpath_buf out;
		const struct page page = page_of(&terminal, &out);

		rxpath_buf_string(&out, "not counted\n");
		rxpath_buf_string(&out, cases[i].text);
		assert_int_equal(page_rows(&page, strlen("not counted\n")), cases[i].rows);
		rxpath_buf_free(&out);
	}
}

static void widths_are_filled(void **state)
{
	static const struct rxpath_style colored = {.color = true};
	struct rxpath_buf out;
	struct page page = page_of(&terminal, &out);

	(void)state;
	page_padded(&page, rxpath_slice_of("ab"), 4);
	page_padded(&page, rxpath_slice_of("cd"), 2);
	page_padded(&page, rxpath_slice_of("ef"), 1);
	page_state(&page, RXPATH_STATE_OK, 4);
	page_state(&page, RXPATH_STATE_OK, 2);
	page_state(&page, RXPATH_STATE_OK, 0);
	assert_text(&out, "ab  cdefok  okok");
	page = page_of(&colored, &out);
	page_state(&page, RXPATH_STATE_OK, 4);
	assert_text(&out, "\033[32mok\033[0m  ");
	page = page_of(&(struct rxpath_style){.columns = 1}, &out);
	assert_int_equal(page_columns(&page), 1);
	page = page_of(&(struct rxpath_style){.columns = 0}, &out);
	assert_int_equal(page_columns(&page), 80);
}

static void times_are_rounded(void **state)
{
	static const struct {
		uint64_t nanoseconds;
		const char *text;
	} cases[] = {
		{0, "0.000"},
		{499999, "0.000"},
		{500000, "0.001"},
		{UINT64_C(1999499999), "1.999"},
		{UINT64_C(1999500000), "2.000"},
		{UINT64_C(12345678000000), "12345.678"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct rxpath_buf out = {0};

		rxpath_put_seconds(&out, cases[i].nanoseconds);
		assert_text(&out, cases[i].text);
	}
}

static void rates_need_an_interval(void **state)
{
	struct rxpath_buf out = {0};

	(void)state;
	assert_false(rxpath_put_rate(&out, 5, 0));
	assert_false(rxpath_put_rate(&out, 5, RXPATH_UNKNOWN));
	assert_int_equal(out.len, 0);
	assert_true(rxpath_put_rate(&out, 5, UINT64_C(2000000000)));
	assert_text(&out, "2.5");
}

static void queues_grow(void **state)
{
	static const struct {
		uint64_t before;
		uint32_t after;
		uint64_t growth;
	} cases[] = {{RXPATH_UNKNOWN, 5, 5}, {0, 5, 5}, {4, 5, 1}, {5, 5, 0}, {6, 5, 0}};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct rxpath_socket socket = {.rx_queue = cases[i].after};
		const struct rxpath_socket_line line = {.socket = &socket,
							.rx_queue_before = cases[i].before};

		assert_int_equal(rxpath_queue_growth(&line), cases[i].growth);
	}
}

static size_t count_text(const char *text, const char *what)
{
	size_t count = 0;

	for (; (text = strstr(text, what)); text++)
		count++;
	return count;
}

/* Below the processes, or where none is shown below the counters. */
static void the_gap_between_two_reads_is_shown_once(void **state)
{
#define UDP(lost) NET("snmp", "Udp: InErrors RcvbufErrors\nUdp: " lost " " lost "\n")
	struct rxpath_sample before = sample_of(UDP("0") TABLE(
		"udp", SOCKET4("0001", "1", "0") SOCKET4("0002", "2", "0")) UDP("1"));
	struct rxpath_sample after = sample_of(
		UDP("10") TABLE("udp", SOCKET4("0001", "1", "5") SOCKET4("0002", "2", "4")));
	static const struct rxpath_style screen = {.terminal = true, .columns = 80};
	const struct rxpath_criteria everything = {0};
	struct rxpath_report report = {0};
	struct rxpath_error error = {0};

	(void)state;
	assert_true(rxpath_analyse(&before, &after, &everything, &report, &error));
	assert_true(rxpath_analyse_findings(&report, &before, &after, &after, &error));
	assert_int_equal(report.process_count, 2);
	assert_int_equal(report.read_gap, 1);
	for (size_t shown = 0; shown <= 2; shown++) {
		struct rxpath_buf out;
		struct page page = page_of(&screen, &out);

		page.report = &report;
		page.detail.lists[PROCESSES] = shown;
		page.detail.lists[COUNTERS] = page.detail.lists[SOCKETS] = 9;
		page_processes(&page);
		assert_int_equal(count_text(text_of(&out), "they differ by 1"), shown > 0);
		out.len--; /* the byte that ends it */
		page_facts(&page);
		assert_int_equal(count_text(text_of(&out), "they differ by 1"), 1);
		rxpath_buf_free(&out);
	}
	rxpath_report_free(&report);
	rxpath_sample_free(&before);
	rxpath_sample_free(&after);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_grouped_on_a_terminal),
		cmocka_unit_test(large_numbers_have_three_digits),
		cmocka_unit_test(parts_of_a_whole),
		cmocka_unit_test(words_have_their_number),
		cmocka_unit_test(sentences_are_wrapped),
		cmocka_unit_test(columns_are_counted),
		cmocka_unit_test(rows_are_counted),
		cmocka_unit_test(widths_are_filled),
		cmocka_unit_test(times_are_rounded),
		cmocka_unit_test(rates_need_an_interval),
		cmocka_unit_test(queues_grow),
		cmocka_unit_test(the_gap_between_two_reads_is_shown_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
