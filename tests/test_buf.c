/* test_buf.c: growable output, and the one escape that every format uses. */
#include "support.h"

static void it_grows_and_starts_again(void **state)
{
	struct rxpath_buf buf = {0};

	(void)state;
	for (int i = 0; i < 10000; i++)
		rxpath_buf_string(&buf, "0123456789");
	assert_int_equal(buf.len, 100000);
	assert_memory_equal(buf.data + 99990, "0123456789", 10);
	rxpath_buf_reset(&buf);
	assert_int_equal(buf.len, 0);
	rxpath_buf_bytes(&buf, NULL, 0);
	rxpath_buf_slice(&buf, (struct rxpath_slice){NULL, 0});
	rxpath_buf_repeat(&buf, 'x', 0);
	rxpath_buf_repeat(&buf, 'x', 3);
	rxpath_buf_char(&buf, '\0');
	assert_string_equal(buf.data, "xxx");
	rxpath_buf_free(&buf);
	assert_null(buf.data);
}

static void without_memory_it_says_so_until_it_starts_again(void **state)
{
	struct rxpath_buf buf = {0};

	(void)state;
	rxpath_buf_string(&buf, "a");
	assert_null(rxpath_buf_room(&buf, SIZE_MAX));
	assert_true(buf.failed);
	rxpath_buf_string(&buf, "b");
	rxpath_buf_printf(&buf, "%d", 1);
	assert_int_equal(buf.len, 1);
	assert_true(buf.failed);
	rxpath_buf_reset(&buf);
	rxpath_buf_string(&buf, "c");
	assert_false(buf.failed);
	assert_true(rxpath_slice_is(rxpath_buf_view(&buf), "c"));
	rxpath_buf_free(&buf);
}

static void numbers(void **state)
{
	struct rxpath_buf buf = {0};

	(void)state;
	rxpath_buf_u64(&buf, 0);
	rxpath_buf_char(&buf, ' ');
	rxpath_buf_u64(&buf, UINT64_MAX);
	rxpath_buf_char(&buf, ' ');
	rxpath_buf_hex(&buf, 0x1a2b, 8);
	rxpath_buf_printf(&buf, " %s-%d", "long enough to need some room of its own", -5);
	assert_string_equal(text_of(&buf),
			    "0 18446744073709551615 00001A2B long enough to need some room "
			    "of its own--5");
	rxpath_buf_free(&buf);
}

static void a_percentage_is_rounded_but_neither_to_all_nor_to_nothing(void **state)
{
	static const struct {
		uint64_t part, whole;
		const char *text;
	} cases[] = {
		{0, 7, "0 %"},
		{1, UINT64_MAX, "below 0.1 %"},
		{1, 2000, "0.1 %"},
		{4, 10000, "below 0.1 %"},
		{77, 10000, "0.8 %"},
		{994, 10000, "9.9 %"},
		{9951, 100000, "10 %"},
		{8394, 10000, "84 %"},

		{9951, 10000, "99 %"},
		{1199, 1200, "99 %"},
		{1200, 1200, "100 %"},
		{UINT64_MAX - 1, UINT64_MAX, "99 %"},
		{UINT64_MAX, UINT64_MAX, "100 %"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct rxpath_buf buf = {0};

		rxpath_buf_percent(&buf, cases[i].part, cases[i].whole);
		rxpath_buf_char(&buf, '\0');
		assert_string_equal(buf.data, cases[i].text);
		rxpath_buf_free(&buf);
	}
}

static void escapes_and_back(void **state)
{
	static const struct {
		struct rxpath_slice raw;
		const char *also, *escaped, *text;
	} cases[] = {
		{{"plain-1.2:3", 11}, "", "plain-1.2:3", "plain-1.2:3"},
		{{"a b", 3}, "", "a\\x20b", "a b"},
		{{"a\tb\nc", 5}, "", "a\\x09b\\x0Ac", "a\\x09b\\x0Ac"},
		{{"\\", 1}, "", "\\x5C", "\\x5C"},
		{{"\\x41", 4}, "", "\\x5Cx41", "\\x5Cx41"},
		{{"\0", 1}, "", "\\x00", "\\x00"},
		{{"\x1b[m", 3}, "", "\\x1B[m", "\\x1B[m"},
		{{"\x7f\x80\xff", 3}, "", "\\x7F\\x80\\xFF", "\\x7F\\x80\\xFF"},
		{{"a,b=c", 5}, ",=", "a\\x2Cb\\x3Dc", "a\\x2Cb\\x3Dc"},
		{{"", 0}, "", "", ""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct rxpath_buf buf = {0};
		struct rxpath_buf back = {0};

		rxpath_buf_escaped(&buf, cases[i].raw, cases[i].also);
		rxpath_buf_unescaped(&back, rxpath_buf_view(&buf));
		assert_true(rxpath_slice_equal(rxpath_buf_view(&back), cases[i].raw));
		assert_string_equal(text_of(&buf), cases[i].escaped);
		rxpath_buf_reset(&buf);
		rxpath_buf_escaped_text(&buf, cases[i].raw, cases[i].also);
		assert_string_equal(text_of(&buf), cases[i].text);
		rxpath_buf_free(&buf);
		rxpath_buf_free(&back);
	}
}

static void what_is_no_escape_stays_as_it_is(void **state)
{
	static const struct {
		const char *escaped, *raw;
	} cases[] = {
		{"\\x4", "\\x4"},     {"\\xZZ", "\\xZZ"}, {"\\", "\\"},		{"\\n", "\\n"},
		{"\\x41\\x", "A\\x"}, {"\\x4g", "\\x4g"}, {"\\x6a\\x6A", "jj"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct rxpath_buf buf = {0};

		rxpath_buf_unescaped(&buf, rxpath_slice_of(cases[i].escaped));
		assert_string_equal(text_of(&buf), cases[i].raw);
		rxpath_buf_free(&buf);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_grows_and_starts_again),
		cmocka_unit_test(without_memory_it_says_so_until_it_starts_again),
		cmocka_unit_test(numbers),
		cmocka_unit_test(a_percentage_is_rounded_but_neither_to_all_nor_to_nothing),
		cmocka_unit_test(escapes_and_back),
		cmocka_unit_test(what_is_no_escape_stays_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
