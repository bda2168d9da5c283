/* test_reports.c: the whole text of reports: of each saved pair as a pipe and as a small screen get
 * it, of samples as metrics, and of the catalogue's explanations. Each is a file of
 * fixtures/reports; with RXPATH_UPDATE=1 in the environment they are written anew (look at the
 * difference). Of further forms and sizes these have digests alone; with RXPATH_TEXTS=FOLDER in the
 * environment their texts are left there. */
#include <dirent.h>
#include <sys/stat.h>

#include "../src/cli/format.h"
#include "rxpath/version.h"
#include "support.h"

#define REPORTS "fixtures/reports/"

static size_t wrong;

/* Says where the first differing line is. */
static void print_difference(const char *path, const char *expected, const char *got)
{
	size_t at = 0;

	while (expected[at] == got[at])
		at++;
	while (at > 0 && expected[at - 1] != '\n')
		at--;
	print_error("%s: expected\n%.*s\ngot\n%.*s\n", path, (int)strcspn(expected + at, "\n"),
		    expected + at, (int)strcspn(got + at, "\n"), got + at);
}

/* A new version changes no report. */
static void mask_version(struct rxpath_buf *text)
{
	static const char *const before[] = {"version\":\"", "version=\""};
	struct rxpath_buf out = {0};
	const char *rest = text_of(text), *found;

	while ((found = strstr(rest, RXPATH_VERSION))) {
		bool is_ours = false;

		for (size_t i = 0; i < COUNT(before); i++)
			is_ours = is_ours || ((size_t)(found - text->data) >= strlen(before[i]) &&
					      memcmp(found - strlen(before[i]), before[i],
						     strlen(before[i])) == 0);
		rxpath_buf_bytes(&out, rest, (size_t)(found - rest));
		rxpath_buf_string(&out, is_ours ? "VERSION" : RXPATH_VERSION);
		rest = found + strlen(RXPATH_VERSION);
	}
	rxpath_buf_string(&out, rest);
	rxpath_buf_free(text);
	*text = out;
}

/* The buffer is what the file holds; empties it. With RXPATH_QUICK in the environment, as make
 * mutate sets it, the first difference ends the program. */
static void compare(const char *path, struct rxpath_buf *got)
{
	struct rxpath_buf expected = {0};
	size_t len;
	char *bytes;

	mask_version(got);
	if (getenv("RXPATH_UPDATE")) {
		FILE *file = fopen(path, "wb");

		assert_non_null(file);
		assert_int_equal(fwrite(got->data, 1, got->len, file), got->len);
		assert_int_equal(fclose(file), 0);
	}
	bytes = load(path, &len);
	rxpath_buf_bytes(&expected, bytes, len);
	if (!rxpath_slice_equal(rxpath_buf_view(&expected), rxpath_buf_view(got))) {
		print_difference(path, text_of(&expected), text_of(got));
		if (getenv("RXPATH_QUICK"))
			exit(1);
		wrong++;
	}
	free(bytes);
	rxpath_buf_free(&expected);
	rxpath_buf_free(got);
}

static struct rxpath_sample load_sample(const char *folder, const char *moment)
{
	char path[300];
	struct rxpath_buf text = {0};
	struct rxpath_sample sample;
	size_t len;
	char *bytes;

	snprintf(path, sizeof path, "%s/%s", folder, moment);
	bytes = load(path, &len);
	rxpath_buf_bytes(&text, bytes, len);
	sample = sample_of(text_of(&text));
	free(bytes);
	rxpath_buf_free(&text);
	return sample;
}

static void analyse_with(const struct rxpath_netns_facts *netns, const struct rxpath_sample *before,
			 const struct rxpath_sample *after, const struct rxpath_sample *settings,
			 const struct rxpath_criteria *criteria, struct rxpath_report *report)
{
	struct rxpath_error error = {0};

	assert_true(rxpath_analyse(before, after, criteria, report, &error));
	report->of_netns = netns;
	if (rxpath_analyse_needs_connections(report))
		assert_true(rxpath_analyse_connections(report, before, after, &error));
	assert_true(rxpath_analyse_owners(report, after, &error));
	assert_true(rxpath_analyse_cgroups(report, after, &error));
	assert_true(rxpath_analyse_readers(report, before, after, &error));
	assert_true(rxpath_analyse_findings(report, before, after, settings, &error));
}

static void analyse_of(const struct rxpath_netns_facts *netns, const struct rxpath_sample *before,
		       const struct rxpath_sample *after, const struct rxpath_criteria *criteria,
		       struct rxpath_report *report)
{
	analyse_with(netns, before, after, after, criteria, report);
}

static void analyse(const struct rxpath_sample *before, const struct rxpath_sample *after,
		    const struct rxpath_criteria *criteria, struct rxpath_report *report)
{
	analyse_of(NULL, before, after, criteria, report);
}

static void put_form(const char *name, rxpath_renderer *render, const struct rxpath_report *report,
		     const struct rxpath_style *style, struct rxpath_buf *out)
{
	rxpath_buf_printf(out, "---- %s\n", name);
	render(report, style, out);
}

/* What a digest is of: the fixture, or the line of a grid. It is part of a file's name. */
static char subject[200];

__attribute__((format(printf, 1, 2))) static void set_subject(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(subject, sizeof subject, format, arguments);
	va_end(arguments);
	for (char *at = subject; *at; at++)
		*at = *at == '/' ? '.' : *at;
}

/* Keeps a text that is made only for its digest, so that two versions can be compared. */
static void keep_text(const char *form, const struct rxpath_buf *text)
{
	const char *folder = getenv("RXPATH_TEXTS");
	char path[500];
	FILE *file;

	if (!folder)
		return;
	snprintf(path, sizeof path, "%s/%s.%s", folder, subject, form);
	file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(text->data, 1, text->len, file), text->len);
	assert_int_equal(fclose(file), 0);
}

/* A text that is too long to keep of each report, as " FORM:DIGEST". Empties it. */
static void put_digest(const char *form, struct rxpath_buf *text, struct rxpath_buf *out)
{
	uint32_t hash = 2166136261;

	mask_version(text);
	for (size_t i = 0; i < text->len; i++)
		hash = (hash ^ (unsigned char)text->data[i]) * 16777619;
	keep_text(form, text);
	rxpath_buf_printf(out, " %s:%04x", form, (unsigned)((hash >> 16 ^ hash) & 0xffff));
	rxpath_buf_free(text);
}

/* The n-th size of a terminal, of sizes that differ from subject to subject, so that together they
 * have many. Rows: 0 or at most about that many. */
static struct rxpath_style screen_at(unsigned n, unsigned rows)
{
	unsigned from = 0;

