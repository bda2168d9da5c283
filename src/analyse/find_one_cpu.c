/* find_one_cpu.c: one CPU that handles nearly all packets, and what spreads them. */
#include <string.h>

#include "findings.h"

bool rxpath_busiest(const struct finding_ctx *ctx, struct busiest *busiest)
{
	const struct rxpath_sample *after = ctx->match.after;

	*busiest = (struct busiest){.cpus = after->cpu_count};
	if (!ctx->match.comparable[RXPATH_SOURCE_SOFTNET])
		return false;
	for (size_t i = 0; i < after->reading_count; i++) {
		const struct rxpath_reading *reading = &after->readings[i];
		struct change change;

		if (!rxpath_reading_is(reading, "softnet_processed") ||
		    !rxpath_change_since(&ctx->match, reading, &change))
			continue;
		busiest->all += change.delta;
		if (change.delta > busiest->share) {
			busiest->share = change.delta;
			busiest->cpu = reading->subject.number;
		}
	}
	return busiest->all > 0;
}

static uint64_t moved_of_cpu(const struct finding_ctx *ctx, const char *name, uint64_t cpu)
{
	const struct rxpath_subject subject = {.kind = RXPATH_ON_CPU, .number = (uint32_t)cpu};
	const struct rxpath_reading *after = rxpath_sample_find(ctx->match.after, name, &subject);
	struct change change;

	return after && ctx->match.comparable[RXPATH_SOURCE_CPU_TIME] &&
			       rxpath_change_since(&ctx->match, after, &change)
		       ? change.delta
		       : 0;
}

void rxpath_show_softirq(struct finding_ctx *ctx, uint32_t cpu)
{
	const struct rxpath_sample *after = ctx->match.after;
	uint64_t time = moved_of_cpu(ctx, "cpu_time", cpu);
	uint64_t others = 0, of_others = 0;

	/* A tick is a hundredth of a second: of a short interval nothing can be told. */
	if (time < 10)
		return;
	for (size_t i = 0; i < after->cpu_count; i++) {
		if (after->cpus[i] == cpu)
			continue;
		others += moved_of_cpu(ctx, "cpu_time", after->cpus[i]);
		of_others += moved_of_cpu(ctx, "cpu_softirq_time", after->cpus[i]);
	}
	finding_evidence(ctx, "softirqs took %s of the time of CPU %u%s",
			 rxpath_percent(ctx, moved_of_cpu(ctx, "cpu_softirq_time", cpu), time), cpu,
			 others > 0 ? rxpath_phrase(ctx, ", %s of the others'",
						    rxpath_percent(ctx, of_others, others))
				    : "");
}

/* One CPU with 90 % of at least this many packets is an imbalance; with fewer it is chance. */
#define MIN_PACKETS 1000

/* How many queues the device has, and of how many RPS spreads the packets. False where that is not
 * known. */
static bool has_rps(struct finding_ctx *ctx, const char *device, uint64_t *queues, uint64_t *spread)
{
	return rxpath_device_number(ctx, device, "queues", queues) &&
	       rxpath_device_number(ctx, device, "rps_queues", spread);
}

void rxpath_show_rps(struct finding_ctx *ctx, const char *device)
{
	uint64_t queues, spread;

	if (!has_rps(ctx, device, &queues, &spread))
		return;
	if (spread == 0)
		finding_evidence(ctx, "RPS is off on %s (receive queues: %llu)", device,
				 (unsigned long long)queues);
	else
		finding_evidence(ctx, "RPS spreads %llu of %llu receive queues of %s",
				 (unsigned long long)spread, (unsigned long long)queues, device);
}

bool rxpath_is_lopsided(const struct finding_ctx *ctx, struct busiest *busiest)
{
	return rxpath_busiest(ctx, busiest) && busiest->cpus > 1 && busiest->all >= MIN_PACKETS &&
	       busiest->share >= busiest->all - busiest->all / 10;
}

/* The device whose packets the CPU could not keep up with; NULL where that is not known. */
static const char *overrun_device(struct finding_ctx *ctx)
{
	const struct rxpath_line *line = rxpath_worst_backlog(ctx);

	for (size_t i = 0; !line && i < ctx->moved_count; i++)
		if (ctx->moved[i]->stage == RXPATH_STAGE_DEVICE &&
		    ctx->moved[i]->kind == RXPATH_KIND_DROP)
			line = ctx->moved[i];
	return line ? line->subject.ptr : NULL;
}

/* An interrupt of a device: "device.eth0.irq.33" is "1 4711 0-3 virtio2-input.0". */
struct interrupt {
	struct rxpath_slice number, allowed, name;
	uint64_t count;
};

