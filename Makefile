# rxpath: `make`, `make check`, `make install`. The user's CC, CFLAGS, CPPFLAGS and LDFLAGS are theirs.
PREFIX ?= /usr/local
DESTDIR ?=
CFLAGS ?= -O2 -g

RX_CPPFLAGS = -Iinclude -D_GNU_SOURCE
RX_CFLAGS = -std=c11

ifdef SAN
B = build/san-$(subst $(eval ) ,-,$(subst $(eval) $(eval),,$(SAN)))
endif
B ?= build/plain

SRC = $(wildcard src/core/*.c src/model/*.c src/capture/*.c src/parse/*.c src/analyse/*.c \
	src/render/*.c src/cli/*.c)
OBJ = $(SRC:%.c=$B/%.o)

all: rxpath

rxpath: $B/rxpath
	cp $B/rxpath $@

$B/rxpath: $B/src/main.o $(OBJ)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$B/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(RX_CPPFLAGS) $(CFLAGS) $(RX_CFLAGS) -MMD -MP -c -o $@ $<

clean:
	rm -rf build rxpath

.PHONY: all clean
-include $(OBJ:.o=.d)
