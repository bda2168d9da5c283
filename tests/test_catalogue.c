/* test_catalogue.c: the table is whole and in order, and tells losses from the rest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rxpath/catalogue.h"
#include "rxpath/lossy.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct rxpath_slice slice(const char *string)
{
	return (struct rxpath_slice){ string, strlen(string) };
}

static const struct rxpath_counter *find(const char *name)
{
	return rxpath_catalogue_find(slice(name));
}

/* Takes the next word off *rest into `word`, behind `prefix`. */
static bool next_word(const char **rest, const char *prefix, char *word, size_t size)
{
	size_t before = strlen(prefix);
	size_t len;

	*rest += strspn(*rest, " ");
	len = strcspn(*rest, " ");
	if (len == 0)
		return false;
	assert_true(before + len < size);
	memcpy(word, prefix, before);
	memcpy(word + before, *rest, len);
	word[before + len] = '\0';
	*rest += len;
	return true;
}

static void sorted_and_unique(void **state)
{
	(void)state;
	assert_true(rxpath_catalogue_size() > 150);
	for (size_t i = 1; i < rxpath_catalogue_size(); i++) {
		const char *a = rxpath_catalogue_at(i - 1)->name;
		const char *b = rxpath_catalogue_at(i)->name;

		if (strcmp(a, b) >= 0)
			fail_msg("%s stands before %s", a, b);
	}
	assert_null(rxpath_catalogue_at(rxpath_catalogue_size()));
	assert_null(rxpath_catalogue_at(SIZE_MAX));
}

/* A name that just fills its place would run on into the next field. */
static void names_end(void **state)
{
	(void)state;
	for (size_t i = 0; i < rxpath_catalogue_size(); i++) {
		const struct rxpath_counter *row = rxpath_catalogue_at(i);

		if (!memchr(row->name, '\0', sizeof row->name))
			fail_msg("%.*s has no end", (int)sizeof row->name, row->name);
	}
}

/* A report's columns and lines hold as long as no text can break them. */
static void check_text(const char *name, const char *field, const char *text, bool sentence)
{
	size_t len;

	if (text == NULL)
		fail_msg("%s: %s is NULL", name, field);
	len = strlen(text);
	for (size_t i = 0; i < len; i++)
		if (text[i] < ' ' || text[i] > '~')
			fail_msg("%s: %s has byte %d", name, field, text[i]);
	if (strstr(text, "  ") != NULL || text[0] == ' ' || (len > 0 && text[len - 1] == ' '))
		fail_msg("%s: %s has a blank too many", name, field);
	if (sentence && (len == 0 || text[len - 1] != '.'))
		fail_msg("%s: %s is no sentence", name, field);
	if (len > 300)
		fail_msg("%s: %s has %zu bytes", name, field, len);
}

static void texts_are_plain(void **state)
{
	static const char *const scopes[] = {
		"CPU", "device", "host", "network namespace", "socket",
	};

	(void)state;
	for (size_t i = 0; i < rxpath_catalogue_size(); i++) {
		const struct rxpath_counter *row = rxpath_catalogue_at(i);
		bool traffic = row->kind == RXPATH_KIND_TRAFFIC;
		size_t scope = 0;

		check_text("a row", "name", row->name, false);
		assert_true(row->name[0] != '\0');
		assert_null(strpbrk(row->name, " :=,*?[]"));
		check_text(row->name, "scope", row->scope, false);
		check_text(row->name, "since", row->since, false);
		check_text(row->name, "meaning", row->meaning, true);
		check_text(row->name, "action", row->action, !traffic);
		check_text(row->name, "kernel", row->kernel, false);
		if (traffic)
			assert_string_equal(row->action, "");
		assert_true(row->kernel[0] != '\0');
		if (strcmp(row->since, "2.6.32 or before") != 0)
			assert_int_equal(strspn(row->since, "0123456789."), strlen(row->since));
		assert_true(row->since[0] != '\0');
		while (scope < COUNT(scopes) && strcmp(scopes[scope], row->scope) != 0)
			scope++;
		if (scope == COUNT(scopes))
			fail_msg("%s: scope '%s'", row->name, row->scope);
	}
}

static void enums_are_in_range(void **state)
{
	(void)state;
	for (size_t i = 0; i < rxpath_catalogue_size(); i++) {
		const struct rxpath_counter *row = rxpath_catalogue_at(i);

		assert_true((size_t)row->stage < RXPATH_STAGES);
		assert_true((size_t)row->kind < RXPATH_KINDS);
		assert_true((size_t)row->source < RXPATH_SOURCES);
		assert_true(row->width <= RXPATH_WIDTH_32);
		assert_true(row->shape <= RXPATH_SHAPE_GAUGE);
		/* A level has no difference, so it can lose nothing. */
		if (row->shape == RXPATH_SHAPE_GAUGE && row->kind != RXPATH_KIND_PRESSURE &&
		    row->kind != RXPATH_KIND_TRAFFIC)
			fail_msg("%s: a gauge that loses packets", row->name);
	}
}

