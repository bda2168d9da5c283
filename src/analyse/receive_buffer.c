/* receive_buffer.c: where a socket's receive limit comes from, and what enlarges it. */
#include "findings.h"

/* Where a receive limit comes from: sock_setsockopt doubles what the program asks for, after
 * cutting it to rmem_max, and gives no less than SOCK_MIN_RCVBUF; a program that does not ask gets
 * rmem_default as it is. */
enum origin { NOT_KNOWN, DEFAULT, MINIMUM, ASKED, MAXIMUM, FORCED };

/* SOCK_MIN_RCVBUF is 2048 bytes and a struct sk_buff, which is never larger than this. */
#define MIN_LIMIT (2048u + 384u)

static enum origin origin_of(const struct finding_ctx *ctx, uint32_t limit, uint64_t *max,
			     uint64_t *usual)
{
	*max = *usual = 0;
	if (!rxpath_number_of(ctx, "net.core.rmem_max", max) ||
	    !rxpath_number_of(ctx, "net.core.rmem_default", usual) || limit == RXPATH_UNKNOWN32)
		return NOT_KNOWN;
	return limit == *usual	    ? DEFAULT
	       : limit <= MIN_LIMIT ? MINIMUM
	       : limit / 2 < *max   ? ASKED
	       : limit / 2 == *max  ? MAXIMUM
				    : FORCED;
}

const char *rxpath_limit_origin(const struct finding_ctx *ctx, uint32_t limit)
{
	static const char *const origins[] = {
		[NOT_KNOWN] = "",
		[DEFAULT] = " (the default: the program never asked for more)",
		[MINIMUM] = " (the kernel's minimum: the program asked for less)",
		[ASKED] = " (what the program asked for, doubled by the kernel)",
		[MAXIMUM] = " (twice net.core.rmem_max: the program asked for that or more)",
		[FORCED] = " (above net.core.rmem_max: set with privilege)",
	};
	uint64_t max, usual;

	return origins[origin_of(ctx, limit, &max, &usual)];
}

/* What a datagram of an Ethernet frame takes of the limit, at most: a page for its bytes, and the
 * kernel's own structures. */
#define CHARGE 4608u

/* Suggests at most 64 MiB. */
uint64_t rxpath_enough_for(uint64_t limit, uint64_t lost)
{
	uint64_t most = (uint64_t)64 << 20;
	uint64_t need = rxpath_min(rxpath_sum(limit, rxpath_min(lost, most) * CHARGE), most);
	uint64_t suggested = 4 * rxpath_max(limit, 1024);

	while (suggested < need)
		suggested *= 2;
	return suggested;
}

uint64_t rxpath_enough_slots(uint64_t limit, uint64_t lost, uint64_t least, uint64_t most)
{
	uint64_t need = rxpath_min(rxpath_sum(limit, lost), most);
	uint64_t suggested = rxpath_max(limit * 2, least);

	while (suggested < need)
		suggested *= 2;
	return suggested;
}

/* The limit is not known: sock_diag did not tell it either, where rxpath itself looked. */
static void advise_unknown(struct finding_ctx *ctx, const struct rxpath_socket_line *line)
{
	const char *look = ctx->match.after->version.len > 0
				   ? ""
				   : rxpath_phrase(ctx, "see its limit with 'ss -%camn' (rb); ",
						   rxpath_socket_is_udp(line->socket) ? 'u' : 'w');

	finding_advice(ctx,
		       "%shave %s ask for a larger SO_RCVBUF (at most net.core.rmem_max%s); if it "
		       "never asks, it has net.core.rmem_default%s",
		       look, rxpath_owner_of(ctx, line), rxpath_now(ctx, "net.core.rmem_max"),
		       rxpath_now(ctx, "net.core.rmem_default"));
}

/* A larger buffer holds a larger burst. What helps depends on the setting that limits it; a sysctl
 * never changes an open socket. */
static void advise_default(struct finding_ctx *ctx, const struct rxpath_socket_line *line,
			   unsigned long long max, unsigned long long usual)
{
	const char *owner = rxpath_owner_of(ctx, line);
	uint32_t limit = line->socket->rcvbuf;

	if (limit / 2 >= max)
		finding_advice(ctx,
			       "raise net.core.rmem_max (now %llu) well above %u%s, and only then "
			       "have %s ask for a larger SO_RCVBUF: asking now could shrink its "
			       "buffer",
			       max, limit / 2, rxpath_where(ctx, "net.core.rmem_max"), owner);
	else
		finding_advice(ctx,
			       "have %s ask for a larger SO_RCVBUF (at most %llu): raising "
			       "net.core.rmem_max alone does nothing for a program that does not "
			       "ask",
			       owner, max);
	finding_raise(ctx, "or ", "net.core.rmem_default", rxpath_enough_for(usual, line->delta),
		      ", and restart the program: every new socket may then hold that much kernel "
		      "memory");
}

void rxpath_advise_buffer(struct finding_ctx *ctx, const struct rxpath_socket_line *line)
{
	const char *owner = rxpath_owner_of(ctx, line);
	uint32_t limit = line->socket->rcvbuf;
	uint64_t max, usual;
	enum origin origin = origin_of(ctx, limit, &max, &usual);

	switch (origin) {
	case DEFAULT:
		advise_default(ctx, line, max, usual);
		break;
	case MAXIMUM:
		finding_raise(ctx, "", "net.core.rmem_max", rxpath_enough_for(max, line->delta),
			      rxpath_phrase(ctx,
					    ", and restart %s (open sockets keep their size): each "
					    "socket that asks may then hold twice that",
					    owner));
		break;
	case MINIMUM:
	case ASKED:
		finding_advice(ctx,
			       "have %s ask for more than SO_RCVBUF %u, its own setting; "
			       "net.core.rmem_max (now %llu) is not what limits it",
			       owner, limit / 2, (unsigned long long)max);
		break;
	case FORCED:
		finding_advice(ctx,
			       "have %s ask for more than it does (SO_RCVBUFFORCE): no sysctl "
			       "limits it",
			       owner);
		break;
	case NOT_KNOWN:
		advise_unknown(ctx, line);
		break;
	}
}
