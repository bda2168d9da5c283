/* outputs.c: what the program writes and where: nowhere else, whole or not at all, and it says when
 * not. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hostile.h"

static const char *const commands[][8] = {
	{"totals", "@after"},
	{"totals", "-f", "tsv", "-a", "@after"},
	{"totals", "-f", "json", "@after"},
	{"diff", "@before", "@after"},
	{"metrics", "--root", "@root"},
	{"save", "--root", "@root"},
	{"explain"},
	{"--help"},
	{"--version"},
};
#define COMMANDS (sizeof commands / sizeof *commands)

static char paths[8][256];

static struct job job_of(const char *const words[8])
{
	struct job job = {0};

	for (size_t i = 0; i < 8 && words[i]; i++)
		job.arguments[i] =
			words[i][0] == '@' ? in_folder(paths[i], words[i] + 1) : words[i];
	return job;
}

static void expect(const struct job *job, int status, const char *message)
{
	struct result result;

	run_job(job, &result);
	check_bytes(job, &result);
	if (result.status != status)
		complain(job, &result, "another exit status");
	if (message && !strstr(result.err, message))
		complain(job, &result, message);
	free_result(&result);
}

static void no_space(void **ignored)
{
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);

	(void)ignored;
	assert_true(full >= 0);
	for (size_t i = 0; i < COMMANDS; i++) {
		struct job job = job_of(commands[i]);

		job.out = full;
		expect(&job, 2, "No space left on device");
	}
	close(full);
}

static void output_is_a_full_device(void **ignored)
{
	const struct job report = {
		.arguments = {"totals", "-o", "/dev/full", in_folder(paths[0], "after")}};
	const struct job kept = {.arguments = {"run", "-o", "/dev/full", "--root",
					       in_folder(paths[1], "root"), "sh", "-c", "exit 7"}};
	const struct job well = {
		.arguments = {"run", "-o", "/dev/full", "--root", paths[1], "true"}};

	(void)ignored;
	expect(&report, 2, "No space left on device");
	/* The command's own status is the more important news. */
	expect(&kept, 7, "No space left on device");
	expect(&well, 125, "No space left on device");
}

static void nobody_reads(void **ignored)
{
	int ends[2];

	(void)ignored;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	close(ends[0]);
	for (size_t i = 0; i < COMMANDS; i++) {
		struct job job = job_of(commands[i]);

		job.out = ends[1];
		expect(&job, 128 + SIGPIPE, NULL);
	}
	close(ends[1]);
}

static void standard_output_is_closed(void **ignored)
{
	(void)ignored;
	for (size_t i = 0; i < COMMANDS; i++) {
		struct job job = job_of(commands[i]);

		job.no_out = true;
		expect(&job, 2, "Bad file descriptor");
	}
}

/* The next descriptor that is opened must not become standard error, and messages part of the
 * report. */
static void standard_error_is_closed(void **ignored)
{
	char file[256], bad[256], text[4096] = "";
	struct job job = {.no_err = true, .no_out = true};
	struct result result;
	const char *line;
	FILE *report;

	(void)ignored;
	write_text(in_folder(bad, "half"), "==> /proc/net/snmp <==\nUdp: InErrors\nUdp: x\n\n"
					   "==> /proc/net/netstat <==\nrubbish\n");
	job.arguments[0] = "totals";
	job.arguments[1] = "-o";
	job.arguments[2] = in_folder(file, "clean");
	job.arguments[3] = bad;
	run_job(&job, &result);
	if (result.status != 2)
		complain(&job, &result, "another exit status");
	report = fopen(file, "r");
	if (!report || fread(text, 1, sizeof text - 1, report) == 0)
		complain(&job, &result, "no report");
	fclose(report);
	/* The report's own second line is the only one that begins so. */
	line = strstr(text, "\nrxpath: ");
	if (strncmp(text, "rxpath: ", 8) == 0 || !line ||
	    strncmp(line + 1, "rxpath: unknown", 15) != 0 || strstr(line + 1, "\nrxpath: "))
		complain(&job, &result, text);
	free_result(&result);
}

/* On a disk that is full what was there stays, whole. */
static void a_full_disk(void **ignored)
{
	char mount_point[256], file[256], filler[256], command[600];
	struct stat status;
	struct job job = {.arguments = {"totals", "-a", "-f", "json", "-o"}};

	(void)ignored;
	if (!is_root)
		skip();
	mkdir(in_folder(mount_point, "disk"), 0755);
	assert_int_equal(mount("none", mount_point, "tmpfs", 0, "size=64k"), 0);
	write_text(in_folder(file, "disk/report"), "old\n");
	snprintf(command, sizeof command, "cat /dev/zero > %s 2>/dev/null",
		 in_folder(filler, "disk/filler"));
	assert_int_not_equal(system(command), 0);
	job.arguments[5] = file;
	job.arguments[6] = in_folder(paths[0], "after");
	expect(&job, 2, "No space left on device");
	assert_int_equal(stat(file, &status), 0);
	assert_int_equal(status.st_size, 4);
	snprintf(command, sizeof command, "test $(ls %s | wc -l) = 2", mount_point);
	assert_int_equal(system(command), 0);
	umount(mount_point);
}

static void a_folder_of_others(void **ignored)
{
	char file[256];
	struct job job = {.arguments = {"totals", "-o"}, .nobody = true};

	(void)ignored;
	if (!is_root)
		skip();
	job.arguments[2] = in_folder(file, "denied");
	job.arguments[3] = in_folder(paths[0], "after");
	expect(&job, 2, "Permission denied");
	assert_int_not_equal(access(file, F_OK), 0);
}

const struct CMUnitTest output_tests[] = {
	cmocka_unit_test(no_space),
	cmocka_unit_test(output_is_a_full_device),
	cmocka_unit_test(nobody_reads),
	cmocka_unit_test(standard_output_is_closed),
	cmocka_unit_test(standard_error_is_closed),
	cmocka_unit_test(a_full_disk),
	cmocka_unit_test(a_folder_of_others),
};
const size_t output_test_count = sizeof output_tests / sizeof *output_tests;
