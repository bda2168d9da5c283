/* parse.c: chooses the parser of a section, and handles sections that do not parse. */
#include <errno.h>
#include <string.h>

#include "words.h"

/* Each layout's parser, by how the section is called: a file, or the program's own section. */
static const struct {
	rxpath_parser *path, *section;
} parsers[RXPATH_LAYOUTS] = {
	[RXPATH_LAYOUT_NAME_VALUE] = {.path = rxpath_parse_name_value},
	[RXPATH_LAYOUT_GROUPS] = {.path = rxpath_parse_groups},
	[RXPATH_LAYOUT_PER_CPU] = {.path = rxpath_parse_per_cpu},
	[RXPATH_LAYOUT_CONNTRACK] = {.path = rxpath_parse_per_cpu, .section = rxpath_parse_per_cpu},
	[RXPATH_LAYOUT_SOFTNET] = {.path = rxpath_parse_softnet},
	[RXPATH_LAYOUT_CPU_TIME] = {.path = rxpath_parse_cpu_time},
	[RXPATH_LAYOUT_NETDEV] = {.path = rxpath_parse_netdev},
	[RXPATH_LAYOUT_PTYPE] = {.path = rxpath_parse_ptype},
	[RXPATH_LAYOUT_SOCKSTAT] = {.path = rxpath_parse_sockstat},
	[RXPATH_LAYOUT_SOCKETS] = {.path = rxpath_parse_sockets, .section = rxpath_parse_diag},
	[RXPATH_LAYOUT_DEVICES] = {.section = rxpath_parse_link},
	[RXPATH_LAYOUT_DRIVER] = {.path = rxpath_parse_no_driver, .section = rxpath_parse_driver},
	[RXPATH_LAYOUT_DEVICE_COUNTERS] = {.path = rxpath_parse_table},
	[RXPATH_LAYOUT_LISTENERS] = {.path = rxpath_parse_table},
	[RXPATH_LAYOUT_PACKET] = {.path = rxpath_parse_table},
	[RXPATH_LAYOUT_NFQUEUE] = {.path = rxpath_parse_nfqueue},
	[RXPATH_LAYOUT_IPVS] = {.path = rxpath_parse_ipvs},
	[RXPATH_LAYOUT_RULES] = {.path = rxpath_parse_table},
	[RXPATH_LAYOUT_XDP] = {.path = rxpath_parse_table},
	[RXPATH_LAYOUT_NETLINK] = {.path = rxpath_parse_table},
	[RXPATH_LAYOUT_OWNERS] = {.section = rxpath_parse_owners},
	[RXPATH_LAYOUT_CGROUPS] = {.section = rxpath_parse_cgroups},
	[RXPATH_LAYOUT_CONNECTIONS] = {.path = rxpath_parse_table},
	[RXPATH_LAYOUT_READERS] = {.section = rxpath_parse_table},
	[RXPATH_LAYOUT_SETTINGS] = {.section = rxpath_parse_settings},
	[RXPATH_LAYOUT_TRACE] = {.path = rxpath_parse_trace},
};

static void keep_error(struct rxpath_sample *sample, struct rxpath_source_state *state,
		       const struct rxpath_section *section, const struct rxpath_error *error)
{
	static const struct rxpath_error no_room = {.kind = RXPATH_ERROR_MEMORY};
	struct rxpath_error *kept = rxpath_arena_take(&sample->arena, sizeof *kept);

	state->error = kept ? kept : &no_room;
	if (!kept)
		return;
	*kept = *error;
	rxpath_error_name(kept, section->path);
}

/* A source that failed stays failed: half of its figures would look like all of them. */
static void set_failed(struct rxpath_sample *sample, enum rxpath_source source,
		       const struct rxpath_section *section, const struct rxpath_error *error)
{
	struct rxpath_source_state *state = &sample->sources[source];

	if (state->status == RXPATH_FAILED)
		return;
	keep_error(sample, state, section, error);
	state->status = RXPATH_FAILED;
}

/* Notes that the source was read. False when it could not be, and there are no bytes to parse. */
static bool note_arrival(struct rxpath_builder *builder, enum rxpath_source source,
			 const struct rxpath_section *section)
{
	struct rxpath_source_state *state = &builder->sample->sources[source];
	struct rxpath_error error = {.kind = RXPATH_ERROR_SYSTEM, .number = section->error};

	builder->source = source;
	builder->times_read[source]++;
	if (section->error == 0) {
		if (state->status != RXPATH_FAILED)
			state->status = RXPATH_READ;
		return true;
	}
	if (section->error != ENOENT) {
		set_failed(builder->sample, source, section, &error);
	} else if (state->status == RXPATH_NOT_SEEN) {
		keep_error(builder->sample, state, section, &error);
		state->status = RXPATH_ABSENT;
	}
	return false;
}

