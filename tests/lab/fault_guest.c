/* fault_guest.c: faults for kernels with more devices than most machines have: tunnels, VLANs,
 * bonds, traffic control, IPVS. Where the kernel lacks the device they are skipped.
 *
 * What changes the whole machine (a CPU that goes away, the clock, cgroups) is done in a guest
 * only, which says so by LAB_GUEST in its environment. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/if_ether.h>
#include <linux/if_tun.h>
#include <linux/ip_vs.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <linux/tls.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lab.h"

#ifndef SOL_TLS
#define SOL_TLS 282
#endif

#define MANY 1000
#define TIMES 100
#define INNER_TX "10.78.0.1"
#define INNER_RX "10.78.0.2"
#define INNER_MAC 4 /* the last byte of the inner device's address */

#define INNER_DEVICE(device, address) \
	"addr add " address "/24 dev " device "\nlink set " device " up\n"

/* How packets reach an address, or do not. */
struct way {
	const char *batch; /* for ip; "%s" takes the file of the sender's namespace */
	const char *xfrm;  /* for ip too, of what a kernel may lack */
	const char *tc;
	const char *nft;
	void (*make)(struct lab_packet *packet);
	const char *address;		      /* of the receiver; NULL: LAB_RX4 */
	const char *setting;		      /* of the receiving namespace, to be 1 */
	const char *kind, *counter, *subject; /* NULL: nothing counts them */
	const char *within;		      /* counts them too */
	const char *also;		      /* so does this, by itself */
};

static void only_in_a_guest(const struct lab *lab)
{
	if (!getenv("LAB_GUEST"))
		lab_skip(lab, "it changes the whole machine: only in a guest");
}

static void set_up(const struct lab *lab, const struct way *way)
{
	char batch[1024], sender[64];

	/* New devices then have nothing to say. */
	lab_set(lab, "net/ipv6/conf/default/disable_ipv6", "1");
	snprintf(sender, sizeof sender, "/proc/%ld/fd/%d", (long)getpid(), lab->tx_net);
	if (way->batch) {
		const char *at = strstr(way->batch, "%s");

		snprintf(batch, sizeof batch, "%.*s%s%s",
			 at ? (int)(at - way->batch) : (int)strlen(way->batch), way->batch,
			 at ? sender : "", at ? at + 2 : "");
		lab_ip(lab, batch);
	}
	if (way->xfrm)
		lab_try_ip(lab, way->xfrm);
	if (way->tc)
		lab_tc(lab, way->tc);
	if (way->nft)
		lab_nft(lab, way->nft);
	if (way->setting)
		lab_set(lab, way->setting, "1");
}

static void want_overflow(struct lab *lab, int fd, const char *address, uint64_t lost)
{
	char subject[72];

	snprintf(subject, sizeof subject, "udp/%s:%d", address, LAB_PORT);
	lab_want(lab, "drop", "UdpRcvbufErrors", "-", lost, lost);
	lab_want_counted(lab, "UdpInErrors", "-", lost);
	lab_want_socket(lab, fd, subject, lost);
	lab_want_end(lab, 1, lost);
}

/* A full socket at the far end of the way: counted once, whatever the devices before it say. */
static void overflow(struct lab *lab)
{
	const struct way *way = lab->fault->how;
	const char *address = way->address ? way->address : LAB_RX4;
	struct lab_packet packet;
	uint64_t lost;
	int fd;

	set_up(lab, way);
	fd = lab_receiver(lab, address, LAB_PORT, LAB_SMALL);
	way->make(&packet);
	lab_begin(lab);
	lost = lab_inject(lab, &packet, MANY);
	lab_sleep_ms(50); /* some devices hand on what they get a moment later */
	lab_end(lab);
	lost -= lab_drain(fd);
	if (lost == MANY)
		lab_die(lab, "nothing arrived");
	want_overflow(lab, fd, address, lost);
}

/* Packets that end on the way: none is read, and one counter has them all, or none. */
static void refused(struct lab *lab)
{
	const struct way *way = lab->fault->how;
	const char *address = way->address ? way->address : LAB_RX4;
	struct lab_packet packet;
	bool drop = way->kind && strcmp(way->kind, "drop") == 0;
	uint64_t lost;
	int fd;

	set_up(lab, way);
	fd = lab_receiver(lab, address, LAB_PORT, LAB_LARGE);
	way->make(&packet);
	lab_begin(lab);
	lost = lab_inject(lab, &packet, TIMES);
	lab_sleep_ms(50);
	lab_end(lab);
	lost -= lab_drain(fd);
	if (lost == 0)
		lab_die(lab, "all of them arrived");
	if (way->counter)
		lab_want(lab, way->kind, way->counter, way->subject, lost, drop ? lost : 0);
	if (way->within)
		lab_want_counted(lab, way->within, way->subject, lost);
	/* Where nothing counted them before, newer kernels have it with the device's drops. */
	if (!way->counter && lab_values_find(&lab->moved, "rx_dropped", "vb"))
		lab_want(lab, "suspect", "rx_dropped", "vb", lost, 0);
	if (way->also)
		lab_want(lab, way->kind, way->also, way->subject, lost, 0);
	lab_want_end(lab, drop, drop ? lost : 0);
}

/* --- packets --- */

static void plain(struct lab_packet *packet)
{
	lab_udp4(packet, LAB_PORT, 100);
}

static void inner(struct lab_packet *packet)
{
	lab_udp4(packet, LAB_PORT, 100);
	lab_readdress(packet, INNER_TX, INNER_RX);
}

static void tag(struct lab_packet *packet, unsigned type, unsigned id)
{
	memmove(packet->bytes + 16, packet->bytes + 12, packet->len - 12);
	lab_put16(packet, 12, type);
	lab_put16(packet, 14, id);
	packet->len += 4;
	packet->body += 4;
}

static void tagged(struct lab_packet *packet)
{
	inner(packet);
	tag(packet, ETH_P_8021Q, 100);
}

static void tagged_twice(struct lab_packet *packet)
{
	inner(packet);
	tag(packet, ETH_P_8021Q, 200);
	tag(packet, ETH_P_8021Q, 100);
}

