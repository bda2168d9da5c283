/* explain.c: the command that explains counters and findings from the catalogue. */
#include <unistd.h>

#include "cli.h"

static int write_text(const struct options *options, const struct rxpath_buf *text)
{
	struct output output;

	if (text->failed) {
		say("out of memory");
		return STATUS_TROUBLE;
	}
	if (!output_open(&output, options->output, STDOUT_FILENO))
		return STATUS_TROUBLE;
	if (output_write(&output, rxpath_buf_view(text)) && output_commit(&output))
		return STATUS_OK;
	output_discard(&output);
	return STATUS_TROUBLE;
}

static const struct rxpath_finding_fact *find_finding(struct rxpath_slice id)
{
	const struct rxpath_finding_fact *fact;

	for (size_t i = 0; (fact = rxpath_finding_at(i)); i++)
		if (rxpath_slice_is(id, fact->id))
			return fact;
	return NULL;
}

static void suggest_name(const char *word)
{
	struct suggestion suggestion = {.word = word};
	const struct rxpath_finding_fact *finding;

	for (size_t i = 0; i < rxpath_catalogue_size(); i++)
		suggest_try(&suggestion, rxpath_catalogue_at(i)->name);
	for (size_t i = 0; (finding = rxpath_finding_at(i)); i++)
		suggest_try(&suggestion, finding->id);
	suggest_say(&suggestion, "");
}

static bool explain(struct rxpath_slice name, struct rxpath_buf *text)
{
	const struct rxpath_counter *counter = rxpath_catalogue_find(name);
	const struct rxpath_finding_fact *finding = counter ? NULL : find_finding(name);

	if (!counter && !finding && !rxpath_slice_starts(name, "ethtool."))
		return false;
	if (text->len > 0)
		rxpath_buf_char(text, '\n');
	if (counter)
		rxpath_render_counter(counter, text);
	else if (finding)
		rxpath_render_finding(finding, text);
	else
		rxpath_render_ethtool(name, text);
	return true;
}

int run_explain(const struct options *options)
{
	struct rxpath_buf text = {0};
	const struct rxpath_finding_fact *finding;
	int status = STATUS_OK;
	int written;

	if (!options->arguments[0]) {
		rxpath_render_catalogue(&text);
		for (size_t i = 0; (finding = rxpath_finding_at(i)); i++)
			rxpath_render_finding_line(finding, &text);
	}
	for (char **name = options->arguments; *name; name++) {
		if (explain(rxpath_slice_of(*name), &text))
			continue;
		say("'%s': no such counter or finding; 'rxpath explain' lists all", *name);
		suggest_name(*name);
		status = STATUS_TROUBLE;
	}
	written = write_text(options, &text);
	rxpath_buf_free(&text);
	return written != STATUS_OK ? written : status;
}
