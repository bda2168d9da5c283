# output.sh: where the bytes go: files replaced whole or not at all, streams, full disks, closed pipes.
# shellcheck shell=sh disable=SC2034,SC2154,SC2012

pair a b 1042
o=$T/output
mkdir "$o"

# leaves N: the folder holds that many files, hidden ones too.
leaves() {
	holds "$(ls -A "$o" | wc -l)" -eq "$1"
}

rx diff -o "$o/new" "$T/a" "$T/b"
status_is 1
out_is ''
err_is ''
holds "$(sed -n '2s/,.*//p' "$o/new")" = 'rxpath: drop'
rx diff "$T/a" "$T/b"
same "$T/out" "$o/new"
leaves 1

# Replaced, with its mode; a link stays a link, also one that led nowhere.
echo old >"$o/kept"
chmod 640 "$o/kept"
ln -s kept "$o/link"
ln -s made "$o/nowhere"
rx diff -f tsv --output "$o/link" "$T/a" "$T/b"
status_is 1
holds -L "$o/link"
holds "$(head -c 6 "$o/kept")" = '#stage'
holds "$(ls -l "$o/kept" | cut -c 1-10)" = '-rw-r-----'
rx save --root "$T/a" "$o/nowhere"
status_is 0
holds -L "$o/nowhere"
holds -f "$o/made"
leaves 5
(umask 027 && cd "$o" && exec "$RXPATH" diff -o mode "$T/a" "$T/b")
holds "$(ls -l "$o/mode" | cut -c 1-10)" = '-rw-r-----'
name=$(printf '%0240d' 7)
rx diff -o "$o/$name" "$T/a" "$T/b"
status_is 1
holds -s "$o/$name"
rx metrics --root "$T/a" -o "$o/metrics"
status_is 0
holds "$(tail -n 1 "$o/metrics")" = '# EOF'
rm -r "$o"
mkdir "$o"

# Not at all: an error before, in the middle, or no report to make.
echo old >"$o/file"
for arguments in 'diff no-such-file' 'totals no-such-file' 'check --root no-such-dir' 'metrics --root no-such-dir' \
	'save --root no-such-dir'; do
	# shellcheck disable=SC2086
	rx $arguments -o "$o/file"
	status_is 2
	rx $arguments -o "$o/other"
	status_is 2
done
rx run -o "$o/file" -- "$o/no-such-command"
status_is 127
rx run -o "$o/other" -- "$o/file"
status_is 126
holds "$(cat "$o/file")" = old
leaves 1
refuses 2 "$o/no/file: No such file" save "$o/no/file"
refuses 2 "$o/no/file: No such file" diff -o "$o/no/file" "$T/a" "$T/b"
refuses 125 "$o/no/file: No such file" run -o "$o/no/file" -- touch "$o/ran"
refuses 2 "$o: Is a directory" save "$o"
leaves 1

# Killed in the middle: the old file, and no piece of the new one.
title='killed while it waits'
start "$RXPATH" --root "$T/a" -i 30 -o "$o/file" >"$T/out" 2>"$T/err"
sleep .3
kill -9 "$pid"
ended
holds "$(cat "$o/file")" = old
leaves 1
title='interrupted: the report comes all the same'
start "$RXPATH" --root "$T/a" -i 30 -c 0 -f json -o "$o/file" >"$T/out" 2>"$T/err"
sleep .3
holds "$(cat "$o/file")" = old
kill -INT "$pid"
ended
status_is 0
holds "$(wc -l <"$o/file")" -eq 1
leaves 1
any sh -c 'ulimit -f 1; exec "$0" "$@"' "$RXPATH" save --root "$T/a" "$o/limited"
holds "$status" -ne 0
leaves 1

# A full disk.
rx diff -o /dev/full "$T/a" "$T/b"
status_is 2
err_is 'rxpath: /dev/full: No space left on device'
for arguments in --help --version explain "diff $T/a $T/b" "totals $T/a" "save --root $T/a" "metrics --root $T/a"; do
	title="rxpath $arguments >/dev/full"
	# shellcheck disable=SC2086
	"$RXPATH" $arguments >/dev/full 2>"$T/err"
	status=$?
	status_is 2
	err_has '^rxpath: standard output: No space left on device$'
done
mkdir "$T/tiny"
if [ "$root" = yes ] && mount -t tmpfs -o size=16k none "$T/tiny" 2>/dev/null; then
	echo old >"$T/tiny/file"
	head -c 12000 /dev/zero >"$T/tiny/filler"
	for name in file other; do
		rx save --root "$T/a" "$T/tiny/$name"
		status_is 2
		err_has "^rxpath: $T/tiny/$name: No space left on device\$"
		rx explain -o "$T/tiny/$name"
		status_is 2
	done
	holds "$(cat "$T/tiny/file")" = old
	holds "$(ls -A "$T/tiny" | wc -l)" -eq 2
	umount "$T/tiny"
else
	skip 'a full disk: cannot mount a tmpfs'
fi

