# shellcheck shell=bash
# The Python environment of tests and build step: one virtual environment for each set of pinned requirements, shared
# by all clones, and over it a thin one in build/python that adds this clone's simulator.
# Needs log.sh, paths.sh, apt.sh.

PYTHON_REQUIREMENTS=$REPO_ROOT/tests/requirements.txt
PYTHON_SIMULATOR_REQUIREMENTS=$REPO_ROOT/tests/requirements-simulator.txt
readonly PYTHON_REQUIREMENTS PYTHON_SIMULATOR_REQUIREMENTS

# python_can_make_environments INTERPRETER
python_can_make_environments() {
    "$1" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

# python_base: prints an interpreter, 3.11 or newer, that can make virtual environments.
python_base() {
    local candidate
    for candidate in python3 /usr/bin/python3; do
        if python_can_make_environments "$candidate"; then
            command -v "$candidate"
            return 0
        fi
    done
    log_die "no Python 3.11 with venv: install python3-venv"
}

# python_make_environment BASE DIRECTORY PIP_ARGUMENTS...: complete, or marked as not complete. An environment cannot be
# moved, so it is built where it stays.
python_make_environment() {
    local base=$1 directory=$2
    shift 2
    [[ ! -f $directory/complete ]] || return 0
    rm -rf "$directory"
    "$base" -m venv "$directory" &&
        "$directory/bin/python" -m pip install --quiet --disable-pip-version-check "$@" &&
        touch "$directory/complete"
}

# python_environment_directory NAME CONTENTS: prints the folder of the environment that is keyed by name, contents and
# interpreter.
python_environment_directory() {
    local base
    base=$(python_base)
    printf '%s' "$CACHE_ROOT/python/$1-$(path_hash "$2" "$base" "$("$base" -VV)")"
}

# python_environment NAME CONTENTS PIP_ARGUMENTS...: the same; makes it first when there is none.
python_environment() {
    local name=$1 base directory
    base=$(python_base)
    directory=$(python_environment_directory "$1" "$2")
    shift 2
    if [[ ! -f $directory/complete ]]; then
        log_note "making the Python environment '$name'" >&2
        log_with_heartbeat "pip install" "" log_quietly "$CACHE_ROOT/log/python-$name.log" \
            path_locked "python-$name" python_make_environment "$base" "$directory" "$@" >&2
    fi
    printf '%s' "$directory"
}

# python_overlay SHARED_ENVIRONMENT DIRECTORY: an environment that sees the shared one, and of this tree the simulator and
# the package tests/support.
python_overlay() {
    local packages
    "$1/bin/python" -m venv --without-pip --clear "$2"
    packages=$("$2/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    printf 'import site; site.addsitedir("%s")\n%s\n' \
        "$("$1/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')" \
        "$REPO_ROOT/tests/simulator
$REPO_ROOT/tests" >"$packages/inference.pth"
}

# python_use SHARED_ENVIRONMENT OVERLAY: sets PYTHON.
python_use() {
    local over="$1 $REPO_ROOT/tests"
    if [[ $(cat "$2/over" 2>/dev/null) != "$over" ]]; then
        python_overlay "$1" "$2"
        printf '%s' "$over" >"$2/over"
    fi
    export PYTHON=$2/bin/python
    log_note "$("$PYTHON" --version) in $2"
}

# python_tests_contents: what the tests need, in one text.
python_tests_contents() {
    cat "$PYTHON_REQUIREMENTS" "$PYTHON_SIMULATOR_REQUIREMENTS"
}

# python_require: sets PYTHON, the interpreter for everything in tests/ and for the build.
python_require() {
    local shared
    shared=$(python_environment tests "$(python_tests_contents)" \
        -r "$PYTHON_REQUIREMENTS" -r "$PYTHON_SIMULATOR_REQUIREMENTS")
    python_use "$shared" "$REPO_ROOT/build/python"
}

# python_require_simulator: the same with no more than the build and the simulator need, which is quick to install. Where
# the tests' environment is there already it does.
python_require_simulator() {
    local shared
    shared=$(python_environment_directory tests "$(python_tests_contents)")
    [[ -f $shared/complete ]] ||
        shared=$(python_environment simulator "$PYTHON_SIMULATOR_REQUIREMENTS" \
            -r "$PYTHON_SIMULATOR_REQUIREMENTS")
    python_use "$shared" "$REPO_ROOT/build/python-simulator"
}