static void within_leads_up(void **state)
{
	(void)state;
	for (size_t i = 0; i < rxpath_catalogue_size(); i++) {
		const struct rxpath_counter *row = rxpath_catalogue_at(i);
		size_t steps = 0;

		while (row->within != NULL) {
			const struct rxpath_counter *parent = find(row->within);

			if (parent == NULL)
				fail_msg("%s: within %s, which is no row", row->name, row->within);
			if (parent->shape != RXPATH_SHAPE_COUNTER ||
			    row->shape != RXPATH_SHAPE_COUNTER)
				fail_msg("%s: within %s: a gauge", row->name, parent->name);
			if (parent->kind == RXPATH_KIND_TRAFFIC)
				fail_msg("%s: within %s: traffic", row->name, parent->name);
			row = parent;
			if (++steps > rxpath_catalogue_size())
				fail_msg("%s: within itself", row->name);
		}
	}
}

static void finds_each_and_nothing_else(void **state)
{
	char word[128];

	(void)state;
	for (size_t i = 0; i < rxpath_catalogue_size(); i++) {
		const struct rxpath_counter *row = rxpath_catalogue_at(i);
		size_t len = strlen(row->name);
		/* Without a NUL behind it, so that a read past the end is seen. */
		char *exact = malloc(len);
		struct rxpath_slice name = { exact, len };

		assert_non_null(exact);
		memcpy(exact, row->name, len);
		assert_ptr_equal(rxpath_catalogue_find(name), row);
		free(exact);

		assert_true(len + 2 < sizeof(word));
		memcpy(word, row->name, len);
		word[len] = '\0';
		name = (struct rxpath_slice){ word, len + 1 };
		assert_null(rxpath_catalogue_find(name));
		word[len] = '~';
		assert_null(rxpath_catalogue_find(name));
		word[0] = (char)(word[0] ^ 0x80);
		name.len = len;
		assert_null(rxpath_catalogue_find(name));
	}
	assert_null(find(""));
	assert_null(find("UdpRcvbufError"));
	assert_null(find("udprcvbuferrors"));
	assert_null(find("!"));
	assert_null(find("~"));
	assert_null(rxpath_catalogue_find((struct rxpath_slice){ NULL, 0 }));
}

/* A row with another file's source would be read nowhere and wrap wrongly. The longest prefix that
 * fits stands first. */
static void families_agree(void **state)
{
	static const struct {
		const char *prefix;
		enum rxpath_source source;
		enum rxpath_width width;
		const char *scope;
	} families[] = {
		{ "Icmp6", RXPATH_SOURCE_SNMP6, RXPATH_WIDTH_LONG, "network namespace" },
		{ "Icmp", RXPATH_SOURCE_SNMP, RXPATH_WIDTH_LONG, "network namespace" },
		{ "Ip6", RXPATH_SOURCE_SNMP6, RXPATH_WIDTH_64, "network namespace" },
		{ "IpExt", RXPATH_SOURCE_NETSTAT, RXPATH_WIDTH_64, "network namespace" },
		{ "Ip", RXPATH_SOURCE_SNMP, RXPATH_WIDTH_64, "network namespace" },
		{ "MPTcpExt", RXPATH_SOURCE_NETSTAT, RXPATH_WIDTH_LONG, "network namespace" },
		{ "TcpExt", RXPATH_SOURCE_NETSTAT, RXPATH_WIDTH_LONG, "network namespace" },
		{ "Tcp", RXPATH_SOURCE_SNMP, RXPATH_WIDTH_LONG, "network namespace" },
		{ "Udp6", RXPATH_SOURCE_SNMP6, RXPATH_WIDTH_LONG, "network namespace" },
		{ "UdpLite6", RXPATH_SOURCE_SNMP6, RXPATH_WIDTH_LONG, "network namespace" },
		{ "Udp", RXPATH_SOURCE_SNMP, RXPATH_WIDTH_LONG, "network namespace" },
		{ "dev_", RXPATH_SOURCE_DEV, RXPATH_WIDTH_64, "device" },
		{ "ip6_residual", RXPATH_SOURCE_SNMP6, RXPATH_WIDTH_64, "network namespace" },
		{ "ip_residual", RXPATH_SOURCE_SNMP, RXPATH_WIDTH_64, "network namespace" },
		{ "multicast", RXPATH_SOURCE_LINK, RXPATH_WIDTH_64, "device" },
		{ "nf_conntrack_", RXPATH_SOURCE_CONNTRACK, RXPATH_WIDTH_32, "network namespace" },
		{ "rt_cache_", RXPATH_SOURCE_RT_CACHE, RXPATH_WIDTH_32, "host" },
		{ "rx_", RXPATH_SOURCE_LINK, RXPATH_WIDTH_64, "device" },
		{ "sk_accept_queue", RXPATH_SOURCE_TCP, RXPATH_WIDTH_32, "socket" },
		{ "sk_", RXPATH_SOURCE_UDP, RXPATH_WIDTH_32, "socket" },
		{ "softnet_", RXPATH_SOURCE_SOFTNET, RXPATH_WIDTH_32, "CPU" },
		{ "trace.", RXPATH_SOURCE_TRACE, RXPATH_WIDTH_64, "host" },
	};

	(void)state;
	for (size_t i = 0; i < rxpath_catalogue_size(); i++) {
		const struct rxpath_counter *row = rxpath_catalogue_at(i);
		size_t f = 0;

		while (f < COUNT(families) &&
		       strncmp(row->name, families[f].prefix, strlen(families[f].prefix)) != 0)
			f++;
		if (f == COUNT(families))
			fail_msg("%s: of no known family", row->name);
		if (row->source != families[f].source || row->width != families[f].width ||
		    strcmp(row->scope, families[f].scope) != 0)
			fail_msg("%s: source, width or scope", row->name);
	}
}

