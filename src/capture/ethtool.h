/* ethtool.h: what only a driver knows. */
#ifndef RXPATH_CAPTURE_ETHTOOL_H
#define RXPATH_CAPTURE_ETHTOOL_H

#include "emitter.h"
#include "genl.h"
#include "rxpath/device.h"

struct rxpath_ethtool;
struct rxpath_ethtool *rxpath_ethtool_open(void);
void rxpath_ethtool_close(struct rxpath_ethtool *ethtool);

/* The drivers' own statistics about losses, as sections rxpath/ethtool/DEVICE, for all devices in
 * the text of rxpath/link. */
bool rxpath_ethtool_statistics(struct rxpath_ethtool *ethtool, struct genl *genl,
			       struct rxpath_slice table, const struct emitter *emitter);

/* Lines "device.NAME.WORD value": driver, speed, ring, ring_max. */
void rxpath_ethtool_settings(const struct rxpath_ethtool *ethtool,
			     const char name[RXPATH_DEVICE_NAME], struct rxpath_buf *out);

#endif
