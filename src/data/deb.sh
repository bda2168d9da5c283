#!/bin/sh
# deb.sh: makes the Debian package with debhelper, in build/: rxpath_*.deb.
#
# The sources go to a folder of their own, as git has them (or as they are, where there is no git),
# with src/data/debian as debian/. The maintainer is DEBFULLNAME and DEBEMAIL, else user.name and
# user.email of git, else a placeholder, which is not fit for publishing.
set -eu
version=${VERSION:?}
command -v dpkg-buildpackage >/dev/null && command -v dh >/dev/null || {
	echo "deb.sh: needs the packages dpkg-dev and debhelper" >&2
	exit 1
}
name=${DEBFULLNAME:-$(git config user.name 2>/dev/null || echo "Unknown maintainer")}
email=${DEBEMAIL:-$(git config user.email 2>/dev/null || echo unknown@localhost.invalid)}
maintainer="$name <$email>"
tree=build/deb/rxpath-$version
rm -rf build/deb
mkdir -p "$tree"
if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
	git ls-files -z | xargs -0 tar cf - | tar xf - -C "$tree"
	date=$(git log -1 --format=%aD)
else
	tar cf - --exclude=./build --exclude=./rxpath . | tar xf - -C "$tree"
	date=$(date -R)
fi
cp -r "$tree/src/data/debian" "$tree/debian"
sed "s|@MAINTAINER@|$maintainer|" "$tree/debian/control.in" >"$tree/debian/control"
rm "$tree/debian/control.in"
cat >"$tree/debian/changelog" <<END
rxpath ($version) unstable; urgency=medium

  * See /usr/share/doc/rxpath/NEWS.md.gz.

 -- $maintainer  $date
END
# The environment of a make above must not reach the package's own.
(cd "$tree" && env -u MAKEFLAGS -u MAKELEVEL -u VERSION dpkg-buildpackage -us -uc -b)
mv build/deb/rxpath_"$version"_*.deb build/