# A folder that is not to be written to, and a file of somebody else.
if [ "$root" = yes ] && has setpriv; then
	chmod 755 "$o"
	cp "$RXPATH" "$T/rxpath"
	chmod 755 "$T/rxpath"
	for name in file other; do
		any setpriv --reuid 65534 --regid 65534 --clear-groups "$T/rxpath" diff -o "$o/$name" "$T/a" "$T/b"
		status_is 2
		err_is "rxpath: $o/$name: Permission denied"
	done
	leaves 1
	# The directory's owner keeps his file; another user's becomes the caller's, and no setuid bit stays.
	mkdir "$o/theirs"
	for at in file theirs/file; do
		echo old >"$o/$at"
		chown 65534 "${o:?}/${at%file}" "$o/$at"
		[ "$at" = theirs/file ] || chown 0 "$o"
		chmod 4755 "$o/$at"
		rx diff -o "$o/$at" "$T/a" "$T/b"
		status_is 1
		ls -ln "$o/$at" | awk '{ print $1, $3 }' >>"$T/kept"
	done
	holds "$(cat "$T/kept")" = "-rwxr-xr-x 0$nl-rwxr-xr-x 65534"
	rm -r "$o/theirs"
else
	skip 'files of others: not root, or no setpriv'
fi

# Streams are written to, not replaced.
rx diff "$T/a" "$T/b"
cp "$T/out" "$T/report"
for name in - /dev/stdout /dev/fd/1 /proc/self/fd/1; do
	title="-o $name >>file"
	echo first >"$T/log"
	{
		"$RXPATH" diff -o "$name" "$T/a" "$T/b"
		echo last
	} >>"$T/log"
	holds "$(cat "$T/log")" = "first$nl$(cat "$T/report")${nl}last"
done
title='-o /dev/stderr'
"$RXPATH" diff -o /dev/stderr "$T/a" "$T/b" >"$T/out" 2>"$T/err"
same "$T/err" "$T/report"
title='-o /dev/fd/7'
"$RXPATH" diff -o /dev/fd/7 "$T/a" "$T/b" 7>"$T/log"
same "$T/log" "$T/report"
refuses 2 '/dev/fd/7: Bad file descriptor' diff -o /dev/fd/7 "$T/a" "$T/b"
rx diff -o /dev/null "$T/a" "$T/b"
status_is 1
holds -c /dev/null
mkfifo "$T/fifo"
title='-o FIFO'
timeout 20 cat "$T/fifo" >"$T/log" &
pid=$!
rx diff -o "$T/fifo" "$T/a" "$T/b"
status_is 1
wait "$pid"
same "$T/log" "$T/report"
holds -p "$T/fifo"
refuses 2 'no process has this FIFO open' diff -o "$T/fifo" "$T/a" "$T/b"
ln -s /dev/stdout "$T/stream"
rx diff -o "$T/stream" "$T/a" "$T/b"
status_is 1
same "$T/out" "$T/report"
holds -L "$T/stream"
rx save --root "$T/a" -
status_is 0
out_has '^==> rxpath <==$'
rx save --root "$T/a" -o -
status_is 0
out_has '^==> rxpath <==$'

# On a terminal no byte of the system is obeyed, neither of a file nor of its name.
if has script; then
	cp -r "$T/a" "$T/evil"
	statistics "$T/evil" "$(printf 'e\033[2J')"
	printf 'a\033]0;owned\007\302\233b\n' >"$T/evil/proc/sys/kernel/hostname"
	title='save on a terminal'
	script -qec "exec '$RXPATH' save --root '$T/evil'" /dev/null >"$T/out" 2>"$T/err" </dev/null
	out_has '^==> .*/e\\x1B\[2J/statistics/rx_dropped <=='
	out_has 'a\\x1B\]0;owned'
	holds "$(tr -d '\n\r\t -~' <"$T/out" | wc -c)" -eq 0
else
	skip 'save on a terminal: no script(1)'
fi

# Whoever read has gone: silence, as of grep.
for arguments in explain "--root $T/a -c 0 -i .01 -f tsv" "save --root $T/a"; do
	title="rxpath $arguments | head -n 1"
	# shellcheck disable=SC2086
	{
		timeout 20 "$RXPATH" $arguments 2>"$T/err"
		echo $? >"$T/status"
	} | head -n 1 >"$T/out"
	err_is ''
	[ "$arguments" = explain ] || holds "$(cat "$T/status")" -ne 124
done

# A stream that is closed is no file's place.
title='rxpath >&-'
"$RXPATH" diff "$T/a" "$T/b" >&- 2>"$T/err"
status=$?
status_is 2
err_is 'rxpath: standard output: Bad file descriptor'
title='rxpath -o FILE <&- >&- 2>&-'
"$RXPATH" diff -o "$o/file" "$T/a" no-such-file <&- >&- 2>&-
status=$?
status_is 2
"$RXPATH" diff -o "$o/file" "$T/a" "$T/b" <&- >&- 2>&-
status=$?
status_is 1
same "$o/file" "$T/report"
"$RXPATH" run --root "$T/a" -f json -o "$o/file" -- sh -c 'echo lost >&2' <&- >&- 2>&-
holds "$(wc -l <"$o/file")" -eq 1
