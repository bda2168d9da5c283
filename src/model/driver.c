/* driver.c: the table of drivers' statistics. It has only those whose relation to the standard
 * counters is known from the driver's source; all others are judged by their names. At its end are
 * statistics with one meaning for all drivers. */
#include "rxpath/driver.h"

/* Each driver fills them in; struct netdev_queue_stats_rx says what they are. */
#define QUEUE_STATISTICS "net/core/netdev-genl.c, netdev_nl_stats_write_rx"
#define WIRE_STATISTICS "net/ethtool/stats.c, stats_fill_reply"

/* The driver, how the statistic's name ends, and what it means that it rises. */
#define ROW(of_driver, name_ending, of_kind) \
	.driver = (of_driver), .ending = (name_ending), .kind = RXPATH_KIND_##of_kind

static const struct rxpath_driver_statistic rows[] = {
	{
		ROW("veth", "_xdp_drops", REJECT),
		.meaning = "an XDP program dropped them",
		.kernel = "drivers/net/veth.c, veth_xdp_rcv_one",
	},
	{
		ROW("veth", "_drops", DROP),
		.within = "rx_dropped",
		.meaning = "an XDP redirect or XDP_TX failed, or memory was short",
		.kernel = "drivers/net/veth.c, veth_xdp_rcv_one, veth_get_stats64",
	},
	{
		ROW("virtio_net", "_xdp_drops", REJECT),
		.within = "_drops",
		.meaning = "an XDP program dropped them, or its redirect failed",
		.kernel = "drivers/net/virtio_net.c, receive_small_xdp, receive_mergeable_xdp",
	},
	{
		ROW("virtio_net", "_drops", DROP),
		.within = "rx_dropped",
		.meaning = "memory was short, or the host gave an incomplete packet",
		.kernel = "drivers/net/virtio_net.c, virtnet_stats",
	},
	{
		ROW("ena", "_rx_xdp_drop", REJECT),
		.within = "rx_dropped",
		.meaning = "an XDP program dropped them",
		.kernel = "drivers/net/ethernet/amazon/ena/ena_netdev.c, ena_get_stats64",
	},
	{
		ROW("bnxt_en", "rx_total_oom_discards", DROP),
		.within = "rx_dropped",
		.meaning = "memory for packets was short",
		.kernel = "drivers/net/ethernet/broadcom/bnxt/bnxt.c, bnxt_get_ring_stats",
	},
	{
		ROW("bnxt_en", "rx_total_netpoll_discards", DROP),
		.within = "rx_dropped",
		.meaning = "they came while netpoll (netconsole) emptied the ring",
		.kernel = "drivers/net/ethernet/broadcom/bnxt/bnxt.c, bnxt_get_ring_stats",
	},
	{
		ROW("enic", "rx_no_bufs", DROP),
		.ring = true,
		.within = "rx_dropped",
		.meaning = "the card had no receive buffer left",
		.kernel = "drivers/net/ethernet/cisco/enic/enic_main.c, enic_get_stats",
	},
	{
		ROW("hv_netvsc", "rx_no_memory", DROP),
		.meaning = "memory for packets was short",
		.kernel = "drivers/net/hyperv/netvsc_drv.c, netvsc_recv_callback",
	},
	{
		ROW("mlx5_core", "rx_discards_phy", DROP),
		.within = "rx_dropped",
		.meaning = "the port had no buffer left",
		.action =
			"the card took them more slowly than they came: check its PCIe slot (lspci "
			"-vv: LnkSta) and what else it has to do (steering rules, SR-IOV)",
		.kernel = "drivers/net/ethernet/mellanox/mlx5/core/en_main.c, mlx5e_get_stats",
	},
	{
		ROW("mlx5_core", "rx_out_of_buffer", DROP),
		.ring = true,
		.within = "rx_missed_errors",
		.formerly = "rx_dropped",
		.meaning = "a receive queue had no buffer left",
		.kernel = "drivers/net/ethernet/mellanox/mlx5/core/en_main.c, mlx5e_get_stats",
	},
	{
		ROW("sfc", "rx_nodesc_drops", DROP),
		.ring = true,
		.within = "rx_dropped",
		.meaning = "the card had no receive descriptor left",
		.kernel = "drivers/net/ethernet/sfc/ef10.c, efx_ef10_update_stats_pf",
	},
	{
		ROW("sfc", "rx_nodesc_trunc", DROP),
		.ring = true,
		.within = "rx_dropped",
		.meaning = "the card had not enough receive descriptors for the whole packet",
		.kernel = "drivers/net/ethernet/sfc/ef10.c, efx_ef10_update_stats_pf",
	},
	{
		ROW("sfc", "rx_noskb_drops", DROP),
		.within = "rx_dropped",
		.meaning = "memory for packets was short",
		.kernel = "drivers/net/ethernet/sfc/ef10.c, efx_ef10_update_stats_pf",
	},
	{
		ROW("vmxnet3", "drv\\x20dropped\\x20rx\\x20total", DROP),
		.within = "rx_dropped",
		.meaning = "memory was short, or the host gave a damaged packet",
		.kernel = "drivers/net/vmxnet3/vmxnet3_ethtool.c, vmxnet3_get_stats64",
	},
	{
		ROW("vmxnet3", "pkts\\x20rx\\x20OOB", DROP),
		.ring = true,
		.meaning = "the device had no receive buffer left",
		.kernel = "drivers/net/vmxnet3/vmxnet3_ethtool.c, vmxnet3_get_stats64",
	},
	{
		ROW(NULL, ".rx-hw-drop-overruns", DROP),
		.ring = true,
		.within = ".rx-hw-drops",
		.meaning = "the device had no buffer or descriptor left",
		.kernel = QUEUE_STATISTICS,
	},
	{
		ROW(NULL, ".rx-hw-drop-ratelimits", SUSPECT),
		.within = ".rx-hw-drops",
		.meaning = "they came faster than the device's rate limit",
		.kernel = QUEUE_STATISTICS,
	},
	{
		ROW(NULL, ".rx-hw-drops", SUSPECT),
		.meaning = "the device dropped them: no buffer, an error, a filter or a policy",
		.kernel = QUEUE_STATISTICS,
	},
	{
		ROW(NULL, ".rx-alloc-fail", PRESSURE),
		.meaning = "memory for packets was short; the driver may have recovered in time",
		.kernel = QUEUE_STATISTICS,
	},
	{
		ROW(NULL, "fec-uncorrectable_blocks", SUSPECT),
		.meaning = "error correction could not repair what was received",
		.kernel = "net/ethtool/fec.c, fec_put_stats",
	},
	{
		ROW(NULL, "eth-phy-SymbolErrorDuringCarrier", SUSPECT),
		.meaning = "the signal was damaged while a frame was received",
		.kernel = WIRE_STATISTICS,
	},
	{
		ROW(NULL, "eth-mac-FrameCheckSequenceErrors", SUSPECT),
		.meaning = "frames with a wrong checksum",
		.kernel = WIRE_STATISTICS,
	},
	{
		ROW(NULL, "eth-mac-AlignmentErrors", SUSPECT),
		.meaning = "frames that do not end at a byte, with a wrong checksum",
		.kernel = WIRE_STATISTICS,
	},
	{
		ROW(NULL, "eth-mac-FramesLostDueToIntMACRcvError", SUSPECT),
		.meaning = "the card lost them itself, mostly because its buffer was full",
		.kernel = WIRE_STATISTICS,
	},
	{
		ROW(NULL, "eth-mac-FrameTooLongErrors", SUSPECT),
		.meaning = "frames longer than the device accepts",
		.kernel = WIRE_STATISTICS,
	},
	{
		ROW(NULL, "rmon-etherStatsUndersizePkts", SUSPECT),
		.meaning = "frames of less than 64 bytes",
		.kernel = WIRE_STATISTICS,
	},
	{
		ROW(NULL, "rmon-etherStatsFragments", SUSPECT),
		.meaning = "pieces of frames, mostly of a collision",
		.kernel = WIRE_STATISTICS,
	},
	{
		ROW(NULL, "rmon-etherStatsJabbers", SUSPECT),
		.meaning = "frames that are too long and have a wrong checksum",
		.kernel = WIRE_STATISTICS,
	},
};

bool rxpath_driver_has(struct rxpath_slice name)
{
	return rxpath_slice_starts(name, "ethtool.") || rxpath_slice_starts(name, "netdev.");
}

const struct rxpath_driver_statistic *rxpath_driver_find(struct rxpath_slice driver,
							 struct rxpath_slice name)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *of = rows[i].driver ? rows[i].driver : "";

		/* Of two endings that fit, the longer one stands first. */
		if (rxpath_slice_is(driver, of) && (rxpath_slice_ends(name, rows[i].ending) ||
						    rxpath_slice_is(name, rows[i].ending)))
			return &rows[i];
	}
	return NULL;
}
