# check-kernels: boots Debian's kernels in emulated guests and runs the lab in each.
#
#	sh tests/kernels/kernels.sh
#
# KERNELS names the kernels, FAULTS the faults (patterns of the lab), GUESTS how many run at once: one
# for each CPU. It prints a line for each kernel and the report of each failure. A kernel that cannot
# be fetched or booted here is skipped and named.
set -u
here=$(cd "$(dirname "$0")/../.." && pwd)
cd "$here" || exit 1
work=$here/build/kernels
. tests/kernels/apt.sh
mkdir -p "$work"
cpus=$(getconf _NPROCESSORS_ONLN)

# What each name stands for: the suite, the architecture and the series.
row_of()
{
	case $1 in
	5.10) echo bullseye amd64 5.10 ;;
	6.1) echo bookworm amd64 6.1 ;;
	6.12) echo bookworm-backports amd64 6.12 ;;
	7.3) echo trixie-backports amd64 7.3 ;;
	s390x) echo bookworm s390x 6.1 ;;
	*) return 1 ;;
	esac
}

# unpack_kernel NAME SUITE ARCH SERIES: leaves $work/NAME/release, the kernel and its modules.
unpack_kernel()
{
	[ ! -e "$work/$1/release" ] || return 0
	apt_open "$work/apt" "$2" "$3" || return 1
	names=$(apt_run apt-cache pkgnames linux-)
	version=$(echo "$names" | sed -n "s/^linux-image-\($4[.+].*-$3\)\$/\1/p" |
		grep -v -e -rt- -e -cloud- | sort -V | tail -n 1)
	[ -n "$version" ] || return 1
	# Newer ones are split.
	packages=$(echo "$names" | grep -F -x -e "linux-image-$version" -e "linux-binary-$version" \
		-e "linux-modules-$version" -e "linux-base-$version")
	rm -rf "$work/$1"
	apt_unpack "$work/$1/root" $packages || return 1
	[ -d "$work/$1/root/lib/modules" ] || ln -s usr/lib "$work/$1/root/lib"
	/sbin/depmod -b "$work/$1/root" "$version" || return 1
	echo "$version" > "$work/$1/release"
}

# unpack_tools ARCH: what runs beside the lab, with its libraries, in $work/tools-ARCH.
unpack_tools()
{
	[ ! -e "$work/tools-$1/usr/sbin/xtables-nft-multi" ] || return 0
	apt_open "$work/apt" "$apt_suite" "$1" &&
		apt_unpack_all "$work/tools-$1" busybox-static iproute2 iptables nftables wireguard-tools
}

# build_for ARCH: the program and the lab, both static, in $work/build-ARCH.
build_for()
{
	case $1 in
	amd64) cc=${CC:-gcc} ;;
	s390x) cc=s390x-linux-gnu-gcc ;;
	esac
	apt_open "$work/apt" "$apt_suite" "$1" && apt_cmocka "$work/cmocka-$1" "$cc" || return 1
	build=build/kernels/build-$1
	make -s -j "$cpus" B="$build" CC="$cc" PIE=-static \
		LDFLAGS="-static -L$work/cmocka-$1" LDLIBS=-no-pie \
		CPPFLAGS="-isystem $work/cmocka-$1/source/include" \
		"$build/rxpath" "$build/tests/lab/lab"
}

# install_file FILE DIR: with the shared objects that it names, in turn.
install_file()
{
	mkdir -p "$image/$2"
	[ ! -e "$image/$2/${1##*/}" ] || return 0
	cp -L "$1" "$image/$2/" || return 1
	readelf -l -d "$1" 2>/dev/null |
		sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p; s/.*interpreter: .*\/\(.*\)\]/\1/p' |
		while read -r object; do
			found=$(find "$work/tools-$arch/lib" "$work/tools-$arch/usr/lib" \
				-name "$object" | head -n 1)
			install_file "$found" lib || return 1
		done
}

