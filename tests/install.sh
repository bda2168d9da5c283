#!/bin/sh
# install.sh: what `make install` puts there, `make uninstall` takes away, and nothing else is touched.
set -eu
cd "$(dirname "$0")/.."
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
make -s SAN= install DESTDIR="$root" PREFIX=/opt/rx >/dev/null
[ -x "$root/opt/rx/bin/rxpath" ] || { echo "install: no program"; exit 1; }
"$root/opt/rx/bin/rxpath" --version >/dev/null
grep -q 'ExecStart=/opt/rx/bin/rxpath ' "$root/opt/rx/lib/systemd/system/rxpath-metrics.service" ||
	{ echo "install: the service does not start what was installed"; exit 1; }
# Of 10, as systemd counts what an attacker could do from within the service.
if command -v systemd-analyze >/dev/null 2>&1; then
	systemd-analyze security --offline=true --threshold=20 \
		"$root/opt/rx/lib/systemd/system/rxpath-metrics.service" >/dev/null 2>&1 ||
		{ echo "install: systemd-analyze finds the service's exposure over 2.0"; exit 1; }
else
	echo "install: skipped: the service's exposure: no systemd-analyze"
fi
stray=$(find "$root" -mindepth 1 -maxdepth 2 ! -path "$root/opt" ! -path "$root/opt/rx")
[ -z "$stray" ] || { echo "install: outside PREFIX: $stray"; exit 1; }
make -s SAN= uninstall DESTDIR="$root" PREFIX=/opt/rx >/dev/null
left=$(find "$root" ! -type d)
[ -z "$left" ] || { echo "install: left behind: $left"; exit 1; }
echo "install: ok"
