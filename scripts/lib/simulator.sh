# shellcheck shell=bash
# The simulated clouds of tests/simulator, on loopback. Needs log.sh, paths.sh, python.sh (PYTHON).

SIMULATOR_PID=

# simulator_start DIRECTORY ARGUMENTS...: start, and wait for the line that says where it listens. It is out of reach of
# a Ctrl-C, so that what was created on it can still be destroyed, and ends by itself when this script is no more.
simulator_start() {
    local directory=$1 deadline=$((SECONDS + 30))
    shift
    SIMULATOR_URLS=$directory/simulator.json
    mkfifo "$directory/alive"
    exec {SIMULATOR_ALIVE}<>"$directory/alive"
    setsid "$PYTHON" -m simulator --until-eof "$@" \
        <"$directory/alive" >"$SIMULATOR_URLS" 2>"$directory/simulator.log" {SIMULATOR_ALIVE}>&- &
    SIMULATOR_PID=$!
    until [[ -s $SIMULATOR_URLS ]]; do
        if ! kill -0 "$SIMULATOR_PID" 2>/dev/null || ((SECONDS > deadline)); then
            cat "$directory/simulator.log" >&2
            log_die "the simulator did not start"
        fi
        sleep 0.1
    done
}

# simulator_url NAME: the URL of a cloud, of "control", or of "page", which is for people.
simulator_url() {
    "$PYTHON" -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$SIMULATOR_URLS" "$1"
}

# simulator_tally CLOUD: how many requests of each operation that cloud has served.
simulator_tally() {
    "$PYTHON" - "$(simulator_url control)/requests?cloud=$1" <<'PYTHON'
import collections
import json
import sys
import urllib.request

direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
requests = json.load(direct.open(sys.argv[1], timeout=10))
operations = collections.Counter(request["operation"] for request in requests)
print(", ".join(f"{count} {name}" for name, count in sorted(operations.items())) or "none")
PYTHON
}

# simulator_stop: harmless when none runs.
simulator_stop() {
    [[ -n $SIMULATOR_PID ]] || return 0
    kill "$SIMULATOR_PID" 2>/dev/null || true
    wait "$SIMULATOR_PID" 2>/dev/null || true
    SIMULATOR_PID=
}
