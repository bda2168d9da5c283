/* source.h: the sources of counters and sockets: one row each.
 *
 * Capture's steps, the sockets that sock_diag is asked for, the choice of a parser, `unavailable`
 * and the lists of the fuzzer and the tests all come from these rows. A file of "name value" lines
 * is one row in src/model/source.c, its counters in the catalogue, and fixtures. */
#ifndef RXPATH_SOURCE_H
#define RXPATH_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "rxpath/scan.h"

/* The stages of the receive path, in the order in which a packet passes them. */
enum rxpath_stage {
	RXPATH_STAGE_DEVICE,
	RXPATH_STAGE_SOFTNET,
	RXPATH_STAGE_NETFILTER,
	RXPATH_STAGE_IP,
	RXPATH_STAGE_TRANSPORT,
	RXPATH_STAGE_SOCKET,
	RXPATH_STAGES
};

/* The rows by name. Nothing depends on their order. */
enum rxpath_source {
	RXPATH_SOURCE_NONE,
	RXPATH_SOURCE_LINK,
	RXPATH_SOURCE_DEV,
	RXPATH_SOURCE_PTYPE,
	RXPATH_SOURCE_ETHTOOL,
	RXPATH_SOURCE_HARDWARE,
	RXPATH_SOURCE_SOFTNET,
	RXPATH_SOURCE_CPU_TIME,
	RXPATH_SOURCE_QDISC,
	RXPATH_SOURCE_OVS,
	RXPATH_SOURCE_CONNTRACK,
	RXPATH_SOURCE_XFRM,
	RXPATH_SOURCE_NFTABLES,
	RXPATH_SOURCE_IPTABLES,
	RXPATH_SOURCE_IPVS,
	RXPATH_SOURCE_NFQUEUE,
	RXPATH_SOURCE_SNMP,
	RXPATH_SOURCE_NETSTAT,
	RXPATH_SOURCE_SNMP6,
	RXPATH_SOURCE_RT_CACHE,
	RXPATH_SOURCE_ARP_CACHE,
	RXPATH_SOURCE_NDISC_CACHE,
	RXPATH_SOURCE_SCTP,
	RXPATH_SOURCE_TLS,
	RXPATH_SOURCE_SOCKSTAT,
	RXPATH_SOURCE_SOCKSTAT6,
	RXPATH_SOURCE_UDP,
	RXPATH_SOURCE_UDP6,
	RXPATH_SOURCE_UDPLITE,
	RXPATH_SOURCE_UDPLITE6,
	RXPATH_SOURCE_RAW,
	RXPATH_SOURCE_RAW6,
	RXPATH_SOURCE_ICMP,
	RXPATH_SOURCE_ICMP6,
	RXPATH_SOURCE_TCP,
	RXPATH_SOURCE_PACKET,
	RXPATH_SOURCE_NETLINK,
	RXPATH_SOURCE_XDP,
	RXPATH_SOURCE_OWNERS,
	RXPATH_SOURCE_CGROUPS,
	RXPATH_SOURCE_READERS,
	RXPATH_SOURCE_CONNECTIONS,
	RXPATH_SOURCE_SETTINGS,
	RXPATH_SOURCE_TRACE,
	RXPATH_SOURCES
};

enum rxpath_protocol {
	RXPATH_UDP,
	RXPATH_UDPLITE,
	RXPATH_RAW,
	RXPATH_ICMP,
	RXPATH_TCP,
	RXPATH_PACKET,
	RXPATH_NETLINK,
	RXPATH_XDP,
	RXPATH_PROTOCOLS
};

/* How wide the kernel's counter is. */
enum rxpath_width {
	RXPATH_WIDTH_64,   /* 64 bits on every kernel since 3.0: never wraps */
	RXPATH_WIDTH_LONG, /* unsigned long: wraps at 2^32 on a 32-bit kernel */
	RXPATH_WIDTH_32,   /* unsigned int: wraps at 2^32 everywhere */
};

/* The form of a source's text. src/parse/parse.c maps each to its parser; src/capture/layouts.c
 * maps those that are not a plain file to the function that reads them. */
