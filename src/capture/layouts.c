/* layouts.c: how a source of each layout is read. A layout that is not listed here is a file
 * below /proc/net, which is taken as it is. */
#include <errno.h>
#include <string.h>

#include "capture_internal.h"
#include "hardware.h"
#include "rtlink.h"
#include "rxpath/sockstat.h"

/* Before Linux 5.10 softnet_stat does not say which CPU a row belongs to. */
#define SOFTNET_COLUMNS_WITH_CPU 13

/* A /proc file of this size comes in one read (seq_read gives at most a page). */
#define ONE_READ ((size_t)3900)

static const char *path_of(const struct step *step)
{
	return rxpath_source_row(step->source)->path;
}

/* Emits what was read of the source into `scratch`. */
static bool put_read(struct rxpath_capture *capture, const struct step *step, int result,
		     const struct emitter *emitter)
{
	return rxpath_emit_text(emitter, path_of(step), result, &capture->scratch);
}

static bool put_source(struct rxpath_capture *capture, const struct step *step,
		       const struct emitter *emitter)
{
	int result = rxpath_capture_source(capture, step->source);

	if (result == 0 &&
	    (step->source == RXPATH_SOURCE_SNMP || step->source == RXPATH_SOURCE_SNMP6))
		capture->received =
			capture->received ||
			rxpath_has_received(rxpath_buf_view(&capture->scratch), step->source);
	return put_read(capture, step, result, emitter);
}

static enum rxpath_answer ask_for_sockets(struct rxpath_capture *capture, enum rxpath_source source,
					  const struct emitter *emitter)
{
	enum rxpath_answer answer;
	int fd;

	if (rxpath_is_empty(capture->empty.of[source]))
		return RXPATH_ANSWERED;
	if (capture->netlink[NETLINK_ROUTE] < 0 || !rxpath_sockdiag_has(source) ||
	    capture->without_diag[source])
		return RXPATH_NO_ANSWER;
	fd = rxpath_capture_netlink(capture, NETLINK_SOCK_DIAG);
	if (fd < 0)
		return RXPATH_NO_ANSWER;
	answer = rxpath_sockdiag_table(fd, source, emitter);
	capture->without_diag[source] = answer == RXPATH_NO_ANSWER;
	return answer;
}

static bool put_sockets(struct rxpath_capture *capture, const struct step *step,
			const struct emitter *emitter)
{
	switch (ask_for_sockets(capture, step->source, emitter)) {
	case RXPATH_ANSWERED:
		/* An empty part at the end shows that a table without sockets was read too. */
		return rxpath_emit_text(emitter, rxpath_source_row(step->source)->section, 0, NULL);
	case RXPATH_NO_ANSWER:
		return put_source(capture, step, emitter) &&
		       (capture->scratch.len <= ONE_READ ||
			rxpath_emit_pieces(emitter, step->source));
	case RXPATH_STOPPED:
		break;
	}
	return false;
}

static bool put_devices(struct rxpath_capture *capture, const struct step *step,
			const struct emitter *emitter)
{
	const int fd = capture->netlink[NETLINK_ROUTE];
	int result;

	if (!rxpath_capture_is_live(capture))
		return rxpath_sysfs(capture->root, !capture->purpose.alone, &capture->scratch,
				    emitter);
	/* /sys/class/net shows the namespace that it was mounted in, which need not be this one, so
	 * live figures come from netlink alone; without it the sums of /proc/net/dev have to do. */
	result = fd < 0 ? ENOENT : rxpath_rtlink(fd, &capture->device_table);
	capture->have_rtnetlink = result == 0;
	return (result != 0 && result != ENOMEM) ||
	       rxpath_emit_text(emitter, rxpath_source_row(step->source)->section, result,
				&capture->device_table);
}

static bool put_statistics(struct rxpath_capture *capture, const struct step *step,
			   const struct emitter *emitter)
{
	struct rxpath_slice table = rxpath_capture_devices(capture);

	if (capture->purpose.brief) {
		rxpath_link_select(table, RXPATH_LINK_DROPS, &capture->scratch);
		table = rxpath_buf_view(&capture->scratch);
		if (table.len == 0)
			return put_read(capture, step, 0, emitter);
	}
	if (!capture->ethtool)
		capture->ethtool = rxpath_ethtool_open();
	return !capture->ethtool ||
	       rxpath_ethtool_statistics(capture->ethtool, &capture->genl, table, emitter);
}

/* Devices that never lost anything are not asked. */
static bool put_hardware(struct rxpath_capture *capture, const struct emitter *emitter)
{
	rxpath_link_select(rxpath_capture_devices(capture), RXPATH_LINK_LOSSES, &capture->scratch);
	if (capture->scratch.failed)
		return rxpath_error_memory(emitter->error);
	return capture->scratch.len == 0 || !rxpath_genl_open(&capture->genl) ||
	       rxpath_hardware(&capture->genl, rxpath_buf_view(&capture->scratch), emitter);
}

