/* fault_program.c: what filters and programs at the device drop, which no protocol ever sees:
 * traffic control, XDP. */
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <stdlib.h>
#include <string.h>

#include "lab.h"

#define TIMES 100

/* A classic filter whose verdict is taken as it stands: TC_ACT_SHOT. */
#define SHOT " bpf bytecode '1,6 0 0 2' direct-action\n"

static uint64_t deliver_nothing(struct lab *lab)
{
	int fd = lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_LARGE);
	struct lab_packet packet;
	uint64_t sent;

	lab_udp4(&packet, LAB_PORT, 100);
	lab_begin(lab);
	sent = lab_inject(lab, &packet, TIMES);
	lab_settle();
	lab_end(lab);
	if (lab_drain(fd) != 0)
		lab_die(lab, "something was let pass");
	return sent;
}

static void tc(struct lab *lab)
{
	lab_tc(lab, lab->fault->how);
	lab_want(lab, "reject", "tc_ingress_drops", "vb", deliver_nothing(lab), 0);
	lab_want_finding(lab, "tc-filter", "its filter bpf, pref 49152, chain 0, is a program");
	lab_want_end(lab, 0, 0);
}

/* The answers to what nobody listens to are dropped as they are sent: nothing that was received. */
static void tc_egress(struct lab *lab)
{
	struct lab_packet packet;
	uint64_t sent;

	lab_tc(lab, "qdisc add dev vb clsact\nfilter add dev vb egress" SHOT);
	lab_set(lab, "net/ipv4/icmp_ratelimit", "0");
	lab_udp4(&packet, LAB_PORT, 100);
	lab_begin(lab);
	sent = lab_inject(lab, &packet, TIMES);
	lab_end(lab);
	lab_want(lab, "reject", "UdpNoPorts", "-", sent, 0);
	lab_want_end(lab, 0, 0);
}

static void xdp_driver(struct lab *lab)
{
	const int *verdict = lab->fault->how;

	lab_hook(lab, BPF_PROG_TYPE_XDP, BPF_XDP, *verdict, XDP_FLAGS_DRV_MODE);
	lab_want_sum(lab, "reject", "ethtool.rx_queue_0_xdp_drops", deliver_nothing(lab), 0);
	lab_want_end(lab, 0, 0);
}

/* No counter has what it drops. */
static void xdp_generic(struct lab *lab)
{
	lab_hook(lab, BPF_PROG_TYPE_XDP, BPF_XDP, XDP_DROP, XDP_FLAGS_SKB_MODE);
	deliver_nothing(lab);
	lab_want_end(lab, 0, 0);
}

/* To a device that is not there. */
static void xdp_redirect(struct lab *lab)
{
	static const struct bpf_insn program[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 1, .imm = 0x7ffffff},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 2, .imm = 0},
		{.code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_redirect},
		{.code = BPF_JMP | BPF_EXIT},
	};
	uint64_t sent;

	lab_attach(lab, program, 4, BPF_PROG_TYPE_XDP, BPF_XDP, XDP_FLAGS_DRV_MODE);
	sent = deliver_nothing(lab);
	lab_want_sum(lab, "drop", "ethtool.rx_queue_0_drops", sent, sent);
	lab_want_counted(lab, "rx_dropped", "vb", sent);
	lab_want_end(lab, 1, sent);
}

const struct lab_fault lab_program_faults[] = {
	{.name = "tc-clsact",
	 .run = tc,
	 .modes = LAB_ALL_MODES,
	 .how = "qdisc add dev vb clsact\nfilter add dev vb ingress" SHOT},
	{.name = "tc-ingress",
	 .run = tc,
	 .how = "qdisc add dev vb ingress\nfilter add dev vb ingress" SHOT},
	{.name = "tc-egress", .run = tc_egress},
	{.name = "xdp-driver",
	 .run = xdp_driver,
	 .modes = LAB_BIT(LAB_LIVE),
	 .how = &(const int){XDP_DROP}},
	{.name = "xdp-aborts", .run = xdp_driver, .how = &(const int){XDP_ABORTED}},
	{.name = "xdp-generic", .run = xdp_generic},
	{.name = "xdp-redirect-fails", .run = xdp_redirect, .modes = LAB_BIT(LAB_LIVE)},
	{.name = NULL},
};