static void tagged_service(struct lab_packet *packet)
{
	inner(packet);
	tag(packet, ETH_P_8021Q, 200);
	tag(packet, ETH_P_8021AD, 100);
}

static void tagged_priority(struct lab_packet *packet)
{
	lab_udp4(packet, LAB_PORT, 100);
	tag(packet, ETH_P_8021Q, 0xa000);
}

static void tagged_unknown(struct lab_packet *packet)
{
	lab_ether(packet, 0x88b5, 100);
	tag(packet, ETH_P_8021Q, 100);
}

/* Puts the packet into another one: a header, then the packet from byte `from` on. */
static void wrap(struct lab_packet *packet, uint8_t protocol, const void *header, size_t len,
		 size_t from)
{
	struct lab_packet whole;
	size_t size = packet->len - from;

	lab_ip4(&whole, protocol, len + size);
	memcpy(whole.bytes + whole.body, header, len);
	memcpy(whole.bytes + whole.body + len, packet->bytes + from, size);
	if (protocol == IPPROTO_UDP)
		lab_put16(&whole, whole.body + 4, (unsigned)(len + size));
	*packet = whole;
}

static void in_ipip(struct lab_packet *packet)
{
	inner(packet);
	wrap(packet, IPPROTO_IPIP, "", 0, LAB_ETHER);
}

static void in_gre(struct lab_packet *packet)
{
	inner(packet);
	wrap(packet, IPPROTO_GRE, (unsigned char[]){0, 0, 8, 0}, 4, LAB_ETHER);
}

static void in_gre_key(struct lab_packet *packet)
{
	inner(packet);
	wrap(packet, IPPROTO_GRE, (unsigned char[]){0x20, 0, 8, 0, 0, 0, 0, 7}, 8, LAB_ETHER);
}

static void in_gretap(struct lab_packet *packet)
{
	inner(packet);
	packet->bytes[5] = INNER_MAC;
	wrap(packet, IPPROTO_GRE, (unsigned char[]){0, 0, 0x65, 0x58}, 4, 0);
}

/* Behind a UDP header from port 40000. */
#define TO_PORT(port, ...) \
	(unsigned char[]) \
	{ \
		0x9c, 0x40, (port) >> 8, (port)&255, 0, 0, 0, 0, __VA_ARGS__ \
	}

static void in_vxlan_of(struct lab_packet *packet, unsigned char id)
{
	inner(packet);
	packet->bytes[5] = INNER_MAC;
	wrap(packet, IPPROTO_UDP, TO_PORT(4789, 8, 0, 0, 0, 0, 0, id, 0), 16, 0);
}

static void in_vxlan(struct lab_packet *packet)
{
	in_vxlan_of(packet, 7);
}

static void in_vxlan_unknown(struct lab_packet *packet)
{
	in_vxlan_of(packet, 8);
}

static void in_geneve(struct lab_packet *packet)
{
	inner(packet);
	packet->bytes[5] = INNER_MAC;
	wrap(packet, IPPROTO_UDP, TO_PORT(6081, 0, 0, 0x65, 0x58, 0, 0, 7, 0), 16, 0);
}

static void damaged_tcp(struct lab_packet *packet)
{
	/* An answer to nothing. */
	lab_syn4(packet, LAB_TX4, 30000, LAB_PORT);
	packet->bytes[packet->body + 13] = 0x12;
	lab_seal_body(packet);
}

/* Encrypted with nothing: the packet's body, two bytes of padding and the trailer. */
static void in_esp_of(struct lab_packet *packet, unsigned char id, unsigned number)
{
	unsigned char header[8] = {0, 0, id, 0};
	size_t body = packet->len - packet->body, size = (body + 2 + 3) / 4 * 4;
	struct lab_packet whole;

	header[6] = (unsigned char)(number >> 8);
	header[7] = (unsigned char)number;
	lab_ip4(&whole, IPPROTO_ESP, sizeof header + size);
	memset(whole.bytes + whole.body, 0, sizeof header + size);
	memcpy(whole.bytes + whole.body, header, sizeof header);
	memcpy(whole.bytes + whole.body + 8, packet->bytes + packet->body, body);
	for (size_t i = body; i < size - 2; i++)
		whole.bytes[whole.body + 8 + i] = (unsigned char)(i - body + 1);
	whole.bytes[whole.len - 2] = (unsigned char)(size - 2 - body);
	whole.bytes[whole.len - 1] = packet->bytes[LAB_ETHER + 9];
	*packet = whole;
}

static void in_esp(struct lab_packet *packet)
{
	plain(packet);
	in_esp_of(packet, 1, 1);
}

static void in_esp_unknown(struct lab_packet *packet)
{
	plain(packet);
	in_esp_of(packet, 2, 1);
}

static void in_esp_tunnel(struct lab_packet *packet)
{
	plain(packet);
	wrap(packet, IPPROTO_IPIP, "", 0, LAB_ETHER);
	in_esp_of(packet, 1, 1);
}

/* --- bonds --- */

#define BOND \
	"link add bond1 type bond mode active-backup miimon 20\n" \
	"link set bond1 addrgenmode none\n" \
	"link add vb2 address 02:00:00:00:00:02 type veth" \
	" peer name va2 address 02:00:00:00:00:05 netns %s\n" \
	"link set vb down\n" \
	"link set vb master bond1\n" \
	"link set vb2 master bond1\n" \
	"link set bond1 address 02:00:00:00:00:02 up\n" \
	"addr add " INNER_RX "/24 dev bond1\n"

/* The device of the sender whose far end is the inactive port. */
static int bond(struct lab *lab)
{
	static const struct way way = {.batch = BOND};
	int inactive;

	set_up(lab, &way);
	lab_in_tx(lab);
	lab_ip(lab, "link set va up\nlink set va2 up\n");
	inactive = (int)if_nametoindex("va2");
	lab_in_rx(lab);
	lab_sleep_ms(300);
	lab_ip(lab, "link set bond1 type bond active_slave vb\n");
	lab_sleep_ms(100);
	return inactive;
}

