/* fault_trace.c: --trace on the real kernel: what it counts, and that it leaves nothing behind.
 *
 * Its figures are the host's, so what something else drops meanwhile is in them too: ports and
 * EtherTypes that are the fault's own are held to exactly, the rest to a tenth above. tracefs is
 * mounted in the fault's own mount namespace alone. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lab.h"

#define MANY 1000
#define FEW 100
#define MILLION 1000000
#define STRANGE 0x88b5 /* an EtherType for experiments: nobody's */
#define PORT 9977      /* no other fault's */
#define TRACEFS "/sys/kernel/tracing"
#define INSTANCES TRACEFS "/instances"

static void mount_tracefs(const struct lab *lab)
{
	struct stat info;

	if (!lab->program)
		lab_skip(lab, "no program to try");
	if (stat(TRACEFS, &info) != 0)
		lab_skip(lab, "no tracefs in this kernel");
	if (mount("nodev", TRACEFS, "tracefs", 0, NULL) != 0 && errno != EBUSY)
		lab_skip(lab, "mount tracefs: %s", strerror(errno));
	if (stat(INSTANCES, &info) != 0)
		lab_skip(lab, "no tracing instances in this kernel");
	if (stat(TRACEFS "/events/skb/kfree_skb", &info) != 0)
		lab_skip(lab, "no drop tracepoints in this kernel");
}

static void file_of(const struct lab *lab, const char *name, char path[256])
{
	snprintf(path, 256, "%s/%s", lab->dir, name);
}

static char *slurp(const struct lab *lab, const char *name)
{
	char path[256];
	char *text;

	file_of(lab, name, path);
	text = lab_slurp(path);
	return text ? text : strdup("");
}

/* `run --trace` with a command that lasts until finish(). */
struct traced {
	pid_t pid;
	int end; /* for lab_end_command */
	char *report;
	char *errors;
	int status;
	struct rusage usage;
};

static void start(struct lab *lab, struct traced *traced, const char *format)
{
	char report[256], errors[256];
	const char *const options[] = {"--trace", "-f", format, "-o", report, NULL};

	*traced = (struct traced){.end = -1};
	file_of(lab, "traced", report);
	file_of(lab, "traced.err", errors);
	traced->pid = lab_start_run(lab, options, errors, &traced->end);
}

static void finish(struct lab *lab, struct traced *traced)
{
	int status;

	lab_end_command(lab, traced->end);
	while (wait4(traced->pid, &status, 0, &traced->usage) < 0)
		if (errno != EINTR)
			lab_die(lab, "wait: %s", strerror(errno));
	close(traced->end);
	traced->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	traced->report = slurp(lab, "traced");
	traced->errors = slurp(lab, "traced.err");
	if (traced->errors[0] != '\0')
		lab_wrong(lab, "standard error: %s", traced->errors);
}

/* The part of the JSON report that starts with this key. */
static const char *behind(struct lab *lab, const char *json, const char *key)
{
	const char *at = strstr(json, key);

	if (!at)
		lab_wrong(lab, "no %s in %s", key, json);
	return at ? at + strlen(key) : "";
}

/* "KEY":N behind "trace": an event's count, or overrun. */
static uint64_t event(struct lab *lab, const struct traced *traced, const char *key)
{
	const char *trace = behind(lab, traced->report, "\"trace\":{");
	char quoted[64];

	snprintf(quoted, sizeof quoted, "\"%s\":", key);
	return strtoull(behind(lab, trace, quoted), NULL, 10);
}

/* The sum of "count" over the drops that hold all of these pieces of text. */
static uint64_t drops(struct lab *lab, const struct traced *traced, const char *const pieces[])
{
	const char *at = behind(lab, traced->report, "\"drops\":[");
	const char *end;
	uint64_t sum = 0;

	for (; *at && (end = strchr(at, '}')); at = end + 1) {
		char *drop = strndup(at, (size_t)(end - at));
		const char *count = strstr(drop, "\"count\":");
		bool fits = count != NULL;

		for (size_t i = 0; pieces[i]; i++)
			fits = fits && strstr(drop, pieces[i]);
		if (fits)
			sum += strtoull(count + strlen("\"count\":"), NULL, 10);
		free(drop);
		if (end[1] != ',')
			break;
	}
	return sum;
}

/* Whether the drop tracepoint says why: since Linux 5.17. */
static bool gives_reasons(void)
{
	char *format = lab_slurp(TRACEFS "/events/skb/kfree_skb/format");
	bool given = format && strstr(format, "reason");

	free(format);
	return given;
}

static void need_reasons(const struct lab *lab)
{
	if (!gives_reasons())
		lab_skip(lab, "no drop reasons in this kernel");
}

/* That many, and of what others may drop too not much more. */
static void want_drops(struct lab *lab, const struct traced *traced, uint64_t wanted, bool exactly,
		       const char *const pieces[])
{
	uint64_t found = drops(lab, traced, pieces);
	const char *trace = strstr(traced->report, "\"trace\":");

	if (found < wanted || found > (exactly ? wanted : wanted + wanted / 10))
		lab_wrong(lab, "traced %llu, not %llu: %s %s\n%s", (unsigned long long)found,
			  (unsigned long long)wanted, pieces[0], pieces[1],
			  trace ? trace : traced->report);
}

