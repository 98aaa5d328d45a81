# shellcheck shell=bash
# A sysroot: Debian packages of one architecture, unpacked into the cache. A release is compiled against it, so what is
# installed on the machine neither matters nor changes, and another architecture's packages cannot push it aside.
# Needs log.sh, paths.sh, source.sh.

# What a release is linked from, with what that depends on; base-files has the texts of common licences.
SYSROOT_PACKAGES=(libc6-dev libgrpc-dev libprotobuf-c-dev libssl-dev libssl3 zlib1g-dev base-files)
SYSROOT_LISTS_MAX_AGE_MINUTES=$((24 * 60))
readonly SYSROOT_PACKAGES SYSROOT_LISTS_MAX_AGE_MINUTES

# sysroot_triplet ARCHITECTURE
sysroot_triplet() {
    case $1 in
    amd64) printf x86_64-linux-gnu ;;
    arm64) printf aarch64-linux-gnu ;;
    *) log_die "no architecture '$1': amd64 or arm64" ;;
    esac
}

# sysroot_compiler_package ARCHITECTURE: has <triplet>-gcc.
sysroot_compiler_package() {
    local triplet
    triplet=$(sysroot_triplet "$1")
    if [[ $1 == "$(dpkg --print-architecture)" ]]; then
        printf gcc
    else
        printf 'gcc-%s' "${triplet//_/-}"
    fi
}

# sysroot_apt ARCHITECTURE TOOL ARGUMENTS...: an apt that knows one architecture and has nothing installed.
sysroot_apt() {
    local apt=$CACHE_ROOT/sysroot/apt-$1 options
    options=(
        -q -o "APT::Architecture=$1" -o "APT::Architectures::=$1" -o APT::Sandbox::User=root
        -o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$apt/sources"
        -o "Dir::State=$apt/state" -o "Dir::State::status=$apt/state/status" -o "Dir::Cache=$apt/cache"
        -o Debug::NoLocking=1 -o Acquire::Retries=3
    )
    "$2" "${options[@]}" "${@:3}"
}

# sysroot_update ARCHITECTURE: its package lists, a day old at most.
sysroot_update() {
    local apt=$CACHE_ROOT/sysroot/apt-$1
    [[ -z $(find "$apt/updated" -mmin "-$SYSROOT_LISTS_MAX_AGE_MINUTES" 2>/dev/null) ]] || return 0
    mkdir -p "$apt/sources" "$apt/state/lists/partial" "$apt/cache/archives/partial"
    : >"$apt/state/status"
    source_lists "$apt/sources" deb
    sysroot_apt "$1" apt-get update || return
    touch "$apt/updated"
}

# sysroot_apt_install ARCHITECTURE OPTIONS...
sysroot_apt_install() {
    sysroot_apt "$1" apt-get install -y --no-install-recommends "${@:2}" \
        "${SYSROOT_PACKAGES[@]}" "libstdc++-$(gcc -dumpversion)-dev"
}

# sysroot_source_version ARCHITECTURE PACKAGE: the version of the source that its newest package was made from.
sysroot_source_version() {
    sysroot_apt "$1" apt-cache show --no-all-versions "$2" | awk '
        $1 == "Version:" { version = $2 }
        $1 == "Source:" && $3 != "" { source = $3; gsub(/[()]/, "", source) }
        END { print source != "" ? source : version }'
}

# sysroot_index ARCHIVE DIRECTORY: add rows to packages.tsv (package, version, architecture, source, its version) and
# files.tsv (package, path).
sysroot_index() {
    local package
    package=$(dpkg-deb --field "$1" Package)
    # shellcheck disable=SC2016 # fields of dpkg-deb
    dpkg-deb --show --showformat \
        '${Package}\t${Version}\t${Architecture}\t${source:Package}\t${source:Version}\n' "$1" >>"$2/packages.tsv"
    dpkg-deb --fsys-tarfile "$1" | tar -t | sed -n "s|^\.\(/.*[^/]\)\$|$package\t\1|p" >>"$2/files.tsv"
}

# sysroot_unpack ARCHIVES DIRECTORY. Absolute links would lead out of it.
sysroot_unpack() {
    local archive link
    mkdir -p "$2"
    for archive in "$1"/*.deb; do
        dpkg-deb --extract "$archive" "$2"
        sysroot_index "$archive" "$2"
    done
    find "$2" -type l -lname '/*' | while read -r link; do
        ln -sfnr "$2$(readlink "$link")" "$link"
    done
}

# sysroot_make ARCHITECTURE DIRECTORY
sysroot_make() (
    set -euo pipefail
    [[ ! -f $2/packages.tsv ]] || exit 0
    work=$CACHE_ROOT/sysroot/new-$1
    archives=$CACHE_ROOT/sysroot/apt-$1/cache/archives
    trap 'rm -rf "$work" "$archives"/*.deb' EXIT
    rm -rf "$work" "$archives"/*.deb
    sysroot_apt_install "$1" --download-only
    sysroot_unpack "$archives" "$work"
    path_publish "$work" "$2"
)

# sysroot_require ARCHITECTURE: sets INFERENCE_SYSROOT and INFERENCE_TRIPLET. Its name tells the set of packages, so a newer
# package makes a new one.
sysroot_require() {
    local log=$CACHE_ROOT/log/sysroot-$1.log packages
    INFERENCE_TRIPLET=$(sysroot_triplet "$1")
    log_quietly "$log" path_locked "sysroot-$1" sysroot_update "$1"
    packages=$(sysroot_apt_install "$1" --print-uris | awk '/^\x27/ { print $2 }' | sort)
    [[ -n $packages ]] || log_die "apt names no packages for $1"
    INFERENCE_SYSROOT=$CACHE_ROOT/sysroot/$1-$(path_hash "$packages")
    if [[ -f $INFERENCE_SYSROOT/packages.tsv ]]; then
        log_note "the $1 sysroot ($(wc -l <<<"$packages") packages) is cached"
    else
        log_note "fetching the $1 sysroot: $(wc -l <<<"$packages") packages"
        log_with_heartbeat "sysroot" "" log_quietly "$log" \
            path_locked "sysroot-$1" sysroot_make "$1" "$INFERENCE_SYSROOT"
    fi
    export INFERENCE_SYSROOT INFERENCE_TRIPLET
}