	for (const char *at = subject; *at; at++)
		from = from * 31 + (unsigned char)*at;
	return (struct rxpath_style){
		.terminal = true,
		.color = n % 3 == 0,
		.utf8 = n % 3 == 0,
		.columns = 30 + (from + 37 * n) % 110,
		.rows = rows > 0 ? 8 + (from + 13 * n) % rows : 0,
	};
}

static void put_size(const struct rxpath_style *style, struct rxpath_buf *out)
{
	rxpath_buf_printf(out, "---- %u columns, %u rows\n", style->columns, style->rows);
}

static void put_screens(const struct rxpath_report *report, const struct rxpath_history *history,
			struct rxpath_buf *out)
{
	struct rxpath_buf text = {0};

	for (unsigned i = 0; i < 19; i++) {
		struct rxpath_style style = screen_at(i, i < 16 ? 0 : 50);

		if (i == 16)
			put_digest("widths", &text, out);
		style.history = history;
		put_size(&style, &text);
		rxpath_render_text(report, &style, &text);
	}
	put_digest("screens", &text, out);
}

/* All that there is, of the pair or (before NULL) since boot. */
static void put_all(const char *form, const struct rxpath_sample *before,
		    const struct rxpath_sample *after, struct rxpath_buf *out)
{
	static const struct rxpath_criteria all = {.all = true, .traffic = true};
	static const struct rxpath_style wide = {.terminal = true, .columns = 132, .all = true};
	struct rxpath_report report = {0};
	struct rxpath_buf text = {0};

	analyse(before, after, &all, &report);
	rxpath_render_text(&report, &wide, &text);
	rxpath_render_tsv(&report, &wide, &text);
	put_digest(form, &text, out);
	rxpath_report_free(&report);
}

/* As one of many reports, on a host with namespaces that are not examined. */
static void put_one_of_many(const struct rxpath_report *report, struct rxpath_buf *out)
{
	static const struct rxpath_style styles[] = {{0}, {.last = true}};
	struct rxpath_report copy = *report;
	struct rxpath_buf text = {0};

	copy.count_many = true;
	copy.other_netns = 2;
	for (size_t i = 0; i < COUNT(styles); i++) {
		rxpath_render_text(&copy, &styles[i], &text);
		rxpath_render_tsv(&copy, &styles[i], &text);
	}
	put_digest("many", &text, out);
}

/* Digests of the other forms, and of some sizes of a terminal. */
static void put_digests(const struct rxpath_report *report, const struct rxpath_sample *before,
			const struct rxpath_sample *after, struct rxpath_buf *out)
{
	static const struct rxpath_style pipe = {0};
	const struct rxpath_metrics_input input = {.sample = after, .details = after};
	const struct format *format;
	struct rxpath_buf text = {0};

	rxpath_buf_string(out, "digests");
	for (size_t i = 1; (format = format_at(i)); i++) {
		format->render(report, &pipe, &text);
		put_digest(format->name, &text, out);
	}
	rxpath_render_metrics(&input, 1, &text);
	put_digest("metrics", &text, out);
	put_screens(report, NULL, out);
	put_one_of_many(report, out);
	put_all("all", before, after, out);
	put_all("since-boot", NULL, after, out);
	rxpath_buf_char(out, '\n');
}

typedef void put_forms(const struct rxpath_sample *before, const struct rxpath_sample *after,
		       struct rxpath_buf *out);

/* A pipe gets everything, a screen less, a small one least. */
static void put_usual(const struct rxpath_sample *before, const struct rxpath_sample *after,
		      struct rxpath_buf *out)
{
	static const struct rxpath_criteria usual = {.fail_on = RXPATH_KIND_PRESSURE};
	static const struct rxpath_style pipe = {0};
	struct rxpath_style screen = {
		.color = true,
		.terminal = true,
		.columns = 80,
		.rows = 24,
		.utf8 = true,
	};
	struct rxpath_report report = {0};

	analyse(before, after, &usual, &report);
	rxpath_analyse_verdict(&report, &usual);
	put_form("pipe", rxpath_render_text, &report, &pipe, out);
	put_form("80 columns, 24 rows", rxpath_render_text, &report, &screen, out);
	screen.columns = 50;
	screen.rows = 10;
	put_form("50 columns, 10 rows", rxpath_render_text, &report, &screen, out);
	put_form("nagios", rxpath_render_nagios, &report, &pipe, out);
	rxpath_buf_printf(out, "status %d\n", report.verdict);
	put_form("json", rxpath_render_json, &report, &pipe, out);
	put_digests(&report, before, after, out);
	rxpath_report_free(&report);
}

/* All there is, and the second sample's metrics. */
static void put_whole(const struct rxpath_sample *before, const struct rxpath_sample *after,
		      struct rxpath_buf *out)
{
	static const struct rxpath_criteria all = {.all = true, .traffic = true};
	static const struct rxpath_style wide = {.terminal = true, .columns = 132, .all = true};
	const struct rxpath_metrics_input input = {.sample = after, .details = after};
	struct rxpath_report report = {0};

	put_usual(before, after, out);
	analyse(before, after, &all, &report);
	put_form("all, 132 columns", rxpath_render_text, &report, &wide, out);
	put_form("junit", rxpath_render_junit, &report, &wide, out);
	put_form("tsv", rxpath_render_tsv, &report, &wide, out);
	rxpath_report_free(&report);
	rxpath_buf_string(out, "---- metrics\n");
	rxpath_render_metrics(&input, 1, out);
}

static bool is_file(const char *folder, const char *name)
{
	char path[300];
	struct stat status;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

/* The pair in the folder `name` of fixtures/, if it is one that can be compared. */
static void try_pair(const char *name, put_forms *put)
{
	char folder[200], path[300];
	struct rxpath_sample before, after;
	struct rxpath_buf out = {0};
	struct rxpath_error error = {0};

	snprintf(folder, sizeof folder, "fixtures/%s", name);
	if (!is_file(folder, "before") || !is_file(folder, "after"))
		return;
	before = load_sample(folder, "before");
	after = load_sample(folder, "after");
	if (rxpath_analyse_comparable(&before, "before", &after, "after", &error)) {
		set_subject("%s", name);
		put(&before, &after, &out);
		snprintf(path, sizeof path, REPORTS "%s", subject);
		compare(path, &out);
	}
	rxpath_sample_free(&before);
	rxpath_sample_free(&after);
}

static void try_case(const char *name)
{
	try_pair(name, put_whole);
}

static void try_finding(const char *name)
{
	try_pair(name, put_usual);
}

/* Every folder in that folder of fixtures/. */
static void visit(const char *name, void (*take)(const char *name))
{
	char path[200];
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof path, "fixtures/%s", name);
	dir = opendir(path);
	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		snprintf(path, sizeof path, "%.60s/%.100s", name, entry->d_name);
		if (entry->d_name[0] != '.')
			take(path);
	}
	closedir(dir);
}

