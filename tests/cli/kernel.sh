# kernel.sh: tables that the kernel gives by netlink, in a namespace made for it: rules of the firewall,
# filters at a device, capture sockets, listeners.
# shellcheck shell=sh disable=SC2154

name=rxpath-cli-k$$
rules=fixtures/rules

# section NAME: the section of the sample in $T/out, in $T/section.
section() {
	sed -n "\|^==> $1 <==\$|,/^\$/p" "$T/out" >"$T/section"
}

if [ "$(id -u)" -eq 0 ] && has ip && ip netns add "$name" 2>/dev/null; then
	trap 'ip netns del "$name" 2>/dev/null; rm -rf "$T"' EXIT
	inside="ip netns exec $name"
	ip -n "$name" link set lo up

	# Each condition in the words that nft itself has for it. Handles and ids are the kernel's.
	if has nft && $inside nft -f "$rules/ruleset.nft" 2>/dev/null; then
		rx save --netns "$name"
		status_is 0
		section rxpath/nftables
		awk 'NR == 2 { for (i = 1; i <= NF; i++) at[$i] = i }
			NR > 1 && NF { print $at["family"], $at["table"], $at["chain"], $at["hooks"], $at["verdict"],
				$at["packets"], $at["comment"], $at["text"] }' "$T/section" | LC_ALL=C sort >"$T/rules"
		same "$T/rules" "$rules/expected"
		# A rule that was hit bears its text, its comment and the chain.
		rx run --netns "$name" -f tsv -- $inside bash -c 'echo >/dev/udp/127.0.0.1/10; echo >/dev/udp/127.0.0.1/1024'
		err_has "^netfilter${tab}reject${tab}nft_rule_drop${tab}inet/t/in#[0-9]*${tab}2${tab}.*rule=ct state invalid"
		$inside nft flush ruleset
	else
		skip 'rules: no nft, or a kernel without some of its expressions'
	fi
	if has iptables-nft && $inside iptables-nft -A INPUT -p udp --dport 77 -m comment --comment 'an old one' -j DROP 2>/dev/null; then
		$inside iptables-nft -A INPUT -p tcp --dport 78 -j REJECT
		rx save --netns "$name"
		section rxpath/nftables
		holds "$(grep -c '^ip filter INPUT .* input .*drop .*0 an.x20old.x20one udp.x20dport.x2077 rule$' "$T/section")" -eq 1
		holds "$(grep -c '^ip filter INPUT .* input .*reject .*0 - tcp.x20dport.x2078 rule$' "$T/section")" -eq 1
		$inside iptables-nft -F
	else
		skip 'rules of iptables: no iptables-nft'
	fi

	# Those of the older program, which are read by another way. The fourth column is the kernel's.
	if has iptables-legacy-restore && $inside iptables-legacy-restore <"$rules/iptables" 2>/dev/null &&
		$inside ip6tables-legacy -A INPUT -s fe80::/10 -d fd77::1 -i eth+ -p udp --dport 9 -j DROP; then
		rx save --netns "$name"
		section rxpath/iptables
		awk 'NR > 2 && NF { $4 = ""; print }' "$T/section" >"$T/rules"
		same "$T/rules" "$rules/iptables.expected"
		rx run --netns "$name" -f tsv -- $inside bash -c 'echo >/dev/udp/127.0.0.1/81'
		err_has "^netfilter${tab}reject${tab}nft_rule_drop${tab}iptables/filter/blocked#2${tab}1$tab"
		$inside iptables-legacy -P INPUT ACCEPT
		$inside iptables-legacy -F
		$inside ip6tables-legacy -F
	else
		skip 'rules of iptables: no iptables-legacy, or a kernel without its tables'
	fi

	# Filters at a device.
	if has tc && $inside tc qdisc add dev lo clsact 2>/dev/null &&
		$inside tc filter add dev lo ingress protocol ip matchall action drop 2>/dev/null; then
		rx run --netns "$name" -f tsv -- $inside bash -c 'echo >/dev/udp/127.0.0.1/9'
		err_has "^netfilter${tab}reject${tab}tc_ingress_drops${tab}lo${tab}[1-9]"
		$inside tc qdisc del dev lo clsact
	else
		skip 'a filter at a device: no tc, or a kernel without it'
	fi

	# A capture, a listener, and a socket of every protocol that needs no program but python.
	if has python3; then
		start $inside python3 -c '
