# stored.sh: saved samples in all their forms, and what is no sample, or no pair of them.
# shellcheck shell=sh disable=SC2034,SC2154,SC2046,SC2016

pair a b 1042 7
statistics "$T/b" eth0 50 3
udp6 "$T/b" 1000
rx diff -f tsv "$T/a" "$T/b"
status_is 1
holds "$(wc -l <"$T/out")" -eq 7
cp "$T/out" "$T/expected"

# listing DIR...: the samples as tail makes them.
listing() {
	(cd "$1" && tail -n +1 $(files .))
}
listing "$T/a" >"$T/before.txt"
listing "$T/b" >"$T/after.txt"

# ---- every form with every other, and the same report
for before in "$T/a" "$T/a/" "$T/before.txt"; do
	for after in "$T/b" "$T/after.txt"; do
		rx diff -f tsv "$before" "$after"
		status_is 1
		same "$T/out" "$T/expected"
		err_is ''
	done
done
title='diff - AFTER'
"$RXPATH" diff -f tsv - "$T/after.txt" <"$T/before.txt" >"$T/out" 2>"$T/err"
status=$?
status_is 1
same "$T/out" "$T/expected"
title='diff BEFORE -'
"$RXPATH" diff -f tsv "$T/a" - <"$T/after.txt" >"$T/out" 2>"$T/err"
same "$T/out" "$T/expected"
title='diff - AFTER, through a pipe'
# shellcheck disable=SC2002
cat "$T/before.txt" | "$RXPATH" diff -f tsv - "$T/b" >"$T/out" 2>"$T/err"
same "$T/out" "$T/expected"
title='diff FIFO FIFO'
mkfifo "$T/one" "$T/two"
(cat "$T/before.txt" >"$T/one") &
(cat "$T/after.txt" >"$T/two") &
rx diff -f tsv "$T/one" "$T/two"
status_is 1
same "$T/out" "$T/expected"
if has bash; then
	any bash -c '"$0" diff -f tsv <(cat "$1") <(cat "$2")' "$RXPATH" "$T/before.txt" "$T/after.txt"
	status_is 1
	same "$T/out" "$T/expected"
fi
# Files under other names of the same: absolute, of a process, below a host's folder.
for folder in / /host/ ./ 'sos report/'; do
	sed "s|^==> \\./|==> $folder|" "$T/before.txt" >"$T/renamed"
	rx diff -f tsv "$T/renamed" "$T/b"
	same "$T/out" "$T/expected"
done
sed 's|^==> \./proc/net/|==> /proc/1/net/|' "$T/before.txt" >"$T/renamed"
rx diff -f tsv "$T/renamed" "$T/b"
same "$T/out" "$T/expected"
# In any order, also with files that nobody knows.
(cd "$T/a" && echo 'no statistics' >proc/net/unknown && tail -n +1 $(files . | tr ' ' '\n' | sort -r) proc/net/unknown /etc/hostname) \
	>"$T/reversed" 2>/dev/null
rm "$T/a/proc/net/unknown"
rx diff -f tsv "$T/reversed" "$T/b"
same "$T/out" "$T/expected"
# Not with a last newline; without the empty lines between files.
title='a sample without its last newline'
printf '%s' "$(cat "$T/before.txt")" >"$T/cut"
rx diff -f tsv "$T/cut" "$T/b"
status_is 1
same "$T/out" "$T/expected"
rm -rf "$T/ragged"
cp -r "$T/a" "$T/ragged"
for file in snmp netstat softnet_stat udp; do
	printf '%s' "$(cat "$T/a/proc/net/$file")" >"$T/ragged/proc/net/$file"
done
listing "$T/ragged" >"$T/ragged.txt"
rx diff -f tsv "$T/ragged.txt" "$T/b"
status_is 1
same "$T/out" "$T/expected"
# A file that is empty makes unknown what it would have told, and nothing else; first, last, in between.
for file in snmp6 udp6 snmp; do
	cp -r "$T/a" "$T/empty"
	: >"$T/empty/proc/net/$file"
	listing "$T/empty" >"$T/empty.txt"
	for form in "$T/empty" "$T/empty.txt"; do
		rx diff -f json --fail-on never "$form" "$T/b"
		status_is 2
		err_has "^rxpath: $form: .*/proc/net/$file"
		out_has '"stage":"device","state":"drop","lost":3'
		out_has '"stage":"socket","state":"(unknown|drop)"'
		out_has "\"unavailable\":\\[.*\"[^\"]*/proc/net/$file\""
	done
	rm -r "$T/empty"
