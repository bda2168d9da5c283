#!/bin/sh
# coverage.sh: which share of the lines of each folder the tests run: unit, cases and cli together, and
# the fuzzer alone over what `make fuzz` has collected.
set -u
cd "$(dirname "$0")/.." || exit 1
folder=build/coverage
mkdir -p "$folder"
find "$folder" -name '*.gcda' -exec rm {} +

# table TITLE: of lines "FILE LINES RUN" a line per folder and one for all.
table() {
	echo
	echo "$1:"
	awk '
	{ n = split($1, part, "/"); name = n > 2 ? part[1] "/" part[2] : $1
	  lines[name] += $2; run[name] += $3; lines["all"] += $2; run["all"] += $3 }
	END { for (name in lines) printf "  %-16s %6d lines %6.1f %%\n", name, lines[name],
		100 * run[name] / lines[name] }' | sort
}

# Other users than root run the program in some tests, and write down what it ran too.
umask 0
find "$folder" -type d -exec chmod a+rwx {} +
make -s -k SAN= B="$folder" PIE=-pie CFLAGS='-O0 -g --coverage' check-unit check-cases check-cli \
	>"$folder/log" 2>&1 || echo "coverage: some tests failed: see $folder/log"
find "$folder/src" -name '*.gcda' | while read -r data; do
	gcov -n -o "${data%/*}" "$data" 2>/dev/null
done | sed "s/'//g" | awk '
	$1 == "File" { name = $2 }
	/^Lines executed:/ && name ~ /^src\/.*\.c$/ {
		sub(/^Lines executed:/, ""); sub(/%/, "")
		print name, $3, $1 * $3 / 100
		name = ""
	}' | table 'unit, cases and cli'

if [ ! -d build/fuzz/corpus ]; then
	echo "coverage: skipped: the fuzzer: no build/fuzz/corpus (make fuzz)"
	exit 0
fi
make -s SAN= FUZZ="$folder/fuzz" \
	FUZZ_CFLAGS='-O0 -g -fsanitize=fuzzer -fprofile-instr-generate -fcoverage-mapping' "$folder/fuzz" || exit 1
LLVM_PROFILE_FILE=$folder/fuzz.raw "$folder/fuzz" -runs=0 -max_len=60000 build/fuzz/corpus build/fuzz/seeds \
	>"$folder/fuzz.log" 2>&1 || { tail -20 "$folder/fuzz.log"; exit 1; }
llvm-profdata merge -o "$folder/fuzz.data" "$folder/fuzz.raw"
# Below a folder that all have in common, the report names files by the rest of their path.
llvm-cov export -summary-only -instr-profile "$folder/fuzz.data" "$folder/fuzz" |
	sed 's/{"filename"/\n&/g' |
	sed -n 's/.*"filename":"\([^"]*\)".*"lines":{"count":\([0-9]*\),"covered":\([0-9]*\).*/\1 \2 \3/p' |
	sed -n 's|^.*/\(src/[a-z]*/[a-z_0-9]*\.c \)|\1|; /^src/p' | table 'the fuzzer alone'
