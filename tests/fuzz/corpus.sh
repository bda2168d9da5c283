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

# A section of a bundle, with the bytes of that file.
section() {
	printf '==> %s <==\n' "$1"
	cat "$2"
	echo
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

# One kernel file each, in all its forms, wherever a source may have it: the fuzzer drops the seeds of paths
# that no source has. "sctp-snmp" is sctp/snmp.
for file in "$fixtures"/files/*/*; do
	case $file in
	*.error | *.readings | *.txt | *README*) continue ;;
	esac
	name=$(basename "$(dirname "$file")" | tr - /)
	for folder in /proc /proc/net /proc/net/stat /proc/net/netfilter rxpath; do
		section "$folder/$name" "$file" | seed a@00
	done
done

# Recordings of drop events, as this kernel lays them out and as older ones do.
now=$fixtures/trace/6.18.44
for header in "$now/header_page" "$fixtures"/trace/old/header_page-*; do
	for kfree in "$now/kfree_skb.format" "$fixtures"/trace/old/kfree_skb-*; do
		{
			section header_page "$header"
			section kfree_skb.format "$kfree"
			for event in sock_rcvqueue_full sock_exceed_buf_limit udp_fail_queue_rcv_skb; do
				section $event.format "$now/$event.format"
			done
			section page "$now/udp-overflow-0.page"
			section page "$now/udp-overflow-1.page"
			section kallsyms "$now/kallsyms"
			section stats "$now/stats"
		} >"$(mktemp "$out/seeds/XXXXXX")"
	done
done

# Whole machines, against zero and against themselves.
for root in "$fixtures"/roots/*/; do
	[ -d "$root" ] && bundle "$root" | seed @@00
done

# What a fault looks like: before and after, as files or as directories. The first letter of a question
# asks for -a (1), many reports (2), -q (4), samples as they are taken live (8), a watcher (16), a given first
# sample where there is no second (32); the second for stages ("@": all).
for folder in "$fixtures"/cases/*/ "$fixtures"/pairs/*/ "$fixtures"/findings/*/*/; do
	[ -d "$folder" ] || continue
	turn=$((${turn:-0} + 1))
	case $((turn % 3)) in
	0) questions='@@00 B@42 H@03' ;;
	1) questions='a@10 D@00 {@00' ;;
	*) questions='@000 a@1I R@02' ;;
	esac
	for question in $questions; do
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

# The same with the values at which a rule begins to hold: each row of a grid is a pair of its own.
for folder in "$fixtures"/grids/*/; do
	awk -v out="$out/seeds/grid-$(basename "$folder")-" '
	FILENAME ~ /before$/ { before = before $0 "\n"; next }
	FILENAME ~ /after$/ { after = after $0 "\n"; next }
	$1 == "" || $1 ~ /^#/ { next }
	count == 0 { for (count = 1; count <= NF; count++) names[count] = $count; next }
	{
		pair = before "==> cut <==\n" after
		for (i = 1; i < count; i++)
			gsub("@" names[i] "@", $i, pair)
		question = FNR % 3 == 0 ? "h@@A" : FNR % 3 == 1 ? "@@00" : "p@0B"
		printf "%s\n%s", question, pair >(out FNR)
		close(out FNR)
	}' "${folder}before" "${folder}after" "${folder}values"
done

# What each source says when it cannot be read: not there, without privilege, too large, out of time.
for number in 1 2 4 7 13 110; do
	{
		printf '==> rxpath <==\nversion 1\nmonotonic 5\n\n==> /proc/sys/net/netfilter/nf_conntrack_count <==\n3\n\n'
		printf '==> rxpath/missing <==\n'
		sed -n 's/.*\.\(path\|section\) = "\([^"]*\)".*/\2 '$number' text/p' "$here/../../src/model/source.c" |
			sed 's,/ ,/eth0 ,'
	} | seed a@00
done

# Layouts of events that are cut or hold sizes that no kernel has.
for change in '/ID/d' '/common_type/d' 's/size:4/size:1/' 's/size:2/size:1/' 's/size:8/size:3/' 's/size:[0-9]*;//' \
	's/offset:8/offset:9000/' 's/size:/size:99999/' 's/ID: .*/ID: x/' '/commit/d'; do
	{
		sed "$change" "$now/header_page" >"$out/changed"
		section header_page "$out/changed"
		for event in kfree_skb sock_rcvqueue_full sock_exceed_buf_limit udp_fail_queue_rcv_skb; do
			sed "$change" "$now/$event.format" >"$out/changed"
			section $event.format "$out/changed"
		done
		section page "$now/udp-overflow-0.page"
		section kallsyms "$now/kallsyms"
		rm "$out/changed"
	} >"$(mktemp "$out/seeds/XXXXXX")"
done

cat "$here/words" >"$out/words"
[ ! -x "${RXPATH-}" ] || "$RXPATH" explain |
	awk '{ print "\"" $3 "\""; if (match($3, /^(Udp6|UdpLite6?|Udp|Ip6|Icmp6|IpExt|TcpExt|Ip|Tcp|Icmp)/))
		print "\"" substr($3, RLENGTH + 1) "\"" }' | grep -v '""' | sort -u >>"$out/words"
echo "fuzz: $(ls "$out/seeds" | wc -l) seeds"
