/* session.h: a command's session: its options, its output, its samples and its reports. */
#ifndef RXPATH_CLI_SESSION_H
#define RXPATH_CLI_SESSION_H

#include "cli.h"

/* The position of a sample in its series: tracing starts before FIRST and ends with LAST. */
enum moment { FIRST, BETWEEN, LAST };

/* A network namespace: its last two samples, and what is reported about them. */
struct examined {
	struct rxpath_sample before, after;
	const struct rxpath_netns_facts *netns; /* NULL: only one namespace is examined */
	bool elsewhere;				/* another one has the counters of the host */
	struct rxpath_report report;
	struct rxpath_sample connections, settings; /* details that the report needs */
};

/* What the processes that read sockets did so far. */
struct readers {
	struct rxpath_sample sample;
	bool known;
};

struct session {
	const struct options *options;
	struct rxpath_capture *capture; /* NULL: saved samples only */
	struct all_netns *all;		/* --all-netns; else NULL */
	struct examined single;		/* without --all-netns */
	struct examined **examined;	/* those that have the samples for a report */
	size_t examined_count;
	size_t others; /* network namespaces that are not examined */
	struct tracing tracing;
	struct output output;
	struct output *forms; /* the files of the options' further forms */
	size_t form_count;    /* how many of them are open */
	struct rxpath_style style;
	struct watch watch;
	enum moment moment;		   /* of the last live sample; else LAST */
	int verdict;			   /* the worst of the reports: 0, 1 or 2 */
	int format_status;		   /* the exit status that the format gives it */
	bool said;			   /* the warnings about patterns that match nothing */
	struct rxpath_purpose purpose;	   /* of the captures */
	struct rxpath_interrupt interrupt; /* what ends a sample that takes long */
	struct interrupted interrupted;	   /* for wait_is_interrupted */
	struct readers readers;		   /* the processes that may lose packets */
};

/* Prints which files exist but could not be read, in every format. `name`: of a saved sample or a
 * network namespace, or NULL. */
void say_failures(const struct session *session, const struct rxpath_sample *sample,
		  const char *name);

/* The sample that the report compares with; NULL: it is since boot. */
static inline const struct rxpath_sample *before_of(const struct session *session,
						    const struct examined *examined)
{
	return session->options->command == COMMAND_TOTALS ? NULL : &examined->before;
}

/* The last sample becomes the one before, in place of the older one. */
void make_room_for_sample(struct examined *examined);

/* What is kept of a sample of that moment. */
struct rxpath_request request_of(const struct session *session, enum moment moment);

/* Adds what was traced up to the sample. Tracing starts before the first sample and ends after the
 * last one, so that it has every drop that a counter shows. */
bool add_trace(struct session *session, struct rxpath_builder *builder, enum moment moment,
	       struct rxpath_error *error);

/* all_netns.c: every network namespace of the host. These print why they failed. */
bool all_netns_open(struct session *session);
void all_netns_close(struct all_netns *all);
bool all_netns_take(struct session *session, enum moment moment);

/* Sets how many were not examined, and prints it on standard error where the output has no place
 * for it. */
void all_netns_count(struct session *session, struct rxpath_host_report *host);

/* A program that is started gets the limit of descriptors that this one was started with. */
void all_netns_raise_limit(const struct all_netns *all);
void all_netns_lower_limit(const struct all_netns *all);

/* Something that must be read inside a network namespace. */
typedef bool detail_step(struct session *session, struct examined *examined,
			 struct rxpath_capture *capture, struct rxpath_error *error);

/* Does that step inside, or nothing where the namespace has ended. */
bool all_netns_inside(struct session *session, struct examined *examined, detail_step *step,
		      struct rxpath_error *error);

/* details.c: what samples do not hold. */

/* The sockets whose owners and cgroups are wanted, by their numbers. Zero-initialised: none. */
struct numbers {
	uint64_t *items;
	size_t count, cap;
};
struct wanted {
	struct numbers inodes, cgroups;
};

/* Without a number (0) they do nothing; false without memory. */
bool want_number(struct numbers *numbers, uint64_t number);
bool want_socket(struct wanted *wanted, const struct rxpath_socket *socket);

/* As capture wants them: ascending, each once. */
void wanted_sort(struct wanted *wanted);
void wanted_free(struct wanted *wanted);

/* Adds to all reports what they name: connections, the owners and cgroups of sockets, what their
 * processes did, and the findings with the settings that explain them. `owners` outlives the
 * reports, and the caller frees it. */
bool add_details(struct session *session, struct rxpath_sample *owners, struct rxpath_error *error);

/* Looks up the owners and cgroups of the sockets that lost packets. */
bool find_owners_of_lossy(struct session *session, struct rxpath_sample *owners,
			  struct rxpath_error *error);

/* slow_readers.c: what the processes that read sockets were doing between two live samples. */

/* At the first samples: of the processes that hold a socket which lost packets before or has
 * something to be read. */
bool readers_begin(struct session *session, struct rxpath_error *error);

/* Once the owners are known: tells the processes of the reports' sockets what they did between the
 * two samples, and keeps that for the next reports. */
bool readers_add(struct session *session, struct rxpath_error *error);

void readers_forget(struct readers *readers);

/* Adds a number that is not there yet, if there is room; the new count. */
size_t readers_add_once(uint64_t *list, size_t count, size_t room, uint64_t number);

/* reports.c: from two samples to reports. */

/* Counts the network namespaces that are not examined, for a report that a person reads. */
void count_others(struct session *session);

/* Reports the difference of the last two samples, or what there was since boot. False after
 * printing why. */
bool write_reports(struct session *session);

/* patterns.c: a mistyped name matches nothing, which must not look healthy. Warns once about each
 * --device and --allow that matches nothing in any sample: with the first report, or with the last
 * one where reports are drawn over each other. False where a --device that is a name, and not a
 * pattern, names no device. */
bool warn_unmatched_patterns(struct session *session);

#endif
