/* test_render.c: what a report's bytes may be, whatever names it has to show; and their form. */
#include "support.h"

/* ---- a strict reader of JSON (RFC 8259) that only says yes or no ---------------------------- */

struct reader {
	const char *at;
	bool wrong;
};

static void read_value(struct reader *reader, int depth);

static bool take(struct reader *reader, char c)
{
	if (*reader->at != c)
		return false;
	reader->at++;
	return true;
}

static void demand(struct reader *reader, char c)
{
	if (!take(reader, c))
		reader->wrong = true;
}

static void read_string(struct reader *reader)
{
	demand(reader, '"');
	while (!reader->wrong && *reader->at != '"') {
		unsigned char c = (unsigned char)*reader->at++;

		if (c < ' ' || c == 0x7f) {
			reader->wrong = true;
		} else if (c == '\\') {
			size_t digits = *reader->at == 'u' ? 4 : 0;

			if (!*reader->at || !strchr("\"\\/bfnrtu", *reader->at++))
				reader->wrong = true;
			if (strspn(reader->at, "0123456789abcdefABCDEF") < digits)
				reader->wrong = true;
		}
	}
	demand(reader, '"');
}

static void read_number(struct reader *reader)
{
	size_t digits = strspn(reader->at, "0123456789");

	if (digits == 0 || (digits > 1 && *reader->at == '0'))
		reader->wrong = true;
	reader->at += digits;
	if (take(reader, '.')) {
		digits = strspn(reader->at, "0123456789");
		reader->at += digits;
		reader->wrong = reader->wrong || digits == 0;
	}
}

static void read_items(struct reader *reader, char end, int depth)
{
	if (take(reader, end))
		return;
	do {
		if (end == '}') {
			read_string(reader);
			demand(reader, ':');
		}
		read_value(reader, depth + 1);
	} while (!reader->wrong && take(reader, ','));
	demand(reader, end);
}

static void read_value(struct reader *reader, int depth)
{
	static const char *const words[] = {"null", "true", "false"};

	if (depth > 20)
		reader->wrong = true;
	if (reader->wrong)
		return;
	for (size_t i = 0; i < COUNT(words); i++)
		if (strncmp(reader->at, words[i], strlen(words[i])) == 0) {
			reader->at += strlen(words[i]);
			return;
		}
	if (take(reader, '{'))
		read_items(reader, '}', depth);
	else if (take(reader, '['))
		read_items(reader, ']', depth);
	else if (*reader->at == '"')
		read_string(reader);
	else
		read_number(reader);
}

static void assert_json_line(const char *text)
{
	struct reader reader = {.at = text};

	assert_int_equal(*text, '{');
	read_value(&reader, 0);
	demand(&reader, '\n');
	if (reader.wrong || *reader.at)
		fail_msg("not JSON from '%.60s' on", reader.at);
}

/* RFC 3629: what a reader of JSON may refuse to read. */
static void assert_utf8(const char *text)
{
	const unsigned char *at = (const unsigned char *)text;

	while (*at) {
		int more = *at < 0x80		       ? 0
			   : *at >= 0xc2 && *at < 0xe0 ? 1
			   : *at >= 0xe0 && *at < 0xf0 ? 2
			   : *at >= 0xf0 && *at < 0xf5 ? 3
						       : -1;

		assert_true(more >= 0);
		if ((*at == 0xe0 && at[1] < 0xa0) || (*at == 0xed && at[1] > 0x9f) ||
		    (*at == 0xf0 && at[1] < 0x90) || (*at == 0xf4 && at[1] > 0x8f))
			fail_msg("overlong, a surrogate or too large");
		for (at++; more > 0; more--, at++)
			assert_int_equal(*at & 0xc0, 0x80);
	}
}

/* ---- a report with everything in it that somebody else has named ---------------------------- */

#define ROW(inode, drops) \
	"   0: 0100007F:270F 00000000:0000 07 00000000:00000D00 00:00000000 00000000  1000 " \
	"       0 " inode " 2 0 " drops " 4608 3328 0\n"
#define SAMPLE(seconds, drops, errors, owners) \
	META("host ho\033[31mst\t\"x\\\nkernel 6.18\a\nnetns a\"b\n" \
	     "time 2026-01-31T12:00:00.000Z\nmonotonic " seconds "\n") \
	NET("snmp", "Udp: RcvbufErrors InErrors\nUdp: " errors " " errors "\n") \
	NET("softnet_stat", "x,y=z\033]0;title\a\"\\\n") \
	NET("dev", "Inter-| R | T\n face |packets drop errs|bytes\n\033[2Jeth: 0 " errors \
		   " " errors " 0\n" \
		   "  a b\"c\\d: 0 0 " errors " 0\n") \
	NET("udp", UDP_HEADER " rcvbuf rmem cookie\n" ROW("7", drops)) AT("rxpath/owners", owners)

#define BEFORE SAMPLE("10.0", "0", "0", "")

struct made {
	struct rxpath_sample before, after;
	struct rxpath_report report;
};

static struct made *make(const char *before, const char *after, bool all)
{
	const struct rxpath_criteria criteria = {.all = all};
	struct made *made = calloc(1, sizeof *made);
	struct rxpath_error error = {0};

	assert_non_null(made);
	made->before = sample_of(before);
	made->after = sample_of(after);
	assert_true(rxpath_analyse(&made->before, &made->after, &criteria, &made->report, &error));
	assert_true(rxpath_analyse_owners(&made->report, &made->after, &error));
	return made;
}

static void made_free(struct made *made)
{
	rxpath_report_free(&made->report);
	rxpath_sample_free(&made->before);
	rxpath_sample_free(&made->after);
	free(made);
}

static const struct rxpath_style plain = {0};

static char *rendered(rxpath_renderer *render, const struct rxpath_report *report,
		      const struct rxpath_style *style)
{
	struct rxpath_buf out = {0};

	render(report, style, &out);
	text_of(&out);
	return out.data;
}

static char *render_pair(rxpath_renderer *render, const char *before, const char *after)
{
	struct made *made = make(before, after, false);
	char *text = rendered(render, &made->report, &plain);

	made_free(made);
	return text;
}

static const char *const names[] = {
	"plain",
	"two\\x20words",
	"line\\x0Abreak",
	"tab\\x09stop",
	"\\x1B[31mred",
	"quote\\x22",
	"back\\x5Cslash",
	"comma,equals=",
	"\\xC3\\xA4",
	"\\xFF\\xFE",
	"\\xED\\xA0\\x80",
	"\\xC2\\x9B31m",
	"nul\\x00inside",
	"\\x7F",
	"\\xF0\\x9F\\x92\\xA7",
	"\\xC3",
	"\\xE2\\x82",
	"\\xF4\\x90\\x80\\x80",
	"",
	"(sd-pam)",
};

