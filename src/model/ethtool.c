/* ethtool.c: which of a driver's own statistics say that received packets were lost.
 *
 * Drivers name them as they like (ETH_SS_STATS), so the spelling is all there is to go by.
 * Both who reads them and who parses them ask here: a card has thousands, and the few that
 * matter are kept. */
#include "rxpath/catalogue.h"

/* In lower case; wherever they stand. "err" alone would find interrupts, "miss" the misses of
 * caches and of flow tables, which lose nothing. */
static const char *const loss_words[] = {
	"drop", "missed", "rx_miss", "error", "_err", "err_", "no_buf", "nobuf", "out_of_buf",
	"no_dma_res", "discard", "overrun", "alloc_fail",
};

/* The other direction. */
static const char *const transmit_words[] = {
	"tx_", "_tx", "tx-", "-tx", "xmit", "transmit", "out_of_order",
};

bool rxpath_ethtool_sounds_lossy(struct rxpath_slice name)
{
	return rxpath_slice_holds(name, loss_words, sizeof loss_words / sizeof *loss_words) &&
	       !rxpath_slice_holds(name, transmit_words,
				   sizeof transmit_words / sizeof *transmit_words);
}
