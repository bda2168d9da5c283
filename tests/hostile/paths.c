/* paths.c: links, pipes, devices and the like where a file is expected: the program does not hang,
 * does not leave its directory, and calls nothing healthy that it could not read. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include "hostile.h"

#define GIB ((off_t)1 << 30)

/* A fresh copy of the healthy directory, as FOLDER/tree. */
static void copy_root(void)
{
	char command[400];

	snprintf(command, sizeof command,
		 "rm -rf %s/tree %s/outside; cp -r %s/root %s/tree; mkdir -p %s/outside", folder,
		 folder, folder, folder, folder);
	assert_int_equal(system(command), 0);
}

static void replace_by_pipe(const char *path)
{
	assert_int_equal(mkfifo(path, 0644), 0);
}

static void replace_by_folder(const char *path)
{
	assert_int_equal(mkdir(path, 0755), 0);
}

static void replace_by_loop(const char *path)
{
	assert_int_equal(symlink(strrchr(path, '/') + 1, path), 0);
}

static void replace_by_circle(const char *path)
{
	char other[300];

	snprintf(other, sizeof other, "%s.other", path);
	assert_int_equal(symlink(strrchr(other, '/') + 1, path), 0);
	assert_int_equal(symlink(strrchr(path, '/') + 1, other), 0);
}

static void replace_by_socket(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	assert_true(fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0);
	close(fd);
}

static void replace_by_sparse(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	assert_true(fd >= 0 && ftruncate(fd, GIB) == 0);
	close(fd);
}

static void replace_by_device(const char *path)
{
	if (is_root)
		assert_int_equal(mknod(path, S_IFCHR | 0666, makedev(1, 5)), 0);
	else
		replace_by_pipe(path);
}

static void replace_by_zeros(const char *path)
{
	static const char zeros[5000];

	write_file(path, zeros, sizeof zeros);
}

static void replace_by_long_line(const char *path)
{
	static char line[1 << 20];

	memset(line, 'a', sizeof line);
	write_file(path, line, sizeof line);
}

static void replace_by_nothing(const char *path)
{
	write_text(path, "");
}

/* Every file that is read, replaced by everything that could stand there instead. */
static void every_file(void **ignored)
{
	static const char *const files[] = {
		"proc/net/snmp",
		"proc/net/netstat",
		"proc/net/softnet_stat",
		"proc/net/dev",
		"proc/net/udp",
		"proc/net/snmp6",
		"proc/net/raw",
		"proc/net/stat/nf_conntrack",
		"sys/class/net/eth0/statistics/rx_dropped",
	};
	static void (*const replace[])(const char *path) = {
		replace_by_pipe,      replace_by_folder,  replace_by_loop,   replace_by_circle,
		replace_by_socket,    replace_by_sparse,  replace_by_device, replace_by_zeros,
		replace_by_long_line, replace_by_nothing,
	};

	(void)ignored;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		for (size_t j = 0; j < sizeof replace / sizeof *replace; j++) {
			struct job job = {.arguments = {"totals", "--root"}, .seconds = 10};
			char tree[256], path[256], name[128];
			struct result result;

			copy_root();
			snprintf(name, sizeof name, "tree/%s", files[i]);
			in_folder(path, name);
			remove(path);
			snprintf(name, sizeof name, "mkdir -p $(dirname %.100s)", path);
			assert_int_equal(system(name), 0);
			replace[j](path);
			job.arguments[2] = in_folder(tree, "tree");
			run_job(&job, &result);
			check_bytes(&job, &result);
			if (result.status != 2 || strstr(result.out, "rxpath: ok"))
				complain(&job, &result, files[i]);
			if (!strstr(result.err, strrchr(files[i], '/') + 1))
				complain(&job, &result, "the file is not named");
			if (result.peak > 200 << 10)
				complain(&job, &result, "more memory than it may take");
			free_result(&result);
		}
}

/* Links and dots never lead out of the directory: what stands outside is not in the report. */
static void ways_out(void **ignored)
{
	static const struct {
		const char *link, *target;
	} ways[] = {
		{"proc/net/snmp", "../../../outside/snmp"},
		{"proc/net/snmp", "../../../../../../../../../../../../proc/net/snmp"},
		{"proc/net/snmp", "/proc/net/snmp"},
		{"proc/net/snmp", "@outside/snmp"},
		{"proc/net", "../../outside"},
		{"proc/net", "@outside"},
		{"proc", "../outside/proc"},
		{"proc", "@outside/proc"},
		{"proc/net/snmp", "./../net/../../../outside/snmp"},
		{"sys", "../outside/sys"},
	};
	char path[256], target[256], command[400];

	(void)ignored;
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		struct job job = {.arguments = {"totals", "-a", "-f", "tsv", "--root"},
				  .seconds = 10};
		struct result result;

		copy_root();
		snprintf(command, sizeof command,
			 "cd %s && cp tree/proc/net/* outside/ && "
			 "cp -r tree/proc tree/sys outside/ && "
			 "sed -i 's/^Udp: 0 0$/Udp: 77777 77777/' outside/snmp "
			 "outside/proc/net/snmp && "
			 "echo 77777 > outside/sys/class/net/eth0/statistics/rx_dropped && "
			 "rm -rf tree/%s",
			 folder, ways[i].link);
		assert_int_equal(system(command), 0);
		snprintf(command, sizeof command, "tree/%s", ways[i].link);
		assert_int_equal(symlink(ways[i].target[0] == '@'
						 ? in_folder(target, ways[i].target + 1)
						 : ways[i].target,
					 in_folder(path, command)),
				 0);
		job.arguments[5] = in_folder(target, "tree");
		run_job(&job, &result);
		check_bytes(&job, &result);
		if (strstr(result.out, "77777"))
			complain(&job, &result, ways[i].target);
		free_result(&result);
	}
}

