/* page.h: what the parts of the text report share. */
#ifndef RXPATH_RENDER_PAGE_H
#define RXPATH_RENDER_PAGE_H

#include "figures.h"

/* Widths of the columns that do not depend on their content. */
enum { STAGE_WIDTH = 10, KIND_WIDTH = 9, COUNT_WIDTH = 10 };

#define FAINT "\033[2m"
#define PLAIN "\033[0m"

/* What is left out so that the first line and the worst facts fit on the screen. Each step also
 * leaves out what the steps before it do. */
enum step {
	WHOLE,
	FEWER_ROWS,		/* only the worst of long lists */
	BRIEF_REST,		/* only the first advice of all findings but the worst */
	FEW_GAPS,		/* empty lines only before findings */
	NO_GAPS,		/* no empty lines; name and sentence of a finding on one line */
	NO_REPETITION,		/* no counters that are counted elsewhere */
	FIRST_ADVICE,		/* the same for the worst finding */
	NO_EVIDENCE,
	NAMED_REST,		/* only the names of all findings but the worst */
	TROUBLED_STAGES,	/* no stage that is ok */
	STEPS
};

/* How long lists may be at that step. */
struct page_limits {
	uint8_t lines, sockets, traced;		/* 0: all */
};
extern const struct page_limits page_limits[STEPS];

/* One report, its style and its output. */
struct page {
	struct rxpath_buf *out;
	const struct rxpath_report *report;
	const struct rxpath_style *style;
	enum step step;
};

/* page.c */

/* Colours only repeat what the word says. */
const char *page_color(enum rxpath_state state);

/* SIZE_MAX - 1 for 0, which means no limit: callers compare with the limit plus 1, because one more
 * entry takes no more room than the line that says that it is left out. */
size_t page_limit(uint8_t limit);

size_t page_columns(const struct page *page);

/* The same page with another output. */
struct page page_beside(const struct page *page, struct rxpath_buf *out);

/* An empty line before the next part, up to that step. */
void page_gap(const struct page *page, enum step step);

/* How many rows of the terminal the text from `start` takes. */
size_t page_rows(const struct page *page, size_t start);

void page_padded(const struct page *page, struct rxpath_slice text, size_t width);
void page_colored(const struct page *page, const char *color, const char *text);
void page_state(const struct page *page, enum rxpath_state state, size_t width);

/* Grouped by thousands on a terminal, else plain. */
void page_count(const struct page *page, uint64_t value, size_t width);

/* path.c: the first line, and the stages with what each saw and lost. */
void page_headline(const struct page *page);
void page_path(const struct page *page);
void page_seen(const struct page *page);

/* facts.c: a line for each counter and socket that moved, and for each drop that was traced. */
void page_facts(const struct page *page);
void page_trace(const struct page *page);

/* advice.c: findings, and what could not be measured. */
void page_findings(const struct page *page);
void page_unavailable(const struct page *page);

#endif
