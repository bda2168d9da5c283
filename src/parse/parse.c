/* parse.c: which parser a section belongs to, and what happens when it does not parse. */
#include <errno.h>
#include <string.h>

#include "words.h"

static const struct {
	const char *name;	/* behind /proc/net/ */
	rxpath_parser *parse;
	enum rxpath_source source;
} proc_files[] = {
	{"snmp", rxpath_parse_snmp, RXPATH_SOURCE_SNMP},
	{"netstat", rxpath_parse_netstat, RXPATH_SOURCE_NETSTAT},
	{"snmp6", rxpath_parse_snmp6, RXPATH_SOURCE_SNMP6},
	{"softnet_stat", rxpath_parse_softnet, RXPATH_SOURCE_SOFTNET},
	{"dev", rxpath_parse_netdev, RXPATH_SOURCE_DEV},
	{"ptype", rxpath_parse_ptype, RXPATH_SOURCE_PTYPE},
	{"stat/nf_conntrack", rxpath_parse_conntrack, RXPATH_SOURCE_CONNTRACK},
	{"stat/rt_cache", rxpath_parse_rt_cache, RXPATH_SOURCE_RT_CACHE},
};

static const struct {
	const char *name;	/* behind /proc/net/ and behind rxpath/diag/ */
	enum rxpath_protocol protocol;
	bool v6;
} socket_tables[] = {
	{"udp", RXPATH_UDP, false},	    {"udp6", RXPATH_UDP, true},
	{"udplite", RXPATH_UDPLITE, false}, {"udplite6", RXPATH_UDPLITE, true},
	{"raw", RXPATH_RAW, false},	    {"raw6", RXPATH_RAW, true},
	{"icmp", RXPATH_ICMP, false},	    {"icmp6", RXPATH_ICMP, true},
};

static const struct {
	const char *name;	/* behind rxpath */
	rxpath_parser *parse;
	enum rxpath_source source;
} own_sections[] = {
	{"/link", rxpath_parse_link, RXPATH_SOURCE_LINK},
	{"/listeners", rxpath_parse_listeners, RXPATH_SOURCE_TCP},
	{"/owners", rxpath_parse_owners, RXPATH_SOURCE_OWNERS},
	{"/packet", rxpath_parse_packet, RXPATH_SOURCE_PACKET},
	{"/settings", rxpath_parse_settings, RXPATH_SOURCE_SYSCTL},
	{"/trace", rxpath_parse_trace, RXPATH_SOURCE_TRACE},
};

/* What one parser added can be taken back: never a partial file. */
struct checkpoint {
	size_t readings, handlers, sockets, records, owners, settings;
};

static struct checkpoint set_checkpoint(const struct rxpath_sample *sample)
{
	return (struct checkpoint){sample->reading_count, sample->handler_count, sample->socket_count,
			     sample->record_count, sample->owner_count, sample->setting_count};
}

static void roll_back(struct rxpath_sample *sample, const struct checkpoint *checkpoint)
{
	sample->reading_count = checkpoint->readings;
	sample->handler_count = checkpoint->handlers;
	sample->socket_count = checkpoint->sockets;
	sample->record_count = checkpoint->records;
	sample->owner_count = checkpoint->owners;
	sample->setting_count = checkpoint->settings;
}

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

/* Once failed, a source stays so: half of its figures would pass for all of them. */
static void set_failed(struct rxpath_sample *sample, enum rxpath_source source,
		       const struct rxpath_section *section, const struct rxpath_error *error)
{
	struct rxpath_source_state *state = &sample->sources[source];

	if (state->status == RXPATH_FAILED)
		return;
	keep_error(sample, state, section, error);
	state->status = RXPATH_FAILED;
}

/* Notes that the source came. False when there are no bytes to parse: it could not be read. */
static bool arrives(struct rxpath_sample *sample, enum rxpath_source source,
		    const struct rxpath_section *section)
{
	struct rxpath_source_state *state = &sample->sources[source];
	struct rxpath_error error = {.kind = RXPATH_ERROR_SYSTEM, .number = section->error};

	state->seen++;
	if (section->error == 0) {
		if (state->status != RXPATH_FAILED)
			state->status = RXPATH_READ;
		return true;
	}
	if (section->error != ENOENT) {
		set_failed(sample, source, section, &error);
	} else if (state->status == RXPATH_NOT_SEEN) {
		keep_error(sample, state, section, &error);
		state->status = RXPATH_ABSENT;
	}
	return false;
}

/* What follows a parser: false only without memory. */
static bool settle(struct rxpath_sample *sample, enum rxpath_source source,
		   const struct rxpath_section *section, const struct checkpoint *checkpoint, bool parsed,
		   struct rxpath_error *error)
{
	if (parsed)
		return true;
	if (error->kind == RXPATH_ERROR_MEMORY)
		return false;
	roll_back(sample, checkpoint);
	set_failed(sample, source, section, error);
	*error = (struct rxpath_error){0};
	return true;
}

