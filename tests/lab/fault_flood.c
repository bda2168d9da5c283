/* fault_flood.c: the program reads one file after the other while packets keep coming as fast as
 * a CPU can send them. No difference between two files may be taken for a fault of its own. */
#include <arpa/inet.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lab.h"

#define INTERVAL "0.5"
#define COUNT "3"

/* What such a flood may move, and nothing else. */
struct expected {
	const char *counter; /* the one that moves, and accounts for all that is lost */
	const char *subject;
	const char *second;  /* another such counter; NULL: none */
	const char *socket;  /* the one that loses; NULL: none */
	const char *also[4]; /* lines beside it, with lost 0 */
	bool quiet;	     /* nothing is lost at all */
	bool unattributed;   /* sockets come and go: what they lost is nobody's in the end */
	const char *interval, *count; /* of the live reports; NULL: the usual ones */
	void (*beside)(const struct lab *lab, int fd); /* beside the flood; NULL: nothing */
	int fd;
	bool both_cpus;
};

static bool is_one_of(const char *const names[4], const char *name)
{
	for (size_t i = 0; i < 4 && names[i]; i++) {
		if (strcmp(names[i], name) == 0)
			return true;
	}
	return false;
}

static bool is_main_one(const struct expected *expected, const struct lab_line *line)
{
	if (expected->quiet || strcmp(line->subject, expected->subject) != 0)
		return false;
	return strcmp(line->counter, expected->counter) == 0 ||
	       (expected->second && strcmp(line->counter, expected->second) == 0);
}

/* Whether the report has the line that a flood is about; the others are held to their rules. */
static bool check_report(struct lab *lab, const struct expected *expected,
			 const struct lab_report *report, const char *how)
{
	size_t wrong = lab->wrong_len;
	bool seen = false;

	for (size_t i = 0; i < report->count; i++) {
		const struct lab_line *line = &report->lines[i];

		if (is_main_one(expected, line)) {
			seen = true;
			if (line->lost != line->delta)
				lab_wrong(lab, "%s: %s lost %" PRIu64 " of %" PRIu64, how,
					  line->counter, line->lost, line->delta);
			continue;
		}
		if (line->lost)
			lab_wrong(lab, "%s: %s %s lost %" PRIu64, how, line->counter, line->subject,
				  line->lost);
		if (strcmp(line->counter, "sk_drops") == 0 && expected->socket &&
		    strcmp(line->subject, expected->socket) == 0)
			continue;
		if (strcmp(line->kind, "pressure") == 0 || is_one_of(expected->also, line->counter))
			continue;
		if (strncmp(line->counter, "rt_cache_", 9) != 0)
			lab_wrong(lab, "%s: an unexpected line: %s %s %s %" PRIu64, how, line->kind,
				  line->counter, line->subject, line->delta);
	}
	if (lab->wrong_len != wrong)
		lab_wrong(lab, "%s", report->text);
	return seen || expected->quiet;
}

static void check_attribution(struct lab *lab, const struct expected *expected, const char *json,
			      const char *how)
{
	static const char *const keys[] = {"\"uncounted\":", "\"unattributed\":"};
	unsigned reports = 0;

	for (const char *at = json; at && (at = strstr(at, "\"attribution\"")); at++, reports++) {
		for (size_t i = 0; i < (expected->unattributed ? 1 : 2); i++) {
			const char *value = strstr(at, keys[i]);

			if (!value || strtoull(value + strlen(keys[i]), NULL, 10) != 0)
				lab_wrong(lab, "%s: %.140s", how, at);
		}
	}
	if (reports == 0)
		lab_wrong(lab, "%s: no attribution", how);
}

/* Where the reports of a flood go, and the flood's own figures. */
struct runs {
	char tsv[256], json[256], err[256], before[256], after[256], saved[256];
	int tsv_status, json_status;
};

