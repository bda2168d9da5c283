/* blocks.c: a block for each finding: what happened, the evidence, and what to do. */
#include <string.h>

#include "page.h"

#define SEEN "  seen: "
#define DO "  do:   "
#define BESIDE_DO "        "
#define COMMAND_COLOR "\033[36m"

static void put_labelled(const struct page *page, const char *label, struct rxpath_slice text,
			 enum numbers numbers)
{
	rxpath_buf_string(page->out, label);
	page_sentence(page, strlen(label), strlen(label), text, numbers);
}

/* The first row of the text, which was wrapped; where more follows, as many of its words as leave
 * room to say so. */
static void put_first_row(const struct page *page, struct rxpath_slice text)
{
	const size_t room = page_columns(page) - 3;
	struct rxpath_slice row;
	bool more = rxpath_scan_line(&text, &row) && text.len > 0;
	struct rxpath_slice cut = row;

	if (more && rxpath_fit_columns(&cut, room) == room)
		while (cut.len > 0 && cut.ptr[cut.len - 1] != ' ')
			cut.len--;
	while (cut.len > 0 && cut.ptr[cut.len - 1] == ' ')
		cut.len--;
	rxpath_buf_slice(page->out, cut.len > 0 ? cut : row);
	rxpath_buf_string(page->out, more ? " ...\n" : "\n");
}

/* "udp-receive-buffer: udp/10.0.0.1:99 of md-recv[812] lost 317 datagrams: ..." */
static void put_heading(const struct page *page, const struct rxpath_finding *finding, bool one_row)
{
	struct rxpath_buf text = {0};
	const struct page other = page_beside(page, &text);

	page_colored(&other, page_color(rxpath_state_of(finding->kind)), finding->id);
	rxpath_buf_string(&text, ": ");
	page_sentence(&other, strlen(finding->id) + 2, 2, finding->summary, GROUPED);
	if (one_row && !text.failed)
		put_first_row(page, rxpath_buf_view(&text));
	else
		rxpath_buf_slice(page->out, rxpath_buf_view(&text));
	rxpath_buf_free_part(&text, page->out);
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

/* One row: the command, or the first clause of the text. */
static void put_brief_advice(const struct page *page, const struct rxpath_advice *advice)
{
	struct rxpath_buf text = {0};
	const struct page other = page_beside(page, &text);

	if (advice->command.len > 0) {
		put_command(page, DO, advice->command);
		return;
	}
	put_labelled(&other, DO, advice->text, AS_THEY_ARE);
	if (!text.failed)
		put_first_row(page, rxpath_buf_view(&text));
	rxpath_buf_free_part(&text, page->out);
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
	put_command(page, BESIDE_DO, rxpath_buf_view(&keep));
	rxpath_buf_free_part(&keep, page->out);
}

static void put_finding(struct page *page, const struct rxpath_finding *finding, enum level level)
{
	size_t evidence = level >= EVIDENCE ? SIZE_MAX : level >= FIRST_EVIDENCE ? 1 : 0;
	size_t advice = level >= EVERYTHING ? finding->advice_count : level >= ACTION ? 1 : 0;

	advice = advice < finding->advice_count ? advice : finding->advice_count;
	put_heading(page, finding, level <= TWO_ROWS);
	if (!put_evidence(page, finding, evidence))
		page->left_out = true;
	/* Numbers in advice are not grouped, so that they can be pasted. */
	for (size_t i = 0; i < advice; i++)
		put_advice(page, &finding->advice[i]);
	if (finding->advice_count > 0 && (level == TWO_ROWS || level == SENTENCE))
		put_brief_advice(page, &finding->advice[0]);
	if (level <= TWO_ROWS || advice < finding->advice_count)
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
	if (shown < page->report->finding_count) {
		rxpath_buf_printf(page->out, "... and %zu more findings\n",
				  page->report->finding_count - shown);
		page->left_out = true;
	}
}
