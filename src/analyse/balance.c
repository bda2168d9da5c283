/* balance.c: packets that IP counts where they enter a part of its path, and not where they leave
 * it.
 *
 * Lower bounds: as little as possible entered and as much as possible left, within what the time
 * between the readings allows. Under a steady load without a fault they are zero. */
#include "steps.h"

/* Packets that one NAPI poll hands to IP together: received, and for a moment neither delivered nor
 * lost. Only while packets keep coming during the reading itself can there be any. */
#define IN_FLIGHT 64

struct terms {
	const char *received;
	const char *fragments;	 /* each enters as a packet of its own ... */
	const char *reassembled; /* ... and leaves as part of one of these */
	enum rxpath_accounts input;

	/* The kernel counts a packet as forwarded before the FORWARD hook, and each packet that it
	 * hands to a device, its own ones too, after the POSTROUTING hook (Linux 6.8). */
	const char *forwarded;
	const char *own;
	const char *transmitted;
	const char *discarded;
	enum rxpath_accounts output;
};

static const struct terms families[] = {
	[RXPATH_IPV4] =
		{
			.received = "IpInReceives",
			.fragments = "IpReasmReqds",
			.reassembled = "IpReasmOKs",
			.input = RXPATH_ACCOUNTS_IPV4_INPUT,
			.forwarded = "IpForwDatagrams",
			.own = "IpOutRequests",
			.transmitted = "IpOutTransmits",
			.discarded = "IpOutDiscards",
			.output = RXPATH_ACCOUNTS_IPV4_OUTPUT,
		},
	[RXPATH_IPV6] =
		{
			.received = "Ip6InReceives",
			.fragments = "Ip6ReasmReqds",
			.reassembled = "Ip6ReasmOKs",
			.input = RXPATH_ACCOUNTS_IPV6_INPUT,
			.forwarded = "Ip6OutForwDatagrams",
			.own = "Ip6OutRequests",
			.transmitted = "Ip6OutTransmits",
			.discarded = "Ip6OutDiscards",
			.output = RXPATH_ACCOUNTS_IPV6_OUTPUT,
		},
};

static uint64_t in_flight(struct change change)
{
	return change.min != change.delta || change.max != change.delta ? IN_FLIGHT : 0;
}

/* Under a load like this a CPU may be held up in the middle of a packet (a virtual one, by its
 * host), so that not even a second reading shows that packets keep coming. */
#define LOAD 2000

uint64_t rxpath_held_up(const struct match *match, uint64_t came)
{
	return came >= LOAD ? rxpath_max(match->after->cpu_count, 1) : 0;
}

/* What is missing, unless CPUs may be holding it; with little traffic they hold nothing. */
static uint64_t beyond_held_up(const struct match *match, struct change came, uint64_t missing)
{
	return missing <= rxpath_held_up(match, came.delta) ? 0 : missing;
}

struct bounds rxpath_taken_on_input(const struct match *match, enum rxpath_family family)
{
	const struct terms *terms = &families[family];
	struct change received = rxpath_change_of(match, terms->received);
	struct change whole = rxpath_change_of(match, terms->reassembled);
	struct change parts = rxpath_change_of(match, terms->fragments);
	struct bounds out;

	/* Most namespaces of a host are idle. */
	if (received.max == 0 && whole.max == 0)
		return (struct bounds){0, 0};
	out = rxpath_accounted(match, terms->input);
	out.min = rxpath_sum(out.min, parts.min);
	out.max = rxpath_sum(out.max, rxpath_sum(parts.max, in_flight(received)));
	return (struct bounds){
		.min = beyond_held_up(match, received,
				      rxpath_less(rxpath_sum(received.min, whole.min), out.max)),
		.max = rxpath_less(rxpath_sum(received.max, whole.max), out.min),
	};
}

bool rxpath_counts_twice(const struct match *match, enum rxpath_family family)
{
	const struct terms *terms = &families[family];
	uint64_t in = rxpath_sum(rxpath_change_of(match, terms->received).max,
				 rxpath_change_of(match, terms->reassembled).max);
	uint64_t out = rxpath_change_of(match, terms->fragments).min;

	out = rxpath_sum(out, rxpath_accounted(match, terms->input).min);
	return out > in;
}

uint64_t rxpath_taken_when_forwarded(const struct match *match, enum rxpath_family family)
{
	const struct terms *terms = &families[family];
	struct change forwarded = rxpath_change_of(match, terms->forwarded);
	struct change sent = rxpath_change_of(match, terms->transmitted);
	uint64_t in = rxpath_sum(forwarded.min, rxpath_change_of(match, terms->own).min);
	uint64_t out = rxpath_sum(sent.max, in_flight(forwarded));

	/* The kernel lacks this column: a host that forwards has sent something since boot. */
	if (sent.after == 0)
		return 0;
	out = rxpath_sum(out, rxpath_accounted(match, terms->output).max);
	in = beyond_held_up(match, forwarded, rxpath_less(in, out));
	/* The rest may be this host's own packets. */
	return rxpath_min(in, forwarded.delta);
}

uint64_t rxpath_own_not_sent(const struct match *match, enum rxpath_family family)
{
	const struct terms *terms = &families[family];
	struct change sent = rxpath_change_of(match, terms->transmitted);
	uint64_t discarded = rxpath_change_of(match, terms->discarded).max;
	uint64_t own = rxpath_change_of(match, terms->own).max;

	/* TCP's own packets that a rule or the connection table refused are in no other counter. */
	if (sent.after == 0 || rxpath_change_of(match, terms->forwarded).max > 0)
		return discarded;
	return rxpath_max(rxpath_less(own, sent.min), discarded);
}
