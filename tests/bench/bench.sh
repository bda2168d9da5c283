#!/bin/sh
# bench.sh: the benchmark, its figures on standard output and in tests/bench/RESULTS.md.
#
#     bench.sh BENCH RXPATH FLOOR ROWS
set -u
cd "$(dirname "$0")/../.." || exit 1
for tool in nstat ss ip netstat cat true; do
	command -v "$tool" >/dev/null || { echo "bench: no $tool (iproute2, net-tools)" >&2; exit 1; }
done
results=tests/bench/RESULTS.md
new=$results.new
programs=$(mktemp -d) || exit 1
trap 'rm -rf "$new" "$programs"' EXIT
# As they are when installed: the pages of a file that a linker wrote piece by piece cost more to map.
cp "$2" "$3" "$programs" || exit 1
{
	echo "# What rxpath costs"
	echo
	echo "Written by \`make bench\` on $(date -u +%Y-%m-%d), $("$2" --version), Linux $(uname -r)," \
		"$(uname -m), $(nproc) CPUs," \
		"$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)."
	echo
	echo "CPU time, user and system, of whole processes, in milliseconds. Ratios are medians (and" \
		"quartiles) of the ratios within each round, all commands in another order each round." \
		"\`floor\` opens, reads and closes the same sources as rxpath and looks at nothing;" \
		"\`floor -f\` those of a report that is shown, and the others those of the exit status;" \
		"\`floor -b\` only six files of /proc/net and the sockets of UDP, once each." \
		"Every report that is timed was also read: exactly the datagrams that were lost before," \
		"and none lost now."
} >"$new"
"$1" "$programs/rxpath" "$programs/floor" "$4" >>"$new" || exit 1
mv "$new" "$results"
cat "$results"
! grep -F '**missed**' "$results"
