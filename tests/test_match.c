/* test_match.c: the same socket in two samples, also when one of them kept only what may be
 * telling. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "rxpath/analyse.h"
#include "rxpath/builder.h"
#include "rxpath/search.h"

#define MOST 3000

/* A listing: sockets in the order in which they are shown. */
struct listing {
	struct rxpath_socket sockets[MOST];
	size_t count;
};

static struct rxpath_socket socket_of(uint64_t number, uint32_t drops)
{
	return (struct rxpath_socket){
		.cookie = number + 1,
		.inode = 1000 + number,
		.drops = drops,
		.rmem = 0,
		.rcvbuf = 4096,
		.limit = RXPATH_UNKNOWN32,
		.protocol = RXPATH_UDP,
		.v6 = number % 2,
		.local = {.bytes = {127, (uint8_t)(number >> 8), (uint8_t)number, 1}, .port = 53},
	};
}

static void show(struct listing *listing, struct rxpath_socket socket)
{
	assert_true(listing->count < MOST);
	listing->sockets[listing->count++] = socket;
}

enum moment { FIRST, SECOND };

static void read_listing(struct rxpath_sample *sample, const struct listing *listing,
			 enum moment moment, bool selective)
{
	struct rxpath_builder builder;
	/* Nothing of what a protocol counted, which would limit what a new socket may claim. */
	static const enum rxpath_source read[] = {
		RXPATH_SOURCE_NETSTAT,
		RXPATH_SOURCE_UDP,
		RXPATH_SOURCE_UDP6,
	};

	rxpath_builder_begin(&builder, sample,
			     &(struct rxpath_request){.notable_only = selective,
						      .no_records = selective && moment == SECOND});
	for (size_t i = 0; i < sizeof read / sizeof *read; i++)
		sample->sources[read[i]].status = RXPATH_READ;
	for (size_t i = 0; i < listing->count; i++)
		assert_true(rxpath_builder_add_socket(&builder, &listing->sockets[i]));
	rxpath_builder_finish(&builder);
}

struct result {
	struct rxpath_sample before, after;
	struct rxpath_report report;
};

static void compare(struct result *result, const struct listing *before,
		    const struct listing *after, bool selective)
{
	const struct rxpath_criteria criteria = {.fail_on = RXPATH_KIND_DROP};
	struct rxpath_error error = {0};

	*result = (struct result){0};
	if (before)
		read_listing(&result->before, before, FIRST, selective);
	read_listing(&result->after, after, before ? SECOND : FIRST, selective);
	assert_true(rxpath_analyse(before ? &result->before : NULL, &result->after, &criteria,
				   &result->report, &error));
}

static void end(struct result *result)
{
	rxpath_report_free(&result->report);
	rxpath_sample_free(&result->before);
	rxpath_sample_free(&result->after);
}

/* The sum of what the report says that sockets lost. */
static uint64_t lost(const struct result *result)
{
	return result->report.attribution.socket_drops;
}

/* Both ways give the same report; the selective one is left in *result. */
static void compare_both(struct result *result, const struct listing *before,
			 const struct listing *after)
{
	struct result whole;

	compare(&whole, before, after, false);
	compare(result, before, after, true);
	assert_int_equal(lost(result), lost(&whole));
	assert_int_equal(result->report.socket_count, whole.report.socket_count);
	for (size_t i = 0; i < whole.report.socket_count; i++) {
		const struct rxpath_socket_line *one = &result->report.sockets[i];
		const struct rxpath_socket_line *other = &whole.report.sockets[i];

		assert_int_equal(one->delta, other->delta);
		assert_int_equal(one->flags, other->flags);
		assert_int_equal(one->drops_before, other->drops_before);
		assert_int_equal(one->rx_queue_before, other->rx_queue_before);
	}
	end(&whole);
}

