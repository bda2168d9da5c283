# usage.sh: options: what they take, what is refused and by which name.
# shellcheck shell=sh disable=SC2034,SC2154

tree "$T/usage"
rx --help
status_is 0
err_is ''
for word in check run save diff totals metrics explain get help --interval --count --format --all --output --quiet \
	--device --stage --fail-on --exit-code --allow --max-lost --trace --netns --pid --root --endian --rules --color --help --version; do
	out_has "(^|[^a-z-])$word([^a-z-]|\$)"
done
# One screen, with a prompt below; nothing is missing from the help of the commands.
holds "$(wc -l <"$T/out")" -lt 24
cp "$T/out" "$T/helped"
for command in check run save diff totals metrics get explain help; do
	rx help $command
	status_is 0
	holds "$(wc -l <"$T/out")" -lt 24
	grep -oE -e '(^|[^a-z-])--[a-z-]+' "$T/out"
done >"$T/helped.all"
for option in $(grep -oE -e '(^|[^a-z-])--[a-z-]+' "$T/helped"); do
	holds "$(grep -c -e "$option\$" "$T/helped.all")" -gt 0
done
rx --version
status_is 0
out_has '^rxpath [0-9]+\.[0-9]+\.[0-9]+( [(]commit [0-9a-f]+[)])?$'
rx -V
status_is 0
rx explain -h
status_is 0

# A wrong value: the option's long name and the value, whichever way it was given.
refuses 2 "--interval: must be .*'0'" -i 0
refuses 2 "--interval: must be .*'x'" -i x
refuses 2 "--interval: must be .*'-1'" --interval -1
refuses 2 "--interval: must be .*'1e3'" --interval=1e3
refuses 2 "--interval: must be .*'1,5'" -i 1,5
refuses 2 "--interval: must be .*'nan'" -i nan
refuses 2 "--interval: must be .*' 1'" -i ' 1'
refuses 2 "--interval: must be .*''" -i ''
rx -q --root "$T/usage" -i 0.0000000009
status_is 0
rx -q --root "$T/usage" -i .01 --allow 'e=h:rx_dropped'
status_is 0
refuses 2 "--count: must be .*'x'" -c x
refuses 2 "--count: must be .*'-1'" -c -1
refuses 2 "--count: must be .*'1.5'" -c 1.5
refuses 2 '0 means until interrupted' -c -1
refuses 2 'at most 3153600000 seconds' -i 3153600001
refuses 2 'at most 3153600000 seconds' -i 99999999999999999999999
refuses 2 '--count: must be ' -c 99999999999999999999
refuses 2 "--format: must be .*'xml'" -f xml
refuses 2 "--format: must be .*''" -f ''
refuses 2 '--output: must be ' -o ''
refuses 2 '--device: must be ' -d ''
refuses 2 "--device: must be .*'eth\\[0'" -d 'eth[0'
refuses 2 "--stage: must be .*'sockets'" --stage sockets
refuses 2 "--stage: must be .*'ip,'" --stage ip,
refuses 2 "--stage: must be .*''" --stage ''
refuses 2 "--fail-on: must be .*'loss'" --fail-on loss
refuses 2 "--fail-on: must be .*'traffic'" --fail-on traffic
refuses 2 "--color: must be .*'yes'" --color yes
refuses 2 "--endian: must be little or big, not 'middle'" --endian middle
refuses 2 '--endian applies to saved samples' --endian big
refuses 2 '--endian applies to saved samples' totals --endian big
refuses 2 '--netns: must be ' --netns ''
refuses 2 "--pid: must be .*'abc'" --pid abc
refuses 2 "--pid: must be .*'0'" --pid 0
refuses 2 "--pid: must be .*'-5'" --pid -5
refuses 2 "--pid: must be .*'99999999999'" --pid 99999999999
refuses 2 '--root: must be ' --root ''
for value in '' '=' '=3' 'X=' 'X=y' 'X=-1' 'X=1/m' 'X=1/' 'X=/s' 'X=1s' ':X' 'eth0:' 'a[b' 'eth[:X' 'a\' 'X=1=2x'; do
	refuses 2 '--allow: must be ' --allow "$value"
