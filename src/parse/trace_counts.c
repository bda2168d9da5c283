/* trace_counts.c: rxpath/trace: counts of the drop tracepoints, as src/trace/tracetally.c writes
 * them:
 *
 *	event skb:kfree_skb 991			how many of them were read; "-": no such event
 *	overrun 0				that many the ring lost
 *	names unhandled				the kernel has a reason for what no protocol wanted
 *	drop REASON SYMBOL ETHERTYPE COUNT
 *	udp ETHERTYPE PORT ERRNO COUNT
 *
 * "-" stands for what is not known. Two addresses of one function give two lines that look alike:
 * they are added up here. */

#include "words.h"
#include "rxpath/drops.h"
#include "rxpath/search.h"

static bool take_count(struct rxpath_slice *line, uint64_t *count)
{
	struct rxpath_slice word;

	return rxpath_scan_word(line, &word) && rxpath_scan_dec(word, count);
}

/* An EtherType or a port. */
static bool take_small(struct rxpath_slice *line, uint32_t *number)
{
	struct rxpath_slice word;
	uint64_t value;

	if (!rxpath_scan_word(line, &word))
		return false;
	*number = RXPATH_UNKNOWN32;
	if (rxpath_slice_is(word, "-"))
		return true;
	if (!rxpath_scan_dec(word, &value) || value > UINT16_MAX)
		return false;
	*number = (uint32_t)value;
	return true;
}

/* The longest name of a symbol of the kernel (KSYM_NAME_LEN, 512 since 6.1), escaped. */
#define LONGEST_WORD ((size_t)2048)

/* The bytes stay the section's until keep_words. They were escaped where they were written. */
static bool take_word(struct rxpath_slice *line, struct rxpath_slice *word)
{
	if (!rxpath_scan_word(line, word) || word->len > LONGEST_WORD)
		return false;
	for (size_t i = 0; i < word->len; i++)
		if (word->ptr[i] < '!' || word->ptr[i] > '~')
			return false;
	if (rxpath_slice_is(*word, "-"))
		word->len = 0;
	return true;
}

static bool take_drop(struct rxpath_slice line, struct rxpath_drop *drop)
{
	*drop = (struct rxpath_drop){.port = RXPATH_UNKNOWN32};
	if (!take_word(&line, &drop->reason) || !take_word(&line, &drop->location) ||
	    !take_small(&line, &drop->protocol) || !take_count(&line, &drop->count))
		return false;
	drop->on_path = rxpath_drop_stage(drop->reason, drop->location, &drop->stage);
	return true;
}

static bool take_udp(struct rxpath_slice line, struct rxpath_udp_drop *drop)
{
	struct rxpath_slice word;

	*drop = (struct rxpath_udp_drop){0};
	return take_small(&line, &drop->protocol) && take_small(&line, &drop->port) &&
	       rxpath_scan_word(&line, &word) && rxpath_scan_signed(word, &drop->error) &&
	       take_count(&line, &drop->count);
}

static bool take_event(struct rxpath_slice line, struct rxpath_trace_result *trace)
{
	struct rxpath_slice name, rest;

	if (!rxpath_scan_word(&line, &name))
		return false;
	for (size_t i = 0; i < RXPATH_TRACE_EVENTS; i++) {
		if (!rxpath_slice_is(name, rxpath_trace_event_name((enum rxpath_trace_event)i)))
			continue;
		rest = line;
		if (take_word(&rest, &name) && name.len == 0)
			return true;
		return take_count(&line, &trace->events[i]);
	}
	return true; /* an event that a later version traces */
}

/* Of either sort; src/trace/tracetally.c has half as many. */
#define MAX_ROWS 4096

/* Room for as many rows as there are lines of either sort. */
static bool make_room(struct rxpath_builder *builder, struct rxpath_slice text,
		      struct rxpath_trace_result *trace, struct rxpath_error *error)
{
	struct rxpath_slice line;

