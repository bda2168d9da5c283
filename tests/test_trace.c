/* test_trace.c: drop tracepoints: layouts of many kernels, recorded pages, pages of any bytes. */
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../src/trace/kallsyms.h"
#include "../src/trace/tracepage.h"
#include "../src/trace/tracetally.h"
#include "rxpath/drops.h"
#include "support.h"

#define NOW "fixtures/trace/6.18.44/"
#define OLD "fixtures/trace/old/"

static void learn(struct rxpath_tally *tally, enum rxpath_trace_event event, const char *path)
{
	struct rxpath_error error = {0};
	size_t len;
	char *text = load(path, &len);

	if (!rxpath_tally_learn(tally, event, text, len, &error))
		fail_msg("%s: %s", path, error.what);
}

static struct rxpath_ring_layout layout_of(const char *path)
{
	struct rxpath_ring_layout layout;
	struct rxpath_error error = {0};
	size_t len;
	char *text = load(path, &len);

	assert_true(rxpath_ring_layout((struct rxpath_slice){text, len}, &layout, &error));
	free(text);
	return layout;
}

static struct rxpath_ring_format format_of(const char *path)
{
	struct rxpath_ring_format format;
	struct rxpath_error error = {0};
	size_t len;
	char *text = load(path, &len);

	assert_true(rxpath_ring_format((struct rxpath_slice){text, len}, &format, &error));
	free(text);
	return format;
}

static void assert_place(const struct rxpath_ring_format *format, enum rxpath_ring_field_id field,
			 uint32_t offset, uint32_t size)
{
	assert_int_equal(format->fields[field].size, size);
	if (size > 0)
		assert_int_equal(format->fields[field].offset, offset);
}

static void layouts_come_from_the_format_files(void **state)
{
	struct rxpath_ring_format format = format_of(NOW "kfree_skb.format");

	(void)state;
	assert_int_equal(format.id, 2310);
	assert_place(&format, RXPATH_FIELD_TYPE, 0, 2);
	assert_place(&format, RXPATH_FIELD_LOCATION, 16, 8);
	assert_place(&format, RXPATH_FIELD_PROTOCOL, 32, 2);
	assert_place(&format, RXPATH_FIELD_REASON, 36, 4);
	assert_place(&format, RXPATH_FIELD_RC, 0, 0);

	format = format_of(NOW "udp_fail_queue_rcv_skb.format");
	assert_place(&format, RXPATH_FIELD_RC, 8, 4);
	assert_true(format.fields[RXPATH_FIELD_RC].is_signed);
	assert_place(&format, RXPATH_FIELD_LPORT, 0, 0);
	assert_place(&format, RXPATH_FIELD_DPORT, 14, 2);
	assert_place(&format, RXPATH_FIELD_FAMILY, 16, 2);
	assert_place(&format, RXPATH_FIELD_DADDR, 46, 28);

	assert_int_equal(format_of(NOW "sock_rcvqueue_full.format").id, 2289);
	assert_int_equal(format_of(NOW "sock_exceed_buf_limit.format").id, 2288);

	format = format_of(OLD "kfree_skb-4.19.format");
	assert_int_equal(format.id, 1084);
	assert_place(&format, RXPATH_FIELD_LOCATION, 16, 8);
	assert_place(&format, RXPATH_FIELD_REASON, 0, 0);

	format = format_of(OLD "kfree_skb-2.6.32-i386.format");
	assert_place(&format, RXPATH_FIELD_LOCATION, 20, 4);
	assert_place(&format, RXPATH_FIELD_PROTOCOL, 16, 2);

	format = format_of(OLD "udp_fail_queue_rcv_skb-4.19.format");
	assert_place(&format, RXPATH_FIELD_LPORT, 12, 2);
	assert_place(&format, RXPATH_FIELD_DADDR, 0, 0);
}

