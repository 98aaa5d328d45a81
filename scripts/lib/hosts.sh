# shellcheck shell=bash
# The language hosts that run TypeScript, Python and Go programs under the CLI, built from the module that
# tests/toolchain/hosts pins, and cached; what runs policy packs; and the newer hosts for Java and C# of
# tests/toolchain/generators, which write SDKs as well. Needs log.sh, paths.sh, go.sh, npm.sh.

HOSTS_MODULE=$REPO_ROOT/tests/toolchain/hosts
HOSTS_SDK=github.com/pulumi/pulumi/sdk/v3
HOSTS_PACKAGES=(
    "$HOSTS_SDK/go/pulumi-language-go"
    "$HOSTS_SDK/nodejs/cmd/pulumi-language-nodejs"
    "$HOSTS_SDK/python/cmd/pulumi-language-python"
)
HOSTS_GENERATORS_MODULE=$REPO_ROOT/tests/toolchain/generators
HOSTS_GENERATORS_PACKAGES=(
    github.com/pulumi/pulumi-java/pkg/cmd/pulumi-language-java
    github.com/pulumi/pulumi-dotnet/pulumi-language-dotnet/v3
)
readonly HOSTS_MODULE HOSTS_SDK HOSTS_PACKAGES HOSTS_GENERATORS_MODULE HOSTS_GENERATORS_PACKAGES

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

# hosts_build_generators DIRECTORY: those for Java and C#, and under policy/ the script that runs policy packs of
# TypeScript. That one is in a folder of its own: the CLI takes it only where it finds no host for TypeScript, and the
# host of hosts_build cannot run policy packs.
hosts_build_generators() {
    local work=$1.$$ sdk
    [[ ! -d $1 ]] || return 0
    rm -rf "$work"
    mkdir -p "$work/policy"
    sdk=$(cd "$HOSTS_MODULE" && "$GO" mod download "$HOSTS_SDK" && "$GO" list -m -f '{{.Dir}}' "$HOSTS_SDK") &&
        cd "$HOSTS_GENERATORS_MODULE" &&
        "$GO" build -p 2 -trimpath -ldflags "-s -w" -o "$work/" "${HOSTS_GENERATORS_PACKAGES[@]}" &&
        install -m 755 "$sdk/nodejs/dist/pulumi-analyzer-policy" "$work/policy/pulumi-analyzer-policy-nodejs" &&
        path_publish "$work" "$1"
}

# hosts_cached NAME BUILD TEXT MODULE...: sets HOSTS_FOUND, the cached folder that BUILD makes of what the modules pin.
hosts_cached() {
    local name=$1 build=$2 text=$3 module files=()
    shift 3
    for module in "$@"; do
        files+=("$module/go.mod" "$module/go.sum")
    done
    HOSTS_FOUND=$CACHE_ROOT/bin/$name-$(path_hash "$(uname -m)" "${files[@]}")
    if [[ -d $HOSTS_FOUND ]]; then
        log_note "$text are cached"
    else
        log_note "building the $text (once)"
        log_with_heartbeat "$name" "" log_quietly "$CACHE_ROOT/log/$name.log" \
            path_locked "$name" "$build" "$HOSTS_FOUND"
    fi
}

# hosts_require: sets INFERENCE_HOSTS and INFERENCE_GENERATORS, the folders of the hosts, and INFERENCE_POLICY, the npm
# packages of the policy pack. Needs go_require and npm_require before.
hosts_require() {
    hosts_cached hosts hosts_build "language hosts" "$HOSTS_MODULE"
    INFERENCE_HOSTS=$HOSTS_FOUND
    hosts_cached generators hosts_build_generators "hosts for Java and C#" \
        "$HOSTS_GENERATORS_MODULE" "$HOSTS_MODULE"
    INFERENCE_GENERATORS=$HOSTS_FOUND
    INFERENCE_POLICY=$(npm_packages policy "$REPO_ROOT/examples/policy")/node_modules
    export INFERENCE_HOSTS INFERENCE_GENERATORS INFERENCE_POLICY
}
