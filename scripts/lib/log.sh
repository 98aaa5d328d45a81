# shellcheck shell=bash
# What the user sees: steps with the time since the start, notes under them, and errors that end the run.

LOG_START_SECONDS=${LOG_START_SECONDS:-$SECONDS}

# log_elapsed: minutes and seconds since the script began.
log_elapsed() {
    local total=$((SECONDS - LOG_START_SECONDS))
    printf '%d:%02d' $((total / 60)) $((total % 60))
}

# log_step TEXT: a new step begins.
log_step() {
    printf '\n[%s] == %s\n' "$(log_elapsed)" "$*"
}

# log_note TEXT: something worth knowing within a step.
log_note() {
    printf '[%s]    %s\n' "$(log_elapsed)" "$*"
}

# log_die TEXT: say what is wrong, and end with failure.
log_die() {
    printf '[%s] error: %s\n' "$(log_elapsed)" "$*" >&2
    exit 1
}

# log_quietly FILE COMMAND...: the output goes to FILE and is shown only if the command fails. The command runs in the
# background because bash forgets `set -e` in whatever stands left of ||; for the same reason no caller should put this
# function there or in a condition.
log_quietly() {
    local file=$1 status=0
    shift
    mkdir -p "$(dirname "$file")"
    "$@" >"$file" 2>&1 &
    wait $! || status=$?
    if ((status != 0)); then
        tail -n 60 "$file" >&2
        printf '[%s] error: %s ended with %d; all output: %s\n' \
            "$(log_elapsed)" "$1" "$status" "$file" >&2
    fi
    return "$status"
}

# log_with_heartbeat LABEL PROBE COMMAND...: run a long command and print a line every 15 seconds. PROBE is a shell
# function whose output says how far it is ("" for none).
log_with_heartbeat() {
    local label=$1 probe=$2 command_pid began=$SECONDS next=$((SECONDS + 15)) status=0
    shift 2
    "$@" &
    command_pid=$!
    while kill -0 "$command_pid" 2>/dev/null; do
        if ((SECONDS >= next)); then
            log_note "$label: $((SECONDS - began)) s${probe:+, $("$probe")}"
            next=$((SECONDS + 15))
        fi
        sleep 0.5
    done
    wait "$command_pid" || status=$?
    return "$status"
}
