# rxpath: `make`, `make check`, `make install`. CC, CFLAGS, CPPFLAGS, LDFLAGS and LDLIBS are the user's.
#
#   make                        the program, ./rxpath
#   make check                  unit, cases, cli, live lab, layers, man lint
#   make check SAN=address,undefined
#   make fuzz [FUZZ_SECONDS=600], make bench, make lint
#   make install DESTDIR= PREFIX=

PREFIX ?= /usr/local
DESTDIR ?=
CFLAGS ?= -O2 -g
SAN ?=

comma := ,
B := build/$(if $(SAN),san-$(subst $(comma),-,$(SAN)),plain)

RX_CPPFLAGS = -Iinclude -Isrc -D_GNU_SOURCE
RX_CFLAGS = -std=c11 $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer)
RX_LDFLAGS = $(if $(SAN),-fsanitize=$(SAN))
WARNINGS = -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror

ROOMS = core model capture parse analyse render cli
SRC := $(foreach room,$(ROOMS),$(sort $(wildcard src/$(room)/*.c)))
OBJ := $(SRC:%.c=$B/%.o)
UNIT := $(sort $(wildcard tests/test_*.c))
LAB := $(sort $(wildcard tests/lab/*.c))

all: rxpath

# Copied whole under its final name: a test that runs meanwhile sees the old one or the new one.
rxpath: $B/rxpath
	cp $B/rxpath $@.new && mv $@.new $@

$B/rxpath: $B/src/main.o $(OBJ)
	$(CC) $(CFLAGS) $(RX_LDFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$B/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(RX_CPPFLAGS) $(CFLAGS) $(RX_CFLAGS) -MMD -MP -c -o $@ $<

# ---- tests ---------------------------------------------------------------------------------------

$B/tests/test_%: $B/tests/test_%.o $(OBJ)
	$(CC) $(CFLAGS) $(RX_LDFLAGS) $(LDFLAGS) -o $@ $^ -lcmocka $(LDLIBS)

$B/tests/lab/lab: $(LAB:%.c=$B/%.o)
	$(CC) $(CFLAGS) $(RX_LDFLAGS) $(LDFLAGS) -o $@ $^ -lcmocka $(LDLIBS)

check: check-unit check-cases check-cli check-layers check-man check-lab

check-unit: $(UNIT:%.c=$B/%)
	@for test in $^; do echo "== $$test"; $$test || exit 1; done

check-cases: $B/rxpath
	RXPATH=$B/rxpath sh tests/cases.sh

check-cli: $B/rxpath
	RXPATH=$B/rxpath sh tests/cli.sh

check-layers: $(OBJ)
	BUILD=$B sh tests/layers.sh

check-man:
	sh tests/man.sh

check-lab: $B/rxpath $B/tests/lab/lab
	RXPATH=$(CURDIR)/$B/rxpath $B/tests/lab/lab

# ---- the rest ------------------------------------------------------------------------------------

install: rxpath
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 755 rxpath $(DESTDIR)$(PREFIX)/bin/rxpath
	install -m 644 man/rxpath.1 $(DESTDIR)$(PREFIX)/share/man/man1/rxpath.1

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/rxpath $(DESTDIR)$(PREFIX)/share/man/man1/rxpath.1

lint:
	sh tests/lint.sh

clean:
	rm -rf build rxpath rxpath.new

.PHONY: all check check-unit check-cases check-cli check-layers check-man check-lab install uninstall \
	lint clean
.SECONDARY:
-include $(OBJ:.o=.d) $B/src/main.d $(UNIT:%.c=$B/%.d) $(LAB:%.c=$B/%.d)