done
# One that could not be read: tail leaves it out, and says so itself.
(cd "$T/a" && tail -n +1 no-such-file $(files .)) >"$T/lacking" 2>/dev/null
rx diff -f tsv "$T/lacking" "$T/b"
same "$T/out" "$T/expected"
(cd "$T/a" && tail -n +1 $(files . | sed 's|[^ ]*/snmp ||')) >"$T/lacking"
rx diff -f json --fail-on never "$T/lacking" "$T/b"
status_is 2
out_has '"stage":"transport","state":"unknown"'
out_has '"stage":"device","state":"drop","lost":3'

# ---- directories: with links, without sys, unreadable, with what would hang or lead out
cp -r "$T/a" "$T/sos"
mkdir -p "$T/sos/proc/4711"
mv "$T/sos/proc/net" "$T/sos/proc/4711/net"
ln -s 4711 "$T/sos/proc/self"
ln -s self/net "$T/sos/proc/net"
mkdir -p "$T/sos/sys/devices/pci/net"
for device in eth0 eth1; do
	mv "$T/sos/sys/class/net/$device" "$T/sos/sys/devices/pci/net/$device"
	ln -s "../../devices/pci/net/$device" "$T/sos/sys/class/net/$device"
done
: >"$T/sos/sys/class/net/bonding_masters"
rx diff -f tsv "$T/sos" "$T/b"
status_is 1
same "$T/out" "$T/expected"
rm -r "$T/sos/sys/class/net/eth0" "$T/sos/sys/class/net/eth1"
ln -s /sys/devices/pci/net/eth0 "$T/sos/sys/class/net/eth0"
ln -s /../../../../../../../../sys/devices/pci/net/eth1 "$T/sos/sys/class/net/eth1"
rx diff -f tsv "$T/sos" "$T/b"
same "$T/out" "$T/expected"
rm -r "$T/sos/sys"
rx diff -f tsv --stage transport,socket "$T/sos" "$T/b"
status_is 1
out_has "UdpRcvbufErrors${tab}-${tab}1042"
rx diff "$T/sos" "$T/sos"
status_is 0
rx totals "$T/sos"
status_is 0

evil() {
	rm -rf "$T/evil"
	cp -r "$T/a" "$T/evil"
	rm -rf "${T:?}/evil/$1"
}
# bad FILE STAGE: it is there, and is no file that could be read.
bad() {
	rx totals -f json --stage "$2" --fail-on never "$T/evil"
	status_is 2
	out_has "\"stage\":\"$2\",\"state\":\"unknown\""
	out_has "\"unavailable\":\\[.*\"$1\""
	rx --root "$T/evil" -i .01 -f json --stage "$2" --fail-on never
	status_is 2
	out_has "\"stage\":\"$2\",\"state\":\"unknown\""
}
evil proc/net/snmp
mkfifo "$T/evil/proc/net/snmp"
bad /proc/net/snmp transport
evil proc/net/softnet_stat
ln -s softnet_stat "$T/evil/proc/net/softnet_stat"
bad /proc/net/softnet_stat softnet
evil proc/net/softnet_stat
mkdir "$T/evil/proc/net/softnet_stat"
bad /proc/net/softnet_stat softnet
# Links that lead out of the tree are followed inside it: there is no such file there.
evil proc/net/softnet_stat
printf '%s\n' 'ffffffff ffffffff ffffffff 0 0 0 0 0 0 0 0 0 0' >"$T/outside"
ln -s "$T/outside" "$T/evil/proc/net/softnet_stat"
bad /proc/net/softnet_stat softnet
evil proc/net/softnet_stat
ln -s ../../../outside "$T/evil/proc/net/softnet_stat"
bad /proc/net/softnet_stat softnet
evil sys/class/net/eth0/statistics/rx_dropped
mkfifo "$T/evil/sys/class/net/eth0/statistics/rx_dropped"
bad /sys/class/net/eth0/statistics/rx_dropped device
evil sys/class/net/eth0
ln -s eth0 "$T/evil/sys/class/net/eth0"
bad /sys/class/net/eth0/ifindex device
if [ "$root" = yes ] && mknod "$T/node" c 1 5 2>/dev/null && head -c 1 "$T/node" >/dev/null 2>&1; then
	evil proc/net/netstat
	mknod "$T/evil/proc/net/netstat" c 1 5
	bad /proc/net/netstat ip
