/* ethtool.c: what only a driver knows, by SIOCETHTOOL: its own statistics, ring sizes, link state.
 *
 * The names of a driver's statistics are read once, as they cost as much as the values. A sample
 * then costs one call for each device that has statistics, for the first devices only. None of it
 * needs privilege (dev_ethtool, net/ethtool/ioctl.c). */
#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ethtool.h"
#include "hardware.h"
#include "rtlink.h"
#include "rxpath/arena.h"
#include "rxpath/lossy.h"
#include "rxpath/search.h"

/* The kernel writes as many statistics as the driver has at that moment, whatever was asked for
 * (ethtool_get_stats), so there is room for queues that are added between two calls. */
#define SPARE 8192u

/* A driver with more is not asked at all. */
#define MAX_STATISTICS 65536u

/* Network cards come first. Devices that come in hundreds are virtual, and their losses are in
 * the standard counters. */
#define MAX_DEVICES 64

struct statistic {
	uint32_t at;   /* its index among the driver's */
	size_t first;  /* the first of the wanted ones with its name: some drivers use one name for
			* all queues */
	uint64_t hash; /* of its name */
	char name[ETH_GSTRING_LEN + 1];
};

struct device {
	int ifindex;
	char name[IFNAMSIZ];
	char driver[sizeof((struct ethtool_drvinfo *)0)->driver + 1];
	uint32_t count; /* of the driver's statistics; 0: none */
	struct statistic *wanted;
	size_t wanted_count;
	bool tells_pauses; /* only generic netlink has the pause frames that it sent */
};

struct rxpath_ethtool {
	int fd;
	struct device *devices;
	size_t count, cap;
	struct ethtool_stats *stats; /* the answer */
	size_t room;		     /* how many statistics it has room for */
};

struct rxpath_ethtool *rxpath_ethtool_open(void)
{
	struct rxpath_ethtool *ethtool = calloc(1, sizeof *ethtool);

	if (!ethtool)
		return NULL;
	ethtool->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	/* A kernel without IPv4, or a namespace that forbids it: any socket will do. */
	if (ethtool->fd < 0)
		ethtool->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (ethtool->fd >= 0)
		return ethtool;
	free(ethtool);
	return NULL;
}

void rxpath_ethtool_close(struct rxpath_ethtool *ethtool)
{
	if (!ethtool)
		return;
	for (size_t i = 0; i < ethtool->count; i++)
		free(ethtool->devices[i].wanted);
	free(ethtool->devices);
	free(ethtool->stats);
	close(ethtool->fd);
	free(ethtool);
}

/* False when the driver cannot tell. */
static bool ask(const struct rxpath_ethtool *ethtool, const char *name, void *request)
{
	struct ifreq query = {.ifr_data = request};

	memcpy(query.ifr_name, name, sizeof query.ifr_name);
	return ioctl(ethtool->fd, SIOCETHTOOL, &query) == 0;
}

static uint32_t statistics_of(const struct rxpath_ethtool *ethtool, const char *name)
{
	union {
		struct ethtool_sset_info head;
		uint32_t words[sizeof(struct ethtool_sset_info) / sizeof(uint32_t) + 1];
	} request = {.head = {.cmd = ETHTOOL_GSSET_INFO, .sset_mask = 1u << ETH_SS_STATS}};

	const uint32_t *count = &request.words[sizeof request.head / sizeof *count];

	if (!ask(ethtool, name, &request) || request.head.sset_mask == 0 || *count > MAX_STATISTICS)
		return 0;
	return *count;
}

static void learn_driver(const struct rxpath_ethtool *ethtool, struct device *device)
{
	struct ethtool_drvinfo request = {.cmd = ETHTOOL_GDRVINFO};

	if (ask(ethtool, device->name, &request))
		memcpy(device->driver, request.driver,
		       strnlen(request.driver, sizeof request.driver));
}

/* Adds the driver's statistic of that index and name to the wanted ones. */
static void want(struct device *device, uint32_t at, struct rxpath_slice name)
{
	struct statistic *wanted = &device->wanted[device->wanted_count];

	*wanted = (struct statistic){.at = at, .hash = rxpath_hash_of(name)};
	memcpy(wanted->name, name.ptr, name.len);
	while (device->wanted[wanted->first].hash != wanted->hash)
		wanted->first++;
	device->wanted_count++;
}

static bool keep_wanted(struct device *device, const uint8_t *names)
{
	for (uint32_t i = 0; i < device->count; i++) {
		const char *name = (const char *)names + (size_t)i * ETH_GSTRING_LEN;
		struct rxpath_slice text = {name, strnlen(name, ETH_GSTRING_LEN)};

		if (rxpath_ethtool_sounds_lossy(text))
			want(device, i, text);
	}
	return device->wanted_count > 0;
}

