#!/bin/sh
# man.sh: the man pages are clean mdoc.
set -u
cd "$(dirname "$0")/.." || exit 1
if ! command -v mandoc >/dev/null 2>&1; then
	echo "man: skipped: mandoc is not installed"
	exit 0
fi
for page in man/*.[0-9]; do
	mandoc -T lint -W warning "$page" || exit 1
done
echo "man: ok"
