#!/bin/sh
# suite.sh: runs one suite of the tests and prints one line about it; all of its output only when it fails
# or with V=1. What was skipped is said too: a skip is no success.
#
#     suite.sh NAME COMMAND...
set -u
name=$1
shift
# Under nohup SIGHUP is ignored, by all that is started too; some tests send it.
! env --default-signal=HUP true 2>/dev/null || set -- env --default-signal=HUP "$@"
if [ -n "${V:-}" ]; then
	echo "== $name"
	exec "$@"
fi
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT
trap 'exit 130' INT TERM
start=$(date +%s)
"$@" >"$log" 2>&1
status=$?
seconds=$(($(date +%s) - start))
if [ "$status" -ne 0 ]; then
	printf '  FAILED  %-28s %4d s\n' "$name" "$seconds"
	cat "$log"
	echo "  FAILED  $name: status $status"
	exit "$status"
fi
printf '  ok      %-28s %4d s\n' "$name" "$seconds"
grep -i 'skipped\|not installed' "$log" | sed 's/^/            /'
exit 0
