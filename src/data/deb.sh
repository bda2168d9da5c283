#!/bin/sh
# deb.sh: makes a Debian package of what `make install` installs, with dpkg-deb: build/rxpath_*.deb.
#
# The maintainer is DEBFULLNAME and DEBEMAIL, else user.name and user.email of git, else a placeholder,
# which is not fit for publishing.
set -eu
version=${VERSION:?}
arch=$(dpkg --print-architecture)
root=build/deb
rm -rf "$root"
make -s SAN= install DESTDIR="$root" PREFIX=/usr
# Debian requires a shared C library, so that its security fixes reach every program.
make -s SAN= PIE=-pie B=build/shared build/shared/rxpath
install -m 755 build/shared/rxpath "$root/usr/bin/rxpath"
strip --strip-unneeded --remove-section=.comment --remove-section=.note "$root/usr/bin/rxpath"
# The paths that Debian uses.
mkdir -p "$root/lib" "$root/usr/share/zsh/vendor-completions" "$root/DEBIAN"
mv "$root/usr/lib/systemd" "$root/lib/systemd"
rmdir "$root/usr/lib"
mv "$root/usr/share/zsh/site-functions/_rxpath" "$root/usr/share/zsh/vendor-completions/_rxpath"
rmdir "$root/usr/share/zsh/site-functions"
gzip -n -9 "$root"/usr/share/man/man?/*
cp LICENSE "$root/usr/share/doc/rxpath/copyright"
name=${DEBFULLNAME:-$(git config user.name 2>/dev/null || echo "Unknown maintainer")}
email=${DEBEMAIL:-$(git config user.email 2>/dev/null || echo unknown@localhost.invalid)}
maintainer="$name <$email>"
date=$(git log -1 --format=%aD 2>/dev/null || date -R)
printf 'rxpath (%s) unstable; urgency=low\n\n  * Built from its sources.\n\n -- %s  %s\n' "$version" \
	"$maintainer" "$date" |
	gzip -n -9 > "$root/usr/share/doc/rxpath/changelog.gz"
libc=$(dpkg-query -W -f '${Version}' libc6 2>/dev/null | sed 's/-.*//')
cat > "$root/DEBIAN/control" <<END
Package: rxpath
Version: $version
Architecture: $arch
Maintainer: $maintainer
Section: net
Priority: optional
Depends: libc6 (>= ${libc:-2.31})
Installed-Size: $(du -sk --exclude=DEBIAN "$root" | cut -f 1)
Description: receive-path health checker
 Shows at which stage of the Linux receive path packets are lost, how many,
 whose they were, and what to do about it. It compares two samples of the
 counters of the kernel and counts each lost packet once.
END
find "$root" -type d -exec chmod 755 {} +
package=build/rxpath_${version}_$arch.deb
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null || date +%s) \
	dpkg-deb --root-owner-group --build "$root" "$package"
