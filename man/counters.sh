#!/bin/sh
# counters.sh: makes rxpath-counters(7) from the output of `rxpath explain`.
#
#	RXPATH=./rxpath sh man/counters.sh > rxpath-counters.7
#
# A new row of the catalogue appears in the page with the next build, without a change here.
set -eu
here=$(dirname "$0")
rxpath=${RXPATH:-./rxpath}
# One date for both pages, so that the same source gives the same bytes.
date=$(sed -n 's/^\.Dd //p' "$here/rxpath.1" | head -n 1)
list=$("$rxpath" explain)
names=$(printf '%s\n' "$list" | awk '
	BEGIN {
		count = split("device softnet netfilter ip transport socket", stages, " ")
		for (i = 1; i <= count; i++)
			known[stages[i]] = 1
	}
	$1 in known && NF > 3 { print $3 }')
[ -n "$names" ] || { echo "counters.sh: '$rxpath explain' lists no counter" >&2; exit 1; }

cat <<EOF
.\\" Made by man/counters.sh from the catalogue of counters: not to be edited.
.Dd $date
.Dt RXPATH-COUNTERS 7
.Os
.Sh NAME
.Nm rxpath-counters
.Nd counters of the Linux receive path that rxpath knows
.Sh DESCRIPTION
This page describes each counter that
.Xr rxpath 1
knows, in path order.
It has the same facts as
.Ql rxpath explain Ar COUNTER .
For each counter the page gives its stage and kind, what a rise means,
what to do first, and the source of the number.
.Pp
A counter's
.Em kind
is
.Cm drop
where a packet that this host should have delivered is gone,
.Cm suspect
where packets are gone and the counter does not show whether they were meant for this host,
.Cm pressure
where nothing is lost yet, but a budget, time or queue ran out,
.Cm reject
where packets were refused by address, by rule, or because nothing listens, and
.Cm traffic
where it counts work, or anything else that is not a problem.
.Pp
.Dq Within
names a counter that also counts each of these packets, so that no packet counts as lost twice.
.Dq Since
is the first kernel known to have the counter; distributions add many of them to older kernels.
.Dq Raised by
names kernel functions, as a place to start reading the source.
EOF
# shellcheck disable=SC2086
"$rxpath" explain $names | awk '
# Escapes text for roff. Each sentence begins on a line of its own.
function plain(text,  count, lines, i, out) {
	gsub(/\\/, "\\e", text)
	gsub(/\. +/, ".\n", text)
	count = split(text, lines, "\n")
	for (i = 1; i <= count; i++)
		out = out (i > 1 ? "\n" : "") (lines[i] ~ /^[.\047]/ ? "\\&" : "") lines[i]
	return out
}
function sentence(label, text) {
	if (text == "")
		return
	printf "%s %s%s\n", label, plain(text), text ~ /[.]$/ ? "" : "."
}
function flush() {
	if (name == "")
		return
	if (fact["stage"] != stage) {
		if (stage != "")
			print ".El"
		stage = fact["stage"]
		printf ".Sh %s\n", toupper(stage)
		print ".Bl -tag -width Ds"
	}
	printf ".It Sy %s Pq %s\n", name, fact["kind"]
	if (fact["means"] != "")
		print plain(fact["means"])
	if (fact["do"] != "")
		printf ".Pp\n.Em \"What to do\" :\n%s\n", plain(fact["do"])
	print ".Pp"
	if (fact["within"] != "")
		printf "Within\n.Sy %s .\n", fact["within"]
	printf "Per %s, from\n%s, since Linux %s.\n", fact["scope"], plain(fact["source"]), plain(fact["since"])
	if (fact["shape"] ~ /^gauge/)
		print "A present value, not a counter: it is never subtracted."
	sentence("Width", fact["width"])
	sentence("Raised by", fact["kernel"])
	split("", fact)
}
/^[^ ]/ { flush(); name = $1; next }
NF > 1 {
	key = $1
	sub(/^ *[^ ]+ +/, "")
	fact[key] = $0
}
END {
	flush()
	print ".El"
}'
cat <<'EOF'
.Sh SEE ALSO
.Xr rxpath 1 ,
.Xr proc 5 ,
.Xr ethtool 8 ,
.Xr nstat 8 ,
.Xr ss 8
EOF
