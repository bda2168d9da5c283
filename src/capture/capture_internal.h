/* capture_internal.h: what the files of src/capture share. */
#ifndef RXPATH_CAPTURE_INTERNAL_H
#define RXPATH_CAPTURE_INTERNAL_H

#include <linux/netlink.h>

#include "rxpath/capture.h"
#include "rxpath/device.h"
#include "rxpath/nlmsg.h"
#include "rxpath/read.h"
#include "rxpath/source.h"

/* How functions here fail: those that emit sections return false and fill the emitter's error;
 * those that only ask the kernel return an errno; those that open something return -1 and set
 * errno. */

/* emitter.c: where sections go, and where the error goes when one could not be passed on. */
struct emitter {
	rxpath_sink *sink;
	void *context;
	const struct rxpath_interrupt *interrupt;
	struct rxpath_error *error;
};

/* Passes a section to the sink. False when the sink returns false, or when interrupted. */
bool rxpath_emit_section(const struct emitter *emitter, const char *path, int error,
			 struct rxpath_slice bytes);

/* The same for the outcome of a read: the text where `result` is 0 (`text` NULL: empty), else an
 * empty section with that errno. ENOMEM, or a text that ran out of memory, is an error: false. */
bool rxpath_emit_text(const struct emitter *emitter, const char *path, int result,
		      const struct rxpath_buf *text);

/* A section about one device, named PREFIX and the escaped device name. An empty text makes no
 * section. */
bool rxpath_emit_device(const struct emitter *emitter, const char *prefix, const char *device,
			const struct rxpath_buf *text);

/* Section rxpath/listing/NAME: that table was read in several pieces. Between them the kernel
 * unlocks the table, and finds where to go on by counting, so a socket may be missed. */
bool rxpath_emit_pieces(const struct emitter *emitter, enum rxpath_source table);

/* root.c: opening below a directory without ever leaving it. */

/* Opens DIR/PATH for reading. No link in the path, and no "..", can lead out of DIR. -1 with errno:
 * ENOTSUP when it is a pipe, a device, a socket. */
int rxpath_root_open(int dir, const char *path);

/* The same for a directory. */
int rxpath_root_opendir(int dir, const char *path);

/* The same for the directory of the network namespace's files, whose name goes to `path`. -1 with
 * errno, and then `path` is "/proc/net". */
int rxpath_root_open_net(int dir, char *path, size_t size);

/* Whether the directory is on a file system of that kind (linux/magic.h). */
bool rxpath_is_on(int dir, long magic);

/* tree.c: whether the directory holds proc/net. RXPATH_WRONG_LEVEL: it does not, but the
 * directory above or below it does; *error then says so. */
enum rxpath_tree { RXPATH_WRONG_LEVEL, RXPATH_NO_NET, RXPATH_TREE };
enum rxpath_tree rxpath_tree_at(int dir, const char *name, struct rxpath_error *error);

/* netlink.c */

/* A netlink socket of that protocol, whose receives time out; -1 with errno. */
int rxpath_netlink_open(int protocol);

/* Takes a part of an answer; false ends it. */
typedef bool rxpath_netlink_part(void *context, struct rxpath_slice messages);

/* Asks for all objects of this type (RTM_GETLINK, ...) with a request of at most
 * RXPATH_NETLINK_REQUEST bytes after the header, and hands each datagram of the answer to `part`
 * until NLMSG_DONE. 0, or an errno: also one that the kernel put inside NLMSG_ERROR or NLMSG_DONE;
 * ETIMEDOUT when the answer does not end; ECANCELED when `part` returned false. */
#define RXPATH_NETLINK_REQUEST 640
int rxpath_netlink_dump(int fd, uint16_t type, const void *request, size_t len,
			rxpath_netlink_part *part, void *context);

/* The same, but `take` gets the payload of each message of type `answer`. */
typedef void rxpath_netlink_message(void *context, struct rxpath_slice payload);
int rxpath_netlink_messages(int fd, uint16_t type, const void *request, size_t len, uint16_t answer,
			    rxpath_netlink_message *take, void *context);

/* The same for the one object that the request names. */
int rxpath_netlink_ask(int fd, uint16_t type, const void *request, size_t len, uint16_t answer,
		       rxpath_netlink_message *take, void *context);

/* inuse.c: in how many readings of sockstat or sockstat6 a table of sockets was empty. */
struct empty_tables {
	unsigned char of[RXPATH_SOURCES];
	unsigned char tcp[2]; /* IPv4, IPv6 */
};

/* Counts the tables that are empty according to the text of one of these files. `own`: how many
 * sockets the program itself has in the namespace. */
