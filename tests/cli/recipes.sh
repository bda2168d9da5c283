# recipes.sh: every recipe of README and man page, run as it is written there.
#
# A line that begins with '# recipe: ' is one line of a recipe; tests/man.sh holds README and page to
# them, and the end of this file this file to the README. What runs is the line itself, in a folder where
# `rxpath` looks at files that lose packets and does not take its time, and ssh and docker are stubs.
# shellcheck shell=sh disable=SC2034,SC2154,SC2016

here=$T/recipes
mkdir -p "$here/bin" "$here/web2"
cat >"$here/bin/rxpath" <<-'END'
	#!/bin/sh
	# Never longer than a moment; below $TREE but for what has no use for it.
	echo $$ >"$TREE/pid.new" && mv "$TREE/pid.new" "$TREE/pid"
	command=check
	case ${1-} in
	run | save | diff | totals | metrics | explain)
		command=$1
		shift
		;;
	esac
	[ "$command" != check ] || set -- "$@" -i .8
	case "$command $*" in
	diff* | totals* | explain* | *--pid* | *--all-netns* | *--trace*) ;;
	metrics*/var/lib/*) exec "$PROGRAM" metrics --root "$TREE" -o "$HERE/rxpath.prom" ;;
	*) set -- --root "$TREE" "$@" ;;
	esac
	exec "$PROGRAM" "$command" "$@"
END
cat >"$here/bin/ssh" <<-'END'
	#!/bin/sh
	# Only web2 loses packets, and web3 is not there. Each host has files of its own.
	host=$1
	shift
	[ "$host" != web3 ] || exit 255
	rm -rf "$HERE/tree.$host"
	cp -r "$HERE/healthy" "$HERE/tree.$host"
	TREE=$HERE/tree.$host
	export TREE
	[ "$host" != web2 ] || ("$HERE/once" cp "$HERE/lossy/proc/net/snmp" "$TREE/proc/net/snmp") &
	"$@"
	status=$?
	wait
	exit $status
END
cat >"$here/bin/docker" <<-'END'
	#!/bin/sh
	echo "$CONTAINER"
END
cat >"$here/integration-test" <<-'END'
	#!/bin/sh
	[ -z "${LOSE-}" ] || cp "$HERE/lossy/proc/net/snmp" "$TREE/proc/net/snmp"
END
cat >"$here/once" <<-END
	#!/bin/sh
	# Runs the command once rxpath has its first sample below \$TREE.
	$(sed -n '/^awaits() {/,/^}/p; /^waits() {/,/^}/p' tests/cli.sh)
	awaits "\$TREE/pid"
	waits "\$(cat "\$TREE/pid")"
	"\$@"
END
chmod 755 "$here/once" "$here"/bin/* "$here/integration-test"
tree "$here/tree"
tree "$here/healthy"
tree "$here/lossy"
snmp "$here/lossy" 77
export PROGRAM="$RXPATH" TREE="$here/tree" HERE="$here" CONTAINER=$$

# recipe WORDS: runs the line that they stand in. meanwhile COMMAND: what happens while it runs.
find_recipe() {
	line=$(sed -n 's/^# recipe: //p' tests/cli/recipes.sh | grep -F -e "$1")
	[ "$(printf '%s\n' "$line" | wc -l)" -eq 1 ] || fail "'$1' is in several recipes"
	shell='sh'
	case $line in *'/{'*) shell=bash ;; esac
}

recipe() {
	find_recipe "$1"
	title="recipe: $line"
	(cd "$here" && PATH="$here/bin:$PATH" exec timeout 60 "$shell" -c "$line") >"$T/out" 2>"$T/err" </dev/null
	status=$?
}

# The same as a CI system runs it.
ci_recipe() {
	find_recipe "$1"
	title="CI recipe: $line"
	(cd "$here" && CI=true PATH="$here/bin:$PATH" exec timeout 60 bash -e -o pipefail -c "$line") >"$T/out" 2>"$T/err" </dev/null
	status=$?
}

meanwhile() {
	rm -f "$TREE/pid"
	(
		awaits "$TREE/pid"
		waits "$(cat "$TREE/pid")"
		"$@"
	) &
}

heal() {
	wait
	snmp "$TREE"
	statistics "$TREE" eth0
	statistics "$TREE" eth1
	udp6 "$TREE"
}

# recipe: rxpath run -- ./integration-test
LOSE=yes recipe 'run --'
status_is 1
err_has '^rxpath: drop, lost 77'
heal
recipe 'run --'
status_is 0

# recipe: rxpath run -f json:rxpath.json -- ./integration-test || { status=$?; jq -r '.moved[] | select(.lost > 0) | "\(.stage) \(.counter) \(.lost)"' rxpath.json; exit $status; }
# recipe: rxpath run -f junit:rxpath.xml -- ./integration-test
if has bash; then
	export LOSE=yes
	ci_recipe 'run -f json'
	unset LOSE
	status_is 1
	err_has '^rxpath: drop, lost 77'
	if has jq; then
		out_is 'socket UdpRcvbufErrors 77'
	else
		skip 'what the recipe with jq prints: it is not there'
	fi
	heal
	ci_recipe 'run -f json'
	status_is 0
	out_is ''
	heal
	export LOSE=yes
	ci_recipe 'run -f junit'
	unset LOSE
	status_is 1
	holds "$(grep -c '<testcase ' "$here/rxpath.xml")" -eq 6
	holds "$(grep -c '<failure ' "$here/rxpath.xml")" -eq 1
	heal
else
	skip 'the recipes for CI: no bash'
fi

# recipe: rxpath -i 10 -f nagios
meanwhile snmp "$TREE" 77
recipe '-f nagios'
status_is 2
out_has '^RXPATH CRITICAL: lost 77 packets in [0-9.]+ s at socket, '
heal
recipe '-f nagios'
status_is 0
out_has '^RXPATH OK: '

# recipe: report=$(rxpath -i 50 2>&1) || echo "$report"
meanwhile snmp "$TREE" 77
recipe '-i 50'
status_is 0
out_has '^rxpath: drop, lost 77'
heal
recipe '-i 50'
status_is 0
out_is ''

# recipe: rxpath --fail-on suspect --allow 'eth0:rx_dropped' --max-lost 10/s
meanwhile statistics "$TREE" eth0 500
recipe --fail-on
status_is 0
out_has 'rx_dropped .*eth0 .*500 .*allowed'
heal
meanwhile statistics "$TREE" eth1 500
recipe --fail-on
status_is 1
heal
meanwhile snmp "$TREE" 2
recipe --fail-on
status_is 0
heal
meanwhile snmp "$TREE" 77
recipe --fail-on
status_is 1
heal

# watches SHELL LINE: each loss is a line while rxpath still runs, and not only when it has ended.
watches() {
	title="recipe, with $1: $2"
	rm -f "$TREE/pid"
	: >"$T/out"
	# shellcheck disable=SC2086
	start env "PATH=$here/bin:$PATH" HERE="$here" $1 -c "cd '$here' && $2" >"$T/out" 2>"$T/err"
	awaits "$TREE/pid"
	waits "$(cat "$TREE/pid")"
	for errors in 70 75; do
		snmp "$TREE" "$errors"
		for _ in $(seq 100); do
			grep -q " $((errors == 70 ? 70 : 5))\$" "$T/out" && break
			sleep .05
		done
		out_has "^socket UdpRcvbufErrors - $((errors == 70 ? 70 : 5))\$"
		holds -d "/proc/$(cat "$TREE/pid")"
	done
	kill -INT "$(cat "$TREE/pid")"
	ended
	status_is 0
	out_is "socket UdpRcvbufErrors - 70${nl}socket UdpRcvbufErrors - 5"
	heal
}

# recipe: rxpath -c 0 -i 5 -f tsv | awk -W interactive -F '\t' '/^[^#]/ && $6 > 0 { print $1, $3, $4, $6; fflush() }'
find_recipe '-c 0'
for awk in awk mawk gawk 'busybox awk' original-awk; do
	if has "${awk%% *}"; then
		watches sh "${line%%| awk *}| $awk ${line#*| awk }"
	else
		skip "watching with $awk: it is not there"
	fi
done

# recipe: rxpath -i 10 -f tsv | awk -F '\t' '$3 == "sk_drops" { print $5, $4, $10 }' | sort -rn
meanwhile udp6 "$TREE" 30
recipe sk_drops
status_is 0
out_has '^30 udp6/\[::1\]:9999 inode=4242,uid=1000,'
heal

# recipe: rxpath save before.txt
# recipe: rxpath save after.txt
# recipe: rxpath diff before.txt after.txt
recipe 'save before.txt'
status_is 0
snmp "$TREE" 77
recipe 'save after.txt'
status_is 0
heal
recipe 'diff before.txt'
status_is 1
out_has '^rxpath: drop, lost 77;.* [0-9.]+ s'
rm "$here/before.txt"

# recipe: tail -n +1 /proc/net/{snmp,netstat,snmp6,softnet_stat,dev,udp,udp6} /sys/class/net/*/statistics/rx_* > before.txt
if has bash; then
	recipe 'tail -n +1'
	holds -s "$here/before.txt"
	rx diff --fail-on never "$here/before.txt"
	status_is 0
	err_is ''
