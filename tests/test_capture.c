/* test_capture.c: reading the system when it does not answer as it should, or for too long. */
#include <errno.h>
#include <fcntl.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "../src/capture/capture_internal.h"
#include "support.h"

/* A netlink socket whose other end is the test's. */
static int fake_kernel(int *kernel)
{
	const struct timeval timeout = {.tv_usec = 50000};
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, fds), 0);
	assert_int_equal(setsockopt(fds[0], SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout), 0);
	*kernel = fds[1];
	return fds[0];
}

static void answer(int kernel, uint16_t type, int value)
{
	struct {
		struct nlmsghdr header;
		int value;
	} message = {
		.header = {.nlmsg_len = sizeof message, .nlmsg_type = type},
		.value = value,
	};

	assert_int_equal(send(kernel, &message, sizeof message, 0), sizeof message);
}

static bool count_parts(void *context, struct rxpath_slice messages)
{
	(void)messages;
	++*(unsigned *)context;
	return true;
}

static int dump(int fd, unsigned *parts)
{
	const struct ifinfomsg request = {0};

	*parts = 0;
	return rxpath_netlink_dump(fd, RTM_GETLINK, &request, sizeof request, count_parts, parts);
}

static void an_answer_without_its_end_is_an_error(void **state)
{
	struct timeval timeout;
	socklen_t len = sizeof timeout;
	unsigned parts;
	int kernel;
	int fd = fake_kernel(&kernel);

	(void)state;
	answer(kernel, RTM_NEWLINK, 0);
	assert_int_equal(dump(fd, &parts), ETIMEDOUT);
	assert_int_equal(parts, 1);
	close(fd);
	close(kernel);
	fd = rxpath_netlink_open(NETLINK_ROUTE);
	assert_true(fd >= 0);
	assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, &len), 0);
	assert_true(timeout.tv_sec > 0 && timeout.tv_sec < 10);
	close(fd);
}

static void an_error_that_is_no_errno_is_refused(void **state)
{
	static const struct {
		uint16_t type;
		int value, expected;
	} cases[] = {
		{NLMSG_DONE, 0, 0},
		{NLMSG_DONE, -ENOENT, ENOENT},
		{NLMSG_ERROR, -4095, 4095},
		{NLMSG_ERROR, -4096, EBADMSG},
		{NLMSG_DONE, INT32_MIN, EBADMSG},
	};
	unsigned parts;
	int kernel;
	int fd = fake_kernel(&kernel);

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		answer(kernel, cases[i].type, cases[i].value);
		assert_int_equal(dump(fd, &parts), cases[i].expected);
	}
	close(fd);
	close(kernel);
}

static bool is_due(void *context)
{
	unsigned *left = context;

	return *left == 0 || --*left == 0;
}

/* What the owner walk handed on: the lines of the first section, the errno of the last. */
struct owners {
	char text[65536];
	int error;
};

static bool take_owners(void *context, const struct rxpath_section *section,
			struct rxpath_error *error)
{
	struct owners *owners = context;

	(void)error;
	assert_true(rxpath_slice_is(section->path, "rxpath/owners"));
	if (section->error == 0)
		snprintf(owners->text, sizeof owners->text, "%.*s", (int)section->bytes.len,
			 section->bytes.ptr);
	owners->error = section->error;
	return true;
}

static void walk(struct rxpath_purpose purpose, uint64_t inode, struct owners *owners)
{
	const struct rxpath_target target = {0};
	struct rxpath_error error = {0};
	struct rxpath_capture *capture = rxpath_capture_open(&target, purpose, &error);

	assert_non_null(capture);
	*owners = (struct owners){.error = -1};
	assert_true(rxpath_capture_owners(capture, &inode, 1, take_owners, owners, &error));
	rxpath_capture_close(capture);
}

/* A socket of this process behind so many other descriptors that reading them all takes more than
 * 1 ms. */
#define DESCRIPTORS 900

static void the_owner_walk_ends(void **state)
{
	static struct owners owners;
	unsigned left = 2;
	const struct rxpath_interrupt interrupt = {is_due, &left};
	char own[64];
	struct stat status;
	int first, last;

	(void)state;
	first = last = socket(AF_INET, SOCK_DGRAM, 0);
	assert_true(first >= 0);
	while (last - first < DESCRIPTORS) {
		last = dup(first);
		assert_true(last >= 0);
	}
	assert_int_equal(fstat(first, &status), 0);
	snprintf(own, sizeof own, "%llu %ld ", (unsigned long long)status.st_ino, (long)getpid());
	walk((struct rxpath_purpose){.owner_ms = 60000}, status.st_ino, &owners);
	assert_non_null(strstr(owners.text, own));
	assert_int_not_equal(owners.error, ETIMEDOUT);
	walk((struct rxpath_purpose){.owner_ms = 1}, status.st_ino, &owners);
	assert_int_equal(owners.error, ETIMEDOUT);
	walk((struct rxpath_purpose){.owner_ms = 60000, .interrupt = &interrupt}, status.st_ino,
	     &owners);
	assert_int_equal(owners.error, EINTR);
	for (int fd = first; fd <= last; fd++)
		close(fd);
}

static bool take_nothing(void *context, const struct rxpath_section *section,
			 struct rxpath_error *error)
{
	(void)section;
	(void)error;
	++*(unsigned *)context;
	return true;
}

static void a_sample_can_be_interrupted(void **state)
{
	const struct rxpath_target target = {0};
	struct rxpath_capture *capture;
	struct rxpath_error error = {0};
	unsigned sections = 0, left = 3;
	const struct rxpath_interrupt interrupt = {is_due, &left};

	(void)state;
	capture = rxpath_capture_open(&target, (struct rxpath_purpose){.interrupt = &interrupt},
				      &error);
	assert_non_null(capture);
	assert_false(rxpath_capture_sample(capture, take_nothing, &sections, &error));
	assert_true(sections < 3);
	assert_int_equal(error.kind, RXPATH_ERROR_REFUSED);
	rxpath_capture_close(capture);
}

static void a_file_is_read_up_to_its_limit(void **state)
{
	struct rxpath_buf text = {0};
	unsigned left = 0;
	const struct rxpath_interrupt interrupt = {is_due, &left};
	char name[] = "/tmp/rxpath-test-XXXXXX";
	int fd = mkstemp(name);
	int fds[2];

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "0123456789", 10), 10);
	assert_int_equal(rxpath_read_file(fd, 10, NULL, &text), 0);
	assert_true(rxpath_slice_is(rxpath_buf_view(&text), "0123456789"));
	assert_int_equal(rxpath_read_file(fd, 9, NULL, &text), EFBIG);
	assert_int_equal(rxpath_read_file(fd, 10, &interrupt, &text), EINTR);
	assert_int_equal(rxpath_read_stream(fd, 10, NULL, &text), 0);
	assert_int_equal(text.len, 0);
	close(fd);
	unlink(name);
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], "abc", 3), 3);
	close(fds[1]);
	assert_int_equal(rxpath_read_stream(fds[0], 3, NULL, &text), 0);
	assert_true(rxpath_slice_is(rxpath_buf_view(&text), "abc"));
	assert_int_equal(rxpath_read_file(fds[0], 3, NULL, &text), ESPIPE);
	close(fds[0]);
	rxpath_buf_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_without_its_end_is_an_error),
		cmocka_unit_test(an_error_that_is_no_errno_is_refused),
		cmocka_unit_test(the_owner_walk_ends),
		cmocka_unit_test(a_sample_can_be_interrupted),
		cmocka_unit_test(a_file_is_read_up_to_its_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
