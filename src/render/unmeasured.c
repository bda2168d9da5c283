/* unmeasured.c: what could not be read, and what only needs privilege. */
#include <string.h>

#include "page.h"

/* NULL: its path names it. */
static const char *words_of(struct rxpath_slice path)
{
	enum rxpath_source source;
	struct rxpath_slice device;

	return rxpath_source_find(path, &source, &device) == RXPATH_BY_PATH
		       ? rxpath_source_row(source)->words
		       : NULL;
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

static void put_reason(const struct page *page, const char *label, struct rxpath_slice text)
{
	rxpath_buf_string(page->out, label);
	page_sentence(page, strlen(label), strlen(label), text, AS_THEY_ARE);
}

/* What rules of ingress and bridge hooks drop is in no counter of IP, nor in what is left of it. */
static void put_unseen_rules(const struct page *page, bool any)
{
	const struct rxpath_report *report = page->report;
	const struct rxpath_rule *first = NULL;
	size_t count = 0;

	if (!report->after || report->trace ||
	    report->stages[RXPATH_STAGE_NETFILTER].state == RXPATH_STATE_SKIPPED ||
	    (report->count_many && !page->style->last))
		return;
	for (size_t i = 0; i < report->after->rule_count; i++) {
		const struct rxpath_rule *rule = &report->after->rules[i];

		if (rule->counted || !(rule->hooks & RXPATH_HOOK_LINK) ||
		    !rxpath_rule_refuses(rule))
			continue;
		if (count++ == 0)
			first = rule;
	}
	if (!first)
		return;
	if (!any)
		page_gap(page);
	rxpath_buf_printf(page->out,
			  "not counted: what %zu rule%s without a counter drop%s before "
			  "IP (",
			  count, count == 1 ? "" : "s", count == 1 ? "s" : "");
	rxpath_buf_escaped(page->out, first->name, "");
	rxpath_buf_printf(page->out, "%s); --trace shows it\n", count == 1 ? "" : ", ...");
}

void page_unavailable(const struct page *page)
{
	const struct rxpath_report *report = page->report;
	size_t held_back = 0;
	bool any = false;

	for (size_t i = 0; i < report->unavailable_count; i++) {
		const struct rxpath_unavailable *item = &report->unavailable[i];
		const char *words = words_of(item->source);
		struct rxpath_buf text = {0};

		if (!is_said(page, item))
			continue;
		if (item->held_back && page->style->rows > 0) {
			held_back++;
			continue;
		}
		if (!any)
			page_gap(page);
		any = true;
		if (words)
			rxpath_buf_string(&text, words);
		else
			rxpath_buf_escaped(&text, item->source, "");
		rxpath_buf_string(&text, ": ");
		/* The text of an error is escaped already. */
		rxpath_buf_slice(&text, item->reason);
		put_reason(page, item->held_back ? "needs privilege: " : "not measured: ",
			   rxpath_buf_view(&text));
		rxpath_buf_free_part(&text, page->out);
	}
	if (held_back > 0)
		rxpath_buf_printf(page->out, "needs privilege: %zu source%s (-a lists them)\n",
				  held_back, held_back == 1 ? "" : "s");
	put_unseen_rules(page, any || held_back > 0);
}
