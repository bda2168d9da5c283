/* patterns.c: warns about a --device or --allow that matches nothing. */
#include <string.h>

#include "session.h"
#include "rxpath/driver.h"

/* The samples of the reports: two of each network namespace. NULL after the last one. */
static const struct rxpath_sample *sample_at(const struct session *session, size_t index)
{
	const struct examined *examined;

	if (index / 2 >= session->examined_count)
		return NULL;
	examined = session->examined[index / 2];
	return index % 2 ? &examined->after : &examined->before;
}

/* The device whose name is nearest to a pattern that matches none. */
struct near_device {
	struct suggestion suggestion;
	char name[64];
};

/* Whether a device of the sample matches. */
static bool has_device(const struct rxpath_sample *sample, struct near_device *near)
{
	for (size_t i = 0; i < sample->device_count; i++) {
		struct rxpath_slice device = sample->devices[i].name;
		char name[sizeof near->name];

		if (rxpath_scan_glob(near->suggestion.word, device))
			return true;
		if (device.len >= sizeof name)
			continue;
		memcpy(name, device.ptr, device.len);
		name[device.len] = '\0';
		suggest_try(&near->suggestion, name);
		if (near->suggestion.best != name)
			continue;
		memcpy(near->name, name, device.len + 1);
		near->suggestion.best = near->name;
	}
	return false;
}

static bool any_has_device(const struct session *session, struct near_device *near)
{
	const struct rxpath_sample *sample;

	for (size_t i = 0; (sample = sample_at(session, i)); i++)
		if (has_device(sample, near))
			return true;
	return false;
}

static bool match_devices(const struct session *session, bool warns)
{
	const struct rxpath_criteria *criteria = &session->options->criteria;
	const struct rxpath_sample *sample;
	bool matched = true;
	bool any = false;

	for (size_t i = 0; (sample = sample_at(session, i)); i++)
		any = any || sample->device_count > 0;
	for (size_t i = 0; any && i < criteria->device_count; i++) {
		struct near_device near = {.suggestion.word = criteria->devices[i]};

		if (any_has_device(session, &near))
			continue;
		matched = matched && strpbrk(near.suggestion.word, "*?[");
		if (!warns)
			continue;
		say("--device: no device matches '%s'", near.suggestion.word);
		suggest_say(&near.suggestion, "");
	}
	return matched;
}

/* The pattern matches the text or equals it: a report escapes some bytes with a backslash, which
 * means something else in a pattern. */
static bool is_subject(const char *pattern, struct rxpath_slice text)
{
	return !pattern || rxpath_scan_glob(pattern, text) || rxpath_slice_is(text, pattern);
}

static bool is_subject_of(const char *pattern, const struct rxpath_subject *subject)
{
	struct rxpath_buf text = {0};
	bool matches;

	if (subject->kind == RXPATH_ON_DEVICE && is_subject(pattern, subject->name))
		return true;
	rxpath_subject_text(&text, subject);
	matches = is_subject(pattern, rxpath_buf_view(&text));
	rxpath_buf_free(&text);
	return matches;
}

static bool is_on_socket(const struct rxpath_sample *sample,
			 const struct rxpath_allowance *allowance)
{
	bool matches = false;

	for (size_t i = 0; !matches && i < sample->socket_count; i++) {
		const struct rxpath_socket *socket = &sample->sockets[i];
		struct rxpath_buf text = {0};

		if (!rxpath_scan_glob(allowance->counter,
				      rxpath_slice_of(rxpath_socket_drops(socket))) &&
		    !rxpath_scan_glob(allowance->counter,
				      rxpath_slice_of(rxpath_socket_queue(socket))))
			continue;
		rxpath_socket_subject(&text, socket);
		matches = is_subject(allowance->subject, rxpath_buf_view(&text));
		rxpath_buf_free(&text);
	}
	return matches;
}

static bool is_on_reading(const struct rxpath_sample *sample,
			  const struct rxpath_allowance *allowance)
{
	for (size_t i = 0; i < sample->reading_count; i++)
		if (rxpath_scan_glob(allowance->counter,
				     rxpath_slice_of(sample->readings[i].name)) &&
		    is_subject_of(allowance->subject, &sample->readings[i].subject))
			return true;
	return false;
}

