/* rtlink.h: all devices by rtnetlink, as a table of text. */
#ifndef RXPATH_CAPTURE_RTLINK_H
#define RXPATH_CAPTURE_RTLINK_H

#include "rxpath/buf.h"
#include "rxpath/device.h"

/* Takes the next device off the text of rxpath/link. `name` is padded with NULs. */
bool rxpath_link_next(struct rxpath_slice *table, int *ifindex, char name[RXPATH_DEVICE_NAME]);

/* The device's name in that text, still escaped; "?": not found. */
struct rxpath_slice rxpath_link_name(struct rxpath_slice table, uint32_t ifindex);

/* Which rows of rxpath/link to select. */
enum rxpath_link_rows {
	RXPATH_LINK_DROPS,  /* rx_dropped is not 0, or an XDP program is attached: the driver may
			     * know of a loss */
	RXPATH_LINK_LOSSES, /* any receive counter of errors or losses is not 0 */
	RXPATH_LINK_RINGS,  /* a counter that rises when the CPU is too slow is not 0 */
};
void rxpath_link_select(struct rxpath_slice table, enum rxpath_link_rows rows,
			struct rxpath_buf *out);

/* Whether an XDP program is attached to any device of that text. */
bool rxpath_link_has_xdp(struct rxpath_slice table);

/* Whether the only device of that text is the loopback device. */
bool rxpath_link_is_loopback(struct rxpath_slice table);

/* The text of section rxpath/link: all devices' statistics. 0, or an errno. */
int rxpath_rtlink(int fd, struct rxpath_buf *out);

/* Whether any device of that text is Open vSwitch's. */
bool rxpath_link_has_ovs(struct rxpath_slice table);

#endif
