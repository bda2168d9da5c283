/* test_connections.c: which TCP connections a report names. */
#include "support.h"

#define HEADER "protocol local remote queue rmem rcvbuf drops uid inode cookie\n"
#define ROW(port, queue, rmem, drops, cookie) \
	"tcp 10.0.0.2:80 10.0.0.9:" port " " queue " " rmem " 1000 " drops " 0 7 " cookie "\n"
#define CONNECTIONS(rows) AT("rxpath/connections", HEADER rows)
#define NETSTAT(closed) NET("netstat", "TcpExt: TCPToZeroWindowAdv\nTcpExt: " closed "\n")

static const struct connection_case {
	const char *name, *before, *after, *named;
} cases[] = {
	{"the fullest first", NETSTAT("0") CONNECTIONS(""),
	 NETSTAT("1")
		 CONNECTIONS(ROW("1", "501", "600", "0", "a") ROW("2", "800", "900", "0", "b")),
	 "from 10.0.0.9:2 dropped 0 full, from 10.0.0.9:1 dropped 0 full, "},
	{"the one that dropped more since then",
	 NETSTAT("0") CONNECTIONS(ROW("1", "0", "0", "5", "a")),
	 NETSTAT("1") CONNECTIONS(ROW("1", "0", "0", "9", "a") ROW("2", "800", "900", "3", "b")),
	 "from 10.0.0.9:1 dropped 4, from 10.0.0.9:2 dropped 3 full, "},
	{"not one that dropped before, and now is read",
	 NETSTAT("0") CONNECTIONS(ROW("1", "0", "0", "5", "a")),
	 NETSTAT("1") CONNECTIONS(ROW("1", "0", "0", "5", "a")), ""},
	{"the first sample does not tell", NETSTAT("0"),
	 NETSTAT("1") CONNECTIONS(ROW("1", "0", "0", "5", "a")), "from 10.0.0.9:1 dropped ?, "},
	{"of those of which the first sample does not tell the full ones, then the longest queue",
	 NETSTAT("0"),
	 NETSTAT("1") CONNECTIONS(ROW("1", "900", "500", "0", "a") ROW("2", "800", "501", "0", "b")
					  ROW("3", "800", "501", "0", "a1")
						  ROW("4", "801", "501", "0", "c")),
	 "from 10.0.0.9:4 dropped ? full, from 10.0.0.9:2 dropped ? full, "
	 "from 10.0.0.9:3 dropped ? full, from 10.0.0.9:1 dropped ?, "},
	{"eight of them", NETSTAT("0") CONNECTIONS(""),
	 NETSTAT("1") CONNECTIONS(ROW("1", "0", "0", "1", "1") ROW("2", "0", "0", "2", "2") ROW(
		 "3", "0", "0", "3", "3") ROW("4", "0", "0", "4", "4") ROW("5", "0", "0", "5", "5")
					  ROW("6", "0", "0", "6", "6") ROW("7", "0", "0", "7", "7")
						  ROW("8", "0", "0", "8", "8")
							  ROW("9", "0", "0", "9", "9")),
	 "from 10.0.0.9:9 dropped 9, from 10.0.0.9:8 dropped 8, from 10.0.0.9:7 dropped 7, "
	 "from 10.0.0.9:6 dropped 6, from 10.0.0.9:5 dropped 5, from 10.0.0.9:4 dropped 4, "
	 "from 10.0.0.9:3 dropped 3, from 10.0.0.9:2 dropped 2, "},
	{"drops that wrapped", NETSTAT("0") CONNECTIONS(ROW("1", "0", "0", "4294967295", "a")),
	 NETSTAT("1") CONNECTIONS(ROW("1", "0", "0", "2", "a")), "from 10.0.0.9:1 dropped 3, "},
	{"half full is not enough", NETSTAT("0") CONNECTIONS(""),
	 NETSTAT("1") CONNECTIONS(ROW("1", "500", "500", "0", "a")), ""},
	{"nothing moved", NETSTAT("1") CONNECTIONS(""),
	 NETSTAT("1") CONNECTIONS(ROW("1", "800", "900", "0", "a")), "not asked"},
};

static void put_connection(struct rxpath_buf *out, const struct rxpath_socket_line *line)
{
	struct rxpath_slice rest = line->subject;
	struct rxpath_slice word;

	assert_true(rxpath_scan_word(&rest, &word));
	assert_true(rxpath_slice_is(word, "tcp/10.0.0.2:80"));
	rxpath_slice_skip(&rest, 1);
	rxpath_buf_slice(out, rest);
	rxpath_buf_string(out, " dropped ");
	if (line->drops_before == RXPATH_UNKNOWN)
		rxpath_buf_char(out, '?');
	else
		rxpath_buf_u64(out, line->delta);
	rxpath_buf_string(out, line->full ? " full, " : ", ");
}

static void the_worst_are_named(void **state)
{
	static const struct rxpath_criteria everything = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct rxpath_sample before = sample_of(cases[i].before);
		struct rxpath_sample after = sample_of(cases[i].after);
		struct rxpath_report report = {0};
		struct rxpath_error error = {0};
		struct rxpath_buf named = {0};

		assert_true(rxpath_analyse(&before, &after, &everything, &report, &error));
		if (!rxpath_analyse_needs_connections(&report))
			rxpath_buf_string(&named, "not asked");
		else
			assert_true(rxpath_analyse_connections(&report, &before, &after, &error));
		for (size_t j = 0; j < report.connection_count; j++)
			put_connection(&named, &report.connections[j]);
		if (strcmp(text_of(&named), cases[i].named) != 0)
			fail_msg("%s: %s", cases[i].name, named.data);
		rxpath_buf_free(&named);
		rxpath_report_free(&report);
		rxpath_sample_free(&before);
		rxpath_sample_free(&after);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_worst_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
