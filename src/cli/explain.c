/* explain.c: the command that explains counters and findings from the catalogue. */
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli.h"
#include "rxpath/driver.h"

/* The words of a report that are neither counters nor findings. */
static const struct term {
	const char *name;
	const char *what; /* stage, kind, state, flag or column */
	const char *meaning;
} terms[] = {
	{"device", "stage",
	 "The network card, its ring and driver; the receive side of a virtual device; "
	 "dispatch to a protocol."},
	{"softnet", "stage",
	 "The budget of the receive softirq, the backlog of each CPU, the flow limit."},
	{"netfilter", "stage", "Connection tracking; what a firewall rule or a policy refused."},
	{"ip", "stage", "Input of IPv4 and IPv6, route checks, reassembly."},
	{"transport", "stage",
	 "Input of UDP, UDP-Lite, TCP and ICMP, up to the queue of the socket."},
	{"socket", "stage",
	 "Receive queues, receive memory, accept queues, the program that reads."},
	{"drop", "kind",
	 "A packet that this host should have delivered is lost. Fails by default."},
	{"suspect", "kind",
	 "Packets are gone, and the counter does not tell whether they were meant for this "
	 "host. Fails with --fail-on suspect."},
	{"pressure", "kind",
	 "Nothing is lost yet, but a stage ran out of budget, time or queue. Fails with "
	 "--fail-on pressure."},
	{"reject", "kind",
	 "Refused by address, rule or absence of a listener, which is normal on most "
	 "networks. Fails with --fail-on reject."},
	{"ok", "state", "Measured, and nothing moved but traffic."},
	{"unknown", "state",
	 "A file that the stage needs exists and could not be read or parsed. The exit "
	 "status is 2 unless something failed."},
	{"counted", "flag",
	 "Other lines of the report account for the whole delta; it sets no state and fails "
	 "nothing."},
	{"wrapped", "flag",
	 "A counter of 32 bits passed its maximum between the samples; the delta includes that."},
	{"reset", "flag", "The counter fell; its delta is what it shows since."},
	{"new", "flag",
	 "The socket, device, CPU, NFQUEUE or netfilter rule was not there in the first sample."},
	{"gone", "flag",
	 "The socket, device, CPU, NFQUEUE or netfilter rule was not there in the second sample; "
	 "the line, listed with --all, shows its last known figures."},
	{"allowed", "flag", "--allow tolerates it; it sets no state and fails nothing."},
	{"unclassified", "flag",
	 "No row of the catalogue knows the counter; its name sounds like a loss."},
	{"host", "flag",
	 "The counter is the whole host's and rose by more than this network namespace explains: "
	 "the rest is of other namespaces, or was no IP packet. A reject so flagged sets no "
	 "state."},
	{"stage", "column",
	 "Where on the receive path: device, softnet, netfilter, ip, transport, socket."},
	{"kind", "column", "How bad: drop, suspect, pressure or reject."},
	{"counter", "column", "The name of the counter, as nstat and sysfs write it."},
	{"subject", "column",
	 "Where it was counted: a device, a CPU or a socket; '-' for the network namespace "
	 "or the host."},
	{"delta", "column", "By how much the counter rose between the samples."},
	{"lost", "column",
	 "The part of delta, of kind drop, that no more specific line accounts for. The "
	 "lost figures add up."},
	{"rate", "column", "Delta per second; '-' where the interval is not known."},
	{"before", "column", "The counter in the first sample."},
	{"after", "column", "The counter in the second sample."},
	{"detail", "column", "Pairs of key=value about a socket, and the flags."},
};
#define TERMS (sizeof terms / sizeof *terms)

/* Where the text of a line begins, behind its columns: continued lines begin there too. */
static size_t text_column(struct rxpath_slice line, size_t columns)
{
	size_t column = 0;

	for (size_t i = 2; i < line.len && i <= columns / 2; i++)
		if (line.ptr[i] != ' ' && line.ptr[i - 1] == ' ' && line.ptr[i - 2] == ' ')
			column = i;
	return column;
}

/* Breaks the line at blanks so that it fits the terminal. */
static void wrap_line(struct rxpath_buf *out, struct rxpath_slice line, size_t columns)
{
	const size_t indent = text_column(line, columns);
	size_t room = columns;

	while (line.len > room) {
		size_t end = room;

		while (end > indent / 2 + 1 && line.ptr[end] != ' ')
			end--;
		/* A word that is longer than the terminal stays whole. */
		if (line.ptr[end] != ' ')
			break;
		rxpath_buf_bytes(out, line.ptr, end);
		rxpath_buf_printf(out, "\n%*s", (int)indent, "");
		rxpath_slice_skip(&line, end + 1);
		room = columns - indent;
	}
	rxpath_buf_slice(out, line);
	rxpath_buf_char(out, '\n');
}

