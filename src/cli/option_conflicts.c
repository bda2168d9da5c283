/* option_conflicts.c: which options and arguments cannot be combined. */
#include <string.h>

#include "option_table.h"

/* Whether the forms of the report and the other options can be combined. */
static bool check_forms(const struct options *options)
{
	const struct format *format = options->format;
	const struct format *single = format->is_single ? format : NULL;

	for (size_t i = 0; i < options->form_count; i++) {
		if (options->forms[i].format->is_single)
			single = options->forms[i].format;
		for (size_t j = 0; j < i; j++) {
			if (strcmp(options->forms[i].file, options->forms[j].file) != 0)
				continue;
			return say("--format: '%s' is named twice", options->forms[i].file);
		}
	}
	if (options->quiet && options->form_count > 0)
		return say("--quiet: cannot be combined with --format FORM:FILE");
	if (options->command == COMMAND_GET &&
	    (options->form_count > 0 ||
	     (format->render != rxpath_render_text && format->render != rxpath_render_json)))
		return say("--format: for 'get' it must be text or json");
	if (single && options->all_netns)
		return say(
			"--all-netns: cannot be combined with --format %s, which holds one report",
			single->name);
	if (single && options->count != 1)
		return say("--count: cannot be combined with --format %s, which holds one report",
			   single->name);
	if (format->status && options->exit_code != STATUS_FAILED)
		return say(
			"--exit-code: cannot be combined with --format %s, which has its own statuses",
			format->name);
	return true;
}

static bool check_arguments(const struct options *options)
{
	const struct command_row *command = command_row(options->command);
	const struct rxpath_target *target = &options->target;
	size_t count = 0;

	while (options->arguments[count])
		count++;
	if (count < command->least)
		return say("%s: needs %s; see 'rxpath --help'", command->name, command->needs);
	if (count > command->most)
		return say("unexpected argument '%s'; see 'rxpath --help'",
			   options->arguments[command->most]);
	if ((target->root != NULL) + (target->netns != NULL) + (target->pid != NULL) > 1)
		return say("--root, --netns and --pid: only one of them can be given");
	if (options->all_netns && (target->root || target->netns || target->pid))
		return say("--all-netns: cannot be combined with --root, --netns or --pid");
	if (options->all_netns && options->command == COMMAND_TOTALS && count > 0)
		return say("--all-netns applies to live samples only");
	if (options->trace && target->root)
		return say("--trace: cannot be combined with --root: it reads the running kernel");
	if (options->order != RXPATH_ORDER_OWN && !target->root &&
	    options->command != COMMAND_DIFF && (options->command != COMMAND_TOTALS || count == 0))
		return say("--endian applies to saved samples and to --root only");
	if (options->command == COMMAND_DIFF && count > 1 &&
	    strcmp(options->arguments[0], "-") == 0 && strcmp(options->arguments[1], "-") == 0)
		return say("diff: only one of the samples can be '-' (standard input)");
	if (options->command == COMMAND_SAVE && options->output && count > 0)
		return say("save: give the file either as FILE or with --output, not both");
	if ((target->root || target->netns || target->pid) &&
	    ((options->command == COMMAND_DIFF && count > 1) ||
	     (options->command == COMMAND_TOTALS && count > 0)))
		return say("--root, --netns and --pid apply to live samples only");
	return true;
}

bool options_check(const struct options *options)
{
	return check_arguments(options) && check_forms(options);
}