/* What makes a report fail is a promise: a row that changes its kind has to change it here too. */
static void kinds_are_as_promised(void **state)
{
	static const struct {
		enum rxpath_kind kind;
		const char *names;
	} promised[] = {
		{ RXPATH_KIND_DROP,
		  "rx_missed_errors rx_fifo_errors rx_over_errors rx_crc_errors rx_frame_errors "
		  "rx_length_errors rx_errors dev_errs dev_fifo dev_frame softnet_dropped "
		  "softnet_flow_limit nf_conntrack_drop nf_conntrack_insert_failed "
		  "nf_conntrack_chainlength IpInHdrErrors IpExtInCsumErrors IpExtInTruncatedPkts "
		  "IpInDiscards IpReasmFails IpReasmTimeout IpExtReasmOverlaps Ip6InHdrErrors "
		  "Ip6InTruncatedPkts Ip6ReasmFails Ip6ReasmTimeout UdpInErrors UdpInCsumErrors "
		  "UdpRcvbufErrors UdpMemErrors Udp6InErrors Udp6InCsumErrors Udp6RcvbufErrors "
		  "Udp6MemErrors UdpLiteInErrors UdpLiteInCsumErrors UdpLiteRcvbufErrors "
		  "UdpLiteMemErrors UdpLite6InErrors UdpLite6InCsumErrors UdpLite6RcvbufErrors "
		  "UdpLite6MemErrors TcpInErrs TcpInCsumErrors IcmpInCsumErrors Icmp6InCsumErrors "
		  "TcpExtListenOverflows TcpExtListenDrops TcpExtTCPReqQFullDrop "
		  "TcpExtTCPBacklogDrop TcpExtTCPRcvQDrop TcpExtTCPZeroWindowDrop "
		  "TcpExtTCPOFODrop TcpExtRcvPruned TcpExtOfoPruned TcpExtPFMemallocDrop "
		  "sk_drops" },
		{ RXPATH_KIND_SUSPECT, "rx_dropped dev_drop Ip6InDiscards MPTcpExtRcvPruned" },
		{ RXPATH_KIND_PRESSURE,
		  "softnet_time_squeeze nf_conntrack_early_drop nf_conntrack_search_restart "
		  "TcpExtPruneCalled TcpExtTCPRcvCollapsed TcpExtTCPReqQFullDoCookies "
		  "TcpExtSyncookiesSent TcpExtTCPAbortOnMemory TcpExtTCPTimeWaitOverflow "
		  "TcpExtTCPFastOpenListenOverflow TcpExtTCPMemoryPressures sk_rx_queue "
		  "sk_accept_queue" },
		{ RXPATH_KIND_REJECT,
		  "rx_nohandler rx_otherhost_dropped nf_conntrack_invalid nf_conntrack_error "
		  "nf_conntrack_icmp_error ip_residual ip6_residual IpInAddrErrors "
		  "IpExtInNoRoutes IpInUnknownProtos Ip6InAddrErrors Ip6InNoRoutes "
		  "Ip6InUnknownProtos Ip6InTooBigErrors TcpExtIPReversePathFilter "
		  "rt_cache_in_martian_src rt_cache_in_martian_dst rt_cache_in_no_route UdpNoPorts "
		  "Udp6NoPorts UdpLiteNoPorts UdpLite6NoPorts UdpIgnoredMulti Udp6IgnoredMulti "
		  "UdpLiteIgnoredMulti IcmpInErrors Icmp6InErrors TcpExtTCPMinTTLDrop "
		  "TcpExtTCPDeferAcceptDrop TcpExtPAWSActive TcpExtPAWSPassive TcpExtPAWSEstab "
		  "TcpExtPAWSOldAck TcpExtPAWSTimewait TcpExtTSEcrRejected TcpExtBeyondWindow "
		  "TcpExtOutOfWindowIcmps TcpExtLockDroppedIcmps TcpExtSyncookiesFailed "
		  "TcpExtTCPMD5NotFound TcpExtTCPMD5Unexpected TcpExtTCPMD5Failure "
		  "TcpExtTCPAORequired TcpExtTCPAOBad TcpExtTCPAOKeyNotFound "
		  "TcpExtTCPAODroppedIcmps trace.IP_INVALID_DEST trace.IP_INVALID_SOURCE "
		  "trace.IP_LOCALNET trace.IP_LOCAL_SOURCE trace.NETFILTER_DROP trace.TC_INGRESS "
		  "trace.UNICAST_IN_L2_MULTICAST trace.XDP trace.XFRM_POLICY" },
	};
	size_t rest = 0;

	(void)state;
	for (size_t i = 0; i < rxpath_catalogue_size(); i++)
		rest += rxpath_catalogue_at(i)->kind != RXPATH_KIND_TRAFFIC;
	for (size_t i = 0; i < COUNT(promised); i++) {
		const char *names = promised[i].names;
		char word[128];

		for (; next_word(&names, "", word, sizeof(word)); rest--) {
			const struct rxpath_counter *row = find(word);

			if (row == NULL)
				fail_msg("%s: no such row", word);
			if (row->kind != promised[i].kind)
				fail_msg("%s: kind %s", word, rxpath_kind_name(row->kind));
		}
	}
	/* None has a kind that is not promised. */
	assert_int_equal(rest, 0);
}

