/* test_host_text.c: all network namespaces of a host, in each form. */
#include "support.h"

/* The rest of a row of softnet_stat, whose second word is what the backlog dropped. */
#define ZEROS \
	" 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 " \
	"00000000 00000000\n"
#define SNMP(errors) \
	META("host h\nkernel 6.18\nmonotonic 10\n") \
	NET("snmp", \
	    "Udp: RcvbufErrors InErrors InCsumErrors MemErrors\nUdp: " errors " " errors " 0 0\n") \
	NET("softnet_stat", "00000001 00000000" ZEROS) \
	NET("dev", DEV("0")) \
	NET("netstat", "TcpExt: ListenDrops\nTcpExt: 0\n") \
	TABLE("udp", SOCKET4("270F", "7", errors))
#define DEV(drops) "Inter-| R | T\n face |packets drop errs|bytes\n eth0: 0 " drops " 0 0\n"

/* Three namespaces: one that lost nothing, two that lost packets. */
struct host {
	struct rxpath_sample before[3], after[3];
	struct rxpath_report reports[3];
	const struct rxpath_report *list[3];
	struct rxpath_host_report all;
};

static struct host *make_host(bool all)
{
	static const char *const lost[3] = {SNMP("0"), SNMP("7"), SNMP("822")};
	const struct rxpath_criteria criteria = {.all = all};
	struct host *host = calloc(1, sizeof *host);
	struct rxpath_error error = {0};

	assert_non_null(host);
	for (size_t i = 0; i < 3; i++) {
		host->before[i] = sample_of(SNMP("0"));
		host->after[i] = sample_of(lost[i]);
		assert_true(rxpath_analyse(&host->before[i], &host->after[i], &criteria,
					   &host->reports[i], &error));
		host->reports[i].of_netns = &netns_facts[i];
		host->reports[i].netns = netns_facts[i].name;
		host->reports[i].is_first = i == 0;
		host->list[i] = &host->reports[i];
	}
	host->all = (struct rxpath_host_report){.reports = host->list, .count = 3};
	return host;
}

static void free_host(struct host *host)
{
	for (size_t i = 0; i < 3; i++) {
		rxpath_report_free(&host->reports[i]);
		rxpath_sample_free(&host->before[i]);
		rxpath_sample_free(&host->after[i]);
	}
	free(host);
}

static char *text_of_host(const struct host *host, bool all)
{
	const struct rxpath_style style = {.all = all};
	struct rxpath_buf out = {0};

	rxpath_render_host(&host->all, &style, &out);
	text_of(&out);
	return out.data;
}

static void the_sum_comes_first_and_the_worst_whole(void **state)
{
	struct host *host = make_host(false);
	char *text = text_of_host(host, false);
	const char *expected =
		"rxpath: drop, lost 829 packets in 0.000 s, 2 of 3 network namespaces\n"
		"  web\\x201       drop     lost 7  UdpRcvbufErrors -\n"
		"  sflow.service  drop     lost 822  UdpRcvbufErrors -\n"
		"\n"
		"network namespace sflow.service:\n";

	(void)state;
	if (strncmp(text, expected, strlen(expected)) != 0)
		fail_msg("not the text that is wanted:\n%s", text);
	assert_non_null(strstr(text, "\nrxpath: drop, lost 822; host h, netns sflow.service"));
	assert_null(strstr(text, "rxpath: drop, lost 7;"));
	free(text);
	free_host(host);
}

/* The report in full is that of a namespace that fails, though another one lost more: --allow. */
static void what_fails_comes_before_what_is_tolerated(void **state)
{
	struct host *host = make_host(false);
	char *text;

	(void)state;
	host->reports[1].verdict = 1;
	text = text_of_host(host, false);
	assert_non_null(strstr(text, "\nrxpath: drop, lost 7;"));
	assert_null(strstr(text, "\nrxpath: drop, lost 822;"));
	free(text);
	host->reports[2].verdict = 1;
	text = text_of_host(host, false);
	assert_non_null(strstr(text, "\nrxpath: drop, lost 822;"));
	free(text);
	free_host(host);
}

/* Of counters of one kind that lost nothing, the one that rose most; not what other namespaces
 * refused. */
