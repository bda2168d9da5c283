/* files.h: the state of a capture, and the files that it reads. */
#ifndef RXPATH_CAPTURE_FILES_H
#define RXPATH_CAPTURE_FILES_H

#include <linux/netlink.h>

#include "ethtool.h"
#include "inuse.h"
#include "rxpath/capture.h"

/* One reading of one source. */
struct step {
	enum rxpath_source source;
	bool again; /* the second reading, after the source that it is compared with */
};

#define MAX_STEPS (2 * (size_t)RXPATH_SOURCES)

/* How many settings exist only in the host's own namespace. */
#define RXPATH_HOST_SETTINGS 7

struct rxpath_capture {
	int root;     /* the directory of proc and sys; -1: the live system */
	char net[64]; /* "/proc/net"; below /proc/self/fd of one not entered */
	char *netns;  /* as the user named it; NULL */
	struct rxpath_purpose purpose;
	bool entered;	    /* in another namespace than the one the program was started in */
	char ns_path[64];   /* the link that identifies the namespace */
	int net_dir;	    /* `net`, opened: opening files below it is cheaper; -1 */
	bool net_by_kernel; /* net_dir is procfs: it holds only directories and files */
	int process;	    /* /proc/PID, for a namespace given by a process; -1 */
	struct step steps[MAX_STEPS];
	size_t step_count;

	/* Kept open from one sample to the next; -1: not open. */
	int files[RXPATH_SOURCES];
	int of_host[RXPATH_HOST_SETTINGS]; /* opened before another namespace was entered */
	int netlink[NETLINK_GENERIC];	   /* by their protocols */
	struct genl genl;
	struct rxpath_ethtool *ethtool; /* made when it is first needed */

	/* Learnt from this kernel. */
	uint64_t absent;		   /* a bit for each file that it does not have */
	uint64_t assumed_absent;	   /* those that another namespace of this kernel lacks */
	bool without_diag[RXPATH_SOURCES]; /* the tables that sock_diag lacks */
	bool lacks_limits;		   /* the memory limits are not visible in this namespace */
	struct rxpath_buf boot;		   /* the line with the boot id */

	/* Learnt in this sample. */
	bool have_rtnetlink;  /* rtnetlink listed every device */
	bool received;	      /* IP received a packet in this namespace */
	bool backlog_dropped; /* since boot, by the last reading of softnet_stat */
	struct empty_tables empty;
	struct rxpath_buf device_table; /* that of the last sample, until this one has read it */
	struct rxpath_buf scratch;
};

/* False for files under --root: there are no processes. */
static inline bool rxpath_capture_is_live(const struct rxpath_capture *capture)
{
	return capture->root < 0;
}

/* False when the namespace could not be entered, so that only its files in /proc can be read. */
static inline bool rxpath_capture_is_inside(const struct rxpath_capture *capture)
{
	return capture->root >= 0 || capture->netlink[NETLINK_ROUTE] >= 0;
}

/* The text of rxpath/link in the last sample; empty before the first one. */
static inline struct rxpath_slice rxpath_capture_devices(const struct rxpath_capture *capture)
{
	return rxpath_buf_view(&capture->device_table);
}

/* Opens the host's own settings, while this is still the host's namespace. */
void rxpath_capture_host_settings(struct rxpath_capture *capture);

/* Reads a whole file, of the live system or below the root. 0, or an errno. */
int rxpath_capture_file(const struct rxpath_capture *capture, const char *path, size_t limit,
			struct rxpath_buf *out);

/* Reads the source's file into `scratch`. 0, or an errno. */
int rxpath_capture_source(struct rxpath_capture *capture, enum rxpath_source source);

/* Emits the file as a section; one that cannot be read makes no section. */
bool rxpath_capture_put_file(struct rxpath_capture *capture, const char *path,
			     const struct emitter *emitter);

/* Whether /sys/class/net shows this device, and not one of the same name in another namespace. */
bool rxpath_capture_has_sysfs(struct rxpath_capture *capture, const char *device, int ifindex);

#endif
