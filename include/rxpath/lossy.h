/* lossy.h: whether a name that the catalogue lacks says that received packets were lost. */
#ifndef RXPATH_LOSSY_H
#define RXPATH_LOSSY_H

#include <stdbool.h>

#include "rxpath/catalogue.h"

/* Of a name that the catalogue lacks: whether it is of a receive-side family, and its spelling says
 * that packets were dropped. It is then reported as `suspect`, flagged `unclassified`. */
bool rxpath_catalogue_sounds_lossy(struct rxpath_slice name);

/* The same of a driver's own statistic, by the name that the driver gave it. Also pause frames that
 * were sent, which make a switch drop. */
bool rxpath_ethtool_sounds_lossy(struct rxpath_slice name);

/* What a driver's own statistic that sounds lossy says. */
enum rxpath_kind rxpath_ethtool_kind(struct rxpath_slice name);

#endif
