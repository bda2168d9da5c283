/* finding_text.c: writing the texts of a finding: summary, evidence, advice, and their parts. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "findings.h"

static struct rxpath_slice format(struct finding_ctx *ctx, const char *pattern, va_list arguments)
{
	struct rxpath_buf text = {0};

	rxpath_buf_vprintf(&text, pattern, arguments);
	return rxpath_report_keep(ctx->report, &text);
}

void finding_summary(struct finding_ctx *ctx, const char *pattern, ...)
{
	va_list arguments;

	va_start(arguments, pattern);
	ctx->draft.summary = format(ctx, pattern, arguments);
	va_end(arguments);
}

static void add_advice(struct finding_ctx *ctx, struct rxpath_slice text)
{
	if (ctx->draft.advice_count < MAX_TEXTS)
		ctx->draft.advice[ctx->draft.advice_count++] = (struct rxpath_advice){.text = text};
}

void finding_default_advice(struct finding_ctx *ctx)
{
	const char *action = ctx->rule->fact.action;
	struct rxpath_buf text = {0};

	/* A piece of advice is no sentence: a small letter first, no full stop. */
	rxpath_buf_char(&text, (char)(action[0] | 0x20));
	rxpath_buf_bytes(&text, action + 1, strlen(action) - 2);
	add_advice(ctx, rxpath_report_keep(ctx->report, &text));
	if (ctx->rule->command)
		finding_command(ctx, "%s", ctx->rule->command);
}

void finding_show(struct finding_ctx *ctx, struct rxpath_buf *text)
{
	struct rxpath_slice kept = rxpath_report_keep(ctx->report, text);

	if (kept.len > 0 && ctx->draft.evidence_count < MAX_TEXTS)
		ctx->draft.evidence[ctx->draft.evidence_count++] = kept;
}

void finding_evidence(struct finding_ctx *ctx, const char *pattern, ...)
{
	struct rxpath_buf text = {0};
	va_list arguments;

	va_start(arguments, pattern);
	rxpath_buf_vprintf(&text, pattern, arguments);
	va_end(arguments);
	finding_show(ctx, &text);
}

void finding_advice(struct finding_ctx *ctx, const char *pattern, ...)
{
	va_list arguments;

	va_start(arguments, pattern);
	add_advice(ctx, format(ctx, pattern, arguments));
	va_end(arguments);
}

const char *rxpath_phrase(struct finding_ctx *ctx, const char *pattern, ...)
{
	va_list arguments;
	struct rxpath_slice text;

	va_start(arguments, pattern);
	text = format(ctx, pattern, arguments);
	va_end(arguments);
	return text.ptr;
}

const char *rxpath_amount(struct finding_ctx *ctx, uint64_t count, const char *word)
{
	return rxpath_phrase(ctx, "%llu %s%s", (unsigned long long)count, word,
			     count == 1 ? "" : "s");
}

const char *rxpath_phrase_from(struct finding_ctx *ctx, struct rxpath_buf *text)
{
	return rxpath_report_keep(ctx->report, text).ptr;
}

const char *rxpath_escaped_of(struct finding_ctx *ctx, struct rxpath_slice raw)
{
	struct rxpath_buf copy = {0};

	rxpath_buf_escaped(&copy, raw, "");
	return rxpath_phrase_from(ctx, &copy);
}

const char *rxpath_text_of(struct finding_ctx *ctx, struct rxpath_slice raw)
{
	struct rxpath_buf copy = {0};

	rxpath_buf_escaped_text(&copy, raw, "");
	return rxpath_phrase_from(ctx, &copy);
}

const char *rxpath_share(struct finding_ctx *ctx, uint64_t count, enum rxpath_stage stage)
{
	uint64_t seen = ctx->report->stages[stage].seen;

	if (seen == RXPATH_UNKNOWN || count > seen)
		return "";
	return rxpath_phrase(ctx, " (%s of those received)", rxpath_percent(ctx, count, seen));
}

const char *rxpath_percent(struct finding_ctx *ctx, uint64_t part, uint64_t whole)
{
	struct rxpath_buf text = {0};

	rxpath_buf_percent(&text, part, whole);
	return rxpath_phrase_from(ctx, &text);
}

bool rxpath_is_plain(const char *name)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:@-";

	return name[strspn(name, plain)] == '\0';
}

void finding_command(struct finding_ctx *ctx, const char *pattern, ...)
{
	va_list arguments;

	va_start(arguments, pattern);
	ctx->draft.advice[ctx->draft.advice_count - 1].command = format(ctx, pattern, arguments);
	va_end(arguments);
}
