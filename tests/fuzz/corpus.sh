#!/bin/sh
# corpus.sh DIR: seeds for the fuzzer, from the fixtures and the seeds beside this script, and a
# dictionary of the words that the files are made of.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
fixtures=$here/../../fixtures
out=$1
rm -rf "$out/seeds"
mkdir -p "$out/seeds"

# A seed: the bundle on standard input behind the four bytes of a question.
seed() {
	{ printf '%s\n' "$1"; cat; } >"$(mktemp "$out/seeds/XXXXXX")"
}

# A directory that holds proc and sys, as `tail -n +1 FILE...` would have saved it.
bundle() {
	(cd "$1" && find proc sys -type f 2>/dev/null | sort | head -n 400 | while read -r file; do
		printf '==> /%s <==\n' "$file"
		cat "$file"
		echo
	done)
}

for file in "$here"/seeds/*; do
	[ -f "$file" ] && cp "$file" "$out/seeds/seed-${file##*/}"
done

# One kernel file each, in all its forms.
for folder in "$fixtures"/files/*/; do
	[ -d "$folder" ] || continue
	name=$(basename "$folder")
	case $name in
	nf_conntrack | rt_cache) name=stat/$name ;;
	esac
	for file in "$folder"*; do
		[ -f "$file" ] || continue
		case $file in
		*.error | *.txt | *README*) continue ;;
		esac
		{ echo "==> /proc/net/$name <=="; cat "$file"; echo; } | seed a000
	done
done

# Whole machines, against zero and against themselves.
for root in "$fixtures"/roots/*/; do
	[ -d "$root" ] && bundle "$root" | seed @000
done

# What a fault looks like: before and after, as files or as directories.
for folder in "$fixtures"/cases/*/ "$fixtures"/findings/*/*/; do
	[ -d "$folder" ] || continue
	for question in @000 a010 B042; do
		for half in before after; do
			if [ -d "$folder$half" ]; then
				bundle "$folder$half"
			elif [ -f "$folder$half" ]; then
				cat "$folder$half"
			fi
			[ $half = after ] || echo '==> cut <=='
		done | seed $question
	done
done

cat "$here/words" >"$out/words"
[ ! -x "${RXPATH-}" ] || "$RXPATH" explain |
	awk '{ print "\"" $3 "\""; if (match($3, /^(Udp6|UdpLite6?|Udp|Ip6|Icmp6|IpExt|TcpExt|Ip|Tcp|Icmp)/))
		print "\"" substr($3, RLENGTH + 1) "\"" }' | grep -v '""' | sort -u >>"$out/words"
echo "fuzz: $(ls "$out/seeds" | wc -l) seeds"
