/* render.h: a report in, bytes out: one renderer for each format. Pure: no I/O, no clock, no
 * terminal. */
#ifndef RXPATH_RENDER_H
#define RXPATH_RENDER_H

#include <stdbool.h>

#include "rxpath/buf.h"
#include "rxpath/report.h"
#include "rxpath/sample.h"

/* What a series of reports remembers of the earlier ones. Zero-initialised: nothing. */
#define RXPATH_HISTORY 24
#define RXPATH_HISTORY_FINDINGS 32
struct rxpath_history {
	uint64_t lost[RXPATH_STAGES][RXPATH_HISTORY]; /* of each stage, oldest report first */
	size_t count;
	uint64_t sums[RXPATH_STAGES];		    /* lost since the start */
	uint64_t elapsed;			    /* nanoseconds */
	uint64_t findings[RXPATH_HISTORY_FINDINGS]; /* keys of the last report, first to last */
	size_t finding_count;
};

/* Adds a report, before it is rendered. */
void rxpath_history_note(struct rxpath_history *history, const struct rxpath_report *report);

/* The style of the text; the other formats do not depend on it. */
struct rxpath_style {
	bool color;
	bool terminal;	  /* numbers may be grouped, long sentences broken */
	unsigned columns; /* width of the terminal; 0: not known */
	unsigned
		rows; /* the report is shortened to fit, least important parts first; 0: no limit */
	bool utf8;    /* box and arrow characters may be used */
	bool all;
	bool last;			      /* of many reports */
	const struct rxpath_history *history; /* NULL: none is kept */
};

typedef void rxpath_renderer(const struct rxpath_report *report, const struct rxpath_style *style,
			     struct rxpath_buf *out);

/* Cuts the line at `columns` and returns its width. Colour codes take no column; a character of
 * several bytes takes one. */
size_t rxpath_fit_columns(struct rxpath_slice *line, size_t columns);

rxpath_renderer rxpath_render_text;
rxpath_renderer rxpath_render_tsv;
rxpath_renderer rxpath_render_json;
rxpath_renderer rxpath_render_junit;
rxpath_renderer rxpath_render_nagios;

/* All network namespaces of the host as text: a summary, a line for each that is not ok, and the
 * whole report of the worst, or of all with `all`. */
void rxpath_render_host(const struct rxpath_host_report *host, const struct rxpath_style *style,
			struct rxpath_buf *out);

/* A line for each thing that was not examined, if any. */
void rxpath_render_not_examined(const struct rxpath_host_report *host, struct rxpath_buf *out);

/* The exit statuses of monitoring plugins, and the one that goes with a report. */
enum {
	RXPATH_NAGIOS_OK,
	RXPATH_NAGIOS_WARNING,
	RXPATH_NAGIOS_CRITICAL,
	RXPATH_NAGIOS_UNKNOWN,
};
int rxpath_nagios_status(const struct rxpath_report *report);

/* With its quotes. What JSON does not allow is escaped, and so are control characters of
 * terminals. */
void rxpath_put_json_string(struct rxpath_buf *out, struct rxpath_slice text);

/* A sample for metrics. */
struct rxpath_metrics_input {
	const struct rxpath_sample *sample;
	const struct rxpath_sample *details; /* has the owners of its sockets that lost packets, and
					      * the paths of their cgroups; NULL: none */
	struct rxpath_slice netns;	     /* the label; empty: there is only one namespace */
	bool elsewhere;			     /* another sample has the host's counters */
};

/* The samples as OpenMetrics text, "# EOF" and all. */
void rxpath_render_metrics(const struct rxpath_metrics_input *inputs, size_t count,
			   struct rxpath_buf *out);

/* All facts of a finding, and its line in the table of findings. */
void rxpath_render_finding(const struct rxpath_finding_fact *fact, struct rxpath_buf *out);
void rxpath_render_finding_line(const struct rxpath_finding_fact *fact, struct rxpath_buf *out);

/* What is known of a driver's own statistic by its name. */
void rxpath_render_driver(struct rxpath_slice name, struct rxpath_buf *out);

/* One catalogue row in full, or on one line; and the table with a line for each. */
void rxpath_render_counter(const struct rxpath_counter *counter, struct rxpath_buf *out);
void rxpath_render_counter_line(const struct rxpath_counter *counter, struct rxpath_buf *out);
void rxpath_render_catalogue(struct rxpath_buf *out);

#endif