static pid_t watch(const struct lab *lab, const struct expected *expected, const char *format,
		   const char *out)
{
	const char *interval = expected->interval ? expected->interval : INTERVAL;
	const char *count = expected->count ? expected->count : COUNT;
	char *argv[] = {(char *)(uintptr_t)lab->program, (char[]){"-i"},
			(char *)(uintptr_t)interval,	 (char[]){"-c"},
			(char *)(uintptr_t)count,	 (char[]){"-f"},
			(char *)(uintptr_t)format,	 NULL};

	return lab_spawn(lab, argv, out, NULL, false);
}

static void save(const struct lab *lab, char *file, const char *err)
{
	char *argv[] = {(char *)(uintptr_t)lab->program, (char[]){"save"}, file, NULL};

	lab_command(lab, argv, NULL, err, false);
}

static char *diff(const struct lab *lab, const char *format, struct runs *runs, int *status)
{
	char *argv[] = {(char *)(uintptr_t)lab->program,
			(char[]){"diff"},
			(char[]){"-f"},
			(char *)(uintptr_t)format,
			runs->before,
			runs->after,
			NULL};

	*status = lab_command(lab, argv, runs->saved, runs->err, false);
	return lab_slurp(runs->saved);
}

/* Live reports in both forms, and two saved samples, side by side. */
static void watch_it(const struct lab *lab, const struct expected *expected, struct runs *runs)
{
	pid_t tsv, json;

	snprintf(runs->tsv, sizeof runs->tsv, "%s/tsv", lab->dir);
	snprintf(runs->json, sizeof runs->json, "%s/json", lab->dir);
	snprintf(runs->err, sizeof runs->err, "%s/err", lab->dir);
	snprintf(runs->before, sizeof runs->before, "%s/before", lab->dir);
	snprintf(runs->after, sizeof runs->after, "%s/after", lab->dir);
	snprintf(runs->saved, sizeof runs->saved, "%s/saved", lab->dir);
	tsv = watch(lab, expected, "tsv", runs->tsv);
	json = watch(lab, expected, "json", runs->json);
	lab_sleep_ms(100);
	save(lab, runs->before, runs->err);
	lab_sleep_ms(500);
	save(lab, runs->after, runs->err);
	runs->tsv_status = lab_wait(tsv);
	runs->json_status = lab_wait(json);
}

static void check_live(struct lab *lab, const struct runs *runs, const struct expected *expected)
{
	int wanted = expected->quiet ? 0 : 1;
	struct lab_report report = {0};
	unsigned reports = 0, seen = 0;
	char *text, *rest, *one;

	if (runs->tsv_status != wanted || runs->json_status != wanted)
		lab_wrong(lab, "status %d (tsv) and %d (json), expected %d", runs->tsv_status,
			  runs->json_status, wanted);
	text = rest = lab_slurp(runs->tsv);
	while ((one = lab_report_next(&rest))) {
		reports++;
		lab_report_parse(lab, &report, one, -1);
		seen += check_report(lab, expected, &report, "live");
		lab_report_free(&report);
	}
	if (reports != (unsigned)atoi(expected->count ? expected->count : COUNT))
		lab_wrong(lab, "%u reports", reports);
	/* On a busy machine the flood itself may have to wait, for longer than a short interval. */
	if (seen < reports / 2 + 1)
		lab_wrong(lab, "only %u of %u reports have %s", seen, reports, expected->counter);
	free(text);
	text = lab_slurp(runs->json);
	check_attribution(lab, expected, text, "live");
	free(text);
}

static void check_saved(struct lab *lab, struct runs *runs, const struct expected *expected)
{
	char *text;
	int status;

	text = diff(lab, "tsv", runs, &status);
	lab_report_parse(lab, &lab->report, text, status);
	if (!check_report(lab, expected, &lab->report, "saved"))
		lab_wrong(lab, "saved: no line %s %s", expected->counter, expected->subject);
	text = diff(lab, "json", runs, &status);
	check_attribution(lab, expected, text, "saved");
	free(text);
}