static bool run(struct rxpath_sample *sample, enum rxpath_source source, rxpath_parser *parse,
		const struct rxpath_section *section, struct rxpath_error *error)
{
	struct checkpoint checkpoint = set_checkpoint(sample);

	if (!arrives(sample, source, section))
		return true;
	return settle(sample, source, section, &checkpoint, parse(sample, section->bytes, error), error);
}

static bool run_sockets(struct rxpath_sample *sample, size_t table, bool raw,
			const struct rxpath_section *section, struct rxpath_error *error)
{
	enum rxpath_protocol protocol = socket_tables[table].protocol;
	bool v6 = socket_tables[table].v6;
	enum rxpath_source source = rxpath_socket_source(protocol, v6);
	bool again = sample->sources[source].status == RXPATH_READ;
	struct checkpoint checkpoint = set_checkpoint(sample);
	bool parsed;

	/* A second listing of the same sockets adds nothing; the parts of a raw answer do. */
	if ((again && !raw) || !arrives(sample, source, section))
		return true;
	parsed = raw ? rxpath_parse_diag(sample, protocol, v6, section->bytes, error) :
		       rxpath_parse_sockets(sample, protocol, v6, section->bytes, error);
	return settle(sample, source, section, &checkpoint, parsed, error);
}

static bool run_sysfs(struct rxpath_sample *sample, struct rxpath_slice rest,
		      const struct rxpath_section *section, struct rxpath_error *error)
{
	struct checkpoint checkpoint = set_checkpoint(sample);
	struct rxpath_slice device, folder;
	bool parsed;

	/* A device that was deleted while it was being read is gone, and bonding_masters
	 * is no device. */
	if (section->error == ENOENT || section->error == ENODEV || section->error == EINVAL ||
	    section->error == ENOTDIR)
		return true;
	/* The folders too, when they could not be listed. */
	if (section->error != 0) {
		arrives(sample, RXPATH_SOURCE_LINK, section);
		return true;
	}
	if (!rxpath_scan_until(&rest, '/', &device) || !rxpath_parse_is_device(device))
		return true;
	if (rxpath_scan_until(&rest, '/', &folder)) {
		/* Whoever made the directory chose its files' names: they may hold any bytes. */
		if (!rxpath_slice_is(folder, "statistics") || !rxpath_parse_is_name(rest) ||
		    !rxpath_slice_starts(rest, "rx_"))
			return true;
	} else if (!rxpath_slice_is(rest, "ifindex")) {
		return true;
	}
	if (!arrives(sample, RXPATH_SOURCE_LINK, section))
		return true;
	/* Every file is a source of its own: none is a second reading of another. */
	sample->sources[RXPATH_SOURCE_LINK].seen = 1;
	parsed = rxpath_parse_sysfs(sample, device, rest, section->bytes, error);
	return settle(sample, RXPATH_SOURCE_LINK, section, &checkpoint, parsed, error);
}

/* What stands behind the last `prefix` in the path: tail and sosreport write the same file as
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

static bool run_proc(struct rxpath_sample *sample, struct rxpath_slice name,
		     const struct rxpath_section *section, struct rxpath_error *error)
{
	for (size_t i = 0; i < sizeof proc_files / sizeof *proc_files; i++)
		if (rxpath_slice_is(name, proc_files[i].name))
			return run(sample, proc_files[i].source, proc_files[i].parse, section,
				   error);
	for (size_t i = 0; i < sizeof socket_tables / sizeof *socket_tables; i++)
		if (rxpath_slice_is(name, socket_tables[i].name))
			return run_sockets(sample, i, false, section, error);
	return true;
}

static bool run_ethtool(struct rxpath_sample *sample, struct rxpath_slice device,
			const struct rxpath_section *section, struct rxpath_error *error)
{
	struct checkpoint checkpoint = set_checkpoint(sample);
	struct rxpath_buf name = {0};
	bool done;

	rxpath_buf_unescaped(&name, device);
	if ((!name.failed && !rxpath_parse_is_device(rxpath_buf_view(&name))) ||
	    !arrives(sample, RXPATH_SOURCE_ETHTOOL, section)) {
		rxpath_buf_free(&name);
		return true;
	}
	/* Every device is a source of its own: none is a second reading of another. */
	sample->sources[RXPATH_SOURCE_ETHTOOL].seen = 1;
	done = name.failed ?
		       rxpath_error_memory(error) :
		       rxpath_parse_ethtool(sample, rxpath_buf_view(&name), section->bytes, error);
	rxpath_buf_free(&name);
	return settle(sample, RXPATH_SOURCE_ETHTOOL, section, &checkpoint, done, error);
}

/* "net/ipv4/udp_mem" is the setting net.ipv4.udp_mem: what anybody may have saved
 * beside the rest. */
