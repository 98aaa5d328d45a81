# shellcheck shell=bash
# The parts of scripts/soak: a function soak_<part> SECONDS each. Needs paths.sh, python.sh (PYTHON), build.sh.

# shellcheck disable=SC2034 # used by scripts/soak
SOAK_PARTS=(chaos)

# soak_chaos SECONDS: new cases of tests/chaos.
soak_chaos() {
    INFERENCE_BINARY=$(build_binary release)
    export INFERENCE_BINARY
    (cd "$REPO_ROOT/tests/chaos" && "$PYTHON" -m chaos soak --seconds "$1" --seed "$SOAK_SEED")
}
