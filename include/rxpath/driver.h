/* driver.h: what the statistics of known drivers count, and which counter also counts these
 * packets. */
#ifndef RXPATH_DRIVER_H
#define RXPATH_DRIVER_H

#include "rxpath/catalogue.h"

struct rxpath_driver_statistic {
	const char *driver;   /* NULL: every one, of the standard statistics (netdev.NAME) */
	const char *ending;   /* of the statistic's name: each queue has one */
	const char *within;   /* the device's counter that also counts these packets; one that
			       * begins with '_' or '.' is the statistic of the same queue with that
			       * ending; NULL: none */
	const char *formerly; /* the counter that had them on older kernels; NULL: the same */
	enum rxpath_kind kind;
	bool ring;	     /* the ring was full: a larger one, or more queues, help */
	const char *meaning; /* the cause, as part of a sentence */
	const char *action;  /* what to do; NULL: the advice of driver-drops */
	const char *kernel;  /* the file and function that count it */
};

/* Whether a counter of that name is a statistic of a driver or a device's hardware: "ethtool." or
 * "netdev.". */
bool rxpath_driver_has(struct rxpath_slice name);

/* NULL: the driver or its statistic is not known. */
const struct rxpath_driver_statistic *rxpath_driver_find(struct rxpath_slice driver,
							 struct rxpath_slice name);

#endif
