# usage.sh: options: what they take, what is refused and by which name.
# shellcheck shell=sh disable=SC2034,SC2154

tree "$T/usage"
rx --help
status_is 0
err_is ''
for word in check run save diff totals metrics explain --interval --count --format --all --output --quiet \
	--device --stage --fail-on --allow --max-lost --trace --netns --pid --root --color --help --version; do
	out_has "(^|[^a-z-])$word([^a-z-]|\$)"
done
rx --version
status_is 0
out_has '^rxpath [0-9]+\.[0-9]+\.[0-9]+$'
rx -V
status_is 0
rx explain -h
status_is 0

# A wrong value: the option's long name and the value, whichever way it was given.
refuses 2 "--interval: must be .*'0'" -i 0
refuses 2 "--interval: must be .*'x'" -i x
refuses 2 "--interval: must be .*'-1'" --interval -1
refuses 2 "--interval: must be .*'1e3'" --interval=1e3
refuses 2 "--interval: must be .*'1,5'" -i 1,5
refuses 2 "--interval: must be .*'nan'" -i nan
refuses 2 "--interval: must be .*' 1'" -i ' 1'
refuses 2 "--interval: must be .*''" -i ''
rx -q --root "$T/usage" -i 0.0000000009
status_is 0
rx -q --root "$T/usage" -i .01 --allow 'e=h:rx_dropped'
status_is 0
refuses 2 "--count: must be .*'x'" -c x
refuses 2 "--count: must be .*'-1'" -c -1
refuses 2 "--count: must be .*'1.5'" -c 1.5
refuses 2 '--count: must be ' -c 99999999999999999999
refuses 2 "--format: must be .*'xml'" -f xml
refuses 2 "--format: must be .*''" -f ''
refuses 2 '--output: must be ' -o ''
refuses 2 '--device: must be ' -d ''
refuses 2 "--device: must be .*'eth\\[0'" -d 'eth[0'
refuses 2 "--stage: must be .*'sockets'" --stage sockets
refuses 2 "--stage: must be .*'ip,'" --stage ip,
refuses 2 "--stage: must be .*''" --stage ''
refuses 2 "--fail-on: must be .*'loss'" --fail-on loss
refuses 2 "--fail-on: must be .*'traffic'" --fail-on traffic
refuses 2 "--color: must be .*'yes'" --color yes
refuses 2 '--netns: must be ' --netns ''
refuses 2 "--pid: must be .*'abc'" --pid abc
refuses 2 "--pid: must be .*'0'" --pid 0
refuses 2 "--pid: must be .*'-5'" --pid -5
refuses 2 "--pid: must be .*'99999999999'" --pid 99999999999
refuses 2 '--root: must be ' --root ''
for value in '' '=' '=3' 'X=' 'X=y' 'X=-1' 'X=1/m' 'X=1/' 'X=/s' 'X=1s' ':X' 'eth0:' 'a[b' 'eth[:X' 'a\' 'X=1=2x'; do
	refuses 2 '--allow: must be ' --allow "$value"
done
for value in '' x -1 1/m /s 1/ 1.x 99999999999999999999; do
	refuses 2 '--max-lost: must be ' --max-lost "$value"
done

# No value, one too many, no such option.
for option in interval count format output device stage fail-on allow max-lost netns pid root color; do
	refuses 2 "--$option: needs a value" "--$option"
done
refuses 2 '--interval: needs a value' -i
refuses 2 '--all: takes no value' --all=1
refuses 2 '--nope: unknown option' --nope
refuses 2 '-Z: unknown option' -Z
refuses 2 '-Z: unknown option' -aZ
refuses 2 '--co: unknown option' --co 3

# An option that has no effect on the command is an error.
refuses 2 "--interval: cannot be used with 'diff'" diff -i 3 a b
refuses 2 "--count: cannot be used with 'totals'" totals -c 2
refuses 125 "--count: cannot be used with 'run'" run -c 2 true
refuses 2 "--trace: cannot be used with 'save'" save --trace
refuses 2 "--netns: cannot be used with 'explain'" explain --netns x

# Commands and their arguments.
refuses 2 "unknown command 'chekc'" chekc
refuses 2 "unexpected argument 'x'" check x
refuses 2 "unexpected argument 'diff': the command must come before" -f tsv diff a b
refuses 2 "unexpected argument 'b'" save a b
refuses 2 "unexpected argument 'c'" diff a b c
refuses 2 "unexpected argument 'b'" totals a b
refuses 2 "unexpected argument 'x'" metrics x
refuses 2 'diff: needs' diff
refuses 2 'standard input' diff - -
refuses 2 'either as FILE or with --output' save -o a b
refuses 125 'run: needs' run
refuses 125 'run: needs' run --
refuses 125 '--nope: unknown option' run --nope true
refuses 125 '--stage: must be ' run --stage x true

# One target at a time.
refuses 2 '--netns and --pid: only one' --netns a --pid 1
refuses 2 '--root, .*: only one' --root "$T/usage" --pid 1
refuses 125 '--root, .*: only one' run --root "$T/usage" --netns a true
refuses 2 '--trace: cannot be combined with --root' --trace --root "$T/usage"
refuses 2 '--pid apply to live samples only' diff --pid 1 a b
refuses 2 '--root, .* apply to live samples only' totals --root "$T/usage" a
refuses 2 'no/such/dir: No such file or directory' --root no/such/dir
refuses 2 'Not a directory' --root /etc/passwd

# Nothing that somebody else chose reaches the terminal as it is.
esc=$(printf '\033[31m')
for arg in "$esc" "--allow==$esc" "--$esc" "--netns=$esc" "--root=$esc" "--output=no/$esc" "--stage=$esc"; do
	rx "$arg"
	status_is 2
	err_lacks "$(printf '\033')"
done
rx diff "no/$esc"
status_is 2
err_lacks "$(printf '\033')"
rx run -- "no/$esc"
status_is 127
err_lacks "$(printf '\033')"

# explain
rx explain
status_is 0
out_has '^socket +drop +UdpRcvbufErrors '
rx explain UdpRcvbufErrors softnet_dropped
status_is 0
out_has UdpRcvbufErrors
out_has softnet_dropped
rx explain NoSuchCounter
status_is 2
err_has "'NoSuchCounter'"
out_is ''
rx explain UdpRcvbufErrors NoSuchCounter
status_is 2
out_has UdpRcvbufErrors
rx explain -o "$T/explained" UdpRcvbufErrors
status_is 0
out_is ''
holds -s "$T/explained"
