#!/bin/sh
# lint.sh: both compilers with every warning an error, clang-tidy and cppcheck.
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
echo "lint: clang-tidy"
# shellcheck disable=SC2086
find src -name '*.c' | sort | xargs -P 2 -n 6 sh -c 'clang-tidy --quiet "$@" -- '"$flags"' 2>/dev/null' sh
echo "lint: cppcheck"
cppcheck --quiet --std=c11 --enable=warning,performance,portability --error-exitcode=1 \
	--inline-suppr --suppress=missingIncludeSystem -Iinclude -Isrc -D_GNU_SOURCE src
echo "lint: ok"
