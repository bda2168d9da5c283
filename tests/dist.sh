#!/bin/sh
# dist.sh: what a release is made of: the tarball, and the packages that are made of it. What is not
# installed here is skipped, and said so.
set -u
cd "$(dirname "$0")/.." || exit 1
rxpath=$(readlink -f "${RXPATH:-./rxpath}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

fail() {
	echo "dist: FAILED: $*"
	failed=1
}

skip() {
	echo "dist: skipped: $*"
}

has() {
	command -v "$1" >/dev/null 2>&1
}

if has aarch64-linux-gnu-gcc && has qemu-aarch64; then
	one=build/rxpath-static-aarch64
	case=fixtures/cases/full-queue
	make -s SAN= static STATIC_CC=aarch64-linux-gnu-gcc STATIC_OUT=$one || fail "make static for aarch64"
	"$rxpath" diff -f json "$case/before" "$case/after" >"$work/own.json"
	qemu-aarch64 "$one" diff -f json "$case/before" "$case/after" >"$work/other.json"
	cmp "$work/own.json" "$work/other.json" || fail "the program for aarch64 reports something else"
else
	skip "the static program for aarch64: needs gcc-aarch64-linux-gnu and qemu-user"
fi

if has git && git rev-parse --git-dir >/dev/null 2>&1; then
	make -s SAN= dist >/dev/null && cp build/rxpath-*.tar.gz "$work/first.tar.gz"
	sleep 1
	make -s SAN= dist >/dev/null && cmp -s build/rxpath-*.tar.gz "$work/first.tar.gz" ||
		fail "make dist gives other bytes the second time"
	version=$(sed -n 's/^#define RXPATH_VERSION "\(.*\)"$/\1/p' include/rxpath/version.h)
	# By itself, also below a checkout of something else: it is built and tested, and it is no commit of it.
	mkdir build/unpacked 2>/dev/null
	rm -rf "build/unpacked/rxpath-$version"
	tar xzf "build/rxpath-$version.tar.gz" -C build/unpacked
	[ -z "$(find build/unpacked -name .git)" ] || fail "git is in the tarball"
	(cd "build/unpacked/rxpath-$version" && make -s SAN= && make -s SAN= check-unit check-cases check-man) \
		>"$work/unpacked.log" 2>&1 || { cat "$work/unpacked.log"; fail "the tarball does not pass its tests"; }
	[ "$("build/unpacked/rxpath-$version/rxpath" --version)" = "rxpath $version" ] ||
		fail "the tarball's program does not name the version alone"
	if has musl-gcc; then
		# Alpine: the functions of its build file, in their order, as abuild calls them.
		multiarch=$(gcc -print-multiarch)
		(cd "build/unpacked/rxpath-$version" && make -s clean && CC="musl-gcc -idirafter /usr/include -idirafter /usr/include/$multiarch" \
			pkgdir=$work/alpine sh -ec '. src/data/alpine/APKBUILD; build; make check-cases; package') \
			>"$work/alpine.log" 2>&1 || { cat "$work/alpine.log"; fail "the steps of APKBUILD"; }
		[ -x "$work/alpine/usr/bin/rxpath" ] && [ ! -e "$work/alpine/usr/lib/systemd" ] || fail "what APKBUILD installs"
		grep -qx "pkgver=$version" src/data/alpine/APKBUILD || fail "the version of APKBUILD"
	else
		skip "the steps of APKBUILD: musl-gcc is not installed (package musl-tools)"
	fi
	rm -rf build/unpacked
	grep -q "rxpath_version $version}" src/data/rpm/rxpath.spec || fail "the version of rxpath.spec"
	grep -q "image: rxpath:$version\$" src/data/kubernetes/daemonset.yaml || fail "the version of daemonset.yaml"
	grep -q "^## $version " doc/NEWS.md || fail "NEWS.md does not know version $version"
	if has rpmbuild; then
		make -s SAN= rpm >"$work/rpm.log" 2>&1 || { cat "$work/rpm.log"; fail "make rpm"; }
	else
		skip "make rpm: rpmbuild is not installed (package rpm)"
	fi
	"$rxpath" --version | grep -qE "^rxpath $version( \(commit [0-9a-f]{7,}\))?\$" ||
		fail "the version of the checkout's program: $("$rxpath" --version)"
else
	skip "make dist: not a git checkout"
fi
if has dpkg-buildpackage && has dh && has lintian; then
	make -s SAN= deb >"$work/deb.log" 2>&1 || { cat "$work/deb.log"; fail "make deb"; }
	lintian --pedantic --fail-on error,warning build/rxpath_*.deb >"$work/lintian.log" 2>&1 ||
		{ cat "$work/lintian.log"; fail "lintian"; }
else
	skip "make deb: dpkg-dev, debhelper or lintian is not installed"
fi
[ "$failed" -eq 0 ] && echo "dist: ok"
exit "$failed"
