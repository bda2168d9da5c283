/* unit.h: the service, container or pod that a cgroup's path names. */
#ifndef RXPATH_UNIT_H
#define RXPATH_UNIT_H

#include <stdbool.h>

#include "rxpath/buf.h"
#include "rxpath/scan.h"

/* The last part of the path that names a service, a scope, a container or a pod: "sflow.service",
 * "docker-91c4...scope", "91c4..." (64 hexadecimal digits), "pod3f2a...". A slice of `path`; empty
 * if there is none. */
struct rxpath_slice rxpath_unit_of(struct rxpath_slice path);

/* The same, to be shown to people: "sflow.service", "container 91c4a1d0e2b7", "pod 3f2a77b0
 * container 91c4a1d0e2b7". Appends nothing if there is none. */
void rxpath_unit_text(struct rxpath_slice path, struct rxpath_buf *out);

/* Whether the path lies in the unit of that name: "sflow.service", or "sflow" for a service or a
 * scope; false for an empty name. */
bool rxpath_unit_is(struct rxpath_slice path, struct rxpath_slice name);

/* Whether the path lies in the container whose id begins with `id` (at least 4 digits). */
bool rxpath_unit_is_container(struct rxpath_slice path, struct rxpath_slice id);

/* Takes the next line "NUMBER:CONTROLLERS:PATH" off the text of /proc/PID/cgroup (proc_cgroup_show,
 * kernel/cgroup/cgroup.c); cgroup2 has no controllers there. False when none is left. */
bool rxpath_unit_next_group(struct rxpath_slice *text, struct rxpath_slice *controllers,
			    struct rxpath_slice *path);

/* The path to use from the text of /proc/PID/cgroup: that of cgroup2 ("0::PATH") if it names a
 * unit; else of a v1 hierarchy that does, systemd's first; else that of cgroup2. Empty if there is
 * none. A slice of `text`. */
struct rxpath_slice rxpath_unit_path(struct rxpath_slice text);

#endif
