# shellcheck shell=bash
# The provider's builds. Needs log.sh, paths.sh, python.sh (PYTHON), static_libs.sh (INFERENCE_STATIC_ROOT, for release).

BUILD_BINARY=provider/pulumi-resource-inference
readonly BUILD_BINARY

# build_binary PRESET: the path of its binary.
build_binary() {
    printf '%s' "$REPO_ROOT/build/$1/$BUILD_BINARY"
}

# build_preset PRESET [TARGET]: configure and build everything, or one target. What can change between two runs is given each
# time, for CMake would go on with what it remembers.
build_preset() {
    cd "$REPO_ROOT" || return
    cmake --preset "$1" "-DPython3_EXECUTABLE=$PYTHON" &&
        cmake --build --preset "$1" --parallel 2 ${2:+--target "$2"}
}