static void bond_overflow(struct lab *lab)
{
	struct lab_packet packet;
	uint64_t lost;
	int fd;

	bond(lab);
	fd = lab_receiver(lab, INNER_RX, LAB_PORT, LAB_SMALL);
	inner(&packet);
	lab_begin(lab);
	lost = lab_inject(lab, &packet, MANY);
	lab_end(lab);
	lost -= lab_drain(fd);
	want_overflow(lab, fd, INNER_RX, lost);
}

static void bond_inactive(struct lab *lab)
{
	struct lab_packet packet;
	uint64_t lost;
	int inactive = bond(lab), fd;

	fd = lab_receiver(lab, INNER_RX, LAB_PORT, LAB_LARGE);
	inner(&packet);
	lab_begin(lab);
	lost = lab_inject_via(lab, inactive, &packet, TIMES);
	lab_end(lab);
	lost -= lab_drain(fd);
	lab_want(lab, "reject", "rx_nohandler", "vb2", lost, 0);
	/* The bond's, which has its ports'. */
	lab_want_flag(lab, "rx_nohandler", "bond1", "counted");
	lab_want_end(lab, 0, 0);
}

/* The active port loses, and the inactive one refuses: neither is the bond's a second time. */
static void bond_lossy(struct lab *lab)
{
	struct lab_packet packet;
	int inactive = bond(lab);

	lab_in_tx(lab);
	lab_ip(lab, "link set va mtu 4000\n");
	lab_in_rx(lab);
	lab_udp4(&packet, LAB_PORT, 3000);
	lab_begin(lab);
	lab_inject(lab, &packet, TIMES);
	inner(&packet);
	lab_inject_via(lab, inactive, &packet, TIMES);
	lab_end(lab);
	lab_want(lab, "suspect", "rx_dropped", "vb", TIMES, 0);
	lab_want(lab, "reject", "rx_nohandler", "vb2", TIMES, 0);
	/* The bond's, which has its ports'. */
	lab_want_flag(lab, "rx_dropped", "bond1", "counted");
	lab_want_flag(lab, "rx_nohandler", "bond1", "counted");
	lab_want_end(lab, 0, 0);
}

/* --- others --- */

static void tun(struct lab *lab)
{
	struct ifreq request = {.ifr_name = "tn0", .ifr_flags = IFF_TUN | IFF_NO_PI};
	static const struct way way = {
		.batch = "addr add " INNER_RX "/24 dev tn0\nlink set tn0 up\n",
	};
	struct lab_packet packet;
	uint64_t lost = 0;
	int tap, fd;

	lab_module(lab, "tun");
	tap = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
	lab_set(lab, "net/ipv6/conf/default/disable_ipv6", "1");
	if (tap < 0 || ioctl(tap, TUNSETIFF, &request) != 0)
		lab_skip(lab, "no tun on this kernel: %s", strerror(errno));
	set_up(lab, &way);
	fd = lab_receiver(lab, INNER_RX, LAB_PORT, LAB_SMALL);
	inner(&packet);
	lab_begin(lab);
	for (int i = 0; i < MANY; i++)
		lost += write(tap, packet.bytes + LAB_ETHER, packet.len - LAB_ETHER) > 0;
	lab_end(lab);
	lost -= lab_drain(fd);
	want_overflow(lab, fd, INNER_RX, lost);
}

#define ESP_STATE(mode, options) \
	"xfrm state add src " LAB_TX4 " dst " LAB_RX4 " proto esp spi 0x100 mode " mode \
	" " options " enc ecb(cipher_null) \"\" auth digest_null \"\"\n"
#define ESP_POLICY(rest) "xfrm policy add src " LAB_TX4 " dst " LAB_RX4 " dir in " rest "\n"

static void esp_overflow(struct lab *lab)
{
	int fd = lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_SMALL);
	struct lab_packet packet;
	uint64_t lost = 0;

	lab_try_ip(lab, ESP_STATE("transport", "replay-window 32"));
	lab_begin(lab);
	for (unsigned i = 1; i <= MANY; i++) {
		plain(&packet);
		in_esp_of(&packet, 1, i);
		lost += lab_inject(lab, &packet, 1);
	}
	lab_end(lab);
	lost -= lab_drain(fd);
	if (lost == MANY)
		lab_die(lab, "nothing arrived");
	want_overflow(lab, fd, LAB_RX4, lost);
}

/* A policy, or the lack of one, refuses what came. UDP counts it too, without saying why. */
static void refused_by_policy(struct lab *lab)
{
	const struct way *way = lab->fault->how;
	int fd = lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_LARGE);
	struct lab_packet packet;
	uint64_t lost;

	lab_try_ip(lab, way->xfrm);
	way->make(&packet);
	lab_begin(lab);
	lost = lab_inject(lab, &packet, TIMES);
	lab_end(lab);
	lost -= lab_drain(fd);
	lab_want(lab, way->kind, way->counter, "-", lost, 0);
	lab_want_socket(lab, fd, "udp/" LAB_RX4 ":9999", lost);
	lab_want_counted(lab, "UdpInErrors", "-", lost);
	lab_want_end(lab, 0, 0);
}

/* --- WireGuard --- */

/* Runs a command of the shell in the scratch directory; it is skipped where it fails. */
static void shell(const struct lab *lab, const char *command)
{
	char text[1024], errors[256];
	char *argv[] = {(char[]){"sh"}, (char[]){"-ec"}, text, NULL};

	snprintf(text, sizeof text, "cd %s; %s", lab->dir, command);
	snprintf(errors, sizeof errors, "%s/shell.err", lab->dir);
	if (lab_command(lab, argv, NULL, errors, false) != 0)
		lab_skip(lab, "%s: %s", command, lab_slurp(errors));
}

/* A tunnel between both sides, of which the receiver takes `allowed` from the key of `peer`. */
static void wireguard(struct lab *lab, const char *peer, const char *allowed)
{
	char command[512];

	lab_set(lab, "net/ipv6/conf/default/disable_ipv6", "1");
	lab_try_ip(lab, "link add wg1 type wireguard\n");
	shell(lab, "umask 077; for who in a b c; do wg genkey > $who; wg pubkey < $who > $who.pub;"
		   " done");
	snprintf(command, sizeof command,
		 "wg set wg1 private-key a listen-port 51820"
		 " peer $(cat %s.pub) allowed-ips %s",
		 peer, allowed);
	shell(lab, command);
	lab_ip(lab, INNER_DEVICE("wg1", INNER_RX));
	lab_in_tx(lab);
	lab_try_ip(lab, "link add wg1 type wireguard\n");
	shell(lab, "wg set wg1 private-key b peer $(cat a.pub) endpoint " LAB_RX4 ":51820"
		   " allowed-ips 10.78.0.0/24");
	lab_ip(lab, INNER_DEVICE("wg1", INNER_TX));
	lab_in_rx(lab);
}