/* A link that stays inside is followed: /proc/net is one (self/net), and so is every network
 * device. */
static void ways_that_stay(void **ignored)
{
	struct job job = {.arguments = {"totals", "-a", "-f", "tsv", "--root"}};
	struct result result;
	char command[500], tree[256];

	(void)ignored;
	copy_root();
	snprintf(command, sizeof command,
		 "cd %s/tree && mkdir -p proc/7/net sys/devices/net && "
		 "mv proc/net/* proc/7/net/ && rmdir proc/net && ln -s self/net proc/net && "
		 "ln -s 7 proc/self && mv sys/class/net/eth0 sys/devices/net/ && "
		 "ln -s ../../devices/net/eth0 sys/class/net/eth0",
		 folder);
	assert_int_equal(system(command), 0);
	job.arguments[5] = in_folder(tree, "tree");
	run_job(&job, &result);
	if (result.status > 1 || !strstr(result.out, "UdpRcvbufErrors") ||
	    !strstr(result.out, "rx_dropped\teth0\t1\t"))
		complain(&job, &result, "links inside are followed");
	free_result(&result);
}

/* What may not be read makes its stages unknown. */
static void denied(void **ignored)
{
	static const char *const what[] = {"proc/net/snmp",
					   "proc/net/udp",
					   "proc/net",
					   "proc/net/dev",
					   "sys/class/net",
					   "sys/class/net/eth0/statistics/rx_dropped",
					   "sys/class/net/eth0/statistics"};
	char path[256], tree[256], name[128];

	(void)ignored;
	if (!is_root)
		skip();
	for (size_t i = 0; i < sizeof what / sizeof *what; i++) {
		struct job job = {.arguments = {"totals", "--root"}, .nobody = true};
		struct result result;

		copy_root();
		snprintf(name, sizeof name, "tree/%s", what[i]);
		assert_int_equal(chmod(in_folder(path, name), 0), 0);
		job.arguments[2] = in_folder(tree, "tree");
		run_job(&job, &result);
		if (result.status != 2 || !strstr(result.err, "Permission denied"))
			complain(&job, &result, what[i]);
		assert_int_equal(chmod(path, 0755), 0);
		free_result(&result);
	}
}

static void stored_files(void **ignored)
{
	static const struct {
		const char *name, *message;
	} files[] = {
		{"sparse", "larger than the limit of 512 MiB"},
		{"socket", "neither a file nor a directory"},
		{"loop", "Too many levels of symbolic links"},
		{"missing", "No such file or directory"},
		{"empty", "it is empty"},
		{"empty-folder", "has no proc/net"},
		{"zeros", "no '==> PATH <==' line"},
	};
	char path[256];

	(void)ignored;
	replace_by_sparse(in_folder(path, "sparse"));
	replace_by_socket(in_folder(path, "socket"));
	replace_by_loop(in_folder(path, "loop"));
	replace_by_folder(in_folder(path, "empty-folder"));
	replace_by_zeros(in_folder(path, "zeros"));
	write_text(in_folder(path, "empty"), "");
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		struct job job = {.arguments = {"totals", in_folder(path, files[i].name)},
				  .seconds = 3};
		struct result result;

		run_job(&job, &result);
		check_bytes(&job, &result);
		if (result.status != 2 || !strstr(result.err, files[i].message) ||
		    result.out_len > 0)
			complain(&job, &result, files[i].message);
		if (result.peak > 100 << 10)
			complain(&job, &result, "more memory than it may take");
		free_result(&result);
	}
	remove(in_folder(path, "sparse"));
}

static void devices_as_samples(void **ignored)
{
	static const char *const names[] = {"/dev/zero", "/dev/null", "/dev/full",
					    "/proc/self/mem"};

	(void)ignored;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct job job = {.arguments = {"diff", names[i], names[i]}, .seconds = 3};
		struct result result;

		run_job(&job, &result);
		if (result.status != 2 || result.out_len > 0)
			complain(&job, &result, names[i]);
		free_result(&result);
	}
}

const struct CMUnitTest path_tests[] = {
	cmocka_unit_test(every_file),	  cmocka_unit_test(ways_out),
	cmocka_unit_test(ways_that_stay), cmocka_unit_test(denied),
	cmocka_unit_test(stored_files),	  cmocka_unit_test(devices_as_samples),
};
const size_t path_test_count = sizeof path_tests / sizeof *path_tests;
