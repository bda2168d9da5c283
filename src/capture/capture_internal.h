/* capture_internal.h: what the files of src/capture share. */
#ifndef RXPATH_CAPTURE_INTERNAL_H
#define RXPATH_CAPTURE_INTERNAL_H

#include "rxpath/capture.h"
#include "rxpath/nlmsg.h"
#include "rxpath/read.h"
#include "rxpath/source.h"

/* How a function here fails: one that hands sections on returns false and fills *error; one that
 * only asks the kernel returns an errno; one that opens something returns -1 and sets errno. */

/* emitter.c: where sections go: a sink with its context. */
struct emitter {
	rxpath_sink *sink;
	void *context;
	const struct rxpath_interrupt *interrupt;
};

/* Hands a section to the sink. False when the sink said so, or when interrupted. */
bool rxpath_emit_section(const struct emitter *emitter, const char *path, int error,
			 struct rxpath_slice bytes, struct rxpath_error *failure);

/* root.c: opening below a directory without ever leaving it. */

/* Opens DIR/PATH for reading; no link on the way, and no "..", leads out of DIR. -1 with errno:
 * ENOTSUP when it is a pipe, a device, a socket. */
int rxpath_root_open(int dir, const char *path);

/* The same for a directory. */
int rxpath_root_opendir(int dir, const char *path);

/* The same for the directory of the network namespace's files; writes to `path` which it was. -1
 * with errno, and then `path` is "proc/net". */
int rxpath_root_open_net(int dir, char *path, size_t size);

/* Whether the directory is on a file system of that kind (linux/magic.h). */
bool rxpath_is_on(int dir, long magic);

/* tree.c: what the directory is: it holds proc/net; or it does not; or it does not, but the
 * directory above or below it does, which *error then says. */
enum rxpath_tree { RXPATH_WRONG_LEVEL, RXPATH_NO_NET, RXPATH_TREE };
enum rxpath_tree rxpath_tree_at(int dir, const char *name, struct rxpath_error *error);

/* netlink.c: requests and their answers. */

/* A netlink socket of that protocol, whose receives time out; -1 with errno. */
int rxpath_netlink_open(int protocol);

/* What a part of an answer is handed to; false ends it. */
typedef bool rxpath_netlink_part(void *context, struct rxpath_slice messages);

/* Asks for all that there is of this type (RTM_GETLINK, ...), by the request that follows the
 * header, of at most RXPATH_NETLINK_REQUEST bytes, and hands each datagram of the answer on until
 * NLMSG_DONE. 0, or an errno: also one that the kernel put inside NLMSG_ERROR or NLMSG_DONE;
 * ETIMEDOUT when the answer does not end; ECANCELED when `part` said false. */
#define RXPATH_NETLINK_REQUEST 640
int rxpath_netlink_dump(int fd, uint16_t type, const void *request, size_t len,
			rxpath_netlink_part *part, void *context);

/* The same, but hands on the payload of each message of type `answer`. */
typedef void rxpath_netlink_message(void *context, struct rxpath_slice payload);
int rxpath_netlink_messages(int fd, uint16_t type, const void *request, size_t len, uint16_t answer,
			    rxpath_netlink_message *take, void *context);

/* The same for one thing that the request names. */
int rxpath_netlink_ask(int fd, uint16_t type, const void *request, size_t len, uint16_t answer,
		       rxpath_netlink_message *take, void *context);

/* What a source that only netlink has is asked with, and where its text goes. The functions of this
 * kind return 0 or an errno: ENOENT where the kernel has nothing of the kind. That `out` ran out of
 * memory is for the caller to see. */
struct netlink_query {
	int fd;			     /* of the protocol that has the answer; -1: it has none */
	struct rxpath_slice devices; /* the text of rxpath/link, for names */
	bool all_rules;		     /* netfilter rules however many there are */
	int net_dir;		     /* /proc/net of the namespace */
	const bool *no_tcp;	     /* IPv4, IPv6: no socket of TCP is in use */
	struct rxpath_buf *out;	     /* empty at first */
};

/* genl.c: generic netlink, and the numbers of families there; 0: the kernel has none of that name,
 * or was not asked yet. */
struct genl {
	int fd; /* -1: not open */
	bool asked;
	uint16_t ethtool, netdev;
};

/* Opens it at the first call, and asks for the families. False without it. */
bool rxpath_genl_open(struct genl *genl);

/* sockdiag.c */
struct rxpath_sockdiag;
struct rxpath_sockdiag *rxpath_sockdiag_open(void);
void rxpath_sockdiag_close(struct rxpath_sockdiag *diag);

/* Whether sock_diag has that table of sockets at all. */
bool rxpath_sockdiag_has(enum rxpath_source source);

