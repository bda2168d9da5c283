/* shared.c: output in a directory that others can write to: nobody's link, FIFO or file leads the
 * program anywhere, and a program that ends early leaves no temporary file. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "hostile.h"

#define NOBODY 65534
#define STRANGER 65533

enum kind { ABSENT, LINK, DANGLING, FIFO, REGULAR, SETUID, DEVICE, LINKED_FOLDER, KINDS };

struct trial {
	enum kind kind;
	uid_t owner, folder_owner;
	mode_t folder_mode;
	bool nobody;
};

static const char *const settings[] = {"symlinks", "fifos", "regular"};
#define SETTINGS (sizeof settings / sizeof *settings)

static char kept[SETTINGS];

/* One of the kernel's own protections: reads it, or sets it if `value` is not 0. */
static char protection(size_t i, char value)
{
	char path[64], found = 0;
	int fd;

	snprintf(path, sizeof path, "/proc/sys/fs/protected_%s", settings[i]);
	fd = open(path, (value ? O_WRONLY : O_RDONLY) | O_CLOEXEC);
	if (fd < 0)
		return 0;
	if (value ? write(fd, &value, 1) != 1 : read(fd, &found, 1) != 1)
		found = 0;
	close(fd);
	return found;
}

static int keep_protection(void **ignored)
{
	(void)ignored;
	for (size_t i = 0; i < SETTINGS; i++)
		kept[i] = protection(i, 0);
	return 0;
}

static int restore_protection(void **ignored)
{
	(void)ignored;
	for (size_t i = 0; i < SETTINGS; i++)
		if (kept[i])
			protection(i, kept[i]);
	return 0;
}

static void protect(char value)
{
	for (size_t i = 0; i < SETTINGS; i++)
		protection(i, value);
}

static char victim[256], shared[256], target[256], other[256];

/* A victim that only root can read, beside a folder where the target is. */
static void prepare(const struct trial *trial)
{
	int made = 0;

	remove_tree(in_folder(shared, "shared"));
	remove_tree(in_folder(other, "other"));
	write_text(in_folder(victim, "victim"), "secret\n");
	assert_int_equal(chmod(victim, 0600), 0);
	assert_int_equal(mkdir(shared, 0755), 0);
	assert_int_equal(mkdir(other, 0777), 0);
	assert_int_equal(chmod(other, 0777), 0);
	in_folder(target, "shared/target");
	if (trial->kind == LINK)
		made = symlink(victim, target);
	else if (trial->kind == DANGLING)
		made = symlink("../other/created", target);
	else if (trial->kind == LINKED_FOLDER)
		made = symlink("../other", in_folder(target, "shared/folder"));
	else if (trial->kind == FIFO)
		made = mkfifo(target, 0666);
	else if (trial->kind == DEVICE)
		made = mknod(target, S_IFBLK | 0666, makedev(7, 250));
	else if (trial->kind != ABSENT)
		write_text(target, "old\n");
	assert_int_equal(made, 0);
	if (trial->kind != ABSENT)
		assert_int_equal(lchown(target, trial->owner, trial->owner), 0);
	if (trial->kind == SETUID)
		assert_int_equal(chmod(target, 04755), 0);
	if (trial->kind == LINKED_FOLDER) {
		assert_int_equal(lchown(target, trial->owner, trial->owner), 0);
		in_folder(target, "shared/folder/target");
	}
	assert_int_equal(chown(shared, trial->folder_owner, trial->folder_owner), 0);
	assert_int_equal(chmod(shared, trial->folder_mode), 0);
}

static size_t entries(const char *path)
{
	DIR *dir = opendir(path);
	size_t count = 0;

	assert_non_null(dir);
	while (readdir(dir))
		count++;
	closedir(dir);
	return count - 2;
}

static bool is_shared(const struct trial *trial)
{
	return trial->folder_mode & 01022;
}

/* Whether the program has to leave what is there alone, whatever the kernel would allow. */
static bool is_refused(const struct trial *trial)
{
	uid_t caller = trial->nobody ? NOBODY : 0;

	if (trial->kind == DEVICE)
		return true;
	return trial->kind != ABSENT && is_shared(trial) && trial->owner != caller &&
	       trial->owner != trial->folder_owner;
}

