#!/bin/sh
# install.sh: what `make install` puts there, `make uninstall` takes away, and nothing else is touched.
set -eu
cd "$(dirname "$0")/.."
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
make -s SAN= install DESTDIR="$place" PREFIX=/opt/rx >/dev/null
[ -x "$place/opt/rx/bin/rxpath" ] || { echo "install: no program"; exit 1; }
"$place/opt/rx/bin/rxpath" --version >/dev/null
grep -q 'ExecStart=/opt/rx/bin/rxpath ' "$place/opt/rx/lib/systemd/system/rxpath-metrics.service" ||
	{ echo "install: the service does not start what was installed"; exit 1; }
# Of 10, as systemd counts what an attacker could do from within the service.
if command -v systemd-analyze >/dev/null 2>&1; then
	systemd-analyze security --offline=true --threshold=20 \
		"$place/opt/rx/lib/systemd/system/rxpath-metrics.service" >/dev/null 2>&1 ||
		{ echo "install: systemd-analyze finds the service's exposure over 2.0"; exit 1; }
else
	echo "install: skipped: the service's exposure: no systemd-analyze"
fi
stray=$(find "$place" -mindepth 1 -maxdepth 2 ! -path "$place/opt" ! -path "$place/opt/rx")
[ -z "$stray" ] || { echo "install: outside PREFIX: $stray"; exit 1; }
make -s SAN= uninstall DESTDIR="$place" PREFIX=/opt/rx >/dev/null
left=$(find "$place" ! -type d)
[ -z "$left" ] || { echo "install: left behind: $left"; exit 1; }
echo "install: ok"
