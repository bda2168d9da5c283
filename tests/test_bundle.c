/* test_bundle.c: the stored form: what `tail -n +1` prints, what `rxpath save` writes, and what is
 * none. */
#include "support.h"

/* Collects "PATH|BYTES|" of each section; a NUL shows as '@'. */
static bool collect(void *context, const struct rxpath_section *section, struct rxpath_error *error)
{
	struct rxpath_buf *out = context;
	size_t from = out->len;

	(void)error;
	assert_int_equal(section->error, 0);
	rxpath_buf_slice(out, section->path);
	rxpath_buf_char(out, '|');
	rxpath_buf_slice(out, section->bytes);
	rxpath_buf_char(out, '|');
	for (; from < out->len; from++)
		if (out->data[from] == '\0')
			out->data[from] = '@';
	return true;
}

static void sections_are_told_apart(void **state)
{
	static const struct {
		const char *name, *text, *sections;
	} cases[] = {
		{"one file", "==> a <==\nx\n", "a|x\n|"},
		{"as tail prints two", "==> a <==\nx\n\n==> b <==\ny\n", "a|x\n|b|y\n|"},
		{"an empty file first", "==> a <==\n\n==> b <==\ny\n", "a||b|y\n|"},
		{"an empty file last", "==> a <==\nx\n\n==> b <==\n", "a|x\n|b||"},
		{"an empty file last, cut off behind its header",
		 "==> a <==\nx\n\n==> b <==", "a|x\n|b||"},
		{"nothing but an empty file", "==> a <==\n", "a||"},
		{"no last newline", "==> a <==\nx", "a|x|"},
		{"no last newline in the middle", "==> a <==\nx\n==> b <==\ny\n", "a|x\n|b|y\n|"},
		{"a file of one newline", "==> a <==\n\n\n==> b <==\ny\n", "a|\n|b|y\n|"},
		{"a file of one newline last", "==> b <==\ny\n\n==> a <==\n\n", "b|y\n|a|\n|"},
		{"an empty line within", "==> a <==\nx\n\ny\n\n==> b <==\nz\n",
		 "a|x\n\ny\n|b|z\n|"},
		{"a file that ends with an empty line", "==> a <==\nx\n\n\n==> b <==\nz\n",
		 "a|x\n\n|b|z\n|"},
		{"an editor's empty line at the end", "==> a <==\nx\n\n", "a|x\n|"},
		{"no empty lines between, as a loop of cat would have it",
		 "==> a <==\nx\n==> b <==\ny\n", "a|x\n|b|y\n|"},
		{"two headers in a row", "==> a <==\n==> b <==\ny\n", "a||b|y\n|"},
		{"what only looks like a header", "==> a <==\n==> x\ny <==\n ==> b <==\n==> <==\n",
		 "a|==> x\ny <==\n ==> b <==\n==> <==\n|"},
		{"a path with spaces and arrows", "==> ==> a b <== <==\nx\n", "==> a b <==|x\n|"},
		{"the same path twice", "==> a <==\nx\n\n==> a <==\ny\n", "a|x\n|a|y\n|"},
		{"lines of Windows", "==> a <==\nx\r\n", "a|x\r\n|"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct rxpath_buf out = {0};
		struct rxpath_error error = {0};
		size_t len = strlen(cases[i].text);
		char *text = malloc(len);

		/* Without the NUL: what reads past the end is found out. */
		memcpy(text, cases[i].text, len);
		assert_true(rxpath_bundle_split((struct rxpath_slice){text, len}, collect, &out,
						&error));
		if (strcmp(text_of(&out), cases[i].sections) != 0)
			fail_msg("%s: expected\n%s\ngot\n%s", cases[i].name, cases[i].sections,
				 out.data);
		rxpath_buf_free(&out);
		free(text);
	}
}

static void nul_bytes_are_bytes(void **state)
{
	static const char text[] = "==> a <==\nx\0y\n\n==> b <==\n\0\n";
	struct rxpath_buf out = {0};
	struct rxpath_error error = {0};

	(void)state;
	assert_true(rxpath_bundle_split((struct rxpath_slice){text, sizeof text - 1}, collect, &out,
					&error));
	assert_string_equal(text_of(&out), "a|x@y\n|b|@\n|");
	rxpath_buf_free(&out);
}

/* What cannot be read has no section in tail's output, only a line on standard error. */
static void what_is_no_sample_is_refused(void **state)
{
	static const struct {
		const char *text, *error;
	} cases[] = {
		{"", "line 1: not a sample: no '==> PATH <==' line"},
		{"\n", "line 1: not a sample: no '==> PATH <==' line"},
		{"hello\n==> a <==\nx\n", "line 1: not a sample: no '==> PATH <==' line: 'hello'"},
		{"\n==> a <==\nx\n", "line 1: not a sample: no '==> PATH <==' line"},
		{"==>  <==\n", "line 1: not a sample: no '==> PATH <==' line: '==>  <=='"},
		{"==> <==\n", "line 1: not a sample: no '==> PATH <==' line: '==> <=='"},
		{"\x7f"
		 "ELF",
		 "line 1: not a sample: no '==> PATH <==' line: '\\x7FELF'"},
		{"==> rxpath <==\ncomplete rxpath/end\n\n==> /proc/net/snmp <==\nUdp: InErr",
		 "truncated: the sample ends in section: '/proc/net/snmp'"},
		{"==> rxpath <==\ncomplete rxpath/end\n",
		 "truncated: the sample ends in section: 'rxpath'"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct rxpath_error error = {0};
		struct rxpath_buf out = {0};
		struct rxpath_buf reason = {0};

		if (rxpath_bundle_split(rxpath_slice_of(cases[i].text), collect, &out, &error))
			fail_msg("accepted: %s", cases[i].text);
		rxpath_error_reason(&error, &reason);
		assert_string_equal(text_of(&reason), cases[i].error);
		rxpath_buf_free(&out);
		rxpath_buf_free(&reason);
	}
}

static void a_sample_that_keeps_its_promise_is_whole(void **state)
{
	struct rxpath_buf out = {0};
	struct rxpath_error error = {0};

	(void)state;
	assert_true(rxpath_bundle_split(
		rxpath_slice_of("==> rxpath <==\ncomplete rxpath/end\n\n==> a <==\nx\n\n"
				"==> rxpath/end <==\n\n"),
		collect, &out, &error));
	rxpath_buf_free(&out);
}

/* Cut at any byte it is either refused or shorter by whole sections; never is a cut section passed
 * on as a whole one. */
static void cut_anywhere(void **state)
{
	static const char whole[] =
		"==> rxpath <==\nhost a\ncomplete rxpath/end\n\n==> /proc/net/snmp <==\n"
		"Udp: InErrors\nUdp: 123\n\n==> rxpath/end <==\n\n";
	size_t end = (size_t)(strstr(whole, "==> rxpath/end <==") - whole) + 18;

	(void)state;
	for (size_t len = 0; len < sizeof whole; len++) {
		struct rxpath_buf out = {0};
		struct rxpath_error error = {0};
		bool split = rxpath_bundle_split((struct rxpath_slice){whole, len}, collect, &out,
						 &error);
		/* Until the promise stands there whole, nothing has been promised. */
		size_t promise = (size_t)(strstr(whole, "rxpath/end\n") - whole) + 10;

		if (len >= end)
			assert_true(split);
		else if (len >= promise)
			assert_false(split);
		rxpath_buf_free(&out);
	}
}

static void what_is_written_is_read_again(void **state)
{
	static const struct rxpath_section sections[] = {
		{{"rxpath", 6}, {"complete rxpath/end\n", 20}, 0},
		{{"/proc/net/cut", 13}, {"a 1\nb 2", 7}, 0},
		{{"/proc/net/udp", 13}, {"  sl\n\n\n", 7}, 0},
		{{"/proc/net/snmp6", 15}, {"", 0}, 0},
		{{"/proc/net/x", 11}, {"a\0b\n", 4}, 0},
		{{"rxpath/one-newline", 18}, {"\n", 1}, 0},
		{{"rxpath/end", 10}, {"last\n", 5}, 0},
	};
	struct rxpath_buf text = {0};
	struct rxpath_buf expected = {0};
	struct rxpath_buf got = {0};
	struct rxpath_error error = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(sections); i++) {
		rxpath_bundle_write(&text, &sections[i]);
		assert_true(collect(&expected, &sections[i], &error));
	}
	assert_true(rxpath_bundle_split(rxpath_buf_view(&text), collect, &got, &error));
	assert_string_equal(text_of(&got), text_of(&expected));
	rxpath_buf_free(&text);
	rxpath_buf_free(&expected);
	rxpath_buf_free(&got);
}

static bool refuse(void *context, const struct rxpath_section *section, struct rxpath_error *error)
{
	(void)section;
	++*(int *)context;
	return rxpath_error_memory(error);
}

static void a_sink_that_gives_up_ends_the_flow(void **state)
{
	struct rxpath_error error = {0};
	int calls = 0;

	(void)state;
	assert_false(rxpath_bundle_split(rxpath_slice_of("==> a <==\n\n==> b <==\n"), refuse,
					 &calls, &error));
	assert_int_equal(calls, 1);
	assert_int_equal(error.kind, RXPATH_ERROR_MEMORY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sections_are_told_apart),
		cmocka_unit_test(nul_bytes_are_bytes),
		cmocka_unit_test(what_is_no_sample_is_refused),
		cmocka_unit_test(a_sample_that_keeps_its_promise_is_whole),
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(what_is_written_is_read_again),
		cmocka_unit_test(a_sink_that_gives_up_ends_the_flow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