static void wrap(struct rxpath_buf *out, struct rxpath_slice text, size_t columns)
{
	struct rxpath_slice line;

	while (rxpath_scan_line(&text, &line))
		wrap_line(out, line, columns);
}

static int write_text(const struct options *options, const struct rxpath_buf *text)
{
	struct rxpath_buf wrapped = {0};
	struct winsize size;
	struct output output;
	bool done;

	if (!output_open(&output, options->output, STDOUT_FILENO))
		return STATUS_TROUBLE;
	if (isatty(output.fd) && ioctl(output.fd, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40)
		wrap(&wrapped, rxpath_buf_view(text), size.ws_col);
	done = output_text(&output, wrapped.len > 0 && !text->failed ? &wrapped : text);
	rxpath_buf_free(&wrapped);
	return output_end(&output, done) && done ? STATUS_OK : STATUS_TROUBLE;
}

static const struct rxpath_finding_fact *find_finding(struct rxpath_slice id)
{
	const struct rxpath_finding_fact *fact;

	for (size_t i = 0; (fact = rxpath_finding_at(i)); i++)
		if (rxpath_slice_is(id, fact->id))
			return fact;
	return NULL;
}

/* Of the counters, then of the findings; NULL behind the last one. */
static const char *name_at(size_t index)
{
	const struct rxpath_finding_fact *finding;

	if (index < rxpath_catalogue_size())
		return rxpath_catalogue_at(index)->name;
	finding = rxpath_finding_at(index - rxpath_catalogue_size());
	return finding ? finding->id : NULL;
}

static void put_line(size_t index, struct rxpath_buf *text)
{
	if (index < rxpath_catalogue_size())
		rxpath_render_counter_line(rxpath_catalogue_at(index), text);
	else
		rxpath_render_finding_line(rxpath_finding_at(index - rxpath_catalogue_size()),
					   text);
}

static void suggest_name(const char *word)
{
	struct suggestion suggestion = {.word = word};
	const char *name;

	for (size_t i = 0; (name = name_at(i)); i++)
		suggest_try(&suggestion, name);
	for (size_t i = 0; i < TERMS; i++)
		suggest_try(&suggestion, terms[i].name);
	suggest_say(&suggestion, "");
}

static bool explain_terms(const char *word, struct rxpath_buf *text)
{
	bool found = false;

	for (size_t i = 0; i < TERMS; i++) {
		if (strcasecmp(word, terms[i].name) != 0)
			continue;
		rxpath_buf_printf(text, "%s\n  is a     %s\n  means    %s\n", terms[i].name,
				  terms[i].what, terms[i].meaning);
		found = true;
	}
	return found;
}

static bool explain_exactly(const char *word, struct rxpath_buf *text)
{
	const struct rxpath_slice name = rxpath_slice_of(word);
	const struct rxpath_counter *counter = rxpath_catalogue_find(name);
	const struct rxpath_finding_fact *finding = counter ? NULL : find_finding(name);

	if (counter)
		rxpath_render_counter(counter, text);
	else if (finding)
		rxpath_render_finding(finding, text);
	else if (rxpath_driver_has(name))
		rxpath_render_driver(name, text);
	else
		return explain_terms(word, text);
	return true;
}

/* The counters and findings whose name contains the word: in full if there is only one, else a
 * line each. */
static bool explain_matches(const char *word, struct rxpath_buf *text)
{
	const char *name, *only = NULL;
	size_t count = 0;

	if (*word == '\0')
		return false;
	for (size_t i = 0; (name = name_at(i)); i++)
		if (strcasestr(name, word) && ++count)
			only = name;
	if (count <= 1)
		return count == 1 && explain_exactly(only, text);
	for (size_t i = 0; (name = name_at(i)); i++)
		if (strcasestr(name, word))
			put_line(i, text);
	return true;
}

static bool explain(const char *word, struct rxpath_buf *text)
{
	struct rxpath_buf part = {0};
	const bool found = explain_exactly(word, &part) || explain_matches(word, &part);

	if (found && text->len > 0)
		rxpath_buf_char(text, '\n');
	rxpath_buf_slice(text, rxpath_buf_view(&part));
	rxpath_buf_free_part(&part, text);
	return found;
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
		if (explain(*name, &text))
			continue;
		say("'%s': no such counter, finding or word of a report; 'rxpath explain' lists all",
		    *name);
		suggest_name(*name);
		status = STATUS_TROUBLE;
	}
	written = write_text(options, &text);
	rxpath_buf_free(&text);
	return written != STATUS_OK ? written : status;
}