static void formats_that_make_no_sense_are_errors(void **state)
{
	static const struct {
		const char *text;
		size_t line;
	} cases[] = {
		{"", 0},
		{"name: x\nformat:\n", 0},
		{"ID: x\n", 1},
		{"ID: 18446744073709551616\n", 1},
		{"ID: 7\n\tfield:unsigned short common_type;\toffset:0;\tsize:3;\n", 2},
		{"ID: 7\n\tfield:unsigned short common_type;\toffset:-1;\tsize:2;\n", 2},
		{"ID: 7\n\tfield:unsigned short common_type;\toffset:0;\n", 2},
		{"ID: 7\n\tfield:unsigned short common_type;\toffset:99999999;\tsize:2;\n", 2},
		{"ID: 7\n\tfield:int rc;\toffset:8;\tsize:4;\tsigned:1;\n", 0},
		/* Without the end of a figure, or of the declaration. */
		{"ID: 7\n\tfield:unsigned short common_type;\toffset:0;\tsize:2", 2},
		{"ID: 7\n\tfield:unsigned short common_type\n", 0},
		{"ID: 7\n\tfield:;\toffset:0;\tsize:2;\n", 0},
		{"ID: 7\n\tfeld:unsigned short common_type;\toffset:0;\tsize:2;\n", 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct rxpath_ring_format format;
		struct rxpath_error error = {0};

		if (rxpath_ring_format(rxpath_slice_of(cases[i].text), &format, &error))
			fail_msg("accepted: %s", cases[i].text);
		assert_int_equal(error.kind, RXPATH_ERROR_FORMAT);
		assert_int_equal(error.line, cases[i].line);
	}
}

/* Before 2.6.33 the kernel did not say which fields have a sign. */
static void fields_without_a_sign(void **state)
{
	struct rxpath_ring_format format;

	(void)state;
	assert_true(rxpath_ring_format(
		rxpath_slice_of("ID: 7\n\tfield:unsigned short common_type;\toffset:0;\tsize:2;\n"
				"\tfield:int rc;\toffset:8;\tsize:4;\tsigned:2;\n"),
		&format, NULL));
	assert_false(format.fields[RXPATH_FIELD_TYPE].is_signed);
	assert_true(format.fields[RXPATH_FIELD_RC].is_signed);
}

static void assert_reason(const char *path, size_t count, uint64_t value, const char *name)
{
	struct rxpath_ring_symbol *symbols;
	size_t found, len;
	char *text = load(path, &len);

	assert_true(
		rxpath_ring_symbols((struct rxpath_slice){text, len}, "reason", &symbols, &found));
	assert_int_equal(found, count);
	if (!rxpath_slice_is(rxpath_ring_symbol(symbols, found, value), name))
		fail_msg("%s: %llu is not %s", path, (unsigned long long)value, name);
	free(symbols);
	free(text);
}

static void reasons_bear_the_kernels_own_names(void **state)
{
	(void)state;
	assert_reason(NOW "kfree_skb.format", 127, 6, "SOCKET_RCVBUFF");
	assert_reason(NOW "kfree_skb.format", 127, 71, "CPU_BACKLOG");
	assert_reason(NOW "kfree_skb.format", 127, 2, "NOT_SPECIFIED");
	assert_reason(NOW "kfree_skb.format", 127, 0, "");
	assert_reason(NOW "kfree_skb.format", 127, 4000, "");
	assert_reason(OLD "kfree_skb-6.1.format", 9, 16, "SOCKET_RCVBUFF");
	assert_reason(OLD "kfree_skb-6.1.format", 9, 46, "CPU_BACKLOG");
	assert_reason(OLD "kfree_skb-6.1.format", 9, 48, "TC_INGRESS");
	assert_reason(OLD "kfree_skb-6.1.format", 9, 47, "");
	assert_reason(OLD "kfree_skb-5.17.format", 6, 0, "NOT_SPECIFIED");
	assert_reason(OLD "kfree_skb-5.17.format", 6, 4, "TCP_FILTER");
	assert_reason(OLD "kfree_skb-6.0.format", 0, 16, "");
	assert_reason(OLD "kfree_skb-4.19.format", 0, 0, "");
}

static void other_fields_symbols_are_not_reasons(void **state)
{
	struct rxpath_ring_symbol *symbols;
	size_t count, len;
	char *text = load(NOW "udp_fail_queue_rcv_skb.format", &len);

	(void)state;
	assert_true(
		rxpath_ring_symbols((struct rxpath_slice){text, len}, "reason", &symbols, &count));
	assert_int_equal(count, 0);
	assert_null(symbols);
	assert_true(
		rxpath_ring_symbols((struct rxpath_slice){text, len}, "family", &symbols, &count));
	assert_int_equal(count, 2);
	assert_true(rxpath_slice_is(rxpath_ring_symbol(symbols, count, 10), "AF_INET6"));
	free(symbols);
	free(text);
}

/* What comes before the fault is read; a list may be empty, or end in mid-pair. */
static void lists_of_reasons_may_be_faulty(void **state)
{
	static const struct {
		const char *pairs;
		size_t count;
	} cases[] = {
		{"", 0},
		{"{ 2, \"A\" }, { 3, \"B\" })", 2},
		{"{ 2, \"A\" }, { 0x1f, \"B\" }, { 3, \"C\" })", 3},
		{"{ 2, \"A\" }), { 3, \"B\" })", 1},
		{"{ 9, \"C\" }, { 8, \"B\" }, { 2, \"A\" })", 3},
		{"{ 2, \"A\" }, { , \"B\" }, { 3, \"C\" })", 2},
		{"{ 2, \"A\" }, { ENUM, \"B\" }, { 3, \"C\" })", 2},
		{"{ 2, \"A\" }, { 3, \"\" }, { 4, \"C\" })", 2},
		{"{ 2, \"A\" }, { 3", 1},
		{"{ 2, \"A\" }, { 3, ", 1},
		{"{ 2, \"A\" }, { 3, \"B", 1},
		{"{ 4, \"D\" }, { 3, \"C\" }, { 1, \"A\" }, { 2, \"B\" })", 4},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct rxpath_ring_symbol *symbols;
		size_t count;
		char text[200];

		snprintf(text, sizeof text,
			 "__print_symbolic(REC->other, { 2, \"X\" }), "
			 "__print_symbolic(REC->reason, %s",
			 cases[i].pairs);
		assert_true(rxpath_ring_symbols(rxpath_slice_of(text), "reason", &symbols, &count));
		if (count != cases[i].count)
			fail_msg("%s: %zu", cases[i].pairs, count);
		if (count > 0)
			assert_true(rxpath_slice_is(rxpath_ring_symbol(symbols, count, 2),
						    i + 1 < COUNT(cases) ? "A" : "B"));
		assert_int_equal(rxpath_ring_symbol(symbols, count, 31).len, i == 2);
		free(symbols);
	}
}

/* A name of 64 letters is the longest. */
static void names_of_reasons_have_a_limit(void **state)
{
	(void)state;
	for (int len = 63; len <= 65; len++) {
		struct rxpath_ring_symbol *symbols;
		size_t count;
		char text[200];

		snprintf(text, sizeof text, "__print_symbolic(REC->reason, { 2, \"%0*d\" })", len,
			 0);
		assert_true(rxpath_ring_symbols(rxpath_slice_of(text), "reason", &symbols, &count));
		assert_int_equal(count, len <= 64);
		free(symbols);
	}
}

/* Up to a page of 64 KiB a field may stand anywhere; numbers have the sizes that C has. */
static void fields_have_limits(void **state)
{
	static const struct {
		unsigned offset, size;
		const char *name;
		bool good;
	} cases[] = {
		{65536, 2, "common_type", true}, {65537, 2, "common_type", false},
		{0, 1, "common_type", true},	 {0, 4, "common_type", true},
		{0, 8, "common_type", true},	 {0, 0, "common_type", false},
		{0, 3, "common_type", false},	 {0, 16, "common_type", false},
		{0, 65536, "daddr[28]", true},	 {0, 65537, "daddr[28]", false},
		{0, 28, "daddr[28]", true},	 {0, 28, "protocol", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[300];
		struct rxpath_ring_format format;

		snprintf(text, sizeof text,
			 "ID: 7\n%s\tfield:unsigned x %s;\toffset:%u;\tsize:%u;\tsigned:0;\n",
			 strcmp(cases[i].name, "common_type") == 0
				 ? ""
				 : "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\n",
			 cases[i].name, cases[i].offset, cases[i].size);
		if (rxpath_ring_format(rxpath_slice_of(text), &format, NULL) != cases[i].good)
			fail_msg("case %zu", i);
	}
}

static void values_are_as_wide_as_their_fields(void **state)
{
	static const unsigned char event[12] = {0,    0,    0xfe, 0xfe, 0xfe, 0xfe,
						0xfe, 0xfe, 0xfe, 0xfe, 0,    0};
	static const uint32_t sizes[] = {1, 2, 4, 8};

	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		const uint64_t whole = UINT64_C(0xfefefefefefefefe);
		struct rxpath_ring_field field = {2, sizes[i], false};
		uint64_t value;

		assert_true(rxpath_ring_value(&field, event, 2 + sizes[i], &value));
		assert_int_equal(value, whole >> (64 - 8 * sizes[i]));
		assert_false(rxpath_ring_value(&field, event, 2 + sizes[i] - 1, &value));
		assert_false(rxpath_ring_value(&field, event, 2, &value));
		assert_false(rxpath_ring_value(&field, event, 1, &value));
		field.is_signed = true;
		assert_true(rxpath_ring_value(&field, event, sizeof event, &value));
		assert_int_equal(
			value,
			whole | ~(sizes[i] == 8 ? UINT64_MAX : (UINT64_C(1) << 8 * sizes[i]) - 1));
	}
	for (uint32_t size = 0; size <= 3; size += 3)
		assert_false(rxpath_ring_value(&(struct rxpath_ring_field){0, size, false}, event,
					       sizeof event, &(uint64_t){0}));
	/* Its end is beyond 32 bits. */
	assert_false(rxpath_ring_value(&(struct rxpath_ring_field){UINT32_MAX, 1, false}, event,
				       sizeof event, &(uint64_t){0}));
}

static void page_layouts_have_limits(void **state)
{
	static const struct {
		unsigned commit_size, data_at, data_size;
		bool good;
	} cases[] = {
		{8, 16, 4080, true},  {4, 12, 4084, true},     {3, 16, 4080, false},
		{0, 16, 4080, false}, {8, 0, 4096, false},     {8, 16, 48, true},
		{8, 16, 47, false},   {8, 65536, 65536, true}, {8, 65536, 65537, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[200];
		struct rxpath_ring_layout layout;

		snprintf(text, sizeof text,
			 "\tfield: local_t commit;\toffset:8;\tsize:%u;\tsigned:1;\n"
			 "\tfield: char data;\toffset:%u;\tsize:%u;\tsigned:1;\n",
			 cases[i].commit_size, cases[i].data_at, cases[i].data_size);
		if (rxpath_ring_layout(rxpath_slice_of(text), &layout, NULL) != cases[i].good)
			fail_msg("case %zu", i);
	}
}

static void page_layouts_differ(void **state)
{
	struct rxpath_ring_layout layout = layout_of(NOW "header_page");
	struct rxpath_error error = {0};

	(void)state;
	assert_int_equal(layout.commit_at, 8);
	assert_int_equal(layout.commit_size, 8);
	assert_int_equal(layout.data_at, 16);
	assert_int_equal(layout.page_size, 4096);
	layout = layout_of(OLD "header_page-i386");
	assert_int_equal(layout.commit_size, 4);
	assert_int_equal(layout.data_at, 12);
	assert_int_equal(layout.page_size, 4096);
	assert_int_equal(layout_of(OLD "header_page-2.6.32").page_size, 4096);
	assert_int_equal(layout_of(OLD "header_page-arm64-64k").page_size, 65536);
	assert_false(rxpath_ring_layout(rxpath_slice_of("\tfield: local_t commit;\toffset:8;"
							"\tsize:8;\n"),
					&layout, &error));
	assert_false(rxpath_ring_layout(rxpath_slice_of(""), &layout, &error));
	assert_int_equal(error.line, 0);
	assert_false(rxpath_ring_layout(rxpath_slice_of("\n\tfield: local_t commit;\toffset:8;\n"),
					&layout, &error));
	assert_int_equal(error.line, 2);
}

/* A page that is built: the header of header_page, then events. */
struct page {
	unsigned char bytes[4096];
	size_t used;
};

static void put_word(struct page *page, uint32_t word)
{
	memcpy(page->bytes + 16 + page->used, &word, sizeof word);
	page->used += sizeof word;
}

static void put_header(struct page *page, uint32_t type, uint32_t delta)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	put_word(page, type << 27 | delta);
#else
	put_word(page, delta << 5 | type);
#endif
}

static void set_commit(struct page *page, uint64_t flags)
{
	uint64_t commit = page->used | flags;

	memcpy(page->bytes + 8, &commit, sizeof commit);
}

struct seen {
	size_t count;
	size_t bytes;
	unsigned sum;
};

static void see(void *context, const unsigned char *event, size_t len)
{
	struct seen *seen = context;

	seen->count++;
	seen->bytes += len;
	for (size_t i = 0; i < len; i++)
		seen->sum += event[i];
}

/* On a copy of exactly that length. */
static bool take_page(const unsigned char *bytes, size_t len, struct seen *seen)
{
	const struct rxpath_ring_layout layout = {8, 8, 16, 4096};
	unsigned char *copy = malloc(len > 0 ? len : 1);
	bool good;

	assert_non_null(copy);
	if (len > 0)
		memcpy(copy, bytes, len);
	*seen = (struct seen){0};
	good = rxpath_ring_page(&layout, copy, len, see, seen);
	free(copy);
	return good;
}

static void every_kind_of_entry(void **state)
{
	struct page page = {.used = 0};
	struct seen seen;

	(void)state;
	put_header(&page, 30, 5); /* time extend */
	put_word(&page, 77);
	put_header(&page, 2, 1); /* two words of data */
	put_word(&page, 0);
	put_word(&page, 0);
	put_header(&page, 0, 1); /* a long one: 4 + 6 bytes, padded to 12 */
	put_word(&page, 10);
	put_word(&page, 0);
	put_word(&page, 0);
	put_header(&page, 29, 1); /* discarded: 4 + 4 bytes */
	put_word(&page, 8);
	put_word(&page, UINT32_MAX);
	put_header(&page, 31, 5); /* time stamp */
	put_word(&page, 77);
	put_header(&page, 1, 1);
	put_word(&page, 0x01010101);
	set_commit(&page, 0);
	assert_true(take_page(page.bytes, sizeof page.bytes, &seen));
	assert_int_equal(seen.count, 3);
	assert_int_equal(seen.bytes, 8 + 6 + 4);
	assert_int_equal(seen.sum, 4);

	/* Events were lost before this page: a flag, in a commit that is sign extended too. */
	set_commit(&page, (uint64_t)1 << 31);
	assert_true(take_page(page.bytes, sizeof page.bytes, &seen));
	assert_int_equal(seen.count, 3);
	set_commit(&page, UINT64_C(0xffffffff80000000) | (uint64_t)1 << 30);
	assert_true(take_page(page.bytes, sizeof page.bytes, &seen));
	assert_int_equal(seen.count, 3);

	/* A null event ends the page, whatever stands behind it. */
	put_header(&page, 29, 0);
	put_word(&page, UINT32_MAX);
	set_commit(&page, 0);
	assert_true(take_page(page.bytes, sizeof page.bytes, &seen));
	assert_int_equal(seen.count, 3);
	page.used = 0;
	set_commit(&page, 0);
	assert_true(take_page(page.bytes, sizeof page.bytes, &seen));
	assert_int_equal(seen.count, 0);
	/* A time may be the last. */
	put_header(&page, 30, 5);
	put_word(&page, 77);
	set_commit(&page, 0);
	assert_true(take_page(page.bytes, sizeof page.bytes, &seen));
	assert_int_equal(seen.count, 0);
	/* A long one may be the last, and one of no bytes stand before it. */
	put_header(&page, 29, 1);
	put_word(&page, 4);
	put_header(&page, 0, 1);
	put_word(&page, 8);
	put_word(&page, 0);
	set_commit(&page, 0);
	assert_true(take_page(page.bytes, sizeof page.bytes, &seen));
	assert_int_equal(seen.count, 1);
}

static void faulty_lengths(void **state)
{
	static const struct {
		uint32_t type, delta, first;
		size_t used;
	} cases[] = {
		{0, 1, 0, 8},			      /* a long event shorter than its own length */
		{0, 1, 3, 8},		{0, 1, 8, 8}, /* longer than the page's rest */
		{0, 1, UINT32_MAX, 8},	{0, 1, 4, 4}, /* no room for its length */
		{29, 1, UINT32_MAX, 8}, {29, 1, 2, 8}, {28, 1, 0, 8}, {2, 1, 0, 8},
		{30, 1, 0, 4},		{31, 1, 0, 4}, {1, 1, 0, 10}, /* bytes that are no entry */
		{0, 1, 5, 9},					      /* its padding is missing */
	};
	struct seen seen;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct page page = {.used = 0};

		put_header(&page, cases[i].type, cases[i].delta);
		put_word(&page, cases[i].first);
		page.used = cases[i].used;
		set_commit(&page, 0);
		if (take_page(page.bytes, 16 + cases[i].used, &seen))
			fail_msg("case %zu accepted", i);
	}
	/* A page longer than what was read. */
	for (size_t len = 0; len < 20; len++) {
		struct page page = {.used = 0};

		put_header(&page, 1, 1);
		put_word(&page, 0);
		set_commit(&page, 0);
		assert_false(take_page(page.bytes, len, &seen));
	}
	/* Its data would begin behind it. */
	assert_false(rxpath_ring_page(&(struct rxpath_ring_layout){0, 8, 16, 4096},
				      (const unsigned char[12]){0}, 12, see, &seen));
	assert_true(rxpath_ring_page(&(struct rxpath_ring_layout){0, 8, 12, 4096},
				     (const unsigned char[12]){0}, 12, see, &seen));
}