static void endure(struct lab *lab, const struct lab_packet packets[], unsigned count,
		   const struct expected *expected)
{
	struct runs runs;
	pid_t floods[2], beside = 0;

	lab_values_read(&lab->before);
	/* On a slow machine the flood would overflow the backlog too, which is another fault. */
	if (!expected->counter || strcmp(expected->counter, "softnet_dropped") != 0)
		lab_set_host(lab, "net/core/netdev_max_backlog", "1000000");
	floods[0] = packets ? lab_flood(lab, lab_cpus() - 1, packets, count) : 0;
	floods[1] = packets && expected->both_cpus ? lab_flood(lab, 0, packets, count) : 0;
	if (expected->beside)
		beside = lab_beside(lab, expected->beside, expected->fd);
	lab_sleep_ms(200);
	if (lab->program)
		watch_it(lab, expected, &runs);
	for (int i = 0; i < 2; i++) {
		if (floods[i])
			lab_stop(floods[i]);
	}
	if (beside)
		lab_stop(beside);
	lab_sleep_ms(50);
	lab_values_moved(&lab->before, &lab->moved);
	if (lab->program) {
		check_live(lab, &runs, expected);
		check_saved(lab, &runs, expected);
	} else if (!expected->quiet &&
		   !lab_values_find(&lab->moved, expected->counter, expected->subject)) {
		lab_wrong(lab, "kernel: %s did not move", expected->counter);
	}
}

static void full4(struct lab *lab)
{
	struct lab_packet packet;

	lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_SMALL);
	lab_udp4(&packet, LAB_PORT, 100);
	endure(lab, &packet, 1,
	       &(struct expected){
		       .counter = "UdpRcvbufErrors",
		       .subject = "-",
		       .socket = "udp/" LAB_RX4 ":9999",
		       .also = {"UdpInErrors"},
	       });
}

static void full6(struct lab *lab)
{
	struct lab_packet packet;

	lab_receiver(lab, LAB_RX6, LAB_PORT, LAB_SMALL);
	lab_udp6(&packet, LAB_PORT, 100);
	endure(lab, &packet, 1,
	       &(struct expected){
		       .counter = "Udp6RcvbufErrors",
		       .subject = "-",
		       .socket = "udp6/[" LAB_RX6 "]:9999",
		       .also = {"Udp6InErrors"},
	       });
}

static void full_dual(struct lab *lab)
{
	struct lab_packet packet;

	lab_receiver(lab, "::", LAB_PORT, LAB_SMALL);
	lab_udp4(&packet, LAB_PORT, 100);
	endure(lab, &packet, 1,
	       &(struct expected){
		       .counter = "UdpRcvbufErrors",
		       .subject = "-",
		       .socket = "udp6/[::]:9999",
		       .also = {"UdpInErrors"},
	       });
}

/* A crowd of other sockets: their table takes longer to read than all else. */
static void full_in_a_crowd(struct lab *lab)
{
	for (uint16_t i = 0; i < 900; i++)
		lab_receiver(lab, LAB_RX4, (uint16_t)(20000 + i), 0);
	full4(lab);
}

static void full_group(struct lab *lab)
{
	struct lab_packet packet;

	for (int i = 0; i < 3; i++)
		lab_join(lab, lab_receiver(lab, LAB_GROUP4, LAB_PORT, LAB_SMALL), LAB_GROUP4);
	lab_udp4(&packet, LAB_PORT, 100);
	lab_readdress(&packet, NULL, LAB_GROUP4);
	endure(lab, &packet, 1,
	       &(struct expected){
		       .counter = "UdpRcvbufErrors",
		       .subject = "-",
		       .socket = "udp/" LAB_GROUP4 ":9999",
		       .also = {"UdpInErrors"},
	       });
}

