# shellcheck shell=bash
# The command that writes the programs of imported resources, where the language hosts cannot: Pulumi's own importer and
# generators, built from the module that tests/toolchain pins, and cached. Needs log.sh, paths.sh, go.sh.

PROGRAMS_SOURCE=$REPO_ROOT/tests/toolchain/programs
readonly PROGRAMS_SOURCE

# programs_build DIRECTORY
programs_build() {
    local work=$1.$$
    [[ ! -d $1 ]] || return 0
    rm -rf "$work"
    mkdir -p "$work"
    cd "$GO_MODULE" &&
        "$GO" build -p 2 -trimpath -ldflags "-s -w" -o "$work/programs" ./programs &&
        path_publish "$work" "$1"
}

# programs_require: sets INFERENCE_PROGRAMS. Needs go_require before.
programs_require() {
    local directory
    directory=$CACHE_ROOT/bin/programs-$(path_hash "$(uname -m)" "$GO_MODULE"/go.{mod,sum} "$PROGRAMS_SOURCE"/*.go)
    if [[ -d $directory ]]; then
        log_note "the writer of imported programs is cached"
    else
        log_note "building the writer of imported programs (a minute, once)"
        log_with_heartbeat "programs" "" log_quietly "$CACHE_ROOT/log/programs.log" \
            path_locked programs programs_build "$directory"
    fi
    INFERENCE_PROGRAMS=$directory/programs
    export INFERENCE_PROGRAMS
}
