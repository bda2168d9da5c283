/* blocks.c: a block for each finding: what happened, the evidence, and what to do. */
#include <string.h>

#include "page.h"

#define SEEN "  seen: "
#define DO "  do:   "
#define BESIDE_DO "        "
#define KEEP "  keep: after a reboot too"
#define COMMAND_COLOR "\033[36m"

static void put_labelled(const struct page *page, const char *label, struct rxpath_slice text,
			 enum numbers numbers)
{
	rxpath_buf_string(page->out, label);
	page_sentence(page, strlen(label), strlen(label), text, numbers);
}

/* Without what stands in parentheses between words. */
static void put_without_asides(struct rxpath_buf *out, struct rxpath_slice text)
{
	size_t depth = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '(' && i > 0 && text.ptr[i - 1] == ' ') {
			if (depth++ == 0)
				out->len--;
		} else if (depth == 0) {
			rxpath_buf_char(out, text.ptr[i]);
		} else if (text.ptr[i] == '(') {
			depth++;
		} else if (text.ptr[i] == ')') {
			depth--;
		}
	}
}

/* Cuts the last clause off, but not at a comma: "for bursts" says nothing. False: there is only
 * one.
 */
static bool drop_clause(struct rxpath_slice *text)
{
	for (size_t i = text->len; i-- > 1;)
		if (text->ptr[i] == ' ' && strchr(".:;", text->ptr[i - 1])) {
			text->len = i - 1;
			return true;
		}
	return false;
}

/* A sentence of which only those clauses are shown that fit in one row; the first one always. */
static void put_brief(const struct page *page, size_t used, size_t indent, struct rxpath_slice text,
		      enum numbers numbers)
{
	const size_t start = page->out->len;
	const size_t columns = page_columns(page) - used;
	struct rxpath_buf shorter = {0};

	page_sentence(page, used, indent, text, numbers);
	if (page->out->len - start <= columns + 1)
		return;
	put_without_asides(&shorter, text);
	text = rxpath_buf_view(&shorter);
	do {
		page->out->len = start;
		page_sentence(page, used, indent, text, numbers);
	} while (page->out->len - start > columns + 1 && drop_clause(&text));
	rxpath_buf_free_part(&shorter, page->out);
}

/* "udp-receive-buffer: udp/10.0.0.1:99 of md-recv[812] lost 317 datagrams: ..." */
static void put_heading(const struct page *page, const struct rxpath_finding *finding, bool brief)
{
	const size_t start = page->out->len;
	const size_t used = strlen(finding->id) + 2;
	const char *color = page_color(rxpath_state_of(finding->kind));
	size_t rows;

	page_colored(page, color, finding->id);
	rxpath_buf_string(page->out, ": ");
	if (!brief) {
		page_sentence(page, used, 2, finding->summary, GROUPED);
		return;
	}
	put_brief(page, used, 2, finding->summary, GROUPED);
	rows = page_rows(page, start);
	if (rows == 1)
		return;
	/* On a narrow screen, a row is worth more than the id. */
	page->out->len = start;
	page_colored(page, color, "-");
	rxpath_buf_char(page->out, ' ');
	put_brief(page, 2, 2, finding->summary, GROUPED);
	if (page_rows(page, start) < rows)
		return;
	page->out->len = start;
	page_colored(page, color, finding->id);
	rxpath_buf_string(page->out, ": ");
	put_brief(page, used, 2, finding->summary, GROUPED);
}

/* Evidence that only repeats a line of the report: on a terminal, that line is near. */
static bool is_repeated(const struct page *page, struct rxpath_slice evidence)
{
	struct rxpath_slice name;

	if (!page->style->terminal || page->style->all || !rxpath_scan_word(&evidence, &name))
		return false;
	for (size_t i = 0; i < page->report->line_count; i++)
		if (rxpath_slice_equal(page->report->lines[i].name, name))
			return true;
	return false;
}

/* At most `limit` pieces of evidence. False if there are more. */
static bool put_evidence(const struct page *page, const struct rxpath_finding *finding,
			 size_t limit)
{
	size_t shown = 0;

	for (size_t i = 0; i < finding->evidence_count; i++) {
		if (is_repeated(page, finding->evidence[i]))
			continue;
		if (shown == limit)
			return false;
		put_labelled(page, SEEN, finding->evidence[i], GROUPED);
		shown++;
	}
	return true;
}

/* Whole: a wrapped command cannot be pasted. */
static void put_command(const struct page *page, const char *label, struct rxpath_slice command)
{
	rxpath_buf_string(page->out, label);
	if (page->style->color)
		rxpath_buf_string(page->out, COMMAND_COLOR);
	rxpath_buf_slice(page->out, command);
	rxpath_buf_string(page->out, page->style->color ? PLAIN "\n" : "\n");
}