fi
if [ "$root" = yes ] && has setpriv; then
	cp "$RXPATH" "$T/rxpath"
	chmod 755 "$T/rxpath"
	for path in proc/net/softnet_stat:softnet sys/class/net:device sys/class/net/eth0/statistics:device; do
		evil none
		chmod 0 "$T/evil/${path%:*}"
		any setpriv --reuid 65534 --regid 65534 --clear-groups "$T/rxpath" totals -f json "$T/evil"
		status_is 2
		err_has "/${path%:*}/?: Permission denied"
		out_has "\"stage\":\"${path#*:}\",\"state\":\"unknown\""
	done
	# To pass through a folder needs no right to list it.
	evil none
	chmod 711 "$T/evil" "$T/evil/proc" "$T/evil/proc/net"
	any setpriv --reuid 65534 --regid 65534 --clear-groups "$T/rxpath" totals "$T/evil"
	status_is 0
	chmod 0 "$T/before.txt"
	any setpriv --reuid 65534 --regid 65534 --clear-groups "$T/rxpath" diff "$T/before.txt" "$T/b"
	status_is 2
	err_is "rxpath: $T/before.txt: Permission denied"
	chmod 644 "$T/before.txt"
fi

# ---- what is no sample: the file is named, and nothing else is said
no_sample() {
	for arguments in "diff $1 $T/b" "diff $T/a $1" "totals $1" "diff -f json $1 $T/b"; do
		# shellcheck disable=SC2086
		refuses 2 "$1:.*$2" $arguments
	done
}
no_sample "$T/nothing-there" 'No such file'
no_sample /etc/passwd 'not a sample'
no_sample "$RXPATH" 'not a sample'
no_sample /dev/null 'not a sample'
: >"$T/void"
no_sample "$T/void" 'not a sample.*empty'
echo >"$T/void"
no_sample "$T/void" 'not a sample'
printf '==> /etc/passwd <==\nroot:x:0:0\n' >"$T/other"
no_sample "$T/other" 'not a sample'
tail -n +1 "$T/a/proc/net/snmp" >"$T/single"
no_sample "$T/single" 'not a sample'
refuses 2 'standard input: .*not a sample' diff "$T/a" -
mkdir "$T/dir"
no_sample "$T/dir" 'not a sample.*proc/net'
if has truncate && truncate -s 600M "$T/huge" 2>/dev/null; then
	no_sample "$T/huge" 'limit'
	rm "$T/huge"
fi

# ---- the program's own form
rx save --root "$T/a" "$T/own"
status_is 0
out_is ''
err_is ''
rx save --root "$T/a"
status_is 0
out_has '^==> rxpath <==$'
out_has '^==> /proc/net/snmp <==$'
for key in version time monotonic; do
	out_has "^$key [^ ]+\$"
done
sleep .02
rx save --root "$T/b" "$T/own2"
rx diff "$T/own" "$T/own2"
status_is 1
out_has '^rxpath: drop, lost 1045; host alpha, [0-9.]+ s, Linux 6\.1\.0-test'
rx diff -f tsv "$T/own" "$T/own2"
cut -f 1-6,8- "$T/out" >"$T/cut"
cut -f 1-6,8- "$T/expected" >"$T/expected.cut"
same "$T/cut" "$T/expected.cut"
rx diff -f tsv "$T/own" "$T/b"
same "$T/out" "$T/expected"
rx diff -f tsv "$T/before.txt" "$T/own2"
same "$T/out" "$T/expected"
rx diff "$T/own" "$T/own"
status_is 0
# A name cannot forge a section's heading.
cp -r "$T/b" "$T/forged"
mkdir -p "$T/forged/sys/class/net/x$nl==> rxpath <=="
cp -r "$T/forged/sys/class/net/eth0/statistics" "$T/forged/sys/class/net/x$nl==> rxpath <=="
: >"$T/forged/sys/class/net/eth0/statistics/rx_$nl==> rxpath <=="
rx save --root "$T/forged" "$T/forged.own"
status_is 0
holds "$(grep -c '^==> rxpath <==' "$T/forged.own")" -eq 1
rx diff -f tsv "$T/own" "$T/forged.own"
status_is 1
cut -f 1-6,8- "$T/out" >"$T/cut"
same "$T/cut" "$T/expected.cut"
err_is ''
# What `tail` prints of the parts of a stored sample is not that sample; but diff takes it from a pipe.
title='save | diff -'
"$RXPATH" save --root "$T/a" | "$RXPATH" diff -f tsv - "$T/b" >"$T/out" 2>"$T/err"
same "$T/out" "$T/expected"

