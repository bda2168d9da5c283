/* capture.c: one sample of the live system, or of the files under --root. layouts.c reads each
 * source, from files (files.c) or from the kernel (ask.c). */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture_internal.h"
#include "netlink.h"
#include "root.h"
#include "rtlink.h"
#include "rxpath/version.h"

/* Lists every source that a sample reads, in order; returns how many there are. */
static size_t list_in_order(enum rxpath_source sources[RXPATH_SOURCES])
{
	size_t count = 0;

	for (enum rxpath_source i = RXPATH_SOURCE_NONE + 1; i < RXPATH_SOURCES; i++) {
		unsigned order = rxpath_source_row(i)->order;
		size_t at = count;

		if (order == 0)
			continue;
		for (; at > 0 && rxpath_source_row(sources[at - 1])->order > order; at--)
			sources[at] = sources[at - 1];
		sources[at] = i;
		count++;
	}
	return count;
}

static bool is_in_extent(enum rxpath_source source, enum rxpath_extent extent)
{
	bool of_host = rxpath_source_row(source)->scope == RXPATH_OF_HOST;

	return extent == RXPATH_NETNS_AND_HOST || of_host == (extent == RXPATH_HOST_ALONE);
}

/* All sources in order, and after each one the second readings of those that are read around it.
 * A sample for the exit status alone needs no second readings: whether anything was lost does
 * not depend on the moment of a loss. */
static void plan_steps(struct rxpath_capture *capture)
{
	enum rxpath_source sources[RXPATH_SOURCES];
	const size_t source_count = list_in_order(sources);
	const struct rxpath_purpose *purpose = &capture->purpose;

	for (size_t i = 0; i < source_count; i++) {
		if (is_in_extent(sources[i], purpose->extent))
			capture->steps[capture->step_count++] = (struct step){sources[i], false};
		for (size_t j = 0; j < i && !purpose->brief; j++)
			if (rxpath_source_row(sources[j])->around == sources[i] &&
			    is_in_extent(sources[j], purpose->extent))
				capture->steps[capture->step_count++] =
					(struct step){sources[j], true};
	}
}

static bool enter_target(struct rxpath_capture *capture, const struct rxpath_target *target,
			 struct rxpath_error *error)
{
	enum rxpath_entry entry;

	if (target->root) {
		capture->root = open(target->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (capture->root < 0)
			return rxpath_error_system(error, target->root, errno);
		return rxpath_tree_at(capture->root, target->root, error) != RXPATH_WRONG_LEVEL;
	}
	if (target->netns || target->pid) {
		rxpath_capture_host_settings(capture);
		entry = rxpath_netns_enter(target, &capture->process, error);
		if (entry != RXPATH_ENTERED) {
			/* Anybody may read the files of a process's namespace; only netlink, and so
			 * the receive limits, needs to be inside. */
			if (entry != RXPATH_ENTRY_DENIED || !target->pid)
				return false;
			snprintf(capture->net, sizeof capture->net, "/proc/self/fd/%d/net",
				 capture->process);
			snprintf(capture->ns_path, sizeof capture->ns_path,
				 "/proc/self/fd/%d/ns/net", capture->process);
			return access(capture->net, R_OK | X_OK) == 0;
		}
		capture->entered = true;
		if (target->netns) {
			capture->netns = strdup(target->netns);
			if (!capture->netns)
				return rxpath_error_memory(error);
		}
	}
	if (target->entered)
		capture->entered = true;
	capture->netlink[NETLINK_ROUTE] = rxpath_netlink_open(NETLINK_ROUTE);
	return true;
}

struct rxpath_capture *rxpath_capture_open(const struct rxpath_target *target,
					   struct rxpath_purpose purpose,
					   struct rxpath_error *error)
{
	struct rxpath_capture *capture = malloc(sizeof *capture);

