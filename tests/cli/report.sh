# report.sh: what is reported, filtered, tolerated, repeated and interrupted. Figures come from files.
# shellcheck shell=sh disable=SC2034,SC2154

pair a b 1042 7
statistics "$T/b" eth0 50 3
statistics "$T/b" eth1 20
udp6 "$T/b" 1000
a=$T/a
b=$T/b

# ---- formats
rx diff "$a" "$b"
status_is 1
out_has '^rxpath: drop, lost 1045; host alpha, Linux 6.1.0-test$'
out_has 'socket .*drop .*UdpRcvbufErrors .*- .*1042'
out_has 'sk_drops .*udp6/\[::1\]:9999 .*1000'
out_has 'rx_missed_errors .*eth0 .*3'
holds "$(head -n 1 "$T/out")" = 'a process of uid 1000 lost 1000 datagrams at udp6/[::1]:9999: receive queue full, and 2 more findings'
holds "$(sed -n 2p "$T/out" | grep -c '^rxpath: drop.*1045')" -eq 1
rx diff -f text "$a" "$b"
cp "$T/out" "$T/text"
rx diff --format=text "$a" "$b"
same "$T/out" "$T/text"
rx diff -f tsv "$a" "$b"
status_is 1
holds "$(head -n 1 "$T/out")" = "#stage${tab}kind${tab}counter${tab}subject${tab}delta${tab}lost${tab}rate${tab}before${tab}after${tab}detail"
out_has "^socket${tab}drop${tab}UdpRcvbufErrors${tab}-${tab}1042${tab}1042${tab}-${tab}0${tab}1042${tab}-\$"
out_has "^socket${tab}drop${tab}sk_drops${tab}udp6/\\[::1\\]:9999${tab}1000${tab}0${tab}-${tab}0${tab}1000${tab}inode=4242,uid=1000,"
out_has "^device${tab}drop${tab}rx_missed_errors${tab}eth0${tab}3${tab}3${tab}"
out_has "^device${tab}suspect${tab}rx_dropped${tab}eth1${tab}20${tab}0${tab}"
out_has "^transport${tab}reject${tab}UdpNoPorts${tab}-${tab}7${tab}0${tab}"
holds "$(awk -F "$tab" 'NF != 10 || /\t\t/' "$T/out" | wc -l)" -eq 0
rx diff -f json "$a" "$b"
status_is 1
holds "$(wc -l <"$T/out")" -eq 1
out_has '^\{"schema":"rxpath/1",.*"state":"drop","lost":1045,.*\}$'
if has jq; then
	any jq -e '.interval == null and .host == "alpha" and .kernel == "6.1.0-test" and
		(.stages | length) == 6 and
		([.moved[] | .lost] | add) == .lost and ([.stages[] | .lost] | add) == .lost and
		.attribution == {"socket_drops": 1000, "counted": 1042, "attributed": 1000,
			"unattributed": 42, "uncounted": 0}' "$T/out"
	status_is 0
else
	skip 'JSON in depth: no jq'
fi

# ---- a quiet machine; all; quiet
pair c d
rx diff "$T/c" "$T/d"
status_is 0
holds "$(wc -l <"$T/out")" -le 4
out_has '^rxpath: ok, lost 0; host alpha, Linux 6.1.0-test$'
out_has '^nothing lost, but nothing arrived: 2 devices, 1 socket watched$'
rx diff -f tsv "$T/c" "$T/d"
status_is 0
holds "$(wc -l <"$T/out")" -eq 1
rx diff -a -f tsv "$T/c" "$T/d"
status_is 0
out_has "^socket${tab}drop${tab}UdpRcvbufErrors${tab}-${tab}0${tab}0${tab}"
out_has "^socket${tab}drop${tab}sk_drops${tab}udp6/\\[::1\\]:9999${tab}0${tab}"
out_has "^device${tab}suspect${tab}rx_dropped${tab}eth1${tab}0${tab}"
rx diff -q "$a" "$b"
status_is 1
out_is ''
err_is ''
rx diff -q "$T/c" "$T/d"
status_is 0
echo old >"$T/file"
rx diff -q -o "$T/file" "$a" "$b"
status_is 1
holds "$(cat "$T/file")" = old