/* The one that comes to that CPU most often. */
static bool busiest_interrupt(const struct finding_ctx *ctx, const char *prefix, uint32_t cpu,
			      struct interrupt *busiest)
{
	*busiest = (struct interrupt){.count = 0};
	for (size_t i = 0; i < ctx->settings->setting_count; i++) {
		const struct rxpath_setting *setting = &ctx->settings->settings[i];
		struct rxpath_slice rest = setting->value;
		struct interrupt found = {.number = setting->name};
		struct rxpath_slice word;
		uint64_t to;

		if (!rxpath_slice_starts(setting->name, prefix) ||
		    !rxpath_scan_word(&rest, &word) || !rxpath_scan_dec(word, &to) || to != cpu ||
		    !rxpath_scan_word(&rest, &word) || !rxpath_scan_dec(word, &found.count) ||
		    !rxpath_scan_word(&rest, &found.allowed) ||
		    !rxpath_scan_word(&rest, &found.name) || found.count <= busiest->count)
			continue;
		rxpath_slice_skip(&found.number, strlen(prefix));
		*busiest = found;
	}
	return busiest->count > 0;
}

/* "3": a mask of the CPUs that there are; NULL beyond 64 of them. */
static const char *mask_of_cpus(struct finding_ctx *ctx)
{
	const struct rxpath_sample *after = ctx->match.after;
	uint64_t mask = 0;

	for (size_t i = 0; i < after->cpu_count; i++) {
		if (after->cpus[i] >= 64)
			return NULL;
		mask |= UINT64_C(1) << after->cpus[i];
	}
	if (mask >> 32)
		return rxpath_phrase(ctx, "%llx,%08llx", (unsigned long long)(mask >> 32),
				     (unsigned long long)(mask & UINT32_MAX));
	return rxpath_phrase(ctx, "%llx", (unsigned long long)mask);
}

/* What takes the packets of a queue: "device.eth0.napi.3" is "37 -", its interrupt and its
 * thread. Finds the one with that interrupt, or with `irq` 0 the next one with a thread, from
 * *at on. */
static bool find_napi(const struct finding_ctx *ctx, const char *prefix, uint64_t irq, size_t *at,
		      struct rxpath_slice *queue, uint64_t *thread)
{
	for (; *at < ctx->settings->setting_count; ++*at) {
		const struct rxpath_setting *setting = &ctx->settings->settings[*at];
		struct rxpath_slice rest = setting->value;
		struct rxpath_slice word;
		uint64_t number;

		if (!rxpath_slice_starts(setting->name, prefix) || !rxpath_scan_word(&rest, &word))
			continue;
		if (irq != 0 && (!rxpath_scan_dec(word, &number) || number != irq))
			continue;
		if (!rxpath_scan_word(&rest, &word) || !rxpath_scan_dec(word, thread))
			*thread = 0;
		if (irq == 0 && *thread == 0)
			continue;
		*queue = setting->name;
		rxpath_slice_skip(queue, strlen(prefix));
		return true;
	}
	return false;
}

/* Threads of the kernel that take packets (threaded NAPI), which any CPU may run. False: it has
 * none. */
static bool explain_threads(struct finding_ctx *ctx, const char *device)
{
	const char *prefix = rxpath_phrase(ctx, "device.%s.napi.", device);
	struct rxpath_slice queue;
	uint64_t threaded, thread;
	const char *mask;
	size_t at = 0;

	if (!rxpath_device_number(ctx, device, "threaded", &threaded))
		return false;
	if (!find_napi(ctx, prefix, 0, &at, &queue, &thread)) {
		finding_evidence(ctx,
				 "%s takes its packets in threads (threaded NAPI): see which CPUs "
				 "they may use (taskset -p on the threads napi/%s-*)",
				 device, device);
		return true;
	}
	finding_evidence(ctx,
			 "%s takes its packets in threads (threaded NAPI), of queue %s in thread "
			 "%llu",
			 device, rxpath_escaped_of(ctx, queue), (unsigned long long)thread);
	mask = mask_of_cpus(ctx);
	if (!mask)
		return true;
	finding_advice(
		ctx,
		"let the threads run on any CPU, that of queue %s by 'taskset -p %s %llu' (a "
		"single flow cannot be spread, it stays in one thread)",
		rxpath_escaped_of(ctx, queue), mask, (unsigned long long)thread);
	finding_command(ctx, "taskset -p %s %llu", mask, (unsigned long long)thread);
	return true;
}

/* A CPU that is not this one. */
static uint64_t another_cpu(const struct finding_ctx *ctx, uint32_t cpu)
{
	const struct rxpath_sample *after = ctx->match.after;

	for (size_t i = 0; i < after->cpu_count; i++)
		if (after->cpus[i] != cpu)
			return after->cpus[i];
	return cpu;
}

/* Which interrupt brings the device's packets to that CPU, and how to move it. False: nothing moves
 * them to others but RPS. */
