/* rows.c: how long the parsers take for a row of a table of sockets: the text of /proc/net/udp, and
 * what sock_diag sends. */
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "rxpath/parse.h"

#define ROWS 400
#define TIMES 500

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

/* The shortest of many passes over all rows, in nanoseconds a row; -1: it did not parse them. */
static double parse(bool raw, struct rxpath_slice text)
{
	double best = 1e9;

	for (int i = 0; i < TIMES; i++) {
		struct rxpath_builder builder;
		struct rxpath_sample sample;
		struct rxpath_error error = {0};
		double begin;
		bool done;

		rxpath_builder_begin(&builder, &sample,
				     &(struct rxpath_request){.notable_only = true});
		begin = now();
		builder.source = RXPATH_SOURCE_UDP;
		done = (raw ? rxpath_parse_diag : rxpath_parse_sockets)(&builder, text, &error);
		begin = (now() - begin) / ROWS;
		if (!done || sample.record_count != ROWS)
			return -1;
		rxpath_sample_free(&sample);
		best = begin < best ? begin : best;
	}
	return best;
}

int main(void)
{
	struct row {
		struct nlmsghdr header;
		struct inet_diag_msg body;
		struct nlattr attribute;
		uint32_t memory[SK_MEMINFO_DROPS + 1];
	};
	static struct row messages[ROWS];
	static char text[ROWS * 160 + 160];
	size_t len =
		(size_t)sprintf(text, "   sl  local_address rem_address   st tx_queue rx_queue tr "
				      "tm->when retrnsmt   uid  timeout inode ref pointer drops\n");
	double of_text, of_messages;

	for (unsigned i = 0; i < ROWS; i++) {
		len += (size_t)sprintf(text + len,
				       "%5u: %08X:%04X 00000000:0000 07 00000000:00000000 "
				       "00:00000000 00000000  %4u        0 %u 2 "
				       "00000000a1b2c3d4 0\n",
				       i, 0x0100007F, 1024 + i, 1000, 123456 + i);
		messages[i].header.nlmsg_len = sizeof messages[i];
		messages[i].header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
		messages[i].body.idiag_inode = 123456 + i;
		messages[i].body.id.idiag_cookie[0] = 1 + i;
		messages[i].attribute.nla_type = INET_DIAG_SKMEMINFO;
		messages[i].attribute.nla_len =
			sizeof messages[i].attribute + sizeof messages[i].memory;
	}
	of_text = parse(false, (struct rxpath_slice){text, len});
	of_messages = parse(true, (struct rxpath_slice){(const char *)messages, sizeof messages});
	printf("| row | ns | to reach |\n| --- | --- | --- |\n"
	       "| a line of /proc/net/udp | %.0f | 60%s |\n| a message of sock_diag | %.0f | - |\n",
	       of_text, of_text <= 60 ? "" : ", **missed**", of_messages);
	return of_text < 0 || of_messages < 0;
}
