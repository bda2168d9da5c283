/* hardware.h: what only generic netlink tells of a device. */
#ifndef RXPATH_CAPTURE_HARDWARE_H
#define RXPATH_CAPTURE_HARDWARE_H

#include "emitter.h"
#include "genl.h"

/* Sections rxpath/hardware/DEVICE, the statistics of queues and hardware that
 * generic netlink has, for the devices in `table`. */
bool rxpath_hardware(struct genl *genl, struct rxpath_slice table, const struct emitter *emitter);

/* Pause frames that the device sent; RXPATH_UNKNOWN: its driver does not report them. */
uint64_t rxpath_pause_frames(struct genl *genl, int ifindex);

/* Which interrupt and which thread of the kernel take the packets of each receive
 * queue, as lines "device.NAME.napi.QUEUE IRQ THREAD", "-" where there is none. */
void rxpath_put_napi(struct genl *genl, const char *device, int ifindex, struct rxpath_buf *out);

#endif
