/* test_scan.c: slices, strict numbers, patterns. */
#include "support.h"

static void lines_and_words(void **state)
{
	struct rxpath_slice rest = rxpath_slice_of("one  two\n\n\tthree\nlast");
	struct rxpath_slice line, word;

	(void)state;
	assert_true(rxpath_scan_line(&rest, &line));
	assert_true(rxpath_scan_word(&line, &word));
	assert_true(rxpath_slice_is(word, "one"));
	assert_true(rxpath_scan_word(&line, &word));
	assert_true(rxpath_slice_is(word, "two"));
	assert_false(rxpath_scan_word(&line, &word));
	assert_true(rxpath_scan_line(&rest, &line));
	assert_int_equal(line.len, 0);
	assert_true(rxpath_scan_line(&rest, &line));
	assert_true(rxpath_scan_word(&line, &word));
	assert_true(rxpath_slice_is(word, "three"));
	assert_true(rxpath_scan_line(&rest, &line));
	assert_true(rxpath_slice_is(line, "last"));
	assert_false(rxpath_scan_line(&rest, &line));
	assert_int_equal(rest.len, 0);
}

static void splitting_at_a_separator(void **state)
{
	struct rxpath_slice rest = rxpath_slice_of("a:b:c");
	struct rxpath_slice head;

	(void)state;
	assert_true(rxpath_scan_until(&rest, ':', &head));
	assert_true(rxpath_slice_is(head, "a"));
	assert_true(rxpath_slice_is(rest, "b:c"));
	rest = rxpath_slice_of("a:b:c");
	assert_true(rxpath_scan_last(&rest, ':', &head));
	assert_true(rxpath_slice_is(head, "a:b"));
	assert_true(rxpath_slice_is(rest, "c"));
	assert_false(rxpath_scan_until(&rest, ':', &head));
	assert_true(rxpath_slice_is(rest, "c"));
	assert_false(rxpath_scan_last(&rest, ':', &head));
	rest = rxpath_slice_of(":");
	assert_true(rxpath_scan_last(&rest, ':', &head));
	assert_int_equal(rest.len + head.len, 0);
	rest = rxpath_slice_of("a:");
	assert_true(rxpath_scan_until(&rest, ':', &head));
	assert_int_equal(rest.len, 0);
	rxpath_slice_skip(&rest, 5);
	assert_int_equal(rest.len, 0);
}

static void a_list_is_taken_apart(void **state)
{
	static const char *const lists[] = {"input,forward", "one", ",", "", NULL};
	static const char *const items[] = {"input", "forward", "one", "", "", "", NULL};
	struct rxpath_slice rest, item;
	size_t at = 0;

	(void)state;
	for (size_t i = 0; lists[i]; i++) {
		rest = rxpath_slice_of(lists[i]);
		for (; rxpath_scan_item(&rest, ',', &item); at++)
			assert_true(items[at] && rxpath_slice_is(item, items[at]));
	}
	assert_null(items[at]);
}

static void slices_compare_as_bytes(void **state)
{
	const struct rxpath_slice with_nul = {"a\0b", 3};

	(void)state;
	assert_true(rxpath_slice_compare(rxpath_slice_of("a"), rxpath_slice_of("b")) < 0);
	assert_true(rxpath_slice_compare(rxpath_slice_of("ab"), rxpath_slice_of("a")) > 0);
	assert_true(rxpath_slice_compare(rxpath_slice_of(""), rxpath_slice_of("a")) < 0);
	assert_int_equal(rxpath_slice_compare(with_nul, with_nul), 0);
	assert_true(rxpath_slice_compare(rxpath_slice_of("\xff"), rxpath_slice_of("a")) > 0);
	assert_false(rxpath_slice_is(with_nul, "a"));
	assert_true(rxpath_slice_starts(with_nul, "a"));
	assert_false(rxpath_slice_starts(rxpath_slice_of("a"), "ab"));
	assert_true(rxpath_slice_ends(rxpath_slice_of("a.scope"), ".scope"));
	assert_false(rxpath_slice_ends(rxpath_slice_of(".scope"), ".scope"));
	assert_false(rxpath_slice_ends(rxpath_slice_of("a.slice"), ".scope"));
	assert_true(rxpath_slice_equal((struct rxpath_slice){NULL, 0}, rxpath_slice_of("")));
}

