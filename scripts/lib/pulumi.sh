# shellcheck shell=bash
# The real Pulumi CLI with its YAML language host: those on PATH if they are new enough, else built from their Go modules
# at the versions tests/toolchain pins, and cached. Needs log.sh, paths.sh, python.sh, go.sh.

PULUMI_PACKAGES=(
    github.com/pulumi/pulumi/pkg/v3/cmd/pulumi
    github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml
)
readonly PULUMI_PACKAGES

# pulumi_pinned_version: such as v3.259.0
pulumi_pinned_version() {
    awk '$1 == "github.com/pulumi/pulumi/pkg/v3" { print $2 }' "$REPO_ROOT/tests/toolchain/go.mod"
}

# pulumi_on_path: is there a CLI on PATH, with its YAML host, at least as new as the pinned one?
pulumi_on_path() {
    local version
    command -v pulumi >/dev/null && command -v pulumi-language-yaml >/dev/null || return 1
    version=$(PULUMI_SKIP_UPDATE_CHECK=true pulumi version 2>/dev/null) || return 1
    [[ $(printf '%s\n' "$(pulumi_pinned_version)" "$version" | sort -V | head -n 1) == "$(pulumi_pinned_version)" ]]
}

# How far the build is, from the lists it leaves in PULUMI_WORK.
pulumi_progress() {
    local total=0 built=0 fetched=0
    [[ ! -f $PULUMI_WORK/fetched ]] || fetched=$(grep -c 'downloading' "$PULUMI_WORK/fetched" || true)
    [[ ! -f $PULUMI_WORK/packages ]] || total=$(wc -l <"$PULUMI_WORK/packages")
    [[ ! -f $PULUMI_WORK/built ]] || built=$(wc -l <"$PULUMI_WORK/built")
    if ((total == 0)); then
        printf '%d modules fetched' "$fetched"
    elif ((built == 0)); then
        printf 'starting on %d packages' "$total"
    else
        printf '%d of %d packages compiled' "$built" "$total"
    fi
}

# pulumi_compile VERSION: both programs into PULUMI_WORK/bin. The linker flag tells the CLI its version, without which
# programs that drive it through the Automation API refuse it.
pulumi_compile() {
    local flags="-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=$1"
    cd "$GO_MODULE" &&
        mkdir -p "$PULUMI_WORK/bin" &&
        "$GO" list -deps "${PULUMI_PACKAGES[@]}" >"$PULUMI_WORK/list" 2>"$PULUMI_WORK/fetched" &&
        mv "$PULUMI_WORK/list" "$PULUMI_WORK/packages" &&
        "$GO" build -v -p 2 -trimpath -ldflags "$flags" -o "$PULUMI_WORK/bin/" \
            "${PULUMI_PACKAGES[@]}" 2>"$PULUMI_WORK/built" &&
        "$PULUMI_WORK/bin/pulumi" version
}

# pulumi_build VERSION DIRECTORY: once for all runs that wait for it.
pulumi_build() {
    [[ ! -x $2/pulumi ]] || return 0
    if ! pulumi_compile "$1"; then
        tail -n 20 "$PULUMI_WORK/fetched" "$PULUMI_WORK/built"
        return 1
    fi
    path_publish "$PULUMI_WORK/bin" "$2"
}

# pulumi_directory: where a CLI that is built is kept.
pulumi_directory() {
    printf '%s' "$CACHE_ROOT/bin/pulumi-$(pulumi_pinned_version)-$(path_hash "$(uname -m)" "$GO_MODULE/go.mod" "$GO_MODULE/go.sum")"
}

# pulumi_require: puts the CLI and the language host on PATH and sets PULUMI_CLI.
pulumi_require() {
    local version directory
    version=$(pulumi_pinned_version)
    if pulumi_on_path; then
        PULUMI_CLI=$(command -v pulumi)
        log_note "Pulumi CLI: $PULUMI_CLI ($(PULUMI_SKIP_UPDATE_CHECK=true pulumi version))"
        export PULUMI_CLI
        return 0
    fi
    directory=$(pulumi_directory)
    if [[ -x $directory/pulumi && -x $directory/pulumi-language-yaml ]]; then
        log_note "Pulumi CLI $version is cached"
    else
        log_note "no Pulumi CLI $version or newer on PATH: building it from its Go module (about 5 minutes, once)"
        go_require
        PULUMI_WORK=$CACHE_ROOT/bin/build.$$
        rm -rf "$PULUMI_WORK"
        mkdir -p "$PULUMI_WORK"
        log_with_heartbeat "Pulumi CLI" pulumi_progress log_quietly "$CACHE_ROOT/log/pulumi.log" \
            path_locked pulumi pulumi_build "$version" "$directory"
        rm -rf "$PULUMI_WORK"
    fi
    PULUMI_CLI=$directory/pulumi
    PATH=$directory:$PATH
    export PULUMI_CLI PATH
}