static void in_pieces(struct lab *lab, const struct lab_packet *whole,
		      const struct expected *expected)
{
	struct lab_packet parts[2];

	lab_fragment(&parts[0], whole, 7, 0, 800, true);
	lab_fragment(&parts[1], whole, 7, 800, whole->len - whole->body - 800, false);
	endure(lab, parts, 2, expected);
}

static void fragments4(struct lab *lab)
{
	struct lab_packet whole;

	lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_SMALL);
	lab_udp4(&whole, LAB_PORT, 1600);
	in_pieces(lab, &whole,
		  &(struct expected){
			  .counter = "UdpRcvbufErrors",
			  .subject = "-",
			  .socket = "udp/" LAB_RX4 ":9999",
			  .also = {"UdpInErrors"},
		  });
}

static void fragments6(struct lab *lab)
{
	struct lab_packet whole;

	lab_receiver(lab, LAB_RX6, LAB_PORT, LAB_SMALL);
	lab_udp6(&whole, LAB_PORT, 1600);
	in_pieces(lab, &whole,
		  &(struct expected){
			  .counter = "Udp6RcvbufErrors",
			  .subject = "-",
			  .socket = "udp6/[" LAB_RX6 "]:9999",
			  .also = {"Udp6InErrors"},
		  });
}

static void fragments6_conntrack(struct lab *lab)
{
	lab_nft(lab, "table ip6 t { chain c { type filter hook input priority 0;"
		     " ct state established accept; }; }\n");
	fragments6(lab);
}

static void forwarded4(struct lab *lab)
{
	struct lab_packet packet;

	lab_set(lab, "net/ipv4/ip_forward", "1");
	lab_set(lab, "net/ipv4/conf/all/send_redirects", "0");
	lab_set(lab, "net/ipv4/conf/vb/send_redirects", "0");
	lab_ip(lab, "route add 10.99.0.0/24 via " LAB_TX4 "\n");
	lab_udp4(&packet, LAB_PORT, 100);
	lab_readdress(&packet, NULL, "10.99.0.1");
	endure(lab, &packet, 1, &(struct expected){.quiet = true});
}

static void forwarded6(struct lab *lab)
{
	struct lab_packet packet;

	lab_set(lab, "net/ipv6/conf/all/forwarding", "1");
	lab_ip(lab, "route add fd99::/64 via " LAB_TX6 "\n");
	lab_udp6(&packet, LAB_PORT, 100);
	lab_readdress(&packet, NULL, "fd99::1");
	endure(lab, &packet, 1, &(struct expected){.quiet = true});
}

static void unwanted4(struct lab *lab)
{
	struct lab_packet packet;

	lab_udp4(&packet, LAB_PORT, 100);
	endure(lab, &packet, 1, &(struct expected){.quiet = true, .also = {"UdpNoPorts"}});
}

static void damaged4(struct lab *lab)
{
	struct lab_packet packet;

	lab_udp4(&packet, LAB_PORT, 100);
	packet.bytes[LAB_ETHER + 10] ^= 1;
	endure(lab, &packet, 1,
	       &(struct expected){
		       .counter = "IpExtInCsumErrors",
		       .subject = "-",
		       .also = {"IpInHdrErrors"},
	       });
}

static const struct expected full = {
	.counter = "UdpRcvbufErrors",
	.subject = "-",
	.socket = "udp/" LAB_RX4 ":9999",
	.also = {"UdpInErrors"},
};

/* Intervals so short that the time to read the files is a good part of them. */
static void short_intervals(struct lab *lab)
{
	struct lab_packet packet;
	struct expected expected = full;

	lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_SMALL);
	lab_udp4(&packet, LAB_PORT, 100);
	expected.interval = "0.02";
	expected.count = "50";
	endure(lab, &packet, 1, &expected);
}

/* No CPU is left for the program: any time may pass between two files. */
static void both_cpus(struct lab *lab)
{
	struct lab_packet packet;
	struct expected expected = full;

	lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_SMALL);
	lab_udp4(&packet, LAB_PORT, 100);
	expected.both_cpus = true;
	expected.interval = "0.1";
	expected.count = "10";
	endure(lab, &packet, 1, &expected);
}

