/* setting_line.h: a line of rxpath/settings about a device. */
#ifndef RXPATH_CAPTURE_SETTING_LINE_H
#define RXPATH_CAPTURE_SETTING_LINE_H

#include "rxpath/buf.h"

/* Begins a line "device.NAME.WORD", or writes all of it with its value. */
void rxpath_put_setting_name(struct rxpath_buf *out, const char *device, const char *word);
void rxpath_put_setting(struct rxpath_buf *out, const char *device, const char *word,
			uint64_t value);

#endif
