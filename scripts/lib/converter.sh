# shellcheck shell=bash
# The converter plugin for Terraform programs, built from the module that tests/toolchain/converter pins, and cached.
# Needs log.sh, paths.sh, go.sh.

CONVERTER_MODULE=$REPO_ROOT/tests/toolchain/converter
readonly CONVERTER_MODULE

# converter_build DIRECTORY
converter_build() {
    local work=$1.$$
    [[ ! -d $1 ]] || return 0
    rm -rf "$work"
    mkdir -p "$work"
    cd "$CONVERTER_MODULE" &&
        "$GO" build -p 2 -trimpath -ldflags "-s -w" -o "$work/pulumi-converter-terraform" . &&
        path_publish "$work" "$1"
}

# converter_require: sets INFERENCE_CONVERTER, the plugin.
converter_require() {
    local directory
    directory=$CACHE_ROOT/bin/converter-$(path_hash "$(uname -m)" "$CONVERTER_MODULE"/go.* "$CONVERTER_MODULE"/*.go)
    if [[ -d $directory ]]; then
        log_note "Terraform converter is cached"
    else
        log_note "building the Terraform converter (about 3 minutes, once)"
        go_require
        log_with_heartbeat "converter" "" log_quietly "$CACHE_ROOT/log/converter.log" \
            path_locked converter converter_build "$directory"
    fi
    INFERENCE_CONVERTER=$directory/pulumi-converter-terraform
    export INFERENCE_CONVERTER
}
