/* lab_report.c: runs the program under test around an injection, and holds its report against
 * what the fault expects. An expectation that is not met is noted, and the others are still
 * looked at. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lab.h"

#define COLUMNS 10

struct paths {
	char before[256], after[256], report[256], json[256], err[256], quiet[256], go[256],
		done[256];
};

static struct paths paths_of(const struct lab *lab)
{
	struct paths paths;

	snprintf(paths.before, sizeof paths.before, "%s/before", lab->dir);
	snprintf(paths.after, sizeof paths.after, "%s/after", lab->dir);
	snprintf(paths.report, sizeof paths.report, "%s/report", lab->dir);
	snprintf(paths.json, sizeof paths.json, "%s/json", lab->dir);
	snprintf(paths.err, sizeof paths.err, "%s/err", lab->dir);
	snprintf(paths.quiet, sizeof paths.quiet, "%s/quiet.err", lab->dir);
	snprintf(paths.go, sizeof paths.go, "%s/go", lab->dir);
	snprintf(paths.done, sizeof paths.done, "%s/done", lab->dir);
	return paths;
}

void lab_wrong(struct lab *lab, const char *format, ...)
{
	char *text;
	va_list args;
	size_t len;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		abort();
	va_end(args);
	len = strlen(text);
	lab->wrong = realloc(lab->wrong, lab->wrong_len + len + 2);
	if (!lab->wrong)
		abort();
	memcpy(lab->wrong + lab->wrong_len, text, len);
	lab->wrong[lab->wrong_len + len] = '\n';
	lab->wrong[lab->wrong_len + len + 1] = '\0';
	lab->wrong_len += len + 1;
	free(text);
}

/* Takes a complaint of the program for what it is: nothing here gives cause for one. */
static void check_silence(struct lab *lab, const char *path, const char *doing)
{
	char *text = lab_slurp(path);

	if (text && *text)
		lab_wrong(lab, "%s complained: %s", doing, text);
	free(text);
}

static int run_program(struct lab *lab, char *const argv[])
{
	struct paths paths = paths_of(lab);
	int status = lab_command(lab, argv, NULL, paths.err, lab->mode == LAB_PID);

	check_silence(lab, paths.err, argv[1]);
	return status;
}

static void save(struct lab *lab, char *file)
{
	char pid[32];
	char *here[] = {(char *)(uintptr_t)lab->program, (char[]){"save"}, file,
			(char *)(uintptr_t)lab->option, NULL};
	char *there[] = {(char *)(uintptr_t)lab->program,
			 (char[]){"save"},
			 (char[]){"--pid"},
			 pid,
			 file,
			 (char *)(uintptr_t)lab->option,
			 NULL};
	int status;

	snprintf(pid, sizeof pid, "%ld", (long)getpid());
	status = run_program(lab, lab->mode == LAB_PID ? there : here);
	if (status != 0)
		lab_wrong(lab, "save ended with status %d", status);
}

/* It sleeps between its two samples, in one of two calls that it makes nowhere else: then it has
 * taken the first. How long that may take, the fault's own deadline says. */
void lab_wait_until_asleep(const struct lab *lab, pid_t pid)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/%ld/syscall", (long)pid);
	for (;;) {
		char *text = lab_slurp(path);
		long call;

		if (!text)
			lab_die(lab, "no process %ld", (long)pid);
		call = *text >= '0' && *text <= '9' ? strtol(text, NULL, 10) : -1;
		free(text);
		if (call == SYS_rt_sigtimedwait || call == SYS_ppoll)
			return;
		lab_sleep_ms(2);
	}
}

pid_t lab_start_run(const struct lab *lab, const char *const options[], const char *errors,
		    int *end)
{
	static const char *const command[] = {"--", "sh", "-c",
					      "echo >\"$1/go\"; read -r line <\"$1/done\"", "sh"};
	struct paths paths = paths_of(lab);
	struct pollfd started = {.events = POLLIN};
	const char *argv[20] = {lab->program, "run"};
	size_t count = 2;
	char line[8];
	pid_t pid;

	while (*options)
		argv[count++] = *options++;
	memcpy(&argv[count], command, sizeof command);
	argv[count + sizeof command / sizeof *command] = lab->dir;
	unlink(paths.go);
	unlink(paths.done);
	if (mkfifo(paths.go, 0600) != 0 || mkfifo(paths.done, 0600) != 0)
		lab_die(lab, "mkfifo: %s", strerror(errno));
	started.fd = open(paths.go, O_RDWR | O_CLOEXEC);
	*end = open(paths.done, O_RDWR | O_CLOEXEC);
	pid = lab_spawn(lab, (char *const *)(uintptr_t)argv, NULL, errors, false);
	if (poll(&started, 1, 10000) != 1 || read(started.fd, line, sizeof line) < 1)
		lab_die(lab, "run: COMMAND did not start; see %s", errors);
	close(started.fd);
	return pid;
}

