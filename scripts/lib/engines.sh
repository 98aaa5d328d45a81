# shellcheck shell=bash
# Other versions of the Pulumi CLI than the pinned one: built from the modules in tests/toolchain/engines, and cached. The
# YAML language host is that of the pinned one. Needs log.sh, paths.sh, python.sh, go.sh, pulumi.sh.

ENGINES_MODULES=$REPO_ROOT/tests/toolchain/engines
readonly ENGINES_MODULES

# engines_versions: the newest and the oldest, a line each.
engines_versions() {
    grep -v '^#' "$ENGINES_MODULES/versions"
}

# engines_write_module VERSION: the module that builds it, with the checksums of all that goes in.
engines_write_module() {
    local module=$ENGINES_MODULES/$1
    rm -rf "$module"
    mkdir -p "$module"
    cat >"$module/go.mod" <<MODULE
module inference.test/toolchain/engine

go 1.23.0

require github.com/pulumi/pulumi/pkg/v3 $1

// The CLI's own go.mod says the same; replace lines of a dependency do not count, so it is repeated here.
replace github.com/atotto/clipboard => github.com/tgummerer/clipboard v0.0.0-20241001131231-d02d263e614e
MODULE
    cat >"$module/tools.go" <<'TOOLS'
//go:build tools

// Package engine pins a Pulumi CLI; scripts/bump-engines wrote it.
package engine

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
TOOLS
    (cd "$module" && "$GO" mod tidy)
}

# engine_build VERSION DIRECTORY
engine_build() {
    local work=$2.$$
    [[ ! -x $2/pulumi ]] || return 0
    rm -rf "$work"
    mkdir -p "$work"
    cd "$ENGINES_MODULES/$1" &&
        "$GO" build -p 2 -ldflags "-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=$1" \
            -o "$work/" github.com/pulumi/pulumi/pkg/v3/cmd/pulumi &&
        ln -s "$(dirname "$PULUMI_CLI")/pulumi-language-yaml" "$work/pulumi-language-yaml" &&
        path_publish "$work" "$2"
}

# engine_require VERSION: sets ENGINE_CLI. After pulumi_require, which sets PULUMI_CLI.
engine_require() {
    local directory
    directory=$CACHE_ROOT/bin/engine-$1-$(path_hash "$(uname -m)" "$ENGINES_MODULES/$1"/go.* "$PULUMI_CLI")
    if [[ ! -x $directory/pulumi ]]; then
        log_note "building Pulumi CLI $1 from its Go module (about 5 minutes, once)"
        go_require
        log_with_heartbeat "Pulumi CLI $1" "" log_quietly "$CACHE_ROOT/log/engine-$1.log" \
            path_locked "engine-$1" engine_build "$1" "$directory"
    fi
    ENGINE_CLI=$directory/pulumi
    log_note "Pulumi CLI $1: $ENGINE_CLI"
    export ENGINE_CLI
}
