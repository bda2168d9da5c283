/* version.h: the one place where the version stands; the Makefile reads it from here too. */
#ifndef RXPATH_VERSION_H
#define RXPATH_VERSION_H

#define RXPATH_VERSION "0.1.0"

#endif
