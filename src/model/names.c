/* names.c: how states and flags are written. */
#include "rxpath/report.h"

static const char *const states[] = {
	[RXPATH_STATE_DROP] = "drop",	      [RXPATH_STATE_UNKNOWN] = "unknown",
	[RXPATH_STATE_SUSPECT] = "suspect",   [RXPATH_STATE_PRESSURE] = "pressure",
	[RXPATH_STATE_REJECT] = "reject",     [RXPATH_STATE_OK] = "ok",
	[RXPATH_STATE_SKIPPED] = "not asked",
};

static const char *const flags[RXPATH_FLAGS] = {
	"counted", "wrapped", "reset", "new", "gone", "allowed", "unclassified",
};

const char *rxpath_state_name(enum rxpath_state state)
{
	return states[state];
}

const char *rxpath_flag_name(unsigned index)
{
	return flags[index];
}
