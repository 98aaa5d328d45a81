# shellcheck shell=bash
# Node and npm: those on PATH if they are new enough, else Debian's; and packages of the npm registry as a lock file names
# them, kept in the cache. Needs log.sh, paths.sh, apt.sh.

NPM_NODE_MINIMUM=18
readonly NPM_NODE_MINIMUM

# npm_node_on_path: is there a Node of that age, with npm?
npm_node_on_path() {
    local version
    command -v npm >/dev/null || return 1
    version=$(node --version 2>/dev/null) || return 1
    version=${version#v}
    ((${version%%.*} >= NPM_NODE_MINIMUM))
}

# npm_require: Node and npm on PATH.
npm_require() {
    npm_node_on_path || apt_require nodejs npm
    hash -r
    npm_node_on_path || log_die "no Node $NPM_NODE_MINIMUM or newer with npm: $(node --version 2>&1)"
    log_note "Node $(node --version)"
}

# npm_install FOLDER DIRECTORY: what the package-lock.json of FOLDER names, into DIRECTORY/node_modules.
npm_install() {
    local work=$2.$$
    [[ ! -d $2/node_modules ]] || return 0
    rm -rf "$work"
    mkdir -p "$work"
    cp "$1/package.json" "$1/package-lock.json" "$work/" &&
        npm --prefix "$work" ci --ignore-scripts --no-audit --no-fund &&
        path_publish "$work" "$2"
}

# npm_packages NAME FOLDER: prints a cached folder whose node_modules is what FOLDER's package-lock.json names.
npm_packages() {
    local directory
    directory=$CACHE_ROOT/node/$1-$(path_hash "$2/package-lock.json")
    if [[ ! -d $directory/node_modules ]]; then
        log_note "npm packages of '$1'" >&2
        log_with_heartbeat "npm ci" "" log_quietly "$CACHE_ROOT/log/npm-$1.log" \
            path_locked "npm-$1" npm_install "$2" "$directory" >&2
    fi
    printf '%s' "$directory"
}
