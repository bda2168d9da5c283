/* tracefs.h: makes and removes tracing instances. */
#ifndef RXPATH_TRACE_TRACEFS_H
#define RXPATH_TRACE_TRACEFS_H

#include <stdbool.h>
#include <stddef.h>

#include "rxpath/err.h"

/* Makes the instance rxpath-PID, after removing the ones that dead runs left behind, and writes its
 * path ("" when there is none). False with *error that says what to do about it. */
bool rxpath_tracefs_make(char *path, size_t size, struct rxpath_error *error);

/* Removes it. False with *error when another process has one of its files open. */
bool rxpath_tracefs_remove(const char *path, struct rxpath_error *error);

#endif