done
for value in '' x -1 1/m /s 1/ 1.x 99999999999999999999; do
	refuses 2 '--max-lost: must be ' --max-lost "$value"
done

# No value, one too many, no such option.
for option in interval count format output device stage fail-on allow max-lost netns pid root color; do
	refuses 2 "--$option: needs a value" "--$option"
done
refuses 2 '--interval: needs a value' -i
refuses 2 '--all: takes no value' --all=1
refuses 2 '--nope: unknown option' --nope
refuses 2 '-Z: unknown option' -Z
refuses 2 '-Z: unknown option' -aZ
refuses 2 '--co: unknown option' --co 3

# An option that has no effect on the command is an error.
refuses 2 "--interval: cannot be used with 'diff'" diff -i 3 a b
refuses 2 "--count: cannot be used with 'totals'" totals -c 2
refuses 125 "--count: cannot be used with 'run'" run -c 2 true
refuses 2 "--trace: cannot be used with 'save'" save --trace
refuses 2 "--netns: cannot be used with 'explain'" explain --netns x

# Commands and their arguments.
refuses 2 "unknown command 'chekc'" chekc
refuses 2 "unexpected argument 'x'" check x
refuses 2 "unknown command 'x'" -i 1 x
refuses 2 "unexpected argument '3'" check -f tsv 3
refuses 2 "unexpected argument 'b'" save a b
refuses 2 "unexpected argument 'c'" diff a b c
refuses 2 "unexpected argument 'b'" totals a b
refuses 2 "unexpected argument 'x'" metrics x
refuses 2 'diff: needs' diff
refuses 2 'standard input' diff - -
refuses 2 'either as FILE or with --output' save -o a b
refuses 125 'run: needs' run
refuses 125 'run: needs' run --
refuses 125 '--nope: unknown option' run --nope true
refuses 125 '--stage: must be ' run --stage x true

# Options may stand before the command's name.
cp -r "$T/usage" "$T/u.later"
snmp "$T/u.later" 7
echo "1010.00 3030.00" >"$T/u.later/proc/uptime"
for words in "-f tsv diff" "diff -f tsv" "--format=tsv --max-lost 1 diff" "-f tsv --stage socket diff"; do
	# shellcheck disable=SC2086
	rx $words "$T/usage" "$T/u.later"
	status_is 1
	out_has "^socket${tab}drop${tab}UdpRcvbufErrors${tab}-${tab}7$tab"
done
rx -q --root "$T/usage" run sh -c 'exit 7' -q
status_is 7
refuses 125 '--nope: unknown option' run --nope true
refuses 125 '--interval: cannot be used with' -i 3 run true
if [ -e /sys/class/net/lo ]; then
	rx lo
	status_is 2
	err_has "^rxpath: did you mean 'rxpath -d lo'\?"
fi

# --exit-code, for callers whose command also ends with 1.
for value in '' 0 256 -1 x 1.0; do
	refuses 2 '--exit-code: must be a number from 1 to 255' --exit-code "$value"
done
rx diff -q --exit-code 42 "$T/usage" "$T/u.later"
status_is 42
rx diff -q --exit-code 42 "$T/usage" "$T/usage"
status_is 0
rx diff -q --exit-code 42 no such
status_is 2
title='run --exit-code'
cp -r "$T/usage" "$T/u.now"
any "$RXPATH" run -q --exit-code 42 --root "$T/u.now" cp "$T/u.later/proc/net/snmp" "$T/u.now/proc/net/snmp"
status_is 42
rx -f nagios --exit-code 4
status_is 3
err_has '--exit-code: cannot be combined with --format nagios'
refuses 2 '--count: cannot be combined' -f junit -c 2
refuses 2 '--count: cannot be combined' -f "junit:$T/x" -c 0
refuses 2 '--quiet: cannot be combined' -q -f "json:$T/x"
refuses 2 'is named twice' -f "json:$T/x" -f "tsv:$T/x"
refuses 2 "--format: must be .*'json:'" -f json:
refuses 2 "--format: must be .*'xml:a'" -f xml:a

