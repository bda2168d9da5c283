/* capture.c: one sample of the live system, or of the files under --root, in the order of the
 * source table. Files stay open: reading again from offset 0 costs much less than opening. */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture_internal.h"
#include "rxpath/sockstat.h"
#include "rxpath/version.h"

/* Reading one source, once. */
struct step {
	enum rxpath_source source;
	bool again; /* the second reading, around what it is compared with */
};

#define MAX_STEPS (2 * (size_t)RXPATH_SOURCES)

/* A file's name in the namespace's directory, wherever that is. */
static const char *net_name(const char *path)
{
	return path + strlen("/proc/net/");
}

/* Before Linux 5.10 softnet_stat does not say which CPU a row belongs to. */
#define SOFTNET_COLUMNS_WITH_CPU 13

/* The host's own namespace alone has these settings. They are opened there before another one is
 * entered. */
static const char *const host_settings[] = {
	"/proc/sys/net/core/netdev_max_backlog",
	"/proc/sys/net/core/netdev_budget",
	"/proc/sys/net/core/netdev_budget_usecs",
	"/proc/sys/net/core/flow_limit_cpu_bitmap",
	"/proc/sys/net/core/flow_limit_table_len",
	"/proc/sys/net/ipv4/udp_mem",
	"/proc/sys/net/ipv4/tcp_mem",
};
#define HOST_SETTINGS (sizeof host_settings / sizeof *host_settings)

struct rxpath_capture {
	int root;     /* the directory of proc and sys; -1: the live system */
	char net[64]; /* "/proc/net"; below /proc/self/fd of one not entered */
	char *netns;  /* as the user named it; NULL */
	struct rxpath_purpose purpose;
	bool have_rtnetlink;  /* the kernel told of every device, in this sample */
	bool backlog_dropped; /* since boot, by the last reading of softnet_stat */
	bool entered;	      /* a namespace that is not the one we were started in */
	char ns_path[64];     /* what tells the namespace's identity */
	int net_dir;	      /* `net`: opening below it is cheaper; -1 */
	bool net_by_kernel;   /* it is procfs: all in it are directories and files */
	struct step steps[MAX_STEPS];
	size_t step_count;
	int files[RXPATH_SOURCES];  /* -1: not open */
	bool empty[RXPATH_SOURCES]; /* the tables of sockets that are, in this sample */
	bool no_tcp[2];		    /* IPv4, IPv6: no socket of TCP is in use, in this sample */
	int of_host[HOST_SETTINGS]; /* -1: not open */
	bool lacks_limits;	    /* those of memory are not shown in this namespace */
	bool received;		    /* IP received a packet in this namespace */
	uint64_t absent;	    /* a bit for each file that the kernel does not have */
	uint64_t assumed_absent;    /* those that another namespace of this kernel lacks */
	int process;		    /* /proc/PID of a namespace by its process; -1 */
	int rtnetlink;
	int netfilter;
	struct genl genl;		/* opened when it is first needed */
	struct rxpath_sockdiag *diag;	/* made when it is first needed */
	struct rxpath_ethtool *ethtool; /* made when it is first needed */
	struct rxpath_buf device_table; /* the devices, as the last sample had them */
	struct rxpath_buf boot;		/* the line that tells which boot it is */
	struct rxpath_buf scratch;
};

static bool enter_target(struct rxpath_capture *capture, const struct rxpath_target *target,
			 struct rxpath_error *error)
{
	enum rxpath_entry entry;