void rxpath_note_empty(struct rxpath_slice text, enum rxpath_source sockstat, int own,
		       struct empty_tables *empty);

/* Each count is a sum over the CPUs, and can be too small while a socket closes on another CPU than
 * it was opened on. So a table is taken for empty only if it was so twice. */
static inline bool rxpath_is_empty(unsigned char readings)
{
	return readings > 1;
}

/* A query for a source that only netlink has, and the buffer for its text. Functions that take a
 * query return 0 or an errno: ENOENT where the kernel has no such objects. The caller checks
 * whether `out` ran out of memory. */
struct netlink_query {
	int fd;			     /* a socket of the protocol to ask; -1: not needed */
	struct rxpath_slice devices; /* the text of rxpath/link, for names */
	bool all_rules;		     /* read all netfilter rules, however many there are */
	int net_dir;		     /* /proc/net of the namespace */
	const struct empty_tables *empty;
	struct rxpath_buf *out; /* empty at first */
};

/* genl.c: a generic netlink socket, and the numbers of its families. 0: the kernel lacks the
 * family, or has not been asked yet. */
struct genl {
	int fd; /* -1: not open */
	bool asked;
	uint16_t ethtool, netdev, ovs_datapath;
};

/* Opens the socket and looks up the families at the first call. False without a socket. */
bool rxpath_genl_open(struct genl *genl);

/* sockdiag.c: the outcome of asking the kernel for a table of sockets. */
enum rxpath_answer {
	RXPATH_ANSWERED,
	RXPATH_NO_ANSWER,
	RXPATH_STOPPED, /* the sink returned false, or no memory: see the error */
};

/* Whether sock_diag has that table of sockets. */
bool rxpath_sockdiag_has(enum rxpath_source source);

/* Emits all sockets of that table, in sections with the row's section name. */
enum rxpath_answer rxpath_sockdiag_table(int fd, enum rxpath_source source,
					 const struct emitter *emitter);

/* listeners.c: section rxpath/listeners, TCP sockets that wait for connections. */
int rxpath_listeners(const struct netlink_query *query);

/* The same file: section rxpath/connections, TCP connections that dropped segments or whose
 * receive buffers are more than half full. The kernel walks all connections for it. */
int rxpath_connections(const struct netlink_query *query);

/* packetdiag.c: section rxpath/packet, AF_PACKET sockets. */
int rxpath_packet_sockets(const struct netlink_query *query);

/* nftables.c: section rxpath/nftables, the rules that drop, reject or queue packets. E2BIG: too
 * many rules. */
int rxpath_nftables(const struct netlink_query *query);

/* iptables.c: section rxpath/iptables, the same for iptables-legacy. It needs no netlink. */
int rxpath_iptables(const struct netlink_query *query);

/* Reading more rules takes long, and few of them refuse packets. */
#define RXPATH_MAX_RULES 10000

static inline size_t rxpath_rule_limit(const struct netlink_query *query)
{
	return query->all_rules ? SIZE_MAX : RXPATH_MAX_RULES;
}

/* settings.c: begins a line "device.NAME.WORD", or writes all of it with its value. */
void rxpath_put_setting_name(struct rxpath_buf *out, const char *device, const char *word);
void rxpath_put_setting(struct rxpath_buf *out, const char *device, const char *word,
			uint64_t value);

/* ethtool.c */
struct rxpath_ethtool;
struct rxpath_ethtool *rxpath_ethtool_open(void);
void rxpath_ethtool_close(struct rxpath_ethtool *ethtool);

/* The drivers' own statistics about losses, as sections rxpath/ethtool/DEVICE, for all devices in
 * the text of rxpath/link. */
bool rxpath_ethtool_statistics(struct rxpath_ethtool *ethtool, struct genl *genl,
			       struct rxpath_slice table, const struct emitter *emitter);

/* Lines "device.NAME.WORD value": driver, speed, ring, ring_max. */
void rxpath_ethtool_settings(const struct rxpath_ethtool *ethtool,
			     const char name[RXPATH_DEVICE_NAME], struct rxpath_buf *out);

/* Takes the next device off the text of rxpath/link. `name` is padded with NULs. */
bool rxpath_link_next(struct rxpath_slice *table, int *ifindex, char name[RXPATH_DEVICE_NAME]);

/* The device's name in that text, still escaped; "?": not found. */
struct rxpath_slice rxpath_link_name(struct rxpath_slice table, uint32_t ifindex);

/* conntrack.c: writes the counters of connection tracking as a table; `entries` is the number of
 * tracked connections. 0, or an errno: EPERM without CAP_NET_ADMIN. */
