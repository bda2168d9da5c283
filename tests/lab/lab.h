/* lab.h: the live fault lab. Each fault is made for real on a private pair of network namespaces
 * joined by a veth (tx side "va", rx side "vb"), and the program under test has to say exactly
 * what was lost.
 *
 * The oracle is the application's own count, packets sent less packets read. The kernel's
 * counters are only a second opinion: they are printed beside a failure, so that one sees who is
 * wrong.
 *
 * A fault runs in a process of its own, which dies with its namespaces. What is host-wide (a few
 * sysctls) is put back by its parent, or by a guardian if the parent dies too. */
#ifndef RXPATH_LAB_H
#define RXPATH_LAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdnoreturn.h>
#include <sys/types.h>

#define LAB_PORT 9999
#define LAB_TX4 "10.77.0.1"
#define LAB_RX4 "10.77.0.2"
#define LAB_TX6 "fd77::1"
#define LAB_RX6 "fd77::2"
#define LAB_GROUP4 "239.77.7.7"
#define LAB_GROUP6 "ff05::7777"
#define LAB_COMM "lab-receiver"

/* The small receive buffer of most faults: the kernel doubles it. */
#define LAB_SMALL 4096
#define LAB_LARGE (16 << 20)

/* How the program gets its two samples around the injection. */
enum lab_mode {
	LAB_DIFF, /* save, inject, save, diff */
	LAB_LIVE, /* check with a long interval, inject, SIGINT */
	LAB_RUN,  /* run COMMAND, where COMMAND lasts as long as the injection */
	LAB_PID,  /* save and diff from the host's namespaces, with --pid */
	LAB_MODES
};

#define LAB_BIT(mode) (1u << (mode))
#define LAB_ALL_MODES (LAB_BIT(LAB_LIVE) | LAB_BIT(LAB_RUN) | LAB_BIT(LAB_PID))

struct lab;

struct lab_fault {
	const char *name;
	void (*run)(struct lab *lab);
	unsigned modes;	  /* beyond LAB_DIFF, which every fault is tried in */
	unsigned seconds; /* deadline; 0: the usual one */
	const void *how;  /* for faults that share a function */
};

/* The tables of faults, a file each; ended by a row without a name. */
extern const struct lab_fault lab_udp_faults[];
extern const struct lab_fault lab_datagram_faults[];
extern const struct lab_fault lab_ip_faults[];
extern const struct lab_fault lab_link_faults[];
extern const struct lab_fault lab_socket_faults[];
extern const struct lab_fault lab_tcp_faults[];
extern const struct lab_fault lab_reader_faults[];
extern const struct lab_fault lab_healthy_faults[];
extern const struct lab_fault lab_doubt_faults[];
extern const struct lab_fault lab_flood_faults[];
extern const struct lab_fault lab_trace_faults[];
extern const struct lab_fault lab_cause_faults[];
extern const struct lab_fault lab_program_faults[];
extern const struct lab_fault lab_rule_faults[];
extern const struct lab_fault lab_guest_faults[];
extern const struct lab_fault lab_peer_faults[];
extern const struct lab_fault lab_device_faults[];
extern const struct lab_fault lab_netns_faults[];

#define LAB_HEADER "#stage\tkind\tcounter\tsubject\tdelta\tlost\trate\tbefore\tafter\tdetail"

/* One line of the report under test. */
struct lab_line {
	const char *stage, *kind, *counter, *subject, *rate, *detail;
	uint64_t delta, lost;
	bool expected;
};

struct lab_report {
	char *text;   /* as the program wrote it */
	char *fields; /* the same, cut into pieces */
	struct lab_line *lines;
	size_t count;
	uint64_t lost;
	int status;
};

/* What a counter of the kernel said, by itself or as a difference. */
struct lab_value {
	char counter[48];
	char subject[72];
	uint64_t value;
};

struct lab_values {
	struct lab_value *items;
	size_t count;
	size_t cap;
};

struct lab {
	const struct lab_fault *fault;
	const char *program; /* NULL: none; the faults are checked against the kernel alone */
	const char *dir;     /* scratch */
	const char *option;  /* one more for save and check; NULL */
	enum lab_mode mode;
	bool verbose;
	int result; /* where the parent reads how it went */
	int host_net, host_mnt, tx_net, rx_net;
	int inject, va;	 /* AF_PACKET socket of the sending side; its device */
	pid_t watcher;	 /* the program under test, while it waits for the injection */
	int end_command; /* for lab_end_command, while it is `run` */
	pid_t quiet;	 /* the same with -q, of which only the exit status is seen */
	struct lab_values before, moved;
	struct lab_report report;
	char *json;  /* of LAB_DIFF and LAB_PID only */
	char *wrong; /* every expectation that was not met */
	size_t wrong_len;
};

