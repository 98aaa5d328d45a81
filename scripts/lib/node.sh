# shellcheck shell=bash
# Portkey's gateway from npm, which the data-plane tests start. Needs log.sh, paths.sh, apt.sh, npm.sh.

NODE_GATEWAY=$REPO_ROOT/tests/gateway
readonly NODE_GATEWAY

# node_require: Node and npm on PATH, and the gateway; sets INFERENCE_GATEWAY.
node_require() {
    npm_require
    INFERENCE_GATEWAY=$(npm_packages gateway "$NODE_GATEWAY")
    export INFERENCE_GATEWAY
    log_note "Portkey gateway in $INFERENCE_GATEWAY"
}