	while (rxpath_scan_line(&text, &line)) {
		trace->drop_cap += rxpath_slice_starts(line, "drop ");
		trace->udp_cap += rxpath_slice_starts(line, "udp ");
	}
	if (trace->drop_cap > MAX_ROWS || trace->udp_cap > MAX_ROWS)
		return rxpath_error_format(error, 0, "more rows than tracing makes",
					   (struct rxpath_slice){NULL, 0});
	trace->drops =
		rxpath_arena_take(&builder->sample->arena, trace->drop_cap * sizeof *trace->drops);
	trace->udp =
		rxpath_arena_take(&builder->sample->arena, trace->udp_cap * sizeof *trace->udp);
	return (trace->drops && trace->udp) || rxpath_error_memory(error);
}

static bool take_line(struct rxpath_slice line, struct rxpath_trace_result *trace)
{
	struct rxpath_slice key;

	if (!rxpath_scan_word(&line, &key))
		return true;
	if (rxpath_slice_is(key, "event"))
		return take_event(line, trace);
	if (rxpath_slice_is(key, "names")) {
		if (rxpath_scan_word(&line, &key) && rxpath_slice_is(key, "unhandled"))
			trace->names_unhandled = true;
		return true;
	}
	if (rxpath_slice_is(key, "overrun"))
		return take_count(&line, &trace->overrun);
	if (rxpath_slice_is(key, "drop"))
		return trace->drop_count < trace->drop_cap &&
		       take_drop(line, &trace->drops[trace->drop_count++]);
	if (rxpath_slice_is(key, "udp"))
		return trace->udp_count < trace->udp_cap &&
		       take_udp(line, &trace->udp[trace->udp_count++]);
	return true;
}

static int by_kind(const void *a, const void *b)
{
	const struct rxpath_drop *left = a;
	const struct rxpath_drop *right = b;
	int order = rxpath_slice_compare(left->reason, right->reason);

	if (order == 0)
		order = rxpath_slice_compare(left->location, right->location);
	if (order == 0)
		order = rxpath_order(left->protocol, right->protocol);
	return order;
}

static void add_alike(struct rxpath_trace_result *trace)
{
	size_t left = 0;

	rxpath_sort(trace->drops, trace->drop_count, sizeof *trace->drops, by_kind);
	for (size_t i = 0; i < trace->drop_count; i++) {
		if (left > 0 && by_kind(&trace->drops[left - 1], &trace->drops[i]) == 0)
			trace->drops[left - 1].count += trace->drops[i].count;
		else
			trace->drops[left++] = trace->drops[i];
	}
	trace->drop_count = left;
}

static bool keep_words(struct rxpath_builder *builder, struct rxpath_trace_result *trace)
{
	for (size_t i = 0; i < trace->drop_count; i++) {
		struct rxpath_drop *drop = &trace->drops[i];

		drop->reason = rxpath_arena_copy(&builder->sample->arena, drop->reason);
		drop->location = rxpath_arena_copy(&builder->sample->arena, drop->location);
		if (!drop->reason.ptr || !drop->location.ptr)
			return false;
	}
	return true;
}

bool rxpath_parse_trace(struct rxpath_builder *builder, struct rxpath_slice text,
			struct rxpath_error *error)
{
	struct rxpath_trace_result *trace;
	struct rxpath_slice rest = text;
	struct rxpath_slice line;
	size_t number = 0;

	trace = rxpath_arena_take(&builder->sample->arena, sizeof *trace);
	if (!trace)
		return rxpath_error_memory(error);
	if (!make_room(builder, text, trace, error))
		return false;
	for (size_t i = 0; i < RXPATH_TRACE_EVENTS; i++)
		trace->events[i] = RXPATH_UNKNOWN;
	while (rxpath_scan_line(&rest, &line)) {
		number++;
		if (!take_line(line, trace))
			return rxpath_error_format(error, number, "not a line of rxpath/trace",
						   line);
	}
	add_alike(trace);
	if (!keep_words(builder, trace))
		return rxpath_error_memory(error);
	builder->sample->trace = trace;
	return true;
}