# make_image NAME ARCH: the initramfs $work/NAME/initramfs.
make_image()
{
	name=$1 arch=$2 image=$work/$1/image
	release=$(cat "$work/$name/release")
	rm -rf "$image"
	mkdir -p "$image/bin" "$image/lib/modules/$release" "$image/sys" "$image/proc" "$image/dev" \
		"$image/tmp" "$image/run"
	tools=$work/tools-$arch
	install_file "$tools/bin/busybox" bin || return 1
	install_file "$tools/bin/ip" bin || return 1
	install_file "$tools/sbin/tc" bin || return 1
	install_file "$tools/sbin/bridge" bin || return 1
	install_file "$tools/usr/sbin/nft" bin || return 1
	install_file "$tools/usr/bin/wg" bin || return 1
	for kind in nft legacy; do
		install_file "$tools/usr/sbin/xtables-$kind-multi" bin || return 1
		ln -s "xtables-$kind-multi" "$image/bin/iptables-$kind"
		ln -s "xtables-$kind-multi" "$image/bin/ip6tables-$kind"
	done
	# Its matches and targets, where it looks for them.
	for file in "$tools"/usr/lib/*/xtables/libxt_*.so "$tools"/usr/lib/*/xtables/lib*REJECT.so; do
		install_file "$file" "$(dirname "${file#"$tools/"}")" || return 1
	done
	mkdir -p "$image/etc"
	printf 'tcp 6 TCP\nudp 17 UDP\n' > "$image/etc/protocols"
	ln -s lib "$image/lib64"
	ln -s bin "$image/sbin"
	cp tests/kernels/init "$image/init"
	chmod 755 "$image/init"
	cp "$work/build-$arch/rxpath" "$work/build-$arch/tests/lab/lab" "$image/bin/"
	modules=$image/lib/modules/$release
	cp "$work/$name/root/lib/modules/$release"/modules.builtin* \
		"$work/$name/root/lib/modules/$release"/modules.order "$modules/"
	for module in $(cat tests/kernels/modules); do
		/sbin/modprobe -d "$work/$name/root" -S "$release" --show-depends "$module" 2>/dev/null
	done | sed -n 's/^insmod \([^ ]*\).*/\1/p' | sort -u | while read -r file; do
		cp "$file" "$modules/"
	done
	xz -d "$modules"/*.xz 2>/dev/null
	/sbin/depmod -b "$image" "$release"
	(cd "$image" && find . | cpio --quiet -o -H newc -R 0:0 | gzip -1) > "$work/$name/initramfs"
}

# boot NAME ARCH FAULTS: what the serial console showed is then in $work/NAME/log.
boot()
{
	name=$1
	append="panic=-1 mitigations=off quiet loglevel=1"
	append="$append FAULTS=$(echo "$3" | tr -s ' \n' ,,)"
	case $2 in
	amd64)
		# The kernel's own check of the timer fails where the emulator has to wait for a CPU.
		append="console=ttyS0 tsc=unstable no_timer_check $append"
		set -- qemu-system-x86_64 -append "$append" ;;
	s390x)
		set -- qemu-system-s390x -M s390-ccw-virtio -cpu max \
			-append "console=ttysclp0 $append" ;;
	esac
	# It would look for something to boot from in the network.
	nice -n 10 timeout -s KILL "${BOOT_SECONDS:-900}" "$@" -m 512 -smp 2 -nic none -nographic \
		-no-reboot -kernel "$(find "$work/$name/root" -name 'vmlinuz*' | head -n 1)" \
		-initrd "$work/$name/initramfs" </dev/null > "$work/$name/log" 2>&1
}

# The row of this kernel between the README's markers, with today's date.
note_in_readme()
{
	read -r passed failed skipped release machine < "$work/$1/figures"
	[ -n "$machine" ] || return 0
	awk -v series="$(echo "$release" | cut -d . -f 1-2)" -v machine="$machine" -v row="$(printf \
		'| %s | %s | %d | %d | %s |' "$release" "$machine" $((passed + failed)) "$passed" \
		"$(date -u +%Y-%m-%d)")" '
		/^<!-- end of kernels -->/ && !seen { print row; seen = 1 }
		index($0, "| " series ".") == 1 && index($0, "| " machine " |") {
			if (!seen)
				print row
			seen = 1
			next
		}
		{ print }' README.md > "$work/README.md" && cp "$work/README.md" README.md
}

# run NAME ARCH FAULTS: boots it and prints what came of them.
run()
{
	boot "$@"
	# While the kernel changes its own code, the emulator at times runs into the breakpoint that stands
	# there for a moment, and the guest ends.
	grep -q '^guest: done' "$work/$1/log" || boot "$@"
	rm -f "$work/$1/failed"
	awk -v NAME="$1" -v FIGURES="$work/$1/figures" -v FAILED="$work/$1/failed" \
		-f tests/kernels/judge.awk "$work/$1/log"
}

# prepare NAME SUITE ARCH SERIES: the kernel and its initramfs. 2: it is skipped.
prepare()
{
	name=$1
	shift
	case $2 in
	amd64) tools="qemu-system-x86_64" ;;
	s390x) tools="qemu-system-s390x s390x-linux-gnu-gcc" ;;
	esac
	for tool in $tools apt-get dpkg cpio xz readelf flock /sbin/depmod; do
		if ! command -v "$tool" >/dev/null; then
			echo "$name: skipped: no $tool on this machine"
			return 2
		fi
	done
	if ! unpack_kernel "$name" "$@" || ! unpack_tools "$2"; then
		echo "$name: skipped: cannot fetch Linux $3 of $1 for $2"
		return 2
	fi
	if ! build_for "$2" || ! make_image "$name" "$2"; then
		echo "$name: failed: the guest cannot be built"
		return 1
	fi
}

# judge NAME ARCH: runs the guest.
judge()
{
	name=$1
	run "$name" "$2" "${FAULTS:-*}"
	# An emulated CPU is at times stopped for longer than any real one. A fault that fails in a guest of
	# its own too is a failure.
	read -r passed failed rest < "$work/$name/figures"
	if [ "$failed" -gt 0 ] && [ "$failed" -le 10 ] && [ -s "$work/$name/failed" ]; then
		echo "$name: the $failed that failed, once more in another guest:"
		run "$name" "$2" "$(cat "$work/$name/failed")"
		read -r again failed rest < "$work/$name/figures"
		passed=$((passed + again))
		echo "$passed $failed $rest" > "$work/$name/figures"
		echo "$name: $passed passed, $failed failed in all"
	fi
	[ "$failed" -eq 0 ]
}

# check NAME: one kernel is prepared at a time, while the guests of others run.
check()
{
	if ! row=$(row_of "$1"); then
		echo "$1: no such kernel here"
		return 1
	fi
	set -- "$1" $row
	rm -f "$work/$1/figures"
	(flock 9 && prepare "$@") 9> "$work/lock"
	case $? in
	0) judge "$1" "$3" ;;
	2) ;;
	*) return 1 ;;
	esac
}

# Takes the next kernel that nobody took, until there is none.
take_turns()
{
	for name in $kernels; do
		mkdir "$work/taken/$name" 2>/dev/null || continue
		check "$name" > "$work/$name.out" 2>&1 || touch "$work/taken/$name/failed"
		cat "$work/$name.out"
	done
}

kernels=${KERNELS:-5.10 6.1 6.12 7.3 s390x}
rm -rf "$work/taken"
mkdir "$work/taken"
for guest in $(seq "${GUESTS:-$cpus}"); do
	take_turns &
done
wait
# A selection says nothing of the whole.
for name in $kernels; do
	[ -n "${FAULTS:-}" ] || [ ! -e "$work/$name/figures" ] || note_in_readme "$name"
done
[ -z "$(find "$work/taken" -name failed)" ]