# Cut short, at whatever byte: refused, and nothing half-reported.
size=$(wc -c <"$T/own")
for keep in 1 10 30 100 200 400 800 1500 2500 $((size - 200)) $((size - 30)) $((size - 22)) $((size - 5)); do
	head -c "$keep" "$T/own" >"$T/short"
	no_sample "$T/short" ''
done
head -c 2500 "$T/own" >"$T/short"
no_sample "$T/short" 'truncated'
# Two in one file are no sample either.
cat "$T/own" "$T/own2" >"$T/both"
no_sample "$T/both" 'more than one sample'

# A proc/net that leads nowhere: that of process 1. One directory too high, or too low: a hint.
mkdir -p "$T/tree/host/proc/1"
cp -r "$T/a/proc/net" "$T/tree/host/proc/1/net"
ln -s self/net "$T/tree/host/proc/net"
rx totals "$T/tree/host" -f tsv
cp "$T/out" "$T/whole"
rx totals --root "$T/tree/host" -f tsv
holds "$(grep -c UdpRcvbufErrors "$T/out")" -eq "$(grep -c UdpRcvbufErrors "$T/whole")"
holds "$(grep -c unknown "$T/whole")" -eq 0
refuses 2 "its directory 'host' has" totals "$T/tree"
refuses 2 'give the directory that holds proc' totals "$T/tree/host/proc"
refuses 2 'give the directory that holds proc' totals "$T/tree/host/proc/1/net"
refuses 2 'give the directory that holds proc' totals --root "$T/tree/host/proc"

# Swapped, of another host, of another boot: both names are in the message.
no_pair() {
	refuses 2 "$3" diff "$1" "$2"
	err_has "$1"
	err_has "$2"
	refuses 2 "$3" diff -f json -o "$T/none" "$1" "$2"
	holds ! -e "$T/none"
}
no_pair "$T/own2" "$T/own" 'swapped'
no_pair "$T/b" "$T/a" 'older'
(cd "$T/a" && tail -n +1 $(files .)) >"$T/first.txt"
(cd "$T/b" && tail -n +1 $(files .)) >"$T/second.txt"
no_pair "$T/second.txt" "$T/first.txt" 'lower counters'
(cd "$T/a" && tail -n +1 $(files .) proc/uptime) >"$T/first.txt"
(cd "$T/b" && tail -n +1 $(files .) proc/uptime) >"$T/second.txt"
no_pair "$T/second.txt" "$T/first.txt" 'older'
rx diff -f tsv "$T/first.txt" "$T/second.txt"
same "$T/out" "$T/expected"
{
	printf '==> rxpath <==\nversion 1.0.0\nhost alpha\nkernel 6.1.0-test\nboot_id 1\nmonotonic 100.0\n\n'
	cat "$T/before.txt"
} >"$T/mine"
{
	printf '==> rxpath <==\nversion 1.0.0\nhost alpha\nkernel 6.1.0-test\nboot_id 1\nmonotonic 110.0\n\n'
	cat "$T/after.txt"
} >"$T/later"
rx diff "$T/mine" "$T/later"
status_is 1
out_has '^rxpath: drop, lost 1045; host alpha, 10\.000 s, Linux 6\.1\.0-test'
sed 's/^host alpha/host beta/' "$T/later" >"$T/beta"
no_pair "$T/mine" "$T/beta" 'another host'
sed 's/^boot_id 1/boot_id 2/' "$T/later" >"$T/boot"
no_pair "$T/mine" "$T/boot" 'another boot'
sed 's/^monotonic 110/monotonic 90/' "$T/later" >"$T/earlier"
no_pair "$T/mine" "$T/earlier" 'older'
no_pair "$T/later" "$T/mine" 'swapped'
cp -r "$T/b" "$T/gamma"
echo gamma >"$T/gamma/proc/sys/kernel/hostname"
no_pair "$T/a" "$T/gamma" 'another host'
echo alpha >"$T/gamma/proc/sys/kernel/hostname"
echo 99999999-2222-3333-4444-555555555555 >"$T/gamma/proc/sys/kernel/random/boot_id"
no_pair "$T/a" "$T/gamma" 'another boot'
no_pair "$T/own" "$T/gamma" 'another boot'
sed 's/^monotonic 100.0/&\nnetns_id net:[1]/' "$T/mine" >"$T/mine.ns"
sed 's/^monotonic 110.0/&\nnetns_id net:[2]/' "$T/later" >"$T/later.ns"
no_pair "$T/mine.ns" "$T/later.ns" 'another network namespace'
refuses 2 'the running system.*another host' diff "$T/mine"

