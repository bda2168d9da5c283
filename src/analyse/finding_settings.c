/* finding_settings.c: the settings that explain a finding: their values, and where they are set. */
#include <string.h>

#include "findings.h"

const struct rxpath_setting *rxpath_setting_of(const struct finding_ctx *ctx, const char *name)
{
	const struct rxpath_setting *setting = rxpath_sample_setting(ctx->settings, name);

	/* A stored sample may have its settings as files of their own. */
	return setting ? setting : rxpath_sample_setting(ctx->match.after, name);
}

bool rxpath_number_of(const struct finding_ctx *ctx, const char *name, uint64_t *value)
{
	return rxpath_setting_figure(rxpath_setting_of(ctx, name), 1, value);
}

/* The setting's words, each escaped, behind what is in the text already. False when it
 * is not known. */
static bool put_value(const struct finding_ctx *ctx, const char *name, const char *before,
		      struct rxpath_buf *text)
{
	const struct rxpath_setting *setting = rxpath_setting_of(ctx, name);
	struct rxpath_slice rest, word;

	if (!setting)
		return false;
	rxpath_buf_string(text, before);
	rest = setting->value;
	while (rxpath_scan_word(&rest, &word)) {
		rxpath_buf_char(text, ' ');
		rxpath_buf_escaped(text, word, "");
	}
	return true;
}

/* These a network namespace of its own does not even show. */
static bool is_of_host(const char *name)
{
	static const char *const prefixes[] = {"net.core.netdev_", "net.core.flow_limit_",
					       "net.ipv4.udp_mem", "net.ipv4.tcp_mem"};

	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
		if (rxpath_slice_starts(rxpath_slice_of(name), prefixes[i]))
			return true;
	return false;
}

/* Where it is set. A network namespace of its own shows some of the host's settings, read-only; a
 * container may have all of them read-only. */
static const char *where_set(struct finding_ctx *ctx, const char *name)
{
	const struct rxpath_setting *read_only =
		rxpath_setting_of(ctx, rxpath_phrase(ctx, "read_only.%s", name));

	if (read_only)
		return rxpath_slice_is(read_only->value, "mount") ? "from outside the container"
								  : "the host";
	return rxpath_setting_of(ctx, name) ? "here" : is_of_host(name) ? "the host" : "";
}

const char *rxpath_where(struct finding_ctx *ctx, const char *name)
{
	const char *where = where_set(ctx, name);

	return strcmp(where, "the host") == 0 ? " as root on the host (it can only be set in the "
						"host's own network namespace)"
	       : strcmp(where, "from outside the container") == 0
		       ? " from outside the container (it cannot be set inside)"
		       : "";
}

void finding_setting(struct finding_ctx *ctx, const char *setting, uint64_t suggested)
{
	finding_set(ctx, setting,
		    suggested > 0 ? rxpath_phrase(ctx, "%llu", (unsigned long long)suggested) : "");
}

void finding_set(struct finding_ctx *ctx, const char *setting, const char *suggested)
{
	struct rxpath_advice *advice = &ctx->draft.advice[ctx->draft.advice_count - 1];
	struct rxpath_buf current = {0};

	advice->setting = rxpath_slice_of(setting);
	if (put_value(ctx, setting, "", &current)) {
		advice->current = rxpath_slice_of(rxpath_phrase_from(ctx, &current));
		rxpath_slice_skip(&advice->current, 1);
	}
	advice->suggested = rxpath_slice_of(suggested);
	advice->where = rxpath_slice_of(where_set(ctx, setting));
	if (advice->suggested.len > 0 && rxpath_is_plain(setting))
		finding_command(
			ctx, strchr(suggested, ' ') ? "%ssysctl -w %s='%s'" : "%ssysctl -w %s=%s",
			rxpath_slice_is(advice->where, "the host") ? ON_HOST : "", setting,
			suggested);
}

void finding_raise(struct finding_ctx *ctx, const char *before, const char *name,
		   uint64_t suggested, const char *after)
{
	finding_advice(ctx, "%sraise %s%s, say to %llu%s%s", before, name, rxpath_now(ctx, name),
		       (unsigned long long)suggested, rxpath_where(ctx, name), after);
	finding_setting(ctx, name, suggested);
}

void finding_file(struct finding_ctx *ctx, const char *file, uint64_t current, uint64_t suggested)
{
	struct rxpath_advice *advice = &ctx->draft.advice[ctx->draft.advice_count - 1];

	advice->setting = rxpath_slice_of(file);
	advice->current = rxpath_slice_of(rxpath_phrase(ctx, "%llu", (unsigned long long)current));
	advice->suggested =
		rxpath_slice_of(rxpath_phrase(ctx, "%llu", (unsigned long long)suggested));
	advice->where = rxpath_slice_of("the host");
	if (rxpath_is_plain(file))
		finding_command(ctx, "echo %llu > %s", (unsigned long long)suggested, file);
}

const char *rxpath_now(struct finding_ctx *ctx, const char *name)
{
	struct rxpath_buf text = {0};

	if (!put_value(ctx, name, " (now", &text))
		return is_of_host(name) ? " (in the host's own network namespace)" : "";
	rxpath_buf_char(&text, ')');
	return rxpath_phrase_from(ctx, &text);
}

enum memory_level rxpath_memory_level(const struct finding_ctx *ctx, enum rxpath_protocol protocol)
{
	struct memory memory;

	return rxpath_memory_of(ctx->settings, ctx->match.after, protocol, &memory);
}

void rxpath_show_memory_of(struct finding_ctx *ctx, enum rxpath_protocol protocol)
{
	struct memory memory;

	if (rxpath_memory_of(ctx->settings, ctx->match.after, protocol, &memory) != MEMORY_UNKNOWN)
		finding_evidence(ctx, "%s as a whole holds %llu of %s now",
				 protocol == RXPATH_UDP ? "UDP" : "TCP",
				 (unsigned long long)memory.used,
				 rxpath_amount(ctx, memory.limit, "page"));
}

void rxpath_show_settings(struct finding_ctx *ctx, const char *const names[])
{
	struct rxpath_buf text = {0};

	for (size_t i = 0; names[i]; i++) {
		size_t start = text.len;

		rxpath_buf_printf(&text, "%s%s is", start > 0 ? ", " : "", names[i]);
		if (!put_value(ctx, names[i], "", &text))
			text.len = start;
	}
	finding_show(ctx, &text);
}

bool rxpath_device_number(struct finding_ctx *ctx, const char *device, const char *word,
			  uint64_t *value)
{
	return rxpath_number_of(ctx, rxpath_phrase(ctx, "device.%s.%s", device, word), value);
}
