/* capture.c: one sample of the live system, or of the files under --root, in the order
 * that exactness asks for. What was opened stays open: reading at 0 again costs much less
 * than opening anew. */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture_internal.h"
#include "rxpath/version.h"

/* Sources that are set against each other are read around each other, the small one before and
 * after the large one: softnet around the devices, the MIBs around the sockets. A figure's two
 * readings tell what the time in between can explain. netstat holds terms of the IPv4
 * residual, whose others stand in snmp, so it stands between the two as well. A driver's own
 * statistics, which can take long, and the small tables that nothing is set against stand
 * outside of these brackets. A brief sample asks only whether anything was lost: a loss that falls
 * between two readings is one all the same, so it does without the second ones, and without what
 * tells of no loss; but a file that somebody stored broken is told of in a brief sample too. */
static const struct step {
	enum { STEP_PROC, STEP_TABLE, STEP_LINK, STEP_ETHTOOL, STEP_PACKET, STEP_LISTEN } kind;
	enum { SPARED, BY_FILES, ALWAYS } brief;	/* in a brief sample; by files: where the
							 * kernel does not tell of devices */
	const char *path;	/* as the bundle calls the file; NULL: no file */
	const char *diag;	/* what the bundle calls sock_diag's answer of a STEP_TABLE */
} steps[] = {
	{STEP_PROC, ALWAYS, "/proc/net/softnet_stat", NULL},
	{STEP_LINK, ALWAYS, NULL, NULL},
	{STEP_PROC, BY_FILES, "/proc/net/dev", NULL},
	{STEP_PROC, SPARED, "/proc/net/softnet_stat", NULL},
	{STEP_ETHTOOL, SPARED, NULL, NULL},
	{STEP_PROC, BY_FILES, "/proc/net/ptype", NULL},
	{STEP_PACKET, SPARED, NULL, NULL},
	{STEP_PROC, ALWAYS, "/proc/net/snmp", NULL},
	{STEP_PROC, ALWAYS, "/proc/net/snmp6", NULL},
	{STEP_PROC, ALWAYS, "/proc/net/netstat", NULL},
	{STEP_PROC, ALWAYS, "/proc/net/stat/nf_conntrack", NULL},
	{STEP_PROC, BY_FILES, "/proc/net/stat/rt_cache", NULL},
	{STEP_TABLE, ALWAYS, "/proc/net/udp", "rxpath/diag/udp"},
	{STEP_TABLE, ALWAYS, "/proc/net/udp6", "rxpath/diag/udp6"},
	{STEP_TABLE, ALWAYS, "/proc/net/udplite", "rxpath/diag/udplite"},
	{STEP_TABLE, ALWAYS, "/proc/net/udplite6", "rxpath/diag/udplite6"},
	{STEP_TABLE, ALWAYS, "/proc/net/raw", "rxpath/diag/raw"},
	{STEP_TABLE, ALWAYS, "/proc/net/raw6", "rxpath/diag/raw6"},
	{STEP_TABLE, ALWAYS, "/proc/net/icmp", "rxpath/diag/icmp"},
	{STEP_TABLE, ALWAYS, "/proc/net/icmp6", "rxpath/diag/icmp6"},
	{STEP_PROC, SPARED, "/proc/net/snmp", NULL},
	{STEP_PROC, SPARED, "/proc/net/snmp6", NULL},
	{STEP_LISTEN, SPARED, NULL, NULL},
};
#define STEPS (sizeof steps / sizeof *steps)

/* Its name in the namespace's directory, wherever that is. */
static const char *name_of(size_t at)
{
	return steps[at].path + strlen("/proc/net/");
}

/* Before Linux 5.10 softnet_stat does not say which CPU a row belongs to. */
#define SOFTNET_COLUMNS_WITH_CPU 13

struct rxpath_capture {
	int root;			/* the directory of proc and sys; -1: the live system */
	char net[64];			/* "/proc/net"; "/proc/PID/net" of one not entered */
	char *netns;			/* as the user named it; NULL */
	struct rxpath_purpose purpose;
	bool linked;			/* the kernel told of every device, in this sample */
	bool entered;			/* a namespace that is not the one we were started in */
	char link[64];			/* what tells the namespace's identity */
	int net_dir;			/* `net`: opening below it is cheaper; -1 */
	bool net_by_kernel;		/* it is procfs: all in it are directories and files */
	int files[STEPS];		/* -1: not open */
	int inuse[RXPATH_INUSE_FILES];
	unsigned empty;			/* the tables of sockets that are, in this sample */
	int rtnetlink;
	struct rxpath_sockdiag *diag;	/* made when it is first needed */
	struct rxpath_ethtool *ethtool;	/* made when it is first needed */
	struct rxpath_buf links;	/* the devices, as the last sample had them */
	struct rxpath_buf boot;		/* the line that tells which boot it is */
	struct rxpath_buf scratch;
};

