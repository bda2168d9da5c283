/* fault_device.c: what takes packets off a device before any protocol: Open vSwitch, and sockets
 * that an XDP program fills (AF_XDP). Both are set up with bare netlink and system calls. */
#include <errno.h>
#include <linux/bpf.h>
#include <linux/genetlink.h>
#include <linux/if_link.h>
#include <linux/if_xdp.h>
#include <linux/openvswitch.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/xdp_diag.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lab.h"

#define TIMES 100

/* --- netlink --- */

struct request {
	struct nlmsghdr header;
	unsigned char bytes[512];
};

static void append(struct request *request, const void *bytes, size_t len)
{
	memcpy((char *)request + request->header.nlmsg_len, bytes, len);
	request->header.nlmsg_len += (uint32_t)NLMSG_ALIGN(len);
}

static void append_attribute(struct request *request, uint16_t type, const void *bytes, size_t len)
{
	struct nlattr attribute = {(uint16_t)(sizeof attribute + len), type};

	append(request, &attribute, sizeof attribute);
	append(request, bytes, len);
}

static struct request genl_request(uint16_t family, uint8_t command, uint8_t version)
{
	struct genlmsghdr generic = {.cmd = command, .version = version};
	struct request request;

	memset(&request, 0, sizeof request);
	request.header.nlmsg_len = NLMSG_HDRLEN;
	request.header.nlmsg_type = family;
	request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	append(&request, &generic, sizeof generic);
	return request;
}

/* Sends it; the first answer is then in `answer`. An error of the kernel, or 0. */
static int ask(const struct lab *lab, int fd, const struct request *request, unsigned char *answer,
	       size_t size)
{
	const struct nlmsghdr *header = (const struct nlmsghdr *)(const void *)answer;
	struct nlmsgerr error = {0};

	if (send(fd, request, request->header.nlmsg_len, 0) < 0 || recv(fd, answer, size, 0) < 0)
		lab_die(lab, "netlink: %s", strerror(errno));
	if (header->nlmsg_type == NLMSG_ERROR)
		memcpy(&error, answer + NLMSG_HDRLEN, sizeof error);
	return -error.error;
}

static int netlink(const struct lab *lab, int protocol)
{
	struct sockaddr_nl any = {.nl_family = AF_NETLINK};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);

	if (fd < 0 || bind(fd, (struct sockaddr *)&any, sizeof any) != 0)
		lab_die(lab, "netlink: %s", strerror(errno));
	return fd;
}

static uint16_t family_of(const struct lab *lab, const char *name)
{
	struct request request = genl_request(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1);
	_Alignas(struct nlmsghdr) unsigned char answer[8192];
	int fd = netlink(lab, NETLINK_GENERIC), error;
	size_t at = NLMSG_HDRLEN + GENL_HDRLEN;
	const struct nlmsghdr *header = (const struct nlmsghdr *)(const void *)answer;
	uint16_t number = 0;

	append_attribute(&request, CTRL_ATTR_FAMILY_NAME, name, strlen(name) + 1);
	error = ask(lab, fd, &request, answer, sizeof answer);
	close(fd);
	if (error != 0)
		lab_skip(lab, "no %s on this kernel: %s", name, strerror(error));
	for (struct nlattr attribute; at + sizeof attribute <= header->nlmsg_len;
	     at += NLMSG_ALIGN(attribute.nla_len)) {
		memcpy(&attribute, answer + at, sizeof attribute);
		if (attribute.nla_len < sizeof attribute)
			break;
		if (attribute.nla_type == CTRL_ATTR_FAMILY_ID)
			memcpy(&number, answer + at + sizeof attribute, sizeof number);
	}
	return number;
}

/* --- Open vSwitch --- */

static void command(const struct lab *lab, const struct request *request, const char *what)
{
	unsigned char answer[8192];
	int fd = netlink(lab, NETLINK_GENERIC);
	int error = ask(lab, fd, request, answer, sizeof answer);

	close(fd);
	if (error != 0)
		lab_die(lab, "%s: %s", what, strerror(error));
}

/* A datapath that has vb, knows no flow, and asks the process at that port of netlink. */
static void make_datapath(const struct lab *lab, uint32_t port)
{
	const uint32_t type = OVS_VPORT_TYPE_NETDEV, nobody = 0;
	struct ovs_header header = {0};
	struct request request;

	lab_module(lab, "openvswitch");
	request = genl_request(family_of(lab, OVS_DATAPATH_FAMILY), OVS_DP_CMD_NEW,
			       OVS_DATAPATH_VERSION);
	append(&request, &header, sizeof header);
	append_attribute(&request, OVS_DP_ATTR_NAME, "dp0", sizeof "dp0");
	append_attribute(&request, OVS_DP_ATTR_UPCALL_PID, &nobody, sizeof nobody);
	command(lab, &request, "datapath");

	header.dp_ifindex = (int)if_nametoindex("dp0");
	request = genl_request(family_of(lab, OVS_VPORT_FAMILY), OVS_VPORT_CMD_NEW,
			       OVS_VPORT_VERSION);
	append(&request, &header, sizeof header);
	append_attribute(&request, OVS_VPORT_ATTR_TYPE, &type, sizeof type);
	append_attribute(&request, OVS_VPORT_ATTR_NAME, "vb", sizeof "vb");
	append_attribute(&request, OVS_VPORT_ATTR_UPCALL_PID, &port, sizeof port);
	command(lab, &request, "port of the datapath");
}

