/* unit.c: which service, container or pod a cgroup's path names. */
#include <string.h>

#include "rxpath/unit.h"

/* An id that runtimes make has 64 hexadecimal digits (docker, containerd, cri-o, podman). */
#define ID_DIGITS 64
#define SHOWN_ID_DIGITS 12
#define SHOWN_POD_DIGITS 8
#define LEAST_ID_DIGITS 4

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

static size_t hex_digits(struct rxpath_slice text)
{
	size_t count = 0;

	while (count < text.len && is_hex(text.ptr[count]))
		count++;
	return count;
}

/* "91c4..." of "docker-91c4....scope", "cri-containerd-91c4....scope", "libpod-91c4...",
 * "kubepods-....slice:cri-containerd:91c4..." or "91c4..."; empty: the part names no container. */
static struct rxpath_slice container_id(struct rxpath_slice part)
{
	struct rxpath_slice rest = part;
	struct rxpath_slice head;

	if (rxpath_slice_ends(rest, ".scope"))
		rest.len -= strlen(".scope");
	while (rxpath_scan_until(&rest, ':', &head) || rxpath_scan_until(&rest, '-', &head))
		continue;
	if (rest.len == ID_DIGITS && hex_digits(rest) == rest.len)
		return rest;
	return rxpath_slice_of("");
}

/* The pod's uid of "pod3f2a77b0-..." and "kubepods-burstable-pod3f2a77b0_....slice"; empty:
 * none. */
static struct rxpath_slice pod_uid(struct rxpath_slice part)
{
	struct rxpath_slice rest = part;
	size_t at = 0;

	if (rxpath_slice_ends(rest, ".slice"))
		rest.len -= strlen(".slice");
	for (size_t i = 0; i + strlen("pod") < rest.len; i++)
		if ((i == 0 || rest.ptr[i - 1] == '-') && memcmp(rest.ptr + i, "pod", 3) == 0)
			at = i + strlen("pod");
	rxpath_slice_skip(&rest, at);
	/* "3f2a77b0-6d1c-..." or the same with '_', or the 32 digits of a static pod. */
	if (at == 0 || hex_digits(rest) < SHOWN_POD_DIGITS)
		return rxpath_slice_of("");
	return rest;
}

static bool is_unit(struct rxpath_slice part)
{
	return rxpath_slice_ends(part, ".service") || rxpath_slice_ends(part, ".scope") ||
	       container_id(part).len > 0 || pod_uid(part).len > 0 ||
	       rxpath_slice_starts(part, "lxc.payload.");
}

/* Takes the last part off the path; false when none is left. */
static bool take_last(struct rxpath_slice *path, struct rxpath_slice *part)
{
	size_t end = path->len;

	while (end > 0 && path->ptr[end - 1] == '/')
		end--;
	if (end == 0)
		return false;
	path->len = end;
	while (path->len > 0 && path->ptr[path->len - 1] != '/')
		path->len--;
	*part = (struct rxpath_slice){path->ptr + path->len, end - path->len};
	return true;
}

struct rxpath_slice rxpath_unit_of(struct rxpath_slice path)
{
	struct rxpath_slice part;

	while (take_last(&path, &part))
		if (is_unit(part))
			return part;
	return rxpath_slice_of("");
}

/* The pod that the path lies in; empty: none. */
static struct rxpath_slice pod_of(struct rxpath_slice path)
{
	struct rxpath_slice part;

	while (take_last(&path, &part))
		if (pod_uid(part).len > 0)
			return pod_uid(part);
	return rxpath_slice_of("");
}

static void put_short(struct rxpath_buf *out, const char *label, struct rxpath_slice id,
		      size_t digits)
{
	id.len = id.len > digits ? digits : id.len;
	rxpath_buf_string(out, label);
	rxpath_buf_escaped(out, id, "");
}

void rxpath_unit_text(struct rxpath_slice path, struct rxpath_buf *out)
{
	struct rxpath_slice unit = rxpath_unit_of(path);
	struct rxpath_slice container = container_id(unit);
	struct rxpath_slice pod = pod_of(path);

	if (pod.len > 0)
		put_short(out, "pod ", pod, SHOWN_POD_DIGITS);
	if (container.len > 0)
		put_short(out, pod.len > 0 ? " container " : "container ", container,
			  SHOWN_ID_DIGITS);
	else if (pod.len == 0)
		rxpath_buf_escaped(out, unit, "");
}

bool rxpath_unit_is(struct rxpath_slice path, struct rxpath_slice name)
{
	struct rxpath_slice part, rest;

	while (take_last(&path, &part)) {
		if (name.len == 0 || part.len < name.len ||
		    memcmp(part.ptr, name.ptr, name.len) != 0)
			continue;
		rest = (struct rxpath_slice){part.ptr + name.len, part.len - name.len};
		if (rest.len == 0 || rxpath_slice_is(rest, ".service") ||
		    rxpath_slice_is(rest, ".scope"))
			return true;
	}
	return false;
}

bool rxpath_unit_is_container(struct rxpath_slice path, struct rxpath_slice id)
{
	struct rxpath_slice part;

	if (id.len < LEAST_ID_DIGITS)
		return false;
	while (take_last(&path, &part)) {
		struct rxpath_slice container = container_id(part);

		if (container.len >= id.len && memcmp(container.ptr, id.ptr, id.len) == 0)
			return true;
	}
	return false;
}

bool rxpath_unit_next_group(struct rxpath_slice *text, struct rxpath_slice *controllers,
			    struct rxpath_slice *path)
{
	struct rxpath_slice number;

	while (rxpath_scan_line(text, path))
		if (rxpath_scan_until(path, ':', &number) &&
		    rxpath_scan_until(path, ':', controllers))
			return true;
	return false;
}

struct rxpath_slice rxpath_unit_path(struct rxpath_slice text)
{
	struct rxpath_slice path, controllers;
	struct rxpath_slice unified = rxpath_slice_of(""), systemd = rxpath_slice_of(""),
			    other = rxpath_slice_of("");

	while (rxpath_unit_next_group(&text, &controllers, &path)) {
		if (controllers.len == 0)
			unified = path;
		else if (rxpath_slice_is(controllers, "name=systemd"))
			systemd = path;
		else if (other.len == 0 && rxpath_unit_of(path).len > 0)
			other = path;
	}
	if (rxpath_unit_of(unified).len > 0)
		return unified;
	if (rxpath_unit_of(systemd).len > 0)
		return systemd;
	return other.len > 0 ? other : unified.len > 0 ? unified : systemd;
}
