#!/bin/sh
# mutate.sh: do the tests notice when the code is wrong? Makes one small change at a time in a copy of
# the sources, builds it, runs the unit tests and the cases, and lists the changes that nothing noticed.
#
#     MUTANTS=200 SEED=1 sh tests/mutate.sh		that many changes, the same ones for the same seed
#     MUTATE='src/parse src/model' sh tests/mutate.sh	only in these folders
#     V=1 sh tests/mutate.sh				also says what was noticed
#     AGAIN=LOG sh tests/mutate.sh			only those that survived an earlier run
#
# A change that does not compile is no change, nor is one of which the optimiser makes the same code. What
# survives is tried once more with the sanitizers, as `make check SAN=address,undefined` would. A test that
# hangs has noticed. What is done where memory fails
# is left alone: make check-hostile lets each allocation fail. tracefs.c and tracer.c are left
# out: they read and write the kernel's tracing files, which only the lab's traces do.
set -u
cd "$(dirname "$0")/.." || exit 1
folders=${MUTATE:-src/parse src/analyse src/model src/render src/trace}
wanted=${MUTANTS:-200}
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM HUP

# Every possible change, a line each: FILE, LINE, what is there, what comes in its place, and the new
# line, separated by bars of \001. Strings, comments and what the preprocessor reads stay as they are.
# shellcheck disable=SC2086
find $folders -name '*.c' ! -name tracefs.c ! -name tracer.c | sort | xargs awk '
function change(what, from, length_, to) {
	printf "%s\001%d\001%s\001%s%s%s\n", FILENAME, FNR, what, substr($0, 1, from - 1), to,
		substr($0, from + length_)
}
# Each place of a token, wherever it stands in the masked line.
function each(token, to,    at, rest, skipped) {
	rest = masked
	skipped = 0
	while ((at = index(rest, token)) > 0) {
		change("\"" token "\" -> \"" to "\"", skipped + at, length(token), to)
		skipped += at + length(token) - 1
		rest = substr(masked, skipped + 1)
	}
}
# Whether the line takes the smaller or the larger of two: of two alike either will do.
function picks(    at, left, rest, n, word) {
	if (!match(masked, / [<>] [^ ]+ [?] /))
		return 0
	at = RSTART
	n = split(substr(masked, 1, at - 1), word, /[ (\t]+/)
	left = word[n]
	rest = substr(masked, at + 3)
	n = split(rest, word, / [?:] |[;,) ]/)
	return (word[2] == left && word[3] == word[1]) || (word[2] == word[1] && word[3] == left)
}
FNR == 1 { comment = 0; before = ";" }
{
	masked = ""
	quote = ""
	for (i = 1; i <= length($0); i++) {
		letter = substr($0, i, 1)
		two = substr($0, i, 2)
		if (comment) {
			if (two == "*/") { comment = 0; masked = masked "  "; i++ } else masked = masked " "
		} else if (quote != "") {
			if (letter == "\\") { masked = masked "__"; i++; continue }
			if (letter == quote) quote = ""
			masked = masked "_"
		} else if (two == "/*") {
			comment = 1; masked = masked "  "; i++
		} else {
			if (letter == "\"" || letter == "\047") { quote = letter; letter = "_" }
			masked = masked letter
		}
	}
}
masked !~ /^\t/ || masked ~ /error_memory\(|->failed = / || before ~ /->failed = true;/ { if (masked !~ /^[ \t]*$/) before = masked; next }
{
	each(" == ", " != "); each(" != ", " == ")
	# Two elements of an array never stand at one place.
	if (!picks() && masked !~ /return .*[?] -1 : .* > /) {
		each(" < ", " <= "); each(" > ", " >= ")
	}
	each(" <= ", " < "); each(" >= ", " > ")
	each(" && ", " || "); each(" || ", " && ")
	each(" + ", " - "); each(" - ", " + "); each(" += ", " -= ")
	each("true", "false"); each("false", "true")
	# A number becomes the next one. One byte or element more of memory changes nothing, nor does a
	# place in an order whose next number nobody has, nor a width of 1: a number has a digit.
	rest = masked ~ /page_count\(([^0-9]|uint64_t|0[.]5)*, 0\);|alloc\(|rxpath_(arena|report)_take\(|^\t+(static |const )*(unsigned |struct )?[a-z_0-9]+ [*]?[a-z_]+\[[0-9]+\]( = .*)?;[ \t]*$|\.order = |_cap = / ? "" : masked
	skipped = 0
	# What a comparison returns is only asked for its sign.
	while (masked !~ /return .*[?] -1 : (1;|.* > )/ && match(rest, /[0-9]+/)) {
		at = skipped + RSTART
		size = RLENGTH
		if (substr(masked, at - 1, 1) !~ /[A-Za-z0-9_.]/ && substr(masked, at + size, 1) !~ /[A-Za-z0-9_.]/)
			change(substr(masked, at, size) " -> " substr(masked, at, size) + 1, at, size,
				substr(masked, at, size) + 1)
		skipped = at + size - 1
		rest = substr(masked, skipped + 1)
	}
	# The first two arguments change places, where it matters which is which: any hash will do.
	if (masked !~ /rxpath_(sum|min|max|slice_equal|hash|rule_is_same)\(|(differ|have_clock)\(|(mem|strn?)cmp\(/ && match(masked, /[a-z_]\([a-z_][a-z_0-9>.-]*, [a-z_][a-z_0-9>.-]*[,)]/)) {
		inner = substr($0, RSTART + 2, RLENGTH - 3)
		comma = index(inner, ", ")
		first = substr(inner, 1, comma - 1)
		if (substr(inner, comma + 2) != first)
			change("swapped arguments", RSTART + 2, RLENGTH - 3,
				substr(inner, comma + 2) ", " first)
	}
	# A whole statement on one line is left out; one that frees only makes the sanitized tests fail,
	# and one that hands the text on before it is whole only saves memory.
	if (masked !~ /free[a-z_]*\(|rxpath_buf_drain\(/ && before ~ /[;{}:)]$/ || before ~ /else$/) {
		code = masked
		sub(/^\t+/, "", code)
		if (code ~ /;$/ && (code ~ /^[a-z_]+\(.*\);$/ || code ~ /^(break|continue|return);$/ ||
		    code ~ /^[*]?[a-z_][a-z_0-9.>\[\]-]* [-+|&*]?= / || code ~ /(\+\+|--);$/))
			change("left out: " substr($0, length(masked) - length(code) + 1),
				length(masked) - length(code) + 1, length(code), ";")
	}
}
masked !~ /^[ \t]*$/ { before = masked; sub(/[ \t]+$/, "", before) }' > "$scratch/all"

# In an order that the seed and the changed lines decide, not where these stand: who mends what survived,
# or works elsewhere, gets the same changes again.
awk -F '\001' -v seed="${SEED:-1}" '
BEGIN { for (i = 1; i < 256; i++) code[sprintf("%c", i)] = i }
{
	hash = seed * 7919 % 2147483647
	text = $1 $3 $4
	for (i = 1; i <= length(text); i++)
		hash = (hash * 16807 + code[substr(text, i, 1)]) % 2147483647
	print hash "\001" $0
}' "$scratch/all" | sort -t "$(printf '\001')" -n | cut -d "$(printf '\001')" -f 2- >"$scratch/order"

# Of an earlier run those that survived.
if [ -n "${AGAIN:-}" ]; then
	awk -F '\001' '
		function trimmed(text) { sub(/^[ \t]+/, "", text); return text }
		NR == FNR && /^survived: / {
			at = $0
			sub(/^survived: /, "", at)
			file = what = at
			sub(/:.*/, "", file)
			sub(/^[^:]*:[0-9]*: /, "", what)
			next
		}
		NR == FNR && file { wanted[file what trimmed($0)]; file = ""; next }
		NR != FNR && ($1 $3 trimmed($4)) in wanted' "$AGAIN" "$scratch/order" >"$scratch/again"
	mv "$scratch/again" "$scratch/order"
fi

echo "mutate: $(wc -l < "$scratch/all") possible changes in $folders; seed ${SEED:-1}"
mkdir "$scratch/tree"
cp -R Makefile src include tests fixtures man README.md "$scratch/tree"
cd "$scratch/tree" || exit 1
# Memory that was not written to is no zeros: what is read behind the end of an array is noticed.
RXPATH_QUICK=1
MALLOC_PERTURB_=90
export RXPATH_QUICK MALLOC_PERTURB_
# The program and the tests use the sources as one shared library, so that a change costs one quick
# compilation and one link. There are two such builds: the one all changes are tried in, and the sanitized
# one for those that survive.
trap_undefined=-fsanitize=undefined\ -fsanitize-undefined-trap-on-error
sanitized=-fsanitize=address,undefined\ -fno-sanitize-recover=all
use_quick() { out=build/mutant sanitize='' sanitize_change=$trap_undefined limit=4000000; }
use_sanitized() { out=build/mutant-sanitized sanitize=$sanitized sanitize_change=$sanitized limit=unlimited; }
make() { command make -s SAN= B="$out" CFLAGS="-O2 -fPIC $sanitize" "$@" >"$scratch/log" 2>&1; }
# shellcheck disable=SC2086
link() { cc $sanitize -shared -o "$out/librxpath.so" "$out"/src/*/*.o >"$scratch/log" 2>&1; }

# compile OPTION... : with the options that all builds share.
compile() {
	CCACHE_DISABLE=1 cc -std=c11 -Iinclude -Isrc -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -fPIC \
		-Werror=incompatible-pointer-types -Werror=int-conversion "$@" >"$scratch/log" 2>&1
}

# compile_change FILE: what has no defined result, as an index past the end of an array, ends the program.
# shellcheck disable=SC2086
compile_change() { compile -O0 $sanitize_change -c -o "$out/${1%.c}.o" "$1" && link; }

# same_code FILE: whether the change is none for the optimiser, as where a value is set that nobody reads.
same_code() {
	compile -O2 -S -o "$scratch/changed.s" "$1" || return
	cp "$1" "$scratch/changed.c"
	cp "$scratch/original" "$1"
	compile -O2 -S -o "$scratch/original.s" "$1"
	cp "$scratch/changed.c" "$1"
	cmp -s "$scratch/changed.s" "$scratch/original.s"
}

# notice COMMAND...: whether a test fails. One that hangs or takes all memory has failed.
notice() { ! (ulimit -v "$limit" && exec timeout 120 "$@") >"$scratch/log" 2>&1; }

# Those that notice most, and quickly, come first; the slowest last.
tests=$(for test in tests/test_*.c; do basename "$test" .c; done | awk '
	{ print (/reports/ ? 1 : /parse/ ? 3 : 2), $0 }' | sort | cut -d ' ' -f 2)

# noticed FILE: whether any test fails. The one that noticed the last change in the same folder is first.
noticed() {
	last=$scratch/last.${out##*/}.$(basename "$(dirname "$1")")
	for test in $(cat "$last" 2>/dev/null) $tests; do
		notice "$out/$test" || continue
		echo "$test" >"$last"
		return 0
	done
	notice env RXPATH="$out/rxpath" sh tests/cases.sh --first
}

# shellcheck disable=SC2046,SC2086
prepare() {
	make -j2 objects $(printf "$out/tests/%s.o " $tests) && link || return
	for test in $tests; do
		cc $sanitize -o "$out/$test" "$out/tests/$test.o" "$out/librxpath.so" -Wl,-rpath,"$PWD/$out" -lcmocka ||
			return
	done
	cc $sanitize -o "$out/rxpath" "$out/src/main.o" "$out/librxpath.so" -Wl,-rpath,"$PWD/$out"
}

# noticed_sanitized FILE: builds what is sanitized when the first change survives.
noticed_sanitized() {
	use_sanitized
	if [ ! -e "$out/rxpath" ]; then
		cp "$1" "$scratch/changed.c"
		cp "$scratch/original" "$1"
		prepare || { cat "$scratch/log"; exit 1; }
		cp "$scratch/changed.c" "$1"
	fi
	cp "$out/${1%.c}.o" "$scratch/sanitized_object"
	if compile_change "$1" && noticed "$1"; then found=0; else found=1; fi
	cp "$scratch/sanitized_object" "$out/${1%.c}.o"
	use_quick
	return "$found"
}

use_quick
if ! prepare || noticed none/none; then
	cat "$scratch/log"
	echo "mutate: the tests fail without any change"
	exit 1
fi
tried=0
caught=0
sanitized_caught=0
same=0
bar=$(printf '\001')
while [ "$tried" -lt "$wanted" ] && IFS=$bar read -r file line what code; do
	object=$out/${file%.c}.o
	cp "$file" "$scratch/original"
	cp "$object" "$scratch/object"
	printf '%s\n' "$code" > "$scratch/new"
	awk -v at="$line" 'NR == FNR { new = $0; next } FNR == at { print new; next } { print }' \
		"$scratch/new" "$scratch/original" > "$file"
	if compile_change "$file"; then
		tried=$((tried + 1))
		verdict=
		if noticed "$file"; then
			verdict=noticed
		elif same_code "$file"; then
			verdict='same code'
			tried=$((tried - 1))
			same=$((same + 1))
		elif noticed_sanitized "$file"; then
			verdict='noticed by the sanitizers'
			sanitized_caught=$((sanitized_caught + 1))
		else
			echo "survived: $file:$line: $what"
			printf '\t%s\n' "$(printf '%s' "$code" | sed 's/^[[:space:]]*//')"
		fi
		case $verdict in noticed*) caught=$((caught + 1)) ;; esac
		[ -z "${V:-}" ] || [ -z "$verdict" ] || echo "$verdict: $file:$line: $what"
	fi
	cp "$scratch/original" "$file"
	cp "$scratch/object" "$object"
done < "$scratch/order"
echo "mutate: $caught of $tried noticed, $sanitized_caught of them by the sanitizers alone; $same more are the same code"