# ---- only these stages, only these devices
rx diff -f tsv --stage device "$a" "$b"
status_is 1
out_has '^device'
out_lacks '^(softnet|netfilter|ip|transport|socket)'
rx diff -f tsv --stage ip,transport "$a" "$b"
status_is 0
out_has '^transport'
out_lacks '^(device|socket)'
rx diff -f json --stage ip,transport "$a" "$b"
out_has '"lost":0'
rx diff -f tsv --device eth1 "$a" "$b"
status_is 1
out_lacks eth0
out_has eth1
out_has UdpRcvbufErrors
rx diff -f tsv --device 'eth*' --stage device "$a" "$b"
out_has eth0
out_has eth1
rx diff -f tsv --stage device -d eth1 -d 'lo*' "$a" "$b"
status_is 0
out_lacks eth0
out_has eth1

# ---- what is mistyped would look healthy: a name is an error, a pattern is a warning
rx diff -d ehh0 --stage device "$a" "$b"
status_is 2
err_is "rxpath: --device: no device matches 'ehh0'
rxpath: did you mean 'eth0'?"
rx diff -d eth1 -d 'wlan*' "$a" "$b"
err_is "rxpath: --device: no device matches 'wlan*'"
rx diff -q --fail-on never -d ehh0 "$a" "$b"
status_is 2
err_has "no device matches 'ehh0'"
rx diff -q --fail-on never -d 'ehh*' "$a" "$b"
status_is 0
err_has "no device matches 'ehh\\*'"
rx check -q --root "$a" -i .01 -d ehh0
status_is 2
err_has "no device matches 'ehh0'"
rx diff -d 'eth[0-9]' -d eth1 "$a" "$b"
err_is ''
rx diff -q --fail-on never --allow 'Dccp*' --allow 'udp?' "$a" "$b"
status_is 0
err_is "rxpath: --allow: no counter matches 'Dccp*'
rxpath: --allow: no counter matches 'udp?'"
rx diff -q --fail-on never --allow 'Udp*' --allow 'ethtool.rx_*' --allow '*' "$a" "$b"
err_is ''
for value in UdpRcvbufErros UdpRcvbufErros=10 'udp6/[::1]:9999:sk_drop' udprcvbuferors=3/s; do
	rx diff --stage ip --allow "$value" "$a" "$b"
	status_is 0
	err_has "^rxpath: --allow: no counter matches '(UdpRcvbufErros|sk_drop|udprcvbuferors)'\$"
	err_has "^rxpath: did you mean '(UdpRcvbufErrors|sk_drops)'[?]\$"
done
for value in UdpRcvbufErrors '*:rx_dropped=5' 'Udp*' 'UdpRcvbufError[s]' ethtool.rx_lost; do
	rx diff --stage ip --allow "$value" "$a" "$b"
	status_is 0
	err_is ''
done

rx diff --stage ip --allow TcpExtSomethingNewDrops "$a" "$b"
status_is 0
err_is "rxpath: --allow: no counter matches 'TcpExtSomethingNewDrops'"
# A counter of a newer kernel is known by the samples.
sed 's/InNoRoutes/InNewDrops/' "$b/proc/net/netstat" >"$b/netstat.new"
sed '4s/ 0 / 9 /' "$b/netstat.new" >"$b/proc/net/netstat"
rx diff -q --fail-on never --allow IpExtInNewDrops --allow 'rx_dropped' "$a" "$b"
err_is ''
cp "$a/proc/net/netstat" "$b/proc/net/netstat"
# Subjects: each must be there, and of a kind that the counter has.
for value in eth0:rx_missed_errors 'eth1:rx_*' '-:UdpRcvbufErrors' '*:Udp*' cpu1:softnet_dropped 'cpu?:*' \
	'udp6/[[]::1]:9999:sk_drops' 'udp6/[::1]:9999:sk_*' -:ip_residual eth0:ethtool.rx_lost; do
	rx diff -q --fail-on never --allow "$value" "$a" "$b"
	err_is ''
