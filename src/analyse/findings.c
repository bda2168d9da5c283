/* findings.c: the table of findings, and the functions that run their rules.
 *
 * A finding is claimed only where its evidence is in the report, and its advice fits that evidence.
 * A row's meaning and action are what a report says where the rule has nothing more exact. A
 * healthy host has no finding. */
#include <stdlib.h>
#include <string.h>

#include "findings.h"

static const struct rule {
	struct rxpath_finding_fact fact;
	rxpath_find *find;
} rules[] = {
	{{
		 .id = "device-ring",
		 .cause = "receive ring full",
		 .stage = RXPATH_STAGE_DEVICE,
		 .kind = RXPATH_KIND_DROP,
		 .meaning = "The receive ring of a network card was full: frames were lost "
			    "before the host saw them.",
		 .shown = "rx_missed_errors, rx_fifo_errors or rx_over_errors of a device; else "
			  "netdev.rx-N.rx-hw-drop-overruns, or what a known driver calls it.",
		 .action = "Enlarge the ring (ethtool -G) if it is below its maximum; then use "
			   "more queues and spread their interrupts over the CPUs.",
	 },
	 rxpath_find_device_ring},
	{{
		 .id = "device-wire",
		 .cause = "damaged frames",
		 .stage = RXPATH_STAGE_DEVICE,
		 .kind = RXPATH_KIND_DROP,
		 .meaning = "Frames arrived damaged, or with a length that the device does not "
			    "accept.",
		 .shown = "rx_crc_errors, rx_frame_errors or rx_length_errors of a device.",
		 .action = "Check cable, optics, switch port and duplex; for wrong lengths the "
			   "MTU; on a tunnel its packets.",
	 },
	 rxpath_find_device_wire},
	{{
		 .id = "device-errors",
		 .cause = "bad receptions",
		 .stage = RXPATH_STAGE_DEVICE,
		 .kind = RXPATH_KIND_DROP,
		 .meaning = "A driver counted receive errors without a standard reason.",
		 .shown = "rx_errors (or dev_errs) beyond the specific counters.",
		 .action = "Read the driver's own statistics with ethtool -S.",
	 },
	 rxpath_find_device_errors},
	{{
		 .id = "device-unhandled",
		 .cause = "unhandled frames, or no memory",
		 .stage = RXPATH_STAGE_DEVICE,
		 .kind = RXPATH_KIND_SUSPECT,
		 .meaning = "A device dropped frames, not in the backlog: no protocol here "
			    "handles their type, they were too long, or the driver had no memory. "
			    "The counter does not tell which.",
		 .shown = "rx_dropped beyond the backlog's share.",
		 .action = "Run with --trace as root, which tells; or look at such frames with "
			   "tcpdump.",
	 },
	 rxpath_find_device_unhandled},
	{{
		 .id = "device-driver",
		 .cause = "counted by the driver",
		 .stage = RXPATH_STAGE_DEVICE,
		 .kind = RXPATH_KIND_SUSPECT,
		 .meaning = "A driver counted losses in its own statistics, and no standard "
			    "counter of the device increased.",
		 .shown = "ethtool.NAME or netdev.NAME without a standard counter of the same "
			  "device.",
		 .action = "Look up the name in the driver's documentation; it may be an XDP "
			   "program.",
	 },
	 rxpath_find_device_driver},
	{{
		 .id = "xdp-redirect",
		 .cause = "failed XDP redirects",
		 .stage = RXPATH_STAGE_DEVICE,
		 .kind = RXPATH_KIND_DROP,
		 .meaning = "An XDP program redirected packets that could not be delivered "
			    "there.",
		 .shown = "A driver's own statistic of failed XDP redirects.",
		 .action = "Check where the program redirects to: a device that is down or "
			   "cannot send XDP frames, a full ring, an AF_XDP socket that does not "
			   "read.",
	 },
	 rxpath_find_xdp_redirect},
	{{
		 .id = "xdp-program",
		 .cause = "XDP program",
		 .stage = RXPATH_STAGE_DEVICE,
		 .kind = RXPATH_KIND_REJECT,
		 .meaning = "An XDP program dropped packets before the host saw them.",
		 .shown = "A driver's own statistic of XDP drops: ten or more, and at least 1 % "
			  "of the packets received.",
		 .action = "If that is its job, nothing is wrong; otherwise find who attached it "
			   "(ip link, bpftool net).",
	 },
	 rxpath_find_xdp_program},
	{{
		 .id = "driver-drops",
		 .cause = "the driver dropped them",
		 .stage = RXPATH_STAGE_DEVICE,
		 .kind = RXPATH_KIND_DROP,
		 .meaning = "A driver counted lost packets in a statistic whose meaning is known.",
		 .shown = "ethtool.NAME of a known driver, which rx_dropped has too.",
		 .action = "Check whether memory is short (free; page allocation failures in the "
			   "kernel log); vm.min_free_kbytes reserves more for such moments.",
	 },
	 rxpath_find_driver_drops},
	{{
		 .id = "link-pause",
		 .cause = "the device held back the switch",
		 .stage = RXPATH_STAGE_DEVICE,
		 .kind = RXPATH_KIND_PRESSURE,
		 .meaning = "A device sent pause frames: it could not take more, and the switch "
			    "may have dropped what it could not keep.",
		 .shown = "A driver's own statistic of pause frames sent.",
		 .action = "Read the discards of the switch port; enlarge the ring (ethtool -G), "
			   "use more queues and CPUs.",
	 },
	 rxpath_find_link_pause},
	{{
		 .id = "link-carrier",
		 .cause = "the link went down",
		 .stage = RXPATH_STAGE_DEVICE,
		 .kind = RXPATH_KIND_PRESSURE,
		 .meaning = "A device lost its link; what was sent to it meanwhile did not reach "
			    "this host.",
		 .shown = "carrier_down_count of a device that was there all the time.",
		 .action = "See whether somebody took it down (dmesg); otherwise check cable, "
			   "optics and switch port.",
	 },
	 rxpath_find_link_carrier},
	{{
		 .id = "ovs-lost",
		 .cause = "Open vSwitch did not know a flow in time",
		 .stage = RXPATH_STAGE_DEVICE,
		 .kind = RXPATH_KIND_DROP,
		 .meaning = "Open vSwitch lost packets: no flow was known for them, and "
			    "ovs-vswitchd did not take them in time.",
		 .shown = "ovs_lost of a datapath.",
		 .action = "See how many flows are new (ovs-dpctl show, ovs-appctl upcall/show), "
			   "and give ovs-vswitchd more handler threads "
			   "(other_config:n-handler-threads).",
	 },
	 rxpath_find_ovs_lost},
	{{
		 .id = "one-queue",
		 .cause = "one receive queue overloaded",
		 .stage = RXPATH_STAGE_DEVICE,
		 .kind = RXPATH_KIND_PRESSURE,
		 .meaning = "One receive queue of a card lost nearly all of the packets, while its "
			    "other queues did not.",
		 .shown = "90 % of ten or more losses in the statistics of each queue "
			  "(netdev.rx-N.NAME, else a driver's own) on one of several queues.",
		 .action = "Spread the flows evenly over the queues (ethtool -X, ethtool -N); a "
			   "single flow stays on one queue.",
	 },
	 rxpath_find_one_queue},
	{{
		 .id = "device-other-host",
		 .cause = "frames for another host",
		 .stage = RXPATH_STAGE_DEVICE,
		 .kind = RXPATH_KIND_REJECT,
		 .meaning = "IP packets came for another MAC address, or with a VLAN tag that no "
			    "device here has.",
		 .shown = "rx_otherhost_dropped: ten or more, and at least 1 % of the packets "
			  "received.",
		 .action = "If traffic is missing, check VLANs and MAC addresses; otherwise find "
			   "out what set promiscuous mode.",
	 },
	 rxpath_find_device_other_host},
	{{
		 .id = "capture-running",
		 .cause = "a packet capture slows the receive path",
		 .stage = RXPATH_STAGE_DEVICE,
		 .kind = RXPATH_KIND_PRESSURE,
		 .meaning = "A packet capture runs while packets are lost: it copies every "
			    "packet, on the CPUs that receive.",
		 .shown = "A handler for ALL types in /proc/net/ptype, and a loss at a device or "
			  "in the backlog.",
		 .action = "Find it with 'ss -0p' as root; stop it or narrow its filter, and "
			   "measure again.",
	 },
	 rxpath_find_capture_running},
	{{
		 .id = "backlog-overflow",
		 .cause = "backlog queue of a CPU full",
		 .stage = RXPATH_STAGE_SOFTNET,
		 .kind = RXPATH_KIND_DROP,
		 .meaning = "A CPU's backlog queue was full: packets came faster than the CPU "
			    "took them.",
		 .shown = "softnet_dropped beyond the flow limit's share.",
		 .action = "For bursts, raise net.core.netdev_max_backlog; against steady "
			   "overload, use more CPUs or less work per packet.",
	 },
	 rxpath_find_backlog_overflow},
	{{
		 .id = "flow-limit",
		 .cause = "flow limit of the backlog",
		 .stage = RXPATH_STAGE_SOFTNET,
		 .kind = RXPATH_KIND_DROP,
		 .meaning = "The flow limit dropped packets of a flow that had most of a backlog "
			    "queue that was more than half full.",
		 .shown = "softnet_flow_limit.",
		 .action = "Nothing, if a heavy flow should give way to the others; otherwise "
			   "remove the CPU from net.core.flow_limit_cpu_bitmap.",
	 },
	 rxpath_find_flow_limit},
	{{
		 .id = "time-squeeze",
		 .cause = "receive work cut off by its budget",
		 .stage = RXPATH_STAGE_SOFTNET,
		 .kind = RXPATH_KIND_PRESSURE,
		 .meaning = "Receive work stopped at its budget while packets were waiting. This "
			    "alone is no loss.",
		 .shown = "softnet_time_squeeze, ten times or together with a loss before it.",
		 .action = "Nothing while rx_missed_errors and softnet_dropped do not increase; "
			   "otherwise raise net.core.netdev_budget and "
			   "net.core.netdev_budget_usecs.",
	 },
	 rxpath_find_time_squeeze},
	{{
		 .id = "one-cpu",
		 .cause = "one CPU receives nearly everything",
		 .stage = RXPATH_STAGE_SOFTNET,
		 .kind = RXPATH_KIND_PRESSURE,
		 .meaning = "One CPU handled nearly all packets and could not keep up, while "
			    "other CPUs handled few.",
		 .shown = "90 % of softnet_processed on one of several CPUs, and a ring or "
			  "backlog that overflowed.",
		 .action = "Spread the queues' interrupts over the CPUs (/proc/interrupts, "
			   "irqbalance), or enable RPS where there is one queue; one flow stays on "
			   "one CPU either way.",
	 },
	 rxpath_find_one_cpu},
	{{
		 .id = "tc-filter",
		 .cause = "traffic control",
		 .stage = RXPATH_STAGE_NETFILTER,
		 .kind = RXPATH_KIND_REJECT,
		 .meaning = "A filter of traffic control (tc) dropped packets as they were "
			    "received.",
		 .shown = "tc_ingress_drops of a device, or trace.TC_INGRESS: ten or more, and "
			  "at least 1 % of the packets received.",
		 .action = "See which filter dropped them (tc -s filter show dev DEVICE "
			   "ingress); one that does its job is no fault.",
	 },
	 rxpath_find_tc_filter},
	{{
		 .id = "conntrack-full",
		 .cause = "connection table full",
		 .stage = RXPATH_STAGE_NETFILTER,
		 .kind = RXPATH_KIND_DROP,
		 .meaning = "The connection table was full: packets of new connections were "
			    "dropped.",
		 .shown = "nf_conntrack_drop or nf_conntrack_early_drop with the table near its "
			  "limit.",
		 .action = "Raise net.netfilter.nf_conntrack_max, shorten timeouts, or do not "
			   "track bulk UDP.",
	 },
	 rxpath_find_conntrack_full},
	{{
		 .id = "conntrack-insert",
		 .cause = "connection tracking refused them",
		 .stage = RXPATH_STAGE_NETFILTER,
		 .kind = RXPATH_KIND_DROP,
		 .meaning = "Connection tracking dropped packets although its table had room: "
			    "two packets raced for one entry, a hash chain was too long, or a "
			    "helper refused.",
		 .shown = "nf_conntrack_insert_failed, nf_conntrack_chainlength, or "
			  "nf_conntrack_drop with the table not near its limit.",
		 .action = "Raise net.netfilter.nf_conntrack_buckets for long chains; for races "
			   "(DNS over one socket) do not track that traffic.",
	 },
	 rxpath_find_conntrack_insert},
	{{
		 .id = "nfqueue-full",
		 .cause = "the program behind NFQUEUE is too slow",
		 .stage = RXPATH_STAGE_NETFILTER,
		 .kind = RXPATH_KIND_DROP,
		 .meaning = "A queue of NFQUEUE, or the receive buffer of the program "
			    "that reads it, was full: packets were dropped.",
		 .shown = "nfqueue_queue_dropped or nfqueue_user_dropped.",
		 .action = "Make the program that reads the queue faster, spread the "
			   "packets over several queues (queue num 0-3 fanout), or "
			   "have it ask for a longer queue and a larger receive "
			   "buffer; with fail-open packets pass instead.",
	 },
	 rxpath_find_nfqueue_full},
	{{
		 .id = "nfqueue-unread",
		 .cause = "no program reads an NFQUEUE",
		 .stage = RXPATH_STAGE_NETFILTER,
		 .kind = RXPATH_KIND_REJECT,
		 .meaning = "Rules gave packets to NFQUEUE, and no program read the "
			    "queue: they were dropped.",
		 .shown = "nft_rule_queue beyond what came into queues.",
		 .action = "Start the program that reads the queue, or let packets "
			   "pass without it (the flag bypass of the rule).",
	 },
	 rxpath_find_nfqueue_unread},
	{{
		 .id = "firewall-rule",
		 .cause = "netfilter rules",
		 .stage = RXPATH_STAGE_NETFILTER,
		 .kind = RXPATH_KIND_REJECT,
		 .meaning = "Rules or policies of netfilter refused packets.",
		 .shown = "nft_rule_drop, nft_rule_reject or nft_policy_drop: ten or "
			  "more, and at least 1 % of the packets received.",
		 .action = "See the rule with nft -a list chain; a rule that does its "
			   "job is no fault.",
	 },
	 rxpath_find_firewall_rule},
	{{
		 .id = "ipsec-policy",
		 .cause = "an IPsec policy",
		 .stage = RXPATH_STAGE_NETFILTER,
		 .kind = RXPATH_KIND_REJECT,
		 .meaning = "An IPsec policy refused packets.",
		 .shown = "XfrmInNoPols, XfrmInPolBlock, XfrmInPolError or "
			  "XfrmInTmplMismatch: ten or more, and at least 1 % of the "
			  "packets received.",
		 .action = "Compare the policies with what arrives: 'ip xfrm policy' "
			   "and 'ip -s xfrm state' on both ends.",
	 },
	 rxpath_find_ipsec_policy},
	{{
		 .id = "filtered",
		 .cause = "a firewall rule, a policy, or unjoined multicast",
		 .stage = RXPATH_STAGE_NETFILTER,
		 .kind = RXPATH_KIND_REJECT,
		 .meaning = "A firewall rule, a policy or a multicast group that nobody joined "
			    "took packets that no counter has.",
		 .shown =
			 "ip_residual, ip6_residual and inet_residual beyond what martians explain: ten or "
			 "more, and at least 1 % of the packets received.",
		 .action = "Read the firewall's own counters; run with --trace as root for the "
			   "reason.",
	 },
	 rxpath_find_filtered},
	{{
		 .id = "martian",
		 .cause = "impossible source or destination addresses",
		 .stage = RXPATH_STAGE_IP,
		 .kind = RXPATH_KIND_REJECT,
		 .meaning = "Packets had addresses that cannot be on that side: loopback, "
			    "multicast, this host's own.",
		 .shown = "rt_cache_in_martian_src or rt_cache_in_martian_dst beyond the "
			  "reverse-path filter's share: ten or more, and at least 1 % of the "
			  "packets received.",
		 .action = "Set net.ipv4.conf.all.log_martians=1 and read the kernel log.",
	 },
	 rxpath_find_martian},
	{{
		 .id = "reverse-path",
		 .cause = "reverse-path filter",
		 .stage = RXPATH_STAGE_IP,
		 .kind = RXPATH_KIND_REJECT,
		 .meaning = "The reverse-path filter refused packets: the answers would leave by "
			    "another device, or have no route.",
		 .shown = "TcpExtIPReversePathFilter: ten or more, and at least 1 % of the "
			  "packets received.",
		 .action = "Correct the routes; where asymmetric routing is intended, set that "
			   "device's rp_filter to 2.",
	 },
	 rxpath_find_reverse_path},
	{{
		 .id = "reassembly-timeout",
		 .cause = "missing fragments",
		 .stage = RXPATH_STAGE_IP,
		 .kind = RXPATH_KIND_DROP,
		 .meaning = "Datagrams were discarded because one of their fragments did not "
			    "arrive in time.",
		 .shown = "IpReasmTimeout or Ip6ReasmTimeout.",
		 .action = "Find where fragments are lost, or have the sender send what fits the "
			   "path MTU.",
	 },
	 rxpath_find_reassembly_timeout},
	{{
		 .id = "reassembly-memory",
		 .cause = "memory for fragments full",
		 .stage = RXPATH_STAGE_IP,
		 .kind = RXPATH_KIND_DROP,
		 .meaning = "Fragments were refused: waiting fragments used all the memory for "
			    "reassembly.",
		 .shown = "IpReasmFails (Ip6ReasmFails) beyond timeouts and overlaps, with the "
			  "memory nearly full.",
		 .action = "Find out why fragments pile up, then raise ipfrag_high_thresh "
			   "(ip6frag_high_thresh).",
	 },
	 rxpath_find_reassembly_memory},
	{{
		 .id = "reassembly-overlap",
		 .cause = "overlapping fragments",
		 .stage = RXPATH_STAGE_IP,
		 .kind = RXPATH_KIND_DROP,
		 .meaning = "Fragments that overlap were refused: a broken sender, reused "
			    "identifiers, or an attack.",
		 .shown = "IpExtReasmOverlaps, or Ip6ReasmFails that neither timeouts nor memory "
			  "explain.",
		 .action = "Find the sender: tcpdump -nn 'ip[6:2] & 0x3fff != 0 or ip6[6] = 44'; "
			   "it reuses fragment identifiers too soon, or attacks; no setting of "
			   "this host accepts such fragments.",
	 },
	 rxpath_find_reassembly_overlap},
	{{
		 .id = "reassembly-given-up",
		 .cause = "fragments too far apart or contradictory",
		 .stage = RXPATH_STAGE_IP,
		 .kind = RXPATH_KIND_DROP,
		 .meaning = "Fragments were given up with memory to spare: too many other "
			    "datagrams of their sender came in between, or their lengths "
			    "contradict each other.",
		 .shown = "IpReasmFails beyond timeouts and overlaps, with the memory for "
			  "reassembly not nearly full.",
		 .action = "Set net.ipv4.ipfrag_max_dist to 0 where datagrams arrive out of order; "
			   "otherwise find the sender of the broken fragments.",
	 },
	 rxpath_find_reassembly_given_up},
	{{
		 .id = "ip-header",
		 .cause = "broken IP headers",
		 .stage = RXPATH_STAGE_IP,
		 .kind = RXPATH_KIND_DROP,
		 .meaning = "IP packets arrived broken: bad header, bad header checksum, or "
			    "truncated.",
		 .shown = "IpInHdrErrors, IpExtInTruncatedPkts or their IPv6 equivalents.",
		 .action = "Find what breaks them (tcpdump -nn -vv shows bad checksums and "
			   "lengths): a sender, a tunnel's MTU, or the card's offload ('ethtool -K "
			   "DEVICE rx off' to try; costs CPU).",
	 },
	 rxpath_find_ip_header},
	{{
		 .id = "ip-discards",
		 .cause = "no memory",
		 .stage = RXPATH_STAGE_IP,
		 .kind = RXPATH_KIND_DROP,
		 .meaning = "IP dropped valid packets because memory was short (IPv6: also "
			    "because of an IPsec policy).",
		 .shown = "IpInDiscards, or Ip6InDiscards with IPv6 enabled everywhere.",
		 .action = "Check whether memory is short (free; page allocation failures in the "
			   "kernel log); vm.min_free_kbytes reserves more for such moments, and "
			   "takes it from everything else.",
	 },
	 rxpath_find_ip_discards},
	{{
		 .id = "ipv6-disabled",
		 .cause = "IPv6 switched off",
		 .stage = RXPATH_STAGE_IP,
		 .kind = RXPATH_KIND_SUSPECT,
		 .meaning = "IPv6 packets came to a device on which IPv6 is disabled.",
		 .shown = "Ip6InDiscards, and disable_ipv6 set on a device.",
		 .action = "Enable IPv6 there if that traffic is wanted; otherwise nothing is "
			   "wrong.",
	 },
	 rxpath_find_ipv6_disabled},
	{{
		 .id = "not-for-us",
		 .cause = "addresses that this host does not have",
		 .stage = RXPATH_STAGE_IP,
		 .kind = RXPATH_KIND_REJECT,
		 .meaning = "Packets came for addresses that this host neither has nor forwards "
			    "to.",
		 .shown = "IpInAddrErrors, IpExtInNoRoutes, Ip6InAddrErrors or Ip6InNoRoutes: "
			  "ten or more, and at least 1 % of the packets received.",
		 .action = "See which addresses they are for (tcpdump -nn; 'ip addr'): an "
			   "address that moved away, or senders that use this host as a router; on "
			   "a router check forwarding and routes.",
	 },
	 rxpath_find_not_for_us},
	{{
		 .id = "unknown-protocol",
		 .cause = "transport protocols that the kernel lacks",
		 .stage = RXPATH_STAGE_IP,
		 .kind = RXPATH_KIND_REJECT,
		 .meaning = "IP packets came for a transport protocol that this kernel does not "
			    "handle.",
		 .shown = "IpInUnknownProtos or Ip6InUnknownProtos: ten or more, and at least 1 "
			  "% of the packets received.",
		 .action = "See which protocols (tcpdump -nn 'not tcp and not udp and not icmp "
			   "and not icmp6'); to accept one, load its module (ip_gre, esp4, sctp "
			   "...), which opens it to everyone.",
	 },
	 rxpath_find_unknown_protocol},
	{{
		 .id = "neighbour-table",
		 .cause = "neighbour table full",
		 .stage = RXPATH_STAGE_IP,
		 .kind = RXPATH_KIND_PRESSURE,
		 .meaning = "The neighbour table of the host was full: packets to hosts that are "
			    "not in it, also answers, were dropped.",
		 .shown = "arp_cache_table_fulls or ndisc_cache_table_fulls.",
		 .action = "Raise net.ipv4.neigh.default.gc_thresh3 (IPv6: "
			   "net.ipv6.neigh.default.gc_thresh3) and gc_thresh2 above the number of "
			   "hosts on the links, in the host's own network namespace.",
	 },
	 rxpath_find_neighbour_table},
	{{
		 .id = "neighbour-unresolved",
		 .cause = "neighbours that do not answer",
		 .stage = RXPATH_STAGE_IP,
		 .kind = RXPATH_KIND_SUSPECT,
		 .meaning = "Packets were discarded while they waited for the address of a "
			    "neighbour that did not answer: forwarded ones, or this host's own.",
		 .shown = "arp_cache_unresolved_discards or ndisc_cache_unresolved_discards, while "
			  "packets are forwarded.",
		 .action = "See which neighbours do not answer: 'ip neigh show nud failed nud "
			   "incomplete'.",
	 },
	 rxpath_find_neighbour_unresolved},
	{{
		 .id = "sctp-checksum",
		 .cause = "wrong SCTP checksums",
		 .stage = RXPATH_STAGE_TRANSPORT,
		 .kind = RXPATH_KIND_DROP,
		 .meaning = "SCTP packets had a wrong checksum.",
		 .shown = "SctpChecksumErrors.",
		 .action = "Damage on the path, a NAT or tunnel that does not correct the "
			   "checksum, or a card's offload; see who sends them: 'tcpdump -nn -vv "
			   "-i any sctp'.",
	 },
	 rxpath_find_sctp_checksum},
	{{
		 .id = "sctp-discards",
		 .cause = "SCTP discarded them",
		 .stage = RXPATH_STAGE_TRANSPORT,
		 .kind = RXPATH_KIND_SUSPECT,
		 .meaning = "SCTP discarded packets: they belong to no association here, or a "
			    "filter, a policy or a full backlog took them.",
		 .shown = "SctpInPktDiscards beyond SctpChecksumErrors and SctpOutOfBlues; or "
			  "SctpOutOfBlues: ten or more, and at least 1 % of the packets "
			  "delivered.",
		 .action = "Check with 'ss -S' whether the service listens and who is connected; "
			   "peers that know an association from before a restart send such "
			   "packets.",
	 },
	 rxpath_find_sctp_discards},
	{{
		 .id = "udp-checksum",
		 .cause = "wrong UDP checksums",
		 .stage = RXPATH_STAGE_TRANSPORT,
		 .kind = RXPATH_KIND_DROP,
		 .meaning = "UDP datagrams had a wrong checksum.",
		 .shown = "UdpInCsumErrors, or its IPv6 and UDP-Lite equivalents.",
		 .action = "See who sends them (tcpdump -nn -vv udp shows 'bad udp cksum'): "
			   "damage on the path, or a NAT or tunnel that does not correct the "
			   "checksum.",
	 },
	 rxpath_find_udp_checksum},
	{{
		 .id = "udp-refused",
		 .cause = "refused by UDP",
		 .stage = RXPATH_STAGE_TRANSPORT,
		 .kind = RXPATH_KIND_DROP,
		 .meaning = "UDP refused datagrams without a specific counter: a filter of the "
			    "socket or its cgroup, IPsec, or a malformed datagram.",
		 .shown = "UdpInErrors beyond its specific counters.",
		 .action = "Check the filters of the socket that lost them.",
	 },
	 rxpath_find_udp_refused},
	{{
		 .id = "no-listener",
		 .cause = "no socket has the port",
		 .stage = RXPATH_STAGE_TRANSPORT,
		 .kind = RXPATH_KIND_REJECT,
		 .meaning = "Datagrams came for a port that no socket here has.",
		 .shown = "UdpNoPorts, or its IPv6 and UDP-Lite equivalents: ten or more, and at "
			  "least 1 % of the packets delivered.",
		 .action = "Check whether a service is down or bound to another address; the "
			   "ICMP errors sent in reply show the port (tcpdump -nn -i any 'icmp[0]=3 "
			   "and icmp[1]=3 or icmp6[0]=1').",
	 },
	 rxpath_find_no_listener},
	{{
		 .id = "tcp-damaged",
		 .cause = "wrong TCP checksums",
		 .stage = RXPATH_STAGE_TRANSPORT,
		 .kind = RXPATH_KIND_DROP,
		 .meaning = "TCP segments arrived with a wrong checksum.",
		 .shown = "TcpInCsumErrors.",
		 .action = "Find the damage on the path; if the segments of all senders are "
			   "wrong, switch off the receive offload of the card.",
	 },
	 rxpath_find_tcp_damaged},
	{{
		 .id = "udp-receive-buffer",
		 .cause = "receive queue full",
		 .stage = RXPATH_STAGE_SOCKET,
		 .kind = RXPATH_KIND_DROP,
		 .meaning = "The receive queue of a UDP socket was full when datagrams came.",
		 .shown = "UdpRcvbufErrors, or its IPv6 and UDP-Lite equivalents.",
		 .action = "If the queue is full all the time, the program must read faster; if "
			   "it overflows in bursts, give it a larger buffer, by the setting that "
			   "limits it.",
	 },
	 rxpath_find_udp_receive_buffer},
	{{
		 .id = "udp-multicast-slow-member",
		 .cause = "one member of a multicast group is too slow",
		 .stage = RXPATH_STAGE_SOCKET,
		 .kind = RXPATH_KIND_DROP,
		 .meaning = "Of several sockets that get the same datagrams, some lost them and "
			    "others did not.",
		 .shown = "Drops of one socket of a multicast group and port, and none of "
			  "another.",
		 .action = "Help that program (see udp-receive-buffer): the network delivers "
			   "everything, and the other sockets take it.",
	 },
	 rxpath_find_multicast_slow},
	{{
		 .id = "memory-cgroup",
		 .cause = "memory limit of a cgroup reached",
		 .stage = RXPATH_STAGE_SOCKET,
		 .kind = RXPATH_KIND_DROP,
		 .meaning = "The memory limit of the program's cgroup refused memory for "
			    "datagrams.",
		 .shown = "UdpMemErrors, or drops of UDP sockets that no protocol counter has, "
			  "with UDP's memory below udp_mem and refusals counted by the cgroup.",
		 .action = "Make the program read faster, or raise the cgroup's memory.max "
			   "(cgroup v1: memory.kmem.tcp.limit_in_bytes).",
	 },
	 rxpath_find_memory_cgroup},
	{{
		 .id = "udp-memory",
		 .cause = "memory of all UDP sockets short",
		 .stage = RXPATH_STAGE_SOCKET,
		 .kind = RXPATH_KIND_DROP,
		 .meaning = "The memory that all UDP sockets of the host share was used up.",
		 .shown = "UdpMemErrors, or its IPv6 and UDP-Lite equivalents, or drops of UDP "
			  "sockets that no protocol counter has; udp_mem_used.",
		 .action = "Find the socket that holds the memory; then raise net.ipv4.udp_mem.",
	 },
	 rxpath_find_udp_memory},
	{{
		 .id = "udp-queue",
		 .cause = "receive queue over half full",
		 .stage = RXPATH_STAGE_SOCKET,
		 .kind = RXPATH_KIND_PRESSURE,
		 .meaning = "The receive queue of a UDP socket stays more than half full. "
			    "Nothing is lost yet.",
		 .shown = "A queue above half of its limit in both samples, without drops.",
		 .action = "Find out why the program does not read.",
	 },
	 rxpath_find_udp_queue},
	{{
		 .id = "raw-socket",
		 .cause = "receive queue full",
		 .stage = RXPATH_STAGE_SOCKET,
		 .kind = RXPATH_KIND_DROP,
		 .meaning = "The receive queue of a raw or ping socket was full when packets "
			    "came.",
		 .shown = "sk_drops of a socket in /proc/net/raw, raw6, icmp or icmp6.",
		 .action = "Check whether its program reads too slowly, or its buffer is too "
			   "small.",
	 },
	 rxpath_find_raw_socket},
	{{
		 .id = "queue-growth",
		 .cause = "receive queue growing",
		 .stage = RXPATH_STAGE_SOCKET,
		 .kind = RXPATH_KIND_PRESSURE,
		 .meaning =
			 "A receive queue grew over the interval: its reader is slower than what "
			 "arrives. Nothing is lost yet.",
		 .shown = "A queue that held a sixteenth of its limit before, and an eighth of its "
			  "limit more half a second or more later, without drops.",
		 .action = "Look again: if it goes on growing, the program must read faster; a "
			   "larger buffer helps only if this is a burst.",
	 },
	 rxpath_find_queue_growth},
	{{
		 .id = "reader-stopped",
		 .cause = "it is stopped",
		 .stage = RXPATH_STAGE_SOCKET,
		 .kind = RXPATH_KIND_DROP,
		 .meaning = "The program that reads a lossy or full socket is stopped.",
		 .shown = "State T or t of each process that may read it.",
		 .action = "Let it go on (kill -CONT), unless it was stopped on purpose.",
	 },
	 rxpath_find_reader_stopped},
	{{
		 .id = "reader-cpu-limit",
		 .cause = "it reached its CPU limit",
		 .stage = RXPATH_STAGE_SOCKET,
		 .kind = RXPATH_KIND_DROP,
		 .meaning = "The CPU limit of its control group stopped the program that reads a "
			    "lossy or full socket.",
		 .shown = "Throttled time in cpu.stat: 10 % of the interval or more.",
		 .action = "Raise the limit, or let the program do less for each packet.",
	 },
	 rxpath_find_reader_cpu_limit},
	{{
		 .id = "reader-waits-for-cpu",
		 .cause = "it waited for a CPU",
		 .stage = RXPATH_STAGE_SOCKET,
		 .kind = RXPATH_KIND_DROP,
		 .meaning = "Other programs had the CPU of the program that reads a lossy or full "
			    "socket.",
		 .shown = "A thread that waited for a CPU 20 % of the interval or more "
			  "(schedstat).",
		 .action = "Give it more CPUs or a better priority, or keep others off its CPU.",
	 },
	 rxpath_find_reader_waits_for_cpu},
	{{
		 .id = "reader-busy",
		 .cause = "one thread is always busy",
		 .stage = RXPATH_STAGE_SOCKET,
		 .kind = RXPATH_KIND_DROP,
		 .meaning = "A thread of the program that reads a full socket ran all the time.",
		 .shown = "A thread that ran 90 % of the interval or more (schedstat), and a queue "
			  "that is more than half full.",
		 .action = "Let it do less for each packet, read several per call (recvmmsg), or "
			   "use more threads with a socket each.",
	 },
	 rxpath_find_reader_busy},
	{{
		 .id = "reader-asleep",
		 .cause = "it was asleep",
		 .stage = RXPATH_STAGE_SOCKET,
		 .kind = RXPATH_KIND_DROP,
		 .meaning = "The program that should read a full socket was asleep.",
		 .shown = "A queue that was not empty before and is more than half full now, and "
			  "less than 2 % of the interval in which the program ran or waited for a "
			  "CPU.",
		 .action = "See what it waits for (strace, or /proc/PID/stack).",
	 },
	 rxpath_find_reader_asleep},
	{{
		 .id = "tcp-accept-queue",
		 .cause = "accept queue full",
		 .stage = RXPATH_STAGE_SOCKET,
		 .kind = RXPATH_KIND_DROP,
		 .meaning = "A program did not accept its TCP connections fast enough.",
		 .shown = "TcpExtListenOverflows, or a listener whose accept queue is nearly "
			  "full.",
		 .action = "Let it accept faster; for bursts raise its listen() backlog, and "
			   "net.core.somaxconn where that is the limit.",
	 },
	 rxpath_find_accept_queue},
	{{
		 .id = "tcp-no-route-back",
		 .cause = "no route back to the clients",
		 .stage = RXPATH_STAGE_SOCKET,
		 .kind = RXPATH_KIND_DROP,
		 .meaning =
			 "Connection requests were dropped because this host has no route back to "
			 "their senders.",
		 .shown = "TcpExtListenDrops beyond overflows, together with IpOutNoRoutes or "
			  "Ip6OutNoRoutes.",
		 .action =
			 "Add the route that is missing: 'tcpdump -nn tcp' shows the senders, 'ip "
			 "route get SENDER' what is missing.",
	 },
	 rxpath_find_no_route_back},
	{{
		 .id = "tcp-syn-queue",
		 .cause = "too many half open connections",
		 .stage = RXPATH_STAGE_SOCKET,
		 .kind = RXPATH_KIND_DROP,
		 .meaning = "More connections were half open than may wait, or a flood of SYNs "
			    "came.",
		 .shown = "TcpExtListenDrops beyond overflows, TcpExtTCPReqQFullDrop, or SYN "
			  "cookies sent.",
		 .action = "Enable net.ipv4.tcp_syncookies; raise net.ipv4.tcp_max_syn_backlog "
			   "and the listen() backlog.",
	 },
	 rxpath_find_syn_queue},
	{{
		 .id = "tcp-listener-filter",
		 .cause = "a filter of a listener",
		 .stage = RXPATH_STAGE_SOCKET,
		 .kind = RXPATH_KIND_SUSPECT,
		 .meaning = "A TCP listener dropped segments that no counter explains: a filter of "
			    "the socket or a BPF program of its cgroup refused them.",
		 .shown = "sk_drops of a listener beyond TcpExtListenDrops and what other counters "
			  "refused.",
		 .action = "Let 'rxpath check --trace' tell the reason; see which programs its "
			   "cgroup has ('bpftool cgroup tree').",
	 },
	 rxpath_find_listener_filter},
	{{
		 .id = "tcp-receive",
		 .cause = "no room for TCP segments",
		 .stage = RXPATH_STAGE_SOCKET,
		 .kind = RXPATH_KIND_DROP,
		 .meaning = "TCP dropped segments, which are sent again: a program reads too "
			    "slowly, or memory is short.",
		 .shown = "TcpExtTCPBacklogDrop, TCPRcvQDrop, TCPZeroWindowDrop, TCPOFODrop, "
			  "RcvPruned or OfoPruned; ten of PruneCalled or TCPRcvCollapsed.",
		 .action = "Make the program read faster; check net.ipv4.tcp_rmem and tcp_mem.",
	 },
	 rxpath_find_tcp_receive},
	{{
		 .id = "tcp-window-closed",
		 .cause = "TCP receive window closed",
		 .stage = RXPATH_STAGE_SOCKET,
		 .kind = RXPATH_KIND_PRESSURE,
		 .meaning = "A TCP connection closed its receive window: its program reads more "
			    "slowly than data comes, and the sender waits.",
		 .shown = "TcpExtTCPToZeroWindowAdv or TCPWantZeroWindowAdv; a connection whose "
			  "receive buffer is more than half full.",
		 .action = "Find out why the program does not read faster.",
	 },
	 rxpath_find_tcp_window},
	{{
		 .id = "tcp-memory",
		 .cause = "memory of all TCP sockets short",
		 .stage = RXPATH_STAGE_SOCKET,
		 .kind = RXPATH_KIND_PRESSURE,
		 .meaning = "TCP reached a limit that all TCP sockets of the host share: memory, "
			    "or the number of closed connections.",
		 .shown = "TcpExtTCPMemoryPressures, TCPAbortOnMemory or TCPTimeWaitOverflow; "
			  "tcp_mem_used.",
		 .action = "Find who holds the memory (ss -tm); then raise net.ipv4.tcp_mem.",
	 },
	 rxpath_find_tcp_memory},
	{{
		 .id = "memory-reserve",
		 .cause = "machine out of memory",
		 .stage = RXPATH_STAGE_SOCKET,
		 .kind = RXPATH_KIND_DROP,
		 .meaning = "The machine was out of memory, and packets in its reserve are not "
			    "for ordinary sockets.",
		 .shown = "TcpExtPFMemallocDrop.",
		 .action = "Find what takes the memory (free; the kernel log): the network is "
			   "not the cause.",
	 },
	 rxpath_find_memory_reserve},
	{{
		 .id = "tls-decrypt",
		 .cause = "TLS records that cannot be decrypted",
		 .stage = RXPATH_STAGE_SOCKET,
		 .kind = RXPATH_KIND_DROP,
		 .meaning = "Kernel TLS received records that it could not decrypt; their "
			    "connections fail.",
		 .shown = "TlsDecryptError.",
		 .action = "Find the connections that fail in the program's log; with a card that "
			   "decrypts, try 'ethtool -K DEVICE tls-hw-rx-offload off'.",
	 },
	 rxpath_find_tls_decrypt},
	{{
		 .id = "netlink-drops",
		 .cause = "a monitor missed messages of the kernel",
		 .stage = RXPATH_STAGE_SOCKET,
		 .kind = RXPATH_KIND_PRESSURE,
		 .meaning = "A program missed messages of the kernel: the receive queue of its "
			    "netlink socket was full. No packet is lost.",
		 .shown = "netlink_drops of a socket in /proc/net/netlink.",
		 .action = "Let the program read faster or give it a larger receive buffer "
			   "(SO_RCVBUF, SO_RCVBUFFORCE); until it reads the whole state again, "
			   "what it knows is out of date.",
	 },
	 rxpath_find_netlink_drops},
	{{
		 .id = "xdp-socket",
		 .cause = "AF_XDP rings full",
		 .stage = RXPATH_STAGE_SOCKET,
		 .kind = RXPATH_KIND_DROP,
		 .meaning = "A program lost packets at its AF_XDP socket: it did not empty its RX "
			    "ring, or did not refill its fill ring, fast enough.",
		 .shown = "sk_drops of an AF_XDP socket.",
		 .action = "Make the program read faster, or give it larger rings "
			   "(XDP_RX_RING, XDP_UMEM_FILL_RING) and more frames.",
	 },
	 rxpath_find_xdp_socket},
	{{
		 .id = "capture-drops",
		 .cause = "a capture missed packets",
		 .stage = RXPATH_STAGE_SOCKET,
		 .kind = RXPATH_KIND_SUSPECT,
		 .meaning = "A packet capture missed packets. What the host itself received is "
			    "not affected.",
		 .shown = "sk_drops of an AF_PACKET socket.",
		 .action = "Give the capture a larger buffer (tcpdump -B KIB), a narrower "
			   "filter, or a shorter snapshot length (tcpdump -s); its record is "
			   "incomplete.",
	 },
	 rxpath_find_capture_drops},
};
#define RULES (sizeof rules / sizeof *rules)

