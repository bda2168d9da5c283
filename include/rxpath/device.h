/* device.h: the devices of a sample by name, and the parts of the sums in /proc/net/dev. */
#ifndef RXPATH_DEVICE_H
#define RXPATH_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rxpath/scan.h"

struct rxpath_sample;

/* A device's name, with its NUL (IFNAMSIZ). */
#define RXPATH_DEVICE_NAME 16

struct rxpath_device {
	struct rxpath_slice name; /* raw bytes */
	uint64_t ifindex;	  /* 0: not known */

	/* From rtnetlink; 0 or empty: none, or not known. */
	uint64_t mtu;
	uint64_t master;		/* the ifindex of its bridge or bond */
	uint64_t lower;			/* the ifindex of the device below it, or of a veth's peer,
					 * in the same namespace */
	uint64_t carrier_up;		/* how often the carrier came */
	uint64_t carrier_down;		/* how often it went; RXPATH_UNKNOWN */
	uint64_t xdp_program;		/* the id of the XDP program */
	struct rxpath_slice driver;	/* from ethtool; empty: not known */
	struct rxpath_slice kind;	/* "veth", "vlan", ...; empty for a network card */
	struct rxpath_slice slave_kind; /* "bridge", "bond", ...: the kind of its master */
	struct rxpath_slice xdp;	/* how the program is attached: "driver", "generic", ... */

	unsigned dev_reading;	/* which reading of /proc/net/dev had it last, from 1 ... */
	uint64_t dev_figures;	/* ... and its figures, or'ed: 0 where all are 0 */
	bool has_hardware;	/* its hardware counters were asked for (rxpath/hardware) */
	uint32_t counters_seen; /* a bit (rxpath_link_bit) for each single counter that was
				 * read, if only as 0 */
};

/* Whether its statistics repeat those of its ports; its name decides where its kind is not
 * known. */
bool rxpath_device_is_bond(const struct rxpath_device *device);

/* NULL: there is no such device. */
const struct rxpath_device *rxpath_sample_find_device(const struct rxpath_sample *sample,
						      struct rxpath_slice name);

/* Adds one that is not there yet; `cap` is the capacity of the sample's array. NULL without
 * memory. */
struct rxpath_device *rxpath_sample_add_device(struct rxpath_sample *sample, size_t *cap,
					       struct rxpath_slice name);

/* The bit of that counter of a device (rx_dropped, ...); unknown ones share one bit. */
uint32_t rxpath_link_bit(struct rxpath_slice name);

/* The bits of the counters that make up a sum in /proc/net/dev (dev_drop, ...). */
uint32_t rxpath_link_bits_of_sum(struct rxpath_slice name);

/* The sum in /proc/net/dev that contains that counter; NULL: none. */
const char *rxpath_link_sum(struct rxpath_slice name);

#endif
