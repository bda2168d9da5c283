/* session.h: how a command takes its samples and writes its reports. */
#ifndef RXPATH_CLI_SESSION_H
#define RXPATH_CLI_SESSION_H

#include "cli.h"
#include "slow_readers.h"

/* The position of a sample in its series: tracing starts before FIRST and ends with LAST. */
enum moment { FIRST, BETWEEN, LAST };

struct session {
	const struct options *options;
	struct rxpath_capture *capture; /* NULL: saved samples only */
	size_t others;			/* network namespaces that are not examined */
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

/* `fallback`: where reports go without --output. False after printing why. */
enum origin { SAVED, LIVE }; /* where the last sample comes from */
bool session_open(struct session *session, const struct options *options, enum origin origin,
		  int fallback);

/* From here on a signal ends the wait, not the program. Starts tracing if requested. */
bool session_begin(struct session *session, sigset_t *old);

/* Returns the exit status of the reports, or that of an error when the output could not be
 * completed. */
int session_close(struct session *session);

/* Ends the session without output and returns the status of an error. */
int session_abandon(struct session *session);

/* False after printing why; else the caller frees the sample. */
bool take_live(struct session *session, struct rxpath_sample *sample, enum moment moment);
bool take_stored(const char *name, const struct options *options, struct rxpath_sample *sample);

/* Prints which files exist but could not be read, in every format. `name`: of a saved sample, or
 * NULL. */
void say_failures(const struct session *session, const struct rxpath_sample *sample,
		  const char *name);

/* What is kept of a sample of that moment. */
struct rxpath_request request_of(const struct session *session, enum moment moment);

/* Adds what was traced up to the sample. Tracing starts before the first sample and ends after the
 * last one, so that it has every drop that a counter shows. */
bool add_trace(struct session *session, struct rxpath_builder *builder, enum moment moment,
	       struct rxpath_error *error);

/* details.c: what samples do not hold. */

/* Looks up, once for all, the processes that hold the sockets named in the reports, and the cgroups
 * that these sockets belong to; they are kept in *owners. */
bool add_owners(struct session *session, struct rxpath_report *const *reports, size_t count,
		struct rxpath_sample *owners, struct rxpath_error *error);

/* Looks up the same for the sockets of these samples that lost packets. */
bool find_owners_of_lossy(struct session *session, const struct rxpath_metrics_input *inputs,
			  size_t count, struct rxpath_sample *owners, struct rxpath_error *error);

/* If anything moved, reads the settings that explain it and adds the findings. `capture` NULL: the
 * settings are in `after`. */
bool add_findings(struct session *session, struct rxpath_capture *capture,
		  const struct rxpath_sample *before, const struct rxpath_sample *after,
		  struct rxpath_sample *settings, struct rxpath_report *report,
		  struct rxpath_error *error);

/* Before the owners are looked up: where counters of TCP moved that a connection is behind, looks
 * for it. `connections` outlives the report, and the caller frees it. */
bool add_connections(struct rxpath_capture *capture, const struct rxpath_sample *before,
		     const struct rxpath_sample *after, struct rxpath_sample *connections,
		     struct rxpath_report *report, struct rxpath_error *error);

/* reports.c: from two samples to reports. */

/* Sets what the form of the report depends on. */
void look_at_terminal(struct session *session);

/* Counts the network namespaces that are not examined, for a report that a person reads. */
void count_others(struct session *session);

/* Sets the report's verdict, and that of the session, which is the worst of its reports. */
void judge_report(struct session *session, const struct rxpath_sample *after,
		  struct rxpath_report *report);
void worsen_verdict(struct session *session, int verdict);

/* The reports in all forms; more than one, or one of several namespaces, with --all-netns. */
bool write_reports(struct session *session, const struct rxpath_host_report *host);

/* Reports the difference of the two; false when that failed. In a session without live samples the
 * details are those that `after` was saved with. */
bool report_pair(struct session *session, const struct rxpath_sample *before,
		 const struct rxpath_sample *after);

/* patterns.c: what is mistyped loses nothing and must not look healthy. Warns once about each
 * --device and --allow that matches nothing in any sample (NULL: none): with the first report, or
 * with the last one where reports are drawn over each other. False where a --device that is a name,
 * and not a pattern, names no device. */
bool warn_unmatched_patterns(struct session *session, const struct rxpath_sample *const *samples,
			     size_t count);

/* Whether all sockets must be kept to see whether an --allow matches one. */
bool patterns_name_sockets(const struct rxpath_criteria *criteria);

#endif
