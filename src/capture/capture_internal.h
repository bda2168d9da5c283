/* capture_internal.h: what the files of src/capture share and no header of one of them has. */
#ifndef RXPATH_CAPTURE_INTERNAL_H
#define RXPATH_CAPTURE_INTERNAL_H

#include "emitter.h"
#include "files.h"

/* How functions here fail: those that emit sections return false and fill the emitter's error;
 * those that only ask the kernel return an errno; those that open something return -1 and set
 * errno. */

/* capture.c: the sections of a sample, without those about this machine. */
bool rxpath_capture_sections(struct rxpath_capture *capture, rxpath_sink *sink, void *context,
			     struct rxpath_error *error);

/* ask.c: the netlink socket of that protocol, opened when it is first needed. -1: the kernel cannot
 * be asked. */
int rxpath_capture_netlink(struct rxpath_capture *capture, int protocol);

/* Emits a source that no file has. */
bool rxpath_capture_ask(struct rxpath_capture *capture, const struct step *step,
			const struct emitter *emitter);

/* layouts.c: reads a source in the way that its layout needs. */
bool rxpath_capture_step(struct rxpath_capture *capture, const struct step *step,
			 const struct emitter *emitter);

/* conntrack.c: writes the counters of connection tracking as a table; `entries` is the number of
 * tracked connections. 0, or an errno: EPERM without CAP_NET_ADMIN. */
int rxpath_conntrack(uint32_t entries, struct rxpath_buf *out);

/* interrupts.c: for a device that sysfs shows: the lines of rxpath_put_napi, and
 * "device.NAME.irq.NUMBER CPU COUNT CPUS WHAT". */
void rxpath_put_interrupts(struct rxpath_capture *capture, const char *device, int ifindex,
			   struct rxpath_buf *out);

/* cgroup.c: opens the mount point of cgroup2; -1: it is not mounted. */
int rxpath_cgroup_mount(struct rxpath_capture *capture);

/* The directory of the group with that id; -1 with errno: EPERM without CAP_DAC_READ_SEARCH. */
int rxpath_cgroup_open(int mount, uint64_t id);

/* sysfs.c: the statistics of devices from DIR/sys/class/net, a section for each file. `identify`:
 * also each device's ifindex, by which the next sample recognises it. */
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

/* identity.c: section "rxpath": the time, and of the live system also host, boot and namespace. */
bool rxpath_meta(struct rxpath_capture *capture, const struct emitter *emitter);

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

/* tree.c: whether the directory holds proc/net. RXPATH_WRONG_LEVEL: it does not, but the
 * directory above or below it does; *error then says so. */
enum rxpath_tree { RXPATH_WRONG_LEVEL, RXPATH_NO_NET, RXPATH_TREE };
enum rxpath_tree rxpath_tree_at(int dir, const char *name, struct rxpath_error *error);

#endif
