#!/bin/sh
# package.sh: what goes to others with the program: metrics, rules, completions, the static build.
# What is not installed here is skipped, and said so.
set -u
cd "$(dirname "$0")/.." || exit 1
rxpath=$(readlink -f "${RXPATH:-./rxpath}")
work=$(mktemp -d)
trap 'rm -rf "$work"; [ -z "${exporter:-}" ] || kill "$exporter" 2>/dev/null; [ -z "${server:-}" ] || kill "$server" 2>/dev/null
	[ -z "${netns:-}" ] || ip netns del "$netns"' EXIT
failed=0

fail() {
	echo "package: FAILED: $*"
	failed=1
}

skip() {
	echo "package: skipped: $*"
}

has() {
	command -v "$1" >/dev/null 2>&1
}

# metrics: whole, and every family once.
"$rxpath" metrics --output "$work/rxpath.prom" || fail "metrics exits $?"
[ "$(tail -n 1 "$work/rxpath.prom")" = '# EOF' ] || fail "metrics does not end in # EOF"
twice=$(grep '^# TYPE' "$work/rxpath.prom" | sort | uniq -d)
[ -z "$twice" ] || fail "a family twice: $twice"
bad=$(grep -v '^#' "$work/rxpath.prom" |
	grep -vE '^rxpath_[a-z0-9_]+(\{([a-z]+="([^"\\]|\\.)*",?)+\})? [0-9]+$')
[ -z "$bad" ] || fail "not a sample line: $bad"

if has promtool; then
	promtool check metrics < "$work/rxpath.prom" || fail "promtool check metrics"
	promtool check rules src/data/rxpath.rules.yml >/dev/null || fail "promtool check rules"
	promtool test rules tests/rules.yml >"$work/rules.log" 2>&1 ||
		{ cat "$work/rules.log"; fail "promtool test rules"; }
else
	skip "the alert rules: promtool is not installed (package prometheus)"
fi
# Of each loss that is within another one the rules know it, as the catalogue does.
# shellcheck disable=SC2046
"$rxpath" explain $("$rxpath" explain | awk '$2 == "drop" && $1 != "finding" { print $3 }') |
	awk '/^[^ ]/ { name = $1 } $1 == "within" { print name, $2 }' >"$work/within"
[ -s "$work/within" ] || fail "no counter is within another one"
while read -r part whole; do
	# Both kinds of loss; what is refused is in no alert.
	"$rxpath" explain "$whole" | grep -q '^  kind *drop$' || continue
	[ "$part" = softnet_flow_limit ] && continue
	parts=$(sed -n "/counter: $whole}/{n;s/.*counter=~\"\([^\"]*\)\".*/\1/p;}" src/data/rxpath.rules.yml)
	echo "$part" | grep -Eqx "${parts:-none}" || fail "the alert rules do not know that $part is within $whole"
done <"$work/within"
if has jq; then
	jq -e '.panels | length > 0' src/data/rxpath-dashboard.json >/dev/null || fail "the dashboard is no JSON"
else
	skip "jq is not installed"
fi

# A real Prometheus scrapes it through a real node_exporter.
answer() {
	curl -s --max-time 2 "$1" 2>/dev/null
}
if has prometheus && has prometheus-node-exporter && has curl; then
	mkdir "$work/data"
	printf 'scrape_configs: [{job_name: rx, scrape_interval: 1s, static_configs: [{targets: ["127.0.0.1:19100"]}]}]\n' \
		> "$work/prometheus.yml"
	prometheus-node-exporter --web.listen-address=127.0.0.1:19100 --collector.disable-defaults \
		--collector.textfile --collector.textfile.directory="$work" >/dev/null 2>&1 &
	exporter=$!
	prometheus --config.file="$work/prometheus.yml" --storage.tsdb.path="$work/data" \
		--web.listen-address=127.0.0.1:19090 >/dev/null 2>&1 &
	server=$!
	count=0
	until answer 'http://127.0.0.1:19090/api/v1/query?query=rxpath_udp_rcvbuf_errors_total' |
		grep -q '"counter":"UdpRcvbufErrors"'; do
		count=$((count + 1))
		[ "$count" -lt 40 ] || { fail "Prometheus has not seen rxpath's figures"; break; }
		sleep 0.5
	done
	answer 'http://127.0.0.1:19090/api/v1/query?query=node_textfile_scrape_error' |
		grep -q '"0"\]' || fail "node_exporter reports a scrape error"
	kill "$server" "$exporter" 2>/dev/null
	wait "$server" "$exporter" 2>/dev/null
	server= exporter=
else
	skip "prometheus, prometheus-node-exporter or curl is not installed"
fi

