# shellcheck shell=bash
# Debian source packages, without touching the machine's own apt settings: the deb-src lines are derived from its
# deb lines into a private source list with private package lists. Needs log.sh, paths.sh.

# source_lists DIRECTORY TYPE: write counterparts of this release's deb entries, in both formats apt knows. TYPE is
# deb-src, or deb for lists that another architecture can use.
source_lists() {
    local codename
    codename=$(. /etc/os-release && printf '%s' "$VERSION_CODENAME")
    cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
        awk -v release="$codename" -v type="$2" '$1 == "deb" && $0 ~ " " release "([ /-]|$)" {
            sub(/^deb/, type)
            sub(/arch=[^] ]*/, "")
            sub(/\[ *\] */, "")
            print
        }' >"$1/derived.list" || true
    awk -v release="$codename" -v type="$2" 'BEGIN { RS = ""; FS = "\n" }
        $0 ~ "(^|\n)Types:[^\n]*deb" && $0 ~ "\nSuites:[^\n]* " release "([ -]|\n|$)" {
            gsub(/(^|\n)(#|Architectures:)[^\n]*/, "")
            sub(/^\n/, "")
            sub(/Types:[^\n]*/, "Types: " type)
            print $0 "\n"
        }' /etc/apt/sources.list.d/*.sources 2>/dev/null >"$1/derived.sources" || true
}

# source_apt_get ARGUMENTS...: apt-get that sees only the derived lists.
source_apt_get() {
    apt-get -q -o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$CACHE_ROOT/apt/sources" \
        -o "Dir::State::Lists=$CACHE_ROOT/apt/lists" -o "Dir::Cache=$CACHE_ROOT/apt/cache" \
        -o APT::Sandbox::User=root -o Acquire::Retries=3 "$@"
}

# source_fetch PACKAGE VERSION DIRECTORY: unpack a source package, patches applied, into DIRECTORY/PACKAGE. When the
# archive no longer has that very version (the machine has not been upgraded for a while), take its newest.
source_fetch() {
    local package=$1 version=$2 directory=$3 apt=$CACHE_ROOT/apt
    mkdir -p "$apt/sources" "$apt/lists/partial" "$apt/cache/archives/partial" "$directory/$package.download"
    source_lists "$apt/sources" deb-src
    cd "$directory/$package.download" || return
    source_apt_get update
    source_apt_get source --download-only "$package=$version" ||
        source_apt_get source --download-only "$package"
    dpkg-source -x ./"$package"_*.dsc "$directory/$package"
}
