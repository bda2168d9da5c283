#!/bin/sh
# layers.sh: who may know whom. main -> cli -> {capture, trace, parse, analyse, render} -> model -> core.
# By the includes, and by the linker: the pure modules import nothing that does I/O, and the analysis runs in one
# direction. And CONTRIBUTING.md's map is the tree's.
set -u
cd "$(dirname "$0")/.." || exit 1
build=${BUILD:-build/plain}
failed=0

complain() {
	echo "layers: $*"
	failed=1
}

# Public headers that a module may include; each may include those of core.
core='scan search buf err arena nlmsg'
nouns="$core source catalogue lossy bundle device driver rule socket sockstat sample builder state report drops unit version"
allowed_core=$core
allowed_model=$nouns
allowed_capture="$nouns capture clock load namespaces read"
allowed_trace="$nouns clock tracer read"
allowed_parse="$nouns parse"
allowed_analyse="$nouns analyse"
allowed_render="$nouns render"
allowed_cli="$nouns capture clock load namespaces tracer read parse analyse render"

for module in core model capture trace parse analyse render cli; do
	eval "allowed=\$allowed_$module"
	for file in src/$module/*.[ch]; do
		for name in $(sed -n 's/^#include "rxpath\/\([a-z_]*\)\.h"$/\1/p' "$file"); do
			case " $allowed " in
			*" $name "*) ;;
			*) complain "$file includes rxpath/$name.h" ;;
			esac
		done
		# A private header of another module.
		sed -n 's/^#include "\([^"]*\)"$/\1/p' "$file" | grep -v '^rxpath/' | while read -r name; do
			[ -e "src/$module/$name" ] || echo "$file includes $name"
		done | while read -r line; do echo "layers: $line"; exit 1; done || failed=1
	done
done

# A header is named after the file that implements it, but for what the files of a module share, and for what
# needs no source.
for header in include/rxpath/*.h src/*/*.h; do
	name=${header##*/}
	case $name in
	render.h | capture_internal.h | steps.h | cli.h | nlmsg.h | clock.h | version.h) continue ;;
	esac
	set -- src/*/"${name%.h}.c"
	[ -e "$1" ] || complain "$header: no ${name%.h}.c"
done

# The map in CONTRIBUTING.md has every folder, and each file that it names is there.
for folder in src/*/; do
	grep -q "^| \`$folder\` " CONTRIBUTING.md || complain "CONTRIBUTING.md's map lacks $folder"
done
for path in $(grep -oE '\b(src|tests|include|doc)/[a-z_/]+\.(c|h|sh|yml|md)\b' CONTRIBUTING.md); do
	[ -e "$path" ] || complain "CONTRIBUTING.md names $path, which does not exist"
done

# No two files of one name: whoever looks for one finds one. Below fixtures/ the kernel names them.
twice=$(find include src man tests -type f | sed 's|.*/||' | sort | uniq -d)
[ -z "$twice" ] || complain "two files of one name:" $twice

# The analysis runs in one direction: no step calls a later one (memory.c is a step and a shared part).
later=$(sed -n 's|^/\* [0-9]*\. \([a-z_]*\)\.c[:,].*|\1|p' src/analyse/steps.h)
[ -n "$later" ] || complain "src/analyse/steps.h numbers no steps"
for step in $later; do
	later=$(printf '%s\n' "$later" | sed 1d)
	for other in $later; do
		[ "$other" != memory ] || continue
		called=$({ nm --defined-only "$build/src/analyse/$other.o"; nm -u "$build/src/analyse/$step.o"; } |
			awk '/ T /{ defined[$NF] } $1 == "U" && $NF in defined { print $NF }')
		[ -z "$called" ] || complain "src/analyse/$step.c calls" $called "of the later step $other.c"
	done
done

# What only the system can do must not be reachable from the pure modules. libc's headers give some of
# these other names: open64, __open64_2, __read_chk.
impure='^(open|openat|fopen|fdopen|read|pread|write|pwrite|close|socket|'
impure="${impure}"'send|recv|ioctl|stat|fstat|readlink|opendir|readdir|time|clock_gettime|gettimeofday|'
impure="${impure}"'getenv|secure_getenv|printf|fprintf|vfprintf|puts|putchar|fputs|fwrite|perror|exit|'
impure="${impure}"'rxpath_read_[a-z]*|_exit|abort|system|popen|fork|execvp|sleep|nanosleep|rand|random|setlocale)$'
for module in core model trace parse analyse render; do
	for object in "$build/src/$module"/*.o; do
		# The part of tracing that talks to the kernel.
		case $object in */trace/tracer.o | */trace/tracefs.o) continue ;; esac
		[ -e "$object" ] || { complain "not built: src/$module"; continue; }
		names=$(nm -u "$object" | awk '{
			sub(/@.*/, "", $2); sub(/^__/, "", $2); sub(/(_chk|_2)$/, "", $2); sub(/64$/, "", $2)
			print $2 }' | grep -E "$impure")
		[ -z "$names" ] || complain "$object imports" $names
	done
done
[ "$failed" -eq 0 ] && echo "layers: ok"
exit "$failed"