# Of a newer rxpath: sections, keys and columns that this one does not know. Of an older one: fewer.
sed -e 's/^version .*/version 99.0.0\ncolour green\nmood/' -e '/^==> rxpath <==/,$!d' \
	-e 's/^Udp: InDatagrams/Udp: Novelty InDatagrams/; s/^Udp: 90000/Udp: 5 90000/' \
	-e 's/^0001.* 0000000[01]$/& 00000009 0000000a/' \
	-e 's|^==> rxpath/end <==|==> rxpath/novelty <==\nwhat is this\n\n==> /proc/net/novelty <==\n1 2 3\n\n&|' \
	"$T/own" >"$T/newer"
holds "$(grep -c -i novelty "$T/newer")" -ge 3
rx diff -f tsv "$T/newer" "$T/own2"
cut -f 1-6,8- "$T/out" >"$T/cut"
same "$T/cut" "$T/expected.cut"
sed -e 's/^version .*/version 0.0.1/' -e '/^complete /d' -e '/^==> rxpath\//,$d' "$T/own" >"$T/older"
rx diff -f json "$T/older" "$T/own2"
status_is 1
out_has 'UdpRcvbufErrors","subject":"-","before":0,"after":1042'

# ---- totals: since boot, and it says so
rx totals "$T/b"
status_is 1
out_has '^rxpath: drop, lost 1045; host alpha, since boot'
out_has 'counters do not record when'
rx totals -f tsv "$T/b"
status_is 1
out_has "^socket${tab}drop${tab}UdpRcvbufErrors${tab}-${tab}1042${tab}1042${tab}-${tab}0${tab}1042${tab}-\$"
rx totals -f json "$T/after.txt"
status_is 1
out_has '"interval":null,"state":"drop","lost":1045,'
rx totals --root "$T/b"
status_is 1
out_has 'since boot'
rx totals -q --allow '*' "$T/b"
status_is 0
rx totals --max-lost 10/s "$T/b"
status_is 1
title='totals -'
"$RXPATH" totals - <"$T/after.txt" >"$T/out" 2>"$T/err"
status=$?
status_is 1

# ---- one stored, and now
rx diff --root "$T/b" -f tsv "$T/a"
status_is 1
cut -f 1-6,8- "$T/out" >"$T/cut"
same "$T/cut" "$T/expected.cut"

# Addresses from the other byte order: as the sample says, else as the option says.
endian_sample()
{
	printf '==> rxpath <==\n%s\n\n==> /proc/net/udp <==\n' "$1"
	printf '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n'
	printf '   10: 0A4D0002:270F 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 7 2 0 5\n'
}
endian_sample 'byte_order big' > "$T/big"
endian_sample 'version 0' > "$T/unsaid"
rx totals -f tsv "$T/big"
out_has 'udp/10\.77\.0\.2:9999'
rx totals -f tsv "$T/unsaid"
out_has 'udp/2\.0\.77\.10:9999'
rx totals -f tsv --endian big "$T/unsaid"
out_has 'udp/10\.77\.0\.2:9999'
rx totals -f tsv --endian little "$T/big"
out_has 'udp/10\.77\.0\.2:9999'
rx save "$T/saved"
status_is 0
case $(printf '\001' | od -An -tx2) in *0001*) order=little ;; *) order=big ;; esac
grep -qx "byte_order $order" "$T/saved" || fail "save does not record the byte order"