#define PIECES(...) \
	(const char *const[]) \
	{ \
		__VA_ARGS__, NULL \
	}

/* The reason as this kernel gives it at this place: some free there without any. */
static const char *reason_given(struct lab *lab, const struct traced *traced, const char *reason,
				const char *location)
{
	const char *none = gives_reasons() ? "\"reason\":\"NOT_SPECIFIED\"" : "\"reason\":null";

	return drops(lab, traced, PIECES(none, location)) > 0 ? none : reason;
}

static void want_status(struct lab *lab, const struct traced *traced, int status)
{
	if (traced->status != status)
		lab_wrong(lab, "status %d, not %d: %s", traced->status, status, traced->report);
}

static void want_text(struct lab *lab, const struct traced *traced, const char *text)
{
	if (!strstr(traced->report, text))
		lab_wrong(lab, "no '%s' in %s", text, traced->report);
}

/* Nothing of ours is left under tracefs. */
static void want_nothing_left(struct lab *lab)
{
	DIR *folder = opendir(INSTANCES);

	if (!folder)
		lab_die(lab, INSTANCES ": %s", strerror(errno));
	for (struct dirent *entry; (entry = readdir(folder));)
		if (strncmp(entry->d_name, "rxpath-", 7) == 0)
			lab_wrong(lab, "left behind: %s", entry->d_name);
	closedir(folder);
}

static void overflow(struct lab *lab, const char *address, const char *protocol,
		     const char *location, struct lab_packet *packet)
{
	const char *port = "\"port\":9977";
	struct traced traced;
	uint64_t lost;
	char moved[64];
	int fd;

	mount_tracefs(lab);
	fd = lab_receiver(lab, address, PORT, LAB_SMALL);
	start(lab, &traced, "json");
	lost = lab_inject(lab, packet, MANY);
	finish(lab, &traced);
	lost -= lab_drain(fd);
	/* Older kernels tell no port of IPv6. */
	if (strstr(protocol, "ipv6") && event(lab, &traced, "udp:udp_fail_queue_rcv_skb") == 0)
		port = "\"port\":null";
	want_drops(lab, &traced, lost, true,
		   PIECES("\"stage\":\"socket\"",
			  reason_given(lab, &traced, "\"reason\":\"SOCKET_RCVBUFF\"", location),
			  location, protocol, port));
	snprintf(moved, sizeof moved, "\"socket_drops\":%llu,", (unsigned long long)lost);
	want_text(lab, &traced, moved);
	if (event(lab, &traced, "overrun") != 0)
		lab_wrong(lab, "the ring lost something: %s", traced.report);
	want_status(lab, &traced, 1);
	want_nothing_left(lab);
}

static void udp4(struct lab *lab)
{
	struct lab_packet packet;

	lab_udp4(&packet, PORT, 100);
	overflow(lab, LAB_RX4, "\"protocol\":\"ipv4\"", "\"location\":\"udp_queue_rcv", &packet);
}

static void udp6(struct lab *lab)
{
	struct lab_packet packet;

	lab_udp6(&packet, PORT, 100);
	overflow(lab, LAB_RX6, "\"protocol\":\"ipv6\"", "\"location\":\"udpv6_queue_rcv", &packet);
}

/* The packet's protocol, not the socket's. */
static void dual(struct lab *lab)
{
	struct lab_packet packet;

	lab_udp4(&packet, PORT, 100);
	overflow(lab, "::", "\"protocol\":\"ipv4\"", "\"location\":\"udp_queue_rcv", &packet);
}

/* The text's list of ports has that many datagrams in all, most of them the fault's own: the trace
 * does not tell which network namespace a datagram was dropped in. */
static void want_ports(struct lab *lab, const struct traced *traced, uint64_t lost)
{
	const char *at = behind(lab, traced->report, "by port, from the trace: ");
	const char *end = at + strcspn(at, "\n");
	uint64_t sum = 0, own = 0;

	while (at < end) {
		unsigned long long port, count;
		int used = 0;

		if (sscanf(at, "%llu (%llu)%n", &port, &count, &used) != 2 || used == 0)
			break;
		sum += count;
		own += port == PORT ? count : 0;
		at += used;
		at += strspn(at, ", ");
	}
	if (at != end || sum != lost || own <= lost / 2)
		lab_wrong(lab, "not %llu by port: %s", (unsigned long long)lost, traced->report);
}

static void closed(struct lab *lab)
{
	struct lab_packet packet;
	struct traced traced;
	uint64_t lost;
	char line[64];
	int fd;

	mount_tracefs(lab);
	lab_udp4(&packet, PORT, 100);
	fd = lab_receiver(lab, LAB_RX4, PORT, LAB_SMALL);
	start(lab, &traced, "text");
	lost = lab_inject(lab, &packet, MANY);
	lost -= lab_drain(fd);
	close(fd);
	finish(lab, &traced);
	want_ports(lab, &traced, lost);
	snprintf(line, sizeof line, "unattributed: %llu ", (unsigned long long)lost);
	want_text(lab, &traced, line);
	want_text(lab, &traced, "traced on the whole host, in all network namespaces:\n");
	want_status(lab, &traced, 1);
}