done
for value in eth9:rx_missed_errors eth0:UdpRcvbufErrors cpu7:softnet_dropped udp6/::2:99:sk_drops \
	eth9:ethtool.rx_lost; do
	rx diff -q --fail-on never --allow "$value" "$a" "$b"
	status_is 0
	err_has "^rxpath: --allow: no subject of '${value##*:}' matches '${value%:*}'\$"
done
rx check -q --root "$a" -i .01 --allow 'ehh0:rx_dropped=3'
status_is 0
err_is "rxpath: --allow: no subject of 'rx_dropped' matches 'ehh0'
rxpath: did you mean 'eth0'?"
rx check -q --root "$a" -i .01 -c 3 --allow 'udp6/[[]::1]:9999:sk_drops' --allow 'Dccp*'
err_is "rxpath: --allow: no counter matches 'Dccp*'"

# ---- from which kind on it fails; each includes those before it
fails_on() {
	kind=$1
	shift
	for expected in "$@"; do
		rx diff --fail-on "${expected%:*}" --stage "$kind" "$a" "$b"
		status_is "${expected#*:}"
	done
}
fails_on socket drop:1 suspect:1 pressure:1 reject:1 never:0
fails_on transport drop:0 suspect:0 pressure:0 reject:1 never:0
statistics "$b" eth0 50 0
fails_on device drop:0 suspect:1 pressure:1 reject:1 never:0
statistics "$b" eth0 50 3
sed '1s/00000000/00000005/2' "$a/proc/net/softnet_stat" >"$b/proc/net/softnet_stat"
fails_on softnet drop:0 suspect:0 pressure:1 reject:1 never:0
cp "$a/proc/net/softnet_stat" "$b/proc/net/softnet_stat"

# ---- what is tolerated: shown all the same, and flagged
rx diff -f tsv --stage device --allow rx_missed_errors "$a" "$b"
status_is 0
out_has "rx_missed_errors${tab}eth0${tab}3${tab}3${tab}.*allowed"
rx diff -f json --stage device --allow rx_missed_errors "$a" "$b"
out_has '"counter":"rx_missed_errors","subject":"eth0",.*"flags":\["allowed"\]'
rx diff --stage device --allow rx_missed_errors "$a" "$b"
out_has 'rx_missed_errors .*eth0 .*3 .*allowed'
allows() {
	expected=$1
	shift
	for value in "$@"; do
		rx diff --stage device,socket --allow 'eth*:rx_*' --allow "$value" "$a" "$b"
		status_is "$expected"
	done
}
allows 0 UdpRcvbufErrors UdpRcvbufErrors=1042 UdpRcvbufErrors=2000 'Udp*' '*Rcvbuf*' '*' '-:UdpRcvbufErrors' \
	'*:Udp*=1042' 'UdpRcvbuf[EF]rrors' UdpRcvbufErrors=1042.5 UdpRcvbufErrors=99999999999999
allows 1 UdpRcvbufErrors=1041 UdpRcvbufErrors=0 Udp6RcvbufErrors eth0:UdpRcvbufErrors Udp Rcvbuf \
	UdpRcvbufErrors=0.5
for value in rx_missed_errors eth0:rx_missed_errors 'eth*:rx_*' 'eth[0-9]:rx_missed_errors=3' '*:rx_*'; do
	rx diff --stage device --allow "$value" "$a" "$b"
	status_is 0
done
for value in eth1:rx_missed_errors eth0:rx_dropped 'eth[1-9]:*' eth0:rx_missed_errors=2 eth:rx_missed_errors; do
	rx diff --stage device --allow "$value" "$a" "$b"
	status_is 1
