# target.sh: the running kernel: namespaces by name and by process, a plain user, and that what is saved
# makes the same report as what is seen. All in namespaces of its own.
# shellcheck shell=sh disable=SC2034,SC2154,SC2016,SC2034

nobody='setpriv --reuid 65534 --regid 65534 --clear-groups'

# ---- by anybody
refuses 2 "'ip netns list'" --netns no-such-namespace
refuses 2 "not a network namespace: /etc/passwd" --netns /etc/passwd
refuses 2 "no process has the id 4194305" --pid 4194305
refuses 125 "no process has the id 4194305" run --pid 4194305 true
rx --pid $$ -i .01 -f json
status_is 0
out_has "\"netns\":\"$(readlink /proc/$$/ns/net | sed 's/[][]/\\&/g')\""
rx save
status_is 0
for word in '==> rxpath <==' '==> /proc/net/snmp <==' '==> /proc/net/softnet_stat <==' '==> /proc/net/udp <=='; do
	out_has "^$word\$"
done
cp "$T/out" "$T/now"
rx diff "$T/now"
holds "$status" -le 1
out_has "^rxpath: .* host $(uname -n),.* [0-9]+\\.[0-9]+ s, Linux $(uname -r)\$"
rx totals
holds "$status" -le 1
out_has 'since boot'

