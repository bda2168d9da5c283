# Debian packages of any suite and architecture, unpacked below build/: nothing is installed.
# Sourced. Each suite has an apt directory of its own; the base address is that of the machine's
# own sources.

# The base address and the suite of this machine; empty without apt.
apt_base=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 2>/dev/null | head -n 1)
apt_suite=$(apt-get indextargets --format '$(CODENAME)' 'Created-By: Packages' 2>/dev/null |
	head -n 1)

# apt_open DIR SUITE ARCH: the lists of packages; later calls use what this one chose. Sources are
# those of this machine's suite only.
apt_open()
{
	apt_dir=$1/$2-$3 apt_arch=$3
	[ -n "$apt_base" ] || return 1
	mkdir -p "$apt_dir/lists/partial" "$apt_dir/archives/partial"
	: > "$apt_dir/status"
	types=deb
	[ "$2" != "$apt_suite" ] || types="deb deb-src"
	for type in $types; do
		echo "$type [arch=$3 signed-by=$apt_keys] $apt_base $2 main"
	done > "$apt_dir/sources.list"
	[ -z "$(find "$apt_dir/updated" -mtime -1 2>/dev/null)" ] || return 0
	apt_run apt-get -qq update && touch "$apt_dir/updated"
}
apt_keys=/usr/share/keyrings/debian-archive-keyring.gpg

# apt_run TOOL ARG...: apt-get or apt-cache with the directories of apt_open.
apt_run()
{
	tool=$1
	shift
	"$tool" -o Dir::State="$apt_dir" -o Dir::State::status="$apt_dir/status" \
		-o Dir::Cache="$apt_dir" -o Dir::Etc::sourcelist="$apt_dir/sources.list" \
		-o Dir::Etc::sourceparts=/dev/null -o Dir::Etc::preferencesparts=/dev/null \
		-o APT::Architecture="$apt_arch" -o APT::Architectures="$apt_arch" \
		-o APT::Sandbox::User=root -o Acquire::Languages=none "$@"
}

# apt_unpack ROOT PACKAGE...: just these packages.
apt_unpack()
{
	root=$1
	shift
	mkdir -p "$root" "$apt_dir/single"
	(cd "$apt_dir/single" && apt_run apt-get -qq download "$@") || return 1
	for package; do
		dpkg -x "$(ls -t "$apt_dir/single/$package"_*.deb | head -n 1)" "$root" || return 1
	done
}

# apt_unpack_all ROOT PACKAGE...: these and what they depend on.
apt_unpack_all()
{
	root=$1
	shift
	apt_run apt-get -qq -y --no-install-recommends --download-only install "$@" \
		>/dev/null || return 1
	mkdir -p "$root"
	for file in "$apt_dir"/archives/*.deb; do
		dpkg -x "$file" "$root" || return 1
	done
}

# apt_cmocka DIR CC: the tests' library for another processor, DIR/libcmocka.a, from its source.
apt_cmocka()
{
	[ ! -e "$1/libcmocka.a" ] || return 0
	mkdir -p "$1/source"
	(cd "$1/source" && apt_run apt-get -qq source --download-only cmocka &&
		tar xf cmocka_*.orig.tar.?z --strip-components=1) || return 1
	"$2" -w -O1 -D_GNU_SOURCE -DHAVE_SIGNAL_H -DHAVE_STRSIGNAL -I"$1/source/include" \
		-c -o "$1/cmocka.o" "$1/source/src/cmocka.c" &&
		ar rcs "$1/libcmocka.a" "$1/cmocka.o"
}