/* What follows a parser: false only without memory. */
static bool settle(struct rxpath_builder *builder, const struct rxpath_section *section,
		   const struct rxpath_checkpoint *checkpoint, bool parsed,
		   struct rxpath_error *error)
{
	if (parsed)
		return true;
	if (builder->over_budget) {
		*error = (struct rxpath_error){0};
		rxpath_error_format(error, 0, builder->over_budget, rxpath_slice_of(""));
		builder->over_budget = NULL;
	}
	if (error->kind == RXPATH_ERROR_MEMORY)
		return false;
	rxpath_builder_roll_back(builder, checkpoint);
	set_failed(builder->sample, builder->source, section, error);
	*error = (struct rxpath_error){0};
	return true;
}

static bool run(struct rxpath_builder *builder, enum rxpath_source source, rxpath_parser *parse,
		const struct rxpath_section *section, struct rxpath_error *error)
{
	const struct rxpath_checkpoint checkpoint = rxpath_builder_checkpoint(builder);

	return !note_arrival(builder, source, section) ||
	       settle(builder, section, &checkpoint, parse(builder, section->bytes, error), error);
}

/* A file of the kernel. A second listing of the same sockets adds nothing. */
static bool run_path(struct rxpath_builder *builder, enum rxpath_source source,
		     const struct rxpath_section *section, struct rxpath_error *error)
{
	enum rxpath_layout layout = rxpath_source_row(source)->layout;

	if (!parsers[layout].path || (layout == RXPATH_LAYOUT_SOCKETS &&
				      builder->sample->sources[source].status == RXPATH_READ))
		return true;
	return run(builder, source, parsers[layout].path, section, error);
}

/* After adding what nothing depends on: a budget that is used up is no error. */
static bool settle_optional(struct rxpath_builder *builder, bool done, struct rxpath_error *error)
{
	done = done || builder->over_budget;
	builder->over_budget = NULL;
	return done || rxpath_error_memory(error);
}

/* Only bonds have a list of ports. */
static bool note_bond(struct rxpath_builder *builder, struct rxpath_slice name,
		      struct rxpath_error *error)
{
	struct rxpath_device *device = rxpath_builder_device(builder, name);

	if (device)
		device->kind = rxpath_slice_of("bond");
	return settle_optional(builder, device, error);
}

static bool run_sysfs(struct rxpath_builder *builder, struct rxpath_slice rest,
		      const struct rxpath_section *section, struct rxpath_error *error)
{
	const struct rxpath_checkpoint checkpoint = rxpath_builder_checkpoint(builder);
	struct rxpath_slice device, folder;

	/* A device that was deleted while it was being read is gone, and bonding_masters
	 * is no device. */
	if (section->error == ENOENT || section->error == ENODEV || section->error == EINVAL ||
	    section->error == ENOTDIR)
		return true;
	/* Also for a folder that could not be listed. */
	if (section->error != 0) {
		note_arrival(builder, RXPATH_SOURCE_LINK, section);
		return true;
	}
	if (!rxpath_scan_until(&rest, '/', &device) || !rxpath_parse_is_device(device))
		return true;
	if (rxpath_slice_is(rest, "bonding/slaves"))
		return note_bond(builder, device, error);
	if (rxpath_scan_until(&rest, '/', &folder)) {
		/* In a stored tree, file names may hold any bytes. */
		if (!rxpath_slice_is(folder, "statistics") || !rxpath_parse_is_name(rest) ||
		    !rxpath_slice_starts(rest, "rx_"))
			return true;
	} else if (!rxpath_slice_is(rest, "ifindex")) {
		return true;
	}
	note_arrival(builder, RXPATH_SOURCE_LINK, section);
	/* No file is a second reading of another. */
	builder->times_read[RXPATH_SOURCE_LINK] = 1;
	builder->device = device;
	return settle(builder, section, &checkpoint,
		      rxpath_parse_sysfs(builder, rest, section->bytes, error), error);
}

/* The text after the last `prefix` in the path: tail and sosreport write the same file as
 * /proc/net/snmp, /proc/1/net/snmp, ./proc/net/snmp or host/proc/net/snmp. */