static void any_bytes_at_all(void **state)
{
	size_t len;
	char *page = load(NOW "udp-overflow-0.page", &len);
	unsigned char *bytes = malloc(len);
	uint32_t random = 12345;
	struct seen seen;

	(void)state;
	assert_non_null(bytes);
	for (unsigned round = 0; round < 20000; round++) {
		memcpy(bytes, page, len);
		for (unsigned i = 0; i < 1 + round % 8; i++) {
			random = random * 1664525 + 1013904223;
			bytes[(random >> 8) % (i % 2 ? len : 200)] = (unsigned char)(random >> 24);
		}
		take_page(bytes, round % 3 == 0 ? random % (len + 1) : len, &seen);
	}
	for (unsigned round = 0; round < 2000; round++) {
		for (size_t i = 0; i < len; i++) {
			random = random * 1664525 + 1013904223;
			bytes[i] = (unsigned char)(random >> 24);
		}
		bytes[10] = bytes[11] = 0;
		take_page(bytes, len, &seen);
	}
	free(bytes);
	free(page);
}

static struct rxpath_tally *tally_of_now(void)
{
	struct rxpath_tally *tally = calloc(1, sizeof *tally);

	assert_non_null(tally);
	learn(tally, RXPATH_TRACE_QUEUE_FULL, NOW "sock_rcvqueue_full.format");
	learn(tally, RXPATH_TRACE_MEMORY, NOW "sock_exceed_buf_limit.format");
	learn(tally, RXPATH_TRACE_UDP_FAIL, NOW "udp_fail_queue_rcv_skb.format");
	learn(tally, RXPATH_TRACE_KFREE, NOW "kfree_skb.format");
	return tally;
}

