# shellcheck shell=bash
# Debian packages: installs what is missing and nothing else; a machine that has all is not touched.
# Needs log.sh, paths.sh.

APT_BUILD_PACKAGES=(
    build-essential cmake ninja-build pkg-config git ca-certificates
    libgrpc-dev libprotobuf-c-dev protobuf-c-compiler protobuf-compiler libprotobuf-dev
    libcurl4-openssl-dev libcjson-dev libssl-dev zlib1g-dev
    python3 python3-venv python3-yaml
    llvm
)
APT_TEST_PACKAGES=(
    clang clang-format clang-tidy libclang-rt-14-dev valgrind shellcheck
    gpg gpg-agent
)
# shellcheck disable=SC2034 # used by the scripts that source this
readonly APT_BUILD_PACKAGES APT_TEST_PACKAGES

# apt_is_installed PACKAGE
apt_is_installed() {
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

# apt_missing PACKAGE...: prints those that are not installed, a line each.
apt_missing() {
    local package
    for package in "$@"; do
        apt_is_installed "$package" || printf '%s\n' "$package"
    done
}

# apt_get ARGUMENTS...: without questions, and waiting for another apt that holds the lock.
apt_get() {
    local as_root=()
    ((EUID == 0)) || as_root=(sudo)
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get -q -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3 "$@"
}

# apt_update: once a run at most, and in turn with other runs on this machine.
apt_update() {
    [[ -z ${APT_UPDATED:-} ]] || return 0
    mkdir -p "$CACHE_ROOT/log"
    log_quietly "$CACHE_ROOT/log/apt-update.log" \
        flock "$CACHE_ROOT/apt.lock" bash -c "$(declare -f apt_get); apt_get update"
    APT_UPDATED=yes
}

# apt_require PACKAGE...
apt_require() {
    local missing
    mapfile -t missing < <(apt_missing "$@")
    if ((${#missing[@]} == 0)); then
        log_note "all ${#} Debian packages are there"
        return 0
    fi
    ((EUID == 0)) || command -v sudo >/dev/null ||
        log_die "these packages are missing and need root to install: ${missing[*]}"
    log_note "installing ${#missing[@]} Debian packages: ${missing[*]}"
    apt_update
    log_with_heartbeat "apt-get install" "" log_quietly "$CACHE_ROOT/log/apt-install.log" \
        apt_get install -y --no-install-recommends "${missing[@]}"
}
