/* test_trace_report.c: what the drop tracepoints add to a report: ports, verdicts, what no counter
 * shows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rxpath/analyse.h"
#include "rxpath/bundle.h"
#include "rxpath/parse.h"
#include "rxpath/render.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A device's rx_dropped, the backlog's drops, and UDP's. */
#define COUNTERS(dropped, backlog, lost) \
	"==> /sys/class/net/eth0/statistics/rx_dropped <==\n" dropped "\n\n" \
	"==> /proc/net/softnet_stat <==\n" \
	"00000000 " backlog " 00000000 00000000 00000000 00000000 00000000 00000000 00000000 " \
	"00000000 00000000 00000000 00000000\n\n" \
	"==> /proc/net/snmp <==\n" \
	"Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors\n" \
	"Udp: 0 0 " lost " 0 " lost "\n\n" \
	"==> /proc/net/udp <==\n" \
	"   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  " \
	"timeout inode ref pointer drops\n\n"

#define NOTHING COUNTERS("0", "00000000", "0")
#define EVENTS \
	"event sock:sock_rcvqueue_full 0\nevent sock:sock_exceed_buf_limit 0\n" \
	"event udp:udp_fail_queue_rcv_skb 991\nevent skb:kfree_skb 991\n"
#define TRACE(rows) "==> rxpath/trace <==\n" EVENTS rows "\n"
#define NAMES "names unhandled\n"
#define UNWANTED(count) "drop UNHANDLED_PROTO __netif_receive_skb_core 35020 " count "\n"

struct made {
	struct rxpath_sample before, after;
	struct rxpath_report report;
};

static void make_sample(struct rxpath_sample *sample, const char *text)
{
	struct rxpath_builder builder;
	struct rxpath_error error = {0};

	rxpath_builder_begin(&builder, sample, NULL);
	if (!rxpath_bundle_split(rxpath_slice_of(text), rxpath_parse_section, &builder, &error))
		fail_msg("%s", error.what);
	rxpath_builder_finish(&builder);
}

static void make_for(struct made *made, const char *before, const char *after,
		     const struct rxpath_criteria *criteria)
{
	struct rxpath_error error = {0};

	make_sample(&made->before, before);
	make_sample(&made->after, after);
	assert_int_equal(made->after.sources[RXPATH_SOURCE_TRACE].status, RXPATH_READ);
	made->report = (struct rxpath_report){0};
	assert_true(rxpath_analyse(&made->before, &made->after, criteria, &made->report, &error));
	assert_non_null(made->report.trace);
}

static void make(struct made *made, const char *before, const char *after)
{
	make_for(made, before, after, &(struct rxpath_criteria){0});
}

static void unmake(struct made *made)
{
	rxpath_report_free(&made->report);
	rxpath_sample_free(&made->before);
	rxpath_sample_free(&made->after);
}

static const struct rxpath_line *line_of(const struct made *made, const char *name)
{
	for (size_t i = 0; i < made->report.line_count; i++)
		if (rxpath_slice_is(made->report.lines[i].name, name))
			return &made->report.lines[i];
	return NULL;
}

/* "socket SOCKET_RCVBUFF udp_queue_rcv_one_skb 2048 9999 991", a line a row. */
static void write_drops(const struct made *made, struct rxpath_buf *out)
{
	for (size_t i = 0; i < made->report.trace->drop_count; i++) {
		const struct rxpath_drop *drop = &made->report.trace->drops[i];

		rxpath_buf_printf(out, "%s %.*s %.*s %d %d %llu\n",
				  drop->on_path ? rxpath_stage_name(drop->stage) : "-",
				  (int)drop->reason.len, drop->reason.ptr, (int)drop->location.len,
				  drop->location.ptr, (int)drop->protocol, (int)drop->port,
				  (unsigned long long)drop->count);
	}
	rxpath_buf_char(out, '\0');
}