static bool run_sysctl(struct rxpath_sample *sample, struct rxpath_slice name,
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
	       rxpath_sample_add_setting(sample, rxpath_buf_view(&dotted), rxpath_buf_view(&value));
	rxpath_buf_free(&dotted);
	rxpath_buf_free(&value);
	return done || rxpath_error_memory(error);
}

/* rxpath/listing/NAME: the table of that name came in several pieces. */
static void note_pieces(struct rxpath_sample *sample, struct rxpath_slice table)
{
	for (size_t i = 0; i < sizeof socket_tables / sizeof *socket_tables; i++)
		if (rxpath_slice_is(table, socket_tables[i].name))
			sample->in_pieces |= UINT32_C(1)
					     << rxpath_socket_source(socket_tables[i].protocol,
								     socket_tables[i].v6);
}

static bool run_own(struct rxpath_sample *sample, struct rxpath_slice name,
		    const struct rxpath_section *section, struct rxpath_error *error)
{
	struct rxpath_slice table;

	if (rxpath_slice_starts(name, "/diag/")) {
		rxpath_slice_skip(&name, strlen("/diag/"));
		for (size_t i = 0; i < sizeof socket_tables / sizeof *socket_tables; i++)
			if (rxpath_slice_is(name, socket_tables[i].name))
				return run_sockets(sample, i, true, section, error);
		return true;
	}
	if (rxpath_slice_starts(name, "/ethtool/")) {
		rxpath_slice_skip(&name, strlen("/ethtool/"));
		return run_ethtool(sample, name, section, error);
	}
	for (size_t i = 0; i < sizeof own_sections / sizeof *own_sections; i++)
		if (rxpath_slice_is(name, own_sections[i].name))
			return run(sample, own_sections[i].source, own_sections[i].parse, section,
				   error);
	if (find_behind(name, "/listing/", &table))
		note_pieces(sample, table);
	return true;
}

/* Facts about the machine that come as files of their own. They help, and nothing
 * depends on them. */
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
		struct rxpath_slice *fact = (struct rxpath_slice *)((char *)sample +
								    facts[i].offset);

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
static bool run_missing(struct rxpath_sample *sample, struct rxpath_slice text,
			struct rxpath_error *error)
{
	struct rxpath_slice line, word;
	struct rxpath_buf path = {0};
	bool done = true;

	while (done && rxpath_scan_line(&text, &line)) {
		struct rxpath_section section = {.bytes = {"", 0}};
		uint64_t number;

		rxpath_buf_reset(&path);
		if (!rxpath_scan_word(&line, &word))
			continue;
		rxpath_buf_unescaped(&path, word);
		section.path = rxpath_buf_view(&path);
		if (path.failed) {
			done = rxpath_error_memory(error);
		} else if (!rxpath_slice_is(section.path, "rxpath/missing") &&
			   rxpath_scan_word(&line, &word) && rxpath_scan_dec(word, &number) &&
			   number > 0 && number < 4096) {
			section.error = (int)number;
			done = rxpath_parse_section(sample, &section, error);
		}
	}
	rxpath_buf_free(&path);
	return done;
}

bool rxpath_parse_section(void *context, const struct rxpath_section *section,
			  struct rxpath_error *error)
{
	struct rxpath_sample *sample = context;
	struct rxpath_error local = {0};
	struct rxpath_slice rest;
	bool done;

	if (rxpath_slice_is(section->path, "rxpath")) {
		struct checkpoint checkpoint = set_checkpoint(sample);

		/* Who and when: without it rates are left out, and nothing else is lost. */
		done = settle(sample, RXPATH_SOURCE_SYSCTL, section, &checkpoint,
			      rxpath_parse_meta(sample, section->bytes, &local), &local);
	} else if (rxpath_slice_is(section->path, "rxpath/missing")) {
		done = run_missing(sample, section->bytes, &local);
	} else if (rxpath_slice_starts(section->path, "rxpath/")) {
		rest = section->path;
		rxpath_slice_skip(&rest, strlen("rxpath"));
		done = run_own(sample, rest, section, &local);
	} else if (rxpath_slice_starts(section->path, "/proc/net/")) {
		/* Every live file: the general search below would find the same. */
		rest = section->path;
		rxpath_slice_skip(&rest, strlen("/proc/net/"));
		done = run_proc(sample, rest, section, &local);
	} else if (find_behind(section->path, "proc/sys/", &rest) &&
		   (rxpath_slice_starts(rest, "net/") || rxpath_slice_starts(rest, "vm/"))) {
		done = run_sysctl(sample, rest, section, &local);
	} else if (find_behind(section->path, "class/net/", &rest)) {
		done = run_sysfs(sample, rest, section, &local);
	} else if (find_behind(section->path, "proc/", &rest) &&
		   find_behind(section->path, "/net/", &rest)) {
		done = run_proc(sample, rest, section, &local);
	} else {
		done = run_fact(sample, section, &local);
	}
	if (!done && error)
		*error = local;
	return done;
}
