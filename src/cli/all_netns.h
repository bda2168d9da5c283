/* all_netns.h: the samples of every network namespace of the host. */
#ifndef RXPATH_CLI_ALL_NETNS_H
#define RXPATH_CLI_ALL_NETNS_H

#include "session.h"

struct all_netns;

/* False after printing why. */
bool all_netns_open(struct session *session, struct all_netns **all);
void all_netns_close(struct all_netns *all);

/* Takes a sample of each namespace, beside the one before it. False after printing why. */
bool all_netns_take(struct all_netns *all, enum moment moment);

/* Reports what happened between the last two samples of each namespace, or since boot. */
bool all_netns_report(struct all_netns *all);

/* The last samples for metrics, an array of malloc; NULL after printing why. */
struct rxpath_metrics_input *all_netns_inputs(struct all_netns *all, size_t *count);

/* A program that is started gets the limit of descriptors that this one was started with. */
void all_netns_raise_limit(const struct all_netns *all);
void all_netns_lower_limit(const struct all_netns *all);

#endif