static char *sample_with_name(const char *name)
{
	static const char format[] =
		SAMPLE("15.0", "15", "20", "7 12 %s\n7 13 second /s/x.service\n");
	size_t size = sizeof format + strlen(name);
	char *text = malloc(size);

	assert_non_null(text);
	snprintf(text, size, format, name);
	return text;
}

/* No byte of theirs may end a line, move a column or reach a terminal as a command. */
static void names_of_others_stay_what_they_are(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		char *after = sample_with_name(names[i]);
		char *text = render_pair(rxpath_render_text, BEFORE, after);
		char *tsv = render_pair(rxpath_render_tsv, BEFORE, after);
		char *json = render_pair(rxpath_render_json, BEFORE, after);

		for (const char *at = text; *at; at++)
			assert_true(*at == '\n' || (*at >= ' ' && *at <= '~'));
		for (const char *at = tsv; *at; at++)
			assert_true(*at == '\n' || *at == '\t' || (*at >= ' ' && *at <= '~'));
		assert_json_line(json);
		assert_utf8(json);
		assert_null(strchr(json, '\x1b'));
		assert_null(strstr(json, "\xc2\x9b"));
		assert_non_null(strstr(json, "\"comm\":\"second\""));
		free(after);
		free(text);
		free(tsv);
		free(json);
	}
}

/* Well formed, and yet nothing to be shown as it stands: U+00AD, U+202E, U+2066, U+FEFF. Beside
 * them what is: U+00E9, U+2713, U+1F41F. */
static void json_turns_no_terminal_around(void **state)
{
	char *after = sample_with_name("\\xC2\\xAD\\xE2\\x80\\xAE\\xE2\\x81\\xA6\\xEF\\xBB\\xBF"
				       "\\xC3\\xA9\\xE2\\x9C\\x93\\xF0\\x9F\\x90\\x9F");
	char *json = render_pair(rxpath_render_json, BEFORE, after);

	(void)state;
	assert_non_null(strstr(json, "\"comm\":\"\\u00ad\\u202e\\u2066\\ufeff"
				     "\xc3\xa9\xe2\x9c\x93\xf0\x9f\x90\x9f\""));
	free(after);
	free(json);
}

static char *json_of(const char *text)
{
	struct rxpath_buf out = {0};

	rxpath_put_json_string(&out, rxpath_slice_of(text));
	text_of(&out);
	return out.data;
}

/* At either side of each limit of RFC 3629, and cut off. */
static void json_keeps_what_is_well_formed(void **state)
{
	static const struct {
		const char *text, *json;
	} cases[] = {
		{"", "\"\""},
		{"\xc3"
		 "A",
		 "\"\\\\xC3A\""},
		{"\xc3", "\"\\\\xC3\""},
		{"\xe2\x82", "\"\\\\xE2\\\\x82\""},
		{"\xe2\x82"
		 "A",
		 "\"\\\\xE2\\\\x82A\""},
		{"\xe2"
		 "A\x82",
		 "\"\\\\xE2A\\\\x82\""},
		{"\xf0\x9f\x90"
		 "A",
		 "\"\\\\xF0\\\\x9F\\\\x90A\""},
		{"\x80", "\"\\\\x80\""},
		{"\xc1\xbf", "\"\\\\xC1\\\\xBF\""},
		{"\xc2\xa0", "\"\xc2\xa0\""},
		{"\xdf\xbf", "\"\xdf\xbf\""},
		{"\xe0\x9f\xbf", "\"\\\\xE0\\\\x9F\\\\xBF\""},
		{"\xe0\xa0\x80", "\"\xe0\xa0\x80\""},
		{"\xed\x9f\xbf", "\"\xed\x9f\xbf\""},
		{"\xed\xa0\x80", "\"\\\\xED\\\\xA0\\\\x80\""},
		{"\xee\x80\x80", "\"\xee\x80\x80\""},
		{"\xef\xbf\xbf", "\"\xef\xbf\xbf\""},
		{"\xf0\x8f\xbf\xbf", "\"\\\\xF0\\\\x8F\\\\xBF\\\\xBF\""},
		{"\xf0\x90\x80\x80", "\"\xf0\x90\x80\x80\""},
		{"\xf4\x8f\xbf\xbf", "\"\xf4\x8f\xbf\xbf\""},
		{"\xf4\x90\x80\x80", "\"\\\\xF4\\\\x90\\\\x80\\\\x80\""},
		{"\xf5\x80\x80\x80", "\"\\\\xF5\\\\x80\\\\x80\\\\x80\""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *json = json_of(cases[i].text);

		assert_string_equal(json, cases[i].json);
		free(json);
	}
}

/* The code in UTF-8. */
static void encode(unsigned code, char *text)
{
	if (code < 0x80) {
		*text++ = (char)code;
	} else if (code < 0x800) {
		*text++ = (char)(0xc0 | code >> 6);
	} else if (code < 0x10000) {
		*text++ = (char)(0xe0 | code >> 12);
		*text++ = (char)(0x80 | (code >> 6 & 0x3f));
	} else {
		*text++ = (char)(0xf0 | code >> 18);
		*text++ = (char)(0x80 | (code >> 12 & 0x3f));
		*text++ = (char)(0x80 | (code >> 6 & 0x3f));
	}
	if (code >= 0x80)
		*text++ = (char)(0x80 | (code & 0x3f));
	*text = '\0';
}

/* All of them, also at the ends of each range. */
static void json_escapes_these_characters(void **state)
{
	static const struct {
		unsigned first, end;
	} ranges[] = {{1, 0x3000}, {0xf000, 0x10000}, {0xdff00, 0xe0300}};
	struct rxpath_buf out = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(ranges); i++) {
		bool was_escaped = false;

		for (unsigned code = ranges[i].first; code < ranges[i].end; code++) {
			char text[5], escape[20];
			char *json;
			bool escaped;

			encode(code, text);
			json = json_of(text);
			escaped = json[1] == '\\';
			if (code > 0xffff)
				snprintf(escape, sizeof escape, "\"\\u%04x\\u%04x\"",
					 0xd800 + ((code - 0x10000) >> 10),
					 0xdc00 + (code & 0x3ff));
			else
				snprintf(escape, sizeof escape, "\"\\u%04x\"", code);
			if (escaped && code != '"' && code != '\\')
				assert_string_equal(json, escape);
			else
				assert_int_equal(strlen(json), strlen(text) + 2 + escaped);
			if (escaped != was_escaped)
				rxpath_buf_printf(&out, escaped ? "%x-" : "%x ",
						  escaped ? code : code - 1);
			was_escaped = escaped;
			free(json);
		}
	}
	assert_string_equal(text_of(&out),
			    "1-1f 22-22 5c-5c 7f-9f ad-ad 34f-34f 61c-61c 180b-180f 200b-200f "
			    "2028-202e 2060-206f fe00-fe0f feff-feff e0000-e007f e0100-e01ef ");
	rxpath_buf_free(&out);
}