static uint64_t send_through(const struct lab *lab, unsigned times)
{
	int from = lab_sender(lab, INNER_RX, LAB_PORT);
	uint64_t sent = 0;
	char payload[100] = "";

	/* The first one waits until both sides know each other. */
	for (unsigned i = 0; i < times; i++) {
		sent += send(from, payload, sizeof payload, 0) == (ssize_t)sizeof payload;
		lab_sleep_ms(i == 0 ? 1000 : i % 50 == 0 ? 20 : 0);
	}
	lab_sleep_ms(500);
	close(from);
	return sent;
}

static void wireguard_overflow(struct lab *lab)
{
	uint64_t lost;
	int fd;

	wireguard(lab, "b", INNER_TX "/32");
	fd = lab_receiver(lab, INNER_RX, LAB_PORT, LAB_SMALL);
	lab_begin(lab);
	lost = send_through(lab, 500);
	lab_end(lab);
	lost -= lab_drain(fd);
	if (lost == 500)
		lab_die(lab, "nothing arrived");
	want_overflow(lab, fd, INNER_RX, lost);
}

/* A known sender with an inner address that is not its own. */
static void wireguard_address(struct lab *lab)
{
	uint64_t lost;
	int fd;

	wireguard(lab, "b", "10.78.0.9/32");
	fd = lab_receiver(lab, INNER_RX, LAB_PORT, LAB_LARGE);
	lab_begin(lab);
	lost = send_through(lab, TIMES);
	lab_end(lab);
	lost -= lab_drain(fd);
	lab_want(lab, "drop", "rx_frame_errors", "wg1", lost, lost);
	lab_want_counted(lab, "rx_errors", "wg1", lost);
	lab_want_end(lab, 1, lost);
}

/* Nothing on this side counts a stranger. */
static void wireguard_key(struct lab *lab)
{
	int fd;

	wireguard(lab, "c", INNER_TX "/32");
	fd = lab_receiver(lab, INNER_RX, LAB_PORT, LAB_LARGE);
	lab_begin(lab);
	send_through(lab, TIMES);
	lab_end(lab);
	if (lab_drain(fd) != 0)
		lab_die(lab, "something arrived");
	lab_want_end(lab, 0, 0);
}

/* A virtual service that no server stands behind. */
static void ipvs(struct lab *lab)
{
	struct ip_vs_service_user service = {
		.protocol = IPPROTO_UDP,
		.port = htons(LAB_PORT),
		.sched_name = "rr",
		.netmask = 0xffffffff,
	};
	struct lab_packet packet;
	int raw, fd = lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_LARGE);
	uint64_t lost;

	inet_pton(AF_INET, LAB_RX4, &service.addr);
	lab_module(lab, "ip_vs");
	lab_module(lab, "ip_vs_rr");
	raw = lab_socket(lab, AF_INET, SOCK_RAW, IPPROTO_RAW);
	if (setsockopt(raw, IPPROTO_IP, IP_VS_SO_SET_ADD, &service, sizeof service) != 0)
		lab_skip(lab, "no IPVS on this kernel: %s", strerror(errno));
	plain(&packet);
	lab_begin(lab);
	lost = lab_inject(lab, &packet, TIMES);
	lab_end(lab);
	lost -= lab_drain(fd);
	lab_want(lab, "reject", "ip_residual", "-", lost, 0);
	lab_want_end(lab, 0, 0);
}

/* A record that the key does not open. */
static void tls_damaged(struct lab *lab)
{
	static const char record[5 + 48] = {23, 3, 3, 0, 48};
	const struct tls12_crypto_info_aes_gcm_128 key = {
		.info = {.version = TLS_1_2_VERSION, .cipher_type = TLS_CIPHER_AES_GCM_128}};
	int listener = lab_socket(lab, AF_INET, SOCK_STREAM, 0);
	int sender = lab_socket(lab, AF_INET, SOCK_STREAM, 0);
	char bytes[sizeof record];
	int fd;

	lab_module(lab, "tls");
	lab_bind(lab, listener, LAB_RX4, LAB_PORT);
	if (listen(listener, 1) != 0)
		lab_die(lab, "listen");
	lab_connect(lab, sender, LAB_RX4, LAB_PORT);
	lab_settle();
	fd = accept(listener, NULL, NULL);
	if (setsockopt(fd, IPPROTO_TCP, TCP_ULP, "tls", sizeof "tls") != 0 ||
	    setsockopt(fd, SOL_TLS, TLS_RX, &key, sizeof key) != 0)
		lab_skip(lab, "no TLS on this kernel: %s", strerror(errno));
	lab_begin(lab);
	if (send(sender, record, sizeof record, 0) != sizeof record)
		lab_die(lab, "send");
	lab_settle();
	if (recv(fd, bytes, sizeof bytes, 0) >= 0 || errno != EBADMSG)
		lab_die(lab, "the record was read");
	lab_end(lab);
	lab_want(lab, "drop", "TlsDecryptError", "-", 1, 1);
	lab_want_finding(lab, "tls-decrypt", "");
	lab_want_end(lab, 1, 1);
}