/* Section rxpath/listing/NAME: that table was read in several pieces, between which the kernel lets
 * go of it and finds its place again by counting. */
bool rxpath_emit_pieces(const struct emitter *emitter, const char *table,
			struct rxpath_error *error);

/* Whether the kernel told of a table, or a driver of its device. */
enum rxpath_answer {
	RXPATH_ANSWERED,
	RXPATH_NO_ANSWER,
	RXPATH_STOPPED, /* the sink said so or memory ran out; the error says which */
};

/* All sockets of that source's table as sections of its row's name. */
enum rxpath_answer rxpath_sockdiag_table(struct rxpath_sockdiag *diag, enum rxpath_source source,
					 const struct emitter *emitter, struct rxpath_error *error);

/* Its netlink socket, for the smaller tables. */
int rxpath_sockdiag_fd(const struct rxpath_sockdiag *diag);

/* listeners.c: section rxpath/listeners, TCP sockets that wait for connections. */
int rxpath_listeners(const struct netlink_query *query);

/* The same file: section rxpath/connections, TCP connections that dropped segments or whose receive
 * buffers are more than half full. All connections are walked for it. */
int rxpath_connections(const struct netlink_query *query);

/* packetdiag.c: section rxpath/packet, sockets that take copies of packets. */
int rxpath_packet_sockets(const struct netlink_query *query);

/* nftables.c: section rxpath/nftables, the rules that take packets. E2BIG: there are too many. */
int rxpath_nftables(const struct netlink_query *query);

/* iptables.c: section rxpath/iptables, the same of iptables-legacy. It needs no netlink. */
int rxpath_iptables(const struct netlink_query *query);

/* Reading many rules takes long, and most of them have nothing to say. */
#define RXPATH_MAX_RULES 10000

static inline size_t rxpath_rule_limit(const struct netlink_query *query)
{
	return query->all_rules ? SIZE_MAX : RXPATH_MAX_RULES;
}

/* ethtool.c */
struct rxpath_ethtool;
struct rxpath_ethtool *rxpath_ethtool_open(void);
void rxpath_ethtool_close(struct rxpath_ethtool *ethtool);

/* The drivers' own statistics that tell of losses, as sections rxpath/ethtool/DEVICE, of all
 * devices of the text of rxpath/link. */
bool rxpath_ethtool_statistics(struct rxpath_ethtool *ethtool, struct genl *genl,
			       struct rxpath_slice table, const struct emitter *emitter,
			       struct rxpath_error *error);

/* Lines "device.NAME.WORD value": driver, speed, ring, ring_max. */
void rxpath_ethtool_settings(const struct rxpath_ethtool *ethtool, const char *device,
			     struct rxpath_buf *out);

/* With its NUL, as IFNAMSIZ. */
#define RXPATH_DEVICE_NAME 16

/* Takes the next device off the text of rxpath/link; its name padded with NULs. */
bool rxpath_link_next(struct rxpath_slice *table, int *ifindex, char name[RXPATH_DEVICE_NAME]);

/* The device's name in that text, escaped as it stands there; "?": it is not there. */
struct rxpath_slice rxpath_link_name(struct rxpath_slice table, uint32_t ifindex);

/* conntrack.c: writes what connection tracking counted as a table of that many entries. 0, or an
 * errno: EPERM without CAP_NET_ADMIN. */
int rxpath_conntrack(uint32_t entries, struct rxpath_buf *out);

