/* findings.c: runs the rules of the findings and adds what they find to the report.
 *
 * A finding is claimed only where its evidence is in the report, and its advice fits that evidence.
 * A healthy host has no finding. */
#include <stdlib.h>
#include <string.h>

#include "findings.h"

/* A report has the findings in path order: by stage, then as they stand here. */
static const struct finding_rule *const tables[] = {
	rxpath_card_findings,	    rxpath_device_findings,    rxpath_xdp_findings,
	rxpath_queue_findings,	    rxpath_softnet_findings,   rxpath_one_cpu_findings,
	rxpath_tc_findings,	    rxpath_conntrack_findings, rxpath_netfilter_findings,
	rxpath_reassembly_findings, rxpath_ip_findings,	       rxpath_neighbour_findings,
	rxpath_sctp_findings,	    rxpath_udp_findings,       rxpath_udp_queue_findings,
	rxpath_raw_findings,	    rxpath_memory_findings,    rxpath_queue_growth_findings,
	rxpath_reader_findings,	    rxpath_listener_findings,  rxpath_tcp_findings,
	rxpath_connection_findings, rxpath_capture_findings,   NULL,
};

/* The rules of all tables, in path order; NULL after the last. */
static const struct finding_rule *rule_at(size_t index)
{
	for (enum rxpath_stage stage = 0; stage < RXPATH_STAGES; stage++)
		for (size_t i = 0; tables[i]; i++)
			for (const struct finding_rule *rule = tables[i]; rule->find; rule++)
				if (rule->fact.stage == stage && index-- == 0)
					return rule;
	return NULL;
}

const struct rxpath_finding_fact *rxpath_finding_at(size_t index)
{
	const struct finding_rule *rule = rule_at(index);

	return rule ? &rule->fact : NULL;
}

unsigned rxpath_analyse_stages_to_explain(const struct rxpath_report *report,
					  const struct rxpath_criteria *criteria)
{
	unsigned stages = 0;

	if (criteria->all)
		return (1u << RXPATH_STAGES) - 1;
	for (size_t i = 0; i < report->line_count; i++)
		if (!(report->lines[i].flags & RXPATH_FLAG_ALLOWED))
			stages |= 1u << report->lines[i].stage;
	if (report->socket_count > 0)
		stages |= 1u << RXPATH_STAGE_SOCKET;
	return stages;
}

void finding_add(struct finding_ctx *ctx)
{
	struct rxpath_report *report = ctx->report;
	const struct draft *draft = &ctx->draft;
	struct rxpath_slice *evidence = rxpath_report_take(report, sizeof draft->evidence);
	struct rxpath_advice *advice = rxpath_report_take(report, sizeof draft->advice);
	struct rxpath_finding finding;

	if (!evidence || !advice)
		return;
	if (draft->summary.len == 0)
		ctx->draft.summary = rxpath_slice_of(ctx->rule->fact.meaning);
	if (draft->advice_count == 0)
		finding_default_advice(ctx);
	memcpy(evidence, draft->evidence, sizeof draft->evidence);
	memcpy(advice, draft->advice, sizeof draft->advice);
	finding = (struct rxpath_finding){
		.id = ctx->rule->fact.id,
		.cause = ctx->rule->fact.cause,
		.stage = ctx->rule->fact.stage,
		.kind = draft->kind,
		.pid = draft->reader ? draft->reader->pid : RXPATH_UNKNOWN,
		.follows = draft->follows,
		.summary = draft->summary,
		.evidence = evidence,
		.evidence_count = draft->evidence_count,
		.advice = advice,
		.advice_count = draft->advice_count,
	};
	if (!rxpath_array_append(&report->findings, &report->finding_count, &report->finding_cap,
				 &finding, sizeof finding))
		report->failed = true;
	ctx->draft = (struct draft){.kind = ctx->rule->fact.kind};
	ctx->added = true;
}

static void apply(struct finding_ctx *ctx, const struct finding_rule *rule)
{
	ctx->draft = (struct draft){.kind = rule->fact.kind};
	ctx->rule = rule;
	ctx->added = false;
	if (rule->find(ctx) && !ctx->added)
		finding_add(ctx);
}

static void find_all(struct finding_ctx *ctx)
{
	const struct rxpath_report *report = ctx->report;
	const struct finding_rule *rule;

	ctx->moved = malloc((report->line_count + 1) * sizeof(const struct rxpath_line *));
	if (!ctx->moved || !rxpath_match(&ctx->match)) {
		ctx->report->failed = true;
		return;
	}
	for (size_t i = 0; i < report->line_count; i++)
		if (report->lines[i].moved && !(report->lines[i].flags & RXPATH_FLAG_ALLOWED))
			ctx->moved[ctx->moved_count++] = &report->lines[i];
	for (size_t i = 0; (rule = rule_at(i)); i++)
		if (report->stages[rule->fact.stage].state != RXPATH_STATE_SKIPPED)
			apply(ctx, rule);
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

	rxpath_rank_processes(report);
	if (rxpath_line_total(report) > 0 || report->socket_count > 0)
		find_all(&ctx);
	free(ctx.moved);
	rxpath_match_free(&ctx.match);
	return !report->failed || rxpath_error_memory(error);
}

bool rxpath_find_counters(struct finding_ctx *ctx)
{
	const struct finding_rule *rule = ctx->rule;
	uint64_t count = rxpath_moved_any(ctx, rule->counters);

	if (count == 0)
		return false;
	if (rule->unit)
		finding_summary(ctx, "%s%s%s", rule->before, rxpath_amount(ctx, count, rule->unit),
				rule->after);
	rxpath_show_moved(ctx, rule->counters);
	return true;
}

bool rxpath_has_finding(const struct finding_ctx *ctx, const char *id)
{
	for (size_t i = 0; i < ctx->report->finding_count; i++)
		if (strcmp(ctx->report->findings[i].id, id) == 0)
			return true;
	return false;
}
