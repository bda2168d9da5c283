/* settings.c: the settings and levels that explain a loss, as one section of "name value" lines:
 * sysctls by their own names, device.DEVICE.WORD. What this kernel or this
 * namespace does not have is left out; net.core.netdev_* and the protocols' memory limits stand in
 * the host's own namespace alone. */
#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture_internal.h"
#include "netlink.h"
#include "rtlink.h"
#include "rxpath/catalogue.h"

#define BIT(stage) (1u << RXPATH_STAGE_##stage)

/* A setting is a line. */
#define SETTING_LIMIT ((size_t)4096)

/* The settings that explain a loss at each stage, below /proc/sys/. */
static const struct {
	unsigned stages;
	const char *path;
} sysctls[] = {
	{BIT(DEVICE) | BIT(SOFTNET), "net/core/netdev_max_backlog"},
	{BIT(DEVICE) | BIT(SOFTNET), "net/core/netdev_budget"},
	{BIT(DEVICE) | BIT(SOFTNET), "net/core/netdev_budget_usecs"},
	{BIT(DEVICE) | BIT(SOFTNET), "net/core/dev_weight"},
	{BIT(SOFTNET), "net/core/flow_limit_cpu_bitmap"},
	{BIT(SOFTNET), "net/core/flow_limit_table_len"},
	{BIT(NETFILTER), "net/netfilter/nf_conntrack_max"},
	{BIT(NETFILTER), "net/netfilter/nf_conntrack_count"},
	{BIT(NETFILTER), "net/netfilter/nf_conntrack_buckets"},
	{BIT(NETFILTER), "net/netfilter/nf_conntrack_udp_timeout"},
	{BIT(NETFILTER), "net/netfilter/nf_conntrack_tcp_timeout_time_wait"},
	{BIT(IP) | BIT(NETFILTER), "net/ipv4/ip_forward"},
	{BIT(IP) | BIT(NETFILTER), "net/ipv6/conf/all/forwarding"},
	{BIT(IP), "net/ipv4/ipfrag_high_thresh"},
	{BIT(IP), "net/ipv4/ipfrag_time"},
	{BIT(IP), "net/ipv4/ipfrag_max_dist"},
	{BIT(IP), "net/ipv6/ip6frag_high_thresh"},
	{BIT(IP), "net/ipv6/ip6frag_time"},
	{BIT(TRANSPORT) | BIT(SOCKET), "net/core/rmem_default"},
	{BIT(TRANSPORT) | BIT(SOCKET), "net/core/rmem_max"},
	{BIT(TRANSPORT) | BIT(SOCKET), "net/core/somaxconn"},
	{BIT(TRANSPORT) | BIT(SOCKET), "net/ipv4/udp_mem"},
	{BIT(TRANSPORT) | BIT(SOCKET), "net/ipv4/udp_rmem_min"},
	{BIT(TRANSPORT) | BIT(SOCKET), "net/ipv4/tcp_mem"},
	{BIT(TRANSPORT) | BIT(SOCKET), "net/ipv4/tcp_rmem"},
	{BIT(TRANSPORT) | BIT(SOCKET), "net/ipv4/tcp_max_syn_backlog"},
	{BIT(TRANSPORT) | BIT(SOCKET), "net/ipv4/tcp_syncookies"},
	{BIT(TRANSPORT) | BIT(SOCKET), "net/ipv4/tcp_abort_on_overflow"},
	{BIT(TRANSPORT) | BIT(SOCKET), "vm/min_free_kbytes"},
};

/* Settings that exist for each device and for "all", below /proc/sys/net/. */
static const struct {
	const char *before, *after;
} confs[] = {
	{"ipv4/conf", "rp_filter"},
	{"ipv4/conf", "log_martians"},
	{"ipv4/conf", "forwarding"},
	{"ipv6/conf", "disable_ipv6"},
};

struct pass {
	struct rxpath_capture *capture;
	struct rxpath_buf text; /* what has been found */
	struct rxpath_buf file;
};

/* The first line of the file; `format` and what follows make its path. False when there is none. */
__attribute__((format(printf, 3, 4))) static bool
read_line(struct pass *pass, struct rxpath_slice *line, const char *format, ...)
{
	char path[256];
	struct rxpath_slice rest;
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(path, sizeof path, format, arguments);
	va_end(arguments);
	if (rxpath_capture_file(pass->capture, path, SETTING_LIMIT, &pass->file) != 0)
		return false;
	rest = rxpath_buf_view(&pass->file);
	return rxpath_scan_line(&rest, line) && line->len > 0;
}

/* Tabs between the words of a value become spaces. */
static void put_value(struct rxpath_buf *out, struct rxpath_slice value)
{
	struct rxpath_slice word;

	while (rxpath_scan_word(&value, &word)) {
		rxpath_buf_char(out, ' ');
		rxpath_buf_escaped(out, word, "");
	}
	rxpath_buf_char(out, '\n');
}

/* Whether the setting cannot be written here: "host" for one of the host, which can be set only
 * in the host's own network namespace, "mount" where /proc/sys is mounted read-only. */
static const char *read_only(const struct pass *pass, const char *path)
{
	char whole[256];
	struct stat status;

	if (!rxpath_capture_is_live(pass->capture))
		return NULL;
	snprintf(whole, sizeof whole, "/proc/sys/%s", path);
	if (stat(whole, &status) != 0 || (status.st_mode & 0222) == 0)
		return "host";
	return access(whole, W_OK) != 0 && errno == EROFS ? "mount" : NULL;
}