	if (target->root) {
		/* Paths below a root are those of the live system without the first slash. */
		memcpy(capture->net, "proc/net", sizeof "proc/net");
		capture->root = open(target->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (capture->root < 0)
			return rxpath_error_system(error, target->root, errno);
		return rxpath_tree_at(capture->root, target->root, error) != RXPATH_WRONG_LEVEL;
	}
	if (target->netns || target->pid) {
		for (size_t i = 0; i < HOST_SETTINGS; i++)
			capture->of_host[i] = open(host_settings[i], O_RDONLY | O_CLOEXEC);
		entry = rxpath_netns_enter(target, &capture->process, error);
		if (entry != RXPATH_ENTERED) {
			/* Anybody may read the files of a process's namespace; only netlink, and so
			 * the receive limits, needs to be inside. */
			if (entry != RXPATH_ENTRY_DENIED || !target->pid)
				return false;
			snprintf(capture->net, sizeof capture->net, "/proc/self/fd/%d/net",
				 capture->process);
			snprintf(capture->ns_path, sizeof capture->ns_path,
				 "/proc/self/fd/%d/ns/net", capture->process);
			if (access(capture->net, R_OK | X_OK) != 0)
				return false;
			return true;
		}
		capture->entered = true;
		if (target->netns) {
			capture->netns = strdup(target->netns);
			if (!capture->netns)
				return rxpath_error_memory(error);
		}
	}
	if (target->entered)
		capture->entered = true;
	capture->rtnetlink = rxpath_netlink_open(NETLINK_ROUTE);
	return true;
}

/* Every source that a sample reads, in its order; how many there are. */
static size_t list_in_order(enum rxpath_source sources[RXPATH_SOURCES])
{
	size_t count = 0;

	for (enum rxpath_source i = RXPATH_SOURCE_NONE + 1; i < RXPATH_SOURCES; i++) {
		unsigned order = rxpath_source_row(i)->order;
		size_t at = count;

		if (order == 0)
			continue;
		for (; at > 0 && rxpath_source_row(sources[at - 1])->order > order; at--)
			sources[at] = sources[at - 1];
		sources[at] = i;
		count++;
	}
	return count;
}

static void add_step(struct rxpath_capture *capture, struct step step)
{
	const enum rxpath_scope scope = rxpath_source_row(step.source)->scope;
	const enum rxpath_extent extent = capture->purpose.extent;

	if (extent == RXPATH_NETNS_AND_HOST ||
	    (scope == RXPATH_OF_HOST) == (extent == RXPATH_HOST_ALONE))
		capture->steps[capture->step_count++] = step;
}

/* All sources in their order, and behind each the second readings of those that are read around
 * it. A sample for the exit status alone needs no second reading: a loss between the two is one all
 * the same. */
static void plan_steps(struct rxpath_capture *capture)
{
	enum rxpath_source sources[RXPATH_SOURCES];
	size_t count = list_in_order(sources);

	for (size_t i = 0; i < count; i++) {
		add_step(capture, (struct step){.source = sources[i]});
		for (size_t j = 0; j < i && !capture->purpose.brief; j++)
			if (rxpath_source_row(sources[j])->around == sources[i])
				add_step(capture,
					 (struct step){.source = sources[j], .again = true});
	}
}

struct rxpath_capture *rxpath_capture_open(const struct rxpath_target *target,
					   struct rxpath_purpose purpose,
					   struct rxpath_error *error)
{
	struct rxpath_capture *capture = calloc(1, sizeof *capture);

	if (!capture) {
		rxpath_error_memory(error);
		return NULL;
	}
	capture->purpose = purpose;
	capture->root = -1;
	capture->process = -1;
	capture->rtnetlink = -1;
	capture->netfilter = -1;
	capture->genl.fd = -1;
	capture->net_dir = -1;
	for (size_t i = 0; i < RXPATH_SOURCES; i++)
		capture->files[i] = -1;
	for (size_t i = 0; i < HOST_SETTINGS; i++)
		capture->of_host[i] = -1;
	plan_steps(capture);
	memcpy(capture->net, "/proc/net", sizeof "/proc/net");
	memcpy(capture->ns_path, "/proc/self/ns/net", sizeof "/proc/self/ns/net");
	if (!enter_target(capture, target, error)) {
		rxpath_capture_close(capture);
		return NULL;
	}
	if (capture->root < 0) {
		capture->net_dir = open(capture->net, O_PATH | O_DIRECTORY | O_CLOEXEC);
		capture->net_by_kernel = capture->net_dir >= 0;
	}
	return capture;
}

void rxpath_capture_close(struct rxpath_capture *capture)
{
	if (!capture)
		return;
	for (size_t i = 0; i < RXPATH_SOURCES; i++)
		if (capture->files[i] >= 0)
			close(capture->files[i]);
	for (size_t i = 0; i < HOST_SETTINGS; i++)
		if (capture->of_host[i] >= 0)
			close(capture->of_host[i]);
	if (capture->net_dir >= 0)
		close(capture->net_dir);
	if (capture->root >= 0)
		close(capture->root);
	if (capture->process >= 0)
		close(capture->process);
	if (capture->rtnetlink >= 0)
		close(capture->rtnetlink);
	if (capture->netfilter >= 0)
		close(capture->netfilter);
	if (capture->genl.fd >= 0)
		close(capture->genl.fd);
	rxpath_sockdiag_close(capture->diag);
	rxpath_ethtool_close(capture->ethtool);
	rxpath_buf_free(&capture->device_table);
	rxpath_buf_free(&capture->boot);
	rxpath_buf_free(&capture->scratch);
	free(capture->netns);
	free(capture);
}

static int open_below(const struct rxpath_capture *capture, const char *path)
{
	/* Every live path is absolute and the kernel's own; below --root anything may stand. */
	return capture->root < 0 ? open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
				 : rxpath_root_open(capture->root, path);
}

/* Reads a file that is no source's. 0, or an errno. */
static int read_path(const struct rxpath_capture *capture, const char *path, size_t limit,
		     struct rxpath_buf *out)
{
	int fd = open_below(capture, path);
	int result = fd < 0 ? errno : 0;

