/* lab_kernel.c: the second opinion: what the kernel's own files say of a fault, read
 * independently of the program under test, and as plainly as possible. */
#include <arpa/inet.h>
#include <dirent.h>
#include <inttypes.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lab.h"

#define WORDS 128

static void add(struct lab_values *values, const char *counter, const char *subject, uint64_t value)
{
	struct lab_value *item;

	if (values->count == values->cap) {
		values->cap = values->cap ? values->cap * 2 : 1024;
		values->items = realloc(values->items, values->cap * sizeof *values->items);
		if (!values->items)
			abort();
	}
	item = &values->items[values->count++];
	snprintf(item->counter, sizeof item->counter, "%s", counter);
	snprintf(item->subject, sizeof item->subject, "%s", subject);
	item->value = value;
}

/* As add, onto what is there: sockets that share an address, and rows a CPU. */
static void add_up(struct lab_values *values, const char *counter, const char *subject,
		   uint64_t value)
{
	for (size_t i = 0; i < values->count; i++) {
		struct lab_value *item = &values->items[i];

		if (strcmp(item->counter, counter) == 0 && strcmp(item->subject, subject) == 0) {
			item->value += value;
			return;
		}
	}
	add(values, counter, subject, value);
}

static size_t words_of(char *line, char *words[WORDS])
{
	size_t count = 0;
	char *rest = NULL;

	for (char *word = strtok_r(line, " \t", &rest); word && count < WORDS;
	     word = strtok_r(NULL, " \t", &rest))
		words[count++] = word;
	return count;
}

static void read_pairs(struct lab_values *values, const char *path)
{
	char *text = lab_slurp(path), *rest = NULL;
	char *names[WORDS], *figures[WORDS], name[64];

	for (char *line = text ? strtok_r(text, "\n", &rest) : NULL; line;
	     line = strtok_r(NULL, "\n", &rest)) {
		size_t count = words_of(line, names), group = strcspn(line, ":");

		line = strtok_r(NULL, "\n", &rest);
		if (!line || words_of(line, figures) != count)
			break;
		for (size_t i = 1; i < count; i++) {
			snprintf(name, sizeof name, "%.*s%s", (int)group, names[0], names[i]);
			add(values, name, "-", strtoull(figures[i], NULL, 10));
		}
	}
	free(text);
}

static void read_snmp6(struct lab_values *values)
{
	char *text = lab_slurp("/proc/net/snmp6"), *rest = NULL, *words[WORDS];

	for (char *line = text ? strtok_r(text, "\n", &rest) : NULL; line;
	     line = strtok_r(NULL, "\n", &rest)) {
		if (words_of(line, words) == 2)
			add(values, words[0], "-", strtoull(words[1], NULL, 10));
	}
	free(text);
}

static void read_softnet(struct lab_values *values)
{
	char *text = lab_slurp("/proc/net/softnet_stat"), *rest = NULL, *words[WORDS], cpu[32];
	unsigned row = 0;

	for (char *line = text ? strtok_r(text, "\n", &rest) : NULL; line;
	     line = strtok_r(NULL, "\n", &rest), row++) {
		size_t count = words_of(line, words);

		snprintf(cpu, sizeof cpu, "cpu%lu",
			 count >= 13 ? strtoul(words[12], NULL, 16) : (unsigned long)row);
		add(values, "softnet_dropped", cpu, strtoull(words[1], NULL, 16));
		add(values, "softnet_time_squeeze", cpu, strtoull(words[2], NULL, 16));
		if (count >= 11)
			add(values, "softnet_flow_limit", cpu, strtoull(words[10], NULL, 16));
	}
	free(text);
}

/* How many packets wait for any CPU; older kernels do not tell. */
static unsigned long waiting_for_cpus(void)
{
	char *text = lab_slurp("/proc/net/softnet_stat"), *rest = NULL, *words[WORDS];
	unsigned long waiting = 0;

	for (char *line = text ? strtok_r(text, "\n", &rest) : NULL; line;
	     line = strtok_r(NULL, "\n", &rest)) {
		if (words_of(line, words) >= 13)
			waiting += strtoul(words[11], NULL, 16);
	}
	free(text);
	return waiting;
}