static void put_name(struct rxpath_buf *out, const char *path)
{
	for (const char *at = path; *at; at++)
		rxpath_buf_char(out, *at == '/' ? '.' : *at);
}

static void put_sysctl(struct pass *pass, const char *path)
{
	struct rxpath_slice value;
	const char *where;

	if (!read_line(pass, &value, "/proc/sys/%s", path))
		return;
	put_name(&pass->text, path);
	put_value(&pass->text, value);
	where = read_only(pass, path);
	if (where) {
		rxpath_buf_string(&pass->text, "read_only.");
		put_name(&pass->text, path);
		rxpath_buf_printf(&pass->text, " %s\n", where);
	}
}

static void put_conf(struct pass *pass, const char *device)
{
	struct rxpath_slice value;

	for (size_t i = 0; i < sizeof confs / sizeof *confs; i++) {
		if (!read_line(pass, &value, "/proc/sys/net/%s/%s/%s", confs[i].before, device,
			       confs[i].after))
			continue;
		rxpath_buf_printf(&pass->text, "net.%.4s.conf.", confs[i].before);
		rxpath_buf_escaped(&pass->text, rxpath_slice_of(device), "");
		rxpath_buf_printf(&pass->text, ".%s", confs[i].after);
		put_value(&pass->text, value);
	}
}

static bool is_zero(struct rxpath_slice mask)
{
	for (size_t i = 0; i < mask.len; i++)
		if (mask.ptr[i] != '0' && mask.ptr[i] != ',')
			return false;
	return true;
}

/* How many receive queues there are, and how many of them RPS spreads (show_rps_map). */
static void put_rps(struct pass *pass, const char *device)
{
	struct rxpath_slice mask;
	unsigned queues = 0;
	unsigned spread = 0;

	for (; read_line(pass, &mask, "/sys/class/net/%s/queues/rx-%u/rps_cpus", device, queues);
	     queues++)
		spread += !is_zero(mask);
	if (queues == 0)
		return;
	rxpath_put_setting(&pass->text, device, "queues", queues);
	rxpath_put_setting(&pass->text, device, "rps_queues", spread);
}

/* Facts that are true where a file of the device exists or has that value. */
static void put_facts(struct pass *pass, const char *device)
{
	static const struct {
		const char *word, *file;
		const char *value; /* that the file must have; NULL: any */
	} facts[] = {
		/* Packets are taken in threads of the kernel, which any CPU may run. */
		{"threaded", "threaded", "1"},
		/* A radio link (cfg80211). */
		{"wireless", "phy80211/index", NULL},
	};
	struct rxpath_slice value;

	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
		if (read_line(pass, &value, "/sys/class/net/%s/%s", device, facts[i].file) &&
		    (!facts[i].value || rxpath_slice_is(value, facts[i].value)))
			rxpath_put_setting(&pass->text, device, facts[i].word, 1);
}

static void put_devices(struct pass *pass, unsigned stages)
{
	struct rxpath_slice table = rxpath_capture_devices(pass->capture);
	char name[RXPATH_DEVICE_NAME];
	int ifindex;

	if (stages & BIT(IP))
		put_conf(pass, "all");
	for (size_t i = 0; i < RXPATH_SETTINGS_DEVICES && rxpath_link_next(&table, &ifindex, name);
	     i++) {
		if (stages & BIT(IP))
			put_conf(pass, name);
		if (!(stages & (BIT(DEVICE) | BIT(SOFTNET))))
			continue;
		if (pass->capture->ethtool)
			rxpath_ethtool_settings(pass->capture->ethtool, name, &pass->text);
		if (!rxpath_capture_has_sysfs(pass->capture, name, ifindex))
			continue;
		put_rps(pass, name);
		put_facts(pass, name);
		rxpath_put_interrupts(pass->capture, name, ifindex, &pass->text);
	}
}

static void put_filters(struct pass *pass)
{
	const struct netlink_query query = {
		.fd = pass->capture->netlink[NETLINK_ROUTE],
		.devices = rxpath_capture_devices(pass->capture),
		.out = &pass->text,
	};

	if (query.fd >= 0)
		rxpath_qdisc_filters(&query);
}

bool rxpath_capture_settings(struct rxpath_capture *capture, unsigned stages, rxpath_sink *sink,
			     void *context, struct rxpath_error *error)
{
	const struct emitter emitter = {sink, context, capture->purpose.interrupt, error};
	struct pass pass = {.capture = capture};
	bool done;

	/* Where the namespace could not be entered, only its files in /proc/net can be read. */
	if (rxpath_capture_is_inside(capture)) {
		for (size_t i = 0; i < sizeof sysctls / sizeof *sysctls; i++)
			if (sysctls[i].stages & stages)
				put_sysctl(&pass, sysctls[i].path);
		put_devices(&pass, stages);
		if (stages & BIT(NETFILTER))
			put_filters(&pass);
	}
	done = rxpath_emit_text(&emitter, "rxpath/settings", 0, &pass.text);
	rxpath_buf_free(&pass.text);
	rxpath_buf_free(&pass.file);
	return done;
}