static bool find_behind(struct rxpath_slice path, const char *prefix, struct rxpath_slice *rest)
{
	size_t len = strlen(prefix);

	for (size_t at = path.len < len ? 0 : path.len - len + 1; at > 0; at--) {
		if (path.ptr[at - 1] != prefix[0] || memcmp(path.ptr + at - 1, prefix, len) != 0)
			continue;
		*rest = (struct rxpath_slice){path.ptr + at - 1 + len, path.len - (at - 1) - len};
		return true;
	}
	return false;
}

/* The section of one device, whose name is escaped in the path. */
static bool run_device(struct rxpath_builder *builder, enum rxpath_source source,
		       struct rxpath_slice device, const struct rxpath_section *section,
		       struct rxpath_error *error)
{
	char name[RXPATH_DEVICE_NAME];

	builder->device = rxpath_parse_device(device, name);
	if (builder->device.len == 0)
		return true;
	/* No device's section is a second reading of another's. */
	builder->times_read[source] = 0;
	return run(builder, source, parsers[rxpath_source_row(source)->layout].section, section,
		   error);
}

/* The file net/ipv4/udp_mem is the setting net.ipv4.udp_mem. */
static bool run_sysctl(struct rxpath_builder *builder, struct rxpath_slice name,
		       const struct rxpath_section *section, struct rxpath_error *error)
{
	struct rxpath_slice rest = section->bytes;
	struct rxpath_slice line, word;
	struct rxpath_buf dotted = {0};
	struct rxpath_buf value = {0};
	bool done;

	if (section->error != 0 || !rxpath_scan_line(&rest, &line))
		return true;
	for (size_t i = 0; i < name.len; i++)
		rxpath_buf_char(&dotted, name.ptr[i] == '/' ? '.' : name.ptr[i]);
	while (rxpath_scan_word(&line, &word)) {
		if (value.len > 0)
			rxpath_buf_char(&value, ' ');
		rxpath_buf_escaped(&value, word, "");
	}
	done = !dotted.failed && !value.failed &&
	       rxpath_builder_add_setting(builder, rxpath_buf_view(&dotted),
					  rxpath_buf_view(&value));
	rxpath_buf_free(&dotted);
	rxpath_buf_free(&value);
	return settle_optional(builder, done, error);
}

/* rxpath/listing/NAME: the table of that name came in several pieces. */
static void note_pieces(struct rxpath_sample *sample, struct rxpath_slice table)
{
	sample->sources[rxpath_source_of_net_file(table)].in_pieces = true;
}

/* rxpath/unmoved: the source was not read, because all its counters are 0. */
static bool run_unmoved(struct rxpath_builder *builder, const struct rxpath_section *section)
{
	enum rxpath_source source;
	struct rxpath_slice device;

	if (rxpath_source_find(section->bytes, &source, &device) == RXPATH_BY_PATH)
		note_arrival(builder, source, section);
	return true;
}

/* Facts about the machine that come as files of their own. Nothing depends on them. */
static bool run_fact(struct rxpath_sample *sample, const struct rxpath_section *section,
		     struct rxpath_error *error)
{
	static const struct {
		const char *path;
		size_t offset;
	} facts[] = {
		{"proc/sys/kernel/hostname", offsetof(struct rxpath_sample, host)},
		{"proc/sys/kernel/osrelease", offsetof(struct rxpath_sample, kernel)},
		{"proc/sys/kernel/random/boot_id", offsetof(struct rxpath_sample, boot_id)},
		{"sys/devices/system/cpu/online", offsetof(struct rxpath_sample, cpus_online)},
	};
	struct rxpath_slice rest = section->bytes;
	struct rxpath_slice line, behind, second;

	if (section->error != 0 || !rxpath_scan_line(&rest, &line))
		return true;
	if (find_behind(section->path, "proc/uptime", &behind) && behind.len == 0) {
		if (rxpath_scan_word(&line, &second) &&
		    !rxpath_scan_billionths(second, &sample->uptime))
			sample->uptime = RXPATH_UNKNOWN;
		return true;
	}
	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
		struct rxpath_slice *fact =
			(struct rxpath_slice *)((char *)sample + facts[i].offset);