/* Learns which of the driver's statistics are wanted; a driver without any is not asked again.
 * False without memory. */
static bool learn(const struct rxpath_ethtool *ethtool, struct device *device)
{
	struct ethtool_gstrings *names;

	free(device->wanted);
	device->wanted = NULL;
	device->wanted_count = 0;
	if (device->count == 0)
		return true;
	/* Not cleared: the spare room is large, and most of it is never touched. */
	names = malloc(sizeof *names + ((size_t)device->count + SPARE) * ETH_GSTRING_LEN);
	device->wanted = calloc(device->count, sizeof *device->wanted);
	if (!names || !device->wanted) {
		free(names);
		return false;
	}
	names->cmd = ETHTOOL_GSTRINGS;
	names->string_set = ETH_SS_STATS;
	names->len = device->count;
	if (!ask(ethtool, device->name, names) || names->len != device->count ||
	    !keep_wanted(device, names->data))
		device->count = 0;
	else
		learn_driver(ethtool, device);
	free(names);
	return true;
}

/* Drivers that do not list pause frames among their own statistics may have them as standard
 * ones (Linux 5.9). A device that never sends any is not asked. */
static void learn_pauses(const struct rxpath_ethtool *ethtool, struct device *device)
{
	struct ethtool_pauseparam request = {.cmd = ETHTOOL_GPAUSEPARAM};

	device->tells_pauses = ask(ethtool, device->name, &request) && request.tx_pause;
	for (size_t i = 0; i < device->wanted_count; i++)
		if (rxpath_ethtool_kind(rxpath_slice_of(device->wanted[i].name)) ==
		    RXPATH_KIND_PRESSURE)
			device->tells_pauses = false;
}

static struct device *device_of(struct rxpath_ethtool *ethtool, int ifindex, const char *name)
{
	struct device *devices, *device;

	for (size_t i = 0; i < ethtool->count; i++) {
		device = &ethtool->devices[i];
		if (device->ifindex == ifindex) {
			memcpy(device->name, name, IFNAMSIZ);
			return device;
		}
	}
	devices =
		rxpath_array_grow(ethtool->devices, ethtool->count, &ethtool->cap, sizeof *devices);
	if (!devices)
		return NULL;
	ethtool->devices = devices;
	device = &devices[ethtool->count++];
	*device = (struct device){.ifindex = ifindex};
	memcpy(device->name, name, IFNAMSIZ);
	device->count = statistics_of(ethtool, name);
	if (!learn(ethtool, device))
		return NULL;
	learn_pauses(ethtool, device);
	return device;
}

/* A buffer for the answer, which is kept and grows. NULL without memory. */
static struct ethtool_stats *answer_of(struct rxpath_ethtool *ethtool, uint32_t count)
{
	size_t room = (size_t)count + SPARE;

	if (ethtool->room < room) {
		free(ethtool->stats);
		ethtool->stats =
			malloc(sizeof *ethtool->stats + room * sizeof ethtool->stats->data[0]);
		ethtool->room = ethtool->stats ? room : 0;
	}
	return ethtool->stats;
}

/* Adds the driver's statistics as "NAME VALUE" lines, the name escaped. False without memory. */
static bool put_statistics(struct rxpath_ethtool *ethtool, struct device *device,
			   struct rxpath_buf *text)
{
	struct ethtool_stats *stats = device->count == 0 ? NULL : answer_of(ethtool, device->count);
	const struct statistic *wanted;

	if (!stats)
		return device->count == 0;
	stats->cmd = ETHTOOL_GSTATS;
	stats->n_stats = device->count;
	if (!ask(ethtool, device->name, stats))
		return true;
	if (stats->n_stats != device->count) {
		/* The number of queues has changed; their names are read for the next sample. */
		device->count = statistics_of(ethtool, device->name);
		return learn(ethtool, device);
	}
	wanted = device->wanted;
	if (device->driver[0] != '\0') {
		rxpath_buf_string(text, "driver ");
		rxpath_buf_escaped(text, rxpath_slice_of(device->driver), "");
		rxpath_buf_char(text, '\n');
	}
	/* Of several statistics with one name the first one gets the sum. */
	for (size_t i = 0; i < device->wanted_count; i++)
		if (wanted[i].first != i)
			stats->data[wanted[wanted[i].first].at] += stats->data[wanted[i].at];
	for (size_t i = 0; i < device->wanted_count; i++) {
		if (wanted[i].first != i)
			continue;
		rxpath_buf_escaped(text, rxpath_slice_of(wanted[i].name), "");
		rxpath_buf_char(text, ' ');
		rxpath_buf_u64(text, stats->data[wanted[i].at]);
		rxpath_buf_char(text, '\n');
	}
	return true;
}