const struct rxpath_finding_fact *rxpath_finding_at(size_t index)
{
	return index < RULES ? &rules[index].fact : NULL;
}

unsigned rxpath_analyse_stages_to_explain(const struct rxpath_report *report,
					  const struct rxpath_criteria *criteria)
{
	unsigned stages = 0;

	if (criteria->all)
		return (1u << RXPATH_STAGES) - 1;
	for (size_t i = 0; i < report->line_count; i++)
		if (report->lines[i].moved && !(report->lines[i].flags & RXPATH_FLAG_ALLOWED))
			stages |= 1u << report->lines[i].stage;
	if (report->socket_count > 0)
		stages |= 1u << RXPATH_STAGE_SOCKET;
	return stages;
}

bool finding_add(struct finding_ctx *ctx)
{
	struct rxpath_report *report = ctx->report;
	const struct draft *draft = &ctx->draft;
	struct rxpath_finding *findings;
	struct rxpath_slice *evidence;
	struct rxpath_advice *advice;

	if (draft->summary.len == 0)
		ctx->draft.summary = rxpath_slice_of(ctx->fact->meaning);
	if (draft->advice_count == 0)
		finding_default_advice(ctx);
	findings = rxpath_array_grow(report->findings, report->finding_count, &report->finding_cap,
				     sizeof *findings);
	evidence = rxpath_arena_take(&report->arena, sizeof draft->evidence);
	advice = rxpath_arena_take(&report->arena, sizeof draft->advice);
	if (findings)
		report->findings = findings;
	if (!findings || !evidence || !advice)
		return false;
	memcpy(evidence, draft->evidence, sizeof draft->evidence);
	memcpy(advice, draft->advice, sizeof draft->advice);
	findings[report->finding_count++] = (struct rxpath_finding){
		.id = ctx->fact->id,
		.cause = ctx->fact->cause,
		.stage = ctx->fact->stage,
		.kind = draft->kind,
		.pid = draft->reader ? draft->reader->pid : RXPATH_UNKNOWN,
		.follows = draft->follows,
		.summary = draft->summary,
		.evidence = evidence,
		.evidence_count = draft->evidence_count,
		.advice = advice,
		.advice_count = draft->advice_count,
	};
	ctx->draft = (struct draft){.kind = ctx->fact->kind};
	ctx->added = true;
	return true;
}