static void names_are_escaped_alike(void **state)
{
	char *after = sample_with_name("a\\x20b\\x1B\\x2C\\x3D\\x5C\\xC3\\xA4\\xFF");
	char *text = render_pair(rxpath_render_text, BEFORE, after);
	char *tsv = render_pair(rxpath_render_tsv, BEFORE, after);
	char *json = render_pair(rxpath_render_json, BEFORE, after);

	(void)state;
	assert_non_null(strstr(text, "a\\x20b\\x1B,=\\x5C\\xC3\\xA4\\xFF"));
	assert_non_null(strstr(
		tsv, "pid=12,comm=a\\x20b\\x1B\\x2C\\x3D\\x5C\\xC3\\xA4\\xFF,pid=13,comm=second,"));
	assert_non_null(strstr(json, "\"comm\":\"a b\\u001b,=\\\\\xc3\xa4\\\\xFF\""));
	assert_non_null(strstr(text, "\\x1B[2Jeth"));
	assert_non_null(strstr(tsv, "\t\\x1B[2Jeth\t"));
	assert_non_null(strstr(tsv, "\ta\\x20b\"c\\x5Cd\t"));
	assert_non_null(strstr(json, "\"subject\":\"\\\\x1B[2Jeth\""));
	assert_non_null(strstr(json, "\"subject\":\"a\\\\x20b\\\"c\\\\x5Cd\""));
	assert_non_null(strstr(json, "\"netns\":\"a\\\"b\""));
	free(after);
	free(text);
	free(tsv);
	free(json);
}

static void every_line_of_tsv_has_ten_columns(void **state)
{
	static const char header[] =
		"#stage\tkind\tcounter\tsubject\tdelta\tlost\trate\tbefore\tafter\tdetail\n";

	(void)state;
	for (size_t i = 0; i < COUNT(names) * 2; i++) {
		const struct rxpath_style style = {.all = i % 2 == 1};
		char *after = sample_with_name(names[i / 2]);
		struct made *made = make(BEFORE, after, style.all);
		char *tsv = rendered(rxpath_render_tsv, &made->report, &style);
		size_t lines = 0;

		assert_memory_equal(tsv, header, sizeof header - 1);
		for (char *line = tsv, *end; *line; line = end + 1, lines++) {
			size_t columns = 1;

			end = strchr(line, '\n');
			assert_non_null(end);
			assert_int_not_equal(*line, '\t');
			for (char *at = line; at < end; at++) {
				if (*at != '\t')
					continue;
				columns++;
				assert_true(at[1] != '\t' && at[1] != '\n');
			}
			assert_int_equal(columns, 10);
		}
		assert_true(lines > 5);
		made_free(made);
		free(after);
		free(tsv);
	}
}

static void tsv_stands_in_path_order(void **state)
{
	char *after = sample_with_name("md-recv");
	char *tsv = render_pair(rxpath_render_tsv, BEFORE, after);
	static const char expected[] =
		"#stage\tkind\tcounter\tsubject\tdelta\tlost\trate\tbefore\tafter\tdetail\n"
		"device\tsuspect\tdev_drop\t\\x1B[2Jeth\t20\t0\t4.0\t0\t20\t-\n"
		"device\tdrop\tdev_errs\t\\x1B[2Jeth\t20\t20\t4.0\t0\t20\t-\n"
		"device\tdrop\tdev_errs\ta\\x20b\"c\\x5Cd\t20\t20\t4.0\t0\t20\t-\n"
		"softnet\tunknown\t/proc/net/softnet_stat\t-\t-\t-\t-\t-\t-\t"
		"reason=line 1: not a hexadecimal number: "
		"'x\\x2Cy\\x3Dz\\x1B]0\\x3Btitle\\x07\"\\x5C'\n"
		"transport\tdrop\tUdpInErrors\t-\t20\t0\t4.0\t0\t20\tcounted\n"
		"socket\tdrop\tUdpRcvbufErrors\t-\t20\t20\t4.0\t0\t20\t-\n"
		"socket\tdrop\tsk_drops\tudp/127.0.0.1:9999\t15\t0\t3.0\t0\t15\t"
		"inode=7,uid=1000,pid=12,comm=md-recv,pid=13,comm=second,rx_queue=3328,"
		"rcvbuf=4608,counted\n"
		"socket\tpressure\tsk_rx_queue\tudp/127.0.0.1:9999\t0\t0\t-\t3328\t3328\t"
		"inode=7,uid=1000,pid=12,comm=md-recv,pid=13,comm=second,rx_queue=3328,"
		"rcvbuf=4608\n";

	(void)state;
	/* A semicolon is no separator here. */
	for (char *at; (at = strstr(tsv, "]0;"));)
		memmove(at + 6, at + 3, strlen(at + 3) + 1), memcpy(at, "]0\\x3B", 6);
	assert_string_equal(tsv, expected);
	free(after);
	free(tsv);
}

static void json_never_leaves_a_key_out(void **state)
{
	static const char *const keys[] = {
		"{\"schema\":\"rxpath/1\",\"version\":\"",
		"\",\"host\":",
		",\"kernel\":",
		",\"netns\":",
		",\"time\":",
		",\"interval\":",
		",\"state\":\"",
		"\",\"lost\":",
		",\"stages\":[",
		"{\"stage\":\"device\",\"state\":",
		",\"seen\":",
		"{\"stage\":\"softnet\"",
		"{\"stage\":\"netfilter\"",
		"{\"stage\":\"ip\"",
		"{\"stage\":\"transport\"",
		"{\"stage\":\"socket\"",
		"],\"moved\":[",
		"],\"sockets\":[",
		"],\"attribution\":{",
		"\"socket_drops\":",
		",\"counted\":",
		",\"attributed\":",
		",\"unattributed\":",
		",\"uncounted\":",
		"},\"findings\":[",
		"],\"trace\":null",
		",\"unavailable\":[",
		"]}\n",
	};
	static const char *const samples[] = {
		BEFORE,
		NET("snmp", "Udp: InErrors\nUdp: 5\n"),
		AT("/proc/net/ptype", ""),
	};

	(void)state;
	for (size_t i = 0; i < COUNT(samples); i++) {
		char *json = render_pair(rxpath_render_json, samples[i], samples[i]);
		const char *at = json;

		assert_json_line(json);
		for (size_t j = 0; j < COUNT(keys); j++) {
			const char *found = strstr(at, keys[j]);

			if (!found)
				fail_msg("no %s, or not in its place, in %s", keys[j], json);
			at = found + strlen(keys[j]) - 1;
		}
		free(json);
	}
}

