#!/bin/sh
# cli.sh: the program from outside: what is said, what is written where, and the exit status.
#
#   RXPATH=./rxpath sh tests/cli.sh [usage report output run stored target kernel many recipes]
#
# Figures come from a tree of files under --root, which a test moves as it likes; only target.sh and kernel.sh
# look at the running kernel, in namespaces of their own. What needs root, or a tool that is not there, is
# skipped and said so. Each part of tests/cli is sourced, so all share the functions below.
set -u
cd "$(dirname "$0")/.." || exit 1
RXPATH=${RXPATH:-./rxpath}
case $RXPATH in /*) ;; *) RXPATH=$PWD/$RXPATH ;; esac
parts=${*:-usage report output run stored target kernel many recipes}
LC_ALL=C
export LC_ALL
unset POSIXLY_CORRECT NO_COLOR
T=$(mktemp -d) || exit 1
chmod 755 "$T"
trap 'rm -rf "$T"' EXIT
trap 'exit 1' INT TERM
# shellcheck disable=SC2034
title=
failures=0
checks=0
skips=0
# shellcheck disable=SC2034
tab=$(printf '\t')
# shellcheck disable=SC2034
nl='
'

# ---- saying what is expected ----------------------------------------------------------------------

fail() {
	failures=$((failures + 1))
	echo "cli: FAILED: $title: $*"
	sed 's/^/    out: /' "$T/out" | head -n 12
	sed 's/^/    err: /' "$T/err" | head -n 12
}

skip() {
	skips=$((skips + 1))
	echo "cli: skipped: $*"
}

has() {
	command -v "$1" >/dev/null 2>&1
}

# rx ARG...: runs it; $status, $T/out and $T/err are what the functions below look at.
rx() {
	title="rxpath $*"
	timeout 60 "$RXPATH" "$@" >"$T/out" 2>"$T/err" </dev/null
	status=$?
}

# any COMMAND [ARG]: the same of whatever else.
any() {
	title=$*
	timeout 60 "$@" >"$T/out" 2>"$T/err" </dev/null
	status=$?
}

# start COMMAND [ARG]: runs it meanwhile, as $pid, and not for longer than half a minute; ended: waits for it.
start() {
	"$@" &
	pid=$!
	(
		for _ in $(seq 60); do
			sleep .5
			kill -0 "$pid" || exit
		done
		kill -9 "$pid"
	) 2>/dev/null &
	watchdog=$!
}

ended() {
	wait "$pid" 2>/dev/null
	status=$?
	kill "$watchdog" 2>/dev/null
}

# awaits FILE: until it is there, or 20 seconds.
awaits() {
	for _ in $(seq 400); do
		[ -e "$1" ] && return
		sleep .05
	done
}

# waits PID: until that rxpath has its first sample and waits for the second, or 2 seconds.
waits() {
	for _ in $(seq 100); do
		case $(cat "/proc/$1/wchan" 2>/dev/null) in
		*sigtimedwait*) return ;;
		esac
		sleep .02
	done
}

status_is() {
	checks=$((checks + 1))
	[ "$status" -eq "$1" ] || fail "status $status, not $1"
}

# out_has ERE, err_has ERE: a line matches; out_is TEXT, err_is TEXT: that and no more.
out_has() {
	checks=$((checks + 1))
	grep -Eq -e "$1" "$T/out" || fail "standard output has no line like: $1"
}

out_lacks() {
	checks=$((checks + 1))
	! grep -Eq -e "$1" "$T/out" || fail "standard output has a line like: $1"
}

out_is() {
	checks=$((checks + 1))
	[ "$(cat "$T/out")" = "$1" ] || fail "standard output is not: $1"
}

err_has() {
	checks=$((checks + 1))
	grep -Eq -e "$1" "$T/err" || fail "standard error has no line like: $1"
}

err_lacks() {
	checks=$((checks + 1))
	! grep -Eq -e "$1" "$T/err" || fail "standard error has a line like: $1"
}

err_is() {
	checks=$((checks + 1))
	[ "$(cat "$T/err")" = "$1" ] || fail "standard error is not: $1"
}

# same A B: the files hold the same.
same() {
	checks=$((checks + 1))
	cmp -s "$1" "$2" || fail "$1 and $2 differ: $(diff "$1" "$2" | head -n 6)"
}

# holds TEST...: as test(1).
holds() {
	checks=$((checks + 1))
	[ "$@" ] || fail "not so: $*"
}

# refuses STATUS WORD ARG...: nothing on standard output, that status, and one line that says the word,
# with at most a guess behind it.
refuses() {
	expected=$1
	word=$2
	shift 2
	rx "$@"
	status_is "$expected"
	out_is ''
	err_has "^rxpath: .*$word"
	holds "$(grep -vc '^rxpath: did you mean ' "$T/err")" -eq 1
}

# ---- a machine of files ---------------------------------------------------------------------------

# snmp DIR [RCVBUF_ERRORS [NO_PORTS]]
snmp() {
	cat >"$1/proc/net/snmp.new" <<-END
		Ip: Forwarding DefaultTTL InReceives InHdrErrors InAddrErrors ForwDatagrams InUnknownProtos InDiscards InDelivers OutRequests OutDiscards OutNoRoutes ReasmTimeout ReasmReqds ReasmOKs ReasmFails FragOKs FragFails FragCreates
		Ip: 2 64 100000 0 0 0 0 0 100000 500 0 0 0 0 0 0 0 0 0
		Icmp: InMsgs InErrors InCsumErrors InDestUnreachs
		Icmp: 0 0 0 0
		Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens AttemptFails EstabResets CurrEstab InSegs OutSegs RetransSegs InErrs OutRsts InCsumErrors
		Tcp: 1 200 120000 -1 0 0 0 0 0 0 0 0 0 0 0
		Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors InCsumErrors IgnoredMulti MemErrors
		Udp: 90000 ${3:-0} ${2:-0} 400 ${2:-0} 0 0 0 0
		UdpLite: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors InCsumErrors IgnoredMulti MemErrors
		UdpLite: 0 0 0 0 0 0 0 0 0
	END
	mv "$1/proc/net/snmp.new" "$1/proc/net/snmp"
}

# udp6 DIR [DROPS]: a socket on [::1]:9999.
udp6() {
	printf '  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n   57: 00000000000000000000000001000000:270F 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000  1000        0 4242 2 0000000000000000 %s\n' \
		"${2:-0}" >"$1/proc/net/udp6"
}

# statistics DIR DEVICE [RX_DROPPED [RX_MISSED_ERRORS]]
statistics() {
	mkdir -p "$1/sys/class/net/$2/statistics"
	echo 1000000 >"$1/sys/class/net/$2/statistics/rx_packets"
	echo "${3:-0}" >"$1/sys/class/net/$2/statistics/rx_dropped"
	echo "${4:-0}" >"$1/sys/class/net/$2/statistics/rx_missed_errors"
}

# tree DIR: nothing has been lost yet; kernel 6.1, two CPUs, eth0 and eth1.
tree() {
	mkdir -p "$1/proc/net" "$1/proc/sys/kernel/random" "$1/sys/class/net"
	snmp "$1"
	udp6 "$1"
	printf 'TcpExt: SyncookiesSent ListenOverflows ListenDrops\nTcpExt: 0 0 0\nIpExt: InNoRoutes InTruncatedPkts InCsumErrors\nIpExt: 0 0 0\n' \
		>"$1/proc/net/netstat"
	printf 'Ip6InReceives                   \t0\nUdp6InDatagrams                 \t0\nUdp6InErrors                    \t0\nUdp6RcvbufErrors                \t0\n' \
		>"$1/proc/net/snmp6"
	printf '00010000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000\n00010000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000001\n' \
		>"$1/proc/net/softnet_stat"
	printf 'Inter-|   Receive                                                |  Transmit\n face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n  eth0: 64000000 1000000    0    0    0     0          0         0    64000      400    0    0    0     0       0          0\n  eth1: 64000000 1000000    0    0    0     0          0         0    64000      400    0    0    0     0       0          0\n' \
		>"$1/proc/net/dev"
	printf '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops             \n' \
		>"$1/proc/net/udp"
	printf 'Type Device      Function\n0800          ip_rcv\n86dd          ipv6_rcv\n' >"$1/proc/net/ptype"
	statistics "$1" eth0
	statistics "$1" eth1
	echo alpha >"$1/proc/sys/kernel/hostname"
	echo 6.1.0-test >"$1/proc/sys/kernel/osrelease"
	echo 11111111-2222-3333-4444-555555555555 >"$1/proc/sys/kernel/random/boot_id"
	echo "1000.00 3000.00" >"$1/proc/uptime"
}

# pair A B [ARG...]: two trees, the second ten seconds later; the further arguments are those of snmp.
pair() {
	rm -rf "${T:?}/$1" "${T:?}/$2"
	tree "$T/$1"
	tree "$T/$2"
	echo "1010.00 3030.00" >"$T/$2/proc/uptime"
	to=$2
	shift 2
	snmp "$T/$to" "$@"
}

# files DIR: what an admin would put into `tail -n +1`.
files() {
	echo "$1"/proc/net/snmp "$1"/proc/net/netstat "$1"/proc/net/snmp6 "$1"/proc/net/softnet_stat \
		"$1"/proc/net/dev "$1"/proc/net/udp "$1"/proc/net/udp6 "$1"/sys/class/net/*/statistics/rx_*
}

# shellcheck disable=SC2034
[ "$(id -u)" -eq 0 ] && root=yes || root=no
: >"$T/out"
: >"$T/err"
for part in $parts; do
	# shellcheck disable=SC1090
	. "tests/cli/$part.sh"
done
echo "cli: $checks checks, $failures failed, $skips skipped"
[ "$failures" -eq 0 ]
