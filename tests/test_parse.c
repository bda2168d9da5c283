/* test_parse.c: every kernel file in each of its historical forms, and its bad neighbours.
 *
 * fixtures/files/NAME/FORM is a file as some kernel prints it, FORM.readings what has to be read
 * from it; where FORM.error stands instead, the file is bad, and that is the one line to be said of
 * it. With RXPATH_UPDATE=1 in the environment the expected files are written anew (look at the
 * difference). */
#include <dirent.h>
#include <errno.h>

#include "parse/words.h"
#include "support.h"

#define FILES "fixtures/files"

/* A directory of fixtures/files, and where its files are on a machine. */
static struct input {
	char name[64], path[128];
	enum rxpath_source source;
	bool needs_newline;
	bool may_be_empty; /* a table without a header */
} inputs[RXPATH_SOURCES];
static size_t input_count;

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text);

	return len >= strlen(end) && strcmp(text + len - strlen(end), end) == 0;
}

/* ---- what was read, as text ----------------------------------------------------------------- */

static void put_u32(struct rxpath_buf *out, const char *name, uint32_t value)
{
	if (value == RXPATH_UNKNOWN32)
		rxpath_buf_printf(out, " %s -", name);
	else
		rxpath_buf_printf(out, " %s %u", name, value);
}

static void put_socket(struct rxpath_buf *out, const struct rxpath_socket *socket)
{
	rxpath_socket_subject(out, socket);
	rxpath_buf_string(out, " from ");
	rxpath_socket_address(out, socket, &socket->remote);
	rxpath_buf_printf(out, " inode %llu uid %u drops %u rx_queue %u",
			  (unsigned long long)socket->inode, socket->uid, socket->drops,
			  socket->rx_queue);
	put_u32(out, "rcvbuf", socket->rcvbuf);
	put_u32(out, "rmem", socket->rmem);
	rxpath_buf_printf(out, " cookie %llx\n", (unsigned long long)socket->cookie);
}

static void put_attributes(struct rxpath_buf *out, const struct rxpath_device *device)
{
	const struct {
		const char *name;
		uint64_t value;
	} numbers[] = {
		{"mtu", device->mtu},
		{"master", device->master},
		{"lower", device->lower},
		{"carrier_up", device->carrier_up},
		{"carrier_down", device->carrier_down},
		{"xdp_program", device->xdp_program},
	};
	const struct {
		const char *name;
		struct rxpath_slice value;
	} words[] = {
		{"kind", device->kind},
		{"slave_kind", device->slave_kind},
		{"xdp", device->xdp},
	};

	for (size_t i = 0; i < COUNT(numbers); i++)
		if (numbers[i].value != 0 && numbers[i].value != RXPATH_UNKNOWN)
			rxpath_buf_printf(out, " %s %llu", numbers[i].name,
					  (unsigned long long)numbers[i].value);
	for (size_t i = 0; i < COUNT(words); i++) {
		if (words[i].value.len == 0)
			continue;
		rxpath_buf_printf(out, " %s ", words[i].name);
		rxpath_buf_escaped(out, words[i].value, "");
	}
}

static void put_rule(struct rxpath_buf *out, const struct rxpath_rule *rule)
{
	rxpath_buf_string(out, "rule ");
	rxpath_buf_escaped(out, rule->name, "");
	rxpath_buf_printf(out, " hooks %u versions %u verdict %s queues %u-%u id %llu%s of ",
			  rule->hooks, rule->versions, rxpath_verdict_names[rule->verdict],
			  rule->first_queue, rule->last_queue, (unsigned long long)rule->id,
			  rule->by_elements ? " counted by elements"
			  : rule->counted   ? " counted"
					    : "");
	rxpath_buf_escaped(out, rule->family, "");
	rxpath_buf_char(out, ' ');
	rxpath_buf_escaped(out, rule->table, "");
	rxpath_buf_char(out, ' ');
	rxpath_buf_escaped(out, rule->chain, "");
	rxpath_buf_string(out, ": ");
	rxpath_buf_escaped(out, rule->comment, "");
	rxpath_buf_string(out, ": ");
	rxpath_buf_escaped(out, rule->text, "");
	rxpath_buf_char(out, '\n');
}

