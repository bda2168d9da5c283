#!/bin/sh
# counters.sh: rxpath-counters(7) from the catalogue, by way of `rxpath explain`.
#
#	RXPATH=./rxpath sh man/counters.sh > rxpath-counters.7
#
# A new row of the catalogue is in the page after the next build, and nothing here changes with it.
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
What
.Xr rxpath 1
knows about each counter, in path order: the same facts that
.Ql rxpath explain Ar COUNTER
prints.
For each counter the page tells its stage and kind, what has happened when it rises,
what to do first, and where the figure comes from.
.Pp
A counter's
.Em kind
is
.Cm drop
where a packet that this host should have delivered is gone,
.Cm suspect
where packets are gone and the counter does not tell whether they were meant for this host,
.Cm pressure
where nothing is lost yet but a budget, a time or a queue ran out,
.Cm reject
where packets were refused by address, rule or absence of a listener, and
.Cm traffic
where it counts work done, or anything else that is no trouble.
.Pp
.Dq Within
names a counter that counts each of these packets too, so that the packet is lost once and not twice.
.Dq Since
is the first kernel known to have the counter; vendors' kernels carry many back to older versions.
.Dq Raised by
are functions of the kernel, as a place to begin reading.
EOF
# shellcheck disable=SC2086
"$rxpath" explain $names | awk '
# Text that roff takes for nothing but text. A sentence begins on a line of its own.
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
		print "A level as it stands, never subtracted."
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
