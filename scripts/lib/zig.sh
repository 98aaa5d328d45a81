# shellcheck shell=bash
# The compiler of a release: Zig's clang from PyPI, with musl, libc++ and Apple's headers.
# Needs log.sh, paths.sh, python.sh, release/sources.tsv.

ZIG_CFLAGS="-O2 -g0 -fPIE -ffunction-sections -fdata-sections -fstack-protector-strong -fstack-clash-protection"
# shellcheck disable=SC2034 # used by the scripts that source this
readonly ZIG_CFLAGS

# zig_target ARCHITECTURE
zig_target() {
    case $1 in
    amd64) printf x86_64-linux-musl ;;
    arm64) printf aarch64-linux-musl ;;
    darwin-amd64) printf x86_64-macos ;;
    darwin-arm64) printf aarch64-macos ;;
    *) log_die "no architecture '$1': amd64 or arm64, darwin-amd64 or darwin-arm64" ;;
    esac
}

# zig_require: sets INFERENCE_ZIG, the program, and its cache, which holds the C library once it was compiled.
zig_require() {
    local version environment
    version=$(awk '$1 == "ziglang" { print $2 }' "$REPO_ROOT/release/sources.tsv")
    environment=$(python_environment zig "ziglang==$version" "ziglang==$version")
    INFERENCE_ZIG=$("$environment/bin/python" -c 'import pathlib, ziglang; print(pathlib.Path(ziglang.__file__).parent / "zig")')
    export INFERENCE_ZIG ZIG_GLOBAL_CACHE_DIR=$CACHE_ROOT/zig ZIG_LOCAL_CACHE_DIR=$CACHE_ROOT/zig
    log_note "Zig $version"
}