# nagios: a line, and the statuses of plugins.
nagios() {
	rx diff -f nagios "$@"
	holds "$(wc -l <"$T/out")" -eq 1
}
nagios "$T/usage" "$T/u.later"
status_is 2
out_is 'RXPATH CRITICAL: lost 7 packets at socket, UdpRcvbufErrors - | lost=7;0;0;0 device=0 softnet=0 netfilter=0 ip=0 transport=0 socket=7'
nagios --max-lost 7 "$T/usage" "$T/u.later"
status_is 0
out_has '^RXPATH OK: lost 7 packets'
nagios --fail-on never "$T/usage" "$T/u.later"
status_is 0
nagios "$T/usage" "$T/usage"
status_is 0
out_is 'RXPATH OK: lost 0 packets | lost=0;0;0;0 device=0 softnet=0 netfilter=0 ip=0 transport=0 socket=0'
cp -r "$T/usage" "$T/u.suspect"
statistics "$T/u.suspect" eth0 5
nagios "$T/usage" "$T/u.suspect"
status_is 0
nagios --fail-on suspect "$T/usage" "$T/u.suspect"
status_is 1
out_has '^RXPATH WARNING: lost 0 packets, suspect at device, rx_dropped eth0 [|] lost=0;0;0;0 '
# What is tolerated does not decide; what fails beside it does.
snmp "$T/u.suspect" 7
nagios --max-lost 7 --fail-on suspect "$T/usage" "$T/u.suspect"
status_is 1
out_has '^RXPATH WARNING: lost 7 packets, suspect at device, rx_dropped eth0 [|] lost=7;0;0;0 '
nagios --max-lost 6 --fail-on suspect "$T/usage" "$T/u.suspect"
status_is 2
out_has '^RXPATH CRITICAL: lost 7 packets at socket, UdpRcvbufErrors - [|]'
rx diff --max-lost 7 --fail-on suspect "$T/usage" "$T/u.suspect"
status_is 1
out_has '^lost 7 packets, tolerated by --max-lost 7; 5 packets gone at device, perhaps not meant for this host$'
rx diff --max-lost 7 --fail-on suspect -f junit "$T/usage" "$T/u.suspect"
status_is 1
out_has ' failures="1" '
out_has '<failure type="suspect" '
snmp "$T/u.suspect"
echo rubbish >"$T/u.suspect/proc/net/softnet_stat"
nagios "$T/usage" "$T/u.suspect"
status_is 3
out_has '^RXPATH UNKNOWN: lost 0 packets, not measured: [^|]*softnet_stat: [^|]* [|] lost=0;0;0;0 device=0'
rx diff -f nagios no such
status_is 3
holds "$(grep -c '^RXPATH UNKNOWN: no report; see standard error$' "$T/out")" -eq 1
rx -f nagios --netns /nowhere
status_is 3
holds "$(grep -c '^RXPATH UNKNOWN: ' "$T/out")" -eq 1
any "$RXPATH" run -f nagios --root "$T/u.now" true
status_is 0

# junit: a test case a stage, and valid XML.
rx diff -f junit "$T/usage" "$T/u.later"
status_is 1
out_has '^<testsuite name="rxpath" tests="6" failures="1" errors="0" skipped="0" hostname="alpha">'
holds "$(grep -c '<testcase ' "$T/out")" -eq 6
out_has '^    <failure type="drop" message="lost 7 packets">'
rx diff -f junit --stage socket --fail-on never "$T/usage" "$T/u.later"
status_is 0
out_has 'failures="0" errors="0" skipped="5"'
rx diff -f junit "$T/usage" "$T/u.suspect"
status_is 2
out_has 'failures="0" errors="1"'
out_has '<error type="unknown" '
cp "$T/out" "$T/suite.xml"
if has xmllint; then
	any xmllint --noout "$T/suite.xml"
	status_is 0
elif has python3; then
	any python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])' "$T/suite.xml"
	status_is 0
fi

