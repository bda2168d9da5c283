/* tracepage.c: one page of the kernel's ring buffer, taken apart into events.
 *
 * The layout is that of struct buffer_data_page and struct ring_buffer_event
 * (kernel/trace/ring_buffer.c, include/linux/ring_buffer.h), the same since 2.6.31. Every length is
 * checked against the page: what comes here is bytes. */
#include <string.h>

#include "tracepage.h"

/* ring_buffer_read_page sets bits 31 (events were lost before this page) and 30 (how many stands
 * behind the data) in the commit word. A page's length never comes near bit 27. What was lost is
 * taken from the statistics, which include pages that were not read. */
#define COMMIT_MASK ((uint64_t)0x07ffffff)

enum {
	TYPE_LONG = 0,	    /* the length stands in the word that follows */
	TYPE_DATA_MAX = 28, /* 1 .. 28: the length in words */
	TYPE_PADDING = 29,  /* to the page's end, or a discarded event */
	TYPE_TIME_EXTEND = 30,
	TYPE_TIME_STAMP = 31,
};

static uint32_t read_word(const unsigned char *at)
{
	uint32_t word;

	memcpy(&word, at, sizeof word);
	return word;
}

/* type_len is the first of two bit fields, 5 and 27 bits: low bits or high bits, as the machine has
 * it. */
static uint32_t type_of(uint32_t header)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	return header >> 27;
#else
	return header & 31;
#endif
}

static uint32_t delta_of(uint32_t header)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	return header & 0x07ffffff;
#else
	return header >> 5;
#endif
}

static bool take_events(const unsigned char *data, size_t len, rxpath_ring_taker *take,
			void *context)
{
	size_t at = 0;

	while (len - at >= 4) {
		uint32_t header = read_word(data + at);
		uint32_t type = type_of(header);
		size_t rest = len - at - 4;
		uint32_t first;

		if (type > 0 && type <= TYPE_DATA_MAX) {
			if (rest < (size_t)type * 4)
				return false;
			take(context, data + at + 4, (size_t)type * 4);
			at += 4 + (size_t)type * 4;
			continue;
		}
		/* Nothing follows on this page. */
		if (type == TYPE_PADDING && delta_of(header) == 0)
			return true;
		if (rest < 4)
			return false;
		first = read_word(data + at + 4);
		if (type == TYPE_TIME_EXTEND || type == TYPE_TIME_STAMP) {
			at += 8;
			continue;
		}
		/* The length counts its own word. */
		if (first < 4 || first > rest)
			return false;
		if (type == TYPE_LONG)
			take(context, data + at + 8, first - 4);
		at += 4 + (((size_t)first + 3) & ~(size_t)3);
		if (at > len)
			return false;
	}
	return at == len;
}

bool rxpath_ring_page(const struct rxpath_ring_layout *layout, const unsigned char *page,
		      size_t len, rxpath_ring_taker *take, void *context)
{
	struct rxpath_ring_field commit = {layout->commit_at, layout->commit_size, false};
	uint64_t used;

	if (!rxpath_ring_value(&commit, page, len, &used) || layout->data_at > len)
		return false;
	used &= COMMIT_MASK;
	if (used > len - layout->data_at)
		return false;
	return take_events(page + layout->data_at, (size_t)used, take, context);
}