static void words_are_found_in_any_case(void **state)
{
	static const char *const words[] = {"missed", "drop", "no_buf"};

	(void)state;
	assert_true(rxpath_slice_holds(rxpath_slice_of("rx_Missed_errors"), words, 3));
	assert_false(rxpath_slice_holds(rxpath_slice_of("rx_Missed_errors"), words + 1, 2));
	assert_true(rxpath_slice_holds(rxpath_slice_of("DROP"), words, 3));
	assert_true(rxpath_slice_holds(rxpath_slice_of("no_no_buf"), words, 3));
	assert_false(rxpath_slice_holds(rxpath_slice_of("dro"), words, 3));
	assert_false(rxpath_slice_holds(rxpath_slice_of("rx_dro"), words, 3));
	assert_false(rxpath_slice_holds((struct rxpath_slice){NULL, 0}, words, 3));
}

static void numbers_are_strict(void **state)
{
	static const struct {
		const char *text;
		bool dec, hex, negative;
		uint64_t as_dec, as_hex;
		int64_t as_signed;
	} cases[] = {
		{"0", true, true, true, 0, 0, 0},
		{"10", true, true, true, 10, 16, 10},
		{"00000010", true, true, true, 10, 16, 10},
		{"ff", false, true, false, 0, 255, 0},
		{"FfFf", false, true, false, 0, 65535, 0},
		{"18446744073709551615", true, false, false, UINT64_MAX, 0, 0},
		{"18446744073709551616", false, false, false, 0, 0, 0},
		{"18446744073709551620", false, false, false, 0, 0, 0},
		{"99999999999999999999999999", false, false, false, 0, 0, 0},
		{"ffffffffffffffff", false, true, false, 0, UINT64_MAX, 0},
		{"10000000000000000", true, false, true, 10000000000000000, 0, 10000000000000000},
		{"00000000000000000000000000000000ff", false, true, false, 0, 255, 0},
		{"9223372036854775807", true, false, true, INT64_MAX, 0, INT64_MAX},
		{"9223372036854775808", true, false, false, UINT64_C(9223372036854775808), 0, 0},
		{"-9223372036854775808", false, false, true, 0, 0, INT64_MIN},
		{"-9223372036854775809", false, false, false, 0, 0, 0},
		{"-1", false, false, true, 0, 0, -1},
		{"-0", false, false, true, 0, 0, 0},
		{"", false, false, false, 0, 0, 0},
		{"-", false, false, false, 0, 0, 0},
		{"--1", false, false, false, 0, 0, 0},
		{"+1", false, false, false, 0, 0, 0},
		{" 1", false, false, false, 0, 0, 0},
		{"1 ", false, false, false, 0, 0, 0},
		{"1\n", false, false, false, 0, 0, 0},
		{"0x1", false, false, false, 0, 0, 0},
		{"1.0", false, false, false, 0, 0, 0},
		{"1,000", false, false, false, 0, 0, 0},
		{"1e3", false, true, false, 0, 0x1e3, 0},
		{"\xd9\xa1", false, false, false, 0, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct rxpath_slice text = rxpath_slice_of(cases[i].text);
		uint64_t value = 77;
		int64_t number = 77;

		assert_int_equal(rxpath_scan_dec(text, &value), cases[i].dec);
		assert_int_equal(value, cases[i].dec ? cases[i].as_dec : 77);
		value = 77;
		/* What is decimal may be hexadecimal too, if it is not too long. */
		if (rxpath_scan_hex(text, &value) && !cases[i].hex)
			assert_true(cases[i].dec && text.len > 16 - (text.ptr[0] != '0'));
		if (cases[i].hex)
			assert_int_equal(value, cases[i].as_hex);
		assert_int_equal(rxpath_scan_signed(text, &number), cases[i].negative);
		assert_int_equal(number, cases[i].negative ? cases[i].as_signed : 77);
	}
	uint64_t value;
	assert_false(rxpath_scan_dec((struct rxpath_slice){"1\0"
							   "2",
							   3},
				     &value));
	assert_false(rxpath_scan_hex((struct rxpath_slice){"1\0"
							   "2",
							   3},
				     &value));
}

static void billionths_are_exact(void **state)
{
	static const struct {
		const char *text;
		bool valid;
		uint64_t value;
	} cases[] = {
		{"1", true, 1000000000},
		{"0", true, 0},
		{"0.2", true, 200000000},
		{".5", true, 500000000},
		{"5.", true, UINT64_C(5000000000)},
		{"0.000000001", true, 1},
		{"0.0000000010", true, 1},
		{"0.0000000001", false, 0},
		{"18446744073.709551615", true, UINT64_MAX},
		{"18446744073.709551616", false, 0},
		{"18446744074", false, 0},
		{"", false, 0},
		{".", false, 0},
		{"-1", false, 0},
		{"1.2.3", false, 0},
		{"1,5", false, 0},
		{"1e9", false, 0},
		{"inf", false, 0},
		{"nan", false, 0},
		{"0x1", false, 0},
		{" 1", false, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint64_t value = 77;

		if (rxpath_scan_billionths(rxpath_slice_of(cases[i].text), &value) !=
		    cases[i].valid)
			fail_msg("'%s'", cases[i].text);
		assert_int_equal(value, cases[i].valid ? cases[i].value : 77);
	}
}

static void patterns_match_the_whole_text(void **state)
{
	static const struct {
		const char *pattern, *text;
		bool match;
	} cases[] = {
		{"eth*", "eth0", true},
		{"eth*", "xeth0", false},
		{"eth?", "eth10", false},
		{"eth[01]", "eth1", true},
		{"eth[01]", "eth2", false},
		{"*", "", true},
		{"", "", true},
		{"", "a", false},
		{"udp6/[::1]:9999", "udp6/[::1]:9999", true},
		{"udp6/[::1]:*", "udp6/[::1]:53", true},
		{"udp6/[::]:*", "udp6/[::1]:53", false},
		{"udp*", "udp6/[::1]:53", true},
		{"*/*:53", "udp/0.0.0.0:53", true},
		{"[", "[", true},
		{"cpu?", "cpu10", false},
		{"*a*b", "xaxbxab", true},
		{"*a*b", "xaxbxa", false},
		{"**", "a", true},
		{"a*", "", false},
		{"[a-c]x", "bx", true},
		{"[a-c]x", "dx", false},
		{"[!a-c]", "d", true},
		{"[^a-c]", "b", false},
		{"[!a]", "", false},
		{"[]-]", "]", true},
		{"[]-]", "-", true},
		{"[a-]", "-", true},
		{"[\\]]", "]", true},
		{"[[:digit:]x]", "7", true},
		{"[[:digit:]x]", "x", true},
		{"[[:digit:]x]", "d", false},
		{"[![:upper:]]", "A", false},
		{"[[:none:]]", "n", false},
		{"[[:alpha:]]", "\xe4", false},
		{"[\x80-\xff]", "\xe4", true},
		{"a\\*", "a*", true},
		{"a\\*", "ab", false},
		{"a\\", "a", false},
		{"a\\", "a\\", false},
		{"[a", "[a", true},
		{"[a", "a", false},
		{"udp/[[]*", "udp/[x", true},
	};
	const struct rxpath_slice with_nul = {"a\0b", 3};
	char large[600];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		if (rxpath_scan_glob(cases[i].pattern, rxpath_slice_of(cases[i].text)) !=
		    cases[i].match)
			fail_msg("'%s' and '%s'", cases[i].pattern, cases[i].text);
	assert_false(rxpath_scan_glob("*", with_nul));
	memset(large, '*', 256);
	large[256] = '\0';
	assert_false(rxpath_scan_glob(large, rxpath_slice_of("a")));
	assert_true(rxpath_scan_glob(large + 1, rxpath_slice_of("a")));
	memset(large, '[', sizeof large - 1);
	large[sizeof large - 1] = '\0';
	assert_false(rxpath_scan_glob(large, rxpath_slice_of("a")));
	assert_false(rxpath_scan_glob("*", rxpath_slice_of(large)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_and_words),
		cmocka_unit_test(splitting_at_a_separator),
		cmocka_unit_test(a_list_is_taken_apart),
		cmocka_unit_test(slices_compare_as_bytes),
		cmocka_unit_test(words_are_found_in_any_case),
		cmocka_unit_test(numbers_are_strict),
		cmocka_unit_test(billionths_are_exact),
		cmocka_unit_test(patterns_match_the_whole_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