static void cases_say_what_they_said(void **state)
{
	(void)state;
	wrong = 0;
	visit("cases", try_case);
	visit("pairs", try_case);
	assert_int_equal(wrong, 0);
}

static void findings_say_what_they_said(void **state)
{
	const struct rxpath_finding_fact *fact;
	char name[100];

	(void)state;
	wrong = 0;
	for (size_t i = 0; (fact = rxpath_finding_at(i)); i++) {
		snprintf(name, sizeof name, "findings/%s", fact->id);
		visit(name, try_finding);
	}
	assert_int_equal(wrong, 0);
}

/* `from` of the template is `to` wherever it stands. */
static void put_replaced(struct rxpath_buf *out, struct rxpath_slice text,
			 const struct rxpath_slice *from, const struct rxpath_slice *to,
			 size_t count)
{
	struct rxpath_slice word;

	while (rxpath_scan_until(&text, '@', &word)) {
		size_t at = 0;

		rxpath_buf_slice(out, word);
		assert_true(rxpath_scan_until(&text, '@', &word));
		while (at < count && !rxpath_slice_equal(word, from[at]))
			at++;
		assert_true(at < count);
		rxpath_buf_slice(out, to[at]);
	}
	rxpath_buf_slice(out, text);
}

#define MAX_NAMES 32

/* What the findings say, and the commands and settings of their advice, which the text lacks. */
static void put_findings(const struct rxpath_report *report, struct rxpath_buf *out)
{
	static const struct rxpath_style pipe = {0};

	rxpath_render_text(report, &pipe, out);
	for (size_t i = 0; i < report->finding_count; i++) {
		const struct rxpath_finding *finding = &report->findings[i];

		for (size_t j = 0; j < finding->advice_count; j++) {
			const struct rxpath_advice *advice = &finding->advice[j];
			const struct rxpath_slice parts[] = {advice->command, advice->current,
							     advice->suggested, advice->where};

			if (advice->command.len + advice->setting.len == 0)
				continue;
			rxpath_buf_printf(out, "%s: ", finding->id);
			rxpath_buf_slice(out, advice->setting);
			for (size_t k = 0; k < COUNT(parts); k++) {
				rxpath_buf_string(out, " | ");
				rxpath_buf_slice(out, parts[k]);
			}
			rxpath_buf_char(out, '\n');
		}
	}
}

/* A digest of what they say where the settings were looked up after the second sample, as for a
 * live report. */
static void put_live(const struct rxpath_sample *before, struct rxpath_slice text,
		     const struct rxpath_sample *settings, const struct rxpath_criteria *criteria,
		     struct rxpath_buf *out)
{
	struct rxpath_buf without = {0}, said = {0};
	struct rxpath_report report = {0};
	struct rxpath_sample after;
	struct rxpath_slice line;
	bool is_setting = false;

	while (rxpath_scan_line(&text, &line)) {
		if (rxpath_slice_starts(line, "==> "))
			is_setting = rxpath_slice_is(line, "==> rxpath/settings <==");
		if (is_setting)
			continue;
		rxpath_buf_slice(&without, line);
		rxpath_buf_char(&without, '\n');
	}
	after = sample_of(text_of(&without));
	analyse_with(NULL, before, &after, settings, criteria, &report);
	put_findings(&report, &said);
	rxpath_buf_string(out, "live");
	put_digest("findings", &said, out);
	rxpath_buf_char(out, '\n');
	rxpath_report_free(&report);
	rxpath_sample_free(&after);
	rxpath_buf_free(&without);
}

/* The pair with these values in place of @NAME@, and what its findings say. */
static void try_values(const struct rxpath_slice *texts, const struct rxpath_slice *names,
		       struct rxpath_slice line, struct rxpath_buf *out)
{
	struct rxpath_slice values[MAX_NAMES];
	struct rxpath_sample samples[2];
	struct rxpath_report report = {0};
	struct rxpath_buf pattern = {0}, filled[2] = {{.data = NULL}};
	struct rxpath_allowance allowance;
	const char *counter;
	struct rxpath_criteria criteria = {.allowances = &allowance};
	size_t count = 0;

	rxpath_buf_string(out, "---- ");
	rxpath_buf_slice(out, line);
	rxpath_buf_char(out, '\n');
	for (; count < MAX_NAMES && rxpath_scan_word(&line, &values[count]); count++)
		if (rxpath_slice_is(names[count], "allow"))
			rxpath_buf_slice(&pattern, values[count]);
	criteria.allowance_count = pattern.len > 0;
	allowance = (struct rxpath_allowance){.counter = text_of(&pattern)};
	counter = strrchr(allowance.counter, ':');
	if (counter) {
		pattern.data[counter - pattern.data] = '\0';
		allowance = (struct rxpath_allowance){pattern.data, counter + 1, .limited = false};
	}
	for (size_t i = 0; i < 2; i++) {
		put_replaced(&filled[i], texts[i], names, values, count);
		samples[i] = sample_of(text_of(&filled[i]));
	}
	analyse(&samples[0], &samples[1], &criteria, &report);
	put_findings(&report, out);
	put_digests(&report, &samples[0], &samples[1], out);
	filled[1].len--; /* the NUL byte */
	put_live(&samples[0], rxpath_buf_view(&filled[1]), &samples[1], &criteria, out);
	rxpath_buf_free(&filled[0]);
	rxpath_buf_free(&filled[1]);
	rxpath_report_free(&report);
	rxpath_sample_free(&samples[0]);
	rxpath_sample_free(&samples[1]);
	rxpath_buf_free(&pattern);
}

/* A folder of fixtures/grids: a pair with names in it, and a table of their values, mostly such as
 * lie at either side of a limit. What stands under "allow", as the last value of a line, is
 * tolerated. */
static void try_grid(const char *folder)
{
	static const char *const files[] = {"before", "after", "values"};
	char path[300];
	char *bytes[3];
	struct rxpath_slice texts[3], line, rest;
	struct rxpath_slice names[MAX_NAMES] = {{"", 0}};
	struct rxpath_buf out = {0};
	size_t count = 0;

	for (size_t i = 0; i < 3; i++) {
		snprintf(path, sizeof path, "fixtures/%s/%s", folder, files[i]);
		bytes[i] = load(path, &texts[i].len);
		texts[i].ptr = bytes[i];
	}
	rest = texts[2];
	assert_true(rxpath_scan_line(&rest, &line));
	while (count < MAX_NAMES && rxpath_scan_word(&line, &names[count]))
		count++;
	while (rxpath_scan_line(&rest, &line)) {
		set_subject("%s %.*s", folder, (int)line.len, line.ptr);
		try_values(texts, names, line, &out);
	}
	snprintf(path, sizeof path, REPORTS "grids.%s", strrchr(folder, '/') + 1);
	compare(path, &out);
	for (size_t i = 0; i < 3; i++)
		free(bytes[i]);
}

