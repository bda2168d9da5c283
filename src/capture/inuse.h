/* inuse.h: which sources need not be read. */
#ifndef RXPATH_CAPTURE_INUSE_H
#define RXPATH_CAPTURE_INUSE_H

#include "rxpath/source.h"

/* In how many readings of sockstat or sockstat6 a table of sockets was empty. */
struct empty_tables {
	unsigned char of[RXPATH_SOURCES];
	unsigned char tcp[2]; /* IPv4, IPv6 */
};

/* Counts the tables that are empty according to the text of one of these files. `own`: how many
 * sockets the program itself has in the namespace. */
void rxpath_note_empty(struct rxpath_slice text, enum rxpath_source sockstat, int own,
		       struct empty_tables *empty);

/* Each count is a sum over the CPUs, and can be too small while a socket closes on another CPU than
 * it was opened on. So a table is taken for empty only if it was so twice. */
static inline bool rxpath_is_empty(unsigned char readings)
{
	return readings > 1;
}

/* Whether IP received a packet since the namespace was created, according to the
 * text of snmp or snmp6. */
bool rxpath_has_received(struct rxpath_slice text, enum rxpath_source source);

#endif