static void overlaps_are_as_promised(void **state)
{
	static const char *const pairs[][2] = {
		{ "Icmp6InCsumErrors", "Icmp6InErrors" },
		{ "IcmpInCsumErrors", "IcmpInErrors" },
		{ "Ip6ReasmTimeout", "Ip6ReasmFails" },
		{ "IpExtInCsumErrors", "IpInHdrErrors" },
		{ "IpExtReasmOverlaps", "IpReasmFails" },
		{ "IpReasmTimeout", "IpReasmFails" },
		{ "TcpExtIPReversePathFilter", "rt_cache_in_martian_src" },
		{ "TcpExtListenOverflows", "TcpExtListenDrops" },
		{ "TcpExtPFMemallocDrop", "UdpInErrors" },
		{ "TcpExtTCPOFODrop", "TcpExtRcvPruned" },
		{ "TcpExtTCPRcvQDrop", "TcpExtRcvPruned" },
		{ "TcpExtTCPReqQFullDrop", "TcpExtListenDrops" },
		{ "TcpInCsumErrors", "TcpInErrs" },
		{ "Udp6InCsumErrors", "Udp6InErrors" },
		{ "Udp6MemErrors", "Udp6InErrors" },
		{ "Udp6RcvbufErrors", "Udp6InErrors" },
		{ "UdpInCsumErrors", "UdpInErrors" },
		{ "UdpLite6InCsumErrors", "UdpLite6InErrors" },
		{ "UdpLite6MemErrors", "UdpLite6InErrors" },
		{ "UdpLite6RcvbufErrors", "UdpLite6InErrors" },
		{ "UdpLiteInCsumErrors", "UdpLiteInErrors" },
		{ "UdpLiteMemErrors", "UdpLiteInErrors" },
		{ "UdpLiteRcvbufErrors", "UdpLiteInErrors" },
		{ "UdpMemErrors", "UdpInErrors" },
		{ "UdpRcvbufErrors", "UdpInErrors" },
		{ "dev_frame", "dev_errs" },
		{ "nf_conntrack_chainlength", "nf_conntrack_insert_failed" },
		{ "nf_conntrack_insert_failed", "nf_conntrack_drop" },
		{ "rx_crc_errors", "rx_errors" },
		{ "rx_frame_errors", "rx_errors" },
		{ "rx_length_errors", "rx_errors" },
		{ "rx_missed_errors", "rx_fifo_errors" },
		{ "rx_over_errors", "rx_errors" },
		{ "softnet_flow_limit", "softnet_dropped" },
	};
	size_t found = 0;

	(void)state;
	for (size_t i = 0; i < rxpath_catalogue_size(); i++) {
		const struct rxpath_counter *row = rxpath_catalogue_at(i);

		if (row->within == NULL)
			continue;
		if (found == COUNT(pairs))
			fail_msg("%s: within %s is not promised", row->name, row->within);
		assert_string_equal(row->name, pairs[found][0]);
		assert_string_equal(row->within, pairs[found][1]);
		found++;
	}
	assert_int_equal(found, COUNT(pairs));
}