/* Seen empty twice, with some time for the packet that was taken off last. */
void lab_settle(void)
{
	unsigned empty = 0;

	for (unsigned i = 0; i < 1000 && empty < 2; i++) {
		empty = waiting_for_cpus() ? 0 : empty + 1;
		if (empty < 2)
			lab_sleep_ms(1);
	}
}

/* A header of names, then a row of hexadecimal figures for each CPU. */
static void read_stat(struct lab_values *values, const char *path, const char *prefix)
{
	char *text = lab_slurp(path), *rest = NULL, *line;
	char *names[WORDS], *figures[WORDS], name[64];
	size_t count;

	line = text ? strtok_r(text, "\n", &rest) : NULL;
	count = line ? words_of(line, names) : 0;
	while (line && (line = strtok_r(NULL, "\n", &rest))) {
		if (words_of(line, figures) != count)
			break;
		for (size_t i = 0; i < count; i++) {
			if (strcmp(names[i], "entries") == 0)
				continue;
			snprintf(name, sizeof name, "%s%s", prefix, names[i]);
			add_up(values, name, "-", strtoull(figures[i], NULL, 16));
		}
	}
	free(text);
}

static void read_devices(struct lab_values *values)
{
	DIR *devices = opendir("/sys/class/net");
	char path[640];

	for (struct dirent *device; devices && (device = readdir(devices));) {
		DIR *files;

		if (device->d_name[0] == '.')
			continue;
		snprintf(path, sizeof path, "/sys/class/net/%s/statistics", device->d_name);
		files = opendir(path);
		for (struct dirent *file; files && (file = readdir(files));) {
			char *text;

			if (file->d_name[0] == '.' || strstr(file->d_name, "bytes"))
				continue;
			snprintf(path, sizeof path, "/sys/class/net/%s/statistics/%s",
				 device->d_name, file->d_name);
			text = lab_slurp(path);
			if (text)
				add(values, file->d_name, device->d_name, strtoull(text, NULL, 10));
			free(text);
		}
		if (files)
			closedir(files);
	}
	if (devices)
		closedir(devices);
}

/* "0200A8C0:270F", words in the byte order of this machine, as the report writes it. */
static void endpoint(const char *hex, const char *table, char *out, size_t size)
{
	size_t digits = strcspn(hex, ":");
	uint32_t address[4] = {0};
	char text[INET6_ADDRSTRLEN] = "?", word[9];

	for (size_t i = 0; i < digits / 8 && i < 4; i++) {
		snprintf(word, sizeof word, "%.8s", hex + 8 * i);
		address[i] = (uint32_t)strtoul(word, NULL, 16);
	}
	inet_ntop(digits > 8 ? AF_INET6 : AF_INET, address, text, sizeof text);
	snprintf(out, size, digits > 8 ? "%s/[%s]:%lu" : "%s/%s:%lu", table, text,
		 strtoul(hex + digits + 1, NULL, 16));
}

static void read_sockets(struct lab_values *values, const char *table)
{
	char path[64], subject[72], *text, *rest = NULL, *words[WORDS];

	snprintf(path, sizeof path, "/proc/net/%s", table);
	text = lab_slurp(path);
	for (char *line = text ? strtok_r(text, "\n", &rest) : NULL; line;
	     line = strtok_r(NULL, "\n", &rest)) {
		if (words_of(line, words) < 13 || !strchr(words[1], ':'))
			continue;
		endpoint(words[1], table, subject, sizeof subject);
		add_up(values, "sk_drops", subject, strtoull(words[12], NULL, 10));
	}
	free(text);
}

void lab_values_read(struct lab_values *values)
{
	static const char *const tables[] = {
		"udp", "udp6", "udplite", "udplite6", "raw", "raw6", "icmp", "icmp6",
	};

	memset(values, 0, sizeof *values);
	/* The rows that add_up looks for come first, so that it is quick. */
	for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
		read_sockets(values, tables[i]);
	read_stat(values, "/proc/net/stat/nf_conntrack", "nf_conntrack_");
	read_stat(values, "/proc/net/stat/rt_cache", "rt_cache_");
	read_pairs(values, "/proc/net/snmp");
	read_pairs(values, "/proc/net/netstat");
	read_snmp6(values);
	read_softnet(values);
	read_devices(values);
}

const struct lab_value *lab_values_find(const struct lab_values *values, const char *counter,
					const char *subject)
{
	for (size_t i = 0; i < values->count; i++) {
		const struct lab_value *item = &values->items[i];

		if (strcmp(item->counter, counter) == 0 && strcmp(item->subject, subject) == 0)
			return item;
	}
	return NULL;
}

