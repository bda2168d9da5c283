/* all_netns.c: every network namespace of the host: found anew for each sample, entered one after
 * the other, and reported together.
 *
 * A namespace is known by an open descriptor: as long as that is open, no other gets its inode.
 * Where the limit of descriptors is too low for that, it is opened each time, and known by its
 * cookie. Files and netlink sockets stay bound to the namespace that they were opened in, so they
 * too are kept open, as far as the limit of descriptors allows. What the kernel counts for the
 * whole host is read once before and once after them all, and is part of each namespace's
 * sample. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "all_netns.h"
#include "rxpath/namespaces.h"
#include "rxpath/parse.h"
#include "rxpath/unit.h"
#include "rxpath/search.h"

/* What a capture keeps open, at most, and what is left for everything else. */
#define FILES_OF_CAPTURE ((size_t)24)
#define FILES_OF_OTHERS ((size_t)64)

struct member {
	struct rxpath_netns_facts facts;
	struct rxpath_arena arena;   /* owns their texts */
	struct rxpath_slice ip_name; /* what `ip netns` calls it */
	int fd;			     /* -1: too many are open to keep this one so */
	uint64_t cookie;	     /* tells it again without one; 0: not known */
	bool is_own;
	bool found;			/* it was there when the namespaces were last looked for */
	struct rxpath_capture *capture; /* NULL: not open now */
	struct rxpath_builder builder;
	struct rxpath_sample before, after;
	bool has_before, has_after;
	struct rxpath_report report;
	struct rxpath_sample settings;
	struct rxpath_sample connections; /* TCP, where a counter points to some */
};

struct all_netns {
	struct session *session;
	struct rlimit limit;	 /* as it was before */
	int own;		 /* a descriptor of the program's own namespace */
	int inside;		 /* that of the one where it is now */
	struct member **members; /* sorted by inode */
	size_t count, cap;
	size_t fds_kept;  /* how many descriptors of namespaces are */
	size_t kept_open; /* how many captures may stay open */
	uint64_t absent;  /* the sources that no namespace has, in this sample */
	uint64_t initial; /* the inode of the only one that shows the limits of socket memory; 0 */
	size_t ended, appeared, denied, beyond, hidden;
	bool taken;		/* at least one sample */
	bool said;		/* what may not be examined */
	struct rxpath_buf host; /* the stored form of what the host counts */
};

bool all_netns_open(struct session *session, struct all_netns **all)
{
	*all = calloc(1, sizeof **all);
	if (!*all)
		return say("out of memory");
	(*all)->session = session;
	(*all)->own = rxpath_namespace_own();
	(*all)->inside = (*all)->own;
	if ((*all)->own < 0)
		return say_system("/proc/thread-self/ns/net", errno);
	getrlimit(RLIMIT_NOFILE, &(*all)->limit);
	all_netns_raise_limit(*all);
	return true;
}

static void free_member(struct member *member)
{
	rxpath_capture_close(member->capture);
	rxpath_sample_free(&member->before);
	rxpath_sample_free(&member->after);
	rxpath_arena_free(&member->arena);
	if (!member->is_own && member->fd >= 0)
		close(member->fd);
	free(member);
}

