/* advice.c: the findings with their advice, and what could not be measured. */
#include <string.h>

#include "page.h"

/* Whether the word is a number to group by thousands: not a port, user or process. What follows the
 * digits is left in the word. */
static bool take_figure(struct rxpath_slice before, struct rxpath_slice *word, uint64_t *value)
{
	static const char *const names[] = {"port", "uid", "(uid", "pid", "(pid"};
	struct rxpath_slice digits = *word;

	while (digits.len > 0 && strchr(",:;)", digits.ptr[digits.len - 1]))
		digits.len--;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (rxpath_slice_is(before, names[i]))
			return false;
	if (digits.len < 4 || !rxpath_scan_dec(digits, value))
		return false;
	rxpath_slice_skip(word, digits.len);
	return true;
}

/* A sentence that begins in column `used`. On a terminal it is wrapped between words and indented
 * by `indent`; elsewhere it stays on one line. */
static void put_sentence(const struct page *page, size_t used, size_t indent,
			 struct rxpath_slice text, bool figures)
{
	const char *separator = "";
	struct rxpath_slice before = {0};
	struct rxpath_slice word;
	uint64_t value;

	if (!page->style->terminal) {
		rxpath_buf_slice(page->out, text);
		rxpath_buf_char(page->out, '\n');
		return;
	}
	while (rxpath_scan_word(&text, &word)) {
		struct rxpath_slice rest = word;
		bool figure = figures && take_figure(before, &rest, &value);
		size_t width = word.len + (figure ? (word.len - rest.len - 1) / 3 : 0);

		if (*separator && used + 1 + width > page_columns(page)) {
			rxpath_buf_char(page->out, '\n');
			rxpath_buf_repeat(page->out, ' ', indent);
			used = indent;
		} else {
			rxpath_buf_string(page->out, separator);
			used += strlen(separator);
		}
		if (figure)
			page_count(page, value, 0);
		rxpath_buf_slice(page->out, rest);
		used += width;
		separator = " ";
		before = word;
	}
	rxpath_buf_char(page->out, '\n');
}

static void put_labelled(const struct page *page, const char *label, struct rxpath_slice text,
			 bool figures)
{
	rxpath_buf_string(page->out, label);
	put_sentence(page, strlen(label), strlen(label), text, figures);
}

/* Below 0 when `a` is worse: by kind, then by the loss of its stage, then by position. */
static int compare_findings(const struct page *page, const struct rxpath_finding *a,
			    const struct rxpath_finding *b)
{
	uint64_t lost_a = page->report->stages[a->stage].lost;
	uint64_t lost_b = page->report->stages[b->stage].lost;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (lost_a != lost_b)
		return lost_a > lost_b ? -1 : 1;
	return a < b ? -1 : a > b;
}

/* The worst of those after `last`, or NULL. */
static const struct rxpath_finding *next_finding(const struct page *page,
						 const struct rxpath_finding *last)
{
	const struct rxpath_finding *worst = NULL;

	for (size_t i = 0; i < page->report->finding_count; i++) {
		const struct rxpath_finding *finding = &page->report->findings[i];

		if ((!last || compare_findings(page, last, finding) < 0) &&
		    (!worst || compare_findings(page, finding, worst) < 0))
			worst = finding;
	}
	return worst;
}

static void put_finding(const struct page *page, const struct rxpath_finding *finding, bool worst)
{
	bool brief = page->step >= (worst ? NO_EVIDENCE : BRIEF_REST);
	bool sole = page->step >= (worst ? FIRST_ADVICE : BRIEF_REST);
	size_t used = 2;
	size_t first = 0;

	page_gap(page, NO_GAPS);
	page_colored(page, page_color(rxpath_state_of(finding->kind)), finding->id);
	if (page->step < NO_GAPS) {
		rxpath_buf_string(page->out, "\n  ");
	} else {
		rxpath_buf_string(page->out, ": ");
		used = strlen(finding->id) + 2;
	}
	put_sentence(page, used, 2, finding->summary, true);
	/* On a terminal the numbers stand right above; only the last piece of evidence, which they
	 * are compared with, is new. */
	if (page->style->terminal && !page->style->all && finding->evidence_count > 1)
		first = finding->evidence_count - 1;
	for (size_t i = first; i < finding->evidence_count && !brief; i++)
		put_labelled(page, "  seen: ", finding->evidence[i], true);
	/* Numbers in advice are not grouped, so that they can be pasted. */
	for (size_t i = 0; i < finding->advice_count && !(sole && i > 0); i++)
		put_labelled(page, "  do:   ", finding->advice[i].text, false);
}

/* The worst first. */
void page_findings(const struct page *page)
{
	const struct rxpath_finding *finding = next_finding(page, NULL);
	struct rxpath_buf rest = {0};

	if (finding)
		put_finding(page, finding, true);
	while (finding && (finding = next_finding(page, finding))) {
		if (page->step < NAMED_REST)
			put_finding(page, finding, false);
		else
			rxpath_buf_printf(&rest, " %s", finding->id);
	}
	if (rest.len > 0)
		put_labelled(page, "also found (-a, -f json): ", rxpath_buf_view(&rest), false);
	page->out->failed = page->out->failed || rest.failed;
	rxpath_buf_free(&rest);
}

/* Names of the sources that are not files. */
static const char *name_of(struct rxpath_slice source)
{
	static const struct {
		enum rxpath_source source;
		const char *name;
	} names[] = {
		{RXPATH_SOURCE_TCP, "listening TCP sockets"},
		{RXPATH_SOURCE_PACKET, "capture sockets"},
		{RXPATH_SOURCE_ETHTOOL, "driver statistics"},
		{RXPATH_SOURCE_OWNERS, "processes of sockets"},
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (rxpath_slice_is(source, rxpath_source_row(names[i].source)->path))
			return names[i].name;
	return NULL;
}

/* What makes a stage unknown is listed in each report; what only needs privilege, once. */
static bool is_said(const struct page *page, const struct rxpath_unavailable *item)
{
	if (item->stages != 0)
		return true;
	/* What this kernel does not have is not listed. */
	return (item->failed || item->held_back) &&
	       (!page->report->count_many || page->style->last);
}

void page_unavailable(const struct page *page)
{
	const struct rxpath_report *report = page->report;
	size_t held_back = 0;
	bool any = false;

	for (size_t i = 0; i < report->unavailable_count; i++) {
		const struct rxpath_unavailable *item = &report->unavailable[i];
		const char *name = name_of(item->source);
		struct rxpath_buf text = {0};

		if (!is_said(page, item))
			continue;
		if (item->held_back && page->step >= NO_GAPS) {
			held_back++;
			continue;
		}
		if (!any)
			page_gap(page, FEW_GAPS);
		any = true;
		if (name)
			rxpath_buf_string(&text, name);
		else
			rxpath_buf_escaped(&text, item->source, "");
		rxpath_buf_string(&text, ": ");
		/* The text of an error is escaped already. */
		rxpath_buf_slice(&text, item->reason);
		put_labelled(page, item->held_back ? "needs privilege: " : "not measured: ",
			     rxpath_buf_view(&text), false);
		page->out->failed = page->out->failed || text.failed;
		rxpath_buf_free(&text);
	}
	if (held_back > 0)
		rxpath_buf_printf(page->out, "needs privilege: %zu more (-a lists them)\n",
				  held_back);
}