static bool explain_interrupt(struct finding_ctx *ctx, const char *device, uint32_t cpu,
			      uint64_t queues)
{
	struct interrupt interrupt;
	struct rxpath_slice queue;
	uint64_t irq, thread;
	const char *of_queue = "";
	size_t at = 0;
	bool threaded = explain_threads(ctx, device) && queues > 1;

	if (!busiest_interrupt(ctx, rxpath_phrase(ctx, "device.%s.irq.", device), cpu,
			       &interrupt) ||
	    !rxpath_scan_dec(interrupt.number, &irq) || irq == 0)
		return threaded;
	if (find_napi(ctx, rxpath_phrase(ctx, "device.%s.napi.", device), irq, &at, &queue,
		      &thread))
		of_queue = rxpath_phrase(ctx, " of queue %s", rxpath_escaped_of(ctx, queue));
	finding_evidence(ctx, "interrupt %llu (%s)%s of %s comes to CPU %u; it may go to CPUs %s",
			 (unsigned long long)irq, rxpath_escaped_of(ctx, interrupt.name), of_queue,
			 device, cpu, rxpath_escaped_of(ctx, interrupt.allowed));
	if (queues <= 1)
		return false;
	finding_advice(ctx,
		       "give each queue's interrupt another CPU (stop irqbalance first, or start "
		       "it to do that): 'echo %llu > /proc/irq/%llu/smp_affinity_list' moves this "
		       "one (a single flow cannot be spread, it stays on one queue)",
		       (unsigned long long)another_cpu(ctx, cpu), (unsigned long long)irq);
	finding_command(ctx, "echo %llu > /proc/irq/%llu/smp_affinity_list",
			(unsigned long long)another_cpu(ctx, cpu), (unsigned long long)irq);
	return true;
}

static void tell_rps(struct finding_ctx *ctx, const char *device, uint64_t queues, uint64_t spread)
{
	const char *mask = mask_of_cpus(ctx);
	const bool is_known = mask && rxpath_is_plain(device);

	mask = mask ? mask : "MASK";
	if (queues > 1 || spread > 0) {
		if (spread > 0)
			finding_advice(ctx,
				       "RPS sends the packets of %s to that CPU: add CPUs to the "
				       "masks in /sys/class/net/%s/queues/rx-*/rps_cpus (a single "
				       "flow cannot be spread, it stays on one CPU)",
				       device, device);
		else
			finding_advice(
				ctx,
				"the interrupts of %s are not known; RPS spreads its packets "
				"without them: write all CPUs to the masks in "
				"/sys/class/net/%s/queues/rx-*/rps_cpus (a single flow "
				"cannot be spread, it stays on one CPU)",
				device, device);
		if (is_known)
			finding_command(ctx,
					"for queue in /sys/class/net/%s/queues/rx-*; do echo %s > "
					"$queue/rps_cpus; done",
					device, mask);
		return;
	}
	finding_advice(ctx,
		       "%s has one queue: enable RPS, 'echo %s > "
		       "/sys/class/net/%s/queues/rx-0/rps_cpus' (costs interrupts between CPUs; a "
		       "single flow cannot be spread, it stays on one CPU)",
		       device, mask, device);
	if (is_known)
		finding_command(ctx, "echo %s > /sys/class/net/%s/queues/rx-0/rps_cpus", mask,
				device);
}

static bool find_one_cpu(struct finding_ctx *ctx)
{
	struct busiest busiest;
	uint64_t queues, spread;
	const char *device, *others;

	if (!rxpath_overran(ctx) || !rxpath_is_lopsided(ctx, &busiest))
		return false;
	device = overrun_device(ctx);
	others = busiest.cpus == 2 ? "the other CPU"
				   : rxpath_phrase(ctx, "the other %zu CPUs", busiest.cpus - 1);
	finding_summary(
		ctx,
		"CPU %u handled %s of the packets and could not keep up; %s handled %llu of %llu.",
		busiest.cpu, rxpath_percent(ctx, busiest.share, busiest.all), others,
		(unsigned long long)(busiest.all - busiest.share), (unsigned long long)busiest.all);
	finding_evidence(ctx, "softnet_processed: cpu%u %llu, all %zu CPUs %llu", busiest.cpu,
			 (unsigned long long)busiest.share, busiest.cpus,
			 (unsigned long long)busiest.all);
	rxpath_show_softirq(ctx, busiest.cpu);
	if (!device)
		return true;
	rxpath_show_rps(ctx, device);
	if (!has_rps(ctx, device, &queues, &spread)) {
		explain_interrupt(ctx, device, busiest.cpu, 0);
		return true;
	}
	if (!explain_interrupt(ctx, device, busiest.cpu, queues) || spread > 0)
		tell_rps(ctx, device, queues, spread);
	return true;
}

const struct finding_rule rxpath_one_cpu_findings[] = {
	{
		FINDING("one-cpu", SOFTNET, PRESSURE, find_one_cpu),
		.fact.cause = "one CPU receives nearly everything",
		.fact.meaning = "One CPU handled nearly all packets and could not keep up, while "
				"other CPUs handled few.",
		.fact.shown = "90 % of softnet_processed on one of several CPUs, and a ring or "
			      "backlog that overflowed.",
		.fact.action = "Spread the queues' interrupts over the CPUs (/proc/interrupts, "
			       "irqbalance), or enable RPS where there is one queue; one flow "
			       "stays on one CPU either way.",
	},
	{.find = NULL},
};
