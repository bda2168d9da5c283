# rxpath: `make`, `make check`, `make install`. CC, CFLAGS, CPPFLAGS, LDFLAGS and LDLIBS are the user's.
#
#   make                        the program, ./rxpath; V=1 shows the commands
#   make check                  unit, cases, cli, live lab, layers, man lint
#   make check SAN=address,undefined
#   make fuzz [FUZZ_SECONDS=600 FUZZ_SEED=0], make churn, make bench, make scale, make lint
#   make mutate [MUTANTS=200 SEED=1], make coverage
#   make install DESTDIR= PREFIX=

PREFIX ?= /usr/local
DESTDIR ?=
CFLAGS ?= -O2 -g
SAN ?=
V ?=

VERSION := $(shell sed -n 's/^\#define RXPATH_VERSION "\(.*\)"$$/\1/p' include/rxpath/version.h)

comma := ,
B := build/$(if $(SAN),san-$(subst $(comma),-,$(SAN)),plain)

# A short line per command, the command itself with V=1, nothing with -s.
SILENT := $(findstring s,$(firstword -$(MAKEFLAGS)))
Q := $(if $(V),,@)
say = $(if $(V)$(SILENT),,@echo '  $(1)	$@')

WARNINGS = -Wall -Wextra -Wpedantic -Wconversion -Wshadow

# _FORTIFY_SOURCE works only in optimised code, and not beside the sanitizers.
OPTIMISED = $(filter-out -O0,$(lastword $(filter -O%,$(CC) $(CPPFLAGS) $(CFLAGS))))
FORTIFY = $(if $(SAN)$(findstring _FORTIFY_SOURCE,$(CC) $(CPPFLAGS) $(CFLAGS)),,$(if \
	$(OPTIMISED),-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2))

SANITIZE = $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer)
RX_CPPFLAGS = -Iinclude -Isrc -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64
RX_CFLAGS = -std=c11 $(WARNINGS) -fPIE -fstack-protector-strong $(SANITIZE)
RX_LDFLAGS = -Wl,-z,relro,-z,now $(SANITIZE)

COMPILE = $(CC) $(RX_CPPFLAGS) $(FORTIFY) $(CPPFLAGS) $(RX_CFLAGS) $(CFLAGS) -MMD -MP -c
LINK = $(CC) $(RX_CFLAGS) $(CFLAGS) $(RX_LDFLAGS) $(LDFLAGS)