/* Rows of that text. */
enum rxpath_link_rows {
	RXPATH_LINK_DROPS,  /* rx_dropped is not 0, or an XDP program is attached: what a driver
			     * can tell of a loss */
	RXPATH_LINK_LOSSES, /* any receive counter of errors or losses is not 0 */
	RXPATH_LINK_RINGS,  /* one of those is not 0 that rise when the CPU is too slow */
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

/* hardware.c: what generic netlink tells of a device's queues and of its wire, as sections
 * rxpath/hardware/DEVICE; `table`: the devices to ask about. */
bool rxpath_hardware(struct genl *genl, struct rxpath_slice table, const struct emitter *emitter,
		     struct rxpath_error *error);

/* The same file: pause frames that the device sent. False: its driver does not tell. */
bool rxpath_pause_frames(struct genl *genl, int ifindex, uint64_t *sent);

/* The same file: which interrupt and which thread of the kernel take the packets of each receive
 * queue, as lines "device.NAME.napi.QUEUE IRQ THREAD", "-" where there is none. */
void rxpath_put_napi(struct genl *genl, const char *device, int ifindex, struct rxpath_buf *out);

/* qdisc.c: section rxpath/qdisc, what traffic control dropped of the packets received. */
int rxpath_qdiscs(const struct netlink_query *query);

/* The same file: the filters of devices whose qdiscs dropped packets, as lines "device.NAME.tc.N
 * KIND PREF CHAIN ACTION DROPS". */
void rxpath_qdisc_filters(const struct netlink_query *query);

/* interrupts.c: for a device that sysfs shows: the lines of rxpath_put_napi, and
 * "device.NAME.irq.NUMBER CPU COUNT CPUS WHAT". */
void rxpath_put_interrupts(struct rxpath_capture *capture, const char *device, int ifindex,
			   struct rxpath_buf *out);

/* cgroup.c: where cgroup2 is mounted; -1: nowhere. */
int rxpath_cgroup_mount(struct rxpath_capture *capture);

/* The directory of the group with that id; -1 with errno: EPERM without CAP_DAC_READ_SEARCH. */
int rxpath_cgroup_open(int mount, uint64_t id);

/* inuse.c: which tables of sockets are empty, by the text of that source: sockstat or sockstat6.
 * `own`: how many sockets the program itself has in the namespace. */
void rxpath_find_empty(struct rxpath_slice text, enum rxpath_source sockstat, int own,
		       bool empty[RXPATH_SOURCES]);

/* The same file: whether that text counts no socket of TCP. */
bool rxpath_has_no_tcp(struct rxpath_slice text);

/* The same file: whether IP received a packet since the namespace was made, by the text of that
 * source: snmp or snmp6. */
bool rxpath_has_received(struct rxpath_slice text, enum rxpath_source source);

/* Whether the only device of that text is the loopback device. */
bool rxpath_link_is_loopback(struct rxpath_slice table);

/* rtlink.c: the text of section rxpath/link: all devices' statistics. 0, or an errno. */
int rxpath_rtlink(int fd, struct rxpath_buf *out);

/* sysfs.c: the same from DIR/sys/class/net (`path` below `dir`), a section a file. `identify`: each
 * device's index too, which tells it again; a stored one is always read. */
bool rxpath_sysfs(int dir, const char *path, bool identify, struct rxpath_buf *scratch,
		  const struct emitter *emitter, struct rxpath_error *error);

/* netns.c: enters a namespace. With --pid, *process is a descriptor of /proc/PID (else -1), so that
 * a process that takes over the number is not taken for it. Denied: it is there, but entering it
 * needs privilege, and nothing has changed. */
enum rxpath_entry {
	RXPATH_ENTRY_FAILED,
	RXPATH_ENTRY_DENIED,
	RXPATH_ENTERED,
};
enum rxpath_entry rxpath_netns_enter(const struct rxpath_target *target, int *process,
				     struct rxpath_error *error);

/* identity.c: section "rxpath": when, and with `who` also where. The namespace by the name that
 * was asked for (or NULL) and by what `link` (/proc/PID/ns/net) says. `boot`: empty at first, then
 * the line about the boot, which is read only once. */
bool rxpath_meta(bool who, const char *netns, const char *link, struct rxpath_buf *boot,
		 const struct emitter *emitter, struct rxpath_error *error);

/* capture.c: a directory's sections, without this machine's own facts. */
bool rxpath_capture_sections(struct rxpath_capture *capture, rxpath_sink *sink, void *context,
			     struct rxpath_error *error);

/* The longest path of a file; that of a cgroup may be long. */
#define RXPATH_PATH 2048

/* A whole file below the root, or of the live system, by its path without the first slash: 0
 * or an errno. */
int rxpath_capture_file(struct rxpath_capture *capture, const char *path, size_t limit,
			struct rxpath_buf *out);

/* The text of rxpath/link in the last sample; empty before it. */
struct rxpath_slice rxpath_capture_links(const struct rxpath_capture *capture);

/* Generic netlink, which may not be open yet. */
struct genl *rxpath_capture_genl(struct rxpath_capture *capture);

/* What the device's driver says of itself, where it can be asked. */
void rxpath_capture_filters(struct rxpath_capture *capture, struct rxpath_buf *out);
void rxpath_capture_driver(struct rxpath_capture *capture, const char *device,
			   struct rxpath_buf *out);

/* /sys/class/net shows this very device. */
bool rxpath_capture_has_sysfs(struct rxpath_capture *capture, const char *device, int ifindex);

/* False when the namespace could not be entered, and only its files of /proc are to be had. */
bool rxpath_capture_is_inside(const struct rxpath_capture *capture);

const struct rxpath_purpose *rxpath_capture_purpose(const struct rxpath_capture *capture);

/* False when it looks at files under a root, where no process holds anything. */
bool rxpath_capture_is_live(const struct rxpath_capture *capture);

#endif
