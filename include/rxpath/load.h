/* load.h: reads saved samples. */
#ifndef RXPATH_LOAD_H
#define RXPATH_LOAD_H

#include <stdbool.h>

#include "rxpath/bundle.h"
#include "rxpath/err.h"

/* A stored sample: a file as `save` or tail wrote it, a directory that holds proc/net (and sys), or
 * "-" for standard input. False, with *error naming the file, when it cannot be read, is larger
 * than RXPATH_FILE_LIMIT, or is no sample; or when the sink returned false. */
bool rxpath_load(const char *name, rxpath_sink *sink, void *context, struct rxpath_error *error);

#endif
