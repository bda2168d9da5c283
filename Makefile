# rxpath: `make`, `make check`, `make install`. CC, CFLAGS, CPPFLAGS, LDFLAGS and LDLIBS are the user's.
#
#   make                        the program, ./rxpath
#   make check                  unit, cases, cli, live lab, layers, man lint
#   make check SAN=address,undefined
#   make fuzz [FUZZ_SECONDS=600 FUZZ_SEED=0], make churn, make bench, make lint
#   make install DESTDIR= PREFIX=

PREFIX ?= /usr/local
DESTDIR ?=
CFLAGS ?= -O2 -g
SAN ?=

comma := ,
B := build/$(if $(SAN),san-$(subst $(comma),-,$(SAN)),plain)

RX_CPPFLAGS = -Iinclude -Isrc -D_GNU_SOURCE
RX_CFLAGS = -std=c11 $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer)
RX_LDFLAGS = $(if $(SAN),-fsanitize=$(SAN)) $(if $(FIXED),-no-pie)

# The program is linked statically where the libc is there for it: it then starts faster than `true`.
# STATIC= links it as usual.
ifeq ($(origin STATIC),undefined)
STATIC := $(shell mkdir -p $B; echo 'int main(void) { return 0; }' | $(CC) $(CFLAGS) -x c - -static \
	$(LDFLAGS) -o $B/static 2>/dev/null && $B/static && echo -static)
endif
# What is linked statically stands at fixed addresses: its tables then need no pages of their own.
FIXED := $(if $(SAN),,$(if $(STATIC),-fno-pie))
WARNINGS = -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror

ROOMS = core model capture trace parse analyse render cli
SRC := $(foreach room,$(ROOMS),$(sort $(wildcard src/$(room)/*.c)))
OBJ := $(SRC:%.c=$B/%.o)
UNIT := $(sort $(wildcard tests/test_*.c))
LAB := $(sort $(wildcard tests/lab/*.c))
BENCH := tests/bench/bench.c tests/bench/measure.c tests/bench/world.c

all: rxpath

# Copied whole under its final name: a test that runs meanwhile sees the old one or the new one.
# Which of the builds stands there its time does not tell, so they are compared.
rxpath: $B/rxpath FORCE
	@cmp -s $B/rxpath $@ || { cp $B/rxpath $@.new && mv $@.new $@; }
FORCE:

$B/rxpath: $B/src/main.o $(OBJ)
	$(CC) $(CFLAGS) $(RX_LDFLAGS) $(if $(SAN),,$(STATIC)) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$B/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(RX_CPPFLAGS) $(FIXED) $(CFLAGS) $(RX_CFLAGS) -MMD -MP -c -o $@ $<

# ---- tests ---------------------------------------------------------------------------------------

$B/tests/test_%: $B/tests/test_%.o $(OBJ)
	$(CC) $(CFLAGS) $(RX_LDFLAGS) $(LDFLAGS) -o $@ $^ -lcmocka $(LDLIBS)

$B/tests/lab/lab: $(LAB:%.c=$B/%.o)
	$(CC) $(CFLAGS) $(RX_LDFLAGS) $(LDFLAGS) -o $@ $^ -lcmocka $(LDLIBS)

check: check-unit check-cases check-cli check-layers check-man check-install check-package check-hostile \
	check-lab

check-unit: $(UNIT:%.c=$B/%)
	@for test in $^; do echo "== $$test"; $$test || exit 1; done

check-cases: $B/rxpath
	RXPATH=$B/rxpath sh tests/cases.sh

check-cli: $B/rxpath
	RXPATH=$B/rxpath sh tests/cli.sh

check-layers: $(OBJ)
	BUILD=$B sh tests/layers.sh

check-man: $B/rxpath
	RXPATH=$B/rxpath sh tests/man.sh

check-lab: $B/rxpath $B/tests/lab/lab
	RXPATH=$(CURDIR)/$B/rxpath $B/tests/lab/lab

# ---- hostile input, failing calls, a moving system -------------------------------------------------

HOSTILE := $(sort $(filter-out tests/hostile/wrap.c,$(wildcard tests/hostile/*.c)))
CHURN := $(sort $(wildcard tests/churn/*.c))
WRAPPED := malloc calloc realloc free strdup open openat read pread write close send recv socket \
	ioctl opendir fdopendir readdir stat fstat fstatat readlink readlinkat fsync fchmod renameat linkat \
	pipe2 fork uname

# The program with libc at arm's length, so that a test can let any one call fail.
$B/tests/hostile/rxpath: $B/src/main.o $(OBJ) $B/tests/hostile/wrap.o
	$(CC) $(CFLAGS) $(RX_LDFLAGS) $(LDFLAGS) $(WRAPPED:%=-Wl,--wrap=%) -o $@ $^ $(LDLIBS)

$B/tests/hostile/hostile: $(HOSTILE:%.c=$B/%.o)
	$(CC) $(CFLAGS) $(RX_LDFLAGS) $(LDFLAGS) -o $@ $^ -lcmocka $(LDLIBS)

$B/tests/churn/churn: $(CHURN:%.c=$B/%.o)
	$(CC) $(CFLAGS) $(RX_LDFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

check-hostile: $B/rxpath $B/tests/hostile/rxpath $B/tests/hostile/hostile $B/tests/churn/churn
	RXPATH=$(CURDIR)/$B/rxpath RXPATH_FAIL_PROGRAM=$(CURDIR)/$B/tests/hostile/rxpath \
		$B/tests/hostile/hostile
	ASAN_OPTIONS=quarantine_size_mb=1 RXPATH=$(CURDIR)/$B/rxpath $B/tests/churn/churn 12

# A thousand checks and more while everything moves.
churn: $B/rxpath $B/tests/churn/churn
	RXPATH=$(CURDIR)/$B/rxpath $B/tests/churn/churn

FUZZ_SECONDS ?= 600
FUZZ_SRC := $(foreach room,core model parse analyse render,$(sort $(wildcard src/$(room)/*.c)))

build/fuzz/fuzz: $(wildcard tests/fuzz/*.[ch]) $(FUZZ_SRC) $(wildcard include/rxpath/*.h src/*/*.h)
	@mkdir -p $(@D)
	clang $(RX_CPPFLAGS) -std=c11 -O1 -g -fsanitize=fuzzer,address,undefined \
		-fno-sanitize-recover=all -fno-omit-frame-pointer -o $@ $(filter %.c,$^)

# What it finds is left in build/fuzz; without clang there is no fuzzer. With FUZZ_SEED=1 it goes the same way
# each time, as a run that judges a change has to; with 0 another.
FUZZ_SEED ?= 0
fuzz: build/fuzz/fuzz rxpath
	RXPATH=./rxpath sh tests/fuzz/corpus.sh build/fuzz
	@mkdir -p build/fuzz/corpus
	build/fuzz/fuzz -max_total_time=$(FUZZ_SECONDS) -timeout=20 -rss_limit_mb=3000 -max_len=60000 \
		-seed=$(FUZZ_SEED) -dict=build/fuzz/words -artifact_prefix=build/fuzz/ -print_final_stats=1 \
		build/fuzz/corpus build/fuzz/seeds

# ---- bench ---------------------------------------------------------------------------------------

# Both linked like the program, so that what is compared is the work.
$B/tests/bench/floor: $B/tests/bench/floor.o
	$(CC) $(CFLAGS) $(STATIC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$B/tests/bench/bench: $(BENCH:%.c=$B/%.o)
	$(CC) $(CFLAGS) $(STATIC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$B/tests/bench/rows: $B/tests/bench/rows.o $(OBJ)
	$(CC) $(CFLAGS) $(STATIC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

bench: $B/tests/bench/bench $B/rxpath $B/tests/bench/floor $B/tests/bench/rows
	sh tests/bench/bench.sh $(addprefix $(CURDIR)/,$^)

# ---- the rest ------------------------------------------------------------------------------------

VERSION = $(shell sed -n 's/^\#define RXPATH_VERSION "\(.*\)"$$/\1/p' include/rxpath/version.h)
SHARE = $(DESTDIR)$(PREFIX)/share
UNITS = $(DESTDIR)$(PREFIX)/lib/systemd/system

# What is installed where; uninstall takes the same list back.
INSTALLED = $(DESTDIR)$(PREFIX)/bin/rxpath \
	$(SHARE)/man/man1/rxpath.1 $(SHARE)/man/man7/rxpath-counters.7 \
	$(SHARE)/bash-completion/completions/rxpath $(SHARE)/zsh/site-functions/_rxpath \
	$(SHARE)/fish/vendor_completions.d/rxpath.fish \
	$(SHARE)/doc/rxpath/rxpath.rules.yml $(SHARE)/doc/rxpath/rxpath-dashboard.json \
	$(UNITS)/rxpath-metrics.service $(UNITS)/rxpath-metrics.timer

build/rxpath-counters.7: rxpath man/counters.sh man/rxpath.1
	RXPATH=./rxpath sh man/counters.sh > $@.new && mv $@.new $@

install: rxpath build/rxpath-counters.7
	install -D -m 755 rxpath $(DESTDIR)$(PREFIX)/bin/rxpath
	install -D -m 644 man/rxpath.1 $(SHARE)/man/man1/rxpath.1
	install -D -m 644 build/rxpath-counters.7 $(SHARE)/man/man7/rxpath-counters.7
	install -D -m 644 src/data/completions/rxpath.bash $(SHARE)/bash-completion/completions/rxpath
	install -D -m 644 src/data/completions/_rxpath $(SHARE)/zsh/site-functions/_rxpath
	install -D -m 644 src/data/completions/rxpath.fish $(SHARE)/fish/vendor_completions.d/rxpath.fish
	install -D -m 644 src/data/rxpath.rules.yml $(SHARE)/doc/rxpath/rxpath.rules.yml
	install -D -m 644 src/data/rxpath-dashboard.json $(SHARE)/doc/rxpath/rxpath-dashboard.json
	install -D -m 644 src/data/rxpath-metrics.timer $(UNITS)/rxpath-metrics.timer
	sed 's|@PREFIX@|$(PREFIX)|g' src/data/rxpath-metrics.service > build/rxpath-metrics.service
	install -D -m 644 build/rxpath-metrics.service $(UNITS)/rxpath-metrics.service

uninstall:
	rm -f $(INSTALLED)
	-rmdir $(SHARE)/doc/rxpath 2>/dev/null

check-install:
	sh tests/install.sh

check-package: $B/rxpath
	RXPATH=$B/rxpath sh tests/package.sh

# A Debian package of what `make install` installs.
deb: rxpath build/rxpath-counters.7
	VERSION=$(VERSION) sh src/data/deb.sh

# One file that runs on any Linux of this processor: musl where it is installed, else the usual libc.
STATIC_CC := $(if $(shell command -v musl-gcc),musl-gcc -idirafter /usr/include \
	-idirafter /usr/include/$(shell $(CC) -print-multiarch),$(CC))

static: build/rxpath-static

# Small before all: no tables for unwinding, which nobody does, and everything optimized as one.
STATIC_SMALL := $(foreach flag,-Oz -fshort-enums -malign-data=abi -fno-align-functions,$(shell $(STATIC_CC) -Werror \
	$(flag) -E -x c /dev/null >/dev/null 2>&1 && echo $(flag)))
STATIC_CFLAGS := -Os $(STATIC_SMALL) -flto=auto -ffunction-sections -fdata-sections \
	-fno-asynchronous-unwind-tables -fno-unwind-tables -fmerge-all-constants -Wl,--gc-sections \
	-Wl,--build-id=none -Wl,-z,norelro -Wl,-z,noseparate-code \
	-Wl,-z,common-page-size=64

build/rxpath-static: Makefile src/main.c $(SRC) $(wildcard include/rxpath/*.h src/*/*.h)
	@mkdir -p build
	$(STATIC_CC) $(RX_CPPFLAGS) -std=c11 $(STATIC_CFLAGS) -static -s -o $@ src/main.c $(SRC)

# The same bytes twice: only what git has, in its order, with its time.
dist:
	@mkdir -p build
	git archive --prefix=rxpath-$(VERSION)/ -o build/rxpath-$(VERSION).tar HEAD
	gzip -n -9 -f build/rxpath-$(VERSION).tar
	@echo build/rxpath-$(VERSION).tar.gz

lint:
	sh tests/lint.sh

clean:
	rm -rf build rxpath rxpath.new

.PHONY: all bench check check-unit check-cases check-cli check-layers check-man check-lab check-install \
	check-package check-hostile churn fuzz install uninstall deb static dist lint clean
.PRECIOUS: $B/%.o
-include $(OBJ:.o=.d) $B/src/main.d $(UNIT:%.c=$B/%.d) $(LAB:%.c=$B/%.d) \
	$(HOSTILE:%.c=$B/%.d) $(CHURN:%.c=$B/%.d)
