# run.sh: the bracketed command: its streams, signals and status are its own, and the report comes.
# shellcheck shell=sh disable=SC2034,SC2154,SC2016

tree "$T/live"
live=$T/live
# A command that loses packets: the second state of the files, put in place by itself.
tree "$T/lossy"
snmp "$T/lossy" 77
lose="cp '$T/lossy/proc/net/snmp' '$live/proc/net/snmp'"
heal() {
	snmp "$live"
}

# ---- the report: on standard error, in every format, or in a file
rx run --root "$live" -- sh -c "echo hello; $lose"
status_is 1
out_is hello
err_has '^rxpath: drop, lost 77;.* [0-9.]+ s,'
err_has 'UdpRcvbufErrors .*77'
heal
rx run --root "$live" -f tsv sh -c "echo hello; $lose"
status_is 1
out_is hello
err_has "^socket${tab}drop${tab}UdpRcvbufErrors${tab}-${tab}77${tab}77${tab}[0-9.]+${tab}0${tab}77${tab}-\$"
heal
rx run --root "$live" -f json -- sh -c "echo hello >&2; $lose"
status_is 1
out_is ''
holds "$(head -n 1 "$T/err")" = hello
err_has '^\{"schema":"rxpath/1",.*"state":"drop","lost":77,'
heal
rx run --root "$live" -f json -o "$T/report" -- sh -c "echo hello >&2; $lose"
status_is 1
err_is hello
holds "$(grep -c '"lost":77' "$T/report")" -ge 1
heal
rx run --root "$live" -q -- sh -c "$lose"
status_is 1
err_is ''
heal
rx run --root "$live" -o - -- sh -c "echo hello; $lose"
holds "$(head -n 1 "$T/out")" = hello
out_has '^rxpath: drop, lost 77'
err_is ''
heal
rx run --root "$live" --max-lost 77 -- sh -c "$lose"
status_is 0
heal
rx run --root "$live" --allow UdpRcvbufErrors=76 -- sh -c "$lose"
status_is 1
heal
rx run --root "$live" --stage device -- sh -c "$lose"
status_is 0
heal

# ---- its input and arguments; its options are its own
title='standard input'
printf 'one\ntwo\n' | "$RXPATH" run --root "$live" -q -- wc -l >"$T/out" 2>"$T/err"
holds "$(tr -d ' ' <"$T/out")" = 2
rx run --root "$live" -q -- printf '%s|' -f --all '' 'a b' --
out_is '-f|--all||a b|--|'
rx run --root "$live" -q printf '%s|' -f -x
out_is '-f|-x|'
# It gets the files that were open for us, and none of ours.
any sh -c 'ls /proc/self/fd'
cp "$T/out" "$T/descriptors"
rx run --root "$live" -o "$T/report" -- sh -c 'ls /proc/self/fd'
same "$T/descriptors" "$T/out"
any env MARK=42 "$RXPATH" run --root "$live" -q -- sh -c 'echo $MARK'
out_is 42

# ---- exit status
for n in 0 1 2 3 42 125 126 127 255; do
	rx run --root "$live" -q -- sh -c "exit $n"
	status_is "$n"
done
# The command's own failure is the more important news, and the report comes all the same.
rx run --root "$live" -- sh -c "$lose; exit 3"
status_is 3
err_has '^rxpath: drop, lost 77'
heal
for pair in HUP:129 INT:130 QUIT:131 ABRT:134 KILL:137 USR1:138 SEGV:139 PIPE:141 TERM:143; do
	rx run --root "$live" -- sh -c "$lose; ulimit -c 0; kill -${pair%:*} \$\$"
	status_is "${pair#*:}"
	err_has '^rxpath: drop, lost 77'
	heal
done
# Not found, not to be executed: as env does.
any env PATH=/usr/bin:/bin "$RXPATH" run --root "$live" -- no-such-command-anywhere
status_is 127
err_is 'rxpath: no-such-command-anywhere: No such file or directory'
rx run --root "$live" -- ./no/such/command
status_is 127
rx run --root "$live" -- ''
status_is 127
echo 'exit 0' >"$T/plain"
chmod 644 "$T/plain"
rx run --root "$live" -- "$T/plain"
status_is 126
err_is "rxpath: $T/plain: Permission denied"
rx run --root "$live" -- "$T"
status_is 126
# Without #!, a script of the shell: as env, nohup and the shell do.
chmod 755 "$T/plain"
rx run --root "$live" -q -- "$T/plain"
status_is 0
# Usage, and what could not be measured.
rx run --root no-such-dir -- touch "$T/ran"
status_is 125
holds ! -e "$T/ran"
cp -r "$live" "$T/broken"
echo xyz >"$T/broken/proc/net/softnet_stat"
rx run --root "$T/broken" -- true
status_is 125
err_has 'softnet_stat'
rx run --root "$T/broken" -- false
status_is 1
rx run --root "$T/broken" --stage device -- true
status_is 0