/* lab_net.c: namespaces, devices, settings, commands. Whatever fails here ends the fault: with
 * lab_skip where this machine cannot do it, with lab_die where it should have worked. */
const char *lab_unable(void); /* why this process cannot run any fault; NULL: it can */
void lab_enter(struct lab *lab);
void lab_in_tx(const struct lab *lab);
void lab_in_rx(const struct lab *lab);
void lab_in_host(const struct lab *lab);
noreturn void lab_skip(const struct lab *lab, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
noreturn void lab_die(const struct lab *lab, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void lab_ip(const struct lab *lab, const char *batch);
/* The same of what a kernel may lack: it is skipped then. */
void lab_try_ip(const struct lab *lab, const char *batch);
void lab_nft(const struct lab *lab, const char *rules);
void lab_tc(const struct lab *lab, const char *batch);
/* Loads a program and attaches it to vb, with no tool; for as long as this process lives. */
struct bpf_insn;
void lab_attach(const struct lab *lab, const struct bpf_insn *program, unsigned count,
		unsigned type, unsigned attach, unsigned flags);
/* The same of a program that only returns the verdict. */
void lab_hook(const struct lab *lab, unsigned type, unsigned attach, int verdict, unsigned flags);
/* Loads a module that nothing loads by itself; in a guest only. */
void lab_module(const struct lab *lab, const char *name);
/* Hands what arrives on vb to CPU 0, and keeps this process on CPU 1. */
void lab_steer(const struct lab *lab);
/* Enough rules to look at for each packet that a CPU falls behind. */
void lab_slow_down(const struct lab *lab);
/* A setting of the receiving side's namespace: "net/ipv4/..." under /proc/sys. */
void lab_set(const struct lab *lab, const char *name, const char *value);
/* One that is the host's, put back afterwards. Only those of lab_host_settings. */
void lab_set_host(const struct lab *lab, const char *name, const char *value);
/* Keeps the present value of lab_host_settings[i], unless one is kept already. */
void lab_save_setting(size_t i);
/* Puts one back at once, so that the rest of the host suffers no longer than it must. */
void lab_put_back(const struct lab *lab, const char *name);
extern const char *const lab_host_settings[];
char *lab_slurp(const char *path);
bool lab_write(const char *path, const char *text);
void lab_sleep_ms(unsigned milliseconds);
uint64_t lab_now_ms(void);
int lab_cpus(void);
void lab_pin(const struct lab *lab, int cpu);
/* Whatever else this machine does must not take this process's CPU. */
void lab_go_first(void);
/* Starts a program with its output to `out` and `err` (NULL: /dev/null). */
pid_t lab_spawn(const struct lab *lab, char *const argv[], const char *out, const char *err,
		bool on_host);
/* Starts `run` with these options around a command that lasts until lab_end_command(lab, *end).
 * Returns once the command has started: the first sample has then been taken. */
pid_t lab_start_run(const struct lab *lab, const char *const options[], const char *errors,
		    int *end);
/* `end` stays open until `run` has ended: the command may not have opened its own side yet. */
void lab_end_command(const struct lab *lab, int end);
int lab_wait(pid_t pid); /* as a shell says it: 128 + N on signal N */
int lab_command(const struct lab *lab, char *const argv[], const char *out, const char *err,
		bool on_host);

/* lab_send.c: packets, senders, receivers. */
#define LAB_FRAME 10000
#define LAB_ETHER 14

struct lab_packet {
	unsigned char bytes[LAB_FRAME];
	size_t len;
	size_t body; /* where what follows the IP header starts */
};

/* Whole frames from va to vb with every checksum right; payloads are filled with 'x'. */
void lab_udp4(struct lab_packet *packet, uint16_t port, size_t payload);
void lab_udp6(struct lab_packet *packet, uint16_t port, size_t payload);
void lab_ip4(struct lab_packet *packet, uint8_t protocol, size_t body);
void lab_ip6(struct lab_packet *packet, uint8_t protocol, size_t body);
void lab_ether(struct lab_packet *packet, uint16_t type, size_t payload);
void lab_syn4(struct lab_packet *packet, const char *from, uint16_t from_port, uint16_t port);
/* Other addresses, checksums made right again; also the multicast MAC where it is a group. */
void lab_readdress(struct lab_packet *packet, const char *from, const char *to);
void lab_seal_ip4(struct lab_packet *packet);
void lab_seal_body(struct lab_packet *packet);
/* A fragment of the whole packet's body: bytes [from, from + len), and whether more follow. */
void lab_fragment(struct lab_packet *fragment, const struct lab_packet *whole, uint32_t id,
		  size_t from, size_t len, bool more);
void lab_put16(struct lab_packet *packet, size_t at, unsigned value);

/* Sends the frame `count` times; returns how many the device took. */
unsigned lab_inject(const struct lab *lab, const struct lab_packet *packet, unsigned times);
unsigned lab_inject_via(const struct lab *lab, int ifindex, const struct lab_packet *packet,
			unsigned times);

/* Sends the frames in turn, over and over, as fast as one CPU can, until lab_flood_end. */
pid_t lab_flood(const struct lab *lab, int cpu, const struct lab_packet packets[], unsigned count);
/* Does that over and over in a process of its own. */
pid_t lab_beside(const struct lab *lab, void (*work)(const struct lab *lab, int fd), int fd);
void lab_stop(pid_t process);

/* Sockets of the receiving side, non-blocking. rcvbuf 0: as it is; beyond rmem_max: forced. */
int lab_socket(const struct lab *lab, int family, int type, int protocol);
int lab_receiver(const struct lab *lab, const char *address, uint16_t port, int rcvbuf);
int lab_lite_receiver(const struct lab *lab, const char *address, uint16_t port, int rcvbuf);
int lab_bind(const struct lab *lab, int fd, const char *address, uint16_t port);
void lab_connect(const struct lab *lab, int fd, const char *address, uint16_t port);
void lab_rcvbuf(const struct lab *lab, int fd, int bytes);
void lab_join(const struct lab *lab, int fd, const char *group);
void lab_filter(const struct lab *lab, int fd, bool accept);
/* Waits until every CPU has handed on what arrived. */
void lab_settle(void);
size_t lab_drain(int fd); /* datagrams read until there are none */
size_t lab_drain_bytes(int fd);
/* The size of the first datagram that waits to be read. */
size_t lab_first_size(const struct lab *lab, int fd);
/* A socket of the sending side. */
int lab_sender(const struct lab *lab, const char *address, uint16_t port);

/* lab_kernel.c: the second opinion. */
void lab_values_read(struct lab_values *values);
void lab_values_moved(const struct lab_values *before, struct lab_values *moved);
const struct lab_value *lab_values_find(const struct lab_values *values, const char *counter,
					const char *subject);
void lab_values_free(struct lab_values *values);
bool lab_counts_other_hosts(void);
/* Whether /proc/net/snmp has a column of that name. */
bool lab_has_column(const char *name);

/* lab_report.c: the program under test. */
/* Waits until the program has taken its first sample and sleeps. */
void lab_wait_until_asleep(const struct lab *lab, pid_t pid);
void lab_begin(struct lab *lab);
void lab_end(struct lab *lab);
/* The one line of that counter and subject has this kind, delta and lost. */
void lab_want(struct lab *lab, const char *kind, const char *counter, const char *subject,
	      uint64_t delta, uint64_t lost);
/* All lines of that counter together, whatever their subjects. */
void lab_want_sum(struct lab *lab, const char *kind, const char *counter, uint64_t delta,
		  uint64_t lost);
/* UdpInErrors and its likes by themselves: lost only where the kernel does not count full buffers,
 * checksums and lack of memory apart; what is lost of `delta`. */
uint64_t lab_want_refused(struct lab *lab, const char *counter, uint64_t delta, uint64_t rest);
/* A line that other lines account for: lost 0, flagged `counted`. */
void lab_want_counted(struct lab *lab, const char *counter, const char *subject, uint64_t delta);
/* The socket's own line: lost 0, its inode, this process and its name. */
void lab_want_socket(struct lab *lab, int fd, const char *subject, uint64_t drops);
void lab_want_flag(struct lab *lab, const char *counter, const char *subject, const char *flag);
void lab_want_none(struct lab *lab, const char *counter, const char *subject);
/* "attribution" of the JSON report; where there is one. */
void lab_want_json(struct lab *lab, const char *key, uint64_t value);
/* The JSON report has a finding of that id, whose text (summary, evidence, advice) has these words;
 * "" is any. NULL: it has no such finding. */
void lab_want_finding(struct lab *lab, const char *id, const char *words);
/* Runs the first command that the finding advises; in the receiving namespace, or by lab_set_host
 * where the setting is the host's. */
void lab_apply(struct lab *lab, const char *id);
/* Lines of that counter may be there, with lost 0. */
void lab_may(struct lab *lab, const char *counter);
/* Last: the exit status, the sum of lost, and that there is no line that nobody expected. */
void lab_want_end(struct lab *lab, int status, uint64_t lost);
void lab_wrong(struct lab *lab, const char *format, ...) __attribute__((format(printf, 2, 3)));
void lab_report_free(struct lab_report *report);
/* Parses what the program wrote, and checks what the contract promises of every report. A status
 * below zero is one that is not known: that of one report among several. */
void lab_report_parse(struct lab *lab, struct lab_report *report, char *text, int status);
/* Takes the next of several reports off the text, with a header; NULL: there is none. */
char *lab_report_next(char **text);
/* The whole story of this fault, for a failure. */
char *lab_story(const struct lab *lab);

#endif