static void end_tally(struct rxpath_tally *tally)
{
	rxpath_tally_free(tally);
	free(tally);
}

/* Looks up the addresses in the fixture, a piece of it at a time, as it is read. */
static void look_up(struct rxpath_symbols *symbols, uint64_t *addresses, size_t count)
{
	size_t len, taken;
	char *text = load(NOW "kallsyms", &len);
	const size_t middle = len / 2 + 7;

	assert_true(rxpath_symbols_begin(symbols, addresses, count));
	taken = rxpath_symbols_take(symbols, (struct rxpath_slice){text, middle});
	assert_true(taken > 0 && taken < middle);
	assert_int_equal(
		rxpath_symbols_take(symbols, (struct rxpath_slice){text + taken, len - taken}),
		len - taken);
	rxpath_symbols_end(symbols);
	free(text);
}

/* The names that the fixture gives to the addresses that the table has seen. */
static void read_names(const struct rxpath_tally *tally, struct rxpath_symbols *symbols)
{
	uint64_t *addresses = calloc(RXPATH_TALLY_SLOTS, sizeof *addresses);

	assert_non_null(addresses);
	look_up(symbols, addresses, rxpath_tally_addresses(tally, addresses));
	free(addresses);
}

static void assert_has_line(struct rxpath_slice text, const char *wanted)
{
	struct rxpath_slice rest = text;
	struct rxpath_slice line;

	while (rxpath_scan_line(&rest, &line))
		if (rxpath_slice_is(line, wanted))
			return;
	fail_msg("no line '%s' in\n%.*s", wanted, (int)text.len, text.ptr);
}

static void recorded_pages(void **state)
{
	static const char *const pages[] = {NOW "udp-overflow-0.page", NOW "udp-overflow-1.page"};
	const struct rxpath_ring_layout layout = layout_of(NOW "header_page");
	struct rxpath_tally *tally;
	struct rxpath_symbols symbols = {0};
	struct rxpath_buf out = {0};

	(void)state;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	skip(); /* they are as the recording machine has them */
#endif
	tally = tally_of_now();
	for (size_t i = 0; i < COUNT(pages); i++) {
		size_t len;
		char *page = load(pages[i], &len);

		assert_true(rxpath_ring_page(&layout, (unsigned char *)page, len, rxpath_tally_take,
					     tally));
		free(page);
	}
	read_names(tally, &symbols);
	rxpath_tally_write(tally, &symbols, 3, &out);
	assert_has_line(rxpath_buf_view(&out), "event sock:sock_rcvqueue_full 0");
	assert_has_line(rxpath_buf_view(&out), "event udp:udp_fail_queue_rcv_skb 52");
	assert_has_line(rxpath_buf_view(&out), "event skb:kfree_skb 61");
	assert_has_line(rxpath_buf_view(&out), "overrun 3");
	assert_has_line(rxpath_buf_view(&out), "names unhandled");
	assert_has_line(rxpath_buf_view(&out), "drop SOCKET_RCVBUFF udp_queue_rcv_one_skb 2048 31");
	assert_has_line(rxpath_buf_view(&out),
			"drop SOCKET_RCVBUFF udpv6_queue_rcv_one_skb 34525 21");
	assert_has_line(rxpath_buf_view(&out), "drop NOT_SPECIFIED udp_destruct_common 2048 9");
	assert_has_line(rxpath_buf_view(&out), "udp 2048 9999 -12 31");
	assert_has_line(rxpath_buf_view(&out), "udp 34525 9999 -12 21");
	rxpath_symbols_free(&symbols);
	rxpath_buf_free(&out);
	end_tally(tally);
}

