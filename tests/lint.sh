#!/bin/sh
# lint.sh: both compilers with every warning an error, the other libc, clang-tidy and cppcheck.
set -eu
cd "$(dirname "$0")/.."
flags='-std=c11 -D_GNU_SOURCE -Iinclude -Isrc'
warnings='-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror'
sources=$(find src tests -name '*.c' | sort)
for compiler in gcc clang; do
	echo "lint: $compiler"
	for file in $sources; do
		# shellcheck disable=SC2086
		$compiler $flags $warnings -O2 -c -o /dev/null "$file"
	done
done
# Headers that glibc's own bring along are missing here; the kernel's are the distribution's.
if command -v musl-gcc >/dev/null; then
	echo "lint: musl-gcc"
	for file in $(find src -name '*.c' | sort); do
		# shellcheck disable=SC2086
		musl-gcc -idirafter /usr/include -idirafter "/usr/include/$(gcc -print-multiarch)" $flags \
			-Wall -Wextra -Werror -O1 -c -o /dev/null "$file"
	done
else
	echo "lint: musl-gcc: skipped: not installed (package musl-tools)"
fi
echo "lint: clang-tidy"
# shellcheck disable=SC2086
find src -name '*.c' | sort | xargs -P 2 -n 6 sh -c 'clang-tidy --quiet "$@" -- '"$flags"' 2>/dev/null' sh
echo "lint: cppcheck"
cppcheck --quiet --std=c11 --enable=warning,performance,portability --error-exitcode=1 \
	--inline-suppr --suppress=missingIncludeSystem -Iinclude -Isrc -D_GNU_SOURCE src
echo "lint: ok"
