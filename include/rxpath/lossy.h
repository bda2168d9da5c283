/* lossy.h: whether the name of a counter without a catalogue row sounds like lost packets. */
#ifndef RXPATH_LOSSY_H
#define RXPATH_LOSSY_H

#include <stdbool.h>

#include "rxpath/catalogue.h"

/* For a counter without a catalogue row: whether it belongs to a receive-side group and its name
 * sounds like dropped packets. It is then reported as `suspect`, flagged `unclassified`. */
bool rxpath_catalogue_sounds_lossy(struct rxpath_slice name);

/* The same for a driver's own statistic. True also for pause frames sent: they make a switch drop
 * packets. */
bool rxpath_ethtool_sounds_lossy(struct rxpath_slice name);

/* The kind of a driver's own statistic that sounds lossy. */
enum rxpath_kind rxpath_ethtool_kind(struct rxpath_slice name);

#endif
