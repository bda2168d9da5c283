/* genl.h: generic netlink. */
#ifndef RXPATH_CAPTURE_GENL_H
#define RXPATH_CAPTURE_GENL_H

#include <stdbool.h>
#include <stdint.h>

/* A generic netlink socket, and the numbers of its families. 0: the kernel lacks the
 * family, or has not been asked yet. */
struct genl {
	int fd; /* -1: not open */
	bool asked;
	uint16_t ethtool, netdev, ovs_datapath;
};

/* Opens the socket and looks up the families at the first call. False without a socket. */
bool rxpath_genl_open(struct genl *genl);

#endif