# The DaemonSet: it is one by the published schema (npm install kubernetes-models js-yaml), and its
# capabilities are all that its command needs.
manifest=src/data/kubernetes/daemonset.yaml
if has node && node -e 'require("kubernetes-models"); require("js-yaml")' 2>/dev/null; then
	node -e 'const {DaemonSet} = require("kubernetes-models/apps/v1/DaemonSet");
		new DaemonSet(require("js-yaml").load(require("fs").readFileSync(process.argv[1], "utf8"))).validate()' \
		"$manifest" >"$work/schema.log" 2>&1 || { cat "$work/schema.log"; fail "the DaemonSet is none by the schema"; }
elif has python3 && python3 -c 'import yaml' 2>/dev/null; then
	skip "the schema of the DaemonSet: NODE_PATH has no kubernetes-models and js-yaml; only its structure"
	python3 - "$manifest" <<'END' || fail "the structure of the DaemonSet"
import sys, yaml
doc = yaml.safe_load(open(sys.argv[1]))
assert (doc["apiVersion"], doc["kind"]) == ("apps/v1", "DaemonSet")
pod = doc["spec"]["template"]
assert doc["spec"]["selector"]["matchLabels"].items() <= pod["metadata"]["labels"].items()
assert pod["spec"]["hostNetwork"] is True and pod["spec"]["hostPID"] is True
volumes = {volume["name"] for volume in pod["spec"]["volumes"]}
for container in pod["spec"]["containers"]:
    context = container["securityContext"]
    assert context["readOnlyRootFilesystem"] is True and context["allowPrivilegeEscalation"] is False
    assert context["capabilities"]["drop"] == ["ALL"]
    assert {mount["name"] for mount in container["volumeMounts"]} <= volumes
END
else
	skip "the DaemonSet: needs node with kubernetes-models and js-yaml, or python3 with yaml"
fi
if [ "$(id -u)" -eq 0 ] && has setpriv && has ip && ip netns add "rxpath-package-$$" 2>/dev/null; then
	caps=-all$(sed -n 's/.*add: \[\(.*\)\]/,\1/p' "$manifest" | tr -d '" ' | tr '[:upper:]' '[:lower:]' | sed 's/,/,+/g')
	command=$(sed -n 's/^ *rxpath \(metrics .*\) -o .*/\1/p' "$manifest")
	# shellcheck disable=SC2086
	setpriv --bounding-set="$caps" --inh-caps="$caps" "$rxpath" $command >"$work/node.prom" || fail "the DaemonSet's command"
	grep -q "^rxpath_source_up{netns=\"rxpath-package-$$\".*} 1\$" "$work/node.prom" ||
		fail "the DaemonSet's capabilities ($caps) do not let it enter a namespace"
	grep '^rxpath_source_up.*} 0$' "$work/node.prom" && fail "the DaemonSet's capabilities ($caps) do not let it read that"
	ip netns del "rxpath-package-$$"
else
	skip "the DaemonSet's capabilities: not root, or no setpriv or ip"
fi

# Completions, as each shell runs them.
netns=
if [ "$(id -u)" -eq 0 ] && has ip && ip netns add "rxpathns$$" 2>/dev/null; then
	netns=rxpathns$$
else
	skip "completing --netns: not root, or no namespaces"
