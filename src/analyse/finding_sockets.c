/* finding_sockets.c: naming and showing the sockets of a finding, and a finding for each program.
 */
#include "findings.h"
#include "rxpath/unit.h"

const char *rxpath_owner_of(struct finding_ctx *ctx, const struct rxpath_socket_line *line)
{
	const struct rxpath_process *reader = rxpath_reader_of(line);
	struct rxpath_buf text = {0};

	if (!reader) {
		rxpath_unit_text(line->cgroup, &text);
		if (text.len == 0)
			rxpath_buf_string(&text, "the process");
		if (line->socket->uid != RXPATH_UNKNOWN32)
			rxpath_buf_printf(&text, " (uid %u)", line->socket->uid);
		return rxpath_phrase_from(ctx, &text);
	}
	rxpath_buf_escaped(&text, reader->comm, "");
	rxpath_buf_printf(&text, "[%llu]", (unsigned long long)reader->pid);
	if (line->process_count > 1)
		rxpath_buf_printf(&text, " and %zu more", line->process_count - 1);
	return rxpath_phrase_from(ctx, &text);
}

const char *rxpath_name_of(struct finding_ctx *ctx, const struct rxpath_socket_line *line)
{
	return rxpath_phrase(ctx, "%s of %s", line->subject.ptr, rxpath_owner_of(ctx, line));
}

bool rxpath_is_lossy_udp(const struct rxpath_socket_line *line)
{
	return rxpath_socket_is_udp(line->socket) && rxpath_lost_some(line);
}

const char *rxpath_queue_of(struct finding_ctx *ctx, const struct rxpath_socket_line *line)
{
	uint64_t before = rxpath_queue_used_before(line);
	uint64_t now = rxpath_queue_used(line->socket);
	uint64_t limit = line->socket->rcvbuf;
	const char *levels =
		before == RXPATH_UNKNOWN
			? rxpath_phrase(ctx, "%llu bytes", (unsigned long long)now)
			: rxpath_phrase(ctx, "%llu bytes before, %llu now",
					(unsigned long long)before, (unsigned long long)now);

	if (limit == RXPATH_UNKNOWN32)
		return rxpath_phrase(ctx, "its queue: %s", levels);
	return rxpath_phrase(ctx, "its queue: %s, limit %llu", levels, (unsigned long long)limit);
}

const char *rxpath_tell_udp_socket(struct finding_ctx *ctx, const struct rxpath_socket_line *line)
{
	const char *uid =
		line->process_count > 0 ? rxpath_phrase(ctx, " (uid %u)", line->socket->uid) : "";

	return rxpath_phrase(ctx, "%s%s lost %llu; %s", rxpath_name_of(ctx, line), uid,
			     (unsigned long long)line->delta, rxpath_queue_of(ctx, line));
}

const struct rxpath_socket_line *rxpath_worst_socket(const struct finding_ctx *ctx,
						     rxpath_fits *fits)
{
	const struct rxpath_report *report = ctx->report;

	for (size_t i = 0; i < report->socket_count; i++)
		if (fits(&report->sockets[i]))
			return &report->sockets[i];
	return NULL;
}

uint64_t rxpath_tolerated(const struct finding_ctx *ctx, rxpath_fits *fits)
{
	const struct rxpath_report *report = ctx->report;
	uint64_t lost = 0;

	for (size_t i = 0; i < report->socket_count; i++)
		if (report->sockets[i].flags & RXPATH_FLAG_ALLOWED && fits(&report->sockets[i]))
			lost = rxpath_sum(lost, report->sockets[i].delta);
	return lost;
}

static bool is_of(const struct program *program, const struct rxpath_socket_line *line,
		  rxpath_fits *fits)
{
	return fits(line) && rxpath_is_loss_of(program->loss, line);
}

struct program rxpath_program_of(const struct finding_ctx *ctx,
				 const struct rxpath_process_loss *loss, rxpath_fits *fits)
{
	const struct rxpath_report *report = ctx->report;
	struct program program = {.loss = loss, .fits = fits};

	for (size_t i = 0; i < report->socket_count; i++) {
		const struct rxpath_socket_line *line = &report->sockets[i];

		if (!is_of(&program, line, fits))
			continue;
		/* The report has the one that lost most first. */
		program.worst = program.worst ? program.worst : line;
		program.lost = rxpath_sum(program.lost, line->delta);
		program.sockets++;
	}
	return program;
}

bool rxpath_find_programs(struct finding_ctx *ctx, rxpath_fits *fits, rxpath_describe *describe)
{
	const struct rxpath_report *report = ctx->report;
	size_t programs = 0;
	size_t found = 0;

	/* There may be thousands of processes, and a hundred thousand sockets. */
	if (!rxpath_worst_socket(ctx, fits))
		return false;
	for (size_t i = 0; i < report->process_count; i++)
		programs += rxpath_program_of(ctx, &report->processes[i], fits).sockets > 0;
	for (size_t i = 0; i < report->process_count && found < MAX_PROGRAMS; i++) {
		struct program program = rxpath_program_of(ctx, &report->processes[i], fits);

		program.sole = programs == 1;
		if (program.sockets > 0 && describe(ctx, &program)) {
			finding_add(ctx);
			found++;
		}
	}
	return ctx->added;
}

void rxpath_show_sockets(struct finding_ctx *ctx, const struct program *program, rxpath_fits *fits,
			 rxpath_tell *tell)
{
	const struct rxpath_report *report = ctx->report;
	size_t count = 0;

	for (size_t i = 0; i < report->socket_count; i++) {
		const struct rxpath_socket_line *line = &report->sockets[i];

		if (!program ? fits(line) : line != program->worst && is_of(program, line, fits))
			if (count++ < MAX_SHOWN)
				finding_evidence(ctx, "%s", tell(ctx, line));
	}
	if (count > MAX_SHOWN && program)
		finding_evidence(ctx, "and %zu more of its sockets", count - MAX_SHOWN);
	else if (count > MAX_SHOWN)
		finding_evidence(ctx, "and %s",
				 rxpath_amount(ctx, count - MAX_SHOWN, "more socket"));
}

const char *rxpath_spread(struct finding_ctx *ctx, const struct program *program)
{
	const struct rxpath_report *report = ctx->report;
	const struct rxpath_socket_line *worst = program->worst;

	for (size_t i = 0; i < report->socket_count; i++)
		if (is_of(program, &report->sockets[i], program->fits) &&
		    report->sockets[i].delta != worst->delta)
			return rxpath_phrase(ctx, "most on %s", worst->subject.ptr);
	return rxpath_phrase(ctx, "%llu each", (unsigned long long)worst->delta);
}

const char *rxpath_losses_of(struct finding_ctx *ctx, const struct program *program)
{
	const struct rxpath_socket_line *worst = program->worst;
	const char *lost = rxpath_amount(
		ctx, program->lost, rxpath_socket_is_udp(worst->socket) ? "datagram" : "packet");

	if (program->sockets == 1)
		return rxpath_phrase(ctx, "%s lost %s", rxpath_name_of(ctx, worst), lost);
	return rxpath_phrase(ctx, "%s lost %s on %zu sockets, %s", rxpath_owner_of(ctx, worst),
			     lost, program->sockets, rxpath_spread(ctx, program));
}