		if (!find_behind(section->path, facts[i].path, &behind) || behind.len > 0)
			continue;
		if (fact->len > 0) {
			if (fact == &sample->cpus_online && !rxpath_slice_equal(*fact, line))
				sample->cpus_changed = true;
			return true;
		}
		*fact = rxpath_arena_copy(&sample->arena, line);
		if (!fact->ptr)
			return rxpath_error_memory(error);
		if (fact == &sample->cpus_online && sample->cpus_by_line)
			rxpath_parse_name_cpus(sample);
		return true;
	}
	return true;
}

/* "PATH ERRNO text" a line: what could not be read when the sample was stored. */
static bool run_missing(struct rxpath_builder *builder, struct rxpath_slice text,
			struct rxpath_error *error)
{
	struct rxpath_slice line, word;
	struct rxpath_buf path = {0};
	bool done = true;

	while (done && rxpath_scan_line(&text, &line)) {
		struct rxpath_section section = {.bytes = rxpath_slice_of("")};
		uint64_t number;

		rxpath_buf_reset(&path);
		rxpath_scan_word(&line, &word);
		rxpath_buf_unescaped(&path, word);
		section.path = rxpath_buf_view(&path);
		if (path.failed) {
			done = rxpath_error_memory(error);
		} else if (!rxpath_slice_is(section.path, "rxpath/missing") &&
			   rxpath_scan_word(&line, &word) && rxpath_scan_dec(word, &number) &&
			   number > 0 && number < 4096) {
			section.error = rxpath_error_in_sample((int)number);
			done = rxpath_parse_section(builder, &section, error);
		}
	}
	rxpath_buf_free(&path);
	return done;
}

/* Host and time: without them only rates are left out. */
static bool run_meta(struct rxpath_builder *builder, const struct rxpath_section *section,
		     struct rxpath_error *error)
{
	const struct rxpath_checkpoint checkpoint = rxpath_builder_checkpoint(builder);

	builder->source = RXPATH_SOURCE_SETTINGS;
	return settle(builder, section, &checkpoint,
		      rxpath_parse_meta(builder, section->bytes, error), error);
}

static bool run_section(struct rxpath_builder *builder, const struct rxpath_section *section,
			struct rxpath_error *error)
{
	static const char devices[] = "/sys/class/net/";
	enum rxpath_source source;
	struct rxpath_slice rest = section->path;
	struct rxpath_slice device;

	/* Checked first, because a tree has a dozen files for each device. */
	if (rxpath_slice_starts(rest, devices)) {
		rxpath_slice_skip(&rest, sizeof devices - 1);
		return run_sysfs(builder, rest, section, error);
	}
	if (rxpath_slice_is(section->path, "rxpath"))
		return run_meta(builder, section, error);
	if (rxpath_slice_is(section->path, "rxpath/missing"))
		return run_missing(builder, section->bytes, error);
	if (rxpath_slice_is(section->path, "rxpath/unmoved"))
		return run_unmoved(builder, section);
	switch (rxpath_source_find(section->path, &source, &device)) {
	case RXPATH_BY_PATH:
		return run_path(builder, source, section, error);
	case RXPATH_BY_SECTION:
		if (device.len > 0)
			return run_device(builder, source, device, section, error);
		return run(builder, source, parsers[rxpath_source_row(source)->layout].section,
			   section, error);
	case RXPATH_NO_SOURCE:
		break;
	}
	if (rxpath_slice_starts(section->path, "rxpath/")) {
		if (find_behind(section->path, "/listing/", &rest))
			note_pieces(builder->sample, rest);
		return true;
	}
	if (find_behind(section->path, "proc/sys/", &rest) &&
	    (rxpath_slice_starts(rest, "net/") || rxpath_slice_starts(rest, "vm/")))
		return run_sysctl(builder, rest, section, error);
	if (find_behind(section->path, "class/net/", &rest))
		return run_sysfs(builder, rest, section, error);
	if (find_behind(section->path, "proc/", &rest) &&
	    find_behind(section->path, "/net/", &rest)) {
		source = rxpath_source_of_net_file(rest);
		return source == RXPATH_SOURCE_NONE || run_path(builder, source, section, error);
	}
	return run_fact(builder->sample, section, error);
}

bool rxpath_parse_section(void *context, const struct rxpath_section *section,
			  struct rxpath_error *error)
{
	struct rxpath_builder *builder = context;
	struct rxpath_error local = {0};
	bool done;

	builder->sample->text += section->path.len + section->bytes.len;
	done = run_section(builder, section, &local);

	if (!done && error)
		*error = local;
	return done;
}