/* The packet is of the family of its address, whatever the socket's is. */
static void a_socket_takes_both_families(void **state)
{
	static const struct {
		uint16_t socket, packet;
		uint32_t size; /* of the address */
		const char *line;
	} cases[] = {
		{AF_INET6, AF_INET, 28, "udp 2048 9999 -12 1"},
		{AF_INET6, AF_INET6, 28, "udp 34525 9999 -12 1"},
		{AF_INET6, 0, 28, "udp 34525 9999 -12 1"},
		{AF_INET, 0, 28, "udp 2048 9999 -12 1"},
		{AF_INET6, AF_INET, 2, "udp 2048 9999 -12 1"},
		{AF_INET6, AF_INET, 1, "udp 34525 9999 -12 1"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct rxpath_tally *tally = tally_of_now();
		struct rxpath_symbols symbols = {0};
		struct rxpath_buf out = {0};
		const uint16_t id = (uint16_t)tally->formats[RXPATH_TRACE_UDP_FAIL].id;
		const uint16_t port = 9999;
		const int32_t rc = -12;
		unsigned char event[74] = {0};

		tally->formats[RXPATH_TRACE_UDP_FAIL].fields[RXPATH_FIELD_DADDR].size =
			cases[i].size;
		memcpy(event, &id, sizeof id);
		memcpy(event + 8, &rc, sizeof rc);
		memcpy(event + 14, &port, sizeof port);
		memcpy(event + 16, &cases[i].socket, sizeof cases[i].socket);
		memcpy(event + 46, &cases[i].packet, sizeof cases[i].packet);
		rxpath_tally_take(tally, event, sizeof event);
		rxpath_tally_write(tally, &symbols, 0, &out);
		assert_has_line(rxpath_buf_view(&out), cases[i].line);
		rxpath_buf_free(&out);
		end_tally(tally);
	}
}

/* An event as 4.19 lays it out. */
static void take_old_udp(struct rxpath_tally *tally, uint16_t port, int32_t rc)
{
	unsigned char event[16] = {0};
	uint16_t id = 1050;

	memcpy(event, &id, sizeof id);
	memcpy(event + 8, &rc, sizeof rc);
	memcpy(event + 12, &port, sizeof port);
	rxpath_tally_take(tally, event, sizeof event);
}

static void take_old_kfree(struct rxpath_tally *tally, uint64_t place, uint16_t protocol)
{
	unsigned char event[32] = {0};
	uint16_t id = 1084;

	memcpy(event, &id, sizeof id);
	memcpy(event + 16, &place, sizeof place);
	memcpy(event + 24, &protocol, sizeof protocol);
	rxpath_tally_take(tally, event, sizeof event);
}

static void old_kernels_tell_less(void **state)
{
	struct rxpath_tally *tally = calloc(1, sizeof *tally);
	struct rxpath_symbols symbols = {0};
	struct rxpath_buf out = {0};
	const uint16_t ids[4] = {1050, 0, 0xffff, 0};

	(void)state;
	assert_non_null(tally);
	learn(tally, RXPATH_TRACE_UDP_FAIL, OLD "udp_fail_queue_rcv_skb-4.19.format");
	learn(tally, RXPATH_TRACE_KFREE, OLD "kfree_skb-4.19.format");
	take_old_udp(tally, 53, -12);
	take_old_udp(tally, 53, -12);
	take_old_udp(tally, 53, -105);
	take_old_kfree(tally, UINT64_C(0xffffffff82045927), 2048);
	take_old_kfree(tally, 0, 2048);
	/* Shorter than its fields, and of an event that nobody asked for. */
	rxpath_tally_take(tally, (const unsigned char *)ids, 2);
	rxpath_tally_take(tally, (const unsigned char *)(ids + 2), 4);
	rxpath_tally_take(tally, (const unsigned char *)"", 0);
	read_names(tally, &symbols);
	rxpath_tally_write(tally, &symbols, 0, &out);
	assert_has_line(rxpath_buf_view(&out), "event sock:sock_rcvqueue_full -");
	assert_has_line(rxpath_buf_view(&out), "event udp:udp_fail_queue_rcv_skb 4");
	assert_has_line(rxpath_buf_view(&out), "event skb:kfree_skb 2");
	assert_has_line(rxpath_buf_view(&out), "udp - 53 -12 2");
	assert_has_line(rxpath_buf_view(&out), "udp - 53 -105 1");
	assert_has_line(rxpath_buf_view(&out), "udp - - -0 1");
	assert_has_line(rxpath_buf_view(&out), "drop - udp_queue_rcv_one_skb 2048 1");
	assert_has_line(rxpath_buf_view(&out), "drop - - 2048 1");
	rxpath_symbols_free(&symbols);
	rxpath_buf_free(&out);
	end_tally(tally);
}

/* Only a kernel that has the name can be said not to have used it. */
static void names_that_a_kernel_lacks(void **state)
{
	static const char *const formats[] = {OLD "kfree_skb-5.17.format", NOW "kfree_skb.format"};

	(void)state;
	for (size_t i = 0; i < COUNT(formats); i++) {
		struct rxpath_tally *tally = calloc(1, sizeof *tally);
		struct rxpath_buf out = {0};

		assert_non_null(tally);
		learn(tally, RXPATH_TRACE_KFREE, formats[i]);
		assert_true(tally->reason_count > 0);
		rxpath_tally_write(tally, &(struct rxpath_symbols){0}, 0, &out);
		rxpath_buf_char(&out, '\0');
		assert_int_equal(strstr(out.data, "names unhandled") != NULL, i == 1);
		rxpath_buf_free(&out);
		end_tally(tally);
	}
}

static void names_of_reasons_in_the_section(void **state)
{
	static struct rxpath_ring_symbol reasons[] = {{6, {"UNHANDLED_PROTO", 15}},
						      {7, {"SOCKET_RCVBUFF", 14}}};
	static struct rxpath_tally tally = {
		.reasons = reasons,
		.reason_count = 2,
		.rows = {{.count = 3, .reason = 7, .protocol = 2048, .event = RXPATH_TRACE_KFREE},
			 {.count = 4, .reason = 31, .event = RXPATH_TRACE_KFREE}},
	};
	struct rxpath_buf out = {0};

	(void)state;
	tally.formats[RXPATH_TRACE_KFREE].fields[RXPATH_FIELD_REASON].size = 4;
	rxpath_tally_write(&tally, &(struct rxpath_symbols){0}, 0, &out);
	assert_has_line(rxpath_buf_view(&out), "names unhandled");
	assert_has_line(rxpath_buf_view(&out), "drop SOCKET_RCVBUFF - 2048 3");
	assert_has_line(rxpath_buf_view(&out), "drop 0x1f - 0 4");
	rxpath_buf_reset(&out);
	/* Without the field there is no number either. */
	tally.formats[RXPATH_TRACE_KFREE].fields[RXPATH_FIELD_REASON].size = 0;
	tally.reason_count = 0;
	rxpath_tally_write(&tally, &(struct rxpath_symbols){0}, 0, &out);
	assert_has_line(rxpath_buf_view(&out), "drop - - 0 4");
	rxpath_buf_free(&out);
}

/* Rows that fall together in the table stay apart, whatever they differ in. */
static void rows_differ_in_any_field(void **state)
{
	static uint64_t addresses[RXPATH_TALLY_SLOTS];
	struct rxpath_tally *tally = calloc(1, sizeof *tally);
	struct rxpath_buf out = {0};
	uint64_t rows = 0;

	(void)state;
	assert_non_null(tally);
	learn(tally, RXPATH_TRACE_UDP_FAIL, OLD "udp_fail_queue_rcv_skb-4.19.format");
	learn(tally, RXPATH_TRACE_KFREE, OLD "kfree_skb-4.19.format");
	for (int i = 0; i < 800; i++) {
		take_old_udp(tally, (uint16_t)i, -12);
		take_old_udp(tally, 65535, -1000 - i);
		take_old_kfree(tally, 5, (uint16_t)i);
		take_old_kfree(tally, 1000 + (uint64_t)i, 2048);
	}
	for (size_t i = 0; i < RXPATH_TALLY_SLOTS; i++) {
		assert_true(tally->rows[i].count <= 1);
		rows += tally->rows[i].count;
	}
	assert_int_equal(rows, 3200);
	/* Each is written, and each address is asked for. */
	assert_int_equal(rxpath_tally_addresses(tally, addresses), 1600);
	rxpath_tally_write(tally, &(struct rxpath_symbols){0}, 0, &out);
	rows = 0;
	for (size_t i = 0; i < out.len; i++)
		rows += out.data[i] == '\n';
	assert_int_equal(rows, 3200 + RXPATH_TRACE_EVENTS + 1);
	rxpath_buf_free(&out);
	end_tally(tally);
}

static void the_table_has_a_bound(void **state)
{
	struct rxpath_tally *tally = calloc(1, sizeof *tally);
	uint64_t rows = 0, ports = 0, packets = 0;

	(void)state;
	assert_non_null(tally);
	learn(tally, RXPATH_TRACE_UDP_FAIL, OLD "udp_fail_queue_rcv_skb-4.19.format");
	learn(tally, RXPATH_TRACE_KFREE, OLD "kfree_skb-4.19.format");
	for (unsigned port = 0; port < 60000; port++)
		take_old_udp(tally, (uint16_t)port, -12);
	for (unsigned place = 1; place <= 60000; place++)
		take_old_kfree(tally, place, (uint16_t)place);
	for (size_t i = 0; i < RXPATH_TALLY_SLOTS; i++) {
		rows += tally->rows[i].count > 0;
		packets += tally->rows[i].count;
		ports += tally->rows[i].count > 0 && tally->rows[i].port != RXPATH_UNKNOWN32;
	}
	assert_true(rows < RXPATH_TALLY_SLOTS);
	assert_int_equal(packets, 120000);
	assert_int_equal(tally->events[RXPATH_TRACE_UDP_FAIL], 60000);
	assert_int_equal(tally->events[RXPATH_TRACE_KFREE], 60000);
	assert_true(ports > 1000);
	/* And one row for all that no row of their own was left for. */
	assert_int_equal(tally->row_counts[RXPATH_TRACE_UDP_FAIL], 1801);
	assert_int_equal(tally->row_counts[RXPATH_TRACE_KFREE], 1801);
	for (int error = 1; error <= 200; error++)
		take_old_udp(tally, 1, -error);
	assert_int_equal(tally->row_counts[RXPATH_TRACE_UDP_FAIL], 1950);
	rxpath_tally_reset(tally);
	assert_int_equal(tally->events[RXPATH_TRACE_KFREE], 0);
	for (size_t i = 0; i < RXPATH_TALLY_SLOTS; i++)
		assert_int_equal(tally->rows[i].count, 0);
	/* It has all its room again. */
	for (unsigned port = 0; port < 1000; port++)
		take_old_udp(tally, (uint16_t)port, -12);
	assert_int_equal(tally->row_counts[RXPATH_TRACE_UDP_FAIL], 1000);
	take_old_kfree(tally, 5, 2048);
	assert_int_equal(tally->events[RXPATH_TRACE_KFREE], 1);
	end_tally(tally);
}

static void symbols_by_address(void **state)
{
	static const struct {
		uint64_t address;
		const char *name;
	} cases[] = {
		{UINT64_C(0xffffffff820454f0), "udp_queue_rcv_one_skb"},
		{UINT64_C(0xffffffff82045927), "udp_queue_rcv_one_skb"},
		{UINT64_C(0xffffffff82045928), "udp_queue_rcv_one_skb"},
		{UINT64_C(0xffffffff820454ef), "__pfx_udp_queue_rcv_one_skb"},
		{UINT64_C(0xffffffffa0001010), "veth_poll"},
		{UINT64_C(0xffffffffa0fff000), ""}, /* too far from anything */
		{UINT64_C(0x1000), ""},		    /* before everything */
	};
	struct rxpath_symbols symbols = {0};
	uint64_t addresses[2 * COUNT(cases)];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		addresses[i] = addresses[COUNT(cases) + i] = cases[COUNT(cases) - 1 - i].address;
	look_up(&symbols, addresses, COUNT(addresses));
	assert_int_equal(symbols.count, COUNT(cases));
	for (size_t i = 0; i < COUNT(cases); i++)
		if (!rxpath_slice_is(rxpath_symbols_name(&symbols, cases[i].address),
				     cases[i].name))
			fail_msg("%llx is not %s", (unsigned long long)cases[i].address,
				 cases[i].name);
	assert_int_equal(rxpath_symbols_name(&symbols, 42).len, 0);
	/* All are known by now, the ones without a name too. */
	assert_false(rxpath_symbols_begin(&symbols, addresses, COUNT(addresses)));
	rxpath_symbols_free(&symbols);
}

/* A symbol is found for the first address behind it; others of the function have it from there. */
static void addresses_of_one_function(void **state)
{
	uint64_t addresses[] = {0x1000, UINT64_C(0xffffffff82045927), UINT64_C(0xffffffff82045928),
				UINT64_C(0xffffffff82045929)};
	struct rxpath_symbols symbols = {0};

	(void)state;
	look_up(&symbols, addresses, COUNT(addresses));
	assert_int_equal(rxpath_symbols_name(&symbols, 0x1000).len, 0);
	for (uint64_t at = 0x7; at <= 0x9; at++)
		assert_true(rxpath_slice_is(
			rxpath_symbols_name(&symbols, UINT64_C(0xffffffff82045920) + at),
			"udp_queue_rcv_one_skb"));
	rxpath_symbols_free(&symbols);
	/* These two alone. */
	look_up(&symbols, addresses + 1, 2);
	assert_true(rxpath_slice_is(rxpath_symbols_name(&symbols, UINT64_C(0xffffffff82045928)),
				    "udp_queue_rcv_one_skb"));
	rxpath_symbols_free(&symbols);
}

/* Which lines name a function, and for which addresses. */
static void lines_of_kallsyms(void **state)
{
#define LONGEST "f23456789012345678901234567890123456789012345678901234567890123"
	static const char text[] = "0000000000000000 T hidden\n"
				   "0000000000001000 d data\n"
				   "0000000000001000 tt two\n"
				   "0000000000001000\n"
				   "0000000000001000 t\n"
				   "000000000000100g t not_hexadecimal\n"
				   "0000000000001000 t .cold\n"
				   "0000000000001000 t x" LONGEST "\n"
				   "0000000000001000 t first.isra.0\t[veth]\n"
				   "0000000000001000 T second_name\n"
				   "0000000000300000 W " LONGEST "\n"
				   "0000000000200000 w out_of_order.part\n"
				   "0000000000400000 T not_whole";
	static const struct {
		uint64_t address;
		const char *name;
	} cases[] = {
		{0xfff, ""},
		{0x1000, "first"},
		{0x1001, "first"},
		{0x1000 + (256 << 10) - 1, "first"},
		{0x1000 + (256 << 10), ""},
		{0x200010, "out_of_order"},
		{0x300001, LONGEST},
		{0x400000, ""},
	};
	uint64_t addresses[COUNT(cases)];
	struct rxpath_symbols symbols = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		addresses[i] = cases[i].address;
	assert_true(rxpath_symbols_begin(&symbols, addresses, COUNT(cases)));
	assert_int_equal(rxpath_symbols_take(&symbols, rxpath_slice_of(text)),
			 sizeof text - sizeof "0000000000400000 T not_whole");
	assert_int_equal(rxpath_symbols_take(&symbols, rxpath_slice_of("0000 T x")), 0);
	rxpath_symbols_end(&symbols);
	for (size_t i = 0; i < COUNT(cases); i++)
		if (!rxpath_slice_is(rxpath_symbols_name(&symbols, cases[i].address),
				     cases[i].name))
			fail_msg("%llx is not %s", (unsigned long long)cases[i].address,
				 cases[i].name);
	rxpath_symbols_free(&symbols);
}

static void statistics(void **state)
{
	size_t len;
	char *text = load(NOW "stats", &len);
	struct rxpath_slice stats = {text, len};

	(void)state;
	assert_int_equal(rxpath_ring_stat(stats, "read events"), 113);
	assert_int_equal(rxpath_ring_stat(stats, "overrun"), 0);
	assert_int_equal(rxpath_ring_stat(stats, "no such line"), 0);
	assert_int_equal(
		rxpath_ring_stat(rxpath_slice_of("commit overrun: 7\noverrun: 12\n"), "overrun"),
		12);
	/* No line of that form, and no figure. */
	assert_int_equal(rxpath_ring_stat(rxpath_slice_of("overrun 7\noverrun: x\noverrun:\t5\n"),
					  "overrun"),
			 5);
	free(text);
}

/* The section. */

static const char section[] = "event sock:sock_rcvqueue_full -\n"
			      "event sock:sock_exceed_buf_limit 0\n"
			      "event udp:udp_fail_queue_rcv_skb 991\n"
			      "event skb:kfree_skb 1100\n"
			      "event of:a_later_version 5\n"
			      "overrun 7\n"
			      "something else\n"
			      "names unhandled\n"
			      "drop SOCKET_RCVBUFF udp_queue_rcv_one_skb 2048 900\n"
			      "drop NETFILTER_DROP nf_hook_slow 2048 100\n"
			      "drop SOCKET_RCVBUFF udp_queue_rcv_one_skb 2048 91\n"
			      "drop 0x10001 - - 8\n"
			      "drop - ip_rcv_finish 2048 1\n"
			      "udp 2048 9999 -12 991\n";

static void the_section_parses(void **state)
{
	struct rxpath_builder builder;
	struct rxpath_sample sample;
	struct rxpath_error error = {0};
	const struct rxpath_trace_result *trace;

	(void)state;
	rxpath_builder_begin(&builder, &sample, NULL);
	assert_true(rxpath_parse_trace(&builder, rxpath_slice_of(section), &error));
	trace = sample.trace;
	assert_non_null(trace);
	assert_int_equal(trace->events[RXPATH_TRACE_QUEUE_FULL], RXPATH_UNKNOWN);
	assert_int_equal(trace->events[RXPATH_TRACE_MEMORY], 0);
	assert_int_equal(trace->events[RXPATH_TRACE_UDP_FAIL], 991);
	assert_int_equal(trace->events[RXPATH_TRACE_KFREE], 1100);
	assert_int_equal(trace->overrun, 7);
	assert_true(trace->names_unhandled);
	assert_int_equal(trace->udp_count, 1);
	assert_int_equal(trace->udp[0].port, 9999);
	assert_int_equal(trace->udp[0].error, -12);
	assert_int_equal(trace->udp[0].count, 991);
	assert_int_equal(trace->drop_count, 4);
	for (size_t i = 0; i < trace->drop_count; i++) {
		const struct rxpath_drop *drop = &trace->drops[i];

		if (rxpath_slice_is(drop->reason, "SOCKET_RCVBUFF")) {
			assert_int_equal(drop->count, 991);
			assert_true(drop->on_path);
			assert_int_equal(drop->stage, RXPATH_STAGE_SOCKET);
		} else if (rxpath_slice_is(drop->reason, "0x10001")) {
			assert_int_equal(drop->protocol, RXPATH_UNKNOWN32);
			assert_int_equal(drop->location.len, 0);
			assert_false(drop->on_path);
		} else if (drop->reason.len == 0) {
			assert_true(drop->on_path);
			assert_int_equal(drop->stage, RXPATH_STAGE_IP);
		}
	}
	rxpath_sample_free(&sample);
}

/* The largest port and EtherType; rows that are alike are added up, others are not. */
static void rows_of_the_section(void **state)
{
	static const char text[] = "udp 65535 65535 -12 1\n"
				   "drop A b 65535 1\ndrop A b 65534 2\ndrop A b 65535 4\n"
				   "drop A c 65535 8\ndrop B b 65535 16\ndrop A b - 32\n";
	static const uint64_t counts[] = {2, 5, 32, 8, 16};
	struct rxpath_builder builder;
	struct rxpath_sample sample;

	(void)state;
	rxpath_builder_begin(&builder, &sample, NULL);
	assert_true(rxpath_parse_trace(&builder, rxpath_slice_of(text), NULL));
	assert_int_equal(sample.trace->udp[0].port, 65535);
	assert_int_equal(sample.trace->udp[0].protocol, 65535);
	assert_int_equal(sample.trace->drop_count, COUNT(counts));
	for (size_t i = 0; i < COUNT(counts); i++)
		assert_int_equal(sample.trace->drops[i].count, counts[i]);
	rxpath_sample_free(&sample);
}

/* As many rows of either sort as tracing makes, twice over, and no more. */
static void rows_have_a_limit(void **state)
{
	static const char *const rows[] = {"drop A b 1 1\n", "udp 1 1 -12 1\n"};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rxpath_buf text = {0};

		for (size_t count = 1; count <= 4097; count++) {
			struct rxpath_builder builder;
			struct rxpath_sample sample;

			rxpath_buf_string(&text, rows[i]);
			if (count < 4096)
				continue;
			rxpath_builder_begin(&builder, &sample, NULL);
			assert_int_equal(rxpath_parse_trace(&builder, rxpath_buf_view(&text), NULL),
					 count == 4096);
			rxpath_sample_free(&sample);
		}
		rxpath_buf_free(&text);
	}
}