bool lab_has_column(const char *name)
{
	char *text = lab_slurp("/proc/net/snmp");
	char word[64];
	bool found;

	snprintf(word, sizeof word, " %s", name);
	found = text && strstr(text, word);
	free(text);
	return found;
}

/* Whether the kernel counts frames for other hosts: by the length of a device's statistics. */
bool lab_counts_other_hosts(void)
{
	struct {
		struct nlmsghdr header;
		struct ifinfomsg link;
	} request = {
		.header =
			{
				.nlmsg_len = sizeof request,
				.nlmsg_type = RTM_GETLINK,
				.nlmsg_flags = NLM_F_REQUEST,
			},
		.link = {.ifi_index = 1},
	};
	static char answer[1 << 16];
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	ssize_t left = 0;
	const struct nlmsghdr *header = (const struct nlmsghdr *)answer;
	size_t len = 0;

	if (fd >= 0 && send(fd, &request, sizeof request, 0) == (ssize_t)sizeof request)
		left = recv(fd, answer, sizeof answer, 0);
	if (left > 0 && header->nlmsg_type == RTM_NEWLINK) {
		const struct rtattr *attribute = IFLA_RTA(NLMSG_DATA(header));
		size_t rest = header->nlmsg_len - NLMSG_LENGTH(sizeof(struct ifinfomsg));

		for (; RTA_OK(attribute, rest); attribute = RTA_NEXT(attribute, rest)) {
			if (attribute->rta_type == IFLA_STATS64)
				len = RTA_PAYLOAD(attribute);
		}
	}
	if (fd >= 0)
		close(fd);
	return len > offsetof(struct rtnl_link_stats64, rx_nohandler) + sizeof(uint64_t);
}

/* What came in less all that the layer accounts for; kernel-counters 14.3. */
static void add_residual(struct lab_values *moved, const char *name, const char *const terms[],
			 const char *const back[])
{
	const struct lab_value *came = lab_values_find(moved, terms[0], "-");
	int64_t left = came ? (int64_t)came->value : 0;

	for (size_t i = 1; terms[i]; i++) {
		const struct lab_value *gone = lab_values_find(moved, terms[i], "-");

		left -= gone ? (int64_t)gone->value : 0;
	}
	for (size_t i = 0; back[i]; i++) {
		const struct lab_value *made = lab_values_find(moved, back[i], "-");

		left += made ? (int64_t)made->value : 0;
	}
	if (left > 0)
		add(moved, name, "-", (uint64_t)left);
}

void lab_values_moved(const struct lab_values *before, struct lab_values *moved)
{
	static const char *const four[] = {
		"IpInReceives",		"IpInDelivers",	     "IpInHdrErrors",
		"IpInAddrErrors",	"IpInUnknownProtos", "IpInDiscards",
		"IpExtInTruncatedPkts", "IpExtInNoRoutes",   "TcpExtIPReversePathFilter",
		"IpForwDatagrams",	"IpReasmReqds",	     NULL};
	static const char *const six[] = {
		"Ip6InReceives",       "Ip6InDelivers",	     "Ip6InHdrErrors",
		"Ip6InAddrErrors",     "Ip6InUnknownProtos", "Ip6InDiscards",
		"Ip6InTruncatedPkts",  "Ip6InNoRoutes",	     "Ip6InTooBigErrors",
		"Ip6OutForwDatagrams", "Ip6ReasmReqds",	     NULL};
	static const char *const made4[] = {"IpReasmOKs", NULL};
	static const char *const made6[] = {"Ip6ReasmOKs", NULL};
	struct lab_values after;

	lab_values_read(&after);
	memset(moved, 0, sizeof *moved);
	for (size_t i = 0; i < after.count; i++) {
		const struct lab_value *now = &after.items[i];
		const struct lab_value *then = lab_values_find(before, now->counter, now->subject);
		uint64_t was = then ? then->value : 0;

		if (now->value != was)
			add(moved, now->counter, now->subject, now->value - was);
	}
	lab_values_free(&after);
	add_residual(moved, "ip_residual", four, made4);
	add_residual(moved, "ip6_residual", six, made6);
}

void lab_values_free(struct lab_values *values)
{
	free(values->items);
	memset(values, 0, sizeof *values);
}
