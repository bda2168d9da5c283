/* test_err.c: errors as values: what they hold, and how they read. */
#include <errno.h>

#include "support.h"

static void assert_reads(const struct rxpath_error *error, const char *reason, const char *text)
{
	struct rxpath_buf out = {0};

	rxpath_error_reason(error, &out);
	assert_string_equal(text_of(&out), reason);
	rxpath_buf_reset(&out);
	rxpath_error_text(error, &out);
	assert_string_equal(text_of(&out), text);
	rxpath_buf_free(&out);
}

static void file_line_and_token(void **state)
{
	struct rxpath_error error = {0};

	(void)state;
	assert_false(
		rxpath_error_format(&error, 2, "not a hexadecimal number", rxpath_slice_of("xyz")));
	assert_reads(&error, "line 2: not a hexadecimal number: 'xyz'",
		     "line 2: not a hexadecimal number: 'xyz'");
	rxpath_error_name(&error, rxpath_slice_of("/proc/net/softnet_stat"));
	assert_reads(&error, "line 2: not a hexadecimal number: 'xyz'",
		     "/proc/net/softnet_stat:2: not a hexadecimal number: 'xyz'");
	/* The first name stays. */
	rxpath_error_name(&error, rxpath_slice_of("other"));
	assert_string_equal(error.file, "/proc/net/softnet_stat");
	assert_false(rxpath_error_format(&error, 0, "empty", rxpath_slice_of("")));
	rxpath_error_name(&error, rxpath_slice_of("/proc/net/udp"));
	assert_reads(&error, "empty", "/proc/net/udp: empty");
}

static void the_other_kinds(void **state)
{
	struct rxpath_error error = {0};

	(void)state;
	assert_reads(&error, "", "");
	assert_false(rxpath_error_system(&error, "/proc/net/snmp", EACCES));
	assert_reads(&error, "Permission denied", "/proc/net/snmp: Permission denied");
	assert_false(rxpath_error_memory(&error));
	assert_reads(&error, "out of memory", "out of memory");
	assert_false(
		rxpath_error_refused(&error, "a.txt", "of another host than %s", "b\x1b[31m.txt"));
	assert_reads(&error, "of another host than b?[31m.txt",
		     "a.txt: of another host than b?[31m.txt");
	/* Nobody who asks for no error has to have room for one. */
	assert_false(rxpath_error_system(NULL, "x", EACCES));
	assert_false(rxpath_error_format(NULL, 1, "x", rxpath_slice_of("y")));
	assert_false(rxpath_error_memory(NULL));
	assert_false(rxpath_error_refused(NULL, "x", "%d", 1));
	rxpath_error_name(NULL, rxpath_slice_of("x"));
}

static void tokens_are_escaped_and_cut(void **state)
{
	static const struct {
		struct rxpath_slice token;
		const char *shown;
	} cases[] = {
		{{"a\0b", 3}, "a\\x00b"},
		{{"it's", 4}, "it\\x27s"},
		{{"\x1b\\", 2}, "\\x1B\\x5C"},
		{{"0123456789012345678901234567890123456789", 40},
		 "0123456789012345678901234567890123456789"},
		{{"01234567890123456789012345678901234567890123456789", 50}, NULL},
		{{"\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n", 20}, NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct rxpath_error error = {0};

		rxpath_error_format(&error, 1, "x", cases[i].token);
		assert_true(strlen(error.token) < sizeof error.token);
		if (cases[i].shown)
			assert_string_equal(error.token, cases[i].shown);
		else
			assert_string_equal(error.token + strlen(error.token) - 3, "...");
	}
}

static void long_names_are_cut(void **state)
{
	struct rxpath_error error = {0};
	char name[1000];

	(void)state;
	memset(name, 'n', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	rxpath_error_system(&error, name, ENOENT);
	assert_true(strlen(error.file) < sizeof error.file);
	rxpath_error_refused(&error, name, "%s", name);
	assert_true(strlen(error.what) < sizeof error.what);
	rxpath_error_format(&error, 1, name, rxpath_slice_of(name));
	assert_true(strlen(error.what) < sizeof error.what);
}

/* One number in all samples, and each comes back as it was. */
static void numbers_in_samples(void **state)
{
	(void)state;
	assert_int_equal(rxpath_error_in_sample(ETIMEDOUT), 110);
	assert_int_equal(rxpath_error_in_sample(ENOENT), ENOENT);
	for (int i = 0; i < 4096; i++)
		assert_int_equal(rxpath_error_in_sample(rxpath_error_in_sample(i)), i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(file_line_and_token),	      cmocka_unit_test(the_other_kinds),
		cmocka_unit_test(tokens_are_escaped_and_cut), cmocka_unit_test(long_names_are_cut),
		cmocka_unit_test(numbers_in_samples),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