SRC := $(sort $(wildcard src/*/*.c))
OBJ := $(SRC:%.c=$B/%.o)
UNIT := $(sort $(wildcard tests/test_*.c))
LAB := $(sort $(wildcard tests/lab/*.c))
BENCH := tests/bench/bench.c tests/bench/measure.c tests/bench/world.c

all: rxpath

# Copied whole under its final name: a test that runs meanwhile sees the old one or the new one.
# The time does not say which build was copied last, so the files are compared.
rxpath: $B/rxpath FORCE
	@cmp -s $B/rxpath $@ || { cp $B/rxpath $@.new && mv $@.new $@; }
FORCE:

# Whoever builds with another compiler or other flags than before builds everything again.
$B/flags: export USED = $(COMPILE) $(LDFLAGS) $(LDLIBS) $(PIE)
$B/flags: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' "$$USED" | cmp -s - $@ || printf '%s\n' "$$USED" >$@

# How the program is linked: the first of these that links. A static program starts faster, but not every
# C library can be linked so. Nothing is run: the program may be for another machine.
PIE ?= -static-pie -pie

$B/pie: $B/flags
	@echo 'int main(void) { return 0; }' >$B/probe.c
	@for pie in $(PIE); do $(LINK) $$pie -o $B/probe $B/probe.c $(LDLIBS) 2>/dev/null && break; done; \
		echo $$pie >$@

$B/rxpath: $B/src/main.o $(OBJ) $B/pie
	$(call say,LINK)
	$(Q)$(LINK) @$B/pie -o $@ $(filter %.o,$^) $(LDLIBS)

$B/%.o: %.c $B/flags
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(COMPILE) $(if $(filter %/main.o,$@),$(BUILD)) -o $@ $<

# The commit is part of the version between releases: not in a tarball, nor at the tag of a release.
COMMIT := $(shell [ ! -e .git ] || git describe --exact-match --match 'v$(VERSION)' HEAD >/dev/null 2>&1 || \
	git rev-parse --short HEAD 2>/dev/null)
BUILD := $(if $(COMMIT),-DRXPATH_BUILD='" (commit $(COMMIT))"')

$B/src/main.o: $B/commit
$B/commit: FORCE
	@mkdir -p $(@D)
	@echo '$(COMMIT)' | cmp -s - $@ || echo '$(COMMIT)' >$@

# ---- tests ---------------------------------------------------------------------------------------

$B/tests/test_%: $B/tests/test_%.o $(OBJ)
	$(call say,LINK)
	$(Q)$(LINK) -pie -o $@ $^ -lcmocka $(LDLIBS)

$B/tests/lab/lab: $(LAB:%.c=$B/%.o)
	$(call say,LINK)
	$(Q)$(LINK) -pie -o $@ $^ -lcmocka $(LDLIBS)

check: check-unit check-cases check-cli check-layers check-man check-install check-package check-hostile \
	check-lab

# One line per suite, and all of its output where it fails; V=1 shows everything.
SUITE = @V=$(V) sh tests/suite.sh

check-unit: $(UNIT:%.c=$B/%)
	@for test in $^; do V=$(V) sh tests/suite.sh $${test##*/} $$test || exit 1; done

unit: $(UNIT:%.c=$B/%)

check-cases: $B/rxpath
	$(SUITE) cases env RXPATH=$B/rxpath sh tests/cases.sh

check-cli: $B/rxpath
	$(SUITE) cli env RXPATH=$B/rxpath sh tests/cli.sh

check-layers: $(OBJ)
	$(SUITE) layers env BUILD=$B sh tests/layers.sh

check-man: $B/rxpath
	$(SUITE) man env RXPATH=$B/rxpath sh tests/man.sh

# FAULTS="udp4* mixed" takes fewer.
check-lab: $B/rxpath $B/tests/lab/lab
	$(SUITE) lab env RXPATH=$(CURDIR)/$B/rxpath sh -fc 'exec "$$0" $(FAULTS)' $B/tests/lab/lab

# Other kernels in emulated guests: KERNELS="5.10 s390x" FAULTS="udp4* mixed" take fewer.
.PHONY: check-kernels
check-kernels:
	KERNELS='$(KERNELS)' FAULTS='$(FAULTS)' sh tests/kernels/kernels.sh

# Other processors under qemu-user: ARCHES="s390x mips" takes fewer.
.PHONY: check-cross
check-cross:
	ARCHES='$(ARCHES)' sh tests/kernels/cross.sh

# ---- hostile input, failing calls, a moving system -------------------------------------------------

HOSTILE := $(sort $(filter-out tests/hostile/wrap.c,$(wildcard tests/hostile/*.c)))
CHURN := $(sort $(wildcard tests/churn/*.c))
WRAPPED := malloc calloc realloc free strdup open openat read pread write close send recv socket \
	ioctl opendir fdopendir readdir stat fstat fstatat readlink readlinkat fsync fchmod renameat linkat \
	pipe2 fork uname open64 __open64_2 openat64 __openat64_2 pread64 readdir64 stat64 fstat64 fstatat64

# The program with libc at arm's length, so that a test can let any one call fail.
$B/tests/hostile/rxpath: $B/src/main.o $(OBJ) $B/tests/hostile/wrap.o
	$(call say,LINK)
	$(Q)$(LINK) -pie $(WRAPPED:%=-Wl,--wrap=%) -o $@ $^ $(LDLIBS)

$B/tests/hostile/hostile: $(HOSTILE:%.c=$B/%.o)
	$(call say,LINK)
	$(Q)$(LINK) -pie -o $@ $^ -lcmocka $(LDLIBS)

$B/tests/churn/churn: $(CHURN:%.c=$B/%.o)
	$(call say,LINK)
	$(Q)$(LINK) -pie -o $@ $^ $(LDLIBS)

check-hostile: $B/rxpath $B/tests/hostile/rxpath $B/tests/hostile/hostile $B/tests/churn/churn
	$(SUITE) hostile env RXPATH=$(CURDIR)/$B/rxpath \
		RXPATH_FAIL_PROGRAM=$(CURDIR)/$B/tests/hostile/rxpath $B/tests/hostile/hostile
	$(SUITE) churn env ASAN_OPTIONS=quarantine_size_mb=1 RXPATH=$(CURDIR)/$B/rxpath $B/tests/churn/churn 12

# A thousand checks and more while everything moves.
churn: $B/rxpath $B/tests/churn/churn
	RXPATH=$(CURDIR)/$B/rxpath $B/tests/churn/churn

# Do the tests notice small mistakes? Lists those that nothing noticed.
MUTANTS ?= 200
SEED ?= 1
mutate:
	MUTANTS=$(MUTANTS) SEED=$(SEED) sh tests/mutate.sh

# Which share of the lines the tests run, by folder.
coverage:
	sh tests/coverage.sh

FUZZ_SECONDS ?= 600
PURE := core model parse analyse render
FUZZ_SRC := src/cli/format.c $(sort $(wildcard $(PURE:%=src/%/*.c)) $(filter-out src/trace/tracer.c \
	src/trace/tracefs.c,$(wildcard src/trace/*.c)))

FUZZ ?= build/fuzz/fuzz
FUZZ_CFLAGS ?= -O1 -g -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer
$(FUZZ): $(wildcard tests/fuzz/*.[ch]) $(FUZZ_SRC) $(wildcard include/rxpath/*.h src/*/*.h)
	@mkdir -p $(@D)
	$(call say,FUZZ)
	$(Q)clang $(RX_CPPFLAGS) -std=c11 $(FUZZ_CFLAGS) -o $@ $(filter %.c,$^)

# What it finds is left in build/fuzz; without clang there is no fuzzer. With FUZZ_SEED=1 it goes the same way
# each time, as a run that judges a change has to; with 0 another.
FUZZ_SEED ?= 0
fuzz: build/fuzz/fuzz rxpath
	RXPATH=./rxpath sh tests/fuzz/corpus.sh build/fuzz
	@mkdir -p build/fuzz/corpus
	build/fuzz/fuzz -max_total_time=$(FUZZ_SECONDS) -timeout=60 -rss_limit_mb=3000 -max_len=60000 \
		-seed=$(FUZZ_SEED) -dict=build/fuzz/words -artifact_prefix=build/fuzz/ -print_final_stats=1 \
		build/fuzz/corpus build/fuzz/seeds

# ---- bench ---------------------------------------------------------------------------------------

# Both linked like the program, so that what is compared is the work.
$B/tests/bench/floor: $B/tests/bench/floor.o $B/pie
	$(call say,LINK)
	$(Q)$(LINK) @$B/pie -o $@ $(filter %.o,$^) $(LDLIBS)

$B/tests/bench/bench: $(BENCH:%.c=$B/%.o) $B/pie
	$(call say,LINK)
	$(Q)$(LINK) @$B/pie -o $@ $(filter %.o,$^) $(LDLIBS)

$B/tests/bench/rows: $B/tests/bench/rows.o $(OBJ) $B/pie
	$(call say,LINK)
	$(Q)$(LINK) @$B/pie -o $@ $(filter %.o,$^) $(LDLIBS)

$B/tests/bench/scale: $(addprefix $B/tests/bench/,scale.o world.o measure.o) $B/pie
	$(call say,LINK)
	$(Q)$(LINK) @$B/pie -o $@ $(filter %.o,$^) $(LDLIBS)

# Large hosts: SCALE="sockets namespaces" takes fewer.
scale: $B/tests/bench/scale $B/rxpath
	$B/tests/bench/scale $(CURDIR)/$B/rxpath $(SCALE)

bench: $B/tests/bench/bench $B/rxpath $B/tests/bench/floor $B/tests/bench/rows
	sh tests/bench/bench.sh $(addprefix $(CURDIR)/,$^)

# ---- the rest ------------------------------------------------------------------------------------

SHARE = $(DESTDIR)$(PREFIX)/share
UNITS = $(DESTDIR)$(PREFIX)/lib/systemd/system

# What is installed where; uninstall takes the same list back.
INSTALLED = $(DESTDIR)$(PREFIX)/bin/rxpath \
	$(SHARE)/man/man1/rxpath.1 $(SHARE)/man/man7/rxpath-counters.7 \
	$(SHARE)/bash-completion/completions/rxpath $(SHARE)/zsh/site-functions/_rxpath \
	$(SHARE)/fish/vendor_completions.d/rxpath.fish \
	$(SHARE)/doc/rxpath/NEWS.md $(SHARE)/doc/rxpath/rxpath.rules.yml $(SHARE)/doc/rxpath/rxpath-dashboard.json \
	$(SHARE)/doc/rxpath/rxpath-icinga2.conf \
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
	install -D -m 644 doc/NEWS.md $(SHARE)/doc/rxpath/NEWS.md
	install -D -m 644 src/data/rxpath.rules.yml $(SHARE)/doc/rxpath/rxpath.rules.yml
	install -D -m 644 src/data/rxpath-dashboard.json $(SHARE)/doc/rxpath/rxpath-dashboard.json
	install -D -m 644 src/data/rxpath-icinga2.conf $(SHARE)/doc/rxpath/rxpath-icinga2.conf
	install -D -m 644 src/data/rxpath-metrics.timer $(UNITS)/rxpath-metrics.timer
	sed 's|@PREFIX@|$(PREFIX)|g' src/data/rxpath-metrics.service > build/rxpath-metrics.service
	install -D -m 644 build/rxpath-metrics.service $(UNITS)/rxpath-metrics.service

uninstall:
	rm -f $(INSTALLED)
	-rmdir $(SHARE)/doc/rxpath 2>/dev/null

check-install:
	$(SUITE) install sh tests/install.sh

check-package: $B/rxpath
	$(SUITE) package env RXPATH=$B/rxpath sh tests/package.sh

# A real Prometheus with ten node_exporters (a minute and a half).
check-fleet: $B/rxpath
	$(SUITE) fleet env RXPATH=$B/rxpath sh tests/fleet.sh

# The tarball and the packages, each built and tested by itself.
check-dist: $B/rxpath
	$(SUITE) dist env RXPATH=$B/rxpath sh tests/dist.sh

# A Debian package of what `make install` installs.
deb: rxpath build/rxpath-counters.7
	VERSION=$(VERSION) sh src/data/deb.sh

# An RPM package of the last commit (rpmbuild).
rpm: dist
	rpmbuild -bb --nodeps --define "_topdir $(CURDIR)/build/rpm" \
		--define "_sourcedir $(CURDIR)/build" --define "rxpath_version $(VERSION)" \
		src/data/rpm/rxpath.spec
	cp build/rpm/RPMS/*/rxpath-$(VERSION)-*.rpm build/

# One file that runs on any Linux of this processor: musl where it is installed, else the usual libc.
STATIC_CC = $(if $(shell command -v musl-gcc),musl-gcc -idirafter /usr/include \
	-idirafter /usr/include/$(shell $(CC) -print-multiarch),$(CC))

# For another processor: make static STATIC_CC=aarch64-linux-gnu-gcc STATIC_OUT=build/rxpath-static-aarch64
STATIC_OUT = build/rxpath-static
static: $(STATIC_OUT)

# Small: no tables for unwinding, which nothing here does, and everything optimised as one.
STATIC_CFLAGS = -Os -flto=auto -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables \
	-fno-unwind-tables -fstack-protector-strong -Wl,--gc-sections -Wl,-z,relro,-z,now

$(STATIC_OUT): Makefile $B/commit src/main.c $(SRC) $(wildcard include/rxpath/*.h src/*/*.h)
	@mkdir -p build
	$(call say,STATIC)
	$(Q)$(STATIC_CC) $(RX_CPPFLAGS) $(BUILD) -std=c11 $(WARNINGS) $(STATIC_CFLAGS) -static -s -o $@ src/main.c $(SRC)

# The same bytes twice: only what git has, in its order, with its time.
dist:
	@mkdir -p build
	git archive --prefix=rxpath-$(VERSION)/ -o build/rxpath-$(VERSION).tar HEAD
	gzip -n -9 -f build/rxpath-$(VERSION).tar
	@echo build/rxpath-$(VERSION).tar.gz

# What the linters compile: the program, and all C files of the tests.
objects: $B/src/main.o $(OBJ)
test-objects: $(patsubst %.c,$B/%.o,$(wildcard tests/*.c tests/*/*.c))

lint:
	sh tests/lint.sh

clean:
	rm -rf build rxpath rxpath.new

.PHONY: all bench scale check check-unit check-cases check-cli check-layers check-man check-lab check-install \
	check-package check-dist check-fleet check-hostile churn fuzz install uninstall deb rpm static dist lint clean objects test-objects unit mutate coverage
.PRECIOUS: $B/%.o
-include $(OBJ:.o=.d) $B/src/main.d $(UNIT:%.c=$B/%.d) $(LAB:%.c=$B/%.d) \
	$(HOSTILE:%.c=$B/%.d) $(CHURN:%.c=$B/%.d)