static bool find_all(struct finding_ctx *ctx)
{
	const struct rxpath_report *report = ctx->report;

	ctx->moved = malloc((report->line_count + 1) * sizeof(const struct rxpath_line *));
	if (!ctx->moved || !rxpath_match(&ctx->match))
		return false;
	for (size_t i = 0; i < report->line_count; i++)
		if (report->lines[i].moved && !(report->lines[i].flags & RXPATH_FLAG_ALLOWED))
			ctx->moved[ctx->moved_count++] = &report->lines[i];
	for (size_t i = 0; i < RULES; i++) {
		if (report->stages[rules[i].fact.stage].state == RXPATH_STATE_SKIPPED)
			continue;
		ctx->draft = (struct draft){.kind = rules[i].fact.kind};
		ctx->fact = &rules[i].fact;
		ctx->added = false;
		/* A rule that made several has added those before the last itself. */
		if (rules[i].find(ctx) && !(ctx->added && ctx->draft.summary.len == 0) &&
		    !finding_add(ctx))
			return false;
	}
	return !ctx->failed;
}

bool rxpath_analyse_findings(struct rxpath_report *report, const struct rxpath_sample *before,
			     const struct rxpath_sample *after,
			     const struct rxpath_sample *settings, struct rxpath_error *error)
{
	struct finding_ctx ctx = {
		.match = {.before = before, .after = after},
		.report = report,
		.settings = settings,
	};
	bool done;

	if (!rxpath_rank_processes(report))
		return rxpath_error_memory(error);
	if (report->line_count == 0 && report->socket_count == 0)
		return true;
	done = find_all(&ctx);
	free(ctx.moved);
	rxpath_match_free(&ctx.match);
	return done || rxpath_error_memory(error);
}