static bool put_drivers(struct rxpath_capture *capture, const struct step *step,
			const struct emitter *emitter)
{
	if (capture->netlink[NETLINK_ROUTE] < 0)
		return true;
	return step->source == RXPATH_SOURCE_HARDWARE ? put_hardware(capture, emitter)
						      : put_statistics(capture, step, emitter);
}

/* Whether a queue dropped packets since its reader came: columns 6 and 7 of its row. */
static bool queue_has_dropped(struct rxpath_slice rows)
{
	struct rxpath_slice row, word;

	while (rxpath_scan_line(&rows, &row))
		for (size_t i = 1; rxpath_scan_word(&row, &word); i++)
			if ((i == 6 || i == 7) && !rxpath_slice_is(word, "0"))
				return true;
	return false;
}

/* A sample for the exit status alone reads no rules, unless a queue dropped packets: only rules
 * tell whether those were received. */
static bool put_queues(struct rxpath_capture *capture, const struct step *step,
		       const struct emitter *emitter)
{
	static const struct step rules[] = {
		{.source = RXPATH_SOURCE_NFTABLES},
		{.source = RXPATH_SOURCE_IPTABLES},
	};
	int result = rxpath_capture_source(capture, step->source);
	bool dropped = result == 0 && queue_has_dropped(rxpath_buf_view(&capture->scratch));

	if (!put_read(capture, step, result, emitter))
		return false;
	for (size_t i = 0; dropped && i < sizeof rules / sizeof *rules; i++)
		if (capture->purpose.brief &&
		    rxpath_source_row(rules[i].source)->quiet == RXPATH_QUIET_SKIP &&
		    !rxpath_capture_ask(capture, &rules[i], emitter))
			return false;
	return true;
}

/* The limits of socket memory, where sockets hold any. Only the host's own namespace shows them. */
static bool put_memory_limits(struct rxpath_capture *capture, const struct emitter *emitter)
{
	static const struct {
		const char *group, *path;
	} limits[] = {
		{"UDP", "/proc/sys/net/ipv4/udp_mem"},
		{"TCP", "/proc/sys/net/ipv4/tcp_mem"},
	};
	struct rxpath_sockstat at = {.rest = rxpath_buf_view(&capture->scratch)};
	bool wanted[sizeof limits / sizeof *limits] = {false};

	/* Memory that runs out is pressure, which does not decide the exit status alone. */
	if (capture->purpose.brief || capture->purpose.no_limits || capture->lacks_limits)
		return true;
	while (rxpath_sockstat_next(&at))
		for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
			if (rxpath_slice_is(at.name, "mem") &&
			    rxpath_slice_is(at.group, limits[i].group))
				wanted[i] = !rxpath_slice_is(at.value, "0");
	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
		int result;

		if (!wanted[i])
			continue;
		result = rxpath_capture_file(capture, limits[i].path, RXPATH_FILE_LIMIT,
					     &capture->scratch);
		capture->lacks_limits = result == ENOENT && rxpath_capture_is_live(capture);
		if (capture->lacks_limits)
			return true;
		if ((result == 0 || result == ENOMEM) &&
		    !rxpath_emit_text(emitter, limits[i].path, result, &capture->scratch))
			return false;
	}
	return true;
}

/* The sockets that this capture itself has in the namespace. */
static int count_own_sockets(const struct rxpath_capture *capture)
{
	int count = (capture->genl.fd >= 0) + (capture->ethtool != NULL);

	for (size_t i = 0; i < sizeof capture->netlink / sizeof *capture->netlink; i++)
		count += capture->netlink[i] >= 0;
	return count;
}

/* To list an empty table, the kernel walks a hash table with the sockets of the whole host; these
 * counts cost next to nothing, so they are read twice. */
static bool put_sockstat(struct rxpath_capture *capture, const struct step *step,
			 const struct emitter *emitter)
{
	const int own = count_own_sockets(capture);
	int result = rxpath_capture_source(capture, step->source);

	if (result == 0 && capture->netlink[NETLINK_ROUTE] >= 0) {
		rxpath_note_empty(rxpath_buf_view(&capture->scratch), step->source, own,
				  &capture->empty);
		result = rxpath_capture_source(capture, step->source);
		if (result == 0)
			rxpath_note_empty(rxpath_buf_view(&capture->scratch), step->source, own,
					  &capture->empty);
	}
	return put_read(capture, step, result, emitter) &&
	       (result != 0 || put_memory_limits(capture, emitter));
}

/* A kernel may track connections without this file; ctnetlink then has the figures, for root.
 * The number of connections shows the analysis that connections are tracked. */