done
rx diff --stage device --allow eth1:* --allow eth0:rx_missed_errors=1 --allow 'eth0:*=3' "$a" "$b"
status_is 0
# A socket's own allowance: 1000 of the 1042 are this socket's.
for value in 'udp6/[::1]:9999:sk_drops' 'udp6/[::1]:*:sk_drops' 'udp6/*:sk_drops=1000' 'udp6/[[]::1]:9999:sk_drops'; do
	rx diff -f tsv --stage socket --allow "$value" --max-lost 42 "$a" "$b"
	status_is 0
	out_has "sk_drops${tab}udp6/.*allowed"
	rx diff --stage socket --allow "$value" --max-lost 41 "$a" "$b"
	status_is 1
done
rx diff --stage socket --allow 'udp6/[::1]:9998:sk_drops' --max-lost 42 "$a" "$b"
status_is 1
rx diff --stage socket --allow 'udp6/[::1]:9999:sk_drops=999' --max-lost 42 "$a" "$b"
status_is 1
for value in 1045 1045.0 2000 99999999999999999; do
	rx diff --max-lost "$value" "$a" "$b"
	status_is 0
	out_has '^rxpath: drop, lost 1045'
	out_has "^lost 1045 packets, tolerated by --max-lost ${value%.0}$"
done
for value in 1044 0 1044.9; do
	rx diff --max-lost "$value" "$a" "$b"
	status_is 1
done
rx diff --max-lost 3 --allow 'Udp*' "$a" "$b"
status_is 0
out_has '^lost 1045 packets, tolerated by --allow and --max-lost 3$'
rx diff --stage socket --allow 'Udp*' "$a" "$b"
out_has '^lost 1042 packets, tolerated by --allow$'
rx diff --stage socket --allow 'udp6/*:sk_drops' --max-lost 42 "$a" "$b"
out_has '^lost 1042 packets, tolerated by --allow and --max-lost 42$'
rx diff --max-lost 2 --allow 'Udp*' "$a" "$b"
status_is 1
# Nothing but loss is tolerated by --max-lost; a rate of an unknown time covers nothing.
rx diff --max-lost 5000 --fail-on reject "$a" "$b"
status_is 1
rx diff --max-lost 999999/s "$a" "$b"
status_is 1

# Rates need a time, which saved samples of the program have: ten seconds.
saved() {
	printf '==> rxpath <==\nversion 0.0.1\nhost alpha\nmonotonic %s\n\n' "$2"
	# shellcheck disable=SC2046
	(cd "$1" && tail -n +1 $(files .))
}
saved "$a" 1000.0 >"$T/before"
saved "$b" 1010.0 >"$T/after"
rx diff -f tsv "$T/before" "$T/after"
status_is 1
out_has "UdpRcvbufErrors${tab}-${tab}1042${tab}1042${tab}104\\.2${tab}"
for value in 104.5/s 105/s 200/s; do
	rx diff --max-lost "$value" "$T/before" "$T/after"
	status_is 0
	out_has "^lost 1045 packets, tolerated by --max-lost $value$"
done
for value in 104.4/s 104/s 0/s 0.5/s; do
	rx diff --max-lost "$value" "$T/before" "$T/after"
	status_is 1
done
rx diff --allow 'UdpRcvbufErrors=104.2/s' --allow rx_missed_errors=.3/s "$T/before" "$T/after"
status_is 0
rx diff --allow 'UdpRcvbufErrors=104.1/s' --allow rx_missed_errors "$T/before" "$T/after"
status_is 1

