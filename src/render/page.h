/* page.h: what the parts of the text report share: the page that they write, one after another. */
#ifndef RXPATH_RENDER_PAGE_H
#define RXPATH_RENDER_PAGE_H

#include "figures.h"

/* How wide the columns are that do not go by what stands in them. */
enum { STAGE_WIDTH = 10, KIND_WIDTH = 9, COUNT_WIDTH = 10 };

#define FAINT "\033[2m"
#define PLAIN "\033[0m"

/* What is left out so that the first line and the worst stay on a screen. Each step also leaves out
 * what those before it do. */
enum step {
	WHOLE,
	FEWER_ROWS,		/* of long lists the worst */
	BRIEF_REST,		/* of all findings but the worst the first advice alone */
	FEW_GAPS,		/* no empty lines but before findings */
	NO_GAPS,		/* nor there; a finding's name and sentence on one */
	NO_REPETITION,		/* no counters that others account for */
	FIRST_ADVICE,		/* of the worst finding too */
	NO_EVIDENCE,
	NAMED_REST,		/* of all findings but the worst the names alone */
	TROUBLED_STAGES,	/* no stage that is well */
	STEPS
};

/* How long a list may be at that step. */
struct page_limits {
	uint8_t lines, sockets, traced;		/* 0: all */
};
extern const struct page_limits page_limits[STEPS];

/* One report's way onto one page. */
struct page {
	struct rxpath_buf *out;
	const struct rxpath_report *report;
	const struct rxpath_style *style;
	enum step step;
};

/* page.c: the pieces that all parts are made of. */

/* Colour only underlines what the word beside it says already. */
const char *page_color(enum rxpath_state state);

/* One more than the limit would take no more room than the line that says so. */
size_t page_limit(uint8_t limit);

size_t page_columns(const struct page *page);

/* The same page, written elsewhere. */
struct page page_beside(const struct page *page, struct rxpath_buf *out);

/* An empty line before the next part, up to that step. */
void page_gap(const struct page *page, enum step step);

/* How many rows of the terminal the text takes from `start` on. */
size_t page_rows(const struct page *page, size_t start);

void page_padded(const struct page *page, struct rxpath_slice text, size_t width);
void page_colored(const struct page *page, const char *color, const char *text);
void page_state(const struct page *page, enum rxpath_state state, size_t width);

/* Grouped by thousands for a reader; plain for a program. */
void page_count(const struct page *page, uint64_t value, size_t width);

/* path.c: the first line, and the path with what each stage saw and lost. */
void page_headline(const struct page *page);
void page_path(const struct page *page);
void page_seen(const struct page *page);

/* facts.c: a line for each counter and socket that moved, and for each drop that was traced. */
void page_facts(const struct page *page);
void page_trace(const struct page *page);

/* advice.c: findings in plain words, and what could not be measured. */
void page_findings(const struct page *page);
void page_unavailable(const struct page *page);

#endif
