/* all_netns.c: every network namespace of the host: entered one after the other for each sample,
 * and again for the details of a report.
 *
 * Files and netlink sockets stay bound to the namespace that they were opened in, so they are kept
 * open, as far as the limit of descriptors allows. What the kernel counts for the whole host is
 * read once before and, for a report, once after them all, and is part of each namespace's sample.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "netns_list.h"
#include "rxpath/namespaces.h"
#include "rxpath/parse.h"

/* The most descriptors that a capture keeps open. */
#define FILES_OF_CAPTURE ((size_t)24)

bool all_netns_open(struct session *session)
{
	struct all_netns *all = calloc(1, sizeof *all);

	if (!all)
		return say("out of memory");
	session->all = all;
	all->own = rxpath_namespace_own();
	all->inside = all->own;
	if (all->own < 0)
		return say_system("/proc/thread-self/ns/net", errno);
	getrlimit(RLIMIT_NOFILE, &all->limit);
	all_netns_raise_limit(all);
	return true;
}

void all_netns_close(struct all_netns *all)
{
	if (!all)
		return;
	netns_list_free(all);
	if (all->own >= 0)
		close(all->own);
	rxpath_buf_free(&all->host);
	free(all);
}

void all_netns_raise_limit(const struct all_netns *all)
{
	struct rlimit limit;

	if (!all)
		return;
	limit = all->limit;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

void all_netns_lower_limit(const struct all_netns *all)
{
	if (all)
		setrlimit(RLIMIT_NOFILE, &all->limit);
}

/* Keeps the host's sections for the sample of each namespace. */
static bool record(void *context, const struct rxpath_section *section, struct rxpath_error *error)
{
	struct rxpath_buf *host = context;

	if (section->error == 0 && !rxpath_slice_is(section->path, "rxpath"))
		rxpath_bundle_write(host, section);
	return !host->failed || rxpath_error_memory(error);
}

static bool read_host(struct session *session, struct rxpath_error *error)
{
	rxpath_buf_reset(&session->all->host);
	return rxpath_capture_sample(session->capture, record, &session->all->host, error);
}

static bool add_host(const struct all_netns *all, struct member *member, struct rxpath_error *error)
{
	return all->host.len == 0 ||
	       rxpath_bundle_split(rxpath_buf_view(&all->host), rxpath_parse_section,
				   &member->builder, error);
}

/* How many captures may stay open. */
static size_t most_open(const struct session *session)
{
	size_t left = netns_descriptors_left();

	/* A single sample is not repeated. */
	if (session->purpose.alone || left <= session->all->fds_kept)
		return 0;
	return (left - session->all->fds_kept) / FILES_OF_CAPTURE;
}

/* Without an open descriptor another namespace may have got the inode of one that ended. */
static void note_cookie(struct all_netns *all, struct member *member)
{
	uint64_t cookie = member->fd < 0 ? rxpath_namespace_cookie() : 0;

	if (member->has_before && cookie != member->cookie) {
		member->has_before = false;
		all->ended++;
		all->appeared++;
	}
	member->cookie = cookie;
}

static struct rxpath_capture *open_capture(const struct session *session,
					   const struct member *member, struct rxpath_error *error)
{
	const struct all_netns *all = session->all;
	const struct rxpath_target target = {.entered = member->examined.elsewhere};
	struct rxpath_purpose purpose = session->purpose;

	purpose.extent = RXPATH_NETNS_ALONE;
	purpose.no_limits = all->initial != 0 && member->facts.inode != all->initial;
	return rxpath_capture_open(&target, purpose, error);
}

/* The program stays in that namespace. */
static bool take_member(struct session *session, struct member *member, enum moment moment,
			bool stays_open, struct rxpath_error *error)
{
	struct rxpath_request request = request_of(session, moment);
	struct all_netns *all = session->all;
	int number = netns_enter_member(all, member);
	bool done;

	make_room_for_sample(&member->examined);
	request.before = &member->examined.before;
	member->has_before = member->has_after;
	member->has_after = number != ESTALE;
	rxpath_builder_begin(&member->builder, &member->examined.after, &request);
	if (number == ESTALE) {
		all->ended++;
		return true;
	}
	if (number != 0)
		return rxpath_error_system(error, member->facts.name.ptr, number);
	note_cookie(all, member);
	if (!member->capture)
		member->capture = open_capture(session, member, error);
	if (!member->capture)
		return false;
	rxpath_capture_assume_absent(member->capture, all->absent);
	done = add_host(all, member, error) &&
	       rxpath_capture_sample(member->capture, rxpath_parse_section, &member->builder,
				     error);
	all->absent = rxpath_capture_absent(member->capture);
	if (!stays_open) {
		rxpath_capture_close(member->capture);
		member->capture = NULL;
	}
	return done;
}

/* Adds it to what is reported, if it has the samples for that. For the exit status alone nothing is
 * read a second time. */
static bool finish_member(struct session *session, struct member *member, enum moment moment,
			  struct rxpath_error *error)
{
	if (!member->has_after)
		return true;
	if ((!session->purpose.brief && !add_host(session->all, member, error)) ||
	    (!member->examined.elsewhere && !add_trace(session, &member->builder, moment, error)))
		return false;
	rxpath_builder_finish(&member->builder);
	say_failures(session, &member->examined.after, member->facts.name.ptr);
	if (member->has_before || session->purpose.alone || !session->all->taken)
		session->examined[session->examined_count++] = &member->examined;
	return true;
}

static bool take_all(struct session *session, enum moment moment, struct rxpath_error *error)
{
	struct all_netns *all = session->all;
	size_t kept_open;
	bool done = true;

	if (!netns_list_update(all, error) || !read_host(session, error))
		return false;
	free(session->examined);
	session->examined = calloc(all->count + 1, sizeof(struct examined *));
	session->examined_count = 0;
	if (!session->examined)
		return rxpath_error_memory(error);
	kept_open = most_open(session);
	all->absent = 0;
	for (size_t i = 0; done && i < all->count; i++)
		done = take_member(session, all->members[i], moment, i < kept_open, error);
	netns_enter(all, all->own);
	done = done && (session->purpose.brief || read_host(session, error));
	for (size_t i = 0; done && i < all->count; i++)
		done = finish_member(session, all->members[i], moment, error);
	if (done && !all->taken && !session->options->quiet)
		done = readers_begin(session, error);
	all->taken = true;
	return done;
}

bool all_netns_take(struct session *session, enum moment moment)
{
	struct rxpath_error error = {0};

	return take_all(session, moment, &error) || say_error(&error);
}

void all_netns_count(struct session *session, struct rxpath_host_report *host)
{
	const struct options *options = session->options;
	struct all_netns *all = session->all;
	struct rxpath_host_report said = {0};
	struct rxpath_buf text = {0};

	if (!all)
		return;
	/* One sample has no interval. */
	if (!session->purpose.alone) {
		host->ended = said.ended = all->ended;
		host->appeared = said.appeared = all->appeared;
	}
	host->denied = all->denied;
	host->beyond = all->beyond;
	host->hidden = all->hidden;
	host->as_root = geteuid() == 0;
	if (options->quiet ||
	    (options->command != COMMAND_METRICS && options->format->render == rxpath_render_text))
		return;
	/* What does not change is said once. */
	rxpath_render_not_examined(all->said ? &said : host, &text);
	all->said = true;
	for (struct rxpath_slice rest = rxpath_buf_view(&text), line;
	     rxpath_scan_line(&rest, &line);)
		say("%.*s", (int)line.len, line.ptr);
	rxpath_buf_free(&text);
}

bool all_netns_inside(struct session *session, struct examined *examined, detail_step *step,
		      struct rxpath_error *error)
{
	struct all_netns *all = session->all;
	struct member *member = (struct member *)examined;
	struct rxpath_capture *capture = member->capture;
	bool done;

	/* The namespace ended after the sample. */
	if (netns_enter_member(all, member) != 0)
		return true;
	if (!capture)
		capture = open_capture(session, member, error);
	done = capture && step(session, examined, capture, error);
	if (!member->capture)
		rxpath_capture_close(capture);
	netns_enter(all, all->own);
	return done;
}