static void both_sides_of_each_limit(void **state)
{
	(void)state;
	wrong = 0;
	visit("grids", try_grid);
	assert_int_equal(wrong, 0);
}

/* The sections of a stored sample. */
struct sections {
	struct rxpath_section items[200];
	size_t count;
};

static bool keep_section(void *context, const struct rxpath_section *section,
			 struct rxpath_error *error)
{
	struct sections *sections = context;

	(void)error;
	assert_true(sections->count < COUNT(sections->items));
	sections->items[sections->count++] = *section;
	return true;
}

/* The same reading in the other sample: of readings of one path the n-th for the n-th. */
static const struct rxpath_section *counterpart(const struct sections *before,
						const struct sections *after, size_t at)
{
	size_t nth = 0;

	for (size_t i = 0; i < at; i++)
		nth += rxpath_slice_equal(after->items[i].path, after->items[at].path);
	for (size_t i = 0; i < before->count; i++)
		if (rxpath_slice_equal(before->items[i].path, after->items[at].path) && nth-- == 0)
			return &before->items[i];
	return NULL;
}

static size_t count_lines(struct rxpath_slice text)
{
	struct rxpath_slice line;
	size_t count = 0;

	while (rxpath_scan_line(&text, &line))
		count++;
	return count;
}

/* Each figure rose by one; all but one figure rose; one figure did. */
enum which { LEAST, ALL_BUT, ONLY };

/* A second sample in which figures rose by something else. */
struct variation {
	enum which which;
	size_t figure;
	size_t seen;	       /* figures that rose */
	struct rxpath_buf *of; /* where that one figure stands, and its values */
};

/* A figure that rose. */
static void put_figure(struct rxpath_buf *out, struct variation *variation,
		       struct rxpath_slice before, struct rxpath_slice after)
{
	bool is_it = variation->seen++ == variation->figure;
	uint64_t first;

	if (is_it && variation->of)
		rxpath_buf_printf(variation->of, " %.*s, not %.*s", (int)before.len, before.ptr,
				  (int)after.len, after.ptr);
	if (variation->which != LEAST)
		rxpath_buf_slice(out, is_it == (variation->which == ONLY) ? after : before);
	else if (after.len == 8 && rxpath_scan_hex(before, &first))
		rxpath_buf_printf(out, "%08llx", (unsigned long long)first + 1);
	else if (rxpath_scan_dec(before, &first))
		rxpath_buf_u64(out, first + 1);
}

static bool has_risen(struct rxpath_slice before, struct rxpath_slice after)
{
	uint64_t first, second;

	return (after.len == 8 && rxpath_scan_hex(before, &first) &&
		rxpath_scan_hex(after, &second) && second > first) ||
	       (rxpath_scan_dec(before, &first) && rxpath_scan_dec(after, &second) &&
		second > first);
}

static void put_varied(struct rxpath_buf *out, struct variation *variation,
		       struct rxpath_slice before, struct rxpath_slice after)
{
	struct rxpath_slice first, second, word;

	while (rxpath_scan_line(&after, &second)) {
		assert_true(rxpath_scan_line(&before, &first));
		while (rxpath_scan_word(&second, &word)) {
			struct rxpath_slice other = {"", 0};

			rxpath_scan_word(&first, &other);
			if (has_risen(other, word))
				put_figure(out, variation, other, word);
			else
				rxpath_buf_slice(out, word);
			rxpath_buf_char(out, ' ');
		}
		rxpath_buf_char(out, '\n');
	}
}

/* Neither who and when, nor what is told of processes and settings. */
static bool is_of_figures(struct rxpath_slice path)
{
	static const char *const others[] = {"rxpath", "rxpath/owners", "rxpath/readers",
					     "rxpath/settings", "rxpath/cgroups"};

	for (size_t i = 0; i < COUNT(others); i++)
		if (rxpath_slice_is(path, others[i]))
			return false;
	return true;
}

static struct rxpath_sample vary(const struct rxpath_buf *before, const struct rxpath_buf *after,
				 struct variation *variation)
{
	struct sections *sections = calloc(2, sizeof *sections);
	struct rxpath_buf text = {0};
	struct rxpath_sample sample;

	assert_non_null(sections);
	assert_true(rxpath_bundle_split(rxpath_buf_view(before), keep_section, &sections[0], NULL));
	assert_true(rxpath_bundle_split(rxpath_buf_view(after), keep_section, &sections[1], NULL));
	for (size_t i = 0; i < sections[1].count; i++) {
		const struct rxpath_section *section = &sections[1].items[i];
		const struct rxpath_section *other = counterpart(&sections[0], &sections[1], i);
		struct rxpath_buf bytes = {0};
		struct rxpath_section varied = *section;
		size_t seen = variation->seen;

		if (other && is_of_figures(section->path) &&
		    !rxpath_slice_equal(other->bytes, section->bytes) &&
		    count_lines(other->bytes) == count_lines(section->bytes)) {
			put_varied(&bytes, variation, other->bytes, section->bytes);
			varied.bytes = rxpath_buf_view(&bytes);
		}
		if (variation->of && seen <= variation->figure &&
		    variation->figure < variation->seen) {
			rxpath_buf_string(variation->of, " of ");
			rxpath_buf_slice(variation->of, section->path);
		}
		rxpath_bundle_write(&text, &varied);
		rxpath_buf_free(&bytes);
	}
	free(sections);
	sample = sample_of(text_of(&text));
	rxpath_buf_free(&text);
	return sample;
}

static struct rxpath_buf read_file(const char *folder, const char *name)
{
	char path[300];
	struct rxpath_buf text = {0};
	size_t len;
	char *bytes;

	snprintf(path, sizeof path, "fixtures/%s/%s", folder, name);
	bytes = load(path, &len);
	rxpath_buf_bytes(&text, bytes, len);
	free(bytes);
	return text;
}

/* The sample's metrics, but for zeros and what each line means. */
static void put_figures(const char *name, const struct rxpath_sample *sample,
			struct rxpath_buf *out)
{
	const struct rxpath_metrics_input input = {.sample = sample, .details = sample};
	struct rxpath_buf text = {0};
	struct rxpath_slice rest, line;

	rxpath_buf_printf(out, "---- %s\n", name);
	rxpath_render_metrics(&input, 1, &text);
	rest = rxpath_buf_view(&text);
	while (rxpath_scan_line(&rest, &line)) {
		if (line.ptr[0] == '#' || memcmp(line.ptr + line.len - 2, " 0", 2) == 0)
			continue;
		rxpath_buf_slice(out, line);
		rxpath_buf_char(out, '\n');
	}
	rxpath_buf_free(&text);
}

