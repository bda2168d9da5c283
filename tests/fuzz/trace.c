/* trace.c: a recording of the kernel's drop events: layouts, pages, addresses; and the section that
 * is made of it, which must parse. */
#include <stdlib.h>
#include <string.h>

#include "forms.h"
#include "rxpath/bundle.h"
#include "rxpath/parse.h"
#include "trace/tracepage.h"
#include "trace/tracetally.h"

struct recording {
	struct rxpath_ring_layout layout;
	struct rxpath_tally tally;
	struct rxpath_symbols symbols;
	uint64_t overrun;
};

static void learn(struct recording *recording, enum rxpath_trace_event event,
		  struct rxpath_slice text)
{
	char *copy = malloc(text.len + 1);

	if (!copy)
		abort();
	memcpy(copy, text.ptr, text.len);
	rxpath_tally_learn(&recording->tally, event, copy, text.len, NULL);
}

static void take_page(struct recording *recording, struct rxpath_slice bytes)
{
	/* Of its own length, so that what reads past its end is found out. */
	unsigned char *page = malloc(bytes.len + 1);

	if (!page)
		abort();
	memcpy(page, bytes.ptr, bytes.len);
	rxpath_ring_page(&recording->layout, page, bytes.len, rxpath_tally_take, &recording->tally);
	free(page);
}

static void look_up(struct recording *recording, struct rxpath_slice text)
{
	uint64_t *addresses = calloc(RXPATH_TALLY_SLOTS, sizeof *addresses);
	size_t count;

	if (!addresses)
		abort();
	count = rxpath_tally_addresses(&recording->tally, addresses);
	if (rxpath_symbols_begin(&recording->symbols, addresses, count)) {
		rxpath_symbols_take(&recording->symbols, text);
		rxpath_symbols_end(&recording->symbols);
	}
	free(addresses);
}

static bool take_section(void *context, const struct rxpath_section *section,
			 struct rxpath_error *error)
{
	static const char *const formats[RXPATH_TRACE_EVENTS] = {
		[RXPATH_TRACE_QUEUE_FULL] = "sock_rcvqueue_full.format",
		[RXPATH_TRACE_MEMORY] = "sock_exceed_buf_limit.format",
		[RXPATH_TRACE_UDP_FAIL] = "udp_fail_queue_rcv_skb.format",
		[RXPATH_TRACE_KFREE] = "kfree_skb.format",
	};
	struct recording *recording = context;

	(void)error;
	for (size_t i = 0; i < RXPATH_TRACE_EVENTS; i++)
		if (rxpath_slice_is(section->path, formats[i]))
			learn(recording, (enum rxpath_trace_event)i, section->bytes);
	if (rxpath_slice_is(section->path, "header_page"))
		rxpath_ring_layout(section->bytes, &recording->layout, NULL);
	else if (rxpath_slice_is(section->path, "page") && recording->layout.page_size > 0)
		take_page(recording, section->bytes);
	else if (rxpath_slice_is(section->path, "kallsyms"))
		look_up(recording, section->bytes);
	else if (rxpath_slice_is(section->path, "stats"))
		recording->overrun = rxpath_ring_stat(section->bytes, "overrun");
	else if (rxpath_slice_is(section->path, "again"))
		rxpath_tally_reset(&recording->tally);
	return true;
}

static void check_section(const struct recording *recording)
{
	struct rxpath_section section = {.path = rxpath_slice_of("rxpath/trace")};
	struct rxpath_builder builder;
	struct rxpath_sample sample;
	struct rxpath_buf text = {0};

	rxpath_tally_write(&recording->tally, &recording->symbols, recording->overrun, &text);
	section.bytes = rxpath_buf_view(&text);
	form_text(section.bytes, false);
	rxpath_builder_begin(&builder, &sample, NULL);
	if (!rxpath_parse_section(&builder, &section, NULL) ||
	    sample.sources[RXPATH_SOURCE_TRACE].status != RXPATH_READ)
		abort();
	rxpath_sample_free(&sample);
	rxpath_buf_free(&text);
}

void fuzz_trace(struct rxpath_slice text)
{
	struct recording *recording = calloc(1, sizeof *recording);

	if (!recording)
		abort();
	rxpath_bundle_split(text, take_section, recording, NULL);
	check_section(recording);
	rxpath_symbols_free(&recording->symbols);
	rxpath_tally_free(&recording->tally);
	free(recording);
}