/* What IPVS hands to a real server, IP has received and neither delivered nor forwarded. */
static void ipvs_forwards(struct lab *lab)
{
	struct {
		struct ip_vs_service_user service;
		struct ip_vs_dest_user server;
	} pair = {
		.service = {.protocol = IPPROTO_UDP,
			    .port = htons(LAB_PORT),
			    .sched_name = "rr",
			    .netmask = 0xffffffff},
		.server = {.port = htons(LAB_PORT), .conn_flags = IP_VS_CONN_F_DROUTE, .weight = 1},
	};
	struct lab_packet packet;
	int raw;

	inet_pton(AF_INET, LAB_RX4, &pair.service.addr);
	inet_pton(AF_INET, LAB_TX4, &pair.server.addr);
	lab_module(lab, "ip_vs");
	lab_module(lab, "ip_vs_rr");
	lab_set(lab, "net/ipv4/ip_forward", "1");
	raw = lab_socket(lab, AF_INET, SOCK_RAW, IPPROTO_RAW);
	if (setsockopt(raw, IPPROTO_IP, IP_VS_SO_SET_ADD, &pair.service, sizeof pair.service) !=
		    0 ||
	    setsockopt(raw, IPPROTO_IP, IP_VS_SO_SET_ADDDEST, &pair, sizeof pair) != 0)
		lab_skip(lab, "no IPVS on this kernel: %s", strerror(errno));
	plain(&packet);
	lab_begin(lab);
	lab_inject(lab, &packet, TIMES);
	lab_end(lab);
	close(raw);
	lab_want_end(lab, 0, 0);
}

static void ten_thousand_rules(struct lab *lab)
{
	size_t size = 1 << 20, len;
	char *rules = malloc(size);
	struct lab_packet packet;
	int fd = lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_LARGE);
	uint64_t lost;

	if (!rules)
		abort();
	len = (size_t)snprintf(rules, size,
			       "table ip t { chain c {"
			       " type filter hook input priority 0;\n");
	for (int i = 0; i < 10000; i++)
		len += (size_t)snprintf(rules + len, size - len, "udp dport %d counter drop\n",
					20000 + i);
	snprintf(rules + len, size - len, "udp dport %d counter drop\n}; }\n", LAB_PORT);
	lab_nft(lab, rules);
	free(rules);
	plain(&packet);
	lab_begin(lab);
	lost = lab_inject(lab, &packet, TIMES);
	lab_sleep_ms(200);
	lab_end(lab);
	lost -= lab_drain(fd);
	lab_want(lab, "reject", "ip_residual", "-", lost, 0);
	lab_want_end(lab, 0, 0);
}

/* Forwarded beside IP's counters: nothing is lost, and nothing is claimed. */
static void flowtable(struct lab *lab)
{
	static const struct way way = {
		.batch = "link add vc type veth peer name vd netns %s\n"
			 "addr add 10.79.0.2/24 dev vc\nlink set vc up\n"
			 "neigh replace 10.79.0.1 lladdr 02:00:00:00:00:09 dev vc nud permanent\n",
		.nft = "table ip t { flowtable f { hook ingress priority 0; devices = { vb, vc }; }\n"
		       "chain c { type filter hook forward priority 0;"
		       " ip protocol udp flow add @f; }; }\n",
		.setting = "net/ipv4/ip_forward",
	};
	struct lab_packet packet;

	set_up(lab, &way);
	lab_in_tx(lab);
	lab_ip(lab, "link set vd up\n");
	lab_in_rx(lab);
	lab_sleep_ms(50);
	plain(&packet);
	lab_readdress(&packet, NULL, "10.79.0.1");
	lab_begin(lab);
	lab_inject(lab, &packet, MANY);
	lab_end(lab);
	lab_want_end(lab, 0, 0);
}

static void use_napi(const struct lab *lab, bool threaded)
{
	struct ethtool_value value = {.cmd = ETHTOOL_SGRO, .data = 1};
	struct ifreq request = {.ifr_name = "vb", .ifr_data = (void *)&value};
	int fd = lab_socket(lab, AF_INET, SOCK_DGRAM, 0);

	if (ioctl(fd, SIOCETHTOOL, &request) != 0)
		lab_skip(lab, "no GRO on veth: %s", strerror(errno));
	close(fd);
	if (threaded && !lab_write("/sys/class/net/vb/threaded", "1"))
		lab_skip(lab, "no threaded NAPI on this kernel");
}

static void napi(struct lab *lab, bool threaded)
{
	struct lab_packet packet;
	uint64_t lost = 0;
	int fd = lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_SMALL);

	use_napi(lab, threaded);
	plain(&packet);
	lab_begin(lab);
	/* The device's ring has 256 entries. */
	for (int i = 0; i < 10; i++) {
		lost += lab_inject(lab, &packet, 100);
		lab_sleep_ms(30);
	}
	lab_end(lab);
	lost -= lab_drain(fd);
	want_overflow(lab, fd, LAB_RX4, lost);
}

static void napi_threaded(struct lab *lab)
{
	napi(lab, true);
}

static void napi_softirq(struct lab *lab)
{
	napi(lab, false);
}

static void set_cpu(const struct lab *lab, const char *online)
{
	if (!lab_write("/sys/devices/system/cpu/cpu1/online", online))
		lab_skip(lab, "this CPU stays: %s", strerror(errno));
}

static void cpu_offline(struct lab *lab)
{
	int fd = lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_SMALL);
	struct lab_packet packet;
	uint64_t lost;

	only_in_a_guest(lab);
	plain(&packet);
	lab_begin(lab);
	lost = lab_inject(lab, &packet, MANY);
	set_cpu(lab, "0");
	lost += lab_inject(lab, &packet, MANY);
	set_cpu(lab, "1");
	lost += lab_inject(lab, &packet, MANY);
	lab_end(lab);
	lost -= lab_drain(fd);
	want_overflow(lab, fd, LAB_RX4, lost);
}

/* One sample while a CPU is away: its counters are not gone. */
static void cpu_gone(struct lab *lab)
{
	int fd = lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_SMALL);
	struct lab_packet packet;
	uint64_t lost;

	only_in_a_guest(lab);
	plain(&packet);
	lab_begin(lab);
	lost = lab_inject(lab, &packet, MANY);
	set_cpu(lab, "0");
	lost += lab_inject(lab, &packet, MANY);
	lab_end(lab);
	set_cpu(lab, "1");
	lost -= lab_drain(fd);
	want_overflow(lab, fd, LAB_RX4, lost);
}

static void step_clock(const struct lab *lab, int seconds)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	now.tv_sec += seconds;
	if (clock_settime(CLOCK_REALTIME, &now) != 0)
		lab_skip(lab, "the clock cannot be set: %s", strerror(errno));
}