# ---- what cannot be measured is never healthy
chaos() {
	rm -rf "$T/e"
	cp -r "$T/d" "$T/e"
	echo "$2" >"$T/e/proc/net/$1"
	rx diff -f tsv --stage "$3" --fail-on never "$T/c" "$T/e"
	status_is 2
	out_has "^$3${tab}unknown${tab}/proc/net/$1${tab}-${tab}-${tab}-${tab}-${tab}-${tab}-${tab}reason="
	err_has "/proc/net/$1"
	rx diff -f json --stage "$3" --fail-on never "$T/c" "$T/e"
	out_has "\"stage\":\"$3\",\"state\":\"unknown\""
	out_has "\"unavailable\":\\[.*\"/proc/net/$1\""
}
chaos softnet_stat xyz softnet
chaos snmp 'Udp: 1 2' transport
chaos netstat 'TcpExt: A' ip
chaos dev '' device
# Nothing else is unknown because of it; and a loss is the more important news.
rx diff --stage softnet "$T/c" "$T/e"
status_is 0
snmp "$T/e" 5
rx diff "$T/c" "$T/e"
status_is 1
out_has '^rxpath: drop, lost 5'

# ---- live over files: interval, count, empty lines, interruption
tree "$T/live"
rx --root "$T/live" -i 0.05
status_is 0
out_has '^rxpath: ok, lost 0;.* 0\.(0[5-9]|[1-9])[0-9]* s'
for value in .05 0.05 0.050000000 00.05; do
	rx --root "$T/live" -i "$value" -q
	status_is 0
done
# Whatever is broken, a quiet run ends as one that reports does: the report alone says what.
statuses() {
	title="$1, of one that is quiet and one that is not"
	rx --root "$T/broken" -i .01
	told=$status
	rx --root "$T/broken" -i .01 -q
	holds "$status" -eq "$told"
	rx totals --root "$T/broken"
	told=$status
	rx totals --root "$T/broken" -q
	holds "$status" -eq "$told"
	rx totals "$T/broken"
	holds "$status" -eq "$told"
}
cp -r "$T/live" "$T/broken"
mkdir "$T/broken/proc/net/stat"
printf 'entries  in_hit\n00000000  00000000\n' >"$T/broken/proc/net/stat/rt_cache"
echo 2 >"$T/broken/sys/class/net/eth0/ifindex"
cp -r "$T/broken" "$T/whole"
for file in $(cd "$T/broken" && find . -type f); do
	echo 'no figures' >"$T/broken/$file"
	statuses "broken $file"
	rm "$T/broken/$file"
	mkdir "$T/broken/$file"
	statuses "a directory $file"
	rmdir "$T/broken/$file"
	statuses "no $file"
	cp "$T/whole/$file" "$T/broken/$file"
done
rx check --root "$T/live" -i .02 -c 3 -f tsv
status_is 0
out_is "$(sed -n 1p "$T/out")$nl${nl}$(sed -n 1p "$T/out")$nl${nl}$(sed -n 1p "$T/out")"
holds "$(grep -c '^#stage' "$T/out")" -eq 3
holds "$(grep -c '^$' "$T/out")" -eq 3
holds "$(tail -n 1 "$T/out" | wc -c)" -eq 1
rx check --root "$T/live" -i .02 -c 1 -f tsv
holds "$(grep -c '^$' "$T/out")" -eq 0
rx check --root "$T/live" -i .02 -c 3 -f json
holds "$(wc -l <"$T/out")" -eq 3
holds "$(grep -c '"schema":"rxpath/1"' "$T/out")" -eq 3
# A quiet interval is one line, and what no device matches is said once.
rx check --root "$T/live" -i .02 -c 3 -d eth9
status_is 2
holds "$(wc -l <"$T/out")" -eq 3
holds "$(grep -c '^rxpath: ok, lost 0;.* [0-9.]* s' "$T/out")" -eq 3
holds "$(grep -c "'eth9'" "$T/err")" -eq 1

# One report's after is the next one's before: nothing is lost in between, and nothing counted twice.
title='counts across reports'
start "$RXPATH" --root "$T/live" -i .1 -c 0 -f tsv >"$T/out" 2>"$T/err"
waits "$pid"
for n in 10 25 45 70 100; do
	sleep .07
	snmp "$T/live" "$n"