static void memory(struct lab *lab)
{
	struct lab_packet packet;
	struct traced traced;
	uint64_t lost, seen;
	int fd;

	mount_tracefs(lab);
	lab_udp4(&packet, PORT, 1000);
	fd = lab_receiver(lab, LAB_RX4, PORT, LAB_LARGE);
	start(lab, &traced, "json");
	lab_pin(lab, 0);
	lab_set_host(lab, "net/ipv4/udp_mem", "8 12 16");
	lost = lab_inject(lab, &packet, 2 * MANY);
	lab_put_back(lab, "net/ipv4/udp_mem");
	finish(lab, &traced);
	lost -= lab_drain(fd);
	if (lost == 0)
		lab_die(lab, "udp_mem kept nothing out");
	want_drops(lab, &traced, lost, false,
		   PIECES("\"stage\":\"socket\"", "\"reason\":\"PROTO_MEM\"",
			  "\"protocol\":\"ipv4\""));
	seen = event(lab, &traced, "sock:sock_exceed_buf_limit");
	if (seen < lost)
		lab_wrong(lab, "sock_exceed_buf_limit %llu, lost %llu", (unsigned long long)seen,
			  (unsigned long long)lost);
	want_status(lab, &traced, 1);
}

static void checksum(struct lab *lab)
{
	struct lab_packet packet;
	struct traced traced;
	int fd;

	mount_tracefs(lab);
	lab_udp4(&packet, PORT, 100);
	packet.bytes[packet.len - 1] ^= 0x55;
	fd = lab_receiver(lab, LAB_RX4, PORT, LAB_LARGE);
	start(lab, &traced, "json");
	lab_inject(lab, &packet, FEW);
	if (lab_drain(fd) != 0)
		lab_die(lab, "damaged datagrams were delivered");
	finish(lab, &traced);
	want_drops(lab, &traced, FEW, false,
		   PIECES("\"stage\":\"transport\"",
			  reason_given(lab, &traced, "\"reason\":\"UDP_CSUM\"",
				       "\"location\":\"udp_recvmsg\"")));
	want_text(lab, &traced, "\"counter\":\"UdpInCsumErrors\",\"subject\":\"-\"");
	want_status(lab, &traced, 1);
}

static void firewall(struct lab *lab)
{
	struct lab_packet packet;
	struct traced traced;
	int fd;

	mount_tracefs(lab);
	lab_nft(lab, "table ip t { chain c { type filter hook input priority 0; "
		     "udp dport 9977 drop; }; }\n");
	lab_udp4(&packet, PORT, 100);
	fd = lab_receiver(lab, LAB_RX4, PORT, LAB_LARGE);
	start(lab, &traced, "json");
	lab_inject(lab, &packet, FEW);
	finish(lab, &traced);
	if (lab_drain(fd) != 0)
		lab_die(lab, "the rule let something pass");
	want_drops(lab, &traced, FEW, false,
		   PIECES("\"stage\":\"netfilter\"",
			  reason_given(lab, &traced, "\"reason\":\"NETFILTER_DROP\"", "nf_hook"),
			  "\"protocol\":\"ipv4\"", "\"port\":null"));
	want_text(lab, &traced,
		  "{\"stage\":\"netfilter\",\"kind\":\"reject\","
		  "\"counter\":\"trace.NETFILTER_DROP\"");
	/* What the residual guessed has a name now. */
	want_text(lab, &traced, "\"counter\":\"ip_residual\"");
	want_text(lab, &traced, "\"state\":\"reject\",\"lost\":0,");
	want_status(lab, &traced, 0);
}

/* UDP's counter does not tell a filter's refusals from broken datagrams; the reason does. */
static void refused_datagrams(struct lab *lab, bool filtered)
{
	struct lab_packet packet;
	struct traced traced;
	int fd;

	mount_tracefs(lab);
	lab_udp4(&packet, PORT, 100);
	fd = lab_receiver(lab, LAB_RX4, PORT, LAB_LARGE);
	if (filtered)
		lab_filter(lab, fd, false);
	else
		lab_put16(&packet, packet.body + 4, 400);
	start(lab, &traced, "json");
	lab_inject(lab, &packet, FEW);
	finish(lab, &traced);
	if (!strstr(traced.report, filtered ? "SOCKET_FILTER" : "PKT_TOO_SMALL"))
		lab_skip(lab, "this kernel gives no such reason");
	want_text(lab, &traced,
		  filtered ? "{\"stage\":\"transport\",\"kind\":\"reject\","
			     "\"counter\":\"UdpInErrors\""
			   : "{\"stage\":\"transport\",\"kind\":\"drop\","
			     "\"counter\":\"UdpInErrors\"");
	want_status(lab, &traced, !filtered);
}

static void filtered_datagrams(struct lab *lab)
{
	refused_datagrams(lab, true);
}