/* Rates are of the time that passed, whatever the clock says. */
static void clock_stepped(struct lab *lab, int seconds)
{
	int fd = lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_SMALL);
	struct lab_packet packet;
	uint64_t lost;
	const char *at;

	only_in_a_guest(lab);
	plain(&packet);
	lab_begin(lab);
	lost = lab_inject(lab, &packet, MANY);
	step_clock(lab, seconds);
	lab_end(lab);
	step_clock(lab, -seconds);
	lost -= lab_drain(fd);
	want_overflow(lab, fd, LAB_RX4, lost);
	at = lab->json ? strstr(lab->json, "\"interval\":") : NULL;
	if (lab->json && (!at || strtod(at + 11, NULL) <= 0 || strtod(at + 11, NULL) > 60))
		lab_wrong(lab, "the clock was stepped, and json says %.24s", at ? at : "nothing");
}

static void clock_forward(struct lab *lab)
{
	clock_stepped(lab, 86400);
}

static void clock_back(struct lab *lab)
{
	clock_stepped(lab, -86400);
}

/* Makes the cgroup "lab", and sets one of its files. */
static void cgroup(const struct lab *lab, const char *controller, const char *file,
		   const char *value)
{
	char root[200], path[256];

	only_in_a_guest(lab);
	snprintf(root, sizeof root, "%s/cgroup", lab->dir);
	mkdir(root, 0700);
	if (mount("cgroup2", root, "cgroup2", 0, NULL) != 0)
		lab_skip(lab, "no cgroup v2: %s", strerror(errno));
	snprintf(path, sizeof path, "%s/cgroup.subtree_control", root);
	if (!lab_write(path, controller))
		lab_skip(lab, "no controller %s: %s", controller, strerror(errno));
	snprintf(path, sizeof path, "%s/lab", root);
	mkdir(path, 0700);
	snprintf(path, sizeof path, "%s/lab/%s", root, file);
	if (!lab_write(path, value))
		lab_skip(lab, "no %s: %s", file, strerror(errno));
}

static void join_cgroup(const struct lab *lab, const char *name, pid_t pid)
{
	char path[256], text[32];

	snprintf(path, sizeof path, "%s/cgroup%s/cgroup.procs", lab->dir, name);
	snprintf(text, sizeof text, "%ld", (long)pid);
	if (!lab_write(path, text))
		lab_die(lab, "%s: %s", path, strerror(errno));
}

/* No more at once than the backlog of a CPU holds. */
static uint64_t inject_in_turns(const struct lab *lab, const struct lab_packet *packet,
				unsigned turns)
{
	uint64_t sent = 0;

	for (unsigned i = 0; i < turns; i++) {
		sent += lab_inject(lab, packet, MANY / 2);
		lab_settle();
	}
	return sent;
}

/* A socket belongs to the group of the process that made it. */
static void cgroup_memory(struct lab *lab)
{
	struct lab_packet packet;
	uint64_t lost;
	int fd;

	cgroup(lab, "+memory", "memory.max", "1M");
	join_cgroup(lab, "/lab", getpid());
	fd = lab_receiver(lab, LAB_RX4, LAB_PORT, 64 << 20);
	join_cgroup(lab, "", getpid());
	lab_udp4(&packet, LAB_PORT, 1400);
	lab_begin(lab);
	lost = inject_in_turns(lab, &packet, 8);
	lab_end(lab);
	lost -= lab_drain(fd);
	if (lost == 0)
		lab_skip(lab, "memory.max kept nothing out");
	lab_want_socket(lab, fd, "udp/" LAB_RX4 ":9999", lost);
	if (lab_values_find(&lab->moved, "UdpMemErrors", "-")) {
		lab_want(lab, "drop", "UdpMemErrors", "-", lost, lost);
		lab_want_counted(lab, "UdpInErrors", "-", lost);
	} else if (lab_values_find(&lab->moved, "UdpInErrors", "-")) {
		lab_want(lab, "drop", "UdpInErrors", "-", lost, lost);
	} else {
		lab_want(lab, "drop", "sk_drops", "-", lost, lost);
	}
	lab_want_end(lab, 1, lost);
}

static uint64_t *read_so_far;

static void read_one(const struct lab *lab, int fd)
{
	char byte;

	(void)lab;
	if (recv(fd, &byte, 1, 0) > 0)
		++*read_so_far;
	else
		lab_sleep_ms(1);
}

