/* parse.h: sections in, a sample out. No function here does I/O; none reads past its slice. */
#ifndef RXPATH_PARSE_H
#define RXPATH_PARSE_H

#include "rxpath/bundle.h"
#include "rxpath/sample.h"

/* A sink (see bundle.h) whose context is a struct rxpath_sample: finds the parser by the path
 * and adds what it finds. Bytes that do not parse leave nothing of that file behind and make
 * its source RXPATH_FAILED with the error; a path that nobody knows is passed over. False
 * only without memory. */
bool rxpath_parse_section(void *context, const struct rxpath_section *section,
			  struct rxpath_error *error);

/* The parsers, one a kernel file; for tests and for whoever has the bytes already. Each adds to the
 * sample and returns true, or returns false with *error (line and token; no file). The kernel
 * function that prints the shape stands with each in its source file. */
typedef bool rxpath_parser(struct rxpath_sample *sample, struct rxpath_slice text,
			   struct rxpath_error *error);

rxpath_parser rxpath_parse_snmp;	/* /proc/net/snmp: header and value lines in pairs */
rxpath_parser rxpath_parse_netstat;	/* /proc/net/netstat: the same form */
rxpath_parser rxpath_parse_snmp6;	/* /proc/net/snmp6: name, value */
rxpath_parser rxpath_parse_softnet;	/* /proc/net/softnet_stat: hexadecimal, no header */
rxpath_parser rxpath_parse_netdev;	/* /proc/net/dev */
rxpath_parser rxpath_parse_ptype;	/* /proc/net/ptype */
rxpath_parser rxpath_parse_link;	/* rxpath/link: rtnetlink's statistics as a table */
rxpath_parser rxpath_parse_conntrack;	/* /proc/net/stat/nf_conntrack */
rxpath_parser rxpath_parse_rt_cache;	/* /proc/net/stat/rt_cache */
rxpath_parser rxpath_parse_meta;	/* rxpath: key value */
rxpath_parser rxpath_parse_owners;	/* rxpath/owners: inode, pid, command name */
rxpath_parser rxpath_parse_trace;	/* rxpath/trace: what the drop tracepoints said */
rxpath_parser rxpath_parse_listeners;	/* rxpath/listeners: TCP sockets that listen */
rxpath_parser rxpath_parse_packet;	/* rxpath/packet: capture sockets */
rxpath_parser rxpath_parse_settings;	/* rxpath/settings: name, value */

/* /sys/class/net/DEVICE/statistics/NAME, or /sys/class/net/DEVICE/ifindex: one number. */
bool rxpath_parse_sysfs(struct rxpath_sample *sample, struct rxpath_slice device,
			struct rxpath_slice name, struct rxpath_slice text,
			struct rxpath_error *error);

/* rxpath/ethtool/DEVICE: a driver's own statistics as "name value" lines. */
bool rxpath_parse_ethtool(struct rxpath_sample *sample, struct rxpath_slice device,
			  struct rxpath_slice text, struct rxpath_error *error);

/* /proc/net/{udp,udp6,udplite,udplite6,raw,raw6,icmp,icmp6}, and the same with more columns. */
bool rxpath_parse_sockets(struct rxpath_sample *sample, enum rxpath_protocol protocol, bool v6,
			  struct rxpath_slice text, struct rxpath_error *error);

/* A part of sock_diag's answer as the kernel sent it: whole netlink messages in host byte order. */
bool rxpath_parse_diag(struct rxpath_sample *sample, enum rxpath_protocol protocol, bool v6,
		       struct rxpath_slice messages, struct rxpath_error *error);

#endif