void lab_end_command(const struct lab *lab, int end)
{
	if (write(end, "\n", 1) != 1)
		lab_die(lab, "run: cannot end COMMAND: %s", strerror(errno));
}

void lab_begin(struct lab *lab)
{
	struct paths paths = paths_of(lab);
	char *check[] = {(char *)(uintptr_t)lab->program,
			 (char[]){"-i"},
			 (char[]){"60"},
			 (char[]){"-f"},
			 (char[]){"tsv"},
			 (char[]){"-o"},
			 paths.report,
			 (char *)(uintptr_t)lab->option,
			 NULL};
	const char *const run[] = {"-f", "tsv", "-o", paths.report, NULL};
	char *quiet[] = {(char *)(uintptr_t)lab->program, (char[]){"-qi"}, (char[]){"60"}, NULL};

	/* A device that has just joined a group reports that, twice. */
	lab_sleep_ms(20);
	lab_values_free(&lab->before);
	lab_values_read(&lab->before);
	if (!lab->program)
		return;
	switch (lab->mode) {
	case LAB_LIVE:
		lab->watcher = lab_spawn(lab, check, NULL, paths.err, false);
		lab_wait_until_asleep(lab, lab->watcher);
		break;
	case LAB_RUN:
		lab->watcher = lab_start_run(lab, run, paths.err, &lab->end_command);
		break;
	default:
		lab->quiet = lab_spawn(lab, quiet, NULL, paths.quiet, false);
		lab_wait_until_asleep(lab, lab->quiet);
		save(lab, paths.before);
	}
}

static char *diff(struct lab *lab, const char *format, char *out, int *status)
{
	struct paths paths = paths_of(lab);
	char *argv[] = {(char *)(uintptr_t)lab->program,
			(char[]){"diff"},
			(char[]){"-f"},
			(char *)(uintptr_t)format,
			(char[]){"-o"},
			out,
			paths.before,
			paths.after,
			NULL};

	*status = run_program(lab, argv);
	return lab_slurp(out);
}

void lab_end(struct lab *lab)
{
	struct paths paths = paths_of(lab);
	int status = -1, json_status, quiet;
	char *text;

	lab_settle();
	lab_values_free(&lab->moved);
	lab_values_moved(&lab->before, &lab->moved);
	if (!lab->program)
		return;
	switch (lab->mode) {
	case LAB_LIVE:
		kill(lab->watcher, SIGINT);
		status = lab_wait(lab->watcher);
		check_silence(lab, paths.err, "check");
		text = lab_slurp(paths.report);
		break;
	case LAB_RUN:
		lab_end_command(lab, lab->end_command);
		status = lab_wait(lab->watcher);
		close(lab->end_command);
		check_silence(lab, paths.err, "run");
		text = lab_slurp(paths.report);
		break;
	default:
		save(lab, paths.after);
		/* It reads less, and says the same. */
		kill(lab->quiet, SIGINT);
		quiet = lab_wait(lab->quiet);
		check_silence(lab, paths.quiet, "check -q");
		text = diff(lab, "tsv", paths.report, &status);
		if (quiet != status)
			lab_wrong(lab, "status %d with -q, %d without", quiet, status);
		free(lab->json);
		lab->json = diff(lab, "json", paths.json, &json_status);
		if (json_status != status)
			lab_wrong(lab, "status %d with tsv, %d with json", status, json_status);
	}
	lab_report_free(&lab->report);
	lab_report_parse(lab, &lab->report, text, status);
	if (lab->json) {
		char lost[64];

		snprintf(lost, sizeof lost, "\"lost\":%" PRIu64 ",\"stages\"", lab->report.lost);
		if (!strstr(lab->json, lost))
			lab_wrong(lab, "json lacks %s", lost);
	}
}

void lab_report_free(struct lab_report *report)
{
	free(report->text);
	free(report->fields);
	free(report->lines);
	memset(report, 0, sizeof *report);
}

