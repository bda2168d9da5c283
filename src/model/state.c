/* state.c: how states and flags are written, and which kind makes which state. */
#include "rxpath/state.h"

static const char *const states[] = {
	[RXPATH_STATE_DROP] = "drop",	      [RXPATH_STATE_UNKNOWN] = "unknown",
	[RXPATH_STATE_SUSPECT] = "suspect",   [RXPATH_STATE_PRESSURE] = "pressure",
	[RXPATH_STATE_REJECT] = "reject",     [RXPATH_STATE_OK] = "ok",
	[RXPATH_STATE_SKIPPED] = "not asked",
};

static const char *const flags[RXPATH_FLAGS] = {
	"counted", "wrapped", "reset", "new", "gone", "allowed", "unclassified", "host",
};

static const enum rxpath_state states_of_kinds[RXPATH_KINDS] = {
	[RXPATH_KIND_DROP] = RXPATH_STATE_DROP,
	[RXPATH_KIND_SUSPECT] = RXPATH_STATE_SUSPECT,
	[RXPATH_KIND_PRESSURE] = RXPATH_STATE_PRESSURE,
	[RXPATH_KIND_REJECT] = RXPATH_STATE_REJECT,
	[RXPATH_KIND_TRAFFIC] = RXPATH_STATE_OK,
};

const char *rxpath_state_name(enum rxpath_state state)
{
	return states[state];
}

enum rxpath_state rxpath_state_of(enum rxpath_kind kind)
{
	return states_of_kinds[kind];
}

const char *rxpath_flag_name(unsigned index)
{
	return flags[index];
}