static void what_never_lost_is_not_kept(void **state)
{
	static struct listing before, after;
	struct result result;

	(void)state;
	before.count = after.count = 0;
	for (unsigned i = 0; i < 500; i++) {
		show(&before, socket_of(i, i < 3 ? i : 0));
		show(&after, socket_of(i, i < 3 ? i : i == 77 ? 5 : 0));
	}
	after.sockets[200].rmem = 4000;
	compare_both(&result, &before, &after);
	assert_int_equal(result.before.record_count, 500);
	/* Those that lost something once, the one that did now, and the full one. */
	assert_int_equal(result.after.socket_count, 4);
	assert_int_equal(result.after.record_count, 0);
	assert_int_equal(result.report.socket_count, 2);
	assert_int_equal(lost(&result), 5);
	assert_int_equal(result.report.sockets[0].delta, 5);
	assert_int_equal(result.report.sockets[0].flags, 0);
	end(&result);
}

/* Against zero, all that a socket ever lost. */
static void since_boot(void **state)
{
	static struct listing after;
	struct result result;

	(void)state;
	after.count = 0;
	for (unsigned i = 0; i < 100; i++)
		show(&after, socket_of(i, i == 7 ? 3 : 0));
	compare_both(&result, NULL, &after);
	assert_int_equal(result.after.socket_count, 1);
	assert_int_equal(lost(&result), 3);
	end(&result);
}

static void a_long_row_that_closed(void **state)
{
	static struct listing before, after;
	struct result result;

	(void)state;
	before.count = after.count = 0;
	for (unsigned i = 0; i < 2500; i++) {
		show(&before, socket_of(i, i % 2));
		if (i >= 1500 || i < 100)
			show(&after, socket_of(i, i % 500 == 0 ? 1 : i % 2));
	}
	compare_both(&result, &before, &after);
	assert_int_equal(result.after.socket_count, 550 + 3);
	assert_int_equal(lost(&result), 3);
	end(&result);
}

/* In either listing the first showing counts. */
static void a_socket_that_is_shown_twice(void **state)
{
	static struct listing before, after;
	struct result result;

	(void)state;
	before.count = after.count = 0;
	show(&before, socket_of(1, 10));
	show(&before, socket_of(2, 10));
	show(&before, socket_of(2, 12));
	show(&after, socket_of(1, 13));
	show(&after, socket_of(2, 12));
	show(&after, socket_of(1, 15));
	show(&after, socket_of(3, 4));
	show(&after, socket_of(3, 4));
	compare_both(&result, &before, &after);
	assert_int_equal(lost(&result), 3 + 2 + 4);
	assert_int_equal(result.report.socket_count, 3);
	end(&result);
}

/* An inode is used again; a cookie never is. */
static void another_socket_with_the_same_inode(void **state)
{
	static struct listing before, after;
	struct result result;

	(void)state;
	before.count = after.count = 0;
	show(&before, socket_of(1, 10));
	show(&after, socket_of(1, 4));
	after.sockets[0].cookie = 99;
	compare_both(&result, &before, &after);
	assert_int_equal(lost(&result), 4);
	assert_int_equal(result.report.sockets[0].flags, RXPATH_FLAG_NEW);
	end(&result);
	/* Without cookies its port tells. */
	before.sockets[0].cookie = after.sockets[0].cookie = 0;
	after.sockets[0].drops = 12;
	after.sockets[0].local.port = 54;
	compare_both(&result, &before, &after);
	assert_int_equal(lost(&result), 12);
	assert_int_equal(result.report.sockets[0].flags, RXPATH_FLAG_NEW);
	end(&result);
}

/* IPV6_ADDRFORM makes an IPv4 socket of it. */
static void a_socket_that_changes_its_family(void **state)
{
	static struct listing before, after;
	struct result result;

	(void)state;
	before.count = after.count = 0;
	show(&before, socket_of(1, 691));
	show(&after, socket_of(1, 695));
	after.sockets[0].v6 = false;
	compare_both(&result, &before, &after);
	assert_int_equal(lost(&result), 4);
	assert_int_equal(result.report.sockets[0].flags, 0);
	end(&result);
}

