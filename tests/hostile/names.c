/* names.c: names that somebody else chose: of processes, devices, hosts, files, namespaces. */
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hostile.h"

#define PORT 47801

static const char *const odd_names[] = {
	"\033[2J\033[31mred",
	"a\nb\tc,d=e",
	"\"quo\\ted\"'",
	"\xff\xfe\xc2\x9b"
	"31m",
	"pid=1,comm=x",
	"\r\b\b\bspoof",
	"#",
	"-",
	"\xe2\x80\xae"
	"rtl",
	"%s%n%s",
	"a b  c",
	"))) 0 1 2",
};
#define NAMES (sizeof odd_names / sizeof *odd_names)

pid_t start_loser(const char *name)
{
	const struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(PORT),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	static const char bytes[512];
	int small = 1;
	int ready[2];
	char byte;
	pid_t child;

	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	fflush(NULL);
	child = fork();
	if (child == 0) {
		int from = socket(AF_INET, SOCK_DGRAM, 0);
		int to = socket(AF_INET, SOCK_DGRAM, 0);

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_NAME, name);
		setsockopt(to, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
		if (bind(to, (const struct sockaddr *)&address, sizeof address) != 0)
			_exit(1);
		for (int i = 0; i < 100; i++)
			sendto(from, bytes, sizeof bytes, 0, (const struct sockaddr *)&address,
			       sizeof address);
		if (write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	assert_true(child > 0);
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return child;
}

void stop_loser(pid_t child)
{
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

/* Every line of ten columns, none of them empty. */
static void check_columns(const struct job *job, const struct result *result)
{
	const char *line = result->out;

	while (*line) {
		size_t len = strcspn(line, "\n");
		unsigned tabs = 0;

		for (size_t i = 0; i < len; i++) {
			tabs += line[i] == '\t';
			if (line[i] == '\t' && (line[i + 1] == '\t' || line[i + 1] == '\n'))
				complain(job, result, "an empty column");
		}
		if (tabs != 9)
			complain(job, result, "not ten columns");
		line += len + (line[len] == '\n');
	}
}

static void check_ascii(const struct job *job, const struct result *result)
{
	for (size_t i = 0; i < result->out_len; i++)
		if ((unsigned char)result->out[i] >= 0x80)
			complain(job, result, "a byte that is no ASCII");
}

/* In every form; `expected` (may be NULL) stands in the text and the tsv. */
static void check_forms(const char *expected, const char *json)
{
	static const char *const forms[] = {"text", "tsv", "json"};

	for (size_t i = 0; i < 3; i++) {
		struct job job = {.arguments = {"totals", "-a", "--color=always", "-f", forms[i]}};
		struct result result;

		if (i == 0)
			job.arguments[2] = "--color=never";
		run_job(&job, &result);
		check_bytes(&job, &result);
		if (i < 2)
			check_ascii(&job, &result);
		if (i == 1)
			check_columns(&job, &result);
		if (i == 2 && strcspn(result.out, "\n") + 1 != result.out_len)
			complain(&job, &result, "more than one line of JSON");
		if (i < 2 && expected && !strstr(result.out, expected))
			complain(&job, &result, expected);
		if (i == 2 && json && !strstr(result.out, json))
			complain(&job, &result, json);
		free_result(&result);
	}
}

static void check_metrics(void)
{
	const struct job job = {.arguments = {"metrics"}};
	struct result result;

	run_job(&job, &result);
	check_bytes(&job, &result);
	check_ascii(&job, &result);
	if (result.status != 0 || strcmp(result.out + result.out_len - 6, "# EOF\n") != 0)
		complain(&job, &result, "not all metrics");
	free_result(&result);
}

/* Stored, what it says is the same. */
static void check_stored(void)
{
	char file[256];
	const struct job save = {.arguments = {"save", in_folder(file, "names")}};
	const struct job totals = {.arguments = {"totals", "-a", "-f", "tsv", file}};
	struct result result;

	run_job(&save, &result);
	if (result.status != 0)
		complain(&save, &result, "not saved");
	free_result(&result);
	run_job(&totals, &result);
	check_bytes(&totals, &result);
	check_columns(&totals, &result);
	if (result.status > 1)
		complain(&totals, &result, "a stored sample that is none");
	free_result(&result);
}

static void processes(void **ignored)
{
	(void)ignored;
	if (!is_root)
		skip();
	for (size_t i = 0; i < NAMES; i++) {
		pid_t child = start_loser(odd_names[i]);

		check_forms("127.0.0.1:47801", NULL);
		check_metrics();
		check_stored();
		stop_loser(child);
	}
}

/* A name that could pass for other columns or flags does not. */
static void a_name_that_lies(void **ignored)
{
	const struct job job = {.arguments = {"totals", "-f", "tsv"}};
	struct result result;
	pid_t child;

	(void)ignored;
	if (!is_root)
		skip();
	child = start_loser("x,allowed,pid=1");
	run_job(&job, &result);
	if (!strstr(result.out, ",comm=x\\x2Callowed\\x2Cpid\\x3D1,"))
		complain(&job, &result, "the name is escaped");
	free_result(&result);
	stop_loser(child);
}

static bool run_ip(const char *const arguments[])
{
	pid_t child;
	int status;

	fflush(NULL);
	child = fork();
	if (child == 0) {
		int null = open("/dev/null", O_WRONLY);

		dup2(null, STDERR_FILENO);
		execvp("ip", (char **)(uintptr_t)arguments);
		_exit(127);
	}
	return waitpid(child, &status, 0) == child && status == 0;
}

/* The kernel refuses blanks, '/' and ':' in a device's name, and nothing else. */
static void devices(void **ignored)
{
	static const struct {
		const char *name, *escaped;
	} names[] = {
		{"\033[31mred", "\\x1B[31mred"},
		{"a\"b'c", "a\"b'c"},
		{"a=b,c", "a=b,c"},
		{"\xff\xfe\x80", "\\xFF\\xFE\\x80"},
		{"a\\b", "a\\x5Cb"},
		{"\x7f\x01\x02", "\\x7F\\x01\\x02"},
		{"#comment", "#comment"},
		{"fifteen-bytes..", "fifteen-bytes.."},
		{"lo0|", "lo0|"},
		{"cpu3", "cpu3"},
		{"*", "*"},
	};
	size_t made = 0;

	(void)ignored;
	if (!is_root)
		skip();
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const char *const add[] = {"ip",   "link", "add",  "name",  names[i].name, "type",
					   "veth", "peer", "name", "other", NULL};
		const char *const delete[] = {"ip", "link", "del", "other", NULL};

		if (!run_ip(add))
			continue;
		made++;
		check_forms(names[i].escaped, NULL);
		check_metrics();
		check_stored();
		assert_true(run_ip(delete));
	}
	assert_true(made > 0);
}

static void hosts(void **ignored)
{
	(void)ignored;
	if (!is_root)
		skip();
	for (size_t i = 0; i < NAMES; i++) {
		assert_int_equal(sethostname(odd_names[i], strlen(odd_names[i])), 0);
		check_forms(NULL, i == 0 ? "\"host\":\"\\u001b[2J\\u001b[31mred\"" : NULL);
		check_stored();
		check_metrics();
	}
	assert_int_equal(sethostname("host", 4), 0);
}

/* What the user, or whoever wrote the script's variables, gave on the command line. */
static void arguments(void **ignored)
{
	static const char *const options[] = {
		"--stage", "--fail-on", "--allow",  "--max-lost", "--netns",
		"--pid",   "--root",	"--color",  "--format",	  "--interval",
		"--count", "--output",	"--device", "--nonsense",
	};
	static const char *const commands[] = {"totals", "diff", "explain", "run", "nonsense"};

	(void)ignored;
	for (size_t i = 0; i < NAMES; i++) {
		for (size_t j = 0; j < sizeof options / sizeof *options; j++) {
			const struct job job = {.arguments = {"totals", options[j], odd_names[i],
							      "--stage", odd_names[i]}};
			struct result result;

			run_job(&job, &result);
			check_bytes(&job, &result);
			if (result.status != 2 || result.err_len == 0 || result.out_len > 0)
				complain(&job, &result, "not refused");
			free_result(&result);
		}
		for (size_t j = 0; j < sizeof commands / sizeof *commands; j++) {
			char missing[256];
			struct job job = {
				.arguments = {commands[j], in_folder(missing, odd_names[i])}};
			struct result result;

			run_job(&job, &result);
			check_bytes(&job, &result);
			if (result.status != (j == 3 ? 127 : 2) || result.err_len == 0)
				complain(&job, &result, "not refused");
			free_result(&result);
		}
	}
}

/* Names inside a stored sample are somebody else's too. */
static void stored_names(void **ignored)
{
	static const char sample[] =
		"==> rxpath <==\nversion \033[31m\nhost \033]0;title\007\nkernel \x9b\nnetns "
		"\033c\n"
		"time \033[2J\nboot_id \033[3J\nmonotonic 5\n\n"
		"==> /sys/class/net/eth0/statistics/rx_\033[31m_drops <==\n5\n\n"
		"==> /sys/class/net/e\033[3m/statistics/rx_dropped <==\n5\n\n"
		"==> /sys/class/net/eth0/statistics/rx_x\ty_dropped <==\n5\n\n"
		"==> rxpath/link <==\nifindex name rx_dropped\n1 a\\x1B[32m 7\n\n"
		"==> rxpath/trace <==\nevent skb:kfree_skb 5\noverrun 0\ndrop \033[1m \033[2m 2048 "
		"5\n\n"
		"==> rxpath/ethtool/e\\x1B[5m <==\nrx_\033[7m_dropped 5\n\n"
		"==> rxpath/settings <==\nnet.core.\033[8m \033[9m\n\n"
		"==> rxpath/owners <==\n77 5 \033[1m\n\n"
		"==> rxpath/missing <==\n/proc/net/\033[4msnmp 13 \033[5m\n/proc/net/udp 13 "
		"\033[6m\n\n"
		"==> /proc/net/snmp <==\nUdp: In\033[7mErrors\nUdp: 5\n\n"
		"==> /proc/net/snmp6 <==\nIp6In\033[8mDiscards 5\n\n"
		"==> /proc/net/dev <==\n\033[9m\n\n"
		"==> /proc/net/udp6 <==\n\033[10m\n\n"
		"==> /proc/net/ptype <==\nType Device      Function\nALL  \033[1m   \033[2m\n\n";
	char file[256];

	(void)ignored;
	write_file(in_folder(file, "stored-names"), sample, sizeof sample - 1);
	for (size_t i = 0; i < 4; i++) {
		static const char *const forms[] = {"text", "tsv", "json", "text"};
		const struct job job = {.arguments = {i < 3 ? "totals" : "diff", "-a", "-f",
						      forms[i], "--color=never", file,
						      i < 3 ? NULL : file}};
		struct result result;

		run_job(&job, &result);
		check_bytes(&job, &result);
		if (i == 1)
			check_columns(&job, &result);
		free_result(&result);
	}
}

const struct CMUnitTest name_tests[] = {
	cmocka_unit_test(processes), cmocka_unit_test(a_name_that_lies),
	cmocka_unit_test(devices),   cmocka_unit_test(hosts),
	cmocka_unit_test(arguments), cmocka_unit_test(stored_names),
};
const size_t name_test_count = sizeof name_tests / sizeof *name_tests;