	if (fd >= 0) {
		result = rxpath_read_file(fd, limit, capture->purpose.interrupt, out);
		close(fd);
		return result;
	}
	for (size_t i = 0; result == ENOENT && i < HOST_SETTINGS; i++)
		if (capture->of_host[i] >= 0 && strcmp(path, host_settings[i]) == 0)
			return rxpath_read_file(capture->of_host[i], limit, NULL, out);
	return result;
}

/* Reads the source's file into `scratch`. 0, or an errno. */
static int read_proc(struct rxpath_capture *capture, enum rxpath_source source)
{
	const char *name = net_name(rxpath_source_row(source)->path);
	int *kept = &capture->files[source];
	int fd = *kept;
	char path[128];
	bool missing;
	int result;

	if (capture->assumed_absent & UINT64_C(1) << source)
		return ENOENT;
	if (fd < 0 && capture->net_by_kernel)
		fd = openat(capture->net_dir, name,
			    O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK);
	/* What the kernel does not have there is nowhere else. */
	missing = fd < 0 && capture->net_by_kernel && errno == ENOENT;
	if (fd < 0 && !missing && capture->net_dir >= 0 && capture->root >= 0)
		fd = rxpath_root_open(capture->net_dir, name);
	/* A link below the root may lead out of its directory. */
	if (fd < 0 && !missing && (capture->net_dir < 0 || capture->root >= 0)) {
		snprintf(path, sizeof path, "%s/%s", capture->net, name);
		fd = open_below(capture, path);
	}
	if (fd < 0)
		result = errno;
	else
		result = rxpath_read_file(fd, RXPATH_FILE_LIMIT, capture->purpose.interrupt,
					  &capture->scratch);
	/* Stored files may be replaced by others of their name at any time; the
	 * kernel's are not. */
	if (capture->root < 0)
		*kept = fd;
	else if (fd >= 0)
		close(fd);
	if (result == ENOENT)
		capture->absent |= UINT64_C(1) << source;
	return result;
}

/* Hands on what was read into `scratch`. */
static bool put_read(struct rxpath_capture *capture, const char *path, int result,
		     const struct emitter *emitter, struct rxpath_error *error)
{
	if (result == ENOMEM)
		return rxpath_error_memory(error);
	return rxpath_emit_section(emitter, path, result,
				   result == 0 ? rxpath_buf_view(&capture->scratch)
					       : (struct rxpath_slice){"", 0},
				   error);
}

static bool put_proc(struct rxpath_capture *capture, const struct step *step,
		     const struct emitter *emitter, struct rxpath_error *error)
{
	int result = read_proc(capture, step->source);

	if (result == 0 &&
	    (step->source == RXPATH_SOURCE_SNMP || step->source == RXPATH_SOURCE_SNMP6))
		capture->received =
			capture->received ||
			rxpath_has_received(rxpath_buf_view(&capture->scratch), step->source);
	return put_read(capture, rxpath_source_row(step->source)->path, result, emitter, error);
}

/* Made when it is first needed: an idle namespace has no sockets to ask for. NULL without it. */
static struct rxpath_sockdiag *diag_of(struct rxpath_capture *capture)
{
	if (!capture->diag)
		capture->diag = rxpath_sockdiag_open();
	return capture->diag;
}

/* What fits into one read of a /proc file comes as a whole (seq_read gives at most a page). */
#define ONE_READ ((size_t)3900)

static bool put_sockets(struct rxpath_capture *capture, const struct step *step,
			const struct emitter *emitter, struct rxpath_error *error)
{
	const struct rxpath_source_row *row = rxpath_source_row(step->source);
	enum rxpath_answer answer = RXPATH_NO_ANSWER;

	if (capture->empty[step->source])
		answer = RXPATH_ANSWERED;
	else if (capture->rtnetlink >= 0 && rxpath_sockdiag_has(step->source))
		answer = rxpath_sockdiag_table(diag_of(capture), step->source, emitter, error);
	switch (answer) {
	case RXPATH_ANSWERED:
		/* An empty part at the end: also a table without any socket has been read. */
		return rxpath_emit_section(emitter, row->section, 0, (struct rxpath_slice){"", 0},
					   error);
	case RXPATH_NO_ANSWER:
		return put_proc(capture, step, emitter, error) &&
		       (capture->scratch.len <= ONE_READ ||
			rxpath_emit_pieces(emitter, net_name(row->path), error));
	case RXPATH_STOPPED:
		break;
	}
	return false;
}

static bool put_devices(struct rxpath_capture *capture, const struct step *step,
			const struct emitter *emitter, struct rxpath_error *error)
{
	int result;

	if (capture->root >= 0)
		return rxpath_sysfs(capture->root, "sys/class/net", !capture->purpose.alone,
				    &capture->scratch, emitter, error);
	/* /sys/class/net shows the namespace that it was mounted in, which need not be this one, so
	 * live figures come by netlink alone; without it the sums of /proc/net/dev have to do. */
	result = capture->rtnetlink < 0 ? ENOENT
					: rxpath_rtlink(capture->rtnetlink, &capture->device_table);
	capture->have_rtnetlink = result == 0;
	if (result == ENOMEM)
		return rxpath_error_memory(error);
	return result != 0 || rxpath_emit_section(emitter, rxpath_source_row(step->source)->section,
						  0, rxpath_capture_links(capture), error);
}

struct rxpath_slice rxpath_capture_links(const struct rxpath_capture *capture)
{
	return rxpath_buf_view(&capture->device_table);
}

static bool put_statistics(struct rxpath_capture *capture, const struct step *step,
			   const struct emitter *emitter, struct rxpath_error *error)
{
	struct rxpath_slice table = rxpath_capture_links(capture);

	if (capture->rtnetlink < 0)
		return true;
	if (capture->purpose.brief) {
		rxpath_link_select(table, RXPATH_LINK_DROPS, &capture->scratch);
		table = rxpath_buf_view(&capture->scratch);
		if (table.len == 0)
			return rxpath_emit_section(emitter, rxpath_source_row(step->source)->path,
						   0, table, error);
	}
	if (!capture->ethtool)
		capture->ethtool = rxpath_ethtool_open();
	return !capture->ethtool ||
	       rxpath_ethtool_statistics(capture->ethtool, &capture->genl, table, emitter, error);
}

/* A device that never lost anything is not asked: it has nothing to tell. */
static bool put_hardware(struct rxpath_capture *capture, const struct emitter *emitter,
			 struct rxpath_error *error)
{
	rxpath_link_select(rxpath_capture_links(capture), RXPATH_LINK_LOSSES, &capture->scratch);
	if (capture->scratch.failed)
		return rxpath_error_memory(error);
	return capture->rtnetlink < 0 || capture->scratch.len == 0 ||
	       !rxpath_genl_open(&capture->genl) ||
	       rxpath_hardware(&capture->genl, rxpath_buf_view(&capture->scratch), emitter, error);
}

static bool put_drivers(struct rxpath_capture *capture, const struct step *step,
			const struct emitter *emitter, struct rxpath_error *error)
{
	return step->source == RXPATH_SOURCE_HARDWARE
		       ? put_hardware(capture, emitter, error)
		       : put_statistics(capture, step, emitter, error);
}

struct genl *rxpath_capture_genl(struct rxpath_capture *capture)
{
	return &capture->genl;
}

void rxpath_capture_driver(struct rxpath_capture *capture, const char *device,
			   struct rxpath_buf *out)
{
	if (capture->ethtool)
		rxpath_ethtool_settings(capture->ethtool, device, out);
}

void rxpath_capture_filters(struct rxpath_capture *capture, struct rxpath_buf *out)
{
	const struct netlink_query query = {
		.fd = capture->rtnetlink,
		.devices = rxpath_capture_links(capture),
		.out = out,
	};

	if (query.fd >= 0)
		rxpath_qdisc_filters(&query);
}

/* What no file has, and the protocol of netlink that is asked. */
static const struct {
	int (*ask)(const struct netlink_query *query);
	int protocol;
	/* Whether these devices could have any; NULL: it does not depend on them. */
	bool (*concerns)(struct rxpath_slice table);
} asked[RXPATH_SOURCES] = {
	[RXPATH_SOURCE_PACKET] = {rxpath_packet_sockets, NETLINK_SOCK_DIAG, NULL},
	[RXPATH_SOURCE_TCP] = {rxpath_listeners, NETLINK_SOCK_DIAG, NULL},
	[RXPATH_SOURCE_XDP] = {rxpath_xdp_sockets, NETLINK_SOCK_DIAG, rxpath_link_has_xdp},
	[RXPATH_SOURCE_QDISC] = {rxpath_qdiscs, NETLINK_ROUTE, NULL},
	[RXPATH_SOURCE_OVS] = {rxpath_ovs_datapaths, NETLINK_GENERIC, rxpath_link_has_ovs},
	[RXPATH_SOURCE_NFTABLES] = {rxpath_nftables, NETLINK_NETFILTER, NULL},
	/* It asks a socket of its own; as the others, only inside the namespace. */
	[RXPATH_SOURCE_IPTABLES] = {rxpath_iptables, NETLINK_ROUTE, NULL},
};

/* -1: the kernel cannot be asked. */
static int netlink_of(struct rxpath_capture *capture, int protocol)
{
	if (protocol == NETLINK_ROUTE)
		return capture->rtnetlink;
	if (protocol == NETLINK_NETFILTER) {
		if (capture->netfilter < 0)
			capture->netfilter = rxpath_netlink_open(protocol);
		return capture->netfilter;
	}
	if (protocol == NETLINK_GENERIC) {
		if (capture->genl.fd < 0)
			capture->genl.fd = rxpath_netlink_open(NETLINK_GENERIC);
		return capture->genl.fd;
	}
	return diag_of(capture) ? rxpath_sockdiag_fd(capture->diag) : -1;
}

static bool put_answer(struct rxpath_capture *capture,
		       int (*ask)(const struct netlink_query *query), int fd, const char *path,
		       const struct emitter *emitter, struct rxpath_error *error)
{
	const struct netlink_query query = {
		.fd = fd,
		.devices = rxpath_capture_links(capture),
		.all_rules = capture->purpose.all_rules,
		.net_dir = capture->net_dir,
		.no_tcp = capture->no_tcp,
		.out = &capture->scratch,
	};
	int result;

	rxpath_buf_reset(query.out);
	result = ask(&query);
	return put_read(capture, path, query.out->failed ? ENOMEM : result, emitter, error);
}

/* Files below a root have nothing of the kind, which is no news. Where the kernel cannot be asked,
 * the section says so by its errno. */
static bool put_asked(struct rxpath_capture *capture, const struct step *step,
		      const struct emitter *emitter, struct rxpath_error *error)
{
	const struct rxpath_source_row *row = rxpath_source_row(step->source);
	bool inside = rxpath_capture_is_inside(capture);
	bool concerned = !asked[step->source].concerns ||
			 asked[step->source].concerns(rxpath_capture_links(capture));
	int fd;

	if (capture->root >= 0)
		return true;
	/* A netlink socket costs more than all that most namespaces have to say. */
	fd = inside && concerned ? netlink_of(capture, asked[step->source].protocol) : -1;
	if (fd < 0 && (concerned || !inside))
		return rxpath_emit_section(emitter, row->path, inside ? ENOENT : EPERM,
					   (struct rxpath_slice){"", 0}, error);
	return put_answer(capture, asked[step->source].ask, fd, row->path, emitter, error);
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

/* A sample for the exit status alone reads no rules, but where a queue dropped packets: only rules
 * tell whether those were received. */
static bool put_queues(struct rxpath_capture *capture, const struct step *step,
		       const struct emitter *emitter, struct rxpath_error *error)
{
	static const enum rxpath_source rules[] = {RXPATH_SOURCE_NFTABLES, RXPATH_SOURCE_IPTABLES};
	int result = read_proc(capture, step->source);
	bool dropped = result == 0 && queue_has_dropped(rxpath_buf_view(&capture->scratch));

	if (!put_read(capture, rxpath_source_row(step->source)->path, result, emitter, error))
		return false;
	for (size_t i = 0; dropped && i < sizeof rules / sizeof *rules; i++) {
		const struct step read = {.source = rules[i]};

		if (capture->purpose.brief &&
		    rxpath_source_row(rules[i])->quiet == RXPATH_QUIET_SKIP &&
		    !put_asked(capture, &read, emitter, error))
			return false;
	}
	return true;
}

int rxpath_capture_file(struct rxpath_capture *capture, const char *path, size_t limit,
			struct rxpath_buf *out)
{
	char live[RXPATH_PATH];

	if ((size_t)snprintf(live, sizeof live, "/%s", path) >= sizeof live)
		return ENAMETOOLONG;
	return read_path(capture, capture->root < 0 ? live : path, limit, out);
}

bool rxpath_capture_is_inside(const struct rxpath_capture *capture)
{
	return capture->root >= 0 || capture->rtnetlink >= 0;
}

bool rxpath_capture_has_sysfs(struct rxpath_capture *capture, const char *device, int ifindex)
{
	char path[128];
	struct rxpath_slice line, rest;
	uint64_t number;

	if (capture->root >= 0)
		return true;
	/* It shows the namespace that it was mounted in. */
	snprintf(path, sizeof path, "sys/class/net/%s/ifindex", device);
	if (capture->entered || rxpath_capture_file(capture, path, 64, &capture->scratch) != 0)
		return false;
	rest = rxpath_buf_view(&capture->scratch);
	return rxpath_scan_line(&rest, &line) && rxpath_scan_dec(line, &number) &&
	       number == (uint64_t)ifindex;
}

/* Hands on what was read into `scratch`, if it was. */
static bool put_optional(struct rxpath_capture *capture, const char *path, int result,
			 const struct emitter *emitter, struct rxpath_error *error)
{
	return (result != 0 && result != ENOMEM) || put_read(capture, path, result, emitter, error);
}

static bool put_file(struct rxpath_capture *capture, const char *path,
		     const struct emitter *emitter, struct rxpath_error *error)
{
	int result = read_path(capture, path, RXPATH_FILE_LIMIT, &capture->scratch);

	return put_optional(capture, path, result, emitter, error);
}

/* The limits of the memory that sockets hold, where they hold any; only the host's first namespace
 * shows them. */
static bool put_memory_limits(struct rxpath_capture *capture, const struct emitter *emitter,
			      struct rxpath_error *error)
{
	static const struct {
		const char *group, *path;
	} limits[] = {
		{"UDP", "/proc/sys/net/ipv4/udp_mem"},
		{"TCP", "/proc/sys/net/ipv4/tcp_mem"},
	};
	struct rxpath_sockstat at = {.rest = rxpath_buf_view(&capture->scratch)};
	bool wanted[sizeof limits / sizeof *limits] = {false};

	if (capture->purpose.no_limits || capture->lacks_limits)
		return true;
	while (rxpath_sockstat_next(&at))
		for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
			if (rxpath_slice_is(at.name, "mem") &&
			    rxpath_slice_is(at.group, limits[i].group))
				wanted[i] = !rxpath_slice_is(at.value, "0");
	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
		const char *path = limits[i].path + (capture->root < 0 ? 0 : 1);
		int result;

		if (!wanted[i])
			continue;
		result = read_path(capture, path, RXPATH_FILE_LIMIT, &capture->scratch);
		capture->lacks_limits = result == ENOENT && capture->root < 0;
		if (capture->lacks_limits)
			return true;
		if (!put_optional(capture, path, result, emitter, error))
			return false;
	}
	return true;
}

/* Those that this capture has in the namespace itself. */
static int count_own_sockets(const struct rxpath_capture *capture)
{
	return (capture->rtnetlink >= 0) + (capture->netfilter >= 0) + (capture->genl.fd >= 0) +
	       (capture->diag != NULL) + (capture->ethtool != NULL);
}

/* An empty table costs a walk of its whole hash table, of the host's sockets too; these counts cost
 * next to nothing. Each is a sum over the CPUs, which a socket that closes on another CPU than it
 * was opened on can make too small while it is being made, so only what is 0 twice is taken for
 * empty. */
static bool put_sockstat(struct rxpath_capture *capture, const struct step *step,
			 const struct emitter *emitter, struct rxpath_error *error)
{
	bool first[RXPATH_SOURCES], second[RXPATH_SOURCES];
	bool *no_tcp = &capture->no_tcp[rxpath_source_row(step->source)->v6];
	int result = read_proc(capture, step->source);

	if (result == 0 && capture->rtnetlink >= 0) {
		int own = count_own_sockets(capture);

		rxpath_find_empty(rxpath_buf_view(&capture->scratch), step->source, own, first);
		*no_tcp = rxpath_has_no_tcp(rxpath_buf_view(&capture->scratch));
		result = read_proc(capture, step->source);
		if (result == 0)
			rxpath_find_empty(rxpath_buf_view(&capture->scratch), step->source, own,
					  second);
		*no_tcp = *no_tcp && result == 0 &&
			  rxpath_has_no_tcp(rxpath_buf_view(&capture->scratch));
		for (size_t i = 0; result == 0 && i < RXPATH_SOURCES; i++)
			capture->empty[i] |= first[i] && second[i];
	}
	return put_read(capture, rxpath_source_row(step->source)->path, result, emitter, error) &&
	       (result != 0 || put_memory_limits(capture, emitter, error));
}

/* Where the kernel has no such file and tracks connections all the same, ctnetlink has the figures,
 * for root. The number of connections tells the analysis that it does. */
static bool put_conntrack(struct rxpath_capture *capture, const struct step *step,
			  const struct emitter *emitter, struct rxpath_error *error)
{
	static const char in_use[] = "/proc/sys/net/netfilter/nf_conntrack_count";
	const char *path = in_use + (capture->root < 0 ? 0 : 1);
	int result = read_proc(capture, step->source);
	struct rxpath_slice rest, line;
	uint64_t entries;

	if (result != ENOENT)
		return put_read(capture, rxpath_source_row(step->source)->path, result, emitter,
				error);
	rxpath_buf_reset(&capture->scratch);
	if (!put_file(capture, path, emitter, error))
		return false;
	rest = rxpath_buf_view(&capture->scratch);
	if (capture->root < 0 && rxpath_scan_line(&rest, &line) &&
	    rxpath_scan_dec(line, &entries) && entries <= UINT32_MAX)
		result = rxpath_conntrack((uint32_t)entries, &capture->scratch);
	if (result == 0)
		return rxpath_emit_section(emitter, rxpath_source_row(step->source)->section, 0,
					   rxpath_buf_view(&capture->scratch), error);
	return put_read(capture, rxpath_source_row(step->source)->path,
			result == ENOMEM ? ENOMEM : ENOENT, emitter, error);
}

/* Who and when, as far as files tell it. */
static bool put_facts(struct rxpath_capture *capture, const struct emitter *emitter,
		      struct rxpath_error *error)
{
	static const char *const paths[] = {
		"proc/sys/kernel/hostname",
		"proc/sys/kernel/osrelease",
		"proc/sys/kernel/random/boot_id",
		"proc/uptime",
	};

	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		if (!put_file(capture, paths[i], emitter, error))
			return false;
	return true;
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

/* Before Linux 5.10 the list of CPUs comes before the rows that it explains, and after the second
 * reading again, to show whether it changed in between. */
static bool put_softnet(struct rxpath_capture *capture, const struct step *step,
			const struct emitter *emitter, struct rxpath_error *error)
{
	static const char online[] = "/sys/devices/system/cpu/online";
	const char *path = capture->root < 0 ? online : online + 1;
	int result = read_proc(capture, step->source);

	capture->backlog_dropped = result == 0 && has_dropped(&capture->scratch);
	if (result != 0 || !lacks_cpu_column(&capture->scratch))
		return put_read(capture, rxpath_source_row(step->source)->path, result, emitter,
				error);
	if (step->again)
		return put_read(capture, rxpath_source_row(step->source)->path, result, emitter,
				error) &&
		       put_file(capture, path, emitter, error);
	return put_file(capture, path, emitter, error) && put_proc(capture, step, emitter, error);
}

/* Whether a CPU was ever too slow for a device of this namespace: a ring overflowed, or the
 * backlog, which the device counts too. */
static bool was_overrun(struct rxpath_capture *capture)
{
	const struct rxpath_slice devices = rxpath_capture_links(capture);

	rxpath_link_select(devices, RXPATH_LINK_RINGS, &capture->scratch);
	if (capture->scratch.len > 0)
		return true;
	rxpath_link_select(devices, RXPATH_LINK_DROPS, &capture->scratch);
	return capture->backlog_dropped && (devices.len == 0 || capture->scratch.len > 0);
}

/* Where no CPU was, what the CPUs do is not read. */
static bool put_cpu_time(struct rxpath_capture *capture, const struct step *step,
			 const struct emitter *emitter, struct rxpath_error *error)
{
	const char *path = rxpath_source_row(step->source)->path;
	int result;

	if (capture->root < 0 && !was_overrun(capture))
		return true;
	result = rxpath_capture_file(capture, path + 1, RXPATH_FILE_LIMIT, &capture->scratch);
	return put_read(capture, path, result, emitter, error);
}

typedef bool capture_source(struct rxpath_capture *capture, const struct step *step,
			    const struct emitter *emitter, struct rxpath_error *error);

/* How a source of each layout is read; NULL: its file below /proc/net, as it stands. */
static capture_source *const readers[RXPATH_LAYOUTS] = {
	[RXPATH_LAYOUT_SOFTNET] = put_softnet,	   [RXPATH_LAYOUT_DEVICES] = put_devices,
	[RXPATH_LAYOUT_DRIVER] = put_drivers,	   [RXPATH_LAYOUT_SOCKSTAT] = put_sockstat,
	[RXPATH_LAYOUT_CONNTRACK] = put_conntrack, [RXPATH_LAYOUT_SOCKETS] = put_sockets,
	[RXPATH_LAYOUT_PACKET] = put_asked,	   [RXPATH_LAYOUT_LISTENERS] = put_asked,
	[RXPATH_LAYOUT_XDP] = put_asked,	   [RXPATH_LAYOUT_DEVICE_COUNTERS] = put_asked,
	[RXPATH_LAYOUT_RULES] = put_asked,	   [RXPATH_LAYOUT_CPU_TIME] = put_cpu_time,
	[RXPATH_LAYOUT_NFQUEUE] = put_queues,
};

/* Services with a private network and sandboxes are in namespaces that never received a packet: the
 * largest files have nothing to say there. */
static bool is_unused(const struct rxpath_capture *capture)
{
	return capture->purpose.brief && capture->have_rtnetlink && !capture->received &&
	       rxpath_link_is_loopback(rxpath_capture_links(capture));
}

static bool put_step(struct rxpath_capture *capture, const struct step *step,
		     const struct emitter *emitter, struct rxpath_error *error)
{
	const struct rxpath_source_row *row = rxpath_source_row(step->source);

	if (capture->purpose.brief &&
	    (row->quiet == RXPATH_QUIET_SKIP ||
	     (row->quiet == RXPATH_QUIET_WITHOUT_RTNETLINK && capture->have_rtnetlink)))
		return true;
	if ((row->of_received && is_unused(capture)) ||
	    (row->layout != RXPATH_LAYOUT_SOCKETS && capture->empty[step->source] &&
	     (capture->purpose.brief || capture->purpose.extent == RXPATH_NETNS_ALONE)))
		return rxpath_emit_section(emitter, "rxpath/unmoved", 0, rxpath_slice_of(row->path),
					   error);
	return (readers[row->layout] ? readers[row->layout] : put_proc)(capture, step, emitter,
									error);
}

const struct rxpath_purpose *rxpath_capture_purpose(const struct rxpath_capture *capture)
{
	return &capture->purpose;
}

bool rxpath_capture_is_live(const struct rxpath_capture *capture)
{
	return capture->root < 0;
}

_Static_assert(RXPATH_SOURCES <= 64, "a bit for each source");

uint64_t rxpath_capture_absent(const struct rxpath_capture *capture)
{
	return capture->absent;
}

void rxpath_capture_assume_absent(struct rxpath_capture *capture, uint64_t absent)
{
	capture->assumed_absent = absent;
}

bool rxpath_capture_sections(struct rxpath_capture *capture, rxpath_sink *sink, void *context,
			     struct rxpath_error *error)
{
	const struct emitter emitter = {sink, context, capture->purpose.interrupt};
	bool done = true;