static void ovs_unhandled(struct lab *lab)
{
	struct lab_packet packet;
	uint64_t lost;

	make_datapath(lab, 0);
	lab_udp4(&packet, LAB_PORT, 100);
	lab_begin(lab);
	lost = lab_inject(lab, &packet, TIMES);
	lab_end(lab);
	lab_want(lab, "drop", "ovs_lost", "dp0", lost, lost);
	lab_want_end(lab, 1, lost);
}

/* Who decides about unknown flows is slow: its queue is full. */
static void ovs_full(struct lab *lab)
{
	int fd = netlink(lab, NETLINK_GENERIC);
	struct sockaddr_nl self;
	socklen_t len = sizeof self;
	unsigned char upcall[8192];
	struct lab_packet packet;
	uint64_t lost;

	if (getsockname(fd, (struct sockaddr *)&self, &len) != 0)
		lab_die(lab, "getsockname: %s", strerror(errno));
	lab_rcvbuf(lab, fd, 2 * LAB_SMALL);
	make_datapath(lab, self.nl_pid);
	lab_udp4(&packet, LAB_PORT, 100);
	lab_begin(lab);
	lost = lab_inject(lab, &packet, TIMES);
	lab_end(lab);
	/* The first answer is that something was lost. */
	for (unsigned errors = 0; errors < 2;) {
		if (recv(fd, upcall, sizeof upcall, MSG_DONTWAIT) >= 0)
			lost--;
		else
			errors++;
	}
	if (lost == 0 || lost == TIMES)
		lab_die(lab, "%s of the packets came up", lost ? "none" : "all");
	lab_want(lab, "drop", "ovs_lost", "dp0", lost, lost);
	lab_want_sum(lab, "pressure", "netlink_drops", lost, 0);
	lab_want_end(lab, 1, lost);
}

/* --- AF_XDP --- */

#define FRAMES 1024
#define FRAME 2048
#define RING 64

struct ring {
	uint32_t *producer, *consumer;
	char *entries;
};

static struct ring map_ring(const struct lab *lab, int fd, const struct xdp_ring_offset *offsets,
			    size_t size, off_t page)
{
	char *at = mmap(NULL, offsets->desc + size, PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_POPULATE, fd, page);

	if (at == MAP_FAILED)
		lab_die(lab, "ring of AF_XDP: %s", strerror(errno));
	return (struct ring){
		(uint32_t *)(void *)(at + offsets->producer),
		(uint32_t *)(void *)(at + offsets->consumer),
		at + offsets->desc,
	};
}

static void set_xdp(const struct lab *lab, int fd, int option, const void *value, socklen_t len)
{
	if (setsockopt(fd, SOL_XDP, option, value, len) != 0)
		lab_die(lab, "option %d of AF_XDP: %s", option, strerror(errno));
}