static void put_pauses(struct device *device, struct genl *genl, struct rxpath_buf *text)
{
	uint64_t sent =
		device->tells_pauses ? rxpath_pause_frames(genl, device->ifindex) : RXPATH_UNKNOWN;

	device->tells_pauses = sent != RXPATH_UNKNOWN;
	if (device->tells_pauses)
		rxpath_buf_printf(text, "tx_pause_frames %llu\n", (unsigned long long)sent);
}

/* Sets *any when the device had something to report. */
static bool put_device(struct rxpath_ethtool *ethtool, struct genl *genl, struct device *device,
		       const struct emitter *emitter, bool *any)
{
	struct rxpath_buf text = {0};
	bool done = put_statistics(ethtool, device, &text) || rxpath_error_memory(emitter->error);

	put_pauses(device, genl, &text);
	*any = *any || text.len > 0;
	done = done && rxpath_emit_device(emitter, "rxpath/ethtool/", device->name, &text);
	rxpath_buf_free(&text);
	return done;
}

bool rxpath_ethtool_statistics(struct rxpath_ethtool *ethtool, struct genl *genl,
			       struct rxpath_slice table, const struct emitter *emitter)
{
	char name[IFNAMSIZ];
	int ifindex;
	bool any = false;

	for (size_t i = 0; i < MAX_DEVICES && rxpath_link_next(&table, &ifindex, name); i++) {
		struct device *device = device_of(ethtool, ifindex, name);

		if (!device)
			return rxpath_error_memory(emitter->error);
		if (!put_device(ethtool, genl, device, emitter, &any))
			return false;
	}
	/* No device had anything to report. This section says that they were asked, so that
	 * statistics in the next sample count as new. */
	return any || rxpath_emit_text(emitter, "rxpath/ethtool", 0, NULL);
}

/* Megabits a second. The driver's masks of link modes stand behind the struct and are of a length
 * that it has to be asked for (ethtool_get_link_ksettings). */
static void put_speed(const struct rxpath_ethtool *ethtool, const char *name,
		      struct rxpath_buf *out)
{
	union {
		struct ethtool_link_settings head;
		uint32_t words[sizeof(struct ethtool_link_settings) / sizeof(uint32_t) +
			       3 * (size_t)INT8_MAX];
	} request = {.head = {.cmd = ETHTOOL_GLINKSETTINGS}};

	if (!ask(ethtool, name, &request) || request.head.link_mode_masks_nwords >= 0)
		return;
	request.head = (struct ethtool_link_settings){
		.cmd = ETHTOOL_GLINKSETTINGS,
		.link_mode_masks_nwords = (int8_t)-request.head.link_mode_masks_nwords,
	};
	if (!ask(ethtool, name, &request))
		return;
	if (request.head.speed != 0 && request.head.speed < INT32_MAX)
		rxpath_put_setting(out, name, "speed", request.head.speed);
	if (request.head.duplex == DUPLEX_HALF)
		rxpath_put_setting(out, name, "half_duplex", 1);
}

static void put_driver(const struct rxpath_ethtool *ethtool, const char *name,
		       struct rxpath_buf *out)
{
	struct ethtool_drvinfo request = {.cmd = ETHTOOL_GDRVINFO};

	if (!ask(ethtool, name, &request) || request.driver[0] == '\0')
		return;
	rxpath_put_setting_name(out, name, "driver");
	rxpath_buf_column(out,
			  (struct rxpath_slice){request.driver,
						strnlen(request.driver, sizeof request.driver)});
	rxpath_buf_char(out, '\n');
	/* A card is on some bus; tun says "tap" there (ethtool_get_drvinfo, tun_get_drvinfo). */
	if (request.bus_info[0] == '\0' || strcmp(request.driver, "tun") == 0)
		rxpath_put_setting(out, name, "virtual", 1);
}

void rxpath_ethtool_settings(const struct rxpath_ethtool *ethtool,
			     const char name[RXPATH_DEVICE_NAME], struct rxpath_buf *out)
{
	struct ethtool_ringparam rings = {.cmd = ETHTOOL_GRINGPARAM};

	put_driver(ethtool, name, out);
	put_speed(ethtool, name, out);
	if (!ask(ethtool, name, &rings) || rings.rx_max_pending == 0)
		return;
	rxpath_put_setting(out, name, "ring", rings.rx_pending);
	rxpath_put_setting(out, name, "ring_max", rings.rx_max_pending);
}
