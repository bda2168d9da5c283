/* interrupts.c: which interrupts of a device go to which CPU, as settings: "device.eth0.irq.33",
 * the CPU that took most of them and how many, the CPUs that may take them, and their name.
 *
 * An interrupt is a device's where one of its queues says so (netdev generic netlink), or its name
 * has the device's in it (eth0-TxRx-0), or that of the thing on a bus behind it (virtio2-input.0,
 * mlx5_comp0@pci:0000:08:00.0). */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "capture_internal.h"
#include "hardware.h"

/* Beyond these a card's interrupts are left out. */
#define MAX_INTERRUPTS 128

#define INTERRUPTS_LIMIT ((size_t)4 << 20)
#define CPU_LIST_LIMIT ((size_t)1024)

/* "virtio2"; false: the device is virtual. */
static bool find_parent(const char *device, char *parent, size_t size)
{
	char path[128];
	ssize_t len;
	char *slash;

	snprintf(path, sizeof path, "/sys/class/net/%s/device", device);
	len = readlink(path, parent, size - 1);
	if (len <= 0)
		return false;
	parent[len] = '\0';
	slash = strrchr(parent, '/');
	if (slash)
		memmove(parent, slash + 1, strlen(slash + 1) + 1);
	return parent[0] != '\0';
}

/* Whether the name contains the word as a whole word. */
static bool names(struct rxpath_slice name, const char *word)
{
	size_t len = strlen(word);

	for (size_t at = 0; at + len <= name.len; at++)
		if (memcmp(name.ptr + at, word, len) == 0 &&
		    (at == 0 || !isalnum((unsigned char)name.ptr[at - 1])) &&
		    (at + len == name.len || !isalnum((unsigned char)name.ptr[at + len])))
			return true;
	return false;
}

/* False for interrupts of sent packets, or of no packets. */
static bool is_of_received(struct rxpath_slice name)
{
	static const char *const others[] = {"output", "-tx-", "config"};
	static const char *const received[] = {"rx"};

	return rxpath_slice_holds(name, received, 1) ||
	       !rxpath_slice_holds(name, others, sizeof others / sizeof *others);
}

/* Whether a line "device.NAME.napi.QUEUE IRQ THREAD" of the text names that interrupt. */
static bool serves_queue(struct rxpath_slice text, uint64_t number)
{
	struct rxpath_slice line, word;
	uint64_t irq;

	while (rxpath_scan_line(&text, &line)) {
		rxpath_scan_word(&line, &word);
		if (rxpath_scan_word(&line, &word) && rxpath_scan_dec(word, &irq) && irq == number)
			return true;
	}
	return false;
}

/* " 33:  12  34  PCI-MSIX-0000:00:03.0  1-edge  virtio2-input.0". */
struct interrupt {
	uint64_t number;
	size_t busiest; /* the column with the largest count */
	uint64_t count;
	struct rxpath_slice name;
};

static bool read_row(struct rxpath_slice line, size_t columns, struct interrupt *interrupt)
{
	struct rxpath_slice word;
	uint64_t count;

	*interrupt = (struct interrupt){0};
	if (!rxpath_scan_word(&line, &word) || word.len < 2 || word.ptr[word.len - 1] != ':')
		return false;
	word.len--;
	if (!rxpath_scan_dec(word, &interrupt->number))
		return false;
	for (size_t i = 0; i < columns; i++) {
		if (!rxpath_scan_word(&line, &word) || !rxpath_scan_dec(word, &count))
			return false;
		if (count > interrupt->count) {
			interrupt->count = count;
			interrupt->busiest = i;
		}
	}
	while (rxpath_scan_word(&line, &word))
		interrupt->name = word;
	return interrupt->count > 0 && interrupt->name.len > 0;
}

/* The CPU whose column that is: "CPU0  CPU2". */
static uint64_t cpu_of(struct rxpath_slice header, size_t column)
{
	struct rxpath_slice word;
	uint64_t cpu = 0;

	for (size_t i = 0; i <= column && rxpath_scan_word(&header, &word); i++) {
		rxpath_slice_skip(&word, word.len < 3 ? word.len : 3);
		if (i == column && !rxpath_scan_dec(word, &cpu))
			cpu = column;
	}
	return cpu;
}

static void put_interrupt(struct rxpath_capture *capture, const char *device,
			  const struct interrupt *interrupt, uint64_t cpu, struct rxpath_buf *out)
{
	struct rxpath_buf list = {0};
	struct rxpath_slice rest, allowed = rxpath_slice_of("");
	char path[64];

	snprintf(path, sizeof path, "/proc/irq/%llu/smp_affinity_list",
		 (unsigned long long)interrupt->number);
	if (rxpath_capture_file(capture, path, CPU_LIST_LIMIT, &list) == 0) {
		rest = rxpath_buf_view(&list);
		rxpath_scan_line(&rest, &allowed);
	}
	rxpath_put_setting_name(out, device, "irq");
	rxpath_buf_printf(out, ".%llu %llu %llu", (unsigned long long)interrupt->number,
			  (unsigned long long)cpu, (unsigned long long)interrupt->count);
	rxpath_buf_column(out, allowed);
	rxpath_buf_column(out, interrupt->name);
	rxpath_buf_char(out, '\n');
	rxpath_buf_free(&list);
}

void rxpath_put_interrupts(struct rxpath_capture *capture, const char *device, int ifindex,
			   struct rxpath_buf *out)
{
	struct rxpath_buf text = {0};
	struct rxpath_buf queues = {0};
	struct rxpath_slice rest, header, line, word;
	struct interrupt interrupt;
	char parent[256];
	size_t columns = 0;
	unsigned put = 0;

	if (!rxpath_capture_is_live(capture) || !find_parent(device, parent, sizeof parent) ||
	    rxpath_capture_file(capture, "/proc/interrupts", INTERRUPTS_LIMIT, &text) != 0) {
		rxpath_buf_free(&text);
		return;
	}
	rxpath_put_napi(&capture->genl, device, ifindex, &queues);
	rxpath_buf_slice(out, rxpath_buf_view(&queues));
	rest = rxpath_buf_view(&text);
	if (rxpath_scan_line(&rest, &header))
		for (line = header; rxpath_scan_word(&line, &word);)
			columns++;
	while (put < MAX_INTERRUPTS && rxpath_scan_line(&rest, &line)) {
		if (!read_row(line, columns, &interrupt) ||
		    !(serves_queue(rxpath_buf_view(&queues), interrupt.number) ||
		      (is_of_received(interrupt.name) &&
		       (names(interrupt.name, device) || names(interrupt.name, parent)))))
			continue;
		put_interrupt(capture, device, &interrupt, cpu_of(header, interrupt.busiest), out);
		put++;
	}
	rxpath_buf_free(&queues);
	rxpath_buf_free(&text);
}
