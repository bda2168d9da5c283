# check-cross: the program for other processors passes all cases and unit tests under qemu-user.
#
#	sh tests/kernels/cross.sh
#
# ARCHES names some of them. One whose compiler or emulator is not there is skipped and named.
set -u
cd "$(dirname "$0")/../.." || exit 1
work=$PWD/build/cross
. tests/kernels/apt.sh
mkdir -p "$work"

# The prefix of the compiler and the name of the emulator.
row_of()
{
	case $1 in
	aarch64) echo aarch64-linux-gnu aarch64 ;;
	s390x) echo s390x-linux-gnu s390x ;;
	armhf) echo arm-linux-gnueabihf arm ;;
	mips) echo mips-linux-gnu mips ;;
	i386) echo i686-linux-gnu i386 ;;
	*) return 1 ;;
	esac
}

check()
{
	arch=$1
	row=$(row_of "$arch") || { echo "$arch: no such processor here"; return 1; }
	set -- $row
	for tool in "$1-gcc" "qemu-$2" apt-get ar; do
		command -v "$tool" >/dev/null || { echo "$arch: skipped: no $tool"; return 0; }
	done
	apt_open "$work/apt" "$apt_suite" "$(dpkg --print-architecture)" &&
		apt_cmocka "$work/cmocka-$arch" "$1-gcc" ||
		{ echo "$arch: skipped: cannot fetch the source of cmocka"; return 0; }
	build=build/cross/$arch
	tests=$(for file in tests/test_*.c; do echo "$build/${file%.c}"; done)
	make -s B="$build" CC="$1-gcc" PIE=-static LDFLAGS="-static -L$work/cmocka-$arch" \
		LDLIBS=-no-pie CPPFLAGS="-isystem $work/cmocka-$arch/source/include" \
		"$build/rxpath" $tests || return 1
	failed=0
	for test in $tests; do
		"qemu-$2" "$test" > "$build/log" 2>&1 && continue
		failed=$((failed + 1))
		echo "$arch: $test failed:"
		grep -v -e '^\[ RUN' -e '^\[       OK' "$build/log"
	done
	printf '#!/bin/sh\nexec qemu-%s %s "$@"\n' "$2" "$PWD/$build/rxpath" > "$build/run"
	chmod 755 "$build/run"
	RXPATH=$build/run sh tests/cases.sh > "$build/log" 2>&1 || {
		failed=$((failed + 1))
		cat "$build/log"
	}
	echo "$arch: $(echo "$tests" | wc -l) unit tests and all cases, $failed failed"
	[ "$failed" -eq 0 ]
}

status=0
for arch in ${ARCHES:-aarch64 s390x armhf mips i386}; do
	check "$arch" || status=1
done
exit $status