int rxpath_conntrack(uint32_t entries, struct rxpath_buf *out);

/* Which rows of rxpath/link to select. */
enum rxpath_link_rows {
	RXPATH_LINK_DROPS,  /* rx_dropped is not 0, or an XDP program is attached: the driver may
			     * know of a loss */
	RXPATH_LINK_LOSSES, /* any receive counter of errors or losses is not 0 */
	RXPATH_LINK_RINGS,  /* a counter that rises when the CPU is too slow is not 0 */
};
void rxpath_link_select(struct rxpath_slice table, enum rxpath_link_rows rows,
			struct rxpath_buf *out);

/* Whether an XDP program is attached to any device of that text. */
bool rxpath_link_has_xdp(struct rxpath_slice table);

/* xdpdiag.c: section rxpath/xdp, AF_XDP sockets. */
int rxpath_xdp_sockets(const struct netlink_query *query);

/* Whether any device of that text is Open vSwitch's. */
bool rxpath_link_has_ovs(struct rxpath_slice table);

/* genl.c: section rxpath/ovs, packets that Open vSwitch lost. */
int rxpath_ovs_datapaths(const struct netlink_query *query);

/* hardware.c: sections rxpath/hardware/DEVICE, the statistics of queues and hardware that
 * generic netlink has, for the devices in `table`. */
bool rxpath_hardware(struct genl *genl, struct rxpath_slice table, const struct emitter *emitter);

/* The same file: pause frames that the device sent. False: its driver does not report them. */
bool rxpath_pause_frames(struct genl *genl, int ifindex, uint64_t *sent);

/* The same file: which interrupt and which thread of the kernel take the packets of each receive
 * queue, as lines "device.NAME.napi.QUEUE IRQ THREAD", "-" where there is none. */
void rxpath_put_napi(struct genl *genl, const char *device, int ifindex, struct rxpath_buf *out);

/* qdisc.c: section rxpath/qdisc, received packets that traffic control dropped. */
int rxpath_qdiscs(const struct netlink_query *query);

/* The same file: the filters of devices whose qdiscs dropped packets, as lines "device.NAME.tc.N
 * KIND PREF CHAIN ACTION DROPS". */
void rxpath_qdisc_filters(const struct netlink_query *query);

/* interrupts.c: for a device that sysfs shows: the lines of rxpath_put_napi, and
 * "device.NAME.irq.NUMBER CPU COUNT CPUS WHAT". */
void rxpath_put_interrupts(struct rxpath_capture *capture, const char *device, int ifindex,
			   struct rxpath_buf *out);

/* cgroup.c: opens the mount point of cgroup2; -1: it is not mounted. */
int rxpath_cgroup_mount(struct rxpath_capture *capture);

/* The directory of the group with that id; -1 with errno: EPERM without CAP_DAC_READ_SEARCH. */
int rxpath_cgroup_open(int mount, uint64_t id);

/* inuse.c: whether IP received a packet since the namespace was created, according to the
 * text of snmp or snmp6. */
bool rxpath_has_received(struct rxpath_slice text, enum rxpath_source source);

/* Whether the only device of that text is the loopback device. */
bool rxpath_link_is_loopback(struct rxpath_slice table);

/* rtlink.c: the text of section rxpath/link: all devices' statistics. 0, or an errno. */
int rxpath_rtlink(int fd, struct rxpath_buf *out);

/* sysfs.c: the same from DIR/sys/class/net, a section for each file. `identify`: also each device's
 * ifindex, by which the next sample recognises it. */
bool rxpath_sysfs(int dir, bool identify, struct rxpath_buf *scratch,
		  const struct emitter *emitter);

/* netns.c: enters a namespace. With --pid, *process is a descriptor of /proc/PID (else -1), so that
 * another process that gets the number is not mistaken for it. Denied: entering it needs privilege,
 * and nothing has changed. */
enum rxpath_entry {
	RXPATH_ENTRY_FAILED,
	RXPATH_ENTRY_DENIED,
	RXPATH_ENTERED,
};
enum rxpath_entry rxpath_netns_enter(const struct rxpath_target *target, int *process,
				     struct rxpath_error *error);

/* identity.c: section "rxpath": the time, and with `who` also host and namespace: the name that the
 * user gave (or NULL), and what `link` (/proc/PID/ns/net) points to. `boot`: empty at first, then
 * the line about the boot, which is read only once. */
bool rxpath_meta(bool who, const char *netns, const char *link, struct rxpath_buf *boot,
		 const struct emitter *emitter);

