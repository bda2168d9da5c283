/* netlink.c: netlink requests, and their answers datagram by datagram. */
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "netlink.h"

/* More than the kernel ever puts into one datagram of a dump; a larger one gains nothing. */
#define RECEIVE_SIZE ((size_t)32 << 10)

/* The kernel fills a datagram of a dump in about 0.1 ms, but another program that waits for this
 * CPU may have to wait for the next tick, 3 to 4 ms. So in a long answer the other programs go
 * first. */
#define SHORT_ANSWER 2

/* The kernel makes each part of an answer while it is received, so a receive waits only if a
 * part was lost. */
#define TIMEOUT_SECONDS 2

/* Larger numbers are not an errno (include/linux/err.h). */
#define MAX_ERRNO 4095

int rxpath_netlink_open(int protocol)
{
	const struct timeval timeout = {.tv_sec = TIMEOUT_SECONDS};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);

	if (fd >= 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
	return fd;
}

/* The errno in NLMSG_DONE or NLMSG_ERROR, a negative int there; 0: success. EBADMSG: it is no
 * errno. */
static int carried_error(struct rxpath_slice payload)
{
	int value = 0;

	if (payload.len >= sizeof value)
		memcpy(&value, payload.ptr, sizeof value);
	if (value < -MAX_ERRNO)
		return EBADMSG;
	return value < 0 ? -value : 0;
}

/* Whether the datagram ends the answer; then *error tells how. */
static bool ends(struct rxpath_slice datagram, int *error)
{
	struct rxpath_slice payload;
	struct nlmsghdr header;

	while (rxpath_nlmsg_next(&datagram, &header, &payload)) {
		if (header.nlmsg_type == NLMSG_DONE || header.nlmsg_type == NLMSG_ERROR) {
			*error = carried_error(payload);
			return true;
		}
	}
	if (datagram.len < sizeof header)
		return false;
	*error = EBADMSG;
	return true;
}

/* Throws away the rest of an answer, which would be mistaken for the next one. */
static void drain(int fd, char *data, size_t size)
{
	while (recv(fd, data, size, MSG_DONTWAIT) >= 0 || errno == EINTR)
		continue;
}

static bool send_request(int fd, uint16_t type, uint16_t flags, const void *body, size_t len)
{
	struct {
		struct nlmsghdr header;
		unsigned char body[RXPATH_NETLINK_REQUEST];
	} request = {
		.header =
			{
				.nlmsg_len = (uint32_t)NLMSG_LENGTH(len),
				.nlmsg_type = type,
				.nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags),
			},
	};

	errno = EMSGSIZE;
	if (len > sizeof request.body)
		return false;
	memcpy(request.body, body, len);
	return send(fd, &request, request.header.nlmsg_len, 0) >= 0;
}

static int exchange(int fd, uint16_t type, uint16_t flags, const void *request, size_t len,
		    rxpath_netlink_part *part, void *context)
{
	_Alignas(struct nlmsghdr) char data[RECEIVE_SIZE];
	struct rxpath_slice datagram;
	unsigned taken = 0;
	int error = 0;
	bool wanted = true;

	if (!send_request(fd, type, flags, request, len))
		return errno;
	/* The answer is read to its end even when it is no longer wanted: the next one uses the
	 * same socket. */
	for (bool last = false; !last; taken++) {
		ssize_t got;

		if (taken >= SHORT_ANSWER)
			sched_yield();
		got = recv(fd, data, sizeof data, MSG_TRUNC);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0 || (size_t)got > sizeof data) {
			error = got == 0 ? EBADMSG : got > 0 ? EMSGSIZE : errno;
			if (error == EAGAIN || error == EWOULDBLOCK)
				error = ETIMEDOUT;
			drain(fd, data, sizeof data);
			return error;
		}
		datagram = (struct rxpath_slice){data, (size_t)got};
		last = ends(datagram, &error);
		if (wanted && error == 0)
			wanted = part(context, datagram);
	}
	return error != 0 ? error : wanted ? 0 : ECANCELED;
}

int rxpath_netlink_dump(int fd, uint16_t type, const void *request, size_t len,
			rxpath_netlink_part *part, void *context)
{
	return exchange(fd, type, NLM_F_DUMP, request, len, part, context);
}

struct by_message {
	uint16_t type;
	rxpath_netlink_message *take;
	void *context;
};

static bool take_messages(void *context, struct rxpath_slice messages)
{
	const struct by_message *by = context;
	struct rxpath_slice payload;
	struct nlmsghdr header;

	while (rxpath_nlmsg_next(&messages, &header, &payload))
		if (header.nlmsg_type == by->type)
			by->take(by->context, payload);
	return true;
}

int rxpath_netlink_messages(int fd, uint16_t type, const void *request, size_t len, uint16_t answer,
			    rxpath_netlink_message *take, void *context)
{
	struct by_message by = {answer, take, context};

	return rxpath_netlink_dump(fd, type, request, len, take_messages, &by);
}

int rxpath_netlink_ask(int fd, uint16_t type, const void *request, size_t len, uint16_t answer,
		       rxpath_netlink_message *take, void *context)
{
	struct by_message by = {answer, take, context};

	return exchange(fd, type, NLM_F_ACK, request, len, take_messages, &by);
}