static void put_sample(struct rxpath_buf *out, const struct rxpath_sample *sample)
{
	for (size_t i = 0; i < sample->rule_count; i++)
		put_rule(out, &sample->rules[i]);

	for (size_t i = 0; i < sample->device_count; i++) {
		rxpath_buf_string(out, "device ");
		rxpath_buf_escaped(out, sample->devices[i].name, "");
		rxpath_buf_printf(out, " %llu", (unsigned long long)sample->devices[i].ifindex);
		put_attributes(out, &sample->devices[i]);
		rxpath_buf_char(out, '\n');
	}
	for (size_t i = 0; i < sample->reading_count; i++) {
		const struct rxpath_reading *reading = &sample->readings[i];

		rxpath_buf_slice(out, rxpath_slice_of(reading->name));
		rxpath_buf_char(out, ' ');
		rxpath_subject_text(out, &reading->subject);
		rxpath_buf_printf(out, " %llu\n", (unsigned long long)reading->value);
	}
	for (size_t i = 0; i < sample->socket_count; i++)
		put_socket(out, &sample->sockets[i]);
	for (size_t i = 0; i < sample->setting_count; i++) {
		rxpath_buf_slice(out, sample->settings[i].name);
		rxpath_buf_char(out, ' ');
		rxpath_buf_slice(out, sample->settings[i].value);
		rxpath_buf_char(out, '\n');
	}
	for (size_t i = 0; i < sample->handler_count; i++) {
		const struct rxpath_handler *handler = &sample->handlers[i];

		rxpath_buf_slice(out, handler->type);
		rxpath_buf_char(out, ' ');
		rxpath_buf_slice(out,
				 handler->device.len > 0 ? handler->device : rxpath_slice_of("-"));
		rxpath_buf_char(out, ' ');
		rxpath_buf_slice(out, handler->function);
		rxpath_buf_char(out, '\n');
	}
}

static bool holds_nothing(const struct rxpath_sample *sample)
{
	return sample->reading_count + sample->socket_count + sample->handler_count +
		       sample->setting_count ==
	       0;
}

/* Parses the bytes as that file, beside another that has to be left standing. */
static void parse_at(const struct input *input, struct rxpath_slice bytes,
		     struct rxpath_builder *builder, struct rxpath_sample *sample)
{
	const struct rxpath_section section = {rxpath_slice_of(input->path), bytes, 0};
	struct rxpath_error error = {0};

	rxpath_builder_begin(builder, sample, NULL);
	assert_true(rxpath_parse_section(builder, &section, &error));
	assert_int_equal(error.kind, RXPATH_ERROR_NONE);
}

/* ---- the files ------------------------------------------------------------------------------ */

struct tally {
	size_t good, bad, wrong;
};

static void update(const char *path, const struct rxpath_buf *text)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(text->data, 1, text->len, file), text->len);
	assert_int_equal(fclose(file), 0);
}

static void compare(const char *path, struct rxpath_buf *got, struct tally *tally)
{
	size_t len;
	char *expected;

	if (getenv("RXPATH_UPDATE"))
		update(path, got);
	expected = load(path, &len);
	if (!rxpath_slice_equal(rxpath_buf_view(got), (struct rxpath_slice){expected, len})) {
		print_error("%s: expected\n%.*sgot\n%.*s", path, (int)len, expected, (int)got->len,
			    got->data);
		tally->wrong++;
	}
	free(expected);
}

static void try_file(const struct input *input, const char *path, struct tally *tally)
{
	struct rxpath_builder builder;
	struct rxpath_sample sample;
	struct rxpath_buf got = {0};
	char expected[420];
	size_t len;
	char *text = load(path, &len);
	const struct rxpath_source_state *state;
	bool bad;

	snprintf(expected, sizeof expected, "%s.error", path);
	bad = strstr(path, "/bad-") != NULL;
	parse_at(input, (struct rxpath_slice){text, len}, &builder, &sample);
	state = &sample.sources[input->source];
	rxpath_buf_string(&got, "");
	if (bad) {
		if (!holds_nothing(&sample))
			fail_msg("%s: something stays", path);
		rxpath_error_text(state->error, &got);
		rxpath_buf_char(&got, '\n');
		tally->bad++;
	} else {
		rxpath_builder_finish(&builder);
		put_sample(&got, &sample);
		snprintf(expected, sizeof expected, "%s.readings", path);
		tally->good++;
	}
	if (state->status != (bad ? RXPATH_FAILED : RXPATH_READ)) {
		print_error("%s: %s\n", path, bad ? "accepted" : state->error->what);
		tally->wrong++;
	} else {
		compare(expected, &got, tally);
	}
	rxpath_buf_free(&got);
	rxpath_sample_free(&sample);
	free(text);
}

/* Each directory of fixtures is one of a source, which a row has to describe. */
static void find_inputs(void)
{
	static const char *const ways[] = {"/proc/net/%s", "/proc/%s", "/proc/net/stat/%s",
					   "/proc/net/netfilter/%s", "rxpath/%s"};
	struct rxpath_slice device;
	struct dirent *entry;
	DIR *dir = opendir(FILES);

	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		struct input *input = &inputs[input_count];
		enum rxpath_source_name found = RXPATH_NO_SOURCE;

		if (entry->d_name[0] == '.')
			continue;
		assert_true(input_count < COUNT(inputs));
		snprintf(input->name, sizeof input->name, "%.60s", entry->d_name);
		input->needs_newline = strcmp(input->name, "sysfs") != 0;
		input->may_be_empty = strcmp(input->name, "nfnetlink_queue") == 0;
		if (!input->needs_newline) {
			input->source = RXPATH_SOURCE_LINK;
			snprintf(input->path, sizeof input->path,
				 "/sys/class/net/eth0/statistics/rx_crc_errors");
			input_count++;
			continue;
		}
		for (size_t i = 0; i < COUNT(ways) && found == RXPATH_NO_SOURCE; i++) {
			snprintf(input->path, sizeof input->path, ways[i], input->name);
			/* sctp-snmp: /proc/net/sctp/snmp. */
			for (char *at = input->path; *at; at++)
				*at = (char)(*at == '-' ? '/' : *at);
			found = rxpath_source_find(rxpath_slice_of(input->path), &input->source,
						   &device);
		}
		if (found == RXPATH_NO_SOURCE)
			fail_msg(FILES "/%s: no row of the source table describes it", input->name);
		input_count++;
	}
	closedir(dir);
}