static void broken_datagrams(struct lab *lab)
{
	refused_datagrams(lab, false);
}

/* A line of the TSV report. */
static void want_line(struct lab *lab, const struct traced *traced, const char *kind,
		      const char *counter, const char *subject, unsigned delta, unsigned lost)
{
	char line[128];

	snprintf(line, sizeof line, "\t%s\t%s\t%s\t%u\t%u\t", kind, counter, subject, delta, lost);
	want_text(lab, traced, line);
}

/* Frames that nobody wanted, and frames that were too long for the device: the one counter has
 * both, and the events tell them apart. */
static void device(struct lab *lab, unsigned strange, unsigned beyond)
{
	struct lab_packet unknown, large;
	struct traced traced;

	mount_tracefs(lab);
	need_reasons(lab);
	lab_in_tx(lab);
	lab_ip(lab, "link set va mtu 4000\n");
	lab_in_rx(lab);
	lab_ether(&unknown, STRANGE, 100);
	lab_udp4(&large, PORT, 3000);
	start(lab, &traced, "tsv");
	lab_inject(lab, &unknown, strange);
	lab_inject(lab, &large, beyond);
	finish(lab, &traced);
	if (beyond == 0)
		want_line(lab, &traced, "reject", "rx_dropped", "vb", strange, 0);
	else
		want_line(lab, &traced, "drop", "rx_dropped", "vb", strange + beyond, beyond);
	want_status(lab, &traced, beyond > 0 ? 1 : 0);
}

static void unwanted(struct lab *lab)
{
	device(lab, FEW, 0);
}

static void too_long(struct lab *lab)
{
	device(lab, 0, FEW);
}

static void both(struct lab *lab)
{
	device(lab, 60, 40);
}

static void unwanted_type(struct lab *lab)
{
	struct lab_packet packet;
	struct traced traced;

	mount_tracefs(lab);
	need_reasons(lab);
	lab_ether(&packet, STRANGE, 100);
	start(lab, &traced, "json");
	lab_inject(lab, &packet, FEW);
	finish(lab, &traced);
	want_drops(lab, &traced, FEW, true,
		   PIECES("\"stage\":\"device\"", "\"reason\":\"UNHANDLED_PROTO\"",
			  "\"protocol\":\"0x88b5\""));
	want_text(lab, &traced, "\"state\":\"reject\",\"lost\":0,");
}

static void martian(struct lab *lab)
{
	struct lab_packet packet;
	struct traced traced;

	mount_tracefs(lab);
	lab_udp4(&packet, PORT, 100);
	lab_readdress(&packet, "127.0.0.1", NULL);
	start(lab, &traced, "tsv");
	lab_inject(lab, &packet, FEW);
	finish(lab, &traced);
	if (!strstr(traced.report, "trace.IP_LOCALNET"))
		lab_skip(lab, "this kernel's reasons do not name martians");
	want_text(lab, &traced, "ip\treject\ttrace.IP_LOCALNET\t-\t");
	/* They are what no counter of IP has. */
	want_line(lab, &traced, "reject", "ip_residual", "-", FEW, 0);
	want_status(lab, &traced, 0);
	start(lab, &traced, "text");
	lab_inject(lab, &packet, FEW);
	finish(lab, &traced);
	want_text(lab, &traced, "100 packets refused for their addresses\n");
}

/* IPsec counts them, so that tracing adds nothing. */
static void ipsec_policy(struct lab *lab)
{
	struct lab_packet packet;
	struct traced traced;
	int fd = lab_receiver(lab, LAB_RX4, PORT, LAB_LARGE);

	mount_tracefs(lab);
	need_reasons(lab);
	lab_ip(lab, "xfrm policy add src " LAB_TX4 " dst " LAB_RX4 " proto udp dport 9977 dir in"
		    " action block\n");
	lab_udp4(&packet, PORT, 100);
	start(lab, &traced, "text");
	lab_inject(lab, &packet, FEW);
	finish(lab, &traced);
	if (lab_drain(fd) != 0)
		lab_die(lab, "the policy let something in");
	if (!strstr(traced.report, "trace.XFRM_POLICY"))
		lab_skip(lab, "this kernel gives no such reason");
	want_text(lab, &traced, "nothing lost; 100 packets refused by IPsec policies\n");
	if (strstr(traced.report, "filtered:"))
		lab_wrong(lab, "IPsec has a counter for them: %s", traced.report);
}

/* A network that no VXLAN device here has: no counter at all. */
static void vxlan(struct lab *lab)
{
	struct lab_packet packet;
	struct traced traced;

	mount_tracefs(lab);
	lab_try_ip(lab, "link add vx0 type vxlan id 7 dstport 4789 local " LAB_RX4 " dev vb\n"
			"link set vx0 up\n");
	lab_udp4(&packet, 4789, 100);
	memset(packet.bytes + packet.body + 8, 0, 8);
	packet.bytes[packet.body + 8] = 0x08;  /* the VNI is valid, */
	packet.bytes[packet.body + 8 + 6] = 8; /* and it is 8 */
	lab_seal_body(&packet);
	start(lab, &traced, "json");
	lab_inject(lab, &packet, FEW);
	finish(lab, &traced);
	if (drops(lab, &traced, PIECES("VXLAN_VNI_NOT_FOUND", "vxlan_rcv")) == 0)
		lab_skip(lab, "this kernel gives no such reason");
	want_text(lab, &traced,
		  "{\"stage\":\"device\",\"kind\":\"reject\","
		  "\"counter\":\"trace.VXLAN_VNI_NOT_FOUND\"");
	want_text(lab, &traced, "\"state\":\"reject\",\"lost\":0,");
	want_status(lab, &traced, 0);
}