/* One side by /proc/net/udp, which knows no cookies; and orphans, which have no inode either. */
static void without_cookies(void **state)
{
	static struct listing before, after;
	struct result result;

	(void)state;
	before.count = after.count = 0;
	for (unsigned i = 0; i < 20; i++) {
		show(&before, socket_of(i, 5));
		before.sockets[i].cookie = 0;
		before.sockets[i].inode = i < 10 ? 0 : before.sockets[i].inode;
		show(&after, socket_of(i, i == 3 || i == 15 ? 6 : 5));
		after.sockets[i].inode = before.sockets[i].inode;
	}
	compare_both(&result, &before, &after);
	assert_int_equal(lost(&result), 2);
	assert_int_equal(result.report.socket_count, 2);
	end(&result);
}

/* Inodes made up to fall on one slot of the table: after 512 of them a socket is taken for new, so
 * that the search stays short. As many processes are told apart: of the others only the sum counts.
 */
static void inodes_of_one_slot(void **state)
{
	static struct listing before, after;
	struct rxpath_error error = {0};
	struct result result;

	(void)state;
	before.count = after.count = 0;
	for (uint64_t inode = 1; after.count < 600; inode++) {
		struct rxpath_socket socket = socket_of(after.count, 10);

		socket.uid = (uint32_t)after.count;
		socket.inode = inode;
		if ((rxpath_hash(RXPATH_UDP, rxpath_socket_identity(&socket)) & 2047) != 5)
			continue;
		show(&before, socket);
		socket.drops = 11;
		show(&after, socket);
	}
	compare(&result, &before, &after, false);
	assert_int_equal(result.report.socket_count, 600);
	assert_int_equal(lost(&result), 512 + 88 * 11);
	assert_true(rxpath_analyse_findings(&result.report, &result.before, &result.after,
					    &result.after, &error));
	assert_int_equal(result.report.process_count, 512);
	assert_int_equal(result.report.processes[0].lost, 11);
	assert_int_equal(result.report.processes[0].thousandths, 7);
	assert_int_equal(result.report.processes[511].lost, 1);
	end(&result);
	/* Nor is one of the first sample found that far, nor is another one taken for it. */
	before.sockets[599].drops = 0;
	before.sockets[0] = before.sockets[599];
	before.count = 1;
	compare(&result, &before, &after, false);
	assert_int_equal(lost(&result), 600 * 11);
	end(&result);
}

/* Sockets come, go, change places and lose packets: both ways tell the same, and what was lost. */
static void whatever_happens(void **state)
{
	static struct listing before, after;

	(void)state;
	srand(7);
	for (int round = 0; round < 200; round++) {
		struct result result;
		uint64_t expected = 0;
		unsigned closing = (unsigned)rand() % 100;

		before.count = after.count = 0;
		for (unsigned i = 0; i < 1000; i++) {
			uint32_t drops = (uint32_t)rand() % 3;
			uint32_t more = rand() % 20 == 0 ? (uint32_t)rand() % 100 : 0;

			show(&before, socket_of(i, drops));
			if ((unsigned)rand() % 100 >= closing) {
				show(&after, socket_of(i, drops + more));
				expected += more;
			}
			if (rand() % 50 == 0) {
				show(&after, socket_of(5000 + i, more));
				expected += more;
			}
		}
		for (unsigned i = round % 4 ? 0 : 20; i > 0 && after.count > 0; i--) {
			size_t a = (size_t)rand() % after.count;
			size_t b = (size_t)rand() % after.count;
			struct rxpath_socket held = after.sockets[a];

			after.sockets[a] = after.sockets[b];
			after.sockets[b] = held;
		}
		compare_both(&result, &before, &after);
		assert_int_equal(lost(&result), expected);
		end(&result);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_never_lost_is_not_kept),
		cmocka_unit_test(since_boot),
		cmocka_unit_test(a_long_row_that_closed),
		cmocka_unit_test(a_socket_that_is_shown_twice),
		cmocka_unit_test(another_socket_with_the_same_inode),
		cmocka_unit_test(a_socket_that_changes_its_family),
		cmocka_unit_test(without_cookies),
		cmocka_unit_test(inodes_of_one_slot),
		cmocka_unit_test(whatever_happens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
