#!/bin/sh
# cases.sh: pairs of saved samples, and what has to be reported of them, byte by byte.
#
#   RXPATH=./rxpath sh tests/cases.sh [--update | --first] [CASE...]
#
# fixtures/cases/CASE holds `before` and `after` (without `before`: totals), the report in three forms
# (`text`, `tsv`, `json`), the messages on standard error (`stderr`, if any) and the exit status (`status`).
# Optional: the report in another form, in a file of the form's name; `screen`, what a terminal of 24 rows
# and 80 columns shows; `options`, more options of the command. fixtures/roots/KERNEL/{before,after} hold
# proc and sys of that kernel, and are read as `totals --root` and as `diff DIR DIR`. --update writes what
# the program prints now; read the difference before committing it. --first ends at the first difference.
set -u
cd "$(dirname "$0")/.." || exit 1
RXPATH=${RXPATH:-./rxpath}
case $RXPATH in /*) ;; *) RXPATH=$PWD/$RXPATH ;; esac
unset NO_COLOR POSIXLY_CORRECT
LC_ALL=C
TZ=UTC
export LC_ALL TZ
update=
first=
case ${1:-} in
--update) update=1; shift ;;
--first) first=1; shift ;;
esac
T=$(mktemp -d) || exit 1
trap 'rm -rf "$T"' EXIT
trap 'exit 1' INT TERM
checks=0
failures=0
now=

# The program's own version, and the moment at which a tree was read, are no part of a case.
settled() {
	sed -e 's/"version":"[^"]*"/"version":"VERSION"/' -e "$2" "$1"
}

# expect FILE WHAT: $T/out is what FILE says.
expect() {
	checks=$((checks + 1))
	if [ -n "$update" ]; then
		if [ -s "$T/out" ] || [ "${1##*/}" != stderr ]; then cp "$T/out" "$1"; else rm -f "$1"; fi
		return
	fi
	if [ -e "$1" ]; then wanted=$1; else wanted=/dev/null; fi
	cmp -s "$wanted" "$T/out" && return
	failures=$((failures + 1))
	echo "cases: FAILED: $2: $1 (-) is not what was said (+)"
	diff -u "$wanted" "$T/out" | sed '1,2d' | head -n 40
	[ -z "$first" ] || exit 1
}

# try DIR ARG...: runs it in each form and compares all that it says with DIR's files.
try() {
	to=$1
	shift
	: >"$T/status"
	for form in text tsv json; do
		timeout 60 "$RXPATH" "$@" -f "$form" >"$T/raw" 2>"$T/err" </dev/null
		echo $? >>"$T/status"
		settled "$T/raw" "$now" >"$T/out"
		expect "$to/$form" "$* -f $form"
		cp "$T/err" "$T/out"
		expect "$to/stderr" "$* -f $form"
	done
	for file in "$to"/*; do
		form=${file##*/}
		case $form in
		before | after | options | status | stderr | screen | text | tsv | json) continue ;;
		esac
		timeout 60 "$RXPATH" "$@" -f "$form" >"$T/raw" 2>/dev/null </dev/null
		settled "$T/raw" "$now" >"$T/out"
		expect "$to/$form" "$* -f $form"
	done
	if [ -e "$to/screen" ] && command -v script >/dev/null; then
		script -qec "stty rows 24 cols 80; '$RXPATH' $* --color never" /dev/null </dev/null 2>/dev/null |
			tr -d '\r' >"$T/out"
		expect "$to/screen" "$* on a terminal"
	fi
	sort -u "$T/status" >"$T/out"
	expect "$to/status" "$*"
}

for dir in fixtures/cases/*/; do
	case=$(basename "$dir")
	case " ${*:-$case} " in *" $case "*) ;; *) continue ;; esac
	words=
	[ -e "${dir}options" ] && words=$(cat "${dir}options")
	before=${dir}before
	command=diff
	[ -e "$before" ] || { before=; command=totals; }
	# shellcheck disable=SC2086 # words are words
	try "fixtures/cases/$case" $command $words $before "${dir}after"
done
for dir in fixtures/roots/*/; do
	case=$(basename "$dir")
	case " ${*:-$case} " in *" $case "*) ;; *) continue ;; esac
	mkdir -p "fixtures/roots/$case/diff" "fixtures/roots/$case/totals"
	now=
	try "fixtures/roots/$case/diff" diff "${dir}before" "${dir}after"
	now='s/"time":"[^"]*"/"time":"NOW"/'
	try "fixtures/roots/$case/totals" totals --endian little --root "${dir}after"
done
[ "$checks" -gt 0 ] || { echo "cases: no such case"; exit 1; }
[ "$failures" -eq 0 ] || { echo "cases: $failures of $checks failed"; exit 1; }
if [ -n "$update" ]; then echo "cases: written anew"; else echo "cases: ok, $checks comparisons"; fi