/* The reader gets a hundredth of a CPU. */
static void cgroup_cpu(struct lab *lab)
{
	struct lab_packet packet;
	uint64_t lost;
	pid_t reader;
	char byte;
	int fd;

	cgroup(lab, "+cpu", "cpu.max", "1000 100000");
	read_so_far = mmap(NULL, sizeof *read_so_far, PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (read_so_far == MAP_FAILED)
		lab_die(lab, "mmap: %s", strerror(errno));
	fd = lab_receiver(lab, LAB_RX4, LAB_PORT, LAB_SMALL);
	reader = lab_beside(lab, read_one, fd);
	join_cgroup(lab, "/lab", reader);
	plain(&packet);
	lab_begin(lab);
	lost = inject_in_turns(lab, &packet, 8);
	/* What is in the queue is read in the end, if slowly. */
	for (int i = 0; i < 100 && recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0; i++)
		lab_sleep_ms(50);
	lab_sleep_ms(500);
	lab_end(lab);
	lab_stop(reader);
	lost -= *read_so_far;
	want_overflow(lab, fd, LAB_RX4, lost);
}

#define OVERFLOW(...) \
	.run = overflow, .how = &(const struct way) \
	{ \
		__VA_ARGS__ \
	}
#define REFUSED(...) \
	.run = refused, .how = &(const struct way) \
	{ \
		__VA_ARGS__ \
	}
#define RESIDUAL .kind = "reject", .counter = "ip_residual", .subject = "-"
#define TC_DROPS .kind = "reject", .counter = "tc_ingress_drops", .subject = "vb"

#define VLAN "link add link vb name vb.100 type vlan id 100\nlink set vb.100 up\n"
#define INNER(device) INNER_DEVICE(device, INNER_RX)
#define TUNNEL "local " LAB_RX4 " remote " LAB_TX4
#define ELSEWHERE "local " LAB_RX4 " remote 10.77.0.9"
#define INNER_LLADDR " address 02:00:00:00:00:04 "
#define CHAIN(hook, rule) \
	"table ip t { chain c { type filter hook " hook " priority 0; " rule "; }; }\n"

const struct lab_fault lab_guest_faults[] = {
	/* A full socket behind devices that stand on others. */
	{.name = "guest-vlan",
	 OVERFLOW(.batch = VLAN INNER("vb.100"), .make = tagged, .address = INNER_RX)},
	{.name = "guest-vlan-in-vlan",
	 OVERFLOW(.batch = VLAN
		  "link add link vb.100 name vb.200 type vlan id 200\n" INNER("vb.200"),
		  .make = tagged_twice, .address = INNER_RX)},
	{.name = "guest-vlan-service",
	 OVERFLOW(.batch = "link add link vb name vb.100 type vlan protocol 802.1ad id 100\n"
			   "link set vb.100 up\n"
			   "link add link vb.100 name vb.200 type vlan id 200\n" INNER("vb.200"),
		  .make = tagged_service, .address = INNER_RX)},
	{.name = "guest-vlan-priority", OVERFLOW(.batch = VLAN, .make = tagged_priority)},
	{.name = "guest-bridge-vlan",
	 OVERFLOW(.batch = "link add br0 address 02:00:00:00:00:02 type bridge vlan_filtering 1"
			   " vlan_default_pvid 1\n"
			   "link set br0 addrgenmode none\nlink set vb master br0\n" INNER("br0"),
		  .make = inner, .address = INNER_RX)},
	{.name = "guest-ipvlan",
	 OVERFLOW(.batch = "link add iv0 link vb type ipvlan mode l2\n" INNER("iv0"), .make = inner,
		  .address = INNER_RX)},
	{.name = "guest-ipvlan-l3",
	 OVERFLOW(.batch = "link add iv0 link vb type ipvlan mode l3\n" INNER("iv0"), .make = inner,
		  .address = INNER_RX)},
	{.name = "guest-vrf",
	 OVERFLOW(.batch = "link add vrf1 type vrf table 100\nlink set vrf1 up\n"
			   "link set vb master vrf1\n",
		  .make = plain, .address = "0.0.0.0", .setting = "net/ipv4/udp_l3mdev_accept")},
	{.name = "guest-ipip",
	 OVERFLOW(.batch = "link add tn0 type ipip " TUNNEL "\n" INNER("tn0"), .make = in_ipip,
		  .address = INNER_RX)},
	{.name = "guest-gre",
	 OVERFLOW(.batch = "link add tn0 type gre " TUNNEL "\n" INNER("tn0"), .make = in_gre,
		  .address = INNER_RX)},
	{.name = "guest-gre-key",
	 OVERFLOW(.batch = "link add tn0 type gre " TUNNEL " key 7\n" INNER("tn0"),
		  .make = in_gre_key, .address = INNER_RX)},
	{.name = "guest-gretap",
	 OVERFLOW(.batch = "link add tn0" INNER_LLADDR "type gretap " TUNNEL "\n" INNER("tn0"),
		  .make = in_gretap, .address = INNER_RX)},
	{.name = "guest-vxlan",
	 OVERFLOW(.batch = "link add tn0" INNER_LLADDR "type vxlan id 7 dstport 4789 " TUNNEL
			   "\n" INNER("tn0"),
		  .make = in_vxlan, .address = INNER_RX)},
	{.name = "guest-geneve",
	 OVERFLOW(.batch = "link add tn0" INNER_LLADDR "type geneve id 7 remote " LAB_TX4
			   "\n" INNER("tn0"),
		  .make = in_geneve, .address = INNER_RX)},
	{.name = "guest-tun", .run = tun},
	{.name = "guest-bond", .run = bond_overflow},
	{.name = "guest-napi", .run = napi_softirq},
	{.name = "guest-napi-threaded", .run = napi_threaded},

	/* Packets that a device refuses. */
	{.name = "guest-bond-inactive", .run = bond_inactive},
	{.name = "guest-bond-lossy", .run = bond_lossy},
	{.name = "guest-vlan-unknown-type",
	 REFUSED(.batch = VLAN, .make = tagged_unknown, .kind = "suspect", .counter = "rx_dropped",
		 .subject = "vb.100")},
	{.name = "guest-vlan-down",
	 REFUSED(.batch = "link add link vb name vb.100 type vlan id 100\n", .make = tagged)},
	{.name = "guest-bridge-vlan-refused",
	 REFUSED(.batch = "link add br0 address 02:00:00:00:00:02 type bridge vlan_filtering 1"
			  " vlan_default_pvid 0\n"
			  "link set br0 addrgenmode none\nlink set vb master br0\n" INNER("br0"),
		 .make = inner, .address = INNER_RX)},
	{.name = "guest-vrf-other-socket",
	 REFUSED(.batch = "link add vrf1 type vrf table 100\nlink set vrf1 up\n"
			  "link set vb master vrf1\n",
		 .make = plain, .address = "0.0.0.0", .kind = "reject", .counter = "UdpNoPorts",
		 .subject = "-")},
	{.name = "guest-ipip-no-tunnel",
	 REFUSED(.batch = "link add tn0 type ipip " ELSEWHERE "\n" INNER("tn0"), .make = in_ipip,
		 .address = INNER_RX)},
	{.name = "guest-gre-no-tunnel",
	 REFUSED(.batch = "link add tn0 type gre " ELSEWHERE "\n" INNER("tn0"), .make = in_gre,
		 .address = INNER_RX)},
	{.name = "guest-gre-no-checksum",
	 REFUSED(.batch = "link add tn0 type gre " TUNNEL " icsum\n" INNER("tn0"), .make = in_gre,
		 .address = INNER_RX, .kind = "drop", .counter = "rx_crc_errors", .subject = "tn0",
		 .within = "rx_errors")},
	{.name = "guest-gre-no-sequence",
	 REFUSED(.batch = "link add tn0 type gre " TUNNEL " iseq\n" INNER("tn0"), .make = in_gre,
		 .address = INNER_RX, .kind = "drop", .counter = "rx_fifo_errors", .subject = "tn0",
		 .within = "rx_errors")},
	{.name = "guest-vxlan-unknown",
	 REFUSED(.batch = "link add tn0" INNER_LLADDR "type vxlan id 7 dstport 4789 " TUNNEL
			  "\n" INNER("tn0"),
		 .make = in_vxlan_unknown, .address = INNER_RX)},

	/* WireGuard and IPsec. */
	{.name = "guest-wireguard", .run = wireguard_overflow},
	{.name = "guest-wireguard-address", .run = wireguard_address},
	{.name = "guest-wireguard-key", .run = wireguard_key},
	{.name = "guest-esp", .run = esp_overflow},
	{.name = "guest-esp-no-state",
	 REFUSED(.xfrm = ESP_STATE("transport", "replay-window 32"), .make = in_esp_unknown,
		 .kind = "reject", .counter = "XfrmInNoStates", .subject = "-")},
	{.name = "guest-esp-replay",
	 REFUSED(.xfrm = ESP_STATE("transport", "replay-window 32"), .make = in_esp,
		 .kind = "reject", .counter = "XfrmInStateSeqError", .subject = "-")},
	{.name = "guest-esp-block",
	 .run = refused_by_policy,
	 .how = &(const struct way){.xfrm = ESP_POLICY("action block"),
				    .make = plain,
				    .kind = "reject",
				    .counter = "XfrmInPolBlock"}},
	{.name = "guest-esp-clear",
	 .run = refused_by_policy,
	 .how = &(const struct way){.xfrm = ESP_POLICY("tmpl proto esp mode transport"),
				    .make = plain,
				    .kind = "reject",
				    .counter = "XfrmInTmplMismatch"}},
	{.name = "guest-esp-no-policy",
	 .run = refused_by_policy,
	 .how = &(const struct way){.xfrm = ESP_STATE("tunnel", "replay-window 0"),
				    .make = in_esp_tunnel,
				    .kind = "reject",
				    .counter = "XfrmInNoPols"}},

	/* Traffic control and netfilter. */
	{.name = "guest-tc-drop",
	 REFUSED(.tc = "qdisc add dev vb clsact\n"
		       "filter add dev vb ingress matchall action drop\n",
		 .make = plain, TC_DROPS)},
	{.name = "guest-tc-police",
	 REFUSED(.tc = "qdisc add dev vb clsact\n"
		       "filter add dev vb ingress matchall action police rate 8kbit burst 1000"
		       " conform-exceed drop\n",
		 .make = plain, TC_DROPS)},
	{.name = "guest-tc-bpf",
	 REFUSED(.tc = "qdisc add dev vb clsact\n"
		       "filter add dev vb ingress bpf bytecode '1,6 0 0 4294967295' action drop\n",
		 .make = plain, TC_DROPS)},
	{.name = "guest-tc-flower",
	 REFUSED(.tc = "qdisc add dev vb clsact\n"
		       "filter add dev vb ingress protocol ip flower ip_proto udp dst_port 9999"
		       " action drop\n",
		 .make = plain, TC_DROPS)},
	{.name = "guest-nft-ingress",
	 REFUSED(.nft = "table netdev t { chain c { type filter hook ingress device vb priority 0;"
			" udp dport 9999 counter drop; }; }\n",
		 .make = plain, .kind = "reject", .counter = "nft_rule_drop",
		 .subject = "netdev/t/c#2")},
	{.name = "guest-nft-10000-rules", .run = ten_thousand_rules, .seconds = 60},
	{.name = "guest-nft-limit",
	 REFUSED(.nft = CHAIN("input",
			      "udp dport 9999 limit rate over 1/hour burst 5 packets drop"),
		 .make = plain, RESIDUAL)},
	{.name = "guest-nft-numgen",
	 REFUSED(.nft = CHAIN("input", "udp dport 9999 numgen inc mod 3 0 drop"), .make = plain,
		 RESIDUAL)},
	{.name = "guest-nft-queue",
	 REFUSED(.nft = CHAIN("input", "udp dport 9999 queue num 7"), .make = plain, RESIDUAL)},
	{.name = "guest-nft-reject",
	 REFUSED(.nft = CHAIN("input", "udp dport 9999 reject with icmp type admin-prohibited"),
		 .make = plain, RESIDUAL)},
	{.name = "guest-nft-quota",
	 REFUSED(.nft = CHAIN("input", "udp dport 9999 quota over 1000 bytes drop"), .make = plain,
		 RESIDUAL)},
	{.name = "guest-nft-prerouting",
	 REFUSED(.nft = CHAIN("prerouting", "udp dport 9999 drop"), .make = plain, RESIDUAL)},
	{.name = "guest-nft-invalid",
	 REFUSED(.nft = CHAIN("input", "ct state invalid drop"), .make = damaged_tcp, RESIDUAL,
		 .also = "nf_conntrack_invalid")},
	{.name = "guest-nft-no-route-back",
	 REFUSED(.nft = CHAIN("prerouting", "fib saddr . iif oif missing drop"), .make = inner,
		 RESIDUAL)},
	{.name = "guest-nft-flowtable", .run = flowtable},
	{.name = "guest-tls-damaged", .run = tls_damaged, .modes = LAB_BIT(LAB_LIVE)},
	{.name = "guest-ipvs-no-server", .run = ipvs},
	{.name = "guest-ipvs-forwards", .run = ipvs_forwards, .modes = LAB_BIT(LAB_LIVE)},

	/* The machine itself. */
	{.name = "guest-cpu-offline", .run = cpu_offline},
	{.name = "guest-cpu-gone", .run = cpu_gone},
	{.name = "guest-clock-forward", .run = clock_forward, .modes = LAB_BIT(LAB_LIVE)},
	{.name = "guest-clock-back", .run = clock_back, .modes = LAB_BIT(LAB_LIVE)},
	{.name = "guest-cgroup-memory", .run = cgroup_memory},
	{.name = "guest-cgroup-cpu", .run = cgroup_cpu},
	{.name = NULL},
};