/* What is said where each figure moved by no more than one. */
static void findings_of_the_least(void **state)
{
	static const struct rxpath_criteria usual = {0};
	const struct rxpath_finding_fact *fact;
	struct rxpath_buf out = {0};
	struct rxpath_buf metrics = {0};

	(void)state;
	wrong = 0;
	for (size_t i = 0; (fact = rxpath_finding_at(i)); i++) {
		char folder[100];
		struct rxpath_buf texts[2];
		struct rxpath_sample before, after;
		struct rxpath_report report = {0};
		struct variation least = {.which = LEAST};

		snprintf(folder, sizeof folder, "findings/%s/shows", fact->id);
		texts[0] = read_file(folder, "before");
		texts[1] = read_file(folder, "after");
		after = vary(&texts[0], &texts[1], &least);
		before = sample_of(text_of(&texts[0]));
		analyse(&before, &after, &usual, &report);
		rxpath_buf_printf(&out, "---- %s\n", fact->id);
		put_findings(&report, &out);
		put_figures(fact->id, &after, &metrics);
		rxpath_report_free(&report);
		rxpath_sample_free(&before);
		rxpath_sample_free(&after);
		rxpath_buf_free(&texts[0]);
		rxpath_buf_free(&texts[1]);
	}
	compare(REPORTS "least", &out);
	compare(REPORTS "metrics", &metrics);
	assert_int_equal(wrong, 0);
}

/* The lines that the other text lacks, each after `prefix`. */
static void put_new_lines(const char *prefix, struct rxpath_slice text, struct rxpath_slice other,
			  struct rxpath_buf *out)
{
	struct rxpath_slice line;

	while (rxpath_scan_line(&text, &line)) {
		struct rxpath_slice rest = other, old;
		bool found = false;

		while (!found && rxpath_scan_line(&rest, &old))
			found = rxpath_slice_equal(line, old);
		if (found || line.len == 0)
			continue;
		rxpath_buf_string(out, prefix);
		rxpath_buf_slice(out, line);
		rxpath_buf_char(out, '\n');
	}
}

static void put_comparison(const struct rxpath_sample *before, const struct rxpath_sample *after,
			   struct rxpath_buf *out)
{
	static const struct rxpath_criteria usual = {0};
	struct rxpath_report report = {0};

	analyse(before, after, &usual, &report);
	put_findings(&report, out);
	rxpath_report_free(&report);
}

/* Each figure of the finding's example in turn: what is said where all the others rose, and where
 * no other did. */
static void put_figures_apart(const char *id, struct rxpath_buf *out)
{
	char folder[100];
	struct rxpath_buf texts[2], whole = {0};
	struct rxpath_sample before, real;
	bool more = true;

	snprintf(folder, sizeof folder, "findings/%s/shows", id);
	texts[0] = read_file(folder, "before");
	texts[1] = read_file(folder, "after");
	before = sample_of(text_of(&texts[0]));
	real = sample_of(text_of(&texts[1]));
	put_comparison(&before, &real, &whole);
	rxpath_sample_free(&real);
	for (size_t i = 0; more; i++) {
		for (enum which which = ALL_BUT; more && which <= ONLY; which++) {
			struct rxpath_buf of = {0}, varied = {0};
			struct variation variation = {.which = which, .figure = i, .of = &of};
			struct rxpath_sample after = vary(&texts[0], &texts[1], &variation);

			more = i + 1 < variation.seen || which == ALL_BUT;
			put_comparison(&before, &after, &varied);
			rxpath_buf_printf(out, "---- %s, %s%s\n", id,
					  which == ONLY ? "only" : "but", text_of(&of));
			put_new_lines("", rxpath_buf_view(&varied), rxpath_buf_view(&whole), out);
			rxpath_sample_free(&after);
			rxpath_buf_free(&of);
			rxpath_buf_free(&varied);
		}
	}
	rxpath_sample_free(&before);
	rxpath_buf_free(&texts[0]);
	rxpath_buf_free(&texts[1]);
	rxpath_buf_free(&whole);
}

/* The second sample without that line: what is said otherwise (+), or no more (-). */
static void put_without(const char *id, const struct rxpath_sample *before,
			struct rxpath_slice after, struct rxpath_slice line,
			struct rxpath_slice whole, struct rxpath_buf *out)
{
	struct rxpath_buf text = {0}, varied = {0};
	struct rxpath_sample sample;

	rxpath_buf_bytes(&text, after.ptr, (size_t)(line.ptr - after.ptr));
	after.len -= (size_t)(line.ptr + line.len + 1 - after.ptr);
	rxpath_buf_bytes(&text, line.ptr + line.len + 1, after.len);
	sample = sample_of(text_of(&text));
	put_comparison(before, &sample, &varied);
	if (!rxpath_slice_equal(rxpath_buf_view(&varied), whole)) {
		rxpath_buf_printf(out, "---- %s, without %.*s\n", id, (int)line.len, line.ptr);
		put_new_lines("- ", whole, rxpath_buf_view(&varied), out);
		put_new_lines("+ ", rxpath_buf_view(&varied), whole, out);
	}
	rxpath_sample_free(&sample);
	rxpath_buf_free(&text);
	rxpath_buf_free(&varied);
}

/* What was looked up for the finding's example, without each of its lines. */
static void put_lookups_apart(const char *id, struct rxpath_buf *out)
{
	char folder[100];
	struct rxpath_buf texts[2], whole = {0};
	struct rxpath_sample before, after;
	struct rxpath_slice rest, line;
	bool looked_up = false;

	snprintf(folder, sizeof folder, "findings/%s/shows", id);
	texts[0] = read_file(folder, "before");
	texts[1] = read_file(folder, "after");
	before = sample_of(text_of(&texts[0]));
	after = sample_of(text_of(&texts[1]));
	put_comparison(&before, &after, &whole);
	rest = rxpath_buf_view(&texts[1]);
	while (rxpath_scan_line(&rest, &line)) {
		if (rxpath_slice_starts(line, "==> ")) {
			line.ptr += strlen("==> ");
			line.len -= strlen("==>  <==");
			looked_up = !is_of_figures(line) && line.len > strlen("rxpath");
		} else if (looked_up && line.len > 0) {
			put_without(id, &before, rxpath_buf_view(&texts[1]), line,
				    rxpath_buf_view(&whole), out);
		}
	}
	rxpath_sample_free(&before);
	rxpath_sample_free(&after);
	rxpath_buf_free(&texts[0]);
	rxpath_buf_free(&texts[1]);
	rxpath_buf_free(&whole);
}

static void each_lookup_counts(void **state)
{
	const struct rxpath_finding_fact *fact;
	struct rxpath_buf out = {0};

	(void)state;
	wrong = 0;
	for (size_t i = 0; (fact = rxpath_finding_at(i)); i++)
		put_lookups_apart(fact->id, &out);
	compare(REPORTS "lookups", &out);
	assert_int_equal(wrong, 0);
}