fi
if has bash; then
	PATH="$(dirname "$rxpath"):$PATH" bash -c '
		. src/data/completions/rxpath.bash
		ask() {
			COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
			_rxpath
		}
		try() {
			local expected=$1
			shift
			ask "$@"
			case " ${COMPREPLY[*]} " in
			*" $expected "*) ;;
			*) echo "package: completing \"$*\" gives \"${COMPREPLY[*]:0:5}\", not $expected"; exit 1 ;;
			esac
		}
		try totals rxpath to
		try --interval rxpath --int
		try --max-lost rxpath diff --m
		try tsv rxpath check -f t
		try nagios rxpath -f n
		try json rxpath get -f j
		try netfilter rxpath --stage n
		try device,softnet rxpath totals --stage device,soft
		[ -z "$1" ] || try "$1" rxpath --netns rxpathns
		try UdpRcvbufErrors rxpath explain UdpRcv
		try UdpRcvbufErrors rxpath --allow UdpRcv
		try rx_dropped rxpath --allow eth0 :
		try rx_dropped rxpath --allow eth0 : rx_d
		try rx_dropped rxpath --allow = eth0 : rx_d
		try rx_dropped rxpath --allow udp6/[ : : 1]:5 : rx_d
		try eth0:rx_dropped rxpath --allow eth0:rx_d
		try udp-refused rxpath explain udp-
		try lo rxpath --device l
		try suspect rxpath --fail-on = s
		ask rxpath --allow udp-
		[ ${#COMPREPLY[@]} -eq 0 ] || { echo "package: findings for --allow: ${COMPREPLY[*]}"; exit 1; }
		ask rxpath --stage device,d
		[ ${#COMPREPLY[@]} -eq 0 ] || { echo "package: a stage twice: ${COMPREPLY[*]}"; exit 1; }
	' bash "$netns" || fail "bash completion"
	for option in $("$rxpath" --help | grep -oE -- '--[a-z-]+' | sort -u); do
		for shell in rxpath.bash _rxpath rxpath.fish; do
			grep -qE -- "(--|-l )${option#--}\\b" "src/data/completions/$shell" ||
				[ "$option" = --help ] || [ "$option" = --version ] ||
				fail "$shell does not know $option"
		done
	done
else
	skip "bash is not installed"
fi
if has zsh; then
	# What a zsh on a terminal of its own makes of each line when TAB is pressed.
	cat >"$work/complete.zsh" <<-'END'
		zmodload zsh/zpty
		zpty -b shell zsh -f -i
		zpty -w shell "PS1=; TERM=dumb; LISTMAX=10000; fpath=($PWD/src/data/completions \$fpath)"
		zpty -w shell "path=(\$RXPATH_DIR \$path); autoload -Uz compinit; compinit -u -D; echo re''ady"
		heard=
		for (( i = 0; i < 200; i++ )); do
			while zpty -r -t shell piece; do heard+=$piece; done
			[[ $heard == *ready* ]] && break
			sleep .05
		done
		for line; do
			zpty -w -n shell "$line"$'\t'
			heard=
			for (( i = 0; i < 20; i++ )); do
				sleep .05
				while zpty -r -t shell piece; do heard+=$piece; i=12; done
			done
			print -r -- "$line: $heard" | tr '\r\n' '  '
			print
			zpty -w -n shell $'\x15'
		done
		zpty -d shell
	END
	# completes LINE WORD: the word is what becomes of it, or is offered.
	completes() {
		RXPATH_DIR=$(dirname "$rxpath") zsh -f "$work/complete.zsh" "$1" >"$work/zsh.log" 2>&1
		grep -qF -- "$2" "$work/zsh.log" || { cat "$work/zsh.log"; fail "zsh: completing '$1' lacks $2"; }
	}
	completes 'rxpath to' 'rxpath totals'
	completes 'rxpath diff --max' '--max-lost='
	completes 'rxpath -f ts' '-f tsv'
	completes 'rxpath get -f j' '-f json'
	completes 'rxpath --fail-on sus' 'suspect'
	completes 'rxpath --stage device,soc' 'device,socket'
	completes 'rxpath --allow UdpRcvb' 'UdpRcvbufErrors'
	completes 'rxpath --allow eth0:rx_dr' 'eth0:rx_dropped'
	completes 'rxpath explain udp-ref' 'udp-refused'
	completes 'rxpath get device-r' 'rxpath get device-r'
	! grep -qF device-ring "$work/zsh.log" || fail "zsh: a finding for get"
	completes 'rxpath run -- mkdi' 'mkdir'
	completes 'rxpath run -f json mkdi' 'mkdir'
	[ -z "$netns" ] || completes 'rxpath --netns rxpathn' "$netns"
	[ -z "$netns" ] || completes 'rxpath --netns=rxpathn' "--netns=$netns"
else
	skip "zsh is not installed"
fi
if has fish; then
	fish -n src/data/completions/rxpath.fish || fail "fish completion"
	# offers WORD LINE: whether fish has the word for that line.
	offers() {
		PATH="$(dirname "$rxpath"):$PATH" HOME=$work fish -c "source src/data/completions/rxpath.fish
			complete -C '$2'" 2>/dev/null | grep -q "^$1"
	}
	offers UdpRcvbufErrors 'rxpath --allow UdpRcv' || fail "fish: no counter for --allow"
	offers eth0:rx_dropped 'rxpath --allow eth0:rx_d' || fail "fish: no counter behind a subject"
	[ -z "$netns" ] || offers "$netns" 'rxpath --netns rxpathn' || fail "fish: no namespace for --netns"
	offers device,softnet 'rxpath --stage device,' || fail "fish: no second stage for --stage"
	offers device,device 'rxpath --stage device,d' && fail "fish: a stage twice"
	offers nagios 'rxpath -f n' || fail "fish: no format for -f"
	offers udp-refused 'rxpath explain udp-' || fail "fish: no finding to explain"
	for line in 'rxpath run -- mkd' 'rxpath run mkd' 'rxpath run -f json -- mkd' 'rxpath run --allow Udp -q mkd'; do
		offers mkdir "$line" || fail "fish: completing '$line' lacks mkdir"
	done
	offers udp-refused 'rxpath --allow udp-' && fail "fish: findings for --allow"
else
	skip "fish is not installed"
fi

# The static build runs, and is small where musl makes it.
if make -s SAN= static >"$work/static.log" 2>&1; then
	build/rxpath-static --version >/dev/null || fail "the static program does not run"
	if has musl-gcc; then
		size=$(stat -c %s build/rxpath-static)
		[ "$size" -lt 655360 ] || fail "the static program has $size bytes"
	else
		skip "the static program's size: musl-gcc is not installed (package musl-tools)"
	fi
else
	cat "$work/static.log"
	fail "make static"
fi

[ "$failed" -eq 0 ] && echo "package: ok"
exit "$failed"