static void faulty_sections(void **state)
{
	static const struct {
		const char *text;
		size_t line;
	} cases[] = {
		{"event\n", 1},
		{"event skb:kfree_skb\n", 1},
		{"event skb:kfree_skb x\n", 1},
		{"overrun 1\noverrun -1\n", 2},
		{"drop A b 2048\n", 1},
		/* Of no line that begins so has the room been counted. */
		{"drop\tA b 2048 1\n", 1},
		{"udp\t2048 9999 -12 1\n", 1},
		{"drop A\033[31m b 2048 1\n", 1},
		{"drop A b 65536 1\n", 1},
		{"drop A b 2048 99999999999999999999\n", 1},
		{"udp 2048 9999 12x 1\n", 1},
		{"udp 2048 70000 -12 1\n", 1},
		{"udp 2048 -12 1\n", 1},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct rxpath_builder builder;
		struct rxpath_sample sample;
		struct rxpath_error error = {0};

		rxpath_builder_begin(&builder, &sample, NULL);
		if (rxpath_parse_trace(&builder, rxpath_slice_of(cases[i].text), &error))
			fail_msg("accepted: %s", cases[i].text);
		assert_null(sample.trace);
		assert_int_equal(error.line, cases[i].line);
		rxpath_sample_free(&sample);
	}
}