/* plan.c: one reading of one source. */
struct step {
	enum rxpath_source source;
	bool again; /* the second reading, after the source that it is compared with */
};

/* Fills in the steps of a sample and returns how many there are. */
#define MAX_STEPS (2 * (size_t)RXPATH_SOURCES)
size_t rxpath_plan_steps(const struct rxpath_purpose *purpose, struct step steps[MAX_STEPS]);

/* How many settings exist only in the host's own namespace. */
#define RXPATH_HOST_SETTINGS 7

struct rxpath_capture {
	int root;     /* the directory of proc and sys; -1: the live system */
	char net[64]; /* "/proc/net"; below /proc/self/fd of one not entered */
	char *netns;  /* as the user named it; NULL */
	struct rxpath_purpose purpose;
	bool entered;	    /* in another namespace than the one the program was started in */
	char ns_path[64];   /* the link that identifies the namespace */
	int net_dir;	    /* `net`, opened: opening files below it is cheaper; -1 */
	bool net_by_kernel; /* net_dir is procfs: it holds only directories and files */
	int process;	    /* /proc/PID, for a namespace given by a process; -1 */
	struct step steps[MAX_STEPS];
	size_t step_count;

	/* Kept open from one sample to the next; -1: not open. */
	int files[RXPATH_SOURCES];
	int of_host[RXPATH_HOST_SETTINGS]; /* opened before another namespace was entered */
	int netlink[NETLINK_GENERIC];	   /* by their protocols */
	struct genl genl;
	struct rxpath_ethtool *ethtool; /* made when it is first needed */

	/* Learnt from this kernel. */
	uint64_t absent;		   /* a bit for each file that it does not have */
	uint64_t assumed_absent;	   /* those that another namespace of this kernel lacks */
	bool without_diag[RXPATH_SOURCES]; /* the tables that sock_diag lacks */
	bool lacks_limits;		   /* the memory limits are not visible in this namespace */
	struct rxpath_buf boot;		   /* the line with the boot id */

	/* Learnt in this sample. */
	bool have_rtnetlink;  /* rtnetlink listed every device */
	bool received;	      /* IP received a packet in this namespace */
	bool backlog_dropped; /* since boot, by the last reading of softnet_stat */
	struct empty_tables empty;
	struct rxpath_buf device_table; /* that of the last sample, until this one has read it */
	struct rxpath_buf scratch;
};

/* False for files under --root: there are no processes. */
static inline bool rxpath_capture_is_live(const struct rxpath_capture *capture)
{
	return capture->root < 0;
}

/* False when the namespace could not be entered, so that only its files in /proc can be read. */
static inline bool rxpath_capture_is_inside(const struct rxpath_capture *capture)
{
	return capture->root >= 0 || capture->netlink[NETLINK_ROUTE] >= 0;
}

/* The text of rxpath/link in the last sample; empty before the first one. */
static inline struct rxpath_slice rxpath_capture_devices(const struct rxpath_capture *capture)
{
	return rxpath_buf_view(&capture->device_table);
}

/* capture.c: the sections of a sample, without those about this machine. */
bool rxpath_capture_sections(struct rxpath_capture *capture, rxpath_sink *sink, void *context,
			     struct rxpath_error *error);

/* files.c: opens the host's own settings, while this is still the host's namespace. */
void rxpath_capture_host_settings(struct rxpath_capture *capture);

/* Reads a whole file, of the live system or below the root. 0, or an errno. */
int rxpath_capture_file(const struct rxpath_capture *capture, const char *path, size_t limit,
			struct rxpath_buf *out);

/* Reads the source's file into `scratch`. 0, or an errno. */
int rxpath_capture_source(struct rxpath_capture *capture, enum rxpath_source source);

/* Emits the file as a section; one that cannot be read makes no section. */
bool rxpath_capture_put_file(struct rxpath_capture *capture, const char *path,
			     const struct emitter *emitter);

/* Whether /sys/class/net shows this device, and not one of the same name in another namespace. */
bool rxpath_capture_has_sysfs(struct rxpath_capture *capture, const char *device, int ifindex);

/* ask.c: the netlink socket of that protocol, opened when it is first needed. -1: the kernel cannot
 * be asked. */
int rxpath_capture_netlink(struct rxpath_capture *capture, int protocol);

/* Emits a source that no file has. */
bool rxpath_capture_ask(struct rxpath_capture *capture, const struct step *step,
			const struct emitter *emitter);

/* layouts.c: reads a source in the way that its layout needs. */
bool rxpath_capture_step(struct rxpath_capture *capture, const struct step *step,
			 const struct emitter *emitter);

#endif