static bool has_files(enum rxpath_layout layout)
{
	for (size_t i = 0; i < input_count; i++)
		if (rxpath_source_row(inputs[i].source)->layout == layout)
			return true;
	return false;
}

/* Every form of the kernel's files is tested. */
static void every_layout_has_files(void **state)
{
	(void)state;
	find_inputs();
	for (enum rxpath_source i = RXPATH_SOURCE_NONE + 1; i < RXPATH_SOURCES; i++) {
		const struct rxpath_source_row *row = rxpath_source_row(i);

		if (strncmp(row->path, "/proc/net/", strlen("/proc/net/")) == 0 &&
		    !has_files(row->layout))
			fail_msg("%s: no directory of " FILES " has its form", row->path);
	}
}

typedef void visitor(const struct input *input, const char *path, struct tally *tally);

static void visit_input(const struct input *input, visitor *visit, struct tally *tally)
{
	char path[512];
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof path, FILES "/%s", input->name);
	dir = opendir(path);
	if (!dir)
		fail_msg("%s: cannot open", path);
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.' || ends_with(entry->d_name, ".readings") ||
		    ends_with(entry->d_name, ".error"))
			continue;
		snprintf(path, sizeof path, FILES "/%s/%s", input->name, entry->d_name);
		visit(input, path, tally);
	}
	closedir(dir);
}

static struct tally visit_all(visitor *visit)
{
	struct tally tally = {0};

	for (size_t i = 0; i < input_count; i++)
		visit_input(&inputs[i], visit, &tally);
	return tally;
}

static void every_form_is_read_and_every_bad_one_refused(void **state)
{
	struct tally all = {0};

	(void)state;
	for (size_t i = 0; i < input_count; i++) {
		struct tally tally = {0};

		visit_input(&inputs[i], try_file, &tally);
		if (tally.good == 0 || tally.bad < 4)
			fail_msg("%s: %zu good files, %zu bad", inputs[i].name, tally.good,
				 tally.bad);
		all.wrong += tally.wrong;
	}
	assert_int_equal(all.wrong, 0);
}

/* Words of the line that a cut leaves, and of the whole line that it cuts. */
static size_t words_before(const char *text, size_t cut)
{
	size_t words = 0;

	for (size_t at = cut; at > 0 && text[at - 1] != '\n'; at--)
		words += text[at - 1] > ' ' && (at == cut || text[at] <= ' ');
	return words;
}

static size_t words_of_line(const char *text, size_t len, size_t cut)
{
	size_t end = cut;

	if (cut > 0 && text[cut - 1] == '\n')
		return 0;
	/* The first row of softnet_stat may have as many columns as an older kernel's. */
	if (!memchr(text, '\n', cut) && cut > 9 * 8)
		return 0;
	while (end < len && text[end] != '\n')
		end++;
	return words_before(text, end);
}

/* With RXPATH_QUICK in the environment, as make mutate sets it, only some of the bytes are
 * tried. */
static size_t stride(void)
{
	return getenv("RXPATH_QUICK") ? 13 : 1;
}

/* A good file cut at each of its bytes: read as far as whole lines go, or refused; no figure of a
 * line that is not whole, and nothing read past the end (the memory is as long as the text). */
static void cut_file(const struct input *input, const char *path, struct tally *tally)
{
	size_t len;
	char *text = load(path, &len);

	for (size_t cut = 0; !strstr(path, "/bad-") && cut < len && cut < 3000; cut += stride()) {
		struct rxpath_builder builder;
		struct rxpath_sample sample;
		char *piece = malloc(cut + (cut == 0));
		enum rxpath_source_status status;

		memcpy(piece, text, cut);
		parse_at(input, (struct rxpath_slice){piece, cut}, &builder, &sample);
		status = sample.sources[input->source].status;
		if (status == RXPATH_FAILED)
			assert_true(holds_nothing(&sample));
		else if (input->needs_newline && (cut > 0 || !input->may_be_empty) &&
			 words_before(piece, cut) < words_of_line(text, len, cut))
			fail_msg("%s: cut at %zu and accepted", path, cut);
		tally->good++;
		free(piece);
		rxpath_sample_free(&sample);
	}
	free(text);
}

static void cut_at_any_byte(void **state)
{
	struct tally tally = visit_all(cut_file);

	(void)state;
	assert_true(tally.good > 5000 / stride());
}