void all_netns_close(struct all_netns *all)
{
	if (!all)
		return;
	for (size_t i = 0; i < all->count; i++)
		free_member(all->members[i]);
	if (all->own >= 0)
		close(all->own);
	free(all->members);
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

/* Entering the program's own namespace anew would need privilege. 0, or an errno. */
static int enter(struct all_netns *all, int fd)
{
	int number = fd == all->inside ? 0 : rxpath_namespace_enter(fd);

	if (number == 0)
		all->inside = fd;
	return number;
}

/* 0, or an errno: ESTALE when it has ended. */
static int enter_member(struct all_netns *all, const struct member *member)
{
	const struct rxpath_namespace item = {
		.inode = member->facts.inode,
		.pid = member->facts.pid,
		.name = member->ip_name,
	};
	int fd, number;

	if (member->fd >= 0)
		return enter(all, member->fd);
	fd = rxpath_namespace_open(&item);
	number = fd < 0 ? errno : enter(all, fd);
	if (fd >= 0)
		close(fd);
	if (number == 0)
		all->inside = -1;
	return number;
}

/* How many descriptors are left beside those that are always needed. */
static size_t descriptors_left(void)
{
	struct rlimit limit;

	return getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur <= FILES_OF_OTHERS
		       ? 0
		       : (size_t)limit.rlim_cur - FILES_OF_OTHERS;
}

/* ---- which namespaces there are ------------------------------------------------------------- */

static int by_inode(const void *inode, const void *member)
{
	return rxpath_order(*(const uint64_t *)inode,
			    (*(struct member *const *)member)->facts.inode);
}

static struct member *find_member(const struct all_netns *all, uint64_t inode)
{
	struct member *const *found = all->count == 0 ? NULL
						      : bsearch(&inode, all->members, all->count,
								sizeof(struct member *), by_inode);

	return found ? *found : NULL;
}

/* False without memory. */
static bool describe(struct member *member, const struct rxpath_namespace *item)
{
	struct rxpath_netns_facts *facts = &member->facts;

	if (member->found && facts->pid == item->pid &&
	    rxpath_slice_equal(member->ip_name, item->name))
		return true;
	rxpath_arena_free(&member->arena);
	member->arena = (struct rxpath_arena){0};
	facts->pid = item->pid;
	facts->comm = facts->cgroup = (struct rxpath_slice){"", 0};
	if (item->pid != 0 &&
	    !rxpath_process_describe(item->pid, &member->arena, &facts->comm, &facts->cgroup))
		return false;
	member->ip_name = rxpath_arena_copy(&member->arena, item->name);
	return member->ip_name.ptr != NULL;
}

/* Several namespaces may belong to one unit, whose name then is no name of theirs. */
static bool is_shared(const struct all_netns *all, const struct member *member,
		      struct rxpath_slice unit)
{
	for (size_t i = 0; i < all->count; i++) {
		const struct member *other = all->members[i];

		if (other != member && !other->is_own &&
		    (rxpath_slice_equal(rxpath_unit_of(other->facts.cgroup), unit) ||
		     rxpath_slice_equal(other->ip_name, unit)))
			return true;
	}
	return false;
}

/* The program's own namespace is the host's in most cases, and no unit's. */
static bool set_name(const struct all_netns *all, struct member *member)
{
	struct rxpath_netns_facts *facts = &member->facts;
	struct rxpath_slice unit = rxpath_unit_of(facts->cgroup);
	struct rxpath_buf text = {0};

	facts->named_by_unit = false;
	if (member->ip_name.len > 0) {
		facts->name = member->ip_name;
		return true;
	}
	if (unit.len > 0 && !member->is_own && !is_shared(all, member, unit)) {
		facts->named_by_unit = true;
		facts->name = unit;
		return true;
	}
	rxpath_buf_printf(&text, "net:[%llu]", (unsigned long long)facts->inode);
	facts->name = text.failed ? (struct rxpath_slice){NULL, 0}
				  : rxpath_arena_copy(&member->arena, rxpath_buf_view(&text));
	rxpath_buf_free(&text);
	return facts->name.ptr != NULL;
}

/* Adds the namespace, unless it ended meanwhile or may not be opened. False without memory. */
static bool add_member(struct all_netns *all, const struct rxpath_namespace *item, bool is_own)
{
	struct member *member = calloc(1, sizeof *member);
	struct member **members =
		rxpath_array_grow(all->members, all->count, &all->cap, sizeof(struct member *));
	size_t at = all->count;
	int number;

	if (members)
		all->members = members;
	if (!member || !members) {
		free(member);
		return false;
	}
	member->fd = is_own ? all->own : rxpath_namespace_open(item);
	number = member->fd < 0 ? errno : enter(all, member->fd);
	if (number != 0) {
		/* One that has ended in the meantime does not count. */
		if (number == EMFILE || number == ENFILE)
			all->beyond++;
		else if (number != ESTALE)
			all->denied++;
		if (member->fd >= 0)
			close(member->fd);
		free(member);
		return true;
	}
	member->facts.inode = item->inode;
	member->is_own = is_own;
	if (!describe(member, item)) {
		free_member(member);
		return false;
	}
	if (!is_own && all->fds_kept >= descriptors_left()) {
		close(member->fd);
		member->fd = -1;
		all->inside = -1;
	}
	all->fds_kept += member->fd >= 0;
	for (; at > 0 && members[at - 1]->facts.inode > item->inode; at--)
		members[at] = members[at - 1];
	members[at] = member;
	all->count++;
	all->appeared += all->taken;
	return true;
}

static void remove_ended(struct all_netns *all)
{
	size_t kept = 0;

	for (size_t i = 0; i < all->count; i++) {
		if (all->members[i]->found) {
			all->members[kept++] = all->members[i];
			continue;
		}
		all->ended++;
		all->fds_kept -= all->members[i]->fd >= 0;
		free_member(all->members[i]);
	}
	all->count = kept;
}

/* Brings the members up to date. */
static bool look_around(struct all_netns *all, struct rxpath_error *error)
{
	struct rxpath_namespaces namespaces = {0};
	bool done = rxpath_namespaces_find(&namespaces, RXPATH_WITH_PROCESSES, error);
	bool has_memory = true;

	all->ended = all->appeared = all->denied = all->beyond = 0;
	all->hidden = namespaces.hidden;
	all->initial = namespaces.initial;
	if (all->initial == 0 && rxpath_namespace_is_initial())
		all->initial = namespaces.own;
	for (size_t i = 0; done && i < all->count; i++)
		all->members[i]->found =
			rxpath_namespaces_at(&namespaces, all->members[i]->facts.inode) != NULL;
	if (done)
		remove_ended(all);
	for (size_t i = 0; done && has_memory && i < namespaces.count; i++) {
		const struct rxpath_namespace *item = &namespaces.items[i];
		struct member *member = find_member(all, item->inode);

		has_memory = member ? describe(member, item)
				    : add_member(all, item, item->inode == namespaces.own);
	}
	for (size_t i = 0; done && has_memory && i < all->count; i++)
		has_memory = set_name(all, all->members[i]);
	rxpath_namespaces_free(&namespaces);
	enter(all, all->own);
	return done && (has_memory || rxpath_error_memory(error));
}

/* ---- samples -------------------------------------------------------------------------------- */

/* Keeps what the host counts, to be handed on to each namespace's sample. */
static bool record(void *context, const struct rxpath_section *section, struct rxpath_error *error)
{
	struct rxpath_buf *host = context;

	if (section->error == 0 && !rxpath_slice_is(section->path, "rxpath"))
		rxpath_bundle_write(host, section);
	return !host->failed || rxpath_error_memory(error);
}

static bool read_host(struct all_netns *all, struct rxpath_error *error)
{
	rxpath_buf_reset(&all->host);
	return rxpath_capture_sample(all->session->capture, record, &all->host, error);
}

static bool add_host(const struct all_netns *all, struct member *member, struct rxpath_error *error)
{
	return all->host.len == 0 ||
	       rxpath_bundle_split(rxpath_buf_view(&all->host), rxpath_parse_section,
				   &member->builder, error);
}

static size_t most_open(const struct all_netns *all)
{
	size_t left = descriptors_left();

	/* Of a single sample nothing is read again. */
	if (all->session->purpose.alone || left <= all->fds_kept)
		return 0;
	return (left - all->fds_kept) / FILES_OF_CAPTURE;
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

/* Leaves the program in that namespace. */
static bool take_member(struct all_netns *all, struct member *member, enum moment moment,
			bool stays_open, struct rxpath_error *error)
{
	const struct rxpath_request request = request_of(all->session, moment);
	const struct rxpath_target target = {.entered = !member->is_own};
	struct rxpath_purpose purpose = all->session->purpose;
	int number = enter_member(all, member);
	bool done;

	rxpath_sample_free(&member->before);
	member->before = member->after;
	member->has_before = member->has_after;
	member->has_after = true;
	rxpath_builder_begin(&member->builder, &member->after, &request);
	if (number == ESTALE) {
		member->has_after = false;
		all->ended++;
		return true;
	}
	if (number != 0)
		return rxpath_error_system(error, member->facts.name.ptr, number);
	note_cookie(all, member);
	purpose.extent = RXPATH_NETNS_ALONE;
	purpose.no_limits = all->initial != 0 && member->facts.inode != all->initial;
	if (!member->capture)
		member->capture = rxpath_capture_open(&target, purpose, error);
	if (member->capture)
		rxpath_capture_assume_absent(member->capture, all->absent);
	done = member->capture && add_host(all, member, error) &&
	       rxpath_capture_sample(member->capture, rxpath_parse_section, &member->builder,
				     error);
	if (member->capture)
		all->absent = rxpath_capture_absent(member->capture);
	if (!stays_open) {
		rxpath_capture_close(member->capture);
		member->capture = NULL;
	}
	return done;
}

static bool finish_member(struct all_netns *all, struct member *member, enum moment moment,
			  struct rxpath_error *error)
{
	if (!member->has_after)
		return true;
	if (!add_host(all, member, error) ||
	    (member->is_own && !add_trace(all->session, &member->builder, moment, error)))
		return false;
	rxpath_builder_finish(&member->builder);
	say_failures(all->session, &member->after, member->facts.name.ptr);
	return true;
}

static bool begin_readers(const struct all_netns *all, struct rxpath_error *error)
{
	const struct rxpath_sample **samples =
		calloc(all->count + 1, sizeof(const struct rxpath_sample *));
	bool done;

	if (!samples)
		return rxpath_error_memory(error);
	for (size_t i = 0; i < all->count; i++)
		samples[i] = &all->members[i]->after;
	done = readers_begin(&all->session->readers, all->session->capture, samples, all->count,
			     error);
	free(samples);
	return done;
}

bool all_netns_take(struct all_netns *all, enum moment moment)
{
	struct rxpath_error error = {0};
	bool done = look_around(all, &error) && read_host(all, &error);

	all->session->moment = moment;
	all->kept_open = most_open(all);
	all->absent = 0;
	for (size_t i = 0; done && i < all->count; i++)
		done = take_member(all, all->members[i], moment, i < all->kept_open, &error);
	enter(all, all->own);
	done = done && read_host(all, &error);
	for (size_t i = 0; done && i < all->count; i++)
		done = finish_member(all, all->members[i], moment, &error);
	if (done && !all->taken && !all->session->options->quiet)
		done = begin_readers(all, &error);
	all->taken = true;
	if (!done)
		say_error(&error);
	return done;
}

/* ---- reports -------------------------------------------------------------------------------- */

/* On standard error, where the output has no place for it: once, but for what changes. */
static void say_not_examined(struct all_netns *all, struct rxpath_host_report host)
{
	const struct options *options = all->session->options;
	struct rxpath_buf text = {0};

	if (options->quiet ||
	    (options->command != COMMAND_METRICS && options->format->render == rxpath_render_text))
		return;
	if (all->said)
		host.denied = host.beyond = host.hidden = 0;
	all->said = true;
	rxpath_render_not_examined(&host, &text);
	for (struct rxpath_slice rest = rxpath_buf_view(&text), line;
	     rxpath_scan_line(&rest, &line);)
		say("%.*s", (int)line.len, line.ptr);
	rxpath_buf_free(&text);
}

/* NULL: the report is since boot. */
static const struct rxpath_sample *before_of(const struct all_netns *all,
					     const struct member *member)
{
	return all->session->options->command == COMMAND_TOTALS ? NULL : &member->before;
}

static bool analyse_member(struct all_netns *all, struct member *member, struct rxpath_error *error)
{
	struct rxpath_criteria criteria = all->session->options->criteria;

	criteria.elsewhere = !member->is_own;
	member->report = (struct rxpath_report){0};
	member->settings = (struct rxpath_sample){0};
	member->connections = (struct rxpath_sample){0};
	return rxpath_analyse(before_of(all, member), &member->after, &criteria, &member->report,
			      error);
}

/* What has to be asked inside of a namespace. */
typedef bool member_step(struct all_netns *all, struct member *member,
			 struct rxpath_capture *capture, struct rxpath_error *error);

static bool take_step_inside(struct all_netns *all, struct member *member, member_step *step,
			     struct rxpath_error *error)
{
	const struct rxpath_target target = {.entered = !member->is_own};
	struct rxpath_purpose purpose = all->session->purpose;
	struct rxpath_capture *capture = member->capture;
	bool done;

	/* It ended after the sample. */
	if (enter_member(all, member) != 0)
		return true;
	purpose.extent = RXPATH_NETNS_ALONE;
	if (!capture)
		capture = rxpath_capture_open(&target, purpose, error);
	done = capture && step(all, member, capture, error);
	if (!member->capture)
		rxpath_capture_close(capture);
	enter(all, all->own);
	return done;
}

static bool add_member_connections(struct all_netns *all, struct member *member,
				   struct rxpath_capture *capture, struct rxpath_error *error)
{
	return add_connections(capture, before_of(all, member), &member->after,
			       &member->connections, &member->report, error);
}

static bool add_member_findings(struct all_netns *all, struct member *member,
				struct rxpath_capture *capture, struct rxpath_error *error)
{
	return add_findings(all->session, capture, before_of(all, member), &member->after,
			    &member->settings, &member->report, error);
}

/* Before the owners are looked up, as those of connections are too. */
static bool find_connections(struct all_netns *all, struct member *member,
			     struct rxpath_error *error)
{
	return !rxpath_analyse_needs_connections(&member->report) ||
	       take_step_inside(all, member, add_member_connections, error);
}

static bool explain_member(struct all_netns *all, struct member *member, struct rxpath_error *error)
{
	return rxpath_analyse_stages_to_explain(&member->report,
						&all->session->options->criteria) == 0 ||
	       take_step_inside(all, member, add_member_findings, error);
}

/* Those that have both samples. */
static size_t list_reported(const struct all_netns *all, struct member **members)
{
	size_t count = 0;

	for (size_t i = 0; i < all->count; i++)
		if (all->members[i]->has_after &&
		    (!before_of(all, all->members[i]) || all->members[i]->has_before))
			members[count++] = all->members[i];
	return count;
}

static void finish_report(struct all_netns *all, struct member *member, size_t index, size_t count)
{
	struct rxpath_report *report = &member->report;

	report->of_netns = &member->facts;
	report->netns = member->facts.name;
	report->is_first = index == 0;
	report->count_many = all->session->options->count != 1 && index + 1 == count;
	judge_report(all->session, &member->after, report);
}

/* What was asked for is every namespace. */
static bool judge_all(struct all_netns *all, struct member **members, size_t count)
{
	const struct rxpath_sample **samples =
		calloc(count + 1, sizeof(const struct rxpath_sample *));

	if (!samples)
		return false;
	for (size_t i = 0; i < count; i++)
		samples[i] = &members[i]->after;
	if (!warn_unmatched_patterns(all->session, samples, count) || all->denied + all->beyond > 0)
		worsen_verdict(all->session, STATUS_TROUBLE);
	free(samples);
	return true;
}

/* The trace is of all namespaces, so the counters of all explain it. */
static void explain_trace(struct member **members, size_t count)
{
	uint64_t counted = 0;

	for (size_t i = 0; i < count; i++)
		counted += members[i]->report.counted;
	for (size_t i = 0; i < count; i++) {
		struct rxpath_trace_result *trace = members[i]->report.trace;

		if (trace)
			trace->elsewhere = rxpath_trace_elsewhere(trace->with_counter, counted);
	}
}

/* `reports` and `members` have room for all namespaces. */
static bool report_all(struct all_netns *all, struct member **members,
		       struct rxpath_report **reports)
{
	const struct options *options = all->session->options;
	size_t count = list_reported(all, members);
	struct rxpath_sample owners = {0};
	struct rxpath_error error = {0};
	const struct rxpath_host_report host = {
		.reports = (const struct rxpath_report *const *)reports,
		.count = count,
		.ended = all->ended,
		.appeared = all->appeared,
		.denied = all->denied,
		.beyond = all->beyond,
		.hidden = all->hidden,
		.count_many = options->count != 1,
	};
	bool done = true;

	for (size_t i = 0; i < count; i++) {
		reports[i] = &members[i]->report;
		done = analyse_member(all, members[i], &error) && done;
	}
	for (size_t i = 0; done && !options->quiet && i < count; i++)
		done = find_connections(all, members[i], &error);
	if (done && !options->quiet)
		done = add_owners(all->session, reports, count, &owners, &error) &&
		       readers_add_live(&all->session->readers, all->session->capture, NULL,
					reports, count, &error);
	for (size_t i = 0; done && !options->quiet && i < count; i++)
		done = explain_member(all, members[i], &error);
	explain_trace(members, count);
	for (size_t i = 0; done && i < count; i++)
		finish_report(all, members[i], i, count);
	done = done && (judge_all(all, members, count) || rxpath_error_memory(&error));
	if (!done)
		say_error(&error);
	if (done) {
		say_not_examined(all, host);
		done = write_reports(all->session, &host);
	}
	for (size_t i = 0; i < count; i++) {
		rxpath_report_free(&members[i]->report);
		rxpath_sample_free(&members[i]->connections);
		rxpath_sample_free(&members[i]->settings);
	}
	rxpath_sample_free(&owners);
	return done;
}

bool all_netns_report(struct all_netns *all)
{
	struct member **members = calloc(all->count + 1, sizeof(struct member *));
	struct rxpath_report **reports = calloc(all->count + 1, sizeof(struct rxpath_report *));
	bool done = members && reports;

	if (done)
		done = report_all(all, members, reports);
	else
		say("out of memory");
	free(members);
	free(reports);
	return done;
}

struct rxpath_metrics_input *all_netns_inputs(struct all_netns *all, size_t *count)
{
	struct rxpath_metrics_input *inputs = calloc(all->count + 1, sizeof *inputs);
	const struct rxpath_host_report host = {
		.denied = all->denied, .beyond = all->beyond, .hidden = all->hidden};

	if (!inputs) {
		say("out of memory");
		return NULL;
	}
	*count = all->count;
	for (size_t i = 0; i < all->count; i++)
		inputs[i] = (struct rxpath_metrics_input){
			.sample = &all->members[i]->after,
			.netns = all->members[i]->facts.name,
			.elsewhere = !all->members[i]->is_own,
		};
	say_not_examined(all, host);
	return inputs;
}
