# shellcheck shell=bash
# The language hosts that run TypeScript, Python and Go programs under the CLI, built from the module that
# tests/toolchain/hosts pins, and cached. Needs log.sh, paths.sh, go.sh.

HOSTS_MODULE=$REPO_ROOT/tests/toolchain/hosts
HOSTS_SDK=github.com/pulumi/pulumi/sdk/v3
HOSTS_PACKAGES=(
    "$HOSTS_SDK/go/pulumi-language-go"
    "$HOSTS_SDK/nodejs/cmd/pulumi-language-nodejs"
    "$HOSTS_SDK/python/cmd/pulumi-language-python"
)
readonly HOSTS_MODULE HOSTS_SDK HOSTS_PACKAGES

# hosts_build DIRECTORY: the hosts, and the script with which the one for Python starts programs.
hosts_build() {
    local work=$1.$$
    [[ ! -d $1 ]] || return 0
    rm -rf "$work"
    mkdir -p "$work"
    cd "$HOSTS_MODULE" &&
        "$GO" build -p 2 -trimpath -ldflags "-s -w" -o "$work/" "${HOSTS_PACKAGES[@]}" &&
        install -m 755 "$("$GO" list -m -f '{{.Dir}}' "$HOSTS_SDK")/python/cmd/pulumi-language-python-exec" "$work/" &&
        path_publish "$work" "$1"
}

# hosts_require: sets INFERENCE_HOSTS, the folder of the hosts. Needs go_require before.
hosts_require() {
    INFERENCE_HOSTS=$CACHE_ROOT/bin/hosts-$(path_hash "$(uname -m)" "$HOSTS_MODULE/go.mod" "$HOSTS_MODULE/go.sum")
    if [[ -d $INFERENCE_HOSTS ]]; then
        log_note "language hosts are cached"
    else
        log_note "building the language hosts (half a minute, once)"
        log_with_heartbeat "hosts" "" log_quietly "$CACHE_ROOT/log/hosts.log" \
            path_locked hosts hosts_build "$INFERENCE_HOSTS"
    fi
    export INFERENCE_HOSTS
}