/* Every name that a 6.18 kernel prints, and others of older ones: each is known or harmless, so
 * that no report shows it as unclassified. "" stands before names that are whole. */
static const struct {
	const char *family;
	const char *names;
} printed[] = {
	{ "Ip",
	  "Forwarding DefaultTTL InReceives InHdrErrors InAddrErrors ForwDatagrams "
	  "InUnknownProtos InDiscards InDelivers OutRequests OutDiscards "
	  "OutNoRoutes ReasmTimeout ReasmReqds ReasmOKs ReasmFails FragOKs "
	  "FragFails FragCreates OutTransmits" },
	{ "Icmp",
	  "InMsgs InErrors InCsumErrors InDestUnreachs InTimeExcds InParmProbs "
	  "InSrcQuenchs InRedirects InEchos InEchoReps InTimestamps "
	  "InTimestampReps InAddrMasks InAddrMaskReps OutMsgs OutErrors "
	  "OutRateLimitGlobal OutRateLimitHost OutDestUnreachs OutTimeExcds "
	  "OutParmProbs OutSrcQuenchs OutRedirects OutEchos OutEchoReps "
	  "OutTimestamps OutTimestampReps OutAddrMasks OutAddrMaskReps" },
	{ "IcmpMsg",
	  "InType3" },
	{ "Tcp",
	  "RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens "
	  "AttemptFails EstabResets CurrEstab InSegs OutSegs RetransSegs InErrs "
	  "OutRsts InCsumErrors" },
	{ "Udp",
	  "InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors "
	  "InCsumErrors IgnoredMulti MemErrors" },
	{ "UdpLite",
	  "InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors "
	  "InCsumErrors IgnoredMulti MemErrors" },
	{ "TcpExt",
	  "SyncookiesSent SyncookiesRecv SyncookiesFailed EmbryonicRsts "
	  "PruneCalled RcvPruned OfoPruned OutOfWindowIcmps LockDroppedIcmps "
	  "ArpFilter TW TWRecycled TWKilled PAWSActive PAWSEstab BeyondWindow "
	  "TSEcrRejected PAWSOldAck PAWSTimewait DelayedACKs DelayedACKLocked "
	  "DelayedACKLost ListenOverflows ListenDrops TCPHPHits TCPPureAcks "
	  "TCPHPAcks TCPRenoRecovery TCPSackRecovery TCPSACKReneging "
	  "TCPSACKReorder TCPRenoReorder TCPTSReorder TCPFullUndo TCPPartialUndo "
	  "TCPDSACKUndo TCPLossUndo TCPLostRetransmit TCPRenoFailures "
	  "TCPSackFailures TCPLossFailures TCPFastRetrans TCPSlowStartRetrans "
	  "TCPTimeouts TCPLossProbes TCPLossProbeRecovery TCPRenoRecoveryFail "
	  "TCPSackRecoveryFail TCPRcvCollapsed TCPBacklogCoalesce TCPDSACKOldSent "
	  "TCPDSACKOfoSent TCPDSACKRecv TCPDSACKOfoRecv TCPAbortOnData "
	  "TCPAbortOnClose TCPAbortOnMemory TCPAbortOnTimeout TCPAbortOnLinger "
	  "TCPAbortFailed TCPMemoryPressures TCPMemoryPressuresChrono "
	  "TCPSACKDiscard TCPDSACKIgnoredOld TCPDSACKIgnoredNoUndo TCPSpuriousRTOs "
	  "TCPMD5NotFound TCPMD5Unexpected TCPMD5Failure TCPSackShifted "
	  "TCPSackMerged TCPSackShiftFallback TCPBacklogDrop PFMemallocDrop "
	  "TCPMinTTLDrop TCPDeferAcceptDrop IPReversePathFilter "
	  "TCPTimeWaitOverflow TCPReqQFullDoCookies TCPReqQFullDrop TCPRetransFail "
	  "TCPRcvCoalesce TCPOFOQueue TCPOFODrop TCPOFOMerge TCPChallengeACK "
	  "TCPSYNChallenge TCPFastOpenActive TCPFastOpenActiveFail "
	  "TCPFastOpenPassive TCPFastOpenPassiveFail TCPFastOpenListenOverflow "
	  "TCPFastOpenCookieReqd TCPFastOpenBlackhole TCPSpuriousRtxHostQueues "
	  "BusyPollRxPackets TCPAutoCorking TCPFromZeroWindowAdv "
	  "TCPToZeroWindowAdv TCPWantZeroWindowAdv TCPSynRetrans TCPOrigDataSent "
	  "TCPHystartTrainDetect TCPHystartTrainCwnd TCPHystartDelayDetect "
	  "TCPHystartDelayCwnd TCPACKSkippedSynRecv TCPACKSkippedPAWS "
	  "TCPACKSkippedSeq TCPACKSkippedFinWait2 TCPACKSkippedTimeWait "
	  "TCPACKSkippedChallenge TCPWinProbe TCPKeepAlive TCPMTUPFail "
	  "TCPMTUPSuccess TCPDelivered TCPDeliveredCE TCPAckCompressed "
	  "TCPZeroWindowDrop TCPRcvQDrop TCPWqueueTooBig TCPFastOpenPassiveAltKey "
	  "TcpTimeoutRehash TcpDuplicateDataRehash TCPDSACKRecvSegs "
	  "TCPDSACKIgnoredDubious TCPMigrateReqSuccess TCPMigrateReqFailure "
	  "TCPPLBRehash TCPAORequired TCPAOBad TCPAOKeyNotFound TCPAOGood "
	  "TCPAODroppedIcmps" },
	{ "IpExt",
	  "InNoRoutes InTruncatedPkts InMcastPkts OutMcastPkts InBcastPkts "
	  "OutBcastPkts InOctets OutOctets InMcastOctets OutMcastOctets "
	  "InBcastOctets OutBcastOctets InCsumErrors InNoECTPkts InECT1Pkts "
	  "InECT0Pkts InCEPkts ReasmOverlaps" },
	{ "MPTcpExt",
	  "MPCapableSYNRX MPCapableSYNTX MPCapableSYNACKRX MPCapableACKRX "
	  "MPCapableFallbackACK MPCapableFallbackSYNACK MPCapableSYNTXDrop "
	  "MPCapableSYNTXDisabled MPCapableEndpAttempt MPFallbackTokenInit "
	  "MPTCPRetrans MPJoinNoTokenFound MPJoinSynRx MPJoinSynBackupRx "
	  "MPJoinSynAckRx MPJoinSynAckBackupRx MPJoinSynAckHMacFailure MPJoinAckRx "
	  "MPJoinAckHMacFailure MPJoinRejected MPJoinSynTx MPJoinSynTxCreatSkErr "
	  "MPJoinSynTxBindErr MPJoinSynTxConnectErr DSSNotMatching "
	  "DSSCorruptionFallback DSSCorruptionReset InfiniteMapTx InfiniteMapRx "
	  "DSSNoMatchTCP DataCsumErr OFOQueueTail OFOQueue OFOMerge NoDSSInWindow "
	  "DuplicateData AddAddr AddAddrTx AddAddrTxDrop EchoAdd EchoAddTx "
	  "EchoAddTxDrop PortAdd AddAddrDrop MPJoinPortSynRx MPJoinPortSynAckRx "
	  "MPJoinPortAckRx MismatchPortSynRx MismatchPortAckRx RmAddr RmAddrDrop "
	  "RmAddrTx RmAddrTxDrop RmSubflow MPPrioTx MPPrioRx MPFailTx MPFailRx "
	  "MPFastcloseTx MPFastcloseRx MPRstTx MPRstRx SubflowStale SubflowRecover "
	  "SndWndShared RcvWndShared RcvWndConflictUpdate RcvWndConflict "
	  "MPCurrEstab Blackhole MPCapableDataFallback MD5SigFallback DssFallback "
	  "SimultConnectFallback FallbackFailed WinProbe" },
	{ "",
	  "Ip6InReceives Ip6InHdrErrors Ip6InTooBigErrors Ip6InNoRoutes "
	  "Ip6InAddrErrors Ip6InUnknownProtos Ip6InTruncatedPkts Ip6InDiscards "
	  "Ip6InDelivers Ip6OutForwDatagrams Ip6OutRequests Ip6OutDiscards "
	  "Ip6OutNoRoutes Ip6ReasmTimeout Ip6ReasmReqds Ip6ReasmOKs Ip6ReasmFails "
	  "Ip6FragOKs Ip6FragFails Ip6FragCreates Ip6InMcastPkts Ip6OutMcastPkts "
	  "Ip6InOctets Ip6OutOctets Ip6InMcastOctets Ip6OutMcastOctets "
	  "Ip6InBcastOctets Ip6OutBcastOctets Ip6InNoECTPkts Ip6InECT1Pkts "
	  "Ip6InECT0Pkts Ip6InCEPkts Ip6OutTransmits Icmp6InMsgs Icmp6InErrors "
	  "Icmp6OutMsgs Icmp6OutErrors Icmp6InCsumErrors Icmp6OutRateLimitHost "
	  "Icmp6InDestUnreachs Icmp6InPktTooBigs Icmp6InTimeExcds "
	  "Icmp6InParmProblems Icmp6InEchos Icmp6InEchoReplies "
	  "Icmp6InGroupMembQueries Icmp6InGroupMembResponses "
	  "Icmp6InGroupMembReductions Icmp6InRouterSolicits "
	  "Icmp6InRouterAdvertisements Icmp6InNeighborSolicits "
	  "Icmp6InNeighborAdvertisements Icmp6InRedirects Icmp6InMLDv2Reports "
	  "Icmp6OutDestUnreachs Icmp6OutPktTooBigs Icmp6OutTimeExcds "
	  "Icmp6OutParmProblems Icmp6OutEchos Icmp6OutEchoReplies "
	  "Icmp6OutGroupMembQueries Icmp6OutGroupMembResponses "
	  "Icmp6OutGroupMembReductions Icmp6OutRouterSolicits "
	  "Icmp6OutRouterAdvertisements Icmp6OutNeighborSolicits "
	  "Icmp6OutNeighborAdvertisements Icmp6OutRedirects Icmp6OutMLDv2Reports "
	  "Icmp6InType1 Icmp6OutType1 Icmp6OutType135 Icmp6OutType143 "
	  "Udp6InDatagrams Udp6NoPorts Udp6InErrors Udp6OutDatagrams "
	  "Udp6RcvbufErrors Udp6SndbufErrors Udp6InCsumErrors Udp6IgnoredMulti "
	  "Udp6MemErrors UdpLite6InDatagrams UdpLite6NoPorts UdpLite6InErrors "
	  "UdpLite6OutDatagrams UdpLite6RcvbufErrors UdpLite6SndbufErrors "
	  "UdpLite6InCsumErrors UdpLite6MemErrors" },
	/* Kernels before 4.19. */
	{ "TcpExt",
	  "TCPPrequeued TCPDirectCopyFromBacklog TCPDirectCopyFromPrequeue "
	  "TCPPrequeueDropped TCPHPHitsToUser PAWSPassive TCPFACKReorder "
	  "TCPForwardRetrans TCPSchedulerFailed TCPLoss" },
	/* Kernels from 5.15 on that still had it. */
	{ "MPTcpExt", "RcvPruned" },
	/* Columns of stat/nf_conntrack, today's and those renamed. */
	{ "nf_conntrack_",
	  "entries clashres searched found new invalid ignore delete chainlength "
	  "delete_list insert insert_failed drop early_drop icmp_error error "
	  "expect_new expect_create expect_delete search_restart" },
	/* Files of /sys/class/net/DEV/statistics. */
	{ "",
	  "collisions multicast rx_bytes rx_compressed rx_crc_errors rx_dropped "
	  "rx_errors rx_fifo_errors rx_frame_errors rx_length_errors "
	  "rx_missed_errors rx_nohandler rx_over_errors rx_packets "
	  "tx_aborted_errors tx_bytes tx_carrier_errors tx_compressed tx_dropped "
	  "tx_errors tx_fifo_errors tx_heartbeat_errors tx_packets "
	  "tx_window_errors rx_otherhost_dropped" },
};

