# shellcheck shell=bash
# Packs a release. Everything that could differ between two runs on the same commit is fixed: time, owner, order, paths.
# Needs log.sh, paths.sh, apt.sh, python.sh (PYTHON), zig.sh, static_libs.sh, build.sh; for its test minimal_root.sh.

RELEASE_NAME=pulumi-resource-inference
# What judges the SBOM.
RELEASE_SPDX_TOOLS=spdx-tools==0.8.5
readonly RELEASE_NAME RELEASE_SPDX_TOOLS

# release_epoch: the time that everything in the archive bears.
release_epoch() {
    if [[ -n ${SOURCE_DATE_EPOCH:-} ]]; then
        printf '%s' "$SOURCE_DATE_EPOCH"
    else
        git -C "$REPO_ROOT" log -1 --format=%ct 2>/dev/null ||
            log_die "no git history to take the time from: set SOURCE_DATE_EPOCH"
    fi
}

# release_build ARCHITECTURE: for INFERENCE_STATIC_ROOT. Configured anew, for CMake remembers.
release_build() {
    cd "$REPO_ROOT" || return
    cmake --preset release -B "build/package/$1" --fresh "-DPython3_EXECUTABLE=$PYTHON"
    cmake --build "build/package/$1" --parallel 2 --target "$RELEASE_NAME"
}

# release_version BUILD: CMake's project version, which binary and schema have, too.
release_version() {
    sed -n 's/^CMAKE_PROJECT_VERSION:[A-Z]*=//p' "$1/CMakeCache.txt"
}

# release_split BUILD DIRECTORY: the binary without symbols, and in DIRECTORY-debug what debuggers want.
release_split() {
    local debug=$2-debug/$RELEASE_NAME.debug
    llvm-objcopy --only-keep-debug "$1/provider/$RELEASE_NAME" "$debug"
    llvm-objcopy --strip-all "--add-gnu-debuglink=$debug" "$1/provider/$RELEASE_NAME" "$2/$RELEASE_NAME"
}

# release_describe COMMAND OUT BUILD ARGUMENTS...
release_describe() {
    "$PYTHON" "$REPO_ROOT/release/describe.py" "$1" "$2" --build "$3" --map "$3/provider/$RELEASE_NAME.map" \
        --prefix "$INFERENCE_STATIC_ROOT" "${@:4}"
}

# release_collect BUILD DIRECTORY: what the archive has.
release_collect() {
    rm -rf "$2" "$2-debug"
    mkdir -p "$2" "$2-debug"
    release_split "$1" "$2"
    cp "$REPO_ROOT/LICENSE" "$2"
    release_describe licences "$2/THIRD-PARTY-LICENCES.txt" "$1"
}

# release_tar DIRECTORY ARCHIVE: the same bytes for the same contents, which are plain files.
release_tar() (
    cd "$1" || exit
    export LC_ALL=C
    tar --format=ustar --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX \
        --mtime="@$SOURCE_DATE_EPOCH" --create --file - -- * | gzip -9 --no-name >"$2"
)

# release_pack ARCHITECTURE DIRECTORY: builds and writes archive, debug symbols and SBOM.
release_pack() (
    set -euo pipefail
    build=$REPO_ROOT/build/package/$1
    release_build "$1"
    version=$(release_version "$build")
    stem=$RELEASE_NAME-v$version-linux-$1
    release_collect "$build" "$build/archive"
    release_tar "$build/archive" "$2/$stem.tar.gz"
    release_tar "$build/archive-debug" "$2/$stem-debug.tar.gz"
    release_describe sbom "$2/$stem.spdx.json" "$build" --name "$RELEASE_NAME" --version "$version" \
        --architecture "$1" --archive "$2/$stem.tar.gz" --epoch "$SOURCE_DATE_EPOCH"
)

# release_pack_unrun ARCHITECTURE DIRECTORY: for macOS, where nobody has run it yet: under a name that no engine asks for, without
# symbols and SBOM.
release_pack_unrun() (
    set -euo pipefail
    build=$REPO_ROOT/build/package/$1
    release_build "$1"
    rm -rf "$build/archive"
    mkdir "$build/archive"
    cp "$build/provider/$RELEASE_NAME" "$REPO_ROOT/LICENSE" "$build/archive"
    "$PYTHON" "$REPO_ROOT/release/describe.py" licences "$build/archive/THIRD-PARTY-LICENCES.txt" --build "$build" \
        --prefix "$INFERENCE_STATIC_ROOT"
    release_tar "$build/archive" "$2/$RELEASE_NAME-v$(release_version "$build")-$1.unrun.tar.gz"
)

# release_make ARCHITECTURE DIRECTORY: fetches what is missing, then packs.
release_make() {
    local pack=release_pack
    [[ $1 != darwin-* ]] || pack=release_pack_unrun
    static_libs_require "$1"
    log_with_heartbeat "build" "" log_quietly "$REPO_ROOT/build/logs/release-$1.log" "$pack" "$1" "$2"
}

# release_test_require: what the test of the release needs, so that it waits for no download.
release_test_require() {
    local environment
    apt_require qemu-user-static busybox-static "${MINIMAL_ROOT_PACKAGES[@]}"
    (static_libs_require amd64)
    (static_libs_require arm64)
    environment=$(python_environment spdx "$RELEASE_SPDX_TOOLS" "$RELEASE_SPDX_TOOLS")
    SPDX_TOOL=$environment/bin/pyspdxtools
    export SPDX_TOOL
    minimal_root_require bookworm trixie bullseye
}

# release_elsewhere DIRECTORY: the same release from a copy of the tree, DIRECTORY/tree, with a cache of its own,
# DIRECTORY/cache, in which the libraries lie elsewhere and the environments of Python are those of here.
release_elsewhere() {
    local cache=$1/cache/${CACHE_ROOT##*/}
    mkdir -p "$1/tree" "$cache"
    git -C "$REPO_ROOT" ls-files -z --cached --others --exclude-standard --deduplicate |
        (cd "$REPO_ROOT" && tar --create --null --files-from=- --ignore-failed-read) | tar -C "$1/tree" --extract
    cp -r "$CACHE_ROOT/static" "$cache"
    ln -s "$CACHE_ROOT/python" "$cache"
    XDG_CACHE_HOME=$1/cache "$1/tree/scripts/release"
}

# release_checksums DIRECTORY
release_checksums() (
    cd "$1" || exit
    sha256sum -- "$RELEASE_NAME"-* >SHA256SUMS
)