static void each_figure_counts(void **state)
{
	const struct rxpath_finding_fact *fact;
	struct rxpath_buf out = {0};

	(void)state;
	wrong = 0;
	for (size_t i = 0; (fact = rxpath_finding_at(i)); i++)
		put_figures_apart(fact->id, &out);
	compare(REPORTS "figures", &out);
	assert_int_equal(wrong, 0);
}

static const struct rxpath_allowance all_counters = {.counter = "*"};
static const struct rxpath_allowance ip_counters = {.counter = "Ip*"};
static const struct rxpath_allowance one_socket = {.subject = "udp/*:6344", .counter = "sk_drops"};
static const struct rxpath_allowance socket_counters[] = {
	{.counter = "Udp*RcvbufErrors"},
	{.counter = "sk_*"},
};

static void put_sizes(const char *folder, const struct rxpath_style *styles, size_t count,
		      struct rxpath_buf *out)
{
	static const struct rxpath_criteria usual = {0};
	struct rxpath_sample before = load_sample(folder, "before");
	struct rxpath_sample after = load_sample(folder, "after");
	struct rxpath_report report = {0};

	analyse(&before, &after, &usual, &report);
	for (size_t i = 0; i < count; i++) {
		rxpath_buf_printf(out, "---- %s, %u columns, %u rows\n", folder, styles[i].columns,
				  styles[i].rows);
		rxpath_render_text(&report, &styles[i], out);
	}
	rxpath_report_free(&report);
	rxpath_sample_free(&before);
	rxpath_sample_free(&after);
}

/* What is shown on terminals of many sizes. */
static void sizes_show_what_they_showed(void **state)
{
	static const char *const folders[] = {
		"fixtures/pairs/many-of-each",
		"fixtures/pairs/traced",
		"fixtures/cases/screen-forty-sockets",
		"fixtures/cases/screen-four-faults",
	};
	static const struct {
		unsigned columns, rows;
	} sizes[] = {{40, 14}, {62, 18}, {71, 22}, {99, 31}, {120, 40}, {161, 70}};
	/* Just too narrow for columns, and just wide enough. */
	static const struct rxpath_style edges[] = {
		{.terminal = true, .columns = 76, .rows = 70},
		{.terminal = true, .columns = 77, .rows = 70},
	};
	struct rxpath_style styles[24] = {{.columns = 0}};
	struct rxpath_buf out = {0};

	(void)state;
	wrong = 0;
	for (size_t i = 0; i < COUNT(sizes); i++)
		styles[i] = (struct rxpath_style){
			.terminal = true, .columns = sizes[i].columns, .rows = sizes[i].rows};
	for (size_t i = 0; i < COUNT(folders); i++)
		put_sizes(folders[i], styles, COUNT(sizes), &out);
	/* Two rows more at a time. */
	for (unsigned i = 0; i < COUNT(styles); i++)
		styles[i] =
			(struct rxpath_style){.terminal = true, .columns = 80, .rows = 8 + 2 * i};
	put_sizes(folders[0], styles, COUNT(styles), &out);
	put_sizes("fixtures/cases/mixed", edges, COUNT(edges), &out);
	compare(REPORTS "sizes", &out);
	assert_int_equal(wrong, 0);
}

/* What the user tolerates, asks for and leaves out. */
static const struct {
	const char *name, *folder;
	struct rxpath_criteria criteria;
	bool since_boot;
} requests[] = {
	{"--max-lost 1000000",
	 "cases/udp-overflow",
	 {.fail_on = RXPATH_KIND_PRESSURE, .max_lost = {.packets = 1000000}},
	 false},
	{"--max-lost 1000000.25/s",
	 "cases/udp-overflow",
	 {.max_lost = {.packets = 1000000, .billionths = 250000000, .per_second = true}},
	 false},
	{"--max-lost 1", "findings/tcp-receive/shows", {.max_lost = {.packets = 1}}, false},
	{"--max-lost 0.000000001", "cases/udp-overflow", {.max_lost = {.billionths = 1}}, false},
	{"--max-lost 1000000, with rejects",
	 "cases/resets",
	 {.fail_on = RXPATH_KIND_REJECT, .max_lost = {.packets = 1000000}},
	 false},
	{"--max-lost 1000000 --fail-on pressure",
	 "cases/mixed",
	 {.fail_on = RXPATH_KIND_PRESSURE, .max_lost = {.packets = 1000000}},
	 false},
	{"--fail-on never", "cases/udp-overflow", {.fail_on = RXPATH_KIND_TRAFFIC}, false},
	{"--allow '*'",
	 "cases/udp-overflow",
	 {.allowances = &all_counters, .allowance_count = 1},
	 false},
	{"--allow '*' --max-lost 7",
	 "cases/udp-overflow",
	 {.allowances = &all_counters, .allowance_count = 1, .max_lost = {.packets = 7}},
	 false},
	{"--allow 'Ip*', beside other losses",
	 "cases/mixed",
	 {.allowances = &ip_counters, .allowance_count = 1},
	 false},
	{"--allow 'Udp*RcvbufErrors' --allow 'sk_*', beside other losses",
	 "cases/mixed",
	 {.allowances = socket_counters, .allowance_count = COUNT(socket_counters)},
	 false},
	{"--allow 'udp/*:6344:sk_drops', beside another socket",
	 "cases/screen-two-programs",
	 {.allowances = &one_socket, .allowance_count = 1},
	 false},
	{"--max-lost 5, where not all was measured",
	 "cases/one-file-unreadable",
	 {.max_lost = {.packets = 5}},
	 false},
	{"--stage ip", "cases/ip-checksum", {.stages = 1u << RXPATH_STAGE_IP}, false},
	{"since boot", "cases/screen-firewall", {0}, true},
	{"since boot, nothing lost", "cases/healthy", {0}, true},
};

/* The first two lines: the answer, and the one for grep. */
static void put_answer(const char *name, const struct rxpath_report *report, struct rxpath_buf *out)
{
	static const struct rxpath_style pipe = {0};
	struct rxpath_buf text = {0};
	struct rxpath_slice rest, line;

	rxpath_buf_printf(out, "---- %s\n", name);
	rxpath_render_text(report, &pipe, &text);
	rest = rxpath_buf_view(&text);
	for (size_t i = 0; i < 2 && rxpath_scan_line(&rest, &line); i++) {
		rxpath_buf_slice(out, line);
		rxpath_buf_char(out, '\n');
	}
	rxpath_buf_free(&text);
}