static void printed_names_are_classified(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(printed); i++) {
		const char *names = printed[i].names;
		char word[128];

		while (next_word(&names, printed[i].family, word, sizeof(word)))
			if (!rxpath_catalogue_find(slice(word)) &&
			    rxpath_catalogue_sounds_lossy(slice(word)))
				fail_msg("%s sounds lossy and has no row", word);
	}
}

/* The other way round: what is in the table is what those kernels print, spelled as they do. */
static void rows_are_printed_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < rxpath_catalogue_size(); i++) {
		const struct rxpath_counter *row = rxpath_catalogue_at(i);
		bool found = row->source == RXPATH_SOURCE_DEV ||
			row->source == RXPATH_SOURCE_SOFTNET ||
			row->source == RXPATH_SOURCE_RT_CACHE ||
			row->source == RXPATH_SOURCE_TRACE ||
			strncmp(row->name, "sk_", 3) == 0 || strstr(row->name, "_residual") != NULL;

		for (size_t p = 0; p < COUNT(printed) && !found; p++) {
			const char *names = printed[p].names;
			char word[128];

			while (!found && next_word(&names, printed[p].family, word, sizeof(word)))
				found = strcmp(word, row->name) == 0;
		}
		if (!found)
			fail_msg("%s: no kernel prints it", row->name);
	}
}