static void read_slowly(const struct lab *lab, int fd)
{
	(void)lab;
	lab_drain_bytes(fd);
	lab_sleep_ms(1);
}

static void slow_reader(struct lab *lab)
{
	struct lab_packet packet;
	struct expected expected = full;

	expected.fd = lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_SMALL);
	expected.beside = read_slowly;
	expected.interval = "0.1";
	expected.count = "10";
	lab_udp4(&packet, LAB_PORT, 100);
	endure(lab, &packet, 1, &expected);
}

static void restart(const struct lab *lab, int fd)
{
	(void)fd;
	fd = lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_SMALL);
	lab_sleep_ms(30);
	close(fd);
}

/* A service that starts anew all the time: its sockets differ from sample to sample. */
static void restarts(struct lab *lab)
{
	struct lab_packet packet;
	struct expected expected = full;

	expected.beside = restart;
	expected.unattributed = true;
	expected.also[1] = "UdpNoPorts";
	lab_udp4(&packet, LAB_PORT, 100);
	endure(lab, &packet, 1, &expected);
}

static void both_families(struct lab *lab)
{
	struct lab_packet packets[2];
	struct expected expected = full;

	/* The socket loses both; each family counts its own. */
	lab_receiver(lab, "::", LAB_PORT, LAB_SMALL);
	lab_udp4(&packets[0], LAB_PORT, 100);
	lab_udp6(&packets[1], LAB_PORT, 100);
	expected.socket = "udp6/[::]:9999";
	expected.second = "Udp6RcvbufErrors";
	expected.also[1] = "Udp6InErrors";
	expected.interval = "0.1";
	expected.count = "10";
	endure(lab, packets, 2, &expected);
}

static void send_locally(const struct lab *lab, int fd)
{
	static const char payload[100];

	(void)lab;
	for (int i = 0; i < 1000; i++)
		send(fd, payload, sizeof payload, MSG_DONTWAIT);
}

static void loopback(struct lab *lab)
{
	struct expected expected = full;

	lab_receiver(lab, "127.0.0.1", LAB_PORT, LAB_SMALL);
	expected.socket = "udp/127.0.0.1:9999";
	expected.fd = lab_socket(lab, AF_INET, SOCK_DGRAM, 0);
	lab_connect(lab, expected.fd, "127.0.0.1", LAB_PORT);
	expected.beside = send_locally;
	expected.interval = "0.05";
	expected.count = "20";
	endure(lab, NULL, 0, &expected);
}

/* A stream as fast as it goes: received and delivered hardly differ, and never by a loss. */
static void transfer(const struct lab *lab, int server)
{
	static char block[1 << 16];
	int client, peer = -1;

	lab_in_tx(lab);
	client = lab_socket(lab, AF_INET, SOCK_STREAM, 0);
	lab_connect(lab, client, LAB_RX4, LAB_PORT);
	lab_in_rx(lab);
	while (peer < 0)
		peer = accept4(server, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	for (;;) {
		send(client, block, sizeof block, MSG_DONTWAIT | MSG_NOSIGNAL);
		lab_drain_bytes(peer);
	}
}

static void stream(struct lab *lab)
{
	int server = lab_socket(lab, AF_INET, SOCK_STREAM, 0);

	lab_bind(lab, server, LAB_RX4, LAB_PORT);
	if (listen(server, 16) != 0)
		lab_die(lab, "listen");
	endure(lab, NULL, 0,
	       &(struct expected){
		       .quiet = true,
		       .beside = transfer,
		       .fd = server,
		       .interval = "0.05",
		       .count = "20",
	       });
}

/* In spurts: a sample can fall into one, and the next one into a pause. */
static void spurt(const struct lab *lab, int fd)
{
	struct lab_packet packet;

	(void)fd;
	lab_udp4(&packet, LAB_PORT, 100);
	for (;;) {
		lab_inject(lab, &packet, 400);
		lab_sleep_ms(1);
	}
}

static void spurts(struct lab *lab)
{
	struct expected expected = full;

	lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_SMALL);
	expected.beside = spurt;
	expected.interval = "0.05";
	expected.count = "20";
	endure(lab, NULL, 0, &expected);
}

