/* page.h: what the parts of the text report share. */
#ifndef RXPATH_RENDER_PAGE_H
#define RXPATH_RENDER_PAGE_H

#include "figures.h"

/* Widths of the columns that do not depend on their content. */
enum { STAGE_WIDTH = 10, KIND_WIDTH = 9, COUNT_WIDTH = 10 };

#define FAINT "\033[2m"
#define PLAIN "\033[0m"

/* How much of a finding is shown. Each level has what those before it have. */
enum level {
	ONE_ROW,  /* those clauses of its sentence that fit in one row */
	TWO_ROWS, /* and the first advice in one row: its command, or the clauses that fit */
	SENTENCE, /* whole; and the first advice in two rows */
	ACTION,	  /* the first advice, whole */
	FIRST_EVIDENCE,
	SECOND_EVIDENCE,
	EVIDENCE,   /* all of it */
	EVERYTHING, /* all advice */
};

/* Findings that may be shown at a level of their own; further ones are as the last of these. */
#define MAX_BLOCKS 16

/* Lists that may be cut. */
enum list { PROCESSES, COUNTERS, SOCKETS, DROPS, LISTS };

/* What is shown so that the report fits on the screen. */
struct detail {
	enum level blocks[MAX_BLOCKS]; /* of the findings, worst first */
	size_t block_count;	       /* further findings are only counted */
	size_t lists[LISTS];	       /* how long they may be */
	bool gaps;		       /* empty lines between the parts */
	bool ok_stages;		       /* a line for each stage that is ok, not one for all */
};

/* One report, its style and its output. */
struct page {
	struct rxpath_buf *out;
	const struct rxpath_report *report;
	const struct rxpath_style *style;
	struct detail detail;
	bool left_out; /* something is not shown that a pipe would get */
};

/* page.c */

/* Colours only repeat what the word says. */
const char *page_color(enum rxpath_state state);

size_t page_columns(const struct page *page);

/* The same page with another output. */
struct page page_beside(const struct page *page, struct rxpath_buf *out);

/* An empty line before the next part. */
void page_gap(const struct page *page);

/* How many rows of the terminal the text from `start` takes. */
size_t page_rows(const struct page *page, size_t start);

void page_padded(const struct page *page, struct rxpath_slice text, size_t width);
void page_colored(const struct page *page, const char *color, const char *text);
void page_state(const struct page *page, enum rxpath_state state, size_t width);

/* Grouped by thousands on a terminal, else plain. */
void page_count(const struct page *page, uint64_t value, size_t width);

/* Rounded down to three digits from a million on: "4.76 M". */
void page_rough_count(const struct page *page, uint64_t value);

/* The number, and the word with an "s" unless it is one. */
void page_number_of(const struct page *page, uint64_t value, const char *word);

/* " (88 %)" or " (88 % of all)": what part of the whole it is. */
void page_percent(const struct page *page, uint64_t part, uint64_t whole, const char *of);

/* "md-recv[812]"; where that is not known "sflow.service", or "a process of uid 1000". */
void page_process(const struct page *page, const struct rxpath_process_loss *process);

/* "37 of 40 sockets not shown", if any are not. */
void page_more(struct page *page, size_t left, size_t all, const char *many);

/* Whether numbers in a sentence may be grouped: not those in names and commands. */
enum numbers { AS_THEY_ARE, GROUPED };

/* A sentence that begins in column `used`. On a terminal it is wrapped between words and indented
 * by `indent`; elsewhere it stays on one line. */
void page_sentence(const struct page *page, size_t used, size_t indent, struct rxpath_slice text,
		   enum numbers numbers);

/* answer.c: the first line, which says in words what happened. */
void page_answer(const struct page *page);

/* summary.c: the second line, for grep. */
void page_summary(const struct page *page);

/* history.c: for a watcher, what was lost since the start. */
void page_sums(const struct page *page);

/* order.c: how many findings are shown at most; the next one after `last` (NULL: the first), or
 * NULL. The worst comes first; with a watcher's history, those of the report before keep their
 * order and come ahead of new ones. */
size_t page_finding_count(const struct page *page);
const struct rxpath_finding *page_next_finding(const struct page *page,
					       const struct rxpath_finding *last);
void rxpath_note_findings(struct rxpath_history *history, const struct rxpath_report *report);

/* Whether the finding says why that process did not read (NULL: none). */
bool page_is_about_reader(const struct rxpath_finding *finding,
			  const struct rxpath_process_loss *process);

/* path.c: the stages, with what came to each and what ended there. */
void page_path(const struct page *page);

/* The packets of that kind that ended at the stage, and that no other line has; nor those that the
 * host refused elsewhere. */
uint64_t page_ended(const struct rxpath_report *report, enum rxpath_stage stage,
		    enum rxpath_kind kind);

/* Whether the packets that the line counts pass all the same. */
bool page_lets_pass(const struct rxpath_line *line);

/* Of the suspect ones, those that only the host counts: they ended in another network namespace, or
 * at a device that is gone. */
uint64_t page_elsewhere(const struct rxpath_report *report, enum rxpath_stage stage);

/* How many packets netfilter took of those that IP had received. */
uint64_t page_taken_by_netfilter(const struct rxpath_report *report);

/* blocks.c: the findings, each with its evidence and advice. */
void page_findings(struct page *page);

/* processes.c: what each process lost; and what is not known of which. */
void page_processes(struct page *page);
void page_read_gap(const struct page *page);

/* facts.c: a line for each counter and socket that moved, and for each drop that was traced. */
void page_facts(struct page *page);
void page_trace(struct page *page);

/* unmeasured.c: what could not be read. */
void page_unavailable(const struct page *page);

#endif