/* Any single byte changed: never more than an error, and never a piece of a file. */
static void change_file(const struct input *input, const char *path, struct tally *tally)
{
	static const char bytes[] = {'\0', '\n', ' ', 'x', '-', '9', '\x80', ':'};
	size_t len;
	char *text = load(path, &len);

	for (size_t at = 0; !strstr(path, "/bad-") && at < len && at < 1200; at += stride()) {
		char old = text[at];

		for (size_t i = 0; i < sizeof bytes; i++) {
			struct rxpath_builder builder;
			struct rxpath_sample sample;

			text[at] = bytes[i];
			parse_at(input, (struct rxpath_slice){text, len}, &builder, &sample);
			if (sample.sources[input->source].status == RXPATH_FAILED) {
				assert_true(holds_nothing(&sample));
				assert_true(sample.sources[input->source].error->what[0] != '\0');
			}
			tally->good++;
			rxpath_sample_free(&sample);
		}
		text[at] = old;
	}
	free(text);
}

static void changed_at_any_byte(void **state)
{
	struct tally tally = visit_all(change_file);

	(void)state;
	assert_true(tally.good > 20000 / stride());
}

/* A line of a megabyte behind the good ones of a form, of digits, of letters, of blanks, of words,
 * of NULs. */
static void lengthen_file(const struct input *input, const char *path, struct tally *tally)
{
	static const char *const fillings[] = {"9", "f", "x", "1 ", "00000001 ", "\0", "a:"};
	static const size_t mega = 1 << 20;
	size_t len;
	char *text;

	if (strstr(path, "/bad-") || strstr(path, "without-the-last-newline") ||
	    tally->good >= 2 * COUNT(fillings))
		return;
	text = load(path, &len);
	for (size_t i = 0; i < COUNT(fillings); i++) {
		size_t width = strlen(fillings[i]) + (fillings[i][0] == '\0');
		char *large = malloc(len + mega + 1);
		struct rxpath_builder builder;
		struct rxpath_sample sample;
		const struct rxpath_source_state *status;

		memcpy(large, text, len);
		for (size_t at = 0; at < mega; at++)
			large[len + at] = fillings[i][at % width];
		large[len + mega] = '\n';
		parse_at(input, (struct rxpath_slice){large, len + mega + 1}, &builder, &sample);
		status = &sample.sources[input->source];
		/* A row of softnet_stat may have as many columns as it likes, but all rows the
		 * same. */
		if (status->status != RXPATH_FAILED)
			fail_msg("%s: a line of a megabyte of '%s' was accepted", path,
				 fillings[i]);
		assert_true(holds_nothing(&sample));
		assert_true(strlen(status->error->token) < sizeof status->error->token);
		tally->good++;
		free(large);
		rxpath_sample_free(&sample);
	}
	free(text);
}