/* What is not claimed for the sake of the time between two reads must stay small beside a true
 * loss: of every `whole` at least nine tenths are `part` (`or_part` on some kernels), in each
 * report that is long enough. */
static void insist(struct lab *lab, const struct lab_packet packets[], unsigned count,
		   const char *whole, const char *whole_subject, const char *part,
		   const char *or_part)
{
	struct runs runs;
	struct expected expected = {.interval = INTERVAL};
	/* Much arrives between two readings of an emulated CPU: only the sum of all reports
	 * tells. */
	const bool guest = getenv("LAB_GUEST") != NULL;
	uint64_t all_reports = 0, claimed_reports = 0;
	struct lab_report report = {0};
	unsigned reports = 0;
	char *text, *rest, *one;
	pid_t flood;

	if (!lab->program)
		lab_skip(lab, "no program under test");
	flood = lab_flood(lab, lab_cpus() - 1, packets, count);
	lab_sleep_ms(200);
	/* A reader that waits for a CPU between two files can claim less. */
	lab_go_first();
	watch_it(lab, &expected, &runs);
	lab_stop(flood);
	text = rest = lab_slurp(runs.tsv);
	while ((one = lab_report_next(&rest))) {
		uint64_t all = 0, claimed = 0;

		reports++;
		lab_report_parse(lab, &report, one, -1);
		for (size_t i = 0; i < report.count; i++) {
			const struct lab_line *line = &report.lines[i];

			if (strcmp(line->counter, whole) == 0 &&
			    strcmp(line->subject, whole_subject) == 0)
				all = line->delta;
			else if ((strcmp(line->subject, "-") == 0 || strchr(line->subject, '#')) &&
				 (strcmp(line->counter, part) == 0 ||
				  strcmp(line->counter, or_part) == 0))
				claimed += line->delta;
			if (strcmp(part, "nft_rule_drop") == 0 &&
			    strcmp(line->counter, "ip_residual") == 0)
				lab_wrong(lab, "a residual beside the rule\n%s", report.text);
		}
		all_reports += all;
		claimed_reports += claimed;
		if (claimed == 0 ||
		    (!guest && (claimed > all + all / 50 || claimed < all - all / 10)))
			lab_wrong(lab, "%s claims %" PRIu64 " of %" PRIu64 "\n%s", part, claimed,
				  all, report.text);
		lab_report_free(&report);
	}
	if (claimed_reports > all_reports + all_reports / 50 || claimed_reports < all_reports / 2)
		lab_wrong(lab, "%s claims %" PRIu64 " of %" PRIu64 " in all", part, claimed_reports,
			  all_reports);
	if (reports != 3)
		lab_wrong(lab, "%u reports", reports);
	free(text);
}

static void memory(struct lab *lab)
{
	struct lab_packet packet;

	lab_receiver(lab, LAB_RX4, LAB_PORT, 512 << 20);
	lab_udp4(&packet, LAB_PORT, 100);
	lab_set_host(lab, "net/ipv4/udp_mem", "8 12 16");
	insist(lab, &packet, 1, "sk_drops", "udp/" LAB_RX4 ":9999", "sk_drops",
	       lab_has_column("MemErrors") ? "UdpMemErrors" : "UdpInErrors");
}

static void raw(struct lab *lab)
{
	struct lab_packet packet;
	int fd = lab_socket(lab, AF_INET, SOCK_RAW, 253);

	lab_rcvbuf(lab, fd, LAB_SMALL);
	lab_ip4(&packet, 253, 100);
	insist(lab, &packet, 1, "sk_drops", "raw/0.0.0.0:253", "sk_drops", "");
}