static void the_counter_that_rose_most_is_named(void **state)
{
#define REFUSED(protocols, ports, martians) \
	META("host h\nkernel 6.18\nmonotonic 10\n") \
	NET("snmp", "Ip: InUnknownProtos\nIp: " protocols "\nUdp: NoPorts\nUdp: " ports "\n") \
	NET("stat/rt_cache", "entries in_martian_src\n00000000 " martians "\n")
	struct host *host = make_host(false);
	struct rxpath_sample before = sample_of(REFUSED("0", "0", "00000000"));
	struct rxpath_sample after = sample_of(REFUSED("3", "9", "00000063"));
	const struct rxpath_criteria criteria = {.stages = 1u << RXPATH_STAGE_IP |
							   1u << RXPATH_STAGE_TRANSPORT};
	struct rxpath_error error = {0};
	char *text;

	(void)state;
	rxpath_report_free(&host->reports[0]);
	host->reports[0] = (struct rxpath_report){0};
	assert_true(rxpath_analyse(&before, &after, &criteria, &host->reports[0], &error));
	host->reports[0].of_netns = &netns_facts[0];
	text = text_of_host(host, false);
	if (!strstr(text, "reject   UdpNoPorts -\n"))
		fail_msg("not the text that is wanted:\n%s", text);
	free(text);
	free_host(host);
	rxpath_sample_free(&before);
	rxpath_sample_free(&after);
}

static void with_all_each_is_shown(void **state)
{
	struct host *host = make_host(true);
	char *text = text_of_host(host, true);

	(void)state;
	assert_non_null(strstr(text, "rxpath: ok, lost 0;"));
	assert_non_null(strstr(text, "rxpath: drop, lost 7;"));
	assert_non_null(strstr(text, "rxpath: drop, lost 822;"));
	free(text);
	free_host(host);
}

static void what_the_trace_saw_elsewhere_is_said_first(void **state)
{
	struct rxpath_trace_result trace = {.elsewhere = 204};
	struct host *host = make_host(false);
	char *text;

	(void)state;
	host->reports[0].trace = &trace;
	text = text_of_host(host, false);
	host->reports[0].trace = NULL;
	assert_non_null(strstr(text, ", 2 of 3 network namespaces, 204 packets dropped elsewhere "
				     "on this host, by the trace\n"));
	free(text);
	free_host(host);
}

static void what_was_not_examined_is_counted(void **state)
{
	const struct rxpath_host_report none = {0};
	struct rxpath_host_report some = {.ended = 1, .appeared = 2, .denied = 3, .hidden = 1};
	struct rxpath_buf out = {0};

	(void)state;
	rxpath_render_not_examined(&none, &out);
	assert_int_equal(out.len, 0);
	rxpath_render_not_examined(&some, &out);
	assert_string_equal(
		text_of(&out),
		"1 network namespace ended during the interval: not reported\n"
		"2 network namespaces appeared during the interval: not reported\n"
		"3 network namespaces could not be entered: run as root (CAP_SYS_ADMIN)\n"
		"1 process may not be examined, so network namespaces may be missing: run as root "
		"(CAP_SYS_PTRACE)\n");
	/* root is not told to run it as root. */
	some = (struct rxpath_host_report){.denied = 1, .hidden = 2, .as_root = true};
	rxpath_buf_reset(&out);
	rxpath_render_not_examined(&some, &out);
	assert_string_equal(
		text_of(&out),
		"1 network namespace could not be entered, even as root (a container or sandbox "
		"forbids it)\n"
		"2 processes may not be examined, even as root (a container or sandbox forbids it): "
		"a network namespace that no other process is in may be missing\n");
	rxpath_buf_free(&out);
}

static void each_line_of_tsv_names_its_namespace(void **state)
{
	static const struct rxpath_style plain = {0};
	struct host *host = make_host(false);
	struct rxpath_buf out = {0};
	const char *text;

	(void)state;
	for (size_t i = 0; i < 3; i++)
		rxpath_render_tsv(host->list[i], &plain, &out);
	text = text_of(&out);
	assert_memory_equal(text, "#netns\tstage\tkind\t", 18);
	assert_null(strstr(text + 1, "#"));
	assert_non_null(strstr(text, "\nweb\\x201\tsocket\tdrop\tUdpRcvbufErrors\t-\t7\t7\t"));
	assert_non_null(
		strstr(text, "\nsflow.service\tsocket\tdrop\tUdpRcvbufErrors\t-\t822\t822\t"));
	rxpath_buf_free(&out);
	free_host(host);
}

