# shellcheck shell=bash
# Where things are: the tree, and the cache outside it that survives clones and cleanups.

REPO_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
CACHE_ROOT=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/pulumi-resource-inference
# shellcheck disable=SC2034 # used by the scripts that source this
readonly REPO_ROOT CACHE_ROOT

# path_hash FILE_OR_TEXT...: one short key over the contents of the files (and over the words that are no files).
path_hash() {
    local item
    for item in "$@"; do
        if [[ -f $item ]]; then
            cat "$item"
        else
            printf '%s\n' "$item"
        fi
    done | sha256sum | cut -c1-16
}

# path_publish TEMPORARY FINAL: move a finished folder into its place at once, so that a run that was cut short
# never leaves half of one behind. Another run may have been quicker; then its result stays.
path_publish() {
    mkdir -p "$(dirname "$2")"
    mv -T "$1" "$2" 2>/dev/null || { [[ -d $2 ]] && rm -rf "$1"; }
}

# path_locked NAME COMMAND...: one run on this machine at a time does COMMAND; the others wait for it.
path_locked() {
    local lock=$CACHE_ROOT/lock/$1
    shift
    mkdir -p "$(dirname "$lock")"
    (
        flock 9
        "$@" 9>&-
    ) 9>"$lock"
}
