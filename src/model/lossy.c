/* lossy.c: which counters without a catalogue row sound like lost packets.
 *
 * Drivers name their own statistics as they like (ETH_SS_STATS), so only the name tells. Capture
 * uses this as well as parse: a card has thousands of statistics, and only these few are kept. */
#include <string.h>

#include "rxpath/lossy.h"

/* The groups and files whose names are looked at: a driver's own (ethtool.NAME) are not, as they
 * spell the same event in many ways beside the standard counters. Udp covers Udp6 and UdpLite. */
static const char *const families[] = {
	"Icmp", "Ip",	"MPTcpExt",	 "Sctp", "Tcp",	     "Tls",
	"Udp",	"Xfrm", "nf_conntrack_", "rx_",	 "softnet_",
};

/* In lower case; wherever they stand in a name, in any case. */
static const char *const lossy_words[] = {
	"discard", "drop", "no_buf", "nobuf", "overflow", "prune",
};

static const char *const lossy_endings[] = {
	"Error",
	"Errors",
	"_errors",
	NULL,
};

/* As written: "Out" is the transmit side, "Timeout" is not. */
static const char *const transmit_words[] = {
	"Out", "Retrans", "Snd", "TX", "Tx", "tx_",
};

static bool is_transmit(struct rxpath_slice text)
{
	for (; text.len > 0; rxpath_slice_skip(&text, 1)) {
		/* OutOfOrder and OutOfWindow are things that arrive. */
		if (rxpath_slice_starts(text, "OutOf"))
			continue;
		for (size_t i = 0; i < sizeof transmit_words / sizeof *transmit_words; i++)
			if (rxpath_slice_starts(text, transmit_words[i]))
				return true;
	}
	return false;
}

static bool is_lossy(struct rxpath_slice text)
{
	if (rxpath_slice_holds(text, lossy_words, sizeof lossy_words / sizeof *lossy_words) ||
	    rxpath_slice_is_any(text, lossy_endings))
		return true;
	for (size_t i = 0; lossy_endings[i]; i++)
		if (rxpath_slice_ends(text, lossy_endings[i]))
			return true;
	return false;
}

bool rxpath_catalogue_sounds_lossy(struct rxpath_slice name)
{
	for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
		if (!rxpath_slice_starts(name, families[i]))
			continue;
		rxpath_slice_skip(&name, strlen(families[i]));
		return is_lossy(name) && !is_transmit(name);
	}
	return false;
}

/* In lower case; wherever they stand. "err" alone would find interrupts, "miss" the misses of
 * caches and of flow tables, which lose nothing. */
static const char *const driver_loss_words[] = {
	"drop",	      "missed",	    "rx_miss",	      "error",
	"_err",	      "err_",	    "no_buf",	      "nobuf",
	"out_of_buf", "no_dma_res", "discard",	      "overrun",
	"alloc_fail", "alloc fail", "alloc\\x20fail", "allowance_exceeded",
	"no_memory",  "overflow",   "ovflow",	      "trunc",
	"macerr",     "fifo_full",  "rx oob",	      "rx\\x20oob",
};

/* The other direction. */
static const char *const driver_transmit_words[] = {
	"tx_", "_tx", "tx-", "-tx", " tx", "x20tx", "xmit", "transmit", "out_of_order", "bw_out_",
};

/* Of the line, not of packets: an idle one has them too. */
static const char *const driver_line_words[] = {
	"symbol_err",
};

/* Pause frames that the device sent: it held back the switch, which may then drop. "xon" ends a
 * pause; how long they were is no number of frames. */
static bool is_pause_sent(struct rxpath_slice name)
{
	static const char *const pause[] = {"pause", "xoff"};
	static const char *const sent[] = {"tx", "sent"};
	static const char *const other[] = {"duration", "transition", "xon"};

	return rxpath_slice_holds(name, pause, sizeof pause / sizeof *pause) &&
	       rxpath_slice_holds(name, sent, sizeof sent / sizeof *sent) &&
	       !rxpath_slice_holds(name, other, sizeof other / sizeof *other);
}

bool rxpath_ethtool_sounds_lossy(struct rxpath_slice name)
{
	if (is_pause_sent(name))
		return true;
	return rxpath_slice_holds(name, driver_loss_words,
				  sizeof driver_loss_words / sizeof *driver_loss_words) &&
	       !rxpath_slice_holds(name, driver_transmit_words,
				   sizeof driver_transmit_words / sizeof *driver_transmit_words) &&
	       !rxpath_slice_holds(name, driver_line_words,
				   sizeof driver_line_words / sizeof *driver_line_words);
}

enum rxpath_kind rxpath_ethtool_kind(struct rxpath_slice name)
{
	static const char *const xdp[] = {"xdp"};
	static const char *const failed[] = {"redirect_err", "redirect_fail"};
	static const char *const decided[] = {"xdp_drop"};

	if (is_pause_sent(name))
		return RXPATH_KIND_PRESSURE;
	if (!rxpath_slice_holds(name, xdp, 1))
		return RXPATH_KIND_SUSPECT;
	if (rxpath_slice_holds(name, decided, 1))
		return RXPATH_KIND_REJECT;
	return rxpath_slice_holds(name, failed, sizeof failed / sizeof *failed)
		       ? RXPATH_KIND_DROP
		       : RXPATH_KIND_SUSPECT;
}