	capture->absent = capture->assumed_absent;
	capture->received = false;
	if (capture->root < 0) {
		memset(capture->empty, 0, sizeof capture->empty);
		memset(capture->no_tcp, 0, sizeof capture->no_tcp);
	} else {
		done = (capture->purpose.brief && capture->purpose.alone) ||
		       put_facts(capture, &emitter, error);
		/* Below a root another directory may stand there each time. */
		capture->net_dir =
			rxpath_root_open_net(capture->root, capture->net, sizeof capture->net);
		capture->net_by_kernel = rxpath_is_on(capture->net_dir, PROC_SUPER_MAGIC);
	}
	for (size_t i = 0; done && i < capture->step_count; i++)
		done = put_step(capture, &capture->steps[i], &emitter, error);
	if (capture->root >= 0 && capture->net_dir >= 0) {
		close(capture->net_dir);
		capture->net_dir = -1;
	}
	return done;
}

bool rxpath_capture_sample(struct rxpath_capture *capture, rxpath_sink *sink, void *context,
			   struct rxpath_error *error)
{
	const struct emitter emitter = {sink, context, capture->purpose.interrupt};

	capture->have_rtnetlink = false;
	/* A sample for the exit status alone says no more than that this program made it: what it
	 * lacks the kernel lacks. */
	return (capture->purpose.brief
			? rxpath_emit_section(&emitter, "rxpath", 0,
					      rxpath_slice_of("version " RXPATH_VERSION "\n"),
					      error)
			: rxpath_meta(rxpath_capture_is_live(capture), capture->netns,
				      capture->ns_path, &capture->boot, &emitter, error)) &&
	       rxpath_capture_sections(capture, sink, context, error);
}

bool rxpath_capture_connections(struct rxpath_capture *capture, rxpath_sink *sink, void *context,
				struct rxpath_error *error)
{
	const struct emitter emitter = {sink, context, capture->purpose.interrupt};
	int fd;

	if (!rxpath_capture_is_inside(capture) || !rxpath_capture_is_live(capture))
		return true;
	fd = netlink_of(capture, NETLINK_SOCK_DIAG);
	return fd < 0 ||
	       put_answer(capture, rxpath_connections, fd,
			  rxpath_source_row(RXPATH_SOURCE_CONNECTIONS)->path, &emitter, error);
}