/* Segments of no connection: tracing tells them from what a filter takes. */
static void scan(struct lab *lab)
{
	int fd = lab_socket(lab, AF_INET, SOCK_STREAM, 0);
	struct lab_packet packet;
	struct traced traced;

	mount_tracefs(lab);
	need_reasons(lab);
	lab_bind(lab, fd, LAB_RX4, PORT);
	if (listen(fd, 10) != 0)
		lab_die(lab, "listen");
	lab_syn4(&packet, LAB_TX4, 40000, PORT);
	packet.bytes[packet.body + 13] = 0x01; /* FIN */
	lab_seal_body(&packet);
	start(lab, &traced, "json");
	lab_inject(lab, &packet, FEW);
	finish(lab, &traced);
	if (drops(lab, &traced, PIECES("TCP_FLAGS", "tcp_rcv_state_process")) == 0)
		lab_skip(lab, "this kernel gives no such reason");
	want_text(lab, &traced, "\"state\":\"reject\",\"lost\":0,");
	want_status(lab, &traced, 0);
}

static void program(struct lab *lab, const char *line)
{
	struct lab_packet packet;
	struct traced traced;
	int fd = lab_receiver(lab, LAB_RX4, PORT, LAB_LARGE);

	lab_udp4(&packet, PORT, 100);
	start(lab, &traced, "tsv");
	lab_inject(lab, &packet, FEW);
	finish(lab, &traced);
	if (lab_drain(fd) != 0)
		lab_die(lab, "the program let something pass");
	want_text(lab, &traced, line);
	want_status(lab, &traced, 0);
}

/* linux/bpf.h of an older system lacks it; the number is the kernel's promise. */
#define TCX_INGRESS 46

static void tc(struct lab *lab)
{
	mount_tracefs(lab);
	lab_hook(lab, BPF_PROG_TYPE_SCHED_CLS, TCX_INGRESS, 2 /* TC_ACT_SHOT */, 0);
	program(lab, "netfilter\treject\ttrace.TC_INGRESS\t-\t100\t0\t");
}

static void xdp(struct lab *lab)
{
	mount_tracefs(lab);
	lab_hook(lab, BPF_PROG_TYPE_XDP, BPF_XDP, XDP_DROP, XDP_FLAGS_SKB_MODE);
	program(lab, "device\treject\ttrace.XDP\t-\t100\t0\t");
}

/* A flood: what was sent, what was read, and how much of the machine it took to watch. */

static uint64_t flood(struct lab *lab, int fd, uint64_t many)
{
	struct lab_packet packet;
	uint64_t sent = 0, read = 0;

	lab_udp4(&packet, PORT, 10);
	while (sent < many) {
		sent += lab_inject(lab, &packet, 20000);
		read += lab_drain(fd);
	}
	return sent - read;
}

static double seconds_of(const struct rusage *usage)
{
	return (double)(usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) +
	       (double)(usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) / 1e6;
}

#if defined __has_feature
#define SANITIZED __has_feature(address_sanitizer)
#elif defined __SANITIZE_ADDRESS__
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

static void million(struct lab *lab)
{
	struct traced traced;
	uint64_t lost, overrun, began, took, queued;
	int fd;

	mount_tracefs(lab);
	fd = lab_receiver(lab, LAB_RX4, PORT, LAB_SMALL);
	start(lab, &traced, "json");
	began = lab_now_ms();
	lost = flood(lab, fd, MILLION);
	took = lab_now_ms() - began;
	finish(lab, &traced);
	overrun = event(lab, &traced, "overrun");
	queued = event(lab, &traced, "udp:udp_fail_queue_rcv_skb");
	/* Other network namespaces may lose datagrams too. */
	if (drops(lab, &traced, PIECES("\"port\":9977")) > lost ||
	    event(lab, &traced, "skb:kfree_skb") + queued + overrun < 2 * lost)
		lab_wrong(lab, "lost %llu, traced less: %s", (unsigned long long)lost,
			  traced.report);
	if (overrun == 0)
		want_drops(lab, &traced, lost, true,
			   PIECES("\"reason\":\"SOCKET_RCVBUFF\"", "\"port\":9977"));
	/* One CPU at most, and memory that does not grow with the number of events; a sanitizer's
	 * own needs are another matter. */
	if (seconds_of(&traced.usage) * 1000 > (double)took + 1000)
		lab_wrong(lab, "%.2f s of CPU in %llu ms", seconds_of(&traced.usage),
			  (unsigned long long)took);
	if (traced.usage.ru_maxrss > 20000 && !SANITIZED)
		lab_wrong(lab, "%ld KiB of memory", traced.usage.ru_maxrss);
	if (lab->verbose)
		dprintf(lab->result,
			"trace: %llu drops in %llu ms, %.2f s of CPU, %ld KiB, %llu "
			"overrun\n",
			(unsigned long long)lost, (unsigned long long)took,
			seconds_of(&traced.usage), traced.usage.ru_maxrss,
			(unsigned long long)overrun);
}