else
	skip 'the recipe with braces: no bash'
fi

# recipe: rxpath --pid "$(docker inspect -f '{{.State.Pid}}' web)"
recipe docker
holds "$status" -le 1
out_has '^rxpath: [a-z]+, lost [0-9]+; '

# recipe: rxpath --all-netns -i 10
if [ "$root" = yes ]; then
	recipe --all-netns
	holds "$status" -le 2
	out_has '^rxpath: .* network namespace'
else
	skip 'the recipe with --all-netns: not root'
fi

# recipe: printf '%s\n' web1 web2 web3 | xargs -P 8 -I HOST sh -c 'ssh HOST rxpath -q -i 10; case $? in 0) ;; 255) echo HOST: not reached ;; *) echo HOST: packets lost or not measured ;; esac'
recipe ssh
status_is 0
sort "$T/out" >"$T/sorted"
cp "$T/sorted" "$T/out"
out_is "web2: packets lost or not measured${nl}web3: not reached"
err_is ''
heal

# recipe: rxpath totals sosreport-web1/
cp -r "$here/lossy" "$here/sosreport-web1"
recipe totals
status_is 1
out_has '^rxpath: drop, lost 77;.* since boot'

# recipe: rxpath --trace -i 10
if [ "$root" = yes ]; then
	recipe --trace
	if [ "$status" -eq 2 ]; then
		skip "the recipe with --trace: $(head -n 1 "$T/err")"
	else
		holds "$status" -le 1
	fi
else
	skip 'the recipe with --trace: not root'
fi

# recipe: rxpath metrics -o /var/lib/prometheus/node-exporter/rxpath.prom
recipe 'rxpath.prom'
status_is 0
holds "$(tail -n 1 "$here/rxpath.prom")" = '# EOF'

# recipe: rxpath explain UdpRcvbufErrors
recipe explain
status_is 0
out_has UdpRcvbufErrors

# Every line of the README's recipes has been run.
title='recipes of the README'
sed -n '/^## Recipes/,/^## How/s/^    //p' README.md | sort >"$T/readme"
sed -n 's/^# recipe: //p' tests/cli/recipes.sh | sort >"$T/marked"
same "$T/readme" "$T/marked"