static void new_losses_are_noticed(void **state)
{
	static const char *const lossy[] = {
		"Icmp6SomeDiscards", "IcmpRateLimitDrop", "Ip6InPolicyDiscards",
		"IpExtInFilterDrops",
		"IpOffload_errors", "MPTcpExtOFODrop", "SctpInPktDiscards", "SctpNOBUFS",
		"TcpExtTCPAccECNDROPPED", "TcpExtTCPNewQueueOverflow", "TcpExtTCPOutOfOrderDrop",
		"TcpExtTCPOutOfWindowDrops", "TcpExtTCPTimeoutDrop", "TcpExtZoneMemErrors",
		"Udp6EarlyInErrors", "UdpFooRcvbufErrors", "UdpLite6QueuePruned",
		"UdpXInCsumErrors", "nf_conntrack_table_full_drop", "rx_buf_errors", "rx_no_buf",
		"rx_no_buffer_count", "softnet_threaded_dropped",
	};
	static const char *const harmless[] = {
		"", "Ip", "IpOutNewDiscards", "MPTcpExtNewTXDrop", "MPTcpExtNewTxDrop",
		"SctpOutDrops", "TcpExtTCPNewSndDrop", "TcpExtTCPRetransDrop", "UdpOutDrops",
		"TcpExtTCPDelivered", "UdpSndbufErrors", "ethtool.rx_dropped", "rx_bytes",
		"rx_tx_dropped", "softnet_", "tx_dropped", "dropped", "nf_conntrack_outcome",
		"tcpExtDrop", "IpInErrorsSeen", "XrmInErrors", "rx_errors_seen",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(lossy); i++)
		if (!rxpath_catalogue_sounds_lossy(slice(lossy[i])))
			fail_msg("%s goes unnoticed", lossy[i]);
	for (size_t i = 0; i < COUNT(harmless); i++)
		if (rxpath_catalogue_sounds_lossy(slice(harmless[i])))
			fail_msg("%s is taken for a loss", harmless[i]);
	assert_false(rxpath_catalogue_sounds_lossy((struct rxpath_slice){ NULL, 0 }));
	/* A slice ends where it says. */
	assert_false(rxpath_catalogue_sounds_lossy((struct rxpath_slice){ "rx_my_drop", 9 }));
}