/* Without the quoted command at its end, which has the next line to itself. */
static struct rxpath_slice text_of(const struct rxpath_advice *advice)
{
	const size_t quoted = advice->command.len + 2;
	struct rxpath_slice text = advice->text;
	struct rxpath_slice end = text;

	if (advice->command.len == 0 || text.len <= quoted)
		return text;
	rxpath_slice_skip(&end, text.len - quoted + 1);
	end.len = advice->command.len;
	if (rxpath_slice_equal(end, advice->command))
		text.len -= quoted + 1;
	return text;
}

/* The first clauses of the text, and the command behind or below them; in one row only, if they do
 * not fit together, the command alone. */
static void put_brief_advice(const struct page *page, const struct rxpath_advice *advice,
			     bool one_row)
{
	const size_t used = strlen(DO) + advice->command.len + 2;
	const size_t start = page->out->len;

	rxpath_buf_string(page->out, DO);
	if (advice->command.len == 0) {
		put_brief(page, strlen(DO), strlen(DO), advice->text, AS_THEY_ARE);
		return;
	}
	if (used < page_columns(page)) {
		put_brief(page, used, strlen(DO), text_of(advice), AS_THEY_ARE);
		if (page_rows(page, start) == 1) {
			page->out->len--;
			put_command(page, page->out->data[page->out->len - 1] == ':' ? " " : ": ",
				    advice->command);
			return;
		}
	}
	page->out->len = start;
	if (!one_row) {
		rxpath_buf_string(page->out, DO);
		put_brief(page, strlen(DO), strlen(DO), text_of(advice), AS_THEY_ARE);
	}
	put_command(page, one_row ? DO : BESIDE_DO, advice->command);
}

/* The text, the command to paste, and the one that keeps a setting after a reboot. */
static void put_advice(const struct page *page, const struct rxpath_advice *advice)
{
	struct rxpath_buf keep = {0};

	put_labelled(page, DO, page->style->terminal ? text_of(advice) : advice->text, AS_THEY_ARE);
	if (advice->command.len > 0)
		put_command(page, BESIDE_DO, advice->command);
	if (advice->setting.len == 0 || advice->suggested.len == 0)
		return;
	rxpath_buf_string(&keep, "echo ");
	rxpath_buf_slice(&keep, advice->setting);
	rxpath_buf_char(&keep, '=');
	rxpath_buf_slice(&keep, advice->suggested);
	rxpath_buf_string(&keep, " >>/etc/sysctl.d/90-rxpath.conf");
	rxpath_buf_string(page->out, KEEP);
	rxpath_buf_string(page->out,
			  rxpath_slice_is(advice->where, "the host") ? ", on the host:\n" : ":\n");
	put_command(page, BESIDE_DO, rxpath_buf_view(&keep));
	rxpath_buf_free_part(&keep, page->out);
}

static void put_finding(struct page *page, const struct rxpath_finding *finding, enum level level)
{
	size_t evidence = level >= EVIDENCE	    ? SIZE_MAX
			  : level >= FIRST_EVIDENCE ? level - ACTION
						    : 0;
	size_t advice = level >= EVERYTHING ? finding->advice_count : level >= ACTION ? 1 : 0;

	advice = advice < finding->advice_count ? advice : finding->advice_count;
	put_heading(page, finding, level <= TWO_ROWS);
	if (!put_evidence(page, finding, evidence))
		page->left_out = true;
	/* Numbers in advice are not grouped, so that they can be pasted. */
	for (size_t i = 0; i < advice; i++)
		put_advice(page, &finding->advice[i]);
	if (finding->advice_count > 0 && (level == TWO_ROWS || level == SENTENCE))
		put_brief_advice(page, &finding->advice[0], level == TWO_ROWS);
	if (advice < finding->advice_count)
		page->left_out = true;
}

void page_findings(struct page *page)
{
	const struct detail *detail = &page->detail;
	const struct rxpath_finding *finding = NULL;
	size_t shown = 0;

	while (shown < detail->block_count && (finding = page_next_finding(page, finding))) {
		size_t at = shown < MAX_BLOCKS ? shown : MAX_BLOCKS - 1;

		/* Between those of one or two rows there is none. */
		if (shown == 0 || detail->blocks[at] > TWO_ROWS)
			page_gap(page);
		put_finding(page, finding, detail->blocks[at]);
		shown++;
	}
	page_more(page, page_finding_count(page) - shown, page_finding_count(page), "findings");
	if (page_finding_count(page) < page->report->finding_count)
		page->left_out = true;
}