/* The word stands in the comma-separated detail. */
static bool has_word(const char *detail, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = detail; (at = strstr(at, word)); at += len) {
		if ((at == detail || at[-1] == ',') && (at[len] == '\0' || at[len] == ','))
			return true;
	}
	return false;
}

static int place_of(const char *const names[], size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(names[i], name) == 0)
			return (int)i;
	}
	return -1;
}

static bool figure(struct lab *lab, const char *text, uint64_t *value)
{
	char *end;

	*value = 0;
	if (strcmp(text, "-") == 0)
		return false;
	*value = strtoull(text, &end, 10);
	if (*end || end == text)
		lab_wrong(lab, "not a figure: '%s'", text);
	return true;
}

static void parse_line(struct lab *lab, struct lab_report *report, char *text)
{
	static const char *const stages[] = {
		"device", "softnet", "netfilter", "ip", "transport", "socket",
	};
	static const char *const kinds[] = {"drop", "suspect", "pressure", "reject", "unknown"};
	struct lab_line *line = &report->lines[report->count];
	const char *column[COLUMNS] = {"", "", "", "", "", "", "", "", "", ""};
	uint64_t before, after;
	size_t count = 0;
	bool both;

	for (char *field; (field = strsep(&text, "\t")); count++) {
		if (count < COLUMNS)
			column[count] = field;
		if (!*field)
			lab_wrong(lab, "an empty field, column %zu", count + 1);
	}
	if (count != COLUMNS) {
		lab_wrong(lab, "%zu columns in the line of %s", count, column[0]);
		return;
	}
	report->count++;
	line->stage = column[0];
	line->kind = column[1];
	line->counter = column[2];
	line->subject = column[3];
	line->rate = column[6];
	line->detail = column[9];
	figure(lab, column[4], &line->delta);
	figure(lab, column[5], &line->lost);
	both = figure(lab, column[7], &before) && figure(lab, column[8], &after);
	report->lost += line->lost;

	if (place_of(stages, 6, line->stage) < 0 || place_of(kinds, 5, line->kind) < 0)
		lab_wrong(lab, "stage %s, kind %s: no such thing", line->stage, line->kind);
	if (report->count > 1 &&
	    place_of(stages, 6, line[-1].stage) > place_of(stages, 6, line->stage))
		lab_wrong(lab, "%s after %s: not in path order", line->stage, line[-1].stage);
	if (strcmp(line->kind, "unknown") == 0)
		lab_wrong(lab, "stage %s unknown for %s", line->stage, line->counter);
	if (line->lost && strcmp(line->kind, "drop") != 0)
		lab_wrong(lab, "%s is %s, and lost %" PRIu64, line->counter, line->kind,
			  line->lost);
	if (line->lost > line->delta)
		lab_wrong(lab, "%s: lost %" PRIu64 " of a delta of %" PRIu64, line->counter,
			  line->lost, line->delta);
	/* A queue that shrank is still shown while it is nearly full. */
	if (both && after < before && line->delta == 0 && strcmp(line->kind, "pressure") == 0)
		after = before;
	if (both && after - before != line->delta && !has_word(line->detail, "reset") &&
	    !has_word(line->detail, "wrapped") && !has_word(line->detail, "new"))
		lab_wrong(lab, "%s %s: delta %" PRIu64 ", from %" PRIu64 " to %" PRIu64,
			  line->counter, line->subject, line->delta, before, after);
	if (line->lost && has_word(line->detail, "counted"))
		lab_wrong(lab, "%s is counted, and lost %" PRIu64, line->counter, line->lost);
}

void lab_report_parse(struct lab *lab, struct lab_report *report, char *text, int status)
{
	size_t lines = 1;
	char *rest;

	report->status = status;
	report->text = text;
	if (!text) {
		lab_wrong(lab, "no report; status %d", status);
		return;
	}
	for (const char *at = text; *at; at++)
		lines += *at == '\n';
	report->lines = calloc(lines, sizeof *report->lines);
	rest = report->fields = strdup(text);
	if (!report->lines || !rest)
		abort();
	if (strncmp(rest, LAB_HEADER "\n", sizeof LAB_HEADER) != 0)
		lab_wrong(lab, "the report does not begin with the header line");
	for (char *line; (line = strsep(&rest, "\n"));) {
		if (*line && *line != '#')
			parse_line(lab, report, line);
	}
	if (status < 0)
		return;
	if (report->lost && status != 1)
		lab_wrong(lab, "lost %" PRIu64 ", and yet status %d", report->lost, status);
	if (!report->lost && status != 0)
		lab_wrong(lab, "nothing lost, and yet status %d", status);
}