static void reasons_have_stages(void **state)
{
	static const struct {
		const char *reason, *location;
		int stage; /* -1: none */
	} cases[] = {
		{"UNHANDLED_PROTO", "__netif_receive_skb_core", RXPATH_STAGE_DEVICE},
		{"UNHANDLED_PROTO", "", RXPATH_STAGE_DEVICE},
		{"UNHANDLED_PROTO", "ip6_rcv_core", RXPATH_STAGE_IP},
		{"CPU_BACKLOG", "enqueue_to_backlog", RXPATH_STAGE_SOFTNET},
		{"NETFILTER_DROP", "nft_do_chain", RXPATH_STAGE_NETFILTER},
		{"TC_INGRESS", "", RXPATH_STAGE_NETFILTER},
		{"IP_RPFILTER", "", RXPATH_STAGE_IP},
		{"UDP_CSUM", "skb_consume_udp", RXPATH_STAGE_TRANSPORT},
		{"SOCKET_RCVBUFF", "udp_queue_rcv_one_skb", RXPATH_STAGE_SOCKET},
		{"PROTO_MEM", "", RXPATH_STAGE_SOCKET},
		{"NOT_SPECIFIED", "ip_rcv_finish_core", RXPATH_STAGE_IP},
		{"NOT_SPECIFIED", "__dev_forward_skb2", RXPATH_STAGE_DEVICE},
		{"NOT_SPECIFIED", "unix_release_sock", -1},
		{"NOT_SPECIFIED", "udp_destruct_common", -1},
		{"NOT_SPECIFIED", "", -1},
		{"", "tcp_v4_rcv", RXPATH_STAGE_TRANSPORT},
		{"0x2f", "ip_rcv", RXPATH_STAGE_IP},
		/* The transmit side, and what is no loss, wherever it happens. */
		{"QDISC_DROP", "__netif_receive_skb_core", -1},
		{"QUEUE_PURGE", "ip_rcv", -1},
		{"NEIGH_FAILED", "arp_rcv", -1},
		{"TCP_OLD_DATA", "tcp_v4_rcv", -1},
		{"A_LATER_REASON", "udp_queue_rcv_one_skb", -1},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		enum rxpath_stage stage = RXPATH_STAGES;
		bool on_path = rxpath_drop_stage(rxpath_slice_of(cases[i].reason),
						 rxpath_slice_of(cases[i].location), &stage);

		if (on_path != (cases[i].stage >= 0) || (on_path && (int)stage != cases[i].stage))
			fail_msg("%s at %s: stage %d", cases[i].reason, cases[i].location,
				 (int)stage);
	}
}

