/* driver.c: the table of drivers' statistics. Only those are here whose relation to the standard
 * counters the driver's source shows; the names of all others are judged by their spelling. */
#include <string.h>

#include "rxpath/driver.h"

static const struct rxpath_driver_statistic rows[] = {
	{
		.driver = "veth",
		.ending = "_xdp_drops",
		.kind = RXPATH_KIND_REJECT,
		.within = "",
		.meaning = "an XDP program dropped them",
		.kernel = "drivers/net/veth.c, veth_xdp_rcv_one",
	},
	{
		.driver = "veth",
		.ending = "_drops",
		.kind = RXPATH_KIND_DROP,
		.within = "rx_dropped",
		.meaning = "an XDP redirect or XDP_TX failed, or memory was short",
		.kernel = "drivers/net/veth.c, veth_xdp_rcv_one, veth_get_stats64",
	},
	{
		.driver = "virtio_net",
		.ending = "_xdp_drops",
		.kind = RXPATH_KIND_REJECT,
		.within = "_drops",
		.meaning = "an XDP program dropped them, or its redirect failed",
		.kernel = "drivers/net/virtio_net.c, receive_small_xdp, receive_mergeable_xdp",
	},
	{
		.driver = "virtio_net",
		.ending = "_drops",
		.kind = RXPATH_KIND_DROP,
		.within = "rx_dropped",
		.meaning = "memory was short, or the host gave an incomplete packet",
		.kernel = "drivers/net/virtio_net.c, virtnet_stats",
	},
	{
		.driver = "ena",
		.ending = "_rx_xdp_drop",
		.kind = RXPATH_KIND_REJECT,
		.within = "rx_dropped",
		.meaning = "an XDP program dropped them",
		.kernel = "drivers/net/ethernet/amazon/ena/ena_netdev.c, ena_get_stats64",
	},
};

const struct rxpath_driver_statistic *rxpath_driver_find(struct rxpath_slice driver,
							 struct rxpath_slice name)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		size_t len = strlen(rows[i].ending);

		/* Of two endings that fit, the longer one stands first. */
		if (rxpath_slice_is(driver, rows[i].driver) && name.len >= len &&
		    memcmp(name.ptr + name.len - len, rows[i].ending, len) == 0)
			return &rows[i];
	}
	return NULL;
}