# Further forms of one report.
rx diff -f tsv -f "json:$T/more.json" -f "junit:$T/more.xml" -f "text:$T/more" "$T/usage" "$T/u.later"
status_is 1
cp "$T/out" "$T/more.tsv"
for form in tsv json:.json junit:.xml text:; do
	rx diff -f "${form%%:*}" "$T/usage" "$T/u.later"
	[ "$form" = tsv ] && form=tsv:.tsv
	same "$T/out" "$T/more${form#*:}"
done
rx diff -f "json:$T/kept" "$T/usage" no-such
status_is 2
holds ! -e "$T/kept"
any "$RXPATH" run -f "json:$T/run.json" --root "$T/u.now" true
status_is 0
err_has '^rxpath: ok'
holds "$(head -c 1 "$T/run.json")" = '{'
refuses 2 'no/file: No such file' diff -f json:no/file "$T/usage" "$T/u.later"

# get: a number a line, in the order of the arguments.
cp -r "$T/usage" "$T/u.live"
# A raw socket, and what it lost.
raw() {
	{
		cat "$1/proc/net/udp"
		echo "    1: 00000000:00FD 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 77 2 0000000000000000 $2"
	} >"$1/proc/net/raw.new"
	mv "$1/proc/net/raw.new" "$1/proc/net/raw"
}
# gets ARG...: while 7 datagrams are lost, eth1 drops 5 of 1000 packets, and a raw socket 3.
gets() {
	raw "$T/u.live" 0
	snmp "$T/u.live"
	statistics "$T/u.live" eth1
	title="rxpath get $*"
	start "$RXPATH" get --root "$T/u.live" -i .8 "$@" >"$T/out" 2>"$T/err"
	waits "$pid"
	raw "$T/u.live" 3
	snmp "$T/u.live" 7
	statistics "$T/u.live" eth1 5
	echo 1001000 >"$T/u.live/sys/class/net/eth1/statistics/rx_packets"
	ended
}
gets UdpRcvbufErrors UdpNoPorts@- rx_dropped rx_dropped@eth0 'rx_d*@eth[01]' rx_packets@eth1 'sk_drops@udp6/[::1]:9999'
status_is 0
out_is "7${nl}0${nl}5${nl}0${nl}5${nl}1000${nl}0"
err_is ''
gets -f json UdpRcvbufErrors rx_dropped@eth1
status_is 0
out_is "{\"counter\":\"UdpRcvbufErrors\",\"subject\":null,\"delta\":7}$nl{\"counter\":\"rx_dropped\",\"subject\":\"eth1\",\"delta\":5}"
gets UdpRcvbufErros UdpRcvbufErrors rx_dropped@eth9
status_is 2
out_is "-${nl}7${nl}-"
err_has "^rxpath: get: no counter matches 'UdpRcvbufErros'"
err_has "^rxpath: did you mean 'UdpRcvbufErrors'\?"
err_has "^rxpath: get: 'rx_dropped@eth9' could not be read"
# Each packet counts once; of no rules and no sockets the sum is 0.
gets sk_drops sk_drops@- 'sk_drops@raw/*'
status_is 0
out_is "3${nl}3${nl}3"
cp -r "$T/usage" "$T/u.none"
cp "$T/u.none/proc/net/udp" "$T/u.none/proc/net/udp6"
rx get --root "$T/u.none" -i .01 sk_drops sk_drops@- inet_residual
status_is 0
out_is "0${nl}0${nl}0"
# A sum that leaves something out is not known.
echo rubbish >"$T/u.none/proc/net/snmp6"
rx get --root "$T/u.none" -i .01 'Udp*RcvbufErrors' UdpRcvbufErrors sk_drops
status_is 2
out_is "-${nl}0${nl}0"
# What every kernel has and is missing could not be read.
rm "$T/u.none/proc/net/snmp"
rx metrics --root "$T/u.none"
out_has '^rxpath_source_up\{source="/proc/net/snmp"\} 0$'
out_has '^rxpath_source_up\{source="/proc/net/snmp6"\} 0$'
out_has '^rxpath_source_up\{source="/proc/net/udp"\} 1$'
echo rubbish >"$T/u.none/proc/net/udp6"
rx get --root "$T/u.none" -i .01 sk_drops
status_is 2
out_is -
echo rubbish >"$T/u.live/proc/net/softnet_stat"
rx get --root "$T/u.live" -i .01 softnet_dropped -f json
status_is 2
out_is '{"counter":"softnet_dropped","subject":null,"delta":null}'
refuses 2 'get: needs a COUNTER' get
refuses 2 'must be text or json' get -f tsv X
refuses 2 'must be text or json' get -f "json:$T/x" X
refuses 2 "--count: cannot be used with 'get'" get -c 2 X