/* Half of the packets go to a full socket, the other half to a group that nobody is in. */
static void residual4(struct lab *lab)
{
	struct lab_packet packets[2];

	lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_SMALL);
	lab_udp4(&packets[0], LAB_PORT, 100);
	lab_udp4(&packets[1], LAB_PORT, 100);
	lab_readdress(&packets[1], NULL, LAB_GROUP4);
	insist(lab, packets, 2, "UdpRcvbufErrors", "-", "ip_residual", "");
}

static void residual6(struct lab *lab)
{
	struct lab_packet packets[2];

	lab_receiver(lab, LAB_RX6, LAB_PORT, LAB_SMALL);
	lab_udp6(&packets[0], LAB_PORT, 100);
	lab_udp6(&packets[1], LAB_PORT, 100);
	lab_readdress(&packets[1], NULL, LAB_GROUP6);
	insist(lab, packets, 2, "Udp6RcvbufErrors", "-", "ip6_residual", "");
}

/* The same with a rule that counts: its packets are no residual, however the samples fall. */
static void ruled4(struct lab *lab)
{
	struct lab_packet packets[2];

	lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_SMALL);
	lab_nft(lab, "table ip t { chain c { type filter hook prerouting priority 0;"
		     " udp dport 9001 counter drop; }; }\n");
	lab_udp4(&packets[0], LAB_PORT, 100);
	lab_udp4(&packets[1], 9001, 100);
	insist(lab, packets, 2, "UdpRcvbufErrors", "-", "nft_rule_drop", "");
}

/* A backlog that overflows all the time: the device's figure is no more than its own. */
static void backlog(struct lab *lab)
{
	struct lab_packet packet;

	lab_udp4(&packet, LAB_PORT, 100);
	lab_steer(lab);
	lab_slow_down(lab);
	lab_pin(lab, -1);
	endure(lab, &packet, 1,
	       &(struct expected){
		       .counter = "softnet_dropped",
		       .subject = "cpu0",
		       .also = {"rx_dropped", "UdpNoPorts"},
	       });
	if (lab->report.text && strstr(lab->report.text, "suspect"))
		lab_wrong(lab, "suspect: the backlog accounts for all of it");
}

const struct lab_fault lab_flood_faults[] = {
	{.name = "flood4", .run = full4},
	{.name = "flood6", .run = full6},
	{.name = "flood-dual-stack", .run = full_dual},
	{.name = "flood4-in-a-crowd", .run = full_in_a_crowd},
	{.name = "flood4-group", .run = full_group},
	{.name = "flood4-fragments", .run = fragments4},
	{.name = "flood6-fragments", .run = fragments6},
	{.name = "flood6-fragments-conntrack", .run = fragments6_conntrack},
	{.name = "flood4-forwarded", .run = forwarded4},
	{.name = "flood6-forwarded", .run = forwarded6},
	{.name = "flood4-no-port", .run = unwanted4},
	{.name = "flood4-checksum", .run = damaged4},
	{.name = "flood4-short-intervals", .run = short_intervals},
	{.name = "flood4-both-cpus", .run = both_cpus},
	{.name = "flood4-slow-reader", .run = slow_reader},
	{.name = "flood4-restarts", .run = restarts},
	{.name = "flood-both-families", .run = both_families},
	{.name = "flood-loopback", .run = loopback},
	{.name = "flood-stream", .run = stream},
	{.name = "flood4-spurts", .run = spurts},
	{.name = "flood4-memory", .run = memory},
	{.name = "flood-raw", .run = raw},
	{.name = "flood4-residual", .run = residual4},
	{.name = "flood6-residual", .run = residual6},
	{.name = "flood4-rule", .run = ruled4},
	{.name = "flood-backlog", .run = backlog},
	{.name = NULL},
};