/* While the program is stopped its ring runs full: what it then lacks it says. */
static void overrun(struct lab *lab)
{
	struct traced traced;
	uint64_t lost, missed, seen;
	int fd;

	mount_tracefs(lab);
	fd = lab_receiver(lab, LAB_RX4, PORT, LAB_SMALL);
	start(lab, &traced, "json");
	kill(traced.pid, SIGSTOP);
	lost = flood(lab, fd, MILLION / 2);
	kill(traced.pid, SIGCONT);
	finish(lab, &traced);
	missed = event(lab, &traced, "overrun");
	seen = event(lab, &traced, "udp:udp_fail_queue_rcv_skb") +
	       event(lab, &traced, "skb:kfree_skb");
	if (missed == 0)
		lab_wrong(lab, "nothing was overrun: %s", traced.report);
	if (seen + missed < 2 * lost || seen + missed > 2 * lost + lost / 5)
		lab_wrong(lab, "2 x %llu lost, %llu seen, %llu overrun", (unsigned long long)lost,
			  (unsigned long long)seen, (unsigned long long)missed);
	want_status(lab, &traced, 1);
}

/* Ways out. */

/* Checks with a long interval, until its instance is there and runs. */
static pid_t start_check(struct lab *lab, const char *count, const char *fail_on)
{
	char path[128], report[256], errors[256];
	char *argv[] = {(char *)(uintptr_t)lab->program,
			(char[]){"--trace"},
			(char[]){"-i60"},
			(char[]){"-c"},
			(char *)(uintptr_t)count,
			(char[]){"-f"},
			(char[]){"json"},
			(char[]){"--fail-on"},
			(char *)(uintptr_t)fail_on,
			NULL};
	pid_t pid;

	file_of(lab, "traced", report);
	file_of(lab, "traced.err", errors);
	pid = lab_spawn(lab, argv, report, errors, false);
	snprintf(path, sizeof path, INSTANCES "/rxpath-%ld/tracing_on", (long)pid);
	for (unsigned i = 0; i < 1000; i++) {
		char *text = lab_slurp(path);
		bool on = text && text[0] == '1';

		free(text);
		lab_sleep_ms(10);
		if (on)
			return pid;
	}
	lab_die(lab, "no instance: %s", slurp(lab, "traced.err"));
}

static void signals(struct lab *lab)
{
	static const struct {
		int number;
		bool reports;
	} cases[] = {
		{SIGINT, true},	  {SIGTERM, true},  {SIGHUP, false},
		{SIGQUIT, false}, {SIGUSR1, false}, {SIGALRM, false},
	};
	const struct rlimit none = {0, 0};

	mount_tracefs(lab);
	setrlimit(RLIMIT_CORE, &none);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		/* What the rest of the host loses meanwhile is no failure of this check. */
		pid_t pid = start_check(lab, i % 2 ? "1" : "0", "never");
		struct traced traced = {.report = NULL};

		lab_sleep_ms(200);
		kill(pid, cases[i].number);
		traced.status = lab_wait(pid);
		traced.report = slurp(lab, "traced");
		if (cases[i].reports) {
			want_status(lab, &traced, 0);
			want_text(lab, &traced, "\"trace\":{\"events\":{");
		} else {
			want_status(lab, &traced, 128 + cases[i].number);
		}
		want_nothing_left(lab);
		free(traced.report);
	}
}

static void instance(const char *name, char path[128])
{
	snprintf(path, 128, INSTANCES "/%s", name);
}

/* What a killed run left goes with the next one; what is another's stays. */
static void leftovers(struct lab *lab)
{
	static const char *const others[] = {
		"rxpath-1", "rxpath-", "rxpath-x", "rxpath-99x", "lab-other",
	};
	char path[128];
	struct stat info;
	pid_t pid;

	mount_tracefs(lab);
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		instance(others[i], path);
		if (mkdir(path, 0700) != 0 && errno != EEXIST)
			lab_die(lab, "%s: %s", path, strerror(errno));
	}
	pid = start_check(lab, "1", "drop");
	kill(pid, SIGKILL);
	lab_wait(pid);
	snprintf(path, sizeof path, INSTANCES "/rxpath-%ld", (long)pid);
	if (stat(path, &info) != 0)
		lab_die(lab, "SIGKILL left nothing behind");
	pid = start_check(lab, "1", "drop");
	if (stat(path, &info) == 0)
		lab_wrong(lab, "what the killed run left is still there");
	kill(pid, SIGINT);
	lab_wait(pid);
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		instance(others[i], path);
		if (rmdir(path) != 0)
			lab_wrong(lab, "%s: %s", others[i], strerror(errno));
	}
	want_nothing_left(lab);
}

