#!/bin/sh
# fleet.sh: a real Prometheus and ten node_exporters, each with the textfile of another network
# namespace of this machine. A loss in one raises the alerts for it, its namespace and its unit, and
# none for the others; the dashboard's queries return series. The alert rules and the dashboard are
# those that are installed, with shorter times.
set -u
cd "$(dirname "$0")/.." || exit 1
rxpath=$(readlink -f "${RXPATH:-./rxpath}")
failed=0

fail() {
	echo "fleet: FAILED: $*"
	failed=1
}

skip() {
	echo "fleet: skipped: $*"
	exit 0
}

[ "$(id -u)" -eq 0 ] || skip "not root"
for tool in prometheus prometheus-node-exporter curl jq ip perl; do
	command -v "$tool" >/dev/null 2>&1 ||
		skip "needs $tool (packages prometheus, prometheus-node-exporter, curl, jq, iproute2, perl)"
done
work=$(mktemp -d)
name=rxpath-fleet-$$
victim=4
server=127.0.0.1:19090
pids=

clean_up() {
	# shellcheck disable=SC2086
	kill $pids 2>/dev/null
	wait 2>/dev/null
	for i in $(seq 10); do ip netns del "$name-$i" 2>/dev/null; done
	[ -z "${group:-}" ] || rmdir "$group" 2>/dev/null
	rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 1' INT TERM

# query EXPRESSION: what Prometheus answers, as JSON.
query() {
	curl -s --max-time 5 --data-urlencode "query=$1" "http://$server/api/v1/query"
}

# How many series the expression has.
count_of() {
	query "$1" | jq '.data.result | length' 2>/dev/null || echo 0
}

# await SECONDS EXPRESSION: until it has a series.
await() {
	for _ in $(seq $((2 * $1))); do
		[ "$(count_of "$2")" -gt 0 ] 2>/dev/null && return
		sleep .5
	done
	fail "no series after $1 seconds: $2"
}

# ---- ten hosts: a namespace, its textfile every second, and a node_exporter for it
targets=
for i in $(seq 10); do
	ip netns add "$name-$i" && ip -n "$name-$i" link set lo up || fail "ip netns add"
	mkdir "$work/$i"
	while :; do
		"$rxpath" metrics --netns "$name-$i" -o "$work/$i/rxpath.prom" || break
		sleep 1
	done &
	pids="$pids $!"
	prometheus-node-exporter --web.listen-address="127.0.0.1:$((19100 + i))" --collector.disable-defaults \
		--collector.textfile --collector.textfile.directory="$work/$i" >"$work/$i.log" 2>&1 &
	pids="$pids $!"
	targets="$targets${targets:+, }'127.0.0.1:$((19100 + i))'"
done
sed 's/\[5m\]/[8s]/g; s/for: [0-9]*[mh]$/for: 2s/' src/data/rxpath.rules.yml >"$work/rules.yml"
cat >"$work/prometheus.yml" <<END
global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: [rules.yml]
scrape_configs: [{job_name: fleet, static_configs: [{targets: [$targets]}]}]
END
promtool check config "$work/prometheus.yml" >"$work/promtool.log" 2>&1 || { cat "$work/promtool.log"; fail "promtool check config"; }
mkdir "$work/data"
prometheus --config.file="$work/prometheus.yml" --storage.tsdb.path="$work/data" \
	--web.listen-address="$server" >"$work/prometheus.log" 2>&1 &
pids="$pids $!"
await 60 'count(rxpath_build_info) == 10'
sleep 8
[ "$(count_of 'ALERTS{alertstate="firing"}')" -eq 0 ] || fail "an alert before anything was lost"

# ---- one of them loses packets, in a unit where this machine has cgroup2
mount=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/self/mounts)
unit=$name.service
if [ -n "$mount" ] && mkdir "$mount/$unit" 2>/dev/null; then
	group=$mount/$unit
else
	unit=
	echo "fleet: skipped: the unit: no cgroup2 that can be written"
fi
cat >"$work/loser.pl" <<'END'
use Socket;
socket(my $receiver, PF_INET, SOCK_DGRAM, 0) or die;
setsockopt($receiver, SOL_SOCKET, SO_RCVBUF, 4096) or die;
bind($receiver, sockaddr_in(9999, INADDR_LOOPBACK)) or die;
socket(my $sender, PF_INET, SOCK_DGRAM, 0) or die;
for (;;) {
	send($sender, "x" x 100, 0, getsockname($receiver)) for 1 .. 50;
	select(undef, undef, undef, 0.1);
}
END
(
	[ -z "${group:-}" ] || sh -c 'echo "$PPID"' >"$group/cgroup.procs"
	exec ip netns exec "$name-$victim" perl "$work/loser.pl"
) &
pids="$pids $!"
instance=127.0.0.1:$((19100 + victim))
own="instance=\"$instance\",netns=\"$name-$victim\""
await 60 "ALERTS{alertname=\"RxpathPacketsLost\",alertstate=\"firing\",$own,counter=\"UdpRcvbufErrors\"}"
await 60 "ALERTS{alertname=\"RxpathManyPacketsLost\",alertstate=\"firing\",$own}"
await 60 "ALERTS{alertname=\"RxpathSocketLosesPackets\",alertstate=\"firing\",$own${unit:+,unit=\"$unit\"},local=\"127.0.0.1:9999\"}"
others=$(query "ALERTS{instance!=\"$instance\"}" | jq -c '.data.result[].metric')
[ -z "$others" ] || fail "alerts of others: $others"

# ---- the dashboard: each query has series; what did not happen has them without its condition
jq -r '.panels[].targets[].expr' src/data/rxpath-dashboard.json >"$work/queries"
[ "$(wc -l <"$work/queries")" -ge 5 ] || fail "the dashboard has too few queries"
while read -r expression; do
	expression=$(echo "$expression" | sed 's/\$instance/.*/; s/\[5m\]/[8s]/')
	case $expression in
	*suspects* | *pressure*) expression=${expression% > 0} ;;
	esac
	[ "$(count_of "$expression")" -gt 0 ] || fail "the dashboard's query returns nothing: $expression"
done <"$work/queries"

# The series of one host stay below what the page says.
most=$(query 'max(scrape_samples_scraped)' | jq -r '.data.result[0].value[1]')
[ "$most" -lt 1000 ] || fail "a host with one device has $most series"
[ "$failed" -eq 0 ] && echo "fleet: ok, $most series for a host with one device"
exit "$failed"