/* A socket for the only queue of vb with that many free frames, and the ring it reads from. */
static struct ring xdp_socket(const struct lab *lab, uint32_t free_frames, int *fd)
{
	const int sizes[] = {RING, FRAMES};
	struct sockaddr_xdp address = {.sxdp_family = AF_XDP, .sxdp_flags = XDP_COPY};
	struct xdp_umem_reg memory = {.len = FRAMES * FRAME, .chunk_size = FRAME};
	struct xdp_mmap_offsets offsets;
	socklen_t len = sizeof offsets;
	struct ring fill, received;
	char *area = mmap(NULL, FRAMES * FRAME, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	*fd = socket(AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (*fd < 0)
		lab_skip(lab, "no AF_XDP on this kernel: %s", strerror(errno));
	if (area == MAP_FAILED)
		lab_die(lab, "mmap: %s", strerror(errno));
	memory.addr = (uint64_t)(uintptr_t)area;
	set_xdp(lab, *fd, XDP_UMEM_REG, &memory, sizeof memory);
	set_xdp(lab, *fd, XDP_UMEM_FILL_RING, &sizes[1], sizeof sizes[1]);
	set_xdp(lab, *fd, XDP_UMEM_COMPLETION_RING, &sizes[0], sizeof sizes[0]);
	set_xdp(lab, *fd, XDP_RX_RING, &sizes[0], sizeof sizes[0]);
	if (getsockopt(*fd, SOL_XDP, XDP_MMAP_OFFSETS, &offsets, &len) != 0)
		lab_die(lab, "XDP_MMAP_OFFSETS: %s", strerror(errno));
	fill = map_ring(lab, *fd, &offsets.fr, FRAMES * sizeof(uint64_t),
			(off_t)XDP_UMEM_PGOFF_FILL_RING);
	received =
		map_ring(lab, *fd, &offsets.rx, RING * sizeof(struct xdp_desc), XDP_PGOFF_RX_RING);
	for (uint32_t i = 0; i < free_frames; i++)
		((uint64_t *)(void *)fill.entries)[i] = (uint64_t)i * FRAME;
	__atomic_store_n(fill.producer, free_frames, __ATOMIC_RELEASE);
	address.sxdp_ifindex = if_nametoindex("vb");
	if (bind(*fd, (struct sockaddr *)&address, sizeof address) != 0)
		lab_die(lab, "bind of AF_XDP: %s", strerror(errno));
	return received;
}

/* A program on vb that gives all it sees to the socket. */
static void redirect_to(const struct lab *lab, int xdp)
{
	union bpf_attr attr;
	const uint32_t queue = 0;
	int map;

	memset(&attr, 0, sizeof attr);
	attr.map_type = BPF_MAP_TYPE_XSKMAP;
	attr.key_size = sizeof queue;
	attr.value_size = sizeof xdp;
	attr.max_entries = 1;
	map = (int)syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof attr);
	memset(&attr, 0, sizeof attr);
	attr.map_fd = (uint32_t)map;
	attr.key = (uint64_t)(uintptr_t)&queue;
	attr.value = (uint64_t)(uintptr_t)&xdp;
	if (map < 0 || syscall(SYS_bpf, BPF_MAP_UPDATE_ELEM, &attr, sizeof attr) != 0)
		lab_skip(lab, "bpf: %s", strerror(errno));
	lab_attach(lab,
		   (const struct bpf_insn[]){
			   {.code = BPF_LD | BPF_DW | BPF_IMM,
			    .dst_reg = 1,
			    .src_reg = BPF_PSEUDO_MAP_FD,
			    .imm = map},
			   {.code = 0},
			   {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 2, .imm = 0},
			   {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 3, .imm = 0},
			   {.code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_redirect_map},
			   {.code = BPF_JMP | BPF_EXIT},
		   },
		   6, BPF_PROG_TYPE_XDP, BPF_XDP, XDP_FLAGS_SKB_MODE);
}

/* Without xsk_diag nobody but the process itself can see what its socket lost. */
static void need_xdp_diag(const struct lab *lab)
{
	struct {
		struct nlmsghdr header;
		struct xdp_diag_req body;
	} request = {
		{sizeof request, SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST | NLM_F_DUMP, 1, 0},
		{.sdiag_family = AF_XDP, .xdiag_show = XDP_SHOW_STATS},
	};
	unsigned char answer[8192];
	int fd = netlink(lab, NETLINK_SOCK_DIAG);
	const struct nlmsghdr *header = (const struct nlmsghdr *)(const void *)answer;

	if (send(fd, &request, sizeof request, 0) < 0 || recv(fd, answer, sizeof answer, 0) < 0)
		lab_die(lab, "sock_diag: %s", strerror(errno));
	close(fd);
	if (header->nlmsg_type == NLMSG_ERROR)
		lab_skip(lab, "this kernel shows no AF_XDP sockets");
}

/* What the application has not got of all that was sent, with so many frames to put it into. */
static void xdp(struct lab *lab, uint32_t free_frames)
{
	struct lab_packet packet;
	struct ring received;
	uint64_t lost;
	int fd;

	received = xdp_socket(lab, free_frames, &fd);
	need_xdp_diag(lab);
	redirect_to(lab, fd);
	lab_udp4(&packet, LAB_PORT, 100);
	lab_begin(lab);
	lost = lab_inject(lab, &packet, TIMES);
	lab_end(lab);
	lost -= __atomic_load_n(received.producer, __ATOMIC_ACQUIRE);
	if (lost == 0 || lost == TIMES)
		lab_die(lab, "%s of the packets arrived", lost ? "none" : "all");
	lab_want(lab, "drop", "sk_drops", "-", lost, lost);
	lab_want_socket(lab, fd, "xdp/vb:0", lost);
	lab_want_end(lab, 1, lost);
}

static void xdp_ring_full(struct lab *lab)
{
	xdp(lab, FRAMES);
}

static void xdp_no_frames(struct lab *lab)
{
	xdp(lab, RING / 2);
}

const struct lab_fault lab_device_faults[] = {
	{.name = "guest-ovs-unhandled", .run = ovs_unhandled},
	{.name = "guest-ovs-full", .run = ovs_full, .modes = LAB_BIT(LAB_LIVE)},
	{.name = "guest-xdp-ring-full", .run = xdp_ring_full, .modes = LAB_BIT(LAB_LIVE)},
	{.name = "guest-xdp-no-frames", .run = xdp_no_frames},
	{.name = NULL},
};