static void what_no_counter_shows(void **state)
{
	static const struct {
		const char *reason, *location, *name;
	} cases[] = {
		{"NETFILTER_DROP", "nft_do_chain", "trace.NETFILTER_DROP"},
		{"", "nf_hook_slow", "trace.NETFILTER_DROP"},
		{"NOT_SPECIFIED", "do_xdp_generic", "trace.XDP"},
		{"NOT_SPECIFIED", "veth_xdp_rcv_skb", "trace.XDP"},
		{"VXLAN_VNI_NOT_FOUND", "vxlan_rcv", "trace.VXLAN_VNI_NOT_FOUND"},
		{"BRIDGE_INGRESS_STP_STATE", "br_handle_frame", "trace.BRIDGE_INGRESS_STP_STATE"},
		{"SOCKET_RCVBUFF", "udp_queue_rcv_one_skb", NULL},
		{"A_LATER_REASON", "nf_hook_slow", NULL},
		{"QDISC_DROP", "do_xdp_generic", NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *name = rxpath_drop_silent(rxpath_slice_of(cases[i].reason),
						      rxpath_slice_of(cases[i].location));

		if (!name != !cases[i].name || (name && strcmp(name, cases[i].name) != 0))
			fail_msg("%s at %s: %s", cases[i].reason, cases[i].location,
				 name ? name : "nothing");
	}
	/* Each has its row. */
	for (size_t i = 0; i < COUNT(cases); i++)
		if (cases[i].name)
			assert_non_null(rxpath_catalogue_find(rxpath_slice_of(cases[i].name)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(layouts_come_from_the_format_files),
		cmocka_unit_test(formats_that_make_no_sense_are_errors),
		cmocka_unit_test(reasons_bear_the_kernels_own_names),
		cmocka_unit_test(other_fields_symbols_are_not_reasons),
		cmocka_unit_test(fields_without_a_sign),
		cmocka_unit_test(lists_of_reasons_may_be_faulty),
		cmocka_unit_test(names_of_reasons_have_a_limit),
		cmocka_unit_test(fields_have_limits),
		cmocka_unit_test(values_are_as_wide_as_their_fields),
		cmocka_unit_test(page_layouts_have_limits),
		cmocka_unit_test(page_layouts_differ),
		cmocka_unit_test(every_kind_of_entry),
		cmocka_unit_test(faulty_lengths),
		cmocka_unit_test(any_bytes_at_all),
		cmocka_unit_test(recorded_pages),
		cmocka_unit_test(a_socket_takes_both_families),
		cmocka_unit_test(old_kernels_tell_less),
		cmocka_unit_test(names_that_a_kernel_lacks),
		cmocka_unit_test(names_of_reasons_in_the_section),
		cmocka_unit_test(rows_differ_in_any_field),
		cmocka_unit_test(the_table_has_a_bound),
		cmocka_unit_test(symbols_by_address),
		cmocka_unit_test(addresses_of_one_function),
		cmocka_unit_test(lines_of_kallsyms),
		cmocka_unit_test(statistics),
		cmocka_unit_test(the_section_parses),
		cmocka_unit_test(rows_of_the_section),
		cmocka_unit_test(rows_have_a_limit),
		cmocka_unit_test(faulty_sections),
		cmocka_unit_test(reasons_have_stages),
		cmocka_unit_test(what_no_counter_shows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