/* What counters of that source may be about: the sample's devices, CPUs or rules. False after the
 * last one. */
static bool subject_at(const struct rxpath_sample *sample, enum rxpath_source source, size_t index,
		       struct rxpath_subject *subject)
{
	const char *kind = rxpath_source_subject(source);

	if (strcmp(kind, "device") == 0 && index < sample->device_count)
		*subject = (struct rxpath_subject){.kind = RXPATH_ON_DEVICE,
						   .name = sample->devices[index].name};
	else if (strcmp(kind, "CPU") == 0 && index < sample->cpu_count)
		*subject = (struct rxpath_subject){.kind = RXPATH_ON_CPU,
						   .number = (uint32_t)sample->cpus[index]};
	else if (source == RXPATH_SOURCE_NFTABLES && index < sample->rule_count)
		*subject = (struct rxpath_subject){.kind = RXPATH_ON_RULE,
						   .name = sample->rules[index].name};
	else
		return false;
	return true;
}

/* Whether the sample has something that a counter of that source may be about. A figure of 0 is no
 * reading, so these alone do not tell. */
static bool is_on_something(const struct rxpath_sample *sample, enum rxpath_source source,
			    const char *pattern)
{
	struct rxpath_subject subject;

	if (is_subject(pattern, rxpath_slice_of("-")))
		return true;
	for (size_t i = 0; subject_at(sample, source, i, &subject); i++)
		if (is_subject_of(pattern, &subject))
			return true;
	for (size_t i = 0; i < sample->reading_count; i++)
		if (sample->readings[i].source == source &&
		    is_subject_of(pattern, &sample->readings[i].subject))
			return true;
	return false;
}

static bool is_on_counter(const struct rxpath_sample *sample,
			  const struct rxpath_allowance *allowance)
{
	for (size_t i = 0; i < rxpath_catalogue_size(); i++) {
		const struct rxpath_counter *counter = rxpath_catalogue_at(i);

		if (rxpath_scan_glob(allowance->counter, rxpath_slice_of(counter->name)) &&
		    rxpath_source_usable(sample, counter->source) &&
		    is_on_something(sample, counter->source, allowance->subject))
			return true;
	}
	return false;
}

/* A driver counter of 0 is not in the sample, so any name may be one. */
static bool is_of_driver(const struct rxpath_sample *sample,
			 const struct rxpath_allowance *allowance)
{
	struct near_device near = {.suggestion.word = allowance->subject};

	return rxpath_driver_has(rxpath_slice_of(allowance->counter)) &&
	       (!allowance->subject || has_device(sample, &near));
}

static bool is_matched(const struct session *session, const struct rxpath_allowance *allowance)
{
	const struct rxpath_sample *sample;

	for (size_t i = 0; (sample = sample_at(session, i)); i++)
		if (is_on_reading(sample, allowance) || is_on_socket(sample, allowance) ||
		    is_on_counter(sample, allowance) || is_of_driver(sample, allowance))
			return true;
	return false;
}

static void warn_allowance(const struct session *session, struct rxpath_allowance allowance)
{
	struct suggestion suggestion = {.word = allowance.counter};
	struct near_device near = {.suggestion.word = allowance.subject};

	allowance.subject = NULL;
	if (!is_matched(session, &allowance)) {
		say("--allow: no counter matches '%s'", allowance.counter);
		suggest_counters(&suggestion);
		if (suggestion.edits <= 3)
			suggest_say(&suggestion, "");
		return;
	}
	say("--allow: no subject of '%s' matches '%s'", allowance.counter, near.suggestion.word);
	if (!any_has_device(session, &near))
		suggest_say(&near.suggestion, "");
}

bool warn_unmatched_patterns(struct session *session)
{
	const struct rxpath_criteria *criteria = &session->options->criteria;
	const bool warns = !session->said && !(session->watch.redraws && session->moment != LAST);

	session->said = session->said || warns;
	for (size_t i = 0; warns && i < criteria->allowance_count; i++)
		if (!is_matched(session, &criteria->allowances[i]))
			warn_allowance(session, criteria->allowances[i]);
	return match_devices(session, warns);
}