enum rxpath_layout {
	RXPATH_LAYOUT_NAME_VALUE, /* a name and its value on each line */
	RXPATH_LAYOUT_GROUPS,	  /* a line of names, and below it one of values */
	RXPATH_LAYOUT_PER_CPU,	  /* names, then a hexadecimal row for each CPU */
	RXPATH_LAYOUT_CONNTRACK,  /* the same, from the file or from ctnetlink */
	RXPATH_LAYOUT_SOFTNET,
	RXPATH_LAYOUT_CPU_TIME,
	RXPATH_LAYOUT_NETDEV,
	RXPATH_LAYOUT_PTYPE,
	RXPATH_LAYOUT_DEVICES,	       /* a table of devices, or a file for each counter */
	RXPATH_LAYOUT_DRIVER,	       /* a driver's statistics, a section for each device */
	RXPATH_LAYOUT_DEVICE_COUNTERS, /* a row of counters for each device */
	RXPATH_LAYOUT_SOCKSTAT,	       /* sockets in use and memory of each protocol */
	RXPATH_LAYOUT_SOCKETS,	       /* a table of sockets, or sock_diag's answer */
	RXPATH_LAYOUT_LISTENERS,
	RXPATH_LAYOUT_PACKET,
	RXPATH_LAYOUT_NFQUEUE, /* NFQUEUE queues */
	RXPATH_LAYOUT_IPVS,
	RXPATH_LAYOUT_RULES, /* netfilter rules that take packets */
	RXPATH_LAYOUT_NETLINK,
	RXPATH_LAYOUT_XDP,
	RXPATH_LAYOUT_OWNERS,
	RXPATH_LAYOUT_CGROUPS,
	RXPATH_LAYOUT_CONNECTIONS, /* TCP connections whose reader may be slow */
	RXPATH_LAYOUT_READERS,	   /* threads of the processes that read sockets */
	RXPATH_LAYOUT_SETTINGS,
	RXPATH_LAYOUT_TRACE,
	RXPATH_LAYOUTS
};

/* Whether a kernel may lack the source. */
enum rxpath_presence {
	RXPATH_MAY_BE_ABSENT, /* depends on the kernel's configuration or modules */
	RXPATH_IN_BOTH,	      /* likewise, but it is in both samples or in none */
	RXPATH_EVERYWHERE,    /* every kernel has it; its row says what is missing without it */
	RXPATH_REQUIRED,      /* every kernel has it; its stages are unknown without it */
};

/* What its counters belong to. */
enum rxpath_scope {
	RXPATH_OF_NETNS,
	RXPATH_OF_HOST, /* the same in each network namespace: read once */
};

/* Whether a sample that only decides the exit status (-q) reads it. */
enum rxpath_quiet_use {
	RXPATH_QUIET_SKIP,
	RXPATH_QUIET_WITHOUT_RTNETLINK, /* only where rtnetlink did not list the devices */
	RXPATH_QUIET_ALWAYS,
};

struct rxpath_source_row {
	const char *path;    /* its name in reports: a file, or a section of this program */
	const char *words;   /* what the text report calls it; NULL: its path */
	const char *section; /* a section of this program with the same content; a name that ends
			      * with '/' has a section for each device; NULL: none */
	enum rxpath_layout layout;
	const char *prefix;	 /* of its counters' names, where the file has none */
	enum rxpath_stage stage; /* of its counters without a catalogue row */
	const char *ip_prefix;	 /* its counters with this prefix are of stage ip; NULL: none */
	enum rxpath_width width; /* the narrowest of its counters */
	unsigned stages;	 /* a bit for each stage that cannot be measured without it */
	enum rxpath_presence presence;
	enum rxpath_source instead; /* another source that replaces it; NONE */
	enum rxpath_scope scope;
	const char
		*subject; /* the subject of its counters: "device", "CPU", ...; NULL: its scope */
	enum rxpath_protocol protocol; /* of a table of sockets */
	bool v6;		       /* IPv6 */
	unsigned order;		       /* its position in a sample; 0: not part of a sample */
	enum rxpath_source around; /* the source that it is compared with: it is read again right
				    * after that one; NONE: it is read once */
	enum rxpath_quiet_use quiet;
	bool of_received; /* it counts losses of packets received by IP or a device */
};

const struct rxpath_source_row *rxpath_source_row(enum rxpath_source source);

/* The subject of its counters: "device", "CPU", "socket", "queue", "rule", "host", "network
 * namespace". */
const char *rxpath_source_subject(enum rxpath_source source);

/* Which row describes a section, and by which of its two names. */
enum rxpath_source_name { RXPATH_NO_SOURCE, RXPATH_BY_PATH, RXPATH_BY_SECTION };

/* `device`: whose section it is, if there is one for each device; else empty. */
enum rxpath_source_name rxpath_source_find(struct rxpath_slice path, enum rxpath_source *source,
					   struct rxpath_slice *device);

/* The source of that file name below /proc/net/, in any stored tree; NONE: no row. */
enum rxpath_source rxpath_source_of_net_file(struct rxpath_slice name);

/* The table of sockets of that protocol and family; NONE: no row. */
enum rxpath_source rxpath_source_of_sockets(enum rxpath_protocol protocol, bool v6);

#endif