static void json_says_what_it_does_not_know(void **state)
{
	char *json = render_pair(rxpath_render_json, NET("snmp", "Udp: InErrors\nUdp: 5\n"),
				 NET("snmp", "Udp: InErrors\nUdp: 18446744073709551615\n"));

	(void)state;
	assert_json_line(json);
	assert_non_null(strstr(
		json, ",\"host\":null,\"kernel\":null,\"netns\":null,\"time\":null,"
		      "\"interval\":null,\"state\":\"drop\",\"lost\":18446744073709551610,"));
	assert_non_null(strstr(
		json, "{\"stage\":\"transport\",\"kind\":\"drop\",\"counter\":\"UdpInErrors\","
		      "\"subject\":\"-\",\"before\":5,\"after\":18446744073709551615,"
		      "\"delta\":18446744073709551610,\"lost\":18446744073709551610,"
		      "\"rate\":null,\"rule\":null,\"flags\":[]}"));
	assert_non_null(strstr(json,
			       "\"attribution\":{\"socket_drops\":null,\"counted\":null,"
			       "\"attributed\":null,\"unattributed\":null,\"uncounted\":null}"));
	free(json);
}

static void a_socket_in_json_is_whole(void **state)
{
	char *after = sample_with_name("md-recv");
	char *json = render_pair(rxpath_render_json, BEFORE, after);

	(void)state;
	assert_non_null(strstr(json,
			       "{\"protocol\":\"udp\",\"local\":\"127.0.0.1:9999\","
			       "\"remote\":\"0.0.0.0:0\",\"inode\":7,\"uid\":1000,\"drops\":15,"
			       "\"delta\":15,\"rx_queue_before\":3328,\"rx_queue\":3328,"
			       "\"rcvbuf\":4608,"));
	assert_non_null(strstr(json,
			       "\"processes\":[{\"pid\":12,\"comm\":\"md-recv\",\"cgroup\":null,"
			       "\"unit\":null,\"cpu\":null},"
			       "{\"pid\":13,\"comm\":\"second\",\"cgroup\":\"/s/x.service\","
			       "\"unit\":\"x.service\",\"cpu\":null}],\"flags\":[]"));
	assert_non_null(strstr(
		json, "\"attribution\":{\"socket_drops\":15,\"counted\":20,\"attributed\":15,"
		      "\"unattributed\":5,\"uncounted\":0}"));
	free(after);
	free(json);
}

static void one_of_many_reports_ends_with_an_empty_line(void **state)
{
	rxpath_renderer *const renderers[] = {rxpath_render_text, rxpath_render_tsv};
	struct made *made = make(BEFORE, BEFORE, false);

	(void)state;
	for (size_t i = 0; i < COUNT(renderers); i++) {
		char *once, *many;

		made->report.count_many = false;
		once = rendered(renderers[i], &made->report, &plain);
		made->report.count_many = true;
		many = rendered(renderers[i], &made->report, &plain);
		assert_true(strlen(once) > 2 && strlen(many) > 3);
		assert_string_not_equal(once + strlen(once) - 2, "\n\n");
		assert_string_equal(many + strlen(many) - 2, "\n\n");
		assert_string_not_equal(many + strlen(many) - 3, "\n\n\n");
		free(once);
		free(many);
	}
	made_free(made);
}

/* Whole facts a line, so that grep finds them: stage, kind, name, subject, delta. */
static void a_line_of_text_says_all_by_itself(void **state)
{
	static const char *const words[] = {"socket", "drop", "UdpRcvbufErrors", "1234567"};
	char *text = render_pair(rxpath_render_text, NET("snmp", "Udp: RcvbufErrors\nUdp: 0\n"),
				 NET("snmp", "Udp: RcvbufErrors\nUdp: 1234567\n"));
	bool found = false;

	(void)state;
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		bool all = true;

		for (size_t i = 0; i < COUNT(words); i++)
			all = all && strstr(line, words[i]);
		found = found || all;
	}
	assert_true(found);
	free(text);
}

static void color_only_where_it_is_wanted(void **state)
{
	const struct rxpath_style colored = {.color = true};
	struct made *made = make(NET("snmp", "Udp: RcvbufErrors\nUdp: 0\n"),
				 NET("snmp", "Udp: RcvbufErrors\nUdp: 7\n"), false);
	char *without = rendered(rxpath_render_text, &made->report, &plain);
	char *with = rendered(rxpath_render_text, &made->report, &colored);
	char *tsv = rendered(rxpath_render_tsv, &made->report, &colored);
	char *json = rendered(rxpath_render_json, &made->report, &colored);

	(void)state;
	assert_null(strchr(without, '\033'));
	assert_non_null(strchr(with, '\033'));
	assert_null(strchr(tsv, '\033'));
	assert_null(strchr(json, '\033'));
	made_free(made);
	free(without);
	free(with);
	free(tsv);
	free(json);
}

/* A sample may claim a nanosecond and all that fits into 64 bits. */
static void no_rate_is_beyond_a_terminal(void **state)
{
	const struct rxpath_style terminal = {.terminal = true, .columns = 200};
	struct made *made = make(SAMPLE("10.0", "0", "0", ""),
				 SAMPLE("10.000000001", "0", "4611686018427387904", ""), false);
	char *text = rendered(rxpath_render_text, &made->report, &terminal);

	(void)state;
	assert_non_null(strstr(text, "  4611686018427387904000000000.0/s"));
	made_free(made);
	free(text);
	made = make(SAMPLE("10.0", "0", "0", ""), SAMPLE("12.0", "0", "9000", ""), false);
	text = rendered(rxpath_render_text, &made->report, &terminal);
	assert_non_null(strstr(text, "  4,500/s"));
	made_free(made);
	free(text);
}

#define TWO_LOSSES(ip, udp) \
	NET("snmp", "Ip: InReceives InDelivers InHdrErrors\nIp: 9000 9000 " ip "\n" \
		    "Udp: RcvbufErrors\nUdp: " udp "\n")

/* Which of the two findings comes first in the text. */
static bool ip_comes_first(const char *after, struct rxpath_history *history)
{
	const struct rxpath_style style = {.terminal = true, .columns = 80, .history = history};
	struct made *made = make(TWO_LOSSES("0", "0"), after, false);
	struct rxpath_error error = {0};
	const char *ip, *udp;
	char *text;
	bool first;

	assert_true(rxpath_analyse_findings(&made->report, &made->before, &made->after,
					    &made->after, &error));
	if (history)
		rxpath_history_note(history, &made->report);
	text = rendered(rxpath_render_text, &made->report, &style);
	ip = strstr(text, "\nip-header: ");
	udp = strstr(text, "\nudp-receive-buffer: ");
	assert_true(ip && udp);
	if (history)
		assert_non_null(strstr(text, "\nsince the start: lost "));
	first = ip < udp;
	made_free(made);
	free(text);
	return first;
}

