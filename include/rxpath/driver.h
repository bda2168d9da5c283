/* driver.h: what the statistics of known drivers count, and which counter has the same packets. */
#ifndef RXPATH_DRIVER_H
#define RXPATH_DRIVER_H

#include "rxpath/catalogue.h"

struct rxpath_driver_statistic {
	const char *driver; /* "": every one, of the standard statistics (netdev.NAME) */
	const char *ending; /* of the statistic's name: each queue has one */
	const char *within; /* the counter of the device that has these packets too; one that
			     * begins with '_' or '.' is the same queue's statistic of that
			     * ending */
	enum rxpath_kind kind;
	bool ring;	     /* the ring was full: a larger one, or more queues, help */
	const char *meaning; /* why; a part of a sentence */
	const char *action;  /* what to do; NULL: what driver-drops says */
	const char *kernel;  /* the file and function that count it */
};

/* NULL: that driver is not known, or this statistic of it is not. */
const struct rxpath_driver_statistic *rxpath_driver_find(struct rxpath_slice driver,
							 struct rxpath_slice name);

#endif
