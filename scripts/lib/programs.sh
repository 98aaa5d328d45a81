# shellcheck shell=bash
# What writes code where the language hosts cannot, built from the module that tests/toolchain pins, and cached: the command
# for the programs of imported resources, and the hosts that write SDKs. Needs log.sh, paths.sh, go.sh.

PROGRAMS_SOURCES=("$REPO_ROOT"/tests/toolchain/{programs,writers}/*.go)
PROGRAMS_LANGUAGES=(go nodejs python)
readonly PROGRAMS_SOURCES PROGRAMS_LANGUAGES

# programs_build DIRECTORY: `programs`, and under hosts/ the writer of SDKs by the name of each language's host.
programs_build() {
    local work=$1.$$ language
    [[ ! -d $1 ]] || return 0
    rm -rf "$work"
    mkdir -p "$work/hosts"
    for language in "${PROGRAMS_LANGUAGES[@]}"; do
        ln -s ../writers "$work/hosts/pulumi-language-$language"
    done
    cd "$GO_MODULE" &&
        "$GO" build -p 2 -trimpath -ldflags "-s -w" -o "$work/" ./programs ./writers &&
        path_publish "$work" "$1"
}

# programs_require: sets INFERENCE_PROGRAMS, and INFERENCE_WRITERS, the folder of the hosts that write SDKs. Needs go_require
# before.
programs_require() {
    local directory
    directory=$CACHE_ROOT/bin/programs-$(path_hash "$(uname -m)" "$GO_MODULE"/go.{mod,sum} "${PROGRAMS_SOURCES[@]}")
    if [[ -d $directory ]]; then
        log_note "the writers of programs and SDKs are cached"
    else
        log_note "building the writers of programs and SDKs (a minute, once)"
        log_with_heartbeat "programs" "" log_quietly "$CACHE_ROOT/log/programs.log" \
            path_locked programs programs_build "$directory"
    fi
    INFERENCE_PROGRAMS=$directory/programs
    INFERENCE_WRITERS=$directory/hosts
    export INFERENCE_PROGRAMS INFERENCE_WRITERS
}