# ---- children left behind: neither waited for nor killed, also when they hold its streams
title='children left behind'
start=$(date +%s)
timeout 20 "$RXPATH" run --root "$live" -- sh -c 'sleep 8 & echo $!' >"$T/left" 2>"$T/err"
status=$?
status_is 0
err_has '^rxpath: ok'
holds $(($(date +%s) - start)) -lt 6
left=$(cat "$T/left")
checks=$((checks + 1))
kill -0 "$left" 2>/dev/null || fail 'the child was killed'
kill "$left" 2>/dev/null
# Children that we were born with are nobody that we wait for.
title='children of the shell before'
any sh -c 'sleep 8 & echo $!; exec "$0" "$@"' "$RXPATH" run --root "$live" -- sh -c 'exit 5'
status_is 5
kill "$(cat "$T/out")" 2>/dev/null

# ---- signals
# Signals that whoever started us ignores are ignored by the command too, and its end is still noticed.
any sh -c 'trap "" INT USR1; exec "$0" "$@"' "$RXPATH" run --root "$live" -q -- \
	sh -c 'kill -INT $$; kill -USR1 $$; exit 6'
status_is 6
if env --ignore-signal=CHLD true 2>/dev/null; then
	any timeout -s KILL 5 env --ignore-signal=CHLD "$RXPATH" run --root "$live" -q -- \
		sed -n 's/^SigIgn:.*\(.\)....$/\1/p' /proc/self/status
	status_is 0
	out_is 1
fi
# The mask is as it was: nothing stays blocked.
rx run --root "$live" -q -- sed -n 's/^Sig\(Blk\|Ign\):[[:space:]]*//p' /proc/self/status
cp "$T/out" "$T/signals"
any env sed -n 's/^Sig\(Blk\|Ign\):[[:space:]]*//p' /proc/self/status
same "$T/signals" "$T/out"

# to_us SIGNAL STATUS COMMAND: sent to us alone it is handed on, and the report comes.
to_us() {
	title="SIG$1 to rxpath run -- sh -c '$3'"
	rm -f "$T/ready"
	start "$RXPATH" run --root "$live" -- sh -c "$3" >"$T/out" 2>"$T/err"
	awaits "$T/ready"
	kill -"$1" "$pid"
	ended
	status_is "$2"
	err_has '^rxpath: drop, lost 77;.* [0-9]\.[0-9]+ s,'
	heal
}
to_us TERM 143 "$lose; touch '$T/ready'; exec sleep 20"
to_us HUP 129 "$lose; touch '$T/ready'; exec sleep 20"
to_us TERM 7 "trap 'exit 7' TERM; $lose; touch '$T/ready'; while :; do sleep .05; done"
to_us TERM 1 "trap '' TERM; $lose; touch '$T/ready'; sleep .7; exit 1"

# What the command sends to its parent does not come back to it.
rx run --root "$live" -q -- sh -c 'kill -TERM $PPID; sleep .2; exit 9'
status_is 9

# From the terminal: it reaches the command by itself, once, and the report still comes.
# (exec: a shell of script's that stays would die of the same ^C and give its own status.)
if has script; then
	on_terminal() {
		title="^C on a terminal: $1"
		{
			sleep .7
			printf '\003'
			sleep .7
		} | timeout 20 script -qec "exec '$RXPATH' run --root '$live' -f json -o '$T/report' -- sh -c \"$1\"" /dev/null >"$T/out" 2>"$T/err"
		status=$?
	}
	on_terminal "$lose; exec sleep 20"
	status_is 130
	holds "$(grep -c '"state":"drop","lost":77' "$T/report")" -eq 1
	heal
	on_terminal "trap 'echo caught' INT; sleep 1; sleep .5; exit 4"
	status_is 4
	holds "$(grep -c caught "$T/out")" -eq 1
	title='^C on a terminal: check'
	{
		sleep .7
		printf '\003'
		sleep .3
	} | timeout 20 script -qec "exec '$RXPATH' --root '$live' -i 30 -c 0 -o '$T/report' -f json" /dev/null >"$T/out" 2>"$T/err"
	status=$?
	status_is 0
	holds "$(grep -c '"interval":[01]\.' "$T/report")" -eq 1
else
	skip 'signals from a terminal: no script(1)'
fi
if has setsid; then
	title='SIGTERM to the whole group'
	cat >"$T/group.sh" <<-END
		"$RXPATH" run --root "$live" -- sh -c "trap 'exit 8' TERM; touch '$T/ready'; while :; do sleep .05; done"
		echo \$? >"$T/status"
	END
	rm -f "$T/ready" "$T/status"
	start setsid sh -c 'trap : TERM; . "$0"' "$T/group.sh" >"$T/out" 2>"$T/err"
	awaits "$T/ready"
	kill -TERM -"$pid"
	ended
	holds "$(cat "$T/status")" = 8
	err_has '^rxpath: ok'
else
	skip 'signals to a group: no setsid(1)'
fi
# As timeout(1) does it: to us, then to the group.
title='timeout -s INT'
timeout -s INT .5 "$RXPATH" run --root "$live" -- sleep 20 >"$T/out" 2>"$T/err"
status=$?
status_is 124
err_has '^rxpath: ok'