static void stages_and_kinds_have_names(void **state)
{
	static const char *const stages[] = {
		"device", "softnet", "netfilter", "ip", "transport", "socket",
	};
	static const char *const kinds[] = { "drop", "suspect", "pressure", "reject", "traffic" };
	static const char *const wrong[] = {
		"", "Drop", "dro", "drops", "Ip", "i", "ipx", "unknown",
	};
	enum rxpath_stage stage = RXPATH_STAGE_IP;
	enum rxpath_kind kind = RXPATH_KIND_REJECT;

	(void)state;
	assert_int_equal(COUNT(stages), RXPATH_STAGES);
	assert_int_equal(COUNT(kinds), RXPATH_KINDS);
	for (size_t i = 0; i < COUNT(wrong); i++) {
		assert_false(rxpath_stage_find(slice(wrong[i]), &stage));
		assert_false(rxpath_kind_find(slice(wrong[i]), &kind));
		assert_int_equal(stage, RXPATH_STAGE_IP);
		assert_int_equal(kind, RXPATH_KIND_REJECT);
	}
	for (size_t i = 0; i < COUNT(stages); i++) {
		assert_string_equal(rxpath_stage_name((enum rxpath_stage)i), stages[i]);
		assert_true(rxpath_stage_find(slice(stages[i]), &stage));
		assert_int_equal(stage, i);
	}
	for (size_t i = 0; i < COUNT(kinds); i++) {
		assert_string_equal(rxpath_kind_name((enum rxpath_kind)i), kinds[i]);
		assert_true(rxpath_kind_find(slice(kinds[i]), &kind));
		assert_int_equal(kind, i);
	}
	assert_string_equal(rxpath_stage_name(RXPATH_STAGES), "unknown");
	assert_string_equal(rxpath_kind_name(RXPATH_KINDS), "unknown");
	assert_false(rxpath_stage_find((struct rxpath_slice){ NULL, 0 }, &stage));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sorted_and_unique),
		cmocka_unit_test(names_end),
		cmocka_unit_test(texts_are_plain),
		cmocka_unit_test(enums_are_in_range),
		cmocka_unit_test(within_leads_up),
		cmocka_unit_test(finds_each_and_nothing_else),
		cmocka_unit_test(families_agree),
		cmocka_unit_test(kinds_are_as_promised),
		cmocka_unit_test(overlaps_are_as_promised),
		cmocka_unit_test(printed_names_are_classified),
		cmocka_unit_test(rows_are_printed_names),
		cmocka_unit_test(new_losses_are_noticed),
		cmocka_unit_test(stages_and_kinds_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