/* The bracketed command dies, by itself and of a signal to the program. */
static void command_dies(struct lab *lab)
{
	char errors[256];
	char *argv[] = {(char *)(uintptr_t)lab->program,
			(char[]){"run"},
			(char[]){"--trace"},
			(char[]){"-q"},
			(char[]){"--"},
			(char[]){"sh"},
			(char[]){"-c"},
			NULL,
			NULL};
	struct traced traced = {.report = (char[]){""}};
	pid_t pid;

	mount_tracefs(lab);
	file_of(lab, "traced.err", errors);
	argv[7] = (char[]){"kill -9 $$"};
	traced.status = lab_command(lab, argv, NULL, errors, false);
	want_status(lab, &traced, 128 + SIGKILL);
	want_nothing_left(lab);
	argv[7] = (char[]){"exit 7"};
	traced.status = lab_command(lab, argv, NULL, errors, false);
	want_status(lab, &traced, 7);
	want_nothing_left(lab);
	argv[6] = (char[]){"/nonexistent"};
	argv[5] = argv[6];
	traced.status = lab_command(lab, argv, NULL, errors, false);
	want_status(lab, &traced, 127);
	want_nothing_left(lab);
	argv[5] = (char[]){"sleep"};
	argv[6] = (char[]){"60"};
	argv[7] = NULL;
	pid = lab_spawn(lab, argv, NULL, errors, false);
	lab_sleep_ms(1000);
	kill(pid, SIGHUP);
	traced.status = lab_wait(pid);
	want_status(lab, &traced, 128 + SIGHUP);
	want_nothing_left(lab);
}

/* Not mounted: words and a status, and nothing is mounted for it. */
static void unmounted(struct lab *lab)
{
	char errors[256];
	char *check[] = {(char *)(uintptr_t)lab->program, (char[]){"--trace"}, NULL};
	char *run[] = {(char *)(uintptr_t)lab->program, (char[]){"run"}, (char[]){"--trace"},
		       (char[]){"true"}, NULL};
	struct traced traced = {.report = (char[]){""}};
	struct stat info;

	mount_tracefs(lab);
	if (umount(TRACEFS) != 0 || stat("/sys/kernel/debug/tracing", &info) == 0)
		lab_skip(lab, "tracefs is in more than one place");
	file_of(lab, "traced.err", errors);
	traced.status = lab_command(lab, check, NULL, errors, false);
	want_status(lab, &traced, 2);
	traced.report = slurp(lab, "traced.err");
	want_text(lab, &traced, "mount -t tracefs nodev /sys/kernel/tracing");
	traced.status = lab_command(lab, run, NULL, errors, false);
	want_status(lab, &traced, 125);
	if (stat(INSTANCES, &info) == 0)
		lab_wrong(lab, "it mounted tracefs");
}

static void unprivileged(struct lab *lab)
{
	struct traced traced = {.report = (char[]){""}};
	char errors[256];
	int fd, program;
	pid_t pid;

	mount_tracefs(lab);
	file_of(lab, "traced.err", errors);
	fd = open(errors, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
	/* Opened here: where it lies need not be within an unprivileged user's reach. */
	program = open(lab->program, O_PATH | O_CLOEXEC);
	pid = fork();
	if (pid == 0) {
		char *arguments[] = {(char[]){"rxpath"}, (char[]){"--trace"}, NULL};

		dup2(fd, STDERR_FILENO);
		if (setgid(65534) == 0 && setuid(65534) == 0)
			fexecve(program, arguments, environ);
		dprintf(STDERR_FILENO, "it cannot be run: %s", strerror(errno));
		_exit(77);
	}
	close(fd);
	close(program);
	traced.status = lab_wait(pid);
	traced.report = slurp(lab, "traced.err");
	want_status(lab, &traced, 2);
	want_text(lab, &traced, "root");
}

/* Two at once, and the global instance is as it was. */
static void neighbours(struct lab *lab)
{
	static const char *const files[] = {
		TRACEFS "/tracing_on",	   TRACEFS "/buffer_size_kb",
		TRACEFS "/set_event",	   TRACEFS "/trace_options",
		TRACEFS "/buffer_percent", TRACEFS "/events/skb/kfree_skb/enable",
	};
	char *before[sizeof files / sizeof files[0]];
	struct lab_packet packet;
	struct traced traced;
	uint64_t lost;
	pid_t other;
	int fd;

	mount_tracefs(lab);
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
		before[i] = lab_slurp(files[i]);
	lab_udp4(&packet, PORT, 100);
	fd = lab_receiver(lab, LAB_RX4, PORT, LAB_SMALL);
	other = start_check(lab, "1", "drop");
	start(lab, &traced, "json");
	lost = lab_inject(lab, &packet, MANY);
	finish(lab, &traced);
	lost -= lab_drain(fd);
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		char *now = lab_slurp(files[i]);

		if (before[i] && now && strcmp(before[i], now) != 0)
			lab_wrong(lab, "%s changed", files[i]);
		free(now);
		free(before[i]);
	}
	want_drops(lab, &traced, lost, true, PIECES("SOCKET_RCVBUFF", "\"port\":9977"));
	kill(other, SIGINT);
	if (lab_wait(other) != 1)
		lab_wrong(lab, "the other one saw nothing");
	want_nothing_left(lab);
}