char *lab_report_next(char **text)
{
	char *start = *text, *end = start ? strstr(start, "\n\n") : NULL, *report;

	if (!end)
		return NULL;
	end[1] = '\0';
	*text = end + 2;
	/* Whether the header comes once or with each report is left open. */
	if (asprintf(&report, "%s%s", *start == '#' ? "" : LAB_HEADER "\n", start) < 0)
		abort();
	return report;
}

static struct lab_line *find(struct lab *lab, const char *counter, const char *subject)
{
	for (size_t i = 0; i < lab->report.count; i++) {
		struct lab_line *line = &lab->report.lines[i];

		if (!line->expected && strcmp(line->counter, counter) == 0 &&
		    strcmp(line->subject, subject) == 0)
			return line;
	}
	return NULL;
}

/* Without a program the faults themselves are on trial: did the kernel see what was meant? */
static void want_of_kernel(struct lab *lab, const char *counter, const char *subject,
			   uint64_t delta)
{
	const struct lab_value *value = lab_values_find(&lab->moved, counter, subject);

	if (strcmp(counter, "sk_drops") == 0 && strcmp(subject, "-") == 0)
		return;
	if (strcmp(counter, "rx_otherhost_dropped") == 0)
		return;
	if ((value ? value->value : 0) != delta)
		lab_wrong(lab, "kernel: %s %s moved %" PRIu64 ", expected %" PRIu64, counter,
			  subject, value ? value->value : 0, delta);
}

void lab_want(struct lab *lab, const char *kind, const char *counter, const char *subject,
	      uint64_t delta, uint64_t lost)
{
	struct lab_line *line;

	if (strcmp(counter, "rx_otherhost_dropped") == 0 && !lab_counts_other_hosts())
		delta = 0;
	if (!lab->program) {
		want_of_kernel(lab, counter, subject, delta);
		return;
	}
	line = find(lab, counter, subject);
	if (delta == 0) {
		if (line)
			lab_wrong(lab, "%s %s moved %" PRIu64 ", expected none", counter, subject,
				  line->delta);
		return;
	}
	if (!line) {
		lab_wrong(lab, "no line %s %s, expected %s %" PRIu64 " lost %" PRIu64, counter,
			  subject, kind, delta, lost);
		return;
	}
	line->expected = true;
	if (strcmp(line->kind, kind) != 0 || line->delta != delta || line->lost != lost)
		lab_wrong(lab,
			  "%s %s is %s %" PRIu64 " lost %" PRIu64 ", expected %s %" PRIu64
			  " lost %" PRIu64,
			  counter, subject, line->kind, line->delta, line->lost, kind, delta, lost);
}

void lab_want_sum(struct lab *lab, const char *kind, const char *counter, uint64_t delta,
		  uint64_t lost)
{
	uint64_t moved = 0, gone = 0;

	for (size_t i = 0; i < lab->report.count; i++) {
		struct lab_line *line = &lab->report.lines[i];

		if (strcmp(line->counter, counter) != 0)
			continue;
		line->expected = true;
		moved += line->delta;
		gone += line->lost;
		if (strcmp(line->kind, kind) != 0)
			lab_wrong(lab, "%s %s is %s, expected %s", counter, line->subject,
				  line->kind, kind);
	}
	for (size_t i = 0; !lab->program && i < lab->moved.count; i++) {
		if (strcmp(lab->moved.items[i].counter, counter) == 0)
			moved += lab->moved.items[i].value;
	}
	if (moved != delta || (lab->program && gone != lost))
		lab_wrong(lab,
			  "%s in all %" PRIu64 " lost %" PRIu64 ", expected %" PRIu64
			  " lost %" PRIu64,
			  counter, moved, gone, delta, lost);
}

void lab_want_flag(struct lab *lab, const char *counter, const char *subject, const char *flag)
{
	for (size_t i = 0; i < lab->report.count; i++) {
		const struct lab_line *line = &lab->report.lines[i];

		if (strcmp(line->counter, counter) == 0 && strcmp(line->subject, subject) == 0 &&
		    has_word(line->detail, flag))
			return;
	}
	if (lab->program)
		lab_wrong(lab, "no line %s %s with %s in its detail", counter, subject, flag);
}