/* Names are looked at eight bytes at a time: each byte at each position, and each length. */
static void names_end_where_they_do(void **state)
{
	static const char of_names[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				       "0123456789_-.";

	(void)state;
	for (unsigned byte = 0; byte < 256; byte++) {
		bool wanted = byte != 0 && strchr(of_names, (int)byte);

		for (size_t len = 1; len <= 19; len++) {
			for (size_t at = 0; at < len; at++) {
				char text[20];
				struct rxpath_slice word = {text, len};
				struct rxpath_slice line = {text, len};
				struct rxpath_slice name;
				bool blank = at > 0 && (byte == ' ' || byte == '\t');

				memset(text, 'x', sizeof text);
				text[at] = (char)byte;
				assert_true(rxpath_parse_is_name(word) == wanted);
				/* A blank in front is passed over, behind a name it ends it. */
				if (byte == ' ' && at == 0)
					continue;
				assert_true(rxpath_parse_next_name(&line, &name) ==
					    (wanted || blank));
				if (wanted || blank)
					assert_int_equal(name.len, blank ? at : len);
			}
		}
	}
}

static void lines_of_a_megabyte(void **state)
{
	(void)state;
	for (size_t i = 0; i < input_count; i++) {
		struct tally tally = {0};

		visit_input(&inputs[i], lengthen_file, &tally);
		assert_true(tally.good > 0);
	}
}

/* Figures of 32 bits, that older kernels print as signed ones. */
static void figures_of_32_bits(void **state)
{
	static const struct {
		const char *word;
		bool good;
		uint32_t value;
	} cases[] = {
		{"0", true, 0},
		{"4294967295", true, UINT32_MAX},
		{"4294967296", false, 0},
		{"18446744073709551615", false, 0},
		{"-0", true, 0},
		{"-1", true, UINT32_MAX},
		{"-2147483648", true, UINT32_C(1) << 31},
		{"-2147483649", false, 0},
		{"", false, 0},
		{"-", false, 0},
		{"1x", false, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint32_t value = 7;

		assert_int_equal(rxpath_parse_u32(rxpath_slice_of(cases[i].word), &value),
				 cases[i].good);
		assert_int_equal(value, cases[i].good ? cases[i].value : 7);
	}
}

/* IFNAMSIZ is 16, its NUL included. */
static void names_of_devices(void **state)
{
	(void)state;
	assert_true(rxpath_parse_is_device(rxpath_slice_of("e")));
	assert_true(rxpath_parse_is_device(rxpath_slice_of("123456789012345")));
	assert_false(rxpath_parse_is_device(rxpath_slice_of("1234567890123456")));
	assert_false(rxpath_parse_is_device(rxpath_slice_of("")));
	assert_false(rxpath_parse_is_device(rxpath_slice_of("a/b")));
	assert_false(rxpath_parse_is_device((struct rxpath_slice){"a\0b", 3}));
}

/* Of a counter that nobody knows 128 bytes of name are kept, and longer names are left out. */
static void names_of_counters_have_a_limit(void **state)
{
	(void)state;
	for (size_t len = 255; len <= 257; len++) {
		char text[400];
		struct rxpath_sample sample;

		snprintf(text, sizeof text, NET("snmp", "Udp: %0*dDrops\nUdp: 5\n"),
			 (int)(len - strlen("UdpDrops")), 0);
		sample = sample_of(text);
		assert_int_equal(sample.reading_count, len <= 256);
		assert_int_equal(sample.sources[RXPATH_SOURCE_SNMP].status, RXPATH_READ);
		rxpath_sample_free(&sample);
	}
}

/* A file that does not parse leaves its stages unknown and everything else standing. */
static void spoil_file(const struct input *input, const char *path, struct tally *tally)
{
	static const struct rxpath_criteria everything = {0};
	const struct rxpath_section section = {
		rxpath_slice_of("rxpath/settings"),
		rxpath_slice_of("a 1\n"),
		0,
	};
	struct rxpath_report report = {0};
	struct rxpath_error error = {0};
	struct rxpath_builder builder;
	struct rxpath_sample sample;
	size_t len;
	char *text;

	if (!strstr(path, "/bad-"))
		return;
	text = load(path, &len);
	parse_at(input, (struct rxpath_slice){text, len}, &builder, &sample);
	assert_true(rxpath_parse_section(&builder, &section, &error));
	rxpath_builder_finish(&builder);
	assert_non_null(rxpath_sample_setting(&sample, "a"));
	assert_true(rxpath_analyse(NULL, &sample, &everything, &report, &error));
	for (enum rxpath_stage stage = 0; stage < RXPATH_STAGES; stage++)
		if (rxpath_source_row(input->source)->stages >> stage & 1)
			assert_int_equal(report.stages[stage].state, RXPATH_STATE_UNKNOWN);
	tally->bad++;
	rxpath_report_free(&report);
	rxpath_sample_free(&sample);
	free(text);
}

static void a_bad_file_is_no_sign_of_health(void **state)
{
	struct tally tally = visit_all(spoil_file);

	(void)state;
	assert_true(tally.bad > 60);
}

/* ---- sections that are no kernel's files ---------------------------------------------------- */

static void own_sections_have_their_errors(void **state)
{
	static const struct {
		const char *path, *text;
		enum rxpath_source source;
		const char *error;
	} cases[] = {
		{"rxpath/owners", "7 12 a\nx 13 b\n", RXPATH_SOURCE_OWNERS,
		 "rxpath/owners:2: not an inode: 'x'"},
		{"rxpath/owners", "7\n", RXPATH_SOURCE_OWNERS, "rxpath/owners:1: not a process id"},
		{"rxpath/cgroups", "7 /a\n8z /b\n", RXPATH_SOURCE_CGROUPS,
		 "rxpath/cgroups:2: not a cgroup id: '8z'"},
		{"rxpath/listeners", "protocol local inode cookie cgroup\ntcp 10.0.0.1:80 1 1 x\n",
		 RXPATH_SOURCE_TCP, "rxpath/listeners:2: not a cgroup id: 'x'"},
		{"rxpath/connections", "protocol local remote inode cookie\ntcp 1.2.3.4:5 x 1 1\n",
		 RXPATH_SOURCE_CONNECTIONS, "rxpath/connections:2: not an address: 'x'"},
		{"rxpath/connections", "protocol local remote inode cookie\ntcp x 1.2.3.4:5 1 1\n",
		 RXPATH_SOURCE_CONNECTIONS, "rxpath/connections:2: not an address: 'x'"},
		{"rxpath/connections",
		 "protocol local remote inode cookie\nudp 1.2.3.4:5 1.2.3.4:6 1 1\n",
		 RXPATH_SOURCE_CONNECTIONS, "rxpath/connections:2: not a protocol: 'udp'"},
		{"rxpath/readers", "tid pid\n", RXPATH_SOURCE_READERS,
		 "rxpath/readers:1: not a header of this table: 'tid pid'"},
		{"rxpath/readers", "pid state run\n1 R 5\n2 S x\n", RXPATH_SOURCE_READERS,
		 "rxpath/readers:3: not a decimal number: 'x'"},
		{"rxpath/readers", "pid state\n1 RS\n", RXPATH_SOURCE_READERS,
		 "rxpath/readers:2: not a state: 'RS'"},
		{"rxpath/settings", "alone\n", RXPATH_SOURCE_SETTINGS,
		 "rxpath/settings:1: no value for: 'alone'"},
		{"rxpath/diag/udp", "x", RXPATH_SOURCE_UDP, NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct rxpath_section section = {
			rxpath_slice_of(cases[i].path),
			rxpath_slice_of(cases[i].text),
			0,
		};
		struct rxpath_builder builder;
		struct rxpath_sample sample;
		struct rxpath_error error = {0};
		struct rxpath_buf text = {0};

		rxpath_builder_begin(&builder, &sample, NULL);
		assert_true(rxpath_parse_section(&builder, &section, &error));
		if (cases[i].error) {
			assert_int_equal(sample.sources[cases[i].source].status, RXPATH_FAILED);
			rxpath_error_text(sample.sources[cases[i].source].error, &text);
			assert_string_equal(text_of(&text), cases[i].error);
		}
		rxpath_buf_free(&text);
		rxpath_sample_free(&sample);
	}
}

/* What is just allowed, and what is not any more. */
static void limits_of_what_is_read(void **state)
{
#define TEN " a b c d e f g h i j"
#define TEN_NUMBERS " 0 0 0 0 0 0 0 0 0 0"
#define LISTENER(local) "protocol local inode cookie\ntcp " local " 1 1\n"
#define LISTENER6(local) "protocol local inode cookie\ntcp6 " local " 1 1\n"
#define OF_PACKETS(device, type, drops) \
	"device type drops inode cookie\n" device " " type " " drops " 1 1\n"
#define OF_XDP(channel) "device channel inode cookie\neth0 " channel " 1 1\n"
#define OF_NETLINK(family) "sk Eth Pid Rmem Drops\n0 " family " 1 0 0\n"
#define OF_RULE(verdict, queues) \
	"family table chain table_id handle hooks verdict queues packets comment text\n" \
	"ip t c 1 2 input " verdict " " queues " 7 - -\n"
#define OF_UDP(local, queue, more) \
	UDP_HEADER "\n0: " local " 00000000:0000 07 00000000:" queue " 0 0 0 0 7 2 0 0" more "\n"
#define IPVS(rates) "Total\nCPU\n0 1 2 3 4 5\n~ 1 2 3 4 5\n" rates
#define QUEUE(number, more) "5 1 2 2 65531 0 0 " number more "\n"
#define EIGHT "00000001 00000002 00000003 00000000 00000000 00000000 00000000 00000000"
#define SOFTNET(cpu) EIGHT " 00000000 00000000 00000000 00000000 " cpu "\n"
	static const struct {
		const char *path, *text, *error; /* NULL: it is good */
	} cases[] = {
		{"rxpath/readers", "pid state" TEN " k l m n\n", NULL},
		{"rxpath/readers", "pid state" TEN " k l m n o\n", ":1: not a column name: 'o'"},
		{"rxpath/readers", "pid a$b\n", ":1: not a column name: 'a$b'"},
		{"rxpath/listeners", LISTENER("10.0.0.1:65535"), NULL},
		{"rxpath/listeners", LISTENER("10.0.0.1:65536"),
		 ":2: not an address: '10.0.0.1:65536'"},
		{"rxpath/listeners", LISTENER("10.0.0.1"), ":2: not an address: '10.0.0.1'"},
		{"rxpath/listeners", LISTENER("[::1]:1"), ":2: not an address: '[::1]:1'"},
		{"rxpath/listeners", LISTENER6("[::]:1"), NULL},
		{"rxpath/listeners", LISTENER6("[:1"), ":2: not an address: '[:1'"},
		{"rxpath/listeners", LISTENER6("[::1:1"), ":2: not an address: '[::1:1'"},
		{"rxpath/listeners", LISTENER6("::1]:1"), ":2: not an address: '::1]:1'"},
		{"rxpath/listeners", LISTENER6("[fe80:0000:0000:0000:0000:0000:192.168.100.100]:1"),
		 NULL},
		{"rxpath/listeners",
		 LISTENER6("[fe80:0000:0000:0000:0000:0000:192.168.100.1000]:1"),
		 ":2: not an address: '[fe80:0000:0000:0000:0000:0000:192.168.1...'"},
		{"rxpath/packet", OF_PACKETS("*", "ffff", "4294967295"), NULL},
		{"rxpath/packet", OF_PACKETS("*", "10000", "0"), ":2: not an EtherType: '10000'"},
		{"rxpath/packet", OF_PACKETS("*", "3", "4294967296"),
		 ":2: not a decimal number: '4294967296'"},
		{"rxpath/packet", OF_PACKETS("123456789012345", "3", "0"), NULL},
		{"rxpath/packet", OF_PACKETS("1234567890123456", "3", "0"),
		 ":2: not a device name: '1234567890123456'"},
		{"rxpath/xdp", OF_XDP("65535"), NULL},
		{"rxpath/xdp", OF_XDP("65536"), ":2: not a queue: '65536'"},
		{"/proc/net/netlink", OF_NETLINK("65535"), NULL},
		{"/proc/net/netlink", OF_NETLINK("65536"), ":2: not a family: '65536'"},
		{"rxpath/nftables", OF_RULE("queue", "0-65535"), NULL},
		{"rxpath/nftables", OF_RULE("queue", "0-65536"),
		 ":2: not a range of queues: '0-65536'"},
		{"rxpath/nftables", OF_RULE("bypass", "5-5"), NULL},
		{"rxpath/nftables", OF_RULE("bypass", "5-4"), ":2: not a range of queues: '5-4'"},
		{"rxpath/nftables", OF_RULE("drop", "5-4"), NULL},
		{"/proc/stat", "cpu0 1 2 3 4 5 6 7 8\ndpu1 1\ncpu 1\n", NULL},
		{"/proc/stat", "cpu0 1 2 3 4 5 6 7\n", ":1: fewer than 8 columns"},
		{"/proc/net/softnet_stat", SOFTNET("00000040") SOFTNET("00000041"), NULL},
		{"/proc/net/softnet_stat", SOFTNET("00000040") SOFTNET("00000040"),
		 ":2: a second row for CPU: '00000040'"},
		{"/proc/net/softnet_stat", EIGHT " 00000009 00000009 00000009 00000009",
		 ":1: incomplete line: '00000001 00000002 00000003 00000000 0000...'"},
		{"rxpath/ethtool", "", NULL},
		{"rxpath/ethtool/eth0", "\001a 5\n", ":1: not the name of a statistic: '\\x01a'"},
		{"rxpath/ethtool", "x", ":1: not empty: 'x'"},
		{"/proc/net/ip_vs_stats_percpu", IPVS("Conns/s Pkts/s 1234567890123/s\n"), NULL},
		{"/proc/net/ip_vs_stats_percpu", IPVS("Conns/s Pkts/s 12345678901234/s\n"),
		 ":5: not a hexadecimal number: '12345678901234/s'"},
		{"/proc/net/udp", OF_UDP("0100007F:FFFF", "FFFFFFFF", ""), NULL},
		{"/proc/net/udp", OF_UDP("0100007F:10000", "0", ""),
		 ":2: not an address: '0100007F:10000'"},
		{"/proc/net/udp", OF_UDP("0100007F:1", "100000000", ""),
		 ":2: not the lengths of two queues: '00000000:100000000'"},
		{"/proc/net/udp", UDP_HEADER TEN " k l m n o p\n", NULL},
		{"/proc/net/udp", UDP_HEADER TEN " k l m n o p q\n", ":1: too many columns: 'q'"},
		{"/proc/net/netfilter/nfnetlink_queue", QUEUE("4294967295", ""), NULL},
		{"/proc/net/netfilter/nfnetlink_queue", QUEUE("4294967296", ""),
		 ":1: a number larger than 32 bits in: 'id_sequence'"},
		{"/proc/net/netfilter/nfnetlink_queue",
		 QUEUE("7", TEN_NUMBERS TEN_NUMBERS " 1 2 3 4"), NULL},
		{"/proc/net/netfilter/nfnetlink_queue",
		 QUEUE("7", TEN_NUMBERS TEN_NUMBERS " 1 2 3 4 5"), ":1: too many columns: '5'"},
		{"/proc/net/softnet_stat", EIGHT "\n",
		 ":1: fewer than 9 columns: '00000001 00000002 00000003 00000000 0000...'"},
		{"/proc/net/softnet_stat", EIGHT " 00000000", NULL},
		{"/proc/net/softnet_stat", EIGHT " 00000000 00000000", NULL},
		{"/proc/net/softnet_stat", SOFTNET("0000ffff"), NULL},
		{"/proc/net/softnet_stat", SOFTNET("00000001") SOFTNET("00000041"), NULL},
		{"/proc/net/softnet_stat", SOFTNET("00000041") SOFTNET("00000041"),
		 ":2: a second row for CPU: '00000041'"},
		{"/proc/net/stat/nf_conntrack", "entries a" TEN TEN TEN "\n",
		 ":1: names without values: 'entries a a b c d e f g h i j a b c d e ...'"},
		{"/proc/net/stat/nf_conntrack", "entries a" TEN TEN TEN " k\n",
		 ":1: not a column name: 'k'"},
		{"/proc/net/stat/nf_conntrack", "entries drop\n00000001 00000002", NULL},
		{"/proc/net/stat/nf_conntrack", "entries drop\n00000001 0000002",
		 ":2: incomplete line: '00000001 0000002'"},
		{"/proc/net/dev", "Inter-| R | T\n face |a b" TEN TEN TEN "|x\n", NULL},
		{"/proc/net/dev", "Inter-| R | T\n face |a b" TEN TEN TEN " k|x\n",
		 ":2: not a column name: 'k'"},
		{"/proc/net/dev", "Inter-| R | T\n face ||x\n",
		 ":2: a header without columns: ' face ||x'"},
		{"/proc/net/dev", "Inter-| R | T\n face |a$|x\n", ":2: not a column name: 'a$'"},
		{"/proc/net/ptype", "Type Device      Function\n0800 x\n",
		 ":2: no function for type: '0800'"},
		{"/proc/net/ptype", "Type Device      Function\n0800 \n",
		 ":2: not a line 'type device function': '0800 '"},
		{"/proc/net/ptype", "Type Device      Function\n0800 \t\n", ":2: not a device"},
		{"rxpath/listeners", "protocol local inode cookie\ntcp 10.0.0.1:1 x 1\n",
		 ":2: not an inode: 'x'"},
		{"/proc/net/snmp", "Udp: NoPorts\nUdp: 1 2\n", ":2: more values than names: '2'"},
		{"/proc/net/snmp", "Udp: NoPorts a$\nUdp: 1 2\n", ":1: not a counter name: 'a$'"},
		{"/proc/net/snmp", "Tcp: MaxConn\nTcp: -1\n", NULL},
		{"/proc/net/snmp", "Udp: NoPorts\nUdp: -1\n", ":2: not a decimal number: '-1'"},
		{"rxpath/trace", "drop a!b~ - - 1\nudp 65535 65535 -12 1\n", NULL},
		{"rxpath/trace", "udp 65536 1 -12 1\n",
		 ":1: not a line of rxpath/trace: 'udp 65536 1 -12 1'"},
		{"rxpath/trace", "drop a\x7f - - 1\n",
		 ":1: not a line of rxpath/trace: 'drop a\\x7F - - 1'"},
		{"rxpath/ethtool/eth0", "a!drop~ 1\n", NULL},
		{"rxpath/ethtool/eth0", "a\x7f 1\n", ":1: not the name of a statistic: 'a\\x7F'"},
		{"/sys/class/net/eth0/ifindex", "1 2\n", ":1: more than one number: '2'"},
		{"/proc/net/softnet_stat", "FFFFFFFFFFFFFFFFF 0 0 0 0 0 0 0 0\n",
		 ":1: a number larger than 64 bits: 'FFFFFFFFFFFFFFFFF'"},
		{"/sys/class/net/eth0/ifindex", " \n", ":1: no number"},
		{"/sys/class/net/eth0/ifindex", "1\n2\n", ":1: more than one number: '2'"},
		{"rxpath", "monotonic 5x\n", ":1: not a number of seconds: '5x'"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct rxpath_section section = {
			rxpath_slice_of(cases[i].path),
			rxpath_slice_of(cases[i].text),
			0,
		};
		struct rxpath_builder builder;
		struct rxpath_sample sample;
		struct rxpath_buf got = {0};
		char expected[256] = "";

		rxpath_builder_begin(&builder, &sample, NULL);
		assert_true(rxpath_parse_section(&builder, &section, NULL));
		for (enum rxpath_source source = 0; source < RXPATH_SOURCES; source++)
			if (sample.sources[source].status == RXPATH_FAILED)
				rxpath_error_text(sample.sources[source].error, &got);
		if (cases[i].error)
			snprintf(expected, sizeof expected, "%s%s", cases[i].path, cases[i].error);
		assert_string_equal(text_of(&got), expected);
		rxpath_buf_free(&got);
		rxpath_sample_free(&sample);
	}
}

/* Of a device that was deleted while it was read, the kernel says so; that is no failure to
 * measure. */
static void a_device_that_went_away_is_no_failure(void **state)
{
	static const int gone[] = {ENOENT, ENODEV, EINVAL};

	(void)state;
	for (size_t i = 0; i < COUNT(gone); i++) {
		const struct rxpath_section section = {
			rxpath_slice_of("/sys/class/net/eth0/statistics/rx_dropped"),
			{"", 0},
			gone[i],
		};
		struct rxpath_builder builder;
		struct rxpath_sample sample;
		struct rxpath_error error = {0};

		rxpath_builder_begin(&builder, &sample, NULL);
		assert_true(rxpath_parse_section(&builder, &section, &error));
		assert_int_equal(sample.sources[RXPATH_SOURCE_LINK].status, RXPATH_NOT_SEEN);
		rxpath_sample_free(&sample);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_layout_has_files),
		cmocka_unit_test(every_form_is_read_and_every_bad_one_refused),
		cmocka_unit_test(cut_at_any_byte),
		cmocka_unit_test(changed_at_any_byte),
		cmocka_unit_test(names_end_where_they_do),
		cmocka_unit_test(lines_of_a_megabyte),
		cmocka_unit_test(figures_of_32_bits),
		cmocka_unit_test(names_of_devices),
		cmocka_unit_test(names_of_counters_have_a_limit),
		cmocka_unit_test(a_bad_file_is_no_sign_of_health),
		cmocka_unit_test(own_sections_have_their_errors),
		cmocka_unit_test(limits_of_what_is_read),
		cmocka_unit_test(a_device_that_went_away_is_no_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