static bool enter_target(struct rxpath_capture *capture, const struct rxpath_target *target,
			 struct rxpath_error *error)
{
	bool denied;

	if (target->root) {
		/* Paths below a root are those of the live system without the first slash. */
		memcpy(capture->net, "proc/net", sizeof "proc/net");
		capture->root = open(target->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
		return capture->root >= 0 || rxpath_error_system(error, target->root, errno);
	}
	if (target->netns || target->pid) {
		if (!rxpath_netns_enter(target, &denied, error)) {
			/* Anybody may read the files of a process's namespace; only netlink, and so
			 * the receive limits, needs to be inside. */
			if (!denied || !target->pid)
				return false;
			snprintf(capture->net, sizeof capture->net, "/proc/%.20s/net", target->pid);
			snprintf(capture->link, sizeof capture->link, "/proc/%.20s/ns/net",
				 target->pid);
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
	capture->rtnetlink = rxpath_netlink_open(NETLINK_ROUTE);
	return true;
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
	capture->rtnetlink = -1;
	capture->net_dir = -1;
	for (size_t i = 0; i < RXPATH_INUSE_FILES; i++)
		capture->inuse[i] = -1;
	for (size_t i = 0; i < STEPS; i++)
		capture->files[i] = -1;
	memcpy(capture->net, "/proc/net", sizeof "/proc/net");
	memcpy(capture->link, "/proc/self/ns/net", sizeof "/proc/self/ns/net");
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
	for (size_t i = 0; i < STEPS; i++)
		if (capture->files[i] >= 0)
			close(capture->files[i]);
	for (size_t i = 0; i < RXPATH_INUSE_FILES; i++)
		if (capture->inuse[i] >= 0)
			close(capture->inuse[i]);
	if (capture->net_dir >= 0)
		close(capture->net_dir);
	if (capture->root >= 0)
		close(capture->root);
	if (capture->rtnetlink >= 0)
		close(capture->rtnetlink);
	rxpath_sockdiag_close(capture->diag);
	rxpath_ethtool_close(capture->ethtool);
	rxpath_buf_free(&capture->links);
	rxpath_buf_free(&capture->boot);
	rxpath_buf_free(&capture->scratch);
	free(capture->netns);
	free(capture);
}

static int open_below(const struct rxpath_capture *capture, const char *path)
{
	/* Every live path is absolute and the kernel's own; below --root anything may stand. */
	return capture->root < 0 ? open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY) :
				   rxpath_root_open(capture->root, path);
}

/* Files that come twice in a sample share one descriptor, so each keeps it under its first step. */
static size_t first_step(size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (steps[i].path && strcmp(steps[i].path, steps[at].path) == 0)
			return i;
	return at;
}

/* Reads the step's file into `scratch`. 0, or an errno. */
static int read_proc(struct rxpath_capture *capture, size_t at)
{
	int *kept = &capture->files[first_step(at)];
	int fd = *kept;
	char path[128];
	int result;

	if (fd < 0 && capture->net_by_kernel)
		fd = openat(capture->net_dir, name_of(at),
			    O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0 && capture->net_dir >= 0 && capture->root >= 0)
		fd = rxpath_root_open(capture->net_dir, name_of(at));
	/* A link below the root may lead out of its directory. */
	if (fd < 0 && (capture->net_dir < 0 || capture->root >= 0)) {
		snprintf(path, sizeof path, "%s/%s", capture->net, name_of(at));
		fd = open_below(capture, path);
	}
	if (fd < 0)
		result = errno;
	else
		result = rxpath_read_file(fd, RXPATH_FILE_LIMIT, NULL, &capture->scratch);
	/* Stored files may be replaced by others of their name at any time; the
	 * kernel's are not. */
	if (capture->root < 0)
		*kept = fd;
	else if (fd >= 0)
		close(fd);
	return result;
}

/* Hands on what read_proc has read. */
static bool put_read(struct rxpath_capture *capture, size_t at, int result,
		     const struct emitter *emitter, struct rxpath_error *error)
{
	if (result == ENOMEM)
		return rxpath_error_memory(error);
	return rxpath_emit_section(emitter, steps[at].path, result,
				   result == 0 ? rxpath_buf_view(&capture->scratch) :
						 (struct rxpath_slice){"", 0},
				   error);
}

static bool put_proc(struct rxpath_capture *capture, size_t at, const struct emitter *emitter,
		     struct rxpath_error *error)
{
	return put_read(capture, at, read_proc(capture, at), emitter, error);
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

static bool put_table(struct rxpath_capture *capture, size_t at, const struct emitter *emitter,
		      struct rxpath_error *error)
{
	const char *name = name_of(at);
	bool inside = capture->rtnetlink >= 0;
	bool done = inside && rxpath_inuse_is_empty(capture->empty, name);

	if (!done && inside &&
	    !rxpath_sockdiag_table(diag_of(capture), steps[at].diag, emitter, &done, error))
		return false;
	if (!done)
		return put_proc(capture, at, emitter, error) &&
		       (capture->scratch.len <= ONE_READ ||
			rxpath_emit_pieces(emitter, name, error));
	/* An empty part at the end: also a table without any socket has been read. */
	return rxpath_emit_section(emitter, steps[at].diag, 0, (struct rxpath_slice){"", 0}, error);
}

static bool put_link(struct rxpath_capture *capture, const struct emitter *emitter,
		     struct rxpath_error *error)
{
	if (capture->root >= 0)
		return rxpath_sysfs(capture->root, "sys/class/net", !capture->purpose.alone,
				    &capture->scratch, emitter, error);
	/* /sys/class/net shows the namespace that it was mounted in, which need not be this one, so
	 * live figures come by netlink alone; without it the sums of /proc/net/dev have to do. */
	return capture->rtnetlink < 0 ||
	       rxpath_rtlink(capture->rtnetlink, &capture->links, emitter, &capture->linked, error);
}

struct rxpath_slice rxpath_capture_links(const struct rxpath_capture *capture)
{
	return rxpath_buf_view(&capture->links);
}

static bool put_ethtool(struct rxpath_capture *capture, const struct emitter *emitter,
			struct rxpath_error *error)
{
	if (capture->rtnetlink < 0)
		return true;
	if (!capture->ethtool)
		capture->ethtool = rxpath_ethtool_open();
	return !capture->ethtool ||
	       rxpath_ethtool_statistics(capture->ethtool, rxpath_capture_links(capture), emitter,
					 error);
}

void rxpath_capture_driver(struct rxpath_capture *capture, const char *device,
			   struct rxpath_buf *out)
{
	if (capture->ethtool)
		rxpath_ethtool_settings(capture->ethtool, device, out);
}

/* What only sock_diag has. Files below a root have nothing of the kind, which is no news. */
static bool put_small_table(struct rxpath_capture *capture, const char *path,
			    const struct emitter *emitter, struct rxpath_error *error)
{
	if (capture->root >= 0)
		return true;
	if (!rxpath_capture_is_inside(capture))
		return rxpath_emit_section(emitter, path, EPERM, (struct rxpath_slice){"", 0},
					   error);
	if (!diag_of(capture))
		return rxpath_emit_section(emitter, path, ENOENT, (struct rxpath_slice){"", 0},
					   error);
	if (strcmp(path, "rxpath/packet") == 0)
		return rxpath_packet_sockets(rxpath_sockdiag_fd(capture->diag),
					     rxpath_capture_links(capture), emitter, error);
	return rxpath_listeners(rxpath_sockdiag_fd(capture->diag), &capture->scratch, emitter,
				error);
}

int rxpath_capture_file(struct rxpath_capture *capture, const char *path, size_t limit,
			struct rxpath_buf *out)
{
	char live[256];
	int fd, result;

	if ((size_t)snprintf(live, sizeof live, "/%s", path) >= sizeof live)
		return ENAMETOOLONG;
	fd = open_below(capture, capture->root < 0 ? live : path);
	if (fd < 0)
		return errno;
	result = rxpath_read_file(fd, limit, NULL, out);
	close(fd);
	return result;
}

int rxpath_capture_net_file(struct rxpath_capture *capture, const char *name, size_t limit,
			    struct rxpath_buf *out)
{
	char path[128];

	/* A path of /proc, or one below the root that has no first slash. */
	snprintf(path, sizeof path, "%s/%s", capture->net + (capture->net[0] == '/'), name);
	return rxpath_capture_file(capture, path, limit, out);
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

static bool put_file(struct rxpath_capture *capture, const char *path,
		     const struct emitter *emitter, struct rxpath_error *error)
{
	int fd = open_below(capture, path);
	int result =
		fd < 0 ? errno : rxpath_read_file(fd, RXPATH_FILE_LIMIT, NULL, &capture->scratch);

	if (fd >= 0)
		close(fd);
	if (result == ENOMEM)
		return rxpath_error_memory(error);
	return result != 0 ||
	       rxpath_emit_section(emitter, path, 0, rxpath_buf_view(&capture->scratch), error);
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

static bool put_step(struct rxpath_capture *capture, size_t at, const struct emitter *emitter,
		     struct rxpath_error *error)
{
	static const char online[] = "/sys/devices/system/cpu/online";
	const char *online_path = capture->root < 0 ? online : online + 1;
	int result;

	switch (steps[at].kind) {
	case STEP_LINK:
		return put_link(capture, emitter, error);
	case STEP_TABLE:
		return put_table(capture, at, emitter, error);
	case STEP_ETHTOOL:
		return put_ethtool(capture, emitter, error);
	case STEP_PACKET:
		return put_small_table(capture, "rxpath/packet", emitter, error);
	case STEP_LISTEN:
		return put_small_table(capture, "rxpath/listeners", emitter, error);
	case STEP_PROC:
		break;
	}
	if (strcmp(name_of(at), "softnet_stat") != 0)
		return put_proc(capture, at, emitter, error);
	result = read_proc(capture, at);
	if (result != 0 || !lacks_cpu_column(&capture->scratch))
		return put_read(capture, at, result, emitter, error);
	/* The list of CPUs comes before the rows that it explains, and after the last of them
	 * again, to show whether it changed in between. */
	if (at > 0)
		return put_read(capture, at, result, emitter, error) &&
		       put_file(capture, online_path, emitter, error);
	return put_file(capture, online_path, emitter, error) &&
	       put_proc(capture, at, emitter, error);
}

static bool is_spared(const struct rxpath_capture *capture, size_t at)
{
	return capture->purpose.brief &&
	       (steps[at].brief == SPARED || (steps[at].brief == BY_FILES && capture->linked));
}

bool rxpath_capture_is_live(const struct rxpath_capture *capture)
{
	return capture->root < 0;
}

bool rxpath_capture_sections(struct rxpath_capture *capture, rxpath_sink *sink, void *context,
			     struct rxpath_error *error)
{
	const struct emitter emitter = {sink, context};
	bool done = true;

	if (capture->root < 0) {
		capture->empty = capture->net_dir < 0 ? 0 :
				 rxpath_inuse_empty(capture->net_dir, capture->inuse);
	} else {
		done = (capture->purpose.brief && capture->purpose.alone) ||
		       put_facts(capture, &emitter, error);
		/* Below a root another directory may stand there each time. */
		capture->net_dir = rxpath_root_opendir(capture->root, capture->net);
		capture->net_by_kernel = rxpath_is_on(capture->net_dir, PROC_SUPER_MAGIC);
	}
	for (size_t i = 0; done && i < STEPS; i++)
		if (!is_spared(capture, i))
			done = put_step(capture, i, &emitter, error);
	if (capture->root >= 0 && capture->net_dir >= 0) {
		close(capture->net_dir);
		capture->net_dir = -1;
	}
	return done;
}

bool rxpath_capture_sample(struct rxpath_capture *capture, rxpath_sink *sink, void *context,
			   struct rxpath_error *error)
{
	const struct emitter emitter = {sink, context};

	capture->linked = false;
	/* A sample for the exit status alone says no more than that this program made it: what it
	 * lacks the kernel lacks. */
	return (capture->purpose.brief ?
			rxpath_emit_section(&emitter, "rxpath", 0,
					    rxpath_slice_of("version " RXPATH_VERSION "\n"),
					    error) :
			rxpath_meta(rxpath_capture_is_live(capture), capture->netns, capture->link,
				    &capture->boot, &emitter, error)) &&
	       rxpath_capture_sections(capture, sink, context, error);
}
