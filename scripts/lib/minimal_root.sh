# shellcheck shell=bash
# The smallest Debian there is, as a user's machine for a release: no development package, no OpenSSL, no CA store.
# Made by debootstrap once and kept as a tar file. Needs root, log.sh, paths.sh, source.sh.

MINIMAL_ROOT_PACKAGES=(debootstrap)
# shellcheck disable=SC2034 # used by the scripts that source this
readonly MINIMAL_ROOT_PACKAGES

# minimal_root_mirror CODENAME: where this machine has its packages of that release from; other releases are there, too.
minimal_root_mirror() {
    local lists
    lists=$(mktemp -d)
    source_lists "$lists" deb
    awk -v release="$1" '
        FILENAME ~ /\.list$/ { for (i = 2; i < NF; i++) if ($(i + 1) == release) { print $i; exit } }
        /^URIs:/ { uri = $2 }
        /^Suites:/ { for (i = 2; i <= NF; i++) if ($i == release) { print uri; exit } }
    ' "$lists/derived.list" "$lists/derived.sources"
    rm -rf "$lists"
}

# minimal_root_make FILE CODENAME MIRRORED: in memory and in a mount namespace of its own, so that nothing stays mounted.
minimal_root_make() (
    set -euo pipefail
    [[ ! -f $1 ]] || exit 0
    mkdir -p "$(dirname "$1")"
    work=$(mktemp -d "${TMPDIR:-/tmp}/inference-root.XXXXXX")
    trap 'rm -rf "$work" "$1.new"' EXIT
    # shellcheck disable=SC2016 # for the inner shell
    unshare --mount --propagation private bash -euc '
        mount -t tmpfs -o size=1g none "$1"
        debootstrap --variant=minbase "$2" "$1/root" "$3"
        rm -rf "$1/root/var/cache/apt" "$1/root/var/lib/apt/lists"
        tar -C "$1/root" --numeric-owner -cf "$4" .
    ' root "$work" "$2" "$(minimal_root_mirror "$3")" "$1.new"
    mv "$1.new" "$1"
)

# minimal_root_require CODENAME...: sets MINIMAL_ROOTS, a folder of minbase-<codename>.tar.
minimal_root_require() {
    local own codename
    own=$(. /etc/os-release && printf '%s' "$VERSION_CODENAME")
    export MINIMAL_ROOTS=$CACHE_ROOT/root
    for codename in "$@"; do
        if [[ -f $MINIMAL_ROOTS/minbase-$codename.tar ]]; then
            log_note "a minimal $codename is cached"
            continue
        fi
        ((EUID == 0)) || log_die "a minimal $codename for the test of the release needs root to be made and used"
        log_note "making a minimal $codename (a minute)"
        log_with_heartbeat "debootstrap" "" log_quietly "$CACHE_ROOT/log/minimal-root-$codename.log" \
            path_locked minimal-root minimal_root_make "$MINIMAL_ROOTS/minbase-$codename.tar" "$codename" "$own"
    done
}