	if (!capture) {
		rxpath_error_memory(error);
		return NULL;
	}
	*capture = (struct rxpath_capture){
		.root = -1,
		.net = "/proc/net",
		.ns_path = "/proc/self/ns/net",
		.purpose = purpose,
		.net_dir = -1,
		.process = -1,
		.genl.fd = -1,
	};
	memset(capture->files, -1, sizeof capture->files);
	memset(capture->of_host, -1, sizeof capture->of_host);
	memset(capture->netlink, -1, sizeof capture->netlink);
	plan_steps(capture);
	if (!enter_target(capture, target, error)) {
		rxpath_capture_close(capture);
		return NULL;
	}
	if (rxpath_capture_is_live(capture)) {
		capture->net_dir = open(capture->net, O_PATH | O_DIRECTORY | O_CLOEXEC);
		capture->net_by_kernel = capture->net_dir >= 0;
	}
	return capture;
}

static void close_all(const int *fds, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

void rxpath_capture_close(struct rxpath_capture *capture)
{
	if (!capture)
		return;
	close_all(capture->files, RXPATH_SOURCES);
	close_all(capture->of_host, RXPATH_HOST_SETTINGS);
	close_all(capture->netlink, sizeof capture->netlink / sizeof *capture->netlink);
	close_all(
		(const int[]){capture->net_dir, capture->root, capture->process, capture->genl.fd},
		4);
	rxpath_ethtool_close(capture->ethtool);
	rxpath_buf_free(&capture->device_table);
	rxpath_buf_free(&capture->boot);
	rxpath_buf_free(&capture->scratch);
	free(capture->netns);
	free(capture);
}

/* Services with a private network and sandboxes have namespaces that never received a packet;
 * the largest files would be all zeros there. */
static bool is_unused(const struct rxpath_capture *capture)
{
	return capture->purpose.brief && capture->have_rtnetlink && !capture->received &&
	       rxpath_link_is_loopback(rxpath_capture_devices(capture));
}

static bool run_step(struct rxpath_capture *capture, const struct step *step,
		     const struct emitter *emitter)
{
	const struct rxpath_source_row *row = rxpath_source_row(step->source);

	if (capture->purpose.brief &&
	    (row->quiet == RXPATH_QUIET_SKIP ||
	     (row->quiet == RXPATH_QUIET_WITHOUT_RTNETLINK && capture->have_rtnetlink)))
		return true;
	if ((row->of_received && is_unused(capture)) ||
	    (row->layout != RXPATH_LAYOUT_SOCKETS &&
	     rxpath_is_empty(capture->empty.of[step->source]) &&
	     (capture->purpose.brief || capture->purpose.extent == RXPATH_NETNS_ALONE)))
		return rxpath_emit_section(emitter, "rxpath/unmoved", 0,
					   rxpath_slice_of(row->path));
	return rxpath_capture_step(capture, step, emitter);
}

/* Host, kernel, boot and time, as far as there are files. */
static bool put_facts(struct rxpath_capture *capture, const struct emitter *emitter)
{
	static const char *const paths[] = {
		"/proc/sys/kernel/hostname",
		"/proc/sys/kernel/osrelease",
		"/proc/sys/kernel/random/boot_id",
		"/proc/uptime",
	};

	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		if (!rxpath_capture_put_file(capture, paths[i], emitter))
			return false;
	return true;
}

_Static_assert(RXPATH_SOURCES <= 64, "a bit for each source");

uint64_t rxpath_capture_absent(const struct rxpath_capture *capture)
{
	return capture->absent;
}

void rxpath_capture_assume_absent(struct rxpath_capture *capture, uint64_t absent)
{
	capture->assumed_absent = absent;
}

bool rxpath_capture_sections(struct rxpath_capture *capture, rxpath_sink *sink, void *context,
			     struct rxpath_error *error)
{
	const struct emitter emitter = {sink, context, capture->purpose.interrupt, error};
	const bool is_live = rxpath_capture_is_live(capture);
	bool done = true;

	capture->absent = capture->assumed_absent;
	capture->received = false;
	capture->empty = (struct empty_tables){0};
	if (!is_live) {
		done = (capture->purpose.brief && capture->purpose.alone) ||
		       put_facts(capture, &emitter);
		/* Below a root the directory may have been replaced since the last sample. */
		capture->net_dir =
			rxpath_root_open_net(capture->root, capture->net, sizeof capture->net);
		capture->net_by_kernel = rxpath_is_on(capture->net_dir, PROC_SUPER_MAGIC);
	}
	for (size_t i = 0; done && i < capture->step_count; i++)
		done = run_step(capture, &capture->steps[i], &emitter);
	if (!is_live && capture->net_dir >= 0) {
		close(capture->net_dir);
		capture->net_dir = -1;
	}
	return done;
}

bool rxpath_capture_sample(struct rxpath_capture *capture, rxpath_sink *sink, void *context,
			   struct rxpath_error *error)
{
	const struct emitter emitter = {sink, context, capture->purpose.interrupt, error};

	/* Where the devices are not part of the sample, each namespace's own lists them. */
	capture->have_rtnetlink = capture->purpose.extent == RXPATH_HOST_ALONE &&
				  capture->netlink[NETLINK_ROUTE] >= 0;
	/* A sample for the exit status alone names only the version: a source that it lacks is
	 * one that the kernel lacks. */
	return (capture->purpose.brief
			? rxpath_emit_section(&emitter, "rxpath", 0,
					      rxpath_slice_of("version " RXPATH_VERSION "\n"))
			: rxpath_meta(capture, &emitter)) &&
	       rxpath_capture_sections(capture, sink, context, error);
}
