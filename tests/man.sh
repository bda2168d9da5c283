#!/bin/sh
# man.sh: the words keep up with the program: the pages are clean mdoc, and README, man page and --help
# know the same commands, options, counters and recipes.
set -u
cd "$(dirname "$0")/.." || exit 1
rxpath=${RXPATH:-./rxpath}
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
counters=$scratch/rxpath-counters.7
failed=0

complain() {
	echo "man: $*"
	failed=1
}

RXPATH=$rxpath sh man/counters.sh > "$counters" || complain "man/counters.sh failed"

# Clean for both formatters, as far as they are installed.
for page in man/*.[0-9] "$counters"; do
	if command -v mandoc >/dev/null 2>&1; then
		mandoc -T lint -W warning "$page" || failed=1
	else
		echo "man: $page: mandoc is not installed"
	fi
	if command -v groff >/dev/null 2>&1; then
		said=$(groff -ww -mandoc -Tascii -z "$page" 2>&1)
		[ -z "$said" ] || complain "groff: $page: $said"
	fi
done

# Every option of --help is in the page, and every option of the page is in --help.
options() {
	grep -oE -- '(^|[^[:alnum:]-])--?[[:alpha:]][[:alpha:]-]*' | grep -oE -- '--?[[:alpha:]][[:alpha:]-]*' |
		sort -u
}
help=$("$rxpath" --help) || complain "'$rxpath --help' failed"
documented=$(awk '/^\.It Fl / { for (i = 2; i < NF; i++) if ($i == "Fl") print "-" $(i + 1) }' man/rxpath.1 |
	sort -u)
details=$("$rxpath" help check && "$rxpath" help diff) || complain "'$rxpath help' failed"
offered=$(printf '%s\n' "$help" "$details" | options)
[ "$documented" = "$offered" ] || complain "options of --help and of man/rxpath.1 differ: $(
	printf '%s\n' "$documented" "$offered" | sort | uniq -u | tr '\n' ' ')"

# The values that an option takes are the same in help of a command, the page and the README: formats,
# kinds to fail on, stages, colours, byte orders.
values() {
	printf '%s\n' "$details" | sed -n "s/^.*--$1[ ,][^ ]*  *\(.*\)\$/\1/p" | grep -oE "$2" | grep -vx or | sort -u
}
check_values() {
	option=$1
	set -- $(values "$option" "$2")
	[ $# -gt 1 ] || complain "help names no values of --$option"
	entry=$(sed -n "/^\.It .*Fl -$option /,/^\.It /p" man/rxpath.1)
	for value; do
		printf '%s\n' "$entry" | grep -qw -- "$value" ||
			complain "man/rxpath.1: --$option lacks the value $value"
	done
}
check_values format '[a-z]+'
check_values fail-on 'drop|suspect|pressure|reject|never'
check_values color 'auto|always|never'
for stage in $(values stage '[a-z]+' | grep -v only); do
	grep -q "^| \`$stage\` " README.md || complain "README.md's table lacks the stage $stage"
	grep -q "^\.It Cm $stage\|^\.It Sy $stage\|^\.It $stage" man/rxpath.1 ||
		complain "man/rxpath.1 lacks the stage $stage"
done
for kind in drop suspect pressure reject; do
	grep -q "^| \`$kind\` " README.md || complain "README.md's table lacks the kind $kind"
done
for form in $(values format '[a-z]+'); do
	"$rxpath" totals -f "$form" --root fixtures/roots/"$(ls fixtures/roots | head -n 1)"/after \
		>/dev/null 2>&1
	[ $? -le 3 ] || complain "help names the format $form, which the program lacks"
	grep -q "\`$form\`\|-f $form" README.md || complain "README.md lacks the format $form"
done

# Every command is in --help, README and page; the usage lines of --help name them.
commands=$(printf '%s\n' "$help" | sed -n 's/^\(usage:\)\{0,1\} *rxpath \[\{0,1\}\([a-z]*\).*/\2/p')
[ -n "$commands" ] || complain "--help names no command"
for command in $commands; do
	grep -q "\`rxpath $command\b" README.md || complain "README.md lacks 'rxpath $command'"
	grep -q "^\.It Cm $command$" man/rxpath.1 || complain "man/rxpath.1 lacks the command $command"
done

# Every counter of the catalogue is in the page that is made of it.
names=$("$rxpath" explain | awk '
	$1 ~ /^(device|softnet|netfilter|ip|transport|socket)$/ &&
	$2 ~ /^(drop|suspect|pressure|reject|traffic)$/ { print $3 }')
[ -n "$names" ] || complain "'$rxpath explain' lists no counter"
for name in $names; do
	grep -q "^\.It Sy $name Pq [a-z]*$" "$counters" || complain "$counters lacks $name"
done

# Every recipe of the README is in the page too, and one that a test runs, marked there by
# '# recipe: LINE', is in both. roff wants its backslashes and quotes escaped.
page=$(sed 's/^\.Dl //; s/\\&//; s/\\(dq/"/g; s/\\e/\\/g' man/rxpath.1 | awk '
	/\\$/ { sub(/ *\\$/, ""); held = held $0 " "; next }
	{ sub(/^ +/, ""); print held $0; held = "" }')
recipes=$(
	sed -n '/^## Recipes/,/^## How/s/^    //p' README.md
	cat tests/cli/recipes.sh | sed -n 's/^# recipe: //p'
)
[ -n "$recipes" ] || complain "README.md has no recipe"
printf '%s\n' "$recipes" | sort -u | while IFS= read -r recipe; do
	grep -qFx "    $recipe" README.md || echo "man: README.md lacks the recipe: $recipe"
	printf '%s\n' "$page" | grep -qFx "$recipe" || echo "man: man/rxpath.1 lacks the recipe: $recipe"
done | { ! grep .; } || failed=1

# The README tells of the run that its picture shows.
for figure in $(sed -n 's/.*lost \([0-9,]*\) of \([0-9,]*\) datagrams.*/\1 \2/p' tests/picture/report.svg | head -n 1); do
	[ "$(grep -c -- "$figure" README.md)" -ge 2 ] || complain "README.md lacks the picture's figure $figure"
done
grep -q 'lost [0-9,]* of [0-9,]* datagrams' tests/picture/report.svg || complain "the picture lost its first line"

# What CI cuts out of the README to run it.
lines=$(grep -c '^    .*make check' README.md)
[ "$lines" -eq 1 ] || complain "README.md has $lines lines with 'make check', not one"

[ "$failed" -eq 0 ] && echo "man: ok"
exit "$failed"
