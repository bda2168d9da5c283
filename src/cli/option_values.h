/* option_values.h: reads the value of each option into struct options. `option` is its name, for
 * messages. False after printing what is wrong. */
#ifndef RXPATH_CLI_OPTION_VALUES_H
#define RXPATH_CLI_OPTION_VALUES_H

#include "cli.h"

bool read_interval(const char *option, char *value, struct options *options);
bool read_count(const char *option, char *value, struct options *options);
bool read_format(const char *option, char *value, struct options *options);
bool read_output(const char *option, char *value, struct options *options);
bool read_device(const char *option, char *value, struct options *options);
bool read_stages(const char *option, char *value, struct options *options);
bool read_fail_on(const char *option, char *value, struct options *options);
bool read_exit_code(const char *option, char *value, struct options *options);
bool read_allowance(const char *option, char *value, struct options *options);
bool read_max_lost(const char *option, char *value, struct options *options);
bool read_netns(const char *option, char *value, struct options *options);
bool read_pid(const char *option, char *value, struct options *options);
bool read_root(const char *option, char *value, struct options *options);
bool read_endian(const char *option, char *value, struct options *options);
bool read_color(const char *option, char *value, struct options *options);

#endif