uint64_t lab_want_refused(struct lab *lab, const char *counter, uint64_t delta, uint64_t rest)
{
	bool doubted = lab_has_column("MemErrors");

	lab_want(lab, doubted ? "suspect" : "drop", counter, "-", delta, doubted ? 0 : rest);
	return doubted ? 0 : rest;
}

void lab_want_counted(struct lab *lab, const char *counter, const char *subject, uint64_t delta)
{
	lab_want(lab, "drop", counter, subject, delta, 0);
	if (delta)
		lab_want_flag(lab, counter, subject, "counted");
}

void lab_want_socket(struct lab *lab, int fd, const char *subject, uint64_t drops)
{
	char inode[64], pid[64], rcvbuf[64];
	struct stat status;
	socklen_t len = sizeof(int);
	int bytes = 0;

	fstat(fd, &status);
	getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, &len);
	snprintf(rcvbuf, sizeof rcvbuf, "rcvbuf=%d", bytes);
	snprintf(inode, sizeof inode, "inode=%ju", (uintmax_t)status.st_ino);
	snprintf(pid, sizeof pid, "pid=%ld", (long)getpid());
	if (!lab->program) {
		/* Rows of one address are one there. */
		const struct lab_value *value = lab_values_find(&lab->moved, "sk_drops", subject);

		if ((value ? value->value : 0) < drops)
			lab_wrong(lab, "kernel: sk_drops %s moved %" PRIu64 ", expected %" PRIu64,
				  subject, value ? value->value : 0, drops);
		return;
	}
	for (size_t i = 0; i < lab->report.count; i++) {
		struct lab_line *line = &lab->report.lines[i];

		if (strcmp(line->counter, "sk_drops") != 0 || strcmp(line->subject, subject) != 0 ||
		    !has_word(line->detail, inode))
			continue;
		line->expected = true;
		if (strcmp(line->stage, "socket") != 0 || line->delta != drops || line->lost != 0)
			lab_wrong(lab,
				  "sk_drops %s is stage %s delta %" PRIu64 " lost %" PRIu64
				  ", expected %" PRIu64 " lost 0",
				  subject, line->stage, line->delta, line->lost, drops);
		if (!has_word(line->detail, pid) || !has_word(line->detail, "comm=" LAB_COMM) ||
		    !has_word(line->detail, "uid=0") ||
		    (strncmp(subject, "udp", 3) == 0 && !has_word(line->detail, rcvbuf)))
			lab_wrong(lab, "sk_drops %s: %s, expected %s, comm=" LAB_COMM ", uid=0, %s",
				  subject, line->detail, pid, rcvbuf);
		return;
	}
	if (drops)
		lab_wrong(lab, "no line sk_drops %s with %s, expected %" PRIu64, subject, inode,
			  drops);
}

void lab_want_none(struct lab *lab, const char *counter, const char *subject)
{
	lab_want(lab, "", counter, subject, 0, 0);
}

void lab_want_json(struct lab *lab, const char *key, uint64_t value)
{
	char text[96];
	const char *at;

	if (!lab->json)
		return;
	snprintf(text, sizeof text, "\"%s\":", key);
	at = strstr(lab->json, text);
	if (!at || strtoull(at + strlen(text), NULL, 10) != value)
		lab_wrong(lab, "json says %.32s, expected %s%" PRIu64, at ? at : "nothing of it",
			  text, value);
}

/* The finding's object, from its id to the next finding's; NULL: there is none. */
static char *finding_of(const struct lab *lab, const char *id)
{
	const char *findings = strstr(lab->json, "\"findings\":[");
	char key[96];
	const char *at, *end, *last;

	snprintf(key, sizeof key, "{\"id\":\"%s\",", id);
	at = findings ? strstr(findings, key) : NULL;
	if (!at)
		return NULL;
	end = strstr(at + 1, "{\"id\":\"");
	last = strstr(at, "],\"trace\":");
	if (!end || (last && last < end))
		end = last;
	return strndup(at, end ? (size_t)(end - at) : strlen(at));
}

void lab_want_finding(struct lab *lab, const char *id, const char *words)
{
	char *finding;

	if (!lab->json)
		return;
	finding = finding_of(lab, id);
	if (!words && finding)
		lab_wrong(lab, "a finding that should not be there: %s", finding);
	if (words && (!finding || !strstr(finding, words)))
		lab_wrong(lab, "no finding %s with '%s', but %s", id, words,
			  finding ? finding : strstr(lab->json, "\"findings\""));
	free(finding);
}