static void requests_shape_the_report(void **state)
{
	static const struct rxpath_style pipe = {0};
	struct rxpath_buf out = {0};

	(void)state;
	wrong = 0;
	for (size_t i = 0; i < COUNT(requests); i++) {
		const struct rxpath_criteria *criteria = &requests[i].criteria;
		char folder[100];
		struct rxpath_sample before, after;
		struct rxpath_report report = {0};

		snprintf(folder, sizeof folder, "fixtures/%s", requests[i].folder);
		before = load_sample(folder, "before");
		after = load_sample(folder, "after");
		analyse(requests[i].since_boot ? NULL : &before, &after, criteria, &report);
		rxpath_analyse_verdict(&report, criteria);
		put_answer(requests[i].name, &report, &out);
		put_form("nagios", rxpath_render_nagios, &report, &pipe, &out);
		put_form("junit", rxpath_render_junit, &report, &pipe, &out);
		set_subject("%s", requests[i].name);
		put_digests(&report, &before, &after, &out);
		rxpath_report_free(&report);
		rxpath_sample_free(&before);
		rxpath_sample_free(&after);
	}
	compare(REPORTS "requests", &out);
	assert_int_equal(wrong, 0);
}

static void put_host_digest(const char *name, const struct rxpath_host_report *host,
			    struct rxpath_buf *out)
{
	struct rxpath_buf text = {0};

	set_subject("%s", name);
	for (unsigned i = 0; i < 20; i++) {
		struct rxpath_style style = screen_at(i, i % 2 == 0 ? 0 : 50);

		put_size(&style, &text);
		rxpath_render_host(host, &style, &text);
	}
	rxpath_buf_string(out, "digest");
	put_digest("screens", &text, out);
	rxpath_buf_char(out, '\n');
}

/* What fails by each kind, and where any loss is tolerated, as digests. */
static void put_judged(const char *id, const char *name, struct rxpath_buf *out)
{
	static const struct rxpath_style pipe = {0};
	char folder[100];
	struct rxpath_sample before, after;
	struct rxpath_report report = {0};
	struct rxpath_buf text = {0};

	snprintf(folder, sizeof folder, "fixtures/findings/%s/%s", id, name);
	set_subject("judged.%s", id);
	before = load_sample(folder, "before");
	after = load_sample(folder, "after");
	analyse(&before, &after, &(struct rxpath_criteria){0}, &report);
	for (unsigned i = 0; i < 2 * RXPATH_KIND_TRAFFIC; i++) {
		const struct rxpath_criteria criteria = {
			.fail_on = i / 2,
			.max_lost = {.packets = i % 2 == 0 ? 0 : UINT32_MAX},
		};

		rxpath_analyse_verdict(&report, &criteria);
		put_form("nagios", rxpath_render_nagios, &report, &pipe, &text);
		put_form("junit", rxpath_render_junit, &report, &pipe, &text);
	}
	put_digest(name, &text, out);
	rxpath_report_free(&report);
	rxpath_sample_free(&before);
	rxpath_sample_free(&after);
}

static void each_kind_may_fail(void **state)
{
	const struct rxpath_finding_fact *fact;
	struct rxpath_buf out = {0};

	(void)state;
	wrong = 0;
	for (size_t i = 0; (fact = rxpath_finding_at(i)); i++) {
		rxpath_buf_string(&out, fact->id);
		put_judged(fact->id, "shows", &out);
		put_judged(fact->id, "silent", &out);
		rxpath_buf_char(&out, '\n');
	}
	compare(REPORTS "judged", &out);
	assert_int_equal(wrong, 0);
}

/* Several namespaces of one host, in every form. */
struct namespaces {
	struct rxpath_sample before[5], after[5];
	struct rxpath_report reports[5];
	const struct rxpath_report *list[5];
	struct rxpath_metrics_input inputs[5];
};

static void load_namespaces(struct namespaces *all)
{
	static const char *const folders[] = {"cases/healthy", "cases/mixed", "pairs/many-of-each",
					      "cases/unreadable", "cases/full-queue"};
	static const struct rxpath_criteria usual = {.fail_on = RXPATH_KIND_PRESSURE};

	for (size_t i = 0; i < COUNT(folders); i++) {
		char folder[100];

		snprintf(folder, sizeof folder, "fixtures/%s", folders[i]);
		all->before[i] = load_sample(folder, "before");
		all->after[i] = load_sample(folder, "after");
		analyse_of(&netns_facts[i], &all->before[i], &all->after[i], &usual,
			   &all->reports[i]);
		all->reports[i].netns = netns_facts[i].name;
		all->reports[i].is_first = i == 0;
		rxpath_analyse_verdict(&all->reports[i], &usual);
		all->list[i] = &all->reports[i];
		all->inputs[i] = (struct rxpath_metrics_input){
			.sample = &all->after[i],
			.details = &all->after[i],
			.netns = netns_facts[i].name,
			.elsewhere = i != 0,
		};
	}
}

static void hosts_say_what_they_said(void **state)
{
	static const struct rxpath_style styles[] = {
		{0},
		{.color = true, .terminal = true, .columns = 80, .rows = 24, .utf8 = true},
		{.terminal = true, .columns = 60, .all = true},
	};
	struct namespaces *all = calloc(1, sizeof *all);
	struct rxpath_host_report host = {.count = COUNT(all->list)};
	const struct format *format;
	struct rxpath_buf out = {0};

	(void)state;
	assert_non_null(all);
	wrong = 0;
	load_namespaces(all);
	host.reports = all->list;
	for (size_t i = 0; i < COUNT(styles); i++) {
		rxpath_buf_printf(&out, "---- %u columns\n", styles[i].columns);
		rxpath_render_host(&host, &styles[i], &out);
	}
	put_host_digest("host", &host, &out);
	for (size_t i = 0; i < COUNT(all->list); i++) {
		for (size_t j = 1; (format = format_at(j)); j++)
			put_form(format->name, format->render, all->list[i], &styles[0], &out);
	}
	rxpath_buf_string(&out, "---- metrics\n");
	rxpath_render_metrics(all->inputs, COUNT(all->inputs), &out);
	compare(REPORTS "host", &out);
	for (size_t i = 0; i < COUNT(all->list); i++) {
		rxpath_report_free(&all->reports[i]);
		rxpath_sample_free(&all->before[i]);
		rxpath_sample_free(&all->after[i]);
	}
	free(all);
	assert_int_equal(wrong, 0);
}

/* More namespaces that lost packets than a terminal shows, and all that was not examined: of one
 * host between two moments, and since boot. */
