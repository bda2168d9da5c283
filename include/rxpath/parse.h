/* parse.h: sections in, a sample out. No function here does I/O; none reads past its slice. */
#ifndef RXPATH_PARSE_H
#define RXPATH_PARSE_H

#include "rxpath/bundle.h"
#include "rxpath/builder.h"

/* A sink (see bundle.h) whose context is a struct rxpath_builder: finds the source and its parser
 * by the path, and adds what it reads. If the bytes do not parse, nothing of that file is kept and
 * its source is RXPATH_FAILED with the error. A path that no source has is ignored. False only
 * without memory. */
bool rxpath_parse_section(void *context, const struct rxpath_section *section,
			  struct rxpath_error *error);

/* The parsers, one for each form of text. Each reads the text of `builder->source`, adds to the
 * sample and returns true, or returns false with *error (line and token; no file). The source file
 * of each names the kernel function that prints the form. */
typedef bool rxpath_parser(struct rxpath_builder *builder, struct rxpath_slice text,
			   struct rxpath_error *error);

rxpath_parser rxpath_parse_groups;     /* snmp, netstat: lines of names and of values in pairs */
rxpath_parser rxpath_parse_name_value; /* snmp6 and others: a name and its value on each line */
rxpath_parser rxpath_parse_per_cpu;    /* stat/nf_conntrack, stat/rt_cache */
rxpath_parser rxpath_parse_softnet;    /* softnet_stat: hexadecimal, no header */
rxpath_parser rxpath_parse_cpu_time;   /* /proc/stat: its rows of CPUs */
rxpath_parser rxpath_parse_netdev;     /* dev */
rxpath_parser rxpath_parse_ptype;      /* ptype */
rxpath_parser rxpath_parse_sockstat;   /* sockstat, sockstat6 */
rxpath_parser rxpath_parse_sockets;    /* udp, raw, ..., and the same with more columns */
rxpath_parser rxpath_parse_diag;       /* a part of sock_diag's answer: whole netlink messages */
rxpath_parser rxpath_parse_link;       /* rxpath/link: rtnetlink's statistics as a table */
rxpath_parser rxpath_parse_driver;     /* rxpath/ethtool/DEVICE: "name value" lines */
rxpath_parser rxpath_parse_no_driver;  /* rxpath/ethtool: empty; no device has statistics */
rxpath_parser rxpath_parse_table;    /* a row of names, then of values: rxpath/packet and others */
rxpath_parser rxpath_parse_nfqueue;  /* netfilter/nfnetlink_queue: no header */
rxpath_parser rxpath_parse_ipvs;     /* /proc/net/ip_vs_stats_percpu */
rxpath_parser rxpath_parse_owners;   /* rxpath/owners: inode, pid, command name, cgroup */
rxpath_parser rxpath_parse_cgroups;  /* rxpath/cgroups: id, path */
rxpath_parser rxpath_parse_settings; /* rxpath/settings: name, value */
rxpath_parser rxpath_parse_trace;    /* rxpath/trace: counts of the drop tracepoints */
rxpath_parser rxpath_parse_meta;     /* rxpath: key value */

/* One number, of builder->device: a file of /sys/class/net/DEVICE/statistics, or "ifindex". */
bool rxpath_parse_sysfs(struct rxpath_builder *builder, struct rxpath_slice name,
			struct rxpath_slice text, struct rxpath_error *error);

#endif
