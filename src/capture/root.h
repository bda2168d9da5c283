/* root.h: opens files below a directory without ever leaving it. */
#ifndef RXPATH_CAPTURE_ROOT_H
#define RXPATH_CAPTURE_ROOT_H

#include <stdbool.h>
#include <stddef.h>

/* Opens DIR/PATH for reading. No link in the path, and no "..", can lead out of DIR. -1 with errno:
 * ENOTSUP when it is a pipe, a device, a socket. */
int rxpath_root_open(int dir, const char *path);

/* The same for a directory. */
int rxpath_root_opendir(int dir, const char *path);

/* The same for the directory of the network namespace's files, whose name goes to `path`. -1 with
 * errno, and then `path` is "/proc/net". */
int rxpath_root_open_net(int dir, char *path, size_t size);

/* Whether the directory is on a file system of that kind (linux/magic.h). */
bool rxpath_is_on(int dir, long magic);

#endif