static void long_lists_of_namespaces(void **state)
{
	static const char *const folders[] = {
		"cases/only-crc-errors",
		"cases/udp-checksum",
		"cases/devices",
		"cases/resets",
		"cases/softirq-budget",
		"cases/wraps",
		"cases/raw",
		"cases/af-xdp",
		"cases/syn-cookies",
		"cases/mixed",
		"cases/full-queue",
		"findings/tcp-receive/shows",
		"cases/one-sample-only",
		"cases/healthy",
	};
	static const struct rxpath_style styles[] = {
		{0},
		{.terminal = true, .columns = 80, .rows = 24},
		{.terminal = true, .columns = 80, .rows = 60},
	};
	static const struct rxpath_criteria usual = {0}, all = {.all = true};
	struct rxpath_netns_facts facts[COUNT(folders)] = {{.name = {"", 0}}};
	struct rxpath_sample before[COUNT(folders)], after[COUNT(folders)];
	struct rxpath_report reports[COUNT(folders)] = {{.lost = 0}};
	const struct rxpath_report *list[COUNT(folders)];
	struct rxpath_host_report host = {.reports = list};
	struct rxpath_host_report healthy = {.reports = &list[COUNT(folders) - 1], .count = 1};
	struct rxpath_buf out = {0};

	(void)state;
	wrong = 0;
	for (size_t i = 0; i < COUNT(folders); i++) {
		char folder[100];

		snprintf(folder, sizeof folder, "fixtures/%s", folders[i]);
		before[i] = load_sample(folder, "before");
		after[i] = load_sample(folder, "after");
		facts[i].name = rxpath_slice_of(strchr(folders[i], '/') + 1);
		list[i] = &reports[i];
	}
	for (unsigned since_boot = 0; since_boot < 2; since_boot++) {
		host.count = COUNT(folders);
		host.count_many = since_boot;
		host.ended = host.denied = host.hidden = 1 + since_boot;
		host.appeared = host.beyond = 2 - since_boot;
		for (size_t i = 0; i < COUNT(folders); i++) {
			analyse_of(&facts[i], since_boot ? NULL : &before[i], &after[i], &usual,
				   &reports[i]);
		}
		for (size_t i = 0; i < COUNT(styles); i++) {
			rxpath_buf_printf(&out, "---- %u rows, %s\n", styles[i].rows,
					  since_boot ? "since boot" : "between two moments");
			rxpath_render_host(&host, &styles[i], &out);
			rxpath_render_host(&healthy, &styles[i], &out);
		}
		for (host.count = 7; host.count < COUNT(folders); host.count++) {
			char name[50];

			snprintf(name, sizeof name, "hosts.%zu.%u", host.count, since_boot);
			put_host_digest(name, &host, &out);
		}
		for (size_t i = 0; i < COUNT(folders); i++)
			rxpath_report_free(&reports[i]);
	}
	/* What did not move is no namespace's worst. */
	for (size_t i = 0; i < COUNT(folders); i++)
		analyse_of(&facts[i], &before[i], &after[i], &all, &reports[i]);
	put_host_digest("hosts with --all", &host, &out);
	for (size_t i = 0; i < COUNT(folders); i++) {
		rxpath_report_free(&reports[i]);
		rxpath_sample_free(&before[i]);
		rxpath_sample_free(&after[i]);
	}
	compare(REPORTS "hosts", &out);
	assert_int_equal(wrong, 0);
}

/* One report after another of the same terminal, and of a pipe. */
static void watchers_see_what_they_saw(void **state)
{
	static const char *const folders[] = {"healthy", "udp-overflow", "mixed",  "full-queue",
					      "mixed",	 "kernel-4.19",	 "healthy"};
	static const struct rxpath_criteria usual = {0};
	struct rxpath_history history = {0};
	struct rxpath_style screen = {
		.color = true,
		.terminal = true,
		.columns = 100,
		.rows = 30,
		.utf8 = true,
		.history = &history,
	};
	struct rxpath_style pipe = {0};
	struct rxpath_buf out = {0};

	(void)state;
	wrong = 0;
	for (size_t i = 0; i < COUNT(folders); i++) {
		char folder[100];
		struct rxpath_sample before, after;
		struct rxpath_report report = {0};

		snprintf(folder, sizeof folder, "fixtures/cases/%s", folders[i]);
		before = load_sample(folder, "before");
		after = load_sample(folder, "after");
		analyse(&before, &after, &usual, &report);
		report.count_many = true;
		report.is_first = i == 0;
		report.other_netns = i;
		rxpath_history_note(&history, &report);
		pipe.last = i + 1 == COUNT(folders);
		put_form("screen", rxpath_render_text, &report, &screen, &out);
		put_form("pipe", rxpath_render_text, &report, &pipe, &out);
		put_form("tsv", rxpath_render_tsv, &report, &pipe, &out);
		set_subject("watch.%zu", i);
		rxpath_buf_string(&out, "digests");
		put_screens(&report, &history, &out);
		rxpath_buf_char(&out, '\n');
		rxpath_report_free(&report);
		rxpath_sample_free(&before);
		rxpath_sample_free(&after);
	}
	compare(REPORTS "watch", &out);
	assert_int_equal(wrong, 0);
}

/* One counter of each shape, width and kind, and some findings. */
static void explanations_say_what_they_said(void **state)
{
	static const char *const names[] = {
		"UdpRcvbufErrors",	"softnet_dropped", "rx_missed_errors",
		"nf_conntrack_entries", "netlink_drops",   "TcpExtListenDrops",
	};
	struct rxpath_buf out = {0};

	(void)state;
	wrong = 0;
	for (size_t i = 0; i < COUNT(names); i++) {
		const struct rxpath_counter *counter =
			rxpath_catalogue_find(rxpath_slice_of(names[i]));

		assert_non_null(counter);
		rxpath_render_counter(counter, &out);
		rxpath_render_counter_line(counter, &out);
	}
	for (size_t i = 0; i < 2; i++) {
		rxpath_render_finding(rxpath_finding_at(i), &out);
		rxpath_render_finding_line(rxpath_finding_at(i), &out);
	}
	rxpath_render_driver(rxpath_slice_of("rx drop"), &out);
	rxpath_render_driver(rxpath_slice_of("netdev.rx-hw-drops"), &out);
	compare(REPORTS "explanations", &out);
	rxpath_render_catalogue(&out);
	compare(REPORTS "catalogue", &out);
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_sides_of_each_limit),
		cmocka_unit_test(findings_say_what_they_said),
		cmocka_unit_test(cases_say_what_they_said),
		cmocka_unit_test(findings_of_the_least),
		cmocka_unit_test(sizes_show_what_they_showed),
		cmocka_unit_test(requests_shape_the_report),
		cmocka_unit_test(each_kind_may_fail),
		cmocka_unit_test(each_figure_counts),
		cmocka_unit_test(each_lookup_counts),
		cmocka_unit_test(hosts_say_what_they_said),
		cmocka_unit_test(long_lists_of_namespaces),
		cmocka_unit_test(watchers_see_what_they_saw),
		cmocka_unit_test(explanations_say_what_they_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