import socket, sys, time
held = [socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)),
	socket.socket(socket.AF_INET, socket.SOCK_STREAM), socket.socket(socket.AF_INET6, socket.SOCK_STREAM),
	socket.socket(socket.AF_INET, socket.SOCK_RAW, 253), socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
	socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)]
held[0].bind(("lo", 3))
for i, where in ((1, ("127.0.0.1", 4243)), (2, ("::1", 4244))):
	held[i].bind(where)
	held[i].listen(7)
held[4].bind(("127.0.0.1", 4245))
held[5].bind(("::1", 4246))
open(sys.argv[1], "w").close()
time.sleep(30)' "$T/opened"
		awaits "$T/opened"
		rx save --netns "$name"
		status_is 0
		out_has '^lo 0003 '
		out_has '^tcp 127[.]0[.]0[.]1:4243 0 7 '
		out_has '^tcp6 [[]::1[]]:4244 0 7 '
		out_has ': 0100007F:1095 00000000:0000 '
		out_has ': 00000000000000000000000001000000:1096 '
		out_has "^[0-9]* $pid python3 "
		rx totals --netns "$name" --all -f tsv
		out_has "${tab}sk_drops${tab}packet/lo$tab"
		out_has "${tab}sk_drops${tab}raw/0[.]0[.]0[.]0:253$tab"
		kill "$pid"
		ended
	else
		skip 'sockets: no python3'
	fi

	# A program that does not read, in cgroups that hold it back.
	groups=
	for group in memory:memory.kmem.tcp.limit_in_bytes:67108864 cpu:cpu.cfs_quota_us:50000; do
		folder=/sys/fs/cgroup/${group%%:*}/$name
		file=${group#*:}
		mkdir "$folder" 2>/dev/null || continue
		if { echo "${group##*:}" >"$folder/${file%:*}"; } 2>/dev/null; then
			groups="$groups $folder"
		else
			rmdir "$folder"
		fi
	done
	trap 'ip netns del "$name" 2>/dev/null; rmdir $groups 2>/dev/null; rm -rf "$T"' EXIT
	if has python3; then
		rm -f "$T/opened"
		# shellcheck disable=SC2016
		start sh -c 'for folder in $1; do echo $$ >"$folder/cgroup.procs"; done; shift; exec "$@"' - "$groups" $inside \
			python3 -c '
import socket, sys, time
held = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
held.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
held.bind(("127.0.0.1", 4247))
open(sys.argv[1], "w").close()
time.sleep(30)' "$T/opened"
		awaits "$T/opened"
		# It had one datagram before, so it was looked at twice.
		$inside bash -c 'echo >/dev/udp/127.0.0.1/4247'
		rx run --netns "$name" -f json -- $inside bash -c 'for i in {1..50}; do echo >/dev/udp/127.0.0.1/4247; done'
		status_is 1
		err_has "\"pid\":$pid,\"comm\":\"python3\".*\"cpu\":{\"run_ns\":[0-9]"
		rx save --netns "$name"
		case $groups in
		*/memory/*) out_has "^memory[.]$pid[.]limit 67108864\$" ;;
		esac
		case $groups in
		*/cpu/*) out_has "^$pid $pid .* 50000 100000 1 [^ ]* /$name\$" ;;
		esac
		kill "$pid"
		ended
	fi
	ip netns del "$name"
	# shellcheck disable=SC2086
	rmdir $groups
	trap 'rm -rf "$T"' EXIT
else
	skip 'tables of the kernel: not root, or no ip'
fi