# The one that the kernel's own files make, as an admin without rxpath would; then now.
title='tail -n +1 of /proc and /sys'
tail -n +1 /proc/net/snmp /proc/net/netstat /proc/net/snmp6 /proc/net/softnet_stat /proc/net/dev /proc/net/udp \
	/proc/net/udp6 /sys/class/net/*/statistics/rx_* >"$T/before.txt" 2>/dev/null
rx diff --fail-on never "$T/before.txt"
status_is 0
err_is ''
rx diff --fail-on never --root / "$T/before.txt"
status_is 0

# ---- the main job without any privilege
if [ "$root" = yes ] && has setpriv; then
	cp "$RXPATH" "$T/rxpath"
	chmod 755 "$T/rxpath"
	own() {
		# shellcheck disable=SC2086
		any $nobody "$T/rxpath" "$@"
	}
	own --fail-on never -i .1
	status_is 0
	err_is ''
	own --fail-on never -i .1 -f json
	status_is 0
	for stage in device softnet netfilter ip transport socket; do
		out_lacks "\"stage\":\"$stage\",\"state\":\"unknown\""
	done
	own run --fail-on never -- sh -c 'exit 3'
	status_is 3
	own totals --fail-on never
	status_is 0
	own metrics
	status_is 0
	own save
	status_is 0
	cp "$T/out" "$T/plain"
	own diff --fail-on never "$T/plain"
	status_is 0
	err_is ''
	own --pid 1 -i .01 --fail-on never
	status_is 0
	# What needs privilege is listed once, at the end, in words.
	own --pid $$ -i .05 -c 3 --fail-on never
	status_is 0
	if grep -q '^needs privilege: ' "$T/out"; then
		holds -z "$(grep '^needs privilege: ' "$T/out" | sort | uniq -d)"
		out_lacks '^needs privilege: rxpath/'
		holds "$(sed -n '/^needs privilege: /,$p' "$T/out" | grep -c '^rxpath: ')" -eq 0
	else
		skip 'what needs privilege: this kernel shows all'
	fi
else
	skip 'a plain user: not root, or no setpriv'
fi

# ---- other namespaces
name=rxpath-cli-$$
if [ "$root" = yes ] && has ip && has bash && has setpriv && ip netns add "$name" 2>/dev/null; then
	trap 'ip netns del "$name" 2>/dev/null; rm -rf "$T"' EXIT
	inside="ip netns exec $name"
	ip -n "$name" link set lo up
	# Three datagrams for a port where nobody listens.
	lose="for n in 1 2 3; do bash -c 'echo >/dev/udp/127.0.0.1/9'; done"
	# shellcheck disable=SC2086
	start $inside $nobody sleep 60
	holder=$pid
	id=$(readlink "/var/run/netns/$name" 2>/dev/null)
	for _ in $(seq 50); do
		id=$(readlink "/proc/$holder/ns/net")
		[ "$id" != "$(readlink /proc/self/ns/net)" ] && [ "$(cat "/proc/$holder/comm")" = sleep ] && break
		sleep .05
	done
	pattern=$(printf '%s' "$id" | sed 's/[][]/\\&/g')

	rx --netns "$name" -i .01 -f json
	status_is 0
	out_has "\"netns\":\"$name\""
	out_has '"stage":"device","state":"ok","lost":0,"seen":0'
	rx --netns "/run/netns/$name" -i .01 -q
	status_is 0
	rx --pid "$holder" -i .01 -f json
	status_is 0
	out_has "\"netns\":\"$pattern\""
	# shellcheck disable=SC2086
	any $nobody "$T/rxpath" --pid "$holder" -i .01 -f json
	status_is 0
	err_is ''
	out_has "\"netns\":\"$pattern\""
	# shellcheck disable=SC2086
	any $nobody "$T/rxpath" --netns "$name" -i .01
	status_is 2
	err_has 'needs root'
	err_has '--pid'

	# Seen from outside by name and by process, also by a plain user; and from inside.
	moved="transport${tab}reject${tab}UdpNoPorts${tab}-${tab}3${tab}0${tab}"
	rx run --netns "$name" -f tsv -- sh -c "$lose"
	status_is 0
	err_has "^$moved"
	title='run --pid PID by a plain user'
	# shellcheck disable=SC2086
	start $nobody sh -c 'sleep .4; exec "$0" -f tsv -i 2 --pid "$1"' "$T/rxpath" "$holder" >"$T/out" 2>"$T/err"
	sleep 1
	$inside sh -c "$lose"
	ended
	status_is 0
	out_has "^$moved"

	# All at once: by default the others are counted, and with --all-netns each is reported.
	rx -i .01
	out_has 'other network namespaces? not examined [(]--all-netns[)]$'
	rx -i .01 -f tsv
	err_is ''
	printf '%s\n' "$lose" >"$T/lose"
	rx run -N -f tsv -- $inside bash "$T/lose"
	err_has "^#netns${tab}stage${tab}"
	err_has "^$name$tab$moved"
	holds "$(grep -c "^$name${tab}.*${tab}UdpNoPorts${tab}-${tab}3$tab" "$T/err")" -eq 1
	rx -N -i .01 -f json
	out_has "\"netns\":\"$name\",\"netns_inode\":$(echo "$id" | tr -dc 0-9),\"netns_of\":{\"pid\":$holder,\"comm\":\"sleep\","
	rx run -N -- $inside bash "$T/lose"
	err_has '^rxpath: .*, lost [0-9]* packets* in .* network namespaces'
	err_has "^  $name *reject *UdpNoPorts -"
	# With several reports each shows its time, and is told apart from the next.
	rx -N -i .01 -c 2 -a
	holds "$(grep '; host ' "$T/out" | grep -cv 'T[0-9:.]*Z$')" -eq 0
	rx -N -i .01 -c 2 -f tsv
	holds "$(grep -c '^$' "$T/out")" -eq 2
	rx totals -N -f tsv
	out_has "^$name${tab}transport${tab}reject${tab}UdpNoPorts$tab"
	rx metrics -N
	status_is 0
	out_has "^rxpath_udp_no_ports_total{netns=\"$name\",stage=\"transport\",kind=\"reject\",counter=\"UdpNoPorts\"} "
	holds "$(grep -c '^# TYPE rxpath_udp_no_ports_total ' "$T/out")" -eq 1
	holds "$(grep -c '^rxpath_softnet_processed_total{.*cpu="0"' "$T/out")" -eq 1
	# What a plain user may not enter is counted, and not taken for healthy.
	# shellcheck disable=SC2086
	any $nobody "$T/rxpath" -N -i .01
	holds "$status" -eq 2 -o "$status" -eq 1
	out_has 'could not be entered: run as root'
	out_has 'may not be examined'

	# By the unit of a process, where this host has such a hierarchy.
	group=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/self/mounts)
	if [ -n "$group" ] && mkdir "$group/rxpath-cli-$$.service" 2>/dev/null; then
		echo "$holder" >"$group/rxpath-cli-$$.service/cgroup.procs"
		rx --pid "unit:rxpath-cli-$$" -i .01 -f json
		status_is 0
		out_has "\"netns\":\"$pattern\""
		refuses 2 'no process is in the unit rxpath-cli-none' --pid unit:rxpath-cli-none
		echo "$holder" >"$group/cgroup.procs"
		rmdir "$group/rxpath-cli-$$.service"
	else
		skip 'the unit of a process: no cgroup2 that can be written'
	fi
	refuses 2 'no process is in the container 0123456789ab' --pid container:0123456789ab

	# Saved before and after, and live in between: the same report.
	rx save --netns "$name" "$T/saved1"
	status_is 0
	$inside sh -c 'cat /proc/net/snmp >/dev/null'
	rx run --netns "$name" -f tsv -- sh -c "$lose"
	cp "$T/err" "$T/live.tsv"
	rx save --netns "$name" "$T/saved2"
	for stage in device ip,transport,socket; do
		title="diff of what save wrote equals the live report: $stage"
		rx diff -f tsv --stage "$stage" "$T/saved1" "$T/saved2"
		status_is 0
		cut -f 1-6,8- "$T/out" >"$T/stored.cut"
		head -n 1 "$T/live.tsv" | cut -f 1-6,8- >"$T/live.cut"
		grep -E "^($(echo "$stage" | tr , '|'))$tab" "$T/live.tsv" | cut -f 1-6,8- >>"$T/live.cut"
		same "$T/stored.cut" "$T/live.cut"
	done
	holds "$(wc -l <"$T/live.cut")" -gt 1
	# Of the same namespace by whatever name, and of no other.
	rx diff --pid "$holder" -q "$T/saved1"
	status_is 0
	refuses 2 'another network namespace than' diff "$T/saved1"
	refuses 2 'another network namespace than' diff -q "$T/saved1"
	refuses 2 'another network namespace than' diff "$T/now" "$T/saved2"
	kill "$holder"
	ended
	ip netns del "$name"
	trap 'rm -rf "$T"' EXIT
else
	skip 'other namespaces: not root, or no ip, bash or setpriv'
fi
