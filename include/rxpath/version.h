/* version.h: the version; the Makefile reads it from here too. */
#ifndef RXPATH_VERSION_H
#define RXPATH_VERSION_H

#define RXPATH_VERSION "1.0.0"

/* " (commit 8fe7081)" of a build between releases, by the Makefile. */
#ifndef RXPATH_BUILD
#define RXPATH_BUILD ""
#endif

#endif
