/* capture.h: what the rooms that touch the system share among themselves. */
#ifndef RXPATH_CAPTURE_INTERNAL_H
#define RXPATH_CAPTURE_INTERNAL_H

#include "rxpath/capture.h"

/* Where sections go: a sink with its context. */
struct outlet {
	rxpath_sink *sink;
	void *context;
};

bool rxpath_put(const struct outlet *outlet, const char *path, int error, struct rxpath_slice bytes,
		struct rxpath_error *failure);

/* root.c: opening below a directory without ever leaving it. */

/* Opens DIR/PATH for reading; no link on the way, and no "..", leads out of DIR. -1 with errno. */
int rxpath_root_open(int dir, const char *path);

/* The same for a directory. */
int rxpath_root_opendir(int dir, const char *path);

/* Reads a whole regular file of at most `limit` bytes from its start into *out (emptied first).
 * 0, or an errno: EFBIG over the limit, EINVAL when it is a pipe, a device, a socket. ENOMEM. */
int rxpath_read_all(int fd, size_t limit, struct rxpath_buf *out);

/* netlink.c: requests and their answers. */

/* A netlink socket of that protocol; -1 with errno. */
int rxpath_netlink_open(int protocol);

/* What a part of an answer is handed to; false ends it. */
typedef bool rxpath_netlink_part(void *context, struct rxpath_slice messages);

/* Sends the request and hands each datagram of the answer on until NLMSG_DONE. 0, or an errno: also
 * one that the kernel put inside NLMSG_ERROR or NLMSG_DONE. ECANCELED when `part` said false. */
int rxpath_netlink_dump(int fd, const void *request, size_t len, rxpath_netlink_part *part,
			void *context);

/* sockdiag.c */
struct rxpath_sockdiag;
struct rxpath_sockdiag *rxpath_sockdiag_open(void);
void rxpath_sockdiag_close(struct rxpath_sockdiag *diag);

/* All sockets of a protocol ("udp6", ...) as sections rxpath/diag/NAME. *done is false when the kernel
 * cannot answer, so that the /proc file has to. False only when the sink said so. */
bool rxpath_sockdiag_table(struct rxpath_sockdiag *diag, const char *name,
			   const struct outlet *outlet, bool *done, struct rxpath_error *error);

/* rtlink.c: all devices' statistics as section rxpath/link. */
bool rxpath_rtlink(int fd, struct rxpath_buf *scratch, const struct outlet *outlet, bool *done,
		   struct rxpath_error *error);

/* sysfs.c: the same from DIR/sys/class/net (`path` below `dir`), a section a file. */
bool rxpath_sysfs(int dir, const char *path, struct rxpath_buf *scratch, const struct outlet *outlet,
		  struct rxpath_error *error);

/* netns.c: enters a namespace. *denied: it is there, but needs privilege; then nothing changed. */
bool rxpath_netns_enter(const struct rxpath_place *place, bool *denied, struct rxpath_error *error);

/* meta.c: section "rxpath": when, and of the live system also who. */
bool rxpath_meta(bool live, const char *netns, const struct outlet *outlet, struct rxpath_error *error);

/* capture.c: a directory's sections, without this machine's own facts. */
bool rxpath_capture_stored(struct rxpath_capture *capture, rxpath_sink *sink, void *context,
			   struct rxpath_error *error);

/* False when it looks at files under a root, where no process holds anything. */
bool rxpath_capture_is_live(const struct rxpath_capture *capture);

#endif