done
sleep .3
kill -INT "$pid"
ended
status_is 1
holds "$(awk -F "$tab" '$3 == "UdpRcvbufErrors" { n += $6 } END { print n + 0 }' "$T/out")" -eq 100

# interrupted SIGNAL: ends the wait, and the report comes over the time that passed.
interrupted() {
	title="rxpath -i 30 -c $2, and SIG$1"
	snmp "$T/live" 0
	start "$RXPATH" --root "$T/live" -i 30 -c "$2" -f json >"$T/out" 2>"$T/err"
	waits "$pid"
	snmp "$T/live" 9
	kill -"$1" "$pid"
	ended
	status_is 1
	holds "$(wc -l <"$T/out")" -eq 1
	out_has '"interval":[0-2]\.[0-9]{3},"state":"drop","lost":9,'
	err_is ''
}
interrupted INT 1
interrupted TERM 1
interrupted INT 0
interrupted TERM 5

# ---- colour is for a terminal that wants it
if has script; then
	snmp "$T/live" 0
	on_terminal() {
		title="on a terminal: $*"
		script -qec "env TERM=xterm $* '$RXPATH' diff ${color:-} '$a' '$b'" /dev/null </dev/null >"$T/out" 2>"$T/err"
		checks=$((checks + 1))
	}
	esc=$(printf '\033')
	on_terminal A=b
	grep -q "$esc\\[" "$T/out" || fail 'no colour'
	out_has '1,042'
	for setting in NO_COLOR=1 TERM=dumb 'TERM='; do
		on_terminal "$setting"
		! grep -q "$esc" "$T/out" || fail 'colour'
	done
	on_terminal NO_COLOR=
	grep -q "$esc\\[" "$T/out" || fail 'no colour'
	color='--color never' on_terminal A=b
	! grep -q "$esc" "$T/out" || fail 'colour'
	color='--color always' on_terminal NO_COLOR=1
	grep -q "$esc\\[" "$T/out" || fail 'no colour'
	color='--color always -f tsv' on_terminal A=b
	! grep -q "$esc" "$T/out" || fail 'colour'
	unset color

	# ---- a screen has the answer, every finding, and what to do first
	# screen ROWS COLUMNS ARG...: how many rows of that terminal the report takes.
	screen() {
		title="on $1 rows of $2 columns: $*"
		size="rows $1 cols $2"
		width=$2
		shift 2
		words="LC_ALL=C '$RXPATH' diff --color never"
		for word; do words="$words '$word'"; done
		script -qec "stty $size; $words 2>/dev/null" /dev/null </dev/null 2>"$T/err" | tr -d '\r' >"$T/out"
		rows=$(awk -v width="$width" '{ n += length < width ? 1 : int((length + width - 1) / width) }
			END { print n + 0 }' "$T/out")
	}
	for dir in fixtures/cases/*/; do
		[ -s "$dir/text" ] && [ -e "$dir/before" ] && [ ! -e "$dir/options" ] || continue
		for height in 24 18; do
			screen "$height" 80 "$dir/before" "$dir/after"
			holds "$rows" -lt "$height"
			holds "$(sed -n 1p "$T/out" | wc -c)" -le 81
			holds "$(sed -n 2p "$T/out" | grep -c '^rxpath: ')" -eq 1
			! grep -q '^rxpath: drop' "$dir/text" || out_has '> .* lost'
			! grep -q '^  do: ' "$dir/text" || out_has '^  do: '
			# What follows from another finding about the same reader is not said again.
			[ "$height" = 18 ] || for id in $(sed -n 's/^\([a-z0-9][a-z0-9-]*\): [A-Z0-9a-z].*[.].*/\1/p' "$dir/text" | grep -e -); do
				case $id in
				udp-multicast-slow-member) out_lacks "^$id: " ;;
				udp-receive-buffer | tcp-accept-queue) out_has "^(reader-.*|$id): " ;;
				*) out_has "^$id: " ;;
				esac
			done
		done
	done
	# The worst of each list stays; and what is left out is said.
	dir=fixtures/cases/mixed
	screen 24 80 $dir/before $dir/after
	out_has '^more: add . less to the command to read everything$'
	# Where there is room, nothing is missing; nor where all is asked for, or the height not known.
	for height in 300 0; do
		screen "$height" 80 $dir/before $dir/after
		out_lacks '^\.\.\. and|^more: '
		# A table of one process is none.
		holds "$(grep -c '^$' "$T/out")" -eq "$(($(grep -c '^$' $dir/text) - 1))"
		holds "$(grep -c '^  do: ' "$T/out")" -eq "$(grep -c '^  do: ' $dir/text)"
	done
	screen 24 80 -a $dir/before $dir/after
	out_lacks '^\.\.\. and|^more: '
	holds "$(grep -c '^  do: ' "$T/out")" -ge "$(grep -c '^  do: ' $dir/text)"
	# q ends a series as Ctrl-C does, and the terminal is as it was.
	title='q quits'
	{
		sleep .7
		printf q
		sleep .5
	} | timeout 20 script -qec "stty rows 24 cols 60; env TERM=xterm '$RXPATH' --root '$T/live' -i 30 -c 0; echo \"status \$?\"; stty -a" /dev/null >"$T/out" 2>"$T/err"
	out_has 'status 0'
	out_has 'since the start: lost [0-9]+ in [01] s'
	out_lacks '-icanon|-echo '
	# Whatever ends or stops it, the terminal shows again what is typed.
	# signalled SIGNAL...: in another job of the terminal, with what stty says after each.
	cat >"$T/signalled" <<-'END'
		set -m
		watched() {
			echo "$1 $(stty -a </dev/tty | grep -o -e '-*echo ')"
		}
		(
			sleep .5
			for name; do
				watched "before $name:"
				kill "-$name" "$(cat "$T/watched")"
				sleep .5
				watched "after $name:"
			done
		) &
		sh -c 'echo $$ >"$T/watched"; exec "$RXPATH" --root "$T/live" -i 30 -c 0 >/dev/tty'
		watched "left with $?:"
		[ "$1" != TSTP ] || { sleep 1; fg >/dev/null; }
		wait
	END
	for signal in HUP QUIT USR1 TERM TSTP; do
		title="SIG$signal while it watches"
		T=$T RXPATH=$RXPATH timeout 20 script -qec "stty rows 24 cols 60; env TERM=xterm sh '$T/signalled' $signal $(
			[ "$signal" != TSTP ] || echo CONT CONT CONT TERM)" /dev/null </dev/null 2>"$T/err" | tr -d '\r' >"$T/out"
		out_has "before $signal: -echo"
		out_has "after $signal: echo"
		out_has 'left with [0-9]+: echo'
		[ "$signal" != TSTP ] || out_has 'before TERM: -echo'
	done
	# The line that says how long it still takes fits the narrowest terminal, and is gone at the end.
	title='the progress line on 40 columns'
	script -qec "stty cols 40; env TERM=xterm '$RXPATH' --root '$T/live' -i 2.2 -o /dev/null" /dev/null </dev/null 2>"$T/err" |
		tr '\r' '\n' | sed "s/$esc\\[K//" >"$T/out"
	out_has '^rxpath: [0-9]+ s left'
	holds "$(awk 'length > 40' "$T/out" | wc -l)" -eq 0
	# Figures of a sentence are grouped as those of the lines; ports and what is to be typed are not.
	screen 300 80 fixtures/cases/backlog/before fixtures/cases/backlog/after
	out_has ' dropped [1-9][0-9]*,[0-9]{3} packets'
	screen 300 80 -a fixtures/cases/udp-group-slow-member/before fixtures/cases/udp-group-slow-member/after
	out_has 'port 9999: '
else
	skip 'colour on a terminal: no script(1)'
fi
rx diff "$a" "$b"
out_lacks "$(printf '\033')"
rx diff --color=always "$a" "$b"
out_has "$(printf '\033')"
out_lacks '1,042'