static void one_packet_is_one_drop(void **state)
{
	static const struct {
		const char *rows, *drops;
	} cases[] = {
		{"drop SOCKET_RCVBUFF udp_queue_rcv_one_skb 2048 991\nudp 2048 9999 -12 991\n",
		 "socket SOCKET_RCVBUFF udp_queue_rcv_one_skb 2048 9999 991\n"},
		/* Two ports, two protocols. */
		{"drop SOCKET_RCVBUFF udp_queue_rcv_one_skb 2048 991\nudp 2048 9999 -12 600\n"
		 "drop SOCKET_RCVBUFF udpv6_queue_rcv_one_skb 34525 5\nudp 34525 53 -12 5\n"
		 "udp 2048 53 -12 391\n",
		 "socket SOCKET_RCVBUFF udp_queue_rcv_one_skb 2048 9999 600\n"
		 "socket SOCKET_RCVBUFF udp_queue_rcv_one_skb 2048 53 391\n"
		 "socket SOCKET_RCVBUFF udpv6_queue_rcv_one_skb 34525 53 5\n"},
		/* A ping socket's queue is no UDP port's; and UDP's own multicast clones have no
		 * event. */
		{"drop SOCKET_RCVBUFF __ping_queue_rcv_skb 2048 990\n"
		 "drop SOCKET_RCVBUFF udp_queue_rcv_one_skb 2048 12\nudp 2048 9999 -12 10\n",
		 "socket SOCKET_RCVBUFF __ping_queue_rcv_skb 2048 -1 990\n"
		 "socket SOCKET_RCVBUFF udp_queue_rcv_one_skb 2048 9999 10\n"
		 "socket SOCKET_RCVBUFF udp_queue_rcv_one_skb 2048 -1 2\n"},
		/* The ring lost some of the one and not of the other. */
		{"drop SOCKET_RCVBUFF udp_queue_rcv_one_skb 2048 4\nudp 2048 9999 -12 10\n"
		 "overrun 6\n",
		 "socket SOCKET_RCVBUFF  2048 9999 6\n"
		 "socket SOCKET_RCVBUFF udp_queue_rcv_one_skb 2048 9999 4\n"},
		/* Memory: another errno. */
		{"drop PROTO_MEM udp_queue_rcv_one_skb 2048 7\n"
		 "drop SOCKET_RCVBUFF udp_queue_rcv_one_skb 2048 7\nudp 2048 53 -105 7\n",
		 "socket PROTO_MEM udp_queue_rcv_one_skb 2048 53 7\n"
		 "socket SOCKET_RCVBUFF udp_queue_rcv_one_skb 2048 -1 7\n"},
		/* Kernels without reasons, and without the packet's protocol in UDP's event; then
		 * without names of places. */
		{"drop - __udp_queue_rcv_skb 2048 10\ndrop - tcp_v4_rcv 2048 3\nudp - 53 -12 8\n",
		 "transport  tcp_v4_rcv 2048 -1 3\n"
		 "socket SOCKET_RCVBUFF __udp_queue_rcv_skb 2048 53 8\n"
		 "socket  __udp_queue_rcv_skb 2048 -1 2\n"},
		{"drop - - 2048 10\nudp - 53 -12 8\n", "socket SOCKET_RCVBUFF  2048 53 8\n"
						       "-   2048 -1 2\n"},
		/* 5.17: nothing of UDP's is named yet. */
		{"drop NOT_SPECIFIED udp_queue_rcv_one_skb 2048 9\nudp - 53 -12 9\n",
		 "socket SOCKET_RCVBUFF udp_queue_rcv_one_skb 2048 53 9\n"},
		/* A refusal of a kind that is not known. */
		{"udp 2048 53 -1 9\n", "-   2048 53 9\n"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[4096];
		struct rxpath_buf out = {0};
		struct made made;

		snprintf(text, sizeof text, NOTHING TRACE("%s"), cases[i].rows);
		make(&made, NOTHING, text);
		write_drops(&made, &out);
		assert_string_equal(out.data, cases[i].drops);
		rxpath_buf_free(&out);
		unmake(&made);
	}
}

/* Of the stages that were asked for; what belongs to none is shown only where all were. */
static void drops_of_the_stages_asked_for(void **state)
{
	static const char rows[] = "drop CPU_BACKLOG enqueue_to_backlog 2048 5\n"
				   "drop QDISC_DROP dev_queue_xmit 2048 400\n"
				   "drop NETFILTER_DROP nf_hook_slow 2048 30\n"
				   "drop SOCKET_RCVBUFF udp_queue_rcv_one_skb 2048 9\n";
	static const struct {
		unsigned stages;
		const char *drops;
	} cases[] = {
		{0, "softnet CPU_BACKLOG enqueue_to_backlog 2048 -1 5\n"
		    "netfilter NETFILTER_DROP nf_hook_slow 2048 -1 30\n"
		    "socket SOCKET_RCVBUFF udp_queue_rcv_one_skb 2048 -1 9\n"
		    "- QDISC_DROP dev_queue_xmit 2048 -1 400\n"},
		{1u << RXPATH_STAGE_NETFILTER | 1u << RXPATH_STAGE_SOCKET,
		 "netfilter NETFILTER_DROP nf_hook_slow 2048 -1 30\n"
		 "socket SOCKET_RCVBUFF udp_queue_rcv_one_skb 2048 -1 9\n"},
		{1u << RXPATH_STAGE_SOFTNET, "softnet CPU_BACKLOG enqueue_to_backlog 2048 -1 5\n"},
		{1u << RXPATH_STAGE_DEVICE, ""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct rxpath_criteria criteria = {.stages = cases[i].stages};
		struct rxpath_buf out = {0};
		struct made made;
		char after[4096];

		snprintf(after, sizeof after, NOTHING TRACE("%s"), rows);
		make_for(&made, NOTHING, after, &criteria);
		write_drops(&made, &out);
		assert_string_equal(out.data, cases[i].drops);
		rxpath_buf_free(&out);
		unmake(&made);
	}
}

static void a_verdict_on_devices(void **state)
{
	static const struct {
		const char *counters, *rows;
		enum rxpath_kind kind;
		uint64_t lost; /* of the whole report */
	} cases[] = {
		{COUNTERS("100", "00000000", "0"), NAMES UNWANTED("100"), RXPATH_KIND_REJECT, 0},
		{COUNTERS("100", "00000000", "0"), NAMES UNWANTED("60"), RXPATH_KIND_DROP, 40},
		{COUNTERS("100", "00000000", "0"), NAMES, RXPATH_KIND_DROP, 100},
		/* Headers that IPv6 did not know are nothing of the device's. */
		{COUNTERS("100", "00000000", "0"),
		 NAMES "drop UNHANDLED_PROTO ip6_rcv_core 34525 100\n"
		       "drop UNHANDLED_PROTO - 34525 100\n",
		 RXPATH_KIND_DROP, 100},
		{COUNTERS("100", "00000000", "0"), NAMES "drop UNHANDLED_PROTO - 35020 100\n",
		 RXPATH_KIND_REJECT, 0},
		/* A little more traced than counted: the tracing began earlier. */
		{COUNTERS("100", "00000000", "0"), NAMES UNWANTED("105"), RXPATH_KIND_REJECT, 0},
		/* Much more: other namespaces' devices. */
		{COUNTERS("100", "00000000", "0"), NAMES UNWANTED("1000"), RXPATH_KIND_SUSPECT, 0},
		/* A kernel without that reason, and a ring that lost events. */
		{COUNTERS("100", "00000000", "0"), "drop NOT_SPECIFIED f 35020 100\n",
		 RXPATH_KIND_SUSPECT, 0},
		{COUNTERS("100", "00000000", "0"), NAMES "overrun 1\n" UNWANTED("99"),
		 RXPATH_KIND_SUSPECT, 0},
		{COUNTERS("100", "00000000", "0"), NAMES "overrun 1\n" UNWANTED("100"),
		 RXPATH_KIND_REJECT, 0},
		/* The backlog's share (0x32 = 50) is settled already. */
		{COUNTERS("100", "00000032", "0"),
		 NAMES "drop CPU_BACKLOG g 2048 50\n" UNWANTED("50"), RXPATH_KIND_REJECT, 50},
		{COUNTERS("100", "00000032", "0"), NAMES "drop CPU_BACKLOG g 2048 50\n",
		 RXPATH_KIND_DROP, 100},
		{COUNTERS("50", "00000032", "0"), NAMES "drop CPU_BACKLOG g 2048 50\n",
		 RXPATH_KIND_DROP, 50},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[4096];
		struct made made;
		const struct rxpath_line *line;

		snprintf(text, sizeof text, "%s" TRACE("%s"), cases[i].counters, cases[i].rows);
		make(&made, NOTHING, text);
		line = line_of(&made, "rx_dropped");
		assert_non_null(line);
		if (line->kind != cases[i].kind || made.report.lost != cases[i].lost)
			fail_msg("case %zu: %s, lost %llu", i, rxpath_kind_name(line->kind),
				 (unsigned long long)made.report.lost);
		unmake(&made);
	}
}

/* What no protocol wanted is taken off the largest first, of two alike off the first. */
static void two_devices_share(void **state)
{
	static const char eth1[] = "==> /sys/class/net/eth1/statistics/rx_dropped <==\n%d\n\n";
	static const struct {
		int of_eth1, unwanted;
		uint64_t lost; /* of eth1 */
	} cases[] = {{30, 110, 20}, {100, 130, 70}};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char none[256], more[256], before[4096], after[4096];
		struct made made;

		snprintf(none, sizeof none, eth1, 0);
		snprintf(more, sizeof more, eth1, cases[i].of_eth1);
		snprintf(before, sizeof before, NOTHING "%s", none);
		snprintf(after, sizeof after,
			 COUNTERS("100", "00000000", "0") "%s" TRACE(NAMES UNWANTED("%d")), more,
			 cases[i].unwanted);
		make(&made, before, after);
		assert_int_equal(made.report.lost, cases[i].lost);
		for (size_t j = 0; j < made.report.line_count; j++) {
			const struct rxpath_line *line = &made.report.lines[j];

			if (rxpath_slice_is(line->subject, "eth0"))
				assert_int_equal(line->kind, RXPATH_KIND_REJECT);
			if (rxpath_slice_is(line->subject, "eth1")) {
				assert_int_equal(line->kind, RXPATH_KIND_DROP);
				assert_int_equal(line->lost, cases[i].lost);
			}
		}
		unmake(&made);
	}
}

#define RT_CACHE(martians) \
	"==> /proc/net/stat/rt_cache <==\n" \
	"entries  in_martian_dst in_martian_src\n" \
	"00000000 00000000       " martians "\n\n"

static void what_no_counter_shows(void **state)
{
	static const char before[] =
		"==> /proc/net/snmp <==\nIp: InReceives InDelivers\nIp: 0 0\n\n"
		"==> /proc/net/netstat <==\nIpExt: InNoRoutes\nIpExt: 0\n\n" RT_CACHE("00000000");
	static const char after[] =
		"==> /proc/net/snmp <==\nIp: InReceives InDelivers\nIp: 1000 880\n\n"
		"==> /proc/net/netstat <==\nIpExt: InNoRoutes\nIpExt: 0\n\n" RT_CACHE("00000014")
			TRACE("drop NETFILTER_DROP nf_hook_slow 2048 70\n"
			      "drop NETFILTER_DROP nft_do_chain 2048 30\n"
			      "drop NETFILTER_DROP nf_hook_slow 34525 5\n"
			      "drop TC_INGRESS f 2048 6\n"
			      "drop IP_LOCALNET ip_route_input_slow 2048 20\n"
			      "drop QDISC_DROP dev_queue_xmit 2048 400\n");
	struct made made;
	const struct rxpath_line *line;

	(void)state;
	make(&made, before, after);
	line = line_of(&made, "trace.NETFILTER_DROP");
	assert_non_null(line);
	assert_int_equal(line->delta, 105);
	assert_int_equal(line->lost, 0);
	assert_int_equal(line->kind, RXPATH_KIND_REJECT);
	assert_int_equal(line->flags, 0);
	assert_int_equal(line_of(&made, "trace.TC_INGRESS")->delta, 6);
	/* Tracing has the residual, and so its martians are of this namespace. */
	assert_int_equal(line_of(&made, "trace.IP_LOCALNET")->flags, 0);
	line = line_of(&made, "ip_residual");
	assert_non_null(line);
	assert_int_equal(line->delta, 120);
	assert_int_equal(line->flags, RXPATH_FLAG_COUNTED);
	/* The transmit side is under its own name, at no stage, and no line. */
	assert_null(line_of(&made, "trace.QDISC_DROP"));
	assert_int_equal(made.report.lost, 0);
	unmake(&made);
}

/* rt_cache counts martians for the whole host: those that no packet here lacks came elsewhere. */
static void martians_of_others(void **state)
{
	static const char before[] =
		"==> /proc/net/snmp <==\nIp: InReceives InDelivers\nIp: 0 0\n\n" RT_CACHE(
			"00000000");
	static const char after[] =
		"==> /proc/net/snmp <==\nIp: InReceives InDelivers\nIp: 1000 1000\n\n" RT_CACHE(
			"00000014") TRACE("drop IP_LOCALNET ip_route_input_slow 2048 20\n");
	struct made made;

	(void)state;
	make(&made, before, after);
	assert_int_equal(line_of(&made, "trace.IP_LOCALNET")->flags, RXPATH_FLAG_COUNTED);
	unmake(&made);
}

/* What IPsec policies refused has counters of its own. */
static void policies_count(void **state)
{
#define POLICIES(block, mismatch) \
	"==> /proc/net/xfrm_stat <==\nXfrmInPolBlock " block "\nXfrmInTmplMismatch " mismatch "\n\n"
	static const struct {
		const char *after;
		unsigned flags;
	} cases[] = {
		{POLICIES("10", "30") TRACE("drop XFRM_POLICY udp_queue_rcv_one_skb 2048 40\n"),
		 RXPATH_FLAG_COUNTED},
		{POLICIES("10", "20") TRACE("drop XFRM_POLICY udp_queue_rcv_one_skb 2048 40\n"), 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct made made;

		make(&made, POLICIES("0", "0"), cases[i].after);
		assert_int_equal(line_of(&made, "trace.XFRM_POLICY")->flags, cases[i].flags);
		unmake(&made);
	}
}

/* What belongs to no connection is no filter's. */
static void stray_segments(void **state)
{
#define LISTENER(drops) \
	"==> /proc/net/netstat <==\nTcpExt: ListenOverflows ListenDrops\nTcpExt: 0 0\n\n" \
	"==> rxpath/listeners <==\n" \
	"protocol local queue limit rmem rcvbuf drops uid inode cookie\n" \
	"tcp 0.0.0.0:80 0 8 0 8192 " drops " 0 7 b\n\n"
	static const struct {
		const char *rows;
		enum rxpath_kind kind;
	} cases[] = {
		{TRACE("drop TCP_RESET tcp_rcv_state_process 2048 20\n"
		       "drop TCP_FLAGS tcp_rcv_state_process 2048 10\n"),
		 RXPATH_KIND_REJECT},
		/* Of other namespaces too. */
		{TRACE("drop TCP_RESET tcp_rcv_state_process 2048 42\n"), RXPATH_KIND_SUSPECT},
		/* A filter may have had the rest. */
		{TRACE("drop TCP_RESET tcp_rcv_state_process 2048 29\n"), RXPATH_KIND_SUSPECT},
		{TRACE("drop TCP_RESET tcp_validate_incoming 2048 30\n"), RXPATH_KIND_SUSPECT},
		{TRACE("drop SOCKET_FILTER tcp_v4_rcv 2048 30\n"), RXPATH_KIND_SUSPECT},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char after[2048];
		struct made made;

		snprintf(after, sizeof after, "%s%s", LISTENER("30"), cases[i].rows);
		make(&made, LISTENER("0"), after);
		assert_int_equal(made.report.socket_count, 1);
		assert_int_equal(made.report.sockets[0].kind, cases[i].kind);
		unmake(&made);
	}
}

/* Packets that a rule with a counter took are counted there. */
static void rules_with_counters(void **state)
{
#define RULE_OF(packets) \
	"==> rxpath/nftables <==\n" \
	"family table chain table_id handle hooks verdict packets comment text\n" \
	"ip t c 1 2 input drop " packets " - -\n\n"
	static const struct {
		const char *after;
		unsigned flags;
	} cases[] = {
		{RULE_OF("105") TRACE("drop NETFILTER_DROP nft_do_chain 2048 105\n"),
		 RXPATH_FLAG_COUNTED},
		{RULE_OF("90") TRACE("drop NETFILTER_DROP nft_do_chain 2048 105\n"), 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct made made;

		make(&made, RULE_OF("0"), cases[i].after);
		assert_int_equal(line_of(&made, "trace.NETFILTER_DROP")->flags, cases[i].flags);
		unmake(&made);
	}
}

static void ports_of_closed_sockets(void **state)
{
	struct made made;

	(void)state;
	make(&made, NOTHING,
	     COUNTERS("0", "00000000", "50")
		     TRACE("drop SOCKET_RCVBUFF udp_queue_rcv_one_skb 2048 80\n"
			   "udp 2048 53 -12 30\nudp 34525 53 -12 5\nudp 2048 9999 -12 50\n"));
	/* What the namespace's own counters miss, and no more. */
	assert_int_equal(made.report.attribution.unattributed, 50);
	assert_int_equal(made.report.closed_count, 2);
	assert_int_equal(made.report.closed[0].port, 53);
	assert_int_equal(made.report.closed[0].count, 35);
	assert_int_equal(made.report.closed[1].port, 9999);
	assert_int_equal(made.report.closed[1].count, 15);
	assert_int_equal(made.report.lost, 50);
	unmake(&made);
	make(&made, NOTHING, NOTHING TRACE("udp 2048 53 -12 30\n"));
	assert_int_equal(made.report.closed_count, 0);
	unmake(&made);
}

/* A counter explains as many drops as it counted, a few at the edges of the interval are nobody's,
 * and what no counter ever has says nothing. */
static void what_no_counter_explains_is_elsewhere(void **state)
{
	static const struct {
		const char *after, *rows;
		uint64_t elsewhere;
	} cases[] = {
		{NOTHING, "991", 991},
		{NOTHING, "8", 0},
		{NOTHING, "9", 9},
		{COUNTERS("0", "00000000", "900"), "991", 0},
		{COUNTERS("0", "00000000", "800"), "991", 191},
		{COUNTERS("0", "00000384", "0"), "991", 0},
	};
	struct made made;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char after[4096];

		snprintf(after, sizeof after,
			 "%s==> rxpath/trace <==\n" EVENTS "overrun 0\n"
			 "drop SOCKET_RCVBUFF udp_queue_rcv_one_skb 2048 %s\n"
			 "drop FRAG_REASM_TIMEOUT inet_frag_rbtree_purge 2048 5000\n"
			 "drop SOCKET_FILTER raw_rcv 2048 5000\n"
			 "drop DUP_FRAG ip_frag_queue 2048 5000\n"
			 "drop VXLAN_VNI_NOT_FOUND vxlan_rcv 2048 5000\n"
			 "drop NETFILTER_DROP nf_hook_slow 2048 5000\n\n",
			 cases[i].after, cases[i].rows);
		make(&made, NOTHING, after);
		assert_int_equal(made.report.trace->elsewhere, cases[i].elsewhere);
		unmake(&made);
	}
}

static void the_promised_json(void **state)
{
	static const char promised[] =
		"\"trace\":{\"events\":{\"sock:sock_rcvqueue_full\":0,"
		"\"sock:sock_exceed_buf_limit\":0,\"udp:udp_fail_queue_rcv_skb\":991,"
		"\"skb:kfree_skb\":991},\"overrun\":0,\"elsewhere\":991,\"drops\":[{\"stage\":\"socket\","
		"\"reason\":\"SOCKET_RCVBUFF\",\"location\":\"udp_queue_rcv_one_skb\","
		"\"protocol\":\"ipv4\",\"port\":9999,\"count\":991}]}";
	const struct rxpath_style style = {0};
	struct rxpath_buf out = {0};
	struct made made;

	(void)state;
	make(&made, NOTHING,
	     NOTHING TRACE("overrun 0\ndrop SOCKET_RCVBUFF udp_queue_rcv_one_skb 2048 991\n"
			   "udp 2048 9999 -12 991\n"));
	rxpath_render_json(&made.report, &style, &out);
	rxpath_buf_char(&out, '\0');
	assert_non_null(strstr(out.data, promised));
	rxpath_buf_reset(&out);
	unmake(&made);
	make(&made, NOTHING,
	     NOTHING "==> rxpath/trace <==\nevent skb:kfree_skb 1\ndrop - - - 1\n\n");
	rxpath_render_json(&made.report, &style, &out);
	rxpath_buf_char(&out, '\0');
	assert_non_null(strstr(out.data, "\"sock:sock_rcvqueue_full\":null,"));
	assert_non_null(strstr(out.data, "{\"stage\":null,\"reason\":null,\"location\":null,"
					 "\"protocol\":null,\"port\":null,\"count\":1}"));
	rxpath_buf_free(&out);
	unmake(&made);
}

/* As many rows as the table can have: no matter of minutes. */
static void full_tables(void **state)
{
	struct rxpath_buf text = {0};
	struct made made;

	(void)state;
	rxpath_buf_string(&text, NOTHING "==> rxpath/trace <==\n" EVENTS);
	for (unsigned i = 0; i < 2000; i++) {
		rxpath_buf_printf(&text, "drop SOCKET_RCVBUFF udp_%u 2048 10\n", i);
		rxpath_buf_printf(&text, "udp 2048 %u -12 11\n", i + 1);
	}
	rxpath_buf_string(&text, "\n");
	rxpath_buf_char(&text, '\0');
	make(&made, NOTHING, text.data);
	assert_true(made.report.trace->drop_count >= 2000);
	for (size_t i = 0; i < made.report.trace->drop_count; i++)
		assert_true(made.report.trace->drops[i].port != RXPATH_UNKNOWN32);
	rxpath_buf_free(&text);
	unmake(&made);
}

/* The reason tells a filter from a malformed datagram. */
static void reasons_tell_what_udp_refused(void **state)
{
#define REFUSED(errors) \
	"==> /proc/net/snmp <==\nUdp: InErrors RcvbufErrors InCsumErrors MemErrors\n" \
	"Udp: " errors " 0 0 0\n\n"
	static const struct {
		const char *rows;
		enum rxpath_kind kind;
		uint64_t lost;
	} cases[] = {
		{"drop SOCKET_FILTER udp_queue_rcv_one_skb 2048 25\n", RXPATH_KIND_REJECT, 0},
		{"drop PKT_TOO_SMALL __udp4_lib_rcv 2048 25\n", RXPATH_KIND_DROP, 25},
		{"drop SOCKET_FILTER udp_queue_rcv_one_skb 2048 20\n", RXPATH_KIND_SUSPECT, 0},
		{"drop SOCKET_FILTER udp_queue_rcv_one_skb 2048 200\n", RXPATH_KIND_SUSPECT, 0},
		{"drop SOCKET_FILTER sk_filter_tcp 2048 25\n", RXPATH_KIND_SUSPECT, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct rxpath_line *line;
		struct made made;
		char text[1000];

		snprintf(text, sizeof text, REFUSED("25") TRACE("%s"), cases[i].rows);
		make(&made, REFUSED("0"), text);
		line = line_of(&made, "UdpInErrors");
		assert_non_null(line);
		assert_int_equal(line->kind, cases[i].kind);
		assert_int_equal(line->lost, cases[i].lost);
		unmake(&made);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reasons_tell_what_udp_refused),
		cmocka_unit_test(one_packet_is_one_drop),
		cmocka_unit_test(drops_of_the_stages_asked_for),
		cmocka_unit_test(a_verdict_on_devices),
		cmocka_unit_test(two_devices_share),
		cmocka_unit_test(what_no_counter_shows),
		cmocka_unit_test(martians_of_others),
		cmocka_unit_test(policies_count),
		cmocka_unit_test(stray_segments),
		cmocka_unit_test(rules_with_counters),
		cmocka_unit_test(ports_of_closed_sockets),
		cmocka_unit_test(what_no_counter_explains_is_elsewhere),
		cmocka_unit_test(the_promised_json),
		cmocka_unit_test(full_tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