static bool put_conntrack(struct rxpath_capture *capture, const struct step *step,
			  const struct emitter *emitter)
{
	int result = rxpath_capture_source(capture, step->source);
	struct rxpath_slice rest, line;
	uint64_t entries;

	if (result != ENOENT)
		return put_read(capture, step, result, emitter);
	rxpath_buf_reset(&capture->scratch);
	if (!rxpath_capture_put_file(capture, "/proc/sys/net/netfilter/nf_conntrack_count",
				     emitter))
		return false;
	rest = rxpath_buf_view(&capture->scratch);
	if (rxpath_capture_is_live(capture) && rxpath_scan_line(&rest, &line) &&
	    rxpath_scan_dec(line, &entries) && entries <= UINT32_MAX)
		result = rxpath_conntrack((uint32_t)entries, &capture->scratch);
	if (result == 0)
		return rxpath_emit_text(emitter, rxpath_source_row(step->source)->section, 0,
					&capture->scratch);
	return put_read(capture, step, result == ENOMEM ? ENOMEM : ENOENT, emitter);
}

static bool lacks_cpu_column(const struct rxpath_buf *softnet)
{
	struct rxpath_slice rest = rxpath_buf_view(softnet);
	struct rxpath_slice line, word;
	size_t words = 0;

	if (!rxpath_scan_line(&rest, &line))
		return false;
	while (rxpath_scan_word(&line, &word))
		words++;
	return words < SOFTNET_COLUMNS_WITH_CPU;
}

/* Whether its second column is not 0 for some CPU. */
static bool has_dropped(const struct rxpath_buf *softnet)
{
	struct rxpath_slice rest = rxpath_buf_view(softnet);
	struct rxpath_slice line, word;
	uint64_t dropped;

	while (rxpath_scan_line(&rest, &line)) {
		rxpath_scan_word(&line, &word);
		if (rxpath_scan_word(&line, &word) && rxpath_scan_hex(word, &dropped) &&
		    dropped > 0)
			return true;
	}
	return false;
}

/* Before Linux 5.10 rows do not name their CPU. The list of CPUs that are online is read before
 * the first reading and after the second, to show whether it changed in between. */
static bool put_softnet(struct rxpath_capture *capture, const struct step *step,
			const struct emitter *emitter)
{
	static const char online[] = "/sys/devices/system/cpu/online";
	int result = rxpath_capture_source(capture, step->source);

	capture->backlog_dropped = result == 0 && has_dropped(&capture->scratch);
	if (result != 0 || !lacks_cpu_column(&capture->scratch))
		return put_read(capture, step, result, emitter);
	if (step->again)
		return put_read(capture, step, result, emitter) &&
		       rxpath_capture_put_file(capture, online, emitter);
	return rxpath_capture_put_file(capture, online, emitter) &&
	       put_source(capture, step, emitter);
}

/* Whether a CPU was ever too slow for a device of this namespace: a ring overflowed, or the
 * backlog, which the device counts too. */
static bool was_overrun(struct rxpath_capture *capture)
{
	const struct rxpath_slice devices = rxpath_capture_devices(capture);

	rxpath_link_select(devices, RXPATH_LINK_RINGS, &capture->scratch);
	if (capture->scratch.len > 0)
		return true;
	rxpath_link_select(devices, RXPATH_LINK_DROPS, &capture->scratch);
	return capture->backlog_dropped && (devices.len == 0 || capture->scratch.len > 0);
}

/* CPU times are read only where a CPU was too slow. */
static bool put_cpu_time(struct rxpath_capture *capture, const struct step *step,
			 const struct emitter *emitter)
{
	if (rxpath_capture_is_live(capture) && !was_overrun(capture))
		return true;
	return put_read(
		capture, step,
		rxpath_capture_file(capture, path_of(step), RXPATH_FILE_LIMIT, &capture->scratch),
		emitter);
}

typedef bool read_source(struct rxpath_capture *capture, const struct step *step,
			 const struct emitter *emitter);

static read_source *const readers[RXPATH_LAYOUTS] = {
	[RXPATH_LAYOUT_SOFTNET] = put_softnet,
	[RXPATH_LAYOUT_CPU_TIME] = put_cpu_time,
	[RXPATH_LAYOUT_DEVICES] = put_devices,
	[RXPATH_LAYOUT_DRIVER] = put_drivers,
	[RXPATH_LAYOUT_SOCKSTAT] = put_sockstat,
	[RXPATH_LAYOUT_SOCKETS] = put_sockets,
	[RXPATH_LAYOUT_CONNTRACK] = put_conntrack,
	[RXPATH_LAYOUT_NFQUEUE] = put_queues,
	[RXPATH_LAYOUT_PACKET] = rxpath_capture_ask,
	[RXPATH_LAYOUT_LISTENERS] = rxpath_capture_ask,
	[RXPATH_LAYOUT_XDP] = rxpath_capture_ask,
	[RXPATH_LAYOUT_DEVICE_COUNTERS] = rxpath_capture_ask,
	[RXPATH_LAYOUT_RULES] = rxpath_capture_ask,
};

bool rxpath_capture_step(struct rxpath_capture *capture, const struct step *step,
			 const struct emitter *emitter)
{
	read_source *const read = readers[rxpath_source_row(step->source)->layout];

	return (read ? read : put_source)(capture, step, emitter);
}