# help
rx help
status_is 0
same "$T/out" "$T/helped"
holds "$(awk 'length($0) > 80' "$T/out" | wc -l)" -eq 0
rx help diff
status_is 0
out_has '^usage: rxpath diff '
out_has '--fail-on KIND'
out_lacks '--interval'
refuses 2 "unknown command 'dif'" help dif

# One target at a time.
refuses 2 '--netns and --pid: only one' --netns a --pid 1
refuses 2 '--root, .*: only one' --root "$T/usage" --pid 1
refuses 125 '--root, .*: only one' run --root "$T/usage" --netns a true
refuses 2 '--trace: cannot be combined with --root' --trace --root "$T/usage"
refuses 2 '--pid apply to live samples only' diff --pid 1 a b
refuses 2 '--root, .* apply to live samples only' totals --root "$T/usage" a
refuses 2 'no/such/dir: No such file or directory' --root no/such/dir
refuses 2 'Not a directory' --root /etc/passwd

# Nothing that somebody else chose reaches the terminal as it is.
esc=$(printf '\033[31m')
for arg in "$esc" "--allow==$esc" "--$esc" "--netns=$esc" "--root=$esc" "--output=no/$esc" "--stage=$esc"; do
	rx "$arg"
	status_is 2
	err_lacks "$(printf '\033')"
done
rx diff "no/$esc"
status_is 2
err_lacks "$(printf '\033')"
rx run -- "no/$esc"
status_is 127
err_lacks "$(printf '\033')"

# explain
rx explain
status_is 0
out_has '^socket +drop +UdpRcvbufErrors '
rx explain UdpRcvbufErrors softnet_dropped
status_is 0
out_has UdpRcvbufErrors
out_has softnet_dropped
rx explain NoSuchCounter
status_is 2
err_has "'NoSuchCounter'"
out_is ''
rx explain UdpRcvbufErrors NoSuchCounter
status_is 2
out_has UdpRcvbufErrors
# By a part of the name, whatever its case: one in full, several on a line each.
rx explain rcvbuf
status_is 0
out_has '^socket +drop +UdpRcvbufErrors '
out_has '^socket +drop +Udp6RcvbufErrors '
rx explain UDPRCVBUFERR
status_is 0
out_has '^UdpRcvbufErrors$'
out_has '^  means  '
rx explain receive-buf
status_is 0
out_has 'udp-receive-buffer'
rx explain ''
status_is 2
for word in device softnet netfilter ip transport socket drop suspect pressure reject ok unknown counted wrapped reset \
	new gone allowed unclassified host stage kind counter subject delta lost rate before after detail Drop; do
	rx explain "$word"
	status_is 0
	out_has '^  is a     (stage|kind|state|flag|column)$'
	case $word in
	new | gone) out_has 'socket, device, CPU, NFQUEUE or netfilter rule' ;;
	esac
done
if has script; then
	title='explain on a terminal'
	script -qec "stty cols 60; exec '$RXPATH' explain UdpRcvbufErrors" /dev/null >"$T/out" 2>"$T/err" </dev/null
	out_has 'means    A datagram'
	holds "$(tr -d '\r' <"$T/out" | awk 'length($0) > 60' | wc -l)" -eq 0
	holds "$(grep -c '^           [a-zA-Z]' "$T/out")" -gt 2
	script -qec "stty cols 60; exec '$RXPATH' explain" /dev/null >"$T/out" 2>"$T/err" </dev/null
	holds "$(tr -d '\r' <"$T/out" | awk 'length($0) > 60' | wc -l)" -eq 0
fi
rx explain -o "$T/explained" UdpRcvbufErrors
status_is 0
out_is ''
holds -s "$T/explained"