static void a_finding_keeps_its_place_while_its_cause_lasts(void **state)
{
	static const char more_udp[] = TWO_LOSSES("50", "90");
	static const char more_ip[] = TWO_LOSSES("90", "50");
	struct rxpath_history history = {0};

	(void)state;
	assert_false(ip_comes_first(more_udp, NULL));
	assert_true(ip_comes_first(more_ip, NULL));
	assert_false(ip_comes_first(more_udp, &history));
	assert_false(ip_comes_first(more_ip, &history));
	assert_int_equal(history.finding_count, 2);
	assert_int_equal(history.sums[RXPATH_STAGE_SOCKET], 140);
	assert_int_equal(history.sums[RXPATH_STAGE_IP], 140);
	/* Without its cause it has no place. */
	history.finding_count = 0;
	assert_true(ip_comes_first(more_ip, &history));
}

/* The first owner of a socket reads it, unless that is process 1, which passes sockets on. */
static void metrics_name_the_process_that_lost(void **state)
{
	static const char *const owners[] = {"7 12 md-recv\n7 13 second\n",
					     "7 1 init\n7 12 md-recv\n", "8 12 other\n"};

	(void)state;
	for (size_t i = 0; i < COUNT(owners); i++) {
		char text[sizeof SAMPLE("15.0", "15", "20", "") + 64];
		struct rxpath_sample sample;
		struct rxpath_buf out = {0};
		const char *line;

		snprintf(text, sizeof text, SAMPLE("15.0", "15", "20", "%s"), owners[i]);
		sample = sample_of(text);
		rxpath_render_metrics(
			&(struct rxpath_metrics_input){.sample = &sample, .details = &sample}, 1,
			&out);
		line = strstr(text_of(&out), "\nrxpath_process_drops_total{");
		if (i == 2)
			assert_null(line);
		else
			assert_non_null(strstr(line, "{comm=\"md-recv\",pid=\"12\"} 15\n"));
		rxpath_buf_free(&out);
		rxpath_sample_free(&sample);
	}
}

/* The metrics' lines of that family, without its name. */
static void put_family(const struct rxpath_sample *sample, const char *family,
		       struct rxpath_buf *out)
{
	const struct rxpath_metrics_input input = {.sample = sample, .details = sample};
	struct rxpath_buf text = {0};
	struct rxpath_slice rest, line;

	rxpath_render_metrics(&input, 1, &text);
	rest = rxpath_buf_view(&text);
	while (rxpath_scan_line(&rest, &line)) {
		if (!rxpath_slice_starts(line, family))
			continue;
		rxpath_slice_skip(&line, strlen(family));
		rxpath_buf_slice(out, line);
		rxpath_buf_char(out, '\n');
	}
	rxpath_buf_free(&text);
}

/* Sockets of one address are added up, and those of one process; the worst comes first, of equal
 * ones the lower address or process id. */
static void metrics_add_up_sockets(void **state)
{
	struct rxpath_sample sample = sample_of(
		TABLE("udp", SOCKET4("0002", "13", "7") SOCKET4("0001", "11", "3")
				     SOCKET4("0003", "15", "0") SOCKET4("0001", "12", "4"))
			TABLE("udp6", SOCKET6("0001", "14", "9") SOCKET6("0004", "16", "1")
					      SOCKET6("0004", "18", "2"))
				TABLE("raw", SOCKET4("0001", "17", "7"))
					AT("rxpath/owners", "11 6 b\n12 6 b\n13 5 a\n17 1 init\n"
							    "17 9 c\n17 8 d\n15 4 e\n16 1 init\n"));
	struct rxpath_buf out = {0};

	(void)state;
	put_family(&sample, "rxpath_socket_drops_total{stage=\"socket\",protocol=", &out);
	put_family(&sample, "rxpath_socket_addresses_left_out", &out);
	put_family(&sample, "rxpath_process_drops_total", &out);
	assert_string_equal(text_of(&out), "\"udp6\",local=\"[::]:1\"} 9\n"
					   "\"udp\",local=\"127.0.0.1:1\"} 7\n"
					   "\"udp\",local=\"127.0.0.1:2\"} 7\n"
					   "\"raw\",local=\"127.0.0.1:1\"} 7\n"
					   "\"udp6\",local=\"[::]:4\"} 3\n"
					   " 0\n"
					   "{comm=\"a\",pid=\"5\"} 7\n"
					   "{comm=\"b\",pid=\"6\"} 7\n"
					   "{comm=\"c\",pid=\"9\"} 7\n"
					   "{comm=\"init\",pid=\"1\"} 1\n");
	rxpath_buf_free(&out);
	rxpath_sample_free(&sample);
}

/* Of many addresses those that lost most, with their queues; the others are counted. */
static void metrics_show_the_addresses_that_lost_most(void **state)
{
	for (unsigned count = 99; count <= 102; count++) {
		const unsigned shown = count < 100 ? count : 100;
		struct rxpath_buf text = {0}, expected = {0}, out = {0};
		struct rxpath_sample sample;

		rxpath_buf_string(&text, "==> /proc/net/udp <==\n" UDP_HEADER "\n");
		for (unsigned i = 1; i <= count; i++)
			rxpath_buf_printf(
				&text,
				"1: 0100007F:%04X 00000000:0000 07 00000000:%08X 0 0 0 0 %u "
				"2 0 %u\n",
				i, 2 * i, i, 3 * i);
		sample = sample_of(text_of(&text));
		for (unsigned i = 0; i < shown; i++)
			rxpath_buf_printf(&expected, "127.0.0.1:%u\"} %u\n", count - i,
					  3 * (count - i));
		for (unsigned i = 0; i < shown; i++)
			rxpath_buf_printf(&expected, "127.0.0.1:%u\"} %u\n", count - i,
					  2 * (count - i));
		rxpath_buf_printf(&expected, " %u\n", count - shown);
		put_family(&sample,
			   "rxpath_socket_drops_total{stage=\"socket\",protocol=\"udp\",local=\"",
			   &out);
		put_family(&sample,
			   "rxpath_socket_queue_bytes{stage=\"socket\",protocol=\"udp\",local=\"",
			   &out);
		put_family(&sample, "rxpath_socket_addresses_left_out", &out);
		assert_string_equal(text_of(&out), text_of(&expected));
		rxpath_buf_free(&text);
		rxpath_buf_free(&expected);
		rxpath_buf_free(&out);
		rxpath_sample_free(&sample);
	}
	(void)state;
}