void lab_apply(struct lab *lab, const char *id)
{
	char *finding = lab->json ? finding_of(lab, id) : NULL;
	char *at = finding ? strstr(finding, "\"command\":\"") : NULL;
	char *end = NULL;
	bool on_host;
	char *value;

	/* The first that changes a setting: others only look. */
	for (; at; at = strstr(at + 1, "\"command\":\"")) {
		end = strchr(at + strlen("\"command\":\""), '"');
		if (end && strncmp(end, "\",\"setting\":\"", strlen("\",\"setting\":\"")) == 0)
			break;
	}
	on_host = at && strstr(end, "\"where\":\"the host\"");
	if (!at) {
		lab_wrong(lab, "%s advises no command", id);
		free(finding);
		return;
	}
	at += strlen("\"command\":\"");
	*end = '\0';
	/* The lab may stand in a container, where process 1 is another's. */
	if (strncmp(at, "nsenter -t 1 -n ", strlen("nsenter -t 1 -n ")) == 0)
		at += strlen("nsenter -t 1 -n ");
	value = strchr(at, '=');
	if (strncmp(at, "sysctl -w ", 10) == 0 && value) {
		*value++ = '\0';
		at += 10;
		for (char *dot = at; *dot; dot++)
			*dot = *dot == '.' ? '/' : *dot;
		/* Several figures are quoted. */
		value[strcspn(value + 1, "'") + 1] = '\0';
		value += *value == '\'';
		if (on_host)
			lab_set_host(lab, at, value);
		else
			lab_set(lab, at, value);
	} else {
		char *argv[] = {(char[]){"sh"}, (char[]){"-c"}, at, NULL};

		if (lab_command(lab, argv, NULL, NULL, on_host) != 0)
			lab_wrong(lab, "failed: %s", at);
	}
	free(finding);
}

void lab_may(struct lab *lab, const char *counter)
{
	for (size_t i = 0; i < lab->report.count; i++) {
		struct lab_line *line = &lab->report.lines[i];

		if (strcmp(line->counter, counter) == 0 && line->lost == 0)
			line->expected = true;
	}
}

/* What another process of this host can move, whatever the namespace, is no business of the
 * fault; and a queue that is left full is one that is shown. */
static bool is_beside_the_point(const struct lab_line *line)
{
	return line->lost == 0 && (strcmp(line->counter, "softnet_time_squeeze") == 0 ||
				   strcmp(line->counter, "sk_rx_queue") == 0 ||
				   strncmp(line->counter, "rt_cache_", 9) == 0);
}

void lab_want_end(struct lab *lab, int status, uint64_t lost)
{
	if (!lab->program)
		return;
	for (size_t i = 0; i < lab->report.count; i++) {
		const struct lab_line *line = &lab->report.lines[i];

		if (!line->expected && !is_beside_the_point(line) &&
		    !has_word(line->detail, "counted"))
			lab_wrong(lab, "an unexpected line: %s %s %s %s %" PRIu64 " lost %" PRIu64,
				  line->stage, line->kind, line->counter, line->subject,
				  line->delta, line->lost);
	}
	if (lab->report.lost != lost)
		lab_wrong(lab, "lost %" PRIu64 " in all, expected %" PRIu64, lab->report.lost,
			  lost);
	if (lab->report.status != status)
		lab_wrong(lab, "status %d, expected %d", lab->report.status, status);
}

char *lab_story(const struct lab *lab)
{
	char *story = NULL;
	size_t size;
	FILE *out = open_memstream(&story, &size);

	if (!out)
		abort();
	fprintf(out, "%s", lab->wrong ? lab->wrong : "");
	if (lab->program) {
		fprintf(out, "--- the report, status %d\n%s", lab->report.status,
			lab->report.text ? lab->report.text : "none\n");
		if (lab->json) {
			const char *at = strstr(lab->json, "\"attribution\"");

			fprintf(out, "--- json: %.120s\n", at ? at : "no attribution");
		}
	}
	fprintf(out, "--- the kernel's own files\n");
	for (size_t i = 0; i < lab->moved.count; i++) {
		const struct lab_value *value = &lab->moved.items[i];

		fprintf(out, "%-28s %-24s %" PRIu64 "\n", value->counter, value->subject,
			value->value);
	}
	fclose(out);
	return story;
}
