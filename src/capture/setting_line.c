/* setting_line.c: a line of rxpath/settings about a device. */
#include "setting_line.h"

void rxpath_put_setting_name(struct rxpath_buf *out, const char *device, const char *word)
{
	rxpath_buf_string(out, "device.");
	rxpath_buf_escaped(out, rxpath_slice_of(device), "");
	rxpath_buf_printf(out, ".%s", word);
}

void rxpath_put_setting(struct rxpath_buf *out, const char *device, const char *word,
			uint64_t value)
{
	rxpath_put_setting_name(out, device, word);
	rxpath_buf_printf(out, " %llu\n", (unsigned long long)value);
}
