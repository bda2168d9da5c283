/* builder.h: builds a sample piece by piece from what the parsers read. */
#ifndef RXPATH_BUILDER_H
#define RXPATH_BUILDER_H

#include "rxpath/sample.h"

/* Socket tables print addresses as integers of the machine that wrote them. */
enum rxpath_byte_order {
	RXPATH_ORDER_LITTLE,
	RXPATH_ORDER_BIG,
	RXPATH_ORDER_OWN, /* this machine's */
};

/* What a sample is for. All false: whatever was read is kept. */
struct rxpath_request {
	bool keep_zeros;   /* readings of 0 too */
	bool traffic;	   /* a report lists counters of traffic too */
	bool notable_only; /* no sockets that never lost anything and have an empty queue */
	bool no_records;   /* no later sample is compared with this one */
	bool no_groups; /* no report is made of it: sockets that are left out need not be counted in
			 * their reuse group */
	enum rxpath_byte_order order; /* used where the sample does not name its own */
	const struct rxpath_sample
		*before; /* what it will be compared with; may be NULL or empty */
};

/* Bytes of memory that the one or two samples of a report may take, together with what a report may
 * need for their items. Enough for 14 counters of 10,000 devices, five of them not 0, with what
 * their text allows. */
#define RXPATH_MEMORY_BUDGET ((size_t)13 << 20)

/* What they may take beyond that for each byte of text. Kernels print more text for each item. With
 * the text itself, and what the program takes without samples, no command needs more than eight
 * times its input and 16 MiB. */
#define RXPATH_MEMORY_PER_BYTE ((size_t)7)

/* And the most that the readings of a sample may take, whatever its text allows: a report of more
 * lines takes more than two seconds. */
#define RXPATH_READINGS_MAX ((size_t)48 << 20)

struct rxpath_builder {
	struct rxpath_sample *sample;
	const char *over_budget; /* what to say where something did not fit in a budget; NULL */
	size_t taken;		 /* of RXPATH_MEMORY_BUDGET, also by the sample before it */
	size_t readings_taken;	 /* of RXPATH_READINGS_MAX */
	struct rxpath_request request;
	bool big_endian;	    /* byte order of the machine that wrote the socket tables */
	enum rxpath_source source;  /* the source that is being read, and that readings belong to */
	struct rxpath_slice device; /* the device of a section that each device has */
	unsigned times_read[RXPATH_SOURCES]; /* how often each source has come */
	size_t device_last; /* index of the last look-up: files list devices in the same order */
	size_t reading_cap, device_cap, cpu_cap, handler_cap, socket_cap, record_cap,
		skipped_group_cap, owner_cap, cgroup_cap, thread_cap, connection_cap, setting_cap,
		rule_cap;
};

/* Begins an empty sample; `request` NULL: everything is kept. */
void rxpath_builder_begin(struct rxpath_builder *builder, struct rxpath_sample *sample,
			  const struct rxpath_request *request);

/* Call it once, after the last section: it joins second readings to the first ones, and sorts. */
void rxpath_builder_finish(struct rxpath_builder *builder);

/* Each adds one item and returns false without memory. Slices are copied where the sample keeps
 * them, except those of a rule. An item beyond a budget is refused too, and sets `over_budget`. */
bool rxpath_builder_add(struct rxpath_builder *builder, struct rxpath_slice name,
			struct rxpath_subject subject, uint64_t value);
bool rxpath_builder_add_cpu(struct rxpath_builder *builder, uint64_t cpu);
bool rxpath_builder_add_socket(struct rxpath_builder *builder, const struct rxpath_socket *socket);
bool rxpath_builder_add_owner(struct rxpath_builder *builder, const struct rxpath_owner *owner);
bool rxpath_builder_add_cgroup(struct rxpath_builder *builder, uint64_t id,
			       struct rxpath_slice path);
bool rxpath_builder_add_connection(struct rxpath_builder *builder,
				   const struct rxpath_socket *connection);
bool rxpath_builder_add_thread(struct rxpath_builder *builder, const struct rxpath_thread *thread);
bool rxpath_builder_add_handler(struct rxpath_builder *builder,
				const struct rxpath_handler *handler);
bool rxpath_builder_add_setting(struct rxpath_builder *builder, struct rxpath_slice name,
				struct rxpath_slice value);
bool rxpath_builder_add_rule(struct rxpath_builder *builder, const struct rxpath_rule *rule);

/* The device of that name, made if it is new; NULL without memory or beyond the budget. Valid until
 * the next one is made. */
struct rxpath_device *rxpath_builder_device(struct rxpath_builder *builder,
					    struct rxpath_slice name);

/* What was added since a checkpoint can be removed again, so that no part of a bad file is kept.
 * Texts and devices stay: no figure of the file is left that would point to them, and what a whole
 * line said of a device is true, such as its index, whatever a later line is. */
#define RXPATH_ROLLED_BACK 12
struct rxpath_checkpoint {
	size_t taken, readings_taken, arena, devices, listed;
	size_t counts[RXPATH_ROLLED_BACK]; /* of the sample's arrays */
};

struct rxpath_checkpoint rxpath_builder_checkpoint(const struct rxpath_builder *builder);
void rxpath_builder_roll_back(struct rxpath_builder *builder,
			      const struct rxpath_checkpoint *checkpoint);

#endif
