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

# source_require: its package lists, before any source_fetch.
source_require() {
    local apt=$CACHE_ROOT/apt
    mkdir -p "$apt/sources" "$apt/lists/partial" "$apt/cache/archives/partial"
    source_lists "$apt/sources" deb-src
    source_apt_get update
}

# source_newest PACKAGE: the newest version that Debian names, security updates included.
source_newest() {
    local version versions newest=
    versions=$(apt-cache -o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$CACHE_ROOT/apt/sources" \
        -o "Dir::State::Lists=$CACHE_ROOT/apt/lists" -o "Dir::Cache=$CACHE_ROOT/apt/cache" showsrc "$1" |
        awk '$1 == "Version:" { print $2 }')
    for version in $versions; do
        if [[ -z $newest ]] || dpkg --compare-versions "$version" gt "$newest"; then newest=$version; fi
    done
    printf '%s' "$newest"
}

# source_is_whole PACKAGE VERSION: whether the mirror has all files of it, which can be fewer than Debian names.
source_is_whole() (
    work=$(mktemp -d "${TMPDIR:-/tmp}/inference-source.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    cd "$work" && source_apt_get source --download-only "$1=$2" >/dev/null 2>&1
)

# source_fetch PACKAGE VERSION WHAT DIRECTORY: unpack a source package, patches applied, into DIRECTORY/PACKAGE; or only
# its original tarball, when WHAT is `upstream`. apt has compared either with what Debian signed.
source_fetch() {
    local download=$4/$1.download
    mkdir -p "$download"
    cd "$download" || return
    if [[ $3 == upstream ]]; then
        source_apt_get source --download-only "$1=$2" || true
        mkdir "$4/$1"
        tar --extract --strip-components=1 --directory "$4/$1" --file "$(echo ./"$1"_*.orig.tar.*z)"
    else
        source_apt_get source --download-only "$1=$2"
        dpkg-source --no-check -x ./"$1"_*.dsc "$4/$1"
    fi
}