static void json_tells_which_it_is(void **state)
{
	static const struct rxpath_style plain = {0};
	struct host *host = make_host(false);
	struct rxpath_buf out = {0};

	(void)state;
	for (size_t i = 0; i < 3; i++)
		rxpath_render_json(host->list[i], &plain, &out);
	assert_non_null(strstr(text_of(&out),
			       "\"netns\":\"net:[4026531840]\",\"netns_inode\":4026531840,"
			       "\"netns_of\":{\"pid\":1,\"comm\":\"in\\u000ait\","
			       "\"cgroup\":\"/init.scope\"},"));
	assert_non_null(strstr(out.data, "\"netns\":\"web 1\",\"netns_inode\":4026532001,"
					 "\"netns_of\":null,"));
	rxpath_buf_free(&out);
	free_host(host);
}

/* Families stand together, and what the host counts is written once. */
static void metrics_have_a_label(void **state)
{
	struct host *host = make_host(false);
	struct rxpath_metrics_input inputs[3];
	struct rxpath_buf out = {0};
	const char *text;

	(void)state;
	for (size_t i = 0; i < 3; i++)
		inputs[i] = (struct rxpath_metrics_input){.sample = &host->after[i],
							  .netns = netns_facts[i].name,
							  .elsewhere = i > 0};
	rxpath_render_metrics(inputs, 3, &out);
	text = text_of(&out);
	assert_non_null(strstr(
		text,
		"rxpath_udp_rcvbuf_errors_total{netns=\"web 1\",stage=\"socket\",kind=\"drop\","
		"counter=\"UdpRcvbufErrors\"} 7\n"
		"rxpath_udp_rcvbuf_errors_total{netns=\"sflow.service\",stage=\"socket\","
		"kind=\"drop\",counter=\"UdpRcvbufErrors\"} 822\n"));
	text = strstr(text, "rxpath_softnet_processed_total{netns=\"net:[4026531840]\"");
	assert_non_null(text);
	assert_null(strstr(text + 1, "rxpath_softnet_processed_total{"));
	rxpath_buf_free(&out);
	free_host(host);
}

/* The backlog serves all namespaces: what it lost is reported where its device is. */
static void losses_of_the_host_are_reported_once(void **state)
{
#define BACKLOG(dropped, of_device) \
	META("version 1\n") \
	NET("softnet_stat", "00000100 " dropped ZEROS) NET("dev", DEV(of_device))
	const struct rxpath_criteria here = {.stages = 3};
	const struct rxpath_criteria elsewhere = {.stages = 3, .elsewhere = true};
	char *text;

	(void)state;
	text = report_of(BACKLOG("00000000", "0"), BACKLOG("00000040", "0"), &here,
			 VIEW_MOVED | VIEW_STATES);
	assert_non_null(strstr(text, "softnet_dropped cpu0 64 host"));
	assert_non_null(strstr(text, "lost 0\n"));
	free(text);
	text = report_of(BACKLOG("00000000", "0"), BACKLOG("00000040", "0"), &elsewhere,
			 VIEW_MOVED | VIEW_STATES);
	assert_null(strstr(text, "softnet_dropped"));
	free(text);
	text = report_of(BACKLOG("00000000", "0"), BACKLOG("00000040", "64"), &elsewhere,
			 VIEW_MOVED | VIEW_STATES);
	assert_non_null(strstr(text, "softnet_dropped cpu0 64 lost 64"));
	assert_non_null(strstr(text, "lost 64\n"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_sum_comes_first_and_the_worst_whole),
		cmocka_unit_test(what_fails_comes_before_what_is_tolerated),
		cmocka_unit_test(the_counter_that_rose_most_is_named),
		cmocka_unit_test(with_all_each_is_shown),
		cmocka_unit_test(what_the_trace_saw_elsewhere_is_said_first),
		cmocka_unit_test(what_was_not_examined_is_counted),
		cmocka_unit_test(each_line_of_tsv_names_its_namespace),
		cmocka_unit_test(json_tells_which_it_is),
		cmocka_unit_test(metrics_have_a_label),
		cmocka_unit_test(losses_of_the_host_are_reported_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