/* Seen from where nothing is lost: the trace says that something was, and how much at least. */
static void elsewhere(struct lab *lab)
{
	struct lab_packet packet;
	struct traced traced;
	uint64_t lost;
	int fd;

	mount_tracefs(lab);
	lab_udp4(&packet, PORT, 100);
	fd = lab_receiver(lab, LAB_RX4, PORT, LAB_SMALL);
	lab_in_tx(lab);
	start(lab, &traced, "json");
	lost = lab_inject(lab, &packet, MANY);
	finish(lab, &traced);
	lab_in_rx(lab);
	lost -= lab_drain(fd);
	if (event(lab, &traced, "elsewhere") < lost)
		lab_wrong(lab, "%" PRIu64 " lost elsewhere, but %s", lost, traced.report);
	if (!strstr(traced.report, "\"lost\":0,\"stages\""))
		lab_wrong(lab, "nothing is lost here, but %s", traced.report);
	lab_in_tx(lab);
	start(lab, &traced, "text");
	lab_inject(lab, &packet, MANY);
	finish(lab, &traced);
	lab_in_rx(lab);
	if (!strstr(traced.report, "nothing lost here") ||
	    !strstr(traced.report, "dropped elsewhere on this host"))
		lab_wrong(lab, "the first line is silent: %s", traced.report);
	want_nothing_left(lab);
}

/* Each of several reports has what happened in its own interval. */
static void repeated(struct lab *lab)
{
	char report[256], errors[256];
	char *argv[] = {(char *)(uintptr_t)lab->program,
			(char[]){"--trace"},
			(char[]){"-i1"},
			(char[]){"-c3"},
			(char[]){"-f"},
			(char[]){"json"},
			NULL};
	struct lab_packet packet;
	struct traced traced = {.report = (char[]){""}};
	uint64_t lost, sum = 0;
	char *rest = NULL, *text;
	pid_t pid;
	int fd;

	mount_tracefs(lab);
	lab_udp4(&packet, PORT, 100);
	fd = lab_receiver(lab, LAB_RX4, PORT, LAB_SMALL);
	file_of(lab, "traced", report);
	file_of(lab, "traced.err", errors);
	pid = lab_spawn(lab, argv, report, errors, false);
	lab_sleep_ms(500);
	lost = lab_inject(lab, &packet, MANY);
	lab_sleep_ms(1000);
	lost += lab_inject(lab, &packet, MANY / 2);
	traced.status = lab_wait(pid);
	lost -= lab_drain(fd);
	text = slurp(lab, "traced");
	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		uint64_t here;

		traced.report = line;
		here = drops(lab, &traced, PIECES("SOCKET_RCVBUFF", "\"port\":9977"));
		if (here > MANY)
			lab_wrong(lab, "%llu in one report", (unsigned long long)here);
		sum += here;
	}
	if (sum != lost)
		lab_wrong(lab, "lost %llu, traced %llu", (unsigned long long)lost,
			  (unsigned long long)sum);
	want_status(lab, &traced, 1);
	free(text);
}

const struct lab_fault lab_trace_faults[] = {
	{.name = "trace-udp4", .run = udp4},
	{.name = "trace-udp6", .run = udp6},
	{.name = "trace-udp-dual", .run = dual},
	{.name = "trace-udp-closed", .run = closed},
	{.name = "trace-udp-memory", .run = memory},
	{.name = "trace-udp-checksum", .run = checksum},
	{.name = "trace-udp-filter", .run = filtered_datagrams},
	{.name = "trace-udp-length", .run = broken_datagrams},
	{.name = "trace-firewall", .run = firewall},
	{.name = "trace-device-unwanted", .run = unwanted},
	{.name = "trace-device-too-long", .run = too_long},
	{.name = "trace-device-both", .run = both},
	{.name = "trace-ethertype", .run = unwanted_type},
	{.name = "trace-martian", .run = martian},
	{.name = "trace-ipsec-policy", .run = ipsec_policy},
	{.name = "trace-vxlan", .run = vxlan},
	{.name = "trace-scan", .run = scan},
	{.name = "trace-tc", .run = tc},
	{.name = "trace-xdp", .run = xdp},
	{.name = "trace-million", .run = million, .seconds = 60},
	{.name = "trace-overrun", .run = overrun, .seconds = 60},
	{.name = "trace-signals", .run = signals, .seconds = 60},
	{.name = "trace-leftovers", .run = leftovers},
	{.name = "trace-command-dies", .run = command_dies},
	{.name = "trace-unmounted", .run = unmounted},
	{.name = "trace-unprivileged", .run = unprivileged},
	{.name = "trace-neighbours", .run = neighbours},
	{.name = "trace-elsewhere", .run = elsewhere},
	{.name = "trace-repeated", .run = repeated},
	{.name = NULL},
};
