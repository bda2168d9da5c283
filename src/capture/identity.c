/* identity.c: the section "rxpath": host, kernel, boot, namespace and time. */
#include <errno.h>
#include <fcntl.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "capture_internal.h"
#include "rxpath/version.h"

static void put_line(struct rxpath_buf *out, const char *key, struct rxpath_slice value)
{
	rxpath_buf_string(out, key);
	rxpath_buf_char(out, ' ');
	rxpath_buf_escaped(out, value, "");
	rxpath_buf_char(out, '\n');
}

/* The name that the user gave, if any, and the identity: two names may mean one namespace, and a
 * name may be used again for another one. */
static void put_netns(struct rxpath_buf *out, const char *netns, const char *link)
{
	char text[64];
	ssize_t len = readlink(link, text, sizeof text);
	const struct rxpath_slice id = {text, len > 0 ? (size_t)len : 0};

	if (netns || id.len > 0)
		put_line(out, "netns", netns ? rxpath_slice_of(netns) : id);
	if (id.len > 0)
		put_line(out, "netns_id", id);
}

static void put_host(struct rxpath_buf *out, struct rxpath_buf *boot)
{
	struct utsname host;

	if (uname(&host) == 0) {
		put_line(out, "host", rxpath_slice_of(host.nodename));
		put_line(out, "kernel", rxpath_slice_of(host.release));
	}
	if (boot->len == 0) {
		char text[128];
		struct rxpath_slice rest = rxpath_read_small(AT_FDCWD, text, sizeof text,
							     "/proc/sys/kernel/random/boot_id");
		struct rxpath_slice line;

		if (rxpath_scan_line(&rest, &line))
			put_line(boot, "boot_id", line);
	}
	rxpath_buf_slice(out, rxpath_buf_view(boot));
	out->failed = out->failed || boot->failed;
}

static void put_time(struct rxpath_buf *out, const struct timespec *now)
{
	struct tm utc;

	if (gmtime_r(&now->tv_sec, &utc))
		rxpath_buf_printf(out, "time %04d-%02d-%02dT%02d:%02d:%02d.%03ldZ\n",
				  utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday, utc.tm_hour,
				  utc.tm_min, utc.tm_sec, now->tv_nsec / 1000000);
}

bool rxpath_meta(struct rxpath_capture *capture, const struct emitter *emitter)
{
	struct rxpath_buf text = {0};
	struct timespec now;
	bool taken;

	rxpath_buf_string(&text, "version " RXPATH_VERSION "\n");
	if (rxpath_capture_is_live(capture)) {
		put_host(&text, &capture->boot);
		put_netns(&text, capture->netns, capture->ns_path);
		rxpath_buf_string(&text, __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
						 ? "byte_order big\n"
						 : "byte_order little\n");
	}
	clock_gettime(CLOCK_REALTIME, &now);
	put_time(&text, &now);
	/* BOOTTIME and not MONOTONIC: packets that came before a suspend came in this boot too. */
	clock_gettime(CLOCK_BOOTTIME, &now);
	rxpath_buf_printf(&text, "monotonic %lld.%09ld\n", (long long)now.tv_sec, now.tv_nsec);
	/* A reader can tell a stored sample that was cut short: it has to end with this section. */
	rxpath_buf_string(&text, "complete rxpath/end\n");
	taken = rxpath_emit_text(emitter, "rxpath", 0, &text);
	rxpath_buf_free(&text);
	return taken;
}