static void check_refused(const struct trial *trial, const struct job *job,
			  const struct result *result)
{
	struct stat before, after;

	if (result->status != 2 || strncmp(result->err, "rxpath: ", 8) != 0)
		complain(job, result, "not refused");
	if (result->seconds > 5)
		complain(job, result, "it waited");
	if (entries(shared) != 1 || entries(other) != 0)
		complain(job, result, "something was left or made");
	if (trial->kind != LINKED_FOLDER &&
	    (lstat(target, &after) != 0 || after.st_uid != trial->owner))
		complain(job, result, "the target was replaced");
	if (stat(victim, &before) != 0 || before.st_size != 7 || (before.st_mode & 07777) != 0600)
		complain(job, result, "the victim was changed");
}

/* What may be written is: to the file itself, or to what the trusted link names. */
static void check_written(const struct trial *trial, const struct job *job,
			  const struct result *result)
{
	uid_t caller = trial->nobody ? NOBODY : 0;
	struct stat status;

	if (result->status != 1)
		complain(job, result, "not written");
	if (stat(target, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size < 20)
		complain(job, result, "no report");
	if (status.st_mode & 07000)
		complain(job, result, "a setuid bit was kept");
	if (trial->kind != LINK && status.st_uid != caller && status.st_uid != trial->folder_owner)
		complain(job, result, "another user's ownership was kept");
	if (trial->kind == LINK && (status.st_mode & 07777) != 0600)
		complain(job, result, "the mode was not kept");
	if (entries(shared) != 1)
		complain(job, result, "something was left");
}

static void try_one(const struct trial *trial, bool save, char protected)
{
	struct job job = {.nobody = trial->nobody, .arguments = {"totals", "-o"}};
	char after[256];
	struct result result;

	prepare(trial);
	job.arguments[2] = target;
	job.arguments[3] = in_folder(after, "after");
	if (save) {
		job.arguments[0] = "save";
		job.arguments[1] = "--root";
		job.arguments[2] = in_folder(after, "root");
		job.arguments[3] = target;
	}
	protect(protected);
	run_job(&job, &result);
	/* What is looked at afterwards is looked at as another user. */
	protect('0');
	if (save && result.status == 0)
		result.status = 1;
	if (is_refused(trial))
		check_refused(trial, &job, &result);
	/* The kernel itself refuses an unprivileged user some of it. */
	else if (result.status != 2 || !trial->nobody)
		check_written(trial, &job, &result);
	free_result(&result);
}

static void try_all(char protected)
{
	static const uid_t owners[] = {0, NOBODY, STRANGER};
	static const mode_t modes[] = {0755, 01777, 0777, 02775};

	for (enum kind kind = 0; kind < KINDS; kind++)
		for (size_t i = 0; i < 3 * 2 * 4 * 2; i++) {
			const struct trial trial = {
				.kind = kind,
				.owner = owners[i % 3],
				.folder_owner = owners[i / 3 % 2],
				.folder_mode = modes[i / 6 % 4],
				.nobody = i / 24,
			};

			/* Where writing to it is right, it would wait for a reader. */
			if (kind == FIFO && !is_refused(&trial))
				continue;
			try_one(&trial, false, protected);
			if (!trial.nobody)
				try_one(&trial, true, protected);
		}
}

/* With the kernel's protection off, and on: it must be neither what makes this pass nor fail. */
static void try_protected(char value)
{
	if (!is_root)
		skip();
	try_all(value);
}

static void without_protection(void **ignored)
{
	(void)ignored;
	try_protected('0');
}

static void with_protection(void **ignored)
{
	(void)ignored;
	try_protected('1');
}

/* What cannot be looked at is not taken for absent. */
static void a_loop_and_a_long_name(void **ignored)
{
	static const char *const messages[] = {"Too many levels of symbolic links",
					       "File name too long", "Not a directory",
					       "Is a directory"};
	char name[512];
	char after[256];
	struct job job = {.arguments = {"totals", "-o", name, in_folder(after, "after")}};

	(void)ignored;
	for (size_t i = 0; i < sizeof messages / sizeof *messages; i++) {
		struct result result;

		prepare(&(struct trial){.folder_mode = 0755});
		assert_int_equal(symlink("loop", in_folder(target, "shared/loop")), 0);
		snprintf(name, sizeof name,
			 i == 1	  ? "%s/%0300d"
			 : i == 2 ? "%s/new"
				  : "%s",
			 i == 2	  ? victim
			 : i == 3 ? shared
			 : i == 1 ? shared
				  : target,
			 7);
		run_job(&job, &result);
		if (result.status != 2 || !strstr(result.err, messages[i]))
			complain(&job, &result, messages[i]);
		free_result(&result);
	}
}

/* A user's own link in his own folder, through folders and "..", still leads where it says. */
static void own_links_are_followed(void **ignored)
{
	char after[256];
	struct job job = {.arguments = {"totals", "-o", target, in_folder(after, "after")}};
	struct result result;
	struct stat status;

	(void)ignored;
	prepare(&(struct trial){.folder_mode = 0755});
	assert_int_equal(symlink("../shared/./second/../../other/created", target), 0);
	assert_int_equal(mkdir(in_folder(after, "shared/first"), 0755), 0);
	assert_int_equal(symlink("first", in_folder(after, "shared/second")), 0);
	in_folder(after, "after");
	run_job(&job, &result);
	if (result.status != 1 || lstat(target, &status) != 0 || !S_ISLNK(status.st_mode) ||
	    stat(in_folder(after, "other/created"), &status) != 0 || status.st_size < 20)
		complain(&job, &result, "the link was not followed");
	free_result(&result);
}

/* How many calls the program makes, as wrap.c counts them. */
static unsigned long count_calls(struct job *job, const char *report)
{
	unsigned long calls = 0;
	struct result result;
	FILE *file;

	run_job(job, &result);
	if (result.status > 1)
		complain(job, &result, "without any signal");
	free_result(&result);
	file = fopen(report, "r");
	assert_non_null(file);
	assert_int_equal(fscanf(file, "allocs %*u calls %lu", &calls), 1);
	fclose(file);
	return calls;
}

/* A signal at every `step`-th call: nothing of the temporary file stays, with a name or without. */
static void interrupt(const char *const arguments[8], int number, const char *no_tmpfile)
{
	static char report_text[300], kill_text[64], paths[8][256];
	char report[256];
	unsigned long calls;
	struct job job = {.program = failing, .environment = {report_text, no_tmpfile}};

	prepare(&(struct trial){.folder_mode = 0755});
	snprintf(report_text, sizeof report_text, "RXPATH_FAIL_REPORT=%s",
		 in_folder(report, "account"));
	for (size_t i = 0; i < 8 && arguments[i]; i++)
		job.arguments[i] = arguments[i][0] != '@' ? arguments[i]
							  : in_folder(paths[i], arguments[i] + 1);
	calls = count_calls(&job, report);
	job.environment[2] = kill_text;
	for (unsigned long at = 1; at <= calls; at += calls / 100 + 1) {
		struct result result;
		size_t left;

		snprintf(kill_text, sizeof kill_text, "RXPATH_FAIL=kill %lu %d", at, number);
		unlink(target);
		run_job(&job, &result);
		left = entries(shared);
		/* Where the signal came late the report is there; else nothing is. */
		if (left > 1 || (left == 1 && access(target, F_OK) != 0))
			complain(&job, &result, "a temporary file was left");
		if (result.status > 1 && result.status != 128 + number && result.status != 2)
			complain(&job, &result, "another end than by the signal");
		free_result(&result);
	}
}

static void no_remnant(void **ignored)
{
	static const char *const commands[][8] = {
		{"totals", "-o", "@shared/target", "@after"},
		{"save", "--root", "@root", "@shared/target"},
		{"metrics", "--root", "@root", "-o", "@shared/target"},
		{"check", "-i", "0.01", "--root", "@root", "-o", "@shared/target"},
		{"run", "--root", "@root", "-o", "@shared/target", "true"},
		{"explain", "-o", "@shared/target", "UdpRcvbufErrors"},
	};
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

	(void)ignored;
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		for (size_t j = 0; j < sizeof numbers / sizeof *numbers; j++) {
			interrupt(commands[i], numbers[j], "RXPATH_FAIL_TMPFILE=1");
			if (j == 0)
				interrupt(commands[i], numbers[j], "RXPATH_FAIL_TMPFILE");
		}
}

const struct CMUnitTest shared_tests[] = {
	cmocka_unit_test_setup_teardown(without_protection, keep_protection, restore_protection),
	cmocka_unit_test_setup_teardown(with_protection, keep_protection, restore_protection),
	cmocka_unit_test(a_loop_and_a_long_name),
	cmocka_unit_test(own_links_are_followed),
	cmocka_unit_test(no_remnant),
};
const size_t shared_test_count = sizeof shared_tests / sizeof *shared_tests;
