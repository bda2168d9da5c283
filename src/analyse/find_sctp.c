/* find_sctp.c: packets that SCTP discarded. */
#include "findings.h"

static bool find_sctp_discards(struct finding_ctx *ctx)
{
	static const char *const names[] = {"SctpInPktDiscards", "SctpOutOfBlues",
					    "SctpChecksumErrors", "SctpInDataChunkDiscards", NULL};
	uint64_t stray = rxpath_moved(ctx, "SctpOutOfBlues");
	uint64_t other = rxpath_moved(ctx, "SctpInPktDiscards");
	uint64_t known = stray + rxpath_moved(ctx, "SctpChecksumErrors");

	other = rxpath_less(other, known);
	if (other == 0 && !rxpath_is_significant(ctx, stray, RXPATH_STAGE_TRANSPORT))
		return false;
	if (other == 0)
		ctx->draft.kind = RXPATH_KIND_REJECT;
	finding_summary(ctx,
			"SCTP discarded %s: %llu of no association here, %llu for another "
			"reason.",
			rxpath_amount(ctx, stray + other, "packet"), (unsigned long long)stray,
			(unsigned long long)other);
	rxpath_show_moved(ctx, names);
	return true;
}

const struct finding_rule rxpath_sctp_findings[] = {
	{
		FINDING("sctp-checksum", TRANSPORT, DROP, rxpath_find_counters),
		.counters = {"SctpChecksumErrors"},
		.unit = "SCTP packet",
		.before = "",
		.after = " had a wrong checksum.",
		.command = "tcpdump -nn -vv -i any sctp",
		.fact.cause = "wrong SCTP checksums",
		.fact.meaning = "SCTP packets had a wrong checksum.",
		.fact.shown = "SctpChecksumErrors.",
		.fact.action = "Damage on the path, a NAT or tunnel that does not correct the "
			       "checksum, or a card's offload; see who sends them: 'tcpdump -nn "
			       "-vv -i any sctp'.",
	},
	{
		FINDING("sctp-discards", TRANSPORT, SUSPECT, find_sctp_discards),
		.command = "ss --sctp -a -n",
		.fact.cause = "SCTP discarded them",
		.fact.meaning = "SCTP discarded packets: they belong to no association here, or a "
				"filter, a policy or a full backlog took them.",
		.fact.shown = "SctpInPktDiscards beyond SctpChecksumErrors and SctpOutOfBlues; or "
			      "SctpOutOfBlues: ten or more, and at least 1 % of the packets "
			      "delivered.",
		.fact.action = "Check with 'ss -S' whether the service listens and who is "
			       "connected; peers that know an association from before a restart "
			       "send such packets.",
	},
	{.find = NULL},
};
