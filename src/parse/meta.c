/* meta.c: sections that the program itself writes: host and time, owners of sockets, settings. */
#include <stddef.h>

#include "words.h"

/* The sample keeps bytes as they are; escapes are for the text that it was stored in. */
static bool copy(struct rxpath_builder *builder, struct rxpath_slice value, struct rxpath_slice *to,
		 struct rxpath_error *error)
{
	struct rxpath_buf raw = {0};

	rxpath_buf_unescaped(&raw, value);
	if (!raw.failed)
		*to = rxpath_arena_copy(&builder->sample->arena, rxpath_buf_view(&raw));
	rxpath_buf_free(&raw);
	return to->ptr || rxpath_error_memory(error);
}

/* "key value" a line; keys that a newer rxpath may have written are passed over. */
bool rxpath_parse_meta(struct rxpath_builder *builder, struct rxpath_slice text,
		       struct rxpath_error *error)
{
	static const struct {
		const char *key;
		size_t offset;
	} texts[] = {
		{"version", offsetof(struct rxpath_sample, version)},
		{"host", offsetof(struct rxpath_sample, host)},
		{"kernel", offsetof(struct rxpath_sample, kernel)},
		{"boot_id", offsetof(struct rxpath_sample, boot_id)},
		{"netns", offsetof(struct rxpath_sample, netns)},
		{"netns_id", offsetof(struct rxpath_sample, netns_id)},
		{"time", offsetof(struct rxpath_sample, time)},
	};
	struct rxpath_slice line, key;

	for (size_t number = 1; rxpath_scan_line(&text, &line); number++) {
		if (!rxpath_scan_until(&line, ' ', &key))
			continue;
		if (rxpath_slice_is(key, "monotonic")) {
			if (!rxpath_scan_billionths(line, &builder->sample->monotonic))
				return rxpath_error_format(error, number, "not a number of seconds",
							   line);
		}
		if (rxpath_slice_is(key, "byte_order"))
			builder->big_endian = rxpath_slice_is(line, "big");
		for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
			void *field = (char *)builder->sample + texts[i].offset;

			if (rxpath_slice_is(key, texts[i].key) &&
			    !copy(builder, line, field, error))
				return false;
		}
	}
	return true;
}

/* The next word with its escapes undone; empty where there is none. */
static void take_escaped(struct rxpath_slice *line, struct rxpath_buf *out)
{
	struct rxpath_slice word;

	rxpath_buf_reset(out);
	if (rxpath_scan_word(line, &word))
		rxpath_buf_unescaped(out, word);
}

/* "inode pid comm cgroup" a line, the last two escaped; either may be missing. */
bool rxpath_parse_owners(struct rxpath_builder *builder, struct rxpath_slice text,
			 struct rxpath_error *error)
{
	struct rxpath_buf comm = {0};
	struct rxpath_buf cgroup = {0};
	struct rxpath_slice line, word;
	bool done = true;

	for (size_t number = 1; done && rxpath_scan_line(&text, &line); number++) {
		struct rxpath_owner owner = {0};

		if (!rxpath_scan_word(&line, &word) || !rxpath_scan_dec(word, &owner.inode)) {
			done = rxpath_error_format(error, number, "not an inode", word);
		} else if (!rxpath_scan_word(&line, &word) || !rxpath_scan_dec(word, &owner.pid)) {
			done = rxpath_error_format(error, number, "not a process id", word);
		} else {
			take_escaped(&line, &comm);
			take_escaped(&line, &cgroup);
			owner.comm = rxpath_buf_view(&comm);
			owner.cgroup = rxpath_buf_view(&cgroup);
			done = (!comm.failed && !cgroup.failed &&
				rxpath_builder_add_owner(builder, &owner)) ||
			       rxpath_error_memory(error);
		}
	}
	rxpath_buf_free(&comm);
	rxpath_buf_free(&cgroup);
	return done;
}

/* "id path" a line, the path escaped. */
bool rxpath_parse_cgroups(struct rxpath_builder *builder, struct rxpath_slice text,
			  struct rxpath_error *error)
{
	struct rxpath_buf path = {0};
	struct rxpath_slice line, word;
	bool done = true;
	uint64_t id;

	for (size_t number = 1; done && rxpath_scan_line(&text, &line); number++) {
		if (!rxpath_scan_word(&line, &word) || !rxpath_scan_dec(word, &id)) {
			done = rxpath_error_format(error, number, "not a cgroup id", word);
		} else {
			take_escaped(&line, &path);
			done = (!path.failed &&
				rxpath_builder_add_cgroup(builder, id, rxpath_buf_view(&path))) ||
			       rxpath_error_memory(error);
		}
	}
	rxpath_buf_free(&path);
	return done;
}

/* "name value" a line; the value is the rest of it. */
bool rxpath_parse_settings(struct rxpath_builder *builder, struct rxpath_slice text,
			   struct rxpath_error *error)
{
	struct rxpath_slice line, name;

	for (size_t number = 1; rxpath_scan_line(&text, &line); number++) {
		if (!rxpath_scan_until(&line, ' ', &name))
			return rxpath_error_format(error, number, "no value for", line);
		if (!rxpath_builder_add_setting(builder, name, line))
			return rxpath_error_memory(error);
	}
	return true;
}