/* Of a firewall's many rules those that took most; of equal ones the first. */
static void metrics_show_the_rules_that_took_most(void **state)
{
	static const struct {
		unsigned rules, shown;
	} cases[] = {{99, 99}, {100, 100}, {101, 100}, {300, 100}};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct rxpath_buf text = {0}, out = {0};
		struct rxpath_sample sample;
		unsigned shown = 0;
		char rule[64];

		rxpath_buf_string(&text,
				  "==> rxpath/nftables <==\nfamily table chain table_id handle "
				  "hooks verdict packets comment text\n");
		/* The first of them took one packet, the others two. */
		for (unsigned n = 0; n < cases[i].rules; n++)
			rxpath_buf_printf(&text, "ip t c 1 %03u input drop %d - -\n", n,
					  n == 0 ? 1 : 2);
		sample = sample_of(text_of(&text));
		rxpath_render_metrics(&(struct rxpath_metrics_input){.sample = &sample}, 1, &out);
		for (const char *at = text_of(&out); (at = strstr(at, "rule=\"ip/t/c#")); at++)
			shown++;
		assert_int_equal(shown, cases[i].shown);
		for (unsigned n = 0; n < shown; n++) {
			snprintf(rule, sizeof rule, "ip/t/c#%03u", n + (shown < cases[i].rules));
			assert_non_null(strstr(out.data, rule));
		}
		rxpath_buf_free(&text);
		rxpath_buf_free(&out);
		rxpath_sample_free(&sample);
	}
}

/* A counter that has not moved yet has a line, also beside rules, of which not all have one. */
static void metrics_have_zeros(void **state)
{
	struct rxpath_builder builder;
	struct rxpath_sample sample;
	struct rxpath_buf out = {0};

	(void)state;
	rxpath_builder_begin(&builder, &sample, &(struct rxpath_request){.keep_zeros = true});
	take_bundle(&builder, NET("snmp", "Udp: InErrors NoPorts RcvbufErrors\nUdp: 0 1 2\n"));
	rxpath_builder_finish(&builder);
	put_family(&sample, "rxpath_udp_in_errors_total", &out);
	put_family(&sample, "rxpath_udp_no_ports_total", &out);
	put_family(&sample, "rxpath_udp_rcvbuf_errors_total", &out);
	assert_string_equal(text_of(&out),
			    "{stage=\"transport\",kind=\"drop\",counter=\"UdpInErrors\"} 0\n"
			    "{stage=\"transport\",kind=\"reject\",counter=\"UdpNoPorts\"} 1\n"
			    "{stage=\"socket\",kind=\"drop\",counter=\"UdpRcvbufErrors\"} 2\n");
	rxpath_buf_free(&out);
	rxpath_sample_free(&sample);
}

static void json_of_all_and_of_one_stage(void **state)
{
	static const struct rxpath_criteria criteria = {.all = true,
							.stages = 1u << RXPATH_STAGE_IP};
	static const struct rxpath_style all = {.all = true};
	struct rxpath_sample sample =
		sample_of(NET("snmp", "Ip: InReceives InDelivers\nIp: 7 7\n")
				  NET("ptype", "Type Device      Function\n0800          ip_rcv\n"
					       "ALL  eth0     packet_rcv\n"));
	struct rxpath_report report = {0};
	struct rxpath_error error = {0};
	char *json;

	(void)state;
	assert_true(rxpath_analyse(&sample, &sample, &criteria, &report, &error));
	json = rendered(rxpath_render_json, &report, &all);
	assert_json_line(json);
	assert_non_null(strstr(json, "\"handlers\":["
				     "{\"device\":null,\"type\":\"0800\",\"function\":\"ip_rcv\"},"
				     "{\"device\":\"eth0\",\"type\":\"ALL\","
				     "\"function\":\"packet_rcv\"}]"));
	assert_non_null(strstr(json, "{\"stage\":\"socket\",\"state\":null,"));
	assert_non_null(strstr(json, "{\"stage\":\"ip\",\"state\":\"ok\","));
	free(json);
	rxpath_report_free(&report);
	rxpath_sample_free(&sample);
}

/* XML's, and those of the labels of metrics. */
static void names_are_escaped_for_their_format(void **state)
{
	struct rxpath_sample before = sample_of(META("host a&b<c>d\"e\x01~\n") TABLE("udp", ""));
	struct made *made = make(META("host a&b<c>d\"e\x01~\n") TABLE("udp", ""),
				 META("host a&b<c>d\"e\x01~\n") TABLE("udp", ""), false);
	char *junit = rendered(rxpath_render_junit, &made->report, &plain);
	const struct rxpath_metrics_input input = {
		.sample = &before,
		.netns = rxpath_slice_of("a\nb\"c\\d"),
	};
	struct rxpath_buf metrics = {0};

	(void)state;
	rxpath_render_metrics(&input, 1, &metrics);
	assert_non_null(strstr(junit, " hostname=\"a&amp;b&lt;c&gt;d&quot;e\\x01~\""));
	assert_non_null(strstr(text_of(&metrics), "netns=\"a\\nb\\\"c\\\\d\""));
	free(junit);
	made_free(made);
	rxpath_buf_free(&metrics);
	rxpath_sample_free(&before);
}

/* Of a watcher's reports the last ones are kept, the sums of all. */
static void a_history_has_a_limit(void **state)
{
	static struct rxpath_history history;
	struct made *made = make(BEFORE, BEFORE, false);

	(void)state;
	for (unsigned i = 1; i <= RXPATH_HISTORY + 2; i++) {
		made->report.stages[RXPATH_STAGE_IP].lost = i;
		rxpath_history_note(&history, &made->report);
		assert_int_equal(history.count, i < RXPATH_HISTORY ? i : RXPATH_HISTORY);
	}
	for (unsigned i = 0; i < RXPATH_HISTORY; i++)
		assert_int_equal(history.lost[RXPATH_STAGE_IP][i], i + 3);
	assert_int_equal(history.sums[RXPATH_STAGE_IP],
			 (RXPATH_HISTORY + 2) * (RXPATH_HISTORY + 3) / 2);
	made->report.stages[RXPATH_STAGE_IP].lost = UINT64_MAX;
	rxpath_history_note(&history, &made->report);
	assert_true(history.sums[RXPATH_STAGE_IP] == UINT64_MAX);
	made_free(made);
}

#define IDLE(seconds) \
	META("monotonic " seconds "\n") \
	NET("snmp", "Ip: InReceives InDelivers\nIp: 9 9\nUdp: NoPorts\nUdp: 0\n") \
	NET("softnet_stat", "00000001 00000000 00000000 00000000 00000000 00000000 00000000 " \
			    "00000000 00000000\n") \
	NET("dev", "Inter-| R | T\n face |packets drop errs|bytes\neth: 0 0 0 0\n") \
	NET("udp", UDP_HEADER "\n")

/* The highest bar is the largest loss of any stage, the first stage's too. */
static void bars_of_a_history(void **state)
{
	struct rxpath_history history = {.count = 3};
	const struct rxpath_style style = {.terminal = true, .columns = 80, .history = &history};
	struct made *made = make(IDLE("10"), IDLE("11"), false);
	char *text;

	(void)state;
	history.lost[RXPATH_STAGE_DEVICE][0] = 12;
	history.lost[RXPATH_STAGE_DEVICE][2] = 1;
	history.lost[RXPATH_STAGE_IP][1] = 6;
	text = rendered(rxpath_render_text, &made->report, &style);
	assert_non_null(strstr(
		text, "\n | device    ok                 0 seen                        #_.\n"));
	assert_non_null(strstr(
		text, "\n | ip        ok                 0 seen                        _=_\n"));
	free(text);
	made_free(made);
}

