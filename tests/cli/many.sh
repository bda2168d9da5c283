# many.sh: many network namespaces with few descriptors, one whose identity is used again, memory over
# samples, and what is left behind. All in namespaces of its own.
# shellcheck shell=sh disable=SC2034,SC2154

# for_each COMMAND...: `ip netns COMMAND` of each namespace.
for_each() {
	seq 70 | sed "s/.*/netns $1 $many-&/" | ip -force -batch - 2>/dev/null
}

# peak: the most memory that the program had so far, in KiB.
peak() {
	sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$1/status"
}

# ticks_of PID: the CPU time that it has had so far, in ticks.
ticks_of() {
	sed 's/.*) //' "/proc/$1/stat" | awk '{ print $12 + $13 }'
}

# has_had PID TICKS: waits until it has.
has_had() {
	for _ in $(seq 1200); do
		[ "$(ticks_of "$1")" -ge "$2" ] && return
		sleep .05
	done
}

many=rxpath-many-$$
if [ "$root" = yes ] && has ip && has prlimit && ip netns add "$many-0" 2>/dev/null; then
	trap 'for_each del; ip netns del "$many-0" 2>/dev/null; rm -rf "$T"' EXIT
	for_each add
	few='prlimit --nofile=64:64'

	# Each is entered, also where not even a descriptor for each can stay open.
	# shellcheck disable=SC2086
	any $few "$RXPATH" -N -i .05 -f json
	holds "$(grep -c "\"netns\":\"$many-" "$T/out")" -eq 71
	err_lacks 'too many open files'
	# shellcheck disable=SC2086
	any $few "$RXPATH" -N -i .05
	out_has '^rxpath: .*, lost [0-9]* packets* in .* [0-9]* network namespaces'
	out_lacks 'too many open files'

	# A namespace that takes the place of another, and perhaps its inode, is not taken for it.
	for limit in 64 1024; do
		title="another namespace of the same name, $limit descriptors"
		start prlimit --nofile=$limit:$limit "$RXPATH" -N -i 2 -f json >"$T/out" 2>"$T/err"
		sleep 1
		ip netns del "$many-1"
		ip netns add "$many-1"
		ended
		out_lacks "\"netns\":\"$many-1\""
		holds "$(grep -c "\"netns\":\"$many-" "$T/out")" -eq 70
		err_has 'ended during the interval'
		err_has 'appeared during the interval'
	done

	# Memory stays as it is, and nothing holds a namespace that was deleted.
	title='one sample after another'
	start "$RXPATH" -N -q -c 0 -i .01
	has_had "$pid" 30
	# Namespaces that others make meanwhile take some; a leak would show each time.
	for had in 100 170 240 310; do
		first=$(peak "$pid")
		has_had "$pid" "$had"
		last=$(peak "$pid")
		[ "$last" -gt $((first + first / 50 + 64)) ] || break
	done
	if grep -q __asan_init "$RXPATH"; then
		skip 'memory over samples: the sanitizer keeps what was freed'
	else
		holds "$last" -le $((first + first / 50 + 64))
	fi
	inode=$(stat -Lc %i "/run/netns/$many-2")
	holds "$(find -L "/proc/$pid/fd" -maxdepth 1 -fstype nsfs -inum "$inode" | wc -l)" -eq 1
	ip netns del "$many-2"
	for _ in $(seq 1200); do
		held=$(find -L "/proc/$pid/fd" -maxdepth 1 -fstype nsfs -inum "$inode" | wc -l)
		[ "$held" -eq 0 ] && break
		sleep .05
	done
	holds "$held" -eq 0
	mounts=$(wc -l <"/proc/$pid/mounts")
	holds "$mounts" -eq "$(wc -l </proc/self/mounts)"
	kill "$pid"
	ended
	for_each del
	ip netns del "$many-0"
else
	skip 'many network namespaces: not root, or no ip or prlimit'
fi