/* A name of a counter in the words of metrics. */
static void metrics_have_names_in_small_letters(void **state)
{
	struct rxpath_sample sample = sample_of(
		NET("snmp", "Ip: ReasmOKs ReasmReqds\nIp: 5 6\n")
			NET("netstat", "TcpExt: TCPBacklogDrop PAWSActive\nTcpExt: 7 8\n"));
	static const char *const families[] = {"rxpath_ip_reasm_oks_total{",
					       "rxpath_ip_reasm_reqds_total{",
					       "rxpath_tcp_ext_tcp_backlog_drop_total{"};

	(void)state;
	for (size_t i = 0; i < COUNT(families); i++) {
		struct rxpath_buf out = {0};

		put_family(&sample, families[i], &out);
		assert_true(out.len > 0);
		rxpath_buf_free(&out);
	}
	rxpath_sample_free(&sample);
}

/* The first line of a report on a terminal of 80 columns. */
static char *first_line(const char *before, const char *after)
{
	const struct rxpath_style terminal = {.terminal = true, .columns = 80};
	struct made *made = make(before, after, false);
	char *text = rendered(rxpath_render_text, &made->report, &terminal);

	text[strcspn(text, "\n")] = '\0';
	made_free(made);
	return text;
}

static void the_first_line_is_the_answer(void **state)
{
#define REFUSED(ports) \
	NET("snmp", "Ip: InReceives InDelivers\nIp: 9000 9000\n" \
		    "Udp: NoPorts RcvbufErrors\nUdp: " ports "\n") \
	NET("softnet_stat", "00000001 00000000 00000000 00000000 00000000 00000000 00000000 " \
			    "00000000 00000000 00000000 00000000 00000000 00000000\n") \
	NET("dev", "Inter-| R | T\n face |packets drop errs|bytes\neth: 0 0 0 0\n") \
	NET("udp", UDP_HEADER "\n")
	static const struct {
		const char *after, *line;
	} cases[] = {
		{REFUSED("0 0"), "nothing lost, but nothing arrived: 1 device, 0 sockets watched"},
		{REFUSED("997 0"), "nothing lost; 997 packets refused: no socket takes them"},
		{REFUSED("0 1"), "lost 1 datagram at socket"},
		{REFUSED("0 1234567"), "lost 1,234,567 datagrams at socket"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *line = first_line(REFUSED("0 0"), cases[i].after);

		assert_string_equal(line, cases[i].line);
		free(line);
	}
}

static const struct rxpath_criteria usual;

/* The n-th line of the report since boot, or between two samples alike but for the time. */
static char *line_of(const char *before, const char *after, const struct rxpath_criteria *criteria,
		     unsigned n)
{
	struct rxpath_sample first = sample_of(before ? before : after);
	struct rxpath_sample second = sample_of(after);
	struct rxpath_report report = {0};
	struct rxpath_error error = {0};
	char *text, *line;

	assert_true(rxpath_analyse(before ? &first : NULL, &second, criteria, &report, &error));
	rxpath_analyse_verdict(&report, criteria);
	text = rendered(rxpath_render_text, &report, &plain);
	line = text;
	while (n-- > 0)
		line += strcspn(line, "\n") + 1;
	line[strcspn(line, "\n")] = '\0';
	memmove(text, line, strlen(line) + 1);
	rxpath_report_free(&report);
	rxpath_sample_free(&first);
	rxpath_sample_free(&second);
	return text;
}

static void when_that_was(void **state)
{
#define AT_SECOND(seconds) META("netns_id x\nmonotonic " seconds "\n")
	static const struct {
		const char *before, *after, *line; /* behind "unknown, lost 0; " */
	} cases[] = {
		{NULL, AT_SECOND("59"), "since boot 0 minutes ago; counters do not record when"},
		{NULL, AT_SECOND("60"), "since boot 1 minute ago; counters do not record when"},
		{NULL, AT_SECOND("7199.9"),
		 "since boot 119 minutes ago; counters do not record when"},
		{NULL, AT_SECOND("7200"), "since boot 2 hours ago; counters do not record when"},
		{NULL, AT_SECOND("172799"), "since boot 47 hours ago; counters do not record when"},
		{NULL, AT_SECOND("172800"), "since boot 2 days ago; counters do not record when"},
		{NULL, META("monotonic 60\n"), "since boot; counters do not record when"},
		{NULL, META("netns_id x\n"), "since boot; counters do not record when"},
		{AT_SECOND("10"), AT_SECOND("10.0004"), "0.000 s"},
		{AT_SECOND("10"), AT_SECOND("11.5"), "1.500 s"},
		{META("netns net:[4026531839]\nmonotonic 1\n"),
		 META("netns net:[4026531839]\nmonotonic 2\n"), "1.000 s"},
		{META("netns net:[4026532039]\nmonotonic 1\n"),
		 META("netns net:[4026532039]\nmonotonic 2\n"), "1.000 s"},
		{META("netns net:[4026532040]\nmonotonic 1\n"),
		 META("netns net:[4026532040]\nmonotonic 2\n"), "netns net:[4026532040], 1.000 s"},
		{META("netns net:[x]\nmonotonic 1\n"), META("netns net:[x]\nmonotonic 2\n"),
		 "netns net:[x], 1.000 s"},
		{META("netns net:[7\nmonotonic 1\n"), META("netns net:[7\nmonotonic 2\n"),
		 "netns net:[7, 1.000 s"},
		{META("netns web\nhost h\nkernel 6\nmonotonic 1\n"),
		 META("netns web\nhost h\nkernel 6\nmonotonic 2\n"),
		 "host h, netns web, 1.000 s, Linux 6"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *line = line_of(cases[i].before, cases[i].after, &usual, 1);
		const char *rest = strstr(line, "; ");

		assert_string_equal(rest ? rest + 2 : line, cases[i].line);
		free(line);
	}
}

static void how_long_nothing_was_lost(void **state)
{
	static const struct {
		const char *after, *span;
	} cases[] = {
		{IDLE("10"), "nothing lost in 0.000 s,"},
		{IDLE("10.949999"), "nothing lost in 0.950 s,"},
		{IDLE("10.95"), "nothing lost in 0.9 s,"},
		{IDLE("10.951"), "nothing lost in 1.0 s,"},
		{IDLE("75.06"), "nothing lost in 65.1 s,"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *line = line_of(IDLE("10"), cases[i].after, &usual, 0);

		line[strcspn(line, ",") + 1] = '\0';
		assert_string_equal(line, cases[i].span);
		free(line);
	}
}

/* As after a trace that failed: no stage is unknown. */
static void nagios_may_not_know_without_a_source(void **state)
{
	struct made *made = make(IDLE("10"), IDLE("11"), false);
	char *text;

	(void)state;
	made->report.verdict = 2;
	text = rendered(rxpath_render_nagios, &made->report, &plain);
	text[strcspn(text, "|")] = '\0';
	assert_string_equal(text, "RXPATH UNKNOWN: lost 0 packets in 1.0 s ");
	free(text);
	made_free(made);
}

/* The loss of a socket that may lose packets, which UDP counts too. */
static void an_allowed_socket_is_tolerated(void **state)
{
#define ONE_SOCKET(drops) \
	NET("snmp", "Udp: RcvbufErrors\nUdp: " drops "\n") \
	NET("udp", UDP_HEADER "\n" SOCKET4("270F", "7", drops))
	static const struct rxpath_allowance allowance = {.counter = "sk_drops"};
	static const struct rxpath_criteria tolerant = {.allowances = &allowance,
							.allowance_count = 1};
	static const struct {
		const struct rxpath_criteria *criteria;
		const char *line;
	} cases[] = {
		{&usual, "lost 1 datagram at socket"},
		{&tolerant, "lost 1 packet, tolerated by --allow"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *line = line_of(ONE_SOCKET("0"), ONE_SOCKET("1"), cases[i].criteria, 0);

		assert_string_equal(line, cases[i].line);
		free(line);
	}
}

/* A subject and a number of ten or more digits have a blank between them, on any terminal. */
static void numbers_do_not_run_into_subjects(void **state)
{
	static const unsigned columns[] = {0, 40, 60, 80, 200};
	struct made *made = make(SAMPLE("10.0", "0", "0", ""),
				 SAMPLE("12.0", "4000000000", "12345678901", ""), false);

	(void)state;
	for (size_t i = 0; i < COUNT(columns); i++) {
		const struct rxpath_style style = {.terminal = columns[i] > 0,
						   .columns = columns[i]};
		char *text = rendered(rxpath_render_text, &made->report, &style);

		assert_non_null(strstr(text, columns[i] > 0 ? " 4,000,000,000" : " 4000000000"));
		assert_non_null(strstr(text, columns[i] > 0 ? " 12,345,678,901" : " 12345678901"));
		free(text);
	}
	made_free(made);
}

static bool take_piece(void *context, struct rxpath_slice bytes)
{
	rxpath_buf_slice(context, bytes);
	return true;
}

/* `count` devices and sockets of which each lost `lost` packets. */
static char *sample_of_many(unsigned count, unsigned lost)
{
	struct rxpath_buf text = {0};

	rxpath_buf_string(&text,
			  "==> /proc/net/dev <==\nInter-| R | T\n face |packets drop errs|bytes\n");
	for (unsigned i = 0; i < count; i++)
		rxpath_buf_printf(&text, "eth%u: 0 0 %u 0\n", i, lost);
	rxpath_buf_string(&text, "\n==> /proc/net/udp <==\n" UDP_HEADER "\n");
	for (unsigned i = 1; i <= count; i++)
		rxpath_buf_printf(
			&text,
			"1: 0100007F:%04X 00000000:0000 07 00000000:%08X 0 0 0 0 %u 2 0 %u\n", i, i,
			i, lost);
	text_of(&text);
	return text.data;
}

/* A pipe gets a long report in pieces, and the same as one that is kept whole. */
static void a_long_report_is_the_same_in_pieces(void **state)
{
	static rxpath_renderer *const renderers[] = {rxpath_render_text, rxpath_render_tsv,
						     rxpath_render_json};
	char *before = sample_of_many(1000, 0);
	char *after = sample_of_many(1000, 7);
	struct made *made = make(before, after, false);
	const struct rxpath_metrics_input input = {.sample = &made->after};

	(void)state;
	for (size_t i = 0; i <= COUNT(renderers); i++) {
		struct rxpath_buf whole = {0}, pieces = {0};
		struct rxpath_drain drain = {.write = take_piece, .context = &pieces};
		struct rxpath_buf out = {.drain = &drain};

		for (unsigned again = 0; again < 2; again++) {
			struct rxpath_buf *to = again ? &out : &whole;

			if (i < COUNT(renderers))
				renderers[i](&made->report, &plain, to);
			else
				rxpath_render_metrics(&input, 1, to);
		}
		assert_true(pieces.len > 0 && out.len < whole.len);
		rxpath_buf_slice(&pieces, rxpath_buf_view(&out));
		assert_string_equal(text_of(&pieces), text_of(&whole));
		/* Unlike rules and addresses, devices are all shown, however many. */
		assert_non_null(strstr(whole.data, "eth999"));
		rxpath_buf_free(&whole);
		rxpath_buf_free(&pieces);
		rxpath_buf_free(&out);
	}
	made_free(made);
	free(before);
	free(after);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_finding_keeps_its_place_while_its_cause_lasts),
		cmocka_unit_test(the_first_line_is_the_answer),
		cmocka_unit_test(metrics_name_the_process_that_lost),
		cmocka_unit_test(when_that_was),
		cmocka_unit_test(how_long_nothing_was_lost),
		cmocka_unit_test(nagios_may_not_know_without_a_source),
		cmocka_unit_test(an_allowed_socket_is_tolerated),
		cmocka_unit_test(metrics_add_up_sockets),
		cmocka_unit_test(metrics_show_the_addresses_that_lost_most),
		cmocka_unit_test(bars_of_a_history),
		cmocka_unit_test(metrics_have_names_in_small_letters),
		cmocka_unit_test(metrics_show_the_rules_that_took_most),
		cmocka_unit_test(metrics_have_zeros),
		cmocka_unit_test(json_of_all_and_of_one_stage),
		cmocka_unit_test(names_are_escaped_for_their_format),
		cmocka_unit_test(a_history_has_a_limit),
		cmocka_unit_test(numbers_do_not_run_into_subjects),
		cmocka_unit_test(names_of_others_stay_what_they_are),
		cmocka_unit_test(json_turns_no_terminal_around),
		cmocka_unit_test(json_keeps_what_is_well_formed),
		cmocka_unit_test(json_escapes_these_characters),
		cmocka_unit_test(names_are_escaped_alike),
		cmocka_unit_test(every_line_of_tsv_has_ten_columns),
		cmocka_unit_test(tsv_stands_in_path_order),
		cmocka_unit_test(json_never_leaves_a_key_out),
		cmocka_unit_test(json_says_what_it_does_not_know),
		cmocka_unit_test(a_socket_in_json_is_whole),
		cmocka_unit_test(one_of_many_reports_ends_with_an_empty_line),
		cmocka_unit_test(a_line_of_text_says_all_by_itself),
		cmocka_unit_test(color_only_where_it_is_wanted),
		cmocka_unit_test(no_rate_is_beyond_a_terminal),
		cmocka_unit_test(a_long_report_is_the_same_in_pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
